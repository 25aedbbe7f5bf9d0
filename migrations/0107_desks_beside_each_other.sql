-- What is being done to one person's account or record holds up no other desk. A file of all students, or a cohort that leaves,
-- keeps their rows for as long as it is written. One officer whose account it changed, or one delegate, made the whole hall wait
-- for ten seconds, and then all were told that nothing was done.

-- For whoever's row somebody else keeps check_in does not wait, and fails at once. It has one of the few turns meanwhile:
-- an officer who goes on scanning would soon have them all.
create or replace function check_in(
    which uuid, who uuid, by_number text, by_name text, card integer, picked uuid, as_way text, of_session bytea, of_office uuid,
    keepers_desk text, new_id uuid, at timestamptz
) returns table (outcome text, student_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
    own uuid;
    hall record;
    own_desk text;
    meant uuid[];
    one uuid;
begin
    perform from session s join account a on a.id = s.account_id where s.token_hash = of_session for share of a nowait;
    own := still_holds(of_session, of_office, at);
    if own is null then
        return;
    end if;
    select m.check_in = 'open' and g.stage = 'convened' as is_open,
           m.check_in <> 'not_yet' and m.signed_at is null as may_come_back,
           china_day(case m.check_in when 'closed' then m.check_in_closed_at else at end) as day
    into hall
    from meeting m join congress g on g.id = m.congress_id where m.congress_id = which for share of m;
    select o.desk into own_desk from check_in_officer o
    where o.congress_id = which and o.account_id = own and o.ended_at is null for share;
    own_desk := coalesce(own_desk, keepers_desk);
    if hall is null or own_desk is null then
        return query select 'no_right', null::uuid;
        return;
    end if;
    if who is null then
        meant := array(select * from due_by_name(which, by_number, by_name, card, hall.day));
        one := case when cardinality(meant) = 1 then meant[1] when picked = any (meant) then picked end;
        if one is null then
            return query select case when cardinality(meant) > 1 then 'several' else 'not_due' end, null::uuid;
            return;
        end if;
    else
        select d.student_id into one from congress_due(which, hall.day) d where d.student_id = who limit 1;
        if one is null then
            return query select 'not_due', null::uuid;
            return;
        end if;
    end if;
    if hall.is_open then
        perform from student s where s.id = one for key share nowait;
        insert into attendance (id, congress_id, student_id, at, by_account, desk, way)
        values (new_id, which, one, at, own, own_desk, as_way)
        on conflict (congress_id, student_id) where undone_at is null do nothing;
        if found then
            return query select 'now', one;
            return;
        end if;
    end if;
    if hall.may_come_back then
        update attendance a set left_at = null, left_by = null
        where a.congress_id = which and a.student_id = one and a.undone_at is null and a.left_at is not null;
        if found then
            return query select 'back', one;
            return;
        end if;
    end if;
    if exists (select from attendance a where a.congress_id = which and a.student_id = one and a.undone_at is null) then
        return query select 'already', one;
        return;
    end if;
    return query select 'not_open', null::uuid;
end $$;
