-- A network's attempts; those that stood before are no network's.
insert into sign_in_attempt (institution_id, number, device, by_network, failures, last_at, open_at)
values (md5('school')::uuid, 'T1', sha256('network'), true, 1, '2024-09-01 09:00+08', '2024-09-01 09:00+08');
do $$ begin
    assert (select count(*) from sign_in_attempt where not by_network) = 1;
end $$;
