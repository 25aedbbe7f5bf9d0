//! SQL of the days by which unions mend what they break.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::locked::LockedUnion;
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{InstitutionId, MendingId, UnionId},
    unions::mending::{MendedRule, Mending, MendingEnd, PastMending},
};

/// The days that count, of a university or of one of its unions, the nearest first.
pub async fn open_mendings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<Vec<Mending>, Failure> {
    let rows = sqlx::query!(
        r#"select m.id as "id: MendingId", m.union_id as "union: UnionId", m.rule, m.own_rule, m.due_on, m.says,
                  m.office
           from mending m join student_union u on u.id = m.union_id
           where u.institution_id = $1 and m.ended_at is null and ($2::uuid is null or m.union_id = $2)
           order by m.due_on, m.rule, m.own_rule"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    // A rule that the catalogue knows no more is broken by nobody.
    let known = rows.into_iter().filter_map(|row| {
        let listed = row.rule.and_then(|code| code.parse().ok()).map(MendedRule::Listed);
        Some(Mending {
            id: row.id,
            union: row.union,
            rule: listed.or(row.own_rule.map(MendedRule::Own))?,
            due_on: row.due_on,
            says: row.says,
            office: row.office,
            is_late: row.due_on < today,
        })
    });
    Ok(known.collect())
}

/// The days that counted once for a rule in a union, the last one first; at most 50.
pub async fn past_mendings(
    connection: &mut PgConnection,
    union: UnionId,
    rule: &MendedRule,
) -> Result<Vec<PastMending>, Failure> {
    let rows = sqlx::query!(
        r#"select due_on, says, office, at, ended_as as "ended_as!" from mending
           where union_id = $1 and (rule = $2 or own_rule = $3) and ended_at is not null order by at desc limit 50"#,
        union.0,
        rule.code(),
        rule.own_name()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let end = row.ended_as.parse::<MendingEnd>()?;
            Ok(PastMending { due_on: row.due_on, says: row.says, office: row.office, at: row.at, end })
        })
        .collect()
}

/// A day as it is set.
#[derive(Debug)]
pub struct NewMending<'a> {
    pub rule: &'a MendedRule,
    pub due_on: Date,
    pub says: &'a str,
    /// The office that sets it, in words.
    pub office: &'a str,
}

/// Sets the day by which a union mends a breach; the one that counted until then ends.
pub async fn set_mending(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &LockedUnion,
    new: &NewMending<'_>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    end_open(connection, union, new.rule, MendingEnd::Changed, now).await?;
    sqlx::query!(
        "insert into mending (id, union_id, rule, own_rule, due_on, says, office, by_account, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        MendingId::random().0,
        union.id().0,
        new.rule.code(),
        new.rule.own_name(),
        new.due_on,
        new.says,
        new.office,
        person.account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the day back that counts for a rule; `false` where none does.
pub async fn withdraw_mending(
    connection: &mut PgConnection,
    union: &LockedUnion,
    rule: &MendedRule,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    end_open(connection, union, rule, MendingEnd::Withdrawn, now).await
}

async fn end_open(
    connection: &mut PgConnection,
    union: &LockedUnion,
    rule: &MendedRule,
    end: MendingEnd,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update mending set ended_at = $4, ended_as = $5
         where union_id = $1 and (rule = $2 or own_rule = $3) and ended_at is null",
        union.id().0,
        rule.code(),
        rule.own_name(),
        now,
        end.slug()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The universities in which some union has a day that counts.
pub async fn institutions_mending(connection: &mut PgConnection) -> Result<Vec<InstitutionId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select distinct u.institution_id as "institution: InstitutionId"
           from mending m join student_union u on u.id = m.union_id where m.ended_at is null"#
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Ends those days: what they were set for is mended.
pub async fn end_mendings(
    connection: &mut PgConnection,
    gone: &[MendingId],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = gone.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update mending set ended_at = $2, ended_as = 'mended' where id = any($1) and ended_at is null",
        &ids,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
