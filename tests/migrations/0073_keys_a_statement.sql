-- What had a key a row has it a statement.
insert into import_row (import_id, row, state, cells)
select id, 3 + n, 'added', array['N' || n, '乙'] from import, generate_series(1, 2) n where state = 'previewed';
do $$
declare
    refused boolean := false;
begin
    begin
        insert into import_row (import_id, row, state, cells) values (md5('nobody''s')::uuid, 1, 'added', '{N9,丙}');
    exception when foreign_key_violation then
        refused := true;
    end;
    assert refused, 'a row needs its file';
end $$;
