//! A plan file: TOML in, every fault with its line out.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use time::Date;
use toml::de::DeTable;

use super::{
    LARGEST_FILE, Plan, Provision, ShownSwitch, Switches,
    documents::read_documents,
    figures::Figures,
    own::read_own,
    section::{Section, with_words},
    words::{Body, SmallCohort, Strength, Union},
};
use crate::rules::{
    catalogue::{CATALOGUE, Rule},
    clause::Clause,
};

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// Every line that is wrong and why, in the order of the lines; never empty.
    pub fn parse(text: &str) -> Result<Self, Vec<PlanError>> {
        if text.len() > LARGEST_FILE {
            return Err(vec![PlanError { line: 1, reason: format!("文件超过 {} KB", LARGEST_FILE / 1024) }]);
        }
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            vec![PlanError { line, reason: format!("不是合法的 TOML：{}", syntax(error.message())) }]
        })?;
        let errors = RefCell::new(Vec::new());
        let section = Section { errors: &errors, path: String::new(), at: 0, table: root.get_ref() };
        let plan = read(&section);
        let mut errors = errors.into_inner();
        match plan {
            Some(plan) if errors.is_empty() => Ok(plan),
            _ => {
                errors.sort();
                errors.dedup();
                Err(with_lines(text, errors))
            }
        }
    }
}

/// What the reader of TOML finds wrong, in Chinese.
fn syntax(message: &str) -> &'static str {
    let has = |word: &str| message.contains(word);
    if has("duplicate key") {
        "同一个名称写了两次"
    } else if has("string") || has("quote") {
        "引号没有成对，或者文字里有不能直接写的字符（换行、反斜线）"
    } else if has("array") || has("`]`") || has("comma") {
        "方括号没有成对，或者各项之间缺少逗号"
    } else if has("inline table") || has("`}`") {
        "花括号没有成对，或者各项之间缺少逗号"
    } else if has("table") {
        "方括号里的名称写得不完整，或者写了两次"
    } else if has("`=`") || has("key") || has("value") {
        "等号两边缺少名称或内容；文字要加英文引号"
    } else {
        "这一行的写法不合规定：检查引号、括号、等号和逗号是否都是英文的、成对的"
    }
}

/// The text of a plan file; what is wrong where it is something else.
///
/// # Errors
/// Where it is another kind of file, in Chinese.
pub fn text_of(bytes: &[u8]) -> Result<&str, &'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(
            "这是 Word 或 Excel 文件，不是方案文件：方案文件是 UTF-8 文本（.toml），由 lunzhi plan new 给出样子",
        );
    }
    if bytes.starts_with(b"%PDF") {
        return Err("这是 PDF 文件，不是方案文件：方案文件是 UTF-8 文本（.toml）");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| "这不是方案文件：方案文件是 UTF-8 文本（.toml）")
}

/// A line of a plan file and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.reason),
            line => write!(f, "第 {line} 行：{}", self.reason),
        }
    }
}

/// Turns places in the text, in order, into lines in one pass.
fn with_lines(text: &str, errors: Vec<(usize, String)>) -> Vec<PlanError> {
    let (mut line, mut before) = (1, 0);
    let place = |(at, reason): (usize, String)| {
        line += text.get(before..at).unwrap_or_default().matches('\n').count();
        before = at.max(before);
        PlanError { line, reason }
    };
    errors.into_iter().map(place).collect()
}

pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

fn read(file: &Section<'_>) -> Option<Plan> {
    file.only(&[
        "format",
        "code",
        "title",
        "short",
        "document",
        "issuer",
        "effective",
        "effective_note",
        "basis",
        "unions",
        "documents",
        "own",
        "silent",
        "not_taken_down",
        "bodies",
        "switch",
        "rule",
    ]);
    let format = file.number("format", 1..=1);
    let code = file.string("code", 40).and_then(|code| {
        let fits = code.len() >= 3 && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            let at = file.get("code").map_or(0, |value| value.span().start);
            file.error(at, "code 应为 3 至 40 个小写字母、数字或连字符".to_owned());
        }
        fits.then_some(code)
    });
    let title = file.string("title", 100);
    let short = file.string("short", 20);
    let document = file.string("document", 60);
    let issuer = file.string("issuer", 60);
    let effective = file.date("effective");
    let effective_note = file.string("effective_note", 200);
    let basis = file.strings("basis", 0);
    let unions = file
        .words("unions", &with_words(Union::ALL, Union::slug))
        .map(|unions| unions.into_iter().collect::<BTreeSet<_>>());
    if unions.as_ref().is_some_and(BTreeSet::is_empty) {
        file.error(file.get("unions").map_or(0, |value| value.span().start), "unions 不能为空".to_owned());
    }
    let bodies = file.section("bodies").map(|names| {
        names.only(&Body::ALL.iter().map(|body| body.slug()).collect::<Vec<_>>());
        let name = |body: &Body| names.string(body.slug(), 30).map(|name| (*body, name));
        Body::ALL.iter().filter_map(name).collect::<BTreeMap<_, _>>()
    });
    let documents = read_documents(file);
    let own = read_own(file, |table| read_clauses(table, document.as_deref().unwrap_or_default()));
    let switches = file.section("switch").and_then(|section| read_switches(&section));
    let mut figures = Figures::default();
    let listed: Vec<&str> = documents.iter().map(|one| one.number.as_str()).collect();
    let rules = read_rules(file, document.as_deref(), effective, bodies.as_ref(), &mut figures);
    let quoted = rules.stated.values().chain(rules.quoted.values()).flat_map(Provision::clauses);
    for clause in quoted.chain(own.iter().flat_map(|rule| &rule.clauses)) {
        let is_own = Some(clause.document.as_str()) == document.as_deref();
        // A file that lists no documents names them as it likes.
        if !listed.is_empty() && !is_own && !listed.contains(&clause.document.as_str()) {
            let at = file.get("documents").map_or(0, |value| value.span().start);
            file.error(at, format!("条款引用的“{}”没有列在 documents 里", clause.document));
        }
    }
    format?;
    Some(Plan {
        code: code?,
        title: title?,
        short: short?,
        document: document?,
        issuer: issuer?,
        effective: effective?,
        effective_note: effective_note?,
        basis: basis?,
        unions: unions?,
        documents,
        own,
        figures,
        switches: switches?,
        bodies: bodies?,
        provisions: rules.stated,
        quoted: rules.quoted,
        not_taken_down: rules.not_taken_down,
    })
}

/// What a file says on the rules; it is silent on all others.
#[derive(Default)]
struct RuleBook {
    stated: BTreeMap<Rule, Provision>,
    quoted: BTreeMap<Rule, Provision>,
    not_taken_down: BTreeSet<Rule>,
}

fn read_rules(
    file: &Section<'_>,
    document: Option<&str>,
    effective: Option<Date>,
    bodies: Option<&BTreeMap<Body, String>>,
    figures: &mut Figures,
) -> RuleBook {
    let mut book = RuleBook::default();
    let mut seen = BTreeSet::new();
    // Without the table there is nothing to compare: one error says so instead of 81.
    let Some(rules) = file.section("rule") else { return book };
    for (key, value) in rules.table {
        let Ok(rule) = key.get_ref().parse::<Rule>() else {
            rules.error(key.span().start, format!("规则库中没有 {}", key.get_ref()));
            continue;
        };
        seen.insert(rule);
        let Some(section) = rules.section_of(rule.code(), value) else { continue };
        let is_judged = section.get("judged").is_none() || section.boolean("judged").unwrap_or(true);
        if !is_judged && rule == Rule::Pol00 {
            section.error(section.at, "POL-00（方案的出处）须写明，不能只引原文".to_owned());
        }
        let figures = is_judged.then_some(&mut *figures);
        if let Some(provision) = read_provision(&section, rule, document, effective, bodies, figures) {
            let of = if is_judged { &mut book.stated } else { &mut book.quoted };
            of.insert(rule, provision);
        }
    }
    read_list(file, "silent", &mut seen);
    if file.get("not_taken_down").is_some() {
        book.not_taken_down = read_list(file, "not_taken_down", &mut seen);
    }
    let at = file.get("silent").map_or(0, |value| value.span().start);
    for entry in CATALOGUE.iter().filter(|entry| !seen.contains(&entry.rule)) {
        let lists = "silent（文件没有写到）或 not_taken_down（尚未录入）";
        file.error(at, format!("{}（{}）既没有条款，也没有列入 {lists}", entry.code, entry.name));
    }
    book
}

/// The rules that a list names; each stands in the file once.
fn read_list(file: &Section<'_>, key: &str, seen: &mut BTreeSet<Rule>) -> BTreeSet<Rule> {
    let mut listed = BTreeSet::new();
    for item in file.items(key).unwrap_or_default() {
        let at = item.span().start;
        match item.get_ref().as_str().and_then(|code| code.parse::<Rule>().ok()) {
            None => file.error(at, format!("{key} 中有规则库没有的编号")),
            Some(Rule::Pol00) => {
                file.error(at, format!("POL-00（方案的出处）不能列入 {key}：没有出处的方案不能启用"));
            }
            Some(rule) if !seen.insert(rule) => {
                file.error(at, format!("{rule} 已写明条款或重复，不能再列入 {key}"));
            }
            Some(rule) => {
                listed.insert(rule);
            }
        }
    }
    listed
}

fn read_provision(
    section: &Section<'_>,
    rule: Rule,
    document: Option<&str>,
    effective: Option<Date>,
    bodies: Option<&BTreeMap<Body, String>>,
    figures: Option<&mut Figures>,
) -> Option<Provision> {
    let strength = section.one_of("strength", &with_words(Strength::ALL, Strength::slug));
    let note = section.get("note").and_then(|value| section.text_of("note", value, 200));
    let from = if section.get("effective").is_some() { section.date("effective") } else { effective };
    let clauses = read_clauses(section, document.unwrap_or_default());
    if strength == Some(Strength::Implied) && note.is_none() {
        section.error(section.at, format!("{} 由原文推得，须在 note 中写明理由", section.path));
    }
    let mut known = vec!["strength", "note", "effective", "clauses", "judged"];
    let mut clauses = clauses.into_iter();
    let provision = |figure| {
        Some(Provision {
            rule,
            strength: strength?,
            effective: from?,
            note,
            figure,
            clause: clauses.next()?,
            more: clauses.collect(),
        })
    };
    let provision = match figures {
        Some(figures) => figures.read(section, rule, bodies, &mut known, provision),
        None => provision(None),
    };
    section.only(&known);
    provision
}

fn read_clauses(section: &Section<'_>, document: &str) -> Vec<Clause> {
    let Some(items) = section.items("clauses") else { return Vec::new() };
    if items.is_empty() {
        section.error(section.at, format!("{} 没有条款：每项规定都须引用原文", section.path));
    }
    let read = |item| {
        let clause = section.section_of("clauses", item)?;
        clause.only(&["id", "section", "quote", "document"]);
        let own = clause.get("document").and_then(|value| clause.text_of("document", value, 60));
        let (id, place, quote) = (clause.string("id", 12), clause.string("section", 60), clause.string("quote", 400));
        if let Some(short) = quote.as_ref().filter(|quote| quote.chars().count() < 4) {
            clause.error(clause.at, format!("引文“{short}”太短，须引用完整的原文"));
        }
        Some(Clause { document: own.unwrap_or_else(|| document.to_owned()), section: place?, quote: quote?, id: id? })
    };
    items.iter().filter_map(read).collect()
}

fn read_switches(all: &Section<'_>) -> Option<Switches> {
    let words = [
        "heads_inside",
        "about_percent",
        "first_year_exempt",
        "graduate_exempt",
        "probationary_counts",
        "small_cohort",
    ];
    all.only(&words);
    let mut shown = Vec::new();
    let mut one = |key: &'static str, rule: Rule, label: &mut dyn FnMut(&Section<'_>) -> Option<String>| {
        let section = all.section(key)?;
        section.only(&["value", "reason"]);
        let (label, reason) = (label(&section), section.string("reason", 200));
        shown.push(ShownSwitch { key, rule, label: label?, reason: reason? });
        Some(())
    };
    let yes_no = |value: Option<bool>, yes: &str, no: &str| value.map(|on| if on { yes } else { no }.to_owned());
    let (mut inside, mut about, mut first, mut graduate, mut probationary, mut small) =
        (None, None, None, None, None, None);
    one("heads_inside", Rule::Stf05, &mut |section| {
        inside = section.boolean("value");
        yes_no(inside, "部门工作人员的人数包含负责人", "部门工作人员的人数不含负责人")
    });
    one("about_percent", Rule::Stf01, &mut |section| {
        about = section.number("value", 0..=50);
        about.map(|percent| format!("“左右”允许超出 {percent}%"))
    });
    one("first_year_exempt", Rule::Elg03, &mut |section| {
        first = section.boolean("value");
        yes_no(first, "尚无排名和课业成绩的新生不作这两项要求", "新生同样要求排名和课业成绩")
    });
    one("graduate_exempt", Rule::Elg03, &mut |section| {
        graduate = section.boolean("value");
        yes_no(graduate, "研究生不作排名要求", "研究生同样要求排名")
    });
    one("probationary_counts", Rule::Elg01, &mut |section| {
        probationary = section.boolean("value");
        yes_no(probationary, "预备党员按党员对待", "预备党员不按党员对待")
    });
    one("small_cohort", Rule::Elg03, &mut |section| {
        let words = [("nobody", SmallCohort::Nobody), ("first", SmallCohort::First), ("unknown", SmallCohort::Unknown)];
        small = section.one_of("value", &words);
        small.map(|small| match small {
            SmallCohort::Nobody => "专业人数过少时，按字面无人可通过".to_owned(),
            SmallCohort::First => "专业人数过少时，第一名视为通过".to_owned(),
            SmallCohort::Unknown => "专业人数过少时，由校团委逐人认定".to_owned(),
        })
    });
    Some(Switches {
        heads_inside: inside?,
        about_percent: about?,
        first_year_exempt: first?,
        graduate_exempt: graduate?,
        probationary_counts: probationary?,
        small_cohort: small?,
        shown,
    })
}
