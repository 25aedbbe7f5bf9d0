//! The list of proposals that every student may read, what is one's own, and a new draft.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use crate::{
    app::App,
    audit::{self, Entry},
    auth::person::SignedIn,
    congress::Verb,
    congress::proposals::{
        forms::ProposalForm,
        paths::{Done, PROPOSALS},
        proposal::{Proposal, Right},
        store::{self, ProposalFilter},
    },
    failure::Failure,
    page::{chrome::Chrome, filters},
    rules::proposal::Matter,
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/list.html")]
pub(super) struct ProposalsPage {
    chrome: Chrome,
    rights: Vec<Right>,
    /// One's own, and those that one was asked to second.
    own: Vec<Proposal>,
    public: Vec<Proposal>,
    done: &'static str,
}

pub(super) async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<ProposalsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let (mut rights, mut own) = (Vec::new(), Vec::new());
    if let Some(student) = person.student {
        rights = store::rights(&mut db, student, today).await?;
        let filter = ProposalFilter { of: Some(student), ..ProposalFilter::default() };
        own = store::list(&mut db, person.institution, filter).await?;
    }
    let filter = ProposalFilter { public: true, ..ProposalFilter::default() };
    let public = store::list(&mut db, person.institution, filter).await?;
    Ok(ProposalsPage { chrome: app.chrome(&person, "提案"), rights, own, public, done: Done::said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/new.html")]
pub(super) struct NewProposalPage {
    chrome: Chrome,
    rights: Vec<Right>,
    matters: &'static [Matter],
    form: ProposalForm,
    errors: Errors,
}

async fn page(app: &App, person: &SignedIn, submitted: Submitted<ProposalForm>) -> Result<NewProposalPage, Failure> {
    let student = person.student.ok_or(Failure::Missing)?;
    let rights = store::rights(&mut *app.read().await?, student, app.clock.today()).await?;
    let Submitted { mut form, errors } = submitted;
    if let [only] = rights.as_slice() {
        form.congress = only.congress.to_string();
    }
    let chrome = app.chrome(person, "写提案").under(PROPOSALS, "提案");
    Ok(NewProposalPage { chrome, rights, matters: Matter::ALL, form, errors })
}

/// The form; a page that leads here may have filled it in.
pub(super) async fn ask(
    State(app): State<App>,
    person: SignedIn,
    Query(form): Query<ProposalForm>,
) -> Result<NewProposalPage, Failure> {
    page(&app, &person, Submitted::new(form, Errors::default())).await
}

pub(super) async fn keep(
    State(app): State<App>,
    person: SignedIn,
    Form(form): Form<ProposalForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let student = person.student.ok_or(Failure::Missing)?;
    let rights = store::rights(&mut *app.read().await?, student, today).await?;
    let right = rights.into_iter().find(|right| right.congress.to_string() == form.congress);
    if right.is_none() {
        errors.add("congress", "请选择大会；大会的代表在提案截止以前可以提出提案");
    }
    let text = form.read(&mut errors);
    let (Some(text), Some(right), true) = (text, right, errors.is_empty()) else {
        let page = page(&app, &person, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = app
        .write_as(person.authority(), async |db| {
            let id = store::draft(db, &right, &text, now).await?;
            let entry = Entry::new(Verb::ProposalKept, text.title.clone()).detail("办理", "起草");
            audit::append(db, &person, entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Kept.at(&id.path())).into_response())
}
