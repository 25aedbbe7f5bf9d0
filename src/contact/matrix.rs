//! Contacts drawn as classes (or colleges) × months, beside a table with the same figures.

use time::Date;

use crate::page::heat::{SHADES, Spot, height, short, width};

/// What was counted of a row in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
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
    fn shade(self) -> u32 {
        match self {
            Self::Times(times) => times.min(SHADES),
            Self::Share { met, of } => (met * SHADES).div_ceil(of.max(1)).min(SHADES),
        }
    }
}

/// A row before it is drawn.
#[derive(Debug, Clone)]
pub(super) struct RowFacts {
    pub name: String,
    /// One for each month.
    pub met: Vec<Met>,
}

#[derive(Debug, Clone)]
pub(super) struct Matrix {
    pub width: usize,
    pub height: usize,
    pub months: Vec<MonthColumn>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Debug, Clone)]
pub(super) struct MonthColumn {
    /// `11月`.
    pub label: String,
    /// The middle of the column.
    pub x: usize,
}

#[derive(Debug, Clone)]
pub(super) struct MatrixRow {
    pub name: String,
    /// The name, cut to what has room.
    pub short: String,
    /// The base line of its text.
    pub y: usize,
    pub cells: Vec<MatrixCell>,
}

#[derive(Debug, Clone)]
pub(super) struct MatrixCell {
    pub spot: Spot,
    /// 0 to 4.
    pub shade: u32,
    pub shown: String,
}

impl Matrix {
    /// `months` are first days, in the order of the columns.
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

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_cell_says_how_often_or_of_how_many_and_is_the_darker_for_it() {
        let months = [date!(2026 - 10 - 01), date!(2026 - 11 - 01)];
        let class = RowFacts { name: "软件2401班".to_owned(), met: vec![Met::Times(0), Met::Times(9)] };
        let met = vec![Met::Share { met: 1, of: 9 }, Met::Share { met: 9, of: 9 }];
        let college = RowFacts { name: "名称很长很长的信息工程系".to_owned(), met };
        let drawn = Matrix::new(&months, vec![class, college]);
        assert_eq!((drawn.width, drawn.height), (278, 70));
        assert_eq!(drawn.months.iter().map(|month| month.label.as_str()).collect::<Vec<_>>(), ["10月", "11月"]);
        let cells = |row: usize| {
            let own = drawn.rows[row].cells.iter();
            own.map(|cell| (cell.shown.clone(), cell.shade)).collect::<Vec<_>>()
        };
        assert_eq!(cells(0), [("–".to_owned(), 0), ("9".to_owned(), 4)]);
        assert_eq!(cells(1), [("1/9".to_owned(), 1), ("9/9".to_owned(), 4)]);
        assert_eq!(drawn.rows[1].short, "名称很长很长的信息工…");
        assert_eq!(Met::Share { met: 0, of: 0 }.shade(), 0, "a college without classes");
    }
}
