-- What was scored before was sealed. A sitting on paper has no key; its sheets are typed in, and again where they were wrong.
do $$ begin
    assert (select bool_and(not on_paper) from review), 'none was on paper';
end $$;
update review set stage = 'confirmed', opened_at = null, public_key = null, seal = null
where id = md5('sealed review')::uuid;
update review set stage = 'scoring', opened_at = begun_at + interval '2 days', on_paper = true
where id = md5('sealed review')::uuid;
insert into review_paper (review_id, sheet, person, scores, says)
values (md5('sealed review')::uuid, 1, 1, '{9,8}', '踏实');
update review set typists = array[md5('teacher')::uuid] where id = md5('sealed review')::uuid;
update review set stage = 'closed', closed_at = begun_at + interval '3 days', sheets = 1
where id = md5('sealed review')::uuid;
update review set stage = 'scoring', closed_at = null, sheets = null where id = md5('sealed review')::uuid;
do $$ begin
    begin
        update review set public_key = sha256('key'), seal = sha256('seal') where id = md5('sealed review')::uuid;
        assert false, 'a key of a sitting on paper';
    exception when check_violation then null;
    end;
end $$;
