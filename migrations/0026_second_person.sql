-- What one administrator asks and another confirms within a day: the password or the second factor of whoever holds an office
-- beyond the class is taken away, or somebody is given such an office. A row is what is open; what was done is in the record.
create table consent (
    id uuid primary key,
    institution_id uuid not null references institution,
    -- Whom it is about.
    account_id uuid not null references account on delete cascade,
    act text not null check (act in ('password', 'factor', 'office')),
    -- The office that is to be granted.
    kind text check (kind in (
        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party', 'school_union',
        'graduate_union', 'college_league', 'college_party', 'college_union', 'class_branch', 'student')),
    college_id uuid references college on delete cascade,
    class_id uuid references class on delete cascade,
    from_day date,
    until_day date check (until_day > from_day),
    asked_by uuid not null references account on delete cascade,
    asked_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > asked_at),
    confirmed_by uuid references account on delete cascade,
    confirmed_at timestamptz,
    -- An office is granted as it is confirmed.
    check (act <> 'office' or confirmed_by is null),
    check ((act = 'office') = (kind is not null) and (act = 'office') = (from_day is not null)),
    check (num_nonnulls(college_id, class_id) = 0 or (act = 'office' and num_nonnulls(college_id, class_id) = 1)),
    check ((confirmed_by is null) = (confirmed_at is null)),
    -- Two people, and neither of them the one it is about.
    constraint consent_of_two check (confirmed_by <> asked_by and confirmed_by <> account_id),
    constraint consent_once unique nulls not distinct (account_id, act, kind, college_id, class_id)
);
create index consent_institution on consent (institution_id);
