//! What is sent by those who mean no good, and by programs gone wrong: nothing of it makes the portal fail.

use std::{
    collections::{BTreeSet, VecDeque},
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use lunzhi::{database::space::Space, ids::AccountId, office::OfficeKind, web::connections::Limits};
use scraper::{Html, Selector};
use tokio::task::JoinSet;

use crate::support::{
    Client, FIRST, Portal, attributes,
    sitting::{SMALL, prepare},
    vetting::{Opening, open, stage},
};

/// What fields may hold that no page of ours would send.
pub const ODD: &[&str] = &[
    "",
    " ",
    "-1",
    "0",
    "99999999999999999999",
    "2.0",
    "1e9",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "00000000-0000-4000-8000-000000000000",
    "'; drop table account; --",
    "=1+1",
    "<b>张三</b>",
    "张三\r\n李四",
    "\u{202e}李四",
    "\u{200b}",
    "\u{fffd}",
    "on",
    "yes",
    "../../etc",
    "🀄",
];

/// Numbers that look like chance and are the same at every run: Marsaglia's xorshift.
pub struct Chance(u32);

impl Default for Chance {
    fn default() -> Self {
        Self(2_463_534_242)
    }
}

impl Chance {
    /// A number below the limit, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        usize::try_from(self.0).unwrap() % limit
    }
}

/// A form of a page: where it goes, and its fields with their values.
struct SentForm {
    action: String,
    fields: Vec<(String, String)>,
}

fn forms(html: &Html) -> Vec<SentForm> {
    let (form, field) = (Selector::parse("form[method=post]").unwrap(), Selector::parse("[name]").unwrap());
    let read = |form: scraper::ElementRef<'_>| {
        let fields = form.select(&field).map(|field| {
            let value = field.value().attr("value").map_or_else(|| field.text().collect(), str::to_owned);
            (field.value().attr("name").unwrap().to_owned(), value)
        });
        SentForm { action: form.value().attr("action").unwrap_or_default().to_owned(), fields: fields.collect() }
    };
    html.select(&form).map(read).collect()
}

/// Looks through an office's pages and sends each form of them a few times with odd values in some fields; gives how many
/// forms it met.
async fn send_oddities(mut client: Client, who: &str) -> usize {
    let mut chance = Chance::default();
    let (mut seen, mut sent, mut queue) = (BTreeSet::new(), BTreeSet::new(), VecDeque::from(["/".to_owned()]));
    while let Some(path) = queue.pop_front() {
        if seen.len() > 80 || !seen.insert(path.clone()) {
            continue;
        }
        let page = client.get(&path).await;
        if !page.is_page() {
            continue;
        }
        let html = page.html();
        queue.extend(attributes(&html, "a[href^='/']", "href"));
        for form in forms(&html) {
            // The walk's own session has to go on.
            if form.action.starts_with("/sign-") || form.action.starts_with("/me/") || !sent.insert(form.action.clone())
            {
                continue;
            }
            for _ in 0..3 {
                let mut fields = form.fields.clone();
                for (_, value) in &mut fields {
                    if chance.below(3) == 0 {
                        ODD[chance.below(ODD.len())].clone_into(value);
                    }
                }
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let answer = client.post(&form.action, &fields).await;
                assert!(answer.status < 500, "{who}: {} gives {} for {fields:?}", form.action, answer.status);
            }
        }
    }
    sent.len()
}

#[tokio::test]
async fn no_form_fails_whatever_is_typed() {
    let mut stage = stage().await;
    let wanted = Opening::staff("综合部 部门工作人员", "2", stage.today);
    open(&mut stage.league, &stage.college, stage.today, &wanted).await;
    let mut met = 0;
    for kind in OfficeKind::ALL {
        met += send_oddities(stage.portal.signed_in(*kind).await, kind.slug()).await;
    }
    assert!(met > 50, "only {met} forms were met");
}

#[tokio::test]
async fn what_no_keyboard_types_is_turned_away() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    for name in ["甲\u{0}乙", "甲\u{1b}乙", "甲\u{fffe}乙", "甲\u{202e}乙"] {
        let page = league.post("/organisations", &[("name", name)]).await;
        assert!(page.status == 400 && page.text().contains("看不见的控制符"), "{} {}", page.status, page.text());
        assert_eq!(page.field("名称"), "甲乙", "without them, to be sent again");
    }
    // What has no width comes along when text is pasted: it is left out, of every form alike.
    let pasted = league.post("/organisations", &[("name", "丙\u{200b}丁\u{feff}"), ("members", "很多")]).await;
    assert_eq!((pasted.status, pasted.field("名称")), (422, "丙丁".to_owned()));
    assert!(league.get("/people?q=%00").await.status < 500);
}

#[tokio::test]
async fn faults_stand_in_the_order_of_their_fields() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let long = "长".repeat(601);
    let sitting = league.post("/sittings/new", &[("note", long.as_str()), ("threshold", "1")]).await;
    let fields = ["#title", "#opens", "#closes", "#threshold", "#note"];
    assert_eq!((sitting.status, sitting.attributes(".faults a", "href")), (422, fields.map(str::to_owned).to_vec()));
    let congress = league.upload("/congresses/register", &[], Some(("批复.txt", b"-"))).await;
    let fields = ["#union", "#ordinal", "#held", "#file"];
    assert_eq!((congress.status, congress.attributes(".faults a", "href")), (422, fields.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn one_name_for_two_classes_at_once_is_no_failure() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    let second = "insert into class (id, major_id, entry_year, name)
                  select gen_random_uuid(), major_id, entry_year, '另一班' from class returning id::text";
    sqlx::query(second).execute(&mut db).await.unwrap();
    let of_first =
        "select k.id::text from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                    join institution i on i.id = c.institution_id where i.code = $1";
    let classes: Vec<String> = sqlx::query_scalar(of_first).bind(FIRST).fetch_all(&mut db).await.unwrap();
    assert_eq!(classes.len(), 2);
    let mut set = JoinSet::new();
    for class in classes.iter().cycle().take(16) {
        let (mut staff, path) =
            (portal.signed_in(OfficeKind::StudentAffairs).await, format!("/structure/class/{class}"));
        set.spawn(async move { staff.post(&path, &[("name", "同名班")]).await.status });
    }
    while let Some(status) = set.join_next().await {
        assert!(matches!(status.unwrap(), 303 | 409 | 422));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_cannot_fill_the_memory_with_files_that_never_end() {
    let portal = Portal::start().await;
    let staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let address = portal.listen(Limits::default()).await;
    let held_open = |cookie: &str| {
        let head = format!(
            "POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; \
             boundary=XyX\r\nContent-Length: 8000000\r\n\r\n--XyX\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"a.csv\"\r\n\r\n"
        );
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        socket
    };
    let cookie = staff.cookie();
    let mut sockets: Vec<TcpStream> = (0..6).map(|_| held_open(&cookie)).collect();
    // However long it takes until all have asked for their place: two wait for their bytes, the others are told at once.
    while sockets.len() > 2 {
        sockets.retain_mut(|socket| {
            let mut answer = [0; 12];
            let answered = socket.read_exact(&mut answer).is_ok();
            assert!(!answered || &answer == b"HTTP/1.1 503", "{}", String::from_utf8_lossy(&answer));
            !answered
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_no_parts_is_turned_away_before_it_has_arrived() {
    let portal = Portal::start().await;
    let cookie = portal.signed_in(OfficeKind::StudentAffairs).await.cookie();
    let address = portal.listen(Limits::default()).await;
    let endless = format!("--XyX\r\nContent-Disposition: form-data; name=\"{}", "x".repeat(100_000));
    for body in ["x".repeat(100), endless] {
        let head = format!(
            "POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; \
             boundary=XyX\r\nContent-Length: 8000000\r\n\r\n{body}"
        );
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // What is still being sent when the answer comes is of no interest.
        let _ = socket.write_all(head.as_bytes());
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 400");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_hold_no_places_of_uploads() {
    let portal = Portal::start().await;
    let staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let address = portal.listen(Limits::default()).await;
    let send = |cookie: &str, length: usize, body: &str| {
        let head = format!(
            "POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
             Content-Type: multipart/form-data; boundary=XyX\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        socket
    };
    let part = "--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
    // Each as if by a browser of its own: none of them ever sends its last byte.
    let strangers: Vec<TcpStream> =
        (0..12).map(|number| send(&format!("lunzhi=nobody{number}"), 8_000_000, part)).collect();
    let whole = "--XyX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nstudents\r\n--XyX--\r\n";
    for _ in 0..3 {
        let mut answer = [0; 12];
        send(&staff.cookie(), whole.len(), whole).read_exact(&mut answer).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&answer),
            "HTTP/1.1 422",
            "a file is asked for, and nobody waits for strangers"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(strangers);
}

/// A picture of a few KB may take seconds to draw.
#[tokio::test]
async fn one_who_sends_picture_after_picture_leaves_the_others_their_turn() {
    let portal = Portal::start().await;
    let (one, begun, is_over) = (AccountId::random(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let drawing: Vec<_> = (0..12)
        .map(|_| {
            let (app, begun, is_over) = (portal.app.clone(), Arc::clone(&begun), Arc::clone(&is_over));
            let draw = move || {
                begun.fetch_add(1, Ordering::Relaxed);
                while !is_over.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            };
            tokio::spawn(async move { app.heavy_in_turn(one, draw).await.unwrap() })
        })
        .collect();
    while begun.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // With all of the places taken by pictures this would wait for the first, which waits for this.
    portal.app.heavy(|| ()).await.unwrap();
    let (app, before) = (portal.app.clone(), Arc::clone(&begun));
    let other = tokio::spawn(async move {
        app.heavy_in_turn(AccountId::random(), move || before.load(Ordering::Relaxed)).await.unwrap()
    });
    tokio::task::yield_now().await;
    assert_eq!(begun.load(Ordering::Relaxed), 1, "one picture of an account at a time");
    is_over.store(true, Ordering::Relaxed);
    assert_eq!(other.await.unwrap(), 1, "somebody else's comes next");
    for task in drawing {
        task.await.unwrap();
    }
    assert_eq!(begun.load(Ordering::Relaxed), 12);
}

#[tokio::test]
async fn below_the_reserve_uploads_are_refused_and_everything_else_goes_on() {
    let mut portal = Portal::start().await;
    let folder = tempfile::tempdir().unwrap();
    portal.app.space = Space::with_reserve(folder.path().to_owned(), u64::MAX);
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let fields = [("kind", "grades"), ("period", "2025—2026 学年第二学期")];
    let refused = league.upload("/imports", &fields, Some(("成绩.csv", b"x"))).await;
    assert!(refused.status == 503 && refused.text().contains("服务器的存储空间不够"), "{}", refused.text());
    assert_eq!(refused.field("统计期间"), "2025—2026 学年第二学期", "what was typed comes back");
    assert!(refused.headers.contains_key("retry-after"));
    let fields = [("name", "2026—2027 学年第一学期"), ("from", "2026-09-01"), ("last", "2027-01-31")];
    assert_eq!(league.post("/semesters", &fields).await.status, 303);
    let health = portal.visitor().get("/healthz").await;
    assert!(health.status == 200 && health.text().contains("the disk is nearly full"), "{}", health.text());
}

/// What was found where success was told of acts that did nothing.
#[tokio::test]
async fn an_act_on_what_is_not_there_is_no_success() {
    let portal = Portal::start().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    let nobody = "5b0e6f5e-0000-4000-8000-000000000000";
    for path in [format!("{}/monitors/{nobody}/dismiss", sitting.path), format!("/delegations/{nobody}/end")] {
        assert_eq!(sitting.keeper.post(&path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_name_that_a_spreadsheet_takes_for_a_formula_stays_text() {
    let portal = Portal::start().await;
    let named = "update college set name = $1 where institution_id = (select id from institution where code = $2)";
    let mut db = portal.owner().await;
    sqlx::query(named).bind("=cmd|'/C calc'!A0").bind(FIRST).execute(&mut db).await.unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let file = administrator.get("/directory/population.csv").await;
    let text = String::from_utf8_lossy(&file.bytes);
    assert!(text.contains("院系,'=cmd|") && !text.contains(",=cmd"), "{text}");
}

#[tokio::test]
async fn tables_that_were_loaded_anew_under_a_running_portal_are_said_to_be() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    // What `pg_restore --clean --no-privileges` by hand leaves.
    sqlx::query("revoke select on all tables in schema public from lunzhi_reader").execute(&mut db).await.unwrap();
    let page = portal.visitor().get("/sign-in").await;
    assert!(page.status == 503 && page.text().contains("重新启动本系统"), "{} {}", page.status, page.text());
    assert!(page.headers.contains_key("retry-after"));
    let health = portal.visitor().get("/healthz").await;
    assert!(health.status == 503 && health.text().contains("start the portal again"), "{}", health.text());
}
