//! The public column of each union and the yearly account of its reform (RGT-06).

use std::collections::BTreeSet;

use calamine::Reader as _;
use lunzhi::{
    office::OfficeKind,
    rules::{Plan, plan::BUILT_IN},
};

use crate::{
    support::{
        Client, Portal,
        elected::elect,
        union::{adopt_convener, adopt_text, ready, rows, union},
        vetting::{Stage, stage, student_account},
    },
    voice,
};

/// Begins the account of this academic year; gives its page.
async fn begin(league: &mut Client) -> String {
    begin_back(league, 0).await
}

/// Begins the account of an academic year so many years back of those that are free.
async fn begin_back(league: &mut Client, years: usize) -> String {
    let year = league.get("/disclosure/years").await.attributes("select[name=year] option", "value").remove(years);
    let page = league.post("/disclosure/years", &[("year", &year), ("form", "national")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// Writes a remark beside every line.
pub async fn remark_all(league: &mut Client, account: &str) {
    let page = league.get(account).await;
    let unions = page.attributes("form[action$='/say'] input[name=union]", "value");
    let lines = page.attributes("form[action$='/say'] input[name=no]", "value");
    assert_eq!(unions.len(), lines.len());
    assert!(unions.len() >= 24, "eleven of the school's and thirteen of a college's");
    for (union, no) in unions.iter().zip(&lines) {
        let fields = [("union", union.as_str()), ("no", no), ("answer", "yes"), ("remark", "见年度总结")];
        assert_eq!(league.post(&format!("{account}/say"), &fields).await.status, 303);
    }
}

/// Writes a remark beside the open lines of each union, after none, one that is too long, and the longest that there may be.
async fn remark_open(league: &mut Client, account: &str) {
    let page = league.get(account).await;
    let all = format!("{account}/say-all");
    let of = |name: &str| page.attributes(&format!("form[action$='/say-all'] input[name={name}]"), "value");
    let (unions, lines) = (of("union"), of("no"));
    assert!(!unions.is_empty() && unions.len() == lines.len());
    let fields_of = |of: &dyn Fn(&String) -> bool, remark: &'static str| {
        let lines = unions.iter().zip(&lines).filter(|&(union, _)| of(union));
        let fields =
            lines.map(|(union, no)| [("union", union.as_str()), ("no", no), ("answer", "yes"), ("remark", remark)]);
        fields.flatten().collect::<Vec<_>>()
    };
    let fields = |remark| fields_of(&|_| true, remark);
    assert_eq!(league.post(&all, &[]).await.status, 422);
    let long: &'static str = "实".repeat(301).leak();
    let unfit = league.post(&all, &fields(long)).await;
    assert!(unfit.status == 422 && unfit.text().contains(long), "what was typed stays");
    assert_eq!(
        unfit.attributes(".field input[name=remark][aria-invalid]", "value").len(),
        lines.len(),
        "each by itself"
    );
    let of_nobody = [("union", "甲"), ("no", "1"), ("answer", ""), ("remark", "无")];
    assert_eq!(league.post(&all, &of_nobody).await.status, 400, "nothing is passed over");
    // However much is typed, the form of a union is no longer than a form may be.
    let each: BTreeSet<&String> = unions.iter().collect();
    assert_eq!(page.attributes("form[action$='/say-all']", "action").len(), each.len());
    let longest: &'static str = "实".repeat(300).leak();
    for own in each {
        assert_eq!(league.post(&all, &fields_of(&|union| union == own, longest)).await.status, 303);
    }
    assert_eq!(league.post(&all, &fields("　见年度总结第３页 ")).await.status, 303);
    let page = league.get(account).await;
    assert!(page.attributes("form[action$='/say-all']", "action").is_empty(), "no line is open");
    assert!(page.text().contains("系统里没有召开记录"), "what the portal knows no hand ticks");
}

async fn people(portal: &Portal) -> i64 {
    let (count,): (i64,) = sqlx::query_as(
        "select count(distinct p.student_id) from post p join student_union u on u.id = p.union_id
         where u.kind = 'school' and p.voided_at is null and p.until_day is null",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    count
}

#[tokio::test]
async fn rgt_06_the_account_is_filled_from_what_is_known_signed_by_two_and_never_changed() {
    let Stage { portal, mut league, school, .. } = stage().await;
    let mut student = student_account(&portal, 100).await;
    assert!(student.get("/disclosure/years").await.text().contains("还没有公开的改革自评表"));
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.post("/disclosure/years", &[]).await.status, 403);
    let account = begin(&mut league).await;
    assert_eq!(student.get(&account).await.status, 404, "not before it is published");
    let count = people(&portal).await;
    let page = league.get(&account).await.text();
    assert!(page.contains(&format!("实有 {count} 人")), "{page}");
    assert!(page.contains("现状登记，没有产生过程的记录") && page.contains("系统里没有召开记录"), "{page}");
    assert!(page.contains("全部符合") && !page.contains("全部符合；全部符合"), "said once: {page}");

    // What the portal knows no hand ticks: of the congress nothing is on record.
    let id = school.rsplit('/').next().unwrap();
    let tick = [("union", id), ("no", "11"), ("answer", "yes"), ("remark", "")];
    assert_eq!(league.post(&format!("{account}/say"), &tick).await.status, 303);
    assert!(league.get(&account).await.text().contains("系统里没有召开记录"));
    let long = "实".repeat(301);
    let unfit = league.post(&format!("{account}/say"), &[tick[0], tick[1], tick[2], ("remark", long.as_str())]).await;
    assert_eq!(unfit.status, 422);
    assert_eq!(unfit.attributes("input[name=remark][aria-invalid]", "value"), [long], "what was typed stays");
    let refused = league.post(&format!("{account}/sign"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("项待补"), "{}", refused.text());
    remark_open(&mut league, &account).await;
    remark_all(&mut league, &account).await;
    assert_eq!(league.post(&format!("{account}/publish"), &[]).await.status, 409, "signed first");
    assert_eq!(league.post(&format!("{account}/sign"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{account}/say"), &tick).await.status, 409, "what is signed stands");
    let same = league.post(&format!("{account}/publish"), &[]).await;
    assert!(same.status == 409 && same.text().contains("不能是同一个人"), "{}", same.text());
    assert_eq!(league.post(&format!("{account}/reopen"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{account}/sign"), &[]).await.status, 303);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&format!("{account}/publish"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{account}/reopen"), &[]).await.status, 409, "published");

    // Frozen: somebody leaves, and the account stays as it was.
    sqlx::query("update post set until_day = story_day() where student_id = (select id from student where number = '20240012' limit 1)")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let page = student.get(&account).await.text();
    assert!(page.contains(&format!("实有 {count} 人")) && page.contains("见年度总结"), "{page}");
    assert!(page.contains("学生12") && !page.contains("20240012"), "the roster's usual columns: {page}");
    assert!(!page.contains("/ 600"), "no rank is published");
    let error = sqlx::query("update disclosure set content = '{}'").execute(&mut portal.owner().await).await;
    assert!(error.is_err(), "not even in the database");
    let paper = student.get(&format!("{account}/paper")).await.text();
    assert!(
        paper.contains("改革情况公开") && paper.contains("复核人") && paper.contains("选举办法和评议办法"),
        "{paper}"
    );
    assert!(!paper.contains("草稿"), "published: {paper}");
    assert!(paper.contains("情况公开如下，请全校师生监督") && paper.contains("本表由校团委"), "{paper}");
    assert!(!paper.contains("（系统签字"), "a line to sign on holds no more than who signs: {paper}");
    assert!(student.get(&format!("{account}/word")).await.bytes.starts_with(b"PK"));
    let file = student.get(&format!("{account}/file")).await.bytes;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    assert!(names[0] == "1 校学生会" && names.iter().any(|name| name.ends_with(" 信息工程系学生会")), "{names:?}");
    assert!(names[names.len() - 1].ends_with(" 工作人员名单"), "{names:?}");
    let form = book.worksheet_range("1 校学生会").unwrap();
    let head: Vec<String> = form.rows().nth(2).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(head, ["序号", "指标", "结论", "备注"], "the form's own columns");
    assert!(form.rows().any(|row| row[0] == "1★"), "{form:?}");
    let unknown = league.post("/disclosure/years", &[("year", "2025"), ("form", "of-no-province")]).await;
    assert!(unknown.status == 422 && unknown.text().contains("请选择表样"), "{}", unknown.text());
}

#[tokio::test]
async fn rgt_06_the_next_account_says_what_changed_and_the_old_one_stays() {
    let Stage { portal, mut league, .. } = stage().await;
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let last = begin_back(&mut league, 1).await;
    assert!(league.get(&last).await.text().contains("上一学年没有公开的改革自评表"));
    remark_all(&mut league, &last).await;
    assert_eq!(league.post(&format!("{last}/sign"), &[]).await.status, 303);
    assert_eq!(party.post(&format!("{last}/publish"), &[]).await.status, 303);
    let (before, leaves) = (
        people(&portal).await,
        "update post set until_day = story_day() where student_id = (
         select s.id from student s join post p on p.student_id = s.id where s.number = '20240012' limit 1)",
    );
    sqlx::query(leaves).execute(&mut portal.owner().await).await.unwrap();
    let this = begin(&mut league).await;
    let page = league.get(&this).await;
    let changed = page.all("td[data-label='上一学年']");
    assert!(changed.iter().any(|was| was.contains(&format!("实有 {before} 人"))), "{changed:?}");
    let now = page.all("td[data-label='本学年']");
    assert!(now.iter().any(|is| is.contains(&format!("实有 {} 人", before - 1))), "{now:?}");
    assert!(league.get(&last).await.text().contains(&format!("实有 {before} 人")), "the old one stays");
    let evidence = page.attributes("td[data-label='依据、待补'] a", "href");
    assert!(!evidence.is_empty());
    for href in evidence {
        assert_eq!(league.get(&href).await.status, 200, "what it rests on is one click away: {href}");
    }
}

#[tokio::test]
async fn rgt_06_an_account_is_read_without_signing_in_where_the_league_committee_says_so() {
    let Stage { portal, mut league, school, .. } = stage().await;
    let id = school.rsplit('/').next().unwrap();
    let account = begin(&mut league).await;
    let (open, act) = (account.replace("/years/", "/open/years/"), format!("{account}/open"));
    let (yes, no) = ([("is_open", "yes")], [("is_open", "no")]);
    assert_eq!(league.post(&act, &yes).await.status, 409, "not before it is published");
    remark_all(&mut league, &account).await;
    assert_eq!(league.post(&format!("{account}/sign"), &[]).await.status, 303);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&format!("{account}/publish"), &[]).await.status, 303);
    assert_eq!(portal.visitor().get(&open).await.status, 404, "published for those of the university");
    assert_eq!(party.post(&act, &yes).await.status, 403);
    assert_eq!(league.post(&act, &yes).await.status, 303);
    assert!(league.get(&account).await.text().contains(&open));
    let page = portal.visitor().get(&open).await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("改革情况公开") && text.contains("学生12"), "{text}");
    assert!(!text.contains("20240012") && !text.contains("/ 600"), "neither numbers nor ranks: {text}");
    assert!(portal.visitor().get(&format!("{open}/word")).await.bytes.starts_with(b"PK"));
    let links = page.attributes("main a", "href");
    assert!(links.contains(&format!("{open}/word")) && links.contains(&format!("{open}/file")), "{links:?}");
    let file = portal.visitor().get(&format!("{open}/file")).await.bytes;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    assert!(names[0] == "1 校学生会" && names[names.len() - 1].ends_with(" 工作人员名单"), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("依据和待补")), "what it rests on stays in the house: {names:?}");
    let roster = book.worksheet_range(&names[names.len() - 1]).unwrap();
    assert!(roster.rows().any(|row| row[1] == "学生12") && !roster.rows().any(|row| row[1] == "20240012"));
    let links = league.get(&format!("{account}/paper")).await.attributes("main a", "href");
    assert!(links.contains(&format!("{account}/file")), "{links:?}");
    let keep = [("constitution", "第一章 总则"), ("is_open", "yes")];
    assert_eq!(league.upload(&format!("/disclosure/unions/{id}/keep"), &keep, None).await.status, 303);
    let column = portal.visitor().get(&format!("/disclosure/open/{id}")).await;
    assert_eq!(
        column.attributes("a[href*='/years/']", "href"),
        std::slice::from_ref(&open),
        "a union's page leads there"
    );
    assert_eq!(league.post(&act, &no).await.status, 303);
    assert_eq!(portal.visitor().get(&open).await.status, 404);
    for file in ["word", "file"] {
        assert_eq!(portal.visitor().get(&format!("{open}/{file}")).await.status, 404, "{file}");
    }
}

#[tokio::test]
async fn rgt_06_whoever_is_erased_goes_from_the_account_and_nothing_else_of_it_does() {
    let Stage { portal, mut league, .. } = stage().await;
    let account = begin(&mut league).await;
    let open = account.replace("/years/", "/open/years/");
    remark_all(&mut league, &account).await;
    assert_eq!(league.post(&format!("{account}/sign"), &[]).await.status, 303);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&format!("{account}/publish"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{account}/open"), &[("is_open", "yes")]).await.status, 303);
    let before = portal.visitor().get(&open).await.text();
    assert!(before.contains("学生12"), "{before}");
    let mut db = portal.owner().await;
    let erased = "update disclosure set content = disclosure_erased(content)";
    let same: (bool,) = sqlx::query_as("select bool_and(content = disclosure_erased(content)) from disclosure")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert!(same.0, "of those who are there nothing goes");

    let leaves = "update student set left_on = '2020-07-01', left_why = 'graduated' where number = '20240012'
                  and institution_id = (select id from institution where code = 'first')";
    sqlx::query(leaves).execute(&mut db).await.unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240012"), ("reason", "本人申请")];
    assert_eq!(administrator.post("/retention/erase-one", &one).await.location(), "/retention?erased=1");

    let after = portal.visitor().get(&open).await.text();
    assert!(!after.contains("学生12"), "{after}");
    assert!(after.contains("已删除") && after.contains("学生13"), "their post stays, and everybody else: {after}");
    let posts = |text: &str| text.matches("部门负责人").count() + text.matches("部门工作人员").count();
    assert_eq!(posts(&after), posts(&before));
    let page = league.get(&account).await;
    assert!(!page.text().contains("学生12") && !page.all("td[data-label='年级']").contains(&"0级".to_owned()));
    let file = portal.visitor().get(&format!("{open}/file")).await.bytes;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    let roster = book.worksheet_range(&names[names.len() - 1]).unwrap();
    assert!(roster.rows().any(|row| row[1] == "已删除" && row[4].to_string().is_empty()), "{roster:?}");
    let (left,): (bool,) =
        sqlx::query_as("select content::text like '%学生12\"%' from disclosure").fetch_one(&mut db).await.unwrap();
    assert!(!left, "nor does the database know the name");
    sqlx::query(erased).execute(&mut db).await.unwrap();
    let another = "update disclosure set content = jsonb_set(content, '{unions,0,roster,0,name}', '\"甲\"')";
    assert!(sqlx::query(another).execute(&mut db).await.is_err(), "the rest is never rewritten");
}

#[tokio::test]
async fn rgt_06_nobody_meets_a_condition_that_the_plan_does_not_have() {
    let Stage { portal, mut league, .. } = stage().await;
    let (_, text) = BUILT_IN[0];
    let (before, rest) = text.split_once("[rule.ELG-03]").unwrap();
    let (_, rest) = rest.split_once("\n[rule.").unwrap();
    let text = format!("{before}[rule.{rest}").replacen("silent = [", "silent = [\n    \"ELG-03\",", 1);
    assert!(Plan::parse(&text).is_ok(), "{:?}", Plan::parse(&text));
    adopt_text(&portal, &text).await;
    let account = begin(&mut league).await;
    let page = league.get(&account).await;
    let ranks = page.all("td[data-label='成绩排名']");
    assert!(!ranks.is_empty() && ranks.iter().all(|word| word == "未作要求"), "{ranks:?}");
    let courses = page.all("td[data-label='课业情况']");
    assert!(courses.iter().all(|word| word != "未作要求" && word != "未判断"), "{courses:?}");
}

#[tokio::test]
async fn rgt_06_a_seat_counts_as_elected_by_the_congress_of_its_term_alone() {
    let (portal, mut league, today) = ready().await;
    adopt_convener(&portal).await;
    let day = |days: i64| today - time::Duration::days(days);
    let roster = rows(1, 4, "主席团成员", "") + &rows(5, 1, "召集人", "");
    let path = union(&mut league, "school", &roster, &day(20).to_string(), true).await;
    // All five were elected to the presidium before; the one in office was elected without the convener.
    elect(&portal, &path, &[1, 2, 3, 4, 5], day(400)).await;
    elect(&portal, &path, &[1, 2, 3, 4], day(30)).await;
    let terms = "alter table congress_result disable trigger result_guarded;
                 update congress_result set purpose = 'term';
                 alter table congress_result enable trigger result_guarded";
    sqlx::raw_sql(terms).execute(&mut portal.owner().await).await.unwrap();
    let account = begin(&mut league).await;
    let page = league.get(&account).await.text();
    assert!(page.contains("5 人中 4 人由大会选举产生"), "{page}");
    elect(&portal, &path, &[5], day(10)).await;
    let page = league.get(&account).await.text();
    assert!(page.contains("5 人中 5 人由大会选举产生"), "a by-election left them in their seat: {page}");
}

#[tokio::test]
async fn rgt_06_no_hand_ticks_a_training_of_which_there_is_a_record() {
    let Stage { portal: _portal, mut league, college, today, .. } = stage().await;
    let id = college.rsplit('/').next().unwrap();
    let account = begin(&mut league).await;
    let tick = [("union", id), ("no", "10"), ("answer", "yes"), ("remark", "")];
    assert_eq!(league.post(&format!("{account}/say"), &tick).await.status, 303);
    assert!(league.get(&account).await.text().contains("系统里没有这一学年的培训记录"), "a tick is no record");
    let day = today.to_string();
    let fields =
        [("union", id), ("title", "工作人员培训"), ("day", day.as_str()), ("place", "报告厅"), ("says", "章程")];
    let announced = league.post("/trainings", &fields).await;
    assert_eq!(announced.status, 303, "{}", announced.text());
    let training = announced.location().split('?').next().unwrap().to_owned();
    let people = league.get(&training).await.attributes("input[name=came]", "value");
    let came: Vec<(&str, &str)> = people.iter().map(|person| ("came", person.as_str())).collect();
    assert!(!came.is_empty());
    assert_eq!(league.post(&format!("{training}/attendance"), &came).await.status, 303);
    let page = league.get(&account).await;
    let says = format!("{today}，应到 {0} 人，到会 {0} 人", came.len());
    assert!(page.text().contains(&says), "{}", page.text());
    let evidence = page.attributes("td[data-label='依据、待补'] a", "href");
    assert!(evidence.iter().any(|href| href == "/trainings"), "{evidence:?}");
}

#[tokio::test]
async fn rgt_06_when_a_college_heard_its_union_and_who_guides_it_stand_in_the_account() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let account = begin(&mut league).await;
    assert!(league.get(&account).await.text().contains("系统里没有这一学年听取工作汇报的记录"));
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let (hearings, guides) = ("/guidance/colleges/hearings", "/guidance/colleges/guides");
    let day = today.to_string();
    let heard = [("day", day.as_str()), ("says", "听取本学期工作汇报，研究换届方案")];
    assert_eq!(league.post(hearings, &heard).await.status, 403, "the college's own");
    let unfit = party.post(hearings, &[("day", "2099-01-01"), ("says", "听取汇报")]).await;
    assert_eq!((unfit.status, unfit.field("听取了什么，研究决定了什么").as_str()), (422, "听取汇报"));
    assert_eq!(party.post(hearings, &heard).await.status, 303);
    let mut organisation = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(organisation.post(guides, &[("kind", "chair"), ("name", "王某"), ("title", "书记")]).await.status, 422);
    for (kind, name) in [("in_charge", "王某"), ("secretary_general", "李某"), ("secretary_general", "赵某")] {
        let fields = [("kind", kind), ("name", name), ("title", "专职团干部")];
        assert_eq!(organisation.post(guides, &fields).await.status, 303);
    }
    let page = organisation.get("/guidance/colleges").await.text();
    assert!(page.contains("王某") && page.contains("赵某") && page.contains("1 次"), "{page}");
    assert!(!page.contains("李某"), "another took the place: {page}");

    let page = league.get(&account).await;
    assert!(page.text().contains(&format!("听取汇报 1 次，最近 {day}")), "{}", page.text());
    assert!(
        page.text().contains("已明确分管负责人、秘书长（教师）") && !page.text().contains("赵某"),
        "{}",
        page.text()
    );
    let evidence = page.attributes("td[data-label='依据、待补'] a", "href");
    let own = evidence.iter().filter(|href| href.as_str() == "/guidance/colleges").count();
    assert_eq!(own, 2, "{evidence:?}");
    assert!(league.get("/guidance/colleges").await.text().contains("研究换届方案"));
}

#[tokio::test]
async fn rgt_06_every_student_reads_a_unions_page_and_judges_it_for_the_league_committee() {
    let Stage { portal, mut league, school, .. } = stage().await;
    let id = school.rsplit('/').next().unwrap();
    let (column, open) = (format!("/disclosure/unions/{id}"), format!("/disclosure/open/{id}"));
    let mut student = student_account(&portal, 100).await;
    assert!(student.get("/disclosure").await.text().contains("校学生会"));
    let page = student.get(&column).await.text();
    assert!(page.contains("办公室") && page.contains("学生1") && page.contains("主席团成员"), "{page}");
    assert!(page.contains("参与主席团集体决定重大事项"), "officers with their duties: {page}");
    assert_eq!(student.post(&format!("{column}/comment"), &[("stars", "9")]).await.status, 422);
    let word = [("stars", "4"), ("says", "希望活动少一点形式")];
    assert_eq!(student.post(&format!("{column}/comment"), &word).await.status, 303);
    assert_eq!(student.post(&format!("{column}/comment"), &word).await.status, 303, "in the place of the first");
    let refused = league.post(&format!("{column}/comment"), &word).await;
    assert!(refused.status == 409 && refused.text().contains("评价由同学作出"), "{}", refused.text());
    let words = league.get("/disclosure/comments").await.text();
    assert!(words.matches("希望活动少一点形式").count() == 1 && !words.contains("学生100"), "{words}");
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.get("/disclosure/comments").await.status, 403);
    assert!(student.get(&column).await.text().contains("满 5 人以后显示平均分"));

    assert_eq!(portal.visitor().get(&open).await.status, 404, "not without signing in");
    let keep = [("constitution", "第一章 总则\n第一条 本会是学生组织。"), ("is_open", "yes")];
    assert_eq!(student.upload(&format!("{column}/keep"), &keep, None).await.status, 403);
    let long = "章".repeat(15_001);
    let page = league.upload(&format!("{column}/keep"), &[("constitution", &long)], None).await;
    assert!(page.status == 422 && page.text().contains("不能超过 15000 字"), "{}", page.status);
    assert_eq!(league.upload(&format!("{column}/keep"), &keep, None).await.status, 303);
    let page = portal.visitor().get(&open).await;
    assert!(page.status == 200 && page.text().contains("第一条 本会是学生组织"), "{}", page.text());
    assert!(!page.text().contains("20240001"), "no numbers");
}

#[tokio::test]
async fn rgt_06_a_unions_page_has_its_constitution_and_what_it_answered() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let id = school.rsplit('/').next().unwrap();
    let (column, open) = (format!("/disclosure/unions/{id}"), format!("/disclosure/open/{id}"));
    let mut student = student_account(&portal, 100).await;
    assert_eq!(student.get(&format!("{column}/constitution")).await.status, 404, "none is on file");
    let day = (today - time::Duration::days(30)).to_string();
    let fields =
        [("name", "学生会章程"), ("adopted_by", "第六次学生代表大会"), ("adopted_on", day.as_str()), ("from_day", "")];
    let filed = league.upload(&format!("{school}/constitution"), &fields, Some(("章程.pdf", b"%PDF-1.4 text"))).await;
    assert_eq!(filed.status, 303, "{}", filed.text());
    assert!(student.get(&format!("{column}/constitution")).await.bytes.starts_with(b"%PDF"));
    assert_eq!(portal.visitor().get(&format!("{open}/constitution")).await.status, 404, "not without signing in");
    let account = begin(&mut league).await;
    let page = league.get(&account).await.text();
    assert!(page.contains("由第六次学生代表大会通过") && page.contains("选举办法和评议办法"), "{page}");
    let paper = league.get(&format!("{account}/paper")).await.text();
    assert!(paper.contains("学生会章程") && paper.contains("由第六次学生代表大会通过"), "{paper}");
    assert!(paper.contains("学年，草稿）"), "nobody has signed it: {paper}");

    voice::ask(&mut student, "三楼热水经常停", "named").await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = voice::first(&mut union).await;
    assert_eq!(voice::send(&mut union, &request, "own").await.status, 303);
    assert!(!student.get(&column).await.text().contains("三楼热水经常停"), "not before it is answered");
    let answer = [("ending", "solved"), ("says", "循环泵已更换"), ("publish", "yes")];
    assert_eq!(union.post(&format!("{request}/answer"), &answer).await.status, 303);
    let page = student.get(&column).await;
    assert!(page.text().contains("三楼热水经常停") && page.text().contains("第六次学生代表大会"), "{}", page.text());
    let other = student_account(&portal, 101).await.get(&column).await;
    assert!(other.status == 200 && !other.text().contains("学生100"), "nobody who asked is named");
    assert!(page.all("svg.chart title").iter().any(|title| title.contains("校学生会组织架构")), "drawn");
    assert_eq!(league.upload(&format!("{column}/keep"), &[("is_open", "yes")], None).await.status, 303);
    assert!(portal.visitor().get(&format!("{open}/constitution")).await.bytes.starts_with(b"%PDF"));
    let page = portal.visitor().get(&open).await.text();
    let counts = page.contains("已答复的诉求：权益维护 1 件");
    assert!(counts && !page.contains("三楼热水经常停"), "no titles without signing in: {page}");
}

#[tokio::test]
async fn the_year_in_figures_is_drawn_and_printed_for_the_school_league_committee_alone() {
    let Stage { portal, mut league, .. } = stage().await;
    let to = league.get("/disclosure/figures").await.location().to_owned();
    let page = league.get(&to).await;
    assert_eq!((page.status, page.heading()), (200, "年度数据".to_owned()), "{}", page.text());
    let count = people(&portal).await;
    assert!(page.all("td[data-label='工作人员']").contains(&count.to_string()), "{}", page.text());
    let report = league.get(&format!("{to}/paper")).await.text();
    assert!(report.contains("选举0场") && report.contains("参与率–"), "{report}");
    assert_eq!(league.get(&format!("{to}/word")).await.status, 200);
    let links = league.get(&format!("{to}/paper")).await.attributes("main a", "href");
    assert!(links.contains(&format!("{to}/file")), "{links:?}");
    let file = league.get(&format!("{to}/file")).await.bytes;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let sheet = book.worksheet_range("1 人员、选拔和选举").unwrap();
    assert!(sheet.rows().any(|row| row[0] == "校学生会" && row[1] == count.to_string().as_str()), "{sheet:?}");
    assert_eq!(book.sheet_names().len(), 2);
    let (this, years) = (to.rsplit('/').next().unwrap().parse::<i32>().unwrap(), "/disclosure/figures");
    assert_eq!(league.get(&format!("{years}/{}", this - 5)).await.status, 200);
    for outside in [this - 6, this + 1, i32::MAX, i32::MIN] {
        assert_eq!(league.get(&format!("{years}/{outside}")).await.status, 404, "{outside}");
    }
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(union.get(&to).await.status, 403);
    assert!(!union.get("/").await.text().contains("年度数据"));
}
