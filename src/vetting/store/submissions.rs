//! What candidates and offices hand in: applying, naming a student, handing in again, withdrawing.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::cases::LockedCase;
use crate::{
    database::Locked,
    failure::Failure,
    ids::{AccountId, CaseId, InstitutionId, OpinionId, PlaceId},
    office::OfficeKind,
    rules::{chain::Stage, vetting::Source},
    unions::union::StudentFacts,
    vetting::{
        case::{Case, Evidence, Origin},
        chain_office::ChainOffice,
        round::SteadyRound,
    },
};

/// What a case is handed in with.
#[derive(Debug, Clone)]
pub struct Submission {
    pub place: PlaceId,
    /// Where the candidate comes from.
    pub source: Option<Source>,
    /// The field in which they stand out.
    pub field: String,
    /// 个人陈述.
    pub statement: String,
    /// 经历.
    pub experience: String,
    /// The text that was pledged.
    pub pledge: String,
    /// What the conditions say.
    pub evidence: Evidence,
    /// A JPEG, in the place of the one before.
    pub photo: Option<Vec<u8>>,
}

/// A case to be begun.
#[derive(Debug)]
pub struct NewCase<'a> {
    pub round: &'a SteadyRound,
    pub fact: &'a StudentFacts,
    /// How it came to be.
    pub origin: Origin,
    /// Who prepared it, where the student did not apply.
    pub prepared: Option<Preparer>,
}

/// Who put a student forward.
#[derive(Debug, Clone)]
pub struct Preparer {
    pub account: AccountId,
    pub kind: OfficeKind,
    /// The office in words.
    pub office: String,
}

async fn next_number(connection: &mut PgConnection, institution: InstitutionId) -> Result<i32, Failure> {
    let last = sqlx::query_scalar!(
        "insert into vetting_counter (institution_id, last) values ($1, 1)
         on conflict (institution_id) do update set last = vetting_counter.last + 1 returning last",
        institution.0
    );
    Ok(last.fetch_one(connection).await?)
}

/// Hands in a student's own application; none where they have one in this round already.
pub async fn hand_in(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewCase<'_>,
    submission: &Submission,
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let Some(id) = insert(connection, institution, new, submission.place, now).await? else { return Ok(None) };
    let filed = Filed { case: id, round: new.round, stage: Stage::At(0), visit: 0 };
    complete(connection, filed, submission, now).await?;
    Ok(Some(id))
}

/// What a student is named with, for them to put right.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    pub place: PlaceId,
    pub source: Option<Source>,
    /// The field in which they stand out.
    pub field: &'a str,
    pub statement: &'a str,
    pub experience: &'a str,
    /// What the recommending office signed, which so stands first among the opinions; none where the office only prepares.
    pub recommendation: Option<&'a str>,
}

/// Names a student, who is to confirm; none where they have a case in this round already.
pub async fn invite(
    connection: &mut PgConnection,
    office: &ChainOffice,
    new: &NewCase<'_>,
    invitation: Invitation<'_>,
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let Some(id) = insert(connection, office.institution, new, invitation.place, now).await? else { return Ok(None) };
    sqlx::query!(
        "update vetting_case set source = $2, field = $3, statement = $4, experience = $5 where id = $1",
        id.0,
        invitation.source.map(Source::slug),
        invitation.field,
        invitation.statement,
        invitation.experience
    )
    .execute(&mut *connection)
    .await?;
    if let Some((says, prepared)) = invitation.recommendation.zip(new.prepared.as_ref()) {
        let link = new.round.link(0);
        let act = link.map(|link| link.act.as_str()).unwrap_or_default();
        let label = link.map_or_else(|| office.held.label(), |link| office.signs_as(link, 0));
        sqlx::query!(
            "insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, by_account, at)
         values ($1, $2, 0, 0, $3, $4, $5, 'agree', $6, $7, $8)",
            OpinionId::random().0,
            id.0,
            office.body.slug(),
            label,
            act,
            says,
            prepared.account.0,
            now
        )
        .execute(connection)
        .await?;
    }
    Ok(Some(id))
}

async fn insert(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewCase<'_>,
    place: PlaceId,
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let taken = sqlx::query_scalar!(
        r#"select exists (select from vetting_case where round_id = $1 and student_id = $2
                          and stage not in ('withdrawn', 'refused', 'lapsed')) as "taken!""#,
        new.round.id.0,
        new.fact.student.0
    );
    if taken.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let number = next_number(connection, institution).await?;
    let id = CaseId::random();
    let prepared = new.prepared.as_ref();
    let done = sqlx::query!(
        "insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id, origin,
                                   prepared_by, prepared_kind, prepared_office, created_at, stage)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'invited')
         on conflict (round_id, student_id) where stage not in ('withdrawn', 'refused', 'lapsed') do nothing",
        id.0,
        number,
        institution.0,
        new.round.id.0,
        place.0,
        new.fact.student.0,
        new.fact.college_id.0,
        new.fact.class_id.0,
        new.origin.slug(),
        prepared.map(|by| by.account.0),
        prepared.map(|by| by.kind.slug()),
        prepared.map(|by| by.office.clone()),
        now
    )
    .execute(connection)
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// Where a case stands once it is handed in.
struct Filed<'a> {
    case: CaseId,
    round: &'a SteadyRound,
    stage: Stage,
    visit: i32,
}

/// Writes what a candidate hands in and puts the case where the chain begins for it.
async fn complete(
    connection: &mut PgConnection,
    filed: Filed<'_>,
    submission: &Submission,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Filed { case: id, round, stage, visit } = filed;
    let step = match stage {
        Stage::At(step) => Some(step),
        _ => None,
    };
    let due = step.map(|step| round.due(step, now.date()));
    let step = step.and_then(|step| i32::try_from(step).ok());
    sqlx::query!(
        "update vetting_case set place_id = $2, source = $3, field = $4, statement = $5, experience = $6, pledge = $7,
                pledged_at = $8::timestamptz, evidence = $9, submitted_at = $8, stage = $10::text, step = $11, visit = $12,
                furthest = greatest(furthest, coalesce($11, 0)), due_on = $13, says = '',
                settled_at = case when $10 = 'passed' then $8::timestamptz end
         where id = $1",
        id.0,
        submission.place.0,
        submission.source.map(Source::slug),
        submission.field,
        submission.statement,
        submission.experience,
        submission.pledge,
        now,
        serde_json::to_value(&submission.evidence).map_err(anyhow::Error::new)?,
        stage.slug(),
        step,
        visit,
        due
    )
    .execute(&mut *connection)
    .await?;
    if let Some(jpeg) = &submission.photo {
        set_photo(connection, id, jpeg).await?;
    }
    Ok(())
}

/// A candidate confirms a case that was prepared for them, or hands one in again that came back; `false` where it is at
/// neither.
pub async fn resubmit(
    connection: &mut PgConnection,
    locked: &LockedCase,
    submission: &Submission,
    stage: Stage,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let LockedCase { case, round } = locked;
    if !case.is_with_candidate() {
        return Ok(false);
    }
    complete(connection, Filed { case: case.id, round, stage, visit: case.visit + 1 }, submission, now).await?;
    Ok(true)
}

/// Withdraws a case that is under way; `false` where it is not.
pub async fn withdraw(
    connection: &mut PgConnection,
    case: &Locked<Case>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_case set stage = 'withdrawn', step = null, due_on = null, visit = visit + 1, says = $2, settled_at = $3
         where id = $1 and stage in ('invited', 'at', 'returned', 'passed')",
        case.id.0,
        why,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps a candidate's photo in the place of the one before.
async fn set_photo(connection: &mut PgConnection, case: CaseId, jpeg: &[u8]) -> Result<(), Failure> {
    sqlx::query!(
        "insert into case_photo (case_id, jpeg) values ($1, $2) on conflict (case_id) do update set jpeg = excluded.jpeg",
        case.0,
        jpeg
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many of these students cannot sign in: they have not activated their account, or have none.
pub async fn unreachable(connection: &mut PgConnection, students: &[Uuid]) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from unnest($1::uuid[]) as t(student)
           where not exists (select from account a join activated_account v on v.id = a.id
                             where a.student_id = t.student and a.disabled_at is null)"#,
        students
    );
    Ok(count.fetch_one(connection).await?)
}
