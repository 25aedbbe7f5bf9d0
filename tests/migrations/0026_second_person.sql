-- A password that is to be taken away, and an office that is to be granted.
insert into consent (id, institution_id, account_id, act, asked_by, asked_at, expires_at)
values (md5('consent')::uuid, md5('school')::uuid, md5('account')::uuid, 'password', md5('teacher')::uuid,
        '2024-09-01 09:00+08', '2024-09-02 09:00+08');
insert into consent (id, institution_id, account_id, act, kind, class_id, from_day, asked_by, asked_at, expires_at)
values (md5('office consent')::uuid, md5('school')::uuid, md5('account')::uuid, 'office', 'class_branch',
        md5('class')::uuid, '2025-09-01', md5('teacher')::uuid, '2024-09-01 09:00+08', '2024-09-02 09:00+08');
