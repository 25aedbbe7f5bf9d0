//! A plan held against the national baseline, rule by rule: stricter, equal, wider, or not comparable.
//!
//! The baseline is data ([`plan::national`](super::plan::national)); of several years the latest counts. A plan's limit is
//! wider as soon as it lets something pass that the national one does not: a larger figure, or a soft word for a hard one.

use std::collections::BTreeSet;

use super::{
    CATALOGUE, Plan, Rule,
    plan::{
        Body, Demand, Exempted, NationalValue, Provision, Share, Step, StepKind, Strength, Total, Word, national_on,
    },
};
use crate::words::words;

words! {
    /// How a plan stands to the national level on a rule.
    Relation:
    Stricter = "stricter", "严于全国要求";
    Equal = "equal", "等同全国要求";
    Wider = "wider", "宽于全国要求";
    Unclear = "unclear", "无从比较";
}

impl Relation {
    /// The class of the tag that says it.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Wider => "tag-warn",
            Self::Equal | Self::Stricter => "tag-pass",
            Self::Unclear => "",
        }
    }

    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Stricter => "↑",
            Self::Equal => "=",
            Self::Wider => "!",
            Self::Unclear => "–",
        }
    }
}

/// A plan's word on a rule beside the national one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub rule: Rule,
    pub relation: Relation,
    /// Why, in Chinese.
    pub says: String,
    /// The national value that counts.
    pub national: &'static NationalValue,
}

impl Comparison {
    /// A university that goes by it says why: it is wider than words that have been read.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        self.relation == Relation::Wider && self.national.is_seen()
    }
}

/// A plan against the baseline on every rule of which the national level speaks, in the catalogue's order.
#[must_use]
pub fn compare_all(plan: &Plan) -> Vec<Comparison> {
    CATALOGUE.iter().filter_map(|entry| compare(plan, entry.rule)).collect()
}

/// How many rules stand how to the baseline, without what none does.
#[must_use]
pub fn counts(compared: &[Comparison]) -> Vec<(Relation, usize)> {
    let count = |relation: &Relation| compared.iter().filter(|one| one.relation == *relation).count();
    let counts = Relation::ALL.iter().map(|relation| (*relation, count(relation)));
    counts.filter(|(_, count)| *count > 0).collect()
}

/// A plan against the baseline on one rule; none where no national document that is known here speaks of it.
#[must_use]
pub fn compare(plan: &Plan, rule: Rule) -> Option<Comparison> {
    let national = national_on(rule).next()?;
    let judged = match plan.word_on(rule) {
        Word::Stated(provision) => held_against(plan, provision, national),
        Word::Quoted(_) => Judged::unclear("本方案只引原文，由人工对照"),
        Word::Silent => Judged::unclear("本方案未作要求；全国要求仍应执行"),
        Word::NotTakenDown => Judged::unclear("方案尚未录入这一条"),
    };
    Some(Comparison { rule, relation: judged.relation, says: judged.says, national })
}

struct Judged {
    relation: Relation,
    says: String,
}

impl Judged {
    fn new(relation: Relation, says: impl Into<String>) -> Self {
        Self { relation, says: says.into() }
    }

    fn unclear(says: &str) -> Self {
        Self::new(Relation::Unclear, says)
    }

    /// The same measure: what remains is how binding the words are.
    fn by_strength(plan: Strength, national: Strength) -> Self {
        let soft = |strength: Strength| strength == Strength::Soft;
        match (soft(plan), soft(national)) {
            (true, false) => Self::new(Relation::Wider, "数值相同，但本方案是柔性要求，全国是刚性要求"),
            (false, true) => Self::new(Relation::Stricter, "数值相同，本方案是刚性要求，全国是柔性要求"),
            _ => Self::new(Relation::Equal, "与全国要求一致"),
        }
    }
}

/// What a plan lets pass at most, and from which least on.
struct Cap {
    most: u32,
    /// A soft word that is not 左右: somebody with a reason may pass it.
    is_soft: bool,
    /// The plan asks for a least number too.
    has_floor: bool,
}

/// The plan's cap on a rule that the national level caps.
fn cap_of(plan: &Plan, provision: &Provision) -> Option<Cap> {
    let figures = &plan.figures;
    let of_figure = |most: u32| Cap { most, is_soft: provision.strength == Strength::Soft, has_floor: false };
    match provision.rule {
        // 左右 is soft by itself: what it allows is the figure with its tolerance.
        Rule::Stf01 => figures.school_total.as_ref().map(|total| {
            let Total { people, about, .. } = total.value;
            let percent = if about { plan.switches.about_percent } else { 0 };
            let usual = u64::from(people) * (100 + u64::from(percent)) / 100;
            let usual = u32::try_from(usual).unwrap_or(u32::MAX);
            let most = total.value.decided().map_or(usual, |larger| larger.at_most.max(usual));
            Cap { is_soft: !about && provision.strength == Strength::Soft, ..of_figure(most) }
        }),
        Rule::Stf02 => figures.school_presidium.as_ref().map(|most| of_figure(most.value)),
        Rule::Stf03 => figures.departments.as_ref().map(|most| of_figure(most.value)),
        // Of figures by size the largest: no college may have more.
        Rule::Stf06 => figures.college_total.as_ref().map(|bounds| {
            let most = bounds.value.of(None).iter().map(|bounds| bounds.high).max();
            Cap { has_floor: bounds.value.usual.low > 0, ..of_figure(most.unwrap_or_default()) }
        }),
        Rule::Stf07 => figures
            .college_presidium
            .as_ref()
            .map(|most| of_figure(most.value.of(None).into_iter().max().unwrap_or_default())),
        Rule::Elg04 => figures.failed_courses.as_ref().map(|most| of_figure(most.value.at_most)),
        _ => None,
    }
}

/// The plan's share on a rule that the national level gives a share.
fn share_of(plan: &Plan, rule: Rule) -> Option<Share> {
    let figures = &plan.figures;
    match rule {
        Rule::Stf10 => figures.from_colleges.as_ref().map(|share| share.value),
        Rule::Elg03 => figures.ranking.as_ref().map(|ranking| ranking.value.share),
        Rule::Con04 => figures.delegates.as_ref().map(|delegates| delegates.value.share),
        _ => None,
    }
}

fn chain_of(plan: &Plan, rule: Rule) -> Option<&[Step]> {
    let figures = &plan.figures;
    let chain = match rule {
        Rule::Vet01 => &figures.presidium_chain,
        Rule::Vet02 => &figures.department_chain,
        Rule::Vet03 => &figures.college_chain,
        _ => return None,
    };
    chain.as_ref().map(|chain| chain.value.as_slice())
}

/// The ranking counts for first-years or graduates too: by the plan's own word, else by the switch.
fn asks_everybody(plan: &Plan) -> bool {
    let marks = plan.figures.ranking.as_ref().map(|ranking| &ranking.value.marks);
    let exempt = |who, switch| marks.and_then(|marks| marks.exempts(who)).unwrap_or(switch);
    !exempt(Exempted::FirstYear, plan.switches.first_year_exempt)
        || !exempt(Exempted::Graduate, plan.switches.graduate_exempt)
}

fn held_against(plan: &Plan, provision: &Provision, national: &NationalValue) -> Judged {
    let no_figure = || Judged::unclear("本方案没有可以比较的数值");
    match &national.demand {
        Demand::AtMost { most, where_many, unit } => match cap_of(plan, provision) {
            Some(cap) => caps(&cap, *most, *where_many, unit, national.strength),
            None => no_figure(),
        },
        Demand::AtLeast(least) => match share_of(plan, provision.rule) {
            Some(own) if own > *least => Judged::new(Relation::Stricter, format!("本方案为 {own}，全国为 {least}")),
            Some(own) if own < *least => Judged::new(Relation::Wider, format!("本方案为 {own}，全国为 {least}")),
            Some(_) => Judged::by_strength(provision.strength, national.strength),
            None => no_figure(),
        },
        Demand::Within(share) => match share_of(plan, provision.rule) {
            Some(own) if own < *share => Judged::new(Relation::Stricter, format!("本方案为前 {own}，全国为前 {share}")),
            Some(own) if own > *share => Judged::new(Relation::Wider, format!("本方案为前 {own}，全国为前 {share}")),
            Some(_) if asks_everybody(plan) => {
                Judged::new(Relation::Stricter, "比例相同；本校掌握的口径对新生或研究生也作要求，全国不作要求")
            }
            Some(_) => Judged::by_strength(provision.strength, national.strength),
            None => no_figure(),
        },
        Demand::Political(accepted) => match &plan.figures.political {
            Some(own) => statuses(&own.value, accepted),
            None => no_figure(),
        },
        Demand::Layers(layers) => match &plan.figures.layers {
            Some(own) if own.value == *layers => Judged::by_strength(provision.strength, national.strength),
            Some(own) if own.value.len() > layers.len() => {
                Judged::new(Relation::Wider, "本方案的层级多于全国要求的层级")
            }
            _ => no_figure(),
        },
        Demand::Chain(steps) => match chain_of(plan, provision.rule) {
            Some(own) => chains(own, steps),
            None => no_figure(),
        },
        Demand::Stated => Judged::by_strength(provision.strength, national.strength),
        Demand::Words => Judged::unclear("全国要求没有数值，请对照原文"),
    }
}

fn caps(cap: &Cap, most: u32, where_many: Option<u32>, unit: &str, national: Strength) -> Judged {
    let own = cap.most;
    if own > most {
        let says = match where_many {
            Some(many) if own <= many => format!(
                "本方案最多到 {own} {unit}，全国为 {most} {unit}；学生人数较多、分校区较多的为 {many} {unit}，\
                 适用的须说明"
            ),
            Some(many) => format!("本方案最多到 {own} {unit}，全国为 {most} {unit}，较多的也只到 {many} {unit}"),
            None => format!("本方案最多到 {own} {unit}，全国为 {most} {unit}"),
        };
        return Judged::new(Relation::Wider, says);
    }
    if cap.is_soft && national != Strength::Soft {
        let says = format!("本方案为 {own} {unit}，但属柔性，说明理由可以超出；全国是刚性要求");
        return Judged::new(Relation::Wider, says);
    }
    if own < most {
        return Judged::new(Relation::Stricter, format!("本方案最多到 {own} {unit}，全国为 {most} {unit}"));
    }
    if cap.has_floor {
        return Judged::new(Relation::Stricter, "上限与全国要求一致，另有下限");
    }
    let strength = if cap.is_soft { Strength::Soft } else { Strength::Hard };
    Judged::by_strength(strength, national)
}

/// 中共党员 and 共产党员 are one; a probationary member is one by the plan's own switch.
fn statuses(own: &[String], accepted: &[String]) -> Judged {
    let plain = |items: &[String]| -> BTreeSet<String> {
        let named = |item: &String| item.replace("中国", "").replace("中共", "").replace("共产党员", "党员");
        items.iter().map(named).collect()
    };
    let (own, accepted) = (plain(own), plain(accepted));
    if own == accepted {
        Judged::new(Relation::Equal, "与全国要求一致")
    } else if own.is_subset(&accepted) {
        Judged::new(Relation::Stricter, "本方案接受的政治面貌少于全国要求")
    } else {
        Judged::new(Relation::Wider, "本方案接受全国要求以外的政治面貌")
    }
}

/// The bodies in their order; a step of two bodies that both must agree has a place for each.
fn chains(own: &[Step], national: &[Step]) -> Judged {
    let places = |steps: &[Step]| -> Vec<(BTreeSet<Body>, bool, bool)> {
        let opinions = steps.iter().filter(|step| step.kind == StepKind::Opinion);
        opinions.map(|step| (step.by.iter().map(|actor| actor.body).collect(), step.any, step.together)).collect()
    };
    let (own, asked) = (places(own), places(national));
    if own == asked {
        return Judged::new(Relation::Equal, "各步的主体和顺序与全国要求一致");
    }
    // Every step that is asked for stands in the plan, in that order: the rest is more than is asked.
    let mut rest = own.iter();
    let holds_all = asked.iter().all(|(by, _, together)| {
        rest.any(|(bodies, any, joint)| by.is_subset(bodies) && !any && (*joint || !together))
    });
    if holds_all {
        return Judged::new(Relation::Stricter, "全国要求的各步都有，另有更多把关");
    }
    let bodies = |steps: &[(BTreeSet<Body>, bool, bool)]| -> BTreeSet<Body> {
        steps.iter().flat_map(|(by, _, _)| by.iter().copied()).collect()
    };
    let missing: Vec<&str> = bodies(&asked).difference(&bodies(&own)).map(|body| body.label()).collect();
    if missing.is_empty() {
        Judged::unclear("各步的主体、顺序或方式与全国要求不尽相同，请对照原文")
    } else {
        Judged::new(Relation::Wider, format!("缺少{}这一环", missing.join("、")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::Actor;
    use crate::rules::plan::{BUILT_IN, named};

    fn relation(plan: &Plan, rule: Rule) -> Relation {
        compare(plan, rule).unwrap().relation
    }

    #[test]
    fn the_two_plans_stand_to_the_baseline_as_their_words_do() {
        let (suzhou, jining) = (named("suzhou-2020").unwrap(), named("jining-2022").unwrap());
        for (rule, of_suzhou, of_jining) in [
            (Rule::Org01, Relation::Equal, Relation::Equal),
            // 40 and 60 人左右 against 不超过40人.
            (Rule::Stf01, Relation::Wider, Relation::Wider),
            (Rule::Stf02, Relation::Equal, Relation::Equal),
            (Rule::Stf03, Relation::Equal, Relation::Equal),
            (Rule::Stf06, Relation::Stricter, Relation::Wider),
            (Rule::Stf07, Relation::Equal, Relation::Equal),
            (Rule::Stf08, Relation::Equal, Relation::Equal),
            (Rule::Stf10, Relation::Stricter, Relation::Unclear),
            (Rule::Elg01, Relation::Equal, Relation::Equal),
            (Rule::Elg03, Relation::Equal, Relation::Equal),
            (Rule::Elg04, Relation::Equal, Relation::Equal),
            (Rule::Vet01, Relation::Equal, Relation::Equal),
            (Rule::Vet05, Relation::Equal, Relation::Equal),
            (Rule::Con01, Relation::Unclear, Relation::Unclear),
        ] {
            assert_eq!((relation(suzhou, rule), relation(jining, rule)), (of_suzhou, of_jining), "{rule}");
        }
        assert!(compare(suzhou, Rule::Dis01).is_none(), "the national level says nothing that is known here");
    }

    #[test]
    fn a_reason_is_asked_for_what_is_wider_than_words_that_were_read() {
        let jining = named("jining-2022").unwrap();
        let asked: Vec<Rule> =
            compare_all(jining).into_iter().filter(Comparison::needs_reason).map(|one| one.rule).collect();
        assert_eq!(asked, [Rule::Stf01], "STF-06 is wider than words that nobody has read");
        assert!(compare(jining, Rule::Stf01).unwrap().says.contains("只到 60 人"));
    }

    #[test]
    fn a_larger_figure_a_softer_word_or_a_missing_body_is_wider() {
        let (_, text) = BUILT_IN[0];
        let with = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            Plan::parse(&text.replace(from, to)).unwrap()
        };
        let seven = with("strength = \"hard\"\nat_most = 5", "strength = \"hard\"\nat_most = 7");
        assert_eq!(relation(&seven, Rule::Stf02), Relation::Wider);
        let four = with("strength = \"hard\"\nat_most = 5", "strength = \"hard\"\nat_most = 4");
        assert_eq!(relation(&four, Rule::Stf02), Relation::Stricter);
        let soft = with("strength = \"hard\"\nat_most = 5", "strength = \"soft\"\nat_most = 5");
        assert_eq!(relation(&soft, Rule::Stf02), Relation::Wider);
        let half = with("share = \"30%\"", "share = \"50%\"");
        assert_eq!(relation(&half, Rule::Elg03), Relation::Wider);
        let small = with("about = 40", "about = 30");
        assert_eq!(relation(&small, Rule::Stf01), Relation::Stricter);
    }

    #[test]
    fn a_chain_is_held_against_the_bodies_and_their_order() {
        let actor = |body: &Body| Actor { body: *body, name: None };
        let step = |by: &[Body], together| Step {
            kind: StepKind::Opinion,
            act: "审".into(),
            by: by.iter().map(actor).collect(),
            any: false,
            together,
            days: None,
            each: false,
        };
        let asked = [step(&[Body::CollegeLeague], false), step(&[Body::StudentAffairs, Body::SchoolLeague], true)];
        let one = |own: &[Step]| chains(own, &asked).relation;
        assert_eq!(one(&asked), Relation::Equal);
        let more = [asked[0].clone(), asked[1].clone(), step(&[Body::SchoolParty], false)];
        assert_eq!(one(&more), Relation::Stricter);
        assert_eq!(one(&asked[1..]), Relation::Wider, "the college is missing");
        let turned = [asked[1].clone(), asked[0].clone()];
        assert_eq!(one(&turned), Relation::Unclear);
    }
}
