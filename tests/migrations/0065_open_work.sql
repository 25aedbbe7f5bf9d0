-- Counting what waits adds no rows; what it is counted from is there.
do $$ begin
    assert to_regclass('voice_request_open') is not null and to_regclass('check_in_officer_account') is not null
           and to_regclass('matter_loan_out') is not null and to_regclass('vetting_objection_open') is not null
           and to_regclass('face_point_open') is not null and to_regclass('post_ended') is not null
           and to_regclass('review_result_failed') is not null;
end $$;
