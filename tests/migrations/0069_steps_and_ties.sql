-- A candidate who has passed the trial.
update vetting_case set own_steps = '[{"place": 0, "from": "2026-09-21", "until": "2026-10-20", "office": "校团委"}]'
where number = (select min(number) from vetting_case);
do $$ begin
    assert (select count(*) = 1 from vetting_case where own_steps <> '[]'), 'nobody else has';
end $$;
