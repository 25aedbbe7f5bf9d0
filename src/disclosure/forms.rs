//! What the forms of the public column and of the yearly account ask.

use serde::Deserialize;
use time::Date;

use super::{comment_store::Comment, store::SaidRow};
use crate::{
    ids::UnionId,
    rules::{
        disclosure::{IndicatorList, list as indicators, lists},
        yearly::academic_year,
    },
    text::{folded, trimmed},
    web::forms::{Errors, written_if_any},
};

/// A student's word on a union, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CommentForm {
    pub stars: String,
    pub says: String,
}

impl CommentForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<Comment> {
        let stars = self.stars.parse::<i16>().ok().filter(|stars| (1..=5).contains(stars));
        if stars.is_none() {
            errors.add("stars", "请选择 1 至 5 分");
        }
        let says = written_if_any(&self.says, 300, "says", errors);
        Some(Comment { stars: stars?, says: says? }).filter(|_| errors.is_empty())
    }
}

/// The academic year of a new account, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub year: String,
    /// The code of the form that is filled in; empty for the first.
    pub form: String,
}

/// An account that is begun.
pub(super) struct NewAccount {
    /// The year in which its academic year begins.
    pub year: i16,
    pub list: &'static IndicatorList,
}

impl BeginForm {
    /// The year, this one or one of the two before, and the form.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewAccount> {
        let now = academic_year(today);
        let year = folded(&self.year).parse::<i32>().ok().filter(|year| (now - 2..=now).contains(year));
        if year.is_none() {
            errors.add("year", "请选择学年");
        }
        let list = if self.form.is_empty() { lists().first() } else { indicators(&self.form) };
        if list.is_none() {
            errors.add("form", "请选择表样");
        }
        let year = i16::try_from(year?).ok()?;
        Some(NewAccount { year, list: list? }).filter(|_| errors.is_empty())
    }
}

/// Whether an account is read without signing in, as sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OpenForm {
    pub is_open: String,
}

/// What is said of an indicator, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SaidForm {
    pub union: String,
    pub no: String,
    /// `yes`, `no`, or empty.
    pub answer: String,
    pub remark: String,
}

impl SaidForm {
    /// Something is answered or remarked.
    pub fn says_something(&self) -> bool {
        !self.answer.is_empty() || !trimmed(&self.remark).is_empty()
    }

    /// Reads the form, or leaves an error beside the field.
    pub fn read(&self, errors: &mut Errors) -> Option<SaidRow> {
        let union = self.union.parse::<UnionId>().ok();
        let answer = match self.answer.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let remark = written_if_any(&self.remark, 300, "remark", errors);
        let row = SaidRow { union: union?, indicator: self.no.clone(), answer, remark: remark? };
        errors.is_empty().then_some(row)
    }
}

/// What is said of a union's open indicators at once, as typed: a value of each for each of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SaidAllForm {
    pub union: Vec<String>,
    pub no: Vec<String>,
    pub answer: Vec<String>,
    pub remark: Vec<String>,
}

impl SaidAllForm {
    /// What is said of each.
    pub fn each(&self) -> Vec<SaidForm> {
        let of = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
        let one = |(place, (union, no)): (usize, (&String, &String))| SaidForm {
            union: union.clone(),
            no: no.clone(),
            answer: of(&self.answer, place),
            remark: of(&self.remark, place),
        };
        self.union.iter().zip(&self.no).enumerate().map(one).collect()
    }
}
