-- A check-in is one call. It read everybody who was due to find the one who stood at the desk: of 60,000 that took 40 ms, and
-- with what was asked around it a dozen round trips.

-- Whose the act is: the account of a session that is still open, at a university that has not moved away, in an office that is
-- still held; null where it may act no more. Shared locks: nobody ends the account or the office before the act is committed.
create function still_holds(of_session bytea, of_office uuid, at timestamptz) returns uuid language plpgsql as $$
declare
    own uuid;
begin
    select a.id into own
    from session s join account a on a.id = s.account_id
    where s.token_hash = of_session and s.expires_at > at and not s.awaits_factor and a.disabled_at is null
          and not exists (select from moved_university u where u.institution_id = a.institution_id)
    for share of a;
    if own is null or of_office is null then
        return own;
    end if;
    perform from office o
    where o.id = of_office and o.account_id = own and is_held(o.from_day, o.until_day, o.ended_at, at)
          and (o.kind not in ('school_union', 'graduate_union', 'college_union')
               or not is_suspended((select a.student_id from account a where a.id = own), at))
    for share of o;
    return case when found then own end;
end $$;

-- The desk finds its last ones, and its count, without those of the other desks.
create index attendance_desk on attendance (congress_id, by_account, at) where undone_at is null;

-- Who may be meant by what is typed at a desk, by its keys: a number, a name, the number on a card. Those first, of whom there
-- are few; then whether they are due.
create function due_by_name(which uuid, by_number text, by_name text, card integer, on_day date) returns setof uuid
language sql stable as $$
    select n.id
    from (
        select s.id from congress g join student s on s.institution_id = g.institution_id and s.number_key = by_number
        where g.id = which
        union
        select s.id from congress g join student s on s.institution_id = g.institution_id and s.name_key = by_name
        where g.id = which
        union
        select d.student_id from delegate d where d.congress_id = which and d.number = card
    ) n cross join lateral (select from congress_due(which, on_day) d where d.student_id = n.id limit 1) d
$$;

-- Checks somebody in, whoever else does so at the same moment: they are counted once. By the session of whoever does it, an
-- officer or, with a desk of their own, who keeps the congress. The locks come in the order of every act: the person's, the
-- meeting's, the right's. Whom it is about is known by their card, or looked for by what is typed. No row where the session or the
-- office holds no more; a student where somebody is there.
create function check_in(
    which uuid, who uuid, by_number text, by_name text, card integer, picked uuid, as_way text, of_session bytea, of_office uuid,
    keepers_desk text, new_id uuid, at timestamptz
) returns table (outcome text, student_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
    own uuid := still_holds(of_session, of_office, at);
    hall record;
    own_desk text;
    meant uuid[];
    one uuid;
begin
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
