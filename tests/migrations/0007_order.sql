-- Colleges wait for their place, people stand by their surnames' strokes, and what was announced before keeps its order.
do $$ begin
    assert (select bool_and(place = 0) from college), 'colleges without a place';
    assert (select bool_and(stroke_order = 'surname' and not colleges_by_hand) from institution), 'the order of practice';
    assert (select bool_and(candidate_order is null and not by_hand) from contest), 'no order was announced';
end $$;
-- Two candidates of a draft change places.
insert into sitting (id, institution_id, title, stage, opens_at, closes_at, revote, threshold, created_at, created_by)
values (md5('ordered')::uuid, md5('school')::uuid, '主席团选举', 'draft', '2026-12-01 08:00+08', '2026-12-01 20:00+08', true, 2,
        '2026-11-20 09:00+08', md5('teacher')::uuid);
insert into contest (id, sitting_id, ordinal, title, fills, body, class_ids, seats, rules, by_hand, candidate_order)
values (md5('ordered contest')::uuid, md5('ordered')::uuid, 1, '主席团', 'presidium', 'class', array[md5('class')::uuid], 1, '{}', true,
        'adjusted');
insert into candidate (id, contest_id, ordinal, student_id, label, origin)
select md5('ordered ' || number)::uuid, md5('ordered contest')::uuid, right(number, 1)::smallint, id, name, '班级推荐'
from student where number in ('20240001', '20240002');
update candidate set ordinal = 3 - ordinal where contest_id = md5('ordered contest')::uuid;
