//! One questionnaire as whoever makes it sees it: the draft, how many have answered, what it came to.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, State};
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Surveys,
    forms::{FindingsForm, MeasureForm, QuestionForm, SetupForm},
    hosts::Hosts,
    paths::{Done, SURVEYS},
    results::{Results, results},
    store,
    survey::{Kind, MOST_DRAFTS, Measure, Question, Survey},
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    congress::proposals::PROPOSALS,
    database::Locked,
    directory::store::{CollegeRow, colleges},
    failure::{Failure, Refusal},
    ids::SurveyId,
    page::{chrome::Chrome, filters},
    rules::survey::{FEWEST_EARLY, in_steps},
    voice::{ASK, DESK, VoiceKeeper},
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default().get("/surveys/{survey}/desk", show)
}

/// The forms of the page as they are filled in.
#[derive(Default)]
pub(super) struct DeskForms {
    pub setup: Option<SetupForm>,
    pub question: QuestionForm,
    pub findings: Option<FindingsForm>,
    pub measure: MeasureForm,
    pub errors: Errors,
    pub done: &'static str,
}

/// How far answers have come in while it runs.
struct Running {
    /// In words; of an anonymous one in steps.
    says: String,
    /// It may be closed before its time.
    may_end_early: bool,
}

impl Running {
    fn new(survey: &Survey, answered: i64, waiting: i64) -> Self {
        let asked = answered + waiting;
        let says = if survey.anonymous {
            format!("收到的答卷：{}，面向 {asked} 人", in_steps(usize::try_from(answered).unwrap_or(0)))
        } else {
            format!("{answered} / {asked} 人已作答")
        };
        Self { says, may_end_early: survey.may_end_early(usize::try_from(answered).unwrap_or(0)) }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "surveys/desk.html")]
pub(super) struct DeskPage {
    chrome: Chrome,
    survey: Survey,
    questions: Vec<Question>,
    kinds: &'static [Kind],
    hosts: Hosts,
    colleges: Vec<CollegeRow>,
    running: Option<Running>,
    results: Option<Results>,
    measures: Vec<Measure>,
    setup: SetupForm,
    question: QuestionForm,
    findings: FindingsForm,
    measure: MeasureForm,
    now: OffsetDateTime,
    today: Date,
    /// Whoever acts is a student, who can ask for something.
    asks: bool,
    errors: Errors,
    done: &'static str,
}

impl DeskPage {
    fn may_open(&self) -> bool {
        self.survey.is_draft() && !self.questions.is_empty()
    }

    /// It can be closed: also before its time, for good, where that tells of nobody.
    fn may_close(&self, running: &Running) -> bool {
        self.survey.is_open() && self.survey.opens_at <= self.now && (running.may_end_early || !self.is_early())
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn fewest_early(&self) -> usize {
        FEWEST_EARLY
    }

    /// Where a measure becomes a request, filled in; for whoever cannot ask, the requests that there are.
    fn request_href(&self, measure: &Measure) -> String {
        if !self.asks {
            return DESK.to_owned();
        }
        let title: String = measure.says.chars().take(40).collect();
        let says = format!("调研“{}”的后续措施：{}", self.survey.title, measure.says);
        format!("{ASK}?{}", filters::query(&[("title", &title), ("says", &says)]))
    }

    /// Where a measure becomes a proposal, filled in; for whoever is no student, the proposals that there are.
    fn proposal_href(&self, measure: &Measure) -> String {
        if !self.asks {
            return PROPOSALS.to_owned();
        }
        let title: String = measure.says.chars().take(40).collect();
        let cause = format!("调研“{}”的结论需要落实：{}", self.survey.title, measure.says);
        format!("{PROPOSALS}/new?{}", filters::query(&[("title", &title), ("cause", &cause)]))
    }

    fn is_early(&self) -> bool {
        !self.survey.awaits_count(self.now)
    }
}

/// A questionnaire that the office keeps.
///
/// # Errors
/// [`Failure::Missing`] where it keeps none of that id.
pub(super) async fn kept(db: &mut PgConnection, acting: &Acting<VoiceKeeper>, id: SurveyId) -> Result<Survey, Failure> {
    let survey = store::survey(db, acting.institution(), id).await?;
    let hosts = Hosts::of(db, acting.person()).await?;
    if hosts.keeps(survey.union) { Ok(survey) } else { Err(Failure::Missing) }
}

/// As [`kept`], locked until the end of the transaction: since the page was shown it may have got another host.
///
/// # Errors
/// As [`kept`].
pub(super) async fn lock_kept(
    db: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    id: SurveyId,
) -> Result<Locked<Survey>, Failure> {
    let survey = store::lock(db, acting.institution(), id).await?;
    let hosts = Hosts::of(db, acting.person()).await?;
    if hosts.keeps(survey.union) { Ok(survey) } else { Err(Failure::Missing) }
}

/// The frame of a refusal on the way to `wanted`.
pub(super) fn refusal(surveys: &Surveys, person: &SignedIn, id: SurveyId, wanted: &str) -> Refusal {
    let chrome = surveys.chrome(person, wanted).under(SURVEYS, "调研");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.desk_path() }
}

/// A refusal where a host has as many drafts as there may be.
pub(super) fn too_many_drafts(refusal: Refusal) -> Failure {
    let why = format!("以一个单位的名义最多有 {MOST_DRAFTS} 份草稿，已经满了");
    refusal.for_reason(why, "请先开放或者删除不用的草稿")
}

pub(super) async fn page(
    surveys: &Surveys,
    acting: &Acting<VoiceKeeper>,
    id: SurveyId,
    forms: DeskForms,
) -> Result<DeskPage, Failure> {
    let (mut db, now) = (surveys.read().await?, surveys.clock.now());
    let today = now.to_offset(CHINA).date();
    let survey = kept(&mut db, acting, id).await?;
    let mut running = None;
    if survey.is_open() {
        let answered = store::sheet_count(&mut db, id).await?;
        let waiting = store::waiting_by_college(&mut db, &survey, today).await?;
        running = Some(Running::new(&survey, answered, waiting.iter().map(|one| one.people).sum()));
    }
    let (mut found, mut measures) = (None, Vec::new());
    if survey.is_counted() {
        found = Some(results(&mut db, &survey).await?);
        measures = store::measures(&mut db, id).await?;
    }
    let DeskForms { setup, question, findings, measure, errors, done } = forms;
    let written = || FindingsForm { findings: survey.findings.clone().unwrap_or_default(), ..FindingsForm::default() };
    Ok(DeskPage {
        chrome: surveys.chrome(acting.person(), &survey.title).under(SURVEYS, "调研"),
        questions: store::questions(&mut db, id).await?,
        kinds: Kind::ALL,
        hosts: Hosts::of(&mut db, acting.person()).await?,
        colleges: colleges(&mut db, acting.institution()).await?,
        running,
        results: found,
        measures,
        setup: setup.unwrap_or_else(|| SetupForm::of(&survey)),
        question,
        findings: findings.unwrap_or_else(written),
        measure,
        now,
        today,
        asks: acting.person().student.is_some(),
        errors,
        done,
        survey,
    })
}

async fn show(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
    Query(After { done }): Query<After>,
) -> Result<DeskPage, Failure> {
    page(&surveys, &acting, id, DeskForms { done: Done::said(&done), ..DeskForms::default() }).await
}
