//! The text of a document: its sentences under their headings, and whether it holds a quotation.

use crate::text::{is_hidden, trimmed};

/// The most characters of a document: four times the longer of the two shipped plans.
pub const LONGEST_TEXT: usize = 60_000;
/// The most characters that are pasted: in UTF-8 they fit into a form of 64 KB.
pub const LONGEST_PASTED: usize = 21_000;
/// The most sentences of a document: each is a line of the page.
pub const MOST_SENTENCES: usize = 3_000;

/// The text with full-width letters, digits and punctuation narrowed, without blanks.
#[must_use]
pub fn narrowed(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '｡' => '。',
        '､' => '、',
        '“' | '”' | '„' => '"',
        '‘' | '’' => '\'',
        '—' | '–' => '-',
        c => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && !is_hidden(*c)).map(narrow).collect()
}

/// The narrowed text holds those words, wherever they break.
#[must_use]
pub fn holds(narrowed_text: &str, quote: &str) -> bool {
    narrowed_text.contains(&narrowed(quote))
}

/// A sentence of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its number in the document, from 1.
    pub number: usize,
    pub text: String,
    /// The headings above it.
    pub section: String,
    pub is_heading: bool,
}

/// How deep a heading is: 一、 and 第一章 above （一） and 第一条 above 1.
fn depth(line: &str) -> Option<usize> {
    const NUMERALS: &str = "一二三四五六七八九十百零〇两0123456789０１２３４５６７８９";
    let is_numeral = |c: char| NUMERALS.contains(c);
    let after = |line: &str| line.trim_start_matches(is_numeral).chars().next();
    let begins = line.chars().next()?;
    if begins == '第' {
        let rest = line.trim_start_matches('第');
        return match after(rest).filter(|_| rest.starts_with(is_numeral))? {
            '章' | '部' => Some(0),
            '节' | '条' => Some(1),
            _ => None,
        };
    }
    if let Some(rest) = line.strip_prefix(['（', '(']) {
        return (rest.starts_with(is_numeral) && matches!(after(rest), Some('）' | ')'))).then_some(1);
    }
    if !is_numeral(begins) {
        return None;
    }
    match (begins.is_numeric() && !"一二三四五六七八九十".contains(begins), after(line)?) {
        (false, '、') => Some(0),
        (true, '.' | '．' | '、') => Some(2),
        _ => None,
    }
}

/// The number that a heading or a sentence begins with: `三、`, `（一）`, `第五条`, `1.`; empty where it has none.
fn mark(line: &str) -> &str {
    let end = line.find(['、', '.', '．', '）', ')', '章', '部', '节', '条']).filter(|_| depth(line).is_some());
    let after = end.and_then(|end| line.get(end..)?.chars().next().map(|c| end + c.len_utf8()));
    after.and_then(|after| line.get(..after)).unwrap_or_default()
}

/// The longest line that is taken for a heading.
const LONGEST_HEADING: usize = 36;
/// The longest place that a plan file takes.
const LONGEST_SECTION: usize = 60;

/// The sentences of a text under their headings. A heading is a short line, or the short first sentence of a paragraph, that
/// begins with its number.
#[must_use]
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut headings: [String; 3] = Default::default();
    let mut found: Vec<Sentence> = Vec::new();
    for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
        for (place, part) in split(line).into_iter().enumerate() {
            let short = part.chars().count() <= LONGEST_HEADING;
            let level = depth(&part).filter(|_| place == 0);
            // A whole sentence that is numbered is found by its number alone.
            let is_heading = short && (!part.ends_with(['。', '；', ';']) || part != line);
            if let Some(level) = level {
                let name = if is_heading { part.trim_end_matches('。') } else { mark(&part) };
                for (at, heading) in headings.iter_mut().enumerate().skip(level) {
                    *heading = if at == level { name.to_owned() } else { String::new() };
                }
            }
            let section: Vec<&str> =
                headings.iter().map(String::as_str).filter(|heading| !heading.is_empty()).collect();
            let section: String = section.join(" ").chars().take(LONGEST_SECTION).collect();
            found.push(Sentence {
                number: found.len() + 1,
                text: part,
                section,
                is_heading: level.is_some() && is_heading,
            });
        }
    }
    found
}

/// The sentences of a line, each with its mark.
fn split(line: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::<String>::new(), String::new());
    for c in line.chars() {
        // A mark that closes belongs to the sentence before.
        if part.is_empty()
            && matches!(c, '”' | '’' | '）' | '》')
            && let Some(last) = parts.last_mut()
        {
            last.push(c);
            continue;
        }
        part.push(c);
        if matches!(c, '。' | '；' | '！' | '？' | ';') {
            parts.push(std::mem::take(&mut part).trim().to_owned());
        }
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A sentence as a quotation: without its number and the mark at its end, which plans leave out.
#[must_use]
pub(super) fn as_quote(sentence: &str) -> &str {
    let sentence = sentence.trim();
    let words = sentence.strip_prefix(mark(sentence)).unwrap_or(sentence);
    words.trim().trim_end_matches(['。', '；', ';', '，', ','])
}

/// A document's text without what cannot be seen; or what is wrong with it, in Chinese.
///
/// # Errors
/// Where there is no text, or more of it than a plan has.
pub fn fit_document(text: &str, pasted: bool) -> Result<String, String> {
    let text: String = trimmed(text).chars().filter(|c| matches!(*c, '\n' | '\t') || !is_hidden(*c)).collect();
    if text.is_empty() {
        let says = if pasted { "请选择文件，或把文字粘贴到下面" } else { "文件里没有文字" };
        return Err(says.to_owned());
    }
    let length = text.chars().count();
    if pasted && length > LONGEST_PASTED {
        return Err(format!("粘贴的文字不能超过 {LONGEST_PASTED} 字：更长的请存成 .docx 或 .txt 文件上传"));
    }
    if length > LONGEST_TEXT {
        return Err(format!("超过 {LONGEST_TEXT} 字：请只放实施方案本身，不放附件"));
    }
    if sentences(&text).len() > MOST_SENTENCES {
        return Err(format!("超过 {MOST_SENTENCES} 句：请只放实施方案本身，不放附件"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_found_whatever_its_blanks_and_widths() {
        let text = narrowed("主席团成员不超过 5 人，\n工作部门不超过６个（含办公室）。");
        assert!(holds(&text, "主席团成员不超过5人,工作部门不超过6个(含办公室)"));
        assert!(!holds(&text, "主席团成员不超过4人"));
    }

    #[test]
    fn sentences_stand_under_their_headings() {
        let text = "三、坚持精简原则\n（一）机构。主席团成员不超过5人；部门不超过6个。\n1.工作人员40人左右。\n四、其他\n第五条 自发文之日起施行。";
        let found = sentences(text);
        let of = |words: &str| found.iter().find(|one| one.text.starts_with(words)).unwrap();
        assert_eq!(of("主席团").section, "三、坚持精简原则 （一）机构");
        assert_eq!(of("部门不超过").text, "部门不超过6个。");
        assert!(of("三、").is_heading && of("（一）").is_heading && !of("主席团").is_heading);
        assert_eq!(of("四、").section, "四、其他");
        assert_eq!(of("1.工作人员").section, "三、坚持精简原则 （一）机构 1.");
        assert!(!of("1.工作人员").is_heading && !of("第五条").is_heading);
        assert_eq!(
            (of("第五条").section.as_str(), as_quote(&of("第五条").text)),
            ("四、其他 第五条", "自发文之日起施行")
        );
        assert_eq!(found.iter().map(|one| one.number).collect::<Vec<_>>(), (1..=found.len()).collect::<Vec<_>>());
        assert_eq!(as_quote("部门不超过6个。"), "部门不超过6个");
        assert_eq!(sentences("他说：“好。”然后走了。").len(), 2);
    }

    #[test]
    fn a_document_of_too_many_sentences_is_not_taken() {
        let read = |count: usize| fit_document(&"。".repeat(count), false);
        assert!(read(MOST_SENTENCES).is_ok());
        assert!(read(60_000).unwrap_err().contains("超过 3000 句"));
    }
}
