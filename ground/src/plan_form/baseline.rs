//! The national wording in the form: beside each rule as far as it has been read here, and in the fields of a draft that begins
//! with it. Nothing of it is written into the plan before somebody says that the document states the rule.

use super::{
    group::{Group, RuleState},
    reading,
    typed::{DraftFields, GroupFields},
};
use crate::rules::{
    CATALOGUE, Rule,
    plan::{Actor, Demand, Figures, NationalValue, StepKind, national_on},
};

/// The value that counts on a rule, where its wording has been read.
fn seen(rule: Rule) -> Option<(&'static NationalValue, &'static str)> {
    national_on(rule).find_map(|value| Some((value, value.wording.as_deref()?)))
}

/// The national wording on a rule with its document; none where nobody here has read it.
#[must_use]
pub fn wording(rule: Rule) -> Option<String> {
    let (value, wording) = seen(rule)?;
    Some(format!("“{wording}”（{}{}）", value.document, section(value)))
}

/// Where the words stand in their document; empty where that is not known.
fn section(value: &NationalValue) -> String {
    match value.indicator.as_str() {
        article if article.is_empty() || article.starts_with('第') => article.to_owned(),
        indicator => format!("第 {indicator} 项"),
    }
}

/// What a draft begins with that begins with the national wording: figures and quotations of every rule that is still to be
/// taken down.
#[must_use]
pub fn prefilled() -> DraftFields {
    let mut content = reading::empty();
    for entry in CATALOGUE.iter().filter(|entry| entry.rule != Rule::Pol00) {
        fill(content.of_mut(Group::of_rule(entry.rule)), entry.rule);
    }
    content
}

/// Fills in what the national level says on a rule.
fn fill(typed: &mut GroupFields, rule: Rule) {
    let Some((value, wording)) = seen(rule) else { return };
    let name = |key: &str| format!("{rule}.{key}");
    let keys = Figures::keys(rule);
    let mut figure = |key: &str, says: String| {
        if keys.contains(&key) {
            typed.set(name(key), says);
        }
    };
    match &value.demand {
        Demand::AtMost { most, .. } => figure("at_most", most.to_string()),
        Demand::AtLeast(share) | Demand::Within(share) => figure("share", share.to_string()),
        Demand::Political(statuses) => figure("political", statuses.join("\n")),
        Demand::Layers(layers) => figure("layers", layers.join("\n")),
        Demand::Chain(_) | Demand::Stated | Demand::Words => {}
    }
    if let (Demand::AtMost { where_many: Some(many), .. }, true) = (&value.demand, keys.contains(&"larger")) {
        typed.set(name("larger1.at_most"), many.to_string());
        typed.set(name("larger1.condition"), "学生人数较多、分校区较多的高校");
    }
    if let (Demand::Chain(steps), true) = (&value.demand, keys.contains(&"chain")) {
        for (row, step) in (1..).zip(steps) {
            let part = |part: &str| name(&format!("chain{row}.{part}"));
            let actor = |actor: &Actor| match &actor.name {
                Some(name) => format!("{name}（{}）", actor.body.label()),
                None => actor.body.label().to_owned(),
            };
            let how = match (step.together, step.any) {
                (true, _) => "together",
                (false, true) => "any",
                (false, false) => "",
            };
            typed.set(part("by"), step.by.iter().map(actor).collect::<Vec<_>>().join("、"));
            typed.set(part("act"), step.act.clone());
            typed.set(part("how"), how);
            if step.kind != StepKind::Opinion {
                typed.set(part("kind"), step.kind.slug());
            }
        }
    }
    typed.set(name("strength"), value.strength.slug());
    typed.set(name("clause1.quote"), wording);
    typed.set(name("clause1.section"), section(value));
    typed.set(name("clause1.document"), value.document.clone());
}

/// Takes out again what was filled in of a rule and nobody has changed, as soon as the document's own words come in.
pub(super) fn make_room(typed: &mut GroupFields, rule: Rule) {
    let state = typed.get(&format!("{rule}.state")).parse().unwrap_or(RuleState::Untaken);
    let Some((_, wording)) = seen(rule).filter(|_| matches!(state, RuleState::Untaken | RuleState::Silent)) else {
        return;
    };
    if typed.get(&format!("{rule}.clause1.quote")) != wording {
        return;
    }
    let mut filled = GroupFields::default();
    fill(&mut filled, rule);
    for (name, says) in filled.iter() {
        if typed.get(name) == says {
            typed.set(name, "");
        }
    }
    typed.close_rows(&format!("{rule}.clause"), |_| true);
}

#[cfg(test)]
mod tests {
    use super::{
        super::{fields, writing::write},
        *,
    };
    use crate::rules::Plan;

    #[test]
    fn what_is_filled_in_is_not_written_before_somebody_says_that_it_is_stated() {
        let mut content = prefilled();
        let typed = content.of(Group::Stf);
        assert_eq!((typed.get("STF-02.at_most"), typed.get("STF-02.state")), ("5", ""));
        assert_eq!((typed.get("STF-01.at_most"), typed.get("STF-01.larger1.at_most")), ("40", "60"));
        assert!(typed.get("STF-02.clause1.document").contains("自评表"));
        assert!(!write(&content).text.contains("[rule.STF-02]"));
        content.of_mut(Group::Stf).set("STF-02.state", "stated");
        assert!(write(&content).text.contains("[rule.STF-02]"));
    }

    #[test]
    fn what_is_filled_in_can_be_read_once_it_is_stated() {
        let (_, shipped) = crate::rules::plan::BUILT_IN[0];
        let mut content = reading::read(shipped).unwrap();
        for entry in CATALOGUE.iter().filter(|entry| entry.rule != Rule::Pol00 && seen(entry.rule).is_some()) {
            let typed = content.of_mut(Group::of_rule(entry.rule));
            let lists = fields::lists(entry.rule).map(|field| field.key);
            for list in lists.chain(["clause"]) {
                typed.close_rows(&format!("{}.{list}", entry.code), |_| false);
            }
            for field in fields::values(entry.rule) {
                typed.set(format!("{}.{}", entry.code, field.key), "");
            }
            fill(typed, entry.rule);
        }
        let written = write(&content).text;
        let errors = Plan::parse(&written).err().unwrap_or_default();
        // A value that the national level does not give is still to be typed.
        let left: Vec<_> = errors.iter().filter(|error| !error.reason.starts_with("缺少 ")).collect();
        assert!(left.is_empty(), "{left:?}\n{written}");
    }

    #[test]
    fn the_documents_own_words_take_the_place_of_what_was_filled_in() {
        let mut content = prefilled();
        let typed = content.of_mut(Group::Stf);
        make_room(typed, Rule::Stf02);
        assert_eq!((typed.get("STF-02.at_most"), typed.rows("STF-02.clause")), ("", 0));
        typed.set("STF-03.state", "stated");
        make_room(typed, Rule::Stf03);
        assert_eq!(typed.get("STF-03.at_most"), "6", "what somebody has said stays");
        typed.set("STF-07.clause1.quote", "我校的话");
        make_room(typed, Rule::Stf07);
        assert_eq!(typed.get("STF-07.clause1.quote"), "我校的话");
    }

    #[test]
    fn wording_that_nobody_has_read_is_none() {
        assert!(
            wording(Rule::Stf02).is_some_and(|says| says.contains("主席团成员不超过5人") && says.contains("第 4 项"))
        );
        let unseen = CATALOGUE.iter().filter(|entry| national_on(entry.rule).all(|value| value.wording.is_none()));
        assert!(unseen.clone().count() > 0 && unseen.clone().all(|entry| wording(entry.rule).is_none()));
    }
}
