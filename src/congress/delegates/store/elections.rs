//! SQL of the elections of delegates: the classes that vote, who stands, and what the votes came to.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    congress::{congress::Congress, delegates::unit::Unit},
    database::Locked,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, ContestId, DocumentId, StudentId},
    rules::{
        delegates::{Ballots, Listed, UnitResult, result_of_report},
        election::Count,
    },
};

/// The classes of a unit that have not ended by a day.
pub async fn classes_of(
    connection: &mut PgConnection,
    congress: &Congress,
    unit: &Unit,
    today: Date,
) -> Result<Vec<ClassId>, Failure> {
    let (Some(college), Some(year)) = (unit.college, unit.entry_year) else { return Ok(Vec::new()) };
    let classes = sqlx::query_scalar!(
        r#"select k.id as "id: ClassId" from class k join major m on m.id = k.major_id
           where m.college_id = $1 and k.entry_year = $2 and (k.ended_on is null or k.ended_on > $3)
                 and ($4 <> 'graduate' or m.level = 'graduate')
           order by k.name"#,
        college.0,
        year,
        today,
        congress.kind.slug()
    );
    Ok(classes.fetch_all(connection).await?)
}

/// Somebody who stands.
#[derive(Debug, Clone)]
pub struct Standing {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub class: String,
}

/// Who has passed every step in a unit and is of it on a day.
pub async fn candidates_of(
    connection: &mut PgConnection,
    congress: &Congress,
    unit: i16,
    today: Date,
) -> Result<Vec<Standing>, Failure> {
    let rows = sqlx::query_as!(
        Standing,
        r#"select s.id as "student: StudentId", s.number, s.name, k.name as class
           from recommendation r join student s on s.id = r.student_id join class k on k.id = s.class_id
           where r.congress_id = $1 and r.unit = $2 and r.stage = 'passed' and (s.left_on is null or s.left_on > $3)
                 and is_of_unit(r.congress_id, r.unit, s.id, $3)
           order by s.number"#,
        congress.id.0,
        unit,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The delegates in office of a college's own congress, who elect where it does: those of the latest that has any, since they
/// stay in office when it is over.
pub async fn delegates_of_college(
    connection: &mut PgConnection,
    college: CollegeId,
    today: Date,
) -> Result<Vec<StudentId>, Failure> {
    let people = sqlx::query_scalar!(
        r#"select d.student_id as "id: StudentId"
           from delegate d join student s on s.id = d.student_id
           where d.congress_id = (
                     select g.id from congress g join student_union n on n.id = g.union_id
                     where n.college_id = $1 and g.stage <> 'called_off' and exists (
                         select from delegate e
                         where e.congress_id = g.id and e.standing <> 'substitute' and e.ended_on is null)
                     order by g.academic_year desc, g.created_at desc limit 1)
                 and d.standing <> 'substitute' and d.ended_on is null and (s.left_on is null or s.left_on > $2)"#,
        college.0,
        today
    );
    Ok(people.fetch_all(connection).await?)
}

/// Notes the contest that fills a unit's seats.
pub async fn link(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    unit: i16,
    contest: ContestId,
    _: &Ballots,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into delegate_contest (contest_id, congress_id, unit) values ($1, $2, $3)",
        contest.0,
        congress.id.0,
        unit
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the election of a unit came to, with the contest of each who was elected.
#[derive(Debug, Clone, Default)]
pub struct UnitOutcome {
    /// By votes.
    pub elected: Vec<ReportedVote>,
    /// The others who got votes, by votes.
    pub others: Vec<ReportedVote>,
    /// Elected without having been recommended: names written in.
    pub written_in: Vec<String>,
}

/// Somebody who stood, with their votes.
#[derive(Debug, Clone)]
pub struct ReportedVote {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub votes: u32,
    /// The contest, where it was held here.
    pub contest: Option<ContestId>,
}

impl UnitOutcome {
    /// As the rules see it.
    #[must_use]
    pub fn result(&self) -> UnitResult {
        let listed = |one: &ReportedVote| Listed { number: one.number.clone(), name: one.name.clone() };
        UnitResult {
            elected: self.elected.iter().map(listed).collect(),
            others: self.others.iter().map(listed).collect(),
        }
    }

    /// Somebody of that number who stood.
    #[must_use]
    pub fn named(&self, number: &str) -> Option<&ReportedVote> {
        self.elected.iter().chain(&self.others).find(|one| one.number == number)
    }
}

/// The results of a congress's units that are reported, those of one college where it is named. A second round counts with
/// its first.
pub async fn outcomes(
    connection: &mut PgConnection,
    congress: &Congress,
    college: Option<CollegeId>,
) -> Result<HashMap<i16, UnitOutcome>, Failure> {
    let mut by_unit = reported_elsewhere(&mut *connection, congress, college).await?;
    let contests = sqlx::query!(
        r#"select t.unit, q.id as "contest: ContestId", r.count
           from delegate_contest t join congress_unit u on u.congress_id = t.congress_id and u.place = t.unit
                join contest q on q.id = t.contest_id or q.round_of = t.contest_id
                join sitting s on s.id = q.sitting_id join contest_result r on r.contest_id = q.id
           where t.congress_id = $1 and s.stage = 'reported' and ($2::uuid is null or u.college_id = $2)
           order by t.unit, q.round_of nulls first"#,
        congress.id.0,
        college.map(|id| id.0)
    )
    .fetch_all(&mut *connection)
    .await?;
    let stood = sqlx::query!(
        r#"select d.contest_id as "contest: ContestId", d.label, s.id as "student: StudentId", s.number, s.name,
                  d.withdrawn_at is not null as "withdrawn!"
           from delegate_contest t join contest q on q.id = t.contest_id or q.round_of = t.contest_id
                join candidate d on d.contest_id = q.id join student s on s.id = d.student_id
           where t.congress_id = $1"#,
        congress.id.0
    )
    .fetch_all(connection)
    .await?;
    for row in contests {
        let count: Count = serde_json::from_value(row.count).map_err(anyhow::Error::new)?;
        let outcome: &mut UnitOutcome = by_unit.entry(row.unit).or_default();
        let of_contest = |label: &String| stood.iter().find(|one| one.contest == row.contest && one.label == *label);
        let votes =
            |label: &String| count.candidates.iter().find(|one| one.name == *label).map_or(0, |one| one.votes_for);
        let vote = |label: &String| {
            of_contest(label).filter(|one| !one.withdrawn).map(|one| ReportedVote {
                student: one.student,
                number: one.number.clone(),
                name: one.name.clone(),
                votes: votes(label),
                contest: Some(row.contest),
            })
        };
        for label in &count.elected {
            match vote(label) {
                Some(one) => outcome.elected.push(one),
                None => outcome.written_in.push(label.clone()),
            }
        }
        let mut others: Vec<ReportedVote> = count
            .candidates
            .iter()
            .filter(|one| one.votes_for > 0 && !count.elected.contains(&one.name))
            .filter_map(|one| vote(&one.name))
            .collect();
        others.sort_by_key(|one| std::cmp::Reverse(one.votes));
        others.retain(|one| outcome.others.iter().all(|known| known.student != one.student));
        outcome.others.extend(others);
        let elected: Vec<StudentId> = outcome.elected.iter().map(|one| one.student).collect();
        outcome.others.retain(|one| !elected.contains(&one.student));
    }
    Ok(by_unit)
}

/// A unit's election as its report has it.
struct ReportedUnit {
    seats: u32,
    present: u32,
    /// Who stood, with their votes.
    votes: Vec<(ReportedVote, u32)>,
}

async fn reported_elsewhere(
    connection: &mut PgConnection,
    congress: &Congress,
    college: Option<CollegeId>,
) -> Result<HashMap<i16, UnitOutcome>, Failure> {
    let rows = sqlx::query!(
        r#"select p.unit, u.seats, p.present, s.id as "student: StudentId", s.number, s.name, v.votes
           from delegate_report p join congress_unit u on u.congress_id = p.congress_id and u.place = p.unit
                join delegate_report_vote v on v.congress_id = p.congress_id and v.unit = p.unit
                join student s on s.id = v.student_id
           where p.congress_id = $1 and ($2::uuid is null or (u.kind = 'grade' and u.college_id = $2))
           order by p.unit, v.votes desc, s.number"#,
        congress.id.0,
        college.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let count = |number: i32| u32::try_from(number).map_err(anyhow::Error::new);
    let mut reports: HashMap<i16, ReportedUnit> = HashMap::new();
    for row in rows {
        let votes = count(row.votes)?;
        let vote = ReportedVote { student: row.student, number: row.number, name: row.name, votes, contest: None };
        let (seats, present) = (count(row.seats)?, count(row.present)?);
        let unit = reports.entry(row.unit).or_insert(ReportedUnit { seats, present, votes: Vec::new() });
        unit.votes.push((vote, votes));
    }
    let outcome = |(unit, report): (i16, ReportedUnit)| {
        let (elected, others) = result_of_report(report.seats, report.present, &report.votes);
        (unit, UnitOutcome { elected, others, written_in: Vec::new() })
    };
    Ok(reports.into_iter().map(outcome).collect())
}

/// An election held elsewhere, as its report says it.
#[derive(Debug, Clone)]
pub struct NewReport {
    pub unit: i16,
    pub held_on: Date,
    /// Where and how, 2 to 200 characters.
    pub how: String,
    pub due: u32,
    pub present: u32,
    pub document: DocumentId,
    pub votes: Vec<TypedVote>,
}

/// The votes of somebody who stood.
#[derive(Debug, Clone, Copy)]
pub struct TypedVote {
    pub student: StudentId,
    pub votes: u32,
}

/// Takes the report of an election down that was held elsewhere; `false` where the unit has one already.
pub async fn keep_report(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    report: &NewReport,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let count = |number: u32| i32::try_from(number).map_err(anyhow::Error::new);
    let done = sqlx::query!(
        "insert into delegate_report (congress_id, unit, held_on, how, due, present, document_id, entered_at, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
        congress.id.0,
        report.unit,
        report.held_on,
        report.how,
        count(report.due)?,
        count(report.present)?,
        report.document.0,
        now,
        by.0
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let students: Vec<_> = report.votes.iter().map(|one| one.student.0).collect();
    let votes = report.votes.iter().map(|one| count(one.votes)).collect::<anyhow::Result<Vec<_>>>()?;
    sqlx::query!(
        "insert into delegate_report_vote (congress_id, unit, student_id, votes)
         select $1, $2, v.* from unnest($3::uuid[], $4::integer[]) as v",
        congress.id.0,
        report.unit,
        &students,
        &votes
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Removes a report before its list is received; `false` where there is none, or delegates rest on it.
pub async fn withdraw_report(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    unit: i16,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from delegate_report p where p.congress_id = $1 and p.unit = $2
         and not exists (select from delegate d where d.congress_id = $1 and (d.unit = $2 or d.waits_for = $2))",
        congress.id.0,
        unit
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A scan on which the result of a unit rests.
#[derive(Debug)]
pub struct ReportDocument {
    pub name: String,
    pub media: String,
    pub bytes: Vec<u8>,
}

/// The scanned report of a unit's election.
pub async fn report_document(
    connection: &mut PgConnection,
    congress: &Congress,
    unit: i16,
) -> Result<Option<ReportDocument>, Failure> {
    let document = sqlx::query_as!(
        ReportDocument,
        "select d.name, d.media, d.bytes from delegate_report p join document d on d.id = p.document_id
         where p.congress_id = $1 and p.unit = $2",
        congress.id.0,
        unit
    );
    Ok(document.fetch_optional(connection).await?)
}
