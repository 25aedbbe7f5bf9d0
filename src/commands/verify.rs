//! `lunzhi verify`: the public record of a sitting checked, by anybody who holds it.

use std::path::Path;

use serde::Serialize;

use super::{Answer, Ends, Unreadable, for_people, json, read_file};
use crate::elections::record::{self, LARGEST_FILE, Level, Verified};

#[derive(Serialize)]
struct Checked<'a> {
    agrees: bool,
    /// `totals` or `ballots`; none where something does not agree.
    level: Option<&'static str>,
    sitting: &'a str,
    title: &'a str,
    contests: usize,
    receipts: usize,
    /// The first thing that does not agree.
    disagreement: Option<String>,
}

/// Checks the record at `path`, and the full ballots at `ballots` where they are given.
///
/// # Errors
/// [`Unreadable`] where a file cannot be read.
pub fn verify(path: &Path, ballots: Option<&Path>, as_json: bool) -> Result<Answer, Unreadable> {
    let record = record::read(&read_file(path, LARGEST_FILE)?).map_err(Unreadable::one)?;
    let ballots = ballots.map(|path| read_file(path, LARGEST_FILE)).transpose()?;
    let outcome = record::verify(&record, ballots.as_deref());
    let fails = outcome.is_err();
    let text = if as_json {
        let level = outcome.as_ref().ok().map(|verified| match verified.level {
            Level::Totals => "totals",
            Level::Ballots => "ballots",
        });
        json(&Checked {
            agrees: !fails,
            level,
            sitting: &record.sitting,
            title: &record.title,
            contests: record.contests.len(),
            receipts: record.receipts.len(),
            disagreement: outcome.err(),
        })?
    } else {
        for_people(&in_words(&record.title, outcome))
    };
    Ok(Answer { text, ends: Ends::failing(fails), notes: Vec::new() })
}

fn in_words(title: &str, outcome: Result<Verified, String>) -> String {
    match outcome {
        Ok(Verified { level: Level::Totals, contests, receipts }) => format!(
            "{title}：相符\n核对到：合计。{contests} 项选举的账目和当选结果相符，回执 {receipts} 个与加密选票数相等。\n\
             没有全部选票，没有重新计票；监票人可用 --ballots 给出全部选票再核对。\n"
        ),
        Ok(Verified { level: Level::Ballots, contests, receipts }) => format!(
            "{title}：相符\n核对到：全部选票。选票文件的哈希相符，{contests} 项选举由选票重新计票，得数、当选结果相符，\
             回执 {receipts} 个与加密选票数相等。\n"
        ),
        Err(why) => format!("{title}：不相符\n{why}\n"),
    }
}
