//! What an office says when it signs: a recommendation by the plan's words, and one opinion for each office that is named.

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};

use crate::support::{
    union::adopt_text,
    vetting::{Opening, Stage, agree, apply, open, say, stage, student_account, waiting},
};

#[tokio::test]
async fn elg_02_and_06_a_recommendation_says_something_of_the_person_by_the_plans_words() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 40).await;
    apply(&mut student, &round, "ordinary").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let case = waiting(&mut branch).await.remove(0);
    let path = format!("/cases/{}", case.split('.').next().unwrap());
    let silent = say(&mut branch, &case, "agree", &[("words", " ")]).await;
    for page in [branch.get(&path).await, silent] {
        assert!(page.text().contains("理想信念坚定，热爱和拥护中国共产党"), "{}", page.text());
        assert!(page.text().contains("学有余力、学业优良的学生"), "{}", page.text());
    }
    assert_eq!(waiting(&mut branch).await.len(), 1, "nothing was signed");
    agree(&mut branch, &[]).await;
    let page = league.get(&path).await.text();
    assert!(!page.contains("在推荐意见里说明"), "who agrees to it recommends nobody: {page}");
}

#[tokio::test]
async fn vet_03_each_office_of_a_step_signs_for_itself_also_where_one_body_acts_for_two() {
    let Stage { portal, college, today, .. } = stage().await;
    let (_, text) = BUILT_IN[0];
    let one = "{ act = \"同意\", by = [\"college_league\"] },";
    let two = "{ act = \"同意\", by = [\"college_league\", { name = \"辅导员\", acts = \"college_league\" }] },";
    assert_eq!(text.matches(one).count(), 1);
    adopt_text(&portal, &text.replace(one, two)).await;
    let mut first = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut first, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 40).await;
    apply(&mut student, &round, "ordinary").await;
    agree(&mut portal.signed_in(OfficeKind::ClassBranch).await, &[]).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let before = waiting(&mut first).await.remove(0);
    let path = format!("/cases/{}", before.split('.').next().unwrap());
    assert!(first.get(&path).await.text().contains("代“系（院）团组织”签署"));
    assert_eq!(say(&mut first, &before, "agree", &[]).await.status, 303);
    assert!(waiting(&mut party).await.is_empty(), "one of two has spoken");

    // Whoever spoke for the one does not speak for the other.
    let after = waiting(&mut first).await.remove(0);
    assert_ne!(after, before);
    let page = first.get(&path).await.text();
    assert!(page.contains("你不能办理这一件") && page.contains("不能再签另一单位的意见"), "{page}");
    assert_eq!(say(&mut first, &after, "agree", &[]).await.status, 409);
    let mut db = portal.owner().await;
    let mut other = portal.signed_in_beside(OfficeKind::CollegeLeague, "counsellor", "辅导员甲").await;
    let stale = say(&mut other, &before, "agree", &[]).await;
    assert!(stale.status == 409 && stale.text().contains("的意见已签署或收回"), "{}", stale.text());
    assert!(other.get("/vetting").await.text().contains("同意（辅导员）"));
    assert!(other.get(&path).await.text().contains("代“辅导员”签署"));
    assert_eq!(say(&mut other, &after, "agree", &[]).await.status, 303);
    assert_eq!(waiting(&mut party).await.len(), 1, "both have spoken");

    // The last opinion is taken back, and the one before it stands.
    assert_eq!(other.post(&format!("{path}/take-back"), &[]).await.status, 303);
    assert!(waiting(&mut party).await.is_empty());
    assert_eq!(waiting(&mut other).await, std::slice::from_ref(&after));
    assert_eq!(say(&mut other, &after, "agree", &[]).await.status, 303);
    let twice =
        "insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, by_account, at)
                 select gen_random_uuid(), case_id, step, visit, body, office, act, verdict, says, by_account, at
                 from vetting_opinion where body = 'college_league' and place = 0";
    let error = sqlx::query(twice).execute(&mut db).await.unwrap_err();
    let constraint = error.as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
    assert_eq!(constraint.as_deref(), Some("vetting_opinion_once"), "an office speaks once: {error}");
    agree(&mut party, &[]).await;
    let page = party.get(&path).await.text();
    assert!(page.contains("辅导员（") && page.contains("系（院）团组织（"), "each by its name: {page}");
    let form = party.get(&format!("{path}/form")).await.text();
    assert!(form.contains("辅导员甲"), "each has its block: {form}");
}
