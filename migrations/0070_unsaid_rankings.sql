-- What was imported before a ranking's base was asked for (0060) stands as a place in the major, though nobody said so. The
-- university says it once: it is one, or it is another or not known any more, and then those places are no facts any more
-- (待补). A university without such facts has no row.
create table unsaid_ranking (
    institution_id uuid primary key references institution,
    -- Facts from before this moment are meant.
    before timestamptz not null,
    answer text check (answer in ('major', 'other')),
    answered_at timestamptz,
    -- The office that says so, in words.
    office text check (length(office) between 1 and 80),
    constraint unsaid_ranking_answered check (
        (answer is null) = (answered_at is null) and (answer is null) = (office is null))
);
insert into unsaid_ranking (institution_id, before)
select s.institution_id, now() from grade_fact g join student s on s.id = g.student_id
where g.rank is not null and g.rank_of = 'major' group by s.institution_id;
-- What it says changes what everybody with such a ranking is judged from.
create trigger unsaid_ranking_stamped after insert or update or delete or truncate on unsaid_ranking
    for each statement execute function stamp_shared_facts();

-- As before, without the places of which the university says that they are none in the major.
create or replace function student_facts(of_basis text) returns table (
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
     left join unsaid_ranking u on u.institution_id = s.institution_id and u.answer = 'other'
     left join lateral (
         select f.* from (
             select distinct on (p.basis) p.* from (
                 select f.basis, f.period, max(f.recorded_at) as recorded_at,
                        (array_agg(f.rank order by f.recorded_at desc)
                            filter (where f.rank is not null and f.is_of_major))[1] as rank,
                        (array_agg(f.cohort order by f.recorded_at desc)
                            filter (where f.rank is not null and f.is_of_major))[1] as cohort,
                        (array_agg(f.rank::numeric / f.cohort order by f.recorded_at desc)
                            filter (where f.rank is not null and f.is_known))[1] as share,
                        (array_agg(f.failed order by f.recorded_at desc) filter (where f.failed is not null))[1] as failed,
                        (array_agg(f.failed_of order by f.recorded_at desc)
                            filter (where f.failed is not null))[1] as failed_of,
                        (array_agg(f.source order by f.recorded_at desc))[1] as source
                 from (
                     select x.*, x.rank_of <> 'major' or u.before is null or x.recorded_at >= u.before as is_known,
                            x.rank_of = 'major' and (u.before is null or x.recorded_at >= u.before) as is_of_major
                     from grade_fact x where x.student_id = s.id and (of_basis is null or x.basis = of_basis)
                 ) f
                 group by f.basis, f.period
             ) p order by p.basis, p.recorded_at desc, p.period desc
         ) f
         order by coalesce(f.failed, 1) > 0, f.share nulls last, f.recorded_at desc
         limit 1
     ) g on true
$$;
