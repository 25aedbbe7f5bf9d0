-- A line of a published account says whose it is; whoever is erased goes from it, and nothing else does.
do $$
declare
    line jsonb := (select content #> '{unions,0,roster,0}' from disclosure where id = md5('disclosure')::uuid);
begin
    assert line ->> 'name' = '张三' and (line ->> 'student')::uuid = (select id from student where number = '20240001'),
        'a line is somebody''s';
    begin
        update disclosure set content = jsonb_set(content, '{unions,0,roster,0,name}', '"李四"') where id = md5('disclosure')::uuid;
        assert false, 'a published account was rewritten';
    exception when insufficient_privilege then null;
    end;
end $$;
