-- What the yearly account asks of a college and nobody could look up: when its Party organisation heard the union and what it
-- decided, and which of its teachers are in charge of the union (分管负责人) and its 秘书长, who counts as no staff of it.
create table college_hearing (
    id uuid primary key,
    union_id uuid not null references student_union,
    on_day date not null,
    -- What was heard, and what was decided.
    says text not null check (length(says) between 1 and 2000),
    at timestamptz not null,
    by_account uuid not null references account,
    by_office text not null check (length(by_office) between 1 and 120)
);
create index college_hearing_union on college_hearing (union_id, on_day);
create trigger college_hearing_kept before update or delete on college_hearing for each row execute function refuse_change();

create table college_guide (
    id uuid primary key,
    union_id uuid not null references student_union,
    kind text not null check (kind in ('in_charge', 'secretary_general')),
    name text not null check (length(name) between 1 and 40),
    title text not null check (length(title) between 1 and 60),
    from_day date not null,
    -- The first day on which it is somebody else.
    until_day date check (until_day >= from_day),
    at timestamptz not null,
    by_account uuid not null references account,
    by_office text not null check (length(by_office) between 1 and 120)
);
create unique index college_guide_now on college_guide (union_id, kind) where until_day is null;
