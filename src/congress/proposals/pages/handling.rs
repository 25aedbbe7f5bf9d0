//! One proposal before the committee: screened, assigned, replied to, and its papers.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;

use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, Verb,
        congress::Congress,
        pages::{frame, kept, refusal},
        proposals::{
            forms::{HandleForm, REPLY_WITHIN, ScreenForm},
            papers::{Seconded, paper as paper_of},
            paths::Done,
            proposal::{Proposal, ProposalPaper, Reply, Seconder},
            store::{self, Assignment, ProposalFilter, Screening},
        },
    },
    directory::store::stroke_order,
    failure::{Failure, Refusal},
    holidays,
    ids::{CongressId, ProposalId},
    inbox::{self, Notice, To},
    page::{chrome::Chrome, filters},
    papers::{self, Paper},
    people::find::{Among, PersonField, Search},
    rules::proposal::{Ground, Stage},
    text::{chinese_day, folded},
    web::forms::{Attempt, Done as DoneQuery, Errors},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/handling.html")]
pub(super) struct HandlingPage {
    chrome: Chrome,
    congress: Congress,
    proposal: Proposal,
    seconders: Vec<Seconder>,
    replies: Vec<Reply>,
    /// Those with which it may be joined.
    like: Vec<Proposal>,
    grounds: &'static [Ground],
    screen: ScreenForm,
    handle: HandleForm,
    /// Who answers for the office.
    handler: PersonField,
    errors: Errors,
    done: &'static str,
}

impl HandlingPage {
    fn may_screen(&self) -> bool {
        self.proposal.stage == Stage::Submitted
    }

    fn may_assign(&self) -> bool {
        matches!(self.proposal.stage, Stage::Accepted | Stage::Assigned)
    }

    fn may_reply(&self) -> bool {
        self.proposal.stage == Stage::Assigned
    }

    fn agreed(&self) -> String {
        let names = self.seconders.iter().filter(|one| one.agreed == Some(true)).map(|one| one.name.as_str());
        names.collect::<Vec<_>>().join("、")
    }
}

/// A proposal before a congress that the office keeps.
async fn found(
    db: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    congress: CongressId,
    id: ProposalId,
) -> Result<(Congress, Proposal), Failure> {
    let congress = kept(db, acting, congress).await?;
    let proposal = store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if proposal.before == congress.id && proposal.number.is_some() {
        Ok((congress, proposal))
    } else {
        Err(Failure::Missing)
    }
}

/// The forms of the page as they were sent.
#[derive(Default)]
struct Sent {
    screen: ScreenForm,
    handle: Option<HandleForm>,
    handler: Option<PersonField>,
    errors: Errors,
    done: &'static str,
}

async fn page(
    app: &App,
    acting: &Acting<CongressKeeper>,
    congress: CongressId,
    id: ProposalId,
    sent: Sent,
) -> Result<HandlingPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let (congress, proposal) = found(&mut db, acting, congress, id).await?;
    let mut like = store::list(&mut db, acting.institution(), ProposalFilter::before(congress.id)).await?;
    like.retain(|one| one.id != id && takes_others(one));
    let seconders = store::seconders(&mut db, id).await?;
    let replies = store::replies(&mut db, id).await?;
    let Sent { screen, handle, handler, errors, done } = sent;
    let handler = handler.unwrap_or_else(|| PersonField::new(&Search::of(acting, Among::Accounts, today)));
    let handle = handle.unwrap_or_else(|| HandleForm {
        office: proposal.office.clone().unwrap_or_default(),
        handler: String::new(),
        pick: String::new(),
        within: REPLY_WITHIN.to_string(),
        replied_on: today.to_string(),
        says: String::new(),
    });
    let chrome = frame(app, acting.person(), &congress, &proposal.number_in_words())
        .under(&congress.id.proposals_path(), "提案");
    let grounds = Ground::ALL;
    Ok(HandlingPage {
        chrome,
        congress,
        proposal,
        seconders,
        replies,
        like,
        grounds,
        screen,
        handle,
        handler,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id)): Path<(CongressId, ProposalId)>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<HandlingPage, Failure> {
    page(&app, &acting, congress, id, Sent { done: Done::said(&done), ..Sent::default() }).await
}

/// Like proposals are joined with one that is taken up: one that may yet be refused would take them along, and of two each
/// could be joined with the other.
fn takes_others(proposal: &Proposal) -> bool {
    matches!(proposal.stage, Stage::Accepted | Stage::Assigned)
}

/// What the acts of this page begin with: the refusal that leads back.
async fn begin(
    app: &App,
    acting: &Acting<CongressKeeper>,
    congress: CongressId,
    id: ProposalId,
    wanted: &str,
) -> Result<Refusal, Failure> {
    let (congress, proposal) = found(&mut *app.read().await?, acting, congress, id).await?;
    let wanted = format!("{wanted}：{}", proposal.title);
    Ok(refusal(app, acting.person(), &congress, &wanted, congress.id.proposal_path(id)))
}

fn moved(refusal: Refusal, stage: Stage) -> Failure {
    refusal.for_reason(format!("提案现在是“{}”", stage.label()), "可能别人刚刚办理；刷新页面看现在的情况")
}

pub(super) fn entry(proposal: &Proposal, what: &str) -> Entry {
    Entry::new(Verb::ProposalKept, proposal.title.clone())
        .detail("大会", proposal.congress_title.clone())
        .detail("编号", proposal.number_in_words())
        .detail("办理", what)
}

pub(super) async fn screen(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id)): Path<(CongressId, ProposalId)>,
    Form(form): Form<ScreenForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let refusal = begin(&app, &acting, congress, id, "审查提案").await?;
    let Some((screening, says)) = form.read(&mut errors) else {
        let page = page(&app, &acting, congress, id, Sent { screen: form, errors, ..Sent::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            if let Screening::Join(other) = screening {
                let into = store::find(db, acting.institution(), other).await?;
                let fits =
                    into.is_some_and(|into| into.before == locked.before && into.id != id && takes_others(&into));
                if !fits {
                    return Ok(Attempt::fault("joined", "要并入的提案须已立案、还没有答复；请先审查那一件，或者另选"));
                }
            }
            if !store::screen(db, &locked, screening, says.as_deref(), acting.person(), now).await? {
                return Err(moved(refusal, locked.stage));
            }
            let what = match screening {
                Screening::Accept => "立案",
                Screening::Refuse(_) => "不予立案",
                Screening::Join(_) => "并案",
            };
            audit::append(db, acting.person(), entry(&locked, what), now).await?;
            let notice = Notice::new(format!("你的提案{what}：{}", locked.title), id.path());
            inbox::tell(db, acting.institution(), To::Student(locked.lead), &notice, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    if attempt.done_or(&mut errors).is_some() {
        return Ok(Redirect::to(&Done::Screened.at(&congress.proposal_path(id))).into_response());
    }
    let page = page(&app, &acting, congress, id, Sent { screen: form, errors, ..Sent::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn assign(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id)): Path<(CongressId, ProposalId)>,
    Form(mut form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let refusal = begin(&app, &acting, congress, id, "交办提案").await?;
    let (mut db, search) = (app.read().await?, Search::of(&acting, Among::Accounts, today));
    let field = PersonField::read(&mut db, &search, &mut form.handler, &form.pick, "handler", &mut errors).await?;
    drop(db);
    let Some((office, within)) = form.office(&mut errors).filter(|_| errors.is_empty()) else {
        errors.put_in_order(&["office", "handler", "within"]);
        let sent = Sent { handle: Some(form), handler: Some(field), errors, ..Sent::default() };
        let page = page(&app, &acting, congress, id, sent).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let handler = folded(&form.handler);
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let account = store::staff_account(db, acting.institution(), &handler).await?;
            if account.is_none() && !handler.is_empty() {
                return Ok(Attempt::fault(
                    "handler",
                    "没有这个教职工的账号；请系统管理员先建立，或者不填，由承办部门书面答复",
                ));
            }
            let due_on = holidays::store::workdays(db, acting.institution()).await?.span(today, within).last;
            let assignment = Assignment { office: office.clone(), handler: account, due_on };
            if !store::assign(db, &locked, &assignment).await? {
                return Err(moved(refusal, locked.stage));
            }
            let entry = entry(&locked, "交办").detail("承办部门", office.clone()).detail("期限", due_on.to_string());
            audit::append(db, acting.person(), entry, now).await?;
            if let Some(account) = account {
                let notice = Notice::new(format!("请答复提案：{}", locked.title), id.reply_path())
                    .says(format!("承办部门：{office}。请于{}以前答复。", chinese_day(due_on)));
                inbox::tell(db, acting.institution(), To::Account(account), &notice, now).await?;
            }
            Ok(Attempt::Done(()))
        })
        .await?;
    if attempt.done_or(&mut errors).is_some() {
        return Ok(Redirect::to(&Done::Assigned.at(&congress.proposal_path(id))).into_response());
    }
    let sent = Sent { handle: Some(form), handler: Some(field), errors, ..Sent::default() };
    let page = page(&app, &acting, congress, id, sent).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn reply(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id)): Path<(CongressId, ProposalId)>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let refusal = begin(&app, &acting, congress, id, "登记答复").await?;
    let Some((replied_on, says)) = form.reply(today, &mut errors).filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, congress, id, Sent { handle: Some(form), errors, ..Sent::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::reply(db, &locked, replied_on, &says, acting.person(), now).await? {
            return Err(moved(refusal, locked.stage));
        }
        audit::append(db, acting.person(), entry(&locked, "登记答复").detail("日期", replied_on.to_string()), now)
            .await?;
        let notice = Notice::new(format!("你的提案有了答复：{}", locked.title), id.path())
            .says("请评价：满意、基本满意或不满意。");
        inbox::tell(db, acting.institution(), To::Student(locked.lead), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Replied.at(&congress.proposal_path(id))).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/paper.html")]
pub(super) struct ProposalPaperPage {
    chrome: Chrome,
    congress: Congress,
    proposal: Proposal,
    which: ProposalPaper,
    paper: Paper,
}

async fn printed(
    app: &App,
    acting: &Acting<CongressKeeper>,
    congress: CongressId,
    id: ProposalId,
    slug: &str,
) -> Result<(Congress, Proposal, ProposalPaper, Paper), Failure> {
    let which: ProposalPaper = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let (congress, proposal) = found(&mut db, acting, congress, id).await?;
    let (seconders, replies) = (store::seconders(&mut db, id).await?, store::replies(&mut db, id).await?);
    let seconded = Seconded::new(seconders, stroke_order(&mut db, acting.institution()).await?);
    let paper = paper_of(&congress, &proposal, &seconded, &replies, which).ok_or(Failure::Missing)?;
    Ok((congress, proposal, which, paper))
}

pub(super) async fn paper(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id, slug)): Path<(CongressId, ProposalId, String)>,
) -> Result<ProposalPaperPage, Failure> {
    let (congress, proposal, which, paper) = printed(&app, &acting, congress, id, &slug).await?;
    let chrome = frame(&app, acting.person(), &congress, which.label()).under(&congress.id.proposals_path(), "提案");
    Ok(ProposalPaperPage { chrome, congress, proposal, which, paper })
}

pub(super) async fn word(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((congress, id, slug)): Path<(CongressId, ProposalId, String)>,
) -> Result<Response, Failure> {
    let (_, _, _, paper) = printed(&app, &acting, congress, id, &slug).await?;
    papers::download(&app, paper).await
}
