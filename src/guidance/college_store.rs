//! SQL of how colleges lead and guide their unions.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::CollegeGuider;
use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{CollegeGuideId, CollegeHearingId, InstitutionId, UnionId},
    words::words,
};

words! {
    /// A teacher of a college, by what they are to its union.
    GuideKind:
    InCharge = "in_charge", "院系团组织分管负责人";
    SecretaryGeneral = "secretary_general", "秘书长（团的专职教师）";
}

/// Who guides a college's union today.
#[derive(Debug, Clone)]
pub(super) struct Guide {
    pub union: UnionId,
    pub kind: GuideKind,
    pub name: String,
    pub title: String,
    pub from_day: Date,
}

/// A college's Party organisation heard its union.
#[derive(Debug, Clone)]
pub(super) struct Hearing {
    pub union: UnionId,
    pub on_day: Date,
    /// What was heard, and what was decided.
    pub says: String,
    /// The office that says so.
    pub office: String,
}

/// Who guides the unions of the colleges today.
pub(super) async fn guides(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Guide>, Failure> {
    let rows = sqlx::query!(
        r#"select g.union_id as "union: UnionId", g.kind, g.name, g.title, g.from_day
           from college_guide g join student_union u on u.id = g.union_id
           where u.institution_id = $1 and g.until_day is null"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let kind = row.kind.parse()?;
        Ok(Guide { union: row.union, kind, name: row.name, title: row.title, from_day: row.from_day })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Hearings since a day, the newest first.
pub(super) async fn hearings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    since: Date,
) -> Result<Vec<Hearing>, Failure> {
    let rows = sqlx::query_as!(
        Hearing,
        r#"select h.union_id as "union: UnionId", h.on_day, h.says, h.by_office as office
           from college_hearing h join student_union u on u.id = h.union_id
           where u.institution_id = $1 and h.on_day >= $2 order by h.on_day desc, h.at desc"#,
        institution.0,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A hearing to be recorded.
#[derive(Debug, Clone)]
pub(super) struct NewHearing {
    pub on_day: Date,
    pub says: String,
}

pub(super) async fn add_hearing(
    connection: &mut PgConnection,
    acting: &Acting<CollegeGuider>,
    union: UnionId,
    new: &NewHearing,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into college_hearing (id, union_id, on_day, says, at, by_account, by_office)
         values ($1, $2, $3, $4, $5, $6, $7)",
        CollegeHearingId::random().0,
        union.0,
        new.on_day,
        new.says,
        now,
        acting.person().account.0,
        acting.office().label()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody who is to guide a union.
#[derive(Debug, Clone)]
pub(super) struct NewGuide {
    pub kind: GuideKind,
    pub name: String,
    pub title: String,
}

/// Registers who guides a union from today on, and ends who did before.
pub(super) async fn set_guide(
    connection: &mut PgConnection,
    acting: &Acting<CollegeGuider>,
    union: UnionId,
    new: &NewGuide,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // One after the other: each ends what the one before began.
    sqlx::query!("select id from student_union where id = $1 for update", union.0).fetch_one(&mut *connection).await?;
    sqlx::query!(
        "update college_guide set until_day = greatest(from_day, $3)
         where union_id = $1 and kind = $2 and until_day is null",
        union.0,
        new.kind.slug(),
        now.date()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into college_guide (id, union_id, kind, name, title, from_day, at, by_account, by_office)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        CollegeGuideId::random().0,
        union.0,
        new.kind.slug(),
        new.name,
        new.title,
        now.date(),
        now,
        acting.person().account.0,
        acting.office().label()
    )
    .execute(connection)
    .await?;
    Ok(())
}
