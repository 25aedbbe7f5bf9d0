//! A list of nominees that rests on one closed review.

use time::OffsetDateTime;

use crate::{
    ids::{NominationId, ReviewId},
    words::words,
};

words! {
    /// What people are nominated for.
    NominationKind:
    Award = "award", "评奖评优";
    Bonus = "bonus", "测评加分";
    Recommendation = "recommendation", "推荐";
}

#[derive(Debug, Clone)]
pub struct Nomination {
    pub id: NominationId,
    /// The review whose results are drawn on.
    pub review: ReviewId,
    pub title: String,
    pub kind: NominationKind,
    pub seats: i16,
    pub begun_at: OffsetDateTime,
    /// Why somebody with a better result is passed over.
    pub deviation: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
}

/// Somebody who is nominated.
#[derive(Debug, Clone)]
pub struct Nominee {
    /// Their place in the review.
    pub person: i16,
    /// By result; equals share one.
    pub rank: i16,
    /// What they did.
    pub ground: String,
}
