-- Working days, signatures that are taken back, and who has opened a case.

-- The schedule of a year's public holidays as a university keeps it; where it keeps none, the one that is built in holds.
create table holiday_year (
    institution_id uuid not null references institution,
    year integer not null check (year between 2020 and 2100),
    -- The notice that announced it.
    source text not null check (length(source) between 1 and 200),
    kept_by uuid references account,
    kept_at timestamptz not null,
    primary key (institution_id, year)
);
create table holiday (
    institution_id uuid not null,
    year integer not null,
    day date not null,
    -- A weekend's day on which people work; else a day off.
    works boolean not null,
    name text not null default '' check (length(name) <= 20),
    primary key (institution_id, day),
    foreign key (institution_id, year) references holiday_year on delete cascade,
    constraint holiday_in_its_year check (extract(year from day) = year)
);

-- 寒假, 暑假: days that the university does not count.
create table term_break (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 1 and 20),
    from_day date not null,
    last_day date not null,
    constraint term_break_length check (last_day >= from_day and last_day - from_day < 120),
    constraint term_break_once exclude using gist (institution_id with =, daterange(from_day, last_day, '[]') with &&)
);

-- How the days of a round count; rounds opened before were promised days of the calendar.
alter table vetting_round add column day_count text not null default 'calendar' check (day_count in ('working', 'calendar'));
alter table vetting_round alter column day_count drop default;

-- The first day of the public notice: the first working day after it was published.
alter table vetting_case add column notice_first date;
update vetting_case set notice_first = notice_from;
alter table vetting_case
    drop constraint vetting_case_notice,
    add constraint vetting_case_notice check (num_nonnulls(notice_from, notice_first, notice_until) in (0, 3)
                                              and notice_from <= notice_first and notice_first <= notice_until);

-- An office whose turn it is has had the case open on this visit: what led there can be taken back no more.
create table case_opening (
    case_id uuid not null references vetting_case on delete cascade,
    visit integer not null,
    body text not null,
    at timestamptz not null,
    primary key (case_id, visit, body)
);

-- An opinion that was taken back stays, and counts for nothing.
alter table vetting_opinion
    add column withdrawn_at timestamptz,
    add column withdrawn_by uuid references account,
    add constraint vetting_opinion_withdrawn check (num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2)),
    drop constraint vetting_opinion_once;
create unique index vetting_opinion_once on vetting_opinion (case_id, visit, step, body) where withdrawn_at is null;

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
                   and o.withdrawn_at is null and (o.step, o.body) <> (new.step, new.body)) then
        raise exception 'nobody signs two steps of one case' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

-- Somebody who can sign in holds the office that a body of a chain is, for cases of that union, college and class.
create function is_staffed(institution uuid, body text, of_union text, college uuid, class uuid, at timestamptz)
returns boolean language sql stable as $$
    select exists (
        select from office o join account a on a.id = o.account_id
        where o.institution_id = institution and is_held(o.from_day, o.until_day, o.ended_at, at)
              and a.disabled_at is null and a.password_hash is not null
              and o.kind = any(case body when 'school_league' then array['school_league', 'deputy_secretary']
                                         when 'school_union' then array[of_union || '_union'] else array[body] end)
              and (o.college_id is null or o.college_id = college) and (o.class_id is null or o.class_id = class))
$$;

-- The bodies for which a case waits in vain: of a step that one of several may take, only where none of them is there.
create function unstaffed_bodies(chain jsonb, step integer, institution uuid, of_union text, college uuid, class uuid,
                                 at timestamptz)
returns text language sql stable as $$
    with party as (
        select b ->> 'name' as name, is_staffed(institution, b ->> 'body', of_union, college, class, at) as there
        from jsonb_array_elements(chain -> 'links' -> step -> 'by') b
    )
    select string_agg(name, '、') filter (where not there) from party
    having not (coalesce((chain -> 'links' -> step -> 'any')::boolean, false) and bool_or(there))
$$;
