-- A meeting with its agenda, one delegate there, a vote by show of hands, and a printed roll that two people entered.
insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source, basis, hall_rows,
                     hall_columns, check_in, check_in_opened_at, minutes, minutes_at, minutes_by)
values (md5('congress')::uuid, '2025-12-20 09:00+08', '学生活动中心', 2, 3, true, 'present', 'practice', '', 10, 12, 'open',
        '2025-12-20 08:00+08', '会议纪要', '2025-12-20 11:00+08', md5('teacher')::uuid);
insert into meeting_document (id, congress_id, kind, title, body, sha256, at, by_account)
values (md5('work report')::uuid, md5('congress')::uuid, 'work_report', '工作报告', '各位代表', sha256('report'),
        '2025-12-15 09:00+08', md5('teacher')::uuid);
insert into agenda_item (id, congress_id, place, kind, title, speaker, document_id)
values (md5('agenda')::uuid, md5('congress')::uuid, 1, 'report', '听取工作报告', '张三', md5('work report')::uuid);
insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
values (md5('congress')::uuid, md5('teacher')::uuid, '1 号台', '2025-12-19 09:00+08', md5('teacher')::uuid);
insert into delegate_card (congress_id, student_id, kind, code_hash, made_at)
select md5('congress')::uuid, id, 'paper', sha256('card'), '2025-12-18 09:00+08' from student where number = '20240001';
insert into attendance (id, congress_id, student_id, at, by_account, desk, way)
select md5('attendance')::uuid, md5('congress')::uuid, id, '2025-12-20 08:30+08', md5('teacher')::uuid, '1 号台', 'code'
from student where number = '20240001';
insert into meeting_guest (id, congress_id, name, unit, at, by_account)
values (md5('guest')::uuid, md5('congress')::uuid, '王老师', '校团委', '2025-12-20 08:40+08', md5('teacher')::uuid);
insert into roll_entry (id, congress_id, entered_at, entered_by)
values (md5('roll')::uuid, md5('congress')::uuid, '2025-12-20 09:30+08', md5('teacher')::uuid);
insert into roll_entry_line (entry_id, student_id) select md5('roll')::uuid, id from student where number = '20240002';
insert into recorded_vote (id, congress_id, place, kind, motion, due, present, votes_for, against, abstain, majority_of, passed, at,
                           by_account)
values (md5('show of hands')::uuid, md5('congress')::uuid, 1, 'tellers_list', '监票人名单', 1, 1, 1, 0, 0, 'present', true,
        '2025-12-20 09:10+08', md5('teacher')::uuid);
insert into meeting_duty (congress_id, student_id, duty, named_at, named_by, vote_id)
select md5('congress')::uuid, id, 'monitor', '2025-12-19 10:00+08', md5('teacher')::uuid, md5('show of hands')::uuid
from student where number = '20240001';
