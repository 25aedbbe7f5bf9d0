//! What the count leaves of opened answers: sums of the whole and of the parts that are large enough to be shown apart, and
//! texts in an order drawn by lot. Nothing of it says whose it is.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;

use super::{
    sealed::OpenSheet,
    sheet::{Answer, Sheet},
    survey::Question,
};
use crate::{
    ids::CollegeId,
    rules::{folding, survey::FEWEST},
    words::words,
};

words! {
    /// What part of those who were asked it is.
    PartKind:
    Whole = "whole", "全部";
    College = "college", "院系";
    Year = "year", "年级";
}

/// Students of a college and year who are asked and have not answered.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub college: CollegeId,
    pub year: i32,
    pub people: i64,
}

/// A college by its name.
#[derive(Debug, Clone)]
pub struct CollegeName {
    pub id: CollegeId,
    pub name: String,
}

/// How often an option was chosen. Option 0 and rank 0: how many answered the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub question: i16,
    pub option: i16,
    /// Of an order, the rank that the option was given; else 0.
    pub rank: i16,
    pub number: i32,
}

/// A part of those who were asked.
#[derive(Debug, Clone)]
pub struct CountedPart {
    pub kind: PartKind,
    pub label: String,
    pub answers: i32,
    pub invited: i32,
    pub figures: Vec<Figure>,
}

/// A text that was written, without whoever did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedText {
    pub question: i16,
    pub says: String,
}

/// What a count leaves.
#[derive(Debug)]
pub struct Counted {
    /// The whole first.
    pub parts: Vec<CountedPart>,
    pub texts: Vec<CountedText>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    College(CollegeId),
    Year(i32),
}

/// Those who answered in one college and year.
struct Cell {
    college: CollegeId,
    year: i32,
    people: i64,
}

impl Part {
    fn is_of(self, college: CollegeId, year: i32) -> bool {
        match self {
            Self::College(own) => own == college,
            Self::Year(own) => own == year,
        }
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn figures(sheets: &[&Sheet], questions: &[Question]) -> Vec<Figure> {
    let mut counts: BTreeMap<(i16, u8, u8), i32> = BTreeMap::new();
    for sheet in sheets {
        for (question, answer) in questions.iter().zip(&sheet.answers) {
            let mut one = |option: u8, rank: u8| *counts.entry((question.place, option, rank)).or_default() += 1;
            match answer {
                Answer::Skipped => continue,
                Answer::One(place) => one(*place, 0),
                Answer::Several(places) => places.iter().for_each(|place| one(*place, 0)),
                Answer::Order(ranks) => (1..).zip(ranks).for_each(|(option, rank)| one(option, *rank)),
                Answer::Text(_) => {}
            }
            one(0, 0);
        }
    }
    let figure = |((question, option, rank), number): ((i16, u8, u8), i32)| Figure {
        question,
        option: i16::from(option),
        rank: i16::from(rank),
        number,
    };
    counts.into_iter().map(figure).collect()
}

/// The texts of each question that has five or more, in an order drawn by lot.
fn texts(sheets: &[OpenSheet], questions: &[Question]) -> Vec<CountedText> {
    let mut kept = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        let written = sheets.iter().filter_map(|one| match one.sheet.answers.get(at) {
            Some(Answer::Text(says)) => Some(CountedText { question: question.place, says: says.clone() }),
            _ => None,
        });
        let mut written: Vec<CountedText> = written.collect();
        if written.len() >= FEWEST {
            written.shuffle(&mut rand::rng());
            kept.append(&mut written);
        }
    }
    kept
}

/// The parts of one kind, largest first.
fn largest_first(cells: &[Cell], part: impl Fn(&Cell) -> Part) -> Vec<Part> {
    let mut parts: Vec<(Part, i64)> = Vec::new();
    for cell in cells {
        let own = part(cell);
        match parts.iter_mut().find(|(known, _)| *known == own) {
            Some((_, people)) => *people += cell.people,
            None => parts.push((own, cell.people)),
        }
    }
    parts.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    parts.into_iter().map(|(part, _)| part).collect()
}

/// Counts opened sheets. `waiting`: whoever is asked and has not answered; `names`: the colleges in the university's order.
#[must_use]
pub fn count(sheets: &[OpenSheet], questions: &[Question], waiting: &[Waiting], names: &[CollegeName]) -> Counted {
    let open: Vec<&Sheet> = sheets.iter().map(|one| &one.sheet).collect();
    let enough = open.len() >= FEWEST;
    let part = |kind: PartKind, label: String, is_in: &dyn Fn(CollegeId, i32) -> bool| {
        let own: Vec<&Sheet> = open.iter().copied().filter(|sheet| is_in(sheet.college, sheet.year)).collect();
        let left = waiting.iter().filter(|one| is_in(one.college, one.year)).map(|one| one.people).sum::<i64>();
        let answers = number(own.len());
        CountedPart {
            kind,
            label,
            answers,
            invited: answers.saturating_add(i32::try_from(left).unwrap_or(0)),
            figures: if enough { figures(&own, questions) } else { Vec::new() },
        }
    };
    let mut parts = vec![part(PartKind::Whole, PartKind::Whole.label().to_owned(), &|_, _| true)];
    if !enough {
        return Counted { parts, texts: Vec::new() };
    }
    let mut cells: Vec<Cell> = Vec::new();
    for sheet in &open {
        match cells.iter_mut().find(|cell| (cell.college, cell.year) == (sheet.college, sheet.year)) {
            Some(cell) => cell.people += 1,
            None => cells.push(Cell { college: sheet.college, year: sheet.year, people: 1 }),
        }
    }
    let mut offered = largest_first(&cells, |cell| Part::College(cell.college));
    offered.extend(largest_first(&cells, |cell| Part::Year(cell.year)));
    let fewest = i64::try_from(FEWEST).unwrap_or(i64::MAX);
    let shown =
        folding::shown(&cells, offered, fewest, |cell| cell.people, |part, cell| part.is_of(cell.college, cell.year));
    let mut years: Vec<i32> =
        shown.iter().filter_map(|part| if let Part::Year(year) = part { Some(*year) } else { None }).collect();
    years.sort_unstable();
    let colleges: Vec<&CollegeName> = names.iter().filter(|name| shown.contains(&Part::College(name.id))).collect();
    let whole = parts.first().map_or(0, |whole| whole.invited);
    let mut of_kind = |own: Vec<CountedPart>, rest: CountedPart| {
        // A part that is the whole says nothing beside it.
        if own.iter().any(|one| one.invited < whole) {
            parts.extend(own);
            if rest.invited > 0 {
                parts.push(rest);
            }
        }
    };
    let own = colleges.iter().map(|name| {
        let id = name.id;
        part(PartKind::College, name.name.clone(), &|college, _| college == id)
    });
    let rest = part(PartKind::College, "其余院系（合并）".to_owned(), &|college, _| {
        !colleges.iter().any(|name| name.id == college)
    });
    of_kind(own.collect(), rest);
    let own = years.iter().map(|year| part(PartKind::Year, format!("{year} 级"), &|_, own| own == *year));
    let rest = part(PartKind::Year, "其余年级（合并）".to_owned(), &|_, year| !years.contains(&year));
    of_kind(own.collect(), rest);
    Counted { parts, texts: texts(sheets, questions) }
}
