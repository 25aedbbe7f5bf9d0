//! The rule book: the printed truth that people review, and the page.

use std::fmt::Write as _;

use lunzhi::{
    office::OfficeKind,
    rules::{
        CATALOGUE,
        baseline::compare,
        plan::{UNSEEN, built_in, national_on},
    },
};

use crate::support::{
    Portal,
    union::{rows, union},
};

/// Every rule with both plans' values and quotes, the national baseline beside them, and how it is enforced today: a change
/// here is a change of the rules.
#[test]
fn every_rule_as_both_plans_have_it() {
    let mut text = String::new();
    for entry in CATALOGUE {
        let checks: Vec<&str> = entry.checks.iter().map(|check| check.label()).collect();
        writeln!(text, "{} {}\n  {}", entry.code, entry.name, entry.gist).unwrap();
        writeln!(text, "  应有：{}；今日：{} {}", checks.join("、"), entry.today.label(), entry.today.place()).unwrap();
        for plan in built_in() {
            match plan.provision(entry.rule) {
                None => writeln!(text, "  {}：未作要求", plan.code).unwrap(),
                Some(provision) => {
                    let figure = provision.figure.as_deref().unwrap_or("-");
                    let strength = provision.strength.label();
                    writeln!(text, "  {}：{figure}（{strength}，自 {}）", plan.code, provision.effective).unwrap();
                    for clause in provision.clauses() {
                        writeln!(text, "    {} {}：“{}”", clause.id, clause.section, clause.quote).unwrap();
                    }
                    if let Some(note) = &provision.note {
                        writeln!(text, "    说明：{note}").unwrap();
                    }
                }
            }
            for switch in plan.switches.shown.iter().filter(|switch| switch.rule == entry.rule) {
                writeln!(text, "    惯例：{}（{}）", switch.label, switch.reason).unwrap();
            }
        }
        for value in national_on(entry.rule) {
            let figure = if value.figure().is_empty() { "-".to_owned() } else { value.figure() };
            let strength = value.strength.label();
            writeln!(text, "  全国 {} {}：{figure}（{strength}）", value.document, value.indicator).unwrap();
            match &value.wording {
                Some(wording) => writeln!(text, "    “{wording}”").unwrap(),
                None => writeln!(text, "    {UNSEEN}：{}", value.gist).unwrap(),
            }
            writeln!(text, "    出处：{}；{}", value.source, value.day).unwrap();
        }
        for comparison in built_in().iter().filter_map(|plan| Some((plan, compare(plan, entry.rule)?))) {
            let (plan, comparison) = comparison;
            writeln!(text, "  {}：{}（{}）", plan.code, comparison.relation.label(), comparison.says).unwrap();
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("rulebook", text));
}

#[tokio::test]
async fn everybody_signed_in_reads_all_rules_and_searches_them() {
    let portal = Portal::start().await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let page = student.get("/rulebook").await;
    assert_eq!(page.all("article.rule").len(), CATALOGUE.len());
    assert!(page.text().contains("本校自 2024年9月1日 起执行"));
    let one = student
        .get("/rulebook?plans=all&q=%E4%B8%BB%E5%B8%AD%E5%9B%A2%E6%88%90%E5%91%98%E4%B8%8D%E8%B6%85%E8%BF%875%E4%BA%BA")
        .await;
    assert_eq!(one.attributes("article.rule", "id"), ["STF-02"]);
    assert_eq!(one.all("article.rule .diff-same"), ["相同"]);
    // The university's own plan alone, else first.
    let own = page.all("article.rule h4");
    assert!(own.len() == CATALOGUE.len() && own.iter().all(|plan| *plan == own[0]), "{own:?}");
    assert_eq!(one.all("article.rule h4")[0], own[0]);
    let different = student.get("/rulebook?difference=partial").await;
    let codes = different.attributes("article.rule", "id");
    assert!(codes.contains(&"STF-10".to_owned()) && codes.contains(&"CON-10".to_owned()), "{codes:?}");
    assert!(different.text().contains("本方案未作要求"));
    let none = student.get("/rulebook?q=%3Cb%3E").await;
    assert_eq!((none.all("article.rule").len(), none.all(".empty").len()), (0, 1));
    assert_eq!(none.field("查找"), "<b>");
}

#[tokio::test]
async fn the_national_baseline_stands_beside_each_rule_with_source_and_day() {
    let portal = Portal::start().await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let one = student.get("/rulebook?q=STF-02").await;
    assert!(one.text().contains("等同全国要求") && one.text().contains("主席团成员不超过5人。"), "{}", one.text());
    assert!(one.text().contains("2023—2024学年"), "each value has its day");
    let unseen = student.get("/rulebook?q=STF-07").await;
    assert!(unseen.text().contains(UNSEEN), "{}", unseen.text());
    let silent = student.get("/rulebook?q=DIS-01").await;
    assert!(!silent.text().contains("全国要求：") && !silent.text().contains("无从比较"), "nothing is made up");
    let all = student.get("/rulebook/national").await;
    assert_eq!((all.status, all.heading().as_str()), (200, "全国要求"));
    assert!(all.text().contains("中青联发〔2019〕9号") && all.text().contains("高校学生代表大会工作规则"));
    // One screen of one document, not seven documents one after another.
    let documents = all.all("details > summary h2").len();
    assert!(documents > 1 && all.all("details[open] > summary h2").len() == 1, "only the latest is unfolded");
}

#[tokio::test]
async fn a_plan_is_held_against_the_baseline_as_it_comes_in_and_over_all_unions() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let own = built_in_text()
        .replace("code = \"suzhou-2020\"", "code = \"own-2026\"")
        .replace("at_most = 5\n", "at_most = 8\n");
    let sent = league.upload("/plans", &[("text", &own)], None).await;
    assert_eq!(sent.status, 303);
    let page = league.get(sent.location()).await;
    assert!(
        page.text().contains("宽于全国要求") && page.text().contains("本方案最多到 8 人，全国为 5 人"),
        "{}",
        page.text()
    );
    let today = portal.app.clock.today().to_string();
    union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today, false).await;
    let overview = league.get("/compliance").await;
    assert!(overview.text().contains("本方案与全国要求对照"), "{}", overview.text());
}

fn built_in_text() -> &'static str {
    lunzhi::rules::plan::BUILT_IN[0].1
}
