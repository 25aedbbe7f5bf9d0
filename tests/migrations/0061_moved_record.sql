-- An entry that came with a university from another database.
insert into moved_entry (seq, hop, from_seq, previous, hash)
select seq, 1, 7, previous, hash from audit_entry order by seq limit 1;
do $$ begin
    assert (select count(*) = 1 from moved_entry m join audit_entry e using (seq)), 'the entry stands beside its place of before';
end $$;
