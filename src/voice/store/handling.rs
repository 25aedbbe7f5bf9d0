//! SQL of what is done to a request, from taking it up to its author's word.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::requests::note;
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, StudentId, VoiceUnitId},
    office::{OfficeKind, SchoolLeague},
    rules::{proposal::Satisfaction, voice::Ending},
    voice::{
        VoiceHandler,
        request::{EventKind, VoiceRequest},
    },
};

/// Where a request is sent, and whether its title may be read meanwhile.
#[derive(Debug, Clone)]
pub(in crate::voice) struct Sending {
    /// None: the receiving union answers itself.
    pub unit: Option<VoiceUnitId>,
    pub says: String,
    pub publish: bool,
}

/// Takes a request up and sends it to an office; `false` where somebody was faster.
pub(in crate::voice) async fn take_up(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    sending: &Sending,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'sent', taken_up_at = $2, lead_unit_id = $3, unit_id = $3, due_on = $4,
                                  is_public = may_publish and $5
         where id = $1 and stage = 'received'
               and ($3::uuid is null or exists (select from voice_unit u where u.id = $3 and u.ended_at is null
                                                       and u.institution_id = voice_request.institution_id))",
        request.id.0,
        now,
        sending.unit.map(|id| id.0),
        due_on,
        sending.publish
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Sent, &acting.office().label(), &sending.says, now).await?;
    Ok(true)
}

/// Sends a request on to another office; the day by which it is due and who was asked first stay. `false` where it is not
/// being handled any more.
pub(in crate::voice) async fn send_on(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    sending: &Sending,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set unit_id = $2
         where id = $1 and stage = 'sent' and unit_id is distinct from $2
               and ($2::uuid is null or exists (select from voice_unit u where u.id = $2 and u.ended_at is null
                                                       and u.institution_id = voice_request.institution_id))",
        request.id.0,
        sending.unit.map(|id| id.0)
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::SentOn, &acting.office().label(), &sending.says, now).await?;
    Ok(true)
}

/// An answer about to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::voice) struct Answer {
    pub ending: Ending,
    pub says: String,
    pub publish: bool,
}

/// Answers a request; `false` where somebody was faster.
pub(in crate::voice) async fn answer(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    answer: &Answer,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'answered', answer = $2, ending = $3, answered_at = $4,
                                  is_public = may_publish and $5
         where id = $1 and stage = 'sent'",
        request.id.0,
        answer.says,
        answer.ending.slug(),
        now,
        answer.publish
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Answered, &acting.office().label(), &answer.says, now).await?;
    Ok(true)
}

/// The League committee's word on a request, to whoever handles it; `false` where it is closed.
pub(in crate::voice) async fn instruct(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    request: &Locked<VoiceRequest>,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if !request.stage.is_open() {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Instructed, &acting.office().label(), says, now).await?;
    Ok(true)
}

/// Publishes what its author has not forbidden, or takes it back; `false` where nothing changes.
pub(in crate::voice) async fn publish(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    publish: bool,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set is_public = $2
         where id = $1 and is_public <> $2 and may_publish and stage in ('sent', 'answered', 'confirmed')",
        request.id.0,
        publish
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A student's word on an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::voice) struct Word {
    pub satisfaction: Satisfaction,
    pub remark: Option<String>,
}

/// Closes an answered request with its author's word; `false` where it is not answered.
pub(in crate::voice) async fn confirm(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    word: &Word,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'confirmed', satisfaction = $2, remark = $3, confirmed_at = $4
         where id = $1 and stage = 'answered'",
        request.id.0,
        word.satisfaction.slug(),
        word.remark,
        now
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Confirmed, "", word.satisfaction.label(), now).await?;
    Ok(true)
}

/// Sends the first answer back, with the day by which the next is due; `false` where it is not answered, or was sent back
/// before.
pub(in crate::voice) async fn send_back(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    why: &str,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'sent', turn = 2, answer = null, ending = null, answered_at = null, due_on = $2
         where id = $1 and stage = 'answered' and turn = 1",
        request.id.0,
        due_on
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::SentBack, "", why, now).await?;
    Ok(true)
}

/// What stands in the place of words that are gone.
const GONE: &str = "已撤回";

/// Withdraws an open request: its words and pictures go. `false` where it is answered.
pub(in crate::voice) async fn withdraw(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'withdrawn', title = $2, says = $2, place = '', is_public = false
         where id = $1 and stage in ('received', 'sent')",
        request.id.0,
        GONE
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from voice_picture where request_id = $1", request.id.0).execute(&mut *connection).await?;
    sqlx::query!("update voice_event set says = '' where request_id = $1", request.id.0)
        .execute(&mut *connection)
        .await?;
    note(connection, request.id, EventKind::Withdrawn, "", "", now).await?;
    Ok(true)
}

/// Says that a public request concerns an account too; `false` where it said so before, or where it is its own.
pub(in crate::voice) async fn support(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    account: AccountId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into voice_support (request_id, account_id)
         select id, $2 from voice_request
         where id = $1 and is_public and stage in ('sent', 'answered') and account_id is distinct from $2
         on conflict do nothing",
        request.id.0,
        account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Who is told of an answer: the author, where they are known, and those whom it concerns too.
pub(in crate::voice) async fn concerned(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Vec<StudentId>, Failure> {
    let students = sqlx::query_scalar!(
        r#"select a.student_id as "id!: StudentId" from account a
           where a.student_id is not null
                 and (a.id in (select account_id from voice_support where request_id = $1)
                      or a.id = (select account_id from voice_request where id = $1))"#,
        request.id.0
    );
    Ok(students.fetch_all(connection).await?)
}

/// The college whose union takes a request up.
pub(in crate::voice) async fn college_of(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Option<CollegeId>, Failure> {
    let college =
        sqlx::query_scalar!(r#"select college_id as "id: CollegeId" from voice_request where id = $1"#, request.id.0);
    Ok(college.fetch_one(connection).await?)
}

/// The office of the portal that handles a request that is being handled; none where its unit is not in the portal.
pub(in crate::voice) async fn handling_office(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Option<OfficeKind>, Failure> {
    let row = sqlx::query!(
        r#"select q.unit_id is null as "own!", u.office as "office?"
           from voice_request q left join voice_unit u on u.id = q.unit_id where q.id = $1"#,
        request.id.0
    )
    .fetch_one(connection)
    .await?;
    if row.own {
        return Ok(Some(request.receiver.office()));
    }
    Ok(row.office.map(|slug| slug.parse()).transpose()?)
}
