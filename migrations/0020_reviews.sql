-- Reviews of officers (述职评议): who reports, who reviews them, sealed score sheets, what the count leaves of them, and the
-- nominations that rest on results.

-- How a university scores; without a row, the usual way.
create table review_scheme (
    institution_id uuid primary key references institution,
    -- In percent, in the order of the aspects.
    weights integer[] not null check (cardinality(weights) between 1 and 12),
    -- The most points of an aspect.
    most integer not null check (most in (5, 10, 100)),
    -- The highest and the lowest sheet are left out.
    trims boolean not null,
    -- From how many points of a hundred on.
    excellent integer not null check (excellent <= 100),
    good integer not null check (good < excellent),
    satisfactory integer not null check (satisfactory between 1 and good - 1),
    -- The greatest share of 优秀 in percent; null: none.
    ceiling integer check (ceiling between 1 and 100),
    -- So many days after the results somebody may object to theirs.
    objection_days integer not null check (objection_days between 1 and 30),
    changed_at timestamptz not null,
    changed_by uuid not null references account
);

-- The review of one union in one semester, with the way of scoring as it was when it began.
create table review (
    id uuid primary key,
    institution_id uuid not null references institution,
    union_id uuid not null references student_union,
    semester_id uuid not null references semester,
    stage text not null check (stage in ('reporting', 'confirmed', 'scoring', 'closed', 'counted', 'settled')),
    report_until date not null,
    sits_on date not null check (sits_on >= report_until),
    aspects text[] not null check (cardinality(aspects) between 1 and 12),
    -- The plan names no aspects: these are the usual ones.
    aspects_by_default boolean not null,
    weights integer[] not null,
    most integer not null check (most in (5, 10, 100)),
    trims boolean not null,
    excellent integer not null,
    good integer not null,
    satisfactory integer not null,
    ceiling integer,
    objection_days integer not null check (objection_days between 1 and 30),
    begun_at timestamptz not null,
    begun_by uuid not null references account,
    confirmed_at timestamptz,
    opened_at timestamptz,
    public_key bytea check (length(public_key) = 32),
    -- The portal's own mark on the key: whoever writes tables cannot put another key in its place.
    seal bytea check (length(seal) = 32),
    closed_at timestamptz,
    -- Sealed sheets at the closing.
    sheets integer check (sheets >= 0),
    counted_at timestamptz,
    -- The last day on which somebody may object.
    object_until date,
    settled_at timestamptz,
    constraint review_once unique (union_id, semester_id),
    constraint review_weights check (cardinality(weights) = cardinality(aspects)),
    constraint review_confirmed check ((stage = 'reporting') = (confirmed_at is null)),
    constraint review_opened check (num_nonnulls(opened_at, public_key, seal) in (0, 3)
        and (stage in ('reporting', 'confirmed')) = (opened_at is null)),
    constraint review_closed check (num_nonnulls(closed_at, sheets) in (0, 2)
        and (stage in ('closed', 'counted', 'settled')) = (closed_at is not null)),
    constraint review_counted check (num_nonnulls(counted_at, object_until) in (0, 2)
        and (stage in ('counted', 'settled')) = (counted_at is not null)),
    constraint review_settled check ((stage = 'settled') = (settled_at is not null))
);
create index review_institution on review (institution_id, begun_at desc);
create index review_semester on review (semester_id);

-- Whoever held such a post in the semester, once, whatever posts they held.
create table review_person (
    review_id uuid not null references review,
    -- From 1, in the order of the list.
    place smallint not null check (place > 0),
    student_id uuid not null references student,
    -- Their posts in words.
    posts text not null check (length(posts) between 1 and 200),
    department_ids uuid[] not null default '{}',
    -- The first day on which they held none any more, where it lies within the semester, and why.
    left_on date,
    left_why text check (length(left_why) between 1 and 120),
    -- Why somebody who left does not report.
    excused_why text check (length(excused_why) between 1 and 200),
    -- A text for each aspect, once something is written.
    report text[] not null default '{}',
    report_state text not null default 'none' check (report_state in ('none', 'draft', 'handed', 'returned')),
    handed_at timestamptz,
    returned_why text check (length(returned_why) between 1 and 200),
    -- They are scored at the sitting.
    scored boolean not null default false,
    primary key (review_id, place),
    unique (review_id, student_id),
    constraint review_person_handed check ((report_state = 'handed') <= (handed_at is not null)),
    constraint review_person_excused check (excused_why is null or left_on is not null),
    constraint review_person_scored check (not scored or report_state = 'handed' and excused_why is null)
);
create index review_person_student on review_person (student_id);

-- The board (评议会). A monitor of it keeps a share of the sitting's key under a passphrase of their own.
create table review_member (
    review_id uuid not null references review,
    account_id uuid not null references account,
    category text not null check (category in ('student', 'affairs', 'league', 'other')),
    drawn boolean not null,
    named_at timestamptz not null,
    monitor boolean not null default false,
    -- Their place among those who score, from 1; null where they did not come.
    scorer smallint check (scorer > 0),
    salt bytea check (length(salt) = 16),
    public_key bytea check (length(public_key) = 32),
    -- The portal's own mark on the key.
    mac bytea check (length(mac) = 32),
    proved_at timestamptz,
    share bytea,
    -- The portal's own mark on the share as it was dealt.
    share_mark bytea check (length(share_mark) = 32),
    primary key (review_id, account_id),
    unique (review_id, scorer),
    constraint review_member_key check (num_nonnulls(salt, public_key, mac) in (0, 3)
        and (salt is null or monitor) and (proved_at is null or salt is not null)),
    constraint review_member_share check (num_nonnulls(share, share_mark) in (0, 2))
);
create index review_member_account on review_member (account_id);

-- A lot by which members were drawn: whoever has the seed and the list draws the same again.
create table review_draw (
    review_id uuid not null references review,
    ordinal smallint not null check (ordinal > 0),
    seed text not null check (length(seed) between 10 and 80),
    seats smallint not null check (seats between 1 and 200),
    -- The numbers of those among whom was drawn.
    pool text[] not null check (pool <> '{}'),
    drawn text[] not null check (drawn <> '{}'),
    drawn_at timestamptz not null,
    by_account uuid not null references account,
    primary key (review_id, ordinal)
);

-- A sealed sheet of one member on one person. It carries no time; all have one length.
create table review_sheet (
    review_id uuid not null references review,
    scorer smallint not null,
    person smallint not null,
    sealed bytea not null,
    mac bytea not null check (length(mac) = 32),
    primary key (review_id, scorer, person)
);

-- What the count leaves: the scores of each sheet in their own order, without who gave them. The group is kept only where
-- it and all others have five sheets or more.
create table review_mark (
    review_id uuid not null,
    person smallint not null,
    number integer not null check (number > 0),
    category text check (category in ('student', 'other')),
    scores integer[] not null,
    primary key (review_id, person, number),
    foreign key (review_id, person) references review_person
);
-- Comments apart from the scores that came with them, in their own order.
create table review_comment (
    review_id uuid not null,
    person smallint not null,
    number integer not null check (number > 0),
    says text not null check (length(says) between 1 and 200),
    primary key (review_id, person, number),
    foreign key (review_id, person) references review_person
);
create table review_result (
    review_id uuid not null,
    person smallint not null,
    sheets integer not null check (sheets > 0),
    -- In hundredths of a point of a hundred.
    score integer not null check (score between 0 and 10000),
    grade text not null check (grade in ('excellent', 'good', 'satisfactory', 'unsatisfactory')),
    aspects integer[] not null,
    -- Sheets by the grade that each alone would give.
    bands integer[] not null check (cardinality(bands) = 4),
    trimmed boolean not null,
    primary key (review_id, person),
    foreign key (review_id, person) references review_person
);

create table review_objection (
    review_id uuid not null,
    person smallint not null,
    says text not null check (length(says) between 1 and 500),
    at timestamptz not null,
    -- The board's answer; where the grade is changed, the one that was and the one that is.
    answer text check (length(answer) between 1 and 500),
    grade_before text,
    grade_after text,
    answered_at timestamptz,
    answered_by uuid references account,
    primary key (review_id, person),
    foreign key (review_id, person) references review_result,
    constraint review_objection_answered check (num_nonnulls(answer, answered_at, answered_by) in (0, 3)),
    constraint review_objection_changed check (num_nonnulls(grade_before, grade_after) in (0, 2)
        and (grade_before is null or answer is not null))
);

create function guard_review() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'a review stays' using errcode = 'insufficient_privilege';
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'reporting>confirmed', 'confirmed>reporting', 'confirmed>scoring', 'scoring>closed', 'scoring>confirmed',
        'closed>confirmed', 'closed>counted', 'counted>settled']) then
        raise exception 'a review does not go from % to %', old.stage, new.stage;
    end if;
    if old.counted_at is not null and (new.counted_at, new.sheets, new.public_key) is distinct from
                                      (old.counted_at, old.sheets, old.public_key) then
        raise exception 'what the count set stays';
    end if;
    if (new.union_id, new.semester_id, new.aspects, new.weights, new.most) is distinct from
       (old.union_id, old.semester_id, old.aspects, old.weights, old.most) then
        raise exception 'what the beginning set stays';
    end if;
    return new;
end $$;
create trigger review_guarded before update or delete on review for each row execute function guard_review();

-- A list of nominees for awards, bonus points or recommendations, drawn from one closed review.
create table nomination (
    id uuid primary key,
    institution_id uuid not null references institution,
    review_id uuid not null references review,
    title text not null check (length(title) between 2 and 40),
    kind text not null check (kind in ('award', 'bonus', 'recommendation')),
    seats smallint not null check (seats between 1 and 500),
    begun_at timestamptz not null,
    begun_by uuid not null references account,
    -- Why somebody with a better result is passed over.
    deviation text check (length(deviation) between 1 and 200),
    decided_at timestamptz,
    decided_by uuid references account,
    constraint nomination_decided check ((decided_at is null) = (decided_by is null)
        and (deviation is null or decided_at is not null))
);
create index nomination_institution on nomination (institution_id, begun_at desc);
create index nomination_review on nomination (review_id);

create table nomination_criterion (
    nomination_id uuid not null references nomination,
    place smallint not null check (place between 1 and 20),
    name text not null check (length(name) between 2 and 40),
    basis text not null check (basis in ('result', 'service', 'contribution', 'other')),
    points integer not null check (points between 1 and 100),
    primary key (nomination_id, place)
);

create table nominee (
    nomination_id uuid not null references nomination,
    person smallint not null,
    rank smallint not null check (rank > 0),
    -- What they did: the ground of the nomination.
    ground text not null check (length(ground) between 1 and 300),
    primary key (nomination_id, person)
);
