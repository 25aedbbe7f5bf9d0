//! ORG: the executive chair, a duty that presidium members carry in turn.

use time::{Date, Duration, Month};

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    adoption::Calendar,
    plan::{Provision, Stated, Turn as Period, TurnUnit},
    roster::{Member, numbers},
    timeline::{Holding, Semester, Timeline, Turn, covers},
};
use crate::text::chinese_day;

/// ORG-03, 执行主席由主席团成员轮值担任: one at a time, and a presidium member. Nobody marked is unknown, not a breach.
#[must_use]
pub fn executive_chair(plan: &Plan, members: &[Member]) -> Finding {
    let Some(provision) = plan.provision(Rule::Org03) else {
        return Finding::unstated(Rule::Org03, plan);
    };
    let chairs = numbers(members, |member| member.chair);
    let outsiders = numbers(members, |member| member.chair && !plan.is_on_presidium(member));
    let measured = chairs.len();
    let finding = if measured == 0 {
        Finding::new(provision, Outcome::Unknown, "名单没有标明谁是当值执行主席".to_owned())
            .remedy("在“执行主席”一栏填“是”")
    } else if measured > 1 {
        Finding::new(provision, provision.breach(), format!("标明了 {measured} 名执行主席，同一时间只能有 1 名"))
            .about(chairs)
            .remedy("只保留当值的一名")
    } else if !outsiders.is_empty() {
        Finding::new(provision, provision.breach(), "执行主席不是主席团成员".to_owned())
            .about(outsiders)
            .remedy("由主席团成员轮值担任")
    } else {
        Finding::new(provision, Outcome::Pass, "1 名执行主席，是主席团成员".to_owned())
    };
    finding.against(&measured, "=1")
}

/// ORG-03 for a union under the rules: who is on duty is known by turns, so nobody is a breach and not a blank. `by_turn` is
/// false before the first turn is confirmed, when only the roster says who it was.
#[must_use]
pub fn somebody_on_duty(plan: &Plan, members: &[Member], by_turn: bool) -> Finding {
    let finding = executive_chair(plan, members);
    let marked: Vec<&str> = members.iter().filter(|member| member.chair).map(|member| member.name.as_str()).collect();
    match plan.provision(Rule::Org03) {
        Some(provision) if !by_turn && finding.verdict == Outcome::Pass => {
            let says = format!("名单标明的执行主席{}还没有确认轮值", marked.join("、"));
            Finding::new(provision, Outcome::Unknown, says).remedy("在“轮值”里拟定并确认")
        }
        Some(provision) if finding.verdict == Outcome::Unknown => {
            Finding::new(provision, provision.breach(), "今天没有当值执行主席".to_owned())
                .against(&0, "=1")
                .remedy("在“轮值”里排定并确认当值人选")
        }
        _ => finding,
    }
}

/// The last day of a term that ends before `until`.
fn last_day(until: Date) -> Date {
    until.previous_day().unwrap_or(until)
}

/// ORG-04, 以学期为一个轮值周期 or 不超过一学期: one turn against its semester, seen from `today`. A turn that completes a
/// semester is a whole one: after somebody who left, from the day on which the union came under the rules, or from today
/// where nobody was on duty until now (the project's reading: the period is the semester, and it must not stay without a
/// chair).
fn period(plan: &Plan, timeline: &Timeline, turn: &Turn, today: Date) -> Finding {
    let Some(&Stated { value: length, ref provision }) = plan.figures.turn.as_ref() else {
        return Finding::unstated(Rule::Org04, plan);
    };
    let measured = format!("{} 至 {}", turn.from, last_day(turn.until));
    let Some(semester) =
        timeline.semesters.iter().find(|semester| covers(semester.from, Some(semester.until), turn.from))
    else {
        return Finding::new(provision, Outcome::Unknown, format!("{}不在已登记的学期内", chinese_day(turn.from)))
            .against(&measured, "一个学期")
            .remedy("由校团委先在“学期”里登记这个学期");
    };
    let whole = format!("{} 至 {}", semester.from, last_day(semester.until));
    if turn.until > semester.until {
        return Finding::new(provision, provision.breach(), "轮值跨出了一个学期".to_owned())
            .against(&measured, whole)
            .remedy("到学期末为止，下学期另排");
    }
    match length {
        Period { unit: TurnUnit::Month | TurnUnit::Week, .. } => by_days(provision, length, turn, semester.until),
        Period { unit: TurnUnit::Semester, exact: false, .. } => {
            Finding::new(provision, Outcome::Pass, "不超过一个学期".to_owned()).against(&measured, whole)
        }
        Period { unit: TurnUnit::Semester, exact: true, .. } => {
            let before = timeline.turns.iter().any(|other| other.until == turn.from && other.from >= semester.from);
            let from_start = turn.from == semester.from;
            let opened = timeline.opened.is_some_and(|day| turn.from == day && day > semester.from);
            let late = turn.from <= today;
            // The presidium is new: nobody sat on it the day before.
            let eve = turn.from.previous_day().unwrap_or(turn.from);
            let seated = |holding: &&Holding| plan.is_seat(&holding.post) && covers(holding.from, holding.until, eve);
            let late = late || !timeline.holdings.iter().any(|holding| seated(&holding));
            if turn.until == semester.until && from_start {
                Finding::new(provision, Outcome::Pass, "与学期一致".to_owned()).against(&measured, whole)
            } else if turn.until == semester.until && (before || opened || late) {
                let says = format!("自{}起接到学期末，补足本学期的轮值周期", chinese_day(turn.from));
                Finding::new(provision, Outcome::Pass, says).against(&measured, whole)
            } else {
                Finding::new(provision, provision.breach(), "轮值周期不是一个完整的学期".to_owned())
                    .against(&measured, whole)
                    .remedy("起止日期与学期一致；前任中途离任的，接替者从离任当天起到学期末")
            }
        }
    }
}

/// ORG-04 where the period is months or weeks: a turn that is cut short by its semester's end is a whole one.
fn by_days(provision: &Provision, length: Period, turn: &Turn, semester_end: Date) -> Finding {
    let end = end_of(turn.from, length);
    let measured = format!("{} 至 {}", turn.from, last_day(turn.until));
    let whole = format!("{} 至 {}", turn.from, last_day(end.min(semester_end)));
    let (verdict, says) = if turn.until > end {
        (provision.breach(), format!("轮值超过了规定的周期（{}）", length.in_words()))
    } else if length.exact && turn.until < end.min(semester_end) {
        (provision.breach(), format!("轮值短于规定的周期（{}）", length.in_words()))
    } else {
        (Outcome::Pass, format!("合于规定的周期（{}）", length.in_words()))
    };
    let remedy = if verdict == Outcome::Pass {
        String::new()
    } else {
        format!("排到{}", chinese_day(last_day(end.min(semester_end))))
    };
    Finding::new(provision, verdict, says).against(&measured, whole).remedy(remedy)
}

/// The first day after a period of months or weeks that begins on a day.
fn end_of(from: Date, length: Period) -> Date {
    let weeks = i64::from(length.number);
    if length.unit == TurnUnit::Week {
        return from.checked_add(Duration::weeks(weeks)).unwrap_or(Date::MAX);
    }
    let months = u32::from(u8::from(from.month())) - 1 + length.number;
    let (years, month) = (months / 12, months % 12 + 1);
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok()).unwrap_or(Month::January);
    let year = from.year() + i32::try_from(years).unwrap_or_default();
    // The 31st of a month has its end where the next one is over.
    let day = from.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
}

/// ORG-04 for a union on a day: the turn that runs.
#[must_use]
pub fn length_of_turn(plan: &Plan, timeline: &Timeline, day: Date) -> Finding {
    let Some(provision) = plan.provision(Rule::Org04) else {
        return Finding::unstated(Rule::Org04, plan);
    };
    match timeline.turns.iter().find(|turn| covers(turn.from, Some(turn.until), day)) {
        Some(turn) => period(plan, timeline, turn, day),
        None => Finding::new(provision, Outcome::Unknown, "今天没有确认过的轮值，无从核对长短".to_owned())
            .remedy("在“轮值”里排定并确认"),
    }
}

/// A turn, passed by [`take_turn`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    turn: Turn,
    warned: Vec<Finding>,
}

impl Duty {
    #[must_use]
    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    /// What was warned of and passed with a reason.
    #[must_use]
    pub fn warned(&self) -> &[Finding] {
        &self.warned
    }
}

/// ORG-03, ORG-04: whether a turn may stand. Its holder sits on the presidium on every day of it, nobody else is on duty
/// meanwhile, and it is as long as the plan says. The same person twice running is warned of: a permanent chair would be a
/// president by another name (trap T4), but no clause forbids it.
///
/// A turn that begins before `today` is entered afterwards, which needs a reason too: it must not paint over days on which
/// nobody was on duty.
pub fn take_turn(
    calendar: &Calendar,
    timeline: &Timeline,
    turn: Turn,
    today: Date,
    reason: Option<&str>,
) -> Verdict<Duty> {
    let mut findings: Vec<Finding> = Vec::new();
    // Every plan that governs while it lasts is asked.
    let days = std::iter::once(turn.from).chain(calendar.days().filter(|day| turn.from < *day && *day < turn.until));
    for plan in days.filter_map(|day| calendar.in_force(day)) {
        if let Some(provision) = plan.provision(Rule::Org03) {
            findings.extend(seated_and_alone(&plan, provision, timeline, &turn));
        }
        findings.push(period(&plan, timeline, &turn, today));
    }
    findings.retain(|finding| finding.verdict.is_judged());
    if calendar.in_force(turn.from).is_none() {
        let says = format!("{}本校还没有启用实施方案，轮值没有依据", chinese_day(turn.from));
        let remedy = "从方案启用之日或以后起排";
        findings.push(Finding::practice(Rule::Org03, Outcome::Fail, says).remedy(remedy));
    }
    let again = |other: &&Turn| other.number == turn.number && (other.until == turn.from || turn.until == other.from);
    if timeline.turns.iter().any(|other| again(&other)) {
        let says = "与相邻的一期是同一人；轮值应由不同的主席团成员担任，这是实践惯例，方案未作规定".to_owned();
        findings.push(Finding::practice(Rule::Org03, Outcome::Warn, says));
    }
    if turn.from < today {
        let says = format!("起始日{}早于今天，是补登；补登须写明理由，也可以改为从今天起", chinese_day(turn.from));
        findings.push(Finding::practice(Rule::Org03, Outcome::Warn, says));
    }
    let mut seen = Vec::new();
    findings.retain(|finding| {
        let said = (finding.rule, finding.message.clone());
        let is_new = !seen.contains(&said);
        seen.push(said);
        is_new
    });
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    Verdict::seal_with_reason(findings, Duty { turn, warned }, reason)
}

/// ORG-03 of one turn: its holder has a seat on every day of it, and nobody else is on duty meanwhile.
fn seated_and_alone(plan: &Plan, provision: &Provision, timeline: &Timeline, turn: &Turn) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sits = timeline.holdings.iter().filter(|holding| {
        let person = timeline.people.get(holding.person);
        plan.is_seat(&holding.post) && person.is_some_and(|person| person.number == turn.number)
    });
    let seats: Vec<(Date, Option<Date>)> = sits.map(|holding| (holding.from, holding.until)).collect();
    if let Some(day) = first_gap(&seats, turn.from, turn.until) {
        findings.push(
            Finding::new(
                provision,
                provision.breach(),
                format!("{}这天，当值人选不是在任的主席团成员", chinese_day(day)),
            )
            .against(&day, "轮值期内一直是主席团成员")
            .remedy("选在任期覆盖整个轮值期的主席团成员，或调整起止日期"),
        );
    }
    if let Some(other) = timeline.turns.iter().find(|other| other.from < turn.until && turn.from < other.until) {
        let says = format!(
            "{}至{}已有确认的当值执行主席，同一时间只能有 1 名",
            chinese_day(other.from),
            chinese_day(last_day(other.until))
        );
        let mut finding = Finding::new(provision, provision.breach(), says)
            .against(&2, "=1")
            .remedy(format!("从{}起排，或先撤回（结束）已确认的一期", chinese_day(other.until)));
        finding.holders = vec![other.name.clone()];
        findings.push(finding);
    }
    findings
}

/// The first day of a time, until its second day exclusive, on which no seat is held.
#[must_use]
pub fn first_gap(seats: &[(Date, Option<Date>)], from: Date, until: Date) -> Option<Date> {
    let mut day = from;
    while day < until {
        match seats.iter().filter(|(from, until)| covers(*from, *until, day)).map(|(_, until)| *until).max_by_key(
            |until| {
                // An open seat reaches furthest.
                until.unwrap_or(Date::MAX)
            },
        ) {
            None => return Some(day),
            Some(None) => return None,
            Some(Some(until)) => day = until,
        }
    }
    None
}

/// Days without a confirmed turn between two days: first day and first day after.
#[must_use]
pub fn gaps(turns: &[Turn], from: Date, until: Date) -> Vec<(Date, Date)> {
    let mut sorted: Vec<&Turn> = turns.iter().filter(|turn| turn.until > turn.from).collect();
    sorted.sort_by_key(|turn| turn.from);
    let (mut gaps, mut day) = (Vec::new(), from);
    for turn in sorted {
        if turn.from > day && day < until {
            gaps.push((day, turn.from.min(until)));
        }
        day = day.max(turn.until);
    }
    if day < until {
        gaps.push((day, until));
    }
    gaps
}

/// How long before a semester's end its successor should be settled.
pub const AHEAD: Duration = Duration::days(21);

/// The semester that holds a day.
#[must_use]
pub fn semester_of(semesters: &[Semester], day: Date) -> Option<Semester> {
    semesters.iter().copied().find(|semester| covers(semester.from, Some(semester.until), day))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::{Union, named},
        roster::{Post, tests::member},
    };

    #[test]
    fn s2_5_one_chair_on_the_presidium() {
        let plan = named("suzhou-2020").unwrap();
        let mut people =
            [member(1, Post::Presidium), member(2, Post::Presidium), member(3, Post::Staff("办公室".to_owned()))];
        assert_eq!(executive_chair(plan, &people).verdict, Outcome::Unknown);
        people[0].chair = true;
        assert_eq!(executive_chair(plan, &people).verdict, Outcome::Pass);
        people[1].chair = true;
        assert_eq!(executive_chair(plan, &people).subjects, ["20240001", "20240002"]);
        people[0].chair = false;
        people[1].chair = false;
        people[2].chair = true;
        assert_eq!(executive_chair(plan, &people).subjects, ["20240003"]);
    }

    const AUTUMN: Semester = Semester { from: date!(2026 - 09 - 01), until: date!(2027 - 02 - 22) };
    const SPRING: Semester = Semester { from: date!(2027 - 02 - 22), until: date!(2027 - 09 - 01) };

    fn union() -> Timeline {
        let mut timeline = Timeline::empty(Union::School);
        timeline.semesters = vec![AUTUMN, SPRING];
        for number in 0..3 {
            timeline.add(&member(number, Post::Presidium), Post::Presidium, AUTUMN.from, None);
        }
        timeline.add(&member(9, Post::Presidium), Post::Staff("办公室".to_owned()), AUTUMN.from, None);
        timeline
    }

    fn turn(number: u32, from: Date, until: Date) -> Turn {
        Turn { number: format!("2024{number:04}"), name: String::new(), from, until }
    }

    fn judge(code: &str, timeline: &Timeline, turn: Turn) -> Result<(), Vec<(Rule, Outcome)>> {
        let plans = Calendar::always(Arc::new(named(code).unwrap().clone()));
        let verdict = take_turn(&plans, timeline, turn, AUTUMN.from, None).permit();
        verdict.map(|_| ()).map_err(|findings| {
            let open = findings.iter().filter(|finding| finding.verdict != Outcome::Pass);
            open.map(|finding| (finding.rule, finding.verdict)).collect()
        })
    }

    #[test]
    fn s2_6_a_turn_is_exactly_a_semester_and_j4_1_7_at_most_one() {
        let half = turn(1, AUTUMN.from, date!(2026 - 12 - 01));
        assert_eq!(judge("suzhou-2020", &union(), turn(1, AUTUMN.from, AUTUMN.until)), Ok(()));
        assert_eq!(judge("suzhou-2020", &union(), half.clone()), Err(vec![(Rule::Org04, Outcome::Fail)]));
        assert_eq!(judge("jining-2022", &union(), half), Ok(()));
        for plan in ["suzhou-2020", "jining-2022"] {
            let long = turn(1, AUTUMN.from, date!(2027 - 03 - 01));
            assert_eq!(judge(plan, &union(), long), Err(vec![(Rule::Org04, Outcome::Fail)]), "{plan}");
            let nowhere = turn(1, date!(2028 - 03 - 01), date!(2028 - 06 - 01));
            assert_eq!(judge(plan, &union(), nowhere), Err(vec![(Rule::Org04, Outcome::Unknown)]), "{plan}");
        }
    }

    #[test]
    fn s2_6_whoever_completes_a_period_takes_the_rest_of_the_semester() {
        let mut timeline = union();
        timeline.turns.push(turn(1, AUTUMN.from, date!(2026 - 11 - 10)));
        assert_eq!(judge("suzhou-2020", &timeline, turn(2, date!(2026 - 11 - 10), AUTUMN.until)), Ok(()));
        let late = turn(2, date!(2026 - 11 - 20), AUTUMN.until);
        assert_eq!(judge("suzhou-2020", &timeline, late), Err(vec![(Rule::Org04, Outcome::Fail)]));
        let mut opened = union();
        opened.opened = Some(date!(2026 - 10 - 08));
        assert_eq!(judge("suzhou-2020", &opened, turn(2, date!(2026 - 10 - 08), AUTUMN.until)), Ok(()));
    }

    #[test]
    fn s2_5_the_holder_sits_on_the_presidium_all_the_time_and_alone() {
        let whole = |number| turn(number, AUTUMN.from, AUTUMN.until);
        assert_eq!(judge("suzhou-2020", &union(), whole(9)), Err(vec![(Rule::Org03, Outcome::Fail)]));
        let mut leaving = union();
        leaving.holdings[1].until = Some(date!(2027 - 01 - 01));
        assert_eq!(judge("suzhou-2020", &leaving, whole(1)), Err(vec![(Rule::Org03, Outcome::Fail)]));
        let mut taken = union();
        taken.turns.push(whole(0));
        assert_eq!(judge("suzhou-2020", &taken, whole(1)), Err(vec![(Rule::Org03, Outcome::Fail)]));
        assert_eq!(judge("suzhou-2020", &taken, turn(1, SPRING.from, SPRING.until)), Ok(()));
        let again = turn(0, SPRING.from, SPRING.until);
        assert_eq!(judge("suzhou-2020", &taken, again), Err(vec![(Rule::Org03, Outcome::Warn)]), "T4: practice");
    }

    #[test]
    fn gaps_are_the_days_without_a_turn() {
        let turns =
            [turn(0, date!(2026 - 10 - 01), date!(2026 - 11 - 01)), turn(1, date!(2026 - 12 - 01), AUTUMN.until)];
        assert_eq!(
            gaps(&turns, AUTUMN.from, SPRING.until),
            [
                (AUTUMN.from, date!(2026 - 10 - 01)),
                (date!(2026 - 11 - 01), date!(2026 - 12 - 01)),
                (AUTUMN.until, SPRING.until)
            ]
        );
        assert_eq!(gaps(&[turn(0, AUTUMN.from, SPRING.until)], AUTUMN.from, SPRING.until), []);
    }
}
