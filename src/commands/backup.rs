//! `lunzhi backup`: the database, the ballot key, and what both must be, in one new folder.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use time::format_description::well_known::Rfc3339;

use crate::{
    audit,
    clock::Clock,
    config::DatabaseConfig,
    database::{Database, address::Address, embedded::find_binaries, reach::reach},
    elections::store,
    sealing::keys::MarkKey,
};

pub(super) const FORMAT: &str = "lunzhi-backup-1";
pub(super) const DUMP: &str = "lunzhi.dump";
pub(super) const KEY: &str = "ballot.key";
pub(super) const MANIFEST: &str = "manifest.json";

/// `manifest.json`: what a backup holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: String,
    /// RFC 3339, at +08:00.
    pub(super) made_at: String,
    /// The program's version.
    pub(super) program: String,
    /// The last migration that the database had.
    pub(super) schema: i64,
    /// 操作记录 in the dump: how many entries, and the last one's hash in hexadecimal.
    pub(super) entries: i64,
    pub(super) head: String,
    pub(super) files: Vec<FileHash>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileHash {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// SHA-256 in hexadecimal.
    pub(super) sha256: String,
}

impl FileHash {
    pub(super) fn of(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let mut file = fs::File::open(&path).with_context(|| format!("无法读取 {}", path.display()))?;
        let (mut hash, mut bytes, mut part) = (Sha256::new(), 0_u64, vec![0_u8; 1 << 16]);
        loop {
            let read = file.read(&mut part)?;
            let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else { break };
            hash.update(part);
            bytes += u64::try_from(read)?;
        }
        Ok(Self { name: name.to_owned(), bytes, sha256: hex::encode(hash.finalize()) })
    }
}

/// What `backup` asks.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// 备份放在哪里：一个还不存在的文件夹。
    pub folder: PathBuf,
    #[command(flatten)]
    /// Where the database is.
    pub database: DatabaseConfig,
}

/// Makes a backup beside a running portal, or of a folder on which none runs; says what it holds.
///
/// # Errors
/// Where the folder exists, the database or its ballot key cannot be had, or the chain of the record is broken.
pub fn backup(args: &BackupArgs) -> Result<String> {
    let BackupArgs { folder, database: config } = args;
    ensure!(!folder.exists(), "{} 已经存在：备份放进一个新的文件夹", folder.display());
    let data = config.data_folder();
    ensure!(config.url.is_some() || data.join("data/PG_VERSION").exists(), "{} 里没有数据库", data.display());
    let key_file = config.ballot_key_file();
    let key = MarkKey::load(&key_file)?;
    let key = key.with_context(|| format!("没有选票密钥 {}：用 --ballot-key 指明它在哪里", key_file.display()))?;
    // Written beside its place and moved there when it is whole.
    let name = folder.file_name().context("备份的文件夹没有名称")?.to_string_lossy();
    let draft = folder.with_file_name(format!(".{name}.new-{}", std::process::id()));
    fs::DirBuilder::new().mode(0o700).create(&draft).with_context(|| format!("无法新建 {}", draft.display()))?;
    let written = write(config, key, &draft);
    let said = written.and_then(|said| {
        fs::rename(&draft, folder)?;
        Ok(format!("已备份到 {}\n{said}", folder.display()))
    });
    if said.is_err() {
        let _ = fs::remove_dir_all(&draft);
    }
    said
}

fn write(config: &DatabaseConfig, key: MarkKey, folder: &Path) -> Result<String> {
    let database = Database::open_beside(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let manifest = runtime.block_on(async {
        let mut db = reach(&database.url).await.context("连接数据库")?.connection;
        // One snapshot for the dump and for what is said of it, whatever is written meanwhile.
        let mut snapshot = db.begin_with("begin isolation level repeatable read, read only").await?;
        check_key(&mut snapshot, &key).await?;
        let verified = audit::verify_within(&mut snapshot).await?;
        let audit::Verified { entries, head } =
            verified.map_err(|audit::Broken { seq, why }| anyhow::anyhow!("操作记录在第 {seq} 条处不完整：{why}"))?;
        let schema: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(&mut *snapshot)
            .await?;
        let name: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *snapshot).await?;
        let kept = kept_version(config);
        let (dump, url) = (folder.join(DUMP), database.url.clone());
        tokio::task::spawn_blocking(move || {
            let mut command = client("pg_dump", kept, &url)?;
            command.args(["--format=custom", "--lock-wait-timeout=60s"]).arg(format!("--snapshot={name}"));
            run(command.arg("--file").arg(dump))
        })
        .await??;
        snapshot.rollback().await?;
        fs::set_permissions(folder.join(DUMP), fs::Permissions::from_mode(0o600))?;
        key.keep_at(&folder.join(KEY))?;
        Ok::<_, anyhow::Error>(Manifest {
            format: FORMAT.to_owned(),
            made_at: Clock::default().now().format(&Rfc3339)?,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema,
            entries,
            head,
            files: vec![FileHash::of(folder, DUMP)?, FileHash::of(folder, KEY)?],
        })
    })?;
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(MANIFEST))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::File::open(folder.join(DUMP))?.sync_all()?;
    Ok(format!(
        "{DUMP}：数据库；{KEY}：选票密钥；{MANIFEST}：清单和哈希\n操作记录完整：{} 条，末条哈希 {}\n\
         两个文件要分开保管：同时有数据库和选票密钥的人，可以伪造看上去由系统收下的选票。\n",
        manifest.entries, manifest.head
    ))
}

/// A key that is not the one of the sittings in progress is no backup of them.
pub(super) async fn check_key(db: &mut PgConnection, key: &MarkKey) -> Result<()> {
    let noted: bool = sqlx::query_scalar("select to_regclass('ballot_key') is not null").fetch_one(&mut *db).await?;
    if !noted {
        return Ok(());
    }
    let mark = store::key_mark(db).await?;
    if mark.is_none_or(|mark| mark == key.check_value()) || store::dependents(db).await?.is_empty() {
        return Ok(());
    }
    bail!("选票密钥不是这个数据库里进行中的场次所用的：请用 --ballot-key 指明正确的文件");
}

/// The major version of PostgreSQL to which a data folder belongs.
pub(super) fn kept_version(config: &DatabaseConfig) -> Option<u32> {
    let noted = fs::read_to_string(config.data_folder().join("data/PG_VERSION")).ok();
    noted.filter(|_| config.url.is_none()).and_then(|text| text.trim().parse().ok())
}

/// A program of PostgreSQL's that works on the database at `url`. A password stands in its environment and in no list of
/// processes.
pub(super) fn client(program: &str, kept: Option<u32>, url: &str) -> Result<Command> {
    let mut command = Command::new(find_binaries(kept)?.join(program));
    let address: Address = url.parse()?;
    let (place, password) = address.for_clients();
    command.arg("--no-password").arg(format!("--dbname={place}"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    Ok(command)
}

/// Runs a program to its end; what it says of a failure is the error.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("无法运行 {program}"))?;
    ensure!(output.status.success(), "{program}：{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}
