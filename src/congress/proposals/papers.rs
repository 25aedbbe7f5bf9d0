//! 提案表 and 提案答复.

use super::proposal::{Proposal, ProposalPaper, Reply, Seconder};
use crate::{
    congress::congress::Congress,
    papers::{Column, Paper, Table},
    text::chinese_day,
};

/// A paper of a proposal; none where there is no reply to print.
pub(in crate::congress) fn paper(
    congress: &Congress,
    proposal: &Proposal,
    seconders: &[Seconder],
    replies: &[Reply],
    which: ProposalPaper,
) -> Option<Paper> {
    match which {
        ProposalPaper::Form => Some(form(congress, proposal, seconders)),
        ProposalPaper::Reply => replies.last().map(|reply| answer(congress, proposal, reply)),
    }
}

fn form(congress: &Congress, proposal: &Proposal, seconders: &[Seconder]) -> Paper {
    let agreed: Vec<&str> =
        seconders.iter().filter(|one| one.agreed == Some(true)).map(|one| one.name.as_str()).collect();
    let columns = vec![Column::centred("项目", 8), Column::text("内容", 38)];
    let rows = [
        ("编号", proposal.number_in_words()),
        ("标题", proposal.title.clone()),
        ("类别", proposal.matter.label().to_owned()),
        ("提案人", format!("{}（{}）", proposal.lead_name, proposal.from())),
        ("附议人", agreed.join("、")),
        ("案由", proposal.cause.clone()),
        ("建议", proposal.advice.clone()),
        ("审查结果", proposal.stage.label().to_owned()),
        ("承办部门", proposal.office.clone().unwrap_or_default()),
        ("答复期限", proposal.due_on.map(chinese_day).unwrap_or_default()),
    ];
    let rows = rows.into_iter().map(|(name, says)| vec![name.to_owned(), says]).collect();
    Paper::new(format!("{}\n提案表", congress.title()))
        .table(Table::new(columns, rows))
        .signature_line("提案人")
        .signature_line("提案工作委员会")
}

fn answer(congress: &Congress, proposal: &Proposal, reply: &Reply) -> Paper {
    let again = if reply.is_second() { "再次" } else { "" };
    let mut paper = Paper::new(format!("关于{}{}提案的{again}答复", congress.title(), proposal.number_in_words()))
        .to(format!("{}提案人", proposal.from()))
        .paragraph(format!("您提出的《{}》提案收悉，现答复如下。", proposal.title));
    for line in reply.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    paper.paragraph("感谢您对学校工作的关心和支持。").signed(reply.office.clone(), Some(reply.replied_on))
}
