//! 轮值: who may see a union's turns, and what they may do about them.

mod duties;
mod papers;
mod turns;
mod undo;

use sqlx::PgConnection;
use time::Date;

use super::store;
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::Failure,
    ids::UnionId,
    unions::{
        store::{self as unions_store, LockedUnion},
        union::Record,
    },
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/unions/{union}/rotation", turns::show)
        .post("/unions/{union}/rotation", turns::propose)
        .post("/unions/{union}/rotation/confirm", turns::confirm)
        .post("/unions/{union}/rotation/gaps", turns::explain)
        .post("/unions/{union}/rotation/{turn}/withdraw", turns::withdraw)
        .post("/unions/{union}/rotation/{turn}/undo-end", undo::act)
        .post("/unions/{union}/rotation/{turn}/handover", duties::hand_over)
        .get("/unions/{union}/rotation/{turn}/handover", papers::handover)
        .get("/unions/{union}/rotation/{turn}/handover.docx", papers::handover_word)
        .get("/duty", duties::duty)
}

/// What a person may do about a union's turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Permissions {
    /// Confirm and take back what is confirmed.
    decide: bool,
    /// Propose an order and adjust it.
    propose: bool,
}

/// What the person may do, if they see the union at all: the office that manages it, its officers, and its presidium as
/// students.
async fn permissions(
    db: &mut PgConnection,
    person: &SignedIn,
    record: &Record,
    today: Date,
) -> Result<Option<Permissions>, Failure> {
    let office = person.acting.as_ref();
    let sees = office.is_some_and(|office| record.union.is_visible_to(office));
    let decide = office.is_some_and(|office| record.union.is_managed_by(office));
    let own = office.is_some_and(|office| record.union.is_own_of(office));
    let on_presidium = match (person.student, sees) {
        (Some(student), false) => store::unions_of(db, student, today).await?.contains(&record.union.id),
        _ => false,
    };
    if !sees && !on_presidium {
        return Ok(None);
    }
    Ok(Some(Permissions { decide, propose: decide || own || is_on_duty(person, record, today) }))
}

/// The person is the executive chair on duty.
fn is_on_duty(person: &SignedIn, record: &Record, today: Date) -> bool {
    record.turns.iter().any(|turn| turn.confirmed && turn.is_on(&today) && Some(turn.student) == person.student)
}

async fn visible(app: &App, person: &SignedIn, id: UnionId) -> Result<(Record, Permissions), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = unions_store::record(&mut db, person.institution, id, today).await?.ok_or(Failure::Missing)?;
    let may = permissions(&mut db, person, &record, today).await?.ok_or(Failure::Missing)?;
    Ok((record, may))
}

/// Locks the union for a person who sees its turns, with what they may do about them.
async fn lock(
    db: &mut PgConnection,
    person: &SignedIn,
    id: UnionId,
    today: Date,
) -> Result<(LockedUnion, Permissions), Failure> {
    let union = unions_store::hold(db, person, id, today).await?;
    let may = permissions(db, person, &union, today).await?.ok_or(Failure::Missing)?;
    Ok((union, may))
}
