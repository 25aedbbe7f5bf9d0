-- A form that arrived after its session had ended is kept for whoever wrote it, for an hour.

-- Whose session it was, for a day after it ended.
create table ended_session (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account,
    -- The office in which it acted.
    office_id uuid references office,
    ended_at timestamptz not null
);
create index ended_session_account on ended_session (account_id);
create index ended_session_time on ended_session (ended_at);

create function remember_session() returns trigger language plpgsql as $$
begin
    insert into ended_session (token_hash, account_id, office_id, ended_at)
    values (old.token_hash, old.account_id, old.office_id, now()) on conflict do nothing;
    return null;
end $$;
create trigger session_ended after delete on session for each row execute function remember_session();

-- Sealed to a key that the browser alone holds, bound to the account: nobody else opens it, nor who reads this table.
create table kept_form (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account,
    sealed bytea not null check (length(sealed) between 1 and 400000),
    until timestamptz not null
);
create index kept_form_account on kept_form (account_id);
create index kept_form_time on kept_form (until);
