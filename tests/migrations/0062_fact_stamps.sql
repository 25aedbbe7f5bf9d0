-- Something is done about a union, and a semester that all share is written again.
insert into union_fact (id, union_id, at, office, act, says)
select md5('stamped')::uuid, id, '2026-11-29 09:00+08', '校团委', 'created', '建立' from student_union limit 1;
insert into union_fact (id, union_id, at, office, act, says)
select md5('stamped again')::uuid, union_id, at, office, act, says from union_fact where id = md5('stamped')::uuid;
update semester set name = name;
do $$ begin
    assert (select count(*) = 1 from fact_stamp f join student_union u on u.id = f.scope), 'one stamp for what one transaction did';
    assert (select count(*) = 1 from fact_stamp where scope = '00000000-0000-0000-0000-000000000000'), 'the shared facts have theirs';
end $$;
