//! Acknowledged = committed. Hundreds of clients hang up at random moments on every write path; whatever was answered
//! is there, no connection is left inside a transaction, and the record's chain is whole.
//!
//! One file: every write path is stormed by the same clients.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use lunzhi::{
    audit::verify, fictional::random::SeededRandom, office::OfficeKind, rules::plan::BUILT_IN, web::connections::Limits,
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::support::{
    FIRST, PASSWORD, Portal, SECOND,
    raw::{Answer, ask, form, multipart, read, request},
    runtime,
    sitting::{Plan, opened, voters},
    union::{grade_everybody, rows, union},
    vetting::{Opening, open, student_account},
};

/// Sends a request and hangs up at a moment that chance picks; the answer, if it was waited for.
fn hang_up(address: SocketAddr, request: &[u8], chance: &mut SeededRandom) -> Option<Answer> {
    let mut socket = TcpStream::connect(address).ok()?;
    match chance.below(5) {
        0 => {
            let part = chance.below(u32::try_from(request.len()).unwrap()) as usize;
            let _ = socket.write_all(&request[..part]);
            None
        }
        1 | 2 => {
            let _ = socket.write_all(request);
            // Between nothing and a few milliseconds: anywhere in the handler's work.
            std::thread::sleep(Duration::from_micros(u64::from(chance.below(4_000))));
            None
        }
        _ => {
            socket.write_all(request).ok()?;
            read(&mut socket)
        }
    }
}

/// Runs `clients` threads of `each` requests; `make` gives the request, `note` learns each answer that came.
fn storm(
    address: SocketAddr,
    (clients, each): (u64, u64),
    make: impl Fn(u64) -> Vec<u8> + Sync,
    note: impl Fn(u64, Answer) + Sync,
) {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (next, make, note) = (&next, &make, &note);
            scope.spawn(move || {
                let mut chance = SeededRandom::new(4711 + client);
                for _ in 0..each {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if let Some(answer) = hang_up(address, &make(number), &mut chance) {
                        note(number, answer);
                    }
                }
            });
        }
    });
}

struct Stage {
    portal: Portal,
    address: SocketAddr,
    /// The runtime's tasks where nobody asks for anything: an act that goes on after its client has left is one more.
    tasks: usize,
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

async fn stage() -> Stage {
    let portal = Portal::start().await;
    let address = portal.listen(Limits::default()).await;
    Stage { portal, address, tasks: tasks() }
}

impl Stage {
    async fn cookie(&self, school: &str, office: OfficeKind) -> String {
        self.portal.signed_in_at(school, office).await.cookie()
    }

    /// What was asked for has ended, also where nobody waits for the answer any more.
    async fn acts_end(&self) {
        // Connections are taken in their order: when this one is answered, every one before it was taken and has its task.
        let health = request("GET", "/healthz", "", "text/plain", b"");
        tokio::task::block_in_place(|| ask(self.address, &health)).expect("the portal answers");
        for _ in 0..600 {
            if tasks() <= self.tasks {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("an act does not end");
    }

    /// Nothing of the portal's sits in a transaction, and the chain is whole.
    async fn settle(&self) -> PgConnection {
        let mut db = self.portal.owner().await;
        // Well before the server itself would end a transaction that nobody goes on with (30 s).
        for _ in 0..200 {
            let (open,): (i64,) = sqlx::query_as(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and application_name = 'lunzhi'
                       and (state like 'idle in transaction%' or state = 'active')",
            )
            .fetch_one(&mut db)
            .await
            .unwrap();
            if open == 0 {
                verify(&mut db).await.unwrap().expect("the chain is whole");
                return db;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("a connection stays inside a transaction");
    }
}

async fn count(db: &mut PgConnection, query: &'static str, value: &str) -> i64 {
    let (rows,): (i64,) = sqlx::query_as(query).bind(value).fetch_one(db).await.unwrap();
    rows
}

fn scene(play: impl AsyncFnOnce(Stage)) {
    let runtime = runtime();
    runtime.block_on(async { play(stage().await).await });
}

#[test]
fn accounts_offices_and_passwords() {
    scene(async |stage| {
        let cookie = stage.cookie(FIRST, OfficeKind::Administrator).await;
        let made = std::sync::Mutex::new(Vec::new());
        let (address, note) = (stage.address, |number: u64, answer: Answer| {
            assert_eq!(answer.status, 200, "{}", answer.body);
            made.lock().unwrap().push(format!("H{number}"));
        });
        tokio::task::block_in_place(|| {
            storm(
                address,
                (24, 16),
                |number| {
                    let number = format!("H{number}");
                    form("POST", "/accounts", &cookie, &[("number", &number), ("name", "新人"), ("office", "student")])
                },
                note,
            );
        });
        let mut db = stage.settle().await;
        let made = made.into_inner().unwrap();
        assert!(made.len() > 50, "{}", made.len());
        for number in &made {
            let there = count(
                &mut db,
                "select count(*) from account a join office o on o.account_id = a.id where a.number = $1",
                number,
            )
            .await;
            let recorded =
                count(&mut db, "select count(*) from audit_entry e join account a on e.object = '⟦账号 ' || a.id || '⟧' where a.number = $1", number).await;
            assert_eq!((there, recorded), (1, 1), "{number} was acknowledged");
        }

        // Offices granted and passwords reset to the accounts that were made.
        let ids: Vec<(String,)> =
            sqlx::query_as("select id::text from account where number like 'H%' order by number limit 60")
                .fetch_all(&mut db)
                .await
                .unwrap();
        let granted = std::sync::Mutex::new(Vec::new());
        let id = |number: u64| ids[usize::try_from(number).unwrap() % ids.len()].0.clone();
        let acts = ["offices", "password", "sessions/end", "disable", "enable"];
        tokio::task::block_in_place(|| {
            storm(
                address,
                (20, 12),
                |number| {
                    let act = acts[usize::try_from(number / 60).unwrap() % acts.len()];
                    form("POST", &format!("/accounts/{}/{act}", id(number)), &cookie, &[("office", "school_union")])
                },
                |number, answer| {
                    let act = acts[usize::try_from(number / 60).unwrap() % acts.len()];
                    assert!(matches!(answer.status, 200 | 303), "{act}: {}", answer.status);
                    if act == "offices" {
                        granted.lock().unwrap().push(id(number));
                    }
                },
            );
        });
        let mut db = stage.settle().await;
        let granted = granted.into_inner().unwrap();
        assert!(!granted.is_empty());
        for id in &granted {
            let held = "select count(*) from office where account_id = $1::uuid and kind = 'school_union' and ended_at is null";
            assert_eq!(count(&mut db, held, id).await, 1);
        }
    });
}

#[test]
fn sign_ins_switches_and_sign_outs() {
    scene(async |stage| {
        let cookies = std::sync::Mutex::new(Vec::new());
        let address = stage.address;
        tokio::task::block_in_place(|| {
            storm(
                address,
                (24, 14),
                |number| {
                    let kinds = OfficeKind::ALL;
                    let office = kinds[usize::try_from(number).unwrap() % kinds.len()].slug();
                    form("POST", "/sign-in", "", &[("school", FIRST), ("number", office), ("password", PASSWORD)])
                },
                |_, answer| {
                    // Many sign-ins of one number at once may be slowed down; none may be half-done.
                    if let Some(cookie) = answer.cookie() {
                        assert_eq!(answer.status, 303);
                        cookies.lock().unwrap().push(cookie);
                    }
                },
            );
        });
        let mut db = stage.settle().await;
        let cookies = cookies.into_inner().unwrap();
        assert!(cookies.len() > 20, "{}", cookies.len());
        let token = |cookie: &String| hex::encode(Sha256::digest(cookie.split_once('=').unwrap().1));
        let open = "select count(*) from session where encode(token_hash, 'hex') = $1";
        for cookie in &cookies {
            assert_eq!(count(&mut db, open, &token(cookie)).await, 1, "an acknowledged sign-in is there");
        }
        let out = std::sync::Mutex::new(Vec::new());
        let cookie = |number: u64| cookies[usize::try_from(number).unwrap() % cookies.len()].clone();
        tokio::task::block_in_place(|| {
            let all = u64::try_from(cookies.len()).unwrap();
            storm(
                address,
                (8, all / 8),
                |number| form("POST", "/sign-out", &cookie(number), &[]),
                |number, answer| {
                    assert_eq!(answer.status, 303);
                    out.lock().unwrap().push(cookie(number));
                },
            );
        });
        let mut db = stage.settle().await;
        for cookie in out.into_inner().unwrap() {
            assert_eq!(count(&mut db, open, &token(&cookie)).await, 0, "an acknowledged sign-out is done");
        }
    });
}

#[test]
fn appointments_endings_and_turns() {
    scene(async |stage| {
        grade_everybody(&stage.portal).await;
        let mut league = stage.portal.signed_in(OfficeKind::SchoolLeague).await;
        let today = stage.portal.app.clock.today();
        let path = union(&mut league, "school", &rows(1, 2, "部门工作人员", "办公室"), &today.to_string(), true).await;
        let page = league.get(&format!("{path}/appoint")).await;
        let department = page.attributes("#department option", "value").remove(1);
        let (cookie, address) = (league.cookie(), stage.address);
        // Each for two days of their own, so that no cap stands in the way.
        let day = |number: u64, more: i64| {
            (today + time::Duration::days(i64::try_from(number).unwrap() * 2 + more)).to_string()
        };
        let student = |number: u64| format!("2024{:04}", 20 + number % 130);
        let stood = std::sync::Mutex::new(Vec::new());
        tokio::task::block_in_place(|| {
            storm(
                address,
                (16, 15),
                |number| {
                    let (student, from, until) = (student(number), day(number, 0), day(number, 2));
                    let fields = [
                        ("number", student.as_str()),
                        ("post", "staff"),
                        ("department", department.as_str()),
                        ("from", from.as_str()),
                        ("until", until.as_str()),
                        ("from_college", "yes"),
                        ("ground", "批复"),
                        ("direct", "补办"),
                        ("reason", "理由"),
                    ];
                    multipart(&format!("{path}/appoint"), &cookie, &fields)
                },
                |number, answer| {
                    assert_eq!(answer.status, 303, "{}", answer.body);
                    stood.lock().unwrap().push(number);
                },
            );
        });
        let mut db = stage.settle().await;
        let stood = stood.into_inner().unwrap();
        assert!(stood.len() > 30, "{}", stood.len());
        for number in &stood {
            let there = "select count(*) from post p join student s on s.id = p.student_id
                         where s.number || ' ' || p.from_day = $1";
            let one = format!("{} {}", student(*number), day(*number, 0));
            assert_eq!(count(&mut db, there, &one).await, 1, "{one} was acknowledged");
        }
        let posts: Vec<(String,)> = sqlx::query_as("select id::text from post where not registered order by id")
            .fetch_all(&mut db)
            .await
            .unwrap();
        let ended = std::sync::Mutex::new(Vec::new());
        let id = |number: u64| posts[usize::try_from(number).unwrap() % posts.len()].0.clone();
        let last = day(0, 700);
        tokio::task::block_in_place(|| {
            storm(
                address,
                (8, 10),
                |number| {
                    let fields = [("never", "yes"), ("reason", "登记有误"), ("day", last.as_str())];
                    multipart(&format!("{path}/posts/{}/correct", id(number)), &cookie, &fields)
                },
                |number, answer| {
                    // Another client may have been first.
                    assert!(matches!(answer.status, 303 | 404), "{}", answer.body);
                    ended.lock().unwrap().push(id(number));
                },
            );
        });
        let mut db = stage.settle().await;
        for id in ended.into_inner().unwrap() {
            let void = "select count(*) from post where id = $1::uuid and voided_at is not null";
            assert_eq!(count(&mut db, void, &id).await, 1, "an acknowledged correction is there");
        }
        let noted = "select count(*) from post p where voided_at is not null and $1 = '' and not exists (
                         select from union_fact f where f.post_id = p.id and f.act = 'corrected')";
        assert_eq!(count(&mut db, noted, "").await, 0, "each with its note");
    });
}

#[test]
fn applications_and_opinions() {
    scene(async |stage| {
        grade_everybody(&stage.portal).await;
        let mut league = stage.portal.signed_in(OfficeKind::SchoolLeague).await;
        let today = stage.portal.app.clock.today();
        let roster = rows(1, 2, "部门工作人员", "综合部");
        let path = union(&mut league, "colleges", &roster, &today.to_string(), true).await;
        let round = open(&mut league, &path, today, &Opening::staff("综合部 部门工作人员", "20", today)).await;
        let id = round.rsplit('/').next().unwrap().to_owned();
        let place = league.get(&format!("{round}/edit")).await.attributes("input[name=slot]", "value").remove(0);
        let mut cookies = Vec::new();
        for number in 20..100 {
            cookies.push(student_account(&stage.portal, number).await.cookie());
        }
        let address = stage.address;
        let one = |number: u64| usize::try_from(number).unwrap() % cookies.len();
        let applied = std::sync::Mutex::new(Vec::new());
        tokio::task::block_in_place(|| {
            storm(
                address,
                (16, 10),
                |number| {
                    let fields = [
                        ("place", place.as_str()),
                        ("source", "ordinary"),
                        ("statement", "我愿意用课余时间服务同学，做好每一件小事，按时完成。"),
                        ("pledge", "yes"),
                    ];
                    multipart(&format!("/apply/{id}"), &cookies[one(number)], &fields)
                },
                |number, answer| {
                    // Somebody's second try finds the first one there.
                    assert!(matches!(answer.status, 303 | 422), "{}", answer.body);
                    applied.lock().unwrap().push(one(number));
                },
            );
        });
        let mut db = stage.settle().await;
        let mut applied = applied.into_inner().unwrap();
        applied.sort_unstable();
        applied.dedup();
        assert!(applied.len() > 20, "{}", applied.len());
        let there = "select count(*) from vetting_case c join student s on s.id = c.student_id where s.number = $1";
        for place in applied {
            let number = format!("2024{:04}", place + 20);
            assert_eq!(count(&mut db, there, &number).await, 1, "{number} was acknowledged, and once");
        }
        let branch = stage.cookie(FIRST, OfficeKind::ClassBranch).await;
        let cases: Vec<(String,)> =
            sqlx::query_as("select id::text from vetting_case order by id").fetch_all(&mut db).await.unwrap();
        let signed = std::sync::Mutex::new(Vec::new());
        let case = |number: u64| cases[usize::try_from(number).unwrap() % cases.len()].0.clone();
        tokio::task::block_in_place(|| {
            storm(
                address,
                (8, 15),
                |number| {
                    let (id, both) = (case(number), format!("{}.0", case(number)));
                    let fields = [("case", both.as_str()), ("verdict", "agree"), ("words", "表现优良")];
                    form("POST", &format!("/cases/{id}"), &branch, &fields)
                },
                |number, answer| {
                    assert!(matches!(answer.status, 303 | 409), "{}", answer.body);
                    signed.lock().unwrap().push(case(number));
                },
            );
        });
        let mut db = stage.settle().await;
        for id in signed.into_inner().unwrap() {
            let opinion = "select count(*) from vetting_opinion o join vetting_case c on c.id = o.case_id
                           where c.id = $1::uuid and c.step = 1 and o.step = 0";
            assert_eq!(
                count(&mut db, opinion, &id).await,
                1,
                "an acknowledged opinion is there, and its case has moved"
            );
        }
    });
}

#[test]
fn ballots() {
    scene(async |stage| {
        let plan = Plan { contests: &[("班长", 60, 1, &[101, 102], &[])], fields: &[] };
        let mut sitting = opened(&stage.portal, &plan).await;
        let mut cookies = Vec::new();
        for client in voters(&stage.portal, 1..=60).await {
            cookies.push(client.cookie());
        }
        let path = format!("/votes/{}/cast", sitting.id);
        let one = |number: u64| usize::try_from(number).unwrap() % cookies.len();
        let told = std::sync::Mutex::new(Vec::new());
        let address = stage.address;
        tokio::task::block_in_place(|| {
            storm(
                address,
                (16, 30),
                |number| form("POST", &path, &cookies[one(number)], &[("c1-1", "F"), ("c1-2", "A")]),
                |number, answer| {
                    assert!(answer.status == 200 && answer.body.contains("已投票"), "{}", answer.body);
                    told.lock().unwrap().push(one(number));
                },
            );
        });
        let mut told = told.into_inner().unwrap();
        told.sort_unstable();
        told.dedup();
        assert!(told.len() > 30, "{}", told.len());
        let mut db = stage.settle().await;
        let there = "select count(*) from envelope e join voter v on v.sitting_id = e.sitting_id and v.place = e.voter
                     join student s on s.id = v.student_id where s.number = $1";
        for place in told {
            let number = format!("2024{:04}", place + 1);
            assert_eq!(count(&mut db, there, &number).await, 1, "{number} was acknowledged, and once");
        }
        sitting.count().await;
    });
}

#[test]
fn plans_and_adoptions() {
    scene(async |stage| {
        let cookie = stage.cookie(SECOND, OfficeKind::SchoolLeague).await;
        let own = |number: u64| BUILT_IN[0].1.replace("code = \"suzhou-2020\"", &format!("code = \"own-{number:04}\""));
        let added = std::sync::Mutex::new(Vec::new());
        let address = stage.address;
        tokio::task::block_in_place(|| {
            storm(
                address,
                (16, 10),
                |number| {
                    let body = format!(
                        "--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.toml\"\r\n\r\n{}\r\n--XyX--\r\n",
                        own(number)
                    );
                    request("POST", "/plans", &cookie, "multipart/form-data; boundary=XyX", body.as_bytes())
                },
                |number, answer| {
                    assert!(answer.location().ends_with("?done=added"), "{}", answer.location());
                    added.lock().unwrap().push(format!("own-{number:04}"));
                },
            );
        });
        let mut db = stage.settle().await;
        let added = added.into_inner().unwrap();
        assert!(added.len() > 20);
        for code in &added {
            assert_eq!(count(&mut db, "select count(*) from plan_version where code = $1", code).await, 1);
        }
        let version: (String,) = sqlx::query_as("select id::text from plan_version where code = 'suzhou-2020'")
            .fetch_one(&mut db)
            .await
            .unwrap();
        let start = stage.portal.app.clock.today();
        // All of them ahead: were one in force, the others would repeat it and be refused.
        let day = |number: u64| (start + time::Duration::days(1 + i64::try_from(number).unwrap())).to_string();
        let adopted = std::sync::Mutex::new(Vec::new());
        tokio::task::block_in_place(|| {
            storm(
                address,
                (12, 12),
                |number| {
                    form(
                        "POST",
                        "/plans/adopt",
                        &cookie,
                        &[
                            ("version", &version.0),
                            ("from", &day(number)),
                            ("confirm", "yes"),
                            ("rule", "STF-01"),
                            ("reason", "左右允许的幅度"),
                        ],
                    )
                },
                |number, answer| {
                    assert_eq!(answer.status, 303, "{}", answer.body);
                    adopted.lock().unwrap().push(day(number));
                },
            );
        });
        let mut db = stage.settle().await;
        let adopted = adopted.into_inner().unwrap();
        assert!(!adopted.is_empty());
        for day in &adopted {
            assert_eq!(
                count(&mut db, "select count(*) from adoption where effective_from = $1::date", day).await,
                1,
                "{day}"
            );
        }
    });
}

#[test]
fn own_passwords_sessions_and_offices() {
    scene(async |stage| {
        let cookie = stage.cookie(FIRST, OfficeKind::SchoolLeague).await;
        let mut db = stage.portal.owner().await;
        let office: (String,) = sqlx::query_as("select office.id::text from office join account a on a.id = account_id join institution i on i.id = a.institution_id where kind = 'school_league' and i.code = $1")
            .bind(FIRST)
            .fetch_one(&mut db)
            .await
            .unwrap();
        let address = stage.address;
        tokio::task::block_in_place(|| {
            storm(
                address,
                (16, 8),
                |number| match number % 2 {
                    0 => form("POST", "/me/office", &cookie, &[("office", &office.0)]),
                    _ => form("POST", "/me/sessions/end", &cookie, &[("which", "others")]),
                },
                |_, answer| assert_eq!(answer.status, 303),
            );
        });
        stage.settle().await;
        // Passwords one after the other: each acknowledged one is the one that opens.
        let mut current = PASSWORD.to_owned();
        let mut chance = SeededRandom::new(7);
        let mut acknowledged = 0;
        for number in 0..40 {
            let new = format!("a new password {number:04}");
            let request = form("POST", "/me/password", &cookie, &[("old", &current), ("new", &new), ("again", &new)]);
            let answer = tokio::task::block_in_place(|| hang_up(address, &request, &mut chance));
            stage.acts_end().await;
            stage.settle().await;
            let mut visitor = stage.portal.visitor();
            let opens = visitor.sign_in(FIRST, "school_league", &new).await.status == 303;
            if let Some(answer) = answer {
                assert_eq!(answer.location(), "/me?done=password");
                assert!(opens, "an acknowledged password opens");
                acknowledged += 1;
            }
            if opens {
                current = new;
            } else {
                assert_eq!(visitor.sign_in(FIRST, "school_league", &current).await.status, 303, "one of the two opens");
            }
        }
        assert!(acknowledged > 5);
    });
}

#[test]
fn corrections_codes_and_activations() {
    scene(async |stage| {
        let cookie = stage.cookie(FIRST, OfficeKind::StudentAffairs).await;
        let mut db = stage.portal.owner().await;
        let students: Vec<(String, String)> = sqlx::query_as(
            "select s.id::text, s.number from student s join institution i on i.id = s.institution_id
             where i.code = $1 order by s.number limit 100",
        )
        .bind(FIRST)
        .fetch_all(&mut db)
        .await
        .unwrap();
        let (address, corrected) = (stage.address, std::sync::Mutex::new(Vec::new()));
        let place = |number: u64| usize::try_from(number).unwrap() % students.len();
        tokio::task::block_in_place(|| {
            storm(
                address,
                (20, 12),
                |number| {
                    let (id, own) = &students[place(number)];
                    let name = format!("改名{number}");
                    let fields =
                        [("number", own.as_str()), ("name", &name), ("class", "软件2401班"), ("reason", "更名")];
                    form("POST", &format!("/people/{id}/correct"), &cookie, &fields)
                },
                |number, answer| {
                    assert_eq!(answer.status, 303, "{}", answer.body);
                    corrected.lock().unwrap().push(format!("改名{number}"));
                },
            );
        });
        let mut db = stage.settle().await;
        let corrected = corrected.into_inner().unwrap();
        assert!(corrected.len() > 30, "{}", corrected.len());
        for name in &corrected {
            let kept = "select count(*) from student_change where field = 'name' and after = $1";
            assert_eq!(count(&mut db, kept, name).await, 1, "{name} was acknowledged");
        }

        // Codes for the class, then everybody activates at once.
        let mut league = stage.portal.signed_in(OfficeKind::CollegeLeague).await;
        let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
        let codes = league.post_on(&act, &[]).await.all(".slip-code");
        assert!(codes.len() >= students.len());
        let activated = std::sync::Mutex::new(Vec::new());
        tokio::task::block_in_place(|| {
            storm(
                address,
                (10, 10),
                |number| {
                    let place = place(number);
                    let fields = [
                        ("school", FIRST),
                        ("number", students[place].1.as_str()),
                        ("code", codes[place].as_str()),
                        ("new", "a long one of my own"),
                        ("again", "a long one of my own"),
                    ];
                    form("POST", "/activate", "", &fields)
                },
                |number, answer| {
                    if answer.status == 303 {
                        activated.lock().unwrap().push(students[place(number)].1.clone());
                    }
                },
            );
        });
        let mut db = stage.settle().await;
        let activated = activated.into_inner().unwrap();
        assert!(activated.len() > 20, "{}", activated.len());
        for number in &activated {
            let opened = "select count(*) from account a join activation c on c.account_id = a.id
                          join session s on s.account_id = a.id
                          where a.number = $1 and a.password_hash is not null and c.used_at is not null";
            assert!(count(&mut db, opened, number).await >= 1, "{number} was let in");
        }
        let twice = "select count(*) from (select account_id from activation where used_at is not null and $1 <> ''
                     group by account_id having count(*) > 1) x";
        assert_eq!(count(&mut db, twice, "x").await, 0, "a code worked twice");
    });
}

#[test]
fn half_a_request_is_ended_and_does_not_keep_others_out() {
    runtime().block_on(async {
        let portal = Portal::start().await;
        let limits = Limits { head_within: Duration::from_millis(300), at_once: 4, ..Limits::default() };
        let address = portal.listen(limits).await;
        // As many as there are places, each with half a head and then silence.
        let mut silent: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(address).unwrap()).collect();
        for socket in &mut silent {
            socket.write_all(b"GET / HTTP/1.1\r\nHost: x").unwrap();
            socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        }
        let answer =
            tokio::task::spawn_blocking(move || ask(address, &request("GET", "/healthz", "", "text/plain", b"")));
        assert_eq!(answer.await.unwrap().unwrap().status, 200);
        for mut socket in silent {
            let mut rest = Vec::new();
            let ended = tokio::task::spawn_blocking(move || socket.read_to_end(&mut rest));
            assert!(ended.await.unwrap().is_ok(), "a silent connection is kept");
        }
    });
}
