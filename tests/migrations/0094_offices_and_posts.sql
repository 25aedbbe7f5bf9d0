-- Opinions that were given are of the one office for which their body acted.
do $$ begin
    assert (select bool_and(place = 0) from vetting_opinion) and (select bool_and(place = 0) from recommendation_opinion),
        'each is of the first office';
    assert opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}, {"body": "b"}, {"body": "a"}]}]}', 0, 'a') = 2
           and opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}, {"body": "b"}]}]}', 0, 'b') = 1
           and opinions_of_step('{"links": [{"any": true, "by": [{"body": "a"}, {"body": "a"}]}]}', 0, 'a') = 1
           and opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}]}]}', 0, 'c') = 0, 'each office gives one';
end $$;
-- Somebody is appointed to a post that the plan allows.
insert into post (id, union_id, student_id, kind, title, from_day, until_day, registered)
select md5('adviser')::uuid, md5('union')::uuid, id, 'other', '顾问', '2026-11-01', '2026-11-20', false
from student where number = '20240002';
