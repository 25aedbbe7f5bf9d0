-- Sessions that nobody uses end: after some minutes for offices that teachers hold (their computers are shared), not
-- before the twelve hours for students on their own phones. A university's administrator sets both; null: no such end.
alter table institution
    add column staff_idle_minutes smallint default 30 check (staff_idle_minutes between 5 and 720),
    add column student_idle_minutes smallint check (student_idle_minutes between 5 and 720),
    -- Whoever administers, and the School Youth League committee, must sign in with a second factor.
    add column factor_required boolean not null default false;

alter table session
    -- When it was last used, to the minute; kept up only where an idle session ends.
    add column seen_at timestamptz not null default now(),
    -- The password was right, the second factor has not been given: it opens nothing yet.
    add column awaits_factor boolean not null default false;

-- The second factor of an account: codes that change every 30 seconds (RFC 6238).
create table second_factor (
    account_id uuid primary key references account,
    -- The secret, sealed to a key that is a file and no row.
    sealed bytea not null check (length(sealed) between 1 and 200),
    made_at timestamptz not null,
    -- Since when it is asked for at sign-in; null while it is being set up.
    confirmed_at timestamptz,
    -- The step of the last code that was accepted: it and older ones are refused.
    last_step bigint,
    failures integer not null default 0 check (failures >= 0),
    -- The moment from which the next attempt is taken.
    open_at timestamptz not null
);

-- Codes on paper for whoever has lost the device; only the hash is kept, each works once.
create table recovery_code (
    code_hash bytea primary key check (length(code_hash) = 32),
    account_id uuid not null references account,
    made_at timestamptz not null,
    used_at timestamptz
);
create index recovery_code_account on recovery_code (account_id);

drop function person_of_session;
-- Who a session is, with the offices they hold: every page begins with it, some join what else they need.
create function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json, seen_at timestamptz, factor_missing boolean
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password, a.student_id, held.acting,
           held.offices, case when held.idle is not null then s.seen_at end,
           i.factor_required and held.needs_factor
               and not exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null)
    from session s join account a on a.id = s.account_id join institution i on i.id = a.institution_id
         cross join lateral (
             select coalesce(json_agg(json_build_object(
                        'id', o.id, 'kind', o.kind, 'place', coalesce(c.name, k.name), 'college', o.college_id,
                        'class', o.class_id) order by o.granted_at, o.id), '[]') as offices,
                    (array_agg(o.id order by o.id = s.office_id desc nulls last, array_position(array[
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'school_union', 'graduate_union', 'college_league', 'college_party', 'college_union',
                        'class_branch', 'student'], o.kind), o.granted_at, o.id))[1] as acting,
                    make_interval(mins => case when bool_or(o.kind in (
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'college_league', 'college_party')) then i.staff_idle_minutes else i.student_idle_minutes
                    end) as idle,
                    coalesce(bool_or(o.kind in ('administrator', 'school_league', 'deputy_secretary')), false)
                        as needs_factor
             from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
             where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)) held
    where s.token_hash = token and s.expires_at > at and not s.awaits_factor and a.disabled_at is null
          and (held.idle is null or s.seen_at > at - held.idle)
$$;
