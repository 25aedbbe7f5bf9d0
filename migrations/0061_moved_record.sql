-- A university that came from another database: each of its entries follows this database's chain, and what it was in the
-- chain from which it comes stands here, so that the hashes of before can be computed again.
create table moved_entry (
    -- The entry as it stands in this database's chain.
    seq bigint not null references audit_entry (seq),
    -- Which move of the university it was: 1 is the first.
    hop smallint not null check (hop >= 1),
    from_seq bigint not null check (from_seq >= 1),
    previous bytea not null check (length(previous) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (seq, hop)
);
create trigger moved_entry_append_only before update or delete or truncate on moved_entry
    for each statement execute function refuse_change();
