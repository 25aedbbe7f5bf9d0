//! Long lists, a page at a time.

/// A part of a list: `most` rows after the first `skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    pub skip: i64,
    pub most: i64,
}

impl RowRange {
    /// Page number `page`, from 0 on, of pages of `size` rows.
    #[must_use]
    pub fn page(page: i64, size: i64) -> Self {
        Self { skip: page * size, most: size }
    }

    /// All rows, for a list that the database cannot sort: see [`of`](Self::of).
    pub const ALL: Self = Self { skip: 0, most: i64::MAX };

    /// These rows of all.
    #[must_use]
    pub fn of<T>(self, all: Vec<T>) -> Vec<T> {
        let whole = |number: i64| usize::try_from(number).unwrap_or(0);
        all.into_iter().skip(whole(self.skip)).take(whole(self.most)).collect()
    }

    /// With one row of the next page, which tells that there is one: see [`cut`].
    #[must_use]
    pub fn and_one(self) -> Self {
        Self { most: self.most + 1, ..self }
    }
}

/// Cuts rows back to a page of `size`; `true` where there were more.
pub fn cut<T>(rows: &mut Vec<T>, size: i64) -> bool {
    let size = usize::try_from(size).unwrap_or(0);
    let more = rows.len() > size;
    rows.truncate(size);
    more
}

/// How many pages of `size` rows `total` rows fill.
#[must_use]
pub fn pages(total: i64, size: i64) -> i64 {
    (total + size - 1) / size
}
