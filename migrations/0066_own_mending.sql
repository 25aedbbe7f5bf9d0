-- 整改期限 is set for a rule of the university's own too. Such a rule has no code in the catalogue and is known by its name in
-- the plan, so a day is for the one or for the other.
alter table mending
    alter column rule drop not null,
    -- The rule's name in the plan.
    add column own_rule text check (length(own_rule) between 1 and 40),
    add constraint mending_one_rule check (num_nonnulls(rule, own_rule) = 1);
create unique index mending_one_open_own on mending (union_id, own_rule) where ended_at is null;
create index mending_union_own on mending (union_id, own_rule, at desc);
