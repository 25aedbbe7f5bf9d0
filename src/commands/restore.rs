//! `lunzhi restore`: a new data folder, or an empty database, filled from a backup and looked through.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use sqlx::Connection as _;

use super::backup::{DUMP, FORMAT, FileHash, KEY, MANIFEST, Manifest, client, kept_version, run};
use crate::{
    audit,
    config::DatabaseConfig,
    database::{Database, MIGRATOR, migrate, reach::reach},
    elections::{ballot_key, store},
    sealing::keys::MarkKey,
};

/// What `restore` asks.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// 备份的文件夹。
    pub folder: PathBuf,
    #[command(flatten)]
    /// Where the new data goes.
    pub database: DatabaseConfig,
}

/// Fills a new data folder, or with an address an empty database, from a backup; says what it found.
///
/// # Errors
/// Where a hash or the chain of the record does not agree, something is there already, or PostgreSQL refuses.
pub fn restore(args: &RestoreArgs) -> Result<String> {
    let RestoreArgs { folder, database: config } = args;
    let manifest = read_manifest(folder)?;
    let key = MarkKey::load(&folder.join(KEY))?.context("备份里没有选票密钥")?;
    let (data, key_file) = (config.data_folder(), config.ballot_key_file());
    if config.url.is_none() {
        let others =
            fs::read_dir(&data).map_or(0, |entries| entries.flatten().filter(|one| one.file_name() != KEY).count());
        ensure!(others == 0, "{} 里已经有东西：恢复到一个新的文件夹", data.display());
    }
    let is_new = !key_file.exists();
    let kept = key.clone().keep_at(&key_file)?;
    ensure!(kept.check_value() == key.check_value(), "{} 是另一把选票密钥，没有覆盖", key_file.display());
    let filled = fill(config, folder);
    if filled.is_err() {
        if is_new {
            let _ = fs::remove_file(&key_file);
        }
        if config.url.is_none() {
            let _ = fs::remove_dir_all(&data);
        }
    }
    let database = filled?;
    look_through(&database, &manifest, &key).map(|said| {
        let place = if config.url.is_some() { "数据库".to_owned() } else { data.display().to_string() };
        format!(
            "已恢复到{place}，选票密钥在 {}\n备份于 {}，轮值 {}\n{said}",
            key_file.display(),
            manifest.made_at,
            manifest.program
        )
    })
}

fn read_manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).with_context(|| format!("无法读取 {}", path.display()))?;
    let manifest: Manifest =
        serde_json::from_str(&text).with_context(|| format!("{} 不是备份的清单", path.display()))?;
    ensure!(manifest.format == FORMAT, "{} 的格式不是 {FORMAT}", path.display());
    let mut faults = Vec::new();
    for name in [DUMP, KEY] {
        let Some(noted) = manifest.files.iter().find(|file| file.name == name) else {
            faults.push(format!("清单里没有 {name}"));
            continue;
        };
        match FileHash::of(folder, name) {
            Ok(found) if found == *noted => {}
            Ok(_) => faults.push(format!("{name} 的哈希与清单不符：文件损坏或被改动过")),
            Err(error) => faults.push(format!("{error:#}")),
        }
    }
    ensure!(faults.is_empty(), "{}。没有恢复", faults.join("；"));
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
    ensure!(manifest.schema <= newest, "备份来自更新的版本（{}），请用那个版本或更新的程序恢复", manifest.program);
    Ok(manifest)
}

/// Loads the dump in one transaction and brings its schema up to date.
fn fill(config: &DatabaseConfig, folder: &Path) -> Result<Database> {
    let database = Database::open(config)?;
    runtime()?.block_on(async {
        let mut db = reach(&database.url).await.context("连接数据库")?.connection;
        let tables: i64 = sqlx::query_scalar(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
        )
        .fetch_one(&mut db)
        .await?;
        ensure!(tables == 0, "数据库里已经有表：恢复到一个空的数据库");
        Ok(db.close().await?)
    })?;
    let mut command = client("pg_restore", kept_version(config), &database.url)?;
    command.args(["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]);
    run(command.arg(folder.join(DUMP)))?;
    runtime()?.block_on(async {
        let mut db = migrate(&database.url).await?.connection;
        // A dump brings no statistics, and without them a list of the whole school is planned as one of a few rows.
        sqlx::raw_sql("analyze").execute(&mut db).await?;
        anyhow::Ok(db.close().await?)
    })?;
    Ok(database)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// What was restored: the chain is whole and as it was, and the key opens what is in progress.
fn look_through(database: &Database, manifest: &Manifest, key: &MarkKey) -> Result<String> {
    runtime()?.block_on(async {
        let mut db = reach(&database.url).await.context("连接数据库")?.connection;
        let audit::Verified { entries, head } = match audit::verify(&mut db).await? {
            Ok(verified) => verified,
            Err(audit::Broken { seq, why }) => bail!("已恢复，但操作记录在第 {seq} 条处不完整：{why}"),
        };
        ensure!(
            (entries, &head) == (manifest.entries, &manifest.head),
            "已恢复，但操作记录（{entries} 条，{head}）与备份时（{} 条，{}）不同",
            manifest.entries,
            manifest.head
        );
        let strangers = ballot_key::strangers(&mut db, key).await?;
        let of = |list: &[store::Dependent]| list.iter().map(|one| one.title.clone()).collect::<Vec<_>>().join("、");
        ensure!(strangers.is_empty(), "已恢复，但选票密钥打不开进行中的场次：{}", of(&strangers));
        let running = store::dependents(&mut db).await?;
        let running = if running.is_empty() { "没有".to_owned() } else { of(&running) };
        let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
        let schema = if manifest.schema == newest {
            format!("数据库版本 {newest}")
        } else {
            format!("数据库版本由 {} 升级到 {newest}", manifest.schema)
        };
        Ok(format!(
            "{schema}\n操作记录完整，与备份时一致：{entries} 条，末条哈希 {head}\n选票密钥相符；进行中的选举：{running}\n"
        ))
    })
}
