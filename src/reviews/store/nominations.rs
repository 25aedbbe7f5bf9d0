//! SQL of nominations.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, NominationId, ReviewId},
    office::UnionKeeper,
    reviews::nomination::{Nomination, NominationKind, Nominee},
    rules::review::{Criteria, Criterion, Nominees},
};

/// The nominations of a university, newest first, or one of them.
pub async fn nominations(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<NominationId>,
) -> Result<Vec<Nomination>, Failure> {
    let rows = sqlx::query!(
        r#"select n.id as "id: NominationId", n.review_id as "review: ReviewId", n.title, n.kind, n.seats, n.begun_at,
                  n.deviation, n.decided_at
           from nomination n
           where n.institution_id = $1 and ($2::uuid is null or n.id = $2) order by n.begun_at desc, n.id"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Nomination {
                id: row.id,
                review: row.review,
                title: row.title,
                kind: row.kind.parse()?,
                seats: row.seats,
                begun_at: row.begun_at,
                deviation: row.deviation,
                decided_at: row.decided_at,
            })
        })
        .collect()
}

/// A nomination as it is now, locked until the end of the transaction.
pub async fn lock_nomination(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: NominationId,
) -> Result<Locked<Nomination>, Failure> {
    sqlx::query!("select id from nomination where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    let found = nominations(connection, institution, Some(id)).await?.pop();
    found.map(Locked::new).ok_or(Failure::Missing)
}

/// A nomination to be begun.
#[derive(Debug)]
pub struct NewNomination<'a> {
    pub review: ReviewId,
    pub title: &'a str,
    pub kind: NominationKind,
    pub seats: i16,
}

/// Begins a nomination by criteria that the rule has passed.
pub async fn begin_nomination(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    new: &NewNomination<'_>,
    criteria: &Criteria,
    now: OffsetDateTime,
) -> Result<NominationId, Failure> {
    let id = NominationId::random();
    sqlx::query!(
        "insert into nomination (id, institution_id, review_id, title, kind, seats, begun_at, begun_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        acting.institution().0,
        new.review.0,
        new.title,
        new.kind.slug(),
        new.seats,
        now,
        acting.person().account.0
    )
    .execute(&mut *connection)
    .await?;
    for (place, criterion) in (1_i16..).zip(criteria.all()) {
        sqlx::query!(
            "insert into nomination_criterion (nomination_id, place, name, basis, points) values ($1, $2, $3, $4, $5)",
            id.0,
            place,
            criterion.name,
            criterion.basis.slug(),
            super::kept(criterion.points)
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(id)
}

pub async fn criteria_of(connection: &mut PgConnection, id: NominationId) -> Result<Vec<Criterion>, Failure> {
    let rows = sqlx::query!(
        "select name, basis, points from nomination_criterion where nomination_id = $1 order by place",
        id.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Criterion { name: row.name, basis: row.basis.parse()?, points: super::number(row.points) }))
        .collect()
}

pub async fn nominees(connection: &mut PgConnection, id: NominationId) -> Result<Vec<Nominee>, Failure> {
    let rows = sqlx::query_as!(
        Nominee,
        "select person, rank, ground from nominee where nomination_id = $1 order by rank, person",
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Decides a nomination that the rule has passed; `false` where it is decided.
pub async fn decide(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    nomination: &Locked<Nomination>,
    passed: &Nominees,
    nominees: &[Nominee],
    reason: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let deviation = reason.filter(|_| passed.deviates());
    let done = sqlx::query!(
        "update nomination set decided_at = $2, decided_by = $3, deviation = $4 where id = $1 and decided_at is null",
        nomination.id.0,
        now,
        acting.person().account.0,
        deviation
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for nominee in nominees {
        sqlx::query!(
            "insert into nominee (nomination_id, person, rank, ground) values ($1, $2, $3, $4)",
            nomination.id.0,
            nominee.person,
            nominee.rank,
            nominee.ground
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}
