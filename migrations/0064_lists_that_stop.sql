-- Lists stop at the end of their page, however many people apply in a round.

-- What stands at a step of a round, in the order in which offices see it; what is counted of it stands beside, so that its
-- rows, which hold what candidates wrote, are not read.
create index vetting_case_at on vetting_case (round_id, step, due_on, number)
    include (id, visit, college_id, class_id, place_id) where stage = 'at';
-- Public notices that run, which everybody's home page shows, and who is still to be shown.
create index vetting_case_notice on vetting_case (notice_until, round_id) where stage = 'passed';
