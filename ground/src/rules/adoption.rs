//! From which day a plan governs a university.
//!
//! An adoption is never rewritten: findings made before a new plan's first day stay explained by the plan that
//! governed then. Within a day of its registration it may be withdrawn; then every day is governed as if it had never been.

use std::{borrow::Cow, sync::Arc};

use time::{Date, Duration, OffsetDateTime};

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::text::chinese_day;

/// How long after its registration an adoption may be withdrawn.
pub const GRACE: Duration = Duration::days(1);

/// A plan's first day at a university, passed by [`adopt`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    code: String,
    from: Date,
}

impl Adoption {
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

/// The adoption in force today, which a new one would follow. One that is registered but has not begun binds nobody
/// yet: the new one supersedes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    pub from: Date,
    /// It is of the very version that is to be adopted.
    pub same_version: bool,
}

/// An adoption as it stands on the record.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The first day on which it governs.
    pub from: Date,
    pub plan: Arc<Plan>,
    pub is_withdrawn: bool,
}

/// The adoption registered last of those that stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// Its number at the university.
    pub seq: i32,
    /// When it was registered.
    pub at: OffsetDateTime,
}

impl Latest {
    /// The first moment at which it can be withdrawn no more.
    #[must_use]
    pub fn stands_from(&self) -> OffsetDateTime {
        self.at + GRACE
    }
}

/// The withdrawal of an adoption, passed by [`withdraw`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    seq: i32,
}

impl Withdrawal {
    /// The number of the adoption that is withdrawn.
    #[must_use]
    pub fn seq(&self) -> i32 {
        self.seq
    }
}

/// POL-00: an adoption made by mistake may be withdrawn within a day, the one registered last first. This is how the portal
/// works and no clause of a plan.
pub fn withdraw(latest: Latest, wanted: i32, now: OffsetDateTime) -> Verdict<Withdrawal> {
    let outcome = |fails| if fails { Outcome::Fail } else { Outcome::Pass };
    let last = Finding::practice(Rule::Pol00, outcome(wanted != latest.seq), "只能撤回最后登记的一次启用".to_owned())
        .remedy("先撤回后来登记的，或另行启用");
    let late = outcome(now >= latest.stands_from());
    let within = Finding::practice(Rule::Pol00, late, "启用登记满一天以后不能撤回".to_owned())
        .remedy("另行启用要改用的方案，启用日期不早于明天");
    Verdict::seal(vec![last, within], Withdrawal { seq: wanted })
}

/// A university's adoptions in the order in which they were registered: which plan governs on which day.
#[derive(Debug, Clone, Default)]
pub struct Calendar(Vec<(Date, Arc<Plan>)>);

impl Calendar {
    /// A calendar of first days and plans, the one registered first in front.
    #[must_use]
    pub fn new(adoptions: Vec<(Date, Arc<Plan>)>) -> Self {
        Self(adoptions)
    }

    /// The calendar of what is on record, the one registered first in front: what was withdrawn governs no day.
    #[must_use]
    pub fn of(registered: Vec<Registration>) -> Self {
        let standing = registered.into_iter().filter(|one| !one.is_withdrawn);
        Self(standing.map(|one| (one.from, one.plan)).collect())
    }

    /// One plan for all days.
    #[must_use]
    pub fn always(plan: Arc<Plan>) -> Self {
        Self(vec![(Date::MIN, plan)])
    }

    /// The plan that governs on a day: of those that have begun, the one registered last.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&Arc<Plan>> {
        self.0.iter().rev().find(|(from, _)| *from <= day).map(|(_, plan)| plan)
    }

    /// The plan that governs on a day, as it holds on that day.
    #[must_use]
    pub fn in_force(&self, day: Date) -> Option<Cow<'_, Plan>> {
        self.on(day).map(|plan| plan.as_of(day))
    }

    /// The days on which a plan begins, or a provision of it.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let of_plan = |(from, plan): &(Date, Arc<Plan>)| {
            let from = *from;
            let later: Vec<Date> = plan.days().filter(|day| *day > from).collect();
            std::iter::once(from).chain(later)
        };
        self.0.iter().flat_map(of_plan)
    }
}

/// POL-00: a plan may govern from the day on which the document itself holds. A university's first adoption may
/// reach back to that day; a later one may not reach back before today nor before the one it follows, and does not
/// repeat it. What only this portal asks (no reaching back, no repeating) is said without a clause.
pub fn adopt(plan: &Plan, from: Date, last: Option<Last>, today: Date) -> Verdict<Adoption> {
    let decision = Adoption { code: plan.code.clone(), from };
    let Some(provision) = plan.provision(Rule::Pol00) else {
        let finding = Finding { verdict: Outcome::Fail, ..Finding::unstated(Rule::Pol00, plan) };
        return Verdict::seal(vec![finding], decision);
    };
    let after_last = last.map(|last| last.from.next_day().unwrap_or(last.from).max(today));
    let earliest = after_last.map_or(plan.effective, |soonest| soonest.max(plan.effective));
    let remedy = format!("启用日期最早可填 {earliest}");
    let outcome = |fails| if fails { Outcome::Fail } else { Outcome::Pass };
    let by_document = format!("方案自{}起施行（{}）", chinese_day(plan.effective), plan.effective_note);
    let mut findings = vec![
        Finding::new(provision, outcome(from < plan.effective), by_document)
            .against(&from, format!("不早于 {}", plan.effective))
            .remedy(remedy.clone()),
    ];
    if let Some((last, soonest)) = last.zip(after_last) {
        let says = format!("现行方案自{}起启用；更换方案不溯及既往", chinese_day(last.from));
        let backwards = Finding::new(provision, outcome(from < soonest), says)
            .against(&from, format!("不早于 {soonest}"))
            .remedy(remedy);
        findings.push(Finding { clause: None, ..backwards });
        let says = "这份方案的这一版就是现行方案，不需要重复启用".to_owned();
        let again = Finding::new(provision, outcome(last.same_version), says).remedy("选择另一份方案或另一版");
        findings.push(Finding { clause: None, ..again });
    }
    Verdict::seal(findings, decision)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    use super::*;
    use crate::rules::plan::{built_in, named};

    /// A first day, which of the two plans, and whether it was withdrawn.
    fn registrations() -> impl Strategy<Value = Vec<Registration>> {
        let one = (0_i64..400, 0_usize..2, any::<bool>()).prop_map(|(days, plan, is_withdrawn)| Registration {
            from: date!(2026 - 01 - 01) + Duration::days(days),
            plan: Arc::new(built_in()[plan].clone()),
            is_withdrawn,
        });
        prop::collection::vec(one, 0..8)
    }

    proptest! {
        /// Wherever they stand, adoptions that were withdrawn change nothing on any day.
        #[test]
        fn what_was_withdrawn_leaves_no_trace_on_any_day(all in registrations()) {
            let standing: Vec<Registration> = all.iter().filter(|one| !one.is_withdrawn).cloned().collect();
            let (with, without) = (Calendar::of(all), Calendar::of(standing));
            for days in -10..420 {
                let day = date!(2026 - 01 - 01) + Duration::days(days);
                prop_assert_eq!(with.on(day), without.on(day));
                prop_assert_eq!(with.in_force(day), without.in_force(day));
            }
            prop_assert!(with.days().eq(without.days()));
        }
    }

    #[test]
    fn an_adoption_is_withdrawn_within_a_day_the_last_one_first() {
        let latest = Latest { seq: 3, at: datetime!(2026 - 11 - 28 09:00 +8) };
        let asked = |seq, now| withdraw(latest, seq, now).permit();
        assert_eq!(asked(3, datetime!(2026 - 11 - 29 08:59 +8)).unwrap().seq(), 3);
        let late = asked(3, datetime!(2026 - 11 - 29 09:00 +8)).unwrap_err();
        assert!(late.iter().any(|finding| finding.verdict == Outcome::Fail && finding.message.contains("满一天")));
        assert!(asked(2, datetime!(2026 - 11 - 28 10:00 +8)).is_err(), "a later one stands on it");
    }

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
        let after =
            |last, from| adopt(plan, from, Some(Last { from: last, same_version: false }), today).permit().is_ok();
        assert!(!after(date!(2024 - 09 - 01), date!(2026 - 08 - 31)));
        assert!(after(date!(2024 - 09 - 01), today));
        assert!(!after(today, today), "not twice on one day");
        let same = Last { from: date!(2024 - 09 - 01), same_version: true };
        assert!(adopt(plan, today, Some(same), today).permit().is_err(), "not the same once more");
    }
}
