//! A questionnaire, its questions, and whom it asks.

use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    ids::{CollegeId, SurveyId, SurveyMeasureId, UnionId},
    rules::survey::FEWEST_EARLY,
    sealing::keys::PublicKey,
    words::words,
};

/// The most questions of a questionnaire, and of them those that ask for a text.
pub const MOST_QUESTIONS: usize = 30;
pub const MOST_TEXTS: usize = 5;
/// The most options of a question.
pub const MOST_OPTIONS: usize = 20;
/// The longest text of an answer, in characters.
pub const LONGEST_TEXT: usize = 300;
/// The most drafts of one host, and the most measures of a questionnaire: what is made without end hides the rest.
pub const MOST_DRAFTS: i64 = 10;
pub const MOST_MEASURES: usize = 50;
/// The words of a scale from 1 to 5 where none are written.
pub const SCALE: [&str; 5] = ["很不满意", "不满意", "一般", "满意", "很满意"];

words! {
    /// Where a questionnaire stands.
    Stage:
    Draft = "draft", "草稿";
    Open = "open", "已开放";
    Closed = "closed", "已统计，未公布";
    Published = "published", "已公布";
}

impl Stage {
    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft => "unknown",
            Self::Open | Self::Closed => "warn",
            Self::Published => "pass",
        }
    }
}

words! {
    /// How a question is answered.
    Kind:
    Single = "single", "单选";
    Several = "several", "多选";
    Scale = "scale", "量表（1 至 5）";
    Order = "order", "排序";
    Text = "text", "文字";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// From 1.
    pub place: i16,
    pub kind: Kind,
    pub says: String,
    pub required: bool,
    /// The choices, the five words of a scale, or what is put in order; none of a text.
    pub options: Vec<String>,
    /// The most choices of several.
    pub most: Option<usize>,
}

impl Question {
    /// What stands below it on the form.
    #[must_use]
    pub fn hint(&self) -> String {
        let how = match (self.kind, self.most) {
            (Kind::Single, _) => "选一项".to_owned(),
            (Kind::Several, Some(most)) if most < self.options.len() => format!("可选几项，最多 {most} 项"),
            (Kind::Several, _) => "可选几项".to_owned(),
            (Kind::Scale, _) => "从 1 到 5 选一个".to_owned(),
            (Kind::Order, _) => format!("给每一项填次序 1 至 {}，1 最靠前", self.options.len()),
            (Kind::Text, _) => format!("不超过 {LONGEST_TEXT} 字；不写姓名、学号和能认出人的事"),
        };
        if self.required { how } else { format!("{how}；可以不答") }
    }
}

/// The pair of keys of a questionnaire as the database keeps it.
#[derive(Debug, Clone)]
pub struct SurveyPair {
    pub public: PublicKey,
    /// The private half, sealed; none once the answers were opened.
    pub locked: Option<Vec<u8>>,
    /// The portal's own mark on the public half, whether answers are anonymous, and the questions.
    pub seal: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Survey {
    pub id: SurveyId,
    /// The union that asks; none: the School Youth League committee.
    pub union: Option<UnionId>,
    /// Who asks, in words.
    pub host: String,
    /// It is the graduates' union, which asks graduates.
    pub graduates: bool,
    pub title: String,
    pub purpose: String,
    pub anonymous: bool,
    pub stage: Stage,
    pub opens_at: OffsetDateTime,
    pub closes_at: OffsetDateTime,
    /// Whom it asks: colleges with their names, years of entry; none: all.
    pub colleges: Vec<CollegeId>,
    pub college_names: Vec<String>,
    pub years: Vec<i32>,
    pub pair: Option<SurveyPair>,
    pub findings: Option<String>,
    pub published_at: Option<OffsetDateTime>,
}

/// A student as a questionnaire looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressee {
    pub enrolled: bool,
    pub college: CollegeId,
    pub year: i32,
    pub is_graduate: bool,
    /// They have answered it.
    pub answered: bool,
}

impl Survey {
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.stage == Stage::Draft
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    #[must_use]
    pub fn is_counted(&self) -> bool {
        matches!(self.stage, Stage::Closed | Stage::Published)
    }

    #[must_use]
    pub fn is_published(&self) -> bool {
        self.stage == Stage::Published
    }

    /// Answers are taken.
    #[must_use]
    pub fn runs(&self, now: OffsetDateTime) -> bool {
        self.is_open() && self.opens_at <= now && now < self.closes_at
    }

    /// Its time is over, and its answers wait to be counted.
    #[must_use]
    pub fn awaits_count(&self, now: OffsetDateTime) -> bool {
        self.is_open() && self.closes_at <= now
    }

    /// With so many answers it may be closed before its time.
    #[must_use]
    pub fn may_end_early(&self, answers: usize) -> bool {
        !self.anonymous || answers >= FEWEST_EARLY
    }

    /// How it stands, in words.
    #[must_use]
    pub fn state(&self, now: &OffsetDateTime) -> &'static str {
        match self.stage {
            Stage::Open if *now < self.opens_at => "未开始",
            Stage::Open if *now >= self.closes_at => "已截止，待统计",
            Stage::Open => "进行中",
            Stage::Draft | Stage::Closed | Stage::Published => self.stage.label(),
        }
    }

    /// Whom it asks, in words.
    #[must_use]
    pub fn asked(&self) -> String {
        let colleges = if self.college_names.is_empty() { "全校".to_owned() } else { self.college_names.join("、") };
        let years: Vec<String> = self.years.iter().map(|year| format!("{year} 级")).collect();
        let who = if self.graduates { "在籍研究生" } else { "在籍学生" };
        if years.is_empty() { format!("{colleges}{who}") } else { format!("{colleges} {}{who}", years.join("、")) }
    }

    /// The student is of those whom it asks.
    #[must_use]
    pub fn asks(&self, student: &Addressee) -> bool {
        student.enrolled
            && (student.is_graduate || !self.graduates)
            && (self.colleges.is_empty() || self.colleges.contains(&student.college))
            && (self.years.is_empty() || self.years.contains(&student.year))
    }

    /// Why somebody cannot answer now, with what they can do instead; none where they can. `student`: none who is no student.
    #[must_use]
    pub fn why_not(&self, student: Option<&Addressee>, now: OffsetDateTime) -> Option<Hindrance> {
        let at = |moment: OffsetDateTime| {
            let moment = moment.to_offset(CHINA);
            format!("{} {:02}:{:02}", moment.date(), moment.hour(), moment.minute())
        };
        let hindered = |why: String, remedy: &'static str| Some(Hindrance { why, remedy });
        if self.is_open() && now < self.opens_at {
            return hindered(format!("这份问卷 {} 开始", at(self.opens_at)), "到时候再来，问题会在这一页");
        }
        if !self.runs(now) {
            return hindered(format!("这份问卷 {} 已经截止", at(self.closes_at)), "结果公布以后，在这一页可以看到");
        }
        let Some(student) = student else {
            return hindered("问卷由在籍学生作答，你的账号不是学生账号".to_owned(), "结果公布以后，在这一页可以看到");
        };
        if student.answered {
            return hindered("你已经答过这份问卷，每人一份".to_owned(), "结果公布以后，在这一页可以看到");
        }
        if !self.asks(student) {
            return hindered(
                format!("这份问卷面向{}，你不在其中", self.asked()),
                "院系、年级或在籍情况有误的，请学生工作部门更正；有话要说，可以提诉求",
            );
        }
        None
    }
}

/// Why somebody cannot answer, and what they can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    pub why: String,
    pub remedy: &'static str,
}

/// What follows from a questionnaire.
#[derive(Debug, Clone)]
pub struct Measure {
    pub id: SurveyMeasureId,
    pub says: String,
    pub responsible: String,
    pub due_on: Date,
    /// What came of it.
    pub done: Option<String>,
}

impl Measure {
    #[must_use]
    pub fn is_late(&self, today: &Date) -> bool {
        self.done.is_none() && self.due_on < *today
    }
}
