-- The turn of the year: what it changed, so that it can be taken back until something else is built on it.

create table year_turn (
    id uuid primary key,
    institution_id uuid not null references institution,
    at timestamptz not null,
    by_account uuid not null references account,
    office text not null,
    -- The day on which the graduates leave; none where classes were merged alone.
    day date,
    -- The cohorts in words.
    cohorts text not null check (length(cohorts) <= 300),
    students integer not null check (students >= 0),
    moved integer not null check (moved >= 0),
    undone_at timestamptz,
    undone_by uuid references account,
    constraint year_turn_undone check ((undone_at is null) = (undone_by is null))
);
create index year_turn_institution on year_turn (institution_id, at desc);

-- A row that the turn changed, as it was and as it became. The rows of the last turn alone are kept.
create table year_turn_row (
    year_turn_id uuid not null references year_turn on delete cascade,
    what text not null check (what in ('student', 'office', 'class', 'post', 'turn', 'case')),
    row_id uuid not null,
    before jsonb not null,
    after jsonb not null,
    primary key (year_turn_id, what, row_id)
);

-- The part of a row that leaving and merging change.
create function year_turn_now(what text, row_id uuid) returns jsonb language sql stable as $$
    select case what
        when 'student' then (select jsonb_build_object('left_on', left_on, 'left_why', left_why, 'class_id', class_id)
                             from student where id = row_id)
        when 'office' then (select jsonb_build_object('until_day', until_day, 'ended_at', ended_at)
                            from office where id = row_id)
        when 'class' then (select jsonb_build_object('ended_on', ended_on, 'merged_into', merged_into)
                           from class where id = row_id)
        when 'post' then (select jsonb_build_object('until_day', until_day, 'voided_at', voided_at)
                          from post where id = row_id)
        when 'turn' then (select jsonb_build_object('until_day', until_day, 'state', state) from turn where id = row_id)
        when 'case' then (select jsonb_build_object('stage', stage, 'step', step, 'due_on', due_on, 'says', says,
                                                    'settled_at', settled_at)
                          from vetting_case where id = row_id)
    end
$$;
