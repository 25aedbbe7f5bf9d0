//! In which order lists stand: people by strokes on every official list, colleges as the university puts them.

use lunzhi::{directory::store::place_all_colleges, office::OfficeKind};
use time::Duration;

use crate::support::{
    Client, Page, Portal,
    sitting::{Plan, Sitting, cast, number, prepare, see_other, voter},
    union::{rows, union},
    vetting::{Opening, apply, open, stage, student_account},
};

/// Gives students their names, from the one with that number on.
async fn name(portal: &Portal, first: u32, names: &[&str]) {
    let mut db = portal.owner().await;
    for (student, name) in (first..).zip(names) {
        let renamed = sqlx::query("update student set name = $2 where number = $1").bind(number(student)).bind(*name);
        renamed.execute(&mut db).await.unwrap();
    }
}

/// Who stands on the keeper's page of a contest.
fn standing(page: &Page) -> String {
    page.all("td[data-label='姓名'] strong").join("、")
}

/// The ids of those who stand, in order.
fn ids(page: &Page) -> Vec<String> {
    page.attributes("input[name=candidate]", "value")
}

/// Types a place for each line of the page.
async fn place(keeper: &mut Client, contest: &str, places: &[&str]) -> Page {
    let listed = ids(&keeper.get(contest).await);
    let listed = listed.iter().map(|id| ("candidate", id.as_str()));
    let fields: Vec<(&str, &str)> = listed.chain(places.iter().map(|place| ("place", *place))).collect();
    keeper.post(&format!("{contest}/order"), &fields).await
}

/// Presses a button beside a line.
async fn press(keeper: &mut Client, contest: &str, line: usize, to: &str) -> Page {
    let id = ids(&keeper.get(contest).await).remove(line);
    keeper.post(&format!("{contest}/candidates/{id}/move"), &[("to", to)]).await
}

/// A draft whose candidates were typed in another order than that of their names.
async fn draft(portal: &Portal) -> Sitting {
    name(portal, 101, &["谢明", "王小明", "張文", "丁一凡", "王明"]).await;
    let plan = Plan { contests: &[("校代表", 6, 2, &[101, 102, 103, 104, 105], &[])], fields: &[] };
    prepare(portal, &plan).await
}

#[tokio::test]
async fn candidates_typed_in_any_order_stand_by_strokes_from_the_page_to_the_report() {
    let portal = Portal::start().await;
    let mut sitting = draft(&portal).await;
    let contest = sitting.contests[0].clone();
    let page = sitting.keeper.get(&contest).await;
    let order = "丁一凡、王明、王小明、谢明、張文";
    assert_eq!(standing(&page), order);
    assert!(page.text().contains("候选人以姓氏笔画为序。"), "{}", page.text());
    assert!(page.text().contains("“張”不在通用规范汉字表里，没有笔画数据，排在最后"), "{}", page.text());

    // A name that was wrong is put right before the announcement, and its line goes to its place.
    name(&portal, 101, &["卜明"]).await;
    assert_eq!(standing(&sitting.keeper.get(&contest).await), "丁一凡、谢明、王明、王小明、張文");
    name(&portal, 101, &["谢明"]).await;

    sitting.open(&portal).await;
    // What was announced stays, whatever becomes of names and settings.
    name(&portal, 101, &["卜明"]).await;
    see_other(&sitting.keeper.post("/order/names", &[("order", "whole")]).await);
    let mut first = voter(&portal, 1).await;
    let ballot = first.get(&sitting.votes()).await;
    let numbered = "1. 丁一凡、2. 王明、3. 王小明、4. 谢明、5. 張文、另选他人";
    assert_eq!(ballot.all(".candidate legend").join("、"), numbered);
    assert!(ballot.text().contains("候选人以姓氏笔画为序"), "{}", ballot.text());
    let paper = sitting.keeper.get(&format!("{}/ballots", sitting.path)).await;
    assert_eq!(paper.all(".ballot-columns .ballot-name").join("、"), order);
    assert!(paper.text().contains("候选人以姓氏笔画为序"), "{}", paper.text());
    for student in 1..=6 {
        let mut client = voter(&portal, student).await;
        cast(&mut client, &sitting.id, &[("c1-1", "A"), ("c1-4", "F"), ("c1-5", "F")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    for (paper, names) in [("tally", ".paper-votes tbody td:nth-child(2)"), ("report", "td[data-label='候选人']")] {
        let page = sitting.keeper.get(&format!("{}/{paper}", sitting.path)).await;
        assert_eq!(page.all(names).join("、"), order, "{paper}");
        assert!(page.text().contains("候选人以姓氏笔画为序"), "{}", page.text());
    }
    let notice = sitting.keeper.get(&format!("{}/notice", sitting.path)).await;
    assert!(notice.text().contains("当选（2人，按得票多少排列）：谢明、張文。"), "{}", notice.text());
}

#[tokio::test]
async fn a_keeper_moves_a_line_until_the_announcement_and_the_paper_says_so() {
    let portal = Portal::start().await;
    let mut sitting = draft(&portal).await;
    let (contest, keeper) = (sitting.contests[0].clone(), &mut sitting.keeper);
    // A name without strokes is put in its place by hand: the order is still that of strokes.
    see_other(&press(keeper, &contest, 4, "up").await);
    let page = keeper.get(&contest).await;
    assert_eq!(standing(&page), "丁一凡、王明、王小明、張文、谢明");
    assert!(page.text().contains("候选人以姓氏笔画为序（手工排列；新登记的排在最后）。"), "{}", page.text());
    assert!(!page.text().contains("没有笔画数据"), "{}", page.text());
    see_other(&press(keeper, &contest, 0, "down").await);
    let page = keeper.get(&contest).await;
    assert_eq!(standing(&page), "王明、丁一凡、王小明、張文、谢明");
    assert!(page.text().contains("候选人次序由主办单位确定（手工排列"), "{}", page.text());
    assert_eq!(press(keeper, &contest, 0, "up").await.status, 409, "there is no line above");

    // A place that is typed brings the line there and the others along.
    see_other(&place(keeper, &contest, &["1", "2", "3", "4", "1"]).await);
    assert_eq!(standing(&keeper.get(&contest).await), "谢明、王明、丁一凡、王小明、張文");
    let faulty = place(keeper, &contest, &["1", "2", "9", "4", "5"]).await;
    assert_eq!(faulty.status, 422);
    assert!(faulty.text().contains("次序应为 1 至 5 的整数"), "{}", faulty.text());
    assert_eq!(faulty.attributes("input[name=place]", "value"), ["1", "2", "9", "4", "5"]);
    // Places are for the list that was seen.
    let stale: Vec<String> = ids(&keeper.get(&contest).await);
    name(&portal, 106, &["丁乙"]).await;
    let more = [("numbers", number(106)), ("origin", "班级团支部推荐".to_owned())];
    let more: Vec<(&str, &str)> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
    see_other(&keeper.post(&format!("{contest}/candidates"), &more).await);
    assert_eq!(
        standing(&keeper.get(&contest).await),
        "谢明、王明、丁一凡、王小明、張文、丁乙",
        "the new one comes last"
    );
    let fields: Vec<(&str, &str)> = stale.iter().flat_map(|id| [("candidate", id.as_str()), ("place", "1")]).collect();
    let refused = keeper.post(&format!("{contest}/order"), &fields).await;
    assert!(refused.status == 409 && refused.text().contains("候选人名单刚才有变化"), "{}", refused.text());

    see_other(&keeper.post(&format!("{contest}/order/strokes"), &[]).await);
    assert_eq!(standing(&keeper.get(&contest).await), "丁乙、丁一凡、王明、王小明、谢明、張文");
    see_other(&press(keeper, &contest, 2, "down").await);
    let record = keeper.get("/audit").await;
    for act in ["候选人上移一位", "候选人下移一位", "调整候选人次序", "候选人恢复按笔画排列"]
    {
        assert!(record.text().contains(act), "{act}: {}", record.text());
    }

    let moved = ids(&keeper.get(&contest).await);
    sitting.act("announce", &[]).await;
    let keeper = &mut sitting.keeper;
    let fields: Vec<(&str, &str)> = moved.iter().flat_map(|id| [("candidate", id.as_str()), ("place", "1")]).collect();
    for (act, fields) in [
        (format!("{contest}/candidates/{}/move", moved[1]), vec![("to", "up")]),
        (format!("{contest}/order"), fields),
        (format!("{contest}/order/strokes"), Vec::new()),
    ] {
        let refused = keeper.post(&act, &fields).await;
        assert!(refused.status == 409 && refused.text().contains("选举项目和候选人不能再改"), "{act}");
    }
    let paper = keeper.get(&format!("{}/ballots", sitting.path)).await;
    assert_eq!(paper.all(".ballot-columns .ballot-name").join("、"), "丁乙、丁一凡、王小明、王明、谢明、張文");
    assert!(paper.text().contains("候选人次序由主办单位确定"), "{}", paper.text());
}

#[tokio::test]
async fn a_roster_goes_by_post_with_the_executive_chair_first_then_by_strokes() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let day = portal.app.clock.today() - Duration::days(40);
    let roster = rows(1, 3, "主席团成员", "").replacen(",,是", ",是,是", 1)
        + &rows(10, 1, "部门负责人", "办公室")
        + &rows(11, 3, "部门工作人员", "办公室");
    let path = union(&mut league, "school", &roster, &day.to_string(), false).await;
    name(&portal, 1, &["谢雨", "王小明", "王明"]).await;
    name(&portal, 10, &["戴宁", "袁方", "丁一", "于是"]).await;
    let on_paper = async |league: &mut Client| {
        let page = league.get(&format!("{path}/roster")).await;
        let caption = page.all(".formal-caption").remove(0);
        (page.all("td[data-label='姓名']").join("、"), caption.split(['；', '）']).nth(1).unwrap().to_owned())
    };
    let order = "谢雨、王明、王小明、戴宁、丁一、于是、袁方";
    assert_eq!(on_paper(&mut league).await, (order.to_owned(), "先分部门和岗位，再以姓氏笔画为序".to_owned()));
    let page = league.get(&path).await;
    assert_eq!(page.all("td[data-label='姓名'] a").join("、"), order);
    assert!(page.text().contains("同一岗位以姓氏笔画为序，当值执行主席在前。"), "{}", page.text());
    let file = league.get(&format!("{path}/roster.xlsx")).await;
    let sheet = lunzhi::sheet::Sheet::read(&file.bytes).unwrap();
    let names: Vec<String> = sheet.rows.iter().map(|row| row.cells[1].shown().into_owned()).collect();
    assert_eq!(names.join("、"), order);

    // 小 has fewer strokes than 明, and no blank stands between surname and a single given name.
    see_other(&league.post("/order/names", &[("order", "whole")]).await);
    let whole = order.replace("王明、王小明", "王小明、王明");
    assert_eq!(on_paper(&mut league).await, (whole, "先分部门和岗位，再以姓名笔画为序".to_owned()));
    assert_eq!(league.post("/order/names", &[("order", "numbers")]).await.status, 400);
}

#[tokio::test]
async fn the_candidates_of_a_round_stand_by_strokes_on_lists_pages_and_the_public_notice() {
    let mut stage = stage().await;
    let wanted = Opening::staff("办公室 部门工作人员", "2", stage.today);
    let round = open(&mut stage.league, &stage.school, stage.today, &wanted).await;
    for student in [50, 51, 52] {
        let mut client = student_account(&stage.portal, student).await;
        apply(&mut client, &round, "ordinary").await;
    }
    name(&stage.portal, 50, &["谢雨", "王小明", "丁一"]).await;
    let page = stage.league.get(&format!("{round}/cases")).await;
    assert_eq!(page.all("td[data-label='姓名'] strong").join("、"), "丁一、王小明、谢雨");
    assert!(page.text().contains("共 3 件。先分岗位，再以姓氏笔画为序。"), "{}", page.text());
    let found = stage.league.get(&format!("{round}/cases?q=王")).await;
    assert_eq!(found.all("td[data-label='姓名'] strong").join("、"), "王小明");
    let file = stage.league.get(&format!("{round}/cases.xlsx")).await;
    let sheet = lunzhi::sheet::Sheet::read(&file.bytes).unwrap();
    let names: Vec<String> = sheet.rows.iter().map(|row| row.cells[1].shown().into_owned()).collect();
    assert_eq!(names.join("、"), "丁一、王小明、谢雨");
    sqlx::query(
        "update vetting_case set stage = 'passed', step = null, due_on = null, settled_at = story_now(), notice_from = $1,
                                 notice_first = $1, notice_until = $1",
    )
    .bind(stage.today)
    .execute(&mut stage.portal.owner().await)
    .await
    .unwrap();
    let notice = stage.league.get(&format!("{round}/notice")).await;
    assert_eq!(notice.all("td[data-label='姓名']").join("、"), "丁一、王小明、谢雨");
    assert!(notice.text().contains("现予公示（以姓氏笔画为序）"), "{}", notice.text());
}

/// The colleges in the order of the page 名单排序.
async fn colleges(league: &mut Client) -> String {
    league.get("/order").await.all("tbody td:nth-child(2)").join("、")
}

/// The colleges as a list of choices has them.
fn choices(page: &Page) -> String {
    let all = page.all("#college option");
    all.into_iter().filter(|name| name.ends_with('系')).collect::<Vec<_>>().join("、")
}

#[tokio::test]
async fn colleges_stand_by_strokes_until_the_university_puts_them_in_its_own_order() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    sqlx::query(
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), i.id, new
         from institution i, unnest(array['管理工程系', '人文系', '机电工程系']) as new where i.code = 'first'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    // Colleges that stood before places were kept get theirs at the next start.
    place_all_colleges(&mut db).await.unwrap();
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get("/order").await;
    assert!(page.text().contains("现在以名称笔画为序"), "{}", page.text());
    assert_eq!(colleges(&mut league).await, "人文系、机电工程系、信息工程系、管理工程系");

    let listed = page.attributes("input[name=college]", "value");
    let typed = |places: [&'static str; 4]| -> Vec<(&str, &str)> {
        listed.iter().map(|id| ("college", id.as_str())).chain(places.map(|place| ("place", place))).collect()
    };
    let faulty = league.post("/order/colleges", &typed(["1", "二", "3", "4"])).await;
    assert_eq!(faulty.status, 422);
    assert!(faulty.text().contains("次序应为 1 至 4 的整数"), "{}", faulty.text());
    assert_eq!(faulty.attributes("input[name=place]", "value"), ["1", "二", "3", "4"]);
    see_other(&league.post("/order/colleges", &typed(["1", "2", "1", "4"])).await);
    let own = "信息工程系、人文系、机电工程系、管理工程系";
    assert_eq!(colleges(&mut league).await, own);
    assert_eq!(choices(&league.get("/structure").await), own);
    assert_eq!(choices(&league.get("/people").await), own);
    see_other(&league.post("/unions", &[("what", "colleges")]).await);
    let unions = league.get("/unions").await.all("tbody td:first-child a").join("、");
    assert_eq!(unions, own.replace('系', "系学生会"));

    // A new one comes last, a renamed one stays where it is.
    let file = "学号,姓名,院系,专业,培养层次,年级,班级\n20250001,丁一,艺术系,声乐,本科,2025,声乐2501班\n";
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let import = staff.upload("/imports", &[("kind", "students")], Some(("名单.csv", file.as_bytes()))).await;
    let preview = see_other(&import).split('?').next().unwrap().to_owned();
    staff.commit_import(&preview).await;
    let humanities = format!("/structure/college/{}", listed[0]);
    see_other(&staff.post(&humanities, &[("name", "外语系"), ("college", "")]).await);
    let grown = "信息工程系、外语系、机电工程系、管理工程系、艺术系";
    assert_eq!(colleges(&mut league).await, grown);

    see_other(&league.post("/order/colleges/strokes", &[]).await);
    assert_eq!(colleges(&mut league).await, "艺术系、外语系、机电工程系、信息工程系、管理工程系");
    let record = league.get("/audit").await.text();
    assert!(record.contains("名单排序") && record.contains("以名称笔画为序"), "{record}");
    // The list that was seen is no longer the list.
    assert_eq!(league.post("/order/colleges", &typed(["1", "2", "3", "4"])).await.status, 409);
    assert_eq!(staff.get("/order").await.status, 403);
}
