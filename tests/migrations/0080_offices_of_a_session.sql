-- The office that was taken up in a session stands beside those that are held, each with the moment since when it is.
do $$ begin
    assert (select office_id = md5('league')::uuid and exists (
                select from json_array_elements(offices) o
                where o->>'id' = md5('league')::uuid::text
                      and (o->>'since')::bigint = extract(epoch from '2024-08-02 09:00+08'::timestamptz) * 1000000)
            from person_of_session(sha256('session'), '2024-09-01 09:20+08')), 'it is held since it was given';
end $$;
