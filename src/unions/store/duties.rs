//! SQL of what a union's officers owe beside their posts: pledges (DIS-01), training (DIS-02), the constitution (DIS-03).
//! [`crate::education`] keeps the pledges and the trainings.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::Date;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::education::{OnFile, Pledges, Trained},
};

/// Who of the unions under the rules has pledged; of those alone that are named, of all where none is.
pub async fn pledges(
    connection: &mut PgConnection,
    institution: InstitutionId,
    unions: &[UnionId],
    today: Date,
) -> Result<HashMap<UnionId, Pledges>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"with held as (
               select distinct p.union_id, p.student_id from post p join student_union u on u.id = p.union_id
               where u.institution_id = $1 and (cardinality($3::uuid[]) = 0 or u.id = any($3)) and p.voided_at is null
                     and p.from_day <= $2 and (p.until_day is null or p.until_day > $2)
           ), counted as materialized (
               -- Once, and not anew for each union: a plan that is kept for all universities expects one union of one.
               select h.union_id, count(*) as due,
                      array_agg(s.number order by s.number)
                          filter (where coalesce(g.academic_year, 0) < academic_year($2)) as missing
               from held h join student s on s.id = h.student_id
                    left join last_pledges(array(select student_id from held)) g on g.student_id = h.student_id
               group by 1
           )
           select u.id as "union!: UnionId",
                  exists (select from pledge_text t where t.institution_id = $1 and t.from_day <= $2) as "on_file!",
                  coalesce(h.due, 0) as "due!", coalesce(h.missing, '{}') as "missing!"
           from student_union u left join counted h on h.union_id = u.id
           where u.institution_id = $1 and u.opened_on is not null
                 and (cardinality($3::uuid[]) = 0 or u.id = any($3))"#,
        institution.0,
        today,
        &ids
    )
    .fetch_all(connection)
    .await?;
    let pledges = |on_file, due: i64, missing| Pledges { on_file, due: usize::try_from(due).unwrap_or(0), missing };
    Ok(rows.into_iter().map(|row| (row.union, pledges(row.on_file, row.due, row.missing))).collect())
}

/// The trainings of each union within a year back and to come.
pub async fn trainings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<HashMap<UnionId, Vec<Trained>>, Failure> {
    let rows = sqlx::query!(
        r#"select m.union_id as "union: UnionId", t.on_day, t.closed_at is not null as "closed!",
                  count(a.student_id) as "expected!", count(a.student_id) filter (where a.presence = 'came') as "came!"
           from training t join training_union m on m.training_id = t.id
                left join training_attendance a on a.training_id = t.id and a.union_id = m.union_id
           where t.institution_id = $1 and ($2::uuid is null or m.union_id = $2) and t.on_day > $3::date - 365
           group by m.union_id, t.id order by t.on_day, t.id"#,
        institution.0,
        one.map(|id| id.0),
        today
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| usize::try_from(count).unwrap_or(0);
    let mut trainings: HashMap<UnionId, Vec<Trained>> = HashMap::new();
    for row in rows {
        let (expected, came) = (number(row.expected), number(row.came));
        let trained = Trained { on_day: row.on_day, expected, came, closed: row.closed };
        trainings.entry(row.union).or_default().push(trained);
    }
    Ok(trainings)
}

/// The constitution of each union that holds on a day.
pub async fn constitutions_on_file(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<HashMap<UnionId, OnFile>, Failure> {
    let rows = sqlx::query!(
        r#"select distinct on (c.union_id) c.union_id as "union: UnionId", c.name, c.adopted_by, c.adopted_on,
                  count(*) over (partition by c.union_id) as "versions!"
           from union_constitution c join student_union u on u.id = c.union_id
           where u.institution_id = $1 and ($2::uuid is null or u.id = $2) and c.from_day <= $3
           order by c.union_id, c.from_day desc, c.kept_at desc"#,
        institution.0,
        one.map(|id| id.0),
        today
    )
    .fetch_all(connection)
    .await?;
    let on_file = |name, adopted_by, adopted_on, versions: i64| OnFile {
        name,
        adopted_by,
        adopted_on,
        versions: usize::try_from(versions).unwrap_or(0),
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.union, on_file(row.name, row.adopted_by, row.adopted_on, row.versions)))
        .collect())
}
