-- A plan names offices that have none here (教务处, 辅导员), for which a body acts. Where two of one step act through one body, each
-- has its own opinion; before, that body signed once, and both counted as heard.

-- Of the offices for which the body acts in the step, the one that spoke, from 0.
alter table vetting_opinion
    add column place smallint not null default 0 check (place between 0 and 20),
    drop constraint vetting_opinion_office_check,
    -- In words: also for which office it spoke.
    add constraint vetting_opinion_office_check check (length(office) between 1 and 130);
drop index vetting_opinion_once;
create unique index vetting_opinion_once on vetting_opinion (case_id, visit, step, body, place) where withdrawn_at is null;
alter table recommendation_opinion
    add column place smallint not null default 0 check (place between 0 and 20),
    drop constraint recommendation_opinion_pkey,
    add primary key (recommendation_id, visit, body, place);

-- How many opinions a body gives at a step of a chain: one for each office for which it acts, or one where one is enough. They
-- come in the order of the offices, so that all are given where the last one is.
create function opinions_of_step(chain jsonb, step integer, body text) returns integer language sql immutable parallel safe as $$
    select case when (chain -> 'links' -> step ->> 'any')::boolean then least(count(*), 1) else count(*) end::integer
    from jsonb_array_elements(chain -> 'links' -> step -> 'by') b where b ->> 'body' = body
$$;

create or replace function guard_opinion() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        -- Erasing a person takes the words about them; an opinion may be taken back, once; nothing else changes.
        if tg_op = 'UPDATE' and (to_jsonb(new) - 'says') = (to_jsonb(old) - 'says')
           and exists (select from vetting_case c join student s on s.id = c.student_id
                       where c.id = old.case_id and s.erased_at is not null) then
            return new;
        end if;
        if tg_op = 'UPDATE' and old.withdrawn_at is null and new.withdrawn_at is not null
           and (to_jsonb(new) - 'withdrawn_at' - 'withdrawn_by') = (to_jsonb(old) - 'withdrawn_at' - 'withdrawn_by') then
            return new;
        end if;
        raise exception 'an opinion is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    if exists (select from vetting_case c join account a on a.student_id = c.student_id
               where c.id = new.case_id and a.id = new.by_account) then
        raise exception 'nobody acts on their own case' using errcode = 'insufficient_privilege';
    end if;
    if new.delegation_id is null
       and exists (select from vetting_opinion o where o.case_id = new.case_id and o.by_account = new.by_account
                   and o.withdrawn_at is null and (o.step, o.body, o.place) <> (new.step, new.body, new.place)) then
        raise exception 'nobody signs two steps of one case' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

-- A post beside the three stood only where a union was registered as it was found. A plan may allow some (主席, 顾问), and then
-- they are filled like any other; whether it does is the rule's to say (STF-08).
alter table post
    drop constraint post_other,
    add constraint post_other check ((kind = 'other') = (title is not null));
