//! A step of the order of business, who does it and by when.

use time::{Date, Duration};

use crate::{
    congress::{congress::Congress, section::Progress},
    ids::{CongressId, DocumentId},
    rules::plan::Union,
    words::words,
};

words! {
    /// A step of the order of business.
    Step:
    RequestPrepare = "request_prepare", "请示筹备";
    ReplyPrepare = "reply_prepare", "批复同意筹备";
    Committee = "committee", "成立筹备委员会";
    /// The rules of the congress are on file (CON-11).
    Rules = "rules", "大会制度存档";
    Seats = "seats", "批准代表名额";
    RequestConvene = "request_convene", "请示召开";
    ReplyParty = "reply_party", "同级党组织批复同意召开";
    ReplyFederation = "reply_federation", "上级学联批复同意召开";
    Delegates = "delegates", "选举代表";
    Notice = "notice", "印发会议通知";
    Agenda = "agenda", "拟定会议议程";
    Qualification = "qualification", "审查代表资格";
    Meeting = "meeting", "召开大会";
    Result = "result", "结果公布、批准、备案";
}

impl Step {
    /// The portal knows itself whether it is done.
    #[must_use]
    pub fn is_derived(self) -> bool {
        match self {
            Self::Rules | Self::Seats | Self::Delegates | Self::Qualification | Self::Meeting | Self::Result => true,
            Self::RequestPrepare
            | Self::ReplyPrepare
            | Self::Committee
            | Self::RequestConvene
            | Self::ReplyParty
            | Self::ReplyFederation
            | Self::Notice
            | Self::Agenda => false,
        }
    }

    /// The congress has that step.
    #[must_use]
    pub fn is_of(self, congress: &Congress) -> bool {
        match self {
            Self::ReplyFederation => congress.kind != Union::College,
            Self::Seats | Self::Delegates | Self::Qualification => !congress.of_all,
            _ => true,
        }
    }

    /// Days before the meeting by which it is usually done (practice); the result follows it.
    fn days_before(self) -> i64 {
        match self {
            Self::RequestPrepare => 60,
            Self::ReplyPrepare => 50,
            Self::Committee => 45,
            Self::Rules => 40,
            Self::Seats => 35,
            Self::RequestConvene => 28,
            Self::ReplyParty | Self::ReplyFederation => 21,
            Self::Delegates => 14,
            Self::Notice | Self::Agenda => 7,
            Self::Qualification => 3,
            Self::Meeting => 0,
            Self::Result => -30,
        }
    }

    /// Who does it.
    #[must_use]
    pub fn by(self, kind: Union) -> &'static str {
        let college = kind == Union::College;
        match self {
            Self::ReplyPrepare | Self::ReplyParty if college => "院系党组织",
            Self::ReplyPrepare | Self::ReplyParty => "学校党委",
            Self::ReplyFederation => "上级学联",
            Self::Delegates => "院系学生会",
            Self::RequestPrepare | Self::RequestConvene | Self::Notice | Self::Agenda => match kind {
                Union::College => "院系学生会",
                Union::School => "学生会",
                Union::Graduate => "研究生会",
            },
            Self::Committee | Self::Rules | Self::Seats | Self::Qualification | Self::Meeting | Self::Result => {
                if college {
                    "院系团组织"
                } else {
                    "校团委"
                }
            }
        }
    }

    /// Its paper must be on file: the congress is convened by it.
    #[must_use]
    pub fn needs_paper(self) -> bool {
        matches!(self, Self::ReplyParty | Self::ReplyFederation)
    }

    /// What is said in its field of words.
    #[must_use]
    pub fn asks(self) -> &'static str {
        match self {
            Self::Committee => "组成人员或会议名称",
            _ => "文号或说明",
        }
    }
}

/// A paper on file.
#[derive(Debug, Clone)]
pub struct FiledPaper {
    pub id: DocumentId,
    pub name: String,
}

/// A step of one congress as it stands.
#[derive(Debug, Clone)]
pub struct StepRow {
    pub congress: CongressId,
    pub step: Step,
    /// By when: as somebody set it, else as usual before the meeting; none while no day is planned.
    pub due: Option<Date>,
    /// Somebody set that day.
    pub due_is_set: bool,
    pub done_on: Option<Date>,
    pub says: String,
    pub paper: Option<FiledPaper>,
}

impl StepRow {
    /// What somebody took down of the step, as one text; empty where nothing was. Whoever changes it has seen it so.
    #[must_use]
    pub fn mark(&self) -> String {
        let due = self.due.filter(|_| self.due_is_set).map(|due| due.to_string());
        // What is derived from records changes with them.
        let typed = !self.step.is_derived();
        let done = self.done_on.filter(|_| typed).map(|done| done.to_string());
        let says = Some(&self.says).filter(|says| typed && !says.is_empty()).cloned();
        let paper = self.paper.as_ref().filter(|_| typed).map(|paper| paper.id.to_string());
        [due, done, says, paper].into_iter().flatten().collect::<Vec<_>>().join("|")
    }

    /// The day by which a step is usually done.
    #[must_use]
    pub fn usual(step: Step, congress: &Congress) -> Option<Date> {
        congress.meets_on?.checked_sub(Duration::days(step.days_before()))
    }

    #[must_use]
    pub fn progress(&self, today: Date) -> Progress {
        match (self.done_on, self.due) {
            (Some(_), _) => Progress::Done,
            (None, Some(due)) if due < today => Progress::Late,
            (None, Some(due)) if due <= today + Duration::days(14) => Progress::Now,
            (None, _) => Progress::ToDo,
        }
    }

    /// The page on which a step that the portal knows itself is done.
    #[must_use]
    pub fn onward(&self) -> Option<String> {
        match self.step {
            Step::Seats => Some(self.congress.seats_path()),
            Step::Delegates => Some(self.congress.delegates_path()),
            Step::Result => Some(self.congress.result_path()),
            _ => None,
        }
    }

    /// Where it is ticked.
    #[must_use]
    pub fn path(&self) -> String {
        self.congress.step_path(self.step.slug())
    }
}

/// A version of the rules by which a union's congresses are held.
#[derive(Debug, Clone)]
pub struct RulesRow {
    pub name: String,
    pub adopted_on: Date,
    pub paper: FiledPaper,
}
