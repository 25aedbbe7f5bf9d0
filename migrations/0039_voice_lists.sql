-- Lists of requests stop at the end of their page, however many requests there are (RGT-02).

-- Until when an office has time: to take it up, or to answer it, then to the end of the day. Null where nobody's turn it is.
alter table voice_request add due_at timestamptz generated always as (
    case when stage = 'received' then take_up_due
         when stage = 'sent' then (due_on + 1)::timestamp at time zone interval '8 hours' end) stored;
create index voice_request_due on voice_request (institution_id, due_at, number desc);
create index voice_request_received on voice_request (institution_id, received_at);
-- What an office answers, or was asked first.
create index voice_request_unit on voice_request (unit_id) where unit_id is not null;
create index voice_request_lead on voice_request (lead_unit_id) where lead_unit_id is not null;
