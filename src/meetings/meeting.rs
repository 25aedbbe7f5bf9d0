//! A meeting of a union, who is invited, and what was decided.

use std::time::Duration;

use time::{Date, OffsetDateTime};

use crate::{
    calendar_file::{Event, When},
    clock::CHINA,
    ids::{DecisionId, MeetingMemberId, StudentId, UnionId, UnionMeetingId},
    rules::union_meeting::{LINK_EVERY, MeetingKind, Quorum, Votes},
    text::chinese_day,
    words::words,
};

words! {
    /// Where a meeting stands.
    ///
    /// ```text
    /// Called ──minutes are kept──▶ Held
    ///    └──called off──▶ Cancelled
    /// ```
    Stage:
    Called = "called", "已通知";
    Held = "held", "已召开";
    Cancelled = "cancelled", "已取消";
}

words! {
    /// Whether somebody came.
    Presence:
    Present = "present", "到会";
    Late = "late", "迟到";
    Absent = "absent", "缺席";
    Excused = "excused", "请假";
}

impl Presence {
    #[must_use]
    pub fn is_there(self) -> bool {
        matches!(self, Self::Present | Self::Late)
    }
}

/// What holds for the meetings of a university.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Days between two working meetings, as the League committee set them; none where practice holds.
    pub link_every: Option<u32>,
    pub quorum: Quorum,
}

impl Settings {
    pub const PRACTICE: Self = Self { link_every: None, quorum: Quorum::Half };

    /// Days between two working meetings.
    #[must_use]
    pub fn every(&self) -> u32 {
        self.link_every.unwrap_or(LINK_EVERY)
    }
}

#[derive(Debug, Clone)]
pub struct UnionMeeting {
    pub id: UnionMeetingId,
    pub union: UnionId,
    pub union_name: String,
    pub kind: MeetingKind,
    /// The department that meets.
    pub department: Option<String>,
    pub title: String,
    pub place: String,
    pub starts_at: OffsetDateTime,
    pub minutes_long: u32,
    /// An item a line.
    pub agenda: String,
    pub stage: Stage,
    pub sequence: u32,
    /// Who called it, by name.
    pub caller: String,
    /// Why the League organisation ordered it.
    pub ordered_for: Option<String>,
    pub cancelled_for: Option<String>,
    pub minutes: Option<String>,
    pub held_at: Option<OffsetDateTime>,
}

impl UnionMeeting {
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.stage == Stage::Called
    }

    #[must_use]
    pub fn is_held(&self) -> bool {
        self.stage == Stage::Held
    }

    #[must_use]
    pub fn is_presidium(&self) -> bool {
        self.kind == MeetingKind::Presidium
    }

    #[must_use]
    pub fn is_link(&self) -> bool {
        self.kind == MeetingKind::Link
    }

    /// It has begun, and nobody kept its minutes yet.
    #[must_use]
    pub fn awaits_minutes(&self, now: &OffsetDateTime) -> bool {
        self.is_called() && self.starts_at <= *now
    }

    #[must_use]
    pub fn day(&self) -> Date {
        self.starts_at.to_offset(CHINA).date()
    }

    /// When it is, in words: `2026年12月1日 19:00`.
    #[must_use]
    pub fn when(&self) -> String {
        let at = self.starts_at.to_offset(CHINA);
        format!("{} {:02}:{:02}", chinese_day(at.date()), at.hour(), at.minute())
    }

    /// What kind of meeting, with its department.
    #[must_use]
    pub fn kind_in_words(&self) -> String {
        match &self.department {
            Some(department) => format!("{department}会议"),
            None => self.kind.label().to_owned(),
        }
    }

    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.agenda.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The meeting as calendars have it.
    #[must_use]
    pub fn event(&self) -> Event {
        let long = Duration::from_secs(u64::from(self.minutes_long) * 60);
        Event {
            uid: format!("{}@lunzhi", self.id),
            sequence: self.sequence,
            when: When::At { from: self.starts_at, until: self.starts_at + long },
            title: format!("{}：{}", self.union_name, self.title),
            place: self.place.clone(),
            says: self.items().collect::<Vec<_>>().join("\n"),
            cancelled: self.stage == Stage::Cancelled,
        }
    }
}

/// Somebody who is invited.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: MeetingMemberId,
    pub student: Option<StudentId>,
    /// A person's name, or a college union's.
    pub name: String,
    /// A member of the presidium, whose presence makes the quorum.
    pub counts: bool,
    pub presence: Option<Presence>,
}

impl Member {
    #[must_use]
    pub fn presence_label(&self) -> &'static str {
        self.presence.map_or("未登记", Presence::label)
    }
}

/// Those whose presence makes the quorum: how many they are, and how many came; none came down yet is no number.
#[must_use]
pub fn quorum_of(members: &[Member]) -> (u32, Option<u32>) {
    let counted: Vec<&Member> = members.iter().filter(|member| member.counts).collect();
    let many = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let there = counted.iter().filter(|member| member.presence.is_some_and(Presence::is_there)).count();
    let known = counted.iter().any(|member| member.presence.is_some());
    (many(counted.len()), known.then(|| many(there)))
}

/// What was decided.
#[derive(Debug, Clone)]
pub struct Decision {
    pub id: DecisionId,
    pub meeting: UnionMeetingId,
    pub meeting_title: String,
    pub union: UnionId,
    pub union_name: String,
    pub number: i32,
    pub says: String,
    pub major: bool,
    pub votes: Option<Votes>,
    /// Who carries it out, by name; none where there is nothing to carry out.
    pub owner: Option<String>,
    pub owner_student: Option<StudentId>,
    pub due_on: Option<Date>,
    /// What came of it; none while it is open.
    pub done: Option<String>,
}

impl Decision {
    /// Somebody still has to carry it out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.owner.is_some() && self.done.is_none()
    }

    #[must_use]
    pub fn is_late(&self, today: &Date) -> bool {
        self.is_open() && self.due_on.is_some_and(|due| due < *today)
    }

    /// How it was voted on: `赞成 4，反对 0，弃权 1`; empty where it was not.
    #[must_use]
    pub fn votes_in_words(&self) -> String {
        let words = |votes: Votes| format!("赞成 {}，反对 {}，弃权 {}", votes.yes, votes.no, votes.abstained);
        self.votes.map(words).unwrap_or_default()
    }
}

/// How a college's union came to the working meetings.
#[derive(Debug, Clone)]
pub struct CollegeAttendance {
    pub name: String,
    pub due: i64,
    pub present: i64,
    pub late: i64,
    pub excused: i64,
    pub absent: i64,
}

impl CollegeAttendance {
    /// It was late or absent without leave.
    #[must_use]
    pub fn is_amiss(&self) -> bool {
        self.late + self.absent > 0
    }
}
