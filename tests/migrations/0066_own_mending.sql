-- A day for a rule of the university's own, beside those for rules of the catalogue.
insert into mending (id, union_id, own_rule, due_on, says, office, by_account, at)
select md5('own mending')::uuid, u.id, '女生不少于三成', '2026-12-20', '增补女生', '校团委', md5('teacher')::uuid,
       '2026-11-29 09:00+08'
from student_union u limit 1;
do $$ begin
    assert (select count(*) = 2 from mending where ended_at is null), 'one day of each kind counts';
    assert (select count(*) = 0 from mending where (rule is null) = (own_rule is null)), 'each is for one rule';
end $$;
