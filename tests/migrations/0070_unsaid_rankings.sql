-- The university is asked of what its earlier rankings are, and as long as it has not said so they stand.
do $$ begin
    assert (select count(*) = 1 from unsaid_ranking where answer is null), 'it is asked once';
    assert (select (rank, cohort) = (3, 40) from student_facts(null) where number = '20240001'), 'they stand as before';
end $$;
update unsaid_ranking set answer = 'other', answered_at = '2026-11-29 09:00+08', office = '学生工作部（处）';
do $$ begin
    assert (select rank is null and failed = 0 and other_ranks <> '[]' from student_facts(null) where number = '20240001'),
           'they are no facts any more; what was said to be another ranking is one';
end $$;
update unsaid_ranking set answer = 'major';
