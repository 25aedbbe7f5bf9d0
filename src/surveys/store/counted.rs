//! SQL of what a count writes and what is read of it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{CollegeId, StudentId, SurveyId},
    surveys::{
        counting::{Counted, CountedText, Figure, PartKind, Waiting},
        survey::Survey,
    },
    voice::VoiceKeeper,
};

/// Whoever is asked on a day and has not answered, by college and year.
pub async fn waiting_by_college(
    connection: &mut PgConnection,
    survey: &Survey,
    today: Date,
) -> Result<Vec<Waiting>, Failure> {
    let rows = sqlx::query_as!(
        Waiting,
        r#"select m.college_id as "college!: CollegeId", k.entry_year as "year!", count(*) as "people!"
           from survey q left join student_union u on u.id = q.union_id
                join student s on s.institution_id = q.institution_id
                join class k on k.id = s.class_id join major m on m.id = k.major_id
           where q.id = $1 and (s.left_on is null or s.left_on > $2)
                 and (q.years = '{}' or k.entry_year = any(q.years))
                 and (u.kind is distinct from 'graduate' or m.level = 'graduate')
                 and (not exists (select from survey_college t where t.survey_id = q.id)
                      or exists (select from survey_college t where t.survey_id = q.id and t.college_id = m.college_id))
                 and not exists (select from survey_envelope e where e.survey_id = q.id and e.student_id = s.id)
           group by 1, 2"#,
        survey.id.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The answers of somebody in words, where a questionnaire asks for names.
#[derive(Debug, Clone)]
pub struct Answers {
    pub student: StudentId,
    /// One to each question.
    pub says: Vec<String>,
}

/// Writes what a count leaves, and deletes the sealed sheets with the key that opens them; copies stay in backups and logs of
/// the database from before. `named`: whose answers they are, of one that asks for names; else empty. `false` where the
/// questionnaire or its sheets have changed meanwhile: then nothing is to be kept.
pub async fn keep_count(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    counted: &Counted,
    named: &[Answers],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    write_count(connection, survey, counted, named, now).await
}

/// As [`keep_count`], for nobody: what the demo has.
pub(crate) async fn write_count(
    connection: &mut PgConnection,
    survey: &Locked<Survey>,
    counted: &Counted,
    named: &[Answers],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let Some(whole) = counted.parts.first() else { return Ok(false) };
    // In the order of numbers, which says nothing of when or what.
    sqlx::query!(
        "insert into survey_answered (survey_id, student_id)
         select e.survey_id, e.student_id from survey_envelope e join student s on s.id = e.student_id
         where e.survey_id = $1 order by s.number",
        survey.id.0
    )
    .execute(&mut *connection)
    .await?;
    let gone = sqlx::query!("delete from survey_envelope where survey_id = $1", survey.id.0)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    let done = sqlx::query!(
        "update survey set stage = 'closed', closed_at = $2, answers = $3, invited = $4, locked_key = null,
                closes_at = greatest(least(closes_at, $2), opens_at + interval '1 minute')
         where id = $1 and stage = 'open'",
        survey.id.0,
        now,
        whole.answers,
        whole.invited
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 || i32::try_from(gone) != Ok(whole.answers) {
        return Ok(false);
    }
    for (at, part) in (0_i16..).zip(&counted.parts) {
        sqlx::query!(
            "insert into survey_part (survey_id, part, kind, label, answers, invited) values ($1, $2, $3, $4, $5, $6)",
            survey.id.0,
            at,
            part.kind.slug(),
            part.label,
            part.answers,
            part.invited
        )
        .execute(&mut *connection)
        .await?;
        let questions: Vec<i16> = part.figures.iter().map(|figure| figure.question).collect();
        let options: Vec<i16> = part.figures.iter().map(|figure| figure.option).collect();
        let ranks: Vec<i16> = part.figures.iter().map(|figure| figure.rank).collect();
        let numbers: Vec<i32> = part.figures.iter().map(|figure| figure.number).collect();
        sqlx::query!(
            "insert into survey_figure (survey_id, part, question, option, rank, number)
             select $1, $2, f.* from unnest($3::smallint[], $4::smallint[], $5::smallint[], $6::integer[]) f",
            survey.id.0,
            at,
            &questions,
            &options,
            &ranks,
            &numbers
        )
        .execute(&mut *connection)
        .await?;
    }
    keep_texts(connection, survey, &counted.texts).await?;
    for one in named {
        sqlx::query!(
            "insert into survey_sheet (survey_id, student_id, says) values ($1, $2, $3)",
            survey.id.0,
            one.student.0,
            &one.says
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

async fn keep_texts(
    connection: &mut PgConnection,
    survey: &Locked<Survey>,
    texts: &[CountedText],
) -> Result<(), Failure> {
    let questions: Vec<i16> = texts.iter().map(|text| text.question).collect();
    let says: Vec<String> = texts.iter().map(|text| text.says.clone()).collect();
    sqlx::query!(
        "insert into survey_text (survey_id, question, number, says)
         select $1, t.question, row_number() over (partition by t.question order by t.place), t.says
         from unnest($2::smallint[], $3::text[]) with ordinality as t(question, says, place)",
        survey.id.0,
        &questions,
        &says
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A part of those who were asked, as it was counted.
#[derive(Debug, Clone)]
pub struct PartRow {
    pub part: i16,
    pub kind: PartKind,
    pub label: String,
    pub answers: i32,
    pub invited: i32,
}

/// The parts of a counted questionnaire, the whole first.
pub async fn parts(connection: &mut PgConnection, id: SurveyId) -> Result<Vec<PartRow>, Failure> {
    let rows = sqlx::query!(
        "select part, kind, label, answers, invited from survey_part where survey_id = $1 order by part",
        id.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PartRow {
                part: row.part,
                kind: row.kind.parse()?,
                label: row.label,
                answers: row.answers,
                invited: row.invited,
            })
        })
        .collect()
}

/// The figures of a part.
pub async fn figures(connection: &mut PgConnection, id: SurveyId, part: i16) -> Result<Vec<Figure>, Failure> {
    let rows = sqlx::query_as!(
        Figure,
        "select question, option, rank, number from survey_figure where survey_id = $1 and part = $2
         order by question, option, rank",
        id.0,
        part
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What was written, in an order drawn by lot.
pub async fn texts(connection: &mut PgConnection, id: SurveyId) -> Result<Vec<CountedText>, Failure> {
    let rows = sqlx::query_as!(
        CountedText,
        "select question, says from survey_text where survey_id = $1 order by question, number",
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The answers of one person with their name, of a questionnaire that asked for it.
#[derive(Debug, Clone)]
pub struct NamedSheet {
    pub number: String,
    pub name: String,
    pub class: String,
    pub says: Vec<String>,
}

/// The answers with names, by number.
pub async fn sheets_by_name(connection: &mut PgConnection, id: SurveyId) -> Result<Vec<NamedSheet>, Failure> {
    let rows = sqlx::query_as!(
        NamedSheet,
        "select s.number, s.name, k.name as class, a.says
         from survey_sheet a join student s on s.id = a.student_id join class k on k.id = s.class_id
         where a.survey_id = $1 order by s.number",
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}
