-- By which day a union puts right what it breaks, as the School Youth League committee sets it for a rule. What ended stays
-- on record: another day took its place, the breach is gone, or it was withdrawn.
create table mending (
    id uuid primary key,
    union_id uuid not null references student_union,
    -- The rule's code in the catalogue.
    rule text not null check (rule ~ '^[A-Z]{3}-[0-9]{2}$'),
    -- The last day on which it is in time.
    due_on date not null,
    -- What is to be done.
    says text not null check (length(says) between 1 and 200),
    office text not null check (length(office) between 1 and 80),
    by_account uuid not null references account,
    at timestamptz not null,
    ended_at timestamptz,
    ended_as text check (ended_as in ('changed', 'mended', 'withdrawn')),
    constraint mending_ended check ((ended_at is null) = (ended_as is null))
);
create unique index mending_one_open on mending (union_id, rule) where ended_at is null;
create index mending_union on mending (union_id, rule, at desc);

-- It ends once, and nothing else of it is written again.
create function keep_mending() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.ended_at is not null
       or (to_jsonb(new) - '{ended_at,ended_as}'::text[]) is distinct from (to_jsonb(old) - '{ended_at,ended_as}'::text[]) then
        raise exception 'a day by which to mend is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger mending_kept before update or delete on mending for each row execute function keep_mending();

-- A post that was ended by mistake goes on again, if that is noticed the same day: what the end took the place of. Its rows
-- go after two days.
create table ended_post (
    post_id uuid primary key references post,
    -- The first day on which it was to be held no more; none while its term was open.
    was_until date,
    -- What the end made of it.
    until_day date not null,
    at timestamptz not null
);
alter table union_fact
    drop constraint union_fact_act_check,
    add constraint union_fact_act_check check (act in (
        'created', 'registered', 'opened', 'appointed', 'ended', 'restored', 'corrected', 'department',
        'department_changed', 'department_ended', 'reshuffled', 'turn_proposed', 'turn_confirmed', 'turn_withdrawn',
        'handover'));
