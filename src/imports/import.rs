//! A file that was uploaded, from its preview to its commit.
//!
//! ```text
//! previewed ── commit ──> committed
//!     └─────── discard, or a week ──> discarded
//! ```

use sqlx::types::Uuid;
use time::OffsetDateTime;

use crate::{
    ids::{AccountId, ImportId},
    people::student::{Basis, CoursesCounted},
    rules::measure::Measure,
    words::words,
};

words! {
    /// What a file holds.
    Kind:
    Students = "students", "学生名单";
    Grades = "grades", "成绩排名";
    Offices = "offices", "任职人员";
}

words! {
    State:
    Previewed = "previewed", "待确认";
    Committed = "committed", "已写入";
    Discarded = "discarded", "已放弃";
}

words! {
    /// How far a commit under way is.
    CommitState:
    /// Another file of the university is being written.
    Waiting = "waiting", "等待";
    Writing = "writing", "写入";
    Failed = "failed", "失败";
}

words! {
    /// What a row would do.
    RowState:
    Added = "added", "新增";
    Changed = "changed", "变化";
    Same = "same", "相同";
    /// It cannot be used.
    Wrong = "wrong", "有误";
}

words! {
    /// What 无 means as a number of failed courses, which somebody who knows the file must say.
    NoneFailed:
    Zero = "zero", "0 门：没有不及格的课程";
    Unknown = "unknown", "未知：没有这项数据";
}

/// The columns of a kind of file, in the order of the template and of the cells.
pub(super) struct Layout {
    /// Names with the values that a column takes; none where it takes any.
    pub columns: &'static [(&'static str, &'static [&'static str])],
    pub required: &'static [&'static str],
    /// Example rows of the template.
    pub examples: &'static [&'static [&'static str]],
}

/// Stands between two cells, and for a blank one: cells hold no control characters.
pub(super) const BETWEEN: char = '\u{1f}';
pub(super) const BLANK: char = '\u{1e}';

/// The cells of a row, one after the other in one text: a file may have a million of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells(String);

impl Cells {
    #[must_use]
    pub(super) fn of(cells: &[Option<String>]) -> Self {
        let length: usize = cells.iter().map(|cell| cell.as_ref().map_or(1, String::len) + 1).sum();
        let mut text = String::with_capacity(length);
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                text.push(BETWEEN);
            }
            match cell {
                Some(cell) => text.push_str(cell),
                None => text.push(BLANK),
            }
        }
        Self(text)
    }

    /// Each cell; none where it is blank.
    pub fn each(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.split(BETWEEN).map(|cell| (!cell.starts_with(BLANK)).then_some(cell))
    }

    /// The cell at a place; none where it is blank, or there is none.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        self.each().nth(place).flatten()
    }

    /// All of them with [`BETWEEN`] and [`BLANK`].
    pub(super) fn as_text(&self) -> &str {
        &self.0
    }

    /// Cells that were written [`as_text`](Self::as_text).
    pub(super) fn of_text(text: String) -> Self {
        Self(text)
    }

    /// The same with another text at a place.
    pub(super) fn replace(&mut self, place: usize, text: &str) {
        let cells = self.each().enumerate().map(|(at, cell)| if at == place { Some(text) } else { cell });
        let cells: Vec<Option<String>> = cells.map(|cell| cell.map(str::to_owned)).collect();
        *self = Self::of(&cells);
    }
}

/// A row of a file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The number that the spreadsheet program shows.
    pub row: u32,
    /// Those of a wrong row as they are in the file.
    pub cells: Cells,
    /// What is wrong, in Chinese; empty for a row that can be used.
    pub wrong: String,
}

/// Of what time grades are, and who vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeSource {
    pub basis: Basis,
    /// The time in words: `2025—2026 学年第二学期`.
    pub period: String,
    pub source: String,
    /// Of what the ranking is.
    pub measure: Measure,
    /// Of which courses failed ones are counted.
    pub courses: CoursesCounted,
}

/// What was read of a file and what not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadAs {
    /// The sheet; empty for a text file.
    pub sheet: String,
    /// What was left out, filled in or only looks odd.
    pub notes: String,
    /// Headings that were ignored.
    pub ignored: String,
}

impl ReadAs {
    /// As much of it as is kept.
    pub(super) fn of(sheet: String, notes: &[String], ignored: &[String]) -> Self {
        let cut = |text: String, most: usize| match text.char_indices().nth(most) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        };
        Self { sheet: cut(sheet, 60), notes: cut(notes.join("；"), 3_900), ignored: cut(ignored.join("、"), 1_900) }
    }
}

/// One commit under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// Another file is being committed first.
    Waiting {
        /// What is waited for: who, and which file.
        behind: String,
    },
    /// Rows are being written.
    Writing {
        /// Rows written so far.
        done: u64,
        total: u64,
    },
    /// It failed, and nothing was written.
    Failed,
}

/// A file to be previewed.
#[derive(Debug)]
pub struct NewImport {
    pub kind: Kind,
    /// What its uploader calls it.
    pub file_name: String,
    pub sha256: Vec<u8>,
    /// For grades alone.
    pub grades: Option<GradeSource>,
    /// Offices: holders of the same places whom the file does not name are ended with its terms.
    pub end_others: bool,
    pub read_as: ReadAs,
    pub rows: Vec<FileRow>,
}

/// A file as its page shows it.
#[derive(Debug, Clone)]
pub struct Import {
    pub id: ImportId,
    pub kind: Kind,
    /// What its uploader calls it.
    pub file_name: String,
    /// Grades: the basis.
    pub basis: Option<Basis>,
    /// Grades: the time in words.
    pub period: Option<String>,
    /// Grades: who vouches for them.
    pub source: Option<String>,
    /// Grades: of what the ranking is.
    pub measure: Measure,
    /// Grades: of which courses failed ones are counted.
    pub courses: CoursesCounted,
    pub by: String,
    pub office: String,
    pub at: OffsetDateTime,
    pub state: State,
    /// When it was committed or discarded.
    pub settled_at: Option<OffsetDateTime>,
    /// Rows in the file.
    pub rows: i32,
    /// Rows that add something.
    pub added: i32,
    /// Rows that change something.
    pub changed: i32,
    /// Rows that change nothing.
    pub same: i32,
    /// Rows that cannot be used.
    pub wrong: i32,
    /// Offices: other holders are ended.
    pub end_others: bool,
    pub read_as: ReadAs,
}

impl Import {
    #[must_use]
    pub fn is_previewed(&self) -> bool {
        self.state == State::Previewed
    }

    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.state == State::Committed
    }

    #[must_use]
    pub fn is_discarded(&self) -> bool {
        self.state == State::Discarded
    }

    #[must_use]
    pub fn is_of_students(&self) -> bool {
        self.kind == Kind::Students
    }

    /// What its uploader called it, while that is kept.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.file_name.is_empty() { "（文件名已清除）" } else { &self.file_name }
    }

    #[must_use]
    pub fn kind_label(&self) -> &'static str {
        self.kind.label()
    }

    /// Grades: of what the ranking is, in words; empty where it is the one of the major.
    #[must_use]
    pub fn measure_label(&self) -> String {
        if self.measure.is_usual() { String::new() } else { self.measure.label() }
    }

    /// Grades: failed courses are counted of 必修课 alone.
    #[must_use]
    pub fn counts_required(&self) -> bool {
        self.courses == CoursesCounted::Required
    }

    /// Grades: over what time, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        self.basis.map_or("", Basis::label)
    }
}

/// A row of a preview.
#[derive(Debug)]
pub struct PreviewRow {
    /// The number that the spreadsheet program shows.
    pub row: i32,
    pub cells: Vec<String>,
    /// What changes, or what is wrong.
    pub says: String,
}

/// Somebody whom a file does not name although it names their college, or their place.
#[derive(Debug)]
pub struct MissingPerson {
    pub number: String,
    pub name: String,
    /// The class, or the office.
    pub place: String,
}

/// Those whom a file does not name.
#[derive(Debug, Default)]
pub struct Missing {
    /// The first of them.
    pub people: Vec<MissingPerson>,
    /// How many there are.
    pub total: i64,
}

/// Who commits, as the history of what changes names them.
pub(super) struct Author {
    pub account: Uuid,
    pub office: String,
}

/// How a commit ended.
#[derive(Debug)]
pub enum Committed {
    Done {
        import: Box<Import>,
        /// Offices: who came and went.
        moves: Vec<Move>,
    },
    /// Something else was changed since the preview: it was made anew, and nothing else was written.
    Moved,
    /// It was committed or discarded before.
    Settled,
    /// The administrator who uploaded it must not be the one who grants its offices.
    OfOne,
    /// It names a college, major or class near to a known one, and nobody has said which it is; nothing was written.
    Undecided,
}

/// Somebody who came into an office by a file, or went out of one.
#[derive(Debug)]
pub struct Move {
    pub account: AccountId,
    pub office: String,
    pub ended: bool,
}
