//! 提案表 and 提案答复.

use super::proposal::{Proposal, ProposalPaper, Reply, Seconder};
use crate::{
    congress::congress::Congress,
    name::order::{self, StrokeOrder},
    papers::{Column, Paper, Table, closed_up},
    rules::proposal::Stage,
    text::chinese_day,
};

/// Those who second a proposal, in the order in which official papers of the university name people.
pub(in crate::congress) struct Seconded {
    seconders: Vec<Seconder>,
    order: StrokeOrder,
}

impl Seconded {
    pub fn new(mut seconders: Vec<Seconder>, order: StrokeOrder) -> Self {
        seconders.retain(|one| one.agreed == Some(true));
        order::sort(&mut seconders, order, |one| &one.name);
        Self { seconders, order }
    }

    /// What stands before their names.
    fn heading(&self) -> String {
        if self.seconders.len() > 1 { format!("附议人（{}）", self.order.label()) } else { "附议人".to_owned() }
    }

    fn names(&self) -> String {
        self.seconders.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("、")
    }
}

/// A paper of a proposal; none where there is no reply to print.
pub(in crate::congress) fn paper(
    congress: &Congress,
    proposal: &Proposal,
    seconded: &Seconded,
    replies: &[Reply],
    which: ProposalPaper,
) -> Option<Paper> {
    match which {
        ProposalPaper::Form => Some(form(congress, proposal, seconded)),
        ProposalPaper::Reply => replies.last().map(|reply| answer(congress, proposal, reply)),
    }
}

fn number(proposal: &Proposal) -> String {
    closed_up(&proposal.number_in_words())
}

/// What the committee decided; empty as long as it has not.
fn screened(proposal: &Proposal) -> String {
    match proposal.stage {
        Stage::Draft | Stage::Submitted | Stage::Withdrawn => String::new(),
        Stage::Accepted | Stage::Assigned | Stage::Replied | Stage::Closed => "立案".to_owned(),
        Stage::Joined => "并案办理".to_owned(),
        Stage::Refused => {
            let ground = proposal.refused_for.map(|ground| format!("（{}）", ground.label())).unwrap_or_default();
            format!("不予立案{ground}")
        }
    }
}

fn form(congress: &Congress, proposal: &Proposal, seconded: &Seconded) -> Paper {
    let seconders = seconded.heading();
    let proposer = match proposal.delegation.as_str() {
        "" => proposal.lead_name.clone(),
        delegation => format!("{}（{delegation}）", proposal.lead_name),
    };
    let columns = vec![Column::centred("项目", 8), Column::text("内容", 38)];
    let rows = [
        ("编号", number(proposal)),
        ("标题", proposal.title.clone()),
        ("类别", proposal.matter.label().to_owned()),
        ("提案人", proposer),
        (seconders.as_str(), seconded.names()),
        ("案由", proposal.cause.clone()),
        ("建议", proposal.advice.clone()),
        ("审查结果", screened(proposal)),
        ("承办部门", proposal.office.clone().unwrap_or_default()),
        ("答复期限", proposal.due_on.map(chinese_day).unwrap_or_default()),
        ("办理情况", proposal.stage.label().to_owned()),
    ];
    let rows = rows.into_iter().map(|(name, says)| vec![name.to_owned(), says]).collect();
    Paper::new(format!("{}\n提案表", congress.title_in_lines(0)))
        .table(Table::new(columns, rows))
        .signature_line("提案人")
        .signature_line("提案工作委员会")
}

fn answer(congress: &Congress, proposal: &Proposal, reply: &Reply) -> Paper {
    let again = if reply.is_second() { "再次" } else { "" };
    let to = if proposal.delegation.is_empty() {
        "提案代表".to_owned()
    } else {
        format!("{}提案人", proposal.delegation)
    };
    let mut paper = Paper::new(format!("关于{}\n{}提案的{again}答复", congress.title(), number(proposal)))
        .to(to)
        .paragraph(format!("您提出的《{}》提案收悉，现答复如下。", proposal.title));
    for line in reply.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    paper.paragraph("感谢您对学校工作的关心和支持。").signed(reply.office.clone(), Some(reply.replied_on))
}
