//! An even assignment: every class has somebody, everybody has a class, and nobody has more than their share.

use crate::ids::{ClassId, CollegeId, MajorId};

/// Where somebody is at home, or what a class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
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
pub struct Side {
    pub home: Home,
    pub load: u32,
}

/// Somebody for a class, each by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
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
#[must_use]
pub fn propose(mut classes: Vec<Side>, mut people: Vec<Side>) -> Vec<Pair> {
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
