-- Conduct: cases that the School Youth League committee investigates (DIS-04), and how officers leave (DIS-05).

-- The last number that a case of a university got.
create table conduct_counter (
    institution_id uuid primary key references institution,
    last integer not null check (last > 0)
);

create table conduct_case (
    id uuid primary key,
    institution_id uuid not null references institution,
    number integer not null check (number > 0),
    -- Who it is about: somebody who works for a union, or a member of the League committee's own staff, in words.
    student_id uuid references student,
    staff text check (length(staff) between 1 and 60),
    ground text not null check (ground in ('rules', 'morals', 'unbecoming', 'utilitarian', 'vulgar', 'bureaucratic')),
    says text not null check (length(says) between 1 and 2000),
    -- The name is for the handling office, for nobody, or it is an office that reports.
    source text not null check (source in ('named', 'confidential', 'office')),
    reporter_id uuid not null references account,
    -- The office that handles it: of the School Youth League committee's own people the school's Party committee.
    handler text not null check (handler in ('school_league', 'school_party')),
    stage text not null check (stage in ('reported', 'accepted', 'decided', 'objected', 'closed', 'declined')),
    reported_at timestamptz not null,
    -- The day by which the next act of the handling office is due; null where none is.
    due_on date,
    accepted_at timestamptz,
    outcome text check (outcome in ('no_fault', 'talk', 'warning', 'suspension', 'removal', 'referred')),
    -- The decision, or why it was not accepted, as it is told.
    decision text check (length(decision) between 1 and 2000),
    decided_at timestamptz,
    decided_by uuid references account,
    -- The last day on which the person may object.
    objection_until date,
    objection text check (length(objection) between 1 and 2000),
    objected_at timestamptz,
    -- Whether the objection was upheld; then the outcome is what it was changed into.
    upheld boolean,
    answer text check (length(answer) between 1 and 2000),
    answered_at timestamptz,
    unique (institution_id, number),
    constraint conduct_subject check (num_nonnulls(student_id, staff) = 1),
    constraint conduct_handler check ((staff is not null) = (handler = 'school_party')),
    constraint conduct_accepted check ((stage in ('reported', 'declined')) = (accepted_at is null)),
    constraint conduct_decided check (
        (stage in ('decided', 'objected', 'closed')) = (outcome is not null)
        and num_nonnulls(decision, decided_at, decided_by)
            = case when stage in ('decided', 'objected', 'closed', 'declined') then 3 else 0 end),
    constraint conduct_objected check (
        num_nonnulls(objection, objected_at) in (0, 2) and (stage = 'objected') <= (objection is not null)),
    constraint conduct_answered check (
        num_nonnulls(upheld, answer, answered_at) in (0, 3) and (upheld is not null) <= (objection is not null)
        and (stage = 'closed' and objection is not null) = (answer is not null)),
    constraint conduct_due check ((stage in ('reported', 'accepted', 'objected')) = (due_on is not null)),
    constraint conduct_removed check (outcome <> 'removal' or student_id is not null)
);
create index conduct_case_student on conduct_case (student_id) where student_id is not null;
create index conduct_case_reporter on conduct_case (reporter_id);

-- What was done to find out: never rewritten, until whom it is about is erased.
create table conduct_inquiry (
    id uuid primary key,
    case_id uuid not null references conduct_case,
    kind text not null check (kind in ('inquiry', 'hearing', 'not_heard')),
    on_day date not null,
    says text not null check (length(says) between 1 and 2000),
    at timestamptz not null,
    by_account uuid not null references account
);
create index conduct_inquiry_case on conduct_inquiry (case_id);
create function keep_inquiry() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or new.says <> '已删除' or (to_jsonb(new) - 'says') is distinct from (to_jsonb(old) - 'says') then
        raise exception 'a note of an inquiry is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger conduct_inquiry_kept before update or delete on conduct_inquiry
    for each row execute function keep_inquiry();

-- How somebody leaves a union, and what they hand over.
create table union_exit (
    id uuid primary key,
    union_id uuid not null references student_union,
    student_id uuid not null references student,
    kind text not null check (kind in (
        'resignation', 'accountable', 'term_end', 'asked', 'removal', 'ineligible', 'left_school')),
    reason text not null check (length(reason) between 1 and 500),
    -- The decision that removed them.
    case_id uuid references conduct_case,
    stage text not null check (stage in ('asked', 'handing_over', 'done', 'refused', 'withdrawn')),
    asked_at timestamptz not null,
    asked_by uuid not null references account,
    -- The first day without a post.
    from_day date,
    settled_at timestamptz,
    settled_by uuid references account,
    -- Why it was refused.
    answer text check (length(answer) between 1 and 500),
    handover_due date,
    -- What is handed over, and to whom.
    handover text check (length(handover) between 1 and 2000),
    handover_to text check (length(handover_to) between 1 and 60),
    handed_over_at timestamptz,
    confirmed_at timestamptz,
    confirmed_by uuid references account,
    constraint exit_removal check ((kind = 'removal') = (case_id is not null)),
    constraint exit_granted check (
        (stage in ('handing_over', 'done')) = (from_day is not null) and (from_day is null) = (handover_due is null)),
    constraint exit_settled check (
        (stage in ('handing_over', 'done', 'refused')) = (settled_at is not null)
        and (settled_at is null) = (settled_by is null)),
    constraint exit_refused check ((stage = 'refused') = (answer is not null)),
    constraint exit_handed_over check (num_nonnulls(handover, handover_to, handed_over_at) in (0, 3)),
    constraint exit_done check (
        (stage = 'done') = (confirmed_at is not null) and (confirmed_at is null) = (confirmed_by is null)
        and (stage <> 'done' or handover is not null))
);
create unique index exit_under_way on union_exit (union_id, student_id) where stage in ('asked', 'handing_over');
create index exit_student on union_exit (student_id);
