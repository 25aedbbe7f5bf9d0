//! What the forms of drafts ask.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use super::{
    baseline::make_room,
    draft::{DocumentText, Group},
    fields::{self, Kind},
    quantities::in_words,
    typed::{GroupFields, MOST_ROWS},
    wording::{LONGEST_PASTED, LONGEST_TEXT, MOST_SENTENCES, sentences},
};
use crate::{
    rules::Rule,
    sheet::document_text,
    text::{is_hidden, trimmed},
    web::forms::{Errors, Upload, written},
    words::words,
};

words! {
    /// What a draft begins with.
    Origin:
    Empty = "empty", "空白方案，从头填写";
    National = "national", "空白方案，先填入全国要求的原文和数值（逐条选择“写明”后方生效）";
    Own = "own", "本校现行方案，在它上面改";
    File = "file", "已有的方案文件（.toml）";
}

/// 新建草稿 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub name: String,
    pub origin: String,
}

impl BeginForm {
    /// What it is called and what it begins with, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(String, Origin)> {
        let name = written(&self.name, 60, "name", "请填写草稿的名称，如：2026 年实施方案", errors);
        let origin = self.origin.parse::<Origin>().ok();
        if origin.is_none() {
            errors.add("origin", "请选择从哪里开始");
        }
        name.zip(origin)
    }
}

/// The longest text of one field, and of what is kept as it is written.
const LONGEST_FIELD: usize = 1_000;
const LONGEST_EXTRA: usize = 8_000;

/// A field that cannot be kept as it was typed.
#[derive(Debug, Clone)]
pub(super) struct Unfit {
    pub field: String,
    pub says: String,
}

/// A group of the form as it was sent.
#[derive(Debug, Default)]
pub(super) struct SentGroup {
    pub typed: GroupFields,
    /// The version that was shown.
    pub version: i32,
    /// The next group is to be shown.
    pub goes_on: bool,
    pub unfit: Vec<Unfit>,
}

impl SentGroup {
    /// Reads the fields of a group: those of another group are none of it, an emptied clause goes.
    pub fn new(group: Group, fields: Vec<(String, String)>) -> Self {
        let mut sent = Self::default();
        for (name, says) in fields {
            match name.as_str() {
                "version" => sent.version = says.parse().unwrap_or(0),
                "then" => sent.goes_on = says == "next",
                _ if Group::of_field(&name) == group && is_name(&name) => {
                    let is_list = !is_one_line(&name);
                    let says = if is_list { lines(&says) } else { joined(&says) };
                    if !says.is_empty() {
                        sent.typed.add_line(&name, &says);
                    }
                }
                _ => {}
            }
        }
        for (name, says) in sent.typed.iter() {
            let most = if name.ends_with("extra") || name == "sections" { LONGEST_EXTRA } else { LONGEST_FIELD };
            if says.chars().count() > most {
                sent.unfit.push(Unfit { field: name.to_owned(), says: format!("不能超过 {most} 字") });
            } else if says.chars().any(|c| c != '\n' && is_hidden(c)) {
                sent.unfit.push(Unfit { field: name.to_owned(), says: "含有看不见的字符".to_owned() });
            }
        }
        for list in fields::HEAD_LISTS.iter().filter(|_| group == Group::Head) {
            sent.close(list.key, list.label);
        }
        for entry in group.family().into_iter().flat_map(fields::rules_of) {
            let tables = fields::lists(entry.rule).filter(|field| matches!(field.kind, Kind::Rows(_)));
            let tables = tables.map(|field| (field.key, field.label));
            for (list, of) in [("clause", "条款"), ("chain", "程序")].into_iter().chain(tables) {
                sent.close(&format!("{}.{list}", entry.code), &format!("“{}”的{of}", entry.name));
            }
        }
        sent
    }

    /// Closes the rows under a name, and notes where there are more than the form takes.
    fn close(&mut self, name: &str, called: &str) {
        let typed_in = |parts: &BTreeMap<String, String>| {
            parts.keys().any(|part| !matches!(part.as_str(), "id" | "id2" | "id3" | "how"))
        };
        let rows = self.typed.rows(name);
        if rows > MOST_ROWS {
            let says = format!("{called}最多 {MOST_ROWS} 行");
            self.unfit.push(Unfit { field: format!("{name}{rows}"), says });
        }
        self.typed.close_rows(name, typed_in);
    }
}

/// A name that a field of the form can have.
fn is_name(name: &str) -> bool {
    name.len() <= 60 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The field holds one text without line breaks.
fn is_one_line(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    if last == "extra" || name == "sections" {
        return false;
    }
    let value = || name.split_once('.').and_then(|(code, key)| fields::value(code.parse::<Rule>().ok()?, key));
    let field = fields::HEAD.iter().find(|field| field.key == name).or_else(value);
    !field.is_some_and(|field| matches!(field.kind, Kind::Lines { .. } | Kind::Posts | Kind::Several(_)))
}

/// Lines as they are typed, without blank ones.
fn lines(text: &str) -> String {
    text.lines().map(trimmed).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A text without its line breaks: where Chinese goes on in the next line, nothing stands between.
fn joined(text: &str) -> String {
    let mut whole = String::new();
    for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(whole.chars().next_back()) && latin(line.chars().next()) {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    whole
}

/// The document's text from a file or as it was pasted.
pub(super) fn read_document(upload: &Upload) -> Result<DocumentText, (&'static str, String)> {
    let file = upload.file.as_deref().filter(|bytes| !bytes.is_empty());
    let (field, text, name) = match file {
        Some(bytes) => {
            let text = document_text(bytes).map_err(|error| ("file", error.0))?;
            ("file", text, trimmed(&upload.file_name).to_owned())
        }
        None => ("text", upload.field("text").replace("\r\n", "\n"), "粘贴的文字".to_owned()),
    };
    let text: String = trimmed(&text).chars().filter(|c| matches!(*c, '\n' | '\t') || !is_hidden(*c)).collect();
    if text.is_empty() {
        let says =
            if file.is_some() { "文件里没有文字" } else { "请选择文件，或把文字粘贴到下面" };
        return Err((field, says.to_owned()));
    }
    let length = text.chars().count();
    if file.is_none() && length > LONGEST_PASTED {
        return Err((field, format!("粘贴的文字不能超过 {LONGEST_PASTED} 字：更长的请存成 .docx 或 .txt 文件上传")));
    }
    if length > LONGEST_TEXT {
        return Err((field, format!("超过 {LONGEST_TEXT} 字：请只放实施方案本身，不放附件")));
    }
    if sentences(&text).len() > MOST_SENTENCES {
        return Err((field, format!("超过 {MOST_SENTENCES} 句：请只放实施方案本身，不放附件")));
    }
    let name = if name.is_empty() { "文件原文".to_owned() } else { name };
    Ok(DocumentText { name, text })
}

/// 引用 as typed: sentences of the text or words that were marked in it, and the rule that they are taken for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct QuoteForm {
    pub rule: String,
    /// Numbers of sentences; what is no number is none of them.
    #[serde(deserialize_with = "numbers")]
    pub sentence: BTreeSet<usize>,
    /// Words that were marked, or copied.
    pub words: String,
}

fn numbers<'de, D: Deserializer<'de>>(typed: D) -> Result<BTreeSet<usize>, D::Error> {
    let typed = Vec::<String>::deserialize(typed)?;
    Ok(typed.iter().filter_map(|number| number.parse().ok()).collect())
}

/// The longest quotation that a plan file takes.
pub(super) const LONGEST_QUOTE: usize = 400;

impl QuoteForm {
    /// The sentence is ticked.
    pub fn takes(&self, number: usize) -> bool {
        self.sentence.contains(&number)
    }

    /// The rule, and the marked words where there are some.
    pub fn read(&self, errors: &mut Errors) -> Option<(Rule, String)> {
        let (rule, words) = (self.rule.parse::<Rule>().ok(), joined(&self.words));
        if rule.is_none() {
            errors.add("rule", "请选择用于哪一条规定");
        }
        if words.is_empty() && self.sentence.is_empty() {
            errors.add("words", "请选取一段文字，或者勾选下面的句子");
        } else if words.chars().count() > LONGEST_QUOTE {
            errors.add("words", format!("引文不能超过 {LONGEST_QUOTE} 字，请分几次引用"));
        }
        rule.filter(|_| errors.is_empty()).map(|rule| (rule, words))
    }
}

/// Adds a clause to what is typed of a rule: it is stated from now on. `false` where it has as many as it can, or this one.
pub(super) fn add_clause(typed: &mut GroupFields, rule: Rule, quote: &str, section: &str) -> bool {
    make_room(typed, rule);
    let name = format!("{rule}.clause");
    let rows = typed.rows(&name);
    let has = (1..=rows).any(|row| typed.get(&format!("{name}{row}.quote")) == quote);
    if has || rows >= MOST_ROWS {
        return false;
    }
    let row = rows + 1;
    typed.set(format!("{name}{row}.quote"), quote);
    typed.set(format!("{name}{row}.section"), section);
    if !matches!(typed.get(&format!("{rule}.state")), "stated" | "quoted") {
        typed.set(format!("{rule}.state"), "stated");
    }
    true
}

/// The one figure that a quotation names is the figure of a rule that asks for one.
pub(super) fn suggest_figure(typed: &mut GroupFields, rule: Rule, quote: &str) {
    let mut asked = fields::values(rule).filter(|field| matches!(field.kind, Kind::Number | Kind::Share));
    let (Some(field), None) = (asked.next(), asked.next()) else { return };
    let name = format!("{rule}.{}", field.key);
    let named = in_words(quote);
    let fits = !named.is_empty() && !named.contains('、') && named.ends_with('%') == matches!(field.kind, Kind::Share);
    if fits && typed.get(&name).is_empty() {
        typed.set(name, named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(group: Group, fields: &[(&str, &str)]) -> SentGroup {
        SentGroup::new(group, fields.iter().map(|(name, says)| ((*name).to_owned(), (*says).to_owned())).collect())
    }

    #[test]
    fn a_group_takes_its_own_fields_and_closes_its_rows() {
        let sent = sent(
            Group::Stf,
            &[
                ("version", "3"),
                ("then", "next"),
                ("STF-02.state", "stated"),
                ("STF-02.clause1.id", "1"),
                ("STF-02.clause1.quote", " "),
                ("STF-02.clause2.quote", "主席团成员\r\n不超过5人"),
                ("ORG-01.state", "silent"),
                ("code", "x"),
            ],
        );
        assert_eq!((sent.version, sent.goes_on), (3, true));
        assert_eq!(sent.typed.get("STF-02.clause1.quote"), "主席团成员不超过5人");
        assert_eq!(
            (sent.typed.rows("STF-02.clause"), sent.typed.get("ORG-01.state"), sent.typed.get("code")),
            (1, "", "")
        );
        assert!(sent.unfit.is_empty());
    }

    #[test]
    fn more_rows_than_the_form_has_are_not_taken() {
        let most = sent(Group::Stf, &[("STF-02.clause12.quote", "甲")]);
        assert!(most.unfit.is_empty());
        let over = sent(Group::Stf, &[("STF-02.clause18446744073709551615.quote", "甲"), ("STF-02.chain13.by", "乙")]);
        assert_eq!((over.unfit.len(), over.typed.rows("STF-02.clause")), (2, 1));
    }

    #[test]
    fn a_document_of_too_many_sentences_is_not_taken() {
        let read = |count: usize| {
            let mut upload = Upload::default();
            upload.file = Some("。".repeat(count).into());
            read_document(&upload)
        };
        assert!(read(MOST_SENTENCES).is_ok());
        let (field, says) = read(60_000).unwrap_err();
        assert_eq!((field, says.contains("超过 3000 句")), ("file", true));
    }

    #[test]
    fn lists_keep_their_lines_and_too_long_a_text_is_named() {
        let long = "长".repeat(1_001);
        let head = sent(
            Group::Head,
            &[("basis", "甲\r\n\r\n乙 "), ("unions", "school"), ("unions", "college"), ("title", &long)],
        );
        assert_eq!((head.typed.get("basis"), head.typed.get("unions")), ("甲\n乙", "school\ncollege"));
        assert_eq!(head.unfit.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["title"]);
        assert_eq!(head.typed.get("title").chars().count(), 1_001, "what is typed is there to be mended");
    }

    #[test]
    fn a_quotation_is_added_once_and_brings_its_one_figure() {
        let mut typed = GroupFields::default();
        assert!(add_clause(&mut typed, Rule::Stf02, "主席团成员不超过5人", "三"));
        suggest_figure(&mut typed, Rule::Stf02, "主席团成员不超过5人");
        assert_eq!((typed.get("STF-02.state"), typed.get("STF-02.at_most")), ("stated", "5"));
        assert!(!add_clause(&mut typed, Rule::Stf02, "主席团成员不超过5人", "三"));
        suggest_figure(&mut typed, Rule::Stf04, "每个部门2至3人");
        assert_eq!(typed.get("STF-04.at_least"), "");
    }
}
