//! The fields of a group as the page shows them: from the table of fields, with what is typed, what is wrong, and what somebody
//! else has typed meanwhile.

use crate::{
    plan_form::{
        baseline,
        faults::Fault,
        fields::{self, Field, Kind, RowsOf, Word},
        group::{Group, RuleState},
        typed::{GroupFields, MOST_ROWS},
        wording::{holds, narrowed},
    },
    rules::{CATALOGUE, Rule, catalogue::Entry},
};

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Hidden,
    Line,
    Area,
    Select,
    Boxes,
}

/// A word that can be chosen.
#[derive(Debug, Clone)]
pub(super) struct OptionView {
    pub slug: &'static str,
    pub label: &'static str,
    pub chosen: bool,
}

/// A field of the page.
#[derive(Debug, Clone)]
pub(super) struct FieldView {
    /// Its name, which is its id on the page too.
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub options: Vec<OptionView>,
    /// What is wrong; empty where nothing is.
    pub fault: String,
    /// What somebody else saved meanwhile, where it differs.
    pub theirs: Option<String>,
    /// What is found of a quotation in the document's text; empty where it is no quotation, or there is no text.
    pub found: &'static str,
    control: Control,
}

impl FieldView {
    pub fn is_hidden(&self) -> bool {
        self.control == Control::Hidden
    }

    pub fn is_area(&self) -> bool {
        self.control == Control::Area
    }

    pub fn is_select(&self) -> bool {
        self.control == Control::Select
    }

    pub fn is_boxes(&self) -> bool {
        self.control == Control::Boxes
    }

    /// Nothing is chosen until somebody chooses.
    pub fn asks_to_choose(&self) -> bool {
        self.options.iter().all(|option| !option.slug.is_empty())
    }

    /// How many lines it shows.
    pub fn lines(&self) -> usize {
        let long: usize = self.value.lines().map(|line| 1 + line.chars().count() / 40).sum();
        long.clamp(2, 8)
    }

    /// What it is heard with, beside its label.
    pub fn described_by(&self) -> String {
        let hint = if self.hint.is_empty() { String::new() } else { format!("{}-hint", self.name) };
        let fault = if self.fault.is_empty() { String::new() } else { format!("{}-fault", self.name) };
        [hint, fault].into_iter().filter(|id| !id.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// A row of a rule: a clause, or a step of its chain.
#[derive(Debug, Clone)]
pub(super) struct RowView {
    pub title: String,
    pub fields: Vec<FieldView>,
    /// Few documents have it: the first is offered as all others are.
    pub optional: bool,
}

impl RowView {
    /// Nothing is typed in it, nor by anybody else.
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.value.is_empty() && field.fault.is_empty() && field.theirs.is_none())
    }
}

/// A rule, or a part of what is not about one rule.
#[derive(Debug, Clone)]
pub(super) struct BlockView {
    /// The rule's code; empty where it is about none.
    pub code: &'static str,
    pub title: String,
    pub gist: &'static str,
    /// What the national level asks, word for word with its document; none where nobody here has read it.
    pub wording: Option<String>,
    /// What the national self-assessment asks, in this portal's own words.
    pub national: Vec<String>,
    pub states: Vec<OptionView>,
    /// What is wrong with its state; empty where nothing is.
    pub state_fault: String,
    pub their_state: Option<&'static str>,
    /// Always shown, where it is about no rule.
    pub plain: Vec<FieldView>,
    /// The figures, for a rule that is stated.
    pub figures: Vec<FieldView>,
    pub steps: Vec<RowView>,
    pub clauses: Vec<RowView>,
    /// Strength and note, for one that is stated or quoted.
    pub said: Vec<FieldView>,
    /// Rarely used.
    pub more: Vec<FieldView>,
}

impl BlockView {
    /// What is seldom used is seen where something stands in it.
    pub fn opens_more(&self) -> bool {
        self.more.iter().any(|field| !field.value.is_empty() || !field.fault.is_empty() || field.theirs.is_some())
    }
}

/// What the fields of a group are shown with.
pub(super) struct Shown<'a> {
    pub typed: &'a GroupFields,
    /// What somebody else saved meanwhile.
    pub theirs: Option<&'a GroupFields>,
    pub faults: &'a [Fault],
    /// The document's text.
    pub document: &'a str,
}

impl Shown<'_> {
    fn fault(&self, name: &str) -> String {
        self.faults.iter().find(|fault| fault.field == name).map(|fault| fault.says.clone()).unwrap_or_default()
    }

    fn theirs(&self, name: &str) -> Option<String> {
        let theirs = self.theirs?.get(name);
        (theirs != self.typed.get(name)).then(|| theirs.to_owned())
    }

    fn options(&self, name: &str, words: &[Word]) -> Vec<OptionView> {
        let typed = self.typed.get(name);
        let chosen = |slug: &str| typed == slug || typed.lines().any(|line| line == slug);
        words.iter().map(|&(slug, label)| OptionView { slug, label, chosen: chosen(slug) }).collect()
    }

    fn field(&self, name: String, field: &Field) -> FieldView {
        let (control, options) = match field.kind {
            Kind::Text
            | Kind::Number
            | Kind::Share
            | Kind::Day
            | Kind::Bodies
            | Kind::Numbers
            | Kind::Named(_)
            | Kind::Times(_)
            | Kind::Clause
            | Kind::Amount
            | Kind::Chain
            | Kind::Rows(_) => (Control::Line, Vec::new()),
            Kind::Long | Kind::Lines { .. } | Kind::Posts => (Control::Area, Vec::new()),
            Kind::Flag(yes, no) => (Control::Select, self.options(&name, &[("true", yes), ("false", no)])),
            Kind::Choice(words) => (Control::Select, self.options(&name, words)),
            Kind::Several(words) => (Control::Boxes, self.options(&name, words)),
        };
        FieldView {
            label: field.label.to_owned(),
            hint: field.hint.to_owned(),
            value: self.typed.get(&name).to_owned(),
            fault: self.fault(&name),
            theirs: self.theirs(&name).map(|theirs| shown(&options, theirs)),
            found: "",
            options,
            control,
            name,
        }
    }

    /// A text that is kept as it is written.
    fn extra(&self, name: String) -> FieldView {
        let field = Field {
            key: "extra",
            label: "表单里没有的内容",
            kind: Kind::Lines { may_be_empty: true },
            hint: "按方案文件的写法，一行一项：名称 = 内容。平常不用填",
        };
        self.field(name, &field)
    }

    /// What the form carries along; it is shown where something is wrong with it.
    fn carried(&self, name: String, label: &'static str) -> FieldView {
        let view = self.field(name, &Field { key: "", label, kind: Kind::Text, hint: "" });
        if view.fault.is_empty() { FieldView { control: Control::Hidden, theirs: None, ..view } } else { view }
    }

    /// The blocks of a group, in the order in which they are asked.
    pub fn blocks(&self, group: Group) -> Vec<BlockView> {
        match group {
            Group::Head => vec![self.head()],
            Group::Bodies => vec![self.bodies()],
            Group::Switches => self.switches(),
            _ => group.family().into_iter().flat_map(fields::rules_of).map(|entry| self.rule(entry)).collect(),
        }
    }

    fn head(&self) -> BlockView {
        let plain = fields::HEAD.iter().map(|field| self.field(field.key.to_owned(), field)).collect();
        let more = vec![self.extra("extra".to_owned()), self.extra("sections".to_owned())];
        let steps = fields::HEAD_LISTS.iter().flat_map(|list| self.steps(list.key, list.kind)).collect();
        BlockView { plain, steps, more, ..block("文件") }
    }

    fn bodies(&self) -> BlockView {
        let field = |(slug, label): Word| {
            let field = Field { key: slug, label, kind: Kind::Text, hint: "" };
            self.field(format!("bodies.{slug}"), &field)
        };
        let plain = fields::body_names().map(field).collect();
        BlockView { plain, more: vec![self.extra("bodies.extra".to_owned())], ..block("本校文件怎样称呼") }
    }

    fn switches(&self) -> Vec<BlockView> {
        let reason = Field { key: "reason", label: "理由", kind: Kind::Long, hint: "" };
        let one = |field: &Field| {
            let name = |part: &str| format!("switch.{}.{part}", field.key);
            let plain = vec![self.field(name("value"), field), self.field(name("reason"), &reason)];
            BlockView { plain, more: vec![self.extra(name("extra"))], ..block(field.label) }
        };
        fields::SWITCHES.iter().map(one).collect()
    }

    fn rule(&self, entry: &'static Entry) -> BlockView {
        let name = |part: &str| format!("{}.{part}", entry.code);
        let is_plain = |field: &&Field| !matches!(field.kind, Kind::Chain | Kind::Rows(_));
        let of_rule = |key: &str| {
            let found = fields::OF_RULE.iter().filter(|field| field.key == key);
            found.map(|field| self.field(name(field.key), field)).collect::<Vec<_>>()
        };
        let mut more = of_rule("effective");
        more.push(self.extra(name("extra")));
        let state = self.typed.get(&name("state"));
        let state =
            state.parse().unwrap_or(if entry.rule == Rule::Pol00 { RuleState::Stated } else { RuleState::Untaken });
        let state_of = |one: &RuleState| OptionView { slug: one.slug(), label: one.label(), chosen: *one == state };
        let offered = RuleState::ALL.iter().filter(|one| entry.rule != Rule::Pol00 || **one == RuleState::Stated);
        let their_state = self.theirs(&name("state")).and_then(|slug| slug.parse().ok()).map(RuleState::label);
        BlockView {
            code: entry.code,
            gist: entry.gist,
            wording: baseline::wording(entry.rule),
            national: fields::national(entry.rule),
            states: offered.map(state_of).collect(),
            state_fault: self.fault(&name("state")),
            their_state,
            figures: fields::values(entry.rule)
                .filter(is_plain)
                .map(|field| self.field(name(field.key), field))
                .collect(),
            steps: fields::lists(entry.rule).flat_map(|field| self.steps(&name(field.key), field.kind)).collect(),
            clauses: self.clauses(&name("clause")),
            said: [of_rule("strength"), of_rule("note")].concat(),
            more,
            ..block(entry.name)
        }
    }

    /// The rows that are typed and one more.
    fn rows(&self, name: &str) -> usize {
        let theirs = self.theirs.map_or(0, |theirs| theirs.rows(name));
        (self.typed.rows(name).max(theirs) + 1).min(MOST_ROWS)
    }

    fn steps(&self, name: &str, kind: Kind) -> Vec<RowView> {
        let rows = if let Kind::Rows(rows) = kind { Some(rows) } else { None };
        let fields = rows.map_or(fields::OF_STEP, |rows| rows.fields);
        let row = |row: usize| {
            let part = |part: &str| format!("{name}{row}.{part}");
            let one = |field: &Field| {
                let mut view = self.field(part(field.key), field);
                // What the first says need not be said again.
                if row > 1 {
                    view.hint.clear();
                }
                view
            };
            let mut found: Vec<FieldView> = fields.iter().map(one).collect();
            if rows.is_some_and(|rows| rows.quotes) {
                let ids = fields::CLAUSES_OF_A_ROW.iter().map(|which| part(&format!("id{which}")));
                found.extend(ids.map(|name| self.carried(name, "条款简称")));
            }
            found.push(self.carried(part("extra"), "其他内容"));
            let title = match rows {
                None => format!("第 {row} 步"),
                Some(RowsOf { title, single: true, .. }) => (*title).to_owned(),
                Some(RowsOf { title, .. }) => format!("{title} {row}"),
            };
            RowView { title, fields: found, optional: rows.is_some() }
        };
        let most = if rows.is_some_and(|rows| rows.single) { 1 } else { self.rows(name) };
        (1..=most).map(row).collect()
    }

    fn clauses(&self, name: &str) -> Vec<RowView> {
        let text = narrowed(self.document);
        let row = |row: usize| {
            let part = |part: &str| format!("{name}{row}.{part}");
            let one = |field: &Field| {
                let mut view = self.field(part(field.key), field);
                if field.key == "quote" && !text.is_empty() && !view.value.is_empty() && holds(&text, &view.value) {
                    view.found = "✓ 与原文一致";
                }
                view
            };
            let mut found: Vec<FieldView> = fields::OF_CLAUSE.iter().map(one).collect();
            found.push(self.carried(part("id"), "条款简称"));
            found.push(self.carried(part("extra"), "其他内容"));
            RowView { title: format!("条款 {row}"), fields: found, optional: false }
        };
        (1..=self.rows(name)).map(row).collect()
    }
}

/// What somebody else chose, in words.
fn shown(options: &[OptionView], theirs: String) -> String {
    if options.is_empty() {
        return theirs;
    }
    let label = |slug: &str| options.iter().find(|option| option.slug == slug).map_or("", |option| option.label);
    theirs.lines().map(label).collect::<Vec<_>>().join("、")
}

fn block(title: &str) -> BlockView {
    BlockView {
        code: "",
        title: title.to_owned(),
        gist: "",
        wording: None,
        national: Vec::new(),
        states: Vec::new(),
        state_fault: String::new(),
        their_state: None,
        plain: Vec::new(),
        figures: Vec::new(),
        steps: Vec::new(),
        clauses: Vec::new(),
        said: Vec::new(),
        more: Vec::new(),
    }
}

/// How many rules of a group are in each state.
pub(super) fn counts(typed: &GroupFields, group: Group) -> Vec<(RuleState, usize)> {
    let rules = || CATALOGUE.iter().filter(|entry| group.family() == Some(entry.family));
    let state = |entry: &&Entry| {
        let typed = typed.get(&format!("{}.state", entry.code)).parse();
        typed.unwrap_or(if entry.rule == Rule::Pol00 { RuleState::Stated } else { RuleState::Untaken })
    };
    let count = |one: RuleState| (one, rules().filter(|entry| state(entry) == one).count());
    RuleState::ALL.iter().copied().map(count).filter(|(_, count)| *count > 0).collect()
}
