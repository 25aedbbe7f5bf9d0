//! 述职评议 and 择优提名 as their people do them: officers report, a board scores on sealed sheets, results are told and
//! disputed, nominations rest on them.
//!
//! One file a feature: its stories share their helpers.

mod on_paper;
mod results;

use std::collections::BTreeSet;

use lunzhi::{office::OfficeKind, reviews::sheet};
use sqlx::{AssertSqlSafe, PgConnection};
use time::{Date, Duration};

use crate::support::{
    Client, Page, Portal,
    sitting::{number, see_other, voter, voters},
    union::{ready, rows, union},
};

/// A review of the school's union: students 1 and 2 on the presidium, 10 and 11 heads of 办公室, 12 and 13 its staff.
pub struct Story {
    pub portal: Portal,
    league: Client,
    affairs: Client,
    /// `/reviews/…`
    path: String,
    pub id: String,
    today: Date,
}

const OFFICERS: [u32; 4] = [1, 2, 10, 11];

/// A choice's value by what it says.
fn chosen(page: &Page, field: &str, label: &str) -> String {
    let place = page.all(&format!("#{field} option")).iter().position(|found| found == label).expect(label);
    page.attributes(&format!("#{field} option"), "value").remove(place)
}

pub async fn begun() -> Story {
    let roster =
        rows(1, 2, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室") + &rows(12, 2, "部门工作人员", "办公室");
    begun_with(&roster).await
}

async fn begun_with(roster: &str) -> Story {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(40)).to_string();
    union(&mut league, "school", roster, &day, true).await;
    let (from, last) = ((today - Duration::days(60)).to_string(), (today + Duration::days(60)).to_string());
    see_other(&league.post("/semesters", &[("name", "本学期"), ("from", &from), ("last", &last)]).await);
    let form = league.get("/reviews/new").await;
    let (union, semester) = (chosen(&form, "union", "校学生会"), chosen(&form, "semester", "本学期"));
    let (until, sits) = ((today + Duration::days(5)).to_string(), (today + Duration::days(7)).to_string());
    let fields = [("union", &*union), ("semester", &*semester), ("report_until", &*until), ("sits_on", &*sits)];
    let to = see_other(&league.post("/reviews/new", &fields).await);
    let again = league.post("/reviews/new", &fields).await;
    assert_eq!((again.status, again.fault("学期").contains("已经开始")), (422, true), "one review a semester");
    let path = to.split('?').next().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    Story { portal, league, affairs, path, id, today }
}

impl Story {
    pub async fn report(&self, student: u32) {
        let mut officer = voter(&self.portal, student).await;
        let text = format!("本学期完成的工作（{student}）");
        let mut fields = vec![("text", text.as_str()); 5];
        fields.push(("act", "hand"));
        see_other(&officer.post(&format!("/my-reviews/{}", self.id), &fields).await);
    }

    async fn act(&mut self, what: &str, fields: &[(&str, &str)]) -> Page {
        self.league.post(&format!("{}/{what}", self.path), fields).await
    }

    async fn name(&mut self, category: &str, people: &str) {
        see_other(&self.act("board", &[("category", category), ("number", people)]).await);
    }

    /// The accounts in the board's table, by the number that each says.
    async fn accounts(&mut self, numbers: &[&str]) -> Vec<String> {
        let page = self.league.get(&format!("{}/board", self.path)).await;
        let names = page.all("td[data-label=姓名]");
        let accounts = page.attributes("input[name=account]", "value");
        let of = |number: &&str| {
            let place = names.iter().position(|name| name.ends_with(number)).expect("not on the board");
            accounts[place].clone()
        };
        numbers.iter().map(of).collect()
    }

    async fn tick(&mut self, what: &str, numbers: &[&str]) -> Page {
        let accounts = self.accounts(numbers).await;
        let fields: Vec<(&str, &str)> = accounts.iter().map(|account| ("account", account.as_str())).collect();
        self.act(what, &fields).await
    }

    /// Makes a passphrase and shows that it works.
    async fn make_phrase(&self, monitor: &mut Client) -> String {
        let page = monitor.post(&format!("/scoring/{}/key", self.id), &[]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let phrase = page.all(".receipt").remove(0);
        let to = see_other(&self.phrase(monitor, &phrase).await);
        assert!(to.ends_with("done=proved"), "{to}");
        phrase
    }

    async fn phrase(&self, monitor: &mut Client, phrase: &str) -> Page {
        monitor.post(&format!("/scoring/{}/phrase", self.id), &[("phrase", phrase)]).await
    }

    /// So many of the board answer the first person's objection, in the order of its list: students, then the offices.
    async fn answer(&mut self, members: usize, grade: &str) -> Page {
        let page = self.league.get(&format!("{}/people/1", self.path)).await;
        let (board, day) = (page.attributes("input[name=account]", "value"), self.today.to_string());
        let mut fields = vec![("answer", "经复议，对照评议表核对"), ("grade", grade), ("day", day.as_str())];
        fields.extend(board.iter().take(members).map(|account| ("account", account.as_str())));
        self.act("people/1/answer", &fields).await
    }

    async fn score(&self, member: &mut Client, person: usize, scores: [&str; 5], comment: &str) -> Page {
        let mut fields: Vec<(&str, &str)> = scores.iter().map(|score| ("score", *score)).collect();
        fields.push(("comment", comment));
        member.post(&format!("/scoring/{}/people/{person}", self.id), &fields).await
    }
}

/// A review with reports of 1, 2 and 10, and a board of students, 学生工作部门 and 校团委, in which everybody has come.
async fn open(students: std::ops::RangeInclusive<u32>) -> (Story, Vec<Client>, [String; 2]) {
    let story = begun().await;
    for officer in &OFFICERS[..3] {
        story.report(*officer).await;
    }
    sit(story, students).await
}

/// A board sits on the reports that were handed in: students, 学生工作部门 and 校团委, and everybody has come.
async fn sit(mut story: Story, students: std::ops::RangeInclusive<u32>) -> (Story, Vec<Client>, [String; 2]) {
    let members = voters(&story.portal, students.clone()).await;
    let numbers: Vec<String> = students.map(number).collect();
    story.name("student", &numbers.join("\n")).await;
    story.name("affairs", "student_affairs").await;
    story.name("league", "school_league").await;
    let confirmed = story.tick("confirm", &["student_affairs", "school_league"]).await;
    assert!(see_other(&confirmed).ends_with("done=confirmed"));
    let mut all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    all.extend(["student_affairs", "school_league"]);
    let early = story.tick("open", &all).await;
    assert!(early.status == 409 || early.text().contains("还没有生成并核对口令"), "{}", early.text());
    let (mut one, mut other) = (story.affairs.clone(), story.league.clone());
    let phrases = [story.make_phrase(&mut one).await, story.make_phrase(&mut other).await];
    let opened = story.tick("open", &all).await;
    assert!(see_other(&opened).ends_with("done=opened"));
    (story, members, phrases)
}

/// A board sits on the reports of three officers, scores them, and its sheets are counted.
pub async fn scored(story: Story) -> Story {
    let (mut story, mut members, phrases) = sit(story, 101..=107).await;
    for member in &mut members {
        for person in 1..=3 {
            see_other(&story.score(member, person, ["92"; 5], "").await);
        }
    }
    see_other(&story.act("close", &[]).await);
    let (mut affairs, mut league) = (story.affairs.clone(), story.league.clone());
    see_other(&story.phrase(&mut affairs, &phrases[0]).await);
    assert!(see_other(&story.phrase(&mut league, &phrases[1]).await).ends_with("done=counted"));
    story
}

/// A board sits on the reports of twelve officers.
pub async fn twelve() -> Story {
    let heads = [(10, "办公室"), (14, "学习部"), (16, "文体部"), (18, "权益部")];
    let roster = rows(1, 4, "主席团成员", "")
        + &heads.map(|(first, department)| rows(first, 2, "部门负责人", department)).concat();
    let story = begun_with(&roster).await;
    for officer in [1, 2, 3, 4, 10, 11, 14, 15, 16, 17, 18, 19] {
        story.report(officer).await;
    }
    sit(story, 101..=107).await.0
}

#[tokio::test]
async fn rev_01_a_board_is_judged_when_confirmed_and_again_by_those_who_came() {
    let mut story = begun().await;
    story.report(1).await;
    drop(voters(&story.portal, 101..=103).await);
    drop(voter(&story.portal, 2).await);
    story.name("student", &[number(101), number(102), number(103)].join("\n")).await;
    story.name("league", "school_league").await;
    let page = story.league.get(&format!("{}/board", story.path)).await;
    assert!(page.text().contains("评议会没有"), "the page says what is missing before anybody confirms");
    let refused = story.tick("confirm", &["school_league", &number(101)]).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("组建以学生代表为主"), "the clause is quoted");
    story.name("affairs", "student_affairs").await;
    story.name("student", &number(2)).await;
    let own = story.tick("confirm", &["school_league", &number(101)]).await;
    assert!(own.status == 409 && own.text().contains("不能评议本次述职"), "{}", own.text());
    // Whoever goes back finds the ticks.
    let back = own.attributes("main a.button", "href").remove(0);
    let mut ticked = story.league.get(&back).await.attributes("input[name=account][checked]", "value");
    let mut sent = story.accounts(&["school_league", &number(101)]).await;
    ticked.sort_unstable();
    sent.sort_unstable();
    assert_eq!(ticked, sent);
    let account = story.accounts(&[&number(2)]).await.remove(0);
    see_other(&story.act(&format!("board/{account}/remove"), &[]).await);
    let alone = story.tick("confirm", &["school_league"]).await;
    assert!(alone.status == 409 && alone.text().contains("监票人"), "one monitor alone opens nothing");
    see_other(&story.tick("confirm", &["school_league", "student_affairs"]).await);
    let (mut one, mut other) = (story.affairs.clone(), story.league.clone());
    story.make_phrase(&mut one).await;
    story.make_phrase(&mut other).await;
    let three = [number(101), number(102), number(103)];
    let without = story.tick("open", &[&three[0], &three[1], &three[2], "school_league"]).await;
    assert_eq!(without.status, 409, "an office did not come");
    assert!(without.text().contains("组建以学生代表为主"), "{}", without.text());
    let half = story.tick("open", &[&three[0], "school_league", "student_affairs"]).await;
    assert_eq!(half.status, 409, "students are not more than half of those who came");
    let all = [&*three[0], &*three[1], &*three[2], "school_league", "student_affairs"];
    see_other(&story.tick("open", &all).await);
}

#[tokio::test]
async fn rev_01_delegates_are_drawn_by_a_lot_that_can_be_drawn_again() {
    let mut story = begun().await;
    drop(voters(&story.portal, 101..=120).await);
    drop(voter(&story.portal, 1).await);
    let pool: Vec<String> = (101..=120).chain([1]).map(number).collect();
    let pool = pool.join("\n");
    let too_many = story.act("board/draw", &[("seats", "21"), ("pool", &pool)]).await;
    assert_eq!(too_many.status, 422, "who reports does not take part: twenty are left");
    see_other(&story.act("board/draw", &[("seats", "7"), ("pool", &pool)]).await);
    let page = story.league.get(&format!("{}/board", story.path)).await;
    assert_eq!(page.all("td[data-label=产生]"), ["抽签"; 7]);
    let seed = page.all("details code").remove(0);
    let numbers: Vec<String> = (101..=120).map(number).collect();
    let drawn = lunzhi::rules::review::draw(&seed, &numbers, 7);
    let names = page.all("td[data-label=姓名]");
    assert!(drawn.iter().all(|number| names.iter().any(|name| name.ends_with(number))), "{drawn:?} {names:?}");
}

#[tokio::test]
async fn rev_02_reports_are_saved_handed_in_returned_and_missed() {
    let mut story = begun().await;
    let mut officer = voter(&story.portal, 1).await;
    let own = format!("/my-reviews/{}", story.id);
    assert!(officer.get("/").await.text().contains("写述职报告"), "a task until it is written");
    let draft = [("text", "写了一半"), ("act", "save")];
    assert!(see_other(&officer.post(&own, &draft).await).ends_with("done=saved"));
    let page = officer.get(&own).await;
    assert_eq!(page.field("政治态度"), "写了一半");
    assert!(
        !story.league.get(&format!("{}/people/1", story.path)).await.text().contains("写了一半"),
        "a draft is one's own"
    );
    let gap = officer.post(&own, &[("text", "写了一半"), ("act", "hand")]).await;
    assert_eq!((gap.status, gap.fault("工作成效").contains("请写")), (422, true));
    story.report(1).await;
    assert!(officer.post(&own, &draft).await.text().contains("已经提交"), "what is handed in stays");
    let back = format!("{}/people/1/return", story.path);
    assert_eq!(story.league.post(&back, &[("reason", "")]).await.status, 422);
    see_other(&story.league.post(&back, &[("reason", "请补充数据")]).await);
    assert!(officer.get(&own).await.text().contains("请补充数据"));
    assert_eq!(voter(&story.portal, 12).await.get(&own).await.status, 404, "staff do not report");
    let mut college = story.portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&story.path).await.status, 404, "another college's review is not theirs");
    assert!(story.league.get("/compliance").await.text().contains("REV-02"));
    story.portal.app.clock.advance(Duration::days(6));
    story.league = story.portal.signed_in(OfficeKind::SchoolLeague).await;
    let list = story.league.get(&story.path).await;
    assert!(list.text().contains("逾期"), "{}", list.text());
    let overview = story.league.get("/compliance").await;
    assert!(overview.text().contains("应述职 4 人，已提交 0 人（0.0%）"), "{}", overview.text());
    assert!(story.league.get("/").await.text().contains("催交述职报告"));
}

#[tokio::test]
async fn rev_02_files_go_with_a_report_and_are_bounded() {
    let mut story = begun().await;
    let mut officer = voter(&story.portal, 1).await;
    let own = format!("/my-reviews/{}", story.id);
    let add = format!("{own}/attachments");
    let pdf: (&str, &[u8]) = ("述职.pdf", b"%PDF-1.4 slides");
    assert_eq!(officer.upload(&add, &[], Some(("述职.pptx", b"PK"))).await.status, 422);
    for _ in 0..3 {
        see_other(&officer.upload(&add, &[], Some(pdf)).await);
    }
    assert_eq!(officer.upload(&add, &[], Some(pdf)).await.status, 409, "three are enough");
    let page = officer.get(&own).await;
    let remove = page.attributes("form[action$='/remove']", "action").remove(0);
    see_other(&officer.post(&remove, &[]).await);
    let file = officer.get(&own).await.attributes(&format!("a[href^='{add}']"), "href").remove(0);
    assert_eq!(officer.get(&file).await.bytes, pdf.1);
    let id = file.rsplit('/').next().unwrap();
    let office = format!("{}/people/1/attachments/{id}", story.path);
    assert_eq!(story.league.get(&office).await.status, 404, "a draft is its writer's alone");
    story.report(1).await;
    assert_eq!(story.league.get(&office).await.bytes, pdf.1);
    assert_eq!(officer.upload(&add, &[], Some(pdf)).await.status, 409, "it is handed in");
    assert_eq!(officer.post(&format!("{file}/remove"), &[]).await.status, 404);
    let mut other = voter(&story.portal, 2).await;
    assert_eq!(other.get(&file).await.status, 404);
}

#[tokio::test]
async fn rev_02_two_posts_are_one_report_and_who_left_is_named_with_the_reason() {
    let mut story = begun().await;
    let mut db = story.portal.owner().await;
    sqlx::query(
        "insert into post (id, union_id, student_id, kind, department_id, from_day)
         select gen_random_uuid(), d.union_id, s.id, 'head', d.id, $1
         from department d join student_union u on u.id = d.union_id
              join student s on s.institution_id = u.institution_id and s.number = $2",
    )
    .bind(story.today - Duration::days(10))
    .bind(number(1))
    .execute(&mut db)
    .await
    .unwrap();
    let left = "update post set until_day = $1 from student s where s.id = student_id and s.number = $2";
    sqlx::query(left).bind(story.today).bind(number(2)).execute(&mut db).await.unwrap();
    see_other(&story.act("people", &[]).await);
    let page = story.league.get(&story.path).await;
    let names = page.all("td[data-label=姓名]");
    assert_eq!(names.iter().filter(|name| name.starts_with("学生1 ")).count(), 1, "{names:?}");
    let posts = page.all("td[data-label=岗位]");
    assert!(posts[0].contains("主席团成员、办公室 部门负责人"), "{posts:?}");
    assert!(posts.iter().any(|post| post.contains("离任（")), "{posts:?}");
    assert_eq!(story.act("people/1/excuse", &[("reason", "出差")]).await.status, 409, "who is in office reports");
    see_other(&story.act("people/2/excuse", &[("reason", "学期初已离任")]).await);
    assert!(story.league.get(&story.path).await.text().contains("已提交 0/3 人"));
}

#[tokio::test]
async fn rev_03_a_missing_aspect_comes_back_beside_its_field() {
    let (story, mut members, _) = open(101..=107).await;
    let lacking = story.score(&mut members[0], 1, ["90", "", "80", "101", "85"], "踏实").await;
    assert_eq!(lacking.status, 422);
    assert!(lacking.fault("道德品行").contains("缺项不能提交"), "{}", lacking.text());
    assert!(lacking.fault("工作成效").contains("0 至 100"));
    assert_eq!((lacking.field("政治态度"), lacking.field("意见和建议")), ("90".to_owned(), "踏实".to_owned()));
    let sheets: i64 = sqlx::query_scalar("select count(*) from review_sheet")
        .fetch_one(&mut story.portal.owner().await)
        .await
        .unwrap();
    assert_eq!(sheets, 0);
}

#[tokio::test]
async fn a_semester_is_scored_opened_disputed_settled_and_nominated_from() {
    let (mut story, mut members, phrases) = open(101..=107).await;
    // Student 12 of 办公室 is none of them; the person who has not reported is not scored.
    assert_eq!(members[0].get(&format!("/scoring/{}/people/4", story.id)).await.status, 404);
    assert!(members[0].get("/").await.text().contains("评议会正在评分，会上截止"), "an urgent task says until when");
    for (place, member) in members.iter_mut().enumerate() {
        let list = member.get(&format!("/scoring/{}", story.id)).await;
        assert!(list.text().contains("已评 0/3 人"));
        let next = list.attributes(".booth > .actions a", "href");
        assert_eq!(next, [format!("/scoring/{}/people/1", story.id)], "one after the other, without a search");
        for person in 1..=3 {
            let score = (95 - 5 * person - place % 2).to_string();
            let comment = if place == 0 { "踏实肯干" } else { "" };
            see_other(&story.score(member, person, [&score; 5], comment).await);
        }
    }
    let mut affairs = story.affairs.clone();
    see_other(&story.score(&mut affairs, 1, ["100"; 5], "").await);
    let list = members[0].get(&format!("/scoring/{}", story.id)).await;
    assert!(list.text().contains("已评 3/3 人"));
    assert!(list.attributes(".booth > .actions a", "href").is_empty(), "nobody is left");
    let before = story.league.get(&format!("{}/people/1", story.path)).await;
    assert!(!before.text().contains("评议结果"), "nothing is shown before the count");
    assert_eq!(story.league.get(&format!("{}/notice", story.path)).await.status, 404);
    let early = story.phrase(&mut affairs, &phrases[0]).await;
    assert_eq!(early.status, 409, "nobody opens while it is scored");
    see_other(&story.act("close", &[]).await);
    let late = story.score(&mut members[0], 1, ["1"; 5], "").await;
    assert_eq!(late.status, 409);
    let wrong = story.phrase(&mut affairs, "abcde-abcde-abcde-abcde").await;
    assert_eq!((wrong.status, wrong.fault("监票口令").contains("口令不对")), (422, true));
    assert!(see_other(&story.phrase(&mut affairs, &phrases[0]).await).ends_with("done=given"));
    let mut league = story.league.clone();
    assert!(see_other(&story.phrase(&mut league, &phrases[1]).await).ends_with("done=counted"));

    let page = story.league.get(&story.path).await;
    // Person 1: four sheets of 90, three of 89 and one of 100: 727 / 8 = 90.875.
    assert!(page.all("td[data-label=得分]").contains(&"90.88".to_owned()), "{:?}", page.all("td[data-label=得分]"));
    let mut officer = voter(&story.portal, 1).await;
    let own = format!("/my-reviews/{}", story.id);
    let result = officer.get(&own).await;
    assert!(result.text().contains("90.88") && result.text().contains("优秀") && result.text().contains("踏实肯干"));
    assert!(result.all("svg title").iter().any(|title| title.contains("政治态度 90.88")), "the radar");
    assert!(!result.text().contains("学生代表 7 张"), "one sheet of an office is not a group to be shown apart");
    assert_eq!(voter(&story.portal, 2).await.get(&format!("{}/people/1", story.path)).await.status, 403);

    see_other(&officer.post(&format!("{own}/object"), &[("says", "第三方面有误")]).await);
    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "再提一次")]).await.status, 409);
    assert_eq!(story.act("settle", &[]).await.status, 409, "not while somebody waits");
    assert_eq!(story.act("people/1/answer", &[("answer", "")]).await.status, 422);
    see_other(&story.answer(9, "good").await);
    assert!(officer.get(&own).await.text().contains("原为优秀"));
    assert!(officer.get("/inbox").await.text().contains("等次改为良好。"), "the message says what became of it");
    let begin = |criterion: &'static str, review: &str| {
        let text = |text: &str| text.to_owned();
        [
            ("review", text(review)),
            ("title", text("优秀学生干部")),
            ("kind", text("award")),
            ("seats", text("1")),
            ("criterion", text(criterion)),
            ("basis", text("service")),
            ("points", text("40")),
        ]
    };
    let unsettled = begin("志愿服务时长", &story.id);
    let unsettled: Vec<(&str, &str)> = unsettled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(story.league.post("/nominations/new", &unsettled).await.status, 409, "not before it is settled");
    story.portal.app.clock.advance(Duration::days(6));
    story.league = story.portal.signed_in(OfficeKind::SchoolLeague).await;
    see_other(&story.act("settle", &[]).await);

    for tied in ["任职系数", "职务分", "主席团成员", "办公室"] {
        let fields = begin(tied, &story.id);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = story.league.post("/nominations/new", &fields).await;
        assert_eq!(refused.status, 409, "{tied}");
        assert!(refused.text().contains("不允许与其岗位简单直接挂钩"), "the clause is quoted: {tied}");
    }
    let list = see_other(&story.league.post("/nominations/new", &unsettled).await);
    let ranking = story.league.get(&list).await;
    assert_eq!(ranking.all("td[data-label=名次]"), ["1", "2", "3"]);
    let bare = story.league.post(&list, &[("person", "3"), ("of", "3"), ("ground", "")]).await;
    assert_eq!(bare.status, 422, "a nominee has a ground");
    let passed_over = [("person", "3"), ("of", "3"), ("ground", "组织迎新 60 小时")];
    let asked = story.league.post(&list, &passed_over).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("没有按次序提名的理由").contains("评议结果更好"), "{}", asked.text());
    let with_reason = [&passed_over[..], &[("reason", "前两名已另获奖")]].concat();
    see_other(&story.league.post(&list, &with_reason).await);
    let file = story.league.get(&format!("{list}/list.xlsx")).await;
    assert!(file.status == 200 && file.bytes.starts_with(b"PK"));
    for paper in
        ["notice", "notice.docx", "sheet", "sheet.docx", "summary.xlsx", "people/1/report", "people/1/report.docx"]
    {
        assert_eq!(story.league.get(&format!("{}/{paper}", story.path)).await.status, 200, "{paper}");
    }
    // Both are 良好, the first with more points: the notice tells grades and no scores.
    let rename = "update student s set name = case p.place when 1 then '王甲' else '丁乙' end
                  from review_person p where p.student_id = s.id and p.place in (1, 2)";
    sqlx::query(rename).execute(&mut story.portal.owner().await).await.unwrap();
    let notice = story.league.get(&format!("{}/notice", story.path)).await.text();
    let at = |name: &str| notice.find(name).unwrap();
    assert!(at("丁乙") < at("王甲") && notice.contains("同一等次内以姓氏笔画为序"), "{notice}");
}

#[tokio::test]
async fn nobody_scores_their_own_department_and_a_voided_sitting_begins_anew() {
    let mut story = begun().await;
    for officer in &OFFICERS[..3] {
        story.report(*officer).await;
    }
    drop(voters(&story.portal, 101..=103).await);
    let mut staff = voter(&story.portal, 12).await;
    let students = [number(12), number(101), number(102), number(103)];
    story.name("student", &students.join("\n")).await;
    story.name("affairs", "student_affairs").await;
    story.name("league", "school_league").await;
    see_other(&story.tick("confirm", &["student_affairs", "school_league"]).await);
    let (mut one, mut other) = (story.affairs.clone(), story.league.clone());
    let lost = story.make_phrase(&mut one).await;
    story.make_phrase(&mut other).await;
    let mut all: Vec<&str> = students.iter().map(String::as_str).collect();
    all.extend(["student_affairs", "school_league"]);
    see_other(&story.tick("open", &all).await);
    assert!(
        staff.get(&format!("/scoring/{}", story.id)).await.text().contains("已评 0/2 人"),
        "not the head of 办公室"
    );
    assert_eq!(story.score(&mut staff, 3, ["90"; 5], "").await.status, 404);
    see_other(&story.score(&mut staff, 1, ["90"; 5], "").await);
    see_other(&story.act("close", &[]).await);
    assert_eq!(story.act("void", &[("reason", "")]).await.status, 422);
    see_other(&story.act("void", &[("reason", "监票人遗失口令")]).await);
    let sheets: i64 = sqlx::query_scalar("select count(*) from review_sheet")
        .fetch_one(&mut story.portal.owner().await)
        .await
        .unwrap();
    assert_eq!(sheets, 0, "destroyed unread");
    assert_eq!(story.phrase(&mut one, &lost).await.status, 409, "the old passphrase opens nothing any more");
    story.make_phrase(&mut one).await;
    story.make_phrase(&mut other).await;
    see_other(&story.tick("open", &all).await);
    assert!(staff.get(&format!("/scoring/{}", story.id)).await.text().contains("已评 0/2 人"));
}

#[tokio::test]
async fn a_sheet_that_somebody_wrote_into_the_table_stops_the_opening() {
    let (mut story, mut members, phrases) = open(101..=105).await;
    for member in &mut members {
        see_other(&story.score(member, 1, ["90"; 5], "").await);
    }
    see_other(&story.act("close", &[]).await);
    let mut db = story.portal.owner().await;
    let swap = "update review_sheet set sealed = (select sealed from review_sheet where scorer = 2) where scorer = 1";
    sqlx::query(swap).execute(&mut db).await.unwrap();
    let (mut one, mut other) = (story.affairs.clone(), story.league.clone());
    see_other(&story.phrase(&mut one, &phrases[0]).await);
    let stopped = story.phrase(&mut other, &phrases[1]).await;
    assert_eq!(stopped.status, 409);
    assert!(stopped.text().contains("来历不明的评议表"), "{}", stopped.text());
    let kept: (i64, i64) =
        sqlx::query_as("select (select count(*) from review_mark), (select count(*) from review_sheet)")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!(kept, (0, 5), "nothing is written, nothing is lost");
}

// ---- Secrecy ----

const SCORERS: usize = 40;

/// What scorer `place` gives: each another score, in no order of theirs.
fn score_of(place: usize) -> usize {
    30 + (place * 17 + 5) % SCORERS
}

/// Every table's rows as text, in the order of their places and of each column.
async fn orders(db: &mut PgConnection) -> Vec<(String, Vec<String>)> {
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
            .fetch_all(&mut *db)
            .await
            .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar(
            "select column_name::text from information_schema.columns
             where table_schema = 'public' and table_name::text = $1 order by ordinal_position",
        )
        .bind(&table)
        .fetch_all(&mut *db)
        .await
        .unwrap();
        let keys = ["ctid".to_owned(), "xmin::text::bigint".to_owned()];
        let keys = keys.into_iter().chain(columns.iter().map(|column| format!("\"{column}\"")));
        for key in keys {
            let list = format!("select t::text from \"{table}\" t order by {key}, ctid");
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(list)).fetch_all(&mut *db).await.unwrap();
            found.push((format!("{table} by {key}"), rows));
        }
    }
    found
}

/// What links scorers to what they gave to person 1: a row with both, or two orders that agree far beyond chance.
async fn linked(db: &mut PgConnection) -> Vec<String> {
    let people: Vec<(String, String, String)> = sqlx::query_as(
        "select a.id::text, a.student_id::text, a.number from account a where a.number between $1 and $2 order by a.number",
    )
    .bind(number(101))
    .bind(number(140))
    .fetch_all(&mut *db)
    .await
    .unwrap();
    assert_eq!(people.len(), SCORERS);
    let who = |row: &String| {
        people.iter().position(|(account, student, own)| [account, student, own].iter().any(|id| row.contains(*id)))
    };
    let gave = |row: &String| {
        (0..SCORERS).find(|place| {
            let score = score_of(*place).to_string();
            row.contains(&format!("{{{}}}", [score.as_str(); 5].join(",")))
        })
    };
    let (mut scorers, mut gifts, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for (name, rows) in orders(db).await {
        if rows.iter().any(|row| who(row).is_some() && gave(row).is_some()) {
            found.push(format!("{name}: a row with both"));
        }
        let by_who: Vec<usize> = rows.iter().filter_map(who).collect();
        let by_score: Vec<usize> = rows.iter().filter_map(gave).collect();
        if by_who.len() == SCORERS && by_who.iter().collect::<BTreeSet<_>>().len() == SCORERS {
            scorers.push((name.clone(), by_who));
        }
        if by_score.len() == SCORERS {
            gifts.push((name, by_score));
        }
    }
    assert!(!scorers.is_empty(), "no table names the scorers: the search looks at nothing");
    for (one, people) in &scorers {
        for (other, given) in &gifts {
            for backwards in [false, true] {
                let given: Vec<usize> = if backwards { given.iter().rev().copied().collect() } else { given.clone() };
                let same = people.iter().zip(&given).filter(|(person, score)| person == score).count();
                // By chance one or two; a dozen come about less than once in a thousand million.
                if same >= 12 {
                    found.push(format!("{one} with {other}: {same} agree"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn no_row_and_no_order_tells_who_gave_which_score() {
    let (mut story, members, phrases) = open(101..=140).await;
    // They come in another order than that of their places.
    for turn in 0..SCORERS {
        let place = (turn * 7 + 3) % SCORERS;
        let (mut member, score) = (members[place].clone(), score_of(place).to_string());
        see_other(&story.score(&mut member, 1, [&score; 5], &format!("暗号{place}号")).await);
    }
    let mut db = story.portal.owner().await;
    let sealed: Vec<(i32, i32)> =
        sqlx::query_as("select length(sealed), length(mac) from review_sheet").fetch_all(&mut db).await.unwrap();
    let one = (i32::try_from(sheet::SIZE + lunzhi::sealing::keys::OVERHEAD).unwrap(), 32);
    assert!(sealed.len() == SCORERS && sealed.iter().all(|sheet| *sheet == one), "{sealed:?}");
    for (name, rows) in orders(&mut db).await {
        assert!(rows.iter().all(|row| !row.contains("暗号")), "{name} holds a comment before the count");
    }
    assert!(linked(&mut db).await.is_empty());
    see_other(&story.act("close", &[]).await);
    let (mut affairs, mut league) = (story.affairs.clone(), story.league.clone());
    see_other(&story.phrase(&mut affairs, &phrases[0]).await);
    see_other(&story.phrase(&mut league, &phrases[1]).await);
    let left: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from review_sheet), (select count(*) from review_member where num_nonnulls(share, salt) > 0),
                (select count(*) from review_mark where category is not null)",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(left, (0, 0, 0), "sheets, shares, groups of which one is small");
    let found = linked(&mut db).await;
    assert!(found.is_empty(), "{found:#?}");
    let comments: Vec<String> =
        sqlx::query_scalar("select says from review_comment order by number").fetch_all(&mut db).await.unwrap();
    assert!(comments.len() == SCORERS && comments.is_sorted(), "{comments:?}");

    // The search finds what it is meant to: a row with both, and two tables written in one order.
    sqlx::query("create table told as select a.number as who, '{0,0,0,0,0}'::text as gave from account a where false")
        .execute(&mut db)
        .await
        .unwrap();
    for place in 0..SCORERS {
        let score = score_of(place).to_string();
        sqlx::query("insert into told (gave) values ($1)")
            .bind(format!("{{{}}}", [score.as_str(); 5].join(",")))
            .execute(&mut db)
            .await
            .unwrap();
    }
    assert!(linked(&mut db).await.iter().any(|one| one.contains("told")), "an order that tells is not found");
    sqlx::query("update told set who = $1 where ctid = '(0,1)'").bind(number(101)).execute(&mut db).await.unwrap();
    assert!(linked(&mut db).await.iter().any(|one| one.contains("a row with both")));
}
