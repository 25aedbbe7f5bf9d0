-- A congress of the year before, whose result was filed; a proposal that was answered once.
insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, held_on,
                      created_at, created_by)
select md5('earlier congress')::uuid, institution_id, id, 2024, '第二次', true, 'closed', '2024-10-15', '2024-12-20', '2024-12-20',
       '2024-10-15 09:00+08', md5('teacher')::uuid
from student_union where kind = 'school';
insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by, announced_on, announced_by,
                             approved_on, approved_by, approval_number, file_within, file_by, sent_on, receiver, receipt_on,
                             receipt_number, seated_at, seated_by)
values (md5('earlier congress')::uuid, 'term', 'filed', '2024-12-20', '第二次学生代表大会选举结果报告单', '2024-12-20 17:00+08',
        md5('teacher')::uuid, '2024-12-20', '大会执行主席', '2024-12-25', '学校党委', '校党〔2024〕30号', 10, '2025-01-09',
        '2025-01-02', '省学联', '2025-01-06', '2025-7', '2024-12-26 09:00+08', md5('teacher')::uuid);
insert into congress_elected (congress_id, place, student_id, votes)
select md5('earlier congress')::uuid, 1, id, 2 from student where number = '20240001';
insert into congress_scan (id, congress_id, step, name, media, bytes, sha256, at, by_account)
values (md5('scan of the approval')::uuid, md5('earlier congress')::uuid, 'approval', '批复.pdf', 'application/pdf', '%PDF-',
        sha256('%PDF-'), '2024-12-25 10:00+08', md5('teacher')::uuid);
insert into congress_proposals (congress_id, closes_on, seconders, opened_at, opened_by)
values (md5('congress')::uuid, '2025-12-10', 2, '2025-11-20 09:00+08', md5('teacher')::uuid);
insert into proposal (id, congress_id, number, lead_id, matter, title, cause, advice, stage, created_at, submitted_at,
                      screened_at, screened_by, office, due_on)
values (md5('proposal')::uuid, md5('congress')::uuid, 1, md5('delegate 20240001')::uuid, 'life', '延长图书馆开放时间', '考试周座位不足',
        '考试周开放到23点', 'replied', '2025-12-04 09:00+08', '2025-12-05 09:00+08', '2025-12-11 09:00+08',
        md5('teacher')::uuid, '图书馆', '2026-01-10');
insert into proposal_seconder (proposal_id, delegate_id, asked_at, agreed, answered_at)
values (md5('proposal')::uuid, md5('delegate 20240002')::uuid, '2025-12-04 10:00+08', true, '2025-12-04 11:00+08');
insert into proposal_reply (proposal_id, turn, office, replied_on, says, at, by_account)
values (md5('proposal')::uuid, 1, '图书馆', '2025-12-30', '考试周已延长到23点。', '2025-12-30 10:00+08', md5('teacher')::uuid);
