//! What the adoption of a plan would change, before it is registered: in every union, in the chains of opinion, and rule by
//! rule against the plan that governs today.

use time::Date;

use super::{
    CATALOGUE, Finding, Outcome, Plan, Rule,
    catalogue::Entry,
    chain::Chain,
    own::{OwnFact, OwnKnown, own_findings},
    plan::{OwnRule, Provision, Union, Word},
    timeline::Timeline,
};
use crate::{text::chinese_day, words::words};

words! {
    /// Whether a plan speaks of a union at all.
    Scope:
    /// As the plan before it does.
    Kept = "kept", "照常检查";
    /// It did, and does no more: nothing of it is checked.
    FallsOut = "falls_out", "不再检查";
    /// It did not, and does now.
    ComesIn = "comes_in", "开始检查";
    /// Neither the one nor the other.
    Outside = "outside", "新旧方案都不适用";
}

/// What a plan would change in one union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionEffect {
    pub scope: Scope,
    /// What would be found that is not found today.
    pub appears: Vec<Finding>,
    /// What is found today and would not be found any more.
    pub vanishes: Vec<Vanished>,
    /// It is spoken of, and no rule could be judged in it.
    pub judges_nothing: bool,
}

/// A finding of today that would be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanished {
    pub finding: Finding,
    /// What the new plan says in its place.
    pub then: Outcome,
}

impl UnionEffect {
    /// Nothing changes in what is found.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.scope == Scope::Kept && self.appears.is_empty() && self.vanishes.is_empty() && !self.judges_nothing
    }
}

/// What `after` would find in a union on a day against what `before` finds there; `before` is none where no plan governs.
#[must_use]
pub fn effect(timeline: &Timeline, before: Option<&Plan>, after: &Plan, day: Date) -> UnionEffect {
    let was = before.and_then(|plan| timeline.findings(plan, day).ok());
    let then = timeline.findings(after, day).ok();
    let scope = match (&was, &then) {
        (Some(_), Some(_)) => Scope::Kept,
        (Some(_), None) => Scope::FallsOut,
        (None, Some(_)) => Scope::ComesIn,
        (None, None) => Scope::Outside,
    };
    let judges_nothing = then.as_ref().is_some_and(|found| !found.iter().any(|finding| finding.verdict.is_judged()));
    let (was, then) = (was.unwrap_or_default(), then.unwrap_or_default());
    let same = |one: &Finding, other: &Finding| (one.rule, &one.unit) == (other.rule, &other.unit);
    let settled = |finding: &Finding| {
        let then = then.iter().find(|other| same(finding, other)).map(|other| other.verdict);
        let then = then.unwrap_or(Outcome::NotRequired);
        then.is_settled().then(|| Vanished { finding: finding.clone(), then })
    };
    let vanishes = was.iter().filter(|finding| !finding.verdict.is_settled()).filter_map(settled).collect();
    let is_new = |finding: &Finding| {
        let before = was.iter().find(|other| same(finding, other)).map(|other| other.verdict);
        // Graver than it was, or not there at all.
        !finding.verdict.is_settled() && before.is_none_or(|before| finding.verdict < before)
    };
    let appears = then.iter().filter(|finding| is_new(finding)).cloned().collect();
    UnionEffect { scope, appears, vanishes, judges_nothing }
}

/// How a union stands to a rule of the university's own, by its record and what it has reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStanding {
    /// The rule's name.
    pub rule: String,
    pub verdict: Outcome,
    pub message: String,
}

/// What a plan's own rules would change in one union.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnEffect {
    /// To which something would be to be done that is not today.
    pub appears: Vec<OwnStanding>,
    /// To which something is to be done today, as it stands today, and would not be any more.
    pub vanishes: Vec<OwnStanding>,
}

impl OwnEffect {
    /// Nothing changes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.appears.is_empty() && self.vanishes.is_empty()
    }
}

/// What the own rules of `after` would find in a union on a day against those of `before`; `facts` is what it has reported.
#[must_use]
pub fn own_effect(timeline: &Timeline, facts: &[OwnFact], before: Option<&Plan>, after: &Plan, day: Date) -> OwnEffect {
    let standings = |plan: &Plan| -> Vec<OwnStanding> {
        if !plan.unions.contains(&timeline.union) {
            return Vec::new();
        }
        let found = own_findings(plan, timeline.union, OwnKnown { facts, timeline: Some(timeline) }, day);
        let open = found.into_iter().filter(|finding| !finding.verdict.is_settled());
        open.map(|finding| OwnStanding {
            rule: finding.rule.name.clone(),
            verdict: finding.verdict,
            message: finding.message,
        })
        .collect()
    };
    let (was, then) = (before.map(standings).unwrap_or_default(), standings(after));
    let on = |all: &[OwnStanding], rule: &str| all.iter().find(|one| one.rule == rule).map(|one| one.verdict);
    // Graver than it was, or not there at all.
    let is_new = |one: &&OwnStanding| on(&was, &one.rule).is_none_or(|before| one.verdict < before);
    OwnEffect {
        appears: then.iter().filter(is_new).cloned().collect(),
        vanishes: was.iter().filter(|one| on(&then, &one.rule).is_none()).cloned().collect(),
    }
}

/// Places for which a plan prescribes no chain: no round can be opened for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingChain {
    pub union: Union,
    /// Of the presidium; else of the departments, of a college of both.
    pub presidium: bool,
    /// The rule that would prescribe it.
    pub rule: Rule,
}

impl MissingChain {
    /// Whom it would lead to their posts.
    #[must_use]
    pub fn posts(self) -> &'static str {
        match (self.presidium, self.union) {
            (true, _) => "主席团候选人",
            (false, Union::College) => "候选人和工作人员",
            (false, Union::School | Union::Graduate) => "部门成员",
        }
    }

    /// What a plan lacks for places of a union; none where it prescribes a chain for them.
    #[must_use]
    pub fn of(plan: &Plan, union: Union, presidium: bool) -> Option<Self> {
        let rule = match (union, presidium) {
            (Union::School | Union::Graduate, true) => Rule::Vet01,
            (Union::School | Union::Graduate, false) => Rule::Vet02,
            (Union::College, _) => Rule::Vet03,
        };
        Chain::of(plan, union, presidium).is_none().then_some(Self { union, presidium, rule })
    }

    /// Why there is none, by what the plan says on the rule.
    #[must_use]
    pub fn why(self, plan: &Plan) -> String {
        let (short, name) = (&plan.short, self.rule.name());
        match plan.word_on(self.rule) {
            Word::NotTakenDown => format!("{short}的方案文件还没有录入“{name}”"),
            Word::Quoted(_) => format!("{short}的方案文件只照录了“{name}”的原文，没有逐步写出由谁办什么"),
            Word::Stated(_) | Word::Silent => format!("{short}没有写“{name}”"),
        }
    }
}

/// The chains that a plan lacks, of the kinds of union of which it speaks.
#[must_use]
pub fn missing_chains(plan: &Plan) -> Vec<MissingChain> {
    let all = [
        (Union::School, true),
        (Union::School, false),
        (Union::Graduate, true),
        (Union::Graduate, false),
        (Union::College, false),
    ];
    let of_plan = all.into_iter().filter(|(union, _)| plan.unions.contains(union));
    of_plan.filter_map(|(union, presidium)| MissingChain::of(plan, union, presidium)).collect()
}

/// What two plans say on a rule, where it is not the same.
#[derive(Debug, Clone)]
pub struct RuleChange {
    pub entry: &'static Entry,
    pub before: String,
    pub after: String,
}

/// The rules on which two plans do not say the same, in the catalogue's order.
#[must_use]
pub fn rule_changes(before: &Plan, after: &Plan) -> Vec<RuleChange> {
    let change =
        |entry: &'static Entry| RuleChange { entry, before: said(before, entry.rule), after: said(after, entry.rule) };
    CATALOGUE.iter().map(change).filter(|change| change.before != change.after).collect()
}

/// What two plans say on a rule of the university's own, where it is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChange {
    /// The rule's name, which both plans use.
    pub name: String,
    pub before: String,
    pub after: String,
}

/// The rules of a university's own on which two plans do not say the same: those of the first in its order, then the new ones.
#[must_use]
pub fn own_changes(before: &Plan, after: &Plan) -> Vec<OwnChange> {
    let said = |plan: &Plan, name: &str| {
        let found = plan.own.iter().find(|rule| rule.name == name);
        found.map_or_else(|| "没有这一条".to_owned(), own_said)
    };
    let known = |name: &str| before.own.iter().any(|rule| rule.name == name);
    let new = after.own.iter().filter(|rule| !known(&rule.name));
    let change = |rule: &OwnRule| {
        let (before, after) = (said(before, &rule.name), said(after, &rule.name));
        OwnChange { name: rule.name.clone(), before, after }
    };
    before.own.iter().chain(new).map(change).filter(|change| change.before != change.after).collect()
}

/// What a plan says on a rule of its own, in one line with its quotations.
fn own_said(rule: &OwnRule) -> String {
    let soft = if rule.soft { "，柔性" } else { "" };
    let unions = rule.unions.iter().flatten().map(|union| union.label()).collect::<Vec<_>>().join("、");
    let unions = if unions.is_empty() { unions } else { format!("，只对{unions}") };
    let quotes: Vec<&str> = rule.clauses.iter().map(|clause| clause.quote.as_str()).collect();
    format!("{}（{}{soft}{unions}），“{}”", rule.asks, rule.check_in_words(), quotes.join("”“"))
}

/// What a plan says on a rule, in one line with its quotations.
#[must_use]
pub fn said(plan: &Plan, rule: Rule) -> String {
    let quotes = |provision: &Provision| {
        let quotes: Vec<&str> = provision.clauses().map(|clause| clause.quote.as_str()).collect();
        format!("“{}”", quotes.join("”“"))
    };
    match plan.word_on(rule) {
        Word::Stated(provision) => {
            let figure = provision.figure.as_ref().map(|figure| format!("{figure}，")).unwrap_or_default();
            let later =
                (provision.effective != plan.effective).then(|| format!("自{}起，", chinese_day(provision.effective)));
            let strength = provision.strength.label();
            format!("{figure}{strength}，{}{}", later.unwrap_or_default(), quotes(provision))
        }
        Word::Quoted(provision) => format!("只引原文，{}，{}", provision.strength.label(), quotes(provision)),
        Word::Silent => Outcome::NotRequired.label().to_owned(),
        Word::NotTakenDown => Outcome::NotTakenDown.label().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::named,
        roster::{Post, tests::member},
    };

    const DAY: Date = date!(2026 - 12 - 01);

    fn of(union: Union, number: u32) -> Timeline {
        let mut timeline = Timeline::empty(union);
        for place in 0..number {
            timeline.add(&member(place, Post::Presidium), Post::Presidium, date!(2026 - 09 - 01), None);
        }
        timeline
    }

    #[test]
    fn a_graduate_union_falls_out_of_a_plan_that_has_none() {
        let (suzhou, jining) = (named("suzhou-2020").unwrap(), named("jining-2022").unwrap());
        let graduates = of(Union::Graduate, 3);
        assert_eq!(effect(&graduates, Some(jining), suzhou, DAY).scope, Scope::FallsOut);
        assert_eq!(effect(&graduates, Some(suzhou), jining, DAY).scope, Scope::ComesIn);
        assert_eq!(effect(&graduates, None, suzhou, DAY).scope, Scope::Outside);
    }

    #[test]
    fn the_same_plan_changes_nothing_and_a_stricter_one_shows_what_it_finds() {
        let suzhou = named("suzhou-2020").unwrap();
        let union = of(Union::School, 5);
        assert!(effect(&union, Some(suzhou), suzhou, DAY).is_none());
        let (_, text) = crate::rules::plan::BUILT_IN[0];
        let text = text.replace("strength = \"hard\"\nat_most = 5\n", "strength = \"hard\"\nat_most = 4\n");
        let four = Plan::parse(&text).unwrap();
        let stricter = effect(&union, Some(suzhou), &four, DAY);
        assert_eq!(stricter.appears.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::Stf02]);
        let back = effect(&union, Some(&four), suzhou, DAY);
        assert_eq!(back.vanishes.len(), 1);
        assert_eq!(back.vanishes[0].then, Outcome::Pass);
        assert_eq!(rule_changes(suzhou, &four).iter().map(|one| one.entry.rule).collect::<Vec<_>>(), [Rule::Stf02]);
    }

    #[test]
    fn a_rule_of_ones_own_that_changes_is_named() {
        let (_, text) = crate::rules::plan::BUILT_IN[0];
        let with = |most: &str| {
            let own = format!(
                "[[own]]\nname = \"联络员\"\ncheck = \"people\"\nasks = \"设联络员\"\n{most}\
                 clauses = [{{ id = \"Q1\", section = \"五\", quote = \"学生会设联络员\" }}]\n\n[bodies]"
            );
            Plan::parse(&text.replacen("[bodies]", &own, 1)).unwrap()
        };
        let (without, open, two) = (Plan::parse(text).unwrap(), with(""), with("at_most = 2\n"));
        let changes = own_changes(&open, &two);
        assert_eq!(changes.len(), 1);
        assert!(changes[0].before.contains("由人工把关") && changes[0].after.contains("不超过 2 人"), "{changes:?}");
        assert_eq!(own_changes(&without, &two)[0].before, "没有这一条");
        assert_eq!(own_changes(&two, &without)[0].after, "没有这一条");
        assert!(own_changes(&two, &two).is_empty());
    }

    #[test]
    fn a_rule_of_ones_own_is_held_against_what_each_union_has_reported() {
        let (_, text) = crate::rules::plan::BUILT_IN[0];
        let with = |most: u32| {
            let own = format!(
                "[[own]]\nname = \"联络员\"\ncheck = \"people\"\nasks = \"设联络员\"\nat_most = {most}\n\
                 clauses = [{{ id = \"Q1\", section = \"五\", quote = \"学生会设联络员\" }}]\n\n[bodies]"
            );
            Plan::parse(&text.replacen("[bodies]", &own, 1)).unwrap()
        };
        let (without, two, four) = (Plan::parse(text).unwrap(), with(2), with(4));
        let union = of(Union::School, 3);
        let reported = [OwnFact {
            rule: "联络员".to_owned(),
            number: Some(3),
            of: None,
            on: date!(2026 - 10 - 01),
            document: String::new(),
        }];
        let stricter = own_effect(&union, &reported, Some(&four), &two, DAY);
        assert_eq!(stricter.appears.iter().map(|one| one.verdict).collect::<Vec<_>>(), [Outcome::Fail]);
        assert!(stricter.appears[0].message.contains("3 人") && stricter.vanishes.is_empty(), "{stricter:?}");
        let milder = own_effect(&union, &reported, Some(&two), &four, DAY);
        assert_eq!((milder.appears.len(), milder.vanishes.len()), (0, 1));
        assert!(own_effect(&union, &reported, Some(&two), &two, DAY).is_none());
        assert_eq!(own_effect(&union, &reported, Some(&two), &without, DAY).vanishes.len(), 1);
        let nothing = own_effect(&union, &[], Some(&without), &two, DAY);
        assert_eq!(nothing.appears[0].verdict, Outcome::Unknown, "nobody has reported anything yet");
        assert!(own_effect(&of(Union::Graduate, 3), &[], None, &two, DAY).is_none(), "a plan without graduate unions");
    }

    #[test]
    fn a_plan_that_is_silent_on_a_chain_opens_no_round() {
        assert!(named("jining-2022").is_some_and(|plan| missing_chains(plan).is_empty()));
        let (_, text) = crate::rules::plan::BUILT_IN[0];
        let start = text.find("[rule.VET-03]\n").unwrap();
        let end = start + 1 + text[start + 1..].find("\n[rule.").unwrap() + 1;
        let without = format!("{}{}", &text[..start], &text[end..]);
        let plan = Plan::parse(&without.replace("silent = [\n", "silent = [\n    \"VET-03\",\n")).unwrap();
        let missing = missing_chains(&plan);
        assert_eq!(missing, [MissingChain { union: Union::College, presidium: false, rule: Rule::Vet03 }]);
        assert_eq!(missing[0].posts(), "候选人和工作人员");
        assert!(missing[0].why(&plan).contains("没有写“"), "{}", missing[0].why(&plan));
    }
}
