//! The counting law of a contest as its people meet it: where each rule comes from, whom a written name means, what
//! follows a tie, and who may stand.

use lunzhi::{
    elections::record::{self, RecordFile},
    office::OfficeKind,
};

use crate::support::{
    Client, Portal,
    sitting::{Plan, Sitting, cast, number, opened, prepare, see_other, voter, voters},
    union::grade_everybody,
};

const DECIDED: &[(&str, &str)] = &[("decision", "校团委 2026-11-10 会议")];

/// What one voter says: fields of the ballot.
type Vote<'a> = &'a [(&'a str, &'a str)];

/// Casts these ballots, by the voters from number 1 on.
async fn cast_all(portal: &Portal, sitting: &Sitting, votes: &[Vote<'_>]) {
    let many = u32::try_from(votes.len()).unwrap();
    for (client, vote) in voters(portal, 1..=many).await.iter_mut().zip(votes) {
        cast(client, &sitting.id, vote).await;
    }
}

/// The public record of a reported sitting, which agrees with the full ballots.
async fn verified(portal: &Portal, sitting: &mut Sitting) -> RecordFile {
    let file = voter(portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = record::read(&file.bytes).unwrap();
    let ballots = sitting.monitors[0].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await;
    record::verify(&record, Some(&ballots.bytes)).unwrap();
    record
}

/// Where monitors say whom the names of the first contest mean.
fn names(sitting: &Sitting) -> String {
    let contest = sitting.contests[0].rsplit('/').next().unwrap();
    format!("/monitoring/{}/names/{contest}", sitting.id)
}

/// One monitor proposes that names mean a student, another confirms it.
async fn settle(sitting: &mut Sitting, keys: &[&str], student: u32) {
    let (path, student) = (names(sitting), number(student));
    let mut fields: Vec<(&str, &str)> = keys.iter().map(|key| ("name", *key)).collect();
    fields.extend([("number", student.as_str()), ("why", "本班只有一名同学叫这个名字")]);
    see_other(&sitting.monitors[0].0.post(&path, &fields).await);
    let mut keys: Vec<(&str, &str)> = keys.iter().map(|key| ("name", *key)).collect();
    keys.push(("number", student.as_str()));
    let alone = sitting.monitors[0].0.post(&format!("{path}/confirm"), &keys).await;
    assert_eq!(alone.status, 409, "nobody confirms what they proposed");
    let home = sitting.monitors[1].0.get("/").await;
    assert!(home.text().contains("确认另选他人"), "{}", home.text());
    see_other(&sitting.monitors[1].0.post(&format!("{path}/confirm"), &keys).await);
}

#[tokio::test]
async fn each_rule_names_its_source_on_page_report_and_record() {
    let portal = Portal::two().await;
    let rules = [
        ("majority", "none"),
        ("quorum", "0"),
        ("source_majority", "constitution"),
        ("constitution_text", "《学生会章程》第二十三条"),
    ];
    let plan = Plan { contests: &[("代表", 9, 2, &[101, 102, 103], &rules)], fields: DECIDED };
    let mut sitting = opened(&portal, &plan).await;
    let ballot = voter(&portal, 9).await.get(&sitting.votes()).await.text();
    assert!(ballot.contains("按相对多数，得票多的当选，不要求过半数。"), "voters read it too: {ballot}");
    let first: Vote<'_> = &[("c1-1", "F")];
    cast_all(&portal, &sitting, &[first, first, &[("c1-2", "F")], &[], &[]]).await;
    let shown = sitting.keeper.get(&sitting.contests[0]).await;
    assert!(shown.text().contains("依据章程：《学生会章程》第二十三条"), "{}", shown.text());
    assert!(shown.text().contains("不设到会人数要求（依据团委决定：校团委 2026-11-10 会议）"), "{}", shown.text());
    assert!(shown.text().contains("实践惯例"), "{}", shown.text());
    sitting.count().await;
    sitting.act("report", &[]).await;
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("不设到会人数要求") && !report.text().contains("0/1"), "{}", report.text());
    assert!(report.text().contains("得票多的当选，不要求过半数"), "{}", report.text());
    let record = verified(&portal, &mut sitting).await;
    assert_eq!(record.contests[0].result.elected, ["学生101", "学生102"], "2 and 1 of 5 are no half");
    let source = |rule: &str| record.contests[0].sources.iter().find(|one| one.rule == rule).unwrap();
    assert_eq!((source("majority").source.as_str(), source("tie").source.as_str()), ("constitution", "practice"));
    assert_eq!(source("majority").text, "《学生会章程》第二十三条");
}

#[tokio::test]
async fn a_rule_that_leaves_practice_has_another_source() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 9, 1, &[101, 102], &[("majority", "due")])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let refused = sitting.keeper.post(&format!("{}/announce", sitting.path), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("须写明依据"), "{}", refused.text());
    let people: Vec<String> = (1..=9).map(number).collect();
    let people = people.join("\n");
    let mut fields = vec![("title", "代表"), ("fills", "other"), ("body", "congress"), ("people", people.as_str())];
    fields.extend([("seats", "1"), ("quorum", "2/3+"), ("majority", "due"), ("extra", "1"), ("write_in", "yes")]);
    fields.extend([("tie", "second_round"), ("source_majority", "practice")]);
    let page = sitting.keeper.post(&sitting.contests[0], &fields).await;
    assert!(page.status == 422 && page.text().contains("“当选”与实践惯例不同"), "{}", page.text());
    *fields.last_mut().unwrap() = ("source_majority", "election_rules");
    let page = sitting.keeper.post(&sitting.contests[0], &fields).await;
    assert!(page.status == 422 && page.fault("选举办法（名称、条款）").contains("请写明"), "{}", page.text());
    fields.push(("election_rules_text", "选举办法第九条"));
    see_other(&sitting.keeper.post(&sitting.contests[0], &fields).await);
    let page = sitting.keeper.get(&sitting.contests[0]).await;
    assert_eq!(page.field("当选的依据"), "election_rules", "{}", page.text());
    sitting.act("announce", &[]).await;
}

#[tokio::test]
async fn a_candidates_name_is_marked_and_not_written_in() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 9, 2, &[101, 102], &[("extra", "0")])], fields: DECIDED };
    let sitting = opened(&portal, &plan).await;
    let mut first = voter(&portal, 1).await;
    for spelling in ["学生101", "学生　101", "学生·101", "学生１０１"] {
        let page = first.post(&sitting.votes(), &[("c1-2", "F"), ("w1-1", spelling)]).await;
        assert_eq!(page.status, 422, "{spelling}");
        assert!(page.text().contains("已经是候选人，请直接在名单里选“赞成”"), "{spelling}: {}", page.text());
    }
    let twice = first.post(&sitting.votes(), &[("w1-1", "学生9"), ("w1-2", "学生 9")]).await;
    assert!(twice.status == 422 && twice.text().contains("写了两次"), "{}", twice.text());
}

#[tokio::test]
async fn whoever_abstains_writes_in_nobody_where_that_is_the_rule() {
    let portal = Portal::two().await;
    let rules = [("needs_against", "yes")];
    let plan = Plan { contests: &[("代表", 9, 1, &[101, 102], &rules)], fields: DECIDED };
    let mut sitting = opened(&portal, &plan).await;
    let mut first = voter(&portal, 1).await;
    assert!(first.get(&sitting.votes()).await.text().contains("弃权的不能另选他人"));
    let refused = first.post(&sitting.votes(), &[("c1-1", "-"), ("w1-1", "学生9")]).await;
    assert!(refused.status == 422 && refused.text().contains("弃权的不能另选他人"), "{}", refused.text());
    assert_eq!(first.post(&format!("{}/cast", sitting.votes()), &[("w1-1", "学生9")]).await.status, 422);
    cast(&mut first, &sitting.id, &[("c1-1", "A"), ("w1-1", "学生9")]).await;
    let paper = sitting.keeper.get(&format!("{}/ballots", sitting.path)).await;
    assert!(paper.text().contains("须先反对几名候选人"), "{}", paper.text());
}

/// What records of versions before the names were settled look like: names as they were written, no sources.
#[tokio::test]
async fn records_of_earlier_versions_still_agree() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 9, 1, &[101, 102], &[])], fields: &[] };
    let mut sitting = opened(&portal, &plan).await;
    let (one, other): (Vote<'_>, Vote<'_>) = (&[("w1-1", "学生5")], &[("w1-1", "学声5")]);
    let first: Vote<'_> = &[("c1-1", "F")];
    cast_all(&portal, &sitting, &[one, one, other, first, first, first, first, first, &[]]).await;
    sitting.count().await;
    sitting.act("report", &[]).await;
    let record = verified(&portal, &mut sitting).await;
    let ballots = sitting.monitors[0].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await;
    let full: record::BallotsFile = serde_json::from_slice(&ballots.bytes).unwrap();
    let mut old = record;
    let contest = &mut old.contests[0];
    (contest.sources, contest.names_settled) = (Vec::new(), false);
    (contest.tally.others, contest.result.others) = (0, 0);
    contest.tally.write_ins.clone_from(&full.contests[0].write_ins);
    contest.result.write_ins.clone_from(&full.contests[0].write_ins);
    let text = serde_json::to_string(&old).unwrap();
    for newer in ["names_settled", "sources", "others", "similar", "unclear", "round", "unreadable"] {
        assert!(!text.contains(&format!("\"{newer}\"")), "{newer}");
    }
    let old = record::read(text.as_bytes()).unwrap();
    assert_eq!(record::verify(&old, Some(&ballots.bytes)).unwrap().level, record::Level::Ballots);
    let mut wrong = old;
    wrong.contests[0].tally.write_ins[0].votes_for = 1;
    wrong.contests[0].result.write_ins[0].votes_for = 1;
    assert!(record::verify(&wrong, Some(&ballots.bytes)).is_err());
}

/// Renames a student, so that two have one name.
async fn rename(portal: &Portal, student: u32, name: &str) {
    let change = sqlx::query("update student set name = $2 where number = $1").bind(number(student)).bind(name);
    change.execute(&mut portal.owner().await).await.unwrap();
}

#[tokio::test]
async fn two_of_one_name_both_carry_what_tells_them_apart() {
    let portal = Portal::two().await;
    rename(&portal, 101, "张伟").await;
    rename(&portal, 102, "张　伟").await;
    let plan = Plan { contests: &[("代表", 9, 1, &[101], &[])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    assert_eq!(sitting.keeper.get(&sitting.contests[0]).await.all("tbody strong"), ["张伟"]);
    let add = format!("{}/candidates", sitting.contests[0]);
    see_other(&sitting.keeper.post(&add, &[("numbers", &number(102)), ("origin", "班级团支部推荐")]).await);
    let labels = sitting.keeper.get(&sitting.contests[0]).await.all("tbody strong");
    assert_eq!(labels, ["张伟（20240101）", "张伟（20240102）"], "of one class, so by number, and the first too");
    sitting.open(&portal).await;
    let mut first = voter(&portal, 1).await;
    let bare = first.post(&sitting.votes(), &[("w1-1", "张伟")]).await;
    assert!(bare.status == 422 && bare.text().contains("与候选人同名"), "{}", bare.text());
    cast(&mut first, &sitting.id, &[("w1-1", "张伟（会计2401班）")]).await;
}

#[tokio::test]
async fn spellings_of_one_person_are_put_together_by_two_monitors_and_no_few_are_published() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 9, 1, &[101, 102], &[])], fields: &[] };
    let mut sitting = opened(&portal, &plan).await;
    let with = |name: &'static str| [("w1-1", name)];
    let (one, other, third) = (with("学生5"), with("学生 5"), with("学声5"));
    let bought = with("买票暗号");
    let votes: [Vote<'_>; 9] = [&one, &other, &one, &third, &third, &bought, &[("c1-1", "F")], &[], &[]];
    cast_all(&portal, &sitting, &votes).await;
    sitting.count().await;
    let open = sitting.keeper.get(&sitting.path).await;
    assert!(!open.text().contains("学声5") && !open.text().contains("买票暗号"), "{}", open.text());
    let path = names(&sitting);
    let page = sitting.monitors[0].0.get(&path).await;
    assert!(page.text().contains("学生5（3 票）") && page.text().contains("买票暗号（1 票）"), "{}", page.text());
    assert!(page.text().contains("学生5、学声5"), "what may be one person is named: {}", page.text());
    assert_eq!(sitting.keeper.get(&path).await.status, 404, "for monitors alone");
    let bad = [("name", "学生5"), ("number", "20240101"), ("why", "x")];
    let page = sitting.monitors[0].0.post(&path, &bad).await;
    assert!(page.status == 422 && page.fault("指的是谁（学号或姓名）").contains("是候选人"), "{}", page.text());
    // Whoever confirms has read whom: a proposal that was changed meanwhile is another one.
    let propose = |student: &'static str| [("name", "学声5"), ("number", student), ("why", "笔迹")];
    let unknown = sitting.monitors[0].0.post(&path, &propose("学声5")).await;
    assert!(
        unknown.status == 422 && unknown.fault("指的是谁（学号或姓名）").contains("没有找到"),
        "{}",
        unknown.text()
    );
    see_other(&sitting.monitors[0].0.post(&path, &propose("学生5")).await);
    let read = sitting.monitors[1].0.get(&path).await.attributes("form[action$='/confirm'] input", "value");
    assert_eq!(read, ["20240005", "学声5"]);
    see_other(&sitting.monitors[0].0.post(&format!("{path}/drop"), &[("name", "学声5")]).await);
    see_other(&sitting.monitors[0].0.post(&path, &propose("20240006")).await);
    let stale = [("number", "20240005"), ("name", "学声5")];
    assert_eq!(sitting.monitors[1].0.post(&format!("{path}/confirm"), &stale).await.status, 409);
    see_other(&sitting.monitors[0].0.post(&format!("{path}/drop"), &[("name", "学声5")]).await);
    settle(&mut sitting, &["学生5", "学声5"], 5).await;
    let counted = sitting.keeper.get(&sitting.path).await;
    assert_eq!(counted.all(".headline strong"), ["学生5"], "5 of 9: {}", counted.text());
    sitting.act("report", &[]).await;
    let record = verified(&portal, &mut sitting).await;
    let result = &record.contests[0].result;
    assert_eq!((result.elected.concat(), result.write_ins[0].votes_for, result.others), ("学生5".to_owned(), 5, 1));
    for page in ["report", "notice", "tally"] {
        let paper = sitting.keeper.get(&format!("{}/{page}", sitting.path)).await;
        assert!(!paper.text().contains("买票暗号") && !paper.text().contains("学声5"), "{page}: {}", paper.text());
    }
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("2种写法核对为学生5"), "{}", report.text());
    let told = voter(&portal, 1).await.get(&sitting.votes()).await;
    assert!(told.text().contains("其他") && !told.text().contains("买票暗号"), "{}", told.text());
    let late = sitting.monitors[0].0.post(&format!("{path}/drop"), &[("name", "学生5")]).await;
    assert_eq!(late.status, 409, "the report stands on it");
    let raw = sqlx::query("delete from written_in_match").execute(&mut portal.owner().await).await;
    assert!(raw.is_err(), "the database holds it too");
}

#[tokio::test]
async fn nobody_is_reported_elected_before_it_is_settled_who_they_are() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 5, 1, &[101, 102], &[])], fields: &[] };
    let mut sitting = opened(&portal, &plan).await;
    let joke: Vote<'_> = &[("w1-1", "奥特曼")];
    cast_all(&portal, &sitting, &[joke, joke, joke, &[("c1-1", "F")], &[]]).await;
    sitting.count().await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert_eq!(page.all(".headline strong"), ["另选他人（待核对）"], "{}", page.text());
    assert!(!page.text().contains("奥特曼"), "{}", page.text());
    let report = format!("{}/report", sitting.path);
    let refused = sitting.keeper.post(&report, &[]).await;
    assert!(refused.status == 409 && refused.text().contains("还没有核对是谁"), "{}", refused.text());
    let path = names(&sitting);
    let fields = [("name", "奥特曼"), ("nobody", "yes"), ("why", "名册上没有这个人")];
    see_other(&sitting.monitors[0].0.post(&path, &fields).await);
    assert_eq!(sitting.keeper.post(&report, &[]).await.status, 409, "one monitor alone settles nothing");
    see_other(&sitting.monitors[2].0.post(&format!("{path}/confirm"), &[("name", "奥特曼")]).await);
    see_other(&sitting.keeper.post(&report, &[]).await);
    let record = verified(&portal, &mut sitting).await;
    let result = &record.contests[0].result;
    assert_eq!((result.elected.len(), result.others, result.vacant), (0, 3, 1));
    let (mut elected, mut shown) = (record.clone(), record);
    elected.contests[0].result.elected = vec!["学生101".to_owned()];
    assert!(record::verify(&elected, None).unwrap_err().contains("当选结果与记录不同"));
    shown.contests[0].tally.others = 2;
    shown.contests[0].result.others = 2;
    let ballots = sitting.monitors[0].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await;
    assert!(record::verify(&shown, Some(&ballots.bytes)).is_err(), "no vote for a written-in name is lost");
}

#[tokio::test]
async fn a_written_in_name_that_is_tied_stands_in_a_round_that_asks_for_no_half() {
    let portal = Portal::two().await;
    let rules = [("majority", "valid"), ("quorum", "0")];
    let plan = Plan { contests: &[("代表", 8, 2, &[101, 102, 103], &rules)], fields: DECIDED };
    let mut sitting = opened(&portal, &plan).await;
    // 101 has 6 of 8 valid; 102 and 学生7, who is written in, have 5 each.
    let both: Vote<'_> = &[("c1-2", "F"), ("w1-1", "学生7")];
    let (first, second): (Vote<'_>, Vote<'_>) = (&[("c1-1", "F"), ("c1-2", "F")], &[("c1-1", "F"), ("w1-1", "学生 7")]);
    cast_all(&portal, &sitting, &[both, both, first, first, first, second, second, second]).await;
    sitting.count().await;
    settle(&mut sitting, &["学生7"], 7).await;
    sitting.act("report", &[]).await;
    let result = sitting.keeper.get(&sitting.path).await;
    assert!(result.text().contains("学生101") && result.text().contains("得票相同"), "{}", result.text());
    let contest = sitting.contests[0].clone();
    let second = sitting.keeper.post(&format!("{contest}/second"), &[]).await;
    assert_eq!(second.status, 303, "{}", second.text());
    let path = second.location().split('?').next().unwrap().to_owned();
    let page = sitting.keeper.get(&path).await;
    let next = page.attributes("table a", "href").into_iter().find(|href| href.contains("/contests/")).unwrap();
    let page = sitting.keeper.get(&next).await;
    assert_eq!(page.all("tbody strong"), ["学生102", "学生7"], "both who are tied stand: {}", page.text());
    assert!(page.text().contains("第二轮"), "{}", page.text());
    let id = path.rsplit('/').next().unwrap().to_owned();
    let opens = crate::support::sitting::in_minutes(&portal, 5);
    let closes = crate::support::sitting::in_minutes(&portal, 125);
    let times = [("title", "第二轮"), ("opens", &opens), ("closes", &closes), ("threshold", "2"), ("revote", "yes")];
    let fields: Vec<(&str, &str)> = times.into_iter().chain(DECIDED.iter().copied()).collect();
    see_other(&sitting.keeper.post(&format!("{path}/edit"), &fields).await);
    (sitting.path, sitting.id, sitting.contests) = (path, id, vec![next]);
    sitting.open(&portal).await;
    let mut eighth = voter(&portal, 8).await;
    let ballot = eighth.get(&sitting.votes()).await;
    assert!(!ballot.text().contains("另选他人"), "{}", ballot.text());
    assert!(ballot.text().contains("这是第二轮，只在上一轮得票相同的人中选"), "{}", ballot.text());
    assert_eq!(eighth.post(&sitting.votes(), &[("w1-1", "学生9")]).await.status, 400, "no line for it");
    let (one, other): (Vote<'_>, Vote<'_>) = (&[("c1-1", "F")], &[("c1-2", "F")]);
    cast_all(&portal, &sitting, &[other, other, other, one, one, &[], &[]]).await;
    sitting.count().await;
    sitting.act("report", &[]).await;
    let record = verified(&portal, &mut sitting).await;
    assert_eq!(record.contests[0].result.elected, ["学生7"], "3 of 7 is no half, and the half was passed before");
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("在上一轮得票相同的人中，得票多的当选"), "{}", report.text());
}

#[tokio::test]
async fn a_tied_name_that_an_earlier_report_left_open_is_asked_for() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 6, 2, &[101, 102], &[("extra", "0")])], fields: DECIDED };
    let mut sitting = opened(&portal, &plan).await;
    let (one, other): (Vote<'_>, Vote<'_>) = (&[("c1-1", "F"), ("w1-1", "学生7")], &[("c1-2", "F"), ("w1-1", "学生8")]);
    let both: Vote<'_> = &[("c1-1", "F"), ("c1-2", "F")];
    cast_all(&portal, &sitting, &[one, one, one, one, both, other]).await;
    sitting.count().await;
    // As an earlier version would have reported it: 101 has 5, 102 and 学生7 are tied at 2 for the other seat.
    let mut db = portal.owner().await;
    for statement in [
        "alter table contest disable trigger contest_guarded",
        "update contest set rules = jsonb_set(rules, '{majority_of}', '\"none\"')",
        "update written_in set votes = 2 where name = '学生7'",
        "update sitting set stage = 'reported', reported_at = story_now(), record = '{}'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("另选他人“学生7”得票相同，是谁（学号）"), "{}", page.text());
    let second = format!("{}/second", sitting.contests[0]);
    let asked = sitting.keeper.post(&second, &[]).await;
    assert!(asked.status == 422 && asked.text().contains("请填写本人的学号"), "{}", asked.text());
    let other = sitting.keeper.post(&second, &[("number", &number(8))]).await;
    assert!(other.status == 422 && other.text().contains(&number(8)), "what was typed stays: {}", other.text());
    let next = see_other(&sitting.keeper.post(&second, &[("number", &number(7))]).await);
    let page = sitting.keeper.get(&next).await;
    let link = page.attributes("table a", "href").into_iter().find(|href| href.contains("/contests/")).unwrap();
    assert_eq!(sitting.keeper.get(&link).await.all("tbody strong"), ["学生102", "学生7"]);
}

#[tokio::test]
async fn seats_that_nobody_won_are_elected_anew_with_the_half_again() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 6, 1, &[101, 102, 103], &[])], fields: &[] };
    let mut sitting = opened(&portal, &plan).await;
    let (one, other): (Vote<'_>, Vote<'_>) = (&[("c1-1", "F")], &[("c1-2", "F")]);
    cast_all(&portal, &sitting, &[one, one, one, other, &[], &[]]).await;
    sitting.count().await;
    sitting.act("report", &[]).await;
    let contest = sitting.contests[0].clone();
    let next = see_other(&sitting.keeper.post(&format!("{contest}/second"), &[]).await);
    let page = sitting.keeper.get(&next).await;
    assert!(page.text().contains("另行选举"), "{}", page.text());
    let link = page.attributes("table a", "href").into_iter().find(|href| href.contains("/contests/")).unwrap();
    let page = sitting.keeper.get(&link).await;
    assert_eq!(page.all("tbody strong"), ["学生101", "学生102", "学生103"]);
    assert_eq!((page.field("当选").as_str(), page.field("应选人数").as_str()), ("present", "1"), "{}", page.text());
    let round: Option<String> = sqlx::query_scalar("select rules ->> 'round' from contest where round_of is not null")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(round, None, "not among the tied");
}

async fn enter(
    client: &mut Client,
    path: &str,
    fields: &[(&str, &str)],
    more: &[(&str, &str)],
) -> crate::support::Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name)).chain(more).copied().collect();
    client.post(path, &fields).await
}

#[tokio::test]
async fn paper_is_asked_the_same_as_the_form() {
    let portal = Portal::two().await;
    rename(&portal, 101, "张伟").await;
    rename(&portal, 102, "张伟").await;
    let plan = Plan { contests: &[("代表", 9, 1, &[101, 102], &[])], fields: &[] };
    let mut sitting = opened(&portal, &plan).await;
    for student in 1..=7 {
        let issued = sitting.keeper.post(&format!("{}/paper", sitting.path), &[("number", &number(student))]).await;
        assert_eq!(issued.status, 303);
    }
    sitting.act("close", &[("sure", "yes")]).await;
    let path = format!("/entries/{}", sitting.contests[0].trim_start_matches("/sittings/").replace("/contests/", "/"));
    let page = sitting.keeper.get(&path).await;
    assert!(page.text().contains("个别项无法辨认的按弃权录入"), "{}", page.text());
    let figures = [
        ("returned", "7"),
        ("valid", "7"),
        ("void", "0"),
        ("f1", "4"),
        ("a1", "1"),
        ("n1", "2"),
        ("u1", "1"),
        ("f2", "0"),
        ("a2", "4"),
        ("n2", "3"),
        ("u2", ""),
        ("written", "学生9 1\n张　伟 2"),
    ];
    let keeper = &mut sitting.keeper;
    let unread = enter(keeper, &path, &figures, &[("u1", "3"), ("unclear", "yes")]).await;
    assert!(unread.status == 422 && unread.text().contains("无法辨认 3，多于弃权 2"), "{}", unread.text());
    let label = enter(keeper, &path, &figures, &[("written", "张 伟（20240101） 1")]).await;
    assert!(
        label.status == 422 && label.text().contains("是候选人。另选他人栏里写了候选人姓名的票无效"),
        "{}",
        label.text()
    );
    let asked = enter(keeper, &path, &figures, &[]).await;
    assert!(asked.status == 422 && asked.text().contains("请勾选“不计给任何人”"), "{}", asked.text());
    assert_eq!(asked.field("另选他人（一行一人：姓名 票数；没有就空着）").trim(), "学生9 1\n张　伟 2");
    see_other(&enter(keeper, &path, &figures, &[("unclear", "yes")]).await);
    // The second person spells it otherwise, which is the same.
    let again = [("written", "张伟 2\n学生 9 1"), ("unclear", "yes")];
    see_other(&enter(&mut sitting.monitors[0].0, &path, &figures, &again).await);
    assert!(sitting.keeper.get(&path).await.text().contains("已录入一致"));
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    sitting.counted().await;
    sitting.act("report", &[]).await;
    let record = verified(&portal, &mut sitting).await;
    let result = &record.contests[0].result;
    assert_eq!(result.elected, ["张伟（20240101）"]);
    assert_eq!((result.candidates[0].unreadable, result.others), (1, 3), "a third person of that name is nobody");
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("2（其中无法辨认1）"), "{}", report.text());
}

#[tokio::test]
async fn candidates_for_a_presidium_are_vetted_or_judged_as_for_an_appointment() {
    let portal = Portal::two().await;
    let presidium = [("fills", "presidium")];
    let plan = Plan { contests: &[("学生会主席团", 9, 1, &[101, 102], &presidium)], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let draft = sitting.keeper.get(&sitting.path).await;
    assert!(draft.text().contains("2 人不符或缺少材料：学生101、学生102"), "{}", draft.text());
    let announce = format!("{}/announce", sitting.path);
    assert_eq!(sitting.keeper.post(&announce, &[]).await.status, 409, "no grades are known");
    grade_everybody(&portal).await;
    let masses = sqlx::query("update student set political = '群众' where number = '20240102'");
    masses.execute(&mut portal.owner().await).await.unwrap();
    let page = sitting.keeper.get(&sitting.contests[0]).await;
    assert!(page.text().contains("学生102的政治面貌是群众"), "{}", page.text());
    assert!(page.text().contains("主席团候选人应由遴选产生"), "{}", page.text());
    let draft = sitting.keeper.get(&sitting.path).await;
    assert!(draft.text().contains("1 人不符或缺少材料：学生102"), "{}", draft.text());
    assert!(!draft.text().contains("各项都已具备"), "{}", draft.text());
    let refused = sitting.keeper.post(&announce, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("学生102的政治面貌是群众"), "the fault: {}", refused.text());
    assert!(refused.text().contains("共青团员"), "the clause: {}", refused.text());
    let member = sqlx::query("update student set political = '共青团员' where number = '20240102'");
    member.execute(&mut portal.owner().await).await.unwrap();
    let draft = sitting.keeper.get(&sitting.path).await;
    assert!(draft.text().contains("（遴选名单 0 人，逐人核对 2 人）"), "{}", draft.text());
    see_other(&sitting.keeper.post(&announce, &[]).await);
    let kind = OfficeKind::SchoolLeague;
    assert!(portal.signed_in(kind).await.get(&sitting.path).await.text().contains("已公告"));
}
