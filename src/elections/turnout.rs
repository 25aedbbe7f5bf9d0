//! 投票进度 in parts: which parts of a roll may be shown while votes are cast, so that neither a number nor the difference of
//! two tells how a few people have voted or whether.

use super::reconciliation::FEW;
use crate::{
    ids::{ClassId, CollegeId},
    rules::folding,
};

/// The voters of one class who vote in the same contests.
#[derive(Debug, Clone)]
pub struct Cell {
    pub college: CollegeId,
    pub class: ClassId,
    /// The class's name.
    pub label: String,
    /// The contests by their ordinals.
    pub contests: Vec<i16>,
    pub due: i64,
    pub cast: i64,
    pub paper: i64,
}

/// A part of a roll that somebody sees a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    College(CollegeId),
    /// A contest, by its ordinal.
    Contest(i16),
    Class(ClassId),
}

impl Part {
    #[must_use]
    pub fn holds(self, cell: &Cell) -> bool {
        match self {
            Self::College(college) => cell.college == college,
            Self::Contest(ordinal) => cell.contests.contains(&ordinal),
            Self::Class(class) => cell.class == class,
        }
    }
}

/// The parts of a kind with how many voters they have, the largest first.
fn largest_first(cells: &[Cell], kind: impl Fn(&Cell) -> Vec<Part>) -> Vec<Part> {
    let mut parts: Vec<(Part, i64)> = Vec::new();
    for cell in cells {
        for part in kind(cell) {
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, due)) => *due += cell.due,
                None => parts.push((part, cell.due)),
            }
        }
    }
    parts.sort_by_key(|(_, due)| std::cmp::Reverse(*due));
    parts.into_iter().map(|(part, _)| part).collect()
}

/// The parts that may be shown beside the whole while votes are cast, whoever looks: colleges first, then contests, then
/// classes. All that can be reckoned from them are sums over blocks of [`FEW`] voters or more; a part that would split off
/// fewer is folded, and with it the part that would give it away.
#[must_use]
pub fn shown(cells: &[Cell]) -> Vec<Part> {
    let mut parts = largest_first(cells, |cell| vec![Part::College(cell.college)]);
    parts.extend(largest_first(cells, |cell| cell.contests.iter().map(|one| Part::Contest(*one)).collect()));
    parts.extend(largest_first(cells, |cell| vec![Part::Class(cell.class)]));
    folding::shown(cells, parts, i64::from(FEW), |cell| cell.due, Part::holds)
}
