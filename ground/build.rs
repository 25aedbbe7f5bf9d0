//! What the compiler does not look at by itself: the forms of the yearly account, each a file of a folder.

use std::{
    env,
    ffi::OsStr,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

const INDICATORS: &str = "src/rules/indicators";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={INDICATORS}");
    let to = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&to).join("indicators.rs"), indicators()?)
}

/// A list of the forms for the compiler, by name and text: the national one first, because it is the one that is offered.
fn indicators() -> io::Result<String> {
    let mut files = fs::read_dir(INDICATORS)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    files.retain(|path| path.extension() == Some(OsStr::new("toml")));
    let mut names: Vec<&str> = files.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    names.sort_by_key(|name| (*name != "national", *name));
    let mut list = "&[\n".to_owned();
    for name in names {
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{INDICATORS}/{name}.toml\"))");
        writeln!(list, "    (\"{name}\", {text}),").map_err(io::Error::other)?;
    }
    Ok(list + "]\n")
}
