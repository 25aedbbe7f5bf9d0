-- What it made of those who were there.
do $$ begin
    assert (select bool_and(notice_by = '' and notice_contact = '') from vetting_round), 'a round before it has no issuer';
end $$;

update vetting_round set notice_by = '共青团示范学院委员会', notice_contact = '校团委办公室，电话 0512-00000000';
