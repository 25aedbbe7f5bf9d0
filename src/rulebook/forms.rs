//! What the plan forms ask.

use serde::Deserialize;
use time::{Date, macros::format_description};

use crate::{ids::PlanVersionId, web::forms::Errors};

/// 启用方案 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct AdoptForm {
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub from: String,
    /// `yes` once the person has read what cannot be undone.
    #[serde(default)]
    pub confirm: String,
}

impl AdoptForm {
    pub fn is_empty(&self) -> bool {
        self.version.is_empty() && self.from.is_empty()
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
}
