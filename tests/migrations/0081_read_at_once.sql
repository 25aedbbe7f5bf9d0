-- Nothing kept asks whether somebody is there. What was read stays read.
do $$ begin
    assert to_regprocedure('is_staffed(uuid, text, text, uuid, uuid, timestamptz)') is null;
    assert (select count(*) = count(distinct (account_id, notice_id)) from notice_read);
end $$;
-- A student who comes by the university's server, was no student when they came first, and has a slip.
insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
select md5('by campus')::uuid, institution_id, number, name, false, '2025-09-01 09:00+08', id
from student where number = '20240002';
insert into campus_binding (account_id, subject_hash, bound_at)
values (md5('by campus')::uuid, sha256('https://id.example.edu.cn 20240002'), '2025-09-01 09:00+08');
insert into activation (code_hash, account_id, purpose, made_by, made_at, expires_at)
values (sha256('slip of who came by campus'), md5('by campus')::uuid, 'first', md5('teacher')::uuid, '2025-09-01 09:00+08',
        '2025-10-01 09:00+08');
