-- A college's review that is settled, with an objection, and a nomination that rests on it; another with a sheet in its seal.
insert into semester (id, institution_id, name, from_day, until_day)
values (md5('next semester')::uuid, md5('school')::uuid, '2025—2026 学年第二学期', '2026-01-20', '2026-07-10');
insert into review_scheme (institution_id, weights, most, trims, excellent, good, satisfactory, objection_days, changed_at, changed_by)
values (md5('school')::uuid, '{60,40}', 10, true, 90, 75, 60, 5, '2025-12-01 09:00+08', md5('teacher')::uuid);
insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects, aspects_by_default, weights,
                    most, trims, excellent, good, satisfactory, ceiling, objection_days, begun_at, begun_by)
select md5(name)::uuid, md5('school')::uuid, md5('union')::uuid, md5(semester)::uuid, 'reporting', until, until + 7,
       '{工作成效,纪律作风}', false, '{60,40}', 10, true, 90, 75, 60, 30, 5, until - interval '20 days', md5('teacher')::uuid
from (values ('review', 'semester', date '2025-12-20'), ('sealed review', 'next semester', date '2026-06-20'))
     as r(name, semester, until);
insert into review_person (review_id, place, student_id, posts, department_ids, left_on, left_why, report, report_state, handed_at, scored)
select r.id, right(s.number, 1)::smallint, s.id, '综合部 部门负责人', array[md5('department')::uuid], null, null,
       '{按时完成,按时到会}', 'handed', r.report_until, s.number = '20240001'
from review r, student s where s.number in ('20240001', '20240002');
insert into review_member (review_id, account_id, category, drawn, named_at, monitor)
select id, md5('teacher')::uuid, 'league', false, begun_at, true from review;
insert into review_draw (review_id, ordinal, seed, seats, pool, drawn, drawn_at, by_account)
values (md5('review')::uuid, 1, 'abcdefghjkmn', 1, '{20240003,20240004}', '{20240003}', '2025-12-10 09:00+08', md5('teacher')::uuid);
update review set stage = 'confirmed', confirmed_at = begun_at + interval '1 day';
update review_member set scorer = 1, salt = substr(sha256('salt'), 1, 16), public_key = sha256('key'), mac = sha256('mac'),
                         proved_at = named_at, share = 'share', share_mark = sha256('share');
update review set stage = 'scoring', opened_at = begun_at + interval '2 days', public_key = sha256('key'), seal = sha256('seal');
insert into review_sheet (review_id, scorer, person, sealed, mac) values (md5('sealed review')::uuid, 1, 1, 'sealed', sha256('mac'));
update review set stage = 'closed', closed_at = begun_at + interval '3 days', sheets = 1 where id = md5('review')::uuid;
update review set stage = 'counted', counted_at = begun_at + interval '3 days', object_until = sits_on + 5 where id = md5('review')::uuid;
insert into review_mark (review_id, person, number, scores) values (md5('review')::uuid, 1, 1, '{9,8}');
insert into review_comment (review_id, person, number, says) values (md5('review')::uuid, 1, 1, '踏实');
insert into review_result (review_id, person, sheets, score, grade, aspects, bands, trimmed)
values (md5('review')::uuid, 1, 1, 8600, 'good', '{9000,8000}', '{0,1,0,0}', false);
insert into review_objection (review_id, person, says, at, answer, answered_at, answered_by)
values (md5('review')::uuid, 1, '请复核', '2025-12-28 09:00+08', '经复核，维持原等次', '2025-12-29 09:00+08', md5('teacher')::uuid);
update review set stage = 'settled', settled_at = '2026-01-05 09:00+08' where id = md5('review')::uuid;
insert into nomination (id, institution_id, review_id, title, kind, seats, begun_at, begun_by, decided_at, decided_by)
values (md5('nomination')::uuid, md5('school')::uuid, md5('review')::uuid, '优秀学生干部', 'award', 1, '2026-01-06 09:00+08',
        md5('teacher')::uuid, '2026-01-07 09:00+08', md5('teacher')::uuid);
insert into nomination_criterion (nomination_id, place, name, basis, points)
values (md5('nomination')::uuid, 1, '志愿服务时长', 'service', 40);
insert into nominee (nomination_id, person, rank, ground) values (md5('nomination')::uuid, 1, 1, '组织迎新服务 60 小时');
