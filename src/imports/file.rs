//! What a file of each kind holds: its columns, and its rows read into cells in the order of the columns.

use std::{collections::HashMap, str::FromStr};

use crate::{
    office::{OfficeKind, Place},
    sheet::{
        BadCell, Columns, MOST_ROWS, RowReader, Sheet, SheetError,
        roster::{political_status, read_rank},
    },
    text::printable,
};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 学生.
    Students,
    /// 成绩.
    Grades,
    /// 任职人员.
    Offices,
}

const STATUSES: &[&str] = &["中共党员", "中共预备党员", "共青团员", "群众"];
const LEVELS: &[&str] = &["专科", "本科", "研究生"];
/// Offices that a file may name.
pub const IMPORTED_OFFICES: &[OfficeKind] = &[
    OfficeKind::SchoolLeague,
    OfficeKind::StudentAffairs,
    OfficeKind::SchoolParty,
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeLeague,
    OfficeKind::CollegeParty,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
];
/// Those of them that the School Youth League committee may grant: League and union offices below it. An office that
/// reviews its candidates beside it (学生工作部门, Party organisations) is the administrators' to grant.
const LEAGUE_GRANTS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeLeague,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
];

/// The offices that somebody acting in `kind` may grant by a file.
#[must_use]
pub fn grants(kind: OfficeKind) -> &'static [OfficeKind] {
    match kind {
        OfficeKind::Administrator => IMPORTED_OFFICES,
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => LEAGUE_GRANTS,
        _ => &[],
    }
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Students, Self::Grades, Self::Offices];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Students => "students",
            Self::Grades => "grades",
            Self::Offices => "offices",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Students => "学生名单",
            Self::Grades => "成绩排名",
            Self::Offices => "任职人员",
        }
    }

    /// The columns with their fixed values, in the order of the template and of the cells.
    #[must_use]
    pub fn columns(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Students => &[
                ("学号", &[]),
                ("姓名", &[]),
                ("院系", &[]),
                ("专业", &[]),
                ("培养层次", LEVELS),
                ("年级", &[]),
                ("班级", &[]),
                ("政治面貌", STATUSES),
                ("性别", &["男", "女"]),
                ("民族", &[]),
            ],
            Self::Grades => &[("学号", &[]), ("姓名", &[]), ("专业排名", &[]), ("专业人数", &[]), ("不及格门数", &[])],
            Self::Offices => &[
                ("学号（工号）", &[]),
                ("姓名", &[]),
                (
                    "职务",
                    &[
                        "校团委",
                        "学生工作部门",
                        "学校党委",
                        "校学生会",
                        "校研究生会",
                        "院系团组织",
                        "院系党组织",
                        "院系学生会",
                        "班级团支部",
                    ],
                ),
                ("院系", &[]),
                ("班级", &[]),
                ("任职第一天", &[]),
                ("任职最后一天", &[]),
            ],
        }
    }

    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Students => &["学号", "姓名", "院系", "专业", "培养层次", "年级", "班级"],
            Self::Grades => &["学号"],
            Self::Offices => &["学号（工号）", "姓名", "职务", "任职第一天"],
        }
    }

    /// Example rows of the template.
    #[must_use]
    pub fn examples(self) -> Vec<Vec<String>> {
        let rows: &[&[&str]] = match self {
            Self::Students => &[&[
                "20260101",
                "示例（请删去）",
                "信息工程系",
                "软件技术",
                "专科",
                "2026",
                "软件技术2601班",
                "共青团员",
                "女",
                "汉族",
            ]],
            Self::Grades => &[&["20260101", "示例（请删去）", "3", "40", "0"]],
            Self::Offices => &[
                &["20260101", "示例（请删去）", "班级团支部", "", "软件技术2601班", "2026-09-01", "2027-08-31"],
                &["T1001", "示例（请删去）", "院系团组织", "信息工程系", "", "2026-09-01", ""],
            ],
        };
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;
    fn from_str(slug: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.slug() == slug);
        found.ok_or_else(|| anyhow::anyhow!("no file is called {slug}"))
    }
}

/// A row: its number in the spreadsheet, its cells in the order of the columns, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The number that the spreadsheet program shows.
    pub row: u32,
    /// The cells; none where blank. Those of a wrong row as they stand in the file.
    pub cells: Vec<Option<String>>,
    /// What is wrong, in Chinese; empty for a row that can be used.
    pub wrong: String,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    pub lines: Vec<Line>,
    /// Headers that were ignored.
    pub ignored: Vec<String>,
}

/// Reads a file. `may_grant`: the offices that its uploader may grant; `own`: the uploader's own number.
///
/// # Errors
/// Where the file as a whole cannot be read; wrong rows are no error.
pub fn read(bytes: &[u8], kind: Kind, may_grant: &[OfficeKind], own: &str) -> Result<Lines, SheetError> {
    let sheet = Sheet::read(bytes)?;
    let names: Vec<&'static str> = kind.columns().iter().map(|(name, _)| *name).collect();
    let columns = Columns::find(&sheet, &names, kind.required()).map_err(|error| named(kind, &sheet, error))?;
    let mut seen: HashMap<String, u32> = HashMap::new();
    // Under one number there is one person.
    let mut names_of: HashMap<String, (String, u32)> = HashMap::new();
    let mut lines = Vec::with_capacity(sheet.rows.len().min(MOST_ROWS));
    for row in &sheet.rows {
        let mut bad: Vec<BadCell> = Vec::new();
        let mut reader = RowReader::new(row, &columns, &mut bad);
        let cells = match kind {
            Kind::Students => student(&mut reader),
            Kind::Grades => grade(&mut reader),
            Kind::Offices => office(&mut reader, may_grant, own),
        };
        // Who or what a file may name once: a student, or a person in an office at a place.
        let key = match kind {
            Kind::Students | Kind::Grades => cells.first().cloned().flatten(),
            Kind::Offices => {
                Some(cells.iter().take(5).map(|cell| cell.as_deref().unwrap_or("")).collect::<Vec<_>>().join("\u{1f}"))
            }
        };
        if let Some(key) = key.filter(|_| reader.is_clean()) {
            match seen.get(&key) {
                Some(first) => {
                    let first = *first;
                    reader.fault(names.first().copied().unwrap_or_default(), format!("与第 {first} 行重复"));
                }
                None => {
                    seen.insert(key, row.number);
                }
            }
        }
        if let [Some(number), Some(name), ..] = cells.as_slice()
            && reader.is_clean()
        {
            match names_of.get(number) {
                Some((known, first)) if known != name => {
                    let why = format!("同一号码在第 {first} 行是{known}");
                    reader.fault("姓名", why);
                }
                Some(_) => {}
                None => drop(names_of.insert(number.clone(), (name.clone(), row.number))),
            }
        }
        let wrong = bad.iter().map(|bad| format!("{}：{}", bad.column, bad.reason)).collect::<Vec<_>>().join("；");
        let cells = if wrong.is_empty() { cells } else { as_typed(&columns, row, &names) };
        lines.push(Line { row: row.number, cells, wrong });
    }
    Ok(Lines { lines, ignored: columns.ignored })
}

/// A file of another kind is named for what it is.
fn named(kind: Kind, sheet: &Sheet, error: SheetError) -> SheetError {
    let fits = |other: &Kind| {
        *other != kind && other.required().iter().all(|name| sheet.headers.iter().any(|header| header == name))
    };
    // 成绩排名 asks for a number alone, which every file has.
    let marks = |other: &Kind| {
        *other != Kind::Grades || sheet.headers.iter().any(|header| header == "专业排名" || header == "不及格门数")
    };
    match Kind::ALL.iter().find(|other| fits(other) && marks(other)) {
        Some(other) => SheetError(format!("这份文件像是“{}”，而要导入的是“{}”；{error}", other.label(), kind.label())),
        None => error,
    }
}

fn as_typed(columns: &Columns, row: &crate::sheet::Row, names: &[&str]) -> Vec<Option<String>> {
    let typed = |name: &&str| {
        let text = columns.shown(row, name);
        let text: String = printable(&text, false).chars().take(200).collect();
        (!text.is_empty()).then_some(text)
    };
    names.iter().map(typed).collect()
}

fn number(reader: &mut RowReader<'_, '_>, column: &str) -> Option<String> {
    let number = reader.required(column, 32)?;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !number.chars().all(fits) {
        reader.fault(column, "只能有字母、数字和 - _ .");
        return None;
    }
    Some(number.to_owned())
}

fn student(reader: &mut RowReader<'_, '_>) -> Vec<Option<String>> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let number = number(reader, "学号");
    let name = owned(reader.person_name("姓名"));
    let mut place = |column, longest| {
        let text = reader.required(column, longest)?;
        if text.chars().count() < 2 && column != "班级" {
            reader.fault(column, "至少两个字");
        }
        Some(text.to_owned())
    };
    let (college, major) = (place("院系", 60), place("专业", 60));
    let class = place("班级", 60);
    let level = reader.word("培养层次", &[("专科", "专科"), ("本科", "本科"), ("研究生", "研究生")]);
    if level.is_none() && reader.text("培养层次", 60).is_none() && !reader.is_faulty("培养层次") {
        reader.fault("培养层次", "不能为空");
    }
    let year = reader.entry_year("年级");
    if year.is_none() && !reader.is_faulty("年级") {
        reader.fault("年级", "不能为空");
    } else if year.as_deref().is_some_and(|year| !("1990".."2101").contains(&year)) {
        reader.fault("年级", "应在 1990 至 2100 之间");
    }
    let political = reader.text("政治面貌", 20).map(|status| political_status(status).to_owned());
    let gender = owned(reader.word("性别", &[("男", "男"), ("女", "女")]));
    let ethnic = owned(reader.text("民族", 20));
    vec![number, name, college, major, owned(level), year, class, political, gender, ethnic]
}

fn grade(reader: &mut RowReader<'_, '_>) -> Vec<Option<String>> {
    let number = number(reader, "学号");
    let name = reader.text("姓名", 50).map(str::to_owned);
    let rank = read_rank(reader);
    let failed = reader.whole("不及格门数", 0..=200);
    if rank.is_none() && failed.is_none() && reader.is_clean() {
        reader.fault("专业排名", "排名与不及格门数都是空白，这一行没有内容");
    }
    let text = |figure: Option<u32>| figure.map(|figure| figure.to_string());
    vec![number, name, text(rank.map(|rank| rank.rank)), text(rank.map(|rank| rank.cohort)), text(failed)]
}

fn office(reader: &mut RowReader<'_, '_>, may_grant: &[OfficeKind], own: &str) -> Vec<Option<String>> {
    let number = number(reader, "学号（工号）");
    let name = reader.person_name("姓名").map(str::to_owned);
    let words: Vec<(&str, OfficeKind)> = IMPORTED_OFFICES.iter().map(|kind| (kind.label(), *kind)).collect();
    let kind = reader.word("职务", &words);
    let (college, class) = (reader.text("院系", 60), reader.text("班级", 60));
    match kind {
        None if !reader.is_faulty("职务") => reader.fault("职务", "不能为空"),
        Some(kind) if !may_grant.contains(&kind) => {
            reader.fault("职务", format!("{}由系统管理员授予，当前职务不能导入", kind.label()));
        }
        Some(kind) if kind.place() == Place::College && college.is_none() => reader.fault("院系", "须填写院系"),
        Some(kind) if kind.place() == Place::Class && class.is_none() => reader.fault("班级", "须填写班级全称"),
        _ => {}
    }
    if number.as_deref() == Some(own) {
        reader.fault("学号（工号）", "不能给自己授予职务");
    }
    let from = reader.day("任职第一天");
    if from.is_none() && !reader.is_faulty("任职第一天") {
        reader.fault("任职第一天", "不能为空");
    }
    let last = reader.day("任职最后一天");
    if let (Some(from), Some(last)) = (from, last)
        && last < from
    {
        reader.fault("任职最后一天", "早于任职第一天");
    }
    // A place that the office does not have is not kept: a class branch has its class and no college of its own.
    let place = kind.map(OfficeKind::place);
    let kept = |text: Option<&str>, wanted| text.filter(|_| place == Some(wanted)).map(str::to_owned);
    vec![
        number,
        name,
        kind.map(|kind| kind.label().to_owned()),
        kept(college, Place::College),
        kept(class, Place::Class),
        from.map(|day| day.to_string()),
        last.map(|day| day.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrongs(text: &str, kind: Kind) -> Vec<String> {
        let lines = read(text.as_bytes(), kind, IMPORTED_OFFICES, "SELF").unwrap().lines;
        lines.into_iter().map(|line| line.wrong).collect()
    }

    #[test]
    fn short_words_mean_the_long_ones_and_blanks_say_nothing() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n２０２６01,𠮷野,信息系,软件,专科,2026级,软件2601,团员\n202602,b,信息系,软件,专科,2026,软件2601,\n";
        let lines = read(text.as_bytes(), Kind::Students, &[], "").unwrap().lines;
        assert_eq!(lines[0].cells[0].as_deref(), Some("202601"));
        assert_eq!(lines[0].cells[7].as_deref(), Some("共青团员"));
        assert_eq!((lines[1].cells[7].as_deref(), lines[1].wrong.as_str()), (None, ""));
    }

    #[test]
    fn every_fault_of_a_row_is_named_and_the_row_kept_as_typed() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级\n1,,信息系,软件,大专,26,软件2601\n1,甲,信息系,软件,专科,2026,班\n1,乙,信息系,软件,专科,2026,班\n";
        let lines = read(text.as_bytes(), Kind::Students, &[], "").unwrap().lines;
        for word in ["姓名：不能为空", "培养层次：应填", "年级：应为四位"] {
            assert!(lines[0].wrong.contains(word), "{}", lines[0].wrong);
        }
        assert_eq!(lines[0].cells[4].as_deref(), Some("大专"));
        assert_eq!(lines[1].wrong, "");
        assert_eq!(lines[2].wrong, "学号：与第 3 行重复");
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
        let lines = read(text.as_bytes(), Kind::Offices, grants(OfficeKind::SchoolLeague), "").unwrap().lines;
        assert!(lines[0].wrong.contains("由系统管理员授予"));
    }

    #[test]
    fn a_file_of_another_kind_is_named() {
        let text = "学号（工号）,姓名,职务,任职第一天\nT1,甲,校学生会,2026-09-01\n";
        let error = read(text.as_bytes(), Kind::Students, &[], "").unwrap_err().0;
        assert!(error.contains("像是“任职人员”"), "{error}");
    }
}
