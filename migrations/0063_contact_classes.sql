-- As before. A college's union is met with its own classes by its college and not tried against every college: of five hundred
-- unions that were a quarter of a million pairs.
create or replace function contact_classes(of_institution uuid, on_day date)
returns table (union_id uuid, class_id uuid, college_id uuid) language sql stable as $$
select u.id, k.id, m.college_id
from student_union u join major m on m.college_id = u.college_id join class k on k.major_id = m.id
where u.institution_id = of_institution and (k.ended_on is null or k.ended_on > on_day)
      and exists (select from student s where s.class_id = k.id and (s.left_on is null or s.left_on > on_day))
union all
select u.id, k.id, c.id
from student_union u join college c on c.institution_id = u.institution_id join major m on m.college_id = c.id
     join class k on k.major_id = m.id
where u.institution_id = of_institution and u.college_id is null
      and (u.kind <> 'graduate' or m.level = 'graduate')
      and (u.kind <> 'school' or m.level <> 'graduate'
           or not exists (select from student_union g where g.institution_id = of_institution and g.kind = 'graduate'))
      and (k.ended_on is null or k.ended_on > on_day)
      and exists (select from student s where s.class_id = k.id and (s.left_on is null or s.left_on > on_day))
$$;
