//! `OpenDocument` spreadsheets (ODF 1.3, part 3), packed or flat. The file keeps what each cell shows beside its value.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
};

use quick_xml::events::{BytesStart, Event};
use time::Date;

use super::{
    Cell, MOST_COLUMNS, SheetError,
    book::{Book, SheetEntry},
    cell,
    format::{Format, within_bounds},
    grid::{Grid, GridBuilder, Region},
    iso_day,
    xlsx::NO_RESULT,
    xml::{self, attribute, damaged, name, next, number, push},
};

/// The most styles that are kept.
const MOST_STYLES: usize = 65_536;
/// The most parents of a style: a style may name itself for its parent.
const DEEPEST: usize = 20;
/// The longest name of a style, in bytes. Programs write `ce12`; names of megabytes, gone through for each of the styles and
/// each of their parents, would take hours.
const LONGEST_STYLE_NAME: usize = 512;
/// The most sheets.
const MOST_SHEETS: usize = 200;
/// The last row of a sheet.
const LAST_ROW: u32 = 1_048_576;

pub(super) struct Ods {
    content: Vec<u8>,
    sheets: Vec<SheetEntry>,
    struck: Struck,
}

impl Ods {
    /// Opens a document by its content, and by the part with its named styles where that is a part of its own.
    pub fn open(content: Vec<u8>, named: Option<&[u8]>) -> Result<Self, SheetError> {
        let (mut sheets, mut styles, mut not_shown) = (Vec::new(), Styles::default(), HashSet::new());
        if let Some(named) = named {
            styles.read(named, |_, _| Ok(()))?;
        }
        styles.read(&content, |style, start| {
            match name(start) {
                "table-properties" if attribute(start, "display").as_deref() == Some("false") => {
                    not_shown.extend(style.cloned());
                }
                "table" => {
                    let is_visible = attribute(start, "style-name").is_none_or(|style| !not_shown.contains(&style));
                    sheets.push(SheetEntry { name: attribute(start, "name").unwrap_or_default(), is_visible });
                    if sheets.len() > MOST_SHEETS {
                        return Err(SheetError(format!("工作表超过 {MOST_SHEETS} 张")));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self { content, sheets, struck: styles.struck() })
    }
}

/// Styles that strike text out, by their names.
#[derive(Default)]
struct Struck {
    cells: HashSet<String>,
    /// Of runs and of paragraphs within a cell.
    texts: HashSet<String>,
}

/// Styles as far as they strike text out. Of styles of different families two may have one name.
#[derive(Default)]
struct Styles(HashMap<StyleName, LineThrough>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct StyleName {
    is_of_cells: bool,
    name: String,
}

#[derive(Default)]
struct LineThrough {
    /// What the style itself says; none where its parent says it.
    own: Option<bool>,
    parent: Option<String>,
}

impl Styles {
    /// Reads a part's styles and hands every element on, with the name of the style that it stands in.
    fn read(
        &mut self,
        part: &[u8],
        mut each: impl FnMut(Option<&String>, &BytesStart<'_>) -> Result<(), SheetError>,
    ) -> Result<(), SheetError> {
        let (mut reader, mut buffer, mut style) = (xml::reader(part), Vec::new(), None::<StyleName>);
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Eof => return Ok(()),
                Event::Start(start) => {
                    match name(&start) {
                        "style" => style = self.begin(&start),
                        "text-properties" => {
                            if let Some(line) = style.as_ref().and_then(|style| self.0.get_mut(style)) {
                                line.own = line_through(&start).or(line.own);
                            }
                        }
                        _ => {}
                    }
                    each(style.as_ref().map(|style| &style.name), &start)?;
                }
                Event::End(end) if end.local_name().into_inner() == "style" => style = None,
                _ => {}
            }
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Option<StyleName> {
        let is_of_cells = attribute(start, "family").is_none_or(|family| family == "table-cell");
        let named = |key: &str| attribute(start, key).filter(|name| name.len() <= LONGEST_STYLE_NAME);
        let style = StyleName { is_of_cells, name: named("name")? };
        if self.0.len() < MOST_STYLES {
            let parent = named("parent-style-name");
            self.0.insert(style.clone(), LineThrough { own: None, parent });
        }
        Some(style)
    }

    fn struck(&self) -> Struck {
        let mut struck = Struck::default();
        for style in self.0.keys().filter(|style| self.strikes(style)) {
            let names = if style.is_of_cells { &mut struck.cells } else { &mut struck.texts };
            names.insert(style.name.clone());
        }
        struck
    }

    /// A style strikes text out by itself, or its parent does and it does not say otherwise.
    fn strikes(&self, style: &StyleName) -> bool {
        let mut style = style.clone();
        for _ in 0..DEEPEST {
            let Some(line) = self.0.get(&style) else { return false };
            match (line.own, &line.parent) {
                (Some(own), _) => return own,
                (None, Some(parent)) => style.name.clone_from(parent),
                (None, None) => return false,
            }
        }
        false
    }
}

/// Whether text is struck out; none where the properties do not say.
fn line_through(start: &BytesStart<'_>) -> Option<bool> {
    let said = |name: &str| attribute(start, name).map(|value| value != "none");
    match (said("text-line-through-style"), said("text-line-through-type")) {
        (None, None) => None,
        (style, kind) => Some(style.unwrap_or(false) || kind.unwrap_or(false)),
    }
}

impl Book for Ods {
    fn sheets(&self) -> &[SheetEntry] {
        &self.sheets
    }

    fn grid(&mut self, place: usize, most_rows: usize) -> Result<Grid, SheetError> {
        let (mut reader, mut buffer) = (xml::reader(self.content.as_slice()), Vec::new());
        let mut table = Table {
            struck: &self.struck,
            builder: GridBuilder::new(most_rows),
            first_row: 1,
            repeated_rows: 1,
            is_hidden: false,
            is_struck: None,
            cells: Vec::new(),
            column: 0,
            spans: Vec::new(),
            columns: 0,
            struck_columns: Vec::new(),
            has_default_styles: false,
            cell: None,
            elsewhere: 0,
        };
        let mut seen = 0;
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Eof => break,
                Event::Start(start) if name(&start) == "table" => seen += 1,
                Event::End(end) if end.local_name().into_inner() == "table" && seen == place + 1 => break,
                Event::Start(start) if seen == place + 1 => table.start(&start),
                Event::End(end) if seen == place + 1 && table.end(end.local_name().into_inner())? => break,
                event if seen == place + 1 => table.text(&event),
                _ => {}
            }
        }
        let Table { mut builder, spans, .. } = table;
        for region in spans {
            builder.merge(region)?;
        }
        Ok(builder.finish())
    }
}

/// A sheet while it is read.
struct Table<'t> {
    struck: &'t Struck,
    builder: GridBuilder,
    /// The row that is read, as it is shown; it stands for `repeated_rows`.
    first_row: u32,
    repeated_rows: u32,
    is_hidden: bool,
    /// Whether the row strikes out its cells without a style of their own; none where their columns say it.
    is_struck: Option<bool>,
    /// The cells of the row that are not blank.
    cells: Vec<(usize, Cell, bool)>,
    column: usize,
    spans: Vec<Region>,
    /// Columns that were described.
    columns: usize,
    /// Columns that strike out their cells without a style of their own.
    struck_columns: Vec<RangeInclusive<usize>>,
    /// A column or a row has a style for its cells without one.
    has_default_styles: bool,
    cell: Option<OdsCell>,
    /// Elements that are open in a cell and whose text is not the cell's: remarks, drawings, readings.
    elsewhere: usize,
}

#[derive(Default)]
struct OdsCell {
    kind: String,
    value: Option<String>,
    has_formula: bool,
    is_error: bool,
    look: Look,
    repeated: usize,
    shown: String,
    paragraphs: usize,
}

/// How a cell looks, by styles.
#[derive(Clone, Copy, Default)]
struct Look {
    is_struck: bool,
    /// No style says how its number looks.
    is_plain: bool,
}

const ELSEWHERE: [&str; 8] =
    ["annotation", "ruby-text", "frame", "custom-shape", "text-box", "control", "note", "tracked-changes"];

impl Table<'_> {
    fn start(&mut self, start: &BytesStart<'_>) {
        let name = name(start);
        if self.elsewhere > 0 || ELSEWHERE.contains(&name) {
            self.elsewhere += 1;
            return;
        }
        match name {
            "table-column" => {
                let count = number::<usize>(start, "number-columns-repeated").unwrap_or(1).max(1);
                let columns = self.columns..=self.columns.saturating_add(count - 1);
                if attribute(start, "visibility").is_some_and(|value| value != "visible") {
                    self.builder.hide_columns(columns.clone());
                }
                if self.columns < MOST_COLUMNS && self.default_strikes(start) == Some(true) {
                    self.struck_columns.push(columns);
                }
                self.columns = self.columns.saturating_add(count);
            }
            "table-row" => {
                self.repeated_rows = number(start, "number-rows-repeated").unwrap_or(1).max(1);
                self.is_hidden = attribute(start, "visibility").is_some_and(|value| value != "visible");
                self.is_struck = self.default_strikes(start);
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" => self.cell = Some(self.start_cell(start, name == "table-cell")),
            _ => {
                if let Some(cell) = &mut self.cell {
                    cell.start(name, start, self.struck);
                }
            }
        }
    }

    /// Whether the cells of a row or a column are struck out that have no style of their own; none where it does not say.
    fn default_strikes(&mut self, start: &BytesStart<'_>) -> Option<bool> {
        let style = attribute(start, "default-cell-style-name")?;
        self.has_default_styles |= style != "Default";
        Some(self.struck.cells.contains(&style))
    }

    fn start_cell(&mut self, start: &BytesStart<'_>, is_own: bool) -> OdsCell {
        let of_column = || self.struck_columns.iter().any(|columns| columns.contains(&self.column));
        let is_struck = self.is_struck.unwrap_or_else(of_column);
        let look = Look { is_struck, is_plain: !self.has_default_styles };
        let mut cell = OdsCell { repeated: 1, look, ..OdsCell::default() };
        let (mut columns, mut rows) = (1_usize, 1_u32);
        for attribute in start.attributes().with_checks(false).filter_map(Result::ok) {
            let text = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap_or_default();
            match (
                attribute.key.prefix().map_or("", |prefix| prefix.into_inner()),
                attribute.key.local_name().into_inner(),
            ) {
                ("calcext", "value-type") => cell.is_error = text == "error",
                ("calcext", _) => {}
                (_, "value-type") => cell.kind = text.into_owned(),
                (_, "value" | "date-value" | "boolean-value" | "string-value" | "time-value") => {
                    cell.value = Some(text.into_owned());
                }
                (_, "formula") => cell.has_formula = true,
                (_, "style-name") => {
                    cell.look = Look { is_struck: self.struck.cells.contains(text.as_ref()), is_plain: false };
                }
                (_, "number-columns-repeated") => cell.repeated = text.parse().unwrap_or(1).max(1),
                (_, "number-columns-spanned") => columns = text.parse().unwrap_or(1).max(1),
                (_, "number-rows-spanned") => rows = text.parse().unwrap_or(1).max(1),
                _ => {}
            }
        }
        if is_own && (columns > 1 || rows > 1) && self.spans.len() < MOST_STYLES {
            let last_column = self.column.saturating_add(columns - 1);
            let last_row = self.first_row.saturating_add(rows - 1).min(LAST_ROW);
            self.spans.push(Region { rows: self.first_row..=last_row, columns: self.column..=last_column });
        }
        cell
    }

    /// Ends an element; true where all rows that are wanted were read.
    fn end(&mut self, name: &str) -> Result<bool, SheetError> {
        if self.elsewhere > 0 {
            self.elsewhere -= 1;
            return Ok(false);
        }
        match name {
            "table-cell" | "covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return Ok(false) };
                let (repeated, is_struck) = (cell.repeated, cell.look.is_struck);
                let shown = cell.cell();
                if !shown.is_blank() {
                    let last = self.column.saturating_add(repeated).min(MOST_COLUMNS + 1);
                    for column in self.column..last {
                        self.cells.push((column, shown.clone(), is_struck));
                    }
                }
                self.column = self.column.saturating_add(repeated);
                Ok(false)
            }
            "table-row" => self.end_row(),
            _ => Ok(false),
        }
    }

    fn end_row(&mut self) -> Result<bool, SheetError> {
        let next_row = self.first_row.saturating_add(self.repeated_rows);
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            if next_row > LAST_ROW + 1 {
                return Err(damaged(()));
            }
            for row in self.first_row..next_row {
                for (column, cell, is_struck) in &cells {
                    self.builder.cell(row, *column, cell.clone(), *is_struck)?;
                }
                if self.is_hidden {
                    self.builder.hide(row);
                }
            }
        }
        self.first_row = next_row;
        Ok(self.builder.is_full())
    }

    fn text(&mut self, event: &Event<'_>) {
        if self.elsewhere == 0
            && let Some(cell) = &mut self.cell
            && cell.paragraphs > 0
        {
            push(&mut cell.shown, event);
        }
    }
}

impl OdsCell {
    fn start(&mut self, name: &str, start: &BytesStart<'_>, struck: &Struck) {
        let is_struck = || attribute(start, "style-name").is_some_and(|style| struck.texts.contains(&style));
        match name {
            "p" => {
                self.look.is_struck |= is_struck();
                if self.paragraphs > 0 {
                    self.shown.push('\n');
                }
                self.paragraphs += 1;
            }
            "span" => self.look.is_struck |= is_struck(),
            "s" => {
                let blanks = number::<usize>(start, "c").unwrap_or(1).min(super::LONGEST_CELL);
                self.shown.extend(std::iter::repeat_n(' ', blanks));
            }
            "tab" => self.shown.push('\t'),
            "line-break" => self.shown.push('\n'),
            _ => {}
        }
    }

    fn cell(self) -> Cell {
        let Self { kind, value, has_formula, is_error, look, shown, paragraphs, .. } = self;
        if is_error || (has_formula && shown.starts_with('#')) {
            return Cell::fault(shown, "公式出错");
        }
        match kind.as_str() {
            "float" | "percentage" | "currency" => {
                let Some(value) = value.and_then(|value| value.trim().parse::<f64>().ok()) else {
                    return Cell::fault(shown, "不是有效的数值");
                };
                // odfpy, by which pandas writes, takes a 0 for no text; only a style could hide it.
                let says_nothing = paragraphs == 0 || (look.is_plain && shown.trim().is_empty());
                if says_nothing && has_formula && value == 0.0 {
                    // Who reckons writes what the cell shows as well.
                    Cell::fault("0", NO_RESULT)
                } else if says_nothing {
                    Format::Plain.number(value, false)
                } else {
                    shown_number(&shown, value)
                }
            }
            "date" => {
                if let Some(day) = value.as_deref().and_then(iso_day) {
                    return shown_day(&shown, day);
                }
                let why = "单元格的日期带有时间，或无法识别，请输入如 2026-09-01";
                Cell::fault(value.unwrap_or(shown), why)
            }
            "boolean" => Cell::Text(if value.as_deref() == Some("true") { "是" } else { "否" }.to_owned()),
            "time" => Cell::fault(shown, "单元格是时间格式，请改为文本"),
            "" if has_formula && shown.is_empty() => Cell::fault("", NO_RESULT),
            _ if paragraphs == 0 => cell(&value.unwrap_or_default()),
            _ => cell(&shown),
        }
    }
}

/// A number as it is shown, or a fault with both where digits were rounded away.
fn shown_number(shown: &str, value: f64) -> Cell {
    let plain = Format::Plain.number(value, false);
    let Cell::Text(stored) = &plain else { return plain };
    let typed = shown.trim();
    // LibreOffice writes a cell of Excel that is true or false as a number.
    match (typed.to_ascii_uppercase().as_str(), stored.as_str()) {
        ("TRUE" | "真", "1") => return Cell::Text("是".to_owned()),
        ("FALSE" | "假", "0") => return Cell::Text("否".to_owned()),
        _ => {}
    }
    let bare = typed.replace(',', "");
    let same = |text: &str, value: f64| {
        text.parse::<f64>().is_ok_and(|shown| (shown - value).abs() <= 1e-9 * value.abs().max(1.0))
    };
    let is_exponent = bare.contains("E+") || bare.contains("E-");
    if same(&bare, value) && !is_exponent {
        let has_zeros = bare.len() > 1 && bare.starts_with('0') && !bare.starts_with("0.");
        return if has_zeros { cell(&bare) } else { plain };
    }
    let is_percent = bare.strip_suffix('%').is_some_and(|percent| same(percent.trim(), value * 100.0));
    if !is_exponent && (is_percent || (value.fract() == 0.0 && shows_all(typed, stored))) {
        return cell(typed);
    }
    let why = format!("单元格显示“{typed}”，实际保存的是 {stored}，请设为文本后重填");
    Cell::fault(typed, why)
}

/// Whether what a cell shows has all digits of its whole number, and its sign: words around them are only looks, and a format
/// that divides, hides the sign or shows a word in place of the number is none.
fn shows_all(shown: &str, stored: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let whole = match shown.split_once('.') {
        Some((whole, _)) if whole.ends_with(|c: char| c.is_ascii_digit()) => whole,
        _ => shown,
    };
    digits(whole).contains(&digits(stored)) && (!stored.starts_with('-') || shown.contains(['-', '(', '负']))
}

/// A day where the cell shows one; a year or a month as it is shown.
fn shown_day(shown: &str, day: Date) -> Cell {
    let day_cell = within_bounds(day);
    let Cell::Date(_) = day_cell else { return day_cell };
    let groups = shown.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let months = shown.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= 3).count();
    let groups: Vec<&str> = groups.collect();
    if shown.is_empty() || groups.len() + months.min(1) >= 3 {
        return day_cell;
    }
    if groups.first().is_some_and(|year| year.len() == 4) && months == 0 {
        return cell(shown);
    }
    let why = format!("单元格显示“{}”，实际保存的是 {day}，请输入如 2026-09-01", shown.trim());
    Cell::fault(shown.trim(), why)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::{
        super::{Choice, Hidden, Question, ReadError, Sheet, SheetToChoose},
        *,
    };

    const HEAD: &str = r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
        xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
        <office:automatic-styles>
        <style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>
        <style:style style:name="gone" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
        <style:style style:name="back" style:family="table-cell" style:parent-style-name="gone"><style:text-properties
            style:text-line-through-style="none"/></style:style>
        <style:style style:name="ce1" style:family="table-cell" style:parent-style-name="Void"/>
        <style:style style:name="ring" style:family="table-cell" style:parent-style-name="ring"/>
        <style:style style:name="gone" style:family="text"/>
        <style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-type="single"/></style:style>
        </office:automatic-styles><office:body><office:spreadsheet>"#;

    /// The part with the named styles.
    const NAMED: &str = r#"<office:document-styles><office:styles><style:style style:name="Void" style:family="table-cell"
        style:parent-style-name="Default"><style:text-properties style:text-line-through-style="solid"/></style:style>
        </office:styles></office:document-styles>"#;

    fn document(tables: &str) -> Vec<u8> {
        format!("{HEAD}{tables}</office:spreadsheet></office:body></office:document-content>").into_bytes()
    }

    fn packed(tables: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file("mimetype", options).unwrap();
        zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
        zip.start_file("content.xml", options).unwrap();
        zip.write_all(&document(tables)).unwrap();
        zip.start_file("styles.xml", options).unwrap();
        zip.write_all(NAMED.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn text(text: &str) -> String {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    }

    fn row(cells: &[String]) -> String {
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    }

    fn head() -> String {
        row(&["学号", "姓名", "部门", "任职第一天"].map(text))
    }

    fn read_with(bytes: &[u8], choice: &Choice) -> Result<Sheet, ReadError> {
        Sheet::read_for(bytes, &["学号", "姓名", "部门", "任职第一天"], &["学号", "姓名"], choice)
    }

    #[test]
    fn a_document_is_read_as_it_shows_its_cells() {
        let number = |shown: &str, value: &str| {
            format!(
                "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
            )
        };
        let date = |shown: &str, value: &str| {
            format!(
                "<table:table-cell office:value-type=\"date\" office:date-value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
            )
        };
        let remark = "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>批注</text:p></office:annotation>\
            <text:p>甲<text:s/>&amp;<text:span>乙</text:span></text:p></table:table-cell>";
        let table = format!(
            "<table:table table:name=\"旧\" table:style-name=\"off\">{}{}</table:table><table:table table:name=\"名单\">{}{}{}{}{}</table:table>",
            head(),
            row(&["9", "旧某"].map(text)),
            head(),
            row(&[number("001234", "1234"), text("张三"), text(""), date("2026年9月1日", "2026-09-01")]),
            row(&[number("1,200", "1200"), remark.to_owned(), number("29", "28.5"), date("2026年9月", "2026-09-01")]),
            "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>",
            row(&[
                number("202699010001", "202699010001"),
                text("李四"),
                text("办公室"),
                date("9999-12-31", "9999-12-31")
            ]),
        );
        let sheet = read_with(&packed(&table), &Choice::default()).unwrap();
        let shown: Vec<Vec<_>> = sheet.rows.iter().map(|row| row.cells.iter().map(Cell::shown).collect()).collect();
        assert_eq!(sheet.name, "名单");
        assert_eq!(shown[0][..2], ["001234", "张三"]);
        assert_eq!(sheet.rows[0].cells[3], Cell::Date(time::macros::date!(2026 - 09 - 01)));
        assert_eq!(shown[1][..2], ["1200", "甲 &乙"]);
        assert!(
            matches!(&sheet.rows[1].cells[2], Cell::Fault(fault) if fault.why.contains("29") && fault.why.contains("28.5"))
        );
        assert_eq!(shown[1][3], "2026年9月", "a month is no day");
        assert_eq!((sheet.rows[2].number, &*shown[2][0]), (7, "202699010001"));
        assert!(matches!(&sheet.rows[2].cells[3], Cell::Fault(fault) if fault.why.contains("留空")));
        assert_eq!(read_with(&document(&table), &Choice::default()), Ok(sheet), "the flat kind reads alike");
    }

    #[test]
    fn what_a_format_hides_of_a_number_is_a_fault() {
        let text = |shown: &str, value: f64| match shown_number(shown, value) {
            Cell::Text(text) => text,
            other => panic!("{shown}: {other:?}"),
        };
        for (shown, value) in [("3名", 3.0), ("2024000001", 1.0), ("007", 7.0), ("¥5.00", 5.0), ("(3)", -3.0)] {
            assert_eq!(text(shown, value), shown);
        }
        for (shown, value, read) in
            [(" 5.00 ", 5.0, "5"), ("3    ", 3.0, "3"), ("FALSE", 0.0, "否"), ("TRUE", 1.0, "是")]
        {
            assert_eq!(text(shown, value), read);
        }
        for (shown, value) in
            [("12", 12_000.0), ("1.000", 1_000.0), ("3", -3.0), ("无", 0.0), ("-", 0.0), ("三", 3.0), ("", 3.0)]
        {
            let Cell::Fault(fault) = shown_number(shown, value) else { panic!("{shown} for {value}") };
            assert!(fault.why.contains(&format!("实际保存的是 {value}")), "{}", fault.why);
        }
    }

    #[test]
    fn a_0_without_its_text_is_one_where_no_style_could_hide_it() {
        let zero = |style: &str| {
            format!(
                "<table:table-cell{style} office:value-type=\"float\" office:value=\"0\"><text:p></text:p></table:table-cell>"
            )
        };
        let read = |cell: String, columns: &str| {
            let list = format!("{}{}", head(), row(&[text("1"), text("甲某"), cell]));
            let table = format!("<table:table table:name=\"名单\">{columns}{list}</table:table>");
            read_with(&document(&table), &Choice::default()).unwrap().rows[0].cells[2].clone()
        };
        assert_eq!(read(zero(""), "").shown(), "0", "as pandas writes it");
        let styled = "<table:table-column table:default-cell-style-name=\"ce2\"/>";
        for hidden in [read(zero(" table:style-name=\"ce2\""), ""), read(zero(""), styled)] {
            assert!(matches!(&hidden, Cell::Fault(fault) if fault.why.contains("实际保存的是 0")), "{hidden:?}");
        }
    }

    #[test]
    fn a_formula_of_a_program_that_does_not_reckon_has_no_result() {
        let formula = |shown: &str| {
            format!(
                "<table:table-cell table:formula=\"of:=1\" office:value-type=\"float\" office:value=\"0\">{shown}</table:table-cell>"
            )
        };
        let rows = [("1", ""), ("2", "<text:p>0</text:p>")];
        let rows = rows.map(|(number, shown)| row(&[text(number), text("甲某"), formula(shown)]));
        let table = format!("<table:table table:name=\"名单\">{}{}</table:table>", head(), rows.concat());
        let sheet = read_with(&document(&table), &Choice::default()).unwrap();
        assert!(matches!(&sheet.rows[0].cells[2], Cell::Fault(fault) if fault.why == NO_RESULT));
        assert_eq!(sheet.rows[1].cells[2].shown(), "0", "a 0 that was reckoned is one");
    }

    #[test]
    fn filtered_rows_and_struck_ones_are_asked_about() {
        let filtered =
            row(&["2", "乙某"].map(text)).replace("<table:table-row", "<table:table-row table:visibility=\"filter\"");
        let struck = row(&["3", "丙某"].map(text)).replacen(
            "<table:table-cell",
            "<table:table-cell table:style-name=\"gone\"",
            1,
        );
        let merged = text("办公室").replace("<table:table-cell", "<table:table-cell table:number-rows-spanned=\"2\"");
        let covered = "<table:covered-table-cell/>".to_owned();
        let table = format!(
            "<table:table table:name=\"名单\">{}{}{filtered}{struck}{}</table:table>",
            head(),
            row(&[text("1"), text("甲某"), merged]),
            row(&[text("4"), text("丁某"), covered]),
        );
        let bytes = packed(&table);
        let asked = Question::Hidden(SheetToChoose {
            name: "名单".to_owned(),
            hidden_rows: vec![3],
            struck_rows: vec![4],
            ..SheetToChoose::default()
        });
        assert_eq!(read_with(&bytes, &Choice::default()), Err(ReadError::Asks(asked)));
        let sheet = read_with(&bytes, &Choice { hidden: Some(Hidden::Leave), ..Choice::default() }).unwrap();
        assert_eq!((sheet.rows.len(), sheet.struck_rows), (2, vec![4]));
        assert_eq!(sheet.rows[0].cells[2].shown(), "办公室");
    }

    #[test]
    fn what_a_style_takes_over_from_its_parent_strikes_out_too() {
        let styled = |style: &str| {
            text("甲某").replace("<table:table-cell", &format!("<table:table-cell table:style-name=\"{style}\""))
        };
        let run = |style: &str| text(&format!("甲<text:span text:style-name=\"{style}\">某</text:span>"));
        let names =
            [styled("ce1"), styled("back"), styled("ring"), run("T1"), run("gone"), text("甲某"), styled("back")];
        let rows = names.into_iter().zip(1..).map(|(name, number)| row(&[text(&number.to_string()), name]));
        let mut rows: Vec<String> = rows.collect();
        // The last two have the row's style, the very last one of its own.
        for one in rows.iter_mut().skip(5) {
            *one = one.replace("<table:table-row", "<table:table-row table:default-cell-style-name=\"gone\"");
        }
        rows[6] = rows[6].replacen("<table:table-cell office", "<table:table-cell table:style-name=\"back\" office", 1);
        let table = format!("<table:table table:name=\"名单\">{}{}</table:table>", head(), rows.concat());
        let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&packed(&table), &Choice::default()) else {
            panic!("must ask")
        };
        assert_eq!(asked.struck_rows, [2, 5, 7]);
        let column = format!(
            "<table:table table:name=\"名单\"><table:table-column/><table:table-column \
             table:default-cell-style-name=\"gone\"/>{}{}</table:table>",
            row(&["学号", "姓名"].map(text)),
            row(&[text("1"), text("甲某")])
        );
        let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&document(&column), &Choice::default()) else {
            panic!("must ask")
        };
        assert_eq!(asked.struck_rows, [2]);
    }

    #[test]
    fn a_style_with_an_endless_name_is_none() {
        let long = "长".repeat(LONGEST_STYLE_NAME);
        let list_in = |style: &str| {
            text("甲某").replace("<table:table-cell", &format!("<table:table-cell table:style-name=\"{style}\""))
        };
        let rows = [(text("1"), list_in(&long)), (text("2"), list_in("heir")), (text("3"), list_in("gone"))];
        let rows: String = rows.into_iter().map(|(number, name)| row(&[number, name])).collect();
        let table = format!("<table:table table:name=\"名单\">{}{rows}</table:table>", head());
        let styles = format!(
            "<style:style style:name=\"{long}\" style:family=\"table-cell\"><style:text-properties \
             style:text-line-through-style=\"solid\"/></style:style>\
             <style:style style:name=\"heir\" style:family=\"table-cell\" style:parent-style-name=\"{long}\"/>\
             </office:automatic-styles>"
        );
        let content = String::from_utf8(document(&table)).unwrap().replace("</office:automatic-styles>", &styles);
        let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(content.as_bytes(), &Choice::default()) else {
            panic!("must ask")
        };
        assert_eq!(asked.struck_rows, [4]);
    }

    #[test]
    fn a_row_repeated_without_end_is_refused() {
        let endless = row(&["1", "甲某"].map(text))
            .replace("<table:table-row", "<table:table-row table:number-rows-repeated=\"1000000\"");
        let table = format!("<table:table table:name=\"名单\">{}{endless}</table:table>", head());
        let says = read_with(&packed(&table), &Choice::default()).unwrap_err().to_string();
        assert!(says.contains("60000 行"), "{says}");
        let wide = row(&["1", "甲某"].map(text))
            .replace("office:value-type", "table:number-columns-repeated=\"9999999\" office:value-type");
        let table = format!("<table:table table:name=\"名单\">{}{wide}</table:table>", head());
        assert_eq!(read_with(&packed(&table), &Choice::default()).unwrap().rows.len(), 1);
    }
}
