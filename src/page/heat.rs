//! Where the cells of a drawing lie that has a name before each row: seats by college and grade, contacts by class and month.

/// Units of the drawing: the column of names, a cell's width and height, and the room above the cells.
const NAMES: usize = 150;
const WIDTH: usize = 64;
const HEIGHT: usize = 24;
const HEAD: usize = 22;
/// From the upper edge of a cell to the base line of its text.
const LINE: usize = HEIGHT - 8;
/// The characters of a name that have room.
const LETTERS: usize = 11;
/// How many shades there are; 0 is none.
pub const SHADES: u32 = 4;

/// A cell's place, in units of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub x: usize,
    pub y: usize,
}

impl Spot {
    /// Rows and columns count from 0.
    #[must_use]
    pub fn of(row: usize, column: usize) -> Self {
        Self { x: NAMES + column * WIDTH, y: HEAD + row * HEIGHT }
    }

    /// The middle of the cell, and of its column.
    #[must_use]
    pub fn middle(self) -> usize {
        self.x + WIDTH / 2
    }

    /// The base line of the text of the cell, and of its row.
    #[must_use]
    pub fn line(self) -> usize {
        self.y + LINE
    }
}

/// How wide a drawing of so many columns is.
#[must_use]
pub fn width(columns: usize) -> usize {
    NAMES + columns * WIDTH
}

/// How high a drawing of so many rows is.
#[must_use]
pub fn height(rows: usize) -> usize {
    HEAD + rows * HEIGHT
}

/// The name of a row, cut to what has room.
#[must_use]
pub fn short(name: &str) -> String {
    if name.chars().count() > LETTERS {
        name.chars().take(LETTERS - 1).chain(['…']).collect()
    } else {
        name.to_owned()
    }
}
