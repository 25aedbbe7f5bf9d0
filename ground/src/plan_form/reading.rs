//! A plan file into the fields of the form. What has no field is kept as it is written, so that nothing is lost.

use toml::de::{DeTable, DeValue};

use super::{
    fields::{self, CLAUSES_OF_A_ROW, Field, Kind, ON_PRESIDIUM, RowsOf},
    group::{Group, RuleState},
    typed::{DraftFields, GroupFields, MOST_ROWS},
    writing::{key_text, value_text},
};
use crate::rules::{
    Plan, Rule,
    plan::{Body, PlanError},
};

/// What a new draft begins with: how bodies are usually called, and nothing else.
#[must_use]
pub fn empty() -> DraftFields {
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
pub fn read(text: &str) -> Result<DraftFields, Vec<PlanError>> {
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
            _ => {
                let field = fields::HEAD.iter().chain(fields::HEAD_LISTS).find(|field| field.key == name);
                take(head, name, field, value.get_ref())
            }
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
    match field.kind {
        Kind::Chain => return take_chain(typed, name, value),
        Kind::Rows(rows) => return take_rows(typed, name, rows, value),
        _ => {}
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
        Kind::Text | Kind::Long | Kind::Share | Kind::Clause => value.as_str().and_then(one_line),
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
        Kind::Posts => {
            let posts: Option<Vec<String>> = value.as_array()?.iter().map(|item| post_says(item.get_ref())).collect();
            posts.filter(|posts| !posts.is_empty()).map(|posts| posts.join("\n"))
        }
        Kind::Bodies => {
            let names: Option<Vec<String>> = value.as_array()?.iter().map(|item| body_says(item.get_ref())).collect();
            Some(names?.join("、"))
        }
        Kind::Numbers => {
            let number = |item: &DeValue<'_>| says(Kind::Number, item);
            let numbers: Option<Vec<String>> = value.as_array()?.iter().map(|item| number(item.get_ref())).collect();
            numbers.filter(|numbers| !numbers.is_empty()).map(|numbers| numbers.join("、"))
        }
        Kind::Named(words) => {
            let text = one_line(value.as_str()?)?;
            Some(words.iter().find(|(slug, _)| *slug == text).map_or(text, |(_, label)| (*label).to_owned()))
        }
        Kind::Times(words) => says(Kind::Number, value).or_else(|| says(Kind::Named(words), value)),
        Kind::Amount => says(Kind::Number, value).or_else(|| value.as_str().and_then(one_line)),
        Kind::Chain | Kind::Rows(_) => None,
    }
}

/// A body by its name, or an office with the body that acts for it.
fn body_says(item: &DeValue<'_>) -> Option<String> {
    let label = |slug: &str| slug.parse::<Body>().ok().map(Body::label);
    if let Some(slug) = item.as_str() {
        return label(slug).map(str::to_owned);
    }
    let table = item.as_table().filter(|table| table.len() == 2)?;
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    let (name, acts) = (text("name")?, label(text("acts")?)?);
    // What would be read as something else is kept as it is written.
    let marks = ['、', '，', ',', ' ', '；', '（', '）', '(', ')'];
    let is_plain = !name.is_empty() && !name.contains(marks) && !name.contains(char::is_control);
    is_plain.then(|| format!("{name}（{acts}）"))
}

/// A post by its name, marked where its holder sits on the presidium.
fn post_says(item: &DeValue<'_>) -> Option<String> {
    // What would be read as something else is kept as it is written.
    let is_plain = |name: &&str| {
        !name.is_empty() && name.trim() == *name && !name.contains(char::is_control) && !name.contains("属主席团")
    };
    if let Some(name) = item.as_str() {
        return Some(name).filter(is_plain).map(str::to_owned);
    }
    let table = item.as_table()?;
    let name = table.get("name").and_then(|value| value.get_ref().as_str()).filter(is_plain)?;
    let seated = table.get("presidium").map(|value| value.get_ref().as_bool());
    match (seated, table.len()) {
        (None, 1) | (Some(Some(false)), 2) => Some(name.to_owned()),
        (Some(Some(true)), 2) => Some(format!("{name}{}", ON_PRESIDIUM[0])),
        _ => None,
    }
}

/// Tables of a value into its rows.
fn take_rows(typed: &mut GroupFields, name: &str, rows: &RowsOf, value: &DeValue<'_>) -> bool {
    let found = if rows.single { value.as_table().map(|table| vec![table]) } else { tables(value) };
    // An empty list is not as no list at all.
    let Some(found) = found.filter(|found| !found.is_empty()) else { return false };
    for (row, table) in (1..).zip(found) {
        let mut extra = Vec::new();
        for (key, value) in table {
            let (key, value) = (key.get_ref().as_ref(), value.get_ref());
            let field = rows.fields.iter().find(|field| field.key == key);
            let is_taken = match key {
                "clauses" if rows.quotes => take_clauses_of_row(typed, &format!("{name}{row}"), value),
                _ => take(typed, &format!("{name}{row}.{key}"), field, value),
            };
            if !is_taken {
                extra.push(pair(key, value));
            }
        }
        typed.set(format!("{name}{row}.extra"), extra.join(", "));
    }
    true
}

/// The clauses of a table into the fields of its row; `false` where there are more than those, or one says more.
fn take_clauses_of_row(typed: &mut GroupFields, row: &str, value: &DeValue<'_>) -> bool {
    let Some(clauses) = tables(value).filter(|found| (1..=CLAUSES_OF_A_ROW.len()).contains(&found.len())) else {
        return false;
    };
    let mut texts = Vec::new();
    for (which, clause) in CLAUSES_OF_A_ROW.iter().zip(clauses) {
        // Whether there is a clause at all is told by its quotation.
        if clause.get("quote").is_none_or(|quote| quote.get_ref().as_str().is_none_or(str::is_empty)) {
            return false;
        }
        for (key, value) in clause {
            let key = key.get_ref().as_ref();
            match value.get_ref().as_str() {
                Some(text)
                    if matches!(key, "id" | "section" | "quote" | "document") && !text.contains(char::is_control) =>
                {
                    texts.push((format!("{row}.{key}{which}"), text));
                }
                _ => return false,
            }
        }
    }
    for (name, text) in texts {
        typed.set(name, text);
    }
    true
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
        } else if flag("each") {
            "each"
        } else {
            ""
        };
        typed.set(format!("{row}.how"), how);
        let mut extra = Vec::new();
        for (key, value) in step {
            let (key, value) = (key.get_ref().as_ref(), value.get_ref());
            let is_taken = match key {
                "act" | "by" | "kind" | "days" => {
                    take(typed, &format!("{row}.{key}"), fields::OF_STEP.iter().find(|one| one.key == key), value)
                }
                "any" | "together" | "each" => value.as_bool().is_some_and(|on| !on || how == key),
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
    name_clauses_by_place(typed, rule);
}

/// Where a row names a clause of the rule, the form says which of the quotations it is.
fn name_clauses_by_place(typed: &mut GroupFields, rule: Rule) {
    let clauses = typed.rows(&format!("{rule}.clause"));
    for list in fields::lists(rule) {
        let Kind::Rows(rows) = list.kind else { continue };
        for field in rows.fields.iter().filter(|field| matches!(field.kind, Kind::Clause)) {
            for row in 1..=typed.rows(&format!("{rule}.{}", list.key)) {
                let name = format!("{rule}.{}{row}.{}", list.key, field.key);
                let is_meant = |place: &usize| typed.get(&format!("{rule}.clause{place}.id")) == typed.get(&name);
                let place = (1..=clauses).find(is_meant).filter(|_| !typed.get(&name).is_empty());
                if let Some(place) = place {
                    typed.set(name, place.to_string());
                }
            }
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
    use crate::rules::{
        CATALOGUE,
        plan::{BUILT_IN, random::plan_text},
    };

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
    fn posts_are_lines_of_the_form_and_say_which_are_on_the_presidium() {
        let (_, text) = BUILT_IN[0];
        for (posts, line, extra) in [
            ("posts = [\"顾问\"]", "顾问", ""),
            ("posts = [{ name = \"主席\", presidium = true }, \"顾问\"]", "主席（属主席团）\n顾问", ""),
            ("posts = [{ name = \"顾问\", presidium = false }]", "顾问", ""),
            ("posts = [\"主席（属主席团）\"]", "", "posts = [\"主席（属主席团）\"]"),
        ] {
            let text = text.replace("[rule.STF-08]\n", &format!("[rule.STF-08]\n{posts}\n"));
            let content = read(&text).unwrap();
            let typed = content.of(Group::Stf);
            assert_eq!((typed.get("STF-08.posts"), typed.get("STF-08.extra")), (line, extra));
            assert_eq!(again(&text), Plan::parse(&text).unwrap());
        }
    }

    /// A shipped plan with other lines at the head of a rule's section.
    fn with(text: &str, rule: &str, lines: &str, instead_of: &str) -> String {
        let head = format!("[rule.{rule}]\n");
        let at = text.find(&head).unwrap() + head.len();
        let rest = text[at..].replacen(instead_of, "", 1);
        format!("{}{lines}\n{rest}", &text[..at])
    }

    #[test]
    fn what_only_some_documents_have_has_its_fields() {
        let (_, text) = BUILT_IN[0];
        let larger = "larger = { at_most = 60, condition = \"学生人数较多的高校\", decided = \"校党委会 3 月 2 日\" }";
        let text = with(text, "STF-01", larger, "");
        let text = with(&text, "STF-06", "bands = [{ below = 400, at_least = 5, at_most = 15 }]", "");
        let text = with(
            &text,
            "ELG-03",
            "by = [\"gpa\", \"assessment\"]\nexempt = [{ who = \"graduate\", clause = \"E\" }]",
            "",
        );
        let clause = text[text.find("[rule.ELG-03]").unwrap()..].split("id = \"").nth(1).unwrap();
        let clause = clause.split('"').next().unwrap().to_owned();
        let text = text.replacen("clause = \"E\"", &format!("clause = \"{clause}\""), 1);
        let chain = "chain = [\n{ act = \"推荐\", by = [\"college_league\", { name = \"辅导员\", acts = \"college_party\" }] },\n\
                     { act = \"公示\", kind = \"notice\", days = 5 },\n{ act = \"确定\", by = [\"school_party\"] },\n]\n";
        let from = text.find("[rule.VET-01]\n").unwrap();
        let start = from + text[from..].find("chain = [").unwrap();
        let end = start + text[start..].find("\n]\n").unwrap() + 3;
        let text = format!("{}{chain}{}", &text[..start], &text[end..]);
        let content = read(&text).unwrap();
        let of = |name: &str| content.of(Group::of_field(name)).get(name).to_owned();
        for (name, says) in [
            ("STF-01.larger1.at_most", "60"),
            ("STF-01.larger1.decided", "校党委会 3 月 2 日"),
            ("STF-06.bands1.below", "400"),
            ("ELG-03.by", "gpa\nassessment"),
            ("ELG-03.exempt1.clause", "1"),
            ("ELG-03.exempt1.who", "graduate"),
            ("VET-01.chain1.by", "院系团组织、辅导员（院系党组织）"),
            ("VET-01.chain2.kind", "notice"),
            ("VET-01.chain2.days", "5"),
        ] {
            assert_eq!(of(name), says, "{name}");
        }
        for name in ["STF-01.extra", "STF-06.extra", "ELG-03.extra", "VET-01.extra", "VET-01.chain1.extra"] {
            assert_eq!(of(name), "", "{name}");
        }
        assert_eq!(again(&text), Plan::parse(&text).unwrap());
    }

    #[test]
    fn documents_and_rules_of_ones_own_have_their_fields() {
        let (_, text) = BUILT_IN[0];
        let lists = "[[documents]]\nkind = \"constitution\"\nnumber = \"学生会章程\"\ntitle = \"学生会章程\"\nissuer = \"学代会\"\n\
                     day = 2025-05-04\n[[own]]\nname = \"女生\"\ncheck = \"share\"\nasks = \"女生\"\nat_least = \"30%\"\nsoft = true\n\
                     clauses = [{ id = \"Z\", document = \"学生会章程\", section = \"五\", quote = \"女生一般不少于三成\" }]\n\
                     [[own]]\nname = \"两处\"\ncheck = \"people\"\nasks = \"联络员\"\nat_least = 2\nunions = [\"college\"]\n\
                     clauses = [{ id = \"A\", section = \"五\", quote = \"设联络员两名\" }, { id = \"B\", section = \"六\", quote = \"联络员两名\" }]\n\
                     [[own]]\nname = \"任期\"\ncheck = \"term\"\nasks = \"一年\"\nof = \"presidium\"\nyears = 1\nreelections = 1\n\
                     clauses = [{ id = \"C\", section = \"六\", quote = \"任期一年，连任不超过一届\" }]\n\
                     [[own]]\nname = \"部门任期\"\ncheck = \"term\"\nasks = \"一年\"\nof = \"department\"\nyears = 1\n\
                     reelections = \"unlimited\"\n\
                     clauses = [{ id = \"D\", section = \"六\", quote = \"任期一年，可以连选连任\" }]\n\
                     [bodies]";
        let text = text.replacen("[bodies]", lists, 1);
        let content = read(&text).unwrap();
        let head = content.of(Group::Head);
        for (name, says) in [
            ("documents1.kind", "constitution"),
            ("documents1.day", "2025-05-04"),
            ("own1.at_least", "30%"),
            ("own1.quote", "女生一般不少于三成"),
            ("own1.document", "学生会章程"),
            ("own1.id", "Z"),
            ("own2.unions", "college"),
            ("own2.quote", "设联络员两名"),
            ("own2.quote2", "联络员两名"),
            ("own2.section2", "六"),
            ("own2.id2", "B"),
            ("own2.extra", ""),
            ("own3.reelections", "1"),
            ("own4.reelections", "不限"),
            ("own4.extra", ""),
            ("extra", ""),
        ] {
            assert_eq!(head.get(name), says, "{name}");
        }
        assert_eq!(again(&text), Plan::parse(&text).unwrap());
        let four: Vec<String> = (1..=4)
            .map(|place| format!("{{ id = \"C{place}\", section = \"五\", quote = \"设联络员第{place}处\" }}"))
            .collect();
        let from = text.find("{ id = \"A\"").unwrap();
        let end = from + text[from..].find(" }]").unwrap() + 2;
        let text = format!("{}{}{}", &text[..from], four.join(", "), &text[end..]);
        let more = read(&text).unwrap();
        assert!(more.of(Group::Head).get("own2.extra").starts_with("clauses = ["), "more than the form takes");
        assert_eq!(again(&text), Plan::parse(&text).unwrap());
    }

    #[test]
    fn a_clause_is_named_by_its_place_and_a_way_of_counting_by_its_name() {
        let (_, text) = BUILT_IN[0];
        let mut content = read(text).unwrap();
        let typed = content.of_mut(Group::Vet);
        for (name, says) in [("point", "majority"), ("value", "有效票过半"), ("clause", "1")] {
            typed.set(format!("VET-05.election1.{name}"), says);
        }
        let reviews = content.of_mut(Group::Rev);
        let aspects = reviews.get("REV-03.aspects").lines().count();
        let weights: Vec<String> =
            (0..aspects).map(|at| if at == 0 { (101 - aspects).to_string() } else { "1".to_owned() }).collect();
        reviews.set("REV-03.weights", weights.join("、"));
        let written = write(&content).text;
        let plan = Plan::parse(&written).unwrap_or_else(|errors| panic!("{errors:?}\n{written}"));
        let (term, clause) = plan.election_terms().next().unwrap();
        assert_eq!((term.rule.in_words().as_str(), clause.id.is_empty()), ("赞成超过有效票的一半当选", false));
        assert_eq!(again(&written), plan);
        assert_eq!(read(&written).unwrap().of(Group::Vet).get("VET-05.election1.value"), "有效票过半");
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
        fn plans_that_say_anything_read_by_the_form_and_written_again_mean_the_same(seed: u64) {
            let text = plan_text(seed);
            prop_assert_eq!(again(&text), Plan::parse(&text).unwrap());
        }

        #[test]
        fn random_plans_read_by_the_form_and_written_again_mean_the_same(text in plans()) {
            if let Ok(plan) = Plan::parse(&text) {
                prop_assert_eq!(again(&text), plan);
            }
        }
    }
}
