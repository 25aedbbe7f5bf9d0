-- The counting law of a contest with its sources, and whom monitors say that names written in mean.

-- Where each rule comes from: {"majority": {"source": "constitution", "text": "…"}}. A rule that is not named is practice where it
-- is what practice does, else the sitting's decision, as before.
alter table contest
    add column sources jsonb not null default '{}' check (jsonb_typeof(sources) = 'object'),
    add constraint contest_majority check (rules ->> 'majority_of' in ('present', 'valid', 'due', 'none')),
    add constraint contest_tie check (rules ->> 'tie' in ('vacant', 'second_round', 'lot')),
    add constraint contest_unreadable check (rules ->> 'unreadable' in ('abstain', 'void')),
    add constraint contest_rules_round check (rules ->> 'round' in ('first', 'tied'));

-- A name that was written in, and whom it means: one monitor proposes, another confirms.
create table written_in_match (
    contest_id uuid not null references contest on delete cascade,
    -- The name as it is compared, and as it was first spelt.
    key text not null check (length(key) between 1 and 100),
    name text not null check (length(name) between 1 and 100),
    -- Whom it means, with name and class of that day, as a candidate's label has them; null: nobody can tell, and it is
    -- counted as 其他.
    student_id uuid references student,
    person text check (length(person) between 1 and 100),
    class text,
    why text not null check (length(why) between 1 and 200),
    asked_by uuid not null references account,
    asked_at timestamptz not null,
    agreed_by uuid references account,
    agreed_at timestamptz,
    primary key (contest_id, key),
    constraint written_in_match_person check (num_nonnulls(student_id, person, class) in (0, 3)),
    constraint written_in_match_agreed check ((agreed_by is null) = (agreed_at is null)),
    constraint written_in_match_two_people check (agreed_by <> asked_by)
);

-- Between the count and the report, and never after: the report stands on it.
create function guard_written_in_match() returns trigger language plpgsql as $$
declare
    at_stage text;
begin
    select t.stage into at_stage from contest c join sitting t on t.id = c.sitting_id
    where c.id = case tg_op when 'DELETE' then old.contest_id else new.contest_id end;
    if at_stage = 'counted' then
        if tg_op = 'DELETE' then return old; end if;
        return new;
    end if;
    raise exception 'a sitting at % keeps its names as they are', at_stage;
end $$;
create trigger written_in_match_guarded before insert or update or delete on written_in_match for each row
    execute function guard_written_in_match();
