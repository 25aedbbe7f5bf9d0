//! Who is in contact with a class, and what was logged of it.

use time::{Date, Duration, OffsetDateTime};

use crate::{
    clock::CHINA,
    ids::{ClassId, ContactEntryId, ContactId, ContactNoteId, ContactPointId, StudentId, VoiceRequestId},
    rules::{
        contact::{Rhythm, last_of, month_of},
        voice::Stage,
    },
    words::words,
};

/// Within so many days after it was logged an entry can be taken back by whoever logged it.
const CORRECTED_WITHIN: Duration = Duration::days(7);

words! {
    /// How a class was contacted.
    Way:
    Visit = "visit", "到班走访";
    Dormitory = "dormitory", "走访宿舍";
    Talk = "talk", "座谈";
    Single = "single", "个别谈心";
    Online = "online", "线上";
}

/// Somebody in contact with a class, for a union.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub id: ContactId,
    pub union_name: String,
    pub student: StudentId,
    pub name: String,
    /// The post or mandate by which they are.
    pub label: String,
    pub class: ClassId,
    pub class_name: String,
    pub entry_year: i32,
    pub from_day: Date,
}

impl Contact {
    /// `张三（校学生会 主席团成员）`.
    pub fn in_words(&self) -> String {
        format!("{}（{} {}）", self.name, self.union_name, self.label)
    }
}

/// A class that somebody is in contact with, for themselves.
#[derive(Debug, Clone)]
pub struct OwnClass {
    pub id: ClassId,
    pub name: String,
    pub since: Date,
    /// The last contact of whoever is in contact with the class.
    pub last: Option<Date>,
    /// Notes of students that nobody has taken up.
    pub notes: i64,
}

impl OwnClass {
    /// The last day on which it is contacted in time.
    #[must_use]
    pub fn due(&self, rhythm: &Rhythm) -> Date {
        rhythm.due(self.since, self.last)
    }

    /// It was not contacted this month, and should be.
    #[must_use]
    pub fn waits(&self, rhythm: &Rhythm, today: Date) -> bool {
        let month = month_of(today);
        self.last.is_none_or(|last| last < month && self.due(rhythm) <= last_of(month))
    }
}

/// The request that came of a point.
#[derive(Debug, Clone)]
pub(super) struct LinkedRequest {
    pub id: VoiceRequestId,
    pub number: i32,
    pub stage: Stage,
    /// The viewer may read it: it is public, or their own.
    pub reads: bool,
}

impl LinkedRequest {
    pub fn in_words(&self) -> String {
        format!("诉求第 {} 号：{}", self.number, self.stage.label())
    }
}

/// Something raised when a class was contacted.
#[derive(Debug, Clone)]
pub(super) struct LogPoint {
    pub id: ContactPointId,
    pub says: String,
    pub request: Option<LinkedRequest>,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub(super) struct LogEntry {
    pub id: ContactEntryId,
    pub class_name: String,
    pub union_name: String,
    pub student: StudentId,
    pub name: String,
    pub on_day: Date,
    pub way: Way,
    pub made_at: OffsetDateTime,
    pub points: Vec<LogPoint>,
}

impl LogEntry {
    /// A student may take it back: it is theirs, new, and nothing came of it so far.
    pub fn may_be_removed_by(&self, student: StudentId, now: OffsetDateTime) -> bool {
        self.student == student
            && removable_since(now) <= self.made_at
            && self.points.iter().all(|point| point.request.is_none())
    }
}

/// Entries made since then can still be taken back.
pub(super) fn removable_since(now: OffsetDateTime) -> OffsetDateTime {
    now - CORRECTED_WITHIN
}

/// What a student left for those in contact with their class.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub id: ContactNoteId,
    pub says: String,
    pub left_at: OffsetDateTime,
    /// Where its author signed it.
    pub author: Option<String>,
}

/// A note as its author sees it.
#[derive(Debug, Clone)]
pub(super) struct OwnNote {
    pub says: String,
    pub left_at: OffsetDateTime,
    pub signed: bool,
    /// The day of the contact at which it was taken up.
    pub taken_on: Option<Date>,
    pub request: Option<LinkedRequest>,
}

/// The days on which a contact that is logged today may have been.
#[derive(Debug, Clone, Copy)]
pub struct LogDays {
    pub first: Date,
    pub last: Date,
}

impl LogDays {
    /// Since somebody is in contact, and not longer ago than two months.
    #[must_use]
    pub fn new(from_day: Date, now: OffsetDateTime) -> Self {
        let today = now.to_offset(CHINA).date();
        Self { first: from_day.max(today - Duration::days(60)), last: today }
    }

    #[must_use]
    pub fn has(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}
