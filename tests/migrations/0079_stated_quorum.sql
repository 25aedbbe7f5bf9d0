-- A meeting may go by the plan's own quorum; a rule from nowhere is none.
update meeting set source = 'plan', basis = '实施方案第十条' where source = 'practice';
do $$ begin
    update meeting set source = 'custom', basis = '惯例';
    assert not exists (select from meeting), 'a custom is practice and cites nothing';
exception when check_violation then null;
end $$;
