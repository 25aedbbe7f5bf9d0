//! The executive chair's turns: proposed by the union, confirmed by whoever keeps it, passing over by themselves.

use lunzhi::{office::OfficeKind, text::chinese_day};
use time::{Date, Duration};

use crate::support::{
    Client, Page, Portal,
    union::{adopt_convener, ready, rows, union},
};

/// Two semesters that meet: one that runs, one that follows.
async fn semesters(league: &mut Client, today: Date) -> (Date, Date, Date) {
    let (from, middle, until) = (today - Duration::days(60), today + Duration::days(60), today + Duration::days(200));
    for (name, from, until) in [("本学期", from, middle), ("下学期", middle, until)] {
        let (from, last) = (from.to_string(), (until - Duration::DAY).to_string());
        let page = league.post("/semesters", &[("name", name), ("from", &from), ("last", &last)]).await;
        assert_eq!(page.status, 303, "{}", page.text());
    }
    (from, middle, until)
}

async fn propose(client: &mut Client, path: &str, holder: &str, semester: &str, days: (&str, &str)) -> Page {
    let page = client.get(&format!("{path}/rotation")).await;
    let pick = |label: &str, name: &str| {
        let names = page.all(&format!("#{label} option"));
        let place = names.iter().position(|found| found.starts_with(name));
        place.map_or(String::new(), |place| page.attributes(&format!("#{label} option"), "value").remove(place))
    };
    let (holder, semester) = (pick("holder", holder), pick("semester", semester));
    let fields = [("holder", holder.as_str()), ("semester", &semester), ("from", days.0), ("last", days.1)];
    client.post(&format!("{path}/rotation"), &fields).await
}

async fn confirm(client: &mut Client, path: &str, reason: &str) -> Page {
    let page = client.get(&format!("{path}/rotation")).await;
    let turns = page.attributes("form[action$='/confirm'] input[name=turn]", "value");
    let mut fields: Vec<(&str, &str)> = turns.iter().map(|turn| ("turn", turn.as_str())).collect();
    fields.push(("reason", reason));
    client.post(&format!("{path}/rotation/confirm"), &fields).await
}

async fn stage() -> (Portal, Client, String, (Date, Date, Date)) {
    let (portal, mut league, today) = ready().await;
    let days = semesters(&mut league, today).await;
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &days.0.to_string(), true).await;
    (portal, league, path, days)
}

#[tokio::test]
async fn the_union_proposes_the_committee_confirms_and_the_duty_passes_over_by_itself() {
    let (portal, mut league, path, (_, middle, _)) = stage().await;
    let today = portal.app.clock.today();
    let home = league.get("/").await;
    assert!(home.all(".waiting li.urgent").iter().any(|task| task.contains("校学生会今天没有当值执行主席")));
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(officer.get("/").await.text().contains("今天没有当值执行主席"));
    assert_eq!(propose(&mut officer, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(propose(&mut officer, &path, "学生2", "下学期", ("", "")).await.status, 303);
    let page = officer.get(&format!("{path}/rotation")).await;
    assert_eq!(page.all(".choices strong"), ["学生1", "学生2"]);
    assert_eq!(page.attributes("svg .rota-proposed", "x").len(), 2);
    let own = officer.post(&format!("{path}/rotation/confirm"), &[]).await;
    assert_eq!(own.status, 403, "who proposes does not decide");
    assert!(league.get("/inbox").await.text().contains("拟定了执行主席轮值"));
    assert!(league.get("/").await.text().contains("确认校学生会的执行主席轮值"));
    let done = confirm(&mut league, &path, "").await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = league.get(&format!("{path}/rotation")).await;
    assert_eq!(page.attributes("svg .rota-confirmed", "x").len(), 2);
    assert!(page.all("svg .rota-gap").is_empty() && !page.text().contains("note-fail"));
    assert!(league.get(&path).await.text().contains("当值执行主席：<strong>学生1</strong>"));
    // The next day of the next semester it is somebody else, and nobody did anything.
    portal.app.clock.advance(middle - today + Duration::DAY);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get(&path).await.text().contains("当值执行主席：<strong>学生2</strong>"));
}

#[tokio::test]
async fn org_04_a_turn_that_is_no_semester_or_overlaps_is_refused_with_the_clause() {
    let (portal, mut league, path, (_, middle, _)) = stage().await;
    let today = portal.app.clock.today();
    let short = (today.to_string(), (today + Duration::days(20)).to_string());
    let refused = propose(&mut league, &path, "学生1", "本学期", (&short.0, &short.1)).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("以学期为一个轮值周期"), "{}", refused.text());
    let back = league.get(&refused.attributes(".actions a.button", "href").remove(0)).await;
    assert_eq!(back.field("止（可不填）"), short.1, "what was typed is still there");
    for holder in ["学生2", "学生1"] {
        assert_eq!(propose(&mut league, &path, holder, "本学期", ("", "")).await.status, 303);
    }
    let refused = confirm(&mut league, &path, "").await;
    assert_eq!(refused.status, 409, "two at once");
    let page = league.get(&format!("{path}/rotation")).await;
    let withdraw = page.attributes("form[action$='/withdraw']", "action").remove(0);
    assert_eq!(league.post(&withdraw, &[]).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    assert!(refused.text().contains("同一时间只能有 1 名"), "{}", refused.text());
    let outside = (middle + Duration::days(1)).to_string();
    let unfit = propose(&mut league, &path, "学生1", "本学期", ("", &outside)).await;
    assert!(unfit.fault("起（可不填）").contains("所选学期之内"));
}

#[tokio::test]
async fn dis_05_a_chair_who_leaves_is_a_gap_in_the_rotation_and_on_the_overview() {
    let (portal, mut league, path, _) = stage().await;
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(propose(&mut league, &path, "学生2", "下学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let (rotation, overview, nobody) = (format!("{path}/rotation"), "/compliance?rule=ORG-03", "今天没有当值执行主席");
    assert!(league.get(&rotation).await.all("svg .rota-gap").is_empty());
    assert!(!league.get(overview).await.text().contains(nobody));
    let (union, day) = (path.rsplit('/').next().unwrap(), portal.app.clock.today().to_string());
    let fields = [
        ("union", union),
        ("number", "20240001"),
        ("kind", "asked"),
        ("day", day.as_str()),
        ("reason", "多次缺席会议"),
    ];
    let left = league.post("/exits", &fields).await;
    assert_eq!(left.status, 303, "{}", left.text());
    let exit = league.get(left.location()).await.text();
    assert!(exit.contains("退出之后，这个学生会不符合的规定") && exit.contains(nobody), "{exit}");
    assert!(!league.get(&rotation).await.attributes("svg .rota-gap", "x").is_empty(), "drawn");
    assert!(league.get("/").await.text().contains("校学生会今天没有当值执行主席"));
    assert!(league.get(overview).await.text().contains(nobody));
}

#[tokio::test]
async fn org_03_a_convener_who_sits_on_the_presidium_keeps_their_turn_when_somebody_else_leaves() {
    let (portal, mut league, today) = ready().await;
    adopt_convener(&portal).await;
    let (from, ..) = semesters(&mut league, today).await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(4, 1, "召集人", "");
    let path = union(&mut league, "school", &roster, &from.to_string(), true).await;
    assert_eq!(propose(&mut league, &path, "学生4", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let (union, day) = (path.rsplit('/').next().unwrap(), today.to_string());
    let leaves = |number| {
        [("union", union), ("number", number), ("kind", "asked"), ("day", day.as_str()), ("reason", "多次缺席会议")]
    };
    let posts = league.get(&format!("{path}/leave?people=20240003")).await.attributes("input[name=chosen]", "value");
    let post = posts[0].as_str();
    let ending = [("chosen", post), ("offered", post), ("day", day.as_str()), ("why", "工作调整")];
    let seen = league.post(&format!("{path}/leave"), &ending).await;
    assert!(seen.status == 200 && !seen.text().contains("没有当值执行主席"), "{}", seen.text());
    let left = league.post("/exits", &leaves("20240003")).await;
    assert_eq!(left.status, 303, "{}", left.text());
    let page = league.get(&path).await.text();
    assert!(page.contains("当值执行主席：<strong>学生4</strong>"), "{page}");
    let left = league.post("/exits", &leaves("20240004")).await;
    let exit = league.get(left.location()).await;
    assert!(exit.text().contains("今天没有当值执行主席"), "{}", exit.text());
    assert!(exit.attributes("a[href*='/appoint?post=other']", "href").is_empty(), "the congress fills that seat");
}

#[tokio::test]
async fn a_turn_ended_by_mistake_goes_on_if_that_is_noticed_the_same_day() {
    let (portal, mut league, path, _) = stage().await;
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    portal.app.clock.advance(Duration::DAY);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let (rotation, chair) = (format!("{path}/rotation"), "当值执行主席：<strong>学生1</strong>");
    let end = league.get(&rotation).await.attributes("form[action$='/withdraw']", "action").remove(0);
    assert_eq!(league.post(&end, &[]).await.status, 303);
    assert!(!league.get(&path).await.text().contains(chair));
    let undo = league.get(&rotation).await.attributes("form[action$='/undo-end']", "action").remove(0);
    assert_eq!(league.post(&undo, &[("reason", "")]).await.status, 409);
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.post(&undo, &[("reason", "点错")]).await.status, 403);
    let done = league.post_on(&undo, &[("reason", "点错")]).await;
    assert!(done.text().contains("已撤销提前结束"), "{}", done.text());
    assert!(league.get(&path).await.text().contains(chair));
    assert_eq!(league.post(&undo, &[("reason", "点错")]).await.status, 409, "it is taken back once");
    // Somebody else has taken over: the turn does not come back beside theirs.
    assert_eq!(league.post(&end, &[]).await.status, 303);
    assert_eq!(propose(&mut league, &path, "学生2", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let refused = league.post(&undo, &[("reason", "点错")]).await;
    assert!(refused.status == 409 && refused.text().contains("同一时间只能有 1 名"), "{}", refused.text());
}

#[tokio::test]
async fn the_same_person_twice_running_needs_a_reason() {
    let (_portal, mut league, path, _) = stage().await;
    for semester in ["本学期", "下学期"] {
        assert_eq!(propose(&mut league, &path, "学生1", semester, ("", "")).await.status, 303);
    }
    let asked = confirm(&mut league, &path, "").await;
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("轮值应由不同的主席团成员担任"));
    let page = league.get(&format!("{path}/rotation")).await;
    assert_eq!(page.all(".choices strong").len(), 2, "nothing is half-confirmed");
    assert_eq!(confirm(&mut league, &path, "其余成员实习").await.status, 303);
    assert!(league.get(&format!("{path}/history")).await.text().contains("其余成员实习"));
}

#[tokio::test]
async fn dis_04_nobody_is_confirmed_for_days_of_their_suspension() {
    let (portal, mut league, path, _) = stage().await;
    sqlx::query(
        "insert into conduct_case (id, institution_id, number, student_id, ground, says, source, reporter_id, handler, stage,
                                   reported_at, accepted_at, outcome, decision, decided_at, decided_by, suspended_from,
                                   suspended_until)
         select gen_random_uuid(), s.institution_id, 1, s.id, 'rules', '违反规定', 'office', a.id, 'school_league', 'closed',
                story_now(), story_now(), 'suspension', '停职', story_now(), a.id, $1, $1 + 30
         from student s join account a on a.institution_id = s.institution_id and a.number = 'school_league'
         where s.name = '学生1'",
    )
    .bind(portal.app.clock.today())
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(propose(&mut league, &path, "学生1", "下学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303, "the suspension is over by then");
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    let refused = confirm(&mut league, &path, "换届过渡").await;
    assert!(refused.status == 422 && refused.text().contains("停职期间不任执行主席"), "{}", refused.text());
    assert!(league.get(&path).await.text().contains("今天没有当值执行主席"));
}

#[tokio::test]
async fn a_chair_who_leaves_makes_a_gap_that_somebody_completes() {
    let (portal, mut league, path, (_, middle, _)) = stage().await;
    let today = portal.app.clock.today();
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let page = league.get(&path).await;
    let place = page.all("td[data-label='姓名'] a").iter().position(|name| name == "学生1").unwrap();
    let post = page.attributes("td[data-label='姓名'] a", "href").remove(place);
    let day = (today + Duration::days(5)).to_string();
    let fields = [("day", day.as_str()), ("why", "工作调整"), ("ground", "")];
    assert_eq!(league.upload(&format!("{post}/end"), &fields, None).await.status, 303);
    let page = league.get(&format!("{path}/rotation")).await;
    assert!(
        page.text().contains(&format!("{}至", chinese_day(today + Duration::days(5)))),
        "the gap is named: {}",
        page.text()
    );
    let home = league.get("/").await;
    assert!(home.all(".waiting li").iter().any(|task| task.contains("起没有当值执行主席") && task.contains("自20")));
    assert_eq!(propose(&mut league, &path, "学生2", "本学期", (&day, "")).await.status, 303);
    let done = confirm(&mut league, &path, "").await;
    assert_eq!(done.status, 303, "{}", done.text());
    let error = sqlx::query("update turn set from_day = $1 where from_day = $2")
        .bind(today)
        .bind(today + Duration::days(5))
        .execute(&mut portal.owner().await)
        .await
        .unwrap_err();
    assert_eq!(error.as_database_error().unwrap().constraint(), Some("turn_alone"));
    assert!(today + Duration::days(5) < middle);
}

#[tokio::test]
async fn the_chair_writes_what_is_handed_over_and_nobody_else_does() {
    let (portal, mut league, path, _) = stage().await;
    sqlx::query("update account set student_id = (select id from student s where s.number = '20240001' and s.institution_id = account.institution_id) where number = 'student'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let mut chair = portal.signed_in(OfficeKind::Student).await;
    assert!(chair.get("/").await.text().contains("你是校学生会当值执行主席"));
    let duty = chair.get("/duty").await;
    assert!(duty.text().contains("今天由你当值执行主席"));
    let act = duty.attributes("form[action$='/handover']", "action").remove(0);
    assert_eq!(chair.get(&act).await.status, 404, "there is nothing to hand over yet");
    let empty = chair.post(&act, &[("handover", " ")]).await;
    assert_eq!(empty.status, 422);
    assert_eq!(chair.post(&act, &[("handover", "迎新晚会账目未结\n仓库钥匙在办公室")]).await.status, 303);
    assert!(league.get(&format!("{path}/rotation")).await.text().contains("仓库钥匙在办公室"));
    // The chair on duty proposes the next turn; the committee confirms it.
    assert_eq!(propose(&mut chair, &path, "学生2", "下学期", ("", "")).await.status, 303);
    assert_eq!(league.post(&act, &[("handover", "别人写的")]).await.status, 404);
    let mut other = portal.signed_in(OfficeKind::ClassBranch).await;
    assert_eq!(other.get(&format!("{path}/rotation")).await.status, 404);
    assert_eq!(other.post(&act, &[("handover", "别人写的")]).await.status, 404);
    // The same as a paper for both chairs, to be signed and filed.
    assert!(chair.get("/duty").await.attributes("a", "href").contains(&act));
    let paper = league.get(&act).await.text();
    for part in ["执行主席工作交接书", "交接人：学生1", "仓库钥匙在办公室", "监交人"] {
        assert!(paper.contains(part), "{part}: {paper}");
    }
    assert!(league.get(&format!("{act}.docx")).await.bytes.starts_with(b"PK"));
    assert_eq!(other.get(&act).await.status, 404);
}

#[tokio::test]
async fn semesters_meet_do_not_overlap_and_stay_while_turns_stand_in_them() {
    let (_portal, mut league, path, (from, middle, until)) = stage().await;
    let (inside, late) = (from.to_string(), (middle + Duration::days(30)).to_string());
    let overlap = league.post("/semesters", &[("name", "重叠"), ("from", &inside), ("last", &late)]).await;
    assert!(overlap.fault("开始日期").contains("与“本学期”重叠"));
    assert_eq!(overlap.field("名称"), "重叠");
    let next = until.to_string();
    assert_eq!(league.get("/semesters").await.field("开始日期"), next, "the next one begins where the last one ends");
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    let page = league.get("/semesters").await;
    let removals = page.attributes("form[action$='/remove']", "action");
    assert_eq!(removals.len(), 1, "the one with a turn stays");
    assert_eq!(league.post(&removals[0], &[]).await.status, 303);
}

#[tokio::test]
async fn a_seat_that_never_was_takes_its_turn_along_and_a_running_turn_can_be_ended() {
    let (portal, mut league, path, _) = stage().await;
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    assert_eq!(confirm(&mut league, &path, "").await.status, 303);
    portal.app.clock.advance(Duration::days(5));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get(&path).await;
    let place = page.all("td[data-label='姓名'] a").iter().position(|name| name == "学生1").unwrap();
    let post = page.attributes("td[data-label='姓名'] a", "href").remove(place);
    let fields = [("never", "yes"), ("reason", "登记有误")];
    assert_eq!(league.upload(&format!("{post}/correct"), &fields, None).await.status, 303);
    assert!(league.get(&path).await.text().contains("今天没有当值执行主席"));
    // Somebody takes over from today; then that turn too is ended, and a third completes the semester.
    for (name, then) in [("学生2", true), ("学生3", false)] {
        assert_eq!(propose(&mut league, &path, name, "本学期", ("", "")).await.status, 303, "{name}");
        let done = confirm(&mut league, &path, "").await;
        assert_eq!(done.status, 303, "{}", done.text());
        portal.app.clock.advance(Duration::days(3));
        league = portal.signed_in(OfficeKind::SchoolLeague).await;
        if then {
            let page = league.get(&format!("{path}/rotation")).await;
            let end = page.attributes("details form[action$='/withdraw']", "action").remove(0);
            assert_eq!(league.post(&end, &[]).await.status, 303);
        }
    }
    let page = league.get(&format!("{path}/rotation")).await;
    assert_eq!(page.all("td[data-label='当值']"), ["学生1", "学生2", "学生3"]);
    let findings = league.get(&format!("{path}/findings")).await;
    assert!(findings.all("tbody [id='ORG-03'], tr[id='ORG-03']").len() == 1, "it is met: {}", findings.text());
}

#[tokio::test]
async fn proposals_that_overlap_lie_below_each_other_with_what_clashes() {
    let (portal, mut league, path, (_, middle, _)) = stage().await;
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(propose(&mut officer, &path, "学生1", "下学期", ("", "")).await.status, 303);
    assert_eq!(propose(&mut officer, &path, "学生1", "下学期", ("", "")).await.status, 303, "sent twice");
    assert_eq!(propose(&mut officer, &path, "学生2", "下学期", ("", "")).await.status, 303);
    let page = league.get(&format!("{path}/rotation")).await;
    let lanes = page.attributes("svg rect.rota-proposed", "y");
    assert!(lanes.len() == 2 && lanes[0] != lanes[1], "{lanes:?}");
    assert!(page.text().contains(&format!("学生1与学生2的拟定在{}至", chinese_day(middle))), "{}", page.text());
    assert!(page.all("svg .rota-month-word").len() > 5);
}

#[tokio::test]
async fn days_that_went_by_without_a_chair_are_explained_once() {
    let (portal, mut league, path, _) = stage().await;
    let opened = portal.app.clock.today();
    portal.app.clock.advance(Duration::days(10));
    let today = portal.app.clock.today();
    let mut league_later = portal.signed_in(OfficeKind::SchoolLeague).await;
    std::mem::swap(&mut league, &mut league_later);
    let page = league.get(&format!("{path}/rotation")).await;
    assert!(page.all("#gaps li").is_empty(), "what lasts is filled and not explained");
    assert_eq!(propose(&mut league, &path, "学生1", "本学期", ("", "")).await.status, 303);
    let done = confirm(&mut league, &path, "暑期换届").await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = league.get(&format!("{path}/rotation")).await;
    let last = today - Duration::DAY;
    assert_eq!(page.all("#gaps li strong"), [format!("{}至{}", chinese_day(opened), chinese_day(last))]);
    let from = opened.to_string();
    let gaps = format!("{path}/rotation/gaps");
    let empty = league.post(&gaps, &[("from", &from), ("why", " ")]).await;
    assert_eq!((empty.status, empty.fault("原因").as_str()), (422, "✕ 请写明空缺的原因"));
    assert_eq!(league.post(&gaps, &[("from", &today.to_string()), ("why", "没有空缺")]).await.status, 404);
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.post(&gaps, &[("from", &from), ("why", "自己说")]).await.status, 403);
    assert_eq!(league.post(&gaps, &[("from", &from), ("why", "启用前后没有排班")]).await.status, 303);
    let page = league.get(&format!("{path}/rotation")).await;
    assert!(page.all("#gaps li")[0].contains("启用前后没有排班"));
    assert_eq!(page.attributes("svg rect.rota-explained", "x").len(), 1);
    assert!(page.attributes("svg rect.rota-gap", "x").len() <= 1, "the next semester's alone");
    assert_eq!(league.post(&gaps, &[("from", &from), ("why", "再说一次")]).await.status, 404);
}
