-- From application to appointment: rounds, cases, and the opinions of their chains.

-- A student's figures over one basis (semester, year, entry), or over the one that speaks best for them where none is
-- named, as the national disclosure form lets a university count.
drop view student_fact;
create function student_facts(of_basis text) returns table (
    student_id uuid, institution_id uuid, number text, name text, political text, left_on date, entry_year integer,
    class_id uuid, class text, level text, major text, college_id uuid, college text, gender text, basis text, period text,
    rank integer, cohort integer, failed integer, source text, graded_at timestamptz, political_at timestamptz
) language sql stable as $$
select s.id, s.institution_id, s.number, s.name, s.political, s.left_on, k.entry_year, k.id, k.name, m.level, m.name, c.id,
       c.name, s.gender, g.basis, g.period, g.rank, g.cohort, g.failed, g.source, g.recorded_at,
       (select max(h.at) from student_change h where h.student_id = s.id and h.field = 'political')
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
                 from grade_fact f where f.student_id = s.id and (of_basis is null or f.basis = of_basis)
                 group by f.basis, f.period
             ) p order by p.basis, p.recorded_at desc, p.period desc
         ) f
         order by coalesce(f.failed, 1) > 0, f.rank::numeric / f.cohort nulls last, f.recorded_at desc
         limit 1
     ) g on true
$$;

-- A round: one union, one kind of place, from a day to a day. The chain is the plan's of the day on which it was opened.
create table vetting_round (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    title text not null check (length(title) between 2 and 40),
    purpose text not null check (purpose in ('recruit', 'term', 'supplement')),
    places text not null check (places in ('presidium', 'members')),
    chain jsonb not null,
    plan_version_id uuid not null references plan_version,
    -- Which figures count; null: the basis that speaks best for the student.
    basis text check (basis in ('semester', 'year', 'entry')),
    opens_on date not null,
    -- The last day on which one may apply.
    closes_on date not null,
    -- The day from which those who are chosen hold their post.
    effective_on date not null,
    -- Days for each step, in the chain's order.
    due_days integer[] not null check (0 < all (due_days) and 61 > all (due_days)),
    -- Days of public notice (practice); 0 for none.
    notice_days integer not null check (notice_days between 0 and 30),
    note text not null default '' check (length(note) <= 600),
    -- Why a soft limit is passed by the places.
    reason text not null default '' check (length(reason) <= 200),
    opened_at timestamptz not null,
    opened_by uuid references account,
    ended_at timestamptz,
    ended_why text check (length(ended_why) between 1 and 200),
    constraint vetting_round_days check (opens_on <= closes_on and closes_on <= effective_on),
    constraint vetting_round_due check (cardinality(due_days) = jsonb_array_length(chain -> 'links')),
    constraint vetting_round_ended check ((ended_at is null) = (ended_why is null))
);
create index vetting_round_union on vetting_round (union_id, opens_on desc);
create index vetting_round_open on vetting_round (institution_id, closes_on) where ended_at is null;

create table vetting_place (
    id uuid primary key,
    round_id uuid not null references vetting_round,
    kind text not null check (kind in ('presidium', 'head', 'staff')),
    department_id uuid references department,
    -- How many may be chosen: places of a department, or candidates for the presidium.
    seats integer not null check (seats between 1 and 60),
    -- Of candidates for the presidium: how many are to be elected from among them.
    to_elect integer check (to_elect between 1 and seats),
    constraint vetting_place_department check ((kind = 'presidium') = (department_id is null)),
    constraint vetting_place_elect check ((kind = 'presidium') = (to_elect is not null)),
    constraint vetting_place_once unique nulls not distinct (round_id, kind, department_id)
);

-- One candidate in one round. Class and college are those of the day on which it was handed in: their offices act on it.
create table vetting_case (
    id uuid primary key,
    -- A number for people, within the university.
    number integer not null,
    institution_id uuid not null references institution,
    round_id uuid not null references vetting_round,
    place_id uuid not null references vetting_place,
    student_id uuid not null references student,
    college_id uuid not null references college,
    class_id uuid not null references class,
    origin text not null check (origin in ('applied', 'recommended', 'prepared')),
    prepared_by uuid references account,
    -- The office that recommended or prepared it: its kind, and in words.
    prepared_kind text,
    prepared_office text check (length(prepared_office) between 1 and 80),
    source text check (source in ('school_staff', 'college_staff', 'exemplar', 'ordinary')),
    -- The field in which an exemplar stands out.
    field text not null default '' check (length(field) <= 30),
    statement text not null default '' check (length(statement) <= 1500),
    experience text not null default '' check (length(experience) <= 1500),
    -- The text that the candidate pledged to keep (DIS-01), and when.
    pledge text check (length(pledge) between 1 and 80),
    pledged_at timestamptz,
    -- What the conditions said when it was handed in, with the facts, their dates and sources.
    evidence jsonb,
    created_at timestamptz not null,
    submitted_at timestamptz,
    stage text not null check (stage in (
        'invited', 'at', 'returned', 'passed', 'appointed', 'listed', 'refused', 'withdrawn', 'lapsed')),
    step integer check (step >= 0),
    -- Counts up at every move, forward or back: an opinion belongs to one visit of a step.
    visit integer not null default 0,
    -- The furthest step that it has reached.
    furthest integer not null default 0,
    due_on date,
    -- Why it was returned, refused, withdrawn or ended.
    says text not null default '' check (length(says) <= 300),
    settled_at timestamptz,
    notice_from date,
    notice_until date,
    post_id uuid references post,
    constraint vetting_case_number unique (institution_id, number),
    constraint vetting_case_step check ((stage = 'at') = (step is not null)),
    constraint vetting_case_submitted check (stage in ('invited', 'withdrawn', 'lapsed')
                                             or num_nonnulls(submitted_at, pledged_at, evidence) = 3),
    constraint vetting_case_prepared check (
        num_nonnulls(prepared_by, prepared_kind, prepared_office) = case origin when 'applied' then 0 else 3 end),
    constraint vetting_case_post check ((stage = 'appointed') = (post_id is not null)),
    constraint vetting_case_notice check ((notice_from is null) = (notice_until is null))
);
-- One at a time in a round; whoever withdrew or was refused in error may come again.
create unique index vetting_case_once on vetting_case (round_id, student_id)
    where stage not in ('withdrawn', 'refused', 'lapsed');
create index vetting_case_round on vetting_case (round_id, number);
create index vetting_case_student on vetting_case (student_id);
create index vetting_case_waiting on vetting_case (institution_id, college_id, step) where stage = 'at';
create index vetting_case_place on vetting_case (place_id) where stage in ('passed', 'appointed', 'listed');

-- The number of a university's next case.
create table vetting_counter (
    institution_id uuid primary key references institution,
    last integer not null
);

create table case_photo (
    case_id uuid primary key references vetting_case on delete cascade,
    jpeg bytea not null check (length(jpeg) between 1 and 400000)
);

-- One session in which the offices of a joint step sat together.
create table joint_session (
    id uuid primary key,
    round_id uuid not null references vetting_round,
    step integer not null,
    held_on date not null,
    -- Who took part and what was discussed.
    says text not null check (length(says) between 1 and 600),
    by_account uuid not null references account,
    office text not null,
    at timestamptz not null
);
create index joint_session_round on joint_session (round_id, step, held_on desc);

-- Somebody may sign more than one step of a case, where people are few: a rule of this portal, not of a plan.
create table delegation (
    id uuid primary key,
    institution_id uuid not null references institution,
    account_id uuid not null references account,
    -- In this college's cases.
    college_id uuid not null references college,
    from_day date not null,
    until_day date not null,
    ground text not null check (length(ground) between 1 and 200),
    by_account uuid not null references account,
    at timestamptz not null,
    ended_at timestamptz,
    constraint delegation_term check (until_day > from_day and until_day - from_day <= 400)
);
create index delegation_account on delegation (account_id) where ended_at is null;

-- An opinion, in its order: never rewritten.
create table vetting_opinion (
    id uuid primary key,
    case_id uuid not null references vetting_case,
    step integer not null,
    visit integer not null,
    body text not null,
    -- The office in words, and what it did in the plan's word.
    office text not null check (length(office) between 1 and 80),
    act text not null check (length(act) between 1 and 12),
    verdict text not null check (verdict in ('agree', 'return', 'refuse')),
    -- Where it went back to; null for the candidate.
    back_to integer,
    says text not null check (length(says) <= 300),
    session_id uuid references joint_session,
    delegation_id uuid references delegation,
    by_account uuid not null references account,
    at timestamptz not null,
    constraint vetting_opinion_back check (back_to is null or (verdict = 'return' and back_to < step)),
    constraint vetting_opinion_reason check (verdict = 'agree' or length(says) > 0),
    -- Two people of one office who press at once: one opinion.
    constraint vetting_opinion_once unique (case_id, visit, step, body)
);
create index vetting_opinion_account on vetting_opinion (by_account, at desc);

-- What the program refuses, once more where it is written: nobody on their own case, nobody on two steps of one.
create function guard_opinion() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        -- Erasing a person takes the words about them; nothing else changes.
        if tg_op = 'UPDATE' and (to_jsonb(new) - 'says') = (to_jsonb(old) - 'says')
           and exists (select from vetting_case c join student s on s.id = c.student_id
                       where c.id = old.case_id and s.erased_at is not null) then
            return new;
        end if;
        raise exception 'an opinion is never rewritten' using errcode = 'insufficient_privilege';
    end if;
    if exists (select from vetting_case c join account a on a.student_id = c.student_id
               where c.id = new.case_id and a.id = new.by_account) then
        raise exception 'nobody acts on their own case' using errcode = 'insufficient_privilege';
    end if;
    if new.delegation_id is null
       and exists (select from vetting_opinion o where o.case_id = new.case_id and o.by_account = new.by_account
                   and (o.step, o.body) <> (new.step, new.body)) then
        raise exception 'nobody signs two steps of one case' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger vetting_opinion_guarded before insert or update or delete on vetting_opinion
    for each row execute function guard_opinion();

-- What somebody holds against a candidate during the public notice; only whoever keeps the round reads it.
create table vetting_objection (
    id uuid primary key,
    case_id uuid not null references vetting_case,
    by_account uuid not null references account,
    -- The keepers of the round see who it was only where the objector says so.
    named boolean not null,
    says text not null check (length(says) between 1 and 600),
    at timestamptz not null,
    upheld boolean,
    answer text check (length(answer) between 1 and 600),
    answered_by uuid references account,
    answered_at timestamptz,
    constraint vetting_objection_answered check (num_nonnulls(upheld, answer, answered_by, answered_at) in (0, 4))
);
create index vetting_objection_case on vetting_objection (case_id);

-- Whether a step of a chain waits for a body.
create function step_has(chain jsonb, step integer, body text) returns boolean language sql immutable parallel safe as
$$ select chain -> 'links' -> step -> 'by' @> jsonb_build_array(jsonb_build_object('body', body)) $$;

-- The first step at which a body acts, from 0; none where it does not act in the chain.
create function first_step(chain jsonb, body text) returns integer language sql immutable parallel safe as $$
    select min(l.place)::integer - 1 from jsonb_array_elements(chain -> 'links') with ordinality as l(link, place)
    where l.link -> 'by' @> jsonb_build_array(jsonb_build_object('body', body))
$$;

-- The class whose branch acts for a class today: the one that it was merged into.
create function acting_class(of_class uuid) returns uuid language sql stable as
$$ select coalesce(k.merged_into, k.id) from class k where k.id = of_class $$;

-- An appointment past the chain says why; one by the chain names its case.
alter table post
    add column case_id uuid references vetting_case,
    add column direct text check (length(direct) between 1 and 200);

-- Whoever leaves the university leaves what they applied for.
create function leave_vetting() returns trigger language plpgsql as $$
begin
    update vetting_case c set stage = 'lapsed', step = null, due_on = null, says = '候选人离校', settled_at = now()
    from vetting_round r
    where c.student_id = new.id and r.id = c.round_id and c.stage in ('invited', 'at', 'returned', 'passed', 'listed')
          and new.left_on <= r.effective_on;
    return null;
end $$;
create trigger student_leaves_vetting after update of left_on on student for each row
    when (new.left_on is not null and new.left_on is distinct from old.left_on) execute function leave_vetting();
