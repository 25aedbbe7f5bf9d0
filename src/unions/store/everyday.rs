//! SQL of how a union's everyday work stands (ORG-09, VOL-02, GUI-01, GUI-02). The meetings, the projects and the controlled
//! matters keep these tables.

use sqlx::PgConnection;
use time::Date;

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::{
        everyday::Everyday,
        union_meeting::{Attended, Linked},
    },
};

/// The everyday work of a union.
#[derive(Debug, Clone)]
pub struct UnionWork {
    pub union: UnionId,
    pub work: Everyday,
}

/// The everyday work of every union under the rules on a day, or of one.
pub async fn everyday_work(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<Vec<UnionWork>, Failure> {
    let rows = sqlx::query!(
        r#"with own as materialized (
               select id, kind, opened_on from student_union
               where institution_id = $1 and opened_on is not null and ($3::uuid is null or id = $3)
           ), linked as materialized (
               -- These are counted once, and not anew for each union: a plan that is kept for all universities expects one
               -- union of one. The school's alone calls link meetings.
               select m.union_id, max(china_day(m.starts_at)) as last from union_meeting m
               where m.union_id in (select id from own where kind = 'school') and m.kind = 'link' and m.stage = 'held'
               group by 1
           ), attended as materialized (
               select x.union_id, count(*) as meetings, count(*) filter (where x.presence = 'late') as late,
                      count(*) filter (where x.presence = 'absent') as absent
               from union_meeting_member x join union_meeting m on m.id = x.meeting_id
                    join student_union o on o.id = m.union_id
               where o.institution_id = $1 and m.kind = 'link' and m.stage = 'held'
                     and china_day(m.starts_at) > $2::date - 366
               group by 1
           ), overdue as materialized (
               select p.union_id, count(*) as projects,
                      sum((select count(*) from volunteer v where v.project_id = p.id and v.until_at is null))::bigint
                          as unreleased
               from project p where p.union_id in (select id from own) and p.stage <> 'closed' and p.ends_on < $2
               group by 1
           ), reported as materialized (
               select r.union_id, count(*) as reports, count(*) filter (where r.happened_at is not null) as late
               from prior_report r
               where r.union_id in (select id from own) and china_day(r.received_at) > $2::date - 366
               group by 1
           ), unsummed as materialized (
               select q.union_id, count(*) as matters from matter q
               where q.union_id in (select id from own) and q.stage = 'begun' and q.summary_due < $2
               group by 1
           )
           select u.id as "union!: UnionId", u.kind = 'school' as "is_school!", u.opened_on as "since!",
                  g.link_every as "link_every?", l.last as "last_link?",
                  coalesce(t.meetings, 0) as "meetings!", coalesce(t.late, 0) as "late!", coalesce(t.absent, 0) as "absent!",
                  coalesce(p.projects, 0) as "overdue!", coalesce(p.unreleased, 0) as "unreleased!",
                  coalesce(r.reports, 0) as "reports!", coalesce(r.late, 0) as "late_reports!",
                  coalesce(q.matters, 0) as "late_summaries!"
           from own u left join meeting_setting g on g.institution_id = $1 left join linked l on l.union_id = u.id
                left join attended t on t.union_id = u.id left join overdue p on p.union_id = u.id
                left join reported r on r.union_id = u.id left join unsummed q on q.union_id = u.id"#,
        institution.0,
        today,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|row| {
            let every = row.link_every.and_then(|days| u32::try_from(days).ok());
            let linked = Linked { every, last: row.last_link, since: row.since };
            let attended = Attended { meetings: count(row.meetings), late: count(row.late), absent: count(row.absent) };
            let work = Everyday {
                linked: row.is_school.then_some(linked),
                attended: (attended.meetings > 0).then_some(attended),
                overdue_projects: count(row.overdue),
                unreleased: count(row.unreleased),
                reports: count(row.reports),
                late_reports: count(row.late_reports),
                late_summaries: count(row.late_summaries),
            };
            UnionWork { union: row.union, work }
        })
        .collect())
}
