//! The demo as its visitors find it: no page contradicts another, and what can be tried there works.

use lunzhi::{
    demo,
    router::{Portal, router},
};

use crate::{every_form::demo_portal, support::Client};

/// What must not be found in the demo, and how many of it there are.
const CONTRADICTIONS: [(&str, &str); 6] = [
    (
        "reviewed without a post in that semester",
        "select count(*) from review_person p join review r on r.id = p.review_id join semester s on s.id = r.semester_id
         where not exists (select from post o where o.student_id = p.student_id and o.union_id = r.union_id
                           and o.voided_at is null and o.from_day < s.until_day
                           and (o.until_day is null or o.until_day > s.from_day))",
    ),
    (
        "candidates are still vetted although the congress is convened",
        "select count(*) from vetting_round r join congress g on g.union_id = r.union_id
         where r.places = 'presidium' and g.stage = 'convened' and r.ended_at is null",
    ),
    (
        "elections of a congress by others than its delegates",
        "select count(*) from contest c join sitting s on s.id = c.sitting_id
         where c.body = 'congress'
               and array(select p.student_id from contest_person p where p.contest_id = c.id order by 1)
                   <> array(select d.student_id from delegate d where d.congress_id = s.congress_id
                                  and d.standing = 'elected' and d.ended_on is null order by 1)",
    ),
    (
        "delegates of a unit that elected nobody",
        "select count(*) from congress_unit u
         where exists (select from delegate d where d.congress_id = u.congress_id and d.unit = u.place)
               and not exists (select from delegate_report p where p.congress_id = u.congress_id and p.unit = u.place)
               and not exists (select from delegate_contest t where t.congress_id = u.congress_id and t.unit = u.place)",
    ),
    (
        "delegates who are on no list",
        "select count(*) from delegate d
         where not exists (select from delegate_list l join delegate_list_line n on n.list_id = l.id
                           where l.congress_id = d.congress_id and n.student_id = d.student_id)",
    ),
    (
        "delegates listed after the congress met",
        "select count(*) from delegate d join congress g on g.id = d.congress_id
         where china_day(d.listed_at) >= g.meets_on",
    ),
];

async fn signed_in(portal: &Portal, school: &str, number: &str) -> Client {
    let mut client = Client::new(router(portal));
    let account = demo::accounts().into_iter().find(|account| account.number == number).unwrap();
    assert_eq!(client.sign_in(school, number, &account.password).await.status, 303);
    client
}

#[tokio::test]
async fn nothing_in_the_demo_contradicts_another_and_its_students_object_and_propose() {
    let portal = demo_portal().await;
    let mut db = portal.read().await.unwrap();
    for (what, query) in CONTRADICTIONS {
        let found: i64 = sqlx::query_scalar(query).fetch_one(&mut *db).await.unwrap();
        assert_eq!(found, 0, "{what}");
    }
    drop(db);

    // Of the congresses that were held or are to be, only a filing may be late.
    for (school, number) in [("qingyu", "Q0002"), ("wangyue", "W0002")] {
        let mut league = signed_in(&portal, school, number).await;
        let paths = league.get("/congresses").await.attributes("main a[href^='/congresses/']", "href");
        let (mut paths, mut seen) = (paths, 0);
        paths.retain(|path| {
            path.matches('/').count() == 2 && path != "/congresses/new" && path != "/congresses/register"
        });
        paths.sort();
        paths.dedup();
        for path in paths {
            let text = league.get(&path).await.text();
            let late = (2..20).find(|late| text.contains(&format!("逾期 {late} 项")));
            assert_eq!(late, None, "{path}: {text}");
            seen += usize::from(text.contains("学代会日程"));
        }
        assert!(seen > 3, "{school} has congresses to look at");
    }

    for (school, number) in [("qingyu", "Q0010"), ("wangyue", "W0011")] {
        let mut student = signed_in(&portal, school, number).await;
        let notice = student.get("/apply").await.attributes("a[href$='/notice']", "href").remove(0);
        let case = student.get(&notice).await.attributes("#case option", "value").remove(1);
        let fields = [("case", case.as_str()), ("says", "他在宿舍违规使用电器")];
        assert_eq!(student.post(&format!("{notice}/objections"), &fields).await.status, 303);
    }

    let mut lead = signed_in(&portal, "wangyue", "W0011").await;
    let congress = lead.get("/proposals/new").await.attributes("#congress option", "value").pop().unwrap();
    let fields = [
        ("congress", congress.as_str()),
        ("matter", "life"),
        ("title", "延长图书馆开放时间"),
        ("cause", "考试周座位不足，九点以后没有自习的地方。"),
        ("advice", "考试周开放到二十三点。"),
    ];
    let kept = lead.post("/proposals/new", &fields).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let path = kept.location().split('?').next().unwrap().to_owned();
    assert_eq!(lead.post(&format!("{path}/ask"), &[("peer", "W0010")]).await.status, 303);
    let mut peer = signed_in(&portal, "wangyue", "W0010").await;
    let seen = peer.get(&path).await.attributes("input[name=seen]", "value").remove(0);
    assert_eq!(peer.post(&format!("{path}/answer"), &[("answer", "yes"), ("seen", &seen)]).await.status, 303);
    let done = lead.post(&format!("{path}/submit"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
}
