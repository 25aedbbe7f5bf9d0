//! A unit that seats of a congress are given to, and the students of one grade as they are counted.

use sha2::{Digest, Sha256};

use crate::{
    ids::{CollegeId, OrganisationId},
    rules::seats::{UnitKind, UnitSeats},
};

/// A unit of a congress with its seats.
#[derive(Debug, Clone)]
pub struct SeatUnit {
    /// Its place on the list, from 1.
    pub place: i16,
    pub kind: UnitKind,
    /// The college of a grade; of others, the one with whose delegation theirs sits, if any.
    pub college: Option<CollegeId>,
    pub college_name: Option<String>,
    pub entry_year: Option<i32>,
    pub organisation: Option<OrganisationId>,
    pub organisation_name: Option<String>,
    pub students: u32,
    pub seats: u32,
}

impl SeatUnit {
    /// As lists call it: `信息工程系 2024级`, `青年志愿者协会`.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.kind, self.entry_year) {
            (UnitKind::Grade, Some(year)) => format!("{} {year}级", self.college_name.as_deref().unwrap_or_default()),
            (UnitKind::Society, _) => self.organisation_name.clone().unwrap_or_default(),
            (UnitKind::Union | UnitKind::Grade, _) => "学生会".to_owned(),
        }
    }

    /// The unit as the rules see it.
    #[must_use]
    pub fn judged(&self) -> UnitSeats {
        let name = match self.kind {
            UnitKind::Grade => self.entry_year.map(|year| year.to_string()).unwrap_or_default(),
            UnitKind::Society | UnitKind::Union => self.name(),
        };
        UnitSeats {
            kind: self.kind,
            college: self.college_name.clone().filter(|_| self.kind == UnitKind::Grade).unwrap_or_default(),
            name,
            students: self.students,
            seats: self.seats,
        }
    }
}

/// A mark of the seats as they are kept: what is approved is what was seen, and cells are of the units that the page listed.
#[must_use]
pub fn mark(units: &[SeatUnit]) -> String {
    let says: Vec<String> = units.iter().map(|unit| format!("{}={}", unit.name(), unit.seats)).collect();
    hex::encode(Sha256::digest(says.join(";")))
}

/// Students of one grade in one college on the day by which they are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    pub college: CollegeId,
    pub college_name: String,
    pub entry_year: i32,
    pub students: u32,
}

/// A society that may be flagged as a main one of a congress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Society {
    pub id: OrganisationId,
    pub name: String,
    /// The League committee counts it among the main ones.
    pub is_main: bool,
}
