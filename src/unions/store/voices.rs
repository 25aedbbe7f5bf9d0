//! SQL of what students raised with a union and still wait for: requests (RGT-01) and points of 面对面 (RGT-04).
//! [`crate::voice`] keeps these tables.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::voice::{Late, PRACTICE, Within},
};

/// What is late at a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionVoices {
    pub union: UnionId,
    pub late: Late,
    pub within: Within,
    /// Points of 面对面 without an answer past their day.
    pub late_points: i64,
}

/// What is late at every union under the rules at a moment, or at one. A request is the union's that took it up, whoever
/// answers it.
pub async fn voices(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    now: OffsetDateTime,
) -> Result<Vec<UnionVoices>, Failure> {
    let rows = sqlx::query!(
        r#"with asked as materialized (
               select receiver, college_id, count(*) filter (where stage = 'received' and take_up_due < $2) as take_up,
                      count(*) filter (where stage = 'sent' and due_on < china_day($2)) as answer
               from voice_request where institution_id = $1 and stage in ('received', 'sent') group by 1, 2
           ), raised as materialized (
               select f.union_id, count(*) as points from face_point p join face_session f on f.id = p.session_id
               where f.institution_id = $1 and p.progress is null and p.due_on < china_day($2) group by 1
           )
           select u.id as "union!: UnionId", coalesce(q.take_up, 0) as "take_up!", coalesce(q.answer, 0) as "answer!",
                  coalesce(r.points, 0) as "points!", g.take_up_hours as "take_up_hours?", g.answer_days as "answer_days?"
           from student_union u left join asked q on q.receiver = u.kind and q.college_id is not distinct from u.college_id
                left join raised r on r.union_id = u.id left join voice_setting g on g.institution_id = u.institution_id
           where u.institution_id = $1 and u.opened_on is not null and ($3::uuid is null or u.id = $3)"#,
        institution.0,
        now,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let set = |number: Option<i32>, usual| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(usual);
    Ok(rows
        .into_iter()
        .map(|row| UnionVoices {
            union: row.union,
            late: Late { take_up: row.take_up, answer: row.answer },
            within: Within {
                take_up_hours: set(row.take_up_hours, PRACTICE.take_up_hours),
                answer_days: set(row.answer_days, PRACTICE.answer_days),
            },
            late_points: row.points,
        })
        .collect())
}
