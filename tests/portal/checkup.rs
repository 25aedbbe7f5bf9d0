//! 名单体检, as a League secretary uses it.

use lunzhi::{office::OfficeKind, sheet::Sheet};

use crate::support::{Client, Page, Portal};

const HEAD: &str = "学号,姓名,院系,岗位,部门,执行主席,政治面貌,专业排名,专业人数,不及格门数,来自院系学生会\n";

async fn check(client: &mut Client, plan: &str, union: &str, file: &[u8]) -> Page {
    let page = client.get("/checkup").await;
    let options = page.attributes("#plan option", "value").into_iter().zip(page.all("#plan option"));
    let version = options.into_iter().find(|(_, label)| label.starts_with(plan)).unwrap().0;
    client.upload("/checkup", &[("plan", &version), ("union", union)], Some(("名单.csv", file))).await
}

/// Six presidium members, one of them with a failed course; everything else as it should be.
fn six_on_the_presidium() -> String {
    let line = |number: u32| {
        let (chair, failed) = (if number == 1 { "是" } else { "" }, u32::from(number == 3));
        format!("20240{number},学生{number},信息系,主席团成员,,{chair},共青团员,1,40,{failed},是\n")
    };
    std::iter::once(HEAD.to_owned()).chain((1..=6).map(line)).collect()
}

#[tokio::test]
async fn each_verdict_stands_with_its_people_and_its_clause_gravest_first() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/checkup").await.field("对照的方案").len() > 10, "the governing plan is chosen already");
    let page = check(&mut league, "苏州方案", "school", six_on_the_presidium().as_bytes()).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "名单体检结果"));
    let open = page.all("section.finding h3");
    assert_eq!(open, ["✕ 不符合 校级主席团人数", "✕ 不符合 无课业不及格"]);
    let people = page.all("section.finding .people");
    assert!(people[0].contains("学生1") && people[0].contains("学生6"));
    assert_eq!(people[1], "涉及： 学生3202403");
    let clauses = page.all("section.finding .clause");
    assert_eq!(clauses[0], "主席团成员不超过5人苏工院党委〔2020〕41号 · 三、坚持精简原则");
    assert!(page.attributes("svg.bar", "aria-label").contains(&"实有 6，上限 5".to_owned()));
    let settled = page.all("tbody tr").len();
    assert_eq!(open.len() + settled, 10, "no departments, so neither STF-04 nor STF-05");
}

#[tokio::test]
async fn nothing_is_stored() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let before = portal.row_counts().await;
    assert_eq!(check(&mut league, "苏州方案", "school", six_on_the_presidium().as_bytes()).await.status, 200);
    check(&mut league, "苏州方案", "school", b"x").await;
    assert_eq!(portal.row_counts().await, before);
}

#[tokio::test]
async fn bad_rows_are_listed_and_given_back_as_a_workbook() {
    let portal = Portal::start().await;
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    let text = format!(
        "{HEAD}1,张三,信息系,部门负责人,,,,,,,\n2,李四,信息系,主席团成员,,,,9,5,,\n3,王五,信息系,主席团成员,,,,,,,\n"
    );
    let page = check(&mut union, "济宁方案", "graduate", text.as_bytes()).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.fault("名单文件"), "✕ 有 2 处填写有误，名单没有检查。改好后重新上传。");
    assert_eq!(page.field("组织类别"), "graduate", "what was chosen stays chosen");
    let rows = page.all("#bad-rows tbody tr");
    assert_eq!(rows, ["2部门部门岗位须填写部门", "3专业排名9排名 9 大于专业人数 5"]);
    let rows = page.attributes("form[action='/checkup/faults'] input", "value").remove(0);
    let file = union.post("/checkup/faults", &[("rows", &rows)]).await;
    assert_eq!(file.status, 200);
    let sheet = Sheet::read(&file.bytes).unwrap();
    assert_eq!(sheet.headers.last().unwrap(), "问题");
    assert_eq!(sheet.rows.len(), 2);
    assert_eq!(sheet.rows[1].cells.last().unwrap().shown(), "专业排名：排名 9 大于专业人数 5");
    assert_eq!(union.post("/checkup/faults", &[("rows", "{}")]).await.status, 400);
}

#[tokio::test]
async fn unreadable_files_and_choices_are_named_beside_their_field() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    for (file, part) in [
        (&b"PK\x03\x04broken"[..], "损坏"),
        (&[0xD0, 0xCF, 0x11, 0xE0, 0, 0][..], "损坏"),
        (b"<html><table></table></html>", "网页"),
        ("姓名,岗位\n张三,主席团成员\n".as_bytes(), "缺少表头：学号"),
        ("学号,学号,姓名,岗位\n1,1,张三,主席团成员\n".as_bytes(), "“学号”出现了两次"),
        (&[0xFF, 0xFE, 0x41][..], "UTF-16"),
        ("学号,姓名,岗位\n".as_bytes(), "没有一行数据"),
        (&b""[..], "文件是空的"),
        (&b"%PDF-1.7\n"[..], "PDF"),
        ("今天天气很好\n".as_bytes(), "没有找到表头"),
    ] {
        let page = check(&mut league, "苏州方案", "school", file).await;
        assert_eq!(page.status, 422);
        assert!(page.fault("名单文件").contains(part), "{part}: {}", page.fault("名单文件"));
    }
    let page = check(&mut league, "苏州方案", "graduate", six_on_the_presidium().as_bytes()).await;
    assert!(page.fault("组织类别").contains("没有校研究生会"));
    let page = league.upload("/checkup", &[("plan", "x"), ("union", "y")], None).await;
    assert_eq!(
        (page.fault("对照的方案").as_str(), page.fault("组织类别").as_str()),
        ("✕ 请选择方案", "✕ 请选择组织类别")
    );
    let huge = vec![b'a'; 9 * 1024 * 1024];
    let page = league.upload("/checkup", &[], Some(("x.csv", &huge))).await;
    assert_eq!((page.status, page.heading().as_str()), (413, "文件太大"));
    let form = league.post("/me/password", &[("old", &"x".repeat(70_000))]).await;
    assert_eq!(form.status, 413, "a form without a file is small");
    let half =
        league.send("POST", "/checkup", &[("content-type", "multipart/form-data; boundary=x")], b"--x".to_vec()).await;
    assert_eq!((half.status, half.is_page()), (400, true));
}

/// A workbook of two lists, of which the second has a hidden row.
fn two_lists() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["2024级", "2025级"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0..).zip(six_on_the_presidium().lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        if name == "2025级" {
            sheet.set_row_hidden(6).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn which_list_and_which_rows_are_asked_before_anything_is_judged() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let file = two_lists();
    let asked = check(&mut league, "苏州方案", "school", &file).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("名单文件").contains("“2024级”、“2025级”"), "{}", asked.fault("名单文件"));
    assert_eq!(asked.attributes("input[name=sheet]", "value"), ["2024级", "2025级"]);
    let version = asked.field("对照的方案");
    let mut send = async |more: &[(&str, &str)]| {
        let fields = [&[("plan", version.as_str()), ("union", "school")][..], more].concat();
        league.upload("/checkup", &fields, Some(("名单.xlsx", &file))).await
    };
    let hidden = send(&[("sheet", "2025级")]).await;
    assert_eq!(hidden.status, 422);
    assert!(hidden.fault("名单文件").contains("1 行是隐藏的或被筛选掉的（第 7 行）"));
    assert_eq!(hidden.attributes("input[name=sheet]", "value"), ["2025级"], "what was chosen stays chosen");
    assert_eq!(hidden.attributes("input[name=hidden]", "value"), ["leave", "take"]);
    let seen = send(&[("sheet", "2025级"), ("hidden", "leave")]).await;
    assert_eq!(seen.status, 200);
    assert!(seen.text().contains("5 人") && seen.text().contains("读取的工作表：2025级"), "{}", seen.text());
    assert!(seen.text().contains("隐藏的 1 行没有读取（第 7 行）"));
    let all = send(&[("sheet", "2025级"), ("hidden", "take")]).await;
    assert!(all.text().contains("6 人") && all.text().contains("隐藏的 1 行已一并读取"));
    assert!(send(&[("sheet", "没有")]).await.fault("名单文件").contains("没有工作表“没有”"));
}

#[tokio::test]
async fn markup_in_a_roster_stays_text() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let text = format!("{HEAD}1,<script>alert<script>,<i>,<b>主席</b>,\"<img src=x>\",,群众,,,,\n");
    let page = check(&mut league, "苏州方案", "school", text.as_bytes()).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("<script>alert") && !page.text().contains("<b>主席"));
    assert!(page.all(".person").iter().any(|person| person.contains("<script>")));
}

#[tokio::test]
async fn samples_go_through_and_the_templates_examples_are_nobody() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get("/checkup").await;
    for link in page.attributes("a[href*='.xlsx']", "href") {
        let file = league.get(&link).await;
        assert_eq!(file.status, 200, "{link}");
        let union = link.split_once("union=").map_or("school", |(_, union)| union);
        let plan = if union == "graduate" { "济宁方案" } else { "苏州方案" };
        let checked = check(&mut league, plan, union, &file.bytes).await;
        if link.contains("template") {
            assert_eq!(checked.status, 422);
            assert!(checked.all("#bad-rows tbody tr").iter().all(|row| row.contains("模板里的示例")));
            continue;
        }
        assert_eq!((checked.status, checked.heading().as_str()), (200, "名单体检结果"), "{link}");
    }
}

#[tokio::test]
async fn words_of_the_field_are_no_breach_and_open_ones_are_named_by_row() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let one = |number: u32, word: &str| format!("2024{number},学生{number},信息系,主席团成员,,,{word},1,40,0门,√\n");
    let text = format!("{HEAD}{}{}{}", one(1, "中国共产党党员"), one(2, "03"), one(3, "共青团员（保留团籍）"));
    let page = check(&mut league, "苏州方案", "school", text.as_bytes()).await;
    assert!(!page.all("section.finding h3").iter().any(|head| head.contains("ELG-01")), "{}", page.text());
    let page = check(&mut league, "苏州方案", "school", format!("{HEAD}{}", one(1, "发展对象")).as_bytes()).await;
    assert_eq!(page.status, 422);
    assert!(page.all("#bad-rows tbody tr")[0].contains("请填本人现在是共青团员还是群众"));
}
