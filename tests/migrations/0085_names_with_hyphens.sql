-- The key of a name with hyphens is what folding makes of it.
do $$ begin
    assert (select bool_and(name_key(n) = folded_name(usual_width(n)))
            from unnest(array['计科22-1班', '-', 'A-b', '阿·-达', '-·-', '(22-1)班', 'a-·b--班', '1-2·']) n),
        'a hyphen folds nothing';
    assert (select bool_and(name_key = folded_name(usual_width(name))) from class), 'classes keep their keys';
end $$;
