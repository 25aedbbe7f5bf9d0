//! `lunzhi move-institution`: one university out of a database with several, into another.
//!
//! The folder between them holds a file a table, as COPY writes it, the university's part of the record, and a manifest with
//! counts and hashes. Nothing is deleted where it comes from, and nobody works on it there any more; nothing is written where
//! it goes unless all of it is.

mod away;
pub mod folder;
mod into;
mod out;
pub mod tables;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::config::{DatabaseConfig, PublicUrl};

/// What `move-institution` asks: `--school` with `--to`, or `--from`, or `--stay`.
#[derive(Debug, clap::Args)]
pub struct MoveArgs {
    /// 转出哪一所学校：学校代码，如 qingyu。
    #[arg(long, requires = "to")]
    pub school: Option<String>,
    /// 转出到哪里：一个还不存在的文件夹。
    #[arg(long, value_name = "DIR", requires = "school", required_unless_present_any = ["from", "stay"])]
    pub to: Option<PathBuf>,
    /// 转出以后浏览器访问的新地址（协议、域名、端口）；写明的，在这里登录的人会看到。
    #[arg(long, value_name = "URL", requires = "school")]
    pub address: Option<PublicUrl>,
    /// 转入：由转出的文件夹恢复到这个数据库。
    #[arg(long, value_name = "DIR", conflicts_with_all = ["school", "to"])]
    pub from: Option<PathBuf>,
    /// 撤销转出：不迁了，这所学校（学校代码）在这里恢复办理。
    #[arg(long, value_name = "CODE", conflicts_with_all = ["school", "to", "from"])]
    pub stay: Option<String>,
    #[command(flatten)]
    /// Where the database is.
    pub database: DatabaseConfig,
}

/// A university that leaves.
#[derive(Debug, Clone, Copy)]
struct Leaving<'a> {
    /// Its code.
    school: &'a str,
    /// The address under which people reach it where it goes.
    address: Option<&'a str>,
}

/// Writes a university into a new folder, takes one in from it, or lets it be worked on again where it was; says what was
/// moved and what was not.
///
/// # Errors
/// Out: where the folder exists, the university does not, the schema is not this program's, or the record is broken. In: where
/// the code is taken, the schema is another, a file was changed, or votes, sheets or answers are sealed to another key. Nothing
/// is left half done.
pub fn move_institution(args: &MoveArgs) -> Result<String> {
    if let Some(school) = &args.stay {
        return away::stay(school, &args.database);
    }
    if let Some(folder) = &args.from {
        return into::take_in(folder, &args.database);
    }
    let (school, folder) =
        args.school.as_ref().zip(args.to.as_ref()).context("请写明 --school 和 --to，或者 --from，或者 --stay")?;
    let address = args.address.as_ref().map(PublicUrl::as_str);
    out::write_out(Leaving { school, address }, folder, &args.database)
}
