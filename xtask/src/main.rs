//! Build help that must run before anything with checked SQL can be compiled: keeps `.sqlx` current.
//!
//! `cargo xtask prepare` writes the answers that the `query!` macros check against; a test of the portal holds the committed
//! ones against a database. `cargo xtask stroke-order` writes the order of characters by strokes.

#[path = "../../src/database/embedded.rs"]
#[expect(dead_code, reason = "the portal's own file; this program only starts the server")]
mod embedded;
mod stroke_order;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use embedded::{EmbeddedPg, Options, find_binaries};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace's folder")?.to_owned();
    let committed = root.join(".sqlx");
    match env::args().nth(1).as_deref() {
        Some("prepare") => {
            if committed.exists() {
                fs::remove_dir_all(&committed)?;
            }
            write_answers(&root, &committed)
        }
        Some("stroke-order") => stroke_order::write(&root, &scratch()),
        _ => bail!("usage: cargo xtask prepare | stroke-order"),
    }
}

/// Checks the portal's SQL against a fresh, migrated database and writes the answers into `folder`.
fn write_answers(root: &Path, folder: &Path) -> Result<()> {
    // The folder must exist first, else the macros say that it does not.
    fs::create_dir_all(folder)?;
    let scratch = scratch();
    let server = EmbeddedPg::start(&Options { dir: scratch.clone(), disposable: true })?;
    let url = server.url("postgres");
    let mut migrations: Vec<PathBuf> =
        fs::read_dir(root.join("migrations"))?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    migrations.sort();
    for migration in migrations {
        let mut psql = Command::new(find_binaries(None)?.join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file"]);
        ensure!(psql.arg(&migration).arg(&url).status()?.success(), "{} failed", migration.display());
    }
    // The macros run when the crate is compiled: make the compiler see a change. It is compiled for the stories, which need
    // it next and with the features of their own libraries: by itself it would be compiled once more.
    let library = root.join("src/lib.rs");
    let text = fs::read(&library)?;
    fs::write(&library, text)?;
    let mut cargo = Command::new(env::var_os("CARGO").context("run this through cargo")?);
    // What cargo tells this program of its own package makes the build script of ring run anew, and all that needs it.
    for (name, _) in env::vars_os() {
        let of_package = name.to_str().is_some_and(|name| {
            ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|start| name.starts_with(start))
        });
        if of_package {
            cargo.env_remove(name);
        }
    }
    let status = cargo
        .args(["test", "--quiet", "--package", "lunzhi", "--test", "portal", "--no-run"])
        .current_dir(root)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", folder)
        .env("DATABASE_URL", &url)
        .status()?;
    drop(server);
    fs::remove_dir_all(scratch)?;
    ensure!(status.success(), "the portal does not compile against its migrations");
    Ok(())
}

fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    parent.join(format!("lunzhi-xtask-{}", std::process::id()))
}
