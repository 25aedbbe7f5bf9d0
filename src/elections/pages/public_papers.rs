//! What is announced of a sitting before the vote and at its early end, as papers: 选举公告, 候选人公告, 提前截止公告. Each is
//! dated with the day of the act.

use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    elections::sitting::{Candidate, Contest, Monitor, Sitting},
    page::filters::minute_of,
    papers::{Column, Paper, Table},
};

fn day_of(at: OffsetDateTime) -> Date {
    at.to_offset(CHINA).date()
}

/// 根据选举办法, with the decision where there is one.
fn by_the_rules(sitting: &Sitting) -> String {
    match sitting.decision.as_str() {
        "" => "根据选举办法".to_owned(),
        decision => format!("根据选举办法（{decision}）"),
    }
}

fn electorate(contest: &Contest) -> String {
    let Contest { body, body_name, seats, .. } = contest;
    format!("选举单位：{}（{body_name}）。应选{seats}人。", body.label())
}

/// 选举公告: when, who elects how many, how to vote, who watches.
pub(super) fn announcement(signed: String, sitting: &Sitting, contests: &[Contest], monitors: &[Monitor]) -> Paper {
    let (title, opens, closes) = (&sitting.title, minute_of(sitting.opens_at), minute_of(sitting.closes_at));
    let by = by_the_rules(sitting);
    let mut paper =
        Paper::new(format!("{title}公告")).paragraph(format!("{by}，定于{opens}至{closes}举行{title}，现公告如下。"));
    for paragraph in sitting.note.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(paragraph);
    }
    for contest in contests {
        let (voters, candidates) = (contest.voters, contest.candidates.len());
        paper = paper
            .heading(&contest.title)
            .paragraph(format!("{}选民{voters}人，候选人{candidates}人。", electorate(contest)));
    }
    let again =
        if sitting.revote { "截止以前可以再投，以最后一次为准。" } else { "投后不能更改。" };
    let monitor = |monitor: &Monitor| format!("{}（{}）", monitor.name, monitor.duty());
    let monitors: Vec<String> = monitors.iter().map(monitor).collect();
    paper
        .heading("投票办法")
        .paragraph(format!(
            "无记名投票。选民登录系统，在“我的投票”里投票；不便使用的，在会场凭票码或领取纸质选票投票。{again}"
        ))
        .paragraph(format!("监票人：{}。其中{}人到场输入口令，方能开票。", monitors.join("、"), sitting.threshold))
        .paragraph("特此公告。")
        .signed(signed, sitting.announced_at().map(day_of))
}

/// 候选人公告: who stands, in the ballot's order.
pub(super) fn candidates(signed: String, sitting: &Sitting, contests: &[Contest]) -> Paper {
    let (title, by) = (&sitting.title, by_the_rules(sitting));
    let mut paper = Paper::new(format!("{title}候选人公告"))
        .paragraph(format!("{by}，{title}的候选人已经确定，现公告如下（按选票上的顺序排列）。"));
    for contest in contests {
        let columns = vec![
            Column::centred("序号", 4),
            Column::centred("候选人", 12),
            Column::text("简介", 16),
            Column::text("产生方式", 16),
        ];
        let row = |(place, one): (usize, &Candidate)| {
            let withdrawn = if one.withdrawn.is_some() { "（公告以后退选）" } else { "" };
            vec![place.to_string(), format!("{}{withdrawn}", one.label), one.about.clone(), one.origin.clone()]
        };
        let rows = (1..).zip(&contest.candidates).map(row).collect();
        paper = paper
            .heading(&contest.title)
            .paragraph(format!("{}{}。", electorate(contest), contest.order.label()))
            .table(Table::new(columns, rows));
    }
    paper.paragraph("特此公告。").signed(signed, sitting.announced_at().map(day_of))
}

/// 提前截止公告: the announced end, the real one, and why.
pub(super) fn early_closing(signed: String, sitting: &Sitting) -> Paper {
    let (title, opens, closes) = (&sitting.title, minute_of(sitting.opens_at), minute_of(sitting.closes_at));
    let ended = minute_of(*sitting.ends());
    let why = sitting.close_why().map_or_else(String::new, |why| format!("原因：{why}。"));
    Paper::new(format!("{title}提前截止投票公告"))
        .paragraph(format!(
            "{title}公告的投票时间是{opens}至{closes}，实际于{ended}提前截止。{why}此前投出的票都已封存，由监票人开票。"
        ))
        .paragraph("特此公告。")
        .signed(signed, Some(day_of(*sitting.ends())))
}
