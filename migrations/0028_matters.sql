-- The everyday work of a union under guidance: four controlled matters (GUI-02), prior reports (GUI-01) and what of them
-- is passed on to the Party committee (GUI-05).

-- How a university controls a kind of matter; a row only where it departs from the defaults.
create table matter_scheme (
    institution_id uuid not null references institution,
    kind text not null check (kind in ('activity', 'publication', 'contact', 'funds')),
    level text not null check (level in ('school', 'college')),
    -- Who signs, in order; the deputy secretary always, and last.
    steps text[] not null check (
        steps in (array['deputy'], array['guide', 'deputy'], array['presidium', 'deputy'],
                  array['presidium', 'guide', 'deputy'])),
    -- Working days between filing and start: ordinary ones, and large or sponsored ones.
    lead_days integer not null check (lead_days between 0 and 60),
    large_days integer not null check (large_days between 0 and 60 and large_days >= lead_days),
    primary key (institution_id, kind, level)
);

-- What counts as an important matter or a major activity (GUI-01). A row with a slug takes the place of that default.
create table report_ground (
    id uuid primary key,
    institution_id uuid not null references institution,
    slug text check (length(slug) between 1 and 30),
    measure text not null check (measure in ('people', 'money', 'guests', 'off_campus', 'decision', 'named')),
    label text not null check (length(label) between 2 and 60),
    -- People, or fen: more than so many.
    threshold bigint check (threshold between 0 and 100000000000),
    dropped boolean not null default false,
    kept_at timestamptz not null,
    by_account uuid not null references account,
    unique (institution_id, slug),
    constraint ground_threshold check ((measure in ('people', 'money')) = (threshold is not null))
);

-- The last number that a matter and a report of a university got.
create table matter_counter (
    institution_id uuid primary key references institution,
    matters integer not null default 0 check (matters >= 0),
    reports integer not null default 0 check (reports >= 0)
);

create table matter (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    number integer not null check (number > 0),
    kind text not null check (kind in ('activity', 'publication', 'contact', 'funds')),
    title text not null check (length(title) between 2 and 60),
    department_id uuid references department,
    -- Who answers for it, and under which number.
    lead_id uuid not null references student,
    phone text check (length(phone) between 5 and 30),
    why text not null check (length(why) between 1 and 500),
    how text not null check (length(how) between 1 and 2000),
    starts_at timestamptz not null,
    ends_at timestamptz,
    place text check (length(place) between 1 and 60),
    people integer check (people between 1 and 100000),
    off_campus boolean not null default false,
    -- People from outside: who and how many.
    guests text check (length(guests) between 1 and 300),
    safety text check (length(safety) between 1 and 2000),
    channel text check (length(channel) between 1 and 60),
    body text check (length(body) between 1 and 5000),
    partner text check (length(partner) between 1 and 100),
    contact text check (contact in ('visit', 'received', 'joint', 'sponsor', 'other')),
    source text check (source in ('start', 'sponsor', 'other')),
    -- Filed later than the lead time: why it cannot wait.
    urgent text check (length(urgent) between 1 and 200),
    stage text not null check (stage in (
        'asked', 'returned', 'refused', 'withdrawn', 'approved', 'revoked', 'begun', 'closed')),
    -- Counts from 1: each change begins the chain anew.
    revision integer not null check (revision > 0),
    steps text[] not null check (steps[cardinality(steps)] = 'deputy'),
    filed_at timestamptz not null,
    filed_by uuid not null references account,
    approved_at timestamptz,
    begun_at timestamptz,
    begun_noted_at timestamptz,
    begun_by uuid references account,
    summary_due date,
    summary text check (length(summary) between 1 and 2000),
    closed_at timestamptz,
    unique (institution_id, number),
    constraint matter_of_kind check (
        (kind = 'publication') = (channel is not null and body is not null)
        and (kind = 'contact') = (partner is not null and contact is not null)
        and (kind = 'funds') = (source is not null)
        and (kind = 'activity') = (people is not null and place is not null)),
    constraint matter_ends check (ends_at > starts_at),
    constraint matter_approved check ((stage in ('approved', 'begun', 'closed')) = (approved_at is not null)),
    constraint matter_begun check (
        (stage in ('begun', 'closed')) = (begun_at is not null)
        and num_nonnulls(begun_at, begun_noted_at, begun_by, summary_due) in (0, 4)),
    constraint matter_begun_after check (begun_at >= approved_at and begun_noted_at >= begun_at),
    constraint matter_closed check (
        (stage = 'closed') = (closed_at is not null) and (closed_at is null) = (summary is null))
);
create index matter_union on matter (union_id);
create index matter_lead on matter (lead_id);
create index matter_open on matter (institution_id) where stage in ('asked', 'returned', 'approved', 'begun');

-- One step's word on one revision: never rewritten.
create table matter_signature (
    matter_id uuid not null references matter,
    revision integer not null check (revision > 0),
    step text not null check (step in ('presidium', 'guide', 'deputy')),
    verdict text not null check (verdict in ('agree', 'return', 'refuse')),
    says text not null check (length(says) between 1 and 500),
    -- The content was read and found lawful, by the constitution and positive (DIS-03).
    content_read boolean not null,
    at timestamptz not null,
    by_account uuid not null references account,
    primary key (matter_id, revision, step),
    -- Nobody signs two steps.
    constraint signature_of_two unique (matter_id, revision, by_account)
);
create function keep_signature() returns trigger language plpgsql as $$
begin
    raise exception 'a signature is never rewritten' using errcode = 'insufficient_privilege';
end $$;
create trigger matter_signature_kept before update or delete on matter_signature
    for each row execute function keep_signature();

-- Nothing is approved without every step of its chain, on what it says now.
create function matter_signed() returns trigger language plpgsql as $$
begin
    if new.stage in ('approved', 'begun', 'closed') and exists (
           select from unnest(new.steps) as s(step) where not exists (
               select from matter_signature g where g.matter_id = new.id and g.revision = new.revision
                      and g.step = s.step and g.verdict = 'agree')) then
        raise exception 'a step has not signed' using errcode = 'check_violation', constraint = 'matter_every_step';
    end if;
    return new;
end $$;
create trigger matter_every_step before insert or update on matter for each row execute function matter_signed();

-- Budget and settlement, in fen.
create table matter_line (
    matter_id uuid not null references matter,
    place integer not null check (place > 0),
    name text not null check (length(name) between 1 and 60),
    planned bigint not null check (planned between 0 and 100000000000),
    spent bigint check (spent between 0 and 100000000000),
    receipt text check (length(receipt) between 1 and 60),
    primary key (matter_id, place),
    constraint line_receipt check (spent = 0 or (spent is null) = (receipt is null))
);

-- Materials that were borrowed for a matter.
create table matter_loan (
    id uuid primary key,
    matter_id uuid not null references matter,
    what text not null check (length(what) between 1 and 60),
    quantity integer not null check (quantity between 1 and 10000),
    lender text not null check (length(lender) between 1 and 60),
    due_on date not null,
    lent_at timestamptz not null,
    lent_by uuid not null references account,
    returned_at timestamptz check (returned_at >= lent_at),
    returned_by uuid references account,
    constraint loan_returned check ((returned_at is null) = (returned_by is null))
);
create index matter_loan_matter on matter_loan (matter_id);

-- 事先报告 to the School Youth League committee.
create table prior_report (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    number integer not null check (number > 0),
    kind text not null check (kind in ('decision', 'activity')),
    -- The activity that it is about, where it was filed.
    matter_id uuid references matter,
    title text not null check (length(title) between 2 and 60),
    says text not null check (length(says) between 1 and 2000),
    why text not null check (length(why) between 1 and 500),
    grounds text[] not null check (cardinality(grounds) > 0),
    planned_at timestamptz not null,
    -- It had been decided or begun when it was reported: a breach, kept as such.
    happened_at timestamptz,
    received_at timestamptz not null,
    by_account uuid not null references account,
    answer text check (answer in ('noted', 'agreed', 'adjust', 'opposed')),
    answer_says text check (length(answer_says) between 1 and 500),
    answered_at timestamptz,
    answered_by uuid references account,
    -- It concerns the Party committee, and by when it is passed on.
    pass_due date,
    passed_at timestamptz,
    passed_by uuid references account,
    party_reply text check (length(party_reply) between 1 and 500),
    party_replied_on date,
    -- When it was decided, as the union takes it down.
    decided_at timestamptz,
    decided_says text check (length(decided_says) between 1 and 500),
    decided_noted_at timestamptz,
    unique (institution_id, number),
    constraint report_late check (happened_at <= received_at),
    constraint report_answered check (num_nonnulls(answer, answer_says, answered_at, answered_by) in (0, 4)),
    constraint report_passed check (
        (passed_at is null) = (passed_by is null) and (pass_due is not null) <= (answer is not null)
        and (passed_at is not null) <= (pass_due is not null)),
    constraint report_replied check (
        num_nonnulls(party_reply, party_replied_on) in (0, 2) and (party_reply is not null) <= (passed_at is not null)),
    constraint report_decided check (
        num_nonnulls(decided_at, decided_says, decided_noted_at) in (0, 3)
        and (decided_at is null or kind = 'decision' and happened_at is null and decided_at >= received_at))
);
create index prior_report_union on prior_report (union_id);
create unique index prior_report_matter on prior_report (matter_id) where matter_id is not null;
