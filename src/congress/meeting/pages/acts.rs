//! What every act of the office in charge begins with.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    audit::Entry,
    auth::acting::Acting,
    congress::{
        CongressKeeper, Verb,
        congress::{Congress, Stage},
        meeting::{nouns::Meeting, state::Meetings, store},
        pages::kept,
        store as congresses,
    },
    database::Locked,
    failure::{Failure, Refusal},
    ids::CongressId,
    page::chrome::Chrome,
};

/// An act under way: the congress before it, what a refusal of it needs, and its moment.
pub(super) struct Act {
    pub(super) congress: Congress,
    pub(super) chrome: Chrome,
    pub(super) wanted: &'static str,
    /// Where a refusal leads back to.
    pub(super) back: String,
    pub(super) now: OffsetDateTime,
}

impl Act {
    pub(super) async fn begin(
        app: &Meetings,
        acting: &Acting<CongressKeeper>,
        id: CongressId,
        wanted: &'static str,
    ) -> Result<Self, Failure> {
        let congress = kept(&mut *app.read().await?, acting, id).await?;
        let chrome = super::below(app, acting.person(), &congress, "没有办理");
        Ok(Self { congress, chrome, wanted, back: id.meeting_path(), now: app.clock.now() })
    }

    pub(super) fn back_to(self, back: String) -> Self {
        Self { back, ..self }
    }

    pub(super) fn refusal(&self) -> Refusal {
        Refusal { chrome: self.chrome.clone(), wanted: self.wanted.to_owned(), back: self.back.clone() }
    }

    pub(super) fn refuse(&self, why: impl Into<String>, remedy: &str) -> Failure {
        self.refusal().for_reason(why, remedy)
    }

    pub(super) fn entry(&self) -> Entry {
        Entry::new(Verb::MeetingKept, self.congress.short_title()).detail("办理", self.wanted)
    }

    /// The congress, locked, while it is prepared or convened.
    pub(super) async fn congress(&self, db: &mut PgConnection) -> Result<Locked<Congress>, Failure> {
        let locked =
            congresses::lock(db, self.congress.institution, self.congress.id).await?.ok_or(Failure::Missing)?;
        match locked.stage {
            Stage::Preparing | Stage::Convened => Ok(locked),
            Stage::Held | Stage::Closed | Stage::CalledOff => {
                Err(self.refuse(format!("大会{}，会议的内容不再变动", locked.stage.label()), "需要更正的，请另附说明"))
            }
        }
    }

    /// The meeting, locked, while its congress is prepared or convened.
    pub(super) async fn meeting(&self, db: &mut PgConnection) -> Result<Locked<Meeting>, Failure> {
        self.congress(db).await?;
        store::lock(db, self.congress.id).await
    }

    /// The meeting, locked, once its congress is convened.
    pub(super) async fn convened(&self, db: &mut PgConnection) -> Result<Locked<Meeting>, Failure> {
        let congress = self.congress(db).await?;
        if congress.stage != Stage::Convened {
            let remedy = "请先在大会的日程里办妥召开的请示和批复";
            return Err(self.refuse(format!("大会{}，还没有批准召开", congress.stage.label()), remedy));
        }
        store::lock(db, self.congress.id).await
    }
}
