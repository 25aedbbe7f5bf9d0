//! The pages of drafts: the list, a draft as a whole, a group of its form, the document's text, and what is done with them.

mod acts;
mod group;
mod list;
mod overview;
mod text;

use sqlx::PgConnection;

use super::{
    draft::PlanDraft,
    paths::DRAFTS,
    store::{self, SavedGroup},
};
use crate::{
    app::{App, Routes},
    audit::Entry,
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::PlanDraftId,
    office::SchoolLeague,
    page::chrome::Chrome,
    plan_drafts::Verb,
    plan_form::{
        faults::{Checked, check},
        typed::DraftFields,
    },
};

pub(super) fn routes() -> Routes {
    list::routes().merge(overview::routes()).merge(group::routes()).merge(text::routes()).merge(acts::routes())
}

/// The frame of a page below a draft.
fn chrome(app: &App, acting: &Acting<SchoolLeague>, draft: &PlanDraft, title: &str) -> Chrome {
    app.chrome(acting.person(), title).under(DRAFTS, "起草方案").under(&draft.id.path(), &draft.name)
}

fn refusal(app: &App, acting: &Acting<SchoolLeague>, id: PlanDraftId, wanted: &str) -> Refusal {
    let chrome = app.chrome(acting.person(), wanted).under(DRAFTS, "起草方案");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
}

/// A refusal where a draft waits for its second person, or has become a plan.
fn not_open(app: &App, acting: &Acting<SchoolLeague>, id: PlanDraftId, wanted: &str) -> Failure {
    refusal(app, acting, id, wanted)
        .for_reason("草稿已交第二人确认，或者已经收存，不能再改", "还没有确认的，先收回；已经收存的，另建草稿修改")
}

fn entry(draft: &PlanDraft, what: &str) -> Entry {
    Entry::new(Verb::PlanDraftKept, draft.name.clone()).detail("办理", what)
}

/// A draft with everything that is typed.
struct FullDraft {
    draft: PlanDraft,
    groups: Vec<SavedGroup>,
    content: DraftFields,
}

async fn whole(db: &mut PgConnection, acting: &Acting<SchoolLeague>, id: PlanDraftId) -> Result<FullDraft, Failure> {
    let draft = store::one(db, acting.institution(), id).await?;
    let groups = store::groups(db, id).await?;
    let content = store::content_of(&groups);
    Ok(FullDraft { draft, groups, content })
}

/// Checks a draft away from the threads that serve pages.
async fn checked(app: &App, draft: &PlanDraft, content: &DraftFields) -> Result<Checked, Failure> {
    let (content, document) = (content.clone(), draft.document_text().to_owned());
    app.heavy(move || check(&content, &document)).await
}
