-- An attendance is as sound as it was.
do $$ declare
    unsound text;
begin
    foreach unsound in array array[
        'desk = repeat(''台'', 21)', 'desk = ''''', 'way = ''other''', 'left_at = at',
        'left_at = at - interval ''1 hour'', left_by = by_account', 'undone_at = at',
        'undone_at = at, undone_by = by_account, undone_why = '''''
    ] loop
        begin
            execute 'update attendance set ' || unsound;
            raise exception 'it took %', unsound;
        exception when check_violation then null;
        end;
    end loop;
end $$;
-- An officer in no teacher's office checks in by the session alone. Who is there already, or is not due, or is asked for by
-- somebody else, has no row. Nothing of it stays.
do $$ declare
    hall constant uuid := md5('congress')::uuid;
    officer constant uuid := (select id from account where number = '20240002');
    now constant timestamptz := '2025-12-20 09:20+08';
    desks constant bytea[] := array[sha256('session'), sha256('desk'), sha256('desk'), sha256('desk')];
    called constant text[] := '{20240001, 20240001, 20240001, 20240002}';
    ids constant uuid[] := array[md5('a'), md5('b'), md5('c'), md5('d')];
    came uuid[];
begin
    begin
        insert into session (token_hash, account_id, device, created_at, expires_at)
        values (sha256('desk'), officer, '', '2025-12-20 08:00+08', '2025-12-20 12:00+08');
        insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
        values (hall, officer, '2 号台', now, officer);
        update congress set stage = 'convened' where id = hall;
        delete from attendance where congress_id = hall;
        came := array(select c.id from check_ins(hall, desks, array_fill(null::uuid, '{4}'), called, called,
                                                 array_fill(null::integer, '{4}'), array_fill('number'::text, '{4}'), ids, now) c);
        assert came = '{}', 'their university moved away';
        delete from moved_university;
        came := array(select c.id from check_ins(hall, desks, array_fill(null::uuid, '{4}'), called, called,
                                                 array_fill(null::integer, '{4}'), array_fill('number'::text, '{4}'), ids, now) c);
        assert came = array[md5('b')::uuid], 'one of four';
        assert (select bool_and(by_account = officer and desk = '2 号台') from attendance where congress_id = hall), 'at their desk';
        raise exception 'as before' using errcode = 'LZ000';
    exception when sqlstate 'LZ000' then null;
    end;
end $$;
