//! Text with separators: UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030 as Excel writes it in China;
//! commas, tabs, semicolons, full-width commas or bars; any kind of line end, mixed ones too.

use std::borrow::Cow;

use super::{
    MOST_COLUMNS, SheetError, cell, error,
    grid::{Grid, GridBuilder},
    table::{Headings, look},
};

/// The separators that are tried, the usual one first.
const SEPARATORS: [char; 5] = [',', '\t', ';', '，', '|'];
/// The rows that are looked at to find the separator.
const LOOKED_AT: usize = 40;

pub(super) fn read(text: &str, headings: &Headings<'_>) -> Result<Grid, SheetError> {
    let declared = declared_separator(text);
    let separator = match declared {
        Some(separator) => separator,
        None => separator_of(text, headings),
    };
    grid(text, separator, declared.is_some(), usize::MAX)
}

/// The separator that a first line `sep=,` names.
fn declared_separator(text: &str) -> Option<char> {
    let line = text.split(['\r', '\n']).next()?.trim_matches('"');
    let named = line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep="))?;
    let mut rest = line.get(named.len()..)?.chars();
    rest.next().filter(|_| rest.next().is_none())
}

/// The separator with which a row has the most headings; where none are known, the one that the first line has most often.
fn separator_of(text: &str, headings: &Headings<'_>) -> char {
    let mut best = (0, ',');
    for separator in SEPARATORS {
        let found = if headings.known.is_empty() {
            let first = text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
            first.matches(separator).count()
        } else {
            // A quote that one separator leaves open may be in order with another.
            grid(text, separator, false, LOOKED_AT).map_or(0, |grid| look(&grid, headings).known)
        };
        if found > best.0 {
            best = (found, separator);
        }
    }
    best.1
}

/// Rows have the numbers that a spreadsheet shows: a field with line breaks stands in one row, a blank line is one.
fn grid(text: &str, separator: char, skips_first: bool, most_rows: usize) -> Result<Grid, SheetError> {
    let mut builder = GridBuilder::new(most_rows);
    let mut records = Records { rest: text, separator, number: 0 };
    let mut fields = Vec::new();
    while records.next(&mut fields)? && !builder.is_full() {
        if skips_first && records.number == 1 {
            continue;
        }
        for (column, field) in fields.iter().take(MOST_COLUMNS + 1).enumerate() {
            builder.cell(records.number, column, cell(field), false)?;
        }
    }
    let mut grid = builder.finish();
    grid.is_text = true;
    Ok(grid)
}

/// The records of a text, one by one.
struct Records<'t> {
    rest: &'t str,
    separator: char,
    /// Of the record that was read last, from 1.
    number: u32,
}

impl<'t> Records<'t> {
    /// Reads the next record into `fields`; false at the end.
    fn next(&mut self, fields: &mut Vec<Cow<'t, str>>) -> Result<bool, SheetError> {
        fields.clear();
        if self.rest.is_empty() {
            return Ok(false);
        }
        self.number = self.number.saturating_add(1);
        loop {
            fields.push(self.field()?);
            let Some(next) = self.rest.chars().next() else { return Ok(true) };
            self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
            if next == self.separator {
                continue;
            }
            if next == '\r' {
                // CR LF and the CR CR LF of text that was translated twice are one end.
                let line_feed = self.rest.strip_prefix('\n').or_else(|| self.rest.strip_prefix("\r\n"));
                self.rest = line_feed.unwrap_or(self.rest);
            }
            return Ok(true);
        }
    }

    /// The next field; what ends it stays.
    fn field(&mut self) -> Result<Cow<'t, str>, SheetError> {
        let separator = self.separator;
        let ends = move |c: char| c == separator || c == '\r' || c == '\n';
        // Some programs put a blank behind each separator; a quotation mark opens a field all the same.
        let Some(mut quoted) = self.rest.trim_start_matches(' ').strip_prefix('"') else {
            let (field, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
            self.rest = rest;
            return Ok(Cow::Borrowed(field));
        };
        let mut text = String::new();
        loop {
            let Some((piece, rest)) = quoted.split_once('"') else {
                return error(format!("第 {} 行有一个引号没有配对，后面的内容分不开，请补上或删去", self.number));
            };
            text.push_str(piece);
            let Some(more) = rest.strip_prefix('"') else {
                let (tail, rest) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
                text.push_str(tail);
                self.rest = rest;
                return Ok(Cow::Owned(text));
            };
            text.push('"');
            quoted = more;
        }
    }
}

/// The text of a file.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let utf_16 = match bytes {
        [0xFF, 0xFE, rest @ ..] => Some((encoding_rs::UTF_16LE, rest)),
        [0xFE, 0xFF, rest @ ..] => Some((encoding_rs::UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = utf_16 {
        let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
        return text.map_or_else(|| error("UTF-16 文本不完整，请另存为 .xlsx 或“CSV UTF-8（逗号分隔）”"), Ok);
    }
    if bytes.contains(&0) {
        return error("这不是表格文件，也不是文本；请上传 .xlsx、.xls、.ods 或 .csv");
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => error("文字编码既不是 UTF-8，也不是 GB18030；请另存为 .xlsx 或“CSV UTF-8（逗号分隔）”"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Cell, Choice, ReadError, Row, Sheet},
        *,
    };

    fn sheet(bytes: impl AsRef<[u8]>) -> Sheet {
        Sheet::read_for(bytes.as_ref(), &["学号", "姓名"], &["学号", "姓名"], &Choice::default()).unwrap()
    }

    fn numbers(text: &str) -> Vec<u32> {
        sheet(text).rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn rows_carry_the_numbers_that_a_spreadsheet_shows() {
        assert_eq!(numbers("学号,姓名\n1,2\n\n3,4\r\n,,\n5,6"), [2, 4, 6]);
        assert_eq!(numbers("学号,姓名\r\n1,2\r\n\r\n3,4"), [2, 4]);
        assert_eq!(numbers("学号,姓名\n\"1\nx\ny\",2\n3,4\n"), [2, 3]);
    }

    #[test]
    fn every_line_end_counts_once() {
        assert_eq!(numbers("学号,姓名\r1,2\r3,4\r5,6\r"), [2, 3, 4]);
        assert_eq!(numbers("学号,姓名\r\n1,2\r3,4\r\n5,6\n7,8"), [2, 3, 4, 5]);
        assert_eq!(numbers("学号,姓名\r\r\n1,2\r\r\n3,4\r\r\n"), [2, 3]);
    }

    #[test]
    fn every_separator_is_found() {
        let expected = sheet("学号,姓名\n001,张三\n").rows;
        for separator in ["\t", ";", "，", "|"] {
            assert_eq!(sheet("学号,姓名\n001,张三\n".replace(',', separator)).rows, expected, "{separator:?}");
        }
        let declared = sheet("sep=;\n学号;姓名\n001;张三\n");
        assert_eq!((declared.heading_row, declared.rows[0].number), (2, 3));
        let quoted = sheet("学号;姓名\n001;\"张;三\"\n");
        assert_eq!(quoted.rows[0].cells[1], Cell::Text("张;三".to_owned()));
    }

    #[test]
    fn every_encoding_reads_alike() {
        let text = "学号,姓名\n1,𠮷野\n";
        let expected: Vec<Row> = sheet(text).rows;
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(sheet(&gb).rows, expected);
        assert_eq!(sheet(format!("\u{feff}{text}")).rows, expected);
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(sheet(wide).rows, expected);
        let wide: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(sheet(wide).rows, expected);
        assert!(decode(&[b'a', 0xFF, 0xFF, b'\n']).is_err());
        assert!(decode(&[0xFF, 0xFE, 0x41]).is_err());
    }

    #[test]
    fn a_separator_too_many_is_a_fault_of_its_row() {
        let sheet = sheet("学号,姓名\n1,2,3\n1,2,,\n");
        assert!(matches!(sheet.rows[0].cells[1], Cell::Fault(_)));
        assert!(matches!(sheet.rows[1].cells[1], Cell::Text(_)));
    }

    #[test]
    fn what_stands_beyond_the_last_column_is_said() {
        let text = |more: &str| format!("学号,姓名{}{more}\n1,张三\n", ",x".repeat(MOST_COLUMNS - 2));
        assert!(sheet(text("")).notes.is_empty());
        assert_eq!(sheet(text(",政治面貌")).notes, ["第 100 列以后没有读取"]);
    }

    #[test]
    fn a_blank_before_a_quotation_mark_is_none() {
        let rows = sheet("学号, 姓名\n\"1\", \"张,三\"\n2, 李四 \n").rows;
        let shown = |row: usize| rows[row].cells.iter().map(Cell::shown).collect::<Vec<_>>();
        assert_eq!((shown(0), shown(1)), (vec!["1".into(), "张,三".into()], vec!["2".into(), "李四".into()]));
    }

    #[test]
    fn an_open_quote_swallows_nobody() {
        let text = "学号,姓名\n1,\"张三\n2,李四\n";
        let read = Sheet::read_for(text.as_bytes(), &["学号", "姓名"], &["学号", "姓名"], &Choice::default());
        let Err(ReadError::File(error)) = read else { panic!("{read:?}") };
        assert!(error.0.contains("第 2 行") && error.0.contains("引号"), "{error}");
    }
}
