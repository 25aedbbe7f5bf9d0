-- Scans of receipts beside a settlement, the controlled matters that a project with volunteers needs, and what one presidium
-- hands to the next.

create table matter_receipt (
    id uuid primary key,
    matter_id uuid not null,
    -- The line of the budget that it is for.
    place integer not null,
    document_id uuid not null unique references document,
    at timestamptz not null,
    by_account uuid not null references account,
    foreign key (matter_id, place) references matter_line (matter_id, place)
);
create index matter_receipt_line on matter_receipt (matter_id, place);

-- Which approvals (GUI-02) a project's work rests on.
create table project_matter (
    project_id uuid not null references project,
    matter_id uuid not null references matter,
    primary key (project_id, matter_id)
);
create index project_matter_matter on project_matter (matter_id);

alter table year_paper drop constraint year_paper_kind_check;
alter table year_paper add constraint year_paper_kind_check check (
    kind in ('plan', 'summary', 'budget', 'settlement', 'handover'));
