-- How many stand where in a round, how many of them a body has signed for, and who they are, kept as they change: a round's page,
-- the desks and the home pages of the offices of the whole university counted up to 3,000 rows at each look.

-- The cases of a round that stand alike. What is counted is the sum of the rows that say the same: usually one, and of several
-- transactions at once each has its own. No foreign key: it would lock the round, for which whoever changes it waits.
create table round_count (
    round_id uuid not null,
    place_id uuid not null,
    stage text not null,
    step integer,
    due_on date,
    -- A body and which of its opinions (`vetting_opinion.place`): those of the cases on which it has given that one on this visit.
    -- Null: all of them.
    signed_by text,
    opinion smallint,
    cases bigint not null
);
create index round_count_round on round_count (round_id);

-- The people of a round whose cases have not come to nothing, by one thing each.
create table round_people (
    round_id uuid not null,
    part text not null check (part in ('source', 'college', 'class', 'gender', 'student')),
    -- What has a row of its own: a college, a class; and a student whose row was being changed while they were counted, so that
    -- their gender is asked when the count is read.
    row_id uuid,
    label text,
    people bigint not null,
    check ((part in ('college', 'class', 'student')) = (row_id is not null))
);
create index round_people_round on round_people (round_id);
create index round_people_student on round_people (row_id) where part = 'student';

-- Adds to the counts. Nobody waits: rows that somebody else is replacing at this moment stay beside the new ones, and the sum is
-- the same.
create function add_round_counts(added round_count[]) returns void language plpgsql as $$
begin
    if cardinality(added) = 0 then
        return;
    end if;
    with alike as (
        delete from round_count where ctid in (
            select r.ctid from round_count r
            where r.round_id in (select a.round_id from unnest(added) a)
                  and exists (select from unnest(added) a
                              where a.round_id = r.round_id and a.place_id = r.place_id and a.stage = r.stage
                                    and a.step is not distinct from r.step and a.due_on is not distinct from r.due_on
                                    and a.signed_by is not distinct from r.signed_by
                                    and a.opinion is not distinct from r.opinion)
            for update of r skip locked)
        returning *
    )
    insert into round_count
    select round_id, place_id, stage, step, due_on, signed_by, opinion, sum(cases)
    from (select * from alike union all select * from unnest(added)) both_of
    group by 1, 2, 3, 4, 5, 6, 7 having sum(cases) <> 0;
end $$;

create function add_round_people(added round_people[]) returns void language plpgsql as $$
begin
    if cardinality(added) = 0 then
        return;
    end if;
    with alike as (
        delete from round_people where ctid in (
            select r.ctid from round_people r
            where r.round_id in (select a.round_id from unnest(added) a)
                  and exists (select from unnest(added) a
                              where a.round_id = r.round_id and a.part = r.part and a.row_id is not distinct from r.row_id
                                    and a.label is not distinct from r.label)
            for update of r skip locked)
        returning *
    )
    insert into round_people
    select round_id, part, row_id, label, sum(people)
    from (select * from alike union all select * from unnest(added)) both_of
    group by 1, 2, 3, 4 having sum(people) <> 0;
end $$;

-- Whether a case makes its candidate one of the round's people: it was handed in and has not come to nothing.
create function is_of_round(stage text) returns boolean language sql immutable parallel safe as
$$ select stage not in ('invited', 'refused', 'withdrawn', 'lapsed') $$;

-- A case as it stands (1) or stood (-1).
create type weighed_case as (
    weight integer, id uuid, visit integer, round_id uuid, place_id uuid, student_id uuid, college_id uuid, class_id uuid,
    source text, stage text, step integer, due_on date
);

create function count_weighed(cases weighed_case[]) returns void language plpgsql as $$
begin
    perform add_round_counts(array(
        select row(d.round_id, d.place_id, d.stage, d.step, d.due_on, d.body, d.opinion, sum(d.weight))::round_count
        from (
            select c.round_id, c.place_id, c.stage, c.step, c.due_on, null as body, null::smallint as opinion,
                   c.weight
            from unnest(cases) c
            union all
            select c.round_id, c.place_id, c.stage, c.step, c.due_on, o.body, o.place, c.weight
            from unnest(cases) c join vetting_opinion o on o.case_id = c.id and o.visit = c.visit and o.step = c.step
            where c.stage = 'at' and o.withdrawn_at is null
        ) d
        group by d.round_id, d.place_id, d.stage, d.step, d.due_on, d.body, d.opinion having sum(d.weight) <> 0));
    perform add_round_people(array(
        with person as (
            -- Nobody for whom nothing of it changes, as in most acts.
            select c.round_id, c.student_id, c.college_id, c.class_id, c.source, sum(c.weight) as weight from unnest(cases) c
            where is_of_round(c.stage) group by 1, 2, 3, 4, 5 having sum(c.weight) <> 0
        ), come as (
            select p.round_id, p.student_id, sum(p.weight) as weight from person p group by 1, 2 having sum(p.weight) <> 0
        ), steady as (
            -- Whoever changes a student now waits until this is written, and then counts it; nobody waits for them.
            select s.id, s.gender from student s where s.id in (select c.student_id from come c) for share skip locked
        )
        select row(d.round_id, d.part, d.row_id, d.label, sum(d.weight))::round_people
        from (
            select p.round_id, v.part, v.row_id, v.label, p.weight
            from person p cross join lateral (values ('source', null::uuid, p.source), ('college', p.college_id, null),
                                                     ('class', p.class_id, null)) v(part, row_id, label)
            union all
            select c.round_id, case when s.id is null then 'student' else 'gender' end,
                   case when s.id is null then c.student_id end, s.gender, c.weight
            from come c left join steady s on s.id = c.student_id
        ) d
        group by d.round_id, d.part, d.row_id, d.label having sum(d.weight) <> 0));
end $$;

create function count_cases() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform count_weighed(array(
            select row(1, n.id, n.visit, n.round_id, n.place_id, n.student_id, n.college_id, n.class_id, n.source, n.stage,
                       n.step, n.due_on)::weighed_case
            from became n));
    elsif tg_op = 'DELETE' then
        perform count_weighed(array(
            select row(-1, o.id, o.visit, o.round_id, o.place_id, o.student_id, o.college_id, o.class_id, o.source, o.stage,
                       o.step, o.due_on)::weighed_case
            from was o));
    else
        perform count_weighed(array(
            select w.weighed
            from was o join became n on n.id = o.id cross join lateral (values
                (row(-1, o.id, o.visit, o.round_id, o.place_id, o.student_id, o.college_id, o.class_id, o.source, o.stage,
                     o.step, o.due_on)::weighed_case),
                (row(1, n.id, n.visit, n.round_id, n.place_id, n.student_id, n.college_id, n.class_id, n.source, n.stage,
                     n.step, n.due_on)::weighed_case)) w(weighed)
            where (o.visit, o.round_id, o.place_id, o.student_id, o.college_id, o.class_id, o.source, o.stage, o.step, o.due_on)
                  is distinct from (n.visit, n.round_id, n.place_id, n.student_id, n.college_id, n.class_id, n.source, n.stage,
                                    n.step, n.due_on)));
    end if;
    return null;
end $$;
create trigger vetting_case_counted_insert after insert on vetting_case referencing new table as became
    for each statement execute function count_cases();
create trigger vetting_case_counted_update after update on vetting_case referencing old table as was new table as became
    for each statement execute function count_cases();
create trigger vetting_case_counted_delete after delete on vetting_case referencing old table as was
    for each statement execute function count_cases();

-- Opinions that are given and taken back. They are written while their cases are locked, and never deleted.
create function count_opinions() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform add_round_counts(array(
            select row(c.round_id, c.place_id, c.stage, c.step, c.due_on, n.body, n.place, count(*))::round_count
            from became n join vetting_case c on c.id = n.case_id and c.visit = n.visit and c.step = n.step and c.stage = 'at'
            where n.withdrawn_at is null group by c.round_id, c.place_id, c.stage, c.step, c.due_on, n.body, n.place));
    else
        perform add_round_counts(array(
            select row(c.round_id, c.place_id, c.stage, c.step, c.due_on, n.body, n.place,
                       sum(case when n.withdrawn_at is null then 1 else -1 end))::round_count
            from was o join became n on n.id = o.id
                 join vetting_case c on c.id = n.case_id and c.visit = n.visit and c.step = n.step and c.stage = 'at'
            where (o.withdrawn_at is null) <> (n.withdrawn_at is null)
            group by c.round_id, c.place_id, c.stage, c.step, c.due_on, n.body, n.place));
    end if;
    return null;
end $$;
create trigger vetting_opinion_counted_insert after insert on vetting_opinion referencing new table as became
    for each statement execute function count_opinions();
create trigger vetting_opinion_counted_update after update on vetting_opinion
    referencing old table as was new table as became for each statement execute function count_opinions();

-- A student's gender is learnt or erased: of what is counted by it (not by the student's row), as much goes over.
create function count_gender() returns trigger language plpgsql as $$
begin
    if exists (select from vetting_case c where c.student_id = new.id)
       or exists (select from round_people p where p.row_id = new.id and p.part = 'student') then
        perform add_round_people(array(
            select row(m.round_id, 'gender', null, g.label, m.people * g.weight)::round_people
            from (
                select b.round_id, sum(b.people) as people
                from (
                    select c.round_id, 1 as people from vetting_case c where c.student_id = new.id and is_of_round(c.stage)
                    union all
                    select p.round_id, -p.people from round_people p where p.row_id = new.id and p.part = 'student'
                ) b
                group by 1 having sum(b.people) <> 0
            ) m cross join (values (old.gender, -1), (new.gender, 1)) g(label, weight)));
    end if;
    return null;
end $$;
create trigger student_gender_counted after update of gender on student for each row
    when (old.gender is distinct from new.gender) execute function count_gender();

-- What stands there.
do $$ begin
    perform count_weighed(array(
        select row(1, c.id, c.visit, c.round_id, c.place_id, c.student_id, c.college_id, c.class_id, c.source, c.stage, c.step,
                   c.due_on)::weighed_case
        from vetting_case c));
end $$;

-- The steps of rounds under way at which a body acts, and how many opinions it gives there: of one round or step, or of all.
create function steps_of_body(of_institution uuid, body text, unions text[], of_round uuid, of_step integer)
    returns table (round_id uuid, step integer, opinions integer) language sql stable as $$
    select r.id, p.step, opinions_of_step(r.chain, p.step, body)
    from vetting_round r join student_union u on u.id = r.union_id
         cross join lateral generate_series(0, jsonb_array_length(r.chain -> 'links') - 1) as p(step)
    where r.institution_id = of_institution and r.ended_at is null and u.kind = any(unions)
          and step_has(r.chain, p.step, body) and (of_round is null or r.id = of_round)
          and (of_step is null or p.step = of_step)
$$;
