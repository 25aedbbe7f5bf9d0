-- What came in before says what it always said: a place in the major, and all courses.
do $$ begin
    assert (select bool_and((rank_of, failed_of) = ('major', 'all')) from grade_fact), 'earlier facts are of the major';
    assert (select (rank, cohort, failed, failed_of) = (3, 40, 0, 'all') and other_ranks = '[]'
            from student_facts(null) where number = '20240001'), 'and are read as before';
end $$;
-- A place in another ranking of the same time, which stands beside it.
insert into grade_fact (id, student_id, basis, period, rank, cohort, rank_of, failed, failed_of, source, recorded_at, recorded_by)
select md5('grade of a class')::uuid, id, 'year', '2024—2025 学年', 2, 30, 'class.assessment', 0, 'required', '学院',
       '2025-09-04 09:00+08', md5('teacher')::uuid
from student where number = '20240001';
do $$ begin
    assert (select (rank, cohort, failed_of) = (3, 40, 'required')
                   and other_ranks = '[{"of": "class.assessment", "rank": 2, "cohort": 30}]'
            from student_facts(null) where number = '20240001'), 'neither takes the place of the other';
end $$;
