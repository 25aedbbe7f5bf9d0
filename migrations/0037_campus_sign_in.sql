-- Signing in by the university's own server (CAS 2/3 or OpenID Connect): each university's own choice.
create table campus_sign_in (
    institution_id uuid primary key references institution,
    kind text not null check (kind in ('cas', 'oidc')),
    -- The address of the CAS server, or the issuer to the letter.
    server text not null check (length(server) between 8 and 300),
    -- Where the server sends people back, as the operator states it: a request may name any host.
    origin text not null check (length(origin) between 8 and 300),
    -- The attribute or claim that is the number; null: the user (CAS), the subject (OIDC).
    number_field text check (length(number_field) between 1 and 100),
    -- The one that is the name. It is shown to whoever is unknown here and decides nothing.
    name_field text check (length(name_field) between 1 and 100),
    client_id text check (length(client_id) between 1 and 300),
    -- Sealed to a key that is a file and no row.
    client_secret bytea check (length(client_secret) between 1 and 700),
    -- The server may be asked without TLS though it is another machine.
    plain_allowed boolean not null,
    -- A student of the roster who has no account gets one by signing in.
    opens_students boolean not null,
    -- Who may also sign in with a password.
    password_for text not null check (password_for in ('all', 'staff')),
    set_at timestamptz not null,
    -- Null: the operator of the server.
    set_by uuid references account,
    constraint campus_client check (case kind when 'oidc' then num_nonnulls(client_id, client_secret) = 2
                                    else num_nonnulls(client_id, client_secret) = 0 end)
);

-- Which user of the university's server an account belongs to. The number decides; this tells when it is another user's.
create table campus_binding (
    account_id uuid primary key references account,
    -- SHA-256 of the server and the user.
    subject_hash bytea not null check (length(subject_hash) = 32),
    bound_at timestamptz not null
);

-- Answers of the university's server that were taken, so that each is redeemed once, by whichever portal.
create table campus_claim (
    answer_hash bytea primary key check (length(answer_hash) = 32),
    at timestamptz not null
);
create index campus_claim_time on campus_claim (at);

alter table session
    -- The university's server vouched for the person: no password was typed.
    add column by_campus boolean not null default false,
    -- SHA-256 of the ticket by which the server says that it ends.
    add column campus_ticket bytea check (length(campus_ticket) = 32);
create index session_campus_ticket on session (campus_ticket) where campus_ticket is not null;

-- Whoever comes by the university's server has typed no password that would have to be changed.
create or replace function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json, seen_at timestamptz, factor_missing boolean
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password and not s.by_campus,
           a.student_id, held.acting,
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
             where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)
                   -- Whoever is suspended acts for no union.
                   and (o.kind not in ('school_union', 'graduate_union', 'college_union')
                        or not is_suspended(a.student_id, at))) held
    where s.token_hash = token and s.expires_at > at and not s.awaits_factor and a.disabled_at is null
          and (held.idle is null or s.seen_at > at - held.idle)
$$;
