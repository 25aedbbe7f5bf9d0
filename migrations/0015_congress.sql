-- Congresses (学生代表大会): what each is, how its seats are shared out, and who its delegates are. What is done in
-- the hall and with its result refers to these.

create table congress (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    -- The academic year for which it is held, by the calendar year in which that begins.
    academic_year smallint not null check (academic_year between 1990 and 2200),
    -- Which one it is, as papers print it: 第二十三次, 第六届第一次.
    ordinal text not null check (length(ordinal) between 1 and 30),
    -- A small college's meeting of all its students (全体学生大会): it has no delegates and no seats.
    of_all boolean not null,
    stage text not null check (stage in ('preparing', 'convened', 'held', 'closed', 'called_off')),
    -- The day by which the students were counted.
    counted_on date not null,
    -- The day on which it meets: planned first, then as the convening fixed it.
    meets_on date,
    -- The last day of the meeting, once it was held.
    held_on date,
    -- The least share of delegates who are no backbone (骨干) of a union, in percent; null: nothing is asked.
    ordinary_percent smallint check (ordinary_percent between 0 and 100),
    -- The seats shared out, and the students that they rest on; null for a meeting of all.
    seats integer check (seats between 1 and 5000),
    students integer check (students between 1 and 1000000),
    -- Ties of remainders that decided a seat, as the rule states them.
    seat_ties jsonb not null default '[]',
    seats_approved_at timestamptz,
    seats_approved_by uuid references account,
    called_off_why text check (length(called_off_why) between 1 and 200),
    created_at timestamptz not null,
    created_by uuid not null references account,
    constraint congress_year unique (union_id, academic_year, ordinal),
    constraint congress_of_all check (not of_all or num_nonnulls(seats, students, seats_approved_at) = 0),
    constraint congress_approved check (
        (seats_approved_at is null) = (seats_approved_by is null)
        and (seats_approved_at is null or num_nonnulls(seats, students) = 2)),
    constraint congress_convened check (stage not in ('convened', 'held', 'closed') or meets_on is not null),
    constraint congress_held check ((stage in ('held', 'closed')) <= (held_on is not null) and held_on >= meets_on),
    constraint congress_called_off check ((stage = 'called_off') = (called_off_why is not null))
);
-- One congress of a union is under way at a time.
create unique index congress_under_way on congress (union_id) where stage in ('preparing', 'convened', 'held');
create index congress_institution on congress (institution_id, academic_year desc);

-- A unit that seats are given to: one grade of a college, a main society of this congress, or a union (places for its
-- staff and sitting presidium, outside the share of the grades).
create table congress_unit (
    congress_id uuid not null references congress on delete cascade,
    -- Its place on the list, from 1.
    place smallint not null check (place between 1 and 2000),
    kind text not null check (kind in ('grade', 'society', 'union')),
    -- The college of a grade; of a society or a union, the one whose delegation its delegate sits with, if any.
    college_id uuid references college,
    entry_year integer check (entry_year between 1950 and 2200),
    organisation_id uuid references organisation,
    students integer not null check (students between 0 and 1000000),
    seats integer not null check (seats between 0 and 5000),
    primary key (congress_id, place),
    constraint congress_unit_named check (case kind
        when 'grade' then college_id is not null and entry_year is not null and organisation_id is null
        when 'society' then organisation_id is not null and entry_year is null and students = 0
        else organisation_id is null and entry_year is null and students = 0 end),
    constraint congress_unit_once unique nulls not distinct (congress_id, kind, college_id, entry_year, organisation_id)
);

-- A delegation (代表团): the delegates of a college, or of others who sit together.
create table congress_delegation (
    id uuid primary key,
    congress_id uuid not null references congress on delete cascade,
    -- Its place in the hall and on the rosters, from 1.
    place smallint not null check (place between 1 and 200),
    name text not null check (length(name) between 2 and 40),
    college_id uuid references college,
    unique (congress_id, place),
    unique (congress_id, name)
);

-- A delegate, from the list of elected delegates that the college's union handed in. One who leaves is ended, never
-- removed; the substitute who moves up names whom they replace.
create table delegate (
    id uuid primary key,
    congress_id uuid not null references congress on delete cascade,
    student_id uuid not null references student,
    -- The unit whose seat they hold; null for a substitute who waits, or one outside the seats.
    unit smallint,
    delegation_id uuid references congress_delegation,
    -- On the delegate's card, from 1; given once the qualification report is adopted.
    number integer check (number between 1 and 9999),
    standing text not null check (standing in ('elected', 'substitute', 'outside')),
    -- Backbone of the school's or a college's union on the day on which the list was handed in.
    backbone boolean not null,
    head_of_delegation boolean not null default false,
    -- The contest that elected them, where it was held here.
    contest_id uuid references contest,
    listed_at timestamptz not null,
    listed_by uuid not null references account,
    replaces uuid references delegate,
    ended_on date,
    ended_why text check (length(ended_why) between 1 and 200),
    constraint delegate_once unique (congress_id, student_id),
    constraint delegate_unit foreign key (congress_id, unit) references congress_unit,
    constraint delegate_seat check ((standing = 'elected') = (unit is not null)),
    constraint delegate_ended check ((ended_on is null) = (ended_why is null))
);
create unique index delegate_number on delegate (congress_id, number) where number is not null;
create unique index delegation_head on delegate (delegation_id) where head_of_delegation and ended_on is null;
create index delegate_student on delegate (student_id);

-- The congress at which a sitting's contests are voted on, or whose delegates they elect.
alter table sitting add column congress_id uuid references congress;
create index sitting_congress on sitting (congress_id) where congress_id is not null;
