//! SQL of how far unions are with the semester's reports of their officers (REV-02). The reviews keep these tables.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration};

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::review::Coverage,
};

/// So long before the end of a semester its review must have begun.
const BEGUN_BEFORE_END: Duration = Duration::days(14);

/// A union's reports in the semester of a day.
#[derive(Debug, Clone)]
pub struct UnionReports {
    pub union: UnionId,
    pub coverage: Coverage,
}

/// The reports of unions under the rules in the semester of a day, of those alone that are named, of all where none is; none
/// where no semester is on.
pub async fn report_coverage(
    connection: &mut PgConnection,
    institution: InstitutionId,
    unions: &[UnionId],
    today: Date,
) -> Result<Vec<UnionReports>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select u.id as "union: UnionId", s.name as semester, s.until_day, r.report_until as "report_until?",
                  coalesce(case when r.id is null then held.people else c.due end, 0) as "due!",
                  coalesce(c.handed, 0) as "handed!"
           from student_union u
                join semester s on s.institution_id = u.institution_id and s.from_day <= $2 and $2 < s.until_day
                left join review r on r.union_id = u.id and r.semester_id = s.id
                left join lateral (
                    select count(*) filter (where p.excused_why is null) as due,
                           count(*) filter (where p.excused_why is null and p.report_state = 'handed') as handed
                    from review_person p where p.review_id = r.id
                ) c on true
                left join lateral (
                    select count(distinct p.student_id) as people from post p
                    where p.union_id = u.id and p.voided_at is null
                          and (p.kind = 'head' or is_seat(p.kind, p.title, u.id, $2))
                          and p.from_day <= $2 and (p.until_day is null or p.until_day > greatest(s.from_day, p.from_day))
                ) held on r.id is null
           where u.institution_id = $1 and u.opened_on is not null
                 and (cardinality($3::uuid[]) = 0 or u.id = any($3))"#,
        institution.0,
        today,
        &ids
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|row| {
            let next = |day: Date| day.next_day().unwrap_or(day);
            let late_from = row.report_until.map_or(row.until_day - BEGUN_BEFORE_END, next);
            let (due, handed) = (number(row.due), number(row.handed));
            let coverage = Coverage { semester: row.semester, due, handed, until: row.report_until, late_from };
            UnionReports { union: row.union, coverage }
        })
        .collect())
}
