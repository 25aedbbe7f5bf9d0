//! SQL of what was found and what follows from it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, SurveyId, SurveyMeasureId, UnionId},
    surveys::survey::{Measure, Survey},
    voice::VoiceKeeper,
};

/// Keeps what was found; `publish`: for everybody from now on. `false` where the questionnaire is not counted, or published.
pub async fn keep_findings(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    says: &str,
    publish: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update survey set findings = $2, stage = case when $3 then 'published' else stage end,
                published_at = case when $3 then $4::timestamptz end
         where id = $1 and stage = 'closed'",
        survey.id.0,
        says,
        publish,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What follows from a questionnaire, by its day.
pub async fn measures(connection: &mut PgConnection, id: SurveyId) -> Result<Vec<Measure>, Failure> {
    let rows = sqlx::query_as!(
        Measure,
        r#"select id as "id: SurveyMeasureId", says, responsible, due_on, done from survey_measure
           where survey_id = $1 order by due_on, made_at, id"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What is about to follow.
#[derive(Debug, Clone)]
pub struct NewMeasure {
    pub says: String,
    pub responsible: String,
    pub due_on: Date,
}

/// Takes down what follows; `false` where the questionnaire is not counted.
pub async fn add_measure(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    new: &NewMeasure,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into survey_measure (id, survey_id, says, responsible, due_on, made_at)
         select $2, q.id, $3, $4, $5, $6 from survey q where q.id = $1 and q.stage in ('closed', 'published')",
        survey.id.0,
        SurveyMeasureId::random().0,
        new.says,
        new.responsible,
        new.due_on,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes down what came of a measure; `false` where the questionnaire has none of that id, or it is done.
pub async fn progress(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    measure: SurveyMeasureId,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update survey_measure set done = $3, done_at = $4 where id = $1 and survey_id = $2 and done is null",
        measure.0,
        survey.id.0,
        says,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A measure past its day.
#[derive(Debug, Clone)]
pub struct LateMeasure {
    pub survey: SurveyId,
    /// The union whose it is; none: the School Youth League committee's.
    pub union: Option<UnionId>,
}

/// The measures of a university past their day of which nothing came so far.
pub async fn late_measures(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<LateMeasure>, Failure> {
    let rows = sqlx::query_as!(
        LateMeasure,
        r#"select q.id as "survey: SurveyId", q.union_id as "union: UnionId"
           from survey_measure m join survey q on q.id = m.survey_id
           where q.institution_id = $1 and m.done is null and m.due_on < $2 order by m.due_on, m.id"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
