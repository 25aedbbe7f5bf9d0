//! One case before an office: the facts, the conditions then and now, every opinion, and the office's own.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{ConditionText, StepView, asks, calendar, evidence_today, frame, steps};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::CaseId,
    inbox::{self, Notice, To},
    office::{Office, SlipPrinter},
    page::{chrome::Chrome, filters},
    rules::{
        Finding,
        chain::{Decision, Link, Seats, Stage, StepRequest, take_back as take_back_by_rule, take_step},
        plan::Body,
    },
    text::searched,
    unions::{store as unions_store, union::sees_grades},
    vetting::{
        Verb, Vetter,
        case::{BY_OFFICE, CandidateText, Case, CaseSeen, Evidence, Opinion},
        chain_office::ChainOffice,
        forms::{OpinionForm, OpinionRequest, SessionChoice},
        paths::{self, Done},
        round::Round,
        store::{self, CaseFilter, LockedCase, NewOpinion, NewSession, Session, WaitingFilter},
    },
    web::forms::{Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "vetting/case.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is another question of the page")]
pub(super) struct CasePage {
    chrome: Chrome,
    case: Case,
    round: Round,
    words: CandidateText,
    steps: Vec<StepView>,
    opinions: Vec<Opinion>,
    sessions: Vec<Session>,
    /// Ranks and failed courses are this office's to see.
    grades: bool,
    /// What the conditions say today.
    now: Option<Evidence>,
    /// Today's figures are not those with which it was handed in.
    differs: bool,
    /// Where the student is today, if no longer in the class of the case.
    moved: Option<String>,
    /// The step is this office's, and it has an opinion to give.
    mine: Option<Link>,
    body: Body,
    /// How many it has given on this visit, where it acts for several offices.
    given: usize,
    step: usize,
    /// On what the office signs where it recommends, in the plan's words.
    signs_on: Vec<ConditionText>,
    /// Why this person may not sign, though the office may.
    barred: Option<Finding>,
    form: OpinionForm,
    errors: Errors,
    /// The posts that the candidate holds in unions today.
    held: Vec<String>,
    /// Seats of the place that are left, where this is the last step.
    left: Option<i64>,
    /// The office put the candidate forward, who has not yet agreed: it may take that back.
    retracts: bool,
    /// What the office signed last, which it may take back.
    takes_back: Option<Opinion>,
    /// Whom a note that the candidate cannot sign in is for may print slips.
    prints_slips: bool,
    /// More cases wait after this one.
    waiting: i64,
    today: Date,
    said: String,
}

impl CasePage {
    /// The steps to which this one can send the case back.
    fn earlier(&self) -> Vec<(usize, String)> {
        self.round.chain.links.iter().take(self.step).map(Link::in_words).enumerate().collect()
    }

    /// The case as it is before the reader.
    fn seen(&self) -> String {
        CaseSeen { id: self.case.id, visit: self.case.visit, given: self.given }.token()
    }

    /// The office whose opinion this is, where this one acts for several.
    fn speaks_for(&self) -> Option<&str> {
        self.mine.as_ref()?.speaks_for(self.body, self.given)
    }
}

/// What was said of the case before, on the way to this one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CaseQuery {
    #[serde(default)]
    did: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    held_on: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    round: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    q: String,
}

/// A case that an office sees, with its round.
pub(super) async fn visible_case(app: &App, office: &ChainOffice, id: CaseId) -> Result<(Case, Round), Failure> {
    let mut db = app.read().await?;
    let filter = CaseFilter::one(id);
    let (found, _) = store::cases(&mut db, office.institution, Some(office), &filter).await?;
    let case = found.into_iter().next().ok_or(Failure::Missing)?;
    let round = store::round(&mut db, office.institution, case.round).await?.ok_or(Failure::Missing)?;
    Ok((case, round))
}

/// Takes the words out of what others wrote: they speak of study and conduct, which students do not read of each other.
pub(super) fn mute(office: &ChainOffice, opinions: &mut [Opinion], sessions: &mut [Session]) {
    for opinion in opinions.iter_mut().filter(|opinion| opinion.body != office.body) {
        opinion.says.clear();
    }
    for session in sessions {
        session.says.clear();
    }
}

async fn page(
    app: &App,
    acting: &Acting<Vetter>,
    id: CaseId,
    submitted: Submitted<OpinionForm>,
    said: String,
) -> Result<CasePage, Failure> {
    let office = ChainOffice::of(&mut *app.read().await?, acting).await?;
    let (mut case, round) = visible_case(app, &office, id).await?;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let words = store::candidate_text(&mut db, id).await?;
    let mut opinions = store::opinions_of(&mut db, &[id.0]).await?;
    let mut sessions = store::sessions(&mut db, round.id).await?;
    let grades = sees_grades(acting.office().kind);
    if !grades {
        mute(&office, &mut opinions, &mut sessions);
        case.mute();
    }
    let plans = calendar(&mut db, acting.institution()).await?;
    let facts = unions_store::facts_over(&mut db, &[case.student.0], round.basis.as_deref(), today).await?;
    let fact = facts.into_iter().next();
    let now = fact.as_ref().and_then(|fact| evidence_today(&plans, &round, fact, today));
    let moved = fact.as_ref().filter(|fact| fact.class_id != case.class);
    let moved = moved.map(|fact| format!("{} {}", fact.college, fact.class));
    let differs = case.evidence.as_ref().zip(now.as_ref()).is_some_and(|(then, now)| then.differs(now));
    let step = case.step().unwrap_or(0);
    let signed = |opinion: &&Opinion| {
        let here = opinion.visit == case.visit && opinion.is_at(&step);
        here && !opinion.withdrawn && opinion.body == office.body
    };
    let given = opinions.iter().filter(signed).count();
    let turn = case
        .step()
        .and_then(|step| round.link(step))
        .filter(|link| office.acts_in(&round) && office.is_near(&case) && given < link.opinions_of(office.body));
    let mut signs_on = Vec::new();
    if turn.is_some() && step == 0 {
        signs_on = plans.in_force(today).map(|plan| asks(&plan)).unwrap_or_default();
        signs_on.retain(ConditionText::is_signed);
    }
    let openings = store::openings(&mut db, &office, &case).await?;
    let request = store::take_back_request(&office, &case, &round, &opinions, openings, today);
    let takes_back = take_back_by_rule(&round.chain, &case.progress(&opinions), request).permit().ok();
    let takes_back = takes_back.and_then(|_| opinions.iter().rev().find(|opinion| !opinion.withdrawn).cloned());
    let held = store::held_posts(&mut db, &[case.student.0], today).await?.remove(&case.student).unwrap_or_default();
    let mut left = None;
    if turn.is_some() && step + 1 == round.chain.links.len() {
        let all = store::seats_left(&mut db, &round).await?;
        left = all.into_iter().find(|(place, _)| *place == case.place).map(|(_, left)| left);
    }
    let retracts = case.is_invited() && office.put_forward(&case);
    let which = WaitingFilter { round: submitted.form.round.parse().ok(), ..WaitingFilter::first() };
    let waiting = store::count_waiting(&mut db, &office, &which, today).await?.all;
    // A refusal needs no seat and no session: what it finds is about the person.
    let ask = StepRequest {
        body: office.body,
        person: acting.person().account.0,
        own: acting.person().student == Some(case.student),
        seen: u32::try_from(case.visit).unwrap_or(0),
        place: given,
        decision: Decision::Refuse,
        session: None,
        delegated: store::is_delegated(&mut db, acting.person().account, case.college, today).await?,
    };
    let seats = Seats { place: "", seats: 1, taken: 0 };
    let barred = turn.and_then(|_| {
        take_step(&round.chain, &case.progress(&opinions), seats, ask).permit().err()?.into_iter().next()
    });
    Ok(CasePage {
        chrome: frame(app, acting.person(), &round, &format!("{} 号 {}", case.number, case.name)),
        steps: steps(&round, &case, &opinions, true),
        mine: turn.cloned(),
        body: office.body,
        given,
        step,
        signs_on,
        barred,
        case,
        round,
        words,
        opinions,
        sessions,
        grades,
        now,
        differs,
        moved,
        held,
        left,
        retracts,
        takes_back,
        prints_slips: SlipPrinter::KINDS.contains(&acting.office().kind),
        form: submitted.form,
        errors: submitted.errors,
        waiting,
        today,
        said,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
    Query(query): Query<CaseQuery>,
) -> Result<CasePage, Failure> {
    let CaseQuery { did, verdict, back, words, session, held_on, minutes, round, college, q } = query;
    let form =
        OpinionForm { verdict, back, words, session, held_on, minutes, round, college, q, ..OpinionForm::default() };
    let said = match did.parse::<Done>() {
        Ok(done) => done.label().to_owned(),
        Err(_) => said_of(&app, &acting, &did).await?,
    };
    let page = page(&app, &acting, id, Submitted::new(form, Errors::default()), said).await?;
    // Who has the case open in their turn has what led to it before them: it is not taken back any more.
    if page.mine.is_some() {
        let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
        if !store::openings(&mut *app.read().await?, &office, &page.case).await?.own {
            let seen = CaseSeen { id, visit: page.case.visit, given: page.given };
            app.write_one(async |db| store::note_opening(db, &office, seen, app.clock.now()).await).await?;
        }
    }
    Ok(page)
}

/// Records the joint session that an opinion names, if it is a new one, and gives the opinion. Only a body of a joint
/// step that agrees there records one.
pub(super) async fn new_opinion(
    db: &mut PgConnection,
    acting: &Acting<Vetter>,
    office: &ChainOffice,
    round: &Round,
    step: usize,
    asked: &OpinionRequest,
    now: OffsetDateTime,
) -> Result<NewOpinion, Failure> {
    let joint = round.link(step).is_some_and(|link| link.together && link.has(office.body)) && office.acts_in(round);
    let agrees = asked.decision == Decision::Agree;
    let session = match &asked.session {
        SessionChoice::Known(id) if agrees => Some(*id),
        SessionChoice::New(held_on, minutes) if joint && agrees => {
            let session = NewSession { round: round.id, step, held_on: *held_on, minutes };
            Some(store::set_session(db, session, acting.person(), &acting.office().label(), now).await?)
        }
        SessionChoice::None | SessionChoice::Known(_) | SessionChoice::New(..) => None,
    };
    Ok(NewOpinion { decision: asked.decision, words: asked.words.clone(), session, for_seats: false })
}

/// What this person did with the case of that id just before, in one line; nothing where they did nothing.
pub(super) async fn said_of(app: &App, acting: &Acting<Vetter>, did: &str) -> Result<String, Failure> {
    let Ok(id) = did.parse::<CaseId>() else { return Ok(String::new()) };
    let office = ChainOffice::of(&mut *app.read().await?, acting).await?;
    let Ok((case, round)) = visible_case(app, &office, id).await else { return Ok(String::new()) };
    let opinions = store::opinions_of(&mut *app.read().await?, &[id.0]).await?;
    let mut standing = opinions.iter().rev().filter(|opinion| !opinion.withdrawn);
    let own = standing.find(|opinion| opinion.by == acting.person().account.0);
    let Some(own) = own else { return Ok(String::new()) };
    Ok(match case.stage {
        Stage::At(step) if own.visit == case.visit && own.is_at(&step) => {
            format!("{}：已签署，等另一方办理", case.name)
        }
        Stage::At(_) => format!("{}：已签署“{}”，现在{}", case.name, own.verdict_label(), case.standing(&round)),
        Stage::Returned => format!("{}：{}", case.name, case.stage.label()),
        stage => format!("{}：已签署“{}”，{}", case.name, own.verdict_label(), stage.label()),
    })
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
    Form(form): Form<OpinionForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    let (case, round) = visible_case(&app, &office, id).await?;
    let recommends = case.step() == Some(0);
    let Some(asked) = form.read(recommends, today, &mut errors) else {
        let page = page(&app, &acting, id, Submitted::new(form, errors), String::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let seen: Vec<CaseSeen> = asked.cases.iter().copied().filter(|seen| seen.id == id).collect();
    if seen.is_empty() {
        return Err(Failure::Malformed);
    }
    let kept = [
        ("verdict", form.verdict.as_str()),
        ("back", &form.back),
        ("words", &form.words),
        ("session", &form.session),
        ("held_on", &form.held_on),
        ("minutes", &form.minutes),
        ("round", &form.round),
        ("college", &form.college),
        ("q", &form.q),
    ];
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, &format!("{} 号 {}", case.number, case.name)),
        wanted: format!("对{}（{} 号）签署意见", case.name, case.number),
        back: format!("{}?{}", id.path(), filters::query(&kept)),
    };
    let step = case.step().unwrap_or(0);
    app.write_as(acting.person().authority(), async |db| {
        let new = new_opinion(db, &acting, &office, &round, step, &asked, now).await?;
        let batch = store::give(db, &office, acting.person(), &seen, &new, now).await?;
        if let Some(held) = batch.held.into_iter().next() {
            return Err(refusal.because(held.findings));
        }
        let Some((case, stage)) = batch.done.into_iter().next() else { return Err(Failure::Missing) };
        let mut entry = Entry::about(Verb::OpinionGiven, case.student)
            .detail("编号", i64::from(case.number).to_string())
            .detail("轮次", case.round_title.clone())
            .detail("之后", stage.label());
        if let Some(round) = store::round(db, office.institution, case.round).await? {
            entry = entry.under(&round.chain.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let after = WaitingFilter {
        round: form.round.parse().ok(),
        college: form.college.parse().ok(),
        text: searched(&form.q),
        ..WaitingFilter::first()
    };
    let next = store::waiting(&mut *app.read().await?, &office, &after).await?;
    let did = id.to_string();
    let kept = [("did", did.as_str()), ("round", &form.round), ("college", &form.college), ("q", &form.q)];
    let onward = match next.first() {
        Some(next) if form.next == "yes" => next.path(),
        None if form.next == "yes" => paths::WORK.to_owned(),
        _ => id.path(),
    };
    Ok(Redirect::to(&format!("{onward}?{}", filters::query(&kept))).into_response())
}

/// A photo as a picture that nobody else keeps.
pub(super) fn picture(jpeg: Option<Vec<u8>>) -> Result<Response, Failure> {
    let jpeg = jpeg.ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, no-store")], jpeg).into_response())
}

pub(super) async fn photo(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    visible_case(&app, &office, id).await?;
    picture(store::photo(&mut *app.read().await?, id).await?)
}

/// Takes the office's last opinion back, as long as nobody has built on it.
pub(super) async fn take_back(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    let (case, round) = visible_case(&app, &office, id).await?;
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, &format!("{} 号 {}", case.number, case.name)),
        wanted: format!("收回对{}（{} 号）签署的意见", case.name, case.number),
        back: id.path(),
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock_case(db, acting.institution(), id).await?;
        let LockedCase { case, round } = &locked;
        if !office.is_near(case) {
            return Err(Failure::Missing);
        }
        let opinions = store::opinions_of(db, &[id.0]).await?;
        let openings = store::openings(db, &office, case).await?;
        let request = store::take_back_request(&office, case, round, &opinions, openings, today);
        let taken = match take_back_by_rule(&round.chain, &case.progress(&opinions), request).permit() {
            Ok(taken) => taken,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::withdraw_opinion(db, &office, acting.person(), &locked, taken, now).await? {
            return Err(refusal.for_reason("本人已重新报名，不能收回", "在新的一件里办理"));
        }
        let entry = Entry::about(Verb::OpinionWithdrawn, case.student)
            .detail("编号", i64::from(case.number).to_string())
            .detail("轮次", case.round_title.clone())
            .detail("收回前", case.stage.label());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("{}?did={}", id.path(), Done::TakenBack.slug())))
}

/// Takes back what the office put forward, as long as the candidate has not agreed to it.
pub(super) async fn retract(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    let (_, round) = visible_case(&app, &office, id).await?;
    app.write_as(acting.person().authority(), async |db| {
        let LockedCase { case, round } = store::lock_case(db, acting.institution(), id).await?;
        if !case.is_invited() || !office.put_forward(&case) || !store::withdraw(db, &case, BY_OFFICE, now).await? {
            return Err(Failure::Missing);
        }
        // They were asked to confirm it.
        let says = format!("{}已撤回：{}", case.offer_in_words(), round.title);
        let notice = Notice::new(says, id.application_path());
        inbox::tell(db, acting.institution(), To::Student(case.student), &notice, now).await?;
        let entry =
            Entry::about(Verb::CaseKept, case.student).detail("轮次", round.title.clone()).detail("办理", BY_OFFICE);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(&round.id.path())))
}
