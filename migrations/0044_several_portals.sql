-- What several portals on one database have to know of one another.

-- A file that is being committed, as the portal that does it last said: its transaction shows nothing before its end. Gone
-- when it is done.
create table import_commit (
    import_id uuid primary key references import on delete cascade,
    -- A portal's own id, new at each start.
    portal uuid not null,
    -- Who commits it, and as what.
    by_account uuid not null references account,
    office text not null check (length(office) between 1 and 100),
    state text not null check (state in ('waiting', 'writing', 'failed')),
    done integer not null default 0 check (done between 0 and total),
    total integer not null check (total >= 0),
    -- When the portal was last heard of.
    seen_at timestamptz not null
);

-- The portal that collects the monitors' shares for opening the sheets of a review: they are in its memory and nowhere else.
create table review_holder (
    review_id uuid primary key references review on delete cascade,
    portal uuid not null,
    -- When it was last heard of.
    seen_at timestamptz not null,
    -- Until when it holds the share that came last.
    held_until timestamptz not null
);

-- The authorities by which a university's server is trusted, in PEM, where it has its own; none: those that browsers trust.
alter table campus_sign_in add column authorities text check (length(authorities) between 1 and 65536);
