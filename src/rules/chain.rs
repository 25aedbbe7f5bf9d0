//! The chain of opinions through which candidates pass, step by step (VET-01 … VET-03, CON-03).
//!
//! A chain is what the plan says, kept with the round as it was on the day on which the round was opened. Nothing moves
//! but by [`take_step`]: an opinion of the body whose turn it is, given on what the person had before them. What only this
//! portal asks (nobody acts on their own case, nobody signs two steps of one case) cites no clause.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Clause, Finding, Outcome, Plan, Rule, Verdict,
    plan::{Body, Step, Union},
};

/// A body of a chain, with the plan's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub body: Body,
    /// What the plan calls it.
    pub name: String,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The verb, in the plan's own word.
    pub act: String,
    pub by: Vec<Party>,
    /// One of them is enough.
    pub any: bool,
    /// They act in one joint session.
    pub together: bool,
}

impl Link {
    /// The step in words: `系（院）团组织推荐`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{}{}", self.bodies_in_words(), self.act)
    }

    /// What agreeing is called here: the verb itself where it says so, else that the step is passed.
    #[must_use]
    pub fn agreement(&self) -> String {
        let says = ["推荐", "同意", "确定"].iter().any(|word| self.act.ends_with(word));
        if says { self.act.clone() } else { format!("{}通过", self.act) }
    }

    #[must_use]
    pub fn bodies_in_words(&self) -> String {
        let names: Vec<&str> = self.by.iter().map(|party| party.name.as_str()).collect();
        names.join(if self.any { "或" } else { "、" })
    }

    #[must_use]
    pub fn has(&self, body: Body) -> bool {
        self.by.iter().any(|party| party.body == body)
    }
}

/// A chain of opinions, with the rule and the clause that prescribe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    pub rule: String,
    pub plan: String,
    pub document: String,
    pub section: String,
    pub quote: String,
    /// The steps in their order.
    pub links: Vec<Link>,
}

impl Chain {
    /// The chain that a plan prescribes for places of a union; none where it is silent. A graduate union goes by the
    /// school's (STF-09, 参照).
    #[must_use]
    pub fn of(plan: &Plan, union: Union, presidium: bool) -> Option<Self> {
        let figures = &plan.figures;
        let (rule, steps) = match (union, presidium) {
            (Union::School | Union::Graduate, true) => (Rule::Vet01, figures.presidium_chain.as_ref()),
            (Union::School | Union::Graduate, false) => (Rule::Vet02, figures.department_chain.as_ref()),
            (Union::College, _) => (Rule::Vet03, figures.college_chain.as_ref()),
        };
        let (provision, steps) = plan.provision(rule).zip(steps)?;
        let party = |body: &Body| Party { body: *body, name: plan.body_name(*body).to_owned() };
        let link = |step: &Step| Link {
            act: step.act.clone(),
            by: step.by.iter().map(party).collect(),
            any: step.any,
            together: step.together,
        };
        let Clause { document, section, quote, .. } = provision.clause().clone();
        let links = steps.iter().map(link).collect();
        Some(Self { rule: rule.code().to_owned(), plan: plan.short.clone(), document, section, quote, links })
    }

    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule.parse().unwrap_or(Rule::Vet02)
    }

    #[must_use]
    pub fn clause(&self) -> Clause {
        Clause {
            document: self.document.clone(),
            section: self.section.clone(),
            quote: self.quote.clone(),
            id: String::new(),
        }
    }

    fn refusal(&self, says: String) -> Finding {
        Finding { clause: Some(self.clause()), ..Finding::practice(self.rule(), Outcome::Fail, says) }
    }

    fn house(&self, says: impl Into<String>) -> Finding {
        Finding::practice(self.rule(), Outcome::Fail, says.into())
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// An office has named the student, who has not yet agreed.
    Invited,
    /// At a step of the chain, from 0.
    At(usize),
    /// Back with the candidate, to be put right.
    Returned,
    /// Every step has agreed.
    Passed,
    /// Appointed to a post.
    Appointed,
    /// On the list of candidates for the congress.
    Listed,
    /// A step has said no.
    Refused,
    Withdrawn,
    /// The round ended, or the candidate left the university, before there was an answer.
    Lapsed,
}

impl Stage {
    /// All, with their stable words; a step's number stands beside the word.
    const WORDS: [(&'static str, Self); 9] = [
        ("invited", Self::Invited),
        ("at", Self::At(0)),
        ("returned", Self::Returned),
        ("passed", Self::Passed),
        ("appointed", Self::Appointed),
        ("listed", Self::Listed),
        ("refused", Self::Refused),
        ("withdrawn", Self::Withdrawn),
        ("lapsed", Self::Lapsed),
    ];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::At(_) => "at",
            Self::Returned => "returned",
            Self::Passed => "passed",
            Self::Appointed => "appointed",
            Self::Listed => "listed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// The stage of a stable word and a step; none for another word.
    #[must_use]
    pub fn of(slug: &str, step: Option<usize>) -> Option<Self> {
        let (_, stage) = Self::WORDS.into_iter().find(|(word, _)| *word == slug)?;
        Some(if let Self::At(_) = stage { Self::At(step?) } else { stage })
    }

    /// The word for people; at a step, what the step is called says more.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Invited => "待本人确认",
            Self::At(_) => "办理中",
            Self::Returned => "已退回本人",
            Self::Passed => "已确定",
            Self::Appointed => "已任命",
            Self::Listed => "已列入候选人名单",
            Self::Refused => "未通过",
            Self::Withdrawn => "已撤回",
            Self::Lapsed => "已终止",
        }
    }

    /// The case is on its way: it is not decided and can still be withdrawn.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Invited | Self::At(_) | Self::Returned => true,
            Self::Passed | Self::Appointed | Self::Listed | Self::Refused | Self::Withdrawn | Self::Lapsed => false,
        }
    }

    /// The colour word of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Invited | Self::Returned => "warn",
            Self::At(_) => "unknown",
            Self::Passed | Self::Appointed | Self::Listed => "pass",
            Self::Refused => "fail",
            Self::Withdrawn | Self::Lapsed => "not_required",
        }
    }

    /// The sign beside the word.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Invited | Self::Returned => "!",
            Self::At(_) => "…",
            Self::Passed | Self::Appointed | Self::Listed => "✓",
            Self::Refused => "✕",
            Self::Withdrawn | Self::Lapsed => "–",
        }
    }
}

/// What an opinion says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Says {
    /// On to the next step.
    Agree,
    /// Back to an earlier step.
    Return(usize),
    /// Back to the candidate.
    ReturnToCandidate,
    Refuse,
}

/// An opinion that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    pub step: usize,
    /// On which visit of the case: it counts up at every move, forward or back.
    pub visit: u32,
    pub body: Body,
    pub person: Uuid,
    pub says: Says,
    /// The joint session it was given in.
    pub session: Option<Uuid>,
}

/// How far a case has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    /// How often it has moved.
    pub visit: u32,
    /// Every opinion so far, in its order.
    pub given: Vec<Given>,
    /// The account of an officer who prepared the case for the candidate.
    pub prepared_by: Option<Uuid>,
}

/// An opinion that somebody wants to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The body for which they act.
    pub body: Body,
    pub person: Uuid,
    /// They are the candidate.
    pub own: bool,
    /// The visit that they had before them.
    pub seen: u32,
    pub says: Says,
    pub session: Option<Uuid>,
    /// It is recorded that they may sign more than one step of a case.
    pub delegated: bool,
}

/// An opinion that may be given, and where the case goes. Its fields are private: only [`take_step`] makes one.
///
/// ```compile_fail
/// use lunzhi::rules::chain::{Stage, StepTaken};
/// // A step that no rule has passed does not compile.
/// let step = StepTaken { step: 0, visit: 0, next: Stage::Passed, moves: true };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTaken {
    step: usize,
    visit: u32,
    next: Stage,
    moves: bool,
}

impl StepTaken {
    /// The step at which it is given.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// The visit on which it is given.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// Where the case stands after it.
    #[must_use]
    pub fn next(&self) -> Stage {
        self.next
    }

    /// The case moves; else it waits for another body of the same step.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.moves
    }
}

/// The seats of the place that a case is for.
#[derive(Debug, Clone, Copy)]
pub struct Seats<'a> {
    pub place: &'a str,
    /// How many there are.
    pub seats: u32,
    /// How many are decided: passed, listed or appointed.
    pub taken: u32,
}

/// VET-01 … VET-03: an opinion of the body whose turn it is. A step is passed when one of its bodies (推荐 by one or the
/// other) or all of them have agreed on the same visit; a joint one only in one and the same session. A return goes to an
/// earlier step or to the candidate and takes with it what was agreed on this visit; nothing moves forward but by agreement.
/// The last step fills one of the place's seats: one more than there are is refused, whoever presses.
pub fn take_step(chain: &Chain, progress: &Progress, seats: Seats<'_>, asked: Asked) -> Verdict<StepTaken> {
    let nothing = StepTaken { step: 0, visit: progress.visit, next: progress.stage, moves: false };
    let Stage::At(step) = progress.stage else {
        let says = format!("这件现在{}，不在办理环节", progress.stage.label());
        return Verdict::seal(vec![chain.house(says)], nothing);
    };
    let Some(link) = chain.links.get(step) else {
        return Verdict::seal(vec![chain.house("这件的环节不在程序之内")], nothing);
    };
    let mut findings = Vec::new();
    if asked.seen != progress.visit {
        let says = format!("你打开页面之后情况有变化：现在到了“{}”环节，请看过最新情况再签署", link.in_words());
        findings.push(chain.house(says));
    } else if !link.has(asked.body) {
        let says = format!("现在的环节是“{}”，由{}办理", link.act, link.bodies_in_words());
        findings.push(chain.refusal(says));
    }
    let now = || progress.given.iter().filter(|given| (given.step, given.visit) == (step, progress.visit));
    if now().any(|given| given.body == asked.body) {
        findings.push(chain.house(format!("本单位已在“{}”环节签署意见", link.act)));
    }
    if asked.own {
        findings.push(chain.house("不能办理本人的事项").remedy("请同一职务的其他人办理，或由上级指定专人"));
    }
    let elsewhere = progress
        .given
        .iter()
        .find(|given| given.person == asked.person && (given.step, given.body) != (step, asked.body))
        .and_then(|given| chain.links.get(given.step));
    if !asked.delegated {
        let remedy = "请另一人办理；人手确实不足的院系，由校团委登记授权后可以由一人办理";
        if let Some(link) = elsewhere {
            let says = format!("同一人已在这件的“{}”环节签署意见，不能再办另一环节", link.act);
            findings.push(chain.house(says).remedy(remedy));
        } else if progress.prepared_by == Some(asked.person) {
            let says = "这件由你本人整理提交，不能再由你审查".to_owned();
            findings.push(chain.house(says).remedy(remedy));
        }
    }
    if link.together && asked.says == Says::Agree {
        let agreed = now().find(|given| given.says == Says::Agree);
        if asked.session.is_none() {
            let says = format!("“{}”须在一次联合会议上进行，请选定或登记会议", link.act);
            findings.push(chain.refusal(says));
        } else if agreed.is_some_and(|given| given.session != asked.session) {
            let says = format!("另一方的意见出自另一次会议；“{}”须出自同一次会议", link.act);
            findings.push(chain.refusal(says).remedy("选另一方所用的会议，或退回重新审查"));
        }
    }
    if let Says::Return(target) = asked.says
        && target >= step
    {
        findings.push(chain.house("只能退回到前面的环节"));
    }
    let others_agreed = || {
        let agreed = |body: Body| now().any(|given| given.body == body && given.says == Says::Agree);
        link.by.iter().all(|party| party.body == asked.body || agreed(party.body))
    };
    let (next, moves) = match asked.says {
        Says::Agree if link.any || others_agreed() => (forward(chain, step), true),
        Says::Agree => (Stage::At(step), false),
        Says::Return(target) => (Stage::At(target), true),
        Says::ReturnToCandidate => (Stage::Returned, true),
        Says::Refuse => (Stage::Refused, true),
    };
    if next == Stage::Passed && seats.taken >= seats.seats {
        let says = format!("{}共 {} 个名额，已确定 {} 人，没有空余", seats.place, seats.seats, seats.taken);
        let full = chain.house(says).against(&(seats.taken + 1), format!("<={}", seats.seats));
        findings.push(full.remedy("退回或不予通过，或由开启本轮的单位增加名额（仍受上限约束）"));
    }
    Verdict::seal(findings, StepTaken { step, visit: progress.visit, next, moves })
}

fn forward(chain: &Chain, step: usize) -> Stage {
    if step + 1 < chain.links.len() { Stage::At(step + 1) } else { Stage::Passed }
}

/// Where a case begins when the candidate hands it in: at the first step, or past it where the body that recommends has
/// named the candidate itself and signed.
#[must_use]
pub fn begin(chain: &Chain, recommended_by: Option<Body>) -> Stage {
    match (chain.links.as_slice(), recommended_by) {
        // What passes at once fills a seat, and seats are counted where a step is taken.
        ([link, _, ..], Some(body)) if link.has(body) && (link.any || link.by.len() == 1) => Stage::At(1),
        _ => Stage::At(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::named;
    use proptest::prelude::*;

    const ROOM: Seats<'static> = Seats { place: "办公室干事", seats: 9, taken: 0 };

    fn person(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn at(step: usize) -> Progress {
        Progress { stage: Stage::At(step), visit: 0, given: Vec::new(), prepared_by: None }
    }

    fn ask(body: Body, who: u128, visit: u32, says: Says) -> Asked {
        Asked { body, person: person(who), own: false, seen: visit, says, session: None, delegated: false }
    }

    /// Writes down what was allowed, as a store does.
    fn note(progress: &mut Progress, asked: Asked, taken: StepTaken) {
        let Asked { body, person, says, session, .. } = asked;
        progress.given.push(Given { step: taken.step(), visit: taken.visit(), body, person, says, session });
        progress.stage = taken.next();
        progress.visit += u32::from(taken.moves());
    }

    fn go(chain: &Chain, progress: &mut Progress, asked: Asked) -> Result<Stage, Vec<Finding>> {
        let taken = take_step(chain, progress, ROOM, asked).permit()?;
        note(progress, asked, taken);
        Ok(taken.next())
    }

    fn suzhou(union: Union, presidium: bool) -> Chain {
        Chain::of(named("suzhou-2020").unwrap(), union, presidium).unwrap()
    }

    #[test]
    fn s5_2_the_presidium_chain_passes_four_steps_and_the_joint_one_in_one_session() {
        let chain = suzhou(Union::School, true);
        let words: Vec<String> = chain.links.iter().map(Link::in_words).collect();
        assert_eq!(words[2], "学校党委学生工作部、学校团委联合审查");
        let mut case = at(0);
        go(&chain, &mut case, ask(Body::CollegeLeague, 1, 0, Says::Agree)).unwrap();
        go(&chain, &mut case, ask(Body::CollegeParty, 2, 1, Says::Agree)).unwrap();
        let bare = go(&chain, &mut case, ask(Body::StudentAffairs, 3, 2, Says::Agree)).unwrap_err();
        assert!(bare[0].message.contains("联合会议") && bare[0].clause.is_some());
        let session = |who, body, number| Asked { session: Some(person(number)), ..ask(body, who, 2, Says::Agree) };
        assert_eq!(go(&chain, &mut case, session(3, Body::StudentAffairs, 77)), Ok(Stage::At(2)), "one is not enough");
        assert!(go(&chain, &mut case, session(3, Body::StudentAffairs, 77)).is_err(), "not twice");
        let other = go(&chain, &mut case, session(4, Body::SchoolLeague, 78)).unwrap_err();
        assert!(other[0].message.contains("同一次会议"));
        assert_eq!(go(&chain, &mut case, session(4, Body::SchoolLeague, 77)), Ok(Stage::At(3)));
        assert_eq!(go(&chain, &mut case, ask(Body::SchoolParty, 5, 3, Says::Agree)), Ok(Stage::Passed));
    }

    #[test]
    fn s5_4_either_recommends_and_j4_3_8_the_college_alone() {
        let chain = suzhou(Union::School, false);
        assert_eq!(go(&chain, &mut at(0), ask(Body::SchoolUnion, 1, 0, Says::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&chain, &mut at(0), ask(Body::CollegeLeague, 1, 0, Says::Agree)), Ok(Stage::At(1)));
        assert_eq!(begin(&chain, Some(Body::SchoolUnion)), Stage::At(1));
        assert_eq!(begin(&chain, None), Stage::At(0));
        let jining = Chain::of(named("jining-2022").unwrap(), Union::School, false).unwrap();
        let refused = go(&jining, &mut at(0), ask(Body::SchoolUnion, 1, 0, Says::Agree)).unwrap_err();
        assert_eq!(refused[0].clause.as_ref().unwrap().document, "济医党字〔2022〕19号");
        assert_eq!(begin(&jining, Some(Body::SchoolUnion)), Stage::At(0), "the union's word is no recommendation here");
        // T17: two signatures, without a joint session.
        let mut case = at(1);
        assert_eq!(go(&jining, &mut case, ask(Body::SchoolLeague, 2, 0, Says::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&jining, &mut case, ask(Body::StudentAffairs, 3, 0, Says::Agree)), Ok(Stage::Passed));
    }

    #[test]
    fn a_return_from_a_joint_step_moves_back_and_what_was_agreed_counts_no_more() {
        let chain = suzhou(Union::School, false);
        let mut case = at(1);
        go(&chain, &mut case, ask(Body::SchoolLeague, 1, 0, Says::Agree)).unwrap();
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 2, 0, Says::Return(0))), Ok(Stage::At(0)));
        let late = go(&chain, &mut case, ask(Body::SchoolLeague, 1, 0, Says::Agree)).unwrap_err();
        assert!(late[0].message.contains("情况有变化"), "{}", late[0].message);
        go(&chain, &mut case, ask(Body::CollegeLeague, 3, 1, Says::Agree)).unwrap();
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 2, 2, Says::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&chain, &mut case, ask(Body::SchoolLeague, 1, 2, Says::Agree)), Ok(Stage::Passed));
        assert_eq!(case.given.len(), 5, "no opinion is lost");
    }

    #[test]
    fn nobody_acts_on_their_own_case_nor_on_two_steps_of_one_without_a_delegation() {
        let chain = suzhou(Union::College, false);
        let own = Asked { own: true, ..ask(Body::ClassBranch, 1, 0, Says::Agree) };
        let refused = go(&chain, &mut at(0), own).unwrap_err();
        assert!(refused[0].message.contains("本人") && refused[0].clause.is_none());
        let mut case = at(0);
        go(&chain, &mut case, ask(Body::ClassBranch, 1, 0, Says::Agree)).unwrap();
        go(&chain, &mut case, ask(Body::CollegeLeague, 2, 1, Says::Agree)).unwrap();
        let twice = ask(Body::CollegeParty, 2, 2, Says::Agree);
        assert!(go(&chain, &mut case, twice).unwrap_err()[0].message.contains("同一人"));
        assert_eq!(go(&chain, &mut case, Asked { delegated: true, ..twice }), Ok(Stage::Passed));
        let prepared = Progress { prepared_by: Some(person(9)), ..at(1) };
        let refused = take_step(&chain, &prepared, ROOM, ask(Body::CollegeLeague, 9, 0, Says::Agree)).permit();
        assert!(refused.unwrap_err()[0].message.contains("整理提交"));
    }

    #[test]
    fn the_last_seat_is_given_once() {
        let chain = suzhou(Union::College, false);
        let full = Seats { place: "办公室干事", seats: 2, taken: 2 };
        let asked = ask(Body::CollegeParty, 3, 0, Says::Agree);
        let refused = take_step(&chain, &at(2), full, asked).permit().unwrap_err();
        assert_eq!((refused[0].measured.as_str(), refused[0].limit.as_str()), ("3", "<=2"));
        let no = ask(Body::CollegeParty, 3, 0, Says::Refuse);
        assert!(take_step(&chain, &at(2), full, no).permit().is_ok(), "a no needs no seat");
        let earlier = ask(Body::CollegeLeague, 3, 0, Says::Agree);
        assert!(take_step(&chain, &at(1), full, earlier).permit().is_ok(), "nor does an earlier step");
    }

    /// The bodies of the random chains.
    const BODIES: [Body; 5] =
        [Body::ClassBranch, Body::CollegeLeague, Body::CollegeParty, Body::SchoolLeague, Body::SchoolParty];

    fn chains() -> impl Strategy<Value = Chain> {
        let link = (proptest::sample::subsequence(BODIES.to_vec(), 1..=3), any::<bool>(), any::<bool>());
        proptest::collection::vec(link, 1..6).prop_map(|links| Chain {
            links: links
                .into_iter()
                .map(|(by, any, together)| Link {
                    act: "审".to_owned(),
                    by: by.into_iter().map(|body| Party { body, name: body.slug().to_owned() }).collect(),
                    any,
                    together,
                })
                .collect(),
            ..suzhou(Union::College, false)
        })
    }

    fn asks() -> impl Strategy<Value = Vec<(Asked, u32)>> {
        let says = prop_oneof![
            6 => Just(Says::Agree), 1 => (0..5_usize).prop_map(Says::Return), 1 => Just(Says::ReturnToCandidate),
            1 => Just(Says::Refuse)
        ];
        let one = (0..BODIES.len(), 0..9_u128, says, proptest::option::of(0..2_u128), 0..40_u32).prop_map(
            |(body, who, says, session, chance)| {
                let asked = Asked {
                    body: BODIES[body],
                    person: person(who),
                    own: who == 0,
                    seen: 0,
                    says,
                    session: session.map(person),
                    delegated: chance % 7 == 0,
                };
                (asked, chance)
            },
        );
        proptest::collection::vec(one, 1..80)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        /// The store's part is played by `note`; what is checked is counted another way, from the list of opinions alone.
        #[test]
        fn no_step_is_skipped_no_joint_step_passes_on_one_opinion_and_an_end_is_always_reachable(
            chain in chains(), asks in asks()
        ) {
            let mut case = at(0);
            let mut accepted = 0;
            for (asked, chance) in asks {
                let (stage, visit) = (case.stage, case.visit);
                // Most have the case as it is before them, some an older state.
                let asked = Asked { seen: if chance % 5 == 0 { visit.saturating_sub(1) } else { visit }, ..asked };
                if go(&chain, &mut case, asked).is_ok() {
                    accepted += 1;
                    prop_assert!(!asked.own && asked.seen == visit, "acted on an own or an old case");
                    let Stage::At(step) = stage else { panic!("acted on a case that is at no step") };
                    prop_assert!(chain.links[step].has(asked.body));
                    if case.visit == visit {
                        prop_assert_eq!(case.stage, stage);
                    } else if asked.says == Says::Agree {
                        // Forward: exactly one step, and with everybody's word on this very visit.
                        prop_assert_eq!(case.stage, forward(&chain, step));
                        let words: Vec<&Given> = case.given.iter().filter(|one| one.visit == visit).collect();
                        prop_assert!(words.iter().all(|one| one.says == Says::Agree && one.step == step));
                        let link = &chain.links[step];
                        let signed = link.by.iter().filter(|by| words.iter().any(|one| one.body == by.body)).count();
                        let enough = if link.any { signed > 0 } else { signed == link.by.len() };
                        prop_assert!(enough);
                        prop_assert!(
                            !link.together || words.windows(2).all(|two| two[0].session == two[1].session)
                        );
                    } else if let Stage::At(back) = case.stage {
                        prop_assert!(back < step);
                    }
                }
                prop_assert_eq!(case.given.len(), accepted, "an opinion was lost or made");
                if case.stage == Stage::Returned {
                    // The candidate hands it in again.
                    case.stage = begin(&chain, None);
                    case.visit += 1;
                }
            }
            // Whatever happened, fresh people can bring it to an end.
            let mut fresh = 100;
            while let Stage::At(step) = case.stage {
                let visit = case.visit;
                let next = chain.links[step].by.iter().map(|party| party.body).find(|body| {
                    !case.given.iter().any(|one| (one.step, one.visit, one.body) == (step, visit, *body))
                });
                let session = case.given.iter().find(|one| one.visit == visit).map_or(Some(person(1)), |one| one.session);
                let asked = Asked { session, ..ask(next.unwrap(), fresh, visit, Says::Agree) };
                prop_assert!(go(&chain, &mut case, asked).is_ok(), "stuck at {step}");
                fresh += 1;
            }
            prop_assert!(!case.stage.is_under_way());
        }
    }
}
