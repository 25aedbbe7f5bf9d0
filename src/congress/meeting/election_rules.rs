//! 选举办法 of a congress's meeting in articles, from the rules by which its sittings are counted; a draft until the meeting
//! has passed it.

use super::{
    composed::{Course, PreparedContest},
    nouns::{HandVoteRow, VoteKind},
};
use crate::{
    clock::CHINA,
    elections::sitting::{ContestRules, Sourced},
    papers::{Paper, closed_up},
    rules::sitting::Fills,
    text::{chinese_day, chinese_number},
};

impl PreparedContest {
    fn in_words(&self) -> String {
        let stand = match self.candidates {
            0 => "候选人名单另行公布".to_owned(),
            many => format!("候选人{many}人"),
        };
        format!("{}，应选{}人，{stand}", self.title, self.seats)
    }
}

fn rule(one: &Sourced) -> String {
    format!("{}：{}。", one.label, closed_up(&one.value))
}

/// How each contest is counted: once where all are counted alike.
fn counting(contests: &[PreparedContest]) -> Vec<String> {
    let of = |one: &PreparedContest| one.rules.iter().map(rule).collect::<String>();
    let Some(first) = contests.first() else {
        return vec![ContestRules::PRACTICE.in_words(&[], "").iter().map(rule).collect()];
    };
    let common = of(first);
    if contests.iter().all(|one| of(one) == common) {
        return vec![common];
    }
    contests.iter().map(|one| format!("{}按下列规定计票。{}", one.title, of(one))).collect()
}

impl Course {
    /// The vote by which the meeting passed its 选举办法.
    fn rules_passed(&self) -> Option<&HandVoteRow> {
        let is_it = |one: &&HandVoteRow| one.kind == VoteKind::ElectionRules && one.passed && one.voided_why.is_none();
        self.votes.iter().rev().find(is_it)
    }

    /// Whether the articles are those of practice, because no sitting is prepared yet.
    pub(super) fn rules_are_of_practice(&self) -> bool {
        self.prepared.is_empty()
    }

    /// 选举办法, a draft until a vote has passed it.
    pub(super) fn election_rules(&self) -> Paper {
        let (title, union) = (self.congress.title(), self.congress.union_name());
        let (due, address) = (self.congress.due(), self.congress.address());
        let contests: Vec<String> = self.prepared.iter().map(PreparedContest::in_words).collect();
        let elected = if contests.is_empty() {
            format!("大会选举{union}主席团成员，应选人数和候选人名单另行公布。")
        } else {
            format!("大会选举：{}。", contests.join("；"))
        };
        let write_ins = self.prepared.is_empty() || self.prepared.iter().any(|one| one.takes_write_ins);
        let others = if write_ins { "；另选他人的，写上姓名并在“赞成”栏画○" } else { "" };
        let mut articles = vec![
            format!("为做好{title}的选举工作，保障{address}的民主权利，制定本办法。"),
            elected,
            format!("到会的{due}有选举权；列席人员没有选举权。{address}应当亲自投票，不得委托他人。"),
            "选举采用无记名投票的方式。".to_owned(),
            format!("赞成的在“赞成”栏画○，不赞成的在“反对”栏画×，弃权的不作标记{others}。"),
            "收回的选票等于或者少于发出的选票，选举有效；多于发出的选票，选举无效，重新选举。".to_owned(),
        ];
        articles.extend(counting(&self.prepared));
        articles
            .push("选举设总监票人、监票人和计票人，名单由大会举手表决通过。候选人不得担任监票人、计票人。".to_owned());
        articles.push("投票、计票由监票人监督。计票结果由总监票人报告，由大会执行主席宣布。".to_owned());
        if self.prepared.is_empty() || self.prepared.iter().any(|one| one.fills == Fills::Presidium) {
            articles.push(format!(
                "选举结果报{}批准，并报{}备案。",
                self.congress.party_body(),
                self.congress.higher_body()
            ));
        }
        articles.push("本办法经大会表决通过后施行。".to_owned());
        let (draft, caption) = match self.rules_passed() {
            Some(vote) => ("", format!("{}大会通过", chinese_day(vote.at.to_offset(CHINA).date()))),
            None => ("（草案）", String::new()),
        };
        let mut paper = Paper::new(format!("{}\n选举办法{draft}", self.congress.title_in_lines(0)));
        if !caption.is_empty() {
            paper = paper.caption(&caption);
        }
        (1..).zip(articles).fold(paper, |paper, (place, article): (usize, String)| {
            paper.paragraph(format!("第{}条　{article}", chinese_number(place)))
        })
    }
}
