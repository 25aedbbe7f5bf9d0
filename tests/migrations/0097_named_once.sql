-- Whose office a file gives to somebody else is found as before: of that kind and place, and not who is named in the file.
insert into college (id, institution_id, name)
select md5('handing over')::uuid, institution_id, '移交学院' from account where id = md5('teacher')::uuid;
insert into office (id, account_id, institution_id, kind, college_id, from_day, granted_at)
select md5('office handed over')::uuid, id, institution_id, 'college_league', md5('handing over')::uuid, '2025-09-01',
       '2025-09-01 09:00+08'
from account where id = md5('teacher')::uuid;
insert into import (id, institution_id, kind, file_name, sha256, by_account, office, at, state, rows)
select md5('handing over')::uuid, institution_id, 'offices', '', sha256('handing over'), id, '校团委', '2025-09-02 09:00+08',
       'previewed', 1
from account where id = md5('teacher')::uuid;
insert into import_row (import_id, row, state, cells)
values (md5('handing over')::uuid, 1, 'added',
        array['NEXT', '继', office_label('college_league'), '移交学院', null, '2025-10-01']);
do $$ begin
    assert (select array_agg(h.office_id) = array[md5('office handed over')::uuid] and min(h.new_day) = '2025-10-01'
            from account a cross join lateral handed_over(md5('handing over')::uuid, a.institution_id, '2025-09-02 09:00+08') h
            where a.id = md5('teacher')::uuid);
end $$;
delete from import_row where import_id = md5('handing over')::uuid;
delete from import where id = md5('handing over')::uuid;
delete from office where id = md5('office handed over')::uuid;
delete from college where id = md5('handing over')::uuid;
