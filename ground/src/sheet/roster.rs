//! A union's roster from a spreadsheet: a row for each person and post.

use std::collections::{HashMap, HashSet};

use crate::{
    name::{Name, Number, Spellings, key},
    rules::{
        measure::Measure,
        roster::{Level, Member, Post, Rank, Ranked},
    },
    sheet::{BadCell, Choice, Columns, Question, ReadError, RowReader, Sheet, SheetError},
};

const NUMBER: &str = "学号";
const NAME: &str = "姓名";
const COLLEGE: &str = "院系";
const MAJOR: &str = "专业";
const GRADE: &str = "年级";
const LEVEL: &str = "培养层次";
const POLITICAL: &str = "政治面貌";
const RANK: &str = "专业排名";
const COHORT: &str = "专业人数";
const FAILED: &str = "不及格门数";
const POST: &str = "岗位";
const DEPARTMENT: &str = "部门";
const CHAIR: &str = "执行主席";
const FROM_COLLEGE: &str = "来自院系学生会";
const FIRST_YEAR: &str = "新生";
const MEASURE: &str = "排名口径";
const COURSES: &str = "不及格口径";
const ALL_COURSES: &str = "全部课程";
const REQUIRED: &str = "必修课";

/// Every column with its fixed values, in the order of the template.
pub const COLUMNS: [(&str, &[&str]); 17] = [
    (NUMBER, &[]),
    (NAME, &[]),
    (COLLEGE, &[]),
    (MAJOR, &[]),
    (GRADE, &[]),
    (LEVEL, &["专科", "本科", "研究生"]),
    (POLITICAL, &["中共党员", "中共预备党员", "共青团员", "群众"]),
    (RANK, &[]),
    (COHORT, &[]),
    (FAILED, &[]),
    (POST, &["主席团成员", "部门负责人", "部门工作人员"]),
    (DEPARTMENT, &[]),
    (CHAIR, &["是", "否"]),
    (FROM_COLLEGE, &["是", "否"]),
    (FIRST_YEAR, &["是", "否"]),
    (MEASURE, &[]),
    (COURSES, &[ALL_COURSES, REQUIRED]),
];

const LONGEST_WORD: usize = 60;

/// Why a roster cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// The file as a whole.
    File(SheetError),
    /// Somebody must choose first.
    Asks(Question),
    /// Rows of it, each with its reason.
    Rows(Box<Sheet>, Vec<BadCell>),
}

impl From<ReadError> for Unreadable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::File(error) => Self::File(error),
            ReadError::Asks(question) => Self::Asks(question),
        }
    }
}

/// A roster that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// One for each person, whatever the number of their posts.
    pub members: Vec<Member>,
    /// Headers that were ignored.
    pub ignored: Vec<String>,
    /// What it was read from.
    pub sheet: Sheet,
}

/// Personal facts of a row: all columns but the post's. A blank says nothing, so two rows agree unless both speak.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Person {
    name: Option<Name>,
    texts: [Option<String>; 4],
    level: Option<Level>,
    rank: Option<Rank>,
    measure: Option<Measure>,
    failed_courses: Option<u32>,
    required: Option<bool>,
    from_college_union: Option<bool>,
    first_year: Option<bool>,
}

const TEXTS: [&str; 4] = [COLLEGE, MAJOR, GRADE, POLITICAL];

impl Person {
    /// Takes over what `other` says; names the columns in which the two disagree.
    fn merge(&mut self, other: Self) -> Vec<&'static str> {
        fn one<T: PartialEq>(mine: &mut Option<T>, other: Option<T>) -> bool {
            match (mine.as_ref(), other) {
                (_, None) => true,
                (Some(known), Some(new)) => *known == new,
                (None, new) => {
                    *mine = new;
                    true
                }
            }
        }
        let mut agree = vec![(one(&mut self.name, other.name), NAME)];
        for ((mine, new), column) in self.texts.iter_mut().zip(other.texts).zip(TEXTS) {
            agree.push((one(mine, new), column));
        }
        agree.push((one(&mut self.level, other.level), LEVEL));
        agree.push((one(&mut self.rank, other.rank), RANK));
        agree.push((one(&mut self.measure, other.measure), MEASURE));
        agree.push((one(&mut self.failed_courses, other.failed_courses), FAILED));
        agree.push((one(&mut self.required, other.required), COURSES));
        agree.push((one(&mut self.from_college_union, other.from_college_union), FROM_COLLEGE));
        agree.push((one(&mut self.first_year, other.first_year), FIRST_YEAR));
        agree.into_iter().filter(|(agrees, _)| !agrees).map(|(_, column)| column).collect()
    }
}

/// Reads a roster file, or gives every row that is wrong.
pub fn read(bytes: &[u8], choice: &Choice) -> Result<Roster, Unreadable> {
    let (known, required) = (COLUMNS.map(|(name, _)| name), [NUMBER, NAME, POST]);
    let sheet = Sheet::read_for(bytes, &known, &required, choice)?;
    let columns = Columns::find(&sheet, &known, &required).map_err(Unreadable::File)?;
    let mut bad = Vec::new();
    let mut members: Vec<(Person, Member)> = Vec::new();
    let mut spellings = Spellings::default();
    // Where a number's member stands, and the row that named it first.
    let mut place_of: HashMap<Number, (usize, u32)> = HashMap::new();
    let mut seen: HashSet<(Number, Post)> = HashSet::new();
    for row in &sheet.rows {
        let mut reader = RowReader::new(row, &columns, &mut bad);
        let Some(line) = read_row(&mut reader, &mut spellings) else { continue };
        let RosterRow { number, person, post, chair } = line;
        if !seen.insert((number.clone(), post.clone())) {
            reader.fault(POST, format!("学号 {number} 的同一岗位重复出现"));
            continue;
        }
        let (place, first) = *place_of.entry(number.clone()).or_insert((members.len(), row.number));
        if let Some((known, member)) = members.get_mut(place) {
            for column in known.merge(person) {
                reader.fault(column, format!("学号 {number} 已在第 {first} 行，两行的{column}不同；是否填错学号？"));
            }
            member.chair |= chair;
            if !member.posts.contains(&post) {
                member.posts.push(post);
            }
        } else {
            members.push((person, new_member(number.shown().to_owned(), post, chair)));
        }
    }
    if !bad.is_empty() {
        return Err(Unreadable::Rows(Box::new(sheet), bad));
    }
    let members = members.into_iter().map(|(person, member)| fill(member, person)).collect();
    Ok(Roster { members, ignored: columns.ignored, sheet })
}

/// A row as read: a person in one post.
struct RosterRow {
    number: Number,
    person: Person,
    post: Post,
    chair: bool,
}

fn read_row(reader: &mut RowReader<'_, '_>, spellings: &mut Spellings) -> Option<RosterRow> {
    let number = reader.person_number(NUMBER);
    let name = reader.person_name(NAME);
    let mut spelled = |text: Option<&str>| text.map(|text| spellings.first(text));
    let college = spelled(reader.text(COLLEGE, LONGEST_WORD));
    let major = spelled(reader.text(MAJOR, LONGEST_WORD));
    let grade = reader.entry_year(GRADE);
    let level = reader.level(LEVEL);
    let political = reader.political(POLITICAL);
    let rank = read_rank(reader);
    let failed_courses = reader.failed_courses(FAILED);
    let post = reader.required(POST, LONGEST_WORD);
    let department = spelled(reader.text(DEPARTMENT, LONGEST_WORD));
    let chair = reader.yes_no(CHAIR).unwrap_or(false);
    let from_college_union = reader.yes_no(FROM_COLLEGE);
    let first_year = reader.yes_no(FIRST_YEAR);
    let (measure, required) = (read_measure(reader), read_required(reader));
    // Blanks do not count, as in every word of the field.
    let typed = post.map(key);
    let needs_department = matches!(typed.as_deref(), Some("部门负责人" | "部门工作人员"));
    if needs_department && department.is_none() && !reader.is_faulty(DEPARTMENT) {
        reader.fault(DEPARTMENT, "部门岗位须填写部门");
    }
    if !reader.is_clean() {
        return None;
    }
    let department = department.unwrap_or_default();
    let post = match typed?.as_str() {
        "主席团成员" => Post::Presidium,
        "部门负责人" => Post::Head(department),
        "部门工作人员" => Post::Staff(department),
        _ => Post::Other(post?.to_owned()),
    };
    let texts = [college, major, grade, political.map(str::to_owned)];
    let person = Person { name, texts, level, rank, measure, failed_courses, required, from_college_union, first_year };
    Some(RosterRow { number: number?, person, post, chair })
}

/// Of what the ranking is: a blank says that it is one of the major, as the heading of the rank has it.
fn read_measure(reader: &mut RowReader<'_, '_>) -> Option<Measure> {
    let typed = key(reader.text(MEASURE, LONGEST_WORD)?);
    let measure = Measure::of_label(&typed);
    if measure.is_none() {
        let (base, other) =
            (Measure::USUAL.label(), "本年级排名、本班排名、本专业综合测评排名、本专业排名（只算必修课）");
        reader.fault(MEASURE, format!("“{typed}”读不出是什么排名，应如{base}、{other}"));
    }
    measure
}

/// Of what courses failed ones are counted: of 必修课 alone; a blank says all.
fn read_required(reader: &mut RowReader<'_, '_>) -> Option<bool> {
    let typed = key(reader.text(COURSES, LONGEST_WORD)?);
    match typed.as_str() {
        ALL_COURSES => Some(false),
        REQUIRED => Some(true),
        _ => {
            reader.fault(COURSES, format!("应为{ALL_COURSES}或{REQUIRED}"));
            None
        }
    }
}

/// Rank and cohort from 专业排名 and 专业人数: both or neither. A rank written 3/40 brings its cohort.
pub fn read_rank(reader: &mut RowReader<'_, '_>) -> Option<Rank> {
    let (standing, cohort) = (reader.standing(RANK), reader.cohort(COHORT));
    let with_rank = standing.and_then(|standing| standing.cohort);
    if let (Some(of_rank), Some(of_column)) = (with_rank, cohort)
        && of_rank != of_column
    {
        reader.fault(COHORT, format!("与专业排名里的人数 {of_rank} 不同"));
        return None;
    }
    match (standing.map(|standing| standing.rank), cohort.or(with_rank)) {
        (Some(rank), Some(cohort)) if rank > cohort => {
            reader.fault(RANK, format!("排名 {rank} 大于专业人数 {cohort}"));
            None
        }
        (Some(rank), Some(cohort)) => Some(Rank { rank, cohort }),
        (Some(_), None) if !reader.is_faulty(COHORT) => {
            reader.fault(COHORT, "填了专业排名，须同时填专业人数");
            None
        }
        (None, Some(_)) if !reader.is_faulty(RANK) => {
            reader.fault(RANK, "填了专业人数，须同时填专业排名");
            None
        }
        _ => None,
    }
}

fn new_member(number: String, post: Post, chair: bool) -> Member {
    Member {
        number,
        name: String::new(),
        college: None,
        level: None,
        political: None,
        rank: None,
        other_ranks: Vec::new(),
        failed_courses: None,
        failed_of_required: false,
        from_college_union: None,
        first_year: None,
        pledged: None,
        posts: vec![post],
        chair,
    }
}

fn fill(member: Member, person: Person) -> Member {
    let [college, _, _, political] = person.texts;
    let other = person.measure.filter(|measure| !measure.is_usual());
    let other_rank = person.rank.zip(other).map(|(rank, of)| Ranked { of, rank });
    Member {
        name: person.name.map(|name| name.shown().to_owned()).unwrap_or_default(),
        college,
        level: person.level,
        political,
        rank: person.rank.filter(|_| other_rank.is_none()),
        other_ranks: other_rank.into_iter().collect(),
        failed_courses: person.failed_courses,
        failed_of_required: person.required == Some(true),
        from_college_union: person.from_college_union,
        first_year: person.first_year,
        ..member
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &str) -> Vec<String> {
        match read(text.as_bytes(), &Choice::default()) {
            Err(Unreadable::Rows(_, bad)) => bad.iter().map(ToString::to_string).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_person_with_two_posts_is_one_member() {
        let text = "岗位,学号,姓名,部门,执行主席,院系\n主席团成员,1,张三,,是,信息系\n部门负责人,1,张三,办公室,,\n";
        let members = read(text.as_bytes(), &Choice::default()).unwrap().members;
        assert_eq!(members.len(), 1);
        assert_eq!((members[0].posts.len(), members[0].chair), (2, true));
        assert_eq!(members[0].college.as_deref(), Some("信息系"));
    }

    #[test]
    fn elg_03_a_roster_says_of_what_its_ranking_is_where_it_is_not_of_the_major() {
        let read_one = |cells: &str| {
            let text =
                format!("学号,姓名,岗位,专业排名,专业人数,不及格门数,排名口径,不及格口径\n1,张三,主席团成员,{cells}\n");
            read(text.as_bytes(), &Choice::default()).unwrap().members.remove(0)
        };
        let usual = read_one("3,40,0,本专业排名,");
        assert!(usual.rank.is_some() && usual.other_ranks.is_empty() && !usual.failed_of_required);
        let other = read_one("3,40,0,本年级综合测评排名,必修课");
        assert_eq!((other.rank, other.other_ranks[0].of.slug().as_str()), (None, "grade.assessment"));
        assert!(other.failed_of_required);
        let told = reasons("学号,姓名,岗位,排名口径,不及格口径\n1,张三,主席团成员,全校,选修课\n");
        assert!(told[0].contains("读不出是什么排名") && told[1].contains("应为全部课程或必修课"), "{told:?}");
    }

    #[test]
    fn blanks_in_the_word_of_a_post_do_not_count() {
        let text = "学号,姓名,岗位,部门\n1,张三,主席团 成员,\n2,李四,部门　负责人,办 公 室\n";
        let members = read(text.as_bytes(), &Choice::default()).unwrap().members;
        assert_eq!(members[0].posts, [Post::Presidium]);
        assert!(matches!(&members[1].posts[..], [Post::Head(_)]), "{members:?}");
    }

    #[test]
    fn what_only_fills_a_cell_is_no_number_no_name_and_no_department() {
        for filler in ["nan", "NULL", "-", "无", "——"] {
            let told = reasons(&format!("学号,姓名,岗位,部门\n{filler},张三,主席团成员,\n1,{filler},主席团成员,\n"));
            assert!(told.len() == 2 && told.iter().all(|told| told.contains("等于没有填写")), "{told:?}");
            let told = reasons(&format!("学号,姓名,岗位,部门\n1,张三,部门负责人,{filler}\n"));
            assert!(told[0].contains("须填写部门"), "{told:?}");
        }
    }

    #[test]
    fn a_line_that_is_nobody_is_one_fault() {
        for line in ["以上情况属实", "（加盖公章）", "本表共 2 人", "2026年9月1日", "第 1 页 共 1 页", "办公室"]
        {
            let reasons = reasons(&format!("学号,姓名,岗位,部门\n1,张三,主席团成员,\n{line},,,\n"));
            assert_eq!(reasons.len(), 1, "{reasons:?}");
            assert!(reasons[0].starts_with("第 3 行，“学号”列") && reasons[0].contains("备注或小标题"), "{reasons:?}");
        }
        let only_a_number = reasons("学号,姓名,岗位,部门\n1,张三,主席团成员,\n2,,,\n");
        assert!(only_a_number.iter().any(|reason| reason.contains("“姓名”列")), "{only_a_number:?}");
    }

    #[test]
    fn a_second_heading_with_other_columns_is_one_sentence() {
        let text = "学号,姓名,岗位,部门\n1,张三,主席团成员,\n学籍号,部门,姓名,岗位\n2,办公室,李四,部门负责人\n";
        let Err(Unreadable::File(error)) = read(text.as_bytes(), &Choice::default()) else { panic!("must be refused") };
        assert!(error.0.contains("第 3 行又是表头"), "{error}");
    }

    #[test]
    fn rows_of_one_person_must_agree_and_not_repeat() {
        let text =
            "学号,姓名,岗位,部门\n1,张三,部门负责人,办公室\n1,张山,部门工作人员,文体部\n1,张三,部门负责人,办公室\n";
        let reasons = reasons(text);
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons[0].starts_with("第 3 行，“姓名”列，“张山”：学号 1 已在第 2 行，两行的姓名不同"));
        assert!(reasons[1].starts_with("第 4 行，“岗位”列"));
    }

    #[test]
    fn every_bad_cell_is_named_with_row_column_value_and_reason() {
        let long = "长".repeat(300);
        let text = format!(
            "学号,姓名,岗位,部门,专业排名,专业人数,不及格门数,培养层次,执行主席,年级\n\
             1,张三,部门负责人,,,,,,,\n\
             2,{long},主席团成员,,,,,,,\n\
             3,李四,主席团成员,,5,,,,,\n\
             4,王五,主席团成员,,9,5,,,,\n\
             5,赵六,主席团成员,,,,-1,,,\n\
             6,孙七,主席团成员,,,,,3,,\n\
             7,周八,主席团成员,,,,,,可能,\n\
             8,吴九😀,主席团成员,,,,,,,大一\n\
             ,郑十,,,,,,,,\n"
        );
        let reasons = reasons(&text);
        let rows: Vec<&str> = reasons.iter().filter_map(|reason| reason.split('，').next()).collect();
        let expected = [2, 3, 4, 5, 6, 7, 8, 9, 9, 10].map(|row| format!("第 {row} 行"));
        assert_eq!(rows, expected, "{reasons:#?}");
    }

    #[test]
    fn spellings_of_one_person_department_and_college_are_one() {
        let text = "学号,姓名,岗位,部门,院系\nb01,阿依古丽·买买提,部门负责人,办公室,信息系\n\
                    B01,阿依古丽•买买提,部门负责人,学习部（一）,信息 系\n\
                    ｂ02,张　三,部门负责人,办 公 室,\n2,李 四,部门工作人员,学习部(一),\n";
        let members = read(text.as_bytes(), &Choice::default()).unwrap().members;
        let seen: Vec<_> = members.iter().map(|one| (one.number.as_str(), one.name.as_str())).collect();
        assert_eq!(seen, [("b01", "阿依古丽·买买提"), ("b02", "张三"), ("2", "李四")]);
        assert_eq!(members[0].posts, [Post::Head("办公室".to_owned()), Post::Head("学习部（一）".to_owned())]);
        assert_eq!(members[1].posts, [Post::Head("办公室".to_owned())]);
        assert_eq!(members[2].posts, [Post::Staff("学习部（一）".to_owned())]);
        let twice = reasons("学号,姓名,岗位,部门\n1,张三,部门负责人,办公室\n１,张 三,部门负责人,办　公室\n");
        assert!(twice[0].starts_with("第 3 行，“岗位”列"), "{twice:?}");
    }

    #[test]
    fn words_and_codes_mean_one_thing_and_silence_is_unknown() {
        let head = "学号,姓名,岗位,政治面貌,培养层次,年级,专业排名,专业人数,不及格门数,执行主席,新生\n";
        let one = |row: &str| {
            let text = format!("{head}1,张三,主席团成员,{row}\n");
            read(text.as_bytes(), &Choice::default()).unwrap().members.remove(0)
        };
        for (word, stored) in [("中国共产党党员", "中共党员"), ("1", "中共党员"), ("共青团员（保留团籍）", "共青团员")]
        {
            assert_eq!(one(&format!("{word},,,,,,,")).political.as_deref(), Some(stored));
        }
        let found = one("02,高职,24级,第3名,40人,0门,√,Y");
        assert_eq!(found.political.as_deref(), Some("中共预备党员"));
        assert_eq!((found.level, found.rank), (Some(Level::Vocational), Some(Rank { rank: 3, cohort: 40 })));
        assert_eq!((found.failed_courses, found.chair, found.first_year), (Some(0), true, Some(true)));
        assert_eq!(one("/,硕士,,3/40,,,,").rank, Some(Rank { rank: 3, cohort: 40 }));
        let silent = one("-,/,无,-,—,无,-,未知");
        assert_eq!((silent.political, silent.level, silent.rank, silent.failed_courses), (None, None, None, None));
        for (row, column) in [
            ("积极分子,,,,,,,", "政治面貌"),
            (",,大一,,,,,", "年级"),
            (",,,5%,,,,", "专业排名"),
            (",,,3/40,41,,,", "专业人数"),
        ] {
            let reasons = reasons(&format!("{head}1,张三,主席团成员,{row}\n"));
            assert!(reasons.iter().all(|reason| reason.contains(column)), "{reasons:?}");
        }
    }

    #[test]
    fn a_name_that_was_lost_or_exchanged_with_the_number_is_a_fault() {
        let reasons = reasons("学号,姓名,岗位\n1,王?,主席团成员\n周八,88007,主席团成员\n2,李\u{e863},主席团成员\n");
        assert_eq!(reasons.len(), 4, "{reasons:?}");
        assert!(reasons[0].contains("CSV UTF-8") && reasons[3].contains("U+E863"), "{reasons:?}");
        assert!(reasons[1].contains("是否与姓名填反了") && reasons[2].contains("填反了"), "{reasons:?}");
    }

    #[test]
    fn short_political_forms_mean_the_long_ones_and_other_posts_are_readable() {
        let text = "学号,姓名,岗位,政治面貌\n1,𠮷野,秘书长,团员\n2,<b>乙<b>,主席团成员,预备党员\n";
        let members = read(text.as_bytes(), &Choice::default()).unwrap().members;
        assert_eq!(members[0].political.as_deref(), Some("共青团员"));
        assert_eq!(members[0].posts, [Post::Other("秘书长".to_owned())]);
        assert_eq!(members[1].political.as_deref(), Some("中共预备党员"));
    }
}
