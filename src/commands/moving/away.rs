//! A university that moves away: from then on nobody comes in where it comes from, and whoever is in only reads, until the
//! operator says that it stays.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use sqlx::{Connection as _, PgConnection};

use super::{Leaving, folder::own_schema};
use crate::{
    accounts::store::institution_named,
    audit::{self, Entry},
    clock::Clock,
    config::DatabaseConfig,
    database::{Database, reach::reach},
    ids::InstitutionId,
};

const LOOKS_AGAIN: Duration = Duration::from_millis(50);
/// For a minute: no act of the portal may take as long.
const MOST_LOOKS: u32 = 1200;

/// The university is worked on here again.
pub(super) fn stay(school: &str, config: &DatabaseConfig) -> Result<String> {
    check_place(config)?;
    let database = Database::open_beside(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut db, institution) = find(&database.url, school).await?;
        ensure!(unmark(&mut db, institution, school).await?, "{school} 没有迁出，不用撤销");
        Ok(format!(
            "已撤销 {school} 的迁出：这里恢复办理。已经转入别处的，先让那里停用，不要两处同时办理；\
             迁出期间在那里办的，这里没有。\n"
        ))
    })
}

/// There is a database to work on.
pub(super) fn check_place(config: &DatabaseConfig) -> Result<()> {
    let data = config.data_folder();
    ensure!(config.url.is_some() || data.join("data/PG_VERSION").exists(), "{} 里没有数据库", data.display());
    Ok(())
}

/// The database, if it is of this program's schema, and the university.
pub(super) async fn find(url: &str, school: &str) -> Result<(PgConnection, InstitutionId)> {
    let mut db = reach(url).await.context("连接数据库")?.connection;
    let schema: i64 =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(&mut db).await?;
    let own = own_schema();
    ensure!(schema == own, "数据库版本 {schema} 与程序的 {own} 不同：先用这个版本的程序启动一次");
    let institution = institution_named(&mut db, school).await?;
    let institution = institution.with_context(|| format!("没有代码为 {school} 的学校"))?;
    Ok((db, institution))
}

/// Marks the university as moved today, and notes in the record that somebody took all of it: the last entry that goes along.
/// `true` where it was not marked before.
pub(super) async fn mark(db: &mut PgConnection, institution: InstitutionId, leaving: Leaving<'_>) -> Result<bool> {
    let clock = Clock::default();
    let mut noting = db.begin().await?;
    let marked = sqlx::query!(
        "insert into moved_university (institution_id, moved_on) values ($1, $2) on conflict do nothing",
        institution.0,
        clock.today()
    );
    let is_new = marked.execute(&mut *noting).await?.rows_affected() == 1;
    if let Some(address) = leaving.address {
        sqlx::query!("update moved_university set address = $2 where institution_id = $1", institution.0, address)
            .execute(&mut *noting)
            .await?;
    }
    let entry = Entry::new(audit::Verb::UniversityMovedOut, leaving.school);
    audit::append_by_operator(&mut noting, institution, entry, clock.now()).await?;
    noting.commit().await?;
    Ok(is_new)
}

/// Takes the mark away again; `false` where there was none.
pub(super) async fn unmark(db: &mut PgConnection, institution: InstitutionId, school: &str) -> Result<bool> {
    let mut noting = db.begin().await?;
    let marked = sqlx::query!("delete from moved_university where institution_id = $1", institution.0);
    if marked.execute(&mut *noting).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let entry = Entry::new(audit::Verb::UniversityStayed, school);
    audit::append_by_operator(&mut noting, institution, entry, Clock::default().now()).await?;
    noting.commit().await?;
    Ok(true)
}

/// Waits until everything that was under way when the university was marked has ended: it was acknowledged, and goes along.
pub(super) async fn wait_for_others(db: &mut PgConnection) -> Result<()> {
    let under_way: Vec<String> = sqlx::query_scalar(
        "select l.virtualtransaction from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'virtualxid' and l.pid <> pg_backend_pid() and a.datname = current_database()
               and a.usesysid is not null",
    )
    .fetch_all(&mut *db)
    .await?;
    for _ in 0..MOST_LOOKS {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks where locktype = 'virtualxid' and virtualtransaction = any($1)",
        )
        .bind(&under_way)
        .fetch_one(&mut *db)
        .await?;
        if left == 0 {
            return Ok(());
        }
        tokio::time::sleep(LOOKS_AGAIN).await;
    }
    bail!("数据库里有一项操作一分钟还没有结束（可能正在备份）：等它结束以后再转出")
}
