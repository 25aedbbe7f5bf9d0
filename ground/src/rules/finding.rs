//! What a rule answers: findings with their clause, and the decision that they seal.

use serde::Serialize;

use super::{
    catalogue::Rule,
    clause::{Clause, Outcome},
    plan::{Plan, Provision, Word},
};

/// What one rule says of the facts: the portal's every answer has this shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: Rule,
    /// The part that is judged (a department of a union, a contest of a sitting), where a rule looks at each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    pub verdict: Outcome,
    /// The measured value; a whole number or a fraction such as `21/40`.
    pub measured: String,
    /// The limit it is held against, e.g. `<=5`, `2..3`, `>=50%`; empty where the plan is silent.
    pub limit: String,
    /// Student numbers of the people the breach or the warning is about.
    pub subjects: Vec<String>,
    /// Student numbers of the people whose data is missing, where the rule looks at people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Vec<String>>,
    /// Student numbers of the people the rule exempts, where it looks at people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempt: Option<Vec<String>>,
    pub message: String,
    /// What would make room, or who can supply what is missing; empty where nothing is to be done.
    #[serde(skip)]
    pub remedy: String,
    /// Who fills the places that a cap counts, by name; empty where that is no answer.
    #[serde(skip)]
    pub holders: Vec<String>,
    /// The numbers behind [`measured`](Self::measured), for drawing.
    #[serde(skip)]
    pub gauge: Option<Gauge>,
    /// The clause; none where the plan is silent.
    pub clause: Option<Clause>,
    /// It rests on how the portal works and on no rule of the catalogue.
    #[serde(skip)]
    pub of_house: bool,
}

/// A measured number between bounds, for drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    pub value: u32,
    /// The lower bound, 0 where there is none.
    pub low: u32,
    /// The upper bound; none where only the lower one counts.
    pub high: Option<u32>,
}

impl Finding {
    /// The answer for a rule that no facts can be held against: the plan is silent on it, has not been taken down so far,
    /// or says it in words that are quoted and not judged.
    #[must_use]
    pub fn unstated(rule: Rule, plan: &Plan) -> Self {
        let short = &plan.short;
        match plan.word_on(rule) {
            Word::Quoted(provision) => {
                let says = format!("{short}对此有规定，系统不作判断，请对照原文把关");
                Self { clause: Some(provision.clause().clone()), ..Self::practice(rule, Outcome::NotJudged, says) }
            }
            Word::NotTakenDown => {
                Self::practice(rule, Outcome::NotTakenDown, format!("{short}的方案文件尚未录入这一条，不能判断"))
            }
            Word::Stated(_) | Word::Silent => {
                Self::practice(rule, Outcome::NotRequired, format!("{short}未作此项要求"))
            }
        }
    }

    /// A finding on a rule that the plan states, citing its first clause.
    pub(crate) fn new(provision: &Provision, verdict: Outcome, message: String) -> Self {
        Self { clause: Some(provision.clause().clone()), ..Self::practice(provision.rule, verdict, message) }
    }

    pub(crate) fn against(mut self, measured: &impl std::fmt::Display, limit: impl Into<String>) -> Self {
        self.measured = measured.to_string();
        self.limit = limit.into();
        self
    }

    /// A finding on what practice asks and no plan says: it cites no clause.
    #[must_use]
    pub fn practice(rule: Rule, verdict: Outcome, message: String) -> Self {
        Self {
            rule,
            unit: None,
            verdict,
            measured: String::new(),
            limit: String::new(),
            subjects: Vec::new(),
            unknown: None,
            exempt: None,
            message,
            remedy: String::new(),
            holders: Vec::new(),
            gauge: None,
            clause: None,
            of_house: false,
        }
    }

    /// A finding on how things are done here: about elections, of which neither plan says more than who elects.
    #[must_use]
    pub fn house(verdict: Outcome, message: String) -> Self {
        Self { of_house: true, ..Self::practice(Rule::Vet05, verdict, message) }
    }

    /// A finding under a rule's clause, or as practice where the plan is silent.
    #[must_use]
    pub fn under(plan: &Plan, rule: Rule, verdict: Outcome, says: String) -> Self {
        match plan.provision(rule) {
            Some(provision) => Self::new(provision, verdict, says),
            None => Self::practice(rule, verdict, format!("{says}（实践惯例，{}未作规定）", plan.short)),
        }
    }

    /// As [`under`](Self::under) of what is met or is not, for acts that go on where no plan governs.
    #[must_use]
    pub fn met_under(plan: Option<&Plan>, rule: Rule, met: bool, says: String) -> Self {
        let verdict = Outcome::of(met);
        match plan.and_then(|plan| plan.provision(rule)) {
            Some(provision) => Self::new(provision, verdict, says),
            None => Self::practice(rule, verdict, format!("{says}（实践惯例，本校方案未作规定）")),
        }
    }

    /// Somebody is exempt from the rule.
    #[must_use]
    pub fn exempts(&self) -> bool {
        self.exempt.as_ref().is_some_and(|exempt| !exempt.is_empty())
    }

    /// The limit as people read it: `不超过 5`.
    #[must_use]
    pub fn limit_in_words(&self) -> String {
        if let Some(most) = self.limit.strip_prefix("<=") {
            return format!("不超过 {most}");
        }
        if let Some(least) = self.limit.strip_prefix(">=") {
            return format!("不少于 {least}");
        }
        match self.limit.split_once("..") {
            Some((low, high)) => format!("{low} 至 {high}"),
            None => self.limit.strip_prefix('=').unwrap_or(&self.limit).to_owned(),
        }
    }

    pub(crate) fn about(mut self, subjects: Vec<String>) -> Self {
        self.subjects = subjects;
        self
    }

    /// What whoever may do so has to do about it, as an instruction without a full stop.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    pub(crate) fn gauge(mut self, value: u32, low: u32, high: Option<u32>) -> Self {
        self.gauge = Some(Gauge { value, low, high });
        self
    }
}

/// All findings on a question, and the sealed decision if nothing refuses it.
#[derive(Debug)]
#[must_use]
pub struct Verdict<T> {
    findings: Vec<Finding>,
    decision: Option<T>,
}

impl<T> Verdict<T> {
    /// Seals `decision` unless a finding refuses it: a hard limit passed, or data missing that a hard rule needs.
    pub(crate) fn seal(findings: Vec<Finding>, decision: T) -> Self {
        let refused = findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown));
        Self { findings, decision: (!refused).then_some(decision) }
    }

    /// As [`seal`](Self::seal), where a warning too needs a reason: without one it refuses.
    pub(crate) fn seal_with_reason(findings: Vec<Finding>, decision: T, reason: Option<&str>) -> Self {
        let warned = findings.iter().any(|finding| finding.verdict == Outcome::Warn);
        let Self { findings, decision } = Self::seal(findings, decision);
        Self { findings, decision: decision.filter(|_| !warned || reason.is_some()) }
    }

    /// All findings, also those that do not stand in the way.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The sealed decision.
    ///
    /// # Errors
    /// All findings, where at least one refuses.
    pub fn permit(self) -> Result<T, Vec<Finding>> {
        self.decision.ok_or(self.findings)
    }
}

/// A finding above its upper bound.
#[must_use]
pub fn is_over(finding: &Finding) -> bool {
    finding.gauge.is_some_and(|gauge| gauge.high.is_some_and(|high| gauge.value > high))
}

/// A finding below its lower bound only: what is not yet full, and no reason to refuse anybody.
#[must_use]
pub fn is_short(finding: &Finding) -> bool {
    let short = finding.gauge.is_some_and(|gauge| gauge.high.is_some() && gauge.value < gauge.low);
    short && matches!(finding.verdict, Outcome::Fail | Outcome::Warn)
}
