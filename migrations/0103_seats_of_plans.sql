-- A plan may seat other posts on the presidium (主席, 副主席). Statements that ask who sits there knew 主席团成员 alone: a 主席
-- lost their turn when anybody else left, was no backbone of the union and signed nothing for its presidium.

-- The posts, beside 主席团成员, whose holders sit on the presidium.
alter table plan_version add column seats text[] not null default '{}';
alter table plan_version disable trigger plan_version_append_only;
-- As the portal's form writes them, { name = "主席", presidium = true }; or each as a table of its own, as a file may.
update plan_version v set seats = array(
    select (regexp_match(b.post[1], '\mname\M["'']?\s*=\s*["'']([^"'']+)["'']'))[1]
    from regexp_matches(regexp_replace(v.source, '^\s*#.*$', '', 'gn'),
                        '\{[^{}]*\}|\[\[[^]\n]*\mposts["'']?\s*\]\][^[]*', 'g') b(post)
    where b.post[1] ~ 'presidium["'']?\s*=\s*true' and b.post[1] ~ '\mname\M["'']?\s*=\s*["''][^"'']+["'']')
where v.source ~ 'presidium["'']?\s*=\s*true';
alter table plan_version enable trigger plan_version_append_only;

-- The other posts that are seats on a union's presidium, by the plan that governs on a day.
create function seats_of(of_union uuid, on_day date) returns text[] language sql stable as $$
    select coalesce((
        select v.seats from student_union u join standing_adoption a on a.institution_id = u.institution_id
               join plan_version v on v.id = a.plan_version_id
        where u.id = of_union and a.effective_from <= on_day order by a.seq desc limit 1), '{}')
$$;

-- A post is a seat on the presidium on a day. The plan is only looked up for another post than the three.
create function is_seat(kind text, title text, of_union uuid, on_day date) returns boolean language sql stable as $$
    select kind = 'presidium' or kind = 'other' and title = any(seats_of(of_union, on_day))
$$;

-- A student is backbone (骨干) of the school's or a college's union on a day: on its presidium, or head of a department.
create or replace function is_backbone(of_student uuid, on_day date) returns boolean language sql stable as $$
    select exists (select from post p where p.student_id = of_student
                   and (p.kind = 'head' or is_seat(p.kind, p.title, p.union_id, on_day))
                   and p.voided_at is null and p.from_day <= on_day and (p.until_day is null or p.until_day > on_day))
$$;
