//! What was raised when classes were contacted (RGT-05), as far as a request came of it: one that was made from it, or one that
//! there was. [`crate::contact`] keeps the points themselves.

use sqlx::PgConnection;

use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{ContactPointId, StudentId, VoiceRequestId},
};

/// The words of a point that a student took down, where no request came of it yet.
pub(super) async fn raised(
    connection: &mut PgConnection,
    student: StudentId,
    point: ContactPointId,
) -> Result<Option<String>, Failure> {
    let says = sqlx::query_scalar!(
        "select p.says from contact_point p join contact_entry e on e.id = p.entry_id
                join contact_assignment a on a.id = e.assignment_id
         where p.id = $1 and a.student_id = $2 and not exists (select from contact_request r where r.point_id = p.id)",
        point.0,
        student.0
    );
    Ok(says.fetch_optional(connection).await?)
}

/// Says that a request came of a point; `false` where one did before, or the person may not name the request, as
/// [`numbered`] has it.
///
/// # Errors
/// [`Failure::Missing`] where the point is not there any more.
pub async fn link(
    connection: &mut PgConnection,
    person: &SignedIn,
    point: ContactPointId,
    request: VoiceRequestId,
) -> Result<bool, Failure> {
    // Its entry is locked first, so that nobody takes it back meanwhile; whoever takes it back does the same.
    sqlx::query!(
        "select e.id from contact_entry e join contact_point p on p.entry_id = e.id where p.id = $1 for update of e",
        point.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    let done = sqlx::query!(
        "insert into contact_request (point_id, request_id)
         select $1, q.id from voice_request q
         where q.id = $2 and q.institution_id = $3 and (q.is_public or (q.account_id = $4 and q.identity = 'named'))
               and q.stage <> 'withdrawn'
         on conflict do nothing",
        point.0,
        request.0,
        person.institution.0,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The request of a number, where a person may name it: it is public, or their own in their name, and not withdrawn. One in
/// confidence would have its author named by the contact log.
pub async fn numbered(
    connection: &mut PgConnection,
    person: &SignedIn,
    number: i32,
) -> Result<Option<VoiceRequestId>, Failure> {
    let id = sqlx::query_scalar!(
        r#"select id as "id: VoiceRequestId" from voice_request
           where institution_id = $1 and number = $2 and (is_public or (account_id = $3 and identity = 'named'))
                 and stage <> 'withdrawn'"#,
        person.institution.0,
        number,
        person.account.0
    );
    Ok(id.fetch_optional(connection).await?)
}
