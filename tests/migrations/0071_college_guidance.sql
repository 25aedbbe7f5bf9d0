-- A college's Party organisation heard its union; a teacher is its 秘书长.
insert into college_hearing (id, union_id, on_day, says, at, by_account, by_office)
select md5('college hearing')::uuid, id, '2026-10-12', '听取本学期工作汇报，研究换届', '2026-10-12 17:00+08', md5('teacher')::uuid,
       '信息工程系 院系党组织'
from student_union limit 1;
insert into college_guide (id, union_id, kind, name, title, from_day, at, by_account, by_office)
select md5('college guide')::uuid, id, 'secretary_general', '李某', '专职团干部', '2026-09-01', '2026-09-01 09:00+08',
       md5('teacher')::uuid, '信息工程系 院系团组织'
from student_union limit 1;
