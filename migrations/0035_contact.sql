-- 直接联系 (RGT-05): delegates and officers in contact with classes, what they heard, and what became of it.

-- At least how often a class is contacted, in months; where there is no row, as is usual.
create table contact_setting (
    institution_id uuid primary key references institution,
    every integer not null check (every between 1 and 6),
    kept_at timestamptz not null,
    kept_by uuid not null references account
);

-- Somebody is in contact with a class for a union, by the post or the mandate that they hold: it ends with that, too.
create table contact_assignment (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    student_id uuid not null references student,
    class_id uuid not null references class,
    post_id uuid references post,
    delegate_id uuid references delegate on delete cascade,
    from_day date not null,
    -- The first day on which it is over; null: as long as the post or the mandate.
    until_day date,
    assigned_at timestamptz not null,
    assigned_by uuid not null references account,
    constraint contact_mandate check (num_nonnulls(post_id, delegate_id) = 1),
    constraint contact_term check (until_day >= from_day),
    -- One key of what makes it the same, as for posts: see there.
    constraint contact_once exclude using gist (
        (md5(union_id::text || student_id::text || class_id::text)::uuid) with =, daterange(from_day, until_day) with &&)
);
create index contact_assignment_class on contact_assignment (class_id);
create index contact_assignment_student on contact_assignment (student_id);
create index contact_assignment_union on contact_assignment (union_id);

-- The contact log: a day, how, and what was raised.
create table contact_entry (
    id uuid primary key,
    assignment_id uuid not null references contact_assignment on delete cascade,
    on_day date not null,
    way text not null check (way in ('visit', 'dormitory', 'talk', 'single', 'online')),
    made_at timestamptz not null
);
create index contact_entry_assignment on contact_entry (assignment_id, on_day);

create table contact_point (
    id uuid primary key,
    entry_id uuid not null references contact_entry on delete cascade,
    place smallint not null check (place between 1 and 30),
    says text not null check (length(says) between 1 and 300),
    unique (entry_id, place)
);

-- What students left for those in contact with their class.
create table contact_note (
    id uuid primary key,
    class_id uuid not null references class,
    account_id uuid not null references account,
    -- Its author's name goes with it.
    signed boolean not null,
    says text not null check (length(says) between 1 and 300),
    left_at timestamptz not null,
    -- The point of the log that it became.
    point_id uuid references contact_point on delete set null
);
create index contact_note_class on contact_note (class_id) where point_id is null;
create index contact_note_account on contact_note (account_id, left_at desc);
create index contact_note_point on contact_note (point_id) where point_id is not null;

-- The request that a point became, or that it is about. Never an anonymous one: it would say who made it.
create table contact_request (
    point_id uuid primary key references contact_point on delete cascade,
    request_id uuid not null references voice_request
);
create index contact_request_request on contact_request (request_id);

create index post_corrects on post (corrects) where corrects is not null;

-- The mandate of a delegate holds on a day: not ended, and no later congress of the union has met.
create function mandate_holds(of_delegate uuid, on_day date) returns boolean language sql stable as $$
    select exists (
        select from delegate d join congress g on g.id = d.congress_id
        where d.id = of_delegate and d.standing in ('elected', 'outside') and g.stage <> 'called_off'
              and (d.ended_on is null or d.ended_on > on_day)
              and not exists (
                  select from congress n
                  where n.union_id = g.union_id and n.stage in ('held', 'closed') and n.held_on <= on_day
                        and n.held_on > coalesce(g.held_on, g.meets_on, china_day(g.created_at))))
$$;

-- Who may be given classes by a union on a day: whoever holds a post of it, and its delegates. Once each, the post before the
-- mandate.
create function contact_people(of_union uuid, on_day date)
returns table (student_id uuid, post_id uuid, delegate_id uuid, label text) language sql stable as $$
select distinct on (h.student_id) h.student_id, h.post_id, h.delegate_id, h.label
from (
    select p.student_id, p.id as post_id, null::uuid as delegate_id,
           coalesce(d.name || ' ', '') || post_label(p.kind, p.title) as label,
           array_position(array['presidium', 'head', 'staff', 'other'], p.kind) as rank
    from post p left join department d on d.id = p.department_id
    where p.union_id = of_union and p.voided_at is null and p.from_day <= on_day
          and (p.until_day is null or p.until_day > on_day)
    union all
    select d.student_id, null, d.id, '学生代表', 9
    from congress g join delegate d on d.congress_id = g.id
    where g.union_id = of_union and mandate_holds(d.id, on_day)
) h join student s on s.id = h.student_id
where s.left_on is null or s.left_on > on_day
order by h.student_id, h.rank, h.post_id, h.delegate_id
$$;

-- Who is in contact with which class on a day. A post that was corrected goes on as the one that took its place.
create function contacts_on(of_institution uuid, on_day date)
returns table (id uuid, union_id uuid, student_id uuid, class_id uuid, from_day date, label text) language sql stable as $$
select a.id, a.union_id, a.student_id, a.class_id, a.from_day, h.label
from contact_assignment a join class k on k.id = a.class_id join student s on s.id = a.student_id
     join lateral (
         select coalesce(d.name || ' ', '') || post_label(p.kind, p.title) as label
         from post p left join department d on d.id = p.department_id
         where (p.id = a.post_id or p.corrects = a.post_id) and p.voided_at is null and p.from_day <= on_day
               and (p.until_day is null or p.until_day > on_day)
         union all
         select '学生代表' where mandate_holds(a.delegate_id, on_day)
         limit 1
     ) h on true
where a.institution_id = of_institution and a.from_day <= on_day and (a.until_day is null or a.until_day > on_day)
      and (k.ended_on is null or k.ended_on > on_day) and (s.left_on is null or s.left_on > on_day)
$$;

-- The classes with students that a union is to be in contact with on a day: a college's its own, the graduates' theirs, the
-- school's all others.
create function contact_classes(of_institution uuid, on_day date)
returns table (union_id uuid, class_id uuid, college_id uuid) language sql stable as $$
select u.id, k.id, c.id
from student_union u join college c on c.institution_id = u.institution_id join major m on m.college_id = c.id
     join class k on k.major_id = m.id
where u.institution_id = of_institution and (u.college_id is null or u.college_id = c.id)
      and (u.kind <> 'graduate' or m.level = 'graduate')
      and (u.kind <> 'school' or m.level <> 'graduate'
           or not exists (select from student_union g where g.institution_id = of_institution and g.kind = 'graduate'))
      and (k.ended_on is null or k.ended_on > on_day)
      and exists (select from student s where s.class_id = k.id and (s.left_on is null or s.left_on > on_day))
$$;
