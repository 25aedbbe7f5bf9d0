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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn class(college: CollegeId, due: i64) -> Cell {
        let (class, label) = (ClassId::random(), String::new());
        Cell { college, class, label, contests: vec![1], due, cast: 0, paper: 0 }
    }

    #[test]
    fn a_second_part_is_folded_with_a_small_one() {
        let college = CollegeId::random();
        let roll = [class(college, 30), class(college, 25), class(college, 5)];
        let parts = shown(&roll);
        assert!(parts.contains(&Part::College(college)) && parts.contains(&Part::Class(roll[0].class)));
        assert!(!parts.contains(&Part::Class(roll[1].class)), "the whole less the two would tell of five");
        assert!(!parts.contains(&Part::Class(roll[2].class)));
    }

    #[test]
    fn delegates_of_one_a_class_are_shown_by_college_at_the_most() {
        let (large, small) = (CollegeId::random(), CollegeId::random());
        let mut roll: Vec<Cell> = (0..40).map(|_| class(large, 1)).collect();
        roll.extend((0..3).map(|_| class(small, 1)));
        assert_eq!(shown(&roll), [Part::Contest(1)], "the large college's number would tell the small one's");
        roll.extend((0..17).map(|_| class(small, 1)));
        assert_eq!(shown(&roll), [Part::College(large), Part::College(small), Part::Contest(1)]);
        assert!(shown(&roll[..19]).is_empty(), "nothing beside the whole of a small roll");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_sum_or_difference_of_what_is_shown_tells_of_fewer_than_twenty(
            drawn in prop::collection::vec((0..5_usize, 0..12_usize, 1..16_u8, 1..45_i64), 1..60),
        ) {
            let colleges: Vec<CollegeId> = (0..5).map(|_| CollegeId::random()).collect();
            let classes: Vec<Vec<ClassId>> = (0..5).map(|_| (0..12).map(|_| ClassId::random()).collect()).collect();
            let cells: Vec<Cell> = drawn.into_iter().map(|(college, class, contests, due)| Cell {
                college: colleges[college],
                class: classes[college][class],
                label: String::new(),
                contests: (0..4).filter(|bit| (contests >> bit) & 1 == 1).collect(),
                due,
                cast: 0,
                paper: 0,
            }).collect();
            let parts = shown(&cells);
            // Whatever anybody reckons from the numbers of parts is a sum over cells that are in the same of them.
            let mut blocks: HashMap<Vec<bool>, i64> = HashMap::new();
            for cell in &cells {
                *blocks.entry(parts.iter().map(|part| part.holds(cell)).collect()).or_default() += cell.due;
            }
            prop_assert!(parts.is_empty() || blocks.values().all(|due| *due >= i64::from(FEW)), "{blocks:?}");
        }
    }
}
