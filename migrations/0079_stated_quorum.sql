-- How many have to be at a congress's meeting may stand in the plan itself, and not only in a constitution beside it.
alter table meeting
    drop constraint meeting_source_check,
    add constraint meeting_source_check
        check (source in ('practice', 'plan', 'constitution', 'election_rules', 'decision'));
