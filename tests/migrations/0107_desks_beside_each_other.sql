-- An officer checks in as before, by the session alone, and is told of whoever is there already. Nothing of it stays.
do $$ declare
    hall constant uuid := md5('congress')::uuid;
    officer constant uuid := (select id from account where number = '20240002');
    now constant timestamptz := '2025-12-20 09:20+08';
    desk constant bytea := sha256('desk');
    came uuid[];
begin
    begin
        insert into session (token_hash, account_id, device, created_at, expires_at)
        values (desk, officer, '', '2025-12-20 08:00+08', '2025-12-20 12:00+08');
        insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
        values (hall, officer, '2 号台', now, officer);
        update congress set stage = 'convened' where id = hall;
        delete from attendance where congress_id = hall;
        delete from moved_university;
        came := array(select c.id from check_ins(hall, array[desk], array[null::uuid], '{20240001}', '{20240001}',
                                                 array[null::integer], '{number}', array[md5('a')::uuid], now) c);
        assert came = array[md5('a')::uuid], 'one who is due';
        assert (select c.outcome from check_in(hall, null, '20240001', '20240001', null, null, 'number', desk, null, null,
                                               md5('b')::uuid, now) c) = 'already', 'who is there';
        raise exception 'as before' using errcode = 'LZ000';
    exception when sqlstate 'LZ000' then null;
    end;
end $$;
