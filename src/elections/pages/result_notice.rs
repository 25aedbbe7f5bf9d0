//! 选举结果公告 as a paper.

use super::result::{ContestResult, Results};
use crate::{
    clock::CHINA,
    elections::sitting::Sitting,
    papers::{Paper, closed_up},
};

/// What is announced of a sitting, signed by the office in charge and dated with the day of its report.
pub(super) fn paper(signed: String, sitting: &Sitting, results: &Results) -> Paper {
    let decision = match sitting.decision.as_str() {
        "" => String::new(),
        decision => format!("（{decision}）"),
    };
    let title = &sitting.title;
    let mut paper = Paper::new(format!("{title}结果公告"))
        .paragraph(format!("根据选举办法{decision}，{title}已经举行，监票人已报告计票结果，现公告如下。"));
    for one in &results.contests {
        paper = contest(paper, one);
    }
    let day = sitting.reported_at().map(|at| at.to_offset(CHINA).date());
    paper.paragraph("特此公告。").signed(signed, day)
}

fn contest(paper: Paper, one: &ContestResult) -> Paper {
    let (attendance, tally, count) = (&one.account.attendance, &one.account.tally, &one.account.count);
    let valid = if count.valid_election {
        "选举有效".to_owned()
    } else {
        format!("选举无效：{}", closed_up(&count.reasons.join("；")))
    };
    let elected = match count.elected.len() {
        0 => "没有人当选。".to_owned(),
        1 => format!("当选（1人）：{}。", count.elected.join("、")),
        many => format!("当选（{many}人，按得票多少排列）：{}。", count.elected.join("、")),
    };
    let paper = paper
        .heading(&one.contest.title)
        .paragraph(format!(
            "应到{}人，实到{}人。发出选票{}张，收回{}张，其中有效{}张，无效{}张。{valid}。",
            attendance.due, attendance.present, attendance.issued, tally.returned, tally.valid, tally.void
        ))
        .paragraph(elected);
    if count.vacant == 0 {
        return paper;
    }
    let tied = if count.tied.is_empty() { String::new() } else { format!("：{}得票相同", count.tied.join("、")) };
    paper.paragraph(format!("空缺{}席{tied}。", count.vacant))
}
