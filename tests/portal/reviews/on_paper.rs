//! A board that writes on paper: its sheets are typed in, a monitor who typed in none of them compares them, and only then
//! they are counted.

use lunzhi::office::OfficeKind;

use super::{OFFICERS, Story, begun};
use crate::support::{
    Client, Page,
    sitting::{number, see_other, voter, voters},
};

/// A review with reports of three officers, whose board of seven students and two offices has come and writes on paper.
async fn sits() -> Story {
    let mut story = begun().await;
    for officer in &OFFICERS[..3] {
        story.report(*officer).await;
    }
    drop(voters(&story.portal, 101..=107).await);
    let numbers: Vec<String> = (101..=107).map(number).collect();
    story.name("student", &numbers.join("\n")).await;
    story.name("affairs", "student_affairs").await;
    story.name("league", "school_league").await;
    see_other(&story.tick("confirm", &["student_affairs", "school_league"]).await);
    let mut all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    all.extend(["student_affairs", "school_league"]);
    // Nobody has made a passphrase: nothing is sealed.
    let opened = story.tick("open-on-paper", &all).await;
    assert!(see_other(&opened).ends_with("done=on-paper"));
    story
}

/// A sheet with one line for each of these persons, all of whose aspects have the same score but the first.
fn sheet<'a>(lines: &[[&'a str; 3]]) -> Vec<(&'a str, &'a str)> {
    let mut fields = Vec::new();
    for [person, first, others] in lines {
        fields.extend([("person", *person), ("score", *first)]);
        fields.extend([("score", *others); 4]);
        fields.push(("comment", ""));
    }
    fields
}

async fn type_in(story: &mut Story, number: usize, lines: &[[&str; 3]]) -> Page {
    story.act(&format!("on-paper/{number}"), &sheet(lines)).await
}

/// Says that what was typed in is what is written, as on the page that is open.
async fn same(monitor: &mut Client, compare: &str, page: &Page) -> Page {
    let closed = page.attributes("input[name=closed]", "value").pop().unwrap_or_default();
    monitor.post(compare, &[("act", "same"), ("closed", closed.as_str())]).await
}

#[tokio::test]
async fn sheets_on_paper_are_typed_in_compared_by_another_and_counted() {
    let mut story = sits().await;
    let scoring = format!("/scoring/{}", story.id);
    let mut student = voter(&story.portal, 101).await;
    let online = student.get(&format!("{scoring}/people/1")).await;
    assert!(online.status == 409 && online.text().contains("用纸质评议表评分"), "{}", online.text());
    let first = format!("{}/on-paper/1", story.path);
    let blank = story.league.get(&first).await;
    assert_eq!(blank.attributes("input[name=person]", "value").len(), 3, "who has not reported is not scored");
    assert_eq!(story.act("on-paper/10", &[]).await.status, 404, "nine have come");
    let gap = type_in(&mut story, 1, &[["1", "90", "90"], ["2", "", "85"], ["3", "80", "80"]]).await;
    assert!(gap.status == 422 && gap.text().contains("有缺项"), "{}", gap.text());
    assert_eq!(gap.attributes("input[name=score][aria-invalid]", "value"), ["", "85", "85", "85", "85"]);
    // Digits as a Chinese keyboard writes them; somebody is not scored on the second sheet.
    let next = see_other(&type_in(&mut story, 1, &[["1", "９０", "90"], ["2", "85", "85"], ["3", "80", "80"]]).await);
    assert!(next.starts_with(&format!("{}/on-paper/2", story.path)), "{next}");
    see_other(&type_in(&mut story, 2, &[["1", "80", "80"], ["2", "85", "85"], ["3", "", ""]]).await);
    for number in 3..=6 {
        see_other(&type_in(&mut story, number, &[["1", "90", "90"], ["2", "85", "85"], ["3", "80", "80"]]).await);
    }
    let board = story.league.get(&format!("{}/board", story.path)).await;
    assert!(
        board.text().contains("到会 9 人，已录入 6 张") && board.text().contains("录入第 7 张"),
        "{}",
        board.text()
    );
    let compare = format!("{scoring}/on-paper");
    let mut affairs = story.affairs.clone();
    assert_eq!(affairs.get(&compare).await.status, 409, "not while they are typed in");
    assert!(see_other(&story.act("close", &[]).await).ends_with("done=typed-all"));
    assert!(story.league.get(&story.path).await.text().contains("已录入，待核对"));

    let own = story.league.get(&compare).await;
    assert!(own.text().contains("请另一名没有录入的监票人核对"), "{}", own.text());
    let own = same(&mut story.league, &compare, &affairs.get(&compare).await).await;
    assert!(own.status == 409 && own.text().contains("不能自己核对"), "{}", own.text());
    assert_eq!(student.get(&compare).await.status, 404, "no monitor");
    let page = affairs.get(&compare).await;
    assert_eq!(page.all("section h2").iter().filter(|head| head.starts_with('第')).count(), 6);
    let second = page.all("section:nth-of-type(2) tbody tr");
    assert!(second.iter().any(|row| row.contains("80")) && second.iter().any(|row| row.contains('–')), "{second:?}");
    assert_eq!(affairs.post(&compare, &[("act", "back"), ("reason", "")]).await.status, 422);
    let back = [("act", "back"), ("reason", "第 2 张，学生1 应为 90")];
    assert!(see_other(&affairs.post(&compare, &back).await).ends_with("done=given-back"));
    see_other(&type_in(&mut story, 2, &[["1", "90", "90"], ["2", "85", "85"], ["3", "", ""]]).await);
    see_other(&story.act("close", &[]).await);
    let stale = same(&mut affairs, &compare, &page).await;
    assert!(stale.status == 409 && stale.text().contains("退回改录过"), "{}", stale.text());
    let page = affairs.get(&compare).await;
    assert!(see_other(&same(&mut affairs, &compare, &page).await).ends_with("done=counted-on-paper"));

    let page = story.league.get(&story.path).await;
    assert_eq!(page.all("td[data-label=得分]"), ["90.00", "85.00", "80.00", "–"]);
    let result = voter(&story.portal, 1).await.get(&format!("/my-reviews/{}", story.id)).await;
    assert!(result.text().contains("90.00") && result.text().contains("优秀"), "{}", result.text());
    let left: (i64, i64) =
        sqlx::query_as("select (select count(*) from review_paper), (select count(*) from review_mark)")
            .fetch_one(&mut story.portal.owner().await)
            .await
            .unwrap();
    assert_eq!(left, (0, 17), "what was typed in is gone; six sheets, of which one lacks a line");
}

#[tokio::test]
async fn two_who_type_in_at_once_do_not_write_over_each_other() {
    let mut story = sits().await;
    let first = format!("{}/on-paper/1", story.path);
    let mut other = story.league.clone();
    for client in [&mut story.league, &mut other] {
        assert_eq!(client.get(&first).await.attributes("input[name=blank]", "value"), ["yes"]);
    }
    let shown = |lines: &[[&'static str; 3]]| [sheet(lines), vec![("blank", "yes")]].concat();
    let (one, another) = (shown(&[["1", "90", "90"]]), shown(&[["1", "80", "80"]]));
    see_other(&story.act("on-paper/1", &one).await);
    see_other(&story.act("on-paper/1", &one).await);
    let late = other.post(&first, &another).await;
    assert!(late.status == 422 && late.text().contains("核对后保存为第 2 张"), "{}", late.text());
    assert_eq!(late.attributes("form[action*=on-paper]", "action"), [format!("{}/on-paper/2", story.path)]);
    let says = |page: &Page, score: &str| {
        page.attributes("input[name=score]", "value").iter().filter(|one| *one == score).count()
    };
    assert_eq!((says(&late, "80"), says(&late, "90")), (5, 0));
    see_other(&other.post(&format!("{}/on-paper/2", story.path), &another).await);
    let kept = story.league.get(&first).await;
    assert_eq!((says(&kept, "80"), says(&kept, "90")), (0, 5));
    assert!(kept.attributes("input[name=blank]", "value").is_empty());
}

#[tokio::test]
async fn whoever_took_out_a_sheet_does_not_compare_the_others() {
    let mut story = sits().await;
    let mut deputy = story.portal.signed_in(OfficeKind::DeputySecretary).await;
    let path = |number: usize| format!("{}/on-paper/{number}", story.path);
    for number in 1..=6 {
        see_other(&deputy.post(&path(number), &sheet(&[["1", "90", "90"], ["2", "85", "85"]])).await);
    }
    // A monitor who keeps the review typed in nothing: only one sheet is no more.
    see_other(&story.league.post(&path(6), &[]).await);
    see_other(&story.act("close", &[]).await);
    let compare = format!("/scoring/{}/on-paper", story.id);
    let page = story.league.get(&compare).await;
    assert_eq!(page.all("section h2").iter().filter(|head| head.starts_with('第')).count(), 5);
    let own = same(&mut story.league, &compare, &page).await;
    assert!(own.status == 409 && own.text().contains("不能自己核对"), "{}", own.text());
}

#[tokio::test]
async fn a_voided_sitting_on_paper_leaves_nothing_and_may_be_sealed_then() {
    let mut story = sits().await;
    see_other(&type_in(&mut story, 1, &[["1", "90", "90"]]).await);
    let voided = story.act("void", &[("reason", "评议表没有收齐")]).await;
    assert!(see_other(&voided).ends_with("done=voided-on-paper"), "nothing was sealed");
    let left: (i64, bool) =
        sqlx::query_as("select (select count(*) from review_paper), (select bool_or(on_paper) from review)")
            .fetch_one(&mut story.portal.owner().await)
            .await
            .unwrap();
    assert_eq!(left, (0, false));
    let (mut one, mut other) = (story.affairs.clone(), story.league.clone());
    story.make_phrase(&mut one).await;
    story.make_phrase(&mut other).await;
    let students: Vec<String> = (101..=107).map(number).collect();
    let mut all: Vec<&str> = students.iter().map(String::as_str).collect();
    all.extend(["student_affairs", "school_league"]);
    assert!(see_other(&story.tick("open", &all).await).ends_with("done=opened"));
}
