-- Meetings of a union: called, held, with what was decided, who does it and until when (ORG-05, ORG-06, ORG-09).

-- What the School Youth League committee sets for its university; without a row practice holds.
create table meeting_setting (
    institution_id uuid primary key references institution,
    -- Days between two working meetings of the school's union with the colleges'.
    link_every integer not null check (link_every between 7 and 180),
    quorum text not null check (quorum in ('half', 'two_thirds')),
    set_at timestamptz not null,
    set_by uuid not null references account
);

create table union_meeting (
    id uuid primary key,
    union_id uuid not null references student_union,
    kind text not null check (kind in ('presidium', 'department', 'link', 'topical')),
    department_id uuid references department,
    title text not null check (length(title) between 1 and 60),
    place text not null check (length(place) between 1 and 60),
    starts_at timestamptz not null,
    minutes_long integer not null check (minutes_long between 10 and 600),
    -- An item a line.
    agenda text not null check (length(agenda) between 1 and 2000),
    stage text not null check (stage in ('called', 'held', 'cancelled')),
    -- Changes of the notice, as calendars count them.
    sequence integer not null check (sequence >= 0),
    called_at timestamptz not null,
    called_by uuid not null references account,
    -- The student who called it; none where an office did.
    chair_id uuid references student,
    -- Why the League organisation ordered it.
    ordered_for text check (length(ordered_for) between 1 and 200),
    -- Why it was called off.
    cancelled_for text check (length(cancelled_for) between 1 and 200),
    minutes text check (length(minutes) between 1 and 5000),
    held_at timestamptz,
    held_by uuid references account,
    constraint meeting_department check ((kind = 'department') = (department_id is not null)),
    constraint meeting_cancelled check ((stage = 'cancelled') = (cancelled_for is not null)),
    constraint meeting_held check (
        (stage = 'held') = (held_at is not null) and num_nonnulls(minutes, held_at, held_by) in (0, 3))
);
create index union_meeting_union on union_meeting (union_id, starts_at);

-- Who is invited: people, and to a working meeting the colleges' unions.
create table union_meeting_member (
    id uuid primary key,
    meeting_id uuid not null references union_meeting,
    student_id uuid references student,
    union_id uuid references student_union,
    -- A member of the presidium, whose presence makes the quorum.
    counts boolean not null,
    presence text check (presence in ('present', 'late', 'absent', 'excused')),
    constraint member_who check (num_nonnulls(student_id, union_id) = 1),
    constraint member_counts check (not counts or student_id is not null),
    unique (meeting_id, student_id),
    unique (meeting_id, union_id)
);
create index union_meeting_member_student on union_meeting_member (student_id) where student_id is not null;

-- What was decided: never rewritten but for its being done.
create table union_decision (
    id uuid primary key,
    meeting_id uuid not null references union_meeting,
    number integer not null check (number > 0),
    says text not null check (length(says) between 1 and 500),
    -- A major matter (重大事项).
    major boolean not null,
    yes integer check (yes >= 0),
    no integer check (no >= 0),
    abstained integer check (abstained >= 0),
    -- Who carries it out; none where there is nothing to carry out.
    owner_id uuid references union_meeting_member,
    due_on date,
    at timestamptz not null,
    by_account uuid not null references account,
    done_at timestamptz,
    done_by uuid references account,
    done_says text check (length(done_says) between 1 and 500),
    unique (meeting_id, number),
    constraint decision_votes check (num_nonnulls(yes, no, abstained) in (0, 3) and (not major or yes is not null)),
    constraint decision_owner check ((owner_id is null) = (due_on is null)),
    constraint decision_done check (
        num_nonnulls(done_at, done_by, done_says) in (0, 3) and (done_at is null or owner_id is not null))
);
create function keep_decision() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.done_at is not null
       or (to_jsonb(new) - '{done_at,done_by,done_says}'::text[])
           is distinct from (to_jsonb(old) - '{done_at,done_by,done_says}'::text[]) then
        raise exception 'a decision is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger decision_kept before update or delete on union_decision for each row execute function keep_decision();
