//! The nouns: a controlled matter with its budget, signatures and loans, and a prior report.

use std::fmt::Write as _;

use time::{Date, OffsetDateTime};

use super::scheme::Control;
use crate::{
    auth::person::Held,
    ids::{
        AccountId, CollegeId, DepartmentId, DocumentId, InstitutionId, LoanId, MatterId, PriorReportId, ReceiptId,
        StudentId, UnionId,
    },
    office::OfficeKind,
    rules::{
        matters::{Answer, Course, MatterKind, ReportKind, Size, Stage, StageWord, Step, Word, yuan},
        plan::Union,
    },
    unions::union::StudentUnion,
    words::words,
};

words! {
    /// How a union has to do with somebody outside.
    ContactKind:
    Visit = "visit", "走访";
    Received = "received", "接待来访";
    Joint = "joint", "联合举办";
    Sponsor = "sponsor", "赞助";
    Other = "other", "其他";
}

words! {
    /// Where money comes from.
    Source:
    Start = "start", "启动资金";
    Sponsor = "sponsor", "赞助";
    Other = "other", "其他";
}

/// What is asked for beyond what every kind has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Particulars {
    Activity {
        ends_at: Option<OffsetDateTime>,
        place: String,
        people: u32,
        off_campus: bool,
        /// People from outside: who and how many; empty for none.
        guests: String,
        /// Empty where none is needed.
        safety: String,
    },
    Publication {
        channel: String,
        body: String,
    },
    Contact {
        partner: String,
        contact: ContactKind,
    },
    Funds {
        source: Source,
    },
}

impl Particulars {
    #[must_use]
    pub fn kind(&self) -> MatterKind {
        match self {
            Self::Activity { .. } => MatterKind::Activity,
            Self::Publication { .. } => MatterKind::Publication,
            Self::Contact { .. } => MatterKind::Contact,
            Self::Funds { .. } => MatterKind::Funds,
        }
    }
}

/// A line of a budget, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    pub name: String,
    pub planned: i64,
    /// What was spent, with the number of its receipt.
    pub spent: Option<i64>,
    pub receipt: Option<String>,
}

impl BudgetLine {
    #[must_use]
    pub fn planned_yuan(&self) -> String {
        yuan(self.planned)
    }

    /// What was spent; a dash before it is known.
    #[must_use]
    pub fn spent_yuan(&self) -> String {
        self.spent.map_or_else(|| "–".to_owned(), yuan)
    }
}

/// What an application says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub title: String,
    pub department: Option<DepartmentId>,
    pub lead: StudentId,
    pub phone: String,
    pub why: String,
    pub how: String,
    pub starts_at: OffsetDateTime,
    pub particulars: Particulars,
    pub lines: Vec<BudgetLine>,
    /// Why it cannot wait for the lead time; none where it is in time.
    pub urgent: Option<String>,
}

impl Application {
    #[must_use]
    pub fn kind(&self) -> MatterKind {
        self.particulars.kind()
    }

    /// The budget in fen.
    #[must_use]
    pub fn planned(&self) -> i64 {
        self.lines.iter().map(|line| line.planned).sum()
    }

    #[must_use]
    pub fn size(&self) -> Size {
        let money = self.planned();
        match &self.particulars {
            Particulars::Activity { people, off_campus, guests, .. } => {
                Size { people: *people, money, guests: !guests.is_empty(), off_campus: *off_campus }
            }
            Particulars::Publication { .. } | Particulars::Contact { .. } | Particulars::Funds { .. } => {
                Size { money, ..Size::default() }
            }
        }
    }

    #[must_use]
    pub fn has_safety_plan(&self) -> bool {
        match &self.particulars {
            Particulars::Activity { safety, .. } => !safety.is_empty(),
            Particulars::Publication { .. } | Particulars::Contact { .. } | Particulars::Funds { .. } => false,
        }
    }

    /// It takes the longer lead time: large, or with a sponsor.
    #[must_use]
    pub fn is_large(&self) -> bool {
        match &self.particulars {
            Particulars::Activity { people, .. } => *people > super::scheme::SAFE_UP_TO,
            Particulars::Contact { contact, .. } => *contact == ContactKind::Sponsor,
            Particulars::Publication { .. } | Particulars::Funds { .. } => false,
        }
    }

    /// What makes it a major activity, in words; nothing for other kinds.
    #[must_use]
    pub fn major(&self, control: &Control) -> Vec<String> {
        if self.kind() != MatterKind::Activity {
            return Vec::new();
        }
        let size = self.size();
        let own = control.grounds.iter().filter(|one| one.ground.holds(size));
        own.map(|one| one.ground.in_words()).collect()
    }
}

/// A controlled matter.
#[derive(Debug, Clone)]
pub struct Matter {
    pub id: MatterId,
    pub institution: InstitutionId,
    pub number: i32,
    pub union: UnionId,
    pub union_kind: Union,
    pub college: Option<CollegeId>,
    pub union_name: String,
    pub department_name: Option<String>,
    pub lead_name: String,
    pub lead_number: String,
    pub says: Application,
    pub course: Course,
    pub revision: i32,
    pub filed_at: OffsetDateTime,
    pub filed_by: AccountId,
    pub filer: String,
    pub begun_noted_at: Option<OffsetDateTime>,
    pub summary_due: Option<Date>,
    pub summary: Option<String>,
}

impl Matter {
    #[must_use]
    pub fn kind(&self) -> MatterKind {
        self.says.kind()
    }

    /// As lists call it: 活动第 3 号.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}（{}第 {} 号）", self.says.title, self.kind().label(), self.number)
    }

    #[must_use]
    pub fn word(&self) -> StageWord {
        self.course.stage().word()
    }

    /// Where it stands, with whom it waits.
    #[must_use]
    pub fn state(&self) -> String {
        match self.course.awaits() {
            Some(step) => format!("等{}", step.label()),
            None => match self.course.stage() {
                Stage::Approved { .. } => format!("已批准，待{}", self.kind().begins()),
                Stage::Begun { .. } => format!("已{}，待总结", self.kind().begins()),
                Stage::Asked { .. }
                | Stage::Returned
                | Stage::Refused
                | Stage::Withdrawn
                | Stage::Revoked
                | Stage::Closed { .. } => self.word().label().to_owned(),
            },
        }
    }

    #[must_use]
    pub fn is_approved(&self) -> bool {
        matches!(self.course.stage(), Stage::Approved { .. })
    }

    #[must_use]
    pub fn is_begun(&self) -> bool {
        matches!(self.course.stage(), Stage::Begun { .. })
    }

    /// Somebody still has to act on it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.course.stage() {
            Stage::Asked { .. } | Stage::Returned | Stage::Approved { .. } | Stage::Begun { .. } => true,
            Stage::Refused | Stage::Withdrawn | Stage::Revoked | Stage::Closed { .. } => false,
        }
    }

    /// When it was approved and when it began.
    #[must_use]
    pub fn moments(&self) -> Moments {
        match *self.course.stage() {
            Stage::Approved { at } => Moments { approved: Some(at), begun: None },
            Stage::Begun { approved, at } => Moments { approved: Some(approved), begun: Some(at) },
            Stage::Closed { approved, begun } => Moments { approved: Some(approved), begun: Some(begun) },
            Stage::Asked { .. } | Stage::Returned | Stage::Refused | Stage::Withdrawn | Stage::Revoked => {
                Moments::default()
            }
        }
    }

    #[must_use]
    pub fn is_summary_late(&self, today: Date) -> bool {
        self.is_begun() && self.summary_due.is_some_and(|due| due < today)
    }

    /// The department that asks, with its union.
    #[must_use]
    pub fn applicant(&self) -> String {
        match &self.department_name {
            Some(department) => format!("{}{department}", self.union_name),
            None => self.union_name.clone(),
        }
    }

    /// The union whose own officers the office is, or whose matters it oversees.
    #[must_use]
    pub fn union(&self) -> StudentUnion {
        StudentUnion {
            id: self.union,
            kind: self.union_kind,
            college: self.college,
            name: self.union_name.clone(),
            opened_on: None,
        }
    }

    /// The office holds a step of its chain.
    #[must_use]
    pub fn step_of(&self, office: &Held) -> Option<Step> {
        let step = self.course.awaits()?;
        let Office { kind, college } = office_of(step, self.union_kind, self.college);
        (office.kind == kind && (college.is_none() || office.college == college)).then_some(step)
    }
}

/// When a matter was approved and when it began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    pub approved: Option<OffsetDateTime>,
    pub begun: Option<OffsetDateTime>,
}

/// The office that holds a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office {
    pub kind: OfficeKind,
    pub college: Option<CollegeId>,
}

/// Which office holds a step: not a person, so that whoever holds it when it comes signs.
#[must_use]
pub fn office_of(step: Step, union: Union, college: Option<CollegeId>) -> Office {
    let kind = match (step, union) {
        (Step::Presidium, Union::School) => OfficeKind::SchoolUnion,
        (Step::Presidium, Union::Graduate) => OfficeKind::GraduateUnion,
        (Step::Presidium, Union::College) => OfficeKind::CollegeUnion,
        (Step::Guide, Union::School | Union::Graduate) => OfficeKind::SchoolLeague,
        (Step::Guide, Union::College) => OfficeKind::CollegeLeague,
        (Step::Deputy, _) => OfficeKind::DeputySecretary,
    };
    let in_college = matches!(kind, OfficeKind::CollegeUnion | OfficeKind::CollegeLeague);
    Office { kind, college: college.filter(|_| in_college) }
}

/// A step's word as it was given.
#[derive(Debug, Clone)]
pub struct Signature {
    pub revision: i32,
    pub step: Step,
    pub word: Word,
    pub says: String,
    pub content_read: bool,
    pub at: OffsetDateTime,
    pub by: String,
}

/// Materials that were borrowed.
#[derive(Debug, Clone)]
pub struct Loan {
    pub id: LoanId,
    pub what: String,
    pub quantity: i32,
    pub lender: String,
    pub due_on: Date,
    pub returned_at: Option<OffsetDateTime>,
}

impl Loan {
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.returned_at.is_none() && self.due_on < today
    }
}

/// A scan of a receipt.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub id: ReceiptId,
    /// The line of the budget that it is for, counted from 1.
    pub place: usize,
    /// As its sender called it.
    pub name: String,
    pub document: DocumentId,
}

/// 事先报告.
#[derive(Debug, Clone)]
pub struct PriorReport {
    pub id: PriorReportId,
    pub number: i32,
    pub union: UnionId,
    pub union_kind: Union,
    pub college: Option<CollegeId>,
    pub union_name: String,
    pub kind: ReportKind,
    pub matter: Option<MatterId>,
    pub title: String,
    pub says: String,
    pub why: String,
    pub grounds: Vec<String>,
    pub planned_at: OffsetDateTime,
    /// It had happened when it was reported.
    pub happened_at: Option<OffsetDateTime>,
    pub received_at: OffsetDateTime,
    pub reporter: String,
    pub answer: Option<AnswerGiven>,
    /// By when it is passed on to the Party committee; none where it need not be.
    pub pass_due: Option<Date>,
    pub passed_at: Option<OffsetDateTime>,
    pub reply: Option<PartyReply>,
    pub decided: Option<DecisionTaken>,
}

/// What the Party committee replied.
#[derive(Debug, Clone)]
pub struct PartyReply {
    pub says: String,
    pub on: Date,
}

/// What the League committee answered.
#[derive(Debug, Clone)]
pub struct AnswerGiven {
    pub answer: Answer,
    pub says: String,
    pub at: OffsetDateTime,
}

/// What the union decided.
#[derive(Debug, Clone)]
pub struct DecisionTaken {
    pub at: OffsetDateTime,
    pub says: String,
}

impl PriorReport {
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.happened_at.is_some()
    }

    #[must_use]
    pub fn may_decide(&self) -> bool {
        self.kind == ReportKind::Decision && !self.is_late() && self.decided.is_none()
    }

    #[must_use]
    pub fn awaits_pass(&self) -> bool {
        self.pass_due.is_some() && self.passed_at.is_none()
    }

    #[must_use]
    pub fn awaits_reply(&self) -> bool {
        self.passed_at.is_some() && self.reply.is_none()
    }

    #[must_use]
    pub fn is_pass_late(&self, today: Date) -> bool {
        self.awaits_pass() && self.pass_due.is_some_and(|due| due < today)
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> String {
        let mut says = match &self.answer {
            None => "待校团委答复".to_owned(),
            Some(given) => format!("校团委答复：{}", given.answer.label()),
        };
        if self.awaits_pass() {
            says += "；待向学校党委汇报";
        } else if self.awaits_reply() {
            says += "；已向学校党委汇报，待回复";
        } else if self.reply.is_some() {
            says += "；学校党委已回复";
        }
        says
    }

    #[must_use]
    pub fn union(&self) -> StudentUnion {
        StudentUnion {
            id: self.union,
            kind: self.union_kind,
            college: self.college,
            name: self.union_name.clone(),
            opened_on: None,
        }
    }
}

/// A budget as its field has it: a line each, the name and the amount in yuan.
#[must_use]
pub fn budget_text(lines: &[BudgetLine]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{} {}", line.name, yuan(line.planned));
        text
    })
}
