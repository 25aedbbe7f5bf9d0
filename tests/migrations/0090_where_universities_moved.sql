-- Of one that moved before nobody said where.
do $$ begin
    assert (select bool_and(address is null) from moved_university);
end $$;
update moved_university set address = 'https://lunzhi.example.edu.cn';
