//! 整改期限 of a breach: set, changed and taken back by the School Youth League committee.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{calendar, frame, mending_of};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    office::SchoolLeague,
    page::{chrome::Chrome, filters},
    unions::{
        Verb,
        forms::near_day,
        mending::{BrokenPart, MendedRule, Mending, MendingFacts, PastMending},
        paths::Done,
        store::{self, NewMending},
        union::Record,
    },
    web::forms::{Errors, Submitted, written},
};

/// A day as typed, and the rule that is broken.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MendingForm {
    /// The rule's code in the catalogue.
    rule: String,
    /// The name of a rule of the university's own; empty for one of the catalogue.
    own: String,
    due: String,
    says: String,
}

/// A day as read.
struct MendingSet {
    due_on: Date,
    says: String,
}

impl MendingForm {
    fn rule(&self) -> Result<MendedRule, Failure> {
        if self.own.is_empty() {
            return self.rule.parse().map(MendedRule::Listed).map_err(|_| Failure::Missing);
        }
        Ok(MendedRule::Own(self.own.clone()))
    }

    /// Reads the form, or leaves an error beside each field.
    fn read(&self, today: Date, errors: &mut Errors) -> Option<MendingSet> {
        let due = near_day(&self.due, "due", "请填写整改期限", today, errors);
        if due.is_some_and(|due| due < today) {
            errors.add("due", "期限不能早于今天");
        }
        let says = written(&self.says, 200, "says", "请写明整改要求", errors);
        let (due_on, says) = due.zip(says)?;
        errors.is_empty().then_some(MendingSet { due_on, says })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/mending.html")]
pub(super) struct MendingPage {
    chrome: Chrome,
    record: Record,
    rule: MendedRule,
    /// What of the rule is broken today.
    broken: Vec<BrokenPart>,
    /// The day that counts, and those that did.
    open: Option<Mending>,
    past: Vec<PastMending>,
    form: MendingForm,
    errors: Errors,
    done: &'static str,
}

/// What of a rule a union breaks today.
///
/// # Errors
/// `Missing` where the plan that governs has no such rule of the university's own.
async fn broken(
    db: &mut PgConnection,
    institution: InstitutionId,
    record: &Record,
    rule: &MendedRule,
    now: OffsetDateTime,
) -> Result<Vec<BrokenPart>, Failure> {
    let today = now.date();
    let plans = calendar(db, institution).await?;
    let Some(plan) = plans.in_force(today) else { return Ok(Vec::new()) };
    if rule.own_name().is_some_and(|name| plan.own.iter().all(|own| own.name != name)) {
        return Err(Failure::Missing);
    }
    let facts = MendingFacts::load(db, institution, Some(record.union.id), now).await?;
    Ok(facts.broken(record, &plan, today).into_iter().filter(|part| part.rule == *rule).collect())
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: UnionId,
    submitted: Submitted<MendingForm>,
    done: &'static str,
) -> Result<MendingPage, Failure> {
    let Submitted { mut form, errors } = submitted;
    let rule = form.rule()?;
    let (mut db, now, today) = (app.read().await?, app.clock.now(), app.clock.today());
    let record = store::record(&mut db, acting.institution(), id, today).await?.ok_or(Failure::Missing)?;
    let broken = broken(&mut db, acting.institution(), &record, &rule, now).await?;
    let open = store::open_mendings(&mut db, acting.institution(), Some(id), today).await?;
    let open = mending_of(&open, id, &rule).filter(|_| !broken.is_empty());
    if let Some(mending) = open.as_ref().filter(|_| !errors.has_faults()) {
        form.due = mending.due_on.to_string();
        form.says.clone_from(&mending.says);
    }
    Ok(MendingPage {
        chrome: frame(app, acting.person(), &record, "整改期限"),
        past: store::past_mendings(&mut db, id, &rule).await?,
        record,
        rule,
        broken,
        open,
        form,
        errors,
        done,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MendingQuery {
    /// The rule's code, or the name of one of the university's own.
    rule: String,
    own: String,
    done: String,
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<UnionId>,
    Query(MendingQuery { rule, own, done }): Query<MendingQuery>,
) -> Result<MendingPage, Failure> {
    let form = MendingForm { rule, own, ..MendingForm::default() };
    page(&app, &acting, id, Submitted::new(form, Errors::default()), Done::said(&done)).await
}

pub(super) async fn set(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<UnionId>,
    Form(form): Form<MendingForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let rule = form.rule()?;
    let Some(MendingSet { due_on, says }) = form.read(today, &mut errors) else {
        let page = page(&app, &acting, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let is_set = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::hold(db, acting.person(), id, today).await?;
            let broken = broken(db, acting.institution(), &locked, &rule, now).await?;
            let Some(part) = broken.first() else { return Ok(false) };
            let office = acting.office().label();
            let new = NewMending { rule: &rule, due_on, says: &says, office: &office };
            store::set_mending(db, acting.person(), &locked, &new, now).await?;
            let mut entry = Entry::new(Verb::MendingSet, locked.union.name.clone())
                .detail("条目", rule.name())
                .detail("期限", due_on.to_string())
                .detail("要求", says.clone());
            if let Some(clause) = &part.clause {
                entry = entry.under(clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            Ok(true)
        })
        .await?;
    if !is_set {
        // What was broken when the form was opened is mended meanwhile.
        errors.add("due", "不符合的情况已经消除，不用再定期限");
        let page = page(&app, &acting, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&id.mending_done_path(&rule, Done::MendingSet)).into_response())
}

pub(super) async fn withdraw(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<UnionId>,
    Form(form): Form<MendingForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let rule = form.rule()?;
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::hold(db, acting.person(), id, today).await?;
        if !store::withdraw_mending(db, &locked, &rule, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::MendingWithdrawn, locked.union.name.clone()).detail("条目", rule.name());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&id.mending_done_path(&rule, Done::MendingWithdrawn)))
}
