//! Votes by show of hands, and the lists of who presides, monitors and counts.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};

use super::{Tab, acts::Act, below, counting_day, done_at, keeps, seen_meeting, tabs};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader,
        congress::{Congress, Stage},
        meeting::{
            done::{Done, said},
            forms::{HandsForm, PeopleForm},
            nouns::{DutyHolder, HandVoteRow, Headcount, Meeting, VoteKind},
            state::Meetings,
            stated::{StatedMajority, stated_majority},
            store,
        },
    },
    failure::Failure,
    ids::{CongressId, HandVoteId},
    page::{chrome::Chrome, filters},
    people::find::PeopleField,
    rules::{
        Finding,
        meeting::{Duty, Needed, quorum, show_of_hands_with},
    },
    web::forms::{Done as DoneQuery, Errors, ReasonForm, Submitted, reason},
};

/// The page's forms as they were sent.
#[derive(Debug, Default)]
pub(super) struct TypedForms {
    pub(super) hands: HandsForm,
    pub(super) people: PeopleForm,
    pub(super) field: PeopleField,
}

/// Those with one duty.
struct DutyList {
    duty: Duty,
    holders: Vec<DutyHolder>,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/hands.html")]
struct HandsPage {
    chrome: Chrome,
    tabs: Vec<Tab>,
    congress: Congress,
    meeting: Meeting,
    head: Headcount,
    quorum: Finding,
    /// What a constitution passes with, where that is written down.
    constitution: Option<StatedMajority>,
    votes: Vec<HandVoteRow>,
    lists: Vec<DutyList>,
    keeps: bool,
    typed: TypedForms,
    errors: Errors,
    done: &'static str,
}

impl HandsPage {
    fn path(&self) -> String {
        self.congress.id.hands_path()
    }

    fn duties_path(&self) -> String {
        format!("{}/duties", self.congress.id.hands_path())
    }

    fn vote_path(&self, vote: &HandVoteRow) -> String {
        self.congress.id.hand_vote_path(vote.id)
    }

    fn strike_path(&self, holder: &DutyHolder) -> String {
        format!("{}/duties/{}/{}/strike", self.congress.id.hands_path(), holder.duty.slug(), holder.student)
    }

    /// The lists can be made from the preparation on.
    fn may_name(&self) -> bool {
        self.keeps && matches!(self.congress.stage, Stage::Preparing | Stage::Convened)
    }

    fn may_vote(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened && self.meeting.signed_at.is_none()
    }

    /// So many are missing before anything is voted on.
    fn missing(&self) -> u32 {
        self.head.count.missing(&self.meeting.rules)
    }
}

async fn page(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    meeting: Meeting,
    submitted: Submitted<TypedForms>,
    done: &'static str,
) -> Result<HandsPage, Failure> {
    let (id, day) = (congress.id, counting_day(&meeting, app.clock.today()));
    let mut db = app.read().await?;
    let head = store::headcount(&mut db, id, day).await?;
    let all = store::duties(&mut db, id).await?;
    let list =
        |duty: &Duty| DutyList { duty: *duty, holders: all.iter().filter(|one| one.duty == *duty).cloned().collect() };
    let Submitted { form: typed, errors } = submitted;
    Ok(HandsPage {
        chrome: below(app, person, &congress, "表决与名单"),
        tabs: tabs(id, &id.hands_path()),
        quorum: quorum(&meeting.rules, head.count),
        constitution: stated_majority(&mut db, person.institution, app.clock.today()).await?,
        head,
        votes: store::votes(&mut db, id).await?,
        lists: Duty::ALL.iter().map(list).collect(),
        keeps: keeps(person, &congress),
        congress,
        meeting,
        typed,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let (congress, meeting) = seen_meeting(&mut *app.read().await?, &acting, id).await?;
    Ok(page(&app, acting.person(), congress, meeting, Submitted::default(), said(&done)).await?.into_response())
}

/// A form of the page again, as filled in, with its faults.
pub(super) async fn again(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<TypedForms>,
) -> Result<Response, Failure> {
    let meeting = store::find(&mut *app.read().await?, congress.id).await?.ok_or(Failure::Missing)?;
    Ok(super::again(page(app, person, congress, meeting, submitted, "").await?))
}

pub(super) async fn take(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<HandsForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "登记举手表决").await?.back_to(id.hands_path());
    let mut errors = Errors::default();
    let Some(typed) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        // The page has no form for it while too few are there.
        let (mut db, today) = (app.read().await?, act.now.date());
        let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
        let head = store::headcount(&mut db, id, counting_day(&meeting, today)).await?;
        drop(db);
        if !head.count.is_enough(&meeting.rules) {
            return Err(act.refusal().because(vec![quorum(&meeting.rules, head.count)]));
        }
        let typed = TypedForms { hands: form, ..TypedForms::default() };
        return again(&app, acting.person(), act.congress, Submitted::new(typed, errors)).await;
    };
    let fault = app
        .write_as(acting.person().authority(), async |db| {
            let meeting = act.convened(db).await?;
            let count = store::headcount(db, id, counting_day(&meeting, act.now.date())).await?.count;
            // A sum that is not the number of those present is a slip of the pen, as long as they are enough to vote.
            if count.is_enough(&meeting.rules)
                && let Some(fault) = typed.hands.fault(count.present)
            {
                return Ok(Some(fault));
            }
            // What is passed is not put to the vote again: it is the same form sent twice.
            let before = store::votes(db, id).await?;
            if let Some(one) = before.iter().find(|one| one.has_passed(typed.kind, &typed.motion)) {
                let why = format!("“{}”在第 {} 项表决里已经通过", one.motion, one.place);
                return Err(act.refuse(why, "登记错了的，先作废那一项；是另一件事的，把表决事项写清楚"));
            }
            let stated = match typed.kind {
                VoteKind::Constitution => stated_majority(db, acting.institution(), act.now.date()).await?,
                _ => None,
            };
            let half = Needed::more_than_half(meeting.rules.majority);
            let needed = stated.map_or(half, |stated| stated.needed);
            let vote = show_of_hands_with(&meeting.rules, needed, count, typed.hands);
            let vote = vote.permit().map_err(|findings| act.refusal().because(findings))?;
            store::take_vote(db, &meeting, typed.kind, &typed.motion, &vote, acting.person(), act.now).await?;
            let entry = act
                .entry()
                .detail("事项", typed.motion.clone())
                .detail("类别", typed.kind.label())
                .detail("应到", count.due)
                .detail("实到", count.present)
                .detail("赞成", typed.hands.votes_for)
                .detail("反对", typed.hands.against)
                .detail("弃权", typed.hands.abstain)
                .detail("结果", if vote.passed() { "通过" } else { "未通过" });
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(None)
        })
        .await?;
    match fault {
        None => Ok(done_at(&id.hands_path(), Done::VoteTaken).into_response()),
        Some(says) => {
            let typed = TypedForms { hands: form, ..TypedForms::default() };
            again(&app, acting.person(), act.congress, Submitted::with_fault(typed, "votes_for", says)).await
        }
    }
}

pub(super) async fn void(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, vote)): Path<(CongressId, HandVoteId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "作废举手表决的登记").await?.back_to(id.hands_path());
    let mut errors = Errors::default();
    let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) else {
        return again(&app, acting.person(), act.congress, Submitted::new(TypedForms::default(), errors)).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        if meeting.signed_at.is_some() {
            return Err(act.refuse("会议纪要已经签发，表决的登记不再变动", "需要更正的，请另附说明"));
        }
        let all = store::votes(db, id).await?;
        let Some(own) = all.into_iter().find(|one| one.id == vote) else { return Err(Failure::Missing) };
        if !store::void_vote(db, &meeting, vote, &why, acting.person(), act.now).await? {
            return Err(act.refuse("这次表决已经作废", "刷新页面看现在的情况"));
        }
        let entry = act.entry().detail("事项", own.motion).detail("理由", why.clone());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.hands_path(), Done::VoteVoided).into_response())
}
