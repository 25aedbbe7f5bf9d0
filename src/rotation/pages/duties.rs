//! 我的轮值: for whoever sits on a presidium, with the note that a chair hands over.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::Date;

use super::lock;
use crate::{
    app::App,
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::Failure,
    ids::{TurnId, UnionId},
    page::{chrome::Chrome, filters},
    rotation::{
        Verb,
        paths::{DUTY, Done},
        store,
    },
    text::{is_hidden, trimmed},
    unions::{
        store as unions_store,
        union::{Record, TurnRow},
    },
    web::forms::{self, Errors, Submitted},
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HandoverForm {
    handover: String,
}

pub(super) async fn hand_over(
    State(app): State<App>,
    person: SignedIn,
    Path((id, turn)): Path<(UnionId, TurnId)>,
    Form(form): Form<HandoverForm>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let student = person.student.ok_or(Failure::Missing)?;
    let text = trimmed(&form.handover).replace("\r\n", "\n");
    let fault = if text.is_empty() {
        Some("请写交接说明")
    } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
        Some("含有看不见的字符")
    } else if text.chars().count() > 2_000 {
        Some("不能超过 2000 字")
    } else {
        None
    };
    if let Some(says) = fault {
        let submitted = Submitted::with_fault(form, "handover", says);
        let page = duty_page(&app, &person, submitted, Some(turn)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    app.write_as(person.authority(), async |db| {
        let (locked, _) = lock(db, &person, id, today).await?;
        if !store::hand_over(db, &locked, turn, student, &text, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::TurnKept, student)
            .detail("办理", "交接说明")
            .detail("学生会", locked.union.name.clone());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::HandedOver.at(DUTY)).into_response())
}

/// A union on whose presidium the student sits, with their turns.
struct OwnUnion {
    record: Record,
    turns: Vec<TurnRow>,
    /// Today is in one of them.
    on_duty: bool,
    /// What the one before left.
    before: Option<TurnRow>,
    next: Option<TurnRow>,
}

#[derive(Template, WebTemplate)]
#[template(path = "rotation/duty.html")]
pub(super) struct DutyPage {
    chrome: Chrome,
    mine: Vec<OwnUnion>,
    today: Date,
    errors: Errors,
    /// The turn whose note could not be kept, and what was typed.
    failed: Option<TurnId>,
    typed: String,
    done: &'static str,
}

async fn duty_page(
    app: &App,
    person: &SignedIn,
    submitted: Submitted<HandoverForm>,
    failed: Option<TurnId>,
) -> Result<DutyPage, Failure> {
    let Submitted { form: HandoverForm { handover: typed }, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut mine = Vec::new();
    if let Some(student) = person.student {
        for id in store::unions_of(&mut db, student, today).await? {
            let Some(record) = unions_store::record(&mut db, person.institution, id, today).await? else { continue };
            let turns: Vec<TurnRow> =
                record.turns.iter().filter(|turn| turn.confirmed && turn.student == student).cloned().collect();
            let on_duty = turns.iter().any(|turn| turn.is_on(&today));
            let first = turns.iter().find(|turn| turn.until_day > today).map(|turn| turn.from_day);
            let before = record
                .turns
                .iter()
                .filter(|turn| turn.confirmed && first.is_some_and(|first| turn.until_day <= first))
                .max_by_key(|turn| turn.until_day)
                .filter(|turn| turn.student != student)
                .cloned();
            let next =
                record.turns.iter().find(|turn| turn.confirmed && turn.from_day > today && turn.student != student);
            let next = next.cloned();
            mine.push(OwnUnion { record, turns, on_duty, before, next });
        }
    }
    Ok(DutyPage { chrome: app.chrome(person, "我的轮值"), mine, today, errors, failed, typed, done: "" })
}

pub(super) async fn duty(
    State(app): State<App>,
    person: SignedIn,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<DutyPage, Failure> {
    let page = duty_page(&app, &person, Submitted::default(), None).await?;
    Ok(DutyPage { done: Done::said(&done), ..page })
}
