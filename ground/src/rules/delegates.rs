//! CON-03, CON-10: how the delegates of a congress are produced: recommended by a class's League branch, passed through the
//! plan's steps, elected, and listed. What both plans leave open (how many more candidates than places, who follows when
//! somebody leaves) is practice, and cites no clause.

use serde::{Deserialize, Serialize};

use super::{
    Clause, Finding, Outcome, Plan, Rule, Verdict,
    chain::{Chain, Link, OtherStep, Party, STEPS_OF_DELEGATES, other_steps},
    plan::{Body, StepKind, Voters},
    sitting,
};

/// How many more candidates than places there usually are, in percent.
pub const USUAL_MARGIN: u32 = 20;
/// The most candidates of one ballot.
pub const MOST_ON_A_BALLOT: u32 = 60;

/// How delegates are produced: the steps that somebody passes before they may be elected, and the election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateChain {
    /// The steps before the election, the recommendation first.
    pub before: Chain,
    /// The election, and by whom it is held.
    pub election: Link,
    /// Who votes; none where the plan does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters: Option<Voters>,
}

impl DelegateChain {
    /// The chain that a plan prescribes (CON-03), or what is usual where it is silent.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let usual = |act: &str, body: Body, name: &str| Link {
            act: act.to_owned(),
            by: vec![Party { body, name: name.to_owned() }],
            any: false,
            together: false,
        };
        let rule = Rule::Con03.code().to_owned();
        let mut before = Chain {
            rule,
            plan: plan.short.clone(),
            document: String::new(),
            section: String::new(),
            quote: String::new(),
            links: vec![usual("推荐", Body::ClassBranch, "班级团支部")],
            others: Vec::new(),
        };
        let mut election = usual("组织选举", Body::CollegeUnion, "院系学生会");
        let mut voters = None;
        if let Some(stated) = &plan.figures.delegate_steps {
            let Clause { document, section, quote, .. } = stated.provision.clause().clone();
            let steps = &stated.value.chain;
            voters = stated.value.voters;
            let opinions = steps.iter().filter(|step| step.kind == StepKind::Opinion);
            let mut links: Vec<Link> = opinions.map(|step| Link::of(plan, step)).collect();
            if let Some(last) = links.pop_if(|last| last.has(Body::CollegeUnion)) {
                election = last;
            }
            // Who prepares the congress says it of all its delegates.
            let others = other_steps(plan, steps).into_iter().map(|other| OtherStep { each: false, ..other });
            let others = others.collect();
            before = Chain { document, section, quote, links, others, ..before };
        }
        Self { before, election, voters }
    }

    /// Who the plan says elects the delegates of such a congress; none where that is left to the college's union. No congress
    /// elects its own delegates.
    #[must_use]
    pub fn stated_voters(&self, of_college: bool) -> Option<Voters> {
        self.voters.filter(|voters| !of_college || *voters != Voters::Congress)
    }

    /// Who votes: by the plan, or `asked` where it does not say.
    #[must_use]
    pub fn electorate(&self, asked: sitting::Body, of_college: bool) -> sitting::Body {
        match self.stated_voters(of_college) {
            Some(Voters::Constituency) => sitting::Body::Constituency,
            Some(Voters::College) => sitting::Body::College,
            Some(Voters::Congress) => sitting::Body::Congress,
            None => asked,
        }
    }

    /// The same steps for somebody whom no class branch recommends: a society names them, or the union, and `by` takes it
    /// down. They are examined in the same way.
    #[must_use]
    pub fn named_by(&self, by: Party) -> Chain {
        let mut chain = self.before.clone();
        if let Some(first) = chain.links.first_mut() {
            first.by = vec![by];
            first.any = false;
        }
        chain
    }

    /// Every step in its order, those that are no opinions among them: `班级团支部推荐`, …
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (place, link) in self.before.links.iter().chain([&self.election]).enumerate() {
            words.extend(self.before.others_after(place).map(|other| other.says.clone()));
            words.push(link.in_words());
        }
        words.extend(
            self.before.others.iter().filter(|other| self.is_after_election(other)).map(|one| one.says.clone()),
        );
        words
    }

    /// A step that is no opinion, by its place among those from 0, and after which step it comes.
    #[must_use]
    pub fn place_in_words(&self, place: usize) -> String {
        match self.before.others.get(place) {
            Some(other) if self.is_after_election(other) => format!("{}（在“{}”之后）", other.says, self.election.act),
            _ => self.before.place_in_words(place),
        }
    }

    fn is_after_election(&self, other: &OtherStep) -> bool {
        other.after > self.before.links.len()
    }

    /// The first step that is no opinion of which nobody has said yet that it was taken, after the election or before it.
    #[must_use]
    pub fn open_step(&self) -> Option<&OtherStep> {
        self.before.waits_for(usize::MAX)
    }
}

/// Somebody who is to be recommended, and the unit that they are to stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is another thing that a recommendation rests on")]
pub struct RecommendationFacts {
    /// The person's name and number.
    pub name: String,
    pub number: String,
    pub unit: String,
    /// They are a student today.
    pub enrolled: bool,
    /// They are of the unit: of its college and grade, of the society, of the union.
    pub of_unit: bool,
    /// The unit in which they are recommended already, or a delegate.
    pub elsewhere: Option<String>,
    /// The shares of the seats are approved.
    pub seats_approved: bool,
    pub seats: u32,
    /// The last day has not passed.
    pub in_time: bool,
    /// The ballot of the unit is made already.
    pub on_ballot: bool,
    /// How many the unit recommends now.
    pub recommended: u32,
    /// The most that it may; none where nothing is set.
    pub most: Option<u32>,
}

/// A recommendation that may be made. Made by [`recommend`] alone.
#[derive(Debug)]
pub struct Recommendable(());

/// CON-03: a unit recommends a student of its own, once and to one congress, within what the League committee has set.
pub fn recommend(chain: &Chain, facts: &RecommendationFacts) -> Verdict<Recommendable> {
    let RecommendationFacts { name, unit, seats, recommended, .. } = facts;
    let portal = |says: String| Finding::practice(Rule::Con03, Outcome::Fail, says);
    let mut findings = Vec::new();
    if !facts.seats_approved {
        findings.push(portal("代表名额分配方案还没有批准".to_owned()).remedy("名额批准之后再推荐代表人选"));
    } else if *seats == 0 {
        findings.push(portal(format!("{unit}没有代表名额")).remedy("由校团委在名额分配中核对"));
    }
    if !facts.in_time {
        findings.push(portal("推荐已经截止".to_owned()).remedy("确需补充推荐的，请校团委延长推荐的截止日期"));
    }
    if facts.on_ballot {
        let remedy = "选票生成以后不再增加候选人；候选人不足的，由院系学生会删除还没有公告的场次，补推以后重新生成";
        findings.push(portal(format!("{unit}的选举已经组织，候选人名单已经确定")).remedy(remedy));
    }
    if !facts.enrolled {
        findings.push(portal(format!("{name}今天不是在校学生")));
    } else if !facts.of_unit {
        findings.push(chain.refusal(format!("{name}不在{unit}")).remedy("由本人所在的单位推荐"));
    }
    if let Some(elsewhere) = &facts.elsewhere {
        let remedy = "一人在一次大会只能由一个单位推荐；改由本单位推荐的，请原推荐单位先撤回";
        findings.push(portal(format!("{name}已由{elsewhere}推荐")).remedy(remedy));
    }
    if let Some(most) = facts.most.filter(|most| recommended >= most) {
        let full = portal(format!("{unit}最多推荐 {most} 人，已推荐 {recommended} 人"));
        let full = full.against(&(recommended + 1), format!("<={most}"));
        findings.push(full.remedy("撤回一名再推荐，或请校团委放宽每个名额的推荐人数"));
    }
    for finding in &mut findings {
        finding.subjects = vec![facts.number.clone()];
    }
    Verdict::seal(findings, Recommendable(()))
}

/// 差额: how many more candidates than seats there must be, at least one; `percent` of the seats, rounded up.
#[must_use]
pub fn margin(seats: u32, percent: u32) -> u32 {
    let exact = (u64::from(seats) * u64::from(percent)).div_ceil(100);
    u32::try_from(exact).unwrap_or(u32::MAX).max(1)
}

/// A unit about to elect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBallot {
    pub unit: String,
    pub seats: u32,
    /// Who has passed every step and is still a student of the unit.
    pub passed: u32,
    /// Who waits at a step.
    pub waiting: u32,
}

impl UnitBallot {
    /// How many candidates are still missing.
    #[must_use]
    pub fn missing(&self, percent: u32) -> u32 {
        (self.seats.saturating_add(margin(self.seats, percent))).saturating_sub(self.passed)
    }
}

/// Ballots that may be made. Made by [`ballots`] alone.
#[derive(Debug)]
pub struct Ballots(());

/// CON-03, CON-10: units elect from those who have passed every step of the plan, and from more than there are places. A
/// college's own congress goes by the same steps.
pub fn ballots(
    plan: &Plan,
    chain: &DelegateChain,
    units: &[UnitBallot],
    percent: u32,
    of_college: bool,
) -> Verdict<Ballots> {
    let mut findings = Vec::new();
    if units.is_empty() {
        let none = "没有还要选举的单位：都已组织选举，或没有名额".to_owned();
        findings.push(Finding::practice(Rule::Con03, Outcome::Fail, none));
    }
    if let Some(other) = chain.before.waits_for(chain.before.links.len()) {
        let says = format!("选举之前还有“{}”，还没有登记办完", other.says);
        findings.push(chain.before.refusal(says).remedy(STEPS_OF_DELEGATES));
    }
    for one in units {
        let UnitBallot { unit, seats, passed, waiting } = one;
        let (missing, extra) = (one.missing(percent), margin(*seats, percent));
        if missing > 0 {
            let says = format!("{unit}：应选 {seats} 人，走完程序的候选人 {passed} 人，还差 {missing} 名候选人");
            let short = Finding::practice(Rule::Con03, Outcome::Fail, says);
            let needed = seats.saturating_add(extra);
            let remedy = format!("候选人应比名额多 {extra} 人（差额 {percent}%，向上取整）；请团支部补充推荐");
            findings.push(short.against(passed, format!(">={needed}")).remedy(remedy));
            if *waiting > 0 {
                let steps = chain.before.links.iter().map(Link::in_words).collect::<Vec<_>>().join("、");
                let says = format!("{unit}：还有 {waiting} 人没有走完“{steps}”，不能列入选票");
                findings.push(chain.before.refusal(says).remedy("请办理单位先签署意见"));
            }
        }
        if *passed > MOST_ON_A_BALLOT {
            let says = format!("{unit}：候选人 {passed} 人，一张选票最多 {MOST_ON_A_BALLOT} 人");
            findings.push(Finding::practice(Rule::Con03, Outcome::Fail, says).remedy("请推荐单位撤回一部分"));
        }
    }
    let refused = !findings.is_empty();
    if let Some(provision) = plan.provision(Rule::Con10).filter(|_| of_college && refused) {
        let says = "院系学生代表大会的程序与校级学生代表大会一致".to_owned();
        findings.push(Finding::new(provision, Outcome::Fail, says));
    }
    Verdict::seal(findings, Ballots(()))
}

/// CON-03: people who stand, or stood elsewhere, without having passed every step before an election.
#[must_use]
pub fn without_every_step(chain: &Chain, numbers: Vec<String>) -> Finding {
    let steps: Vec<String> = chain.links.iter().map(Link::in_words).collect();
    let says = format!("{}没有走完“{}”，不能参选", numbers.join("、"), steps.join("、"));
    chain.refusal(says).remedy("先推荐并走完程序").about(numbers)
}

/// Somebody on a list or in a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub number: String,
    pub name: String,
}

/// What an election came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitResult {
    pub elected: Vec<Listed>,
    /// The other candidates who got votes, by votes.
    pub others: Vec<Listed>,
}

/// What a list says of one unit, beside its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitList {
    pub unit: String,
    pub seats: u32,
    pub elected: Vec<String>,
    pub substitutes: Vec<String>,
    /// None while nothing is reported.
    pub result: Option<UnitResult>,
}

/// A list that may be handed in. Made by [`hand_in`] alone.
#[derive(Debug)]
pub struct HandedIn(());

/// CON-03: whoever is listed was elected, everybody who was elected is listed, and those who come next follow in the order
/// of their votes.
pub fn hand_in(chain: &DelegateChain, units: &[UnitList]) -> Verdict<HandedIn> {
    let portal = |says: String| Finding::practice(Rule::Con03, Outcome::Fail, says);
    let mut findings = Vec::new();
    if let Some(other) = chain.open_step() {
        let says = format!("上报名单之前还有“{}”，还没有登记办完", other.says);
        findings.push(chain.before.refusal(says).remedy(STEPS_OF_DELEGATES));
    }
    let (mut seen, mut twice): (Vec<&String>, Vec<&str>) = (Vec::new(), Vec::new());
    for one in units {
        let UnitList { unit, seats, elected, substitutes, result } = one;
        let Some(UnitResult { elected: winners, others }) = result else {
            let says = format!("{unit}还没有选举结果");
            findings.push(chain.before.refusal(says).remedy("选举报告以后再上报名单；在别处举行的，先登记选举报告"));
            continue;
        };
        let is = |list: &[Listed], number: &String| list.iter().any(|one| one.number == *number);
        let named = |list: &[String]| list.join("、");
        let strangers: Vec<String> = elected.iter().filter(|number| !is(winners, number)).cloned().collect();
        if !strangers.is_empty() {
            let says = format!("{unit}：{}没有当选，不能列为代表", named(&strangers));
            findings.push(chain.before.refusal(says).remedy("按选举结果填写").about(strangers));
        }
        let missing: Vec<String> =
            winners.iter().filter(|one| !elected.contains(&one.number)).map(|one| one.name.clone()).collect();
        if !missing.is_empty() {
            findings.push(portal(format!("{unit}：{}已当选，名单上没有", missing.join("、"))).remedy("按选举结果填写"));
        }
        let unfit: Vec<String> = substitutes.iter().filter(|number| !is(others, number)).cloned().collect();
        if unfit.is_empty() {
            let places: Vec<Option<usize>> =
                substitutes.iter().map(|number| others.iter().position(|one| one.number == *number)).collect();
            if !places.is_sorted() {
                findings.push(portal(format!("{unit}：候补的次序与得票多少不符")).remedy("候补按得票从多到少排列"));
            }
        } else {
            let says = format!("{unit}：{}不是得票的落选候选人，不能列为候补", named(&unfit));
            findings.push(portal(says).remedy("候补从本单位其余的候选人中按得票多少产生").about(unfit));
        }
        if u32::try_from(elected.len()).unwrap_or(u32::MAX) > *seats {
            let says = format!("{unit}：名额 {seats} 个，名单上有 {} 人", elected.len());
            findings.push(portal(says).against(&elected.len(), format!("<={seats}")));
        }
        for number in elected.iter().chain(substitutes) {
            if seen.contains(&number) {
                twice.push(number);
            }
            seen.push(number);
        }
    }
    if !twice.is_empty() {
        findings.push(portal(format!("{}列了两次", twice.join("、"))));
    }
    Verdict::seal(findings, HandedIn(()))
}

/// What an election held elsewhere came to, as its report says it: votes of each who stood.
///
/// Elected is who has more than half of those present, the most votes first, as many as there are seats; who has as many
/// votes as somebody who does not fit in any more is not elected, since a report that leaves a tie open fills no seat.
#[must_use]
pub fn result_of_report<T: Clone>(seats: u32, present: u32, votes: &[(T, u32)]) -> (Vec<T>, Vec<T>) {
    let mut order: Vec<&(T, u32)> = votes.iter().collect();
    order.sort_by_key(|(_, votes)| std::cmp::Reverse(*votes));
    let seats = usize::try_from(seats).unwrap_or(usize::MAX);
    let next = order.get(seats).map(|(_, votes)| *votes);
    let wins = |place: usize, votes: u32| {
        place < seats && u64::from(votes) * 2 > u64::from(present) && next.is_none_or(|next| next < votes)
    };
    let (mut elected, mut others) = (Vec::new(), Vec::new());
    for (place, (who, votes)) in order.into_iter().enumerate() {
        if wins(place, *votes) {
            elected.push(who.clone());
        } else if *votes > 0 {
            others.push(who.clone());
        }
    }
    (elected, others)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        chain::TakenStep,
        chain_steps::{TellRequest, tell_step},
        plan::{BUILT_IN, named},
    };

    fn chain(code: &str) -> DelegateChain {
        DelegateChain::of(named(code).unwrap())
    }

    fn facts() -> RecommendationFacts {
        RecommendationFacts {
            name: "张三".to_owned(),
            number: "20240001".to_owned(),
            unit: "信息工程系2024级".to_owned(),
            enrolled: true,
            of_unit: true,
            elsewhere: None,
            seats_approved: true,
            seats: 4,
            in_time: true,
            on_ballot: false,
            recommended: 11,
            most: Some(12),
        }
    }

    #[test]
    fn s6_2_two_steps_and_j3_2_3_three() {
        assert_eq!(chain("suzhou-2020").in_words(), ["班级团支部推荐", "系（院）学生会组织选举"]);
        let jining = chain("jining-2022");
        assert_eq!(jining.before.links.len(), 2);
        assert!(jining.before.links[1].has(Body::DelegateParty) && jining.election.has(Body::CollegeUnion));
        let league = Party { body: Body::SchoolLeague, name: "校团委".to_owned() };
        let named = jining.named_by(league);
        assert_eq!((named.links[0].in_words().as_str(), named.links.len()), ("校团委推荐", 2));
        let mut silent = named_silent();
        silent.figures.delegate_steps = None;
        let usual = DelegateChain::of(&silent);
        assert_eq!(usual.in_words(), ["班级团支部推荐", "院系学生会组织选举"]);
        assert!(usual.before.refusal(String::new()).clause.is_none(), "practice quotes no clause");
    }

    #[test]
    fn con_03_who_votes_is_the_plans_where_it_says_so() {
        let (_, text) = BUILT_IN[0];
        let asked = sitting::Body::College;
        assert_eq!(chain("suzhou-2020").electorate(asked, false), asked);
        let own = text.replacen("[rule.CON-03]\n", "[rule.CON-03]\nvoters = \"congress\"\n", 1);
        let plan = Plan::parse(&own).unwrap();
        assert!(plan.print().contains("voters = \"congress\""));
        let said = plan.provision(Rule::Con03).unwrap().figure.clone().unwrap();
        assert!(said.ends_with("（由本院系学生代表大会选举）"), "{said}");
        let chain = DelegateChain::of(&plan);
        assert_eq!(chain.electorate(asked, false), sitting::Body::Congress);
        assert_eq!(chain.electorate(asked, true), asked, "no congress elects its own delegates");
        let kept = serde_json::to_string(&chain).unwrap();
        assert_eq!(serde_json::from_str::<DelegateChain>(&kept).unwrap(), chain);
    }

    fn named_silent() -> Plan {
        named("suzhou-2020").unwrap().clone()
    }

    #[test]
    fn con_03_what_comes_after_a_step_that_is_no_opinion_waits_for_it() {
        let (_, text) = BUILT_IN[0];
        let notice = "{ act = \"公示\", kind = \"notice\", days = 3 },\n    { act = \"组织选举\"";
        let own = text.replacen("{ act = \"组织选举\"", notice, 1);
        let mut chain = DelegateChain::of(&Plan::parse(&own).unwrap());
        assert_eq!(chain.in_words().len(), 3, "{:?}", chain.in_words());
        let units = [UnitBallot { unit: "信息系 2024 级".to_owned(), seats: 1, passed: 3, waiting: 0 }];
        let plan = named("suzhou-2020").unwrap();
        let waits = ballots(plan, &chain, &units, 20, false).permit().unwrap_err();
        assert!(waits[0].message.contains("选举之前还有“公示"), "{}", waits[0].message);
        let (from, until) = (date!(2026 - 10 - 12), date!(2026 - 10 - 14));
        let taken = TakenStep { from, until, office: "校团委".to_owned() };
        let told = tell_step(&chain.before, TellRequest { place: 0, taken }, date!(2026 - 10 - 20));
        chain.before = told.permit().unwrap().chain().clone();
        assert!(ballots(plan, &chain, &units, 20, false).permit().is_ok() && chain.open_step().is_none());
    }

    #[test]
    fn con_03_a_unit_recommends_its_own_once_and_within_the_limit() {
        let chain = chain("jining-2022").before;
        recommend(&chain, &facts()).permit().unwrap();
        recommend(&chain, &RecommendationFacts { most: None, recommended: 99, ..facts() }).permit().unwrap();
        let changes: [fn(&mut RecommendationFacts); 7] = [
            |facts| facts.of_unit = false,
            |facts| facts.enrolled = false,
            |facts| facts.elsewhere = Some("青年志愿者协会".to_owned()),
            |facts| facts.seats_approved = false,
            |facts| facts.in_time = false,
            |facts| facts.on_ballot = true,
            |facts| facts.recommended = 12,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut facts = facts();
            change(&mut facts);
            let findings = recommend(&chain, &facts).permit().unwrap_err();
            assert_eq!(findings.len(), 1, "change {number}");
            assert_eq!(findings[0].clause.is_some(), number == 0, "change {number}");
        }
    }

    #[test]
    fn more_candidates_than_places_rounded_up_and_at_least_one() {
        assert_eq!(
            [(17, 20), (17, 10), (1, 20), (5, 20), (10, 25)].map(|(seats, most)| margin(seats, most)),
            [4, 2, 1, 1, 3]
        );
    }

    #[test]
    fn con_03_nobody_is_on_the_ballot_without_every_step() {
        let (plan, chain) = (named("jining-2022").unwrap(), chain("jining-2022"));
        let unit = UnitBallot { unit: "2024级".to_owned(), seats: 4, passed: 5, waiting: 3 };
        ballots(plan, &chain, std::slice::from_ref(&unit), 20, false).permit().unwrap();
        let short = UnitBallot { passed: 4, ..unit.clone() };
        let findings = ballots(plan, &chain, std::slice::from_ref(&short), 20, false).permit().unwrap_err();
        assert!(findings[0].message.contains("还差 1 名候选人") && findings[0].clause.is_none());
        assert!(findings[1].message.contains("3 人没有走完"));
        assert!(findings[1].clause.as_ref().unwrap().quote.contains("代表人选所在党组织审查"));
        assert!(ballots(plan, &chain, &[UnitBallot { passed: 61, ..unit }], 20, false).permit().is_err());
    }

    #[test]
    fn con_10_a_colleges_congress_goes_by_the_same_steps() {
        let short = UnitBallot { unit: "2024级".to_owned(), seats: 4, passed: 0, waiting: 5 };
        let judged = |code| {
            let plan = named(code).unwrap();
            ballots(plan, &chain(code), std::slice::from_ref(&short), 20, true).permit().unwrap_err()
        };
        let jining = judged("jining-2022");
        assert_eq!((jining[2].rule, jining[2].clause.is_some()), (Rule::Con10, true));
        assert_eq!(judged("suzhou-2020").len(), 2, "Suzhou says nothing of it");
    }

    fn listed(number: u32) -> Listed {
        Listed { number: number.to_string(), name: format!("学生{number}") }
    }

    fn list(elected: &[u32], substitutes: &[u32]) -> Vec<UnitList> {
        let numbers = |list: &[u32]| list.iter().map(u32::to_string).collect();
        let result = UnitResult { elected: vec![listed(1), listed(2)], others: vec![listed(3), listed(4)] };
        vec![UnitList {
            unit: "2024级".to_owned(),
            seats: 2,
            elected: numbers(elected),
            substitutes: numbers(substitutes),
            result: Some(result),
        }]
    }

    #[test]
    fn con_03_a_list_is_what_the_election_came_to() {
        let chain = chain("suzhou-2020");
        hand_in(&chain, &list(&[2, 1], &[3, 4])).permit().unwrap();
        hand_in(&chain, &list(&[2, 1], &[])).permit().unwrap();
        let refused = |units: Vec<UnitList>| hand_in(&chain, &units).permit().unwrap_err();
        let stranger = refused(list(&[1, 3], &[]));
        assert!(stranger[0].message.contains("3没有当选") && stranger[0].clause.is_some());
        assert!(stranger[1].message.contains("学生2已当选"));
        assert!(refused(list(&[1, 2], &[4, 3]))[0].message.contains("得票多少不符"));
        assert!(refused(list(&[1, 2], &[9]))[0].message.contains("不能列为候补"));
        assert!(refused(list(&[1, 2, 2], &[])).iter().any(|finding| finding.message.contains("列了两次")));
        let mut unreported = list(&[1, 2], &[]);
        unreported[0].result = None;
        assert!(refused(unreported)[0].message.contains("还没有选举结果"));
    }

    #[test]
    fn a_report_elects_with_more_than_half_and_leaves_a_tie_open() {
        let votes = [("甲", 30), ("乙", 60), ("丙", 31), ("丁", 0)];
        assert_eq!(result_of_report(2, 60, &votes), (vec!["乙", "丙"], vec!["甲"]));
        assert_eq!(result_of_report(2, 62, &votes), (vec!["乙"], vec!["丙", "甲"]));
        let tied = [("甲", 40), ("乙", 60), ("丙", 40)];
        assert_eq!(result_of_report(2, 60, &tied), (vec!["乙"], vec!["甲", "丙"]));
    }
}
