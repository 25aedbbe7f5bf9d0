//! A file of one or several sheets, and which of them is meant.

use super::{Choice, Question, ReadError, SheetError, SheetToChoose, error, grid::Grid, table, table::Headings};
use crate::text::printable;

/// The rows that are looked at to find a heading.
const LOOKED_AT: usize = 40;
/// The most sheets that a note names.
const NAMED: usize = 5;

/// A sheet of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetEntry {
    pub name: String,
    pub is_visible: bool,
}

/// What a reader makes of a file.
pub(super) trait Book {
    /// The sheets that can hold cells, in their order. A text file has one without a name.
    fn sheets(&self) -> &[SheetEntry];
    /// The cells of the sheet at a place; of its rows that are not blank at least `most_rows`, where it has them.
    fn grid(&mut self, place: usize, most_rows: usize) -> Result<Grid, SheetError>;
}

/// The sheet that is read.
#[derive(Debug, Default)]
pub(super) struct Meant {
    pub place: usize,
    /// Visible sheets with something on them that are not read, because they lack headings.
    pub unread: Vec<String>,
}

impl Meant {
    fn only(place: usize) -> Self {
        Self { place, unread: Vec::new() }
    }

    /// Says that something stands on other sheets, and on which.
    pub fn note(&self) -> Option<String> {
        let named = self.unread.iter().take(NAMED).map(|name| format!("“{}”", printable(name, false)));
        let more = if self.unread.len() > NAMED { format!("等 {} 张", self.unread.len()) } else { String::new() };
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| format!("工作表{}{more}没有这份名单的全部表头，没有读取", named.join("、")))
    }
}

/// The sheet that is meant: the one that was chosen, or the visible one with the headings and rows below.
pub(super) fn meant(book: &mut dyn Book, headings: &Headings<'_>, choice: &Choice) -> Result<Meant, ReadError> {
    let entries = book.sheets().to_vec();
    let quoted = |entry: &SheetEntry| format!("“{}”", entry.name);
    if let Some(wanted) = &choice.sheet {
        let chosen = entries.iter().position(|entry| entry.name.trim() == wanted.trim());
        return chosen.map(Meant::only).ok_or_else(|| {
            let names = entries.iter().map(quoted).collect::<Vec<_>>().join("、");
            ReadError::File(SheetError(format!("没有工作表“{}”；这份文件里有{names}", wanted.trim())))
        });
    }
    let visible: Vec<usize> =
        (0..entries.len()).filter(|&at| entries.get(at).is_some_and(|one| one.is_visible)).collect();
    let first = match visible.as_slice() {
        [] => return Err(ReadError::File(SheetError("工作簿里没有可见的工作表".to_owned()))),
        [only] => return Ok(Meant::only(*only)),
        [first, ..] => *first,
    };
    let (mut with_rows, mut with_headings, mut nearest) = (Vec::new(), None, None);
    let mut unread = Vec::new();
    for place in visible {
        let found = table::look(&book.grid(place, LOOKED_AT)?, headings);
        if found.is_complete && found.has_rows {
            with_rows.push(place);
        } else if found.is_complete {
            with_headings = with_headings.or(Some(place));
        } else if found.known > 0 && nearest.is_none_or(|(known, _)| known < found.known) {
            nearest = Some((found.known, place));
        }
        if !found.is_complete && found.has_cells {
            unread.extend(entries.get(place).map(|entry| entry.name.clone()));
        }
    }
    match with_rows.as_slice() {
        [only] => Ok(Meant { place: *only, unread }),
        // A file whose columns are not known is read from its first sheet.
        [first, ..] if headings.required.is_empty() => Ok(Meant::only(*first)),
        [] => Ok(Meant::only(with_headings.or(nearest.map(|(_, place)| place)).unwrap_or(first))),
        several => {
            let mut sheets = Vec::with_capacity(several.len());
            for &place in several {
                let name = entries.get(place).map(|entry| entry.name.clone()).unwrap_or_default();
                let is_decided = choice.hidden.is_some() && choice.hidden_columns.is_some();
                sheets.push(if is_decided {
                    SheetToChoose { name, ..SheetToChoose::default() }
                } else {
                    table::to_choose(name, book.grid(place, usize::MAX)?, headings, choice)
                });
            }
            Err(ReadError::Asks(Question::Sheets(sheets)))
        }
    }
}

/// Says of a sheet that could not be read where else the headings are.
pub(super) fn with_hint(book: &mut dyn Book, headings: &Headings<'_>, reason: SheetError) -> SheetError {
    let hidden = book.sheets().iter().enumerate().filter(|(_, entry)| !entry.is_visible);
    let hidden: Vec<(usize, String)> = hidden.map(|(place, entry)| (place, entry.name.clone())).collect();
    for (place, name) in hidden {
        let Ok(grid) = book.grid(place, LOOKED_AT) else { continue };
        if !headings.required.is_empty() && table::look(&grid, headings).is_complete {
            return SheetError(format!("{reason}；隐藏的工作表“{name}”里有这些表头，要用它请先取消隐藏"));
        }
    }
    reason
}

/// A book of one text.
pub(super) struct TextBook {
    pub entry: [SheetEntry; 1],
    pub grid: Option<Grid>,
}

impl TextBook {
    pub fn new(grid: Grid) -> Self {
        Self { entry: [SheetEntry { name: String::new(), is_visible: true }], grid: Some(grid) }
    }
}

impl Book for TextBook {
    fn sheets(&self) -> &[SheetEntry] {
        &self.entry
    }

    fn grid(&mut self, _: usize, _: usize) -> Result<Grid, SheetError> {
        // It is the only sheet and so is asked for once.
        self.grid.take().map_or_else(|| error("文件是空的"), Ok)
    }
}
