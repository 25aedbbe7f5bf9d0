-- Answers from before say nothing of the board. It considers one anew.
do $$ begin
    assert (select bool_and(considered_on is null and considered_by is null) from review_objection),
        'nothing is known of who answered';
end $$;
update review_objection set considered_on = '2025-12-29', considered_by = 5 where answer is not null;
