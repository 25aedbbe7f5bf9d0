//! SQL of second factors and of codes on paper.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{
        store::{FIRST_WAIT, FREE_ATTEMPTS, LONGEST_WAIT},
        token::SESSION_LASTS,
    },
    failure::Failure,
    ids::{AccountId, InstitutionId},
};

/// How an account stands with its second factor.
#[derive(Debug)]
pub struct Factor {
    /// The sealed secret.
    pub sealed: Vec<u8>,
    pub made_at: OffsetDateTime,
    /// Since when it is asked for; none while it is being set up.
    pub confirmed_at: Option<OffsetDateTime>,
    /// The moment from which the next attempt is taken.
    pub open_at: OffsetDateTime,
    /// Codes on paper that were not used.
    pub recovery_left: i64,
}

pub async fn factor(connection: &mut PgConnection, account: AccountId) -> Result<Option<Factor>, Failure> {
    let row = sqlx::query_as!(
        Factor,
        r#"select sealed, made_at, confirmed_at, open_at,
                  (select count(*) from recovery_code r where r.account_id = f.account_id and r.used_at is null)
                      as "recovery_left!"
           from second_factor f where account_id = $1"#,
        account.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Keeps a secret that is to be confirmed; `false` where one is asked for already. Attempts are open from long ago, here and
/// wherever they are free again: the clock of another portal may be behind this one's.
pub async fn begin(
    connection: &mut PgConnection,
    account: AccountId,
    sealed: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let begun = sqlx::query!(
        "insert into second_factor as known (account_id, sealed, made_at, open_at)
         values ($1, $2, $3, $3::timestamptz - interval '1 day')
         on conflict (account_id) do update set sealed = $2, made_at = $3 where known.confirmed_at is null",
        account.0,
        sealed,
        now
    );
    Ok(begun.execute(connection).await?.rows_affected() == 1)
}

/// Counts an attempt before it is looked at, and gives how many failed with it; none where it comes too soon.
pub async fn charge(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Option<i32>, Failure> {
    let failures = sqlx::query_scalar!(
        "update second_factor
         set failures = failures + 1,
             open_at = case when failures + 1 < $3 then open_at else $2 + make_interval(secs =>
                 least($5::float8, $4::float8 * power(2, least(failures + 1 - $3, 20)))) end
         where account_id = $1 and open_at <= $2 returning failures",
        account.0,
        now,
        FREE_ATTEMPTS,
        FIRST_WAIT,
        LONGEST_WAIT
    );
    Ok(failures.fetch_optional(connection).await?)
}

/// Accepts the code of a step, once; `false` for one that was accepted before, or for an older one.
pub async fn accept_step(
    connection: &mut PgConnection,
    account: AccountId,
    step: i64,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let accepted = sqlx::query!(
        "update second_factor
         set last_step = $2, failures = 0, open_at = $3::timestamptz - interval '1 day',
             confirmed_at = coalesce(confirmed_at, $3)
         where account_id = $1 and (last_step is null or last_step < $2)",
        account.0,
        step,
        now
    );
    Ok(accepted.execute(connection).await?.rows_affected() == 1)
}

/// Accepts a code on paper, once.
pub async fn accept_recovery(
    connection: &mut PgConnection,
    account: AccountId,
    code: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let accepted = sqlx::query!(
        "with used as (
             update recovery_code r set used_at = $3 from second_factor f
             where r.code_hash = $2 and r.account_id = $1 and r.used_at is null
                   and f.account_id = $1 and f.confirmed_at is not null
             returning r.account_id
         )
         update second_factor f set failures = 0, open_at = $3::timestamptz - interval '1 day'
         from used where f.account_id = used.account_id",
        account.0,
        code,
        now
    );
    Ok(accepted.execute(connection).await?.rows_affected() == 1)
}

/// Keeps the hashes of an account's codes on paper; those of before work no more.
pub async fn keep_recovery(
    connection: &mut PgConnection,
    account: AccountId,
    hashes: &[Vec<u8>],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!("delete from recovery_code where account_id = $1", account.0).execute(&mut *connection).await?;
    sqlx::query!(
        "insert into recovery_code (code_hash, account_id, made_at) select hash, $1, $3 from unnest($2::bytea[]) as u(hash)",
        account.0,
        hashes,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives up an account's second factor; `false` where it has none.
pub async fn give_up(connection: &mut PgConnection, account: AccountId) -> Result<bool, Failure> {
    sqlx::query!("delete from recovery_code where account_id = $1", account.0).execute(&mut *connection).await?;
    let given_up = sqlx::query!("delete from second_factor where account_id = $1", account.0);
    Ok(given_up.execute(connection).await?.rows_affected() == 1)
}

/// Whose session it is that waits for the second factor.
#[derive(Debug)]
pub struct Awaiting {
    pub account: AccountId,
    pub institution: InstitutionId,
}

pub async fn awaiting(
    connection: &mut PgConnection,
    session: &[u8],
    now: OffsetDateTime,
) -> Result<Option<Awaiting>, Failure> {
    let row = sqlx::query_as!(
        Awaiting,
        r#"select a.id as "account: AccountId", a.institution_id as "institution: InstitutionId"
           from session s join account a on a.id = s.account_id
           where s.token_hash = $1 and s.awaits_factor and s.expires_at > $2 and a.disabled_at is null"#,
        session,
        now
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Opens a session whose second factor was given, under a new token; `false` where it waits no more.
pub async fn open(
    connection: &mut PgConnection,
    session: &[u8],
    fresh: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let opened = sqlx::query!(
        "update session set token_hash = $2, awaits_factor = false, seen_at = $3, expires_at = $4
         where token_hash = $1 and awaits_factor and expires_at > $3",
        session,
        fresh,
        now,
        now + SESSION_LASTS
    );
    Ok(opened.execute(connection).await?.rows_affected() == 1)
}
