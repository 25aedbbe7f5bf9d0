//! What is wrong with a draft, each fault beside its field: what the reader of plan files says, quotations that the document
//! does not hold, figures that their quotation does not name.

use super::{
    fields::{self, Kind},
    group::{Group, RuleState},
    quantities::{self, Quantity},
    typed::{DraftFields, MOST_ROWS},
    wording::{holds, narrowed},
    writing::{Written, state_of, write},
};
use crate::rules::{
    CATALOGUE, Plan, Rule,
    plan::{self, Body, PlanError},
};

/// Something wrong, beside a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub says: String,
}

impl Fault {
    #[must_use]
    pub fn group(&self) -> Group {
        Group::of_field(&self.field)
    }
}

/// A draft as it was checked.
#[derive(Debug)]
pub struct Checked {
    /// The plan file.
    pub source: String,
    /// The plan, where its reader finds nothing wrong.
    pub plan: Option<Plan>,
    pub faults: Vec<Fault>,
}

impl Checked {
    pub fn in_group(&self, group: Group) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(move |fault| fault.group() == group)
    }
}

/// Checks what is typed, against the document's text where there is one.
#[must_use]
pub fn check(content: &DraftFields, document: &str) -> Checked {
    let written = write(content);
    let (plan, errors) = match Plan::parse(&written.text) {
        Ok(plan) => (Some(plan), Vec::new()),
        Err(errors) => (None, errors),
    };
    let mut faults: Vec<Fault> = errors.iter().map(|error| beside(&written, error)).collect();
    if plan.as_ref().is_some_and(|plan| plan::named(&plan.code).is_some()) {
        let says = "与系统内置方案的代码相同，请另起一个，如 my-school-2026".to_owned();
        faults.push(Fault { field: "code".to_owned(), says });
    }
    let text = narrowed(document);
    hold_own_rules_against_text(content, &text, &mut faults);
    for entry in CATALOGUE {
        let state = state_of(content, entry.rule);
        if matches!(state, RuleState::Stated | RuleState::Quoted) {
            hold_against_text(content, entry.rule, &text, &mut faults);
        }
        if state == RuleState::Stated {
            hold_against_quotes(content, entry.rule, &mut faults);
        }
    }
    Checked { source: written.text, plan, faults }
}

/// What a quotation is told that the document does not hold.
const NOT_IN_TEXT: &str = "原文里没有这句话：请与原文一字不差，或者在原文里重新选取；出自别的文件的，写明是哪一份";

/// The quotations of rules that stand in no catalogue are the document's own words, too.
fn hold_own_rules_against_text(content: &DraftFields, text: &str, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        return;
    }
    let head = content.of(Group::Head);
    for row in 1..=head.rows("own").min(MOST_ROWS) {
        for which in fields::CLAUSES_OF_A_ROW {
            let part = |key: &str| head.get(&format!("own{row}.{key}{which}"));
            let is_own = part("document").is_empty() || part("document") == head.get("document");
            if is_own && !part("quote").is_empty() && !holds(text, part("quote")) {
                faults.push(Fault { field: format!("own{row}.quote{which}"), says: NOT_IN_TEXT.to_owned() });
            }
        }
    }
}

/// The quotations of a rule are the document's own words. Those of another document are not held against this one.
fn hold_against_text(content: &DraftFields, rule: Rule, text: &str, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        return;
    }
    let (typed, own) = (content.of(Group::of_rule(rule)), content.of(Group::Head).get("document"));
    for row in 1..=typed.rows(&format!("{rule}.clause")).min(MOST_ROWS) {
        let part = |part: &str| typed.get(&format!("{rule}.clause{row}.{part}"));
        let is_own = part("document").is_empty() || part("document") == own;
        if is_own && !part("quote").is_empty() && !holds(text, part("quote")) {
            faults.push(Fault { field: format!("{rule}.clause{row}.quote"), says: NOT_IN_TEXT.to_owned() });
        }
    }
}

/// The figures of a rule stand in its quotations, or its note says why not.
fn hold_against_quotes(content: &DraftFields, rule: Rule, faults: &mut Vec<Fault>) {
    let typed = content.of(Group::of_rule(rule));
    let rows = 1..=typed.rows(&format!("{rule}.clause")).min(MOST_ROWS);
    let quotes: Vec<&str> = rows.map(|row| typed.get(&format!("{rule}.clause{row}.quote"))).collect();
    let quotes = quotes.join("\n");
    if quotes.trim().is_empty() || !typed.get(&format!("{rule}.note")).is_empty() {
        return;
    }
    for field in fields::values(rule).filter(|field| matches!(field.kind, Kind::Number | Kind::Share)) {
        let name = format!("{rule}.{}", field.key);
        let Some(figure) = Quantity::typed(typed.get(&name)) else { continue };
        // No lower bound is what a document says by saying nothing of it.
        let is_open = field.key == "at_least" && figure == Quantity::Whole(0);
        if !is_open && !quantities::names(&quotes, figure) {
            let named = match quantities::in_words(&quotes) {
                none if none.is_empty() => "引文里没有数".to_owned(),
                named => format!("引文里的数是 {named}"),
            };
            let says =
                format!("{named}，这里填的是 {}：请改正；确实如此的，在“说明”里写明理由", typed.get(&name).trim());
            faults.push(Fault { field: name, says });
        }
    }
}

/// What the reader of plan files says, beside its field and in the form's words.
fn beside(written: &Written, error: &PlanError) -> Fault {
    let origin = written.field(error.line);
    let (mut field, path) = (field_of(origin, path(&error.reason)), path(&error.reason));
    // What is said of a rule as a whole stands beside the field that mends it.
    for (says, key) in [("须在 note", "note"), ("at_least 大于", "at_least")] {
        if error.reason.contains(says) {
            field = format!("{}.{key}", path.trim_start_matches("rule."));
        }
    }
    Fault { says: in_form_words(&error.reason, &field), field }
}

/// The name of a value in a message of the reader, as `rule.STF-02.at_most`; empty where it names none.
fn path(reason: &str) -> &str {
    let mut words = reason.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let is_path = |word: &&str| {
        let first = word.split('.').next().unwrap_or_default();
        (word.contains('.') && ["rule", "bodies", "switch", "documents", "own"].contains(&first))
            || fields::HEAD.iter().any(|field| field.key == *word)
    };
    words.find(is_path).unwrap_or("").trim_end_matches('.')
}

/// The field that a message is about: by the line it stands in, and by the value that it names.
fn field_of(origin: &str, path: &str) -> String {
    if origin.ends_with("extra") || origin == "sections" {
        return origin.to_owned();
    }
    let Some(rest) = path.strip_prefix("rule.") else {
        if let Some(field) = head_field(origin, path) {
            return field;
        }
        return match path.split('.').collect::<Vec<_>>().as_slice() {
            ["switch", key] => format!("switch.{key}.value"),
            [""] if origin.is_empty() => "code".to_owned(),
            [""] if fields::label(origin).is_empty() => format!("{origin}.state"),
            [""] => origin.to_owned(),
            _ => path.to_owned(),
        };
    };
    let (code, key) = rest.split_once('.').unwrap_or((rest, ""));
    let row = origin.strip_prefix(code).and_then(|row| row.strip_prefix('.')).unwrap_or_default();
    let (list, part) = key.split_once('.').unwrap_or((key, ""));
    match list {
        "clauses" if row.starts_with("clause") => {
            let part = if part.is_empty() { "quote" } else { part };
            format!("{code}.{}.{part}", row.split('.').next().unwrap_or("clause1"))
        }
        "clauses" => format!("{code}.clause1.quote"),
        list if has_rows(code, list) => {
            let rule = code.parse::<Rule>().unwrap_or(Rule::Pol00);
            let first = fields::row_fields(rule, list).first().map_or("", |field| field.key);
            let part = if part.is_empty() { first } else { part };
            let row = row.split('.').next().filter(|row| row.starts_with(list));
            row.map_or_else(|| format!("{code}.{list}1.{part}"), |row| format!("{code}.{row}.{part}"))
        }
        "" if origin.contains('.') => origin.to_owned(),
        "" => format!("{code}.state"),
        _ => format!("{code}.{key}"),
    }
}

/// The field of a table beside the rules, by the line it stands in and by the value that is named; none of anything else.
fn head_field(origin: &str, path: &str) -> Option<String> {
    let (list, rows) = fields::head_list(if path.is_empty() { origin } else { path })?;
    let row = origin.split('.').next().filter(|row| row.starts_with(list.key));
    let row = row.map_or_else(|| format!("{}1", list.key), str::to_owned);
    let part = path.rsplit('.').next().filter(|part| rows.fields.iter().any(|field| field.key == *part));
    let part = part.or_else(|| rows.fields.first().map(|field| field.key))?;
    Some(format!("{row}.{part}"))
}

/// The list of a rule has rows of fields.
fn has_rows(code: &str, list: &str) -> bool {
    code.parse::<Rule>().is_ok_and(|rule| fields::lists(rule).any(|field| field.key == list))
}

/// A message of the reader in the words of the form.
fn in_form_words(reason: &str, field: &str) -> String {
    let label = fields::label(field);
    let path = path(reason);
    if label.is_empty() {
        return reason.to_owned();
    }
    if reason.starts_with("缺少 ") {
        return format!("请填写“{label}”");
    }
    let mut says = if path.is_empty() { reason.to_owned() } else { reason.replace(path, &format!("“{label}”")) };
    for body in Body::ALL {
        says = says.replace(body.slug(), body.label());
    }
    for (key, called) in [("at_least", "下限"), ("at_most", "上限"), (" chain ", "“程序”"), (" by ", "“由谁”")]
    {
        says = says.replace(key, called);
    }
    says
}

#[cfg(test)]
mod tests {
    use super::{super::reading, *};
    use crate::rules::plan::BUILT_IN;

    fn own() -> DraftFields {
        let (_, text) = BUILT_IN[0];
        reading::read(&text.replace("code = \"suzhou-2020\"", "code = \"own-2026\"")).unwrap()
    }

    fn says(content: &DraftFields, document: &str, field: &str) -> Vec<String> {
        let found = check(content, document).faults;
        found.into_iter().filter(|fault| fault.field == field).map(|fault| fault.says).collect()
    }

    fn set(content: &mut DraftFields, name: &str, says: &str) {
        content.of_mut(Group::of_field(name)).set(name, says);
    }

    #[test]
    fn the_figures_of_the_shipped_plans_stand_in_their_quotations() {
        for (name, text) in BUILT_IN {
            let text = text.replace(&format!("code = \"{name}\""), "code = \"own-2026\"");
            let checked = check(&reading::read(&text).unwrap(), "");
            assert_eq!(checked.faults, [], "{name}");
            assert!(checked.plan.is_some());
        }
        let named = check(&reading::read(BUILT_IN[0].1).unwrap(), "").faults;
        assert!(named.len() == 1 && named[0].field == "code", "{named:?}");
    }

    #[test]
    fn what_the_reader_says_stands_beside_its_field_in_the_words_of_the_form() {
        let mut content = own();
        for (field, typed, wanted) in [
            ("STF-02.at_most", "五个", "“上限” 应为 1 至 50 的整数"),
            ("STF-03.at_most", "", "请填写“上限”"),
            ("STF-06.strength", "", "请填写“力度”"),
            ("ELG-03.share", "130%", "“比例” 应为大于 0 且不超过 100% 的百分比，如 \"30%\""),
            ("effective", "明天", "“施行日期” 应为日期，如 2022-04-12"),
            ("code", "Ä", "code 应为 3 至 40 个小写字母、数字或连字符"),
            ("bodies.school_party", "", "请填写“学校党委”"),
            ("switch.about_percent.value", "99", "“左右”允许超出百分之几"),
            ("switch.small_cohort.reason", "", "请填写“理由”"),
            ("STF-07.clause1.section", "", "请填写“章节”"),
        ] {
            set(&mut content, field, typed);
            let found = says(&content, "", field);
            let label = fields::label(field);
            let wanted = wanted.replacen("code ", &format!("“{label}” "), usize::from(field == "code"));
            assert!(found.iter().any(|one| one.contains(&wanted)), "{field}: {found:?}, not {wanted}");
        }
        let before = check(&content, "").faults.len();
        set(&mut content, "STF-04.clause1.quote", "");
        set(&mut content, "STF-04.clause1.section", "");
        set(&mut content, "VET-01.chain1.by", "某某处");
        let found = check(&content, "").faults;
        assert!(found.len() > before, "{found:?}");
        let chain = says(&content, "", "VET-01.chain1.by");
        assert!(chain.len() == 1 && chain[0].contains("学校团委") && !chain[0].contains("school"), "{chain:?}");
        assert!(found.iter().all(|fault| !fault.says.contains("rule.")), "{found:?}");
    }

    #[test]
    fn a_figure_beside_other_words_asks_why() {
        let mut content = own();
        set(&mut content, "STF-02.at_most", "4");
        let found = says(&content, "", "STF-02.at_most");
        assert!(found.len() == 1 && found[0].contains("引文里的数是 5，这里填的是 4"), "{found:?}");
        set(&mut content, "STF-02.note", "校团委 2026 年决定从严掌握");
        assert!(says(&content, "", "STF-02.at_most").is_empty(), "a reason that is recorded");
    }

    #[test]
    fn quotations_are_the_documents_own_words() {
        let mut content = own();
        let quote = content.of(Group::Stf).get("STF-02.clause1.quote").to_owned();
        assert_eq!(says(&content, &format!("文件\n{quote}"), "STF-02.clause1.quote"), [""; 0]);
        let other = says(&content, "主席团成员不超过四人", "STF-02.clause1.quote");
        assert!(other.len() == 1 && other[0].contains("原文里没有这句话"), "{other:?}");
        set(&mut content, "STF-02.clause1.document", "中青联发〔2019〕9号");
        assert!(says(&content, "主席团成员不超过四人", "STF-02.clause1.quote").is_empty());
    }

    #[test]
    fn quotations_of_own_rules_are_the_documents_own_words_too() {
        let mut content = own();
        for (field, typed) in [("name", "联络员"), ("quote", "每班一名联络员"), ("quote2", "联络员由班级推选")]
        {
            set(&mut content, &format!("own1.{field}"), typed);
        }
        let document = "文件\n每班一名联络员。";
        assert!(says(&content, document, "own1.quote").is_empty());
        assert!(says(&content, document, "own1.quote2")[0].contains("原文里没有这句话"));
        set(&mut content, "own1.document2", "学生会章程");
        assert!(says(&content, document, "own1.quote2").is_empty());
    }

    #[test]
    fn a_fault_in_what_is_kept_as_written_stands_beside_that() {
        let mut content = own();
        set(&mut content, "STF-02.extra", "novel = 5");
        assert!(says(&content, "", "STF-02.extra")[0].contains("不认识"));
        set(&mut content, "STF-02.extra", "novel = \"");
        assert_eq!(says(&content, "", "STF-02.extra").len(), 1);
    }
}
