//! The page of a result: who was elected, how far it is, the next step. Where there is none yet, the form to take it down.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

use super::{next_step::NextStep, plan_on};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::{Congress, Stage as CongressStage},
        pages::{frame, kept, refusal, visible},
        result::{
            forms::{OutsideElection, ResultForm, ResultRequest, StepForm},
            paths::Done,
            result::{CongressResult, Purpose, ResultPaper, ScanOf},
            store::{self, NewElected, ResultDraft},
        },
        store as congresses,
    },
    elections::elected::{ElectedPresidium, elected_presidium},
    failure::Failure,
    ids::CongressId,
    page::{chrome::Chrome, filters},
    rules::{
        Finding,
        congress_result::{Stage, announcing, filing},
    },
    unions::{documents::Scan, store as unions},
    web::forms::{Attempt, Done as DoneQuery, Errors, Upload},
};

/// A step of the course that the page draws.
struct CourseStep {
    label: String,
    /// What is known of it; empty for one that is not taken yet.
    says: String,
    is_done: bool,
    is_now: bool,
    scan: Option<ScanOf>,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/result/show.html")]
pub(super) struct ResultPage {
    chrome: Chrome,
    congress: Congress,
    result: Option<CongressResult>,
    course: Vec<CourseStep>,
    next: Option<NextStep>,
    /// The finding on the filing, where it is late.
    late: Option<Finding>,
    /// What the sittings of the congress came to, while nothing is taken down.
    here: ElectedPresidium,
    papers: &'static [ResultPaper],
    purposes: &'static [Purpose],
    keeps: bool,
    form: ResultForm,
    step_form: StepForm,
    errors: Errors,
    done: &'static str,
}

impl ResultPage {
    fn may_take_down(&self) -> bool {
        self.keeps && self.result.is_none() && self.congress.stage == CongressStage::Held
    }

    /// The sittings elected somebody, and all of them are reported.
    fn is_elected_here(&self) -> bool {
        is_elected_here(&self.here)
    }

    fn waits_for_reports(&self) -> bool {
        !self.here.open.is_empty()
    }

    fn may_drop(&self) -> bool {
        self.keeps && self.result.as_ref().is_some_and(|result| result.stage() == Stage::Elected)
    }

    /// Whether the elected may take their posts can be looked at before the result is approved.
    fn may_foresee(&self) -> bool {
        self.keeps && self.result.as_ref().is_some_and(|result| result.state.approval().is_none())
    }

    fn may_seat(&self) -> bool {
        self.keeps && self.result.as_ref().is_some_and(|result| result.waits_to_seat().is_some())
    }
}

fn is_elected_here(here: &ElectedPresidium) -> bool {
    !here.people.is_empty() && here.open.is_empty() && here.unnamed.is_empty()
}

fn course(congress: &Congress, result: &CongressResult, word: &str) -> Vec<CourseStep> {
    let state = &result.state;
    let how = match &result.report {
        Some(report) => format!("{}，按《{report}》登记", result.elected_on),
        None => format!("{}，由本次大会的选举场次产生", result.elected_on),
    };
    let told = state.announcement().map(|one| format!("{}，{}", one.on, one.by));
    let approved = state.approval().map(|one| format!("{}，{}，{}", one.on, one.by, one.number));
    let sent = state.sending().map(|one| format!("{}，报{}", one.on, one.receiver));
    let filed = state.receipt().map(|one| format!("{}，{}", one.on, one.number));
    let steps = [
        ("选举产生".to_owned(), Some(how), ScanOf::Report),
        (format!("向大会{word}"), told, ScanOf::Report),
        (format!("{}批准", congress.party_body()), approved, ScanOf::Approval),
        (format!("报{}备案", congress.higher_body()), sent, ScanOf::Filing),
        ("备案回执".to_owned(), filed, ScanOf::Receipt),
    ];
    let now = steps.iter().position(|(_, says, _)| says.is_none());
    let step = |(place, (label, says, of)): (usize, (String, Option<String>, ScanOf))| CourseStep {
        label,
        is_done: says.is_some(),
        is_now: now == Some(place),
        scan: (says.is_some() && place != 1 && result.has_scan(of)).then_some(of),
        says: says.unwrap_or_default(),
    };
    steps.into_iter().enumerate().map(step).collect()
}

/// The forms of the page as they were sent.
#[derive(Default)]
pub(super) struct Sent {
    pub form: ResultForm,
    pub step: Option<StepForm>,
    pub errors: Errors,
    pub done: &'static str,
}

pub(super) async fn page(app: &App, person: &SignedIn, congress: Congress, sent: Sent) -> Result<ResultPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let result = store::find(&mut db, congress.id).await?;
    let here = match &result {
        Some(_) => ElectedPresidium::default(),
        None => elected_presidium(&mut db, congress.institution, congress.id).await?,
    };
    let plan = plan_on(&mut db, congress.institution, today).await?;
    let word = plan.as_ref().map_or("公布", announcing);
    let office = person.acting.as_ref();
    let keeps = office.is_some_and(|office| congress.is_kept_by(office));
    let next = match (&result, office) {
        (Some(result), Some(office)) => NextStep::of(&congress, result, office, word),
        _ => None,
    };
    let late = plan
        .zip(result.as_ref())
        .map(|(plan, result)| filing(&plan, result.stage(), result.state.approval().map(|one| one.file_by), today));
    let course = result.as_ref().map(|result| course(&congress, result, word)).unwrap_or_default();
    let Sent { mut form, step, errors, done } = sent;
    if form.purpose.is_empty() {
        Purpose::Term.slug().clone_into(&mut form.purpose);
        form.elected_on = congress.held_on.map(|day| day.to_string()).unwrap_or_default();
    }
    let step_form = step.unwrap_or_else(|| next.as_ref().map(|next| next.usual(&congress, today)).unwrap_or_default());
    Ok(ResultPage {
        chrome: frame(app, person, &congress, "选举结果"),
        course,
        next,
        late: late.filter(|finding| finding.verdict == crate::rules::Outcome::Warn),
        here,
        papers: ResultPaper::ALL,
        purposes: Purpose::ALL,
        keeps,
        form,
        step_form,
        errors,
        done,
        result,
        congress,
    })
}

/// The step that was refused, whose form is on the way back.
#[derive(Debug, Default, Deserialize)]
pub(super) struct StepQuery {
    #[serde(default)]
    step: String,
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
    Query(StepQuery { step }): Query<StepQuery>,
    Query(typed): Query<StepForm>,
) -> Result<ResultPage, Failure> {
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    // Where the result went on meanwhile, what was typed is another step's.
    let next = store::find(&mut db, id).await?.and_then(|result| result.stage().next());
    let step = next.filter(|next| next.slug() == step).map(|_| typed);
    drop(db);
    page(&app, acting.person(), congress, Sent { step, done: Done::said(&done), ..Sent::default() }).await
}

/// Who was elected, as the report of an election outside has them; or what is wrong with it.
async fn named(
    db: &mut PgConnection,
    congress: &Congress,
    outside: &OutsideElection,
    today: Date,
) -> Result<Result<Vec<NewElected>, String>, Failure> {
    let numbers: Vec<String> = outside.people.iter().map(|one| one.number.clone()).collect();
    unions::hold_students(db, congress.institution, &numbers).await?;
    let facts = unions::facts_by_number(db, congress.institution, &numbers, None, today).await?;
    let union = unions::list(db, congress.institution, Some(congress.union)).await?.pop().ok_or(Failure::Missing)?;
    let mut people = Vec::new();
    for one in &outside.people {
        let Some(fact) =
            facts.iter().find(|fact| crate::name::number_key(&fact.number) == crate::name::number_key(&one.number))
        else {
            return Ok(Err(format!("没有学号 {}；请核对，或先导入学生名单", one.number)));
        };
        if let Some(says) = union.why_not_member(fact, outside.elected_on) {
            return Ok(Err(format!("{says}，不能当选")));
        }
        people.push(NewElected { student: fact.student, contest: None, votes: one.votes });
    }
    Ok(Ok(people))
}

/// What a result is taken down from: the sittings of the congress, or the report of an election outside.
async fn draft(
    db: &mut PgConnection,
    congress: &Congress,
    request: &ResultRequest,
    today: Date,
) -> Result<Result<ResultDraft, String>, Failure> {
    let purpose = request.purpose;
    let Some(outside) = &request.outside else {
        let here = elected_presidium(db, congress.institution, congress.id).await?;
        let of_sitting = |one: &crate::elections::elected::ElectedStudent| NewElected {
            student: one.student,
            contest: Some(one.contest),
            votes: Some(one.votes),
        };
        let elected_on = here.last_day.or(congress.held_on).unwrap_or(today);
        return Ok(if is_elected_here(&here) {
            let elected = here.people.iter().map(of_sitting).collect();
            Ok(ResultDraft { purpose, elected_on, report: None, elected })
        } else {
            Err("选举场次的情况变了，请核对后再登记".to_owned())
        });
    };
    Ok(named(db, congress, outside, today).await?.map(|elected| ResultDraft {
        purpose,
        elected_on: outside.elected_on,
        report: Some(outside.report.clone()),
        elected,
    }))
}

pub(super) async fn begin(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let form: ResultForm = upload.form()?;
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let here = elected_presidium(&mut db, congress.institution, id).await?;
    drop(db);
    let is_here = is_elected_here(&here);
    let request = form.read(is_here, today, &mut errors);
    if let Some(day) = request.as_ref().and_then(|one| one.outside.as_ref()).map(|one| one.elected_on) {
        if day > today {
            errors.add("elected_on", "选举日期还没有到");
        } else if congress.meets_on.is_some_and(|meets| day < meets) {
            errors.add("elected_on", "选举日期不能早于大会召开的日期");
        }
    }
    let mut scan = None;
    match &upload.scan {
        Some((name, bytes)) => match Scan::read(name, bytes) {
            Ok(read) => scan = Some(read),
            Err(why) => errors.add("scan", why),
        },
        None if is_here => {}
        None => errors.add("scan", "请上传选举结果报告的扫描件；在会外用纸质选票选举的，结果以它为准"),
    }
    let unfit = |form, errors| async {
        let page = page(&app, acting.person(), congress.clone(), Sent { form, errors, ..Sent::default() }).await?;
        Ok::<_, Failure>((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let Some(request) = request.filter(|_| errors.is_empty()) else { return unfit(form, errors).await };
    let refused = refusal(&app, acting.person(), &congress, "登记选举结果", id.result_path());
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = congresses::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            if locked.stage != CongressStage::Held {
                let why = format!("大会现在是“{}”，还不能登记选举结果", locked.stage.label());
                return Err(refused.for_reason(why, "大会召开以后，先在会议里登记已召开"));
            }
            let draft = match draft(db, &locked, &request, today).await? {
                Ok(draft) => draft,
                Err(says) => {
                    return Ok(Attempt::Fault(if request.outside.is_some() { "people" } else { "purpose" }, says));
                }
            };
            if !store::begin(db, &locked, &draft, acting.person(), now).await? {
                return Err(
                    refused.for_reason("这次大会的选举结果已经登记", "可能别人刚刚登记；请回到选举结果页面核对")
                );
            }
            if let Some(scan) = &scan {
                store::keep_scan(db, &locked, ScanOf::Report, scan, acting.person(), now).await?;
            }
            let entry = Entry::new(Verb::ResultKept, locked.short_title())
                .detail("办理", "登记选举结果")
                .detail("选举", draft.purpose.label())
                .detail("日期", draft.elected_on.to_string())
                .detail("依据", draft.report.clone().unwrap_or_else(|| "本次大会的选举场次".to_owned()))
                .detail("当选人数", draft.elected.len());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    match attempt.done_or(&mut errors) {
        Some(()) => Ok(Redirect::to(&Done::Taken.at(&id.result_path())).into_response()),
        None => unfit(form, errors).await,
    }
}

pub(super) async fn drop_result(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let refused = refusal(&app, acting.person(), &congress, "撤下登记的选举结果", id.result_path());
    app.write_as(acting.person().authority(), async |db| {
        let locked = congresses::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if !store::drop_result(db, &locked).await? {
            return Err(refused.for_reason("选举结果已向大会公布，不能撤下", "有误的，由大会依照选举办法办理"));
        }
        let entry = Entry::new(Verb::ResultKept, locked.short_title()).detail("办理", "撤下登记");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Dropped.at(&id.result_path())))
}
