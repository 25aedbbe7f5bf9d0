-- A request goes to one body alone (公文 have one 主送机关): those to the higher federation are papers of their own, with a
-- number of their own.
alter table congress_paper
    drop constraint congress_paper_paper_check,
    add constraint congress_paper_paper_check check (paper in (
        'request-prepare', 'federation-prepare', 'request-convene', 'federation-convene', 'notice', 'agenda',
        'result-report', 'result-filing'));
