//! Files come in: previewed, committed whole or not at all, and the same file twice changes nothing.
//!
//! One file a feature: its stories share their helpers.

use std::time::Duration;

use lunzhi::office::OfficeKind;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::support::{Client, FIRST, Portal, runtime};

const HEAD: &str = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n";

fn student(number: &str, name: &str, class: &str) -> String {
    format!("{number},{name},信息工程系,软件技术,专科,2026,{class},团员\n")
}

/// Uploads a file and gives the path of its preview.
async fn upload(client: &mut Client, kind: &str, more: &[(&str, &str)], text: &str) -> String {
    let mut fields = vec![("kind", kind)];
    fields.extend_from_slice(more);
    let page = client.upload("/imports", &fields, Some(("名单.csv", text.as_bytes()))).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

async fn count(portal: &Portal, query: &'static str) -> i64 {
    let (count,): (i64,) = sqlx::query_as(query).fetch_one(&mut portal.owner().await).await.unwrap();
    count
}

const GRADES: [(&str, &str); 3] = [("basis", "semester"), ("period", "2025—2026 学年第二学期"), ("source", "教务处")];

#[tokio::test]
async fn students_come_in_once_however_often_the_file_does() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!("{HEAD}{}{}", student("N1", "𠮷野", "软件2601班"), student("20240001", "学生1", "软件2601班"));
    let path = upload(&mut staff, "students", &[], &file).await;
    let preview = staff.get(&path).await;
    assert_eq!(preview.all(".tabs a"), ["新增 1", "变化 1", "相同 0", "有误 0", "名单外 149"]);
    let missing = staff.get(&format!("{path}?tab=missing")).await.all("tbody tr");
    assert_eq!(missing.len(), 149);
    for part in ["20240002", "学生2", "软件2401班"] {
        assert!(missing[0].contains(part), "whom the list does not name stands there by number: {}", missing[0]);
    }
    assert!(preview.text().contains("班级 1 个"), "a new class is announced");
    assert!(staff.get(&format!("{path}?tab=changed")).await.text().contains("软件2401班 → 软件2601班"));
    assert_eq!(
        count(&portal, "select count(*) from student where number = 'N1'").await,
        0,
        "nothing before the commit"
    );
    let done = staff.commit_import(&path).await;
    assert!(done.text().contains("已写入：新增 1 条，变化 1 条"), "{}", done.text());
    assert_eq!(done.all(".tabs a").len(), 4, "whom the list did not name is known no more: {:?}", done.all(".tabs a"));
    let staged = "select count(*) from import_row where state <> 'wrong'";
    assert_eq!(count(&portal, staged).await, 0, "what was staged is gone");
    let known = "select count(*) from student s join class k on k.id = s.class_id
                 where s.number in ('N1', '20240001') and k.name = '软件2601班' and s.political = '共青团员'";
    assert_eq!(count(&portal, known).await, 2);
    let history = "select count(*) from student_change where field = 'class' and before = '软件2401班'
                   and after = '软件2601班' and import_id is not null";
    assert_eq!(count(&portal, history).await, 1);

    let again = upload(&mut staff, "students", &[], &file).await;
    let preview = staff.get(&again).await;
    assert_eq!(preview.all(".tabs a")[..4], ["新增 0", "变化 0", "相同 2", "有误 0"]);
    assert!(preview.text().contains("没有要写入的内容"));
    assert_eq!(count(&portal, "select count(*) from student where number = 'N1'").await, 1);
    assert!(staff.get("/imports").await.text().contains("已写入"));
}

#[tokio::test]
async fn a_year_of_entry_that_lies_far_ahead_is_a_fault() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let next = (portal.app.clock.today().year() + 1).to_string();
    let line = |number: &str, year: &str| student(number, "甲某", "软件2601班").replace(",2026,", &format!(",{year},"));
    let file = format!("{HEAD}{}{}{}", line("Y1", &next), line("Y2", "88级"), line("Y3", "2062"));
    let path = upload(&mut staff, "students", &[], &file).await;
    let says = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].contains("2088 级还没有入学") && says[1].contains("2062 级还没有入学"), "{says:?}");
}

#[tokio::test]
async fn wrong_rows_come_back_as_a_file_to_mend() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::SchoolLeague).await;
    let long = "长".repeat(300);
    let file = format!(
        "{HEAD}{}A2,,信息工程系,软件技术,专科,2026,软件2601班,\nA3,丙,信息工程系,软件技术,3,大一,软件2601班,\n\
         A4,{long},信息工程系,软件技术,专科,2026,软件2601班,\nA5,😀,信息工程系,软件技术,专科,2026,软件2601班,\n\
         A6,' drop table student --,<b>系</b>,软件技术,专科,2026,软件2601班,\n{}",
        student("A1", "甲", "软件2601班"),
        student("A1", "甲", "软件2601班")
    );
    let path = upload(&mut staff, "students", &[], &file).await;
    let preview = staff.get(&format!("{path}?tab=wrong")).await;
    let says = preview.all(".says-cell");
    assert_eq!(says.len(), 5, "{says:?}");
    for (row, word) in
        ["姓名：不能为空", "年级：“大一”不是入学年份", "超过 50 字", "表情符号", "与第 2 行重复"].iter().enumerate()
    {
        assert!(says[row].contains(word), "{}", says[row]);
    }
    assert!(!preview.text().contains("<b>系"), "markup stays text");
    let faults = staff.get(&format!("{path}/faults.xlsx")).await.bytes;
    let sheet = lunzhi::sheet::Sheet::read(&faults).unwrap();
    assert_eq!(sheet.headers.last().unwrap(), "问题");
    assert_eq!(sheet.rows.len(), 5);
    let done = staff.commit_import(&path).await;
    assert!(done.text().contains("有误的 5 条没有写入"), "{}", done.text());
    // The mended file goes in as it is, with its extra column.
    let mended = "学号,姓名,院系,专业,培养层次,年级,班级,问题\nA2,乙,信息工程系,软件技术,专科,2026,软件2601班,x\n";
    let path = upload(&mut staff, "students", &[], mended).await;
    staff.commit_import(&path).await;
    assert_eq!(count(&portal, "select count(*) from student where number in ('A1', 'A2', 'A6')").await, 3);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_keeps_the_form() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut send = async |kind: &str, file: Option<&[u8]>| {
        let fields = [("kind", kind), ("period", "上学期"), ("basis", ""), ("source", "教务处")];
        staff.upload("/imports", &fields, file.map(|bytes| ("x.csv", bytes))).await
    };
    assert_eq!(send("", None).await.fault("导入什么"), "✕ 请选择要导入什么");
    assert_eq!(send("students", None).await.fault("文件"), "✕ 请选择文件");
    let grades = send("grades", Some("学号,专业排名,专业人数\n1,1,2\n".as_bytes())).await;
    assert_eq!((grades.status, grades.fault("统计口径").as_str()), (422, "✕ 请选择统计口径"));
    assert_eq!(grades.field("数据来源"), "教务处");
    assert!(send("students", Some(b"PK\x03\x04broken")).await.fault("文件").contains("损坏"));
    assert!(send("students", Some("学号,姓名\n1,a\n".as_bytes())).await.fault("文件").contains("缺少表头"));
    let other = "学号（工号）,姓名,职务,任职起始日期\n1,a,校学生会,2026-09-01\n";
    assert!(send("students", Some(other.as_bytes())).await.fault("文件").contains("像是“任职人员”"));
    assert_eq!(send("offices", Some(other.as_bytes())).await.status, 422, "offices are not this office's to grant");
    assert_eq!(count(&portal, "select count(*) from import").await, 0);
}

#[tokio::test]
async fn a_filtered_list_is_taken_as_its_clerk_decides() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("填写说明").unwrap().write(0, 0, "请如实填写").unwrap();
    let sheet = workbook.add_worksheet().set_name("名单").unwrap();
    sheet.merge_range(0, 0, 0, 7, "二〇二六级学生名单", &rust_xlsxwriter::Format::new()).unwrap();
    let head = HEAD.replace("学号", "*学 号").replace("政治面貌", "政治\r面貌（必填）");
    let text = format!("{head}{}{}合计,2 人\n", student("F1", "甲", "软件2601班"), student("F2", "乙", "软件2601班"));
    for (row, line) in (1..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell.replace('\r', "\n")).unwrap();
        }
    }
    sheet.set_row_hidden(3).unwrap();
    let file = workbook.save_to_buffer().unwrap();
    let asked = staff.upload("/imports", &[("kind", "students")], Some(("名单.xlsx", &file))).await;
    assert_eq!(asked.status, 422);
    assert!(
        asked.fault("文件").contains("工作表“名单”里有 1 行是隐藏的或被筛选掉的（第 4 行）"),
        "{}",
        asked.fault("文件")
    );
    assert_eq!(count(&portal, "select count(*) from import").await, 0);
    let fields = [("kind", "students"), ("sheet", ""), ("hidden", "leave")];
    let page = staff.upload("/imports", &fields, Some(("名单.xlsx", &file))).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let preview = staff.get(page.location()).await;
    assert_eq!(preview.all(".tabs a")[..2], ["新增 1", "变化 0"]);
    for part in ["读取的工作表：名单", "表头在第 2 行", "第 5 行是备注或合计", "隐藏的 1 行没有读取"]
    {
        assert!(preview.text().contains(part), "{part}: {}", preview.text());
    }
    let path = page.location().to_owned();
    let next = staff.get(&format!("{path}?tab=changed&sheet=forged&notes=forged&ignored=forged")).await.text();
    assert!(
        next.contains("读取的工作表：名单") && next.contains("隐藏的 1 行没有读取"),
        "the next click says it too: {next}"
    );
    assert!(!next.contains("forged"), "nobody but the portal says what it read");
    let done = staff.commit_import(&path).await;
    assert!(done.text().contains("读取的工作表：名单"), "{}", done.text());
    let stored = "select count(*) from student where number in ('F1', 'F2') and political = '共青团员'";
    assert_eq!(count(&portal, stored).await, 1, "the starred column is stored, the hidden row is not");
}

#[tokio::test]
async fn r07_a_column_that_the_clerk_does_not_see_is_asked_about() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("名单").unwrap();
    let text = format!("{HEAD}{}", student("H1", "甲", "软件2601班"));
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let political = HEAD.trim_end().split(',').position(|heading| heading == "政治面貌").unwrap();
    sheet.set_column_hidden(u16::try_from(political).unwrap()).unwrap();
    let file = workbook.save_to_buffer().unwrap();
    let asked = staff.upload("/imports", &[("kind", "students")], Some(("名单.xlsx", &file))).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("文件").contains("工作表“名单”里有隐藏的列“政治面貌”"), "{}", asked.fault("文件"));
    assert_eq!(asked.attributes("input[name=hidden_columns]", "value"), ["leave", "take"]);
    assert!(asked.attributes("input[name=hidden]", "value").is_empty(), "no row is hidden");
    let kept = asked.attributes("input[name=kept]", "value").remove(0);
    let answer = [("kind", "students"), ("kept", kept.as_str()), ("hidden_columns", "leave")];
    let page = staff.upload("/imports", &answer, None).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let path = page.location().to_owned();
    assert!(staff.get(&path).await.text().contains("隐藏的列“政治面貌”没有读取"));
    staff.commit_import(&path).await;
    let stored = "select count(*) from student where number = 'H1' and political is null";
    assert_eq!(count(&portal, stored).await, 1, "what nobody sees is not stored");
}

/// A workbook of two lists of students, the second with a hidden row.
fn two_lists() -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, numbers) in [("2025级", ["S1", "S2"]), ("2026级", ["S3", "S4"])] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let text =
            format!("{HEAD}{}{}", student(numbers[0], "甲", "软件2601班"), student(numbers[1], "乙", "软件2601班"));
        for (row, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        if name == "2026级" {
            sheet.set_row_hidden(2).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_file_that_is_asked_about_is_chosen_once_and_asked_about_once() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = two_lists();
    let asked = staff.upload("/imports", &[("kind", "students")], Some(("名单.xlsx", &file))).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("文件").contains("“2026级”有 1 行是隐藏的或被筛选掉的（第 3 行）"), "{}", asked.fault("文件"));
    assert_eq!(asked.attributes("input[name=sheet]", "value"), ["2025级", "2026级"]);
    assert_eq!(asked.attributes("input[name=hidden]", "value"), ["leave", "take"], "both at once");
    let kept = asked.attributes("input[name=kept]", "value").remove(0);
    let sealed = "select count(*) from kept_file where position('软件'::bytea in sealed) = 0";
    assert_eq!(count(&portal, sealed).await, 1);
    let answer = [("kind", "students"), ("kept", kept.as_str()), ("sheet", "2026级"), ("hidden", "take")];
    let mut other = portal.signed_in(OfficeKind::SchoolLeague).await;
    let theirs = other.upload("/imports", &answer, None).await;
    assert_eq!(theirs.fault("文件"), "✕ 请选择文件", "a file is kept for whoever sent it");
    let page = staff.upload("/imports", &answer, None).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let preview = staff.get(page.location()).await;
    assert_eq!(preview.all(".tabs a")[0], "新增 2");
    assert_eq!(preview.heading(), "学生名单：名单.xlsx", "its name is kept with it");
    portal.app.clock.advance(time::Duration::minutes(61));
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(staff.upload("/imports", &answer, None).await.fault("文件"), "✕ 请选择文件", "for an hour");
}

#[tokio::test]
async fn no_failed_course_is_what_somebody_says_that_the_word_means() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = "学号,专业排名,专业人数,不及格门数\n20240001,3,150,无\n20240002,4,150,1\n";
    let fields = [&[("kind", "grades")][..], &GRADES].concat();
    let asked = staff.upload("/imports", &fields, Some(("成绩.csv", file.as_bytes()))).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("文件").contains("第 2 行的不及格门数是“无”"), "{}", asked.fault("文件"));
    let kept = asked.attributes("input[name=kept]", "value").remove(0);
    let answered = [&fields[..], &[("kept", kept.as_str()), ("none_failed", "zero")]].concat();
    let page = staff.upload("/imports", &answered, None).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let path = page.location().to_owned();
    assert!(staff.get(&path).await.text().contains("第 2 行的不及格门数“无”按 0 门读取"));
    staff.commit_import(&path).await;
    assert_eq!(count(&portal, "select count(*) from grade_fact where failed = 0").await, 1);
    let unknown = [&fields[..], &[("none_failed", "unknown")]].concat();
    let page =
        staff.upload("/imports", &unknown, Some(("成绩.csv", file.replace("20240001", "20240003").as_bytes()))).await;
    staff.commit_import(page.location()).await;
    let silent = "select count(*) from grade_fact g join student s on s.id = g.student_id
                  where s.number = '20240003' and g.failed is null";
    assert_eq!(count(&portal, silent).await, 1);
}

#[tokio::test]
async fn of_two_rows_that_contradict_each_other_neither_is_taken() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!(
        "{HEAD}{}{}{}",
        student("R1", "甲", "软件2601班"),
        student("R1", "乙", "软件2601班"),
        student("R2", "丙", "软件2601班")
    );
    let path = upload(&mut staff, "students", &[], &file).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(
        wrong[0].contains("与第 3 行是同一号码，姓名却不同") && wrong[1].contains("与第 2 行是同一号码"),
        "{wrong:?}"
    );
    staff.commit_import(&path).await;
    assert_eq!(count(&portal, "select count(*) from student where number in ('R1', 'R2')").await, 1);
    let grades = "学号,专业排名,专业人数,不及格门数\n20240001,3,150,0\n20240001,4,150,0\n";
    let path = upload(&mut staff, "grades", &GRADES, grades).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert!(wrong.len() == 2 && wrong.iter().all(|says| says.contains("专业排名却不同")), "{wrong:?}");
}

#[tokio::test]
async fn a_college_spelt_wrong_is_asked_about_before_it_is_set_up() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let line = |number: &str, college: &str, major: &str, class: &str| {
        format!("{number},甲,{college},{major},专科,2024,{class},团员\n")
    };
    let file = format!(
        "{HEAD}{}{}{}{}",
        line("P1", "信息工程糸", "软件技木", "软件2401班"),
        line("P2", "信息工程系", "软件技术", "软件2402班"),
        line("P3", "航空港系", "飞行技术", "飞行2401班"),
        line("P4", "信息工程系", "软件技术", "软体2401班")
    );
    let path = upload(&mut staff, "students", &[], &file).await;
    let preview = staff.get(&path).await;
    assert!(preview.text().contains("有 2 处院系、专业或班级的名称与已有的相近"), "{}", preview.text());
    let refused = staff.commit_import(&path).await;
    assert!(!refused.text().contains("已写入"), "{}", refused.text());
    assert_eq!(count(&portal, "select count(*) from student where number ~ '^P'").await, 0);

    let places = staff.get(&format!("{path}/places")).await;
    let rows = places.all("tbody tr");
    assert!(rows[0].contains("院系 信息工程糸") && rows[0].contains("与“信息工程系”相近"), "{rows:?}");
    assert!(rows[1].contains("班级 软体2401班"), "{rows:?}");
    let fields = places.attributes("select", "name");
    let chosen = |place: usize, word: &str| {
        let (html, name) = (places.html(), &fields[place]);
        let options = scraper::Selector::parse(&format!("select[name={name}] option")).unwrap();
        let found = html.select(&options).find(|option| option.text().collect::<String>().contains(word));
        found.map(|option| option.attr("value").unwrap().to_owned()).unwrap()
    };
    let nearest = places.attributes(&format!("select[name={}] option", fields[0]), "value").remove(2);
    assert_eq!(nearest, chosen(0, "信息工程系"), "the nearest stands first");
    let unanswered = staff.post(&format!("{path}/places"), &[(fields[0].as_str(), nearest.as_str())]).await;
    assert_eq!(unanswered.status, 422);
    assert!(unanswered.text().contains("还有 3 处没有选择"), "{}", unanswered.text());
    let all: Vec<(&str, String)> = fields
        .iter()
        .zip(&rows)
        .map(|(name, row)| {
            let value = match row {
                row if row.contains("信息工程糸") => nearest.clone(),
                row if row.contains("软体") => "leave".to_owned(),
                _ => "new".to_owned(),
            };
            (name.as_str(), value)
        })
        .collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let next = staff.post(&format!("{path}/places"), &all).await;
    assert_eq!(next.location(), format!("{path}/places"), "in the college that was meant its major is asked about");
    let places = staff.get(next.location()).await;
    let field = places.attributes("select", "name").remove(0);
    let major = places.attributes(&format!("select[name={field}] option"), "value").remove(2);
    assert!(places.all("tbody tr")[0].contains("专业 软件技木"), "{:?}", places.all("tbody tr"));
    let others = places.attributes("select", "name");
    let answers: Vec<(&str, &str)> =
        others.iter().map(|name| (name.as_str(), if *name == field { major.as_str() } else { "new" })).collect();
    assert_eq!(staff.post(&format!("{path}/places"), &answers).await.location(), path);
    let preview = staff.get(&path).await;
    assert_eq!(preview.all(".tabs a")[..4], ["新增 3", "变化 0", "相同 0", "有误 1"], "{}", preview.text());
    assert!(preview.text().contains("院系“信息工程糸”就是“信息工程系”（1 行）"), "{}", preview.text());
    staff.commit_import(&path).await;
    let classed = "select count(*) from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                  join college c on c.id = m.college_id
                  where s.number = 'P1' and k.name = '软件2401班' and m.name = '软件技术' and c.name = '信息工程系'";
    assert_eq!(count(&portal, classed).await, 1);
    assert_eq!(count(&portal, "select count(*) from college where name in ('信息工程糸', '航空港系')").await, 1);
    assert_eq!(count(&portal, "select count(*) from student where number = 'P4'").await, 0, "left out");
    let record =
        "select count(*) from audit_entry where verb = 'places_matched' and detail::text like '%信息工程糸 → %'";
    assert_eq!(count(&portal, record).await, 1);
}

#[tokio::test]
async fn line_ends_of_any_kind_are_rows_of_their_own() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let (one, two, three) = (student("L1", "甲", "班"), student("L2", "乙", "班"), student("L3", "丙", "班"));
    let file = format!("{HEAD}{one}{two}{three}").replacen(&two, &two.replace('\n', "\r"), 1);
    let path = upload(&mut staff, "students", &[], &file).await;
    assert_eq!(staff.get(&path).await.all(".tabs a")[0], "新增 3");
    let file = format!("{HEAD}{one}{two}{three}").replace('\n', "\r");
    let path = upload(&mut staff, "students", &[], &file).await;
    assert_eq!(staff.get(&path).await.all(".tabs a")[0], "新增 3");
}

#[tokio::test]
async fn the_templates_example_is_nobody() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let template = staff.get("/imports/template/students.xlsx").await.bytes;
    let page = staff.upload("/imports", &[("kind", "students")], Some(("模板.xlsx", &template))).await;
    let preview = staff.get(page.location()).await;
    assert_eq!(preview.all(".tabs a")[0], "新增 0");
    assert!(preview.all(".says-cell")[0].contains("模板里的示例"), "{:?}", preview.all(".says-cell"));
}

#[tokio::test]
async fn terms_without_an_end_are_left_blank() {
    let portal = Portal::two().await;
    let mut admin = portal.signed_in(OfficeKind::Administrator).await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let head = ["学号（工号）", "姓名", "职务", "任职起始日期", "任职截止日期"];
    for (column, cell) in (0..).zip(head) {
        sheet.write(0, column, cell).unwrap();
    }
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let month = rust_xlsxwriter::Format::new().set_num_format("yyyy\"年\"m\"月\"");
    for row in 1..=3 {
        for (column, cell) in (0..).zip([format!("T900{row}"), format!("何某{row}"), "校学生会".to_owned()]) {
            sheet.write(row, column, cell).unwrap();
        }
        sheet.write_with_format(row, 3, 46_266, &day).unwrap();
    }
    sheet.write_with_format(1, 4, 2_958_465, &day).unwrap();
    sheet.write_with_format(2, 4, 46_600, &month).unwrap();
    sheet.write(3, 4, "长期").unwrap();
    let file = workbook.save_to_buffer().unwrap();
    let page = admin.upload("/imports", &[("kind", "offices")], Some(("任职.xlsx", &file))).await;
    let preview = admin.get(page.location()).await;
    let says = preview.all(".says-cell");
    assert_eq!(says.len(), 2, "{says:?}");
    for (says, part) in says.iter().zip(["留空", "只到月份"]) {
        assert!(says.contains(part), "{part}: {says}");
    }
}

#[tokio::test]
async fn grades_are_facts_that_later_files_never_rewrite() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let head = "学号,姓名,专业排名,专业人数,不及格门数\n";
    let first = format!("{head}20240001,学生1,3,150,0\n20240002,,4,150,1\nNOBODY,,1,2,0\n20240003,别人,5,150,0\n");
    let path = upload(&mut staff, "grades", &GRADES, &first).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 2);
    assert!(wrong[0].contains("没有这名学生") && wrong[1].contains("与学号不符"), "{wrong:?}");
    staff.commit_import(&path).await;
    let second = format!("{head}20240001,,5,150,\n20240002,,4,150,1\n");
    let path = upload(&mut staff, "grades", &GRADES, &second).await;
    assert_eq!(staff.get(&path).await.all(".tabs a"), ["新增 0", "变化 1", "相同 1", "有误 0"]);
    staff.commit_import(&path).await;
    let facts: Vec<(i32, i32, i32)> = sqlx::query_as(
        "select rank, cohort, failed from grade_fact g join student s on s.id = g.student_id
         where s.number = '20240001' and s.institution_id = (select id from institution where code = $1)
         order by recorded_at",
    )
    .bind(FIRST)
    .fetch_all(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(facts, [(3, 150, 0), (5, 150, 0)], "the blank is taken over, the old fact stays");
    let update = sqlx::query("update grade_fact set rank = 1").execute(&mut portal.owner().await).await;
    assert!(update.is_err(), "no statement rewrites a fact");
}

#[tokio::test]
async fn elg_03_of_what_earlier_rankings_are_is_asked_once() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(!staff.get("/imports").await.text().contains("以前导入的排名"), "nobody is asked who has none");
    let ranked = "select count(*) from student_facts(null) where rank is not null and institution_id
                  = (select id from institution where code = 'first')";
    let file = "学号,姓名,专业排名,专业人数,不及格门数\n20240001,学生1,3,150,0\n20240002,,4,150,1\n";
    let path = upload(&mut staff, "grades", &GRADES, file).await;
    staff.commit_import(&path).await;
    let before = count(&portal, ranked).await;
    assert_eq!(before, 2);
    let mut db = portal.owner().await;
    sqlx::query("insert into unsaid_ranking (institution_id, before) select id, '2100-01-01' from institution")
        .execute(&mut db)
        .await
        .unwrap();
    assert!(staff.get("/").await.text().contains("确认以前导入的排名是什么口径"));
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    assert!(!administrator.get("/imports").await.text().contains("以前导入的排名"), "ranks are not theirs");
    assert_eq!(administrator.post("/imports/rankings", &[("answer", "other")]).await.status, 404);
    let unsaid = staff.post("/imports/rankings", &[]).await;
    assert_eq!(unsaid.status, 422);
    assert!(unsaid.text().contains("请选择以前导入的排名是什么口径"), "{}", unsaid.text());
    assert_eq!(count(&portal, ranked).await, before, "until it is said they stand");
    let said = staff.post_on("/imports/rankings", &[("answer", "other")]).await;
    assert!(said.text().contains("已确认以前导入的排名是什么口径"), "{}", said.text());
    assert_eq!(count(&portal, ranked).await, 0, "not known is missing, and never the major");
    assert_eq!(staff.post("/imports/rankings", &[("answer", "major")]).await.status, 404, "once");
    assert!(!staff.get("/imports").await.text().contains("以前导入的排名"));
    let record = portal.signed_in(OfficeKind::SchoolLeague).await.get("/audit").await;
    assert!(record.text().contains("确认以前导入的排名"), "{}", record.text());
}

#[tokio::test]
async fn branch_secretaries_change_with_one_file() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    let file = format!(
        "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\n20240007,学生7,团支书,,软件2401班,{today},\n\
         T77,新老师,团总支书记,信息工程系,,{today},2036-08-31\nT78,某人,学校党委,,,{today},\n20240008,别名,班级团支部,,软件2401班,{today},\n"
    );
    let path = upload(&mut league, "offices", &[("end_others", "yes")], &file).await;
    let wrong = league.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert!(wrong[0].contains("由系统管理员授予") && wrong[1].contains("与学号（工号）不符"), "{wrong:?}");
    let missing = league.get(&format!("{path}?tab=missing")).await;
    assert!(missing.text().contains("class_branch") && missing.text().contains("任职到新任者的前一天"));
    let done = league.commit_import(&path).await;
    assert!(done.text().contains("新增 2 条"), "{}", done.text());
    let mut old = portal.signed_in(OfficeKind::ClassBranch).await;
    assert_eq!(old.get("/people").await.status, 403, "the old secretary is one no more");
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    assert_eq!(party.get("/people").await.status, 200, "other offices of the college stay");
    let new = "select count(*) from office o join account a on a.id = o.account_id join student s on s.id = a.student_id
               where a.number = '20240007' and o.kind = 'class_branch' and a.password_hash is null and o.ended_at is null";
    assert_eq!(count(&portal, new).await, 1);
    let told = "select count(*) from notice where subject like '你担任了新的职务：软件2401班 班级团支部'";
    assert_eq!(count(&portal, told).await, 1);
    let again = upload(&mut league, "offices", &[("end_others", "yes")], &file).await;
    assert_eq!(league.get(&again).await.all(".tabs a")[..3], ["新增 0", "变化 0", "相同 2"]);
}

#[tokio::test]
async fn a_student_of_one_college_is_no_officer_of_another() {
    let portal = Portal::two().await;
    let other = "insert into college (id, institution_id, name)
                 select gen_random_uuid(), id, '外语与旅游系' from institution where code = 'first'";
    sqlx::query(other).execute(&mut portal.owner().await).await.unwrap();
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    let file = format!(
        "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\n20240007,学生7,团总支书记,外语与旅游系,,{today},\n\
         20240008,学生8,团总支书记,信息工程系,,{today},\nT79,新老师,团总支书记,外语与旅游系,,{today},\n"
    );
    let path = upload(&mut league, "offices", &[], &file).await;
    let wrong = league.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert!(wrong.len() == 1 && wrong[0].contains("该生是信息工程系的学生"), "{wrong:?}");
    let done = league.commit_import(&path).await;
    assert!(done.text().contains("新增 2 条"), "{}", done.text());
}

#[tokio::test]
async fn what_changed_since_the_preview_is_shown_again_before_it_is_written() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!("{HEAD}{}", student("20240001", "新名", "软件2401班").replace("2026", "2024"));
    let path = upload(&mut staff, "students", &[], &file).await;
    sqlx::query("update student set name = '新名' where number = '20240001'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let moved = staff.commit_import(&path).await;
    assert!(moved.text().contains("预览已按最新情况重做"), "{}", moved.text());
    assert_eq!(count(&portal, "select count(*) from student_change").await, 0);
    assert!(staff.commit_import(&path).await.text().contains("已写入"));
}

/// A list that is committed as it was previewed is not compared once more; whatever changes what it says makes it anew.
#[tokio::test]
async fn whatever_a_list_was_compared_with_makes_its_preview_anew() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    sqlx::query(
        "insert into account (id, institution_id, number, name, must_change_password, created_at)
         select gen_random_uuid(), institution_id, 'Z1', '甲', false, created_at from account
         where number = 'administrator'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let changes = [
        (
            "Z1",
            "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
             select gen_random_uuid(), id, institution_id, 'school_party', '2026-01-01', created_at from account
             where number = 'Z1'",
        ),
        (
            "Z2",
            "insert into account (id, institution_id, number, name, must_change_password, created_at)
             select gen_random_uuid(), institution_id, 'Z2', '乙', false, created_at from account
             where number = 'administrator'",
        ),
        (
            "Z3",
            "insert into former_number (institution_id, student_id, number, until)
             select institution_id, id, 'Z3', story_now() from student where number = '20240001'",
        ),
        ("Z4", "update student set number = 'Z4' where number = '20240002'"),
        ("Z5", "update class set ended_on = '2026-01-01' where name = '软件2401班'"),
    ];
    for (number, change) in changes {
        let file = format!("{HEAD}{}", student(number, "甲", "软件2401班").replace("2026", "2024"));
        let path = upload(&mut staff, "students", &[], &file).await;
        assert_eq!(staff.get(&path).await.all(".tabs a")[0], "新增 1", "{number}");
        sqlx::query(change).execute(&mut portal.owner().await).await.unwrap();
        let moved = staff.commit_import(&path).await;
        assert!(moved.text().contains("预览已按最新情况重做"), "{number}: {}", moved.text());
    }
    let file = format!("{HEAD}{}", student("Z6", "甲", "软件2601班"));
    let path = upload(&mut staff, "students", &[], &file).await;
    assert!(staff.commit_import(&path).await.text().contains("已写入：新增 1 条"));
}

#[tokio::test]
async fn two_staff_at_once_one_waits_and_is_told_why() {
    let portal = Portal::two().await;
    let (mut one, mut two) =
        (portal.signed_in(OfficeKind::StudentAffairs).await, portal.signed_in(OfficeKind::SchoolLeague).await);
    let first = upload(&mut one, "students", &[], &format!("{HEAD}{}", student("B1", "甲", "软件2601班"))).await;
    let second = upload(&mut two, "students", &[], &format!("{HEAD}{}", student("B2", "乙", "软件2601班"))).await;
    // Somebody holds the university's turn in the database, as a long commit does.
    let mut holder = portal.owner().await;
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('import ' || id::text, 0)) from institution where code = $1",
    )
    .bind(FIRST)
    .execute(&mut holder)
    .await
    .unwrap();
    one.post(&format!("{first}/commit"), &[]).await;
    while !one.get(&first).await.text().contains("正在写入") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    two.post(&format!("{second}/commit"), &[]).await;
    let waiting = two.get(&second).await;
    assert!(waiting.text().contains("正在排队") && waiting.text().contains("学生工作部门甲"), "{}", waiting.text());
    assert!(one.get(&first).await.text().contains("正在写入"));
    sqlx::query("commit").execute(&mut holder).await.unwrap();
    for (client, path) in [(&mut one, first), (&mut two, second)] {
        let mut tries = 0;
        while !client.get(&path).await.text().contains("已写入：") {
            tries += 1;
            assert!(tries < 3_000, "it never ended");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(count(&portal, "select count(*) from student where number in ('B1', 'B2')").await, 2);
}

#[tokio::test]
async fn a_file_is_committed_once_whoever_presses_twice_and_is_nobody_elses() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let path = upload(&mut staff, "students", &[], &format!("{HEAD}{}", student("C1", "甲", "软件2601班"))).await;
    let mut theirs = portal.signed_in_at(crate::support::SECOND, OfficeKind::StudentAffairs).await;
    assert_eq!(theirs.get(&path).await.status, 404);
    assert_eq!(theirs.get(&format!("{path}/faults.xlsx")).await.status, 404);
    assert_eq!(theirs.post(&format!("{path}/commit"), &[]).await.status, 404);
    assert_eq!(theirs.post(&format!("{path}/discard"), &[]).await.status, 404);
    let mut other = portal.signed_in(OfficeKind::StudentAffairs).await;
    let act = format!("{path}/commit");
    let (one, two) = tokio::join!(staff.post(&act, &[]), other.post(&act, &[]));
    assert_eq!((one.status, two.status), (303, 303));
    staff.commit_import(&path).await;
    let entries = "select count(*) from audit_entry where verb = 'import_committed'";
    assert_eq!(count(&portal, entries).await, 1);
    let late = staff.post_on(&format!("{path}/discard"), &[]).await;
    assert!(late.text().contains("已写入：新增 1 条"), "what is written is not discarded: {}", late.text());
}

#[tokio::test]
async fn whoever_has_left_does_not_come_back_by_a_file() {
    let portal = Portal::two().await;
    sqlx::query("update student set left_on = '2026-07-01', left_why = 'graduated' where number = '20240001'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!("{HEAD}{}", student("20240001", "学生1", "软件2401班"));
    let path = upload(&mut staff, "students", &[], &file).await;
    assert!(staff.get(&path).await.all(".says-cell")[0].contains("已于2026年7月1日离校"));
}

#[tokio::test]
async fn a_list_of_students_takes_over_nobody_who_works_for_the_school() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!("{HEAD}{}", student("administrator", "系统管理员甲", "软件2401班"));
    let path = upload(&mut staff, "students", &[], &file).await;
    assert!(staff.get(&path).await.all(".says-cell")[0].contains("担任工作职务"));
    // A student who comes to work for the school: only who keeps the accounts renames them or ends their offices.
    sqlx::query(
        "update account a set student_id = s.id, name = s.name from student s
         where a.number = 'school_party' and s.number = '20240001' and s.institution_id = a.institution_id",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let renamed = format!("{HEAD}{}", student("20240001", "改名", "软件2401班"));
    let path = upload(&mut staff, "students", &[], &renamed).await;
    assert!(staff.get(&path).await.all(".says-cell")[0].contains("由系统管理员更正"));
    let person = staff.get("/people?q=20240001").await.attributes("tbody a", "href").remove(0);
    let fields = [("number", "NEW1"), ("name", "学生1"), ("class", "软件2401班"), ("reason", "x")];
    assert!(staff.post(&format!("{person}/correct"), &fields).await.fault("学号").contains("由系统管理员更正"));
    let today = portal.app.clock.today().to_string();
    let leave = [("day", today.as_str()), ("why", "other"), ("reason", "x")];
    assert!(staff.post(&format!("{person}/leave"), &leave).await.fault("离校日期").contains("须先由系统管理员免去"));
    assert_eq!(portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.status, 200);
}

#[tokio::test]
async fn whoever_commits_must_be_able_to_grant() {
    let portal = Portal::two().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let today = portal.app.clock.today();
    let head = "学号（工号）,姓名,职务,任职起始日期\n";
    let file = format!("{head}student_affairs,学生工作部门甲,校团委,{today}\nT1,甲,学校党委,{today}\n");
    let path = upload(&mut administrator, "offices", &[], &file).await;
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(affairs.get(&path).await.status, 404);
    assert_eq!(affairs.post(&format!("{path}/commit"), &[]).await.status, 404);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(league.post(&format!("{path}/commit"), &[]).await.status, 404, "it grants less");
    assert_eq!(count(&portal, "select count(*) from account where number = 'T1'").await, 0);
    // What one's own office may grant is looked at again when it is written, whatever the file's history.
    sqlx::query("update import set office = '校团委'").execute(&mut portal.owner().await).await.unwrap();
    let moved = league.commit_import(&path).await;
    assert!(moved.text().contains("预览已按最新情况重做"), "{}", moved.text());
    assert_eq!(count(&portal, "select count(*) from account where number = 'T1'").await, 0);
    let grades = upload(&mut affairs, "grades", &GRADES, "学号,专业排名,专业人数\n20240001,1,150\n").await;
    assert_eq!(administrator.get(&grades).await.status, 404, "ranks are none of the administrator's business");
    assert_eq!(administrator.post(&format!("{grades}/commit"), &[]).await.status, 404);
}

#[tokio::test]
async fn what_an_objection_mended_is_not_undone_by_the_old_file_or_the_next_ruling() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = "学号,专业排名,专业人数,不及格门数\n20240001,72,150,2\n";
    let path = upload(&mut staff, "grades", &GRADES, file).await;
    staff.commit_import(&path).await;
    sqlx::query(
        "update account a set student_id = s.id from student s
         where a.number = 'student' and s.number = '20240001' and s.institution_id = a.institution_id",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let fact = student.get("/me/data").await.attributes("#fact option", "value").remove(0);
    for about in ["rank", "failed"] {
        let fields = [("fact", fact.as_str()), ("about", about), ("says", "不对")];
        assert_eq!(student.post("/me/data/disputes", &fields).await.status, 303);
    }
    for _ in 0..2 {
        let path = staff.get("/disputes").await.attributes("tbody a", "href").remove(0);
        let answer = [("upheld", "yes"), ("rank", "10"), ("cohort", "150"), ("failed", "0"), ("answer", "属实")];
        assert_eq!(staff.post(&format!("{path}/answer"), &answer).await.status, 303);
    }
    let newest = "select count(*) from (select rank, failed from grade_fact order by recorded_at desc limit 1) g
                  where rank = 10 and failed = 0";
    assert_eq!(count(&portal, newest).await, 1, "the second ruling keeps the first");
    let again = upload(&mut staff, "grades", &GRADES, file).await;
    assert_eq!(staff.get(&again).await.all(".tabs a")[..3], ["新增 0", "变化 0", "相同 1"]);
    // The old rank with a new number of failed courses changes the one and leaves the other.
    let mixed = "学号,专业排名,专业人数,不及格门数\n20240001,72,150,1\n";
    let path = upload(&mut staff, "grades", &GRADES, mixed).await;
    assert!(staff.get(&path).await.all(".says-cell")[0].contains("不及格门数：0 → 1；另一项已经异议复核"));
    staff.commit_import(&path).await;
    let newest = "select count(*) from (select rank, failed from grade_fact order by recorded_at desc limit 1) g
                  where rank = 10 and failed = 1";
    assert_eq!(count(&portal, newest).await, 1);
    let original = upload(&mut staff, "grades", &GRADES, file).await;
    assert!(!staff.get(&original).await.text().contains("10/150 →"), "nor does the first file come back later");
    // Whoever was right about a figure can still be erased.
    sqlx::query("update student set left_on = '2026-09-01', left_why = 'graduated' where number = '20240001'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240001"), ("reason", "本人申请")];
    assert_eq!(administrator.post("/retention/erase-one", &one).await.status, 303);
    assert_eq!(count(&portal, "select count(*) from grade_fact").await, 0);
}

#[tokio::test]
async fn a_typing_error_does_not_end_the_sitting_secretary() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    let file = format!(
        "学号（工号）,姓名,职务,班级,任职起始日期\nclass_branch,错名,班级团支部,软件2401班,{today}\n\
         20240007,学生7,班级团支部,软件2401班,{today}\n"
    );
    let path = upload(&mut league, "offices", &[("end_others", "yes")], &file).await;
    assert!(league.get(&path).await.all(".tabs a").contains(&"名单外 0".to_owned()));
    league.commit_import(&path).await;
    assert_eq!(portal.signed_in(OfficeKind::ClassBranch).await.get("/people").await.status, 200);
}

#[tokio::test]
async fn a_list_of_officers_heads_its_numbers_by_either_word() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    for head in ["学号（工号）", "*学 号", "工号（必填）"] {
        let file = format!("{head},姓名,职务,班级,任职起始日期\n20240007,学生7,班级团支部,软件2401班,{today}\n");
        let path = upload(&mut league, "offices", &[], &file).await;
        let tabs = league.get(&path).await.all(".tabs a");
        assert!(tabs.contains(&"有误 0".to_owned()), "{head}: {tabs:?}");
    }
    let both = "学号,工号,姓名,职务,任职起始日期\n20240007,1,学生7,校学生会,2026-09-01\n";
    let fields = [("kind", "offices")];
    let refused = league.upload("/imports", &fields, Some(("both.csv", both.as_bytes()))).await;
    assert!(refused.status == 422 && refused.text().contains("出现了两次"), "{}", refused.text());
}

#[tokio::test]
async fn a_renewal_is_no_repetition_and_no_office_outlives_leaving() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let day = |ahead: i64| portal.app.clock.today() + time::Duration::days(ahead);
    let head = "学号（工号）,姓名,职务,班级,任职起始日期,任职截止日期\n";
    let first = format!("{head}20240007,学生7,班级团支部,软件2401班,{},{}\n", day(0), day(30));
    let path = upload(&mut league, "offices", &[], &first).await;
    league.commit_import(&path).await;
    let overlap = format!("{head}20240007,学生7,班级团支部,软件2401班,{},{}\n", day(20), day(400));
    let path = upload(&mut league, "offices", &[], &overlap).await;
    assert!(league.get(&path).await.all(".says-cell")[0].contains("续任请从现任期之后填起"));
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let person = staff.get("/people?q=20240007").await.attributes("tbody a", "href").remove(0);
    let leaves = day(60).to_string();
    let leave = [("day", leaves.as_str()), ("why", "graduated"), ("reason", "毕业")];
    assert_eq!(staff.post(&format!("{person}/leave"), &leave).await.status, 303);
    let renewal = format!("{head}20240007,学生7,班级团支部,软件2401班,{},\n", day(31));
    let path = upload(&mut league, "offices", &[], &renewal).await;
    league.commit_import(&path).await;
    let (until,): (time::Date,) = sqlx::query_as(
        "select max(o.until_day) from office o join account a on a.id = o.account_id where a.number = '20240007'",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(until, day(60));
}

/// Every bad file that the first uploads had to bear, again.
#[tokio::test]
async fn bad_files_are_refused_with_their_reason_and_good_ones_of_any_make_are_read() {
    use rust_xlsxwriter::Formula;
    use std::io::Write as _;
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut send =
        async |kind: &str, bytes: &[u8]| league.upload("/imports", &[("kind", kind)], Some(("file.xlsx", bytes))).await;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..80 {
        zip.write_all(&zeros).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(send("students", &bomb).await.fault("文件").contains("解压后超过 64 MB"));
    let huge = send("students", &vec![b'a'; 9 * 1024 * 1024]).await;
    assert_eq!(huge.status, 413, "{}", huge.text());
    assert!(send("students", b"").await.fault("文件").contains("空的"));
    let many = format!("{HEAD}{}", "1,a,b,c,d,e,f,\n".repeat(60_001));
    assert!(send("students", many.as_bytes()).await.fault("文件").contains("超过 60000 行"));

    // Offices with dates as date cells, a formula and a merged region.
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    for (column, header) in (0..).zip(["学号（工号）", "姓名", "职务", "院系", "任职起始日期", "任职截止日期"])
    {
        page.write(0, column, header).unwrap();
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for row in 1..=4 {
        page.write(row, 0, format!("T{row}")).unwrap();
        page.write(row, 1, "新老师").unwrap();
        page.write(row, 2, "院系团组织").unwrap();
        page.write(row, 3, "信息工程系").unwrap();
        let date = ExcelDateTime::from_ymd(2026, 9, 1).unwrap();
        page.write_with_format(row, 4, &date, &day).unwrap();
    }
    page.write(2, 3, Formula::new("=A1").set_result("信息工程系")).unwrap();
    page.merge_range(3, 5, 4, 5, "2027-08-31", &Format::new()).unwrap();
    let answer = send("offices", &workbook.save_to_buffer().unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let preview = league.get(answer.location()).await;
    assert_eq!(preview.all(".tabs a")[..4], ["新增 4", "变化 0", "相同 0", "有误 0"], "{}", preview.text());
    assert!(preview.text().contains("“任职截止日期”列的合并单元格已逐行填上同一内容（第 4、5 行）"));

    let (gb, _, _) = encoding_rs::GB18030
        .encode("学号,姓名,院系,专业,培养层次,年级,班级\nG1,𠮷野,信息工程系,软件技术,专科,2026,软件2601班\n");
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let answer = staff.upload("/imports", &[("kind", "students")], Some(("gb.csv", &gb))).await;
    let path = answer.location().split('?').next().unwrap().to_owned();
    assert!(staff.get(&path).await.text().contains("𠮷野"));
}

#[tokio::test]
async fn who_hands_over_goes_with_the_first_new_holder_and_not_with_those_who_stay() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let day = |ahead: i64| portal.app.clock.today() + time::Duration::days(ahead);
    let head = "学号（工号）,姓名,职务,班级,任职起始日期\n";
    let stays = format!("{head}20240005,学生5,班级团支部,软件2401班,{}\n", day(-60));
    let path = upload(&mut league, "offices", &[], &stays).await;
    league.commit_import(&path).await;
    let line = format!("{stays}20240006,学生6,班级团支部,软件2401班,{}\n", day(40));
    let path = upload(&mut league, "offices", &[("end_others", "yes")], &line).await;
    league.commit_import(&path).await;
    let (until,): (Option<time::Date>,) = sqlx::query_as(
        "select o.until_day from office o join account a on a.id = o.account_id
         join institution i on i.id = a.institution_id
         where a.number = 'class_branch' and o.kind = 'class_branch' and i.code = $1",
    )
    .bind(FIRST)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(until, Some(day(40)), "to the day before the new one");
}

#[tokio::test]
async fn an_account_that_has_the_office_of_a_student_already_stops_no_list() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = format!("{HEAD}{}", student("student", "学生甲", "软件2401班").replace("2026", "2024"));
    let path = upload(&mut staff, "students", &[], &file).await;
    let done = staff.commit_import(&path).await;
    assert!(done.text().contains("已写入：新增 1 条"), "{}", done.text());
    assert!(portal.signed_in(OfficeKind::Student).await.get("/me/data").await.text().contains("软件2401班"));
}

#[tokio::test]
async fn blanks_dots_case_and_width_make_nobody_another_person_and_no_class_another() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let line = |number: &str, name: &str, college: &str, class: &str| {
        format!("{number},{name},{college},软件技术,高职,2024级,{class},03\n")
    };
    let first = format!(
        "{HEAD}{}{}",
        line("b88005", "阿依古丽·买买提", "信息工程系", "软件2401班"),
        line("B88006", "王五", "信息工程系", "软件2401班")
    );
    let path = upload(&mut staff, "students", &[], &first).await;
    staff.commit_import(&path).await;
    let again = format!(
        "{HEAD}{}{}{}",
        line("Ｂ88005", "阿依古丽 • 买买提", "信息 工程系", "软件 2401 班"),
        line("ｂ８８００６", "王　五", "信息工程系", "软件２４０１班"),
        line("20240001", "学 生 1", "信息工程系", "软件2401班")
    );
    let path = upload(&mut staff, "students", &[], &again).await;
    let preview = staff.get(&path).await;
    assert_eq!(preview.all(".tabs a")[..4], ["新增 0", "变化 0", "相同 3", "有误 0"], "{}", preview.text());
    for query in ["阿依古丽•买买提", "古丽　买买", "Ｂ88005", "b8800"] {
        let found = staff.get(&format!("/people?q={query}")).await.all("tbody tr");
        assert!(found.iter().any(|row| row.contains("阿依古丽·买买提")), "{query}: {found:?}");
    }
    let grades =
        "学号,姓名,专业排名,不及格门数\nｂ88005,阿依古丽．买买提,第3/40,0门\nB88006,王 五,,-\nb88006,王五,1/40,\n";
    let path = upload(&mut staff, "grades", &GRADES, grades).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("没有内容"), "{wrong:?}");
    staff.commit_import(&path).await;
    let figures = "select count(*) from grade_fact g join student s on s.id = g.student_id
                   where s.number = 'b88005' and rank = 3 and cohort = 40 and failed = 0";
    assert_eq!(count(&portal, figures).await, 1);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    let offices = format!(
        "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\nB88005,阿依古丽 买买提,班级团支部,,软件 2401班,{today},长期\n\
         b88006,王五,院系学生会,信息　工程系,,{today},\nSCHOOL_LEAGUE,校团委甲,校学生会,,,{today},\n"
    );
    let path = upload(&mut league, "offices", &[], &offices).await;
    assert_eq!(league.get(&path).await.all(".tabs a")[..4], ["新增 2", "变化 0", "相同 0", "有误 1"]);
    assert!(league.get(&format!("{path}?tab=wrong")).await.text().contains("不能给自己授予职务"));
    league.commit_import(&path).await;
    let held =
        "select count(*) from office o join account a on a.id = o.account_id join student s on s.id = a.student_id
                where s.number in ('b88005', 'B88006') and a.number = s.number and o.until_day is null
                      and o.kind in ('class_branch', 'college_union')";
    assert_eq!(count(&portal, held).await, 2);
    assert_eq!(
        count(&portal, "select count(*) from college where name like '%信息%'").await,
        2,
        "one at each university"
    );
}

#[tokio::test]
async fn of_two_numbers_that_differ_in_case_alone_each_row_means_its_own() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    sqlx::query(
        "insert into student (id, institution_id, number, number_twin, name, class_id, political)
         select gen_random_uuid(), s.institution_id, n.number, n.is_twin, n.name, s.class_id, s.political
         from student s cross join (values ('ab1', false, '甲'), ('AB1', true, '乙')) as n(number, is_twin, name)
         where s.number = '20240001'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    for (number, name) in [("ab1", "甲"), ("AB1", "乙"), ("Ab1", "甲"), ("ａＢ1", "甲")] {
        let file = format!("{HEAD}{}", student(number, name, "软件2401班").replace("2026", "2024"));
        let path = upload(&mut staff, "students", &[], &file).await;
        let preview = staff.get(&path).await;
        let expected = ["新增 0", "变化 0", "相同 1", "有误 0"];
        assert_eq!(preview.all(".tabs a")[..4], expected, "{number}: {}", preview.text());
    }
}

#[tokio::test]
async fn words_of_the_field_are_stored_in_one_form_and_open_ones_asked_about() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let head = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌,性别,民族\n";
    let line = |number: u32, words: &str| format!("W{number},学生,信息工程系,软件技术,专科,2026,软件2601班,{words}\n");
    let words = ["中国共产党党员,1,01", "3,女性,HA", "02-预备党员,男,汉", "-,/,无", "积极分子,,", "党员,3,火星族"];
    let text: String = (0..).zip(words).map(|(number, words)| line(number, words)).collect();
    let path = upload(&mut staff, "students", &[], &format!("{head}{text}")).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(
        wrong[0].contains("政治面貌：“积极分子”是入党的阶段") && wrong[0].contains("共青团员还是群众"),
        "{wrong:?}"
    );
    assert!(wrong[1].contains("性别：“3”不是性别") && wrong[1].contains("民族：“火星族”不是"), "{wrong:?}");
    staff.commit_import(&path).await;
    let stored: Vec<(Option<String>, Option<String>, Option<String>)> =
        sqlx::query_as("select political, gender, ethnic from student where number ~ '^W' order by number")
            .fetch_all(&mut portal.owner().await)
            .await
            .unwrap();
    let found: Vec<String> = stored
        .iter()
        .map(|(political, gender, ethnic)| {
            [political, gender, ethnic].map(|word| word.as_deref().unwrap_or("?")).join(" ")
        })
        .collect();
    assert_eq!(found, ["中共党员 男 汉族", "共青团员 女 汉族", "中共预备党员 男 汉族", "? ? ?"]);
    let same = upload(&mut staff, "students", &[], &format!("{head}{}", line(1, "共青团员（保留团籍）,2,汉族"))).await;
    assert_eq!(staff.get(&same).await.all(".tabs a")[..4], ["新增 0", "变化 0", "相同 1", "有误 0"]);
}

#[tokio::test]
async fn lost_characters_and_exchanged_headings_are_faults_that_say_what_to_do() {
    let portal = Portal::two().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let lines = ["L1,王?", "L2,李\u{fffd}", "L3,王\u{e863}", "L4,□七", "周八,88007", "L5,李\u{f9e1}"];
    let rest = ",信息工程系,软件技术,专科,2026,软件2601班,团员\n";
    let path = upload(&mut staff, "students", &[], &format!("{HEAD}{}{rest}", lines.join(rest))).await;
    let wrong = staff.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 5, "{wrong:?}");
    assert!(wrong[..4].iter().all(|says| says.contains("CSV UTF-8")), "{wrong:?}");
    assert!(wrong[4].contains("是否与姓名填反了") && wrong[4].contains("是否与学号（工号）填反了"), "{wrong:?}");
    staff.commit_import(&path).await;
    assert_eq!(count(&portal, "select count(*) from student where name = '李李'").await, 1, "U+F9E1 is 李");
}

#[tokio::test]
async fn a_day_beyond_the_calendar_is_refused_and_one_that_was_taken_in_before_can_be_ended() {
    let portal = Portal::two().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    let heads = ["学号（工号）", "姓名", "职务", "任职起始日期", "任职截止日期"];
    for (column, header) in (0..).zip(heads) {
        page.write(0, column, header).unwrap();
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let on = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    let terms = [(on(2026, 9, 1), Some(on(9999, 12, 31))), (on(1905, 7, 18), None), (on(2206, 9, 1), None)];
    for (row, (from, last)) in (1..).zip(&terms) {
        page.write(row, 0, format!("T{row}")).unwrap();
        page.write(row, 1, "新老师").unwrap();
        page.write(row, 2, "校团委").unwrap();
        page.write_with_format(row, 3, from, &day).unwrap();
        if let Some(last) = last {
            page.write_with_format(row, 4, last, &day).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let answer = administrator.upload("/imports", &[("kind", "offices")], Some(("职务.xlsx", &bytes))).await;
    let path = answer.location().split('?').next().unwrap().to_owned();
    let wrong = administrator.get(&format!("{path}?tab=wrong")).await.all(".says-cell");
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].contains("任职截止日期：长期任职的，这一格请留空"), "{wrong:?}");
    assert!(wrong[1..].iter().all(|says| says.contains("任职起始日期：日期应在 1990 至 2100 年之间")), "{wrong:?}");
}

/// A cell of a kind: one of the words, and now and then any text.
fn cell(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![5 => prop::sample::select(words).prop_map(str::to_owned), 1 => "\\PC{0,40}"]
}

const NUMBERS: &[&str] =
    &["E1", "e1", "Ｅ２", "20240001", "2024－0002", "1.0", "00000000000000000000000000000001", "", "９９"];
const NAMES: &[&str] =
    &["学生1", "学　生2", "古丽•买买提", "JOHN  SMITH", "王?", "李\u{f9e1}", "\u{30edd}", "一", "88007", "e\u{301}"];
const PLACES: &[&str] =
    &["信息工程系", "信息 工程系", "（一）", "系\u{e0100}", "软件技术", "软件2401班", "软件 ２４０１班", ""];
const YEARS: &[&str] = &["1990", "2100", "99级", "24", "9999", "0000", "大一", "2024届"];
const WORDS: &[&str] = &["党员", "01", "13", "积极分子", "男", "2", "HA", "56", "专升本", "博士", "-", "无", "0"];
const FIGURES: &[&str] = &["0", "1", "100000", "4294967296", "3/40", "200", "0门", "1e9", "-1", "99999999999999999999"];
const OFFICES: &[&str] = &["校团委", "班级团支部", "院系团组织", "校学生会", "学校党委", "student", ""];
const DAYS: &[&str] = &[
    "1990-01-01",
    "2100-12-31",
    "9999-12-31",
    "10000-01-01",
    "0001-01-01",
    "2026-02-29",
    "2026年9月1号",
    "长期",
    "-2026-1-1",
    "2100-12-30",
    "294276-12-31",
];

type Lines = Vec<Vec<String>>;

/// Rows for a file of each kind, and days for date cells as the number that a spreadsheet keeps.
fn files() -> impl Strategy<Value = (Lines, Lines, Lines, Vec<f64>)> {
    let student = [NUMBERS, NAMES, PLACES, PLACES, WORDS, YEARS, PLACES, WORDS, WORDS, WORDS].map(cell);
    let grade = [NUMBERS, NAMES, FIGURES, FIGURES, FIGURES].map(cell);
    let office = [NUMBERS, NAMES, OFFICES, PLACES, PLACES, DAYS, DAYS].map(cell);
    let serial = prop_oneof![-2.0..3_000_000.0_f64, 30_000.0..80_000.0_f64];
    (
        prop::collection::vec(student.prop_map(Vec::from), 1..8),
        prop::collection::vec(grade.prop_map(Vec::from), 1..8),
        prop::collection::vec(office.prop_map(Vec::from), 1..8),
        prop::collection::vec(serial, 2..6),
    )
}

fn csv(head: &str, lines: &Lines) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
    std::iter::once(head.to_owned()).chain(lines.iter().map(line)).collect::<Vec<_>>().join("\n") + "\n"
}

fn day_cells(serials: &[f64]) -> Vec<u8> {
    let (mut workbook, day) = (Workbook::new(), Format::new().set_num_format("yyyy-mm-dd"));
    let page = workbook.add_worksheet();
    for (column, header) in (0..).zip(["学号（工号）", "姓名", "职务", "任职起始日期", "任职截止日期"])
    {
        page.write(0, column, header).unwrap();
    }
    for (row, days) in (1..).zip(serials.windows(2)) {
        page.write(row, 0, format!("D{row}")).unwrap();
        page.write(row, 1, "新老师").unwrap();
        page.write(row, 2, "校学生会").unwrap();
        page.write_with_format(row, 3, days[0], &day).unwrap();
        page.write_with_format(row, 4, days[1], &day).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// Sends a file, commits it and opens every page of it.
async fn whatever_it_holds(client: &mut Client, fields: &[(&str, &str)], file: (&str, &[u8])) {
    let sent = client.upload("/imports", fields, Some(file)).await;
    assert!(sent.status == 303 || sent.status == 422, "{}: {}", sent.status, sent.text());
    if sent.status == 422 {
        return;
    }
    let path = sent.location().split('?').next().unwrap().to_owned();
    for tab in ["", "?tab=added", "?tab=changed", "?tab=wrong", "?tab=missing", "/faults.xlsx"] {
        assert_eq!(client.get(&format!("{path}{tab}")).await.status, 200, "{path}{tab}");
    }
    assert!(client.post(&format!("{path}/commit"), &[]).await.status < 500);
    let done = client.commit_import(&path).await;
    assert!(done.status == 200 && !done.text().contains("没有写完"), "{}", done.text());
}

/// No value that a file may bring makes a page fail, that of the file or one that shows it later.
#[test]
fn whatever_a_file_holds_no_page_fails() {
    let runtime = runtime();
    let portal = runtime.block_on(Portal::two());
    // A case sends four files and opens some forty pages.
    let cases = (Config::default().cases / 4).max(4);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[26; 32]);
    let run = |(students, grades, offices, serials): (Lines, Lines, Lines, Vec<f64>)| {
        runtime.block_on(async {
            let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
            let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
            let list = csv("学号,姓名,院系,专业,培养层次,年级,班级,政治面貌,性别,民族", &students);
            whatever_it_holds(&mut league, &[("kind", "students")], ("x.csv", list.as_bytes())).await;
            let list = csv("学号,姓名,专业排名,专业人数,不及格门数", &grades);
            let fields = [&[("kind", "grades")][..], &GRADES[..]].concat();
            whatever_it_holds(&mut league, &fields, ("x.csv", list.as_bytes())).await;
            let list = csv("学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期", &offices);
            whatever_it_holds(&mut administrator, &[("kind", "offices")], ("x.csv", list.as_bytes())).await;
            let workbook = day_cells(&serials);
            whatever_it_holds(&mut league, &[("kind", "offices")], ("x.xlsx", &workbook)).await;
            let mut pages: Vec<String> = sqlx::query_scalar(
                "(select '/people/' || id from student order by number !~ '^2024', random() limit 8)
                 union all (select '/people/' || s.id from student s join account a on a.student_id = s.id limit 8)",
            )
            .fetch_all(&mut portal.owner().await)
            .await
            .unwrap();
            pages.extend(["/people", "/people?q=E1", "/people?state=twins", "/structure", "/"].map(str::to_owned));
            for page in pages {
                let status = league.get(&page).await.status;
                assert!(status == 200 || status == 404, "{page}: {status}");
            }
            let mut accounts: Vec<String> =
                sqlx::query_scalar("select '/accounts/' || id from account order by created_at desc limit 12")
                    .fetch_all(&mut portal.owner().await)
                    .await
                    .unwrap();
            accounts.extend(["/accounts", "/accounts?q=D1", "/audit", "/"].map(str::to_owned));
            for page in accounts {
                let status = administrator.get(&page).await.status;
                assert!(status == 200 || status == 404, "{page}: {status}");
            }
        });
        Ok(())
    };
    TestRunner::new_with_rng(config, rng).run(&files(), run).unwrap();
}
