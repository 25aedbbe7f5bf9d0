//! SQL of results, and of what is said against them.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{ReviewId, StudentId},
    office::UnionKeeper,
    reviews::review::{Objection, Outcome, Review},
    rules::review::{Grade, Reconsidered, score_in_words},
};

/// The results of a review, the best first.
pub async fn outcomes(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<Outcome>, Failure> {
    let rows = sqlx::query!(
        "select person, sheets, score, grade, aspects, bands, trimmed from review_result where review_id = $1
         order by array_position(array['excellent', 'good', 'satisfactory', 'unsatisfactory'], grade), score desc, person",
        review.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Outcome {
                person: row.person,
                sheets: row.sheets,
                score: super::number(row.score),
                grade: row.grade.parse()?,
                aspects: row.aspects.into_iter().map(super::number).collect(),
                bands: row.bands,
                trimmed: row.trimmed,
            })
        })
        .collect()
}

/// What was remarked on somebody, in no order of who did.
pub async fn comments(connection: &mut PgConnection, review: ReviewId, person: i16) -> Result<Vec<String>, Failure> {
    let rows = sqlx::query_scalar!(
        "select says from review_comment where review_id = $1 and person = $2 order by number",
        review.0,
        person
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A group's sheets on somebody.
#[derive(Debug, Clone)]
pub struct GroupMarks {
    /// `student` or `other`.
    pub category: String,
    pub scores: Vec<Vec<u32>>,
}

/// The sheets on somebody by group, where the groups were large enough to be kept apart.
pub async fn groups(connection: &mut PgConnection, review: ReviewId, person: i16) -> Result<Vec<GroupMarks>, Failure> {
    let rows = sqlx::query!(
        r#"select category as "category!", scores from review_mark
           where review_id = $1 and person = $2 and category is not null order by category desc, number"#,
        review.0,
        person
    )
    .fetch_all(connection)
    .await?;
    let mut groups: Vec<GroupMarks> = Vec::new();
    for row in rows {
        let scores: Vec<u32> = row.scores.into_iter().map(super::number).collect();
        match groups.iter_mut().find(|group| group.category == row.category) {
            Some(group) => group.scores.push(scores),
            None => groups.push(GroupMarks { category: row.category, scores: vec![scores] }),
        }
    }
    Ok(groups)
}

/// A semester's score of a student in one union.
#[derive(Debug, Clone)]
pub struct PastScore {
    pub semester: String,
    pub from_day: Date,
    pub score: u32,
    pub grade: Grade,
}

impl PastScore {
    #[must_use]
    pub fn score_in_words(&self) -> String {
        score_in_words(self.score)
    }
}

/// A student's results in a review's union up to that semester, oldest first.
pub async fn trend(
    connection: &mut PgConnection,
    review: &Review,
    student: StudentId,
) -> Result<Vec<PastScore>, Failure> {
    let rows = sqlx::query!(
        "select s.name as semester, s.from_day, o.score, o.grade
         from review_result o join review_person p on p.review_id = o.review_id and p.place = o.person
              join review r on r.id = o.review_id join semester s on s.id = r.semester_id
         where p.student_id = $1 and r.union_id = $2 and s.from_day <= $3 order by s.from_day",
        student.0,
        review.union.id.0,
        review.from_day
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PastScore {
                semester: row.semester,
                from_day: row.from_day,
                score: super::number(row.score),
                grade: row.grade.parse()?,
            })
        })
        .collect()
}

pub async fn objections(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<Objection>, Failure> {
    let rows = sqlx::query!(
        "select o.person, s.name, o.says, o.at, o.answer, o.considered_on, o.considered_by, o.grade_before
         from review_objection o join review_person p on p.review_id = o.review_id and p.place = o.person
              join student s on s.id = p.student_id
         where o.review_id = $1 order by o.at",
        review.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Objection {
                person: row.person,
                name: row.name,
                says: row.says,
                at: row.at,
                answer: row.answer,
                considered: row.considered_on.zip(row.considered_by),
                before: row.grade_before.map(|grade| grade.parse()).transpose()?,
            })
        })
        .collect()
}

/// Somebody objects to their own result; `false` where it is too late, or they have already.
pub async fn object(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    person: i16,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into review_objection (review_id, person, says, at)
         select r.id, o.person, $3, $4 from review r join review_result o on o.review_id = r.id
         where r.id = $1 and o.person = $2 and r.stage = 'counted' and china_day($4) <= r.object_until
         on conflict do nothing",
        review.id.0,
        person,
        says,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What the board answers, and when it considered it.
#[derive(Debug)]
pub struct BoardAnswer<'a> {
    pub says: &'a str,
    pub considered_on: Date,
    pub passed: Reconsidered,
}

/// Answers an objection; `false` where there is none that waits.
pub async fn answer(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    review: &Locked<Review>,
    person: i16,
    answer: &BoardAnswer<'_>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let grade = answer.passed.grade().map(Grade::slug);
    let done = sqlx::query!(
        "update review_objection b
         set answer = $3, answered_at = $4, answered_by = $5, considered_on = $7, considered_by = $8,
             grade_before = case when $6::text is not null then o.grade end, grade_after = $6
         from review_result o, review r
         where b.review_id = $1 and b.person = $2 and b.answer is null and o.review_id = b.review_id
               and o.person = b.person and r.id = b.review_id and r.stage = 'counted'",
        review.id.0,
        person,
        answer.says,
        now,
        acting.person().account.0,
        grade,
        answer.considered_on,
        i16::try_from(answer.passed.members()).unwrap_or(i16::MAX)
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if grade.is_some() {
        sqlx::query!(
            "update review_result set grade = $3 where review_id = $1 and person = $2",
            review.id.0,
            person,
            grade
        )
        .execute(connection)
        .await?;
    }
    Ok(true)
}
