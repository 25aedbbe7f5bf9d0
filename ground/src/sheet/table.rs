//! From cells to a list: the heading is found, what stands around a list in real files is told from its rows, and what
//! was done about it is said.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use unicode_normalization::UnicodeNormalization;

use super::{
    Cell, Choice, Hidden, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Question, ReadError, Row, Sheet, SheetError,
    SheetToChoose, error,
    grid::{Grid, GridRow, Region},
    quoted,
};
use crate::text::{is_hidden, is_plain, printable};

/// How far down a heading is looked for, in rows that are not blank.
const HEADING_WITHIN: usize = 30;

/// The columns that a file should have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Headings<'a> {
    pub known: &'a [&'static str],
    /// The known ones as they are compared: each row is asked whether it is the heading once more.
    pub folded: &'a [String],
    pub required: &'a [&'a str],
}

/// What a first look at a sheet finds.
pub(super) struct Look {
    /// A row has every heading that is required.
    pub is_complete: bool,
    /// Rows follow it.
    pub has_rows: bool,
    pub has_cells: bool,
    /// The most known headings in one row.
    pub known: usize,
}

pub(super) fn look(grid: &Grid, headings: &Headings<'_>) -> Look {
    let place = complete(grid, headings);
    let known = grid.rows.iter().take(HEADING_WITHIN).map(|row| headings.in_row(row).len()).max().unwrap_or(0);
    let has_rows = place.is_some_and(|at| at + 1 < grid.rows.len());
    Look { is_complete: place.is_some(), has_rows, has_cells: !grid.rows.is_empty(), known }
}

/// The place of the first row with every heading that is required; of the first row, where none is.
fn complete(grid: &Grid, headings: &Headings<'_>) -> Option<usize> {
    grid.rows.iter().take(HEADING_WITHIN).position(|row| {
        let found = headings.in_row(row);
        headings.required.iter().all(|name| found.contains(name))
    })
}

impl Headings<'_> {
    /// The known heading that a cell means.
    fn meant(&self, cell: &Cell) -> Option<&'static str> {
        let folded = fold(&cell.typed());
        let is_meant =
            |known: &str| known == folded || either(known).is_some_and(|words| words.contains(&folded.as_str()));
        self.known.iter().zip(self.folded).find(|(_, known)| is_meant(known)).map(|(name, _)| *name)
    }

    fn in_row(&self, row: &GridRow) -> BTreeSet<&'static str> {
        row.filled().filter_map(|(_, cell)| self.meant(cell)).collect()
    }
}

/// A heading as it is compared: without blanks, line breaks, stars and （必填）, in the usual width.
pub(super) fn fold(heading: &str) -> String {
    if is_plain(heading) && !heading.contains('(') {
        return heading.to_owned();
    }
    let plain: String = heading
        .nfkc()
        .filter(|c| !c.is_whitespace() && !is_hidden(*c) && !matches!(c, '*' | '★' | '☆' | '※' | '●' | '▲' | '△'))
        .collect();
    let marks = ["(必填)", "(必填项)", "(必录)", "(选填)", "(可选)", "[必填]", "[选填]", "【必填】", "【选填】", "()"];
    let plain = marks.iter().fold(plain, |plain, mark| plain.replace(mark, ""));
    plain.trim_end_matches(':').to_owned()
}

/// The two words of a heading that has its other word in brackets, as 学号（工号）: a file may have the one or the other.
fn either(known: &str) -> Option<[&str; 2]> {
    known.strip_suffix(')')?.split_once('(').map(|(one, other)| [one, other])
}

/// A heading without what stands in brackets and between the words.
fn bare(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in fold(heading).chars() {
        match c {
            '(' | '[' | '【' | '<' => depth += 1,
            ')' | ']' | '】' | '>' => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_alphanumeric() => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Words that are often put before or after a heading and say nothing.
const BEFORE: [&str; 9] = ["学生", "所在", "所属", "本人", "现任", "目前", "现", "入学", "是否"];
const AFTER: [&str; 5] = ["名称", "全称", "情况", "信息", "名"];

/// Other words for a heading, as schools' systems and forms have them. Whether they mean the same is for the clerk to say.
const OTHER_WORDS: [(&str, &[&str]); 17] = [
    ("学号", &["工号", "学籍号", "学生编号", "学生证号", "学工号", "学号/工号", "人员编号"]),
    ("姓名", &["名字", "人员姓名"]),
    ("院系", &["学院", "院(系)", "学院(系)", "系", "系部", "院部", "二级学院", "分院", "教学单位", "培养单位"]),
    ("专业", &["专业方向", "专业班级"]),
    ("班级", &["行政班", "行政班级", "教学班"]),
    ("年级", &["入学年份", "入学年", "入学时间", "届别"]),
    ("培养层次", &["学历层次", "学历", "层次", "学生类别", "学生类型", "办学层次"]),
    ("政治面貌", &["面貌", "政治身份", "党团身份", "党派", "政治面貌码"]),
    ("性别", &["性别码", "性别代码"]),
    ("民族", &["族别", "民族码", "民族代码"]),
    ("专业排名", &["排名", "名次", "专业名次", "成绩排名", "学业排名", "绩点排名"]),
    ("不及格门数", &["挂科数", "挂科门数", "不及格数", "不及格课程数", "不及格课程门数", "不及格科目数"]),
    ("岗位", &["职务", "职位", "任职", "拟任岗位", "报名岗位"]),
    ("名称", &["学院", "院系", "系部", "二级学院", "单位", "社团", "院系或社团"]),
    ("人数", &["学生数", "总人数", "在校人数", "在校生数", "在校生人数", "在籍人数"]),
    ("任职起始日期", &["任职日期", "任职时间", "任职开始日期", "任职第一天", "开始日期", "起始日期", "上任日期"]),
    ("任职截止日期", &["任职结束日期", "任职最后一天", "结束日期", "截止日期", "离任日期", "到期日期"]),
];

/// Whether an unknown heading is likely to mean a known one.
fn is_near(heading: &str, known: &str) -> bool {
    let (whole, heading, known) = (fold(heading), bare(heading), bare(known));
    if whole.is_empty() || known.is_empty() {
        return false;
    }
    let others = OTHER_WORDS.iter().find(|(word, _)| *word == known).map_or(&[][..], |(_, others)| *others);
    let is_meant = |text: &str| text == known || others.contains(&text);
    let before = BEFORE.iter().filter_map(|word| heading.strip_prefix(word)).any(is_meant);
    let after = AFTER.iter().filter_map(|word| heading.strip_suffix(word)).any(is_meant);
    let is_long = known.chars().count() >= 4;
    is_meant(&whole)
        || is_meant(&heading)
        || before
        || after
        || (is_long && (heading.contains(&known) || differs_by_one(&heading, &known)))
}

/// One character was changed, left out or put in.
fn differs_by_one(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let end = |from_one: usize, from_other: usize| one.get(same + from_one..) == other.get(same + from_other..);
    end(1, 1) || end(1, 0) || end(0, 1)
}

/// Numbers of rows in words: `第 3、5–9 行`; of many the first.
#[must_use]
pub fn row_list(rows: &[u32]) -> String {
    let mut runs: Vec<std::ops::RangeInclusive<u32>> = Vec::new();
    for &row in rows {
        match runs.last_mut() {
            Some(run) if row.checked_sub(1) == Some(*run.end()) => *run = *run.start()..=row,
            _ => runs.push(row..=row),
        }
    }
    let shown: Vec<String> = runs
        .iter()
        .take(8)
        .map(|run| match run.end() - run.start() {
            0 => run.start().to_string(),
            1 => format!("{}、{}", run.start(), run.end()),
            _ => format!("{}–{}", run.start(), run.end()),
        })
        .collect();
    let more = if runs.len() > 8 { " 等" } else { "" };
    format!("第 {}{more} 行", shown.join("、"))
}

/// Makes a list of a sheet's cells.
pub(super) fn sheet(
    name: String,
    mut grid: Grid,
    headings: &Headings<'_>,
    choice: &Choice,
) -> Result<Sheet, ReadError> {
    let at = complete(&grid, headings).ok_or_else(|| not_found(&name, &grid, headings))?;
    let mut head = Head::read(&grid, at, headings)?;
    let hidden_columns = head.hidden_columns(&grid, headings);
    let (mut notes, others) = settle_merged(&mut grid, &head)?;
    if head.first_row > 1 && at > 0 {
        notes.insert(0, format!("表头在第 {} 行，以上的行没有读取", head.first_row));
    }
    if grid.is_cut {
        notes.push(format!("第 {MOST_COLUMNS} 列以后没有读取"));
    }
    let mut list = List { head: &head, headings, is_text: grid.is_text, ..List::new(&head, headings, others) };
    for row in grid.rows.drain(..).filter(|row| row.number > head.last_row) {
        list.row(row)?;
    }
    notes.append(&mut list.notes());
    let List { mut rows, hidden, mut struck, .. } = list;
    struck.retain(|row| hidden.binary_search(row).is_err());
    let mut asked = SheetToChoose { name: name.clone(), ..SheetToChoose::default() };
    match choice.hidden {
        None => (asked.hidden_rows, asked.struck_rows) = (hidden.clone(), struck.clone()),
        Some(decided) => {
            for (what, of_list) in [("隐藏的", &hidden), ("有删除线的", &struck)] {
                if !of_list.is_empty() {
                    let (count, rows) = (of_list.len(), row_list(of_list));
                    notes.push(format!("{what} {count} 行{}（{rows}）", done_with(decided)));
                }
            }
            if decided == Hidden::Leave {
                let is_left = |row: u32| hidden.binary_search(&row).is_ok() || struck.binary_search(&row).is_ok();
                rows.retain(|row| !is_left(row.number));
            }
        }
    }
    if !hidden_columns.is_empty() {
        let names: Vec<String> = hidden_columns.iter().filter_map(|&at| head.headers.get(at)).cloned().collect();
        match choice.hidden_columns {
            None => asked.hidden_columns = names,
            Some(decided) => {
                if decided == Hidden::Leave {
                    head.leave_out(&hidden_columns, &mut rows, headings)?;
                }
                notes.push(format!("隐藏的列{}{}", quoted(&names), done_with(decided)));
            }
        }
    }
    if !asked.says().is_empty() {
        return Err(ReadError::Asks(Question::Hidden(asked)));
    }
    let (hidden_rows, struck_rows) = (hidden, struck);
    Ok(Sheet { name, heading_row: head.first_row, hidden_rows, struck_rows, notes, headers: head.headers, rows })
}

fn done_with(decided: Hidden) -> &'static str {
    match decided {
        Hidden::Take => "已一并读取",
        Hidden::Leave => "没有读取",
    }
}

/// A list with what of it is hidden or struck out and not decided; without that where it cannot be read.
pub(super) fn to_choose(name: String, grid: Grid, headings: &Headings<'_>, choice: &Choice) -> SheetToChoose {
    match sheet(name.clone(), grid, headings, choice) {
        Err(ReadError::Asks(Question::Hidden(asked))) => asked,
        Ok(_) | Err(_) => SheetToChoose { name, ..SheetToChoose::default() },
    }
}

/// Why no row is the heading. Only known headings are shown: any other cell may be somebody's.
fn not_found(name: &str, grid: &Grid, headings: &Headings<'_>) -> SheetError {
    let place = if name.is_empty() { String::new() } else { format!("工作表“{}”里", printable(name, false)) };
    if grid.rows.is_empty() {
        return SheetError(format!("{place}没有内容，也没有表头"));
    }
    let nearest = grid.rows.iter().take(HEADING_WITHIN).rev().max_by_key(|row| headings.in_row(row).len());
    let found = nearest.map(|row| headings.in_row(row)).unwrap_or_default();
    let missing: Vec<&str> = headings.required.iter().copied().filter(|name| !found.contains(name)).collect();
    let (Some(row), false) = (nearest, found.is_empty()) else {
        return SheetError(format!("{place}没有找到表头：应有{}等列，每列一个表头", missing.join("、")));
    };
    let present: Vec<&str> = found.iter().copied().collect();
    let mut says =
        format!("{place}第 {} 行缺少表头：{}（现有：{}）", row.number, missing.join("、"), present.join("、"));
    for (_, cell) in row.filled().filter(|(_, cell)| headings.meant(cell).is_none()) {
        if let Some(near) = missing.iter().find(|name| is_near(&cell.typed(), name)) {
            says = format!("{says}；“{}”如果就是“{near}”，请改成“{near}”", short(&cell.typed()));
        }
    }
    SheetError(says)
}

fn short(heading: &str) -> String {
    let shown: String = heading.split_whitespace().collect::<String>().chars().take(20).collect();
    printable(&shown, false)
}

/// The heading: one row, or two where cells of the first reach down.
struct Head {
    first_row: u32,
    last_row: u32,
    headers: Vec<String>,
}

impl Head {
    fn read(grid: &Grid, at: usize, headings: &Headings<'_>) -> Result<Self, SheetError> {
        let Some(row) = grid.rows.get(at) else { return error("没有内容，也没有表头") };
        let first_row = row.number;
        let across = |region: &&Region| region.rows.contains(&first_row) && !region.is_one_column();
        if let Some(region) = grid.merged.iter().find(across) {
            let heading = row.cell(*region.columns.start()).map(Cell::typed).unwrap_or_default();
            return error(format!(
                "第 {first_row} 行的表头“{}”是合并单元格，占了 {} 列；请取消合并，每列写一个表头",
                short(&heading),
                region.columns.clone().count()
            ));
        }
        let below = grid.merged.iter().filter(|region| region.rows.contains(&first_row)).map(|one| *one.rows.end());
        let last_row = below.max().unwrap_or(first_row);
        let lower: Vec<&GridRow> = grid.rows.iter().skip(at + 1).take_while(|lower| lower.number <= last_row).collect();
        let width = lower.iter().map(|lower| lower.cells.len()).chain([row.cells.len()]).max().unwrap_or(0);
        let cell = |column: usize| {
            std::iter::once(&row).chain(&lower).filter_map(|row| row.cell(column)).find(|cell| !cell.is_blank())
        };
        let mut headers: Vec<String> = (0..width)
            .map(|column| {
                let Some(cell) = cell(column) else { return String::new() };
                headings.meant(cell).map_or_else(|| cell.shown().into_owned(), str::to_owned)
            })
            .collect();
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        let head = Self { first_row, last_row, headers };
        head.check(headings)?;
        Ok(head)
    }

    /// A known heading stands there once, and none that nearly is one is passed over.
    fn check(&self, headings: &Headings<'_>) -> Result<(), SheetError> {
        let count = |name: &str| self.headers.iter().filter(|header| *header == name).count();
        if let Some(twice) = headings.known.iter().find(|name| count(name) > 1) {
            return error(format!("表头“{twice}”出现了两次"));
        }
        let absent: Vec<&str> = headings.known.iter().copied().filter(|name| count(name) == 0).collect();
        let unknown = self.headers.iter().filter(|header| !headings.known.contains(&header.as_str()));
        for header in unknown {
            if let Some(near) = absent.iter().find(|name| is_near(header, name)) {
                let (row, shown) = (self.first_row, short(header));
                return error(format!(
                    "第 {row} 行的表头“{shown}”像是“{near}”：是的话请改成“{near}”，不是的话请换个名称，以免漏读"
                ));
            }
        }
        Ok(())
    }

    /// The places of known columns that the clerk does not see.
    fn hidden_columns(&self, grid: &Grid, headings: &Headings<'_>) -> Vec<usize> {
        let is_hidden = |column: usize| grid.hidden_columns.iter().any(|columns| columns.contains(&column));
        let is_known = |header: &String| headings.known.contains(&header.as_str());
        let columns = self.headers.iter().enumerate();
        columns.filter(|(column, header)| is_hidden(*column) && is_known(header)).map(|(column, _)| column).collect()
    }

    /// Leaves columns out, with the rows that have nothing else; an error where the list cannot be without one.
    fn leave_out(&mut self, columns: &[usize], rows: &mut Vec<Row>, headings: &Headings<'_>) -> Result<(), SheetError> {
        for &column in columns.iter().rev() {
            let Some(header) = self.headers.get(column) else { continue };
            if headings.required.contains(&header.as_str()) {
                return error(format!("“{header}”列是隐藏的，而名单不能没有它；请一并读取，或在表格里取消隐藏"));
            }
            self.headers.remove(column);
            for row in rows.iter_mut().filter(|row| column < row.cells.len()) {
                row.cells.remove(column);
            }
        }
        rows.retain(|row| !row.cells.iter().all(Cell::is_blank));
        Ok(())
    }
}

/// Deals with merged cells below the heading: a value for several rows is written into each, a sentence across columns is
/// no row of the list, and the rest are faults. Gives the notes and the rows that are no rows of the list.
fn settle_merged(grid: &mut Grid, head: &Head) -> Result<(Vec<String>, BTreeSet<u32>), SheetError> {
    let (mut filled, mut others, mut text) = (BTreeMap::<usize, Vec<u32>>::new(), BTreeSet::new(), 0);
    for region in std::mem::take(&mut grid.merged) {
        if *region.rows.start() <= head.last_row {
            continue;
        }
        let places = grid.places(&region.rows);
        let column = *region.columns.start();
        let Some(rows) = grid.rows.get_mut(places) else { continue };
        let is_alone = |row: &GridRow| row.filled().all(|(column, _)| region.columns.contains(&column));
        if !region.is_one_column() && rows.iter().all(is_alone) {
            others.extend(rows.iter().map(|row| row.number));
            continue;
        }
        let Some(header) = head.headers.get(column).filter(|header| !header.is_empty()) else { continue };
        let first = rows.iter().find(|row| row.number == *region.rows.start());
        let value = first.and_then(|row| row.cell(column)).cloned().unwrap_or(Cell::Text(String::new()));
        let is_number = value.shown().chars().all(|c| c.is_ascii_digit() || c == '.');
        let is_quantity = ["数", "排名", "名次"].iter().any(|word| header.ends_with(word));
        if region.is_one_column() && !(is_number && is_quantity) {
            for row in rows.iter_mut() {
                text += value.shown().len();
                if text > MOST_TEXT {
                    return error(format!("表内文字超过 {} MB", MOST_TEXT / 1024 / 1024));
                }
                row.put(column, value.clone());
                filled.entry(column).or_default().push(row.number);
            }
            continue;
        }
        for row in rows {
            for column in region.columns.clone() {
                let shown = row.cell(column).map(|cell| cell.shown().into_owned()).unwrap_or_default();
                let (from, to) = (region.rows.start(), region.rows.end());
                let why = format!("第 {from} 至 {to} 行是合并单元格，请取消合并并逐行填写");
                row.put(column, Cell::fault(shown, why));
            }
        }
    }
    let note = |(column, mut rows): (usize, Vec<u32>)| {
        rows.sort_unstable();
        let header = head.headers.get(column).map_or("", String::as_str);
        format!("“{header}”列的合并单元格已逐行填上同一内容（{}）", row_list(&rows))
    };
    Ok((filled.into_iter().map(note).collect(), others))
}

/// The rows of a list while they are told from what stands around them.
struct List<'a> {
    head: &'a Head,
    headings: &'a Headings<'a>,
    is_text: bool,
    /// Rows of one sentence across columns.
    sentences: BTreeSet<u32>,
    rows: Vec<Row>,
    hidden: Vec<u32>,
    struck: Vec<u32>,
    hints: Vec<u32>,
    repeated: Vec<u32>,
    remarks: Vec<u32>,
    has_unnamed: bool,
}

impl<'a> List<'a> {
    fn new(head: &'a Head, headings: &'a Headings<'a>, sentences: BTreeSet<u32>) -> Self {
        Self {
            head,
            headings,
            is_text: false,
            sentences,
            rows: Vec::new(),
            hidden: Vec::new(),
            struck: Vec::new(),
            hints: Vec::new(),
            repeated: Vec::new(),
            remarks: Vec::new(),
            has_unnamed: false,
        }
    }

    fn row(&mut self, row: GridRow) -> Result<(), SheetError> {
        let GridRow { number, is_hidden, is_struck, .. } = row;
        let knows = !self.headings.required.is_empty();
        if self.sentences.contains(&number) || (knows && is_remark(&row)) {
            self.remarks.push(number);
            return Ok(());
        }
        if knows && self.rows.is_empty() && row.filled().all(|(_, cell)| is_hint(&cell.shown())) {
            self.hints.push(number);
            return Ok(());
        }
        if knows && self.is_heading_again(&row) {
            self.repeated.push(number);
            return Ok(());
        }
        if knows && self.is_another_heading(&row) {
            return error(format!(
                "第 {number} 行又是表头，而且列与第 {} 行的不同；请把两份名单分开，或排成同样的列",
                self.head.first_row
            ));
        }
        let cells = self.cells(row.cells);
        if cells.iter().all(Cell::is_blank) {
            return Ok(());
        }
        if self.rows.len() == MOST_ROWS {
            return error(format!("数据超过 {MOST_ROWS} 行"));
        }
        if (self.rows.len() + 1) * self.head.headers.len() > MOST_CELLS {
            return error("表格过大：行数乘列数超过 120 万格，请删去多余的列");
        }
        if is_hidden {
            self.hidden.push(number);
        }
        if is_struck {
            self.struck.push(number);
        }
        self.rows.push(Row { number, cells });
        Ok(())
    }

    /// As many cells as there are headings.
    fn cells(&mut self, mut cells: Vec<Cell>) -> Vec<Cell> {
        let headers = &self.head.headers;
        let length = cells.len();
        let beyond = cells.iter().skip(headers.len()).any(|cell| !cell.is_blank());
        cells.resize(headers.len(), Cell::Text(String::new()));
        if beyond && self.is_text {
            // A separator too many has shifted the values.
            if let Some(last) = cells.last_mut() {
                let why = format!("这一行有 {length} 列，表头只有 {} 列", headers.len());
                *last = Cell::fault(last.shown().into_owned(), why);
            }
        }
        let is_unnamed = |(cell, header): (&Cell, &String)| header.is_empty() && !cell.is_blank();
        self.has_unnamed |= (beyond && !self.is_text) || cells.iter().zip(headers).any(is_unnamed);
        for cell in &mut cells {
            if let Cell::Text(text) = cell
                && text.starts_with("示例")
                && text.contains('删')
            {
                let why = "这是模板里的示例，请删去这一行";
                *cell = Cell::fault(std::mem::take(text), why);
            }
        }
        cells
    }

    fn is_heading_again(&self, row: &GridRow) -> bool {
        let same = |(column, cell): (usize, &Cell)| {
            let header = self.head.headers.get(column);
            header.is_some_and(|header| *header == *cell.shown() || self.headings.meant(cell) == Some(header))
        };
        row.filled().all(same)
    }

    /// The row has several headings under others: a second list begins. Nobody's row is without a digit.
    fn is_another_heading(&self, row: &GridRow) -> bool {
        let has_digits = row.filled().any(|(_, cell)| cell.shown().contains(|c: char| c.is_ascii_digit()));
        !has_digits && self.headings.in_row(row).len() >= 3
    }

    fn notes(&self) -> Vec<String> {
        let said = [
            (&self.hints, "是填写说明，没有读取"),
            (&self.repeated, "重复了表头，没有读取"),
            (&self.remarks, "是备注或合计，没有读取"),
        ];
        let rows = said.iter().filter(|(rows, _)| !rows.is_empty());
        let unnamed = self.has_unnamed.then(|| "没有表头的列没有读取".to_owned());
        rows.map(|(rows, says)| format!("{}{says}", row_list(rows))).chain(unnamed).collect()
    }
}

const TOTALS: [&str; 7] = ["合计", "总计", "小计", "汇总", "共计", "总数", "总人数"];
const REMARKS: [&str; 24] = [
    "注",
    "(注",
    "备注",
    "说明",
    "填表",
    "填报",
    "制表",
    "审核",
    "审批",
    "经办",
    "负责人",
    "联系人",
    "以上",
    "附:",
    "附件",
    "※",
    "盖章",
    "(盖章",
    "(公章",
    "签字",
    "签名",
    "单位",
    "打印",
    "报送",
];

/// A cell's text in the usual width and without blanks.
fn solid(cell: &Cell) -> Cow<'_, str> {
    let shown = cell.shown();
    if is_plain(&shown) { shown } else { Cow::Owned(shown.nfkc().filter(|c| !c.is_whitespace()).collect()) }
}

/// A total, or a remark below a list: few cells, the first of which begins as they do.
fn is_remark(row: &GridRow) -> bool {
    let mut filled = row.filled();
    let Some((column, first)) = filled.next() else { return false };
    let first = solid(first);
    let is_total = |text: &str| TOTALS.contains(&text.trim_end_matches(':'));
    let begins_as_total = TOTALS.iter().any(|word| {
        first.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([':', '(', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        })
    });
    let next_is_total = filled.by_ref().take_while(|(column, _)| *column < 3).any(|(_, cell)| is_total(&solid(cell)));
    if begins_as_total || (column < 3 && next_is_total) {
        return true;
    }
    let is_sentence = first.contains([':', '。', ',', ';']) || first.chars().count() > 12;
    REMARKS.iter().any(|word| first.starts_with(word)) && is_sentence && row.filled().count() <= 4
}

/// What a cell of the row below a heading says that tells how to fill in.
fn is_hint(text: &str) -> bool {
    const HINTS: [&str; 21] = [
        "必填",
        "选填",
        "可选",
        "必选",
        "非必填",
        "不必填",
        "可不填",
        "可空",
        "请",
        "填写",
        "下拉",
        "如",
        "例",
        "格式",
        "文本",
        "数字",
        "整数",
        "日期",
        "按",
        "不超过",
        "(",
    ];
    let text: String = text.nfkc().collect();
    HINTS.iter().any(|word| text.starts_with(word))
}
