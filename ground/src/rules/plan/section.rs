//! A table of a plan file: its values read within bounds, every fault noted with its place.

use std::{cell::RefCell, ops::RangeInclusive};

use time::{Date, Month};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{share::Share, words::Bounds};

/// The most faults that are named; a file with more is not a plan.
const MOST_ERRORS: usize = 200;

/// What a field means, for those who write the file; empty where its name says it or the rule's other fields do.
fn meaning(key: &str) -> &'static str {
    match key {
        "format" => "（文件格式版本，填 1）",
        "code" => "（方案代码）",
        "title" => "（方案全称）",
        "short" => "（方案简称）",
        "document" => "（文号）",
        "issuer" => "（发文单位）",
        "effective" => "（施行日期）",
        "effective_note" => "（施行日期的依据）",
        "basis" => "（上位文件）",
        "own" => "（本校另有的规定）",
        "documents" => "（章程、选举办法等其他文件）",
        "unions" => "（适用的组织）",
        "silent" => "（方案没有写到的规则）",
        "not_taken_down" => "（尚未录入的规则）",
        "judged" => "（只引原文、不作判断的填 false）",
        "bodies" => "（各组织的称呼）",
        "switch" => "（实践惯例）",
        "rule" => "（各项规则的条款和数字）",
        "strength" => "（力度）",
        "clauses" => "（条款原文）",
        "section" => "（章节）",
        "quote" => "（原文）",
        "reason" => "（理由）",
        "value" => "（取值）",
        _ => "",
    }
}

/// A table of the file, with a note of where it stands.
pub(super) struct Section<'a> {
    pub(super) errors: &'a RefCell<Vec<(usize, String)>>,
    pub(super) path: String,
    pub(super) at: usize,
    pub(super) table: &'a DeTable<'a>,
}

type Value<'a> = Spanned<DeValue<'a>>;

pub(super) fn is_table(value: &Value<'_>) -> bool {
    value.get_ref().as_table().is_some()
}

impl<'a> Section<'a> {
    pub(super) fn error(&self, at: usize, reason: String) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MOST_ERRORS {
            errors.push((at, reason));
        }
    }

    pub(super) fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table.get(key)
    }

    /// What is read of a key that may be left out: none without an error where it is.
    pub(super) fn optional<'k, T>(&self, key: &'k str, read: impl FnOnce(&'k str) -> Option<T>) -> Option<T> {
        self.get(key).and_then(|_| read(key))
    }

    /// The value, or an error that it is missing.
    pub(super) fn need(&self, key: &str) -> Option<&'a Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.error(self.at, format!("缺少 {}{}", self.name(key), meaning(key)));
        }
        value
    }

    pub(super) fn wrong<T>(&self, key: &str, value: &Value<'_>, wanted: &str) -> Option<T> {
        self.error(value.span().start, format!("{} 应为{wanted}", self.name(key)));
        None
    }

    pub(super) fn text_of(&self, key: &str, value: &Value<'_>, longest: usize) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else { return self.wrong(key, value, "文字") };
        let text = text.trim();
        if text.is_empty() || text.chars().count() > longest || text.chars().any(char::is_control) {
            return self.wrong(key, value, &format!(" 1 至 {longest} 字的文字，不含换行"));
        }
        Some(text.to_owned())
    }

    pub(super) fn string(&self, key: &str, longest: usize) -> Option<String> {
        self.need(key).and_then(|value| self.text_of(key, value, longest))
    }

    pub(super) fn number(&self, key: &str, allowed: RangeInclusive<u32>) -> Option<u32> {
        self.need(key).and_then(|value| self.number_of(key, value, allowed))
    }

    fn number_of(&self, key: &str, value: &Value<'_>, allowed: RangeInclusive<u32>) -> Option<u32> {
        let number = value.get_ref().as_integer().and_then(|number| {
            u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| allowed.contains(number))
        });
        number.or_else(|| self.wrong(key, value, &format!(" {} 至 {} 的整数", allowed.start(), allowed.end())))
    }

    pub(super) fn numbers(&self, key: &str, allowed: RangeInclusive<u32>) -> Option<Vec<u32>> {
        let items = self.items(key)?;
        let read: Vec<u32> = items.iter().filter_map(|item| self.number_of(key, item, allowed.clone())).collect();
        (read.len() == items.len()).then_some(read)
    }

    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        let value = self.need(key)?;
        value.get_ref().as_bool().or_else(|| self.wrong(key, value, " true 或 false"))
    }

    pub(super) fn share(&self, key: &str) -> Option<Share> {
        let value = self.need(key)?;
        let share = value.get_ref().as_str().and_then(Share::parse);
        share.or_else(|| self.wrong(key, value, "大于 0 且不超过 100% 的百分比，如 \"30%\"，或者分数，如 \"1/3\""))
    }

    pub(super) fn date(&self, key: &str) -> Option<Date> {
        let value = self.need(key)?;
        let date = value.get_ref().as_datetime().filter(|moment| moment.time.is_none()).and_then(|moment| moment.date);
        let date = date.and_then(|date| {
            let month = Month::try_from(date.month).ok()?;
            Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
        });
        let date = date.filter(|date| (1949..=2100).contains(&date.year()));
        date.or_else(|| self.wrong(key, value, "日期，如 2022-04-12"))
    }

    pub(super) fn word<T: Copy>(&self, key: &str, value: &Value<'_>, words: &[(&str, T)]) -> Option<T> {
        let found = value.get_ref().as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join("、");
        found.map(|(_, meaning)| *meaning).or_else(|| self.wrong(key, value, &format!("以下之一：{}", all())))
    }

    pub(super) fn one_of<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.need(key).and_then(|value| self.word(key, value, words))
    }

    pub(super) fn items(&self, key: &str) -> Option<&'a [Value<'a>]> {
        let value = self.need(key)?;
        match value.get_ref().as_array() {
            Some(items) => Some(items),
            None => self.wrong(key, value, "数组"),
        }
    }

    pub(super) fn words<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let items = self.items(key)?;
        let read: Vec<T> = items.iter().filter_map(|item| self.word(key, item, words)).collect();
        (read.len() == items.len()).then_some(read)
    }

    pub(super) fn strings(&self, key: &str, least: usize) -> Option<Vec<String>> {
        let items = self.items(key)?;
        if items.len() < least {
            self.error(
                self.get(key).map_or(self.at, |value| value.span().start),
                format!("{} 不能为空", self.name(key)),
            );
            return None;
        }
        let read: Vec<String> = items.iter().filter_map(|item| self.text_of(key, item, 60)).collect();
        (read.len() == items.len()).then_some(read)
    }

    pub(super) fn section_of(&self, key: &str, value: &'a Value<'a>) -> Option<Section<'a>> {
        match value.get_ref().as_table() {
            Some(table) => Some(Section { path: self.name(key), at: value.span().start, table, ..*self }),
            None => self.wrong(key, value, "表"),
        }
    }

    /// The names of the rule's own clauses.
    pub(super) fn clause_ids(&self) -> Vec<&'a str> {
        let clauses = self.get("clauses").and_then(|value| value.get_ref().as_array());
        let id = |clause: &'a Value<'a>| clause.get_ref().as_table()?.get("id")?.get_ref().as_str();
        clauses.into_iter().flatten().filter_map(id).map(str::trim).collect()
    }

    /// Notes a fault where the clause that is named is none of those.
    pub(super) fn names_clause(&self, clause: Option<&str>, known: &[&str]) {
        if let Some(unknown) = clause.filter(|clause| !known.contains(clause)) {
            self.error(self.at, format!("{} 的 clause“{unknown}”不是这一项 clauses 里的 id", self.path));
        }
    }

    pub(super) fn section(&self, key: &str) -> Option<Section<'a>> {
        self.need(key).and_then(|value| self.section_of(key, value))
    }

    pub(super) fn only(&self, known: &[&str]) {
        for (key, _) in self.table {
            if !known.contains(&key.get_ref().as_ref()) {
                let may = known.join("、");
                self.error(key.span().start, format!("不认识 {}；这里可以写：{may}", self.name(key.get_ref())));
            }
        }
    }
}

/// The words of an enum with what each means, as [`Section::words`] takes them.
pub(super) fn with_words<T: Copy>(all: &[T], slug: fn(T) -> &'static str) -> Vec<(&'static str, T)> {
    all.iter().map(|one| (slug(*one), *one)).collect()
}

pub(super) fn read_bounds(section: &Section<'_>) -> Option<Bounds> {
    let low = if section.get("at_least").is_some() { section.number("at_least", 0..=500) } else { Some(0) };
    let high = section.number("at_most", 1..=500);
    let bounds = Bounds { low: low?, high: high? };
    if bounds.low > bounds.high {
        section.error(section.at, format!("{} 的 at_least 大于 at_most", section.path));
        return None;
    }
    Some(bounds)
}
