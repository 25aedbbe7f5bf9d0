//! SQL of the count, paper entries, lots, and what is reported.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::{Stage, destroy, step};
use crate::{
    database::Locked,
    elections::{
        ballot::CountedText,
        reconciliation::{ContestTurnout, Entry as PaperFigures},
        sitting::{Contest, Sitting},
    },
    failure::Failure,
    ids::{AccountId, ContestId, SittingId},
    rules::{election::WriteInFigures, sitting::Report},
};

/// An envelope with its voter's contests.
#[derive(Debug)]
pub struct Envelope {
    pub voter: i32,
    /// The contests, by ordinal; empty for a voter who is not on the roll.
    pub contests: Vec<i16>,
    /// A paper ballot was issued to the voter.
    pub on_paper: bool,
    pub sealed: Vec<u8>,
    pub mac: Vec<u8>,
}

/// Envelopes of a sitting after a place, in the order of the roll.
pub async fn envelopes(
    connection: &mut PgConnection,
    sitting: SittingId,
    after: i32,
    most: i64,
) -> Result<Vec<Envelope>, Failure> {
    let rows = sqlx::query_as!(
        Envelope,
        r#"select e.voter, coalesce(v.contests, '{}') as "contests!", v.paper_at is not null as "on_paper!", e.sealed, e.mac
           from envelope e left join voter v on v.sitting_id = e.sitting_id and v.place = e.voter
           where e.sitting_id = $1 and e.voter > $2 order by e.voter limit $3"#,
        sitting.0,
        after,
        most
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What a count leaves.
#[derive(Debug, Default)]
pub struct CountedBallots {
    /// How often each pattern was cast, by contest.
    pub patterns: Vec<CountedText>,
    /// Names written in, by contest.
    pub written: Vec<CountedText>,
    pub receipts: Vec<String>,
    /// The places of those whose envelopes were counted.
    pub voted: Vec<i32>,
    /// The hash of the full ballots file.
    pub ballots_hash: Vec<u8>,
    /// Envelopes left out, and why.
    pub excluded: Option<(i32, String)>,
    /// All envelopes that were read.
    pub envelopes: i32,
}

/// Keeps a count, everything sorted, and destroys envelopes and shares in the same act; `false` where the sitting or its
/// envelopes are not those that were read.
pub async fn keep_count(
    connection: &mut PgConnection,
    locked: &Locked<Sitting>,
    mut kept: CountedBallots,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let sitting = locked.id;
    let standing = sqlx::query!(
        r#"select envelopes as "at_closing!", (select count(*) from envelope where sitting_id = $1) as "now!"
           from sitting where id = $1 and institution_id = $2 and stage = 'closed' for update"#,
        sitting.0,
        locked.institution.0
    );
    match standing.fetch_optional(&mut *connection).await? {
        Some(row) if row.now == i64::from(kept.envelopes) => {}
        _ => return Ok(false),
    }
    kept.patterns.sort();
    kept.written.sort();
    kept.receipts.sort();
    kept.voted.sort_unstable();
    let (ids, texts, votes) = columns(kept.patterns)?;
    sqlx::query!(
        "insert into ballot_pattern (contest_id, pattern, votes)
         select u.* from unnest($1::uuid[], $2::text[], $3::integer[]) as u",
        &ids,
        &texts,
        &votes
    )
    .execute(&mut *connection)
    .await?;
    let (ids, texts, votes) = columns(kept.written)?;
    sqlx::query!(
        "insert into written_in (contest_id, name, votes)
         select u.* from unnest($1::uuid[], $2::text[], $3::integer[]) as u",
        &ids,
        &texts,
        &votes
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into receipt (sitting_id, code) select $1, u from unnest($2::text[]) as u",
        sitting.0,
        &kept.receipts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into has_voted (sitting_id, voter) select $1, u from unnest($2::integer[]) as u",
        sitting.0,
        &kept.voted
    )
    .execute(&mut *connection)
    .await?;
    destroy(connection, locked).await?;
    let (excluded, why) = kept.excluded.unzip();
    sqlx::query!(
        "update sitting set counted_at = $2, ballots_hash = $3, excluded = $4, excluded_why = $5 where id = $1",
        sitting.0,
        now,
        kept.ballots_hash,
        excluded.unwrap_or(0),
        why
    )
    .execute(&mut *connection)
    .await?;
    step(connection, locked, Stage::Counted).await
}

type Columns = (Vec<Uuid>, Vec<String>, Vec<i32>);

fn columns(rows: Vec<CountedText>) -> anyhow::Result<Columns> {
    let mut columns = Columns::default();
    for CountedText { contest, text, votes } in rows {
        columns.0.push(contest.0);
        columns.1.push(text);
        columns.2.push(i32::try_from(votes)?);
    }
    Ok(columns)
}

/// How often each pattern was cast, by contest, sorted.
pub async fn patterns(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<HashMap<ContestId, Vec<(String, u32)>>, Failure> {
    let rows = sqlx::query!(
        r#"select p.contest_id as "contest: ContestId", p.pattern, p.votes
           from ballot_pattern p join contest c on c.id = p.contest_id
           where c.sitting_id = $1 order by c.ordinal, p.pattern collate "C""#,
        sitting.0
    );
    let mut by_contest: HashMap<ContestId, Vec<(String, u32)>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        by_contest.entry(row.contest).or_default().push((row.pattern, row.votes.unsigned_abs()));
    }
    Ok(by_contest)
}

/// Names written in, by contest: by votes, then by name.
pub async fn written_in(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<HashMap<ContestId, Vec<WriteInFigures>>, Failure> {
    let rows = sqlx::query!(
        r#"select w.contest_id as "contest: ContestId", w.name, w.votes
           from written_in w join contest c on c.id = w.contest_id
           where c.sitting_id = $1 order by c.ordinal, w.votes desc, w.name collate "C""#,
        sitting.0
    );
    let mut by_contest: HashMap<ContestId, Vec<WriteInFigures>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let figures = WriteInFigures { name: row.name, votes_for: row.votes.unsigned_abs() };
        by_contest.entry(row.contest).or_default().push(figures);
    }
    Ok(by_contest)
}

pub async fn receipts(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<String>, Failure> {
    let codes =
        sqlx::query_scalar!(r#"select code from receipt where sitting_id = $1 order by code collate "C""#, sitting.0);
    Ok(codes.fetch_all(connection).await?)
}

/// The receipt is among those counted.
pub async fn is_counted(connection: &mut PgConnection, sitting: SittingId, code: &str) -> Result<bool, Failure> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from receipt where sitting_id = $1 and code = $2) as "found!""#,
        sitting.0,
        code
    );
    Ok(found.fetch_one(connection).await?)
}

/// The voter's envelope was counted.
pub async fn has_voted(connection: &mut PgConnection, sitting: SittingId, place: i32) -> Result<bool, Failure> {
    let voted = sqlx::query_scalar!(
        r#"select exists (select from has_voted where sitting_id = $1 and voter = $2)
                  or exists (select from voter where sitting_id = $1 and place = $2 and paper_at is not null)
                  as "voted!""#,
        sitting.0,
        place
    );
    Ok(voted.fetch_one(connection).await?)
}

/// How many came, by the contest's ordinal.
pub async fn contest_turnouts(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<HashMap<i16, ContestTurnout>, Failure> {
    let rows = sqlx::query!(
        r#"select ordinal as "ordinal!", count(*) as "due!",
                  count(*) filter (where v.paper_at is null and (h.voter is not null or e.voter is not null or exists (
                      select from slip p where p.sitting_id = v.sitting_id and p.voter = v.place
                             and p.voided_at is null))) as "electronic!",
                  count(*) filter (where v.paper_at is not null) as "paper!"
           from voter v cross join unnest(v.contests) ordinal
                left join has_voted h on h.sitting_id = v.sitting_id and h.voter = v.place
                left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
           where v.sitting_id = $1 group by ordinal"#,
        sitting.0
    );
    let number = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut by_contest = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let (due, electronic, paper) = (number(row.due), number(row.electronic), number(row.paper));
        by_contest.insert(row.ordinal, ContestTurnout { due, electronic, paper });
    }
    Ok(by_contest)
}

fn of_sitting(sitting: &Locked<Sitting>, contest: &Contest) -> anyhow::Result<()> {
    anyhow::ensure!(contest.sitting == sitting.id, "the contest is of another sitting");
    Ok(())
}

/// What one person entered of a contest's paper ballots.
#[derive(Debug, Clone)]
pub struct PaperEntry {
    /// 1 and 2 are the two entries, 3 settles what differs.
    pub turn: i16,
    pub account: AccountId,
    pub name: String,
    pub figures: PaperFigures,
    pub at: OffsetDateTime,
}

/// The paper entries of a sitting, by contest.
pub async fn paper_entries(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<HashMap<ContestId, Vec<PaperEntry>>, Failure> {
    let rows = sqlx::query!(
        r#"select p.contest_id as "contest: ContestId", p.turn, p.account_id as "account: AccountId", a.name, p.figures, p.at
           from paper_entry p join contest c on c.id = p.contest_id join account a on a.id = p.account_id
           where c.sitting_id = $1 order by c.ordinal, p.turn"#,
        sitting.0
    );
    let mut by_contest: HashMap<ContestId, Vec<PaperEntry>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let figures = serde_json::from_value(row.figures).map_err(anyhow::Error::new)?;
        by_contest.entry(row.contest).or_default().push(PaperEntry {
            turn: row.turn,
            account: row.account,
            name: row.name,
            figures,
            at: row.at,
        });
    }
    Ok(by_contest)
}

/// Keeps what somebody entered; `false` where that turn is taken or they have entered before.
pub async fn enter_paper(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    turn: i16,
    account: AccountId,
    figures: &PaperFigures,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    of_sitting(sitting, contest)?;
    let done = sqlx::query!(
        "insert into paper_entry (contest_id, turn, account_id, figures, at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        contest.id.0,
        turn,
        account.0,
        serde_json::to_value(figures).map_err(anyhow::Error::new)?,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Drops the entries of a contest, so that its paper ballots are counted again.
pub async fn drop_entries(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
) -> Result<u64, Failure> {
    of_sitting(sitting, contest)?;
    let done = sqlx::query!("delete from paper_entry where contest_id = $1", contest.id.0);
    Ok(done.execute(connection).await?.rows_affected())
}

/// A lot that was drawn.
#[derive(Debug, Clone)]
pub struct Lot {
    pub winners: Vec<String>,
    /// How it was drawn.
    pub method: String,
    pub present: String,
    pub drawn_at: OffsetDateTime,
}

/// The lots of a sitting, by contest.
pub async fn lots(connection: &mut PgConnection, sitting: SittingId) -> Result<HashMap<ContestId, Lot>, Failure> {
    let rows = sqlx::query!(
        r#"select l.contest_id as "contest: ContestId", l.winners, l.method, l.present, l.drawn_at
           from lot l join contest c on c.id = l.contest_id where c.sitting_id = $1"#,
        sitting.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let lot = rows.map(|row| {
        let drawn_at = row.drawn_at.to_offset(crate::clock::CHINA);
        (row.contest, Lot { winners: row.winners, method: row.method, present: row.present, drawn_at })
    });
    Ok(lot.collect())
}

/// Records a lot; `false` where one is recorded.
pub async fn keep_lot(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    lot: &Lot,
    by: AccountId,
) -> Result<bool, Failure> {
    of_sitting(sitting, contest)?;
    let done = sqlx::query!(
        "insert into lot (contest_id, winners, method, present, drawn_at, by_account) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        contest.id.0,
        &lot.winners,
        lot.method,
        lot.present,
        lot.drawn_at,
        by.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What is kept of a contest's account and result.
#[derive(Debug)]
pub struct ContestResult {
    pub contest: ContestId,
    pub account: serde_json::Value,
    pub count: serde_json::Value,
}

/// Makes the report: the record is kept as it is published, the results with each contest.
pub async fn report(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    record: &str,
    results: &[ContestResult],
    _: Report,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let contests: Vec<Uuid> = results.iter().map(|one| one.contest.0).collect();
    let accounts: Vec<serde_json::Value> = results.iter().map(|one| one.account.clone()).collect();
    let counts: Vec<serde_json::Value> = results.iter().map(|one| one.count.clone()).collect();
    sqlx::query!(
        "insert into contest_result (contest_id, account, count)
         select u.* from unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) as u",
        &contests,
        &accounts,
        &counts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("update sitting set record = $2, reported_at = $3 where id = $1", sitting.id.0, record, now)
        .execute(&mut *connection)
        .await?;
    step(connection, sitting, Stage::Reported).await
}

/// The record as it was published, and the hash of the full ballots.
pub async fn record(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<(Option<String>, Option<Vec<u8>>), Failure> {
    let row = sqlx::query!("select record, ballots_hash from sitting where id = $1", sitting.0);
    Ok(row.fetch_optional(connection).await?.map_or((None, None), |row| (row.record, row.ballots_hash)))
}

/// Lets everybody see the full ballots.
pub async fn publish_ballots(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set ballots_published_at = $2
         where id = $1 and stage = 'reported' and ballots_published_at is null",
        sitting.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What happened in a sitting besides the votes, for its report.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    /// Voters admitted after the roll was frozen.
    pub admitted: i64,
    /// Passwords of voters reset while they could vote.
    pub resets: i64,
    /// Voters who set their first password by a code while they could vote.
    pub firsts: i64,
    /// Slips noted at check-in.
    pub slips: i64,
    pub void_slips: i64,
}

pub async fn incidents(connection: &mut PgConnection, sitting: SittingId) -> Result<Incidents, Failure> {
    let incidents = sqlx::query_as!(
        Incidents,
        r#"select (select count(*) from voter where sitting_id = $1 and admission_id is not null) as "admitted!",
                  (select count(*) from voter_reset where sitting_id = $1 and kind = 'reset') as "resets!",
                  (select count(*) from voter_reset where sitting_id = $1 and kind = 'first') as "firsts!",
                  (select count(*) from slip where sitting_id = $1 and voter is not null and voided_at is null) as "slips!",
                  (select count(*) from slip where sitting_id = $1 and voided_at is not null) as "void_slips!""#,
        sitting.0
    );
    Ok(incidents.fetch_one(connection).await?)
}

/// Somebody on the roll, and whether they have voted.
#[derive(Debug)]
pub struct ListedVoter {
    pub number: String,
    pub name: String,
    pub class: String,
    pub voted: bool,
}

/// Who has voted, for the office in charge, after the sitting is closed.
pub async fn voters_list(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<ListedVoter>, Failure> {
    let rows = sqlx::query_as!(
        ListedVoter,
        r#"select s.number, s.name, k.name as class,
                  v.paper_at is not null or e.voter is not null or h.voter is not null as "voted!"
           from voter v join student s on s.id = v.student_id join class k on k.id = v.class_id
                left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
                left join has_voted h on h.sitting_id = v.sitting_id and h.voter = v.place
           where v.sitting_id = $1 order by v.place"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Numbers and names of places on a roll; a place that is on no roll is named as such.
pub async fn names(connection: &mut PgConnection, sitting: SittingId, places: &[i32]) -> Result<Vec<String>, Failure> {
    let names = sqlx::query_scalar!(
        r#"select coalesce(s.number || ' ' || s.name, '名册上没有的第 ' || p || ' 号') as "name!"
           from unnest($2::integer[]) p left join voter v on v.sitting_id = $1 and v.place = p
                left join student s on s.id = v.student_id order by p limit 200"#,
        sitting.0,
        places
    );
    Ok(names.fetch_all(connection).await?)
}

/// A sitting's title, and whether it is counted; none for one that was never opened.
pub async fn countedness(connection: &mut PgConnection, sitting: SittingId) -> Result<Option<(String, bool)>, Failure> {
    let row = sqlx::query!(
        r#"select title, counted_at is not null as "counted!" from sitting
           where id = $1 and opened_at is not null and voided_at is null"#,
        sitting.0
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.title, row.counted)))
}
