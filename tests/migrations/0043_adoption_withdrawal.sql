-- A second adoption that was withdrawn within its day, with its reason, and the document beside the plan.
insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
values (md5('school')::uuid, 2, '2026-11-28', md5('plan')::uuid, '2026-11-28 09:00+08', md5('teacher')::uuid);
insert into adoption_reason (institution_id, seq, rule, says)
values (md5('school')::uuid, 2, 'STF-01', '学生人数较多');
insert into adoption_withdrawal (institution_id, seq, withdrawn_at, withdrawn_by, says)
values (md5('school')::uuid, 2, '2026-11-28 10:00+08', md5('teacher')::uuid, '日期填错');
insert into plan_document (id, institution_id, plan_version_id, name, media, bytes, sha256, at, by_account)
values (md5('plan document')::uuid, md5('school')::uuid, md5('plan')::uuid, '方案.pdf', 'application/pdf', '%PDF-',
        sha256('%PDF-'), '2026-11-28 09:30+08', md5('teacher')::uuid);
-- The one that was withdrawn does not count.
do $$ begin
    assert (select count(*) = 1 from standing_adoption where institution_id = md5('school')::uuid);
end $$;
