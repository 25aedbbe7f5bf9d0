-- What it made of those who were there.
do $$ begin
    assert (select bool_and(sheet = '' and notes = '' and ignored = '') from import), 'nobody knows what was read of old files';
end $$;

update import set sheet = '名单', notes = '表头在第 2 行，以上的行没有读取', ignored = '备注' where id = md5('waiting')::uuid;
insert into kept_file (account_id, token_hash, sealed, until)
values (md5('teacher')::uuid, sha256('token'), 'sealed', '2025-09-01 10:00+08');
insert into import_place (import_id, part, path, choice, known, rows)
values (md5('waiting')::uuid, 'college', '{信息工程糸}', 'known', '信息工程系', 1),
       (md5('waiting')::uuid, 'class', '{信息工程系,软件技术,专科,2026,软件2601班}', 'new', null, 1);
