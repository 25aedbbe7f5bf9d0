-- What was read of an imported file and what not: said as long as the file is shown, and by nobody but the portal.
alter table import
    -- The sheet; empty for a text file.
    add sheet text not null default '' check (length(sheet) <= 100),
    add notes text not null default '' check (length(notes) <= 4000),
    -- Headings that were ignored.
    add ignored text not null default '' check (length(ignored) <= 2000);

-- A file about which somebody is asked first, until they have answered: sealed to a key that their page alone holds. One
-- a person.
create table kept_file (
    account_id uuid primary key references account,
    token_hash bytea not null check (length(token_hash) = 32),
    sealed bytea not null check (length(sealed) between 1 and 8400000),
    until timestamptz not null
);
create index kept_file_time on kept_file (until);

-- What people said of a college, major or class that a list of students names and that did not exist: it is new, it is one
-- that exists, or its rows are left out.
create table import_place (
    import_id uuid not null references import on delete cascade,
    part text not null check (part in ('college', 'major', 'class')),
    -- The place in full: college, major, level, year and class as far as the part goes.
    path text[] not null check (cardinality(path) between 1 and 5),
    choice text not null check (choice in ('new', 'known', 'leave')),
    -- What it is called, where it exists.
    known text check (length(known) <= 200),
    rows integer not null check (rows > 0),
    primary key (import_id, part, path),
    constraint import_place_known check ((choice = 'known') = (known is not null))
);
