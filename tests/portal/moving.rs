//! A university that moves from a database with several into another one.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use lunzhi::{
    audit::{Verified, verify},
    commands::{MoveArgs, move_institution},
    config::DatabaseConfig,
    database::{MIGRATOR, Pools, migrate},
    office::OfficeKind,
    router::Portal as Lunzhi,
    sealing::keys::MarkKey,
    secrets::Cost,
    text::chinese_day,
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use time::Date;

use crate::support::{FIRST, PASSWORD, Portal, SECOND, empty_database, scratch};

/// What stays behind, and what each database has of its own.
const LEFT: [&str; 19] = [
    "_sqlx_migrations",
    "activation",
    "audit_entry",
    "audit_head",
    "ballot_key",
    "calendar_feed",
    "campus_claim",
    "count_holder",
    "ended_session",
    "fact_stamp",
    "import_commit",
    "kept_file",
    "kept_form",
    "known_device",
    "moved_entry",
    "moved_university",
    "review_holder",
    "session",
    "sign_in_attempt",
];

fn database(url: &str, keys: &Path) -> DatabaseConfig {
    DatabaseConfig { data: Some(keys.to_owned()), url: Some(url.to_owned()), ballot_key: None }
}

/// What the command says, or why it does not.
async fn run(args: MoveArgs) -> Result<String, String> {
    let done = tokio::task::spawn_blocking(move || move_institution(&args)).await.unwrap();
    done.map_err(|error| format!("{error:#}"))
}

async fn out(url: &str, keys: &Path, school: &str, folder: &Path) -> Result<String, String> {
    let (school, to) = (Some(school.to_owned()), Some(folder.to_owned()));
    let address = Some("https://lunzhi.second.edu.cn".parse().unwrap());
    run(MoveArgs { school, to, address, from: None, stay: None, database: database(url, keys) }).await
}

async fn into(url: &str, keys: &Path, folder: &Path) -> Result<String, String> {
    let from = Some(folder.to_owned());
    run(MoveArgs { school: None, to: None, address: None, from, stay: None, database: database(url, keys) }).await
}

async fn stay(url: &str, keys: &Path, school: &str) -> Result<String, String> {
    let stay = Some(school.to_owned());
    run(MoveArgs { school: None, to: None, address: None, from: None, stay, database: database(url, keys) }).await
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// How many rows each table has, without those of [`LEFT`].
async fn counts(url: &str) -> BTreeMap<String, i64> {
    let mut db = connect(url).await;
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let mut counts = BTreeMap::new();
    for table in tables.into_iter().filter(|table| !LEFT.contains(&table.as_str())) {
        let count = AssertSqlSafe(format!("select count(*) from {table}"));
        let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut db).await.unwrap();
        counts.insert(table, rows);
    }
    counts
}

async fn whole(url: &str) -> Verified {
    verify(&mut connect(url).await).await.unwrap().unwrap()
}

/// The hash of each table's file, without those that name a database's own numbers and ids.
fn hashes(folder: &Path) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let own = ["adoption.copy", "audit_entry.copy", "audit_link.copy", "moved_entry.copy", "shared_plan_version.copy"];
    let files = manifest["files"].as_array().unwrap().iter();
    let hashes = files.map(|file| (file["name"].as_str().unwrap().to_owned(), file["sha256"].to_string()));
    hashes.filter(|(name, _)| !own.contains(&name.as_str())).collect()
}

/// A portal on a database that a university moved into.
fn portal_on(portal: &Portal, url: &str, keys: &Path) -> Portal {
    let key = MarkKey::load_or_make(&keys.join("ballot.key")).unwrap();
    portal.with(Lunzhi::new(Pools::new(url).unwrap(), portal.app.clock.clone(), Cost::CHEAP, key, None).unwrap())
}

async fn act(portal: &Portal, school: &str, number: &str) {
    let mut administrator = portal.signed_in_at(school, OfficeKind::Administrator).await;
    let fields = [("number", number), ("name", "新人"), ("office", "student")];
    assert_eq!(administrator.post("/accounts", &fields).await.status, 200);
}

#[tokio::test]
async fn a_university_moves_on_twice_and_its_people_find_everything() {
    let portal = Portal::start().await;
    let keys: [PathBuf; 3] = ["source", "there", "third"].map(scratch);
    let folders: [PathBuf; 3] = ["out", "on", "again"].map(scratch);
    portal.app.elections.ballot_box.key.clone().keep_at(&keys[0].join("ballot.key")).unwrap();
    for number in 0..3 {
        act(&portal, FIRST, &format!("F{number}")).await;
        act(&portal, SECOND, &format!("S{number}")).await;
    }
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let version = league.get("/plans").await.attributes("#version option", "value").remove(1);
    let fields = [
        ("version", version.as_str()),
        ("from", "2024-09-01"),
        ("confirm", "yes"),
        ("rule", "STF-01"),
        ("reason", "左右允许的幅度"),
    ];
    assert_eq!(league.post("/plans/adopt", &fields).await.status, 303);

    let mut readers = Vec::new();
    for office in [OfficeKind::Administrator, OfficeKind::SchoolLeague] {
        readers.push((office, portal.signed_in_at(SECOND, office).await));
    }
    let said = out(&portal.url, &keys[0], SECOND, &folders[0]).await.unwrap();
    assert!(said.contains("第二测试大学") && said.contains("操作记录完整"), "{said}");
    let twice = out(&portal.url, &keys[0], SECOND, &folders[0]).await.unwrap_err();
    assert!(twice.contains("已经存在"), "{twice}");
    let there = empty_database().await;
    let said = into(&there, &keys[1], &folders[0]).await.unwrap();
    assert!(said.contains("已转入 第二测试大学") && said.contains("150 名学生") && said.contains("另一把"), "{said}");

    let moved = portal_on(&portal, &there, &keys[1]);
    assert_ne!(moved.visitor().sign_in(FIRST, "administrator", PASSWORD).await.status, 303, "one university alone");
    for (office, mut before) in readers {
        let mut after = moved.signed_in_at(SECOND, office).await;
        for path in ["/people", "/structure", "/offices"] {
            let (old, new) = (before.get(path).await, after.get(path).await);
            assert_eq!((old.status, old.all("tbody tr")), (new.status, new.all("tbody tr")), "{path}");
        }
        let (old, new) = (before.get("/audit").await.all("tbody tr"), after.get("/audit").await.all("tbody tr"));
        assert_eq!(new.len(), old.len() + 1);
        assert!(new[0].contains("转入全校数据") && new[1].contains("转出全校数据"), "{new:?}");
        assert!(new[2].contains("校团委") && new.iter().any(|row| row.contains("新人（S0）")), "{new:?}");
    }
    let (old, new) = (whole(&portal.url).await, whole(&there).await);
    assert_eq!((old.entries, new.entries), (8, 6), "three acts of each, an adoption, the move; then the arrival");

    let adopted: i64 = sqlx::query_scalar(
        "select count(*) from adoption a join plan_version p on p.id = a.plan_version_id where p.institution_id is null",
    )
    .fetch_one(&mut connect(&there).await)
    .await
    .unwrap();
    assert_eq!(adopted, 1, "a plan that comes with the program has another id there");

    // The same rows again, to the byte, on to a third database; what was done meanwhile goes along.
    act(&moved, SECOND, "S9").await;
    out(&there, &keys[1], SECOND, &folders[1]).await.unwrap();
    let third = empty_database().await;
    into(&third, &keys[2], &folders[1]).await.unwrap();
    out(&third, &keys[2], SECOND, &folders[2]).await.unwrap();
    assert_eq!(hashes(&folders[1]), hashes(&folders[2]));
    assert_eq!(whole(&third).await.entries, 10);
    let mut db = connect(&third).await;
    let hops: Vec<(i16, i64)> =
        sqlx::query_as("select hop, count(*) from moved_entry group by 1 order by 1").fetch_all(&mut db).await.unwrap();
    assert_eq!(hops, [(1, 5), (2, 8)]);

    // Whoever has all rights on the database cannot change where an entry stood.
    for change in [
        "update moved_entry set from_seq = from_seq + 100 where hop = 1",
        "delete from moved_entry where hop = 1",
        "update moved_entry set hop = 3 where hop = 1",
    ] {
        let mut changing = db.begin().await.unwrap();
        let unguard = "alter table moved_entry disable trigger all";
        sqlx::query(unguard).execute(&mut *changing).await.unwrap();
        sqlx::query(change).execute(&mut *changing).await.unwrap();
        assert!(lunzhi::audit::verify_within(&mut changing).await.unwrap().is_err(), "{change}");
        changing.rollback().await.unwrap();
    }
    for folder in keys.iter().chain(&folders) {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn nobody_comes_in_to_a_university_that_moved_away_until_it_stays() {
    let portal = Portal::start().await;
    let (keys, folder) = (scratch("left"), scratch("left-move"));
    portal.app.elections.ballot_box.key.clone().keep_at(&keys.join("ballot.key")).unwrap();
    act(&portal, SECOND, "S1").await;
    let mut administrator = portal.signed_in_at(SECOND, OfficeKind::Administrator).await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let issued = administrator.get("/accounts?q=S1").await.attributes("tbody a", "href").remove(0);
    let code = administrator.post(&format!("{issued}/password"), &[]).await.all(".secret").remove(0);
    let made = administrator.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    let feed = made.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    assert_eq!(portal.visitor().get(&feed).await.status, 200);
    let campus = "insert into campus_sign_in (institution_id, kind, server, origin, plain_allowed, opens_students, password_for,
                                              set_at)
                  select id, 'cas', 'https://cas.example.edu.cn', 'https://xsh.example.edu.cn', false, false, 'all', story_now()
                  from institution where code = $1";
    sqlx::query(campus).bind(SECOND).execute(&mut portal.owner().await).await.unwrap();
    let mut half_in = portal.signed_in_at(SECOND, OfficeKind::StudentAffairs).await;
    let waits = "update session set awaits_factor = true
                 where account_id = (select a.id from account a join institution i on i.id = a.institution_id
                                     where i.code = $1 and a.number = 'student_affairs')";
    sqlx::query(waits).bind(SECOND).execute(&mut portal.owner().await).await.unwrap();
    assert_eq!(half_in.get("/sign-in/factor").await.status, 200, "the password was right, the code is asked for");
    out(&portal.url, &keys, SECOND, &folder).await.unwrap();
    let day: Date =
        sqlx::query_scalar("select moved_on from moved_university").fetch_one(&mut portal.owner().await).await.unwrap();

    // A password that leaked can be changed here no more: nobody comes in, whatever they have, and all are told where to go.
    let mut visitor = portal.visitor();
    for page in [
        visitor.sign_in(SECOND, "school_league", PASSWORD).await,
        visitor.sign_in(SECOND, "school_league", "a guess that learns nothing").await,
        visitor.activate(SECOND, "S1", &code, "another correct horse 78").await,
        visitor.get(&format!("/sso/{SECOND}")).await,
        visitor.get(&format!("/sso/cas/{SECOND}?ticket=ST-1-x")).await,
        half_in.get("/sign-in/factor").await,
        half_in.post("/sign-in/factor", &[("code", "000000")]).await,
    ] {
        assert_eq!(page.status, 409, "{}", page.text());
        assert!(page.text().contains(&chinese_day(day)), "{}", page.text());
        assert!(page.text().contains("请到 https://lunzhi.second.edu.cn 登录"), "{}", page.text());
    }
    assert_eq!(visitor.get("/people").await.status, 303, "nobody is in");
    assert_eq!(visitor.get(&feed).await.status, 404, "an address that leaked cannot be ended here either");

    // Whoever was in reads to the end of their session, and writes nothing.
    for (client, path) in [(&mut administrator, "/people"), (&mut league, "/structure")] {
        let page = client.get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(&format!("本校已于{}迁出", chinese_day(day))), "{}", page.text());
    }
    let fields = [("number", "S2"), ("name", "新人"), ("office", "student")];
    let refused = administrator.post("/accounts", &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains(&chinese_day(day)), "{}", refused.text());
    let taken = league.get("/people.xlsx").await;
    assert_eq!(taken.status, 409, "a list that leaves an entry in the record is an act too");
    let ended = administrator.post("/me/sessions/end", &[("which", "others")]).await;
    assert_eq!(ended.status, 303, "nobody else reads on in their name");
    assert_eq!(league.post("/sign-out", &[]).await.status, 303);
    let made: i64 = sqlx::query_scalar("select count(*) from account where number = 'S2'")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(made, 0);
    // Nobody else notices.
    act(&portal, FIRST, "F1").await;
    let page = portal.signed_in_at(FIRST, OfficeKind::Administrator).await.get("/people").await;
    assert!(!page.text().contains("迁出"), "{}", page.text());

    let said = stay(&portal.url, &keys, SECOND).await.unwrap();
    assert!(said.contains("已撤销 second 的迁出"), "{said}");
    act(&portal, SECOND, "S2").await;
    assert_eq!(visitor.activate(SECOND, "S1", &code, "another correct horse 78").await.status, 303);
    let page = administrator.get("/audit").await;
    assert!(page.text().contains("撤销迁出") && !page.text().contains("本校已于"), "{}", page.text());
    assert!(stay(&portal.url, &keys, SECOND).await.unwrap_err().contains("没有迁出"));
    assert!(stay(&portal.url, &keys, "nowhere").await.unwrap_err().contains("没有代码为 nowhere 的学校"));
    whole(&portal.url).await;
    for folder in [keys, folder] {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn a_move_that_does_not_fit_leaves_nothing() {
    let portal = Portal::start().await;
    let (keys, folder) = (scratch("keys"), scratch("move"));
    portal.app.elections.ballot_box.key.clone().keep_at(&keys.join("ballot.key")).unwrap();
    assert!(out(&portal.url, &keys, "nowhere", &folder).await.unwrap_err().contains("没有代码为 nowhere 的学校"));
    // A table that belongs to nobody, as a feature might forget to say.
    let mut db = portal.owner().await;
    db.execute("create table stray (id uuid primary key, says text)").await.unwrap();
    let says = out(&portal.url, &keys, SECOND, &folder).await.unwrap_err();
    assert!(says.contains("stray") && !folder.exists(), "{says}");
    db.execute("drop table stray").await.unwrap();
    let marked: i64 = sqlx::query_scalar("select count(*) from moved_university").fetch_one(&mut db).await.unwrap();
    assert_eq!(marked, 0, "nothing moved");
    act(&portal, SECOND, "S1").await;
    out(&portal.url, &keys, SECOND, &folder).await.unwrap();

    let taken = into(&portal.url, &keys, &folder).await.unwrap_err();
    assert!(taken.contains("已经有代码为 second 的学校"), "{taken}");
    let there = empty_database().await;
    migrate(&there).await.unwrap();
    let before = counts(&there).await;
    let (manifest, students) = (folder.join("manifest.json"), folder.join("student.copy"));
    let (whole, rows) = (fs::read_to_string(&manifest).unwrap(), fs::read_to_string(&students).unwrap());
    fs::write(&students, rows.replacen("学生1", "学生2", 1)).unwrap();
    assert!(into(&there, &keys, &folder).await.unwrap_err().contains("student.copy 的哈希与清单不符"));
    fs::write(&students, rows).unwrap();
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap();
    for (from, to, why) in [
        (format!("\"schema\": {newest}"), format!("\"schema\": {}", newest - 1), "数据库版本"),
        ("\"head\": \"".to_owned(), "\"head\": \"0".to_owned(), "操作记录"),
        ("\"sealed\": []".to_owned(), "\"sealed\": [\"选举场次“班长”\"]".to_owned(), "不是转出时的选票密钥"),
    ] {
        assert!(whole.contains(&from), "{whole}");
        fs::write(&manifest, whole.replace(&from, &to)).unwrap();
        let other = scratch("other");
        let says = into(&there, &other, &folder).await.unwrap_err();
        assert!(says.contains(why), "{says}");
        let _ = fs::remove_dir_all(other);
    }
    assert_eq!(counts(&there).await, before);
    for folder in [keys, folder] {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// A database with a row in every table, as the tests of the migrations make it: one university.
async fn full_database(key: &MarkKey) -> String {
    let url = empty_database().await;
    let mut db = connect(&url).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations");
    for migration in MIGRATOR.iter() {
        db.execute(migration.sql.clone()).await.unwrap();
        let file = folder.join(format!("{:04}_{}.sql", migration.version, migration.description.replace(' ', "_")));
        db.execute(sqlx::raw_sql(AssertSqlSafe(fs::read_to_string(file).unwrap()))).await.unwrap();
    }
    // Their record is no chain, and their key nobody's.
    for statement in [
        "create table _sqlx_migrations (version bigint primary key, success boolean not null)",
        "alter table moved_entry disable trigger user",
        "alter table audit_entry disable trigger user",
        "delete from moved_entry",
        "delete from audit_entry",
        "alter table audit_entry enable trigger user",
        "alter table moved_entry enable trigger user",
        "update audit_head set seq = 0, hash = decode(repeat('00', 32), 'hex')",
    ] {
        db.execute(statement).await.unwrap();
    }
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap();
    sqlx::query("insert into _sqlx_migrations values ($1, true)").bind(newest).execute(&mut db).await.unwrap();
    sqlx::query("delete from ballot_key").execute(&mut db).await.unwrap();
    sqlx::query("insert into ballot_key (mark, since) values ($1, now())")
        .bind(key.check_value())
        .execute(&mut db)
        .await
        .unwrap();
    url
}

#[tokio::test]
async fn every_table_goes_along_with_every_row() {
    let (keys, folder) = (scratch("full"), scratch("full-move"));
    let key = MarkKey::load_or_make(&keys.join("ballot.key")).unwrap();
    let url = full_database(&key).await;
    let said = out(&url, &keys, "old-school", &folder).await.unwrap();
    assert!(said.contains("进行中、密封的") && said.contains("选举场次“代表选举”"), "{said}");

    let there = empty_database().await;
    migrate(&there).await.unwrap();
    let unknown = into(&there, &keys, &folder).await.unwrap_err();
    assert!(unknown.contains("没有内置方案 suzhou-2020 的那一版"), "{unknown}");
    // The plan that came with the program has another id there.
    let shared: Vec<(String, Vec<u8>)> =
        sqlx::query_as("select code, sha256 from plan_version where institution_id is null")
            .fetch_all(&mut connect(&url).await)
            .await
            .unwrap();
    let mut db = connect(&there).await;
    for (code, sha256) in &shared {
        sqlx::query(
            "insert into plan_version (id, code, version, short, title, document, effective, source, sha256, created_at)
             values (gen_random_uuid(), $1, 1, '', '', '', '2020-01-01', '', $2, now())",
        )
        .bind(code)
        .bind(sha256)
        .execute(&mut db)
        .await
        .unwrap();
    }
    let said = into(&there, &keys, &folder).await.unwrap();
    assert!(said.contains("选票密钥与转出时是同一把"), "{said}");
    let (mut before, mut after) = (counts(&url).await, counts(&there).await);
    // Those that came with the program there stand beside.
    assert!(before.remove("plan_version") <= after.remove("plan_version"));
    assert_eq!(before, after);
    assert_eq!(whole(&there).await.entries, 2, "the move, and the arrival");
    // Nothing that guards the tables is left aside.
    let unguarded: i64 = sqlx::query_scalar(
        "select (select count(*) from pg_trigger where not tgisinternal and tgenabled <> 'O')
                + (select count(*) from pg_constraint where contype = 'f' and condeferrable)",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(unguarded, 0);
    for folder in [keys, folder] {
        fs::remove_dir_all(folder).unwrap();
    }
}
