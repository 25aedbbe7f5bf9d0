-- A paper that was issued before has no number; one is given under a seal.
do $$ begin
    assert (select bool_and(notice_number = '') from vetting_round), 'a round before it has no number';
    insert into sitting_paper (sitting_id, paper, number, issuer)
    select id, 'tally', '学会〔2024〕9号', '' from sitting limit 1;
    assert false, 'a tally is not issued';
exception when check_violation then null;
end $$;
update vetting_round set notice_number = '示团〔2024〕8号';
insert into sitting_paper (sitting_id, paper, number, issuer)
select id, 'notice', '学会〔2024〕9号', '示范学院第三次学生代表大会主席团' from sitting limit 1;
insert into congress_paper (congress_id, paper, number, dated_on, place, begins, copies)
select id, 'request-prepare', '学会〔2024〕10号', '2024-10-08', '大礼堂', '上午9时', '校团委' from congress limit 1;
