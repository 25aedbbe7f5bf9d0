-- A session that stood before came by a password; a university signs in by OIDC, with what goes with it.
do $$ begin
    assert (select bool_and(not by_campus and campus_ticket is null) from session);
    insert into campus_sign_in (institution_id, kind, server, origin, plain_allowed, opens_students, password_for, set_at)
    select id, 'oidc', 'https://id.example.edu.cn', 'https://xsh.example.edu.cn', false, false, 'all',
           '2024-09-01 09:00+08'
    from institution limit 1;
    assert false, 'without a client';
exception when check_violation then null;
end $$;
insert into campus_sign_in (institution_id, kind, server, origin, number_field, client_id, client_secret, plain_allowed,
                            opens_students, password_for, set_at, set_by)
select institution_id, 'oidc', 'https://id.example.edu.cn', 'https://xsh.example.edu.cn', 'xh', 'lunzhi', 'sealed', false,
       true, 'staff', '2024-09-01 09:00+08', id
from account where id = md5('teacher')::uuid;
insert into campus_binding (account_id, subject_hash, bound_at)
values (md5('teacher')::uuid, sha256('https://id.example.edu.cn 10001'), '2024-09-01 09:00+08');
insert into campus_claim (answer_hash, at) values (sha256('ticket'), '2024-09-01 09:00+08');
update session set by_campus = true, campus_ticket = sha256('ticket');
do $$ begin
    update account set must_change_password = true where id = md5('teacher')::uuid;
    assert (select bool_and(not p.must_change_password) from session s
            cross join lateral person_of_session(s.token_hash, s.created_at) p), 'no password was typed';
end $$;
