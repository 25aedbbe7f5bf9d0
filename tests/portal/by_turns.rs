//! Two portals on one database: what one of them holds alone, what both are told, and what becomes of a portal that ends.
//! The stories of elections, imports and signing in are told by turns in their own files.

use std::time::Duration;

use lunzhi::office::OfficeKind;
use serde_json::json;

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal,
    campus::{CasServer, OidcServer, SECRET, set},
    sitting::{SMALL, Sitting, cast, number, prepare, see_other, voter, voters},
};

/// Tries again until the page is so; a condition that never comes fails the story.
async fn until(client: &mut Client, path: &str, is_so: impl Fn(&Page) -> bool) -> Page {
    for _ in 0..3_000 {
        let page = client.get(path).await;
        if is_so(&page) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} never came to it: {}", client.get(path).await.text());
}

/// A new story of theirs is told by turns too, or says why not.
#[test]
fn stories_of_elections_imports_and_sign_in_are_told_by_turns_or_say_why_not() {
    let files = [
        ("ballot_faults", include_str!("ballot_faults.rs")),
        ("ballot_key", include_str!("ballot_key.rs")),
        ("counting_law", include_str!("counting_law.rs")),
        ("early_closing", include_str!("early_closing.rs")),
        ("elections", include_str!("elections.rs")),
        ("imports", include_str!("imports.rs")),
        ("monitors", include_str!("monitors.rs")),
        ("sign_in", include_str!("sign_in.rs")),
    ];
    for (file, text) in files {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("Portal::start")) {
            let says = lines[..place].iter().rev().take_while(|line| line.starts_with("//")).last();
            let has_reason = says.is_some_and(|says| says.starts_with("// At one portal: "));
            assert!(has_reason, "{file}, line {}: {line} instead of Portal::two, without a reason", place + 1);
        }
    }
}

/// A sitting in which eight have voted and nobody votes any more.
async fn voted(portal: &Portal) -> Sitting {
    let mut sitting = prepare(portal, &SMALL).await;
    sitting.open(portal).await;
    for mut voter in voters(portal, 1..=8).await {
        cast(&mut voter, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.close().await;
    sitting
}

#[tokio::test]
async fn who_signs_in_at_one_is_signed_in_at_both_and_who_leaves_is_out_at_both() {
    let one = Portal::start().await;
    let other = one.restarted();
    let mut person = one.visitor().by_turns([&one, &other]);
    assert_eq!(person.sign_in(FIRST, OfficeKind::SchoolLeague.slug(), PASSWORD).await.status, 303);
    for _ in 0..4 {
        assert_eq!(person.get("/people").await.status, 200);
    }
    let mut copy = person.clone();
    assert_eq!(person.post("/sign-out", &[]).await.status, 303);
    for _ in 0..2 {
        assert_eq!(copy.get("/people").await.status, 303, "at once, everywhere");
    }
}

#[tokio::test]
async fn a_password_that_is_changed_at_one_ends_the_sessions_at_both() {
    let one = Portal::start().await;
    let other = one.restarted();
    let (number, new) = (OfficeKind::SchoolLeague.slug(), "brand new secret");
    let mut elsewhere = one.signed_in(OfficeKind::SchoolLeague).await.at(&other);
    assert_eq!(elsewhere.get("/people").await.status, 200);
    let mut own = one.signed_in(OfficeKind::SchoolLeague).await;
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    assert_eq!(own.post("/me/password", &fields).await.status, 303);
    assert_eq!(own.at(&other).get("/people").await.status, 200, "one's own goes on");
    assert_eq!(elsewhere.get("/people").await.status, 303);
    let mut anew = other.visitor();
    assert_eq!(anew.sign_in(FIRST, number, PASSWORD).await.status, 422);
    assert_eq!(anew.sign_in(FIRST, number, new).await.status, 303);
}

#[tokio::test]
async fn an_election_is_told_by_turns_and_its_count_is_made_at_one() {
    let one = Portal::start().await;
    let other = one.restarted();
    let both = [&one, &other];
    let mut sitting = prepare(&one, &SMALL).await;
    sitting.keeper = sitting.keeper.by_turns(both);
    for (monitor, _) in &mut sitting.monitors {
        *monitor = monitor.by_turns(both);
    }
    sitting.open(&one).await;
    for voter in voters(&one, 1..=8).await {
        let mut voter = voter.by_turns(both);
        let ballot = sitting.votes();
        assert_eq!(voter.get(&ballot).await.status, 200);
        cast(&mut voter, &sitting.id, &[("c1-1", "F")]).await;
        // Once more, at the other: the earlier one is replaced and not counted beside it.
        cast(&mut voter, &sitting.id, &[("c1-2", "F")]).await;
    }
    sitting.close().await;
    // Shares are in the memory of one portal: there the monitors meet, as the page says.
    let unseal = format!("/monitoring/{}/unseal", sitting.id);
    let (first, phrase) = &sitting.monitors[0];
    see_other(&first.at(&one).post(&unseal, &[("phrase", phrase)]).await);
    let (second, phrase) = &sitting.monitors[1];
    let elsewhere = second.at(&other).post(&unseal, &[("phrase", phrase)]).await;
    assert!(elsewhere.status == 409 && elsewhere.text().contains("另一台服务器"), "{}", elsewhere.text());
    see_other(&second.at(&one).post(&unseal, &[("phrase", phrase)]).await);
    sitting.counted().await;
    let mut db = one.owner().await;
    let counted: (i64, i64) = sqlx::query_as("select (select count(*) from receipt), (select count(*) from envelope)")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(counted, (8, 0), "each voter once");
}

#[tokio::test]
async fn slips_paper_ballots_and_an_admitted_voter_are_kept_by_turns() {
    let one = Portal::start().await;
    let other = one.restarted();
    let both = [&one, &other];
    let mut sitting = prepare(&one, &SMALL).await;
    sitting.open(&one).await;
    sitting.keeper = sitting.keeper.by_turns(both);
    for (monitor, _) in &mut sitting.monitors {
        *monitor = monitor.by_turns(both);
    }
    for voter in voters(&one, 1..=6).await {
        cast(&mut voter.by_turns(both), &sitting.id, &[("c1-1", "F")]).await;
    }
    // Codes are shown where they were made, and are good everywhere.
    let (mut here, mut there) = (sitting.keeper.at(&one), sitting.keeper.at(&other));
    let printed = see_other(&here.post(&format!("{}/slips", sitting.path), &[("many", "2")]).await);
    let codes = here.get(&printed).await.all(".slip-code");
    assert_eq!((codes.len(), there.get(&printed).await.status), (2, 409));
    let bind = format!("{}/slips/bind", sitting.path);
    see_other(&here.post(&bind, &[("serial", "1"), ("number", &number(7))]).await);
    assert_eq!(there.post(&bind, &[("serial", "1"), ("number", &number(9))]).await.status, 422, "somebody's");
    let mut guest = one.visitor().by_turns(both);
    assert_eq!(guest.post("/slip", &[("code", &codes[0])]).await.location(), "/slip/ballot");
    assert_eq!(guest.get("/slip/ballot").await.status, 200);
    assert_eq!(guest.post("/slip/ballot/cast", &[("c1-1", "F")]).await.heading(), "已投票");
    // Both portals remember the place of a voter whose ballot they have shown; paper closes it at both.
    let eighth = voter(&one, 8).await;
    for portal in both {
        assert_eq!(eighth.at(portal).get(&sitting.votes()).await.status, 200);
    }
    let paper = format!("{}/paper", sitting.path);
    see_other(&here.post(&paper, &[("number", &number(8))]).await);
    assert_eq!(there.post(&paper, &[("number", &number(8))]).await.status, 422, "not twice");
    for portal in both {
        let mut eighth = eighth.at(portal);
        let closed = eighth.post_on(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
        assert!(closed.text().contains("已领取纸质选票"), "{}", closed.text());
    }
    let monitoring = format!("/monitoring/{}", sitting.id);
    let asked = [("number", "20240030"), ("contest", "1"), ("why", "转班后漏登，班级团支部证明")];
    see_other(&sitting.monitors[0].0.at(&one).post(&format!("{monitoring}/admissions"), &asked).await);
    let mut second = sitting.monitors[1].0.at(&other);
    let agree = second.get(&monitoring).await.attributes("form", "action");
    let agree = agree.into_iter().find(|action| action.contains("/admissions/")).unwrap();
    see_other(&second.post(&agree, &[]).await);
    let mut late = voter(&one, 30).await.by_turns(both);
    cast(&mut late, &sitting.id, &[("c1-1", "F")]).await;
    sitting.close().await;
    let entries =
        format!("/entries/{}", sitting.contests[0].trim_start_matches("/sittings/").replace("/contests/", "/"));
    let figures = [
        ("returned", "1"),
        ("valid", "1"),
        ("void", "0"),
        ("f1", "1"),
        ("a1", "0"),
        ("n1", "0"),
        ("f2", "0"),
        ("a2", "0"),
        ("n2", "1"),
        ("written", ""),
    ];
    see_other(&sitting.keeper.at(&one).post(&entries, &figures).await);
    see_other(&sitting.monitors[0].0.at(&other).post(&entries, &figures).await);
    for (monitor, phrase) in &sitting.monitors[..2] {
        see_other(&monitor.at(&one).post(&format!("{monitoring}/unseal"), &[("phrase", phrase)]).await);
    }
    sitting.counted().await;
    sitting.act("report", &[]).await;
    let record = late.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    let contest = &record.contests[0];
    assert_eq!((contest.attendance.due, contest.attendance.present, record.admitted), (11, 9, 1));
    assert_eq!((contest.tally.returned, contest.tally.candidates[0].votes_for), (9, 9), "each once");
}

#[tokio::test]
async fn a_count_that_another_portal_took_over_writes_nothing() {
    let one = Portal::start().await;
    let other = one.restarted();
    let mut sitting = voted(&one).await;
    let unseal = format!("/monitoring/{}/unseal", sitting.id);
    let (first, phrase) = &sitting.monitors[0];
    see_other(&first.at(&one).post(&unseal, &[("phrase", phrase)]).await);
    // For half a minute nothing is heard of the first portal, which lives: it was cut off.
    let silent = "update count_holder set seen_at = seen_at - interval '40 seconds'";
    sqlx::query(silent).execute(&mut one.owner().await).await.unwrap();
    see_other(&first.at(&other).post(&unseal, &[("phrase", phrase)]).await);
    let (second, phrase) = &sitting.monitors[1];
    let refused = second.at(&one).post(&unseal, &[("phrase", phrase)]).await;
    assert!(refused.status == 409 && refused.text().contains("另一台服务器"), "{}", refused.text());
    see_other(&second.at(&other).post(&unseal, &[("phrase", phrase)]).await);
    sitting.counted().await;
}

#[tokio::test]
async fn how_far_a_count_is_and_why_it_stopped_is_said_at_every_portal() {
    let one = Portal::start().await;
    let other = one.restarted();
    let sitting = voted(&one).await;
    let mut db = one.owner().await;
    sqlx::query("update envelope set mac = sealed where voter = 4").execute(&mut db).await.unwrap();
    let monitoring = format!("/monitoring/{}", sitting.id);
    for (monitor, phrase) in &sitting.monitors[..2] {
        see_other(&monitor.at(&one).post(&format!("{monitoring}/unseal"), &[("phrase", phrase)]).await);
    }
    let (mut keeper, mut monitor) = (sitting.keeper.at(&other), sitting.monitors[2].0.at(&other));
    let stopped = "另一台服务器的计票没有完成：有 1 张加密选票";
    until(&mut keeper, &sitting.path, |page| page.text().contains(stopped)).await;
    assert!(monitor.get(&monitoring).await.text().contains(stopped));
    // As the other portal says while it counts.
    let runs = "update count_holder set opened = 3, envelopes = 8, halted = null, seen_at = clock_timestamp()";
    sqlx::query(runs).execute(&mut db).await.unwrap();
    for (client, path) in [(&mut keeper, &sitting.path), (&mut monitor, &monitoring)] {
        let page = client.get(path).await;
        assert!(page.text().contains("正在计票：已拆 3 / 8") && !page.text().contains("正在收集"), "{}", page.text());
        assert!(page.headers.contains_key("refresh"), "it is looked at again");
    }
    let silent = "update count_holder set seen_at = seen_at - interval '40 seconds'";
    sqlx::query(silent).execute(&mut db).await.unwrap();
    assert!(!keeper.get(&sitting.path).await.text().contains("正在计票"), "a portal that ended counts no more");
}

#[tokio::test]
async fn a_count_that_begins_anew_is_said_to_have_stopped_at_no_portal() {
    let one = Portal::start().await;
    let other = one.restarted();
    let mut sitting = voted(&one).await;
    let mut db = one.owner().await;
    sqlx::query("update envelope set mac = sealed where voter = 4").execute(&mut db).await.unwrap();
    let monitoring = format!("/monitoring/{}", sitting.id);
    for (monitor, phrase) in &sitting.monitors[..2] {
        see_other(&monitor.at(&one).post(&format!("{monitoring}/unseal"), &[("phrase", phrase)]).await);
    }
    let mut keeper = sitting.keeper.at(&other);
    until(&mut keeper, &sitting.path, |page| page.text().contains("另一台服务器的计票没有完成")).await;
    // The second count comes to its last act and waits there.
    sqlx::raw_sql("begin; lock table receipt in exclusive mode").execute(&mut db).await.unwrap();
    let reason = [("reason", "核对日志，系有人直接改动数据库")];
    see_other(&sitting.monitors[0].0.at(&one).post(&format!("{monitoring}/exclude"), &reason).await);
    let page = keeper.get(&sitting.path).await;
    assert!(page.text().contains("正在计票") && !page.text().contains("计票没有完成"), "{}", page.text());
    sqlx::raw_sql("commit").execute(&mut db).await.unwrap();
    sitting.counted().await;
}

#[tokio::test]
async fn a_portal_that_is_stopped_while_it_counts_tells_of_no_count_any_more() {
    let one = Portal::start().await;
    let other = one.restarted();
    let mut sitting = voted(&one).await;
    // The count comes to its last act and waits there.
    let mut holder = one.owner().await;
    sqlx::raw_sql("begin; lock table receipt in exclusive mode").execute(&mut holder).await.unwrap();
    let monitoring = format!("/monitoring/{}", sitting.id);
    for (monitor, phrase) in &sitting.monitors[..2] {
        see_other(&monitor.at(&one).post(&format!("{monitoring}/unseal"), &[("phrase", phrase)]).await);
    }
    let mut monitor = sitting.monitors[2].0.at(&other);
    until(&mut monitor, &monitoring, |page| page.text().contains("正在计票")).await;
    lunzhi::elections::stop(&one.app.elections).await.unwrap();
    // It would have said once more that it counts.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let page = monitor.get(&monitoring).await;
    assert!(!page.text().contains("正在计票"), "{}", page.text());
    assert!(page.text().contains("系统在收集口令期间重新启动过"), "nobody waits to find out: {}", page.text());
    // What it still brings to its end counts, as long as no other has begun.
    sqlx::query("commit").execute(&mut holder).await.unwrap();
    sitting.counted().await;
}

#[tokio::test]
async fn a_portal_that_says_it_still_runs_has_nobodys_notices_counted_again() {
    let portal = Portal::start().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.open(&portal).await;
    cast(&mut voters(&portal, 1..=1).await[0], &sitting.id, &[("c1-1", "F")]).await;
    sitting.close().await;
    sitting.unseal(0).await;
    let mut staff = portal.signed_in(OfficeKind::CollegeLeague).await;
    let before = staff.get("/").await.all(".viewer .count");
    // As another portal would tell somebody something.
    let told = "insert into notice (id, institution_id, account_id, subject, body, href, at)
                select gen_random_uuid(), a.institution_id, a.id, '通知', '', '', story_now()
                from account a join institution i on i.id = a.institution_id where a.number = $1 and i.code = $2";
    let told = sqlx::query(told).bind(OfficeKind::CollegeLeague.slug()).bind(FIRST);
    assert_eq!(told.execute(&mut portal.owner().await).await.unwrap().rows_affected(), 1);
    lunzhi::elections::close_overdue(&portal.app.elections).await.unwrap();
    assert_eq!(staff.get("/").await.all(".viewer .count"), before, "believed for ten seconds");
    // An act may have told anybody anything.
    sitting.act("void", &[("reason", "故障")]).await;
    assert_ne!(staff.get("/").await.all(".viewer .count"), before);
}

#[tokio::test]
async fn a_campus_sign_in_that_began_at_one_portal_comes_back_to_the_other() {
    let one = Portal::start().await;
    let other = one.restarted();
    let server = CasServer::start().await;
    let kept = set(&one, &[("protocol", "cas"), ("server", &server.address)]).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let mut begun = one.visitor();
    let sent = begun.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    let ticket = server.ticket(&sent, "student");
    let back = format!("/sso/cas/{FIRST}?ticket={ticket}");
    let mut person = begun.at(&other);
    let arrived = person.get(&back).await;
    assert_eq!((arrived.status, arrived.location()), (303, "/inbox"), "{}", arrived.text());
    // The same ticket at the first: it was taken, and opens nothing there.
    begun.get(&back).await;
    assert_eq!((begun.get("/inbox").await.status, server.asked().len()), (303, 1));
    let mut at_first = person.at(&one);
    assert_eq!(at_first.get("/inbox").await.status, 200);
    // The server tells one of the portals that the session ends.
    let ends = format!("<LogoutRequest><SessionIndex>{ticket}</SessionIndex></LogoutRequest>");
    let told = one.visitor().post(&format!("/sso/cas/{FIRST}"), &[("logoutRequest", &ends)]).await;
    assert_eq!(told.status, 200);
    for client in [&mut person, &mut at_first] {
        assert_eq!(client.get("/inbox").await.status, 303, "out at both");
    }
}

#[tokio::test]
async fn an_openid_code_is_redeemed_at_the_portal_to_which_it_comes() {
    let one = Portal::start().await;
    let other = one.restarted();
    let server = OidcServer::start().await;
    let fields =
        [("protocol", "oidc"), ("server", server.issuer.as_str()), ("client_id", "lunzhi"), ("client_secret", SECRET)];
    let kept = set(&one, &[&fields[..], &[("number_field", "xh")]].concat()).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let mut begun = one.visitor();
    let sent = begun.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    let now = one.app.clock.now().unix_timestamp();
    let back = server.authorize(&sent, now, &json!({}), &json!({ "sub": "u-1", "xh": "student" }));
    let mut person = begun.at(&other);
    let arrived = person.get(&back).await;
    assert_eq!((arrived.status, arrived.location()), (303, "/inbox"), "{}", arrived.text());
    let redeemed = server.asked()[1];
    begun.get(&back).await;
    assert_eq!((server.asked()[1], begun.get("/inbox").await.status), (redeemed, 303), "once over both");
}

const HEAD: &str = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n";

async fn upload(client: &mut Client, number: &str) -> String {
    let file = format!("{HEAD}{number},学生{number},信息工程系,软件技术,专科,2026,软件2601班,团员\n");
    let page = client.upload("/imports", &[("kind", "students")], Some(("名单.csv", file.as_bytes()))).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_import_is_written_once_and_every_portal_shows_how_far_it_is() {
    let one = Portal::start().await;
    let other = one.restarted();
    let both = [&one, &other];
    let mut staff = one.signed_in(OfficeKind::StudentAffairs).await;
    let mut league = one.signed_in(OfficeKind::SchoolLeague).await.at(&other);
    let first = upload(&mut staff, "B1").await;
    let second = upload(&mut league, "B2").await;
    let mut holder = one.owner().await;
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    let turn =
        "select pg_advisory_xact_lock(hashtextextended('import ' || id::text, 0)) from institution where code = $1";
    sqlx::query(turn).bind(FIRST).execute(&mut holder).await.unwrap();
    staff.post(&format!("{first}/commit"), &[]).await;
    until(&mut staff, &first, |page| page.text().contains("正在写入")).await;
    league.post(&format!("{second}/commit"), &[]).await;
    let waiting = league.get(&second).await;
    assert!(waiting.text().contains("正在排队") && waiting.text().contains("学生工作部门甲"), "{}", waiting.text());
    let mut elsewhere = staff.at(&other);
    assert!(elsewhere.get(&first).await.text().contains("正在写入"), "as the portal says that writes it");
    // Asked for once more, at the other: nothing is begun twice.
    assert_eq!(elsewhere.post(&format!("{first}/commit"), &[]).await.status, 303);
    sqlx::query("commit").execute(&mut holder).await.unwrap();
    for (client, path) in [(&staff, first), (&league, second)] {
        let mut client = client.by_turns(both);
        until(&mut client, &path, |page| page.text().contains("已写入：")).await;
    }
    let mut db = one.owner().await;
    let counts: (i64, i64) = sqlx::query_as(
        "select (select count(*) from student where number in ('B1', 'B2')), (select count(*) from import_commit)",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(counts, (2, 0));
}

#[tokio::test]
async fn an_import_whose_portal_ended_is_said_to_have_failed_and_can_be_written_again() {
    let one = Portal::start().await;
    let mut staff = one.signed_in(OfficeKind::StudentAffairs).await;
    let path = upload(&mut staff, "B3").await;
    sqlx::query(
        "insert into import_commit (import_id, portal, by_account, office, state, total, seen_at)
         select i.id, gen_random_uuid(), i.by_account, i.office, 'writing', i.rows, now() from import i",
    )
    .execute(&mut one.owner().await)
    .await
    .unwrap();
    assert!(staff.get(&path).await.text().contains("正在写入"));
    one.app.clock.advance(time::Duration::seconds(40));
    assert!(staff.get(&path).await.text().contains("正在写入"), "a portal's clock that is ahead says nothing");
    sqlx::query("update import_commit set seen_at = now() - interval '40 seconds'")
        .execute(&mut one.owner().await)
        .await
        .unwrap();
    assert!(staff.get(&path).await.text().contains("没有写入任何内容"));
    assert_eq!(staff.post(&format!("{path}/commit"), &[]).await.status, 303);
    until(&mut staff, &path, |page| page.text().contains("已写入：")).await;
}

#[tokio::test]
async fn an_import_that_ends_while_its_page_is_made_is_shown_committed() {
    let one = Portal::start().await;
    let mut staff = one.signed_in(OfficeKind::StudentAffairs).await;
    let path = upload(&mut staff, "B7").await;
    let mut db = one.owner().await;
    sqlx::raw_sql("begin; lock table import_commit in access exclusive mode").execute(&mut db).await.unwrap();
    let asked = format!("{path}?pressed=yes");
    let page = tokio::spawn(async move { staff.get(&asked).await });
    let mut looking = one.owner().await;
    let waits = "select exists (select from pg_locks where relation = 'import_commit'::regclass and not granted)";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut looking).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sqlx::raw_sql("update import set state = 'committed', settled_at = story_now(); commit")
        .execute(&mut db)
        .await
        .unwrap();
    let page = page.await.unwrap();
    assert!(page.text().contains("已写入："), "{}", page.text());
}

#[tokio::test]
async fn an_import_that_another_portal_began_anew_lets_go_of_its_turn() {
    let one = Portal::start().await;
    let mut staff = one.signed_in(OfficeKind::StudentAffairs).await;
    upload(&mut staff, "B4").await;
    let mut db = one.owner().await;
    sqlx::query(
        "insert into import_commit (import_id, portal, by_account, office, state, total, seen_at)
         select i.id, gen_random_uuid(), i.by_account, i.office, 'writing', i.rows, now() from import i",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let waits = upload(&mut staff, "B5").await;
    assert_eq!(staff.post(&format!("{waits}/commit"), &[]).await.status, 303);
    assert!(staff.get(&waits).await.text().contains("正在排队"));
    // It was not heard of for too long, and is another portal's now.
    sqlx::query("update import_commit set portal = gen_random_uuid() where state = 'waiting'")
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::query("delete from import_commit where state = 'writing'").execute(&mut db).await.unwrap();
    let next = upload(&mut staff, "B6").await;
    assert_eq!(staff.post(&format!("{next}/commit"), &[]).await.status, 303);
    until(&mut staff, &next, |page| page.text().contains("已写入：")).await;
}
