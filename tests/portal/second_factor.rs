//! 动态验证码: asked after the password, each code once; codes on paper; set up and given up; required where an
//! administrator says so.

use lunzhi::office::OfficeKind;
use time::Duration;
use totp_rs::{Builder, Secret};

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal,
    sitting::{SMALL, cast, opened, voter},
};

const ADMINISTRATOR: &str = "administrator";

/// What the device shows now.
fn shown(portal: &Portal, secret: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(portal.app.clock.now().unix_timestamp()).unwrap()).to_string()
}

/// A second factor of whoever is signed in: its secret, and the codes on paper.
async fn set_up(portal: &Portal, person: &mut Client) -> (String, Vec<String>) {
    let begun = person.post("/me/factor/new", &[("password", PASSWORD)]).await;
    assert_eq!((begun.status, begun.location()), (303, "/me/factor"));
    let page = person.get("/me/factor").await;
    let secret = page.all(".secret").concat().replace(' ', "");
    let on = person.post("/me/factor", &[("code", &shown(portal, &secret))]).await;
    assert_eq!(on.heading(), "✓ 动态验证码已开启", "{}", on.text());
    (secret, on.all(".code-text"))
}

async fn give(person: &mut Client, code: &str) -> Page {
    person.post("/sign-in/factor", &[("code", code), ("next", "/inbox")]).await
}

async fn after_password(portal: &Portal, number: &str) -> Client {
    let mut person = portal.visitor();
    let page = person.sign_in(FIRST, number, PASSWORD).await;
    assert_eq!((page.status, page.location()), (303, "/sign-in/factor"));
    person
}

#[tokio::test]
async fn it_is_asked_after_the_password_and_a_code_opens_once() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let wrong = administrator.post("/me/factor/new", &[("password", "another horse")]).await;
    assert_eq!((wrong.status, wrong.fault("密码").as_str()), (422, "✕ 密码不对"));
    assert_eq!(administrator.get("/me/factor").await.location(), "/me", "nothing was begun");
    let (secret, codes) = set_up(&portal, &mut administrator).await;
    assert_eq!(codes.len(), 8);

    let mut again = after_password(&portal, ADMINISTRATOR).await;
    let before = again.cookie();
    assert_eq!(again.get("/accounts").await.status, 303, "the password alone opens nothing");
    assert_eq!(again.post("/me/sessions/end", &[("which", "all")]).await.location(), "/sign-in");
    let used = give(&mut again, &shown(&portal, &secret)).await;
    assert_eq!(used.status, 422, "the code that set it up is used up");
    assert!(used.fault("动态验证码或恢复码").contains("已经用过"), "{}", used.text());
    portal.app.clock.advance(Duration::seconds(30));
    let code = shown(&portal, &secret);
    let mut twin = after_password(&portal, ADMINISTRATOR).await;
    let opened = give(&mut again, &format!(" {} {}", &code[..3], &code[3..])).await;
    assert_eq!((opened.status, opened.location()), (303, "/inbox"));
    assert_eq!(again.get("/accounts").await.status, 200);
    assert_ne!(again.cookie(), before, "another token than the one of the password");
    assert_eq!(give(&mut twin, &code).await.status, 422, "the same code at once elsewhere");

    let paper = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(give(&mut twin, &paper).await.status, 303);
    let mut third = after_password(&portal, ADMINISTRATOR).await;
    assert_eq!(give(&mut third, &codes[0]).await.status, 422, "paper works once");
    let me = twin.get("/me").await.text();
    assert!(me.contains("还有 7 个恢复码"), "{me}");
    assert!(twin.get("/inbox").await.text().contains("你的账号用了一个恢复码"));
    let record = twin.get("/audit").await.text();
    assert!(record.contains("开启动态验证码") && record.contains("使用恢复码"), "{record}");

    portal.app.clock.advance(Duration::seconds(30));
    let off = twin.post_on("/me/factor/end", &[("code", &shown(&portal, &secret))]).await;
    assert!(off.text().contains("动态验证码已停用"), "{}", off.text());
    assert_eq!(portal.visitor().sign_in(FIRST, ADMINISTRATOR, PASSWORD).await.location(), "/");
}

#[tokio::test]
async fn codes_on_paper_are_made_anew_and_the_old_ones_work_no_more() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let (secret, old) = set_up(&portal, &mut administrator).await;
    let wrong = administrator.post("/me/factor/codes", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    portal.app.clock.advance(Duration::seconds(30));
    let made = administrator.post("/me/factor/codes", &[("code", &shown(&portal, &secret))]).await;
    assert!(made.heading().contains("恢复码已重新生成"), "{}", made.text());
    let new = made.all(".code-text");
    assert!(new.len() == 8 && new.iter().all(|code| !old.contains(code)), "{new:?}");
    assert!(administrator.get("/me").await.text().contains("还有 8 个恢复码"));
    let mut person = after_password(&portal, ADMINISTRATOR).await;
    assert_eq!(give(&mut person, &old[0]).await.status, 422, "void");
    assert_eq!(give(&mut person, &new[0]).await.status, 303);
    let last = person.post("/me/factor/codes", &[("code", &new[1])]).await;
    assert_eq!(last.all(".code-text").len(), 8, "a code on paper proves as well, where the device is lost");
    assert!(person.get("/audit").await.text().contains("重新生成恢复码"));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(
        league.post("/me/factor/codes", &[("code", "000000")]).await.status,
        422,
        "without a factor there is none"
    );
}

#[tokio::test]
async fn guesses_wait_and_a_password_alone_waits_five_minutes() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let (secret, _) = set_up(&portal, &mut league).await;
    portal.app.clock.advance(Duration::seconds(90));
    let mut guesser = after_password(&portal, "school_league").await;
    for _ in 0..5 {
        assert_eq!(give(&mut guesser, "abc").await.status, 422);
    }
    let waiting = give(&mut guesser, &shown(&portal, &secret)).await;
    assert_eq!(waiting.status, 429, "even the right code waits, in any session");
    assert_eq!(give(&mut after_password(&portal, "school_league").await, &shown(&portal, &secret)).await.status, 429);
    portal.app.clock.advance(Duration::seconds(6));
    assert_eq!(give(&mut guesser, &shown(&portal, &secret)).await.status, 303);
    let mut late = after_password(&portal, "school_league").await;
    portal.app.clock.advance(Duration::minutes(6));
    let ask = give(&mut late, &shown(&portal, &secret)).await;
    assert_eq!((ask.status, ask.location()), (303, "/sign-in"));
}

#[tokio::test]
async fn administrators_may_require_it_and_another_one_ends_it_where_all_is_lost() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let fields = [("staff", "30"), ("students", ""), ("factor", "yes")];
    assert_eq!(administrator.post("/accounts/security", &fields).await.status, 303);
    for (person, page) in [(&mut administrator, "/accounts"), (&mut league, "/plans")] {
        let asked = person.get(page).await;
        assert_eq!((asked.status, asked.location()), (303, "/me"), "before anything else");
        assert!(person.get("/me").await.text().contains("学校要求系统管理员和校团委使用"));
    }
    assert_eq!(student.get("/inbox").await.status, 200);
    set_up(&portal, &mut administrator).await;
    set_up(&portal, &mut league).await;
    assert_eq!(league.get("/plans").await.status, 200);

    let account = async |number: &str| {
        let (id,): (String,) = sqlx::query_as(
            "select a.id::text from account a join institution i on i.id = a.institution_id
             where a.number = $1 and i.code = $2",
        )
        .bind(number)
        .bind(FIRST)
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
        format!("/accounts/{id}/factor/end")
    };
    let own = administrator.post(&account(ADMINISTRATOR).await, &[]).await;
    assert!(own.status == 422 && own.text().contains("请另一名系统管理员办理"), "{}", own.text());
    let ended = administrator.post_on(&account("school_league").await, &[]).await;
    assert!(ended.text().contains("动态验证码已停用"), "{}", ended.text());
    assert_eq!(league.get("/me").await.status, 303, "its sessions ended");
    league.sign_in(FIRST, "school_league", PASSWORD).await;
    assert_eq!(league.get("/plans").await.location(), "/me", "and it is to be set up anew");
    assert!(league.get("/me").await.status == 200);
}

#[tokio::test]
async fn a_code_opens_once_over_all_portals() {
    let portal = Portal::start().await;
    let other = portal.restarted();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let (secret, codes) = set_up(&portal, &mut administrator).await;
    portal.app.clock.advance(Duration::seconds(30));
    let code = shown(&portal, &secret);
    let mut here = after_password(&portal, ADMINISTRATOR).await;
    let mut there = after_password(&portal, ADMINISTRATOR).await.at(&other);
    assert_eq!(give(&mut here, &code).await.status, 303);
    assert_eq!(give(&mut there, &code).await.status, 422, "used at the first");
    assert_eq!(give(&mut there, &codes[0]).await.status, 303);
    let mut third = after_password(&portal, ADMINISTRATOR).await;
    assert_eq!(give(&mut third, &codes[0]).await.status, 422, "and paper at the other");
}

#[tokio::test]
async fn a_password_alone_casts_no_vote_nor_does_a_session_that_nobody_used() {
    let portal = Portal::start().await;
    let sitting = opened(&portal, &SMALL).await;
    let (ballot, choice) = (format!("{}/cast", sitting.votes()), [("c1-1", "F")]);
    let mut owner = voter(&portal, 3).await;
    let (secret, _) = set_up(&portal, &mut owner).await;
    let mut thief = after_password(&portal, "20240003").await;
    assert_eq!(thief.post(&ballot, &choice).await.status, 303);
    let envelopes = async || -> i64 {
        sqlx::query_scalar("select count(*) from envelope").fetch_one(&mut portal.owner().await).await.unwrap()
    };
    assert_eq!(envelopes().await, 0, "no vote in the owner's name before the code");
    portal.app.clock.advance(Duration::seconds(30));
    assert_eq!(give(&mut thief, &shown(&portal, &secret)).await.status, 303);
    cast(&mut thief, &sitting.id, &choice).await;
    assert_eq!(envelopes().await, 1, "with the code it is theirs");

    // A ballot that was left open on a shared computer.
    sqlx::query("update institution set student_idle_minutes = 30 where code = $1")
        .bind(FIRST)
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut other = voter(&portal, 4).await;
    assert_eq!(other.get(&sitting.votes()).await.status, 200);
    portal.app.clock.advance(Duration::minutes(31));
    let left = other.post(&ballot, &choice).await;
    assert!(left.status == 303 && left.location().starts_with("/sign-in"), "{}", left.location());
    assert_eq!(envelopes().await, 1);
}
