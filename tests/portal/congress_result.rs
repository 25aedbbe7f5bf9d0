//! The result of a congress: told to the congress, approved, filed; and the posts that the elected take by it.

use std::fmt::Write as _;

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};
use time::{Date, Duration};

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, Page, Portal,
        elected::{elect, held, send_scan},
        union::{adopt_convener, adopt_text, appoint, ready, rows, union},
    },
};

const SCAN: &[u8] = b"%PDF-1.7 signed";

/// A school's union of four, opened three weeks ago, whose congress was held two days ago.
async fn congress() -> (Portal, Client, Date, String, String) {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 4, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室");
    let (path, congress) = congress_of(&portal, &mut league, &roster, today).await;
    (portal, league, today, path, congress)
}

/// The school's union with such a roster, opened three weeks ago, and its congress of two days ago.
async fn congress_of(portal: &Portal, league: &mut Client, roster: &str, today: Date) -> (String, String) {
    let path = union(league, "school", roster, &(today - Duration::days(20)).to_string(), true).await;
    // The union came under the rules some days ago.
    sqlx::query("update student_union set opened_on = $1")
        .bind(today - Duration::days(19))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let congress = held(portal, &path, today - Duration::days(2)).await;
    (path, congress)
}

/// Takes down an election that was held outside, by the report.
async fn take_down(league: &mut Client, congress: &str, purpose: &str, people: &str, day: Date) -> Page {
    let day = day.to_string();
    let fields =
        [("purpose", purpose), ("elected_on", &day), ("report", "第三次学生代表大会选举结果报告"), ("people", people)];
    send_scan(league, &format!("{congress}/result"), &fields, Some(SCAN)).await
}

async fn step(client: &mut Client, congress: &str, step: &str, day: Date) -> Page {
    let day = day.to_string();
    let fields = [("day", day.as_str()), ("by", "学校党委"), ("number", "校党〔2026〕30号"), ("within", "10")];
    send_scan(client, &format!("{congress}/result/{step}"), &fields, Some(SCAN)).await
}

async fn stage(portal: &Portal) -> String {
    sqlx::query_scalar("select stage from congress_result").fetch_one(&mut portal.owner().await).await.unwrap()
}

#[tokio::test]
async fn con_07_a_result_is_told_to_the_congress_before_anybody_approves_it() {
    let (portal, mut league, today, _, congress) = congress().await;
    let elected_on = today - Duration::days(2);
    let bare = send_scan(&mut league, &format!("{congress}/result"), &[("purpose", "term")], None).await;
    assert_eq!(bare.status, 422);
    assert!(!bare.fault("当选人").is_empty() && !bare.fault("报告扫描件").is_empty(), "{}", bare.text());
    let stranger = take_down(&mut league, &congress, "term", "29990001", elected_on).await;
    assert!(stranger.fault("当选人").contains("没有学号 29990001"), "{}", stranger.text());
    assert_eq!(take_down(&mut league, &congress, "term", "20240050 210\n20240051", elected_on).await.status, 303);
    let again = take_down(&mut league, &congress, "term", "20240052", elected_on).await;
    assert_eq!((again.status, again.text().contains("已经登记")), (409, true), "{}", again.text());

    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let early = step(&mut party, &congress, "approve", today).await;
    assert_eq!(early.status, 409);
    assert!(early.text().contains("还没有办理“向大会公布”") && early.text().contains("学代会选举结果应当向大会公告"));
    let before = step(&mut league, &congress, "announce", elected_on - Duration::days(1)).await;
    assert!(before.status == 409 && before.text().contains("早于上一步的日期"), "{}", before.text());
    let back = before.attributes("main a.button", "href").remove(0);
    assert_eq!(league.get(&back).await.field("公告人"), "学校党委", "what was typed is kept");
    let ahead = step(&mut league, &congress, "announce", today + Duration::days(1)).await;
    assert!(ahead.status == 409 && ahead.text().contains("还没有到"), "{}", ahead.text());
    assert_eq!(stage(&portal).await, "elected");
    let page = league.get(&format!("{congress}/result")).await;
    for says in ["登记向大会公告", "公告日期", "公告人"] {
        assert!(page.text().contains(says), "the plan's own word: {}", page.text());
    }
    assert_eq!(step(&mut league, &congress, "announce", elected_on).await.status, 303);
    assert!(party.get("/").await.text().contains("选举结果的批准"), "it waits for the Party body");
}

#[tokio::test]
async fn con_08_the_party_body_of_the_same_level_approves_or_its_answer_is_taken_down() {
    let (portal, mut league, today, _, congress) = congress().await;
    take_down(&mut league, &congress, "term", "20240050", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    let skipped = step(&mut league, &congress, "send", today).await;
    assert_eq!(skipped.status, 409);
    assert!(skipped.text().contains("并经同级党委批准"), "{}", skipped.text());
    // A college's Party body has no say here, and the union's own officers none at all.
    let mut other = portal.signed_in(OfficeKind::CollegeParty).await;
    assert_eq!(step(&mut other, &congress, "approve", today).await.status, 404);
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(step(&mut officer, &congress, "approve", today).await.status, 403);
    // Whoever takes an answer down brings it along.
    let day = today.to_string();
    let fields = [("day", day.as_str()), ("by", "学校党委"), ("number", "校党〔2026〕30号"), ("within", "10")];
    let bare = send_scan(&mut league, &format!("{congress}/result/approve"), &fields, None).await;
    assert!(bare.fault("文件扫描件").contains("批复的扫描件"), "{}", bare.text());
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let done = send_scan(&mut party, &format!("{congress}/result/approve"), &fields, None).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let paper = league.get(&format!("{congress}/result/papers/approval")).await;
    assert!(paper.text().contains("校党〔2026〕30号") && paper.text().contains("学生50"), "{}", paper.text());
    for paper in ["report", "approval", "filing"] {
        let word = league.get(&format!("{congress}/result/papers/{paper}/word")).await;
        assert!(word.bytes.starts_with(b"PK"), "{paper}");
    }
    let scan = league.get(&format!("{congress}/result/scans/report")).await;
    assert_eq!(scan.bytes, SCAN);
}

#[tokio::test]
async fn con_09_an_approved_result_is_filed_in_time_and_then_the_congress_is_settled() {
    let (portal, mut league, today, _, congress) = congress().await;
    take_down(&mut league, &congress, "term", "20240050", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    assert!(!league.get("/compliance").await.text().contains("逾期未报备"));
    portal.app.clock.advance(Duration::days(40));
    let (today, mut league) = (portal.app.clock.today(), portal.signed_in(OfficeKind::SchoolLeague).await);
    let overview = league.get("/compliance").await.text();
    assert!(overview.contains("逾期未报备"), "{overview}");
    assert!(league.get("/").await.text().contains("已逾期"));
    let page = league.get(&format!("{congress}/result")).await.text();
    assert!(page.contains("已经逾期") && page.contains("报上级学联、学生会组织备案"), "{page}");
    let unsent = step(&mut league, &congress, "file", today).await;
    assert!(unsent.status == 409 && unsent.text().contains("还没有办理“报上级备案”"), "{}", unsent.text());
    assert_eq!(step(&mut league, &congress, "send", today).await.status, 303);
    let done = step(&mut league, &congress, "file", today).await;
    assert!(done.location().ends_with("done=closed"), "{}", done.text());
    let (held,): (String,) =
        sqlx::query_as("select stage from congress").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(held, "closed");
    assert!(!league.get("/compliance").await.text().contains("逾期未报备"));
}

#[tokio::test]
async fn everything_of_a_congress_is_one_file_with_the_hash_of_each_part() {
    let (portal, mut league, today, _, congress) = congress().await;
    take_down(&mut league, &congress, "term", "20240050", today - Duration::days(2)).await;
    let file = league.get(&format!("{congress}/archive")).await;
    assert_eq!(file.status, 200, "{}", file.text());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(name).unwrap(), &mut bytes).unwrap();
        bytes
    };
    let sums = String::from_utf8(read("SHA256SUMS.txt")).unwrap();
    let index = String::from_utf8(read("index.html")).unwrap();
    assert!(!index.contains("<script") && index.contains("选举结果报告（扫描件）.pdf"), "{index}");
    assert_eq!(read("选举结果/选举结果报告（扫描件）.pdf"), SCAN);
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        let own = <sha2::Sha256 as sha2::Digest>::digest(read(name));
        assert_eq!(hex::encode(own), hash, "{name}");
    }
    for part in ["代表名单.csv", "日程.csv", "公文/", "的通知.docx", "选举结果/关于"] {
        assert!(sums.contains(part), "{part}: {sums}");
    }
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.get(&format!("{congress}/archive")).await.status, 403);
}

#[tokio::test]
async fn con_09_a_colleges_result_is_filed_with_the_schools_union() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "colleges", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let congress = held(&portal, &path, today).await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(take_down(&mut college, &congress, "term", "20240050", today).await.status, 303);
    for name in ["announce", "approve", "send"] {
        assert_eq!(step(&mut college, &congress, name, today).await.status, 303, "{name}");
    }
    let mut school = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(school.get("/").await.text().contains("备案回执"));
    assert_eq!(step(&mut school, &congress, "file", today).await.status, 303);
}

#[tokio::test]
async fn vet_05_the_elected_take_their_posts_and_the_presidium_before_them_leaves() {
    let (_portal, mut league, today, path, congress) = congress().await;
    let refused = appoint(&mut league, &path, 50, "presidium", "", today).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("学生会主席团由学生代表大会选举产生"), "{}", refused.text());
    // Elected and not approved is not enough.
    take_down(&mut league, &congress, "term", "20240001\n20240050\n20240051", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    assert_eq!(appoint(&mut league, &path, 50, "presidium", "", today).await.status, 409);
    let early = league.get(&format!("{congress}/result/posts")).await.text();
    assert!(early.contains("还没有批准") && early.contains("学生50、学生51"), "who may not is found before: {early}");
    assert!(!early.contains("办理就任") && !early.contains("没有学生50在学生代表大会当选"), "{early}");
    let fields = [("checked", "yes"), ("reason", "上一届名单未登记来源")];
    assert_eq!(league.post(&format!("{congress}/result/posts"), &fields).await.status, 409);
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let preview = league.get(&format!("{congress}/result/posts")).await;
    for part in ["办理后", "学生50、学生51", "学生2、学生3、学生4", "没有当值的执行主席"] {
        assert!(preview.text().contains(part), "{part}: {}", preview.text());
    }
    let bare = league.post(&format!("{congress}/result/posts"), &[]).await;
    assert_eq!(bare.status, 422);
    let fields = [("checked", "yes"), ("reason", "上一届名单未登记来源")];
    let done = league.post(&format!("{congress}/result/posts"), &fields).await;
    assert!(done.location().ends_with("done=seated"), "{}", done.text());
    let names = league.get(&path).await.all("td[data-label='姓名']");
    assert!(names.contains(&"学生50".to_owned()) && names.contains(&"学生1".to_owned()), "{names:?}");
    assert!(!names.contains(&"学生2".to_owned()) && names.contains(&"学生10".to_owned()), "{names:?}");
    let exits = league.get("/exits").await;
    let handing_over = exits.all("td[data-label='类别']").iter().filter(|kind| *kind == "任满离职").count();
    assert_eq!(handing_over, 3, "those who left hand over: {}", exits.text());
    let result = league.get(&format!("{congress}/result")).await.attributes("main .note a", "href");
    assert_eq!(result, [path.clone(), format!("{path}/rotation")], "what follows is one click away");
    assert!(league.get("/audit").await.text().contains("五、严格遴选程序"), "the record has the clause");
    let twice = league.post(&format!("{congress}/result/posts"), &fields).await;
    assert!(twice.status == 409 && twice.text().contains("已经就任"), "{}", twice.text());
    assert!(!league.get("/compliance").await.text().contains("未说明"), "nobody came past the vetting");
    // Whoever was not elected does not come back, and whoever was elected and left does not either.
    assert_eq!(appoint(&mut league, &path, 2, "presidium", "", today).await.status, 409);
}

#[tokio::test]
async fn vet_05_a_conveners_seat_ends_with_the_presidium_and_the_next_is_one_of_the_elected() {
    let (portal, mut league, today) = ready().await;
    adopt_convener(&portal).await;
    let roster = rows(1, 4, "主席团成员", "") + &rows(5, 1, "召集人", "");
    let (path, congress) = congress_of(&portal, &mut league, &roster, today).await;
    let elected = "20240001\n20240002\n20240003\n20240050\n20240054";
    take_down(&mut league, &congress, "term", elected, today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let fields = [("checked", "yes"), ("reason", "上一届名单未登记来源")];
    let done = league.post(&format!("{congress}/result/posts"), &fields).await;
    assert!(done.location().ends_with("done=seated"), "five seats for five elected: {}", done.text());
    let names = league.get(&path).await.all("td[data-label='姓名']");
    assert!(!names.contains(&"学生5".to_owned()) && names.contains(&"学生54".to_owned()), "{names:?}");
    // From among them comes the next one; nobody else does.
    let day = today.to_string();
    let convene = |number| {
        [
            ("number", number),
            ("post", "other:召集人"),
            ("from", day.as_str()),
            ("from_college", "yes"),
            ("ground", "主席团会议纪要"),
            ("direct", "由主席团推选"),
            ("moves", "yes"),
            ("sure", "yes"),
        ]
    };
    let stranger = league.upload(&format!("{path}/appoint"), &convene("20240060"), None).await;
    assert_eq!(stranger.status, 409);
    assert!(stranger.text().contains("学生会主席团由学生代表大会选举产生"), "{}", stranger.text());
    let done = league.upload(&format!("{path}/appoint"), &convene("20240050"), None).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(league.get(&path).await.text().contains("召集人"));
}

#[tokio::test]
async fn stf_10_who_of_the_elected_comes_from_a_college_is_said_as_they_take_their_posts() {
    let (portal, mut league, today) = ready().await;
    let (path, congress) = congress_of(&portal, &mut league, &rows(1, 3, "主席团成员", ""), today).await;
    take_down(&mut league, &congress, "term", "20240050\n20240051\n20240052", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let posts = format!("{congress}/result/posts");
    let page = league.get(&posts).await;
    assert!(page.text().contains("比例按下面勾选的计算") && page.text().contains("不少于50%"), "{}", page.text());
    let fields = [("checked", "yes"), ("reason", "理由"), ("from_college", "20240051")];
    let refused = league.post(&posts, &fields).await;
    assert!(refused.status == 409 && refused.text().contains("不少于50%"), "one of three: {}", refused.text());
    let back = refused.attributes("main a.button", "href").remove(0);
    let page = league.get(&back).await;
    assert_eq!(page.attributes("input[name=from_college][checked]", "value"), ["20240051"], "the ticks are kept");
    let fields = [&fields[..], &[("from_college", "20240052")]].concat();
    let done = league.post(&posts, &fields).await;
    assert!(done.location().ends_with("done=seated"), "{}", done.text());
    assert!(league.get(&path).await.all("td[data-label='姓名']").contains(&"学生50".to_owned()));
}

#[tokio::test]
async fn a_meeting_of_all_speaks_to_students_and_of_no_delegates() {
    let (portal, mut league, _, _, congress) = congress().await;
    sqlx::query(
        "insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source, basis,
                              check_in)
         select id, story_now(), '礼堂', 2, 3, true, 'present', 'practice', '', 'not_yet' from congress",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    for (paper, says) in
        [("script", "各位领导、各位同学："), ("election-rules", "到会的学生有选举权"), ("minutes", "应到学生")]
    {
        let text = league.get(&format!("{congress}/meeting/papers/{paper}")).await.text();
        assert!(text.contains(says) && !text.contains("正式代表"), "{paper}: {text}");
    }
}

#[tokio::test]
async fn org_03_no_chair_is_missed_where_the_plan_asks_for_none() {
    let (portal, mut league, today, _, congress) = congress().await;
    take_down(&mut league, &congress, "term", "20240001\n20240050\n20240051", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let (_, text) = BUILT_IN[0];
    let (from, to) = (text.find("[rule.ORG-03]").unwrap(), text.find("[rule.ORG-04]").unwrap());
    let silent = format!("{}{}", &text[..from], &text[to..])
        .replacen("silent = [", "silent = [\n    \"ORG-03\",", 1)
        .replace("suzhou-2020", "own-2026");
    adopt_text(&portal, &silent).await;
    let preview = league.get(&format!("{congress}/result/posts")).await.text();
    assert!(preview.contains("方案没有要求执行主席当值") && !preview.contains("没有当值的执行主席"), "{preview}");
}

#[tokio::test]
async fn vet_05_a_by_election_fills_only_the_seats_that_became_vacant() {
    let (portal, mut league, today, path, congress) = congress().await;
    // The last whole presidium had two members, who both sit: nothing is vacant.
    elect(&portal, &path, &[1, 2], today - Duration::days(15)).await;
    sqlx::query("alter table congress_result disable trigger result_guarded")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    sqlx::query("update congress_result set purpose = 'term'").execute(&mut portal.owner().await).await.unwrap();
    take_down(&mut league, &congress, "by_election", "20240050", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let fields = [("checked", "yes"), ("reason", "理由")];
    let refused = league.post(&format!("{congress}/result/posts"), &fields).await;
    assert!(refused.status == 409 && refused.text().contains("补选只补缺额"), "{}", refused.text());
}

#[test]
fn of_64_at_once_on_each_step_of_the_result_one_stands() {
    crate::support::runtime().block_on(async {
        let (portal, league, today, _, congress) = congress().await;
        for name in ["result", "announce", "approve", "posts", "send", "file"] {
            let tasks = (0..64).map(|_| {
                let (mut client, congress) = (league.clone(), congress.clone());
                tokio::spawn(async move {
                    match name {
                        "result" => {
                            let elected_on = today - Duration::days(2);
                            take_down(&mut client, &congress, "term", "20240050", elected_on).await
                        }
                        "posts" => {
                            let fields = [("checked", "yes"), ("reason", "理由")];
                            client.post(&format!("{congress}/result/posts"), &fields).await
                        }
                        name => step(&mut client, &congress, name, today).await,
                    }
                })
            });
            let (mut stood, mut refused) = (0, 0);
            for task in tasks.collect::<Vec<_>>() {
                let page = task.await.unwrap();
                match page.status {
                    303 => stood += 1,
                    409 if page.text().contains("已经") => refused += 1,
                    status => panic!("{name}: {status} {}", page.text()),
                }
            }
            assert_eq!((stood, refused), (1, 63), "{name}");
        }
        assert_eq!(stage(&portal).await, "filed");
    });
}

#[tokio::test]
async fn the_papers_of_a_result_are_the_same_on_the_page_and_in_word() {
    let (portal, mut league, today, _, congress) = congress().await;
    take_down(&mut league, &congress, "term", "20240050 210\n20240051 190", today - Duration::days(2)).await;
    step(&mut league, &congress, "announce", today - Duration::days(2)).await;
    step(&mut league, &congress, "approve", today - Duration::days(1)).await;
    let report = format!("{congress}/result/papers/report");
    let wrong = league.post(&report, &[("number", "学会[2026]12号"), ("date", "昨天")]).await;
    assert_eq!((wrong.status, wrong.field("发文字号")), (422, "学会[2026]12号".to_owned()));
    let day = (today - Duration::days(1)).to_string();
    let kept = league.post_on(&report, &[("number", "学会[2026]12号"), ("date", &day)]).await;
    assert!(kept.text().contains("已保存") && kept.all(".formal-number") == ["学会〔2026〕12号"], "{}", kept.text());
    assert_eq!(
        league.post(&format!("{congress}/result/papers/approval"), &[("number", "1")]).await.status,
        404,
        "a reply has the number that it was taken down with"
    );
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&report, &[("number", "1")]).await.status, 403);
    let mut all = String::new();
    for paper in ["report", "approval", "filing"] {
        let page = party.get(&format!("{congress}/result/papers/{paper}")).await;
        assert!(page.status == 200 && page.all("main form").is_empty(), "{paper}: {}", page.text());
        let said = page.all("main .actions + .no-print");
        assert!(said.iter().any(|says| says.contains("131 以上版本打印时有页码")), "{paper}: {said:?}");
        let shown = outline(&party.get(&format!("{congress}/result/papers/{paper}/word")).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {paper}\n{}", undated(&shown)).unwrap();
    }
    assert!(all.contains("[Number] 学会〔2026〕12号") && all.contains("[Number] 校党〔2026〕30号"), "{all}");
    assert_snapshot("result_papers", &all);
}
