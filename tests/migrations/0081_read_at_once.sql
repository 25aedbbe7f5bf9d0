-- Nothing kept asks whether somebody is there. What was read stays read.
do $$ begin
    assert to_regprocedure('is_staffed(uuid, text, text, uuid, uuid, timestamptz)') is null;
    assert (select count(*) = count(distinct (account_id, notice_id)) from notice_read);
end $$;
