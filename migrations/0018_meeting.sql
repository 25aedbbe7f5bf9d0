-- The meeting (会议) of a congress: its agenda and documents, who is there, what is voted on by show of hands, and its
-- minutes.

create table meeting (
    congress_id uuid primary key references congress on delete cascade,
    starts_at timestamptz not null,
    place text not null check (length(place) between 1 and 60),
    -- Enough people are there with more than (strict) or at least this part of those due; 0: nothing is asked.
    quorum_part smallint not null check (quorum_part between 0 and 100),
    quorum_whole smallint not null check (quorum_whole between 1 and 100),
    quorum_strict boolean not null,
    -- A show of hands passes with more than half of these.
    majority_of text not null check (majority_of in ('present', 'due')),
    -- Where these rules come from, and the clause or the decision in words.
    source text not null check (source in ('practice', 'constitution', 'election_rules', 'decision')),
    basis text not null check (length(basis) <= 200),
    -- Seats of the hall, for the plan of who sits where.
    hall_rows smallint check (hall_rows between 1 and 60),
    hall_columns smallint check (hall_columns between 2 and 60),
    check_in text not null default 'not_yet' check (check_in in ('not_yet', 'open', 'closed')),
    check_in_opened_at timestamptz,
    check_in_closed_at timestamptz,
    -- The minutes as edited so far; none: as they are assembled.
    minutes text check (length(minutes) between 1 and 20000),
    minutes_at timestamptz,
    minutes_by uuid references account,
    signed_at timestamptz,
    signed_by uuid references account,
    constraint meeting_quorum check (quorum_part <= quorum_whole),
    constraint meeting_basis check ((source = 'practice') = (basis = '')),
    constraint meeting_hall check ((hall_rows is null) = (hall_columns is null)),
    constraint meeting_check_in check ((check_in <> 'not_yet') = (check_in_opened_at is not null)
        and (check_in = 'closed') = (check_in_closed_at is not null)),
    constraint meeting_minutes check (num_nonnulls(minutes, minutes_at, minutes_by) in (0, 3)),
    constraint meeting_signed check (num_nonnulls(signed_at, signed_by) in (0, 2)
        and (signed_at is null or minutes is not null))
);

-- A document that delegates read: written here, or a PDF.
create table meeting_document (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    kind text not null check (kind in ('work_report', 'finance_report', 'election_rules', 'other')),
    title text not null check (length(title) between 2 and 60),
    body text check (length(body) between 1 and 20000),
    bytes bytea check (length(bytes) between 1 and 8388608),
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    by_account uuid not null references account,
    constraint meeting_document_one check (num_nonnulls(body, bytes) = 1)
);
create index meeting_document_congress on meeting_document (congress_id);

create table agenda_item (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    place smallint not null check (place between 1 and 99),
    kind text not null check (kind in ('report', 'review', 'election', 'vote', 'other')),
    title text not null check (length(title) between 2 and 60),
    speaker text not null check (length(speaker) <= 40),
    document_id uuid references meeting_document,
    constraint agenda_item_place unique (congress_id, place) deferrable initially deferred
);

-- Who checks delegates in (签到员), and at which desk.
create table check_in_officer (
    congress_id uuid not null references meeting on delete cascade,
    account_id uuid not null references account,
    desk text not null check (length(desk) between 1 and 20),
    named_at timestamptz not null,
    named_by uuid not null references account,
    ended_at timestamptz,
    primary key (congress_id, account_id)
);

-- The code of a delegate's card (出席证), on paper or on their phone; a new one takes the place of the old.
create table delegate_card (
    congress_id uuid not null references meeting on delete cascade,
    student_id uuid not null references student,
    kind text not null check (kind in ('paper', 'phone')),
    code_hash bytea not null unique check (length(code_hash) = 32),
    made_at timestamptz not null,
    primary key (congress_id, student_id, kind)
);

-- Who was checked in. Undone with a reason; then they may be checked in again.
create table attendance (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    student_id uuid not null references student,
    at timestamptz not null,
    by_account uuid not null references account,
    desk text not null check (length(desk) between 1 and 20),
    way text not null check (way in ('code', 'number', 'name', 'roll')),
    left_at timestamptz,
    left_by uuid references account,
    undone_at timestamptz,
    undone_by uuid references account,
    undone_why text check (length(undone_why) between 1 and 200),
    constraint attendance_left check ((left_at is null) = (left_by is null) and left_at >= at),
    constraint attendance_undone check (num_nonnulls(undone_at, undone_by, undone_why) in (0, 3))
);
-- Two desks at the same moment count somebody once.
create unique index attendance_once on attendance (congress_id, student_id) where undone_at is null;

-- Whoever sits in without a vote (列席、来宾): counted apart.
create table meeting_guest (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    name text not null check (length(name) between 1 and 50),
    unit text not null check (length(unit) <= 40),
    at timestamptz not null,
    by_account uuid not null references account
);
create index meeting_guest_congress on meeting_guest (congress_id);

-- Names taken from a printed roll (签到册) that was signed by hand: one person enters, another confirms.
create table roll_entry (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    entered_at timestamptz not null,
    entered_by uuid not null references account,
    confirmed_at timestamptz,
    confirmed_by uuid references account,
    constraint roll_entry_confirmed check ((confirmed_at is null) = (confirmed_by is null)),
    constraint roll_entry_two_people check (confirmed_by <> entered_by)
);
create index roll_entry_congress on roll_entry (congress_id);
create table roll_entry_line (
    entry_id uuid not null references roll_entry on delete cascade,
    student_id uuid not null references student,
    primary key (entry_id, student_id)
);

-- A vote by show of hands (举手表决). Taken down wrongly it is voided with a reason, and taken down anew.
create table recorded_vote (
    id uuid primary key,
    congress_id uuid not null references meeting on delete cascade,
    place smallint not null check (place between 1 and 200),
    kind text not null check (kind in ('presidium_list', 'tellers_list', 'election_rules', 'report', 'other')),
    motion text not null check (length(motion) between 2 and 100),
    due integer not null check (due > 0),
    present integer not null check (present between 1 and due),
    votes_for integer not null check (votes_for >= 0),
    against integer not null check (against >= 0),
    abstain integer not null check (abstain >= 0),
    majority_of text not null check (majority_of in ('present', 'due')),
    passed boolean not null,
    at timestamptz not null,
    by_account uuid not null references account,
    voided_at timestamptz,
    voided_by uuid references account,
    voided_why text check (length(voided_why) between 1 and 200),
    unique (congress_id, place),
    constraint recorded_vote_sum check (votes_for + against + abstain = present),
    constraint recorded_vote_passed check (
        passed = (2 * votes_for > case majority_of when 'due' then due else present end)),
    constraint recorded_vote_voided check (num_nonnulls(voided_at, voided_by, voided_why) in (0, 3))
);

-- Members of the congress's presidium (大会主席团), its executive chairs, and who monitors and counts votes.
create table meeting_duty (
    congress_id uuid not null references meeting on delete cascade,
    student_id uuid not null references student,
    duty text not null check (duty in ('presidium', 'executive_chair', 'chief_monitor', 'monitor', 'teller')),
    named_at timestamptz not null,
    named_by uuid not null references account,
    -- The vote that approved them; none while they are proposed.
    vote_id uuid references recorded_vote,
    primary key (congress_id, student_id, duty)
);

-- Who is due (应到) at a congress on a day: its delegates in office, or all students of a meeting of all.
create function congress_due(which uuid, on_day date)
returns table (student_id uuid, card integer, delegation_id uuid) language sql stable as $$
select d.student_id, d.number, d.delegation_id
from delegate d
where d.congress_id = which and d.standing in ('elected', 'outside') and (d.ended_on is null or d.ended_on > on_day)
union all
select s.id, null, null
from congress c join student_union u on u.id = c.union_id join student s on s.institution_id = c.institution_id
     join class k on k.id = s.class_id join major m on m.id = k.major_id
where c.id = which and c.of_all and (u.college_id is null or u.college_id = m.college_id)
      and (s.left_on is null or s.left_on > on_day)
$$;

-- Somebody stands in an election that the delegates of a congress hold, and has not withdrawn.
create function stands_at_congress(which uuid, who uuid) returns boolean language sql stable as $$
select exists (
    select from candidate d join contest c on c.id = d.contest_id join sitting t on t.id = c.sitting_id
    where t.congress_id = which and c.body = 'congress' and t.stage <> 'voided' and d.student_id = who
          and d.withdrawn_at is null)
$$;
