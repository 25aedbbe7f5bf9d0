//! Cards (出席证) of those who are due, eight a sheet, each with a code of which only the hash is kept.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{acts::Act, below, counting_day};
use crate::{
    audit,
    auth::{acting::Acting, token::hash_of},
    congress::{
        CongressKeeper,
        congress::Congress,
        meeting::{
            nouns::Attendee,
            paths,
            state::{Meetings, NewCard},
            store::{self, CardKind},
        },
        pages::{kept, refusal},
    },
    failure::Failure,
    ids::{CongressId, PrintId},
    page::{charts::Qr, chrome::Chrome},
    secrets::readable,
    web::origin::Origin,
    words::words,
};

words! {
    /// For whom cards are made.
    Whose:
    New = "new", "还没有出席证的";
    All = "all", "全体（此前打印的全部作废）";
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/cards_ask.html")]
pub(super) struct AskPage {
    chrome: Chrome,
    action: String,
    due: usize,
    without: usize,
}

pub(super) async fn ask(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<AskPage, Failure> {
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
    let day = counting_day(&meeting, app.clock.today());
    let people = store::attendees(&mut db, id, day).await?;
    let without = people.iter().filter(|one| !one.has_card).count();
    let chrome = below(&app, acting.person(), &congress, "出席证");
    Ok(AskPage { chrome, action: id.cards_path(), due: people.len(), without })
}

/// For whom, as the form has it, or the number of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardsForm {
    whose: String,
}

/// A code of a card: nearly a hundred bits.
pub(super) fn new_code() -> String {
    readable(20, 5)
}

pub(super) async fn make(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<CardsForm>,
) -> Result<Response, Failure> {
    let whose = form.whose.parse::<Whose>().map_err(|_| Failure::Malformed)?;
    let act = Act::begin(&app, &acting, id, "制作出席证").await?.back_to(id.cards_path());
    let made = app
        .write_as(acting.person().authority(), async |db| {
            let meeting = act.meeting(db).await?;
            let day = counting_day(&meeting, act.now.date());
            let mut people = store::attendees(db, id, day).await?;
            people.retain(|one| whose == Whose::All || !one.has_card);
            if people.is_empty() {
                return Err(act.refuse("没有要打印的出席证", "出席证遗失的，可以按学号、姓名签到，或者全部换发"));
            }
            let cards: Vec<NewCard> =
                people.into_iter().map(|attendee| NewCard { attendee, code: new_code() }).collect();
            let hashes: HashMap<_, _> = cards.iter().map(|card| (card.attendee.student, hash_of(&card.code))).collect();
            store::keep_cards(db, id, CardKind::Paper, &hashes, act.now).await?;
            let entry = act.entry().detail("范围", whose.label()).detail("张数", cards.len());
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(cards)
        })
        .await?;
    let print = app.cards.keep(&acting.person().session, made, act.now);
    Ok(Redirect::to(&id.printed_cards_path(print)).into_response())
}

/// A card as printed.
struct PrintedCard {
    attendee: Attendee,
    qr: Qr,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/cards.html")]
pub(super) struct CardsPage {
    chrome: Chrome,
    congress: Congress,
    cards: Vec<PrintedCard>,
}

impl CardsPage {
    fn back(&self) -> String {
        self.congress.id.cards_path()
    }
}

/// The code as a phone's camera opens it.
pub(super) fn qr(origin: &Origin, code: &str) -> anyhow::Result<Qr> {
    Qr::new(&format!("{}{}", origin.0, paths::card_path(code)))
}

/// Cards that were just made. A reload shows the same ones and makes none.
pub(super) async fn printed(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    origin: Origin,
    Path((id, print)): Path<(CongressId, PrintId)>,
) -> Result<CardsPage, Failure> {
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let Some(made) = app.cards.of(&acting.person().session, print, app.clock.now()) else {
        let why = "出席证只在生成后 10 分钟内、在生成它的这次登录里显示";
        let refused = refusal(&app, acting.person(), &congress, "打印出席证", id.cards_path());
        return Err(refused.for_reason(why, "没有打印出来的，请重新生成；旧的一批随即作废"));
    };
    let one =
        |card: &NewCard| anyhow::Ok(PrintedCard { attendee: card.attendee.clone(), qr: qr(&origin, &card.code)? });
    let cards = made.iter().map(one).collect::<anyhow::Result<_>>()?;
    Ok(CardsPage { chrome: below(&app, acting.person(), &congress, "打印出席证"), congress, cards })
}
