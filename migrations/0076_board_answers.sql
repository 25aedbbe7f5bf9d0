-- An objection to a result is the board's to answer, not an office's: the day on which it was considered, and how many of the
-- board took part. Of answers from before neither is known.
alter table review_objection add considered_on date, add considered_by smallint check (considered_by between 1 and 1000);
alter table review_objection add constraint review_objection_considered
    check (num_nonnulls(considered_on, considered_by) in (0, 2) and (considered_on is null or answer is not null));
