-- What a request said stood in the notices that told of it, also after it was withdrawn or its author erased. They go with its
-- words from now on, found by the page to which they lead.
create index notice_of_request on notice (href) where href like '/voice/%';
delete from notice n using voice_request q
where (q.stage = 'withdrawn' or q.title = '已删除') and n.href in ('/voice/desk/' || q.id, '/voice/requests/' || q.id);

-- Of the League committee's own people the Party committee hears, also where one of them is an officer of a union.
alter table conduct_case drop constraint conduct_handler;
alter table conduct_case add constraint conduct_handler check (staff is null or handler = 'school_party');

-- A published account that is read without signing in, where the League committee says so. The account itself is never
-- rewritten, so this stands beside it.
create table disclosure_open (
    disclosure_id uuid primary key references disclosure,
    opened_at timestamptz not null,
    opened_by uuid not null references account
);
