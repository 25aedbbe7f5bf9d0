//! The everyday work of a union in a browser: an activity from its application to its summary, a sign-up and a check-in on a
//! phone, a morning's requests before the deputy secretary, and the calendar of the year.

use lunzhi::office::OfficeKind;
use serde_json::json;
use time::{Date, Duration};

use super::{Desk, journey_after};
use crate::{
    matters::{Signers, applied},
    support::{
        Client, Portal,
        vetting::{Stage, stage, student_account},
    },
};

/// Fills a field for a day and a time: how its keys are typed depends on the machine's language.
async fn fill_moment(desk: &Desk, id: &str, value: &str) {
    let script = "document.getElementById(arguments[0]).value = arguments[1]";
    desk.browser.execute(script, vec![json!(id), json!(value)]).await.unwrap();
}

/// A union under the rules, those who sign for it, and today.
async fn signed_for() -> (Portal, (Signers, Date)) {
    let Stage { portal, today, .. } = stage().await;
    let signers = Signers::of(&portal).await;
    (portal, (signers, today))
}

#[test]
fn a_department_files_an_activity_and_closes_it_with_a_summary() {
    journey_after(false, signed_for, async |desk, (mut signers, today)| {
        desk.sign_in(OfficeKind::SchoolUnion).await;
        desk.press("四类事项审核").await;
        desk.judge("controlled matters, none yet").await;
        desk.go("/matters/new?kind=activity").await;
        desk.judge("the application of an activity").await;
        desk.fill("名称", "冬日读书会").await;
        desk.fill("申请部门", "办公室").await;
        desk.fill("负责人（姓名或学号）", "20240010").await;
        desk.fill("联系电话", "13800000000").await;
        fill_moment(desk, "starts", &format!("{}T19:00", today + Duration::days(40))).await;
        desk.fill("地点", "图书馆报告厅").await;
        desk.fill("参加人数", "许多").await;
        desk.fill("目的意义", "引导同学多读书").await;
        desk.fill("过程和安排", "分享、讨论、交换书籍").await;
        desk.fill("经费预算", "横幅 120.50").await;
        desk.press("提交申请").await;
        desk.judge("the application with its fault").await;
        assert!(desk.text().await.contains("应为 1 至 100000 的整数"));
        desk.fill("参加人数", "60").await;
        desk.press("提交申请").await;
        desk.judge("an application that was filed").await;
        let matter = desk.browser.current_url().await.unwrap().path().to_owned();
        signers.approve(&matter).await;
        desk.go(&matter).await;
        desk.judge("an application that was approved").await;
        desk.press("已开展").await;
        desk.judge("an activity that has begun").await;
        desk.fill("横幅：实支（元）", "118.80").await;
        desk.fill("横幅：单据号", "票据 0231").await;
        desk.press("保存决算").await;
        desk.fill("做了什么、多少人参加、效果和问题", "六十人参加，交换书籍一百册。").await;
        desk.press("提交总结，办结").await;
        desk.judge("an activity that is closed").await;
        assert!(desk.text().await.contains("已办结"));
        desk.press("活动申请表").await;
        desk.judge("the paper of the activity").await;
        desk.go("/year-papers").await;
        desk.press("年度经费决算").await;
        desk.judge("the settlement of a year").await;
        assert!(desk.text().await.contains("实支合计 118.80 元"));
        desk.press("提交").await;
        desk.judge("the settlement that was handed in").await;
        assert!(desk.text().await.contains("已提交。"));
    });
}

/// An activity for which students sign up, with those who hold it and its pages.
async fn announced() -> (Portal, (Client, String, String)) {
    let (portal, (mut signers, today)) = signed_for().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let day = today + Duration::days(40);
    let matter = applied(&mut filer, day, &[]).await;
    signers.approve(&matter).await;
    let desk = matter.replace("/matters/", "/activity-desk/");
    let closes = format!("{}T18:00", day - Duration::DAY);
    let fields = [("purpose", "culture"), ("places", "1"), ("closes", closes.as_str())];
    assert_eq!(filer.post(&format!("{desk}/announce"), &fields).await.status, 303);
    student_account(&portal, 100).await;
    (portal, (filer, desk, matter.replace("/matters/", "/activities/")))
}

#[test]
fn a_student_signs_up_and_checks_in_on_a_phone() {
    journey_after(true, announced, async |desk, (mut filer, holders, page)| {
        desk.sign_in_as("20240100").await;
        desk.press("活动报名").await;
        desk.judge("activities on a phone").await;
        desk.press("冬日读书会").await;
        desk.judge("an activity on a phone").await;
        // A thumb taps twice: it is sent once.
        desk.leave().await;
        let taps = "let sent = 0;
                    document.addEventListener('submit', (event) => sent += event.defaultPrevented ? 0 : 1);
                    const button = document.querySelector(\"form[action$='/sign-up'] button\");
                    button.click();
                    button.click();
                    return sent";
        assert_eq!(desk.browser.execute(taps, vec![]).await.unwrap(), json!(1));
        desk.arrive().await;
        assert!(desk.text().await.contains("报名成功"));
        desk.judge("signed up").await;
        assert_eq!(filer.post(&format!("{holders}/open"), &[]).await.status, 303);
        let code: String =
            sqlx::query_scalar("select code from activity").fetch_one(&mut desk.portal.owner().await).await.unwrap();
        // Where a phone comes to that read the code on the wall.
        desk.go(&format!("{page}/here?code={code}")).await;
        desk.judge("about to check in").await;
        desk.press("签到").await;
        assert!(desk.text().await.contains("签到成功"));
        assert_eq!(filer.post(&format!("{holders}/end"), &[]).await.status, 303);
        desk.go(&page).await;
        desk.press("满意").await;
        desk.judge("rated in two taps").await;
        assert!(desk.text().await.contains("谢谢你的评价"));
        desk.go("/calendar?view=month").await;
        desk.judge("a month on a phone").await;
        desk.go("/calendar").await;
        desk.judge("the list of the year on a phone").await;
    });
}

/// Three applications that wait for the deputy secretary, one of them urgent.
async fn before_the_deputy() -> (Portal, ()) {
    let (portal, (mut signers, today)) = signed_for().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let later = today + Duration::days(40);
    for (title, day, urgent) in
        [("冬日读书会", later, ""), ("元旦晚会", today + Duration::days(2), "场地临时调整"), ("趣味运动会", later, "")]
    {
        let matter = applied(&mut filer, day, &[("title", title), ("urgent", urgent)]).await;
        for signer in [&mut signers.presidium, &mut signers.guide] {
            let done = crate::matters::sign(signer, &matter, "agree").await;
            assert_eq!(done.status, 303, "{}", done.text());
        }
    }
    (portal, ())
}

#[test]
fn the_deputy_secretary_works_through_a_mornings_requests() {
    journey_after(false, before_the_deputy, async |desk, ()| {
        desk.sign_in(OfficeKind::DeputySecretary).await;
        assert!(desk.text().await.contains("签署 3 件四类事项的意见") && desk.text().await.contains("其中有加急的"));
        for (title, word) in [("元旦晚会", "退回修改"), ("趣味运动会", "同意"), ("冬日读书会", "不同意")]
        {
            desk.go("/matters").await;
            desk.judge("a morning's requests").await;
            desk.press(title).await;
            desk.judge("a request before the deputy secretary").await;
            desk.fill("结果", word).await;
            desk.fill("意见（退回、不同意的须写明原因）", "按学生会管理办法").await;
            desk.press("签署").await;
            desk.judge("a request that was signed").await;
        }
        desk.go("/").await;
        assert!(!desk.text().await.contains("四类事项的意见"), "nothing is left");
        desk.go("/calendar?view=month").await;
        desk.judge("a month at a desk").await;
    });
}
