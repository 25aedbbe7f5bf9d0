//! SQL of elections: sittings, contests and candidates here; casting, monitors, the count and paper in files of their own.
//!
//! Locks are taken in one order: the sitting, then its voters. A cast holds a share lock on the sitting, whatever changes
//! the sitting or a voter's status the exclusive one, by [`lock`].

mod ballot_key;
mod casting;
mod class_slips;
mod congress;
mod contests;
mod counted;
mod issues;
mod monitors;
mod names;
mod on_site;

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

pub use ballot_key::*;
pub use casting::*;
pub use class_slips::*;
pub use congress::*;
pub use contests::*;
pub use counted::*;
pub use issues::*;
pub use monitors::*;
pub use names::*;
pub use on_site::*;

use super::sitting::{
    AnnouncedStage, ClosedStage, CountedStage, Course, OpenedStage, ReportedStage, Request, Sitting, Stage,
};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, CongressId, InstitutionId, SittingId},
    office::ElectionKeeper,
    rules::sitting::Announcement,
};

/// What a sitting is asked to be.
#[derive(Debug, Clone)]
pub struct SittingDraft {
    /// Its title, 2 to 40 characters.
    pub title: String,
    /// What voters are told, at most 600.
    pub note: String,
    /// From when votes are taken.
    pub opens_at: OffsetDateTime,
    /// Before when they must have come.
    pub closes_at: OffsetDateTime,
    /// Casting again replaces the envelope.
    pub revote: bool,
    /// Monitors who open the envelopes, 2 to 9.
    pub threshold: u8,
    /// The decision on rules that leave practice, at most 200 characters.
    pub decision: String,
}

impl SittingDraft {
    /// A sitting like another, a day from now and as long.
    #[must_use]
    pub fn like(old: &Sitting, now: OffsetDateTime) -> Self {
        let opens_at = now + Duration::days(1);
        Self {
            title: old.title.clone(),
            note: old.note.clone(),
            opens_at,
            closes_at: opens_at + (old.closes_at - old.opens_at),
            revote: old.revote,
            threshold: old.threshold,
            decision: old.decision.clone(),
        }
    }
}

struct Row {
    id: SittingId,
    institution: InstitutionId,
    college: Option<CollegeId>,
    college_name: Option<String>,
    title: String,
    note: String,
    stage: String,
    opens_at: OffsetDateTime,
    closes_at: OffsetDateTime,
    revote: bool,
    threshold: i32,
    decision: String,
    announced_at: Option<OffsetDateTime>,
    opened_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    counted_at: Option<OffsetDateTime>,
    reported_at: Option<OffsetDateTime>,
    close_why: Option<String>,
    close_asked_by: Option<AccountId>,
    roll_size: Option<i32>,
    envelopes: Option<i32>,
    excluded: i32,
    excluded_why: Option<String>,
    ballots_published_at: Option<OffsetDateTime>,
    void_why: Option<String>,
    void_asked_by: Option<AccountId>,
    voided_at: Option<OffsetDateTime>,
}

impl Row {
    /// What each stage has settled; the database's checks leave no row without.
    fn course(&self) -> anyhow::Result<Course> {
        let missing = || anyhow::anyhow!("a sitting lacks what its stage has settled");
        let announced = AnnouncedStage { at: self.announced_at };
        let opened = self.opened_at.zip(self.roll_size);
        let opened = opened.map(|(at, roll_size)| OpenedStage { announced: announced.clone(), at, roll_size });
        let closed = opened.clone().zip(self.closed_at.zip(self.envelopes));
        let closed = closed.map(|(opened, (at, envelopes))| ClosedStage { opened, at, envelopes });
        let counted = closed.clone().zip(self.counted_at).map(|(closed, at)| CountedStage {
            closed,
            at,
            excluded: self.excluded,
            excluded_why: self.excluded_why.clone(),
            ballots_published_at: self.ballots_published_at,
        });
        let reported = counted.clone().zip(self.reported_at).map(|(counted, at)| ReportedStage { counted, at });
        Ok(match self.stage.parse()? {
            Stage::Draft => Course::Draft,
            Stage::Announced => Course::Announced(announced),
            Stage::Rehearsed => Course::Rehearsed(announced),
            Stage::Open => Course::Open(opened.ok_or_else(missing)?),
            Stage::Closed => Course::Closed(closed.ok_or_else(missing)?),
            Stage::Counted => Course::Counted(counted.ok_or_else(missing)?),
            Stage::Reported => Course::Reported(reported.ok_or_else(missing)?),
            Stage::Voided => {
                let before = reported
                    .map(Course::Reported)
                    .or_else(|| counted.map(Course::Counted))
                    .or_else(|| closed.map(Course::Closed))
                    .or_else(|| opened.map(Course::Open))
                    .unwrap_or(Course::Announced(announced));
                Course::Voided { before: Box::new(before), at: self.voided_at.ok_or_else(missing)? }
            }
        })
    }

    fn into_sitting(self) -> anyhow::Result<Sitting> {
        let request = |(why, by)| Request { why, by };
        Ok(Sitting {
            course: self.course()?,
            id: self.id,
            institution: self.institution,
            college: self.college,
            keeper: self.college_name.unwrap_or_else(|| "学校".to_owned()),
            title: self.title,
            note: self.note,
            opens_at: self.opens_at.to_offset(crate::clock::CHINA),
            closes_at: self.closes_at.to_offset(crate::clock::CHINA),
            revote: self.revote,
            threshold: u8::try_from(self.threshold)?,
            decision: self.decision,
            early_closing: self.close_why.zip(self.close_asked_by).map(request),
            voiding: self.void_why.zip(self.void_asked_by).map(request),
        })
    }
}

/// The sittings of a university, newest first: all, one, or a college's.
pub async fn sittings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<SittingId>,
    college: Option<CollegeId>,
) -> Result<Vec<Sitting>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id as "id: SittingId", t.institution_id as "institution: InstitutionId",
                  t.college_id as "college: CollegeId", g.name as "college_name?", t.title, t.note, t.stage, t.opens_at,
                  t.closes_at, t.revote, t.threshold, t.decision, t.announced_at, t.opened_at, t.closed_at,
                  t.counted_at, t.reported_at, t.close_why, t.close_asked_by as "close_asked_by: AccountId", t.roll_size, t.envelopes, t.excluded, t.excluded_why, t.ballots_published_at, t.void_why,
                  t.void_asked_by as "void_asked_by: AccountId", t.voided_at
           from sitting t left join college g on g.id = t.college_id
           where t.institution_id = $1 and ($2::uuid is null or t.id = $2) and ($3::uuid is null or t.college_id = $3)
           order by t.opens_at desc, t.id limit 500"#,
        institution.0,
        one.map(|id| id.0),
        college.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::into_sitting).collect::<anyhow::Result<_>>()?)
}

/// One sitting of a university.
pub async fn sitting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
) -> Result<Option<Sitting>, Failure> {
    Ok(sittings(connection, institution, Some(id), None).await?.pop())
}

/// A sitting as it is now, locked until the end of the transaction: casts wait.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
) -> Result<Locked<Sitting>, Failure> {
    sqlx::query!("select id from sitting where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    sitting(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

pub async fn create(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    draft: &SittingDraft,
    now: OffsetDateTime,
) -> Result<SittingId, Failure> {
    let id = SittingId::random();
    sqlx::query!(
        "insert into sitting (id, institution_id, college_id, title, note, stage, opens_at, closes_at, revote, threshold,
                              decision, created_at, created_by)
         values ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        acting.institution().0,
        acting.office().college.map(|id| id.0),
        draft.title,
        draft.note,
        draft.opens_at,
        draft.closes_at,
        draft.revote,
        i32::from(draft.threshold),
        draft.decision,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Says at which congress a sitting that is being prepared is held, or whose delegates it elects.
pub async fn hold_for_congress(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    congress: CongressId,
) -> Result<(), Failure> {
    sqlx::query!("update sitting set congress_id = $2 where id = $1 and stage = 'draft'", sitting.id.0, congress.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Changes a sitting that is being prepared; `false` where it no longer is.
pub async fn change(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    draft: &SittingDraft,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set title = $3, note = $4, opens_at = $5, closes_at = $6, revote = $7, threshold = $8, decision = $9
         where id = $1 and institution_id = $2 and stage = 'draft'",
        sitting.id.0,
        sitting.institution.0,
        draft.title,
        draft.note,
        draft.opens_at,
        draft.closes_at,
        draft.revote,
        i32::from(draft.threshold),
        draft.decision
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a sitting that was never announced; `false` where it was.
pub async fn remove(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<bool, Failure> {
    // A second round's contest names the first's; both are removed in the order in which they were made.
    let done = sqlx::query!(
        "delete from sitting where id = $1 and institution_id = $2 and stage = 'draft'",
        sitting.id.0,
        sitting.institution.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn announce(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    _: Announcement,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    sqlx::query!("update sitting set announced_at = $2 where id = $1 and stage = 'draft'", sitting.id.0, now)
        .execute(&mut *connection)
        .await?;
    freeze_order(connection, sitting).await?;
    step(connection, sitting, Stage::Announced).await
}

/// Takes an announcement back, so that it can be changed: the monitors' rehearsal is to be done again.
pub async fn take_back(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<bool, Failure> {
    let id = sitting.id;
    if !sitting.stage().leads_to(Stage::Draft) {
        return Ok(false);
    }
    sqlx::query!(
        "update monitor set proved_at = null, proved_for = null, share = null, share_mark = null where sitting_id = $1",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "update sitting set announced_at = null, rehearsal_key = null, rehearsed_at = null where id = $1",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    step(connection, sitting, Stage::Draft).await
}

/// Moves a sitting on to another stage; `false` where its own does not lead there.
pub(super) async fn step(connection: &mut PgConnection, sitting: &Locked<Sitting>, to: Stage) -> Result<bool, Failure> {
    if !sitting.stage().leads_to(to) {
        return Ok(false);
    }
    let done = sqlx::query!(
        "update sitting set stage = $4 where id = $1 and institution_id = $2 and stage = $3",
        sitting.id.0,
        sitting.institution.0,
        sitting.stage().slug(),
        to.slug()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Asks for a sitting to be void; somebody else agrees.
pub async fn ask_void(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Locked<Sitting>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set void_asked_at = $3, void_asked_by = $4, void_why = $5
         where id = $1 and institution_id = $2 and stage not in ('draft', 'reported', 'voided') and void_asked_at is null",
        sitting.id.0,
        sitting.institution.0,
        now,
        acting.person().account.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn withdraw_void_request(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set void_asked_at = null, void_asked_by = null, void_why = null
         where id = $1 and institution_id = $2 and stage <> 'voided' and void_asked_at is not null",
        sitting.id.0,
        sitting.institution.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Makes a sitting void, by somebody who did not ask for it: its envelopes and shares are destroyed unread.
pub async fn make_void(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set stage = 'voided', voided_at = $4, voided_by = $3, rehearsal_key = null
         where id = $1 and institution_id = $2 and stage not in ('draft', 'reported', 'voided')
               and void_asked_by is not null and void_asked_by <> $3",
        sitting.id.0,
        sitting.institution.0,
        by.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    destroy(connection, sitting).await?;
    Ok(true)
}

/// Destroys the envelopes and what could open them.
pub(super) async fn destroy(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<(), Failure> {
    let id = sitting.id;
    sqlx::query!("delete from envelope where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!("delete from count_holder where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "update monitor set share = null, share_mark = null, salt = null, public_key = null, mac = null
         where sitting_id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a second round to the keeper of the first.
pub async fn assign_to_college(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    college: Option<CollegeId>,
) -> Result<(), Failure> {
    sqlx::query!("update sitting set college_id = $2 where id = $1", sitting.id.0, college.map(|id| id.0))
        .execute(connection)
        .await?;
    Ok(())
}

/// The key to which a sitting's ballots are sealed, and the hash of its roll.
pub async fn marks(connection: &mut PgConnection, id: SittingId) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let row = sqlx::query!("select public_key, roll_hash from sitting where id = $1", id.0);
    let row = row.fetch_one(connection).await?;
    Ok((row.public_key.unwrap_or_default(), row.roll_hash.unwrap_or_default()))
}
