//! Binary Excel workbooks ([MS-XLSB]): the parts of a workbook as streams of records instead of XML.

use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
};

use super::{
    Cell, SheetError,
    book::{Book, SheetEntry},
    error,
    format::Format,
    grid::{Grid, GridBuilder, Region},
    xlsx::{MOST_SHEETS, MOST_STRINGS, MOST_STYLES, NO_RESULT, SharedString, Style, relations},
    xml::{self, Archive, damaged, place_of},
};

/// The longest record that a program writes for what is read here.
const LONGEST_RECORD: usize = 1024 * 1024;
/// The last row of a worksheet.
const LAST_ROW: u32 = 1_048_576;

// Numbers of records ([MS-XLSB], 2.3.2).
const ROW: u32 = 0;
const CELL_BLANK: u32 = 1;
const CELL_RK: u32 = 2;
const CELL_ERROR: u32 = 3;
const CELL_BOOL: u32 = 4;
const CELL_REAL: u32 = 5;
const CELL_TEXT: u32 = 6;
const CELL_SHARED: u32 = 7;
const FORMULA_TEXT: u32 = 8;
const FORMULA_NUMBER: u32 = 9;
const FORMULA_BOOL: u32 = 10;
const FORMULA_ERROR: u32 = 11;
/// From here to [`LAST_SHORT`] as the kinds from [`CELL_BLANK`] on, but the column is the one after the last.
const FIRST_SHORT: u32 = 12;
const LAST_SHORT: u32 = 18;
const SHARED_STRING: u32 = 19;
const FONT: u32 = 43;
const NUMBER_FORMAT: u32 = 44;
const STYLE: u32 = 47;
const COLUMN: u32 = 60;
const CELL_RICH: u32 = 62;
const WORKBOOK_PROPERTIES: u32 = 153;
const SHEET: u32 = 156;
const CALCULATION: u32 = 157;
const MERGED: u32 = 176;
const BEGIN_CELL_STYLES: u32 = 617;
const END_CELL_STYLES: u32 = 618;

pub(super) struct Xlsb<'a> {
    archive: Archive<'a>,
    sheets: Vec<SheetEntry>,
    /// The entries of the worksheets.
    parts: Vec<usize>,
    values: Values,
}

/// What the cells of all worksheets refer to.
struct Values {
    looks: Looks,
    strings: Vec<SharedString>,
    is_1904: bool,
    is_unreckoned: bool,
}

impl<'a> Xlsb<'a> {
    pub fn open(mut archive: Archive<'a>) -> Result<Self, SheetError> {
        let relations = relations(&mut archive, "xl/_rels/workbook.bin.rels", "xl")?;
        let bytes = xml::part(&mut archive, "xl/workbook.bin")?.ok_or_else(|| damaged(()))?;
        let (mut sheets, mut parts, mut is_1904, mut is_unreckoned) = (Vec::new(), Vec::new(), false, false);
        let mut records = Records::of(bytes.as_slice());
        while let Some(kind) = records.next()? {
            let mut fields = records.fields();
            match kind {
                WORKBOOK_PROPERTIES => is_1904 = fields.u32()? & 1 == 1,
                // fFullCalcOnLoad, after the numbers that steer how it is reckoned.
                CALCULATION => {
                    fields.skip(4 + 4 + 4 + 8 + 4)?;
                    is_unreckoned = fields.u16()? & 1 == 1;
                }
                SHEET => {
                    let state = fields.u32()?;
                    fields.skip(4)?;
                    let (relation, name) = (fields.text()?, fields.text()?);
                    let found = relations.get(&relation).filter(|one| one.kind == "worksheet");
                    let Some(target) = found.map(|one| one.target.as_str()) else { continue };
                    let part = place_of(&archive, target).ok_or_else(|| damaged(()))?;
                    if parts.contains(&part) || parts.len() == MOST_SHEETS {
                        return error(format!("工作表重复，或超过 {MOST_SHEETS} 张"));
                    }
                    sheets.push(SheetEntry { name, is_visible: state == 0 });
                    parts.push(part);
                }
                _ => {}
            }
        }
        let looks = xml::part(&mut archive, "xl/styles.bin")?.map(|bytes| Looks::read(&bytes)).transpose()?;
        let looks = looks.unwrap_or_default();
        let strings = xml::part(&mut archive, "xl/sharedStrings.bin")?;
        let strings = strings.map(|bytes| read_strings(&bytes, &looks)).transpose()?.unwrap_or_default();
        let values = Values { looks, strings, is_1904, is_unreckoned };
        Ok(Self { archive, sheets, parts, values })
    }
}

/// Styles of cells, and whether what is in a font is struck out.
#[derive(Default)]
struct Looks {
    styles: Vec<Style>,
    fonts: Vec<bool>,
}

impl Looks {
    fn read(bytes: &[u8]) -> Result<Self, SheetError> {
        let (mut formats, mut looks, mut in_cells) = (BTreeMap::new(), Self::default(), false);
        let mut records = Records::of(bytes);
        while let Some(kind) = records.next()? {
            let mut fields = records.fields();
            match kind {
                NUMBER_FORMAT => {
                    let (id, code) = (fields.u16()?, fields.text()?);
                    formats.insert(id, Format::parse(&code));
                }
                FONT => {
                    fields.skip(2)?;
                    looks.fonts.push(fields.u16()? & 0x0008 != 0);
                }
                BEGIN_CELL_STYLES => in_cells = true,
                END_CELL_STYLES => in_cells = false,
                STYLE if in_cells && looks.styles.len() < MOST_STYLES => {
                    fields.skip(2)?;
                    let (id, font) = (fields.u16()?, usize::from(fields.u16()?));
                    let format = formats.get(&id).cloned().unwrap_or_else(|| Format::built_in(id.into()));
                    let is_struck = looks.is_struck(font);
                    looks.styles.push(Style { format, is_struck });
                }
                _ => {}
            }
        }
        Ok(looks)
    }

    fn is_struck(&self, font: usize) -> bool {
        self.fonts.get(font).copied().unwrap_or(false)
    }

    /// A text with its runs (`RichStr`): each has the place of its first character and its font. Readings, which may follow,
    /// are no part of it.
    fn rich(&self, fields: &mut Fields<'_>) -> Result<SharedString, SheetError> {
        let has_runs = fields.u8()? & 1 == 1;
        let (text, mut is_struck) = (fields.text()?, false);
        if has_runs {
            for _ in 0..fields.u32().unwrap_or(0) {
                let Ok(font) = fields.skip(2).and_then(|()| fields.u16()) else { break };
                is_struck |= self.is_struck(font.into());
            }
        }
        Ok(SharedString { text, is_struck })
    }
}

fn read_strings(bytes: &[u8], looks: &Looks) -> Result<Vec<SharedString>, SheetError> {
    let (mut records, mut strings) = (Records::of(bytes), Vec::new());
    while let Some(kind) = records.next()? {
        if kind == SHARED_STRING {
            strings.push(looks.rich(&mut records.fields())?);
            if strings.len() > MOST_STRINGS {
                return error("文件内部结构过于复杂");
            }
        }
    }
    Ok(strings)
}

impl Book for Xlsb<'_> {
    fn sheets(&self) -> &[SheetEntry] {
        &self.sheets
    }

    fn grid(&mut self, place: usize, most_rows: usize) -> Result<Grid, SheetError> {
        let part = *self.parts.get(place).ok_or_else(|| damaged(()))?;
        let entry = self.archive.by_index(part).map_err(damaged)?;
        let mut records = Records::of(BufReader::new(entry));
        let mut builder = GridBuilder::new(most_rows);
        let (mut row, mut column, mut is_hidden) = (0, 0, false);
        while let Some(kind) = records.next()? {
            let mut fields = records.fields();
            match kind {
                ROW => {
                    if is_hidden {
                        builder.hide(row);
                    }
                    if builder.is_full() {
                        break;
                    }
                    row = fields.u32()?.saturating_add(1);
                    if row > LAST_ROW {
                        return Err(damaged(()));
                    }
                    fields.skip(4)?;
                    fields.skip(3)?;
                    is_hidden = fields.u8()? & 0x10 != 0;
                }
                COLUMN => {
                    let (first, last) = (fields.place()?, fields.place()?);
                    let width = fields.u32()?;
                    fields.skip(4)?;
                    if fields.u16()? & 1 == 1 || width == 0 {
                        builder.hide_columns(first..=last);
                    }
                }
                MERGED => {
                    let (first, last) = (fields.u32()?, fields.u32()?);
                    let (left, right) = (fields.place()?, fields.place()?);
                    let rows = first.saturating_add(1)..=last.saturating_add(1).min(LAST_ROW);
                    builder.merge(Region { rows, columns: left..=right })?;
                }
                CELL_BLANK..=LAST_SHORT | CELL_RICH => {
                    let is_short = (FIRST_SHORT..=LAST_SHORT).contains(&kind);
                    column = if is_short { column + 1 } else { fields.place()? };
                    let kind = if is_short { kind - FIRST_SHORT + CELL_BLANK } else { kind };
                    let style = fields.u32()? & 0x00FF_FFFF;
                    let style = usize::try_from(style).ok().and_then(|at| self.values.looks.styles.get(at));
                    let plain = Style::default();
                    let (cell, is_struck) = self.values.cell(kind, &mut fields, style.unwrap_or(&plain))?;
                    builder.cell(row, column, cell, is_struck)?;
                }
                _ => {}
            }
        }
        if is_hidden {
            builder.hide(row);
        }
        Ok(builder.finish())
    }
}

impl Values {
    /// What a cell shows, and whether it is struck out.
    fn cell(&self, kind: u32, fields: &mut Fields<'_>, style: &Style) -> Result<(Cell, bool), SheetError> {
        let fault = |why: &str| Cell::fault("", why);
        let yes = |value: u8| Cell::Text(if value == 1 { "是" } else { "否" }.to_owned());
        let mut is_struck = style.is_struck;
        let cell = match kind {
            CELL_RK => style.format.number(rk(fields.u32()?), self.is_1904),
            CELL_REAL => style.format.number(fields.f64()?, self.is_1904),
            FORMULA_NUMBER => match fields.f64()? {
                0.0 if self.is_unreckoned => fault(NO_RESULT),
                number => style.format.number(number, self.is_1904),
            },
            CELL_TEXT | FORMULA_TEXT => style.format.text(&fields.text()?),
            CELL_RICH => {
                let rich = self.looks.rich(fields)?;
                is_struck |= rich.is_struck;
                style.format.text(&rich.text)
            }
            CELL_SHARED => {
                let shared = usize::try_from(fields.u32()?).ok().and_then(|place| self.strings.get(place));
                let Some(shared) = shared else { return Ok((fault("单元格的文字在文件里找不到"), false)) };
                is_struck |= shared.is_struck;
                style.format.text(&shared.text)
            }
            CELL_BOOL | FORMULA_BOOL => yes(fields.u8()?),
            CELL_ERROR | FORMULA_ERROR => fault("公式出错"),
            _ => Cell::Text(String::new()),
        };
        Ok((cell, is_struck))
    }
}

/// A number in four bytes: the upper ones of a floating-point number or a whole one, either perhaps a hundredth.
pub(super) fn rk(bits: u32) -> f64 {
    let number = if bits & 2 == 2 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & 0xFFFF_FFFC) << 32)
    };
    if bits & 1 == 1 { number / 100.0 } else { number }
}

/// The records of a part, one by one.
struct Records<R> {
    inner: R,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn of(inner: R) -> Self {
        Self { inner, data: Vec::new() }
    }

    /// Reads the next record and gives its kind; none at the end.
    fn next(&mut self) -> Result<Option<u32>, SheetError> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u32::from(first);
        if first & 0x80 != 0 {
            let second = self.byte()?.ok_or_else(|| damaged(()))?;
            kind = (kind & 0x7F) | (u32::from(second & 0x7F) << 7);
        }
        let mut length = 0_usize;
        for step in 0..4 {
            let byte = self.byte()?.ok_or_else(|| damaged(()))?;
            length |= usize::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.data.clear();
        if length > LONGEST_RECORD {
            // What is that long (a picture, a remark) is not read here.
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            std::io::copy(&mut (&mut self.inner).take(length), &mut std::io::sink()).map_err(damaged)?;
            return Ok(Some(u32::MAX));
        }
        self.data.resize(length, 0);
        self.inner.read_exact(&mut self.data).map_err(damaged)?;
        Ok(Some(kind))
    }

    fn byte(&mut self) -> Result<Option<u8>, SheetError> {
        let mut byte = [0];
        match self.inner.read(&mut byte).map_err(damaged)? {
            0 => Ok(None),
            _ => Ok(Some(byte[0])),
        }
    }

    fn fields(&self) -> Fields<'_> {
        Fields(&self.data)
    }
}

/// The fields of a record.
pub(super) struct Fields<'f>(pub &'f [u8]);

impl<'f> Fields<'f> {
    pub fn take(&mut self, count: usize) -> Result<&'f [u8], SheetError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| damaged(()))?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn skip(&mut self, count: usize) -> Result<(), SheetError> {
        self.take(count).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SheetError> {
        self.take(N)?.try_into().map_err(damaged)
    }

    pub fn u8(&mut self) -> Result<u8, SheetError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub fn u16(&mut self) -> Result<u16, SheetError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn u32(&mut self) -> Result<u32, SheetError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn f64(&mut self) -> Result<f64, SheetError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn place(&mut self) -> Result<usize, SheetError> {
        usize::try_from(self.u32()?).map_err(damaged)
    }

    /// A text of UTF-16 after its length; the length -1 is none.
    fn text(&mut self) -> Result<String, SheetError> {
        let length = self.u32()?;
        if length == u32::MAX {
            return Ok(String::new());
        }
        let length =
            usize::try_from(length).ok().and_then(|length| length.checked_mul(2)).ok_or_else(|| damaged(()))?;
        Ok(utf_16(self.take(length)?))
    }
}

pub(super) fn utf_16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::{
        super::{Choice, Question, ReadError, Sheet, SheetToChoose},
        *,
    };

    fn record(kind: u32, data: &[&[u8]]) -> Vec<u8> {
        let data = data.concat();
        let low = |number: u32| u8::try_from(number & 0x7F).unwrap();
        let mut bytes = if kind < 0x80 { vec![low(kind)] } else { vec![low(kind) | 0x80, low(kind >> 7)] };
        let length = u32::try_from(data.len()).unwrap();
        bytes.extend([low(length) | 0x80, low(length >> 7)]);
        bytes.extend(data);
        bytes
    }

    fn long(number: u32) -> [u8; 4] {
        number.to_le_bytes()
    }

    fn text(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&long(u32::try_from(units.len() / 2).unwrap())[..], &units].concat()
    }

    fn row(at: u32, flags: u8) -> Vec<u8> {
        record(ROW, &[&long(at), &long(0), &[0x2C, 1, 0, flags], &[0; 5]])
    }

    fn cell(kind: u32, column: u32, style: u32, value: &[u8]) -> Vec<u8> {
        record(kind, &[&long(column), &long(style), value])
    }

    /// One run from the second character on in a font.
    fn run(font: u16) -> Vec<u8> {
        [&long(1)[..], &1_u16.to_le_bytes(), &font.to_le_bytes()].concat()
    }

    fn workbook(calculation: u16, cells: &[Vec<u8>]) -> Vec<u8> {
        let styles = [
            record(NUMBER_FORMAT, &[&164_u16.to_le_bytes(), &text("000000")]),
            record(FONT, &[&[0; 4], &[0; 8]]),
            record(FONT, &[&[0, 0, 8, 0], &[0; 8]]),
            record(BEGIN_CELL_STYLES, &[&long(3)]),
            record(STYLE, &[&[0; 6], &[0; 10]]),
            record(STYLE, &[&[0, 0, 164, 0, 0, 0], &[0; 10]]),
            record(STYLE, &[&[0, 0, 14, 0, 0, 0], &[0; 10]]),
            record(END_CELL_STYLES, &[]),
        ];
        let mut strings = ["学号", "姓名", "部门"].map(|word| record(SHARED_STRING, &[&[0], &text(word)])).to_vec();
        strings.push(record(SHARED_STRING, &[&[1], &text("划去"), &run(1)]));
        let workbook = [
            record(WORKBOOK_PROPERTIES, &[&long(0), &long(0), &text("")]),
            record(SHEET, &[&long(0), &long(1), &text("rId1"), &text("名单")]),
            record(CALCULATION, &[&[0; 24], &calculation.to_le_bytes()]),
        ];
        let relations = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in [
            ("xl/workbook.bin", workbook.concat()),
            ("xl/_rels/workbook.bin.rels", relations.as_bytes().to_vec()),
            ("xl/styles.bin", styles.concat()),
            ("xl/sharedStrings.bin", strings.concat()),
            ("xl/worksheets/sheet1.bin", cells.concat()),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read_with(bytes: &[u8], choice: &Choice) -> Result<Sheet, ReadError> {
        Sheet::read_for(bytes, &["学号", "姓名", "部门"], &["学号", "姓名"], choice)
    }

    fn head() -> Vec<u8> {
        let shared = |at: u32| cell(CELL_SHARED, at, 0, &long(at));
        [row(0, 0), shared(0), shared(1), shared(2)].concat()
    }

    #[test]
    fn texts_numbers_dates_and_formulas() {
        let cells = [
            head(),
            row(1, 0),
            cell(CELL_REAL, 0, 1, &1234_f64.to_le_bytes()),
            cell(CELL_TEXT, 1, 0, &text("张三")),
            cell(CELL_RK, 2, 2, &long(2 | (46_266 << 2))),
            row(2, 0),
            cell(CELL_RK, 0, 0, &long(3 | (700 << 2))),
            record(FIRST_SHORT + CELL_TEXT - CELL_BLANK, &[&long(0), &text("李四")]),
            cell(FORMULA_NUMBER, 2, 0, &0_f64.to_le_bytes()),
        ];
        let sheet = read_with(&workbook(1, &cells), &Choice::default()).unwrap();
        let shown: Vec<Vec<_>> = sheet.rows.iter().map(|row| row.cells.iter().map(Cell::shown).collect()).collect();
        assert_eq!((sheet.name.as_str(), &shown[0][..2]), ("名单", &["001234", "张三"].map(Into::into)[..]));
        assert_eq!(sheet.rows[0].cells[2], Cell::Date(time::macros::date!(2026 - 09 - 01)));
        assert_eq!(shown[1][..2], ["7", "李四"]);
        assert!(matches!(&sheet.rows[1].cells[2], Cell::Fault(fault) if fault.why == NO_RESULT));
        let reckoned = read_with(&workbook(0, &cells), &Choice::default()).unwrap();
        assert_eq!(reckoned.rows[1].cells[2].shown(), "0");
    }

    #[test]
    fn hidden_rows_are_asked_about() {
        let one = |at: u32, flags: u8| [row(at, flags), cell(CELL_RK, 0, 0, &long(2 | (at << 2)))].concat();
        let bytes = workbook(0, &[head(), one(1, 0x10), one(2, 0), one(3, 0x10)]);
        let asked = Question::Hidden(SheetToChoose {
            name: "名单".to_owned(),
            hidden_rows: vec![2, 4],
            struck_rows: Vec::new(),
            ..SheetToChoose::default()
        });
        assert_eq!(read_with(&bytes, &Choice::default()), Err(ReadError::Asks(asked)));
    }

    #[test]
    fn hidden_columns_are_asked_about_and_so_are_those_without_width() {
        for (width, flags) in [(0, 0_u16), (2_560, 1)] {
            let column = record(COLUMN, &[&long(1), &long(1), &long(width), &long(0), &flags.to_le_bytes()]);
            let bytes = workbook(0, &[column, head(), row(1, 0), cell(CELL_RK, 0, 0, &long(2 | (1 << 2)))]);
            let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&bytes, &Choice::default()) else {
                panic!("must ask")
            };
            assert_eq!(asked.hidden_columns, ["姓名"]);
        }
    }

    #[test]
    fn a_text_that_is_struck_out_in_part_is_asked_about() {
        let rich = |font: u16| [&[1][..], &text("李四"), &run(font)].concat();
        let cells = [
            head(),
            row(1, 0),
            cell(CELL_RK, 0, 0, &long(2 | (1 << 2))),
            cell(CELL_SHARED, 1, 0, &long(3)),
            row(2, 0),
            cell(CELL_RK, 0, 0, &long(2 | (2 << 2))),
            cell(CELL_RICH, 1, 0, &rich(1)),
            row(3, 0),
            cell(CELL_RK, 0, 0, &long(2 | (3 << 2))),
            cell(CELL_RICH, 1, 0, &rich(0)),
        ];
        let bytes = workbook(0, &cells);
        let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&bytes, &Choice::default()) else {
            panic!("must ask")
        };
        assert_eq!((asked.hidden_rows, asked.struck_rows), (Vec::new(), vec![2, 3]));
    }

    #[test]
    fn a_part_that_breaks_off_is_refused() {
        let mut cells = cell(CELL_REAL, 0, 0, &[0; 8]);
        cells.truncate(9);
        assert!(read_with(&workbook(0, &[head(), row(1, 0), cells]), &Choice::default()).is_err());
    }
}
