//! What the forms of an adoption ask.

use serde::{Deserialize, Serialize};
use time::{Date, macros::format_description};

use crate::{
    ids::PlanVersionId,
    rulebook::store::WiderReason,
    rules::{Rule, baseline::Comparison},
    web::forms::{Errors, written},
};

/// The longest reason, in characters.
pub(super) const LONGEST: usize = 200;

/// 启用方案 as typed: the choice, and why the plan may be wider than the national baseline, rule by rule. Who goes back from
/// what it changes to choose otherwise finds the reasons again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct AdoptForm {
    pub version: String,
    pub from: String,
    /// `yes` once the person has read what it changes, `back` to choose otherwise.
    #[serde(skip_serializing)]
    pub confirm: String,
    /// Codes of rules, each with the reason in the same place.
    pub rule: Vec<String>,
    pub reason: Vec<String>,
}

impl AdoptForm {
    pub fn is_empty(&self) -> bool {
        self.version.is_empty() && self.from.is_empty()
    }

    pub fn is_confirmed(&self) -> bool {
        self.confirm == "yes"
    }

    pub fn goes_back(&self) -> bool {
        self.confirm == "back"
    }

    /// The version and the day, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(PlanVersionId, Date)> {
        let version = self.version.parse::<PlanVersionId>().ok();
        if version.is_none() {
            errors.add("version", "请选择方案");
        }
        let from = Date::parse(self.from.trim(), format_description!("[year]-[month]-[day]")).ok();
        let from = from.filter(|from| (2000..=2100).contains(&from.year()));
        if from.is_none() {
            errors.add("from", "请填写启用日期，如 2026-09-01");
        }
        version.zip(from)
    }

    /// What was typed for a rule; none where its field was not there.
    pub fn typed(&self, rule: Rule) -> Option<&str> {
        let place = self.rule.iter().position(|code| code == rule.code())?;
        self.reason.get(place).map(String::as_str)
    }

    /// The reasons that were typed, as they were.
    pub fn given(&self) -> Vec<WiderReason> {
        let pairs = self.rule.iter().zip(&self.reason).filter(|(_, says)| !says.trim().is_empty());
        pairs.map(|(rule, says)| WiderReason { rule: rule.clone(), says: says.clone() }).collect()
    }

    /// The form without the fields of which nothing was typed: a query leaves out what is empty, and a reason must stay with
    /// its rule.
    pub fn filled(&self) -> Self {
        let (rule, reason) = self.given().into_iter().map(|one| (one.rule, one.says)).unzip();
        Self { rule, reason, ..self.clone() }
    }

    /// A reason for each rule that asks for one, or an error beside each field.
    pub fn reasons(&self, asked: &[Comparison], errors: &mut Errors) -> Vec<WiderReason> {
        let read = |one: &Comparison| {
            let typed = self.typed(one.rule).unwrap_or_default();
            let ask = "宽于全国要求，请写明理由";
            let says = written(typed, LONGEST, one.rule.code(), ask, errors)?;
            Some(WiderReason { rule: one.rule.code().to_owned(), says })
        };
        asked.iter().filter_map(read).collect()
    }
}

/// 撤回启用 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct WithdrawForm {
    /// The number of the adoption.
    pub seq: String,
    pub says: String,
}

impl WithdrawForm {
    /// The number; 0, which no adoption has, where it is none.
    pub fn number(&self) -> i32 {
        self.seq.trim().parse().unwrap_or_default()
    }
}
