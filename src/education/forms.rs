//! What the forms of education ask.

use serde::Deserialize;
use time::{Date, Duration};

use super::{pledges_store::NewText, training::Presence, trainings_store::NewTraining};
use crate::{
    ids::UnionId,
    text::{day, is_hidden, trimmed},
    web::forms::{Errors, lines, too_long, written},
};

/// The longest text of a pledge.
const LONGEST_TEXT: usize = 20_000;
/// How far back a training may lie that is taken down, and how far ahead one is announced, in days.
const BACK: i64 = 365;
const AHEAD: i64 = 180;

/// A version of the text to sign, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TextForm {
    pub title: String,
    pub body: String,
    pub from: String,
}

impl TextForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewText> {
        let title = written(&self.title, 80, "title", "请填写名称", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let body = trimmed(&self.body).replace("\r\n", "\n");
        if body.is_empty() {
            errors.add("body", "请填写全文");
        } else if body.chars().count() > LONGEST_TEXT {
            errors.add("body", too_long(&body, LONGEST_TEXT));
        } else if body.chars().any(|c| c != '\n' && is_hidden(c)) {
            errors.add("body", "含有看不见的字符");
        }
        let from_day = day(&self.from);
        match from_day {
            None => errors.add("from", "请填写从哪一天起签署这一版"),
            Some(from) if from < today - Duration::days(BACK) => errors.add("from", "不能早于一年前"),
            Some(from) if from > today + Duration::days(AHEAD) => errors.add("from", "不能晚于半年后"),
            Some(_) => {}
        }
        let new = NewText { title: title?, body, from_day: from_day? };
        errors.is_empty().then_some(new)
    }
}

/// That the text was read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignForm {
    pub sure: String,
}

impl SignForm {
    pub fn read(&self, errors: &mut Errors) -> Option<()> {
        if self.sure != "yes" {
            errors.add("sure", "请阅读全文，勾选承诺");
        }
        errors.is_empty().then_some(())
    }
}

/// A training as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TrainingForm {
    pub union: Vec<String>,
    pub title: String,
    pub day: String,
    pub place: String,
    pub says: String,
}

impl TrainingForm {
    pub fn chose(&self, union: &UnionId) -> bool {
        self.union.iter().any(|id| *id == union.to_string())
    }

    /// Reads the form, or leaves an error beside each field; `managed` are the unions that the office manages.
    pub fn read(&self, managed: &[UnionId], today: Date, errors: &mut Errors) -> Option<NewTraining> {
        let unions: Vec<UnionId> = managed.iter().copied().filter(|id| self.chose(id)).collect();
        if unions.is_empty() {
            errors.add("union", "请选择哪些学生会的工作人员参加");
        }
        let title = written(&self.title, 60, "title", "请填写培训的名称", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let on_day = day(&self.day);
        match on_day {
            None => errors.add("day", "请填写日期"),
            Some(on) if on < today - Duration::days(BACK) => errors.add("day", "不能早于一年前"),
            Some(on) if on > today + Duration::days(AHEAD) => errors.add("day", "不能晚于半年后"),
            Some(_) => {}
        }
        let place = written(&self.place, 60, "place", "请填写地点", errors);
        let says = lines(&self.says, 1000, "says", "请填写内容和主讲", errors);
        let new = NewTraining { unions, title: title?, on_day: on_day?, place: place?, says: says? };
        errors.is_empty().then_some(new)
    }
}

/// Who came to a training, as ticked: the students of both lists by number, of which a form holds three times as many as of
/// ids.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AttendanceForm {
    pub came: Vec<String>,
    pub excused: Vec<String>,
}

impl AttendanceForm {
    /// Who was there: whoever is ticked in both was.
    pub fn presence(&self, number: &str) -> Presence {
        let has = |ticked: &[String]| ticked.iter().any(|one| one == number);
        if has(&self.came) {
            Presence::Came
        } else if has(&self.excused) {
            Presence::Excused
        } else {
            Presence::Absent
        }
    }
}
