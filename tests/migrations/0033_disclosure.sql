-- Last year's account as it was published, with a remark; a union's page and a word on it.
insert into disclosure (id, institution_id, academic_year, form, form_version, stage, made_at, made_by, content, signed_at, signed_by,
                        signed_office, published_at, published_by, published_office)
values (md5('disclosure')::uuid, md5('school')::uuid, 2024, 'national', '2026-11', 'published', '2025-06-01 09:00+08',
        md5('teacher')::uuid,
        jsonb_build_object('day', '[2025, 244]'::jsonb, 'unions', jsonb_build_array(jsonb_build_object('union', md5('union')::uuid,
            'roster', '[{"name": "张三", "post": "主席团成员", "political": "共青团员", "college": "信息工程系", "entry_year": 2024,
                        "rank": "是", "failed": "否"}]'::jsonb))), '2025-06-10 09:00+08', md5('teacher')::uuid, '校团委', '2025-06-12 09:00+08',
        md5('account')::uuid, '校团委');
insert into disclosure_said (disclosure_id, union_id, indicator, answer, remark, at, by_account)
select md5('disclosure')::uuid, id, '3', null, '在校生较多', '2025-06-02 09:00+08', md5('teacher')::uuid
from student_union where kind = 'school';
insert into disclosure_column (union_id, constitution, is_open, kept_at, kept_by)
select id, '第一章 总则', true, '2025-06-02 09:00+08', md5('teacher')::uuid from student_union where kind = 'school';
insert into disclosure_comment (union_id, account_id, stars, says, at)
select id, md5('account')::uuid, 4, '活动多一些', '2025-06-20 09:00+08' from student_union where kind = 'school';
-- A session with a student and a point that was answered; a council.
insert into face_session (id, institution_id, union_id, topic, place, offices, starts_at, seats, made_at, made_by)
select md5('face session')::uuid, institution_id, id, '食堂和宿舍', '学生活动中心', '后勤管理处', '2025-11-20 14:00+08', 20,
       '2025-11-10 09:00+08', md5('teacher')::uuid
from student_union where kind = 'school';
insert into face_seat (session_id, account_id, at) values (md5('face session')::uuid, md5('account')::uuid, '2025-11-11 09:00+08');
insert into face_point (id, session_id, says, office, due_on, progress, progressed_at, made_at)
values (md5('face point')::uuid, md5('face session')::uuid, '热水时间太短', '后勤管理处', '2025-11-27', '已延长', '2025-11-25 09:00+08',
        '2025-11-20 17:00+08');
insert into governance_entry (id, institution_id, union_id, kind, on_day, title, host, said, kept_at, kept_by)
select md5('governance')::uuid, institution_id, id, 'hearing', '2025-11-18', '食堂价格听证会', '后勤管理处', '建议公开成本',
       '2025-11-19 09:00+08', md5('teacher')::uuid
from student_union where kind = 'school';
