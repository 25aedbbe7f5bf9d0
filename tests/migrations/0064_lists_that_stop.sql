-- Lists that stop add no rows; what they stop by is there.
do $$ begin
    assert to_regclass('vetting_case_at') is not null and to_regclass('vetting_case_notice') is not null;
end $$;
