//! What the forms about unions ask.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use super::{
    store::Grounds,
    union::{Department, PostKind, Record},
};
use crate::{
    ids::DepartmentId,
    name::key,
    rules::{roster::Post, timeline::Unit},
    text::{chinese_day, chinese_days, day, folded, is_hidden, trimmed},
    web::forms::{Errors, written, written_if_any},
};

/// How far back and ahead a day may lie.
const BACK: Duration = Duration::days(3 * 366);
const AHEAD: Duration = Duration::days(2 * 366);

/// A day in a field, near enough to today to be meant.
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
    let (from, to) = (today - BACK, today + AHEAD);
    if !(from..=to).contains(&day) {
        errors.add(field, format!("应在{}之间，请核对年份", chinese_days(from, to)));
        return None;
    }
    Some(day)
}

/// An optional text of at most `most` characters; none where it is empty or wrong.
fn optional(text: &str, most: usize, field: &'static str, errors: &mut Errors) -> Option<String> {
    written_if_any(text, most, field, errors).filter(|text| !text.is_empty())
}

/// 任命 and 更正 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct AppointForm {
    pub number: String,
    /// The number of who was chosen among those of one name.
    pub pick: String,
    pub post: String,
    pub department: String,
    pub from: String,
    pub until: String,
    pub from_college: String,
    pub ground: String,
    pub document: String,
    pub reason: String,
    pub direct: String,
    /// `yes`: what else the person holds in the union ends with it (调岗).
    pub moves: String,
    /// `yes`: what follows was seen; `look`: it is to be seen first.
    pub sure: String,
}

/// 任命 as read: everything but the person's facts.
#[derive(Debug, Clone)]
pub(super) struct AppointRequest {
    pub number: String,
    pub post: Post,
    pub from: Date,
    pub until: Option<Date>,
    pub from_college: Option<bool>,
    pub grounds: Grounds,
    /// Why it does not come from a round of the vetting chain.
    pub direct: Option<String>,
}

/// The value by which a form names a post that the plan allows beside the three.
#[must_use]
pub(super) fn other_post_value(name: &str) -> String {
    format!("other:{name}")
}

/// The post of such a value; none of another.
fn other_post(value: &str) -> Option<String> {
    let name = trimmed(value.strip_prefix("other:")?);
    (1..=20).contains(&name.chars().count()).then(|| name.to_owned())
}

impl AppointForm {
    /// What follows is shown before anything is written: where it is asked for, and whenever somebody goes to another post.
    pub fn is_to_be_seen(&self) -> bool {
        self.sure == "look" || (self.moves == "yes" && self.sure != "yes")
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, record: &Record, today: Date, errors: &mut Errors) -> Option<AppointRequest> {
        let number = folded(&self.number);
        if number.is_empty() || number.chars().count() > 32 {
            errors.add("number", "请填写学号");
        } else if number.chars().any(is_hidden) {
            errors.add("number", "含有看不见的字符");
        }
        let from = near_day(&self.from, "from", "请填写生效日期", today, errors);
        // People write the last day; the term ends with the day after.
        let last =
            if trimmed(&self.until).is_empty() { None } else { near_day(&self.until, "until", "", today, errors) };
        if let Some((from, last)) = from.zip(last)
            && last < from
        {
            errors.add("until", "任职截止日期不能早于生效日期");
        }
        let until = last.and_then(Date::next_day);
        if let Some((from, opened)) = from.zip(record.union.opened_on)
            && from < opened
        {
            errors.add("from", format!("这个学生会自{}起启用，之前的任职在现状登记里", chinese_day(opened)));
        }
        let post = match self.post.parse() {
            Ok(PostKind::Presidium) => Some(Post::Presidium),
            Ok(PostKind::Head) => self.department(record, from, errors).map(Post::Head),
            Ok(PostKind::Staff) => self.department(record, from, errors).map(Post::Staff),
            Ok(PostKind::Other) | Err(_) => {
                let other = other_post(&self.post);
                if other.is_none() {
                    errors.add("post", "请选择岗位");
                }
                // Whether the plan allows it is for the rule to say.
                other.map(Post::Other)
            }
        };
        let from_college = match self.from_college.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let words = written(&self.ground, 120, "ground", "请填写任命依据，如“校团委〔2026〕12号批复”", errors);
        let reason = optional(&self.reason, 200, "reason", errors);
        let direct = optional(&self.direct, 200, "direct", errors);
        let (from, post, words) = (from?, post?, words?);
        let grounds = Grounds { words, document: None, reason };
        errors.is_empty().then_some(AppointRequest { number, post, from, until, from_college, grounds, direct })
    }

    fn department(&self, record: &Record, from: Option<Date>, errors: &mut Errors) -> Option<String> {
        let id = self.department.parse::<DepartmentId>().ok();
        let found = record.departments.iter().find(|department| Some(department.id) == id);
        // One that has not begun or has ended on the day is not there; how long it stays is checked when it is written.
        match found {
            None => {
                errors.add("department", "请选择部门");
                None
            }
            Some(department) if from.is_some_and(|from| !department.is_on(from)) => {
                errors.add("department", format!("{}在生效日期没有设立", department.name));
                None
            }
            Some(department) => Some(department.name.clone()),
        }
    }
}

/// Why a post ends.
pub(super) const WHYS: [&str; 3] = ["任满离职", "工作调整", "其他原因离任"];

/// 离任 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    pub day: String,
    pub why: String,
    pub ground: String,
}

impl EndForm {
    /// The day, why and the grounds, or an error beside each field.
    pub fn read(&self, from: Date, today: Date, errors: &mut Errors) -> Option<(Date, &'static str, Grounds)> {
        let day = near_day(&self.day, "day", "请填写离任日期", today, errors);
        if let Some(day) = day
            && day < from
        {
            errors.add("day", format!("任职自{}起，离任日期不能更早；从未任职的请用“更正”作废", chinese_day(from)));
        }
        let why = WHYS.iter().find(|why| **why == self.why).copied();
        if why.is_none() {
            errors.add("why", "请选择原因");
        }
        let words = optional(&self.ground, 120, "end-ground", errors).unwrap_or_default();
        let (day, why) = (day?, why?);
        errors.is_empty().then(|| (day, why, Grounds { words, ..Grounds::default() }))
    }
}

/// 部门 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct DepartmentForm {
    pub name: String,
    pub functions: String,
    pub from: String,
    pub ruling: String,
    pub ground: String,
    pub reason: String,
}

impl DepartmentForm {
    /// The form with what is known now.
    pub fn of(department: &Department) -> Self {
        Self {
            name: department.name.clone(),
            functions: department.functions.clone(),
            from: department.from_day.to_string(),
            ruling: department.ruling.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Reads the form, or leaves an error beside each field. `instead` is the department that is changed.
    pub fn read(
        &self,
        record: &Record,
        instead: Option<&Department>,
        today: Date,
        errors: &mut Errors,
    ) -> Option<(Unit, Grounds)> {
        let name = written(&self.name, 30, "name", "请填写部门名称", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let functions = written(&self.functions, 300, "functions", "请填写部门职能，用顿号分开", errors);
        let from = match instead {
            Some(department) => Some(department.from_day),
            None => near_day(&self.from, "from", "请填写设立日期", today, errors),
        };
        if let Some((name, from)) = name.as_ref().zip(from) {
            let taken = record.departments.iter().any(|known| {
                key(&known.name) == key(name)
                    && instead.is_none_or(|own| own.id != known.id)
                    && known.until_day.is_none_or(|until| until > from)
            });
            if taken {
                errors.add("name", "本会已有同名部门");
            }
        }
        let words = written(&self.ground, 120, "ground", "请填写依据，如“校团委〔2026〕12号批复”", errors);
        let ruling = optional(&self.ruling, 200, "ruling", errors);
        let reason = optional(&self.reason, 200, "reason", errors);
        errors.put_in_order(&["name", "functions", "ground", "ruling", "reason", "from"]);
        let (name, functions, from, words) = (name?, functions?, from?, words?);
        let until = instead.and_then(|department| department.until_day);
        let unit = Unit { name, functions, ruling, changed: None, from, until };
        errors.is_empty().then_some((unit, Grounds { words, document: None, reason }))
    }
}
