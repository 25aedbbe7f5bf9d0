-- A sitting that went from its draft to its report, and one whose votes still lie in their envelopes.
insert into sitting (id, institution_id, college_id, title, stage, opens_at, closes_at, revote, threshold, created_at, created_by)
select md5(name)::uuid, md5('school')::uuid, college, '代表选举', 'draft', '2025-12-01 08:00+08', '2025-12-01 20:00+08', true, 2,
       '2025-11-20 09:00+08', md5('teacher')::uuid
from (values ('reported', md5('college')::uuid), ('open', null)) as s(name, college);
insert into contest (id, sitting_id, ordinal, title, fills, body, class_ids, seats, rules, round_of)
values (md5('contest')::uuid, md5('reported')::uuid, 1, '班级代表', 'delegates', 'class', array[md5('class')::uuid], 1, '{}', null),
       (md5('second round')::uuid, md5('reported')::uuid, 2, '第二轮', 'delegates', 'congress', '{}', 1, '{}', md5('contest')::uuid),
       (md5('open contest')::uuid, md5('open')::uuid, 1, '主席团', 'presidium', 'class', array[md5('class')::uuid], 1, '{}', null);
insert into contest_person (contest_id, student_id) select md5('second round')::uuid, id from student where number = '20240001';
insert into candidate (id, contest_id, ordinal, student_id, label, origin, withdrawn_at, withdrawn_by, withdrawn_why)
select md5(number)::uuid, md5('contest')::uuid, right(number, 1)::smallint, id, name, '班级推荐', at, by, why
from student join (values ('20240001', null::timestamptz, null::uuid, null),
                          ('20240002', '2025-11-25 09:00+08', md5('teacher')::uuid, '本人退出')) as w(number, at, by, why) using (number);
insert into monitor (sitting_id, account_id, chief, named_at, salt, public_key, mac, proved_at, share)
values (md5('reported')::uuid, md5('teacher')::uuid, true, '2025-11-21 09:00+08', null, null, null, null, null),
       (md5('open')::uuid, md5('teacher')::uuid, true, '2025-11-21 09:00+08', substr(sha256('salt'), 1, 16), sha256('key'), sha256('mac'),
        '2025-11-30 09:00+08', 'share');
insert into rehearsal_ballot (sitting_id, number, sealed) values (md5('open')::uuid, 1, 'sealed');
update sitting set stage = 'announced';
update sitting set stage = 'rehearsed', rehearsed_at = '2025-11-30 09:00+08';
insert into voter (sitting_id, place, student_id, class_id, contests)
select sitting, right(number, 1)::integer, id, class_id, '{1}'
from student, unnest(array[md5('reported')::uuid, md5('open')::uuid]) as sitting where number in ('20240001', '20240002');
update sitting set stage = 'open', opened_at = '2025-12-01 08:00+08', public_key = sha256('key'), ballot_size = 64, roll_size = 2,
                   roll_hash = sha256('roll'), seal = sha256('seal');
insert into admission (id, sitting_id, student_id, contests, why, asked_by, asked_at, agreed_by, agreed_at)
select md5('admission')::uuid, md5('open')::uuid, id, '{1}', '漏列', md5('teacher')::uuid, '2025-12-01 09:00+08', md5('account')::uuid,
       '2025-12-01 09:10+08'
from student where number = 'E1';
insert into voter (sitting_id, place, student_id, class_id, contests, admission_id, mac)
select md5('open')::uuid, 3, id, class_id, '{1}', md5('admission')::uuid, 'mac' from student where number = 'E1';
update voter set paper_at = '2025-12-01 10:00+08', paper_by = md5('teacher')::uuid where sitting_id = md5('open')::uuid and place = 2;
insert into slip (sitting_id, serial, code_hash, made_at, voter, bound_at, bound_by)
values (md5('open')::uuid, 1, sha256('slip'), '2025-12-01 08:30+08', 3, '2025-12-01 09:20+08', md5('teacher')::uuid);
insert into envelope (sitting_id, voter, sealed, mac, cast_at, by_slip)
values (md5('open')::uuid, 1, 'sealed', 'mac', '2025-12-01 09:00+08', false),
       (md5('open')::uuid, 3, 'sealed', 'mac', '2025-12-01 09:30+08', true);
insert into voter_reset (sitting_id, voter, at, by_account, kind)
values (md5('open')::uuid, 1, '2025-12-01 08:30+08', md5('teacher')::uuid, 'reset');
update sitting set stage = 'closed', closed_at = '2025-12-01 20:00+08', envelopes = 2 where id = md5('reported')::uuid;
insert into paper_entry (contest_id, turn, account_id, figures, at)
values (md5('contest')::uuid, 1, md5('teacher')::uuid, '{"returned": 1}', '2025-12-01 20:10+08');
update sitting set stage = 'counted', counted_at = '2025-12-01 20:30+08', ballots_hash = sha256('ballots')
where id = md5('reported')::uuid;
insert into ballot_pattern (contest_id, pattern, votes) values (md5('contest')::uuid, 'FA1', 2);
insert into written_in (contest_id, name, votes) values (md5('contest')::uuid, '李四', 1);
insert into receipt (sitting_id, code) values (md5('reported')::uuid, 'abcdefgh23456789');
insert into has_voted (sitting_id, voter) values (md5('reported')::uuid, 1), (md5('reported')::uuid, 2);
insert into lot (contest_id, winners, method, present, drawn_at, by_account)
values (md5('contest')::uuid, '{张三}', '抽签', '监票人', '2025-12-01 20:40+08', md5('teacher')::uuid);
insert into contest_result (contest_id, account, count) values (md5('contest')::uuid, '{}', '{}');
update sitting set stage = 'reported', reported_at = '2025-12-02 09:00+08', record = '{}' where id = md5('reported')::uuid;

-- Days, numbers and names as they could be taken in before the next migration.
insert into student (id, institution_id, number, name, class_id)
select md5(number)::uuid, md5('school')::uuid, number, name, md5('class')::uuid
from (values ('b88005', '张　伟'), ('B88005', '张伟'), ('88006', '古丽•买买提')) as s(number, name);
insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
values (md5('ｂ88005')::uuid, md5('school')::uuid, 'ｂ88005', '张伟', false, '2025-12-01 09:00+08', null),
       (md5('account of 88006')::uuid, md5('school')::uuid, '088006', '古丽•买买提', false, '2025-12-01 09:00+08',
        md5('88006')::uuid);
insert into office (id, account_id, institution_id, kind, from_day, until_day, granted_at)
values (md5('endless')::uuid, md5('teacher')::uuid, md5('school')::uuid, 'school_party', '2025-09-01', '10000-01-01', '2025-09-01 09:00+08'),
       (md5('far')::uuid, md5('teacher')::uuid, md5('school')::uuid, 'student_affairs', '2206-09-01', null, '2025-09-01 09:00+08'),
       (md5('gone by')::uuid, md5('teacher')::uuid, md5('school')::uuid, 'school_union', '1899-12-31', '1900-01-01', '2025-09-01 09:00+08'),
       (md5('typed')::uuid, md5('teacher')::uuid, md5('school')::uuid, 'graduate_union', '1899-12-31', null, '2025-09-01 09:00+08');
