//! CON-07, CON-08, CON-09, VET-05: the result of a congress's election, step by step, and who may sit on a presidium by
//! it.

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    roster::Member,
    timeline::{Timeline, covers},
};
use crate::text::chinese_day;
use crate::words::words;

words! {
    /// How far the result of a congress's election is.
    Stage:
    Elected = "elected", "已选出，待向大会公布";
    Announced = "announced", "已向大会公布，待批准";
    Approved = "approved", "已批准，待报备";
    /// On its way to the higher body.
    Sent = "sent", "已报备，待回执";
    Filed = "filed", "已备案";
}

impl Stage {
    fn place(self) -> usize {
        Self::ALL.iter().position(|stage| *stage == self).unwrap_or_default()
    }

    /// What is to be done next; none at the end.
    #[must_use]
    pub fn next(self) -> Option<Step> {
        match self {
            Self::Elected => Some(Step::Announce),
            Self::Announced => Some(Step::Approve),
            Self::Approved => Some(Step::Send),
            Self::Sent => Some(Step::File),
            Self::Filed => None,
        }
    }
}

words! {
    /// A step of the result.
    Step:
    /// 公告 or 报告, as the plan has it.
    Announce = "announce", "向大会公布";
    Approve = "approve", "同级党组织批准";
    Send = "send", "报上级备案";
    /// The receipt of the higher body.
    File = "file", "备案回执";
}

impl Step {
    /// The stage that it leads to.
    #[must_use]
    pub fn leads_to(self) -> Stage {
        match self {
            Self::Announce => Stage::Announced,
            Self::Approve => Stage::Approved,
            Self::Send => Stage::Sent,
            Self::File => Stage::Filed,
        }
    }

    fn rule(self) -> Rule {
        match self {
            Self::Announce => Rule::Con07,
            Self::Approve => Rule::Con08,
            Self::Send | Self::File => Rule::Con09,
        }
    }
}

/// Where a result stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub stage: Stage,
    /// The day of its last step.
    pub last: Date,
}

/// A step that the rule has passed. Its fields are private: only [`take`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTaken {
    step: Step,
    day: Date,
}

impl StepTaken {
    #[must_use]
    pub fn step(self) -> Step {
        self.step
    }

    #[must_use]
    pub fn day(self) -> Date {
        self.day
    }
}

/// A finding under what the plan says on a rule; without a clause where the plan is silent.
fn under(plan: &Plan, rule: Rule, verdict: Outcome, says: String) -> Finding {
    match plan.provision(rule) {
        Some(provision) => Finding::new(provision, verdict, says),
        None => Finding::practice(rule, verdict, says),
    }
}

/// The plan's own word for telling the congress: 公告 or 报告; 公布 where it has neither.
#[must_use]
pub fn announcing(plan: &Plan) -> &'static str {
    let quote = plan.provision(Rule::Con07).map(|provision| provision.clause().quote.as_str()).unwrap_or_default();
    ["公告", "报告"].into_iter().find(|word| quote.contains(word)).unwrap_or("公布")
}

/// CON-07, CON-08, CON-09: a step after the one before it, on no day before that and on none to come. A step that was
/// taken already is refused too: two people may press at once.
pub fn take(plan: &Plan, standing: Standing, step: Step, day: Date, today: Date) -> Verdict<StepTaken> {
    let mut findings = Vec::new();
    let (at, wanted) = (standing.stage.place(), step.leads_to().place());
    if at >= wanted {
        let says = format!("“{}”已经办理，结果现在是：{}", step.label(), standing.stage.label());
        let remedy = "可能别人刚刚办理；请回到选举结果页面看现在的情况";
        return Verdict::seal(vec![Finding::house(Outcome::Fail, says).remedy(remedy)], StepTaken { step, day });
    }
    for missing in Step::ALL.iter().filter(|one| (at + 1..wanted).contains(&one.leads_to().place())) {
        let says = format!("还没有办理“{}”，不能办理“{}”", missing.label(), step.label());
        let remedy = "各步依次办理，不能跳过；请先办理前一步";
        findings.push(under(plan, missing.rule(), Outcome::Fail, says).remedy(remedy));
    }
    if day < standing.last {
        let says =
            format!("“{}”的日期{}早于上一步的日期{}", step.label(), chinese_day(day), chinese_day(standing.last));
        findings.push(under(plan, step.rule(), Outcome::Fail, says).remedy("请核对日期，按文件上的日期填写"));
    }
    if day > today {
        let says = format!("“{}”的日期{}还没有到", step.label(), chinese_day(day));
        findings.push(under(plan, step.rule(), Outcome::Fail, says).remedy("办理以后再登记"));
    }
    if findings.is_empty() {
        findings.push(under(plan, step.rule(), Outcome::Pass, format!("{}：{day}", step.label())));
    }
    Verdict::seal(findings, StepTaken { step, day })
}

/// CON-09: whether an approved result was filed in time. `by` is the last day, by the working days that the office set.
#[must_use]
pub fn filing(plan: &Plan, stage: Stage, by: Option<Date>, today: Date) -> Finding {
    let (verdict, says) = match (stage, by) {
        (Stage::Filed | Stage::Sent, _) => (Outcome::Pass, "选举结果已报上级备案".to_owned()),
        (Stage::Approved, Some(by)) if today > by => {
            (Outcome::Warn, format!("选举结果应在{}以前报上级备案，已经逾期", chinese_day(by)))
        }
        (Stage::Approved, Some(by)) => (Outcome::Pass, format!("选举结果须在{}以前报上级备案", chinese_day(by))),
        (Stage::Approved | Stage::Announced | Stage::Elected, _) => {
            (Outcome::Pass, "选举结果还没有批准，批准以后报上级备案".to_owned())
        }
    };
    under(plan, Rule::Con09, verdict, says).remedy("请报送上级学联、学生会组织，并登记报送日期")
}

/// VET-05: after 启用 nobody comes to the presidium on a day but by the approved result of a congress. `timeline` is the
/// union without the post that is corrected. None where the union is not yet under the rules or the plan is silent.
#[must_use]
pub fn by_congress(plan: &Plan, timeline: &Timeline, person: &Member, from: Date) -> Option<Finding> {
    timeline.opened?;
    let provision = plan.provision(Rule::Vet05)?;
    let name = &person.name;
    let own = || timeline.elected.iter().filter(|mandate| mandate.number == person.number);
    // Whoever left their seat has used up what the congress gave; from one seat to another (主席) nobody leaves.
    let left = |since: Date| {
        let seats = timeline.holdings.iter().filter(|holding| {
            let same = timeline.people.get(holding.person).is_some_and(|held| held.number == person.number);
            let held = holding.until.is_none_or(|until| until > holding.from && until > since);
            same && held && plan.is_seat(&holding.post)
        });
        seats.map(|holding| holding.until.unwrap_or(Date::MAX)).max().filter(|end| *end < from)
    };
    let current = own().find(|mandate| covers(mandate.from, mandate.until, from));
    let says = match current {
        Some(mandate) => match left(mandate.from) {
            None => {
                let says = format!("{name}由学生代表大会选举产生，选举结果自{}起经批准", chinese_day(mandate.from));
                return Some(Finding::new(provision, Outcome::Pass, says));
            }
            Some(day) => format!("{name}自{}起已离任，不能凭原来的选举结果再任主席团成员", chinese_day(day)),
        },
        None => match own().map(|mandate| (mandate.from, mandate.until)).max() {
            Some((since, _)) if since > from => {
                format!("{name}的选举结果 {since} 才批准，任主席团成员不能早于这一天")
            }
            Some((_, until)) => {
                let since = until.map(|day| format!("自{}起", chinese_day(day))).unwrap_or_default();
                format!("{name}当选的那一届{since}已经换届，不能凭它任主席团成员")
            }
            None => format!("没有{name}在学生代表大会当选并经批准的记录，不能任主席团成员"),
        },
    };
    let remedy = "主席团成员在“学代会”的选举结果里就任；大会在系统外选举的，先按选举结果报告登记，办理公布和批准";
    Some(Finding::new(provision, provision.breach(), says).about(vec![person.number.clone()]).remedy(remedy))
}

/// What a by-election fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByElection {
    /// Those whom the last congress with a whole presidium elected.
    pub elected_before: u32,
    /// Those of the presidium who stay.
    pub sitting: u32,
    /// Those whom the by-election elected and who do not sit there.
    pub new: u32,
}

/// A by-election (补选) fills the seats that became vacant and no more: of practice, both plans are silent.
#[must_use]
pub fn vacant_seats(by_election: ByElection) -> Finding {
    let ByElection { elected_before, sitting, new } = by_election;
    let vacant = elected_before.saturating_sub(sitting);
    let says = format!("上次换届选出主席团 {elected_before} 人，现有 {sitting} 人，缺 {vacant} 人；补选 {new} 人");
    let verdict = if new > vacant { Outcome::Fail } else { Outcome::Pass };
    let remedy = "补选只补缺额；要增加人数或者全部更换，请按换届办理";
    Finding::practice(Rule::Vet05, verdict, says).against(&new, format!("<={vacant}")).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::{Union, named},
        roster::{Post, tests::member},
        timeline::Mandate,
    };

    const DAY: Date = date!(2026 - 12 - 20);
    const LATER: Date = date!(2026 - 12 - 25);

    fn refusals(code: &str, stage: Stage, step: Step, day: Date) -> Vec<(Rule, String)> {
        let standing = Standing { stage, last: DAY };
        match take(named(code).unwrap(), standing, step, day, LATER).permit() {
            Ok(_) => Vec::new(),
            Err(findings) => findings.into_iter().map(|one| (one.rule, one.message)).collect(),
        }
    }

    #[test]
    fn s6_7_j3_2_7_a_result_is_told_to_the_congress_before_it_is_approved() {
        for code in ["suzhou-2020", "jining-2022"] {
            let refused = refusals(code, Stage::Elected, Step::Approve, DAY);
            let rules: Vec<Rule> = refused.iter().map(|(rule, _)| *rule).collect();
            assert_eq!(rules, [Rule::Con07], "{code}");
            assert!(refusals(code, Stage::Announced, Step::Approve, DAY).is_empty());
        }
        assert_eq!(announcing(named("suzhou-2020").unwrap()), "公告");
        assert_eq!(announcing(named("jining-2022").unwrap()), "报告");
    }

    #[test]
    fn s6_8_s6_9_no_step_is_skipped_and_each_missing_one_is_named() {
        let refused = refusals("suzhou-2020", Stage::Elected, Step::Send, DAY);
        assert_eq!(refused.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), [Rule::Con07, Rule::Con08]);
        let receipt = refusals("suzhou-2020", Stage::Approved, Step::File, DAY);
        assert_eq!(receipt.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), [Rule::Con09]);
    }

    #[test]
    fn no_step_is_dated_before_the_one_before_it_or_in_days_to_come() {
        let early = refusals("jining-2022", Stage::Announced, Step::Approve, date!(2026 - 12 - 19));
        assert_eq!(
            early,
            [(Rule::Con08, "“同级党组织批准”的日期2026年12月19日早于上一步的日期2026年12月20日".to_owned())]
        );
        let ahead = refusals("jining-2022", Stage::Announced, Step::Approve, date!(2026 - 12 - 26));
        assert_eq!(ahead, [(Rule::Con08, "“同级党组织批准”的日期2026年12月26日还没有到".to_owned())]);
        assert!(refusals("jining-2022", Stage::Announced, Step::Approve, LATER).is_empty());
    }

    #[test]
    fn a_step_is_taken_once() {
        for stage in [Stage::Announced, Stage::Approved, Stage::Sent, Stage::Filed] {
            let refused = refusals("suzhou-2020", stage, Step::Announce, DAY);
            assert!(refused[0].1.contains("已经办理"), "{refused:?}");
        }
    }

    #[test]
    fn s6_9_a_filing_is_overdue_after_its_last_day_and_not_on_it() {
        let plan = named("suzhou-2020").unwrap();
        let on = |today| filing(plan, Stage::Approved, Some(DAY), today).verdict;
        assert_eq!((on(DAY), on(LATER)), (Outcome::Pass, Outcome::Warn));
        assert_eq!(filing(plan, Stage::Sent, Some(DAY), LATER).verdict, Outcome::Pass);
    }

    #[test]
    fn s5_1_j4_3_6_a_presidium_post_rests_on_an_approved_result() {
        let plan = named("suzhou-2020").unwrap();
        let one = member(1, Post::Presidium);
        let mut timeline = Timeline::empty(Union::School);
        assert_eq!(by_congress(plan, &timeline, &one, DAY), None, "before 启用 a union is taken down as it stands");
        timeline.opened = Some(date!(2026 - 09 - 01));
        let verdict = |timeline: &Timeline, day| by_congress(plan, timeline, &one, day).unwrap().verdict;
        assert_eq!(verdict(&timeline, DAY), Outcome::Fail);
        timeline.elected.push(Mandate { number: one.number.clone(), from: DAY, until: Some(date!(2027 - 12 - 20)) });
        assert_eq!(verdict(&timeline, date!(2026 - 12 - 19)), Outcome::Fail, "not before the approval");
        assert_eq!(verdict(&timeline, DAY), Outcome::Pass);
        assert_eq!(verdict(&timeline, date!(2027 - 12 - 20)), Outcome::Fail, "the next presidium was elected");
        timeline.add(&one, Post::Presidium, DAY, Some(date!(2027 - 03 - 01)));
        assert_eq!(verdict(&timeline, date!(2027 - 03 - 02)), Outcome::Fail, "whoever left does not come back by it");
    }

    #[test]
    fn a_by_election_fills_only_what_is_vacant() {
        let verdict = |sitting, new| vacant_seats(ByElection { elected_before: 5, sitting, new }).verdict;
        assert_eq!((verdict(3, 2), verdict(3, 3)), (Outcome::Pass, Outcome::Fail));
        assert_eq!(verdict(6, 0), Outcome::Pass);
    }
}
