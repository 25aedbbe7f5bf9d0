//! SQL of rounds: reading them, opening, changing and ending them. Cases, opinions and what comes of them stand in their own
//! files.

mod cases;
mod delegations;
mod notice;
mod opinions;
mod outcome;
mod waiting;

use std::collections::HashMap;

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use super::round::{Place, Purpose, Round};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{AccountId, DepartmentId, InstitutionId, PlaceId, PlanVersionId, RoundId, UnionId},
    rules::{chain::Chain, offer::Offered},
    unions::{
        store::Locked,
        union::{PostKind, StudentUnion},
    },
};

pub use cases::{
    CaseFilter, NewCase, PeopleCount, StageCount, Submission, cases, counts, hand_in, held_posts, hold_case,
    holds_place, invite, note_recommendation, opinions_of, photo, resubmit, set_photo, tally, withdraw, words,
};
pub use delegations::{Delegation, delegate, delegations, end_delegation, is_delegated};
pub use notice::{
    Objection, PublicNotice, answer_objection, notify, object, objections, on_notice, open_objections, unshown,
};
pub use opinions::{BatchResult, NewOpinion, NotGiven, Session, full_places, give, seats_left, sessions, set_session};
pub use outcome::{lapse_rest, list_candidates, mark_appointed};
pub use waiting::{OverdueStep, OwnOpinion, WaitingFilter, WaitingGroup, dealt_with, overdue, waiting, waiting_groups};

/// Rounds of a university: one, those of a union, those open on a day, or all; newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct RoundFilter {
    pub one: Option<RoundId>,
    pub union: Option<UnionId>,
    /// In which one may apply on this day.
    pub open_on: Option<Date>,
}

/// Reads rounds with what they offer.
pub async fn rounds(
    connection: &mut PgConnection,
    institution: InstitutionId,
    which: RoundFilter,
) -> Result<Vec<Round>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RoundId", r.union_id as "union: UnionId", r.title, r.purpose, r.places,
                  r.chain as "chain: Json<Chain>", r.basis, r.opens_on, r.closes_on, r.effective_on, r.due_days, r.notice_days,
                  r.note, r.ended_why
           from vetting_round r
           where r.institution_id = $1 and ($2::uuid is null or r.id = $2) and ($3::uuid is null or r.union_id = $3)
                 and ($4::date is null or (r.ended_at is null and r.opens_on <= $4 and $4 <= r.closes_on))
           order by r.ended_at is not null, r.opens_on desc, r.opened_at desc"#,
        institution.0,
        which.one.map(|id| id.0),
        which.union.map(|id| id.0),
        which.open_on
    )
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut offered = places(connection, &ids).await?;
    let unions: HashMap<UnionId, StudentUnion> = crate::unions::store::list(connection, institution, None)
        .await?
        .into_iter()
        .map(|union| (union.id, union))
        .collect();
    let mut rounds = Vec::new();
    for row in rows {
        let Some(union) = unions.get(&row.union).cloned() else { continue };
        rounds.push(Round {
            id: row.id,
            union,
            title: row.title,
            purpose: Purpose::of(&row.purpose).unwrap_or(Purpose::Recruit),
            presidium: row.places == "presidium",
            chain: row.chain.0,
            basis: row.basis,
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            effective_on: row.effective_on,
            due_days: row.due_days,
            notice_days: row.notice_days,
            note: row.note,
            ended_why: row.ended_why,
            places: offered.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(rounds)
}

/// One round of a university.
pub async fn round(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: RoundId,
) -> Result<Option<Round>, Failure> {
    let which = RoundFilter { one: Some(id), ..RoundFilter::default() };
    Ok(rounds(connection, institution, which).await?.into_iter().next())
}

/// The rounds in which a student may apply today and has not: none for somebody who is no student.
pub async fn open_for(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Vec<Round>, Failure> {
    let Some(student) = person
        .student
        .filter(|_| person.acting.as_ref().is_some_and(|office| super::APPLICANTS.contains(&office.kind)))
    else {
        return Ok(Vec::new());
    };
    let which = RoundFilter { open_on: Some(today), ..RoundFilter::default() };
    let mut open = rounds(connection, person.institution, which).await?;
    if open.is_empty() {
        return Ok(open);
    }
    let facts = crate::unions::store::facts(connection, &[student.0], today).await?;
    let Some(fact) = facts.into_iter().next() else { return Ok(Vec::new()) };
    let taken = sqlx::query_scalar!(
        r#"select round_id as "round: RoundId" from vetting_case
           where student_id = $1 and stage not in ('withdrawn', 'refused', 'lapsed')"#,
        student.0
    )
    .fetch_all(connection)
    .await?;
    open.retain(|round| !taken.contains(&round.id) && round.union.misfit(&fact, today).is_none());
    Ok(open)
}

async fn places(connection: &mut PgConnection, rounds: &[Uuid]) -> Result<HashMap<RoundId, Vec<Place>>, Failure> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PlaceId", p.round_id as "round: RoundId", p.kind,
                  p.department_id as "department: DepartmentId", d.name as "department_name?", p.seats, p.to_elect
           from vetting_place p left join department d on d.id = p.department_id where p.round_id = any($1)
           order by d.from_day, d.name, array_position(array['presidium', 'head', 'staff'], p.kind)"#,
        rounds
    )
    .fetch_all(connection)
    .await?;
    let mut map: HashMap<RoundId, Vec<Place>> = HashMap::new();
    for row in rows {
        map.entry(row.round).or_default().push(Place {
            id: row.id,
            kind: PostKind::of(&row.kind),
            department: row.department,
            department_name: row.department_name,
            seats: row.seats,
            to_elect: row.to_elect,
        });
    }
    Ok(map)
}

/// What a round is opened with.
#[derive(Debug, Clone)]
pub struct NewRound {
    pub title: String,
    pub purpose: Purpose,
    /// It seeks candidates for the presidium.
    pub presidium: bool,
    pub basis: Option<String>,
    /// The first day, the last day, and the day from which posts are held.
    pub days: (Date, Date, Date),
    /// Days for each step.
    pub due_days: Vec<i32>,
    /// Days of public notice.
    pub notice_days: i32,
    /// What else is to be said.
    pub note: String,
    /// Why a soft limit is passed.
    pub reason: Option<String>,
    pub places: Vec<NewPlace>,
}

/// A kind of place that a round is opened with.
#[derive(Debug, Clone, Copy)]
pub struct NewPlace {
    pub kind: PostKind,
    pub department: Option<DepartmentId>,
    /// How many may be chosen.
    pub seats: i32,
    /// Of candidates for the presidium: how many are to be elected.
    pub to_elect: Option<i32>,
}

/// Opens a round whose places the rule has passed, with the union held.
pub async fn open_round(
    connection: &mut PgConnection,
    union: &Locked,
    (new, _passed): (&NewRound, &Offered),
    (chain, plan): (&Chain, PlanVersionId),
    (institution, by): (InstitutionId, Option<AccountId>),
    now: OffsetDateTime,
) -> Result<RoundId, Failure> {
    let id = RoundId::random();
    let (opens_on, closes_on, effective_on) = new.days;
    sqlx::query!(
        "insert into vetting_round (id, institution_id, union_id, title, purpose, places, chain, plan_version_id, basis,
                                    opens_on, closes_on, effective_on, due_days, notice_days, note, reason, opened_at,
                                    opened_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id.0,
        institution.0,
        union.id().0,
        new.title,
        new.purpose.slug(),
        if new.presidium { "presidium" } else { "members" },
        serde_json::to_value(chain).map_err(anyhow::Error::new)?,
        plan.0,
        new.basis,
        opens_on,
        closes_on,
        effective_on,
        &new.due_days,
        new.notice_days,
        new.note,
        new.reason.clone().unwrap_or_default(),
        now,
        by.map(|id| id.0)
    )
    .execute(&mut *connection)
    .await?;
    for place in &new.places {
        sqlx::query!(
            "insert into vetting_place (id, round_id, kind, department_id, seats, to_elect) values ($1, $2, $3, $4, $5, $6)",
            PlaceId::random().0,
            id.0,
            place.kind.slug(),
            place.department.map(|id| id.0),
            place.seats,
            place.to_elect
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(id)
}

/// Changes the days and the seats of a round that is not over; `false` where it is.
pub async fn change_round(
    connection: &mut PgConnection,
    _union: &Locked,
    id: RoundId,
    (closes_on, effective_on, note, reason): (Date, Date, &str, &str),
    (seats, _passed): (&[(PlaceId, i32)], &Offered),
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_round set closes_on = $2, effective_on = $3, note = $4, reason = coalesce(nullif($5, ''), reason)
         where id = $1 and ended_at is null",
        id.0,
        closes_on,
        effective_on,
        note,
        reason
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for (place, seats) in seats {
        sqlx::query!("update vetting_place set seats = $3 where id = $1 and round_id = $2", place.0, id.0, seats)
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

/// Holds a round for the rest of a transaction: to change it, or only so that nobody else does.
///
/// # Errors
/// [`Failure::Missing`] where there is none; else where the database fails.
pub async fn hold_round(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: RoundId,
    to_change: bool,
) -> Result<Round, Failure> {
    let found = if to_change {
        sqlx::query_scalar!(
            "select id from vetting_round where id = $1 and institution_id = $2 for update",
            id.0,
            institution.0
        )
        .fetch_optional(&mut *connection)
        .await?
    } else {
        sqlx::query_scalar!(
            "select id from vetting_round where id = $1 and institution_id = $2 for share",
            id.0,
            institution.0
        )
        .fetch_optional(&mut *connection)
        .await?
    };
    found.ok_or(Failure::Missing)?;
    round(connection, institution, id).await?.ok_or(Failure::Missing)
}

/// Ends a round that is not over; `false` where it is.
pub async fn end_round(
    connection: &mut PgConnection,
    id: RoundId,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_round set ended_at = $2, ended_why = $3 where id = $1 and ended_at is null",
        id.0,
        now,
        why
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
