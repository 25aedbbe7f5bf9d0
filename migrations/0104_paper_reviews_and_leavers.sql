-- A board that writes by hand: its sheets have no key. They are typed in, and checked by a monitor who did not type them.
alter table review add on_paper boolean not null default false;
-- Whoever typed in a sheet or took one out, until it is counted: none of them compares.
alter table review add typists uuid[] not null default '{}', add constraint review_typists check (on_paper or typists = '{}');
alter table review drop constraint review_opened;
alter table review add constraint review_opened check (num_nonnulls(public_key, seal) in (0, 2)
    and (stage in ('reporting', 'confirmed')) = (opened_at is null)
    and (public_key is not null) = (opened_at is not null and not on_paper)
    and (opened_at is not null or not on_paper));

-- What a sheet says of one person. It goes with the count.
create table review_paper (
    review_id uuid not null,
    -- By the order in which sheets are typed in; they carry no number of their own.
    sheet smallint not null check (sheet > 0),
    person smallint not null,
    scores integer[] not null,
    says text not null check (length(says) <= 200),
    primary key (review_id, sheet, person),
    foreign key (review_id, person) references review_person
);

create or replace function guard_review() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'a review stays' using errcode = 'insufficient_privilege';
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'reporting>confirmed', 'confirmed>reporting', 'confirmed>scoring', 'scoring>closed', 'scoring>confirmed',
        'closed>confirmed', 'closed>counted', 'counted>settled'])
       -- What was typed in wrongly is typed in again.
       and not (old.on_paper and new.on_paper and old.stage = 'closed' and new.stage = 'scoring') then
        raise exception 'a review does not go from % to %', old.stage, new.stage;
    end if;
    if old.counted_at is not null and (new.counted_at, new.sheets, new.public_key, new.on_paper) is distinct from
                                      (old.counted_at, old.sheets, old.public_key, old.on_paper) then
        raise exception 'what the count set stays';
    end if;
    if (new.union_id, new.semester_id, new.aspects, new.weights, new.most) is distinct from
       (old.union_id, old.semester_id, old.aspects, old.weights, old.most) then
        raise exception 'what the beginning set stays';
    end if;
    return new;
end $$;

-- Of thousands who leave together few hold a post or stand for one. An update that finds no row still fires what counts after
-- each statement: asked first, a cohort leaves in a tenth of the time.
create or replace function leave_unions() returns trigger language plpgsql as $$
begin
    if exists (select from post where student_id = new.id and voided_at is null
                                      and (until_day is null or until_day > new.left_on)) then
        update post set until_day = greatest(from_day, new.left_on)
        where student_id = new.id and voided_at is null and (until_day is null or until_day > new.left_on);
    end if;
    if exists (select from turn where student_id = new.id and state <> 'withdrawn' and until_day > new.left_on) then
        update turn set until_day = greatest(from_day, new.left_on)
        where student_id = new.id and state <> 'withdrawn' and until_day > new.left_on;
    end if;
    return null;
end $$;

create or replace function leave_vetting() returns trigger language plpgsql as $$
begin
    if exists (select from vetting_case where student_id = new.id) then
        update vetting_case c set stage = 'lapsed', step = null, due_on = null, says = '候选人离校', settled_at = now()
        from vetting_round r
        where c.student_id = new.id and r.id = c.round_id and c.stage in ('invited', 'at', 'returned', 'passed', 'listed')
              and new.left_on <= r.effective_on;
    end if;
    return null;
end $$;
