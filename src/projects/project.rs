//! A project for which volunteers are recruited, its tasks, and who volunteers.

use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    ids::{MatterId, ProjectId, ProjectTaskId, StudentId, UnionId, VolunteerId},
    rules::matters::{MatterKind, StageWord},
    text::chinese_day,
    words::words,
};

words! {
    /// Where a project stands.
    ///
    /// ```text
    /// Drafted ──report──▶ Reported ──received──▶ Received ──recruit──▶ Recruiting ──close──▶ Closed
    ///    └───────────────────┴──────────────────────┴──────────close──────────────────────────▶ Closed
    /// ```
    Stage:
    Drafted = "drafted", "待事先报告";
    Reported = "reported", "已报告，待收到";
    Received = "received", "报告已收到，待招募";
    Recruiting = "recruiting", "招募和进行中";
    Closed = "closed", "已结项";
}

#[derive(Debug, Clone)]
pub struct Project {
    pub id: ProjectId,
    pub union: UnionId,
    pub union_name: String,
    pub title: String,
    /// Why the union really has to host it.
    pub necessity: String,
    pub place: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub stage: Stage,
    pub report: Option<String>,
    pub reported_at: Option<OffsetDateTime>,
    pub received_at: Option<OffsetDateTime>,
    pub closed_at: Option<OffsetDateTime>,
    pub summary: Option<String>,
    /// People whose engagement has not ended.
    pub engaged: i64,
    pub places: i64,
}

impl Project {
    #[must_use]
    pub fn is_drafted(&self) -> bool {
        self.stage == Stage::Drafted
    }

    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.stage == Stage::Reported
    }

    #[must_use]
    pub fn is_recruiting(&self) -> bool {
        self.stage == Stage::Recruiting
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.stage == Stage::Closed
    }

    /// Nobody has begun to recruit for it.
    #[must_use]
    pub fn is_before_recruiting(&self) -> bool {
        matches!(self.stage, Stage::Drafted | Stage::Reported | Stage::Received)
    }

    /// Its last day is over, and nobody closed it.
    #[must_use]
    pub fn is_overdue(&self, today: &Date) -> bool {
        !self.is_closed() && self.ends_on < *today
    }

    /// One may volunteer on a day.
    #[must_use]
    pub fn is_open_on(&self, today: &Date) -> bool {
        self.is_recruiting() && *today <= self.ends_on
    }

    /// Its term in words.
    #[must_use]
    pub fn term(&self) -> String {
        format!("{}至{}", chinese_day(self.starts_on), chinese_day(self.ends_on))
    }

    /// The day on which the prior report was received.
    #[must_use]
    pub fn received_on(&self) -> Option<Date> {
        self.received_at.map(|at| at.to_offset(CHINA).date())
    }
}

/// What volunteers do in a project.
#[derive(Debug, Clone)]
pub struct ProjectTask {
    pub id: ProjectTaskId,
    pub title: String,
    pub places: i64,
    /// Places that are taken.
    pub taken: i64,
}

impl ProjectTask {
    #[must_use]
    pub fn left(&self) -> i64 {
        (self.places - self.taken).max(0)
    }
}

/// A controlled matter of the union (GUI-02) that a project may need.
#[derive(Debug, Clone)]
pub struct NeededMatter {
    pub id: MatterId,
    pub kind: MatterKind,
    pub number: i32,
    pub title: String,
    pub stage: StageWord,
    /// The project says that it needs it.
    pub needed: bool,
}

impl NeededMatter {
    /// Every step has signed it.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        match self.stage {
            StageWord::Approved | StageWord::Begun | StageWord::Closed => true,
            StageWord::Asked | StageWord::Returned | StageWord::Refused | StageWord::Withdrawn | StageWord::Revoked => {
                false
            }
        }
    }

    /// As lists call it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}（{}第 {} 号）", self.title, self.kind.label(), self.number)
    }
}

/// How many of the matters that a project needs are not approved.
#[must_use]
pub fn pending(matters: &[NeededMatter]) -> u32 {
    let open = matters.iter().filter(|matter| matter.needed && !matter.is_approved()).count();
    u32::try_from(open).unwrap_or(u32::MAX)
}

/// Somebody who volunteers.
#[derive(Debug, Clone)]
pub struct Volunteer {
    pub id: VolunteerId,
    pub project: ProjectId,
    pub project_title: String,
    pub union_name: String,
    pub student: StudentId,
    pub name: String,
    /// 学号.
    pub number: String,
    pub class: String,
    pub task: String,
    pub from_at: OffsetDateTime,
    pub until_at: Option<OffsetDateTime>,
    pub withdrew: bool,
    /// Quarters of an hour.
    pub quarters: i64,
    /// Days on which they worked.
    pub days: i64,
    /// The first and the last of them.
    pub first_day: Option<Date>,
    pub last_day: Option<Date>,
}

impl Volunteer {
    #[must_use]
    pub fn is_engaged(&self) -> bool {
        self.until_at.is_none()
    }

    /// Hours in words: `12.25`.
    #[must_use]
    pub fn hours(&self) -> String {
        hours(self.quarters)
    }

    #[must_use]
    pub fn state(&self) -> &'static str {
        match (self.until_at, self.withdrew) {
            (None, _) => "进行中",
            (Some(_), true) => "已退出",
            (Some(_), false) => "已结束",
        }
    }
}

/// Quarters of an hour as hours: `12`, `12.25`, `12.5`.
#[must_use]
pub fn hours(quarters: i64) -> String {
    match quarters % 4 {
        0 => format!("{}", quarters / 4),
        1 => format!("{}.25", quarters / 4),
        2 => format!("{}.5", quarters / 4),
        _ => format!("{}.75", quarters / 4),
    }
}

/// Hours as typed in quarters of an hour; none where they are no whole number of quarters.
#[must_use]
pub fn quarters(typed: &str) -> Option<i32> {
    let (whole, rest) = typed.split_once('.').unwrap_or((typed, ""));
    let rest = match rest.trim_end_matches('0') {
        "" => 0,
        "25" => 1,
        "5" => 2,
        "75" => 3,
        _ => return None,
    };
    let digits = !whole.is_empty() && whole.len() <= 2 && whole.bytes().all(|byte| byte.is_ascii_digit());
    let quarters = digits.then(|| whole.parse::<i32>().ok()).flatten()? * 4 + rest;
    (1..=96).contains(&quarters).then_some(quarters)
}
