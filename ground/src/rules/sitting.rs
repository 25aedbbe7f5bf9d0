//! What a sitting (场次) of an election must be before it is announced, and before its result is reported.
//!
//! Both plans say that the congress elects the presidium (VET-05); on candidates, monitors and ballots they are silent (gap
//! G5): what is asked there is practice or the committee's decision, and cites no clause.

use super::{
    Clause, Finding, Outcome, Plan, Rule, Verdict,
    appointment::conditions_for,
    election::{Attendance, Round, Rules, Tally},
    plan::{CountRule, ElectionTerm},
    roster::{Member, Post},
};
use crate::words::words;

words! {
    /// What a contest fills.
    Fills:
    /// Delegates of a congress.
    Delegates = "delegates", "学生代表大会代表";
    /// Members of a union's presidium.
    Presidium = "presidium", "学生会主席团成员";
    Other = "other", "其他";
}

words! {
    /// Who votes in a contest.
    Body:
    Class = "class", "班级";
    /// Several classes that elect together.
    Constituency = "constituency", "选区";
    /// All students of a college.
    College = "college", "院系";
    /// The delegates of a congress.
    Congress = "congress", "学生代表大会";
}

/// A contest about to be announced.
#[derive(Debug, Clone)]
pub struct ContestFacts {
    pub title: String,
    pub fills: Fills,
    pub body: Body,
    /// Seats, at least 1.
    pub seats: u32,
    /// How many more candidates than seats the rules ask for.
    pub extra: u32,
    /// How it is counted.
    pub rules: Rules,
    /// It is a further round of another contest.
    pub second: bool,
    pub candidates: u32,
    /// Students who may vote in it today.
    pub voters: u32,
    /// For a presidium: the candidates whom no round of vetting has listed, with today's facts.
    pub unvetted: Vec<Member>,
    /// For delegates of a congress: the candidates who have not passed every step that the plan asks for, by name.
    pub unrecommended: Vec<String>,
}

/// A sitting about to be announced.
#[derive(Debug, Clone)]
pub struct SittingFacts {
    pub contests: Vec<ContestFacts>,
    /// How many monitors are named.
    pub monitors: u32,
    /// How many of them open the envelopes.
    pub threshold: u32,
    /// One of them is the chief monitor.
    pub has_chief: bool,
    /// Monitors who stand for election themselves, by name.
    pub standing_monitors: Vec<String>,
    /// The vote begins later than now.
    pub begins_later: bool,
    /// Bytes of the longest ballot of any voter, all their contests together, before sealing.
    pub longest: usize,
    /// The most contests in which one voter votes.
    pub most_contests: usize,
    /// A rule does not come from practice, and the clause or the decision is not named.
    pub undecided: bool,
}

/// The most bytes of one voter's ballots.
const LONGEST: usize = 48 * 1024;
/// The most contests of one voter.
const MOST_CONTESTS: usize = 200;
/// How long before an election a round may have listed its candidates; practice: a presidium is elected every year. Whoever
/// was listed earlier is judged anew.
pub const LIST_HOLDS: time::Duration = time::Duration::days(365);

/// The permission to announce a sitting. Made by [`announce`] alone.
#[derive(Debug)]
pub struct Announcement(());

fn practice(fails: bool, says: String, remedy: &str) -> Finding {
    let verdict = if fails { Outcome::Fail } else { Outcome::Pass };
    Finding::house(verdict, says).remedy(if fails { remedy } else { "" })
}

/// May this sitting be announced?
pub fn announce(plan: &Plan, facts: &SittingFacts) -> Verdict<Announcement> {
    let mut findings = Vec::new();
    for contest in &facts.contests {
        findings.extend(judge_contest(plan, contest));
    }
    let SittingFacts { monitors, threshold, .. } = facts;
    findings.push(practice(
        facts.contests.is_empty(),
        format!("本场次有 {} 项选举", facts.contests.len()),
        "请先登记选举项目",
    ));
    findings.push(
        practice(
            monitors < threshold || *monitors < 2,
            format!("已确定监票人 {monitors} 人，开票需要其中 {threshold} 人的口令"),
            "请补足监票人，人数不少于开票需要的人数（实践惯例：3 人中 2 人）",
        )
        .against(monitors, format!(">={threshold}")),
    );
    findings.push(practice(
        !facts.has_chief,
        if facts.has_chief { "已指定总监票人" } else { "还没有指定总监票人" }.to_owned(),
        "请在监票人中指定一名总监票人",
    ));
    if !facts.standing_monitors.is_empty() {
        findings.push(practice(
            true,
            format!("监票人{}同时是候选人；候选人不得监票、计票", facts.standing_monitors.join("、")),
            "请更换监票人",
        ));
    }
    findings.push(practice(
        !facts.begins_later,
        if facts.begins_later { "投票开始时间在公告之后" } else { "投票开始时间已过" }.to_owned(),
        "请把投票开始时间改到公告之后",
    ));
    if facts.longest > LONGEST || facts.most_contests > MOST_CONTESTS {
        findings.push(practice(
            true,
            format!("有的选民要投 {} 项选举，选票太长（{} 字节）", facts.most_contests, facts.longest),
            "请分成几个场次：一名选民一场最多投 200 项，全部选票不超过 48 KiB",
        ));
    }
    if facts.undecided {
        findings.push(practice(
            true,
            "有的选举规则与实践惯例不同，须写明依据".to_owned(),
            "请在选举项目里写明章程、选举办法的条款或决定，或者在场次的“选举办法的依据”里写明决定的单位、日期和文件",
        ));
    }
    Verdict::seal(findings, Announcement(()))
}

fn judge_contest(plan: &Plan, contest: &ContestFacts) -> Vec<Finding> {
    let ContestFacts { title, seats, extra, candidates, voters, .. } = contest;
    let mut findings = Vec::new();
    if contest.fills == Fills::Presidium
        && let Some(provision) = plan.provision(Rule::Vet05)
    {
        let right = contest.body == Body::Congress;
        let verdict = if right { Outcome::Pass } else { Outcome::Fail };
        let says = format!("{title}：主席团成员由{}选举", contest.body.label());
        let remedy = if right {
            ""
        } else {
            "请把选举单位改为学生代表大会，选民为本次大会的正式代表"
        };
        findings.push(Finding::new(provision, verdict, says).remedy(remedy));
    }
    if contest.fills == Fills::Presidium {
        findings.extend(counted_by_the_plan(plan, contest));
    }
    if contest.fills == Fills::Presidium && *candidates > 0 {
        findings.extend(standing(plan, contest));
    }
    if let Some(provision) = plan.provision(Rule::Con03).filter(|_| !contest.unrecommended.is_empty()) {
        let says = format!("{title}：{}没有经过推荐和规定的审查", contest.unrecommended.join("、"));
        let remedy = "代表候选人须走完程序；请在项目页面取下，或补办推荐和审查";
        findings.push(Finding::new(provision, Outcome::Fail, says).remedy(remedy));
    }
    let needed = seats.saturating_add(*extra);
    findings.push(
        practice(
            *candidates < needed,
            format!("{title}：候选人 {candidates} 人，应选 {seats} 人，差额至少 {extra} 人"),
            "请增加候选人或减少应选人数；等额选举须把差额改为 0，并写明是哪一次决定",
        )
        .against(candidates, format!(">={needed}")),
    );
    findings.push(practice(
        *voters == 0,
        format!("{title}：选民 {voters} 人"),
        "请核对选举单位：现在没有一名学生可以投票",
    ));
    for finding in &mut findings {
        finding.unit = Some(title.clone());
    }
    findings
}

/// VET-05: votes for a presidium are counted as the plan says, where it says how.
fn counted_by_the_plan(plan: &Plan, contest: &ContestFacts) -> Vec<Finding> {
    let ContestFacts { title, seats, extra, rules, second, .. } = contest;
    let Some(provision) = plan.provision(Rule::Vet05).filter(|_| rules.round == Round::First || *second) else {
        return Vec::new();
    };
    // What is said of a further round takes the place of what is said of the first.
    let says_of_second = plan.second_round().is_some();
    let is_meant = |(term, _): &(&ElectionTerm, &Clause)| match term.rule {
        CountRule::SecondRound(_) => *second,
        // By a show of hands: no contest is counted by it.
        CountRule::Constitution(_) => false,
        _ if rules.round != Round::First => false,
        CountRule::Majority(_) | CountRule::WriteIn(_) | CountRule::WriteInNeedsAgainst(_) | CountRule::Extra(_) => {
            !(*second && says_of_second)
        }
        CountRule::Quorum { .. } | CountRule::Tie(_) | CountRule::Unreadable(_) => true,
    };
    let judge = |(term, clause): (&ElectionTerm, &Clause)| {
        let (says, point) = (term.rule.in_words(), term.rule.label());
        let (verdict, message, remedy) = if term.rule.holds(rules, *seats, *extra) {
            (Outcome::Pass, format!("{title}：{point}照规定：{says}"), String::new())
        } else {
            let remedy = format!("请在选举项目里把“{point}”改为与规定一致");
            (provision.breach(), format!("{title}：{point}与规定不同，规定是{says}"), remedy)
        };
        Finding { clause: Some(clause.clone()), ..Finding::new(provision, verdict, message).remedy(remedy) }
    };
    plan.election_terms().filter(is_meant).map(judge).collect()
}

/// VET-01, ELG-01, ELG-03, ELG-04: candidates for a presidium come from a round's list, or meet what an appointment asks.
fn standing(plan: &Plan, contest: &ContestFacts) -> Vec<Finding> {
    let ContestFacts { title, candidates, unvetted, .. } = contest;
    let refuses = |finding: &Finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown);
    let judged = unvetted.iter().map(|person| (person, conditions_for(plan, person, &Post::Presidium)));
    let mut faults: Vec<Finding> = Vec::new();
    let mut unfit: Vec<&str> = Vec::new();
    for (person, findings) in judged {
        let own: Vec<Finding> = findings.into_iter().filter(refuses).collect();
        if !own.is_empty() {
            unfit.push(&person.name);
        }
        faults.extend(own);
    }
    let listed = candidates.saturating_sub(u32::try_from(unvetted.len()).unwrap_or(u32::MAX));
    let head = format!("{title}：候选人均经遴选程序或符合任职条件");
    let says = if unfit.is_empty() {
        format!("{head}（遴选名单 {listed} 人，逐人核对 {} 人）", unvetted.len())
    } else {
        format!("{head}：{} 人不符或缺少材料：{}", unfit.len(), unfit.join("、"))
    };
    let remedy = "请在项目页面从遴选确定的名单引入，或者更换候选人；缺少材料的，补登后再公告";
    faults.insert(0, practice(!unfit.is_empty(), says, remedy));
    faults
}

/// The permission to report a result. Made by [`report`] alone.
#[derive(Debug)]
pub struct Report(());

/// A contest about to be reported.
#[derive(Debug, Clone)]
pub struct ReportFacts {
    pub title: String,
    /// 应到, 实到, 发出.
    pub attendance: Attendance,
    /// What all ballots came to.
    pub tally: Tally,
    /// Paper ballots were issued and are not yet entered twice and settled.
    pub paper_open: bool,
    /// A lot is to be drawn and is not yet.
    pub lot_open: bool,
    /// A written-in name would be elected or is tied, and it is not settled whom it means.
    pub names_open: bool,
}

/// May this result be reported? The account must add up: 应到 ≥ 实到 ≥ 发出 ≥ 收回 = 有效 + 无效, and 赞成 + 反对 + 弃权 = 有效.
pub fn report(contests: &[ReportFacts]) -> Verdict<Report> {
    let mut findings = Vec::new();
    for contest in contests {
        let Attendance { due, present, issued } = contest.attendance;
        let returned = contest.tally.returned;
        let mut faults = contest.tally.faults();
        for (more, many, less, few) in
            [("实到", present, "应到", due), ("发出", issued, "实到", present), ("收回", returned, "发出", issued)]
        {
            if many > few {
                faults.push(format!("{more} {many} 多于{less} {few}"));
            }
        }
        if contest.paper_open {
            faults.push("纸质选票的计票结果还没有由两人分别录入并一致".to_owned());
        }
        if contest.names_open {
            faults.push("另选他人中有得票达到当选票数或并列的，还没有核对是谁".to_owned());
        }
        if contest.lot_open {
            faults.push("得票相同，抽签或举手表决的结果还没有登记".to_owned());
        }
        let says = if faults.is_empty() {
            format!("{}：应到 {due}，实到 {present}，发出 {issued}，收回 {returned}，账目相符", contest.title)
        } else {
            format!("{}：{}", contest.title, faults.join("；"))
        };
        let remedy = match (contest.paper_open, contest.lot_open) {
            (false, _) if contest.names_open => {
                "请两名监票人在监票页面核对另选他人写的是谁：一人提出、另一人确认；查不清的，计入其他"
            }
            (true, _) => "请先录入纸质选票：两人分别录入，不一致的由第三人核定",
            (false, true) => "请先当众抽签或举手表决，在本场次的页面登记结果",
            _ => "请核对纸质选票的录入；收回多于发出的，应当作废本场次，重新投票",
        };
        findings.push(practice(!faults.is_empty(), says, remedy));
    }
    Verdict::seal(findings, Report(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{election::CandidateFigures, plan, roster::Rank};

    fn facts() -> SittingFacts {
        SittingFacts {
            contests: vec![ContestFacts {
                title: "主席团".to_owned(),
                fills: Fills::Presidium,
                body: Body::Congress,
                seats: 3,
                extra: 1,
                rules: Rules::PRACTICE,
                second: false,
                candidates: 4,
                voters: 85,
                unvetted: Vec::new(),
                unrecommended: Vec::new(),
            }],
            monitors: 3,
            threshold: 2,
            has_chief: true,
            standing_monitors: Vec::new(),
            begins_later: true,
            longest: 256,
            most_contests: 1,
            undecided: false,
        }
    }

    fn refused(change: impl FnOnce(&mut SittingFacts)) -> Vec<Finding> {
        let mut facts = facts();
        change(&mut facts);
        let findings = announce(plan::named("suzhou-2020").unwrap(), &facts).permit().unwrap_err();
        findings.into_iter().filter(|finding| finding.verdict == Outcome::Fail).collect()
    }

    #[test]
    fn a_sitting_in_order_is_announced() {
        for code in ["suzhou-2020", "jining-2022"] {
            announce(plan::named(code).unwrap(), &facts()).permit().unwrap();
        }
    }

    #[test]
    fn vet_05_the_presidium_is_elected_by_the_congress_alone() {
        for body in [Body::Class, Body::Constituency, Body::College] {
            let findings = refused(|facts| facts.contests[0].body = body);
            assert_eq!(findings.len(), 1);
            assert!(findings[0].clause.as_ref().unwrap().quote.contains("学生代表大会选举产生"));
        }
    }

    #[test]
    fn elg_candidates_for_a_presidium_meet_what_an_appointment_asks() {
        let member = |political: Option<&str>| Member {
            number: "1".to_owned(),
            name: "张三".to_owned(),
            college: None,
            level: None,
            political: political.map(str::to_owned),
            rank: Some(Rank { rank: 3, cohort: 40 }),
            other_ranks: Vec::new(),
            failed_courses: Some(0),
            failed_of_required: false,
            from_college_union: None,
            first_year: Some(false),
            pledged: None,
            posts: Vec::new(),
            chair: false,
        };
        let plan = plan::named("suzhou-2020").unwrap();
        let mut facts = facts();
        facts.contests[0].unvetted = vec![member(Some("共青团员"))];
        announce(plan, &facts).permit().unwrap();
        let findings = refused(|facts| facts.contests[0].unvetted = vec![member(Some("群众"))]);
        assert!(findings[0].message.contains("1 人不符或缺少材料：张三"), "{findings:?}");
        assert_eq!((findings[1].rule, findings[1].clause.is_some()), (Rule::Elg01, true));
        let unknown = refused(|facts| facts.contests[0].unvetted = vec![member(None)]);
        assert!(unknown[0].message.contains("缺少材料"), "what is not known refuses too: {unknown:?}");
        facts.contests[0].fills = Fills::Delegates;
        facts.contests[0].unvetted = vec![member(Some("群众"))];
        announce(plan, &facts).permit().unwrap();
    }

    #[test]
    fn con_03_nobody_stands_as_a_delegate_without_every_step() {
        let findings = refused(|facts| {
            facts.contests[0].fills = Fills::Delegates;
            facts.contests[0].unrecommended.push("张三".to_owned());
        });
        assert_eq!((findings[0].rule, findings.len()), (Rule::Con03, 1));
        assert!(findings[0].clause.as_ref().unwrap().quote.contains("班级团支部推荐"));
    }

    #[test]
    fn practice_is_asked_without_a_clause() {
        let changes: [fn(&mut SittingFacts); 10] = [
            |facts| facts.contests.clear(),
            |facts| facts.contests[0].candidates = 3,
            |facts| facts.contests[0].voters = 0,
            |facts| facts.monitors = 1,
            |facts| facts.has_chief = false,
            |facts| facts.standing_monitors.push("甲".to_owned()),
            |facts| facts.begins_later = false,
            |facts| facts.longest = LONGEST + 1,
            |facts| facts.most_contests = MOST_CONTESTS + 1,
            |facts| facts.undecided = true,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let findings = refused(change);
            assert_eq!(findings.len(), 1, "change {number}");
            assert!(findings[0].clause.is_none() && !findings[0].remedy.is_empty());
        }
    }

    #[test]
    fn a_report_needs_an_account_that_adds_up() {
        let figures = CandidateFigures { name: "甲".to_owned(), votes_for: 5, against: 2, abstain: 1, unreadable: 0 };
        let tally = Tally { returned: 9, valid: 8, void: 1, candidates: vec![figures], ..Tally::default() };
        let attendance = Attendance { due: 12, present: 10, issued: 9 };
        let good = ReportFacts {
            title: "甲".to_owned(),
            attendance,
            tally,
            paper_open: false,
            lot_open: false,
            names_open: false,
        };
        report(std::slice::from_ref(&good)).permit().unwrap();
        let changes: [fn(&mut ReportFacts); 8] = [
            |facts| facts.attendance.present = 13,
            |facts| facts.attendance.issued = 11,
            |facts| facts.tally.returned = 10,
            |facts| facts.tally.void = 0,
            |facts| facts.tally.candidates[0].abstain = 2,
            |facts| facts.paper_open = true,
            |facts| facts.lot_open = true,
            |facts| facts.names_open = true,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut facts = good.clone();
            change(&mut facts);
            assert!(report(&[facts]).permit().is_err(), "change {number}");
        }
    }
}
