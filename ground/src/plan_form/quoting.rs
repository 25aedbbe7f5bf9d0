//! Quotations of a document: what is taken of its text for a rule, and what is taken already.

use std::collections::BTreeSet;

use super::{
    baseline::make_room,
    fields::{self, Kind},
    group::Group,
    quantities::in_words,
    typed::{DraftFields, GroupFields, MOST_ROWS},
    wording::{Sentence, as_quote, holds, narrowed},
};
use crate::rules::{CATALOGUE, Rule};

/// The longest quotation that a plan file takes.
pub const LONGEST_QUOTE: usize = 400;

/// A sentence with the rules that quote it already.
#[derive(Debug, Clone)]
pub struct SentenceLine {
    pub sentence: Sentence,
    pub taken: Vec<Rule>,
}

/// The rules that quote each sentence.
#[must_use]
pub fn taken(content: &DraftFields, sentences: Vec<Sentence>) -> Vec<SentenceLine> {
    let mut quotes = Vec::new();
    for entry in CATALOGUE {
        let (typed, name) = (content.of(Group::of_rule(entry.rule)), format!("{}.clause", entry.code));
        for row in 1..=typed.rows(&name).min(MOST_ROWS) {
            let quote = narrowed(typed.get(&format!("{name}{row}.quote")));
            if !quote.is_empty() {
                quotes.push((entry.rule, quote));
            }
        }
    }
    let line = |sentence: Sentence| {
        let own = narrowed(as_quote(&sentence.text));
        // A mark alone says nothing, and would stand in every quotation.
        let is_said = !own.is_empty();
        let quotes = quotes.iter().filter(|(_, quote)| is_said && (own.contains(quote) || quote.contains(&own)));
        let mut taken: Vec<Rule> = quotes.map(|(rule, _)| *rule).collect();
        taken.dedup();
        SentenceLine { sentence, taken }
    };
    sentences.into_iter().map(line).collect()
}

/// A quotation and where it stands.
#[derive(Debug, Clone)]
pub struct Quotation {
    pub words: String,
    pub section: String,
}

/// What is taken of a text: the marked words, or the sentences whose numbers are ticked, those that follow one another together.
#[must_use]
pub fn quotations(found: &[Sentence], ticked: &BTreeSet<usize>, words: &str) -> Vec<Quotation> {
    if !words.is_empty() {
        let marked = narrowed(words);
        let at = found.iter().find(|one| holds(&narrowed(&one.text), words) || marked.contains(&narrowed(&one.text)));
        let section = at.map(|one| one.section.clone()).unwrap_or_default();
        return vec![Quotation { words: as_quote(words).to_owned(), section }];
    }
    let mut taken: Vec<Quotation> = Vec::new();
    let mut before = 0;
    for one in found.iter().filter(|one| ticked.contains(&one.number)) {
        match taken.last_mut() {
            Some(last)
                if before + 1 == one.number
                    && last.section == one.section
                    && last.words.chars().count() + one.text.chars().count() <= LONGEST_QUOTE =>
            {
                last.words.push_str(&one.text);
            }
            _ => taken.push(Quotation { words: one.text.clone(), section: one.section.clone() }),
        }
        before = one.number;
    }
    for one in &mut taken {
        one.words = as_quote(&one.words).chars().take(LONGEST_QUOTE).collect();
    }
    taken
}

/// Adds a clause to what is typed of a rule: it is stated from now on. `false` where it has as many as it can, or this one.
pub fn add_clause(typed: &mut GroupFields, rule: Rule, quote: &str, section: &str) -> bool {
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
pub fn suggest_figure(typed: &mut GroupFields, rule: Rule, quote: &str) {
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
    use super::{super::wording::sentences, *};

    #[test]
    fn a_sentence_without_words_is_taken_for_no_rule() {
        let mut content = DraftFields::default();
        let typed = content.of_mut(Group::Stf);
        typed.set("STF-02.clause1.quote", "主席团成员不超过5人");
        typed.set("STF-02.clause99999999999.quote", "工作部门不超过6个");
        let lines = taken(&content, sentences("。；主席团成员不超过5人。工作部门不超过6个。"));
        let codes = |line: &SentenceLine| line.taken.iter().map(|rule| rule.code()).collect();
        let rules: Vec<Vec<&str>> = lines.iter().map(codes).collect();
        assert_eq!(rules, [vec![], vec![], vec!["STF-02"], vec![]]);
    }

    #[test]
    fn sentences_that_follow_one_another_are_one_quotation() {
        let found = sentences("三、规模\n主席团成员不超过5人。部门不超过6个。\n四、其他\n由校团委解释。");
        let words = |ticked: &[usize], words: &str| {
            let taken = quotations(&found, &ticked.iter().copied().collect(), words);
            taken.into_iter().map(|one| format!("{} {}", one.section, one.words)).collect::<Vec<_>>()
        };
        assert_eq!(words(&[2, 3], ""), ["三、规模 主席团成员不超过5人。部门不超过6个"]);
        assert_eq!(words(&[2, 5], ""), ["三、规模 主席团成员不超过5人", "四、其他 由校团委解释"]);
        assert_eq!(words(&[], "不超过6个。"), ["三、规模 不超过6个"]);
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
