//! What the forms about students ask.

use std::fmt::Display;

use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, Duration};

use super::{
    corrections::{Corrected, Leaving},
    disputes_store::{Dispute, NewDispute, Ruling},
    renumbering::Renumbering,
    store::Student,
    student::{About, Left},
};
use crate::{
    code_words::{nationality, political, sex},
    directory::store::class_named,
    failure::Failure,
    ids::InstitutionId,
    name::{Name, Number},
    text::{day, folded, printable, trimmed},
    web::forms::{Errors, lines, reason, written},
};

/// 更正 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct CorrectForm {
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub class: String,
    #[serde(default)]
    pub political: String,
    #[serde(default)]
    pub gender: String,
    #[serde(default)]
    pub ethnic: String,
    #[serde(default)]
    pub reason: String,
}

impl CorrectForm {
    /// The form with what is known now.
    #[must_use]
    pub fn of(student: &Student) -> Self {
        Self {
            number: student.number.clone(),
            name: student.name.clone(),
            class: student.class.clone(),
            political: student.political.clone().unwrap_or_default(),
            gender: student.gender.clone().unwrap_or_default(),
            ethnic: student.ethnic.clone().unwrap_or_default(),
            reason: String::new(),
        }
    }

    /// What the data become and why, or an error beside each field.
    pub async fn read(
        &self,
        connection: &mut PgConnection,
        institution: InstitutionId,
        known: &Student,
        errors: &mut Errors,
    ) -> Result<Option<Corrected>, Failure> {
        let number = read(Number::read(&self.number), "number", errors);
        let name = read(Name::read(&self.name), "name", errors);
        // The class they are in needs no looking up: it may have a namesake, or have ended.
        let class = match printable(trimmed(&self.class), false) {
            same if same == known.class => Some(known.class_id),
            // Nobody moves into a class that has ended, or will with its graduation.
            other => class_named(connection, institution, &other, Date::MAX).await?,
        };
        if class.is_none() {
            errors.add("class", "没有这个班级、有几个班级同名，或该班已结束、即将毕业；请核对班级全称");
        }
        let political = read(political::read(&self.political), "political", errors).flatten();
        let gender = read(sex::read(&self.gender), "gender", errors).flatten();
        let ethnic = read(nationality::read(&self.ethnic), "ethnic", errors).flatten();
        let reason = reason(&self.reason, errors);
        let (Some(number), Some(name), Some(class), Some(reason), true) =
            (number, name, class, reason, errors.is_empty())
        else {
            return Ok(None);
        };
        let (number, name) = (number.shown().to_owned(), name.shown().to_owned());
        let political = political.map(|status| status.label().to_owned());
        let ethnic = ethnic.map(|one| one.label().to_owned());
        let gender = gender.map(|sex| sex.label().to_owned());
        Ok(Some(Corrected { number, name, class, political, gender, ethnic, reason }))
    }
}

/// What was read, or its fault beside the field.
fn read<T>(read: Result<T, impl Display>, field: &'static str, errors: &mut Errors) -> Option<T> {
    read.map_err(|fault| errors.add(field, fault.to_string())).ok()
}

/// A day on which people leave: at most a year back, because a mistyped year would make their data due for erasure, and at
/// most five ahead.
pub fn leaving_day(text: &str, today: Date, errors: &mut Errors) -> Option<Date> {
    let day = day(text);
    let (from, to) = (today - Duration::days(366), today + Duration::days(5 * 366));
    match day {
        None => errors.add("day", "请填写离校日期"),
        Some(day) if !(from..=to).contains(&day) => {
            errors.add("day", format!("离校日期应在 {from} 至 {to} 之间，请核对年份"));
            return None;
        }
        Some(_) => {}
    }
    day
}

/// 换学号 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct RenumberForm {
    #[serde(default)]
    pub new_number: String,
    #[serde(default)]
    pub new_reason: String,
}

impl RenumberForm {
    /// The new number and why, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<Renumbering> {
        let number = read(Number::read(&self.new_number), "new_number", errors);
        let reason = written(&self.new_reason, 200, "new_reason", "请写明理由，如转专业文件", errors);
        Some(Renumbering { number: number?, reason: reason? })
    }
}

/// 离校登记 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct LeaveForm {
    #[serde(default)]
    pub day: String,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub reason: String,
}

impl LeaveForm {
    /// How they leave, or an error beside each field.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<Leaving> {
        let day = leaving_day(&self.day, today, errors);
        let why = self.why.parse::<Left>().ok();
        if why.is_none() {
            errors.add("why", "请选择离校原因");
        }
        let reason = written(&self.reason, 200, "leave-reason", "请写明理由", errors);
        Some(Leaving { day: day?, why: why?, reason: reason? })
    }
}

/// 数据异议 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct DisputeForm {
    #[serde(default)]
    pub fact: String,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub says: String,
}

impl DisputeForm {
    /// The objection, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<NewDispute> {
        let fact = self.fact.parse().ok();
        let about = self.about.parse::<About>().ok();
        if fact.is_none() || about.is_none() {
            errors.add("about", "请选择有异议的一项");
        }
        let says = lines(&self.says, 500, "says", "请写明哪里不对、正确的应是什么", errors);
        Some(NewDispute { fact: fact?, about: about?, says: says? })
    }
}

/// 异议答复 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct AnswerForm {
    #[serde(default)]
    pub upheld: String,
    #[serde(default)]
    pub answer: String,
    #[serde(default)]
    pub rank: String,
    #[serde(default)]
    pub cohort: String,
    #[serde(default)]
    pub failed: String,
}

impl AnswerForm {
    /// The form with the figures as recorded.
    #[must_use]
    pub fn of(dispute: &Dispute) -> Self {
        let figure = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            rank: figure(dispute.rank),
            cohort: figure(dispute.cohort),
            failed: figure(dispute.failed),
            ..Self::default()
        }
    }

    /// The ruling on a dispute; the right figures are asked for where it is upheld. A rank is among `most` people at the most.
    pub fn read(&self, dispute: &Dispute, most: i32, errors: &mut Errors) -> Option<Ruling> {
        let upheld = match self.upheld.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                errors.add("upheld", "请选择是否成立");
                None
            }
        };
        let mut whole = |text: &str, field, from: i32, to: i32| {
            let number = folded(text).parse::<i32>().ok().filter(|number| (from..=to).contains(number));
            if number.is_none() {
                errors.add(field, format!("应为 {from} 至 {to} 的整数"));
            }
            number
        };
        let (mut rank, mut failed) = (None, None);
        if upheld == Some(true) {
            if dispute.is_about_rank() {
                let (place, of) = (whole(&self.rank, "rank", 1, most), whole(&self.cohort, "cohort", 1, most));
                rank = place.zip(of);
                if rank.is_some_and(|(place, of)| place > of) {
                    errors.add("rank", "排名大于专业人数");
                }
            } else {
                failed = whole(&self.failed, "failed", 0, 200);
            }
        }
        let answer = lines(&self.answer, 500, "answer", "请写明复核结果", errors);
        if !errors.is_empty() {
            return None;
        }
        Some(Ruling { upheld: upheld?, answer: answer?, rank, failed })
    }
}
