//! 办理后: what an act on posts would make of a union, seen before it is done.

use time::Date;

use crate::rules::{Finding, Outcome, adoption::Calendar, timeline::Timeline};

/// What a union is after an act.
pub(super) struct After {
    /// What is done, in a sentence.
    pub says: String,
    /// Hard and soft findings that were not there.
    pub new: Vec<Finding>,
    /// Findings that are gone.
    pub gone: Vec<Finding>,
}

impl After {
    /// Holds the union as it is against the union as it then is, on a day.
    pub(super) fn of(says: String, before: &Timeline, then: &Timeline, plans: &Calendar, day: Date) -> Self {
        let open = |timeline: &Timeline| -> Vec<Finding> {
            let findings = plans.in_force(day).map(|plan| timeline.findings(&plan, day).unwrap_or_default());
            let amiss = |finding: &Finding| matches!(finding.verdict, Outcome::Fail | Outcome::Warn);
            findings.unwrap_or_default().into_iter().filter(amiss).collect()
        };
        let (before, after) = (open(before), open(then));
        let lacks = |list: &[Finding], finding: &Finding| {
            !list
                .iter()
                .any(|other| (other.rule, &other.unit, other.verdict) == (finding.rule, &finding.unit, finding.verdict))
        };
        Self {
            says,
            new: after.iter().filter(|finding| lacks(&before, finding)).cloned().collect(),
            gone: before.iter().filter(|finding| lacks(&after, finding)).cloned().collect(),
        }
    }
}
