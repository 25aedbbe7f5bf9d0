-- An activity with a class, somebody who was there, and somebody who waits.
insert into activity (matter_id, purpose, for_school, only_year, reason, places, closes_at, check_in, code, kept_at, kept_by)
values (md5('matter')::uuid, 'culture', true, 2024, '迎新', 1, '2025-11-19 20:00+08', 'ended', 'abcdefghijklmnopqrst',
        '2025-11-03 09:00+08', md5('account')::uuid);
insert into activity_partner (matter_id, class_id) select md5('matter')::uuid, id from class limit 1;
insert into activity_sign_up (matter_id, student_id, standing, at, checked_in_at, way, satisfaction, rated_at)
select md5('matter')::uuid, id, case number when '20240001' then 'in' else 'waiting' end, '2025-11-10 09:00+08',
       case number when '20240001' then '2025-11-20 19:01+08'::timestamptz end,
       case number when '20240001' then 'code' end, case number when '20240001' then 'satisfied' end,
       case number when '20240001' then '2025-11-20 22:00+08'::timestamptz end
from student where number in ('20240001', '20240002');
