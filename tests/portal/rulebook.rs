//! The rule book: the printed truth that people review, and the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use lunzhi::{
    fictional::random::SeededRandom,
    office::OfficeKind,
    rules::{
        CATALOGUE,
        baseline::compare,
        judgement::judge,
        plan::{UNSEEN, Union, built_in, national_on},
        roster::{Level, Member, Post, Rank},
    },
};
use sha2::{Digest as _, Sha256};

use crate::{
    house::files,
    papers::assert_snapshot,
    support::{
        Portal,
        union::{rows, union},
    },
};

/// The rules that a function of the tests names: `gui_06_10_and_11_hearings…` names three.
fn rules_named(function: &str) -> Vec<String> {
    let (mut family, mut codes) = (None, Vec::new());
    for word in function.split('_') {
        let is_number = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        if CATALOGUE.iter().any(|entry| entry.code.get(..3).is_some_and(|letters| letters.eq_ignore_ascii_case(word))) {
            family = Some(word.to_uppercase());
        } else if let (Some(letters), true) = (&family, is_number) {
            codes.push(format!("{letters}-{word}"));
        } else if word != "and" {
            family = None;
        }
    }
    codes
}

/// Who changes a rule finds by its code what it does on the pages.
#[test]
fn each_rule_has_a_story_named_by_its_code() {
    let stories: BTreeSet<String> = files("tests/portal", "rs")
        .iter()
        .flat_map(|(_, text)| text.split("fn ").skip(1).map(|rest| rest.split('(').next().unwrap().to_owned()))
        .flat_map(|function| rules_named(&function))
        .collect();
    let without: Vec<&str> = CATALOGUE.iter().map(|entry| entry.code).filter(|code| !stories.contains(*code)).collect();
    assert_eq!(without, Vec::<&str>::new());
}

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

/// Somebody of a roster; what is not known of people is left open now and then.
fn drawn(random: &mut SeededRandom, number: u32, post: Post) -> Member {
    let mut known = |often: u32| random.below(often) > 0;
    let (has_college, has_level, has_status, has_rank) = (known(9), known(9), known(30), known(20));
    let (has_courses, has_origin, has_year) = (known(20), known(12), known(9));
    let statuses = ["共青团员", "共青团员", "共青团员", "共青团员", "中共党员", "中共预备党员", "群众"];
    let levels = [Level::Undergraduate, Level::Undergraduate, Level::Vocational, Level::Graduate];
    let colleges = ["信息系", "机械系", "经管系"];
    let cohort = 1 + random.below(90);
    Member {
        number: format!("2024{number:04}"),
        name: format!("学生{number}"),
        college: random.pick(&colleges).filter(|_| has_college).map(|name| (*name).to_owned()),
        level: random.pick(&levels).filter(|_| has_level).copied(),
        political: random.pick(&statuses).filter(|_| has_status).map(|status| (*status).to_owned()),
        rank: Some(Rank { rank: 1 + random.below(cohort.div_ceil(3)), cohort }).filter(|_| has_rank),
        other_ranks: Vec::new(),
        failed_courses: Some(random.below(12).saturating_sub(10)).filter(|_| has_courses),
        failed_of_required: false,
        from_college_union: Some(random.below(5) > 1).filter(|_| has_origin),
        first_year: Some(random.below(6) == 0).filter(|_| has_year),
        pledged: None,
        posts: vec![post],
        chair: false,
    }
}

/// A union around the caps: now within them, now beyond.
fn roster(random: &mut SeededRandom, union: Union) -> Vec<Member> {
    let (presidium, departments) = match union {
        Union::School | Union::Graduate => (1 + random.below(6), 3 + random.below(5)),
        Union::College => (random.below(5), 2 + random.below(4)),
    };
    let mut posts = vec![Post::Presidium; presidium.try_into().unwrap()];
    for department in 0..departments {
        let name = format!("部门{department}");
        for place in 0..(1 + random.below(3)) + random.below(6) {
            posts.push(if place < 2 { Post::Head(name.clone()) } else { Post::Staff(name.clone()) });
        }
    }
    if random.below(8) == 0 {
        let others = ["主席", "副主席", "秘书长", "顾问"];
        posts.extend(random.pick(&others).map(|name| Post::Other((*name).to_owned())));
    }
    let mut members: Vec<Member> = (1..).zip(posts).map(|(number, post)| drawn(random, number, post)).collect();
    for _ in 0..random.below(3) {
        let place: usize = random.below(7).try_into().unwrap();
        if let Some(member) = members.get_mut(place) {
            member.chair = true;
        }
    }
    if random.below(4) == 0
        && let [first, .., last] = members.as_mut_slice()
    {
        let second = last.posts[0].clone();
        first.posts.push(second);
    }
    members
}

/// What both plans say of ten thousand rosters, rule by rule, with the hash of each finding's verdict, figures and people: a
/// format that learns to say more changes no verdict of a plan that says the same as before.
#[test]
fn every_verdict_of_both_plans_over_ten_thousand_rosters() {
    let mut random = SeededRandom::new(23);
    let mut counted: BTreeMap<String, BTreeMap<&str, u32>> = BTreeMap::new();
    let mut all = Sha256::new();
    for number in 0..10_000_usize {
        let union = Union::ALL[number % Union::ALL.len()];
        let members = roster(&mut random, union);
        for plan in built_in() {
            // The Suzhou plan has no graduate union.
            let Ok(findings) = judge(plan, union, &members) else { continue };
            for finding in findings {
                let (verdict, rule) = (finding.verdict.slug(), finding.rule.code());
                let line = format!(
                    "{number} {} {rule} {verdict} {} {} {:?} {:?} {:?} {:?}\n",
                    plan.code,
                    finding.measured,
                    finding.limit,
                    finding.unit,
                    finding.subjects,
                    finding.unknown,
                    finding.exempt
                );
                all.update(line);
                let of = format!("{} {} {rule}", plan.code, union.slug());
                *counted.entry(of).or_default().entry(verdict).or_default() += 1;
            }
        }
    }
    let mut text = String::new();
    for (of, verdicts) in counted {
        let verdicts: Vec<String> = verdicts.iter().map(|(verdict, number)| format!("{verdict} {number}")).collect();
        writeln!(text, "{of}: {}", verdicts.join(", ")).unwrap();
    }
    writeln!(text, "{}", hex::encode(all.finalize())).unwrap();
    assert_snapshot("verdicts", &text);
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
