-- A college's union has the classes of its college, the school's those of all.
do $$ begin
    assert exists (select from contact_classes(md5('school')::uuid, '2025-10-01') where union_id = md5('union')::uuid),
           'the college''s union has classes';
    assert (select bool_and(n.college_id = u.college_id) from contact_classes(md5('school')::uuid, '2025-10-01') n
            join student_union u on u.id = n.union_id where u.kind = 'college'), 'and none of another college';
    assert exists (select from contact_classes(md5('school')::uuid, '2025-10-01') where union_id = md5('school union')::uuid),
           'the school''s has some too';
end $$;
