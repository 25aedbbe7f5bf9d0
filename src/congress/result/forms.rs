//! What the forms about a result ask.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use super::result::Purpose;
use crate::{
    name::same_number,
    text::{chinese_days, day, folded, is_hidden, trimmed},
    web::forms::{Errors, written},
};

/// The most people that one election brings to a presidium.
const MOST_ELECTED: usize = 20;
/// How far back an election may lie that is taken down now.
const BACK: Duration = Duration::days(3 * 366);
/// Working days within which most universities file a result (practice).
pub(super) const FILE_WITHIN: u32 = 10;
/// The most days that an office may set for it.
const MOST_DAYS: u32 = 120;

/// 登记选举结果 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ResultForm {
    pub purpose: String,
    pub elected_on: String,
    /// The report of an election outside.
    pub report: String,
    /// A line a person: 学号, and the votes where the report has them.
    pub people: String,
}

/// Somebody as the report of an election outside names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedElected {
    pub number: String,
    pub votes: Option<u32>,
}

/// 登记选举结果 as read; of an election held here only the purpose is asked.
#[derive(Debug)]
pub(super) struct ResultRequest {
    pub purpose: Purpose,
    pub outside: Option<OutsideElection>,
}

/// An election held outside, by its report.
#[derive(Debug)]
pub(super) struct OutsideElection {
    pub elected_on: Date,
    pub report: String,
    pub people: Vec<NamedElected>,
}

impl ResultForm {
    /// Reads the form, or leaves an error beside each field. `here`: the sittings of the congress elected.
    pub fn read(&self, here: bool, today: Date, errors: &mut Errors) -> Option<ResultRequest> {
        let purpose = self.purpose.parse::<Purpose>().ok();
        if purpose.is_none() {
            errors.add("purpose", "请选择换届还是补选");
        }
        if here {
            return purpose.map(|purpose| ResultRequest { purpose, outside: None });
        }
        let elected_on = near_day(&self.elected_on, "elected_on", "请填写选举日期", today, errors);
        let report = written(&self.report, 120, "report", "请填写选举结果报告的名称", errors);
        let people = people(&self.people, errors);
        let (purpose, elected_on, report) = (purpose?, elected_on?, report?);
        let outside = OutsideElection { elected_on, report, people };
        errors.is_empty().then_some(ResultRequest { purpose, outside: Some(outside) })
    }
}

/// The people of a report, a line each.
pub fn people(text: &str, errors: &mut Errors) -> Vec<NamedElected> {
    let mut people: Vec<NamedElected> = Vec::new();
    for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
        let mut parts = line.split(|c: char| c.is_whitespace() || "，,、".contains(c)).filter(|part| !part.is_empty());
        let number = folded(parts.next().unwrap_or_default());
        let votes = parts.next().map(|votes| folded(votes).parse::<u32>());
        if number.chars().count() > 32 || number.chars().any(is_hidden) || parts.next().is_some() {
            errors.add("people", format!("“{line}”读不出来：每行一人，学号在前，得票数在后（可不填）"));
        } else if votes.as_ref().is_some_and(Result::is_err) {
            errors.add("people", format!("“{line}”的得票数应为整数"));
        } else if people.iter().any(|known| same_number(&known.number, &number)) {
            errors.add("people", format!("学号 {number} 写了两次"));
        } else {
            people.push(NamedElected { number, votes: votes.and_then(Result::ok) });
        }
    }
    if people.is_empty() {
        errors.add("people", "请填写当选人的学号，每行一人");
    } else if people.len() > MOST_ELECTED {
        errors.add("people", format!("一次最多 {MOST_ELECTED} 人"));
    }
    people
}

/// A day on which something was done: near enough to be meant. Whether it lies in days to come is the rule's to say.
pub(super) fn near_day(
    text: &str,
    field: &'static str,
    ask: &'static str,
    today: Date,
    errors: &mut Errors,
) -> Option<Date> {
    let Some(day) = day(text) else {
        errors.add(field, if trimmed(text).is_empty() { ask } else { "请按 2026-09-01 的格式填写日期" });
        return None;
    };
    let (from, to) = (today - BACK, today + Duration::days(366));
    if !(from..=to).contains(&day) {
        errors.add(field, format!("应在{}之间，请核对年份", chinese_days(from, to)));
        return None;
    }
    Some(day)
}

/// A step as typed: each uses the fields that it asks for.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct StepForm {
    pub day: String,
    /// Who announced, approved or received.
    pub by: String,
    /// 文号 of the approval or the receipt.
    pub number: String,
    /// Working days for the filing.
    pub within: String,
}

impl StepForm {
    /// The days for the filing, or an error beside the field.
    pub fn within(&self, errors: &mut Errors) -> Option<u32> {
        let days = folded(&self.within).parse::<u32>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        if days.is_none() {
            errors.add("within", format!("应为 1 至 {MOST_DAYS} 的整数"));
        }
        days
    }
}

/// 就任 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SeatForm {
    pub reason: String,
    pub checked: String,
    /// 学号 of those who came from a college union.
    pub from_college: Vec<String>,
}

impl SeatForm {
    /// The box of somebody is ticked.
    pub fn is_from_college(&self, number: &str) -> bool {
        self.from_college.iter().any(|one| one == number)
    }
}
