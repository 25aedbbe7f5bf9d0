-- What is done of a congress until it meets, the rules by which a union's congresses are held, and what a union says
-- of a year without one.

-- Held before the portal, taken down from its papers: it has a day and nothing else.
alter table congress add column registered boolean not null default false;
-- Why seats were approved of which a soft rule warns.
alter table congress add column seats_reason text check (length(seats_reason) between 1 and 200);
-- The paper that a registered congress rests on.
alter table congress add column document_id uuid references document;

-- A step that somebody ticks: what the portal knows itself has no row, or one for its due day alone.
create table congress_step (
    congress_id uuid not null references congress on delete cascade,
    step text not null check (step in ('request_prepare', 'reply_prepare', 'committee', 'rules', 'seats', 'request_convene',
        'reply_party', 'reply_federation', 'delegates', 'notice', 'agenda', 'qualification', 'meeting', 'result')),
    -- By when, where it is not as usual.
    due_on date,
    done_on date,
    -- The number of the paper, or what was done.
    says text not null default '' check (length(says) <= 200),
    document_id uuid references document,
    kept_at timestamptz not null,
    kept_by uuid not null references account,
    primary key (congress_id, step),
    constraint congress_step_ticked check (done_on is null or step not in ('rules', 'seats', 'delegates', 'qualification', 'meeting', 'result')),
    constraint congress_step_done check (done_on is not null or (says = '' and document_id is null))
);

-- The rules by which the congresses of a union are held (大会章程, 选举办法), each version beside those before it.
create table congress_rules (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    name text not null check (length(name) between 2 and 60),
    -- The day on which it was adopted.
    adopted_on date not null,
    document_id uuid not null references document,
    kept_at timestamptz not null,
    kept_by uuid not null references account
);
create index congress_rules_union on congress_rules (union_id, name, adopted_on);

-- Why a college's union holds no congress in an academic year, which the plans allow (原则上).
create table congress_slip (
    union_id uuid not null references student_union,
    academic_year smallint not null check (academic_year between 1990 and 2200),
    reason text not null check (length(reason) between 1 and 200),
    kept_at timestamptz not null,
    kept_by uuid not null references account,
    primary key (union_id, academic_year)
);
