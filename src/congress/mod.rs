//! 学代会: the congresses of the school's, the graduates' and the colleges' unions, one a year each: how their seats are
//! shared out, what is to be done until they meet, what they decide. Clauses: CON-01 … CON-11, VET-05.
//!
//! Each part of a congress is a folder with its own routes and its own line on the congress's page.

pub mod archive;
#[expect(clippy::module_inception, reason = "the noun of a feature is a file that bears its name")]
pub mod congress;
pub mod delegates;
mod forms;
pub mod kept;
pub mod meeting;
mod pages;
mod papers;
mod paths;
pub mod proposals;
pub mod result;
pub mod seats;
pub mod section;
pub mod steps;
pub mod store;
pub mod tasks;

use meeting::Meetings;

use crate::{
    app::Routes,
    audit::verbs,
    elections::VOTERS,
    office::{Office, OfficeKind, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

/// The routes of congresses, a line a part.
#[must_use]
pub fn routes(meetings: Meetings) -> Routes {
    pages::routes()
        .merge(steps::routes())
        .merge(seats::routes())
        .merge(delegates::routes())
        .merge(papers::routes())
        .merge(result::routes())
        .merge(meeting::routes(meetings))
        .merge(proposals::routes())
        .merge(archive::routes())
}

sets_of_offices! {
    /// Who keeps congresses: the school's League committee those of the school and of its graduates, a college's League
    /// organisation its own college's.
    CongressKeeper: SchoolLeague, DeputySecretary, CollegeLeague;
    /// Who sees how congresses stand.
    CongressReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion,
        CollegeLeague, CollegeParty, CollegeUnion;
    /// Who takes down that a congress's result was approved: the Party body of the same level itself, or the office that
    /// keeps the congress, by the Party body's document.
    ResultApprover: SchoolLeague, DeputySecretary, CollegeLeague, SchoolParty, CollegeParty;
    /// Who takes down the receipt of a filing: the school's union for its colleges', or the office that keeps the congress.
    ResultReceiver: SchoolLeague, DeputySecretary, CollegeLeague, SchoolUnion;
    /// Who has to do with the delegates of a congress: also a class branch, which recommends.
    DelegateReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion,
        CollegeLeague, CollegeParty, CollegeUnion, ClassBranch;
    /// Who recommends delegates (CON-03): a class branch its own, and who takes down whom societies name.
    DelegateRecommender: SchoolLeague, DeputySecretary, CollegeLeague, ClassBranch;
    /// Who reviews recommended delegates where the plan asks for it (CON-03): the Party organisation of the person, or
    /// another body of a plan's chain.
    DelegateReviewer: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// The union of a college: it holds the election of its delegates and hands their list in (CON-03); and who takes down
    /// the results of what belongs to no college.
    DelegateElector: SchoolLeague, DeputySecretary, CollegeLeague, CollegeUnion;
}

verbs! {
    /// A congress was prepared, convened, held, settled or called off.
    CongressKept = "congress_kept", "学生代表大会";
    /// The result of a congress was taken down, or took a step.
    ResultKept = "result_kept", "学代会选举结果";
    /// Delegates of a congress were recommended, reviewed, listed, seated or ended.
    DelegatesKept = "delegates_kept", "大会代表";
    /// A congress's meeting was arranged, its check-in opened or ended, a vote taken down, or its minutes kept.
    MeetingKept = "meeting_kept", "大会会议";
    /// A proposal was written, seconded, handed in, screened, assigned, answered or rated.
    ProposalKept = "proposal_kept", "提案";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/congresses",
        label: "学代会",
        says: "名额、代表、日程、会议、结果和提案：从请示到备案",
        group: NavGroup::Congress,
        place: 55,
        offices: CongressReader::KINDS,
    },
    NavItem {
        href: proposals::PROPOSALS,
        label: "提案",
        says: "代表写提案、附议、评价答复；全校同学看立案和办理的情况",
        group: NavGroup::Own,
        place: 75,
        offices: VOTERS,
    },
    NavItem {
        href: "/congresses/recommendations",
        label: "推荐代表",
        says: "本班推荐学代会代表人选，看审查到哪一步",
        group: NavGroup::Congress,
        place: 56,
        offices: &[OfficeKind::ClassBranch],
    },
];
