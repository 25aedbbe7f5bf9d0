//! Who may be appointed to a post: every cap on every day from the first, and the conditions of the person.
//!
//! Caps are looked at only where somebody is added. Ending a post is never refused, so nothing here knows of it.

use std::collections::BTreeSet;

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    adoption::Calendar,
    eligibility,
    roster::{Member, Post},
    timeline::{Timeline, Unit, covers, is_over, is_short},
};

/// What is asked for: a person in a post from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The person with today's facts.
    pub person: Member,
    /// The post.
    pub post: Post,
    /// The first day.
    pub from: Date,
    /// The first day on which it is held no more, where the term is fixed at once.
    pub until: Option<Date>,
}

/// An appointment, passed by [`appoint`] or as one of a [`Reshuffle`]. Its fields are private: only the rules make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    wanted: Wanted,
    warned: Vec<Finding>,
}

impl Appointment {
    /// What was asked for and may be.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What was warned of and passed with a reason.
    #[must_use]
    pub fn warned(&self) -> &[Finding] {
        &self.warned
    }
}

/// STF-01 … STF-10, ORG-02, ELG-01, ELG-03, ELG-04: whether a person may be appointed.
///
/// Every day from the first is judged under the plan that governs on it: what is over a cap because of this appointment
/// refuses (hard) or asks for a reason (soft). What was over before and is left as it was does not stand in the way. Too few
/// people never refuse. STF-10 is only warned of: its half is judged on a whole batch. Data that a hard rule on the person
/// needs and nobody has supplied refuse.
///
/// `instead` is the place in [`Timeline::holdings`] of the post that it takes the place of, where one is corrected.
pub fn appoint(
    calendar: &Calendar,
    timeline: &Timeline,
    instead: Option<usize>,
    wanted: Wanted,
    reason: Option<&str>,
) -> Verdict<Appointment> {
    let base = without(timeline, instead);
    let mut findings = over_caps(calendar, timeline, &base, &wanted);
    if findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail)) {
        make_room(calendar, (timeline, &base), &wanted, &mut findings);
    }
    for plan in plans_of(calendar, timeline, &wanted) {
        add_new(&mut findings, conditions(&plan, &wanted.person));
    }
    if let Some(finding) = second_post(&base, &wanted) {
        findings.push(finding);
    }
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    Verdict::seal_with_reason(findings, Appointment { wanted, warned }, reason)
}

/// ELG-01, ELG-03, ELG-04 of one person.
#[must_use]
pub fn conditions(plan: &Plan, person: &Member) -> Vec<Finding> {
    let one = std::slice::from_ref(person);
    let findings =
        vec![eligibility::political_status(plan, one), eligibility::rank(plan, one), eligibility::failed_courses(plan, one)];
    let about = |finding: Finding| match finding.verdict {
        Outcome::Pass | Outcome::NotRequired => finding,
        _ => in_words(finding, person),
    };
    findings.into_iter().map(about).collect()
}

/// A finding on one person in that person's own figures.
fn in_words(finding: Finding, person: &Member) -> Finding {
    let name = &person.name;
    let (says, measured) = match (finding.rule, finding.verdict) {
        (_, Outcome::Unknown) => {
            let what = match finding.rule {
                Rule::Elg01 => "政治面貌",
                Rule::Elg03 => "专业排名",
                _ => "不及格门数",
            };
            (format!("平台没有{name}的{what}，不能判断是否符合"), "未登记".to_owned())
        }
        (Rule::Elg01, _) => {
            let status = person.political.clone().unwrap_or_default();
            (format!("{name}的政治面貌是{status}"), status)
        }
        (Rule::Elg03, _) => match person.rank {
            Some(rank) => {
                let shown = format!("{}/{}", rank.rank, rank.cohort);
                (format!("{name}在本专业排第 {} 名（共 {} 人）；{}", rank.rank, rank.cohort, finding.message), shown)
            }
            None => (finding.message.clone(), finding.measured.clone()),
        },
        _ => {
            let failed = person.failed_courses.unwrap_or_default().to_string();
            (format!("{name}有 {failed} 门课业不及格"), failed)
        }
    };
    let remedy = match (finding.rule, finding.verdict) {
        (Rule::Elg01, Outcome::Unknown) => "由本人所在院系核对后，请学生数据管理人员在“人员”里补登".to_owned(),
        (_, Outcome::Unknown) => "由学生工作部门或校团委在“导入数据”里导入教务处的成绩排名".to_owned(),
        (Rule::Elg01, _) => "另选符合条件的人；登记有误的先更正".to_owned(),
        _ => "另选符合条件的人；本人认为数据有误的，可在“我的信息”里提出异议".to_owned(),
    };
    Finding { message: says, measured, remedy, ..finding }
}

/// The distinct plans that govern while the appointment lasts.
fn plans_of(calendar: &Calendar, timeline: &Timeline, wanted: &Wanted) -> Vec<Plan> {
    let mut days: BTreeSet<Date> = calendar.days().filter(|day| covers(wanted.from, wanted.until, *day)).collect();
    days.insert(wanted.from);
    let mut plans: Vec<Plan> = Vec::new();
    for plan in days.into_iter().filter_map(|day| calendar.in_force(day)) {
        if plan.unions.contains(&timeline.union) && !plans.contains(&*plan) {
            plans.push(plan.into_owned());
        }
    }
    plans
}

/// Adds the findings on a rule and department on which nothing as grave is there yet.
fn add_new(findings: &mut Vec<Finding>, more: Vec<Finding>) {
    for finding in more {
        let known = |known: &Finding| {
            (known.rule, &known.unit) == (finding.rule, &finding.unit) && known.verdict <= finding.verdict
        };
        if !findings.iter().any(known) {
            findings.retain(|known| (known.rule, &known.unit) != (finding.rule, &finding.unit));
            findings.push(finding);
        }
    }
}

/// A timeline without one of its posts.
fn without(timeline: &Timeline, instead: Option<usize>) -> Timeline {
    let mut base = timeline.clone();
    if let Some(place) = instead.filter(|place| *place < base.holdings.len()) {
        base.holdings.remove(place);
    }
    base
}

/// What goes over a cap, on the first day on which it does, because of what is wanted: `timeline` as it is now against `base`,
/// which has what is corrected taken out, with what is wanted.
fn over_caps(calendar: &Calendar, timeline: &Timeline, base: &Timeline, wanted: &Wanted) -> Vec<Finding> {
    let with = base.with(&wanted.person, wanted.post.clone(), wanted.from, wanted.until);
    let mut days: BTreeSet<Date> = with.days();
    days.extend(calendar.days());
    days.insert(wanted.from);
    let mut findings = Vec::new();
    for day in days.into_iter().filter(|day| covers(wanted.from, wanted.until, *day)) {
        let Some(plan) = calendar.in_force(day) else { continue };
        // Where the plan has no such union, it has no caps for it either.
        let (Ok(before), Ok(after)) = (timeline.findings(&plan, day), with.findings(&plan, day)) else { continue };
        let raised: Vec<Finding> = after
            .into_iter()
            .filter(|finding| is_worse(finding, &before, &wanted.person))
            .map(|finding| dated(finding, &with, wanted, day))
            .collect();
        add_new(&mut findings, raised);
    }
    findings
}

/// The finding is a breach that the appointment brings or enlarges.
fn is_worse(finding: &Finding, before: &[Finding], person: &Member) -> bool {
    let was = before.iter().find(|known| (known.rule, &known.unit) == (finding.rule, &finding.unit));
    match finding.rule {
        // The sum of the others, and conditions of people, which are judged on the person alone.
        Rule::Stf09 | Rule::Elg01 | Rule::Elg03 | Rule::Elg04 => false,
        Rule::Stf10 => {
            matches!(finding.verdict, Outcome::Fail | Outcome::Unknown) && person.from_college_union != Some(true)
        }
        Rule::Org02 | Rule::Stf08 => {
            finding.verdict == Outcome::Fail && was.is_none_or(|was| was.measured != finding.measured)
        }
        _ => {
            let value = |finding: &Finding| finding.gauge.map_or(0, |gauge| gauge.value);
            is_over(finding) && was.is_none_or(|was| value(finding) > value(was))
        }
    }
}

/// A breach as the refusal says it: when, and who fills the places.
fn dated(finding: Finding, with: &Timeline, wanted: &Wanted, day: Date) -> Finding {
    let when = if day > wanted.from { format!("自 {day} 起，") } else { String::new() };
    if finding.rule == Rule::Stf10 {
        let message = format!("{when}{}。组建期间可以先任命，换届成批任命时按全体人员判断", finding.message);
        return Finding { verdict: Outcome::Warn, message, ..finding };
    }
    let others: Vec<String> =
        finding.subjects.iter().filter(|number| **number != wanted.person.number).cloned().collect();
    let holders = with.names(&others);
    Finding { message: format!("{when}任命后{}", finding.message), holders, ..finding }
}

/// Says from which day on there is room, where terms that end make some.
fn make_room(calendar: &Calendar, (timeline, base): (&Timeline, &Timeline), wanted: &Wanted, findings: &mut [Finding]) {
    let fits = |day: &Date| {
        let later = Wanted { from: *day, ..wanted.clone() };
        !over_caps(calendar, timeline, base, &later).iter().any(|finding| finding.verdict == Outcome::Fail)
    };
    let ends = timeline.days();
    let first = ends
        .into_iter()
        .filter(|day| *day > wanted.from && wanted.until.is_none_or(|until| *day < until))
        .find(fits);
    for finding in findings.iter_mut().filter(|finding| finding.verdict == Outcome::Fail) {
        let room = match first {
            Some(day) => format!("；或把生效日期改到 {day}，那天起有空缺"),
            None => "；在任者的任期没有届满日，须先办理离任".to_owned(),
        };
        let how_many = finding.gauge.and_then(|gauge| Some(gauge.value.saturating_sub(gauge.high?))).unwrap_or(1);
        finding.remedy = format!("现任中有 {how_many} 人先离任{room}");
    }
}

/// One person, one post: the project's suggestion where both plans are silent (gap G18).
fn second_post(timeline: &Timeline, wanted: &Wanted) -> Option<Finding> {
    let holds = timeline.holdings.iter().find(|holding| {
        let person = timeline.people.get(holding.person);
        person.is_some_and(|person| person.number == wanted.person.number)
            && wanted.until.is_none_or(|until| holding.from < until)
            && holding.until.is_none_or(|until| wanted.from < until)
    })?;
    let place = holding_in_words(&holds.post);
    let says =
        format!("{}在本会已任{place}；一人一岗是实践惯例，方案未作规定", wanted.person.name);
    Some(Finding::practice(Rule::Stf08, Outcome::Warn, says).remedy("先办理原岗位离任，或写明兼任的理由"))
}

/// A post with its department.
#[must_use]
pub fn holding_in_words(post: &Post) -> String {
    match post.department() {
        Some(department) => format!("{}（{department}）", post.name()),
        None => post.name().to_owned(),
    }
}

/// A whole union newly staffed on a day, passed by [`reshuffle`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshuffle {
    day: Date,
    appointments: Vec<Wanted>,
    warned: Vec<Finding>,
}

impl Reshuffle {
    /// The day on which the new ones begin and the others end.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day
    }

    /// Those who begin.
    #[must_use]
    pub fn appointments(&self) -> &[Wanted] {
        &self.appointments
    }

    /// What was warned of and passed with a reason.
    #[must_use]
    pub fn warned(&self) -> &[Finding] {
        &self.warned
    }
}

/// 换届: everybody who holds a post on `day` and is not named for it again ends, and those named begin. Every rule is judged
/// on the whole, STF-10 too; a hard rule that fails, or that data are missing for, refuses. Posts that stay too few are only
/// warned of: they can still be filled.
pub fn reshuffle(
    calendar: &Calendar,
    timeline: &Timeline,
    day: Date,
    wanted: Vec<Wanted>,
    reason: Option<&str>,
) -> Verdict<Reshuffle> {
    let after = reshuffled(timeline, day, &wanted);
    let mut days: BTreeSet<Date> = after.days().into_iter().chain(calendar.days()).filter(|later| *later > day).collect();
    days.insert(day);
    let mut findings: Vec<Finding> = Vec::new();
    for when in days {
        let Some(plan) = calendar.in_force(when) else { continue };
        let found = after.findings(&plan, when).unwrap_or_default();
        let found = found
            .into_iter()
            .filter(|finding| !matches!(finding.verdict, Outcome::Pass | Outcome::NotRequired))
            // Who is on duty is settled by turns, after the new presidium is there.
            .filter(|finding| !matches!(finding.rule, Rule::Org03 | Rule::Org04))
            .map(|finding| {
                let verdict = if is_short(&finding) { Outcome::Warn } else { finding.verdict };
                let message =
                    if when > day { format!("自 {when} 起，{}", finding.message) } else { finding.message.clone() };
                let mut people = finding.subjects.clone();
                people.extend(finding.unknown.clone().unwrap_or_default());
                Finding { verdict, message, holders: after.names(&people), ..finding }
            })
            .collect();
        add_new(&mut findings, found);
    }
    findings.sort_by_key(|finding| (finding.verdict, finding.rule));
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    Verdict::seal_with_reason(findings, Reshuffle { day, appointments: wanted, warned }, reason)
}

/// The union as it would be after a reshuffle: departments that nobody is named for end with it, new ones begin.
#[must_use]
pub fn reshuffled(timeline: &Timeline, day: Date, wanted: &[Wanted]) -> Timeline {
    let mut after = timeline.clone();
    for holding in after.holdings.iter_mut().filter(|holding| covers(holding.from, holding.until, day)) {
        holding.until = Some(day);
    }
    let named: BTreeSet<&str> = wanted.iter().filter_map(|one| one.post.department()).collect();
    for unit in after.units.iter_mut().filter(|unit| covers(unit.from, unit.until, day)) {
        if !named.contains(unit.name.as_str()) {
            unit.until = Some(day);
        }
    }
    for name in named {
        if !after.units_on(day).any(|unit| unit.name == name) {
            let (functions, name) = (String::new(), name.to_owned());
            after.units.push(Unit { name, functions, ruling: None, from: day, until: None });
        }
    }
    for one in wanted {
        after.add(&one.person, one.post.clone(), one.from, one.until);
    }
    after
}
