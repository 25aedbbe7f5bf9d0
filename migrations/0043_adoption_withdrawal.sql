-- An adoption may be withdrawn within a day; why a plan is wider than the national baseline; the document itself.

create table adoption_withdrawal (
    institution_id uuid not null,
    seq integer not null,
    withdrawn_at timestamptz not null,
    withdrawn_by uuid not null references account,
    says text not null check (length(says) between 1 and 200),
    primary key (institution_id, seq),
    foreign key (institution_id, seq) references adoption
);
create trigger adoption_withdrawal_append_only before update or delete or truncate on adoption_withdrawal
    for each statement execute function refuse_change();

-- The adoptions that count: what was withdrawn leaves no trace but its record.
create view standing_adoption as
    select a.institution_id, a.seq, a.effective_from, a.plan_version_id, a.adopted_at, a.adopted_by
    from adoption a
    where not exists (
        select from adoption_withdrawal w where w.institution_id = a.institution_id and w.seq = a.seq);

-- Why the university goes by a rule that is wider than the national one, said at the adoption.
create table adoption_reason (
    institution_id uuid not null,
    seq integer not null,
    rule text not null check (length(rule) = 6),
    says text not null check (length(says) between 1 and 200),
    primary key (institution_id, seq, rule),
    foreign key (institution_id, seq) references adoption
);
create trigger adoption_reason_append_only before update or delete or truncate on adoption_reason
    for each statement execute function refuse_change();

-- The document from which a plan was taken, as the university keeps it.
create table plan_document (
    id uuid primary key,
    institution_id uuid not null references institution,
    plan_version_id uuid not null references plan_version,
    name text not null check (length(name) between 1 and 100),
    media text not null check (media in (
        'application/pdf', 'image/jpeg', 'image/png',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document')),
    bytes bytea not null check (length(bytes) between 1 and 8388608),
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    by_account uuid not null references account,
    constraint plan_document_once unique (institution_id, plan_version_id, sha256)
);
