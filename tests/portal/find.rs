//! Somebody is named by number, name, initials or name and class, wherever a form asks for a person: one, or a column.

use lunzhi::{office::OfficeKind, page::filters::query_value};
use serde_json::Value;
use time::Date;

use crate::support::{
    Client, Page, Portal,
    elected::elect,
    sitting::{Plan, SMALL, cast, opened, prepare, see_other, voters},
    union::{ready, rows, union},
};

/// People of the first university whom a story names: two of one name in two classes, and one in another college.
async fn acquaintances(portal: &Portal) {
    let mut db = portal.owner().await;
    for statement in [
        "update student set name = '范乐凌' where number = '20240050'",
        "update student set name = '张 伟' where number = '20240051'",
        "update student set name = '张伟' where number = '20240052'",
        "update student set name = '阿依古丽·买买提' where number = '20240053'",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2024, '机电一体化2402班' from major m join college c on c.id = m.college_id
         where c.institution_id = (select id from institution where code = 'first')",
        "update student set class_id = (select id from class where name = '机电一体化2402班')
         where number = '20240052' and institution_id = (select id from institution where code = 'first')",
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), id, '机电工程系' from institution where code = 'first'",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '数控技术', 'vocational' from college where name = '机电工程系'",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), id, 2025, '数控2501班' from major where name = '数控技术'",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), i.id, 'FAR1', '欧阳远', k.id, '共青团员' from institution i, class k
         where i.code = 'first' and k.name = '数控2501班'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
}

/// What a script is told: what is to be done, and the numbers of those who are offered.
async fn suggested(client: &mut Client, text: &str) -> (String, Vec<String>) {
    let page = client.get(&format!("/people/find?q={}", query_value(text))).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let answer: Value = serde_json::from_slice(&page.bytes).unwrap();
    let people = answer["people"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap().to_owned());
    (answer["says"].as_str().unwrap().to_owned(), people.collect())
}

async fn appoint(client: &mut Client, path: &str, typed: &str, pick: &str, from: Date) -> Page {
    let from = from.to_string();
    let fields = [
        ("number", typed),
        ("pick", pick),
        ("post", "presidium"),
        ("from_college", "yes"),
        ("from", from.as_str()),
        ("ground", "校团委〔2026〕12号批复"),
        ("direct", "启用前已完成推荐审查"),
    ];
    client.upload(&format!("{path}/appoint"), &fields, None).await
}

#[tokio::test]
async fn an_officer_appoints_by_name_and_chooses_where_two_have_it() {
    let (portal, mut league, today) = ready().await;
    acquaintances(&portal).await;
    let path = union(&mut league, "school", &rows(1, 2, "主席团成员", ""), &today.to_string(), true).await;
    elect(&portal, &path, &[50, 51, 52, 53], today).await;
    assert_eq!(appoint(&mut league, &path, "范乐凌", "", today).await.status, 303, "the only one of that name");

    let asked = appoint(&mut league, &path, "张伟", "", today).await;
    assert_eq!(asked.status, 422);
    assert!(asked.fault("学号或姓名").contains("有重名"), "{}", asked.text());
    assert_eq!(asked.field("学号或姓名"), "张伟");
    assert_eq!(asked.field("未经遴选程序任命的理由"), "启用前已完成推荐审查", "everything else typed is still there");
    assert_eq!(asked.attributes("input[name=pick]", "value"), ["20240051", "20240052"]);
    let choices = asked.all(".person-choices .choice");
    assert!(choices[0].contains("软件2401班 · 信息工程系") && choices[1].contains("机电一体化2402班"), "{choices:?}");
    let other = appoint(&mut league, &path, "张伟", "20240060", today).await;
    assert_eq!(other.status, 422, "nobody is chosen who was not offered");
    assert_eq!(appoint(&mut league, &path, "张伟", "20240052", today).await.status, 303);
    let told = appoint(&mut league, &path, "张伟 软件2401", "", today).await;
    assert_eq!(told.status, 303, "the class tells which: {}", told.text());

    let guessed = appoint(&mut league, &path, "ayglmmt", "", today).await;
    assert_eq!(guessed.status, 422, "a guess is asked about, even if it fits one person alone");
    assert_eq!(guessed.attributes("input[name=pick]", "value"), ["20240053"]);
    let none = appoint(&mut league, &path, "没有此人", "", today).await;
    assert!(none.status == 422 && none.fault("学号或姓名").contains("没有找到"), "{}", none.text());

    let roster = league.get(&path).await.text();
    assert!(
        ["范乐凌", "张 伟", "张伟"].iter().all(|name| roster.contains(name)) && !roster.contains("买买提"),
        "{roster}"
    );
}

#[tokio::test]
async fn a_look_up_by_name_shows_the_person_or_asks() {
    let (portal, mut league, today) = ready().await;
    acquaintances(&portal).await;
    let path = union(&mut league, "school", &rows(1, 2, "主席团成员", ""), &today.to_string(), true).await;
    let one = league.get(&format!("{path}/appoint?number={}", query_value("范乐凌"))).await;
    assert!(one.all("section.card h2").contains(&"范乐凌（20240050）".to_owned()), "{}", one.text());
    assert_eq!(one.field("学号或姓名"), "20240050", "the form is filled in");
    let two = league.get(&format!("{path}/appoint?number={}", query_value("张伟"))).await;
    assert_eq!(two.attributes("form[method=get] input[name=pick]", "value"), ["20240051", "20240052"]);
    let chosen = league.get(&format!("{path}/appoint?number={}&pick=20240051", query_value("张伟"))).await;
    assert!(chosen.all("section.card h2").contains(&"张 伟（20240051）".to_owned()), "{}", chosen.text());
}

#[tokio::test]
async fn nobody_is_found_outside_an_offices_scope() {
    let portal = Portal::start().await;
    acquaintances(&portal).await;
    let far = vec!["FAR1".to_owned()];
    // 欧阳远 by name, by part, by initials and by the beginning of the number; 张伟 of this class and the next.
    for (office, whole, part, zhang) in [
        (OfficeKind::SchoolLeague, true, true, 2),
        (OfficeKind::StudentAffairs, true, true, 2),
        (OfficeKind::CollegeLeague, false, false, 2),
        (OfficeKind::CollegeUnion, false, false, 2),
        (OfficeKind::ClassBranch, false, false, 1),
        (OfficeKind::SchoolUnion, true, false, 2),
        (OfficeKind::SchoolParty, true, false, 2),
    ] {
        let mut client = portal.signed_in(office).await;
        assert_eq!(suggested(&mut client, "欧阳远").await.1 == far, whole, "{}", office.slug());
        for text in ["欧阳", "oyy", "FAR", "阳远", "oy 数控"] {
            assert_eq!(suggested(&mut client, text).await.1 == far, part, "{} asks for {text}", office.slug());
        }
        assert_eq!(suggested(&mut client, "张伟").await.1.len(), zhang, "{}", office.slug());
    }
    for office in [OfficeKind::Administrator, OfficeKind::Student] {
        let mut client = portal.signed_in(office).await;
        assert_eq!(
            client.get(&format!("/people/find?q={}", query_value("张伟"))).await.status,
            403,
            "{}",
            office.slug()
        );
    }
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert_eq!(branch.get("/people/find?among=accounts&q=zw").await.status, 404, "nobody's account is its business");
    sqlx::query("update student set left_on = '2025-01-01', left_why = 'graduated' where number = 'FAR1'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(suggested(&mut league, "欧阳远").await.1.is_empty(), "who has left is not offered");
}

#[tokio::test]
async fn suggestions_are_few_and_not_without_end() {
    let portal = Portal::start().await;
    acquaintances(&portal).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let (says, people) = suggested(&mut league, "学生").await;
    assert!(people.len() == 20 && says.contains("只列出前 20 人"), "{says}");
    let (says, people) = suggested(&mut league, "张").await;
    assert!(people.is_empty() && says.contains("一个字会找出太多人"), "{says}");
    assert_eq!(suggested(&mut league, "张 机电2402").await.1, ["20240052"], "a surname is enough beside a class");
    for text in ["zw", "ZW", "张  伟", "伟 张"] {
        assert_eq!(suggested(&mut league, text).await.1.len(), if text == "伟 张" { 0 } else { 2 }, "{text}");
    }
    for text in ["阿依古丽买买提", "阿依古丽.买买提", "买买提", "agl", "a\0b", "%", "_", "\\"] {
        let (_, people) = suggested(&mut league, text).await;
        assert_eq!(people.is_empty(), !text.contains('买'), "{text}");
    }
    let mut refused = None;
    for turn in 0..130 {
        let (says, people) = suggested(&mut league, "范乐凌").await;
        if people.is_empty() {
            refused = Some((turn, says));
            break;
        }
    }
    let (turn, says) = refused.expect("nobody may copy a list name by name");
    assert!(turn > 90 && says.contains("查得太快"), "{turn}: {says}");
    portal.app.clock.advance(time::Duration::seconds(61));
    assert_eq!(suggested(&mut league, "范乐凌").await.1, ["20240050"]);
}

#[tokio::test]
async fn a_name_is_found_whatever_dot_or_radical_it_was_taken_in_with() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    // U+2027 for the dot, and the Kangxi radical U+2F56 for 爪.
    for (number, name) in [("20240054", "古丽\u{2027}巴哈尔"), ("20240055", "\u{2f56}小明")] {
        let taken_in = sqlx::query("update student set name = $2 where number = $1").bind(number).bind(name);
        taken_in.execute(&mut db).await.unwrap();
    }
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    for (typed, number) in [("古丽·巴哈尔", "20240054"), ("古丽巴哈尔", "20240054"), ("爪小明", "20240055")]
    {
        assert_eq!(suggested(&mut league, typed).await.1, [number], "{typed}");
    }
}

#[tokio::test]
async fn a_pasted_column_names_candidates_and_asks_about_the_ambiguous() {
    let portal = Portal::start().await;
    acquaintances(&portal).await;
    let plan = Plan { contests: &[("代表", 10, 1, &[101], &[])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let (contest, label) = (sitting.contests[0].clone(), "候选人（学号或姓名，后面可以写简介）");
    let to = format!("{contest}/candidates");
    let crossed = [("numbers", "20240102\t范乐凌"), ("origin", "班级团支部推荐")];
    let fault = sitting.keeper.post(&to, &crossed).await.fault(label);
    assert!(fault.contains("学号与姓名不符：20240102 范乐凌（该学号是学生102）"), "{fault}");
    let column = "姓名\n20240102\t学生102\t学习委员\n范乐凌 团支书，连任\n张伟\n没有此人";
    let asked = sitting.keeper.post(&to, &[("numbers", column), ("origin", "班级团支部推荐")]).await;
    let fault = asked.fault(label);
    assert!(fault.contains("没有找到：没有此人") && fault.contains("逐一选定：张伟"), "{fault}");
    assert_eq!(
        asked.field(label),
        "20240102 学生102 学习委员\n20240050 范乐凌 团支书，连任\n张伟\n没有此人",
        "what is settled has number and name"
    );
    assert_eq!(asked.attributes("select[name=pick] option", "value"), ["", "20240051", "20240052"]);
    assert_eq!(sitting.keeper.get(&contest).await.all("td[data-label='学号']").len(), 1, "nothing is half written");

    let column = asked.field(label).replace("\n没有此人", "\n张伟");
    let asked = sitting.keeper.post(&to, &[("numbers", &column), ("origin", "推荐"), ("pick", "20240052")]).await;
    assert_eq!(asked.attributes("select[name=pick] option", "value"), ["", "20240051", "20240052"], "one more 张伟");
    let picks = [("numbers", column.as_str()), ("origin", "推荐"), ("pick", "20240052"), ("pick", "20240051")];
    see_other(&sitting.keeper.post(&to, &picks).await);
    let page = sitting.keeper.get(&contest).await;
    assert_eq!(
        page.all("td[data-label='学号']"),
        ["20240052", "20240051", "20240050", "20240101", "20240102"],
        "by strokes, those with one name as they were named: {}",
        page.text()
    );
    let notes = page.all("td[data-label='简介']");
    assert!(notes.contains(&"团支书，连任".to_owned()) && notes.contains(&"学习委员".to_owned()), "{notes:?}");
}

#[tokio::test]
async fn monitors_and_delegates_are_named_by_name() {
    let portal = Portal::start().await;
    acquaintances(&portal).await;
    let plan = Plan { contests: &[("代表", 10, 1, &[101, 102], &[])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    voters(&portal, 50..=53).await;
    let monitors = format!("{}/monitors", sitting.path);
    let wrong = sitting.keeper.post(&monitors, &[("number", "范乐凌\nschool_league")]).await;
    assert!(
        wrong.status == 422 && wrong.text().contains("school_league：办理本场次的单位的人员不能监票"),
        "{}",
        wrong.text()
    );
    let count = |page: &Page| page.text().matches("/dismiss").count();
    let page = sitting.keeper.get(&sitting.path).await;
    assert_eq!(count(&page), 3, "nobody of the column was named");
    see_other(&sitting.keeper.post(&monitors, &[("number", "范乐凌\n张伟 机电")]).await);
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(count(&page) == 5 && page.text().contains("范乐凌"), "{}", page.text());

    let fields = |people: &'static str, pick: &'static str| {
        [
            ("title", "大会主席团"),
            ("fills", "other"),
            ("body", "congress"),
            ("people", people),
            ("pick", pick),
            ("seats", "1"),
            ("quorum", "2/3+"),
            ("majority", "present"),
            ("extra", "1"),
            ("tie", "second_round"),
        ]
    };
    let new = format!("{}/contests/new", sitting.path);
    let asked = sitting.keeper.post(&new, &fields("学生1\n20240002\n张伟", "")).await;
    assert!(asked.status == 422 && asked.text().contains("有重名"), "{}", asked.text());
    let made = see_other(&sitting.keeper.post(&new, &fields("学生1\n20240002\n张伟", "20240051")).await);
    let made = sitting.keeper.get(&made).await;
    assert!(made.text().contains("选民 3 人"), "{}", made.text());
}

#[tokio::test]
async fn paper_ballots_are_given_out_to_a_column_or_to_nobody() {
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut casting = voters(&portal, 1..=10).await;
    cast(&mut casting[0], &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    let paper = format!("{}/paper", sitting.path);
    let refused = sitting.keeper.post(&paper, &[("numbers", "学生2\n学生1\n20240060\n20240003")]).await;
    let fault = refused.fault("领取纸质选票的选民");
    assert_eq!(refused.status, 422);
    assert!(fault.contains("20240001：该选民已在网上投票") && fault.contains("20240060：选民名册上没有"), "{fault}");
    let hall = sitting.keeper.get(&format!("{}/hall", sitting.path)).await;
    assert!(hall.all("td[data-label='选民']").is_empty(), "nobody was given one");
    see_other(&sitting.keeper.post(&paper, &[("numbers", "学生2\n20240003 学生3")]).await);
    see_other(&sitting.keeper.post(&paper, &[("number", "学生4")]).await);
    let hall = sitting.keeper.get(&format!("{}/hall", sitting.path)).await;
    assert_eq!(hall.all("td[data-label='选民']").len(), 3);
    let record = portal.signed_in(OfficeKind::SchoolLeague).await.get("/audit").await.text();
    assert!(record.contains("不予发出纸质选票"), "a vote that stands in the way is recorded");
}

#[tokio::test]
async fn slips_are_noted_in_two_columns_or_none_of_them_is() {
    let portal = Portal::start().await;
    acquaintances(&portal).await;
    let mut sitting = opened(&portal, &SMALL).await;
    let slips = format!("{}/slips", sitting.path);
    let bind = format!("{slips}/bind");
    sitting.keeper.post_on(&slips, &[("many", "4")]).await;
    let unread = sitting.keeper.post(&bind, &[("pairs", "学生2 1")]).await;
    assert!(unread.status == 422 && unread.fault("票号和领取人").contains("先写票号"), "{}", unread.text());
    let refused = sitting.keeper.post(&bind, &[("pairs", "票号\t姓名\n1\t学生2\n9\t20240003\n2\t20240060")]).await;
    let fault = refused.fault("票号和领取人");
    assert!(refused.status == 422 && fault.contains("9 20240003：没有这张票"), "{fault}");
    assert!(fault.contains("2 20240060：选民名册上没有"), "{fault}");
    assert_eq!(refused.field("票号和领取人"), "1 20240002 学生2\n9 20240003 学生3\n2 20240060 学生60");
    let hall = format!("{}/hall", sitting.path);
    let holders = |page: &Page| page.all("td[data-label='领取人']").iter().filter(|one| *one != "—").count();
    assert_eq!(holders(&sitting.keeper.get(&hall).await), 0, "none was noted");
    let twice = sitting.keeper.post(&bind, &[("pairs", "1 学生2\n2 20240002")]).await;
    assert!(twice.fault("票号和领取人").contains("有人写了两次"), "{}", twice.text());
    let asked = sitting.keeper.post(&bind, &[("pairs", "1 学生2\n2 张伟")]).await;
    assert!(asked.status == 422 && asked.fault("票号和领取人").contains("有重名"), "{}", asked.text());
    see_other(&sitting.keeper.post(&bind, &[("pairs", "1 学生2\n3 20240003 学生3")]).await);
    assert_eq!(holders(&sitting.keeper.get(&hall).await), 2);
}
