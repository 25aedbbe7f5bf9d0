//! The units of a congress to which seats are given, as their delegates see them.

use crate::{
    ids::{CollegeId, ContestId, SittingId},
    rules::delegates::UnitBallot,
    words::words,
};

words! {
    /// What a unit is.
    UnitKind:
    /// A grade of a college, whose classes recommend and elect.
    Grade = "grade", "年级";
    Society = "society", "主要学生社团";
    /// A union's staff and sitting presidium.
    Union = "union", "学生会";
}

/// A unit with its seats.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its place on the list, from 1: what tells it from the others.
    pub place: i16,
    pub kind: UnitKind,
    /// The college of a grade.
    pub college: Option<CollegeId>,
    pub college_name: Option<String>,
    pub entry_year: Option<i32>,
    pub organisation: Option<String>,
    pub seats: u32,
}

impl Unit {
    /// `信息工程系2024级`, the society's name, or the union's.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.kind, &self.college_name, self.entry_year, &self.organisation) {
            (UnitKind::Grade, Some(college), Some(year), _) => format!("{college}{year}级"),
            (UnitKind::Society, _, _, Some(name)) => name.clone(),
            _ => "学生会工作人员和主席团".to_owned(),
        }
    }

    /// The college's union holds its election; of the others the League committee takes the result down.
    #[must_use]
    pub fn elects_here(&self) -> bool {
        self.kind == UnitKind::Grade
    }
}

/// The contest that fills a unit's seats.
#[derive(Debug, Clone)]
pub struct UnitContest {
    pub contest: ContestId,
    pub sitting: SittingId,
    /// How far its sitting has come, in words.
    pub stage: &'static str,
    pub reported: bool,
}

/// A unit with how far its delegates have come.
#[derive(Debug, Clone)]
pub struct UnitProgress {
    pub unit: Unit,
    /// Who has passed every step and is still of the unit.
    pub passed: u32,
    pub waiting: u32,
    /// Who has passed and is no longer of the unit: graduated, moved or left.
    pub gone: u32,
    pub contest: Option<UnitContest>,
    /// The result of an election held elsewhere is taken down.
    pub has_report: bool,
    pub delegates: u32,
}

impl UnitProgress {
    /// How far its election is.
    #[must_use]
    pub fn election(&self) -> &'static str {
        match (&self.contest, self.has_report) {
            (_, true) => "已登记选举报告",
            (Some(contest), false) => contest.stage,
            (None, false) => "未组织",
        }
    }

    #[must_use]
    pub fn ballot(&self) -> UnitBallot {
        let Self { unit, passed, waiting, .. } = self;
        UnitBallot { unit: unit.name(), seats: unit.seats, passed: *passed, waiting: *waiting }
    }

    /// Its election is still to be held.
    #[must_use]
    pub fn is_to_elect(&self) -> bool {
        self.unit.seats > 0 && self.contest.is_none() && !self.has_report
    }

    /// Its result is known.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.has_report || self.contest.as_ref().is_some_and(|contest| contest.reported)
    }
}
