//! Cells where a file has them, before anybody knows which row is the heading: what every reader gives.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{Cell, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_TEXT, SheetError, error};

/// The most cells that merged regions may cover: regions may overlap without end, and each cell is visited for each.
const MOST_MARKS: usize = 50_000;
/// Rows above and below a list that are no rows of it: titles, hints, notes, totals.
const MOST_OTHER_ROWS: usize = 500;

/// A row that is not blank.
#[derive(Debug)]
pub(super) struct GridRow {
    /// The number that the spreadsheet program shows.
    pub number: u32,
    pub is_hidden: bool,
    /// A cell of it is struck out.
    pub is_struck: bool,
    pub cells: Vec<Cell>,
}

impl GridRow {
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column)
    }

    /// The cells that are not blank, with their columns.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank())
    }

    pub fn put(&mut self, column: usize, cell: Cell) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Text(String::new()));
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = cell;
        }
    }
}

/// A merged region: row numbers as shown, columns counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub rows: RangeInclusive<u32>,
    pub columns: RangeInclusive<usize>,
}

impl Region {
    pub fn is_one_row(&self) -> bool {
        self.rows.start() == self.rows.end()
    }

    pub fn is_one_column(&self) -> bool {
        self.columns.start() == self.columns.end()
    }
}

/// A sheet's cells.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub rows: Vec<GridRow>,
    pub merged: Vec<Region>,
    pub hidden_columns: Vec<RangeInclusive<usize>>,
    /// A text file: a row that is longer than the heading has a separator too many.
    pub is_text: bool,
    /// Something stands beyond the last column that is read.
    pub is_cut: bool,
}

impl Grid {
    /// The rows of a region, by their places.
    pub fn places(&self, rows: &RangeInclusive<u32>) -> std::ops::Range<usize> {
        let from = self.rows.partition_point(|row| row.number < *rows.start());
        let to = self.rows.partition_point(|row| row.number <= *rows.end());
        from..to.max(from)
    }
}

/// Gathers cells in any order and keeps them within bounds.
pub(super) struct GridBuilder {
    rows: BTreeMap<u32, GridRow>,
    /// The row that the last cell was of: it is looked for once, and not for each of its cells.
    current: Option<GridRow>,
    merged: Vec<Region>,
    marks: usize,
    hidden_columns: Vec<RangeInclusive<usize>>,
    text: usize,
    cells: usize,
    /// Of the row before: one that grows cell by cell holds half as much again.
    width: usize,
    most_rows: usize,
    is_cut: bool,
}

impl GridBuilder {
    /// `most_rows`: how many rows are wanted.
    pub fn new(most_rows: usize) -> Self {
        let (rows, merged, hidden_columns) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (current, is_cut) = (None, false);
        Self { rows, current, merged, marks: 0, hidden_columns, text: 0, cells: 0, width: 0, most_rows, is_cut }
    }

    fn count(&self) -> usize {
        self.rows.len() + usize::from(self.current.is_some())
    }

    /// Puts the current row to the others.
    fn settle(&mut self) {
        if let Some(row) = self.current.take() {
            self.rows.insert(row.number, row);
        }
    }

    /// As many rows as are wanted are there: the file need not be read on.
    pub fn is_full(&self) -> bool {
        self.count() > self.most_rows
    }

    /// Adds a cell; a blank one and one beyond the last column are none.
    pub fn cell(&mut self, row: u32, column: usize, cell: Cell, is_struck: bool) -> Result<(), SheetError> {
        self.is_cut |= column >= MOST_COLUMNS && !cell.is_blank();
        if column >= MOST_COLUMNS || cell.is_blank() {
            return Ok(());
        }
        self.text += cell.shown().len();
        if self.text > MOST_TEXT {
            return error(format!("表内文字超过 {} MB", MOST_TEXT / 1024 / 1024));
        }
        if self.current.as_ref().is_none_or(|current| current.number != row) {
            self.settle();
            self.current = self.rows.remove(&row);
        }
        let width = self.width;
        let blank = || GridRow { number: row, is_hidden: false, is_struck: false, cells: Vec::with_capacity(width) };
        let held = self.current.get_or_insert_with(blank);
        let before = held.cells.len();
        held.put(column, cell);
        self.width = held.cells.len();
        held.is_struck |= is_struck;
        self.cells += held.cells.len() - before;
        if self.count() > MOST_ROWS + MOST_OTHER_ROWS {
            return error(format!("数据超过 {MOST_ROWS} 行"));
        }
        if self.cells > MOST_CELLS {
            return error("表格过大：行数乘列数超过 120 万格，请删去多余的列");
        }
        Ok(())
    }

    /// Says of a row with cells that it is hidden.
    pub fn hide(&mut self, row: u32) {
        self.settle();
        if let Some(row) = self.rows.get_mut(&row) {
            row.is_hidden = true;
        }
    }

    pub fn hide_columns(&mut self, columns: RangeInclusive<usize>) {
        if self.hidden_columns.len() < MOST_COLUMNS && *columns.start() < MOST_COLUMNS {
            self.hidden_columns.push(columns);
        }
    }

    /// Adds a merged region.
    pub fn merge(&mut self, region: Region) -> Result<(), SheetError> {
        let (first, last) = (*region.columns.start(), (*region.columns.end()).min(MOST_COLUMNS - 1));
        if first > last || region.rows.is_empty() || (region.is_one_row() && first == last) {
            return Ok(());
        }
        self.settle();
        let region = Region { rows: region.rows, columns: first..=last };
        self.marks += (last - first + 1) * self.rows.range(region.rows.clone()).count().max(1);
        if self.marks > MOST_MARKS {
            return error("合并单元格过多，请全部取消合并后重新上传");
        }
        self.merged.push(region);
        Ok(())
    }

    pub fn finish(mut self) -> Grid {
        self.settle();
        let Self { rows, merged, hidden_columns, is_cut, .. } = self;
        let rows = rows.into_values().collect();
        Grid { rows, merged, hidden_columns, is_text: false, is_cut }
    }
}
