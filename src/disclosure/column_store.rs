//! SQL of what a union's page names one by one: requests and proposals that were answered.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::voice::Area,
};

/// How many requests of one area were answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct AreaAnswered {
    pub area: Area,
    pub count: i64,
}

/// The requests of a union that came since a moment and were answered, by area, the most first.
pub(super) async fn answered_by_area(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    since: OffsetDateTime,
) -> Result<Vec<AreaAnswered>, Failure> {
    let rows = sqlx::query!(
        r#"select q.area, count(*) as "count!"
           from voice_request q join student_union u on u.kind = q.receiver and u.college_id is not distinct from q.college_id
                                                        and u.institution_id = q.institution_id
           where q.institution_id = $1 and u.id = $2 and q.received_at >= $3 and q.stage <> 'withdrawn'
                 and q.answer is not null
           group by q.area order by count(*) desc, q.area"#,
        institution.0,
        union.0,
        since
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows
        .into_iter()
        .map(|row| -> anyhow::Result<AreaAnswered> { Ok(AreaAnswered { area: row.area.parse()?, count: row.count }) });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// A request that whoever has signed in may read, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub title: String,
    /// It was solved, and not only explained.
    pub solved: bool,
    /// Who answered: an office; none where the union itself did.
    pub by: Option<String>,
    pub on: Date,
}

/// The last requests of a union that are public and were answered since a moment, at most 12, the newest first.
pub(super) async fn answered(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    since: OffsetDateTime,
) -> Result<Vec<Answered>, Failure> {
    let rows = sqlx::query_as!(
        Answered,
        r#"select q.title, q.ending = 'solved' as "solved!", n.name as "by?", china_day(q.answered_at) as "on!"
           from voice_request q join student_union u on u.kind = q.receiver and u.college_id is not distinct from q.college_id
                                                        and u.institution_id = q.institution_id
                left join voice_unit n on n.id = q.unit_id
           where q.institution_id = $1 and u.id = $2 and q.is_public and q.answered_at >= $3
           order by q.number desc limit 12"#,
        institution.0,
        union.0,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A proposal of a union's congress that was taken up.
#[derive(Debug, Clone)]
pub(super) struct Proposed {
    pub title: String,
    /// The office that handles it; none before it is sent to one.
    pub office: Option<String>,
    pub closed_on: Option<Date>,
}

/// The last proposals of a union's congresses that an office handles or has closed, at most 12, the newest first.
pub(super) async fn proposed(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
) -> Result<Vec<Proposed>, Failure> {
    let rows = sqlx::query_as!(
        Proposed,
        r#"select p.title, p.office, china_day(p.closed_at) as closed_on
           from proposal p join congress g on g.id = coalesce(p.carried_to, p.congress_id)
           where g.union_id = $2 and g.institution_id = $1 and p.stage in ('accepted', 'assigned', 'replied', 'closed')
           order by p.submitted_at desc limit 12"#,
        institution.0,
        union.0
    );
    Ok(rows.fetch_all(connection).await?)
}
