//! Questionnaires that are made, answered and over.

use lunzhi::office::OfficeKind;
use time::Duration;

use super::{Client, Page, Portal, vetting::student_account};

/// What a union types for a questionnaire that runs from now on for ten days.
pub fn setup(portal: &Portal, anonymous: &str) -> Vec<(&'static str, String)> {
    let now = portal.app.clock.now().to_offset(time::macros::offset!(+8));
    let at = |moment: time::OffsetDateTime| format!("{}T{:02}:{:02}", moment.date(), moment.hour(), moment.minute());
    vec![
        ("title", "食堂满意度调研".to_owned()),
        ("purpose", "结果交后勤管理处".to_owned()),
        ("anonymous", anonymous.to_owned()),
        ("opens_at", at(now - Duration::minutes(1))),
        ("closes_at", at(now + Duration::days(10))),
    ]
}

/// Makes a draft of it, with what else is typed.
pub async fn draft(portal: &Portal, union: &mut Client, anonymous: &str, more: &[(&str, &str)]) -> Page {
    let own = setup(portal, anonymous);
    let mut fields: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend_from_slice(more);
    union.post("/surveys", &fields).await
}

/// A question of each kind.
pub const QUESTIONS: [&[(&str, &str)]; 5] = [
    &[("kind", "single"), ("says", "在哪里吃午饭"), ("options", "一食堂\n二食堂\n校外")],
    &[("kind", "several"), ("says", "先改进什么"), ("options", "菜价\n口味\n排队"), ("most", "2")],
    &[("kind", "scale"), ("says", "总体满意程度")],
    &[("kind", "order"), ("says", "想要哪种窗口"), ("options", "套餐\n轻食")],
    &[("kind", "text"), ("says", "还想说什么"), ("required", "no")],
];

/// A questionnaire with a question of each kind, open to students; gives its path.
pub async fn opened(portal: &Portal, union: &mut Client, anonymous: &str, more: &[(&str, &str)]) -> String {
    let made = draft(portal, union, anonymous, more).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let path = made.location().split("/desk").next().unwrap().to_owned();
    for question in QUESTIONS {
        let added = union.post(&format!("{path}/questions"), question).await;
        assert_eq!(added.status, 303, "{}", added.text());
    }
    let open = union.post(&format!("{path}/open"), &[]).await;
    assert_eq!(open.status, 303, "{}", open.text());
    path
}

/// What a student answers: lunch in that place, and a word.
fn answers<'a>(lunch: &'a str, says: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("q1", lunch), ("q2", "1"), ("q2", "3"), ("q3", "4"), ("q4", "2"), ("q4", "1"), ("q5", says)]
}

/// Hands that in.
pub async fn answer(student: &mut Client, path: &str, lunch: &str, says: &str) -> Page {
    student.post(&format!("{path}/answer"), &answers(lunch, says)).await
}

/// Students from the number on answer, each with a word of their own.
pub async fn many(portal: &Portal, path: &str, first: u32, count: u32, lunch: &str) {
    for number in first..first + count {
        let mut student = student_account(portal, number).await;
        let done = answer(&mut student, path, lunch, &format!("意见甲{number}乙")).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
}

/// The time of questionnaires is over: the union's office, signed in anew.
pub async fn ended(portal: &Portal) -> Client {
    portal.app.clock.advance(Duration::days(11));
    portal.signed_in(OfficeKind::SchoolUnion).await
}

/// A number from the database.
pub async fn number(portal: &Portal, query: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned())).fetch_one(&mut portal.owner().await).await.unwrap()
}
