//! 四类事项审核 and 事先报告: what a union does under guidance. Activities, publications, outside contacts, funds and materials
//! are filed, signed step by step and only then begun (GUI-02); what is important is reported to the School Youth League
//! committee first (GUI-01), which passes on to the Party committee what concerns it (GUI-05).
//!
//! The way of a matter is drawn in [`crate::rules::matters`]; each change begins it anew. An office holds a step, not a person:
//! whoever holds it when the matter comes signs.

pub mod forms;
pub mod kept;
pub mod matter;
mod pages;
mod papers;
mod paths;
pub mod retention;
pub mod scheme;
pub mod store;
pub mod tasks;

use crate::{
    app::Routes,
    audit::verbs,
    office::{MatterReader, Office, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(papers::routes())
}

sets_of_offices! {
    /// A union's own officers, who file matters and report.
    MatterFiler: SchoolUnion, GraduateUnion, CollegeUnion;
    /// Whose word matters need (GUI-02): the union's presidium, its guiding teacher, the deputy secretary.
    MatterSigner: SchoolLeague, DeputySecretary, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
    /// Who takes down how the Party committee replied to a report (GUI-05): it itself, or the League committee by its document.
    PartyReplier: SchoolLeague, DeputySecretary, SchoolParty;
}

verbs! {
    /// A controlled matter was filed, changed, signed, begun, settled or closed.
    MatterKept = "matter_kept", "四类事项审核";
    /// A prior report was made, answered, passed on, or decided upon.
    PriorReportKept = "prior_report_kept", "事先报告";
    /// How matters are controlled, or what counts as important, was set.
    MatterRulesSet = "matter_rules_set", "设置事项审核";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/matters",
        label: "四类事项审核",
        says: "活动、信息发布、对外联系、经费物资：先审后办，总结决算",
        group: NavGroup::Activities,
        place: 10,
        offices: MatterReader::KINDS,
    },
    NavItem {
        href: "/prior-reports",
        label: "事先报告",
        says: "重要事项、重大活动事先报告校团委，校团委答复、向学校党委汇报",
        group: NavGroup::Activities,
        place: 20,
        offices: MatterReader::KINDS,
    },
];
