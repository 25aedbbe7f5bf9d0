//! What a finding rests on: names with their figures, the way to put it right with post and department, several people who
//! leave at once, the overview as of a day and as a workbook.

use calamine::Reader;
use lunzhi::office::OfficeKind;
use time::{Date, Duration};

use crate::support::{
    Client, Page,
    elected::{elect, send_scan},
    union::{appoint, department_id, ready, rows, union},
};

#[tokio::test]
async fn a_finding_names_people_with_their_figures_and_leads_to_the_form_filled_in() {
    let (portal, mut league, today) = ready().await;
    // A department that lacks a head, and one of the presidium past the rank that the plan asks for.
    let worse =
        "update grade_fact set rank = 500 where student_id in (select id from student where number = '20240002')";
    let mut db = portal.owner().await;
    sqlx::query("alter table grade_fact disable trigger user").execute(&mut db).await.unwrap();
    sqlx::query(worse).execute(&mut db).await.unwrap();
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 1, "部门负责人", "综合部") + &rows(12, 4, "部门工作人员", "综合部");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let page = league.get(&format!("{path}/findings")).await;
    let rank = page.all("#ELG-03 .people").join("");
    assert!(rank.contains("学生2（主席团成员，500/600，前 83.3%）"), "{rank}");
    let onward = page.attributes("#ELG-03 a.no-print", "href").remove(0);
    assert_eq!(onward, format!("{path}/leave?people=20240002"));
    let appoint = page.attributes("#STF-04 a.no-print", "href").remove(0);
    let department = department_id(&mut league, &path, "综合部").await;
    assert_eq!(appoint, format!("{path}/appoint?post=head&department={department}"));
    let form = league.get(&appoint).await;
    assert_eq!((form.field("岗位"), form.field("部门")), ("head".to_owned(), department));
    // The overview says it too, by its filters, for a day to come and as a workbook.
    let all = league.get("/compliance").await;
    assert!(all.all(".breaches li").iter().any(|line| line.contains("学生2（主席团成员，500/600，前 83.3%）")));
    let alone = league.get("/compliance?rule=ELG-03&only=fail").await;
    assert_eq!(alone.all(".matrix thead th").len(), 2);
    assert!(alone.all(".breaches .breach-warn").is_empty());
    let day = (today + Duration::days(3)).to_string();
    let fields = [("day", day.as_str()), ("why", "工作调整"), ("ground", "")];
    let place = all.all("a.named").iter().position(|name| name == "学生2").unwrap();
    let post = all.attributes("a.named", "href").remove(place);
    let unfit = send_scan(&mut league, &format!("{post}/end"), &[("why", "工作调整")], Some(b"no paper")).await;
    assert_eq!(
        unfit.attributes(".faults a", "href"),
        ["#day", "#end-scan"],
        "beside the fields of the form that was sent"
    );
    let chosen = [("people", "")];
    assert_eq!(league.upload(&format!("{post}/end"), &[&fields[..], &chosen[..]].concat(), None).await.status, 303);
    let later = league.get(&format!("/compliance?rule=ELG-03&on={day}")).await;
    assert!(later.text().contains("按已经办理的任免推算"));
    assert!(league.get("/compliance?rule=ELG-03&only=fail").await.text().contains("83.3%"), "not yet");
    assert!(!later.text().contains("83.3%"), "then it is mended");
    for on in ["2000-01-01", "someday"] {
        assert_eq!(league.get(&format!("/compliance?on={on}")).await.status, 422, "{on}");
    }
    let file = league.get("/compliance.xlsx?rule=ELG-03").await;
    let name = file.headers["content-disposition"].to_str().unwrap();
    assert!(name.contains("filename*=UTF-8''%E5%AF%B9%E7%85%A7"), "{name}");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let said =
        sheet.used_cells().any(|(_, _, cell)| cell.to_string().contains("学生2（主席团成员，500/600，前 83.3%）"));
    assert!(said, "{sheet:?}");
    assert_eq!(portal.signed_in(OfficeKind::CollegeLeague).await.get("/compliance.xlsx").await.status, 403);
    // The same as a paper, on a page and in Word.
    let paper = league.get("/compliance/report?rule=ELG-03").await;
    assert_eq!(paper.status, 200);
    let cells = paper.all(".paper td").join("|");
    assert!(cells.contains("学生2（主席团成员，500/600，前83.3%）"), "{cells}");
    assert!(paper.text().contains("整改要求") && paper.text().contains("校团委办理"), "{}", paper.text());
    let cited = "依据《苏州工业职业技术学院学生会深化改革实施方案》（苏工院党委〔2020〕41号），对";
    assert!(paper.text().contains(cited), "{}", paper.text());
    assert!(league.get("/compliance/report.docx?rule=ELG-03").await.bytes.starts_with(b"PK"));
    // Breaches from month to month, as soon as there is a month to compare with.
    assert!(!all.text().contains("各月不符合项"));
    portal.app.clock.advance(Duration::days(40));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let overview = league.get("/compliance").await;
    assert!(overview.all(".trend-point").len() > 1 && overview.text().contains("上月末"), "{}", overview.text());
    assert!(overview.all(".breaches li").iter().any(|line| line.contains("由校团委办理")));
    // The figure of the home page is what the page counts to which it leads.
    let breaches = overview.all(".breaches .breach-fail").len();
    let home = league.get("/").await;
    assert!(
        home.all(".tiles a").iter().any(|figure| figure.contains(&format!("{breaches} 项不符合"))),
        "{}",
        home.text()
    );
}

#[tokio::test]
async fn several_people_leave_at_once_after_what_follows_was_seen() {
    let (portal, mut league, today) = ready().await;
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 2, "部门负责人", "综合部") + &rows(12, 4, "部门工作人员", "综合部");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let asked = league.get(&format!("{path}/leave?post=head")).await;
    assert_eq!(asked.all("#chosen .choice strong"), ["学生10", "学生11"]);
    let posts = asked.attributes("#chosen input[type=checkbox]", "value");
    let offered: Vec<(&str, &str)> = posts.iter().map(|post| ("offered", post.as_str())).collect();
    let day = today.to_string();
    let ending = [("day", day.as_str()), ("why", "工作调整"), ("ground", "校团委〔2026〕30号")];
    let nobody = league.post(&format!("{path}/leave"), &[&offered[..], &ending[..]].concat()).await;
    assert_eq!(nobody.status, 422);
    assert_eq!(nobody.all("#chosen .choice strong").len(), 2, "the same people are offered again");
    let chosen: Vec<(&str, &str)> = posts.iter().map(|post| ("chosen", post.as_str())).collect();
    let fields = [&offered[..], &chosen[..], &ending[..]].concat();
    let seen = league.post(&format!("{path}/leave"), &fields).await;
    assert_eq!(seen.status, 200);
    let next = seen.all(".next").remove(0);
    assert!(next.contains("2 人离任") && next.contains("负责人 0 人"), "{next}");
    let held = "select count(*) from post where until_day is not null";
    let count = async || sqlx::query_scalar::<_, i64>(held).fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(count().await, 0, "nothing was written");
    let sure = [&fields[..], &[("sure", "yes")]].concat();
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.post(&format!("{path}/leave"), &sure).await.status, 403, "officers do not decide");
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.post(&format!("{path}/leave"), &sure).await.status, 404, "nor a college in the school's union");
    assert_eq!(count().await, 0);
    let done = league.post_on(&format!("{path}/leave"), &sure).await;
    assert!(done.text().contains("已办理离任，并已通知本人"));
    assert_eq!(count().await, 2);
    assert_eq!(league.post(&format!("{path}/leave"), &sure).await.status, 422, "they have left already");
}

#[tokio::test]
async fn stf_08_a_post_that_the_plan_does_not_know_leads_to_whoever_holds_it() {
    let (_portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(20, 1, "秘书长", "");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let page = league.get(&format!("{path}/findings")).await;
    let onward = page.attributes("#STF-08 a.no-print", "href");
    assert_eq!(onward, [format!("{path}/leave?people=20240020")], "{}", page.text());
    assert_eq!(league.get(&onward[0]).await.all("input[name='chosen']").len(), 1);
}

#[tokio::test]
async fn somebody_moves_to_another_post_in_one_act() {
    let (_portal, mut league, today) = ready().await;
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 1, "部门负责人", "综合部") + &rows(12, 5, "部门工作人员", "综合部");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let department = department_id(&mut league, &path, "综合部").await;
    let day = today.to_string();
    let fields = [
        ("number", "20240012"),
        ("post", "head"),
        ("department", department.as_str()),
        ("from", day.as_str()),
        ("from_college", "yes"),
        ("ground", "校团委〔2026〕12号批复"),
        ("direct", "系统启用前已完成推荐审查"),
    ];
    let to = format!("{path}/appoint");
    // The department is full with six: whoever stays in it besides cannot be one more of its posts.
    let both = league.upload(&to, &fields, None).await.status;
    assert!(both == 409 || both == 422, "a second post: {both}");
    // What follows is shown first, and nothing is written.
    let moving = [&fields[..], &[("moves", "yes")][..]].concat();
    let seen = league.upload(&to, &moving, None).await;
    let next = seen.all(".next").join("");
    assert!(seen.status == 200 && next.contains("办理后"), "{}", seen.text());
    assert!(next.contains("同时卸任综合部 部门工作人员"), "{next}");
    assert!(!league.get(&format!("{path}/history")).await.text().contains("工作调整，自"), "nothing was written");
    let moved = league.upload(&to, &[&moving[..], &[("sure", "yes")][..]].concat(), None).await;
    assert_eq!(moved.status, 303, "{}", moved.text());
    let history = league.get(&format!("{path}/history")).await;
    let done = history.all("td[data-label='内容']").join("");
    assert!(done.contains("工作调整，自"), "{done}");
    let roster = league.get(&format!("{path}/roster")).await;
    let places = roster.all("td[data-label='姓名']").iter().filter(|name| *name == "学生12").count();
    assert_eq!(places, 1, "{}", roster.text());
}

/// Sets the day by which a union mends that its presidium is too large.
async fn set_day(client: &mut Client, path: &str, due: Date, says: &str) -> Page {
    let due = due.to_string();
    client.post(&format!("{path}/mending"), &[("rule", "STF-07"), ("due", &due), ("says", says)]).await
}

#[tokio::test]
async fn stf_07_a_breach_is_mended_by_a_day_that_the_school_committee_sets() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "colleges", &rows(50, 9, "主席团成员", ""), &today.to_string(), true).await;
    let asked = league.get(&format!("{path}/mending?rule=STF-07")).await;
    assert!(asked.text().contains("由院系团组织办理"), "{}", asked.text());
    let past = set_day(&mut league, &path, today - Duration::days(1), "按程序减少人员").await;
    assert_eq!((past.status, past.field("整改要求")), (422, "按程序减少人员".to_owned()));
    assert!(past.fault("整改期限（最后一天）").contains("不能早于今天"), "{}", past.text());
    let bare = set_day(&mut league, &path, today, "").await;
    assert!(bare.fault("整改要求").contains("请写明"), "{}", bare.text());
    for rule in ["STF-02", "x"] {
        let page = league.post(&format!("{path}/mending"), &[("rule", rule), ("says", "整改")]).await;
        assert!(page.status == 422 || page.status == 404, "{rule}: {}", page.status);
    }
    let set = set_day(&mut league, &path, today + Duration::days(10), "按程序减少人员").await;
    assert!(set.location().ends_with("done=mending-set"), "{}", set.text());
    // It stands with the breach wherever the breach is shown.
    let day = format!("{path}/findings");
    for page in [day.as_str(), path.as_str(), "/compliance"] {
        assert!(league.get(page).await.text().contains("按程序减少人员"), "{page}");
    }
    let report = league.get("/compliance/report").await.text();
    assert!(report.contains("前整改）") && report.contains("按程序减少人员"), "{report}");
    // Who mends it has it on the home page and in the calendar, and sets no day.
    let mut secretary = portal.signed_in(OfficeKind::CollegeLeague).await;
    for page in ["/", "/calendar"] {
        assert!(secretary.get(page).await.text().contains("整改：信息工程系学生会"), "{page}");
    }
    assert_eq!(set_day(&mut secretary, &path, today, "不整改").await.status, 403);
    assert!(!league.get("/").await.text().contains("督促整改"), "not yet late");
    assert_eq!(set_day(&mut league, &path, today + Duration::days(5), "再减少人员").await.status, 303);
    let changed = league.get(&format!("{path}/mending?rule=STF-07")).await;
    assert_eq!(changed.all("td[data-label='怎样结束']"), ["改期"]);
    assert_eq!(changed.field("整改要求"), "再减少人员");
    assert!(league.get("/audit").await.text().contains("定整改期限"));
    portal.app.clock.advance(Duration::days(6));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get(&day).await.text().contains("逾期"));
    assert!(league.get("/").await.text().contains("督促整改：信息工程系学生会"));
    // Mended: nothing is late any more, and the day ends by itself.
    let posts = league.get(&format!("{path}/leave?post=presidium")).await.attributes("input[name=chosen]", "value");
    let today = portal.app.clock.today().to_string();
    let mut fields = vec![("day", today.as_str()), ("why", "工作调整"), ("ground", ""), ("sure", "yes")];
    fields.extend(posts.iter().map(|post| ("offered", post.as_str())));
    fields.extend(posts.iter().take(6).map(|post| ("chosen", post.as_str())));
    assert_eq!(league.post(&format!("{path}/leave"), &fields).await.status, 303);
    assert!(!league.get("/").await.text().contains("督促整改"));
    lunzhi::unions::mending::end_mended(&portal.app).await.unwrap();
    let ended = league.get(&format!("{path}/mending?rule=STF-07")).await;
    assert_eq!(ended.all("td[data-label='怎样结束']"), ["已消除", "改期"]);
    assert!(ended.text().contains("不用定整改期限"), "{}", ended.text());
    let again = set_day(&mut league, &path, portal.app.clock.today(), "整改").await;
    assert!(again.status == 422 && again.text().contains("已经消除"), "{}", again.text());
    assert_eq!(league.post(&format!("{path}/mending/withdraw"), &[("rule", "STF-07")]).await.status, 404);
}

/// The path of somebody's post, as the union's page links to it.
async fn post_of(client: &mut Client, path: &str, name: &str) -> String {
    let page = client.get(path).await;
    let names = page.all("td[data-label='姓名'] a");
    let place = names.iter().position(|found| found == name).unwrap_or_else(|| panic!("{name} holds nothing"));
    page.attributes("td[data-label='姓名'] a", "href").remove(place)
}

#[tokio::test]
async fn stf_02_an_end_is_taken_back_the_same_day_unless_the_place_is_taken() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(20)).to_string();
    let path = union(&mut league, "school", &rows(1, 5, "主席团成员", ""), &day, true).await;
    let [first, second] = [post_of(&mut league, &path, "学生1").await, post_of(&mut league, &path, "学生2").await];
    let today_text = today.to_string();
    let ending = [("day", today_text.as_str()), ("why", "工作调整"), ("ground", "")];
    for post in [&first, &second] {
        assert!(!league.get(post).await.text().contains("今天办理的离任"), "nothing to take back");
        assert_eq!(league.upload(&format!("{post}/end"), &ending, None).await.status, 303);
    }
    let undo = format!("{first}/undo-end");
    let bare = league.post(&undo, &[("reason", "")]).await;
    assert!(bare.status == 422 && bare.fault("为什么撤销").contains("请写明"), "{}", bare.text());
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.post(&undo, &[("reason", "点错人")]).await.status, 403);
    let done = league.post_on(&undo, &[("reason", "点错人")]).await;
    assert!(done.text().contains("离任已撤销"), "{}", done.text());
    assert!(done.all("td[data-label='姓名']").contains(&"学生1".to_owned()));
    assert!(league.get(&format!("{path}/history")).await.text().contains("点错人"));
    assert!(league.get("/audit").await.text().contains("撤销离任"));
    assert_eq!(league.post(&undo, &[("reason", "再来一次")]).await.status, 409, "it is taken back once");
    // Somebody came in the place of the other one: with them the presidium is full.
    elect(&portal, &path, &[30], today).await;
    assert_eq!(appoint(&mut league, &path, 30, "presidium", "", today).await.status, 303);
    let refused = league.post(&format!("{second}/undo-end"), &[("reason", "点错人")]).await;
    assert!(refused.status == 409 && refused.text().contains("主席团成员 6 人，超过 5 人"), "{}", refused.text());
    // On the next day an end is an end.
    let third = post_of(&mut league, &path, "学生3").await;
    assert_eq!(league.upload(&format!("{third}/end"), &ending, None).await.status, 303);
    portal.app.clock.advance(Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(!league.get(&third).await.text().contains("今天办理的离任"));
    assert_eq!(league.post(&format!("{third}/undo-end"), &[("reason", "点错人")]).await.status, 409);
}

#[tokio::test]
async fn stf_02_an_end_taken_back_and_an_appointment_at_once_do_not_both_take_the_last_place() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(20)).to_string();
    let path = union(&mut league, "school", &rows(1, 5, "主席团成员", ""), &day, true).await;
    let post = post_of(&mut league, &path, "学生1").await;
    let today_text = today.to_string();
    let ending = [("day", today_text.as_str()), ("why", "工作调整"), ("ground", "")];
    assert_eq!(league.upload(&format!("{post}/end"), &ending, None).await.status, 303);
    elect(&portal, &path, &[30], today).await;
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    let undo = format!("{post}/undo-end");
    let reason = [("reason", "点错人")];
    let (undone, appointed) =
        tokio::join!(deputy.post(&undo, &reason), appoint(&mut league, &path, 30, "presidium", "", today));
    let mut statuses = [undone.status, appointed.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", undone.text(), appointed.text());
}
