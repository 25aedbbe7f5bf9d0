-- What stood before stays: nobody is suspended by a decision that was none.
do $$ begin
    assert (select bool_and((suspended_from is null) = (outcome is distinct from 'suspension')) from conduct_case);
    assert academic_year('2025-07-31') = 2024 and academic_year('2025-08-01') = 2025;
    assert (select count(*) from person_of_session(sha256('session'), '2024-09-01 09:29+08')) = 1;
end $$;
insert into pledge_text (id, institution_id, title, body, from_day, kept_at, kept_by)
values (md5('pledge text')::uuid, md5('school')::uuid, '学生会干部自律公约', '一、坚定理想信念。', '2025-09-01', '2025-09-01 09:00+08',
        md5('teacher')::uuid);
insert into pledge (student_id, academic_year, text_id, signed_at)
select id, 2025, md5('pledge text')::uuid, '2025-09-02 09:00+08' from student where number = '20240001';
do $$ begin
    assert (select academic_year from last_pledges(array(select id from student where number = '20240001'))) = 2025;
end $$;
insert into training (id, institution_id, title, on_day, place, says, taken_at, taken_by)
values (md5('training')::uuid, md5('school')::uuid, '秋季培训', '2025-10-20', '报告厅', '章程和公约', '2025-10-10 09:00+08',
        md5('teacher')::uuid);
insert into training_union (training_id, union_id) values (md5('training')::uuid, md5('union')::uuid);
insert into training_attendance (training_id, student_id, union_id, presence)
select md5('training')::uuid, id, md5('union')::uuid, 'expected' from student where number = '20240001';
insert into union_constitution (id, union_id, name, adopted_by, adopted_on, from_day, document_id, kept_at, kept_by)
select md5('constitution')::uuid, md5('union')::uuid, '学生会章程', '第一次学生代表大会', '2025-05-01', '2025-05-01', id,
       '2025-05-10 09:00+08', md5('teacher')::uuid from document limit 1;
insert into lapse (id, union_id, student_id, says, stage, opened_at, decide_by)
select md5('lapse')::uuid, md5('union')::uuid, id, '有 1 门课业不及格', 'open', '2025-11-20 09:00+08', '2025-12-04'
from student where number = '20240001';
insert into conduct_terms (institution_id, accept_days, decide_days, object_days, handover_days, lapse_days, failed_reviews,
                           changed_at, changed_by)
values (md5('school')::uuid, 3, 15, 5, 7, 14, 2, '2025-11-20 09:00+08', md5('teacher')::uuid);
insert into review_attachment (id, review_id, person, name, media, bytes, sha256, at)
select md5('attachment')::uuid, review_id, place, '述职.pdf', 'application/pdf', '%PDF-', sha256('%PDF-'), '2025-12-01 09:00+08'
from review_person limit 1;
