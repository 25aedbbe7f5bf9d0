//! Rules of a university's own, which stand in no catalogue: what is reported of a union in an academic year, held against the
//! limit that the plan file gives (POL-00: a plan governs by its own document).

use time::Date;

use super::{
    Outcome, Plan,
    plan::{OwnCheck, OwnLimit, OwnRule, Reelection, Share, TermOf, Union, YearDay},
    timeline::{Holding, Timeline, covers},
    yearly::{academic_year, academic_year_in_words, year_after},
};
use crate::text::chinese_day;

/// What is reported of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFact {
    /// The rule's name.
    pub rule: String,
    /// How many people it counts.
    pub number: Option<u32>,
    /// Of how many, where the rule asks for a share.
    pub of: Option<u32>,
    /// The day for which it holds, or on which it was done.
    pub on: Date,
    /// Which document: its number or its name.
    pub document: String,
}

/// What is known of a union beside its plan.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnKnown<'a> {
    pub facts: &'a [OwnFact],
    /// Who holds which post since when; none where nothing is known of it.
    pub timeline: Option<&'a Timeline>,
}

/// The answer to a rule of the university's own.
#[derive(Debug, Clone)]
pub struct OwnFinding<'p> {
    pub rule: &'p OwnRule,
    pub verdict: Outcome,
    pub message: String,
}

/// The answers to a plan's own rules for a union, in the order of the file. Of several reports of one academic year the last
/// counts; those of another year do not.
#[must_use]
pub fn own_findings<'p>(plan: &'p Plan, union: Union, known: OwnKnown<'_>, today: Date) -> Vec<OwnFinding<'p>> {
    let OwnKnown { facts, timeline } = known;
    let of_year = |fact: &&OwnFact| fact.on <= today && academic_year(fact.on) == academic_year(today);
    let one = |rule: &'p OwnRule| {
        let reported = facts.iter().filter(of_year).filter(|fact| fact.rule == rule.name).max_by_key(|fact| fact.on);
        let (verdict, message) = match rule.limit {
            Some(limit @ OwnLimit::Term { of: TermOf::Delegates, .. }) => {
                let says = "代表随每次大会产生，登记在各次大会里，系统不按年核对，请对照原文把关";
                (Outcome::NotJudged, format!("{}；{says}", limit.in_words()))
            }
            Some(OwnLimit::Term { of, years, again: Some(Reelection::Times(again)) }) => {
                let most = years.saturating_mul(again.saturating_add(1));
                served(plan, Served { of, most, breach: breach(rule) }, timeline, today)
            }
            // Nobody serves too long; who serves on is said all the same.
            Some(limit @ OwnLimit::Term { of, years, again: Some(Reelection::Unlimited) }) => {
                let (verdict, says) = served(plan, Served { of, most: years, breach: Outcome::Pass }, timeline, today);
                (verdict, format!("{}。{says}", limit.in_words()))
            }
            // Without a word on re-election a long service is no breach: who it is is said, and people judge.
            Some(limit @ OwnLimit::Term { of, years, again: None }) => {
                let (_, says) = served(plan, Served { of, most: years, breach: Outcome::NotJudged }, timeline, today);
                let open = "方案没有录入连任的限制，系统不作判断";
                (Outcome::NotJudged, format!("{}；{open}。{says}", limit.in_words()))
            }
            Some(OwnLimit::Experience { of, months }) => experienced(plan, of, months, timeline, today),
            _ => judge(rule, reported, today),
        };
        OwnFinding { rule, verdict, message }
    };
    plan.own.iter().filter(|rule| rule.is_of(union)).map(one).collect()
}

fn judge(rule: &OwnRule, reported: Option<&OwnFact>, today: Date) -> (Outcome, String) {
    let Some(limit) = rule.limit else {
        return (Outcome::NotJudged, format!("{}，系统不作判断，请对照原文把关", rule.asks));
    };
    let breach = breach(rule);
    let year = academic_year_in_words(academic_year(today));
    let Some(fact) = reported else {
        return match limit {
            OwnLimit::Yearly { by: Some(by) } => unreported(by, breach, today),
            _ => (Outcome::Unknown, format!("{year}还没有登记")),
        };
    };
    match limit {
        OwnLimit::People { at_least, at_most } => match fact.number {
            None => (Outcome::Unknown, "没有登记人数".to_owned()),
            Some(number) => {
                let fits = number >= at_least && at_most.is_none_or(|most| number <= most);
                let says = format!("{}登记 {number} 人，要求{}", chinese_day(fact.on), limit.in_words());
                (if fits { Outcome::Pass } else { breach }, says)
            }
        },
        OwnLimit::Share { at_least, at_most } => match fact.number.zip(fact.of).filter(|(_, of)| *of > 0) {
            None => (Outcome::Unknown, "没有登记人数和总数".to_owned()),
            Some((number, of)) => {
                let fits = at_least.is_none_or(|least: Share| number >= least.ceil_of(of))
                    && at_most.is_none_or(|most: Share| number <= most.floor_of(of));
                let says = format!("{}登记 {of} 人中有 {number} 人，要求{}", chinese_day(fact.on), limit.in_words());
                (if fits { Outcome::Pass } else { breach }, says)
            }
        },
        OwnLimit::Term { .. } | OwnLimit::Experience { .. } => {
            (Outcome::NotJudged, format!("{}，系统不作判断", limit.in_words()))
        }
        OwnLimit::Yearly { by } => {
            let late = by.and_then(|by| by.in_year(academic_year(fact.on))).filter(|last| fact.on > *last);
            let what = match rule.check {
                OwnCheck::Document => format!("{}存档：{}", chinese_day(fact.on), fact.document),
                _ => format!("{}办理", chinese_day(fact.on)),
            };
            match late {
                Some(last) => (breach, format!("{what}，迟于{}", chinese_day(last))),
                None => (Outcome::Pass, what),
            }
        }
    }
}

fn breach(rule: &OwnRule) -> Outcome {
    if rule.soft { Outcome::Warn } else { Outcome::Fail }
}

/// How long somebody may hold an office without a break.
#[derive(Debug, Clone, Copy)]
struct Served {
    of: TermOf,
    /// Years, all terms together.
    most: u32,
    /// What longer service is.
    breach: Outcome,
}

/// Somebody who serves on a day, by their place among the people, and since when without a break.
struct Serving {
    person: usize,
    since: Date,
}

/// Those who serve on a day in the posts that are meant.
fn serving(plan: &Plan, of: TermOf, timeline: &Timeline, day: Date) -> Vec<Serving> {
    let is_meant = |holding: &&Holding| match of {
        TermOf::Presidium => plan.is_seat(&holding.post),
        TermOf::Department => holding.post.department().is_some(),
        TermOf::Delegates => false,
    };
    let one = |holding: &Holding| {
        // One post after the other, without a day between them.
        let earlier = |since: Date| {
            let own = timeline.holdings.iter().filter(is_meant).filter(|one| one.person == holding.person);
            own.filter(|one| one.from < since && one.until.is_none_or(|until| until >= since)).map(|one| one.from).min()
        };
        let since = std::iter::successors(Some(holding.from), |since| earlier(*since)).last().unwrap_or(holding.from);
        Serving { person: holding.person, since }
    };
    timeline.holdings.iter().filter(is_meant).filter(|one| covers(one.from, one.until, day)).map(one).collect()
}

/// Whoever serves on a day had served in the union for so many months before. Where its record does not show it they may have
/// served elsewhere (a class, a branch, a society): who it is is said, and people judge.
fn experienced(plan: &Plan, of: TermOf, months: u32, timeline: Option<&Timeline>, day: Date) -> (Outcome, String) {
    let asked = OwnLimit::Experience { of, months }.in_words();
    let serving = timeline.map(|timeline| serving(plan, of, timeline, day)).unwrap_or_default();
    let Some(timeline) = timeline.filter(|_| !serving.is_empty()) else {
        return (Outcome::NotJudged, format!("{asked}；由人工核对"));
    };
    let served_before = |one: &Serving| {
        let earlier =
            timeline.holdings.iter().filter(|holding| holding.person == one.person && holding.from < one.since);
        let mut spans: Vec<(Date, Date)> = earlier
            .map(|holding| (holding.from, holding.until.map_or(one.since, |until| until.min(one.since))))
            .collect();
        spans.sort_unstable();
        // Two posts at once count once.
        let mut counted = Date::MIN;
        spans.into_iter().fold(0, |days, (from, until)| {
            let from = from.max(counted);
            counted = counted.max(until);
            days + (until - from).whole_days().max(0)
        })
    };
    let shows = |one: &&Serving| served_before(one) * 12 >= i64::from(months) * 365;
    let mut open: Vec<&str> = serving
        .iter()
        .filter(|one| !shows(one))
        .filter_map(|one| timeline.people.get(one.person).map(|person| person.name.as_str()))
        .collect();
    open.sort_unstable();
    open.dedup();
    if open.is_empty() {
        return (Outcome::Pass, format!("{asked}：本会的任职记录都能看出"));
    }
    let says = "本会的任职记录里看不出，可能在班级、团支部或其他组织任职，由人工核对";
    (Outcome::NotJudged, format!("{asked}；{} 人{says}：{}", open.len(), open.join("、")))
}

/// Nobody who serves on a day has served longer than the terms allow, counted without a break.
fn served(plan: &Plan, limit: Served, timeline: Option<&Timeline>, day: Date) -> (Outcome, String) {
    let Served { of, most, breach } = limit;
    let Some(timeline) = timeline else {
        return (Outcome::NotJudged, format!("{}的任期由人工核对", of.label()));
    };
    let mut over: Vec<&str> = Vec::new();
    for Serving { person, since } in serving(plan, of, timeline, day) {
        let ends = (0..most).fold(since, |day, _| year_after(day));
        if let Some(person) = timeline.people.get(person).filter(|_| day > ends) {
            over.push(&person.name);
        }
    }
    over.sort_unstable();
    over.dedup();
    if over.is_empty() {
        return (Outcome::Pass, format!("没有人连续任职超过 {most} 年"));
    }
    (breach, format!("{} 人连续任职超过 {most} 年：{}", over.len(), over.join("、")))
}

/// Nothing is reported so far of what is due by a day.
fn unreported(by: YearDay, breach: Outcome, today: Date) -> (Outcome, String) {
    match by.in_year(academic_year(today)) {
        Some(last) if today > last => (breach, format!("到{}没有登记", chinese_day(last))),
        Some(last) => (Outcome::Unknown, format!("还没有登记，{}以前办", chinese_day(last))),
        None => (Outcome::Unknown, "还没有登记".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::BUILT_IN,
        roster::{Post, tests::member},
    };

    const CLAUSES: &str = "clauses = [{ id = \"Q1\", section = \"五\", quote = \"每个班级设联络员一名\" }]";

    fn text(rules: &[&str]) -> String {
        let one = |rule: &&str| format!("[[own]]\nasks = \"按规定办\"\n{rule}\n{CLAUSES}\n");
        let own: Vec<String> = rules.iter().map(one).collect();
        BUILT_IN[1].1.replacen("[bodies]", &format!("{}\n[bodies]", own.concat()), 1)
    }

    fn plan(rule: &str) -> Plan {
        Plan::parse(&text(&[rule])).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    fn refusals(rules: &[&str]) -> String {
        let errors = Plan::parse(&text(rules)).expect_err("must be refused");
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    fn fact(number: Option<u32>, of: Option<u32>, on: Date) -> OwnFact {
        OwnFact { rule: "联络员".to_owned(), number, of, on, document: "总结〔2026〕1号".to_owned() }
    }

    const TODAY: Date = date!(2026 - 11 - 29);

    fn verdict(plan: &Plan, facts: &[OwnFact], today: Date) -> Outcome {
        let found = own_findings(plan, Union::School, OwnKnown { facts, timeline: None }, today);
        assert_eq!(found.len(), 1);
        found[0].verdict
    }

    #[test]
    fn pol_00_a_number_of_people_is_held_against_its_bounds() {
        let hard = plan("name = \"联络员\"\ncheck = \"people\"\nat_least = 2\nat_most = 4");
        assert_eq!(verdict(&hard, &[], TODAY), Outcome::Unknown, "nothing is reported: never green");
        let of = |number| [fact(Some(number), None, date!(2026 - 10 - 01))];
        let verdicts = [1, 2, 4, 5].map(|number| verdict(&hard, &of(number), TODAY));
        assert_eq!(verdicts, [Outcome::Fail, Outcome::Pass, Outcome::Pass, Outcome::Fail]);
        let soft = plan("name = \"联络员\"\ncheck = \"people\"\nat_least = 2\nsoft = true");
        assert_eq!(verdict(&soft, &of(1), TODAY), Outcome::Warn);
        let last_year = [fact(Some(2), None, date!(2026 - 07 - 31))];
        assert_eq!(verdict(&hard, &last_year, TODAY), Outcome::Unknown, "of another academic year");
        let both = [fact(Some(9), None, date!(2026 - 09 - 01)), fact(Some(3), None, date!(2026 - 10 - 01))];
        assert_eq!(verdict(&hard, &both, TODAY), Outcome::Pass, "the last counts");
    }

    #[test]
    fn pol_00_a_share_is_counted_without_rounding() {
        let third = plan("name = \"联络员\"\ncheck = \"share\"\nat_least = \"1/3\"");
        let of = |number, of| [fact(Some(number), Some(of), date!(2026 - 10 - 01))];
        assert_eq!(verdict(&third, &of(33, 99), TODAY), Outcome::Pass);
        assert_eq!(verdict(&third, &of(33, 100), TODAY), Outcome::Fail);
        assert_eq!(verdict(&third, &of(0, 0), TODAY), Outcome::Unknown);
        let most = plan("name = \"联络员\"\ncheck = \"share\"\nat_most = \"20%\"");
        assert_eq!([2, 3].map(|number| verdict(&most, &of(number, 10), TODAY)), [Outcome::Pass, Outcome::Fail]);
    }

    #[test]
    fn pol_00_what_is_due_by_a_day_is_open_before_it_and_late_after() {
        let by = plan("name = \"联络员\"\ncheck = \"document\"\nby = \"12-31\"");
        assert_eq!(verdict(&by, &[], TODAY), Outcome::Unknown);
        assert_eq!(verdict(&by, &[], date!(2027 - 01 - 01)), Outcome::Fail);
        let filed = |on| [fact(None, None, on)];
        assert_eq!(verdict(&by, &filed(date!(2026 - 12 - 31)), date!(2027 - 01 - 01)), Outcome::Pass);
        assert_eq!(verdict(&by, &filed(date!(2027 - 01 - 01)), date!(2027 - 01 - 02)), Outcome::Fail);
        let summer = plan("name = \"联络员\"\ncheck = \"step\"\nby = \"06-30\"");
        assert_eq!(verdict(&summer, &[], date!(2027 - 06 - 30)), Outcome::Unknown, "the summer of the next year");
        assert_eq!(verdict(&summer, &[], date!(2027 - 07 - 01)), Outcome::Fail);
        let any = plan("name = \"联络员\"\ncheck = \"date\"\nby = \"year\"");
        assert_eq!(verdict(&any, &filed(date!(2026 - 08 - 01)), TODAY), Outcome::Pass);
    }

    #[test]
    fn pol_00_without_a_limit_people_judge_and_other_unions_are_not_asked() {
        let quoted = plan("name = \"联络员\"\ncheck = \"people\"");
        assert_eq!(verdict(&quoted, &[], TODAY), Outcome::NotJudged);
        let colleges = plan("name = \"联络员\"\ncheck = \"people\"\nat_least = 1\nunions = [\"college\"]");
        assert!(own_findings(&colleges, Union::School, OwnKnown::default(), TODAY).is_empty());
        assert_eq!(own_findings(&colleges, Union::College, OwnKnown::default(), TODAY).len(), 1);
    }

    fn by_record<'p>(plan: &'p Plan, timeline: &Timeline, day: Date) -> OwnFinding<'p> {
        own_findings(plan, Union::School, OwnKnown { facts: &[], timeline: Some(timeline) }, day).remove(0)
    }

    #[test]
    fn pol_00_a_term_is_counted_by_the_unions_record() {
        let once = plan("name = \"任期\"\ncheck = \"term\"\nof = \"presidium\"\nyears = 1\nreelections = 1");
        let mut timeline = Timeline::empty(Union::School);
        let first = member(1, Post::Presidium);
        timeline.add(&first, Post::Presidium, date!(2024 - 09 - 14), Some(date!(2025 - 09 - 14)));
        timeline.add(&first, Post::Presidium, date!(2025 - 09 - 14), None);
        timeline.add(&member(2, Post::Presidium), Post::Presidium, date!(2025 - 09 - 14), None);
        assert_eq!(by_record(&once, &timeline, date!(2026 - 09 - 14)).verdict, Outcome::Pass, "two years to the day");
        let over = by_record(&once, &timeline, date!(2026 - 09 - 15));
        assert_eq!(over.verdict, Outcome::Fail);
        assert_eq!(over.message, "1 人连续任职超过 2 年：学生1");
        let open = plan("name = \"任期\"\ncheck = \"term\"\nof = \"presidium\"\nyears = 1");
        let said = by_record(&open, &timeline, date!(2026 - 09 - 15));
        assert_eq!(said.verdict, Outcome::NotJudged, "nothing is said of re-election");
        assert!(
            said.message.contains("没有录入连任的限制") && said.message.contains("2 人连续任职超过 1 年"),
            "{}",
            said.message
        );
        let delegates = plan("name = \"任期\"\ncheck = \"term\"\nof = \"delegates\"\nyears = 2\nreelections = 0");
        let found = by_record(&delegates, &timeline, TODAY);
        assert_eq!(found.verdict, Outcome::NotJudged);
        assert!(found.message.contains("一届 2 年，不得连任；代表随每次大会产生"), "{}", found.message);
        assert_eq!(found.rule.check_in_words(), "核对任期：学生代表大会代表一届 2 年，不得连任");
        assert!(!found.rule.is_reported());
    }

    #[test]
    fn pol_00_re_election_without_a_bound_is_another_answer_than_silence() {
        let term = "name = \"任期\"\ncheck = \"term\"\nof = \"presidium\"\nyears = 1\n";
        let free = plan(&format!("{term}reelections = \"unlimited\""));
        let mut timeline = Timeline::empty(Union::School);
        timeline.add(&member(1, Post::Presidium), Post::Presidium, date!(2024 - 09 - 14), None);
        let said = by_record(&free, &timeline, date!(2026 - 09 - 15));
        assert_eq!(said.verdict, Outcome::Pass, "the plan lets them");
        assert_eq!(said.message, "主席团成员一届 1 年，可以连任，不限届数。1 人连续任职超过 1 年：学生1");
        let silent = plan(term);
        let said = by_record(&silent, &timeline, date!(2026 - 09 - 15));
        assert_eq!(said.verdict, Outcome::NotJudged);
        assert!(said.message.contains("没有录入连任的限制"), "{}", said.message);
        let unknown = own_findings(&free, Union::School, OwnKnown::default(), TODAY).remove(0);
        assert_eq!(unknown.verdict, Outcome::NotJudged, "nothing is known of who serves");
        for again in ["\"随意\"", "11", "true"] {
            let says = refusals(&[&format!("{term}reelections = {again}")]);
            assert!(says.contains("0 至 10 的整数"), "{says}");
        }
    }

    #[test]
    fn pol_00_experience_is_shown_by_the_unions_record_or_left_to_people() {
        let year = plan("name = \"经历\"\ncheck = \"experience\"\nof = \"presidium\"\nmonths = 12");
        let staff = || Post::Staff("办公室".to_owned());
        let mut timeline = Timeline::empty(Union::School);
        let first = member(1, Post::Presidium);
        timeline.add(&first, staff(), date!(2024 - 09 - 14), Some(date!(2025 - 09 - 14)));
        timeline.add(&first, Post::Presidium, date!(2025 - 09 - 14), None);
        let today = date!(2025 - 10 - 01);
        let found = by_record(&year, &timeline, today);
        assert_eq!((found.verdict, found.rule.is_reported()), (Outcome::Pass, false), "{}", found.message);
        let second = member(2, Post::Presidium);
        timeline.add(&second, staff(), date!(2025 - 03 - 01), Some(date!(2025 - 09 - 01)));
        timeline.add(&second, Post::Presidium, date!(2025 - 09 - 14), None);
        let found = by_record(&year, &timeline, today);
        assert_eq!(found.verdict, Outcome::NotJudged, "half a year here, perhaps more elsewhere");
        assert!(
            found.message.contains("1 人本会的任职记录里看不出") && found.message.ends_with("：学生2"),
            "{}",
            found.message
        );
        assert_eq!(
            by_record(&year, &Timeline::empty(Union::School), today).verdict,
            Outcome::NotJudged,
            "nobody serves"
        );
        assert_eq!(found.rule.check_in_words(), "核对任职经历：主席团成员任职前须有满 12 个月的任职经历");
    }

    #[test]
    fn what_does_not_fit_the_check_is_refused_with_what_fits() {
        let wrong = refusals(&["name = \"甲\"\ncheck = \"people\"\nby = \"06-30\""]);
        assert!(wrong.contains("是“核对人数”，不能写 by；可以写：at_least、at_most"), "{wrong}");
        let day = refusals(&["name = \"甲\"\ncheck = \"date\"\nby = \"02-29\""]);
        assert!(day.contains("如 \"06-30\""), "{day}");
        let bounds = refusals(&["name = \"甲\"\ncheck = \"share\"\nat_least = \"50%\"\nat_most = \"30%\""]);
        assert!(bounds.contains("at_least 大于 at_most"), "{bounds}");
        let twice = refusals(&["name = \"甲\"\ncheck = \"step\"", "name = \"甲\"\ncheck = \"date\""]);
        assert!(twice.contains("own 中“甲”写了两次"), "{twice}");
    }
}
