-- As before, without what made it a good part of most pages: two sorts of a handful of offices, two joins for names that most
-- offices have not, and for a union's officers a function that is planned at each call. `office_id` is the office that was taken up in this session, be it held still or not; in which
-- office a person acts is said by the program, which has all that are held and since when (microseconds).
create or replace function person_of_session(token bytea, at timestamptz) returns table (
    account_id uuid, institution_id uuid, institution_name text, number text, name text, must_change_password boolean,
    student_id uuid, office_id uuid, offices json, seen_at timestamptz, factor_missing boolean, moved_on date
) language sql stable as $$
    select a.id, a.institution_id, i.name, a.number, a.name, a.must_change_password and not s.by_campus,
           a.student_id, s.office_id,
           held.offices, case when held.idle is not null then s.seen_at end,
           i.factor_required and held.needs_factor
               and not exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null),
           (select m.moved_on from moved_university m where m.institution_id = i.id)
    from session s join account a on a.id = s.account_id join institution i on i.id = a.institution_id
         cross join lateral (
             select coalesce(json_agg(json_build_object(
                        'id', o.id, 'kind', o.kind, 'since', (extract(epoch from o.granted_at) * 1000000)::bigint,
                        'place', case when o.college_id is not null then (select c.name from college c where c.id = o.college_id)
                                      when o.class_id is not null then (select k.name from class k where k.id = o.class_id)
                                 end,
                        'college', o.college_id, 'class', o.class_id)), '[]') as offices,
                    make_interval(mins => case when bool_or(o.kind in (
                        'administrator', 'school_league', 'deputy_secretary', 'student_affairs', 'school_party',
                        'college_league', 'college_party')) then i.staff_idle_minutes else i.student_idle_minutes
                    end) as idle,
                    coalesce(bool_or(o.kind in ('administrator', 'school_league', 'deputy_secretary')), false)
                        as needs_factor
             from office o
             where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, at)
                   -- Whoever is suspended acts for no union. As is_suspended says it, which is planned anew at each call.
                   and (o.kind not in ('school_union', 'graduate_union', 'college_union')
                        or not exists (select from conduct_case q
                                       where q.student_id = a.student_id and q.outcome = 'suspension'
                                             and q.suspended_from <= china_day(at)
                                             and china_day(at) < q.suspended_until))) held
    where s.token_hash = token and s.expires_at > at and not s.awaits_factor and a.disabled_at is null
          and (held.idle is null or s.seen_at > at - held.idle)
$$;
