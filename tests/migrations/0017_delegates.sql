-- The elected delegate came by every step; a second person's seat was filled elsewhere.
insert into delegate_terms (congress_id, chain, closes_on, margin_percent, most_per_seat, began_at, began_by)
values (md5('congress')::uuid, '{}', '2025-11-10', 20, 3, '2025-10-21 09:00+08', md5('teacher')::uuid);
insert into recommendation (id, congress_id, unit, student_id, class_id, college_id, stage, step, visit, made_at, made_by)
select md5('recommendation')::uuid, md5('congress')::uuid, 1, id, class_id, md5('college')::uuid, 'passed', null, 1,
       '2025-10-25 09:00+08', md5('teacher')::uuid
from student where number = '20240001';
insert into recommendation_opinion (recommendation_id, visit, step, body, account_id, office, verdict, says, at)
values (md5('recommendation')::uuid, 0, 0, 'class_branch', md5('teacher')::uuid, '软件2401班 班级团支部', 'agree', '同意推荐',
        '2025-10-25 09:00+08');
insert into delegate_contest (contest_id, congress_id, unit) values (md5('contest')::uuid, md5('congress')::uuid, 1);
insert into delegate_report (congress_id, unit, held_on, how, due, present, document_id, entered_at, entered_by)
select md5('congress')::uuid, 2, '2025-11-20', '社团成员大会举手表决', 80, 70, id, '2025-11-21 09:00+08', md5('teacher')::uuid
from document limit 1;
insert into delegate_report_vote (congress_id, unit, student_id, votes)
select md5('congress')::uuid, 2, id, 60 from student where number = '20240002';
insert into delegate_list (id, congress_id, college_id, stage, handed_in_at, handed_in_by, settled_at, settled_by)
values (md5('list')::uuid, md5('congress')::uuid, md5('college')::uuid, 'received', '2025-12-03 09:00+08',
        md5('teacher')::uuid, '2025-12-03 10:00+08', md5('teacher')::uuid);
insert into delegate_list_line (list_id, unit, standing, place, student_id, contest_id)
select md5('list')::uuid, 1, 'elected', 1, id, md5('contest')::uuid from student where number = '20240001';
insert into qualification_report (congress_id, figures, examiners, adopted_at, adopted_by)
values (md5('congress')::uuid, '{}', '{王老师}', '2025-12-10 09:00+08', md5('teacher')::uuid);
