//! SQL of objections to grades.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    store::measure_label,
    student::{About, Basis, CoursesCounted},
};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{DisputeId, GradeFactId, InstitutionId, StudentId},
    office::StudentAffairs,
};

#[derive(Debug)]
pub struct Dispute {
    pub id: DisputeId,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    /// What it is about, by its stable word.
    pub about: String,
    /// The fact's time, by its stable word and in words.
    pub basis: String,
    pub period: String,
    pub rank: Option<i32>,
    pub cohort: Option<i32>,
    /// Of what the ranking is, by its stable word.
    pub rank_of: String,
    /// Failed courses as recorded.
    pub failed: Option<i32>,
    /// Of which courses they are counted, by its stable word.
    pub failed_of: String,
    /// Who vouches for the fact.
    pub source: String,
    /// What the student says.
    pub says: String,
    pub at: OffsetDateTime,
    /// The last day for an answer.
    pub due_on: Date,
    /// It was upheld or not; none while it is open.
    pub upheld: Option<bool>,
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<OffsetDateTime>,
}

impl Dispute {
    /// What it is about, in words.
    #[must_use]
    pub fn about_label(&self) -> &'static str {
        self.about.parse::<About>().map_or("", About::label)
    }

    /// It is about the rank, not about failed courses.
    #[must_use]
    pub fn is_about_rank(&self) -> bool {
        self.about == About::Rank.slug()
    }

    /// Of what the ranking is, in words; empty where it is the one of the major.
    #[must_use]
    pub fn measure_label(&self) -> String {
        measure_label(&self.rank_of)
    }

    /// Failed courses are counted of 必修课 alone.
    #[must_use]
    pub fn counts_required(&self) -> bool {
        self.failed_of == CoursesCounted::Required.slug()
    }

    /// The fact's time, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        self.basis.parse::<Basis>().map_or("", Basis::label)
    }
}

/// Objections of a university, of one student or one of them: open ones first, the most urgent first.
pub async fn disputes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: Option<StudentId>,
    one: Option<DisputeId>,
) -> Result<Vec<Dispute>, Failure> {
    let rows = sqlx::query_as!(
        Dispute,
        r#"select d.id as "id: DisputeId", s.id as "student: StudentId", s.number, s.name, c.name as college, d.about,
                  g.basis, g.period, g.rank, g.cohort, g.rank_of, g.failed, g.failed_of, g.source, d.says, d.at, d.due_on, d.upheld, d.answer,
                  d.answered_at
           from dispute d join grade_fact g on g.id = d.grade_fact_id join student s on s.id = d.student_id
                join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where s.institution_id = $1 and ($2::uuid is null or s.id = $2) and ($3::uuid is null or d.id = $3)
           order by d.upheld is not null, case when d.upheld is null then d.due_on end, d.answered_at desc, d.id
           limit 500"#,
        institution.0,
        student.map(|id| id.0),
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Among how many people a rank can be at the most: everybody of the student's college and entry year who is on record, or as
/// many as the fact has that is disputed.
pub async fn largest_cohort(connection: &mut PgConnection, dispute: &Dispute) -> Result<i32, Failure> {
    let most = sqlx::query_scalar!(
        r#"select greatest(count(*), $2::integer, 1)::integer as "most!"
           from student own join class k on k.id = own.class_id join major m on m.id = k.major_id
                join major n on n.college_id = m.college_id
                join class c on c.major_id = n.id and c.entry_year = k.entry_year join student s on s.class_id = c.id
           where own.id = $1"#,
        dispute.student.0,
        dispute.cohort
    );
    Ok(most.fetch_one(connection).await?)
}

/// An objection about to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDispute {
    pub fact: GradeFactId,
    pub about: About,
    /// What the student says, at most 500 characters.
    pub says: String,
}

/// Raises an objection of a student to a fact about themselves; `None` where the fact is not theirs, or says nothing of
/// it, or an objection is open already.
pub async fn raise(
    connection: &mut PgConnection,
    student: StudentId,
    new: &NewDispute,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<Option<DisputeId>, Failure> {
    let row = sqlx::query_scalar!(
        r#"insert into dispute (id, student_id, grade_fact_id, about, says, at, due_on)
           select $1, g.student_id, g.id, $4, $5, $6, $7 from grade_fact g
           where g.id = $3 and g.student_id = $2
                 and case $4 when 'rank' then g.rank is not null else g.failed is not null end
           on conflict do nothing returning id as "id: DisputeId""#,
        DisputeId::random().0,
        student.0,
        new.fact.0,
        new.about.slug(),
        new.says,
        now,
        due_on
    );
    Ok(row.fetch_optional(connection).await?)
}

/// What the student-affairs office found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub upheld: bool,
    pub answer: String,
    /// The right rank and cohort, where the objection was about them and is upheld.
    pub rank: Option<(i32, i32)>,
    /// The right number of failed courses, likewise.
    pub failed: Option<i32>,
}

/// Answers an objection; where it is upheld a new fact is recorded beside the old one. `false` where it was answered
/// already.
pub async fn answer(
    connection: &mut PgConnection,
    acting: &Acting<StudentAffairs>,
    dispute: DisputeId,
    ruling: &Ruling,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update dispute d set upheld = $3, answer = $4, answered_at = $5, answered_by = $6
         from student s where d.id = $1 and s.id = d.student_id and s.institution_id = $2 and d.upheld is null",
        dispute.0,
        acting.institution().0,
        ruling.upheld,
        ruling.answer,
        now,
        acting.person().account.0
    );
    if done.execute(&mut *connection).await?.rows_affected() != 1 {
        return Ok(false);
    }
    if ruling.upheld {
        sqlx::query!(
            "insert into grade_fact (id, student_id, basis, period, rank, cohort, rank_of, failed, failed_of, source,
                                     recorded_at, recorded_by, dispute_id)
             select $2, g.student_id, g.basis, g.period, coalesce($3, g.rank), coalesce($4, g.cohort),
                    case when $3::integer is null then g.rank_of else was.rank_of end, coalesce($5, g.failed),
                    case when $5::integer is null then g.failed_of else was.failed_of end, left('学生工作部门复核（原来源：' || was.source || '）', 60), $6, $7, d.id
             from dispute d join grade_fact was on was.id = d.grade_fact_id
                  -- What the objection is not about is taken from the newest fact: it may have been mended meanwhile.
                  cross join lateral (
                      select g.* from grade_fact g
                      where g.student_id = was.student_id and g.basis = was.basis and g.period = was.period
                      order by g.recorded_at desc, g.id limit 1) g
             where d.id = $1",
            dispute.0,
            GradeFactId::random().0,
            ruling.rank.map(|(rank, _)| rank),
            ruling.rank.map(|(_, cohort)| cohort),
            ruling.failed,
            now,
            acting.person().account.0
        )
        .execute(connection)
        .await?;
    }
    Ok(true)
}
