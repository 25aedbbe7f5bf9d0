-- A step that is done with its scan, one with a day of its own, the rules on file, and a college's year without a congress.
insert into congress_step (congress_id, step, due_on, done_on, says, document_id, kept_at, kept_by)
select md5('congress')::uuid, 'reply_party', null, date '2025-12-01', '示院党〔2025〕9号', (select id from document limit 1),
       '2025-12-01 09:00+08'::timestamptz, md5('teacher')::uuid
union all
select md5('congress')::uuid, 'delegates', date '2025-12-05', null, '', null, '2025-11-01 09:00+08', md5('teacher')::uuid;
insert into congress_rules (id, institution_id, union_id, name, adopted_on, document_id, kept_at, kept_by)
select md5('congress rules')::uuid, u.institution_id, u.id, '学生代表大会制度', '2025-03-01',
       (select id from document limit 1), '2025-03-02 09:00+08', md5('teacher')::uuid
from student_union u where u.kind = 'school';
insert into congress_slip (union_id, academic_year, reason, kept_at, kept_by)
select id, 2025, '校区搬迁', '2026-06-01 09:00+08', md5('teacher')::uuid from student_union where kind = 'school';
