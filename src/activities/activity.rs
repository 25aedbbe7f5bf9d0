//! The noun: an activity that students sign up for, and whoever signs up.

use time::OffsetDateTime;

use super::paths;
use crate::{
    ids::{CollegeId, MatterId, OrganisationId, StudentId},
    matters::matter::{Matter, Particulars},
    rules::activities::{CheckIn, Purpose, Satisfaction, Standing},
    words::words,
};

words! {
    /// How somebody was checked in.
    Way:
    Code = "code", "扫码";
    Desk = "desk", "签到台";
}

/// For whom an activity is, with whom, and how many have room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub purpose: Purpose,
    /// A college's union hosts it for the whole school.
    pub for_school: bool,
    pub only_college: Option<CollegeId>,
    pub only_year: Option<i32>,
    /// Why it is not for everybody.
    pub reason: Option<String>,
    pub places: Option<u32>,
    pub closes_at: OffsetDateTime,
}

impl Setup {
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.only_college.is_some() || self.only_year.is_some()
    }
}

/// How many stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub taken: u32,
    pub waiting: u32,
    pub present: u32,
}

/// An activity that students sign up for.
#[derive(Debug, Clone)]
pub struct Activity {
    pub matter: Matter,
    pub setup: Setup,
    /// The college for whose students alone it is, by name.
    pub college_name: Option<String>,
    pub check_in: CheckIn,
    pub code: String,
    pub counts: Counts,
    /// The classes with which it is held, by name.
    pub classes: Vec<String>,
    pub societies: Vec<Society>,
}

/// A society with which an activity is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Society {
    pub id: OrganisationId,
    pub name: String,
}

impl Activity {
    #[must_use]
    pub fn id(&self) -> MatterId {
        self.matter.id
    }

    /// Its page for those who hold it.
    #[must_use]
    pub fn desk_path(&self) -> String {
        paths::desk(self.id())
    }

    /// The place in which it is held.
    #[must_use]
    pub fn place(&self) -> &str {
        match &self.matter.says.particulars {
            Particulars::Activity { place, .. } => place,
            Particulars::Publication { .. } | Particulars::Contact { .. } | Particulars::Funds { .. } => "",
        }
    }

    /// For whom, in words.
    #[must_use]
    pub fn audience(&self) -> String {
        let college = self.college_name.as_deref().unwrap_or_default();
        let year = self.setup.only_year.map(|year| format!("{year}级")).unwrap_or_default();
        match &self.setup.reason {
            None => "全体在校同学".to_owned(),
            Some(reason) => format!("{college}{year}同学（{reason}）"),
        }
    }

    /// Who hosts it for whom.
    #[must_use]
    pub fn host(&self) -> String {
        let union = &self.matter.union_name;
        if self.setup.for_school { format!("{union}（面向全校承办）") } else { union.clone() }
    }

    /// How many places are left, in words.
    #[must_use]
    pub fn room(&self) -> String {
        let taken = self.counts.taken;
        match self.setup.places {
            None => format!("不限名额，已报 {taken} 人"),
            Some(places) if taken >= places => format!("名额 {places}，已满，候补 {} 人", self.counts.waiting),
            Some(places) => format!("名额 {places}，还有 {} 个", places - taken),
        }
    }

    /// With which classes and societies, in words; empty for none.
    #[must_use]
    pub fn partners(&self) -> String {
        let societies = self.societies.iter().map(|one| one.name.as_str());
        self.classes.iter().map(String::as_str).chain(societies).collect::<Vec<_>>().join("、")
    }

    /// It goes on: approved, or under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.matter.is_approved() || self.matter.is_begun()
    }

    #[must_use]
    pub fn takes_sign_ups(&self, now: OffsetDateTime) -> bool {
        self.matter.is_approved() && now < self.setup.closes_at
    }

    /// A place that is given up goes to whoever waits: until it begins, and not while it is paused.
    #[must_use]
    pub fn passes_places_on(&self, now: OffsetDateTime) -> bool {
        self.matter.is_approved() && now < self.matter.says.starts_at
    }

    /// Whoever signs up now waits for a place.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.setup.places.is_some_and(|places| self.counts.taken >= places)
    }

    /// Places are free and somebody waits, as where one was given up while the activity was paused.
    #[must_use]
    pub fn owes_places(&self) -> bool {
        self.counts.waiting > 0 && self.setup.places.is_none_or(|places| self.counts.taken < places)
    }

    #[must_use]
    pub fn is_checking_in(&self) -> bool {
        self.check_in == CheckIn::Open
    }

    #[must_use]
    pub fn has_not_opened(&self) -> bool {
        self.check_in == CheckIn::NotYet
    }
}

/// How a student stands with an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    pub standing: Standing,
    pub checked_in_at: Option<OffsetDateTime>,
    pub satisfaction: Option<Satisfaction>,
}

impl Own {
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.standing, Standing::In | Standing::Waiting)
    }

    #[must_use]
    pub fn is_in(&self) -> bool {
        self.standing == Standing::In
    }

    #[must_use]
    pub fn was_there(&self) -> bool {
        self.checked_in_at.is_some()
    }
}

/// Somebody on the list.
#[derive(Debug, Clone)]
pub struct Participant {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub college: String,
    pub class: String,
    pub standing: Standing,
    pub checked_in_at: Option<OffsetDateTime>,
    pub way: Option<Way>,
}

impl Participant {
    #[must_use]
    pub fn state(&self) -> String {
        match (self.checked_in_at, self.way) {
            (Some(_), Some(way)) => format!("已到（{}）", way.label()),
            _ => self.standing.label().to_owned(),
        }
    }
}

/// Whom an activity reached, in one college or grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub name: String,
    /// Who was there.
    pub present: u32,
    /// Who is enrolled.
    pub enrolled: u32,
}

/// How participants found it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    pub satisfied: usize,
    pub mostly: usize,
    pub dissatisfied: usize,
}

impl Ratings {
    #[must_use]
    pub fn all(&self) -> usize {
        self.satisfied + self.mostly + self.dissatisfied
    }
}
