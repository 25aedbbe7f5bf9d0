//! A paper as a Word file: the parts of Office Open XML (ECMA-376), written by ourselves.
//!
//! The crates that write such files have no repeated table heads, no indents by characters and no fonts by script; the
//! parts that a paper needs are few. What never changes stands in `templates/papers/word/` as it is; the styles there hold
//! the layout, and the document says which paragraph has which style. The same paper gives the same bytes.

use std::io::{Cursor, Write as _};

use askama::Template;
use time::Date;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    form::{Form, FormRow},
    paper::{Block, Column, HeadingLevel, Imprint, Paper, Signature, Table, halves},
};

const CONTENT_TYPES: &str = include_str!("../../templates/papers/word/content_types.xml");
const RELATIONS: &str = include_str!("../../templates/papers/word/relations.xml");
const DOCUMENT_RELATIONS: &str = include_str!("../../templates/papers/word/document_relations.xml");
const STYLES: &str = include_str!("../../templates/papers/word/styles.xml");
const SETTINGS: &str = include_str!("../../templates/papers/word/settings.xml");
const ODD_FOOTER: &str = include_str!("../../templates/papers/word/footer_odd.xml");
const EVEN_FOOTER: &str = include_str!("../../templates/papers/word/footer_even.xml");

/// The width of 版心 in twips: 156 mm upright, 225 mm across.
const PORTRAIT_WIDTH: u32 = 8844;
const LANDSCAPE_WIDTH: u32 = 12756;
/// Half a character of the body in twips: 3号 is 16 points, set 0.25 points closer.
const HALF_CHARACTER: u32 = 157;
/// The least height of a row in twips: of a table, of a form, and with room to sign and seal.
const ROW: u32 = 400;
const FORM_ROW: u32 = 560;
const SEAL_ROW: u32 = 1361;
/// What stays free to the right of 成文日期 under a seal, in half characters.
const RIGHT_OF_DAY: u32 = 8;

/// The style of a paragraph, by its id in `styles.xml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Title,
    Caption,
    Number,
    Recipients,
    Body,
    Heading1,
    Heading2,
    SignatureLine,
    Note,
    TableHead,
    TableText,
    SmallTableHead,
    SmallTableText,
    FormLabel,
    FormSignature,
    AfterTable,
    EmptyLine,
    SealSpace,
    Signature,
    Imprint,
    FirstImprint,
}

impl Style {
    fn id(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Caption => "Caption",
            Self::Number => "Number",
            Self::Recipients => "Recipients",
            Self::Body => "BodyText",
            Self::Heading1 => "Heading1",
            Self::Heading2 => "Heading2",
            Self::SignatureLine => "SignatureLine",
            Self::Note => "Note",
            Self::TableHead => "TableHead",
            Self::TableText => "TableText",
            Self::SmallTableHead => "SmallTableHead",
            Self::SmallTableText => "SmallTableText",
            Self::FormLabel => "FormLabel",
            Self::FormSignature => "FormSignature",
            Self::AfterTable => "AfterTable",
            Self::EmptyLine => "Normal",
            Self::SealSpace => "SealSpace",
            Self::Signature => "Signature",
            Self::Imprint => "Imprint",
            Self::FirstImprint => "FirstImprint",
        }
    }

    /// Its Han font, as `styles.xml` has it.
    fn font(self) -> &'static str {
        match self {
            Self::Title => "方正小标宋简体",
            Self::Heading1 | Self::TableHead | Self::SmallTableHead | Self::FormLabel => "黑体",
            Self::Heading2 | Self::Caption => "楷体_GB2312",
            _ => "仿宋_GB2312",
        }
    }
}

/// A stretch of text in one font, or a line break.
#[derive(Debug, PartialEq, Eq)]
pub enum Run {
    Text(String),
    /// Marks that Chinese and Latin share, which would else be set in the Latin font, half as wide.
    Marks(String),
    Break,
    Tab,
}

fn is_shared_mark(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// The text in runs. What XML 1.0 cannot hold is left out.
#[must_use]
pub fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for c in text.chars() {
        match (c, runs.last_mut()) {
            ('\n', _) => runs.push(Run::Break),
            ('\t', _) => runs.push(Run::Tab),
            (c, _) if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            (c, Some(Run::Marks(last))) if is_shared_mark(c) => last.push(c),
            (c, _) if is_shared_mark(c) => runs.push(Run::Marks(c.to_string())),
            (c, Some(Run::Text(last))) => last.push(c),
            (c, _) => runs.push(Run::Text(c.to_string())),
        }
    }
    runs
}

struct Paragraph {
    style: Style,
    centred: bool,
    /// On the page of the next one: nothing is signed on a page of its own.
    keeps_next: bool,
    /// What stays free to the right, in half characters; 0 for what the style says.
    right: u32,
    runs: Vec<Run>,
}

impl Paragraph {
    fn new(style: Style, text: &str) -> Self {
        Self { style, centred: false, keeps_next: false, right: 0, runs: runs(text) }
    }

    /// The free space to the right in hundredths of a character.
    fn right_characters(&self) -> u32 {
        self.right * 50
    }

    fn right_twips(&self) -> u32 {
        self.right * HALF_CHARACTER
    }
}

struct TableRow {
    is_head: bool,
    /// It may go on over a page.
    divides: bool,
    height: u32,
    cells: Vec<Cell>,
}

struct Cell {
    width: u32,
    /// How many columns it covers.
    columns: usize,
    part: CellPart,
    paragraphs: Vec<Paragraph>,
}

/// How a cell stands to those above and below.
#[derive(Clone, Copy)]
enum CellPart {
    Alone,
    /// The first of several that are one.
    First,
    /// The going on of the one above.
    Rest,
}

impl Cell {
    fn new(width: u32, paragraph: Paragraph) -> Self {
        Self { width, columns: 1, part: CellPart::Alone, paragraphs: vec![paragraph] }
    }
}

struct WordTable {
    width: u32,
    columns: Vec<u32>,
    rows: Vec<TableRow>,
}

enum Part {
    Paragraph(Paragraph),
    Table(WordTable),
}

/// `word/document.xml`.
#[derive(Template)]
#[template(path = "papers/word/document.xml")]
struct Document {
    parts: Vec<Part>,
    landscape: bool,
}

/// `docProps/core.xml`.
#[derive(Template)]
#[template(path = "papers/word/core.xml")]
struct Properties {
    title: String,
    by: String,
    on: Option<Date>,
}

fn table(table: &Table, width: u32) -> WordTable {
    let shares = table.shares();
    let columns: Vec<u32> = table.columns.iter().map(|column| width * u32::from(column.width) / shares).collect();
    let (head, text) = if table.is_wide() {
        (Style::SmallTableHead, Style::SmallTableText)
    } else {
        (Style::TableHead, Style::TableText)
    };
    let heads = table.columns.iter().zip(&columns);
    let heads = heads.map(|(column, width)| Cell::new(*width, Paragraph::new(head, &column.title)));
    let mut rows = vec![TableRow { is_head: true, divides: false, height: ROW, cells: heads.collect() }];
    let cell = |column: &Column, says: &str, width: u32| {
        Cell::new(width, Paragraph { centred: column.is_centred(), ..Paragraph::new(text, says) })
    };
    let row = |row: &Vec<String>| TableRow {
        is_head: false,
        divides: false,
        height: ROW,
        cells: table.cells(row).zip(&columns).map(|((column, says), width)| cell(column, says, *width)).collect(),
    };
    rows.extend(table.rows.iter().map(row));
    WordTable { width: columns.iter().sum(), columns, rows }
}

/// A row of a form, up to the photo.
fn form_row(row: &FormRow, columns: &[u32]) -> TableRow {
    let mut widths = columns.iter().copied();
    let mut cells = Vec::new();
    for field in &row.fields {
        cells.push(Cell::new(widths.next().unwrap_or_default(), Paragraph::new(Style::FormLabel, &field.label)));
        let width: u32 = widths.by_ref().take(field.columns).sum();
        let text = Paragraph::new(Style::SmallTableText, &field.text);
        cells.push(Cell { columns: field.columns, ..Cell::new(width, text) });
    }
    if let Some(last) = cells.last_mut().filter(|_| !row.signature.is_empty()) {
        last.paragraphs.push(Paragraph::new(Style::FormSignature, &row.signature));
    }
    let height = if row.is_sealed { SEAL_ROW } else { FORM_ROW };
    TableRow { is_head: false, divides: row.is_long(), height, cells }
}

fn form(form: &Form, width: u32) -> WordTable {
    let columns = form.columns(width);
    let mut rows: Vec<TableRow> = form.rows.iter().map(|row| form_row(row, &columns)).collect();
    let [.., of_photo] = columns;
    for (place, row) in rows.iter_mut().take(form.photo_rows()).enumerate() {
        let (part, says) = if place == 0 { (CellPart::First, "照片") } else { (CellPart::Rest, "") };
        let paragraph = Paragraph { centred: true, ..Paragraph::new(Style::SmallTableText, says) };
        row.cells.push(Cell { part, ..Cell::new(of_photo, paragraph) });
    }
    WordTable { width: columns.iter().sum(), columns: columns.to_vec(), rows }
}

/// What stays free to the right of 署名 and of 成文日期, in half characters: the name stands in the middle over the day.
#[must_use]
pub fn free_to_the_right(name: &str, day: &str) -> [u32; 2] {
    let (of_name, of_day) = (halves(name), halves(day));
    // The middle of both, twice, from the right edge.
    let middle = (2 * RIGHT_OF_DAY + of_day).max(of_name);
    [of_name, of_day].map(|width| middle.saturating_sub(width) / 2)
}

/// 署名 over 成文日期, and the seal over both.
fn signature(signature: &Signature) -> [Paragraph; 3] {
    let day = signature.day();
    let [of_name, of_day] = free_to_the_right(&signature.by, &day);
    [
        Paragraph::new(Style::SealSpace, ""),
        Paragraph { right: of_name, ..Paragraph::new(Style::Signature, &signature.by) },
        Paragraph { right: of_day, ..Paragraph::new(Style::Signature, &day) },
    ]
}

fn imprint(imprint: &Imprint) -> Vec<Paragraph> {
    let mut lines = Vec::new();
    if !imprint.copies_to.is_empty() {
        lines.push(Paragraph::new(Style::FirstImprint, &format!("抄送：{}。", imprint.copies_to)));
    }
    let style = if lines.is_empty() { Style::FirstImprint } else { Style::Imprint };
    lines.push(Paragraph::new(style, &format!("{}\t{}", imprint.issued_by, imprint.day())));
    lines
}

/// Keeps lines to be signed on the page of what they sign: each with what stands above it, after a table with its last row.
fn keep_with_what_is_signed(parts: &mut [Part]) {
    let mut keeps = false;
    for part in parts.iter_mut().rev() {
        match part {
            Part::Paragraph(one) => {
                one.keeps_next |= keeps;
                keeps = one.style == Style::SignatureLine || (keeps && one.style == Style::AfterTable);
            }
            Part::Table(table) => {
                let last = table.rows.last_mut().filter(|_| keeps);
                let cells = last.into_iter().flat_map(|row| &mut row.cells);
                for paragraph in cells.flat_map(|cell| &mut cell.paragraphs) {
                    paragraph.keeps_next = true;
                }
                keeps = false;
            }
        }
    }
}

impl Document {
    fn of(paper: &Paper) -> Self {
        let width = if paper.is_landscape() { LANDSCAPE_WIDTH } else { PORTRAIT_WIDTH };
        let mut parts = Vec::new();
        let mut add = |style: Style, text: &str| parts.push(Part::Paragraph(Paragraph::new(style, text)));
        if !paper.number.is_empty() {
            add(Style::Number, &paper.number);
        }
        add(Style::Title, &paper.title_in_lines());
        if !paper.caption.is_empty() {
            add(Style::Caption, &paper.caption);
        }
        add(Style::EmptyLine, "");
        if !paper.recipients.is_empty() {
            add(Style::Recipients, &format!("{}：", paper.recipients));
        }
        for block in &paper.blocks {
            let style = match block {
                Block::Paragraph(_) | Block::Item(_) => Style::Body,
                Block::Heading { level: HeadingLevel::First, .. } => Style::Heading1,
                Block::Heading { level: HeadingLevel::Second, .. } => Style::Heading2,
                Block::SignatureLine(_) => Style::SignatureLine,
                Block::Note(_) => Style::Note,
                Block::Table(_) | Block::Form(_) => Style::AfterTable,
            };
            match block {
                Block::Paragraph(text)
                | Block::Item(text)
                | Block::Heading { text, .. }
                | Block::SignatureLine(text)
                | Block::Note(text) => parts.push(Part::Paragraph(Paragraph::new(style, text))),
                // Two tables in a row would be one, and a document does not end with a table.
                Block::Table(one) => {
                    parts.extend([Part::Table(table(one, width)), Part::Paragraph(Paragraph::new(style, ""))]);
                }
                Block::Form(one) => {
                    parts.extend([Part::Table(form(one, width)), Part::Paragraph(Paragraph::new(style, ""))]);
                }
            }
        }
        keep_with_what_is_signed(&mut parts);
        if let (Some(Part::Paragraph(last)), Some(_)) = (parts.last_mut(), &paper.signature) {
            last.keeps_next = true;
        }
        parts.extend(paper.signature.iter().flat_map(signature).map(Part::Paragraph));
        parts.extend(paper.imprint.iter().flat_map(imprint).map(Part::Paragraph));
        Self { parts, landscape: paper.is_landscape() }
    }
}

impl Paper {
    /// The paper as a `.docx` file.
    pub fn to_word(&self) -> anyhow::Result<Vec<u8>> {
        let signature = self.signature.as_ref();
        let properties = Properties {
            title: runs_as_text(&self.name()),
            by: runs_as_text(signature.map_or("", |signature| &signature.by)),
            on: signature.and_then(|signature| signature.on),
        };
        let (document, core) = (Document::of(self).render()?, properties.render()?);
        let parts = [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("docProps/core.xml", &core),
            ("word/document.xml", &document),
            ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
            ("word/styles.xml", STYLES),
            ("word/settings.xml", SETTINGS),
            ("word/footer1.xml", ODD_FOOTER),
            ("word/footer2.xml", EVEN_FOOTER),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        for (name, text) in parts {
            zip.start_file(name, options)?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    }
}

/// The text without what XML 1.0 cannot hold.
fn runs_as_text(text: &str) -> String {
    let shown = |run: Run| match run {
        Run::Text(text) | Run::Marks(text) => text,
        Run::Break | Run::Tab => " ".to_owned(),
    };
    runs(text).into_iter().map(shown).collect()
}
