-- What it made of those who were there.
do $$ begin
    assert (select array_agg(name) from student where id is not null) @> '{张三,李四}', 'students have ids';
    assert (select student_id from account where number = '20240001') = (select id from student where number = '20240001'),
        'a student''s account is theirs';
    assert (select student_id is null from account where number = 'T1'), 'a teacher is no student';
    assert (select bool_and(institution_id = md5('school')::uuid and until_day is null) from office), 'offices name their school';
    assert (select from_day = '2024-08-31' from office where id = md5('branch')::uuid), 'an office begins on its day in China';
    assert (select kind = 'society' and functions = '' from organisation), 'societies are organisations';
    assert (select retention_years = 3 from institution), 'a retention is set';
end $$;

insert into student (id, institution_id, number, name, class_id, left_on, left_why, erased_at)
values (md5('gone')::uuid, md5('school')::uuid, 'E1', '已删除', md5('class')::uuid, '2025-01-01', 'withdrawn', '2025-02-01 09:00+08');
insert into notice (id, institution_id, account_id, student_id, office, class_id, subject, body, href, at)
values (md5('notice')::uuid, md5('school')::uuid, md5('teacher')::uuid, null, null, null, '标题', '正文', '/', '2025-01-01 09:00+08'),
       (md5('to student')::uuid, md5('school')::uuid, null, md5('gone')::uuid, null, null, '标题', '', '', '2025-01-01 09:00+08'),
       (md5('to office')::uuid, md5('school')::uuid, null, null, 'class_branch', md5('class')::uuid, '标题', '', '/me',
        '2025-01-01 09:00+08');
insert into notice_read (notice_id, account_id, at)
values (md5('notice')::uuid, md5('teacher')::uuid, '2025-01-02 09:00+08');
insert into activation (code_hash, account_id, purpose, made_by, made_at, expires_at, used_at)
values (sha256('code'), md5('account')::uuid, 'first', md5('teacher')::uuid, '2024-09-01 09:00+08', '2024-10-01 09:00+08',
        '2024-09-02 09:00+08');
insert into import (id, institution_id, kind, file_name, sha256, basis, period, source, by_account, office, at, state, settled_at, rows)
values (md5('import')::uuid, md5('school')::uuid, 'grades', '成绩.csv', sha256('file'), 'year', '2024—2025 学年', '教务处',
        md5('teacher')::uuid, '学生工作部门', '2025-09-01 09:00+08', 'committed', '2025-09-01 09:05+08', 1),
       (md5('waiting')::uuid, md5('school')::uuid, 'students', '名单.csv', sha256('file'), null, null, null,
        md5('teacher')::uuid, '学生工作部门', '2025-09-01 09:00+08', 'previewed', null, 1);
insert into import_row (import_id, row, state, cells, says) values (md5('waiting')::uuid, 2, 'added', '{N1,甲}', '');
insert into student_change (id, student_id, at, by_account, office, field, before, after, reason, import_id)
select md5('change')::uuid, id, '2025-03-01 09:00+08', md5('teacher')::uuid, '学生工作部门', 'political', null, '共青团员', '入团', null
from student where number = '20240002';
insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by, import_id)
select md5('grade')::uuid, id, 'year', '2024—2025 学年', 3, 40, 1, '教务处', '2025-09-01 09:05+08', md5('teacher')::uuid,
       md5('import')::uuid
from student where number = '20240001';
insert into dispute (id, student_id, grade_fact_id, about, says, at, due_on, upheld, answer, answered_at, answered_by)
select md5('dispute')::uuid, id, md5('grade')::uuid, 'failed', '补考已经通过', '2025-09-02 09:00+08', '2025-09-12', true, '已更正',
       '2025-09-03 09:00+08', md5('teacher')::uuid
from student where number = '20240001';
insert into grade_fact (id, student_id, basis, period, failed, source, recorded_at, recorded_by, dispute_id)
select md5('grade after dispute')::uuid, id, 'year', '2024—2025 学年', 0, '教务处', '2025-09-03 09:00+08', md5('teacher')::uuid,
       md5('dispute')::uuid
from student where number = '20240001';
