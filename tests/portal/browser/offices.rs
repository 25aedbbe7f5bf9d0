//! The journeys of offices: a morning with what students asked, the yearly account, the end of a semester's reviews, and a case
//! of misconduct from the report to the decision.

use fantoccini::Locator;
use lunzhi::office::OfficeKind;

use super::{Desk, journey_after};
use crate::{
    disclosure, reviews,
    support::{
        Portal,
        sitting::{number, see_other, voter},
        vetting::{Stage, stage, student_account},
    },
    voice,
};

/// Unfolds what stands under those words.
async fn unfold(desk: &Desk, words: &str) {
    let summary = format!("(//summary[contains(., '{words}')])[1]");
    desk.browser.find(Locator::XPath(&summary)).await.unwrap().click().await.unwrap();
}

async fn path(desk: &Desk) -> String {
    desk.browser.current_url().await.unwrap().path().to_owned()
}

#[test]
fn an_office_works_through_its_morning_at_a_desk() {
    let before = async || {
        let portal = Portal::start().await;
        let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
        let [_, affairs] = voice::units(&portal, &mut league).await;
        let mut student = student_account(&portal, 40).await;
        let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
        for title in ["宿舍门禁太早", "自习室座位不够"] {
            voice::ask(&mut student, title, "named").await;
            let request = voice::first(&mut union).await;
            see_other(&voice::send(&mut union, &request, &affairs).await);
        }
        (portal, ())
    };
    journey_after(false, before, async |desk, ()| {
        desk.sign_in(OfficeKind::StudentAffairs).await;
        assert!(desk.text().await.contains("办理 2 件诉求"), "the home page leads there: {}", desk.text().await);
        desk.press("办理诉求").await;
        desk.judge("what an office has before it").await;
        assert!(desk.text().await.contains("办理中 2 件"));
        desk.press("宿舍门禁太早").await;
        desk.judge("a request before an office").await;
        desk.fill("结果", "已说明情况").await;
        desk.fill("答复", "门禁时间由学生代表大会讨论过，考试周延到二十四点。").await;
        desk.press("答复").await;
        desk.judge("answered").await;
        assert!(desk.text().await.contains("考试周延到二十四点"));
        desk.go("/voice/desk").await;
        desk.press("自习室座位不够").await;
        unfold(desk, "不属于承办单位职责").await;
        desk.fill("承办单位", "后勤管理处（水电）").await;
        desk.fill("为什么转办", "自习室由后勤管理处开放").await;
        desk.press("转办").await;
        desk.judge("sent on").await;
        desk.go("/voice/desk/figures").await;
        desk.judge("the figures of an office").await;
        desk.sign_in_as("20240040").await;
        assert!(desk.text().await.contains("确认 1 件诉求的答复"), "{}", desk.text().await);
    });
}

#[test]
fn a_league_secretary_publishes_the_yearly_account() {
    let before = async || {
        let Stage { portal, league, .. } = stage().await;
        (portal, league)
    };
    journey_after(false, before, async |desk, mut league| {
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.press("改革自评表").await;
        desk.judge("accounts, none yet").await;
        desk.press("开始填写").await;
        desk.judge("an account as the portal fills it").await;
        assert!(desk.text().await.contains("待补"), "{}", desk.text().await);
        let account = path(desk).await;
        unfold(desk, "填写备注").await;
        let remark = desk.browser.find(Locator::Css("details[open] input[name=remark]")).await.unwrap();
        remark.send_keys("见年度总结第三部分").await.unwrap();
        desk.press("保存").await;
        desk.judge("a remark is kept").await;
        assert!(desk.text().await.contains("见年度总结第三部分"));
        desk.press("签字").await;
        desk.judge("not signed while something is missing").await;
        assert!(desk.text().await.contains("项待补"), "{}", desk.text().await);
        disclosure::remark_all(&mut league, &account).await;
        desk.go(&account).await;
        desk.press("签字").await;
        desk.judge("signed once").await;
        assert!(desk.text().await.contains("已签字，待复核"));
        desk.sign_in(OfficeKind::SchoolParty).await;
        desk.go(&account).await;
        desk.press("复核签字并公开").await;
        desk.judge("published").await;
        desk.press("打印").await;
        desk.judge("the account on paper").await;
        desk.sign_in(OfficeKind::Student).await;
        desk.go("/disclosure/years").await;
        desk.judge("accounts that students read").await;
        desk.go(&account).await;
        desk.judge("an account that a student reads").await;
        assert!(desk.text().await.contains("已公开"));
        desk.go("/disclosure").await;
        desk.press("校学生会").await;
        desk.judge("a union's public page").await;
    });
}

#[test]
fn a_league_secretary_closes_the_semester() {
    let before = async || {
        let story = reviews::begun().await;
        for officer in [1, 2, 10] {
            story.report(officer).await;
        }
        let story = reviews::scored(story).await;
        let mut officer = voter(&story.portal, 1).await;
        let object = format!("/my-reviews/{}/object", story.id);
        see_other(&officer.post(&object, &[("says", "第三方面有误")]).await);
        let portal = story.portal.with(story.portal.app.clone());
        (portal, story)
    };
    journey_after(false, before, async |desk, story| {
        let review = format!("/reviews/{}", story.id);
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.press("述职评议").await;
        desk.judge("reviews").await;
        desk.go(&review).await;
        desk.judge("a review that is counted").await;
        assert!(desk.text().await.contains("待答复"));
        desk.go(&format!("{review}/people/1")).await;
        desk.judge("a result that is disputed").await;
        let today = desk.portal.app.clock.today();
        let considered = format!(
            "document.getElementById('day').value = '{today}';
             document.querySelectorAll('input[name=account]').forEach(box => {{ box.checked = true; }});"
        );
        desk.browser.execute(&considered, vec![]).await.unwrap();
        desk.fill("评议会的答复", "经复核，第三方面的评分无误").await;
        desk.press("答复").await;
        desk.judge("an objection that is answered").await;
        desk.portal.app.clock.advance(time::Duration::days(6));
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.go(&review).await;
        desk.press("办结").await;
        desk.judge("a semester that is closed").await;
        assert!(desk.text().await.contains("已办结"), "{}", desk.text().await);
        desk.press("评议结果通报").await;
        desk.judge("the results as they are told").await;
        desk.press("择优提名").await;
        desk.judge("nominations, none yet").await;
        desk.press("新的提名").await;
        desk.judge("a new nomination").await;
        desk.fill("名称", "优秀学生干部").await;
        desk.fill("依据哪一次评议", "校学生会 本学期述职评议").await;
        desk.fill("类别", "评奖评优").await;
        desk.fill("名额", "1").await;
        desk.fill("条件 1", "任职系数").await;
        desk.browser.execute("document.querySelector('#basis-1').value = 'service'", vec![]).await.unwrap();
        desk.fill("分值", "40").await;
        desk.press("下一步：看排名").await;
        desk.judge("points for a post are refused").await;
        assert!(desk.text().await.contains("不允许与其岗位简单直接挂钩"), "{}", desk.text().await);
    });
}

#[test]
fn a_case_goes_from_the_report_to_the_decision() {
    let before = async || {
        let Stage { portal, .. } = stage().await;
        for student in [10, 100] {
            drop(student_account(&portal, student).await);
        }
        (portal, ())
    };
    journey_after(false, before, async |desk, ()| {
        desk.sign_in_as("20240100").await;
        desk.press("反映问题").await;
        desk.judge("a report").await;
        desk.fill("学生会工作人员（姓名或学号）", "20240010").await;
        desk.fill("属于哪一类", "“小官僚”").await;
        desk.fill("时间、地点和经过", "11 月 20 日在活动现场对同学颐指气使").await;
        desk.browser.find(Locator::Css("input[value=confidential]")).await.unwrap().click().await.unwrap();
        desk.press("提交").await;
        desk.judge("reported").await;
        assert!(desk.text().await.contains("待受理"), "{}", desk.text().await);

        desk.sign_in(OfficeKind::SchoolLeague).await;
        assert!(desk.text().await.contains("办理 1 件违纪失范反映"));
        desk.press("违纪失范办理").await;
        desk.judge("cases").await;
        desk.press_at(Locator::Css("td[data-label='办理'] a")).await;
        desk.judge("a case that is reported").await;
        assert!(!desk.text().await.contains("学生100"), "in confidence");
        desk.press("受理").await;
        desk.judge("a case that is investigated").await;
        for (kind, says) in [("调查核实", "向在场的三位同学核实，属实"), ("听取本人陈述", "本人承认，表示道歉")]
        {
            desk.fill("记录", kind).await;
            desk.fill("查了什么、查明了什么", says).await;
            desk.press("记入").await;
        }
        desk.judge("a case that was investigated").await;
        desk.fill("处理结果", "警告").await;
        desk.fill("查明的事实和处理的依据（会告诉本人）", "经查属实，依据学生会管理办法第八条").await;
        desk.press("作出处理决定").await;
        desk.judge("a case that is decided").await;
        let case = path(desk).await;
        desk.press("处理决定书").await;
        desk.judge("the decision on paper").await;
        assert!(desk.text().await.contains("警告"));
        desk.go(&case).await;
        desk.press("送达回执").await;
        desk.judge("the receipt on paper").await;
        assert!(desk.text().await.contains("受送达人"));

        desk.sign_in_as("20240010").await;
        desk.go(&case.replace("/conduct/", "/my-case/")).await;
        desk.judge("what the officer is told").await;
        assert!(desk.text().await.contains("警告"));
        desk.press("处理决定书").await;
        desk.judge("the decision for whom it is about").await;
        assert!(desk.text().await.contains("警告"));
        desk.sign_in_as("20240100").await;
        desk.go("/reports").await;
        assert!(desk.text().await.contains("已按规定处理"), "{}", desk.text().await);
    });
}

#[test]
fn a_report_is_kept_as_a_draft_while_it_is_typed() {
    let before = async || {
        let story = reviews::begun().await;
        drop(voter(&story.portal, 1).await);
        let portal = story.portal.with(story.portal.app.clone());
        (portal, story)
    };
    journey_after(false, before, async |desk, story| {
        desk.sign_in_as(&number(1)).await;
        let own = format!("/my-reviews/{}", story.id);
        desk.go(&own).await;
        desk.fill("工作成效", "组织迎新，服务同学三百人次").await;
        let text = "return document.querySelector('main').innerText";
        desk.until("a draft is kept", text, |text| text.as_str()?.contains("已自动存草稿").then_some(())).await;
        desk.go(&own).await;
        let typed = "return [...document.querySelectorAll('textarea')].map((one) => one.value).join('')";
        let typed = desk.browser.execute(typed, vec![]).await.unwrap();
        assert_eq!(typed, serde_json::json!("组织迎新，服务同学三百人次"));
    });
}
