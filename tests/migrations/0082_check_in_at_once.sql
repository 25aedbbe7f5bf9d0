-- Who was checked in is there already; who waits is not due; nobody acts at a university that moved away.
do $$ declare
    moved moved_university;
    day date := '2025-12-20';
begin
    assert array(select due_by_name(md5('congress')::uuid, '20240001', '', null, day))
           = array(select id from student where number = '20240001'), 'by the number';
    assert (select due_by_name(md5('congress')::uuid, '', '', 1, day) = id from student where number = '20240001'), 'by the card';
    assert not exists (select due_by_name(md5('congress')::uuid, '20240002', '', null, day)), 'a substitute is not due';
    assert not exists (select from check_in(md5('congress')::uuid, null, '20240001', '', null, null, 'number', sha256('session'),
                                            md5('league')::uuid, null, gen_random_uuid(), '2024-09-01 09:20+08')), 'it moved away';
    delete from moved_university returning * into moved;
    assert still_holds(sha256('session'), md5('league')::uuid, '2024-09-01 09:20+08') = md5('teacher')::uuid;
    assert still_holds(sha256('session'), md5('college league')::uuid, '2024-09-01 09:20+08') is null, 'no office of theirs';
    assert still_holds(sha256('session'), null, '2024-09-01 21:00+08') is null, 'the session is over';
    assert (select outcome = 'already' and student_id is not null
            from check_in(md5('congress')::uuid, null, '20240001', '', null, null, 'number', sha256('session'), md5('league')::uuid,
                          null, gen_random_uuid(), '2024-09-01 09:20+08'));
    assert (select outcome = 'not_due' and student_id is null
            from check_in(md5('congress')::uuid, null, '20240002', '', null, null, 'number', sha256('session'), md5('league')::uuid,
                          null, gen_random_uuid(), '2024-09-01 09:20+08'));
    insert into moved_university select moved.*;
end $$;
