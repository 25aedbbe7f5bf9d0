-- What it made of days, numbers and names that were there.
do $$ begin
    assert (select until_day is null and ended_at is null from office where id = md5('endless')::uuid), 'an endless term is open';
    assert (select from_day = '2200-12-30' and ended_at is not null from office where id = md5('far')::uuid), 'never held';
    assert (select until_day is null and ended_at is not null from office where id = md5('gone by')::uuid), 'never held either';
    assert (select from_day = '1900-01-01' and ended_at is null from office where id = md5('typed')::uuid), 'it goes on';
    assert (select array_agg(number_twin order by id = md5('B88005')::uuid) from student where number_key = 'b88005') = '{t,f}',
        'of two that differ in case one has the key';
    assert student_numbered(md5('school')::uuid, 'ｂ８８００５') = md5('B88005')::uuid, 'the first is found';
    assert student_numbered(md5('school')::uuid, 'b88005') = md5('b88005')::uuid, 'the other by its spelling';
    assert (select name = '张伟' and name_key = '张伟' from student where id = md5('b88005')::uuid), 'names are shown plain';
    assert (select name = '古丽·买买提' and name_key = '古丽买买提' from student where number = '88006'), 'and their dots';
    assert (select number = '88006' from account where student_id = md5('88006')::uuid), 'a student''s account has their number';
end $$;
insert into former_number (institution_id, student_id, number, until)
values (md5('school')::uuid, md5('b88005')::uuid, '20230001', '2026-09-01 09:00+08');
