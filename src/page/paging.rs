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
