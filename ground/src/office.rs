//! The offices in which people act.

use std::str::FromStr;

/// A kind of office: what people sign in as and act in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeKind {
    /// Manages accounts; has no say in the union's matters.
    Administrator,
    /// 校团委.
    SchoolLeague,
    /// 校团委专职副书记: one at a time, acts for the School Youth League committee.
    DeputySecretary,
    /// 学生工作部（处）.
    StudentAffairs,
    /// 学校党委.
    SchoolParty,
    /// 校学生会.
    SchoolUnion,
    /// 校研究生会.
    GraduateUnion,
    /// 院系团组织.
    CollegeLeague,
    /// 院系党组织.
    CollegeParty,
    /// 院系学生会.
    CollegeUnion,
    /// 班级团支部.
    ClassBranch,
    /// 学生.
    Student,
}

impl OfficeKind {
    /// All kinds, in the order in which a person's first office is chosen.
    pub const ALL: &'static [Self] = &[
        Self::Administrator,
        Self::SchoolLeague,
        Self::DeputySecretary,
        Self::StudentAffairs,
        Self::SchoolParty,
        Self::SchoolUnion,
        Self::GraduateUnion,
        Self::CollegeLeague,
        Self::CollegeParty,
        Self::CollegeUnion,
        Self::ClassBranch,
        Self::Student,
    ];

    /// The stable word, as the database keeps it.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::SchoolLeague => "school_league",
            Self::DeputySecretary => "deputy_secretary",
            Self::StudentAffairs => "student_affairs",
            Self::SchoolParty => "school_party",
            Self::SchoolUnion => "school_union",
            Self::GraduateUnion => "graduate_union",
            Self::CollegeLeague => "college_league",
            Self::CollegeParty => "college_party",
            Self::CollegeUnion => "college_union",
            Self::ClassBranch => "class_branch",
            Self::Student => "student",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "系统管理员",
            Self::SchoolLeague => "校团委",
            Self::DeputySecretary => "校团委专职副书记",
            Self::StudentAffairs => "学生工作部门",
            Self::SchoolParty => "学校党委",
            Self::SchoolUnion => "校学生会",
            Self::GraduateUnion => "校研究生会",
            Self::CollegeLeague => "院系团组织",
            Self::CollegeParty => "院系党组织",
            Self::CollegeUnion => "院系学生会",
            Self::ClassBranch => "班级团支部",
            Self::Student => "学生",
        }
    }

    /// Where the office belongs.
    #[must_use]
    pub fn place(self) -> Place {
        match self {
            Self::CollegeLeague | Self::CollegeParty | Self::CollegeUnion => Place::College,
            Self::ClassBranch => Place::Class,
            Self::Administrator
            | Self::SchoolLeague
            | Self::DeputySecretary
            | Self::StudentAffairs
            | Self::SchoolParty
            | Self::SchoolUnion
            | Self::GraduateUnion
            | Self::Student => Place::School,
        }
    }
}

impl FromStr for OfficeKind {
    type Err = anyhow::Error;
    fn from_str(slug: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.iter().find(|kind| kind.slug() == slug);
        found.copied().ok_or_else(|| anyhow::anyhow!("no office is called {slug}"))
    }
}

/// What part of a university an office belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    School,
    College,
    Class,
}

/// A set of offices that may do something; a type, so that the compiler keeps them apart.
pub trait Office: Send + Sync + 'static {
    const KINDS: &'static [OfficeKind];
}

/// Declares sets of offices as a table: the type, the kinds in it, and who that is.
#[macro_export]
#[doc(hidden)]
macro_rules! declare_sets_of_offices {
    ($($(#[$doc:meta])* $set:ident: $($kind:ident),+;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $set;

        impl $crate::office::Office for $set {
            const KINDS: &'static [$crate::office::OfficeKind] = &[$($crate::office::OfficeKind::$kind),+];
        }
    )*};
}

pub use declare_sets_of_offices as sets_of_offices;

// What one feature alone asks for, and those above it, stands in that feature's `mod.rs`.
sets_of_offices! {
    /// Who manages accounts.
    Administrator: Administrator;
    /// Offices that teachers hold: their computers are shared, and a session that nobody uses ends (the database has the
    /// same list, `person_of_session`).
    Staff: Administrator, SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// The School Youth League committee and the deputy secretary who acts for it: who decides which plan governs.
    SchoolLeague: SchoolLeague, DeputySecretary;
    /// Who keeps a union's roster.
    RosterKeeper: SchoolLeague, DeputySecretary, StudentAffairs, SchoolUnion, GraduateUnion, CollegeLeague,
        CollegeUnion;
    /// Who keeps the students' data: imports, corrections, leaving, the turn of the year.
    Registrar: Administrator, SchoolLeague, DeputySecretary, StudentAffairs;
    /// Who prints activation slips: whoever manages accounts, and a college's League organisation for its own classes.
    SlipPrinter: Administrator, SchoolLeague, DeputySecretary, CollegeLeague;
    /// Who answers students' objections to their grades.
    StudentAffairs: StudentAffairs;
    /// Who sees unions: the school's offices all of them, a college's and a union's their own.
    UnionReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion,
        CollegeLeague, CollegeParty, CollegeUnion;
    /// Who appoints, ends and confirms: the school's League committee everywhere, a college's League organisation in
    /// its own college union.
    UnionKeeper: SchoolLeague, DeputySecretary, CollegeLeague;
    /// Who keeps sittings of elections: the school's League committee, a college's League organisation, and a college's
    /// union under which its delegates are elected (CON-03).
    ElectionKeeper: SchoolLeague, DeputySecretary, CollegeLeague, CollegeUnion;
    /// A class's League branch.
    ClassBranch: ClassBranch;
    /// Who sees the controlled matters and prior reports: the school's offices all of them, a college's and a union's their own.
    MatterReader: SchoolLeague, DeputySecretary, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
}

/// Anybody with an office, students included.
#[derive(Debug)]
pub struct Anyone;

impl Office for Anyone {
    const KINDS: &'static [OfficeKind] = OfficeKind::ALL;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_read_back() {
        for kind in OfficeKind::ALL {
            assert_eq!(kind.slug().parse::<OfficeKind>().unwrap(), *kind);
        }
    }
}
