-- A student needs a class that is there, of their university; a class with a student stays.
insert into class (id, major_id, entry_year, name) select md5('a class of one')::uuid, min(id::text)::uuid, 2026, '一人班' from major;
insert into student (id, institution_id, number, name, class_id)
select md5('of one')::uuid, c.institution_id, 'ONE', '独', k.id
from class k join major m on m.id = k.major_id join college c on c.id = m.college_id where k.id = md5('a class of one')::uuid;
do $$
declare
    refused integer := 0;
    statement text;
begin
    foreach statement in array array[
        'update student set class_id = md5(''no class'')::uuid where number = ''ONE''',
        'insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), institution_id, ''TWO'', ''二'', md5(''no class'')::uuid from student where number = ''ONE''',
        'delete from class where id = md5(''a class of one'')::uuid',
        'update class set id = gen_random_uuid() where id = md5(''a class of one'')::uuid'] loop
        begin
            execute statement;
        exception when foreign_key_violation then
            refused := refused + 1;
        end;
    end loop;
    assert refused = 4, 'a student''s class is there and stays';
end $$;
delete from student where number = 'ONE';
delete from class where id = md5('a class of one')::uuid;
