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

/// Declares the sets of offices as one table: the type, the kinds in it, and who that is.
macro_rules! sets_of_offices {
    ($($(#[$doc:meta])* $set:ident: $($kind:ident),+;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $set;

        impl Office for $set {
            const KINDS: &'static [OfficeKind] = &[$(OfficeKind::$kind),+];
        }
    )*};
}

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
    /// Who sees the figures of the whole university.
    SchoolStaff: Administrator, SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty;
    /// Who reads the record of what was done.
    Overseer: Administrator, SchoolLeague, DeputySecretary, SchoolParty;
    /// Who sees people's data: the whole university, a college its own, a class branch its class.
    PeopleReader: Administrator, SchoolLeague, DeputySecretary, StudentAffairs, CollegeLeague, CollegeParty,
        ClassBranch;
    /// Who sees people's grades among their data.
    GradeReader: SchoolLeague, DeputySecretary, StudentAffairs, CollegeLeague, CollegeParty;
    /// Who names people in forms and may have them suggested.
    PeopleFinder: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion,
        CollegeLeague, CollegeParty, CollegeUnion, ClassBranch;
    /// Who keeps the students' data: imports, corrections, leaving, the turn of the year.
    Registrar: Administrator, SchoolLeague, DeputySecretary, StudentAffairs;
    /// Who keeps the calendar of working days.
    HolidayKeeper: Administrator, SchoolLeague, DeputySecretary;
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
    /// Who handles cases of misconduct: the school's League committee, and of its own people the Party committee.
    ConductHandler: SchoolLeague, DeputySecretary, SchoolParty;
    /// Who has the compliance of every union before them.
    ComplianceReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty;
    /// Who acts in the chains of opinions or puts candidates forward: the school's offices, a college's, a class
    /// branch, and the unions' own officers.
    Vetter: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague,
        CollegeParty, CollegeUnion, ClassBranch;
    /// Who keeps sittings of elections: the school's League committee, a college's League organisation, and a college's
    /// union under which its delegates are elected (CON-03).
    ElectionKeeper: SchoolLeague, DeputySecretary, CollegeLeague, CollegeUnion;
    /// Who sees how sittings stand.
    ElectionReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty,
        CollegeUnion;
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
    /// A class's League branch.
    ClassBranch: ClassBranch;
    /// Who recommends delegates (CON-03): a class branch its own, and who takes down whom societies name.
    DelegateRecommender: SchoolLeague, DeputySecretary, CollegeLeague, ClassBranch;
    /// Who reviews recommended delegates where the plan asks for it (CON-03): the Party organisation of the person, or
    /// another body of a plan's chain.
    DelegateReviewer: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// The union of a college: it holds the election of its delegates and hands their list in (CON-03); and who takes down
    /// the results of what belongs to no college.
    DelegateElector: SchoolLeague, DeputySecretary, CollegeLeague, CollegeUnion;
    /// Who sees how reviews stand and what they came to: the school's offices all of them, a college's its own.
    ReviewReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// Who sees the controlled matters and prior reports: the school's offices all of them, a college's and a union's their own.
    MatterReader: SchoolLeague, DeputySecretary, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
    /// A union's own officers, who file matters and report.
    MatterFiler: SchoolUnion, GraduateUnion, CollegeUnion;
    /// Whose word matters need (GUI-02): the union's presidium, its guiding teacher, the deputy secretary.
    MatterSigner: SchoolLeague, DeputySecretary, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
    /// Who takes down how the Party committee replied to a report (GUI-05): it itself, or the League committee by its document.
    PartyReplier: SchoolLeague, DeputySecretary, SchoolParty;
    /// Who handles what students ask for: the unions take it up, the League committees see to it, offices answer.
    VoiceHandler: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague,
        CollegeParty, CollegeUnion;
    /// Who speaks for students: the unions, and the League committees that guide them.
    VoiceKeeper: SchoolLeague, DeputySecretary, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
    /// Who reads the yearly account before it is published.
    AccountReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty;
    /// Who signs the yearly account second.
    AccountSigner: SchoolLeague, DeputySecretary, SchoolParty;
    /// Who sees how many have voted: a class branch its own class's number.
    TurnoutReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, CollegeLeague, CollegeParty,
        CollegeUnion, ClassBranch;
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
