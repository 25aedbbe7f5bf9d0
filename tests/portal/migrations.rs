//! Migrations run on an empty database, run again without effect, and hold on rows that stood before them.

use std::{collections::BTreeMap, fs, path::Path};

use lunzhi::{
    database::MIGRATOR,
    imports::{import::Kind, offices::IMPORTED_OFFICES},
    name::{key, number_key},
    office::OfficeKind,
    rules::roster::level_label,
};
use proptest::test_runner::Config;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::support::{Portal, empty_database};

#[tokio::test]
async fn migrating_twice_changes_nothing_and_keeps_the_rows() {
    let portal = Portal::start().await;
    let before = portal.row_counts().await;
    assert!(before.iter().any(|(table, rows)| table == "student" && *rows == 300));
    lunzhi::database::migrate(&portal.url).await.unwrap();
    assert_eq!(portal.row_counts().await, before);
    let (applied,): (i64,) = sqlx::query_as("select count(*) from _sqlx_migrations where success")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(usize::try_from(applied).unwrap(), MIGRATOR.iter().count());
}

/// How many rows a table has whose name is a value.
const ROWS_OF: &str = "create function pg_temp.rows_of(name text) returns bigint language plpgsql as
    $$declare rows bigint; begin execute format('select count(*) from %I', name) into rows; return rows; end$$";

/// Every table by the number that it keeps under another name, with how many rows it has.
async fn tables(db: &mut PgConnection) -> BTreeMap<i64, (String, i64)> {
    let found: Vec<(i64, String, i64)> = sqlx::query_as(
        "select oid::bigint, relname::text, pg_temp.rows_of(relname::text)
         from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    )
    .fetch_all(db)
    .await
    .unwrap();
    found.into_iter().map(|(number, name, rows)| (number, (name, rows))).collect()
}

/// Before each migration there stand rows in every table that the earlier ones made: `tests/migrations` has a file for each,
/// which also says what the migration has to have made of the rows before it.
#[tokio::test]
async fn each_migration_keeps_the_rows_that_stand_before_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations");
    let mut db = PgConnection::connect(&empty_database().await).await.unwrap();
    db.execute(ROWS_OF).await.unwrap();
    let mut before: BTreeMap<i64, (String, i64)> = BTreeMap::new();
    for migration in MIGRATOR.iter() {
        db.execute(migration.sql.clone()).await.unwrap();
        let after = tables(&mut db).await;
        for (number, (name, rows)) in before {
            let left = after.get(&number).map(|(_, rows)| *rows);
            assert!(left >= Some(rows), "{} leaves {left:?} of {rows} rows of {name}", migration.version);
        }
        let file = folder.join(format!("{:04}_{}.sql", migration.version, migration.description.replace(' ', "_")));
        let rows = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
        let filled = db.execute(sqlx::raw_sql(AssertSqlSafe(rows))).await;
        filled.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        before = tables(&mut db).await;
        for (name, rows) in before.values() {
            assert!(*rows > 0, "{} leaves {name} empty", file.display());
        }
    }
}

#[tokio::test]
async fn the_database_repeats_what_it_can_say() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for (statement, constraint) in [
        ("update office set kind = 'president'", "office_kind_check"),
        (
            "update office set college_id = (select min(id::text)::uuid from college) where kind = 'school_league'",
            "office_check1",
        ),
        (
            "insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, granted_at)
             select gen_random_uuid(), account_id, institution_id, kind, college_id, class_id, from_day + 1, granted_at
             from office where kind <> 'deputy_secretary'",
            "office_once",
        ),
        (
            "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
             select gen_random_uuid(), account_id, institution_id, 'deputy_secretary', from_day, granted_at
             from office where kind = 'student'",
            "office_one_deputy",
        ),
        (
            "insert into account (id, institution_id, number, name, must_change_password, created_at)
             select gen_random_uuid(), institution_id, number, name, false, created_at from account",
            "account_institution_id_number_key",
        ),
        ("update student set left_on = '2026-01-01'", "student_left"),
        ("update student set erased_at = story_now()", "student_erased"),
        ("update audit_head set hash = '\\x00'", "audit_head_hash_check"),
        ("insert into audit_head (single, seq, hash) select true, seq, hash from audit_head", "audit_head_pkey"),
        ("update session set expires_at = created_at", "session_check"),
    ] {
        if statement.contains("session") {
            portal.signed_in(OfficeKind::Student).await;
        }
        let error = db.execute(statement).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.constraint()), Some(constraint), "{statement}");
    }
}

#[tokio::test]
async fn what_is_checked_once_a_statement_is_as_strict_as_a_foreign_key() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    let import = "insert into import (id, institution_id, kind, file_name, sha256, by_account, office, at, state, rows)
                  select md5('import')::uuid, institution_id, 'students', '', sha256('file'), id, '学生工作部门', created_at,
                         'previewed', 1
                  from account limit 1";
    db.execute(import).await.unwrap();
    db.execute("insert into import_row (import_id, row, state, cells) select id, 2, 'added', '{A}' from import")
        .await
        .unwrap();
    // A class that nothing but a student is in.
    let class = "insert into class (id, major_id, entry_year, name)
                 select md5('class of one')::uuid, id, 2026, '一人班' from major limit 1";
    db.execute(class).await.unwrap();
    let its_student = "insert into student (id, institution_id, number, name, class_id)
                       select gen_random_uuid(), c.institution_id, 'X0', '独', k.id
                       from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                       where k.id = md5('class of one')::uuid";
    db.execute(its_student).await.unwrap();
    for statement in [
        "insert into import_row (import_id, row, state, cells) values (gen_random_uuid(), 2, 'added', '{A}')",
        "update import_row set import_id = gen_random_uuid()",
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), i.id, 'X1', '甲', s.class_id
         from institution i join student s on s.institution_id <> i.id limit 1",
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), gen_random_uuid(), 'X1', '甲', class_id from student limit 1",
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), institution_id, 'X1', '甲', gen_random_uuid() from student limit 1",
        "update student set class_id = gen_random_uuid() where number = '20240001'",
        "delete from class where id = md5('class of one')::uuid",
        "update class set id = gen_random_uuid() where id = md5('class of one')::uuid",
        "update student s set institution_id = i.id, number = 'X1' from institution i
         where s.number = '20240001' and i.code = 'first' and i.id <> s.institution_id",
        "update class k set major_id = o.id
         from major m join college c on c.id = m.college_id, major o join college d on d.id = o.college_id
         where m.id = k.major_id and d.institution_id <> c.institution_id",
        "update major m set college_id = d.id from college c, college d
         where c.id = m.college_id and d.institution_id <> c.institution_id",
        "update college c set institution_id = i.id from institution i where i.id <> c.institution_id",
    ] {
        let error = db.execute(statement).await.unwrap_err();
        let code =
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(std::borrow::Cow::into_owned);
        assert_eq!(code.as_deref(), Some("23503"), "{statement}: {error}");
    }
    db.execute("delete from import").await.unwrap();
    let (left,): (i64,) = sqlx::query_as("select count(*) from import_row").fetch_one(&mut db).await.unwrap();
    assert_eq!(left, 0, "rows go with their file");
}

#[tokio::test]
async fn the_database_and_the_program_call_offices_and_levels_the_same() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for kind in OfficeKind::ALL {
        let (label, slug): (Option<String>, Option<String>) =
            sqlx::query_as("select office_label($1), office_slug($2)")
                .bind(kind.slug())
                .bind(kind.label())
                .fetch_one(&mut db)
                .await
                .unwrap();
        assert_eq!(label.as_deref(), Some(kind.label()));
        let imported = IMPORTED_OFFICES.contains(kind).then(|| kind.slug());
        assert_eq!(slug.as_deref(), imported, "files name those offices and no other");
    }
    let (_, words) = Kind::Offices.columns()[2];
    assert_eq!(words, IMPORTED_OFFICES.iter().map(|kind| kind.label()).collect::<Vec<_>>());
    let (_, levels) = Kind::Students.columns()[4];
    for level in levels {
        let (slug,): (String,) = sqlx::query_as("select level_slug($1)").bind(level).fetch_one(&mut db).await.unwrap();
        assert_eq!(level_label(&slug), *level);
    }
}

/// It is of a block whose characters are all treated alike: Han, Hangul, private ones, old scripts.
fn is_of_many(letter: u32) -> bool {
    matches!(
        letter,
        0x3400..=0x9fff | 0xac00..=0xd7a3 | 0xe000..=0xf8ff | 0x1_2000..=0x1_cfff | 0x2_0000..=0x2_f7ff | 0x2_fa20..
    )
}

/// Every character beside letters, Han characters, blanks and dots, and many that stand together. Where properties are tried
/// with few cases, every sixteenth stands for a block of many.
#[tokio::test]
async fn the_database_and_the_program_make_the_same_keys() {
    let portal = Portal::start().await;
    let is_full = Config::default().cases >= 256;
    let mut texts: Vec<String> = (1..0x3_2000)
        .filter(|letter| is_full || !is_of_many(*letter) || letter % 16 == 7)
        .filter_map(char::from_u32)
        .flat_map(|c| [format!("张{c}伟"), format!("a {c}b"), format!("A{c} . 1{c}"), format!("{c}·B88")])
        .collect();
    let near: Vec<char> =
        "张伟AbéＡｂ1１.．·•･﹒ \u{3000}\u{a0}\u{200b}\u{301}\u{3099}ｶﾞ\u{f9e1}\u{2f56}\u{2ee2}（)-–ﬁ가\u{e000}"
            .chars()
            .collect();
    let mut seed: u64 = 20_261_128;
    let mixed = if is_full { 50_000 } else { 12_500 };
    for _ in 0..mixed {
        let mut text = String::new();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(near[usize::try_from(seed >> 33).unwrap() % near.len()]);
        }
        texts.push(text);
    }
    let made: Vec<(String, String)> =
        sqlx::query_as("select name_key(t), number_key(t) from unnest($1::text[]) with ordinality u(t, n) order by n")
            .bind(&texts)
            .fetch_all(&mut portal.owner().await)
            .await
            .unwrap();
    let differ: Vec<String> = texts
        .iter()
        .zip(&made)
        .filter(|(text, (name, number))| key(text) != *name || number_key(text) != *number)
        .map(|(text, made)| {
            format!("{:?}: {made:?}, {:?}", text.escape_unicode().to_string(), (key(text), number_key(text)))
        })
        .take(20)
        .collect();
    assert_eq!(differ, Vec::<String>::new());
}

/// A scan that nothing refers to goes after a day; a table that refers to scans and is not asked would make every later act that
/// brings one fail.
#[tokio::test]
async fn every_table_that_refers_to_scans_is_asked_before_one_goes() {
    let portal = Portal::start().await;
    let referring = "select conrelid::regclass::text from pg_constraint
                     where contype = 'f' and confrelid = 'document'::regclass";
    let tables: Vec<String> = sqlx::query_scalar(referring).fetch_all(&mut portal.owner().await).await.unwrap();
    assert!(!tables.is_empty());
    for table in tables {
        let asked =
            include_str!("../../src/unions/documents.rs").contains(&format!("not exists (select from {table} "));
        assert!(asked, "{table}");
    }
}
