-- An officer in contact with a class: a visit with a point that a student left before, and that became a request.
insert into contact_setting (institution_id, every, kept_at, kept_by)
values (md5('school')::uuid, 1, '2025-11-01 09:00+08', md5('teacher')::uuid);
insert into contact_assignment (id, institution_id, union_id, student_id, class_id, post_id, from_day, assigned_at, assigned_by)
select md5('contact')::uuid, md5('school')::uuid, p.union_id, p.student_id, s.class_id, p.id, '2025-11-01',
       '2025-11-01 09:00+08', md5('teacher')::uuid
from post p join student s on s.id = p.student_id where p.id = md5('presidium')::uuid;
insert into contact_entry (id, assignment_id, on_day, way, made_at)
values (md5('contact entry')::uuid, md5('contact')::uuid, '2025-11-12', 'visit', '2025-11-12 19:00+08');
insert into contact_point (id, entry_id, place, says)
values (md5('contact point')::uuid, md5('contact entry')::uuid, 1, '自习室座位不够');
insert into contact_note (id, class_id, account_id, signed, says, left_at, point_id)
select md5('contact note')::uuid, a.class_id, md5('account')::uuid, false, '自习室座位不够', '2025-11-10 20:00+08',
       md5('contact point')::uuid
from contact_assignment a;
insert into contact_request (point_id, request_id) values (md5('contact point')::uuid, md5('request')::uuid);
