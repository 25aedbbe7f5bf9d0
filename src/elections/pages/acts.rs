//! What moves a sitting on: monitors, announcing, the rehearsal, opening, closing, the report, and making it void.

use axum::response::{IntoResponse as _, Redirect, Response};
use time::OffsetDateTime;

use super::{frame, kept, not_standing, refuse, show::Typed};
use crate::{
    audit::{Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        sitting::{Contest, Sitting},
        store::{ContestDraft, Draft},
    },
    failure::Failure,
    ids::{SittingId, StudentId},
    office::ElectionKeeper,
    page::chrome::Chrome,
    web::forms::Errors,
};

/// Where an act stands: the sitting before it, the frame of a refusal, and the way back.
pub(super) struct Act {
    pub sitting: Sitting,
    pub chrome: Chrome,
    pub back: String,
    pub now: OffsetDateTime,
}

impl Act {
    pub(super) async fn begin(
        app: &Elections,
        acting: &Acting<ElectionKeeper>,
        id: SittingId,
        wanted: &str,
    ) -> Result<Self, Failure> {
        let mut db = app.read().await?;
        let sitting = kept(&mut db, acting, id).await?;
        not_standing(app, &mut db, acting.person(), (&sitting, wanted)).await?;
        let chrome = frame(app, acting.person(), &sitting, "没有办理");
        Ok(Self { back: format!("/sittings/{id}"), sitting, chrome, now: app.clock.now() })
    }

    pub(super) fn refuse(self, wanted: &str, why: impl Into<String>, remedy: &str) -> Failure {
        refuse(self.chrome, self.back, wanted, why, remedy)
    }

    pub(super) fn entry(&self, what: &str) -> Entry {
        Entry::new(Verb::SittingKept, self.sitting.title.clone()).detail("办理", what)
    }

    pub(super) fn done(id: SittingId, word: &str) -> Redirect {
        Redirect::to(&format!("/sittings/{id}?done={word}"))
    }
}

/// What came of a form: done, or what is wrong with a field.
pub(super) enum Answer {
    Done,
    Fault(&'static str, String),
}

/// On with a word of what was done, or the page again with the fault beside its field and all that was typed.
pub(super) async fn answered(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    (answer, typed, word): (Answer, Typed, &str),
) -> Result<Response, Failure> {
    match answer {
        Answer::Done => Ok(Act::done(sitting.id, word).into_response()),
        Answer::Fault(field, says) => {
            let mut errors = Errors::default();
            errors.add(field, says);
            super::show::page(app, person, sitting, (typed, errors, "")).await
        }
    }
}

/// A sitting like another, a day from now and as long.
pub(super) fn later(old: &Sitting, now: OffsetDateTime) -> Draft {
    let opens_at = now + time::Duration::days(1);
    Draft {
        title: old.title.clone(),
        note: old.note.clone(),
        opens_at,
        closes_at: opens_at + (old.closes_at - old.opens_at),
        revote: old.revote,
        threshold: old.threshold,
        decision: old.decision.clone(),
    }
}

/// A contest as it was registered, with the people who vote in it where they are no class or college.
pub(super) fn drafted(own: &Contest, people: Vec<StudentId>) -> ContestDraft {
    ContestDraft {
        title: own.title.clone(),
        fills: own.fills,
        body: own.body,
        college: own.college,
        classes: own.classes.clone(),
        people,
        seats: own.seats,
        rules: own.rules,
        round_of: None,
    }
}
