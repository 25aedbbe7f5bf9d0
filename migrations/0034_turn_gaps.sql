-- Why nobody was on duty for some time: what has gone by is not painted over, but said.

create table turn_gap (
    union_id uuid not null references student_union,
    from_day date not null,
    until_day date not null check (until_day > from_day),
    why text not null check (why <> ''),
    said_by uuid not null references account,
    said_at timestamptz not null,
    constraint turn_gap_once exclude using gist (union_id with =, daterange(from_day, until_day) with &&)
);
