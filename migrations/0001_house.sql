-- The house: institutions and their people, who may sign in and act, the plans they adopt, and what was done.

create table institution (
    id uuid primary key,
    code text not null unique check (code ~ '^[a-z0-9-]{2,40}$'),
    name text not null unique check (length(name) between 2 and 60),
    created_at timestamptz not null
);

create table college (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 2 and 60),
    unique (institution_id, name)
);

create table major (
    id uuid primary key,
    college_id uuid not null references college,
    name text not null check (length(name) between 2 and 60),
    level text not null check (level in ('vocational', 'undergraduate', 'graduate')),
    unique (college_id, name, level)
);

create table class (
    id uuid primary key,
    major_id uuid not null references major,
    entry_year integer not null check (entry_year between 1990 and 2100),
    name text not null check (length(name) between 1 and 60),
    unique (major_id, entry_year, name)
);

create table student (
    institution_id uuid not null references institution,
    number text not null check (length(number) between 1 and 32),
    name text not null check (length(name) between 1 and 50),
    class_id uuid not null references class,
    political text,
    primary key (institution_id, number)
);
create index student_class on student (class_id);

create table society (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 2 and 60),
    is_main boolean not null,
    members integer check (members >= 0),
    unique (institution_id, name)
);

-- Who may sign in. A person's offices stand apart, because an office holds a step, not a person.
create table account (
    id uuid primary key,
    institution_id uuid not null references institution,
    number text not null check (length(number) between 1 and 32),
    name text not null check (length(name) between 1 and 50),
    password_hash text not null,
    password_set_at timestamptz not null,
    must_change_password boolean not null,
    disabled_at timestamptz,
    created_at timestamptz not null,
    unique (institution_id, number)
);

create table office (
    id uuid primary key,
    account_id uuid not null references account,
    kind text not null check (kind in (
        'administrator', 'school_league', 'student_affairs', 'school_party', 'school_union', 'graduate_union',
        'college_league', 'college_party', 'college_union', 'class_branch', 'student')),
    college_id uuid references college,
    class_id uuid references class,
    granted_at timestamptz not null,
    ended_at timestamptz,
    check (ended_at >= granted_at),
    -- A college's office names its college, a class's its class, the others neither.
    check ((college_id is not null) = (kind in ('college_league', 'college_party', 'college_union'))),
    check ((class_id is not null) = (kind = 'class_branch'))
);
create index office_account on office (account_id);
create unique index office_once on office (account_id, kind, coalesce(college_id, class_id, account_id)) where ended_at is null;

-- The cookie's token is never stored, only its hash.
create table session (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account,
    office_id uuid references office,
    device text not null check (length(device) <= 60),
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at)
);
create index session_account on session (account_id);
create index session_expiry on session (expires_at);

-- Who a session is, with the offices they hold: every page begins with it, some join what else they need.
create view person_of_session as
select s.token_hash, s.expires_at, s.office_id, a.id as account_id, a.institution_id, i.name as institution_name,
       a.number, a.name, a.must_change_password,
       (select coalesce(json_agg(json_build_object('id', o.id, 'kind', o.kind, 'place', coalesce(c.name, k.name))
                                 order by o.granted_at, o.id), '[]')
        from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
        where o.account_id = a.id and o.ended_at is null) as offices
from session s join account a on a.id = s.account_id join institution i on i.id = a.institution_id
where a.disabled_at is null;

-- Browsers that have signed in to an account; the cookie's token is never stored, only its hash.
create table known_device (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at)
);
create index known_device_account on known_device (account_id);

-- Attempts are charged before a password is looked at, so that many at once cannot outrun the delay. A number that
-- nobody holds is charged like any other: the answer does not tell which numbers exist.
-- Unlogged: nobody is told that a failure was counted, and a commit that need not wait for the disk halves what the
-- disk has to do while thousands sign in. After a crash the counting begins anew.
create unlogged table sign_in_attempt (
    institution_id uuid not null references institution,
    number text not null check (length(number) between 1 and 32),
    -- A browser that has signed in with this number before (its hash), or nothing: strangers cannot slow it down.
    device bytea not null check (length(device) in (0, 32)),
    failures integer not null check (failures >= 0),
    last_at timestamptz not null,
    open_at timestamptz not null,
    primary key (institution_id, number, device)
);
create index sign_in_attempt_age on sign_in_attempt (last_at);

-- A changed plan is a new version; none is ever rewritten. Without an institution: built in, for everyone.
create table plan_version (
    id uuid primary key,
    institution_id uuid references institution,
    code text not null check (code ~ '^[a-z0-9-]{3,40}$'),
    version integer not null check (version >= 1),
    short text not null,
    title text not null,
    document text not null,
    effective date not null,
    source text not null check (length(source) <= 262144),
    sha256 bytea not null check (length(sha256) = 32),
    created_at timestamptz not null,
    unique nulls not distinct (institution_id, code, version),
    unique nulls not distinct (institution_id, code, sha256)
);

-- The adoption registered last among those that have begun governs: a later one supersedes those that have not.
create table adoption (
    institution_id uuid not null references institution,
    seq integer not null check (seq >= 1),
    effective_from date not null,
    plan_version_id uuid not null references plan_version,
    adopted_at timestamptz not null,
    adopted_by uuid not null references account,
    primary key (institution_id, seq)
);

-- Who did what, when, in which office, under which clause. Each entry's hash covers the one before it.
create table audit_entry (
    seq bigint primary key check (seq >= 1),
    at timestamptz not null,
    institution_id uuid references institution,
    account_id uuid references account,
    actor text not null,
    office text not null,
    verb text not null,
    object text not null,
    detail text not null,
    clause text not null,
    previous bytea not null check (length(previous) = 32),
    hash bytea not null check (length(hash) = 32)
);
create index audit_entry_institution on audit_entry (institution_id, seq desc);

-- One row: the chain's last link. Locking it puts entries in order.
create table audit_head (
    single boolean primary key default true check (single),
    seq bigint not null,
    hash bytea not null check (length(hash) = 32)
);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger audit_entry_append_only before update or delete or truncate on audit_entry
    for each statement execute function refuse_change();
create trigger adoption_append_only before update or delete or truncate on adoption
    for each statement execute function refuse_change();
create trigger plan_version_append_only before update or delete or truncate on plan_version
    for each statement execute function refuse_change();
