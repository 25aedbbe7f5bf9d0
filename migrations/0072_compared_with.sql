-- What a list of students was compared with: how many rows there were of people, their offices and places, where they lay and
-- who had written them, as one text. A list is committed as it was previewed where that is still so; otherwise it is
-- compared once more. It says nothing about anybody, and in another database nothing is as it was.
alter table import add compared_with text check (length(compared_with) between 1 and 400);

-- The places of a previewed list of students to which its rows write somebody, each once with how many do: college, major,
-- level, year, class and the number, with U+001F between them as between the cells of a row.
alter table import add places text[];
create function named_places(of_import uuid) returns table (
    college text, major text, level text, year text, class text, rows bigint
) language sql stable rows 1000 as $$
    select p[1], p[2], p[3], p[4], p[5], p[6]::bigint
    from (select string_to_array(u.place, U&'\001F') as p
          from import i cross join unnest(i.places) as u(place) where i.id = of_import offset 0) s
$$;
update import i set places = n.places
from (select k.import_id, array_agg(concat_ws(U&'\001F', k.college, k.major, k.level, k.year, k.class, k.n)) as places
      from (select r.import_id, r.cells[3] as college, r.cells[4] as major, r.cells[5] as level, r.cells[6] as year,
                   r.cells[7] as class, count(*) as n
            from import_row r where r.state in ('added', 'changed') group by 1, 2, 3, 4, 5, 6) k
      group by k.import_id) n
where i.id = n.import_id and i.kind = 'students' and i.state = 'previewed';
