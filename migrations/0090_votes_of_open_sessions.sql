-- As before; the session by which somebody votes is one by which they could open a page: its second factor was given, nobody has
-- to change a password first that they typed, and it has not ended because nobody used it. What `person_of_session` says of it is
-- said here once more, for a batch of hundreds.
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
                                  join institution i on i.id = a.institution_id
                           where s.token_hash = u.session and s.expires_at > at and not s.awaits_factor
                                 and a.disabled_at is null and (s.by_campus or not a.must_change_password)
                                 and a.student_id = v.student_id
                                 and coalesce(s.seen_at > at - make_interval(mins => case when exists (
                                     select from office o
                                     where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)
                                           and o.kind in ('administrator', 'school_league', 'deputy_secretary',
                                               'student_affairs', 'school_party', 'college_league', 'college_party'))
                                     then i.staff_idle_minutes else i.student_idle_minutes end), true))
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
