-- A mandate and a turn that were ended today, with what the ends took the place of.
insert into ended_delegate (delegate_id, was_head, substitute_id, waiting_place, substitute_delegation, at)
select d.id, true, b.id, 1, b.delegation_id, '2026-11-29 09:00+08'
from delegate d join delegate b on b.congress_id = d.congress_id and b.id <> d.id limit 1;
insert into ended_turn (turn_id, was_until, until_day, at)
select id, until_day, until_day - 1, '2026-11-29 09:00+08' from turn limit 1;
insert into ended_department (department_id, was_until, until_day, at, acts)
select id, null, '2026-11-29', '2026-11-29 09:00+08', 3 from department limit 1;
do $$ begin
    assert (select count(*) = 1 from ended_delegate), 'the end of a mandate can be taken back';
    assert (select count(*) = 1 from ended_department), 'the end of a department can be taken back';
    assert (select count(*) = 1 from ended_turn where until_day < was_until), 'the end of a turn can be taken back';
end $$;
