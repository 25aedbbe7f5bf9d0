-- Who came by the university's server is activated while it is set, and a student among them is let in; their slip is void.
do $$ begin
    assert (select count(*) = 2 from activated_account where id in (md5('teacher')::uuid, md5('by campus')::uuid));
    assert (select count(*) = 1 from office
            where account_id = md5('by campus')::uuid and kind = 'student' and ended_at is null), 'let in';
    assert (select voided_at is not null from activation where code_hash = sha256('slip of who came by campus')), 'void';
    delete from campus_sign_in;
    assert (select count(*) = 0 from activated_account where id = md5('by campus')::uuid), 'nobody comes by what is given up';
    raise exception using errcode = 'check_violation';
exception when check_violation then null;
end $$;
-- A university that moved before nobody said where.
do $$ begin
    assert (select bool_and(address is null) from moved_university);
end $$;
update moved_university set address = 'https://lunzhi.example.edu.cn';
-- What was asked before has no settings; one asks for a server.
do $$ begin
    assert (select bool_and(settings is null) from consent);
end $$;
insert into consent (id, institution_id, account_id, act, settings, asked_by, asked_at, expires_at)
values (md5('campus consent')::uuid, md5('school')::uuid, md5('teacher')::uuid, 'campus', '{"says": "CAS", "server": {}}',
        md5('teacher')::uuid, '2025-09-01 09:00+08', '2025-09-02 09:00+08');
