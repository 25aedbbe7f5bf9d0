//! What the forms of the steps ask.

use serde::Deserialize;
use time::Date;

use super::{
    step::{Step, StepRow},
    store::{RulesDraft, StepDraft},
};
use crate::{
    congress::congress::Congress,
    text::{day, trimmed},
    web::forms::{Errors, written, written_if_any},
};

/// A step as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepForm {
    pub due: String,
    pub done: String,
    pub says: String,
    /// The mark of the step as the page showed it.
    pub seen: String,
}

impl StepForm {
    pub fn of(row: &StepRow) -> Self {
        Self {
            due: row.due.filter(|_| row.due_is_set).map(|due| due.to_string()).unwrap_or_default(),
            done: row.done_on.map(|done| done.to_string()).unwrap_or_default(),
            says: row.says.clone(),
            seen: row.mark(),
        }
    }

    /// Reads the form, or leaves an error beside each field; `filed` where a paper is there or comes with it.
    pub fn read(&self, step: Step, filed: bool, today: Date, errors: &mut Errors) -> Option<StepDraft> {
        let mut optional = |typed: &str, field: &'static str| {
            let read = day(typed);
            if read.is_none() && !trimmed(typed).is_empty() {
                errors.add(field, "请填写日期");
            }
            read
        };
        let due_on = optional(&self.due, "due");
        let done_on = if step.is_derived() { None } else { optional(&self.done, "done") };
        if done_on.is_some_and(|done| done > today) {
            errors.add("done", "办好以后再登记，不能晚于今天");
        }
        let says = written_if_any(&self.says, 200, "says", errors);
        if done_on.is_some() && step.needs_paper() {
            if says.as_ref().is_some_and(String::is_empty) {
                errors.add("says", "请填写批复的文号");
            }
            if !filed {
                errors.add("file", "请上传批复的扫描件");
            }
        }
        let says = says.filter(|_| done_on.is_some()).unwrap_or_default();
        errors.is_empty().then_some(StepDraft { due_on, done_on, says, document: None })
    }
}

/// Rules that are put on file, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RulesForm {
    pub name: String,
    pub adopted: String,
}

impl RulesForm {
    pub fn read(&self, has_file: bool, errors: &mut Errors) -> Option<RulesDraft> {
        let name = written(&self.name, 60, "name", "请填写文件名称", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let adopted_on = day(&self.adopted);
        if adopted_on.is_none() {
            errors.add("adopted", "请填写通过或印发的日期");
        }
        if !has_file {
            errors.add("file", "请上传文件的扫描件");
        }
        let draft = RulesDraft { name: name?, adopted_on: adopted_on? };
        errors.is_empty().then_some(draft)
    }
}

/// The day for which a congress is convened, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConveneForm {
    pub meets: String,
}

impl ConveneForm {
    pub fn read(&self, counted_on: Date, errors: &mut Errors) -> Option<Date> {
        let meets = day(&self.meets);
        match meets {
            None => errors.add("meets", "请填写批复的召开日期"),
            Some(meets) if meets < counted_on => errors.add("meets", "应在学生人数的基准日之后"),
            Some(_) => {}
        }
        meets.filter(|_| errors.is_empty())
    }
}

/// A convened congress's other day, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PutOffForm {
    pub meets: String,
    pub ground: String,
}

/// The other day, and who decided on it or why.
#[derive(Debug, Clone)]
pub(super) struct PutOff {
    pub meets_on: Date,
    pub ground: String,
}

impl PutOffForm {
    pub fn read(&self, congress: &Congress, today: Date, errors: &mut Errors) -> Option<PutOff> {
        let meets_on = day(&self.meets);
        match meets_on {
            None => errors.add("meets", "请填写改后的召开日期"),
            Some(meets_on) if meets_on < today => errors.add("meets", "不能早于今天"),
            Some(meets_on) if meets_on < congress.counted_on => errors.add("meets", "应在学生人数的基准日之后"),
            Some(meets_on) if congress.meets_on == Some(meets_on) => errors.add("meets", "和现在的召开日期相同"),
            Some(_) => {}
        }
        let ground = written(&self.ground, 200, "ground", "请写明同意改期的批复文号，或者改期的决定和原因", errors);
        let put_off = PutOff { meets_on: meets_on?, ground: ground? };
        errors.is_empty().then_some(put_off)
    }
}
