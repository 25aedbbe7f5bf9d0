-- How a university leads and guides its unions (GUI-03, 04, 06 … 12, ORG-07, ORG-08), the papers of a year, projects with
-- volunteers (VOL-01, VOL-02), and calendars that are subscribed to.

-- Days between two records of a duty, where the League committee set them.
create table guidance_interval (
    institution_id uuid not null references institution,
    duty text not null check (duty in ('party-hearing', 'group-report', 'party-building', 'good-practice')),
    every integer not null check (every between 7 and 1100),
    set_at timestamptz not null,
    set_by uuid not null references account,
    primary key (institution_id, duty)
);

-- Who fills a slot of the plan: leaders, offices, guiders. The word is the plan's.
create table guidance_role (
    id uuid primary key,
    institution_id uuid not null references institution,
    kind text not null check (kind in ('leader', 'taking_part', 'office', 'guider')),
    slot text not null check (length(slot) between 1 and 60),
    name text not null check (length(name) between 1 and 40),
    title text not null check (length(title) between 1 and 60),
    from_day date not null,
    until_day date check (until_day >= from_day),
    at timestamptz not null,
    by_account uuid not null references account
);
create unique index guidance_role_now on guidance_role (institution_id, kind, slot) where until_day is null;

-- The list of the leading group or mechanism as it was fixed: never rewritten.
create table leading_group (
    id uuid primary key,
    institution_id uuid not null references institution,
    fixed_on date not null,
    document text not null check (length(document) between 1 and 60),
    -- A member a line: slot, name and title.
    members text not null check (length(members) between 1 and 4000),
    at timestamptz not null,
    by_account uuid not null references account
);
create index leading_group_institution on leading_group (institution_id, at);
create trigger leading_group_kept before update or delete on leading_group for each row execute function refuse_change();

-- What was done for a duty: its evidence.
create table guidance_record (
    id uuid primary key,
    institution_id uuid not null references institution,
    duty text not null check (duty in ('party-hearing', 'joint-study', 'group-report', 'party-building', 'good-practice',
                                       'measures', 'feedback', 'guiding')),
    on_day date not null,
    title text not null check (length(title) between 1 and 80),
    says text not null check (length(says) between 1 and 2000),
    -- The union that it is about or comes from.
    union_id uuid references student_union,
    -- What two offices studied.
    topic text check (topic in ('rules', 'plans', 'selection', 'other')),
    -- By what one guided, and the class where it was one.
    means text check (means in ('system', 'resources', 'activity')),
    class_id uuid references class,
    -- The scan that proves it.
    document_id uuid references document,
    at timestamptz not null,
    by_account uuid not null references account,
    by_office text not null check (length(by_office) between 1 and 120),
    -- The two signatures of a joint study.
    league_by uuid references account,
    league_at timestamptz,
    affairs_by uuid references account,
    affairs_at timestamptz,
    concluded_at timestamptz,
    -- The answer to what was fed back.
    answer text check (length(answer) between 1 and 1000),
    answered_at timestamptz,
    answered_by uuid references account,
    constraint record_topic check ((duty = 'joint-study') = (topic is not null)),
    constraint record_means check ((duty = 'guiding') = (means is not null)),
    constraint record_union check (duty not in ('measures', 'feedback', 'guiding') or union_id is not null),
    constraint record_class check (class_id is null or duty = 'guiding'),
    constraint record_signed check (
        (league_by is null) = (league_at is null) and (affairs_by is null) = (affairs_at is null)
        and (duty = 'joint-study' or num_nonnulls(league_by, affairs_by) = 0)),
    constraint record_concluded check (
        concluded_at is null or league_by is not null and affairs_by is not null and league_by <> affairs_by),
    constraint record_answered check (
        num_nonnulls(answer, answered_at, answered_by) in (0, 3) and (answer is null or duty = 'feedback'))
);
create index guidance_record_duty on guidance_record (institution_id, duty, on_day);
create index guidance_record_union on guidance_record (union_id) where union_id is not null;

-- A paper of the year that a union handed in: plans and summaries by semester, budget and settlement by academic year.
create table year_paper (
    id uuid primary key,
    union_id uuid not null references student_union,
    kind text not null check (kind in ('plan', 'summary', 'budget', 'settlement')),
    -- The first day of the semester or of the academic year that it is for.
    period date not null,
    title text not null check (length(title) between 1 and 80),
    says text not null check (length(says) between 1 and 8000),
    -- The sum of a budget or a settlement, in fen.
    fen bigint check (fen between 0 and 10000000000),
    at timestamptz not null,
    by_account uuid not null references account,
    unique (union_id, kind, period),
    constraint year_paper_sum check ((kind in ('budget', 'settlement')) = (fen is not null))
);

-- A project for which volunteers are recruited.
create table project (
    id uuid primary key,
    union_id uuid not null references student_union,
    title text not null check (length(title) between 1 and 60),
    -- Why the union really has to host it.
    necessity text not null check (length(necessity) between 1 and 1000),
    place text not null check (length(place) between 1 and 60),
    starts_on date not null,
    ends_on date not null,
    stage text not null check (stage in ('drafted', 'reported', 'received', 'recruiting', 'closed')),
    made_at timestamptz not null,
    made_by uuid not null references account,
    -- The prior report, and when the League organisation received it.
    report text check (length(report) between 1 and 2000),
    reported_at timestamptz,
    received_at timestamptz,
    received_by uuid references account,
    recruits_at timestamptz,
    closed_at timestamptz,
    closed_by uuid references account,
    -- What came of it.
    summary text check (length(summary) between 1 and 2000),
    constraint project_term check (ends_on >= starts_on),
    constraint project_reported check (num_nonnulls(report, reported_at) in (0, 2)
        and (stage = 'drafted' or report is not null)),
    constraint project_received check (num_nonnulls(received_at, received_by) in (0, 2)
        and (stage not in ('received', 'recruiting') or received_at is not null) and received_at >= reported_at),
    constraint project_recruits check ((recruits_at is null or recruits_at >= received_at)
        and (stage <> 'recruiting' or recruits_at is not null)),
    constraint project_closed check ((stage = 'closed') = (closed_at is not null)
        and num_nonnulls(closed_at, closed_by, summary) in (0, 3))
);
create index project_union on project (union_id);

-- What volunteers do in a project, with how many places.
create table project_task (
    id uuid primary key,
    project_id uuid not null references project,
    title text not null check (length(title) between 1 and 40),
    places integer not null check (places between 1 and 500),
    unique (project_id, title)
);

-- Somebody who volunteers: no post, and in no cap.
create table volunteer (
    id uuid primary key,
    project_id uuid not null references project,
    task_id uuid not null references project_task,
    student_id uuid not null references student,
    from_at timestamptz not null,
    -- When the engagement ended: they withdrew, or the project was closed.
    until_at timestamptz check (until_at >= from_at),
    withdrew boolean not null default false,
    constraint volunteer_withdrew check (not withdrew or until_at is not null)
);
create unique index volunteer_once on volunteer (project_id, student_id) where not withdrew;
create index volunteer_student on volunteer (student_id);

-- Hours of a volunteer, in quarters of an hour.
create table volunteer_hours (
    id uuid primary key,
    volunteer_id uuid not null references volunteer,
    on_day date not null,
    quarters integer not null check (quarters between 1 and 96),
    at timestamptz not null,
    by_account uuid not null references account,
    unique (volunteer_id, on_day)
);

-- A calendar under an address that nobody can guess, of one person in one office.
create table calendar_feed (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account,
    office_id uuid not null references office,
    made_at timestamptz not null,
    ended_at timestamptz
);
create unique index calendar_feed_open on calendar_feed (account_id, office_id) where ended_at is null;
