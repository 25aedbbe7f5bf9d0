-- Elections: sittings with their contests, rolls, sealed envelopes, and what the count leaves of them.

-- A sitting: contests that open together under one key.
create table sitting (
    id uuid primary key,
    institution_id uuid not null references institution,
    -- The college that keeps it; null: the school.
    college_id uuid references college,
    title text not null check (length(title) between 2 and 40),
    note text not null default '' check (length(note) <= 600),
    stage text not null check (stage in (
        'draft', 'announced', 'rehearsed', 'open', 'closed', 'counted', 'reported', 'voided')),
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    -- Casting again replaces the envelope.
    revote boolean not null,
    -- k: the monitors whose passphrases open the envelopes.
    threshold integer not null check (threshold between 2 and 9),
    -- What the committee decided on where its rules leave practice.
    decision text not null default '' check (length(decision) <= 200),
    created_at timestamptz not null,
    created_by uuid not null references account,
    -- A throw-away key of the rehearsal, gone when it has succeeded.
    rehearsal_key bytea check (length(rehearsal_key) = 32),
    rehearsed_at timestamptz,
    -- Set by the act of opening and never again.
    opened_at timestamptz,
    public_key bytea check (length(public_key) = 32),
    -- Bytes of every ballot before it is sealed.
    ballot_size integer check (ballot_size between 1 and 65536),
    roll_size integer check (roll_size > 0),
    roll_hash bytea check (length(roll_hash) = 32),
    -- The portal's own mark on key, roll and contests: whoever writes tables cannot put another key in their place.
    seal bytea check (length(seal) = 32),
    closed_at timestamptz,
    -- Envelopes at closing.
    envelopes integer check (envelopes >= 0),
    counted_at timestamptz,
    -- Envelopes that were not of the portal's making and were left out, and why.
    excluded integer not null default 0 check (excluded >= 0),
    excluded_why text check (length(excluded_why) between 1 and 500),
    ballots_hash bytea check (length(ballots_hash) = 32),
    -- The public record, as it was when the report was made.
    record text,
    -- Few patterns are possible: the committee lets everybody see the full ballots.
    ballots_published_at timestamptz,
    reported_at timestamptz,
    -- Voiding takes two people.
    void_asked_at timestamptz,
    void_asked_by uuid references account,
    void_why text check (length(void_why) between 1 and 200),
    voided_at timestamptz,
    voided_by uuid references account,
    constraint sitting_hours check (opens_at < closes_at),
    constraint sitting_opened check (
        num_nonnulls(opened_at, public_key, ballot_size, roll_size, roll_hash, seal) in (0, 6)
        and (stage not in ('open', 'closed', 'counted', 'reported') or opened_at is not null)
        and (stage not in ('draft', 'announced', 'rehearsed') or opened_at is null)),
    constraint sitting_closed check ((closed_at is null) = (envelopes is null)
        and (stage not in ('closed', 'counted', 'reported') or closed_at is not null)
        and (stage <> 'open' or closed_at is null)),
    constraint sitting_counted check (num_nonnulls(counted_at, ballots_hash) in (0, 2)
        and (stage in ('counted', 'reported')) <= (counted_at is not null)),
    constraint sitting_reported check (num_nonnulls(reported_at, record) in (0, 2)
        and (stage = 'reported') <= (reported_at is not null)),
    constraint sitting_void_asked check (num_nonnulls(void_asked_at, void_asked_by, void_why) in (0, 3)),
    constraint sitting_voided check ((stage = 'voided') = (voided_at is not null)
        and (voided_at is null) = (voided_by is null)
        and (voided_at is null or void_asked_by is not null and void_asked_by <> voided_by)),
    constraint sitting_excluded check ((excluded > 0) <= (excluded_why is not null))
);
create index sitting_institution on sitting (institution_id, opens_at desc);

create function guard_sitting() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.stage <> 'draft' then raise exception 'a sitting that was announced stays'; end if;
        return old;
    end if;
    if new.stage <> old.stage and (old.stage || '>' || new.stage) <> all (array[
        'draft>announced', 'announced>draft', 'rehearsed>draft', 'announced>rehearsed', 'rehearsed>open', 'open>closed',
        'closed>counted', 'counted>reported', 'announced>voided', 'rehearsed>voided', 'open>voided', 'closed>voided',
        'counted>voided']) then
        raise exception 'a sitting does not go from % to %', old.stage, new.stage;
    end if;
    if old.opened_at is not null and (new.opened_at, new.public_key, new.ballot_size, new.roll_size, new.roll_hash, new.seal,
        new.opens_at, new.closes_at, new.threshold, new.revote, new.institution_id, new.title) is distinct from (
        old.opened_at, old.public_key, old.ballot_size, old.roll_size, old.roll_hash, old.seal, old.opens_at,
        old.closes_at, old.threshold, old.revote, old.institution_id, old.title) then
        raise exception 'what the opening set stays';
    end if;
    if old.closed_at is not null and (new.closed_at, new.envelopes) is distinct from (old.closed_at, old.envelopes) then
        raise exception 'what the closing set stays';
    end if;
    if old.counted_at is not null and (new.counted_at, new.ballots_hash) is distinct from (old.counted_at, old.ballots_hash)
    then
        raise exception 'what the count set stays';
    end if;
    return new;
end $$;
create trigger sitting_guarded before update or delete on sitting for each row execute function guard_sitting();

-- A contest of a sitting: one body fills seats.
create table contest (
    id uuid primary key,
    sitting_id uuid not null references sitting on delete cascade,
    -- Its place in the sitting, from 1.
    ordinal smallint not null check (ordinal between 1 and 400),
    title text not null check (length(title) between 2 and 40),
    -- What is filled: delegates of a congress, members of a presidium, or something else.
    fills text not null check (fills in ('delegates', 'presidium', 'other')),
    body text not null check (body in ('class', 'constituency', 'college', 'congress')),
    -- The college of a college's contest, the classes of a class's or a constituency's; a congress is named one by one.
    college_id uuid references college,
    class_ids uuid[] not null default '{}',
    seats integer not null check (seats between 1 and 60),
    rules jsonb not null,
    -- The contest whose second round this is.
    round_of uuid references contest,
    unique (sitting_id, ordinal),
    constraint contest_body_named check (case body
        when 'college' then college_id is not null and class_ids = '{}'
        when 'congress' then college_id is null and class_ids = '{}'
        else college_id is null and class_ids <> '{}' end)
);
-- A contest has one second round.
create unique index contest_round on contest (round_of) where round_of is not null;

-- Who may vote in a contest of a congress.
create table contest_person (
    contest_id uuid not null references contest on delete cascade,
    student_id uuid not null references student,
    primary key (contest_id, student_id)
);

create table candidate (
    id uuid primary key,
    contest_id uuid not null references contest on delete cascade,
    -- The place on the ballot, from 1.
    ordinal smallint not null check (ordinal between 1 and 60),
    student_id uuid not null references student,
    -- As the ballot prints it; differs within a contest.
    label text not null check (length(label) between 1 and 60 and label not like '+%'),
    about text not null default '' check (length(about) <= 120),
    -- Where the candidacy comes from, in words.
    origin text not null check (length(origin) between 1 and 120),
    withdrawn_at timestamptz,
    withdrawn_by uuid references account,
    withdrawn_why text check (length(withdrawn_why) between 1 and 200),
    unique (contest_id, ordinal),
    unique (contest_id, label),
    unique (contest_id, student_id),
    constraint candidate_withdrawn check (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_why) in (0, 3))
);

-- Monitors (监票人). A passphrase, which only the monitor has, gives the key to which the monitor's share is sealed.
create table monitor (
    sitting_id uuid not null references sitting on delete cascade,
    account_id uuid not null references account,
    chief boolean not null,
    named_at timestamptz not null,
    salt bytea check (length(salt) = 16),
    public_key bytea check (length(public_key) = 32),
    -- The portal's own mark on the key: a share is sealed to no other.
    mac bytea check (length(mac) = 32),
    -- The passphrase was shown to work in the rehearsal.
    proved_at timestamptz,
    -- A share of the rehearsal's key, then of the sitting's; gone after the count.
    share bytea,
    primary key (sitting_id, account_id),
    constraint monitor_key check (num_nonnulls(salt, public_key, mac) in (0, 3))
);
create unique index monitor_chief on monitor (sitting_id) where chief;
create index monitor_account on monitor (account_id);

create table rehearsal_ballot (
    sitting_id uuid not null references sitting on delete cascade,
    number integer not null,
    sealed bytea not null,
    primary key (sitting_id, number)
);

-- A voter who was left off the roll by mistake: one monitor asks, another agrees.
create table admission (
    id uuid primary key,
    sitting_id uuid not null references sitting,
    student_id uuid not null references student,
    contests smallint[] not null check (contests <> '{}'),
    why text not null check (length(why) between 1 and 200),
    asked_by uuid not null references account,
    asked_at timestamptz not null,
    agreed_by uuid references account,
    agreed_at timestamptz,
    constraint admission_agreed check ((agreed_by is null) = (agreed_at is null)),
    constraint admission_two_people check (agreed_by <> asked_by),
    unique (sitting_id, student_id)
);

-- The roll, frozen at opening, in the order of student numbers.
create table voter (
    sitting_id uuid not null references sitting,
    place integer not null check (place > 0),
    student_id uuid not null references student,
    class_id uuid not null references class,
    -- The contests in which this person votes.
    contests smallint[] not null check (contests <> '{}'),
    admission_id uuid references admission,
    -- The portal's own mark on somebody who was admitted later.
    mac bytea,
    -- A paper ballot was issued: the electronic one is closed.
    paper_at timestamptz,
    paper_by uuid references account,
    primary key (sitting_id, place),
    unique (sitting_id, student_id),
    constraint voter_admitted check ((admission_id is null) = (mac is null)),
    constraint voter_paper check ((paper_at is null) = (paper_by is null))
);
create index voter_student on voter (student_id);
create index voter_class on voter (class_id, sitting_id);

-- What is voted on and by whom stays as it was when it was announced; of the roll, only what the rules provide for changes.
create function guard_ballot() returns trigger language plpgsql as $$
declare
    of_sitting uuid;
    at_stage text;
begin
    if tg_table_name = 'contest' then
        of_sitting := case tg_op when 'DELETE' then old.sitting_id else new.sitting_id end;
    elsif tg_table_name = 'voter' then
        of_sitting := case tg_op when 'DELETE' then old.sitting_id else new.sitting_id end;
    else
        select sitting_id into of_sitting from contest
        where id = case tg_op when 'DELETE' then old.contest_id else new.contest_id end;
    end if;
    select stage into at_stage from sitting where id = of_sitting;
    if tg_table_name = 'voter' then
        if tg_op = 'INSERT' and (at_stage = 'rehearsed' or at_stage = 'open' and new.admission_id is not null) then
            return new;
        elsif tg_op = 'UPDATE' and at_stage = 'open'
            and (new.sitting_id, new.place, new.student_id, new.contests) = (old.sitting_id, old.place, old.student_id, old.contests)
        then
            return new;
        end if;
    elsif at_stage = 'draft' or at_stage is null then
        if tg_op = 'DELETE' then return old; end if;
        return new;
    elsif tg_table_name = 'candidate' and tg_op = 'UPDATE' and at_stage <> 'voided' and old.withdrawn_at is null
        and (new.id, new.contest_id, new.ordinal, new.student_id, new.label) =
            (old.id, old.contest_id, old.ordinal, old.student_id, old.label) then
        return new;
    end if;
    raise exception 'a sitting at % keeps its % as it is', at_stage, tg_table_name;
end $$;
create trigger contest_guarded before insert or update or delete on contest for each row execute function guard_ballot();
create trigger contest_person_guarded before insert or update or delete on contest_person for each row
    execute function guard_ballot();
create trigger candidate_guarded before insert or update or delete on candidate for each row execute function guard_ballot();
create trigger voter_guarded before insert or update or delete on voter for each row execute function guard_ballot();

-- Slips with a code, for voters in a hall. The serial is noted at check-in; of the code only the hash is kept.
create table slip (
    sitting_id uuid not null references sitting,
    serial integer not null check (serial > 0),
    code_hash bytea not null unique check (length(code_hash) = 32),
    made_at timestamptz not null,
    voter integer,
    bound_at timestamptz,
    bound_by uuid references account,
    voided_at timestamptz,
    voided_why text check (length(voided_why) between 1 and 200),
    primary key (sitting_id, serial),
    foreign key (sitting_id, voter) references voter,
    constraint slip_bound check (num_nonnulls(voter, bound_at, bound_by) in (0, 3)),
    constraint slip_voided check ((voided_at is null) = (voided_why is null))
);
create unique index slip_voter on slip (sitting_id, voter) where voided_at is null;

-- One sealed envelope a voter. No foreign key on the voter: the statement that writes it reads the roll, and a key's own check
-- would double the cost of a cast. Keyed by sitting and voter, so that casts of one sitting stay together.
create table envelope (
    sitting_id uuid not null,
    voter integer not null,
    sealed bytea not null,
    mac bytea not null,
    cast_at timestamptz not null,
    -- Cast by a slip: whoever has the slip replaces that, and nothing that was cast by a session.
    by_slip boolean not null default false,
    primary key (sitting_id, voter)
);

-- Somebody's password was reset, or a new code made, while they could vote.
create table voter_reset (
    sitting_id uuid not null references sitting,
    voter integer not null,
    at timestamptz not null,
    by_account uuid references account,
    -- A reset of a password, or a first password by a code that somebody handed out.
    kind text not null check (kind in ('reset', 'first')),
    foreign key (sitting_id, voter) references voter
);
create index voter_reset_voter on voter_reset (sitting_id, voter);

-- What the count leaves: how often each pattern was cast, the names written in, the receipts, and who voted.
create table ballot_pattern (
    contest_id uuid not null references contest,
    -- A letter for each candidate in the ballot's order: F for, A against, - abstain; then how many names were written in.
    pattern text not null check (length(pattern) <= 70),
    votes integer not null check (votes > 0),
    primary key (contest_id, pattern)
);
create table written_in (
    contest_id uuid not null references contest,
    name text not null check (length(name) between 1 and 60),
    votes integer not null check (votes > 0),
    primary key (contest_id, name)
);
create table receipt (
    sitting_id uuid not null references sitting,
    code text not null check (length(code) = 16),
    primary key (sitting_id, code)
);
create table has_voted (
    sitting_id uuid not null,
    voter integer not null,
    primary key (sitting_id, voter),
    foreign key (sitting_id, voter) references voter
);

-- Paper ballots of a contest as counted by hand: two entries by two people, a third settles what differs.
create table paper_entry (
    contest_id uuid not null references contest,
    turn smallint not null check (turn between 1 and 3),
    account_id uuid not null references account,
    figures jsonb not null,
    at timestamptz not null,
    primary key (contest_id, turn),
    unique (contest_id, account_id)
);

-- A tie at the last seat that people decided by lot.
create table lot (
    contest_id uuid primary key references contest,
    winners text[] not null check (winners <> '{}'),
    method text not null check (length(method) between 1 and 200),
    present text not null check (length(present) between 1 and 200),
    drawn_at timestamptz not null,
    by_account uuid not null references account
);

-- What the count and the report say of a contest.
create table contest_result (
    contest_id uuid primary key references contest,
    account jsonb not null,
    count jsonb not null
);

-- The students of a contest's body on a day; each kind of body by its own index.
create function contest_roll(of_contest uuid, on_day date) returns table (student_id uuid, class_id uuid)
language sql stable as $$
select s.id, s.class_id
from contest c join student s on s.class_id = any (c.class_ids)
where c.id = of_contest and (s.left_on is null or s.left_on > on_day)
union all
select s.id, s.class_id
from contest c join major m on m.college_id = c.college_id join class k on k.major_id = m.id
     join student s on s.class_id = k.id
where c.id = of_contest and (s.left_on is null or s.left_on > on_day)
union all
select s.id, s.class_id
from contest_person p join student s on s.id = p.student_id
where p.contest_id = of_contest and (s.left_on is null or s.left_on > on_day)
$$;

-- A voter with what stands of their vote.
create view voter_standing as
select t.institution_id, v.sitting_id, v.place, v.student_id, v.contests, v.paper_at is not null as on_paper, e.cast_at,
       (select max(r.at) from voter_reset r where r.sitting_id = v.sitting_id and r.voter = v.place and r.kind = 'reset')
           as reset_at,
       (select p.serial from slip p where p.sitting_id = v.sitting_id and p.voter = v.place and p.voided_at is null) as slip
from voter v join sitting t on t.id = v.sitting_id
     left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place;

-- Takes gathered casts, one of a voter at most, and says of each what became of it. The sitting's row is locked first and by a
-- statement of its own, so that all that follows sees what a closing, or a paper ballot issued a moment ago, has written.
create function cast_ballots(sittings uuid[], voters integer[], sessions bytea[], slips bytea[], ballots bytea[], macs bytea[],
                             at timestamptz)
returns table (place bigint, opened boolean, stands boolean, on_paper boolean, taken boolean) language plpgsql as $$
#variable_conflict use_column
begin
    perform from sitting t where t.id = any (sittings) order by t.id for share;
    return query
    with asked as (
        select u.* from unnest(sittings, voters, sessions, slips, ballots, macs)
            with ordinality as u(sitting, voter, session, slip, ballot, mac, place)
    ), judged as (
        select u.*, t.id is not null as opened, v.paper_at is not null as on_paper,
               v.place is not null and (
                   exists (select from session s join account a on a.id = s.account_id
                           where s.token_hash = u.session and s.expires_at > at and a.disabled_at is null
                                 and a.student_id = v.student_id)
                   or exists (select from slip p where p.code_hash = u.slip and p.sitting_id = u.sitting
                              and p.voter = u.voter and p.voided_at is null)) as stands
        from asked u
             left join sitting t on t.id = u.sitting and t.stage = 'open' and t.opens_at <= at and at < t.closes_at
             left join voter v on v.sitting_id = u.sitting and v.place = u.voter
    ), put as (
        insert into envelope as e (sitting_id, voter, sealed, mac, cast_at, by_slip)
        select j.sitting, j.voter, j.ballot, j.mac, at, j.session is null from judged j
        where j.opened and j.stands and not j.on_paper order by j.sitting, j.voter
        on conflict (sitting_id, voter) do update
        set sealed = excluded.sealed, mac = excluded.mac, cast_at = excluded.cast_at, by_slip = excluded.by_slip
        -- The same envelope once more is a batch that is written again because its answer was lost.
        where e.sealed = excluded.sealed or (e.by_slip or not excluded.by_slip)
              and exists (select from sitting t where t.id = e.sitting_id and t.revote)
        returning e.sitting_id, e.voter
    )
    select j.place, j.opened, j.stands, j.on_paper, p.voter is not null
    from judged j left join put p on p.sitting_id = j.sitting and p.voter = j.voter order by j.place;
end $$;
