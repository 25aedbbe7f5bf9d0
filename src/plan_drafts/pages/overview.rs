//! A draft as a whole: how far each group is, what is still wrong, what was handed in.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use time::OffsetDateTime;

use super::{
    super::{
        draft::{PlanDraft, Stage},
        paths::Done,
        store,
        views::counts,
    },
    FullDraft, checked, whole,
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::{AccountId, PlanDraftId},
    office::SchoolLeague,
    page::{chrome::Chrome, filters},
    plan_form::{
        faults::Checked,
        group::{Group, RuleState},
        writing::write,
    },
    rules::{CATALOGUE, Finding, Plan, Rule, plan::Provision},
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/plan-drafts/{draft}", show).get("/plan-drafts/{draft}/source", source)
}

/// How far a group is.
struct GroupLine {
    group: Group,
    counts: Vec<(RuleState, usize)>,
    faults: usize,
    saved_at: Option<OffsetDateTime>,
    saver: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "plan_drafts/draft.html")]
pub(super) struct DraftPage {
    chrome: Chrome,
    draft: PlanDraft,
    lines: Vec<GroupLine>,
    faults: usize,
    ready: bool,
    /// What was handed in.
    plan: Option<Plan>,
    me: AccountId,
    /// Others who could confirm.
    others: i64,
    why: String,
    errors: Errors,
    done: &'static str,
}

impl DraftPage {
    fn said(&self, rule: Rule) -> Option<&Provision> {
        self.plan.as_ref()?.word_on(rule).provision()
    }

    fn unsaid(&self, rule: Rule) -> &'static str {
        self.plan.as_ref().map_or("", |plan| Finding::unstated(rule, plan).verdict.label())
    }

    /// The one who looks handed it in.
    fn is_mine(&self) -> bool {
        self.draft.submitted.as_ref().is_some_and(|one| one.by == self.me)
    }

    fn waits(&self) -> bool {
        self.draft.stage == Stage::Submitted
    }
}

/// The page of a draft, with what was typed into the form that gives it back.
pub(super) async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: PlanDraftId,
    why: String,
    errors: Errors,
    done: &'static str,
) -> Result<DraftPage, Failure> {
    let mut db = app.read().await?;
    let FullDraft { draft, groups, content } = whole(&mut db, acting, id).await?;
    let others = store::others(&mut db, acting, app.clock.now()).await?;
    drop(db);
    let found: Checked = checked(app, &draft, &content).await?;
    let line = |group: &Group| {
        let saved = groups.iter().find(|saved| saved.group == *group);
        GroupLine {
            group: *group,
            counts: counts(content.of(*group), *group),
            faults: found.in_group(*group).count(),
            saved_at: saved.map(|saved| saved.saved_at),
            saver: saved.map(|saved| saved.saver.clone()).unwrap_or_default(),
        }
    };
    let lines = Group::ALL.iter().map(line).collect();
    let ready = draft.is_ready(&found);
    let plan = draft.submitted.as_ref().and_then(|one| Plan::parse(&one.source).ok());
    Ok(DraftPage {
        chrome: app.chrome(acting.person(), &draft.name).under(super::DRAFTS, "起草方案"),
        lines,
        faults: found.faults.len(),
        ready,
        plan,
        me: acting.person().account,
        others,
        why,
        errors,
        done,
        draft,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Query(After { done }): Query<After>,
) -> Result<DraftPage, Failure> {
    page(&app, &acting, id, String::new(), Errors::default(), Done::said(&done)).await
}

/// The plan file of a draft as it stands, or as it was handed in.
async fn source(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
) -> Result<Response, Failure> {
    let FullDraft { draft, content, .. } = whole(&mut *app.read().await?, &acting, id).await?;
    let text = match draft.submitted {
        Some(submitted) => submitted.source,
        None => app.heavy(move || write(&content).text).await?,
    };
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"plan-draft.toml\""),
    ];
    Ok((headers, text).into_response())
}
