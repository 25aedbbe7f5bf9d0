-- What it left of the posts that were there.
do $$ begin
    assert (select bool_and(case_id is null and direct is null) from post), 'earlier posts name neither case nor reason';
    assert (select (rank, cohort, failed, basis) = (3, 40, 0, 'year') from student_facts(null) where number = '20240001'),
        'a student''s figures are counted as before';
end $$;

-- One round: a case in its chain with an opinion of each kind, one that was appointed, one that nobody handed in.
insert into vetting_round (id, institution_id, union_id, title, purpose, places, chain, plan_version_id, basis, opens_on, closes_on,
                           effective_on, due_days, notice_days, opened_at, opened_by)
values (md5('round')::uuid, md5('school')::uuid, md5('union')::uuid, '秋季招新', 'recruit', 'members',
        '{"links": [{"act": "同意", "by": [{"body": "class_branch"}]}, {"act": "审查", "by": [{"body": "college_party"}]}]}',
        md5('plan')::uuid, null, '2025-10-01', '2025-10-10', '2025-11-01', '{3,5}', 3, '2025-10-01 09:00+08', md5('teacher')::uuid);
insert into vetting_place (id, round_id, kind, department_id, seats)
values (md5('place')::uuid, md5('round')::uuid, 'staff', md5('department')::uuid, 4);
insert into vetting_counter (institution_id, last) values (md5('school')::uuid, 3);
insert into post (id, union_id, student_id, kind, department_id, from_day, direct)
select md5('staff')::uuid, md5('union')::uuid, id, 'staff', md5('department')::uuid, '2025-11-01', '补办'
from student where number = '20240002';
insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id, origin, prepared_by,
                          prepared_kind, prepared_office, source, statement, pledge, pledged_at, evidence, created_at, submitted_at,
                          stage, step, visit, due_on, settled_at, notice_from, notice_until, post_id)
select md5(k.stage)::uuid, k.number, md5('school')::uuid, md5('round')::uuid, md5('place')::uuid, s.id, md5('college')::uuid,
       md5('class')::uuid, k.origin, k.by, k.kind, k.office, k.source, '愿意服务同学', k.pledge, k.at, k.evidence,
       '2025-10-02 09:00+08', k.at, k.stage, k.step, k.visit, k.due, k.settled, k.notice, k.notice + 3, k.post
from (values
    (1, 'at', '20240001', 'applied', null::uuid, null, null, 'ordinary', '承诺', timestamptz '2025-10-03 09:00+08', jsonb '{}', 1, 1,
     date '2025-10-15', null::timestamptz, null::date, null::uuid),
    (2, 'appointed', '20240002', 'recommended', md5('account')::uuid, 'class_branch', '软件2401班团支部', 'exemplar', '承诺',
     '2025-10-03 09:00+08', '{}', null, 2, null, '2025-10-30 09:00+08', '2025-10-20', md5('staff')::uuid),
    (3, 'lapsed', 'E1', 'recommended', md5('account')::uuid, 'class_branch', '软件2401班团支部', null, null, null, null, null, 0,
     null, '2025-10-11 09:00+08', null, null)
) as k(number, stage, student, origin, by, kind, office, source, pledge, at, evidence, step, visit, due, settled, notice, post)
join student s on s.number = k.student;
insert into case_photo (case_id, jpeg) values (md5('at')::uuid, 'jpeg');
insert into joint_session (id, round_id, step, held_on, says, by_account, office, at)
values (md5('joint')::uuid, md5('round')::uuid, 1, '2025-10-12', '出席：三人', md5('teacher')::uuid, '院系党组织', '2025-10-12 17:00+08');
insert into delegation (id, institution_id, account_id, college_id, from_day, until_day, ground, by_account, at)
values (md5('delegation')::uuid, md5('school')::uuid, md5('teacher')::uuid, md5('college')::uuid, '2025-10-01', '2026-01-01', '人手不足',
        md5('teacher')::uuid, '2025-10-01 09:00+08');
insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, back_to, says, session_id, delegation_id,
                             by_account, at)
values (md5('first opinion')::uuid, md5('at')::uuid, 0, 0, 'class_branch', '软件2401班团支部', '同意', 'agree', null, '表现优良', null,
        null, md5('teacher')::uuid, '2025-10-04 09:00+08'),
       (md5('second opinion')::uuid, md5('at')::uuid, 1, 1, 'college_party', '院系党组织', '审查', 'return', 0, '请补充',
        md5('joint')::uuid, md5('delegation')::uuid, md5('teacher')::uuid, '2025-10-12 17:00+08');
insert into vetting_objection (id, case_id, by_account, named, says, at, upheld, answer, answered_by, answered_at)
values (md5('objection')::uuid, md5('appointed')::uuid, md5('account')::uuid, false, '有不同意见', '2025-10-21 09:00+08', false, '不属实',
        md5('teacher')::uuid, '2025-10-22 09:00+08');
