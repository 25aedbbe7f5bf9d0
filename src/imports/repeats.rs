//! Rows about one and the same: a file names a student once, or a person once in an office at a place. Of rows that say
//! different things none is taken, whichever stands first: nobody but the clerk knows which is right.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::import::{FileRow, Kind};
use crate::{
    name::{key, number_key},
    sheet::row_list,
};

/// The most other rows that a fault names.
const NAMED: usize = 8;

/// Places of rows in the file.
struct Places {
    first: usize,
    more: Vec<usize>,
}

impl Places {
    fn all(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }
}

#[derive(Default)]
struct Groups(HashMap<String, Places>);

impl Groups {
    fn note(&mut self, what: String, place: usize) {
        self.0
            .entry(what)
            .and_modify(|places| places.more.push(place))
            .or_insert(Places { first: place, more: Vec::new() });
    }

    /// Those of several rows.
    fn repeated(&self) -> impl Iterator<Item = &Places> {
        self.0.values().filter(|places| !places.more.is_empty())
    }
}

/// Numbers that several rows of a file have, by their hash: of two that share one by chance, both count.
#[derive(Default)]
pub(super) struct RepeatedNumbers(HashSet<u64>);

impl RepeatedNumbers {
    /// Of the numbers of all rows, as they are typed.
    pub fn among<'a>(numbers: impl Iterator<Item = Cow<'a, str>>) -> Self {
        let (mut once, mut repeated) = (HashSet::new(), HashSet::new());
        for number in numbers {
            let hash = hash_of(&number);
            if !once.insert(hash) {
                repeated.insert(hash);
            }
        }
        Self(repeated)
    }

    pub fn has(&self, number: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&hash_of(number))
    }
}

fn hash_of(number: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    number_key(number).hash(&mut hasher);
    hasher.finish()
}

/// The rows of a file by whom they are about.
pub(super) struct Repeats {
    kind: Kind,
    by_number: Groups,
    /// Offices: by person, office and place.
    by_place: Groups,
}

impl Repeats {
    pub fn new(kind: Kind) -> Self {
        Self { kind, by_number: Groups::default(), by_place: Groups::default() }
    }

    /// Notes the row at a place of the file.
    pub fn note(&mut self, place: usize, cells: &[Option<String>]) {
        let Some(number) = cells.first().and_then(Option::as_deref).map(number_key) else { return };
        if self.kind == Kind::Offices {
            let whole = cells.iter().take(5).skip(2).map(|cell| key(cell.as_deref().unwrap_or("")));
            let whole: Vec<String> = std::iter::once(number.clone()).chain(whole).collect();
            self.by_place.note(whole.join("\u{1f}"), place);
        }
        self.by_number.note(number, place);
    }

    /// What is wrong with rows, by their place. `columns` are the names of the cells.
    pub fn faults(&self, rows: &[FileRow], columns: &[&str]) -> BTreeMap<usize, String> {
        let mut faults = BTreeMap::new();
        let once = if self.kind == Kind::Offices { &self.by_place } else { &self.by_number };
        for places in once.repeated() {
            repeated(places, rows, columns, &mut faults, self.kind);
        }
        for places in self.by_number.repeated() {
            of_two_names(places, rows, &mut faults);
        }
        faults
    }
}

/// Rows that may stand once and are not wrong otherwise.
fn repeated(places: &Places, rows: &[FileRow], columns: &[&str], faults: &mut BTreeMap<usize, String>, kind: Kind) {
    let sound = |place: usize| rows.get(place).filter(|row| row.wrong.is_empty()).map(|row| (place, row));
    let found: Vec<(usize, &FileRow)> = places.all().filter_map(sound).collect();
    if kind == Kind::Offices && are_terms_in_turn(&found) {
        return;
    }
    let Some((&(_, first), more)) = found.split_first() else { return };
    let number = columns.first().copied().unwrap_or_default();
    let differs = |at: usize| more.iter().any(|(_, row)| first.cells.get(at).map(key) != row.cells.get(at).map(key));
    let differing: Vec<&str> =
        columns.iter().enumerate().skip(1).filter(|(at, _)| differs(*at)).map(|(_, column)| *column).collect();
    if differing.is_empty() {
        for (place, _) in more {
            faults.insert(*place, format!("{number}：与第 {} 行重复", first.row));
        }
        return;
    }
    for (place, _) in &found {
        let others = found.iter().filter(|(other, _)| other != place).take(NAMED).map(|(_, row)| row.row);
        let others = row_list(&others.collect::<Vec<_>>());
        let differing = differing.join("、");
        faults.insert(*place, format!("{number}：与{others}是同一号码，{differing}却不同；请核对后只留正确的一行"));
    }
}

/// Terms of one person in one office, of which each ends before the next begins: a hand-over to oneself.
fn are_terms_in_turn(rows: &[(usize, &FileRow)]) -> bool {
    let term = |(_, row): &(usize, &FileRow)| Some((row.cells.get(5)?.to_owned(), row.cells.get(6).map(str::to_owned)));
    let mut terms: Vec<(String, Option<String>)> = rows.iter().filter_map(term).collect();
    terms.sort_unstable();
    terms.len() == rows.len()
        && terms.windows(2).all(|pair| matches!(pair, [(_, Some(last)), (next, _)] if last < next))
}

/// Under one number there is one person.
fn of_two_names(places: &Places, rows: &[FileRow], faults: &mut BTreeMap<usize, String>) {
    let named = |place: usize| {
        let row = rows.get(place)?;
        let name = row.cells.get(1)?;
        Some((place, row.row, name))
    };
    let found: Vec<(usize, u32, &str)> = places.all().filter_map(named).collect();
    let Some(&(_, first_row, first)) = found.first() else { return };
    let first_key = key(first);
    let Some(&(_, other_row, other)) = found.iter().find(|(_, _, name)| key(name) != first_key) else { return };
    for (place, _, name) in found {
        let (row, name) = if key(name) == first_key { (other_row, other) } else { (first_row, first) };
        faults.entry(place).or_insert_with(|| format!("姓名：同一号码在第 {row} 行是{name}"));
    }
}
