//! The seats of a congress: drafted from the students of a day, edited, refused by the clauses, approved, and bound.

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};

use crate::{
    congress::preparing,
    support::{Client, Page, Portal, union::adopt_text},
};

/// A second college of the congress's university, with as many students as the first one, in a grade of its own.
async fn second_college(portal: &Portal) {
    for statement in [
        "insert into college (id, institution_id, name) select gen_random_uuid(), institution_id, '会计系' from congress",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '会计', 'vocational' from college where name = '会计系'",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), id, 2025, '会计2501班' from major where name = '会计'",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), c.institution_id, '2025' || lpad(n::text, 4, '0'), '会计' || n, k.id, '共青团员'
         from generate_series(1, 150) n, class k join major m on m.id = k.major_id join college c on c.id = m.college_id
         where k.name = '会计2501班'",
    ] {
        sqlx::query(statement).execute(&mut portal.owner().await).await.unwrap();
    }
}

/// A school's congress with two colleges; the path of its seats.
async fn stage() -> (Portal, Client, String) {
    let (portal, league, path) = preparing().await;
    second_college(&portal).await;
    (portal, league, format!("{path}/seats"))
}

async fn society(league: &mut Client, path: &str) -> String {
    league.get(path).await.attributes("input[name=society]", "value").remove(0)
}

async fn save(league: &mut Client, path: &str, total: &str, own: &str, society: &str) -> Page {
    let mut fields = vec![("asked", "yes"), ("total", total), ("own", own)];
    if !society.is_empty() {
        fields.push(("society", society));
    }
    league.post_on(path, &fields).await
}

/// The mark of the seats that the page shows; empty where they are approved.
async fn seen(league: &mut Client, path: &str) -> String {
    league.get(path).await.attributes("input[name=seen]", "value").pop().unwrap_or_default()
}

async fn approve(league: &mut Client, path: &str, reason: &str) -> Page {
    let seen = seen(league, path).await;
    league.post(&format!("{path}/approve"), &[("reason", reason), ("seen", &seen)]).await
}

async fn edit(league: &mut Client, path: &str, seats: &[&str]) -> Page {
    let seen = seen(league, path).await;
    let cells = seats.iter().map(|seats| ("seats", *seats));
    let fields: Vec<(&str, &str)> = cells.chain([("seen", seen.as_str())]).collect();
    league.post(&format!("{path}/cells"), &fields).await
}

/// A college that a congress counts on is not merged away under it; one that it does not know may be, and the students who
/// move are counted at the next draft.
#[tokio::test]
async fn con_04_a_college_with_seats_is_not_merged_in_mid_preparation() {
    let (portal, mut league, path) = stage().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let college = async |name: &str| {
        let id = sqlx::query_scalar("select id::text from college where name = $1 order by institution_id limit 1");
        let id: String = id.bind(name).fetch_one(&mut portal.owner().await).await.unwrap();
        id
    };
    let (wrong, meant) = (college("会计系").await, {
        let own = "select c.id::text from college c join congress g on g.institution_id = c.institution_id
                   where c.name = '信息工程系'";
        let id: String = sqlx::query_scalar(own).fetch_one(&mut portal.owner().await).await.unwrap();
        id
    });
    let merge = format!("/structure/college/{wrong}/merge");
    let club = society(&mut league, &path).await;
    save(&mut league, &path, "7", "0", &club).await;
    let preview = staff.get(&format!("{merge}?into={meant}")).await;
    assert!(preview.text().contains("已有学生代表大会涉及这个院系"), "{}", preview.text());
    let forced = staff.post(&merge, &[("into", meant.as_str()), ("seen", "1-0-1-0-150-0")]).await;
    assert_eq!(forced.status, 409, "{}", forced.text());
    sqlx::query("delete from congress_unit").execute(&mut portal.owner().await).await.unwrap();
    let preview = staff.get(&format!("{merge}?into={meant}")).await;
    let seen = preview.attributes("input[name=seen]", "value").remove(0);
    assert_eq!(staff.post(&merge, &[("into", meant.as_str()), ("seen", seen.as_str())]).await.status, 303);
    let page = save(&mut league, &path, "7", "0", &club).await;
    assert!(page.text().contains("名额方案：7 个"), "{}", page.text());
    assert_eq!(page.attributes("input[name=seats]", "value").len(), 3, "both grades are of one college now");
    assert!(!page.text().contains("会计系"), "{}", page.text());
}

#[tokio::test]
async fn seats_are_tried_out_kept_edited_and_approved() {
    let (portal, mut league, path) = stage().await;
    let club = society(&mut league, &path).await;
    let trial = league.get(&format!("{path}?asked=yes&total=8&own=1&society={club}")).await;
    assert!(trial.text().contains("试算：8 个名额") && trial.text().contains("试算没有保存"), "{}", trial.text());
    assert!(trial.text().contains("学生 300 人 × 1%，向上取整，至少 3 个"), "{}", trial.text());
    let few = [("asked", "yes"), ("total", "1"), ("own", "0"), ("society", club.as_str())];
    let few = league.post(&path, &few).await;
    assert_eq!(few.status, 422);
    let fault = few.fault("名额总数（不填按最低数）");
    assert!(fault.contains("已占 1 个，院系和年级就没有名额了"), "{fault}");
    let page = save(&mut league, &path, "7", "0", &club).await;
    assert!(page.text().contains("名额方案：7 个"));
    assert_eq!(page.attributes("input[name=seats]", "value"), ["3", "3", "1"]);
    assert_eq!(page.attributes("svg.heat rect", "class").len(), 2);
    let page = save(&mut league, &path, "8", "0", &club).await;
    assert!(page.text().contains("余数相同"), "a seat that two colleges had the same right to is named");
    let wrong = edit(&mut league, &path, &["4", "4", "1"]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("合计 9 个，与名额总数 8 个不符（多 1 个）"), "{}", wrong.text());
    // Somebody else has the page open: what they saw is not there any more.
    let before = seen(&mut league, &path).await;
    let cells = ["5", "2", "1"];
    assert_eq!(edit(&mut league, &path, &cells).await.status, 303);
    assert_eq!(league.get(&path).await.attributes("input[name=seats]", "value"), cells);
    for (act, fields) in [("cells", &[("seats", "3"), ("seats", "4"), ("seats", "1")][..]), ("approve", &[])] {
        let late = league.post(&format!("{path}/{act}"), &[fields, &[("seen", before.as_str())]].concat()).await;
        assert!(late.status == 409 && late.text().contains("名额刚才有人改过"), "{act}: {}", late.text());
    }
    // Who has changed a cell and not kept it approves nothing.
    let now = seen(&mut league, &path).await;
    let fields = [("seats", "4"), ("seats", "3"), ("seats", "1"), ("reason", "人数"), ("seen", now.as_str())];
    let unsaved = league.post(&format!("{path}/approve"), &fields).await;
    assert!(unsaved.status == 422 && unsaved.text().contains("各格改了还没有保存"), "{}", unsaved.text());
    assert_eq!(unsaved.attributes("input[name=seats]", "value"), ["4", "3", "1"], "as typed");
    assert_eq!(unsaved.attributes("input[name=reason]", "value"), ["人数"]);
    let done = approve(&mut league, &path, "").await;
    assert!(done.location().ends_with("done=seats-approved"), "{} {}", done.status, done.text());
    // From now on they bind.
    let page = league.get(&path).await;
    assert!(page.attributes("input[name=seats]", "value").is_empty() && page.text().contains("已批准"));
    assert_eq!(league.post(&path, &[("asked", "yes"), ("total", "9")]).await.status, 409);
    assert_eq!(edit(&mut league, &path, &cells).await.status, 409);
    assert_eq!(league.post(&format!("{path}/reopen"), &[]).await.status, 422);
    let open = league.post_on(&format!("{path}/reopen"), &[("reason", "院系人数有误")]).await;
    assert_eq!(open.attributes("input[name=seats]", "value").len(), 3);
    assert_eq!(approve(&mut league, &path, "").await.status, 303);
    // A delegate is on the list: the seats stay.
    sqlx::query(
        "insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 1, 'elected', false, story_now(), g.created_by
         from congress g join student s on s.institution_id = g.institution_id where s.number = '20240001'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let refused = league.post(&format!("{path}/reopen"), &[("reason", "再改")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("选举开始以后名额不再改变"), "{}", refused.text());
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(college.get("/inbox").await.text().contains("名代表，请按名额组织推荐和选举"), "who elects is told");
    assert_eq!(college.get(&path).await.status, 200, "who elects sees the seats");
    assert_eq!(college.post(&path, &[]).await.status, 403);
}

#[tokio::test]
async fn con_05_the_arithmetic_speaks_of_what_the_plan_covers_and_of_nothing_else() {
    let (portal, mut league, path) = stage().await;
    let trial = format!("{path}?asked=yes&total=8&own=0");
    let both = league.get(&trial).await.text();
    for says in ["院系 2 个、年级 2 个，取多的 2 个", "两者取大", "每个有学生的院系至少一个"]
    {
        assert!(both.contains(says), "{says}: {both}");
    }
    assert!(!both.contains("照校级的办法推算"), "the plan asks it of the school's: {both}");
    let (_, text) = BUILT_IN[0];
    let own = text.replace("suzhou-2020", "own-2026");
    let cover = "cover = [\"college\", \"grade\", \"society\"]";
    adopt_text(&portal, &own.replacen(cover, "cover = [\"grade\"]", 1)).await;
    let grades = league.get(&trial).await.text();
    assert!(grades.contains("覆盖：年级 2 个，至少 2 个"), "{grades}");
    assert!(!grades.contains("每个有学生的院系至少一个") && !grades.contains("取多的"), "{grades}");
    let (from, to) = (own.find("[rule.CON-05]").unwrap(), own.find("[rule.CON-06]").unwrap());
    let silent = format!("{}{}", &own[..from], &own[to..]).replacen("silent = [", "silent = [\n    \"CON-05\",", 1);
    adopt_text(&portal, &silent).await;
    let silent = save(&mut league, &path, "8", "0", "").await.text();
    assert!(!silent.contains("覆盖：") && !silent.contains("两者取大"), "{silent}");
    assert!(silent.contains("没有可以核对的") && !silent.contains("按方案须有名额的"), "{silent}");
}

#[tokio::test]
async fn con_04_too_few_seats_are_not_approved() {
    let (_portal, mut league, path) = stage().await;
    save(&mut league, &path, "2", "0", "").await;
    let refused = approve(&mut league, &path, "名额从紧").await;
    assert_eq!(refused.status, 409, "no reason settles a hard rule");
    let text = refused.text();
    assert!(text.contains("代表名额 2 个，低于所联系学生 300 人的 1%，至少 3 个"), "{text}");
    assert!(text.contains("代表名额不低于所联系学生人数的1%"), "the clause is quoted");
    assert_eq!(league.get(&path).await.all(".tag-pass").iter().filter(|tag| tag.contains("已批准")).count(), 0);
}

#[tokio::test]
async fn con_05_a_main_society_without_a_seat_is_not_approved() {
    let (_portal, mut league, path) = stage().await;
    let club = society(&mut league, &path).await;
    save(&mut league, &path, "4", "0", &club).await;
    assert_eq!(edit(&mut league, &path, &["2", "2", "0"]).await.status, 303);
    let page = league.get(&path).await;
    assert!(page.text().contains("<p>青年志愿者协会</p>"), "who has no seat yet is named");
    let refused = approve(&mut league, &path, "").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("名额分配要覆盖各个系（院）、年级及主要学生社团"), "{}", refused.text());
    // Not flagged for this congress, it needs none.
    save(&mut league, &path, "4", "0", "").await;
    assert_eq!(approve(&mut league, &path, "").await.status, 303);
}

#[tokio::test]
async fn con_06_a_smaller_share_of_ordinary_delegates_wants_a_reason() {
    let (_portal, mut league, path) = stage().await;
    save(&mut league, &path, "8", "4", "").await;
    let asked = approve(&mut league, &path, "").await;
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("达不到非骨干代表不少于 60%（实践惯例）"), "{}", asked.text());
    let done = approve(&mut league, &path, "本届研究生会并入").await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(league.get(&path).await.text().contains("批准时说明的理由：本届研究生会并入"));
}

#[tokio::test]
async fn con_06_fewer_ordinary_delegates_than_at_the_last_congress_are_warned_of() {
    let (portal, mut league, path) = stage().await;
    // Nine of ten were no officers of a union.
    for statement in [
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, held_on,
                               created_at, created_by)
         select gen_random_uuid(), institution_id, union_id, 2025, '第二十二次', false, 'closed', counted_on - 365,
                counted_on - 365, counted_on - 365, created_at - interval '1 year', created_by
         from congress",
        "insert into delegate (id, congress_id, student_id, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 'outside', s.number = '20240001', story_now(), g.created_by
         from congress g join student s on s.institution_id = g.institution_id
         where g.ordinal = '第二十二次' and s.number between '20240001' and '20240010'",
    ] {
        sqlx::query(statement).execute(&mut portal.owner().await).await.unwrap();
    }
    save(&mut league, &path, "8", "0", "").await;
    let asked = approve(&mut league, &path, "").await;
    assert_eq!(asked.status, 422);
    let says = "本次要求非骨干代表不少于 60%，低于上一次（第二十二次）的 90.0%";
    assert!(asked.text().contains(says), "{}", asked.text());
    assert_eq!(approve(&mut league, &path, "研究生会首次并入").await.status, 303);
}

#[tokio::test]
async fn what_changed_since_the_count_is_named_and_stops_the_approval() {
    let (portal, mut league, path) = preparing().await;
    let path = format!("{path}/seats");
    save(&mut league, &path, "", "0", "").await;
    second_college(&portal).await;
    let page = league.get(&path).await;
    assert!(page.text().contains("会计系 2025级 150 人，分配时没有"), "{}", page.text());
    let refused = approve(&mut league, &path, "").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("分配以后院系、年级或人数有变化"), "{}", refused.text());
    save(&mut league, &path, "", "0", "").await;
    assert_eq!(approve(&mut league, &path, "").await.status, 303);
    let unfit = league.post(&path, &[("asked", "yes"), ("total", "零"), ("own", "x")]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.text().contains("应为 1 至 5000 的整数"));
}
