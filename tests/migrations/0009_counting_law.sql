-- What it left of the contests that were there.
do $$ begin
    assert (select bool_and(sources = '{}') from contest), 'earlier contests name no source';
end $$;
-- The sample has no sitting that is counted and not reported; the guard has its own test.
alter table written_in_match disable trigger written_in_match_guarded;
insert into written_in_match (contest_id, key, name, student_id, person, class, why, asked_by, asked_at, agreed_by, agreed_at)
select md5('contest')::uuid, '李四', '李 四', id, name, '软件2401班', '本班只有一人叫这个名字', md5('teacher')::uuid,
       '2025-12-01 21:00+08', md5('account')::uuid, '2025-12-01 21:05+08'
from student where number = '20240002';
insert into written_in_match (contest_id, key, name, why, asked_by, asked_at)
values (md5('contest')::uuid, '王五', '王五', '名册上没有这个人', md5('teacher')::uuid, '2025-12-01 21:00+08');
alter table written_in_match enable trigger written_in_match_guarded;
