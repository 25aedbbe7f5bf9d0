-- A receipt of what the activity cost, and the activity as what the project's work rests on.
insert into document (id, institution_id, name, media, bytes, sha256, at, by_account)
values (md5('receipt scan')::uuid, md5('school')::uuid, '发票.pdf', 'application/pdf', '\x255044462d', sha256('\x255044462d'),
        '2025-11-22 09:00+08', md5('account')::uuid);
insert into matter_receipt (id, matter_id, place, document_id, at, by_account)
values (md5('receipt')::uuid, md5('matter')::uuid, 1, md5('receipt scan')::uuid, '2025-11-22 09:00+08', md5('account')::uuid);
insert into project_matter (project_id, matter_id) values (md5('project')::uuid, md5('matter')::uuid);
