//! A congress from the day on which it is begun: who sees it, who keeps it, what is refused.

use std::fmt::Write as _;

use lunzhi::{
    office::OfficeKind,
    page::filters::query,
    rules::{plan::BUILT_IN, yearly::academic_year},
};
use time::Duration;

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, Portal,
        union::{adopt_text, ready, rows, union},
    },
};

/// The value of the option of the form's unions that begins with that name.
pub async fn union_named(client: &mut Client, name: &str) -> String {
    let page = client.get("/congresses/new").await;
    let names = page.all("#union option");
    let place = names.iter().position(|found| found.starts_with(name)).expect("the union is not offered");
    page.attributes("#union option", "value").remove(place)
}

/// What is typed into the form of a new congress.
pub fn fields<'a>(union: &'a str, today: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("union", union), ("year", "2026"), ("ordinal", "第二十三次"), ("counted", today), ("ordinary", "60")]
}

/// A university whose school union prepares its congress; the path of the congress.
pub async fn preparing() -> (Portal, Client, String) {
    let (portal, mut league, today) = ready().await;
    let today = today.to_string();
    union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today, true).await;
    let school = union_named(&mut league, "校学生会").await;
    let begun = league.post("/congresses/new", &fields(&school, &today)).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let path = begun.location().split('?').next().unwrap().to_owned();
    (portal, league, path)
}

#[tokio::test]
async fn a_congress_is_begun_listed_and_called_off() {
    let (portal, mut league, path) = preparing().await;
    let page = league.get(&path).await;
    assert!(page.heading().ends_with("第二十三次学生代表大会"), "{}", page.heading());
    let list = league.get("/congresses").await;
    assert_eq!(list.all("td[data-label='大会'] a"), ["学校第二十三次学生代表大会"]);
    assert_eq!(list.all("td[data-label='阶段']"), ["筹备"]);
    assert!(league.get("/congresses?year=2020").await.text().contains("没有符合的大会"));
    // Another one of the same union waits for this one to end.
    let school = union_named(&mut league, "校学生会").await;
    let today = portal.app.clock.today().to_string();
    let second = league.post("/congresses/new", &fields(&school, &today)).await;
    assert_eq!(second.status, 409);
    assert!(second.text().contains("还没有办结"), "{}", second.text());
    assert_eq!(league.post(&format!("{path}/call-off"), &[]).await.status, 422, "a reason is asked for");
    let off = league.post_on(&format!("{path}/call-off"), &[("reason", "疫情")]).await;
    assert!(off.text().contains("大会已取消：疫情"), "{}", off.text());
    assert_eq!(league.post(&format!("{path}/call-off"), &[("reason", "再取消")]).await.status, 409);
    let mut fields = fields(&school, &today);
    assert_eq!(league.post("/congresses/new", &fields).await.status, 422, "the same number again");
    fields[2].1 = "第二十四次";
    assert_eq!(league.post("/congresses/new", &fields).await.status, 303);
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.get(&path).await.status, 200, "its delegates come from the colleges");
    assert_eq!(college.get("/congresses/new").await.status, 403);
}

#[tokio::test]
async fn a_form_comes_back_as_it_was_filled_in() {
    let (_portal, mut league, path) = preparing().await;
    let edit = format!("{path}/edit");
    let unfit = [("year", "26"), ("ordinal", "二十三"), ("counted", ""), ("ordinary", "120"), ("meets", "明天")];
    let page = league.post(&edit, &unfit).await;
    assert_eq!(page.status, 422);
    for (label, says) in [
        ("学年（开始的年份）", "四位年份"),
        ("届次", "请写成"),
        ("学生人数的基准日", "请填写日期"),
        ("拟召开日期（未定可不填）", "请填写日期"),
        ("非学生会骨干的代表不少于（%）", "0 至 100"),
    ] {
        let fault = page.fault(label);
        assert!(fault.contains(says) || label.starts_with("学年") && fault.contains("学年开始"), "{label}: {fault}");
    }
    assert_eq!(page.field("届次"), "二十三");
    let fields = [("year", "2026"), ("ordinal", "第六届第一次"), ("counted", "2026-09-30"), ("meets", "2026-12-05")];
    let page = league.post_on(&edit, &fields).await;
    assert!(page.heading().ends_with("第六届第一次学生代表大会"));
    assert!(page.text().contains("2026年12月5日"));
}

#[tokio::test]
async fn con_06_the_share_that_a_plan_states_is_asked_for_and_no_practice() {
    let (portal, mut league, _) = preparing().await;
    let form = league.get("/congresses/new").await;
    assert_eq!(form.field("非学生会骨干的代表不少于（%）"), "60");
    assert!(form.text().contains("实践惯例：不是校、院系学生会骨干"), "{}", form.text());
    let (_, text) = BUILT_IN[0];
    let own =
        text.replace("suzhou-2020", "own-2026").replacen("[rule.CON-06]\n", "[rule.CON-06]\nshare = \"2/3\"\n", 1);
    adopt_text(&portal, &own).await;
    let form = league.get("/congresses/new").await;
    assert_eq!(form.field("非学生会骨干的代表不少于（%）"), "67");
    let says = "方案规定非学生会骨干的学生代表不低于 2/3";
    assert!(form.text().contains(says) && !form.text().contains("实践惯例：不是校"), "{}", form.text());
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    let register = college.get("/congresses/register").await.text();
    assert!(register.contains("系（院）学生代表大会原则上每年召开一次"), "{register}");
}

#[tokio::test]
async fn all_students_meet_in_a_small_college_alone() {
    let (portal, mut league, today) = ready().await;
    let today = today.to_string();
    union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today, true).await;
    let school = union_named(&mut league, "校学生会").await;
    let mut of_all = fields(&school, &today);
    of_all.push(("of_all", "yes"));
    let refused = league.post("/congresses/new", &of_all).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("只有院系可以召开全体学生大会"), "{}", refused.text());
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let own = union_named(&mut college, "信息工程系学生会").await;
    let mut of_all = fields(&own, &today);
    of_all.push(("of_all", "yes"));
    let begun = college.post_on("/congresses/new", &of_all).await;
    assert!(begun.heading().ends_with("信息工程系第二十三次全体学生大会"), "{}", begun.heading());
    assert!(begun.text().contains("不选代表"));
}

#[tokio::test]
async fn con_01_a_year_without_a_school_congress_stands_on_the_overview() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today.to_string(), true).await;
    let findings = league.get(&format!("{path}/findings")).await;
    assert!(findings.text().contains("没有以往大会的记录"), "unknown, and never the same as no");
    assert!(league.get("/").await.text().contains("登记校学生会最近一次大会"));
    let school = union_named(&mut league, "校学生会").await;
    let unfit = league.upload("/congresses/register", &[("union", &school), ("held", "2099-01-01")], None).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.text().contains("不晚于今天") && unfit.text().contains("请填写届次"));
    let held = (today - Duration::days(400)).to_string();
    let fields = [("union", school.as_str()), ("ordinal", "第二十二次"), ("held", held.as_str())];
    let done = league.upload("/congresses/register", &fields, Some(("批复.pdf", b"%PDF-1.4 x"))).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = league.get(done.location()).await;
    let scan = page.attributes(".note a[href*='/documents/']", "href").remove(0);
    assert_eq!(league.get(&scan).await.status, 200);
    assert_eq!(league.upload("/congresses/register", &fields, None).await.status, 422, "once");
    let overview = league.get("/compliance").await;
    let breach = overview.all(".breach-fail").into_iter().find(|breach| breach.contains("已超过一年没有召开"));
    let breach = breach.expect("the overview says who is late");
    assert!(breach.contains("已超过一年没有召开") && breach.contains("校级学生代表大会每年召开一次"), "{breach}");
    assert!(league.get("/").await.all(".waiting li.urgent").iter().any(|task| task.contains("筹备校学生会的大会")));
    // A number is taken once, in whatever year.
    let today = today.to_string();
    let mut next = fields_with_day(&school, &today);
    next[2].1 = "第二十二次";
    let taken = league.post("/congresses/new", &next).await;
    assert_eq!(taken.status, 422);
    assert!(taken.fault("届次").contains("这个组织已有同一届次的大会"), "{}", taken.fault("届次"));
    // Another one is prepared: said so, and still late until it is held.
    next[2].1 = "第二十三次";
    let begun = league.post("/congresses/new", &next).await;
    assert_eq!(begun.status, 303);
    next[2].1 = "第二十二次";
    let edit = format!("{}/edit", begun.location().split('?').next().unwrap());
    assert_eq!(league.post(&edit, &next).await.status, 409);
    assert!(league.get(&format!("{path}/findings")).await.text().contains("正在筹备"));
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.get("/congresses/register").await.status, 403);
}

/// As [`fields`], with a day on which it is to meet.
fn fields_with_day<'a>(union: &'a str, today: &'a str) -> Vec<(&'a str, &'a str)> {
    [fields(union, today), vec![("meets", today)]].concat()
}

#[tokio::test]
async fn con_01_a_congress_every_two_years_is_called_for_after_two() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today.to_string(), true).await;
    let (_, text) = BUILT_IN[0];
    let own = text.replace("suzhou-2020", "own-2026").replacen("[rule.CON-01]\n", "[rule.CON-01]\nevery = 2\n", 1);
    adopt_text(&portal, &own).await;
    let school = union_named(&mut league, "校学生会").await;
    for (ordinal, days, is_late) in [("第二十一次", 800, true), ("第二十二次", 400, false)] {
        let held = (today - Duration::days(days)).to_string();
        let fields = [("union", school.as_str()), ("ordinal", ordinal), ("held", held.as_str())];
        assert_eq!(league.upload("/congresses/register", &fields, None).await.status, 303);
        let home = league.get("/").await;
        let urgent = home.all(".waiting li.urgent");
        assert_eq!(urgent.iter().any(|task| task.contains("筹备校学生会的大会")), is_late, "{days}: {}", home.text());
        let finding = league.get(&format!("{path}/findings")).await.all("[id='CON-01']").remove(0);
        assert_eq!(finding.contains("没有召开"), is_late, "{days}: {finding}");
    }
}

#[tokio::test]
async fn con_04_a_college_is_told_that_its_least_is_worked_out_by_the_schools() {
    let (portal, mut league, today) = ready().await;
    union(&mut league, "colleges", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let own = union_named(&mut college, "信息工程系学生会").await;
    let begun = college.post("/congresses/new", &fields_with_day(&own, &today.to_string())).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let path = begun.location().split('?').next().unwrap().to_owned();
    let trial = college.get(&format!("{path}/seats?asked=yes&total=8&own=0")).await.text();
    assert!(trial.contains("照校级的办法推算，供参考"), "{trial}");
}

#[tokio::test]
async fn con_02_a_college_says_why_it_has_none_this_year() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "colleges", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let own = union_named(&mut college, "信息工程系学生会").await;
    let held = (today - Duration::days(500)).to_string();
    let fields = [("union", own.as_str()), ("ordinal", "第三次"), ("held", held.as_str())];
    let done = college.upload("/congresses/register", &fields, None).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let year = academic_year(today).to_string();
    assert_eq!(college.post("/congresses/slip", &[("year", &year)]).await.status, 422);
    let kept = college.post_on("/congresses/slip", &[("year", &year), ("reason", "校区搬迁")]).await;
    assert!(kept.text().contains("理由已保存"), "{}", kept.text());
    let findings = league.get(&format!("{path}/findings")).await;
    let own = findings.all("[id='CON-02']").remove(0);
    assert!(own.contains("说明的理由：校区搬迁") && own.contains("原则上每年召开一次"), "{own}");
    let overview = league.get("/compliance").await;
    assert!(overview.all(".breach-warn").iter().any(|breach| breach.contains("原则上每年召开一次")), "soft: a warning");
}

#[tokio::test]
async fn the_papers_are_made_from_what_is_on_record() {
    let (_portal, mut league, path) = preparing().await;
    assert_eq!(league.post(&format!("{path}/seats"), &[("asked", "yes")]).await.status, 303);
    let mut all = String::new();
    let list = league.get(&format!("{path}/papers")).await;
    let federation = "（报上级学联）";
    let (prepare, convene) = (format!("请示筹备{federation}"), format!("请示召开{federation}"));
    assert_eq!(list.all("main ul a"), ["请示筹备", &prepare, "请示召开", &convene, "会议通知", "会议议程"]);
    let typed = [("number", "学会〔2026〕9号"), ("date", "2026-11-02"), ("place", "大礼堂"), ("copies", "校团委")];
    let typed = query(&typed);
    for (paper, says) in [
        ("request-prepare", "妥否，请批示。"),
        ("federation-prepare", "上级学联："),
        ("request-convene", "信息工程系"),
        ("federation-convene", "上级学联："),
        ("notice", "代表凭出席证签到入场"),
        ("agenda", "1.宣布大会开幕。"),
    ] {
        let page = league.get(&format!("{path}/papers/{paper}?{typed}")).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(says), "{paper}: {}", page.text());
        assert!(page.text().contains("代表名额还没有批准，文中的名额以批准的为准"));
        let word = page.attributes(".actions a", "href").remove(0);
        let shown = outline(&league.get(&word).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {paper}\n{}", undated(&shown)).unwrap();
    }
    assert_eq!(league.get(&format!("{path}/papers/nothing")).await.status, 404);
    assert_snapshot("congress_papers", &all);
}

#[tokio::test]
async fn the_papers_say_what_the_meeting_is_arranged_to_be_and_what_the_party_body_answered() {
    let (portal, mut league, path) = preparing().await;
    let mut db = portal.owner().await;
    for statement in [
        "update congress set meets_on = '2026-11-20'",
        "insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source, basis,
                              check_in)
         select id, '2026-11-20 14:30+08', '学术报告厅', 2, 3, true, 'present', 'practice', '', 'not_yet' from congress",
        "insert into agenda_item (id, congress_id, place, kind, title, speaker)
         select gen_random_uuid(), id, 1, 'report', '听取常任代表委员会报告', '' from congress",
        "insert into congress_step (congress_id, step, done_on, says, kept_at, kept_by)
         select id, 'reply_party', '2026-11-01', '院党〔2026〕33号', story_now(), created_by from congress",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    for paper in ["request-convene", "federation-convene", "notice", "agenda"] {
        let text = league.get(&format!("{path}/papers/{paper}")).await.text();
        assert!(text.contains("2026年11月20日下午2时30分") && text.contains("学术报告厅"), "{paper}: {text}");
        assert!(text.contains("1.听取常任代表委员会报告。") && !text.contains("宣布大会开幕"), "{paper}: {text}");
        let answered = text.contains("此事已经学校党委批复同意（院党〔2026〕33号）");
        assert_eq!(answered, paper == "federation-convene", "{paper}: {text}");
    }
    // What the office types stands before what is arranged.
    let typed = query(&[("place", "大礼堂"), ("time", "上午9时")]);
    let notice = league.get(&format!("{path}/papers/notice?{typed}")).await.text();
    assert!(notice.contains("2026年11月20日上午9时") && notice.contains("大礼堂"), "{notice}");
    // A graduates' congress speaks of its own union.
    sqlx::query("delete from agenda_item").execute(&mut db).await.unwrap();
    sqlx::query("update student_union set kind = 'graduate'").execute(&mut db).await.unwrap();
    for (paper, says) in [
        ("request-prepare", "听取和审议研究生会工作报告"),
        ("federation-prepare", "研究生代表大会制度"),
        ("notice", "5.选举新一届研究生会主席团。"),
    ] {
        let text = league.get(&format!("{path}/papers/{paper}")).await.text();
        assert!(text.contains(says) && !text.contains("选举新一届学生会主席团"), "{paper}: {text}");
    }
    sqlx::query("update congress set stage = 'convened', meets_on = '2026-12-20'").execute(&mut db).await.unwrap();
    let (union,): (String,) = sqlx::query_as("select union_id::text from congress").fetch_one(&mut db).await.unwrap();
    let column = league.get(&format!("/disclosure/unions/{union}")).await.text();
    assert!(column.contains("研究生代表大会将召开"), "so does the page of the union: {column}");
}

#[tokio::test]
async fn what_an_office_adds_to_a_paper_is_kept_and_stands_in_it_whenever_it_is_printed() {
    let (portal, mut league, path) = preparing().await;
    let paper = format!("{path}/papers/request-prepare");
    let wrong = league.post(&paper, &[("number", "学会[2026]9号"), ("date", "明天")]).await;
    assert_eq!((wrong.status, wrong.field("发文字号")), (422, "学会[2026]9号".to_owned()));
    assert!(!wrong.fault("成文日期").is_empty());
    let typed = [("number", "学会[2026]9号"), ("date", "2026-11-02"), ("copies", "校团委")];
    let kept = league.post_on(&paper, &typed).await;
    assert!(kept.text().contains("已保存"), "{}", kept.text());
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    for client in [&mut league, &mut union] {
        let page = client.get(&paper).await;
        assert_eq!(page.all(".formal-number"), ["学会〔2026〕9号"]);
        assert!(page.text().contains("抄送：校团委") && page.text().contains("2026年11月2日印发"), "{}", page.text());
    }
    assert_eq!(union.post(&paper, &typed).await.status, 403, "who keeps the congress numbers its papers");
    assert!(union.get(&format!("{path}/papers")).await.text().contains("学会〔2026〕9号"));
    let tried = league.get(&format!("{paper}?{}", query(&[("number", "学会〔2026〕10号")]))).await;
    assert_eq!(tried.all(".formal-number"), ["学会〔2026〕10号"], "something else may be tried");
    assert_eq!(league.get(&paper).await.all(".formal-number"), ["学会〔2026〕9号"], "and is not kept");
    let archive = league.get(&format!("{path}/archive")).await.bytes;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.iter().find(|name| name.contains("关于筹备召开")).unwrap();
    let mut file = Vec::new();
    std::io::Read::read_to_end(&mut zip.by_name(name).unwrap(), &mut file).unwrap();
    assert!(outline(&file).contains("[Number] 学会〔2026〕9号"));
}
