-- What waits is counted on every desk's home page: from an index, not from the rows with their long texts.

-- Requests that wait to be taken up or answered (RGT-02), with all that says whose they are and since when.
drop index voice_request_open;
create index voice_request_open on voice_request (institution_id, stage)
    include (receiver, college_id, unit_id, lead_unit_id, take_up_due, due_on) where stage in ('received', 'sent');
-- Whoever checks delegates in finds their desk.
create index check_in_officer_account on check_in_officer (account_id) where ended_at is null;
