-- A meeting may go by the plan's own quorum; a rule from nowhere is none.
update meeting set source = 'plan', basis = '实施方案第十条' where source = 'practice';
do $$ begin
    update meeting set source = 'custom', basis = '惯例';
    assert not exists (select from meeting), 'a custom is practice and cites nothing';
exception when check_violation then null;
end $$;
-- Two thirds of nine are six.
insert into recorded_vote (id, congress_id, place, kind, motion, due, present, votes_for, against, abstain, majority_of, passed,
                           at, by_account, part, whole, strict)
select gen_random_uuid(), congress_id, 190, 'constitution', '通过章程修正案', 10, 9, 6, 3, 0, 'present', true, now(),
       (select id from account limit 1), 2, 3, false from meeting limit 1;
do $$ begin
    update recorded_vote set strict = true where kind = 'constitution';
    assert not exists (select from recorded_vote where kind = 'constitution'), 'six of nine are no more than two thirds';
exception when check_violation then null;
end $$;
