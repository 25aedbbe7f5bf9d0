//! 轮值: who may see a union's turns, and what they may do about them.

mod duties;
mod turns;

use sqlx::PgConnection;
use time::Date;

use super::store;
use crate::{
    app::{App, Routes},
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::UnionId,
    unions::{store as unions_store, store::Locked, union::Record},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/unions/{union}/rotation", turns::show)
        .post("/unions/{union}/rotation", turns::propose)
        .post("/unions/{union}/rotation/confirm", turns::confirm)
        .post("/unions/{union}/rotation/{turn}/withdraw", turns::withdraw)
        .post("/unions/{union}/rotation/{turn}/handover", duties::hand_over)
        .get("/duty", duties::duty)
}

/// What a person may do about a union's turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct May {
    /// Confirm and take back what is confirmed.
    decide: bool,
    /// Propose an order and adjust it.
    propose: bool,
}

/// What the person may do, if they see the union at all: whoever keeps it, its officers, and its presidium as students.
async fn may(db: &mut PgConnection, person: &SignedIn, record: &Record, today: Date) -> Result<Option<May>, Failure> {
    let office = person.acting.as_ref();
    let sees = office.is_some_and(|office| record.union.is_seen_by(office));
    let decide = office.is_some_and(|office| record.union.is_kept_by(office));
    let own = office.is_some_and(|office| record.union.is_own_of(office));
    let on_presidium = match (person.student, sees) {
        (Some(student), false) => store::unions_of(db, student, today).await?.contains(&record.union.id),
        _ => false,
    };
    if !sees && !on_presidium {
        return Ok(None);
    }
    Ok(Some(May { decide, propose: decide || own || is_on_duty(person, record, today) }))
}

/// The person is the executive chair on duty.
fn is_on_duty(person: &SignedIn, record: &Record, today: Date) -> bool {
    record.turns.iter().any(|turn| turn.confirmed && turn.is_on(&today) && Some(turn.student) == person.student)
}

async fn seen(app: &App, person: &SignedIn, id: UnionId) -> Result<(Record, May), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = unions_store::record(&mut db, person.institution, id, today).await?.ok_or(Failure::Missing)?;
    let may = may(&mut db, person, &record, today).await?.ok_or(Failure::Missing)?;
    Ok((record, may))
}

/// Holds the union's row for a person who may propose.
async fn hold(
    db: &mut PgConnection,
    person: &SignedIn,
    id: UnionId,
    today: Date,
) -> Result<(Locked, Record, May), Failure> {
    let office = person.acting.as_ref().map_or_else(String::new, Held::label);
    let locked = unions_store::hold(db, person.institution, id, person, &office).await?;
    let record = unions_store::record(db, person.institution, id, today).await?.ok_or(Failure::Missing)?;
    let may = may(db, person, &record, today).await?.ok_or(Failure::Missing)?;
    Ok((locked, record, may))
}
