//! A university out of a database, into a folder.

use std::{fs, io::Write as _, os::unix::fs::DirBuilderExt as _, path::Path};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use sqlx::{Connection as _, PgConnection};
use time::format_description::well_known::Rfc3339;

use super::{
    Leaving,
    away::{check_place, find, mark, unmark, wait_for_others},
    folder::{FORMAT, MANIFEST, MoveManifest, MovedFile, SHARED_FILE, copy_out, make_file, own_schema},
    tables::{MovedTables, SHARED, moved_tables},
};
use crate::{
    audit::{self, moved::RECORD_FILES},
    clock::Clock,
    commands::backup::check_key,
    config::DatabaseConfig,
    database::Database,
    ids::InstitutionId,
    sealing::keys::MarkKey,
};

/// Writes the university's part of the database into a new folder.
pub(super) fn write_out(leaving: Leaving<'_>, folder: &Path, config: &DatabaseConfig) -> Result<String> {
    ensure!(!folder.exists(), "{} 已经存在：转出到一个新的文件夹", folder.display());
    check_place(config)?;
    let key_file = config.ballot_key_file();
    let key = MarkKey::load(&key_file)?;
    let key = key.with_context(|| format!("没有选票密钥 {}：用 --ballot-key 指明它在哪里", key_file.display()))?;
    // Written beside its place and moved there when it is whole.
    let name = folder.file_name().context("文件夹没有名称")?.to_string_lossy();
    let draft = folder.with_file_name(format!(".{name}.new-{}", std::process::id()));
    fs::DirBuilder::new().mode(0o700).create(&draft).with_context(|| format!("无法新建 {}", draft.display()))?;
    let said = write(leaving, config, &key, &Places { draft: &draft, folder });
    if said.is_err() {
        let _ = fs::remove_dir_all(&draft);
    }
    said
}

/// Where the folder is written, and where it stands once it is whole.
struct Places<'a> {
    draft: &'a Path,
    folder: &'a Path,
}

fn write(leaving: Leaving<'_>, config: &DatabaseConfig, key: &MarkKey, places: &Places<'_>) -> Result<String> {
    let database = Database::open_beside(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut db, institution) = find(&database.url, leaving.school).await?;
        let tables = moved_tables(&mut db).await?;
        check_key(&mut db, key).await?;
        let is_new = mark(&mut db, institution, leaving).await?;
        let written = write_marked(&mut db, institution, key, &tables, places).await;
        // Nothing moves: it is worked on here as before.
        if written.is_err() && is_new {
            unmark(&mut db, institution, leaving.school).await?;
        }
        written
    })
}

/// Writes the folder of a university on which nobody works any more.
async fn write_marked(
    db: &mut PgConnection,
    institution: InstitutionId,
    key: &MarkKey,
    tables: &MovedTables,
    places: &Places<'_>,
) -> Result<String> {
    wait_for_others(&mut *db).await?;
    let mut snapshot = db.begin_with("begin isolation level repeatable read, read only").await?;
    let manifest = fill(&mut snapshot, institution, key, tables, places.draft).await?;
    snapshot.rollback().await?;
    let said = seal(&manifest, places.draft)?;
    fs::rename(places.draft, places.folder)?;
    Ok(format!("已转出到 {}\n{said}", places.folder.display()))
}

/// Writes the manifest, the last of the files; says what the folder holds.
fn seal(manifest: &MoveManifest, folder: &Path) -> Result<String> {
    let text = serde_json::to_string_pretty(manifest)? + "\n";
    let mut file = make_file(&folder.join(MANIFEST))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let rows: u64 = manifest.files.iter().map(|file| file.rows).sum();
    let sealed = if manifest.sealed.is_empty() {
        "没有进行中、密封的投票、评议和问卷：转入时可以换一把选票密钥".to_owned()
    } else {
        format!("进行中、密封的（转入的一方要用同一把选票密钥）：{}", manifest.sealed.join("、"))
    };
    Ok(format!(
        "{}：{} 个文件，{rows} 行；数据库版本 {}\n清单哈希 {}\n操作记录完整：原数据库 {} 条，末条哈希 {}\n{sealed}\n\
         没有转出：登录、激活码、记住的设备、日历订阅、没有提交的表单。这里的数据没有改动，从现在起不能再登录，已登录的只能查看；\n\
         不迁了的，用 --stay {} 恢复办理。\n",
        manifest.name,
        manifest.files.len(),
        manifest.schema,
        hex::encode(Sha256::digest(text.as_bytes())),
        manifest.entries,
        manifest.head,
        manifest.code
    ))
}

async fn fill(
    snapshot: &mut PgConnection,
    institution: InstitutionId,
    key: &MarkKey,
    tables: &MovedTables,
    folder: &Path,
) -> Result<MoveManifest> {
    let verified = audit::verify_within(&mut *snapshot).await?;
    let audit::Verified { entries, head } =
        verified.map_err(|audit::Broken { seq, why }| anyhow::anyhow!("操作记录在第 {seq} 条处不完整：{why}"))?;
    let mut files = Vec::new();
    for moved in &tables.tables {
        files.push(copy_out(&mut *snapshot, &moved.rows_of(institution), folder, &moved.table.name).await?);
    }
    files.push(copy_shared(&mut *snapshot, institution, tables, folder).await?);
    for file in RECORD_FILES {
        let rows = file.rows.replace(":university", &institution.to_string());
        files.push(copy_out(&mut *snapshot, &rows, folder, file.name).await?);
    }
    let sealed = sealed(&mut *snapshot, institution).await?;
    let named = sqlx::query!("select code, name from institution where id = $1", institution.0);
    let named = named.fetch_one(snapshot).await?;
    Ok(MoveManifest {
        format: FORMAT.to_owned(),
        made_at: Clock::default().now().format(&Rfc3339)?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: own_schema(),
        institution,
        code: named.code,
        name: named.name,
        key: hex::encode(key.check_value()),
        sealed,
        entries,
        head,
        files,
    })
}

/// Plan versions that came with the program have other ids elsewhere.
async fn copy_shared(
    snapshot: &mut PgConnection,
    institution: InstitutionId,
    tables: &MovedTables,
    folder: &Path,
) -> Result<MovedFile> {
    let mut naming = Vec::new();
    for moved in &tables.tables {
        let rows = moved.rows_of(institution);
        naming.extend(moved.shared.iter().map(|column| format!("select \"{column}\" from ({rows}) named")));
    }
    let query = format!(
        "select id, code, encode(sha256, 'hex') from {SHARED} where institution_id is null and id in ({}) order by id",
        if naming.is_empty() { "null".to_owned() } else { naming.join(" union ") }
    );
    copy_out(snapshot, &query, folder, SHARED_FILE).await
}

/// What is sealed so that only the ballot key of the database lets it go on.
async fn sealed(snapshot: &mut PgConnection, institution: InstitutionId) -> Result<Vec<String>> {
    let titles = sqlx::query_scalar!(
        r#"select '选举场次“' || t.title || '”' as "title!" from sitting t
           where t.institution_id = $1
                 and (t.stage in ('open', 'closed') or t.stage in ('draft', 'announced', 'rehearsed') and exists (
                          select from monitor m where m.sitting_id = t.id and m.mac is not null))
           union all
           select '述职评议“' || s.name || '”' from review r join semester s on s.id = r.semester_id
           where r.institution_id = $1
                 and (r.stage in ('scoring', 'closed') or r.stage in ('reporting', 'confirmed') and exists (
                          select from review_member m where m.review_id = r.id and m.mac is not null))
           union all
           select '问卷“' || q.title || '”' from survey q where q.institution_id = $1 and q.locked_key is not null
           order by 1"#,
        institution.0
    );
    Ok(titles.fetch_all(snapshot).await?)
}
