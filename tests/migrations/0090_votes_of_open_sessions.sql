-- It takes an empty batch as before.
do $$ begin
    assert (select count(*) = 0 from cast_ballots('{}', '{}', '{}', '{}', '{}', '{}', '2025-09-01 09:00+08'));
end $$;
