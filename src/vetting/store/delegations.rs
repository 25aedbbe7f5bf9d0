//! Delegations: who may sign more than one step of a college's cases, recorded by the League committee.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{AccountId, CollegeId, DelegationId, InstitutionId},
    office::SchoolLeague,
    rules::timeline::term_in_words,
};

/// Somebody who may sign more than one step of a college's cases.
#[derive(Debug)]
pub struct Delegation {
    pub id: DelegationId,
    /// Who: number and name.
    pub person: String,
    /// In which college's cases.
    pub college: String,
    pub from_day: Date,
    /// The first day on which it holds no more.
    pub until_day: Date,
    pub ground: String,
    /// How many opinions were given by it.
    pub used: i64,
    /// It was ended before its time.
    pub ended: bool,
}

impl Delegation {
    #[must_use]
    pub fn term(&self) -> String {
        term_in_words(self.from_day, Some(self.until_day))
    }
}

/// The delegations of a university, newest first.
pub async fn delegations(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<Delegation>, Failure> {
    let rows = sqlx::query_as!(
        Delegation,
        r#"select d.id as "id: DelegationId", a.name || '（' || a.number || '）' as "person!", g.name as college, d.from_day,
                  d.until_day, d.ground, d.ended_at is not null as "ended!",
                  (select count(*) from vetting_opinion o where o.delegation_id = d.id) as "used!"
           from delegation d join account a on a.id = d.account_id join college g on g.id = d.college_id
           where d.institution_id = $1 order by d.at desc limit 200"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A delegation to be recorded.
#[derive(Debug, Clone)]
pub struct NewDelegation {
    /// The number of whoever gets it.
    pub number: String,
    pub college: CollegeId,
    pub from: Date,
    /// The first day on which it holds no more.
    pub until: Date,
    pub ground: String,
}

/// Records that somebody may sign more than one step; `false` where nobody has that number.
pub async fn delegate(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewDelegation,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into delegation (id, institution_id, account_id, college_id, from_day, until_day, ground, by_account, at)
         select $1, $2, a.id, g.id, $5, $6, $7, $8, $9 from account a, college g
         where a.id = account_numbered($2, $3) and g.id = $4 and g.institution_id = $2",
        DelegationId::random().0,
        acting.institution().0,
        new.number,
        new.college.0,
        new.from,
        new.until,
        new.ground,
        acting.person().account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a delegation; `false` where it has ended.
pub async fn end_delegation(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: DelegationId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update delegation set ended_at = $3 where id = $1 and institution_id = $2 and ended_at is null",
        id.0,
        acting.institution().0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Somebody may sign more than one step of a college's cases today.
pub async fn is_delegated(
    connection: &mut PgConnection,
    account: AccountId,
    college: CollegeId,
    today: Date,
) -> Result<bool, Failure> {
    Ok(delegated(connection, account, today).await?.contains_key(&college))
}

/// The colleges in whose cases somebody may sign more than one step today.
pub(super) async fn delegated(
    connection: &mut PgConnection,
    account: AccountId,
    today: Date,
) -> Result<HashMap<CollegeId, DelegationId>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: DelegationId", college_id as "college: CollegeId" from delegation
           where account_id = $1 and ended_at is null and from_day <= $2 and $2 < until_day"#,
        account.0,
        today
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.college, row.id)).collect())
}
