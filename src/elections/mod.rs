//! Elections: sittings with their contests, rolls, sealed ballots, counting, and the public record. The count itself is a
//! rule (`rules::election`). Clauses: VET-05, CON-03, CON-07; what both plans leave open is practice or the committee's
//! decision, and said so.

pub mod ballot;
pub mod ballot_box;
pub mod ballot_key;
pub mod counting;
mod done;
pub mod elected;
pub mod election_file;
mod forms;
pub mod kept;
pub mod names;
mod pages;
mod paths;
pub mod public_paper;
pub mod reconciliation;
pub mod record;
pub mod sitting;
pub mod slip_column;
pub mod store;
pub mod tasks;
pub mod turnout;

pub use ballot_box::Elections;
pub use forms::{MAJORITIES, QUORUMS};
pub use pages::{close_overdue, issued_papers, stop};

pub(crate) use paths::SITTINGS;

use crate::{
    app::Routes,
    audit::verbs,
    office::{ElectionKeeper, Office, OfficeKind, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: Elections) -> Routes {
    pages::routes().with_state(state)
}

/// Offices that students hold: whoever has one votes too.
pub const VOTERS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
    OfficeKind::Student,
];
pub const KEEPERS: &[OfficeKind] = ElectionKeeper::KINDS;

sets_of_offices! {
    /// Who sees how sittings stand.
    ElectionReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty,
        CollegeUnion;
    /// Who sees how many have voted: a class branch its own class's number.
    TurnoutReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty,
        CollegeUnion, ClassBranch;
}

verbs! {
    /// A sitting of an election was prepared, announced, opened, closed, counted, reported or voided.
    SittingKept = "sitting_kept", "选举场次";
    /// Monitors were named, made a passphrase, or gave their share.
    MonitorsKept = "monitors_kept", "监票";
    /// A voter was admitted, or voted on paper or by a slip.
    VoterKept = "voter_kept", "选民与选票";
    /// Paper ballots were counted.
    PaperKept = "paper_kept", "纸质选票";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/sittings",
        label: "选举",
        says: "场次、候选人、监票人；无记名投票、计票、监票报告",
        group: NavGroup::Congress,
        place: 60,
        offices: ElectionReader::KINDS,
    },
    NavItem {
        href: "/votes",
        label: "我的投票",
        says: "现在可以投的票、投过的票、我的回执是否计入",
        group: NavGroup::Own,
        place: 10,
        offices: VOTERS,
    },
    NavItem {
        href: "/turnout",
        label: "投票进度",
        says: "已有多少人投票；看不到谁投了、投给谁",
        group: NavGroup::Congress,
        place: 80,
        offices: TurnoutReader::KINDS,
    },
    NavItem {
        href: "/monitoring",
        label: "监票",
        says: "我担任监票人的场次：口令、演练、开票、补登选民",
        group: NavGroup::Own,
        place: 90,
        offices: OfficeKind::ALL,
    },
];
