-- What a union reports on a rule of the university's own, and a document that another took the place of.
insert into own_rule_fact (id, union_id, rule, number, of_number, on_day, document, office, by_account, at)
select md5('own fact')::uuid, u.id, '女生不少于三成', 12, 30, '2026-11-29', '', '校团委', md5('teacher')::uuid,
       '2026-11-29 09:00+08'
from student_union u limit 1;
update plan_document set replaced_at = '2026-11-29 09:30+08', replaced_by = md5('teacher')::uuid, replaced_why = '扫描不清'
where id = md5('plan document')::uuid;
do $$ begin
    assert (select count(*) = 1 from own_rule_fact), 'the report stands';
    assert (select count(*) = 1 from plan_document where replaced_at is not null), 'the document stays on record';
end $$;
