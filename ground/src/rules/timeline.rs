//! A union over time: who holds which post, which departments there are and who is on duty, each from a day to a day.
//!
//! A cap holds on every day, so the rules look at a union on each day on which something begins or ends, under the plan
//! that governs on that day.

use std::collections::{BTreeSet, HashMap};

use time::Date;

use super::{
    plan::Union,
    roster::{Member, Post},
    yearly::CongressYears,
};

/// A post that a person holds from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The person's place in [`Timeline::people`].
    pub person: usize,
    pub post: Post,
    pub from: Date,
    /// The first day on which it is held no more; none while it is open.
    pub until: Option<Date>,
    /// The roster taken in at the start called them the executive chair on duty.
    pub marked_chair: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub name: String,
    /// What it does, in words parted by commas.
    pub functions: String,
    /// The written ruling on functions that another organisation has too (ORG-13).
    pub ruling: Option<String>,
    /// The day since which it has its name and functions, where they were changed.
    pub changed: Option<Date>,
    pub from: Date,
    /// The first day on which it is no more.
    pub until: Option<Date>,
}

/// A turn of the executive chair that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// 学号 of the holder.
    pub number: String,
    pub name: String,
    pub from: Date,
    /// The first day after it.
    pub until: Date,
}

/// A seat on the presidium to which a congress elected somebody, by a result that was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// 学号.
    pub number: String,
    /// The day of the approval.
    pub from: Date,
    /// The day on which the result of the next whole presidium was approved.
    pub until: Option<Date>,
}

/// Another student organisation, with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub name: String,
    /// What it does, in words parted by commas.
    pub functions: String,
}

/// A semester: its first day and the first day after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Semester {
    pub from: Date,
    /// The first day after it.
    pub until: Date,
}

/// A union over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub union: Union,
    /// How many students the union's college has; not known where it is no college's, or nobody counted.
    pub students: Option<u32>,
    /// Everybody who holds, held or will hold a post, with today's facts; their posts stand in `holdings`.
    pub people: Vec<Member>,
    pub holdings: Vec<Holding>,
    pub units: Vec<Unit>,
    pub turns: Vec<Turn>,
    /// The day on which the union came under the rules; before it, it is only taken down as it stands.
    pub opened: Option<Date>,
    /// Whom congresses elected to the presidium.
    pub elected: Vec<Mandate>,
    pub semesters: Vec<Semester>,
    /// The university's other student organisations.
    pub organisations: Vec<Organisation>,
    /// Its congresses; none where a roster alone is looked at.
    pub congresses: Option<CongressYears>,
}

/// Whether a term from a day until another (or open) holds on `day`.
#[must_use]
pub fn covers(from: Date, until: Option<Date>, day: Date) -> bool {
    from <= day && until.is_none_or(|until| day < until)
}

impl Timeline {
    /// A union without anybody.
    #[must_use]
    pub fn empty(union: Union) -> Self {
        Self {
            union,
            students: None,
            people: Vec::new(),
            holdings: Vec::new(),
            units: Vec::new(),
            turns: Vec::new(),
            opened: None,
            elected: Vec::new(),
            semesters: Vec::new(),
            organisations: Vec::new(),
            congresses: None,
        }
    }

    /// The union with one post more.
    #[must_use]
    pub fn with(&self, person: &Member, post: Post, from: Date, until: Option<Date>) -> Self {
        let mut with = self.clone();
        with.add(person, post, from, until);
        with
    }

    pub fn add(&mut self, person: &Member, post: Post, from: Date, until: Option<Date>) {
        let known = self.people.iter().position(|known| known.number == person.number);
        let mut fresh = Member { posts: Vec::new(), chair: false, ..person.clone() };
        let place = known.unwrap_or(self.people.len());
        match self.people.get_mut(place) {
            // What is known of them now counts, also of somebody whose former post has ended.
            Some(old) => {
                fresh.from_college_union = fresh.from_college_union.or(old.from_college_union);
                *old = fresh;
            }
            None => self.people.push(fresh),
        }
        self.holdings.push(Holding { person: place, post, from, until, marked_chair: false });
    }

    /// The people in posts on a day, in the order in which the posts stand.
    #[must_use]
    pub fn members_on(&self, day: Date) -> Vec<Member> {
        let on_duty: Vec<&str> = self.on_duty(day).collect();
        let rotates = self.rotates_on(day);
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut members: Vec<Member> = Vec::new();
        for holding in self.holdings.iter().filter(|holding| covers(holding.from, holding.until, day)) {
            let Some(person) = self.people.get(holding.person) else { continue };
            let place = *places.entry(holding.person).or_insert_with(|| {
                let chair = rotates && on_duty.contains(&person.number.as_str());
                members.push(Member { posts: Vec::new(), chair, ..person.clone() });
                members.len() - 1
            });
            if let Some(member) = members.get_mut(place) {
                member.chair |= !rotates && holding.marked_chair;
                if !member.posts.contains(&holding.post) {
                    member.posts.push(holding.post.clone());
                }
            }
        }
        members
    }

    /// Turns have begun by that day: before the first, only the roster that was taken down says who the chair was.
    #[must_use]
    pub fn rotates_on(&self, day: Date) -> bool {
        self.turns.iter().any(|turn| turn.from <= day)
    }

    /// Who is on duty as executive chair by a confirmed turn on a day: 学号.
    pub fn on_duty(&self, day: Date) -> impl Iterator<Item = &str> {
        self.turns.iter().filter(move |turn| covers(turn.from, Some(turn.until), day)).map(|turn| turn.number.as_str())
    }

    /// The departments on a day.
    pub fn units_on(&self, day: Date) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| covers(unit.from, unit.until, day))
    }

    /// Every day on which something begins or ends.
    #[must_use]
    pub fn days(&self) -> BTreeSet<Date> {
        let posts = self.holdings.iter().flat_map(|holding| [Some(holding.from), holding.until]);
        let units = self.units.iter().flat_map(|unit| [Some(unit.from), unit.until]);
        let turns = self.turns.iter().flat_map(|turn| [Some(turn.from), Some(turn.until)]);
        let congresses = self.congresses.iter().flat_map(CongressYears::days).map(Some);
        posts.chain(units).chain(turns).chain(congresses).chain([self.opened]).flatten().collect()
    }

    /// The names of people by 学号.
    #[must_use]
    pub fn names(&self, numbers: &[String]) -> Vec<String> {
        let name = |number: &String| {
            let person = self.people.iter().find(|person| person.number == *number);
            person.map_or_else(|| number.clone(), |person| person.name.clone())
        };
        numbers.iter().map(name).collect()
    }
}

/// A term in words, with the first and the last day within it.
#[must_use]
pub fn term_in_words(from: Date, until: Option<Date>) -> String {
    match until.and_then(Date::previous_day) {
        Some(last) if last >= from => format!("{from} 至 {last}"),
        Some(_) => format!("原定 {from} 起，没有生效"),
        None => format!("{from} 起"),
    }
}
