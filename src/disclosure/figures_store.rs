//! SQL of the year in figures.

use sqlx::PgConnection;
use time::Date;

use crate::{failure::Failure, ids::InstitutionId};

/// What a union did in a span of days, in numbers of things and people.
#[derive(Debug, Clone, Default)]
pub(super) struct UnionYear {
    pub name: String,
    /// People in posts on the last day of the span, or today.
    pub staff: i64,
    /// Of vetting: people whose papers were handed in, and those who were listed or appointed.
    pub vetted: i64,
    pub passed: i64,
    /// Sittings that were counted, who could vote in them and who did, on paper too.
    pub sittings: i64,
    pub voters: i64,
    pub voted: i64,
    /// People reviewed, by grade.
    pub excellent: i64,
    pub good: i64,
    pub satisfactory: i64,
    pub unsatisfactory: i64,
    /// Requests of students: received, answered and solved.
    pub requests: i64,
    pub answered: i64,
    pub solved: i64,
    /// Activities that took place, and who checked in at them.
    pub activities: i64,
    pub came: i64,
}

impl UnionYear {
    pub fn reviewed(&self) -> i64 {
        self.excellent + self.good + self.satisfactory + self.unsatisfactory
    }
}

/// What each union did from a day until before another, the school's union first; posts are those of `as_of`. A sitting counts
/// for the union of the college that kept it, else for the school's.
pub(super) async fn unions(
    connection: &mut PgConnection,
    institution: InstitutionId,
    from: Date,
    until: Date,
    as_of: Date,
) -> Result<Vec<UnionYear>, Failure> {
    let rows = sqlx::query_as!(
        UnionYear,
        r#"with own as (
               select u.id, u.kind, u.college_id, union_name(u.kind, c.name) as name
               from student_union u left join college c on c.id = u.college_id where u.institution_id = $1),
           staffed as (
               select p.union_id, count(distinct p.student_id) as people from post p join own o on o.id = p.union_id
               where p.voided_at is null and p.from_day <= $4 and (p.until_day is null or p.until_day > $4)
               group by 1),
           vetted as (
               select r.union_id, count(*) as people,
                      count(*) filter (where k.stage in ('passed', 'listed', 'appointed')) as passed
               from vetting_case k join vetting_round r on r.id = k.round_id
               where k.institution_id = $1 and china_day(k.submitted_at) >= $2 and china_day(k.submitted_at) < $3
                     and k.stage <> 'withdrawn'
               group by 1),
           counted as (
               select s.id, s.college_id from sitting s
               where s.institution_id = $1 and s.stage in ('counted', 'reported')
                     and china_day(s.opens_at) >= $2 and china_day(s.opens_at) < $3),
           turned_out as (
               select s.college_id, count(*) as sittings,
                      sum((select count(*) from voter v where v.sitting_id = s.id)) as voters,
                      sum((select count(*) from voter v where v.sitting_id = s.id and (v.paper_at is not null or exists (
                           select from has_voted h where h.sitting_id = v.sitting_id and h.voter = v.place)))) as voted
               from counted s group by 1),
           graded as (
               select r.union_id, x.grade, count(*) as people
               from review r join review_result x on x.review_id = r.id join own o on o.id = r.union_id
               where r.stage = 'settled' and r.sits_on >= $2 and r.sits_on < $3
               group by 1, 2),
           asked as (
               select q.receiver, q.college_id, count(*) as requests, count(q.answer) as answered,
                      count(*) filter (where q.ending = 'solved') as solved
               from voice_request q
               where q.institution_id = $1 and q.stage <> 'withdrawn'
                     and china_day(q.received_at) >= $2 and china_day(q.received_at) < $3
               group by 1, 2),
           held as (
               select m.union_id, count(*) as activities,
                      sum((select count(*) from activity_sign_up g
                           where g.matter_id = m.id and g.checked_in_at is not null)) as came
               from matter m
               where m.institution_id = $1 and m.kind = 'activity' and m.stage in ('begun', 'closed')
                     and china_day(m.begun_at) >= $2 and china_day(m.begun_at) < $3
               group by 1)
           select o.name as "name!", coalesce(p.people, 0) as "staff!",
                  coalesce(k.people, 0) as "vetted!", coalesce(k.passed, 0) as "passed!",
                  coalesce(t.sittings, 0) as "sittings!", coalesce(t.voters, 0)::bigint as "voters!",
                  coalesce(t.voted, 0)::bigint as "voted!",
                  coalesce((select people from graded g where g.union_id = o.id and grade = 'excellent'), 0) as "excellent!",
                  coalesce((select people from graded g where g.union_id = o.id and grade = 'good'), 0) as "good!",
                  coalesce((select people from graded g where g.union_id = o.id and grade = 'satisfactory'), 0)
                      as "satisfactory!",
                  coalesce((select people from graded g where g.union_id = o.id and grade = 'unsatisfactory'), 0)
                      as "unsatisfactory!",
                  coalesce(q.requests, 0) as "requests!", coalesce(q.answered, 0) as "answered!",
                  coalesce(q.solved, 0) as "solved!", coalesce(h.activities, 0) as "activities!",
                  coalesce(h.came, 0)::bigint as "came!"
           from own o left join staffed p on p.union_id = o.id left join vetted k on k.union_id = o.id
                left join turned_out t on o.kind <> 'graduate' and t.college_id is not distinct from o.college_id
                left join asked q on q.receiver = o.kind and q.college_id is not distinct from o.college_id
                left join held h on h.union_id = o.id
           order by case o.kind when 'school' then 0 when 'graduate' then 1 else 2 end, o.name"#,
        institution.0,
        from,
        until,
        as_of
    );
    Ok(rows.fetch_all(connection).await?)
}
