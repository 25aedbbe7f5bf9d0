//! Proposals: written and seconded on phones, screened, assigned, answered, rated, and read by every student.

use std::fmt::Write as _;

use lunzhi::office::OfficeKind;
use time::{Date, Duration};

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, Page, Portal,
        elected::held,
        union::{ready, rows, union},
    },
};

/// A congress whose delegates are the students 1 to 4, three of whom have accounts: those of a student, of a class branch
/// and of the union's own office.
pub async fn congress() -> (Portal, Client, Date, String) {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let congress = held(&portal, &path, today).await;
    let id = congress.rsplit('/').next().unwrap();
    let mut db = portal.owner().await;
    sqlx::query(
        "with delegation as (
             insert into congress_delegation (id, congress_id, place, name) values (gen_random_uuid(), $1::uuid, 1, '信息代表团')
             returning id
         )
         insert into delegate (id, congress_id, student_id, delegation_id, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), $1::uuid, s.id, delegation.id, 'outside', true, story_now(),
                (select id from account a where a.institution_id = s.institution_id limit 1)
         from delegation, student s join institution i on i.id = s.institution_id
         where i.code = 'first' and s.number in ('20240001', '20240002', '20240003', '20240004')",
    )
    .bind(id)
    .execute(&mut db)
    .await
    .unwrap();
    for (account, student) in [
        ("student", "20240001"),
        ("class_branch", "20240002"),
        ("school_union", "20240003"),
        ("college_union", "20240009"),
    ] {
        sqlx::query(
            "update account a set student_id = s.id from student s
             where s.institution_id = a.institution_id and a.number = $1 and s.number = $2
                   and a.institution_id = (select id from institution where code = 'first')",
        )
        .bind(account)
        .bind(student)
        .execute(&mut db)
        .await
        .unwrap();
    }
    (portal, league, today, congress)
}

const TEXT: [(&str, &str); 4] = [
    ("matter", "life"),
    ("title", "延长图书馆开放时间"),
    ("cause", "考试周座位不足，九点以后没有自习的地方。"),
    ("advice", "考试周开放到二十三点。"),
];

/// Writes a draft as the student of that client; gives its path.
async fn draft(client: &mut Client, congress: &str) -> String {
    let id = congress.rsplit('/').next().unwrap();
    let mut fields = vec![("congress", id)];
    fields.extend(TEXT);
    let kept = client.post("/proposals/new", &fields).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    kept.location().split('?').next().unwrap().to_owned()
}

/// Whoever is asked to second a proposal answers, having read it.
async fn answer(peer: &mut Client, path: &str, word: &str) -> Page {
    let seen = peer.get(path).await.attributes("input[name=seen]", "value").pop().unwrap_or_default();
    peer.post(&format!("{path}/answer"), &[("answer", word), ("seen", &seen)]).await
}

/// A proposal that two delegates have seconded and that is handed in; gives its path.
async fn handed_in(portal: &Portal, lead: &mut Client, congress: &str) -> String {
    let path = draft(lead, congress).await;
    for (number, office) in [("20240002", OfficeKind::ClassBranch), ("20240003", OfficeKind::SchoolUnion)] {
        assert_eq!(lead.post(&format!("{path}/ask"), &[("peer", number)]).await.status, 303);
        let mut peer = portal.signed_in(office).await;
        assert_eq!(answer(&mut peer, &path, "yes").await.status, 303);
    }
    let done = lead.post(&format!("{path}/submit"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    path
}

pub async fn set_deadline(league: &mut Client, congress: &str, day: Date) {
    let day = day.to_string();
    let fields = [("closes_on", day.as_str()), ("seconders", "2")];
    assert_eq!(league.post(&format!("{congress}/proposals"), &fields).await.status, 303);
}

#[tokio::test]
async fn a_proposal_needs_two_who_second_it_on_their_own_phones() {
    let (portal, mut league, today, congress) = congress().await;
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    assert!(lead.get("/proposals/new").await.text().contains("没有可以提出提案的大会"));
    set_deadline(&mut league, &congress, today + Duration::days(5)).await;
    let filled = lead.get("/proposals/new?title=Wi-Fi&cause=8/10").await;
    assert_eq!((filled.field("标题（一事一案）"), filled.field("案由")), ("Wi-Fi".to_owned(), "8/10".to_owned()));
    let bare = lead.post("/proposals/new", &[("title", "啊")]).await;
    assert_eq!(bare.status, 422);
    assert!(!bare.fault("案由").is_empty() && !bare.fault("建议").is_empty(), "{}", bare.text());
    // A browser would cut off unseen what is pasted into a field with a maxlength.
    let long = "考".repeat(1001);
    let kept = lead.post("/proposals/new", &[("title", "延长开放时间"), ("cause", &long)]).await;
    assert_eq!((kept.status, kept.fault("案由").as_str()), (422, "✕ 不能超过 1000 字，现在 1001 字"));
    assert_eq!((kept.field("案由"), kept.attributes("#cause", "maxlength")), (long, Vec::<String>::new()));
    let path = draft(&mut lead, &congress).await;
    let alone = lead.post(&format!("{path}/submit"), &[]).await;
    assert!(alone.status == 409 && alone.text().contains("附议 0 人，应有 2 人以上"), "{}", alone.text());
    let nobody = lead.post(&format!("{path}/ask"), &[("peer", "20240100")]).await;
    assert!(nobody.fault("邀请附议的代表").contains("没有找到"), "only delegates second: {}", nobody.text());
    assert!(nobody.attributes("main details", "open").is_empty(), "nothing is wrong with the draft");
    let own = lead.post(&format!("{path}/ask"), &[("peer", "学生1")]).await;
    assert!(own.fault("邀请附议的代表").contains("自己不用附议"));
    // The college tells namesakes apart; so would the class.
    let rename = "update student set name = '学生2' where number = '20240004'";
    sqlx::query(rename).execute(&mut portal.owner().await).await.unwrap();
    let several = lead.post(&format!("{path}/ask"), &[("peer", "学生2")]).await;
    assert!(several.fault("邀请附议的代表").contains("2 位同名的代表"), "{}", several.text());
    let elsewhere = lead.post(&format!("{path}/ask"), &[("peer", "学生2 没有的班")]).await;
    assert!(elsewhere.fault("邀请附议的代表").contains("没有找到"), "{}", elsewhere.text());
    for peer in ["20240002 学生2", "20240003"] {
        assert_eq!(lead.post(&format!("{path}/ask"), &[("peer", peer)]).await.status, 303);
    }
    let mut second = portal.signed_in(OfficeKind::ClassBranch).await;
    assert!(second.get("/").await.text().contains("是否附议提案"));
    assert_eq!(answer(&mut second, &path, "yes").await.status, 303);
    let mut third = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(answer(&mut third, &path, "no").await.status, 303);
    assert_eq!(lead.post(&format!("{path}/submit"), &[]).await.status, 409, "one declined");
    // Nobody who was not asked sees a draft, and nobody else acts on it.
    let mut stranger = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(second.post(&format!("{path}/submit"), &[]).await.status, 404);
    assert!(lead.get(&path).await.text().contains("附议够 2 人才能提交"));
    assert!(!lead.get("/inbox").await.text().contains("可以提交提案"));
    assert_eq!(answer(&mut third, &path, "yes").await.status, 303, "one may think again");
    assert!(lead.get("/inbox").await.text().contains("附议的人数已够，可以提交提案"));
    assert_eq!(lead.post(&format!("{path}/submit"), &[]).await.status, 303);
    let twice = lead.post(&format!("{path}/submit"), &[]).await;
    assert!(twice.status == 409 && twice.text().contains("已提交"), "{}", twice.text());
}

#[tokio::test]
async fn a_changed_draft_is_seconded_anew_and_the_deadline_holds() {
    let (portal, mut league, today, congress) = congress().await;
    set_deadline(&mut league, &congress, today).await;
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    let path = draft(&mut lead, &congress).await;
    lead.post(&format!("{path}/ask"), &[("peer", "20240002")]).await;
    let mut second = portal.signed_in(OfficeKind::ClassBranch).await;
    let read = second.get(&path).await.attributes("input[name=seen]", "value").remove(0);
    answer(&mut second, &path, "yes").await;
    assert!(lead.get(&path).await.text().contains("附议（1 / 2 人）"));
    assert_eq!(lead.post(&format!("{path}/edit"), &TEXT).await.status, 303);
    assert!(lead.get(&path).await.text().contains("附议（1 / 2 人）"), "nothing was changed");
    assert!(!second.get("/inbox").await.text().contains("提案已修改"));
    let wider = [TEXT[0], TEXT[1], TEXT[2], ("advice", "全年开放到二十四点。")];
    assert_eq!(lead.post(&format!("{path}/edit"), &wider).await.status, 303);
    assert!(lead.get(&path).await.text().contains("附议（0 / 2 人）"));
    assert!(second.get("/inbox").await.text().contains("提案已修改，请重新答复是否附议"));
    let late = second.post(&format!("{path}/answer"), &[("answer", "yes"), ("seen", &read)]).await;
    assert!(late.status == 409 && late.text().contains("改过提案"), "they have not read it: {}", late.text());
    // Whoever is a delegate no more neither seconds nor counts.
    answer(&mut second, &path, "yes").await;
    let mut db = portal.owner().await;
    sqlx::query(
        "update delegate set ended_on = story_day(), ended_why = '转学'
         where student_id = (select id from student where number = '20240002' order by institution_id limit 1)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    assert!(lead.get(&path).await.text().contains("附议（0 / 2 人）"));
    let ended = answer(&mut second, &path, "yes").await;
    assert!(ended.status == 409 && ended.text().contains("已不是这次大会的正式代表"), "{}", ended.text());
    portal.app.clock.advance(Duration::days(1));
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    let late = lead.post(&format!("{path}/submit"), &[]).await;
    assert!(late.status == 409 && late.text().contains("提案截止日期是"), "{}", late.text());
}

#[tokio::test]
async fn a_proposer_is_answered_until_satisfied_and_everybody_reads_it_without_names() {
    let (portal, mut league, today, congress) = congress().await;
    set_deadline(&mut league, &congress, today + Duration::days(5)).await;
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    let path = handed_in(&portal, &mut lead, &congress).await;
    let of_committee = format!("{congress}{path}");
    let mut stranger = portal.signed_in(OfficeKind::CollegeUnion).await;
    let list = stranger.get("/proposals").await;
    assert!(!list.text().contains("延长图书馆开放时间"), "not before it is taken up");
    assert!(
        list.text().contains("由学生代表"),
        "whoever is no delegate learns why there is no button: {}",
        list.text()
    );
    let unsaid = league.post(&format!("{of_committee}/screen"), &[("decision", "beyond")]).await;
    assert!(!unsaid.fault("说明（不予立案的须填写）").is_empty(), "{}", unsaid.text());
    let unready = league.post(&format!("{of_committee}/assign"), &[("office", "图书馆"), ("within", "30")]).await;
    assert_eq!(unready.status, 409);
    assert_eq!(league.post(&format!("{of_committee}/screen"), &[("decision", "accept")]).await.status, 303);
    let again = league.post(&format!("{of_committee}/screen"), &[("decision", "accept")]).await;
    assert!(again.status == 409 && again.text().contains("已立案"), "{}", again.text());
    let public = stranger.get(&path).await;
    assert!(public.text().contains("信息代表团") && !public.text().contains("学生1"), "{}", public.text());
    assert_eq!(
        league.post(&format!("{of_committee}/assign"), &[("office", "图书馆"), ("within", "30")]).await.status,
        303
    );
    let day = today.to_string();
    let reply = [("replied_on", day.as_str()), ("says", "延长到二十二点。")];
    assert_eq!(league.post(&format!("{of_committee}/reply"), &reply).await.status, 303);
    assert!(lead.get("/").await.text().contains("评价提案的答复"));
    let unsaid = lead.post(&format!("{path}/rate"), &[("satisfaction", "dissatisfied")]).await;
    assert_eq!(unsaid.status, 422, "whoever is not satisfied says why");
    let fields = [("satisfaction", "dissatisfied"), ("remark", "考试周还是不够")];
    assert!(lead.post(&format!("{path}/rate"), &fields).await.location().ends_with("sent-back"));
    let reply = [("replied_on", day.as_str()), ("says", "考试周延长到二十三点。")];
    assert_eq!(league.post(&format!("{of_committee}/reply"), &reply).await.status, 303);
    // The second time there is no way back.
    assert!(lead.post(&format!("{path}/rate"), &fields).await.location().ends_with("rated"));
    assert!(stranger.get("/proposals").await.text().contains("已办结"));
    let mut all = String::new();
    for (paper, part) in [("form", "学生2、学生3"), ("reply", "再次答复")] {
        let page = league.get(&format!("{of_committee}/papers/{paper}")).await;
        assert!(page.text().contains(part), "{paper}: {}", page.text());
        let shown = outline(&league.get(&format!("{of_committee}/papers/{paper}/word")).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {paper}\n{}", undated(&shown)).unwrap();
    }
    assert_snapshot("proposal_papers", &all);
    let list = league.get(&format!("{congress}/proposals")).await;
    assert!(list.all("td[data-label='办结、并案']").contains(&"1".to_owned()), "{}", list.text());
}

#[tokio::test]
async fn an_office_answers_by_itself_and_hears_of_what_comes_back() {
    let (portal, mut league, today, congress) = congress().await;
    set_deadline(&mut league, &congress, today + Duration::days(5)).await;
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    let path = handed_in(&portal, &mut lead, &congress).await;
    let of_committee = format!("{congress}{path}");
    league.post(&format!("{of_committee}/screen"), &[("decision", "accept")]).await;
    let mut fields = [("office", "图书馆"), ("within", "30"), ("handler", "no such")];
    let nobody = league.post(&format!("{of_committee}/assign"), &fields).await;
    assert!(nobody.fault("承办人（工号或姓名）").contains("没有找到这个人"), "{}", nobody.text());
    // A student answers for no office.
    fields[2] = ("handler", "student");
    let student = league.post(&format!("{of_committee}/assign"), &fields).await;
    assert!(student.fault("承办人（工号或姓名）").contains("没有这个教职工"), "{}", student.text());
    fields[2] = ("handler", "student_affairs");
    assert_eq!(league.post(&format!("{of_committee}/assign"), &fields).await.status, 303);
    let mut office = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(office.get("/").await.text().contains("答复提案：延长图书馆开放时间"));
    let own = path.replace("/proposals/", "/proposal-replies/");
    let page = office.get(&own).await;
    assert!(page.text().contains("信息代表团") && !page.text().contains("学生1"), "{}", page.text());
    let mut other = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(other.get(&own).await.status, 404);
    assert_eq!(other.post(&own, &[("says", "代答")]).await.status, 404);
    assert_eq!(office.post(&own, &[("says", "")]).await.status, 422);
    assert_eq!(office.post(&own, &[("says", "延长到二十二点。")]).await.status, 303);
    let twice = office.post(&own, &[("says", "再答一次")]).await;
    assert_eq!(twice.status, 409, "{}", twice.text());
    assert!(lead.get(&path).await.text().contains("延长到二十二点"));
    let fields = [("satisfaction", "dissatisfied"), ("remark", "考试周还是不够")];
    lead.post(&format!("{path}/rate"), &fields).await;
    assert!(office.get("/inbox").await.text().contains("请再次答复提案"));
    assert_eq!(office.post(&own, &[("says", "考试周延长到二十三点。")]).await.status, 303);
    assert!(lead.get(&path).await.text().contains("再次答复"));
}

#[tokio::test]
async fn like_proposals_are_joined_and_what_is_open_goes_on_to_the_next_congress() {
    let (portal, mut league, today, congress) = congress().await;
    set_deadline(&mut league, &congress, today + Duration::days(5)).await;
    let mut lead = portal.signed_in(OfficeKind::Student).await;
    let first = handed_in(&portal, &mut lead, &congress).await;
    let second = handed_in(&portal, &mut lead, &congress).await;
    let unchosen = league.post(&format!("{congress}{second}/screen"), &[("decision", "join")]).await;
    assert_eq!(unchosen.status, 422);
    let other = first.rsplit('/').next().unwrap();
    let fields = [("decision", "join"), ("joined", other)];
    let early = league.post(&format!("{congress}{second}/screen"), &fields).await;
    assert!(early.status == 422 && early.text().contains("须已立案"), "it may yet be refused: {}", early.text());
    assert_eq!(league.post(&format!("{congress}{first}/screen"), &[("decision", "accept")]).await.status, 303);
    assert_eq!(league.post(&format!("{congress}{second}/screen"), &fields).await.status, 303);
    assert!(league.get(&format!("{congress}{second}")).await.text().contains("已并案"));
    let (next,): (String,) = sqlx::query_as(
        "with closed as (update congress set stage = 'closed' returning institution_id, union_id, created_by)
         insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, created_at,
                               created_by)
         select gen_random_uuid(), institution_id, union_id, 2027, '第四次', true, 'preparing', story_day(),
                story_now() + interval '1 hour', created_by
         from closed returning id::text",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    let next = format!("/congresses/{next}");
    assert_eq!(league.post(&format!("{next}/proposals/carry"), &[]).await.status, 303);
    let carried = league.get(&format!("{next}/proposals")).await;
    assert!(
        carried.text().contains("延长图书馆开放时间") && carried.text().contains("提案（1 件）"),
        "{}",
        carried.text()
    );
    let office = [("office", "图书馆"), ("within", "10")];
    assert_eq!(league.post(&format!("{next}{first}/assign"), &office).await.status, 303);
}
