//! Rounds: what they promise, and how they end.

use lunzhi::{office::OfficeKind, rules::plan::Body};
use time::Duration;

use crate::support::{
    FIRST, Portal,
    vetting::{
        Opening, Stage, agree, apply, assert_counted, open, opening, pairs, say, stage, student_account, try_open,
        waiting,
    },
};

#[tokio::test]
async fn two_rounds_cannot_promise_the_same_place_and_the_refusal_says_who_holds_it() {
    let Stage { mut league, school, today, .. } = stage().await;
    // 办公室 has two heads and two staff: of six, two are left.
    open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    let refused = try_open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "2", today)).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    for part in ["其他轮次已留出", "工作人员不超过6人", "减少名额", "学生10"] {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
    open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    let page = league.get(&format!("/rounds/new?union={}&places=members", school.rsplit('/').next().unwrap())).await;
    assert!(page.text().contains("其他轮次已留 2"), "both are shown before one asks");
}

#[tokio::test]
async fn rounds_opened_at_once_promise_no_place_twice() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let fields = opening(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (mut league, fields) = (league.clone(), fields.clone());
            tokio::spawn(async move { league.post("/rounds/new", &pairs(&fields)).await.status })
        })
        .collect();
    let (mut opened, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            303 => opened += 1,
            409 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((opened, refused), (2, 14), "two heads and two staff leave two places of six");
    drop(portal);
}

#[tokio::test]
async fn a_new_term_takes_the_places_of_the_old_one() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let opening = Opening { purpose: "term", ..Opening::staff("综合部 部门工作人员", "3", today) };
    let round = open(&mut league, &college, today, &opening).await;
    // One of the three who serve stands again, one is new.
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    for number in [30, 140] {
        let mut student = student_account(&portal, number).await;
        apply(&mut student, &round, "ordinary").await;
        agree(&mut branch, &[]).await;
        agree(&mut league, &[]).await;
        agree(&mut party, &[]).await;
    }
    let page = league.get(&format!("{round}/outcome")).await;
    assert!(page.text().contains("同日任满离职（2 人）"), "{}", page.text());
    let chosen = page.attributes("tbody input[name=case]", "value");
    let from = (today + Duration::days(10)).to_string();
    let mut fields = vec![("from", from.as_str()), ("ground", "系团总支〔2026〕9号")];
    fields.extend(chosen.iter().map(|case| ("case", case.as_str())));
    assert_eq!(league.post(&format!("{round}/outcome"), &fields).await.status, 422, "who leaves is looked at first");
    fields.push(("replace", "yes"));
    let done = league.post(&format!("{round}/outcome"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    portal.app.clock.advance(Duration::days(11));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let people = league.get(&college).await.all("td[data-label='姓名']");
    assert!(people.contains(&"学生140".to_owned()) && people.contains(&"学生30".to_owned()), "{people:?}");
    assert!(!people.contains(&"学生31".to_owned()), "{people:?}");
}

#[tokio::test]
async fn who_leaves_the_university_and_a_round_that_ends_leave_no_case_open() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut gone = student_account(&portal, 141).await;
    apply(&mut gone, &round, "ordinary").await;
    let mut stays = student_account(&portal, 142).await;
    let application = apply(&mut stays, &round, "ordinary").await;
    sqlx::query("update student set left_on = story_day(), left_why = 'withdrawn' where number = '20240141'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert_eq!(waiting(&mut branch).await.len(), 1);
    let seen = waiting(&mut branch).await.remove(0);
    assert_eq!(league.post(&format!("{round}/end"), &[("why", "本学期不再增补"), ("sure", "yes")]).await.status, 303);
    let late = say(&mut branch, &seen, "agree", &[]).await;
    assert!(late.status == 409 && late.text().contains("已终止"), "{}", late.text());
    assert!(stays.get(&application).await.text().contains("本学期不再增补"));
    assert!(stays.get("/inbox").await.text().contains("随之终止"));
    assert!(league.post(&format!("{round}/end"), &[("why", "x")]).await.status == 303, "once more changes nothing");
    assert_counted(&portal).await;
}

#[tokio::test]
async fn graduates_apply_to_their_own_union_where_the_school_has_one() {
    let Stage { portal, mut league, school, college, today } = stage().await;
    sqlx::query("update major set level = 'graduate'").execute(&mut portal.owner().await).await.unwrap();
    let of_school = open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "2", today)).await;
    let mut office = portal.signed_in(OfficeKind::CollegeLeague).await;
    let of_college = open(&mut office, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut student = student_account(&portal, 140).await;
    let offered = |round: &str| format!("/apply/{}", round.rsplit('/').next().unwrap());
    let listed = student.get("/apply").await.attributes(".rounds a", "href");
    assert!(listed.contains(&offered(&of_school)) && listed.contains(&offered(&of_college)), "one union for all");

    sqlx::query(
        "insert into student_union (id, institution_id, kind, created_at)
         select gen_random_uuid(), id, 'graduate', story_now() from institution where code = $1",
    )
    .bind(FIRST)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let listed = student.get("/apply").await.attributes(".rounds a", "href");
    assert_eq!(listed, [offered(&of_college)], "a college has one union for all its students");
    let home = student.get("/").await.attributes("main a", "href");
    assert!(!home.contains(&offered(&of_school)), "{home:?}");
    let page = student.get(&offered(&of_school)).await;
    let says = "你是研究生。本校设有校研究生会，研究生报名校研究生会；校学生会由本科生、专科生报名";
    assert!(page.text().contains(says) && page.all("input[name=place]").is_empty(), "{}", page.text());
    assert!(!page.text().contains("可以核对的条件你都符合"), "who is led here by a link is not led to hope");
    sqlx::query("update major set level = 'undergraduate'").execute(&mut portal.owner().await).await.unwrap();
    let listed = student.get("/apply").await.attributes(".rounds a", "href");
    assert!(listed.contains(&offered(&of_school)), "an undergraduate goes to the school's as before");
    // The form was open when the register was put right.
    let asked = student.get(&offered(&of_school)).await;
    let place = asked.attributes("input[name=place]", "value").remove(0);
    sqlx::query("update major set level = 'graduate'").execute(&mut portal.owner().await).await.unwrap();
    let fields = [
        ("place", place.as_str()),
        ("source", "ordinary"),
        ("field", "志愿服务"),
        ("statement", "我愿意用课余时间服务同学，做好每一件小事，认真完成分配的工作。"),
        ("experience", "班级学习委员"),
        ("pledge", "yes"),
    ];
    let refused = student.upload(&offered(&of_school), &fields, None).await;
    assert!(refused.status == 422 && refused.text().contains(says), "{}", refused.text());
    assert_counted(&portal).await;
}

#[tokio::test]
async fn a_promised_place_is_not_given_away_past_the_round() {
    let Stage { mut league, school, today, .. } = stage().await;
    open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "2", today)).await;
    let refused =
        crate::support::union::appoint(&mut league, &school, 66, "staff", "办公室", today + Duration::days(12)).await;
    assert!(refused.status == 409 && refused.text().contains("其他轮次已留出"), "{}", refused.text());
    // The presidium's rounds know of each other too.
    let presidium = |seats| Opening {
        places: "presidium",
        label: "主席团候选人",
        purpose: "supplement",
        ..Opening::staff("", seats, today)
    };
    open(&mut league, &school, today, &presidium("2")).await;
    assert_eq!(try_open(&mut league, &school, today, &presidium("2")).await.status, 409, "four sit, one is promised");
}

#[tokio::test]
async fn the_bodies_of_the_chains_are_called_the_same_by_program_and_database() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for body in [Body::SchoolParty, Body::CollegeLeague, Body::ClassBranch, Body::DelegateParty] {
        let word = serde_json::to_value(body).unwrap();
        assert_eq!(word, body.slug());
        let chain = serde_json::json!({"links": [{"by": []}, {"by": [{"body": body.slug(), "name": "x"}]}]});
        let (has, first): (bool, Option<i32>) = sqlx::query_as("select step_has($1, 1, $2), first_step($1, $2)")
            .bind(&chain)
            .bind(body.slug())
            .fetch_one(&mut db)
            .await
            .unwrap();
        assert_eq!((has, first), (true, Some(1)));
    }
}

#[tokio::test]
async fn vet_03_the_next_opinion_waits_for_the_interview_that_the_plan_puts_before_it() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    assert_eq!(league.get(&format!("{round}/steps")).await.status, 404, "this plan's chain has opinions alone");
    sqlx::query("update vetting_round set chain = jsonb_set(chain, '{others}', $2) where id = $1::uuid")
        .bind(round.rsplit('/').next().unwrap())
        .bind(serde_json::json!([
            { "after": 0, "kind": "application", "says": "本人申请", "days": null },
            { "after": 1, "kind": "interview", "says": "面试", "days": null },
        ]))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut student = student_account(&portal, 40).await;
    apply(&mut student, &round, "ordinary").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    agree(&mut branch, &[]).await;
    let case = waiting(&mut league).await.remove(0);
    let early = say(&mut league, &case, "agree", &[]).await;
    assert_eq!(early.status, 409, "{}", early.text());
    assert!(
        early.text().contains("“面试”，本轮还没有登记办完") && !early.all(".clause p").is_empty(),
        "{}",
        early.text()
    );

    assert!(league.get("/").await.text().contains("登记秋季招新的“面试”"));
    let steps = format!("{round}/steps");
    assert_eq!(branch.get(&steps).await.status, 403, "who opened the round says so");
    let page = league.get(&steps).await;
    assert_eq!(page.all(".chain .chain-by"), ["本人报名就是，不用登记", "还没有登记"]);
    let place = page.attributes("input[name=place]", "value").remove(0);
    let tomorrow = (today + Duration::days(1)).to_string();
    let unfit = league.post(&steps, &[("place", place.as_str()), ("from", &tomorrow)]).await;
    assert_eq!((unfit.status, unfit.field("哪一天（几天的填首日）")), (422, tomorrow));
    let day = today.to_string();
    let known = league.post(&steps, &[("place", "0"), ("from", &day)]).await;
    assert!(known.status == 409 && known.text().contains("不用登记"), "{}", known.text());
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (mut league, steps, place, day) = (league.clone(), steps.clone(), place.clone(), day.clone());
            tokio::spawn(async move { league.post(&steps, &[("place", &place), ("from", &day)]).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409], "once");
    let shown = league.get(&round).await.text();
    assert!(shown.contains(&format!("面试（在“推荐”之后）：{day}")) && shown.contains("登记"), "{shown}");
    agree(&mut league, &[]).await;
    let record = portal.signed_in(OfficeKind::Administrator).await.get("/audit?verb=round_kept").await;
    assert!(record.text().contains("登记办完“面试”"), "{}", record.text());
}

#[tokio::test]
async fn vet_03_a_trial_has_its_days_for_each_candidate() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    sqlx::query("update vetting_round set chain = jsonb_set(chain, '{others}', $2) where id = $1::uuid")
        .bind(round.rsplit('/').next().unwrap())
        .bind(serde_json::json!([{ "after": 1, "kind": "trial", "says": "试用 10 天", "days": 10, "each": true }]))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    for number in [40, 41] {
        apply(&mut student_account(&portal, number).await, &round, "ordinary").await;
        agree(&mut branch, &[]).await;
    }
    let waits = waiting(&mut league).await;
    assert_eq!(waits.len(), 2);
    let early = say(&mut league, &waits[0], "agree", &[]).await;
    assert!(early.status == 409 && early.text().contains("“试用 10 天”，本人还没有登记办完"), "{}", early.text());
    assert!(league.get("/").await.text().contains("登记秋季招新的“试用 10 天”：2 人"));

    let steps = format!("{round}/steps");
    let page = league.get(&steps).await;
    assert_eq!(page.all(".chain .chain-by"), ["逐人登记：已登记 0 人，待登记 2 人"]);
    let step = page.attributes("form[action$='/each'] input[name=step]", "value").remove(0);
    let (first, second) = (waits[0].split('.').next().unwrap(), waits[1].split('.').next().unwrap());
    let each = format!("{steps}/each");
    let (from, until) = ((today - Duration::days(12)).to_string(), (today - Duration::days(2)).to_string());
    let days = [("step", step.as_str()), ("own_from", from.as_str()), ("own_until", until.as_str())];
    let nobody = league.post(&each, &days).await;
    assert_eq!((nobody.status, nobody.field("首日")), (422, from.clone()));
    let short = [("step", step.as_str()), ("case", first), ("own_from", until.as_str()), ("own_until", until.as_str())];
    let refused = league.post(&each, &short).await;
    assert!(refused.status == 409 && refused.text().contains("不少于 10 天"), "{}", refused.text());
    let of_round = league.post(&steps, &[("place", step.as_str()), ("from", &from), ("until", &until)]).await;
    assert!(of_round.status == 409 && of_round.text().contains("请逐人登记"), "{}", of_round.text());

    let told = [&days[..], &[("case", first)]].concat();
    assert_eq!(league.post(&each, &told).await.status, 303);
    let twice = league.post(&each, &[&days[..], &[("case", second), ("case", first)]].concat()).await;
    assert!(twice.status == 409 && twice.text().contains("已登记"), "{}", twice.text());
    assert_eq!(league.get(&steps).await.all(".chain .chain-by"), ["逐人登记：已登记 1 人，待登记 1 人"]);
    assert_eq!(say(&mut league, &waits[0], "agree", &[]).await.status, 303, "who has passed the trial goes on");
    assert_eq!(say(&mut league, &waits[1], "agree", &[]).await.status, 409, "who has not waits");
    let page = league.get(&format!("/cases/{first}")).await;
    assert!(page.text().contains(&format!("试用 10 天（在“推荐”之后）：{from} 至 {until}")), "{}", page.text());
}
