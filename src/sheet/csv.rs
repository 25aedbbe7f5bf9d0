//! Comma-separated text, UTF-8 with or without a byte order mark, or GB18030 as Excel writes it in China.

use std::borrow::Cow;

use super::{Cell, MOST_COLUMNS, Sheet, SheetBuilder, SheetError, cell, error};

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let text = decode(bytes)?;
    let mut records = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut builder = SheetBuilder::default();
    let mut record = csv::StringRecord::new();
    // A spreadsheet shows a field with line breaks as one row, but the reader counts its lines.
    let mut broken_lines = 0;
    loop {
        match records.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return builder.finish(),
            Err(cause) => {
                let line = cause.position().map_or(0, csv::Position::line);
                return error(format!("第 {line} 行附近不是合法的 CSV"));
            }
        }
        let line = first_line(&text, record.position()).saturating_sub(broken_lines);
        broken_lines += record.iter().flat_map(str::bytes).filter(|&byte| byte == b'\n').count() as u64;
        let cells = cells_of(&record, &builder.headers);
        builder.row(u32::try_from(line).unwrap_or(u32::MAX), cells)?;
    }
}

/// The line on which a record's own text starts: the reader's position still lies before the blank lines it skips.
fn first_line(text: &str, position: Option<&csv::Position>) -> u64 {
    let (line, byte) = position.map_or((1, 0), |position| (position.line(), position.byte()));
    let rest = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|&&byte| byte == b'\n');
    line + skipped.count() as u64
}

/// The cells of a record; one that is longer than the header says so in its last column, because then a comma too
/// many has shifted the values.
fn cells_of(record: &csv::StringRecord, headers: &[String]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = record.iter().take(MOST_COLUMNS).map(cell).collect();
    let wide = !headers.is_empty() && record.iter().skip(headers.len()).any(|field| !field.trim().is_empty());
    if wide && let Some(last) = cells.get_mut(headers.len() - 1) {
        *last = Cell::Fault {
            shown: last.shown().into_owned(),
            why: format!("这一行有 {} 列，表头只有 {} 列", record.len(), headers.len()),
        };
    }
    cells
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return error("这是 UTF-16 文本，请另存为“CSV UTF-8（逗号分隔）”");
    }
    if bytes.contains(&0) {
        return error("既不是 .xlsx，也不是 CSV 文本");
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => error("文字编码既不是 UTF-8，也不是 GB18030"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        read(text.as_bytes()).unwrap().rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn rows_carry_the_numbers_that_a_spreadsheet_shows() {
        assert_eq!(numbers("a,b\n1,2\n\n3,4\r\n,,\n5,6"), [2, 4, 6]);
        assert_eq!(numbers("a,b\r\n1,2\r\n\r\n3,4"), [2, 4]);
        assert_eq!(numbers("a,b\n\"1\nx\ny\",2\n3,4\n"), [2, 3]);
    }

    #[test]
    fn gb18030_and_utf_8_read_alike() {
        let text = "学号,姓名\n1,𠮷野\n";
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(read(&gb), read(text.as_bytes()));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), read(text.as_bytes()));
        assert!(read(&[b'a', 0xFF, 0xFF, b'\n']).is_err());
    }

    #[test]
    fn a_comma_too_many_is_a_fault_of_its_row() {
        let sheet = read("a,b\n1,2,3\n1,2,,\n".as_bytes()).unwrap();
        assert!(matches!(sheet.rows[0].cells[1], Cell::Fault { .. }));
        assert!(matches!(sheet.rows[1].cells[1], Cell::Text(_)));
    }
}
