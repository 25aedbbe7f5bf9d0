//! A proposal on a phone: its proposer writes, asks and hands in; whoever is asked answers; everybody else reads.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::handling::entry;
use crate::{
    app::App,
    audit,
    auth::person::SignedIn,
    congress::{
        proposals::{
            forms::{ProposalForm, REPLY_WITHIN, WordForm},
            paths::{Done, PROPOSALS},
            proposal::{Proposal, Reply, Seconder},
            store::{self, Peer, ProposalText},
        },
        store as congresses,
    },
    failure::{Failure, Refusal},
    holidays,
    ids::{ProposalId, StudentId},
    inbox::{self, Notice, To},
    name::sought::{ByKey, Sought},
    page::{chrome::Chrome, filters},
    people::find::{Found, Rest},
    rules::proposal::{HandIn, Matter, Satisfaction, Stage, after_rating, hand_in},
    web::forms::{Attempt, Done as DoneQuery, Errors},
};

/// Who looks at a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Viewer {
    Lead,
    /// Asked to second; whether they agreed.
    Asked(Option<bool>),
    Reader,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/show.html")]
pub(super) struct ProposalPage {
    chrome: Chrome,
    proposal: Proposal,
    viewer: Viewer,
    seconders: Vec<Seconder>,
    replies: Vec<Reply>,
    matters: &'static [Matter],
    satisfactions: &'static [Satisfaction],
    /// How many second it so far, and how many it takes.
    agreed: u32,
    needed: u32,
    form: ProposalForm,
    word: WordForm,
    errors: Errors,
    done: &'static str,
}

impl ProposalPage {
    fn is_lead(&self) -> bool {
        self.viewer == Viewer::Lead
    }

    fn may_write(&self) -> bool {
        self.is_lead() && self.proposal.stage == Stage::Draft
    }

    fn may_answer(&self) -> bool {
        matches!(self.viewer, Viewer::Asked(_)) && self.proposal.stage == Stage::Draft
    }

    fn answered(&self) -> &'static str {
        match self.viewer {
            Viewer::Asked(Some(true)) => "你已附议。",
            Viewer::Asked(Some(false)) => "你已表示不附议。",
            _ => "",
        }
    }

    fn may_rate(&self) -> bool {
        self.is_lead() && self.proposal.stage == Stage::Replied
    }

    /// As many have agreed as it takes to hand it in.
    fn is_seconded(&self) -> bool {
        self.agreed >= self.needed
    }

    /// What is wrong is wrong with the draft, and not with whom it is shown to.
    fn rewrites(&self) -> bool {
        self.errors.has_faults() && self.errors.of("peer").is_none()
    }

    /// The tag of the first reply's rating warns of what follows.
    fn may_send_back(&self) -> bool {
        self.proposal.turn == 1
    }
}

/// The proposal with who looks at it; nobody else sees one that is not public.
async fn seen(
    db: &mut PgConnection,
    person: &SignedIn,
    id: ProposalId,
) -> Result<(Proposal, Viewer, Vec<Seconder>), Failure> {
    let proposal = store::find(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let seconders = store::seconders(db, id).await?;
    let asked = seconders.iter().find(|one| Some(one.student) == person.student);
    let viewer = match asked {
        _ if person.student == Some(proposal.lead) => Viewer::Lead,
        Some(one) => Viewer::Asked(one.agreed),
        None if proposal.stage.is_public() => Viewer::Reader,
        None => return Err(Failure::Missing),
    };
    Ok((proposal, viewer, seconders))
}

/// The forms of the page as they were sent.
#[derive(Default)]
struct Sent {
    form: Option<ProposalForm>,
    word: WordForm,
    errors: Errors,
    done: &'static str,
}

async fn page(app: &App, person: &SignedIn, id: ProposalId, sent: Sent) -> Result<ProposalPage, Failure> {
    let mut db = app.read().await?;
    let (proposal, viewer, seconders) = seen(&mut db, person, id).await?;
    let replies = store::replies(&mut db, id).await?;
    let settings = store::settings(&mut db, proposal.congress).await?;
    let agreed = if proposal.stage == Stage::Draft { agreed(&mut db, &proposal).await? } else { 0 };
    let Sent { form, word, errors, done } = sent;
    let form = form.unwrap_or_else(|| ProposalForm {
        congress: proposal.congress.to_string(),
        matter: proposal.matter.slug().to_owned(),
        title: proposal.title.clone(),
        cause: proposal.cause.clone(),
        advice: proposal.advice.clone(),
    });
    Ok(ProposalPage {
        chrome: app.chrome(person, &proposal.title).under(PROPOSALS, "提案"),
        // Who seconded is the proposer's to see; a reader learns the delegation alone.
        seconders: if viewer == Viewer::Lead { seconders } else { Vec::new() },
        proposal,
        viewer,
        replies,
        matters: Matter::ALL,
        satisfactions: Satisfaction::ALL,
        agreed,
        needed: settings.map_or(0, |one| one.seconders),
        form,
        word,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<ProposalPage, Failure> {
    page(&app, &person, id, Sent { done: Done::said(&done), ..Sent::default() }).await
}

/// The proposal of whoever acts.
async fn own(app: &App, person: &SignedIn, id: ProposalId) -> Result<Proposal, Failure> {
    let (proposal, viewer, _) = seen(&mut *app.read().await?, person, id).await?;
    if viewer == Viewer::Lead { Ok(proposal) } else { Err(Failure::Missing) }
}

fn refused(app: &App, person: &SignedIn, proposal: &Proposal, wanted: &str) -> Refusal {
    let chrome = app.chrome(person, "没有办理").under(PROPOSALS, "提案");
    Refusal { chrome, wanted: format!("{wanted}：{}", proposal.title), back: proposal.id.path() }
}

fn moved(refusal: Refusal, stage: Stage) -> Failure {
    refusal.for_reason(format!("提案现在是“{}”", stage.label()), "刷新页面看现在的情况")
}

fn is_unchanged(now: &Proposal, text: &ProposalText) -> bool {
    (now.matter, &now.title, &now.cause, &now.advice) == (text.matter, &text.title, &text.cause, &text.advice)
}

pub(super) async fn edit(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Form(form): Form<ProposalForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let proposal = own(&app, &person, id).await?;
    let Some(text) = form.read(&mut errors) else {
        let page = page(&app, &person, id, Sent { form: Some(form), errors, ..Sent::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = refused(&app, &person, &proposal, "修改提案");
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        // What stays as it was need not be seconded anew.
        if locked.stage == Stage::Draft && is_unchanged(&locked, &text) {
            return Ok(());
        }
        let seconders = store::seconders(db, id).await?;
        if !store::rewrite(db, &locked, &text).await? {
            return Err(moved(refusal, locked.stage));
        }
        let notice = Notice::new(format!("提案已修改，请重新答复是否附议：{}", text.title), id.path())
            .says("提案人修改了提案，原来的答复不再算数；请看过现在的提案再答复。");
        let answered = seconders.iter().filter(|one| one.agreed.is_some()).map(|one| one.student);
        inbox::tell_all(db, person.institution, &answered.collect::<Vec<_>>(), &notice, now).await?;
        audit::append(db, &person, entry(&locked, "修改"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.at(&id.path())).into_response())
}

/// The delegates who are meant by a number, or by a name, with class or college where several share it.
fn meant(peers: Vec<Peer>, typed: &str) -> Vec<Peer> {
    let found = |peer: &Peer| Found {
        number: peer.number.clone(),
        name: peer.name.clone(),
        class: peer.class.clone(),
        college: peer.college.clone(),
    };
    let all: Vec<Found> = peers.iter().map(found).collect();
    let (named, _) = Sought::read(typed).pick(&ByKey::of(&all), Rest::Class);
    peers.into_iter().filter(|peer| named.iter().any(|one| one.number == peer.number)).collect()
}

pub(super) async fn ask(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Form(word): Form<WordForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let proposal = own(&app, &person, id).await?;
    let peers = store::peers(&mut *app.read().await?, proposal.congress).await?;
    let mut found = meant(peers, &word.peer);
    let peer = match found.len() {
        0 => Err("本次大会的代表中没有找到，请填写学号或完整的姓名".to_owned()),
        1 => found.pop().ok_or_else(String::new),
        _ => Err(format!("有 {} 位同名的代表，请在姓名后加上班级或院系，或者填写学号", found.len())),
    };
    match &peer {
        Err(says) => errors.add("peer", says.clone()),
        Ok(peer) if peer.student == proposal.lead => errors.add("peer", "提案人自己不用附议"),
        Ok(_) => {}
    }
    let refusal = refused(&app, &person, &proposal, "邀请附议");
    let attempt = match peer {
        Ok(peer) if errors.is_empty() => {
            app.write_as(person.authority(), async |db| {
                let locked = store::lock(db, person.institution, id).await?;
                if locked.stage != Stage::Draft {
                    return Err(moved(refusal, locked.stage));
                }
                if !store::ask(db, &locked, peer.delegate, now).await? {
                    return Ok(Attempt::fault("peer", "已经邀请过这位代表"));
                }
                let notice = Notice::new(format!("请你附议提案：{}", locked.title), id.path())
                    .says("看过内容以后，可以附议，也可以不附议。");
                inbox::tell(db, person.institution, To::Student(peer.student), &notice, now).await?;
                Ok(Attempt::Done(()))
            })
            .await?
        }
        _ => Attempt::fault("peer", "没有邀请"),
    };
    if attempt.done_or(&mut errors).is_some() {
        return Ok(Redirect::to(&Done::Asked.at(&id.path())).into_response());
    }
    let page = page(&app, &person, id, Sent { word, errors, ..Sent::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// How many second a draft: those who are delegates no more do not count.
async fn agreed(db: &mut PgConnection, proposal: &Proposal) -> Result<u32, Failure> {
    let peers = store::peers(db, proposal.congress).await?;
    let counts = |one: &&Seconder| one.agreed == Some(true) && peers.iter().any(|peer| peer.student == one.student);
    let agreed = store::seconders(db, proposal.id).await?.iter().filter(counts).count();
    Ok(u32::try_from(agreed).unwrap_or(u32::MAX))
}

/// As many have seconded as the congress asks for.
async fn is_seconded(db: &mut PgConnection, proposal: &Proposal) -> Result<bool, Failure> {
    let needed = store::settings(db, proposal.congress).await?.map_or(0, |one| one.seconders);
    Ok(agreed(db, proposal).await? >= needed)
}

/// Only a delegate proposes and seconds, for as long as they are one.
async fn still_a_delegate(db: &mut PgConnection, proposal: &Proposal, student: StudentId) -> Result<bool, Failure> {
    Ok(store::peers(db, proposal.congress).await?.iter().any(|peer| peer.student == student))
}

const NO_DELEGATE: &str = "你已不是这次大会的正式代表";

pub(super) async fn answer(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Form(word): Form<WordForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let (proposal, viewer, _) = seen(&mut *app.read().await?, &person, id).await?;
    let (Viewer::Asked(_), Some(student)) = (viewer, person.student) else { return Err(Failure::Missing) };
    let agreed = match word.answer.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::Malformed),
    };
    let refusal = refused(&app, &person, &proposal, "附议");
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if agreed && locked.stage == Stage::Draft && locked.mark() != word.seen {
            return Err(refusal.for_reason("提案人刚才改过提案", "请看过现在的提案，再决定是否附议"));
        }
        if agreed && !still_a_delegate(db, &locked, student).await? {
            return Err(refusal.for_reason(NO_DELEGATE, "附议须是本次大会的正式代表"));
        }
        if !store::answer(db, &locked, student, agreed, now).await? {
            return Err(moved(refusal, locked.stage));
        }
        let says = if agreed { "附议" } else { "不附议" };
        audit::append(db, &person, entry(&locked, says), now).await?;
        let mut notice = Notice::new(format!("{}{says}了你的提案：{}", person.name, locked.title), id.path());
        if agreed && is_seconded(db, &locked).await? {
            notice = notice.says("附议的人数已够，可以提交提案。");
        }
        inbox::tell(db, person.institution, To::Student(locked.lead), &notice, now).await
    })
    .await?;
    let done = if agreed { Done::Agreed } else { Done::Declined };
    Ok(Redirect::to(&done.at(&id.path())))
}

pub(super) async fn submit(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let proposal = own(&app, &person, id).await?;
    let refusal = refused(&app, &person, &proposal, "提交提案");
    app.write_as(person.authority(), async |db| {
        let congress = congresses::lock(db, person.institution, proposal.congress).await?.ok_or(Failure::Missing)?;
        let locked = store::lock(db, person.institution, id).await?;
        let Some(settings) = store::settings(db, congress.id).await? else {
            return Err(refusal.for_reason("这次大会还没有确定提案截止日期", "请与提案工作委员会联系"));
        };
        if !still_a_delegate(db, &locked, locked.lead).await? {
            return Err(refusal.for_reason(NO_DELEGATE, "提出提案须是本次大会的正式代表；可以请别的代表提出"));
        }
        let facts = HandIn {
            stage: locked.stage,
            agreed: agreed(db, &locked).await?,
            needed: settings.seconders,
            closes_on: settings.closes_on,
            today,
        };
        let permitted = match hand_in(facts).permit() {
            Ok(permitted) => permitted,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::submit(db, &congress, &locked, permitted, now).await? {
            return Err(moved(refusal, locked.stage));
        }
        audit::append(db, &person, entry(&locked, "提交"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::HandedIn.at(&id.path())))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let proposal = own(&app, &person, id).await?;
    let refusal = refused(&app, &person, &proposal, "撤回提案");
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::withdraw(db, &locked).await? {
            return Err(moved(refusal, locked.stage));
        }
        audit::append(db, &person, entry(&locked, "撤回"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(PROPOSALS)))
}

pub(super) async fn rate(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProposalId>,
    Form(word): Form<WordForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let proposal = own(&app, &person, id).await?;
    let Some((satisfaction, remark)) = word.rating(&mut errors) else {
        let page = page(&app, &person, id, Sent { word, errors, ..Sent::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = refused(&app, &person, &proposal, "评价答复");
    let to = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock(db, person.institution, id).await?;
            let to = after_rating(locked.turn, satisfaction);
            let due = if to == Stage::Assigned { Some(again_by(db, &person, now).await?) } else { None };
            if !store::rate(db, &locked, satisfaction, remark.as_deref(), to, due, now).await? {
                return Err(moved(refusal, locked.stage));
            }
            audit::append(db, &person, entry(&locked, "评价").detail("评价", satisfaction.label()), now).await?;
            if let Some(handler) = locked.handler.filter(|_| to == Stage::Assigned) {
                let notice = Notice::new(format!("请再次答复提案：{}", locked.title), id.reply_path())
                    .says(remark.as_deref().unwrap_or_default());
                inbox::tell(db, person.institution, To::Account(handler), &notice, now).await?;
            }
            Ok(to)
        })
        .await?;
    let done = if to == Stage::Assigned { Done::SentBack } else { Done::Rated };
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

/// The day by which an office replies once more.
async fn again_by(db: &mut PgConnection, person: &SignedIn, now: OffsetDateTime) -> Result<time::Date, Failure> {
    let workdays = holidays::store::workdays(db, person.institution).await?;
    Ok(workdays.span(now.date(), REPLY_WITHIN).last)
}
