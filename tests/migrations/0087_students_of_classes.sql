-- An index adds no rows; it holds what is counted by it.
do $$ begin
    assert (select indnkeyatts = 2 and indnatts = 4 from pg_index where indexrelid = 'student_class'::regclass);
end $$;
