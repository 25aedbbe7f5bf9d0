//! Excel workbooks (ECMA-376, `SpreadsheetML`), read as if each were hostile: every entry is inflated through a cap before
//! anything is parsed, and cells are taken one by one. Read here and not by a library, because what a cell shows, and
//! whether it is hidden or struck out, counts.
//!
//! In one file, because the parts of a workbook are read against one another under one budget.

use std::{collections::BTreeMap, io::BufReader};

use quick_xml::events::{BytesStart, Event};

use super::{
    Cell, SheetError,
    book::{Book, SheetEntry},
    cell, error,
    format::{Format, within_bounds},
    grid::{Grid, GridBuilder, Region},
    iso_day,
    xml::{self, Archive, attribute, damaged, is_set, name, next, number, place_of, push},
};

/// The most worksheets of a workbook.
pub(super) const MOST_SHEETS: usize = 200;
/// The last row of a worksheet.
const LAST_ROW: u32 = 1_048_576;

/// The most styles, as Excel has them.
pub(super) const MOST_STYLES: usize = 65_536;
/// The most shared strings.
pub(super) const MOST_STRINGS: usize = 2_000_000;

/// What a formula's cell says where its program did not reckon.
pub(super) const NO_RESULT: &str = "公式没有计算结果，请用 Excel 或 WPS 打开后保存一次";

pub(super) struct Xlsx<'a> {
    archive: Archive<'a>,
    sheets: Vec<SheetEntry>,
    /// The entries of the worksheets.
    parts: Vec<usize>,
    styles: Styles,
    strings: Vec<SharedString>,
    is_1904: bool,
    /// The workbook asks to be reckoned anew when it is opened: a formula's 0 is no result yet.
    is_unreckoned: bool,
}

#[derive(Default)]
pub(super) struct SharedString {
    pub text: String,
    pub is_struck: bool,
}

/// A style as far as it changes what a cell says.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    pub format: Format,
    pub is_struck: bool,
}

#[derive(Default)]
struct Styles(Vec<Style>);

impl<'a> Xlsx<'a> {
    pub fn open(mut archive: Archive<'a>) -> Result<Self, SheetError> {
        let workbook = office_document(&mut archive)?;
        let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
        let relations = relations(&mut archive, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let bytes = xml::part(&mut archive, &workbook)?.ok_or_else(|| damaged(()))?;
        let found = read_workbook(&bytes)?;
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        for (entry, relation) in found.sheets {
            let Some(Relation { kind, target }) = relations.get(&relation) else { continue };
            // Sheets of charts, dialogs and old macros have no cells.
            if kind != "worksheet" {
                continue;
            }
            let part = place_of(&archive, target).ok_or_else(|| damaged(()))?;
            if parts.contains(&part) || parts.len() == MOST_SHEETS {
                return error(format!("工作表重复，或超过 {MOST_SHEETS} 张"));
            }
            sheets.push(entry);
            parts.push(part);
        }
        let by_kind = |wanted: &str| relations.values().find(|one| one.kind == wanted).map(|one| one.target.clone());
        let styles = match by_kind("styles") {
            Some(target) => xml::part(&mut archive, &target)?.map(|bytes| read_styles(&bytes)).transpose()?,
            None => None,
        };
        let strings = match by_kind("sharedStrings") {
            Some(target) => xml::part(&mut archive, &target)?.map(|bytes| read_strings(&bytes)).transpose()?,
            None => None,
        };
        Ok(Self {
            archive,
            sheets,
            parts,
            styles: styles.unwrap_or_default(),
            strings: strings.unwrap_or_default(),
            is_1904: found.is_1904,
            is_unreckoned: found.is_unreckoned,
        })
    }
}

impl Book for Xlsx<'_> {
    fn sheets(&self) -> &[SheetEntry] {
        &self.sheets
    }

    fn grid(&mut self, place: usize, most_rows: usize) -> Result<Grid, SheetError> {
        let part = *self.parts.get(place).ok_or_else(|| damaged(()))?;
        let entry = self.archive.by_index(part).map_err(damaged)?;
        let mut worksheet = Worksheet {
            styles: &self.styles,
            strings: &self.strings,
            is_1904: self.is_1904,
            is_unreckoned: self.is_unreckoned,
            builder: GridBuilder::new(most_rows),
            row: 0,
            column: 0,
            is_hidden: false,
        };
        let (mut reader, mut buffer) = (xml::reader(BufReader::new(entry)), Vec::new());
        let mut raw: Option<RawCell> = None;
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Eof => break,
                Event::Start(start) => match name(&start) {
                    "c" => raw = Some(worksheet.start_cell(&start)),
                    "row" => worksheet.start_row(&start)?,
                    "col" => worksheet.start_column(&start),
                    "mergeCell" => worksheet.merge(&start)?,
                    other => {
                        if let Some(raw) = &mut raw {
                            raw.start(other, &start);
                        }
                    }
                },
                Event::End(end) => match end.local_name().into_inner() {
                    "c" => {
                        if let Some(raw) = raw.take() {
                            worksheet.end_cell(raw)?;
                        }
                    }
                    "row" if worksheet.end_row() => break,
                    other => {
                        if let Some(raw) = &mut raw {
                            raw.end(other);
                        }
                    }
                },
                event => {
                    if let Some(raw) = &mut raw {
                        raw.text(&event);
                    }
                }
            }
        }
        Ok(worksheet.builder.finish())
    }
}

/// The path of the workbook's part.
fn office_document(archive: &mut Archive<'_>) -> Result<String, SheetError> {
    let relations = relations(archive, "_rels/.rels", "")?;
    let found = relations.into_values().find(|one| one.kind == "officeDocument").map(|one| one.target);
    Ok(found.unwrap_or_else(|| "xl/workbook.xml".to_owned()))
}

pub(super) struct Relation {
    /// The last word of its type: the strict and the transitional kind differ before it.
    pub kind: String,
    /// The path in the archive.
    pub target: String,
}

/// The relations of a part, by their ids.
pub(super) fn relations(
    archive: &mut Archive<'_>,
    path: &str,
    folder: &str,
) -> Result<BTreeMap<String, Relation>, SheetError> {
    let Some(bytes) = xml::part(archive, path)? else { return Ok(BTreeMap::new()) };
    let (mut reader, mut buffer, mut found) = (xml::reader(bytes.as_slice()), Vec::new(), BTreeMap::new());
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Eof => return Ok(found),
            Event::Start(start) if name(&start) == "Relationship" => {
                let (id, kind, target) =
                    (attribute(&start, "Id"), attribute(&start, "Type"), attribute(&start, "Target"));
                if let (Some(id), Some(kind), Some(target)) = (id, kind, target) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    found.insert(id, Relation { kind, target: resolved(folder, &target) });
                }
            }
            _ => {}
        }
    }
}

/// A target's path in the archive.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[derive(Default)]
struct WorkbookPart {
    /// The sheets with their relations' ids.
    sheets: Vec<(SheetEntry, String)>,
    is_1904: bool,
    is_unreckoned: bool,
}

fn read_workbook(bytes: &[u8]) -> Result<WorkbookPart, SheetError> {
    let (mut reader, mut buffer, mut found) = (xml::reader(bytes), Vec::new(), WorkbookPart::default());
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Eof => return Ok(found),
            Event::Start(start) => match name(&start) {
                "workbookPr" => found.is_1904 = is_set(&start, "date1904"),
                "calcPr" => found.is_unreckoned = is_set(&start, "fullCalcOnLoad"),
                "sheet" => {
                    let is_visible = attribute(&start, "state").is_none_or(|state| state == "visible");
                    let entry = SheetEntry { name: attribute(&start, "name").unwrap_or_default(), is_visible };
                    found.sheets.push((entry, attribute(&start, "id").unwrap_or_default()));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn read_styles(bytes: &[u8]) -> Result<Styles, SheetError> {
    let (mut reader, mut buffer) = (xml::reader(bytes), Vec::new());
    let (mut formats, mut fonts, mut styles) = (BTreeMap::new(), Vec::<bool>::new(), Vec::new());
    let (mut in_fonts, mut in_cells) = (false, false);
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Eof => return Ok(Styles(styles)),
            Event::Start(start) => match name(&start) {
                "numFmt" => {
                    if let Some((id, code)) = number::<u32>(&start, "numFmtId").zip(attribute(&start, "formatCode")) {
                        formats.insert(id, Format::parse(&code));
                    }
                }
                "fonts" => in_fonts = true,
                "font" if in_fonts => fonts.push(false),
                "strike" if in_fonts => {
                    if let Some(font) = fonts.last_mut() {
                        *font = attribute(&start, "val").is_none_or(|value| value != "0" && value != "false");
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells && styles.len() < MOST_STYLES => {
                    let id = number::<u32>(&start, "numFmtId").unwrap_or(0);
                    let format = formats.get(&id).cloned().unwrap_or_else(|| Format::built_in(id));
                    let font = number::<usize>(&start, "fontId").unwrap_or(0);
                    styles.push(Style { format, is_struck: fonts.get(font).copied().unwrap_or(false) });
                }
                _ => {}
            },
            Event::End(end) => match end.local_name().into_inner() {
                "fonts" => in_fonts = false,
                "cellXfs" => in_cells = false,
                _ => {}
            },
            _ => {}
        }
    }
}

fn read_strings(bytes: &[u8]) -> Result<Vec<SharedString>, SheetError> {
    let (mut reader, mut buffer, mut strings) = (xml::reader(bytes), Vec::new(), Vec::new());
    let mut text: Option<RichText> = None;
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Eof => return Ok(strings),
            Event::Start(start) if name(&start) == "si" => text = Some(RichText::default()),
            Event::Start(start) => {
                if let Some(text) = &mut text {
                    text.start(name(&start), &start);
                }
            }
            Event::End(end) if end.local_name().into_inner() == "si" => {
                let RichText { text, is_struck, .. } = text.take().unwrap_or_default();
                strings.push(SharedString { text: unescaped(&text), is_struck });
                if strings.len() > MOST_STRINGS {
                    return error("文件内部结构过于复杂");
                }
            }
            Event::End(end) => {
                if let Some(text) = &mut text {
                    text.end(end.local_name().into_inner());
                }
            }
            event => {
                if let Some(text) = &mut text {
                    text.text(&event);
                }
            }
        }
    }
}

/// A text in runs, without the readings that East Asian texts carry.
#[derive(Default)]
struct RichText {
    text: String,
    is_struck: bool,
    in_text: bool,
    in_reading: bool,
}

impl RichText {
    fn start(&mut self, name: &str, start: &BytesStart<'_>) {
        match name {
            "t" => self.in_text = true,
            "rPh" => self.in_reading = true,
            "strike" => self.is_struck |= attribute(start, "val").is_none_or(|value| value != "0" && value != "false"),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "rPh" => self.in_reading = false,
            _ => {}
        }
    }

    fn text(&mut self, event: &Event<'_>) {
        if self.in_text && !self.in_reading {
            push(&mut self.text, event);
        }
    }
}

/// A text with its escapes read: `_x000D_` is a carriage return (ECMA-376, 22.9.2.19).
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let code = escape.get(2..6).filter(|_| escape.get(6..7) == Some("_"));
        if let Some(c) = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            plain.push(c);
            rest = escape.get(7..).unwrap_or_default();
        } else {
            plain.push_str("_x");
            rest = escape.get(2..).unwrap_or_default();
        }
    }
    plain + rest
}

/// A cell as it stands in the file.
#[derive(Default)]
struct RawCell {
    kind: String,
    style: usize,
    value: Option<String>,
    has_formula: bool,
    in_value: bool,
    rich: RichText,
}

impl RawCell {
    fn start(&mut self, name: &str, start: &BytesStart<'_>) {
        match name {
            "v" => {
                self.value.get_or_insert_default();
                self.in_value = true;
            }
            "f" => self.has_formula = true,
            other => self.rich.start(other, start),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "v" => self.in_value = false,
            other => self.rich.end(other),
        }
    }

    fn text(&mut self, event: &Event<'_>) {
        if self.in_value
            && let Some(value) = &mut self.value
        {
            push(value, event);
        }
        self.rich.text(event);
    }
}

/// A worksheet while it is read.
struct Worksheet<'w> {
    styles: &'w Styles,
    strings: &'w [SharedString],
    is_1904: bool,
    is_unreckoned: bool,
    builder: GridBuilder,
    /// The row that is read, as it is shown.
    row: u32,
    column: usize,
    is_hidden: bool,
}

impl Worksheet<'_> {
    fn start_row(&mut self, start: &BytesStart<'_>) -> Result<(), SheetError> {
        self.row = number(start, "r").unwrap_or(self.row + 1);
        if !(1..=LAST_ROW).contains(&self.row) {
            return Err(damaged(()));
        }
        self.column = 0;
        let height = number::<f64>(start, "ht");
        self.is_hidden = is_set(start, "hidden") || (is_set(start, "customHeight") && height == Some(0.0));
        Ok(())
    }

    /// Whether all rows that are wanted were read.
    fn end_row(&mut self) -> bool {
        if self.is_hidden {
            self.builder.hide(self.row);
        }
        self.builder.is_full()
    }

    fn start_column(&mut self, start: &BytesStart<'_>) {
        let (first, last) = (number::<usize>(start, "min"), number::<usize>(start, "max"));
        if let Some((first, last)) = first.zip(last)
            && (is_set(start, "hidden") || number::<f64>(start, "width") == Some(0.0))
        {
            self.builder.hide_columns(first.saturating_sub(1)..=last.saturating_sub(1));
        }
    }

    fn merge(&mut self, start: &BytesStart<'_>) -> Result<(), SheetError> {
        let Some(range) = attribute(start, "ref") else { return Ok(()) };
        let (from, to) = range.split_once(':').unwrap_or((&range, &range));
        let Some((from, to)) = address(from).zip(address(to)) else { return Err(damaged(())) };
        self.builder.merge(Region { rows: from.row..=to.row, columns: from.column..=to.column })
    }

    fn start_cell(&mut self, start: &BytesStart<'_>) -> RawCell {
        let mut raw = RawCell::default();
        for attribute in start.attributes().with_checks(false).filter_map(Result::ok) {
            match attribute.key.into_inner() {
                "r" => {
                    if let Some(address) = address(&attribute.value) {
                        self.column = address.column;
                    }
                }
                "s" => raw.style = attribute.value.trim().parse().unwrap_or(0),
                "t" => raw.kind = attribute.value.into_owned(),
                _ => {}
            }
        }
        raw
    }

    fn end_cell(&mut self, raw: RawCell) -> Result<(), SheetError> {
        let column = self.column;
        self.column += 1;
        let style = self.styles.0.get(raw.style);
        let mut is_struck = style.is_some_and(|style| style.is_struck) || raw.rich.is_struck;
        let plain = Format::Plain;
        let format = style.map_or(&plain, |style| &style.format);
        let shown = self.shown(raw, format, &mut is_struck);
        self.builder.cell(self.row, column, shown, is_struck)
    }

    fn shown(&self, raw: RawCell, format: &Format, is_struck: &mut bool) -> Cell {
        let fault = |shown: &str, why: &str| Cell::fault(shown, why);
        if raw.kind == "inlineStr" {
            return format.text(&unescaped(&raw.rich.text));
        }
        let Some(value) = raw.value else {
            return if raw.has_formula { fault("", NO_RESULT) } else { Cell::Text(String::new()) };
        };
        match raw.kind.as_str() {
            "s" => {
                let Some(shared) = value.trim().parse::<usize>().ok().and_then(|place| self.strings.get(place)) else {
                    return fault(&value, "单元格的文字在文件里找不到");
                };
                *is_struck |= shared.is_struck;
                format.text(&shared.text)
            }
            // PhpSpreadsheet calls a formula that it did not reckon a text, and gives it the same 0.
            "str" if raw.has_formula && self.is_unreckoned && value.trim() == "0" => fault("0", NO_RESULT),
            "str" => format.text(&unescaped(&value)),
            "b" => Cell::Text(if value.trim() == "1" || value.trim() == "true" { "是" } else { "否" }.to_owned()),
            "e" => fault(&value, "公式出错"),
            "d" => {
                let why = "单元格的日期无法识别，请输入如 2026-09-01";
                iso_day(&value).map_or_else(|| fault(&value, why), within_bounds)
            }
            _ if value.trim().is_empty() && raw.has_formula => fault("", NO_RESULT),
            _ if value.trim().is_empty() => Cell::Text(String::new()),
            _ => match value.trim().parse::<f64>() {
                Ok(0.0) if raw.has_formula && self.is_unreckoned => fault("0", NO_RESULT),
                Ok(number) => format.number(number, self.is_1904),
                Err(_) => match cell(&value) {
                    Cell::Text(shown) => fault(&shown, "不是有效的数值"),
                    other => other,
                },
            },
        }
    }
}

/// Where a cell is: its row as shown, its column from 0.
struct Address {
    row: u32,
    column: usize,
}

/// `B7`, `$B$7`.
fn address(text: &str) -> Option<Address> {
    let text = text.trim().replace('$', "");
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0usize, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then(|| column * 26 + usize::from(letter - b'A') + 1)
    })?;
    let row: u32 = row.parse().ok()?;
    (1..=LAST_ROW).contains(&row).then_some(Address { row, column: column - 1 })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _, Write as _};

    use rust_xlsxwriter::{ExcelDateTime, Format as Look, Formula, Workbook, Worksheet as Written};

    use super::{
        super::{Choice, Hidden, Question, ReadError, Sheet, SheetToChoose},
        *,
    };

    fn workbook(fill: impl FnOnce(&mut Written)) -> Vec<u8> {
        let mut workbook = Workbook::new();
        fill(workbook.add_worksheet());
        workbook.save_to_buffer().unwrap()
    }

    fn write(sheet: &mut Written, rows: &[&[&str]]) {
        for (row, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(*cells) {
                if !cell.is_empty() {
                    sheet.write_string(row, column, *cell).unwrap();
                }
            }
        }
    }

    /// The workbook with a part changed.
    fn patched(bytes: &[u8], part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for place in 0..archive.len() {
            let mut entry = archive.by_index(place).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            written.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
            let text = if name == part { change(&text) } else { text };
            written.write_all(text.as_bytes()).unwrap();
        }
        written.finish().unwrap().into_inner()
    }

    fn read_with(bytes: &[u8], choice: &Choice) -> Result<Sheet, ReadError> {
        Sheet::read_for(bytes, &["学号", "姓名", "部门", "政治面貌", "任职第一天"], &["学号", "姓名"], choice)
    }

    fn read(bytes: &[u8]) -> Sheet {
        read_with(bytes, &Choice::default()).unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        match read_with(bytes, &Choice::default()) {
            Err(ReadError::File(error)) => error.0,
            other => panic!("{other:?}"),
        }
    }

    fn fault(cell: &Cell) -> &str {
        match cell {
            Cell::Fault(fault) => &fault.why,
            other => panic!("no fault: {other:?}"),
        }
    }

    fn shown(sheet: &Sheet) -> Vec<Vec<String>> {
        let text = |cell: &Cell| cell.shown().into_owned();
        sheet.rows.iter().map(|row| row.cells.iter().map(text).collect()).collect()
    }

    #[test]
    fn numbers_dates_formulas_and_texts() {
        let bytes = workbook(|sheet| {
            write(sheet, &[&["学号", "姓名", "部门", "政治面貌", "任职第一天"]]);
            sheet.write_number_with_format(1, 0, 1234, &Look::new().set_num_format("000000")).unwrap();
            sheet.write(1, 1, Formula::new("=\"张\"&\"三\"").set_result("张三")).unwrap();
            sheet.write(1, 2, 3.5).unwrap();
            sheet.write(1, 3, Formula::new("=1+2")).unwrap();
            let day = ExcelDateTime::from_ymd(2026, 9, 1).unwrap();
            sheet.write_with_format(1, 4, &day, &Look::new().set_num_format("yyyy-mm-dd")).unwrap();
            sheet.write(2, 0, 1e17).unwrap();
            sheet.write(2, 1, true).unwrap();
            let long = ExcelDateTime::from_ymd(9999, 12, 31).unwrap();
            sheet.write_with_format(2, 4, &long, &Look::new().set_num_format("yyyy-mm-dd")).unwrap();
            sheet.write(3, 0, "a_x000D_").unwrap();
            sheet.write(3, 1, "甲 & <乙>").unwrap();
        });
        let sheet = read(&bytes);
        let row = &sheet.rows[0].cells;
        assert_eq!([row[0].shown(), row[1].shown(), row[2].shown()], ["001234", "张三", "3.5"]);
        assert_eq!(fault(&row[3]), NO_RESULT, "a program wrote 0 and asked to be reckoned");
        assert_eq!(row[4], Cell::Date(time::macros::date!(2026 - 09 - 01)));
        let row = &sheet.rows[1].cells;
        assert!(fault(&row[0]).contains("15 位") && fault(&row[4]).contains("留空"));
        assert_eq!(row[1].shown(), "是");
        assert_eq!(sheet.rows[2].cells[1].shown(), "甲 & <乙>");
        let reckoned = patched(&bytes, "xl/workbook.xml", |text| text.replace(" fullCalcOnLoad=\"1\"", ""));
        assert_eq!(read(&reckoned).rows[0].cells[3].shown(), "0", "a 0 that was reckoned is one");
    }

    #[test]
    fn a_formula_without_a_value_is_a_fault_and_an_empty_text_is_none() {
        let bytes = workbook(|sheet| {
            write(sheet, &[&["学号", "姓名", "部门"], &["1", "张三"], &["2", "李四"]]);
            sheet.write(1, 2, Formula::new("=A1").set_result("7")).unwrap();
        });
        let change = |with: &str| {
            patched(&bytes, "xl/worksheets/sheet1.xml", |text| {
                let from = text.find("<c r=\"C2\"").unwrap();
                let to = from + text[from..].find("</c>").unwrap();
                format!("{}{with}{}", &text[..from], &text[to..])
            })
        };
        assert_eq!(fault(&read(&change("<c r=\"C2\"><f>A1</f>")).rows[0].cells[2]), NO_RESULT);
        assert_eq!(fault(&read(&change("<c r=\"C2\"><f>A1</f><v/>")).rows[0].cells[2]), NO_RESULT);
        assert_eq!(read(&change("<c r=\"C2\" t=\"str\"><f>A1</f><v></v>")).rows[0].cells[2].shown(), "");
        assert_eq!(fault(&read(&change("<c r=\"C2\" t=\"str\"><f>A1</f><v>0</v>")).rows[0].cells[2]), NO_RESULT);
        let day = read(&change("<c r=\"C2\" t=\"d\"><v>2026-09-01T00:00:00</v>"));
        assert_eq!(day.rows[0].cells[2], Cell::Date(time::macros::date!(2026 - 09 - 01)));
        let inline = read(&change(
            "<c r=\"C2\" t=\"inlineStr\"><is><r><t>办公</t></r><rPh><t>ban</t></rPh><r><t>室</t></r></is>",
        ));
        assert_eq!(inline.rows[0].cells[2].shown(), "办公室", "readings are no part of a text");
        assert!(fault(&read(&change("<c r=\"C2\" t=\"e\"><f>A1</f><v>#N/A</v>")).rows[0].cells[2]).contains("出错"));
        assert!(fault(&read(&change("<c r=\"C2\"><v>x</v>")).rows[0].cells[2]).contains("数值"));
    }

    #[test]
    fn the_visible_sheet_with_the_headings_is_read() {
        let mut workbook = Workbook::new();
        write(
            workbook.add_worksheet().set_name("去年").unwrap().set_hidden(true),
            &[&["学号", "姓名"], &["9", "旧某"]],
        );
        write(workbook.add_worksheet().set_name("说明").unwrap(), &[&["填表说明"], &["请如实填写"]]);
        write(workbook.add_worksheet().set_name("空").unwrap(), &[]);
        let list = workbook.add_worksheet().set_name("名单").unwrap();
        write(list, &[&["学号", "姓名"], &["1", "张三"]]);
        list.set_active(true);
        let bytes = workbook.save_to_buffer().unwrap();
        let sheet = read(&bytes);
        assert_eq!((sheet.name.as_str(), shown(&sheet)), ("名单", vec![vec!["1".to_owned(), "张三".to_owned()]]));
        let old = Choice { sheet: Some("去年".to_owned()), ..Choice::default() };
        assert_eq!(read_with(&bytes, &old).unwrap().rows[0].cells[1].shown(), "旧某", "a hidden sheet by its name");
        let none = Choice { sheet: Some("没有".to_owned()), ..Choice::default() };
        assert!(read_with(&bytes, &none).unwrap_err().to_string().contains("“说明”"));
    }

    #[test]
    fn several_sheets_with_the_headings_are_asked_about() {
        let mut workbook = Workbook::new();
        for (name, person) in [("2024级", "甲某"), ("2025级", "乙某")] {
            write(workbook.add_worksheet().set_name(name).unwrap(), &[&["学号", "姓名"], &["1", person]]);
        }
        write(workbook.add_worksheet().set_name("空表").unwrap(), &[&["学号", "姓名"]]);
        let bytes = workbook.save_to_buffer().unwrap();
        let sheet = |name: &str| SheetToChoose { name: name.to_owned(), ..SheetToChoose::default() };
        let asked = ReadError::Asks(Question::Sheets(vec![sheet("2024级"), sheet("2025级")]));
        assert_eq!(read_with(&bytes, &Choice::default()), Err(asked), "a sheet without rows is no choice");
        let second = Choice { sheet: Some("2025级".to_owned()), ..Choice::default() };
        assert_eq!(read_with(&bytes, &second).unwrap().rows[0].cells[1].shown(), "乙某");
    }

    #[test]
    fn a_sheet_that_is_not_read_is_named() {
        let mut workbook = Workbook::new();
        write(workbook.add_worksheet().set_name("2024级").unwrap(), &[&["学号", "姓名"], &["1", "甲某"]]);
        write(workbook.add_worksheet().set_name("2025级").unwrap(), &[&["学籍号", "姓名"], &["2", "乙某"]]);
        write(workbook.add_worksheet().set_name("续表").unwrap(), &[&["3", "丙某"]]);
        write(workbook.add_worksheet().set_name("空").unwrap(), &[]);
        let sheet = read(&workbook.save_to_buffer().unwrap());
        assert_eq!(sheet.notes, ["工作表“2025级”、“续表”没有这份名单的全部表头，没有读取"]);
    }

    #[test]
    fn headings_on_a_hidden_sheet_alone_are_pointed_at() {
        let mut workbook = Workbook::new();
        write(workbook.add_worksheet().set_name("封面").unwrap(), &[&["学生名单"]]);
        let hidden = workbook.add_worksheet().set_name("名单").unwrap().set_hidden(true);
        write(hidden, &[&["学号", "姓名"], &["1", "张三"]]);
        let says = refusal(&workbook.save_to_buffer().unwrap());
        assert!(says.contains("“封面”") && says.contains("隐藏的工作表“名单”"), "{says}");
    }

    #[test]
    fn hidden_rows_and_struck_ones_are_asked_about() {
        let bytes = workbook(|sheet| {
            write(sheet, &[&["学号", "姓名"], &["1", "甲某"], &["2", "乙某"], &["3", "丙某"], &["4", "丁某"]]);
            sheet.set_row_hidden(2).unwrap();
            sheet.set_row_hidden(3).unwrap();
            sheet.write_with_format(4, 1, "丁某", &Look::new().set_font_strikethrough()).unwrap();
        });
        let asked = Question::Hidden(SheetToChoose {
            name: "Sheet1".to_owned(),
            hidden_rows: vec![3, 4],
            struck_rows: vec![5],
            ..SheetToChoose::default()
        });
        assert_eq!(read_with(&bytes, &Choice::default()), Err(ReadError::Asks(asked)));
        let numbers = |hidden| {
            let sheet = read_with(&bytes, &Choice { hidden: Some(hidden), ..Choice::default() }).unwrap();
            assert!(sheet.notes.iter().any(|note| note.contains("第 3、4 行")), "{:?}", sheet.notes);
            assert!(sheet.notes.iter().any(|note| note.contains("第 5 行") && note.contains("删除线")));
            assert_eq!(sheet.struck_rows, [5]);
            sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Hidden::Take), [2, 3, 4, 5]);
        assert_eq!(numbers(Hidden::Leave), [2]);
    }

    #[test]
    fn hidden_columns_of_the_list_are_asked_about() {
        let bytes = workbook(|sheet| {
            let rows: &[&[&str]] = &[
                &["学号", "姓名", "备注", "政治面貌"],
                &["1", "甲某", "x", "共青团员"],
                &["2", "乙某", "y", "群众"],
                &["", "", "", "群众"],
            ];
            write(sheet, rows);
            sheet.set_column_hidden(2).unwrap();
            sheet.set_column_hidden(3).unwrap();
            sheet.set_row_hidden(2).unwrap();
        });
        let asked = |choice: &Choice| match read_with(&bytes, choice) {
            Err(ReadError::Asks(question)) => question,
            other => panic!("{other:?}"),
        };
        let whole = asked(&Choice::default());
        assert!(whole.asks_about_hidden_rows() && whole.asks_about_hidden_columns());
        let says = whole.to_string();
        assert!(says.contains("（第 3 行）") && says.contains("隐藏的列“政治面貌”"), "{says}");
        assert!(!says.contains("备注"), "a column that is not read is no question");
        let rest = asked(&Choice { hidden: Some(Hidden::Take), ..Choice::default() });
        assert!(
            !rest.asks_about_hidden_rows() && rest.asks_about_hidden_columns(),
            "what is decided is not asked again"
        );
        let read = |columns| {
            let choice = Choice { sheet: None, hidden: Some(Hidden::Take), hidden_columns: Some(columns) };
            read_with(&bytes, &choice).unwrap()
        };
        let taken = read(Hidden::Take);
        assert_eq!((taken.headers.len(), taken.rows.len()), (4, 3));
        assert!(taken.notes.contains(&"隐藏的列“政治面貌”已一并读取".to_owned()), "{:?}", taken.notes);
        let left = read(Hidden::Leave);
        assert_eq!((&left.headers[..], left.rows.len()), (&["学号", "姓名", "备注"].map(str::to_owned)[..], 2));
        assert!(left.rows.iter().all(|row| row.cells.len() == 3));
        assert!(left.notes.contains(&"隐藏的列“政治面貌”没有读取".to_owned()), "{:?}", left.notes);
    }

    #[test]
    fn a_list_is_not_read_without_a_column_that_it_needs() {
        let bytes = workbook(|sheet| {
            write(sheet, &[&["学号", "姓名"], &["1", "甲某"]]);
            sheet.set_column_hidden(0).unwrap();
        });
        let choice = |columns| Choice { hidden_columns: Some(columns), ..Choice::default() };
        let says = read_with(&bytes, &choice(Hidden::Leave)).unwrap_err().to_string();
        assert!(says.contains("“学号”列是隐藏的") && says.contains("取消隐藏"), "{says}");
        assert_eq!(read_with(&bytes, &choice(Hidden::Take)).unwrap().rows.len(), 1);
    }

    #[test]
    fn what_stands_around_a_list_is_left_out_with_a_word() {
        let bytes = workbook(|sheet| {
            let rows: &[&[&str]] = &[
                &["校学生会工作人员名单"],
                &["*学 号", "姓　名", "部门", "政治\n面貌（必填）"],
                &["必填", "必填", "请下拉选择", "选填"],
                &["1", "甲某", "", "共青团员"],
                &["2", "乙某", "", "共青团员"],
                &["学号", "姓名", "部门", "政治面貌"],
                &["3", "丙某", "文体部", "群众"],
                &["合计", "3 人"],
                &[""],
                &["制表人：丁某", "", "", "2026年9月1日"],
            ];
            write(sheet, rows);
            sheet.merge_range(3, 2, 4, 2, "办公室", &Look::new()).unwrap();
            sheet.merge_range(8, 0, 8, 3, "注：名单由教务处提供", &Look::new()).unwrap();
        });
        let sheet = read(&bytes);
        assert_eq!(
            (sheet.heading_row, &sheet.headers[..]),
            (2, &["学号", "姓名", "部门", "政治面貌"].map(str::to_owned)[..])
        );
        let rows = shown(&sheet);
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!((rows[1][2].as_str(), rows[2][2].as_str()), ("办公室", "文体部"));
        for part in
            ["表头在第 2 行", "第 3 行是填写说明", "第 6 行重复了表头", "第 8–10 行是备注或合计", "“部门”列的合并"]
        {
            assert!(sheet.notes.iter().any(|note| note.contains(part)), "{part}: {:?}", sheet.notes);
        }
        assert!(!sheet.notes.iter().any(|note| note.contains("某")), "no note names anybody");
    }

    #[test]
    fn headings_are_never_dropped_in_silence() {
        let refused = |headings: &[&str]| refusal(&workbook(|sheet| write(sheet, &[headings, &["1", "甲某", "团员"]])));
        for near in
            ["政治面貌码", "政治面目", "学生政治面貌", "政治面貌情况", "政治面貌/备注", "党团身份", "政治面貌代码"]
        {
            let says = refused(&["学号", "姓名", near]);
            assert!(says.contains(near) && says.contains("“政治面貌”"), "{says}");
        }
        assert!(refused(&["学号", "姓名", "* 学号"]).contains("两次"));
        let says = refused(&["学籍号", "姓名", "政治面貌"]);
        assert!(says.contains("缺少表头：学号") && says.contains("“学籍号”"), "{says}");
        let says = refused(&["学生学号", "姓名", "政治面貌"]);
        assert!(says.contains("缺少表头：学号") && says.contains("“学生学号”"), "{says}");
        let apart =
            workbook(|sheet| write(sheet, &[&["学号", "姓名", "联系电话", "部门职务"], &["1", "甲某", "2", "3"]]));
        assert_eq!(read(&apart).headers, ["学号", "姓名", "联系电话", "部门职务"]);
    }

    #[test]
    fn nobody_is_shown_as_a_heading() {
        let says = refusal(&workbook(|sheet| write(sheet, &[&["20240001", "张三"], &["20240002", "李四"]])));
        assert!(says.contains("没有找到表头") && !says.contains("张三") && !says.contains("20240001"), "{says}");
        let says = refusal(&workbook(|sheet| write(sheet, &[&["姓名", "张三", "性别", "男"]])));
        assert!(says.contains("缺少表头：学号") && !says.contains("张三"), "{says}");
    }

    #[test]
    fn merged_cells_are_read_where_they_mean_one_thing() {
        let head: &[&str] = &["学号", "姓名", "部门", "专业人数"];
        let bytes = workbook(|sheet| {
            write(sheet, &[head, &["1", "甲某"], &["2", "乙某"]]);
            sheet.merge_range(1, 3, 2, 3, "40", &Look::new()).unwrap();
        });
        let sheet = read(&bytes);
        assert!(sheet.rows.iter().all(|row| fault(&row.cells[3]).contains("合并")), "whose number it is is not known");
        let across = workbook(|sheet| {
            write(sheet, &[head, &["1", "甲某"]]);
            sheet.merge_range(0, 2, 0, 3, "部门", &Look::new()).unwrap();
        });
        assert!(refusal(&across).contains("占了 2 列"));
        let two = workbook(|sheet| {
            write(sheet, &[&["学号", "姓名"], &["", "", "部门"], &["1", "甲某", "办公室"]]);
            sheet.merge_range(0, 0, 1, 0, "学号", &Look::new()).unwrap();
            sheet.merge_range(0, 1, 1, 1, "姓名", &Look::new()).unwrap();
        });
        let sheet = read(&two);
        assert_eq!((sheet.headers.len(), sheet.rows.len()), (3, 1), "a heading of two rows");
    }

    #[test]
    fn a_cell_in_the_last_corner_costs_nothing() {
        let bytes = workbook(|sheet| {
            sheet.write(0, 0, "学号").unwrap();
            sheet.write(1_048_575, 0, "1").unwrap();
            sheet.write(1_048_575, 16_383, "x").unwrap();
        });
        assert_eq!(Sheet::read(&bytes).unwrap().rows[0].number, 1_048_576);
    }

    #[test]
    fn a_bomb_and_a_stump_are_refused() {
        let bomb = |name: &str| {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            let zeros = vec![0; 1024 * 1024];
            for _ in 0..80 {
                zip.write_all(&zeros).unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        assert!(bomb("xl/sharedStrings.xml").len() < 200_000);
        assert!(refusal(&bomb("xl/sharedStrings.xml")).contains("64 MB"));
        assert!(refusal(&bomb("xl/worksheets/sheet1.xml")).contains("空行"));
        let whole = workbook(|sheet| drop(sheet.write(0, 0, "学号")));
        assert!(refusal(&whole[..whole.len() / 2]).contains("损坏"));
        let text = "<a>".repeat(1_000_000);
        let deep = patched(&whole, "xl/worksheets/sheet1.xml", |_| text.clone());
        assert!(!refusal(&deep).is_empty());
    }

    /// A second reader agrees on what both can read.
    #[test]
    fn calamine_reads_the_same_values() {
        use calamine::Reader as _;
        let rows: &[&[&str]] = &[&["学号", "姓名", "部门"], &["2024001", "𠮷野", "办公室"], &["2024002", "b & c", ""]];
        let bytes = workbook(|sheet| {
            write(sheet, rows);
            sheet.write(3, 0, 202_699_010_001_u64).unwrap();
            sheet.write(3, 1, 0.5).unwrap();
        });
        let mut other: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        let range = other.worksheet_range("Sheet1").unwrap();
        let theirs: Vec<Vec<String>> =
            range.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(shown(&read(&bytes)), theirs);
    }
}
