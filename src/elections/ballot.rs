//! What a voter says: the ballots of the contests in which they may vote, and the bytes that are sealed.
//!
//! The bytes have one length in a sitting, whatever was chosen: a letter for each candidate, a line of fixed length for each
//! name that could be written in, and filling to the longest ballot of the sitting.

use super::sitting::Contest;
use crate::{
    ids::ContestId,
    rules::election::{Ballot, Choice},
};

/// What was said in a contest, a pattern of a ballot or a name written in, and how often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountedText {
    pub contest: ContestId,
    pub text: String,
    pub votes: u32,
}

/// Letters of a receipt without its hyphens, some 79 bits.
pub const RECEIPT: usize = 16;
/// The longest name that is written in, in characters and in bytes.
pub const LONGEST_NAME: usize = 20;
const NAME_BYTES: usize = 80;
const VERSION: u8 = 1;

/// The shape of one contest's ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The contest's place in the sitting.
    pub ordinal: i16,
    pub candidates: usize,
    pub lines: usize,
    pub seats: u32,
}

impl Shape {
    /// The shape of a contest's ballot.
    #[must_use]
    pub fn of(contest: &Contest) -> Self {
        Self {
            ordinal: contest.ordinal,
            candidates: contest.candidates.len(),
            lines: usize::try_from(contest.lines()).unwrap_or(0),
            seats: contest.seats,
        }
    }

    fn size(&self) -> usize {
        2 + self.candidates + self.lines * (1 + NAME_BYTES)
    }
}

/// Bytes of the ballots of some contests, before filling.
#[must_use]
pub fn size(shapes: &[Shape]) -> usize {
    2 + RECEIPT + shapes.iter().map(Shape::size).sum::<usize>()
}

/// What one voter says in one contest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vote {
    /// A choice for each candidate, in the ballot's order.
    pub choices: Vec<Mark>,
    /// Names written in; each counts as chosen.
    pub written: Vec<String>,
}

/// A choice as a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// 赞成.
    For,
    /// 反对.
    Against,
    /// 弃权.
    #[default]
    Abstain,
}

impl Mark {
    /// The letter in files and in the database.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::For => 'F',
            Self::Against => 'A',
            Self::Abstain => '-',
        }
    }

    /// The choice of a letter.
    #[must_use]
    pub fn of(letter: char) -> Option<Self> {
        match letter {
            'F' => Some(Self::For),
            'A' => Some(Self::Against),
            '-' => Some(Self::Abstain),
            _ => None,
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::For => "赞成",
            Self::Against => "反对",
            Self::Abstain => "弃权",
        }
    }

    /// The choice as the count knows it.
    #[must_use]
    pub fn choice(self) -> Choice {
        match self {
            Self::For => Choice::For,
            Self::Against => Choice::Against,
            Self::Abstain => Choice::Abstain,
        }
    }
}

impl Vote {
    /// How many are chosen.
    #[must_use]
    pub fn chosen(&self) -> usize {
        self.choices.iter().filter(|mark| **mark == Mark::For).count() + self.written.len()
    }

    /// The vote without its names: a letter for each candidate, then how many names were written in.
    #[must_use]
    pub fn pattern(&self) -> String {
        let letters: String = self.choices.iter().map(|mark| mark.letter()).collect();
        format!("{letters}+{}", self.written.len())
    }

    /// The vote as a ballot of the count.
    #[must_use]
    pub fn ballot(&self) -> Ballot {
        Ballot {
            choices: self.choices.iter().enumerate().map(|(place, mark)| (place, mark.choice())).collect(),
            write_ins: self.written.iter().map(|name| (name.clone(), Choice::For)).collect(),
        }
    }
}

/// What a voter's envelope holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Votes {
    pub receipt: String,
    /// A vote for each contest in which they may vote, in their order.
    pub votes: Vec<Vote>,
}

impl Votes {
    /// The bytes, filled to `full` (at least [`size`]). None where a vote does not have its contest's shape.
    #[must_use]
    pub fn encode(&self, shapes: &[Shape], full: usize) -> Option<Vec<u8>> {
        if self.votes.len() != shapes.len() || self.receipt.len() != RECEIPT || !self.receipt.is_ascii() {
            return None;
        }
        let mut bytes = Vec::with_capacity(full);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.receipt.as_bytes());
        bytes.push(u8::try_from(shapes.len()).ok()?);
        for (vote, shape) in self.votes.iter().zip(shapes) {
            if vote.choices.len() != shape.candidates || vote.written.len() > shape.lines {
                return None;
            }
            bytes.extend_from_slice(&shape.ordinal.to_be_bytes());
            bytes.extend(vote.choices.iter().map(|mark| u8::try_from(mark.letter()).unwrap_or(b'-')));
            for line in 0..shape.lines {
                let name = vote.written.get(line).map_or("", String::as_str);
                if name.len() > NAME_BYTES || (name.is_empty() && line < vote.written.len()) {
                    return None;
                }
                bytes.push(u8::try_from(name.len()).ok()?);
                bytes.extend_from_slice(name.as_bytes());
                bytes.resize(bytes.len() + NAME_BYTES - name.len(), 0);
            }
        }
        if bytes.len() > full {
            return None;
        }
        bytes.resize(full, 0);
        Some(bytes)
    }

    /// The votes in bytes of that shape; none for anything that [`encode`](Self::encode) does not make.
    #[must_use]
    pub fn decode(bytes: &[u8], shapes: &[Shape]) -> Option<Self> {
        let mut rest = bytes;
        let [version] = take::<1>(&mut rest)?;
        let receipt: [u8; RECEIPT] = take(&mut rest)?;
        let [count] = take::<1>(&mut rest)?;
        if version != VERSION || usize::from(count) != shapes.len() {
            return None;
        }
        let receipt = String::from_utf8(receipt.to_vec()).ok().filter(|text| text.is_ascii())?;
        let mut votes = Vec::with_capacity(shapes.len());
        for shape in shapes {
            if i16::from_be_bytes(take(&mut rest)?) != shape.ordinal {
                return None;
            }
            let (letters, after) = rest.split_at_checked(shape.candidates)?;
            rest = after;
            let choices = letters.iter().map(|letter| Mark::of(char::from(*letter))).collect::<Option<Vec<Mark>>>()?;
            let mut written = Vec::new();
            for line in 0..shape.lines {
                let [length] = take::<1>(&mut rest)?;
                let (field, after) = rest.split_at_checked(NAME_BYTES)?;
                rest = after;
                let (name, filling) = field.split_at_checked(usize::from(length))?;
                if filling.iter().any(|byte| *byte != 0) || (length > 0 && written.len() < line) {
                    return None;
                }
                if length > 0 {
                    written.push(String::from_utf8(name.to_vec()).ok()?);
                }
            }
            votes.push(Vote { choices, written });
        }
        rest.iter().all(|byte| *byte == 0).then_some(Self { receipt, votes })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

/// A receipt as people read it: in groups of four.
#[must_use]
pub fn spaced(receipt: &str) -> String {
    let letters: Vec<char> = receipt.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
