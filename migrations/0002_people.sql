-- People over the years: students with a history, offices with terms, activation, imports, notices, other organisations.

-- For constraints that forbid overlapping terms. A trusted extension: the database's owner may create it.
create extension if not exists btree_gist;

-- A day of China at a moment. One offset all year.
create function china_day(at timestamptz) returns date language sql immutable parallel safe as
$$ select (at at time zone interval '8 hours')::date $$;

-- Attempts are unlogged and short-lived; a check against the university at every knock buys nothing.
alter table sign_in_attempt drop constraint sign_in_attempt_institution_id_fkey;

-- Student organisations: societies, and others whose functions a new department must not repeat (ORG-13).
alter table society rename to organisation;
alter table organisation rename constraint society_pkey to organisation_pkey;
alter table organisation
    add column kind text not null default 'society' check (kind in ('society', 'other')),
    add column functions text not null default '' check (length(functions) <= 500),
    add column ended_on date,
    add constraint organisation_main_society check (kind = 'society' or not is_main);
alter table organisation alter column kind drop default;

-- Classes end or are merged; they are never deleted, because people's history names them.
alter table class
    add column ended_on date,
    add column merged_into uuid references class,
    add constraint class_merged check (merged_into is null or (ended_on is not null and merged_into <> id));

-- Everything that points at a student points at an id, so that a person's data can be erased and the rest still counts.
alter table student add column id uuid not null default gen_random_uuid();
alter table student alter column id drop default;
alter table student drop constraint student_pkey;
alter table student
    add primary key (id),
    add constraint student_number unique (institution_id, number),
    add column gender text check (gender in ('男', '女')),
    add column ethnic text check (length(ethnic) between 1 and 20),
    -- The first day on which they are a student no more.
    add column left_on date,
    add column left_why text check (left_why in ('graduated', 'withdrawn', 'transferred', 'suspended', 'other')),
    add column erased_at timestamptz,
    add constraint student_left check ((left_on is null) = (left_why is null)),
    add constraint student_erased check (erased_at is null or left_on is not null);
create index student_left_on on student (institution_id, left_on) where left_on is not null;

-- An account may be somebody's who has not yet chosen a password.
alter table account
    alter column password_hash drop not null,
    alter column password_set_at drop not null,
    add column student_id uuid unique references student,
    add constraint account_password check ((password_hash is null) = (password_set_at is null));
update account a set student_id = s.id from student s where s.institution_id = a.institution_id and s.number = a.number;

-- Offices have terms: from a day, and until the day on which they are held no more. Ending one at once is a fact of its
-- own (`ended_at`); the term stays as it was given.
alter table office
    add column institution_id uuid references institution,
    add column from_day date,
    add column until_day date,
    add constraint office_term check (until_day > from_day);
update office o set institution_id = a.institution_id, from_day = china_day(o.granted_at)
from account a where a.id = o.account_id;
alter table office alter column institution_id set not null, alter column from_day set not null;
alter table office drop constraint office_kind_check;
alter table office add constraint office_kind_check check (kind in (
    'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party', 'school_union',
    'graduate_union', 'college_league', 'college_party', 'college_union', 'class_branch', 'student'));
drop index office_once;
alter table office
    add constraint office_once exclude using gist (
        account_id with =, kind with =, (coalesce(college_id, class_id, account_id)) with =,
        daterange(from_day, until_day) with &&) where (ended_at is null),
    -- One full-time deputy secretary at a time.
    add constraint office_one_deputy exclude using gist (
        institution_id with =, daterange(from_day, until_day) with &&)
        where (kind = 'deputy_secretary' and ended_at is null);
create index office_place on office (institution_id, kind, college_id, class_id) where ended_at is null;

-- One key for an office at its place, whoever holds it.
create function place_key(institution uuid, kind text, college uuid, class uuid) returns uuid
language sql immutable parallel safe as
$$ select md5(institution::text || kind || coalesce(college::text, '') || coalesce(class::text, ''))::uuid $$;
alter table office add column place uuid not null
    generated always as (place_key(institution_id, kind, college_id, class_id)) stored;

-- The office is held at that moment.
create function is_held(from_day date, until_day date, ended_at timestamptz, at timestamptz) returns boolean
language sql immutable parallel safe as
$$ select ended_at is null and from_day <= china_day(at) and (until_day is null or china_day(at) < until_day) $$;

-- The account holds, or will hold, an office of the whole school or of a college's staff: its number, its leaving and its
-- codes are for whoever keeps the accounts alone.
create function is_staff(of_account uuid, at timestamptz) returns boolean language sql stable as $$
    select exists (select from office o where o.account_id = of_account and o.ended_at is null
                   and (o.until_day is null or o.until_day > china_day(at))
                   and o.kind not in ('student', 'class_branch', 'college_union', 'school_union', 'graduate_union'))
$$;

-- Notices in the portal: to a person, or to whoever holds an office. A student who has no account yet finds theirs later.
create table notice (
    id uuid primary key,
    institution_id uuid not null references institution,
    account_id uuid references account,
    student_id uuid references student,
    office text,
    college_id uuid references college,
    class_id uuid references class,
    subject text not null check (length(subject) between 1 and 80),
    body text not null check (length(body) <= 600),
    href text not null check (href ~ '^/[^/\\]' or href = '/' or href = ''),
    at timestamptz not null,
    -- One key finds a person's and an office's notices.
    recipient uuid not null generated always as (
        coalesce(account_id, student_id, place_key(institution_id, office, college_id, class_id))) stored,
    constraint notice_addressee check (num_nonnulls(account_id, student_id, office) = 1),
    constraint notice_place check (office is not null or (college_id is null and class_id is null))
);
create index notice_recipient on notice (recipient, at desc);

create table notice_read (
    notice_id uuid not null references notice on delete cascade,
    account_id uuid not null references account,
    at timestamptz not null,
    primary key (notice_id, account_id)
);

-- The notices of an account in an office: told to the person, to the student they are, and to the office in which they act.
create function notices_for(of_account uuid, in_office uuid) returns setof notice language sql stable as $$
    select n.* from account a left join office o on o.id = in_office and o.account_id = a.id
         join notice n on n.recipient in (a.id, a.student_id, o.place)
    where a.id = of_account and (n.office is null or n.at >= o.granted_at)
$$;

-- Who a session is, with the offices they hold: every page begins with it, some join what else they need.
drop view person_of_session;
create function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password, a.student_id, held.acting,
           held.offices
    from session s join account a on a.id = s.account_id join institution i on i.id = a.institution_id
         cross join lateral (
             select coalesce(json_agg(json_build_object(
                        'id', o.id, 'kind', o.kind, 'place', coalesce(c.name, k.name), 'college', o.college_id,
                        'class', o.class_id) order by o.granted_at, o.id), '[]') as offices,
                    (array_agg(o.id order by o.id = s.office_id desc nulls last, array_position(array[
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'school_union', 'graduate_union', 'college_league', 'college_party', 'college_union',
                        'class_branch', 'student'], o.kind), o.granted_at, o.id))[1] as acting
             from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
             where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)) held
    where s.token_hash = token and s.expires_at > at and a.disabled_at is null
$$;

-- One-time codes by which an account gets its password: printed slips and resets. Only the hash is kept.
create table activation (
    code_hash bytea primary key check (length(code_hash) = 32),
    account_id uuid not null references account,
    purpose text not null check (purpose in ('first', 'reset')),
    made_by uuid references account,
    made_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at),
    used_at timestamptz,
    voided_at timestamptz
);
create index activation_account on activation (account_id);
create unique index activation_one_open on activation (account_id) where used_at is null and voided_at is null;

-- A file on its way in: previewed, then committed whole or discarded. Its rows go when it is done.
create table import (
    id uuid primary key,
    institution_id uuid not null references institution,
    kind text not null check (kind in ('students', 'grades', 'offices')),
    file_name text not null check (length(file_name) <= 120),
    sha256 bytea not null check (length(sha256) = 32),
    -- Grades: what they are counted over, in words, and who vouches for them.
    basis text check (basis in ('semester', 'year', 'entry')),
    period text check (length(period) between 1 and 40),
    source text check (length(source) between 1 and 60),
    by_account uuid not null references account,
    office text not null,
    at timestamptz not null,
    state text not null check (state in ('previewed', 'committed', 'discarded')),
    settled_at timestamptz,
    rows integer not null check (rows >= 0),
    added integer not null default 0,
    changed integer not null default 0,
    same integer not null default 0,
    wrong integer not null default 0,
    -- Offices: what happens to holders whom the file does not name.
    end_others boolean not null default false,
    constraint import_grades check ((kind = 'grades') = (num_nonnulls(basis, period, source) = 3)),
    constraint import_settled check ((state = 'previewed') = (settled_at is null))
);
create index import_institution on import (institution_id, at desc);

create table import_row (
    import_id uuid not null references import on delete cascade,
    row integer not null,
    state text not null check (state in ('added', 'changed', 'same', 'wrong')),
    -- The values in the order of the kind's columns; null where the cell is blank.
    cells text[] not null,
    -- What changes, or what is wrong, in Chinese.
    says text not null default '',
    primary key (import_id, row)
);

-- What was changed of a student's data, by whom and why.
create table student_change (
    id uuid primary key,
    student_id uuid not null references student,
    at timestamptz not null,
    by_account uuid not null references account,
    office text not null,
    field text not null check (field in (
        'name', 'number', 'class', 'political', 'gender', 'ethnic', 'left')),
    before text,
    after text,
    reason text not null check (length(reason) between 1 and 200),
    import_id uuid references import
);
create index student_change_student on student_change (student_id, at desc);

-- What is known of a student's grades: a fact with its period and source. A later one stands beside it, never in its place.
create table grade_fact (
    id uuid primary key,
    student_id uuid not null references student,
    basis text not null check (basis in ('semester', 'year', 'entry')),
    period text not null check (length(period) between 1 and 40),
    rank integer,
    cohort integer,
    failed integer check (failed between 0 and 200),
    source text not null check (length(source) between 1 and 60),
    recorded_at timestamptz not null,
    recorded_by uuid not null references account,
    import_id uuid references import,
    -- The objection that it answers.
    dispute_id uuid,
    constraint grade_rank check ((rank is null) = (cohort is null) and rank >= 1 and rank <= cohort),
    constraint grade_says check (num_nonnulls(rank, failed) > 0)
);
create index grade_fact_student on grade_fact (student_id, basis, period, recorded_at desc);
create function refuse_update() returns trigger language plpgsql as $$
begin
    raise exception '% is never rewritten', tg_table_name using errcode = 'insufficient_privilege';
end $$;
-- Erasing a person deletes their facts; nothing rewrites one.
create trigger grade_fact_kept before update on grade_fact for each statement execute function refuse_update();
create trigger student_change_kept before update on student_change for each statement execute function refuse_update();

-- A student says that a rank or a failed course is wrong; the student-affairs office answers by a day.
create table dispute (
    id uuid primary key,
    student_id uuid not null references student,
    grade_fact_id uuid not null references grade_fact on delete cascade,
    about text not null check (about in ('rank', 'failed')),
    says text not null check (length(says) between 1 and 500),
    at timestamptz not null,
    due_on date not null,
    -- Open until it is answered.
    upheld boolean,
    answer text check (length(answer) between 1 and 500),
    answered_at timestamptz,
    answered_by uuid references account,
    constraint dispute_answered check (num_nonnulls(upheld, answer, answered_at, answered_by) in (0, 4))
);
create unique index dispute_one_open on dispute (grade_fact_id, about) where upheld is null;
create index dispute_student on dispute (student_id, at desc);

alter table grade_fact add constraint grade_dispute foreign key (dispute_id) references dispute;

-- How long data of people who have left is kept, as the university decides.
alter table institution add column retention_years integer not null default 3 check (retention_years between 1 and 30);

-- An office by its word for people, and back: files name offices as people do.
create function office_slug(label text) returns text language sql immutable parallel safe as $$
    select case label
        when '校团委' then 'school_league' when '学生工作部门' then 'student_affairs' when '学校党委' then 'school_party'
        when '校学生会' then 'school_union' when '校研究生会' then 'graduate_union'
        when '院系团组织' then 'college_league' when '院系党组织' then 'college_party'
        when '院系学生会' then 'college_union' when '班级团支部' then 'class_branch' end
$$;
create function office_label(slug text) returns text language sql immutable parallel safe as $$
    select case slug
        when 'administrator' then '系统管理员' when 'school_league' then '校团委'
        when 'deputy_secretary' then '校团委专职副书记' when 'student_affairs' then '学生工作部门'
        when 'school_party' then '学校党委' when 'school_union' then '校学生会' when 'graduate_union' then '校研究生会'
        when 'college_league' then '院系团组织' when 'college_party' then '院系党组织'
        when 'college_union' then '院系学生会' when 'class_branch' then '班级团支部' when 'student' then '学生' end
$$;

-- 培养层次 by its word for people.
create function level_slug(label text) returns text language sql immutable parallel safe as $$
    select case label when '专科' then 'vocational' when '本科' then 'undergraduate' when '研究生' then 'graduate' end
$$;

-- The one class of that name that has not ended by a day; nothing where there is none, or several.
create function open_class(of_institution uuid, called text, on_day date) returns uuid language sql stable as $$
    select min(k.id::text)::uuid from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
    where c.institution_id = of_institution and k.name = called and (k.ended_on is null or k.ended_on > on_day)
    having count(*) = 1
$$;

-- The offices that end when a file of office holders is committed for good: at the places that it names, of people whom it
-- does not name on any row, with the day on which they are held no more: the day of the place's first new holder, or the
-- day itself where everybody named holds it already.
create function handed_over(of_import uuid, of_institution uuid, at timestamptz)
returns table (office_id uuid, account_id uuid, kind text, college_id uuid, class_id uuid, from_day date, until_day date,
               new_day date) language sql stable as $$
    with named as (
        select office_slug(r.cells[3]) as kind, c.id as college_id, k.id as class_id,
               coalesce(min(r.cells[6]::date) filter (where r.state = 'added'), china_day(at)) as new_day
        from import_row r left join college c on c.institution_id = of_institution and c.name = r.cells[4]
             left join class k on k.id = open_class(of_institution, r.cells[5], china_day(at))
        where r.import_id = of_import and r.state <> 'wrong'
        group by 1, 2, 3
    )
    select o.id, o.account_id, o.kind, o.college_id, o.class_id, o.from_day, o.until_day, n.new_day
    from office o join account a on a.id = o.account_id
         join named n on n.kind = o.kind and n.college_id is not distinct from o.college_id
              and n.class_id is not distinct from o.class_id
    where o.institution_id = of_institution and o.ended_at is null
          and not exists (select from import_row r where r.import_id = of_import and r.cells[1] = a.number)
          and (o.until_day is null or (o.until_day > n.new_day and o.until_day > china_day(at)))
$$;
