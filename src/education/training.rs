//! A training of officers.

use time::Date;

use crate::{
    ids::{StudentId, TrainingId, UnionId},
    rules::education::Season,
    words::words,
};

words! {
    /// Whether somebody was at a training.
    Presence:
    Expected = "expected", "应到";
    Came = "came", "到会";
    Excused = "excused", "请假";
    Absent = "absent", "缺席";
}

#[derive(Debug)]
pub(super) struct Training {
    pub id: TrainingId,
    pub title: String,
    pub on_day: Date,
    pub place: String,
    pub says: String,
    pub unions: Vec<UnionId>,
    /// Their names, with 、 between.
    pub union_names: String,
    pub expected: i64,
    pub came: i64,
    /// Who came was taken down.
    pub closed: bool,
}

impl Training {
    pub fn season(&self) -> &'static str {
        Season::of(self.on_day).label()
    }

    /// It was, and nobody took down who came.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn is_due(&self, today: &Date) -> bool {
        !self.closed && self.on_day <= *today
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn state(&self, today: &Date) -> &'static str {
        match (self.closed, self.on_day <= *today) {
            (true, _) => "已办结",
            (false, true) => "待登记到会",
            (false, false) => "已安排",
        }
    }
}

/// Somebody who is expected at a training.
#[derive(Debug)]
pub(super) struct Attendee {
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub union_name: String,
    pub presence: Presence,
}

impl Attendee {
    pub fn came(&self) -> bool {
        self.presence == Presence::Came
    }

    pub fn is_excused(&self) -> bool {
        self.presence == Presence::Excused
    }
}

/// A training that somebody is or was expected at.
#[derive(Debug)]
pub(super) struct OwnTraining {
    pub title: String,
    pub on_day: Date,
    pub place: String,
    pub presence: Presence,
}
