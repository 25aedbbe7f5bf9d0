-- One school with its people: a student with an account, who holds an office that has ended and one that has not.
insert into institution (id, code, name, created_at)
values (md5('school')::uuid, 'old-school', '旧学院', '2024-08-01 09:00+08');
insert into college (id, institution_id, name) values (md5('college')::uuid, md5('school')::uuid, '信息工程系');
insert into major (id, college_id, name, level) values (md5('major')::uuid, md5('college')::uuid, '软件技术', 'vocational');
insert into class (id, major_id, entry_year, name) values (md5('class')::uuid, md5('major')::uuid, 2024, '软件2401班');
insert into student (institution_id, number, name, class_id, political)
values (md5('school')::uuid, '20240001', '张三', md5('class')::uuid, '共青团员'),
       (md5('school')::uuid, '20240002', '李四', md5('class')::uuid, null);
insert into society (id, institution_id, name, is_main, members)
values (md5('society')::uuid, md5('school')::uuid, '青年志愿者协会', true, 80);
insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password, created_at)
values (md5('account')::uuid, md5('school')::uuid, '20240001', '张三', 'hash', '2024-08-01 10:00+08', false, '2024-08-01 09:30+08'),
       (md5('teacher')::uuid, md5('school')::uuid, 'T1', '王老师', 'hash', '2024-08-01 10:00+08', true, '2024-08-01 09:30+08');
insert into office (id, account_id, kind, college_id, class_id, granted_at, ended_at)
values (md5('branch')::uuid, md5('account')::uuid, 'class_branch', null, md5('class')::uuid, '2024-08-31 23:30+08', null),
       (md5('league')::uuid, md5('teacher')::uuid, 'school_league', null, null, '2024-08-02 09:00+08', null),
       (md5('former')::uuid, md5('teacher')::uuid, 'college_league', md5('college')::uuid, null, '2024-08-01 09:00+08',
        '2024-08-02 09:00+08');
insert into session (token_hash, account_id, office_id, device, created_at, expires_at)
values (sha256('session'), md5('teacher')::uuid, md5('league')::uuid, '电脑', '2024-09-01 09:00+08', '2024-09-01 21:00+08');
insert into known_device (token_hash, account_id, created_at, expires_at)
values (sha256('device'), md5('teacher')::uuid, '2024-09-01 09:00+08', '2025-09-01 09:00+08');
insert into sign_in_attempt (institution_id, number, device, failures, last_at, open_at)
values (md5('school')::uuid, 'T1', '', 1, '2024-09-01 09:00+08', '2024-09-01 09:00+08');
insert into plan_version (id, institution_id, code, version, short, title, document, effective, source, sha256, created_at)
values (md5('plan')::uuid, null, 'suzhou-2020', 1, '苏州', '方案', '文件', '2020-01-01', '', sha256('plan'), '2024-08-01 09:00+08');
insert into plan_version (id, institution_id, code, version, short, title, document, effective, source, sha256, created_at)
values (md5('own plan')::uuid, md5('school')::uuid, 'own-2024', 1, '本校', '方案', '文件', '2024-01-01',
        'posts = [{ name = "主席", presidium = true }, { name = "顾问" }, {presidium=true, name="副主席"}]', sha256('own plan'),
        '2024-08-01 09:00+08'),
       (md5('table plan')::uuid, md5('school')::uuid, 'own-2025', 1, '本校', '方案', '文件', '2025-01-01',
        E'[rule.STF-08]\n# { name = "会长", presidium = true }\n[[rule.STF-08.posts]]\nname = ''主席''\npresidium = true\n\n'
        '[[rule.STF-08.posts]]\nname = "顾问"\n[[rule.STF-08.posts]]\npresidium = true\nname = "副主席"\n[rule.STF-09]\n',
        sha256('table plan'), '2024-08-01 09:00+08');
insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
values (md5('school')::uuid, 1, '2024-09-01', md5('plan')::uuid, '2024-08-02 09:00+08', md5('teacher')::uuid);
insert into audit_entry (seq, at, institution_id, account_id, actor, office, verb, object, detail, clause, previous, hash)
values (1, '2024-08-01 09:00+08', md5('school')::uuid, md5('teacher')::uuid, '王老师', '校团委', '启用方案', '苏州', '', '',
        decode(repeat('00', 32), 'hex'), sha256('entry'));
update audit_head set seq = 1, hash = sha256('entry');
