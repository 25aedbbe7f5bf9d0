//! A group of the form. Whoever saves after somebody else has saved sees both, and saves again knowing it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    super::{
        draft::PlanDraft,
        paths::Done,
        store::{self, SavedGroup},
        views::{BlockView, FieldView, RowView, Shown},
    },
    FullDraft, checked, chrome, entry, not_open, whole,
};
use crate::{
    app::{App, Routes},
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::PlanDraftId,
    office::SchoolLeague,
    page::{chrome::Chrome, faults, filters},
    plan_form::{faults::Fault, group::Group, sent::SentGroup, typed::GroupFields},
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/plan-drafts/{draft}/groups/{group}", show).post("/plan-drafts/{draft}/groups/{group}", keep)
}

/// A fault with the field it links to.
struct Problem {
    field: String,
    says: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "plan_drafts/group.html")]
struct GroupPage {
    chrome: Chrome,
    draft: PlanDraft,
    group: Group,
    version: i32,
    blocks: Vec<BlockView>,
    problems: Vec<Problem>,
    /// Nothing was kept of what was sent.
    refused: bool,
    /// Somebody else saved meanwhile.
    clash: Option<SavedGroup>,
    done: &'static str,
}

impl GroupPage {
    fn is_here(&self, group: Group) -> bool {
        group == self.group
    }
}

/// What came back: what was typed, and why it was not kept.
struct ReturnedGroup {
    typed: GroupFields,
    unfit: Vec<Fault>,
    clash: Option<SavedGroup>,
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: PlanDraftId,
    group: Group,
    back: Option<ReturnedGroup>,
    done: &'static str,
) -> Result<GroupPage, Failure> {
    let FullDraft { draft, groups, mut content } = whole(&mut *app.read().await?, acting, id).await?;
    let refused = back.is_some();
    let (mut found, mut clash) = (Vec::new(), None);
    if let Some(back) = back {
        content.put(group, back.typed);
        (found, clash) = (back.unfit, back.clash);
    }
    found.extend(checked(app, &draft, &content).await?.faults.into_iter().filter(|fault| fault.group() == group));
    let shown = Shown {
        typed: content.of(group),
        theirs: clash.as_ref().map(|saved| &saved.typed),
        faults: &found,
        document: draft.document_text(),
    };
    let blocks = shown.blocks(group);
    let mut problems: Vec<Problem> = blocks.iter().flat_map(problems_of).collect();
    // What has no field here is said all the same.
    for fault in &found {
        if problems.iter().all(|problem| problem.field != fault.field) {
            problems.insert(0, Problem { field: "main".to_owned(), says: fault.says.clone() });
        }
    }
    if refused {
        faults::note();
    }
    let version = groups.iter().find(|saved| saved.group == group).map_or(0, |saved| saved.version);
    let chrome = chrome(app, acting, &draft, group.label());
    Ok(GroupPage { chrome, draft, group, version, blocks, problems, refused, clash, done })
}

/// The faults of a block in the order in which its fields stand.
fn problems_of(block: &BlockView) -> Vec<Problem> {
    let rows = |rows: &[RowView]| -> Vec<FieldView> { rows.iter().flat_map(|row| row.fields.clone()).collect() };
    let state = (!block.state_fault.is_empty())
        .then(|| Problem { field: format!("{}.state", block.code), says: block.state_fault.clone() });
    let fields = [
        block.plain.clone(),
        rows(&block.clauses),
        block.figures.clone(),
        rows(&block.steps),
        block.said.clone(),
        block.more.clone(),
    ]
    .concat();
    let about = &block.title;
    let wrong = fields.into_iter().filter(|field| !field.fault.is_empty());
    let problem =
        |field: FieldView| Problem { says: format!("{about} {}：{}", field.label, field.fault), field: field.name };
    state.into_iter().chain(wrong.map(problem)).collect()
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path((id, group)): Path<(PlanDraftId, String)>,
    Query(After { done }): Query<After>,
) -> Result<GroupPage, Failure> {
    let group = group.parse::<Group>().map_err(|_| Failure::Missing)?;
    page(&app, &acting, id, group, None, Done::said(&done)).await
}

/// What came of saving.
enum SaveOutcome {
    Saved,
    Clash(Box<SavedGroup>),
}

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path((id, group)): Path<(PlanDraftId, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let group = group.parse::<Group>().map_err(|_| Failure::Missing)?;
    let (now, sent) = (app.clock.now(), SentGroup::new(group, sent));
    store::one(&mut *app.read().await?, acting.institution(), id).await?;
    // A form that came back unsent is shown and not kept.
    if !sent.unfit.is_empty() || !Errors::default().is_empty() {
        let unfit = sent.unfit.into_iter().map(|one| Fault { field: one.field, says: one.says }).collect();
        let back = ReturnedGroup { typed: sent.typed, unfit, clash: None };
        let page = page(&app, &acting, id, group, Some(back), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let kept = app
        .write_as(acting.person().authority(), async |db| {
            let draft = store::lock(db, &acting, id).await?;
            if !draft.is_open() {
                return Err(not_open(&app, &acting, id, "保存"));
            }
            let saved = store::groups(db, id).await?.into_iter().find(|saved| saved.group == group);
            let Some(saved) = saved else { return Err(Failure::Missing) };
            let changed = saved.typed.differing(&sent.typed);
            if changed.is_empty() {
                return Ok(SaveOutcome::Saved);
            }
            if saved.version != sent.version {
                return Ok(SaveOutcome::Clash(Box::new(saved)));
            }
            let changed = changed.len();
            store::keep(db, &acting, &draft, group, &sent.typed, now).await?;
            let entry = entry(&draft, "填写").detail("部分", group.label()).detail("改动", changed);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(SaveOutcome::Saved)
        })
        .await?;
    match kept {
        SaveOutcome::Saved => {
            let next = group.next().filter(|_| sent.goes_on).unwrap_or(group);
            Ok(Redirect::to(&Done::Saved.at(&id.group_path(next))).into_response())
        }
        SaveOutcome::Clash(saved) => {
            let back = ReturnedGroup { typed: sent.typed, unfit: Vec::new(), clash: Some(*saved) };
            let page = page(&app, &acting, id, group, Some(back), "").await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}
