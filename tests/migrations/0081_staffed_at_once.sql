-- Nothing kept asks them.
do $$ begin
    assert to_regprocedure('is_staffed(uuid, text, text, uuid, uuid, timestamptz)') is null;
end $$;
