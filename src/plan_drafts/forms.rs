//! What the forms of drafts ask.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, de::Error};

use super::draft::DocumentText;
use crate::{
    plan_form::{quoting::LONGEST_QUOTE, sent::joined, wording::fit_document},
    rules::Rule,
    sheet::document_text,
    text::trimmed,
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
    let text = fit_document(&text, file.is_none()).map_err(|says| (field, says))?;
    let name = if name.is_empty() { "文件原文".to_owned() } else { name };
    Ok(DocumentText { name, text })
}

/// 引用 as typed: sentences of the text or words that were marked in it, and the rule that they are taken for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct QuoteForm {
    pub rule: String,
    /// Numbers of sentences.
    #[serde(deserialize_with = "numbers")]
    pub sentence: BTreeSet<usize>,
    /// Words that were marked, or copied.
    pub words: String,
}

fn numbers<'de, D: Deserializer<'de>>(typed: D) -> Result<BTreeSet<usize>, D::Error> {
    let typed = Vec::<String>::deserialize(typed)?;
    typed.iter().map(|number| number.parse().map_err(D::Error::custom)).collect()
}

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
