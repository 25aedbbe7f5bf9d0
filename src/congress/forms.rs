//! What the forms of a congress ask.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{congress::Congress, store::CongressDraft};
use crate::{
    ids::UnionId,
    text::{day, folded, trimmed},
    web::forms::{Errors, written},
};

/// The least share of delegates who are no backbone of a union, in percent: five universities ask so much (practice).
pub(super) const ORDINARY_PERCENT: u32 = 60;

/// A congress as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CongressForm {
    pub union: String,
    pub year: String,
    pub ordinal: String,
    pub counted: String,
    pub meets: String,
    /// `yes` for a meeting of all students.
    pub of_all: String,
    pub ordinary: String,
}

impl CongressForm {
    /// What one usually begins with; `ordinary` is the plan's share in percent, where it has one.
    pub fn new(year: i32, today: Date, ordinary: Option<u32>) -> Self {
        Self {
            year: year.to_string(),
            counted: today.to_string(),
            ordinary: ordinary.unwrap_or(ORDINARY_PERCENT).to_string(),
            ..Self::default()
        }
    }

    /// The form of a congress as it is.
    pub fn of(congress: &Congress) -> Self {
        Self {
            union: congress.union.to_string(),
            year: congress.academic_year.to_string(),
            ordinal: congress.ordinal.clone(),
            counted: congress.counted_on.to_string(),
            meets: congress.meets_on.map(|day| day.to_string()).unwrap_or_default(),
            of_all: if congress.of_all { "yes".to_owned() } else { String::new() },
            ordinary: congress.ordinary_percent.map(|share| share.to_string()).unwrap_or_default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.union.is_empty() && self.ordinal.is_empty()
    }

    pub fn is_of_all(&self) -> bool {
        self.of_all == "yes"
    }

    pub fn is_union(&self, id: &UnionId) -> bool {
        self.union == id.to_string()
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<CongressDraft> {
        let union = self.union.parse::<UnionId>().ok();
        if union.is_none() {
            errors.add("union", "请选择召开大会的组织");
        }
        let year = folded(&self.year).parse::<i16>().ok().filter(|year| (2000..=2100).contains(year));
        if year.is_none() {
            errors.add("year", "请填写学年开始的年份，如 2026");
        }
        let ordinal = written(&self.ordinal, 30, "ordinal", "请填写届次，如“第二十三次”", errors);
        if ordinal.as_ref().is_some_and(|ordinal| !ordinal.starts_with('第') || ordinal.chars().count() < 3) {
            errors.add("ordinal", "请写成“第…次”或“第…届第…次”");
        }
        let counted_on = day(&self.counted);
        if counted_on.is_none() {
            errors.add("counted", "请填写日期");
        }
        let meets_on = self.meets(errors);
        if meets_on.zip(counted_on).is_some_and(|(meets, counted)| meets < counted) {
            errors.add("meets", "应在学生人数的基准日之后");
        }
        let ordinary_percent = self.ordinary(errors);
        let draft = CongressDraft {
            union: union?,
            academic_year: year?,
            ordinal: ordinal?,
            of_all: self.is_of_all(),
            counted_on: counted_on?,
            meets_on,
            ordinary_percent,
        };
        errors.is_empty().then_some(draft)
    }

    fn meets(&self, errors: &mut Errors) -> Option<Date> {
        let meets = day(&self.meets);
        if meets.is_none() && !trimmed(&self.meets).is_empty() {
            errors.add("meets", "请填写日期，未定的可以不填");
        }
        meets
    }

    fn ordinary(&self, errors: &mut Errors) -> Option<i16> {
        let typed = folded(&self.ordinary);
        let share = typed.trim_end_matches(['%', '％']).parse::<i16>().ok().filter(|share| (0..=100).contains(share));
        if share.is_none() && !typed.is_empty() {
            errors.add("ordinary", "应为 0 至 100 的整数，不作要求的可以不填");
        }
        share.filter(|_| !self.is_of_all())
    }
}
