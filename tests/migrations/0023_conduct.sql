-- A case that was decided and one that was only reported, and an officer who left after the first.
insert into conduct_counter (institution_id, last) values (md5('school')::uuid, 2);
insert into conduct_case (id, institution_id, number, student_id, staff, ground, says, source, reporter_id, handler, stage,
                          reported_at, due_on, accepted_at, outcome, decision, decided_at, decided_by, objection_until)
select md5('case of conduct')::uuid, md5('school')::uuid, 1, id, null, 'rules', '考试作弊', 'office', md5('teacher')::uuid,
       'school_league', 'decided', '2025-11-01 09:00+08'::timestamptz, null::date, '2025-11-02 09:00+08'::timestamptz, 'removal',
       '免去职务', '2025-11-10 09:00+08'::timestamptz, md5('teacher')::uuid, '2025-11-17'::date
from student where number = '20240002'
union all
select md5('reported conduct')::uuid, md5('school')::uuid, 2, null, '团委工作人员某', 'bureaucratic', '推诿', 'confidential',
       md5('account')::uuid, 'school_party', 'reported', '2025-11-20 09:00+08', '2025-11-25', null, null, null, null, null, null;
insert into conduct_inquiry (id, case_id, kind, on_day, says, at, by_account)
values (md5('inquiry')::uuid, md5('case of conduct')::uuid, 'hearing', '2025-11-05', '本人承认', '2025-11-05 10:00+08',
        md5('teacher')::uuid);
insert into union_exit (id, union_id, student_id, kind, reason, case_id, stage, asked_at, asked_by, from_day, settled_at,
                        settled_by, handover_due)
select md5('exit')::uuid, md5('union')::uuid, id, 'removal', '处理决定', md5('case of conduct')::uuid, 'handing_over',
       '2025-11-10 10:00+08', md5('teacher')::uuid, '2025-11-10', '2025-11-10 10:00+08', md5('teacher')::uuid, '2025-11-17'
from student where number = '20240002';
