-- An activity that was approved and begun, a prior report on it, and what a university set.
insert into matter_scheme (institution_id, kind, level, steps, lead_days, large_days)
values (md5('school')::uuid, 'activity', 'school', array['guide', 'deputy'], 3, 10);
insert into report_ground (id, institution_id, slug, measure, label, threshold, kept_at, by_account)
values (md5('ground')::uuid, md5('school')::uuid, 'people', 'people', '参加人数较多', 200, '2025-10-01 09:00+08',
        md5('teacher')::uuid);
insert into matter_counter (institution_id, matters, reports) values (md5('school')::uuid, 1, 1);
insert into matter (id, institution_id, union_id, number, kind, title, lead_id, phone, why, how, starts_at, place, people,
                    stage, revision, steps, filed_at, filed_by)
select md5('matter')::uuid, md5('school')::uuid, md5('union')::uuid, 1, 'activity', '迎新晚会', id, '13800000000', '欢迎新生',
       '节目十个', '2025-11-20 19:00+08', '礼堂', 300, 'asked', 1, array['deputy'], '2025-11-01 09:00+08',
       md5('account')::uuid
from student where number = '20240002';
insert into matter_signature (matter_id, revision, step, verdict, says, content_read, at, by_account)
values (md5('matter')::uuid, 1, 'deputy', 'agree', '同意', true, '2025-11-02 09:00+08', md5('teacher')::uuid);
update matter set stage = 'begun', approved_at = '2025-11-02 09:00+08', begun_at = '2025-11-20 19:00+08',
                  begun_noted_at = '2025-11-20 19:05+08', begun_by = md5('account')::uuid, summary_due = '2025-11-27';
insert into matter_line (matter_id, place, name, planned) values (md5('matter')::uuid, 1, '横幅', 12050);
insert into matter_loan (id, matter_id, what, quantity, lender, due_on, lent_at, lent_by)
values (md5('loan')::uuid, md5('matter')::uuid, '音响', 2, '团委办公室', '2025-11-21', '2025-11-20 10:00+08',
        md5('account')::uuid);
insert into prior_report (id, institution_id, union_id, number, kind, matter_id, title, says, why, grounds, planned_at,
                          received_at, by_account, answer, answer_says, answered_at, answered_by, pass_due)
values (md5('prior report')::uuid, md5('school')::uuid, md5('union')::uuid, 1, 'activity', md5('matter')::uuid, '迎新晚会',
        '拟举办迎新晚会', '参加人数较多', array['参加人数超过 100 人'], '2025-11-20 19:00+08', '2025-11-01 10:00+08',
        md5('account')::uuid, 'agreed', '注意安全', '2025-11-02 10:00+08', md5('teacher')::uuid, '2025-11-06');
