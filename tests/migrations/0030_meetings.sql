-- A meeting of the presidium that was held, with a decision that waits.
insert into meeting_setting (institution_id, link_every, quorum, set_at, set_by)
values (md5('school')::uuid, 30, 'half', '2025-09-01 09:00+08', md5('teacher')::uuid);
insert into union_meeting (id, union_id, kind, title, place, starts_at, minutes_long, agenda, stage, sequence, called_at, called_by,
                           minutes, held_at, held_by)
values (md5('union meeting')::uuid, md5('union')::uuid, 'presidium', '主席团会议', '活动中心', '2025-10-10 19:00+08', 60,
        '研究工作计划', 'held', 0, '2025-10-08 09:00+08', md5('account')::uuid, '会议记录', '2025-10-11 09:00+08',
        md5('account')::uuid);
insert into union_meeting_member (id, meeting_id, student_id, counts, presence)
select md5('meeting member')::uuid, md5('union meeting')::uuid, id, true, 'present' from student where number = '20240002';
insert into union_decision (id, meeting_id, number, says, major, yes, no, abstained, owner_id, due_on, at, by_account)
values (md5('decision')::uuid, md5('union meeting')::uuid, 1, '通过工作计划', true, 2, 0, 0, md5('meeting member')::uuid,
        '2025-11-01', '2025-10-10 20:00+08', md5('account')::uuid);
