//! `lunzhi order`: names in the order of official papers.

use std::{
    io::{Read, stdin},
    path::Path,
};

use serde::Serialize;

use super::{Answer, Ends, Unreadable, for_people, json, read_file};
use crate::name::{
    order::{self, StrokeOrder},
    shown,
};

/// Bytes of a list of names.
const LARGEST_FILE: usize = 8 * 1024 * 1024;

#[derive(Serialize)]
struct Ordered {
    rule: &'static str,
    names: Vec<String>,
    /// Names with a character that 通用规范汉字表 lacks, at the end of `names`.
    unknown: Vec<String>,
}

/// Orders the names at `path`, one a line; `-` is standard input.
///
/// # Errors
/// [`Unreadable`] where the list cannot be read.
pub fn order(path: &Path, whole: bool, as_json: bool) -> Result<Answer, Unreadable> {
    let bytes = if path == Path::new("-") { read_stdin()? } else { read_file(path, LARGEST_FILE)? };
    let text = String::from_utf8(bytes)
        .map_err(|_| Unreadable::one(format!("{}：不是 UTF-8 文本，请另存为 UTF-8", path.display())))?;
    let mut names: Vec<String> = text.lines().map(shown).filter(|name| !name.is_empty()).collect();
    let rule = if whole { StrokeOrder::Whole } else { StrokeOrder::Surname };
    order::sort(&mut names, rule, |name| name);
    let (mut unknown, mut notes) = (Vec::new(), Vec::new());
    for name in &names {
        let lacking: String = order::unknown(name).into_iter().collect();
        if !lacking.is_empty() {
            notes.push(format!("提示：“{name}”的“{lacking}”不在《通用规范汉字表》里，排在最后，请人工核对位置"));
            unknown.push(name.clone());
        }
    }
    let text = if as_json {
        json(&Ordered { rule: rule.slug(), names, unknown })?
    } else {
        names.iter().map(|name| for_people(name) + "\n").collect()
    };
    Ok(Answer { text, ends: Ends::Passes, notes })
}

fn read_stdin() -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let read = stdin().lock().take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Unreadable::one(format!("无法读取标准输入：{error}")))?;
    if bytes.len() > LARGEST_FILE {
        return Err(Unreadable::one(format!("标准输入超过 {} MB", LARGEST_FILE / 1024 / 1024)));
    }
    Ok(bytes)
}
