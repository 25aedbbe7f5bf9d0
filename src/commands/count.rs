//! `lunzhi count`: an election counted.

use std::path::Path;

use super::{Answer, Ends, Unreadable, for_people, json, read_file, table};
use crate::{
    elections::election_file,
    rules::election::{self, CandidateFigures, Count},
};

/// Counts the election at `path`.
///
/// # Errors
/// [`Unreadable`] where the file cannot be read.
pub fn count(path: &Path, as_json: bool) -> Result<Answer, Unreadable> {
    let bytes = read_file(path, election_file::LARGEST_FILE)?;
    let election = election_file::read(&bytes).map_err(Unreadable)?;
    let count = election::count(&election);
    let text = if as_json { json(&count)? } else { for_people(&in_words(&count)) };
    Ok(Answer { text, ends: Ends::failing(!count.valid_election), notes: Vec::new() })
}

fn in_words(count: &Count) -> String {
    let Count { returned, valid, void, vacant, .. } = count;
    let head = if count.valid_election {
        "选举有效".to_owned()
    } else {
        format!("选举无效：{}", count.reasons.join("；"))
    };
    let unread = count.candidates.iter().any(|figures| figures.unreadable > 0);
    let abstained = |abstain: u32, unreadable: u32| {
        if unread { format!("{abstain}（其中无法辨认 {unreadable}）") } else { abstain.to_string() }
    };
    let mut rows = vec![["姓名", "赞成", "反对", "弃权", "结果"].map(str::to_owned).to_vec()];
    let result = |name: &String| {
        let word = if count.elected.contains(name) {
            "当选"
        } else if count.tied.contains(name) {
            "得票相同，待定"
        } else {
            ""
        };
        word.to_owned()
    };
    for figures in &count.candidates {
        let CandidateFigures { name, votes_for, against, abstain, unreadable } = figures;
        let numbers = [votes_for.to_string(), against.to_string(), abstained(*abstain, *unreadable)];
        rows.push([name.clone()].into_iter().chain(numbers).chain([result(name)]).collect());
    }
    for figures in &count.write_ins {
        let name = format!("{}（另选他人）", figures.name);
        rows.push(vec![name, figures.votes_for.to_string(), String::new(), String::new(), result(&figures.name)]);
    }
    for figures in &count.unclear {
        let (name, word) =
            (format!("{}（另选他人）", figures.name), "候选人中有同名者，不知是谁，不计给任何人".to_owned());
        rows.push(vec![name, figures.votes_for.to_string(), String::new(), String::new(), word]);
    }
    let similar = count
        .similar
        .iter()
        .fold(String::new(), |lines, group| lines + "请核对是否同一人（没有合并计算）：" + &group.join("、") + "\n");
    let elected = count.elected.len();
    format!(
        "{head}\n收回 {returned} 张，有效 {valid} 张，无效 {void} 张\n\n{}{similar}\n当选 {elected} 人，空缺 {vacant} 席\n",
        table(&rows)
    )
}
