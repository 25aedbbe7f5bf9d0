-- Nobody was on duty for a month, and it is said why; of the same days it is said once.
insert into turn_gap (union_id, from_day, until_day, why, said_by, said_at)
select id, '2024-01-01', '2024-02-01', '寒假没有安排当值', md5('teacher')::uuid, '2024-09-01 09:00+08' from student_union limit 1;
do $$ begin
    insert into turn_gap (union_id, from_day, until_day, why, said_by, said_at)
    select union_id, '2024-01-15', '2024-03-01', '再说一次', said_by, said_at from turn_gap;
    assert false, 'said twice';
exception when exclusion_violation then null;
end $$;
