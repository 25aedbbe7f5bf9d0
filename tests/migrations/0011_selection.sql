-- What it left of the rows that were there.
do $$ begin
    assert (select bool_and(day_count = 'calendar') from vetting_round), 'earlier rounds count days of the calendar';
    assert (select bool_and(notice_first is not distinct from notice_from) from vetting_case),
        'an earlier notice began on the day on which it was published';
    assert (select bool_and(withdrawn_at is null) from vetting_opinion), 'no earlier opinion was taken back';
    assert (select unstaffed_bodies(chain, 0, institution_id, 'college', md5('college')::uuid, md5('class')::uuid,
                                    '2025-10-15 09:00+08') is null from vetting_round), 'the class has a branch';
end $$;

insert into holiday_year (institution_id, year, source, kept_by, kept_at)
values (md5('school')::uuid, 2026, '国务院办公厅通知', md5('teacher')::uuid, '2025-11-05 09:00+08');
insert into holiday (institution_id, year, day, works, name)
values (md5('school')::uuid, 2026, '2026-01-01', false, '元旦'), (md5('school')::uuid, 2026, '2026-01-04', true, '元旦');
insert into term_break (id, institution_id, name, from_day, last_day)
values (md5('break')::uuid, md5('school')::uuid, '寒假', '2026-01-24', '2026-03-01');
insert into case_opening (case_id, visit, body, at)
values (md5('at')::uuid, 1, 'college_party', '2025-10-10 09:00+08');
update vetting_opinion set withdrawn_at = '2025-10-04 10:00+08', withdrawn_by = md5('teacher')::uuid
where id = md5('first opinion')::uuid;
