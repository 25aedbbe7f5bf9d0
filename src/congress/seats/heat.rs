//! Seats drawn as college × grade, beside a table with the same figures.

use super::unit::SeatUnit;
use crate::{
    page::heat::{SHADES, Spot, height, short, width},
    rules::seats::UnitKind,
};

/// Seats of the grades of the colleges as a drawing and as the rows of a table.
#[derive(Debug, Clone)]
pub(super) struct Heat {
    pub width: usize,
    pub height: usize,
    /// The grades, newest first, with the middle of their column.
    pub grades: Vec<GradeColumn>,
    pub rows: Vec<CollegeRow>,
}

#[derive(Debug, Clone)]
pub(super) struct GradeColumn {
    pub year: i32,
    /// The middle of the column.
    pub x: usize,
    pub seats: u32,
}

#[derive(Debug, Clone)]
pub(super) struct CollegeRow {
    pub name: String,
    /// The name, cut to what has room.
    pub short: String,
    /// The base line of its text.
    pub y: usize,
    pub students: u32,
    pub seats: u32,
    /// One for each grade; none where the college has no such grade.
    pub cells: Vec<Option<HeatCell>>,
}

#[derive(Debug, Clone)]
pub(super) struct HeatCell {
    /// Its place on the list of units.
    pub place: i16,
    pub spot: Spot,
    /// 0 for no seat, up to 4 for the most.
    pub shade: u32,
    pub students: u32,
    pub seats: u32,
}

impl Heat {
    /// The drawing of a list of units; none where it has no grade.
    pub fn new(units: &[SeatUnit]) -> Option<Self> {
        let of_grades: Vec<&SeatUnit> = units.iter().filter(|unit| unit.kind == UnitKind::Grade).collect();
        let mut years: Vec<i32> = of_grades.iter().filter_map(|unit| unit.entry_year).collect();
        years.sort_unstable_by(|one, next| next.cmp(one));
        years.dedup();
        let most = of_grades.iter().map(|unit| unit.seats).max()?.max(1);
        let seats_of =
            |year: i32| of_grades.iter().filter(|unit| unit.entry_year == Some(year)).map(|unit| unit.seats).sum();
        let grades: Vec<GradeColumn> = years
            .iter()
            .zip(0..)
            .map(|(year, column)| GradeColumn { year: *year, x: Spot::of(0, column).middle(), seats: seats_of(*year) })
            .collect();
        let colleges: Vec<&[&SeatUnit]> = of_grades.chunk_by(|one, next| one.college == next.college).collect();
        let rows = colleges.iter().zip(0..).map(|(units, row)| {
            let name = units.first().and_then(|unit| unit.college_name.clone()).unwrap_or_default();
            let cell = |(year, column): (&i32, usize)| {
                let unit = units.iter().find(|unit| unit.entry_year == Some(*year))?;
                Some(HeatCell {
                    place: unit.place,
                    spot: Spot::of(row, column),
                    shade: (unit.seats * SHADES).div_ceil(most),
                    students: unit.students,
                    seats: unit.seats,
                })
            };
            CollegeRow {
                short: short(&name),
                y: Spot::of(row, 0).line(),
                students: units.iter().map(|unit| unit.students).sum(),
                seats: units.iter().map(|unit| unit.seats).sum(),
                cells: years.iter().zip(0..).map(cell).collect(),
                name,
            }
        });
        let rows: Vec<CollegeRow> = rows.collect();
        Some(Self { width: width(grades.len()), height: height(rows.len()), grades, rows })
    }
}
