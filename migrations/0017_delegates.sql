-- Delegates of a congress: who recommended them, what was said of them, who elected them, the lists that were handed in,
-- and the report on their qualification.

-- How the delegates of a congress are produced: the plan's chain as it was when recommending began, and what the League
-- committee has set for this congress.
create table delegate_terms (
    congress_id uuid primary key references congress on delete cascade,
    chain jsonb not null,
    -- The last day on which somebody is recommended.
    closes_on date not null,
    -- How many more candidates than places there are, in percent of the places, rounded up.
    margin_percent smallint not null check (margin_percent between 1 and 100),
    -- The most people that a unit recommends for each of its seats; null: as many as it likes.
    most_per_seat smallint check (most_per_seat between 1 and 20),
    began_at timestamptz not null,
    began_by uuid not null references account
);

-- A person recommended as a delegate by one unit. It moves through the steps before the election.
create table recommendation (
    id uuid primary key,
    congress_id uuid not null references congress on delete cascade,
    unit smallint not null,
    student_id uuid not null references student,
    -- The class whose League branch recommends; null where a society or the League committee names somebody.
    class_id uuid references class,
    -- The college whose Party organisation is the person's.
    college_id uuid not null references college,
    stage text not null check (stage in ('at', 'passed', 'refused', 'withdrawn', 'lapsed')),
    step smallint check (step >= 0),
    -- How often it has moved.
    visit integer not null check (visit >= 0),
    made_at timestamptz not null,
    made_by uuid not null references account,
    ended_why text check (length(ended_why) between 1 and 300),
    constraint recommendation_unit foreign key (congress_id, unit) references congress_unit on delete cascade,
    constraint recommendation_step check ((stage = 'at') = (step is not null))
);
-- Nobody is recommended twice to one congress at a time, by whatever units.
create unique index recommendation_once on recommendation (congress_id, student_id) where stage in ('at', 'passed');
create index recommendation_of_unit on recommendation (congress_id, unit);
create index recommendation_student on recommendation (student_id);

-- What a body said of a recommended person: the first is the recommendation itself.
create table recommendation_opinion (
    recommendation_id uuid not null references recommendation on delete cascade,
    visit integer not null check (visit >= 0),
    step smallint not null check (step >= 0),
    body text not null check (length(body) between 1 and 40),
    account_id uuid not null references account,
    -- The office in words, as it signed.
    office text not null check (length(office) between 1 and 130),
    verdict text not null check (verdict in ('agree', 'refuse')),
    says text not null check (length(says) <= 300),
    at timestamptz not null,
    primary key (recommendation_id, visit, body)
);

-- The contest that fills a unit's seats, where it is held here.
create table delegate_contest (
    contest_id uuid primary key references contest on delete cascade,
    congress_id uuid not null references congress on delete cascade,
    unit smallint not null,
    constraint delegate_contest_unit foreign key (congress_id, unit) references congress_unit on delete cascade
);
create index delegate_contest_of_unit on delegate_contest (congress_id, unit);

-- An election that was held elsewhere, taken down from its report.
create table delegate_report (
    congress_id uuid not null references congress on delete cascade,
    unit smallint not null,
    held_on date not null,
    -- Where and how it was held, as the report says.
    how text not null check (length(how) between 2 and 200),
    due integer not null check (due between 1 and 100000),
    present integer not null check (present between 1 and 100000),
    document_id uuid not null references document,
    entered_at timestamptz not null,
    entered_by uuid not null references account,
    primary key (congress_id, unit),
    constraint delegate_report_unit foreign key (congress_id, unit) references congress_unit on delete cascade,
    constraint delegate_report_present check (present <= due)
);
create table delegate_report_vote (
    congress_id uuid not null,
    unit smallint not null,
    student_id uuid not null references student,
    votes integer not null check (votes >= 0),
    primary key (congress_id, unit, student_id),
    foreign key (congress_id, unit) references delegate_report on delete cascade
);

-- The list of elected delegates of a college, or of what belongs to no college.
create table delegate_list (
    id uuid primary key,
    congress_id uuid not null references congress on delete cascade,
    college_id uuid references college,
    stage text not null check (stage in ('handed_in', 'received', 'returned')),
    handed_in_at timestamptz not null,
    handed_in_by uuid not null references account,
    settled_at timestamptz,
    settled_by uuid references account,
    -- Why it was returned.
    says text check (length(says) between 1 and 200),
    constraint delegate_list_once unique nulls not distinct (congress_id, college_id),
    constraint delegate_list_settled check (
        (stage = 'handed_in') = (settled_at is null) and (settled_at is null) = (settled_by is null)
        and (stage = 'returned') = (says is not null))
);
create table delegate_list_line (
    list_id uuid not null references delegate_list on delete cascade,
    unit smallint not null,
    standing text not null check (standing in ('elected', 'substitute')),
    -- Its place among the elected or the substitutes of the unit, from 1.
    place smallint not null check (place >= 1),
    student_id uuid not null references student,
    contest_id uuid references contest,
    primary key (list_id, unit, standing, place),
    unique (list_id, student_id)
);

alter table delegate
    -- The unit whose seat a substitute waits for, and in which place.
    add column waits_for smallint,
    add column waiting_place smallint check (waiting_place >= 1),
    -- A duty in the delegation besides its head's, such as 副团长.
    add column duty text check (length(duty) between 1 and 20),
    add constraint delegate_waits foreign key (congress_id, waits_for) references congress_unit,
    add constraint delegate_waiting check (
        (waits_for is null) = (waiting_place is null) and (waits_for is null or standing = 'substitute'));

-- The report on the delegates' qualification, as it was adopted: its figures stay as they were.
create table qualification_report (
    congress_id uuid primary key references congress on delete cascade,
    figures jsonb not null,
    -- The members of the group that examined the delegates, by name.
    examiners text[] not null check (cardinality(examiners) between 1 and 20),
    adopted_at timestamptz not null,
    adopted_by uuid not null references account
);

-- A student may stand for a unit on a day: of its college and grade; of a society whoever its office names; of a union who
-- holds a post in it. Whether they are still here is asked besides.
create function is_of_unit(of_congress uuid, of_unit smallint, of_student uuid, on_day date) returns boolean
language sql stable as $$
    select coalesce((
        select case u.kind
                   when 'grade' then m.college_id = u.college_id and k.entry_year = u.entry_year
                                     and (n.kind <> 'graduate' or m.level = 'graduate')
                   when 'society' then n.college_id is null or m.college_id = n.college_id
                   else exists (select from post p
                                where p.student_id = s.id and p.union_id = n.id and p.voided_at is null
                                      and p.from_day <= on_day and (p.until_day is null or p.until_day > on_day)) end
        from congress_unit u join congress g on g.id = u.congress_id join student_union n on n.id = g.union_id
             join student s on s.id = of_student join class k on k.id = s.class_id join major m on m.id = k.major_id
        where u.congress_id = of_congress and u.place = of_unit), false)
$$;

-- A student is backbone (骨干) of the school's or a college's union on a day: on its presidium, or head of a department.
create function is_backbone(of_student uuid, on_day date) returns boolean language sql stable as $$
    select exists (select from post p where p.student_id = of_student and p.kind in ('presidium', 'head')
                   and p.voided_at is null and p.from_day <= on_day and (p.until_day is null or p.until_day > on_day))
$$;
