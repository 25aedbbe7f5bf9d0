//! What rests on the results of a review: nominations by service and contribution, in the order of the results, never by a post;
//! what a board member who leaves changes; an opening over two portals; and the papers of a review.

use std::fmt::Write as _;

use lunzhi::office::OfficeKind;
use time::Duration;

use super::{Story, begun, open, scored};
use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, FIRST, PASSWORD, Page,
        sitting::{number, see_other, voter},
    },
};

/// A review whose three officers have 90, 85 and 80 points, settled.
async fn settled() -> Story {
    let (mut story, mut members, phrases) = open(101..=107).await;
    for member in &mut members {
        for person in 1..=3 {
            let score = (95 - 5 * person).to_string();
            see_other(&story.score(member, person, [&score; 5], "").await);
        }
    }
    see_other(&story.act("close", &[]).await);
    let (mut affairs, mut league) = (story.affairs.clone(), story.league.clone());
    see_other(&story.phrase(&mut affairs, &phrases[0]).await);
    see_other(&story.phrase(&mut league, &phrases[1]).await);
    story.portal.app.clock.advance(Duration::days(6));
    story.league = story.portal.signed_in(OfficeKind::SchoolLeague).await;
    see_other(&story.act("settle", &[]).await);
    story
}

/// Begins a nomination for one place by these criteria, each with what it looks at.
async fn begin(league: &mut Client, review: &str, criteria: &[(&str, &str)]) -> Page {
    let mut fields = vec![("review", review), ("title", "优秀学生干部"), ("kind", "award"), ("seats", "1")];
    for (criterion, basis) in criteria {
        fields.extend([("criterion", *criterion), ("basis", *basis), ("points", "30")]);
    }
    league.post("/nominations/new", &fields).await
}

#[tokio::test]
async fn rev_03_a_share_is_read_with_its_sign() {
    let Story { portal, .. } = begun().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut fields = vec![("weight", "２０%"); 5];
    fields.extend([("most", "100"), ("excellent", "90分"), ("good", "75"), ("satisfactory", "60")]);
    fields.extend([("ceiling", "３０％"), ("days", "5")]);
    let kept = league.post_on("/reviews/scheme", &fields).await;
    assert!(kept.text().contains("优秀不超过 30%"), "{}", kept.text());
}

#[tokio::test]
async fn rev_04_criteria_look_at_service_or_contribution() {
    let mut story = settled().await;
    let without = begin(&mut story.league, &story.id, &[("评议得分", "result")]).await;
    assert_eq!(without.status, 409);
    let text = without.text();
    assert!(text.contains("条件里没有服务，也没有贡献"), "{text}");
    assert!(text.contains("建立以服务和贡献为导向的激励机制"), "the clause is quoted: {text}");
    let empty = begin(&mut story.league, &story.id, &[]).await;
    assert!(empty.status == 422 && empty.text().contains("请至少写一项条件"), "{}", empty.text());
    let list = see_other(&begin(&mut story.league, &story.id, &[("志愿服务时长", "service")]).await);
    assert!(story.league.get(&list).await.text().contains("志愿服务时长（服务，30 分）"));
}

#[tokio::test]
async fn rev_05_nominees_are_taken_by_their_results_or_with_a_reason() {
    let mut story = settled().await;
    let list = see_other(&begin(&mut story.league, &story.id, &[("志愿服务时长", "service")]).await);
    let first = [("person", "1"), ("of", "1"), ("ground", "组织迎新 60 小时")];
    let two = [&first[..], &[("person", "2"), ("of", "2"), ("ground", "值班 40 小时")]].concat();
    let many = story.league.post(&list, &two).await;
    assert!(many.status == 409 && many.text().contains("名额 1 个，选了 2 人"), "{}", many.text());
    let unknown = story.league.post(&list, &[("person", "4"), ("of", "4"), ("ground", "没有述职")]).await;
    assert_ne!(unknown.status, 303, "nobody is nominated without a result");
    let second = [("person", "2"), ("of", "2"), ("ground", "值班 40 小时")];
    let passed_over = story.league.post(&list, &second).await;
    assert_eq!(passed_over.status, 422);
    assert!(passed_over.fault("没有按次序提名的理由").contains("评议结果更好"), "{}", passed_over.text());
    see_other(&story.league.post(&list, &first).await);
    assert!(story.league.get(&list).await.text().contains("已确定"));
    assert_eq!(story.league.post(&list, &first).await.status, 409, "once");
    let mut officer = story.portal.signed_in(OfficeKind::Student).await;
    assert_eq!(officer.get(&list).await.status, 403, "results are not everybody's");
}

#[tokio::test]
async fn rev_05_nobody_nominates_by_the_results_of_their_own_review() {
    let mut story = settled().await;
    let list = see_other(&begin(&mut story.league, &story.id, &[("志愿服务时长", "service")]).await);
    // An officer who works in the office that nominates.
    drop(voter(&story.portal, 1).await);
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'school_league', '2024-09-01', story_now() from account where number = $1",
    )
    .bind(number(1))
    .execute(&mut story.portal.owner().await)
    .await
    .unwrap();
    let mut clerk = story.portal.visitor();
    clerk.sign_in(FIRST, &number(1), PASSWORD).await;
    let fields = [("person", "1"), ("of", "1"), ("ground", "组织迎新 60 小时")];
    let refused = clerk.post(&list, &fields).await;
    assert!(refused.status == 409 && refused.text().contains("你也在这次评议里述职"), "{}", refused.text());
    see_other(&story.league.post(&list, &fields).await);
}

#[tokio::test]
async fn rev_06_no_points_for_a_post_behind_whatever_words() {
    let mut story = settled().await;
    for tied in ["任职系数", "主席团成员", "岗位·基础分", "办公室", "任职年限×服务"] {
        let criteria = [("志愿服务时长", "service"), (tied, "contribution")];
        let refused = begin(&mut story.league, &story.id, &criteria).await;
        assert_eq!(refused.status, 409, "{tied}");
        let text = refused.text();
        assert!(text.contains("不允许与其岗位简单直接挂钩") && text.contains(tied), "{text}");
    }
    // A column for each post is as many criteria of posts.
    let columns =
        [("主席团成员", "other"), ("部门负责人", "other"), ("部门工作人员", "other"), ("志愿时长", "service")];
    assert_eq!(begin(&mut story.league, &story.id, &columns).await.status, 409);
    let kept: i64 =
        sqlx::query_scalar("select count(*) from nomination").fetch_one(&mut story.portal.owner().await).await.unwrap();
    assert_eq!(kept, 0, "nothing is written");
}

#[tokio::test]
async fn rev_01_a_member_who_leaves_in_mid_review_leaves_what_was_scored() {
    let (mut story, mut members, phrases) = open(101..=107).await;
    see_other(&story.score(&mut members[0], 1, ["60"; 5], "").await);
    sqlx::query("update account set disabled_at = story_now() where number = $1")
        .bind(number(101))
        .execute(&mut story.portal.owner().await)
        .await
        .unwrap();
    let gone = story.score(&mut members[0], 2, ["60"; 5], "").await;
    let sheets: i64 = sqlx::query_scalar("select count(*) from review_sheet")
        .fetch_one(&mut story.portal.owner().await)
        .await
        .unwrap();
    assert_eq!(sheets, 1, "whoever left scores nobody any more: {}", gone.status);
    for member in &mut members[1..] {
        for person in 1..=3 {
            see_other(&story.score(member, person, ["90"; 5], "").await);
        }
    }
    see_other(&story.act("close", &[]).await);
    let (mut affairs, mut league) = (story.affairs.clone(), story.league.clone());
    see_other(&story.phrase(&mut affairs, &phrases[0]).await);
    assert!(see_other(&story.phrase(&mut league, &phrases[1]).await).ends_with("done=counted"));
    // Six sheets of 90 and one of 60: 600 / 7.
    let scores = story.league.get(&story.path).await.all("td[data-label=得分]");
    assert!(scores.contains(&"85.71".to_owned()) && scores.contains(&"90.00".to_owned()), "{scores:?}");
}

#[tokio::test]
async fn sheets_are_opened_at_one_portal_and_at_another_once_that_one_ends() {
    let (mut story, members, phrases) = open(101..=107).await;
    let other = story.portal.restarted();
    for (turn, member) in members.iter().enumerate() {
        // By turns: the sheets are in the database.
        let mut member = if turn % 2 == 0 { member.clone() } else { member.at(&other) };
        for person in 1..=3 {
            see_other(&story.score(&mut member, person, ["92"; 5], "").await);
        }
    }
    see_other(&story.act("close", &[]).await);
    let (mut here, mut there) = (story.affairs.clone(), story.league.at(&other));
    see_other(&story.phrase(&mut here, &phrases[0]).await);
    let elsewhere = story.phrase(&mut there, &phrases[1]).await;
    assert!(elsewhere.status == 409 && elsewhere.text().contains("另一台服务器"), "{}", elsewhere.text());
    // The portal is stopped: what it held is gone, and the other need not wait to find out.
    lunzhi::reviews::stop(&story.portal.app.reviews).await.unwrap();
    assert!(see_other(&story.phrase(&mut there, &phrases[1]).await).ends_with("done=given"));
    let mut affairs = story.affairs.at(&other);
    assert!(see_other(&story.phrase(&mut affairs, &phrases[0]).await).ends_with("done=counted"));
}

#[tokio::test]
async fn rev_01_an_objection_is_the_boards_to_answer() {
    let story = begun().await;
    for officer in [1, 2, 10] {
        story.report(officer).await;
    }
    let mut story = scored(story).await;
    let own = format!("/my-reviews/{}", story.id);
    let mut officer = voter(&story.portal, 1).await;
    // Until when it can be said stands where it is said, and in the list.
    assert!(officer.get(&own).await.text().contains("以前（含当日）可以提出，每人一次"));
    assert!(officer.get("/my-reviews").await.text().contains("对结果有异议的，"));
    see_other(&officer.post(&format!("{own}/object"), &[("says", "第三方面有误")]).await);
    let nobody = story.answer(0, "good").await;
    assert_eq!((nobody.status, nobody.text().contains("请勾选参加复议的成员")), (422, true));
    assert_eq!(nobody.field("复议日期"), story.today.to_string(), "what was typed is kept");
    let (day, id) = (story.today.to_string(), story.id.clone());
    let of_nobody =
        |account| [("answer", "对照评议表核对"), ("grade", ""), ("day", day.as_str()), ("account", account)];
    let (unread, strange) = (of_nobody("甲"), of_nobody(id.as_str()));
    assert_eq!(story.act("people/1/answer", &unread).await.status, 400, "nobody ticked is passed over");
    let strange = story.act("people/1/answer", &strange).await;
    assert!(strange.status == 409 && strange.text().contains("有的不在评议会"), "{}", strange.text());
    let few = story.answer(4, "good").await;
    assert!(few.status == 409 && few.text().contains("没有过半数"), "{}", few.text());
    let students = story.answer(7, "good").await;
    assert!(students.status == 409 && students.text().contains("评议会没有"), "both offices: {}", students.text());
    assert!(officer.get(&own).await.text().contains("等待评议会答复"));
    see_other(&story.answer(9, "excellent").await);
    let page = officer.get(&own).await.text();
    assert!(page.contains("评议会 9 人") && page.contains("对照评议表核对"), "{page}");
    assert!(!page.contains("等次已更正"), "it was that grade before: {page}");
    assert_eq!(story.answer(9, "good").await.status, 409, "once");
}

#[tokio::test]
async fn the_papers_of_a_review_are_the_same_on_the_page_and_in_word() {
    let story = begun().await;
    for officer in [1, 2, 10] {
        story.report(officer).await;
    }
    let mut story = scored(story).await;
    let mut all = String::new();
    for paper in ["people/1/report", "sheet", "notice", "summary"] {
        let path = format!("{}/{paper}", story.path);
        let page = story.league.get(&path).await;
        assert_eq!(page.status, 200, "{paper}: {}", page.text());
        let shown = outline(&story.league.get(&format!("{path}.docx")).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {paper}\n{}", undated(&shown)).unwrap();
    }
    assert_snapshot("review_papers", &all);
    let links = story.league.get(&story.path).await.attributes("main a", "href");
    for paper in ["sheet", "notice", "summary", "summary.xlsx"] {
        assert!(links.contains(&format!("{}/{paper}", story.path)), "{paper}: {links:?}");
    }
    let mut student = story.portal.signed_in(OfficeKind::Student).await;
    assert_eq!(student.get(&format!("{}/summary", story.path)).await.status, 403, "scores are not announced");
}
