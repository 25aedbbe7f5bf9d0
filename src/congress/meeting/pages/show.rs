//! The page of a meeting: where it stands, its agenda, its documents, its election, and its papers.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;

use super::{Tab, counting_day, keeps, seen, tabs};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressReader,
        congress::{Congress, Stage},
        meeting::{
            done::said,
            forms::{DocumentForm, ItemForm},
            nouns::{AgendaItem, AgendaKind, CheckIn, DocumentHead, DocumentKind, Headcount, Meeting},
            state::Meetings,
            store,
        },
    },
    elections::{sitting::Sitting, store as elections},
    failure::Failure,
    ids::CongressId,
    page::{chrome::Chrome, filters},
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

/// The page's forms as they were sent.
#[derive(Debug, Default)]
pub(super) struct TypedForms {
    pub(super) item: ItemForm,
    pub(super) document: DocumentForm,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/show.html")]
pub(super) struct MeetingPage {
    chrome: Chrome,
    tabs: Vec<Tab>,
    congress: Congress,
    meeting: Meeting,
    head: Headcount,
    agenda: Vec<AgendaItem>,
    documents: Vec<DocumentHead>,
    sittings: Vec<Sitting>,
    keeps: bool,
    typed: TypedForms,
    errors: Errors,
    done: &'static str,
}

impl MeetingPage {
    fn path(&self) -> String {
        self.congress.id.meeting_path()
    }

    fn may_change(&self) -> bool {
        self.keeps && matches!(self.congress.stage, Stage::Preparing | Stage::Convened)
    }

    /// Time, place and rules stand once check-in has begun.
    fn may_arrange(&self) -> bool {
        self.may_change() && self.meeting.check_in == CheckIn::NotYet
    }

    fn may_elect(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened
    }

    /// So many are missing before anybody is elected.
    fn missing(&self) -> u32 {
        self.head.count.missing(&self.meeting.rules)
    }

    /// The document of an item.
    fn document_of(&self, item: &AgendaItem) -> Option<&DocumentHead> {
        self.documents.iter().find(|one| Some(one.id) == item.document)
    }

    fn paper(&self, paper: &str) -> String {
        self.congress.id.meeting_paper_path(paper)
    }
}

pub(super) async fn page(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    meeting: Meeting,
    submitted: Submitted<TypedForms>,
    done: &'static str,
) -> Result<MeetingPage, Failure> {
    let (id, day) = (congress.id, counting_day(&meeting, app.clock.today()));
    let mut db = app.read().await?;
    let Submitted { form: typed, errors } = submitted;
    Ok(MeetingPage {
        chrome: crate::congress::pages::frame(app, person, &congress, "会议"),
        tabs: tabs(id, &id.meeting_path()),
        head: store::headcount(&mut db, id, day).await?,
        agenda: store::agenda(&mut db, id).await?,
        documents: store::documents(&mut db, id).await?,
        sittings: elections::sittings_at_congress(&mut db, congress.institution, id).await?,
        keeps: keeps(person, &congress),
        congress,
        meeting,
        typed,
        errors,
        done,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/unprepared.html")]
struct UnpreparedPage {
    chrome: Chrome,
    congress: Congress,
    /// Where the keeper prepares it; none for others.
    setup: Option<String>,
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let (congress, meeting) = seen(&mut *app.read().await?, &acting, id).await?;
    let person = acting.person();
    let Some(meeting) = meeting else {
        let may = keeps(person, &congress) && matches!(congress.stage, Stage::Preparing | Stage::Convened);
        let chrome = crate::congress::pages::frame(&app, person, &congress, "会议");
        return Ok(UnpreparedPage { chrome, setup: may.then(|| id.setup_path()), congress }.into_response());
    };
    Ok(page(&app, person, congress, meeting, Submitted::default(), said(&done)).await?.into_response())
}

/// A form of the page again, as filled in, with its faults.
pub(super) async fn again(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<TypedForms>,
) -> Result<Response, Failure> {
    let meeting = store::find(&mut *app.read().await?, congress.id).await?;
    let Some(meeting) = meeting else { return Ok(Redirect::to(&congress.id.meeting_path()).into_response()) };
    Ok(super::again(page(app, person, congress, meeting, submitted, "").await?))
}
