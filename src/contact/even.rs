//! An even assignment: every class has somebody, everybody has a class, and nobody has more than their share.

use crate::ids::{ClassId, CollegeId, MajorId};

/// Where somebody is at home, or what a class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub class: ClassId,
    pub major: MajorId,
    pub college: CollegeId,
}

impl Home {
    /// How far from each other: 0 for the same class, then major, then college.
    fn distance(self, other: Self) -> u8 {
        if self.class == other.class {
            0
        } else if self.major == other.major {
            1
        } else if self.college == other.college {
            2
        } else {
            3
        }
    }
}

/// A class or a person, and how many of the others they have: people in contact, or classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub home: Home,
    pub load: u32,
}

/// Somebody for a class, each by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub class: usize,
    pub person: usize,
}

/// The place of whoever has least, of those the nearest, of those the first.
fn least(sides: &[Side], home: Home) -> Option<usize> {
    let places = sides.iter().enumerate();
    places.min_by_key(|(_, side)| (side.load, side.home.distance(home))).map(|(place, _)| place)
}

/// Gives each class that has nobody whoever has the fewest classes, then each person without a class one that has the
/// fewest people; among equals their own class, major, college first.
pub(super) fn propose(mut classes: Vec<Side>, mut people: Vec<Side>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (place, class) in classes.iter_mut().enumerate().filter(|(_, class)| class.load == 0) {
        let Some(person) = least(&people, class.home) else { break };
        if let Some(side) = people.get_mut(person) {
            side.load += 1;
            class.load += 1;
            pairs.push(Pair { class: place, person });
        }
    }
    for (place, person) in people.iter_mut().enumerate().filter(|(_, person)| person.load == 0) {
        let Some(class) = least(&classes, person.home) else { break };
        if let Some(side) = classes.get_mut(class) {
            side.load += 1;
            person.load += 1;
            pairs.push(Pair { class, person: place });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn college() -> (CollegeId, MajorId) {
        (CollegeId::random(), MajorId::random())
    }

    fn side(of: (CollegeId, MajorId), load: u32) -> Side {
        Side { home: Home { class: ClassId::random(), major: of.1, college: of.0 }, load }
    }

    #[test]
    fn among_equals_the_nearest_is_chosen() {
        let (one, other) = (college(), college());
        let classes = vec![side(one, 0), side(other, 0)];
        let people = vec![side(other, 0), side(one, 0)];
        let pairs = propose(classes, people);
        assert_eq!(pairs, [Pair { class: 0, person: 1 }, Pair { class: 1, person: 0 }]);
    }

    #[test]
    fn what_is_there_counts() {
        let one = college();
        assert_eq!(propose(vec![side(one, 1)], vec![side(one, 2)]), []);
        assert_eq!(propose(vec![side(one, 0)], Vec::new()), []);
        assert_eq!(propose(vec![side(one, 0)], vec![side(one, 2), side(one, 1)]), [Pair { class: 0, person: 1 }]);
    }

    proptest! {
        /// However many classes and people: nobody is left out, nobody is given more than one above another, no pair twice.
        #[test]
        fn an_assignment_from_nothing_is_even(classes in 0_usize..60, people in 0_usize..60) {
            let of = [college(), college(), college()];
            let all = |count: usize| (0..count).map(|place| side(of[place % 3], 0)).collect::<Vec<_>>();
            let pairs = propose(all(classes), all(people));
            let count = |of: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|pair| of(pair)).count();
            let of_class: Vec<usize> = (0..classes).map(|class| count(&|pair| pair.class == class)).collect();
            let of_person: Vec<usize> = (0..people).map(|person| count(&|pair| pair.person == person)).collect();
            if classes > 0 && people > 0 {
                prop_assert!(of_class.iter().chain(&of_person).all(|count| *count > 0));
                prop_assert!(of_class.iter().max().unwrap() - of_class.iter().min().unwrap() <= 1);
                prop_assert!(of_person.iter().max().unwrap() - of_person.iter().min().unwrap() <= 1);
            }
            for (place, pair) in pairs.iter().enumerate() {
                prop_assert!(!pairs[place + 1..].contains(pair));
            }
        }
    }
}
