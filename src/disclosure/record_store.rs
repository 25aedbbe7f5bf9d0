//! SQL of what is on record of each union's academic year: trainings (DIS-02) and nominations (REV-05). The education and the
//! reviews keep these tables.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::{disclosure::Nominations, education::Trained},
};

/// A span of days: the first, and the first after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct DaySpan {
    pub from: Date,
    pub until: Date,
}

/// The trainings of each union at which it was taken down who came.
pub(super) async fn trainings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    days: DaySpan,
) -> Result<HashMap<UnionId, Vec<Trained>>, Failure> {
    let rows = sqlx::query!(
        r#"select m.union_id as "union: UnionId", t.on_day, count(a.student_id) as "expected!",
                  count(a.student_id) filter (where a.presence = 'came') as "came!"
           from training t join training_union m on m.training_id = t.id
                left join training_attendance a on a.training_id = t.id and a.union_id = m.union_id
           where t.institution_id = $1 and t.closed_at is not null and t.on_day >= $2 and t.on_day < $3
           group by m.union_id, t.id"#,
        institution.0,
        days.from,
        days.until
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| usize::try_from(count).unwrap_or(0);
    let mut trainings: HashMap<UnionId, Vec<Trained>> = HashMap::new();
    for row in rows {
        let (expected, came) = (number(row.expected), number(row.came));
        let trained = Trained { on_day: row.on_day, expected, came, closed: true };
        trainings.entry(row.union).or_default().push(trained);
    }
    Ok(trainings)
}

/// The nominations that were decided on the reviews of each union.
pub(super) async fn nominations(
    connection: &mut PgConnection,
    institution: InstitutionId,
    days: DaySpan,
) -> Result<HashMap<UnionId, Nominations>, Failure> {
    let rows = sqlx::query!(
        r#"select r.union_id as "union: UnionId", count(distinct n.id) as "decided!", count(e.person) as "nominees!"
           from nomination n join review r on r.id = n.review_id left join nominee e on e.nomination_id = n.id
           where n.institution_id = $1 and china_day(n.decided_at) >= $2 and china_day(n.decided_at) < $3
           group by r.union_id"#,
        institution.0,
        days.from,
        days.until
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let of_union = |decided, nominees| Nominations { decided: number(decided), nominees: number(nominees) };
    Ok(rows.into_iter().map(|row| (row.union, of_union(row.decided, row.nominees))).collect())
}
