//! Everything a plan asks of a whole union, judged together: at one moment, and on every day of its time.

use std::collections::{BTreeSet, HashMap};

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule,
    adoption::Calendar,
    eligibility,
    plan::Union,
    roster::Member,
    rotation, staffing, structure,
    timeline::{Timeline, Unit},
    yearly,
};
use crate::rules::finding::is_over;

/// The plan does not speak of this kind of union.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{plan}没有{union}：该方案不适用于这类组织", union = .union.label())]
pub struct OutOfScope {
    pub plan: String,
    pub union: Union,
}

/// Judges a whole union: exactly the rules that apply to its kind, in the catalogue's order.
///
/// # Errors
/// [`OutOfScope`] where the plan has no such union.
pub fn judge(plan: &Plan, union: Union, members: &[Member]) -> Result<Vec<Finding>, OutOfScope> {
    judge_with(plan, union, members, Known::default())
}

/// What is known of a union beside its people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Departments known by themselves: one in which nobody holds a post counts too.
    pub departments: &'a [&'a str],
    /// How many students the college has, where a figure goes by its size.
    pub students: Option<u32>,
}

/// As [`judge`], with what is known beside the people. Teachers in an office of the union are none of its staff.
///
/// # Errors
/// [`OutOfScope`] where the plan has no such union.
pub fn judge_with(plan: &Plan, union: Union, members: &[Member], known: Known<'_>) -> Result<Vec<Finding>, OutOfScope> {
    if !plan.unions.contains(&union) {
        return Err(OutOfScope { plan: plan.short.clone(), union });
    }
    let Known { departments, students } = known;
    let members = &*plan.without_teachers(members);
    let mut findings = vec![structure::no_president(plan, members), rotation::executive_chair(plan, members)];
    match union {
        Union::School | Union::Graduate => {
            findings.push(staffing::school_total(plan, members));
            findings.push(staffing::presidium(plan, members));
            findings.push(staffing::departments(plan, members, departments));
            findings.extend(staffing::heads(plan, members, departments));
            findings.extend(staffing::department_staff(plan, members, departments));
            findings.push(staffing::no_other_posts(plan, members));
            findings.push(staffing::from_colleges(plan, members));
        }
        Union::College => {
            findings.push(staffing::college_total(plan, members, students));
            findings.push(staffing::college_presidium(plan, members, students));
            findings.push(staffing::no_other_posts(plan, members));
        }
    }
    if union == Union::Graduate {
        soften_by_reference(plan, &mut findings);
    }
    findings.push(eligibility::political_status(plan, members));
    findings.push(eligibility::rank(plan, members));
    findings.push(eligibility::failed_courses(plan, members));
    Ok(findings)
}

/// STF-09: a graduate union follows the school's staffing rules by reference (参照), so a breach is a warning.
fn soften_by_reference(plan: &Plan, findings: &mut Vec<Finding>) {
    let by_reference = plan.provision(Rule::Stf09).is_some_and(|provision| provision.breach() == Outcome::Warn);
    for finding in findings.iter_mut().filter(|finding| by_reference && finding.rule.code().starts_with("STF")) {
        if finding.verdict == Outcome::Fail {
            finding.verdict = Outcome::Warn;
        }
    }
    let summary = match plan.provision(Rule::Stf09) {
        None => Finding::unstated(Rule::Stf09, plan),
        Some(provision) => {
            let open: BTreeSet<&str> = findings
                .iter()
                .filter(|finding| finding.rule.code().starts_with("STF"))
                .filter(|finding| matches!(finding.verdict, Outcome::Warn | Outcome::Unknown))
                .map(|finding| finding.rule.code())
                .collect();
            let (verdict, message) = if open.is_empty() {
                (Outcome::Pass, "参照校学生会规定，各项人员设置均符合".to_owned())
            } else {
                let list = open.iter().copied().collect::<Vec<_>>().join("、");
                (Outcome::Warn, format!("参照校学生会规定，{} 项人员设置需说明理由：{list}", open.len()))
            };
            Finding::new(provision, verdict, message)
                .against(&open.len(), "0")
                .remedy("由校团委结合实际确定，并记录理由")
        }
    };
    let place = findings.iter().position(|finding| finding.rule > Rule::Stf09).unwrap_or(findings.len());
    findings.insert(place, summary);
}

impl Timeline {
    /// Everything the plan asks of the union on a day, in the catalogue's order.
    ///
    /// # Errors
    /// [`OutOfScope`] where the plan has no such union.
    pub fn findings(&self, plan: &Plan, day: Date) -> Result<Vec<Finding>, OutOfScope> {
        let members = self.members_on(day);
        let units: Vec<&Unit> = self.units_on(day).collect();
        let names: Vec<&str> = units.iter().map(|unit| unit.name.as_str()).collect();
        let mut findings =
            judge_with(plan, self.union, &members, Known { departments: &names, students: self.students })?;
        if self.opened.is_some_and(|opened| opened <= day) {
            let on_duty = rotation::somebody_on_duty(plan, &members, self.rotates_on(day));
            if let Some(finding) = findings.iter_mut().find(|finding| finding.rule == Rule::Org03) {
                *finding = on_duty;
            }
        }
        findings.push(structure::two_layers(plan, &names));
        findings.push(rotation::length_of_turn(plan, self, day));
        findings.push(structure::no_ranks(plan, &names));
        findings.extend(structure::overlaps(plan, &units, &self.organisations));
        findings.extend(structure::offices_functions(&units));
        let congresses = self.congresses.as_ref().filter(|_| self.opened.is_some_and(|opened| opened <= day));
        findings.extend(congresses.and_then(|years| yearly::yearly(plan, self.union, years, day)));
        findings.sort_by_key(|finding| finding.rule);
        Ok(findings)
    }

    /// What the union was on the days before `today`, for [`UnionPast::since`].
    #[must_use]
    pub fn past<'a>(&'a self, calendar: &'a Calendar, today: Date) -> UnionPast<'a> {
        let mut days = self.days();
        days.extend(calendar.days());
        let first = self.holdings.iter().map(|holding| holding.from).min();
        let days = days.into_iter().rev().filter(|day| *day <= today && Some(*day) >= first).collect();
        UnionPast { timeline: self, calendar, today, days, found: HashMap::new() }
    }
}

/// A union on the days on which something of it began or ended. Each is judged once, however many findings ask for it.
#[derive(Debug)]
pub struct UnionPast<'a> {
    timeline: &'a Timeline,
    calendar: &'a Calendar,
    today: Date,
    /// Until today, the last one first.
    days: Vec<Date>,
    found: HashMap<Date, Vec<Finding>>,
}

impl UnionPast<'_> {
    /// The day since which the union has been as `finding` says without a break, seen from today, by what began and ended,
    /// not before its first post, and not before the day on which the plan that makes the finding came to say so; the facts
    /// of people are taken as they are today.
    #[must_use]
    pub fn since(&mut self, finding: &Finding) -> Option<Date> {
        let Self { timeline, calendar, today, days, found } = self;
        // A name or a function is what it is since it was changed.
        let changed = match finding.rule {
            Rule::Org01 | Rule::Org12 | Rule::Org13 | Rule::Pol03 => {
                let about = |unit: &&Unit| finding.unit.as_ref().is_none_or(|name| *name == unit.name);
                timeline.units_on(*today).filter(about).filter_map(|unit| unit.changed).max()
            }
            _ => None,
        };
        let mut since = None;
        let side = |finding: &Finding| (finding.verdict, is_over(finding));
        let says_now = calendar.on(*today).and_then(|plan| plan.provision(finding.rule));
        for day in days.iter().copied() {
            let Some(plan) = calendar.on(day) else { break };
            // What another plan found, or this one in other words, stays that plan's.
            if plan.provision(finding.rule) != says_now {
                break;
            }
            let then = found.entry(day).or_insert_with(|| timeline.findings(&plan.as_of(day), day).unwrap_or_default());
            let same = |other: &&Finding| (other.rule, &other.unit) == (finding.rule, &finding.unit);
            if then.iter().find(same).is_none_or(|other| side(other) != side(finding)) {
                break;
            }
            since = Some(day);
        }
        since.max(changed)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::named,
        roster::{
            Post,
            tests::{full_school, member},
        },
    };

    pub fn verdict_of(findings: &[Finding], rule: Rule) -> Outcome {
        findings.iter().find(|finding| finding.rule == rule).unwrap().verdict
    }

    #[test]
    fn t2_41_people_at_every_cap_pass_the_suzhou_plan() {
        let findings = judge(named("suzhou-2020").unwrap(), Union::School, &full_school()).unwrap();
        assert!(findings.iter().all(|finding| finding.verdict == Outcome::Pass), "{findings:#?}");
        assert!(findings.is_sorted_by_key(|finding| finding.rule), "{findings:#?}");
    }

    #[test]
    fn j4_2_7_a_graduate_union_is_warned_where_a_school_union_fails() {
        let plan = named("jining-2022").unwrap();
        let mut members = full_school();
        members.push(member(90, Post::Presidium));
        let school = judge(plan, Union::School, &members).unwrap();
        assert_eq!(verdict_of(&school, Rule::Stf02), Outcome::Fail);
        let graduate = judge(plan, Union::Graduate, &members).unwrap();
        assert_eq!(verdict_of(&graduate, Rule::Stf02), Outcome::Warn);
        assert_eq!(verdict_of(&graduate, Rule::Stf09), Outcome::Warn);
        let clean = judge(plan, Union::Graduate, &full_school()).unwrap();
        assert_eq!(verdict_of(&clean, Rule::Stf09), Outcome::Pass);
        assert!(clean.is_sorted_by_key(|finding| finding.rule), "{clean:#?}");
    }

    #[test]
    fn the_suzhou_plan_has_no_graduate_union() {
        assert!(judge(named("suzhou-2020").unwrap(), Union::Graduate, &full_school()).is_err());
    }

    #[test]
    fn pol_00_a_finding_is_not_older_than_the_plan_that_makes_it() {
        let plan = |code| Arc::new(named(code).unwrap().clone());
        let mut timeline = Timeline::empty(Union::School);
        for number in 0..6 {
            timeline.add(&member(number, Post::Presidium), Post::Presidium, date!(2026 - 09 - 14), None);
        }
        let today = date!(2026 - 12 - 01);
        let since = |calendar: &Calendar| {
            let found = timeline.findings(calendar.on(today).unwrap(), today).unwrap();
            let finding = found.iter().find(|finding| finding.rule == Rule::Stf02).unwrap();
            assert_eq!(finding.verdict, Outcome::Fail);
            timeline.past(calendar, today).since(finding)
        };
        let first = (date!(2024 - 09 - 01), plan("suzhou-2020"));
        assert_eq!(since(&Calendar::new(vec![first.clone()])), Some(date!(2026 - 09 - 14)));
        let second = (date!(2026 - 11 - 28), plan("jining-2022"));
        assert_eq!(since(&Calendar::new(vec![first.clone(), second])), Some(date!(2026 - 11 - 28)));
        // The same plan once more says the same of the rule: the finding is as old as it was.
        let again = (date!(2026 - 11 - 28), plan("suzhou-2020"));
        assert_eq!(since(&Calendar::new(vec![first, again])), Some(date!(2026 - 09 - 14)));
    }

    #[test]
    fn every_finding_cites_a_clause_or_says_not_required() {
        for plan in crate::rules::plan::built_in() {
            for union in Union::ALL {
                for finding in judge(plan, *union, &full_school()).unwrap_or_default() {
                    assert_eq!(finding.clause.is_none(), finding.verdict == Outcome::NotRequired, "{finding:?}");
                }
            }
        }
    }
}
