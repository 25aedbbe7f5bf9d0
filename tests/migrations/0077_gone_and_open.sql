-- Last year's account is read without signing in.
insert into disclosure_open (disclosure_id, opened_at, opened_by)
values (md5('disclosure')::uuid, '2025-06-13 09:00+08', md5('teacher')::uuid);
