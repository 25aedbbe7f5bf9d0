//! Whose ballot key it is: a portal that starts with another one says so, and which sittings it cannot open, before any
//! voter comes. A key that no sitting in progress needs gives way to the new one.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Elections,
    store::{self, Dependent},
};
use crate::{failure::Failure, ids::InstitutionId, sealing::keys::MarkKey};

/// The sittings in progress that this key does not open; none where it is the key of the database.
pub async fn strangers(connection: &mut PgConnection, key: &MarkKey) -> Result<Vec<Dependent>, Failure> {
    match store::key_mark(connection).await? {
        Some(mark) if mark == key.check_value() => Ok(Vec::new()),
        Some(_) => store::dependents(connection).await,
        None => unmarked(connection, key).await,
    }
}

async fn unmarked(connection: &mut PgConnection, key: &MarkKey) -> Result<Vec<Dependent>, Failure> {
    let mut strangers = Vec::new();
    for dependent in store::dependents(connection).await? {
        if !store::is_marked_by(connection, &dependent, key).await? {
            strangers.push(dependent);
        }
    }
    Ok(strangers)
}

/// Makes the key that of the database where it is, or where no sitting in progress needs another; gives those that do.
pub async fn claim(
    connection: &mut PgConnection,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<Vec<Dependent>, Failure> {
    let own = key.check_value();
    if store::key_mark(connection).await?.as_ref() == Some(&own) {
        return Ok(Vec::new());
    }
    let strangers = match store::lock_key_mark(connection).await? {
        Some(mark) if mark == own => return Ok(Vec::new()),
        Some(_) => store::dependents(connection).await?,
        None => unmarked(connection, key).await?,
    };
    if strangers.is_empty() {
        store::keep_key_mark(connection, &own, now).await?;
    }
    Ok(strangers)
}

/// Claims the database at a start, and tells the log what another ballot key holds.
pub async fn claim_at_start(app: &Elections) -> Result<(), Failure> {
    let now = app.clock.now();
    let strangers = app.write(async |db| claim(db, &app.ballot_box.key, now).await).await?;
    note(app, &strangers);
    Ok(())
}

/// Looks again: a database that was restored under a running portal may be of another key.
pub async fn look(app: &Elections) -> Result<(), Failure> {
    let strangers = strangers(&mut *app.read().await?, &app.ballot_box.key).await?;
    note(app, &strangers);
    Ok(())
}

fn note(app: &Elections, strangers: &[Dependent]) {
    metrics::gauge!("lunzhi_ballot_key_strangers").set(u32::try_from(strangers.len()).unwrap_or(u32::MAX));
    let fits = strangers.is_empty();
    if app.ballot_box.note_fit(fits) == fits {
        return;
    }
    if fits {
        tracing::info!("the ballot key is that of the database again");
        return;
    }
    let sittings: Vec<String> = strangers.iter().map(|one| format!("{} ({})", one.id, one.stage.slug())).collect();
    tracing::error!(
        error = "ballot.key is not the one of these sittings: nobody can vote in them and they cannot be counted. \
                 Put their own in its place and start again",
        sittings = sittings.join(", "),
        "ballot key"
    );
}

/// Why nothing of an election is begun with a key that is not the database's: the reason and the remedy, in Chinese.
#[must_use]
pub fn refusal(strangers: &[Dependent], institution: InstitutionId) -> Option<(String, &'static str)> {
    if strangers.is_empty() {
        return None;
    }
    let own: Vec<&str> =
        strangers.iter().filter(|one| one.institution == institution).map(|one| one.title.as_str()).collect();
    let which = if own.is_empty() { "其他学校的场次".to_owned() } else { own.join("、") };
    let why = format!("系统现在的选票密钥（ballot.key）与数据库不符：{which}是用另一把密钥办理的，现在不能投票、开票");
    Some((why, REMEDY))
}

/// What to do where the key is not that of the database.
pub const REMEDY: &str = "请系统管理员把原来的 ballot.key 放回原处，重新启动系统。原来的确已遗失的：投票中和待开票的场次由两人\
                          办理作废，其余场次收回公告，撤下监票人重新登记";
