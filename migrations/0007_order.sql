-- In which order lists stand: people by the strokes of their names, colleges as the university puts them, candidates as
-- they were announced.

alter table institution
    -- 以姓氏笔画为序, or 以姓名笔画为序.
    add column stroke_order text not null default 'surname' check (stroke_order in ('surname', 'whole')),
    -- The colleges stand as the university has put them; else by the strokes of their names.
    add column colleges_by_hand boolean not null default false;

-- Its place among the colleges, from 1; 0 until the program, which knows the strokes, has given it one.
alter table college add column place integer not null default 0 check (place >= 0);

alter table contest
    -- Whoever keeps the sitting has moved a line: new candidates come after those who stand.
    add column by_hand boolean not null default false,
    -- The order that was announced; null before, and where it was announced when only the order of entry was kept.
    add column candidate_order text check (candidate_order in ('surname', 'whole', 'adjusted'));

-- Candidates change places in one statement.
alter table candidate drop constraint candidate_contest_id_ordinal_key;
alter table candidate add constraint candidate_place unique (contest_id, ordinal) deferrable initially immediate;
