-- A rehearsal half proved, a sitting that is being counted, one that two people close early, and the key of their marks.
do $$ begin
    assert (select proved_for is null from monitor where sitting_id = md5('open')::uuid), 'no rehearsal runs in an open sitting';
end $$;
insert into sitting (id, institution_id, title, stage, opens_at, closes_at, revote, threshold, created_at, created_by)
values (md5('rehearsing')::uuid, md5('school')::uuid, '班委选举', 'draft', '2026-03-01 08:00+08', '2026-03-01 20:00+08', true, 2,
        '2026-02-20 09:00+08', md5('teacher')::uuid);
insert into monitor (sitting_id, account_id, chief, named_at, salt, public_key, mac, proved_at, proved_for, share, share_mark)
values (md5('rehearsing')::uuid, md5('teacher')::uuid, true, '2026-02-21 09:00+08', substr(sha256('salt'), 1, 16), sha256('key'),
        sha256('mac'), '2026-02-28 09:00+08', sha256('rehearsal'), 'share', sha256('share'));
update sitting set stage = 'announced', announced_at = '2026-02-22 09:00+08', rehearsal_key = sha256('rehearsal')
where id = md5('rehearsing')::uuid;
update sitting set close_asked_at = '2025-12-01 12:00+08', close_asked_by = md5('teacher')::uuid, close_why = '停电',
                   close_agreed_by = md5('account')::uuid, stage = 'closed', closed_at = '2025-12-01 12:10+08', envelopes = 2
where id = md5('open')::uuid;
insert into count_holder (sitting_id, portal, seen_at, held_until)
values (md5('open')::uuid, md5('portal')::uuid, '2025-12-01 12:20+08', '2025-12-01 12:35+08');
insert into ballot_key (mark, since) values (sha256('mark'), '2025-11-21 09:00+08');
