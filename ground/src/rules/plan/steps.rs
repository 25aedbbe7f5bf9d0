//! Chains: the steps that a plan prescribes in their order, opinions and others.

use std::collections::BTreeMap;

use super::{
    keys::{Inline, Keys, quoted},
    section::{Section, is_table, with_words},
    words::Body,
};
use crate::words::words;

words! {
    /// What a step is.
    StepKind:
    /// Somebody agrees, refuses or gives it back.
    Opinion = "opinion", "签署意见";
    Notice = "notice", "公示";
    Interview = "interview", "面试";
    Poll = "poll", "民主测评";
    Trial = "trial", "试用";
    /// The student asks for it.
    Application = "application", "本人申请";
}

/// Who takes a step: a body, under the name that the plan gives it everywhere or under one of this step's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The body whose office acts in the portal.
    pub body: Body,
    /// An office that has none here (教务处, 辅导员): the body's office acts for it.
    pub name: Option<String>,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    /// The verb, in the plan's own word: 推荐, 同意, 联合审查 …
    pub act: String,
    /// Who takes it; nobody needs to be named for a step that is no opinion.
    pub by: Vec<Actor>,
    /// One of them is enough (a choice of recommender); else all must agree.
    pub any: bool,
    /// They act in one joint session.
    pub together: bool,
    /// How many days it lasts at least, where it is no opinion and the plan says so.
    pub days: Option<u32>,
    /// It is no opinion, and each candidate passes it by themselves: always so with a trial.
    pub each: bool,
}

impl Step {
    /// The step in words: `系（院）团组织推荐`, `公示 5 天`.
    pub(crate) fn in_words(&self, name: impl Fn(Body) -> String) -> String {
        let names: Vec<String> =
            self.by.iter().map(|actor| actor.name.clone().unwrap_or_else(|| name(actor.body))).collect();
        let days = self.days.map(|days| format!(" {days} 天")).unwrap_or_default();
        let each = if self.each && self.kind != StepKind::Trial { "（逐人）" } else { "" };
        format!("{}{}{days}{each}", names.join(if self.any { "或" } else { "、" }), self.act)
    }
}

pub(super) fn chain_in_words(chain: &[Step], bodies: &BTreeMap<Body, String>) -> String {
    let name = |body: Body| bodies.get(&body).cloned().unwrap_or_default();
    chain.iter().map(|step| step.in_words(name)).collect::<Vec<_>>().join(" → ")
}

pub(super) fn read_chain(section: &Section<'_>) -> Option<Vec<Step>> {
    let items = section.items("chain")?;
    let step = |item| {
        let step = section.section_of("chain", item)?;
        step.only(&["act", "by", "any", "together", "kind", "days", "each"]);
        let flag = |key: &str| step.optional(key, |key| step.boolean(key)).unwrap_or_default();
        let kinds = with_words(StepKind::ALL, StepKind::slug);
        let kind = step.optional("kind", |key| step.one_of(key, &kinds)).unwrap_or(StepKind::Opinion);
        let is_opinion = kind == StepKind::Opinion;
        let by = if is_opinion || step.get("by").is_some() { read_actors(&step) } else { Some(Vec::new()) };
        if is_opinion && by.as_ref().is_some_and(Vec::is_empty) {
            step.error(step.at, format!("{} 的 by 不能为空", step.path));
        }
        let days = step.optional("days", |key| step.number(key, 1..=365));
        if is_opinion && days.is_some() {
            step.error(step.at, format!("{} 是签署意见的一步，不能写 days", step.path));
        }
        let each = flag("each");
        if each && !matches!(kind, StepKind::Interview | StepKind::Poll | StepKind::Trial) {
            step.error(step.at, format!("{} 不能写 each：只有面试、民主测评、试用可以逐人登记", step.path));
        }
        let (act, any, together) = (step.string("act", 12), flag("any"), flag("together"));
        Some(Step { kind, act: act?, by: by?, any, together, days, each: each || kind == StepKind::Trial })
    };
    let chain: Vec<Step> = items.iter().filter_map(step).collect();
    if chain.len() == items.len() && !chain.iter().any(|step| step.kind == StepKind::Opinion) {
        section.error(section.at, format!("{} 的 chain 至少有一步是签署意见的", section.path));
    }
    (chain.len() == items.len() && !chain.is_empty()).then_some(chain)
}

/// A body's word, or a table with the name of another office and the body that acts for it here.
fn read_actors(step: &Section<'_>) -> Option<Vec<Actor>> {
    let bodies = with_words(Body::ALL, Body::slug);
    let items = step.items("by")?;
    let one = |item| {
        if is_table(item) {
            let table = step.section_of("by", item)?;
            table.only(&["name", "acts"]);
            let (name, body) = (table.string("name", 30), table.one_of("acts", &bodies));
            return Some(Actor { body: body?, name: Some(name?) });
        }
        Some(Actor { body: step.word("by", item, &bodies)?, name: None })
    };
    let actors: Vec<Actor> = items.iter().filter_map(one).collect();
    (actors.len() == items.len()).then_some(actors)
}

pub(super) fn write_chain(chain: &[Step], keys: &mut Keys) {
    let actor = |actor: &Actor| match &actor.name {
        None => quoted(actor.body.slug()),
        Some(name) => Inline::default().text("name", name).text("acts", actor.body.slug()).end(),
    };
    let step = |step: &Step| {
        let by: Vec<String> = step.by.iter().map(actor).collect();
        let kind = Some(step.kind).filter(|kind| *kind != StepKind::Opinion).map(|kind| quoted(kind.slug()));
        let table = Inline::default().text("act", &step.act).maybe("kind", kind);
        let by = (!by.is_empty()).then(|| format!("[{}]", by.join(", ")));
        let table = table.maybe("by", by).flag("any", step.any).flag("together", step.together);
        table.maybe("days", step.days).flag("each", step.each && step.kind != StepKind::Trial).end()
    };
    keys.tables("chain", &chain.iter().map(step).collect::<Vec<_>>());
}
