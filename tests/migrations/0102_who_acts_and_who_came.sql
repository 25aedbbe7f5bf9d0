-- Who is no student is not suspended; each who came is there once.
do $$ begin
    assert acts_in('college_union', null, now()) and acts_in('student', null, now()), 'nobody is not suspended';
    assert (select bool_and((select count(*) from attendee(a.congress_id, a.student_id) d where d.at = a.at) = 1)
            from attendance a where a.undone_at is null), 'each who came is there once';
end $$;
