-- A union has one day for a rule; one that another took the place of stays on record.
insert into mending (id, union_id, rule, due_on, says, office, by_account, at, ended_at, ended_as)
select md5('mending ' || n)::uuid, u.id, 'STF-02', '2026-12-20', '按程序减少一人', '校团委', md5('teacher')::uuid,
       '2026-11-29 09:00+08', ended_at, ended_as
from (select id from student_union limit 1) u,
     (values (1, '2026-11-29 10:00+08'::timestamptz, 'changed'), (2, null, null)) m(n, ended_at, ended_as);
insert into ended_post (post_id, was_until, until_day, at)
select id, null, '2026-11-29', '2026-11-29 09:00+08' from post limit 1;
do $$ begin
    assert (select count(*) = 1 from mending where ended_at is null), 'one day counts';
    assert (select count(*) = 1 from mending where ended_as = 'changed'), 'the one before stays on record';
end $$;
