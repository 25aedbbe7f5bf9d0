-- Of several figures over one period the latest counts that says something; other rankings stand beside that in the major.
insert into student (id, institution_id, number, name, class_id)
select md5('figures')::uuid, c.institution_id, 'FIGURES', '数', k.id
from class k join major m on m.id = k.major_id join college c on c.id = m.college_id order by k.id limit 1;
insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by, rank_of)
select gen_random_uuid(), md5('figures')::uuid, v.basis, v.period, v.rank, v.cohort, v.failed, v.source, v.at::timestamptz,
       md5('teacher')::uuid, v.rank_of
from (values ('year', '2025', 30, 40, 1, '初报', '2026-01-01', 'major'), ('year', '2025', 10, 40, null, '更正', '2026-02-01', 'major'),
             ('year', '2025', 5, 20, null, '补报', '2026-03-01', 'class'), ('year', '2025', null, null, 0, '补考', '2026-04-01', 'major'),
             ('year', '2024', 1, 40, 0, '上年', '2025-01-01', 'major'), ('semester', '上学期', 2, 40, 3, '学期', '2026-05-01', 'major'))
     v (basis, period, rank, cohort, failed, source, at, rank_of);
do $$ begin
    assert to_regclass('union_fact_post') is not null;
    assert (select (f.basis, f.period, f.rank, f.cohort, f.failed, f.source, f.other_ranks)
                   = ('year', '2025', 10, 40, 0, '补考', '[{"of": "class", "rank": 5, "cohort": 20}]'::jsonb)
            from student_facts(null) f where f.student_id = md5('figures')::uuid);
    assert (select f.rank = 2 and f.other_ranks = '[]' from student_facts('semester') f where f.student_id = md5('figures')::uuid);
    assert (select f.rank is null and f.other_ranks = '[]' from student_facts('entry') f where f.student_id = md5('figures')::uuid);
end $$;
delete from grade_fact where student_id = md5('figures')::uuid;
delete from student where id = md5('figures')::uuid;
