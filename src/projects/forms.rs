//! What the forms of projects ask.

use serde::Deserialize;
use time::{Date, Duration};

use super::{
    project::quarters,
    store::{NewHours, NewProject, NewTask},
};
use crate::{
    ids::VolunteerId,
    text::{chinese_days, day, folded, is_hidden, trimmed},
    web::forms::{Errors, lines, written},
};

/// How long a project lasts at most, and how far ahead it begins: engaged for a task is not engaged for good.
const LONGEST: Duration = Duration::days(366);

/// 立项 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    pub union: String,
    pub title: String,
    pub necessity: String,
    pub place: String,
    pub starts: String,
    pub ends: String,
    /// A task a line: what is done, and how many people.
    pub tasks: String,
}

impl ProjectForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewProject> {
        let title = written(&self.title, 60, "title", "请填写项目名称", errors);
        let necessity = lines(&self.necessity, 1000, "necessity", "请写明为什么确需由学生会主办、需要志愿者", errors);
        let place = written(&self.place, 60, "place", "请填写地点", errors);
        let starts_on = day(&self.starts).filter(|day| (today - LONGEST..=today + LONGEST).contains(day));
        if starts_on.is_none() {
            errors.add("starts", "请填写开始日期，一年以内");
        }
        let ends_on = day(&self.ends);
        match (ends_on, starts_on) {
            (None, _) => errors.add("ends", "请填写结束日期：项目结束，志愿者解散"),
            (Some(end), Some(start)) if end < start => errors.add("ends", "不能早于开始日期"),
            (Some(end), Some(start)) if end > start + LONGEST => errors.add("ends", "不能超过一年"),
            (Some(end), _) if end < today => errors.add("ends", "结束日期已过"),
            _ => {}
        }
        let tasks = self.read_tasks(errors);
        let new = NewProject {
            title: title?,
            necessity: necessity?,
            place: place?,
            starts_on: starts_on?,
            ends_on: ends_on?,
            tasks: tasks?,
        };
        errors.is_empty().then_some(new)
    }

    /// The tasks, each with a number at its end.
    pub fn read_tasks(&self, errors: &mut Errors) -> Option<Vec<NewTask>> {
        let mut tasks: Vec<NewTask> = Vec::new();
        for line in self.tasks.lines().map(trimmed).filter(|line| !line.is_empty()) {
            let line = folded(line);
            let bare = line.trim_end_matches('人').trim_end();
            let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (title, many) = bare.split_at(bare.len() - digits);
            let title = title.trim_end_matches([' ', '　', '，', ',', '、', '：', ':']).trim();
            let places = many.parse::<i32>().ok().filter(|many| (1..=500).contains(many));
            let fits = (1..=40).contains(&title.chars().count()) && !title.chars().any(is_hidden);
            match places {
                Some(places) if fits && !tasks.iter().any(|task| task.title == title) => {
                    tasks.push(NewTask { title: title.to_owned(), places });
                }
                _ => {
                    errors.add("tasks", format!("看不懂“{line}”：一行一项，任务后面写人数，如“引导 10 人”，不能重复"));
                    return None;
                }
            }
        }
        if tasks.is_empty() || tasks.len() > 30 {
            errors.add("tasks", "请写明任务和人数，一行一项，最多 30 项");
            return None;
        }
        Some(tasks)
    }
}

/// The prior report as typed, with the controlled matters that the project needs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReportForm {
    pub text: String,
    pub matter: Vec<String>,
}

/// The controlled matters that a project needs, as they were ticked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MattersForm {
    pub matter: Vec<String>,
}

/// One text of several lines: what came of a project.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TextForm {
    pub text: String,
}

impl TextForm {
    pub fn read(&self, field: &'static str, ask: &'static str, errors: &mut Errors) -> Option<String> {
        lines(&self.text, 2000, field, ask, errors)
    }
}

impl ReportForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        lines(&self.text, 2000, "report", "请写明办什么、何时何地、多少人、安全措施", errors)
    }
}

/// Which task somebody volunteers for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct JoinForm {
    pub task: String,
}

/// The hours of a day as typed: a number a volunteer, in the same order; empty for nobody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HoursForm {
    pub day: String,
    pub volunteer: Vec<String>,
    pub hours: Vec<String>,
}

/// Hours that can be read.
pub(super) struct HoursSays {
    pub day: Date,
    pub hours: Vec<NewHours>,
}

impl HoursForm {
    /// Reads the form. `from` and `until` are the days on which the project runs.
    pub fn read(&self, from: Date, until: Date, errors: &mut Errors) -> Option<HoursSays> {
        let day = day(&self.day).filter(|day| (from..=until).contains(day));
        if day.is_none() {
            errors.add("day", format!("请填写{}之间的日期", chinese_days(from, until)));
        }
        let mut hours = Vec::new();
        for (volunteer, typed) in self.volunteer.iter().zip(&self.hours) {
            let typed = folded(typed);
            if typed.is_empty() {
                continue;
            }
            match (volunteer.parse::<VolunteerId>(), quarters(&typed)) {
                (Ok(volunteer), Some(quarters)) => hours.push(NewHours { volunteer, quarters }),
                _ => errors.add("hours", format!("看不懂“{typed}”：应为 0.25 至 24 的小时数，如 2 或 2.5")),
            }
        }
        if hours.is_empty() {
            errors.add("hours", "请至少填写一人的时数");
        }
        let says = HoursSays { day: day?, hours };
        errors.is_empty().then_some(says)
    }
}
