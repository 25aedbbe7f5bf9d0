//! 学校治理 (RGT-07): where a union spoke for students in the university's councils, and what came of it; every student reads it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    Verb, Voice, VoiceKeeper,
    governance_store::{self as store, GovernanceEntry, GovernanceKind},
    paths::{Done, GOVERNANCE},
    session_forms::{EntryForm, ProgressForm},
    sessions::own_unions,
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{GovernanceId, UnionId},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store::calendar,
    rules::{Clause, Rule},
    unions::union::StudentUnion,
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .get("/voice/governance", list)
        .post("/voice/governance", keep)
        .post("/voice/governance/{entry}/outcome", settle)
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/governance.html")]
struct GovernancePage {
    chrome: Chrome,
    entries: Vec<GovernanceEntry>,
    kinds: &'static [GovernanceKind],
    counts: Vec<Part>,
    own: Vec<StudentUnion>,
    /// None where the plan is silent.
    clause: Option<Clause>,
    form: EntryForm,
    errors: Errors,
    done: &'static str,
}

impl GovernancePage {
    fn may_settle(&self, entry: &GovernanceEntry) -> bool {
        entry.outcome.is_none() && self.own.iter().any(|union| union.id == entry.union)
    }
}

async fn page(
    voice: &Voice,
    person: &SignedIn,
    mut form: EntryForm,
    errors: Errors,
    done: &'static str,
) -> Result<GovernancePage, Failure> {
    let (mut db, today) = (voice.read().await?, voice.clock.today());
    let entries = store::entries(&mut db, person.institution).await?;
    let own = own_unions(&mut db, person).await?;
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(today);
    let clause = plan.and_then(|plan| plan.provision(Rule::Rgt07).map(|provision| provision.clause().clone()));
    let count = |kind: GovernanceKind| entries.iter().filter(|entry| entry.kind == kind).count();
    let counts = strip(&[
        PartCount::new("pass", GovernanceKind::Council.label(), count(GovernanceKind::Council)),
        PartCount::new("warn", GovernanceKind::Hearing.label(), count(GovernanceKind::Hearing)),
        PartCount::new("unknown", GovernanceKind::Consultation.label(), count(GovernanceKind::Consultation)),
        PartCount::new("fail", GovernanceKind::Other.label(), count(GovernanceKind::Other)),
    ]);
    if form.day.is_empty() {
        form.day = today.to_string();
    }
    let (chrome, kinds) = (voice.chrome(person, "学校治理"), GovernanceKind::ALL);
    Ok(GovernancePage { chrome, entries, kinds, counts, own, clause, form, errors, done })
}

async fn list(
    State(voice): State<Voice>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<GovernancePage, Failure> {
    page(&voice, &person, EntryForm::default(), Errors::default(), Done::said(&done)).await
}

async fn keep(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Form(form): Form<EntryForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let own = own_unions(&mut *voice.read().await?, acting.person()).await?;
    let Some(new) = form.read(&own, now.date(), &mut errors) else {
        let page = page(&voice, acting.person(), form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            store::keep(db, &acting, &new, now).await?;
            let entry = Entry::new(Verb::VoiceKept, new.title.clone()).detail("办理", "登记参与学校治理");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::GovernanceKept.at(GOVERNANCE)).into_response())
}

async fn settle(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<GovernanceId>,
    Form(form): Form<ProgressForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let own: Vec<UnionId> =
        own_unions(&mut *voice.read().await?, acting.person()).await?.iter().map(|union| union.id).collect();
    let Some(outcome) = form.read(&mut errors) else {
        let page = page(&voice, acting.person(), EntryForm::default(), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            if !store::settle(db, &acting, id, &own, &outcome).await? {
                return Err(Failure::Missing);
            }
            let entry = Entry::new(Verb::VoiceKept, "参与学校治理").detail("办理", "登记结果");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::GovernanceKept.at(GOVERNANCE)).into_response())
}
