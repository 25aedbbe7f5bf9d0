//! The pages 数据异议: the student-affairs office answers objections by their day.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    Verb,
    disputes_store::{self as store, Dispute},
    forms::AnswerForm,
    paths::{DISPUTES, Done, OWN_DATA},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::DisputeId,
    inbox::{self, Notice, To},
    office::StudentAffairs,
    page::{chrome::Chrome, filters},
    web::forms::{self, Errors, Submitted},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/disputes", list).get("/disputes/{dispute}", show).post("/disputes/{dispute}/answer", answer)
}

#[derive(Template, WebTemplate)]
#[template(path = "people/disputes.html")]
struct DisputesPage {
    chrome: Chrome,
    open: Vec<Dispute>,
    answered: Vec<Dispute>,
    today: Date,
    done: &'static str,
}

async fn list(
    State(app): State<App>,
    acting: Acting<StudentAffairs>,
    Query(query): Query<forms::Done>,
) -> Result<DisputesPage, Failure> {
    let all = store::disputes(&mut *app.read().await?, acting.institution(), None, None).await?;
    let (open, answered) = all.into_iter().partition(|dispute| dispute.upheld.is_none());
    let done = query.done.parse().map_or("", Done::label);
    let chrome = app.chrome(acting.person(), "数据异议");
    Ok(DisputesPage { chrome, open, answered, today: app.clock.today(), done })
}

#[derive(Template, WebTemplate)]
#[template(path = "people/dispute.html")]
struct DisputePage {
    chrome: Chrome,
    dispute: Dispute,
    form: AnswerForm,
    errors: Errors,
}

async fn find(app: &App, acting: &Acting<StudentAffairs>, id: DisputeId) -> Result<Dispute, Failure> {
    let found = store::disputes(&mut *app.read().await?, acting.institution(), None, Some(id)).await?;
    found.into_iter().next().ok_or(Failure::Missing)
}

fn page(app: &App, acting: &Acting<StudentAffairs>, dispute: Dispute, submitted: Submitted<AnswerForm>) -> DisputePage {
    let chrome = app.chrome(acting.person(), "答复异议").under(DISPUTES, "数据异议");
    let Submitted { form, errors } = submitted;
    DisputePage { chrome, dispute, form, errors }
}

async fn show(
    State(app): State<App>,
    acting: Acting<StudentAffairs>,
    Path(id): Path<DisputeId>,
) -> Result<DisputePage, Failure> {
    let dispute = find(&app, &acting, id).await?;
    let form = AnswerForm::of(&dispute);
    Ok(page(&app, &acting, dispute, Submitted::new(form, Errors::default())))
}

async fn answer(
    State(app): State<App>,
    acting: Acting<StudentAffairs>,
    Path(id): Path<DisputeId>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Failure> {
    let dispute = find(&app, &acting, id).await?;
    let mut errors = Errors::default();
    if dispute.upheld.is_some() {
        errors.add("upheld", "这项异议已经答复");
    } else if acting.person().student == Some(dispute.student) {
        errors.add("upheld", "不能答复自己提出的异议");
    }
    let most = store::largest_cohort(&mut *app.read().await?, &dispute).await?;
    let Some(ruling) = form.read(&dispute, most, &mut errors) else {
        let page = page(&app, &acting, dispute, Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        if !store::answer(db, &acting, id, &ruling, now).await? {
            return Err(Failure::Busy);
        }
        let word = if ruling.upheld { "成立" } else { "不成立" };
        let entry = Entry::about(Verb::DisputeAnswered, dispute.student)
            .detail("项目", dispute.about_label())
            .detail("结论", word);
        audit::append(db, acting.person(), entry, now).await?;
        let subject = format!("你对{}的异议已答复：{word}", dispute.about_label());
        let notice = Notice::new(subject, OWN_DATA).says(&ruling.answer);
        inbox::tell(db, acting.institution(), To::Student(dispute.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(DISPUTES)).into_response())
}
