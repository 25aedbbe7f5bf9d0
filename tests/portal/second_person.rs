//! 两人办理: what one administrator asks about whoever holds an office, another confirms within a day.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Client, FIRST, PASSWORD, Portal,
    campus::{CasServer, stating},
};

/// Signed in as the administrator, and as a second one who is also of the Party committee.
async fn two(portal: &Portal) -> (Client, Client) {
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    let path = account(&mut first, "school_party").await;
    let alone = first.post(&format!("{path}/offices"), &[("office", "administrator")]).await;
    assert!(alone.location().ends_with("done=granted"), "nobody else could confirm it: {}", alone.location());
    (first, portal.signed_in(OfficeKind::SchoolParty).await)
}

async fn account(administrator: &mut Client, number: &str) -> String {
    administrator.get(&format!("/accounts?q={number}")).await.attributes("tbody a", "href").remove(0)
}

/// What the page of open matters offers to confirm, or to end.
async fn offered(administrator: &mut Client, act: &str) -> Vec<String> {
    let page = administrator.get("/accounts/consents").await;
    page.attributes(&format!("form[action$='/{act}']"), "action")
}

#[tokio::test]
async fn an_office_holders_password_is_taken_away_by_two() {
    let portal = Portal::start().await;
    let (mut first, mut second) = two(&portal).await;
    let path = account(&mut first, "college_league").await;
    assert!(first.get(&path).await.text().contains("先提出，由另一名系统管理员"));
    let asked = first.post_on(&format!("{path}/password"), &[]).await;
    assert!(asked.text().contains("还没有办理") && asked.text().contains("待确认"), "{}", asked.text());
    assert!(first.post(&format!("{path}/password"), &[]).await.location().ends_with("done=asked"), "again: as before");
    assert_eq!(portal.visitor().sign_in(FIRST, "college_league", PASSWORD).await.status, 303, "nothing was done");
    assert!(offered(&mut first, "confirm").await.is_empty(), "whoever asks does not confirm");
    assert!(second.get("/").await.text().contains("确认院系团组织甲的重置密码"), "it waits on the home page");
    let confirm = offered(&mut second, "confirm").await.remove(0);
    assert_eq!(first.post(&confirm, &[]).await.status, 409);
    assert!(second.post_on(&confirm, &[]).await.text().contains("已确认"));
    assert_eq!(portal.visitor().sign_in(FIRST, "college_league", PASSWORD).await.status, 303, "the first one goes on");
    assert!(first.get("/inbox").await.text().contains("的重置密码已由学校党委甲确认"));
    assert!(
        second.post(&format!("{path}/password"), &[]).await.location().ends_with("done=asked"),
        "what another one asked is theirs to carry out"
    );
    let reset = first.post(&format!("{path}/password"), &[]).await;
    assert_eq!((reset.status, reset.all(".secret").len()), (200, 1), "{}", reset.text());
    assert_eq!(portal.visitor().sign_in(FIRST, "college_league", PASSWORD).await.status, 422);
    let record = first.get("/audit").await.text();
    assert!(
        record.contains("提出两人办理") && record.contains("另一名系统管理员") && record.contains("学校党委甲"),
        "{record}"
    );
    assert!(first.post(&format!("{path}/password"), &[]).await.location().ends_with("done=asked"), "used up");

    let student = account(&mut first, "student").await;
    let reset = first.post(&format!("{student}/password"), &[]).await;
    assert_eq!((reset.status, reset.all(".secret").len()), (200, 1), "a student's needs one");
}

#[tokio::test]
async fn an_office_is_granted_as_the_second_one_confirms_it() {
    let portal = Portal::start().await;
    let (mut first, mut second) = two(&portal).await;
    let student = account(&mut first, "student").await;
    let asked = first.post_on(&format!("{student}/offices"), &[("office", "school_league")]).await;
    assert!(asked.text().contains("还没有办理") && asked.all("#held tbody tr").len() == 1, "{}", asked.text());
    let taken = first.post(&format!("{student}/offices"), &[("office", "deputy_secretary")]).await;
    assert!(taken.fault("职务").contains("只设 1 人"), "what cannot be granted is not asked");
    let branch = [("office", "class_branch"), ("class", "软件2401班")];
    assert!(first.post(&format!("{student}/offices"), &branch).await.location().ends_with("done=granted"));
    let confirm = offered(&mut second, "confirm").await.remove(0);
    assert!(second.post_on(&confirm, &[]).await.text().contains("职务已生效"));
    let page = first.get(&student).await;
    assert!(page.text().contains("校团委") && page.all("#held tbody tr").len() == 3, "{}", page.text());
    assert_eq!(second.post(&confirm, &[]).await.status, 404, "it is open no more");

    for (number, confirmed_first) in [("T200", true), ("T201", false)] {
        let fields = [("number", number), ("name", "新老师"), ("office", "student_affairs")];
        let made = first.post("/accounts", &fields).await;
        assert!(made.status == 200 && made.text().contains("还没有生效"), "{}", made.text());
        let code = made.all(".secret").remove(0);
        let confirm = offered(&mut second, "confirm").await.remove(0);
        let mut person = portal.visitor();
        if confirmed_first {
            assert_eq!(second.post(&confirm, &[]).await.status, 303);
        }
        let activated = person.activate(FIRST, number, &code, "a password of one's own").await;
        assert_eq!(activated.status, 303, "the code that was made with the account works: {}", activated.text());
        if !confirmed_first {
            assert_eq!(person.get("/disputes").await.status, 403, "no office yet");
            assert_eq!(second.post(&confirm, &[]).await.status, 303);
        }
        assert_eq!(person.get("/disputes").await.status, 200, "{number}");
    }
}

#[tokio::test]
async fn what_is_asked_may_be_withdrawn_declined_or_grow_old() {
    let portal = Portal::start().await;
    let (mut first, mut second) = two(&portal).await;
    let path = account(&mut first, "college_union").await;
    first.post(&format!("{path}/password"), &[]).await;
    let end = offered(&mut first, "end").await.remove(0);
    assert!(first.post_on(&end, &[]).await.text().contains("已撤回"));
    first.post(&format!("{path}/password"), &[]).await;
    let end = offered(&mut second, "end").await.remove(0);
    assert!(second.post_on(&end, &[]).await.text().contains("没有同意"));
    assert!(first.get("/inbox").await.text().contains("没有得到同意"));
    first.post(&format!("{path}/password"), &[]).await;
    let confirm = offered(&mut second, "confirm").await.remove(0);
    portal.app.clock.advance(Duration::hours(24));
    let mut second = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(second.post(&confirm, &[]).await.status, 404, "a day is over");
    assert!(offered(&mut second, "end").await.is_empty());
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    assert!(first.post(&format!("{path}/password"), &[]).await.location().ends_with("done=asked"), "anew");
}

#[tokio::test]
async fn where_there_is_one_administrator_the_league_committee_hears_of_it() {
    let portal = Portal::start().await;
    let mut only = portal.signed_in(OfficeKind::Administrator).await;
    let path = account(&mut only, "college_league").await;
    assert!(only.get(&path).await.text().contains("本校没有另一名系统管理员可以确认"));
    assert_eq!(only.post(&format!("{path}/password"), &[]).await.all(".secret").len(), 1);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/inbox").await.text().contains("单独办理了“重置密码”"));
    assert!(league.get("/audit").await.text().contains("没有，已告知校团委"));
}

#[tokio::test]
async fn nobody_is_alone_by_having_ended_the_others_office() {
    let portal = Portal::start().await;
    let (mut first, _) = two(&portal).await;
    let other = account(&mut first, "school_party").await;
    assert_eq!(first.post(&format!("{other}/disable"), &[]).await.status, 303);
    let path = account(&mut first, "college_league").await;
    assert!(first.post(&format!("{path}/password"), &[]).await.location().ends_with("done=asked"));
    assert!(first.post(&format!("{path}/offices"), &[("office", "school_league")]).await.location().ends_with("asked"));
    portal.app.clock.advance(Duration::hours(25));
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    assert_eq!(first.post(&format!("{path}/password"), &[]).await.all(".secret").len(), 1, "a day later");
}

#[tokio::test]
async fn two_who_confirm_at_once_grant_one_office() {
    let portal = Portal::start().await;
    let (mut first, mut second) = two(&portal).await;
    let path = account(&mut first, "school_league").await;
    first.post(&format!("{path}/offices"), &[("office", "administrator")]).await;
    let confirm = offered(&mut second, "confirm").await.remove(0);
    assert_eq!(second.post(&confirm, &[]).await.status, 303);
    let mut third = portal.signed_in(OfficeKind::SchoolLeague).await;
    let path = account(&mut first, "college_union").await;
    first.post(&format!("{path}/offices"), &[("office", "student_affairs")]).await;
    let confirm = offered(&mut second, "confirm").await.remove(0);
    let (one, other) = tokio::join!(second.post(&confirm, &[]), third.post(&confirm, &[]));
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 404]);
    let held: i64 = sqlx::query_scalar(
        "select count(*) from office o join account a on a.id = o.account_id
         where a.number = 'college_union' and o.kind = 'student_affairs' and o.ended_at is null",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(held, 1);
}

#[tokio::test]
async fn a_list_of_offices_is_uploaded_by_one_and_committed_by_another() {
    let portal = Portal::start().await;
    let (mut first, mut second) = two(&portal).await;
    let list = "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\nT300,新老师,学生工作部门,,,2026-09-01,\n";
    let sent = first.upload("/imports", &[("kind", "offices")], Some(("任职.csv", list.as_bytes()))).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let path = sent.location().split('?').next().unwrap().to_owned();
    assert!(first.get(&path).await.text().contains("上传的人不能自己确认"));
    let refused = first.commit_import(&path).await;
    assert!(!refused.text().contains("已写入"), "{}", refused.text());
    assert!(first.get("/accounts?q=T300").await.all("tbody tr").is_empty());
    let done = second.commit_import(&path).await;
    assert!(done.text().contains("已写入"), "{}", done.text());
    assert_eq!(first.get("/accounts?q=T300").await.all("tbody tr").len(), 1);
}

#[tokio::test]
async fn another_server_that_says_who_comes_in_is_set_by_two() {
    let portal = Portal::start().await;
    let (_, mut second) = two(&portal).await;
    let mut first = stating(&portal).signed_in(OfficeKind::Administrator).await;
    let server = CasServer::start().await;
    let fields = [("protocol", "cas"), ("server", server.address.as_str()), ("password_for", "all")];
    let sso = format!("/sso/{FIRST}");
    assert_eq!(first.post("/campus", &fields).await.location(), "/campus?done=asked");
    assert!(first.get("/campus").await.text().contains("你提出的设置"));
    assert_eq!(portal.visitor().get(&sso).await.status, 404, "one alone could come as anybody");
    let early = first.post("/campus", &[("apply", "yes")]).await;
    assert!(early.status == 422 && early.fault("方式").contains("没有已经确认的设置"), "{}", early.text());
    assert!(offered(&mut first, "confirm").await.is_empty());
    assert!(second.get("/").await.text().contains("确认修改统一身份认证"));
    let open = second.get("/accounts/consents").await;
    assert!(open.text().contains(&server.address), "{}", open.text());
    let confirm = offered(&mut second, "confirm").await.remove(0);
    assert!(second.post_on(&confirm, &[]).await.text().contains("已确认"));
    assert_eq!(portal.visitor().get(&sso).await.status, 404, "whoever asked lets it take effect");
    assert!(first.get("/campus").await.text().contains("按已确认的设置生效"));
    let others = second.post("/campus", &[("apply", "yes")]).await;
    assert_eq!(others.status, 422, "nobody else does");
    assert_eq!(first.post("/campus", &[("apply", "yes")]).await.location(), "/campus?done=kept");
    assert_eq!(portal.visitor().get(&sso).await.status, 303);
    let record = first.get("/audit?verb=campus_set").await.text();
    assert!(record.contains("学校党委甲"), "{record}");
    assert_eq!(first.post("/campus", &[("apply", "yes")]).await.status, 422, "used up");

    // What lets in nobody else needs one, and so does giving it up: it may be what does harm.
    let staff = [("protocol", "cas"), ("server", server.address.as_str()), ("password_for", "staff")];
    assert_eq!(first.post("/campus", &staff).await.location(), "/campus?done=kept");
    let plain = [("protocol", "cas"), ("server", server.address.as_str()), ("password_for", "staff"), ("plain", "yes")];
    assert_eq!(first.post("/campus", &plain).await.location(), "/campus?done=asked", "whoever listens would decide");
    assert_eq!(
        first.post("/campus", &[("protocol", "off"), ("password_for", "all")]).await.location(),
        "/campus?done=off"
    );
}

fn cas(address: &str) -> [(&str, &str); 3] {
    [("protocol", "cas"), ("server", address), ("password_for", "all")]
}

/// One asks for a server, the other confirms it.
async fn agree(first: &mut Client, second: &mut Client, server: &CasServer) {
    assert_eq!(first.post("/campus", &cas(&server.address)).await.location(), "/campus?done=asked");
    let confirm = offered(second, "confirm").await.remove(0);
    assert!(second.post_on(&confirm, &[]).await.text().contains("已确认"));
}

/// Waits until so many wait for a lock.
async fn waiting(portal: &Portal, many: i64) {
    let stand = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let mut owner = portal.owner().await;
    while sqlx::query_scalar::<_, i64>(stand).fetch_one(&mut owner).await.unwrap() < many {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_two_set_is_not_set_back_by_one_in_the_same_moment() {
    let portal = Portal::start().await;
    two(&portal).await;
    let mut first = stating(&portal).signed_in(OfficeKind::Administrator).await;
    let mut second = stating(&portal).signed_in(OfficeKind::SchoolParty).await;
    let (former, next) = (CasServer::start().await, CasServer::start().await);
    agree(&mut first, &mut second, &former).await;
    assert_eq!(first.post("/campus", &[("apply", "yes")]).await.location(), "/campus?done=kept");
    agree(&mut first, &mut second, &next).await;
    // It takes effect while the other one saves the former one, of which nothing need be asked until then.
    let mut busy = portal.owner().await;
    sqlx::query("begin").execute(&mut busy).await.unwrap();
    sqlx::query("select from campus_sign_in for update").execute(&mut busy).await.unwrap();
    let applied = tokio::spawn(async move { first.post("/campus", &[("apply", "yes")]).await });
    waiting(&portal, 1).await;
    let kept = tokio::spawn(async move { second.post("/campus", &cas(&former.address)).await });
    waiting(&portal, 2).await;
    sqlx::query("rollback").execute(&mut busy).await.unwrap();
    assert_eq!(applied.await.unwrap().location(), "/campus?done=kept");
    assert_eq!(kept.await.unwrap().location(), "/campus?done=asked");
}
