//! Colleges, majors and classes that a list of students names and that do not exist: new ones, or others spelt wrong. Each
//! is decided once for the whole file. One whose name is near to a known one must be, before anything is written.

pub mod pages;
pub(super) mod store;

use sha2::{Digest, Sha256};

use crate::words::words;

words! {
    /// A part of a university that a list of students names.
    Part:
    College = "college", "院系";
    Major = "major", "专业";
    Class = "class", "班级";
}

/// The name of a part itself, in its path.
fn name_of(part: Part, path: &[String]) -> &str {
    let place = if part == Part::Major { 1 } else { path.len().saturating_sub(1) };
    path.get(place).map_or("", String::as_str)
}

/// A part that exists.
#[derive(Debug, Clone)]
pub(super) struct KnownPlace {
    pub id: String,
    /// As [`UnknownPlace::path`].
    pub path: Vec<String>,
    /// Its name beside its neighbours.
    pub label: String,
    /// Its name is near to the typed one.
    pub is_near: bool,
}

/// A part that does not exist.
#[derive(Debug)]
pub(super) struct UnknownPlace {
    pub part: Part,
    /// College; major and level; year and class: as far as the part goes, as the file has them.
    pub path: Vec<String>,
    /// Rows of the file that name it.
    pub rows: i32,
    /// Somebody said that it is new.
    pub is_new: bool,
    /// Those that exist beside it, nearest by name first.
    pub known: Vec<KnownPlace>,
}

impl UnknownPlace {
    /// The name of the part itself.
    pub fn name(&self) -> &str {
        name_of(self.part, &self.path)
    }

    /// Above it, in words; empty for a college.
    pub fn above(&self) -> String {
        let above: Vec<&str> = match (self.part, self.path.as_slice()) {
            (Part::Major, [college, _, level]) => vec![college, level],
            (Part::Class, [college, major, level, year, _]) => vec![college, major, level, year],
            (Part::College | Part::Major | Part::Class, _) => Vec::new(),
        };
        above.join(" ")
    }

    /// The field of a form that decides it.
    pub fn field(&self) -> String {
        let text = format!("{}\u{1f}{}", self.part.slug(), self.path.join("\u{1f}"));
        let hash = Sha256::digest(text.as_bytes());
        format!("place-{}", hex::encode(hash.get(..8).unwrap_or_default()))
    }

    /// The known one to which its name is nearest, where nobody has said what it is.
    pub fn near(&self) -> Option<&KnownPlace> {
        self.known.iter().find(|known| known.is_near && !self.is_new)
    }

    /// Its name is near to a known one, and nobody has said what it is.
    pub fn is_open(&self) -> bool {
        self.near().is_some()
    }
}

/// What an unknown part is.
#[derive(Debug)]
pub(super) enum Meaning<'a> {
    New,
    Known(&'a KnownPlace),
    /// Its rows are left out.
    Leave,
}

impl<'a> Meaning<'a> {
    /// What a form says of a part; none where it says nothing that can be.
    pub fn read(text: &str, place: &'a UnknownPlace) -> Option<Self> {
        match text {
            "new" => Some(Self::New),
            "leave" => Some(Self::Leave),
            id => place.known.iter().find(|known| known.id == id).map(Self::Known),
        }
    }
}

/// What was decided of a part.
#[derive(Debug)]
pub(super) struct DecidedPlace {
    pub part: Part,
    pub path: Vec<String>,
    /// What it is called, where it exists.
    pub known: Option<String>,
    pub is_new: bool,
    pub rows: i32,
}

impl DecidedPlace {
    pub fn says(&self) -> String {
        let (part, name, rows) = (self.part.label(), self.path.join(" "), self.rows);
        match &self.known {
            Some(known) => format!("{part}“{name}”就是“{known}”（{rows} 行）"),
            None if self.is_new => format!("{part}“{name}”新建（{rows} 行）"),
            None => format!("{part}“{name}”的 {rows} 行不导入"),
        }
    }
}
