-- A published account is never rewritten, and so it named its officers for good, to the public too where it is open. Whoever is
-- erased goes from it now: each line of a roster says whose it is, the post stays, and the database lets nothing else go.

-- An account without those who are erased.
create function disclosure_erased(account jsonb) returns jsonb language sql stable as $$
    select jsonb_set(account, '{unions}', coalesce((
        select jsonb_agg(jsonb_set(u.form, '{roster}', coalesce((
                   select jsonb_agg(case when s.id is null then l.line else (l.line - 'student') || jsonb_build_object(
                                        'name', '已删除', 'political', '', 'college', '', 'entry_year', 0, 'rank', '',
                                        'failed', '') end order by l.place)
                   from jsonb_array_elements(u.form -> 'roster') with ordinality l(line, place)
                        left join student s on s.id = (l.line ->> 'student')::uuid and s.erased_at is not null), '[]'),
                   false) order by u.place)
        from jsonb_array_elements(account -> 'unions') with ordinality u(form, place)), '[]'), false)
$$;

-- Whose a line of a published account is: of those who had held a post in the union by that day the one of that name, or of
-- several the one of that college and year. A line of which nobody is found may be of somebody who was erased since, where the
-- union had one: it goes as theirs.
create function disclosure_line_known(line jsonb, of_union uuid, on_day date) returns jsonb language sql stable as $$
    with held as (
        select distinct s.id, s.name = line ->> 'name' as named, s.erased_at is not null as erased,
               c.name = line ->> 'college' and k.entry_year = (line ->> 'entry_year')::integer as placed
        from post p join student s on s.id = p.student_id join class k on k.id = s.class_id
             join major m on m.id = k.major_id join college c on c.id = m.college_id
        where p.union_id = of_union and p.from_day <= on_day
    ), whose as (
        select (array_agg(id) filter (where named))[1] as only_one, count(*) filter (where named) as of_name,
               (array_agg(id) filter (where named and placed))[1] as there, count(*) filter (where named and placed) as placed,
               (array_agg(id) filter (where erased))[1] as gone
        from held
    )
    select line || jsonb_build_object('student', case when of_name = 1 then only_one when placed = 1 then there
                                                      when of_name = 0 then gone end)
    from whose
$$;

drop trigger disclosure_kept on disclosure;
update disclosure o set content = disclosure_erased(jsonb_set(d.content, '{unions}', (
    select jsonb_agg(jsonb_set(u.form, '{roster}', coalesce((
               select jsonb_agg(disclosure_line_known(l.line, (u.form ->> 'union')::uuid, d.day) order by l.place)
               from jsonb_array_elements(u.form -> 'roster') with ordinality l(line, place)), '[]')) order by u.place)
    from jsonb_array_elements(d.content -> 'unions') with ordinality u(form, place))))
-- A day is written as its year and its place in the year.
from (select id, content, make_date((content -> 'day' ->> 0)::integer, 1, 1) + (content -> 'day' ->> 1)::integer - 1 as day
      from disclosure where jsonb_array_length(content -> 'unions') > 0) d
where d.id = o.id;
drop function disclosure_line_known(jsonb, uuid, date);

create or replace function keep_disclosure() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'content') = (to_jsonb(old) - 'content')
       and new.content = disclosure_erased(old.content) then
        return new;
    end if;
    raise exception 'a published account is never rewritten' using errcode = 'insufficient_privilege';
end $$;
create trigger disclosure_kept before update or delete on disclosure for each row
    when (old.stage = 'published') execute function keep_disclosure();
