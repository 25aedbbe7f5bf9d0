-- The file that waits is being written.
insert into import_commit (import_id, portal, by_account, office, state, done, total, seen_at)
values (md5('waiting')::uuid, md5('portal')::uuid, md5('teacher')::uuid, '学工部', 'writing', 1, 2, '2026-09-01 10:00+08');
insert into review_holder (review_id, portal, seen_at, held_until)
values (md5('sealed review')::uuid, md5('portal')::uuid, '2026-06-20 17:00+08', '2026-06-20 17:15+08');
do $$ begin
    assert (select bool_and(authorities is null) from campus_sign_in), 'those that browsers trust, as before';
end $$;
update campus_sign_in set authorities = '-----BEGIN CERTIFICATE-----';
