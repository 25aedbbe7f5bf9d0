//! Reviews of officers (述职评议) and what rests on them: whoever held a post reports each semester, a board of students and
//! offices scores them on sealed sheets, results are told to each, and nominations are taken by them (择优提名).
//! Clauses: REV-01 to REV-06. Scale, weights, grades, quorum and time to object are the university's; both plans leave them
//! open.

pub mod chart;
pub mod counting;
mod forms;
pub mod kept;
pub mod nomination;
mod pages;
mod papers;
mod paths;
pub mod retention;
pub mod review;
pub mod sheet;
pub mod store;
pub mod tasks;

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;

use crate::{
    app::{App, Routes},
    audit::verbs,
    failure::Failure,
    ids::{AccountId, PortalId, ReviewId},
    office::{Office, OfficeKind, SchoolLeague, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
    sealing::{
        keys::{MarkKey, PublicKey, SheetPlace},
        shares::HeldShares,
    },
};
use review::{MemberKey, SittingKey};

/// The reviews' state: the application, the portal's mark, and the monitors' open shares for some minutes.
#[derive(Debug, Clone, FromRef)]
pub struct Reviews {
    app: App,
    marks: Arc<Marks>,
    shares: Arc<HeldShares<ReviewId>>,
    /// This portal among several on one database, and after its next start.
    portal: PortalId,
}

impl Deref for Reviews {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Reviews {
    #[must_use]
    pub fn new(app: &App, key: MarkKey) -> Self {
        let (marks, portal) = (Arc::new(Marks(key)), PortalId::random());
        Self { app: app.clone(), marks, shares: Arc::default(), portal }
    }
}

/// Drops shares that were held for too long; says of the others that this portal, which holds them, still runs.
pub async fn keep_shares(app: &Reviews) -> Result<(), Failure> {
    let now = app.clock.now();
    app.shares.sweep(now);
    if app.shares.is_empty() {
        return Ok(());
    }
    app.write_quietly(async |db| store::still_holds_shares(db, app.portal).await).await
}

/// Says that this portal ends, and with it the shares that it holds: who waits for it at another need not wait to find out.
pub async fn stop(app: &Reviews) -> Result<(), Failure> {
    if app.shares.is_empty() {
        return Ok(());
    }
    app.write_one(async |db| store::end_holds_of(db, app.portal).await).await
}

/// The portal's marks on what belongs to a review: somebody who writes tables cannot make them.
#[derive(Debug)]
pub struct Marks(pub MarkKey);

impl Marks {
    /// The key of a sitting, with its mark.
    #[must_use]
    pub fn sitting(&self, review: ReviewId, public: PublicKey) -> SittingKey {
        SittingKey { public, seal: self.0.mark("review", &[review.0.as_bytes(), public.as_bytes()]) }
    }

    /// The key is the one that the opening set.
    #[must_use]
    pub fn is_sitting(&self, review: ReviewId, key: &SittingKey) -> bool {
        self.0.is_mark("review", &[review.0.as_bytes(), key.public.as_bytes()], &key.seal)
    }

    /// A member's key, with its mark.
    #[must_use]
    pub fn member(&self, review: ReviewId, account: AccountId, salt: Vec<u8>, public: PublicKey) -> MemberKey {
        let parts = [review.0.as_bytes().as_slice(), account.0.as_bytes(), &salt, public.as_bytes()];
        let mac = self.0.mark("review monitor", &parts);
        MemberKey { salt, public, mac }
    }

    /// The key is the one that the member made.
    #[must_use]
    pub fn is_member(&self, review: ReviewId, account: AccountId, key: &MemberKey) -> bool {
        let parts = [review.0.as_bytes().as_slice(), account.0.as_bytes(), &key.salt, key.public.as_bytes()];
        self.0.is_mark("review monitor", &parts, &key.mac)
    }

    /// The mark on a share as it is dealt.
    #[must_use]
    pub fn share(&self, review: ReviewId, account: AccountId, sealed: &[u8]) -> Vec<u8> {
        self.0.mark("review share", &[review.0.as_bytes(), account.0.as_bytes(), sealed])
    }

    /// The share is the one that was dealt to the member.
    #[must_use]
    pub fn is_share(&self, review: ReviewId, account: AccountId, sealed: &[u8], mark: &[u8]) -> bool {
        self.0.is_mark("review share", &[review.0.as_bytes(), account.0.as_bytes(), sealed], mark)
    }

    /// The mark on a sealed sheet.
    #[must_use]
    pub fn sheet(&self, review: ReviewId, place: SheetPlace, sealed: &[u8]) -> Vec<u8> {
        let (scorer, person) = (place.scorer.to_be_bytes(), place.person.to_be_bytes());
        self.0.mark("review sheet", &[review.0.as_bytes(), &scorer, &person, sealed])
    }

    /// The sheet is of the portal's making.
    #[must_use]
    pub fn is_sheet(&self, review: ReviewId, place: SheetPlace, sealed: &[u8], mark: &[u8]) -> bool {
        let (scorer, person) = (place.scorer.to_be_bytes(), place.person.to_be_bytes());
        self.0.is_mark("review sheet", &[review.0.as_bytes(), &scorer, &person, sealed], mark)
    }
}

/// Monitors whose passphrases open the sheets.
pub const THRESHOLD: u8 = 2;
/// The most monitors of a board.
pub const MOST_MONITORS: usize = 5;

#[must_use]
pub fn routes(state: Reviews) -> Routes {
    pages::routes().with_state(state)
}

/// Who reports: whoever is a student, also in the office of a union.
const REPORTING: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
    OfficeKind::Student,
];

sets_of_offices! {
    /// Who sees how reviews stand and what they came to: the school's offices all of them, a college's its own.
    ReviewReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
}

verbs! {
    /// A semester's review was begun, reported in, sat, opened, answered or settled.
    ReviewKept = "review_kept", "述职评议";
    /// A list of nominees was begun or decided.
    NominationKept = "nomination_kept", "择优提名";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/reviews",
        label: "述职评议",
        says: "每学期的述职、评议会、评分和结果；谁还没有述职",
        group: NavGroup::Conduct,
        place: 94,
        offices: ReviewReader::KINDS,
    },
    NavItem {
        href: "/nominations",
        label: "择优提名",
        says: "依据评议结果的评奖评优、测评加分、推荐名单",
        group: NavGroup::Conduct,
        place: 95,
        offices: ReviewReader::KINDS,
    },
    NavItem {
        href: "/my-reviews",
        label: "我的述职",
        says: "写述职报告，看评议结果，提出异议",
        group: NavGroup::Own,
        place: 96,
        offices: REPORTING,
    },
    NavItem {
        href: "/scoring",
        label: "评分",
        says: "我是评议会成员：逐人评分；监票人保管口令",
        group: NavGroup::Conduct,
        place: 97,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/reviews/scheme",
        label: "评议计分",
        says: "各方面的权重、分制、等次的分数线、优秀的比例",
        group: NavGroup::Conduct,
        place: 98,
        offices: SchoolLeague::KINDS,
    },
];
