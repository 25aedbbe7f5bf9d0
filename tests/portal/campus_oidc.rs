//! Signing in by the university's own OpenID server: a code redeemed once, tokens looked at, odd claims borne with.

use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal,
    campus::{OidcServer, SECRET, Trouble, query_of, record, says, set},
};

async fn with_oidc(portal: &Portal, more: &[(&str, &str)]) -> OidcServer {
    let server = OidcServer::start().await;
    let own =
        [("protocol", "oidc"), ("server", server.issuer.as_str()), ("client_id", "lunzhi"), ("client_secret", SECRET)];
    let kept = set(portal, &[&own[..], more].concat()).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    server
}

/// A browser that signs in by OpenID: what the token claims besides, and what the server says more.
async fn by_oidc(portal: &Portal, server: &OidcServer, changed: &Value, more: &Value) -> (Client, Page) {
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    let path = server.authorize(&sent, portal.app.clock.now().unix_timestamp(), changed, more);
    let page = person.get(&path).await;
    (person, page)
}

const NUMBER: [(&str, &str); 2] = [("number_field", "profile.xh"), ("name_field", "name")];

fn student() -> Value {
    json!({ "sub": "u-1", "profile": { "xh": "student" } })
}

#[tokio::test]
async fn oidc_signs_in_by_code_once_with_the_person_in_the_same_request() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    let begun = person.clone();
    let path = server.authorize(&sent, portal.app.clock.now().unix_timestamp(), &json!({}), &student());
    let arrived = person.get(&path).await;
    assert_eq!((arrived.status, arrived.location()), (303, "/inbox"), "{}", arrived.text());
    assert_eq!(server.asked(), [1, 1, 1]);
    assert_eq!(person.get(&path).await.status, 303, "fetched twice: by the session");
    assert_eq!(begun.clone().get(&path).await.location(), "/inbox");
    assert_eq!(server.asked(), [1, 1, 1], "redeemed once");
    assert_eq!(person.get("/").await.all(".office"), ["学生"]);
    assert_eq!(by_oidc(&portal, &server, &json!({}), &student()).await.1.status, 303);
    assert_eq!(server.asked(), [1, 2, 2], "the keys are known for a while");
    let record = record(&portal).await;
    assert!(record.contains("统一身份认证登录") && !record.contains("code-"), "{record}");
    let (kept,): (Vec<u8>,) =
        sqlx::query_as("select client_secret from campus_sign_in").fetch_one(&mut portal.owner().await).await.unwrap();
    assert!(!kept.windows(6).any(|part| part == b"s3cret"), "the secret is sealed");
}

#[tokio::test]
async fn a_numeric_subject_and_an_odd_claim_refuse_nobody() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let odd = json!({ "sub": 20_240_001, "email_verified": "true", "address": "一行地址", "updated_at": "昨天",
                      "profile": { "xh": ["student"] } });
    let (_, page) = by_oidc(&portal, &server, &json!({ "sub": 20_240_001, "amr": 3 }), &odd).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let in_token = json!({ "profile": { "xh": "student" } });
    let (_, page) = by_oidc(&portal, &server, &in_token, &json!("nothing of use")).await;
    assert_eq!(page.status, 303, "what the token says is enough: {}", page.text());
    let now = portal.app.clock.now().unix_timestamp();
    let late = json!({ "iat": now - 700, "exp": now - 100 });
    assert_eq!(by_oidc(&portal, &server, &late, &student()).await.1.status, 303, "clocks two minutes off");
    let several = json!({ "aud": ["other", "lunzhi"], "azp": "lunzhi" });
    assert_eq!(by_oidc(&portal, &server, &several, &student()).await.1.status, 303);
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_not_taken() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let now = portal.app.clock.now().unix_timestamp();
    for (changed, more, words) in [
        (json!({ "iss": "https://other.example/" }), student(), "不是由设置的统一身份认证签发"),
        (json!({ "aud": "other" }), student(), "不是发给本系统"),
        (json!({ "aud": ["lunzhi", "other"] }), student(), "不是发给本系统"),
        (json!({ "nonce": "another" }), student(), "不是发给本系统"),
        (json!({ "exp": now - 600 }), student(), "有效时间不对"),
        (json!({ "iat": now + 600 }), student(), "有效时间不对"),
        (json!({}), json!({ "sub": "u-2", "profile": { "xh": "student" } }), "不是发给本系统"),
        (json!({}), json!({ "sub": "u-1" }), "没有给出你的学号"),
    ] {
        let (mut person, page) = by_oidc(&portal, &server, &changed, &more).await;
        assert!(page.status == 403 && says(&page).contains(words), "{changed} {more}: {}", page.text());
        assert_eq!(person.get("/me").await.status, 303);
    }
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let path = server.authorize(&sent, now, &json!({}), &student());
    let state = path.replace("&state=", "&state=x");
    assert!(says(&person.get(&state).await).contains("不是从本系统的登录页开始"));
    assert_eq!(portal.visitor().get(&path).await.status, 403, "another browser");
    let issuer = path.split("&iss=").next().unwrap().to_owned();
    assert!(says(&person.get(&issuer).await).contains("不是由设置的"), "it says who it is, and this answer does not");
    let mut person = portal.visitor();
    let sent = person.get(&format!("/sso/{FIRST}")).await;
    let state = query_of(sent.location())["state"].clone();
    let denied = person.get(&format!("/sso/oidc/{FIRST}?error=access_denied&state={state}")).await;
    assert!(denied.status == 403 && says(&denied).contains("没有允许登录"), "{}", denied.text());
    assert!(!record(&portal).await.contains("没有允许登录"), "anybody may write an address that says so");
}

#[tokio::test]
async fn a_clock_that_is_a_minute_and_a_half_off_refuses_nobody() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let now = portal.app.clock.now().unix_timestamp();
    for changed in [json!({ "iat": now + 90, "nbf": now + 90 }), json!({ "iat": now - 390, "exp": now - 90 })] {
        let (_, page) = by_oidc(&portal, &server, &changed, &student()).await;
        assert_eq!(page.status, 303, "{changed}: {}", page.text());
    }
}

#[tokio::test]
async fn keys_that_change_are_asked_for_once() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    assert_eq!(by_oidc(&portal, &server, &json!({}), &student()).await.1.status, 303);
    server.rotate();
    for _ in 0..2 {
        let (_, page) = by_oidc(&portal, &server, &json!({}), &student()).await;
        assert_eq!(page.status, 303, "{}", page.text());
    }
    assert_eq!(server.asked(), [2, 3, 3], "once more, and then they are known");
}

#[tokio::test]
async fn an_openid_server_that_is_down_is_said_and_passwords_go_on() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    server.fail(Some(Trouble::Broken));
    let mut person = portal.visitor();
    let page = person.get(&format!("/sso/{FIRST}?next=/inbox")).await;
    assert_eq!(page.status, 502);
    says(&page);
    assert!(page.attributes("a", "href").contains(&"/sign-in?next=/inbox".to_owned()));
    assert_eq!(person.sign_in(FIRST, "student", PASSWORD).await.status, 303);
    server.fail(None);
    let waits = portal.visitor().get(&format!("/sso/{FIRST}")).await;
    assert_eq!(waits.status, 502, "a server that failed is left alone for a moment");
    portal.app.clock.advance(Duration::seconds(16));
    assert_eq!(by_oidc(&portal, &server, &json!({}), &student()).await.1.status, 303);
}

#[tokio::test]
async fn the_server_ends_the_sessions_that_it_opened_and_no_others() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let now = portal.app.clock.now().unix_timestamp();
    let (mut one, _) = by_oidc(&portal, &server, &json!({ "sid": "s-1" }), &student()).await;
    let (mut two, _) = by_oidc(&portal, &server, &json!({ "sid": "s-2" }), &student()).await;
    let mut by_password = portal.visitor();
    assert_eq!(by_password.sign_in(FIRST, "student", PASSWORD).await.status, 303);
    let path = format!("/sso/oidc/{FIRST}");
    let mut elsewhere = portal.visitor();
    let mut send = async |changed: Value| {
        let [(name, token)] = server.logout(now, &changed);
        elsewhere.post(&path, &[(name, &token)]).await.status
    };
    for forged in [
        json!({ "sid": "s-1", "aud": "other" }),
        json!({ "sid": "s-1", "nonce": "n" }),
        json!({ "sid": "s-1", "events": {} }),
        json!({ "sid": "s-1", "iat": now - 3_600 }),
        json!({ "sid": "s-1", "jti": null }),
        json!({}),
    ] {
        assert_eq!(send(forged.clone()).await, 400, "{forged}");
    }
    assert_eq!(one.get("/inbox").await.status, 200);
    assert_eq!(send(json!({ "sid": "s-1" })).await, 200);
    assert_eq!(one.get("/inbox").await.status, 303, "its session has ended");
    assert_eq!(two.get("/inbox").await.status, 200, "another of the same person goes on");
    let (mut again, _) = by_oidc(&portal, &server, &json!({ "sid": "s-1" }), &student()).await;
    assert_eq!(send(json!({ "sid": "s-1" })).await, 200, "sent once more, it is answered alike");
    assert_eq!(again.get("/inbox").await.status, 200, "and ends nothing that came since");
    assert_eq!(send(json!({ "sub": "u-1", "jti": "logout-2" })).await, 200);
    for client in [&mut two, &mut again] {
        assert_eq!(client.get("/inbox").await.status, 303, "all of the user's");
    }
    assert_eq!(by_password.get("/inbox").await.status, 200, "a password is none of its business");
    server.rotate();
    assert_eq!(
        send(json!({ "sub": "u-1", "jti": "logout-3" })).await,
        400,
        "keys are not asked for at everybody's word"
    );
    assert_eq!(server.asked()[0], 1);
}

#[tokio::test]
async fn whoever_signs_out_is_led_to_where_the_server_ends_its_own_session() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    let (mut person, _) = by_oidc(&portal, &server, &json!({}), &student()).await;
    let left = person.post("/sign-out", &[]).await.location().to_owned();
    assert_eq!(left, format!("/sso/left/{FIRST}"));
    let ends = format!("{}end?tenant=1&client_id=lunzhi", server.issuer);
    assert_eq!(person.get(&left).await.attributes("main a", "href"), [ends, "/sign-in".to_owned()]);
    server.fail(Some(Trouble::Broken));
    portal.app.clock.advance(Duration::hours(2));
    let page = person.get(&left).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "已退出本系统"), "the server is down: {}", page.text());
    assert!(page.text().contains("关闭这个浏览器的全部窗口"), "{}", page.text());
    assert_eq!(page.attributes("main a", "href"), ["/sign-in"]);
}

#[tokio::test]
async fn a_server_that_failed_is_left_alone_at_everybodys_word_too() {
    let portal = Portal::start().await;
    let server = with_oidc(&portal, &NUMBER).await;
    assert_eq!(by_oidc(&portal, &server, &json!({}), &student()).await.1.status, 303);
    let path = format!("/sso/oidc/{FIRST}");
    let send = async || {
        let [(name, token)] = server.logout(portal.app.clock.now().unix_timestamp(), &json!({ "sub": "u-1" }));
        portal.visitor().post(&path, &[(name, &token)]).await.status
    };
    server.rotate();
    portal.app.clock.advance(Duration::minutes(2));
    server.fail(Some(Trouble::Broken));
    assert_eq!(send().await, 400);
    server.fail(None);
    assert_eq!(send().await, 400, "it is not asked again at once");
    assert_eq!(server.asked()[0], 1);
    portal.app.clock.advance(Duration::seconds(16));
    assert_eq!(send().await, 200, "its new keys are known");
    assert_eq!(server.asked()[0], 2);
}
