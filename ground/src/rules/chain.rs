//! The chain of opinions through which candidates pass, step by step (VET-01 … VET-03, CON-03).
//!
//! A chain is what the plan says, kept with the round as it was on the day on which the round was opened. Nothing moves
//! but by [`take_step`]: an opinion of the body whose turn it is, given on what the person had before them. What only this
//! portal asks (nobody acts on their own case, nobody signs two steps of one case) cites no clause.
//!
//! In one file, because a step is judged by all of the chain; its tests, one a clause, are nearly a third of it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::{
    Clause, Finding, Outcome, Plan, Rule, Verdict,
    plan::{Actor, Body, Stated, Step, StepKind, Union},
};
use crate::words::words;

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
    /// A step of a plan's chain, with its names for the bodies.
    pub(super) fn of(plan: &Plan, step: &Step) -> Self {
        let party = |actor: &Actor| Party {
            body: actor.body,
            name: actor.name.clone().unwrap_or_else(|| plan.body_name(actor.body).to_owned()),
        };
        let by = step.by.iter().map(party).collect();
        Self { act: step.act.clone(), by, any: step.any, together: step.together }
    }

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

    /// The offices for which a body acts here, in their order: the plan may name some that have none in the portal (教务处,
    /// 辅导员), and each of them has its own opinion.
    fn offices_of(&self, body: Body) -> impl Iterator<Item = &Party> {
        self.by.iter().filter(move |party| party.body == body)
    }

    /// How many opinions a body gives here: one for each office for which it acts, or one where one office is enough.
    #[must_use]
    pub fn opinions_of(&self, body: Body) -> usize {
        let offices = self.offices_of(body).count();
        if self.any { offices.min(1) } else { offices }
    }

    /// The office for which a body gives its next opinion, when it has given so many; none where that need not be said,
    /// because it gives but one.
    #[must_use]
    pub fn speaks_for(&self, body: Body, given: usize) -> Option<&str> {
        if self.opinions_of(body) < 2 {
            return None;
        }
        self.offices_of(body).nth(given).map(|party| party.name.as_str())
    }

    /// As what an office signs for a body: its own label, and where the body acts for several, before it the one at that place
    /// among them.
    #[must_use]
    pub fn signed_as(&self, body: Body, place: usize, label: String) -> String {
        match self.speaks_for(body, place) {
            Some(name) => format!("{name}（{label}办理）"),
            None => label,
        }
    }
}

time::serde::format_description!(iso_day, Date, "[year]-[month]-[day]");

/// That a step which is no opinion was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenStep {
    #[serde(with = "iso_day")]
    pub from: Date,
    /// Its last day: the first one where it took but a day.
    #[serde(with = "iso_day")]
    pub until: Date,
    /// The office that says so, in words. Who acted for it stands in the record.
    pub office: String,
}

impl TakenStep {
    /// When: `2026-10-12` or `2026-10-12 至 2026-10-16`.
    #[must_use]
    pub fn days_in_words(&self) -> String {
        let Self { from, until, .. } = self;
        if from == until { from.to_string() } else { format!("{from} 至 {until}") }
    }
}

/// That a step which each candidate passes by themselves was taken by one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateStep {
    /// Its place among the steps that are no opinions, from 0.
    pub place: usize,
    #[serde(flatten)]
    pub taken: TakenStep,
}

/// A step of a plan's chain that is no opinion: 公示, 面试, 试用.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherStep {
    /// So many opinions come before it.
    pub after: usize,
    /// What it is, by stable word.
    pub kind: String,
    /// The step in words: `公示 5 天`.
    pub says: String,
    /// How many days it lasts at least.
    pub days: Option<u32>,
    /// Each candidate passes it by themselves, and it is said of each. Rounds that were opened when the portal did not ask this
    /// have it said of all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each: bool,
    /// None as long as nobody has said that it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<TakenStep>,
}

impl OtherStep {
    /// It is a public notice.
    #[must_use]
    pub fn is_notice(&self) -> bool {
        self.kind == StepKind::Notice.slug()
    }
}

/// The steps of a plan's chain that are no opinions, each with its place among the opinions.
pub(super) fn other_steps(plan: &Plan, steps: &[Step]) -> Vec<OtherStep> {
    let mut after = 0;
    let mut others = Vec::new();
    for step in steps {
        if step.kind == StepKind::Opinion {
            after += 1;
            continue;
        }
        let says = step.in_words(|body| plan.body_name(body).to_owned());
        others.push(OtherStep {
            after,
            kind: step.kind.slug().to_owned(),
            says,
            days: step.days,
            each: step.each,
            taken: None,
        });
    }
    others
}

/// Who says that a step of the delegates' chain was taken (CON-03), and where.
pub(super) const STEPS_OF_DELEGATES: &str = "由筹备大会的单位在“代表”的“其他环节”登记这一步的办理情况";

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
    /// Steps of the plan's chain that are no opinions: people take them, and say so for the whole round or for each candidate.
    #[serde(default)]
    pub others: Vec<OtherStep>,
}

impl Chain {
    /// The chain that a plan prescribes for places of a union; none where it is silent. A graduate union goes by the
    /// school's (STF-09, 参照).
    #[must_use]
    pub fn of(plan: &Plan, union: Union, presidium: bool) -> Option<Self> {
        let figures = &plan.figures;
        let Stated { value: steps, provision } = match (union, presidium) {
            (Union::School | Union::Graduate, true) => figures.presidium_chain.as_ref(),
            (Union::School | Union::Graduate, false) => figures.department_chain.as_ref(),
            (Union::College, _) => figures.college_chain.as_ref(),
        }?;
        let Clause { document, section, quote, .. } = provision.clause().clone();
        let opinions = steps.iter().filter(|step| step.kind == StepKind::Opinion);
        let links = opinions.map(|step| Link::of(plan, step)).collect();
        let (rule, others) = (provision.rule.code().to_owned(), other_steps(plan, steps));
        Some(Self { rule, plan: plan.short.clone(), document, section, quote, links, others })
    }

    /// How a plan says that people come to the posts of a union, in a sentence: by its own steps, or that it does not say.
    #[must_use]
    pub fn course_in_words(plan: Option<&Plan>, union: Union) -> String {
        let chain = plan.and_then(|plan| Self::of(plan, union, false).or_else(|| Self::of(plan, union, true)));
        match chain {
            Some(chain) => {
                let acts: Vec<&str> = chain.links.iter().map(|link| link.act.as_str()).collect();
                format!("方案规定人选经{}产生", acts.join("、"))
            }
            None => "本校方案没有写人选的产生程序，或者还没有录入".to_owned(),
        }
    }

    /// The steps that are no opinions and come when so many opinions are given.
    pub fn others_after(&self, opinions: usize) -> impl Iterator<Item = &OtherStep> {
        self.others.iter().filter(move |other| other.after == opinions)
    }

    /// Somebody has to say that the step was taken: the portal knows of applications by itself, and of the public notice
    /// with which a round ends. It shows none of those who stand as delegates (CON-03).
    #[must_use]
    pub fn is_told(&self, other: &OtherStep) -> bool {
        let ends_in_notice = self.rule() != Rule::Con03;
        let is_last_notice = ends_in_notice && other.is_notice() && other.after == self.links.len();
        other.kind != StepKind::Application.slug() && !is_last_notice
    }

    /// The first step that is no opinion, still open, and comes before the opinion at this place, counted from 0; before
    /// the outcome where the place is the number of opinions.
    #[must_use]
    pub fn waits_for(&self, place: usize) -> Option<&OtherStep> {
        self.others.iter().find(|other| other.after <= place && other.taken.is_none() && self.is_told(other))
    }

    /// As [`waits_for`](Self::waits_for), of the steps that are said of the whole round.
    #[must_use]
    pub fn round_waits_for(&self, place: usize) -> Option<&OtherStep> {
        let is_open = |other: &&OtherStep| other.after <= place && other.taken.is_none() && self.is_told(other);
        self.others.iter().filter(|other| !other.each).find(is_open)
    }

    /// Some of its steps are said of each candidate.
    #[must_use]
    pub fn has_own_steps(&self) -> bool {
        self.others.iter().any(|other| other.each)
    }

    /// The chain as it stands for one candidate, with what was said of them.
    #[must_use]
    pub fn of_candidate(&self, steps: &[CandidateStep]) -> Cow<'_, Self> {
        if !self.has_own_steps() {
            return Cow::Borrowed(self);
        }
        let mut chain = self.clone();
        for (place, other) in chain.others.iter_mut().enumerate().filter(|(_, other)| other.each) {
            other.taken = steps.iter().find(|step| step.place == place).map(|step| step.taken.clone());
        }
        Cow::Owned(chain)
    }

    /// Whether a public notice is the plan's or practice, in a sentence.
    #[must_use]
    pub fn notice_in_words(&self) -> String {
        match self.notice() {
            Some(notice) if self.is_told(notice) => {
                let says = &notice.says;
                format!("方案规定的“{says}”在程序中间，办完后在本轮的“其他环节”登记；这里的公示是实践惯例。")
            }
            Some(notice) => format!("方案规定：{}。", notice.says),
            None => "公示是实践惯例，方案未作要求。".to_owned(),
        }
    }

    /// As [`notice_in_words`](Self::notice_in_words), for who opens a round.
    #[must_use]
    pub fn notice_hint(&self) -> String {
        format!("{}报名截止后才能开始。", self.notice_in_words())
    }

    /// The steps that are no opinions, each with its place, in words; empty where there are none.
    #[must_use]
    pub fn others_in_words(&self) -> String {
        (0..self.others.len()).map(|place| self.place_in_words(place)).collect::<Vec<_>>().join("；")
    }

    /// The steps that are no opinions in their order, each with its place in words.
    #[must_use]
    pub fn others_with_places(&self) -> Vec<(String, &OtherStep)> {
        let place = |(place, other)| (self.place_in_words(place), other);
        self.others.iter().enumerate().map(place).collect()
    }

    /// A step that is no opinion, by its place among those from 0, and after which opinion it comes; empty for another place.
    #[must_use]
    pub fn place_in_words(&self, place: usize) -> String {
        let Some(other) = self.others.get(place) else { return String::new() };
        match other.after.checked_sub(1).and_then(|before| self.links.get(before)) {
            Some(link) => format!("{}（在“{}”之后）", other.says, link.act),
            None => format!("{}（最先）", other.says),
        }
    }

    /// The public notice that the plan asks for.
    #[must_use]
    pub fn notice(&self) -> Option<&OtherStep> {
        self.others.iter().find(|other| other.is_notice())
    }

    /// How many days the public notice lasts at least with which the plan's chain ends.
    #[must_use]
    pub fn notice_days(&self) -> Option<u32> {
        self.notice().filter(|notice| !self.is_told(notice)).and_then(|notice| notice.days)
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

    /// A refusal by the chain: it quotes the clause, unless the plan is silent and practice prescribes the chain.
    pub(super) fn refusal(&self, says: String) -> Finding {
        let clause = (!self.quote.is_empty()).then(|| self.clause());
        Finding { clause, ..Finding::practice(self.rule(), Outcome::Fail, says) }
    }

    fn portal_rule(&self, says: impl Into<String>) -> Finding {
        Finding::practice(self.rule(), Outcome::Fail, says.into())
    }
}

/// Where a case stands.
///
/// ```text
/// Invited ──handed in──▶ At(0) ──agreed──▶ At(1) … ──agreed──▶ Passed ──▶ Appointed, of members
///                         ▲ │ ◀──returned── At(n)                    └──▶ Listed, of the presidium
///        handed in again  │ ▼
///                       Returned
/// Invited, At, Returned, Passed ──▶ Withdrawn (by the candidate) or Lapsed (with the round)
/// At, Passed ──▶ Refused (by the step; after an objection that was upheld)
/// ```
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
    /// All, in the order in which a case may come to them; of the steps the first.
    pub const ALL: [Self; 9] = [
        Self::Invited,
        Self::At(0),
        Self::Returned,
        Self::Passed,
        Self::Appointed,
        Self::Listed,
        Self::Refused,
        Self::Withdrawn,
        Self::Lapsed,
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
        let stage = Self::ALL.into_iter().find(|stage| stage.slug() == slug)?;
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

    /// It fills one of its place's seats.
    #[must_use]
    pub fn fills_a_seat(self) -> bool {
        matches!(self, Self::Passed | Self::Appointed | Self::Listed)
    }

    /// It came to nothing: the student may apply in the round anew.
    #[must_use]
    pub fn came_to_nothing(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Refused | Self::Lapsed)
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

/// What an opinion decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// On to the next step.
    Agree,
    /// Back to an earlier step.
    Return(usize),
    /// Back to the candidate.
    ReturnToCandidate,
    Refuse,
}

words! {
    /// A decision without its step, as records keep it.
    DecisionKind:
    Agree = "agree", "同意";
    Return = "return", "退回";
    Refuse = "refuse", "不予通过";
}

impl Decision {
    #[must_use]
    pub fn kind(self) -> DecisionKind {
        match self {
            Self::Agree => DecisionKind::Agree,
            Self::Return(_) | Self::ReturnToCandidate => DecisionKind::Return,
            Self::Refuse => DecisionKind::Refuse,
        }
    }

    /// The step to which it leads back; none where it leads on, ends, or leads to the candidate.
    #[must_use]
    pub fn back_to(self) -> Option<usize> {
        match self {
            Self::Return(step) => Some(step),
            Self::Agree | Self::ReturnToCandidate | Self::Refuse => None,
        }
    }
}

impl DecisionKind {
    /// The decision, where a return leads `back_to` a step, or to the candidate.
    #[must_use]
    pub fn with_step(self, back_to: Option<usize>) -> Decision {
        match self {
            Self::Agree => Decision::Agree,
            Self::Return => back_to.map_or(Decision::ReturnToCandidate, Decision::Return),
            Self::Refuse => Decision::Refuse,
        }
    }
}

/// An opinion that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opinion {
    pub step: usize,
    /// On which visit of the case: it counts up at every move, forward or back.
    pub visit: u32,
    pub body: Body,
    /// Of the offices for which the body acts in the step, the one that spoke, from 0.
    pub place: usize,
    pub person: Uuid,
    pub decision: Decision,
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
    pub opinions: Vec<Opinion>,
    /// The account of an officer who prepared the case for the candidate.
    pub prepared_by: Option<Uuid>,
}

/// An opinion that somebody wants to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRequest {
    /// The body for which they act.
    pub body: Body,
    pub person: Uuid,
    /// They are the candidate.
    pub own: bool,
    /// The visit that they had before them.
    pub seen: u32,
    /// Of the offices for which the body acts in the step, the one for which they want to speak, from 0.
    pub place: usize,
    pub decision: Decision,
    pub session: Option<Uuid>,
    /// It is recorded that they may sign more than one step of a case.
    pub delegated: bool,
}

/// An opinion that may be given, and where the case goes. Its fields are private: only [`take_step`] makes one.
///
/// ```compile_fail,E0451
/// use lunzhi_ground::rules::chain::{Stage, StepTaken};
/// // A step that no rule has passed does not compile.
/// let step = StepTaken { step: 0, visit: 0, place: 0, next: Stage::Passed, moves: true };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTaken {
    step: usize,
    visit: u32,
    place: usize,
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

    /// Of the offices for which the body acts in the step, the one that speaks, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
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
/// other) or all of them have agreed on the same visit, also those for which one body acts; a joint one only in one and the
/// same session. A return goes to an earlier step or to the candidate and takes with it what was agreed on this visit; nothing
/// moves forward but by agreement. The last step fills one of the place's seats: one more than there are is refused, whoever
/// presses.
pub fn take_step(chain: &Chain, progress: &Progress, seats: Seats<'_>, request: StepRequest) -> Verdict<StepTaken> {
    let nothing = StepTaken { step: 0, visit: progress.visit, place: 0, next: progress.stage, moves: false };
    let Stage::At(step) = progress.stage else {
        let says = format!("这件现在{}，不在办理环节", progress.stage.label());
        return Verdict::seal(vec![chain.portal_rule(says)], nothing);
    };
    let Some(link) = chain.links.get(step) else {
        return Verdict::seal(vec![chain.portal_rule("这件的环节不在程序之内")], nothing);
    };
    let mut findings = Vec::new();
    if request.seen != progress.visit {
        let says = format!("你打开页面之后情况有变化：现在到了“{}”环节，请看过最新情况再签署", link.in_words());
        findings.push(chain.portal_rule(says));
    } else if !link.has(request.body) {
        let says = format!("现在的环节是“{}”，由{}办理", link.act, link.bodies_in_words());
        findings.push(chain.refusal(says));
    }
    // What is sent back or refused waits for nothing.
    if let (Decision::Agree, Some(other)) = (request.decision, chain.waits_for(step)) {
        let (of, remedy) = match (chain.rule(), other.each) {
            (Rule::Con03, _) => ("", STEPS_OF_DELEGATES),
            (_, true) => ("本人", "由开启本轮的单位在轮次页的“其他环节”逐人登记"),
            (_, false) => ("本轮", "由开启本轮的单位在轮次页登记这一步的办理情况"),
        };
        let says = format!("“{}”之前还有“{}”，{of}还没有登记办完", link.act, other.says);
        findings.push(chain.refusal(says).remedy(remedy));
    }
    let now = || progress.opinions.iter().filter(|opinion| (opinion.step, opinion.visit) == (step, progress.visit));
    let given = now().filter(|opinion| opinion.body == request.body).count();
    if given > 0 && given >= link.opinions_of(request.body) {
        findings.push(chain.portal_rule(format!("本单位已在“{}”环节签署意见", link.act)));
    } else if given != request.place && link.has(request.body) {
        let whose = link.speaks_for(request.body, request.place).unwrap_or("本单位");
        let says = format!("你打开页面之后情况有变化：{whose}的意见已签署或收回，请看过最新情况再签署");
        findings.push(chain.portal_rule(says));
    }
    if request.own {
        findings.push(chain.portal_rule("不能办理本人的事项").remedy("请同一职务的其他人办理，或由上级指定专人"));
    }
    let elsewhere = progress
        .opinions
        .iter()
        .find(|opinion| {
            let signed = (opinion.step, opinion.body, opinion.place);
            opinion.person == request.person && signed != (step, request.body, request.place)
        })
        .and_then(|opinion| chain.links.get(opinion.step).map(|link| (opinion.step, link)));
    if !request.delegated {
        let remedy = "请另一人办理；人手确实不足的院系，由校团委登记授权后可以由一人办理";
        if let Some((signed, link)) = elsewhere {
            let more = if signed == step { "不能再签另一单位的意见" } else { "不能再办另一环节" };
            let says = format!("同一人已在这件的“{}”环节签署意见，{more}", link.act);
            findings.push(chain.portal_rule(says).remedy(remedy));
        } else if progress.prepared_by == Some(request.person) {
            let says = "这件由你本人整理提交，不能再由你审查".to_owned();
            findings.push(chain.portal_rule(says).remedy(remedy));
        }
    }
    if link.together && request.decision == Decision::Agree {
        let agreed = now().find(|opinion| opinion.decision == Decision::Agree);
        if request.session.is_none() {
            let says = format!("“{}”须在一次联合会议上进行，请选定或登记会议", link.act);
            findings.push(chain.refusal(says));
        } else if agreed.is_some_and(|opinion| opinion.session != request.session) {
            let says = format!("另一方的意见出自另一次会议；“{}”须出自同一次会议", link.act);
            findings.push(chain.refusal(says).remedy("选另一方所用的会议，或退回重新审查"));
        }
    }
    if let Decision::Return(target) = request.decision
        && target >= step
    {
        findings.push(chain.portal_rule("只能退回到前面的环节"));
    }
    let others_agreed = || {
        let agreed = |body: Body| {
            let words = now().filter(|opinion| opinion.body == body && opinion.decision == Decision::Agree).count();
            words + usize::from(body == request.body)
        };
        link.by.iter().all(|party| agreed(party.body) >= link.opinions_of(party.body))
    };
    let (next, moves) = match request.decision {
        Decision::Agree if link.any || others_agreed() => (forward(chain, step), true),
        Decision::Agree => (Stage::At(step), false),
        Decision::Return(target) => (Stage::At(target), true),
        Decision::ReturnToCandidate => (Stage::Returned, true),
        Decision::Refuse => (Stage::Refused, true),
    };
    if next == Stage::Passed && seats.taken >= seats.seats {
        let says = format!("{}共 {} 个名额，已确定 {} 人，没有空余", seats.place, seats.seats, seats.taken);
        let full = chain.portal_rule(says).against(&(seats.taken + 1), format!("<={}", seats.seats));
        findings.push(full.remedy("退回或不予通过，或由开启本轮的单位增加名额（仍受上限约束）"));
    }
    Verdict::seal(findings, StepTaken { step, visit: progress.visit, place: request.place, next, moves })
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

/// An opinion that an office wants to take back: its last one on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is another thing that may have happened since")]
pub struct TakeBackRequest {
    /// The body for which they act.
    pub body: Body,
    /// An office whose turn it was then has had the case open.
    pub opened: bool,
    /// The candidate is on public notice.
    pub noticed: bool,
    /// The opinion was given on this day.
    pub today: bool,
    /// The round is over.
    pub ended: bool,
}

/// An opinion that may be taken back: the case goes to where it was. Its fields are private: only [`take_back`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    step: usize,
    visit: u32,
    place: usize,
}

impl TakenBack {
    /// The step at which it was given, and where the case stands again.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// The visit on which it was given.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// Of the offices for which the body acts in the step, the one that spoke, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }
}

/// Of this portal: a body takes its opinion back as long as nobody has built on it, that is until the next office has opened
/// or decided the case, the candidate has handed it in again, or the notice has begun; a refusal, of which the candidate is
/// told at once, on the same day. What others have signed on the same visit stands.
pub fn take_back(chain: &Chain, progress: &Progress, request: TakeBackRequest) -> Verdict<TakenBack> {
    let last = progress.opinions.last().filter(|last| last.body == request.body);
    let Some(last) = last else {
        let nothing = TakenBack { step: 0, visit: progress.visit, place: 0 };
        let says = "最后一份意见不是本单位签署的，不能收回";
        return Verdict::seal(vec![chain.portal_rule(says).remedy("请现在办理的单位退回")], nothing);
    };
    let moved = last.visit + 1 == progress.visit;
    let why_not = match progress.stage {
        _ if request.ended => Some("本轮已经结束".to_owned()),
        Stage::At(step) if step == last.step && last.visit == progress.visit => None,
        Stage::At(_) | Stage::Passed if moved && request.opened => Some("下一环节的单位已经打开这件".to_owned()),
        Stage::Passed if moved && request.noticed => Some("已经开始公示".to_owned()),
        Stage::Refused if moved && !request.today => Some("不予通过已告知本人，过了当天".to_owned()),
        Stage::At(_) | Stage::Passed | Stage::Refused | Stage::Returned if moved => None,
        stage => Some(format!("这件之后又有变化，现在{}", stage.label())),
    };
    let remedy = "请现在办理的单位退回；不予通过的，本人可以在报名期内重新报名";
    let finding = |why: String| chain.portal_rule(format!("{why}，不能收回")).remedy(remedy);
    let findings = why_not.map(finding).into_iter().collect();
    Verdict::seal(findings, TakenBack { step: last.step, visit: last.visit, place: last.place })
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
        Progress { stage: Stage::At(step), visit: 0, opinions: Vec::new(), prepared_by: None }
    }

    fn ask(body: Body, who: u128, visit: u32, decision: Decision) -> StepRequest {
        let person = person(who);
        StepRequest { body, person, own: false, seen: visit, place: 0, decision, session: None, delegated: false }
    }

    /// Writes down what was allowed, as a store does.
    fn note(progress: &mut Progress, request: StepRequest, taken: StepTaken) {
        let StepRequest { body, person, decision, session, .. } = request;
        let (step, visit, place) = (taken.step(), taken.visit(), taken.place());
        progress.opinions.push(Opinion { step, visit, body, place, person, decision, session });
        progress.stage = taken.next();
        progress.visit += u32::from(taken.moves());
    }

    fn go(chain: &Chain, progress: &mut Progress, request: StepRequest) -> Result<Stage, Vec<Finding>> {
        let taken = take_step(chain, progress, ROOM, request).permit()?;
        note(progress, request, taken);
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
        go(&chain, &mut case, ask(Body::CollegeLeague, 1, 0, Decision::Agree)).unwrap();
        go(&chain, &mut case, ask(Body::CollegeParty, 2, 1, Decision::Agree)).unwrap();
        let bare = go(&chain, &mut case, ask(Body::StudentAffairs, 3, 2, Decision::Agree)).unwrap_err();
        assert!(bare[0].message.contains("联合会议") && bare[0].clause.is_some());
        let session =
            |who, body, number| StepRequest { session: Some(person(number)), ..ask(body, who, 2, Decision::Agree) };
        assert_eq!(go(&chain, &mut case, session(3, Body::StudentAffairs, 77)), Ok(Stage::At(2)), "one is not enough");
        assert!(go(&chain, &mut case, session(3, Body::StudentAffairs, 77)).is_err(), "not twice");
        let other = go(&chain, &mut case, session(4, Body::SchoolLeague, 78)).unwrap_err();
        assert!(other[0].message.contains("同一次会议"));
        assert_eq!(go(&chain, &mut case, session(4, Body::SchoolLeague, 77)), Ok(Stage::At(3)));
        assert_eq!(go(&chain, &mut case, ask(Body::SchoolParty, 5, 3, Decision::Agree)), Ok(Stage::Passed));
    }

    #[test]
    fn s5_4_either_recommends_and_j4_3_8_the_college_alone() {
        let chain = suzhou(Union::School, false);
        assert_eq!(go(&chain, &mut at(0), ask(Body::SchoolUnion, 1, 0, Decision::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&chain, &mut at(0), ask(Body::CollegeLeague, 1, 0, Decision::Agree)), Ok(Stage::At(1)));
        assert_eq!(begin(&chain, Some(Body::SchoolUnion)), Stage::At(1));
        assert_eq!(begin(&chain, None), Stage::At(0));
        let jining = Chain::of(named("jining-2022").unwrap(), Union::School, false).unwrap();
        let refused = go(&jining, &mut at(0), ask(Body::SchoolUnion, 1, 0, Decision::Agree)).unwrap_err();
        assert_eq!(refused[0].clause.as_ref().unwrap().document, "济医党字〔2022〕19号");
        assert_eq!(begin(&jining, Some(Body::SchoolUnion)), Stage::At(0), "the union's word is no recommendation here");
        // T17: two signatures, without a joint session.
        let mut case = at(1);
        assert_eq!(go(&jining, &mut case, ask(Body::SchoolLeague, 2, 0, Decision::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&jining, &mut case, ask(Body::StudentAffairs, 3, 0, Decision::Agree)), Ok(Stage::Passed));
    }

    #[test]
    fn vet_01_each_office_of_a_joint_step_has_its_own_opinion_also_where_one_body_acts_for_two() {
        let mut chain = suzhou(Union::School, true);
        let registry = Party { body: Body::StudentAffairs, name: "教务处".to_owned() };
        chain.links[2].by.push(registry);
        let link = &chain.links[2];
        assert_eq!((link.opinions_of(Body::StudentAffairs), link.opinions_of(Body::SchoolLeague)), (2, 1));
        assert_eq!(link.speaks_for(Body::StudentAffairs, 0), Some("学校党委学生工作部"));
        assert_eq!(link.speaks_for(Body::StudentAffairs, 1), Some("教务处"));
        assert_eq!((link.speaks_for(Body::StudentAffairs, 2), link.speaks_for(Body::SchoolLeague, 0)), (None, None));
        let ask = |body: Body, who: u128, place: usize| {
            let request = ask(body, who, 0, Decision::Agree);
            StepRequest { place, session: Some(person(77)), ..request }
        };
        let mut case = at(2);
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 1, 0)), Ok(Stage::At(2)));
        assert_eq!(
            go(&chain, &mut case, ask(Body::SchoolLeague, 2, 0)),
            Ok(Stage::At(2)),
            "one office is still to come"
        );
        let again = go(&chain, &mut case, ask(Body::StudentAffairs, 3, 0)).unwrap_err();
        assert!(again[0].message.contains("学校党委学生工作部的意见已签署"), "{again:?}");
        let one_hand = go(&chain, &mut case, ask(Body::StudentAffairs, 1, 1)).unwrap_err();
        assert!(one_hand[0].message.contains("不能再签另一单位的意见") && one_hand[0].clause.is_none(), "{one_hand:?}");
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 3, 1)), Ok(Stage::At(3)));
        let affairs = TakeBackRequest { body: Body::StudentAffairs, ..UNTOUCHED };
        let back = take_back(&chain, &case, affairs).permit().unwrap();
        assert_eq!((back.step(), back.place()), (2, 1), "the last one, and no other");
        // A delegation lets one person give both; where one of several is enough, one opinion is.
        let mut case = at(2);
        go(&chain, &mut case, ask(Body::StudentAffairs, 1, 0)).unwrap();
        let both = StepRequest { delegated: true, ..ask(Body::StudentAffairs, 1, 1) };
        assert_eq!(go(&chain, &mut case, both), Ok(Stage::At(2)));
        assert_eq!(go(&chain, &mut case, ask(Body::SchoolLeague, 2, 0)), Ok(Stage::At(3)));
        chain.links[2].any = true;
        assert_eq!(chain.links[2].opinions_of(Body::StudentAffairs), 1);
        assert_eq!(go(&chain, &mut at(2), ask(Body::StudentAffairs, 1, 0)), Ok(Stage::At(3)));
    }

    #[test]
    fn a_return_from_a_joint_step_moves_back_and_what_was_agreed_counts_no_more() {
        let chain = suzhou(Union::School, false);
        let mut case = at(1);
        go(&chain, &mut case, ask(Body::SchoolLeague, 1, 0, Decision::Agree)).unwrap();
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 2, 0, Decision::Return(0))), Ok(Stage::At(0)));
        let late = go(&chain, &mut case, ask(Body::SchoolLeague, 1, 0, Decision::Agree)).unwrap_err();
        assert!(late[0].message.contains("情况有变化"), "{}", late[0].message);
        go(&chain, &mut case, ask(Body::CollegeLeague, 3, 1, Decision::Agree)).unwrap();
        assert_eq!(go(&chain, &mut case, ask(Body::StudentAffairs, 2, 2, Decision::Agree)), Ok(Stage::At(1)));
        assert_eq!(go(&chain, &mut case, ask(Body::SchoolLeague, 1, 2, Decision::Agree)), Ok(Stage::Passed));
        assert_eq!(case.opinions.len(), 5, "no opinion is lost");
    }

    #[test]
    fn nobody_acts_on_their_own_case_nor_on_two_steps_of_one_without_a_delegation() {
        let chain = suzhou(Union::College, false);
        let own = StepRequest { own: true, ..ask(Body::ClassBranch, 1, 0, Decision::Agree) };
        let refused = go(&chain, &mut at(0), own).unwrap_err();
        assert!(refused[0].message.contains("本人") && refused[0].clause.is_none());
        let mut case = at(0);
        go(&chain, &mut case, ask(Body::ClassBranch, 1, 0, Decision::Agree)).unwrap();
        go(&chain, &mut case, ask(Body::CollegeLeague, 2, 1, Decision::Agree)).unwrap();
        let twice = ask(Body::CollegeParty, 2, 2, Decision::Agree);
        assert!(go(&chain, &mut case, twice).unwrap_err()[0].message.contains("同一人"));
        assert_eq!(go(&chain, &mut case, StepRequest { delegated: true, ..twice }), Ok(Stage::Passed));
        let prepared = Progress { prepared_by: Some(person(9)), ..at(1) };
        let refused = take_step(&chain, &prepared, ROOM, ask(Body::CollegeLeague, 9, 0, Decision::Agree)).permit();
        assert!(refused.unwrap_err()[0].message.contains("整理提交"));
    }

    #[test]
    fn the_last_seat_is_given_once() {
        let chain = suzhou(Union::College, false);
        let full = Seats { place: "办公室干事", seats: 2, taken: 2 };
        let request = ask(Body::CollegeParty, 3, 0, Decision::Agree);
        let refused = take_step(&chain, &at(2), full, request).permit().unwrap_err();
        assert_eq!((refused[0].measured.as_str(), refused[0].limit.as_str()), ("3", "<=2"));
        let no = ask(Body::CollegeParty, 3, 0, Decision::Refuse);
        assert!(take_step(&chain, &at(2), full, no).permit().is_ok(), "a no needs no seat");
        let earlier = ask(Body::CollegeLeague, 3, 0, Decision::Agree);
        assert!(take_step(&chain, &at(1), full, earlier).permit().is_ok(), "nor does an earlier step");
    }

    const UNTOUCHED: TakeBackRequest =
        TakeBackRequest { body: Body::ClassBranch, opened: false, noticed: false, today: true, ended: false };

    #[test]
    fn an_opinion_is_taken_back_until_somebody_builds_on_it() {
        let chain = suzhou(Union::College, false);
        let mut case = at(0);
        let back = |case: &Progress, request| take_back(&chain, case, request).permit();
        assert!(back(&case, UNTOUCHED).is_err(), "nothing was signed");
        go(&chain, &mut case, ask(Body::ClassBranch, 1, 0, Decision::Agree)).unwrap();
        let taken = back(&case, UNTOUCHED).unwrap();
        assert_eq!((taken.step(), taken.visit()), (0, 0));
        let refused = |request, says: &str| {
            let findings = back(&case, request).unwrap_err();
            assert!(findings[0].message.contains(says) && findings[0].clause.is_none(), "{findings:?}");
        };
        refused(TakeBackRequest { opened: true, ..UNTOUCHED }, "已经打开");
        refused(TakeBackRequest { ended: true, ..UNTOUCHED }, "已经结束");
        refused(TakeBackRequest { body: Body::CollegeLeague, ..UNTOUCHED }, "不是本单位");
        go(&chain, &mut case, ask(Body::CollegeLeague, 2, 1, Decision::Agree)).unwrap();
        assert!(back(&case, UNTOUCHED).is_err(), "the next office has decided");
        go(&chain, &mut case, ask(Body::CollegeParty, 3, 2, Decision::Agree)).unwrap();
        let party = TakeBackRequest { body: Body::CollegeParty, ..UNTOUCHED };
        assert!(back(&case, party).is_ok());
        assert!(back(&case, TakeBackRequest { noticed: true, ..party }).is_err());
        let mut no = at(2);
        go(&chain, &mut no, ask(Body::CollegeParty, 3, 0, Decision::Refuse)).unwrap();
        assert!(back(&no, party).is_ok() && back(&no, TakeBackRequest { today: false, ..party }).is_err());
        let mut returned = at(1);
        go(&chain, &mut returned, ask(Body::CollegeLeague, 2, 0, Decision::ReturnToCandidate)).unwrap();
        let league = TakeBackRequest { body: Body::CollegeLeague, ..UNTOUCHED };
        assert!(back(&returned, league).is_ok());
        (returned.stage, returned.visit) = (Stage::At(0), returned.visit + 1);
        assert!(back(&returned, league).is_err(), "handed in again");
    }

    #[test]
    fn one_of_two_takes_back_what_it_signed_and_the_other_opinion_stands() {
        let chain = suzhou(Union::School, false);
        let mut case = at(1);
        go(&chain, &mut case, ask(Body::SchoolLeague, 1, 0, Decision::Agree)).unwrap();
        let league = TakeBackRequest { body: Body::SchoolLeague, opened: true, ..UNTOUCHED };
        assert_eq!(take_back(&chain, &case, league).permit().unwrap().visit(), 0, "it waits for the other still");
        go(&chain, &mut case, ask(Body::StudentAffairs, 2, 0, Decision::Agree)).unwrap();
        let affairs = TakeBackRequest { body: Body::StudentAffairs, ..UNTOUCHED };
        assert_eq!(take_back(&chain, &case, affairs).permit().unwrap().visit(), 0);
        assert!(take_back(&chain, &case, league).permit().is_err(), "not past the other's");
    }

    /// The bodies of the random chains.
    const BODIES: [Body; 5] =
        [Body::ClassBranch, Body::CollegeLeague, Body::CollegeParty, Body::SchoolLeague, Body::SchoolParty];

    fn chains() -> impl Strategy<Value = Chain> {
        // One body may act for two offices.
        let by = (proptest::sample::subsequence(BODIES.to_vec(), 1..=3), any::<bool>()).prop_map(|(mut by, twice)| {
            by.extend(by.first().copied().filter(|_| twice));
            by
        });
        let link = (by, any::<bool>(), any::<bool>());
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

    fn asks() -> impl Strategy<Value = Vec<(StepRequest, u32)>> {
        let decision = prop_oneof![
            6 => Just(Decision::Agree), 1 => (0..5_usize).prop_map(Decision::Return), 1 => Just(Decision::ReturnToCandidate),
            1 => Just(Decision::Refuse)
        ];
        let one = (0..BODIES.len(), 0..9_u128, decision, proptest::option::of(0..2_u128), 0..40_u32).prop_map(
            |(body, who, decision, session, chance)| {
                let request = StepRequest {
                    body: BODIES[body],
                    person: person(who),
                    own: who == 0,
                    seen: 0,
                    place: usize::from(chance % 3 == 0),
                    decision,
                    session: session.map(person),
                    delegated: chance % 7 == 0,
                };
                (request, chance)
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
            for (request, chance) in asks {
                let (stage, visit) = (case.stage, case.visit);
                // Most have the case as it is before them, some an older state.
                let request = StepRequest { seen: if chance % 5 == 0 { visit.saturating_sub(1) } else { visit }, ..request };
                if go(&chain, &mut case, request).is_ok() {
                    accepted += 1;
                    prop_assert!(!request.own && request.seen == visit, "acted on an own or an old case");
                    let Stage::At(step) = stage else { panic!("acted on a case that is at no step") };
                    prop_assert!(chain.links[step].has(request.body));
                    if case.visit == visit {
                        prop_assert_eq!(case.stage, stage);
                    } else if request.decision == Decision::Agree {
                        // Forward: exactly one step, and with everybody's word on this very visit.
                        prop_assert_eq!(case.stage, forward(&chain, step));
                        let words: Vec<&Opinion> = case.opinions.iter().filter(|one| one.visit == visit).collect();
                        prop_assert!(words.iter().all(|one| one.decision == Decision::Agree && one.step == step));
                        let link = &chain.links[step];
                        let enough = if link.any { !words.is_empty() } else { words.len() == link.by.len() };
                        let signed = |by: &Party| {
                            let same = |body: Body| link.by.iter().filter(|other| other.body == body).count();
                            words.iter().filter(|one| one.body == by.body).count() == same(by.body)
                        };
                        prop_assert!(link.any || link.by.iter().all(signed), "an office has not spoken for itself");
                        prop_assert!(enough);
                        prop_assert!(
                            !link.together || words.windows(2).all(|two| two[0].session == two[1].session)
                        );
                    } else if let Stage::At(back) = case.stage {
                        prop_assert!(back < step);
                    }
                }
                prop_assert_eq!(case.opinions.len(), accepted, "an opinion was lost or made");
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
                let given = |body: Body| {
                    case.opinions.iter().filter(|one| (one.step, one.visit, one.body) == (step, visit, body)).count()
                };
                let link = &chain.links[step];
                let next = link.by.iter().map(|party| party.body).find(|body| given(*body) < link.opinions_of(*body));
                let next = next.unwrap();
                let place = given(next);
                let session = case.opinions.iter().find(|one| one.visit == visit).map_or(Some(person(1)), |one| one.session);
                let request = StepRequest { place, session, ..ask(next, fresh, visit, Decision::Agree) };
                prop_assert!(go(&chain, &mut case, request).is_ok(), "stuck at {step}");
                fresh += 1;
            }
            prop_assert!(!case.stage.is_under_way());
        }
    }
}
