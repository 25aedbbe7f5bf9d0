-- Unions, their departments and posts, semesters and the executive chair's turns.

create table semester (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 2 and 40),
    from_day date not null,
    until_day date not null,
    unique (institution_id, name),
    constraint semester_length check (until_day - from_day between 60 and 250),
    constraint semester_apart exclude using gist (institution_id with =, daterange(from_day, until_day) with &&)
);

-- A scan of what a decision rests on. Kept whole; a file that nothing refers to goes after a day.
create table document (
    id uuid primary key,
    institution_id uuid not null references institution,
    name text not null check (length(name) between 1 and 120),
    media text not null check (media in ('application/pdf', 'image/jpeg', 'image/png')),
    bytes bytea not null check (length(bytes) between 1 and 8388608),
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    by_account uuid not null references account
);
create index document_at on document (at);

create table student_union (
    id uuid primary key,
    institution_id uuid not null references institution,
    kind text not null check (kind in ('school', 'graduate', 'college')),
    college_id uuid references college,
    created_at timestamptz not null,
    -- From this day the rules are enforced at the click; before it the union is only taken down as it stands.
    opened_on date,
    constraint union_college check ((college_id is not null) = (kind = 'college')),
    constraint union_once unique nulls not distinct (institution_id, kind, college_id)
);

create table department (
    id uuid primary key,
    union_id uuid not null references student_union,
    name text not null check (length(name) between 2 and 30),
    functions text not null check (length(functions) <= 300),
    -- The written ruling on functions that another organisation has too.
    ruling text check (length(ruling) between 1 and 200),
    -- The day on which its name or functions were last changed; what they were stands in the union's facts.
    changed_on date,
    from_day date not null,
    until_day date,
    constraint department_term check (until_day >= from_day),
    constraint department_once exclude using gist (
        (md5(union_id::text || name)::uuid) with =, daterange(from_day, until_day) with &&)
);
create index department_union on department (union_id);

-- A post and its term: from a day, until the first day on which it is held no more. Nothing is deleted; a correction voids
-- the row and names it in the one that takes its place.
create table post (
    id uuid primary key,
    union_id uuid not null references student_union,
    student_id uuid not null references student,
    kind text not null check (kind in ('presidium', 'head', 'staff', 'other')),
    department_id uuid references department,
    title text check (length(title) between 1 and 60),
    from_day date not null,
    until_day date,
    -- Whether the person came from a college union; null where nobody knows.
    from_college boolean,
    -- The roster taken in at the start called them the executive chair.
    marked_chair boolean not null default false,
    -- Taken down at the start, not appointed here.
    registered boolean not null default false,
    corrects uuid references post,
    voided_at timestamptz,
    constraint post_department check ((kind in ('head', 'staff')) = (department_id is not null)),
    -- Another post than the three can only have been found.
    constraint post_other check ((kind = 'other') = (title is not null) and (kind <> 'other' or registered)),
    constraint post_term check (until_day >= from_day),
    -- One key of all that makes a post the same: an index over the columns themselves would be taken for finding people,
    -- and it is a hundred times slower at that than the one below.
    constraint post_once exclude using gist (
        (md5(union_id::text || student_id::text || kind || coalesce(department_id::text, '') || coalesce(title, ''))::uuid)
        with =, daterange(from_day, until_day) with &&) where (voided_at is null)
);
create index post_union on post (union_id, from_day);
create index post_student on post (student_id);

-- Only the end of a term and its being void may be written later, and where somebody came from if nobody knew.
create function keep_post() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (to_jsonb(new) - '{until_day,voided_at,from_college}'::text[])
                           is distinct from (to_jsonb(old) - '{until_day,voided_at,from_college}'::text[])
       or (old.from_college is not null and new.from_college is distinct from old.from_college)
       or (old.voided_at is not null and new is distinct from old) then
        raise exception 'a post is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger post_kept before update or delete on post for each row execute function keep_post();

-- A turn of the executive chair: a duty of a presidium member, never a post of its own.
create table turn (
    id uuid primary key,
    union_id uuid not null references student_union,
    student_id uuid not null references student,
    from_day date not null,
    until_day date not null,
    state text not null check (state in ('proposed', 'confirmed', 'withdrawn')),
    proposed_at timestamptz not null,
    handover text check (length(handover) between 1 and 2000),
    handover_at timestamptz,
    constraint turn_term check (until_day >= from_day),
    constraint turn_handover check ((handover is null) = (handover_at is null)),
    -- One chair at a time.
    constraint turn_alone exclude using gist (
        (md5(union_id::text)::uuid) with =, daterange(from_day, until_day) with &&) where (state = 'confirmed')
);
create index turn_union on turn (union_id, from_day);
create index turn_student on turn (student_id) where state = 'confirmed';

-- What was done about a union, with its ground: never rewritten.
create table union_fact (
    id uuid primary key,
    union_id uuid not null references student_union,
    at timestamptz not null,
    -- Nobody where the server's operator did it.
    by_account uuid references account,
    office text not null,
    act text not null check (act in (
        'created', 'registered', 'opened', 'appointed', 'ended', 'corrected', 'department', 'department_changed',
        'department_ended', 'reshuffled', 'turn_proposed', 'turn_confirmed', 'turn_withdrawn', 'handover')),
    post_id uuid references post,
    department_id uuid references department,
    turn_id uuid references turn,
    -- The day from which it holds.
    day date,
    says text not null default '' check (length(says) <= 300),
    -- The decision's number or words.
    ground text not null default '' check (length(ground) <= 120),
    document_id uuid references document,
    -- Why a soft limit is passed, or why something is corrected.
    reason text not null default '' check (length(reason) <= 200),
    -- The rules that were warned of, by code and unit: [{"rule": "STF-01", "unit": null, "says": "…"}].
    warned jsonb not null default '[]'
);
create index union_fact_union on union_fact (union_id, at desc);
create index union_fact_document on union_fact (document_id) where document_id is not null;
create trigger union_fact_append_only before update or delete or truncate on union_fact
    for each statement execute function refuse_change();

-- A roster on its way in: taken down as it stands, or a change of the whole union. Its rows go when it is settled.
create table roster_draft (
    id uuid primary key,
    union_id uuid not null references student_union,
    purpose text not null check (purpose in ('register', 'reshuffle')),
    day date not null,
    file_name text not null check (length(file_name) <= 120),
    rows jsonb not null,
    ground text not null default '' check (length(ground) <= 120),
    document_id uuid references document,
    by_account uuid not null references account,
    at timestamptz not null,
    state text not null check (state in ('previewed', 'committed', 'discarded'))
);
create index roster_draft_union on roster_draft (union_id, at desc);

-- What the rules ask of a student: the figures of the basis that speaks best for them (last semester, last year or since
-- entry, the newest period of each), as the national disclosure form lets a university count.
create view student_fact as
select s.id as student_id, s.institution_id, s.number, s.name, s.political, s.left_on, k.entry_year, k.name as class, m.level,
       m.name as major, c.id as college_id, c.name as college, g.basis, g.period, g.rank, g.cohort, g.failed, g.source,
       g.recorded_at as graded_at,
       (select max(h.at) from student_change h where h.student_id = s.id and h.field = 'political') as political_at
from student s join class k on k.id = s.class_id join major m on m.id = k.major_id join college c on c.id = m.college_id
     left join lateral (
         select f.basis, f.period, f.rank, f.cohort, f.failed, f.source, f.recorded_at
         from (
             select distinct on (p.basis) p.* from (
                 select f.basis, f.period, max(f.recorded_at) as recorded_at,
                        (array_agg(f.rank order by f.recorded_at desc) filter (where f.rank is not null))[1] as rank,
                        (array_agg(f.cohort order by f.recorded_at desc) filter (where f.rank is not null))[1] as cohort,
                        (array_agg(f.failed order by f.recorded_at desc) filter (where f.failed is not null))[1] as failed,
                        (array_agg(f.source order by f.recorded_at desc))[1] as source
                 from grade_fact f where f.student_id = s.id group by f.basis, f.period
             ) p order by p.basis, p.recorded_at desc, p.period desc
         ) f
         order by coalesce(f.failed, 1) > 0, f.rank::numeric / f.cohort nulls last, f.recorded_at desc
         limit 1
     ) g on true;

-- Whoever leaves the university leaves their posts and turns on the same day, whichever way the leaving is written.
create function leave_unions() returns trigger language plpgsql as $$
begin
    update post set until_day = greatest(from_day, new.left_on)
    where student_id = new.id and voided_at is null and (until_day is null or until_day > new.left_on);
    update turn set until_day = greatest(from_day, new.left_on)
    where student_id = new.id and state <> 'withdrawn' and until_day > new.left_on;
    return null;
end $$;
create trigger student_leaves_unions after update of left_on on student for each row
    when (new.left_on is not null and new.left_on is distinct from old.left_on) execute function leave_unions();

-- A union as people call it.
create function union_name(kind text, college text) returns text language sql immutable parallel safe as
$$ select case kind when 'school' then '校学生会' when 'graduate' then '校研究生会' else college || '学生会' end $$;

-- A post as people call it.
create function post_label(kind text, title text) returns text language sql immutable parallel safe as $$
    select case kind when 'presidium' then '主席团成员' when 'head' then '部门负责人' when 'staff' then '部门工作人员'
                     else title end
$$;
