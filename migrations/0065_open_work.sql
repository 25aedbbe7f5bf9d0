-- What waits is counted on every desk's home page: from an index, not from the rows with their long texts.

-- Requests that wait to be taken up or answered (RGT-02), with all that says whose they are and since when.
drop index voice_request_open;
create index voice_request_open on voice_request (institution_id, stage)
    include (receiver, college_id, unit_id, lead_unit_id, take_up_due, due_on) where stage in ('received', 'sent');
-- Whoever checks delegates in finds their desk.
create index check_in_officer_account on check_in_officer (account_id) where ended_at is null;
-- What is lent out, held against candidates or was raised face to face, as long as it is open: little, however much there
-- was.
create index matter_loan_out on matter_loan (matter_id) where returned_at is null;
create index vetting_objection_open on vetting_objection (case_id) where upheld is null;
create index face_point_open on face_point (session_id) where progress is null;
-- Whose posts ended lately, and who failed a review: of both a League committee is reminded, and both are few.
create index post_ended on post (until_day) where until_day is not null;
create index review_result_failed on review_result (review_id) where grade = 'unsatisfactory';
