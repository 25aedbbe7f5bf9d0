-- A college's union: a presidium member whose post was corrected, a head, somebody who was found in a post of another name.
insert into semester (id, institution_id, name, from_day, until_day)
values (md5('semester')::uuid, md5('school')::uuid, '2025—2026 学年第一学期', '2025-09-01', '2026-01-20');
insert into document (id, institution_id, name, media, bytes, sha256, at, by_account)
values (md5('document')::uuid, md5('school')::uuid, '批复.pdf', 'application/pdf', '%PDF', sha256('%PDF'), '2025-09-05 09:00+08',
        md5('teacher')::uuid);
insert into student_union (id, institution_id, kind, college_id, created_at, opened_on)
values (md5('union')::uuid, md5('school')::uuid, 'college', md5('college')::uuid, '2025-09-01 09:00+08', '2025-09-10'),
       (md5('school union')::uuid, md5('school')::uuid, 'school', null, '2025-09-01 09:00+08', null);
insert into department (id, union_id, name, functions, ruling, from_day)
values (md5('department')::uuid, md5('union')::uuid, '综合部', '日常事务', '批复', '2025-09-01');
insert into post (id, union_id, student_id, kind, from_day, until_day, from_college, marked_chair, registered, voided_at)
select md5('void')::uuid, md5('union')::uuid, id, 'presidium', date '2025-09-01', null, null, true, true,
       timestamptz '2025-09-06 09:00+08'
from student where number = '20240001';
insert into post (id, union_id, student_id, kind, department_id, title, from_day, until_day, registered, corrects)
select md5(kind)::uuid, md5('union')::uuid, s.id, kind, department, title, date '2025-09-02', until, kind = 'other', corrects
from student s, (values ('presidium', null::uuid, null, null::date, md5('void')::uuid),
                        ('head', md5('department')::uuid, null, '2026-03-01', null),
                        ('other', null, '秘书长', '2025-10-01', null)) as p(kind, department, title, until, corrects)
where s.number = '20240001';
insert into turn (id, union_id, student_id, from_day, until_day, state, proposed_at, handover, handover_at)
select md5('turn')::uuid, md5('union')::uuid, id, '2025-09-10', '2026-01-20', 'confirmed', '2025-09-08 09:00+08', '账目已结',
       '2026-01-19 09:00+08'
from student where number = '20240001';
insert into union_fact (id, union_id, at, by_account, office, act, post_id, day, says, ground, document_id, warned)
values (md5('fact')::uuid, md5('union')::uuid, '2025-09-06 09:00+08', md5('teacher')::uuid, '校团委', 'corrected',
        md5('presidium')::uuid, '2025-09-02', '更正', '批复', md5('document')::uuid,
        '[{"rule": "STF-01", "unit": null, "says": "超过 40 人"}]');
insert into roster_draft (id, union_id, purpose, day, file_name, rows, by_account, at, state)
values (md5('draft')::uuid, md5('school union')::uuid, 'register', '2025-09-01', '名单.csv', '[]', md5('teacher')::uuid,
        '2025-09-01 09:00+08', 'previewed');
