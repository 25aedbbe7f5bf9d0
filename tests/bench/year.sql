-- The demo's first university, grown in bulk: 40 colleges and 40,000 students, who have three years behind them. Rows are made as
-- the portal makes them, constraints and triggers included; what the record's chain holds is added through the portal's own code.

create temporary table own as
select i.id as school, a.id as keeper, date_part('year', current_date - interval '8 months')::integer as this_year
from institution i join account a on a.institution_id = i.id and a.number = 'Q0002' where i.code = 'qingyu';

insert into college (id, institution_id, name, place)
select gen_random_uuid(), school, '第' || n || '学院', 100 + n from own, generate_series(9, 40) n;

create temporary table grown as
select c.id, c.name, row_number() over (order by c.place) as turn
from college c join own on own.school = c.institution_id where c.name ~ '^第[0-9]+学院$';

insert into major (id, college_id, name, level)
select gen_random_uuid(), id, m, 'vocational'
from grown, unnest(array['应用技术', '信息管理', '工程实务', '文化传播']) m;

-- Those who study, and those who left in the last three summers.
insert into class (id, major_id, entry_year, name)
select gen_random_uuid(), m.id, y, m.name || y % 100 || lpad(n::text, 2, '0') || '班'
from own, grown c join major m on m.college_id = c.id, generate_series(this_year - 5, this_year) y, generate_series(1, 2) n;

insert into student (id, institution_id, number, name, class_id, political, gender, left_on, left_why)
select gen_random_uuid(), school, k.entry_year || 'H' || lpad(k.turn::text, 4, '0') || lpad(seat::text, 2, '0'),
       substr('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', 1 + (k.turn + seat)::integer % 20, 1)
       || substr('子涵雨欣浩然思源佳怡俊杰嘉琪宇轩', 1 + (k.turn * 7 + seat)::integer % 15, 2), k.id,
       case seat % 14 when 0 then '中共预备党员' when 1 then '群众' else '共青团员' end,
       case seat % 2 when 0 then '女' else '男' end,
       case when k.entry_year < this_year - 2 then make_date(k.entry_year + 3, 7, 1) end,
       case when k.entry_year < this_year - 2 then 'graduated' end
from own, (select k.id, k.entry_year, row_number() over (order by k.entry_year, c.turn, k.name) as turn
           from class k join major m on m.id = k.major_id join grown c on c.id = m.college_id) k, generate_series(1, 42) seat;

insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
select gen_random_uuid(), s.institution_id, s.number, s.name, false, now(), s.id
from student s join own on own.school = s.institution_id
where s.left_on is null and not exists (select from account a where a.student_id = s.id)
      and not exists (select from account a where a.institution_id = s.institution_id and a.number_key = s.number_key);

insert into office (id, account_id, institution_id, kind, from_day, granted_at)
select gen_random_uuid(), a.id, a.institution_id, 'student', current_date - 30, now()
from account a join own on own.school = a.institution_id
where a.student_id is not null and not exists (select from office o where o.account_id = a.id and o.kind = 'student');

insert into session (token_hash, account_id, device, created_at, expires_at)
select sha256(decode(replace(a.id::text, '-', ''), 'hex')), a.id, 'Firefox', now(), now() + interval '12 hours'
from account a join own on own.school = a.institution_id where a.student_id is not null order by a.id limit 20000;

-- Ranks and failed courses of every semester that somebody has behind them.
insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
select gen_random_uuid(), s.id, 'semester', y || '—' || y + 1 || ' 学年第' || half || '学期', 1 + r.rank % 84, 84,
       case when r.rank % 84 > 70 then 1 else 0 end, '教务处', make_timestamptz(y + 1, 2, 1, 8, 0, 0, '+8'), keeper
from own, student s join class k on k.id = s.class_id join major m on m.id = k.major_id join grown c on c.id = m.college_id,
     generate_series(this_year - 3, this_year - 1) y, unnest(array['一', '二']) half,
     lateral (select get_byte(decode(md5(s.number || y || half), 'hex'), 0) + get_byte(decode(md5(s.number), 'hex'), 1) as rank) r
where y between k.entry_year and k.entry_year + 2;

insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
select gen_random_uuid(), s.id, now() - interval '1 day' * (s.place % 1000), keeper, '校团委', 'political', '群众', '共青团员', '入团'
from own, (select s.id, row_number() over (order by s.number) as place
           from student s join own on own.school = s.institution_id) s where s.place % 4 = 0;

-- A union of each college, whose thirty people are others every year.
insert into student_union (id, institution_id, kind, college_id, created_at, opened_on)
select gen_random_uuid(), school, 'college', id, now(), make_date(this_year - 3, 9, 1) from own, grown;

create temporary table own_union as
select u.id, u.college_id from student_union u join grown on grown.id = u.college_id;

insert into department (id, union_id, name, functions, from_day)
select gen_random_uuid(), u.id, d, '按章程履行职责', make_date(this_year - 3, 9, 1)
from own, own_union u, unnest(array['办公室', '学习部', '文艺部', '体育部', '权益部', '生活部']) d;

create temporary table chosen as
select u.id as union_id, y, s.id as student_id, s.place
from own, own_union u, generate_series(this_year - 3, this_year) y,
     lateral (select s.id, row_number() over (order by md5(s.number || y)) as place
              from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
              where m.college_id = u.college_id and k.entry_year between y - 2 and y) s
where s.place <= 30;

insert into post (id, union_id, student_id, kind, department_id, from_day, until_day, from_college)
select gen_random_uuid(), c.union_id, c.student_id, case when c.place <= 4 then 'presidium' when c.place <= 10 then 'head' else 'staff' end,
       case when c.place > 4 then d.id end, make_date(c.y, 10, 8), case when c.y < this_year then make_date(c.y + 1, 7, 1) end, true
from own, chosen c join (select id, union_id, row_number() over (partition by union_id order by name) as place from department) d
                   on d.union_id = c.union_id and d.place = 1 + c.place % 6;

insert into turn (id, union_id, student_id, from_day, until_day, state, proposed_at, handover, handover_at)
select gen_random_uuid(), c.union_id, c.student_id, t.from_day, t.from_day + 66, 'confirmed', t.from_day - interval '7 days',
       case when t.from_day + 66 < current_date then '各项工作按清单移交' end,
       case when t.from_day + 66 < current_date then t.from_day + interval '66 days' end
from chosen c, lateral (select make_date(c.y, 10, 8) + 66 * (c.place::integer - 1) as from_day) t where c.place <= 4;

insert into union_meeting (id, union_id, kind, title, place, starts_at, minutes_long, agenda, stage, sequence, called_at, called_by,
                           minutes, held_at, held_by)
select gen_random_uuid(), u.id, 'topical', '第 ' || n || ' 次会议', '大学生活动中心', t.at, 60, '研究近期工作',
       case when t.at < now() then 'held' else 'called' end, 0, t.at - interval '3 days', keeper,
       case when t.at < now() then '逐项研究并通过。' end, case when t.at < now() then t.at + interval '1 hour' end,
       case when t.at < now() then keeper end
from own, own_union u, generate_series(this_year - 3, this_year) y, generate_series(1, 40) n,
     lateral (select make_timestamptz(y, 10, 10, 16, 0, 0, '+8') + n * interval '6 days' as at) t;

insert into union_meeting_member (id, meeting_id, student_id, counts, presence)
select gen_random_uuid(), g.id, c.student_id, true, case when g.stage = 'held' then 'present' end
from union_meeting g join chosen c on c.union_id = g.union_id and c.place <= 4
     and c.y = date_part('year', g.starts_at - interval '9 months');

-- Activities of every year, held, with those who came.
create temporary table held as
select gen_random_uuid() as id, c.union_id, c.student_id, row_number() over () as turn,
       make_timestamptz(c.y, 10, 20, 19, 0, 0, '+8') + n * interval '20 days' as at
from chosen c, generate_series(1, 12) n where c.place = 1 + n % 4;
delete from held where at > now() - interval '5 days';

insert into matter (id, institution_id, union_id, number, kind, title, lead_id, why, how, starts_at, place, people, stage, revision,
                    steps, filed_at, filed_by)
select h.id, school, h.union_id, coalesce(n.matters, 0) + h.turn, 'activity', '学风建设活动 ' || h.turn, h.student_id, '年度计划', '讲座',
       h.at, '报告厅', 80, 'asked', 1, '{deputy}', h.at - interval '9 days', keeper
from own left join matter_counter n on n.institution_id = school, held h;

insert into matter_signature (matter_id, revision, step, verdict, says, content_read, at, by_account)
select h.id, 1, 'deputy', 'agree', '同意', true, h.at - interval '7 days', keeper from own, held h;

update matter m set stage = 'closed', approved_at = h.at - interval '7 days', begun_at = h.at, begun_noted_at = h.at,
                    begun_by = keeper, summary_due = (h.at + interval '7 days')::date, summary = '按方案完成，无意外。',
                    closed_at = h.at + interval '3 days'
from own, held h where h.id = m.id;

insert into matter_counter (institution_id, matters)
select school, (select max(number) from matter where institution_id = school) from own
on conflict (institution_id) do update set matters = excluded.matters;

insert into activity (matter_id, purpose, for_school, closes_at, check_in, code, kept_at, kept_by)
select h.id, 'study', true, h.at, 'ended', md5('activity ' || h.id), h.at - interval '6 days', keeper from own, held h;

insert into activity_sign_up (matter_id, student_id, standing, at, checked_in_at, way, satisfaction, rated_at)
select h.id, s.id, 'in', h.at - interval '1 day', h.at, 'code', 'satisfied', h.at + interval '1 day'
from held h join student_union u on u.id = h.union_id,
     lateral (select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
              where m.college_id = u.college_id and s.left_on is null order by md5(s.number || h.turn) limit 40) s;

-- What students asked for in three years.
create temporary table asking as
select a.id, row_number() over (order by md5(a.number)) as place
from account a join own on own.school = a.institution_id where a.student_id is not null;

insert into voice_request (id, institution_id, number, receiver, area, title, says, place, identity, account_id, may_publish,
                           is_public, stage, received_at, take_up_due, taken_up_at, lead_unit_id, unit_id, due_on, turn, answer,
                           ending, answered_at, satisfaction, confirmed_at)
select gen_random_uuid(), school, coalesce(v.last, 0) + n, 'school',
       (array['study', 'health', 'integration', 'rights', 'other'])[1 + n % 5], '三楼热水经常停 ' || n,
       repeat('这两周晚上九点以后经常停水。', 6), '三号楼', 'named', a.id, true, s.stage <> 'received' and n % 5 <> 0, s.stage, t.at,
       t.at + interval '1 day', case when s.stage <> 'received' then t.at end, case when s.stage <> 'received' then unit.id end,
       case when s.stage <> 'received' then unit.id end, case when s.stage <> 'received' then current_date + 3 end, 1,
       case when s.stage in ('answered', 'confirmed') then '循环泵已经更换，今后每周检查一次。' end,
       case when s.stage in ('answered', 'confirmed') then 'solved' end, case when s.stage in ('answered', 'confirmed') then t.at end,
       case when s.stage = 'confirmed' then 'satisfied' end, case when s.stage = 'confirmed' then t.at end
from own left join voice_counter v on v.institution_id = school
     cross join lateral (select id from voice_unit where institution_id = school and ended_at is null order by name limit 1) unit,
     generate_series(1, 12000) n
     cross join lateral (select case when n < 11800 or n % 4 = 3 then 'confirmed' when n % 4 = 0 then 'received' when n % 4 = 1 then 'sent'
                                     else 'answered' end as stage) s
     cross join lateral (select now() - (12000 - n) * (interval '1080 days' / 12000) as at) t
     join asking a on a.place = 1 + n * 2;

insert into voice_counter (institution_id, last)
select school, (select max(number) from voice_request where institution_id = school) from own
on conflict (institution_id) do update set last = excluded.last;

insert into voice_event (request_id, seq, kind, at, office, says)
select q.id, e.seq, e.kind, q.received_at, '', ''
from voice_request q join own on own.school = q.institution_id,
     (values (1, 'received'), (2, 'sent'), (3, 'answered'), (4, 'confirmed')) e(seq, kind)
where q.title like '三楼热水经常停 %' and e.seq <= array_position(array['received', 'sent', 'answered', 'confirmed'], q.stage);

insert into voice_support (request_id, account_id)
select q.id, a.id from voice_request q join own on own.school = q.institution_id cross join generate_series(1, 10) n
     join asking a on a.place = q.number % 900 * 30 + n
where q.title like '三楼热水经常停 %' and q.is_public and q.account_id <> a.id;

-- The congress of each college, every year.
insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, held_on, created_at,
                      created_by, registered)
select gen_random_uuid(), school, u.id, y, '第' || (array['一', '二', '三', '四'])[1 + y - this_year + 3] || '次', false,
       case when y < this_year then 'closed' else 'convened' end, make_date(y, 11, 1), make_date(y, 12, 20),
       case when y < this_year then make_date(y, 12, 20) end, make_timestamptz(y, 11, 1, 8, 0, 0, '+8'), keeper, y < this_year
from own, own_union u, generate_series(this_year - 3, this_year) y;

insert into congress_unit (congress_id, place, kind, college_id, entry_year, students, seats)
select g.id, n, 'grade', u.college_id, g.academic_year + 1 - n, 336, 25
from congress g join own_union u on u.id = g.union_id, generate_series(1, 3) n;

insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
select gen_random_uuid(), g.id, s.id, n.place, 'elected', s.turn <= 8, g.created_at, g.created_by
from congress g join own_union u on u.id = g.union_id join congress_unit n on n.congress_id = g.id,
     lateral (select s.id, row_number() over (order by s.number) as turn
              from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
              where m.college_id = u.college_id and k.entry_year = n.entry_year order by s.number limit 25) s;

-- The reviews of each college's union, every semester of those years.
insert into semester (id, institution_id, name, from_day, until_day)
select gen_random_uuid(), school, y || '—' || y + 1 || ' 学年第' || h.half || '学期', h.from_day, h.until_day
from own, generate_series(this_year - 3, this_year - 1) y,
     lateral (values ('一', make_date(y, 9, 1), make_date(y + 1, 2, 20)), ('二', make_date(y + 1, 2, 23), make_date(y + 1, 8, 31)))
             h(half, from_day, until_day)
on conflict do nothing;

insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects, aspects_by_default, weights, most,
                    trims, excellent, good, satisfactory, objection_days, begun_at, begun_by, confirmed_at, opened_at, public_key, seal,
                    closed_at, sheets, counted_at, object_until, settled_at)
select gen_random_uuid(), school, u.id, s.id, 'settled', s.until_day - 40, s.until_day - 40,
       '{政治态度,道德品行,学习情况,工作成效,纪律作风}', false, '{20,20,20,20,20}', 100, false, 90, 75, 60, 5,
       s.until_day - interval '60 days', keeper, s.until_day - interval '45 days', s.until_day - interval '40 days', sha256('key'),
       sha256('seal'), s.until_day - interval '39 days', 600, s.until_day - interval '39 days', s.until_day - 30,
       s.until_day - interval '29 days'
from own, own_union u, semester s where s.institution_id = school and s.until_day < current_date;

insert into review_person (review_id, place, student_id, posts, report, report_state, handed_at, scored)
select r.id, c.place, c.student_id, '部门工作人员', array_fill('按时完成各项任务，带头参加志愿服务。'::text, array[5]), 'handed', r.begun_at,
       true
from review r join own_union u on u.id = r.union_id join semester s on s.id = r.semester_id
     join chosen c on c.union_id = u.id and c.y = date_part('year', s.from_day - interval '8 months');

insert into review_result (review_id, person, sheets, score, grade, aspects, bands, trimmed)
select p.review_id, p.place, 20, 8500, 'good', '{8500,8500,8500,8500,8500}', '{0,20,0,0}', false
from review_person p join review r on r.id = p.review_id join own_union u on u.id = r.union_id;

-- Three rounds that are over, and one in which 3,000 wait for the two offices of its second step.
create temporary table round as
select gen_random_uuid() as id, u.id as union_id, y, y = this_year as is_open
from own join student_union u on u.institution_id = school and u.kind = 'school', generate_series(this_year - 3, this_year) y;

insert into vetting_round (id, institution_id, union_id, title, purpose, places, chain, plan_version_id, opens_on, closes_on, effective_on,
                           due_days, notice_days, opened_at, ended_at, ended_why, day_count)
select r.id, school, r.union_id, r.y || ' 年招新', 'recruit', 'members',
       '{"rule": "VET-02", "plan": "", "document": "", "section": "", "quote": "", "links": [
          {"act": "推荐", "by": [{"body": "college_league", "name": "团组织"}], "any": true, "together": false},
          {"act": "审核后确定", "by": [{"body": "student_affairs", "name": "学生工作部"},
                                    {"body": "school_league", "name": "团委"}], "any": false, "together": false}]}',
       (select plan_version_id from adoption where institution_id = school order by seq desc limit 1), d.day, d.day + 5, d.day + 20,
       '{5,5}', 0, d.day::timestamptz, case when not r.is_open then d.day + interval '20 days' end,
       case when not r.is_open then '已经结束' end, 'calendar'
from own, round r, lateral (select case when r.is_open then current_date else make_date(r.y, 9, 20) end as day) d;

insert into vetting_place (id, round_id, kind, department_id, seats)
select gen_random_uuid(), r.id, 'staff', d.id, 30
from round r join lateral (select id from department where union_id = r.union_id and until_day is null order by name limit 1) d on true;

insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id, origin, source, pledge,
                          pledged_at, evidence, created_at, submitted_at, stage, step, visit, furthest, due_on)
select gen_random_uuid(), coalesce(n.last, 0) + row_number() over (), school, r.id, p.id, s.id, s.college_id, s.class_id, 'applied',
       'ordinary', '公约', now(), '{"on": "2026-11-01", "conditions": [], "rank": [1, 40], "failed": 0, "political": "共青团员"}',
       now(), now(), case when r.is_open then 'at' else 'lapsed' end, case when r.is_open then 1 end, 1, 1,
       case when r.is_open then current_date + 5 end
from own left join vetting_counter n on n.institution_id = school, round r join vetting_place p on p.round_id = r.id,
     lateral (select s.id, m.college_id, k.id as class_id
              from student s join class k on k.id = s.class_id join major m on m.id = k.major_id join grown c on c.id = m.college_id
              where k.entry_year between r.y - 2 and r.y order by md5(s.number || r.y) limit 3000) s;

insert into vetting_counter (institution_id, last)
select school, (select max(number) from vetting_case where institution_id = school) from own
on conflict (institution_id) do update set last = excluded.last;

-- What people were told, and the League committee in three years.
insert into notice (id, institution_id, student_id, subject, body, href, at)
select gen_random_uuid(), s.institution_id, s.id, '学生代表大会公告', '会议材料已经公开。', '/inbox', now() - n * interval '90 days'
from own join student s on s.institution_id = school and s.left_on is null, generate_series(0, 3) n;

insert into notice (id, institution_id, office, subject, body, href, at)
select gen_random_uuid(), school, 'school_league', '有诉求等待受理 ' || n, '请在期限内受理。', '/voice/desk', now() - n * interval '9 hours'
from own, generate_series(1, 3000) n;

drop table own, grown, own_union, chosen, held, asking, round;
analyze;
