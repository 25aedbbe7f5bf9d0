//! A plan file into the fields of the form. What has no field is kept as it is written, so that nothing is lost.

use toml::de::{DeTable, DeValue};

use super::{
    draft::{Group, RuleState},
    fields::{self, Field, Kind},
    typed::{DraftFields, GroupFields, MOST_ROWS},
    writing::{key_text, value_text},
};
use crate::rules::{
    Plan, Rule,
    plan::{Body, PlanError},
};

/// What a new draft begins with: how bodies are usually called, and nothing else.
pub(super) fn empty() -> DraftFields {
    let mut content = DraftFields::default();
    for (slug, label) in fields::body_names() {
        content.of_mut(Group::Bodies).set(format!("bodies.{slug}"), label);
    }
    for (name, says) in [("unions", "school\ncollege"), ("POL-00.state", "stated"), ("POL-00.strength", "duty")] {
        content.of_mut(Group::of_field(name)).set(name, says);
    }
    content
}

/// The fields of a plan file, also of one that has faults.
///
/// # Errors
/// Where it is no TOML, in Chinese with the line.
pub(super) fn read(text: &str) -> Result<DraftFields, Vec<PlanError>> {
    let Ok(root) = DeTable::parse(text) else {
        return Err(Plan::parse(text).err().unwrap_or_default());
    };
    let mut content = DraftFields::default();
    let head = content.of_mut(Group::Head);
    for (key, value) in root.get_ref() {
        let name = key.get_ref().as_ref();
        let is_read = match name {
            "format" | "silent" | "not_taken_down" => true,
            "rule" | "bodies" | "switch" => value.get_ref().as_table().is_some(),
            _ => take(head, name, fields::HEAD.iter().find(|field| field.key == name), value.get_ref()),
        };
        if !is_read {
            head.add_line("extra", &format!("{} = {}", key_text(name), value_text(value.get_ref())));
        }
    }
    let table = |name: &str| root.get_ref().get(name).and_then(|value| value.get_ref().as_table());
    if let Some(bodies) = table("bodies") {
        read_bodies(content.of_mut(Group::Bodies), bodies);
    }
    if let Some(switches) = table("switch") {
        read_switches(content.of_mut(Group::Switches), switches);
    }
    for (list, state) in [("silent", RuleState::Silent), ("not_taken_down", RuleState::Untaken)] {
        let listed = root.get_ref().get(list).and_then(|value| value.get_ref().as_array());
        for item in listed.into_iter().flat_map(|items| items.iter()) {
            if let Some(rule) = item.get_ref().as_str().and_then(|code| code.parse::<Rule>().ok()) {
                content.of_mut(Group::of_rule(rule)).set(format!("{rule}.state"), state.slug());
            }
        }
    }
    for (key, value) in table("rule").into_iter().flatten() {
        let (Ok(rule), Some(section)) = (key.get_ref().parse::<Rule>(), value.get_ref().as_table()) else {
            let head = content.of_mut(Group::Head);
            head.add_line("sections", &format!("[rule.{}]", key_text(key.get_ref())));
            for (key, value) in value.get_ref().as_table().into_iter().flatten() {
                head.add_line("sections", &format!("{} = {}", key_text(key.get_ref()), value_text(value.get_ref())));
            }
            continue;
        };
        read_rule(content.of_mut(Group::of_rule(rule)), rule, section);
    }
    Ok(content)
}

/// Takes a value into the field of that name; `false` where the field does not hold such a value.
fn take(typed: &mut GroupFields, name: &str, field: Option<&Field>, value: &DeValue<'_>) -> bool {
    let Some(field) = field else { return false };
    if matches!(field.kind, Kind::Chain) {
        return take_chain(typed, name, value);
    }
    let says = says(field.kind, value);
    let is_taken = says.is_some();
    typed.set(name, says.unwrap_or_default());
    is_taken
}

/// A value as it is typed into a field; none where the field does not hold such a value.
fn says(kind: Kind, value: &DeValue<'_>) -> Option<String> {
    let one_line = |text: &str| (!text.contains(char::is_control)).then(|| text.to_owned());
    match kind {
        Kind::Text | Kind::Long | Kind::Share => value.as_str().and_then(one_line),
        Kind::Number => value.as_integer().filter(|number| number.radix() == 10).map(ToString::to_string),
        Kind::Day => value.as_datetime().map(ToString::to_string),
        Kind::Flag(..) => value.as_bool().map(|flag| flag.to_string()),
        Kind::Choice(words) => {
            value.as_str().filter(|text| words.iter().any(|(word, _)| word == text)).map(str::to_owned)
        }
        Kind::Several(words) => {
            let items = strings(value)?;
            items.iter().all(|item| words.iter().any(|(word, _)| word == item)).then(|| items.join("\n"))
        }
        Kind::Lines { may_be_empty } => {
            let items = strings(value)?;
            // An empty list is not as no list at all.
            if items.is_empty() && !may_be_empty {
                return None;
            }
            items.iter().all(|&item| one_line(item).is_some() && !item.trim().is_empty()).then(|| items.join("\n"))
        }
        Kind::Bodies => {
            let name = |slug: &&str| slug.parse::<Body>().ok().map(Body::label);
            let names: Option<Vec<&str>> = strings(value)?.iter().map(name).collect();
            Some(names?.join("、"))
        }
        Kind::Chain => None,
    }
}

fn strings<'v>(value: &'v DeValue<'_>) -> Option<Vec<&'v str>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str()).collect()
}

/// A pair that has no field, as an inline table writes it.
fn pair(key: &str, value: &DeValue<'_>) -> String {
    format!("{} = {}", key_text(key), value_text(value))
}

fn tables<'v, 't>(value: &'v DeValue<'t>) -> Option<Vec<&'v DeTable<'t>>> {
    let items = value.as_array()?;
    let tables: Vec<_> = items.iter().filter_map(|item| item.get_ref().as_table()).collect();
    (tables.len() == items.len() && tables.len() <= MOST_ROWS).then_some(tables)
}

fn take_chain(typed: &mut GroupFields, name: &str, value: &DeValue<'_>) -> bool {
    let Some(steps) = tables(value) else { return false };
    for (row, step) in (1..).zip(steps) {
        let row = format!("{name}{row}");
        let flag = |key: &str| step.get(key).and_then(|value| value.get_ref().as_bool()).unwrap_or(false);
        let how = if flag("together") {
            "together"
        } else if flag("any") {
            "any"
        } else {
            ""
        };
        typed.set(format!("{row}.how"), how);
        let mut extra = Vec::new();
        for (key, value) in step {
            let (key, value) = (key.get_ref().as_ref(), value.get_ref());
            let is_taken = match key {
                "act" | "by" => {
                    take(typed, &format!("{row}.{key}"), fields::OF_STEP.iter().find(|one| one.key == key), value)
                }
                "any" | "together" => value.as_bool().is_some_and(|on| !on || how == key),
                _ => false,
            };
            if !is_taken {
                extra.push(pair(key, value));
            }
        }
        typed.set(format!("{row}.extra"), extra.join(", "));
    }
    true
}

fn read_bodies(typed: &mut GroupFields, bodies: &DeTable<'_>) {
    for (key, value) in bodies {
        let (key, value) = (key.get_ref().as_ref(), value.get_ref());
        match value.as_str().filter(|_| key.parse::<Body>().is_ok()) {
            Some(name) => typed.set(format!("bodies.{key}"), name),
            None => typed.add_line("bodies.extra", &pair(key, value)),
        }
    }
}

fn read_switches(typed: &mut GroupFields, switches: &DeTable<'_>) {
    for (key, value) in switches {
        let key = key.get_ref().as_ref();
        let field = fields::SWITCHES.iter().find(|field| field.key == key);
        let (Some(field), Some(section)) = (field, value.get_ref().as_table()) else {
            typed.add_line("switch.extra", &pair(key, value.get_ref()));
            continue;
        };
        for (part, value) in section {
            let (part, value) = (part.get_ref().as_ref(), value.get_ref());
            let name = format!("switch.{key}.{part}");
            let is_taken = match part {
                "value" => take(typed, &name, Some(field), value),
                "reason" => {
                    typed.set(name, value.as_str().unwrap_or_default());
                    value.as_str().is_some()
                }
                _ => false,
            };
            if !is_taken {
                typed.add_line(&format!("switch.{key}.extra"), &pair(part, value));
            }
        }
    }
}

fn read_rule(typed: &mut GroupFields, rule: Rule, section: &DeTable<'_>) {
    let is_quoted = section.get("judged").and_then(|value| value.get_ref().as_bool()) == Some(false);
    let state = if is_quoted { RuleState::Quoted } else { RuleState::Stated };
    typed.set(format!("{rule}.state"), state.slug());
    for (key, value) in section {
        let (key, value) = (key.get_ref().as_ref(), value.get_ref());
        let is_taken = match key {
            "judged" => value.as_bool().is_some(),
            "clauses" => take_clauses(typed, rule, value),
            _ => {
                let field = fields::OF_RULE.iter().find(|field| field.key == key);
                let field = field.or_else(|| fields::values(rule).find(|field| field.key == key));
                take(typed, &format!("{rule}.{key}"), field, value)
            }
        };
        if !is_taken {
            typed.add_line(&format!("{rule}.extra"), &pair(key, value));
        }
    }
}

fn take_clauses(typed: &mut GroupFields, rule: Rule, value: &DeValue<'_>) -> bool {
    let Some(clauses) = tables(value) else { return false };
    for (row, clause) in (1..).zip(clauses) {
        let mut extra = Vec::new();
        for (key, value) in clause {
            let (key, value) = (key.get_ref().as_ref(), value.get_ref());
            match value.as_str().filter(|text| {
                matches!(key, "id" | "section" | "quote" | "document") && !text.contains(char::is_control)
            }) {
                Some(text) => typed.set(format!("{rule}.clause{row}.{key}"), text),
                None => extra.push(pair(key, value)),
            }
        }
        typed.set(format!("{rule}.clause{row}.extra"), extra.join(", "));
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::writing::write, *};
    use crate::rules::{CATALOGUE, plan::BUILT_IN};

    /// The plan that a text says after the form has read and written it.
    fn again(text: &str) -> Plan {
        let written = write(&read(text).unwrap()).text;
        Plan::parse(&written).unwrap_or_else(|errors| panic!("{errors:?}\n{written}"))
    }

    #[test]
    fn the_shipped_plans_read_by_the_form_and_written_again_mean_the_same() {
        for (name, text) in BUILT_IN {
            assert_eq!(again(text), Plan::parse(text).unwrap(), "{name}");
        }
    }

    #[test]
    fn what_has_no_field_is_written_as_it_was() {
        let (_, text) = BUILT_IN[0];
        let strange = text
            .replace("format = 1\n", "format = 1\nparts = [{ number = \"1\", day = 2026-01-01 }]\n")
            .replace("at_most = 5\n", "at_most = 5\nnovel = [1, true, \"a\\\"b\"]\n")
            .replace("[switch.heads_inside]\n", "[switch.heads_inside]\nsince = 2020-01-01\n");
        let written = write(&read(&strange).unwrap()).text;
        for line in
            ["parts = [{ day = 2026-01-01, number = \"1\" }]", "novel = [1, true, \"a\\\"b\"]", "since = 2020-01-01"]
        {
            assert!(written.contains(line), "{line} not in\n{written}");
        }
        assert_eq!(read(&written).unwrap(), read(&strange).unwrap());
    }

    #[test]
    fn posts_named_alone_are_lines_of_the_form_and_tables_stay_as_they_are() {
        let (_, text) = BUILT_IN[0];
        for (posts, line, extra) in
            [("posts = [\"顾问\"]", "顾问", ""), ("posts = [{ name = \"主席\" }]", "", "posts = [{ name = \"主席\" }]")]
        {
            let text = text.replace("[rule.STF-08]\n", &format!("[rule.STF-08]\n{posts}\n"));
            let content = read(&text).unwrap();
            let typed = content.of(Group::Stf);
            assert_eq!((typed.get("STF-08.posts"), typed.get("STF-08.extra")), (line, extra));
            assert_eq!(again(&text), Plan::parse(&text).unwrap());
        }
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let errors = read("format = 1\ncode = \"a\n").unwrap_err();
        assert_eq!(errors.first().map(|error| error.line), Some(2));
    }

    /// A plan in which each rule has one of the four states, with other words and figures.
    fn plans() -> impl Strategy<Value = String> {
        let states = prop::collection::vec(0_u8..4, CATALOGUE.len());
        (0..BUILT_IN.len(), states, "[\\PC&&[^\"\\\\\n]]{4,40}", 1_u32..50, any::<bool>()).prop_map(
            |(which, states, words, number, moved)| {
                let (_, text) = BUILT_IN[which];
                let mut content = read(text).unwrap();
                for (entry, state) in CATALOGUE.iter().zip(states) {
                    let (code, typed) = (entry.code, content.of_mut(Group::of_rule(entry.rule)));
                    let was_stated = typed.get(&format!("{code}.state")) == "stated";
                    let state = match state {
                        _ if entry.rule == Rule::Pol00 => "stated",
                        0 => "silent",
                        1 => "untaken",
                        2 => "quoted",
                        _ if was_stated => "stated",
                        _ => "quoted",
                    };
                    typed.set(format!("{code}.state"), state);
                    if state == "quoted" && !was_stated {
                        typed.set(format!("{code}.strength"), "duty");
                        typed.set(format!("{code}.clause1.id"), "1");
                        typed.set(format!("{code}.clause1.section"), "一");
                    }
                    if state == "quoted" && !words.trim().is_empty() {
                        typed.set(format!("{code}.clause1.quote"), format!("引{}文甲乙", words.trim()));
                    }
                }
                let staffing = content.of_mut(Group::Stf);
                staffing.set("STF-02.at_most", number.to_string());
                if moved {
                    staffing.set("STF-03.effective", "2027-09-01");
                }
                write(&content).text
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn random_plans_read_by_the_form_and_written_again_mean_the_same(text in plans()) {
            if let Ok(plan) = Plan::parse(&text) {
                prop_assert_eq!(again(&text), plan);
            }
        }
    }
}
