-- Who leads, what was studied together, a paper, a project with a volunteer, and a calendar that is subscribed to.
insert into guidance_interval (institution_id, duty, every, set_at, set_by)
values (md5('school')::uuid, 'party-hearing', 183, '2025-09-01 09:00+08', md5('teacher')::uuid);
insert into guidance_role (id, institution_id, kind, slot, name, title, from_day, at, by_account)
values (md5('role')::uuid, md5('school')::uuid, 'office', '宣传部门', '王某', '宣传部部长', '2025-09-01', '2025-09-01 09:00+08',
        md5('teacher')::uuid);
insert into leading_group (id, institution_id, fixed_on, document, members, at, by_account)
values (md5('group')::uuid, md5('school')::uuid, '2025-09-02', '校党发〔2025〕3号', '宣传部门　王某', '2025-09-02 09:00+08',
        md5('teacher')::uuid);
insert into guidance_record (id, institution_id, duty, on_day, title, says, topic, at, by_account, by_office, league_by, league_at)
values (md5('study')::uuid, md5('school')::uuid, 'joint-study', '2025-10-08', '学生会章程', '共同研究', 'rules',
        '2025-10-08 09:00+08', md5('teacher')::uuid, '校团委', md5('teacher')::uuid, '2025-10-08 09:00+08');
insert into year_paper (id, union_id, kind, period, title, says, fen, at, by_account)
values (md5('budget')::uuid, md5('union')::uuid, 'budget', '2025-09-01', '经费预算', '一、活动经费', 1200000,
        '2025-09-20 09:00+08', md5('account')::uuid);
insert into project (id, union_id, title, necessity, place, starts_on, ends_on, stage, made_at, made_by, report, reported_at,
                     received_at, received_by, recruits_at)
values (md5('project')::uuid, md5('union')::uuid, '迎新志愿服务', '迎新需要引导', '东门', '2025-09-01', '2025-09-10', 'recruiting',
        '2025-08-20 09:00+08', md5('account')::uuid, '事先报告', '2025-08-20 10:00+08', '2025-08-21 09:00+08',
        md5('teacher')::uuid, '2025-08-21 10:00+08');
insert into project_task (id, project_id, title, places) values (md5('task')::uuid, md5('project')::uuid, '引导', 10);
insert into volunteer (id, project_id, task_id, student_id, from_at)
select md5('volunteer')::uuid, md5('project')::uuid, md5('task')::uuid, id, '2025-08-22 09:00+08' from student
where number = '20240002';
insert into volunteer_hours (id, volunteer_id, on_day, quarters, at, by_account)
values (md5('hours')::uuid, md5('volunteer')::uuid, '2025-09-01', 16, '2025-09-01 18:00+08', md5('account')::uuid);
insert into calendar_feed (token_hash, account_id, office_id, made_at)
select sha256('feed'), account_id, id, '2025-09-01 09:00+08' from office order by id limit 1;
