-- What students ask for (RGT-01, RGT-02): requests, the offices that answer, and who else is concerned.

-- How a university handles requests; where there is no row, as is usual.
create table voice_setting (
    institution_id uuid primary key references institution,
    -- To take a request up, in hours of working days; to answer it, in working days.
    take_up_hours integer not null check (take_up_hours between 1 and 240),
    answer_days integer not null check (answer_days between 1 and 60),
    -- Whom to call where somebody's life or health is in danger: a line each, a name and a number.
    emergency text not null check (length(emergency) between 1 and 600),
    kept_at timestamptz not null,
    kept_by uuid not null references account
);

-- An office of the university that answers.
create table voice_unit (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 2 and 40),
    -- What it is competent for, in words.
    duties text not null check (length(duties) <= 100),
    -- The office of the portal in which it answers itself; null: the union that sent the request takes its answer down.
    office text check (office in ('school_league', 'student_affairs', 'school_party', 'school_union', 'graduate_union',
                                  'college_league', 'college_party', 'college_union')),
    made_at timestamptz not null,
    ended_at timestamptz
);
create unique index voice_unit_name on voice_unit (institution_id, name) where ended_at is null;

-- The last number that a request of a university got.
create table voice_counter (
    institution_id uuid primary key references institution,
    last integer not null check (last > 0)
);

create table voice_request (
    id uuid primary key,
    institution_id uuid not null references institution,
    number integer not null check (number > 0),
    -- The union that takes it up.
    receiver text not null check (receiver in ('school', 'graduate', 'college')),
    college_id uuid references college,
    area text not null check (area in ('study', 'health', 'integration', 'rights', 'other')),
    title text not null check (length(title) between 2 and 40),
    says text not null check (length(says) between 1 and 1000),
    place text not null check (length(place) <= 60),
    -- Who learns the name: whoever handles it, the answering office alone, nobody.
    identity text not null check (identity in ('named', 'answering', 'anonymous')),
    -- Nobody's, where it is anonymous: then whoever has the code may follow it.
    account_id uuid references account,
    code_hash bytea check (length(code_hash) = 32),
    -- Its author agrees that it is read without names.
    may_publish boolean not null,
    is_public boolean not null,
    stage text not null check (stage in ('received', 'sent', 'answered', 'confirmed', 'withdrawn')),
    -- Of an anonymous one to the hour.
    received_at timestamptz not null,
    take_up_due timestamptz not null,
    taken_up_at timestamptz,
    -- Who was asked first and stays responsible, and who handles it now; null: the receiving union itself.
    lead_unit_id uuid references voice_unit,
    unit_id uuid references voice_unit,
    -- The last day for the answer.
    due_on date,
    -- 2, once it was sent back.
    turn smallint not null check (turn between 1 and 2),
    answer text check (length(answer) between 1 and 1000),
    ending text check (ending in ('solved', 'explained')),
    answered_at timestamptz,
    satisfaction text check (satisfaction in ('satisfied', 'mostly', 'dissatisfied')),
    remark text check (length(remark) between 1 and 300),
    confirmed_at timestamptz,
    unique (institution_id, number),
    constraint voice_receiver check ((receiver = 'college') = (college_id is not null)),
    constraint voice_anonymous check ((identity = 'anonymous') = (account_id is null)
        and (account_id is null) = (code_hash is not null)),
    constraint voice_public check (not is_public or may_publish and stage <> 'received'),
    constraint voice_taken_up check ((stage = 'received') <= (taken_up_at is null)
        and (stage in ('sent', 'answered', 'confirmed')) <= (taken_up_at is not null)
        and (taken_up_at is null) = (due_on is null) and (unit_id is null or taken_up_at is not null)),
    constraint voice_answered check (num_nonnulls(answer, ending, answered_at) in (0, 3)
        and (stage in ('answered', 'confirmed')) = (answer is not null)),
    constraint voice_confirmed check ((stage = 'confirmed') = (confirmed_at is not null)
        and (confirmed_at is null) = (satisfaction is null) and (remark is null or satisfaction is not null))
);
create unique index voice_request_code on voice_request (code_hash) where code_hash is not null;
create index voice_request_account on voice_request (account_id) where account_id is not null;
create index voice_request_open on voice_request (institution_id, stage) where stage in ('received', 'sent');
create index voice_request_public on voice_request (institution_id, number desc) where is_public;

create table voice_picture (
    request_id uuid not null references voice_request on delete cascade,
    place smallint not null check (place between 1 and 3),
    jpeg bytea not null check (length(jpeg) between 1 and 400000),
    primary key (request_id, place)
);

-- What was done to a request. By whom is an office, never the student.
create table voice_event (
    request_id uuid not null references voice_request on delete cascade,
    seq integer not null check (seq > 0),
    kind text not null check (kind in ('received', 'sent', 'sent_on', 'answered', 'sent_back', 'confirmed', 'instructed',
                                       'withdrawn')),
    at timestamptz not null,
    office text not null check (length(office) <= 100),
    says text not null check (length(says) <= 1000),
    primary key (request_id, seq)
);

-- Students who say that it concerns them too. No page tells who they are.
create table voice_support (
    request_id uuid not null references voice_request on delete cascade,
    account_id uuid not null references account,
    primary key (request_id, account_id)
);
create index voice_support_account on voice_support (account_id);
