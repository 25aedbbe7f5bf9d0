-- A draft with its document's text and a group, and one that was handed in.
insert into plan_draft (id, institution_id, name, stage, made_at, made_by, text_name, document_text)
values (md5('open draft')::uuid, md5('school')::uuid, '实施方案', 'open', '2026-03-01 09:00+08', md5('teacher')::uuid, '方案.docx',
        '主席团成员不超过5人。'),
       (md5('handed in')::uuid, md5('school')::uuid, '补充规定', 'open', '2026-03-01 09:00+08', md5('teacher')::uuid, null, null);
insert into plan_draft_group (draft_id, part, version, fields, saved_at, saved_by)
select id, 'stf', 1, '{"STF-02.at_most": "5"}', '2026-03-01 10:00+08', md5('teacher')::uuid from plan_draft;
update plan_draft set stage = 'submitted', source = 'format = 1', submitted_at = '2026-03-02 09:00+08',
                      submitted_by = md5('teacher')::uuid
where name = '补充规定';
do $$ begin
    update plan_draft_group set version = 2 where draft_id = md5('handed in')::uuid;
    assert false, 'a draft that was handed in was changed';
exception when insufficient_privilege then null;
end $$;
do $$ begin
    delete from plan_draft where name = '补充规定';
    assert false, 'a draft that was handed in was deleted';
exception when insufficient_privilege then null;
end $$;
