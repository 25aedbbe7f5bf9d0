-- Activities that students sign up for: on top of a matter that was approved.

create table activity (
    matter_id uuid primary key references matter,
    -- What it is for (POL-02).
    purpose text not null check (purpose in ('guidance', 'service', 'culture', 'practice', 'study', 'other')),
    -- A college's union hosts it for the whole school (ORG-10).
    for_school boolean not null,
    -- Whom it is for, where not for everybody, and why (POL-03).
    only_college uuid references college,
    only_year integer check (only_year between 2000 and 2100),
    reason text check (length(reason) between 1 and 200),
    -- None: there are enough for everybody.
    places integer check (places between 1 and 100000),
    closes_at timestamptz not null,
    check_in text not null check (check_in in ('not_yet', 'open', 'ended')),
    -- What the code on the wall says; another one where it is made anew.
    code text not null unique check (length(code) >= 20),
    kept_at timestamptz not null,
    kept_by uuid not null references account,
    constraint activity_reason check ((reason is null) = (only_college is null and only_year is null))
);
create index activity_college on activity (only_college) where only_college is not null;

-- With which classes and societies it is held (ORG-11).
create table activity_partner (
    matter_id uuid not null references activity,
    class_id uuid references class,
    organisation_id uuid references organisation,
    constraint partner_one check (num_nonnulls(class_id, organisation_id) = 1),
    constraint partner_once unique nulls not distinct (matter_id, class_id, organisation_id)
);
create index activity_partner_class on activity_partner (class_id) where class_id is not null;

create table activity_sign_up (
    matter_id uuid not null references activity,
    student_id uuid not null references student,
    standing text not null check (standing in ('in', 'waiting', 'withdrawn')),
    -- Who came first stands first in the waiting list.
    at timestamptz not null,
    checked_in_at timestamptz,
    way text check (way in ('code', 'desk')),
    satisfaction text check (satisfaction in ('satisfied', 'mostly', 'dissatisfied')),
    rated_at timestamptz,
    primary key (matter_id, student_id),
    constraint sign_up_checked_in check (
        (checked_in_at is null) = (way is null) and (checked_in_at is null or standing = 'in')),
    -- Who was there says how it was.
    constraint sign_up_rated check (
        (satisfaction is null) = (rated_at is null) and (satisfaction is null or checked_in_at is not null))
);
create index activity_sign_up_student on activity_sign_up (student_id);
