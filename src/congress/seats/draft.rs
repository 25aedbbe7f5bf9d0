//! A plan of seats as it is drafted from the students that are counted.

use super::unit::{Cohort, SeatUnit, Society};
use crate::rules::{
    Plan,
    congress::{self, Allocation, Population, allocate},
    seats::UnitKind,
};

/// What a plan of seats is to be drafted from.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// All seats; none for the least number.
    pub total: Option<u32>,
    /// The places of the union itself.
    pub own: u32,
    /// The main societies of this congress.
    pub societies: Vec<Society>,
}

/// A draft: its units in the order of the list, and the allocation with its arithmetic.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub units: Vec<SeatUnit>,
    pub total: u32,
    pub allocation: Allocation,
}

/// Shares out the seats that are left after the union's own places.
pub(super) fn draft(plan: &Plan, cohorts: &[Cohort], request: &Request) -> Draft {
    let population = Population {
        cohorts: cohorts
            .iter()
            .map(|cohort| congress::Cohort {
                college: cohort.college_name.clone(),
                grade: cohort.entry_year.to_string(),
                students: cohort.students,
            })
            .collect(),
        societies: request.societies.iter().map(|society| society.name.clone()).collect(),
    };
    let allocation = allocate(plan, &population, request.total.map(|total| total.saturating_sub(request.own)));
    let grades = allocation.colleges.iter().flat_map(|college| &college.grades);
    let of_grades = cohorts.iter().zip(grades).map(|(cohort, grade)| SeatUnit {
        place: 0,
        kind: UnitKind::Grade,
        college: Some(cohort.college),
        college_name: Some(cohort.college_name.clone()),
        entry_year: Some(cohort.entry_year),
        organisation: None,
        organisation_name: None,
        students: cohort.students,
        seats: grade.seats,
    });
    let other = |kind, society: Option<&Society>, seats| SeatUnit {
        place: 0,
        kind,
        college: None,
        college_name: None,
        entry_year: None,
        organisation: society.map(|society| society.id),
        organisation_name: society.map(|society| society.name.clone()),
        students: 0,
        seats,
    };
    let of_societies = request
        .societies
        .iter()
        .zip(&allocation.societies)
        .map(|(society, seats)| other(UnitKind::Society, Some(society), seats.seats));
    let own = (request.own > 0).then(|| other(UnitKind::Union, None, request.own));
    let numbered = of_grades.chain(of_societies).chain(own).zip(1..);
    let units = numbered.map(|(unit, place)| SeatUnit { place, ..unit }).collect();
    Draft { units, total: allocation.seats + request.own, allocation }
}

/// What changed in words between the students of a plan of seats and those who are counted now: a college merged, a grade
/// gone, a number put right.
pub(super) fn changes(units: &[SeatUnit], cohorts: &[Cohort]) -> Vec<String> {
    let of_grades = || units.iter().filter(|unit| unit.kind == UnitKind::Grade);
    let same = |unit: &SeatUnit, cohort: &Cohort| {
        unit.college == Some(cohort.college) && unit.entry_year == Some(cohort.entry_year)
    };
    let mut changes = Vec::new();
    for unit in of_grades() {
        match cohorts.iter().find(|cohort| same(unit, cohort)) {
            Some(cohort) if cohort.students == unit.students => {}
            Some(cohort) => changes.push(format!("{} {} 人，现为 {} 人", unit.name(), unit.students, cohort.students)),
            None => changes.push(format!("{} {} 人，现在没有这个院系年级", unit.name(), unit.students)),
        }
    }
    let is_new = |cohort: &&Cohort| !of_grades().any(|unit| same(unit, cohort));
    let added = cohorts.iter().filter(is_new);
    changes
        .extend(added.map(|new| format!("{} {}级 {} 人，分配时没有", new.college_name, new.entry_year, new.students)));
    changes
}
