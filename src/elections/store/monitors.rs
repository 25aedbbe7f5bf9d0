//! SQL of monitors, the rehearsal and the opening.
//!
//! In one file, because naming, rehearsing and opening write the same rows.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::{Stage, key_mark, step};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    elections::sitting::{Contest, Monitor, MonitorKey, Opened, SealedShare, Sitting, terms},
    failure::Failure,
    ids::{AccountId, InstitutionId, PortalId, SittingId, StudentId},
    name::order::{self, StrokeOrder},
    office::{ElectionKeeper, Office as _},
    sealing::{
        keys::{MOST_MONITORS, MarkKey, PublicKey},
        shares::SHARES_HELD,
    },
};

/// The monitors of a sitting, the chief first, the others by strokes.
pub async fn monitors(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<Monitor>, Failure> {
    let rows = sqlx::query!(
        r#"select m.account_id as "account: AccountId", a.number, a.name, m.chief, m.salt, m.public_key, m.mac, m.share,
                  m.share_mark, m.proved_at, i.stroke_order
           from monitor m join account a on a.id = m.account_id join institution i on i.id = a.institution_id
           where m.sitting_id = $1 order by a.number"#,
        sitting.0
    )
    .fetch_all(connection)
    .await?;
    let order: StrokeOrder = rows.first().map_or(Ok(StrokeOrder::Surname), |row| row.stroke_order.parse())?;
    let mut monitors: Vec<Monitor> = rows
        .into_iter()
        .map(|row| Monitor {
            account: row.account,
            number: row.number,
            name: row.name,
            chief: row.chief,
            key: monitor_key(row.salt, row.public_key.as_deref(), row.mac),
            proved_at: row.proved_at,
            share: row.share.map(|sealed| SealedShare { sealed, mark: row.share_mark }),
        })
        .collect();
    order::sort(&mut monitors, order, |one| &one.name);
    monitors.sort_by_key(|one| !one.chief);
    Ok(monitors)
}

fn monitor_key(salt: Option<Vec<u8>>, public: Option<&[u8]>, mac: Option<Vec<u8>>) -> Option<MonitorKey> {
    Some(MonitorKey { salt: salt?, public: PublicKey::from_bytes(public?)?, mac: mac? })
}

/// Names a monitor: `Some(true)` where that is done, `Some(false)` where they are one already, none where there are as many as
/// there may be. A new chief takes the place of the old one.
pub async fn name_monitor(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    account: AccountId,
    chief: bool,
    now: OffsetDateTime,
) -> Result<Option<bool>, Failure> {
    let sitting = sitting.id;
    let named = monitors(connection, sitting).await?;
    if named.len() >= MOST_MONITORS && !named.iter().any(|one| one.account == account) {
        return Ok(None);
    }
    if chief {
        sqlx::query!("update monitor set chief = false where sitting_id = $1 and chief", sitting.0)
            .execute(&mut *connection)
            .await?;
    }
    let done = sqlx::query!(
        r#"insert into monitor (sitting_id, account_id, chief, named_at) values ($1, $2, $3, $4)
           on conflict (sitting_id, account_id) do update set chief = monitor.chief or excluded.chief
           returning xmax = 0 as "new!""#,
        sitting.0,
        account.0,
        chief,
        now
    );
    Ok(Some(done.fetch_one(connection).await?.new))
}

/// The account with that number, of staff or of a student, unless it was closed.
pub async fn account_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
) -> Result<Option<AccountId>, Failure> {
    let account = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account
           where id = account_numbered($1, $2) and disabled_at is null"#,
        institution.0,
        number
    );
    Ok(account.fetch_optional(connection).await?)
}

/// The account holds an office that has the sitting in charge: the school's all, a college's its own.
pub async fn manages(
    connection: &mut PgConnection,
    account: AccountId,
    sitting: &Sitting,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let kinds: Vec<String> = ElectionKeeper::KINDS.iter().map(|kind| kind.slug().to_owned()).collect();
    let manages = sqlx::query_scalar!(
        r#"select exists (
               select from office where account_id = $1 and kind = any ($2) and is_held(from_day, until_day, ended_at, $3)
                      and (college_id is null or college_id = $4)) as "keeps!""#,
        account.0,
        &kinds,
        now,
        sitting.college.map(|id| id.0)
    );
    Ok(manages.fetch_one(connection).await?)
}

/// The monitors of one sitting monitor another, with keys yet to be made; whoever stands in it does not.
pub async fn take_over_monitors(
    connection: &mut PgConnection,
    from: &Sitting,
    to: &Locked<Sitting>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into monitor (sitting_id, account_id, chief, named_at)
         select $2, m.account_id, m.chief, $3 from monitor m join account a on a.id = m.account_id
         where m.sitting_id = $1 and a.disabled_at is null and not exists (
                   select from contest c join candidate d on d.contest_id = c.id
                   where c.sitting_id = $2 and d.student_id = a.student_id)",
        from.id.0,
        to.id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A monitor is one no more.
pub async fn dismiss_monitor(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    account: AccountId,
) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from monitor where sitting_id = $1 and account_id = $2", sitting.id.0, account.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Monitors who stand in the sitting themselves, by name.
pub async fn standing_monitors(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<String>, Failure> {
    let names = sqlx::query_scalar!(
        "select distinct a.name from monitor m join account a on a.id = m.account_id
              join candidate d on d.student_id = a.student_id join contest c on c.id = d.contest_id
         where m.sitting_id = $1 and c.sitting_id = $1 order by 1",
        sitting.0
    );
    Ok(names.fetch_all(connection).await?)
}

/// Keeps the key of a monitor's passphrase; `false` where they are no monitor or have shown an earlier one to work.
pub async fn keep_key(
    connection: &mut PgConnection,
    sitting: SittingId,
    person: &SignedIn,
    key: &MonitorKey,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update monitor m set salt = $3, public_key = $4, mac = $5, share = null, share_mark = null from sitting t
         where m.sitting_id = $1 and m.account_id = $2 and t.id = m.sitting_id
               and t.stage in ('draft', 'announced') and t.rehearsal_key is null and m.proved_at is null",
        sitting.0,
        person.account.0,
        key.salt,
        key.public.as_bytes(),
        key.mac
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A monitor's share of a key, sealed to that monitor, with the portal's mark.
#[derive(Debug)]
pub struct DealtShare {
    pub account: AccountId,
    pub sealed: Vec<u8>,
    pub mark: Vec<u8>,
}

/// Begins a rehearsal: a throw-away key and its shares. What was proved in an earlier one counts no more.
pub async fn begin_rehearsal(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    key: &PublicKey,
    shares: &[DealtShare],
) -> Result<bool, Failure> {
    let sitting = sitting.id;
    let done = sqlx::query!(
        "update sitting set rehearsal_key = $2 where id = $1 and stage = 'announced'",
        sitting.0,
        key.as_bytes()
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("update monitor set proved_at = null, proved_for = null where sitting_id = $1", sitting.0)
        .execute(&mut *connection)
        .await?;
    keep_shares(connection, sitting, shares).await?;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", sitting.0).execute(connection).await?;
    Ok(true)
}

async fn keep_shares(connection: &mut PgConnection, sitting: SittingId, shares: &[DealtShare]) -> Result<(), Failure> {
    let accounts: Vec<Uuid> = shares.iter().map(|share| share.account.0).collect();
    let sealed: Vec<Vec<u8>> = shares.iter().map(|share| share.sealed.clone()).collect();
    let marks: Vec<Vec<u8>> = shares.iter().map(|share| share.mark.clone()).collect();
    sqlx::query!(
        "update monitor m set share = u.share, share_mark = u.mark
         from unnest($2::uuid[], $3::bytea[], $4::bytea[]) as u(account, share, mark)
         where m.sitting_id = $1 and m.account_id = u.account",
        sitting.0,
        &accounts,
        &sealed,
        &marks
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The throw-away key of a rehearsal under way.
pub async fn rehearsal(connection: &mut PgConnection, sitting: SittingId) -> Result<Option<PublicKey>, Failure> {
    let key = sqlx::query_scalar!("select rehearsal_key from sitting where id = $1", sitting.0);
    let key = key.fetch_optional(connection).await?.flatten();
    Ok(key.as_deref().and_then(PublicKey::from_bytes))
}

/// A monitor's passphrase was shown to work in the rehearsal with that key: a fact that stays until another rehearsal
/// begins. `false` where that one is over.
pub async fn prove(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    account: AccountId,
    rehearsal: &PublicKey,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update monitor m set proved_at = $4, proved_for = $3 from sitting t
         where m.sitting_id = $1 and m.account_id = $2 and t.id = m.sitting_id and t.rehearsal_key = $3",
        sitting.id.0,
        account.0,
        rehearsal.as_bytes(),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// How many monitors have not yet shown, in the rehearsal under way, that their passphrase works.
pub async fn unproved(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<i64, Failure> {
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from monitor m join sitting t on t.id = m.sitting_id
           where t.id = $1 and m.proved_for is distinct from t.rehearsal_key"#,
        sitting.id.0
    );
    Ok(left.fetch_one(connection).await?)
}

/// The rehearsal has succeeded: what was thrown away is gone, the sitting may be opened.
pub async fn end_rehearsal(
    connection: &mut PgConnection,
    locked: &Locked<Sitting>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let sitting = locked.id;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", sitting.0).execute(&mut *connection).await?;
    sqlx::query!("update monitor set share = null, share_mark = null where sitting_id = $1", sitting.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "update sitting set rehearsal_key = null, rehearsed_at = $2 where id = $1 and stage = 'announced'",
        sitting.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    step(connection, locked, Stage::Rehearsed).await
}

/// Freezes the roll, in the order of student numbers, and gives its size.
pub async fn freeze_roll(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    today: Date,
) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "insert into voter (sitting_id, place, student_id, class_id, contests)
         select $1, row_number() over (order by s.number), s.id, s.class_id, r.contests
         from (select r.student_id, array_agg(c.ordinal order by c.ordinal) as contests
               from contest c cross join lateral contest_roll(c.id, $2) r where c.sitting_id = $1 group by r.student_id) r
              join student s on s.id = r.student_id",
        sitting.id.0,
        today
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// One line of the roll.
#[derive(Debug)]
pub struct RollLine {
    pub place: i32,
    pub student: StudentId,
    pub contests: Vec<i16>,
    /// Admitted after the roll was frozen, with the portal's mark.
    pub mac: Option<Vec<u8>>,
}

/// The roll in its order.
pub async fn roll(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<RollLine>, Failure> {
    let rows = sqlx::query_as!(
        RollLine,
        r#"select place, student_id as "student: StudentId", contests, mac from voter
           where sitting_id = $1 order by place"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The students on the roll.
pub async fn students_on_roll(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<StudentId>, Failure> {
    let students = sqlx::query_scalar!(
        r#"select student_id as "student: StudentId" from voter where sitting_id = $1 order by place"#,
        sitting.0
    );
    Ok(students.fetch_all(connection).await?)
}

/// The different sets of contests in which people of the roll vote.
pub async fn contest_sets(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<Vec<i16>>, Failure> {
    let sets = sqlx::query_scalar!("select distinct contests from voter where sitting_id = $1", sitting.0);
    Ok(sets.fetch_all(connection).await?)
}

/// The sets of contests that voters would have if the roll were frozen today.
pub async fn coming_sets(
    connection: &mut PgConnection,
    sitting: SittingId,
    today: Date,
) -> Result<Vec<Vec<i16>>, Failure> {
    let sets = sqlx::query_scalar!(
        r#"select distinct s.contests as "contests!" from (
               select array_agg(c.ordinal order by c.ordinal) as contests
               from contest c, contest_roll(c.id, $2) r where c.sitting_id = $1 group by r.student_id) s"#,
        sitting.0,
        today
    );
    Ok(sets.fetch_all(connection).await?)
}

/// The hash of the frozen roll; those who were admitted later are not part of it.
#[must_use]
pub fn hash_roll(lines: &[RollLine]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for line in lines.iter().filter(|line| line.mac.is_none()) {
        let mut text = format!("{} {}", line.place, line.student);
        for ordinal in &line.contests {
            let _ = write!(text, " {ordinal}");
        }
        hash.update(text.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().to_vec()
}

/// The hash of what is voted on. A withdrawal changes nothing in it.
#[must_use]
pub fn hash_contests(contests: &[Contest]) -> Vec<u8> {
    let one = |contest: &Contest| {
        let standing: Vec<(String, &str)> =
            contest.candidates.iter().map(|one| (one.student.to_string(), one.label.as_str())).collect();
        serde_json::json!([contest.id, contest.ordinal, contest.title, contest.seats, contest.rules, standing])
    };
    let all: Vec<serde_json::Value> = contests.iter().map(one).collect();
    Sha256::digest(serde_json::Value::from(all).to_string().as_bytes()).to_vec()
}

/// What an opening sets.
#[derive(Debug)]
pub struct NewOpening<'a> {
    pub opened: &'a Opened,
    pub shares: &'a [DealtShare],
    /// The portal's mark on what was opened.
    pub mark: &'a [u8],
    pub roll_size: i32,
}

/// Opens a sitting, in the one act in which the roll was frozen; `false` where it is not rehearsed or its time is up.
pub async fn open(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Locked<Sitting>,
    opening: &NewOpening<'_>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let NewOpening { opened, shares, mark, roll_size } = *opening;
    keep_shares(connection, sitting.id, shares).await?;
    let done = sqlx::query!(
        "update sitting set stage = 'open', opened_at = $3, public_key = $4, ballot_size = $5, roll_size = $6,
                            roll_hash = $7, seal = $8
         where id = $1 and institution_id = $2 and stage = 'rehearsed' and closes_at > $3",
        sitting.id.0,
        acting.institution().0,
        now,
        opened.key.as_bytes(),
        i32::try_from(opened.ballot_size).map_err(anyhow::Error::new)?,
        roll_size,
        opened.roll_hash,
        mark
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What the opening set, and the mark on it.
async fn opening(
    connection: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
) -> Result<Option<(Opened, Vec<u8>)>, Failure> {
    let row = sqlx::query!(
        r#"select public_key as "public_key!", ballot_size as "ballot_size!", roll_hash as "roll_hash!", seal as "seal!"
           from sitting where id = $1 and opened_at is not null"#,
        sitting.id.0
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let public = PublicKey::from_bytes(&row.public_key).ok_or_else(|| anyhow::anyhow!("not a public key"))?;
    let opened = Opened {
        key: public,
        ballot_size: usize::try_from(row.ballot_size).map_err(anyhow::Error::new)?,
        roll_hash: row.roll_hash,
        contests_hash: hash_contests(contests),
        terms: terms(sitting),
    };
    Ok(Some((opened, row.seal)))
}

/// The mark on what the opening set is by this key.
pub async fn is_opened_by(
    connection: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
    key: &MarkKey,
) -> Result<bool, Failure> {
    let opening = opening(connection, sitting, contests).await?;
    Ok(opening.is_some_and(|(opened, mark)| opened.is_marked(key, sitting.id, &mark)))
}

/// What the opening set, if the portal's own mark stands on it; the mark covers key, size, roll and contests.
///
/// # Errors
/// Where the database fails, somebody has changed what the opening set, or the mark is by another ballot key.
pub async fn opened(
    connection: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
    key: &MarkKey,
) -> Result<Option<Opened>, Failure> {
    let Some((opened, mark)) = opening(connection, sitting, contests).await? else { return Ok(None) };
    if opened.is_marked(key, sitting.id, &mark) {
        return Ok(Some(opened));
    }
    if key_mark(connection).await? == Some(key.check_value()) {
        return Err(anyhow::anyhow!("what the opening of a sitting set was changed in the database").into());
    }
    Err(Failure::WrongBallotKey)
}

/// A portal that is not heard of for so many seconds has ended, and what it held with it. By the database's clock alone:
/// those of portals differ.
const SILENT: f64 = 30.0;

/// A portal that collects the monitors' shares of a sitting in its memory.
#[derive(Debug, Clone, Copy)]
pub struct CountHolder {
    pub portal: PortalId,
    /// Until when it holds the share that came last.
    pub held_until: OffsetDateTime,
    /// It runs and still holds shares.
    pub is_live: bool,
}

/// The portal that collects, or last collected, a sitting's shares.
pub async fn count_holder(connection: &mut PgConnection, sitting: SittingId) -> Result<Option<CountHolder>, Failure> {
    let row = sqlx::query_as!(
        CountHolder,
        r#"select portal as "portal: PortalId", held_until,
                  clock_timestamp() < held_until and clock_timestamp() < seen_at + make_interval(secs => $2) as "is_live!"
           from count_holder where sitting_id = $1"#,
        sitting.0,
        SILENT
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Collects a sitting's shares from now on; `false` where another portal does.
pub async fn hold_count(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    portal: PortalId,
) -> Result<bool, Failure> {
    let held = sqlx::query!(
        "insert into count_holder (sitting_id, portal, seen_at, held_until)
         values ($1, $2, clock_timestamp(), clock_timestamp() + make_interval(secs => $3))
         on conflict (sitting_id) do update
         set portal = excluded.portal, seen_at = excluded.seen_at, held_until = excluded.held_until,
             opened = null, envelopes = null, halted = null
         where count_holder.portal = excluded.portal or count_holder.held_until <= excluded.seen_at
               or count_holder.seen_at <= excluded.seen_at - make_interval(secs => $4)",
        sitting.id.0,
        portal.0,
        SHARES_HELD.as_seconds_f64(),
        SILENT
    );
    Ok(held.execute(connection).await?.rows_affected() == 1)
}

/// Says that no portal of before runs any more, and that what they held is lost: a database of this portal's own has
/// nobody else.
pub async fn end_holds(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::query!(
        "update count_holder set held_until = least(held_until, clock_timestamp()), opened = null, envelopes = null,
                                 halted = null"
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// As [`end_holds`], of one portal.
pub async fn end_holds_of(connection: &mut PgConnection, portal: PortalId) -> Result<(), Failure> {
    sqlx::query!(
        "update count_holder set held_until = least(held_until, clock_timestamp()), opened = null, envelopes = null,
                                 halted = null
         where portal = $1",
        portal.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How far a count is, as the portal that makes it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCount {
    /// Envelopes opened so far.
    pub done: i32,
    pub total: i32,
    /// Why it stopped without a result.
    pub halted: Option<String>,
}

/// Says how far a count is that this portal makes; `false` where the sitting is this portal's no more: another has taken it
/// over, or this one ends and has let go of it.
pub async fn say_count(
    connection: &mut PgConnection,
    sitting: SittingId,
    portal: PortalId,
    told: &ToldCount,
) -> Result<bool, Failure> {
    let said = sqlx::query!(
        "update count_holder set opened = $3, envelopes = $4, halted = $5, seen_at = clock_timestamp()
         where sitting_id = $1 and portal = $2 and clock_timestamp() < held_until",
        sitting.0,
        portal.0,
        told.done,
        told.total,
        told.halted
    );
    Ok(said.execute(connection).await?.rows_affected() == 1)
}

/// What another portal says of the count that it makes; none where it makes none or is heard of no more.
pub async fn count_elsewhere(
    connection: &mut PgConnection,
    sitting: SittingId,
    portal: PortalId,
) -> Result<Option<ToldCount>, Failure> {
    let told = sqlx::query_as!(
        ToldCount,
        r#"select opened as "done!", envelopes as "total!", halted from count_holder
           where sitting_id = $1 and portal <> $2 and opened is not null
                 and clock_timestamp() < seen_at + make_interval(secs => $3)
                 and (halted is null or clock_timestamp() < held_until)"#,
        sitting.0,
        portal.0,
        SILENT
    );
    Ok(told.fetch_optional(connection).await?)
}

/// Says that a portal that collects shares still runs.
pub async fn still_holds_counts(connection: &mut PgConnection, portal: PortalId) -> Result<(), Failure> {
    sqlx::query!("update count_holder set seen_at = clock_timestamp() where portal = $1", portal.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Asks for a sitting to be closed before its time though too few have come; somebody else agrees.
pub async fn ask_close(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Locked<Sitting>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set close_asked_at = $3, close_asked_by = $4, close_why = $5
         where id = $1 and institution_id = $2 and stage = 'open' and opens_at <= $3 and $3 < closes_at
               and close_asked_at is null",
        sitting.id.0,
        sitting.institution.0,
        now,
        acting.person().account.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn withdraw_close_request(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set close_asked_at = null, close_asked_by = null, close_why = null
         where id = $1 and institution_id = $2 and stage = 'open' and close_asked_at is not null",
        sitting.id.0,
        sitting.institution.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Somebody who did not ask for it agrees to a sitting's being closed before its time; it is closed next.
pub async fn agree_close(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set close_agreed_by = $3
         where id = $1 and institution_id = $2 and stage = 'open' and $4 < closes_at and close_asked_by <> $3",
        sitting.id.0,
        sitting.institution.0,
        by.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Who closed a sitting before its time without a quorum, and why.
#[derive(Debug)]
pub struct EarlyClosing {
    pub why: String,
    /// By name: who asked, and who agreed.
    pub asked: String,
    pub agreed: String,
}

pub async fn early_closing(connection: &mut PgConnection, sitting: SittingId) -> Result<Option<EarlyClosing>, Failure> {
    let row = sqlx::query_as!(
        EarlyClosing,
        r#"select t.close_why as "why!", a.name as asked, b.name as agreed
           from sitting t join account a on a.id = t.close_asked_by join account b on b.id = t.close_agreed_by
           where t.id = $1"#,
        sitting.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Closes a sitting that has begun: nobody's vote is taken after this is written. Gives the number of envelopes.
pub async fn close(
    connection: &mut PgConnection,
    institution: InstitutionId,
    sitting: SittingId,
    now: OffsetDateTime,
) -> Result<Option<i32>, Failure> {
    // The lock first, by a statement of its own: what is counted next includes every batch that was let in.
    let open = sqlx::query!(
        "select id from sitting where id = $1 and institution_id = $2 and stage = 'open' and opens_at <= $3 for update",
        sitting.0,
        institution.0,
        now
    );
    if open.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    let closed = sqlx::query_scalar!(
        r#"update sitting set stage = 'closed', closed_at = $2,
                  envelopes = (select count(*) from envelope where sitting_id = $1)
           where id = $1 returning envelopes as "envelopes!""#,
        sitting.0,
        now
    );
    Ok(Some(closed.fetch_one(connection).await?))
}

/// A sitting whose time is up.
#[derive(Debug)]
pub struct Overdue {
    pub institution: InstitutionId,
    pub id: SittingId,
    pub title: String,
}

/// Sittings whose time is up and which nobody has closed yet.
pub async fn overdue(connection: &mut PgConnection, now: OffsetDateTime) -> Result<Vec<Overdue>, Failure> {
    let rows = sqlx::query_as!(
        Overdue,
        r#"select institution_id as "institution: InstitutionId", id as "id: SittingId", title from sitting
           where stage = 'open' and closes_at <= $1"#,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The sittings of which an account is a monitor, newest first.
pub async fn monitored(
    connection: &mut PgConnection,
    institution: InstitutionId,
    account: AccountId,
) -> Result<Vec<SittingId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select t.id as "id: SittingId" from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $1 and t.institution_id = $2 order by t.opens_at desc limit 50"#,
        account.0,
        institution.0
    );
    Ok(ids.fetch_all(connection).await?)
}
