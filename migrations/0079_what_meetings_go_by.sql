-- How many have to be at a congress's meeting may stand in the plan itself, and not only in a constitution beside it.
alter table meeting
    drop constraint meeting_source_check,
    add constraint meeting_source_check
        check (source in ('practice', 'plan', 'constitution', 'election_rules', 'decision'));

-- A constitution passes with what the plan or the constitution before it asks, such as two thirds; all else with more than
-- half, as every vote so far.
alter table recorded_vote
    add column part smallint not null default 1 check (part between 1 and 100),
    add column whole smallint not null default 2 check (whole between 1 and 100),
    add column strict boolean not null default true,
    drop constraint recorded_vote_kind_check,
    add constraint recorded_vote_kind_check
        check (kind in ('presidium_list', 'tellers_list', 'election_rules', 'report', 'constitution', 'other')),
    drop constraint recorded_vote_passed,
    add constraint recorded_vote_part check (part <= whole),
    add constraint recorded_vote_passed check (passed = case
        when strict then whole * votes_for > part * case majority_of when 'due' then due else present end
        else whole * votes_for >= part * case majority_of when 'due' then due else present end end);
alter table recorded_vote
    alter column part drop default,
    alter column whole drop default,
    alter column strict drop default;
