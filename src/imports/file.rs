//! Reading a file: its rows become cells in the order of its kind's columns.

use std::collections::HashMap;

use super::{
    grades,
    import::{FileRow, Kind, Layout},
    offices, students,
};
use crate::{
    name::{Spellings, key, number_key},
    office::OfficeKind,
    sheet::{BadCell, Choice, Columns, MOST_ROWS, ReadError, Row, RowReader, Sheet, SheetError},
    text::printable,
};

impl Kind {
    fn layout(self) -> &'static Layout {
        match self {
            Self::Students => &students::LAYOUT,
            Self::Grades => &grades::LAYOUT,
            Self::Offices => &offices::LAYOUT,
        }
    }

    /// The columns with their fixed values, in the order of the template and of the cells.
    #[must_use]
    pub fn columns(self) -> &'static [(&'static str, &'static [&'static str])] {
        self.layout().columns
    }

    /// The names of the columns.
    fn names(self) -> Vec<&'static str> {
        self.columns().iter().map(|(name, _)| *name).collect()
    }

    /// Example rows of the template.
    #[must_use]
    pub(super) fn examples(self) -> Vec<Vec<String>> {
        self.layout().examples.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRows {
    pub rows: Vec<FileRow>,
    /// Headers that were ignored.
    pub ignored: Vec<String>,
    /// The sheet that was read; empty for a text file.
    pub sheet: String,
    /// What was left out, filled in or only looks odd.
    pub notes: Vec<String>,
}

/// Reads a file. `may_grant`: the offices that its uploader may grant; `own`: the uploader's own number.
///
/// # Errors
/// Where the file as a whole cannot be read, or somebody must choose first; wrong rows are no error.
pub fn read(
    bytes: &[u8],
    kind: Kind,
    may_grant: &[OfficeKind],
    own: &str,
    choice: &Choice,
) -> Result<FileRows, ReadError> {
    let names = kind.names();
    let required = kind.layout().required;
    let sheet = Sheet::read_for(bytes, &names, required, choice).map_err(|error| match error {
        ReadError::File(reason) => ReadError::File(named(kind, bytes, reason)),
        asks @ ReadError::Asks(_) => asks,
    })?;
    let columns = Columns::find(&sheet, &names, required)?;
    let mut seen: HashMap<String, u32> = HashMap::new();
    // Under one number there is one person.
    let mut names_of: HashMap<String, (String, u32)> = HashMap::new();
    let mut spellings = Spellings::default();
    let mut rows = Vec::with_capacity(sheet.rows.len().min(MOST_ROWS));
    for row in &sheet.rows {
        let mut bad: Vec<BadCell> = Vec::new();
        let mut reader = RowReader::new(row, &columns, &mut bad);
        let cells = match kind {
            Kind::Students => students::read(&mut reader, &mut spellings),
            Kind::Grades => grades::read(&mut reader),
            Kind::Offices => offices::read(&mut reader, may_grant, own),
        };
        // Who or what a file may name once: a student, or a person in an office at a place.
        let number = cells.first().and_then(Option::as_deref).map(number_key);
        let once = match (kind, &number) {
            (Kind::Students | Kind::Grades, number) => number.clone(),
            (Kind::Offices, number) => {
                let place = cells.iter().take(5).skip(2).map(|cell| key(cell.as_deref().unwrap_or("")));
                Some(number.iter().cloned().chain(place).collect::<Vec<_>>().join("\u{1f}"))
            }
        };
        if let Some(once) = once.filter(|_| reader.is_clean()) {
            match seen.get(&once) {
                Some(first) => {
                    let first = *first;
                    reader.fault(names.first().copied().unwrap_or_default(), format!("与第 {first} 行重复"));
                }
                None => {
                    seen.insert(once, row.number);
                }
            }
        }
        if let (Some(number), [_, Some(name), ..]) = (number, cells.as_slice())
            && reader.is_clean()
        {
            match names_of.get(&number) {
                Some((known, first)) if key(known) != key(name) => {
                    let why = format!("同一号码在第 {first} 行是{known}");
                    reader.fault("姓名", why);
                }
                Some(_) => {}
                None => drop(names_of.insert(number, (name.clone(), row.number))),
            }
        }
        let wrong = bad.iter().map(|bad| format!("{}：{}", bad.column, bad.reason)).collect::<Vec<_>>().join("；");
        let cells = if wrong.is_empty() { cells } else { as_typed(&columns, row, &names) };
        rows.push(FileRow { row: row.number, cells, wrong });
    }
    Ok(FileRows { rows, ignored: columns.ignored, sheet: sheet.name, notes: sheet.notes })
}

/// A file of another kind is named for what it is.
fn named(kind: Kind, bytes: &[u8], error: SheetError) -> SheetError {
    let fits = |other: &&Kind| {
        // 成绩排名 asks for a number alone, which every file has.
        let marks: &[&str] =
            if **other == Kind::Grades { &["学号", "专业排名"] } else { other.layout().required };
        let read = Sheet::read_for(bytes, &other.names(), marks, &Choice::default());
        **other != kind && !matches!(read, Err(ReadError::File(_)))
    };
    match Kind::ALL.iter().find(fits) {
        Some(other) => SheetError(format!("这份文件像是“{}”，而要导入的是“{}”；{error}", other.label(), kind.label())),
        None => error,
    }
}

fn as_typed(columns: &Columns, row: &Row, names: &[&str]) -> Vec<Option<String>> {
    let typed = |name: &&str| {
        let text = columns.shown(row, name);
        let text: String = printable(&text, false).chars().take(200).collect();
        (!text.is_empty()).then_some(text)
    };
    names.iter().map(typed).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::offices::{IMPORTED_OFFICES, grants},
        *,
    };

    fn wrongs(text: &str, kind: Kind) -> Vec<String> {
        let rows = read(text.as_bytes(), kind, IMPORTED_OFFICES, "SELF", &Choice::default()).unwrap().rows;
        rows.into_iter().map(|row| row.wrong).collect()
    }

    #[test]
    fn short_words_mean_the_long_ones_and_blanks_say_nothing() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n２０２６01,𠮷野,信息系,软件,专科,2026级,软件2601,团员\n202602,b,信息系,软件,专科,2026,软件2601,\n";
        let rows = read(text.as_bytes(), Kind::Students, &[], "", &Choice::default()).unwrap().rows;
        assert_eq!(rows[0].cells[0].as_deref(), Some("202601"));
        assert_eq!(rows[0].cells[7].as_deref(), Some("共青团员"));
        assert_eq!((rows[1].cells[7].as_deref(), rows[1].wrong.as_str()), (None, ""));
    }

    #[test]
    fn every_fault_of_a_row_is_named_and_the_row_kept_as_typed() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级\n1,,信息系,软件,3,大一,软件2601\n1,甲,信息系,软件,专科,2026,班\n1,乙,信息系,软件,专科,2026,班\n";
        let rows = read(text.as_bytes(), Kind::Students, &[], "", &Choice::default()).unwrap().rows;
        for word in ["姓名：不能为空", "培养层次：“3”是代码", "年级：“大一”不是入学年份"]
        {
            assert!(rows[0].wrong.contains(word), "{}", rows[0].wrong);
        }
        assert_eq!(rows[0].cells[4].as_deref(), Some("3"));
        assert_eq!(rows[1].wrong, "");
        assert_eq!(rows[2].wrong, "学号：与第 3 行重复");
    }

    #[test]
    fn a_grade_row_needs_both_figures_of_a_rank() {
        let all = wrongs("学号,专业排名,专业人数,不及格门数\n1,3,40,0\n2,3,,0\n3,,,\n4,5,4,\n", Kind::Grades);
        assert_eq!(all[0], "");
        assert!(all[1].contains("专业人数") && all[2].contains("没有内容") && all[3].contains("大于"));
    }

    #[test]
    fn offices_know_their_places_terms_and_limits() {
        let head = "学号（工号）,姓名,职务,院系,班级,任职第一天,任职最后一天\n";
        let twice =
            wrongs(&format!("{head}W1,王一,校学生会,,,2026-09-01,\nW1,李二,校研究生会,,,2026-09-01,\n"), Kind::Offices);
        assert_eq!((twice[0].as_str(), twice[1].as_str()), ("", "姓名：同一号码在第 2 行是王一"));
        let row = |line: &str| wrongs(&format!("{head}{line}\n"), Kind::Offices).remove(0);
        assert_eq!(row("T1,甲,院系团组织,信息系,,2026.9.1,"), "");
        assert!(row("T1,甲,院系团组织,,,2026-09-01,").contains("须填写院系"));
        assert!(row("T1,甲,系统管理员,,,2026-09-01,").contains("职务：应填"));
        assert!(row("T1,甲,校学生会,,,2026-09-01,2026-08-01").contains("早于"));
        assert!(row("SELF,甲,校学生会,,,2026-09-01,").contains("不能给自己"));
        let text = format!("{head}T1,甲,学校党委,,,2026-09-01,\n");
        let grants = grants(OfficeKind::SchoolLeague);
        let rows = read(text.as_bytes(), Kind::Offices, grants, "", &Choice::default()).unwrap().rows;
        assert!(rows[0].wrong.contains("由系统管理员授予"));
    }

    #[test]
    fn a_file_of_another_kind_is_named() {
        let text = "学号（工号）,姓名,职务,任职第一天\nT1,甲,校学生会,2026-09-01\n";
        let error = read(text.as_bytes(), Kind::Students, &[], "", &Choice::default()).unwrap_err().to_string();
        assert!(error.contains("像是“任职人员”"), "{error}");
    }
}
