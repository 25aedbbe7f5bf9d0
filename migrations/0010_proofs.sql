-- Proofs of a rehearsal that last, closing early by two people, the day of an announcement, and whose ballot key it is.

-- The portal's mark on a share as it was dealt: whoever opens the share shows by it alone that it is the one. None on
-- shares that were dealt before.
alter table monitor add column share_mark bytea check (length(share_mark) = 32);
-- The rehearsal, by its throw-away key, in which the passphrase was shown to work.
alter table monitor add column proved_for bytea check (length(proved_for) = 32);
update monitor m set proved_for = t.rehearsal_key from sitting t where t.id = m.sitting_id and m.proved_at is not null;
alter table monitor add constraint monitor_proved check (proved_for is null or proved_at is not null);

-- A rehearsal in which every passphrase was shown to work already, and which could not end.
with proved as (
    select t.id from sitting t
    where t.stage = 'announced' and t.rehearsal_key is not null and exists (select from monitor where sitting_id = t.id)
          and not exists (select from monitor where sitting_id = t.id and proved_for is distinct from t.rehearsal_key)
), rid as (
    delete from rehearsal_ballot where sitting_id in (select id from proved)
), unsealed as (
    update monitor set share = null where sitting_id in (select id from proved)
)
update sitting set stage = 'rehearsed', rehearsal_key = null,
                   rehearsed_at = (select max(proved_at) from monitor where sitting_id = sitting.id)
where id in (select id from proved);

-- The portal that collects the monitors' shares for a count: they are in its memory and nowhere else.
create table count_holder (
    sitting_id uuid primary key references sitting on delete cascade,
    -- A portal's own id, new at each start.
    portal uuid not null,
    -- When it was last heard of.
    seen_at timestamptz not null,
    -- Until when it holds the share that came last.
    held_until timestamptz not null
);

-- The day of the announcement. None for those that were announced before this was kept.
alter table sitting add column announced_at timestamptz;

-- Closing before the announced end without a quorum takes a reason and two people.
alter table sitting add column close_asked_at timestamptz;
alter table sitting add column close_asked_by uuid references account;
alter table sitting add column close_why text check (length(close_why) between 1 and 200);
alter table sitting add column close_agreed_by uuid references account;
alter table sitting add constraint sitting_close_asked check (
    num_nonnulls(close_asked_at, close_asked_by, close_why) in (0, 3)
    and (close_agreed_by is null or close_asked_by is not null and close_agreed_by <> close_asked_by));

create function guard_closing() returns trigger language plpgsql as $$
begin
    if new.closed_at < new.opens_at then raise exception 'a sitting is not closed before it starts'; end if;
    return new;
end $$;
create trigger sitting_closing before update of closed_at on sitting for each row
    when (old.closed_at is null and new.closed_at is not null) execute function guard_closing();

-- By which ballot key the portal marks: its mark on nothing, which gives nothing away.
create table ballot_key (
    single boolean primary key default true check (single),
    mark bytea not null check (length(mark) = 32),
    since timestamptz not null
);
