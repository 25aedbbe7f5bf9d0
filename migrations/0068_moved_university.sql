-- A university that was written out to be taken into another database: here it is read from that day on, and nobody works on
-- what does not come along. The row stays behind when the university moves.
create table moved_university (
    institution_id uuid primary key references institution,
    moved_on date not null
);

-- As before; beside it stands the day on which the university moved away.
drop function person_of_session(bytea, timestamptz);
create function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json, seen_at timestamptz, factor_missing boolean, moved_on date
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password and not s.by_campus,
           a.student_id, held.acting,
           held.offices, case when held.idle is not null then s.seen_at end,
           i.factor_required and held.needs_factor
               and not exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null),
           (select m.moved_on from moved_university m where m.institution_id = i.id)
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

-- As before; no sitting of a university that moved away takes votes.
create or replace function cast_ballots(sittings uuid[], voters integer[], sessions bytea[], slips bytea[], ballots bytea[],
                                        macs bytea[], at timestamptz)
returns table (place bigint, opened boolean, stands boolean, on_paper boolean, taken boolean) language plpgsql as $$
#variable_conflict use_column
begin
    perform from sitting t where t.id = any (sittings) order by t.id for share;
    return query
    with asked as (
        select u.* from unnest(sittings, voters, sessions, slips, ballots, macs)
            with ordinality as u(sitting, voter, session, slip, ballot, mac, place)
    ), judged as (
        select u.*, t.id is not null as opened, v.paper_at is not null as on_paper,
               v.place is not null and (
                   exists (select from session s join account a on a.id = s.account_id
                           where s.token_hash = u.session and s.expires_at > at and a.disabled_at is null
                                 and a.student_id = v.student_id)
                   or exists (select from slip p where p.code_hash = u.slip and p.sitting_id = u.sitting
                              and p.voter = u.voter and p.voided_at is null)) as stands
        from asked u
             left join sitting t on t.id = u.sitting and t.stage = 'open' and t.opens_at <= at and at < t.closes_at
                  and not exists (select from moved_university m where m.institution_id = t.institution_id)
             left join voter v on v.sitting_id = u.sitting and v.place = u.voter
    ), put as (
        insert into envelope as e (sitting_id, voter, sealed, mac, cast_at, by_slip)
        select j.sitting, j.voter, j.ballot, j.mac, at, j.session is null from judged j
        where j.opened and j.stands and not j.on_paper order by j.sitting, j.voter
        on conflict (sitting_id, voter) do update
        set sealed = excluded.sealed, mac = excluded.mac, cast_at = excluded.cast_at, by_slip = excluded.by_slip
        -- The same envelope once more is a batch that is written again because its answer was lost.
        where e.sealed = excluded.sealed or (e.by_slip or not excluded.by_slip)
              and exists (select from sitting t where t.id = e.sitting_id and t.revote)
        returning e.sitting_id, e.voter
    )
    select j.place, j.opened, j.stands, j.on_paper, p.voter is not null
    from judged j left join put p on p.sitting_id = j.sitting and p.voter = j.voter order by j.place;
end $$;
