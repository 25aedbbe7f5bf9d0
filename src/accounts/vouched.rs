//! The account of a person whom their university's own server vouches for: known by the number that the server states.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::codes::{let_in, void_codes};
use crate::{
    elections::store::{PasswordEvent, note_reset},
    failure::Failure,
    ids::{AccountId, InstitutionId},
};

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouched {
    Known(AccountId),
    Disabled,
    /// Nobody has the number, or a student of the roster who may not come in so.
    Unknown,
}

/// The account of a number. One that was never activated is let in as by an activation, without a password, and codes that
/// were printed for it open nothing any more; with `opens_students` a student of the roster who has none gets one. Where
/// several have numbers that differ in spelling alone, that very spelling counts and no other.
pub async fn account_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    opens_students: bool,
    now: OffsetDateTime,
) -> Result<Vouched, Failure> {
    if opens_students {
        sqlx::query!(
            "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
             select gen_random_uuid(), s.institution_id, s.number, s.name, false, $3, s.id
             from student s
             where s.id = student_numbered($1, $2) and (s.left_on is null or s.left_on > china_day($3))
                   and (s.number = $2 or not exists (select from student o where o.institution_id = $1
                                                     and o.number_key = s.number_key and o.id <> s.id))
             on conflict do nothing",
            institution.0,
            number,
            now
        )
        .execute(&mut *connection)
        .await?;
    }
    let known = sqlx::query!(
        r#"select a.id as "id: AccountId", a.disabled_at is not null as "is_disabled!",
                  a.password_hash is null and not exists (select from session s where s.account_id = a.id)
                  and not exists (select from campus_binding b where b.account_id = a.id) as "is_new!",
                  a.student_id is not null
                  and not exists (select from office o where o.account_id = a.id and o.kind = 'student'
                                  and (o.ended_at is not null or o.until_day is null or o.until_day > china_day($3)))
                      as "is_outside!"
           from account a
           where a.id = account_numbered($1, $2)
                 and (a.number = $2 or not exists (select from account o where o.institution_id = $1
                                                   and o.number_key = a.number_key and o.id <> a.id))"#,
        institution.0,
        number,
        now
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(known) = known else { return Ok(Vouched::Unknown) };
    if known.is_disabled {
        return Ok(Vouched::Disabled);
    }
    // Whom a file named as a student later, or who came back, is let in now where that could not be done then.
    if known.is_outside {
        let_in(connection, known.id, now).await?;
    }
    if known.is_new {
        void_codes(connection, known.id, now).await?;
        // Whoever comes in for the first time while they can vote is counted like a first password.
        note_reset(connection, known.id, None, PasswordEvent::First, now).await?;
    }
    Ok(Vouched::Known(known.id))
}
