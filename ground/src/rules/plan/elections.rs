//! VET-05: how votes are counted, where the document, the constitution or the election rules say so.

use super::{
    Plan,
    keys::{Inline, Keys},
    section::Section,
    share::Share,
};
use crate::rules::{
    Clause,
    election::{MajorityOf, RulePoint, Rules, Tie, Unreadable},
    meeting::{Needed, VoteBase},
};

/// How many more candidates than seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    People(u32),
    /// Of the seats, rounded up.
    Of(Share),
}

impl Extra {
    fn parse(text: &str) -> Option<Self> {
        let people = text.parse().ok().filter(|people| (0..=50).contains(people)).map(Self::People);
        people.or_else(|| Share::parse(text).map(Self::Of))
    }

    #[must_use]
    pub fn of(self, seats: u32) -> u32 {
        match self {
            Self::People(people) => people,
            Self::Of(share) => share.ceil_of(seats),
        }
    }
}

/// One rule of the count with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountRule {
    /// Of those due; strictly more than it, or as many.
    Quorum {
        numerator: u32,
        denominator: u32,
        strict: bool,
    },
    Majority(MajorityOf),
    Tie(Tie),
    Extra(Extra),
    WriteIn(bool),
    WriteInNeedsAgainst(bool),
    Unreadable(Unreadable),
    /// The majority of a further round: a second one among the tied, or another election for seats that stayed empty.
    SecondRound(MajorityOf),
    /// What a constitution passes with, by a show of hands.
    Constitution(Needed),
}

/// What a plan file speaks of: a point of a contest's rules, or one of which contests keep no source of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Contest(RulePoint),
    SecondRound,
    Constitution,
}

impl Subject {
    fn all() -> Vec<(&'static str, Self)> {
        let of_contests = RulePoint::ALL.iter().map(|point| Self::Contest(*point));
        of_contests.chain([Self::SecondRound, Self::Constitution]).map(|one| (one.slug(), one)).collect()
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Contest(point) => point.slug(),
            Self::SecondRound => "second_round",
            Self::Constitution => "constitution",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Contest(point) => point.label(),
            Self::SecondRound => "第二轮的当选",
            Self::Constitution => "通过章程",
        }
    }
}

const MAJORITIES: [(&str, MajorityOf); 4] = [
    ("present", MajorityOf::Present),
    ("valid", MajorityOf::Valid),
    ("due", MajorityOf::Due),
    ("none", MajorityOf::None),
];
const TIES: [(&str, Tie); 4] =
    [("vacant", Tie::Vacant), ("second_round", Tie::SecondRound), ("lot", Tie::Lot), ("hands", Tie::Hands)];
const YES_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];
const UNREADABLE: [(&str, Unreadable); 2] = [("abstain", Unreadable::Abstain), ("void", Unreadable::Void)];
/// The quorums that a sitting can have.
const QUORUMS: [(&str, [u32; 2], bool); 5] = [
    (">2/3", [2, 3], true),
    ("2/3", [2, 3], false),
    (">1/2", [1, 2], true),
    ("1/2", [1, 2], false),
    ("0", [0, 1], false),
];
/// What a constitution can pass with: of those present, or of all who are due.
const PASSES: [(&str, Needed); 8] = [
    (">2/3", Needed { part: 2, whole: 3, strict: true, of: VoteBase::Present }),
    ("2/3", Needed { part: 2, whole: 3, strict: false, of: VoteBase::Present }),
    (">1/2", Needed { part: 1, whole: 2, strict: true, of: VoteBase::Present }),
    ("1/2", Needed { part: 1, whole: 2, strict: false, of: VoteBase::Present }),
    (">2/3 due", Needed { part: 2, whole: 3, strict: true, of: VoteBase::Due }),
    ("2/3 due", Needed { part: 2, whole: 3, strict: false, of: VoteBase::Due }),
    (">1/2 due", Needed { part: 1, whole: 2, strict: true, of: VoteBase::Due }),
    ("1/2 due", Needed { part: 1, whole: 2, strict: false, of: VoteBase::Due }),
];

fn word_of<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

/// A part of a meeting as a plan file has it.
fn fraction_word(numerator: u32, denominator: u32, strict: bool) -> &'static str {
    let is = |(_, fraction, also): &&(&str, [u32; 2], bool)| (*fraction, *also) == ([numerator, denominator], strict);
    QUORUMS.iter().find(is).map_or("", |(word, ..)| word)
}

impl CountRule {
    /// Reads what is said of a subject.
    fn read(table: &Section<'_>, subject: Subject) -> Option<Self> {
        let point = match subject {
            Subject::Contest(point) => point,
            Subject::SecondRound => return table.one_of("value", &MAJORITIES).map(Self::SecondRound),
            Subject::Constitution => return table.one_of("value", &PASSES).map(Self::Constitution),
        };
        match point {
            RulePoint::Quorum => {
                let words = QUORUMS.map(|(word, fraction, strict)| (word, (fraction, strict)));
                let ([numerator, denominator], strict) = table.one_of("value", &words)?;
                Some(Self::Quorum { numerator, denominator, strict })
            }
            RulePoint::Majority => table.one_of("value", &MAJORITIES).map(Self::Majority),
            RulePoint::Tie => table.one_of("value", &TIES).map(Self::Tie),
            RulePoint::Extra => {
                let text = table.string("value", 8)?;
                let extra = Extra::parse(&text);
                if extra.is_none() {
                    table.error(table.at, format!("{}.value 应为人数，如 \"1\"，或者比例，如 \"20%\"", table.path));
                }
                extra.map(Self::Extra)
            }
            RulePoint::WriteIn => table.one_of("value", &YES_NO).map(Self::WriteIn),
            RulePoint::WriteInNeedsAgainst => table.one_of("value", &YES_NO).map(Self::WriteInNeedsAgainst),
            RulePoint::Unreadable => table.one_of("value", &UNREADABLE).map(Self::Unreadable),
        }
    }

    /// The point of a contest's rules that it is about; none where it is about a further round.
    #[must_use]
    pub fn point(self) -> Option<RulePoint> {
        Some(match self {
            Self::Quorum { .. } => RulePoint::Quorum,
            Self::Majority(_) => RulePoint::Majority,
            Self::Tie(_) => RulePoint::Tie,
            Self::Extra(_) => RulePoint::Extra,
            Self::WriteIn(_) => RulePoint::WriteIn,
            Self::WriteInNeedsAgainst(_) => RulePoint::WriteInNeedsAgainst,
            Self::Unreadable(_) => RulePoint::Unreadable,
            Self::SecondRound(_) | Self::Constitution(_) => return None,
        })
    }

    fn subject(self) -> Subject {
        match self {
            Self::Constitution(_) => Subject::Constitution,
            _ => self.point().map_or(Subject::SecondRound, Subject::Contest),
        }
    }

    /// What it is about.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.subject().label()
    }

    /// The value as a plan file has it.
    fn value(self) -> String {
        match self {
            Self::Quorum { numerator, denominator, strict } => fraction_word(numerator, denominator, strict).to_owned(),
            Self::Constitution(needed) => word_of(&PASSES, &needed).to_owned(),
            Self::Majority(of) | Self::SecondRound(of) => word_of(&MAJORITIES, &of).to_owned(),
            Self::Tie(tie) => word_of(&TIES, &tie).to_owned(),
            Self::Extra(Extra::People(people)) => people.to_string(),
            Self::Extra(Extra::Of(share)) => share.to_string(),
            Self::WriteIn(yes) | Self::WriteInNeedsAgainst(yes) => word_of(&YES_NO, &yes).to_owned(),
            Self::Unreadable(what) => word_of(&UNREADABLE, &what).to_owned(),
        }
    }

    /// The rule in words.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Quorum { .. } => {
                let mut rules = Rules::PRACTICE;
                self.set(&mut rules);
                rules.quorum_in_words()
            }
            Self::Majority(MajorityOf::Present) => "赞成超过实到的一半当选".to_owned(),
            Self::Majority(MajorityOf::Valid) => "赞成超过有效票的一半当选".to_owned(),
            Self::Majority(MajorityOf::Due) => "赞成超过应到的一半当选".to_owned(),
            Self::Majority(MajorityOf::None) => "得票多的当选".to_owned(),
            Self::Tie(Tie::Vacant) => "最后一席得票相同的空缺".to_owned(),
            Self::Tie(Tie::SecondRound) => "最后一席得票相同的进行第二轮".to_owned(),
            Self::Tie(Tie::Lot) => "最后一席得票相同的抽签".to_owned(),
            Self::Tie(Tie::Hands) => "最后一席得票相同的举手表决".to_owned(),
            Self::Extra(Extra::People(people)) => format!("候选人至少多 {people} 人"),
            Self::Extra(Extra::Of(share)) => format!("候选人多于应选人数的比例不低于 {share}"),
            Self::WriteIn(true) => "可以另选他人".to_owned(),
            Self::WriteIn(false) => "不另选他人".to_owned(),
            Self::WriteInNeedsAgainst(true) => "弃权的不能另选他人".to_owned(),
            Self::WriteInNeedsAgainst(false) => "弃权的也可以另选他人".to_owned(),
            Self::Unreadable(Unreadable::Abstain) => "一项无法辨认的按弃权计".to_owned(),
            Self::Unreadable(Unreadable::Void) => "有一项无法辨认的整张票无效".to_owned(),
            Self::SecondRound(of) => format!("第二轮和另行选举{}", Self::Majority(of).in_words()),
            Self::Constitution(needed) => format!("{} 通过章程", needed.in_words()),
        }
    }

    /// Makes a first count go by it. How many more candidates there are is no rule of the count.
    pub fn set(self, rules: &mut Rules) {
        match self {
            Self::Quorum { numerator, denominator, strict } => {
                (rules.quorum, rules.quorum_strict) = ((numerator, denominator), strict);
            }
            Self::Majority(of) => rules.majority_of = of,
            Self::Tie(tie) => rules.tie = tie,
            Self::Extra(_) | Self::SecondRound(_) | Self::Constitution(_) => {}
            Self::WriteIn(yes) => rules.write_in = yes,
            Self::WriteInNeedsAgainst(yes) => rules.write_in_needs_against = yes,
            Self::Unreadable(what) => rules.unreadable = what,
        }
    }

    /// A count goes by it, with so many more candidates than seats.
    #[must_use]
    pub fn holds(self, rules: &Rules, seats: u32, extra: u32) -> bool {
        let mut by = *rules;
        self.set(&mut by);
        match self {
            Self::Extra(least) => extra >= least.of(seats),
            Self::SecondRound(of) => rules.base() == of,
            _ => by == *rules,
        }
    }
}

/// What is said of one point of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectionTerm {
    pub rule: CountRule,
    /// The name of the clause that says so, one of the rule's own.
    pub clause: String,
}

pub(super) fn read_elections(section: &Section<'_>) -> Vec<ElectionTerm> {
    let known = section.clause_ids();
    let points = Subject::all();
    let mut seen = Vec::new();
    let mut one = |item| {
        let table = section.section_of("election", item)?;
        table.only(&["point", "value", "clause"]);
        let point = table.one_of("point", &points);
        let rule = point.and_then(|subject| CountRule::read(&table, subject));
        let clause = table.string("clause", 12);
        table.names_clause(clause.as_deref(), &known);
        if let Some(point) = point.filter(|point| seen.contains(point)) {
            let label = point.label();
            table.error(table.at, format!("{} 中“{label}”写了两次", table.path));
        }
        seen.extend(point);
        Some(ElectionTerm { rule: rule?, clause: clause? })
    };
    let items = section.optional("election", |key| section.items(key)).unwrap_or_default();
    items.iter().filter_map(&mut one).collect()
}

pub(super) fn elections_in_words(terms: &[ElectionTerm]) -> String {
    terms.iter().map(|term| term.rule.in_words()).collect::<Vec<_>>().join("；")
}

pub(super) fn write_elections(terms: &[ElectionTerm], keys: &mut Keys) {
    let table = |term: &ElectionTerm| {
        let point = term.rule.subject().slug();
        let table = Inline::default().text("point", point).text("value", &term.rule.value());
        table.text("clause", &term.clause).end()
    };
    if !terms.is_empty() {
        keys.tables("election", &terms.iter().map(table).collect::<Vec<_>>());
    }
}

impl Plan {
    /// What a constitution passes with, with its clause, where the plan or a document beside it says so.
    #[must_use]
    pub fn constitution_passes(&self) -> Option<(Needed, &Clause)> {
        self.election_terms().find_map(|(term, clause)| match term.rule {
            CountRule::Constitution(needed) => Some((needed, clause)),
            _ => None,
        })
    }

    /// The majority of a further round, with its clause, where the plan gives it one of its own.
    #[must_use]
    pub fn second_round(&self) -> Option<(MajorityOf, &Clause)> {
        self.election_terms().find_map(|(term, clause)| match term.rule {
            CountRule::SecondRound(of) => Some((of, clause)),
            _ => None,
        })
    }

    /// What the plan says of how votes are counted, each with its clause.
    pub fn election_terms(&self) -> impl Iterator<Item = (&ElectionTerm, &Clause)> {
        self.figures.elections.iter().flat_map(|stated| {
            stated.value.iter().filter_map(|term| {
                let clause = stated.provision.clauses().find(|clause| clause.id == term.clause)?;
                Some((term, clause))
            })
        })
    }
}
