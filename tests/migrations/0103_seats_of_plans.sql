-- The posts that a plan seats on the presidium are read from its text, and who holds one is backbone while that plan governs.
do $$ begin
    assert (select bool_and(seats = '{主席,副主席}') from plan_version where code in ('own-2024', 'own-2025')),
           'those that its file marks, however it is written';
    assert (select bool_and(seats = '{}') from plan_version where code not in ('own-2024', 'own-2025')),
           'the others seat nobody else';
    assert is_seat('presidium', null, null, '2026-11-10') and not is_seat('staff', null, null, '2026-11-10'), 'without a plan';
end $$;
insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
select institution_id, max(seq) + 1, '2026-11-10', md5('own plan')::uuid, '2026-11-01 09:00+08', md5('teacher')::uuid
from adoption where institution_id = md5('school')::uuid group by institution_id;
insert into post (id, union_id, student_id, kind, title, from_day, until_day, registered)
select md5('chair')::uuid, md5('union')::uuid, id, 'other', '主席', '2026-11-01', '2026-11-20', false
from student where number = '20240002';
do $$ begin
    assert (select not is_backbone(student_id, '2026-11-09') and is_backbone(student_id, '2026-11-10')
                   and not is_backbone(student_id, '2026-11-20') from post where id = md5('chair')::uuid), 'a chair is';
    assert (select not is_seat(kind, title, union_id, '2026-11-10') from post where id = md5('adviser')::uuid), 'an adviser is not';
end $$;
