//! Names on ballots: labels that tell candidates apart, and whom monitors say that names written in mean.

use std::collections::{HashMap, HashSet};

use crate::{
    elections::sitting::Contest,
    ids::{AccountId, ContestId, StudentId},
    name::{key, shown},
    rules::election::{Count, Standing, Tally, WriteInFigures, WrittenName, by_name},
};

/// Under so many votes a written-in name is not published as it was written: a bought vote would prove itself by it.
const FEW: u32 = 20;

/// The longest label of a candidate, in characters.
const LONGEST_LABEL: usize = 60;

/// Somebody who stands or was written in, with what tells them from others of their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// As the ballot prints them already; none for somebody new.
    pub label: Option<String>,
    pub name: String,
    pub class: String,
    pub number: String,
}

/// Labels over a whole contest: the name, with the class for all who share it, with the number where a class has two of them.
#[must_use]
pub fn labels(people: &[Namesake]) -> Vec<String> {
    let mut classes: HashMap<String, Vec<String>> = HashMap::new();
    for one in people {
        classes.entry(key(&one.name)).or_default().push(key(&one.class));
    }
    let label = |one: &Namesake| {
        let namesakes = classes.get(&key(&one.name)).map_or(&[][..], Vec::as_slice);
        let Namesake { label, class, number, .. } = one;
        let name = shown(&one.name);
        if namesakes.len() < 2 {
            return label.clone().unwrap_or(name);
        }
        let alone = namesakes.iter().filter(|other| **other == key(class)).count() < 2;
        let with_class = format!("{name}（{class}）");
        let fits = alone && !class.is_empty() && with_class.chars().count() <= LONGEST_LABEL;
        if fits { with_class } else { format!("{name}（{number}）") }
    };
    people.iter().map(label).collect()
}

/// A student as they were registered when a name was matched to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedPerson {
    pub student: StudentId,
    pub name: String,
    pub class: String,
    pub number: String,
}

/// Whom a written-in name means, as a monitor said.
#[derive(Debug, Clone)]
pub struct NameMatch {
    pub contest: ContestId,
    /// As names are compared.
    pub key: String,
    /// As it was first spelt.
    pub name: String,
    /// None where nobody can tell whom.
    pub person: Option<MatchedPerson>,
    pub why: String,
    pub asked_by: AccountId,
    pub asked_name: String,
    /// The other monitor who confirmed it.
    pub agreed_name: Option<String>,
}

/// The names written in on a contest's ballots, as two monitors settled them.
#[derive(Debug, Clone, Default)]
pub struct SettledNames {
    /// The label of whoever a key means; none where nobody can tell.
    labels: HashMap<String, Option<String>>,
    people: Vec<(String, MatchedPerson)>,
    stands: Standing,
    /// The report is made, and what it names stays.
    reported: bool,
}

impl SettledNames {
    #[must_use]
    pub fn of(contest: &Contest, matches: &[NameMatch], reported: bool) -> Self {
        let agreed = || matches.iter().filter(|one| one.contest == contest.id && one.agreed_name.is_some());
        let mut people: Vec<MatchedPerson> = Vec::new();
        for person in agreed().filter_map(|one| one.person.as_ref()) {
            if people.iter().all(|known| known.student != person.student) {
                people.push(person.clone());
            }
        }
        // Whoever shares the name of a candidate carries the class too.
        let stands = Standing::of(&contest.labels());
        let namesake = |person: &MatchedPerson| Namesake {
            label: match stands.written(&person.name) {
                WrittenName::Other => None,
                WrittenName::Candidate | WrittenName::Unclear => Some(format!("{}（{}）", person.name, person.class)),
            },
            name: person.name.clone(),
            class: person.class.clone(),
            number: person.number.clone(),
        };
        let namesakes: Vec<Namesake> = people.iter().map(namesake).collect();
        let own = labels(&namesakes).into_iter().zip(&people);
        let unlike = |(label, person): (String, &MatchedPerson)| match stands.written(&label) {
            WrittenName::Other => label,
            WrittenName::Candidate | WrittenName::Unclear => format!("{}（{}）", person.name, person.number),
        };
        let people: Vec<(String, MatchedPerson)> =
            own.map(|(label, person)| (unlike((label, person)), person.clone())).collect();
        let label_of = |person: &MatchedPerson| {
            people.iter().find(|(_, known)| known.student == person.student).map(|(label, _)| label.clone())
        };
        let labels = agreed().map(|one| (one.key.clone(), one.person.as_ref().and_then(label_of))).collect();
        Self { labels, people, stands, reported }
    }

    /// Those who were written in, by their labels.
    #[must_use]
    pub fn person(&self, label: &str) -> Option<&MatchedPerson> {
        self.people.iter().find(|(own, _)| own == label).map(|(_, person)| person)
    }

    /// A pile with every settled name under its person's label, or among 其他 where nobody can tell whom it means. The name
    /// of a candidate, which no form takes, is counted for nobody.
    #[must_use]
    pub fn settle(&self, mut pile: Tally) -> Tally {
        let mut names = Vec::with_capacity(pile.write_ins.len());
        for one in pile.write_ins {
            match self.labels.get(&key(&one.name)) {
                Some(Some(label)) => names.push(WriteInFigures { name: label.clone(), votes_for: one.votes_for }),
                Some(None) => pile.others = pile.others.saturating_add(one.votes_for),
                None if !self.reported && self.stands.written(&one.name) != WrittenName::Other => {
                    pile.unclear.push(one);
                }
                None => names.push(one),
            }
        }
        pile.write_ins = by_name(names.iter());
        pile
    }

    /// The name is a label of ours, and not a spelling that nobody has settled.
    fn is_settled(&self, name: &str) -> bool {
        self.people.iter().any(|(label, _)| key(label) == key(name))
    }

    /// Names that would be elected or are tied, and that nobody has settled.
    #[must_use]
    pub fn open(&self, count: &Count) -> Vec<String> {
        let written = |name: &&String| count.write_ins.iter().any(|one| one.name == **name);
        let decided = count.elected.iter().chain(&count.tied);
        decided.filter(written).filter(|name| !self.is_settled(name)).cloned().collect()
    }

    /// The keys of the names that may be shown of a settled whole: those of its people, and those with many votes.
    #[must_use]
    pub fn shown(&self, whole: &Tally, open: &[String]) -> HashSet<String> {
        let fits = |one: &&WriteInFigures| {
            self.is_settled(&one.name) || one.votes_for >= FEW || (self.reported && open.contains(&one.name))
        };
        whole.write_ins.iter().filter(fits).map(|one| key(&one.name)).collect()
    }

    /// A settled pile as it is published: other names are 其他.
    #[must_use]
    pub fn publish(&self, mut pile: Tally, shown: &HashSet<String>) -> Tally {
        let (kept, hidden): (Vec<_>, Vec<_>) =
            pile.write_ins.into_iter().partition(|one| shown.contains(&key(&one.name)));
        let votes = hidden.iter().chain(&pile.unclear).map(|one| one.votes_for).fold(0, u32::saturating_add);
        pile.others = pile.others.saturating_add(votes);
        pile.write_ins = kept;
        pile.unclear = Vec::new();
        pile
    }

    /// What a count says while names are open: their places without them.
    #[must_use]
    pub fn without(&self, mut count: Count, open: &[String]) -> Count {
        if !self.reported {
            for name in count.elected.iter_mut().chain(&mut count.tied).filter(|name| open.contains(name)) {
                "另选他人（待核对）".clone_into(name);
            }
        }
        count
    }
}
