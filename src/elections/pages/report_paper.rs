//! What the papers of a counted sitting say, and 监票报告 among them.

use super::result::{CandidateRow, ContestResult, Results};
use crate::{
    clock::CHINA,
    elections::{
        sitting::{Monitor, Sitting, Sourced},
        store::{Admission, EarlyClosing, Incidents, PaperEntry},
    },
    page::filters::minute_of,
    papers::{Column, Paper, Table, closed_up},
    text::chinese_day,
};

/// What the papers of a sitting say.
pub(super) struct Papers {
    pub institution: String,
    pub sitting: Sitting,
    pub monitors: Vec<Monitor>,
    pub results: Option<Results>,
    pub course: Incidents,
    /// Who closed it before its time without a quorum.
    pub early: Option<EarlyClosing>,
    pub admissions: Vec<Admission>,
    pub entries: Vec<(String, Vec<PaperEntry>)>,
    /// How names written in were settled, a sentence each.
    pub names: Vec<String>,
    pub record_hash: String,
    pub ballots_hash: String,
}

impl Papers {
    /// Who entered paper ballots (计票人), each once; of a monitor among them it is said that they are one.
    pub(super) fn tellers(&self) -> Vec<String> {
        let mut tellers: Vec<&PaperEntry> = Vec::new();
        for entry in self.entries.iter().flat_map(|(_, entries)| entries) {
            if tellers.iter().all(|known| known.account != entry.account) {
                tellers.push(entry);
            }
        }
        let named = |entry: &PaperEntry| {
            let is_monitor = self.monitors.iter().any(|monitor| monitor.account == entry.account);
            format!("{}{}", entry.name, if is_monitor { "（兼监票人）" } else { "" })
        };
        tellers.into_iter().map(named).collect()
    }

    /// The office in charge as it signs.
    pub(super) fn signed(&self) -> String {
        signed(&self.institution, &self.sitting)
    }

    /// 监票报告, dated with the day of the report and signed by each monitor.
    pub(super) fn report(&self) -> Paper {
        let Self { sitting, monitors, .. } = self;
        let day = |at: time::OffsetDateTime| chinese_day(at.to_offset(CHINA).date());
        let opened = sitting.opened_at().map_or_else(String::new, |at| format!("{}举行的", day(at)));
        let mut paper = Paper::new(format!("{}监票报告", sitting.title))
            .paragraph(format!(
                "{opened}{}，投票、计票由{}名监票人监督，现将结果报告如下。",
                sitting.title,
                monitors.len()
            ))
            .heading("投票与计票")
            .table(self.facts());
        if let Some(results) = &self.results {
            paper = paper.heading("选举结果");
            for one in &results.contests {
                paper = contest(paper, one);
            }
            paper = paper.heading("选举办法");
            // Contests under the same rules stand together.
            for alike in results.contests.chunk_by(|_, next| !next.own_rules) {
                let Some(one) = alike.first() else { continue };
                let titles: Vec<&str> = alike.iter().map(|one| one.contest.title.as_str()).collect();
                let rules = one.contest.rules_in_words(&sitting.decision);
                let rule = |rule: &Sourced| format!("{}：{}（{}）", rule.label, closed_up(&rule.value), rule.basis());
                let rules: Vec<String> = rules.iter().map(rule).collect();
                paper = paper.subheading(&titles.join("、")).items(rules);
            }
        }
        paper = paper.heading("经过").items(self.events());
        paper = paper.note(format!(
            "公开记录核验码（SHA-256）：\n{}\n全部选票核验码（SHA-256）：\n{}",
            self.record_hash, self.ballots_hash
        ));
        for monitor in monitors {
            paper = paper.signature_line(&format!("{}{}", monitor.duty(), monitor.name));
        }
        for teller in self.tellers() {
            paper = paper.signature_line(&format!("计票人{teller}"));
        }
        paper.signed(self.signed(), sitting.reported_at().map(|at| at.to_offset(CHINA).date()))
    }

    /// When it was voted and counted, and by how many.
    fn facts(&self) -> Table {
        let sitting = &self.sitting;
        let early = if sitting.closed_early() {
            format!("（公告时间），实际于{}提前截止", minute_of(*sitting.ends()))
        } else {
            String::new()
        };
        let voted = format!("{}至{}{early}", minute_of(sitting.opens_at), minute_of(sitting.closes_at));
        let size = sitting.roll_size().map_or_else(String::new, |size| format!("{size}人"));
        let frozen = sitting.opened_at().map_or_else(String::new, |at| format!("，{}冻结", minute_of(at)));
        let admitted = match self.course.admitted {
            0 => String::new(),
            admitted => format!("；补登{admitted}人"),
        };
        let roll = format!("{size}{frozen}{admitted}");
        let received = sitting.envelopes().map_or_else(String::new, |number| format!("收到{number}张"));
        let excluded = match sitting.excluded() {
            0 => String::new(),
            excluded => format!("，其中{excluded}张未计入"),
        };
        let envelopes = format!("{received}{excluded}");
        let rows = [
            ("投票时间", voted),
            ("计票时间", sitting.counted_at().map_or_else(String::new, minute_of)),
            ("选民名册", roll),
            ("网上选票", envelopes),
        ];
        let rows = rows.into_iter().map(|(what, says)| vec![what.to_owned(), says]).collect();
        Table::new(vec![Column::centred("项目", 8), Column::text("情况", 32)], rows)
    }

    /// What happened, an item each.
    fn events(&self) -> Vec<String> {
        let Self { sitting, course, .. } = self;
        let mut events = vec![format!(
            "开票：{}名监票人中{}名输入口令，打开加密选票；计票后开票密钥和加密选票已销毁。",
            self.monitors.len(),
            sitting.threshold
        )];
        if sitting.closed_early() {
            let (announced, ended) = (minute_of(sitting.closes_at), minute_of(*sitting.ends()));
            let early = self.early.as_ref().map_or_else(String::new, |early| {
                format!("当时到会人数不够；理由：{}（{}提出，{}同意）。", early.why, early.asked, early.agreed)
            });
            events.push(format!("投票提前截止：公告的截止时间是{announced}，实际于{ended}截止，已通知选民。{early}"));
        }
        events.push("网上选票、回执、各项选票数目一致。".to_owned());
        if sitting.excluded() > 0 {
            let why = sitting.excluded_why().unwrap_or_default();
            events.push(format!("有{}张网上选票不是系统收下的，经监票人商定不计入：{why}", sitting.excluded()));
        }
        for one in &self.admissions {
            if let Some(agreed) = &one.agreed_name {
                let (voter, contests, why, asked) = (&one.voter, &one.contests, &one.why, &one.asked_name);
                events.push(format!("补登选民{voter}，参加{contests}：{why}（{asked}提出，{agreed}同意）。"));
            }
        }
        events.push(format!(
            "投票期间重置选民密码{}次（含统一身份认证改为另一个用户登录的），凭激活码首次设置密码{}次。",
            course.resets, course.firsts
        ));
        if course.slips > 0 || course.void_slips > 0 {
            events.push(format!("会场领取票码{}张，作废{}张。", course.slips, course.void_slips));
        }
        events.extend(self.names.iter().cloned());
        for (title, entries) in &self.entries {
            let entry = |entry: &PaperEntry| match entry.turn {
                3 => format!("第三人{}核定", entry.name),
                _ => format!("计票人{}录入", entry.name),
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            events.push(format!("{title}的纸质选票：{}。", entries.join("，")));
        }
        events
    }
}

/// The office in charge of a sitting as it signs, where it has not said how its seal reads.
pub(super) fn signed(institution: &str, sitting: &Sitting) -> String {
    match sitting.college {
        None => format!("共青团{institution}委员会"),
        Some(_) => format!("{institution}{}", sitting.keeper),
    }
}

fn contest(paper: Paper, one: &ContestResult) -> Paper {
    let (contest, count) = (&one.contest, &one.account.count);
    let valid = if count.valid_election {
        "选举有效".to_owned()
    } else {
        format!("选举无效：{}", closed_up(&count.reasons.join("；")))
    };
    let elected = match count.elected.len() {
        0 => "没有人当选。".to_owned(),
        1 => format!("当选1人：{}。", count.elected.join("、")),
        many => format!("当选{many}人（按得票多少排列）：{}。", count.elected.join("、")),
    };
    let tied = one.tie_word();
    let tied = if tied.is_empty() { String::new() } else { format!("：{tied}在最后一席得票相同") };
    let vacant = if count.vacant > 0 { format!("空缺{}席{tied}。", count.vacant) } else { String::new() };
    let (seats, candidates) = (contest.seats, contest.candidates.len());
    let mut paper = paper
        .subheading(&contest.title)
        .paragraph(format!("应选{seats}人，候选人{candidates}人。{valid}。{elected}{vacant}"))
        .table(figures(one))
        .table(votes(one))
        .note(format!("表中{}。", contest.order.label()));
    if one.account.paper.issued > 0 && !one.account.apart() {
        paper = paper.note("网上和纸质选票有一方不足20张，合并列出，不分别公布。");
    }
    paper = paper.paragraph(closed_up(&one.needed_in_words()));
    if let Some(lot) = &one.lot {
        paper = paper.paragraph(format!(
            "得票相同的，由{}决定：{}；在场：{}；{}选定{}。",
            contest.rules.count.tie.act(),
            lot.method,
            lot.present,
            minute_of(lot.drawn_at),
            lot.winners.join("、")
        ));
    }
    for candidate in &contest.candidates {
        if let Some(why) = &candidate.withdrawn {
            let label = &candidate.label;
            paper = paper.paragraph(format!("{label}在公告以后退选（{why}），得票照计，不能当选。"));
        }
    }
    paper
}

/// How many ballots there were, electronic ones and paper ones apart where neither are few.
fn figures(one: &ContestResult) -> Table {
    let account = &one.account;
    let numbers = |what: &str, due: String, numbers: [u32; 5]| {
        let numbers = numbers.into_iter().map(|number| number.to_string());
        [what.to_owned(), due].into_iter().chain(numbers).collect::<Vec<String>>()
    };
    let mut rows = Vec::new();
    if account.apart() {
        let (electronic, tally) = (&account.electronic, &account.electronic_tally);
        let own = [electronic.present, electronic.issued, tally.returned, tally.valid, tally.void];
        rows.push(numbers("网上", "—".to_owned(), own));
        if let Some(tally) = &account.paper_tally {
            let own = [account.paper.present, account.paper.issued, tally.returned, tally.valid, tally.void];
            rows.push(numbers("纸质", "—".to_owned(), own));
        }
    }
    let (attendance, tally) = (&account.attendance, &account.tally);
    let all = [attendance.present, attendance.issued, tally.returned, tally.valid, tally.void];
    rows.push(numbers("合计", attendance.due.to_string(), all));
    let columns = ["选票", "应到", "实到", "发出", "收回", "有效", "无效"].map(|title| Column::centred(title, 6));
    Table::new(columns.to_vec(), rows)
}

fn votes(one: &ContestResult) -> Table {
    let columns = vec![
        Column::centred("序号", 4),
        Column::centred("候选人", 12),
        Column::centred("赞成", 5),
        Column::centred("反对", 5),
        Column::centred("弃权", 8),
        Column::centred("合计", 5),
        Column::centred("结果", 8),
    ];
    let row = |(place, line): (usize, &CandidateRow)| {
        let figures = &line.figures;
        let (name, against, abstained, sum) = if line.written {
            let none = || "—".to_owned();
            (format!("{}（另选他人）", line.name), none(), none(), none())
        } else {
            let sum = figures.votes_for + figures.against + figures.abstain;
            (line.name.clone(), figures.against.to_string(), line.abstained(), sum.to_string())
        };
        let outcome = match line.outcome.word() {
            "" => "未当选",
            word => word,
        };
        vec![place.to_string(), name, figures.votes_for.to_string(), against, abstained, sum, outcome.to_owned()]
    };
    Table::new(columns, (1..).zip(&one.lines).map(row).collect())
}
