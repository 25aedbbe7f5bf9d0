//! An administrator keeps accounts, at their own university alone.

use lunzhi::office::OfficeKind;

use crate::support::{FIRST, PASSWORD, Portal, SECOND};

const OWN: &str = "a password of one's own";

#[tokio::test]
async fn a_new_person_gets_a_code_once_and_sets_their_own_password() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let fields = [("number", " T100 "), ("name", "𠮷野老师"), ("office", "school_league")];
    let made = administrator.post("/accounts", &fields).await;
    assert_eq!((made.status, made.heading().contains("账号已建立")), (200, true));
    let code = made.all(".secret").remove(0);
    let mut person = portal.visitor();
    assert_eq!(person.sign_in(FIRST, "T100", &code).await.status, 422, "a code is no password");
    let short = person.activate(FIRST, "T100", &code, "short").await;
    assert_eq!((short.status, short.fault("新密码").as_str()), (422, "✕ 至少 10 个字符"));
    assert_eq!((short.field("激活码"), short.field("新密码")), (code.clone(), String::new()));
    let shouted = code.to_uppercase().replace('-', " ");
    let activated = person.activate(FIRST, "T100", &shouted, OWN).await;
    assert_eq!((activated.status, activated.location()), (303, "/?done=activated"));
    let home = person.get("/?done=activated").await.all("main [role=status]");
    assert!(home.concat().contains("账号已激活"), "{home:?}");
    assert!(!person.get("/").await.text().contains("账号已激活"), "said once");
    assert_eq!(person.get("/plans").await.status, 200, "in at once, in the office");
    let again = portal.visitor().activate(FIRST, "T100", &code, "another one of mine").await;
    assert!(again.fault("激活码").contains("已用过"), "a code works once");
    assert_eq!(portal.visitor().sign_in(FIRST, "T100", OWN).await.status, 303);
    let twice = administrator.post("/accounts", &[("number", "T100"), ("name", "他人"), ("office", "student")]).await;
    assert_eq!(
        (twice.status, twice.fault("学号或工号").as_str()),
        (422, "✕ 这个学号（工号）已有账号，或属于学生名单里的另一人")
    );
    assert_eq!(twice.field("姓名"), "他人");
}

#[tokio::test]
async fn offices_of_a_college_or_class_need_theirs() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let fields = |office: &'static str, class: &'static str| {
        [("number", "T7"), ("name", "甲"), ("office", office), ("class", class)]
    };
    let college = administrator.post("/accounts", &fields("college_union", "")).await;
    assert_eq!(college.fault("院系"), "✕ 院系学生会须选择院系");
    let class = administrator.post("/accounts", &fields("class_branch", "没有这个班")).await;
    assert_eq!(
        (class.fault("班级").as_str(), class.field("班级").as_str()),
        ("✕ 没有这个班级，请核对班级全称", "没有这个班")
    );
    assert_eq!(administrator.post("/accounts", &fields("president", "")).await.fault("职务"), "✕ 请选择职务");
    assert_eq!(administrator.post("/accounts", &fields("class_branch", "软件2401班")).await.status, 200);
}

#[tokio::test]
async fn ended_offices_sessions_and_accounts_take_effect_at_once() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let path = administrator.get("/accounts?q=school_league").await.attributes("tbody a", "href").remove(0);
    let page = administrator.get(&path).await;
    let end = page.attributes("form[action$='/end'][action*='/offices/']", "action").remove(0);
    assert_eq!(administrator.post(&end, &[]).await.status, 303);
    assert_eq!(league.get("/plans").await.status, 403, "the session stands, the office does not");
    administrator.post(&format!("{path}/offices"), &[("office", "school_league")]).await;
    assert_eq!(league.get("/plans").await.status, 200);
    administrator.post(&format!("{path}/disable"), &[]).await;
    assert_eq!(league.get("/plans").await.status, 303);
    assert_eq!(portal.visitor().sign_in(FIRST, "school_league", PASSWORD).await.status, 422);
    administrator.post(&format!("{path}/enable"), &[]).await;
    let reset = administrator.post(&format!("{path}/password"), &[]).await;
    let code = reset.all(".secret").remove(0);
    assert_eq!(portal.visitor().sign_in(FIRST, "school_league", PASSWORD).await.status, 422, "the old one is gone");
    let mut person = portal.visitor();
    let reset = person.activate(FIRST, "school_league", &code, OWN).await;
    assert_eq!((reset.status, reset.location()), (303, "/?done=new-password"));
    assert!(person.get("/?done=new-password").await.text().contains("新密码已生效"));
    assert!(person.get("/inbox").await.text().contains("你的密码被重置过"), "the owner learns of it");
    let newer = administrator.post(&format!("{path}/password"), &[]).await.all(".secret").remove(0);
    let newest = administrator.post(&format!("{path}/password"), &[]).await.all(".secret").remove(0);
    assert_eq!(portal.visitor().activate(FIRST, "school_league", &newer, OWN).await.status, 422, "voided");
    assert_eq!(portal.visitor().activate(FIRST, "school_league", &newest, OWN).await.status, 303);
}

#[tokio::test]
async fn the_last_administrator_cannot_leave() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let path = administrator.get("/accounts?q=administrator").await.attributes("tbody a", "href").remove(0);
    let disabled = administrator.post(&format!("{path}/disable"), &[]).await;
    assert_eq!(disabled.status, 422);
    assert!(disabled.text().contains("最后一名系统管理员"));
    let end = administrator.get(&path).await.attributes("form[action*='/offices/']", "action").remove(0);
    assert_eq!(administrator.post(&end, &[]).await.status, 422);
    assert_eq!(administrator.get("/accounts").await.status, 200);
}

#[tokio::test]
async fn two_administrators_who_leave_at_once_do_not_both_succeed() {
    let portal = Portal::start().await;
    let mut first = portal.signed_in(OfficeKind::Administrator).await;
    let league = first.get("/accounts?q=school_league").await.attributes("tbody a", "href").remove(0);
    first.post(&format!("{league}/offices"), &[("office", "administrator")]).await;
    let own = first.get("/accounts?q=administrator").await.attributes("tbody a", "href").remove(0);
    let mut second = portal.signed_in(OfficeKind::SchoolLeague).await;
    let (one, two) = (format!("{own}/disable"), format!("{league}/disable"));
    let (one, two) = tokio::join!(first.post(&one, &[]), second.post(&two, &[]));
    // Whoever comes second is refused, or finds their own account disabled and is asked to sign in.
    let done = [&one, &two].iter().filter(|page| page.location().ends_with("?done=disabled")).count();
    let (left,): (i64,) = sqlx::query_as(
        "select count(distinct a.id) from account a join office o on o.account_id = a.id and o.kind = 'administrator'
         and o.ended_at is null where a.disabled_at is null and a.institution_id = (select id from institution where code = $1)",
    )
    .bind(FIRST)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!((done, left), (1, 1), "{} {}", one.status, two.status);
}

#[tokio::test]
async fn another_universitys_accounts_do_not_exist() {
    let portal = Portal::start().await;
    let mut theirs = portal.signed_in_at(SECOND, OfficeKind::Administrator).await;
    let path = theirs.get("/accounts?q=student").await.attributes("tbody a", "href").remove(0);
    let mut ours = portal.signed_in(OfficeKind::Administrator).await;
    assert_eq!(ours.get(&path).await.status, 404);
    for act in ["password", "disable", "enable", "sessions/end"] {
        assert_eq!(ours.post(&format!("{path}/{act}"), &[]).await.status, 404, "{act}");
    }
    assert_eq!(ours.post(&format!("{path}/offices"), &[("office", "student")]).await.status, 404);
    assert_eq!(theirs.get(&path).await.status, 200);
    let counts = ours.get("/accounts").await.all("tbody tr").len();
    assert_eq!(counts, OfficeKind::ALL.len(), "only one's own are listed");
}

#[tokio::test]
async fn markup_in_names_stays_text() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let name = "<script>alert()<script>' drop table account --";
    administrator.post("/accounts", &[("number", "X1"), ("name", name), ("office", "student")]).await;
    let page = administrator.get("/accounts?q=X1").await;
    assert!(page.all("tbody td")[1].contains(name));
    assert!(!page.text().contains("<script>alert"));
}

#[tokio::test]
async fn offices_have_terms() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let day = |ahead: i64| (portal.app.clock.today() + time::Duration::days(ahead)).to_string();
    let (tomorrow, week) = (day(1), day(7));
    let path = administrator.get("/accounts?q=school_party").await.attributes("tbody a", "href").remove(0);
    let late = [("office", "school_league"), ("from", week.as_str()), ("last", tomorrow.as_str())];
    let refused = administrator.post(&format!("{path}/offices"), &late).await;
    assert_eq!((refused.status, refused.fault("任职截止日期").as_str()), (422, "✕ 最后一天早于第一天"));
    let term = [("office", "school_league"), ("from", tomorrow.as_str()), ("last", week.as_str())];
    assert_eq!(administrator.post(&format!("{path}/offices"), &term).await.status, 303);
    let again = administrator.post(&format!("{path}/offices"), &term).await;
    assert_eq!(again.fault("职务"), "✕ 这段时间里已经担任这个职务，或已经离校");
    let mut person = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(person.get("/plans").await.status, 403, "not before its first day");
    assert!(person.get("/inbox").await.text().contains("你担任了新的职务"));
    portal.app.clock.advance(time::Duration::days(2));
    let mut person = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(person.get("/plans").await.status, 200, "on its second day");
    portal.app.clock.advance(time::Duration::days(6));
    let mut person = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(person.get("/plans").await.status, 403, "its term is over");
    let (office,): (String,) =
        sqlx::query_as("select id::text from office where kind = 'school_league' and until_day is not null")
            .fetch_one(&mut portal.owner().await)
            .await
            .unwrap();
    assert_eq!(person.post("/me/office", &[("office", &office)]).await.status, 404);
}

#[tokio::test]
async fn there_is_one_full_time_deputy_secretary_at_a_time() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let path = administrator.get("/accounts?q=school_league").await.attributes("tbody a", "href").remove(0);
    let taken = administrator.post(&format!("{path}/offices"), &[("office", "deputy_secretary")]).await;
    assert!(taken.fault("职务").contains("只设 1 人"), "{}", taken.text());
    let new = [("number", "T9"), ("name", "甲"), ("office", "deputy_secretary")];
    let refused = administrator.post("/accounts", &new).await;
    assert!(refused.fault("职务").contains("只设 1 人"));
    assert!(administrator.get("/accounts?q=T9").await.all("tbody tr").is_empty(), "nothing half-written");
}

#[tokio::test]
async fn sixteen_deputy_secretaries_at_once_are_one() {
    let portal = Portal::start().await;
    sqlx::query("update office set ended_at = story_now() where kind = 'deputy_secretary'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut asks = Vec::new();
    for number in 0..16 {
        let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
        asks.push(tokio::spawn(async move {
            let number = format!("D{number}");
            let fields = [("number", number.as_str()), ("name", "甲"), ("office", "deputy_secretary")];
            administrator.post("/accounts", &fields).await.status
        }));
    }
    let mut made = 0;
    for ask in asks {
        let status = ask.await.unwrap();
        assert!(matches!(status, 200 | 422 | 503), "{status}");
        made += usize::from(status == 200);
    }
    let (held,): (i64,) = sqlx::query_as(
        "select count(*) from office where kind = 'deputy_secretary' and ended_at is null
                        and institution_id = (select id from institution where code = $1)",
    )
    .bind(FIRST)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!((made, held), (1, 1));
}

#[tokio::test]
async fn an_account_with_a_students_number_is_that_students() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let other = [("number", "20240001"), ("name", "另一人"), ("office", "school_union")];
    assert!(administrator.post("/accounts", &other).await.fault("学号或工号").contains("另一人"));
    let same = [("number", "20240001"), ("name", "学生1"), ("office", "school_union")];
    assert_eq!(administrator.post("/accounts", &same).await.status, 200);
}
