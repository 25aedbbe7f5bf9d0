-- A draft, one that runs with a sealed answer, and one with names that was closed with findings and a measure.
insert into survey_setting (institution_id, per_semester, kept_at, kept_by)
values (md5('school')::uuid, 2, '2025-11-01 09:00+08', md5('teacher')::uuid);
insert into survey (id, institution_id, union_id, title, purpose, anonymous, stage, opens_at, closes_at, years, made_at, made_by)
select md5(name)::uuid, md5('school')::uuid, null, name, '了解情况', name = 'running survey', 'draft', '2025-11-02 09:00+08',
       '2025-11-20 09:00+08', '{2024}', '2025-11-01 09:00+08', md5('teacher')::uuid
from unnest(array['draft survey', 'running survey', 'closed survey']) name;
insert into survey_college (survey_id, college_id) select md5('running survey')::uuid, id from college limit 1;
insert into survey_question (survey_id, place, kind, says, required, options, most)
values (md5('running survey')::uuid, 1, 'single', '食堂怎么样', true, array['好', '不好'], null),
       (md5('closed survey')::uuid, 1, 'several', '去过哪里', false, array['图书馆', '操场'], 2),
       (md5('closed survey')::uuid, 2, 'text', '还想说什么', false, '{}', null);
update survey set stage = 'open', opened_at = '2025-11-02 09:00+08', public_key = sha256('key'), locked_key = 'locked',
                  seal = sha256('seal')
where title in ('running survey', 'closed survey');
insert into survey_envelope (survey_id, student_id, sealed, mac)
select md5('running survey')::uuid, id, 'sealed', sha256('mac') from student where number = '20240001';
update survey set stage = 'closed', locked_key = null, closed_at = '2025-11-20 10:00+08', answers = 5, invited = 9
where title = 'closed survey';
insert into survey_answered (survey_id, student_id)
select md5('closed survey')::uuid, id from student where number = '20240001';
insert into survey_part (survey_id, part, kind, label, answers, invited) values (md5('closed survey')::uuid, 0, 'whole', '全部', 5, 9);
insert into survey_figure (survey_id, part, question, option, rank, number) values (md5('closed survey')::uuid, 0, 1, 1, 0, 4);
insert into survey_text (survey_id, question, number, says) values (md5('closed survey')::uuid, 2, 1, '多开一小时');
insert into survey_sheet (survey_id, student_id, says)
select md5('closed survey')::uuid, id, array['图书馆', '多开一小时'] from student where number = '20240001';
insert into survey_measure (id, survey_id, says, responsible, due_on, made_at)
values (md5('survey measure')::uuid, md5('closed survey')::uuid, '延长开放', '图书馆', '2025-12-01', '2025-11-21 09:00+08');
update survey set stage = 'published', findings = '多数去过图书馆', published_at = '2025-11-22 09:00+08' where title = 'closed survey';
do $$ begin
    update survey_question set says = '改了' where survey_id = md5('closed survey')::uuid;
    assert false, 'a question was changed after the opening';
exception when insufficient_privilege then null;
end $$;
do $$ begin
    delete from survey where title = 'running survey';
    assert false, 'one that runs was deleted';
exception when insufficient_privilege then null;
end $$;
