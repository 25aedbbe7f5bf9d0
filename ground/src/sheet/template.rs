//! Workbooks that people get: a template with choices, and the bad rows of their file.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
    cell_range_absolute,
};

use super::{BadCell, MOST_ROWS, Row, Sheet};

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

/// A column of a report: its heading and its width in characters.
#[derive(Debug, Clone, Copy)]
pub struct ReportColumn {
    pub heading: &'static str,
    pub width: u16,
}

/// One sheet of a report.
#[derive(Debug, Clone)]
pub struct ReportSheet {
    /// What its tab says, as far as a tab can; empty for the usual word.
    pub name: String,
    pub title: String,
    /// The line below the title.
    pub caption: String,
    pub columns: Vec<ReportColumn>,
    pub rows: Vec<Vec<String>>,
}

/// The longest name of a sheet, in characters (ECMA-376, 18.2.19).
const LONGEST_NAME: usize = 31;

/// A report as it is printed or filed: a title, a line below it, a bordered table on A4 across, its heading on every page.
/// No input should make it fail.
pub fn report_workbook(
    title: &str,
    caption: &str,
    columns: &[ReportColumn],
    rows: &[Vec<String>],
) -> Result<Vec<u8>, XlsxError> {
    let sheet = ReportSheet {
        name: String::new(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        columns: columns.to_vec(),
        rows: rows.to_vec(),
    };
    report_sheets(&[sheet])
}

/// As [`report_workbook`], of several sheets.
pub fn report_sheets(sheets: &[ReportSheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let centred = Format::new().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
    let head = heading().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let large = centred.clone().set_bold().set_font_size(16);
    for (number, one) in (1..).zip(sheets) {
        let sheet = workbook.add_worksheet();
        if !one.name.is_empty() {
            sheet.set_name(tab(number, &one.name))?;
        }
        let ReportSheet { title, caption, .. } = one;
        let last = u16::try_from(one.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        if last > 0 {
            sheet.merge_range(0, 0, 0, last, title, &large)?.merge_range(1, 0, 1, last, caption, &centred)?;
        } else {
            sheet.write_with_format(0, 0, title, &large)?.write_with_format(1, 0, caption, &centred)?;
        }
        for (at, column) in (0u16..).zip(&one.columns) {
            sheet.write_with_format(2, at, column.heading, &head)?.set_column_width(at, column.width)?;
        }
        for (row, cells) in (3u32..).zip(&one.rows) {
            for (at, text) in (0u16..).zip(cells) {
                sheet.write_string_with_format(row, at, text, &cell)?;
            }
        }
        sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_repeat_rows(2, 2)?
            .set_freeze_panes(3, 0)?;
        sheet.set_footer("&C第 &P 页 / 共 &N 页");
    }
    workbook.save_to_buffer()
}

/// The name of a sheet: without what a tab may not hold, and with its number, so that no two are the same.
fn tab(number: usize, name: &str) -> String {
    let fit = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    format!("{number} {name}").chars().filter(fit).take(LONGEST_NAME).collect()
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
    use calamine::{Reader, Xlsx};

    use super::{super::Cell, *};

    #[test]
    fn a_report_of_several_sheets_has_a_tab_for_each_whatever_it_is_called() {
        let sheet = |name: &str| ReportSheet {
            name: name.to_owned(),
            title: "自评表".to_owned(),
            caption: "2026—2027 学年".to_owned(),
            columns: vec![ReportColumn { heading: "序号", width: 6 }, ReportColumn { heading: "指标", width: 40 }],
            rows: vec![vec!["1★".to_owned(), "坚持服务同学".to_owned()]],
        };
        let long = "学".repeat(40);
        let bytes =
            report_sheets(&[sheet("校学生会"), sheet("信息/电子[一]学生会"), sheet(&long), sheet(&long)]).unwrap();
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names[..2], ["1 校学生会", "2 信息电子一学生会"]);
        assert!(names.len() == 4 && names[2] != names[3] && names[3].chars().count() == LONGEST_NAME, "{names:?}");
        let range = book.worksheet_range(&names[1]).unwrap();
        assert_eq!(range.get_value((3, 1)).map(ToString::to_string), Some("坚持服务同学".to_owned()));
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
    fn a_faults_workbook_reads_back_with_formulas_as_text() {
        let rows = [(vec!["1".to_owned(), "=cmd|x".to_owned()], "姓名有误".to_owned())];
        let bytes = faults_workbook(&["学号".to_owned(), "姓名".to_owned()], &rows).unwrap();
        let sheet = Sheet::read(&bytes).unwrap();
        assert_eq!(sheet.headers, ["学号", "姓名", "问题"]);
        assert_eq!(sheet.rows[0].cells[1], Cell::Text("=cmd|x".to_owned()));
    }
}
