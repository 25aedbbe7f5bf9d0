-- A university that moved to another database.
insert into moved_university (institution_id, moved_on) select id, '2026-11-29' from institution;
do $$ begin
    assert (select count(*) = count(moved_on) from session s cross join lateral person_of_session(s.token_hash, s.created_at)),
           'everybody of it is told so';
end $$;
