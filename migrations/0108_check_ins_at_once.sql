-- Desks that check in at the same moment, all of them at once: for each in its turn the same three statements were begun and
-- ended, which took longer than what they did. Who is checked in, and of whom there is no row, stays as it was; whoever's row
-- somebody else keeps is left to check_in, by itself.
create or replace function check_ins(
    which uuid, sessions bytea[], who uuid[], by_number text[], by_name text[], cards integer[], ways text[], new_ids uuid[],
    at timestamptz
) returns table (id uuid, student_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
    university uuid;
    never_idle boolean;
begin
    -- The meeting's lock comes first.
    select g.institution_id, i.student_idle_minutes is null into university, never_idle
    from meeting m join congress g on g.id = m.congress_id join institution i on i.id = g.institution_id
    where m.congress_id = which and m.check_in = 'open' and g.stage = 'convened' and not g.of_all
          and not exists (select from moved_university u where u.institution_id = g.institution_id)
    for share of m;
    if not found then
        return;
    end if;
    return query
    with proven as materialized (
        select n.place, a.id as account, o.desk
        from unnest(sessions) with ordinality n(session, place)
             join session s on s.token_hash = n.session join account a on a.id = s.account_id
             join check_in_officer o on o.congress_id = which and o.account_id = a.id and o.ended_at is null
        where s.expires_at > at and not s.awaits_factor
              and a.disabled_at is null and a.institution_id = university
              and (s.by_campus or not a.must_change_password)
              and (never_idle or s.seen_at > at - interval '1 minute')
              and not exists (select from office f
                              where f.account_id = a.id
                                    and f.kind not in ('school_union', 'graduate_union', 'college_union', 'class_branch',
                                                       'student'))
        for share of a skip locked
    ), meant as materialized (
        select p.*,
               case when who[p.place] is null then array(
                   select s.id from student s where s.institution_id = university and s.number_key = by_number[p.place]
                   union all
                   select s.id from student s where s.institution_id = university and s.name_key = by_name[p.place]
                   union all
                   select d.student_id from delegate d where d.congress_id = which and d.number = cards[p.place])
               else array[who[p.place]] end as students
        from proven p
    )
    insert into attendance (id, congress_id, student_id, at, by_account, desk, way)
    select new_ids[m.place], which, d.student_id, at, m.account, m.desk, ways[m.place]
    from meant m join delegate d on d.congress_id = which and d.student_id = m.students[1]
         join student s on s.id = d.student_id
    -- As congress_due says it.
    where cardinality(m.students) = 1 and d.standing in ('elected', 'outside')
          and (d.ended_on is null or d.ended_on > china_day(at))
    order by m.place
    -- As the foreign key locks it.
    for key share of s skip locked
    on conflict (congress_id, student_id) where undone_at is null do nothing
    returning attendance.id, attendance.student_id;
end $$;
