//! What the national level asks of student unions: reference documents that no university adopts, each value with its
//! wording as far as anybody here has read it, its source and the day of that source.
//!
//! Nothing is made up: a value whose national wording nobody has seen has a gist in this project's words in its place and
//! is marked so wherever it is shown.

use std::{cell::RefCell, sync::LazyLock};

use toml::de::DeTable;

use super::{
    section::{Section, with_words},
    share::Share,
    steps::{Step, read_chain},
    words::Strength,
};
use crate::rules::{catalogue::Rule, disclosure::IndicatorMark};

/// What stands where nobody here has read the national wording.
pub const UNSEEN: &str = "未见全国原文";

/// The documents, oldest first: of two that speak of one rule the later one counts.
const FILES: [&str; 7] = [
    include_str!("../plans/national/congress-rules.toml"),
    include_str!("../plans/national/opinion-2019.toml"),
    include_str!("../plans/national/form-2020.toml"),
    include_str!("../plans/national/form-2021-22.toml"),
    include_str!("../plans/national/form-2022-23.toml"),
    include_str!("../plans/national/form-college.toml"),
    include_str!("../plans/national/form-2023-24.toml"),
];

static DOCUMENTS: LazyLock<Vec<NationalDocument>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| NationalDocument::parse(text).ok()).collect());

/// The national documents, oldest first.
#[must_use]
pub fn national() -> &'static [NationalDocument] {
    &DOCUMENTS
}

/// Every national value on a rule, the one that counts first.
pub fn national_on(rule: Rule) -> impl Iterator<Item = &'static NationalValue> {
    let values = DOCUMENTS.iter().rev().flat_map(|document| &document.values);
    values.filter(move |value| value.rule == Some(rule))
}

/// A document of the national level, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NationalDocument {
    pub code: String,
    pub title: String,
    /// The values in the document's order; never empty.
    pub values: Vec<NationalValue>,
}

/// One thing that a national document asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NationalValue {
    /// The rule of the catalogue; none where no single one says it.
    pub rule: Option<Rule>,
    /// The indicator's or the article's number; empty where it is not known.
    pub indicator: String,
    pub mark: Option<IndicatorMark>,
    pub strength: Strength,
    pub demand: Demand,
    /// Word for word; none where nobody here has read it.
    pub wording: Option<String>,
    /// The sense in this project's words, where there is no wording.
    pub gist: String,
    /// A remark on the wording.
    pub note: String,
    /// The document's title.
    pub document: String,
    /// Where it was read.
    pub source: String,
    /// The day of the source as far as it is known, in Chinese.
    pub day: String,
}

/// What a national document asks, as far as figures can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    AtMost {
        most: u32,
        /// The limit of a university with many students or campuses.
        where_many: Option<u32>,
        /// 人, 个, 门.
        unit: String,
    },
    /// No less than this share.
    AtLeast(Share),
    /// Within the best share.
    Within(Share),
    /// The political statuses that are accepted.
    Political(Vec<String>),
    /// The layers, top down.
    Layers(Vec<String>),
    /// The steps of opinion.
    Chain(Vec<Step>),
    /// It is asked, and that is all.
    Stated,
    /// In words that no figure expresses.
    Words,
}

#[derive(Clone, Copy)]
enum Kind {
    AtMost,
    AtLeast,
    Within,
    Political,
    Layers,
    Chain,
    Stated,
    Words,
}

const KINDS: [(&str, Kind); 8] = [
    ("at_most", Kind::AtMost),
    ("at_least", Kind::AtLeast),
    ("within", Kind::Within),
    ("political", Kind::Political),
    ("layers", Kind::Layers),
    ("chain", Kind::Chain),
    ("stated", Kind::Stated),
    ("words", Kind::Words),
];

impl NationalValue {
    /// The figure in words; empty where there is none.
    #[must_use]
    pub fn figure(&self) -> String {
        match &self.demand {
            Demand::AtMost { most: 0, unit, .. } => format!("0 {unit}"),
            Demand::AtMost { most, where_many, unit } => {
                let many = where_many.map(|many| format!("；学生人数较多、分校区较多的不超过 {many} {unit}"));
                format!("不超过 {most} {unit}{}", many.unwrap_or_default())
            }
            Demand::AtLeast(share) => format!("不低于 {share}"),
            Demand::Within(share) => format!("前 {share} 以内"),
            Demand::Political(items) => items.join("、"),
            Demand::Layers(layers) => layers.join("＋"),
            Demand::Chain(steps) => {
                let step = |step: &Step| step.in_words(|body| body.label().to_owned());
                steps.iter().map(step).collect::<Vec<_>>().join(" → ")
            }
            Demand::Stated | Demand::Words => String::new(),
        }
    }

    /// The wording has been read.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.wording.is_some()
    }
}

impl NationalDocument {
    /// Reads a reference document.
    ///
    /// # Errors
    /// What is wrong in it; never empty.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let root = DeTable::parse(text).map_err(|error| vec![error.message().to_owned()])?;
        let errors = RefCell::new(Vec::new());
        let section = Section { errors: &errors, path: String::new(), at: 0, table: root.get_ref() };
        let document = read(&section);
        let errors: Vec<String> = errors.into_inner().into_iter().map(|(_, says)| says).collect();
        match document {
            Some(document) if errors.is_empty() => Ok(document),
            _ => Err(errors),
        }
    }
}

fn read(file: &Section<'_>) -> Option<NationalDocument> {
    file.only(&["code", "title", "source", "day", "value"]);
    let (code, title) = (file.string("code", 40)?, file.string("title", 100)?);
    let (source, day) = (file.string("source", 200)?, file.string("day", 60)?);
    let mut values = Vec::new();
    for item in file.items("value")? {
        let value = read_value(&file.section_of("value", item)?)?;
        let own_source = if value.source.is_empty() { source.clone() } else { value.source };
        values.push(NationalValue { document: title.clone(), source: own_source, day: day.clone(), ..value });
    }
    (!values.is_empty()).then_some(NationalDocument { code, title, values })
}

fn read_value(value: &Section<'_>) -> Option<NationalValue> {
    let optional = |key: &str, longest: usize| {
        value.get(key).and_then(|found| value.text_of(key, found, longest)).unwrap_or_default()
    };
    let rule = match value.get("rule") {
        None => None,
        Some(found) => match found.get_ref().as_str().and_then(|code| code.parse::<Rule>().ok()) {
            Some(rule) => Some(rule),
            None => return value.wrong("rule", found, "规则库中的编号"),
        },
    };
    let mark = match value.get("mark") {
        None => None,
        Some(_) => Some(value.one_of("mark", &with_words(IndicatorMark::ALL, IndicatorMark::slug))?),
    };
    let strength = value.one_of("strength", &with_words(Strength::ALL, Strength::slug))?;
    let mut known = vec!["rule", "indicator", "mark", "strength", "kind", "wording", "gist", "note", "source"];
    let demand = match value.one_of("kind", &KINDS)? {
        Kind::AtMost => {
            known.extend(["at_most", "where_many", "unit"]);
            let where_many = match value.get("where_many") {
                None => None,
                Some(_) => Some(value.number("where_many", 1..=500)?),
            };
            Demand::AtMost { most: value.number("at_most", 0..=500)?, where_many, unit: value.string("unit", 2)? }
        }
        Kind::AtLeast => {
            known.push("share");
            Demand::AtLeast(value.share("share")?)
        }
        Kind::Within => {
            known.push("share");
            Demand::Within(value.share("share")?)
        }
        Kind::Political => {
            known.push("political");
            Demand::Political(value.strings("political", 1)?)
        }
        Kind::Layers => {
            known.push("layers");
            Demand::Layers(value.strings("layers", 1)?)
        }
        Kind::Chain => {
            known.push("chain");
            Demand::Chain(read_chain(value)?)
        }
        Kind::Stated => Demand::Stated,
        Kind::Words => Demand::Words,
    };
    value.only(&known);
    let wording = Some(optional("wording", 400)).filter(|wording| !wording.is_empty());
    let gist = optional("gist", 200);
    if wording.is_some() != gist.is_empty() {
        value.error(value.at, format!("{} 有原文的写 wording，未见原文的写 gist", value.path));
        return None;
    }
    Some(NationalValue {
        rule,
        indicator: optional("indicator", 20),
        mark,
        strength,
        demand,
        wording,
        gist,
        note: optional("note", 200),
        document: String::new(),
        source: optional("source", 200),
        day: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_read_with_source_and_day_at_each_value() {
        for text in FILES {
            if let Err(errors) = NationalDocument::parse(text) {
                panic!("{errors:?}\n{text}");
            }
        }
        assert_eq!(national().len(), FILES.len());
        for value in national().iter().flat_map(|document| &document.values) {
            assert!(!value.source.is_empty() && !value.day.is_empty() && !value.document.is_empty(), "{value:?}");
            assert!(value.is_seen() || !value.gist.is_empty(), "{value:?}");
        }
    }

    #[test]
    fn a_figure_stands_in_the_wording_that_was_read() {
        for value in national().iter().flat_map(|document| &document.values) {
            let Some(wording) = &value.wording else { continue };
            let figures: Vec<String> = match &value.demand {
                Demand::AtMost { most: 0, .. } => Vec::new(),
                Demand::AtMost { most, where_many, .. } => {
                    [Some(most), where_many.as_ref()].into_iter().flatten().map(ToString::to_string).collect()
                }
                Demand::AtLeast(share) | Demand::Within(share) => vec![share.to_string()],
                Demand::Political(items) | Demand::Layers(items) => items.clone(),
                _ => Vec::new(),
            };
            for figure in figures {
                assert!(wording.contains(&figure), "{figure} does not stand in {wording}");
            }
        }
    }

    #[test]
    fn of_two_years_the_later_one_counts() {
        let first = |rule| national_on(rule).next().unwrap();
        assert!(first(Rule::Stf08).document.contains("2023—2024"));
        assert_eq!(national_on(Rule::Stf02).count(), 4);
        assert!(!first(Rule::Stf06).is_seen() && first(Rule::Stf01).is_seen());
        assert_eq!(first(Rule::Stf01).figure(), "不超过 40 人；学生人数较多、分校区较多的不超过 60 人");
    }

    #[test]
    fn a_value_has_its_wording_or_says_that_it_was_not_read() {
        let head = "code = \"x\"\ntitle = \"x\"\nsource = \"x\"\nday = \"x\"\n[[value]]\nstrength = \"hard\"\nkind = \"words\"\n";
        assert!(NationalDocument::parse(head).is_err());
        assert!(NationalDocument::parse(&format!("{head}gist = \"未见原文\"\n")).is_ok());
        assert!(NationalDocument::parse(&format!("{head}gist = \"未见\"\nwording = \"原文\"\n")).is_err());
    }
}
