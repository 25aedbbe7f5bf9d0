//! Signing in by the university's own server: CAS as real servers speak it, faults included, and how a server is set.
//!
//! One file a feature: its stories share the servers that they talk to.

use axum::http::StatusCode;
use lunzhi::office::{Office, OfficeKind, Staff};
use serde_json::json;
use time::Duration;
use totp_rs::{Builder, Secret};

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal, SECOND,
    campus::{
        CasServer, OidcServer, SECRET, Trouble, cas_failure, cas_success, query_of, reached_at, record, says, set,
        stating,
    },
    sitting::{SMALL, opened, prepare},
    vetting::student_account,
};

async fn with_cas(portal: &Portal, more: &[(&str, &str)]) -> CasServer {
    let server = CasServer::start().await;
    let fields = [&[("protocol", "cas"), ("server", server.address.as_str())][..], more].concat();
    let kept = set(portal, &fields).await;
    assert_eq!((kept.status, kept.location()), (303, "/campus?done=kept"), "{}", kept.text());
    server
}

fn back(ticket: &str) -> String {
    format!("/sso/cas/{FIRST}?ticket={ticket}")
}

/// A browser that signs in by CAS as that user.
async fn by_cas(portal: &Portal, server: &CasServer, user: &str) -> (Client, Page) {
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let page = person.get(&back(&server.ticket(&sent, user))).await;
    (person, page)
}

#[tokio::test]
async fn cas_signs_a_secretary_in_by_number_and_the_record_knows() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut secretary = portal.visitor();
    let page = secretary.get("/sign-in?next=/plans").await;
    let links = page.attributes("a", "href");
    assert!(links.contains(&format!("/sso/{FIRST}?next=/plans")), "a link, no form: {links:?}");
    assert!(!links.iter().any(|link| link.contains(SECOND)), "the other school has set nothing");
    let sent = secretary.get(&format!("/sso/{FIRST}?next=/plans")).await;
    assert_eq!(sent.status, 303);
    let service = query_of(sent.location()).remove("service").unwrap();
    assert_eq!(service, format!("http://127.0.0.1:8080/sso/cas/{FIRST}"), "fixed, and without a query");
    let ticket = server.ticket(&sent, "school_league");
    let arrived = secretary.get(&back(&ticket)).await;
    assert_eq!((arrived.status, arrived.location()), (303, "/plans"), "{}", arrived.text());
    assert_eq!(server.asked(), [service], "asked at once, once, and by the same name");
    assert_eq!(secretary.get("/plans").await.heading(), "实施方案");
    assert_eq!(secretary.get("/").await.all(".office"), ["校团委"], "offices come from the portal");
    let (_, again) = by_cas(&portal, &server, "school_league").await;
    assert_eq!(again.status, 303);
    let record = record(&portal).await;
    for words in ["设置统一身份认证", "绑定统一身份认证", "统一身份认证登录"] {
        assert!(record.contains(words), "{words}");
    }
    assert!(!record.contains(&ticket) && !record.contains("ST-"), "no ticket in the record");
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    assert_eq!(administrator.get("/audit?verb=campus_bound").await.all("tbody tr").len(), 1, "bound once");
    assert_eq!(administrator.get("/audit?verb=campus_signed_in").await.all("tbody tr").len(), 2);
    assert!(administrator.get("/inbox").await.text().contains("统一身份认证的设置有变化"));
}

#[tokio::test]
async fn an_administrator_without_a_password_confirms_what_another_one_asks() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    let fields = [("number", "T900"), ("name", "李老师"), ("office", "administrator")];
    let made = first.post("/accounts", &fields).await;
    assert_eq!(made.status, 200, "nobody else could confirm it: {}", made.text());
    let (mut second, arrived) = by_cas(&portal, &server, "T900").await;
    assert_eq!(arrived.status, 303, "{}", arrived.text());
    let account = first.get("/accounts?q=college_league").await.attributes("tbody a", "href").remove(0);
    let asked = first.post(&format!("{account}/password"), &[]).await;
    assert!(asked.location().ends_with("done=asked"), "not alone any more: {}", asked.text());
    assert_eq!(portal.visitor().sign_in(FIRST, "college_league", PASSWORD).await.status, 303, "nothing was done");
    let open = second.get("/accounts/consents").await;
    let confirm = open.attributes("form[action$='/confirm']", "action").remove(0);
    assert_eq!(second.post(&confirm, &[]).await.status, 303);
    let reset = first.post(&format!("{account}/password"), &[]).await;
    assert_eq!((reset.status, reset.all(".secret").len()), (200, 1), "{}", reset.text());
}

#[tokio::test]
async fn an_administrator_without_a_password_is_one_of_them_and_the_last_one_stays() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    let fields = [("number", "T900"), ("name", "李老师"), ("office", "administrator")];
    assert_eq!(first.post("/accounts", &fields).await.status, 200);
    let of_first = first.get("/accounts?q=administrator").await.attributes("tbody a", "href").remove(0);
    let of_second = first.get("/accounts?q=T900").await.attributes("tbody a", "href").remove(0);
    let alone = first.post(&format!("{of_first}/disable"), &[]).await;
    assert!(alone.status == 422 && alone.text().contains("最后一名系统管理员"), "never came in: {}", alone.text());
    assert!(first.get(&of_second).await.text().contains("待激活"));

    let (mut second, _) = by_cas(&portal, &server, "T900").await;
    let page = second.get(&of_second).await;
    assert!(page.text().contains("没有（用统一身份认证登录）") && !page.text().contains("待激活"), "{}", page.text());
    let list = second.get("/accounts?q=T900").await;
    assert!(!list.text().contains("待激活"), "{}", list.text());
    assert_eq!(second.post(&format!("{of_first}/disable"), &[]).await.status, 303, "one is left who can sign in");
    let refused = second.post(&format!("{of_second}/disable"), &[]).await;
    assert!(refused.status == 422 && refused.text().contains("最后一名系统管理员"), "{}", refused.text());
    let end = second.get(&of_second).await.attributes("form[action*='/offices/']", "action").remove(0);
    assert_eq!(second.post(&end, &[]).await.status, 422);

    // Nor is the server given up by which alone they come.
    let off = [("protocol", "off"), ("password_for", "all")];
    let refused = second.post("/campus", &off).await;
    assert!(refused.status == 422 && refused.fault("方式").contains("系统管理员都没有设密码"), "{}", refused.text());
    portal.app.clock.advance(Duration::hours(25));
    let (mut second, _) = by_cas(&portal, &server, "T900").await;
    let code = second.post(&format!("{of_second}/password"), &[]).await.all(".secret").remove(0);
    let mut second = portal.visitor();
    assert_eq!(second.activate(FIRST, "T900", &code, "another correct horse 78").await.status, 303);
    assert_eq!(second.post("/campus", &off).await.location(), "/campus?done=off");
}

#[tokio::test]
async fn whom_a_list_names_after_they_came_by_the_server_is_a_student_too() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let fields = [("number", "N7"), ("name", "韩梅"), ("office", "class_branch"), ("class", "软件2401班")];
    assert_eq!(administrator.post("/accounts", &fields).await.status, 200);
    let (mut person, _) = by_cas(&portal, &server, "N7").await;
    assert_eq!(person.get("/people").await.status, 200, "the branch's secretary");
    assert!(!person.get("/me/data").await.text().contains("软件技术"), "no student yet");

    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let list =
        "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\nN7,韩梅,信息工程系,软件技术,专科,2024,软件2401班,团员\n";
    let sent = staff.upload("/imports", &[("kind", "students")], Some(("名单.csv", list.as_bytes()))).await;
    let path = sent.location().split('?').next().unwrap().to_owned();
    let done = staff.commit_import(&path).await;
    assert!(done.text().contains("已写入：新增 1 条"), "{}", done.text());
    assert!(person.get("/me/data").await.text().contains("软件技术"), "and their own data are theirs to see");
    let held = "select count(*) from office o join account a on a.id = o.account_id
                where a.number = 'N7' and o.kind = 'student' and is_held(o.from_day, o.until_day, o.ended_at, $1)";
    let held = async |portal: &Portal| -> i64 {
        let now = portal.app.clock.now();
        sqlx::query_scalar(held).bind(now).fetch_one(&mut portal.owner().await).await.unwrap()
    };
    assert_eq!(held(&portal).await, 1);

    // Whoever leaves and comes back is a student again, without a password as before.
    let student = staff.get("/people?q=N7").await;
    assert!(student.text().contains("已激活"), "{}", student.text());
    let student = student.attributes("tbody a", "href").remove(0);
    let today = portal.app.clock.today().to_string();
    let leave = [("day", today.as_str()), ("why", "suspended"), ("reason", "休学")];
    assert_eq!(staff.post(&format!("{student}/leave"), &leave).await.status, 303);
    assert_eq!(held(&portal).await, 0);
    assert_eq!(staff.post(&format!("{student}/return"), &[("reason", "复学")]).await.status, 303);
    assert_eq!(held(&portal).await, 1);
}

#[tokio::test]
async fn whoever_came_by_the_server_needs_no_slip_and_one_in_other_hands_opens_nothing() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let printed = league.post_on(&act, &[]).await.all(".slip-code");
    let number = "20240002";
    assert_eq!(by_cas(&portal, &server, number).await.1.status, 303);
    let found = portal.visitor().activate(FIRST, number, &printed[1], "another correct horse 78").await;
    assert_eq!(found.status, 422, "a slip that lies about sets no password of theirs");
    let one = league.post_on(&act, &[("whom", "one"), ("number", number)]).await;
    assert!(one.all(".slip-code").is_empty(), "nor does a new one");
    assert_eq!(league.post_on(&act, &[("whom", "all")]).await.all(".slip-code").len(), printed.len() - 1);
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let waiting = branch.get("/people?state=waiting").await;
    assert!(waiting.text().contains(&format!("共 {} 人", printed.len() - 1)), "{}", waiting.text());

    // Where the server is given up they need one again.
    assert_eq!(set(&portal, &[("protocol", "off")]).await.status, 303);
    let again = league.post_on(&act, &[("whom", "one"), ("number", number)]).await.all(".slip-code");
    assert_eq!(portal.visitor().activate(FIRST, number, &again[0], "another correct horse 78").await.status, 303);
}

#[tokio::test]
async fn the_service_is_the_stated_address_whatever_host_a_request_names() {
    let portal = Portal::start().await;
    let server = CasServer::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    assert!(administrator.get("/campus").await.text().contains("运维还没有写明本系统的地址"));
    let fields = [("protocol", "cas"), ("server", server.address.as_str()), ("password_for", "all")];
    for path in ["/campus", "/campus/try"] {
        let page = administrator.post(path, &fields).await;
        assert!(page.status == 422 && page.fault("方式").contains("--public-url"), "{}", page.text());
    }
    assert_eq!(set(&portal, &fields).await.status, 303);
    let service = format!("http://127.0.0.1:8080/sso/cas/{FIRST}");
    // Somebody who keeps another site asks in its name, to redeem here a ticket that was given for it.
    let mut thief = portal.visitor();
    thief.host = "evil.example";
    let sent = thief.get(&format!("/sso/{FIRST}")).await;
    assert_eq!(query_of(sent.location()).remove("service").unwrap(), service);
    thief.get(&back(&server.ticket(&sent, "student"))).await;
    assert_eq!(server.asked(), [service]);
    assert!(
        administrator.get("/campus").await.text().contains("登录仍回到原来的地址"),
        "the address is stated no more"
    );
}

#[tokio::test]
async fn the_number_is_read_from_the_attribute_that_is_set_in_either_style() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[("number_field", "xh"), ("name_field", "cn")]).await;
    for inside in [
        "<cas:user>u9</cas:user><cas:attributes><cas:xh>student</cas:xh><cas:xh>other</cas:xh></cas:attributes>",
        "<cas:user>u9</cas:user><cas:attribute name='xh' value='student'/>",
        "<cas:user>u9</cas:user><cas:attributes><cas:urn:oid:2.5.4.3>张三</cas:urn:oid:2.5.4.3><cas:full name>张三\
         </cas:full name><cas:cn>None</cas:cn><cas:xh><![CDATA[student]]></cas:xh></cas:attributes>",
    ] {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let arrived = person.get(&back(&server.ticket_answering(&sent, &cas_success(inside)))).await;
        assert_eq!((arrived.status, arrived.location()), (303, "/"), "{inside}: {}", arrived.text());
    }
    for inside in ["<cas:user>student</cas:user>", "<cas:user>u</cas:user><cas:attribute name='xh' value='None'/>"] {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let page = person.get(&back(&server.ticket_answering(&sent, &cas_success(inside)))).await;
        assert!(page.status == 403 && says(&page).contains("没有给出你的学号"), "{}", page.text());
    }
    for otherwise in [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::FOUND, StatusCode::OK] {
        server.speak_version_2(otherwise);
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let answer = cas_success("<cas:user>u9</cas:user><cas:xh>student</cas:xh>");
        let arrived = person.get(&back(&server.ticket_answering(&sent, &answer))).await;
        assert_eq!(arrived.status, 303, "a server of version 2: {}", arrived.text());
    }
}

#[tokio::test]
async fn each_refusal_of_a_cas_server_has_its_own_sentence() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut said = Vec::new();
    for code in [
        "INVALID_TICKET",
        "INVALID_TICKET_SPEC",
        "INVALID_SERVICE",
        "INVALID_REQUEST",
        "UNAUTHORIZED_SERVICE_PROXY",
        "INTERNAL_ERROR",
    ] {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}?next=/plans")).await;
        let page = person.get(&back(&server.ticket_answering(&sent, &cas_failure(code)))).await;
        assert_eq!(page.status, if code == "INTERNAL_ERROR" { 502 } else { 403 }, "{code}");
        let links = page.attributes("a", "href");
        assert!(links.contains(&format!("/sso/{FIRST}?next=/plans")), "{links:?}");
        assert!(links.contains(&"/sign-in?next=/plans".to_owned()), "password sign-in is still there: {links:?}");
        said.push(says(&page));
    }
    assert!(record(&portal).await.contains("统一身份认证未通过"));
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 6, "{said:#?}");
}

#[tokio::test]
async fn an_answer_is_taken_once_and_in_the_browser_that_began_alone() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    let begun = person.clone();
    let ticket = server.ticket(&sent, "student");
    assert_eq!(person.get(&back(&ticket)).await.location(), "/inbox");
    assert_eq!(person.get(&back(&ticket)).await.status, 303, "a second visit goes on by the session");
    assert_eq!(person.get("/inbox").await.status, 200);
    assert_eq!(begun.clone().get(&back(&ticket)).await.location(), "/inbox", "also one that was under way meanwhile");
    assert_eq!(server.asked().len(), 1);

    let mut thief = portal.visitor();
    let page = thief.get(&back(&ticket)).await;
    assert!(page.status == 403 && says(&page).contains("不是从本系统的登录页开始"), "{}", page.text());
    thief.get(&format!("/sso/{FIRST}")).await;
    thief.get(&back(&ticket)).await;
    assert_eq!((thief.get("/inbox").await.status, server.asked().len()), (303, 1), "a ticket replayed opens nothing");
    // Somebody else's ticket, as a link: it signs nobody in as them.
    let mut other = portal.visitor();
    let sent = other.get(&format!("/sso/{FIRST}")).await;
    let lure = back(&server.ticket(&sent, "class_branch"));
    let mut victim = portal.visitor();
    assert_eq!(victim.get(&lure).await.status, 403);
    assert_eq!(victim.get("/me").await.status, 303);
    assert_eq!(victim.get(&format!("/sso/cas/{SECOND}?ticket=ST-1")).await.status, 404);
    assert_eq!(victim.get("/sso/no%00where").await.status, 404);
}

#[tokio::test]
async fn another_sites_link_begins_nothing_and_nobody_is_replaced_unasked() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let begin = format!("/sso/{FIRST}?next=/plans");
    for site in ["cross-site", "same-site"] {
        let mut victim = portal.visitor();
        let page = victim.send("GET", &begin, &[("sec-fetch-site", site)], Vec::new()).await;
        assert_eq!((page.status, page.heading().as_str()), (200, "统一身份认证登录"), "{site}");
        assert_eq!(victim.cookie(), "", "{site}: nothing is begun");
        assert_eq!(page.attributes("main a", "href"), std::slice::from_ref(&begin));
        let own = victim.send("GET", &begin, &[("sec-fetch-site", "same-origin")], Vec::new()).await;
        assert_eq!(own.status, 303);
    }
    let mut person = portal.visitor();
    let sent = person.get(&begin).await;
    let ticket = server.ticket(&sent, "class_branch");
    assert_eq!(person.sign_in(FIRST, "student", PASSWORD).await.status, 303);
    let page = person.get(&back(&ticket)).await;
    assert!(page.status == 403 && says(&page).contains("另一个账号"), "{}", page.text());
    assert_eq!(person.get("/").await.all(".office"), ["学生"], "still who they were");
    person.post("/sign-out", &[]).await;
    let sent = person.get(&begin).await;
    assert_eq!(person.get(&back(&server.ticket(&sent, "class_branch"))).await.location(), "/plans");
}

#[tokio::test]
async fn many_visits_with_one_ticket_open_one_session() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let ticket = server.ticket(&sent, "student");
    let mut visits = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (mut twin, path) = (person.clone(), back(&ticket));
        visits.spawn(async move { twin.get(&path).await.status });
    }
    while let Some(status) = visits.join_next().await {
        assert_eq!(status.unwrap(), 303);
    }
    assert_eq!(server.asked().len(), 1);
    let (sessions,): (i64,) = sqlx::query_as("select count(*) from session where by_campus")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(sessions, 1);
}

#[tokio::test]
async fn the_server_ends_a_session_by_its_ticket_again_and_again() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let ticket = server.ticket(&sent, "student");
    person.get(&back(&ticket)).await;
    let (mut other, _) = by_cas(&portal, &server, "student").await;
    let end = async |index: &str| {
        let xml = format!(
            "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"LR-1\" Version=\"2.0\">\n\
             <saml:NameID>@NOT_USED@</saml:NameID><samlp:SessionIndex>{index}</samlp:SessionIndex></samlp:LogoutRequest>"
        );
        let body = format!("logoutRequest={}", lunzhi::page::filters::query_value(&xml));
        // As servers send it: no cookie, no origin, no fetch metadata.
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        portal.visitor().send("POST", &format!("/sso/cas/{FIRST}"), &headers, body.into_bytes()).await.status
    };
    assert_eq!(end("ST-404-nobody").await, 200);
    assert_eq!(person.get("/me").await.status, 200);
    for _ in 0..2 {
        assert_eq!(end(&ticket).await, 200);
    }
    assert_eq!(person.get("/me").await.status, 303, "ended");
    assert_eq!(other.get("/me").await.status, 200, "that session alone");
    let nonsense = portal.visitor().post(&format!("/sso/cas/{FIRST}"), &[("logoutRequest", "<a")]).await;
    assert_eq!(nonsense.status, 200);
}

#[tokio::test]
async fn whoever_signs_out_reads_that_the_session_at_the_server_goes_on() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let left = format!("/sso/left/{FIRST}");
    for (path, fields) in [("/sign-out", &[][..]), ("/me/sessions/end", &[("which", "all")][..])] {
        let (mut person, _) = by_cas(&portal, &server, "student").await;
        let done = person.post(path, fields).await;
        assert_eq!((done.status, done.location()), (303, left.as_str()), "{path}");
        assert_eq!(person.get("/me").await.status, 303, "{path}");
        let page = person.get(&left).await;
        assert_eq!((page.status, page.heading().as_str()), (200, "已退出本系统"), "{}", page.text());
        assert!(page.all(".note-warn").concat().contains("就会以你的身份登录"), "{}", page.text());
        assert_eq!(page.attributes("main a", "href"), [format!("{}/logout", server.address), "/sign-in".to_owned()]);
    }
    let mut by_password = portal.visitor();
    by_password.sign_in(FIRST, "student", PASSWORD).await;
    assert_eq!(by_password.get(&left).await.location(), "/", "who is signed in has not left");
    assert_eq!(
        by_password.post("/sign-out", &[]).await.location(),
        "/sign-in?out=yes",
        "a password has no session elsewhere"
    );
    assert_eq!(by_password.get(&format!("/sso/left/{SECOND}")).await.status, 404, "it has set no server");
}

#[tokio::test]
async fn whoever_came_by_the_server_before_signs_in_anew_where_another_vouches() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let other = CasServer::start().await;
    let (own, others) = (server.address.as_str(), other.address.as_str());
    let mut by_password = portal.visitor();
    by_password.sign_in(FIRST, "college_league", PASSWORD).await;
    for (fields, ends) in [
        (&[("protocol", "cas"), ("server", own), ("opens", "yes"), ("name_field", "cn")][..], false),
        (&[("protocol", "cas"), ("server", own), ("number_field", "xh")][..], true),
        (&[("protocol", "cas"), ("server", others)][..], true),
        (&[("protocol", "off")][..], true),
    ] {
        assert_eq!(set(&portal, &[("protocol", "cas"), ("server", own)]).await.status, 303);
        let (mut person, page) = by_cas(&portal, &server, "student").await;
        assert_eq!(page.status, 303, "{}", page.text());
        let (mut administrator, _) = by_cas(&stating(&portal), &server, "administrator").await;
        let kept = administrator.post("/campus", &[&[("password_for", "all")][..], fields].concat()).await;
        assert_eq!(kept.status, 303, "{fields:?}: {}", kept.text());
        assert_eq!(person.get("/me").await.status, if ends { 303 } else { 200 }, "{fields:?}");
        assert_eq!(administrator.get("/me").await.status, 200, "one's own goes on");
        assert_eq!(by_password.get("/me").await.status, 200, "a password vouches for itself");
    }
    assert!(record(&portal).await.contains("结束的登录"));
}

#[tokio::test]
async fn a_server_in_trouble_keeps_nobody_from_signing_in_with_a_password() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    for trouble in [Trouble::Huge, Trouble::Moved, Trouble::Broken, Trouble::Page, Trouble::Silent] {
        server.fail(Some(trouble));
        let (mut person, page) = by_cas(&portal, &server, "student").await;
        assert_eq!(page.status, 502, "{trouble:?}");
        says(&page);
        assert_eq!(person.sign_in(FIRST, "student", PASSWORD).await.status, 303);
    }
    server.fail(None);
    assert_eq!(by_cas(&portal, &server, "student").await.1.status, 303, "and it is well again");
    set(&portal, &[("protocol", "cas"), ("server", "http://127.0.0.1:9/cas")]).await;
    let mut person = portal.visitor();
    person.get(&format!("/sso/{FIRST}")).await;
    let page = person.get(&back("ST-1")).await;
    assert!(page.status == 502 && says(&page).contains("没有应答"), "{}", page.text());
}

#[tokio::test]
async fn unknown_people_are_told_whom_to_ask_or_come_in_where_the_roster_has_them() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[("name_field", "cn")]).await;
    let unknown = async |number: &str| {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let answer = cas_success(&format!("<cas:user>{number}</cas:user><cas:cn>令狐甲</cas:cn>"));
        person.get(&back(&server.ticket_answering(&sent, &answer))).await
    };
    for number in ["20240007", "nobody"] {
        let page = unknown(number).await;
        assert_eq!(page.status, 403);
        assert!(says(&page).contains("没有这个学号"), "{}", page.text());
        assert!(page.text().contains(&format!("{number}（令狐甲）")) && page.text().contains("系统管理员或校团委"));
    }
    assert!(!record(&portal).await.contains("令狐甲"), "the record has nothing of who is not ours");

    let fields = [("protocol", "cas"), ("server", server.address.as_str()), ("opens", "yes")];
    assert_eq!(set(&portal, &fields).await.status, 303);
    assert_eq!(unknown("nobody").await.status, 403, "whom the roster does not have");
    let (mut student, page) = by_cas(&portal, &server, "20240007").await;
    assert_eq!(page.status, 303, "{}", page.text());
    assert_eq!(student.get("/").await.all(".office"), ["学生"], "a student, and nothing more");
    assert!(student.get("/me").await.text().contains("学生7"), "the roster's name, whatever the server says");
    assert_eq!(portal.visitor().sign_in(FIRST, "20240007", "").await.status, 422, "without a password");
    let left = "update student set left_on = story_day() - 1, left_why = 'graduated' where number = '20240008'";
    sqlx::query(left).execute(&mut portal.owner().await).await.unwrap();
    assert_eq!(by_cas(&portal, &server, "20240008").await.1.status, 403, "who has left");
    sqlx::query("update account set disabled_at = story_now() where number = '20240007'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let page = by_cas(&portal, &server, "20240007").await.1;
    assert!(page.status == 403 && says(&page).contains("已停用"), "{}", page.text());
}

#[tokio::test]
async fn the_number_binds_and_never_the_name() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[("number_field", "xh"), ("name_field", "cn")]).await;
    let come = async |user: &str, name: &str, number: &str| {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let inside = format!(
            "<cas:user>{user}</cas:user><cas:attributes><cas:cn>{name}</cas:cn><cas:xh>{number}</cas:xh></cas:attributes>"
        );
        let page = person.get(&back(&server.ticket_answering(&sent, &cas_success(&inside)))).await;
        assert_eq!(page.status, 303, "{}", page.text());
        person
    };
    let mut first = come("u1", "旧名", "student").await;
    let name = first.get("/me").await.all("dd").remove(0);
    let mut renamed = come("u1", "新名", " STUDENT ").await;
    assert_eq!(renamed.get("/me").await.all("dd").remove(0), name, "a name that changed there changes nothing here");
    come("u2", "旧名", "student").await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let bound = administrator.get("/audit?verb=campus_bound").await.all("tbody tr");
    assert!(
        bound.len() == 2 && bound.concat().contains("另一个用户"),
        "another user of the number is recorded: {bound:?}"
    );
}

#[tokio::test]
async fn another_user_in_a_voters_name_is_noted_like_a_reset() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[("number_field", "xh")]).await;
    student_account(&portal, 3).await;
    let sitting = opened(&portal, &SMALL).await;
    let come = async |user: &str| {
        let mut person = portal.visitor();
        let sent = person.get(&format!("/sso/{FIRST}")).await;
        let inside = format!("<cas:user>{user}</cas:user><cas:attributes><cas:xh>20240003</cas:xh></cas:attributes>");
        let page = person.get(&back(&server.ticket_answering(&sent, &cas_success(&inside)))).await;
        assert_eq!(page.status, 303, "{}", page.text());
        person
    };
    let mut owner = come("u1").await;
    assert!(!owner.get(&sitting.votes()).await.text().contains("被重置过"));
    come("u2").await;
    assert!(owner.get("/inbox").await.text().contains("登录你账号的用户变了"));
    assert!(owner.get(&sitting.votes()).await.text().contains("另一个用户"));
    let noted = "select count(*) from voter_reset where kind = 'reset' and by_account is null";
    let (noted,): (i64,) = sqlx::query_as(noted).fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(noted, 1);
}

#[tokio::test]
async fn of_numbers_that_differ_in_spelling_that_very_one_counts() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let twin = "insert into account (id, institution_id, number, number_twin, name, must_change_password, created_at)
                select gen_random_uuid(), id, 'Student', true, '另一人', false, story_now() from institution where code = $1";
    sqlx::query(twin).bind(FIRST).execute(&mut portal.owner().await).await.unwrap();
    assert_eq!(by_cas(&portal, &server, "student").await.1.status, 303);
    for other in ["STUDENT", "ｓｔｕｄｅｎｔ"] {
        let (mut person, page) = by_cas(&portal, &server, other).await;
        assert_eq!(page.status, 403, "{other}: {}", page.text());
        assert_eq!(person.get("/me").await.status, 303);
    }
    assert_eq!(by_cas(&portal, &server, "SCHOOL_LEAGUE").await.1.status, 303, "of which there is one alone");
}

#[tokio::test]
async fn a_password_stays_for_staff_where_the_university_wants_it_so() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[("password_for", "staff")]).await;
    for kind in OfficeKind::ALL {
        let page = portal.visitor().sign_in(FIRST, kind.slug(), PASSWORD).await;
        if Staff::KINDS.contains(kind) {
            assert_eq!(page.status, 303, "{kind:?}");
        } else {
            assert_eq!(page.status, 422, "{kind:?}");
            assert!(page.fault("密码").contains("统一身份认证"), "{}", page.text());
        }
    }
    let wrong = portal.visitor().sign_in(FIRST, "student", "wrong password").await;
    assert!(!wrong.fault("密码").contains("统一身份认证"), "a guess learns nothing");
    let code = "abcd-efgh-jkmn-pqrs-tuvw-xyz2";
    sqlx::query(
        "with made as (
             insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
             select gen_random_uuid(), s.institution_id, s.number, s.name, false, story_now(), s.id
             from student s join institution i on i.id = s.institution_id where s.number = '20240011' and i.code = $1
             returning id
         )
         insert into activation (code_hash, account_id, purpose, made_at, expires_at)
         select $2, id, 'first', story_now(), story_now() + interval '1 day' from made",
    )
    .bind(FIRST)
    .bind(lunzhi::auth::token::hash_of(code))
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let activated = portal.visitor().activate(FIRST, "20240011", code, "another correct horse 78").await;
    assert!(activated.status == 422 && activated.text().contains("不用激活"), "{}", activated.text());
    assert_eq!(by_cas(&portal, &server, "20240011").await.1.status, 303, "and comes in without");
    assert_eq!(by_cas(&portal, &server, "student").await.1.status, 303);
    assert_eq!(portal.visitor().sign_in(SECOND, "student", PASSWORD).await.status, 303, "another school's choice");
    let off = set(&portal, &[("protocol", "off")]).await;
    assert_eq!((off.status, off.location()), (303, "/campus?done=off"));
    assert_eq!(portal.visitor().sign_in(FIRST, "student", PASSWORD).await.status, 303);
    assert_eq!(portal.visitor().get(&format!("/sso/{FIRST}")).await.status, 404);
}

#[tokio::test]
async fn the_second_factor_and_the_idle_end_are_as_after_a_password() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let fields = [("staff", "30"), ("students", ""), ("factor", "yes")];
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    administrator.post("/accounts/security", &fields).await;
    // One who has no password sets the factor up by having come a moment ago.
    sqlx::query(
        "update account set password_hash = null, password_set_at = null
         where number = 'school_league'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let (mut league, _) = by_cas(&portal, &server, "school_league").await;
    assert_eq!(league.get("/plans").await.location(), "/me", "the factor that is required comes first");
    let begun = league.post("/me/factor/new", &[]).await;
    assert_eq!((begun.status, begun.location()), (303, "/me/factor"), "{}", begun.text());
    let secret = league.get("/me/factor").await.all(".secret").concat().replace(' ', "");
    let shown = |portal: &Portal| {
        let totp = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build().unwrap();
        totp.generate(u64::try_from(portal.app.clock.now().unix_timestamp()).unwrap()).to_string()
    };
    assert_eq!(league.post("/me/factor", &[("code", &shown(&portal))]).await.heading(), "✓ 动态验证码已开启");
    assert_eq!(league.get("/plans").await.status, 200);

    portal.app.clock.advance(Duration::seconds(60));
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}?next=/plans")).await;
    let ticket = server.ticket(&sent, "school_league");
    let arrived = person.get(&back(&ticket)).await;
    assert_eq!(arrived.location(), "/sign-in/factor?next=/plans", "asked for here too");
    assert_eq!(person.get("/plans").await.status, 303);
    let opened = person.post("/sign-in/factor", &[("code", &shown(&portal)), ("next", "/plans")]).await;
    assert_eq!((opened.status, opened.location()), (303, "/plans"));
    assert_eq!(person.get("/plans").await.status, 200);
    portal.app.clock.advance(Duration::minutes(31));
    assert_eq!(person.get("/plans").await.status, 303, "idle");

    let (mut late, _) = by_cas(&portal, &server, "college_league").await;
    portal.app.clock.advance(Duration::minutes(11));
    let begun = late.post("/me/factor/new", &[]).await;
    assert_eq!(begun.status, 422, "who has a password proves by it");
}

#[tokio::test]
async fn whoever_comes_by_the_server_need_not_change_a_password_never_typed() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    sqlx::query("update account set must_change_password = true where number = 'student_affairs'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(portal.signed_in(OfficeKind::StudentAffairs).await.get("/people").await.location(), "/me");
    let (mut person, _) = by_cas(&portal, &server, "student_affairs").await;
    assert_eq!(person.get("/people").await.status, 200);
}

#[tokio::test]
async fn next_leads_to_no_other_host() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut person = portal.visitor();
        let path = format!("/sso/{FIRST}?next={}", lunzhi::page::filters::query_value(next));
        let sent = person.get(&path).await;
        let arrived = person.get(&back(&server.ticket(&sent, "student"))).await;
        assert_eq!((arrived.status, arrived.location()), (303, "/"), "{next}");
        assert_eq!(person.get(&path).await.location(), "/", "also for who is signed in: {next}");
    }
}

#[tokio::test]
async fn guessing_tickets_is_slowed_down_by_network() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let (mut owner, _) = by_cas(&portal, &server, "student").await;
    owner.post("/sign-out", &[]).await;
    let mut guesser = portal.visitor();
    guesser.get(&format!("/sso/{FIRST}")).await;
    let mut statuses = Vec::new();
    for guess in 0..130 {
        statuses.push(guesser.get(&back(&format!("ST-{guess}"))).await.status);
    }
    assert_eq!(statuses.first(), Some(&403));
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    let sent = owner.get(&format!("/sso/{FIRST}")).await;
    let arrived = owner.get(&back(&server.ticket(&sent, "student"))).await;
    assert_eq!(arrived.status, 303, "one that is known: {}", arrived.text());
    assert_eq!(
        portal.visitor().sign_in(FIRST, "student", PASSWORD).await.status,
        303,
        "passwords have their own count"
    );
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let failures = administrator.get("/audit?verb=campus_refused").await.all("tbody tr").len();
    assert!((1..=3).contains(&failures), "the record is not filled by them: {failures}");
    for again in 0..3 {
        portal.app.clock.advance(Duration::seconds(40));
        guesser.get(&back(&format!("ST-again-{again}"))).await;
    }
    let later = administrator.get("/audit?verb=campus_refused").await.all("tbody tr").len();
    assert!(later > failures, "whoever goes on is recorded again: {later}");
}

#[tokio::test]
async fn the_page_tries_a_server_keeps_secrets_to_themselves_and_says_what_is_wrong() {
    let portal = Portal::start().await;
    let (cas, oidc) = (CasServer::start().await, OidcServer::start().await);
    let mut administrator = stating(&portal).signed_in(OfficeKind::Administrator).await;
    let try_it = async |administrator: &mut Client, fields: &[(&str, &str)]| {
        administrator.post("/campus/try", &[&[("password_for", "all")][..], fields].concat()).await
    };
    let page = try_it(&mut administrator, &[("protocol", "cas"), ("server", &cas.address)]).await;
    assert!(page.status == 200 && page.all(".note-pass").concat().contains("能核对登录凭证"), "{}", page.text());
    assert_eq!(page.field("服务器地址"), cas.address, "what was typed stays");
    cas.fail(Some(Trouble::Page));
    let page = try_it(&mut administrator, &[("protocol", "cas"), ("server", &cas.address)]).await;
    assert!(page.all(".note-fail").concat().contains("无法识别"), "{}", page.text());
    let own = [("protocol", "oidc"), ("client_id", "lunzhi"), ("client_secret", SECRET)];
    let page = try_it(&mut administrator, &[&own[..], &[("server", oidc.issuer.as_str())]].concat()).await;
    assert!(page.all(".note-pass").concat().contains("签发者相符"), "{}", page.text());
    assert!(!page.text().contains("s3cret"), "a secret never comes back in a page");
    let slash = oidc.issuer.trim_end_matches('/');
    let page = try_it(&mut administrator, &[&own[..], &[("server", slash)]].concat()).await;
    assert!(page.all(".note-fail").concat().contains("一字不差"), "{}", page.text());

    for (fields, label, words) in [
        (&[("protocol", "cas"), ("server", "http://cas.example.edu.cn/cas")][..], "服务器地址", "https"),
        (&[("protocol", "cas"), ("server", "cas.example.edu.cn")][..], "服务器地址", "完整的地址"),
        (&[("protocol", "oidc"), ("server", "https://id.example.edu.cn")][..], "客户端编号（client_id）", "客户端编号"),
        (
            &[("protocol", "oidc"), ("server", "https://id.example.edu.cn"), ("client_id", "lunzhi")][..],
            "客户端密钥（client_secret）",
            "客户端密钥",
        ),
        (&[("protocol", "saml")][..], "方式", "请选择"),
        (
            &[("protocol", "cas"), ("server", "https://a.example"), ("password_for", "x")][..],
            "谁还可以用密码登录",
            "请选择",
        ),
    ] {
        let page = set(&portal, fields).await;
        assert!(page.status == 422 && page.fault(label).contains(words), "{label}: {}", page.text());
    }
    let plain = [("protocol", "cas"), ("server", "http://cas.example.edu.cn/cas"), ("plain", "yes")];
    assert_eq!(set(&portal, &plain).await.status, 303, "the administrator says so");
    let fields = [&own[..], &[("server", oidc.issuer.as_str())]].concat();
    assert_eq!(set(&portal, &fields).await.status, 303);
    let kept = [("protocol", "oidc"), ("client_id", "lunzhi"), ("server", oidc.issuer.as_str()), ("opens", "yes")];
    assert_eq!(set(&portal, &kept).await.status, 303, "the secret is kept");
    let elsewhere = [("protocol", "oidc"), ("client_id", "lunzhi"), ("server", "https://evil.example")];
    assert_eq!(set(&portal, &elsewhere).await.status, 422, "and never sent to another server");
    for kind in OfficeKind::ALL.iter().filter(|kind| **kind != OfficeKind::Administrator) {
        assert_eq!(portal.signed_in(*kind).await.get("/campus").await.status, 403, "{kind:?}");
    }
    let restarted = portal.beside(lunzhi::sealing::keys::MarkKey::random());
    let mut person = restarted.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let path = oidc.authorize(&sent, portal.app.clock.now().unix_timestamp(), &json!({}), &json!({ "sub": "u-1" }));
    assert!(says(&person.get(&path).await).contains("打不开保存的客户端密钥"), "another key file");
}

#[tokio::test]
async fn the_page_has_the_portal_ask_nowhere_inside() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    let mut administrator =
        reached_at(&portal, "https://lunzhi.example.edu.cn").signed_in(OfficeKind::Administrator).await;
    let mut send = async |path: &str, address: &str| {
        let fields = [("protocol", "cas"), ("server", address), ("password_for", "all"), ("plain", "yes")];
        administrator.post(path, &fields).await
    };
    for address in ["http://127.0.0.1:9/cas", "https://10.1.2.3/cas", "http://169.254.169.254", "https://localhost/cas"]
    {
        for path in ["/campus", "/campus/try"] {
            let page = send(path, address).await;
            assert!(
                page.status == 422 && page.fault("服务器地址").contains("lunzhi sso"),
                "{address}: {}",
                page.text()
            );
        }
    }
    assert_eq!(send("/campus", &server.address).await.status, 303, "what is set already may stay");
    assert_eq!(send("/campus", "https://cas.example.edu.cn/cas").await.status, 303);
}

#[tokio::test]
async fn no_server_is_set_while_people_vote() {
    let portal = Portal::start().await;
    with_cas(&portal, &[]).await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.open(&portal).await;
    let page = set(&portal, &[("protocol", "cas"), ("server", "https://cas.example.edu.cn/cas")]).await;
    assert!(page.status == 422 && page.fault("方式").contains("正在投票"), "{}", page.text());
    assert_eq!(set(&portal, &[("protocol", "off")]).await.status, 303, "but it is given up at any time");
}

#[tokio::test]
async fn erasing_a_person_forgets_whom_they_were_at_the_server() {
    let portal = Portal::start().await;
    let server = with_cas(&portal, &[]).await;
    student_account(&portal, 9).await;
    assert_eq!(by_cas(&portal, &server, "20240009").await.1.status, 303);
    let mut db = portal.owner().await;
    let count = "select count(*) from campus_binding";
    let (before,): (i64,) = sqlx::query_as(count).fetch_one(&mut db).await.unwrap();
    let accounts: Vec<sqlx::types::Uuid> =
        sqlx::query_scalar("select id from account where number = '20240009'").fetch_all(&mut db).await.unwrap();
    lunzhi::campus::store::erase(&mut db, &accounts).await.unwrap();
    let (after,): (i64,) = sqlx::query_as(count).fetch_one(&mut db).await.unwrap();
    assert_eq!((before, after), (1, 0));
}
