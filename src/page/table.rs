//! Tables that a heading sorts: what the address says of it, and where each heading leads.

use std::cmp::Reverse;

use crate::{
    name::pinyin::{self, SoundKey},
    words::Word,
};

/// By which column a list is sorted. An address has the column's stable word, downward with a minus before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting<C> {
    pub by: C,
    pub downward: bool,
}

impl<C: Word> Sorting<C> {
    /// What an address says; upward by `otherwise` where it names no column.
    #[must_use]
    pub fn read(text: &str, otherwise: C) -> Self {
        let (word, downward) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
        word.parse().map_or(Self { by: otherwise, downward: false }, |by| Self { by, downward })
    }

    /// As an address says it.
    #[must_use]
    pub fn in_address(self) -> String {
        format!("{}{}", if self.downward { "-" } else { "" }, self.by.stable())
    }

    /// Sorts rows by the sound of names, which no database knows, away from the threads that serve pages: the names of a
    /// whole university keep a core busy for a while. Rows of one name stay as they were.
    ///
    /// # Errors
    /// Where it panics.
    pub async fn by_sound<T: Send + 'static>(self, mut rows: Vec<T>, name: fn(&T) -> &str) -> anyhow::Result<Vec<T>> {
        let downward = self.downward;
        let sorted = tokio::task::spawn_blocking(move || {
            if downward {
                rows.sort_by_cached_key(|row| Reverse(SoundKey::of(name(row))));
            } else {
                pinyin::sort(&mut rows, name);
            }
            rows
        });
        Ok(sorted.await?)
    }

    /// The headings of all columns; `list` is the address up to the word of the sorting.
    #[must_use]
    pub fn headings(self, list: &str) -> Vec<Heading> {
        let heading = |column: &C| {
            let is_here = *column == self.by;
            let next = Self { by: *column, downward: is_here && !self.downward };
            let way = is_here.then_some(if self.downward { Way::Down } else { Way::Up });
            Heading { label: column.shown(), href: format!("{list}sort={}", next.in_address()), way }
        };
        C::all().iter().map(heading).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// A heading that sorts.
#[derive(Debug, Clone)]
pub struct Heading {
    pub label: &'static str,
    /// Sorts by it; upward first, and the other way where the list is sorted by it.
    pub href: String,
    way: Option<Way>,
}

impl Heading {
    /// As `aria-sort` has it.
    #[must_use]
    pub fn aria(&self) -> &'static str {
        match self.way {
            None => "none",
            Some(Way::Up) => "ascending",
            Some(Way::Down) => "descending",
        }
    }

    #[must_use]
    pub fn arrow(&self) -> &'static str {
        match self.way {
            None => "↕",
            Some(Way::Up) => "↑",
            Some(Way::Down) => "↓",
        }
    }
}
