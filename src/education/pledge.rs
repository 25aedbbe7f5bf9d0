//! The text that officers pledge to keep, and who has signed it.

use time::{Date, OffsetDateTime};

use crate::{
    ids::{PledgeTextId, UnionId},
    rules::yearly::academic_year_in_words,
};

/// A version of the text.
#[derive(Debug)]
pub(super) struct PledgeText {
    pub id: PledgeTextId,
    pub title: String,
    /// A paragraph a line.
    pub body: String,
    /// The first day on which it is the one to sign.
    pub from_day: Date,
}

impl PledgeText {
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.body.lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

/// A signature of one person.
#[derive(Debug)]
pub(super) struct Signature {
    /// The calendar year in which the academic year began.
    pub academic_year: i32,
    pub title: String,
    pub signed_at: OffsetDateTime,
    /// Signed with an application for a post.
    pub applied: bool,
}

impl Signature {
    pub fn year(&self) -> String {
        academic_year_in_words(self.academic_year)
    }
}

/// Somebody in a post who has not signed this academic year.
#[derive(Debug)]
pub(super) struct Unsigned {
    pub union: UnionId,
    /// 学号.
    pub number: String,
    pub name: String,
    /// Their posts in words.
    pub posts: String,
}
