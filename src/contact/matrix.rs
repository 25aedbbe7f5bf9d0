//! Contacts drawn as classes (or colleges) × months, beside a table with the same figures.

use time::Date;

use crate::page::heat::{SHADES, Spot, height, short, width};

/// What was counted of a row in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// How often one class was contacted.
    Times(u32),
    /// How many classes of so many were contacted.
    Share { met: u32, of: u32 },
}

impl Met {
    fn shown(self) -> String {
        match self {
            Self::Times(0) => "–".to_owned(),
            Self::Times(times) => times.to_string(),
            Self::Share { met, of } => format!("{met}/{of}"),
        }
    }

    /// 0 for none, up to 4 for all classes, or for four contacts and more.
    #[must_use]
    pub fn shade(self) -> u32 {
        match self {
            Self::Times(times) => times.min(SHADES),
            Self::Share { met, of } => (met * SHADES).div_ceil(of.max(1)).min(SHADES),
        }
    }
}

/// A row before it is drawn.
#[derive(Debug, Clone)]
pub struct RowFacts {
    pub name: String,
    /// One for each month.
    pub met: Vec<Met>,
}

/// The drawing, in its own units: a row for each class or college, a column for each month.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub width: usize,
    pub height: usize,
    pub months: Vec<MonthColumn>,
    pub rows: Vec<MatrixRow>,
}

/// The heading of a column.
#[derive(Debug, Clone)]
pub struct MonthColumn {
    /// `11月`.
    pub label: String,
    /// The middle of the column.
    pub x: usize,
}

/// A row as it is drawn, a cell for each column.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    pub name: String,
    /// The name, cut to what has room.
    pub short: String,
    /// The base line of its text.
    pub y: usize,
    pub cells: Vec<MatrixCell>,
}

/// Where a cell lies, and what it shows.
#[derive(Debug, Clone)]
pub struct MatrixCell {
    pub spot: Spot,
    /// 0 to 4.
    pub shade: u32,
    pub shown: String,
}

impl Matrix {
    /// `months` are first days, in the order of the columns.
    #[must_use]
    pub fn new(months: &[Date], rows: Vec<RowFacts>) -> Self {
        let columns = months.iter().zip(0..).map(|(month, column)| MonthColumn {
            label: format!("{}月", u8::from(month.month())),
            x: Spot::of(0, column).middle(),
        });
        let row = |(facts, row): (RowFacts, usize)| {
            let RowFacts { name, met } = facts;
            let cell = |(met, column): (Met, usize)| MatrixCell {
                spot: Spot::of(row, column),
                shade: met.shade(),
                shown: met.shown(),
            };
            MatrixRow {
                short: short(&name),
                y: Spot::of(row, 0).line(),
                cells: met.into_iter().zip(0..).map(cell).collect(),
                name,
            }
        };
        let rows: Vec<MatrixRow> = rows.into_iter().zip(0..).map(row).collect();
        Self { width: width(months.len()), height: height(rows.len()), months: columns.collect(), rows }
    }
}
