-- A count that stopped.
do $$ begin
    assert (select bool_and(opened is null and halted is null) from count_holder), 'of those before nothing was said';
end $$;
update count_holder set opened = 1, envelopes = 2, halted = '有 1 张加密选票打不开';
