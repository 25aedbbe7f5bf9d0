-- What an overview of hundreds of unions reads of fifty thousand students and of the record of their posts, sooner.

-- Which entry of a union's record is a post's: each post that somebody came to past the chain went through the whole record.
create index union_fact_post on union_fact (post_id) where post_id is not null;

-- As before. Of a student's figures over one period each aggregate took the latest by sorting for itself, six times; they come
-- in that order out of the index. And the rankings besides that in the major are looked for where there are any.
create or replace function student_facts(of_basis text) returns table (
    student_id uuid, institution_id uuid, number text, name text, political text, left_on date, entry_year integer,
    class_id uuid, class text, level text, major text, college_id uuid, college text, gender text, basis text, period text,
    rank integer, cohort integer, other_ranks jsonb, failed integer, failed_of text, source text, graded_at timestamptz,
    political_at timestamptz
) language sql stable as $$
select s.id, s.institution_id, s.number, s.name, s.political, s.left_on, k.entry_year, k.id, k.name, m.level, m.name, c.id,
       c.name, s.gender, g.basis, g.period, g.rank, g.cohort,
       case when g.has_other_ranks then (
           select jsonb_agg(jsonb_build_object('of', o.rank_of, 'rank', o.rank, 'cohort', o.cohort) order by o.rank_of)
           from (
               select distinct on (x.rank_of) x.rank_of, x.rank, x.cohort from grade_fact x
               where x.student_id = s.id and x.basis = g.basis and x.period = g.period and x.rank is not null
                     and x.rank_of <> 'major'
               order by x.rank_of, x.recorded_at desc
           ) o
       ) else '[]' end, g.failed, g.failed_of, g.source, g.recorded_at,
       (select max(h.at) from student_change h where h.student_id = s.id and h.field = 'political')
from student s join class k on k.id = s.class_id join major m on m.id = k.major_id join college c on c.id = m.college_id
     left join unsaid_ranking u on u.institution_id = s.institution_id and u.answer = 'other'
     left join lateral (
         select f.* from (
             select distinct on (p.basis) p.* from (
                 select f.basis, f.period, max(f.recorded_at) as recorded_at,
                        (array_agg(f.rank) filter (where f.rank is not null and f.is_of_major))[1] as rank,
                        (array_agg(f.cohort) filter (where f.rank is not null and f.is_of_major))[1] as cohort,
                        (array_agg(f.rank::numeric / f.cohort) filter (where f.rank is not null and f.is_known))[1]
                            as share,
                        (array_agg(f.failed) filter (where f.failed is not null))[1] as failed,
                        (array_agg(f.failed_of) filter (where f.failed is not null))[1] as failed_of,
                        (array_agg(f.source))[1] as source,
                        bool_or(f.rank is not null and f.rank_of <> 'major') as has_other_ranks
                 from (
                     select x.*, x.rank_of <> 'major' or u.before is null or x.recorded_at >= u.before as is_known,
                            x.rank_of = 'major' and (u.before is null or x.recorded_at >= u.before) as is_of_major
                     from grade_fact x where x.student_id = s.id and (of_basis is null or x.basis = of_basis)
                     order by x.basis, x.period, x.recorded_at desc
                 ) f
                 group by f.basis, f.period
             ) p order by p.basis, p.recorded_at desc, p.period desc
         ) f
         order by coalesce(f.failed, 1) > 0, f.share nulls last, f.recorded_at desc
         limit 1
     ) g on true
$$;
