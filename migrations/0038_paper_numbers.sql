-- 发文字号 and 落款 of papers, as the office that issues them gives them: a paper is the same whenever it is printed.
create table sitting_paper (
    sitting_id uuid not null references sitting on delete cascade,
    paper text not null check (paper in ('announcement', 'candidates', 'early-closing', 'notice')),
    number text not null check (length(number) <= 40),
    -- In the words of the seal; empty for the office in charge.
    issuer text not null check (length(issuer) <= 60),
    primary key (sitting_id, paper)
);

create table congress_paper (
    congress_id uuid not null references congress,
    paper text not null check (paper in (
        'request-prepare', 'request-convene', 'notice', 'agenda', 'result-report', 'result-filing')),
    number text not null check (length(number) <= 40),
    dated_on date,
    -- Where the congress meets and when it begins, in words.
    place text not null check (length(place) <= 40),
    begins text not null check (length(begins) <= 40),
    copies text not null check (length(copies) <= 40),
    primary key (congress_id, paper)
);

alter table vetting_round add notice_number text not null default '' check (length(notice_number) <= 40);
