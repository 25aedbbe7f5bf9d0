-- What a union reports on rules of the university's own, which stand in no catalogue. The last report of an academic year
-- counts; none is rewritten.
create table own_rule_fact (
    id uuid primary key,
    union_id uuid not null references student_union,
    -- The rule's name in the plan.
    rule text not null check (length(rule) between 1 and 40),
    -- How many people, and of how many where a share is asked for.
    number integer check (number between 0 and 100000),
    of_number integer check (of_number between 0 and 100000),
    -- The day for which it holds, or on which it was done.
    on_day date not null,
    -- Which document: its number or its name.
    document text not null default '' check (length(document) <= 80),
    office text not null check (length(office) between 1 and 80),
    by_account uuid not null references account,
    at timestamptz not null,
    constraint own_rule_fact_share check (of_number is null or number <= of_number)
);
create index own_rule_fact_union on own_rule_fact (union_id, on_day desc);
create trigger own_rule_fact_append_only before update or delete or truncate on own_rule_fact
    for each statement execute function refuse_change();

-- A document that turned out to be the wrong one stays on record, and says why another took its place.
alter table plan_document
    add column replaced_at timestamptz,
    add column replaced_by uuid references account,
    add column replaced_why text check (length(replaced_why) between 1 and 200),
    add constraint plan_document_replaced check (num_nonnulls(replaced_at, replaced_by, replaced_why) in (0, 3));
