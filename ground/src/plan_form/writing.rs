//! The fields of the form into a plan file. Each line of it knows the field that it comes from, so that what the reader of
//! plan files finds wrong in a line is said beside that field.

use std::fmt::Write as _;

use toml::de::DeValue;

use super::{
    fields::{self, Field, Kind, RowsOf},
    group::{Group, RuleState},
    typed::{DraftFields, GroupFields, MOST_ROWS},
};
use crate::{
    rules::{CATALOGUE, Rule, plan::Body},
    text::{day, folded},
};

/// A plan file, with the field of each line.
#[derive(Debug, Default)]
pub struct Written {
    pub text: String,
    fields: Vec<String>,
}

impl Written {
    /// The field that a line comes from, lines from 1; empty for the file as a whole.
    #[must_use]
    pub fn field(&self, line: usize) -> &str {
        line.checked_sub(1).and_then(|place| self.fields.get(place)).map_or("", String::as_str)
    }

    /// Adds lines that come from a field.
    fn put(&mut self, field: &str, lines: &str) {
        for line in lines.lines() {
            self.text.push_str(line);
            self.text.push('\n');
            self.fields.push(field.to_owned());
        }
    }

    fn pair(&mut self, field: &str, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.put(field, &format!("{key} = {value}"));
        }
    }

    fn blank(&mut self) {
        self.text.push('\n');
        self.fields.push(String::new());
    }
}

/// A key as a file writes it.
#[must_use]
pub(super) fn key_text(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// A value as a file writes it, on one line.
#[must_use]
pub(super) fn value_text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| value_text(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(table) => {
            let mut pairs = Vec::new();
            for (key, value) in table {
                pairs.push(format!("{} = {}", key_text(key.get_ref()), value_text(value.get_ref())));
            }
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// A text in quotation marks.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(items: impl Iterator<Item = impl AsRef<str>>) -> String {
    format!("[{}]", items.map(|item| quoted(item.as_ref())).collect::<Vec<_>>().join(", "))
}

/// The plan file of what is typed, with its faults: a field that cannot be read is written as a text, and the reader of plan
/// files says what it should be.
#[must_use]
pub fn write(content: &DraftFields) -> Written {
    let (mut file, head) = (Written::default(), content.of(Group::Head));
    file.put("", "format = 1");
    for field in fields::HEAD {
        file.pair(field.key, field.key, value(field.kind, head.get(field.key)));
    }
    file.put("extra", head.get("extra"));
    for (list, rows) in fields::HEAD_LISTS.iter().filter_map(|list| fields::head_list(list.key)) {
        write_rows(&mut file, head, list.key, rows);
    }
    for (list, state) in [("silent", RuleState::Silent), ("not_taken_down", RuleState::Untaken)] {
        file.put("", &format!("{list} = ["));
        for entry in CATALOGUE.iter().filter(|entry| state_of(content, entry.rule) == state) {
            file.put(entry.code, &format!("    \"{}\",", entry.code));
        }
        file.put("", "]");
    }
    write_bodies(&mut file, content.of(Group::Bodies));
    write_switches(&mut file, content.of(Group::Switches));
    for entry in CATALOGUE {
        let state = state_of(content, entry.rule);
        if matches!(state, RuleState::Stated | RuleState::Quoted) {
            write_rule(&mut file, content, entry.rule, state);
        }
    }
    file.put("sections", head.get("sections"));
    file
}

/// What is typed of a rule: nothing is "not taken down"; where a plan comes from must be stated.
#[must_use]
pub fn state_of(content: &DraftFields, rule: Rule) -> RuleState {
    if rule == Rule::Pol00 {
        return RuleState::Stated;
    }
    content.of(Group::of_rule(rule)).get(&format!("{rule}.state")).parse().unwrap_or(RuleState::Untaken)
}

fn write_bodies(file: &mut Written, typed: &GroupFields) {
    file.blank();
    file.put("bodies", "[bodies]");
    for (slug, _) in fields::body_names() {
        let name = format!("bodies.{slug}");
        file.pair(&name, slug, value(Kind::Text, typed.get(&name)));
    }
    file.put("bodies.extra", typed.get("bodies.extra"));
}

fn write_switches(file: &mut Written, typed: &GroupFields) {
    file.blank();
    file.put("switch", "[switch]");
    file.put("switch.extra", typed.get("switch.extra"));
    for field in fields::SWITCHES {
        let name = |part: &str| format!("switch.{}.{part}", field.key);
        file.blank();
        file.put(&name("value"), &format!("[switch.{}]", field.key));
        file.pair(&name("value"), "value", value(field.kind, typed.get(&name("value"))));
        file.pair(&name("reason"), "reason", value(Kind::Text, typed.get(&name("reason"))));
        file.put(&name("extra"), typed.get(&name("extra")));
    }
}

fn write_rule(file: &mut Written, content: &DraftFields, rule: Rule, state: RuleState) {
    let typed = content.of(Group::of_rule(rule));
    let name = |part: &str| format!("{rule}.{part}");
    file.blank();
    file.put(rule.code(), &format!("[rule.{rule}]"));
    if state == RuleState::Quoted {
        file.put(&name("state"), "judged = false");
    }
    for field in fields::OF_RULE {
        file.pair(&name(field.key), field.key, value(field.kind, typed.get(&name(field.key))));
    }
    if state == RuleState::Stated {
        for field in fields::values(rule) {
            match field.kind {
                Kind::Chain => write_chain(file, content, &name(field.key), field),
                Kind::Rows(rows) => write_rows(file, typed, &name(field.key), rows),
                Kind::Bodies => file.pair(&name(field.key), field.key, bodies(content, typed.get(&name(field.key)))),
                kind => file.pair(&name(field.key), field.key, value(kind, typed.get(&name(field.key)))),
            }
        }
    }
    file.put(&name("extra"), typed.get(&name("extra")));
    write_clauses(file, typed, rule);
}

/// A row of a list of tables: its fields as an inline table, or none where nothing is typed in it.
fn row_text(pairs: &[(&str, Option<String>)], extra: &str) -> Option<String> {
    let mut pairs: Vec<String> =
        pairs.iter().filter_map(|(key, value)| Some(format!("{key} = {}", value.as_ref()?))).collect();
    if !extra.is_empty() {
        pairs.push(extra.to_owned());
    }
    (!pairs.is_empty()).then(|| format!("    {{ {} }},", pairs.join(", ")))
}

fn write_chain(file: &mut Written, content: &DraftFields, name: &str, field: &Field) {
    let typed = content.of(Group::of_field(name));
    let mut steps = Vec::new();
    for row in 1..=typed.rows(name).min(MOST_ROWS) {
        let origin = format!("{name}{row}");
        let part = |part: &str| typed.get(&format!("{origin}.{part}"));
        let on = |key: &str| (part("how") == key).then(|| "true".to_owned());
        let pairs = [
            ("act", value(Kind::Text, part("act"))),
            ("by", bodies(content, part("by"))),
            ("any", on("any")),
            ("together", on("together")),
            ("each", on("each")),
            ("kind", value(Kind::Text, part("kind"))),
            ("days", value(Kind::Number, part("days"))),
        ];
        steps.extend(row_text(&pairs, part("extra")).map(|text| (origin, text)));
    }
    if steps.is_empty() {
        return;
    }
    file.put(&format!("{name}1.by"), &format!("{} = [", field.key));
    for (origin, text) in steps {
        file.put(&origin, &text);
    }
    file.put(&format!("{name}1.by"), "]");
}

/// Tables of a value by its name (`STF-06.bands`, `documents`): a list of them, or the one.
fn write_rows(file: &mut Written, typed: &GroupFields, name: &str, rows: &RowsOf) {
    let (code, key) = name.split_once('.').unwrap_or(("", name));
    let rule = code.parse::<Rule>().ok();
    let first = rows.fields.first().map_or("", |field| field.key);
    let mut tables = Vec::new();
    for row in 1..=typed.rows(name).min(MOST_ROWS) {
        let origin = format!("{name}{row}");
        let part = |part: &str| typed.get(&format!("{origin}.{part}"));
        let pair = |field: &Field| {
            let said = part(field.key);
            let said = match rule.filter(|_| matches!(field.kind, Kind::Clause)) {
                Some(rule) => clause_id(typed, rule, said),
                None => said.to_owned(),
            };
            (field.key, value(field.kind, &said))
        };
        let bare = |key: &'static str| key.trim_end_matches(|c: char| c.is_ascii_digit());
        let of_clause = |field: &&Field| rows.quotes && fields::OF_CLAUSE.iter().any(|one| one.key == bare(field.key));
        let own = rows.fields.iter().filter(|field| !of_clause(field));
        let mut pairs: Vec<(&str, Option<String>)> = own.map(pair).collect();
        if rows.quotes && !part("quote").is_empty() {
            pairs.push(("clauses", Some(clauses_of_row(typed, &origin))));
        }
        tables.extend(row_text(&pairs, part("extra")).map(|text| (origin, text)));
    }
    if rows.single {
        if let Some((origin, text)) = tables.into_iter().next() {
            file.put(&origin, &format!("{key} = {}", text.trim().trim_end_matches(',')));
        }
        return;
    }
    if tables.is_empty() {
        return;
    }
    file.put(&format!("{name}1.{first}"), &format!("{key} = ["));
    for (origin, text) in tables {
        file.put(&origin, &text);
    }
    file.put(&format!("{name}1.{first}"), "]");
}

/// The clauses of a row, as a list of inline tables.
fn clauses_of_row(typed: &GroupFields, row: &str) -> String {
    let mut clauses = Vec::new();
    for which in fields::CLAUSES_OF_A_ROW {
        let part = |key: &str| typed.get(&format!("{row}.{key}{which}"));
        if fields::OF_CLAUSE.iter().all(|field| part(field.key).is_empty()) {
            continue;
        }
        // `own1` and its second clause: Q1.2.
        let place = row.trim_start_matches(|c: char| !c.is_ascii_digit());
        let made = if which.is_empty() { format!("Q{place}") } else { format!("Q{place}.{which}") };
        let id = if part("id").is_empty() { made } else { part("id").to_owned() };
        let mut clause = vec![format!("id = {}", quoted(&id))];
        for field in fields::OF_CLAUSE {
            clause.extend(value(field.kind, part(field.key)).map(|text| format!("{} = {text}", field.key)));
        }
        clauses.push(format!("{{ {} }}", clause.join(", ")));
    }
    format!("[{}]", clauses.join(", "))
}

/// The short name of a clause that is typed by its place among the quotations; what is no such place stays as it is.
fn clause_id(typed: &GroupFields, rule: Rule, said: &str) -> String {
    let rows = 1..=typed.rows(&format!("{rule}.clause"));
    match folded(said).trim().parse::<usize>().ok().filter(|row| rows.contains(row)) {
        Some(row) => id_of(typed, rule, row),
        None => said.to_owned(),
    }
}

/// A clause's short name is for whoever reads the file; the form makes one where none is given.
fn id_of(typed: &GroupFields, rule: Rule, row: usize) -> String {
    match typed.get(&format!("{rule}.clause{row}.id")) {
        "" => format!("{rule}.{row}"),
        id => id.to_owned(),
    }
}

fn write_clauses(file: &mut Written, typed: &GroupFields, rule: Rule) {
    let name = format!("{rule}.clause");
    let mut clauses = Vec::new();
    for row in 1..=typed.rows(&name).min(MOST_ROWS) {
        let origin = format!("{name}{row}");
        let part = |part: &str| typed.get(&format!("{origin}.{part}"));
        if ["quote", "section", "document", "extra"].iter().all(|key| part(key).is_empty()) {
            continue;
        }
        let id = id_of(typed, rule, row);
        let text = |key: &str| value(Kind::Text, part(key));
        let pairs = [
            ("id", Some(quoted(&id))),
            ("section", text("section")),
            ("quote", text("quote")),
            ("document", text("document")),
        ];
        clauses.extend(row_text(&pairs, part("extra")).map(|text| (origin, text)));
    }
    if clauses.is_empty() {
        return;
    }
    file.put(&format!("{name}1.quote"), "clauses = [");
    for (origin, text) in clauses {
        file.put(&origin, &text);
    }
    file.put(&format!("{name}1.quote"), "]");
}

/// Bodies that are typed by name, as the file has them: by the form's own names for them, those that the plan uses, and
/// the words of the format. What is none of these is written as it is typed.
fn bodies(content: &DraftFields, typed: &str) -> Option<String> {
    let names = content.of(Group::Bodies);
    let slug = |name: &str| {
        let known = Body::ALL.iter().find(|body| body.label() == name || body.slug() == name);
        let called = || Body::ALL.iter().find(|body| names.get(&format!("bodies.{}", body.slug())) == name);
        known.or_else(called).map(|body| body.slug())
    };
    let item = |name: &str| {
        if let Some(slug) = slug(name) {
            return quoted(slug);
        }
        let office = name.strip_suffix(['）', ')']).and_then(|name| name.split_once(['（', '(']));
        match office {
            Some((name, acts)) => {
                let acts = slug(acts.trim()).unwrap_or(acts.trim());
                format!("{{ name = {}, acts = {} }}", quoted(name.trim()), quoted(acts))
            }
            None => quoted(name),
        }
    };
    let items: Vec<String> = typed
        .split(['、', '，', ',', ' ', '\n', '；'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(item)
        .collect();
    (!items.is_empty()).then(|| format!("[{}]", items.join(", ")))
}

/// The value of a field as a file writes it; none where nothing is typed.
fn value(kind: Kind, typed: &str) -> Option<String> {
    let typed = typed.trim();
    let lines = || typed.lines().map(str::trim).filter(|line| !line.is_empty());
    match kind {
        Kind::Lines { may_be_empty: true } => return Some(list(lines())),
        _ if typed.is_empty() => return None,
        Kind::Lines { .. } | Kind::Several(_) => return Some(list(lines())),
        Kind::Posts => {
            let post = |line: &str| {
                let seated = fields::ON_PRESIDIUM.iter().find_map(|mark| line.strip_suffix(*mark));
                seated.map_or_else(
                    || quoted(line),
                    |name| format!("{{ name = {}, presidium = true }}", quoted(name.trim())),
                )
            };
            return Some(format!("[{}]", lines().map(post).collect::<Vec<_>>().join(", ")));
        }
        Kind::Number => {
            if let Ok(number) = folded(typed).parse::<u32>() {
                return Some(number.to_string());
            }
        }
        Kind::Amount => {
            if let Ok(number) = folded(typed).parse::<u32>() {
                return Some(number.to_string());
            }
            return Some(quoted(&folded(typed).replace('％', "%")));
        }
        Kind::Share => return Some(quoted(&folded(typed).replace('％', "%"))),
        Kind::Day => {
            if let Some(day) = day(typed) {
                return Some(day.to_string());
            }
        }
        Kind::Flag(..) => {
            if matches!(typed, "true" | "false") {
                return Some(typed.to_owned());
            }
        }
        Kind::Numbers => {
            let items = typed.split(['、', '，', ',', ' ', '；']).map(folded).filter(|item| !item.is_empty());
            let numbers: Option<Vec<u32>> = items.map(|item| item.parse().ok()).collect();
            if let Some(numbers) = numbers {
                return Some(format!("{numbers:?}"));
            }
        }
        Kind::Named(words) | Kind::Times(words) => {
            if let (Kind::Times(_), Ok(number)) = (kind, folded(typed).parse::<u32>()) {
                return Some(number.to_string());
            }
            let word = words.iter().find(|(_, label)| *label == typed).map_or(typed, |(slug, _)| *slug);
            return Some(quoted(word));
        }
        Kind::Text | Kind::Long | Kind::Choice(_) | Kind::Bodies | Kind::Chain | Kind::Clause | Kind::Rows(_) => {}
    }
    Some(quoted(typed))
}
