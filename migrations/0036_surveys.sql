-- Questionnaires (RGT-03): what is asked of whom, sealed answers, what the count leaves of them, findings and what follows.

-- How many questionnaires a union holds in a semester; where there is no row, practice: one.
create table survey_setting (
    institution_id uuid primary key references institution,
    per_semester integer not null check (per_semester between 1 and 6),
    kept_at timestamptz not null,
    kept_by uuid not null references account
);

create table survey (
    id uuid primary key,
    institution_id uuid not null references institution,
    -- The union that asks; null: the School Youth League committee.
    union_id uuid references student_union,
    title text not null check (length(title) between 2 and 60),
    purpose text not null check (length(purpose) between 1 and 500),
    -- Nobody learns who answered what.
    anonymous boolean not null,
    stage text not null check (stage in ('draft', 'open', 'closed', 'published')),
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    -- The years of entry that are asked; empty: all.
    years integer[] not null,
    made_at timestamptz not null,
    made_by uuid not null references account,
    opened_at timestamptz,
    public_key bytea check (length(public_key) = 32),
    -- The private half, sealed to a key that is drawn from a file and from no row. It goes with the count.
    locked_key bytea,
    -- The portal's own mark on the public half, whether answers are anonymous, and the questions.
    seal bytea check (length(seal) = 32),
    closed_at timestamptz,
    -- Answers that were opened.
    answers integer check (answers >= 0),
    -- Who was asked, as the closing found them.
    invited integer check (invited >= answers),
    findings text check (length(findings) between 1 and 2000),
    published_at timestamptz,
    constraint survey_time check (closes_at > opens_at),
    constraint survey_opened check ((stage = 'draft') = (opened_at is null) and num_nonnulls(opened_at, public_key, seal) in (0, 3)
        and (stage = 'open') = (locked_key is not null)),
    constraint survey_closed check ((stage in ('closed', 'published')) = (closed_at is not null)
        and num_nonnulls(closed_at, answers, invited) in (0, 3)),
    constraint survey_findings check (findings is null or closed_at is not null),
    constraint survey_published check ((stage = 'published') = (published_at is not null)
        and (published_at is null or findings is not null))
);
create index survey_institution on survey (institution_id, made_at desc);
create index survey_union on survey (union_id, opened_at) where opened_at is not null;

-- The colleges that are asked; none: all.
create table survey_college (
    survey_id uuid not null references survey on delete cascade,
    college_id uuid not null references college,
    primary key (survey_id, college_id)
);

create table survey_question (
    survey_id uuid not null references survey on delete cascade,
    place smallint not null check (place between 1 and 30),
    kind text not null check (kind in ('single', 'several', 'scale', 'order', 'text')),
    says text not null check (length(says) between 1 and 120),
    required boolean not null,
    -- The choices, the words of a scale from 1 to 5, or what is put in order.
    options text[] not null check (cardinality(options) <= 20),
    -- The most choices of several.
    most smallint check (most between 1 and 20),
    primary key (survey_id, place),
    constraint survey_question_options check (case kind when 'text' then cardinality(options) = 0
        when 'scale' then cardinality(options) = 5 else cardinality(options) >= 2 end),
    constraint survey_question_most check ((most is not null) = (kind = 'several'))
);

-- A sealed sheet. It carries no time; all of a questionnaire have one length.
create table survey_envelope (
    survey_id uuid not null references survey,
    student_id uuid not null references student,
    sealed bytea not null,
    mac bytea not null check (length(mac) = 32),
    primary key (survey_id, student_id)
);
create index survey_envelope_student on survey_envelope (student_id);

-- After the count: who answered, written in the order of student numbers, apart from every answer.
create table survey_answered (
    survey_id uuid not null references survey,
    student_id uuid not null references student,
    primary key (survey_id, student_id)
);
create index survey_answered_student on survey_answered (student_id);

-- The parts of those who answered that are large enough to be shown apart: 0 is the whole.
create table survey_part (
    survey_id uuid not null references survey,
    part smallint not null check (part >= 0),
    kind text not null check (kind in ('whole', 'college', 'year')),
    label text not null check (length(label) between 1 and 80),
    answers integer not null check (answers >= 0),
    invited integer not null check (invited >= answers),
    primary key (survey_id, part)
);

-- How often an option was chosen in a part. Option 0: how many answered the question. Of an order, how often an option had
-- the rank; else the rank is 0.
create table survey_figure (
    survey_id uuid not null,
    part smallint not null,
    question smallint not null,
    option smallint not null check (option >= 0),
    rank smallint not null check (rank >= 0),
    number integer not null check (number >= 0),
    primary key (survey_id, part, question, option, rank),
    foreign key (survey_id, part) references survey_part
);

-- What was written, in an order that is drawn by lot; only where there are five texts or more.
create table survey_text (
    survey_id uuid not null,
    question smallint not null,
    number integer not null check (number > 0),
    says text not null check (length(says) between 1 and 300),
    primary key (survey_id, question, number),
    foreign key (survey_id, question) references survey_question
);

-- Whose answers they are, where the questionnaire said that it asks for names: the answers in words.
create table survey_sheet (
    survey_id uuid not null references survey,
    student_id uuid not null references student,
    says text[] not null,
    primary key (survey_id, student_id)
);
create index survey_sheet_student on survey_sheet (student_id);

-- What follows: who sees to it until when, and what came of it.
create table survey_measure (
    id uuid primary key,
    survey_id uuid not null references survey,
    says text not null check (length(says) between 1 and 300),
    responsible text not null check (length(responsible) between 1 and 60),
    due_on date not null,
    made_at timestamptz not null,
    done text check (length(done) between 1 and 300),
    done_at timestamptz,
    constraint survey_measure_done check ((done is null) = (done_at is null))
);
create index survey_measure_survey on survey_measure (survey_id);

create function guard_survey() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.stage <> 'draft' then
            raise exception 'a questionnaire that was opened stays' using errcode = 'insufficient_privilege';
        end if;
        return old;
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'draft>open', 'open>closed', 'closed>published']) then
        raise exception 'a questionnaire does not go from % to %', old.stage, new.stage;
    end if;
    if old.stage <> 'draft' and (new.union_id, new.title, new.purpose, new.anonymous, new.opens_at, new.years,
                                 new.public_key) is distinct from
                                (old.union_id, old.title, old.purpose, old.anonymous, old.opens_at, old.years,
                                 old.public_key) then
        raise exception 'what the opening set stays';
    end if;
    return new;
end $$;
create trigger survey_guarded before update or delete on survey for each row execute function guard_survey();

-- What is asked stays as it was when the first answer came.
create function guard_survey_question() returns trigger language plpgsql as $$
begin
    if exists (select from survey s where s.id = coalesce(new.survey_id, old.survey_id) and s.stage <> 'draft') then
        raise exception 'the questions of an opened questionnaire stay' using errcode = 'insufficient_privilege';
    end if;
    return coalesce(new, old);
end $$;
create trigger survey_question_guarded before insert or update or delete on survey_question for each row
    execute function guard_survey_question();
