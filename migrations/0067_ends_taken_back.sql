-- A delegate's mandate, a turn of the executive chair and a department that were ended by mistake go on again, if that is
-- noticed the same day: what the end took the place of. The posts of a department stand among the ended posts. The rows go after two days, as those of ended posts do.
create table ended_delegate (
    delegate_id uuid primary key references delegate on delete cascade,
    -- They headed their delegation.
    was_head boolean not null,
    -- The substitute who moved up for them, in which place they waited, and where they sat before.
    substitute_id uuid references delegate on delete cascade,
    waiting_place smallint check (waiting_place >= 1),
    substitute_delegation uuid references congress_delegation on delete set null,
    at timestamptz not null,
    constraint ended_delegate_substitute check ((substitute_id is null) = (waiting_place is null))
);
create index ended_delegate_substitute on ended_delegate (substitute_id);

create table ended_turn (
    turn_id uuid primary key references turn on delete cascade,
    -- The first day after it as it was confirmed, and what the end made of it.
    was_until date not null,
    until_day date not null,
    at timestamptz not null,
    constraint ended_turn_shorter check (until_day < was_until)
);

create table ended_department (
    department_id uuid primary key references department on delete cascade,
    -- The first day on which it was to be no more; none while it had no end.
    was_until date,
    -- What the end made of it.
    until_day date not null,
    at timestamptz not null,
    -- How many acts of its union were on record then: no more, and nothing was done since. Their times do not say so: an act
    -- that had to wait for the end bears an earlier one.
    acts bigint not null
);
