//! What stands in an official document, without how it is printed.

use time::Date;

use super::form::Form;
use crate::text::{chinese_day, chinese_number};

/// An official document: its parts in the order of GB/T 9704-2012. Empty parts are left out.
///
/// What is said to staff only has no place in it: it stands on the page around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// 标题; a line break where the title is to be broken.
    pub title: String,
    /// 题注: the line below the title, such as `（2026年9月1日通过）`.
    pub caption: String,
    /// 发文字号, as the office gives it.
    pub number: String,
    /// 主送机关.
    pub recipients: String,
    pub blocks: Vec<Block>,
    /// 落款.
    pub signature: Option<Signature>,
    /// 版记.
    pub imprint: Option<Imprint>,
    pub orientation: Orientation,
}

/// How the sheet lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    Portrait,
    Landscape,
}

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(String),
    Heading {
        level: HeadingLevel,
        /// With its number.
        text: String,
    },
    /// One item of a list, with its number.
    Item(String),
    Table(Table),
    Form(Form),
    /// Lines on which somebody signs by hand.
    SignatureLine(String),
    /// A remark below what it is about, in small type.
    Note(String),
}

/// 结构层次序数: `一、` and `（一）`; the third, `1.`, are the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadingLevel {
    First,
    Second,
}

/// A table whose head stands on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    /// Its share of the table's width: about the characters of its longest cell.
    pub width: u16,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
}

/// 落款: who issues the paper and on which day, with room for the seal over both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub by: String,
    /// 成文日期; none where it is filled in by hand.
    pub on: Option<Date>,
}

/// 版记, at the end of the last page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    /// 抄送机关; empty for none.
    pub copies_to: String,
    /// 印发机关.
    pub issued_by: String,
    /// 印发日期.
    pub issued_on: Date,
}

/// How many blocks at the end are such.
fn trailing(blocks: &[Block], is: fn(&Block) -> bool) -> usize {
    blocks.iter().rev().take_while(|block| is(block)).count()
}

impl Paper {
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            caption: String::new(),
            number: String::new(),
            recipients: String::new(),
            blocks: Vec::new(),
            signature: None,
            imprint: None,
            orientation: Orientation::Portrait,
        }
    }

    /// Lays the sheet across, for a wide table.
    #[must_use]
    pub fn landscape(self) -> Self {
        Self { orientation: Orientation::Landscape, ..self }
    }

    /// Sets 题注, without its brackets.
    #[must_use]
    pub fn caption(self, says: &str) -> Self {
        Self { caption: format!("（{says}）"), ..self }
    }

    /// Sets 发文字号.
    #[must_use]
    pub fn number(self, number: impl Into<String>) -> Self {
        Self { number: number.into(), ..self }
    }

    /// Sets 主送机关, without the colon.
    #[must_use]
    pub fn to(self, recipients: impl Into<String>) -> Self {
        Self { recipients: recipients.into(), ..self }
    }

    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.with(Block::Paragraph(text.into()))
    }

    /// Adds a heading `一、…`, numbered by those before it.
    #[must_use]
    pub fn heading(self, text: &str) -> Self {
        let number = 1 + self.count(HeadingLevel::First, self.blocks.len());
        let text = format!("{}、{text}", chinese_number(number));
        self.with(Block::Heading { level: HeadingLevel::First, text })
    }

    /// Adds a heading `（一）…`, numbered from the last `一、` on.
    #[must_use]
    pub fn subheading(self, text: &str) -> Self {
        let is_first = |block: &Block| matches!(block, Block::Heading { level: HeadingLevel::First, .. });
        let since = self.blocks.iter().rev().position(is_first).unwrap_or(self.blocks.len());
        let number = 1 + self.count(HeadingLevel::Second, since);
        let text = format!("（{}）{text}", chinese_number(number));
        self.with(Block::Heading { level: HeadingLevel::Second, text })
    }

    /// Adds a list `1.…`.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = String>) -> Self {
        let numbered = (1..).zip(items).map(|(number, text)| Block::Item(format!("{number}.{text}")));
        self.blocks.extend(numbered);
        self
    }

    #[must_use]
    pub fn table(self, table: Table) -> Self {
        self.with(Block::Table(table))
    }

    #[must_use]
    pub fn form(self, form: Form) -> Self {
        self.with(Block::Form(form))
    }

    /// Adds a line on which `role` signs by hand, such as `监票人张三`.
    #[must_use]
    pub fn signature_line(self, role: &str) -> Self {
        self.with(Block::SignatureLine(format!("{role}（签字）：{}", "＿".repeat(8))))
    }

    /// Adds a line on which `role` signs by hand, with room for the seal of their office and the day.
    #[must_use]
    pub fn sealed_line(self, role: &str) -> Self {
        let signed = "＿".repeat(5);
        self.with(Block::SignatureLine(format!("{role}（签字）：{signed}　（盖章）　　年　　月　　日")))
    }

    #[must_use]
    pub fn note(self, text: impl Into<String>) -> Self {
        self.with(Block::Note(text.into()))
    }

    /// Sets 落款; without a day there is room to write it.
    #[must_use]
    pub fn signed(self, by: impl Into<String>, on: Option<Date>) -> Self {
        Self { signature: Some(Signature { by: by.into(), on }), ..self }
    }

    /// Fills 成文日期 in, where the paper is signed and has none yet.
    #[must_use]
    pub(crate) fn dated(self, on: Option<Date>) -> Self {
        let dated = |one: Signature| Signature { on: one.on.or(on), ..one };
        Self { signature: self.signature.map(dated), ..self }
    }

    /// Sets 版记.
    #[must_use]
    pub fn imprint(self, imprint: Imprint) -> Self {
        Self { imprint: Some(imprint), ..self }
    }

    fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Where the end begins that stands on the page of 落款: a paper is not signed on a page of its own. Lines to be signed
    /// come with what stands above them; after a table they stand alone.
    fn end(&self) -> usize {
        if self.signature.is_none() {
            return self.blocks.len();
        }
        let lines = trailing(&self.blocks, |block| matches!(block, Block::SignatureLine(_)));
        let signed = self.blocks.get(..self.blocks.len() - lines).unwrap_or_default();
        match signed.split_last() {
            None | Some((Block::Table(_) | Block::Form(_), _)) => signed.len(),
            Some((_, before)) => before.len() - trailing(before, |block| matches!(block, Block::Heading { .. })),
        }
    }

    /// The blocks before [`Self::ending`].
    #[must_use]
    pub fn body(&self) -> &[Block] {
        self.blocks.get(..self.end()).unwrap_or_default()
    }

    /// The last block with its headings and the lines to be signed below it, where the paper is signed and a page is not
    /// broken before 落款.
    #[must_use]
    pub fn ending(&self) -> &[Block] {
        self.blocks.get(self.end()..).unwrap_or_default()
    }

    /// The headings of a level among the last `blocks` blocks.
    fn count(&self, wanted: HeadingLevel, blocks: usize) -> usize {
        let of_level = |block: &&Block| matches!(block, Block::Heading { level, .. } if *level == wanted);
        self.blocks.iter().rev().take(blocks).filter(of_level).count()
    }

    #[must_use]
    pub fn is_landscape(&self) -> bool {
        self.orientation == Orientation::Landscape
    }

    /// The title in one line.
    #[must_use]
    pub fn name(&self) -> String {
        self.title.replace('\n', "")
    }

    /// The title, broken at the end of a word where a line of it would not fit (GB/T 9704-2012, 7.3.1).
    #[must_use]
    pub fn title_in_lines(&self) -> String {
        let width = if self.is_landscape() { 56 } else { 40 };
        self.title.lines().map(|line| broken(line, width)).collect::<Vec<_>>().join("\n")
    }

    /// The name of its Word file, free of what file systems refuse.
    #[must_use]
    pub fn file_name(&self) -> String {
        let fit = |c: &char| !c.is_control() && !r#"/\:*?"<>|"#.contains(*c);
        let stem: String = self.name().chars().filter(fit).take(80).collect();
        format!("{stem}.docx")
    }
}

impl Table {
    #[must_use]
    pub fn new(columns: Vec<Column>, rows: Vec<Vec<String>>) -> Self {
        Self { columns, rows }
    }

    /// The sum of the columns' shares, at least 1.
    pub(super) fn shares(&self) -> u32 {
        self.columns.iter().map(|column| u32::from(column.width)).sum::<u32>().max(1)
    }

    /// The width of a column in hundredths of the table's. Without decimals lines would end elsewhere than in Word.
    #[must_use]
    pub fn percent(&self, column: &Column) -> String {
        let share = u32::from(column.width) * 10_000 / self.shares();
        format!("{}.{:02}", share / 100, share % 100)
    }

    /// Too many columns for the usual size of type.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.columns.len() > 7
    }

    /// The cells of a row under their columns.
    pub fn cells<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'a Column, &'a str)> {
        self.columns.iter().zip(row.iter().map(String::as_str))
    }
}

impl Column {
    /// A column of texts.
    #[must_use]
    pub fn text(title: &str, width: u16) -> Self {
        Self { title: title.to_owned(), width, align: Align::Left }
    }

    /// A column of names, numbers and days, which are about equally long.
    #[must_use]
    pub fn centred(title: &str, width: u16) -> Self {
        Self { title: title.to_owned(), width, align: Align::Centre }
    }

    #[must_use]
    pub fn is_centred(&self) -> bool {
        self.align == Align::Centre
    }

    /// The style of its cells on a page.
    #[must_use]
    pub fn style(&self) -> &'static str {
        match self.align {
            Align::Left => "left",
            Align::Centre => "centred",
        }
    }
}

impl Signature {
    /// 成文日期, or room for it.
    #[must_use]
    pub fn day(&self) -> String {
        self.on.map_or_else(|| "　　　年　　月　　日".to_owned(), chinese_day)
    }
}

impl Imprint {
    /// 印发日期 as 版记 has it.
    #[must_use]
    pub fn day(&self) -> String {
        format!("{}印发", chinese_day(self.issued_on))
    }
}

/// The width of a text in half characters.
pub(super) fn halves(text: &str) -> u32 {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// What the first line of a title may end with, and what then does not follow it.
const LINE_ENDS: [(&str, &str); 9] = [
    ("学院", ""),
    ("大学", "生"),
    ("学校", ""),
    ("系", "统"),
    ("学生会", "议"),
    ("研究生会", "议"),
    ("委员会", "议"),
    ("大会", ""),
    ("学期", ""),
];

/// A line of a title in two of about one length, where it is longer than so many half characters and can be broken.
fn broken(line: &str, width: u32) -> String {
    if halves(line) <= width {
        return line.to_owned();
    }
    let parts = line.char_indices().filter_map(|(place, _)| line.split_at_checked(place));
    let may_end = |before: &str, after: &str| {
        let fits = |(end, not): &(&str, &str)| before.ends_with(*end) && (not.is_empty() || !after.starts_with(*not));
        LINE_ENDS.iter().any(fits) && !after.starts_with(['（', '）', '、', '，', '与', '和'])
    };
    let parts = parts.filter(|(before, after)| may_end(before, after));
    let fitting = parts.filter(|(before, after)| halves(before) <= width && halves(after) <= width);
    fitting
        .min_by_key(|(before, after)| halves(before).abs_diff(halves(after)))
        .map_or_else(|| line.to_owned(), |(before, after)| format!("{before}\n{after}"))
}

/// Marks after which or before which a figure stands without a blank.
const CHINESE_MARKS: &str = "，。、；：！？…—“”《》（）〔〕";

/// A sentence that pages have too as official documents write it: no blank between a figure and a Chinese character or mark. For
/// what the portal says itself; names and what people wrote stay as they are.
#[must_use]
pub fn closed_up(sentence: &str) -> String {
    let is_chinese = |c: char| CHINESE_MARKS.contains(c) || (!c.is_ascii() && c.is_alphabetic());
    let mut closed = String::with_capacity(sentence.len());
    let mut rest = sentence.chars().peekable();
    while let Some(c) = rest.next() {
        let around = closed.chars().next_back().zip(rest.peek().copied());
        let divides = around.is_some_and(|(before, after)| {
            (matches!(before, '0'..='9' | '%') && is_chinese(after)) || (is_chinese(before) && after.is_ascii_digit())
        });
        if c != ' ' || !divides {
            closed.push(c);
        }
    }
    closed
}

/// 发文字号 as it is written: the year in 六角括号 (GB/T 9704-2012, 7.2.5), whichever brackets were typed.
#[must_use]
pub fn document_number(typed: &str) -> String {
    let characters: Vec<char> = typed.chars().collect();
    let (mut number, mut rest) = (String::new(), characters.as_slice());
    while let [first, after @ ..] = rest {
        rest = after;
        match after {
            [y1, y2, y3, y4, close, behind @ ..]
                if "[［【(（".contains(*first)
                    && "]］】)）".contains(*close)
                    && [y1, y2, y3, y4].into_iter().all(char::is_ascii_digit) =>
            {
                number.extend(['〔', *y1, *y2, *y3, *y4, '〕']);
                rest = behind;
            }
            _ => number.push(*first),
        }
    }
    number
}
