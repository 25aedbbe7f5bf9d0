-- Whose turn it is has a moment by which it is due: a request that waits to be taken up, one that is answered none.
do $$ begin
    assert (select due_at = take_up_due from voice_request where stage = 'received');
    assert (select due_at is null from voice_request where stage = 'answered');
end $$;
-- One that is being handled is due at the end of its day in China.
insert into voice_request (id, institution_id, number, receiver, area, title, says, place, identity, account_id, may_publish,
                           is_public, stage, received_at, take_up_due, taken_up_at, unit_id, lead_unit_id, due_on, turn)
values (md5('handled request')::uuid, md5('school')::uuid, 3, 'school', 'rights', '热水', '常停', '', 'named',
        md5('account')::uuid, true, true, 'sent', '2025-11-24 09:00+08', '2025-11-25 09:00+08', '2025-11-24 10:00+08',
        md5('library')::uuid, md5('library')::uuid, '2025-11-27', 1);
update voice_counter set last = 3 where institution_id = md5('school')::uuid;
do $$ begin
    assert (select due_at = '2025-11-28 00:00+08' from voice_request where number = 3);
end $$;
