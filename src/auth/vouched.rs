//! SQL of sessions for people whom their university's own server vouches for.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::token::{DEVICE_LASTS, FACTOR_WITHIN, SESSION_LASTS, Token};
use crate::{
    failure::Failure,
    ids::{AccountId, InstitutionId},
    office::{Office, Staff},
};

/// How long after such a sign-in it stands in for the password of an account that has none.
const FRESH: Duration = Duration::minutes(10);

/// A session about to be opened.
#[derive(Debug)]
pub struct VouchedSession {
    pub account: AccountId,
    pub token: Token,
    /// The browser in a few words.
    pub browser: String,
    /// The browser's session until now (its hash), whoever's it was: it ends.
    pub former: Option<Vec<u8>>,
    /// The hash by which the server says that it ends.
    pub ticket: Option<Vec<u8>>,
    /// What the browser is known by until now (its hash), by whomever.
    pub device: Option<Vec<u8>>,
    /// The token by which an unknown device is known from now on.
    pub new_device: Token,
}

/// A session that was opened.
#[derive(Debug)]
pub struct VouchedOpened {
    /// It opens nothing before the second factor is given.
    pub awaits_factor: bool,
    /// The browser is known by the new token: the account has not been used on it before.
    pub device_is_new: bool,
}

/// Opens a session; it waits for the second factor where the account has one. None where the account is disabled.
pub async fn open(
    connection: &mut PgConnection,
    session: &VouchedSession,
    now: OffsetDateTime,
) -> Result<Option<VouchedOpened>, Failure> {
    let opened = sqlx::query_as!(
        VouchedOpened,
        r#"with opened as (
               insert into session (token_hash, account_id, device, created_at, seen_at, expires_at, awaits_factor,
                                    by_campus, campus_ticket)
               select $1, a.id, $3, $4, $4, case when f.account_id is null then $5::timestamptz else $6 end,
                      f.account_id is not null, true, $7
               from account a left join second_factor f on f.account_id = a.id and f.confirmed_at is not null
               where a.id = $2 and a.disabled_at is null
               returning awaits_factor
           ), ended as (
               delete from session s using opened where s.token_hash = $8
           ), remembered as (
               insert into known_device (token_hash, account_id, created_at, expires_at)
               select $9, $2, $4, $10 from opened
               where not exists (select from known_device d
                                 where d.token_hash = $11 and d.account_id = $2 and d.expires_at > $4)
               returning token_hash
           )
           select awaits_factor as "awaits_factor!", exists (select from remembered) as "device_is_new!" from opened"#,
        session.token.hash(),
        session.account.0,
        session.browser,
        now,
        now + SESSION_LASTS,
        now + FACTOR_WITHIN,
        session.ticket.as_deref(),
        session.former.as_deref(),
        session.new_device.hash(),
        now + DEVICE_LASTS,
        session.device.as_deref()
    );
    Ok(opened.fetch_optional(connection).await?)
}

/// Whether a browser has signed in with some account of a university before.
pub async fn device_is_known(
    connection: &mut PgConnection,
    institution: InstitutionId,
    device: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from known_device d join account a on a.id = d.account_id
                          where d.token_hash = $1 and a.institution_id = $2 and d.expires_at > $3) as "known!""#,
        device,
        institution.0,
        now
    );
    Ok(known.fetch_one(connection).await?)
}

/// Whether a session was opened so a moment ago, for an account that has no password to prove with.
pub async fn stands_in(connection: &mut PgConnection, session: &[u8], now: OffsetDateTime) -> Result<bool, Failure> {
    let stands = sqlx::query_scalar!(
        r#"select exists (select from session s join account a on a.id = s.account_id
                          where s.token_hash = $1 and s.by_campus and s.created_at > $2 and a.password_hash is null)
               as "stands!""#,
        session,
        now - FRESH
    );
    Ok(stands.fetch_one(connection).await?)
}

/// The code of the university whose own server opened a session, where it is still set: who ends the session here has another one
/// there. None for a session that a password opened.
pub async fn campus_of(connection: &mut PgConnection, session: &[u8]) -> Result<Option<String>, Failure> {
    let code = sqlx::query_scalar!(
        "select i.code from session s
             join account a on a.id = s.account_id
             join institution i on i.id = a.institution_id
             join campus_sign_in c on c.institution_id = i.id
         where s.token_hash = $1 and s.by_campus",
        session
    );
    Ok(code.fetch_optional(connection).await?)
}

/// Whether an account may not sign in with a password: its university keeps that for those who hold a teacher's office.
pub async fn password_is_closed(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let staff: Vec<&str> = Staff::KINDS.iter().map(|kind| kind.slug()).collect();
    let closed = sqlx::query_scalar!(
        r#"select exists (
               select from account a join campus_sign_in c on c.institution_id = a.institution_id
               where a.id = $1 and c.password_for = 'staff'
                     and not exists (select from office o where o.account_id = a.id and o.kind = any($2)
                                     and o.ended_at is null and (o.until_day is null or o.until_day > china_day($3))))
               as "closed!""#,
        account.0,
        &staff as &[&str],
        now
    );
    Ok(closed.fetch_one(connection).await?)
}
