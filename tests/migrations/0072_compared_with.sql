-- What places a list names is gathered from its rows. A file that was previewed before is compared once more before it is committed.
do $$ begin
    assert (select bool_and(compared_with is null) from import), 'nothing is known of what it was compared with';
    assert (select bool_and((places is not null) = (kind = 'students' and state = 'previewed')) from import),
        'a preview knows its places';
end $$;
update import set compared_with = '2026-11-29 student1:-863922503077894365933' where state = 'previewed';
