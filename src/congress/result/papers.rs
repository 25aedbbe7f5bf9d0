//! The official papers of a result: 选举结果报告, 批复, 备案报告.

use super::result::{CongressResult, Purpose, ResultPaper};
use crate::{
    congress::congress::Congress,
    papers::{Column, Paper, Table},
    text::chinese_day,
};

impl CongressResult {
    /// The names of the elected, as a sentence has them.
    fn names(&self) -> String {
        self.elected.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("、")
    }

    fn table(&self) -> Table {
        let mut columns = vec![
            Column::centred("序号", 4),
            Column::centred("姓名", 8),
            Column::text("院系", 14),
            Column::text("班级", 16),
        ];
        // The report of an election outside need not say them.
        let votes_known = self.elected.iter().any(|one| one.votes.is_some());
        if votes_known {
            columns.push(Column::centred("得票", 6));
        }
        let row = |(place, one): (usize, &super::result::Elected)| {
            let mut cells = vec![place.to_string(), one.name.clone(), one.college.clone(), one.class.clone()];
            if votes_known {
                cells.push(one.votes.map(|votes| votes.to_string()).unwrap_or_default());
            }
            cells
        };
        Table::new(columns, (1..).zip(&self.elected).map(row).collect())
    }
}

/// A title about the election, which is broken behind the union's name.
fn title(congress: &Congress, result: &CongressResult, before: &str, after: &str) -> String {
    let what = match result.purpose {
        Purpose::Term => "主席团",
        Purpose::ByElection => "主席团补选",
    };
    format!("{before}{}\n{what}{after}", congress.union_name())
}

/// What the election was, in the words of a sentence.
fn elected_what(congress: &Congress, result: &CongressResult) -> String {
    match result.purpose {
        Purpose::Term => format!("{}主席团", congress.union_name()),
        Purpose::ByElection => format!("{}主席团补选", congress.union_name()),
    }
}

/// A paper of the result; `word` is what the plan calls the telling of the congress.
pub(in crate::congress) fn paper(
    congress: &Congress,
    result: &CongressResult,
    which: ResultPaper,
    word: &str,
) -> Paper {
    match which {
        ResultPaper::Report => report(congress, result, word),
        ResultPaper::Approval => approval(congress, result),
        ResultPaper::Filing => filing(congress, result, word),
    }
}

fn report(congress: &Congress, result: &CongressResult, word: &str) -> Paper {
    let (title, what) = (congress.title(), elected_what(congress, result));
    let told = result.state.announcement().map_or_else(
        || format!("选举结果待向大会{word}。"),
        |told| format!("选举结果已于{}由{}向大会{word}。", chinese_day(told.on), told.by),
    );
    let many = result.elected.len();
    Paper::new(self::title(congress, result, "关于", "选举结果的请示"))
        .to(congress.party_body())
        .paragraph(format!(
            "{title}于{}选举产生{what}成员{many}人（按得票多少排列）：{}。{told}现将选举结果报请批准。",
            chinese_day(result.elected_on),
            result.names()
        ))
        .table(result.table())
        .paragraph("妥否，请批示。")
        .signed(congress.union_name(), None)
}

fn approval(congress: &Congress, result: &CongressResult) -> Paper {
    let what = elected_what(congress, result);
    let approved = result.state.approval();
    let paper = Paper::new(title(congress, result, "关于同意", "选举结果的批复"))
        .to(congress.union_name())
        .paragraph(format!("你会《关于{what}选举结果的请示》收悉。经研究，批复如下。"))
        .paragraph(format!("同意{}选举产生的主席团成员：{}。", congress.title(), result.names()))
        .paragraph("望按照规定做好工作交接，并及时报上级备案。");
    let by = approved.map_or_else(|| congress.party_body(), |one| one.by.clone());
    let paper = paper.signed(by, approved.map(|one| one.on));
    match approved {
        Some(approved) => paper.number(approved.number.clone()),
        None => paper,
    }
}

fn filing(congress: &Congress, result: &CongressResult, word: &str) -> Paper {
    let what = elected_what(congress, result);
    let sent = result.state.sending();
    let receiver = sent.map_or_else(|| congress.higher_body().to_owned(), |one| one.receiver.clone());
    let approved = result.state.approval().map_or_else(
        || "选举结果待同级党组织批准。".to_owned(),
        |one| format!("选举结果已于{}经{}批准（{}）。", chinese_day(one.on), one.by, one.number),
    );
    let told = result.state.announcement();
    let told = told.map(|one| format!("{}向大会{word}。", chinese_day(one.on))).unwrap_or_default();
    Paper::new(title(congress, result, "关于", "选举结果的备案报告"))
        .to(receiver)
        .paragraph(format!(
            "{}于{}选举产生{what}成员{}人，{told}{approved}现报请备案。",
            congress.title(),
            chinese_day(result.elected_on),
            result.elected.len()
        ))
        .table(result.table())
        .paragraph("附件：1.选举结果的请示　2.批复")
        .signed(congress.union_name(), sent.map(|one| one.on))
}
