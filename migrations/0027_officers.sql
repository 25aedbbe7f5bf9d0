-- What officers owe and what follows: pledges each academic year (DIS-01), training (DIS-02), the union's constitution
-- (DIS-03), officers who no longer meet the conditions (trap T12), suspension that holds (DIS-04), exits after failed reviews
-- (DIS-05).

-- The calendar year in which the academic year of a day began: August to July.
create function academic_year(day date) returns integer language sql immutable as $$
    select extract(year from day)::integer - case when extract(month from day) < 8 then 1 else 0 end
$$;

-- The text that officers pledge to keep, in full, with the day from which it is the one to sign.
create table pledge_text (
    id uuid primary key,
    institution_id uuid not null references institution,
    title text not null check (length(title) between 2 and 80),
    body text not null check (length(body) between 1 and 20000),
    from_day date not null,
    kept_at timestamptz not null,
    kept_by uuid not null references account
);
create index pledge_text_institution on pledge_text (institution_id, from_day);

-- Who signed it, once each academic year.
create table pledge (
    student_id uuid not null references student,
    academic_year smallint not null check (academic_year between 1990 and 2200),
    text_id uuid not null references pledge_text,
    signed_at timestamptz not null,
    primary key (student_id, academic_year)
);
create function keep_pledge() returns trigger language plpgsql as $$
begin
    raise exception 'a pledge is never rewritten' using errcode = 'insufficient_privilege';
end $$;
create trigger pledge_kept before update or delete on pledge for each row execute function keep_pledge();

-- The last academic year for which students have pledged, in the portal or with an application; who never has is not there.
create function last_pledges(students uuid[]) returns table (student_id uuid, academic_year integer)
language sql stable as $$
    select p.student_id, max(p.year) from (
        select g.student_id, g.academic_year::integer as year from pledge g where g.student_id = any(students)
        union all
        select v.student_id, academic_year(china_day(v.pledged_at)) from vetting_case v
        where v.student_id = any(students) and v.pledged_at is not null
    ) p group by 1
$$;

-- A training of officers, of one or more unions.
create table training (
    id uuid primary key,
    institution_id uuid not null references institution,
    title text not null check (length(title) between 2 and 60),
    on_day date not null,
    place text not null check (length(place) between 1 and 60),
    says text not null check (length(says) between 1 and 1000),
    taken_at timestamptz not null,
    taken_by uuid not null references account,
    -- Who came was taken down.
    closed_at timestamptz
);
create index training_institution on training (institution_id, on_day desc);
create table training_union (
    training_id uuid not null references training,
    union_id uuid not null references student_union,
    primary key (training_id, union_id)
);
create index training_union_union on training_union (union_id);
-- Whoever held a post in one of those unions when it was announced.
create table training_attendance (
    training_id uuid not null references training,
    student_id uuid not null references student,
    -- For which of them.
    union_id uuid not null references student_union,
    presence text not null check (presence in ('expected', 'came', 'excused', 'absent')),
    primary key (training_id, student_id)
);
create index training_attendance_student on training_attendance (student_id);

-- The constitution (章程) of a union, with its versions.
create table union_constitution (
    id uuid primary key,
    union_id uuid not null references student_union,
    name text not null check (length(name) between 2 and 60),
    -- By which congress or body, and when.
    adopted_by text not null check (length(adopted_by) between 2 and 60),
    adopted_on date not null,
    from_day date not null,
    document_id uuid not null references document,
    kept_at timestamptz not null,
    kept_by uuid not null references account,
    constraint constitution_from check (from_day >= adopted_on)
);
create index union_constitution_union on union_constitution (union_id, from_day desc);
create index union_constitution_document on union_constitution (document_id);

-- An officer who no longer meets the conditions of the post: what is done about it is decided, by whom manages the union.
create table lapse (
    id uuid primary key,
    union_id uuid not null references student_union,
    student_id uuid not null references student,
    says text not null check (length(says) between 1 and 500),
    stage text not null check (stage in ('open', 'kept', 'left', 'cleared')),
    opened_at timestamptz not null,
    decide_by date not null,
    -- Why the officer stays, and until when that holds.
    answer text check (length(answer) between 1 and 300),
    kept_until date,
    settled_at timestamptz,
    settled_by uuid references account,
    constraint lapse_settled check ((stage = 'open') = (settled_at is null)),
    constraint lapse_kept check (num_nonnulls(answer, kept_until) = case when stage = 'kept' then 2 else 0 end
        and (stage <> 'kept' or settled_by is not null))
);
create unique index lapse_open on lapse (union_id, student_id) where stage = 'open';
create index lapse_student on lapse (student_id);

-- Days within which conduct is answered and settled; without a row, the portal's own measure.
create table conduct_terms (
    institution_id uuid primary key references institution,
    -- Working days for the first answer, for the decision, for an objection and its answer.
    accept_days smallint not null check (accept_days between 1 and 60),
    decide_days smallint not null check (decide_days between 1 and 120),
    object_days smallint not null check (object_days between 1 and 60),
    -- Days for the handover, and for deciding on an officer who no longer meets the conditions.
    handover_days smallint not null check (handover_days between 1 and 60),
    lapse_days smallint not null check (lapse_days between 1 and 90),
    -- So many results 不合格 open an exit.
    failed_reviews smallint not null check (failed_reviews between 1 and 4),
    changed_at timestamptz not null,
    changed_by uuid not null references account
);

-- The days on which a suspension holds.
alter table conduct_case
    add column suspended_from date,
    add column suspended_until date;
update conduct_case
set suspended_from = china_day(decided_at), suspended_until = china_day(decided_at) + 90 where outcome = 'suspension';
alter table conduct_case
    add constraint conduct_suspended check (
        num_nonnulls(suspended_from, suspended_until) = case when outcome = 'suspension' then 2 else 0 end
        and suspended_until > suspended_from);

alter table union_exit drop constraint union_exit_kind_check;
alter table union_exit add constraint union_exit_kind_check check (kind in (
    'resignation', 'accountable', 'term_end', 'asked', 'removal', 'ineligible', 'review_failed', 'left_school'));

-- Whether an account's student is suspended from the offices of unions.
create function is_suspended(student uuid, at timestamptz) returns boolean language sql stable as $$
    select exists (select from conduct_case q where q.student_id = student and q.outcome = 'suspension'
                   and q.suspended_from <= china_day(at) and china_day(at) < q.suspended_until)
$$;

create or replace function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json, seen_at timestamptz, factor_missing boolean
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password, a.student_id, held.acting,
           held.offices, case when held.idle is not null then s.seen_at end,
           i.factor_required and held.needs_factor
               and not exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null)
    from session s join account a on a.id = s.account_id join institution i on i.id = a.institution_id
         cross join lateral (
             select coalesce(json_agg(json_build_object(
                        'id', o.id, 'kind', o.kind, 'place', coalesce(c.name, k.name), 'college', o.college_id,
                        'class', o.class_id) order by o.granted_at, o.id), '[]') as offices,
                    (array_agg(o.id order by o.id = s.office_id desc nulls last, array_position(array[
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'school_union', 'graduate_union', 'college_league', 'college_party', 'college_union',
                        'class_branch', 'student'], o.kind), o.granted_at, o.id))[1] as acting,
                    make_interval(mins => case when bool_or(o.kind in (
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'college_league', 'college_party')) then i.staff_idle_minutes else i.student_idle_minutes
                    end) as idle,
                    coalesce(bool_or(o.kind in ('administrator', 'school_league', 'deputy_secretary')), false)
                        as needs_factor
             from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
             where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)
                   -- Whoever is suspended acts for no union.
                   and (o.kind not in ('school_union', 'graduate_union', 'college_union')
                        or not is_suspended(a.student_id, at))) held
    where s.token_hash = token and s.expires_at > at and not s.awaits_factor and a.disabled_at is null
          and (held.idle is null or s.seen_at > at - held.idle)
$$;

-- Files that go with an officer's report.
create table review_attachment (
    id uuid primary key,
    review_id uuid not null,
    person smallint not null,
    name text not null check (length(name) between 1 and 100),
    media text not null check (media in ('application/pdf', 'image/jpeg', 'image/png')),
    bytes bytea not null check (length(bytes) between 1 and 8388608),
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    foreign key (review_id, person) references review_person
);
create index review_attachment_person on review_attachment (review_id, person);

-- Who answers a proposal for the office that handles it, in the portal; null: the reply comes on paper.
alter table proposal add column handler_id uuid references account;
create index proposal_handler on proposal (handler_id) where handler_id is not null;
