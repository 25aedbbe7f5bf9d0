//! The count of an election: what a ballot is worth, who is elected, who is tied. Whole numbers only.
//!
//! Neither plan says how votes are counted (gap G5): every switch here is an election's own rule, set before the vote.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::{Deserialize, Serialize};

/// What a voter says of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// 赞成.
    For,
    /// 反对.
    Against,
    /// 弃权.
    Abstain,
}

/// A ballot as cast. It names each candidate at most once; a candidate it does not name is an abstention.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ballot {
    /// Choices by the candidate's place in the list.
    pub choices: Vec<(usize, Choice)>,
    /// Write-ins (另选他人) by name.
    pub write_ins: Vec<(String, Choice)>,
}

/// On whose number the majority is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MajorityOf {
    /// 实到.
    Present,
    /// 有效票.
    Valid,
}

/// What happens to those who are tied at the last seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// None of them is elected and the seat stays empty.
    Vacant,
    /// A second round among them.
    SecondRound,
    /// People draw lots among them.
    Lot,
}

/// An election's own rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Quorum as a fraction of those due: numerator and denominator, at most 1.
    pub quorum: (u32, u32),
    /// More than the quorum, not just as many.
    pub quorum_strict: bool,
    /// Base of the majority.
    pub majority_of: MajorityOf,
    /// Ties at the last seat.
    pub tie: Tie,
    /// Write-ins are allowed; else a ballot with one is void.
    pub write_in: bool,
}

impl Rules {
    /// What most universities do, where neither plan says anything (gap G5): more than two thirds of those due, more than
    /// half of those present, a second round among the tied, write-ins allowed.
    pub const PRACTICE: Self = Self {
        quorum: (2, 3),
        quorum_strict: true,
        majority_of: MajorityOf::Present,
        tie: Tie::SecondRound,
        write_in: true,
    };
}

/// An election with all its ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    /// Seats to fill, at least 1.
    pub seats: u32,
    pub candidates: Vec<String>,
    /// 应到.
    pub due: u32,
    /// 实到.
    pub present: u32,
    /// 发出.
    pub issued: u32,
    pub rules: Rules,
    /// 收回.
    pub ballots: Vec<Ballot>,
}

/// A candidate's figures. For, against and abstain add up to the valid ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateFigures {
    pub name: String,
    /// 赞成.
    #[serde(rename = "for")]
    pub votes_for: u32,
    /// 反对.
    pub against: u32,
    /// 弃权.
    pub abstain: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteInFigures {
    pub name: String,
    #[serde(rename = "for")]
    pub votes_for: u32,
}

/// What the count says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The election is valid. If not, nobody is elected and the figures are given all the same.
    pub valid_election: bool,
    /// Why it is not, in Chinese.
    pub reasons: Vec<String>,
    /// 收回.
    pub returned: u32,
    /// 有效.
    pub valid: u32,
    /// 无效.
    pub void: u32,
    /// The candidates in the given order.
    pub candidates: Vec<CandidateFigures>,
    /// Write-ins with at least one vote, by votes, then by name.
    pub write_ins: Vec<WriteInFigures>,
    /// Elected, by votes, then in the given order, write-ins last.
    pub elected: Vec<String>,
    /// Tied at the last seat, where a second round or a lot decides.
    pub tied: Vec<String>,
    /// Seats that nobody holds yet, tied ones included.
    pub vacant: u32,
}

/// What a pile of ballots comes to. Piles of one contest are added: electronic and paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// 收回.
    pub returned: u32,
    /// 有效.
    pub valid: u32,
    /// 无效.
    pub void: u32,
    /// The candidates in the given order.
    pub candidates: Vec<CandidateFigures>,
    /// Write-ins with at least one vote, by votes, then by name.
    pub write_ins: Vec<WriteInFigures>,
}

impl Tally {
    #[must_use]
    pub fn none(candidates: &[String]) -> Self {
        let nobody = |name: &String| CandidateFigures { name: name.clone(), votes_for: 0, against: 0, abstain: 0 };
        Self { candidates: candidates.iter().map(nobody).collect(), ..Self::default() }
    }

    /// Both piles together; they are of the same candidates.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.returned = self.returned.saturating_add(other.returned);
        self.valid = self.valid.saturating_add(other.valid);
        self.void = self.void.saturating_add(other.void);
        for (own, more) in self.candidates.iter_mut().zip(&other.candidates) {
            own.votes_for = own.votes_for.saturating_add(more.votes_for);
            own.against = own.against.saturating_add(more.against);
            own.abstain = own.abstain.saturating_add(more.abstain);
        }
        let mut votes: BTreeMap<String, u32> = BTreeMap::new();
        for figures in self.write_ins.iter().chain(&other.write_ins) {
            let sum = votes.entry(figures.name.clone()).or_default();
            *sum = sum.saturating_add(figures.votes_for);
        }
        self.write_ins = by_votes(votes);
        self
    }

    /// What does not add up, in Chinese: 有效 and 无效 are 收回, and each candidate's figures are 有效.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let Self { returned, valid, void, .. } = self;
        let mut faults = Vec::new();
        if u64::from(*valid) + u64::from(*void) != u64::from(*returned) {
            faults.push(format!("有效 {valid} 张加无效 {void} 张，不等于收回 {returned} 张"));
        }
        for CandidateFigures { name, votes_for, against, abstain } in &self.candidates {
            if u64::from(*votes_for) + u64::from(*against) + u64::from(*abstain) != u64::from(*valid) {
                faults.push(format!(
                    "{name}：赞成 {votes_for}、反对 {against}、弃权 {abstain}，合计不等于有效 {valid} 张"
                ));
            }
        }
        for WriteInFigures { name, votes_for } in &self.write_ins {
            if votes_for > valid {
                faults.push(format!("另选他人 {name} 得 {votes_for} 票，多于有效 {valid} 张"));
            }
        }
        faults
    }
}

/// 应到, 实到 and 发出 of an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attendance {
    /// 应到.
    pub due: u32,
    /// 实到.
    pub present: u32,
    /// 发出.
    pub issued: u32,
}

#[must_use]
pub fn count(election: &Election) -> Count {
    let Election { seats, due, present, issued, rules, .. } = election;
    judge(*seats, rules, Attendance { due: *due, present: *present, issued: *issued }, &tally(election), &[])
}

/// What the ballots of an election come to.
#[must_use]
pub fn tally(election: &Election) -> Tally {
    let valid_ballots: Vec<&Ballot> = election.ballots.iter().filter(|ballot| !is_void(election, ballot)).collect();
    let (returned, valid) = (whole(election.ballots.len()), whole(valid_ballots.len()));
    Tally {
        returned,
        valid,
        void: returned - valid,
        candidates: figures(election, &valid_ballots, valid),
        write_ins: tally_write_ins(&valid_ballots),
    }
}

/// Who is elected by a tally. Whoever withdrew after the ballots went out keeps their figures and is not elected; the
/// places go to the others.
#[must_use]
pub fn judge(seats: u32, rules: &Rules, attendance: Attendance, tally: &Tally, withdrawn: &[String]) -> Count {
    let reasons = faults(rules, attendance, tally.returned);
    let mut standings: Vec<(u32, usize, &str)> = tally
        .candidates
        .iter()
        .map(|figures| (figures.votes_for, figures.name.as_str()))
        .chain(tally.write_ins.iter().map(|figures| (figures.votes_for, figures.name.as_str())))
        .enumerate()
        .map(|(place, (votes, name))| (votes, place, name))
        .collect();
    let base = match rules.majority_of {
        MajorityOf::Present => attendance.present,
        MajorityOf::Valid => tally.valid,
    };
    standings.retain(|(votes, _, name)| {
        reasons.is_empty() && u64::from(*votes) * 2 > u64::from(base) && !withdrawn.iter().any(|gone| gone == name)
    });
    standings.sort_by_key(|&(votes, place, _)| (Reverse(votes), place));

    let (elected, at_the_edge) = fill(&standings, seats);
    let tied = match rules.tie {
        Tie::Vacant => Vec::new(),
        Tie::SecondRound | Tie::Lot => at_the_edge,
    };
    Count {
        valid_election: reasons.is_empty(),
        reasons,
        returned: tally.returned,
        valid: tally.valid,
        void: tally.void,
        vacant: seats.saturating_sub(whole(elected.len())),
        candidates: tally.candidates.clone(),
        write_ins: tally.write_ins.clone(),
        elected,
        tied,
    }
}

fn whole(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Why the election is not valid: no quorum, or more ballots than were issued, voters or people due.
fn faults(rules: &Rules, Attendance { due, present, issued }: Attendance, returned: u32) -> Vec<String> {
    let (numerator, denominator) = rules.quorum;
    let (has, needs) = (u64::from(present) * u64::from(denominator), u64::from(due) * u64::from(numerator));
    let quorate = if rules.quorum_strict { has > needs } else { has >= needs };
    let word = if rules.quorum_strict { "超过" } else { "达到" };
    let mut reasons = Vec::new();
    if !quorate {
        reasons.push(format!("实到 {present} 人，未{word}应到 {due} 人的 {numerator}/{denominator}"));
    }
    if returned > issued {
        reasons.push(format!("收回 {returned} 张，多于发出 {issued} 张"));
    }
    if issued > present {
        reasons.push(format!("发出 {issued} 张，多于实到 {present} 人"));
    }
    if present > due {
        reasons.push(format!("实到 {present} 人，多于应到 {due} 人"));
    }
    reasons
}

/// Void: more chosen than seats, a write-in of somebody who stands, or any write-in where none is allowed.
fn is_void(election: &Election, ballot: &Ballot) -> bool {
    let chosen =
        ballot.choices.iter().map(|(_, choice)| choice).chain(ballot.write_ins.iter().map(|(_, choice)| choice));
    let too_many = whole(chosen.filter(|choice| **choice == Choice::For).count()) > election.seats;
    let names_a_candidate = ballot.write_ins.iter().any(|(name, _)| election.candidates.contains(name));
    too_many || names_a_candidate || (!election.rules.write_in && !ballot.write_ins.is_empty())
}

fn figures(election: &Election, ballots: &[&Ballot], valid: u32) -> Vec<CandidateFigures> {
    let mut figures = Tally::none(&election.candidates).candidates;
    for (place, choice) in ballots.iter().flat_map(|ballot| &ballot.choices) {
        if let Some(figures) = figures.get_mut(*place) {
            match choice {
                Choice::For => figures.votes_for += 1,
                Choice::Against => figures.against += 1,
                Choice::Abstain => {}
            }
        }
    }
    for figures in &mut figures {
        figures.abstain = valid - figures.votes_for - figures.against;
    }
    figures
}

fn tally_write_ins(ballots: &[&Ballot]) -> Vec<WriteInFigures> {
    let mut votes: BTreeMap<String, u32> = BTreeMap::new();
    for (name, _) in ballots.iter().flat_map(|b| &b.write_ins).filter(|(_, choice)| *choice == Choice::For) {
        *votes.entry(name.clone()).or_default() += 1;
    }
    by_votes(votes)
}

fn by_votes(votes: BTreeMap<String, u32>) -> Vec<WriteInFigures> {
    let mut figures: Vec<WriteInFigures> =
        votes.into_iter().map(|(name, votes_for)| WriteInFigures { name, votes_for }).collect();
    figures.sort_by_key(|figures| Reverse(figures.votes_for));
    figures
}

/// Fills the seats from the sorted standings; gives the elected and those who are tied at the last seat.
fn fill(standings: &[(u32, usize, &str)], seats: u32) -> (Vec<String>, Vec<String>) {
    let seats = usize::try_from(seats).unwrap_or(usize::MAX);
    let names = |pick: &dyn Fn(u32) -> bool| {
        standings.iter().filter(|(votes, ..)| pick(*votes)).map(|(_, _, name)| (*name).to_owned()).collect()
    };
    let first_out = standings.get(seats).map(|(votes, ..)| *votes);
    let last_in = seats.checked_sub(1).and_then(|last| standings.get(last)).map(|(votes, ..)| *votes);
    match first_out {
        Some(edge) if last_in == Some(edge) => (names(&|votes| votes > edge), names(&|votes| votes == edge)),
        Some(edge) => (names(&|votes| votes > edge), Vec::new()),
        None => (names(&|_| true), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRACTICE: Rules = Rules::PRACTICE;

    fn for_all(choices: &[usize]) -> Ballot {
        Ballot { choices: choices.iter().map(|&place| (place, Choice::For)).collect(), write_ins: Vec::new() }
    }

    fn election(seats: u32, candidates: &[&str], ballots: Vec<Ballot>) -> Election {
        let voters = whole(ballots.len());
        Election {
            seats,
            candidates: candidates.iter().map(|&name| name.to_owned()).collect(),
            due: voters,
            present: voters,
            issued: voters,
            rules: PRACTICE,
            ballots,
        }
    }

    #[test]
    fn exactly_half_is_not_a_majority() {
        let mut ballots = vec![for_all(&[0]); 5];
        ballots.extend(vec![Ballot::default(); 5]);
        let half = count(&election(1, &["甲"], ballots.clone()));
        assert_eq!((half.elected.len(), half.vacant), (0, 1));
        ballots[9] = for_all(&[0]);
        assert_eq!(count(&election(1, &["甲"], ballots)).elected, ["甲"]);
    }

    #[test]
    fn a_tie_at_the_last_seat_elects_none_of_the_tied() {
        let mut ballots = vec![for_all(&[0, 1]), for_all(&[0, 2]), for_all(&[0, 1]), for_all(&[0, 2])];
        ballots.push(for_all(&[1, 2]));
        let mut election = election(2, &["甲", "乙", "丙"], ballots);
        let second = count(&election);
        assert_eq!(
            (second.elected, second.tied, second.vacant),
            (vec!["甲".to_owned()], vec!["乙".to_owned(), "丙".to_owned()], 1)
        );
        election.rules.tie = Tie::Vacant;
        let vacant = count(&election);
        assert_eq!((vacant.elected.len(), vacant.tied.len(), vacant.vacant), (1, 0, 1));
    }

    /// The tie cases as a League committee would sign them: seats, approvals of each candidate out of 10 ballots, who is
    /// elected, who is tied where a second round or a lot decides, and seats left.
    #[test]
    fn the_table_of_ties() {
        type Case = (u32, &'static [u32], &'static str, &'static str, u32);
        let table: [Case; 12] = [
            (1, &[6, 6], "", "甲乙", 1),
            (1, &[5, 5], "", "", 1),
            (1, &[7, 6], "甲", "", 0),
            (2, &[8, 6, 6], "甲", "乙丙", 1),
            (2, &[6, 6, 6], "", "甲乙丙", 2),
            (2, &[8, 8, 6], "甲乙", "", 0),
            (2, &[8, 5, 5], "甲", "", 1),
            (3, &[9, 7, 7, 7], "甲", "乙丙丁", 2),
            (3, &[9, 9, 7, 7], "甲乙", "丙丁", 1),
            (3, &[9, 7, 7, 6], "甲乙丙", "", 0),
            (3, &[6, 6], "甲乙", "", 1),
            (4, &[10, 10, 10, 10], "甲乙丙丁", "", 0),
        ];
        for (seats, votes, elected, tied, vacant) in table {
            for tie in [Tie::Vacant, Tie::SecondRound, Tie::Lot] {
                let names = ["甲", "乙", "丙", "丁"];
                let figures = |(name, votes_for): (&&str, &u32)| CandidateFigures {
                    name: (*name).to_owned(),
                    votes_for: *votes_for,
                    against: 10 - votes_for,
                    abstain: 0,
                };
                let candidates = names.iter().zip(votes).map(figures).collect();
                let tally = Tally { returned: 10, valid: 10, void: 0, candidates, write_ins: Vec::new() };
                let attendance = Attendance { due: 10, present: 10, issued: 10 };
                let count = judge(seats, &Rules { tie, ..PRACTICE }, attendance, &tally, &[]);
                let listed = if tie == Tie::Vacant { "" } else { tied };
                let said = (count.elected.concat(), count.tied.concat(), count.vacant);
                assert_eq!(said, (elected.to_owned(), listed.to_owned(), vacant), "{seats} of {votes:?} with {tie:?}");
            }
        }
    }

    #[test]
    fn a_tie_above_the_last_seat_harms_nobody() {
        let ballots = vec![for_all(&[0, 1]), for_all(&[0, 1]), for_all(&[0, 1])];
        let count = count(&election(2, &["甲", "乙", "丙"], ballots));
        assert_eq!((count.elected.len(), count.tied.len(), count.vacant), (2, 0, 0));
    }

    #[test]
    fn void_ballots() {
        let write_in = |name: &str, choice| Ballot { choices: Vec::new(), write_ins: vec![(name.to_owned(), choice)] };
        let ballots = vec![
            for_all(&[0, 1]),
            write_in("甲", Choice::Abstain),
            write_in("戊", Choice::For),
            write_in("己", Choice::Against),
        ];
        let mut election = election(1, &["甲", "乙"], ballots);
        let open = count(&election);
        assert_eq!((open.valid, open.void), (2, 2), "two chosen for one seat; a candidate written in");
        assert_eq!(open.write_ins, [WriteInFigures { name: "戊".to_owned(), votes_for: 1 }]);
        election.rules.write_in = false;
        assert_eq!(count(&election).void, 4);
    }

    #[test]
    fn a_write_in_can_be_elected_after_a_candidate_with_as_many_votes() {
        let both = Ballot { choices: vec![(0, Choice::For)], write_ins: vec![("丁".to_owned(), Choice::For)] };
        assert_eq!(count(&election(2, &["甲"], vec![both; 3])).elected, ["甲", "丁"]);
    }

    #[test]
    fn an_election_that_is_not_valid_elects_nobody_and_says_every_reason() {
        let mut election = election(1, &["甲"], vec![for_all(&[0]); 3]);
        (election.due, election.present, election.issued) = (1, 2, 2);
        let result = count(&election);
        assert_eq!((result.valid_election, result.reasons.len(), result.elected.len()), (false, 2, 0));
        assert_eq!(result.candidates[0].votes_for, 3);
        (election.due, election.present, election.issued) = (9, 6, 6);
        assert_eq!(count(&election).reasons.len(), 1, "6 of 9 is not more than two thirds");
        election.rules.quorum_strict = false;
        assert!(count(&election).valid_election);
    }
}
