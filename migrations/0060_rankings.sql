-- Of what a ranking is (ELG-03), and of which courses failed ones are counted (ELG-04): a place in a class, by 综合测评 or by
-- 必修课 alone is no place in the major, and none of them passes for another.
alter table import
    add column rank_of text not null default 'major'
        check (rank_of ~ '^(major|grade|class|college)(\.(gpa|assessment))?(\.required)?$'),
    add column failed_of text not null default 'all' check (failed_of in ('all', 'required'));
alter table grade_fact
    add column rank_of text not null default 'major'
        check (rank_of ~ '^(major|grade|class|college)(\.(gpa|assessment))?(\.required)?$'),
    add column failed_of text not null default 'all' check (failed_of in ('all', 'required'));

-- As before; beside the place in the major stand the newest places in every other ranking of the same time.
drop function student_facts(text);
create function student_facts(of_basis text) returns table (
    student_id uuid, institution_id uuid, number text, name text, political text, left_on date, entry_year integer,
    class_id uuid, class text, level text, major text, college_id uuid, college text, gender text, basis text, period text,
    rank integer, cohort integer, other_ranks jsonb, failed integer, failed_of text, source text, graded_at timestamptz,
    political_at timestamptz
) language sql stable as $$
select s.id, s.institution_id, s.number, s.name, s.political, s.left_on, k.entry_year, k.id, k.name, m.level, m.name, c.id,
       c.name, s.gender, g.basis, g.period, g.rank, g.cohort,
       coalesce((
           select jsonb_agg(jsonb_build_object('of', o.rank_of, 'rank', o.rank, 'cohort', o.cohort) order by o.rank_of)
           from (
               select distinct on (x.rank_of) x.rank_of, x.rank, x.cohort from grade_fact x
               where x.student_id = s.id and x.basis = g.basis and x.period = g.period and x.rank is not null
                     and x.rank_of <> 'major'
               order by x.rank_of, x.recorded_at desc
           ) o
       ), '[]'), g.failed, g.failed_of, g.source, g.recorded_at,
       (select max(h.at) from student_change h where h.student_id = s.id and h.field = 'political')
from student s join class k on k.id = s.class_id join major m on m.id = k.major_id join college c on c.id = m.college_id
     left join lateral (
         select f.* from (
             select distinct on (p.basis) p.* from (
                 select f.basis, f.period, max(f.recorded_at) as recorded_at,
                        (array_agg(f.rank order by f.recorded_at desc)
                            filter (where f.rank is not null and f.rank_of = 'major'))[1] as rank,
                        (array_agg(f.cohort order by f.recorded_at desc)
                            filter (where f.rank is not null and f.rank_of = 'major'))[1] as cohort,
                        (array_agg(f.rank::numeric / f.cohort order by f.recorded_at desc)
                            filter (where f.rank is not null))[1] as share,
                        (array_agg(f.failed order by f.recorded_at desc) filter (where f.failed is not null))[1] as failed,
                        (array_agg(f.failed_of order by f.recorded_at desc)
                            filter (where f.failed is not null))[1] as failed_of,
                        (array_agg(f.source order by f.recorded_at desc))[1] as source
                 from grade_fact f where f.student_id = s.id and (of_basis is null or f.basis = of_basis)
                 group by f.basis, f.period
             ) p order by p.basis, p.recorded_at desc, p.period desc
         ) f
         order by coalesce(f.failed, 1) > 0, f.share nulls last, f.recorded_at desc
         limit 1
     ) g on true
$$;
