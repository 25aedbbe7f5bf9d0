//! The account of a contest: electronic and paper ballots together, 应到, 实到, 发出, 收回, 有效, 无效, and what they come to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    elections::{ballot::Mark, names::SettledNames, sitting::Contest},
    name::key,
    rules::{
        election::{Attendance, Count, Rules, Tally, WriteInFigures, by_name, judge},
        sitting::ReportFacts,
    },
};

/// Under so many ballots nothing is published apart: one pile of a few says too much about each.
pub const FEW: u32 = 20;

/// A contest's paper ballots as counted by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// What the pile came to.
    pub tally: Tally,
}

impl Entry {
    /// The fields in which two entries differ: what it is, the one, the other.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<(String, u32, u32)> {
        let (own, theirs) = (&self.tally, &other.tally);
        let mut lines = vec![
            ("收回".to_owned(), own.returned, theirs.returned),
            ("有效".to_owned(), own.valid, theirs.valid),
            ("无效".to_owned(), own.void, theirs.void),
        ];
        for (mine, other) in own.candidates.iter().zip(&theirs.candidates) {
            lines.push((format!("{} 赞成", mine.name), mine.votes_for, other.votes_for));
            lines.push((format!("{} 反对", mine.name), mine.against, other.against));
            lines.push((format!("{} 弃权", mine.name), mine.abstain, other.abstain));
            lines.push((format!("{} 无法辨认", mine.name), mine.unreadable, other.unreadable));
        }
        let votes = |list: &[WriteInFigures], name: &str| {
            list.iter().find(|one| key(&one.name) == key(name)).map_or(0, |one| one.votes_for)
        };
        for (label, mine, other) in
            [("另选他人", &own.write_ins, &theirs.write_ins), ("另选他人（不知是谁）", &own.unclear, &theirs.unclear)]
        {
            for one in by_name(mine.iter().chain(other)) {
                let name = &one.name;
                lines.push((format!("{label} {name}"), votes(mine, name), votes(other, name)));
            }
        }
        lines.retain(|(_, mine, other)| mine != other);
        lines
    }
}

/// How many came to a contest.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContestTurnout {
    /// On the roll, those admitted later included.
    pub due: u32,
    /// Voted electronically, or hold a slip that was noted at check-in.
    pub electronic: u32,
    /// Were given a paper ballot.
    pub paper: u32,
}

/// What follows where a sitting is closed now: the contests in which too few have come.
pub(crate) fn without_quorum(contests: &[Contest], turnouts: &HashMap<i16, ContestTurnout>) -> Vec<String> {
    let reasons = |contest: &Contest| {
        let ContestTurnout { due, electronic, paper } = turnouts.get(&contest.ordinal).copied().unwrap_or_default();
        let present = electronic.saturating_add(paper);
        let attendance = Attendance { due, present, issued: present };
        let count = judge(contest.seats, &contest.rules.count, attendance, &Tally::none(&contest.labels()), &[]);
        (!count.reasons.is_empty()).then(|| format!("{}：{}", contest.title, count.reasons.join("；")))
    };
    contests.iter().filter_map(reasons).collect()
}

/// A contest's account and result.
#[derive(Debug, Clone)]
pub struct Account {
    /// Due, and who came electronically.
    pub electronic: Attendance,
    /// What the electronic ballots came to.
    pub electronic_tally: Tally,
    pub paper: Attendance,
    /// What the paper ballots came to; none while they are not settled.
    pub paper_tally: Option<Tally>,
    pub attendance: Attendance,
    pub tally: Tally,
    /// Who is elected, a lot included.
    pub count: Count,
    /// A lot is to be drawn and is not yet.
    pub lot_open: bool,
    /// How many written-in names would be elected or are tied, and no monitors have said whom they mean.
    pub names_open: usize,
}

impl Account {
    #[must_use]
    pub fn of(
        contest: &Contest,
        turnout: ContestTurnout,
        electronic_tally: Tally,
        paper_tally: Option<Tally>,
        lot: Option<&[String]>,
        names: &SettledNames,
    ) -> Self {
        let ContestTurnout { due, electronic, paper } = turnout;
        let electronic = Attendance { due, present: electronic, issued: electronic };
        let paper = Attendance { due, present: paper, issued: paper };
        let attendance = Attendance {
            due,
            present: electronic.present.saturating_add(paper.present),
            issued: electronic.issued.saturating_add(paper.issued),
        };
        let electronic_tally = names.settle(electronic_tally);
        let paper_tally = paper_tally.map(|pile| names.settle(pile));
        let whole = match &paper_tally {
            Some(paper) => electronic_tally.clone().with(paper),
            None => electronic_tally.clone(),
        };
        let judged =
            |tally: &Tally| judge(contest.seats, &contest.rules.count, attendance, tally, &contest.withdrawn());
        // What is not shown elects nobody; while it would, the places stand without the names.
        let by_all = judged(&whole);
        let open = names.open(&by_all);
        let shown = names.shown(&whole, &open);
        let tally = names.publish(whole, &shown);
        let electronic_tally = names.publish(electronic_tally, &shown);
        let paper_tally = paper_tally.map(|pile| names.publish(pile, &shown));
        let by_shown = judged(&tally);
        let mut count = if open.is_empty() {
            by_shown
        } else {
            let Count { elected, tied, vacant, .. } = names.without(by_all, &open);
            Count { elected, tied, vacant, ..by_shown }
        };
        // Who may be one person is for the monitors alone.
        count.similar.clear();
        let lot_open = contest.rules.count.tie.is_settled_in_public() && !count.tied.is_empty();
        if let Some(winners) = lot.filter(|_| lot_open) {
            draw(&mut count, winners);
        }
        let lot_open = lot_open && lot.is_none();
        let names_open = open.len();
        Self { electronic, electronic_tally, paper, paper_tally, attendance, tally, count, lot_open, names_open }
    }

    /// Paper was given out and is not settled.
    #[must_use]
    pub fn paper_open(&self) -> bool {
        self.paper.issued > 0 && self.paper_tally.is_none()
    }

    /// Electronic and paper ballots are shown apart: there are both, and neither is few.
    #[must_use]
    pub fn apart(&self) -> bool {
        let paper = self.paper_tally.as_ref().map_or(0, |tally| tally.returned);
        self.electronic_tally.returned >= FEW && paper >= FEW
    }

    /// What the rule on reports asks.
    #[must_use]
    pub fn facts(&self, title: &str) -> ReportFacts {
        ReportFacts {
            title: title.to_owned(),
            attendance: self.attendance,
            tally: self.tally.clone(),
            paper_open: self.paper_open(),
            lot_open: self.lot_open,
            names_open: self.names_open > 0,
        }
    }
}

/// Whoever won the lot is elected, after those with more votes.
pub fn draw(count: &mut Count, winners: &[String]) {
    let winners: Vec<String> = count.tied.iter().filter(|name| winners.contains(name)).cloned().collect();
    count.vacant = count.vacant.saturating_sub(u32::try_from(winners.len()).unwrap_or(u32::MAX));
    count.elected.extend(winners);
    count.tied.clear();
}

/// What patterns of electronic ballots come to. They were checked when they were cast: none is void, unless a pattern names
/// more than there are seats.
#[must_use]
pub fn tally_patterns(
    labels: &[String],
    seats: u32,
    rules: &Rules,
    patterns: &[(String, u32)],
    written: &[WriteInFigures],
) -> Tally {
    let mut tally = Tally::none(labels);
    for (pattern, votes) in patterns {
        tally.returned = tally.returned.saturating_add(*votes);
        let (letters, names) = pattern.rsplit_once('+').unwrap_or((pattern, "0"));
        let names: u32 = names.parse().unwrap_or(u32::MAX);
        let marks: Option<Vec<Mark>> = letters.chars().map(Mark::of).collect();
        let fits = |marks: &Vec<Mark>| {
            let says = |wanted| u32::try_from(marks.iter().filter(|mark| **mark == wanted).count()).unwrap_or(u32::MAX);
            marks.len() == labels.len()
                && says(Mark::For).saturating_add(names) <= seats
                && (names == 0 || rules.takes_write_ins())
                && (!rules.write_in_needs_against || names <= says(Mark::Against))
        };
        let Some(marks) = marks.filter(fits) else {
            tally.void = tally.void.saturating_add(*votes);
            continue;
        };
        tally.valid = tally.valid.saturating_add(*votes);
        for (figures, mark) in tally.candidates.iter_mut().zip(marks) {
            let sum = match mark {
                Mark::For => &mut figures.votes_for,
                Mark::Against => &mut figures.against,
                Mark::Abstain => &mut figures.abstain,
            };
            *sum = sum.saturating_add(*votes);
        }
    }
    tally.write_ins = written.to_vec();
    tally
}
