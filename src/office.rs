//! The offices in which people act.

use std::str::FromStr;

/// A kind of office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeKind {
    /// Keeps accounts; has no say in the union's matters.
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

#[derive(Debug)]
pub struct Administrator;
impl Office for Administrator {
    const KINDS: &'static [OfficeKind] = &[OfficeKind::Administrator];
}

/// Who decides which plan governs.
#[derive(Debug)]
pub struct SchoolLeague;
impl Office for SchoolLeague {
    const KINDS: &'static [OfficeKind] = &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary];
}

/// Who keeps a union's roster.
#[derive(Debug)]
pub struct RosterKeeper;
impl Office for RosterKeeper {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolUnion,
        OfficeKind::GraduateUnion,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeUnion,
    ];
}

/// Who sees the figures of the whole university.
#[derive(Debug)]
pub struct SchoolStaff;
impl Office for SchoolStaff {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::Administrator,
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolParty,
    ];
}

/// Who reads the record of what was done.
#[derive(Debug)]
pub struct Overseer;
impl Office for Overseer {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::Administrator, OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::SchoolParty];
}

/// Who sees people's data: the whole university, a college its own, a class branch its class.
#[derive(Debug)]
pub struct PeopleReader;
impl Office for PeopleReader {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::Administrator,
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeParty,
        OfficeKind::ClassBranch,
    ];
}

/// Who keeps the students' data: imports, corrections, leaving, the turn of the year.
#[derive(Debug)]
pub struct Registrar;
impl Office for Registrar {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::Administrator, OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::StudentAffairs];
}

/// Who prints activation slips: whoever keeps accounts, and a college's League organisation for its own classes.
#[derive(Debug)]
pub struct SlipPrinter;
impl Office for SlipPrinter {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::Administrator, OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::CollegeLeague];
}

/// Who answers students' objections to their grades.
#[derive(Debug)]
pub struct StudentAffairs;
impl Office for StudentAffairs {
    const KINDS: &'static [OfficeKind] = &[OfficeKind::StudentAffairs];
}

/// Who sees unions: the school's offices all of them, a college's and a union's their own.
#[derive(Debug)]
pub struct UnionReader;
impl Office for UnionReader {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolParty,
        OfficeKind::SchoolUnion,
        OfficeKind::GraduateUnion,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeParty,
        OfficeKind::CollegeUnion,
    ];
}

/// Who appoints, ends and confirms: the school's League committee everywhere, a college's League organisation in its own
/// college union.
#[derive(Debug)]
pub struct UnionKeeper;
impl Office for UnionKeeper {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::CollegeLeague];
}

/// Who has the compliance of every union before them.
#[derive(Debug)]
pub struct ComplianceReader;
impl Office for ComplianceReader {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::StudentAffairs, OfficeKind::SchoolParty];
}

/// Who acts in the chains of opinions or puts candidates forward: the school's offices, a college's, a class branch, and the
/// unions' own officers.
#[derive(Debug)]
pub struct Vetter;
impl Office for Vetter {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolParty,
        OfficeKind::SchoolUnion,
        OfficeKind::GraduateUnion,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeParty,
        OfficeKind::CollegeUnion,
        OfficeKind::ClassBranch,
    ];
}

/// Who keeps sittings of elections: the school's League committee, a college's League organisation, and a college's union under
/// which its delegates are elected (CON-03).
#[derive(Debug)]
pub struct ElectionKeeper;
impl Office for ElectionKeeper {
    const KINDS: &'static [OfficeKind] =
        &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::CollegeLeague, OfficeKind::CollegeUnion];
}

/// Who sees how sittings stand.
#[derive(Debug)]
pub struct ElectionReader;
impl Office for ElectionReader {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolParty,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeParty,
        OfficeKind::CollegeUnion,
    ];
}

/// Who sees how many have voted: a class branch its own class's number.
#[derive(Debug)]
pub struct TurnoutReader;
impl Office for TurnoutReader {
    const KINDS: &'static [OfficeKind] = &[
        OfficeKind::SchoolLeague,
        OfficeKind::DeputySecretary,
        OfficeKind::StudentAffairs,
        OfficeKind::SchoolParty,
        OfficeKind::CollegeLeague,
        OfficeKind::CollegeParty,
        OfficeKind::CollegeUnion,
        OfficeKind::ClassBranch,
    ];
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
