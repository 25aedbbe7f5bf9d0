//! What the forms of meetings ask.

use serde::Deserialize;
use time::{Date, Duration, OffsetDateTime};

use super::{
    meeting::{Presence, Settings, UnionMeeting},
    store::NewDecision,
};
use crate::{
    ids::{MeetingMemberId, PriorReportId},
    rules::union_meeting::{Quorum, Votes},
    text::{day, folded, trimmed},
    web::forms::{Errors, lines, moment, moment_field, written},
};

/// How far ahead a meeting is called, and how long ago one may have been that is taken down.
const AHEAD: Duration = Duration::days(180);
const BACK: Duration = Duration::days(30);
/// How long a meeting lasts where nobody says it, in minutes.
const LONG: u32 = 60;

/// When and where, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaceForm {
    pub starts: String,
    pub place: String,
}

impl PlaceForm {
    pub fn of(meeting: &UnionMeeting) -> Self {
        Self { starts: moment_field(meeting.starts_at), place: meeting.place.clone() }
    }

    pub fn read(&self, now: OffsetDateTime, errors: &mut Errors) -> Option<(OffsetDateTime, String)> {
        let starts = moment(&self.starts);
        match starts {
            None => errors.add("starts", "请填写日期和时间"),
            Some(at) if at > now + AHEAD => errors.add("starts", "不能晚于半年以后"),
            Some(at) if at < now - BACK => errors.add("starts", "不能早于三十天以前"),
            Some(_) => {}
        }
        let place = written(&self.place, 60, "place", "请填写地点", errors);
        Some((starts?, place?)).filter(|_| errors.is_empty())
    }
}

/// 召集会议 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallForm {
    pub union: String,
    pub kind: String,
    pub department: String,
    pub title: String,
    pub starts: String,
    pub long: String,
    pub place: String,
    pub agenda: String,
    /// Why the League organisation orders it.
    pub reason: String,
    /// Those of a 专题会.
    pub people: Vec<String>,
}

/// A call that can be read, without who is invited.
pub(super) struct CallSays {
    pub title: String,
    pub starts_at: OffsetDateTime,
    pub minutes_long: u32,
    pub place: String,
    pub agenda: String,
    pub reason: Option<String>,
}

impl CallForm {
    pub fn is_picked(&self, id: &str) -> bool {
        self.people.iter().any(|picked| picked == id)
    }

    /// Reads the form, or leaves an error beside each field. `orders`: a League organisation, which says why.
    pub fn read(&self, orders: bool, now: OffsetDateTime, errors: &mut Errors) -> Option<CallSays> {
        let reason = if orders {
            written(&self.reason, 200, "reason", "请写明责成召开的缘由，会记入并写进通知", errors)
        } else {
            None
        };
        let title = written(&self.title, 60, "title", "请填写会议名称", errors);
        let place = PlaceForm { starts: self.starts.clone(), place: self.place.clone() };
        let place = place.read(now, errors);
        let long = if trimmed(&self.long).is_empty() { Some(LONG) } else { folded(&self.long).parse().ok() };
        let long = long.filter(|long| (10..=600).contains(long));
        if long.is_none() {
            errors.add("long", "应为 10 至 600 的整数（分钟）");
        }
        let agenda = lines(&self.agenda, 2000, "agenda", "请填写议程，一行一项", errors);
        let (starts_at, place) = place?;
        let says = CallSays { title: title?, starts_at, minutes_long: long?, place, agenda: agenda?, reason };
        errors.is_empty().then_some(says)
    }
}

/// 到会情况 as typed: a presence a member, in the same order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AttendanceForm {
    pub member: Vec<String>,
    pub presence: Vec<String>,
}

impl AttendanceForm {
    pub fn read(&self, errors: &mut Errors) -> Option<Vec<(MeetingMemberId, Presence)>> {
        let one = |pair: (&String, &String)| Some((pair.0.parse().ok()?, pair.1.parse().ok()?));
        let read: Option<Vec<_>> = self.member.iter().zip(&self.presence).map(one).collect();
        let read = read.filter(|read| !read.is_empty() && self.member.len() == self.presence.len());
        if read.is_none() {
            errors.add("presence", "请逐一选择到会、迟到、请假或缺席");
        }
        read
    }
}

/// 决定 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    pub says: String,
    pub major: String,
    /// The report that came before it, or [`NOT_LISTED`].
    pub report: String,
    pub yes: String,
    pub no: String,
    pub abstained: String,
    pub owner: String,
    pub due: String,
}

/// What the form says of a decision that need not be reported.
pub const NOT_LISTED: &str = "none";

/// What came before a major decision (GUI-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorReporting {
    Reported(PriorReportId),
    /// It is not of those that are reported, as whoever takes it down says.
    NotListed,
}

/// A decision that can be read.
pub struct DecisionSays {
    pub major: bool,
    /// None of what is not major.
    pub before: Option<PriorReporting>,
    pub votes: Option<Votes>,
    pub new: NewDecision,
}

impl DecisionForm {
    #[must_use]
    pub fn is_major(&self) -> bool {
        self.major == "yes"
    }

    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<DecisionSays> {
        let says = written(&self.says, 500, "says", "请写明决定了什么", errors);
        let before = match (self.is_major(), self.report.as_str()) {
            (false, _) => None,
            (true, NOT_LISTED) => Some(PriorReporting::NotListed),
            (true, typed) => typed.parse().ok().map(PriorReporting::Reported),
        };
        if self.is_major() && before.is_none() {
            errors.add("report", "请选择对应的事先报告；不属于须事先报告的，选“不在清单以内”");
        }
        let typed = [&self.yes, &self.no, &self.abstained];
        let votes = if typed.iter().all(|text| trimmed(text).is_empty()) {
            None
        } else {
            let number = |text: &str| {
                let text = folded(text);
                if text.is_empty() { Some(0) } else { text.parse::<u32>().ok().filter(|votes| *votes <= 500) }
            };
            let counted = number(&self.yes).zip(number(&self.no)).zip(number(&self.abstained));
            if counted.is_none() {
                errors.add("yes", "票数应为 0 至 500 的整数");
            }
            counted.map(|((yes, no), abstained)| Votes { yes, no, abstained })
        };
        let owner = if self.owner.is_empty() { None } else { self.owner.parse::<MeetingMemberId>().ok() };
        let due = day(&self.due).filter(|due| (today - BACK..=today + Duration::days(366)).contains(due));
        if owner.is_none() && !self.owner.is_empty() {
            errors.add("owner", "请选择由谁落实");
        }
        if owner.is_none() && !trimmed(&self.due).is_empty() {
            errors.add("owner", "写了期限的，请选择由谁落实");
        }
        if owner.is_some() && due.is_none() {
            errors.add("due", "请填写落实的期限，一年以内");
        }
        let new = NewDecision { says: says?, owner: owner.zip(due) };
        errors.is_empty().then_some(DecisionSays { major: self.is_major(), before, votes, new })
    }
}

/// One text: minutes, why a meeting is called off, what came of a decision.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TextForm {
    pub text: String,
}

impl TextForm {
    pub fn minutes(&self, errors: &mut Errors) -> Option<String> {
        lines(&self.text, 5000, "text", "请填写会议记录：议了什么、各人的意见、结果", errors)
    }

    /// `field` is where the page shows it.
    pub fn sentence(&self, most: usize, field: &'static str, ask: &'static str, errors: &mut Errors) -> Option<String> {
        written(&self.text, most, field, ask, errors)
    }
}

/// What holds for meetings, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    pub every: String,
    pub quorum: String,
}

impl SettingsForm {
    pub fn of(settings: &Settings) -> Self {
        Self { every: settings.every().to_string(), quorum: settings.quorum.slug().to_owned() }
    }

    pub fn read(&self, errors: &mut Errors) -> Option<(u32, Quorum)> {
        let every = folded(&self.every).parse::<u32>().ok().filter(|days| (7..=180).contains(days));
        if every.is_none() {
            errors.add("every", "应为 7 至 180 的整数（天）");
        }
        let quorum = self.quorum.parse::<Quorum>().ok();
        if quorum.is_none() {
            errors.add("quorum", "请选择到会人数");
        }
        every.zip(quorum)
    }
}
