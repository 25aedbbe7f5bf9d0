//! SQL of calendars that are subscribed to.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{
        person::{Held, SignedIn},
        token::Token,
    },
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId, StudentId},
};

/// Whether the person has a calendar that is subscribed to in this office, and since when.
pub(super) async fn since(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<OffsetDateTime>, Failure> {
    let Some(office) = &person.acting else { return Ok(None) };
    let at = sqlx::query_scalar!(
        "select made_at from calendar_feed where account_id = $1 and office_id = $2 and ended_at is null",
        person.account.0,
        office.id.0
    );
    Ok(at.fetch_optional(connection).await?)
}

/// Ends the person's calendar in this office; `false` where there is none.
pub(super) async fn close(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let office = person.acting.as_ref().map(|office| office.id.0);
    let done = sqlx::query!(
        "update calendar_feed set ended_at = $3 where account_id = $1 and office_id = $2 and ended_at is null",
        person.account.0,
        office,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// Opens one under an address; the caller has ended an earlier one.
pub(super) async fn open(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    token: &Token,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into calendar_feed (token_hash, account_id, office_id, made_at) values ($1, $2, $3, $4)",
        token.hash(),
        person.account.0,
        office.id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The person of an address, in the office of the address; none where it was ended, the office is held no more or its holder is
/// suspended, and where the university moved away: there it cannot be ended any more.
pub(super) async fn person_of(
    connection: &mut PgConnection,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<SignedIn>, Failure> {
    let row = sqlx::query!(
        r#"select a.id as "account: AccountId", a.institution_id as "institution: InstitutionId", i.name as institution_name,
                  a.number, a.name, a.student_id as "student: StudentId", o.id as "office: OfficeId", o.kind,
                  coalesce(c.name, k.name) as place, o.college_id as "college: CollegeId", o.class_id as "class: ClassId"
           from calendar_feed f join account a on a.id = f.account_id join institution i on i.id = a.institution_id
                join office o on o.id = f.office_id left join college c on c.id = o.college_id
                left join class k on k.id = o.class_id
           where f.token_hash = $1 and f.ended_at is null and a.disabled_at is null
                 and is_held(o.from_day, o.until_day, o.ended_at, $2)
                 and acts_in(o.kind, a.student_id, $2)
                 and not exists (select from moved_university m where m.institution_id = a.institution_id)"#,
        token.hash(),
        now
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let office =
        Held { id: row.office, kind: row.kind.parse()?, place: row.place, college: row.college, class: row.class };
    Ok(Some(SignedIn {
        account: row.account,
        institution: row.institution,
        institution_name: row.institution_name,
        number: row.number,
        name: row.name,
        student: row.student,
        must_change_password: false,
        factor_missing: false,
        moved_on: None,
        seen_at: None,
        unread: 0,
        offices: vec![office.clone()],
        acting: Some(office),
        session: Vec::new(),
        path: String::new(),
    }))
}
