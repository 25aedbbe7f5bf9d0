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
use time::Date;

use super::{StepView, calendar, evidence_today, frame, steps};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::CaseId,
    office::Vetter,
    page::{chrome::Chrome, filters},
    rules::{
        Finding,
        chain::{Asked, Link, Says, Seats, Stage, take_step},
    },
    text::searched,
    unions::{store as unions_store, union::sees_grades},
    vetting::{
        case::{Case, Evidence, Opinion, Words},
        chain_office::Desk,
        forms::{OpinionForm, SessionAsked},
        round::Round,
        store::{self, Ruling, Session, Sieve},
    },
    web::forms::Errors,
};

#[derive(Template, WebTemplate)]
#[template(path = "vetting/case.html")]
pub(super) struct CasePage {
    chrome: Chrome,
    case: Case,
    round: Round,
    words: Words,
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
    /// The step is this office's, and it has not signed.
    mine: Option<Link>,
    step: usize,
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
}

/// What was said of the case before, on the way to this one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Came {
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

/// A case that a desk sees, with its round.
pub(super) async fn seen_case(app: &App, desk: &Desk, id: CaseId) -> Result<(Case, Round), Failure> {
    let mut db = app.read().await?;
    let sieve = Sieve { ids: Some(vec![id.0]), ..Sieve::default() };
    let (found, _) = store::cases(&mut db, desk.institution, Some(desk), &sieve).await?;
    let case = found.into_iter().next().ok_or(Failure::Missing)?;
    let round = store::round(&mut db, desk.institution, case.round).await?.ok_or(Failure::Missing)?;
    Ok((case, round))
}

/// Takes the words out of what others wrote: they speak of study and conduct, which students do not read of each other.
pub(super) fn mute(desk: &Desk, opinions: &mut [Opinion], sessions: &mut [Session]) {
    for opinion in opinions.iter_mut().filter(|opinion| opinion.body != desk.body.slug()) {
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
    (form, errors, said): (OpinionForm, Errors, String),
) -> Result<CasePage, Failure> {
    let desk = Desk::of(&mut *app.read().await?, acting).await?;
    let (case, round) = seen_case(app, &desk, id).await?;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let words = store::words(&mut db, id).await?;
    let mut opinions = store::opinions_of(&mut db, &[id.0]).await?;
    let mut sessions = store::sessions(&mut db, round.id).await?;
    let grades = sees_grades(acting.office().kind);
    if !grades {
        mute(&desk, &mut opinions, &mut sessions);
    }
    let plans = calendar(&mut db, acting.institution()).await?;
    let facts = unions_store::facts_over(&mut db, &[case.student.0], round.basis.as_deref(), today).await?;
    let fact = facts.into_iter().next();
    let now = fact.as_ref().and_then(|fact| evidence_today(&plans, fact, today));
    let moved = fact.as_ref().filter(|fact| fact.class_id != case.class);
    let moved = moved.map(|fact| format!("{} {}", fact.college, fact.class));
    let differs = case.evidence.as_ref().zip(now.as_ref()).is_some_and(|(then, now)| then.differs(now));
    let step = case.step().unwrap_or(0);
    let turn = case.step().and_then(|step| round.link(step)).filter(|link| {
        let signed = |opinion: &&Opinion| {
            opinion.visit == case.visit && opinion.is_at(&step) && opinion.body == desk.body.slug()
        };
        desk.acts_in(&round) && link.has(desk.body) && desk.is_near(&case) && !opinions.iter().any(|one| signed(&one))
    });
    let held = store::held_posts(&mut db, &[case.student.0], today).await?.remove(&case.student).unwrap_or_default();
    let mut left = None;
    if turn.is_some() && step + 1 == round.chain.links.len() {
        let all = store::seats_left(&mut db, &round).await?;
        left = all.into_iter().find(|(place, _)| *place == case.place).map(|(_, left)| left);
    }
    let retracts = case.stage == Stage::Invited && desk.put_forward(&case);
    let which = store::Waiting { round: form.round.parse().ok(), window: (0, 1), ..store::Waiting::default() };
    let (_, waiting) = store::waiting(&mut db, &desk, &which).await?;
    // A refusal needs no seat and no session: what it finds is about the person.
    let ask = Asked {
        body: desk.body,
        person: acting.person().account.0,
        own: acting.person().student == Some(case.student),
        seen: u32::try_from(case.visit).unwrap_or(0),
        says: Says::Refuse,
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
        step,
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
        form,
        errors,
        waiting,
        today,
        said,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
    Query(came): Query<Came>,
) -> Result<CasePage, Failure> {
    let Came { did, verdict, back, words, session, held_on, minutes, round, college, q } = came;
    let form =
        OpinionForm { verdict, back, words, session, held_on, minutes, round, college, q, ..OpinionForm::default() };
    let said = said_of(&app, &acting, &did).await?;
    page(&app, &acting, id, (form, Errors::default(), said)).await
}

/// Takes down the joint session that an opinion names, if it is a new one, and gives the ruling. Only a body of a joint step
/// that agrees there takes one down.
pub(super) async fn ruling_of(
    db: &mut sqlx::PgConnection,
    (acting, desk): (&Acting<Vetter>, &Desk),
    (round, step): (&Round, usize),
    (says, words, session): (Says, String, SessionAsked),
    now: time::OffsetDateTime,
) -> Result<Ruling, Failure> {
    let joint = round.link(step).is_some_and(|link| link.together && link.has(desk.body)) && desk.acts_in(round);
    let session = match session {
        SessionAsked::Known(id) if says == Says::Agree => Some(id),
        SessionAsked::New(day, minutes) if joint && says == Says::Agree => {
            let office = acting.office().label();
            Some(store::set_session(db, (round.id, step), (day, &minutes), acting.person(), &office, now).await?)
        }
        SessionAsked::None | SessionAsked::Known(_) | SessionAsked::New(..) => None,
    };
    Ok(Ruling { says, words, session })
}

/// What this person did with the case of that id just before, in one line; nothing where they did nothing.
pub(super) async fn said_of(app: &App, acting: &Acting<Vetter>, did: &str) -> Result<String, Failure> {
    let Ok(id) = did.parse::<CaseId>() else { return Ok(String::new()) };
    let desk = Desk::of(&mut *app.read().await?, acting).await?;
    let Ok((case, round)) = seen_case(app, &desk, id).await else { return Ok(String::new()) };
    let opinions = store::opinions_of(&mut *app.read().await?, &[id.0]).await?;
    let own = opinions.iter().rev().find(|opinion| opinion.by == acting.person().account.0);
    let Some(own) = own else { return Ok(String::new()) };
    Ok(match case.stage {
        Stage::At(step) if own.visit == case.visit && own.is_at(&step) => {
            format!("{}：已签署，等另一方办理", case.name)
        }
        Stage::At(_) => format!("{}：已签署“{}”，现在{}", case.name, own.verdict_label(), case.standing(&round)),
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
    let desk = Desk::of(&mut *app.read().await?, &acting).await?;
    let (case, round) = seen_case(&app, &desk, id).await?;
    let recommends = case.step() == Some(0);
    let Some(asked) = form.read(recommends, today, &mut errors) else {
        let page = page(&app, &acting, id, (form, errors, String::new())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let cases: Vec<(CaseId, i32)> = asked.cases.iter().copied().filter(|(case, _)| *case == id).collect();
    if cases.is_empty() {
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
        back: format!("/cases/{id}?{}", filters::query(&kept)),
    };
    let step = case.step().unwrap_or(0);
    let (desk_too, round_too) = (desk.clone(), round.clone());
    app.write_as(acting.person().authority(), async move |db| {
        let what = (asked.says, asked.words, asked.session);
        let ruling = ruling_of(db, (&acting, &desk_too), (&round_too, step), what, now).await?;
        let batch = store::give(db, (&desk_too, acting.person()), &cases, &ruling, now).await?;
        if let Some(held) = batch.held.into_iter().next() {
            return Err(refusal.because(held.findings));
        }
        let Some((case, stage)) = batch.done.into_iter().next() else { return Err(Failure::Missing) };
        let mut entry = Entry::about(Verb::OpinionGiven, case.student)
            .detail("编号", i64::from(case.number).to_string())
            .detail("轮次", case.round_title.clone())
            .detail("之后", stage.label());
        if let Some(round) = store::round(db, desk_too.institution, case.round).await? {
            entry = entry.under(&round.chain.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let after = store::Waiting {
        round: form.round.parse().ok(),
        college: form.college.parse().ok(),
        text: searched(&form.q),
        window: (0, 1),
        ..store::Waiting::default()
    };
    let (next, _) = store::waiting(&mut *app.read().await?, &desk, &after).await?;
    let did = id.to_string();
    let kept = [("did", did.as_str()), ("round", &form.round), ("college", &form.college), ("q", &form.q)];
    let onward = match next.first() {
        Some(next) if form.next == "yes" => format!("/cases/{next}?{}", filters::query(&kept)),
        _ if form.next == "yes" => format!("/vetting?{}", filters::query(&kept)),
        _ => format!("/cases/{id}?{}", filters::query(&kept)),
    };
    Ok(Redirect::to(&onward).into_response())
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
    let desk = Desk::of(&mut *app.read().await?, &acting).await?;
    seen_case(&app, &desk, id).await?;
    picture(store::photo(&mut *app.read().await?, id).await?)
}

/// Takes back what the office put forward, as long as the candidate has not agreed to it.
pub(super) async fn retract(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let desk = Desk::of(&mut *app.read().await?, &acting).await?;
    let (_, round) = seen_case(&app, &desk, id).await?;
    app.write_as(acting.person().authority(), async move |db| {
        let (case, round) = store::hold_case(db, acting.institution(), id).await?;
        if case.stage != Stage::Invited
            || !desk.put_forward(&case)
            || !store::withdraw(db, id, "提交单位撤回", now).await?
        {
            return Err(Failure::Missing);
        }
        let entry =
            Entry::about(Verb::CaseKept, case.student).detail("轮次", round.title).detail("办理", "提交单位撤回");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/rounds/{}?done=withdrawn", round.id)))
}
