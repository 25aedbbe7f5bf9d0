//! What the forms of activities ask.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::activity::{Activity, Setup};
use crate::{
    ids::{CollegeId, OrganisationId},
    rules::activities::{Purpose, Satisfaction},
    text::{folded, trimmed},
    web::forms::{Errors, moment, moment_field, written},
};

/// How an activity is announced, as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SetupForm {
    pub purpose: String,
    pub for_school: String,
    pub only_college: String,
    pub only_year: String,
    pub reason: String,
    pub places: String,
    pub closes: String,
    /// Names of classes, one a line.
    pub classes: String,
    /// Ids of societies.
    pub society: Vec<String>,
}

/// What may be chosen.
pub(super) struct Choices<'a> {
    pub colleges: &'a [CollegeId],
    pub starts_at: OffsetDateTime,
}

impl SetupForm {
    /// What stands now.
    pub fn of(activity: &Activity) -> Self {
        let setup = &activity.setup;
        Self {
            purpose: setup.purpose.slug().to_owned(),
            for_school: if setup.for_school { "yes".to_owned() } else { String::new() },
            only_college: setup.only_college.map(|id| id.to_string()).unwrap_or_default(),
            only_year: setup.only_year.map(|year| year.to_string()).unwrap_or_default(),
            reason: setup.reason.clone().unwrap_or_default(),
            places: setup.places.map(|places| places.to_string()).unwrap_or_default(),
            closes: moment_field(setup.closes_at),
            classes: activity.classes.join("\n"),
            society: activity.societies.iter().map(|one| one.id.to_string()).collect(),
        }
    }

    /// An empty one: until the activity starts.
    pub fn new(starts_at: OffsetDateTime) -> Self {
        Self { closes: moment_field(starts_at), ..Self::default() }
    }

    pub fn is_for_school(&self) -> bool {
        self.for_school == "yes"
    }

    pub fn has_society(&self, id: OrganisationId) -> bool {
        self.society.contains(&id.to_string())
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, choices: &Choices<'_>, errors: &mut Errors) -> Option<Setup> {
        let purpose = self.purpose.parse::<Purpose>().ok();
        if purpose.is_none() {
            errors.add("purpose", "请选择活动的目的");
        }
        let only_college = match self.only_college.as_str() {
            "" => Some(None),
            typed => typed.parse::<CollegeId>().ok().filter(|id| choices.colleges.contains(id)).map(Some),
        };
        if only_college.is_none() {
            errors.add("only_college", "请选择院系");
        }
        let only_year = match folded(&self.only_year).as_str() {
            "" => Some(None),
            typed => typed.parse::<i32>().ok().filter(|year| (2000..=2100).contains(year)).map(Some),
        };
        if only_year.is_none() {
            errors.add("only_year", "请填写入学年份，如 2025");
        }
        let reason = match trimmed(&self.reason) {
            "" => Some(None),
            _ => written(&self.reason, 200, "reason", "", errors).map(Some),
        };
        let places = match folded(&self.places).as_str() {
            "" => Some(None),
            typed => typed.parse::<u32>().ok().filter(|many| (1..=100_000).contains(many)).map(Some),
        };
        if places.is_none() {
            errors.add("places", "应为 1 至 100000 的整数，不限的不填");
        }
        let closes_at = moment(&self.closes).filter(|at| *at <= choices.starts_at);
        if closes_at.is_none() {
            errors.add("closes", "请填写报名截止的时间，不晚于活动开始");
        }
        Some(Setup {
            purpose: purpose?,
            for_school: self.is_for_school(),
            only_college: only_college?,
            only_year: only_year?,
            reason: reason?,
            places: places?,
            closes_at: closes_at?,
        })
    }

    /// The names of the classes, each once.
    pub fn class_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.classes.lines().map(|line| trimmed(line).to_owned()).collect();
        names.retain(|name| !name.is_empty());
        names.dedup();
        names
    }

    /// The societies with which it is held, of those known.
    pub fn read_societies(&self, known: &[OrganisationId], errors: &mut Errors) -> Option<Vec<OrganisationId>> {
        let typed = self.society.iter().filter(|text| !text.is_empty());
        let found: Option<Vec<OrganisationId>> =
            typed.map(|text| text.parse().ok().filter(|id| known.contains(id))).collect();
        if found.is_none() {
            errors.add("society", "请选择合办的社团");
        }
        found
    }
}

/// The code on the wall, as a phone read it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CodeForm {
    pub code: String,
}

/// A word on the activity: one tap.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RateForm {
    pub satisfaction: String,
}

impl RateForm {
    pub fn read(&self) -> Option<Satisfaction> {
        self.satisfaction.parse().ok()
    }
}

/// Somebody who is checked in at the desk, by number or name; picked where several have the name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskForm {
    pub number: String,
    pub pick: String,
}
