//! SQL of rounds: reading them, opening, changing and ending them. Cases, opinions and what comes of them stand in their own
//! files.

mod cases;
mod delegations;
mod notice;
mod opinions;
mod outcome;
mod submissions;
mod waiting;

use std::{collections::HashMap, sync::Arc};

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use super::round::{DayCount, Place, Purpose, Round, SteadyRound};
use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{AccountId, DepartmentId, InstitutionId, PlaceId, PlanVersionId, RoundId, UnionId},
    rules::{chain::Chain, chain_steps::StepTold, offer::Offered},
    unions::{
        store::LockedUnion,
        union::{PostKind, StudentUnion},
    },
};

pub use cases::{
    CaseFilter, CountedBy, LockedCase, PeopleCount, StageCount, Window, candidate_text, cases, cases_of, counts,
    held_posts, holders, holds_place, lock_case, lock_cases, note_own_step, opinions_of, own_steps_due, photo,
    steps_of, tally, under_way,
};
pub use delegations::{Delegation, NewDelegation, delegate, delegations, end_delegation, is_delegated};
pub use notice::{
    Answer, AnsweredObjection, NewObjection, Objection, PublicNotice, answer_objection, notice_issuer, notice_terms,
    notify, object, objections, on_notice, open_objections, set_notice_issuer, unshown, withdraw_notice, withdrawable,
};
pub use opinions::{
    BatchResult, NewOpinion, NewSession, NotGiven, Openings, Session, full_places, give, given_now, note_opening,
    openings, seats_left, sessions, set_session, take_back_request, withdraw_opinion,
};
pub use outcome::{lapse_rest, list_candidates, mark_appointed};
pub use submissions::{Invitation, NewCase, Preparer, Submission, hand_in, invite, resubmit, unreachable, withdraw};
pub use waiting::{
    OverdueStep, OwnOpinion, UnstaffedStep, WaitingCount, WaitingFilter, WaitingGroup, count_waiting, overdue,
    own_opinions, unstaffed, waiting, waiting_groups,
};

/// Rounds of a university: one, some, those of a union, or all; newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct RoundFilter<'a> {
    pub one: Option<RoundId>,
    pub some: Option<&'a [Uuid]>,
    pub union: Option<UnionId>,
    /// Without those that have ended.
    pub running: bool,
}

/// Reads rounds with what they offer.
pub async fn rounds(
    connection: &mut PgConnection,
    institution: InstitutionId,
    which: RoundFilter<'_>,
) -> Result<Vec<Round>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RoundId", r.union_id as "union: UnionId", r.title, r.purpose, r.places,
                  r.chain as "chain: Json<Chain>", r.basis, r.opens_on, r.closes_on, r.effective_on, r.due_days, r.notice_days, r.day_count,
                  r.note, r.ended_why,
                  exists (select from student_union g where g.institution_id = r.institution_id and g.kind = 'graduate')
                      as "graduates_apart!"
           from vetting_round r
           where r.institution_id = $1 and ($2::uuid is null or r.id = $2) and ($3::uuid is null or r.union_id = $3)
                 and ($4::uuid[] is null or r.id = any($4)) and (not $5 or r.ended_at is null)
           order by r.ended_at is not null, r.opens_on desc, r.opened_at desc"#,
        institution.0,
        which.one.map(|id| id.0),
        which.union.map(|id| id.0),
        which.some,
        which.running
    )
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut offered = places(&mut *connection, &ids).await?;
    // Of one round one union is read, not all forty.
    let one_union = match rows.as_slice() {
        [row] => Some(row.union),
        _ => which.union,
    };
    let unions: HashMap<UnionId, StudentUnion> = crate::unions::store::list(&mut *connection, institution, one_union)
        .await?
        .into_iter()
        .map(|union| (union.id, union))
        .collect();
    let workdays = Arc::new(crate::holidays::store::workdays(connection, institution).await?);
    let mut rounds = Vec::new();
    for row in rows {
        let Some(union) = unions.get(&row.union).cloned() else { continue };
        rounds.push(Round {
            id: row.id,
            union,
            graduates_apart: row.graduates_apart,
            title: row.title,
            purpose: row.purpose.parse()?,
            presidium: row.places == "presidium",
            chain: row.chain.0,
            basis: row.basis,
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            effective_on: row.effective_on,
            due_days: row.due_days,
            notice_days: row.notice_days,
            day_count: row.day_count.parse()?,
            workdays: Arc::clone(&workdays),
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
    let Some(student) = person.student else { return Ok(Vec::new()) };
    // Forty colleges may seek people at once: those of others are not read.
    let near = sqlx::query_scalar!(
        r#"select r.id from vetting_round r join student_union u on u.id = r.union_id
           where r.institution_id = $1 and r.ended_at is null and r.opens_on <= $3 and $3 <= r.closes_on
                 and (u.college_id is null or u.college_id = (
                         select m.college_id from student s join class k on k.id = s.class_id
                                join major m on m.id = k.major_id where s.id = $2))
                 and not exists (select from vetting_case c where c.round_id = r.id and c.student_id = $2
                                 and c.stage not in ('withdrawn', 'refused', 'lapsed'))"#,
        person.institution.0,
        student.0,
        today
    )
    .fetch_all(&mut *connection)
    .await?;
    if near.is_empty() {
        return Ok(Vec::new());
    }
    let facts = crate::unions::store::facts(&mut *connection, &[student.0], today).await?;
    let Some(fact) = facts.into_iter().next() else { return Ok(Vec::new()) };
    let which = RoundFilter { some: Some(&near), ..RoundFilter::default() };
    let mut open = rounds(connection, person.institution, which).await?;
    open.retain(|round| round.why_not_candidate(&fact, today).is_none());
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
    pub opens_on: Date,
    pub closes_on: Date,
    /// The day from which posts are held.
    pub effective_on: Date,
    /// Days for each step.
    pub due_days: Vec<i32>,
    /// Days of public notice.
    pub notice_days: i32,
    pub day_count: DayCount,
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

impl NewPlace {
    /// How many hold a post by it: as many as are elected, else as many as are chosen.
    fn seats_to_hold(&self) -> u32 {
        u32::try_from(self.to_elect.unwrap_or(self.seats)).unwrap_or(u32::MAX)
    }
}

/// The chain that a round keeps, with the version of the plan that prescribes it.
#[derive(Debug, Clone, Copy)]
pub struct Prescribed<'a> {
    pub chain: &'a Chain,
    pub plan: PlanVersionId,
}

/// For whom a round is opened: an account of the university, or nobody's where the demo opens it.
#[derive(Debug, Clone, Copy)]
pub struct Opener {
    pub institution: InstitutionId,
    pub account: Option<AccountId>,
}

/// Opens a round whose places the rule has passed.
///
/// # Errors
/// [`Failure::Broken`] where `passed` are other places than those of the round.
pub async fn open_round(
    connection: &mut PgConnection,
    union: &LockedUnion,
    new: &NewRound,
    passed: &Offered,
    prescribed: Prescribed<'_>,
    by: Opener,
    now: OffsetDateTime,
) -> Result<RoundId, Failure> {
    let seats: u32 = new.places.iter().map(NewPlace::seats_to_hold).sum();
    if passed.seats() != seats || !passed.are_from(new.effective_on) {
        return Err(anyhow::anyhow!("the places of the round are not those that were passed").into());
    }
    let id = RoundId::random();
    sqlx::query!(
        "insert into vetting_round (id, institution_id, union_id, title, purpose, places, chain, plan_version_id, basis,
                                    opens_on, closes_on, effective_on, due_days, notice_days, note, reason, opened_at,
                                    opened_by, day_count)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        id.0,
        by.institution.0,
        union.id().0,
        new.title,
        new.purpose.slug(),
        if new.presidium { "presidium" } else { "members" },
        serde_json::to_value(prescribed.chain).map_err(anyhow::Error::new)?,
        prescribed.plan.0,
        new.basis,
        new.opens_on,
        new.closes_on,
        new.effective_on,
        &new.due_days,
        new.notice_days,
        new.note,
        new.reason.clone().unwrap_or_default(),
        now,
        by.account.map(|id| id.0),
        new.day_count.slug()
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

/// A change of a round.
#[derive(Debug, Clone)]
pub struct RoundChange {
    pub closes_on: Date,
    pub effective_on: Date,
    pub note: String,
    /// Every place with its seats.
    pub seats: Vec<(PlaceId, i32)>,
    /// Why a soft limit is passed.
    pub reason: Option<String>,
}

impl RoundChange {
    #[must_use]
    pub fn seats_of(&self, place: PlaceId) -> Option<i32> {
        self.seats.iter().find(|(id, _)| *id == place).map(|(_, seats)| *seats)
    }
}

/// Changes the days and the seats of a round that is not over; `false` where it is.
///
/// # Errors
/// [`Failure::Broken`] where the union is another, or `passed` were judged for another day.
pub async fn change_round(
    connection: &mut PgConnection,
    union: &LockedUnion,
    round: &Locked<Round>,
    change: &RoundChange,
    passed: &Offered,
) -> Result<bool, Failure> {
    if union.id() != round.union.id || !passed.are_from(change.effective_on) {
        return Err(anyhow::anyhow!("the places of the round are not those that were passed").into());
    }
    let done = sqlx::query!(
        "update vetting_round set closes_on = $2, effective_on = $3, note = $4, reason = coalesce(nullif($5, ''), reason)
         where id = $1 and ended_at is null",
        round.id.0,
        change.closes_on,
        change.effective_on,
        change.note,
        change.reason.as_deref().unwrap_or_default()
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for (place, seats) in &change.seats {
        sqlx::query!("update vetting_place set seats = $3 where id = $1 and round_id = $2", place.0, round.id.0, seats)
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

/// Locks a round to change it. Unions before rounds before cases before places, as everywhere: two who act at once wait for
/// each other in one order.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock_round(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: RoundId,
) -> Result<Locked<Round>, Failure> {
    sqlx::query_scalar!(
        "select id from vetting_round where id = $1 and institution_id = $2 for update",
        id.0,
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    round(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// Keeps a round from being changed by others, to write cases in it.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn steady_round(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: RoundId,
) -> Result<SteadyRound, Failure> {
    sqlx::query_scalar!(
        "select id from vetting_round where id = $1 and institution_id = $2 for share",
        id.0,
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    round(connection, institution, id).await?.map(SteadyRound::new).ok_or(Failure::Missing)
}

/// Keeps that a step which is no opinion was taken; `false` where the round is over.
pub async fn tell_step(connection: &mut PgConnection, round: &Locked<Round>, told: &StepTold) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_round set chain = $2 where id = $1 and ended_at is null",
        round.id.0,
        serde_json::to_value(told.chain()).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a round that is not over; `false` where it is.
pub async fn end_round(
    connection: &mut PgConnection,
    round: &Locked<Round>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_round set ended_at = $2, ended_why = $3 where id = $1 and ended_at is null",
        round.id.0,
        now,
        why
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
