-- What was written out wherever it was asked.

-- In an office of a union nobody acts while they are suspended. The persons of sessions are found by the same condition, written
-- out there: it is planned with the rest.
create function acts_in(kind text, holder uuid, at timestamptz) returns boolean language sql stable as $$
    select kind not in ('school_union', 'graduate_union', 'college_union') or not is_suspended(holder, at)
$$;

create or replace function still_holds(of_session bytea, of_office uuid, at timestamptz) returns uuid language plpgsql as $$
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
          and acts_in(o.kind, (select a.student_id from account a where a.id = own), at)
    for share of o;
    return case when found then own end;
end $$;

-- A student at a congress's meeting: who they are, whether they have a paper card, when they came and left. Planned with whatever
-- asks for it.
create function attendee(which uuid, who uuid)
returns table (student_id uuid, number text, name text, class text, college text, college_place integer, has_card boolean,
               at timestamptz, desk text, way text, left_at timestamptz) language sql stable as $$
    select s.id, s.number, s.name, k.name, c.name, c.place,
           exists (select from delegate_card p where p.congress_id = which and p.student_id = s.id and p.kind = 'paper'),
           a.at, a.desk, a.way, a.left_at
    from student s join class k on k.id = s.class_id join major m on m.id = k.major_id join college c on c.id = m.college_id
         left join attendance a on a.congress_id = which and a.student_id = s.id and a.undone_at is null
    where s.id = who
$$;
