//! A score sheet as bytes of one length: what one board member says of one person. Neither the scores nor the length of a
//! comment shows from outside once it is sealed.

/// The longest comment, in characters and in bytes.
pub const LONGEST_COMMENT: usize = 200;
const COMMENT_BYTES: usize = LONGEST_COMMENT * 4;
/// The most aspects of a review.
pub const MOST_ASPECTS: usize = 12;
/// Bytes of every sheet.
pub const SIZE: usize = 2 + MOST_ASPECTS + 2 + COMMENT_BYTES;
const VERSION: u8 = 1;

/// What a sheet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// A score for each aspect, in their order; at most 255.
    pub scores: Vec<u32>,
    /// Empty where nothing is remarked.
    pub comment: String,
}

impl Sheet {
    /// The bytes; none where it holds more than a sheet does.
    #[must_use]
    pub fn encode(&self) -> Option<Vec<u8>> {
        if self.scores.len() > MOST_ASPECTS || self.comment.len() > COMMENT_BYTES {
            return None;
        }
        let mut bytes = vec![VERSION, u8::try_from(self.scores.len()).ok()?];
        for score in &self.scores {
            bytes.push(u8::try_from(*score).ok()?);
        }
        bytes.resize(2 + MOST_ASPECTS, 0);
        bytes.extend_from_slice(&u16::try_from(self.comment.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(self.comment.as_bytes());
        bytes.resize(SIZE, 0);
        Some(bytes)
    }

    /// The sheet in bytes; none for anything that [`encode`](Self::encode) does not make for so many aspects.
    #[must_use]
    pub fn decode(bytes: &[u8], aspects: usize) -> Option<Self> {
        let ([version, number], rest) = bytes.split_first_chunk::<2>()?;
        let (scores, rest) = rest.split_first_chunk::<MOST_ASPECTS>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        if *version != VERSION || usize::from(*number) != aspects || bytes.len() != SIZE {
            return None;
        }
        let (scores, filling) = scores.split_at_checked(aspects)?;
        let (comment, after) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if filling.iter().chain(after).any(|byte| *byte != 0) {
            return None;
        }
        let comment = String::from_utf8(comment.to_vec()).ok()?;
        Some(Self { scores: scores.iter().map(|score| u32::from(*score)).collect(), comment })
    }
}
