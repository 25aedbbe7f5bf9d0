-- What comes of a congress: the result of its election on its way to the filing, and the proposals of its delegates.

-- The result. A step is taken after the one before and on no day before it.
create table congress_result (
    congress_id uuid primary key references congress,
    -- A whole new presidium, or only the seats that became vacant.
    purpose text not null check (purpose in ('term', 'by_election')),
    stage text not null check (stage in ('elected', 'announced', 'approved', 'sent', 'filed')),
    elected_on date not null,
    -- The report of a paper election that was held outside; null: taken from the sittings of this congress.
    report text check (length(report) between 1 and 120),
    taken_at timestamptz not null,
    taken_by uuid not null references account,
    announced_on date,
    -- Who announced it to the congress, and where.
    announced_by text check (length(announced_by) between 1 and 60),
    approved_on date,
    approved_by text check (length(approved_by) between 1 and 60),
    approval_number text check (length(approval_number) between 1 and 60),
    -- Working days from the approval within which it is to be filed, and the day that they come to.
    file_within smallint check (file_within between 1 and 120),
    file_by date,
    sent_on date,
    receiver text check (length(receiver) between 1 and 60),
    receipt_on date,
    receipt_number text check (length(receipt_number) between 1 and 60),
    -- The elected took their posts.
    seated_at timestamptz,
    seated_by uuid references account,
    constraint result_announced check (num_nonnulls(announced_on, announced_by) in (0, 2)
        and (stage <> 'elected') = (announced_on is not null) and announced_on >= elected_on),
    constraint result_approved check (num_nonnulls(approved_on, approved_by, approval_number, file_within, file_by) in (0, 5)
        and (stage in ('approved', 'sent', 'filed')) = (approved_on is not null) and approved_on >= announced_on),
    constraint result_sent check (num_nonnulls(sent_on, receiver) in (0, 2)
        and (stage in ('sent', 'filed')) = (sent_on is not null) and sent_on >= approved_on),
    constraint result_filed check (num_nonnulls(receipt_on, receipt_number) in (0, 2)
        and (stage = 'filed') = (receipt_on is not null) and receipt_on >= sent_on),
    constraint result_seated check (num_nonnulls(seated_at, seated_by) in (0, 2)
        and (seated_at is null or approved_on is not null))
);

create function guard_result() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.stage <> 'elected' then raise exception 'a result that was announced stays'; end if;
        return old;
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'elected>announced', 'announced>approved', 'approved>sent', 'sent>filed']) then
        raise exception 'a result does not go from % to %', old.stage, new.stage;
    end if;
    if (new.congress_id, new.purpose, new.elected_on, new.report) is distinct from
       (old.congress_id, old.purpose, old.elected_on, old.report)
       or old.approved_on is not null and (new.announced_on, new.announced_by, new.approved_on, new.approved_by,
           new.approval_number) is distinct from (old.announced_on, old.announced_by, old.approved_on, old.approved_by,
           old.approval_number)
       or old.seated_at is not null and new.seated_at is distinct from old.seated_at then
        raise exception 'what a step of a result set stays';
    end if;
    return new;
end $$;
create trigger result_guarded before update or delete on congress_result for each row execute function guard_result();

-- Who was elected to the union's presidium.
create table congress_elected (
    congress_id uuid not null references congress_result on delete cascade,
    -- In the order of the votes, from 1.
    place smallint not null check (place between 1 and 100),
    student_id uuid not null references student,
    -- The contest that elected them, where it was held here.
    contest_id uuid references contest,
    votes integer check (votes >= 0),
    primary key (congress_id, place),
    unique (congress_id, student_id)
);
create index congress_elected_student on congress_elected (student_id);

-- Scans of what a step rests on.
create table congress_scan (
    id uuid primary key,
    congress_id uuid not null references congress_result on delete cascade,
    step text not null check (step in ('report', 'approval', 'filing', 'receipt')),
    name text not null check (length(name) between 1 and 100),
    media text not null check (media in ('application/pdf', 'image/jpeg', 'image/png')),
    bytes bytea not null check (length(bytes) between 1 and 8388608),
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    by_account uuid not null references account,
    unique (congress_id, step)
);

-- The congress whose election somebody holds a post by.
alter table post add column congress_id uuid references congress;

-- How a congress takes proposals.
create table congress_proposals (
    congress_id uuid primary key references congress,
    -- The last day on which proposals are handed in.
    closes_on date not null,
    seconders smallint not null check (seconders between 1 and 20),
    opened_at timestamptz not null,
    opened_by uuid not null references account
);

-- A proposal (提案): one matter, written by a delegate, seconded by others.
create table proposal (
    id uuid primary key,
    -- The congress at which it was made, and the later one that it was carried over to.
    congress_id uuid not null references congress,
    carried_to uuid references congress,
    -- Given when it is handed in.
    number smallint check (number between 1 and 9999),
    lead_id uuid not null references delegate,
    matter text not null check (matter in ('teaching', 'growth', 'life', 'rights', 'other')),
    title text not null check (length(title) between 2 and 60),
    cause text not null check (length(cause) between 1 and 1000),
    advice text not null check (length(advice) between 1 and 1000),
    stage text not null check (stage in (
        'draft', 'submitted', 'refused', 'accepted', 'joined', 'assigned', 'replied', 'closed', 'withdrawn')),
    created_at timestamptz not null,
    submitted_at timestamptz,
    screened_at timestamptz,
    screened_by uuid references account,
    -- On which of the four grounds it was not taken up, and what the committee says of it.
    refused_for text check (refused_for in ('unlawful', 'beyond', 'personal', 'form')),
    screening text check (length(screening) between 1 and 300),
    -- The like one that it is handled with.
    joined_to uuid references proposal,
    -- The office of the university that handles it, and by when.
    office text check (length(office) between 1 and 60),
    due_on date,
    -- Whether it is handled for the first or the second time.
    turn smallint not null default 1 check (turn in (1, 2)),
    closed_at timestamptz,
    constraint proposal_submitted check ((stage in ('draft', 'withdrawn')) <= (number is null)
        and (number is null) = (submitted_at is null)),
    constraint proposal_refused check ((stage = 'refused') = (refused_for is not null)),
    constraint proposal_joined check ((stage = 'joined') = (joined_to is not null) and joined_to <> id),
    constraint proposal_assigned check (num_nonnulls(office, due_on) in (0, 2)
        and (stage in ('assigned', 'replied', 'closed')) <= (office is not null)),
    constraint proposal_closed check ((stage = 'closed') = (closed_at is not null))
);
create unique index proposal_number on proposal (congress_id, number) where number is not null;
create index proposal_lead on proposal (lead_id);
create index proposal_carried on proposal (carried_to) where carried_to is not null;

-- Delegates who are asked to second a proposal (附议).
create table proposal_seconder (
    proposal_id uuid not null references proposal on delete cascade,
    delegate_id uuid not null references delegate,
    asked_at timestamptz not null,
    agreed boolean,
    answered_at timestamptz,
    primary key (proposal_id, delegate_id),
    constraint proposal_seconder_answered check ((agreed is null) = (answered_at is null))
);
create index proposal_seconder_delegate on proposal_seconder (delegate_id);

-- What the office answers, and how the proposer takes it. 不满意 sends the first one back.
create table proposal_reply (
    proposal_id uuid not null references proposal on delete cascade,
    turn smallint not null check (turn in (1, 2)),
    office text not null check (length(office) between 1 and 60),
    replied_on date not null,
    says text not null check (length(says) between 1 and 3000),
    at timestamptz not null,
    by_account uuid not null references account,
    satisfaction text check (satisfaction in ('satisfied', 'mostly', 'dissatisfied')),
    remark text check (length(remark) between 1 and 300),
    rated_at timestamptz,
    primary key (proposal_id, turn),
    constraint proposal_reply_rated check ((satisfaction is null) = (rated_at is null))
);
