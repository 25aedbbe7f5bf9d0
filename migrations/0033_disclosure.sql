-- The public column of each union and the yearly public account (RGT-06).

-- A university's account of an academic year.
create table disclosure (
    id uuid primary key,
    institution_id uuid not null references institution,
    -- By the calendar year in which it begins.
    academic_year smallint not null check (academic_year between 1990 and 2200),
    -- The list of indicators, with its version.
    form text not null check (length(form) between 1 and 40),
    form_version text not null check (length(form_version) between 1 and 20),
    stage text not null check (stage in ('draft', 'signed', 'published')),
    made_at timestamptz not null,
    made_by uuid not null references account,
    -- What both sign: everything as it stood at the first signature. It is never changed after the second.
    content jsonb,
    signed_at timestamptz,
    signed_by uuid references account,
    signed_office text check (length(signed_office) between 1 and 100),
    published_at timestamptz,
    published_by uuid references account,
    published_office text check (length(published_office) between 1 and 100),
    unique (institution_id, academic_year),
    constraint disclosure_signed check ((stage = 'draft') = (content is null)
        and num_nonnulls(content, signed_at, signed_by, signed_office) in (0, 4)),
    constraint disclosure_published check ((stage = 'published') = (published_at is not null)
        and num_nonnulls(published_at, published_by, published_office) in (0, 3)),
    constraint disclosure_two_persons check (published_by is null or published_by <> signed_by)
);
create function keep_disclosure() returns trigger language plpgsql as $$
begin
    raise exception 'a published account is never rewritten' using errcode = 'insufficient_privilege';
end $$;
create trigger disclosure_kept before update or delete on disclosure for each row
    when (old.stage = 'published') execute function keep_disclosure();

-- What an office says of an indicator of a union: an answer only where the portal knows none.
create table disclosure_said (
    disclosure_id uuid not null references disclosure,
    union_id uuid not null references student_union,
    indicator text not null check (length(indicator) between 1 and 10),
    answer boolean,
    remark text not null check (length(remark) <= 300),
    at timestamptz not null,
    by_account uuid not null references account,
    primary key (disclosure_id, union_id, indicator)
);

-- What a union shows beside what the portal knows: its constitution, and whether its page is read without signing in.
create table disclosure_column (
    union_id uuid primary key references student_union,
    constitution text not null check (length(constitution) <= 15000),
    is_open boolean not null,
    kept_at timestamptz not null,
    kept_by uuid not null references account
);

-- A student's word on a union, for the League committee.
create table disclosure_comment (
    union_id uuid not null references student_union,
    account_id uuid not null references account,
    stars smallint not null check (stars between 1 and 5),
    says text not null check (length(says) <= 300),
    at timestamptz not null,
    primary key (union_id, account_id)
);
create index disclosure_comment_account on disclosure_comment (account_id);

-- 面对面 (RGT-04): a union meets students together with offices of the university.
create table face_session (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    topic text not null check (length(topic) between 2 and 60),
    place text not null check (length(place) between 1 and 60),
    -- The offices that come, in words.
    offices text not null check (length(offices) between 1 and 200),
    starts_at timestamptz not null,
    -- How many students may sign up.
    seats integer not null check (seats between 1 and 500),
    called_off_at timestamptz,
    made_at timestamptz not null,
    made_by uuid not null references account
);
create index face_session_start on face_session (institution_id, starts_at desc);
create table face_seat (
    session_id uuid not null references face_session,
    account_id uuid not null references account,
    at timestamptz not null,
    primary key (session_id, account_id)
);
create index face_seat_account on face_seat (account_id);
-- What was raised, who answers it, and how far that is. Who raised it is not kept.
create table face_point (
    id uuid primary key,
    session_id uuid not null references face_session,
    says text not null check (length(says) between 1 and 500),
    office text not null check (length(office) between 1 and 60),
    due_on date not null,
    progress text check (length(progress) between 1 and 500),
    progressed_at timestamptz,
    made_at timestamptz not null,
    constraint face_point_progress check ((progress is null) = (progressed_at is null))
);
create index face_point_session on face_point (session_id);

-- 学校治理 (RGT-07): where a union spoke for students in the university's councils, and what came of it.
create table governance_entry (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    kind text not null check (kind in ('council', 'hearing', 'consultation', 'other')),
    on_day date not null,
    title text not null check (length(title) between 2 and 60),
    -- Who called it.
    host text not null check (length(host) between 1 and 60),
    said text not null check (length(said) between 1 and 1000),
    outcome text check (length(outcome) between 1 and 1000),
    kept_at timestamptz not null,
    kept_by uuid not null references account
);
create index governance_entry_day on governance_entry (institution_id, on_day desc);
