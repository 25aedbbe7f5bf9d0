//! 答复提案: what the office that handles a proposal answers, by whoever does so for it in the portal.

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

use super::handling::entry;
use crate::{
    app::App,
    audit,
    auth::person::SignedIn,
    congress::proposals::{
        forms::HandleForm,
        paths::{Done, REPLIES},
        proposal::{Proposal, Reply},
        store::{self, ProposalFilter},
    },
    failure::{Failure, Refusal},
    ids::ProposalId,
    inbox::{self, Notice, To},
    page::{chrome::Chrome, filters},
    rules::proposal::Stage,
    web::forms::{Done as DoneQuery, Errors},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/replies.html")]
pub(super) struct RepliesPage {
    chrome: Chrome,
    rows: Vec<Proposal>,
    today: Date,
    done: &'static str,
}

impl RepliesPage {
    fn is_late(&self, proposal: &Proposal) -> bool {
        proposal.is_overdue(self.today)
    }
}

/// The proposals that the person answers.
async fn own(db: &mut PgConnection, person: &SignedIn, one: Option<ProposalId>) -> Result<Vec<Proposal>, Failure> {
    let filter = ProposalFilter { one, answered_by: Some(person.account), ..ProposalFilter::default() };
    store::list(db, person.institution, filter).await
}

pub(super) async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<RepliesPage, Failure> {
    let rows = own(&mut *app.read().await?, &person, None).await?;
    let (chrome, today) = (app.chrome(&person, "答复提案"), app.clock.today());
    Ok(RepliesPage { chrome, rows, today, done: Done::said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/reply.html")]
pub(super) struct ReplyPage {
    chrome: Chrome,
    proposal: Proposal,
    replies: Vec<Reply>,
    form: HandleForm,
    errors: Errors,
}

impl ReplyPage {
    fn may_reply(&self) -> bool {
        self.proposal.stage == Stage::Assigned
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    id: ProposalId,
    form: HandleForm,
    errors: Errors,
) -> Result<ReplyPage, Failure> {
    let mut db = app.read().await?;
    let proposal = own(&mut db, person, Some(id)).await?.pop().ok_or(Failure::Missing)?;
    let replies = store::replies(&mut db, id).await?;
    let chrome = app.chrome(person, &proposal.title).under(REPLIES, "答复提案");
    Ok(ReplyPage { chrome, proposal, replies, form, errors })
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
) -> Result<ReplyPage, Failure> {
    page(&app, &person, id, HandleForm::default(), Errors::default()).await
}

pub(super) async fn answer(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let seen = page(&app, &person, id, HandleForm::default(), Errors::default()).await?;
    let form = HandleForm { replied_on: today.to_string(), ..form };
    let Some((_, says)) = form.reply(today, &mut errors).filter(|_| errors.is_empty()) else {
        let page = page(&app, &person, id, form, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let wanted = format!("答复提案：{}", seen.proposal.title);
    let refusal = Refusal { chrome: seen.chrome, wanted, back: id.reply_path() };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if locked.handler != Some(person.account) {
            return Err(Failure::Missing);
        }
        if !store::reply(db, &locked, today, &says, &person, now).await? {
            let why = format!("提案现在是“{}”", locked.stage.label());
            return Err(refusal.for_reason(why, "可能已经登记了答复；刷新页面看现在的情况"));
        }
        audit::append(db, &person, entry(&locked, "答复").detail("日期", today.to_string()), now).await?;
        let notice = Notice::new(format!("你的提案有了答复：{}", locked.title), id.path())
            .says("请评价：满意、基本满意或不满意。");
        inbox::tell(db, person.institution, To::Student(locked.lead), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(REPLIES)).into_response())
}
