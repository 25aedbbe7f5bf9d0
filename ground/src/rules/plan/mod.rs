//! A university's plan: typed, read from TOML, every value with the clause it rests on.
//!
//! A plan names each of the 81 rules exactly once: stated, with its strength, its clauses and its figures; stated in words
//! that no figure expresses, which are quoted and not judged (`judged = false`); in the list of rules on which it is silent;
//! or in that of rules on which nobody has looked so far (`not_taken_down`). What the text leaves open is a switch with a reason, shown as practice
//! and never as the plan's own word. A file that falls short of this is refused with every line and reason at once.

mod conditions;
mod delegates;
mod documents;
mod elections;
mod figures;
mod file;
mod keys;
mod national;
mod own;
mod periods;
mod posts;
mod print;
mod reviews;
mod section;
mod share;
mod sizes;
mod steps;
mod words;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use time::Date;

use super::{
    catalogue::Rule,
    clause::{Clause, Outcome},
};

pub use conditions::{Courses, Exempted, MarkPeriod, Ranking};
pub use delegates::{DelegateBase, DelegateShare, DelegateSteps, Voters};
pub use documents::{Document, DocumentKind};
pub use elections::{CountRule, ElectionTerm, Extra};
pub use figures::Figures;
pub use file::{PlanError, text_of};
pub use national::{Demand, NationalDocument, NationalValue, UNSEEN, national, national_on};
pub use own::{OwnCheck, OwnLimit, OwnRule, Reelection, TermOf, YearDay};
pub use periods::{CollegeCongress, Times, Turn, TurnUnit};
pub use posts::{AllowedPost, OtherPosts};
pub use reviews::ReviewTerms;
pub use share::Share;
pub use sizes::{BySize, Larger, Total};
pub use steps::{Actor, Step, StepKind};
pub use words::{Board, Body, Bounds, Cover, SmallCohort, Strength, Union};

/// The largest plan file that is read, in bytes. The two built-in plans have about 20 KB.
pub const LARGEST_FILE: usize = 256 * 1024;

/// The built-in plans: file name without ending, and text.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("suzhou-2020", include_str!("../plans/suzhou-2020.toml")),
    ("jining-2022", include_str!("../plans/jining-2022.toml")),
];

static PLANS: LazyLock<Vec<Plan>> =
    LazyLock::new(|| BUILT_IN.iter().filter_map(|(_, text)| Plan::parse(text).ok()).collect());

/// The built-in plans, oldest first.
#[must_use]
pub fn built_in() -> &'static [Plan] {
    &PLANS
}

/// The built-in plan of that code.
#[must_use]
pub fn named(code: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.code == code)
}

/// What the text leaves open, decided by practice or inference, with the reason. Never the plan's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that a plan leaves open")]
pub struct Switches {
    /// Trap T1: the heads of a department count towards its staff.
    pub heads_inside: bool,
    /// What 左右 allows above the target, in percent.
    pub about_percent: u32,
    /// Gap G1: a first-year without a rank is exempt from the rank rule, one without a figure from that of failed courses.
    pub first_year_exempt: bool,
    /// Gap G1: graduates are exempt from the rank rule.
    pub graduate_exempt: bool,
    /// Gap G9: probationary Party members count as members.
    pub probationary_counts: bool,
    /// A cohort in which the share is less than one person.
    pub small_cohort: SmallCohort,
    /// Every switch as the rule book shows it.
    pub shown: Vec<ShownSwitch>,
}

impl Switches {
    /// Why a switch stands as it does; empty for a name that is none.
    #[must_use]
    pub fn reason_of(&self, key: &str) -> &str {
        self.shown.iter().find(|switch| switch.key == key).map_or("", |switch| &switch.reason)
    }
}

/// One switch as the rule book shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSwitch {
    /// Its name in the plan file.
    pub key: &'static str,
    /// The rule it bears on.
    pub rule: Rule,
    /// What is decided, in Chinese.
    pub label: String,
    pub reason: String,
}

/// What a plan says on one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    pub rule: Rule,
    /// How binding it is.
    pub strength: Strength,
    /// The first day on which it holds.
    pub effective: Date,
    /// A remark of the plan file's author, never a quotation.
    pub note: Option<String>,
    /// The figure in words, e.g. `不超过 5 人`; none where the rule has no figure.
    pub figure: Option<String>,
    clause: Clause,
    more: Vec<Clause>,
}

impl Provision {
    /// The clause that findings cite.
    #[must_use]
    pub fn clause(&self) -> &Clause {
        &self.clause
    }

    /// Every clause, the cited one first.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        std::iter::once(&self.clause).chain(&self.more)
    }

    /// What a breach is: a warning where the words are soft, else a failure.
    #[must_use]
    pub fn breach(&self) -> Outcome {
        if self.strength == Strength::Soft { Outcome::Warn } else { Outcome::Fail }
    }
}

/// A value of a plan together with what states it: neither is there without the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    pub value: T,
    pub provision: Provision,
}

/// What a plan says on a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    Stated(&'a Provision),
    /// In words that no figure expresses: quoted, and judged by people.
    Quoted(&'a Provision),
    Silent,
    /// Whether the document says something is not known so far.
    NotTakenDown,
}

impl<'a> Word<'a> {
    /// What the plan states, also where that is quoted and not judged.
    #[must_use]
    pub fn provision(self) -> Option<&'a Provision> {
        match self {
            Self::Stated(provision) | Self::Quoted(provision) => Some(provision),
            Self::Silent | Self::NotTakenDown => None,
        }
    }
}

/// A plan. Made by [`Plan::parse`] alone, so that none exists whose values lack their clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The stable code, e.g. `suzhou-2020`.
    pub code: String,
    pub title: String,
    /// A short name for headings.
    pub short: String,
    pub document: String,
    pub issuer: String,
    /// The first day on which it holds at all.
    pub effective: Date,
    /// How that day was found.
    pub effective_note: String,
    /// National documents it implements.
    pub basis: Vec<String>,
    /// The kinds of union it speaks of.
    pub unions: BTreeSet<Union>,
    /// Documents that clauses quote beside the plan itself.
    pub documents: Vec<Document>,
    /// Rules that stand in no catalogue.
    pub own: Vec<OwnRule>,
    pub figures: Figures,
    /// What the text leaves open.
    pub switches: Switches,
    bodies: BTreeMap<Body, String>,
    provisions: BTreeMap<Rule, Provision>,
    /// Provisions that are quoted and not judged.
    quoted: BTreeMap<Rule, Provision>,
    not_taken_down: BTreeSet<Rule>,
}

impl Plan {
    /// How papers cite it: title in full, and number.
    #[must_use]
    pub fn cited(&self) -> String {
        format!("《{}》（{}）", self.title, self.document)
    }

    /// What the plan says on a rule that can be judged; none where it is silent, and as [`Plan::word_on`] tells apart.
    #[must_use]
    pub fn provision(&self, rule: Rule) -> Option<&Provision> {
        self.provisions.get(&rule)
    }

    #[must_use]
    pub fn word_on(&self, rule: Rule) -> Word<'_> {
        if let Some(provision) = self.provisions.get(&rule) {
            return Word::Stated(provision);
        }
        match self.quoted.get(&rule) {
            Some(provision) => Word::Quoted(provision),
            None if self.not_taken_down.contains(&rule) => Word::NotTakenDown,
            None => Word::Silent,
        }
    }

    /// How the plan calls a body.
    #[must_use]
    pub fn body_name(&self, body: Body) -> &str {
        self.bodies.get(&body).map_or_else(|| body.slug(), String::as_str)
    }

    /// The days on which its provisions begin.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.provisions.values().chain(self.quoted.values()).map(|provision| provision.effective)
    }

    /// The plan as it holds on a day: a provision that takes effect later is not there yet.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Cow<'_, Self> {
        if self.days().all(|effective| effective <= day) {
            return Cow::Borrowed(self);
        }
        let mut then = self.clone();
        then.provisions.retain(|_, provision| provision.effective <= day);
        then.quoted.retain(|_, provision| provision.effective <= day);
        then.figures.keep_until(day);
        Cow::Owned(then)
    }
}

#[cfg(test)]
pub(crate) mod random;

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::{file::line_of, *};
    use crate::rules::{catalogue::CATALOGUE, finding::Finding};

    fn refusals(text: &str) -> Vec<String> {
        Plan::parse(text).expect_err("must be refused").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_built_in_plans_parse_under_their_own_names() {
        for (name, text) in BUILT_IN {
            match Plan::parse(text) {
                Ok(plan) => assert_eq!(plan.code, name),
                Err(errors) => panic!("{name}: {errors:?}"),
            }
        }
        assert_eq!(built_in().len(), BUILT_IN.len());
    }

    #[test]
    fn every_rule_is_stated_with_a_clause_or_silent() {
        let silent = |code| {
            let plan = named(code).unwrap();
            CATALOGUE.iter().filter(|entry| plan.provision(entry.rule).is_none()).count()
        };
        assert_eq!(silent("suzhou-2020"), 7);
        assert_eq!(silent("jining-2022"), 17);
    }

    #[test]
    fn figures_are_present_exactly_where_the_plan_speaks() {
        let (suzhou, jining) = (named("suzhou-2020").unwrap(), named("jining-2022").unwrap());
        let value = |stated: &Option<Stated<u32>>| stated.as_ref().map(|stated| stated.value);
        let total =
            |plan: &Plan| plan.figures.school_total.as_ref().map(|stated| (stated.value.people, stated.value.about));
        assert_eq!((total(suzhou), total(jining)), (Some((40, true)), Some((60, true))));
        assert_eq!(value(&suzhou.figures.school_presidium), Some(5));
        let share = suzhou.figures.from_colleges.as_ref().unwrap();
        assert_eq!((Some(share.value), share.provision.rule), (Share::parse("50%"), Rule::Stf10));
        assert_eq!(jining.figures.from_colleges, None);
        assert_eq!(jining.figures.cover, None);
        let turn = |plan: &Plan| plan.figures.turn.as_ref().unwrap().value;
        assert_eq!((turn(suzhou).in_words(), turn(jining).in_words()), ("一个学期".into(), "最长一个学期".into()));
        let steps = |plan: &Plan| plan.figures.delegate_steps.as_ref().unwrap().value.chain.len();
        assert_eq!((steps(suzhou), steps(jining)), (2, 3));
    }

    /// The file without the section of a rule.
    fn without(text: &str, code: &str) -> String {
        let start = text.find(&format!("[rule.{code}]\n")).unwrap();
        let end = text[start + 1..].find("\n[rule.").map_or(text.len(), |at| start + at + 2);
        format!("{}{}", &text[..start], &text[end..])
    }

    #[test]
    fn a_rule_is_stated_quoted_silent_or_not_taken_down_so_far() {
        let (_, text) = BUILT_IN[0];
        let text = without(text, "STF-01").replace("silent = [\n", "not_taken_down = [\"STF-01\"]\nsilent = [\n");
        let text = text.replace(
            "[rule.STF-02]\nstrength = \"hard\"\nat_most = 5\n",
            "[rule.STF-02]\nstrength = \"hard\"\njudged = false\n",
        );
        let plan = Plan::parse(&text).unwrap();
        assert_eq!(plan.word_on(Rule::Stf01), Word::NotTakenDown);
        assert!(matches!(plan.word_on(Rule::Stf02), Word::Quoted(_)) && plan.provision(Rule::Stf02).is_none());
        assert!(plan.figures.school_total.is_none() && plan.figures.school_presidium.is_none());
        assert!(matches!(plan.word_on(Rule::Stf03), Word::Stated(_)));
        assert_eq!(plan.word_on(Rule::Stf09), Word::Silent);
        let (untaken, quoted) = (Finding::unstated(Rule::Stf01, &plan), Finding::unstated(Rule::Stf02, &plan));
        assert_eq!((untaken.verdict, untaken.clause), (Outcome::NotTakenDown, None));
        assert_eq!(quoted.verdict, Outcome::NotJudged);
        assert_eq!(quoted.clause.unwrap().quote, "主席团成员不超过5人");

        let twice = text.replace("[\"STF-01\"]", "[\"STF-01\", \"STF-03\", \"POL-00\", \"XYZ-1\"]");
        let says = refusals(&twice);
        assert!(says.iter().any(|one| one.contains("STF-03 已写明条款或重复，不能再列入 not_taken_down")), "{says:?}");
        assert!(says.iter().any(|one| one.contains("POL-00（方案的出处）不能列入 not_taken_down")), "{says:?}");
        assert!(says.iter().any(|one| one.contains("not_taken_down 中有规则库没有的编号")), "{says:?}");
        let figure = text.replace("judged = false\n", "judged = false\nat_most = 5\n");
        assert!(refusals(&figure)[0].contains("不认识 rule.STF-02.at_most"), "what is not judged has no figure");
    }

    #[test]
    fn what_is_no_plan_file_is_told_for_what_it_is() {
        assert!(text_of(b"PK\x03\x04 and more").is_err_and(|says| says.contains("Word 或 Excel")));
        assert!(text_of(b"%PDF-1.7").is_err_and(|says| says.contains("PDF")));
        assert!(text_of(b"\xc4\xe3\xba\xc3").is_err_and(|says| says.contains("UTF-8")));
        assert_eq!(text_of(b"\xef\xbb\xbfformat = 1"), Ok("format = 1"));
        for (text, says) in [
            ("format = 1\nformat = 2\n", "第 2 行：不是合法的 TOML：同一个名称写了两次"),
            ("format = 1\ncode = \"a\n", "第 2 行：不是合法的 TOML：引号没有成对"),
            ("format = 1\ncode = \n", "第 2 行：不是合法的 TOML："),
            ("silent = [\"ORG-01\"\n", "不是合法的 TOML："),
        ] {
            let refused = refusals(text);
            assert!(refused.len() == 1 && refused[0].contains(says), "{refused:?}");
            assert!(refused[0].chars().filter(char::is_ascii_alphabetic).count() <= 4, "no English: {refused:?}");
        }
    }

    #[test]
    fn before_a_rule_takes_effect_neither_its_words_nor_its_figure_are_there() {
        let (_, text) = BUILT_IN[0];
        let later = text.replace("[rule.STF-02]\n", "[rule.STF-02]\neffective = 2027-09-01\n");
        let plan = Plan::parse(&later).unwrap();
        let at = |day| plan.as_of(day).into_owned();
        let before = at(date!(2027 - 08 - 31));
        assert!(before.provision(Rule::Stf02).is_none() && before.figures.school_presidium.is_none());
        assert!(before.figures.departments.is_some(), "other rules are in force");
        let after = at(date!(2027 - 09 - 01));
        assert!(after.provision(Rule::Stf02).is_some() && after.figures.school_presidium.is_some());
    }

    #[test]
    fn a_value_without_its_clause_is_refused_with_its_line() {
        let (_, text) = BUILT_IN[0];
        let start = text.find("[rule.STF-02]").unwrap();
        let clauses = start + text[start..].find("clauses = [").unwrap();
        let end = clauses + text[clauses..].find("]\n").unwrap() + 2;
        let broken = format!("{}{}", &text[..clauses], &text[end..]);
        let line = line_of(text, start);
        assert_eq!(refusals(&broken), [format!("第 {line} 行：缺少 rule.STF-02.clauses（条款原文）")]);
    }

    #[test]
    fn absurd_numbers_unknown_keys_and_forgotten_rules_are_all_named_at_once() {
        let (_, text) = BUILT_IN[0];
        let broken = text
            .replace(
                "[rule.STF-02]\nstrength = \"hard\"\nat_most = 5",
                "[rule.STF-02]\nstrength = \"hard\"\nat_most = 5000\nmost = 3",
            )
            .replace("    \"CON-10\",\n", "")
            .replace("share = \"30%\"", "share = \"130%\"")
            .replace("value = 10\n", "value = 99\n");
        let refusals = refusals(&broken).join("\n");
        for part in [
            "rule.STF-02.at_most 应为 1 至 50 的整数",
            "不认识 rule.STF-02.most",
            "CON-10（院系学代会程序一致）既没有条款，也没有列入 silent",
            "rule.ELG-03.share 应为大于 0 且不超过 100% 的百分比",
            "switch.about_percent.value 应为 0 至 50 的整数",
        ] {
            assert!(refusals.contains(part), "{part} not in {refusals}");
        }
    }
}
