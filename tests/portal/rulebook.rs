//! The rule book: the printed truth that people review, and the page.

use std::fmt::Write as _;

use lunzhi::{
    office::OfficeKind,
    rules::{CATALOGUE, plan::built_in},
};

use crate::support::Portal;

/// Every rule with both plans' values and quotes and how it is enforced today: a change here is a change of the rules.
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
