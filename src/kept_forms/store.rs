//! SQL of forms that were not sent.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::form::KeptForm;
use crate::{
    auth::token::{FORM_LASTS, Token},
    failure::Failure,
    ids::{AccountId, OfficeId},
};

/// Whose session it was, and in which office it acted last.
#[derive(Debug, Clone, Copy)]
pub struct SessionOwner {
    pub account: AccountId,
    pub office: Option<OfficeId>,
}

/// Whose session it was that has ended within a day.
pub async fn owner_of(
    connection: &mut PgConnection,
    session: &[u8],
    now: OffsetDateTime,
) -> Result<Option<SessionOwner>, Failure> {
    let owner = sqlx::query_as!(
        SessionOwner,
        r#"select account_id as "account!: AccountId", office_id as "office: OfficeId" from session where token_hash = $1
           union all
           select account_id, office_id from ended_session
           where token_hash = $1 and ended_at > $2::timestamptz - interval '1 day' limit 1"#,
        session,
        now
    );
    Ok(owner.fetch_optional(connection).await?)
}

/// Keeps a form for an hour.
pub async fn keep(
    connection: &mut PgConnection,
    token: &Token,
    account: AccountId,
    form: &KeptForm,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into kept_form (token_hash, account_id, sealed, until) values ($1, $2, $3, $4)",
        token.hash(),
        account.0,
        form.seal(token, account)?,
        now + FORM_LASTS
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The form that is kept for an account under a token.
pub async fn kept(
    connection: &mut PgConnection,
    token: &Token,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Option<KeptForm>, Failure> {
    let sealed = sqlx::query_scalar!(
        "select sealed from kept_form where token_hash = $1 and account_id = $2 and until > $3",
        token.hash(),
        account.0,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(sealed.and_then(|sealed| KeptForm::open(&sealed, token, account)))
}

/// Erases what is kept under a token.
pub async fn forget(connection: &mut PgConnection, token: &Token) -> Result<(), Failure> {
    sqlx::query!("delete from kept_form where token_hash = $1", token.hash()).execute(connection).await?;
    Ok(())
}

/// Keeps a sealed file for an hour; of each account one.
pub async fn keep_file(
    connection: &mut PgConnection,
    token: &Token,
    account: AccountId,
    sealed: &[u8],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into kept_file (account_id, token_hash, sealed, until) values ($1, $2, $3, $4)
         on conflict (account_id) do update set token_hash = excluded.token_hash, sealed = excluded.sealed,
                until = excluded.until",
        account.0,
        token.hash(),
        sealed,
        now + FORM_LASTS
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The sealed file that is kept for an account under a token.
pub async fn kept_file(
    connection: &mut PgConnection,
    token: &Token,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, Failure> {
    let sealed = sqlx::query_scalar!(
        "select sealed from kept_file where token_hash = $1 and account_id = $2 and until > $3",
        token.hash(),
        account.0,
        now
    );
    Ok(sealed.fetch_optional(connection).await?)
}

/// Erases what was kept for its hour.
pub async fn clear_expired(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("delete from kept_form where until <= $1", now).execute(&mut *connection).await?;
    sqlx::query!("delete from kept_file where until <= $1", now).execute(connection).await?;
    Ok(())
}

/// Erases what is kept for accounts.
pub async fn erase(connection: &mut PgConnection, accounts: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("delete from kept_form where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from kept_file where account_id = any($1)", accounts).execute(connection).await?;
    Ok(())
}
