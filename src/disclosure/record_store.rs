//! SQL of what is on record of each union's academic year: trainings (DIS-02), nominations (REV-05), hearings by a college's
//! Party organisation and who guides. The education, the reviews, the vetting and the guidance keep these tables.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::{
        disclosure::{Guides, Hearings, Nominations},
        education::Trained,
    },
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

/// How the Party organisation of each college led its union: how often it heard it, and on how many candidates it decided.
pub(super) async fn hearings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    days: DaySpan,
) -> Result<HashMap<UnionId, Hearings>, Failure> {
    let rows = sqlx::query!(
        r#"select u.id as "union: UnionId", h.times as "times!", h.last, d.decided as "decided!"
           from student_union u
                cross join lateral (
                    select count(*) as times, max(h.on_day) as last from college_hearing h
                    where h.union_id = u.id and h.on_day >= $2 and h.on_day < $3
                ) h
                cross join lateral (
                    select count(distinct c.id) as decided
                    from vetting_round r join vetting_case c on c.round_id = r.id
                         join vetting_opinion o on o.case_id = c.id
                    where r.union_id = u.id and o.body = 'college_party' and o.verdict in ('agree', 'refuse')
                          and o.withdrawn_at is null and china_day(o.at) >= $2 and china_day(o.at) < $3
                ) d
           where u.institution_id = $1 and u.college_id is not null"#,
        institution.0,
        days.from,
        days.until
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let of_union = |times, last, decided| Hearings { times: number(times), last, decided: number(decided) };
    Ok(rows.into_iter().map(|row| (row.union, of_union(row.times, row.last, row.decided))).collect())
}

/// Which teachers guide each college's union on a day.
pub(super) async fn guides(
    connection: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<HashMap<UnionId, Guides>, Failure> {
    let rows = sqlx::query!(
        r#"select g.union_id as "union: UnionId", bool_or(g.kind = 'in_charge') as "in_charge!",
                  bool_or(g.kind = 'secretary_general') as "secretary_general!"
           from college_guide g join student_union u on u.id = g.union_id
           where u.institution_id = $1 and g.from_day <= $2 and (g.until_day is null or g.until_day > $2)
           group by g.union_id"#,
        institution.0,
        day
    )
    .fetch_all(connection)
    .await?;
    let of_union = |in_charge, secretary_general| Guides { in_charge, secretary_general };
    Ok(rows.into_iter().map(|row| (row.union, of_union(row.in_charge, row.secretary_general))).collect())
}
