//! What the forms of 面对面 and of the log of 学校治理 ask.

use serde::Deserialize;
use time::{Date, Duration, OffsetDateTime};

use super::{
    governance_store::{GovernanceKind, NewEntry},
    session_store::{NewPoint, NewSession},
};
use crate::{
    ids::UnionId,
    text::{day, folded, trimmed},
    unions::union::StudentUnion,
    web::forms::{Errors, lines, moment, written},
};

/// The union that was chosen, of those for which the office speaks; the only one need not be chosen.
fn union(typed: &str, own: &[StudentUnion], errors: &mut Errors) -> Option<UnionId> {
    let chosen = match own {
        [one] if typed.is_empty() => Some(one.id),
        _ => typed.parse::<UnionId>().ok().filter(|id| own.iter().any(|union| union.id == *id)),
    };
    if chosen.is_none() {
        errors.add("union", "请选择学生会");
    }
    chosen
}

/// A session as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SessionForm {
    pub union: String,
    pub topic: String,
    pub offices: String,
    pub place: String,
    pub starts_at: String,
    pub seats: String,
}

impl SessionForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, own: &[StudentUnion], now: OffsetDateTime, errors: &mut Errors) -> Option<NewSession> {
        let union = union(&self.union, own, errors);
        let topic = written(&self.topic, 60, "topic", "请填写主题，如“食堂和宿舍”", errors);
        if topic.as_ref().is_some_and(|topic| topic.chars().count() < 2) {
            errors.add("topic", "至少两个字");
        }
        let offices = written(&self.offices, 200, "offices", "请填写到会的单位", errors);
        let place = written(&self.place, 60, "place", "请填写地点", errors);
        let starts_at = moment(&self.starts_at).filter(|at| *at > now && *at < now + Duration::days(200));
        if starts_at.is_none() {
            errors.add("starts_at", "请填写以后的时间，不晚于半年");
        }
        let seats = folded(&self.seats).parse::<i32>().ok().filter(|seats| (1..=500).contains(seats));
        if seats.is_none() {
            errors.add("seats", "应为 1 至 500 的整数");
        }
        let new = NewSession {
            union: union?,
            topic: topic?,
            offices: offices?,
            place: place?,
            starts_at: starts_at?,
            seats: seats?,
        };
        errors.is_empty().then_some(new)
    }
}

/// What was raised, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PointForm {
    pub says: String,
    pub office: String,
}

impl PointForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<NewPoint> {
        let says = written(&self.says, 500, "says", "请写明同学提出了什么，不写姓名", errors);
        let office = written(&self.office, 60, "office", "请填写由谁答复", errors);
        Some(NewPoint { says: says?, office: office? }).filter(|_| errors.is_empty())
    }
}

/// How far an answer is, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProgressForm {
    pub says: String,
}

impl ProgressForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        written(&self.says, 500, "progress", "请写明进展或答复", errors).filter(|_| errors.is_empty())
    }
}

/// An entry of the log of 学校治理 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EntryForm {
    pub union: String,
    pub kind: String,
    pub day: String,
    pub title: String,
    pub host: String,
    pub said: String,
    pub outcome: String,
}

impl EntryForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, own: &[StudentUnion], today: Date, errors: &mut Errors) -> Option<NewEntry> {
        let union = union(&self.union, own, errors);
        let kind = self.kind.parse::<GovernanceKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择形式");
        }
        let on_day = day(&self.day).filter(|day| *day <= today && *day > today - Duration::days(1_100));
        if on_day.is_none() {
            errors.add("day", "请填写日期，不能晚于今天");
        }
        let title = written(&self.title, 60, "title", "请填写名称，如“食堂价格听证会”", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let host = written(&self.host, 60, "host", "请填写主持单位", errors);
        let said = lines(&self.said, 1000, "said", "请写明代表同学说了什么", errors);
        let outcome =
            if trimmed(&self.outcome).is_empty() { None } else { lines(&self.outcome, 1000, "outcome", "", errors) };
        let new =
            NewEntry { union: union?, kind: kind?, on_day: on_day?, title: title?, host: host?, said: said?, outcome };
        errors.is_empty().then_some(new)
    }
}
