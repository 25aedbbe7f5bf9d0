-- Desks that check in at the same moment do so in one statement. Each had the whole of it to itself: the session was read and
-- then asked for again, and all of them locked the one row of their meeting side by side, which costs more the more they are.

-- What an attendance must be is looked at by a trigger. A check is read anew from its text by every statement, and five of them
-- took as long as all three keys of the row together.
create function attendance_is_sound() returns trigger language plpgsql as $$
begin
    if length(new.desk) not between 1 and 20 or new.way not in ('code', 'number', 'name', 'roll')
       or (new.left_at is null) <> (new.left_by is null) or new.left_at < new.at
       or num_nonnulls(new.undone_at, new.undone_by, new.undone_why) not in (0, 3) or length(new.undone_why) not between 1 and 200
    then
        raise check_violation using message = 'the attendance is not sound', table = 'attendance';
    end if;
    return new;
end $$;
create trigger attendance_sound before insert or update on attendance for each row execute function attendance_is_sound();
alter table attendance drop constraint attendance_desk_check, drop constraint attendance_way_check, drop constraint attendance_left,
    drop constraint attendance_undone, drop constraint attendance_undone_why_check;

-- Checks in whom several officers have before them, each by the session alone: with what a page looks at before it lets
-- somebody act, as person_of_session says it. A row for each who is counted now. Of whoever else is asked for there is none,
-- and check_in says why, or does it: for officers who hold or held a teacher's office (their sessions end sooner, and may want
-- a second factor), whose session was not seen for a minute (that is to be noted, or it ends), or who have no desk but keep the
-- congress; for namesakes, and for whoever is there already; at a meeting of all.
-- The meeting's lock comes first, and is shared. Nobody names or dismisses an officer meanwhile, who would need the whole of
-- it; and nobody who ends an account waits for a meeting.
create function check_ins(
    which uuid, sessions bytea[], who uuid[], by_number text[], by_name text[], cards integer[], ways text[], new_ids uuid[],
    at timestamptz
) returns table (id uuid, student_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
    hall record;
    own uuid;
    own_desk text;
    meant uuid[];
begin
    select g.institution_id, i.student_idle_minutes is null as never_idle, china_day(at) as day into hall
    from meeting m join congress g on g.id = m.congress_id join institution i on i.id = g.institution_id
    where m.congress_id = which and m.check_in = 'open' and g.stage = 'convened' and not g.of_all
          and not exists (select from moved_university u where u.institution_id = g.institution_id)
    for share of m;
    if not found then
        return;
    end if;
    for n in 1 .. cardinality(sessions) loop
        select a.id, o.desk,
               case when who[n] is null then array(
                   select s.id from student s where s.institution_id = hall.institution_id and s.number_key = by_number[n]
                   union all
                   select s.id from student s where s.institution_id = hall.institution_id and s.name_key = by_name[n]
                   union all
                   select d.student_id from delegate d where d.congress_id = which and d.number = cards[n])
               else array[who[n]] end
        into own, own_desk, meant
        from session s join account a on a.id = s.account_id
             join check_in_officer o on o.congress_id = which and o.account_id = a.id and o.ended_at is null
        where s.token_hash = sessions[n] and s.expires_at > at and not s.awaits_factor
              and a.disabled_at is null and a.institution_id = hall.institution_id
              and (s.by_campus or not a.must_change_password)
              and (hall.never_idle or s.seen_at > at - interval '1 minute')
              and not exists (select from office f
                              where f.account_id = a.id
                                    and f.kind not in ('school_union', 'graduate_union', 'college_union', 'class_branch',
                                                       'student'))
        for share of a;
        continue when not found or cardinality(meant) <> 1;
        insert into attendance (id, congress_id, student_id, at, by_account, desk, way)
        select new_ids[n], which, d.student_id, at, own, own_desk, ways[n]
        from delegate d
        -- As congress_due says it.
        where d.congress_id = which and d.student_id = meant[1] and d.standing in ('elected', 'outside')
              and (d.ended_on is null or d.ended_on > hall.day)
        on conflict (congress_id, student_id) where undone_at is null do nothing;
        if found then
            id := new_ids[n];
            student_id := meant[1];
            return next;
        end if;
    end loop;
end $$;
