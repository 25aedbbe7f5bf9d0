//! SQL of how many questionnaires unions held in a semester (RGT-03). The questionnaires keep these tables.

use sqlx::PgConnection;
use time::Date;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::survey::Held,
};

/// A union's questionnaires in the semester of a day.
#[derive(Debug, Clone)]
pub struct UnionSurveys {
    pub union: UnionId,
    pub held: Held,
}

/// The questionnaires of every union under the rules in the semester of a day, or of one; none where no semester is on.
pub async fn survey_coverage(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<Vec<UnionSurveys>, Failure> {
    let rows = sqlx::query!(
        r#"select u.id as "union!: UnionId", s.name as "semester!", s.until_day as "until_day!", g.per_semester as "per_semester?",
                  (select count(*) from survey q
                   where q.union_id = u.id and china_day(q.opened_at) >= s.from_day and china_day(q.opened_at) < s.until_day)
                      as "opened!"
           from student_union u
                join semester s on s.institution_id = u.institution_id and s.from_day <= $2 and $2 < s.until_day
                left join survey_setting g on g.institution_id = u.institution_id
           where u.institution_id = $1 and u.opened_on is not null and ($3::uuid is null or u.id = $3)"#,
        institution.0,
        today,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| UnionSurveys {
            union: row.union,
            held: Held {
                semester: row.semester,
                until_day: row.until_day,
                opened: u32::try_from(row.opened).unwrap_or(0),
                per_semester: row.per_semester.and_then(|number| u32::try_from(number).ok()),
            },
        })
        .collect())
}
