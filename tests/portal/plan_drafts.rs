//! A plan is taken down in the form: begun, quoted from its document, checked, saved by two, confirmed by a second person.

use lunzhi::{
    office::OfficeKind,
    rules::plan::{BUILT_IN, Plan},
};

use crate::support::{Client, Page, Portal, SECOND};

const TEXT: &str =
    "三、坚持精简原则\n（一）主席团。校级学生会主席团成员不超过4人。\n（二）部门。工作部门不超过6个；每个部门2至3人。";

fn own_plan() -> String {
    BUILT_IN[0].1.replace("code = \"suzhou-2020\"", "code = \"own-2026\"").replace("苏州方案（2020）", "本校方案")
}

/// Begins a draft from a plan file; its path.
async fn from_file(league: &mut Client, text: &str) -> String {
    let fields = [("name", "2026 年方案"), ("origin", "file")];
    let begun = league.upload("/plan-drafts", &fields, Some(("plan.toml", text.as_bytes()))).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    begun.location().split('?').next().unwrap().to_owned()
}

async fn empty(league: &mut Client) -> String {
    let begun = league.upload("/plan-drafts", &[("name", "空白"), ("origin", "empty")], None).await;
    assert!(begun.location().ends_with("?done=begun"), "{}", begun.text());
    begun.location().split('?').next().unwrap().to_owned()
}

/// The fields of a group's form as a browser would send them.
fn fields(page: &Page) -> Vec<(String, String)> {
    let html = page.html();
    let form = scraper::Selector::parse("form.stack").unwrap();
    let control = scraper::Selector::parse("input, select, textarea").unwrap();
    let chosen = scraper::Selector::parse("option[selected]").unwrap();
    let form = html.select(&form).next().unwrap();
    let mut found = Vec::new();
    for one in form.select(&control) {
        let Some(name) = one.attr("name") else { continue };
        let value = match (one.value().name(), one.attr("type")) {
            ("input", Some("radio" | "checkbox")) if one.attr("checked").is_none() => continue,
            ("input", _) => one.attr("value").unwrap_or_default().to_owned(),
            ("textarea", _) => one.text().collect::<String>().trim_start_matches('\n').to_owned(),
            _ => one.select(&chosen).next().and_then(|option| option.attr("value")).unwrap_or_default().to_owned(),
        };
        found.push((name.to_owned(), value));
    }
    found
}

/// Sends a group's form with other values in some of its fields.
async fn send(client: &mut Client, path: &str, shown: &Page, changed: &[(&str, &str)]) -> Page {
    let mut sent = fields(shown);
    for (name, says) in changed {
        sent.retain(|(own, _)| own != name);
        sent.push(((*name).to_owned(), (*says).to_owned()));
    }
    let pairs: Vec<(&str, &str)> = sent.iter().map(|(name, says)| (name.as_str(), says.as_str())).collect();
    client.post(path, &pairs).await
}

/// What is said beside a field.
fn beside(page: &Page, field: &str) -> String {
    page.all(&format!("[id='{field}-fault']")).concat()
}

fn value(page: &Page, field: &str) -> String {
    fields(page).into_iter().find(|(name, _)| name == field).map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test]
async fn a_sentence_is_taken_for_a_rule_and_brings_its_figure() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let draft = empty(&mut league).await;
    let nothing = league.upload(&format!("{draft}/text"), &[("text", "  ")], None).await;
    assert_eq!((nothing.status, nothing.fault("或者把文字粘贴在这里").is_empty()), (422, false));
    let long = "长".repeat(21_001);
    let long = league.upload(&format!("{draft}/text"), &[("text", &long)], None).await;
    assert_eq!((long.status, long.fault("或者把文字粘贴在这里").contains("不能超过 21000 字")), (422, true));
    assert!(long.text().contains("文件不超过 60000 字，粘贴的不超过 21000 字"));
    let kept = league.upload(&format!("{draft}/text"), &[("text", TEXT)], None).await;
    assert_eq!(kept.location(), format!("{draft}/text?done=text"));
    let page = league.get(kept.location()).await;
    let sentences = page.all("[data-sentence]");
    assert!(sentences.contains(&"校级学生会主席团成员不超过4人。".to_owned()), "{sentences:?}");
    let number = (1 + sentences.iter().position(|one| one.starts_with("校级")).unwrap()).to_string();
    let quotes = format!("{draft}/quotes");
    let unread = league.post(&quotes, &[("rule", "STF-02"), ("sentence", &number), ("sentence", "甲")]).await;
    assert_eq!(unread.status, 400);
    let gone = league.post(&quotes, &[("rule", "STF-02"), ("sentence", &number), ("sentence", "999")]).await;
    assert!(gone.status == 422 && gone.text().contains("有的不在现在的原文里"), "{}", gone.text());
    let taken = league.post(&quotes, &[("rule", "STF-02"), ("sentence", &number)]).await;
    assert_eq!(taken.location(), format!("{draft}/groups/stf?done=quoted#STF-02"));
    let group = league.get(&format!("{draft}/groups/stf")).await;
    assert_eq!(value(&group, "STF-02.clause1.quote"), "校级学生会主席团成员不超过4人");
    assert_eq!(value(&group, "STF-02.clause1.section"), "三、坚持精简原则 （一）主席团");
    assert_eq!((value(&group, "STF-02.state").as_str(), value(&group, "STF-02.at_most").as_str()), ("stated", "4"));
    assert!(group.text().contains("✓ 与原文一致"));
    assert!(beside(&group, "STF-02.strength").contains("请填写“力度”"), "the strength is for people to say");
    // Marked words, as the script puts them there; words that are not the document's.
    let marked = league.post(&quotes, &[("rule", "STF-03"), ("words", "工作部门不超过６个")]).await;
    assert_eq!(marked.status, 303);
    let other = league.post(&quotes, &[("rule", "STF-03"), ("words", "工作部门不超过7个")]).await;
    assert_eq!((other.status, other.fault("选取的文字").contains("原文里没有这段文字")), (422, true));
    let none = league.post(&quotes, &[("rule", ""), ("words", "")]).await;
    assert_eq!((none.status, none.all(".faults li").len()), (422, 2));
    let again = league.post(&quotes, &[("rule", "STF-02"), ("sentence", &number)]).await;
    assert!(again.status == 422 && again.fault("用于哪一条规定").contains("已经引用过"));
    let shown = league.get(&format!("{draft}/text")).await;
    assert!(shown.all(".draft-text .tag").contains(&"校级主席团人数".to_owned()), "what is taken is marked");
}

#[tokio::test]
async fn a_figure_that_its_quotation_does_not_name_asks_why() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let draft = empty(&mut league).await;
    league.upload(&format!("{draft}/text"), &[("text", TEXT)], None).await;
    league.post(&format!("{draft}/quotes"), &[("rule", "STF-02"), ("words", "主席团成员不超过4人")]).await;
    let path = format!("{draft}/groups/stf");
    let shown = league.get(&path).await;
    let saved = send(&mut league, &path, &shown, &[("STF-02.at_most", "5"), ("STF-02.strength", "hard")]).await;
    assert_eq!(saved.location(), format!("{path}?done=saved"), "a draft keeps what is typed");
    let shown = league.get(&path).await;
    let asks = beside(&shown, "STF-02.at_most");
    assert!(asks.contains("引文里的数是 4，这里填的是 5"), "{asks}");
    send(&mut league, &path, &shown, &[("STF-02.note", "按上级文件从宽掌握，校团委会议记录〔2026〕3号")]).await;
    let shown = league.get(&path).await;
    assert_eq!(beside(&shown, "STF-02.at_most"), "", "the reason is recorded in the plan file");
    let source = league.get(&format!("{draft}/source")).await;
    assert!(source.text().contains("note = \"按上级文件从宽掌握，校团委会议记录〔2026〕3号\""), "{}", source.text());
    // A quotation that is not the document's.
    send(&mut league, &path, &shown, &[("STF-02.clause1.quote", "主席团成员不超过四人")]).await;
    assert!(beside(&league.get(&path).await, "STF-02.clause1.quote").contains("原文里没有这句话"));
}

#[tokio::test]
async fn what_the_plan_files_reader_says_stands_beside_its_field() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let draft = from_file(&mut league, &own_plan()).await;
    let path = format!("{draft}/groups/head");
    let shown = league.get(&path).await;
    assert!(shown.all(".note-fail").is_empty(), "{}", shown.text());
    send(&mut league, &path, &shown, &[("effective", "明天"), ("code", "中文"), ("short", "")]).await;
    let shown = league.get(&path).await;
    assert!(beside(&shown, "effective").contains("应为日期"), "{}", beside(&shown, "effective"));
    assert!(beside(&shown, "code").contains("小写字母"), "{}", beside(&shown, "code"));
    assert_eq!(beside(&shown, "short"), "✕ 请填写“简称”");
    assert_eq!((value(&shown, "effective").as_str(), value(&shown, "code").as_str()), ("明天", "中文"));
    let overview = league.get(&draft).await;
    assert!(overview.text().contains("还有 3 处要补、要改"), "{}", overview.text());
    let refused = league.post(&format!("{draft}/submit"), &[]).await;
    assert_eq!((refused.status, refused.text().contains("还有 3 处")), (409, true));
    // What is too long is not kept, and comes back.
    let long = "长".repeat(1_001);
    let back = send(&mut league, &path, &shown, &[("title", &long)]).await;
    assert_eq!((back.status, value(&back, "title").chars().count()), (422, 1_001));
    assert!(value(&league.get(&path).await, "title").chars().count() < 100);
}

#[tokio::test]
async fn of_two_who_save_one_group_the_later_sees_both_and_loses_nothing() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    let draft = from_file(&mut league, &own_plan()).await;
    let path = format!("{draft}/groups/stf");
    let (one, other) = (league.get(&path).await, deputy.get(&path).await);
    assert_eq!(send(&mut league, &path, &one, &[("STF-02.note", "甲写的说明")]).await.status, 303);
    let clash = send(&mut deputy, &path, &other, &[("STF-02.note", "乙写的说明"), ("STF-03.note", "乙的另一条")]).await;
    assert_eq!(clash.status, 409);
    assert!(clash.all("[role=alert]").concat().contains("没有保存"), "{}", clash.text());
    assert_eq!(
        (value(&clash, "STF-02.note"), value(&clash, "STF-03.note")),
        ("乙写的说明".into(), "乙的另一条".into())
    );
    let theirs = clash.all(".draft-theirs");
    assert!(theirs.iter().any(|one| one.contains("甲写的说明")), "{theirs:?}");
    assert_eq!(value(&league.get(&path).await, "STF-02.note"), "甲写的说明", "nothing was written");
    // Saved again from the page that shows both, it stands.
    assert_eq!(send(&mut deputy, &path, &clash, &[]).await.status, 303);
    assert_eq!(value(&league.get(&path).await, "STF-03.note"), "乙的另一条");
    // Another group is nobody's clash.
    let other = format!("{draft}/groups/elg");
    let shown = league.get(&other).await;
    assert_eq!(send(&mut league, &other, &shown, &[("ELG-01.note", "丙")]).await.status, 303);
}

#[tokio::test]
async fn many_who_save_at_once_are_each_kept_or_shown_the_other() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let draft = from_file(&mut league, &own_plan()).await;
    let path = format!("{draft}/groups/stf");
    let shown = std::sync::Arc::new(league.get(&path).await);
    let mut set = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (mut client, path, shown) = (league.clone(), path.clone(), shown.clone());
        set.spawn(async move {
            let says = format!("第 {number} 人");
            send(&mut client, &path, &shown, &[("STF-02.note", &says)]).await.status
        });
    }
    let mut statuses = set.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303], vec![409; 7]].concat());
}

#[tokio::test]
async fn a_second_person_confirms_before_it_becomes_a_version() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    let draft = from_file(&mut league, &own_plan()).await;
    let early = deputy.post(&format!("{draft}/confirm"), &[]).await;
    assert_eq!(early.status, 409, "nothing was handed in");
    assert_eq!(league.post(&format!("{draft}/submit"), &[]).await.location(), format!("{draft}?done=submitted"));
    let own = league.post(&format!("{draft}/confirm"), &[]).await;
    assert!(own.status == 409 && own.text().contains("不能由同一个人确认"), "{}", own.text());
    // What waits is what was handed in.
    let path = format!("{draft}/groups/stf");
    let shown = deputy.get(&path).await;
    let late = send(&mut deputy, &path, &shown, &[("STF-02.at_most", "9")]).await;
    assert_eq!((late.status, late.text().contains("不能再改")), (409, true));
    assert!(deputy.get("/").await.text().contains("确认方案草稿“2026 年方案”"));
    assert!(!league.get("/").await.text().contains("确认方案草稿“2026 年方案”"), "not for who handed it in");
    let unsaid = deputy.post(&format!("{draft}/return"), &[("reason", " ")]).await;
    assert_eq!((unsaid.status, unsaid.fault("退回修改的理由").is_empty()), (422, false));
    let back = deputy.post_on(&format!("{draft}/return"), &[("reason", "第三条请再核对")]).await;
    assert!(back.text().contains("第三条请再核对"));
    assert_eq!(league.post(&format!("{draft}/submit"), &[]).await.status, 303);
    assert_eq!(deputy.post(&format!("{draft}/withdraw"), &[]).await.status, 409, "not the deputy's to withdraw");
    assert_eq!(league.post(&format!("{draft}/withdraw"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{draft}/submit"), &[]).await.status, 303);
    let confirmed = deputy.post(&format!("{draft}/confirm"), &[]).await;
    assert!(confirmed.location().starts_with("/plans?done=added&version="), "{}", confirmed.location());
    let plans = league.get(confirmed.location()).await;
    assert!(plans.text().contains("方案已收存"), "{}", plans.text());
    assert!(plans.all("#version option").iter().any(|label| label.starts_with("本校方案 第 1 版")));
    let version = confirmed.location().rsplit('=').next().unwrap();
    let source = league.get(&format!("/plans/{version}/source")).await.text();
    assert_eq!(Plan::parse(&source).unwrap(), Plan::parse(&own_plan()).unwrap());
    assert_eq!(deputy.post(&format!("{draft}/confirm"), &[]).await.status, 409);
    assert_eq!(league.post(&format!("{draft}/discard"), &[]).await.status, 409, "what was confirmed stays");
    let record = league.get("/audit?verb=plan_draft_kept").await.all("tbody tr");
    assert!(record.iter().any(|row| row.contains("第二人确认")), "{record:?}");
    assert!(record.iter().any(|row| row.contains("第三条请再核对")), "{record:?}");
}

#[tokio::test]
async fn of_many_drafts_begun_at_once_no_more_are_kept_than_may_be() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let submitted = from_file(&mut league, &own_plan()).await;
    assert_eq!(league.post(&format!("{submitted}/submit"), &[]).await.status, 303);
    for _ in 0..15 {
        empty(&mut league).await;
    }
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let mut client = portal.signed_in(OfficeKind::SchoolLeague).await;
        let fields = [("name", "同时新建"), ("origin", "empty")];
        set.spawn(async move { client.upload("/plan-drafts", &fields, None).await.status });
    }
    let mut statuses = set.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303; 4], vec![422; 4]].concat(), "what waits for the second person counts too");
    let full = league.upload("/plan-drafts", &[("name", "再来一份"), ("origin", "empty")], None).await;
    assert!(full.fault("草稿的名称").contains("已有 20 份草稿没有确认"), "{}", full.text());
    assert_eq!(full.field("草稿的名称"), "再来一份");
}

#[tokio::test]
async fn a_document_brought_while_a_draft_is_handed_in_is_looked_at_first() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let draft = from_file(&mut league, &own_plan()).await;
    let (mut other, mut watch) = (portal.owner().await, portal.owner().await);
    sqlx::query("begin").execute(&mut other).await.unwrap();
    sqlx::query("update plan_draft set text_name = '原文', document_text = '另一份文件。' where id = $1::uuid")
        .bind(draft.rsplit('/').next().unwrap())
        .execute(&mut other)
        .await
        .unwrap();
    let (mut client, path) = (league.clone(), format!("{draft}/submit"));
    let sent = tokio::spawn(async move { client.post(&path, &[]).await });
    // The draft has been checked, and waits for whoever brings the text.
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    loop {
        let (waits,): (i64,) = sqlx::query_as(waiting).fetch_one(&mut watch).await.unwrap();
        if waits > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    sqlx::query("commit").execute(&mut other).await.unwrap();
    let refused = sent.await.unwrap();
    assert!(refused.status == 409 && refused.text().contains("刚才有人改了草稿"), "{}", refused.text());
}

#[tokio::test]
async fn a_document_given_as_a_plan_is_told_for_what_it_is() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let fields = [("name", "方案"), ("origin", "file")];
    let word = league.upload("/plan-drafts", &fields, Some(("方案.docx", b"PK\x03\x04 word"))).await;
    assert_eq!(word.status, 422);
    assert!(word.all("#file-fault").concat().contains("Word 或 Excel"), "{}", word.text());
    assert_eq!(word.field("草稿的名称"), "方案");
    let broken = league.upload("/plan-drafts", &fields, Some(("a.toml", b"format = 1\ncode = \"a\n"))).await;
    assert!(broken.status == 422 && broken.all(".lines li").concat().contains("第 2 行"), "{}", broken.text());
    let none = league.upload("/plan-drafts", &[("name", ""), ("origin", "")], None).await;
    assert_eq!((none.status, none.all(".faults li").len()), (422, 2));
    let draft = empty(&mut league).await;
    let text = format!("{draft}/text");
    let pdf = league.upload(&text, &[("text", "")], Some(("a.pdf", b"%PDF-1.7"))).await;
    assert!(pdf.status == 422 && pdf.all("#file-fault").concat().contains("PDF"));
    let named = league.upload(&text, &[("text", "")], Some(("王小明.txt", TEXT.as_bytes()))).await;
    assert_eq!(named.status, 303, "{}", named.text());
    let record = league.get("/audit?verb=plan_draft_kept").await.all("tbody tr").concat();
    assert!(
        record.contains("文字摘要") && !record.contains("王小明"),
        "a file may be called by somebody's name: {record}"
    );
    let marks = "。".repeat(60_000);
    let marks = league.upload(&text, &[("text", "")], Some(("a.txt", marks.as_bytes()))).await;
    assert!(marks.status == 422 && marks.all("#file-fault").concat().contains("3000 句"), "{}", marks.text());
}

#[tokio::test]
async fn a_draft_begins_from_the_present_plan_and_is_seen_by_nobody_else() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let begun = league.upload("/plan-drafts", &[("name", "修订"), ("origin", "own")], None).await;
    let draft = begun.location().split('?').next().unwrap().to_owned();
    let shown = league.get(&format!("{draft}/groups/stf")).await;
    assert_eq!((value(&shown, "STF-02.at_most").as_str(), value(&shown, "STF-02.state").as_str()), ("5", "stated"));
    let head = league.get(&format!("{draft}/groups/head")).await;
    assert_eq!(value(&head, "code"), "", "the shipped plan's code is not ours to take");
    // Every group is shown, and saved as it is shown it says the same.
    let before = league.get(&format!("{draft}/source")).await.text();
    for link in league.get(&draft).await.attributes("td[data-label=部分] a", "href") {
        let page = league.get(&link).await;
        assert_eq!(page.status, 200, "{link}");
        assert_eq!(send(&mut league, &link, &page, &[]).await.status, 303, "{link}");
    }
    assert_eq!(league.get(&format!("{draft}/source")).await.text(), before, "a form sent back as it was shown");
    let mut other = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    for path in [draft.clone(), format!("{draft}/groups/stf"), format!("{draft}/text"), format!("{draft}/source")] {
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(other.post(&format!("{draft}/discard"), &[]).await.status, 404);
    assert_eq!(league.post(&format!("{draft}/discard"), &[]).await.location(), "/plan-drafts?done=discarded");
    assert_eq!(league.get(&draft).await.status, 404);
}

#[tokio::test]
async fn a_draft_may_begin_with_the_national_wording_and_counts_none_of_it_by_itself() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let begun = league.upload("/plan-drafts", &[("name", "预填"), ("origin", "national")], None).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let draft = begun.location().split('?').next().unwrap().to_owned();
    let page = league.get(&format!("{draft}/groups/stf")).await;
    assert!(page.text().contains("全国要求原文：“主席团成员不超过5人。”"), "{}", page.text());
    assert_eq!(page.attributes("input[name='STF-02.at_most']", "value"), ["5"]);
    assert_eq!(page.attributes("input[name='STF-01.larger1.at_most']", "value"), ["60"]);
    let chosen = page.attributes("input[name='STF-02.state'][checked]", "value");
    assert_eq!(chosen, ["untaken"], "nobody has said yet that the document states it");
    // The document's own words take its place.
    let text = "主席团成员不超过4人，部门不超过6个。";
    let kept = league.upload(&format!("{draft}/text"), &[("text", text)], None).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let quoted = league.post(&format!("{draft}/quotes"), &[("rule", "STF-02"), ("words", "主席团成员不超过4人")]).await;
    assert_eq!(quoted.status, 303, "{}", quoted.text());
    let page = league.get(&format!("{draft}/groups/stf")).await;
    assert_eq!(page.attributes("input[name='STF-02.at_most']", "value"), ["4"]);
    assert_eq!(page.attributes("input[name='STF-02.clause1.document']", "value"), [""]);
}
