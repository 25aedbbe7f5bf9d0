//! The noun: what stands on the calendar of the year, and how a day shows it.

use sqlx::types::Uuid;
use time::{Date, OffsetDateTime};

use crate::{
    activities,
    calendar_file::{Event, When},
    clock::CHINA,
    education,
    ids::{CongressId, MatterId, ProjectId, ReviewId, SittingId, SurveyId, TrainingId, UnionId, UnionMeetingId},
    page::task::Task,
    projects,
    text::chinese_day,
    words::words,
};

words! {
    /// What stands on a day.
    EntryKind:
    Sitting = "sitting", "选举";
    Congress = "congress", "学代会";
    /// The last day for reports.
    Report = "report", "述职";
    Review = "review", "评议";
    Activity = "activity", "活动";
    /// An activity for which the person signed up.
    SignedUp = "signed_up", "活动";
    Meeting = "meeting", "会议";
    Project = "project", "志愿项目";
    /// A project for which the person volunteers.
    Volunteering = "volunteering", "志愿服务";
    /// A turn as executive chair begins.
    Turn = "turn", "轮值";
    SemesterFrom = "semester_from", "学期";
    SemesterLast = "semester_last", "学期";
    Break = "break", "假期";
    Survey = "survey", "调研";
    /// A questionnaire that the person is asked to answer.
    SurveyAsked = "survey_asked", "调研";
    Training = "training", "培训";
    /// A training at which the person is expected.
    OwnTraining = "own_training", "培训";
}

/// What stands on the calendar, from its first day to its last.
#[derive(Debug, Clone)]
pub struct CalendarEntry {
    pub kind: EntryKind,
    /// Of what it is about; of a turn the union's.
    pub id: Uuid,
    /// Goes up with each change, where changes are counted.
    pub version: i32,
    pub title: String,
    /// The union or college; empty for the whole university.
    pub who: String,
    pub at: Option<OffsetDateTime>,
    /// None where nobody said by what time of day it is over.
    pub until: Option<OffsetDateTime>,
    /// May be empty.
    pub place: String,
    pub first: Date,
    pub last: Date,
}

impl CalendarEntry {
    /// Where one reads more; empty where there is no page.
    fn href(&self) -> String {
        match self.kind {
            EntryKind::Sitting => SittingId(self.id).path(),
            EntryKind::Congress => CongressId(self.id).path(),
            EntryKind::Report | EntryKind::Review => ReviewId(self.id).path(),
            EntryKind::Activity => MatterId(self.id).path(),
            EntryKind::SignedUp => activities::paths::activity(MatterId(self.id)),
            EntryKind::Meeting => UnionMeetingId(self.id).path(),
            EntryKind::Project => ProjectId(self.id).path(),
            EntryKind::Volunteering => projects::paths::VOLUNTEERING.to_owned(),
            EntryKind::Turn => UnionId(self.id).rotation_path(),
            EntryKind::Survey => SurveyId(self.id).desk_path(),
            EntryKind::SurveyAsked => SurveyId(self.id).path(),
            EntryKind::Training => TrainingId(self.id).path(),
            EntryKind::OwnTraining => education::paths::OWN.to_owned(),
            EntryKind::SemesterFrom | EntryKind::SemesterLast | EntryKind::Break => String::new(),
        }
    }

    /// What is said of it on its first day.
    fn says(&self) -> String {
        let title = &self.title;
        match self.kind {
            EntryKind::Sitting => format!("开始投票：{title}"),
            EntryKind::Report => format!("{title}述职报告截止"),
            EntryKind::Review => format!("{title}述职评议会"),
            EntryKind::Turn => format!("{title}开始当值"),
            EntryKind::SemesterFrom => format!("{title}开始"),
            EntryKind::SemesterLast => format!("{title}结束"),
            EntryKind::Survey | EntryKind::SurveyAsked => format!("问卷开放：{title}"),
            EntryKind::Congress
            | EntryKind::Activity
            | EntryKind::SignedUp
            | EntryKind::Meeting
            | EntryKind::Project
            | EntryKind::Volunteering
            | EntryKind::Break
            | EntryKind::Training
            | EntryKind::OwnTraining => title.clone(),
        }
    }

    /// What is said of it on its last day.
    fn ends(&self) -> String {
        match self.kind {
            EntryKind::Sitting => format!("投票截止：{}", self.title),
            EntryKind::Survey | EntryKind::SurveyAsked => format!("问卷截止：{}", self.title),
            _ => format!("{}结束", self.title),
        }
    }

    /// What stands on its days: one line where it is a single day, else one on the first and one on the last.
    #[must_use]
    pub fn lines(&self) -> Vec<CalendarLine> {
        let spans = self.last > self.first;
        let first = CalendarLine {
            day: self.first,
            time: self.at.map(time_of).unwrap_or_default(),
            tag: self.kind.label(),
            says: self.says(),
            who: self.who.clone(),
            more: if spans { format!("至{}", chinese_day(self.last)) } else { String::new() },
            href: self.href(),
            late: false,
            urgent: false,
        };
        if !spans {
            return vec![first];
        }
        let last = CalendarLine {
            day: self.last,
            time: String::new(),
            says: self.ends(),
            more: String::new(),
            ..first.clone()
        };
        vec![first, last]
    }

    /// What it is known by in other calendars. A union's turns have its id together, and so their first day beside it.
    fn uid(&self) -> String {
        let (kind, id) = (self.kind.slug(), self.id);
        match self.kind {
            EntryKind::Turn => format!("{kind}-{id}-{}@lunzhi", self.first),
            _ => format!("{kind}-{id}@lunzhi"),
        }
    }

    /// As other calendars take it.
    #[must_use]
    pub fn event(&self) -> Event {
        let whole = When::Days { first: self.first, last: self.last };
        let when = match (self.kind, self.at, self.until) {
            (_, Some(from), Some(until)) => When::At { from, until },
            // An hour long, as most are: nothing says when it ends.
            (EntryKind::Activity | EntryKind::SignedUp, Some(from), None) => {
                When::At { from, until: from + time::Duration::HOUR }
            }
            _ => whole,
        };
        Event {
            uid: self.uid(),
            sequence: u32::try_from(self.version).unwrap_or_default(),
            when,
            title: match self.kind {
                EntryKind::Survey | EntryKind::SurveyAsked => format!("问卷：{}", self.title),
                _ if self.first == self.last => self.says(),
                _ => self.title.clone(),
            },
            place: self.place.clone(),
            says: self.who.clone(),
            cancelled: false,
        }
    }

    /// A meeting of that id.
    #[must_use]
    pub fn is_meeting(&self, id: UnionMeetingId) -> bool {
        self.kind == EntryKind::Meeting && self.id == id.0
    }
}

/// The time of day in China: `19:00`.
fn time_of(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// A line of a day.
#[derive(Debug, Clone)]
pub struct CalendarLine {
    pub day: Date,
    /// The time of day; empty where it has none.
    pub time: String,
    /// What it is, in a word.
    pub tag: &'static str,
    pub says: String,
    /// May be empty.
    pub who: String,
    /// May be empty.
    pub more: String,
    /// Empty where there is no page.
    pub href: String,
    pub late: bool,
    pub urgent: bool,
}

impl CalendarLine {
    /// What is to be done by its day; none where it has none.
    #[must_use]
    pub fn due(task: Task, today: Date) -> Option<Self> {
        let (day, late) = (task.due?, task.is_late(today));
        let Task { says, more, href, urgent, who, .. } = task;
        Some(Self { day, time: String::new(), tag: "期限", says, who, more, href, late, urgent })
    }

    #[must_use]
    pub fn weekday(&self) -> &'static str {
        weekday(self.day)
    }
}

/// The days of the week from Monday on.
pub(super) const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

/// The day of the week in two characters: `周一`.
#[must_use]
pub fn weekday(day: Date) -> &'static str {
    WEEKDAYS.get(usize::from(day.weekday().number_days_from_monday())).copied().unwrap_or_default()
}
