//! Excel workbooks, read as if each were hostile: every entry is inflated through a cap before anything parses it
//! (declared sizes lie), and cells are taken one by one (a dense grid of a sparse sheet could fill any memory).

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Dimensions, Reader, Xlsx};
use time::{Date, Month};

use rust_xlsxwriter::{Color, DataValidation, Format, Formula, Workbook, Worksheet, XlsxError, cell_range_absolute};

use super::{BadCell, Cell, MOST_COLUMNS, MOST_ROWS, Row, Sheet, SheetBuilder, SheetError, cell, error};

/// The most bytes that all entries of a workbook may inflate to.
const MOST_INFLATED: u64 = 64 * 1024 * 1024;
/// The most entries of a workbook.
const MOST_ENTRIES: usize = 2_000;
/// The most cells that merged regions may cover: regions may overlap without end, and each cell is visited for each.
const MOST_MARKS: usize = 50_000;
/// Whole numbers in a cell are exact below this; beyond, Excel has already changed the last digits.
const EXACT_BELOW: f64 = 1e15;

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    check_size(bytes)?;
    // The parser is not ours and the file may be made to break it; a panic must stay this file's fault.
    catch_unwind(AssertUnwindSafe(|| parse(bytes))).unwrap_or_else(|_| error("文件已损坏，无法读取"))
}

fn damaged<T>(_: T) -> SheetError {
    SheetError("文件已损坏，不是完整的 .xlsx".to_owned())
}

fn check_size(bytes: &[u8]) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_ENTRIES {
        return error("文件内部结构过于复杂");
    }
    let mut left = MOST_INFLATED;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(damaged)?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        left = left
            .checked_sub(read)
            .ok_or_else(|| SheetError(format!("文件解压后超过 {} MB", MOST_INFLATED / 1024 / 1024)))?;
    }
    Ok(())
}

fn parse(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let Some(name) = workbook.sheet_names().first().cloned() else {
        return error("工作簿里没有工作表");
    };
    let merged = workbook.merge_cells_by_sheet_name(&name).map_err(damaged)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut text = 0;
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = record.pos;
        let Some(column) = usize::try_from(column).ok().filter(|&column| column < MOST_COLUMNS) else { continue };
        let value = value_of(&record.value, record.formula.is_some());
        if value.is_blank() {
            continue;
        }
        text += value.shown().len();
        if rows.len() > MOST_ROWS + 1 || text > super::MOST_TEXT {
            return error(format!("数据超过 {MOST_ROWS} 行，或文字过多"));
        }
        let held = rows.entry(row).or_default();
        if held.len() <= column {
            held.resize(column + 1, Cell::Text(String::new()));
        }
        if let Some(place) = held.get_mut(column) {
            *place = value;
        }
    }
    let mut marks = 0;
    for region in merged.iter().filter(|region| region.start != region.end) {
        mark_merged(&mut rows, *region, &mut marks)?;
    }
    let mut builder = SheetBuilder::default();
    for (row, cells) in rows {
        builder.row(row.saturating_add(1), cells)?;
    }
    builder.finish()
}

/// A merged region holds one value for many cells: which of them it is meant for cannot be known.
fn mark_merged(rows: &mut BTreeMap<u32, Vec<Cell>>, region: Dimensions, marks: &mut usize) -> Result<(), SheetError> {
    let Dimensions { start, end } = region;
    if start.0 == 0 {
        return error("第 1 行有合并单元格：第 1 行应是表头，标题请删去");
    }
    let columns = usize::try_from(start.1).unwrap_or(0)..=usize::try_from(end.1).unwrap_or(0).min(MOST_COLUMNS - 1);
    for cells in rows.range_mut(start.0..=end.0).map(|(_, cells)| cells) {
        *marks += 1 + columns.clone().count();
        if *marks > MOST_MARKS {
            return error("合并单元格过多，请全部取消合并后重新上传");
        }
        for column in columns.clone() {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Text(String::new()));
            }
            if let Some(place) = cells.get_mut(column) {
                let why = format!("第 {} 至 {} 行是合并单元格，请取消合并并逐行填写", start.0 + 1, end.0 + 1);
                *place = Cell::Fault { shown: place.shown().into_owned(), why };
            }
        }
    }
    Ok(())
}

fn value_of(value: &DataRef<'_>, formula: bool) -> Cell {
    let fault = |shown: String, why: &str| Cell::Fault { shown, why: why.to_owned() };
    match value {
        DataRef::Empty if formula => fault(String::new(), "公式没有保存计算结果，请粘贴为数值"),
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) if number.abs() >= EXACT_BELOW => {
            fault(number.to_string(), "数字超过 15 位，Excel 已改动末位，请把单元格设为文本后重新填写")
        }
        // Shortest form: 3.0 prints as 3, 3.5 as 3.5.
        DataRef::Float(number) => Cell::Text(number.to_string()),
        DataRef::String(text) => cell(text),
        DataRef::SharedString(text) => cell(text),
        DataRef::Bool(true) => Cell::Text("是".to_owned()),
        DataRef::Bool(false) => Cell::Text("否".to_owned()),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            let month_of_year = Month::try_from(month).ok();
            let date = month_of_year.and_then(|month| Date::from_calendar_date(i32::from(year), month, day).ok());
            match date {
                Some(date) if (hour, minute) == (0, 0) => Cell::Date(date),
                _ => fault(format!("{year}-{month:02}-{day:02}"), "单元格是日期时间格式，请改为文本"),
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            fault(text.clone(), "单元格是日期格式，请改为文本或数值")
        }
        DataRef::Error(kind) => fault(kind.to_string(), "公式出错"),
    }
}

/// A workbook with the bad rows of a sheet and, in a last column, what is wrong with each: to be mended and sent again.
/// No input should make it fail.
pub fn faults_workbook(headers: &[String], rows: &[(Vec<String>, String)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("需修改的行")?;
    let (head, fault) = (heading(), Format::new().set_font_color(Color::RGB(0x00B4_2318)).set_text_wrap());
    for (column, header) in (0u16..).zip(headers) {
        sheet.write_with_format(0, column, header, &head)?;
    }
    let last = u16::try_from(headers.len()).unwrap_or(u16::MAX);
    sheet.write_with_format(0, last, "问题", &head)?;
    for (row, (cells, reason)) in (1u32..).zip(rows) {
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_string_with_format(row, last, reason, &fault)?;
    }
    sheet.set_column_width(last, 60)?.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

/// An empty workbook with headers, drop-down lists for the columns that have fixed values, and example rows. No input
/// should make it fail.
pub fn drop_down_template(
    name: &str,
    columns: &[(&str, &[&str])],
    examples: &[Vec<String>],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let mut choices = Worksheet::new();
    choices.set_name(CHOICES)?.set_hidden(true);
    let mut has_choices = false;
    let (head, text) = (heading(), Format::new().set_num_format("@"));
    for (column, (header, values)) in (0u16..).zip(columns) {
        sheet.write_with_format(0, column, *header, &head)?;
        // Text, so that long student numbers keep their digits.
        sheet.set_column_format(column, &text)?.set_column_width(column, 14)?;
        if !values.is_empty() {
            let list = if fits_a_rule(values) {
                DataValidation::new().allow_list_strings(values)?
            } else {
                choices.write_column(0, column, values.iter().copied())?;
                let last = u32::try_from(values.len()).unwrap_or(u32::MAX).saturating_sub(1);
                let range = cell_range_absolute(0, column, last, column);
                has_choices = true;
                DataValidation::new().allow_list_formula(Formula::new(format!("='{CHOICES}'!{range}")))
            };
            let lowest = u32::try_from(MOST_ROWS).unwrap_or(1);
            sheet.add_data_validation(1, column, lowest, column, &list.ignore_blank(true))?;
        }
    }
    for (row, cells) in (1u32..).zip(examples) {
        for (column, value) in (0u16..).zip(cells) {
            sheet.write_string(row, column, value)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.push_worksheet(sheet);
    if has_choices {
        workbook.push_worksheet(choices);
    }
    workbook.save_to_buffer()
}

/// The hidden sheet on which a template keeps what may be chosen.
const CHOICES: &str = "选项";

/// A list inside a cell's own rule: at most 255 UTF-16 units with the commas between, and none within (ECMA-376, 18.3.1.32).
fn fits_a_rule(values: &[&str]) -> bool {
    let units: usize = values.iter().map(|value| value.encode_utf16().count() + 1).sum();
    units <= 255 && !values.iter().any(|value| value.contains(','))
}

fn heading() -> Format {
    Format::new().set_bold().set_background_color(Color::RGB(0x00F3_F0EA))
}

impl Sheet {
    /// The first `most` rows that `bad` names, each with all its reasons joined, for [`faults_workbook`].
    #[must_use]
    pub fn faulty_rows(&self, bad: &[BadCell], most: usize) -> Vec<(Vec<String>, String)> {
        let mut reasons: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for BadCell { row, column, reason, .. } in bad {
            reasons.entry(*row).or_default().push(format!("{column}：{reason}"));
        }
        let texts = |row: &Row| row.cells.iter().map(|cell| cell.shown().into_owned()).collect();
        let faulty = self.rows.iter().filter_map(|row| Some((texts(row), reasons.get(&row.number)?.join("；"))));
        faulty.take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut workbook = Workbook::new();
        fill(workbook.add_worksheet());
        workbook.save_to_buffer().unwrap()
    }

    fn fault(cell: &Cell) -> &str {
        match cell {
            Cell::Fault { why, .. } => why,
            other => panic!("no fault: {other:?}"),
        }
    }

    /// `rust_xlsxwriter` 0.102.0 refuses a list of more than 255 UTF-16 units: a round with many departments had no template.
    #[test]
    fn a_template_offers_more_choices_than_a_cells_rule_can_hold() {
        let names: Vec<String> = (1..=30).map(|number| format!("第{number}工作部部门负责人,工作人员")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let bytes = drop_down_template("人选", &[("学号", &[]), ("岗位", &names)], &[vec!["2024".to_owned()]]).unwrap();
        assert_eq!(
            Sheet::read(&bytes).unwrap().headers,
            ["学号", "岗位"],
            "what may be chosen stands on a sheet behind"
        );
        let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).unwrap();
        let choices = workbook.worksheet_range(CHOICES).unwrap();
        assert_eq!(choices.rows().count(), names.len());
        let few = drop_down_template("人选", &[("性别", &["男", "女"])], &[]).unwrap();
        let workbook: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&few)).unwrap();
        assert_eq!(workbook.sheet_names(), ["人选"]);
    }

    #[test]
    fn numbers_dates_formulas_and_merged_cells() {
        let bytes = workbook(|sheet| {
            for (column, header) in (0u16..).zip(["学号", "排名", "日期", "公式", "院系"]) {
                sheet.write(0, column, header).unwrap();
            }
            sheet.write(1, 0, 2_024_001).unwrap();
            sheet.write(1, 1, 3.5).unwrap();
            let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 9, 1).unwrap();
            sheet.write_with_format(1, 2, &date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
            sheet.write(1, 3, Formula::new("=1+1").set_result("2")).unwrap();
            sheet.write(2, 0, 1e17).unwrap();
            sheet.merge_range(1, 4, 2, 4, "信息系", &Format::new()).unwrap();
        });
        let sheet = read(&bytes).unwrap();
        let row = &sheet.rows[0].cells;
        assert_eq!([row[0].shown(), row[1].shown(), row[3].shown()], ["2024001", "3.5", "2"]);
        assert_eq!(row[2], Cell::Date(time::macros::date!(2024 - 09 - 01)));
        assert!(fault(&row[4]).contains("合并"));
        assert!(fault(&sheet.rows[1].cells[0]).contains("15 位"));
    }

    #[test]
    fn a_cell_in_the_last_corner_costs_nothing() {
        let bytes = workbook(|sheet| {
            sheet.write(0, 0, "学号").unwrap();
            sheet.write(1_048_575, 0, "1").unwrap();
            sheet.write(1_048_575, 16_383, "x").unwrap();
        });
        assert_eq!(read(&bytes).unwrap().rows[0].number, 1_048_576);
    }

    #[test]
    fn a_bomb_and_a_stump_are_refused() {
        use std::io::Write as _;
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..80 {
            zip.write_all(&zeros).unwrap();
        }
        let bomb = zip.finish().unwrap().into_inner();
        assert!(bomb.len() < 200_000);
        assert!(read(&bomb).unwrap_err().0.contains("64 MB"));
        let whole = workbook(|sheet| drop(sheet.write(0, 0, "学号")));
        assert!(read(&whole[..whole.len() / 2]).unwrap_err().0.contains("损坏"));
    }

    #[test]
    fn a_faults_workbook_reads_back_with_formulas_as_text() {
        let rows = [(vec!["1".to_owned(), "=cmd|x".to_owned()], "姓名有误".to_owned())];
        let bytes = faults_workbook(&["学号".to_owned(), "姓名".to_owned()], &rows).unwrap();
        let sheet = read(&bytes).unwrap();
        assert_eq!(sheet.headers, ["学号", "姓名", "问题"]);
        assert_eq!(sheet.rows[0].cells[1], Cell::Text("=cmd|x".to_owned()));
    }
}
