-- A session that ends is known for a day; a form is kept.
delete from session where token_hash = sha256('session');
do $$ begin
    assert (select account_id = md5('teacher')::uuid from ended_session where token_hash = sha256('session')),
        'whose session it was is remembered';
end $$;
insert into session (token_hash, account_id, office_id, device, created_at, expires_at)
values (sha256('session'), md5('teacher')::uuid, md5('league')::uuid, '电脑', '2024-09-01 09:00+08', '2024-09-01 21:00+08');
insert into kept_form (token_hash, account_id, sealed, until)
values (sha256('kept'), md5('teacher')::uuid, 'sealed', '2024-09-01 10:00+08');
