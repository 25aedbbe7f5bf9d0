//! SQL of what unions report on rules of the university's own.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::locked::LockedUnion;
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{InstitutionId, OwnFactId, UnionId},
    rules::own::OwnFact,
};

/// A report as it stands on record.
#[derive(Debug)]
pub struct OwnFactRow {
    pub union: UnionId,
    pub fact: OwnFact,
    /// The office that reported, in words.
    pub office: String,
    pub at: OffsetDateTime,
}

/// The reports of a university's unions, or of one of them, by the day for which they hold, the last one last.
pub async fn own_facts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
) -> Result<Vec<OwnFactRow>, Failure> {
    let rows = sqlx::query!(
        r#"select f.union_id as "union: UnionId", f.rule, f.number, f.of_number, f.on_day, f.document, f.office, f.at
           from own_rule_fact f join student_union u on u.id = f.union_id
           where u.institution_id = $1 and ($2::uuid is null or f.union_id = $2)
           order by f.on_day, f.at"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let mut facts = Vec::new();
    for row in rows {
        let (number, of) = (number(row.number), number(row.of_number));
        let fact = OwnFact { rule: row.rule, number, of, on: row.on_day, document: row.document };
        facts.push(OwnFactRow { union: row.union, fact, office: row.office, at: row.at });
    }
    Ok(facts)
}

/// Keeps a report on a union.
pub async fn report_own(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &LockedUnion,
    fact: &OwnFact,
    office: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    sqlx::query!(
        "insert into own_rule_fact (id, union_id, rule, number, of_number, on_day, document, office, by_account, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        OwnFactId::random().0,
        union.id().0,
        fact.rule,
        number(fact.number),
        number(fact.of),
        fact.on,
        fact.document,
        office,
        person.account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
