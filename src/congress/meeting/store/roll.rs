//! SQL of the printed roll (签到册): names that one person takes from it and another confirms.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::SignedIn,
    congress::meeting::nouns::{Meeting, RollEntry, Way},
    database::Locked,
    failure::Failure,
    ids::{AccountId, CongressId, RollEntryId, StudentId},
};

/// The desk of those who signed a printed roll.
pub const ROLL_DESK: &str = "纸质签到册";

/// Takes names from a printed roll.
pub async fn enter_roll(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    students: &[StudentId],
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let id = RollEntryId::random();
    sqlx::query!(
        "insert into roll_entry (id, congress_id, entered_at, entered_by) values ($1, $2, $3, $4)",
        id.0,
        meeting.congress.0,
        now,
        by.account.0
    )
    .execute(&mut *connection)
    .await?;
    let students: Vec<_> = students.iter().map(|id| id.0).collect();
    sqlx::query!("insert into roll_entry_line (entry_id, student_id) select $1, unnest($2::uuid[])", id.0, &students)
        .execute(connection)
        .await?;
    Ok(())
}

/// What was taken from printed rolls, the latest first.
pub async fn roll_entries(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<RollEntry>, Failure> {
    let rows = sqlx::query_as!(
        RollEntry,
        r#"select e.id as "id: RollEntryId", e.entered_by as "entered_by: AccountId", b.name as entered_name, e.entered_at,
                  c.name as "confirmed_name?",
                  array(select s.name || ' ' || s.number from roll_entry_line l join student s on s.id = l.student_id
                        where l.entry_id = e.id order by s.number) as "people!"
           from roll_entry e join account b on b.id = e.entered_by left join account c on c.id = e.confirmed_by
           where e.congress_id = $1 order by e.entered_at desc, e.id"#,
        congress.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Confirms an entry, by somebody who did not make it: those of its people who are due on the day are there, unless a desk had
/// them already. How many were counted; none where it is not theirs to confirm.
pub async fn confirm_roll(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    entry: RollEntryId,
    day: Date,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<Option<u64>, Failure> {
    let done = sqlx::query!(
        "update roll_entry set confirmed_at = $3, confirmed_by = $4
         where congress_id = $1 and id = $2 and confirmed_at is null and entered_by <> $4",
        meeting.congress.0,
        entry.0,
        now,
        by.account.0
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(None);
    }
    let counted = sqlx::query!(
        "insert into attendance (id, congress_id, student_id, at, by_account, desk, way)
         select gen_random_uuid(), $1, l.student_id, $3, $4, $5, $6
         from roll_entry_line l join congress_due($1, $7) d on d.student_id = l.student_id where l.entry_id = $2
         on conflict (congress_id, student_id) where undone_at is null do nothing",
        meeting.congress.0,
        entry.0,
        now,
        by.account.0,
        ROLL_DESK,
        Way::Roll.slug(),
        day
    );
    Ok(Some(counted.execute(connection).await?.rows_affected()))
}

/// Drops an entry that nobody has confirmed.
pub async fn drop_roll(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    entry: RollEntryId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from roll_entry where congress_id = $1 and id = $2 and confirmed_at is null",
        meeting.congress.0,
        entry.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
