//! Activities: what they are for (POL-02), for whom (POL-03), who hosts them (ORG-10) and with whom (ORG-11); sign-up, the
//! waiting list, check-in by the code on the wall, and a word afterwards.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::{
    matters::{Signers, again, applied, apply, officer, sign},
    support::{
        Client, FIRST, Page, Portal,
        vetting::{Stage, stage, student_account},
    },
};

/// How an activity is announced, with what a story says otherwise.
async fn announce(client: &mut Client, matter: &str, closes: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![("purpose", "culture"), ("closes", closes)];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    let id = matter.rsplit('/').next().unwrap();
    client.post(&format!("/activity-desk/{id}/announce"), &fields).await
}

/// An approved activity of the school's union with so many places: the matter, its pages for students and for its holders.
struct Held {
    stage: Stage,
    filer: Client,
    signers: Signers,
    matter: String,
    page: String,
    desk: String,
}

async fn held(more: &[(&str, &str)]) -> Held {
    let stage = stage().await;
    let mut filer = stage.portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&stage.portal).await;
    let day = stage.today + Duration::days(40);
    let matter = applied(&mut filer, day, &[]).await;
    signers.approve(&matter).await;
    let done = announce(&mut filer, &matter, &format!("{day}T18:00"), more).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let id = matter.rsplit('/').next().unwrap();
    let (page, desk) = (format!("/activities/{id}"), format!("/activity-desk/{id}"));
    Held { stage, filer, signers, matter, page, desk }
}

async fn sign_up(client: &mut Client, page: &str) -> Page {
    client.post(&format!("{page}/sign-up"), &[]).await
}

async fn standings(portal: &Portal, standing: &str) -> i64 {
    sqlx::query_scalar("select count(*) from activity_sign_up where standing = $1")
        .bind(standing)
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap()
}

/// Accounts for the students with these numbers, all at once.
async fn accounts(portal: &Portal, first: i32, last: i32) {
    sqlx::query(
        "with made as (
             insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                                  created_at, student_id)
             select gen_random_uuid(), s.institution_id, s.number, s.name, a.password_hash, story_now(), false, story_now(), s.id
             from student s join institution i on i.id = s.institution_id
                  join account a on a.institution_id = i.id and a.number = 'student'
             where i.code = $1 and substr(s.number, 5)::integer between $2 and $3 returning id, institution_id
         )
         insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'student', '2024-09-01', story_now() from made",
    )
    .bind(FIRST)
    .bind(first)
    .bind(last)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn pol_03_an_activity_is_for_every_student_unless_a_reason_is_stated() {
    let Held { stage, mut filer, matter, page, .. } = held(&[]).await;
    let closes = format!("{}T18:00", stage.today + Duration::days(40));
    let mut student = student_account(&stage.portal, 100).await;
    assert!(student.get(&page).await.text().contains("全体在校同学"));
    let unfit =
        announce(&mut filer, &matter, &closes, &[("purpose", ""), ("places", "0"), ("classes", "没有这个班")]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.fault("名额").contains("整数") && unfit.fault("合办的班级").contains("没有这个班"));
    let narrow = [("only_year", "2025")];
    let refused = announce(&mut filer, &matter, &closes, &narrow).await;
    assert!(refused.status == 409 && refused.text().contains("面向全体同学"), "{}", refused.text());
    let stated = [("only_year", "2025"), ("reason", "新生入学教育")];
    assert_eq!(announce(&mut filer, &matter, &closes, &stated).await.status, 303);
    assert!(student.get(&page).await.text().contains("新生入学教育"), "everybody reads why");
    let refused = sign_up(&mut student, &page).await;
    assert!(refused.status == 409 && refused.text().contains("不在这项活动的范围"), "{}", refused.text());
    assert_eq!(announce(&mut filer, &matter, &closes, &[]).await.status, 303);
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    let twice = sign_up(&mut student, &page).await;
    assert_eq!((twice.status, twice.location()), (303, page.as_str()), "once, and a second tap is no fault");
    let teacher = stage.portal.signed_in(OfficeKind::StudentAffairs).await.post(&format!("{page}/sign-up"), &[]).await;
    assert!(teacher.status == 409 && teacher.text().contains("不是学生账号"));
    sqlx::query("update student set left_on = story_day() - 1, left_why = 'other' where number = '20240100'")
        .execute(&mut stage.portal.owner().await)
        .await
        .unwrap();
    assert_eq!(student.post(&format!("{page}/cancel"), &[]).await.status, 303);
    assert_eq!(sign_up(&mut student, &page).await.status, 409, "who has left signs up for nothing");
}

#[tokio::test]
async fn org_10_org_11_pol_02_what_it_is_for_who_hosts_it_and_with_whom_is_counted() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::CollegeUnion).await;
    let mut presidium = officer(&portal, 20, OfficeKind::CollegeUnion).await;
    let mut guide = portal.signed_in(OfficeKind::CollegeLeague).await;
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    let day = today + Duration::days(40);
    // A college's union names nobody whom its office does not see: the application would say whose a number is.
    let far = "with far as (
                   insert into college (id, institution_id, name)
                   select gen_random_uuid(), id, '别的系' from institution where code = $1 returning id
               ), course as (
                   insert into major (id, college_id, name, level)
                   select gen_random_uuid(), id, '别的专业', 'undergraduate' from far returning id
               ), away as (
                   insert into class (id, major_id, entry_year, name)
                   select gen_random_uuid(), id, 2024, '别的班' from course returning id
               ) update student s set class_id = away.id from away, institution i
                 where i.id = s.institution_id and i.code = $1 and s.number = '20240030'";
    sqlx::query(far).bind(FIRST).execute(&mut portal.owner().await).await.unwrap();
    let strange = apply(&mut filer, day, &[("number", "20240030")]).await;
    assert!(strange.status == 422 && strange.fault("负责人（姓名或学号）").contains("本院系"), "{}", strange.text());
    let matter = applied(&mut filer, day, &[]).await;
    assert_eq!(league.get(&matter).await.status, 200);
    for signer in [&mut presidium, &mut guide, &mut deputy] {
        let done = sign(signer, &matter, "agree").await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    assert!(filer.get("/activity-desk").await.text().contains("还没有发布报名"));
    let closes = format!("{day}T18:00");
    let narrow = [("for_school", "yes"), ("only_year", "2024"), ("reason", "专业课程")];
    let refused = announce(&mut filer, &matter, &closes, &narrow).await;
    let text = refused.text();
    assert!(refused.status == 409 && text.contains("承办面向全校学生的具体工作项目"), "{text}");
    let id = matter.rsplit('/').next().unwrap();
    let form = filer.get(&format!("/activity-desk/{id}/announce")).await;
    let society = form.attributes("input[name=society]", "value").remove(0);
    let more =
        [("for_school", "yes"), ("purpose", "guidance"), ("classes", "软件2401班"), ("society", society.as_str())];
    let done = announce(&mut filer, &matter, &closes, &more).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = league.get("/activity-desk").await;
    let cells = page.all("tbody tr:first-child td");
    assert_eq!(cells[..4], ["信息工程系学生会", "1", "1", "1"]);
    let text = page.text();
    for part in ["面向全校承办", "软件2401班、青年志愿者协会", "100.0%", "政治引领", "广泛动员广大同学的力量"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let mut other = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(other.get(&format!("/activity-desk/{id}")).await.status, 404, "another union's list of names");
}

#[tokio::test]
async fn the_last_place_is_given_once_however_many_come_at_once() {
    let Held { stage, page, .. } = held(&[("places", "1")]).await;
    let portal = stage.portal;
    accounts(&portal, 40, 103).await;
    let mut tasks = Vec::new();
    for mut client in signed_in(&portal, 40, 103).await {
        let page = page.clone();
        tasks.push(tokio::spawn(async move {
            // A portal that is busy says so; whoever presses again has their turn.
            loop {
                let sent = sign_up(&mut client, &page).await;
                if sent.status != 503 {
                    return (sent.status, sent.location().to_owned(), client);
                }
            }
        }));
    }
    let mut winner = None;
    for task in tasks {
        let (status, location, client) = task.await.unwrap();
        assert_eq!(status, 303);
        if location.ends_with("signed-up") {
            assert!(winner.replace(client).is_none(), "one place, two students");
        } else {
            assert!(location.ends_with("waiting"), "{location}");
        }
    }
    assert_eq!((standings(&portal, "in").await, standings(&portal, "waiting").await), (1, 63));
    let mut winner = winner.unwrap();
    assert_eq!(winner.post(&format!("{page}/cancel"), &[]).await.status, 303);
    assert_eq!((standings(&portal, "in").await, standings(&portal, "waiting").await), (1, 62), "the next has moved up");
    let (told,): (i64,) = sqlx::query_as("select count(*) from notice where subject like '候补成功%'")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn a_student_signs_up_checks_in_by_the_code_on_the_wall_and_rates() {
    let Held { stage, mut filer, page, desk, mut signers, .. } = held(&[("places", "2")]).await;
    let portal = stage.portal;
    let mut student = student_account(&portal, 100).await;
    let mut second = student_account(&portal, 101).await;
    let mut late = student_account(&portal, 102).await;
    assert!(student.get("/activities").await.text().contains("冬日读书会"));
    for client in [&mut student, &mut second, &mut late] {
        assert_eq!(sign_up(client, &page).await.status, 303);
    }
    let wall = filer.get(&format!("{desk}/code")).await;
    assert!(!wall.all("svg.qr").is_empty());
    let code: String =
        sqlx::query_scalar("select code from activity").fetch_one(&mut portal.owner().await).await.unwrap();
    let here = format!("{page}/here");
    let arrived = [("code", code.as_str())];
    assert_eq!(student.post(&here, &arrived).await.status, 409, "not open yet");
    assert_eq!(portal.signed_in(OfficeKind::CollegeUnion).await.post(&format!("{desk}/open"), &[]).await.status, 404);
    assert_eq!(filer.post(&format!("{desk}/open"), &[]).await.status, 303);
    assert_eq!(filer.post(&format!("{desk}/open"), &[]).await.status, 409, "once");
    assert_eq!(student.post(&here, &[("code", "no such code")]).await.status, 409);
    let shown = student.get(&format!("{here}?code={code}")).await;
    assert!(!shown.attributes("form[action$='/here'] button", "class").is_empty(), "{}", shown.text());
    assert_eq!(student.post(&here, &arrived).await.status, 303);
    assert_eq!(student.post(&here, &arrived).await.status, 303, "counted once, and no fault of theirs");
    assert_eq!(late.post(&here, &arrived).await.status, 409, "still waiting");
    let unknown = filer.post(&format!("{desk}/check-in"), &[("number", "20240149")]).await;
    assert!(unknown.status == 422 && unknown.fault("学号或姓名").contains("名单里没有"));
    // By name as well, and whoever shares it is asked about.
    let rename = "update student set name = '同名' where number in ('20240101', '20240102')";
    sqlx::query(rename).execute(&mut portal.owner().await).await.unwrap();
    let asked = filer.post(&format!("{desk}/check-in"), &[("number", "同 名")]).await;
    assert!(asked.status == 422 && asked.fault("学号或姓名").contains("有重名"), "{}", asked.text());
    let choices = asked.attributes("input[name=pick]", "value");
    assert!(choices.len() == 2 && choices.contains(&"20240101".to_owned()), "{choices:?}");
    let picked = [("number", "同名"), ("pick", "20240101")];
    let done = filer.post_on(&format!("{desk}/check-in"), &picked).await;
    assert!(done.all(".note-pass")[0].contains("同名（20240101，"), "whom it was about: {}", done.text());
    // The class beside the name is read as the hint says, and whoever was there before is counted once.
    let class =
        "select k.name from student s join class k on k.id = s.class_id join institution i on i.id = s.institution_id
                 where s.number = '20240100' and i.code = 'first'";
    let class: String = sqlx::query_scalar(class).fetch_one(&mut portal.owner().await).await.unwrap();
    let named = format!("学生100 {class}");
    let again = filer.post_on(&format!("{desk}/check-in"), &[("number", &named)]).await;
    assert!(again.all(".note-pass")[0].contains("学生100（20240100，"), "{}", again.text());
    assert!(again.all(".note-pass")[0].contains("早已签到，只计一次"));
    assert_eq!(filer.post(&format!("{desk}/code"), &[]).await.status, 303);
    assert_eq!(late.post(&here, &arrived).await.status, 409, "the old code");
    assert_eq!(student.post(&format!("{page}/cancel"), &[]).await.status, 409, "they are here");

    assert_eq!(late.post(&format!("{page}/rate"), &[("satisfaction", "satisfied")]).await.status, 409);
    assert_eq!(student.post(&format!("{page}/rate"), &[("satisfaction", "satisfied")]).await.status, 303);
    assert_eq!(
        student.post(&format!("{page}/rate"), &[("satisfaction", "mostly")]).await.status,
        303,
        "a second thought"
    );
    assert_eq!(filer.post(&format!("{desk}/end"), &[]).await.status, 303);
    let shown = filer.get(&desk).await;
    let text = shown.text();
    assert!(text.contains("2 人（100.0%）") && text.contains("基本满意"), "{text}");
    assert_eq!(shown.all("table svg.bar").len(), 2, "by college and by grade");
    let league = signers.guide.get(&desk).await;
    assert!(league.status == 200 && league.attributes("form[action$='/check-in']", "action").is_empty());
}

#[tokio::test]
async fn while_the_approval_is_taken_back_nobody_signs_up_and_who_had_is_told() {
    let Held { stage, page, matter, mut signers, mut filer, .. } = held(&[]).await;
    let mut student = student_account(&stage.portal, 100).await;
    let mut other = student_account(&stage.portal, 101).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    let unsaid = signers.deputy.post(&format!("{matter}/revoke"), &[("reason", "")]).await;
    assert_eq!(unsaid.status, 422);
    assert_eq!(filer.post(&format!("{matter}/revoke"), &[("reason", "自己")]).await.status, 403);
    let mut tasks = Vec::new();
    for number in 110..118 {
        let mut client = student_account(&stage.portal, number).await;
        let page = page.clone();
        tasks.push(tokio::spawn(async move { sign_up(&mut client, &page).await.status }));
    }
    assert_eq!(signers.deputy.post(&format!("{matter}/revoke"), &[("reason", "场地检修")]).await.status, 303);
    for task in tasks {
        let status = task.await.unwrap();
        assert!(status == 303 || status == 409, "before it or after it: {status}");
    }
    let refused = sign_up(&mut other, &page).await;
    assert!(refused.status == 409 && refused.text().contains("现在没有批准"), "{}", refused.text());
    assert!(student.get("/inbox").await.text().contains("你报名的活动暂停"), "they are told");
    assert!(student.get(&page).await.text().contains("没有批准"));
    // What was approved anew goes on.
    let day = stage.today + Duration::days(40);
    let starts = format!("{day}T19:00");
    let fields = [
        ("title", "冬日读书会"),
        ("number", "20240010"),
        ("phone", "13800000000"),
        ("starts", starts.as_str()),
        ("place", "大礼堂"),
        ("people", "60"),
        ("why", "引导同学多读书"),
        ("how", "分享、讨论"),
    ];
    assert_eq!(filer.post(&format!("{matter}/change"), &fields).await.status, 303);
    assert!(student.get(&page).await.text().contains("暂停报名"));
    signers.approve(&matter).await;
    assert_eq!(sign_up(&mut other, &page).await.status, 303);
}

/// Signs in the students with these numbers, who have accounts.
async fn signed_in(portal: &Portal, first: i32, last: i32) -> Vec<Client> {
    let mut clients = Vec::new();
    for number in first..=last {
        clients.push(again(portal, &format!("2024{number:04}")).await);
    }
    clients
}

#[tokio::test]
async fn an_approval_that_is_taken_back_while_sixty_four_sign_up_leaves_nobody_with_a_place_in_silence() {
    let Held { stage, page, matter, signers, .. } = held(&[("places", "20")]).await;
    let portal = stage.portal;
    accounts(&portal, 40, 104).await;
    let mut tasks = Vec::new();
    for mut client in signed_in(&portal, 40, 103).await {
        let page = page.clone();
        tasks.push(tokio::spawn(async move {
            loop {
                let sent = sign_up(&mut client, &page).await;
                if sent.status != 503 {
                    return (sent, client);
                }
            }
        }));
    }
    let Signers { mut deputy, .. } = signers;
    let revoked = tokio::spawn(async move {
        loop {
            let sent = deputy.post(&format!("{matter}/revoke"), &[("reason", "场地检修")]).await;
            if sent.status != 503 {
                return sent.status;
            }
        }
    });
    assert_eq!(revoked.await.unwrap(), 303);
    let mut signed_up = 0;
    for task in tasks {
        let (sent, mut client) = task.await.unwrap();
        let told = client.get("/inbox").await.text().contains("你报名的活动暂停");
        if sent.status == 303 {
            signed_up += 1;
            assert!(told, "whoever has a place or waits for one is told that it is off");
        } else {
            assert!(sent.status == 409 && sent.text().contains("现在没有批准"), "{}", sent.text());
            assert!(!told, "who was refused has nothing to be told of");
        }
        let shown = client.get(&page).await;
        assert!(shown.text().contains("不举行") && shown.attributes("form[action$='/sign-up']", "action").is_empty());
    }
    assert_eq!(standings(&portal, "in").await + standings(&portal, "waiting").await, signed_up);
    let refused = sign_up(&mut again(&portal, "20240104").await, &page).await;
    assert!(refused.status == 409 && refused.text().contains("现在没有批准"), "{}", refused.text());
}

#[tokio::test]
async fn a_place_that_is_given_up_goes_to_whoever_waits_before_anybody_else() {
    let Held { stage, page, matter, mut signers, mut filer, .. } = held(&[("places", "1")]).await;
    let portal = stage.portal;
    let mut first = student_account(&portal, 100).await;
    let mut second = student_account(&portal, 101).await;
    let mut third = student_account(&portal, 102).await;
    student_account(&portal, 103).await;
    assert_eq!(first.get(&page).await.all("form[action$='/sign-up'] button"), ["报名"]);
    assert_eq!(sign_up(&mut first, &page).await.status, 303);
    let full = second.get(&page).await;
    assert_eq!(full.all("form[action$='/sign-up'] button"), ["排候补"], "what it gives is said before it is pressed");
    assert!(full.text().contains("前面有 0 人候补"), "{}", full.text());
    assert!(sign_up(&mut second, &page).await.location().ends_with("waiting"));
    assert_eq!(signers.deputy.post(&format!("{matter}/revoke"), &[("reason", "场地检修")]).await.status, 303);
    assert_eq!(first.post(&format!("{page}/cancel"), &[]).await.status, 303);
    assert_eq!(standings(&portal, "in").await, 0, "of what is off there are no places to give");
    let starts = format!("{}T19:00", stage.today + Duration::days(43));
    let fields = [
        ("title", "冬日读书会"),
        ("number", "20240010"),
        ("phone", "13800000000"),
        ("starts", starts.as_str()),
        ("place", "大礼堂"),
        ("people", "60"),
        ("why", "引导同学多读书"),
        ("how", "分享、讨论"),
    ];
    assert_eq!(filer.post(&format!("{matter}/change"), &fields).await.status, 303);
    signers.approve(&matter).await;
    assert!(sign_up(&mut third, &page).await.location().ends_with("waiting"), "who waited was first");
    assert!(second.get(&page).await.text().contains("已报名"));
    // Sign-up has ended, and what is given up is still passed on.
    portal.app.clock.advance(Duration::days(41));
    let mut second = again(&portal, "20240101").await;
    assert_eq!(sign_up(&mut again(&portal, "20240103").await, &page).await.status, 409);
    assert_eq!(second.post(&format!("{page}/cancel"), &[]).await.status, 303);
    let mut third = again(&portal, "20240102").await;
    assert!(third.get(&page).await.text().contains("已报名"));
    assert!(third.get("/inbox").await.text().contains("候补成功"));
}

#[tokio::test]
async fn a_union_is_asked_who_was_there_where_nobody_was_checked_in() {
    let Held { stage, page, desk, mut filer, .. } = held(&[]).await;
    let portal = stage.portal;
    let mut student = student_account(&portal, 100).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    assert!(!filer.get("/").await.text().contains("登记到场"), "it is still to come");
    portal.app.clock.advance(Duration::days(41));
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let home = filer.get("/").await;
    assert!(home.text().contains("登记到场：冬日读书会"), "{}", home.text());
    assert!(home.attributes(".waiting a", "href").contains(&desk));
    let mut others = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(!others.get("/").await.text().contains("登记到场"));
    assert_eq!(filer.post(&format!("{desk}/open"), &[]).await.status, 303);
    assert_eq!(filer.post(&format!("{desk}/check-in"), &[("number", "20240100")]).await.status, 303);
    assert!(!filer.get("/").await.text().contains("登记到场"));
    assert!(again(&portal, "20240100").await.get("/").await.text().contains("评价活动：冬日读书会"));
}

#[tokio::test]
async fn gui_02_whoever_signed_up_hears_that_a_changed_activity_goes_on_or_does_not() {
    let Held { stage, page, matter, mut signers, mut filer, .. } = held(&[]).await;
    let mut student = student_account(&stage.portal, 100).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    let starts = format!("{}T19:00", stage.today + Duration::days(41));
    let change = async |filer: &mut Client, place: &str| {
        let fields = [
            ("title", "冬日读书会"),
            ("number", "20240010"),
            ("phone", "13800000000"),
            ("starts", starts.as_str()),
            ("place", place),
            ("people", "60"),
            ("why", "引导同学多读书"),
            ("how", "分享、讨论"),
        ];
        filer.post(&format!("{matter}/change"), &fields).await.status
    };
    assert_eq!(change(&mut filer, "大礼堂").await, 303);
    assert!(student.get("/inbox").await.text().contains("重新批准以后会再通知"));
    signers.approve(&matter).await;
    let inbox = student.get("/inbox").await.text();
    assert!(inbox.contains("你报名的活动恢复") && inbox.contains("大礼堂"), "where and when, anew: {inbox}");
    assert_eq!(change(&mut filer, "体育馆").await, 303);
    assert_eq!(sign(&mut signers.presidium, &matter, "refuse").await.status, 303);
    assert!(student.get("/inbox").await.text().contains("你报名的活动不举行"));
    assert_eq!(sign_up(&mut student_account(&stage.portal, 101).await, &page).await.status, 409);
}

#[tokio::test]
async fn gui_01_gui_02_nobody_is_checked_in_before_the_report_nor_once_the_approval_is_taken_back() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let large = [("people", "300"), ("safety", "疏散通道四处，校医到场")];
    let matter = applied(&mut filer, day, &large).await;
    signers.approve(&matter).await;
    let at = format!("{day}T18:00");
    assert_eq!(announce(&mut filer, &matter, &at, &[]).await.status, 303);
    let id = matter.rsplit('/').next().unwrap();
    let (page, desk) = (format!("/activities/{id}"), format!("/activity-desk/{id}"));
    let mut student = student_account(&portal, 100).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    let refused = filer.post(&format!("{desk}/open"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("须事先向学校团委报告"), "{}", refused.text());
    let report = [
        ("kind", "activity"),
        ("matter", id),
        ("title", "冬日读书会"),
        ("says", "拟举办三百人读书会"),
        ("why", "引导同学多读书"),
        ("when", "before"),
        ("at", at.as_str()),
    ];
    assert_eq!(filer.post("/prior-reports/new", &report).await.status, 303);
    assert_eq!(filer.post(&format!("{desk}/open"), &[]).await.status, 303);
    assert_eq!(signers.deputy.post(&format!("{matter}/revoke"), &[("reason", "场地检修")]).await.status, 303);
    let code: String =
        sqlx::query_scalar("select code from activity").fetch_one(&mut portal.owner().await).await.unwrap();
    let refused = student.post(&format!("{page}/here"), &[("code", code.as_str())]).await;
    assert!(refused.status == 409 && refused.text().contains("现在没有批准"), "{}", refused.text());
    let refused = filer.post(&format!("{desk}/check-in"), &[("number", "20240100")]).await;
    assert!(refused.status == 409 && refused.text().contains("现在没有批准"), "{}", refused.text());
}

#[tokio::test]
async fn whoever_was_there_is_asked_for_a_word_once_it_is_over_whatever_its_papers_say() {
    let Held { stage, page, matter, desk, mut filer, .. } = held(&[]).await;
    let portal = stage.portal;
    let mut student = student_account(&portal, 100).await;
    let mut second = student_account(&portal, 101).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303);
    assert_eq!(sign_up(&mut second, &page).await.status, 303);
    assert_eq!(filer.post(&format!("{desk}/open"), &[]).await.status, 303);
    assert_eq!(filer.post(&format!("{desk}/check-in"), &[("number", "20240100")]).await.status, 303);
    assert!(!student.get("/").await.text().contains("评价活动"), "it is not over");
    assert_eq!(filer.post(&format!("{desk}/end"), &[]).await.status, 303);
    portal.app.clock.advance(Duration::days(41));
    let mut student = again(&portal, "20240100").await;
    let mut second = again(&portal, "20240101").await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(student.get("/").await.text().contains("评价活动：冬日读书会"), "nobody noted that it began");
    assert!(!second.get("/").await.text().contains("评价活动"), "they are not on the list");
    assert!(filer.get(&desk).await.text().contains("补签"));
    assert_eq!(filer.post(&format!("{desk}/check-in"), &[("number", "20240101")]).await.status, 303);
    assert!(second.get("/").await.text().contains("评价活动：冬日读书会"));
    // What was called off asks nobody; what is closed still does.
    let mut db = portal.owner().await;
    sqlx::query("update matter set stage = 'revoked', approved_at = null").execute(&mut db).await.unwrap();
    assert!(!student.get("/").await.text().contains("评价活动"));
    sqlx::query("update matter set stage = 'approved', approved_at = filed_at").execute(&mut db).await.unwrap();
    assert_eq!(filer.post(&format!("{matter}/begin"), &[("at", "")]).await.status, 303);
    assert_eq!(filer.post(&format!("{matter}/close"), &[("summary", "两人到场。")]).await.status, 303);
    assert!(student.get("/").await.text().contains("评价活动：冬日读书会"));
    assert_eq!(student.post(&format!("{page}/rate"), &[("satisfaction", "satisfied")]).await.status, 303);
    assert!(!student.get("/").await.text().contains("评价活动"));
    portal.app.clock.advance(Duration::days(31));
    assert!(!again(&portal, "20240101").await.get("/").await.text().contains("评价活动"), "it is long ago");
}

#[tokio::test]
async fn a_college_that_is_merged_takes_its_activities_audience_along() {
    let Held { stage, mut filer, matter, page, .. } = held(&[]).await;
    let mut db = stage.portal.owner().await;
    let institution = "(select id from institution where code = 'first')";
    let made =
        format!("insert into college (id, institution_id, name) values (gen_random_uuid(), {institution}, '信息系')");
    sqlx::query(sqlx::AssertSqlSafe(made)).execute(&mut db).await.unwrap();
    let (from, into): (String, String) = {
        let id = async |db: &mut sqlx::PgConnection, name: &str| {
            sqlx::query_scalar::<_, String>(
                "select c.id::text from college c join institution i on i.id = c.institution_id
                 where c.name = $1 and i.code = 'first'",
            )
            .bind(name)
            .fetch_one(db)
            .await
            .unwrap()
        };
        (id(&mut db, "信息系").await, id(&mut db, "信息工程系").await)
    };
    let closes = format!("{}T18:00", stage.today + Duration::days(40));
    let narrow = [("only_college", from.as_str()), ("reason", "本系讲座")];
    assert_eq!(announce(&mut filer, &matter, &closes, &narrow).await.status, 303);
    let mut student = student_account(&stage.portal, 100).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 409);
    merge(&stage.portal, &from, &into).await;
    assert_eq!(sign_up(&mut student, &page).await.status, 303, "it is their college's now");
}

/// Merges a college into another as its page does.
async fn merge(portal: &Portal, from: &str, into: &str) {
    let mut registrar = portal.signed_in(OfficeKind::StudentAffairs).await;
    let page = registrar.get(&format!("/structure/college/{from}/merge?into={into}")).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let fields = [("into", into), ("seen", seen.as_str())];
    let done = registrar.post(&format!("/structure/college/{from}/merge"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
}
