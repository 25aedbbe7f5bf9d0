-- The request to the federation has a number of its own beside that to the Party body; no other paper is new.
insert into congress_paper (congress_id, paper, number, dated_on, place, begins, copies)
select id, 'federation-prepare', '学会〔2024〕11号', '2024-10-09', '大礼堂', '上午9时', '' from congress limit 1;
do $$ begin
    insert into congress_paper (congress_id, paper, number, dated_on, place, begins, copies)
    select id, 'federation-notice', '', null, '', '', '' from congress limit 1;
    assert false, 'a notice goes to the delegates alone';
exception when check_violation then null;
end $$;
