//! A review as the database has it: who reports, who reviews, how far it is.

use time::{Date, OffsetDateTime};

use crate::{
    ids::{AccountId, DepartmentId, ReviewId, StudentId},
    rules::review::{BoardMember, Category, Grade, Ranked, Scheme, score_in_words},
    sealing::keys::PublicKey,
    text::chinese_day,
    unions::union::StudentUnion,
    words::words,
};

words! {
    /// How far a review is.
    ///
    /// ```text
    /// reporting ⇄ confirmed → scoring → closed → counted → settled
    ///                 ↑__________|________|   (the sheets are destroyed unread)
    ///                            ↑________|   (on paper: they are typed in again)
    /// ```
    #[derive(PartialOrd, Ord)]
    Stage:
    Reporting = "reporting", "提交述职报告";
    Confirmed = "confirmed", "评议会已确认";
    Scoring = "scoring", "正在评分";
    Closed = "closed", "已截止，待开封";
    Counted = "counted", "结果已公布";
    Settled = "settled", "已办结";
}

impl Stage {
    /// The style of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Reporting | Self::Confirmed => "unknown",
            Self::Scoring | Self::Closed => "warn",
            Self::Counted | Self::Settled => "pass",
        }
    }
}

words! {
    /// How far a report is.
    ReportState:
    None = "none", "未提交";
    Draft = "draft", "草稿";
    Handed = "handed", "已提交";
    Returned = "returned", "已退回";
}

/// The review of one union in one semester.
#[derive(Debug, Clone)]
pub struct Review {
    pub id: ReviewId,
    pub union: StudentUnion,
    pub semester: String,
    pub from_day: Date,
    /// The first day after the semester.
    pub until_day: Date,
    pub stage: Stage,
    /// The last day for reports.
    pub report_until: Date,
    pub sits_on: Date,
    pub scheme: Scheme,
    /// The plan names no aspects.
    pub aspects_by_default: bool,
    pub objection_days: i32,
    pub opened_at: Option<OffsetDateTime>,
    /// The sitting's key, once it is opened, with the portal's mark on it.
    pub key: Option<SittingKey>,
    /// The board writes on paper: its sheets are typed in.
    pub on_paper: bool,
    pub closed_at: Option<OffsetDateTime>,
    /// Sheets at the closing.
    pub sheets: Option<i32>,
    pub counted_at: Option<OffsetDateTime>,
    /// The last day on which somebody may object.
    pub object_until: Option<Date>,
    pub settled_at: Option<OffsetDateTime>,
}

/// The key to which sheets are sealed.
#[derive(Debug, Clone)]
pub struct SittingKey {
    pub public: PublicKey,
    pub seal: Vec<u8>,
}

impl Review {
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}述职评议", self.union.name, self.semester)
    }

    /// How far it is, in words: sheets on paper are not opened.
    #[must_use]
    pub fn stage_label(&self) -> &'static str {
        match self.stage {
            Stage::Closed if self.on_paper => "已录入，待核对",
            stage => stage.label(),
        }
    }

    #[must_use]
    pub fn is_reporting(&self) -> bool {
        self.stage == Stage::Reporting
    }

    /// Reports are taken until the board sits.
    #[must_use]
    pub fn takes_reports(&self) -> bool {
        matches!(self.stage, Stage::Reporting | Stage::Confirmed)
    }

    /// Results are there.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        matches!(self.stage, Stage::Counted | Stage::Settled)
    }

    /// Somebody may object on a day.
    #[must_use]
    pub fn takes_objections(&self, today: Date) -> bool {
        self.stage == Stage::Counted && self.object_until.is_some_and(|until| today <= until)
    }
}

/// Whoever held a post in the semester, once.
#[derive(Debug, Clone)]
pub struct Person {
    pub place: i16,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub class: String,
    /// Their posts in words.
    pub posts: String,
    pub departments: Vec<DepartmentId>,
    /// The first day on which they held none any more.
    pub left_on: Option<Date>,
    pub left_why: Option<String>,
    pub excused_why: Option<String>,
    /// A text for each aspect, in their order; empty where nothing is written.
    pub report: Vec<String>,
    pub state: ReportState,
    pub handed_at: Option<OffsetDateTime>,
    pub returned_why: Option<String>,
    /// They are scored at the sitting.
    pub scored: bool,
}

impl Person {
    #[must_use]
    pub fn is_handed(&self) -> bool {
        self.state == ReportState::Handed
    }

    /// Their report is late on a day.
    #[must_use]
    pub fn is_late(&self, review: &Review, today: &Date) -> bool {
        !self.is_handed() && self.excused_why.is_none() && *today > review.report_until
    }

    /// When and why they left their posts, in words.
    #[must_use]
    pub fn leaving(&self) -> String {
        match (&self.left_on, &self.left_why) {
            (Some(day), Some(why)) => format!("{}离任（{why}）", chinese_day(*day)),
            (Some(day), None) => format!("{}离任", chinese_day(*day)),
            (None, _) => String::new(),
        }
    }

    /// What they wrote on an aspect.
    #[must_use]
    pub fn text(&self, place: &usize) -> &str {
        self.report.get(*place).map_or("", String::as_str)
    }
}

/// What a board member's passphrase gives.
#[derive(Debug, Clone)]
pub struct MemberKey {
    pub salt: Vec<u8>,
    pub public: PublicKey,
    /// The portal's own mark on both.
    pub mac: Vec<u8>,
}

/// A share as it was dealt, sealed to its member.
#[derive(Debug, Clone)]
pub struct DealtShare {
    pub sealed: Vec<u8>,
    pub mark: Vec<u8>,
}

/// Somebody on the board.
#[derive(Debug, Clone)]
pub struct Member {
    pub account: AccountId,
    pub student: Option<StudentId>,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    pub category: Category,
    pub drawn: bool,
    pub monitor: bool,
    /// Their place among those who score; none where they did not come.
    pub scorer: Option<i16>,
    pub key: Option<MemberKey>,
    pub proved_at: Option<OffsetDateTime>,
    pub share: Option<DealtShare>,
    /// Where they worked in the semester.
    pub departments: Vec<DepartmentId>,
}

impl Member {
    /// The member as the rule sees them.
    #[must_use]
    pub fn seat(&self, persons: &[Person]) -> BoardMember {
        BoardMember {
            name: self.name.clone(),
            category: self.category,
            reviewed: self.student.is_some_and(|student| persons.iter().any(|person| person.student == student)),
            present: self.scorer.is_some(),
        }
    }

    /// The passphrase was shown to work.
    #[must_use]
    pub fn has_proved(&self) -> bool {
        self.proved_at.is_some()
    }
}

/// What somebody's sheets came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub person: i16,
    pub sheets: i32,
    /// In hundredths of a point of a hundred.
    pub score: u32,
    pub grade: Grade,
    /// The mean of each aspect, in the same unit.
    pub aspects: Vec<u32>,
    pub bands: Vec<i32>,
    pub trimmed: bool,
}

impl Outcome {
    #[must_use]
    pub fn score_in_words(&self) -> String {
        score_in_words(self.score)
    }

    /// So few sheets that nothing but the score is shown.
    #[must_use]
    pub fn is_of_few(&self) -> bool {
        usize::try_from(self.sheets).unwrap_or(0) < crate::rules::review::FEWEST_SHOWN
    }
}

/// Somebody does not agree with their result.
#[derive(Debug, Clone)]
pub struct Objection {
    pub person: i16,
    pub name: String,
    pub says: String,
    pub at: OffsetDateTime,
    pub answer: Option<String>,
    /// The day on which the board considered it, and how many of it took part; of answers from before neither is known.
    pub considered: Option<(Date, i16)>,
    /// The grade that was, where it is changed.
    pub before: Option<Grade>,
}

impl Objection {
    /// How the board came to its answer, in words; empty where that is not known.
    #[must_use]
    pub fn considered_in_words(&self) -> String {
        let words = |(day, members): (Date, i16)| format!("评议会 {members} 人{}复议", chinese_day(day));
        self.considered.map_or_else(String::new, words)
    }
}

/// The results of a review for the rules on nominations, by place.
#[must_use]
pub fn ranked(persons: &[Person], outcomes: &[Outcome]) -> Vec<Ranked> {
    let one = |outcome: &Outcome| {
        let person = persons.iter().find(|person| person.place == outcome.person)?;
        let (number, name) = (person.number.clone(), person.name.clone());
        Some(Ranked { number, name, score: outcome.score, grade: outcome.grade })
    };
    outcomes.iter().filter_map(one).collect()
}
