//! SQL of commits under way.

use sqlx::PgConnection;

use super::import::{CommitState, Import, Job};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{ImportId, InstitutionId, PortalId},
    office::Registrar,
};

/// A portal that is not heard of for so many seconds has ended. By the database's clock alone: those of portals differ.
const SILENT: f64 = 30.0;

/// What became of asking for a university's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Taken,
    /// Another file of the university is being written.
    Busy,
    /// The commit is this portal's no more: another has begun it anew.
    Lost,
}

/// Puts a commit on the list; `false` where it is under way already, here or at another portal. One that failed starts anew.
pub(super) async fn begin(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    import: &Import,
    portal: PortalId,
) -> Result<bool, Failure> {
    let begun = sqlx::query!(
        "insert into import_commit (import_id, portal, by_account, office, state, total, seen_at)
         values ($1, $2, $3, $4, 'waiting', $5, clock_timestamp())
         on conflict (import_id) do update
         set portal = excluded.portal, by_account = excluded.by_account, office = excluded.office, state = 'waiting',
             done = 0, total = excluded.total, seen_at = excluded.seen_at
         where import_commit.state = 'failed' or import_commit.seen_at < clock_timestamp() - make_interval(secs => $6)",
        import.id.0,
        portal.0,
        acting.person().account.0,
        acting.office().label(),
        import.rows,
        SILENT
    );
    Ok(begun.execute(connection).await?.rows_affected() == 1)
}

/// Takes the university's turn.
pub(super) async fn take_turn(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    portal: PortalId,
) -> Result<Turn, Failure> {
    // Of two that ask at once the second sees what the first has taken.
    let turn = institution.0.to_string();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('import turn ' || $1::text, 0))", turn)
        .fetch_one(&mut *connection)
        .await?;
    let taken = sqlx::query!(
        "update import_commit set state = 'writing', seen_at = clock_timestamp()
         where import_id = $1 and portal = $3
               and not exists (select from import_commit o join import i on i.id = o.import_id
                               where i.institution_id = $2 and o.import_id <> $1 and o.state = 'writing'
                                     and o.seen_at > clock_timestamp() - make_interval(secs => $4))",
        id.0,
        institution.0,
        portal.0,
        SILENT
    );
    if taken.execute(&mut *connection).await?.rows_affected() == 1 {
        return Ok(Turn::Taken);
    }
    Ok(if say(connection, id, portal, 0).await? { Turn::Busy } else { Turn::Lost })
}

/// Says how far a commit is, and with it that its portal lives; `false` where the commit is this portal's no more.
pub(super) async fn say(
    connection: &mut PgConnection,
    id: ImportId,
    portal: PortalId,
    rows: i32,
) -> Result<bool, Failure> {
    let said = sqlx::query!(
        "update import_commit set done = least($3, total), seen_at = clock_timestamp()
         where import_id = $1 and portal = $2 and state <> 'failed'",
        id.0,
        portal.0,
        rows
    );
    Ok(said.execute(connection).await?.rows_affected() == 1)
}

/// Takes a commit from the list, in the transaction that ends it; `false` where another portal has begun it anew because
/// this one was silent for too long.
pub(super) async fn leave(connection: &mut PgConnection, id: ImportId, portal: PortalId) -> Result<bool, Failure> {
    let left = sqlx::query!("delete from import_commit where import_id = $1 and portal = $2", id.0, portal.0);
    Ok(left.execute(connection).await?.rows_affected() == 1)
}

/// Notes that a commit failed.
pub(super) async fn fail(connection: &mut PgConnection, id: ImportId, portal: PortalId) -> Result<(), Failure> {
    sqlx::query!("update import_commit set state = 'failed' where import_id = $1 and portal = $2", id.0, portal.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// The progress of a commit; none where none is under way. One whose portal has ended has failed: its transaction went with
/// its connection.
pub(super) async fn job(connection: &mut PgConnection, id: ImportId) -> Result<Option<Job>, Failure> {
    let row = sqlx::query!(
        r#"select c.state, c.done, c.total,
                  c.seen_at > clock_timestamp() - make_interval(secs => $2) as "lives!",
                  (select a.name || '（' || o.office || '）的“' || oi.file_name || '”' from import_commit o
                   join import oi on oi.id = o.import_id join account a on a.id = o.by_account
                   where oi.institution_id = i.institution_id and o.import_id <> c.import_id and o.state = 'writing'
                         and o.seen_at > clock_timestamp() - make_interval(secs => $2)
                   limit 1) as behind
           from import_commit c join import i on i.id = c.import_id where c.import_id = $1"#,
        id.0,
        SILENT
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    let rows = |number: i32| u64::try_from(number).unwrap_or(0);
    Ok(Some(match row.state.parse::<CommitState>()? {
        CommitState::Writing if row.lives => Job::Writing { done: rows(row.done), total: rows(row.total) },
        CommitState::Waiting if row.lives => Job::Waiting { behind: row.behind.unwrap_or_default() },
        CommitState::Waiting | CommitState::Writing | CommitState::Failed => Job::Failed,
    }))
}

/// Clears away what portals left that have ended.
pub(super) async fn clear_old(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::query!("delete from import_commit where seen_at < clock_timestamp() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
