-- Of two desks that have the same person before them in one statement the first counts; a session that is no officer's counts
-- nobody, and neither does whoever is not due. Nothing of it stays.
do $$ declare
    hall constant uuid := md5('congress')::uuid;
    officer constant uuid := (select id from account where number = '20240002');
    now constant timestamptz := '2025-12-20 09:20+08';
    desks constant bytea[] := array[sha256('nobody'), sha256('desk'), sha256('desk'), sha256('desk')];
    called constant text[] := '{20240001, 20240002, 20240001, 20240001}';
    ids constant uuid[] := array[md5('a'), md5('b'), md5('c'), md5('d')];
    came uuid[];
begin
    begin
        insert into session (token_hash, account_id, device, created_at, expires_at, seen_at)
        values (sha256('desk'), officer, '', '2025-12-20 08:00+08', '2025-12-20 12:00+08', now);
        insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
        values (hall, officer, '2 号台', now, officer);
        update congress set stage = 'convened' where id = hall;
        delete from attendance where congress_id = hall;
        delete from moved_university;
        came := array(select c.id from check_ins(hall, desks, array_fill(null::uuid, '{4}'), called, called,
                                                 array_fill(null::integer, '{4}'), array_fill('number'::text, '{4}'), ids, now) c);
        assert came = array[md5('c')::uuid], 'the first of two';
        assert (select bool_and(by_account = officer and desk = '2 号台') from attendance where congress_id = hall), 'at their desk';
        raise exception 'as before' using errcode = 'LZ000';
    exception when sqlstate 'LZ000' then null;
    end;
end $$;
