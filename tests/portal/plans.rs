//! A university adopts a plan, changes it, and brings one of its own.

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};
use time::{Date, Duration};

use crate::support::{
    Client, Page, Portal, SECOND,
    sitting::in_minutes,
    union::{rows, union},
    vetting::{Stage, pairs, stage},
};

/// Adopts a plan as a person does: asks, reads what it changes, says why it is wider, confirms.
async fn adopt(client: &mut Client, version: &str, from: &str) -> Page {
    let asked = client.post("/plans/adopt", &[("version", version), ("from", from)]).await;
    if asked.status != 200 {
        return asked;
    }
    assert_eq!(asked.heading(), "确认启用");
    assert!(asked.text().contains("满一天以后不能撤销或修改"));
    let rules = asked.attributes("input[name=rule]", "value");
    let mut fields = vec![("version", version), ("from", from), ("confirm", "yes")];
    for rule in &rules {
        fields.extend([("rule", rule.as_str()), ("reason", "学生人数较多、分校区较多")]);
    }
    client.post("/plans/adopt", &fields).await
}

async fn version_of(client: &mut Client, short: &str) -> String {
    let page = client.get("/plans").await;
    let options: Vec<(String, String)> =
        page.attributes("#version option", "value").into_iter().zip(page.all("#version option")).collect();
    options.into_iter().find(|(_, label)| label.starts_with(short)).expect("no such plan").0
}

#[tokio::test]
async fn a_first_adoption_may_reach_back_to_the_documents_day_and_no_further() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let early = adopt(&mut league, &version, "2022-04-11").await;
    assert_eq!(early.status, 409);
    assert!(early.heading().starts_with("自2022年4月11日起启用济宁方案"));
    assert_eq!(early.all(".clause p"), ["济医党字〔2022〕19号"], "the refusal quotes the clause");
    let back = early.attributes("a.button", "href").remove(0);
    let kept = league.get(&back).await;
    assert_eq!((kept.field("方案"), kept.field("启用日期").as_str()), (version.clone(), "2022-04-11"));
    assert!(kept.fault("启用日期").contains("最早可填 2022-04-12"), "{}", kept.fault("启用日期"));
    let adopted = adopt(&mut league, &version, "2022-04-12").await;
    assert_eq!(adopted.location(), "/plans?done=adopted");
    let page = league.get("/plans").await;
    assert_eq!(page.all("title"), ["实施方案 · 轮值"], "nothing is wrong with a form that nobody has filled in");
    assert!(
        page.all(".timeline li")[0].starts_with("2022年4月12日起 济宁方案（2022）"),
        "{:?}",
        page.all(".timeline li")
    );
    assert!(league.get("/").await.text().contains("济医党字〔2022〕19号"));
}

#[tokio::test]
async fn a_change_of_plan_does_not_reach_back_and_the_past_stays_explained() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let today = portal.app.clock.today();
    let yesterday = today.previous_day().unwrap().to_string();
    let refused = adopt(&mut league, &version, &yesterday).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("不溯及既往"));
    let tomorrow = today.next_day().unwrap().to_string();
    assert_eq!(adopt(&mut league, &version, &tomorrow).await.location(), "/plans?done=scheduled");
    assert!(league.get("/").await.text().contains("苏工院党委〔2020〕41号"), "until tomorrow the old one governs");
    portal.app.clock.advance(time::Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/").await.text().contains("济医党字〔2022〕19号"));
    assert_eq!(league.get("/plans").await.all(".timeline li").len(), 2);
    let again = adopt(&mut league, &version, &tomorrow).await;
    assert_eq!(again.status, 409, "not twice from one day, nor the same once more");
    assert!(again.text().contains("不需要重复启用"));
}

#[tokio::test]
async fn a_date_that_was_mistyped_is_superseded_by_the_next_adoption() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    assert_eq!(adopt(&mut league, &version, "2062-09-01").await.location(), "/plans?done=scheduled");
    let tomorrow = portal.app.clock.today().next_day().unwrap().to_string();
    assert_eq!(adopt(&mut league, &version, &tomorrow).await.location(), "/plans?done=scheduled");
    let rows = league.get("/plans").await.all(".timeline li");
    assert!(
        rows[0].contains("待启用") && rows[1].contains("2062年9月1日起") && rows[1].contains("已由后来的登记取代"),
        "{rows:?}"
    );
}

#[tokio::test]
async fn two_adoptions_at_once_do_not_both_pass() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "苏州方案").await;
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
        let version = version.clone();
        set.spawn(async move { adopt(&mut league, &version, "2023-09-01").await.status });
    }
    let mut statuses = set.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303], vec![409; 11]].concat());
}

#[tokio::test]
async fn unreadable_forms_come_back_as_filled_in() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.post("/plans/adopt", &[("version", ""), ("from", "2026年9月")]).await;
    assert_eq!(page.status, 422);
    assert_eq!((page.fault("方案").as_str(), page.field("启用日期").as_str()), ("✕ 请选择方案", "2026年9月"));
    assert!(page.fault("启用日期").contains("2026-09-01"));
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_eq!(league.post("/plans/adopt", &[("version", unknown), ("from", "2026-09-01")]).await.status, 404);
}

fn own_plan() -> String {
    BUILT_IN[0].1.replace("code = \"suzhou-2020\"", "code = \"own-2026\"").replace("苏州方案（2020）", "本校方案")
}

#[tokio::test]
async fn a_plan_of_ones_own_is_refused_with_line_and_reason_and_kept_in_the_form() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let broken = own_plan().replace("about = 40", "about = 40000").replace("share = \"30%\"\n", "");
    let page = league.upload("/plans", &[("text", "")], Some(("plan.toml", broken.as_bytes()))).await;
    assert_eq!(page.status, 422);
    let lines = page.all(".lines li");
    let line = |what: &str| 1 + broken.lines().position(|line| line.contains(what)).unwrap();
    assert_eq!(
        lines,
        [
            format!("第 {} 行：rule.STF-01.about 应为 1 至 500 的整数", line("about = 40000")),
            format!("第 {} 行：缺少 rule.ELG-03.share", line("[rule.ELG-03]")),
        ]
    );
    assert_eq!(page.field("或者把内容粘贴在这里").trim(), broken.trim(), "the text is there to be mended");
    let nothing = league.upload("/plans", &[("text", "  ")], None).await;
    assert_eq!((nothing.status, nothing.all(".lines li").len()), (422, 1));
    let built_in = league.upload("/plans", &[], Some(("plan.toml", BUILT_IN[0].1.as_bytes()))).await;
    assert!(built_in.all(".lines li")[0].contains("与内置方案相同"));
    let binary = league.upload("/plans", &[], Some(("plan.toml", &[0xFF, 0xFE, 0]))).await;
    assert!(binary.all(".lines li")[0].contains("UTF-8"));
}

#[tokio::test]
async fn a_plan_of_ones_own_becomes_a_version_and_can_govern() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let first = own_plan();
    let added = league.upload("/plans", &[("text", &first)], None).await.location().to_owned();
    assert!(added.starts_with("/plans/") && added.ends_with("?done=added"), "{added}");
    assert!(league.get(&added).await.text().contains("与全国要求对照"), "the plan stands beside the baseline at once");
    assert!(league.upload("/plans", &[("text", &first)], None).await.location().ends_with("?done=same"));
    let second = first.replace("about = 40", "about = 45");
    assert!(league.upload("/plans", &[("text", &second)], None).await.location().ends_with("?done=added"));
    let version = version_of(&mut league, "本校方案 第 2 版").await;
    assert_eq!(adopt(&mut league, &version, "2024-09-01").await.status, 303);
    let book = league.get("/rulebook?q=STF-01&plans=all").await;
    assert_eq!(
        book.all(".cell h4"),
        ["本校方案", "苏州方案（2020）", "济宁方案（2022）"],
        "the university's own first"
    );
    assert!(book.text().contains("45 人左右"));
    let source = league.get(&format!("/plans/{version}/source")).await;
    assert_eq!(source.text(), second, "the file comes back byte for byte");
    let mut other = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(other.get(&format!("/plans/{version}")).await.status, 404, "another university does not see it");
}

#[tokio::test]
async fn adoptions_and_versions_cannot_be_rewritten() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for statement in [
        "update adoption set effective_from = '2020-01-01'",
        "delete from plan_version",
        "truncate audit_entry cascade",
    ] {
        let error = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut db).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[tokio::test]
async fn a_plan_that_the_program_reads_no_more_leads_to_where_another_is_adopted() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    // A version of an older program: it stands, and nothing rewrites it.
    sqlx::query(
        "insert into plan_version (id, institution_id, code, version, short, title, document, effective, source, sha256, created_at)
         select gen_random_uuid(), i.id, 'old-2019', 1, '旧', '旧方案', '旧', '2019-01-01', 'code = 1', sha256('old'), story_now()
         from institution i where i.code = 'first'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select v.institution_id, 2, '2024-10-01', v.id, story_now(), a.adopted_by from plan_version v
         join adoption a on a.institution_id = v.institution_id where v.code = 'old-2019'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let home = league.get("/").await;
    assert_eq!((home.status, home.heading().as_str()), (500, "现行方案读不出来"));
    let onward = home.attributes("main a.button", "href").remove(0);
    assert_eq!((onward.as_str(), league.get(&onward).await.status), ("/plans", 200));
    assert_eq!(league.get("/people").await.status, 200, "the rest goes on");
}

/// The plan with the constitution beside it, which says how votes are counted, and without a word on an executive chair.
fn with_constitution() -> String {
    let constitution = "[[documents]]\nkind = \"constitution\"\nnumber = \"学生会章程\"\ntitle = \"学生会章程\"\n\
                        issuer = \"学生代表大会\"\nday = 2025-05-04\n\n[bodies]";
    let counted = "[rule.VET-05]\nstrength = \"hard\"\nelection = [\n    { point = \"majority\", value = \"valid\", clause = \"Z1\" },\n\
                   \u{20}   { point = \"quorum\", value = \"2/3\", clause = \"Z1\" },\n]\nclauses = [\n\
                   \u{20}   { id = \"Z1\", document = \"学生会章程\", section = \"第二十三条\", quote = \"赞成票超过有效票的半数始得当选\" },";
    let text = own_plan().replacen("[bodies]", constitution, 1).replacen(
        "[rule.VET-05]\nstrength = \"hard\"\nclauses = [",
        counted,
        1,
    );
    let from = text.find("[rule.ORG-03]").unwrap();
    let to = text.find("[rule.ORG-04]").unwrap();
    format!("{}{}", &text[..from], &text[to..]).replacen("silent = [", "silent = [\n    \"ORG-03\",", 1)
}

#[tokio::test]
async fn vet_05_what_the_constitution_says_of_votes_stands_in_a_contest_with_its_clause() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let added = league.upload("/plans", &[("text", &with_constitution())], None).await;
    assert!(added.location().ends_with("?done=added"), "{:?}", added.all(".lines li"));
    let version = version_of(&mut league, "本校方案").await;
    assert_eq!(adopt(&mut league, &version, "2024-09-01").await.status, 303);
    let shown = league.get(&format!("/plans/{version}")).await.text();
    assert!(shown.contains("《学生会章程》") && shown.contains("赞成超过有效票的一半当选"), "{shown}");

    let (opens, closes) = (in_minutes(&portal, 5), in_minutes(&portal, 125));
    let fields = [
        ("title", "主席团选举"),
        ("opens", opens.as_str()),
        ("closes", &closes),
        ("threshold", "2"),
        ("revote", "yes"),
    ];
    let made = league.post("/sittings/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let path = made.location().split('?').next().unwrap().to_owned();
    let form = league.get(&format!("{path}/contests/new")).await;
    assert_eq!((form.field("当选"), form.field("到会人数")), ("valid".to_owned(), "2/3".to_owned()));
    assert_eq!(form.field("当选的依据"), "constitution");
    let clause = form.field("章程（名称、条款）");
    assert!(clause.contains("第二十三条") && clause.contains("赞成票超过有效票的半数"), "{clause}");
}

/// What a page of findings says, without what differs by the minute.
async fn judged(client: &mut Client, path: &str) -> Vec<String> {
    let page = client.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    [page.all(".matrix td"), page.all(".breaches li"), page.all(".facts dd").into_iter().take(2).collect()].concat()
}

#[tokio::test]
async fn pol_00_an_adoption_shows_what_it_changes_is_withdrawn_within_a_day_and_made_again() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let today = portal.app.clock.today().to_string();
    let before = (judged(&mut league, "/compliance").await, league.get("/rulebook").await.all("article.rule h4"));
    let asked = league.post("/plans/adopt", &[("version", &version), ("from", &today)]).await;
    assert_eq!((asked.status, asked.heading().as_str()), (200, "确认启用"));
    let text = asked.text();
    for part in ["对各学生会的影响", "遴选程序", "在办的事项", "与现行方案逐条比较", "宽于全国要求的理由"]
    {
        assert!(text.contains(part), "{part} not in {text}");
    }
    assert!(asked.all("td[data-label=规则]").iter().any(|rule| rule == "校级学生会工作人员总数"), "rule by rule");
    let silent = league.post("/plans/adopt", &[("version", &version), ("from", &today), ("confirm", "yes")]).await;
    assert_eq!(silent.status, 422, "a wider rule needs a reason");
    assert!(silent.text().contains("宽于全国要求，请写明理由"), "{}", silent.text());
    let rules = asked.attributes("input[name=rule]", "value");
    let mut typed = vec![("version", version.as_str()), ("from", today.as_str())];
    typed.extend(rules.iter().flat_map(|rule| [("rule", rule.as_str()), ("reason", "分校区较多")]));
    let back = league.post("/plans/adopt", &[&typed[..], &[("confirm", "back")]].concat()).await;
    assert_eq!((back.status, back.heading().as_str()), (200, "实施方案"));
    assert_eq!(back.attributes("input[name=rule]", "value"), rules, "what was typed comes along");
    assert_eq!(back.attributes("input[name=reason]", "value"), vec!["分校区较多"; rules.len()]);
    let again = league.post("/plans/adopt", &typed).await;
    assert_eq!(again.field("校级学生会工作人员总数的理由"), "分校区较多");
    assert_eq!(adopt(&mut league, &version, &today).await.location(), "/plans?done=adopted");
    assert!(league.get("/rulebook?q=STF-01").await.text().contains("宽于全国要求的理由：学生人数较多"));
    for kind in
        [OfficeKind::StudentAffairs, OfficeKind::SchoolParty, OfficeKind::CollegeLeague, OfficeKind::ClassBranch]
    {
        let inbox = portal.signed_in(kind).await.get("/inbox").await;
        assert!(inbox.text().contains("启用济宁方案"), "{kind:?}: {}", inbox.text());
    }
    assert!(!portal.signed_in(OfficeKind::Student).await.get("/inbox").await.text().contains("启用济宁方案"));

    let page = league.get("/plans").await;
    let seq = page.attributes("form[action='/plans/withdraw'] input[name=seq]", "value").remove(0);
    let nothing = league.post("/plans/withdraw", &[("seq", seq.as_str()), ("says", " ")]).await;
    assert_eq!((nothing.status, nothing.fault("撤回的理由").as_str()), (422, "✕ 请写明撤回的理由"));
    let first = league.post("/plans/withdraw", &[("seq", "1"), ("says", "试试")]).await;
    assert_eq!(first.status, 409, "the one before it stands");
    let done = league.post("/plans/withdraw", &[("seq", seq.as_str()), ("says", "选错了方案")]).await;
    assert_eq!(done.location(), "/plans?done=withdrawn");
    let rows = league.get("/plans").await.all(".timeline li");
    assert!(rows[0].contains("已撤回") && rows[0].contains("选错了方案"), "{rows:?}");
    let after = (judged(&mut league, "/compliance").await, league.get("/rulebook").await.all("article.rule h4"));
    assert_eq!(after, before, "as if it had never been");
    let record = portal.signed_in(OfficeKind::Administrator).await.get("/audit?verb=plan_withdrawn").await;
    assert_eq!(record.all("tbody tr").len(), 1);
    let inbox = portal.signed_in(OfficeKind::StudentAffairs).await.get("/inbox").await;
    assert!(inbox.text().contains("已撤回"));
    // On the same day once more.
    assert_eq!(adopt(&mut league, &version, &today).await.location(), "/plans?done=adopted");
    assert!(league.get("/").await.text().contains("济医党字〔2022〕19号"));
}

#[tokio::test]
async fn an_adoption_stands_after_a_day_and_none_of_another_university_is_reached() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let today = portal.app.clock.today().to_string();
    assert_eq!(adopt(&mut league, &version, &today).await.status, 303);
    let mut other = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(other.post("/plans/withdraw", &[("seq", "2"), ("says", "不是我校的")]).await.status, 404);
    portal.app.clock.advance(time::Duration::hours(24));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/plans").await.all("form[action='/plans/withdraw']").is_empty());
    let late = league.post("/plans/withdraw", &[("seq", "2"), ("says", "晚了")]).await;
    assert_eq!(late.status, 409);
    assert!(late.text().contains("满一天以后不能撤回"), "{}", late.text());
}

#[tokio::test]
async fn twelve_withdrawals_at_once_withdraw_one_adoption() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let today = portal.app.clock.today().to_string();
    assert_eq!(adopt(&mut league, &version, &today).await.status, 303);
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
        set.spawn(async move { league.post("/plans/withdraw", &[("seq", "2"), ("says", "撤回")]).await.status });
    }
    let mut statuses = set.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303], vec![409; 11]].concat());
}

#[tokio::test]
async fn the_document_itself_stands_beside_each_quotation_of_ones_own_plan() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "苏州方案").await;
    let at = format!("/plans/{version}/documents");
    let wrong = league.upload(&at, &[], Some(("方案.pdf", b"<html>".as_slice()))).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("请上传 PDF、Word"), "{}", wrong.text());
    let mut student = portal.signed_in(OfficeKind::Student).await;
    // The whole book, as it is kept: what it shows is of the moment, and of one's own university.
    let whole = async |client: &mut Client| client.get("/rulebook").await.attributes(".clause cite a", "href");
    assert!(whole(&mut student).await.is_empty());
    let kept = league.upload(&at, &[], Some(("方案.pdf", b"%PDF-1.7 text".as_slice()))).await;
    assert_eq!(kept.location(), format!("/plans/{version}?done=paper"));
    let book = student.get("/rulebook?q=STF-02").await;
    let link = book.attributes(".clause cite a", "href").remove(0);
    let file = student.get(&link).await;
    assert_eq!((file.status, file.text().as_str()), (200, "%PDF-1.7 text"));
    let mut other = portal.signed_in_at(SECOND, OfficeKind::Student).await;
    assert_eq!(other.get(&link).await.status, 404, "another university does not see it");
    assert!(whole(&mut student).await.contains(&link) && whole(&mut other).await.is_empty());
    assert_eq!(whole(&mut student).await, whole(&mut league).await);
    let id = link.rsplit('/').next().unwrap();
    let stays = league.post(&format!("{at}/{id}/remove"), &[]).await;
    assert!(stays.status == 409 && stays.text().contains("这一版方案已经启用"), "{}", stays.text());
    assert_eq!(student.get(&link).await.status, 200);
    assert!(league.get(&format!("/plans/{version}")).await.all("form[action$='/remove']").is_empty());
    // The wrong one is replaced, for a reason, and stays on record.
    let right = Some(("对的.pdf", b"%PDF-1.7 right".as_slice()));
    let nothing = league.upload(&at, &[("replaces", id)], None).await;
    assert_eq!(nothing.attributes(".faults a", "href"), ["#file", "#why"], "in the order of the form");
    let silent = league.upload(&at, &[("replaces", id)], right).await;
    assert_eq!((silent.status, silent.field("代替哪一份").as_str()), (422, id));
    assert!(silent.fault("代替的理由（不代替的不填）").contains("请写明为什么代替"));
    let replaces = [("replaces", id), ("why", "扫描缺页")];
    assert_eq!(league.upload(&at, &replaces, right).await.status, 303);
    let again = league.upload(&at, &replaces, Some(("又.pdf", b"%PDF-1.7 more".as_slice()))).await;
    assert!(again.status == 409 && again.text().contains("已经被代替"), "{}", again.text());
    let page = league.get(&format!("/plans/{version}")).await.text();
    assert!(page.contains("已被代替") && page.contains("扫描缺页") && !page.contains("又.pdf"), "{page}");
    let links = student.get("/rulebook?q=STF-02").await.attributes(".clause cite a", "href");
    assert!(!links.contains(&link) && !links.is_empty(), "{links:?}");
    assert!(!whole(&mut student).await.contains(&link));
    assert_eq!(league.get(&link).await.status, 200, "it stays");
    assert_eq!(student.get(&link).await.status, 404, "what was stored by mistake is nothing for everybody");
    assert_eq!(student.get(&links[0]).await.status, 200);
}

#[tokio::test]
async fn what_documents_were_replaced_by_one_another_has_an_end() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "苏州方案").await;
    let (page, at) = (format!("/plans/{version}"), format!("/plans/{version}/documents"));
    let document = |number: usize| format!("%PDF-1.7 {number}").into_bytes();
    assert_eq!(league.upload(&at, &[], Some(("方案.pdf", document(0).as_slice()))).await.status, 303);
    for number in 1..=40 {
        let standing = league.get(&page).await.attributes("select[name=replaces] option", "value").pop().unwrap();
        let replaces = [("replaces", standing.as_str()), ("why", "扫描缺页")];
        let answer = league.upload(&at, &replaces, Some(("方案.pdf", document(number).as_slice()))).await;
        let status = if number < 40 { 303 } else { 422 };
        assert_eq!(answer.status, status, "{number}: {}", answer.text());
        assert!(number < 40 || answer.text().contains("已有 40 份"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_document_beside_a_plan_that_nobody_went_by_goes_and_its_name_is_not_on_record() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "济宁方案").await;
    let at = format!("/plans/{version}/documents");
    let kept = league.upload(&at, &[], Some(("王小明.pdf", b"%PDF-1.7 text".as_slice()))).await;
    assert_eq!(kept.location(), format!("/plans/{version}?done=paper"));
    let removal = league.get(kept.location()).await.attributes("form[action$='/remove']", "action").remove(0);
    assert_eq!(league.post(&removal, &[]).await.location(), format!("/plans/{version}?done=paper_removed"));
    assert_eq!(league.post(&removal, &[]).await.status, 404);
    let record = league.get("/audit?verb=plan_document_kept").await.all("tbody tr").concat();
    assert!(record.contains("存入") && record.contains("删除") && record.contains("文件摘要"), "{record}");
    assert!(!record.contains("王小明"), "{record}");
}

#[tokio::test]
async fn a_document_is_handed_out_without_being_compressed_again() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let version = version_of(&mut league, "苏州方案").await;
    let scan = b"%PDF-1.7 ".repeat(500);
    let kept = league.upload(&format!("/plans/{version}/documents"), &[], Some(("方案.pdf", scan.as_slice()))).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let link = league.get("/rulebook?q=STF-02").await.attributes(".clause cite a", "href").remove(0);
    let accepts = [("accept-encoding", "gzip")];
    let file = league.send("GET", &link, &accepts, Vec::new()).await;
    assert_eq!((file.headers.get("content-encoding"), file.bytes.len()), (None, scan.len()));
    let page = league.send("GET", "/rulebook", &accepts, Vec::new()).await;
    assert!(page.headers.get("content-encoding").is_some_and(|value| value == "gzip"));
}

#[tokio::test]
async fn a_union_that_falls_out_of_every_check_is_named_before_the_adoption() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let (jining, suzhou) = (version_of(&mut league, "济宁方案").await, version_of(&mut league, "苏州方案").await);
    assert_eq!(adopt(&mut league, &jining, "2024-09-01").await.status, 303);
    let today = portal.app.clock.today().to_string();
    sqlx::query("update major set level = 'graduate'").execute(&mut portal.owner().await).await.unwrap();
    union(&mut league, "graduate", &rows(1, 3, "主席团成员", ""), &today, false).await;
    let asked = league.post("/plans/adopt", &[("version", suzhou.as_str()), ("from", &today)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    assert!(asked.text().contains("这份方案不适用于校研究生会"), "{}", asked.text());
    assert_eq!(league.upload("/plans", &[("text", &without_a_chain())], None).await.status, 303);
    let version = version_of(&mut league, "本校方案").await;
    let asked = league.post("/plans/adopt", &[("version", version.as_str()), ("from", &today)]).await;
    assert!(asked.text().contains("没有写“院系候选人和工作人员的遴选程序”"), "{}", asked.text());
    assert!(asked.attributes("main a", "href").contains(&"/rulebook#VET-03".to_owned()));
}

/// The plan without a word on how people come to the posts of a college.
fn without_a_chain() -> String {
    let own = own_plan().replace("silent = [\n", "silent = [\n    \"VET-03\",\n");
    let start = own.find("[rule.VET-03]\n").unwrap();
    let end = start + 1 + own[start + 1..].find("\n[rule.").unwrap() + 1;
    format!("{}{}", &own[..start], &own[end..])
}

#[tokio::test]
async fn vet_03_where_no_round_can_be_opened_the_page_says_why_and_leads_to_the_plan() {
    let Stage { portal, mut league, college, today, .. } = stage().await;
    assert_eq!(league.upload("/plans", &[("text", &without_a_chain())], None).await.status, 303);
    let version = version_of(&mut league, "本校方案").await;
    assert_eq!(adopt(&mut league, &version, &today.to_string()).await.status, 303);
    let mut keeper = portal.signed_in(OfficeKind::CollegeLeague).await;
    let ask = format!("/rounds/new?union={}&places=members", college.rsplit('/').next().unwrap());
    let page = keeper.get(&ask).await;
    assert!(page.text().contains("没有写“院系候选人和工作人员的遴选程序”"), "{}", page.text());
    assert!(page.text().contains("请与校团委联系"));
    assert!(page.attributes("main a", "href").contains(&"/rulebook#VET-03".to_owned()));
}

/// Sets the day by which the union has its 联络员, as for a rule of the catalogue.
async fn a_day_is_set_for_the_own_rule(league: &mut Client, school: &str, today: Date) {
    let to = format!("{school}/mending");
    let offered = league.get(&format!("{school}/own-rules")).await.attributes("main a", "href");
    assert!(offered.iter().any(|href| href.starts_with(&format!("{to}?own="))), "{offered:?}");
    let due = (today + Duration::days(9)).to_string();
    let fields = |rule| [("own", rule), ("due", due.as_str()), ("says", "增设联络员")];
    assert_eq!(league.post(&to, &fields("没有这条")).await.status, 404);
    let set = league.post(&to, &fields("联络员")).await;
    assert!(set.location().contains("done=mending-set"), "{}", set.text());
    for page in [format!("{school}/own-rules"), school.to_owned(), "/compliance".to_owned()] {
        assert!(league.get(&page).await.text().contains("增设联络员"), "{page}");
    }
    let paper = league.get("/compliance/report").await.text();
    assert!(paper.contains("前整改）。增设联络员"), "{paper}");
}

#[tokio::test]
async fn pol_00_a_rule_of_the_universitys_own_is_judged_by_what_a_union_reports() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let own = "[[own]]\nname = \"联络员\"\ncheck = \"people\"\nasks = \"每会 2 名联络员\"\nat_least = 2\nunions = [\"school\"]\n\
               clauses = [{ id = \"Q1\", section = \"五\", quote = \"校学生会设联络员不少于两名\" }]\n\n[bodies]";
    let text = own_plan().replacen("[bodies]", own, 1);
    assert_eq!(league.upload("/plans", &[("text", &text)], None).await.status, 303);
    let version = version_of(&mut league, "本校方案").await;
    let shown = league.get(&format!("/plans/{version}")).await.text();
    assert!(shown.contains("核对人数：不少于 2 人") && shown.contains("校学生会设联络员不少于两名"), "{shown}");
    let day = today.to_string();
    assert_eq!(adopt(&mut league, &version, &day).await.status, 303);

    let path = format!("{school}/own-rules");
    let page = league.get(&path).await;
    assert!(page.text().contains("待补数据") && page.text().contains("还没有登记"), "{}", page.text());
    assert!(page.all(".clause p").contains(&"校学生会设联络员不少于两名".to_owned()));
    let overview = league.get("/compliance").await.text();
    assert!(overview.contains("本校规定（1 项）") && overview.contains("联络员"), "{overview}");
    let unfit = league.post(&path, &[("rule", "联络员"), ("number", "两"), ("on", "")]).await;
    assert_eq!(unfit.attributes(".faults a", "href"), ["#number", "#on"], "in the order of the form");
    assert_eq!((unfit.status, unfit.field("人数").as_str()), (422, "两"));
    assert!(unfit.fault("人数").contains("请填写人数"));
    let unknown = league.post(&path, &[("rule", "没有这条"), ("number", "2"), ("on", &day)]).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text());
    let send = |number: &str| {
        let fields = [("rule", "联络员"), ("number", number), ("on", day.as_str())];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    };
    assert_eq!(league.post(&path, &pairs(&send("1"))).await.location(), format!("{path}?done=own-reported"));
    let overview = league.get("/compliance").await.text();
    assert!(overview.contains("登记 1 人，要求不少于 2 人"), "{overview}");
    assert!(!overview.contains("没有学生会不符合刚性要求"), "never green beside a breach");
    let paper = league.get("/compliance/report").await.text();
    assert!(paper.contains("“联络员”（不符合）") && paper.contains("登记1人，要求不少于2人"), "{paper}");
    assert!(!paper.contains("没有不符合刚性要求的组织"), "nor on the paper that is signed");
    a_day_is_set_for_the_own_rule(&mut league, &school, today).await;
    assert_eq!(league.post(&path, &pairs(&send("2"))).await.status, 303);
    lunzhi::unions::mending::end_mended(&portal.app).await.unwrap();
    let ended = league.get(&format!("{school}/mending?own=%E8%81%94%E7%BB%9C%E5%91%98")).await;
    assert_eq!(ended.all("td[data-label='怎样结束']"), ["已消除"]);
    assert!(!league.get("/compliance").await.text().contains("本校规定（1 项）"));
    let rows = league.get(&path).await.all(".lines li");
    assert!(rows.len() == 2 && rows[0].contains("2 人"), "the last one first, and none is lost: {rows:?}");
    let stricter = text.replace("at_least = 2\nunions", "at_least = 3\nunions").replace("本校方案", "从严方案");
    assert_eq!(league.upload("/plans", &[("text", &stricter)], None).await.status, 303);
    let version = version_of(&mut league, "从严方案").await;
    let tomorrow = today.next_day().unwrap().to_string();
    let asked = league.post("/plans/adopt", &[("version", version.as_str()), ("from", &tomorrow)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    let says = asked.all("details li");
    let found = says.iter().any(|says| says.contains("本校规定“联络员”") && says.contains("要求不少于 3 人"));
    assert!(found, "the union that would newly be in breach is named: {says:?}");
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_ne!(college.post(&path, &pairs(&send("9"))).await.status, 303, "another's union");
}

#[tokio::test]
async fn elg_03_grades_come_in_with_what_their_ranking_is_of_where_the_plan_asks_for_another() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let other = "[rule.ELG-03]\nbases = [\"grade\"]\nby = [\"assessment\"]\n";
    let text = own_plan().replacen("[rule.ELG-03]\n", other, 1);
    let added = league.upload("/plans", &[("text", &text)], None).await;
    assert_eq!(added.status, 303, "{:?}", added.all(".lines li"));
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(!staff.get("/imports").await.text().contains("排名口径"), "the plan in force ranks a major");
    let version = version_of(&mut league, "本校方案").await;
    let today = portal.app.clock.today().to_string();
    assert_eq!(adopt(&mut league, &version, &today).await.status, 303);
    let mut fields =
        vec![("kind", "grades"), ("basis", "semester"), ("period", "2025—2026 学年第二学期"), ("source", "教务处")];
    let file = Some(("排名.csv", "学号,专业排名,专业人数,不及格门数\n20240001,3,40,0\n".as_bytes()));
    let empty = staff.upload("/imports", &[("kind", "grades")], None).await;
    assert_eq!(empty.attributes(".faults a", "href"), ["#file", "#basis", "#period", "#source", "#measure"]);
    let unsaid = staff.upload("/imports", &fields, file).await;
    assert_eq!(unsaid.status, 422, "{}", unsaid.text());
    assert!(unsaid.fault("排名口径").contains("请选择排名口径"), "{}", unsaid.fault("排名口径"));
    fields.push(("measure", "grade.assessment"));
    let staged = staff.upload("/imports", &fields, file).await;
    assert_eq!(staged.status, 303, "{}", staged.text());
    let path = staged.location().split('?').next().unwrap().to_owned();
    assert!(staff.get(&path).await.text().contains("本年级综合测评排名"));
    assert_eq!(staff.post(&format!("{path}/commit"), &[]).await.status, 303);
    while staff.get(&path).await.headers.contains_key("refresh") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // Whoever has no such ranking sends what there is: it stands beside the other, and neither takes its place.
    fields.retain(|(name, _)| *name != "measure");
    fields.push(("measure", "major"));
    let file = Some(("排名.csv", "学号,专业排名,专业人数,不及格门数\n20240001,9,30,0\n".as_bytes()));
    let staged = staff.upload("/imports", &fields, file).await;
    let path = staged.location().split('?').next().unwrap().to_owned();
    let says = staff.get(&path).await.all(".says-cell");
    assert!(says.iter().any(|says| says.contains("排名：9/30") || says.contains("9/30")), "{says:?}");
    assert_eq!(staff.post(&format!("{path}/commit"), &[]).await.status, 303);
    while staff.get(&path).await.headers.contains_key("refresh") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (rank, others): (i32, String) = sqlx::query_as(
        "select rank, other_ranks #>> '{0,of}' from student_facts(null)
         where number = '20240001' and rank is not null",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!((rank, others.as_str()), (9, "grade.assessment"));
}
