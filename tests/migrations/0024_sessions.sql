-- A session that stood before is open, and ends like others; one account has a second factor.
do $$ begin
    assert (select count(*) from person_of_session(sha256('session'), '2024-09-01 10:00+08')) = 1;
    update session set seen_at = '2024-09-01 09:00+08' where token_hash = sha256('session');
    assert (select count(*) from person_of_session(sha256('session'), '2024-09-01 09:29+08')) = 1;
    assert (select count(*) from person_of_session(sha256('session'), '2024-09-01 09:30+08')) = 0, 'idle for half an hour';
end $$;
insert into second_factor (account_id, sealed, made_at, confirmed_at, last_step, open_at)
values (md5('teacher')::uuid, 'sealed', '2024-09-01 09:00+08', '2024-09-01 09:01+08', 57505320, '2024-09-01 09:01+08');
insert into recovery_code (code_hash, account_id, made_at)
values (sha256('recovery'), md5('teacher')::uuid, '2024-09-01 09:01+08');
