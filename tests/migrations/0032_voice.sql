-- A request with a name that was answered and sent on before, and an anonymous one that waits.
insert into voice_setting (institution_id, take_up_hours, answer_days, emergency, kept_at, kept_by)
values (md5('school')::uuid, 24, 3, '报警 110', '2025-11-01 09:00+08', md5('teacher')::uuid);
insert into voice_unit (id, institution_id, name, duties, office, made_at)
values (md5('library')::uuid, md5('school')::uuid, '图书馆', '座位', null, '2025-11-01 09:00+08'),
       (md5('affairs')::uuid, md5('school')::uuid, '学生工作部（处）', '', 'student_affairs', '2025-11-01 09:00+08');
insert into voice_counter (institution_id, last) values (md5('school')::uuid, 2);
insert into voice_request (id, institution_id, number, receiver, area, title, says, place, identity, account_id, code_hash,
                           may_publish, is_public, stage, received_at, take_up_due, taken_up_at, lead_unit_id, unit_id, due_on,
                           turn, answer, ending, answered_at)
values (md5('request')::uuid, md5('school')::uuid, 1, 'school', 'study', '图书馆座位不够', '考试周没有座位', '', 'named',
        md5('account')::uuid, null, true, true, 'answered', '2025-11-20 09:00+08', '2025-11-21 09:00+08',
        '2025-11-20 10:00+08', md5('library')::uuid, md5('affairs')::uuid, '2025-11-25', 1, '已加座', 'solved',
        '2025-11-24 10:00+08'),
       (md5('anonymous request')::uuid, md5('school')::uuid, 2, 'school', 'health', '操场灯不亮', '晚上看不清', '操场', 'anonymous',
        null, sha256('code'), false, false, 'received', '2025-11-21 09:00+08', '2025-11-24 09:00+08', null, null, null, null,
        1, null, null, null);
insert into voice_picture (request_id, place, jpeg) values (md5('request')::uuid, 1, '\xffd8');
insert into voice_event (request_id, seq, kind, at, office, says)
values (md5('request')::uuid, 1, 'received', '2025-11-20 09:00+08', '', '');
insert into voice_support (request_id, account_id) values (md5('request')::uuid, md5('teacher')::uuid);
