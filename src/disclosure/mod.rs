//! 公开栏 and 改革自评表 (RGT-06): a page of each union that every student reads and judges, and the account of its reform that a
//! university publishes each year, filled from what the portal knows, signed by two, frozen when it is published.

mod column_store;
mod columns;
mod comment_store;
pub mod content;
mod figures;
mod figures_store;
mod forms;
pub mod kept;
pub mod live;
mod paths;
mod record_store;
pub mod retention;
mod sheet;
pub mod store;
mod years;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, SchoolLeague, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    columns::routes().merge(years::routes()).merge(sheet::routes()).merge(figures::routes())
}

sets_of_offices! {
    /// Who reads the yearly account before it is published.
    AccountReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// Who signs the yearly account second.
    AccountSigner: SchoolLeague, DeputySecretary, SchoolParty;
}

verbs! {
    /// A union's public page, or the yearly account, was kept, signed or published.
    DisclosureKept = "disclosure_kept", "公开栏和自评表";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/disclosure",
        label: "公开栏",
        says: "各级学生会的章程、机构、人员、办理诉求和评议情况，可以评价",
        group: NavGroup::Activities,
        place: 80,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/disclosure/years",
        label: "改革自评表",
        says: "每学年的改革情况公开：指标、依据、签字、公开，往年存照",
        group: NavGroup::Activities,
        place: 90,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/disclosure/figures",
        label: "年度数据",
        says: "各学生会一学年的人员、选举、评议、诉求和活动，可以打印成报告",
        group: NavGroup::Activities,
        place: 95,
        offices: SchoolLeague::KINDS,
    },
];
