-- A congress of the school's union: its seats approved, one delegate elected and one who waits.
insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                      ordinary_percent, seats, students, seats_approved_at, seats_approved_by, created_at, created_by)
select md5('congress')::uuid, institution_id, id, 2025, '第三次', false, 'preparing', '2025-10-15', '2025-12-20', 60, 2, 90,
       '2025-10-20 09:00+08', md5('teacher')::uuid, '2025-10-15 09:00+08', md5('teacher')::uuid
from student_union where kind = 'school';
insert into congress_unit (congress_id, place, kind, college_id, entry_year, organisation_id, students, seats)
values (md5('congress')::uuid, 1, 'grade', md5('college')::uuid, 2024, null, 90, 1),
       (md5('congress')::uuid, 2, 'society', null, null, md5('society')::uuid, 0, 1);
insert into congress_delegation (id, congress_id, place, name, college_id)
values (md5('delegation of the college')::uuid, md5('congress')::uuid, 1, '信息学院代表团', md5('college')::uuid);
insert into delegate (id, congress_id, student_id, unit, delegation_id, number, standing, backbone, head_of_delegation,
                      contest_id, listed_at, listed_by)
select md5('delegate ' || number)::uuid, md5('congress')::uuid, id, unit, md5('delegation of the college')::uuid, place, standing,
       false, unit is not null, contest, '2025-12-03 09:00+08', md5('teacher')::uuid
from student join (values ('20240001', 1, 1, 'elected', md5('contest')::uuid), ('20240002', null, null, 'substitute', null))
     as d(number, unit, place, standing, contest) using (number);
update sitting set congress_id = md5('congress')::uuid where id = md5('reported')::uuid;
