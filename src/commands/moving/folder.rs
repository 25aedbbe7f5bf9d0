//! The folder of a move: its manifest, and files as COPY writes and reads them.

use std::{
    fs,
    future::poll_fn,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::{commands::backup::FileHash, database::MIGRATOR, ids::InstitutionId};

pub(super) const FORMAT: &str = "lunzhi-move-1";
pub(super) const MANIFEST: &str = "manifest.json";
/// The shared plan versions that the university's rows name: id, code and hash of the text.
pub(super) const SHARED_FILE: &str = "shared_plan_version";
const CHUNK: usize = 1 << 16;

/// `manifest.json` of a move.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MoveManifest {
    pub(super) format: String,
    /// RFC 3339, at +08:00.
    pub(super) made_at: String,
    /// The program's version.
    pub(super) program: String,
    /// The last migration of both databases.
    pub(super) schema: i64,
    pub(super) institution: InstitutionId,
    pub(super) code: String,
    pub(super) name: String,
    /// What tells the ballot key from another and gives nothing of it away, in hexadecimal.
    pub(super) key: String,
    /// What is sealed just now, and needs that key: 场次, 评议 and 问卷 by their titles.
    pub(super) sealed: Vec<String>,
    /// 操作记录 of the whole database it comes from: how many entries, and the last one's hash in hexadecimal.
    pub(super) entries: i64,
    pub(super) head: String,
    pub(super) files: Vec<MovedFile>,
}

/// A file of the folder.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MovedFile {
    pub(super) rows: u64,
    #[serde(flatten)]
    pub(super) file: FileHash,
}

/// The schema that this program knows.
pub(super) fn own_schema() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The file of a table.
pub(super) fn file_of(table: &str) -> String {
    format!("{table}.copy")
}

/// Makes a file that its owner alone may read.
pub(super) fn make_file(path: &Path) -> Result<fs::File> {
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("无法写入 {}", path.display()))
}

/// Writes what a query gives into the file of a table.
pub(super) async fn copy_out(
    connection: &mut PgConnection,
    query: &str,
    folder: &Path,
    table: &str,
) -> Result<MovedFile> {
    let name = file_of(table);
    let mut file = make_file(&folder.join(&name))?;
    let (mut hash, mut bytes, mut rows) = (Sha256::new(), 0, 0);
    let mut parts = connection.copy_out_raw(&format!("copy ({query}) to stdout")).await?;
    while let Some(part) = poll_fn(|context| parts.as_mut().poll_next(context)).await {
        let part = part?;
        hash.update(&part);
        bytes += u64::try_from(part.len())?;
        // A line break inside a value is written as two characters.
        rows += u64::try_from(part.split(|byte| *byte == b'\n').count())? - 1;
        file.write_all(&part)?;
    }
    file.sync_all()?;
    Ok(MovedFile { rows, file: FileHash { name, bytes, sha256: hex::encode(hash.finalize()) } })
}

/// Reads the file of a table into `into`, which names a table and its columns; gives how many rows there were.
pub(super) async fn copy_in(connection: &mut PgConnection, into: &str, path: &Path) -> Result<u64> {
    let mut file = fs::File::open(path).with_context(|| format!("无法读取 {}", path.display()))?;
    let mut copying = connection.copy_in_raw(&format!("copy {into} from stdin")).await?;
    let mut part = vec![0_u8; CHUNK];
    loop {
        let read = file.read(&mut part)?;
        let Some(read) = part.get(..read).filter(|read| !read.is_empty()) else { break };
        copying.send(read).await?;
    }
    Ok(copying.finish().await?)
}

/// As [`copy_in`], with other words in the places of some columns.
pub(super) async fn copy_in_renamed(
    connection: &mut PgConnection,
    into: &str,
    path: &Path,
    renamed: &Renamed,
) -> Result<u64> {
    let file = fs::File::open(path).with_context(|| format!("无法读取 {}", path.display()))?;
    let mut copying = connection.copy_in_raw(&format!("copy {into} from stdin")).await?;
    for line in BufReader::new(file).lines() {
        copying.send(renamed.line(&line?).into_bytes()).await?;
    }
    Ok(copying.finish().await?)
}

/// Which words of some columns become others.
#[derive(Debug)]
pub struct Renamed {
    /// Places of the columns in a line, from 0.
    pub places: Vec<usize>,
    /// The word in the file, and the word here.
    pub words: std::collections::BTreeMap<String, String>,
}

impl Renamed {
    /// A line of COPY's text form, with its line break.
    #[must_use]
    pub fn line(&self, line: &str) -> String {
        let values = line.split('\t').enumerate().map(|(place, value)| {
            let word = self.words.get(value).filter(|_| self.places.contains(&place));
            word.map_or(value, String::as_str)
        });
        values.collect::<Vec<_>>().join("\t") + "\n"
    }
}

/// The manifest of a folder in which nothing was changed, and its own SHA-256 in hexadecimal.
pub(super) fn read_folder(folder: &Path) -> Result<(MoveManifest, String)> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).with_context(|| format!("无法读取 {}", path.display()))?;
    let manifest: MoveManifest =
        serde_json::from_str(&text).with_context(|| format!("{} 不是转移学校的清单", path.display()))?;
    ensure!(manifest.format == FORMAT, "{} 的格式不是 {FORMAT}", path.display());
    let mut faults = Vec::new();
    for MovedFile { file: noted, .. } in &manifest.files {
        // A name that leads elsewhere is no file of the folder.
        ensure!(
            Path::new(&noted.name).file_name().is_some_and(|name| name == noted.name.as_str()),
            "清单里的文件名不对"
        );
        match FileHash::of(folder, &noted.name) {
            Ok(found) if found == *noted => {}
            Ok(_) => faults.push(format!("{} 的哈希与清单不符：文件损坏或被改动过", noted.name)),
            Err(error) => faults.push(format!("{error:#}")),
        }
    }
    ensure!(faults.is_empty(), "{}。没有转入", faults.join("；"));
    Ok((manifest, hex::encode(Sha256::digest(text.as_bytes()))))
}
