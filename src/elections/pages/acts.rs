//! What every act of the office in charge begins with, and how it ends.

use axum::response::{IntoResponse as _, Response};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{done_at, managed, refusal, refuse_candidates, show};
use crate::{
    audit::Entry,
    auth::{acting::Acting, person::SignedIn},
    elections::{Elections, Verb, ballot_key, done::Done, sitting::Sitting},
    failure::{Failure, Refusal},
    ids::SittingId,
    office::ElectionKeeper,
    page::chrome::Chrome,
    web::forms::{Attempt, Submitted},
};

/// An act under way: the sitting before it, what a refusal of it needs, and its moment.
pub(super) struct Act {
    pub(super) sitting: Sitting,
    pub(super) chrome: Chrome,
    pub(super) wanted: &'static str,
    /// Where a refusal leads back to.
    pub(super) back: String,
    pub(super) now: OffsetDateTime,
}

impl Act {
    /// By the office in charge, and by nobody who stands in the sitting.
    pub(super) async fn begin(
        app: &Elections,
        acting: &Acting<ElectionKeeper>,
        id: SittingId,
        wanted: &'static str,
    ) -> Result<Self, Failure> {
        let mut db = app.read().await?;
        let sitting = managed(&mut db, acting, id).await?;
        refuse_candidates(app, &mut db, acting.person(), &sitting, wanted).await?;
        let Refusal { chrome, back, .. } = refusal(app, acting.person(), &sitting, wanted);
        Ok(Self { sitting, chrome, wanted, back, now: app.clock.now() })
    }

    pub(super) fn refusal(&self) -> Refusal {
        Refusal { chrome: self.chrome.clone(), wanted: self.wanted.to_owned(), back: self.back.clone() }
    }

    pub(super) fn refuse(&self, why: impl Into<String>, remedy: &str) -> Failure {
        self.refusal().for_reason(why, remedy)
    }

    /// Nothing is marked by a ballot key that is not the database's.
    pub(super) async fn refuse_other_key(&self, app: &Elections, db: &mut PgConnection) -> Result<(), Failure> {
        let strangers = ballot_key::claim(db, &app.ballot_box.key, self.now).await?;
        match ballot_key::refusal(&strangers, self.sitting.institution) {
            Some((why, remedy)) => Err(self.refuse(why, remedy)),
            None => Ok(()),
        }
    }

    pub(super) fn entry(&self, what: &str) -> Entry {
        Entry::new(Verb::SittingKept, self.sitting.title.clone()).detail("办理", what)
    }

    /// On to the sitting, or its page again with the fault beside its field and all that was typed.
    pub(super) async fn answer(
        self,
        app: &Elections,
        person: &SignedIn,
        attempt: Attempt,
        typed: show::TypedForms,
        done: Done,
    ) -> Result<Response, Failure> {
        match attempt {
            Attempt::Done(()) => Ok(done_at(&self.sitting.id.path(), done).into_response()),
            Attempt::Fault(field, says) => {
                show::page(app, person, self.sitting, Submitted::with_fault(typed, field, says), "").await
            }
            Attempt::NeedsReason(findings) => Err(self.refusal().because(findings)),
        }
    }
}
