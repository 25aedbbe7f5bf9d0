//! The answers of one person as bytes. All sheets of a questionnaire have one length: neither what was chosen nor how much was
//! written shows from outside once a sheet is sealed.

use super::survey::{Kind, LONGEST_TEXT, Question};
use crate::ids::CollegeId;

const VERSION: u8 = 1;
/// Bytes before the answers: the version, the college, the year of entry.
const HEAD: usize = 1 + 16 + 2;
/// Bytes of the longest text.
const TEXT: usize = LONGEST_TEXT * 4;

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Skipped,
    /// The place of what was chosen, or of the word of a scale, from 1.
    One(u8),
    /// The places of what was chosen, from 1, in order.
    Several(Vec<u8>),
    /// The rank of each option, from 1.
    Order(Vec<u8>),
    Text(String),
}

/// What one person answers, with the college and the year in which they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub college: CollegeId,
    pub year: i32,
    /// One to each question.
    pub answers: Vec<Answer>,
}

/// Bytes of the answer to a question.
fn width(question: &Question) -> usize {
    match question.kind {
        Kind::Single | Kind::Scale => 1,
        Kind::Several => 4,
        Kind::Order => question.options.len(),
        Kind::Text => 2 + TEXT,
    }
}

/// Bytes of every sheet of these questions.
#[must_use]
pub fn size(questions: &[Question]) -> usize {
    HEAD + questions.iter().map(width).sum::<usize>()
}

fn bit(place: u8) -> Option<u32> {
    1_u32.checked_shl(u32::from(place.checked_sub(1)?))
}

impl Answer {
    /// The bytes, of the question's width; none where the answer does not fit the question.
    fn encode(&self, question: &Question) -> Option<Vec<u8>> {
        let options = u8::try_from(question.options.len()).ok()?;
        let mut bytes = match (self, question.kind) {
            (Self::Skipped, _) => Vec::new(),
            (Self::One(place), Kind::Single | Kind::Scale) if (1..=options).contains(place) => vec![*place],
            (Self::Several(places), Kind::Several) if places.iter().all(|place| (1..=options).contains(place)) => {
                let mask = places.iter().try_fold(0, |mask, place| Some(mask | bit(*place)?))?;
                mask.to_be_bytes().to_vec()
            }
            (Self::Order(ranks), Kind::Order) if ranks.len() == question.options.len() => ranks.clone(),
            (Self::Text(text), Kind::Text) if text.len() <= TEXT => {
                let mut bytes = u16::try_from(text.len()).ok()?.to_be_bytes().to_vec();
                bytes.extend_from_slice(text.as_bytes());
                bytes
            }
            (Self::One(_) | Self::Several(_) | Self::Order(_) | Self::Text(_), _) => return None,
        };
        bytes.resize(width(question), 0);
        Some(bytes)
    }

    /// The answer in the bytes of a question's width.
    fn decode(bytes: &[u8], question: &Question) -> Option<Self> {
        if bytes.iter().all(|byte| *byte == 0) {
            return Some(Self::Skipped);
        }
        let options = u8::try_from(question.options.len()).ok()?;
        match question.kind {
            Kind::Single | Kind::Scale => {
                bytes.first().filter(|place| **place <= options).map(|place| Self::One(*place))
            }
            Kind::Several => {
                let mask = u32::from_be_bytes(bytes.try_into().ok()?);
                let places: Vec<u8> = (1..=32).filter(|place| bit(*place).is_some_and(|bit| mask & bit > 0)).collect();
                places.last().is_some_and(|last| *last <= options).then_some(Self::Several(places))
            }
            Kind::Order => {
                let mut sorted = bytes.to_vec();
                sorted.sort_unstable();
                sorted.iter().copied().eq(1..=options).then(|| Self::Order(bytes.to_vec()))
            }
            Kind::Text => {
                let (length, text) = bytes.split_first_chunk::<2>()?;
                let text = text.get(..usize::from(u16::from_be_bytes(*length)))?;
                String::from_utf8(text.to_vec()).ok().map(Self::Text)
            }
        }
    }

    /// The answer as people read it; empty where the question was skipped.
    #[must_use]
    pub fn in_words(&self, question: &Question) -> String {
        let option = |place: &u8| {
            let at = usize::from(*place).checked_sub(1);
            at.and_then(|at| question.options.get(at)).cloned().unwrap_or_default()
        };
        match self {
            Self::Skipped => String::new(),
            Self::One(place) => option(place),
            Self::Several(places) => places.iter().map(option).collect::<Vec<_>>().join("；"),
            Self::Order(ranks) => {
                let mut ranked: Vec<(&u8, &String)> = ranks.iter().zip(&question.options).collect();
                ranked.sort();
                ranked.into_iter().map(|(_, option)| option.clone()).collect::<Vec<_>>().join(" ＞ ")
            }
            Self::Text(text) => text.clone(),
        }
    }
}

impl Sheet {
    /// The bytes; none where the answers are not those of the questions.
    #[must_use]
    pub fn encode(&self, questions: &[Question]) -> Option<Vec<u8>> {
        if self.answers.len() != questions.len() {
            return None;
        }
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(self.college.0.as_bytes());
        bytes.extend_from_slice(&u16::try_from(self.year).ok()?.to_be_bytes());
        for (answer, question) in self.answers.iter().zip(questions) {
            bytes.extend(answer.encode(question)?);
        }
        Some(bytes)
    }

    /// The sheet in bytes; none for anything that [`encode`](Self::encode) does not make of these questions.
    #[must_use]
    pub fn decode(bytes: &[u8], questions: &[Question]) -> Option<Self> {
        if bytes.len() != size(questions) {
            return None;
        }
        let ([version], rest) = bytes.split_first_chunk::<1>()?;
        let (college, rest) = rest.split_first_chunk::<16>()?;
        let (year, mut rest) = rest.split_first_chunk::<2>()?;
        if *version != VERSION {
            return None;
        }
        let mut answers = Vec::new();
        for question in questions {
            let (own, after) = rest.split_at_checked(width(question))?;
            answers.push(Answer::decode(own, question)?);
            rest = after;
        }
        let college = CollegeId(sqlx::types::Uuid::from_bytes(*college));
        Some(Self { college, year: i32::from(u16::from_be_bytes(*year)), answers })
    }
}
