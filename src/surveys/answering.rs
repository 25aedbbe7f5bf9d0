//! One questionnaire as a student sees it: the questions on one page, that they have answered, and what came of it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{
    Surveys,
    forms::{AnswerForm, Field, field_of},
    paths::{Done, SURVEYS},
    results::{Results, results},
    sheet::Sheet,
    store,
    survey::{Addressee, Hindrance, Kind, LONGEST_TEXT, Measure, Question, Survey},
};
use crate::{
    auth::person::SignedIn,
    clock::CHINA,
    failure::{Failure, Refusal},
    ids::SurveyId,
    page::{chrome::Chrome, filters},
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default().get("/surveys/{survey}", show).post("/surveys/{survey}/answer", answer)
}

/// An option of a question with what was typed.
struct OptionField {
    /// The id of its box: the first has that of the question, to which the summary of faults leads.
    id: String,
    /// From 1.
    place: usize,
    label: String,
    chosen: bool,
    /// The rank that was typed, of an order.
    rank: String,
}

/// A question with what was typed.
struct QuestionField {
    /// The name of its fields.
    id: &'static str,
    question: Question,
    options: Vec<OptionField>,
    /// The text that was typed.
    text: String,
}

impl QuestionField {
    fn new(question: Question, form: &AnswerForm) -> Self {
        let (typed, id) = (form.typed(&question), field_of(&question));
        let option = |(at, label): (usize, &String)| OptionField {
            id: if at == 0 { id.to_owned() } else { format!("{id}-{}", at + 1) },
            place: at + 1,
            label: label.clone(),
            chosen: question.kind != Kind::Order && typed.contains(&(at + 1).to_string().as_str()),
            rank: typed.get(at).copied().filter(|_| question.kind == Kind::Order).unwrap_or_default().to_owned(),
        };
        let options = question.options.iter().enumerate().map(option).collect();
        let text = if question.kind == Kind::Text { typed.concat() } else { String::new() };
        Self { id, question, options, text }
    }

    fn is_text(&self) -> bool {
        self.question.kind == Kind::Text
    }

    fn is_order(&self) -> bool {
        self.question.kind == Kind::Order
    }

    fn is_scale(&self) -> bool {
        self.question.kind == Kind::Scale
    }

    /// What kind of box its options are.
    fn input(&self) -> &'static str {
        if self.question.kind == Kind::Several { "checkbox" } else { "radio" }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "surveys/survey.html")]
struct SurveyPage {
    chrome: Chrome,
    survey: Survey,
    /// The questions, for whoever can answer now.
    fields: Vec<QuestionField>,
    hindrance: Option<Hindrance>,
    answered: bool,
    /// What it came to, once it is published.
    results: Option<Results>,
    measures: Vec<Measure>,
    longest: usize,
    today: Date,
    errors: Errors,
    done: &'static str,
}

/// A questionnaire that students may know of.
///
/// # Errors
/// [`Failure::Missing`] where it is a draft, or there is none.
async fn known(db: &mut PgConnection, person: &SignedIn, id: SurveyId) -> Result<Survey, Failure> {
    let survey = store::survey(db, person.institution, id).await?;
    if survey.is_draft() { Err(Failure::Missing) } else { Ok(survey) }
}

async fn addressee(
    db: &mut PgConnection,
    person: &SignedIn,
    id: SurveyId,
    today: Date,
) -> Result<Option<Addressee>, Failure> {
    match person.student {
        Some(student) => store::addressee(db, id, student, today).await,
        None => Ok(None),
    }
}

async fn page(
    surveys: &Surveys,
    person: &SignedIn,
    id: SurveyId,
    form: &AnswerForm,
    errors: Errors,
    done: &'static str,
) -> Result<SurveyPage, Failure> {
    let (mut db, now) = (surveys.read().await?, surveys.clock.now());
    let today = now.to_offset(CHINA).date();
    let survey = known(&mut db, person, id).await?;
    let student = addressee(&mut db, person, id, today).await?;
    let hindrance = survey.why_not(student.as_ref(), now);
    let questions = if hindrance.is_none() { store::questions(&mut db, id).await? } else { Vec::new() };
    let (mut found, mut measures) = (None, Vec::new());
    if survey.is_published() {
        found = Some(results(&mut db, &survey).await?);
        measures = store::measures(&mut db, id).await?;
    }
    Ok(SurveyPage {
        chrome: surveys.chrome(person, &survey.title).under(SURVEYS, "调研"),
        fields: questions.into_iter().map(|question| QuestionField::new(question, form)).collect(),
        hindrance,
        answered: student.is_some_and(|student| student.answered),
        results: found,
        measures,
        longest: LONGEST_TEXT,
        survey,
        today,
        errors,
        done,
    })
}

async fn show(
    State(surveys): State<Surveys>,
    person: SignedIn,
    Path(id): Path<SurveyId>,
    Query(After { done }): Query<After>,
) -> Result<SurveyPage, Failure> {
    page(&surveys, &person, id, &AnswerForm::default(), Errors::default(), Done::said(&done)).await
}

/// Seals an answer and keeps it. No entry is written of it: the record would say who answered when.
async fn answer(
    State(surveys): State<Surveys>,
    person: SignedIn,
    Path(id): Path<SurveyId>,
    Form(fields): Form<Vec<Field>>,
) -> Result<Response, Failure> {
    let (now, form) = (surveys.clock.now(), AnswerForm::new(fields));
    let today = now.to_offset(CHINA).date();
    let mut db = surveys.read().await?;
    let survey = known(&mut db, &person, id).await?;
    let student = addressee(&mut db, &person, id, today).await?;
    let questions = store::questions(&mut db, id).await?;
    drop(db);
    let refused = |hindrance: Hindrance| {
        let chrome = surveys.chrome(&person, "提交问卷").under(SURVEYS, "调研");
        let refusal = Refusal { chrome, wanted: format!("提交“{}”", survey.title), back: id.path() };
        refusal.for_reason(hindrance.why, hindrance.remedy)
    };
    if let Some(hindrance) = survey.why_not(student.as_ref(), now) {
        return Err(refused(hindrance));
    }
    let mut errors = Errors::default();
    let Some(answers) = form.read(&questions, &mut errors) else {
        let page = page(&surveys, &person, id, &form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (Some(own), Some(student)) = (person.student, student) else { return Err(Failure::Missing) };
    let sheet = Sheet { college: student.college, year: student.year, answers };
    let sealed = surveys.keys.seal(&survey, own, &sheet, &questions)?;
    surveys
        .write_as(person.authority(), async |db| {
            let locked = store::lock_shared(db, person.institution, id).await?;
            // They may have answered, left or changed their class since.
            let student = store::addressee(db, id, own, today).await?;
            if let Some(hindrance) = locked.why_not(student.as_ref(), now) {
                return Err(refused(hindrance));
            }
            if !store::take_sheet(db, &locked, &sealed, now).await? {
                let why = "你已经答过这份问卷，每人一份".to_owned();
                return Err(refused(Hindrance { why, remedy: "结果公布以后，在这一页可以看到" }));
            }
            Ok(())
        })
        .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.path())).into_response())
}
