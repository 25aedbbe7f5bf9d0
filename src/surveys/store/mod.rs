//! SQL of questionnaires: reading and making them, and the answers in their seals. What the count writes stands in a file of
//! its own.

mod counted;
mod measures;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

pub(crate) use counted::write_count;
pub use counted::{
    Answers, NamedSheet, PartRow, figures, keep_count, parts, sheets_by_name, texts, waiting_by_college,
};
pub use measures::{LateMeasure, NewMeasure, add_measure, keep_findings, late_measures, measures, progress};

use super::{
    sealed::SealedSheet,
    survey::{Addressee, Question, Stage, Survey, SurveyPair},
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{CollegeId, InstitutionId, StudentId, SurveyId, UnionId},
    office::SchoolLeague,
    sealing::keys::PublicKey,
    voice::VoiceKeeper,
};

/// The most questionnaires of a list.
const LISTED: i64 = 200;

/// How many questionnaires a union holds in a semester, as the League committee set it; none where practice holds.
pub async fn per_semester(connection: &mut PgConnection, institution: InstitutionId) -> Result<Option<u32>, Failure> {
    let number =
        sqlx::query_scalar!("select per_semester from survey_setting where institution_id = $1", institution.0);
    Ok(number.fetch_optional(connection).await?.and_then(|number| u32::try_from(number).ok()))
}

/// Sets it; 1 to 6.
pub async fn set_per_semester(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    number: i32,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into survey_setting (institution_id, per_semester, kept_at, kept_by) values ($1, $2, $3, $4)
         on conflict (institution_id) do update
         set per_semester = excluded.per_semester, kept_at = excluded.kept_at, kept_by = excluded.kept_by",
        acting.institution().0,
        number,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// In whose names questionnaires are made: unions', and the School Youth League committee's where `league`.
#[derive(Debug, Clone, Default)]
pub struct SurveyHosts {
    pub unions: Vec<UnionId>,
    pub league: bool,
}

/// Which questionnaires of a university.
#[derive(Debug, Clone, Default)]
pub struct SurveyFilter {
    /// Of these ids alone.
    pub ids: Option<Vec<SurveyId>>,
    /// Those that stand there alone.
    pub stages: Option<&'static [Stage]>,
    /// Of these hosts alone.
    pub hosts: Option<SurveyHosts>,
}

/// Questionnaires of a university, the newest first, at most 200.
pub async fn surveys(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: SurveyFilter,
) -> Result<Vec<Survey>, Failure> {
    let ids: Option<Vec<Uuid>> = filter.ids.map(|ids| ids.iter().map(|id| id.0).collect());
    let stages: Option<Vec<String>> =
        filter.stages.map(|stages| stages.iter().map(|stage| stage.slug().to_owned()).collect());
    let unions: Option<Vec<Uuid>> =
        filter.hosts.as_ref().map(|hosts| hosts.unions.iter().map(|union| union.0).collect());
    let league = filter.hosts.is_some_and(|hosts| hosts.league);
    let rows = sqlx::query!(
        r#"select q.id as "id: SurveyId", q.union_id as "union: UnionId",
                  coalesce(u.kind = 'graduate', false) as "graduates!",
                  case when u.id is null then '校团委' else union_name(u.kind, c.name) end as "host!",
                  q.title, q.purpose, q.anonymous, q.stage, q.opens_at, q.closes_at, q.years, q.public_key, q.locked_key,
                  q.seal, q.findings, q.published_at,
                  coalesce((select array_agg(t.college_id order by k.place, k.name) from survey_college t
                            join college k on k.id = t.college_id where t.survey_id = q.id), '{}')
                      as "colleges!: Vec<CollegeId>",
                  coalesce((select array_agg(k.name order by k.place, k.name) from survey_college t
                            join college k on k.id = t.college_id where t.survey_id = q.id), '{}') as "college_names!"
           from survey q left join student_union u on u.id = q.union_id left join college c on c.id = u.college_id
           where q.institution_id = $1 and ($2::uuid[] is null or q.id = any($2))
                 and ($3::text[] is null or q.stage = any($3))
                 and ($4::uuid[] is null or q.union_id = any($4) or ($5 and q.union_id is null))
           order by q.opens_at desc, q.id limit $6"#,
        institution.0,
        ids.as_deref(),
        stages.as_deref(),
        unions.as_deref(),
        league,
        LISTED
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let public = row.public_key.as_deref().and_then(PublicKey::from_bytes);
            let pair = public.zip(row.seal).map(|(public, seal)| SurveyPair { public, locked: row.locked_key, seal });
            Ok(Survey {
                id: row.id,
                union: row.union,
                host: row.host,
                graduates: row.graduates,
                title: row.title,
                purpose: row.purpose,
                anonymous: row.anonymous,
                stage: row.stage.parse()?,
                opens_at: row.opens_at,
                closes_at: row.closes_at,
                colleges: row.colleges,
                college_names: row.college_names,
                years: row.years,
                pair,
                findings: row.findings,
                published_at: row.published_at,
            })
        })
        .collect()
}

/// One questionnaire.
///
/// # Errors
/// [`Failure::Missing`] where the university has none of that id.
pub async fn survey(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SurveyId,
) -> Result<Survey, Failure> {
    let filter = SurveyFilter { ids: Some(vec![id]), ..SurveyFilter::default() };
    surveys(connection, institution, filter).await?.pop().ok_or(Failure::Missing)
}

/// A questionnaire as it is now, locked until the end of the transaction.
///
/// # Errors
/// As [`survey`].
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SurveyId,
) -> Result<Locked<Survey>, Failure> {
    sqlx::query!("select id from survey where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    survey(connection, institution, id).await.map(Locked::new)
}

/// As [`lock`], beside others who do the same: it is not closed meanwhile.
///
/// # Errors
/// As [`survey`].
pub async fn lock_shared(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SurveyId,
) -> Result<Locked<Survey>, Failure> {
    sqlx::query!("select id from survey where id = $1 and institution_id = $2 for share", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    survey(connection, institution, id).await.map(Locked::new)
}

/// The questions of a questionnaire in their order.
pub async fn questions(connection: &mut PgConnection, id: SurveyId) -> Result<Vec<Question>, Failure> {
    let rows = sqlx::query!(
        "select place, kind, says, required, options, most from survey_question where survey_id = $1 order by place",
        id.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Question {
                place: row.place,
                kind: row.kind.parse()?,
                says: row.says,
                required: row.required,
                options: row.options,
                most: row.most.and_then(|most| usize::try_from(most).ok()),
            })
        })
        .collect()
}

/// What a questionnaire is about, whom it asks and when.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The union that asks; none: the School Youth League committee.
    pub union: Option<UnionId>,
    pub title: String,
    pub purpose: String,
    pub anonymous: bool,
    pub opens_at: OffsetDateTime,
    pub closes_at: OffsetDateTime,
    pub colleges: Vec<CollegeId>,
    pub years: Vec<i32>,
}

/// How many drafts a host has. The host is locked until the end of the transaction, so that each counts those before it.
pub async fn drafts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: Option<UnionId>,
) -> Result<i64, Failure> {
    if let Some(union) = union {
        sqlx::query!(
            "select id from student_union where id = $1 and institution_id = $2 for no key update",
            union.0,
            institution.0
        )
        .fetch_optional(&mut *connection)
        .await?;
    } else {
        sqlx::query!("select id from institution where id = $1 for no key update", institution.0)
            .fetch_optional(&mut *connection)
            .await?;
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from survey
           where institution_id = $1 and union_id is not distinct from $2 and stage = 'draft'"#,
        institution.0,
        union.map(|union| union.0)
    );
    Ok(count.fetch_one(connection).await?)
}

/// Makes a draft.
pub async fn make(
    connection: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    setup: &Setup,
    now: OffsetDateTime,
) -> Result<SurveyId, Failure> {
    let id = SurveyId::random();
    sqlx::query!(
        "insert into survey (id, institution_id, union_id, title, purpose, anonymous, stage, opens_at, closes_at, years,
                             made_at, made_by)
         values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11)",
        id.0,
        acting.institution().0,
        setup.union.map(|union| union.0),
        setup.title,
        setup.purpose,
        setup.anonymous,
        setup.opens_at,
        setup.closes_at,
        &setup.years,
        now,
        acting.person().account.0
    )
    .execute(&mut *connection)
    .await?;
    ask_colleges(connection, id, &setup.colleges).await?;
    Ok(id)
}

async fn ask_colleges(connection: &mut PgConnection, id: SurveyId, colleges: &[CollegeId]) -> Result<(), Failure> {
    let colleges: Vec<Uuid> = colleges.iter().map(|college| college.0).collect();
    sqlx::query!("delete from survey_college where survey_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "insert into survey_college (survey_id, college_id) select $1, c from unnest($2::uuid[]) c",
        id.0,
        &colleges
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes a draft; `false` where it is none any more.
pub async fn change(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    setup: &Setup,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update survey set union_id = $2, title = $3, purpose = $4, anonymous = $5, opens_at = $6, closes_at = $7, years = $8
         where id = $1 and stage = 'draft'",
        survey.id.0,
        setup.union.map(|union| union.0),
        setup.title,
        setup.purpose,
        setup.anonymous,
        setup.opens_at,
        setup.closes_at,
        &setup.years
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    ask_colleges(connection, survey.id, &setup.colleges).await?;
    Ok(true)
}

/// Puts a draft away; `false` where it is none any more.
pub async fn discard(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from survey where id = $1 and stage = 'draft'", survey.id.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Adds a question at the end of a draft; `false` where it is none any more.
pub async fn add_question(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    new: &Question,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into survey_question (survey_id, place, kind, says, required, options, most)
         select q.id, $2, $3, $4, $5, $6, $7 from survey q where q.id = $1 and q.stage = 'draft'",
        survey.id.0,
        new.place,
        new.kind.slug(),
        new.says,
        new.required,
        &new.options,
        new.most.and_then(|most| i16::try_from(most).ok())
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a question out of a draft; those behind it move up. `false` where it is no draft or has no such question.
pub async fn remove_question(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    place: i16,
) -> Result<bool, Failure> {
    if !survey.is_draft() {
        return Ok(false);
    }
    let gone = sqlx::query!("delete from survey_question where survey_id = $1 and place = $2", survey.id.0, place);
    if gone.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let behind = sqlx::query_scalar!(
        "select place from survey_question where survey_id = $1 and place > $2 order by place",
        survey.id.0,
        place
    )
    .fetch_all(&mut *connection)
    .await?;
    for own in behind {
        sqlx::query!(
            "update survey_question set place = place - 1 where survey_id = $1 and place = $2",
            survey.id.0,
            own
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

/// Opens a draft to students; `false` where it is none any more.
pub async fn open(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    survey: &Locked<Survey>,
    pair: &SurveyPair,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update survey set stage = 'open', opened_at = $2, public_key = $3, locked_key = $4, seal = $5
         where id = $1 and stage = 'draft'",
        survey.id.0,
        now,
        pair.public.as_bytes(),
        pair.locked.as_deref(),
        pair.seal
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A student as a questionnaire looks at them; none where there is no such student.
pub async fn addressee(
    connection: &mut PgConnection,
    id: SurveyId,
    student: StudentId,
    today: Date,
) -> Result<Option<Addressee>, Failure> {
    let row = sqlx::query_as!(
        Addressee,
        r#"select (s.left_on is null or s.left_on > $3) as "enrolled!", m.college_id as "college: CollegeId",
                  k.entry_year as year, m.level = 'graduate' as "is_graduate!",
                  (exists (select from survey_envelope e where e.survey_id = $1 and e.student_id = s.id)
                   or exists (select from survey_answered a where a.survey_id = $1 and a.student_id = s.id)) as "answered!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id where s.id = $2"#,
        id.0,
        student.0,
        today
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Takes a sealed sheet; `false` where the student's is there, or none are taken.
pub async fn take_sheet(
    connection: &mut PgConnection,
    survey: &Locked<Survey>,
    one: &SealedSheet,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into survey_envelope (survey_id, student_id, sealed, mac)
         select q.id, $2, $3, $4 from survey q
         where q.id = $1 and q.stage = 'open' and q.opens_at <= $5 and $5 < q.closes_at
         on conflict do nothing",
        survey.id.0,
        one.student.0,
        one.sealed,
        one.mac,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// How many have answered one that is open.
pub async fn sheet_count(connection: &mut PgConnection, id: SurveyId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from survey_envelope where survey_id = $1"#, id.0);
    Ok(count.fetch_one(connection).await?)
}

/// The sealed sheets of a questionnaire.
pub async fn sheets(connection: &mut PgConnection, survey: &Locked<Survey>) -> Result<Vec<SealedSheet>, Failure> {
    let rows = sqlx::query_as!(
        SealedSheet,
        r#"select student_id as "student: StudentId", sealed, mac from survey_envelope where survey_id = $1
           order by student_id"#,
        survey.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A questionnaire that somebody can answer now.
#[derive(Debug, Clone)]
pub struct ToAnswer {
    pub id: SurveyId,
    pub title: String,
    pub closes_at: OffsetDateTime,
}

/// The questionnaires that a student can answer now, what closes first first; at most 20.
pub async fn to_answer(
    connection: &mut PgConnection,
    person: &SignedIn,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<Vec<ToAnswer>, Failure> {
    let rows = sqlx::query_as!(
        ToAnswer,
        r#"select q.id as "id!: SurveyId", q.title as "title!", q.closes_at as "closes_at!"
           from survey q left join student_union u on u.id = q.union_id,
                student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where q.institution_id = $1 and q.stage = 'open' and q.opens_at <= $3 and $3 < q.closes_at and s.id = $2
                 and (s.left_on is null or s.left_on > china_day($3))
                 and (q.years = '{}' or k.entry_year = any(q.years))
                 and (u.kind is distinct from 'graduate' or m.level = 'graduate')
                 and (not exists (select from survey_college t where t.survey_id = q.id)
                      or exists (select from survey_college t where t.survey_id = q.id and t.college_id = m.college_id))
                 and not exists (select from survey_envelope e where e.survey_id = q.id and e.student_id = s.id)
           order by q.closes_at, q.id limit 20"#,
        person.institution.0,
        student.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The questionnaires that a student has answered.
pub async fn answered(connection: &mut PgConnection, student: StudentId) -> Result<Vec<SurveyId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select survey_id as "id!: SurveyId" from survey_envelope where student_id = $1
           union select survey_id from survey_answered where student_id = $1"#,
        student.0
    );
    Ok(ids.fetch_all(connection).await?)
}
