//! A congress meets: who is there, what is voted on by show of hands, and the minutes with which it is over.
//!
//! One file: its stories begin from the same congress.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};
use sqlx::AssertSqlSafe;

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, FIRST, PASSWORD, Page, Portal,
        congress::{checking_in, convened, prepared},
        sitting::{number, voter, voters},
        union::adopt_text,
    },
};

/// Gives somebody the right to check in, at a desk of that name.
async fn officer(league: &mut Client, path: &str, number: &str, desk: &str) {
    let page = league.post_on(&format!("{path}/check-in/desks"), &[("number", number), ("desk", desk)]).await;
    assert!(page.text().contains("已确定签到员"), "{}", page.text());
}

/// Checks somebody in by what is typed; the desk's page that tells of it.
async fn check_in(desk: &mut Client, path: &str, who: &str) -> Page {
    desk.post_on(&format!("{path}/check-in"), &[("who", who)]).await
}

/// A show of hands, taken down on the page as it stands.
async fn take_down(keeper: &mut Client, path: &str, fields: &[(&str, &str)]) -> Page {
    let votes = format!("{path}/votes");
    let seen = keeper.get(&votes).await.attributes("form.card [name='seen']", "value").remove(0);
    keeper.post_on(&votes, &[fields, &[("seen", seen.as_str())]].concat()).await
}

/// The two figures of the projector's page: due and present.
async fn screen(client: &mut Client, path: &str) -> Vec<String> {
    let page = client.get(&format!("{path}/meeting/screen")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    // It looks again by its header; a tag would be a fault of accessibility.
    assert_eq!(page.headers["refresh"], "5");
    assert!(page.all("meta[http-equiv]").is_empty(), "{}", page.text());
    page.all(".screen-figures dd")
}

/// How many statements wait for rows that others hold.
async fn lock_waiters(db: &mut sqlx::PgConnection) -> i64 {
    let stand = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(stand).fetch_one(db).await.unwrap()
}

/// Until so many statements wait.
async fn until_waiting(portal: &Portal, waiters: i64) {
    let (mut owner, began) = (portal.owner().await, Instant::now());
    while lock_waiters(&mut owner).await < waiters {
        assert!(began.elapsed() < Duration::from_secs(5), "the desks wait for the meeting");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What others did at a congress whose name holds this one's, and at this one.
async fn acts_of_others(portal: &Portal) {
    let written =
        "insert into audit_entry (seq, at, institution_id, actor, office, verb, object, detail, clause, previous, hash)
         select m.seq + 1000 + v.place, m.at, m.institution_id, m.actor, m.office, 'proposal_kept', v.title,
                json_build_object('大会', v.prefix || m.object)::text, '', m.previous, m.hash
         from (select * from audit_entry where verb = 'meeting_kept' order by seq desc limit 1) m,
              (values (1, '附属', '别处的提案'), (2, '', '本会的提案')) v(place, prefix, title)";
    assert_eq!(sqlx::query(written).execute(&mut portal.owner().await).await.unwrap().rows_affected(), 2);
}

/// The hash of the one entry of the record that says this.
async fn hash_of(portal: &Portal, says: &str) -> String {
    sqlx::query_scalar("select encode(hash, 'hex') from audit_entry where strpos(detail, $1) > 0")
        .bind(says)
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn a_meeting_goes_from_its_agenda_to_its_signed_minutes() {
    let portal = Portal::start().await;
    let (path, mut league) = prepared(&portal, 6).await;
    let meeting = format!("{path}/meeting");
    // Agenda and documents.
    let fields =
        [("document_kind", "work_report"), ("document_title", "学生会工作报告"), ("body", "各位代表：\n一年来……")];
    let page = league.upload(&format!("{meeting}/documents"), &fields, None).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let document = league.get(&meeting).await.attributes("option[value*='-']", "value").remove(0);
    let unread =
        league.post(&format!("{meeting}/agenda"), &[("kind", "report"), ("document", document.as_str())]).await;
    let kept = unread.attributes("#document option[selected]", "value");
    assert_eq!((unread.status, kept), (422, vec![document.clone()]), "what was chosen stays chosen: {}", unread.text());
    let fields =
        [("document_kind", "finance_report"), ("document_title", "经费使用报告 100% #1"), ("body", "收支相符。")];
    assert_eq!(league.upload(&format!("{meeting}/documents"), &fields, None).await.status, 303);
    for (kind, title, speaker, document) in
        [("report", "听取学生会工作报告", "张三", document.as_str()), ("election", "选举主席团", "", "")]
    {
        let fields = [("kind", kind), ("title", title), ("speaker", speaker), ("document", document)];
        let page = league.post_on(&format!("{meeting}/agenda"), &fields).await;
        assert!(page.text().contains(title), "{}", page.text());
    }
    let moved = league.post_on(&format!("{meeting}/agenda/order"), &[("place", "2"), ("place", "1")]).await;
    assert_eq!(moved.all("td[data-label='议程']"), ["选举主席团", "听取学生会工作报告"]);
    league.post_on(&format!("{meeting}/agenda/order"), &[("place", "2"), ("place", "1")]).await;
    // Nobody votes before people are there.
    let vote =
        [("vote_kind", "report"), ("motion", "工作报告决议"), ("votes_for", "4"), ("against", "1"), ("abstain", "0")];
    let early = league.post(&format!("{path}/votes"), &vote).await;
    assert_eq!(early.status, 409, "{}", early.text());
    assert!(early.text().contains("到会人数不够"), "{}", early.text());
    // Check-in.
    let early = league.post(&format!("{path}/check-in"), &[("who", "20240001")]).await;
    assert!(early.status == 422 && early.text().contains("现在不是签到时间"), "{}", early.text());
    league.post_on(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    for student in 1..=5 {
        let page = check_in(&mut league, &path, &number(student)).await;
        assert!(page.text().contains("签到成功"), "{}", page.text());
    }
    let (guests, guest) = (format!("{path}/check-in/guests"), [("guest", "王老师"), ("unit", "校团委")]);
    league.post_on(&guests, &guest).await;
    let twice = league.post(&guests, &guest).await;
    assert!(twice.status == 422 && twice.text().contains("已经登记过"), "{}", twice.text());
    assert_eq!(screen(&mut league, &path).await, ["6", "5"]);
    let taken = take_down(&mut league, &path, &vote).await;
    assert_eq!(taken.all("td[data-label='结果'] .tag"), ["通过"]);
    // The minutes say all of it, are kept as edited, and end the meeting.
    let minutes = format!("{path}/minutes");
    let text = league.get(&minutes).await.field("纪要内容");
    for says in [
        "应到正式代表6人，实到5人，列席1人",
        "符合到会人数要求（实到超过应到的2/3，会议有效）",
        "1.听取学生会工作报告（张三）",
        "赞成4，反对1，弃权0，通过",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert!(!text.contains("方案未作规定"), "what is said to staff is not in the minutes: {text}");
    let early = league.post(&format!("{minutes}/sign"), &[("held_on", &portal.app.clock.today().to_string())]).await;
    assert!(early.status == 409 && early.text().contains("还没有保存"), "{}", early.text());
    let edited = format!("{text}\n五、其他\n大会圆满闭幕。");
    league.post_on(&minutes, &[("minutes", edited.as_str())]).await;
    // Two write at them: neither loses what they typed, and nobody signs what they have not seen.
    let other = league.post(&minutes, &[("minutes", "另一人写的纪要")]).await;
    assert_eq!((other.status, other.field("纪要内容").as_str()), (422, "另一人写的纪要"), "{}", other.text());
    assert!(
        other.fault("纪要内容").contains("刚才有人改过") && other.text().contains("大会圆满闭幕"),
        "both are there"
    );
    assert_eq!(league.post(&format!("{minutes}/reset"), &[]).await.status, 409);
    league.post_on(&format!("{path}/check-in/state"), &[("to", "closed")]).await;
    let today = portal.app.clock.today().to_string();
    let blind = league.post(&format!("{minutes}/sign"), &[("held_on", &today)]).await;
    assert!(blind.status == 422 && blind.text().contains("还没有签发"), "{}", blind.text());
    let unread = league.post(&format!("{minutes}/sign"), &[("held_on", "明天")]).await;
    assert!(unread.status == 422 && !unread.fault("会议最后一天").is_empty(), "{}", unread.text());
    let seen = unread.attributes("input[name=seen]", "value").remove(0);
    let unsaved = [("minutes", "改了一半"), ("held_on", today.as_str()), ("seen", seen.as_str())];
    let unsaved = league.post(&format!("{minutes}/sign"), &unsaved).await;
    assert!(unsaved.status == 422 && unsaved.fault("纪要内容").contains("还没有保存"), "{}", unsaved.text());
    assert_eq!(unsaved.field("纪要内容"), "改了一半", "what was changed and not kept is not lost by signing");
    let sent = unread.field("纪要内容");
    let fields = [("minutes", sent.as_str()), ("held_on", today.as_str()), ("seen", seen.as_str())];
    let signed = league.post_on(&format!("{minutes}/sign"), &fields).await;
    assert!(signed.text().contains("大会圆满闭幕") && signed.text().contains("大会已记为召开"), "{}", signed.text());
    assert!(league.get("/congresses").await.text().contains("已召开"));
    // Nothing of it changes any more.
    for (act, fields) in [
        ("votes", &vote[..]),
        ("check-in/state", &[("to", "open")]),
        ("minutes", &[("minutes", "别的")]),
        ("meeting/agenda", &[("kind", "other"), ("title", "再加一项")]),
    ] {
        assert_eq!(league.post(&format!("{path}/{act}"), fields).await.status, 409, "{act}");
    }
    // Its papers, on a page and as Word files.
    for paper in ["agenda", "script", "roll", "seating", "minutes"] {
        let page = league.get(&format!("{meeting}/papers/{paper}")).await;
        assert!(page.status == 200 && !page.all(".formal h1").is_empty(), "{paper}: {}", page.text());
        let word = league.get(&format!("{meeting}/papers/{paper}/word")).await;
        assert!(word.status == 200 && word.bytes.starts_with(b"PK"), "{paper}");
    }
    let plan = league.get(&format!("{meeting}/papers/seating")).await;
    assert_eq!(plan.all("td[data-label='座位（自主席台起）']"), ["第1排1—3座", "第1排4—6座"]);
    acts_of_others(&portal).await;
    // In the file of the congress it can be read without the portal.
    let file = league.get(&format!("{path}/archive")).await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    let (came, index) = (read("名单/签到.csv"), read("index.html"));
    assert!(came.lines().count() == 7 && came.matches("会务组,学号或代表证号").count() == 5, "{came}");
    assert!(read("名单/列席人员.csv").contains("王老师,校团委"));
    let hands = read("名单/举手表决.csv");
    assert!(hands.contains("工作报告决议,") && hands.contains("4,1,0,赞成超过实到的 1/2,通过"), "{hands}");
    assert_eq!(read("名单/撤销的签到.csv").lines().count(), 1, "nobody's was");
    let signed = hash_of(&portal, "签发会议纪要").await;
    let acts = read("名单/办理记录.csv");
    assert!(acts.contains("办理：签发会议纪要") && acts.contains(&signed), "{acts}");
    assert!(acts.contains("本会的提案") && !acts.contains("别处的提案"), "{acts}");
    for part in ["会议/文件/学生会工作报告.txt", "名单/大会职责.csv", "100%25%20%231.txt\""] {
        assert!(index.contains(part), "{part}: {index}");
    }
    assert_eq!(read("会议/文件/经费使用报告 100% #1.txt"), "收支相符。");
    let record = league.get("/audit").await.text();
    assert!(record.contains("签发会议纪要") && record.contains("开始签到") && !record.contains("20240001"), "{record}");
}

#[tokio::test]
async fn a_delegate_is_counted_once_however_many_desks_take_them_at_the_same_moment() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 3).await;
    let desks = voters(&portal, 101..=104).await;
    for (place, student) in (1..).zip(101..=104) {
        officer(&mut league, &path, &number(student), &format!("{place} 号台")).await;
    }
    let at_once: Vec<_> = (0..64)
        .map(|turn| {
            let (mut desk, path) = (desks[turn % 4].clone(), path.clone());
            tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", "20240002")]).await })
        })
        .collect();
    let mut came = Vec::new();
    for answer in at_once {
        let page = answer.await.unwrap();
        assert_eq!(page.status, 303, "{}", page.text());
        came.push(page.location().split("came=").nth(1).unwrap().split('&').next().unwrap().to_owned());
    }
    let first = came.iter().filter(|word| *word == "now").count();
    let again = came.iter().filter(|word| *word == "already").count();
    assert_eq!((first, again), (1, 63), "{came:?}");
    assert_eq!(screen(&mut league, &path).await, ["3", "1"]);
    let mut desk = desks[3].clone();
    let told = check_in(&mut desk, &path, "20240002").await;
    let says = told.all(".desk-told").remove(0);
    assert!(says.contains("只计一次") && says.contains("已于") && says.contains("号台签到"), "{says}");
}

#[tokio::test]
async fn a_hall_whose_meeting_is_being_changed_keeps_nobody_from_signing_in() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 8).await;
    let desk = voter(&portal, 101).await;
    officer(&mut league, &path, &number(101), "1 号台").await;
    // Somebody changes the meeting, and takes their time.
    let mut changing = portal.owner().await;
    sqlx::query("begin").execute(&mut changing).await.unwrap();
    sqlx::query("select from meeting for update").execute(&mut changing).await.unwrap();
    let waiting: Vec<_> = (1..=8)
        .map(|student| {
            let (mut desk, path) = (desk.clone(), path.clone());
            tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", &number(student))]).await })
        })
        .collect();
    until_waiting(&portal, 4).await;
    let (mut visitor, known) = (portal.visitor(), number(101));
    let signed_in = tokio::time::timeout(Duration::from_secs(5), visitor.sign_in(FIRST, &known, PASSWORD)).await;
    assert_eq!(signed_in.expect("nobody else waits").status, 303);
    sqlx::query("rollback").execute(&mut changing).await.unwrap();
    for answer in waiting {
        assert_eq!(answer.await.unwrap().status, 303, "whoever stood at the desk is counted then");
    }
    assert_eq!(screen(&mut league, &path).await, ["8", "8"]);
}

#[tokio::test]
async fn three_hundred_delegates_pass_four_desks_within_two_minutes() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 300).await;
    let desks = voters(&portal, 101..=104).await;
    for (place, student) in (1..).zip(101..=104) {
        officer(&mut league, &path, &number(student), &format!("{place} 号台")).await;
    }
    let began = Instant::now();
    let lines: Vec<_> = (0..4_u32)
        .zip(desks)
        .map(|(line, mut desk)| {
            let path = path.clone();
            tokio::spawn(async move {
                let mut came = Vec::new();
                // Two stand in every line and come to the four desks at about the same moment; one is scanned twice at one.
                let in_line = |student: &u32| student % 4 == line || [100, 200].contains(student);
                for student in (1..=300).filter(in_line).chain((line == 1).then_some(1)) {
                    let page = desk.post(&format!("{path}/check-in"), &[("who", &number(student))]).await;
                    let told = page.location().split("came=").nth(1).unwrap().split('&').next().unwrap().to_owned();
                    came.push((student, told));
                }
                came
            })
        })
        .collect();
    let mut came = Vec::new();
    for line in lines {
        came.extend(line.await.unwrap());
    }
    assert!(began.elapsed() < Duration::from_mins(2), "{:?}", began.elapsed());
    let times = |student: u32, word: &str| came.iter().filter(|(who, told)| *who == student && told == word).count();
    for student in 1..=300 {
        let again = match student {
            1 => 1,
            100 | 200 => 3,
            _ => 0,
        };
        assert_eq!((times(student, "now"), times(student, "already")), (1, again), "{student}: {came:?}");
    }
    assert_eq!(screen(&mut league, &path).await, ["300", "300"]);
    let page = league.get(&format!("{path}/check-in/desks")).await;
    assert_eq!(page.all("td[data-label='实到']"), ["150", "150"], "by delegation");
}

#[tokio::test]
async fn a_card_is_scanned_by_an_officer_and_by_nobody_else() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 4).await;
    let mut desk = voter(&portal, 101).await;
    officer(&mut league, &path, &number(101), "1 号台").await;
    let offered = league.get(&format!("{path}/meeting")).await.all("a[href$='/meeting/cards']");
    assert_eq!(offered, ["出席证"], "among what is printed for the meeting");
    let printed = league.post_on(&format!("{path}/meeting/cards"), &[("whose", "new")]).await;
    assert_eq!(printed.all(".slip-name"), ["学生2", "学生4", "学生1", "学生3"], "by delegation and number");
    assert_eq!(league.post(&format!("{path}/meeting/cards"), &[("whose", "new")]).await.status, 409, "all have one");
    // A delegate's own phone shows a card too; of two the newer one counts.
    let mut delegate = voter(&portal, 1).await;
    let own = format!("{path}/meeting/mine");
    let page = delegate.get(&own).await;
    assert!(page.status == 200 && page.text().contains("代表证号") && page.text().contains("001"), "{}", page.text());
    let shown = delegate.post(&own, &[]).await;
    assert_eq!(shown.all(".phone-card p").remove(0), "学生1 代表证 001", "who cannot be scanned says it");
    assert_eq!(shown.all("main form button"), ["换一个二维码"]);
    // The code itself stands in the drawing alone; the test puts one of its own in its place.
    let code = "abcde-fghjk-mnpqr-stuvw";
    let put = "update delegate_card set code_hash = sha256('abcdefghjkmnpqrstuvw'::bytea) where kind = 'phone'";
    sqlx::query(put).execute(&mut portal.owner().await).await.unwrap();
    let card = format!("/cards/{code}");
    let refused = delegate.get(&card).await;
    assert!(refused.status == 409 && refused.text().contains("交给签到员扫描"), "{}", refused.text());
    assert!(portal.visitor().get(&card).await.location().starts_with("/sign-in"));
    assert_eq!(screen(&mut league, &path).await, ["4", "0"]);
    let scanned = desk.get(&card).await;
    let page = desk.get(scanned.location()).await;
    assert!(page.text().contains("签到成功") && page.text().contains("1 号台"), "{}", page.text());
    let again = desk.get(&card).await;
    assert!(desk.get(again.location()).await.text().contains("只计一次"));
    assert_eq!(screen(&mut league, &path).await, ["4", "1"]);
    let there = delegate.get(&own).await;
    assert!(there.text().contains("已在1 号台签到") && there.all("main form").is_empty(), "{}", there.text());
    // A new code on the phone takes the place of the old one.
    assert_eq!(delegate.post(&own, &[]).await.status, 200);
    let gone = desk.get(&card).await;
    assert!(gone.status == 409 && gone.text().contains("无效"), "{}", gone.text());
    // The officer sees the desk and nothing else of the congress.
    for other in ["meeting", "votes", "minutes", "check-in/desks", "meeting/cards"] {
        assert_eq!(desk.get(&format!("{path}/{other}")).await.status, 403, "{other}");
    }
    assert_eq!(delegate.get(&format!("{path}/check-in")).await.status, 404);
    let dismissed = league.get(&format!("{path}/check-in/desks")).await;
    let act = dismissed.attributes("form[action$='/dismiss']", "action").remove(0);
    league.post_on(&act, &[]).await;
    assert_eq!(desk.get(&format!("{path}/check-in")).await.status, 404);
    assert_eq!(desk.post(&format!("{path}/check-in"), &[("who", "20240002")]).await.status, 404);
}

#[tokio::test]
async fn whoever_shares_a_name_is_asked_for_and_a_check_in_is_undone_with_a_reason() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 4).await;
    sqlx::query("update student set name = '李娜' where number in ('20240001', '20240002', '20240099')")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let desk = format!("{path}/check-in");
    let asked = league.post(&desk, &[("who", "李娜")]).await;
    assert_eq!(asked.status, 422);
    assert_eq!(asked.all(".person-choices strong"), ["李娜", "李娜"], "delegates alone");
    let pick = asked.attributes(".person-choices input", "value").remove(0);
    let told = league.post_on(&desk, &[("who", "李娜"), ("pick", &pick)]).await;
    assert!(told.all(".desk-told").remove(0).contains("签到成功"));
    let by_card = check_in(&mut league, &path, "3").await;
    assert!(by_card.all(".desk-told").remove(0).contains("学生3"));
    for (who, says) in [("", "请填写"), ("20240099", "没有这名正式代表"), ("没有此人", "没有这名正式代表")]
    {
        let page = league.post(&desk, &[("who", who)]).await;
        assert!(page.status == 422 && page.fault("学号、代表证号或姓名").contains(says), "{who}: {}", page.text());
    }
    let undo = format!("{desk}/{pick}/undo");
    assert_eq!(league.post(&undo, &[("reason", "")]).await.status, 422);
    assert!(league.post_on(&undo, &[("reason", "扫错了人")]).await.text().contains("已撤销签到"));
    assert_eq!(screen(&mut league, &path).await, ["4", "1"]);
    assert_eq!(league.post(&undo, &[("reason", "再撤")]).await.status, 409);
    let told = league.post_on(&desk, &[("who", "李娜"), ("pick", &pick)]).await;
    assert!(told.all(".desk-told").remove(0).contains("签到成功"), "after that they may come again");
    // They leave, the number falls; they come back and are counted again.
    league.post_on(&format!("{desk}/{pick}/leave"), &[]).await;
    assert_eq!(screen(&mut league, &path).await, ["4", "1"]);
    let back = league.post_on(&desk, &[("who", "李娜"), ("pick", &pick)]).await;
    assert!(back.all(".desk-told").remove(0).contains("返回"));
    assert_eq!(screen(&mut league, &path).await, ["4", "2"]);
    // A delegate who ends is due no more and counted no more.
    sqlx::query("update delegate set ended_on = story_day() - 1, ended_why = '休学' where number = 3")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(screen(&mut league, &path).await, ["3", "1"]);
    // Nor do they come back: by their number, by their card, by their name.
    for who in ["20240003", "3", "学生3"] {
        let page = league.post(&desk, &[("who", who)]).await;
        assert!(
            page.status == 422 && page.fault("学号、代表证号或姓名").contains("没有这名正式代表"),
            "{}",
            page.text()
        );
    }
    // A number is one however it is spelled.
    let told = check_in(&mut league, &path, " ２０２４０００４ ").await;
    assert!(told.all(".desk-told").remove(0).contains("学生4"), "{}", told.text());
}

/// Where all meet, whoever studies there is due, and nobody else.
#[tokio::test]
async fn at_a_meeting_of_all_every_student_is_checked_in_without_a_list() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 2).await;
    let mut db = portal.owner().await;
    for statement in [
        "delete from delegate",
        "update congress set of_all = true",
        "update student set left_on = story_day() - 1, left_why = 'other'
         where number = '20240150' and institution_id = (select institution_id from congress)",
        "update student set number = '20249999'
         where number = '20240149' and institution_id <> (select institution_id from congress)",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    assert_eq!(screen(&mut league, &path).await, ["149", "0"]);
    for (who, says) in [("20240001", "签到成功"), ("20240001", "只计一次"), ("学生7", "签到成功")] {
        let told = check_in(&mut league, &path, who).await;
        assert!(told.all(".desk-told").remove(0).contains(says), "{who}: {}", told.text());
    }
    for stranger in ["20240150", "20249999", "1"] {
        let page = league.post(&format!("{path}/check-in"), &[("who", stranger)]).await;
        assert!(page.status == 422 && page.text().contains("没有这名正式代表"), "{stranger}: {}", page.text());
    }
    assert_eq!(screen(&mut league, &path).await, ["149", "2"]);
}

#[tokio::test]
async fn the_projector_shows_figures_and_nobody_by_name() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 3).await;
    for student in 1..=2 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let page = league.get(&format!("{path}/meeting/screen")).await;
    assert_eq!(page.headers["refresh"], "5");
    assert!(!page.text().contains("学生1") && !page.text().contains("2024000"), "{}", page.text());
    assert!(page.text().contains("到会人数还不够：至少 3 人") && page.text().contains("实践惯例"), "{}", page.text());
    check_in(&mut league, &path, &number(3)).await;
    assert!(league.get(&format!("{path}/meeting/screen")).await.text().contains("到会人数够了"));
}

#[tokio::test]
async fn while_too_few_are_there_pages_say_how_many_are_missing_and_offer_no_vote() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 6).await;
    check_in(&mut league, &path, &number(1)).await;
    let (votes, meeting) = (format!("{path}/votes"), format!("{path}/meeting"));
    for (page, act, says) in [
        (&votes, votes.clone(), "到会还差 4 人，现在不能表决"),
        (&meeting, format!("{meeting}/election"), "到会还差 4 人，现在不能建立选举场次"),
    ] {
        let shown = league.get(page).await;
        assert!(shown.text().contains(says), "{}", shown.text());
        assert!(!shown.attributes("main form", "action").contains(&act), "no form for what would be refused");
        let refused = league.post(&act, &[("motion", "章")]).await;
        assert!(refused.status == 409 && refused.text().contains("到会人数不够"), "{}", refused.text());
    }
    for student in 2..=5 {
        check_in(&mut league, &path, &number(student)).await;
    }
    for (page, act) in [(&votes, votes.clone()), (&meeting, format!("{meeting}/election"))] {
        let shown = league.get(page).await;
        assert!(shown.attributes("main form", "action").contains(&act) && !shown.text().contains("还差"));
    }
}

#[tokio::test]
async fn a_show_of_hands_adds_up_and_a_lost_quorum_stops_the_votes() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 6).await;
    for student in 1..=5 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let votes = format!("{path}/votes");
    let fields = |votes_for| {
        [
            ("vote_kind", "other"),
            ("motion", "爱国卫生倡议"),
            ("votes_for", votes_for),
            ("against", "1"),
            ("abstain", "1"),
        ]
    };
    let page = league.post(&votes, &fields("4")).await;
    assert_eq!(page.status, 422);
    let says = page.fault("赞成");
    assert!(says.contains("赞成 4 + 反对 1 + 弃权 1 = 6，与实到 5 人不等"), "{says}");
    assert_eq!(page.field("表决事项"), "爱国卫生倡议", "everything typed is kept");
    let page = league.post(&votes, &[("motion", "章"), ("votes_for", "多数")]).await;
    assert!(page.status == 422 && page.fault("赞成").contains("请填写人数"), "{}", page.text());
    let seen = league.get(&votes).await.attributes("form.card [name='seen']", "value").remove(0);
    let vote = fields("3");
    let taken = take_down(&mut league, &path, &vote).await;
    assert_eq!(taken.all("td[data-label='结果'] .tag"), ["通过"]);
    let twice = league.post(&votes, &[&vote[..], &[("seen", seen.as_str())]].concat()).await;
    assert!(twice.status == 422 && twice.fault("表决事项").contains("这一项没有登记"), "{}", twice.text());
    assert_eq!(twice.all("td[data-label='结果'] .tag"), ["通过"], "a vote that is sent twice is one vote");
    let void = taken.attributes("form[action$='/void']", "action").remove(0);
    assert_eq!(league.post(&void, &[]).await.status, 422);
    let voided = league.post_on(&void, &[("reason", "清点有误")]).await;
    assert_eq!(voided.all("td[data-label='结果'] .tag"), ["作废"]);
    // One of five leaves: four of six are not more than two thirds.
    let latest = league.get(&format!("{path}/check-in")).await;
    let leave = latest.attributes("form[action$='/leave']", "action").remove(0);
    league.post_on(&leave, &[]).await;
    let refused = league.post(&votes, &fields("2")).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    for says in ["应到 6 人，实到 4 人，至少 5 人", "实践惯例，方案未作规定"] {
        assert!(refused.text().contains(says), "{says}: {}", refused.text());
    }
    let election = league.post(&format!("{path}/meeting/election"), &[]).await;
    assert_eq!(election.status, 409, "{}", election.text());
}

#[tokio::test]
async fn minutes_are_not_signed_before_the_election_is_reported() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 3).await;
    for student in 1..=3 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let election = format!("{path}/meeting/election");
    let made = league.post_on(&election, &[]).await;
    let sitting = made.attributes("a[href^='/sittings/']", "href").remove(0);
    assert!(!made.text().contains("修改安排"), "nothing of the arrangement changes once check-in has begun");
    let twice = league.post(&election, &[]).await;
    assert!(twice.status == 409 && twice.text().contains("还在筹备"), "{}", twice.text());
    league.post_on(&format!("{path}/check-in/state"), &[("to", "closed")]).await;
    let minutes = format!("{path}/minutes");
    league.post_on(&minutes, &[("minutes", "大会召开。")]).await;
    let (sign, today) = (format!("{minutes}/sign"), portal.app.clock.today().to_string());
    let early = league.post(&sign, &[("held_on", &today)]).await;
    assert!(early.status == 409 && early.text().contains("还没有监票报告"), "{}", early.text());
    assert_eq!(league.post(&format!("{sitting}/remove"), &[]).await.status, 303);
    let seen = league.get(&minutes).await.attributes("input[name=seen]", "value").remove(0);
    let signed = league.post_on(&sign, &[("held_on", &today), ("seen", &seen)]).await;
    assert!(signed.text().contains("大会已记为召开"), "{}", signed.text());
}

#[tokio::test]
async fn who_stands_for_the_presidium_neither_monitors_nor_counts() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 6).await;
    for student in 1..=6 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let made = league.post_on(&format!("{path}/meeting/election"), &[]).await;
    let sitting = made.attributes("a[href^='/sittings/']", "href").remove(0);
    let page = league.get(&sitting).await;
    let contest = page.attributes("a[href*='/contests/']", "href").into_iter().find(|href| !href.ends_with("/new"));
    let contest = contest.expect("a contest");
    assert!(page.text().contains("主席团成员"), "{}", page.text());
    let fields = [("numbers", "20240001\n20240002"), ("origin", "遴选确定")];
    let stood = league.post(&format!("{contest}/candidates"), &fields).await;
    assert_eq!(stood.status, 303, "{}", stood.text());
    let duties = format!("{path}/votes/duties");
    let refused = league.post(&duties, &[("duty", "monitor"), ("numbers", "20240002\n20240003")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("学生2是本次大会选举的候选人"), "{}", refused.text());
    let stranger = league.post(&duties, &[("duty", "teller"), ("numbers", "20240050")]).await;
    assert!(stranger.status == 409 && stranger.text().contains("不是本次大会的正式代表"), "{}", stranger.text());
    for (duty, numbers) in [
        ("presidium", "20240001\n20240003"),
        ("chief_monitor", "20240003"),
        ("monitor", "20240004"),
        ("teller", "20240005"),
    ] {
        let page = league.post_on(&duties, &[("duty", duty), ("numbers", numbers)]).await;
        assert!(page.text().contains("待表决"), "{}", page.text());
    }
    assert_eq!(league.post(&duties, &[("duty", ""), ("numbers", "")]).await.status, 422);
    let vote = [
        ("vote_kind", "tellers_list"),
        ("motion", "总监票人、监票人、计票人名单"),
        ("votes_for", "6"),
        ("against", "0"),
        ("abstain", "0"),
    ];
    // Whom another lists after the page was opened is approved by nobody.
    let votes = format!("{path}/votes");
    let seen = league.get(&votes).await.attributes("form.card [name='seen']", "value").remove(0);
    league.post_on(&duties, &[("duty", "teller"), ("numbers", "20240006")]).await;
    let stale = league.post(&votes, &[&vote[..], &[("seen", seen.as_str())]].concat()).await;
    assert!(stale.status == 422 && stale.fault("表决事项").contains("名单有了变动"), "{}", stale.text());
    let strike = stale.attributes(&format!("form[action^='{duties}/teller']"), "action").pop().unwrap();
    league.post_on(&strike, &[]).await;
    let page = take_down(&mut league, &path, &vote).await;
    assert_eq!(page.all("ul.acts .tag").iter().filter(|tag| tag.contains("已通过")).count(), 3, "the tellers' list");
    let listed = page.all("td[data-label='事项']").remove(0);
    assert_eq!(listed.matches("监票人、计票人名单").count(), 1, "a motion named as its kind is said once: {listed}");
    assert_eq!(page.all("ul.acts .tag").iter().filter(|tag| tag.contains("待表决")).count(), 2, "not the presidium's");
    let strike = format!("{duties}/monitor");
    let approved = page.attributes(&format!("form[action^='{strike}']"), "action");
    assert!(approved.is_empty(), "an approved monitor is not struck");
}

#[tokio::test]
async fn a_printed_roll_is_entered_by_one_person_and_confirmed_by_another() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 5).await;
    check_in(&mut league, &path, &number(1)).await;
    let roll = format!("{path}/check-in/roll");
    let unfit = league.post(&roll, &[("numbers", "20240001\n20240077")]).await;
    assert!(unfit.status == 422 && unfit.text().contains("不是本次大会现任的正式代表"), "{}", unfit.text());
    let page = league.post_on(&roll, &[("numbers", "20240001\n20240002\n20240003")]).await;
    assert!(page.text().contains("须由会务组的另一人确认"), "{}", page.text());
    assert_eq!(screen(&mut league, &path).await, ["5", "1"], "not yet");
    let entry = page.attributes("form[action$='/drop']", "action").remove(0).replace("/drop", "");
    assert_eq!(league.post(&format!("{entry}/confirm"), &[]).await.status, 409, "nobody confirms their own");
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    let done = deputy.post_on(&format!("{entry}/confirm"), &[]).await;
    assert!(done.text().contains("已确认，计入实到"), "{}", done.text());
    assert_eq!(screen(&mut league, &path).await, ["5", "3"], "who was checked in at a desk is counted once");
    assert_eq!(deputy.post(&format!("{entry}/confirm"), &[]).await.status, 409);
    assert_eq!(deputy.post(&format!("{entry}/drop"), &[]).await.status, 409);
}

#[tokio::test]
async fn a_meeting_that_is_not_prepared_or_not_convened_does_not_begin() {
    let portal = Portal::start().await;
    let path = convened(&portal, 3).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let meeting = league.get(&format!("{path}/meeting")).await;
    assert!(meeting.text().contains("安排会议"), "{}", meeting.text());
    let setup = format!("{path}/meeting/setup");
    let unfit = [("starts", ""), ("place", ""), ("quorum", "9/9"), ("majority", ""), ("rows", "0"), ("columns", "7")];
    let page = league.post(&setup, &unfit).await;
    assert_eq!(page.status, 422);
    for (label, says) in
        [("开会时间", "日期和时间"), ("会场", "请填写会场"), ("到会人数要求", "请选择"), ("排数", "1 至 60")]
    {
        assert!(page.fault(label).contains(says), "{label}: {}", page.fault(label));
    }
    let starts = format!("{}T09:00", portal.app.clock.today());
    let fields = |source, quorum| {
        [
            ("starts", starts.as_str()),
            ("place", "礼堂"),
            ("quorum", quorum),
            ("majority", "present"),
            ("source", source),
        ]
    };
    let page = league.post(&setup, &fields("practice", "1/2+")).await;
    assert!(page.status == 422 && page.fault("依据").contains("与实践惯例不同"), "{}", page.text());
    let page = league.post(&setup, &fields("decision", "1/2+")).await;
    assert!(page.status == 422 && page.fault("哪一条、哪一次决定").contains("请写明"), "{}", page.text());
    assert_eq!(league.post(&setup, &fields("practice", "2/3+")).await.status, 303);
    let item = [("kind", "report"), ("title", "工作报告"), ("speaker", ""), ("document", "甲")];
    let unread = league.post(&format!("{path}/meeting/agenda"), &item).await;
    assert!(unread.status == 422 && unread.fault("文件").contains("请选择文件"), "no item without what was chosen");
    let mut db = portal.owner().await;
    sqlx::query("update congress set meets_on = meets_on + 3").execute(&mut db).await.unwrap();
    let early = league.post(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    assert!(early.status == 409 && early.text().contains("还没有到这一天"), "{}", early.text());
    sqlx::query("update congress set stage = 'preparing', meets_on = null").execute(&mut db).await.unwrap();
    let early = league.post(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    assert!(early.status == 409 && early.text().contains("还没有批准召开"), "{}", early.text());
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(union.get(&format!("{path}/meeting")).await.status, 200, "it sees the meeting");
    assert_eq!(union.post(&setup, &fields("practice", "2/3+")).await.status, 403, "and does not keep it");
    let mut other = portal.signed_in_at(crate::support::SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(other.get(&format!("{path}/meeting")).await.status, 404);
    assert_eq!(other.get(&format!("{path}/check-in")).await.status, 404);
}

#[tokio::test]
async fn vet_05_a_meeting_goes_by_the_quorum_of_the_constitution_and_shows_its_clause() {
    let portal = Portal::start().await;
    let path = convened(&portal, 6).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let constitution = "[[documents]]\nkind = \"constitution\"\nnumber = \"学生会章程\"\ntitle = \"学生会章程\"\n\
                        issuer = \"学生代表大会\"\nday = 2025-05-04\n\n[bodies]";
    let counted = "[rule.VET-05]\nelection = [{ point = \"quorum\", value = \"1/2\", clause = \"Z1\" }, \
                   { point = \"constitution\", value = \"2/3\", clause = \"Z1\" }]\n";
    let clause = "clauses = [\n    { id = \"Z1\", document = \"学生会章程\", section = \"第二十三条\", quote = \"代表到会达到半数方可开会\" },";
    let (_, text) = BUILT_IN[0];
    let (before, own) = text.split_once("[rule.VET-05]\n").unwrap();
    let own = own.replacen("clauses = [", clause, 1);
    let text =
        format!("{before}{counted}{own}").replacen("[bodies]", constitution, 1).replace("suzhou-2020", "own-2026");
    adopt_text(&portal, &text).await;
    let setup = format!("{path}/meeting/setup");
    let form = league.get(&setup).await;
    assert_eq!((form.field("到会人数要求").as_str(), form.field("依据").as_str()), ("1/2", "constitution"));
    assert!(form.text().contains("代表到会达到半数方可开会"), "{}", form.text());
    assert!(!form.text().contains("方案对会议怎么开没有规定"), "{}", form.text());
    let starts = form.field("开会时间");
    let fields = |quorum, source| {
        [
            ("starts", starts.as_str()),
            ("place", "礼堂"),
            ("quorum", quorum),
            ("majority", "present"),
            ("source", source),
        ]
    };
    let other = league.post(&setup, &fields("2/3+", "practice")).await;
    assert!(other.status == 422 && other.fault("到会人数要求").contains("第二十三条"), "{}", other.text());
    // Whatever is said of where it comes from, the clause says so.
    assert_eq!(league.post(&setup, &fields("1/2", "practice")).await.status, 303);
    let meeting = league.get(&format!("{path}/meeting")).await.text();
    assert!(meeting.contains("依据章程") && !meeting.contains("实践惯例，方案未作规定"), "{meeting}");
    // Five of six are there: three for it are more than half, and no two thirds.
    league.post_on(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    for student in 1..=5 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let votes = format!("{path}/votes");
    let page = league.get(&votes).await.text();
    assert!(page.contains("赞成达到实到的 2/3 通过章程") && page.contains("代表到会达到半数方可开会"), "{page}");
    for (votes_for, against, outcome) in [("3", "2", "未通过"), ("4", "1", "通过")] {
        let fields = [
            ("vote_kind", "constitution"),
            ("motion", "通过章程修正案"),
            ("votes_for", votes_for),
            ("against", against),
            ("abstain", "0"),
        ];
        let page = take_down(&mut league, &path, &fields).await;
        assert_eq!(page.all("td[data-label='结果'] .tag").last().map(String::as_str), Some(outcome), "{}", page.text());
    }
    // Under another kind it would pass with three: whoever takes it down says that it is another matter.
    let fields = |checked| {
        [
            ("vote_kind", "other"),
            ("motion", "学习宣传章程的倡议"),
            ("votes_for", "3"),
            ("against", "2"),
            ("abstain", "0"),
            ("kind_checked", checked),
        ]
    };
    let asked = league.post(&votes, &fields("")).await;
    assert!(asked.status == 422 && asked.fault("类别").contains("请改选“章程（修正案）”"), "{}", asked.text());
    assert_eq!(asked.field("表决事项"), "学习宣传章程的倡议", "everything typed is kept");
    assert!(asked.text().contains("类别没有选错：这一项不是通过或者修改章程"), "{}", asked.text());
    assert_eq!(asked.all("td[data-label='结果'] .tag").len(), 2, "nothing is taken down");
    let taken = take_down(&mut league, &path, &fields("yes")).await;
    assert_eq!(taken.all("td[data-label='结果'] .tag").last().map(String::as_str), Some("通过"), "{}", taken.text());
}

/// Some constitutions count all delegates, and not those who came.
#[tokio::test]
async fn vet_05_a_constitution_passes_with_two_thirds_of_all_delegates_where_it_says_so() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 9).await;
    let counted = "[rule.VET-05]\nelection = [{ point = \"constitution\", value = \"2/3 due\", clause = \"Z1\" }]\n";
    let clause =
        "clauses = [\n    { id = \"Z1\", section = \"第三十条\", quote = \"经全体代表三分之二以上赞成方可通过\" },";
    let (_, text) = BUILT_IN[0];
    let (before, own) = text.split_once("[rule.VET-05]\n").unwrap();
    let own = own.replacen("clauses = [", clause, 1);
    adopt_text(&portal, &format!("{before}{counted}{own}").replace("suzhou-2020", "own-2026")).await;
    for student in 1..=7 {
        check_in(&mut league, &path, &number(student)).await;
    }
    let votes = format!("{path}/votes");
    assert!(league.get(&votes).await.text().contains("赞成达到应到的 2/3 通过章程"));
    // Seven of nine are there: five are two thirds of them, and not of nine.
    for (votes_for, against, outcome) in [("5", "2", "未通过"), ("6", "1", "通过")] {
        let fields = [
            ("vote_kind", "constitution"),
            ("motion", "章程修正案"),
            ("votes_for", votes_for),
            ("against", against),
            ("abstain", "0"),
        ];
        let page = take_down(&mut league, &path, &fields).await;
        assert_eq!(page.all("td[data-label='结果'] .tag").last().map(String::as_str), Some(outcome), "{}", page.text());
    }
}

#[tokio::test]
async fn the_papers_of_a_meeting_are_the_same_on_the_page_and_in_word() {
    let portal = Portal::start().await;
    let (path, mut league) = prepared(&portal, 6).await;
    let meeting = format!("{path}/meeting");
    for (kind, title, speaker) in [
        ("report", "听取学生会工作报告", "张三"),
        ("review", "审议财务工作报告", ""),
        ("vote", "通过选举办法", "执行主席"),
        ("election", "选举主席团", "总监票人"),
    ] {
        let fields = [("kind", kind), ("title", title), ("speaker", speaker), ("document", "")];
        league.post_on(&format!("{meeting}/agenda"), &fields).await;
    }
    let mut all = String::new();
    for paper in ["agenda", "election-rules", "script", "roll", "seating", "minutes"] {
        let page = league.get(&format!("{meeting}/papers/{paper}")).await;
        assert_eq!(page.status, 200, "{paper}: {}", page.text());
        let word = league.get(&format!("{meeting}/papers/{paper}/word")).await;
        let shown = outline(&word.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {paper}\n{}", undated(&shown)).unwrap();
    }
    assert_snapshot("meeting_papers", &all);
    // What the hall passes is a draft no more.
    let rules = format!("{meeting}/papers/election-rules");
    let draft = league.get(&rules).await;
    assert!(draft.all(".formal h1")[0].ends_with("选举办法（草案）"), "{}", draft.text());
    assert!(draft.text().contains("还没有建立选举场次，条文按实践惯例写"), "staff are told: {}", draft.text());
    assert!(!draft.all(".formal").join("").contains("实践惯例"), "and the paper is not");
    league.post_on(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    for delegate in 1..=6 {
        check_in(&mut league, &path, &number(delegate)).await;
    }
    let vote = [
        ("vote_kind", "election_rules"),
        ("motion", "选举办法（草案）"),
        ("votes_for", "6"),
        ("against", "0"),
        ("abstain", "0"),
    ];
    take_down(&mut league, &path, &vote).await;
    let passed = league.get(&rules).await;
    let day = lunzhi::text::chinese_day(portal.app.clock.today());
    assert!(passed.all(".formal h1")[0].ends_with("选举办法"), "{}", passed.text());
    assert_eq!(passed.all(".formal-caption"), [format!("（{day}大会通过）")]);
    let made = league.post(&format!("{meeting}/election"), &[]).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let prepared = league.get(&rules).await.text();
    assert!(prepared.contains("主席团成员，应选1人，候选人名单另行公布"), "{prepared}");
    assert!(prepared.contains("实到超过应到的2/3，选举有效"), "as the sitting is counted: {prepared}");
}

/// Congresses of forty colleges in one week, each with the students 2 to 4 as its delegates and student 101 at its desk; their
/// paths.
async fn forty_halls(portal: &Portal) -> Vec<String> {
    drop(convened(portal, 1).await);
    drop(voter(portal, 101).await);
    let (mut db, today) = (portal.owner().await, portal.app.clock.today());
    for statement in [
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), i.id, '第' || n || '学院' from institution i, generate_series(1, 40) n
         where i.code = 'first' and $1::date is not null",
        "insert into student_union (id, institution_id, kind, college_id, created_at)
         select gen_random_uuid(), c.institution_id, 'college', c.id, story_now() from college c
         where c.name ~ '^第[0-9]+学院$' and $1::date is not null",
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, created_at,
                               created_by)
         select gen_random_uuid(), u.institution_id, u.id, 2026, '第一次', false, 'convened', $1,
                $1 + (row_number() over (order by c.name))::integer % 7, story_now(), g.created_by
         from student_union u join college c on c.id = u.college_id, (select created_by from congress limit 1) g
         where c.name ~ '^第[0-9]+学院$'",
        "insert into congress_unit (congress_id, place, kind, college_id, entry_year, students, seats)
         select g.id, 1, 'grade', u.college_id, 2024, 150, 3 from congress g join student_union u on u.id = g.union_id
         where u.kind = 'college' and $1::date is not null",
        // The students lie in one class here: who is a delegate of which congress is what counts.
        "insert into delegate (id, congress_id, student_id, unit, number, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 1, row_number() over (partition by g.id order by s.number), 'elected', false, story_now(),
                g.created_by
         from congress g join student_union u on u.id = g.union_id join student s on s.institution_id = g.institution_id
         where u.kind = 'college' and s.number in ('20240002', '20240003', '20240004') and $1::date is not null",
        "insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source, basis,
                              check_in, check_in_opened_at)
         select g.id, g.meets_on + time '09:00', '报告厅', 2, 3, true, 'present', 'practice', '', 'open', story_now()
         from congress g join student_union u on u.id = g.union_id where u.kind = 'college' and $1::date is not null",
        "insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
         select m.congress_id, a.id, '1 号台', story_now(), a.id from meeting m, account a
         where a.number = '20240101' and a.institution_id = (select id from institution where code = 'first')
               and $1::date is not null",
    ] {
        sqlx::query(statement).bind(today).execute(&mut db).await.unwrap();
    }
    let paths = "select '/congresses/' || congress_id from meeting";
    let paths: Vec<String> = sqlx::query_scalar(paths).fetch_all(&mut db).await.unwrap();
    assert_eq!(paths.len(), 40);
    paths
}

/// Forty colleges hold their congresses in one week: each desk counts its own delegates, all at the same moment, and the
/// school sees all of them.
#[tokio::test]
async fn forty_college_congresses_check_in_within_one_week_and_each_counts_its_own() {
    let portal = Portal::start().await;
    let halls = forty_halls(&portal).await;
    let desk = voter(&portal, 101).await;
    let at_once: Vec<_> = halls
        .iter()
        .flat_map(|path| (2..=4).map(move |student| (path.clone(), student)))
        .map(|(path, student)| {
            let mut desk = desk.clone();
            tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", &number(student))]).await })
        })
        .collect();
    for answer in at_once {
        let page = answer.await.unwrap();
        assert!(page.location().contains("came=now"), "{} {}", page.status, page.text());
    }
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    for path in &halls {
        assert_eq!(screen(&mut league, path).await, ["3", "3"]);
    }
    let list = league.get("/congresses").await.text();
    for college in 1..=40 {
        assert!(list.contains(&format!("第{college}学院")), "{college}: {list}");
    }
    assert_eq!(league.get("/compliance").await.status, 200);
}

/// Whoever waits for halls that are being changed takes a few connections, and never all.
#[tokio::test]
async fn a_dozen_halls_whose_meetings_are_being_changed_keep_nobody_from_signing_in() {
    let portal = Portal::start().await;
    let halls = forty_halls(&portal).await;
    let mut desk = voter(&portal, 101).await;
    for path in &halls[..12] {
        check_in(&mut desk, path, &number(2)).await;
    }
    let mut changing = portal.owner().await;
    sqlx::query("begin").execute(&mut changing).await.unwrap();
    sqlx::query("select from meeting for update").execute(&mut changing).await.unwrap();
    let waiting: Vec<_> = halls[..12]
        .iter()
        .map(|path| {
            let (mut desk, path) = (desk.clone(), path.clone());
            tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", &number(3))]).await })
        })
        .collect();
    until_waiting(&portal, 4).await;
    let (mut visitor, known) = (portal.visitor(), number(101));
    let signed_in = tokio::time::timeout(Duration::from_secs(5), visitor.sign_in(FIRST, &known, PASSWORD)).await;
    assert_eq!(signed_in.expect("nobody else waits").status, 303);
    sqlx::query("rollback").execute(&mut changing).await.unwrap();
    for answer in waiting {
        assert!(answer.await.unwrap().location().contains("came=now"));
    }
}

#[tokio::test]
async fn desks_that_check_in_at_the_same_moment_share_a_statement_and_each_is_told_of_their_own() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 24).await;
    let mut desks = voters(&portal, 101..=104).await;
    for (place, desk) in (1..).zip(&mut desks) {
        officer(&mut league, &path, &number(100 + place), &format!("{place} 号台")).await;
        // From now on the portal knows the desk.
        check_in(desk, &path, &number(place)).await;
    }
    let mut changing = portal.owner().await;
    sqlx::query("begin").execute(&mut changing).await.unwrap();
    sqlx::query("select from meeting for update").execute(&mut changing).await.unwrap();
    let waiting: Vec<_> = (5..=24)
        .zip((0..4).cycle())
        .map(|(student, place): (u32, usize)| {
            let (mut desk, path) = (desks[place].clone(), path.clone());
            let told =
                tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", &number(student))]).await });
            (student, told)
        })
        .collect();
    until_waiting(&portal, 1).await;
    // The others come meanwhile, and wait behind the one statement.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(lock_waiters(&mut portal.owner().await).await, 1);
    sqlx::query("rollback").execute(&mut changing).await.unwrap();
    let mut db = portal.owner().await;
    for (student, told) in waiting {
        let id = "select s.id::text from student s join congress g on g.institution_id = s.institution_id where s.number = $1";
        let id: String = sqlx::query_scalar(id).bind(number(student)).fetch_one(&mut db).await.unwrap();
        let page = told.await.unwrap();
        assert!(page.location().ends_with(&format!("came=now&student={id}")), "{student}: {}", page.location());
    }
    assert_eq!(screen(&mut league, &path).await, ["24", "24"]);
    // What a statement wrote has its number.
    let statements = "select count(distinct xmin::text) from attendance";
    let statements: i64 = sqlx::query_scalar(statements).fetch_one(&mut db).await.unwrap();
    assert!(statements < 4 + 10, "{statements}");
    let own = "select count(*) from attendance a join check_in_officer o on o.congress_id = a.congress_id
                                                                         and o.account_id = a.by_account and o.desk = a.desk";
    assert_eq!(sqlx::query_scalar::<_, i64>(own).fetch_one(&mut db).await.unwrap(), 24, "each at their own desk");
}

/// A file of all students keeps the rows that it changes for as long as it is written.
#[tokio::test]
async fn one_whose_own_row_is_being_written_holds_up_no_other_desk() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 8).await;
    let mut desks = voters(&portal, 101..=102).await;
    for (place, desk) in (1..).zip(&mut desks) {
        officer(&mut league, &path, &number(100 + place), &format!("{place} 号台")).await;
        // From now on the portal knows the desk.
        check_in(desk, &path, &number(place)).await;
    }
    let mut writing = portal.owner().await;
    for statement in [
        "begin",
        "update account set name = name where number = '20240101'",
        "select from student where number = '20240008' for update",
    ] {
        sqlx::query(statement).execute(&mut writing).await.unwrap();
    }
    let at_once: Vec<_> = [(0, 3), (1, 4), (0, 5), (1, 8), (0, 6), (1, 7)]
        .into_iter()
        .map(|(place, student): (usize, u32)| {
            let (mut desk, path) = (desks[place].clone(), path.clone());
            let told =
                tokio::spawn(async move { desk.post(&format!("{path}/check-in"), &[("who", &number(student))]).await });
            (place, student, told)
        })
        .collect();
    for (place, student, told) in at_once {
        let page = told.await.unwrap();
        if place == 1 && student != 8 {
            assert!(page.location().contains("came=now"), "{student}: {} {}", page.status, page.text());
        } else {
            assert_eq!(page.status, 503, "{student}");
            assert_eq!(page.attributes("input[name=who]", "value"), [number(student)], "the form comes back");
        }
    }
    sqlx::query("rollback").execute(&mut writing).await.unwrap();
    assert_eq!(screen(&mut league, &path).await, ["8", "4"]);
    check_in(&mut desks[0], &path, &number(8)).await;
    assert_eq!(screen(&mut league, &path).await, ["8", "5"]);
}

/// That a desk is known lets nobody check in: the statement looks again.
#[tokio::test]
async fn an_officer_whose_desk_is_known_checks_in_nobody_once_they_may_not() {
    let portal = Portal::start().await;
    let (path, mut league) = checking_in(&portal, 12).await;
    let mut desk = voter(&portal, 101).await;
    officer(&mut league, &path, &number(101), "1 号台").await;
    check_in(&mut desk, &path, &number(1)).await;
    let own = "number = '20240101' and institution_id = (select institution_id from congress)";
    let session = format!("account_id = (select id from account where {own})");
    let idle = |minutes: &str, seen: &str| {
        format!(
            "with idle as (update institution set student_idle_minutes = {minutes})
             update session set seen_at = {seen} where {session}"
        )
    };
    let account = |set: &str| format!("update account set {set} where {own}");
    let factor = |awaits: bool| format!("update session set awaits_factor = {awaits} where {session}");
    let said = str::to_owned;
    let mut db = portal.owner().await;
    for (student, (forbidden, allowed, status, onward)) in (3..).zip([
        (account("must_change_password = true"), account("must_change_password = false"), 303, "/me"),
        (account("disabled_at = story_now()"), account("disabled_at = null"), 303, "/sign-in"),
        (idle("5", "story_now() - interval '6 minutes'"), idle("null", "story_now()"), 303, "/sign-in"),
        (factor(true), factor(false), 303, "/sign-in"),
        (
            said("update check_in_officer set ended_at = story_now()"),
            said("update check_in_officer set ended_at = null"),
            404,
            "",
        ),
        (
            said("update meeting set check_in = 'closed', check_in_closed_at = story_now()"),
            said("update meeting set check_in = 'open', check_in_closed_at = null"),
            422,
            "",
        ),
        (
            said("update delegate set ended_on = story_day() - 1, ended_why = '休学' where number = 2"),
            said("update delegate set ended_on = null, ended_why = null where number = 2"),
            422,
            "",
        ),
        (
            said("update student set name = '20240002' where number = '20240012'"),
            said("update student set name = '学生12' where number = '20240012'"),
            422,
            "",
        ),
    ]) {
        // From now on the portal knows the desk, be it once more.
        let told = check_in(&mut desk, &path, &number(student)).await;
        assert!(told.all(".desk-told").remove(0).contains("签到成功"), "{}", told.text());
        sqlx::query(AssertSqlSafe(forbidden.clone())).execute(&mut db).await.unwrap();
        let page = desk.post(&format!("{path}/check-in"), &[("who", "20240002")]).await;
        assert_eq!(page.status, status, "{forbidden}: {}", page.text());
        assert!(onward.is_empty() || page.location().starts_with(onward), "{forbidden}: {}", page.location());
        sqlx::query(AssertSqlSafe(allowed)).execute(&mut db).await.unwrap();
    }
    assert_eq!(screen(&mut league, &path).await, ["12", "9"]);
    // Nobody is counted twice.
    check_in(&mut desk, &path, &number(2)).await;
    let again = check_in(&mut desk, &path, &number(2)).await;
    assert!(again.all(".desk-told").remove(0).contains("只计一次"), "{}", again.text());
    assert_eq!(screen(&mut league, &path).await, ["12", "10"]);
}
