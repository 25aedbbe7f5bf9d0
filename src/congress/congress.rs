//! A congress (学生代表大会) of one union, who its delegates are, and how far it has come.
//!
//! ```text
//! Preparing ── convene ─▶ Convened ── hold ─▶ Held ── settle ─▶ Closed
//!     │                       │
//!     └────── call off ───────┴─▶ CalledOff
//! ```

use time::{Date, OffsetDateTime};

use crate::{
    auth::person::Held,
    ids::{
        CollegeId, CongressDelegationId, CongressId, ContestId, DelegateId, DocumentId, InstitutionId, StudentId,
        UnionId,
    },
    office::OfficeKind,
    rules::{plan::Union, yearly::academic_year_in_words},
    words::words,
};

words! {
    /// How far a congress has come.
    Stage:
    Preparing = "preparing", "筹备";
    /// The bodies that decide have agreed, and the day is fixed.
    Convened = "convened", "已批准召开";
    /// It met and elected.
    Held = "held", "已召开";
    /// Its result is announced, approved and filed.
    Closed = "closed", "已办结";
    CalledOff = "called_off", "已取消";
}

impl Stage {
    /// The stages to which it may lead: the table of the steps, drawn above. The database holds the same words.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Preparing => &[Self::Convened, Self::CalledOff],
            Self::Convened => &[Self::Held, Self::CalledOff],
            Self::Held => &[Self::Closed],
            Self::Closed | Self::CalledOff => &[],
        }
    }

    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Nothing of it is settled for good yet.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Preparing | Self::Convened | Self::Held => true,
            Self::Closed | Self::CalledOff => false,
        }
    }

    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Preparing => "unknown",
            Self::Convened | Self::Held => "warn",
            Self::Closed => "pass",
            Self::CalledOff => "fail",
        }
    }
}

/// Characters of 2号 in a line of a paper's title: 156 mm (GB/T 9704-2012).
const TITLE_LINE: usize = 20;

#[derive(Debug, Clone)]
pub struct Congress {
    pub id: CongressId,
    pub institution: InstitutionId,
    /// The university's name.
    pub institution_name: String,
    pub union: UnionId,
    pub kind: Union,
    /// The college whose union holds it; none for the school's and the graduates'.
    pub college: Option<CollegeId>,
    pub college_name: Option<String>,
    /// The year in which the academic year began for which it is held.
    pub academic_year: i32,
    /// Which one it is: 第二十三次.
    pub ordinal: String,
    /// A meeting of all students of a small college (全体学生大会): it has no delegates and no seats.
    pub of_all: bool,
    pub stage: Stage,
    /// The day by which the students are counted.
    pub counted_on: Date,
    /// The day on which it meets: planned first, then as it was convened.
    pub meets_on: Option<Date>,
    /// The last day of the meeting.
    pub held_on: Option<Date>,
    /// The least share of delegates who are no backbone (骨干) of a union, in percent; none where nothing is asked.
    pub ordinary_percent: Option<u32>,
    /// The seats shared out; none until they are drafted, and for a meeting of all.
    pub seats: Option<u32>,
    /// The students on which the seats rest.
    pub students: Option<u32>,
    pub seats_approved_at: Option<OffsetDateTime>,
    /// Why seats were approved of which a soft rule warns.
    pub seats_reason: Option<String>,
    pub called_off_why: Option<String>,
    /// Held before the portal and taken down from papers.
    pub registered: bool,
    /// The paper that a registered one rests on.
    pub document: Option<DocumentId>,
    pub created_at: OffsetDateTime,
}

impl Congress {
    /// As papers call it: `示范大学第二十三次学生代表大会`, `示范大学信息工程学院第三次学生代表大会`.
    #[must_use]
    pub fn title(&self) -> String {
        let college = self.college_name.as_deref().unwrap_or_default();
        format!("{}{college}{}{}", self.institution_name, self.ordinal, self.what())
    }

    /// [`title`](Self::title) as the title of a paper has it, with so many characters after it in its line: broken before
    /// the ordinal where the line is too short.
    #[must_use]
    pub fn title_in_lines(&self, after: usize) -> String {
        let of = format!("{}{}", self.institution_name, self.college_name.as_deref().unwrap_or_default());
        let which = format!("{}{}", self.ordinal, self.what());
        let fits = of.chars().count() + which.chars().count() + after <= TITLE_LINE;
        if fits { of + &which } else { format!("{of}\n{which}") }
    }

    /// As lists of one university call it: without the university's name.
    #[must_use]
    pub fn short_title(&self) -> String {
        let of = self.college_name.as_deref().unwrap_or("学校");
        format!("{of}{}{}", self.ordinal, self.what())
    }

    /// What kind of meeting it is.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match (self.of_all, self.kind) {
            (true, _) => "全体学生大会",
            (false, Union::Graduate) => "研究生代表大会",
            (false, Union::School | Union::College) => "学生代表大会",
        }
    }

    /// The union that holds it, as papers call it.
    #[must_use]
    pub fn union_name(&self) -> String {
        let college = self.college_name.as_deref().unwrap_or_default();
        let what = if self.kind == Union::Graduate { "研究生会" } else { "学生会" };
        format!("{}{college}{what}", self.institution_name)
    }

    /// Who is due at it, as papers call them.
    #[must_use]
    pub fn due(&self) -> &'static str {
        if self.of_all { "学生" } else { "正式代表" }
    }

    /// As they are spoken to.
    #[must_use]
    pub fn address(&self) -> &'static str {
        if self.of_all { "同学" } else { "代表" }
    }

    /// The academic year in words: `2026—2027 学年`.
    #[must_use]
    pub fn year_in_words(&self) -> String {
        academic_year_in_words(self.academic_year)
    }

    /// The office prepares it, convenes it and settles its result.
    #[must_use]
    pub fn is_kept_by(&self, office: &Held) -> bool {
        match office.kind {
            OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => self.kind != Union::College,
            OfficeKind::CollegeLeague => self.college.is_some() && self.college == office.college,
            _ => false,
        }
    }

    /// The office sees it: the school's offices all, for whom colleges file theirs; a college's offices the school's,
    /// for which their delegates are elected, and their own.
    #[must_use]
    pub fn is_visible_to(&self, office: &Held) -> bool {
        sees(self.kind, self.college, office)
    }

    /// Its seats are approved and bind the elections.
    #[must_use]
    pub fn has_approved_seats(&self) -> bool {
        self.seats_approved_at.is_some()
    }
}

/// An office sees the congresses of such a union: the school's all of them, a college's the school's and its own.
#[must_use]
pub fn sees(kind: Union, of: Option<CollegeId>, office: &Held) -> bool {
    match office.kind {
        OfficeKind::SchoolLeague
        | OfficeKind::DeputySecretary
        | OfficeKind::StudentAffairs
        | OfficeKind::SchoolParty
        | OfficeKind::SchoolUnion => true,
        OfficeKind::GraduateUnion => kind != Union::College,
        OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion => {
            of.is_none() || of == office.college
        }
        OfficeKind::Administrator | OfficeKind::ClassBranch | OfficeKind::Student => false,
    }
}

words! {
    /// How somebody is a delegate.
    Standing:
    /// Elected for a seat.
    Elected = "elected", "正式代表";
    /// Waits for a seat that becomes free.
    Substitute = "substitute", "候补代表";
    /// Outside the seats: members of the sitting presidium.
    Outside = "outside", "名额以外的代表";
}

/// A delegate, from the list of those elected.
#[derive(Debug, Clone)]
pub struct Delegate {
    pub id: DelegateId,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    pub class: String,
    /// The unit whose seat they hold.
    pub unit: Option<i16>,
    pub delegation: Option<CongressDelegationId>,
    /// The number on the delegate's card; none until the report on qualifications is adopted.
    pub card: Option<i32>,
    pub standing: Standing,
    /// Backbone (骨干) of the school's or a college's union on the day of the list.
    pub backbone: bool,
    pub head_of_delegation: bool,
    /// The contest that elected them, where it was held here.
    pub contest: Option<ContestId>,
    /// Whose seat they moved up to.
    pub replaces: Option<DelegateId>,
    pub ended_on: Option<Date>,
    pub ended_why: Option<String>,
}

impl Delegate {
    /// They have a vote at the congress.
    #[must_use]
    pub fn votes(&self) -> bool {
        self.ended_on.is_none() && self.standing != Standing::Substitute
    }
}
