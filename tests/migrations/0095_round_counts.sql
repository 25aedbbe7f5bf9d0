-- What stood there is counted, and so is what comes, goes on and is taken back.
create temporary view miscounted as
with opened as (
    select c.round_id, c.place_id, c.stage, c.step, c.due_on, null as signed_by, null::smallint as opinion from vetting_case c
    union all
    select c.round_id, c.place_id, c.stage, c.step, c.due_on, o.body, o.place
    from vetting_case c join vetting_opinion o on o.case_id = c.id and o.visit = c.visit and o.step = c.step
    where c.stage = 'at' and o.withdrawn_at is null
), people as (
    select c.round_id, v.part, v.label
    from vetting_case c join student s on s.id = c.student_id
         cross join lateral (values ('source', c.source), ('college', c.college_id::text), ('class', c.class_id::text),
                                    ('gender', s.gender)) v(part, label)
    where c.stage not in ('invited', 'refused', 'withdrawn', 'lapsed')
), counted as (
    select row(o.round_id, o.place_id, o.stage, o.step, o.due_on, o.signed_by, o.opinion)::text as what, count(*) as n from opened o group by 1
    union all
    select row(p.round_id, p.part, p.label)::text, count(*) from people p group by 1
), kept as (
    select row(r.round_id, r.place_id, r.stage, r.step, r.due_on, r.signed_by, r.opinion)::text as what, r.cases as n from round_count r
    union all
    select row(r.round_id, r.part, coalesce(r.row_id::text, r.label))::text, r.people from round_people r
)
select what, sum(n) as n
from (select what, n from counted union all select what, -n from kept) both_of group by what having sum(n) <> 0;
do $$ begin
    assert (select count(*) > 0 from round_count) and (select count(*) = 0 from miscounted), 'what stood there';
end $$;
insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, by_account, at)
select md5('counted')::uuid, c.id, c.step, c.visit, 'college_league', '院系团组织', '审查', 'agree', '', a.id, '2025-10-13 09:00+08'
from vetting_case c cross join lateral (
         select a.id from account a
         where a.student_id is distinct from c.student_id
               and not exists (select from vetting_opinion o where o.case_id = c.id and o.by_account = a.id) limit 1) a
where c.stage = 'at' limit 1;
do $$ begin
    assert (select count(*) > 0 from round_count where signed_by = 'college_league'), 'who has signed';
    assert (select count(*) = 0 from miscounted), 'an opinion';
end $$;
update vetting_case set stage = 'passed', step = null, due_on = null, visit = visit + 1
where id = (select case_id from vetting_opinion where id = md5('counted')::uuid);
update student set gender = '女' where id in (select student_id from vetting_case);
do $$ begin
    assert (select count(*) = 0 from miscounted), 'one who passed, and a gender that is learnt';
end $$;
update vetting_case set stage = 'at', step = o.step, visit = o.visit, due_on = '2025-10-20'
from vetting_opinion o where o.id = md5('counted')::uuid and o.case_id = vetting_case.id;
update vetting_opinion set withdrawn_at = '2025-10-14 09:00+08', withdrawn_by = by_account where id = md5('counted')::uuid;
do $$ begin
    assert (select count(*) = 0 from round_count where signed_by = 'college_league'), 'an opinion that is taken back';
    assert (select count(*) = 0 from miscounted), 'and the case with it';
end $$;
drop view miscounted;
