//! The papers of a meeting: minutes assembled from its agenda, attendance, votes and results; the outline for whoever
//! presides; the roll; the plan of the hall.

use std::fmt::Write as _;

use super::nouns::{AgendaItem, AgendaKind, Attendee, DutyHolder, Hall, HandVoteRow, Headcount, Meeting};
use crate::{
    congress::congress::Congress,
    elections::{
        reconciliation::Account,
        sitting::{Contest, Sitting, Sourced},
    },
    page::filters::minute_of,
    papers::{Column, Paper, Table, closed_up},
    rules::{
        election::Source,
        meeting::{Duty, Needed},
        sitting::Fills,
    },
    text::chinese_number,
    words::words,
};

words! {
    /// The papers that are made for a meeting.
    MeetingPaper:
    Agenda = "agenda", "议程";
    ElectionRules = "election-rules", "选举办法";
    Script = "script", "主持词";
    Roll = "roll", "签到册";
    Seating = "seating", "座次表";
    Minutes = "minutes", "会议纪要";
}

/// A contest of the meeting with its result.
pub(super) struct ElectedContest {
    pub(super) title: String,
    pub(super) seats: u32,
    pub(super) account: Account,
}

/// A contest of the meeting as it is prepared.
#[derive(Debug, Clone)]
pub(super) struct PreparedContest {
    pub(super) title: String,
    pub(super) seats: u32,
    /// How many stand.
    pub(super) candidates: usize,
    pub(super) fills: Fills,
    pub(super) rules: Vec<Sourced>,
    /// Names may be written in.
    pub(super) takes_write_ins: bool,
}

impl PreparedContest {
    pub(super) fn of(contest: &Contest, sitting: &Sitting) -> Self {
        Self {
            title: contest.title.clone(),
            seats: contest.seats,
            candidates: contest.candidates.len(),
            fills: contest.fills,
            rules: contest.rules_in_words(&sitting.decision),
            takes_write_ins: contest.rules.count.takes_write_ins(),
        }
    }
}

/// Everything that the papers of a meeting rest on.
pub(super) struct Course {
    pub(super) congress: Congress,
    pub(super) meeting: Meeting,
    pub(super) head: Headcount,
    pub(super) guests: Vec<String>,
    pub(super) people: Vec<Attendee>,
    pub(super) agenda: Vec<AgendaItem>,
    pub(super) votes: Vec<HandVoteRow>,
    pub(super) duties: Vec<DutyHolder>,
    pub(super) contests: Vec<ElectedContest>,
    /// The contests of all its sittings, second rounds aside.
    pub(super) prepared: Vec<PreparedContest>,
}

impl Course {
    /// The names of those who have a duty, approved ones only where there are any.
    fn names(&self, duty: Duty) -> String {
        let of_duty = || self.duties.iter().filter(move |one| one.duty == duty);
        let approved: Vec<&str> = of_duty().filter(|one| one.approved).map(|one| one.name.as_str()).collect();
        let all: Vec<&str> = of_duty().map(|one| one.name.as_str()).collect();
        (if approved.is_empty() { all } else { approved }).join("、")
    }

    /// The delegations in the order of the hall, each with its people.
    fn delegations(&self) -> Vec<(&str, Vec<&Attendee>)> {
        let mut found: Vec<(&str, Vec<&Attendee>)> = Vec::new();
        for one in &self.people {
            let name = if one.delegation.is_empty() { one.college.as_str() } else { one.delegation.as_str() };
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, people)) => people.push(one),
                None => found.push((name, vec![one])),
            }
        }
        found
    }

    /// 会议纪要 as it is assembled, a paragraph a line.
    pub(super) fn minutes(&self) -> String {
        let (count, rules) = (self.head.count, &self.meeting.rules);
        let mut text = String::new();
        let mut number = 0;
        let mut heading = |text: &mut String, title: &str| {
            number += 1;
            let _ = writeln!(text, "{}、{title}", chinese_number(number));
        };
        let title = self.congress.title();
        let _ = writeln!(text, "{title}于{}在{}召开。", minute_of(self.meeting.starts_at), self.meeting.place);
        heading(&mut text, "到会情况");
        let guests = if self.guests.is_empty() { String::new() } else { format!("，列席{}人", self.guests.len()) };
        let left = if self.head.left > 0 { format!("，中途退场{}人", self.head.left) } else { String::new() };
        let enough = if count.is_enough(rules) { "符合" } else { "不符合" };
        // That something is practice is said to staff, and not in the minutes.
        let basis = if rules.source == Source::Practice { String::new() } else { format!("；{}", rules.label()) };
        let _ = writeln!(
            text,
            "应到{}{}人，实到{}人{left}{guests}，{enough}到会人数要求（{}{basis}）。",
            self.congress.due(),
            count.due,
            count.present,
            closed_up(&rules.quorum_in_words())
        );
        if !self.guests.is_empty() {
            let _ = writeln!(text, "列席：{}。", self.guests.join("、"));
        }
        let chairs = self.names(Duty::ExecutiveChair);
        if !chairs.is_empty() {
            let _ = writeln!(text, "大会由执行主席{chairs}主持。");
        }
        if !self.agenda.is_empty() {
            heading(&mut text, "大会议程");
            for item in &self.agenda {
                let by = if item.speaker.is_empty() { String::new() } else { format!("（{}）", item.speaker) };
                let _ = writeln!(text, "{}.{}{by}", item.place, item.title);
            }
        }
        let standing: Vec<&HandVoteRow> = self.votes.iter().filter(|one| one.voided_why.is_none()).collect();
        if !standing.is_empty() {
            heading(&mut text, "举手表决");
            for (place, one) in (1..).zip(standing) {
                // What all others pass with is no news; what asks for more says so.
                let asked = if one.needed == Needed::more_than_half(rules.majority) {
                    String::new()
                } else {
                    format!("（{}为通过）", closed_up(&one.needed.in_words()))
                };
                let _ = writeln!(
                    text,
                    "{place}.{}：应到{}人，实到{}人，赞成{}，反对{}，弃权{}，{}{asked}。",
                    one.motion,
                    one.count.due,
                    one.count.present,
                    one.hands.votes_for,
                    one.hands.against,
                    one.hands.abstain,
                    one.outcome()
                );
            }
        }
        let presidium = self.names(Duty::Presidium);
        if !presidium.is_empty() {
            heading(&mut text, "大会主席团");
            let _ = writeln!(text, "{presidium}。");
        }
        if !self.contests.is_empty() {
            heading(&mut text, "选举");
            let counters = [Duty::ChiefMonitor, Duty::Monitor, Duty::Teller]
                .map(|duty| (duty.label(), self.names(duty)))
                .into_iter()
                .filter(|(_, names)| !names.is_empty())
                .map(|(label, names)| format!("{label}{names}"))
                .collect::<Vec<_>>();
            if !counters.is_empty() {
                let _ = writeln!(text, "{}。", counters.join("，"));
            }
            for contest in &self.contests {
                let _ = writeln!(text, "{}", contest.in_words());
            }
        }
        text.trim_end().to_owned()
    }

    /// The minutes as a paper: as kept, or as assembled. A line such as `二、举手表决` is a heading.
    pub(super) fn minutes_paper(&self) -> Paper {
        let text = self.meeting.minutes.clone().unwrap_or_else(|| self.minutes());
        let title = format!("{}\n会议纪要", self.congress.title_in_lines(0));
        let day = self.meeting.signed_at.map(|at| at.to_offset(crate::clock::CHINA).date());
        let paper =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).fold(Paper::new(title), |paper, line| {
                match heading_of(line) {
                    Some(title) => paper.heading(title),
                    None => paper.paragraph(line),
                }
            });
        paper.signed(format!("{}秘书处", self.congress.title()), day)
    }

    /// 议程.
    pub(super) fn agenda_paper(&self) -> Paper {
        let item = |one: &AgendaItem| {
            let by = if one.speaker.is_empty() { String::new() } else { format!("（{}）", one.speaker) };
            format!("{}{by}", one.title)
        };
        Paper::new(format!("{}\n议程", self.congress.title_in_lines(0)))
            .caption(&format!("{}，{}", minute_of(self.meeting.starts_at), self.meeting.place))
            .items(self.agenda.iter().map(item))
    }

    /// 主持词: what is said between the items, to be filled in by whoever presides.
    pub(super) fn script(&self) -> Paper {
        let (title, count) = (self.congress.title(), self.head.count);
        let (due, address) = (self.congress.due(), self.congress.address());
        let mut paper = Paper::new(format!("{}\n主持词", self.congress.title_in_lines(0)))
            .heading("开场")
            .paragraph(format!("各位领导、各位{address}："))
            .paragraph(format!(
                "{title}应到{due}{}人，今天实到{}人，{}，可以开会。现在我宣布，大会开幕。全体起立，奏唱国歌。",
                count.due,
                blank(count.present),
                closed_up(&self.meeting.rules.quorum_in_words())
            ));
        let closing = format!("各位{address}，大会的各项议程已经完成。现在我宣布，{title}闭幕。");
        let is_other = |item: &AgendaItem, of: &str| item.kind == AgendaKind::Other && item.title.contains(of);
        // Whoever arranged the opening and the closing as business hears each once.
        for item in self.agenda.iter().filter(|item| !is_other(item, "开幕")) {
            let who = if item.speaker.is_empty() { "＿＿＿＿".to_owned() } else { item.speaker.clone() };
            let says = match item.kind {
                AgendaKind::Report => format!("现在请{who}作报告，大家欢迎。"),
                AgendaKind::Review => format!("请各位{address}审议。有意见的请举手发言。（停顿）"),
                AgendaKind::Election => format!(
                    "现在进行选举。请工作人员清点到会人数；请监票人、计票人到位；请总监票人检查票箱。请各位{address}按选举办法填写选票，\
                     无记名投票。投票结束后，由总监票人报告计票结果，再由大会执行主席宣布。"
                ),
                AgendaKind::Vote => {
                    "现在进行表决。同意的请举手。（清点）请放下。不同意的请举手。（清点）请放下。弃权的请举手。（清点）请放下。\
                     赞成＿＿＿人，反对＿＿＿人，弃权＿＿＿人。（按清点的人数宣布：通过，或者没有通过。）"
                        .to_owned()
                }
                AgendaKind::Other => format!("下面请{who}。"),
            };
            paper = paper.heading(&item.title).paragraph(says);
        }
        let is_closed = self.agenda.last().is_some_and(|item| is_other(item, "闭幕"));
        let paper = if is_closed { paper } else { paper.heading("闭幕") };
        paper.paragraph(closing)
    }

    /// 签到册 by delegation, signed by hand.
    pub(super) fn roll(&self) -> Paper {
        let mut paper = Paper::new(format!("{}\n签到册", self.congress.title_in_lines(0)));
        for (name, people) in self.delegations() {
            let columns = vec![
                Column::centred("证号", 5),
                Column::centred("姓名", 8),
                Column::centred("班级", 12),
                Column::centred("签名", 12),
            ];
            let row = |one: &&Attendee| vec![one.card_number(), one.name.clone(), one.class.clone(), String::new()];
            paper = paper
                .heading(&format!("{name}（{}人）", people.len()))
                .table(Table::new(columns, people.iter().map(row).collect()));
        }
        paper
    }

    /// 座次 of each delegation, in words.
    pub(super) fn seating_paper(&self, plan: &SeatingPlan) -> Paper {
        let columns =
            vec![Column::centred("代表团", 14), Column::centred("人数", 5), Column::text("座位（自主席台起）", 20)];
        let rows =
            plan.blocks.iter().map(|block| vec![block.name.clone(), block.seats.len().to_string(), block.in_words()]);
        Paper::new(format!("{}\n座次表", self.congress.title_in_lines(0))).table(Table::new(columns, rows.collect()))
    }

    /// The delegations in blocks of the hall, one behind the other from the stage on.
    pub(super) fn seating(&self, hall: Hall) -> SeatingPlan {
        let columns = usize::from(hall.columns);
        let mut next = 0;
        let mut blocks = Vec::new();
        for (name, people) in self.delegations() {
            let seats = (next..next + people.len())
                .map(|place| {
                    let (row, column) = (place / columns, place % columns);
                    // Rows run to and fro, so that a delegation's people sit together across a row's end.
                    Seat { row, column: if row.is_multiple_of(2) { column } else { columns - 1 - column } }
                })
                .collect();
            next += people.len();
            blocks.push(Block { name: name.to_owned(), seats });
        }
        let room = usize::from(hall.rows) * columns;
        SeatingPlan { hall, blocks, missing: next.saturating_sub(room) }
    }
}

/// A figure, or room for one that is not known yet.
fn blank(figure: u32) -> String {
    if figure == 0 { "＿＿＿".to_owned() } else { figure.to_string() }
}

/// The title in a line such as `三、选举`.
#[must_use]
pub fn heading_of(line: &str) -> Option<&str> {
    let (number, title) = line.split_once('、')?;
    let is_number = !number.is_empty() && number.chars().all(|c| "一二三四五六七八九十".contains(c));
    (is_number && title.chars().count() <= 30 && !title.ends_with('。')).then_some(title)
}

impl ElectedContest {
    fn in_words(&self) -> String {
        let Account { attendance, tally, count, .. } = &self.account;
        let elected = match count.elected.len() {
            0 => "没有人当选".to_owned(),
            many => format!("{}当选（{many}人）", count.elected.join("、")),
        };
        let valid = if count.valid_election { "选举有效" } else { "选举无效" };
        format!(
            "{}：应选{}人。应到{}人，实到{}人，发出选票{}张，收回{}张，有效{}张，无效{}张，{valid}。{elected}。",
            self.title,
            self.seats,
            attendance.due,
            attendance.present,
            attendance.issued,
            tally.returned,
            tally.valid,
            tally.void
        )
    }
}

/// A seat, counted from 0 from the stage and from the left as one looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub row: usize,
    pub column: usize,
}

/// Where a delegation sits.
#[derive(Debug, Clone)]
pub struct Block {
    pub name: String,
    pub seats: Vec<Seat>,
}

impl Block {
    /// `第1排1—12座、第2排11—12座`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut rows: Vec<(usize, usize, usize)> = Vec::new();
        for seat in &self.seats {
            let place = seat.column + 1;
            match rows.last_mut() {
                Some((row, low, high)) if *row == seat.row => (*low, *high) = ((*low).min(place), (*high).max(place)),
                _ => rows.push((seat.row, place, place)),
            }
        }
        let one = |(row, low, high): &(usize, usize, usize)| {
            let seats = if low == high { low.to_string() } else { format!("{low}—{high}") };
            format!("第{}排{seats}座", row + 1)
        };
        rows.iter().map(one).collect::<Vec<_>>().join("、")
    }
}

/// The plan of a hall.
#[derive(Debug, Clone)]
pub(super) struct SeatingPlan {
    pub(super) hall: Hall,
    pub(super) blocks: Vec<Block>,
    /// People for whom the hall has no seat.
    pub(super) missing: usize,
}
