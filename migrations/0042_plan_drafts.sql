-- A university's plan as it is taken down in a form: the document's text, what was typed group by group, and the second person
-- who confirms it before it becomes a version of the plan.
create table plan_draft (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 1 and 60),
    stage text not null check (stage in ('open', 'submitted', 'confirmed')),
    made_at timestamptz not null,
    made_by uuid not null references account,
    -- What the document's file is called, and its text: quotations are held against it.
    text_name text check (length(text_name) between 1 and 100),
    document_text text check (length(document_text) between 1 and 60000),
    -- The plan file as it was handed in.
    source text check (octet_length(source) between 1 and 262144),
    submitted_at timestamptz,
    submitted_by uuid references account,
    -- Why it was given back the last time.
    returned text not null default '' check (length(returned) <= 200),
    confirmed_at timestamptz,
    confirmed_by uuid references account,
    plan_version_id uuid references plan_version,
    constraint plan_draft_text check (num_nonnulls(text_name, document_text) in (0, 2)),
    constraint plan_draft_submitted check ((stage = 'open') = (source is null)
        and num_nonnulls(source, submitted_at, submitted_by) in (0, 3)),
    constraint plan_draft_confirmed check ((stage = 'confirmed') = (confirmed_at is not null)
        and num_nonnulls(confirmed_at, confirmed_by, plan_version_id) in (0, 3)),
    constraint plan_draft_two_persons check (confirmed_by <> submitted_by)
);
create index plan_draft_institution on plan_draft (institution_id, made_at desc);

-- What is typed in a group of the form. The version tells whoever saves whether somebody saved before.
create table plan_draft_group (
    draft_id uuid not null references plan_draft on delete cascade,
    part text not null check (length(part) between 1 and 20),
    version integer not null check (version > 0),
    fields jsonb not null,
    saved_at timestamptz not null,
    saved_by uuid not null references account,
    primary key (draft_id, part)
);

create function guard_plan_draft() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.stage <> 'open' then
            raise exception 'a draft that was handed in stays' using errcode = 'insufficient_privilege';
        end if;
        return old;
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'open>submitted', 'submitted>open', 'submitted>confirmed']) then
        raise exception 'a draft does not go from % to %', old.stage, new.stage;
    end if;
    if old.stage = 'confirmed' and new is distinct from old then
        raise exception 'a confirmed draft stays' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger plan_draft_guarded before update or delete on plan_draft for each row execute function guard_plan_draft();

-- What waits for the second person is what was handed in.
create function guard_plan_draft_group() returns trigger language plpgsql as $$
begin
    if exists (select from plan_draft d where d.id = coalesce(new.draft_id, old.draft_id) and d.stage <> 'open') then
        raise exception 'a draft that was handed in is not changed' using errcode = 'insufficient_privilege';
    end if;
    return coalesce(new, old);
end $$;
create trigger plan_draft_group_guarded before insert or update or delete on plan_draft_group for each row
    execute function guard_plan_draft_group();
