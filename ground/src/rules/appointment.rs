//! Who may be appointed to a post: every cap on every day from the first, and the conditions of the person.
//!
//! Caps are looked at only where somebody is added. Ending a post is never refused, so nothing here knows of it.
//!
//! Its tests, one a clause, are nearly half of the file.

use std::collections::BTreeSet;

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    adoption::Calendar,
    congress_result,
    education::before_post,
    eligibility::{self, counts_otherwise, not_as_asked, other_rankings, ranked},
    measure::Measure,
    plan::{Exempted, Ranking, Stated},
    roster::{Level, Member, Post, Ranked},
    timeline::{Holding, Timeline, Unit, covers},
};
use crate::rules::finding::{is_over, is_short};
use crate::text::chinese_day;

/// What is asked for: a person in a post from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The person with today's facts.
    pub person: Member,
    pub post: Post,
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

/// STF-01 … STF-10, ORG-02, VET-05, ELG-01, ELG-03, ELG-04, DIS-01: whether a person may be appointed.
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
        make_room(calendar, timeline, &base, &wanted, &mut findings);
    }
    // Putting right the days of somebody's own post, or the name of one that is none, makes nobody a member who was none.
    let own = instead.and_then(|place| timeline.holdings.get(place)).is_some_and(|held| {
        let same = timeline.people.get(held.person).is_some_and(|person| person.number == wanted.person.number);
        let within =
            held.from <= wanted.from && held.until.is_none_or(|end| wanted.until.is_some_and(|until| until <= end));
        same && within && (held.post == wanted.post || matches!(held.post, Post::Other(_)))
    });
    if !own {
        for plan in plans_of(calendar, timeline, &wanted) {
            add_new(&mut findings, conditions_for(&plan, &wanted.person, &wanted.post));
        }
        if let Some(plan) = calendar.in_force(wanted.from) {
            findings.extend(before_post(&plan, [&wanted.person], wanted.from));
        }
    }
    if let Some(plan) = calendar.in_force(wanted.from)
        && plan.is_seat(&wanted.post)
        && !goes_on(&plan, timeline, instead, &wanted)
    {
        findings.extend(congress_result::by_congress(&plan, &base, &wanted.person, wanted.from));
    }
    if let Some(finding) = second_post(&base, &wanted) {
        findings.push(finding);
    }
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    Verdict::seal_with_reason(findings, Appointment { wanted, warned }, reason)
}

/// The post in the place `ended` goes on as if it had not been ended: whoever held it until then is asked nothing anew, but
/// the caps hold with those who have come meanwhile.
pub fn restore(
    calendar: &Calendar,
    timeline: &Timeline,
    ended: usize,
    wanted: Wanted,
    reason: Option<&str>,
) -> Verdict<Appointment> {
    let base = without(timeline, Some(ended));
    let mut findings = over_caps(calendar, timeline, &base, &wanted);
    if findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail)) {
        make_room(calendar, timeline, &base, &wanted, &mut findings);
    }
    findings.extend(second_post(&base, &wanted));
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    Verdict::seal_with_reason(findings, Appointment { wanted, warned }, reason)
}

/// A seat on the presidium whose days alone are put right: the same person, who sat there when the union came under the
/// rules or from that day on, and no longer than before.
fn goes_on(plan: &Plan, timeline: &Timeline, instead: Option<usize>, wanted: &Wanted) -> bool {
    instead.and_then(|place| timeline.holdings.get(place)).is_some_and(|held| {
        let same = timeline.people.get(held.person).is_some_and(|person| person.number == wanted.person.number);
        let not_longer = held.until.is_none_or(|end| wanted.until.is_some_and(|until| until <= end));
        let not_earlier = held.from <= wanted.from || timeline.opened.is_some_and(|opened| held.from <= opened);
        same && plan.is_seat(&held.post) && not_longer && not_earlier
    })
}

/// Several people appointed at once, the outcome of a round: each is judged beside those before, and STF-10 on them all
/// together, where it is hard (a single appointment is only warned of it). All may be, or none.
pub fn appoint_together(
    calendar: &Calendar,
    timeline: &Timeline,
    wanted: Vec<Wanted>,
    reason: Option<&str>,
) -> Verdict<Vec<Appointment>> {
    let (mut with, mut findings, mut appointments) = (timeline.clone(), Vec::new(), Vec::new());
    let strangers = wanted.iter().any(|one| one.person.from_college_union != Some(true));
    let first = wanted.iter().map(|one| one.from).min();
    for one in wanted {
        let verdict = appoint(calendar, &with, None, one.clone(), Some(""));
        let own =
            verdict.findings().iter().filter(|finding| finding.rule != Rule::Stf10 && !finding.verdict.is_settled());
        findings.extend(own.cloned());
        let Wanted { person, post, from, until } = one;
        if let Ok(appointment) = verdict.permit() {
            appointments.push(appointment);
        }
        with.add(&person, post, from, until);
    }
    let plan = first.and_then(|day| Some((day, calendar.in_force(day)?)));
    let whole = plan.and_then(|(day, plan)| with.findings(&plan, day).ok());
    let share = whole.into_iter().flatten().find(|finding| finding.rule == Rule::Stf10);
    findings.extend(share.filter(|finding| strangers && matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)));
    // Two of a batch over the same soft limit say the same of it.
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings.into_iter().rev() {
        let known = |known: &Finding| {
            (known.rule, &known.unit, known.verdict, &known.subjects)
                == (finding.rule, &finding.unit, finding.verdict, &finding.subjects)
        };
        if !told.iter().any(known) {
            told.insert(0, finding);
        }
    }
    Verdict::seal_with_reason(told, appointments, reason)
}

/// ELG-01, ELG-03, ELG-04 of one person for a post: a plan may ask more of the presidium.
#[must_use]
pub fn conditions_for(plan: &Plan, person: &Member, post: &Post) -> Vec<Finding> {
    conditions(plan, &Member { posts: vec![post.clone()], ..person.clone() })
}

/// ELG-01, ELG-03, ELG-04 of one person in the posts that they hold.
#[must_use]
pub fn conditions(plan: &Plan, person: &Member) -> Vec<Finding> {
    let one = std::slice::from_ref(person);
    let findings = vec![
        eligibility::political_status(plan, one),
        eligibility::rank(plan, one),
        eligibility::failed_courses(plan, one),
    ];
    let about = |finding: Finding| match finding.verdict {
        Outcome::Pass if finding.exempts() => exempt_in_words(finding, plan, person),
        settled if settled.is_settled() => finding,
        _ => in_words(finding, plan, person),
    };
    findings.into_iter().map(about).collect()
}

/// A finding that does not hold for that person, with the practice that it rests on.
fn exempt_in_words(finding: Finding, plan: &Plan, person: &Member) -> Finding {
    if let Some(quote) = exempting_clause(&finding, plan, person) {
        let who = if person.level == Some(Level::Graduate) { "研究生" } else { "新生" };
        return Finding { message: format!("{who}按方案的规定不作此项要求（“{quote}”）"), ..finding };
    }
    let graduate = finding.rule == Rule::Elg03 && person.level == Some(Level::Graduate);
    let (says, key) = match (graduate && plan.switches.graduate_exempt, finding.rule) {
        (true, _) => ("研究生按实践惯例不作排名要求", "graduate_exempt"),
        (false, Rule::Elg03) => ("新生尚无排名，按实践惯例不作要求，任命时再核对", "first_year_exempt"),
        (false, _) => ("新生尚无成绩，按实践惯例不作要求，任命时再核对", "first_year_exempt"),
    };
    Finding { message: format!("{says}（{}）", plan.switches.reason_of(key)), ..finding }
}

/// The plan's own words by which somebody is exempt; none where it leaves that to practice.
fn exempting_clause<'a>(finding: &Finding, plan: &'a Plan, person: &Member) -> Option<&'a str> {
    let figures = &plan.figures;
    let exempt = match finding.rule {
        Rule::Elg03 => figures.ranking.as_ref()?.value.marks.exempt.as_ref()?,
        _ => figures.failed_courses.as_ref()?.value.marks.exempt.as_ref()?,
    };
    let is = |who: Exempted| match who {
        Exempted::Graduate => person.level == Some(Level::Graduate),
        Exempted::FirstYear => person.first_year == Some(true),
    };
    let named = exempt.iter().find(|one| is(one.who))?;
    let clause = plan.provision(finding.rule)?.clauses().find(|clause| clause.id == named.clause)?;
    Some(&clause.quote)
}

/// What is not known of a person, and what is known in its place; and the figure that is measured.
fn unknown(finding: &Finding, plan: &Plan, person: &Member) -> (String, String) {
    let name = &person.name;
    let figures = &plan.figures;
    let courses = figures.failed_courses.as_ref().map(|stated| &stated.value);
    match (finding.rule, &figures.ranking, courses) {
        (Rule::Elg03, Some(Stated { value: ranking, .. }), _) if ranked(ranking, person).is_none() => {
            let (known, asked) = (other_rankings(&[person]), ranking.measures_in_words());
            if !known.is_empty() {
                return (format!("{name}登记的是{known}，方案看的是{asked}，不能判断是否符合"), known);
            }
        }
        (Rule::Elg04, _, Some(courses)) if counts_otherwise(courses, person) => {
            let failed = person.failed_courses.unwrap_or_default().to_string();
            let otherwise = not_as_asked(courses);
            return (format!("{name}登记的不及格门数是 {failed}，{otherwise}，不能判断是否符合"), failed);
        }
        _ => {}
    }
    let what = match finding.rule {
        Rule::Elg01 => "政治面貌",
        Rule::Elg03 => "专业排名",
        _ => "不及格门数",
    };
    (format!("系统没有{name}的{what}，不能判断是否符合"), "未登记".to_owned())
}

/// A finding on one person in that person's own figures.
fn in_words(finding: Finding, plan: &Plan, person: &Member) -> Finding {
    let name = &person.name;
    let ranking = plan.figures.ranking.as_ref().map(|stated| &stated.value);
    let (says, measured) = match (finding.rule, finding.verdict) {
        (_, Outcome::Unknown) => unknown(&finding, plan, person),
        (Rule::Elg01, _) => {
            let status = person.political.clone().unwrap_or_default();
            (format!("{name}的政治面貌是{status}"), status)
        }
        (Rule::Elg03, _) => match ranking.and_then(|ranking| ranked(ranking, person)) {
            Some(Ranked { of, rank }) => {
                let shown = format!("{}/{}", rank.rank, rank.cohort);
                let within = finding.limit_in_words();
                let among = of.base.label();
                (format!("{name}在{among} {} 人中排第 {} 名，名次所占比例应{within}", rank.cohort, rank.rank), shown)
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
        (Rule::Elg03, Outcome::Unknown) if ranking.is_some_and(|ranking| ranking.measures() != [Measure::USUAL]) => {
            let asked = ranking.map(Ranking::measures_in_words).unwrap_or_default();
            format!("由学生工作部门或校团委在“导入数据”里导入教务处的成绩排名，口径为{asked}")
        }
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
pub(super) fn add_new(findings: &mut Vec<Finding>, more: Vec<Finding>) {
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
pub(super) fn is_worse(finding: &Finding, before: &[Finding], person: &Member) -> bool {
    let was = before.iter().find(|known| (known.rule, &known.unit) == (finding.rule, &finding.unit));
    match finding.rule {
        // The sum of the others, and conditions of people, which are judged on the person alone.
        Rule::Stf09 | Rule::Elg01 | Rule::Elg03 | Rule::Elg04 => false,
        Rule::Stf10 => {
            matches!(finding.verdict, Outcome::Fail | Outcome::Unknown) && person.from_college_union != Some(true)
        }
        Rule::Org02 | Rule::Stf08 => {
            let count = |finding: &Finding| finding.measured.parse::<u32>().unwrap_or_default();
            finding.verdict == Outcome::Fail && count(finding) > was.map_or(0, count)
        }
        _ => {
            let value = |finding: &Finding| finding.gauge.map_or(0, |gauge| gauge.value);
            is_over(finding) && was.is_none_or(|was| value(finding) > value(was))
        }
    }
}

/// A breach as the refusal says it: when, and who fills the places.
fn dated(finding: Finding, with: &Timeline, wanted: &Wanted, day: Date) -> Finding {
    let when = if day > wanted.from { format!("自{}起，", chinese_day(day)) } else { String::new() };
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
fn make_room(calendar: &Calendar, timeline: &Timeline, base: &Timeline, wanted: &Wanted, findings: &mut [Finding]) {
    let fits = |day: &Date| {
        let later = Wanted { from: *day, ..wanted.clone() };
        !over_caps(calendar, timeline, base, &later).iter().any(|finding| finding.verdict == Outcome::Fail)
    };
    let ends = timeline.days();
    let first =
        ends.into_iter().filter(|day| *day > wanted.from && wanted.until.is_none_or(|until| *day < until)).find(fits);
    for finding in findings.iter_mut().filter(|finding| finding.verdict == Outcome::Fail) {
        let room = match first {
            Some(day) => format!("；或把生效日期改到{}，那天起有空缺", chinese_day(day)),
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
    let says = format!("本人在本会已任{place}；一人一岗是实践惯例，方案未作规定");
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

/// 换届: everybody who holds a post on `day` and is not named for it again ends, those named for another begin, and those
/// named for the post they hold go on with it. Every rule is judged
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
    let mut days: BTreeSet<Date> =
        after.days().into_iter().chain(calendar.days()).filter(|later| *later > day).collect();
    days.insert(day);
    let mut findings: Vec<Finding> = Vec::new();
    if calendar.in_force(day).is_none() {
        let says = format!("到{}本校还没有启用实施方案，换届没有依据", chinese_day(day));
        findings.push(Finding::practice(Rule::Pol00, Outcome::Fail, says));
    }
    if let Some(plan) = calendar.in_force(day) {
        let seated = |one: &&Wanted| {
            timeline.holdings.iter().any(|holding| {
                let number = timeline.people.get(holding.person).map(|person| person.number.as_str());
                covers(holding.from, holding.until, day) && stays(holding, number, one)
            })
        };
        let new = wanted.iter().filter(|one| plan.is_seat(&one.post) && !seated(one));
        let judged = new.filter_map(|one| congress_result::by_congress(&plan, timeline, &one.person, day));
        findings.extend(judged.filter(|finding| finding.verdict != Outcome::Pass));
        let begins = wanted.iter().filter(|one| !seated(one)).map(|one| &one.person);
        findings.extend(before_post(&plan, begins, day).filter(|finding| finding.verdict != Outcome::Pass));
    }
    for when in days {
        let Some(plan) = calendar.in_force(when) else { continue };
        let found = match after.findings(&plan, when) {
            Ok(found) => found,
            Err(out) => vec![Finding::practice(Rule::Stf09, Outcome::Fail, format!("{out}，不能换届"))],
        };
        let founded = |name: &str| !timeline.units_on(day).any(|unit| unit.name == name);
        let found = found
            .into_iter()
            .filter(|finding| !finding.verdict.is_settled())
            // Who is on duty is settled by turns, after the new presidium is there.
            .filter(|finding| !matches!(finding.rule, Rule::Org03 | Rule::Org04))
            // What a new department does is entered with it, on its own page.
            .filter(|finding| (finding.rule, finding.verdict) != (Rule::Org13, Outcome::Unknown))
            .map(|finding| {
                // A new department that does what another organisation does is set up first, with its ruling.
                let unruled = finding.rule == Rule::Org13 && finding.unit.as_ref().is_some_and(|name| founded(name));
                let verdict = match finding.verdict {
                    _ if is_short(&finding) => Outcome::Warn,
                    Outcome::Warn if unruled => Outcome::Fail,
                    verdict => verdict,
                };
                let message = if when > day {
                    format!("自{}起，{}", chinese_day(when), finding.message)
                } else {
                    finding.message.clone()
                };
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
    // That a congress is due, now or later, is no reason against whom one elects.
    after.congresses = None;
    let mut staying: Vec<&Wanted> = Vec::new();
    // What was appointed for a later day is superseded with the rest.
    for holding in after.holdings.iter_mut().filter(|holding| holding.from > day) {
        holding.until = Some(holding.from);
    }
    for unit in after.units.iter_mut().filter(|unit| unit.from > day) {
        unit.until = Some(unit.from);
    }
    for holding in after.holdings.iter_mut().filter(|holding| covers(holding.from, holding.until, day)) {
        let number = timeline.people.get(holding.person).map(|person| person.number.as_str());
        match wanted.iter().find(|one| stays(holding, number, one)) {
            Some(one) => staying.push(one),
            None => holding.until = Some(day),
        }
    }
    for one in &staying {
        // The roster may say what nobody knew of those who go on.
        if let Some(person) = after.people.iter_mut().find(|person| person.number == one.person.number) {
            person.from_college_union = person.from_college_union.or(one.person.from_college_union);
        }
    }
    let named: BTreeSet<&str> = wanted.iter().filter_map(|one| one.post.department()).collect();
    for unit in after.units.iter_mut().filter(|unit| covers(unit.from, unit.until, day)) {
        // One that was to end and is named again goes on.
        unit.until = if named.contains(unit.name.as_str()) { None } else { Some(day) };
    }
    for name in named {
        if !after.units_on(day).any(|unit| unit.name == name) {
            let (functions, name) = (String::new(), name.to_owned());
            after.units.push(Unit { name, functions, ruling: None, changed: None, from: day, until: None });
        }
    }
    for one in wanted.iter().filter(|one| !staying.contains(one)) {
        after.add(&one.person, one.post.clone(), one.from, one.until);
    }
    after
}

/// Whether somebody who holds a post simply goes on with it: the same person, the same post, and no end that was set.
#[must_use]
pub fn stays(holding: &Holding, number: Option<&str>, wanted: &Wanted) -> bool {
    holding.until.is_none() && number == Some(wanted.person.number.as_str()) && holding.post == wanted.post
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use time::{Duration, macros::date};

    use super::*;
    use crate::rules::{
        plan::{Union, named},
        roster::{Rank, tests::member},
        structure::establish,
    };

    const DAY: Date = date!(2026 - 10 - 01);

    fn calendar(code: &str) -> Calendar {
        Calendar::always(Arc::new(named(code).unwrap().clone()))
    }

    fn person(number: u32) -> Member {
        Member { posts: Vec::new(), ..member(number, Post::Presidium) }
    }

    fn wanted(number: u32, post: Post, from: Date, until: Option<Date>) -> Wanted {
        Wanted { person: person(number), post, from, until }
    }

    fn presidium_of(number: u32) -> Timeline {
        let mut timeline = Timeline::empty(Union::School);
        for place in 0..number {
            timeline.add(&person(place), Post::Presidium, DAY, None);
        }
        timeline
    }

    fn verdicts(findings: &[Finding]) -> Vec<(Rule, Outcome)> {
        let open = findings.iter().filter(|finding| finding.verdict != Outcome::Pass);
        open.map(|finding| (finding.rule, finding.verdict)).collect()
    }

    #[test]
    fn s3_4_the_last_place_is_given_and_the_next_refused_with_who_fills_it() {
        let plans = calendar("suzhou-2020");
        assert!(appoint(&plans, &presidium_of(4), None, wanted(9, Post::Presidium, DAY, None), None).permit().is_ok());
        let findings =
            appoint(&plans, &presidium_of(5), None, wanted(9, Post::Presidium, DAY, None), None).permit().unwrap_err();
        assert_eq!(verdicts(&findings), [(Rule::Stf02, Outcome::Fail)]);
        assert_eq!((findings[0].measured.as_str(), findings[0].limit_in_words().as_str()), ("6", "不超过 5"));
        assert_eq!(findings[0].holders.len(), 5);
        assert_eq!(findings[0].message, "任命后主席团成员 6 人，超过 5 人");
        assert!(findings[0].remedy.contains("先离任"), "{}", findings[0].remedy);
        assert!(findings[0].clause.is_some());
    }

    #[test]
    fn two_later_appointments_are_judged_on_the_day_on_which_they_meet() {
        let plans = calendar("suzhou-2020");
        let mut timeline = presidium_of(4);
        timeline.add(&person(20), Post::Presidium, date!(2027 - 03 - 01), None);
        // In December there is a place, from March on there is none.
        let open = wanted(21, Post::Presidium, date!(2026 - 12 - 01), None);
        let findings = appoint(&plans, &timeline, None, open, None).permit().unwrap_err();
        assert_eq!(findings[0].message, "自2027年3月1日起，任命后主席团成员 6 人，超过 5 人");
        let until_then = wanted(21, Post::Presidium, date!(2026 - 12 - 01), Some(date!(2027 - 03 - 01)));
        assert!(appoint(&plans, &timeline, None, until_then, None).permit().is_ok());
    }

    #[test]
    fn a_term_that_ends_makes_room_and_the_refusal_names_the_day() {
        let plans = calendar("suzhou-2020");
        let mut timeline = presidium_of(5);
        timeline.holdings[2].until = Some(date!(2027 - 01 - 15));
        let findings =
            appoint(&plans, &timeline, None, wanted(9, Post::Presidium, DAY, None), None).permit().unwrap_err();
        assert!(findings[0].remedy.contains("2027年1月15日"), "{}", findings[0].remedy);
        let later = wanted(9, Post::Presidium, date!(2027 - 01 - 15), None);
        assert!(appoint(&plans, &timeline, None, later, None).permit().is_ok());
    }

    #[test]
    fn what_was_over_before_does_not_stand_in_the_way_of_something_else() {
        let plans = calendar("suzhou-2020");
        let timeline = presidium_of(6);
        let staff = wanted(9, Post::Staff("办公室".to_owned()), DAY, None);
        assert!(appoint(&plans, &timeline, None, staff, None).permit().is_ok());
        let seventh = wanted(9, Post::Presidium, DAY, None);
        assert!(appoint(&plans, &timeline, None, seventh, None).permit().is_err());
        // Putting right who one of the six is adds nobody.
        let other = wanted(9, Post::Presidium, DAY, None);
        assert!(appoint(&plans, &timeline, Some(3), other, None).permit().is_ok());
    }

    #[test]
    fn s3_7_is_hard_and_j4_2_5_asks_for_a_reason() {
        let office = || Post::Staff("办公室".to_owned());
        let mut timeline = Timeline::empty(Union::School);
        for place in 0..6 {
            timeline.add(&person(place), office(), DAY, None);
        }
        let suzhou = appoint(&calendar("suzhou-2020"), &timeline, None, wanted(9, office(), DAY, None), Some("理由"));
        assert_eq!(verdicts(&suzhou.permit().unwrap_err()), [(Rule::Stf05, Outcome::Fail)]);
        let jining = calendar("jining-2022");
        let bare = appoint(&jining, &timeline, None, wanted(9, office(), DAY, None), None).permit().unwrap_err();
        assert_eq!(verdicts(&bare), [(Rule::Stf05, Outcome::Warn)]);
        let reasoned =
            appoint(&jining, &timeline, None, wanted(9, office(), DAY, None), Some("大型活动多")).permit().unwrap();
        assert_eq!(reasoned.warned()[0].rule, Rule::Stf05);
    }

    #[test]
    fn j4_2_7_a_graduate_union_passes_a_cap_with_a_recorded_reason() {
        let mut timeline = presidium_of(5);
        timeline.union = Union::Graduate;
        let plans = calendar("jining-2022");
        let sixth = || wanted(9, Post::Presidium, DAY, None);
        let findings = appoint(&plans, &timeline, None, sixth(), None).permit().unwrap_err();
        assert_eq!(verdicts(&findings), [(Rule::Stf02, Outcome::Warn)]);
        assert!(appoint(&plans, &timeline, None, sixth(), Some("校区多")).permit().is_ok());
    }

    #[test]
    fn s5_6_one_appointment_is_warned_of_and_a_whole_batch_is_refused() {
        let plans = calendar("suzhou-2020");
        let stranger = |number| {
            let mut one = wanted(number, Post::Staff("办公室".to_owned()), DAY, None);
            one.person.from_college_union = Some(false);
            one
        };
        let findings = appoint(&plans, &Timeline::empty(Union::School), None, stranger(1), None).permit().unwrap_err();
        assert_eq!(verdicts(&findings), [(Rule::Stf10, Outcome::Warn)]);
        let batch = vec![stranger(1), stranger(2), wanted(3, Post::Presidium, DAY, None)];
        let findings =
            reshuffle(&plans, &Timeline::empty(Union::School), DAY, batch, Some("理由")).permit().unwrap_err();
        assert!(verdicts(&findings).contains(&(Rule::Stf10, Outcome::Fail)), "{findings:#?}");
        let half = vec![stranger(1), wanted(3, Post::Presidium, DAY, None)];
        assert!(reshuffle(&plans, &Timeline::empty(Union::School), DAY, half, Some("理由")).permit().is_ok());
    }

    #[test]
    fn s5_6_the_outcome_of_a_round_is_judged_as_a_whole_and_each_beside_those_before() {
        let plans = calendar("suzhou-2020");
        let office = || Post::Staff("办公室".to_owned());
        let of = |number, from_college| {
            let mut one = wanted(number, office(), DAY, None);
            one.person.from_college_union = Some(from_college);
            one
        };
        let judge = |batch: Vec<Wanted>| {
            let verdict = appoint_together(&plans, &Timeline::empty(Union::School), batch, None);
            verdict.permit().map(|appointments| appointments.len()).map_err(|findings| verdicts(&findings))
        };
        assert_eq!(judge(vec![of(1, true), of(2, false)]), Ok(2), "half of them, and no reason is asked for");
        assert_eq!(judge(vec![of(1, true), of(2, false), of(3, false)]), Err(vec![(Rule::Stf10, Outcome::Fail)]));
        let seven: Vec<Wanted> = (1..=7).map(|number| of(number, true)).collect();
        assert_eq!(judge(seven), Err(vec![(Rule::Stf05, Outcome::Fail)]), "the seventh is one too many");
    }

    #[test]
    fn the_person_must_meet_the_conditions_and_missing_data_refuse() {
        let plans = calendar("suzhou-2020");
        let judge = |change: fn(&mut Member)| {
            let mut one = wanted(1, Post::Presidium, DAY, None);
            change(&mut one.person);
            let verdict = appoint(&plans, &Timeline::empty(Union::School), None, one, Some("理由"));
            verdict.permit().map(|_| ()).map_err(|findings| verdicts(&findings))
        };
        let refused = |rule, outcome, change| {
            let findings: Vec<_> = judge(change).unwrap_err();
            assert!(findings.contains(&(rule, outcome)), "{findings:?}");
        };
        refused(Rule::Elg01, Outcome::Fail, |person| person.political = Some("群众".to_owned()));
        refused(Rule::Elg01, Outcome::Unknown, |person| person.political = None);
        refused(Rule::Elg03, Outcome::Fail, |person| person.rank = Some(Rank { rank: 4, cohort: 10 }));
        refused(Rule::Elg03, Outcome::Unknown, |person| person.rank = None);
        refused(Rule::Elg04, Outcome::Fail, |person| person.failed_courses = Some(1));
        refused(Rule::Elg04, Outcome::Unknown, |person| person.failed_courses = None);
        assert_eq!(judge(|person| person.rank = Some(Rank { rank: 3, cohort: 10 })), Ok(()));
    }

    #[test]
    fn a_plan_that_begins_later_judges_from_its_first_day_on() {
        let later = date!(2027 - 03 - 01);
        let plans = Calendar::new(vec![
            (date!(2024 - 09 - 01), Arc::new(named("jining-2022").unwrap().clone())),
            (later, Arc::new(named("suzhou-2020").unwrap().clone())),
        ]);
        let office = || Post::Staff("办公室".to_owned());
        let mut timeline = Timeline::empty(Union::School);
        for place in 0..6 {
            timeline.add(&person(place), office(), DAY, None);
        }
        let findings =
            appoint(&plans, &timeline, None, wanted(9, office(), DAY, None), Some("理由")).permit().unwrap_err();
        assert_eq!(verdicts(&findings), [(Rule::Stf05, Outcome::Fail)]);
        assert!(findings[0].message.starts_with("自2027年3月1日起，"), "{}", findings[0].message);
        let until = wanted(9, office(), DAY, Some(later));
        assert!(appoint(&plans, &timeline, None, until, Some("理由")).permit().is_ok());
    }

    #[test]
    fn one_person_in_two_posts_is_warned_of_as_practice() {
        let timeline = presidium_of(2);
        let second = wanted(1, Post::Staff("办公室".to_owned()), DAY, None);
        let findings = appoint(&calendar("suzhou-2020"), &timeline, None, second, None).permit().unwrap_err();
        assert_eq!(verdicts(&findings), [(Rule::Stf08, Outcome::Warn)]);
        assert!(findings.iter().any(|finding| finding.rule == Rule::Stf08 && finding.clause.is_none()));
    }

    /// What may happen to a union.
    #[derive(Debug, Clone)]
    enum Act {
        Appoint { person: u32, post: u32, from: i64, days: Option<i64> },
        End { place: usize, at: i64 },
        Found { name: u32, from: i64 },
        Reshuffle { seed: u32, at: i64 },
        Correct { place: usize, post: u32, from: i64 },
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let appoint = (0..60_u32, 0..15_u32, 0..200_i64, proptest::option::of(1..120_i64))
            .prop_map(|(person, post, from, days)| Act::Appoint { person, post, from, days });
        let end = (0..80_usize, 0..260_i64).prop_map(|(place, at)| Act::End { place, at });
        let found = (0..9_u32, 0..200_i64).prop_map(|(name, from)| Act::Found { name, from });
        let reshuffle = (0..500_u32, 0..200_i64).prop_map(|(seed, at)| Act::Reshuffle { seed, at });
        let correct =
            (0..80_usize, 0..15_u32, 0..200_i64).prop_map(|(place, post, from)| Act::Correct { place, post, from });
        let any = prop_oneof![12 => appoint, 4 => end, 3 => found, 1 => reshuffle, 2 => correct];
        proptest::collection::vec(any, 1..60)
    }

    fn post_of(number: u32) -> Post {
        match number {
            0..5 => Post::Presidium,
            5..9 => Post::Head(format!("部门{}", number % 3)),
            _ => Post::Staff(format!("部门{}", number % 3)),
        }
    }

    /// The hard caps of the Suzhou plan, counted another way than the rules count.
    fn over(timeline: &Timeline, day: Date) -> Option<String> {
        let held: Vec<(usize, &Post)> = timeline
            .holdings
            .iter()
            .filter(|holding| covers(holding.from, holding.until, day))
            .map(|holding| (holding.person, &holding.post))
            .collect();
        let people = |is: &dyn Fn(&Post) -> bool| {
            held.iter().filter(|(_, post)| is(post)).map(|(person, _)| *person).collect::<BTreeSet<_>>().len()
        };
        let presidium = people(&|post| *post == Post::Presidium);
        let names: BTreeSet<&str> = timeline
            .units_on(day)
            .map(|unit| unit.name.as_str())
            .chain(held.iter().filter_map(|(_, post)| post.department()))
            .collect();
        let college = timeline.union == Union::College;
        if presidium > if college { 3 } else { 5 } {
            return Some(format!("{presidium} on the presidium on {day}"));
        }
        if college {
            let all = people(&|_| true);
            return (all > 30).then(|| format!("{all} people on {day}"));
        }
        if names.len() > 6 {
            return Some(format!("{} departments on {day}", names.len()));
        }
        names.iter().find_map(|name| {
            let heads = people(&|post| *post == Post::Head((*name).to_owned()));
            let all = people(&|post| post.department() == Some(*name));
            (heads > 3 || all > 6).then(|| format!("{name} has {heads} heads and {all} people on {day}"))
        })
    }

    fn perform(timeline: &mut Timeline, plans: &Calendar, act: &Act) {
        let at = |days: i64| DAY + Duration::days(days);
        let there = |timeline: &Timeline, post: &Post, day: Date| {
            post.department().is_none_or(|name| timeline.units_on(day).any(|unit| unit.name == name))
        };
        match *act {
            Act::Appoint { person, post, from, days } => {
                let one = wanted(person, post_of(post), at(from), days.map(|days| at(from + days)));
                if there(timeline, &one.post, one.from)
                    && let Ok(passed) = appoint(plans, timeline, None, one, Some("理由")).permit()
                {
                    let Wanted { person, post, from, until } = passed.wanted().clone();
                    timeline.add(&person, post, from, until);
                }
            }
            Act::End { place, at: days } => {
                if let Some(holding) = timeline.holdings.get_mut(place)
                    && holding.until.is_none_or(|until| until > at(days))
                {
                    holding.until = Some(at(days).max(holding.from));
                }
            }
            Act::Found { name, from } => {
                let name = format!("部门{name}");
                if timeline.units.iter().all(|unit| unit.name != name) {
                    let unit = Unit {
                        name,
                        functions: "文艺".to_owned(),
                        ruling: None,
                        changed: None,
                        from: at(from),
                        until: None,
                    };
                    if let Ok(passed) = establish(plans, timeline, unit, None, Some("理由")).permit() {
                        timeline.units.push(passed.unit().clone());
                    }
                }
            }
            Act::Reshuffle { seed, at: days } => {
                let seats =
                    (0..seed % 40).map(|place| wanted(place + seed % 7, post_of((place * seed) % 15), at(days), None));
                if let Ok(passed) = reshuffle(plans, timeline, at(days), seats.collect(), Some("理由")).permit() {
                    *timeline = reshuffled(timeline, passed.day(), passed.appointments());
                }
            }
            Act::Correct { place, post, from } => {
                let Some(holding) = timeline.holdings.get(place) else { return };
                let one = Wanted {
                    person: timeline.people[holding.person].clone(),
                    post: post_of(post),
                    from: at(from),
                    until: holding.until.filter(|until| *until > at(from)),
                };
                if there(timeline, &one.post, one.from)
                    && let Ok(passed) = appoint(plans, timeline, Some(place), one, Some("理由")).permit()
                {
                    let Wanted { person, post, from, until } = passed.wanted().clone();
                    timeline.holdings.remove(place);
                    timeline.add(&person, post, from, until);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn after_every_act_every_hard_cap_holds_on_every_day(acts in acts(), college in any::<bool>()) {
            let plans = calendar("suzhou-2020");
            let mut timeline = Timeline::empty(if college { Union::College } else { Union::School });
            for act in acts {
                let said = format!("{act:?}");
                perform(&mut timeline, &plans, &act);
                for days in 0..340 {
                    let broken = over(&timeline, DAY + Duration::days(days));
                    prop_assert!(broken.is_none(), "after {said}: {}", broken.unwrap_or_default());
                }
            }
        }
    }
}
