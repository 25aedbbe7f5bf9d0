//! From which day a plan governs a university.
//!
//! An adoption is never rewritten: findings made before a new plan's first day stay explained by the plan that
//! governed then.

use time::Date;

use super::{Finding, Outcome, Plan, Rule, Verdict};

/// A plan's first day at a university, passed by [`adopt`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    code: String,
    from: Date,
}

impl Adoption {
    /// The plan's code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The first day on which it governs.
    #[must_use]
    pub fn from(&self) -> Date {
        self.from
    }
}

/// POL-00: a plan may govern from the day on which the document itself holds. A university's first adoption may
/// reach back to that day; a later one may not reach back before today nor before the adoption it follows (`last`).
pub fn adopt(plan: &Plan, from: Date, last: Option<Date>, today: Date) -> Verdict<Adoption> {
    let decision = Adoption { code: plan.code.clone(), from };
    let Some(provision) = plan.provision(Rule::Pol00) else {
        return Verdict::seal(
            vec![Finding { verdict: Outcome::Fail, ..Finding::not_required(Rule::Pol00, plan) }],
            decision,
        );
    };
    let finding = |fails: bool, limit: Date, message: String, remedy: &str| {
        let verdict = if fails { Outcome::Fail } else { Outcome::Pass };
        let finding = Finding::new(provision, verdict, message).against(&from, format!(">={limit}"));
        if fails { finding.remedy(remedy) } else { finding }
    };
    let mut findings = vec![finding(
        from < plan.effective,
        plan.effective,
        format!("方案自 {} 起施行（{}）", plan.effective, plan.effective_note),
        "把启用日期改到该日或以后",
    )];
    if let Some(last) = last {
        let soonest = last.next_day().unwrap_or(last).max(today);
        findings.push(finding(
            from < soonest,
            soonest,
            format!("已有方案自 {last} 起启用；更换方案不溯及既往，最早自 {soonest} 起"),
            "把启用日期改到该日或以后，此前的结论仍由原方案解释",
        ));
    }
    Verdict::seal(findings, decision)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    #[test]
    fn j0_1_a_plan_does_not_govern_before_its_own_day() {
        let plan = named("jining-2022").unwrap();
        let early = adopt(plan, date!(2022 - 04 - 11), None, date!(2026 - 09 - 01));
        let findings = early.permit().unwrap_err();
        assert!(findings[0].clause.as_ref().unwrap().quote.contains("19号"));
        let first = adopt(plan, date!(2022 - 04 - 12), None, date!(2026 - 09 - 01)).permit().unwrap();
        assert_eq!(first.from(), date!(2022 - 04 - 12));
    }

    #[test]
    fn a_later_adoption_does_not_reach_back() {
        let plan = named("jining-2022").unwrap();
        let today = date!(2026 - 09 - 01);
        let again = |from| adopt(plan, from, Some(date!(2024 - 09 - 01)), today).permit().is_ok();
        assert!(!again(date!(2026 - 08 - 31)));
        assert!(again(today));
        assert!(adopt(plan, today, Some(today), today).permit().is_err(), "not twice on one day");
    }
}
