//! Old Excel workbooks, 97 to 2003 ([MS-XLS], BIFF8): a stream of records in a compound file.

use std::collections::BTreeMap;

use super::{
    Cell, SheetError,
    book::{Book, SheetEntry},
    compound::Compound,
    error,
    format::Format,
    grid::{Grid, GridBuilder, Region},
    xlsb::{Fields, rk, utf_16},
    xlsx::{MOST_SHEETS, NO_RESULT, SharedString, Style},
    xml::damaged,
};

// Numbers of records ([MS-XLS], 2.3).
const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
const PASSWORD: u16 = 0x002F;
const FONT: u16 = 0x0031;
const CONTINUE: u16 = 0x003C;
const WRITER: u16 = 0x005C;
const COLUMNS: u16 = 0x007D;
const SHEET: u16 = 0x0085;
const NUMBERS: u16 = 0x00BD;
const RICH_TEXT: u16 = 0x00D6;
const STYLE: u16 = 0x00E0;
const MERGED: u16 = 0x00E5;
const STRINGS: u16 = 0x00FC;
const SHARED_TEXT: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const TEXT: u16 = 0x0204;
const BOOL_OR_ERROR: u16 = 0x0205;
const FORMULA_TEXT: u16 = 0x0207;
const ROW: u16 = 0x0208;
const SHORT_NUMBER: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
const BEGIN: u16 = 0x0809;

pub(super) struct Xls {
    stream: Vec<u8>,
    sheets: Vec<SheetEntry>,
    /// Where the worksheets begin in the stream.
    starts: Vec<usize>,
    styles: Vec<Style>,
    fonts: Fonts,
    strings: Vec<SharedString>,
    is_1904: bool,
    /// Written by a program that does not reckon: a formula's empty result is none.
    is_unreckoned: bool,
}

impl Xls {
    pub fn open(bytes: &[u8]) -> Result<Self, SheetError> {
        let file = Compound::open(bytes)?;
        if file.stream("EncryptedPackage")?.is_some() {
            return error("这个文件加了密码，请去掉密码后再上传");
        }
        if file.stream("WordDocument")?.is_some() {
            return error("这是 Word 文档，请把表格复制到 Excel 或 WPS 表格里，存为 .xlsx");
        }
        let Some(stream) = file.stream("Workbook")?.map_or_else(|| file.stream("Book"), |found| Ok(Some(found)))?
        else {
            return error("这不是表格文件，请上传 .xlsx 或 .csv");
        };
        let mut book = Self {
            stream: Vec::new(),
            sheets: Vec::new(),
            starts: Vec::new(),
            styles: Vec::new(),
            fonts: Fonts::default(),
            strings: Vec::new(),
            is_1904: false,
            is_unreckoned: false,
        };
        book.read_globals(&stream)?;
        book.stream = stream;
        Ok(book)
    }

    fn read_globals(&mut self, stream: &[u8]) -> Result<(), SheetError> {
        let mut records = Records(stream);
        let first = records.next()?.filter(|record| record.kind == BEGIN).ok_or_else(|| damaged(()))?;
        if Fields(first.data).u16()? != 0x0600 {
            return error("这是很旧的 .xls（Excel 95 或更早），请用 Excel 或 WPS 打开后另存为 .xlsx");
        }
        let mut formats = BTreeMap::new();
        while let Some(Record { kind, data }) = records.next()? {
            let mut fields = Fields(data);
            match kind {
                EOF => break,
                PASSWORD => return error("这个文件加了密码，请去掉密码后再上传"),
                // Who reckons gives the name of its user a length first. xlwt 1.3 writes the bare name, asks nobody to
                // reckon, and gives each formula an empty text for its result.
                WRITER => self.is_unreckoned = fields.u16().is_ok_and(|length| usize::from(length) > data.len()),
                DATE_MODE => self.is_1904 = fields.u16()? == 1,
                FONT => {
                    fields.skip(2)?;
                    self.fonts.0.push(fields.u16()? & 0x0008 != 0);
                }
                FORMAT => {
                    let (id, length) = (fields.u16()?, fields.u16()?);
                    formats.insert(id, Format::parse(&text(&mut fields, length.into())?));
                }
                STYLE => {
                    let (font, id) = (usize::from(fields.u16()?), fields.u16()?);
                    let format = formats.get(&id).cloned().unwrap_or_else(|| Format::built_in(id.into()));
                    self.styles.push(Style { format, is_struck: self.fonts.is_struck(font) });
                }
                SHEET => {
                    let start = usize::try_from(fields.u32()?).map_err(damaged)?;
                    let (state, kind, length) = (fields.u8()? & 3, fields.u8()?, fields.u8()?);
                    let name = text(&mut fields, length.into())?;
                    if kind == 0 {
                        if self.starts.contains(&start) || self.starts.len() == MOST_SHEETS {
                            return error(format!("工作表重复，或超过 {MOST_SHEETS} 张"));
                        }
                        self.sheets.push(SheetEntry { name, is_visible: state == 0 });
                        self.starts.push(start);
                    }
                }
                STRINGS => {
                    let mut pieces = vec![data];
                    while let Some(piece) = records.continued()? {
                        pieces.push(piece);
                    }
                    self.strings = Pieces { all: &pieces, place: 0, rest: data }.strings(&self.fonts)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether what is in a font is struck out.
#[derive(Default)]
struct Fonts(Vec<bool>);

impl Fonts {
    fn is_struck(&self, font: usize) -> bool {
        // There is no font 4.
        let font = if font > 4 { font - 1 } else { font };
        self.0.get(font).copied().unwrap_or(false)
    }

    /// Of runs, each the place of its first character and its font.
    fn are_struck(&self, runs: &[u8]) -> bool {
        runs.as_chunks::<4>().0.iter().any(|[_, _, low, high]| self.is_struck(u16::from_le_bytes([*low, *high]).into()))
    }
}

impl Book for Xls {
    fn sheets(&self) -> &[SheetEntry] {
        &self.sheets
    }

    fn grid(&mut self, place: usize, most_rows: usize) -> Result<Grid, SheetError> {
        let start = *self.starts.get(place).ok_or_else(|| damaged(()))?;
        let mut records = Records(self.stream.get(start..).ok_or_else(|| damaged(()))?);
        let mut worksheet =
            Worksheet { book: self, builder: GridBuilder::new(most_rows), hidden: Vec::new(), waiting: None };
        // Charts in a sheet are sheets of their own within.
        let mut depth = 0_usize;
        while let Some(record) = records.next()? {
            match record.kind {
                BEGIN => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth == 1 => worksheet.record(&record)?,
                _ => {}
            }
        }
        for row in worksheet.hidden {
            worksheet.builder.hide(row);
        }
        Ok(worksheet.builder.finish())
    }
}

/// A worksheet while it is read.
struct Worksheet<'w> {
    book: &'w Xls,
    builder: GridBuilder,
    /// Rows are described before their cells.
    hidden: Vec<u32>,
    /// The formula whose text the next record brings.
    waiting: Option<Place>,
}

/// A cell's place and its style.
#[derive(Clone, Copy)]
struct Place {
    row: u32,
    column: usize,
    style: usize,
}

impl Place {
    fn read(fields: &mut Fields<'_>) -> Result<Self, SheetError> {
        let (row, column, style) = (fields.u16()?, fields.u16()?, fields.u16()?);
        Ok(Self { row: u32::from(row) + 1, column: column.into(), style: style.into() })
    }
}

impl Worksheet<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<(), SheetError> {
        let mut fields = Fields(record.data);
        match record.kind {
            ROW => {
                let row = fields.u16()?;
                fields.skip(4)?;
                let height = fields.u16()? & 0x7FFF;
                fields.skip(4)?;
                let flags = fields.u16()?;
                // A height of its own that is nothing hides a row as well.
                if flags & 0x0020 != 0 || (flags & 0x0040 != 0 && height == 0) {
                    self.hidden.push(u32::from(row) + 1);
                }
            }
            COLUMNS => {
                let (first, last) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
                let width = fields.u16()?;
                fields.skip(2)?;
                if fields.u16()? & 1 == 1 || width == 0 {
                    self.builder.hide_columns(first..=last);
                }
            }
            MERGED => {
                for _ in 0..fields.u16()? {
                    let (first, last) = (u32::from(fields.u16()?) + 1, u32::from(fields.u16()?) + 1);
                    let columns = usize::from(fields.u16()?)..=usize::from(fields.u16()?);
                    self.builder.merge(Region { rows: first..=last, columns })?;
                }
            }
            NUMBER => {
                let place = Place::read(&mut fields)?;
                self.number(place, fields.f64()?)?;
            }
            SHORT_NUMBER => {
                let place = Place::read(&mut fields)?;
                self.number(place, rk(fields.u32()?))?;
            }
            NUMBERS => {
                let (row, mut column) = (u32::from(fields.u16()?) + 1, usize::from(fields.u16()?));
                while fields.0.len() >= 6 {
                    let style = fields.u16()?.into();
                    self.number(Place { row, column, style }, rk(fields.u32()?))?;
                    column += 1;
                }
            }
            SHARED_TEXT => {
                let (place, at) = (Place::read(&mut fields)?, fields.u32()?);
                let book = self.book;
                match usize::try_from(at).ok().and_then(|at| book.strings.get(at)) {
                    Some(shared) => self.rich(place, &shared.text, shared.is_struck)?,
                    None => self.fault(place, "单元格的文字在文件里找不到")?,
                }
            }
            TEXT => {
                let (place, length) = (Place::read(&mut fields)?, fields.u16()?);
                self.text(place, &text(&mut fields, length.into())?)?;
            }
            RICH_TEXT => {
                let (place, length) = (Place::read(&mut fields)?, fields.u16()?);
                let text = text(&mut fields, length.into())?;
                // The number of runs, and these.
                let runs = fields.0.get(2..).unwrap_or_default();
                let is_struck = self.book.fonts.are_struck(runs);
                self.rich(place, &text, is_struck)?;
            }
            BOOL_OR_ERROR => {
                let place = Place::read(&mut fields)?;
                match (fields.u8()?, fields.u8()?) {
                    (value, 0) => self.yes(place, value)?,
                    _ => self.fault(place, "公式出错")?,
                }
            }
            FORMULA => self.formula(&mut fields)?,
            FORMULA_TEXT => {
                let length = fields.u16()?;
                if let Some(place) = self.waiting.take() {
                    self.text(place, &text(&mut fields, length.into())?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn formula(&mut self, fields: &mut Fields<'_>) -> Result<(), SheetError> {
        let place = Place::read(fields)?;
        let value = fields.take(8)?;
        // Programs that do not reckon ask for it when the file is opened.
        let is_unreckoned = fields.u16()? & 0x0002 != 0 || self.book.is_unreckoned;
        match value {
            [0, .., 0xFF, 0xFF] => self.waiting = Some(place),
            [1, _, value, .., 0xFF, 0xFF] => self.yes(place, *value)?,
            [2, .., 0xFF, 0xFF] => self.fault(place, "公式出错")?,
            [3, .., 0xFF, 0xFF] if !is_unreckoned => {}
            [3, .., 0xFF, 0xFF] => self.fault(place, NO_RESULT)?,
            number => match Fields(number).f64()? {
                0.0 if is_unreckoned => self.fault(place, NO_RESULT)?,
                number => self.number(place, number)?,
            },
        }
        Ok(())
    }

    fn number(&mut self, place: Place, number: f64) -> Result<(), SheetError> {
        let is_1904 = self.book.is_1904;
        self.styled(place, |format| format.number(number, is_1904))
    }

    fn text(&mut self, place: Place, text: &str) -> Result<(), SheetError> {
        self.rich(place, text, false)
    }

    /// A text of which a part may be struck out.
    fn rich(&mut self, place: Place, text: &str, is_struck: bool) -> Result<(), SheetError> {
        let plain = Style::default();
        let style = self.book.styles.get(place.style).unwrap_or(&plain);
        self.builder.cell(place.row, place.column, style.format.text(text), style.is_struck || is_struck)
    }

    fn yes(&mut self, place: Place, value: u8) -> Result<(), SheetError> {
        self.styled(place, |_| Cell::Text(if value == 1 { "是" } else { "否" }.to_owned()))
    }

    fn fault(&mut self, place: Place, why: &str) -> Result<(), SheetError> {
        self.styled(place, |_| Cell::fault("", why))
    }

    fn styled(&mut self, place: Place, cell: impl FnOnce(&Format) -> Cell) -> Result<(), SheetError> {
        let plain = Style::default();
        let style = self.book.styles.get(place.style).unwrap_or(&plain);
        self.builder.cell(place.row, place.column, cell(&style.format), style.is_struck)
    }
}

struct Record<'r> {
    kind: u16,
    data: &'r [u8],
}

/// The records of a stream, one by one.
struct Records<'r>(&'r [u8]);

impl<'r> Records<'r> {
    fn next(&mut self) -> Result<Option<Record<'r>>, SheetError> {
        // Streams are filled up with zeros.
        if self.0.len() < 4 {
            return Ok(None);
        }
        let mut fields = Fields(self.0);
        let (kind, length) = (fields.u16()?, fields.u16()?);
        let data = fields.take(length.into())?;
        self.0 = fields.0;
        Ok(Some(Record { kind, data }))
    }

    /// What continues the record that was read last.
    fn continued(&mut self) -> Result<Option<&'r [u8]>, SheetError> {
        let before = self.0;
        if let Some(Record { kind: CONTINUE, data }) = self.next()? {
            return Ok(Some(data));
        }
        self.0 = before;
        Ok(None)
    }
}

/// A text of so many characters after the byte that says how wide they are; as much of it as the record has.
fn text(fields: &mut Fields<'_>, length: usize) -> Result<String, SheetError> {
    let is_wide = fields.u8()? & 1 == 1;
    Ok(characters(fields, length, is_wide))
}

fn characters(fields: &mut Fields<'_>, length: usize, is_wide: bool) -> String {
    let count = if is_wide { length * 2 } else { length }.min(fields.0.len());
    let bytes = fields.take(count).unwrap_or_default();
    if is_wide { utf_16(bytes) } else { bytes.iter().copied().map(char::from).collect() }
}

/// A record with what continues it.
struct Pieces<'p> {
    all: &'p [&'p [u8]],
    place: usize,
    rest: &'p [u8],
}

impl Pieces<'_> {
    /// The shared strings ([MS-XLS], 2.4.265).
    fn strings(mut self, fonts: &Fonts) -> Result<Vec<SharedString>, SheetError> {
        let mut strings = Vec::new();
        let head = self.bytes(8)?;
        let count = Fields(head.get(4..).unwrap_or_default()).u32()?;
        for _ in 0..count {
            let length = Fields(&self.bytes(2)?).u16()?;
            let flags = Fields(&self.bytes(1)?).u8()?;
            let runs = if flags & 8 != 0 { Fields(&self.bytes(2)?).u16()? } else { 0 };
            let more = if flags & 4 != 0 { Fields(&self.bytes(4)?).u32()? } else { 0 };
            let text = self.characters(length.into(), flags & 1 == 1)?;
            let is_struck = fonts.are_struck(&self.bytes(usize::from(runs) * 4)?);
            strings.push(SharedString { text, is_struck });
            self.bytes(usize::try_from(more).map_err(damaged)?)?;
        }
        Ok(strings)
    }

    fn turn(&mut self) -> Result<(), SheetError> {
        self.place += 1;
        self.rest = self.all.get(self.place).copied().ok_or_else(|| damaged(()))?;
        Ok(())
    }

    fn bytes(&mut self, mut count: usize) -> Result<Vec<u8>, SheetError> {
        let mut bytes = Vec::new();
        while count > 0 {
            if self.rest.is_empty() {
                self.turn()?;
                continue;
            }
            let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
            bytes.extend_from_slice(taken);
            count -= taken.len();
            self.rest = rest;
        }
        Ok(bytes)
    }

    /// Characters that a piece breaks off go on in the next, which says anew how wide they are.
    fn characters(&mut self, mut length: usize, mut is_wide: bool) -> Result<String, SheetError> {
        let mut units = Vec::new();
        while length > 0 {
            if self.rest.is_empty() {
                self.turn()?;
                let (flags, rest) = self.rest.split_first().ok_or_else(|| damaged(()))?;
                (is_wide, self.rest) = (flags & 1 == 1, rest);
                continue;
            }
            let width = if is_wide { 2 } else { 1 };
            let count = length.min(self.rest.len() / width);
            if count == 0 {
                return Err(damaged(()));
            }
            let (taken, rest) = self.rest.split_at(count * width);
            if is_wide {
                units.extend_from_slice(taken);
            } else {
                units.extend(taken.iter().flat_map(|byte| [*byte, 0]));
            }
            length -= count;
            self.rest = rest;
        }
        Ok(utf_16(&units))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::{
        super::{Choice, Hidden, Question, ReadError, Sheet, SheetToChoose},
        *,
    };

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn units(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn count(text: &str) -> u16 {
        u16::try_from(text.encode_utf16().count()).unwrap()
    }

    /// A text after its length and the byte that says that it is wide.
    fn wide(text: &str) -> Vec<u8> {
        [&count(text).to_le_bytes()[..], &[1], &units(text)].concat()
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn number(row: u16, column: u16, style: u16, value: f64) -> Vec<u8> {
        record(NUMBER, &[words(&[row, column, style]), value.to_le_bytes().to_vec()].concat())
    }

    fn shared(row: u16, column: u16, at: u16) -> Vec<u8> {
        record(SHARED_TEXT, &words(&[row, column, 0, at, 0]))
    }

    fn workbook(cells: &[Vec<u8>]) -> Vec<u8> {
        written_by(&wide("张三"), cells)
    }

    /// A workbook of one sheet: five texts shared, the third broken off in the middle, the last struck out in part, and the
    /// given records.
    fn written_by(writer: &[u8], cells: &[Vec<u8>]) -> Vec<u8> {
        let begin = |kind: u16| record(BEGIN, &words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
        let font = |struck: u16| record(FONT, &words(&[200, struck, 0, 0, 0, 0, 0, 0]));
        let style = |font: u16, format: u16| record(STYLE, &[words(&[font, format]), vec![0; 16]].concat());
        let strings =
            [words(&[5, 0, 5, 0]), wide("学号"), wide("姓名"), [&words(&[4])[..], &[1], &units("任职")].concat()];
        let struck = [&words(&[2])[..], &[9], &words(&[1]), &units("划去"), &words(&[1, 1])].concat();
        let more = [&[1][..], &units("一天"), &words(&[2]), &[0], b"Li", &struck].concat();
        let name = "名单";
        let sheet = |at: u32| {
            let length = u8::try_from(count(name)).unwrap();
            record(SHEET, &[&at.to_le_bytes()[..], &[0, 0, length, 1], &units(name)].concat())
        };
        let globals = |at: u32| {
            [
                begin(5),
                record(WRITER, &[writer, &[b' '; 96][..]].concat()),
                font(0),
                font(8),
                record(FORMAT, &[words(&[164]), wide("000000")].concat()),
                style(0, 0),
                style(0, 164),
                style(0, 31),
                style(1, 0),
                sheet(at),
                record(STRINGS, &strings.concat()),
                record(CONTINUE, &more),
                record(EOF, &[]),
            ]
            .concat()
        };
        let start = u32::try_from(globals(0).len()).unwrap();
        let cells = cells.concat();
        let stream = [globals(start), begin(16), cells, record(EOF, &[])].concat();
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
        file.into_inner().into_inner()
    }

    fn read_with(bytes: &[u8], choice: &Choice) -> Result<Sheet, ReadError> {
        Sheet::read_for(bytes, &["学号", "姓名", "任职一天"], &["学号", "姓名"], choice)
    }

    fn head() -> [Vec<u8>; 3] {
        [shared(0, 0, 0), shared(0, 1, 1), shared(0, 2, 2)]
    }

    #[test]
    fn texts_numbers_dates_and_formulas() {
        let formula = |row: u16, value: [u8; 8], flags: u16| {
            record(FORMULA, &[&words(&[row, 2, 0])[..], &value, &words(&[flags, 0, 0])].concat())
        };
        let cells = [
            number(1, 0, 1, 1234.0),
            shared(1, 1, 3),
            number(1, 2, 2, 46_266.0),
            record(SHORT_NUMBER, &words(&[2, 0, 0, 2 | (7 << 2), 0])),
            record(TEXT, &[words(&[2, 1, 0]), wide("张三")].concat()),
            formula(2, 0.0_f64.to_le_bytes(), 3),
            record(NUMBERS, &words(&[3, 0, 0, 2 | (8 << 2), 0, 3, 3 | (900 << 2), 0, 1])),
            formula(3, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0),
            record(FORMULA_TEXT, &wide("文字")),
        ];
        let take = Choice { hidden: Some(Hidden::Take), ..Choice::default() };
        let sheet = read_with(&workbook(&[&head()[..], &cells].concat()), &take).unwrap();
        assert_eq!(
            (sheet.name.as_str(), &sheet.headers[..]),
            ("名单", &["学号", "姓名", "任职一天"].map(str::to_owned)[..])
        );
        let shown: Vec<Vec<_>> = sheet.rows.iter().map(|row| row.cells.iter().map(Cell::shown).collect()).collect();
        assert_eq!(shown[0][..2], ["001234", "Li"]);
        assert_eq!(sheet.rows[0].cells[2], Cell::Date(time::macros::date!(2026 - 09 - 01)));
        assert_eq!(shown[1][..2], ["7", "张三"]);
        assert!(matches!(&sheet.rows[1].cells[2], Cell::Fault(fault) if fault.why == NO_RESULT));
        assert_eq!(shown[2], ["8", "9", "文字"]);
        assert_eq!(sheet.struck_rows, [4]);
    }

    #[test]
    fn a_text_that_is_struck_out_in_part_is_asked_about() {
        let rich = |row: u16, font: u16| {
            record(RICH_TEXT, &[words(&[row, 1, 0]), wide("李四"), words(&[1, 0, font])].concat())
        };
        let numbers = [number(1, 0, 0, 1.0), number(2, 0, 0, 2.0), number(3, 0, 0, 3.0)];
        let cells = [&head()[..], &numbers, &[shared(1, 1, 4), rich(2, 1), rich(3, 0)]].concat();
        let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&workbook(&cells), &Choice::default()) else {
            panic!("must ask")
        };
        assert_eq!((asked.hidden_rows, asked.struck_rows), (Vec::new(), vec![2, 3]));
    }

    #[test]
    fn a_formula_of_a_program_that_does_not_reckon_has_no_result() {
        let empty = [&words(&[1, 2, 0])[..], &[3, 0, 0, 0, 0, 0, 0xFF, 0xFF], &words(&[0, 0, 0])].concat();
        let cells = [&head()[..], &[number(1, 0, 0, 7.0), shared(1, 1, 3), record(FORMULA, &empty)]].concat();
        let sheet = read_with(&workbook(&cells), &Choice::default()).unwrap();
        assert_eq!(sheet.rows[0].cells[2], Cell::Text(String::new()), "an empty text");
        let sheet = read_with(&written_by(b"None", &cells), &Choice::default()).unwrap();
        assert!(matches!(&sheet.rows[0].cells[2], Cell::Fault(fault) if fault.why == NO_RESULT));
    }

    #[test]
    fn hidden_rows_are_asked_about() {
        let hidden = record(ROW, &words(&[1, 0, 2, 255, 0, 0, 0x0020, 0]));
        let cells = [hidden, number(1, 0, 0, 1.0), number(2, 0, 0, 2.0)];
        let bytes = workbook(&[&head()[..], &cells].concat());
        let asked = Question::Hidden(SheetToChoose {
            name: "名单".to_owned(),
            hidden_rows: vec![2],
            struck_rows: Vec::new(),
            ..SheetToChoose::default()
        });
        assert_eq!(read_with(&bytes, &Choice::default()), Err(ReadError::Asks(asked.clone())));
        let flat = record(ROW, &words(&[1, 0, 2, 0, 0, 0, 0x0040, 0]));
        let flat = workbook(&[&head()[..], &[flat, number(1, 0, 0, 1.0), number(2, 0, 0, 2.0)]].concat());
        assert_eq!(read_with(&flat, &Choice::default()), Err(ReadError::Asks(asked)), "a height of nothing");
        let sheet = read_with(&bytes, &Choice { hidden: Some(Hidden::Leave), ..Choice::default() }).unwrap();
        assert_eq!(sheet.rows[0].number, 3);
    }

    #[test]
    fn hidden_columns_are_asked_about_and_so_are_those_without_width() {
        for [width, flags] in [[0, 0], [2_560, 1]] {
            let column = record(COLUMNS, &words(&[1, 1, width, 0, flags, 0]));
            let cells = [&[column][..], &head(), &[number(1, 0, 0, 1.0), shared(1, 1, 3)]].concat();
            let Err(ReadError::Asks(Question::Hidden(asked))) = read_with(&workbook(&cells), &Choice::default()) else {
                panic!("must ask")
            };
            assert_eq!(asked.hidden_columns, ["姓名"]);
        }
    }

    #[test]
    fn other_compound_files_are_named() {
        let with = |name: &str, data: &[u8]| {
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            file.create_stream(name).unwrap().write_all(data).unwrap();
            Sheet::read(&file.into_inner().into_inner()).unwrap_err().0
        };
        assert!(with("/EncryptedPackage", b"x").contains("密码"));
        assert!(with("/WordDocument", b"x").contains("Word"));
        assert!(with("/Workbook", &record(BEGIN, &words(&[0x0500, 5]))).contains("Excel 95"));
        let locked = [record(BEGIN, &words(&[0x0600, 5])), record(PASSWORD, &[0, 0])].concat();
        assert!(with("/Workbook", &locked).contains("密码"));
        assert!(with("/Workbook", b"x").contains("损坏"));
        assert!(with("/Other", b"x").contains("不是表格"));
    }
}
