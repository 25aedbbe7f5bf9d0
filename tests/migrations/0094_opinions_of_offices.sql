-- Opinions that were given are of the one office for which their body acted.
do $$ begin
    assert (select bool_and(place = 0) from vetting_opinion) and (select bool_and(place = 0) from recommendation_opinion),
        'each is of the first office';
    assert opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}, {"body": "b"}, {"body": "a"}]}]}', 0, 'a') = 2
           and opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}, {"body": "b"}]}]}', 0, 'b') = 1
           and opinions_of_step('{"links": [{"any": true, "by": [{"body": "a"}, {"body": "a"}]}]}', 0, 'a') = 1
           and opinions_of_step('{"links": [{"any": false, "by": [{"body": "a"}]}]}', 0, 'c') = 0, 'each office gives one';
end $$;
