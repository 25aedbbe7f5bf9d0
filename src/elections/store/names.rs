//! SQL of names on ballots: labels of candidates, and whom monitors say that written-in names mean.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    database::Locked,
    elections::{
        names::{MatchedPerson, NameMatch, Namesake, labels},
        sitting::{Contest, Sitting, Stage},
    },
    failure::Failure,
    ids::{AccountId, CandidateId, ContestId, SittingId, StudentId},
    rules::sitting::LIST_HOLDS,
};

/// Those who stand in a contest, in the ballot's order.
async fn namesakes(connection: &mut PgConnection, contest: ContestId) -> Result<Vec<(CandidateId, Namesake)>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: CandidateId", d.label, s.name, k.name as class, s.number
           from candidate d join student s on s.id = d.student_id join class k on k.id = s.class_id
           where d.contest_id = $1 order by d.ordinal"#,
        contest.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let namesake = |label, name, class, number| Namesake { label: Some(label), name, class, number };
    Ok(rows.map(|row| (row.id, namesake(row.label, row.name, row.class, row.number))).collect())
}

/// Tells all who share a name apart, those who stand in a contest that is being prepared and `new` ones; gives the labels of
/// the new ones.
pub async fn label_candidates(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: ContestId,
    new: &[Namesake],
) -> Result<Vec<String>, Failure> {
    of_draft(sitting)?;
    let standing = namesakes(connection, contest).await?;
    let all: Vec<Namesake> = standing.iter().map(|(_, one)| one.clone()).chain(new.iter().cloned()).collect();
    let mut labels = labels(&all);
    let of_new = labels.split_off(standing.len());
    for ((id, one), label) in standing.iter().zip(&labels) {
        if one.label.as_ref() != Some(label) {
            sqlx::query!("update candidate set label = $2 where id = $1 and contest_id = $3", id.0, label, contest.0)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(of_new)
}

fn of_draft(sitting: &Locked<Sitting>) -> anyhow::Result<()> {
    anyhow::ensure!(sitting.stage() == Stage::Draft, "labels do not change after the announcement");
    Ok(())
}

/// Whom the written-in names of a sitting mean, in the order in which they were proposed.
pub async fn name_matches(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<NameMatch>, Failure> {
    let rows = sqlx::query!(
        r#"select m.contest_id as "contest: ContestId", m.key, m.name, m.student_id as "student: StudentId", m.person,
                  m.class, s.number as "number?", m.why, m.asked_by as "asked_by: AccountId", a.name as asked_name,
                  g.name as "agreed_name?"
           from written_in_match m join contest c on c.id = m.contest_id join account a on a.id = m.asked_by
                left join account g on g.id = m.agreed_by left join student s on s.id = m.student_id
           where c.sitting_id = $1 order by c.ordinal, m.asked_at, m.key collate "C""#,
        sitting.0
    );
    let found = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let person = row.student.zip(row.person).zip(row.class.zip(row.number));
        NameMatch {
            contest: row.contest,
            key: row.key,
            name: row.name,
            person: person.map(|((student, name), (class, number))| MatchedPerson { student, name, class, number }),
            why: row.why,
            asked_by: row.asked_by,
            asked_name: row.asked_name,
            agreed_name: row.agreed_name,
        }
    });
    Ok(found.collect())
}

/// A proposal of whom names mean.
#[derive(Debug)]
pub struct NewMatch<'a> {
    /// Key and spelling of each.
    pub names: &'a [(String, String)],
    /// None where nobody can tell.
    pub person: Option<&'a MatchedPerson>,
    pub why: &'a str,
    pub by: AccountId,
}

/// The names are settled after the count and before the report.
fn of_counted(sitting: &Locked<Sitting>, contest: &Contest) -> anyhow::Result<()> {
    anyhow::ensure!(contest.sitting == sitting.id, "the contest is of another sitting");
    anyhow::ensure!(sitting.stage() == Stage::Counted, "names are settled between the count and the report");
    Ok(())
}

/// Keeps what a monitor proposes; gives how many of the names were free.
pub async fn propose_match(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    new: &NewMatch<'_>,
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    of_counted(sitting, contest)?;
    let (keys, names): (Vec<String>, Vec<String>) = new.names.iter().cloned().unzip();
    let done = sqlx::query!(
        "insert into written_in_match (contest_id, key, name, student_id, person, class, why, asked_by, asked_at)
         select $1, u.key, u.name, $4, $5, $6, $7, $8, $9 from unnest($2::text[], $3::text[]) as u(key, name)
         on conflict do nothing",
        contest.id.0,
        &keys,
        &names,
        new.person.map(|one| one.student.0) as Option<Uuid>,
        new.person.map(|one| one.name.as_str()),
        new.person.map(|one| one.class.as_str()),
        new.why,
        new.by.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// Confirms what another monitor proposed; gives how many names it was.
pub async fn confirm_match(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    keys: &[String],
    by: AccountId,
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    of_counted(sitting, contest)?;
    let done = sqlx::query!(
        "update written_in_match set agreed_by = $3, agreed_at = $4
         where contest_id = $1 and key = any($2) and agreed_by is null and asked_by <> $3",
        contest.id.0,
        keys,
        by.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// Takes back what was proposed or confirmed, so that it can be settled anew; gives how many names it was.
pub async fn drop_match(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    keys: &[String],
) -> Result<u64, Failure> {
    of_counted(sitting, contest)?;
    let done = sqlx::query!("delete from written_in_match where contest_id = $1 and key = any($2)", contest.id.0, keys);
    Ok(done.execute(connection).await?.rows_affected())
}

/// The student may be voted for in the contest: on its roll, or, where delegates elect, anybody.
pub async fn is_of_constituency(
    connection: &mut PgConnection,
    contest: &Contest,
    student: StudentId,
) -> Result<bool, Failure> {
    let found = sqlx::query_scalar!(
        r#"select $4 or exists (
               select from voter where sitting_id = $1 and student_id = $2 and $3 = any (contests)) as "found!""#,
        contest.sitting.0,
        student.0,
        contest.ordinal,
        contest.body == crate::rules::sitting::Body::Congress
    );
    Ok(found.fetch_one(connection).await?)
}

/// Of those students, the ones whom a round of vetting has listed for the presidium that the sitting elects: of its
/// congress's union, else of one of its keeper's, and not so long ago that the list was another election's.
pub async fn vetted(
    connection: &mut PgConnection,
    sitting: &Sitting,
    students: &[StudentId],
) -> Result<Vec<StudentId>, Failure> {
    let students: Vec<Uuid> = students.iter().map(|id| id.0).collect();
    let listed = sqlx::query_scalar!(
        r#"select distinct c.student_id as "student!: StudentId"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                join sitting t on t.id = $4 left join congress g on g.id = t.congress_id
           where c.institution_id = $1 and c.stage = 'listed' and c.student_id = any ($2)
                 and u.college_id is not distinct from $3 and u.id = coalesce(g.union_id, u.id)
                 and c.settled_at > $5"#,
        sitting.institution.0,
        &students,
        sitting.college.map(|id| id.0),
        sitting.id.0,
        sitting.opens_at - LIST_HOLDS
    );
    Ok(listed.fetch_all(connection).await?)
}
