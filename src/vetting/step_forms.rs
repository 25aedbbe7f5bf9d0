//! What the forms about steps ask that are no opinions: of the round, or of each candidate.

use serde::Deserialize;
use time::Date;

use super::forms::MOST_CASES;
use crate::{
    ids::CaseId,
    page::filters,
    text::trimmed,
    web::forms::{Errors, past_day},
};

/// 登记一步 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TellForm {
    /// The step's place among those that are no opinions.
    pub place: String,
    pub from: String,
    pub until: String,
}

/// A step that is no opinion, and the days on which it was taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToldStep {
    pub place: usize,
    pub from: Date,
    pub until: Date,
}

/// The place and the days of a step as typed, with the fields beside which errors stand.
struct TypedStep<'a> {
    place: &'a str,
    from: &'a str,
    until: &'a str,
    from_field: &'static str,
    until_field: &'static str,
}

impl TypedStep<'_> {
    fn read(&self, today: Date, errors: &mut Errors) -> Option<ToldStep> {
        let from = past_day(self.from, self.from_field, today, errors);
        let until =
            if trimmed(self.until).is_empty() { from } else { past_day(self.until, self.until_field, today, errors) };
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            errors.add(self.until_field, "不能早于首日");
        }
        let place = self.place.parse::<usize>().ok();
        if place.is_none() {
            errors.add(self.from_field, "请从轮次页重新打开这一页");
        }
        Some(ToldStep { place: place?, from: from?, until: until? })
    }
}

impl TellForm {
    /// Reads the form, or leaves an error beside each field; a step of one day leaves the second empty.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<ToldStep> {
        let Self { place, from, until } = self;
        TypedStep { place, from, until, from_field: "from", until_field: "until" }.read(today, errors)
    }
}

/// 逐人登记 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TellEachForm {
    /// The step's place among those that are no opinions.
    pub step: String,
    pub case: Vec<String>,
    pub own_from: String,
    pub own_until: String,
}

/// A step that each candidate passes alone, with those who passed it on the same days.
#[derive(Debug, Clone)]
pub(super) struct ToldOfEach {
    pub step: ToldStep,
    pub cases: Vec<CaseId>,
}

impl TellEachForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<ToldOfEach> {
        let Self { step: place, own_from: from, own_until: until, .. } = self;
        let typed = TypedStep { place, from, until, from_field: "own_from", until_field: "own_until" };
        let cases: Vec<CaseId> = self.case.iter().filter_map(|id| id.parse().ok()).collect();
        if cases.is_empty() || cases.len() != self.case.len() || cases.len() > MOST_CASES {
            errors.add("case", format!("请至少勾选一人，一次最多 {MOST_CASES} 人"));
        }
        let step = typed.read(today, errors);
        Some(ToldOfEach { step: step?, cases }).filter(|_| errors.is_empty())
    }

    /// Somebody is ticked.
    pub fn has(&self, case: &CaseId) -> bool {
        self.case.contains(&case.to_string())
    }

    /// The form as a query, so that a way back keeps what was typed; who was ticked, as far as an address holds them.
    pub fn as_query(&self) -> String {
        let mut pairs =
            vec![("step", self.step.as_str()), ("own_from", &self.own_from), ("own_until", &self.own_until)];
        pairs.extend(self.case.iter().take(60).map(|case| ("case", case.as_str())));
        filters::query(&pairs)
    }
}
