//! What a delegate reads on a phone: agenda, documents, and their own card.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use sqlx::PgConnection;
use time::Date;

use super::{
    cards::{new_code, qr},
    counting_day,
};
use crate::{
    auth::{person::SignedIn, token::hash_of},
    congress::{
        congress::{Congress, Stage},
        meeting::{
            nouns::{AgendaItem, Attendee, DocumentHead, Meeting},
            state::Meetings,
            store::{self, CardKind},
        },
        store as congresses,
    },
    failure::{Failure, Refusal},
    ids::CongressId,
    page::{charts::Qr, chrome::Chrome, filters},
    web::origin::Origin,
};

/// The congress and its meeting for somebody who is due at it or sees it; nobody else learns of its documents.
pub(super) async fn may_read(
    db: &mut PgConnection,
    person: &SignedIn,
    id: CongressId,
    today: Date,
) -> Result<(Congress, Meeting), Failure> {
    let congress = congresses::find(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let meeting = store::find(db, id).await?.ok_or(Failure::Missing)?;
    let sees = person.acting.as_ref().is_some_and(|office| congress.is_visible_to(office));
    if sees || own(db, person, &meeting, today).await?.is_some() {
        Ok((congress, meeting))
    } else {
        Err(Failure::Missing)
    }
}

/// The person as somebody who is due.
async fn own(
    db: &mut PgConnection,
    person: &SignedIn,
    meeting: &Meeting,
    today: Date,
) -> Result<Option<Attendee>, Failure> {
    let Some(student) = person.student else { return Ok(None) };
    let day = counting_day(meeting, today);
    Ok(store::attendees_among(db, meeting.congress, day, &[student]).await?.pop())
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/own.html")]
struct OwnPage {
    chrome: Chrome,
    congress: Congress,
    meeting: Meeting,
    agenda: Vec<AgendaItem>,
    documents: Vec<DocumentHead>,
    /// None for somebody who only sees the congress.
    own: Option<Attendee>,
    card: Option<Qr>,
}

impl OwnPage {
    fn document_path(&self, document: &DocumentHead) -> String {
        self.congress.id.document_path(document.id)
    }

    fn path(&self) -> String {
        self.congress.id.own_meeting_path()
    }

    /// A code can be shown: they are due, not there yet, and the meeting is not over.
    fn may_show_card(&self) -> bool {
        let is_there = |own: &Attendee| own.arrival.as_ref().is_some_and(|arrival| arrival.left_at.is_none());
        self.own.as_ref().is_some_and(|own| !is_there(own)) && self.congress.stage == Stage::Convened
    }
}

async fn page(app: &Meetings, person: &SignedIn, id: CongressId, card: Option<Qr>) -> Result<OwnPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let (congress, meeting) = may_read(&mut db, person, id, today).await?;
    Ok(OwnPage {
        chrome: app.chrome(person, &congress.short_title()),
        agenda: store::agenda(&mut db, id).await?,
        documents: store::documents(&mut db, id).await?,
        own: own(&mut db, person, &meeting, today).await?,
        congress,
        meeting,
        card,
    })
}

pub(super) async fn show(
    State(app): State<Meetings>,
    person: SignedIn,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    Ok(page(&app, &person, id, None).await?.into_response())
}

/// Shows a new code on the phone; the one that was shown before opens nothing any more.
pub(super) async fn card(
    State(app): State<Meetings>,
    person: SignedIn,
    origin: Origin,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let (congress, meeting) = may_read(&mut db, &person, id, now.date()).await?;
    let due = own(&mut db, &person, &meeting, now.date()).await?;
    drop(db);
    let Some(due) = due.filter(|_| congress.stage == Stage::Convened) else {
        let chrome = app.chrome(&person, "没有办理");
        let refused = Refusal { chrome, wanted: "出示出席证".to_owned(), back: id.own_meeting_path() };
        return Err(refused.for_reason("你不是本次大会现任的正式代表，或者大会不在召开期间", "请找所在代表团团长"));
    };
    let code = new_code();
    let hashes = [(due.student, hash_of(&code))].into_iter().collect();
    app.write_as(person.authority(), async |db| store::keep_cards(db, id, CardKind::Phone, &hashes, now).await).await?;
    Ok(page(&app, &person, id, Some(qr(&origin, &code)?)).await?.into_response())
}
