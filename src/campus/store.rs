//! SQL of campus sign-in: how each university has set it, whose account belongs to whom, and which answers were taken.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::server::{CampusServer, ClientOf};
use crate::{
    failure::Failure,
    ids::{AccountId, InstitutionId},
};

/// How long it is kept that an answer was taken: servers keep theirs for some minutes at most.
const CLAIMS_LAST: Duration = Duration::hours(1);

/// A university that has set its own server.
#[derive(Debug, Clone)]
pub struct CampusSchool {
    pub institution: InstitutionId,
    pub name: String,
    pub server: CampusServer,
}

/// A server as it is kept, in a row or among what waits for a second administrator.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptServer {
    protocol: String,
    address: String,
    origin: String,
    number_field: Option<String>,
    name_field: Option<String>,
    client: Option<String>,
    secret: Option<Vec<u8>>,
    plain_allowed: bool,
    opens_students: bool,
    password_for: String,
    authorities: Option<String>,
}

impl From<&CampusServer> for KeptServer {
    fn from(server: &CampusServer) -> Self {
        let (client, secret) = server.client.as_ref().map(|client| (client.id.clone(), client.secret.clone())).unzip();
        Self {
            protocol: server.protocol.slug().to_owned(),
            address: server.address.clone(),
            origin: server.origin.clone(),
            number_field: server.number_field.clone(),
            name_field: server.name_field.clone(),
            client,
            secret,
            plain_allowed: server.plain_allowed,
            opens_students: server.opens_students,
            password_for: server.password_for.slug().to_owned(),
            authorities: server.authorities.clone(),
        }
    }
}

impl KeptServer {
    pub(super) fn into_server(self) -> Result<CampusServer, Failure> {
        Ok(CampusServer {
            protocol: self.protocol.parse()?,
            address: self.address,
            origin: self.origin,
            number_field: self.number_field,
            name_field: self.name_field,
            client: self.client.zip(self.secret).map(|(id, secret)| ClientOf { id, secret }),
            plain_allowed: self.plain_allowed,
            opens_students: self.opens_students,
            password_for: self.password_for.parse()?,
            authorities: self.authorities,
        })
    }
}

/// How a university has set it; none where people sign in with passwords alone.
pub async fn server(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Option<CampusServer>, Failure> {
    let row = sqlx::query_as!(
        KeptServer,
        "select kind as protocol, server as address, origin, number_field, name_field, client_id as client,
                client_secret as secret, plain_allowed, opens_students, password_for, authorities
         from campus_sign_in where institution_id = $1",
        institution.0
    );
    row.fetch_optional(connection).await?.map(KeptServer::into_server).transpose()
}

/// The university of that code, where it has set a server.
pub async fn school(connection: &mut PgConnection, code: &str) -> Result<Option<CampusSchool>, Failure> {
    let found = sqlx::query!(r#"select id as "id: InstitutionId", name from institution where code = $1"#, code)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let server = server(connection, found.id).await?;
    Ok(server.map(|server| CampusSchool { institution: found.id, name: found.name, server }))
}

/// Sets a university's server in the place of the one before; `by` is none for the operator.
pub async fn set(
    connection: &mut PgConnection,
    institution: InstitutionId,
    server: &CampusServer,
    by: Option<AccountId>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (client, secret) = server.client.as_ref().map(|client| (client.id.as_str(), client.secret.as_slice())).unzip();
    sqlx::query!(
        "insert into campus_sign_in (institution_id, kind, server, number_field, name_field, client_id, client_secret,
                                     plain_allowed, opens_students, password_for, set_at, set_by, origin,
                                     authorities)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (institution_id) do update set kind = $2, server = $3, number_field = $4, name_field = $5,
             client_id = $6, client_secret = $7, plain_allowed = $8, opens_students = $9, password_for = $10,
             set_at = $11, set_by = $12, origin = $13, authorities = $14",
        institution.0,
        server.protocol.slug(),
        server.address,
        server.number_field.as_deref(),
        server.name_field.as_deref(),
        client,
        secret,
        server.plain_allowed,
        server.opens_students,
        server.password_for.slug(),
        now,
        by.map(|by| by.0),
        server.origin,
        server.authorities
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The code of a university.
pub(super) async fn code(connection: &mut PgConnection, institution: InstitutionId) -> Result<String, Failure> {
    let code = sqlx::query_scalar!("select code from institution where id = $1", institution.0);
    Ok(code.fetch_one(connection).await?)
}

/// Takes a university's server away; `false` where there was none.
pub async fn remove(connection: &mut PgConnection, institution: InstitutionId) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from campus_sign_in where institution_id = $1", institution.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Locks how people of the university come in, as whoever takes an administrator away does: of two who set its server at once the
/// second one finds what the first has set.
pub(super) async fn lock(connection: &mut PgConnection, institution: InstitutionId) -> Result<(), Failure> {
    sqlx::query!("select id from institution where id = $1 for no key update", institution.0)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Whether an administrator of the university has a password: without its server nobody else could manage the accounts.
pub(super) async fn is_administered_by_password(
    connection: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let administered = sqlx::query_scalar!(
        r#"select exists (select from account a join office o on o.account_id = a.id and o.kind = 'administrator'
                          where a.institution_id = $1 and a.disabled_at is null and a.password_hash is not null
                                and is_held(o.from_day, o.until_day, o.ended_at, $2)) as "administered!""#,
        institution.0,
        now
    );
    Ok(administered.fetch_one(connection).await?)
}

/// Whether people of the university are voting: whoever sets the server could come as any of them. None of its sittings is
/// opened before the transaction ends.
pub(super) async fn is_voting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    sqlx::query_scalar!("select id from sitting where institution_id = $1 order by id for share", institution.0)
        .fetch_all(&mut *connection)
        .await?;
    let voting = sqlx::query_scalar!(
        r#"select exists (select from sitting where institution_id = $1 and stage = 'open' and closes_at > $2) as "open!""#,
        institution.0,
        now
    );
    Ok(voting.fetch_one(connection).await?)
}

/// Takes an answer of a server, once: `false` where it was taken before, by whichever portal.
pub async fn claim(connection: &mut PgConnection, answer: &[u8], now: OffsetDateTime) -> Result<bool, Failure> {
    let done =
        sqlx::query!("insert into campus_claim (answer_hash, at) values ($1, $2) on conflict do nothing", answer, now);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What binding an account came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It was bound to the same user before.
    Already,
    First,
    /// It was another user's; the number decides.
    Anew,
}

/// Binds an account to a user of its university's server, by the hash of both.
pub async fn bind(
    connection: &mut PgConnection,
    account: AccountId,
    subject: &[u8],
    now: OffsetDateTime,
) -> Result<Bound, Failure> {
    let before =
        sqlx::query_scalar!("select subject_hash from campus_binding where account_id = $1 for update", account.0)
            .fetch_optional(&mut *connection)
            .await?;
    if before.as_deref() == Some(subject) {
        return Ok(Bound::Already);
    }
    sqlx::query!(
        "insert into campus_binding (account_id, subject_hash, bound_at) values ($1, $2, $3)
         on conflict (account_id) do update set subject_hash = $2, bound_at = $3",
        account.0,
        subject,
        now
    )
    .execute(connection)
    .await?;
    Ok(if before.is_some() { Bound::Anew } else { Bound::First })
}

/// Ends the sessions that a ticket opened at a university; gives how many.
pub async fn end_sessions_of(connection: &mut PgConnection, school: &str, ticket: &[u8]) -> Result<u64, Failure> {
    let ended = sqlx::query!(
        "delete from session s using account a, institution i
         where s.campus_ticket = $2 and a.id = s.account_id and i.id = a.institution_id and i.code = $1",
        school,
        ticket
    );
    Ok(ended.execute(connection).await?.rows_affected())
}

/// Ends the sessions that a university's server opened for one of its users; gives how many.
pub(super) async fn end_sessions_of_subject(
    connection: &mut PgConnection,
    institution: InstitutionId,
    subject: &[u8],
) -> Result<u64, Failure> {
    let ended = sqlx::query!(
        "delete from session s using campus_binding b, account a
         where b.subject_hash = $2 and a.id = b.account_id and a.institution_id = $1 and s.account_id = a.id
               and s.by_campus",
        institution.0,
        subject
    );
    Ok(ended.execute(connection).await?.rows_affected())
}

/// Ends all sessions of a university's people that its server vouched for, but that one; gives how many.
pub(super) async fn end_sessions_by_campus(
    connection: &mut PgConnection,
    institution: InstitutionId,
    but: Option<&[u8]>,
) -> Result<u64, Failure> {
    let ended = sqlx::query!(
        "delete from session s using account a
         where a.id = s.account_id and a.institution_id = $1 and s.by_campus and s.token_hash is distinct from $2",
        institution.0,
        but
    );
    Ok(ended.execute(connection).await?.rows_affected())
}

/// Clears away what was kept of answers long ago.
pub async fn clear_expired(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("delete from campus_claim where at < $1", now - CLAIMS_LAST).execute(connection).await?;
    Ok(())
}

/// Forgets which users accounts were bound to, when their people are erased.
pub async fn erase(connection: &mut PgConnection, accounts: &[sqlx::types::Uuid]) -> Result<(), Failure> {
    sqlx::query!("delete from campus_binding where account_id = any($1)", accounts).execute(connection).await?;
    Ok(())
}
