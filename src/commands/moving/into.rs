//! A university from a folder, into a database that does not have it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{
    folder::{MoveManifest, Renamed, SHARED_FILE, copy_in, copy_in_renamed, file_of, own_schema, read_folder},
    tables::{
        ForeignKey, MovedTable, MovedTables, SEALED_BY_KEY, Table, WITHOUT_KEY, WithoutKey, listed, moved_tables,
    },
};
use crate::{
    accounts::store::institution_named,
    audit::{self, moved::RECORD_FILES},
    clock::Clock,
    config::DatabaseConfig,
    database::{Database, migrate},
    elections::ballot_key,
    rulebook::store::take_in_built_in,
    sealing::keys::MarkKey,
};

/// Takes the university of a folder in, whole or not at all.
pub(super) fn take_in(folder: &Path, config: &DatabaseConfig) -> Result<String> {
    let (manifest, hash) = read_folder(folder)?;
    let own = own_schema();
    ensure!(
        manifest.schema == own,
        "转出时的数据库版本是 {}，这个程序的是 {own}：请用同一版本。没有转入",
        manifest.schema
    );
    let key_file = config.ballot_key_file();
    let key = MarkKey::load(&key_file)?;
    let has_its_key = key.as_ref().is_some_and(|key| hex::encode(key.check_value()) == manifest.key);
    ensure!(
        has_its_key || manifest.sealed.is_empty(),
        "{} 不是转出时的选票密钥，而这些还在进行、是密封的：{}。请先办完，或把那里的 ballot.key 放到这里（--ballot-key）。没有转入",
        key_file.display(),
        manifest.sealed.join("、")
    );
    let database = Database::open_beside(config)?;
    let key = key.map_or_else(|| MarkKey::load_or_make(&key_file), Ok)?;
    let arrival = Arrival { folder, manifest: &manifest, hash: &hash, key: &key, has_its_key };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut db = migrate(&database.url).await?.connection;
        let mut writing = db.begin().await?;
        let entries = arrival.write(&mut writing).await?;
        writing.commit().await?;
        // The planner knows nothing yet of what came in.
        sqlx::raw_sql("analyze").execute(&mut db).await?;
        db.close().await?;
        Ok(arrival.says(entries))
    })
}

/// What comes in, and where it comes from.
struct Arrival<'a> {
    folder: &'a Path,
    manifest: &'a MoveManifest,
    /// The manifest's own SHA-256.
    hash: &'a str,
    key: &'a MarkKey,
    /// The ballot key here is that of the database it comes from.
    has_its_key: bool,
}

impl Arrival<'_> {
    /// Writes all of it; gives how many entries of the record came along.
    async fn write(&self, db: &mut PgConnection) -> Result<i64> {
        let MoveManifest { institution, code, name, entries, head, .. } = self.manifest;
        let now = Clock::default().now();
        take_in_built_in(&mut *db, now).await?;
        let is_taken = institution_named(&mut *db, code).await?.is_some()
            || sqlx::query_scalar!(r#"select exists (select from institution where id = $1) as "is!""#, institution.0)
                .fetch_one(&mut *db)
                .await?;
        ensure!(!is_taken, "这个数据库里已经有代码为 {code} 的学校。没有转入");
        if !self.manifest.sealed.is_empty() {
            let strangers = ballot_key::claim(&mut *db, self.key, now).await?;
            ensure!(strangers.is_empty(), "这个数据库里还有用另一把选票密钥办理的场次：一个数据库只有一把。没有转入");
        }
        let tables = moved_tables(&mut *db).await?;
        self.check_files(&tables)?;
        let shared = self.shared(&mut *db).await?;
        for ForeignKey { holder, name, .. } in &tables.late {
            run(&mut *db, format!("alter table {holder} alter constraint \"{name}\" deferrable initially deferred"))
                .await?;
        }
        for moved in &tables.tables {
            self.fill(&mut *db, moved, &shared).await?;
        }
        run(&mut *db, "set constraints all immediate".to_owned()).await?;
        for moved in tables.tables.iter().filter(|moved| moved.table.is_guarded) {
            run(&mut *db, format!("alter table {} enable trigger user", moved.table.name)).await?;
        }
        // What triggers ask in the place of a key was not asked while they slept.
        for WithoutKey { holder, column, target } in WITHOUT_KEY {
            let stray = format!(
                "select exists (select from {holder} h where not exists (select from {target} t where t.id = h.{column}))"
            );
            let has_stray: bool = sqlx::query_scalar(AssertSqlSafe(stray)).fetch_one(&mut *db).await?;
            ensure!(!has_stray, "{holder} 中有的行所属的 {target} 不在文件里，没有转入");
        }
        for ForeignKey { holder, name, .. } in &tables.late {
            run(&mut *db, format!("alter table {holder} alter constraint \"{name}\" not deferrable")).await?;
        }
        // The record last: whoever writes an entry waits for its end.
        let before = audit::Verified { entries: *entries, head: head.clone() };
        audit::moved::stage(&mut *db).await?;
        for file in RECORD_FILES {
            let rows = copy_in(&mut *db, file.staged_in, &self.folder.join(file_of(file.name))).await?;
            self.compare(file.name, rows)?;
        }
        let taken = match audit::moved::take_in(&mut *db, *institution, &before).await? {
            Ok(taken) => taken,
            Err(audit::Broken { seq, why }) => bail!("转出的操作记录在第 {seq} 条处不完整：{why}。没有转入"),
        };
        audit::append_by_operator(&mut *db, *institution, taken.entry(name, &before, self.hash), now).await?;
        if let Err(audit::Broken { seq, why }) = audit::verify_within(&mut *db).await? {
            bail!("操作记录在第 {seq} 条处不完整：{why}。没有转入");
        }
        Ok(taken.entries)
    }

    /// The folder has a file for each table, and no others.
    fn check_files(&self, tables: &MovedTables) -> Result<()> {
        let mut expected: Vec<String> = tables.tables.iter().map(|moved| file_of(&moved.table.name)).collect();
        expected.extend(RECORD_FILES.iter().map(|file| file_of(file.name)));
        expected.push(file_of(SHARED_FILE));
        let mut found: Vec<String> = self.manifest.files.iter().map(|one| one.file.name.clone()).collect();
        expected.sort();
        found.sort();
        ensure!(expected == found, "清单里的文件与数据库的表不符。没有转入");
        Ok(())
    }

    /// Which plan versions here are those that came with the program there: the same code and the same text.
    async fn shared(&self, db: &mut PgConnection) -> Result<BTreeMap<String, String>> {
        let path = self.folder.join(file_of(SHARED_FILE));
        let text = fs::read_to_string(&path).with_context(|| format!("无法读取 {}", path.display()))?;
        let mut found = BTreeMap::new();
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, code, sha256] = fields.as_slice() else { bail!("{} 读不懂", path.display()) };
            let hash = hex::decode(sha256).with_context(|| format!("{} 读不懂", path.display()))?;
            let own = sqlx::query_scalar!(
                "select id from plan_version where institution_id is null and code = $1 and sha256 = $2",
                *code,
                hash
            );
            let own = own.fetch_optional(&mut *db).await?.with_context(|| {
                format!(
                    "这个数据库没有内置方案 {code} 的那一版：先在空数据库上用那里用过的较早版本的程序启动一次，再换到这个版本。没有转入"
                )
            })?;
            found.insert((*id).to_owned(), own.to_string());
        }
        Ok(found)
    }

    async fn fill(&self, db: &mut PgConnection, moved: &MovedTable, shared: &BTreeMap<String, String>) -> Result<()> {
        let Table { name, columns, is_guarded, .. } = &moved.table;
        if !self.has_its_key && SEALED_BY_KEY.contains(&name.as_str()) {
            return Ok(());
        }
        // Our triggers ask whether somebody may do this now; here it was done long ago, and they were asked then.
        if *is_guarded {
            run(&mut *db, format!("alter table {name} disable trigger user")).await?;
        }
        let (path, into) = (self.folder.join(file_of(name)), format!("{name} ({})", listed(columns)));
        let rows = if moved.shared.is_empty() {
            copy_in(&mut *db, &into, &path).await
        } else {
            let place = |column: &String| columns.iter().position(|one| one == column);
            let places = moved.shared.iter().filter_map(place).collect();
            copy_in_renamed(&mut *db, &into, &path, &Renamed { places, words: shared.clone() }).await
        };
        self.compare(name, rows.with_context(|| format!("{name} 没有转入"))?)?;
        Ok(())
    }

    fn compare(&self, table: &str, rows: u64) -> Result<()> {
        let name = file_of(table);
        let noted = self.manifest.files.iter().find(|one| one.file.name == name).map(|one| one.rows);
        ensure!(noted == Some(rows), "{table} 读到 {rows} 行，与清单不符。没有转入");
        Ok(())
    }

    fn says(&self, entries: i64) -> String {
        let MoveManifest { name, code, files, .. } = self.manifest;
        let of = |table: &str| files.iter().find(|one| one.file.name == file_of(table)).map_or(0, |one| one.rows);
        let factors = of("second_factor");
        let key = if self.has_its_key {
            "选票密钥与转出时是同一把".to_owned()
        } else {
            format!(
                "选票密钥是另一把：{factors} 个账号的两步验证没有转入，要重新设置；统一身份认证的客户端密钥要重新填写"
            )
        };
        format!(
            "已转入 {name}（{code}）：{} 名学生，{} 个账号，操作记录 {entries} 条，接在这里的记录之后\n清单哈希 {}\n{key}\n\
             没有用过的激活码要重新制作，日历要重新订阅，所有人要重新登录；统一身份认证的地址改变的，要重新登记。\n",
            of("student"),
            of("account"),
            self.hash
        )
    }
}

/// A statement whose names come from the catalogue.
async fn run(db: &mut PgConnection, statement: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(db).await?;
    Ok(())
}
