-- A turn of the year that was taken back, with a class that it had ended.
insert into year_turn (id, institution_id, at, by_account, office, day, cohorts, students, moved, undone_at, undone_by)
values (md5('year turn')::uuid, md5('school')::uuid, '2026-06-20 09:00+08', md5('teacher')::uuid, '校团委', '2026-06-30',
        '2022 级本科', 90, 0, '2026-06-20 10:00+08', md5('teacher')::uuid);
insert into year_turn_row (year_turn_id, what, row_id, before, after)
values (md5('year turn')::uuid, 'class', md5('class')::uuid, '{"ended_on": null, "merged_into": null}',
        '{"ended_on": "2026-06-30", "merged_into": null}');
do $$ begin
    assert year_turn_now('class', md5('class')::uuid) ? 'ended_on';
    assert year_turn_now('student', md5('nobody')::uuid) is null;
end $$;
