//! Signing in, and everything that keeps others out.

use axum::http::header;
use lunzhi::{
    database::Pools,
    office::{Office, OfficeKind, Staff},
    rules::plan::BUILT_IN,
    secrets::Cost,
    web::connections::Limits,
};
use sha2::{Digest, Sha256};
use time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{FIRST, PASSWORD, Page, Portal, SECOND, raw};

const LEAGUE: &str = "school_league";

#[tokio::test]
async fn a_secretary_signs_in_works_and_signs_out() {
    let portal = Portal::two().await;
    let mut secretary = portal.visitor();
    let asked = secretary.get("/plans").await;
    assert_eq!((asked.status, asked.location()), (303, "/sign-in?next=/plans"));
    let fields = [("school", FIRST), ("number", LEAGUE), ("password", PASSWORD), ("next", "/plans")];
    let signed_in = secretary.post("/sign-in", &fields).await;
    assert_eq!((signed_in.status, signed_in.location()), (303, "/plans"));
    assert_eq!(secretary.get("/plans").await.heading(), "实施方案");
    assert_eq!(secretary.get("/").await.all(".office"), ["校团委"]);
    let cookie = secretary.cookie();
    let out = secretary.post_on("/sign-out", &[]).await;
    assert!(out.all(".note-pass")[0].contains("已退出登录"), "{}", out.text());
    let mut thief = portal.visitor();
    let page = thief.send("GET", "/plans", &[("cookie", &cookie)], Vec::new()).await;
    assert_eq!(page.status, 303, "a session that was ended opens nothing");
}

#[tokio::test]
async fn a_wrong_password_says_nothing_of_who_exists_and_keeps_what_was_typed() {
    let portal = Portal::two().await;
    let mut visitor = portal.visitor();
    let wrong = visitor.sign_in(FIRST, LEAGUE, "wrong password").await;
    let unknown = visitor.sign_in(FIRST, "no-such-number", "wrong password").await;
    let elsewhere = visitor.sign_in(SECOND, "no-such-number", PASSWORD).await;
    for page in [&wrong, &unknown, &elsewhere] {
        assert_eq!(page.status, 422);
        assert_eq!(page.fault("密码"), "✕ 学校、学号（工号）或密码不对");
        assert_eq!(page.field("密码"), "", "a password never comes back");
    }
    assert_eq!((wrong.field("学校").as_str(), wrong.field("学号或工号").as_str()), (FIRST, LEAGUE));
    // A phone's keyboard leaves blanks where none are.
    assert_eq!(portal.visitor().sign_in(FIRST, "school _league　", PASSWORD).await.status, 303);
    let empty = visitor.post("/sign-in", &[]).await;
    assert_eq!(empty.status, 422);
    assert_eq!(
        (empty.fault("学校").as_str(), empty.fault("学号或工号").as_str()),
        ("✕ 请选择学校", "✕ 请填写学号或工号")
    );
}

#[tokio::test]
async fn failures_are_slowed_down_by_account_and_not_locked_out() {
    let portal = Portal::two().await;
    let mut guesser = portal.visitor();
    for _ in 0..5 {
        assert_eq!(guesser.sign_in(FIRST, LEAGUE, "a guess").await.status, 422);
    }
    let waiting = guesser.sign_in(FIRST, LEAGUE, PASSWORD).await;
    assert_eq!(waiting.status, 429, "even the right password waits");
    assert!(waiting.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(waiting.field("学号或工号"), LEAGUE);
    let mut other = portal.visitor();
    assert_eq!(other.sign_in(FIRST, "administrator", PASSWORD).await.status, 303, "others are not slowed down");
    portal.app.clock.advance(Duration::seconds(6));
    assert_eq!(guesser.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 303);
    let mut again = portal.visitor();
    assert_eq!(again.sign_in(FIRST, LEAGUE, "a slip").await.status, 422, "a success forgets the failures");
    assert_eq!(again.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn many_guesses_at_once_do_not_outrun_the_delay() {
    let portal = Portal::two().await;
    let guesses = (0..40).map(|_| {
        let mut guesser = portal.visitor();
        async move { guesser.sign_in(FIRST, LEAGUE, "a guess").await.status }
    });
    let mut looked_at = 0;
    let mut set = tokio::task::JoinSet::new();
    guesses.for_each(|guess| drop(set.spawn(guess)));
    while let Some(status) = set.join_next().await {
        looked_at += usize::from(status.unwrap() == 422);
    }
    assert_eq!(looked_at, 5, "only as many passwords were looked at as are free");
}

#[tokio::test]
async fn a_person_ends_their_sessions_everywhere_at_once() {
    let portal = Portal::two().await;
    let (mut office, mut home) =
        (portal.signed_in(OfficeKind::SchoolLeague).await, portal.signed_in(OfficeKind::SchoolLeague).await);
    assert_eq!(office.get("/me").await.all("tbody tr").len(), 2);
    let done = office.post("/me/sessions/end", &[("which", "others")]).await;
    assert_eq!(done.location(), "/me?done=sessions");
    assert_eq!(office.get("/me").await.status, 200);
    assert_eq!(home.get("/me").await.status, 303);
    office.post("/me/sessions/end", &[("which", "all")]).await;
    assert_eq!(office.get("/me").await.status, 303);
}

#[tokio::test]
async fn a_session_ends_by_itself_after_a_working_day() {
    let portal = Portal::two().await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    portal.app.clock.advance(Duration::hours(11));
    assert_eq!(student.get("/me").await.status, 200);
    portal.app.clock.advance(Duration::hours(2));
    assert_eq!(student.get("/me").await.status, 303);
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_where_teachers_work_and_not_on_a_students_phone() {
    let portal = Portal::two().await;
    let mut people = Vec::new();
    for kind in OfficeKind::ALL {
        people.push((*kind, portal.signed_in(*kind).await));
    }
    for _ in 0..2 {
        portal.app.clock.advance(Duration::minutes(20));
        for (kind, person) in &mut people {
            assert_eq!(person.get("/me").await.status, 200, "{kind:?} who works on");
        }
    }
    portal.app.clock.advance(Duration::minutes(20));
    for (_, person) in &mut people {
        assert_eq!(person.get("/me?again=yes").await.status, 200);
    }
    portal.app.clock.advance(Duration::minutes(11));
    for (kind, person) in &mut people {
        let page = person.get("/me").await;
        let expected = if Staff::KINDS.contains(kind) { 303 } else { 200 };
        assert_eq!(page.status, expected, "{kind:?}: a page that looks again by itself keeps no session open");
    }
    let (_, league) = people.iter_mut().find(|(kind, _)| *kind == OfficeKind::SchoolLeague).unwrap();
    let fields = [("name", "2026—2027 学年第一学期"), ("from", "2026-09-01"), ("last", "2027-01-31")];
    assert_eq!(league.post("/semesters", &fields).await.location(), "/sign-in?next=/kept");
    assert_eq!(league.sign_in(FIRST, LEAGUE, PASSWORD).await.location(), "/kept");
    assert_eq!(league.get("/kept").await.field("名称"), "2026—2027 学年第一学期");
}

#[tokio::test]
async fn administrators_set_after_how_long_an_idle_session_ends() {
    let portal = Portal::two().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let wrong = administrator.post("/accounts/security", &[("staff", "3"), ("students", "一刻")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.fault("教师担任的职务：多少分钟没有操作就退出"), "✕ 应为 5 至 720 的整数，或留空");
    assert_eq!(wrong.field("学生担任的职务：多少分钟没有操作就退出"), "一刻");
    let set = administrator.post_on("/accounts/security", &[("staff", ""), ("students", "15")]).await;
    assert!(set.text().contains("登录安全设置已保存"), "{}", set.text());
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    portal.app.clock.advance(Duration::minutes(16));
    assert_eq!((league.get("/me").await.status, student.get("/me").await.status), (200, 303));
    let record = administrator.get("/audit").await.text();
    assert!(record.contains("设置登录安全") && record.contains("不限") && record.contains("15 分钟"), "{record}");
    let mut elsewhere = portal.visitor();
    elsewhere.sign_in(SECOND, "administrator", PASSWORD).await;
    assert_eq!(elsewhere.get("/accounts/security").await.field("教师担任的职务：多少分钟没有操作就退出"), "30");
}

#[tokio::test]
async fn signing_in_again_ends_the_browsers_former_session() {
    let portal = Portal::two().await;
    let mut browser = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut before = browser.clone();
    assert_eq!(before.get("/me").await.status, 200);
    assert_eq!(browser.sign_in(FIRST, "administrator", PASSWORD).await.status, 303);
    assert_eq!(browser.get("/me").await.status, 200);
    assert_eq!(before.get("/me").await.status, 303, "whoever sat there before");
}

#[tokio::test]
async fn changing_the_password_ends_other_sessions_and_the_old_password() {
    let portal = Portal::two().await;
    let mut here = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut there = portal.signed_in(OfficeKind::SchoolLeague).await;
    let change =
        |old: &'static str, new: &'static str, again: &'static str| [("old", old), ("new", new), ("again", again)];
    let weak = here.post("/me/password", &change(PASSWORD, "short", "other")).await;
    assert_eq!(weak.status, 422);
    assert_eq!(weak.fault("新密码"), "✕ 至少 10 个字符");
    assert_eq!(weak.fault("再填一次新密码"), "✕ 两次填写的新密码不一致");
    let wrong = here.post("/me/password", &change("not the old one", "brand new secret", "brand new secret")).await;
    assert_eq!((wrong.status, wrong.fault("原密码").as_str()), (422, "✕ 原密码不对"));
    let done = here.post("/me/password", &change(PASSWORD, "brand new secret", "brand new secret")).await;
    assert_eq!(done.location(), "/me?done=password");
    assert_eq!((here.get("/me").await.status, there.get("/me").await.status), (200, 303));
    assert_eq!(portal.visitor().sign_in(FIRST, LEAGUE, PASSWORD).await.status, 422);
    assert_eq!(portal.visitor().sign_in(FIRST, LEAGUE, "brand new secret").await.status, 303);
}

#[tokio::test]
async fn a_form_from_another_site_is_not_carried_out() {
    let portal = Portal::two().await;
    let mut secretary = portal.signed_in(OfficeKind::SchoolLeague).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let page = secretary.send("POST", "/me/sessions/end", &form, b"which=all".to_vec()).await;
    assert_eq!((page.status, page.heading().as_str()), (403, "不是从本系统发出的请求"));
    let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
    assert_eq!(secretary.send("POST", "/sign-out", &form, Vec::new()).await.status, 403);
    assert_eq!(secretary.get("/me").await.status, 200, "the session still stands");
}

#[tokio::test]
async fn an_old_browsers_form_is_judged_by_the_page_it_comes_from() {
    let portal = Portal::two().await;
    let mut secretary = portal.signed_in(OfficeKind::SchoolLeague).await;
    secretary.host = "lunzhi.example.edu.cn";
    let mut send = async |referer: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("referer", referer)];
        secretary.send("POST", "/sign-out", &headers, Vec::new()).await.status
    };
    assert_eq!(send("https://evil.example/page").await, 403);
    assert_eq!(send("https://lunzhi.example.edu.cn/me").await, 303);
}

#[tokio::test]
async fn browsers_are_told_to_stay_on_tls_where_they_came_by_it() {
    let portal = Portal::two().await;
    let mut visitor = portal.visitor();
    assert!(!visitor.get("/sign-in").await.headers.contains_key("strict-transport-security"));
    let page = visitor.send("GET", "/sign-in", &[("x-forwarded-proto", "HTTPS")], Vec::new()).await;
    assert_eq!(page.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
}

#[tokio::test]
async fn cookies_and_headers_keep_to_the_strict_side() {
    let portal = Portal::two().await;
    let mut visitor = portal.visitor();
    visitor.host = "lunzhi.example.edu.cn";
    let signed_in = visitor.sign_in(FIRST, LEAGUE, PASSWORD).await;
    let cookies: Vec<&str> =
        signed_in.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(cookies[0].starts_with("__Host-lunzhi=") && cookies[1].starts_with("__Host-lunzhi-device="));
    for part in ["; Path=/;", "HttpOnly", "SameSite=Lax", "; Secure"] {
        assert!(cookies.iter().all(|cookie| cookie.contains(part)), "{part} not in {cookies:?}");
    }
    let page = visitor.get("/").await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(page.headers["x-robots-tag"], "noindex, noarchive");
    // Also what is answered outside all routes, and what is no page.
    for path in ["/kept", "/favicon.ico", "/no-such-page"] {
        let answer = portal.visitor().get(path).await;
        assert_eq!(answer.headers["content-security-policy"], page.headers["content-security-policy"], "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
    assert_eq!(portal.visitor().get("/favicon.ico").await.headers["content-type"], "image/svg+xml; charset=utf-8");
    // What the database holds opens nothing by itself.
    let token = cookies[0].split(['=', ';']).nth(1).unwrap();
    let (hash,): (String,) = sqlx::query_as("select encode(token_hash, 'hex') from session")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_ne!(hash, token);
    assert_eq!(hash, hex::encode(Sha256::digest(token)));
}

#[tokio::test]
async fn a_reader_cannot_write_whatever_it_is_asked() {
    // At one portal: a connection is asked, and no page.
    let portal = Portal::start().await;
    let mut reader = portal.app.read().await.unwrap();
    let error = sqlx::query("delete from session").execute(&mut *reader).await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "25006", "read_only_sql_transaction");
}

#[tokio::test]
async fn passwords_are_stored_as_owasp_argon2id() {
    let portal = Portal::two_with(Cost::OWASP).await;
    let mut secretary = portal.signed_in(OfficeKind::SchoolLeague).await;
    let fields = [("old", PASSWORD), ("new", "brand new secret"), ("again", "brand new secret")];
    assert_eq!(secretary.post("/me/password", &fields).await.status, 303);
    let (hash,): (String,) =
        sqlx::query_as("select password_hash from account where number = $1 order by password_set_at desc limit 1")
            .bind(LEAGUE)
            .fetch_one(&mut portal.owner().await)
            .await
            .unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[tokio::test]
async fn switching_the_office_changes_what_one_may_do() {
    let portal = Portal::two().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let path = |page: &Page| page.attributes("tbody a", "href").remove(0);
    let own = path(&administrator.get("/accounts?q=administrator").await);
    let to_oneself = administrator.post(&format!("{own}/offices"), &[("office", "school_league")]).await;
    assert_eq!((to_oneself.status, administrator.get("/plans").await.status), (422, 403));
    let league = path(&administrator.get("/accounts?q=school_league").await);
    administrator.post(&format!("{league}/offices"), &[("office", "student")]).await;
    let mut person = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(person.get("/plans").await.status, 200);
    let office = person.get("/me").await.attributes("form[action='/me/office'] input", "value").remove(0);
    assert_eq!(person.post("/me/office", &[("office", &office)]).await.location(), "/");
    let refused = person.get("/plans").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("你还担任 <strong>校团委</strong>"));
    assert_eq!(refused.attributes("main .actions a", "href"), ["/me#offices", "/"], "with a button that leads on");
    let stranger = portal.signed_in(OfficeKind::Student).await.post("/me/office", &[("office", &office)]).await;
    assert_eq!(stranger.status, 404, "an office of somebody else's cannot be taken");
}

#[tokio::test]
async fn a_stranger_who_guesses_does_not_keep_the_owner_out() {
    let portal = Portal::two().await;
    let mut owner = portal.signed_in(OfficeKind::SchoolLeague).await;
    owner.post("/sign-out", &[]).await;
    let mut stranger = portal.visitor();
    for _ in 0..7 {
        stranger.sign_in(FIRST, LEAGUE, "a guess").await;
    }
    assert_eq!(stranger.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 429);
    assert_eq!(owner.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 303, "the browser has signed in before");
    assert_eq!(stranger.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 429, "which forgives the stranger nothing");
}

#[tokio::test]
async fn a_slip_at_a_portal_whose_clock_is_ahead_costs_nobody_a_wait() {
    let portal = Portal::two().await;
    let mut owner = portal.visitor();
    portal.app.clock.advance(Duration::seconds(90));
    assert_eq!(owner.sign_in(FIRST, LEAGUE, "a slip").await.status, 422);
    portal.app.clock.advance(Duration::seconds(-90));
    assert_eq!(owner.sign_in(FIRST, LEAGUE, PASSWORD).await.status, 303);
}

/// A sign-in from an address, as the proxy on the same machine names it.
async fn sign_in_from(portal: &Portal, address: &str, number: &str, password: &str) -> Page {
    let body = serde_html_form::to_string([("school", FIRST), ("number", number), ("password", password)]).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", address)];
    portal.visitor().send("POST", "/sign-in", &headers, body.into_bytes()).await
}

#[tokio::test]
async fn a_stranger_elsewhere_does_not_keep_a_new_device_out() {
    let portal = Portal::two().await;
    for _ in 0..8 {
        sign_in_from(&portal, "10.66.6.6", LEAGUE, "a guess").await;
    }
    assert_eq!(sign_in_from(&portal, "10.66.6.7", LEAGUE, PASSWORD).await.status, 429, "the guesser's network waits");
    assert_eq!(sign_in_from(&portal, "10.1.1.1", LEAGUE, PASSWORD).await.status, 303, "the owner's does not");
    // Whoever commands many networks is counted by number, as long as it lasts: on a slow machine it takes more of them.
    for network in 0..120 {
        let address = format!("10.70.{network}.1");
        if sign_in_from(&portal, &address, LEAGUE, "a guess").await.status == 429 {
            break;
        }
        for _ in 0..4 {
            sign_in_from(&portal, &address, LEAGUE, "a guess").await;
        }
    }
    assert_eq!(sign_in_from(&portal, "10.1.2.1", LEAGUE, PASSWORD).await.status, 429);
    // The administrator sees it in the record and at the account, and lets the owner in.
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let record = administrator.get("/audit").await.text();
    assert!(
        record.contains("登录失败较多") && record.contains("10.66.6.0/24") && record.contains("新设备"),
        "{record}"
    );
    assert!(!record.contains("10.66.6.6"), "of an address no more than its network is kept");
    let account = administrator.get("/accounts?q=school_league").await.attributes("tbody a", "href").remove(0);
    assert!(administrator.get(&account).await.text().contains("须等待"));
    let opened = administrator.post(&format!("{account}/waits/end"), &[]).await;
    assert_eq!(administrator.get(opened.location()).await.text().matches("须等待").count(), 0);
    assert_eq!(sign_in_from(&portal, "10.1.2.1", LEAGUE, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn one_password_tried_at_many_accounts_is_slowed_and_seen() {
    // At one portal: each counts the failures of a network for itself, so that two of them let twice as many pass.
    let portal = Portal::start().await;
    let mut statuses = Vec::new();
    for person in 0..200 {
        let number = format!("2024{person:04}");
        statuses.push(sign_in_from(&portal, "10.66.6.6", &number, "a correct horse 78").await.status);
    }
    // While they are sent, one more is free every two seconds.
    let looked_at = statuses.iter().filter(|status| **status == 422).count();
    assert!((100..200).contains(&looked_at), "{looked_at}");
    assert_eq!(sign_in_from(&portal, "10.66.7.6", LEAGUE, PASSWORD).await.status, 303, "another network is not slowed");
    let record = portal.signed_in(OfficeKind::Administrator).await.get("/audit").await.text();
    assert!(record.contains("来自同一网络的登录"), "{record}");
    portal.app.clock.advance(Duration::minutes(1));
    assert_eq!(sign_in_from(&portal, "10.66.6.6", LEAGUE, PASSWORD).await.status, 303, "nobody is shut for good");
}

#[tokio::test]
async fn a_writers_connection_is_kept_and_one_inside_a_transaction_is_not() {
    // At one portal: connections are asked, and no page.
    let portal = Portal::start().await;
    let pools = Pools::new(&portal.url).unwrap();
    let backend = async |leave_open: bool| {
        let mut connection = pools.write.acquire().await.unwrap();
        if leave_open {
            sqlx::raw_sql("begin").execute(&mut *connection).await.unwrap();
        }
        let (pid,): (i32,) = sqlx::query_as("select pg_backend_pid()").fetch_one(&mut *connection).await.unwrap();
        drop(connection);
        // What is done with a connection that is given back is done in the background.
        while pools.write.now().size() > 0 && pools.write.now().num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        pid
    };
    let first = backend(false).await;
    assert_eq!(backend(true).await, first, "an ordinary write keeps its connection");
    assert_ne!(backend(false).await, first, "a transaction that was left open does not go on to the next");
}

#[tokio::test]
async fn an_office_that_ends_while_its_form_is_on_its_way_does_nothing() {
    let portal = Portal::two().await;
    let league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let address = portal.listen(Limits::default()).await;
    let plan = BUILT_IN[0].1.replace("code = \"suzhou-2020\"", "code = \"late-2026\"");
    let body = format!("--XyX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{plan}\r\n--XyX--\r\n");
    let kind = "multipart/form-data; boundary=XyX";
    let request = raw::request("POST", "/plans", &league.cookie(), kind, body.as_bytes());
    let (head, rest) = request.split_at(request.len() - 200);
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(head).await.unwrap();
    // The handler has proved the office and waits for the rest when the administrator ends the account.
    let reading =
        "select count(*) from pg_stat_activity where datname = current_database() and query like '%json_agg%'";
    let mut db = portal.owner().await;
    loop {
        let (asked,): (i64,) = sqlx::query_as(reading).fetch_one(&mut db).await.unwrap();
        if asked > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    sqlx::query("update account set disabled_at = story_now() where number = 'school_league'")
        .execute(&mut db)
        .await
        .unwrap();
    socket.write_all(rest).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("location: /sign-in"), "{answer}");
    let (added,): (i64,) =
        sqlx::query_as("select count(*) from plan_version where code = 'late-2026'").fetch_one(&mut db).await.unwrap();
    assert_eq!(added, 0);
}

/// Ends every session of an account but the one that asks, as from another device.
async fn end_other_sessions(portal: &Portal, office: OfficeKind) {
    let mut elsewhere = portal.signed_in(office).await;
    assert_eq!(elsewhere.post("/me/sessions/end", &[("which", "")]).await.status, 303);
}

#[tokio::test]
async fn a_form_written_past_the_end_of_a_session_comes_back_to_whoever_wrote_it() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    end_other_sessions(&portal, OfficeKind::SchoolLeague).await;
    let fields = [("name", "2026—2027 学年第一学期"), ("from", "2026-09-01"), ("last", "2027-01-31")];
    let sent = league.post("/semesters", &fields).await;
    assert_eq!((sent.status, sent.location()), (303, "/sign-in?next=/kept"));
    let ask = league.get(sent.location()).await;
    assert!(ask.text().contains("登录已过期，刚才填的没有提交"), "{}", ask.text());
    // Somebody else at the same browser finds nothing, nor does the table tell.
    let mut other = league.clone();
    other.sign_in(FIRST, "administrator", PASSWORD).await;
    let nothing = other.get("/kept").await;
    assert_eq!((nothing.status, nothing.location()), (303, "/"));
    let (sealed,): (Vec<u8>,) =
        sqlx::query_as("select sealed from kept_form").fetch_one(&mut portal.owner().await).await.unwrap();
    assert!(!sealed.windows(10).any(|part| part == "2026-09-01".as_bytes()));

    let mut late = league.clone();
    let back = league.sign_in(FIRST, "school_league", PASSWORD).await;
    assert_eq!(back.location(), "/kept", "also where the address was lost");
    let shown = league.get("/kept").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("登录已过期，刚才填的没有提交"), "{}", shown.text());
    assert_eq!(shown.field("名称"), "2026—2027 学年第一学期");
    assert_eq!(shown.field("结束日期"), "2027-01-31");
    let rows = "select count(*) from semester";
    let (semesters,): (i64,) = sqlx::query_as(rows).fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(semesters, 0, "nothing was done");
    assert_eq!(league.post("/semesters", &fields).await.status, 303);
    let (semesters, kept): (i64, i64) =
        sqlx::query_as("select (select count(*) from semester), (select count(*) from kept_form)")
            .fetch_one(&mut portal.owner().await)
            .await
            .unwrap();
    assert_eq!((semesters, kept), (1, 0), "what is sent is kept no more");

    // An hour later it is gone.
    let mut again = portal.signed_in(OfficeKind::SchoolLeague).await;
    end_other_sessions(&portal, OfficeKind::SchoolLeague).await;
    assert_eq!(again.post("/semesters", &fields).await.location(), "/sign-in?next=/kept");
    portal.app.clock.advance(Duration::minutes(61));
    again.sign_in(FIRST, "school_league", PASSWORD).await;
    assert_eq!(again.get("/kept").await.location(), "/");
    late.sign_in(FIRST, "school_league", PASSWORD).await;
    assert_eq!(late.get("/kept").await.location(), "/");
}

#[tokio::test]
async fn a_form_with_a_file_comes_back_without_it_and_secrets_are_never_kept() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    end_other_sessions(&portal, OfficeKind::SchoolLeague).await;
    let fields = [("kind", "grades"), ("period", "2025—2026 学年第二学期")];
    let sent = league.upload("/imports", &fields, Some(("成绩.csv", b"x"))).await;
    assert_eq!(sent.location(), "/sign-in?next=/kept");
    league.sign_in(FIRST, "school_league", PASSWORD).await;
    let shown = league.get("/kept").await;
    assert_eq!(shown.field("统计期间"), "2025—2026 学年第二学期", "{}", shown.text());
    assert!(shown.text().contains("选过的文件要重新选择"), "{}", shown.text());
    sqlx::query("delete from kept_form").execute(&mut portal.owner().await).await.unwrap();
    end_other_sessions(&portal, OfficeKind::SchoolLeague).await;
    let secret = [("old", PASSWORD), ("new", "another horse 88"), ("again", "another horse 88")];
    for path in ["/me/password", "/votes/00000000-0000-4000-8000-000000000000/cast", "/monitoring/x/passphrase"] {
        let sent = league.post(path, &secret).await;
        assert!(sent.status != 303 || !sent.location().contains("/kept"), "{path}");
    }
    let (kept,): (i64,) =
        sqlx::query_as("select count(*) from kept_form").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(kept, 0);
    // A page that was asked for is found again, and it is said why one signs in.
    let asked = league.get("/imports?kind=grades").await;
    assert_eq!(asked.location(), "/sign-in?next=/imports%3Fkind%3Dgrades");
    assert!(league.get(asked.location()).await.text().contains("登录已过期，请重新登录"));
    assert!(!portal.visitor().get(asked.location()).await.text().contains("已过期"), "who was never here");
}

#[tokio::test]
async fn a_file_too_large_and_a_fault_bring_the_form_back_with_everything_typed() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let huge = vec![b'a'; 25 * 1024 * 1024];
    let fields = [("kind", "grades"), ("period", "2025—2026 学年第二学期")];
    let large = league.upload("/imports", &fields, Some(("x.csv", &huge))).await;
    assert_eq!(large.status, 413);
    assert_eq!(large.field("统计期间"), "2025—2026 学年第二学期", "{}", large.text());
    assert!(large.fault("文件").contains("文件超过 8 MB"), "{}", large.text());
    assert!(large.text().contains("文件太大（最大 8 MB），没有提交"), "{}", large.text());
    sqlx::query("alter table audit_entry rename to audit_entry_away").execute(&mut portal.owner().await).await.unwrap();
    let fields = [("name", "2026—2027 学年第一学期"), ("from", "2026-09-01"), ("last", "2027-01-31")];
    let broken = league.post("/semesters", &fields).await;
    assert_eq!(broken.status, 500, "{}", broken.text());
    assert_eq!(broken.field("名称"), "2026—2027 学年第一学期", "{}", broken.text());
    assert!(broken.text().contains("请先到相应页面核对是否已经生效"), "{}", broken.text());
}

#[tokio::test]
async fn whatever_a_form_meets_what_was_typed_is_not_lost() {
    let portal = Portal::two().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let semester = |name| [("name", name), ("from", "2026-09-01"), ("last", "2027-01-31")];
    // What came along from another program is left out, and the rest is there to be sent.
    let pasted = league.post("/semesters", &semester("2026—2027 学年\u{b}第一学期\u{2}")).await;
    assert!(pasted.status == 400 && pasted.text().contains("看不见的控制符"), "{}", pasted.text());
    assert_eq!(pasted.field("名称"), "2026—2027 学年第一学期");
    let pasted = league.upload("/imports", &[("kind", "grades"), ("period", "第二\u{b}学期")], None).await;
    assert_eq!((pasted.status, pasted.field("统计期间").as_str()), (400, "第二学期"), "{}", pasted.text());
    // Of what is too long, of another office's and of what is gone the words can be copied.
    let long = "学期".repeat(8_000);
    let refused = league.post("/semesters", &semester(&long)).await;
    assert!(refused.status == 413 && refused.heading() == "填的内容太长", "{}", refused.heading());
    assert!(refused.text().contains(&long));
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let refused = student.post("/semesters", &semester("写错了职务的学期")).await;
    assert!(refused.status == 403 && refused.text().contains("写错了职务的学期"), "{}", refused.text());
    assert!(refused.text().contains("你现在的职务不在其中"), "{}", refused.text());
    let gone = league.post("/rounds/00000000-0000-4000-8000-000000000000/edit", &[("note", "写了很久的说明")]).await;
    assert!(gone.status >= 400 && gone.text().contains("写了很久的说明"), "{} {}", gone.status, gone.text());
    let (semesters,): (i64,) =
        sqlx::query_as("select count(*) from semester").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(semesters, 0);
}

#[tokio::test]
async fn what_a_page_filled_in_itself_is_not_shown_as_if_somebody_had_typed_it() {
    let portal = Portal::two().await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let fields = [("total", "4711"), ("seen", "8f3A"), ("kind", "grades"), ("period", "写了很久的期间")];
    let refused = student.post("/retention/erase", &fields).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(refused.all("section.card h2"), ["统计期间"], "{}", refused.text());
    assert_eq!(refused.all("section.card p"), ["写了很久的期间"], "{}", refused.text());
}

#[tokio::test]
async fn a_number_signs_in_whatever_its_case_and_width_and_is_counted_as_one() {
    let portal = Portal::two().await;
    for number in ["SCHOOL_LEAGUE", "School_League", "ｓｃｈｏｏｌ＿ｌｅａｇｕｅ", " school_league\u{200b}"]
    {
        assert_eq!(portal.visitor().sign_in(FIRST, number, PASSWORD).await.status, 303, "{number}");
    }
    assert_eq!(portal.visitor().get("/sign-in").await.attributes("#number", "autocapitalize"), ["none"]);
    let mut guesser = portal.visitor();
    for number in ["student", "STUDENT", "Student", "sTUDENT", "studenT"] {
        assert_eq!(guesser.sign_in(FIRST, number, "a guess").await.status, 422);
    }
    assert_eq!(guesser.sign_in(FIRST, "stuDENT", "a guess").await.status, 429);
}
