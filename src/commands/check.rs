//! `lunzhi check`: a roster held against a plan.

use std::path::Path;

use serde::Serialize;

use super::{Answer, Ends, Unreadable, find_plan, findings_in_words, for_people, json, read_file, reading_notes};
use crate::{
    clock::Clock,
    rules::{
        Finding,
        judgement::{OutOfScope, judge},
        plan::Union,
    },
    sheet::{self, Choice, roster},
};

#[derive(Serialize)]
struct Report<'a> {
    plan: &'a str,
    union: &'static str,
    people: usize,
    findings: &'a [Finding],
}

/// Judges the roster at `path`.
///
/// # Errors
/// [`Unreadable`] where the roster or the plan cannot be read, or the plan has no such union.
pub fn check(path: &Path, choice: &Choice, plan: &str, union: Union, as_json: bool) -> Result<Answer, Unreadable> {
    let plan = find_plan(plan)?;
    let bytes = read_file(path, sheet::LARGEST_FILE)?;
    let roster = roster::read(&bytes, choice).map_err(|unreadable| match unreadable {
        roster::Unreadable::File(error) => Unreadable::one(error.to_string()),
        roster::Unreadable::Asks(question) => Unreadable::question(&question),
        roster::Unreadable::Rows(_, bad) => Unreadable::all(&bad),
    })?;
    let findings = judge(&plan.as_of(Clock::default().today()), union, &roster.members)
        .map_err(|error: OutOfScope| Unreadable::one(error.to_string()))?;
    let people = roster.members.len();
    let text = if as_json {
        json(&Report { plan: &plan.code, union: union.slug(), people, findings: &findings })?
    } else {
        let findings = findings_in_words(&findings);
        for_people(&format!("名单体检：{} · {} · {people} 人\n\n{findings}", plan.short, union.label()))
    };
    Ok(Answer { text, ends: Ends::of(&findings), notes: reading_notes(&roster.sheet, &roster.ignored) })
}
