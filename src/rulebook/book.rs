//! The rule book: each rule with what each plan says of it.

use crate::{
    rules::{
        CATALOGUE, Outcome, Plan,
        baseline::{self, Comparison},
        catalogue::{Entry, Family},
        plan::{NationalValue, Provision, ShownSwitch, Word, national_on},
    },
    words::words,
};

words! {
    /// How the plans compare on a rule.
    Difference:
    /// The same figure, the same strength, the same words.
    Same = "same", "相同";
    /// The same figure and strength in other words.
    Words = "words", "表述不同";
    /// Another figure or another strength.
    Substance = "substance", "规定不同";
    /// Not every plan speaks of it.
    Partial = "partial", "仅部分方案有";
}

/// What one plan says of the rule.
pub struct PlanColumn<'a> {
    pub plan: &'a Plan,
    /// What it states, also where that is quoted and not judged.
    pub provision: Option<&'a Provision>,
    pub switches: Vec<&'a ShownSwitch>,
    /// How it stands to the national baseline; none where that says nothing.
    pub comparison: Option<Comparison>,
}

impl PlanColumn<'_> {
    /// Its words are quoted and not judged.
    #[must_use]
    pub fn is_quoted(&self, entry: &Entry) -> bool {
        matches!(self.plan.word_on(entry.rule), Word::Quoted(_))
    }

    /// What stands where it states nothing.
    #[must_use]
    pub fn unstated(&self, entry: &Entry) -> Outcome {
        match self.plan.word_on(entry.rule) {
            Word::NotTakenDown => Outcome::NotTakenDown,
            Word::Stated(_) | Word::Quoted(_) | Word::Silent => Outcome::NotRequired,
        }
    }
}

/// A rule of the catalogue beside what each plan says of it; `cells` are in the order of the plans.
pub struct RuleRow<'a> {
    pub entry: &'static Entry,
    pub cells: Vec<PlanColumn<'a>>,
    pub difference: Difference,
    /// What the national level asks, the latest first.
    pub national: Vec<&'static NationalValue>,
}

/// A family with its lines.
pub struct Chapter<'a> {
    pub family: Family,
    pub lines: Vec<RuleRow<'a>>,
}

/// What a reader looks for; empty fields let everything through.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct RuleSearch {
    /// Words that must all occur in the code, the name, a figure or a quotation.
    #[serde(default)]
    pub q: String,
    /// A family's three letters.
    #[serde(default)]
    pub family: String,
    /// How the plans compare.
    #[serde(default)]
    pub difference: String,
    /// How far it is enforced today.
    #[serde(default)]
    pub today: String,
    /// `all`: the other plans beside the university's own.
    #[serde(default)]
    pub plans: String,
}

impl RuleSearch {
    /// Nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.q, &self.family, &self.difference, &self.today].into_iter().all(|field| field.trim().is_empty())
    }

    /// Whether the other plans are asked for, where nothing else is: then the page is one of two.
    #[must_use]
    pub(super) fn whole(&self) -> Option<bool> {
        let nothing = [&self.q, &self.family, &self.difference, &self.today].into_iter().all(String::is_empty);
        match self.plans.as_str() {
            "" if nothing => Some(false),
            "all" if nothing => Some(true),
            _ => None,
        }
    }

    /// The other plans are asked for: by name, or to be compared.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.plans == "all" || !self.difference.is_empty()
    }

    fn finds(&self, line: &RuleRow<'_>) -> bool {
        let entry = line.entry;
        let chosen = |wanted: &str, is: &str| wanted.is_empty() || wanted == is;
        chosen(&self.family, entry.family.prefix())
            && chosen(&self.difference, line.difference.slug())
            && chosen(&self.today, entry.today.slug())
            && self.q.split_whitespace().all(|word| mentions(line, &word.to_uppercase()))
    }
}

/// What people say, and the plans' word for it.
const SYNONYMS: [(&str, &str); 8] = [
    ("挂科", "不及格"),
    ("部长", "负责人"),
    ("干事", "工作人员"),
    ("团支书", "团支部"),
    ("学代会", "代表大会"),
    ("党员", "共产党员"),
    ("述职", "评议"),
    ("志愿", "志愿者"),
];

/// The text holds the word's characters in their order: `部门人数` finds 每个部门的工作人员数.
fn holds_in_order(text: &str, word: &str) -> bool {
    let mut rest = text.chars();
    word.chars().all(|wanted| rest.any(|found| found == wanted))
}

fn mentions(line: &RuleRow<'_>, word: &str) -> bool {
    let synonym = SYNONYMS.iter().find(|(said, _)| *said == word).map(|(_, meant)| *meant);
    let loosely = holds_in_order(line.entry.name, word) || holds_in_order(line.entry.gist, word);
    loosely || mentions_exactly(line, word) || synonym.is_some_and(|meant| mentions_exactly(line, meant))
}

fn mentions_exactly(line: &RuleRow<'_>, word: &str) -> bool {
    let entry = line.entry;
    let has = |text: &str| text.to_uppercase().contains(word);
    let says = |provision: &Provision| {
        provision.figure.as_deref().is_some_and(has)
            || provision.clauses().any(|clause| has(&clause.quote) || has(&clause.section) || has(&clause.document))
    };
    has(entry.code)
        || has(entry.name)
        || has(entry.gist)
        || line.cells.iter().filter_map(|cell| cell.provision).any(says)
}

/// The chapters that a search finds; families without a line are left out.
#[must_use]
pub fn chapters<'a>(plans: &[&'a Plan], search: &RuleSearch) -> Vec<Chapter<'a>> {
    let mut chapters: Vec<Chapter<'a>> = Vec::new();
    for entry in CATALOGUE {
        let line = line(entry, plans);
        if !search.finds(&line) {
            continue;
        }
        match chapters.last_mut().filter(|chapter| chapter.family == entry.family) {
            Some(chapter) => chapter.lines.push(line),
            None => chapters.push(Chapter { family: entry.family, lines: vec![line] }),
        }
    }
    chapters
}

/// Puts a university's own plan first in every line; the others stay only where they are to be compared.
pub(super) fn own_first(chapters: &mut [Chapter<'_>], own: &Plan, compares: bool) {
    for line in chapters.iter_mut().flat_map(|chapter| &mut chapter.lines) {
        line.cells.sort_by_key(|cell| !std::ptr::eq(cell.plan, own));
        if !compares {
            line.cells.truncate(1);
        }
    }
}

fn line<'a>(entry: &'static Entry, plans: &[&'a Plan]) -> RuleRow<'a> {
    let cell = |plan: &&'a Plan| PlanColumn {
        plan,
        provision: plan.word_on(entry.rule).provision(),
        switches: plan.switches.shown.iter().filter(|switch| switch.rule == entry.rule).collect(),
        comparison: baseline::compare(plan, entry.rule),
    };
    let cells: Vec<PlanColumn<'a>> = plans.iter().map(cell).collect();
    let difference = compare(&cells);
    RuleRow { entry, cells, difference, national: national_on(entry.rule).collect() }
}

fn compare(cells: &[PlanColumn<'_>]) -> Difference {
    let stated: Vec<&Provision> = cells.iter().filter_map(|cell| cell.provision).collect();
    if stated.len() < cells.len() {
        return Difference::Partial;
    }
    let Some((first, rest)) = stated.split_first() else { return Difference::Partial };
    let substance = |other: &&Provision| other.figure == first.figure && other.strength == first.strength;
    let quotes = |provision: &Provision| provision.clauses().map(|clause| clause.quote.clone()).collect::<Vec<_>>();
    if !rest.iter().all(substance) {
        Difference::Substance
    } else if rest.iter().all(|other| quotes(other) == quotes(first)) {
        Difference::Same
    } else {
        Difference::Words
    }
}
