//! The count of an election: what a ballot is worth, who is elected, who is tied. Whole numbers only.
//!
//! Neither plan says how votes are counted (gap G5): every switch here is an election's own rule, set before the vote, each
//! with its [`Source`].
//!
//! Its tests, one a rule of the count, are nearly a third of the file.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use serde::{Deserialize, Serialize};

use crate::{
    name::{key, pinyin, shown},
    words::words,
};

/// What a voter says of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// 赞成.
    For,
    /// 反对.
    Against,
    /// 弃权.
    Abstain,
    /// 无法辨认: the line cannot be read.
    Unreadable,
}

/// A ballot as cast. It names each candidate at most once; a candidate it does not name is an abstention.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ballot {
    /// Choices by the candidate's place in the list.
    pub choices: Vec<(usize, Choice)>,
    /// Write-ins (另选他人) by name; no two of one [`key`].
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
    /// 应到.
    Due,
    /// 相对多数: the most votes win, and nobody is elected without a vote.
    None,
}

/// Which round of an election this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Round {
    /// The first; also a new election for seats that nobody won.
    #[default]
    First,
    /// Among those who tied, who had passed the majority before: the most votes win, and nobody is written in.
    Tied,
}

/// What becomes of a ballot on which a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The line abstains.
    #[default]
    Abstain,
    /// The ballot is void.
    Void,
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
    /// Those present vote among them by a show of hands.
    Hands,
}

impl Tie {
    /// People settle it in public once the ballots are counted, and it is registered whom they chose.
    #[must_use]
    pub fn is_settled_in_public(self) -> bool {
        matches!(self, Self::Lot | Self::Hands)
    }

    /// What people do then, in words; empty where they do nothing.
    #[must_use]
    pub fn act(self) -> &'static str {
        match self {
            Self::Vacant | Self::SecondRound => "",
            Self::Lot => "抽签",
            Self::Hands => "举手表决",
        }
    }
}

/// An election's own rules. What was added later is left out where it says what held before, so that the hash of a
/// contest that was opened under an earlier version stays.
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
    #[serde(default, skip_serializing_if = "is_default")]
    pub round: Round,
    /// A ballot writes in at most as many as it opposes; more makes it void.
    #[serde(default, skip_serializing_if = "is_default")]
    pub write_in_needs_against: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub unreadable: Unreadable,
}

/// The value is the one that holds where nothing is said.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

words! {
    /// What a contest's rules say something of.
    RulePoint:
    Quorum = "quorum", "到会人数";
    Majority = "majority", "当选";
    Tie = "tie", "最后一席得票相同";
    Extra = "extra", "差额";
    WriteIn = "write_in", "另选他人";
    WriteInNeedsAgainst = "write_in_needs_against", "弃权后另选他人";
    Unreadable = "unreadable", "无法辨认";
}

words! {
    /// Where a rule of a contest comes from.
    Source:
    /// What most universities do, where nobody has decided.
    Practice = "practice", "实践惯例";
    /// The plan in force.
    Plan = "plan", "实施方案";
    /// The student union's own constitution.
    Constitution = "constitution", "章程";
    ElectionRules = "election_rules", "选举办法";
    /// A decision of the League committee.
    Decision = "decision", "团委决定";
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
        round: Round::First,
        write_in_needs_against: false,
        unreadable: Unreadable::Abstain,
    };

    /// The base of the majority as it is counted.
    #[must_use]
    pub fn base(&self) -> MajorityOf {
        match self.round {
            Round::First => self.majority_of,
            Round::Tied => MajorityOf::None,
        }
    }

    /// Names may be written in as it is counted.
    #[must_use]
    pub fn takes_write_ins(&self) -> bool {
        self.write_in && self.round == Round::First
    }

    /// The quorum as a rule.
    #[must_use]
    pub fn quorum_in_words(&self) -> String {
        match self.quorum {
            (0, _) if !self.quorum_strict => "不设到会人数要求".to_owned(),
            (numerator, denominator) => {
                let word = if self.quorum_strict { "超过" } else { "达到" };
                format!("实到{word}应到的 {numerator}/{denominator}，选举有效")
            }
        }
    }

    /// The fewest votes by which somebody may be elected.
    #[must_use]
    pub fn needed(&self, attendance: Attendance, valid: u32) -> u32 {
        match self.base() {
            MajorityOf::Present => attendance.present / 2 + 1,
            MajorityOf::Valid => valid / 2 + 1,
            MajorityOf::Due => attendance.due / 2 + 1,
            MajorityOf::None => 1,
        }
    }
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
    /// 弃权, lines that cannot be read included.
    pub abstain: u32,
    /// 无法辨认: how many of the abstentions are lines that cannot be read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unreadable: u32,
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
    /// Write-ins of a name that several candidates' labels begin with: counted for nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unclear: Vec<WriteInFigures>,
    /// As [`Tally::others`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub others: u32,
    /// Groups of write-ins that may be one person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<Vec<String>>,
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
    /// As [`Count::unclear`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unclear: Vec<WriteInFigures>,
    /// 其他: votes for names written in that are not shown; they elect nobody.
    #[serde(default, skip_serializing_if = "is_default")]
    pub others: u32,
}

impl Tally {
    #[must_use]
    pub fn none(candidates: &[String]) -> Self {
        let nobody = |name: &String| CandidateFigures {
            name: name.clone(),
            votes_for: 0,
            against: 0,
            abstain: 0,
            unreadable: 0,
        };
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
            own.unreadable = own.unreadable.saturating_add(more.unreadable);
        }
        self.write_ins = by_name(self.write_ins.iter().chain(&other.write_ins));
        self.unclear = by_name(self.unclear.iter().chain(&other.unclear));
        self.others = self.others.saturating_add(other.others);
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
        for CandidateFigures { name, votes_for, against, abstain, unreadable } in &self.candidates {
            if unreadable > abstain {
                faults.push(format!("{name}：无法辨认 {unreadable}，多于弃权 {abstain}"));
            }
            if u64::from(*votes_for) + u64::from(*against) + u64::from(*abstain) != u64::from(*valid) {
                faults.push(format!(
                    "{name}：赞成 {votes_for}、反对 {against}、弃权 {abstain}，合计不等于有效 {valid} 张"
                ));
            }
        }
        for WriteInFigures { name, votes_for } in self.write_ins.iter().chain(&self.unclear) {
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
    let stands = Standing::of(&election.candidates);
    let valid_ballots: Vec<&Ballot> =
        election.ballots.iter().filter(|ballot| !is_void(election, &stands, ballot)).collect();
    let (returned, valid) = (whole(election.ballots.len()), whole(valid_ballots.len()));
    let (unclear, write_ins): (Vec<_>, Vec<_>) = written_in(&valid_ballots)
        .into_iter()
        .partition(|figures| stands.written(&figures.name) == WrittenName::Unclear);
    Tally {
        returned,
        valid,
        void: returned - valid,
        candidates: figures(election, &valid_ballots, valid),
        write_ins,
        unclear,
        others: 0,
    }
}

/// What a written-in name says beside those who stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenName {
    /// A candidate's own name: the ballot is void.
    Candidate,
    /// The bare name of candidates whose labels go on with a class or number: counted for nobody.
    Unclear,
    Other,
}

/// The names of those who stand, as written-in names are held against them.
#[derive(Debug, Clone, Default)]
pub struct Standing(HashMap<String, WrittenName>);

impl Standing {
    #[must_use]
    pub fn of(labels: &[String]) -> Self {
        let mut names: HashMap<String, WrittenName> = labels
            .iter()
            .filter_map(|label| bare(&key(label)).map(|name| (name.to_owned(), WrittenName::Unclear)))
            .collect();
        names.extend(labels.iter().map(|label| (key(label), WrittenName::Candidate)));
        Self(names)
    }

    /// What a name says that was written in.
    #[must_use]
    pub fn written(&self, name: &str) -> WrittenName {
        self.0.get(&key(name)).copied().unwrap_or(WrittenName::Other)
    }
}

/// The name before the bracket with a class or number; none where there is no bracket.
fn bare(key: &str) -> Option<&str> {
    key.split_once('(').map(|(name, _)| name).filter(|name| !name.is_empty())
}

/// Who is elected by a tally. Whoever withdrew after the ballots went out keeps their figures and is not elected; the
/// places go to the others.
#[must_use]
pub fn judge(seats: u32, rules: &Rules, attendance: Attendance, tally: &Tally, withdrawn: &[String]) -> Count {
    let reasons = faults(rules, attendance, tally.returned);
    let mut standings: Vec<(u32, &str)> = tally
        .candidates
        .iter()
        .map(|figures| (figures.votes_for, figures.name.as_str()))
        .chain(tally.write_ins.iter().map(|figures| (figures.votes_for, figures.name.as_str())))
        .collect();
    let needed = rules.needed(attendance, tally.valid);
    standings
        .retain(|(votes, name)| reasons.is_empty() && *votes >= needed && !withdrawn.iter().any(|gone| gone == name));
    // Of those with as many votes the ballot's order stays.
    standings.sort_by_key(|&(votes, _)| Reverse(votes));

    let (elected, at_the_edge) = fill(&standings, seats);
    let tied = match rules.tie {
        Tie::Vacant => Vec::new(),
        Tie::SecondRound | Tie::Lot | Tie::Hands => at_the_edge,
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
        unclear: tally.unclear.clone(),
        others: tally.others,
        similar: similar(&tally.write_ins),
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

/// Void: more chosen than seats, a write-in of somebody who stands, any write-in where none is allowed, more write-ins than
/// candidates opposed where that is the rule, or a line that cannot be read where that is.
fn is_void(election: &Election, stands: &Standing, ballot: &Ballot) -> bool {
    let rules = &election.rules;
    let chosen =
        ballot.choices.iter().map(|(_, choice)| choice).chain(ballot.write_ins.iter().map(|(_, choice)| choice));
    let too_many = whole(chosen.filter(|choice| **choice == Choice::For).count()) > election.seats;
    let names_a_candidate = ballot.write_ins.iter().any(|(name, _)| stands.written(name) == WrittenName::Candidate);
    let says = |wanted| ballot.choices.iter().filter(|(_, choice)| *choice == wanted).count();
    too_many
        || names_a_candidate
        || (!rules.takes_write_ins() && !ballot.write_ins.is_empty())
        || (rules.write_in_needs_against && ballot.write_ins.len() > says(Choice::Against))
        || (rules.unreadable == Unreadable::Void && says(Choice::Unreadable) > 0)
}

fn figures(election: &Election, ballots: &[&Ballot], valid: u32) -> Vec<CandidateFigures> {
    let mut figures = Tally::none(&election.candidates).candidates;
    for (place, choice) in ballots.iter().flat_map(|ballot| &ballot.choices) {
        if let Some(figures) = figures.get_mut(*place) {
            match choice {
                Choice::For => figures.votes_for += 1,
                Choice::Against => figures.against += 1,
                Choice::Unreadable => figures.unreadable += 1,
                Choice::Abstain => {}
            }
        }
    }
    for figures in &mut figures {
        figures.abstain = valid - figures.votes_for - figures.against;
    }
    figures
}

fn written_in(ballots: &[&Ballot]) -> Vec<WriteInFigures> {
    let chosen = ballots.iter().flat_map(|ballot| &ballot.write_ins).filter(|(_, choice)| *choice == Choice::For);
    let once: Vec<WriteInFigures> =
        chosen.map(|(name, _)| WriteInFigures { name: name.clone(), votes_for: 1 }).collect();
    by_name(once.iter())
}

/// Write-ins with one entry a name, shown as it is spelt first, by votes, then by name.
#[must_use]
pub fn by_name<'a>(figures: impl Iterator<Item = &'a WriteInFigures>) -> Vec<WriteInFigures> {
    let mut all: HashMap<String, WriteInFigures> = HashMap::new();
    for one in figures {
        let sum = all.entry(key(&one.name)).or_insert_with(|| WriteInFigures { name: shown(&one.name), votes_for: 0 });
        sum.votes_for = sum.votes_for.saturating_add(one.votes_for);
    }
    let mut all: Vec<WriteInFigures> = all.into_values().collect();
    all.sort_by(|a, b| b.votes_for.cmp(&a.votes_for).then_with(|| a.name.cmp(&b.name)));
    all
}

/// What names that may be one person's share: their length, the place of the character left out, the others, and its sound.
type Likeness<'a> = (usize, usize, String, &'a str);

/// So many names are compared with each other, those with most votes first.
const MOST_COMPARED: usize = 5_000;

/// Groups of names that may be one person: they differ in one character (of two, only where both characters sound alike), or
/// one is the other with a class or number behind it. Nothing is added up: people decide.
#[must_use]
pub fn similar(write_ins: &[WriteInFigures]) -> Vec<Vec<String>> {
    let keys: Vec<String> = write_ins.iter().take(MOST_COMPARED).map(|one| key(&one.name)).collect();
    // By what is left of a name without one character: names that share it are alike.
    let mut alike: BTreeMap<Likeness, Vec<(usize, &str)>> = BTreeMap::new();
    for (place, own) in keys.iter().enumerate() {
        let name = bare(own).unwrap_or(own);
        let bracket = own.strip_prefix(name).unwrap_or_default();
        let length = name.chars().count();
        alike.entry((0, 0, name.to_owned(), "")).or_default().push((place, bracket));
        for (at, differs) in name.chars().enumerate().filter(|_| length > 1) {
            let sound = if length == 2 { pinyin::plain(differs).unwrap_or_default() } else { "" };
            if length > 2 || !sound.is_empty() {
                let others = name.chars().enumerate().filter(|(other, _)| *other != at).map(|(_, c)| c).collect();
                alike.entry((length, at, others, sound)).or_default().push((place, bracket));
            }
        }
    }
    let mut leads: Vec<usize> = (0..keys.len()).collect();
    for group in alike.into_values() {
        // Two classes are two people, unless somebody wrote the name alone.
        let parted = group.iter().all(|(_, bracket)| !bracket.is_empty());
        let mut firsts: HashMap<&str, usize> = HashMap::new();
        for (place, bracket) in group {
            let first = *firsts.entry(if parted { bracket } else { "" }).or_insert(place);
            let (one, other) = (lead(&mut leads, first), lead(&mut leads, place));
            if let Some(joined) = leads.get_mut(one.max(other)) {
                *joined = one.min(other);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (place, figures) in write_ins.iter().take(MOST_COMPARED).enumerate() {
        groups.entry(lead(&mut leads, place)).or_default().push(figures.name.clone());
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// The first of those to whom a name was joined.
fn lead(leads: &mut [usize], place: usize) -> usize {
    let mut first = place;
    while let Some(&next) = leads.get(first).filter(|next| **next != first) {
        first = next;
    }
    if let Some(own) = leads.get_mut(place) {
        *own = first;
    }
    first
}

/// Fills the seats from the sorted standings; gives the elected and those who are tied at the last seat.
fn fill(standings: &[(u32, &str)], seats: u32) -> (Vec<String>, Vec<String>) {
    let seats = usize::try_from(seats).unwrap_or(usize::MAX);
    let names = |pick: &dyn Fn(u32) -> bool| {
        standings.iter().filter(|(votes, _)| pick(*votes)).map(|(_, name)| (*name).to_owned()).collect()
    };
    let first_out = standings.get(seats).map(|(votes, _)| *votes);
    let last_in = seats.checked_sub(1).and_then(|last| standings.get(last)).map(|(votes, _)| *votes);
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
            for tie in [Tie::Vacant, Tie::SecondRound, Tie::Lot, Tie::Hands] {
                let names = ["甲", "乙", "丙", "丁"];
                let figures = |(name, votes_for): (&&str, &u32)| CandidateFigures {
                    name: (*name).to_owned(),
                    votes_for: *votes_for,
                    against: 10 - votes_for,
                    abstain: 0,
                    unreadable: 0,
                };
                let candidates = names.iter().zip(votes).map(figures).collect();
                let tally = Tally { returned: 10, valid: 10, candidates, ..Tally::default() };
                let attendance = Attendance { due: 10, present: 10, issued: 10 };
                let count = judge(seats, &Rules { tie, ..PRACTICE }, attendance, &tally, &[]);
                let listed = if tie == Tie::Vacant { "" } else { tied };
                let said = (count.elected.concat(), count.tied.concat(), count.vacant);
                assert_eq!(said, (elected.to_owned(), listed.to_owned(), vacant), "{seats} of {votes:?} with {tie:?}");
            }
        }
    }

    /// As the table above, where no half of those present is asked for: by how the majority is taken and which round it is,
    /// 10 ballots of 10 present and 14 due.
    #[test]
    fn the_table_of_ties_of_the_further_rules() {
        type Case = (&'static str, MajorityOf, Round, u32, &'static [u32], &'static str, &'static str, u32);
        let table: [Case; 15] = [
            ("the most votes win", MajorityOf::None, Round::First, 2, &[5, 4, 3], "甲乙", "", 0),
            ("without a half", MajorityOf::None, Round::First, 1, &[1, 0, 0], "甲", "", 0),
            ("but not without a vote", MajorityOf::None, Round::First, 3, &[4, 2, 0], "甲乙", "", 1),
            ("a tie at the edge", MajorityOf::None, Round::First, 2, &[5, 3, 3], "甲", "乙丙", 1),
            ("a tie above the edge", MajorityOf::None, Round::First, 2, &[3, 3, 2], "甲乙", "", 0),
            ("all tied", MajorityOf::None, Round::First, 1, &[3, 3, 3], "", "甲乙丙", 1),
            ("nobody has a vote", MajorityOf::None, Round::First, 1, &[0, 0, 0], "", "", 1),
            ("half of those due is 7", MajorityOf::Due, Round::First, 2, &[8, 7, 6], "甲", "", 1),
            ("tied past the half of those due", MajorityOf::Due, Round::First, 1, &[8, 8, 9], "丙", "", 0),
            ("tied at the half of those due", MajorityOf::Due, Round::First, 2, &[9, 8, 8], "甲", "乙丙", 1),
            ("a round among the tied needs no half", MajorityOf::Present, Round::Tied, 1, &[4, 3], "甲", "", 0),
            ("it can tie again", MajorityOf::Present, Round::Tied, 1, &[4, 4], "", "甲乙", 1),
            ("two seats among three", MajorityOf::Due, Round::Tied, 2, &[4, 3, 2], "甲乙", "", 0),
            ("a tie for the second", MajorityOf::Valid, Round::Tied, 2, &[4, 2, 2], "甲", "乙丙", 1),
            ("a new election asks for the half again", MajorityOf::Present, Round::First, 1, &[5, 4], "", "", 1),
        ];
        for (says, majority_of, round, seats, votes, elected, tied, vacant) in table {
            let names = ["甲", "乙", "丙"];
            let figures = |(name, votes_for): (&&str, &u32)| CandidateFigures {
                name: (*name).to_owned(),
                votes_for: *votes_for,
                against: 0,
                abstain: 10 - votes_for,
                unreadable: 0,
            };
            let candidates = names.iter().zip(votes).map(figures).collect();
            let tally = Tally { returned: 10, valid: 10, candidates, ..Tally::default() };
            let attendance = Attendance { due: 14, present: 10, issued: 10 };
            for tie in [Tie::Vacant, Tie::SecondRound, Tie::Lot, Tie::Hands] {
                let rules = Rules { majority_of, tie, round, ..PRACTICE };
                let count = judge(seats, &rules, attendance, &tally, &[]);
                let listed = if tie == Tie::Vacant { "" } else { tied };
                let said = (count.elected.concat(), count.tied.concat(), count.vacant);
                assert_eq!(said, (elected.to_owned(), listed.to_owned(), vacant), "{says} with {tie:?}");
            }
        }
    }

    fn writes(choices: &[Choice], names: &[&str]) -> Ballot {
        Ballot {
            choices: choices.iter().copied().enumerate().collect(),
            write_ins: names.iter().map(|name| ((*name).to_owned(), Choice::For)).collect(),
        }
    }

    #[test]
    fn whoever_abstains_writes_in_nobody_where_that_is_the_rule() {
        use Choice::{Abstain, Against};
        let ballots = vec![
            writes(&[Against, Against], &["戊"]),
            writes(&[Against, Abstain], &["戊"]),
            writes(&[Abstain, Abstain], &["戊"]),
            writes(&[Against, Abstain], &["戊", "己"]),
        ];
        let mut election = election(2, &["甲", "乙"], ballots);
        assert_eq!((count(&election).void, count(&election).write_ins[0].votes_for), (0, 4));
        election.rules.write_in_needs_against = true;
        assert_eq!((count(&election).void, count(&election).write_ins[0].votes_for), (2, 2));
    }

    #[test]
    fn a_round_among_the_tied_takes_no_write_ins() {
        let mut election = election(1, &["甲"], vec![writes(&[], &["戊"]), for_all(&[0])]);
        election.rules.round = Round::Tied;
        assert_eq!((count(&election).void, count(&election).elected), (1, vec!["甲".to_owned()]));
    }

    #[test]
    fn a_line_that_cannot_be_read_abstains_or_voids() {
        let ballots =
            vec![writes(&[Choice::For, Choice::Unreadable], &[]), writes(&[Choice::For, Choice::Abstain], &[])];
        let mut election = election(2, &["甲", "乙"], ballots);
        let figures = count(&election).candidates.remove(1);
        assert_eq!((figures.abstain, figures.unreadable), (2, 1));
        election.rules.unreadable = Unreadable::Void;
        let voided = count(&election);
        assert_eq!((voided.void, voided.candidates[1].unreadable), (1, 0));
    }

    #[test]
    fn one_person_in_several_spellings_is_one_line() {
        let spellings = ["张三", "张 三", "张　三", "张三\u{200b}", "张三\u{a0}"];
        let ballots = spellings.iter().map(|name| writes(&[], &[name])).collect();
        let one = count(&election(1, &["甲"], ballots));
        assert_eq!(one.write_ins, [WriteInFigures { name: "张三".to_owned(), votes_for: 5 }]);
        assert_eq!(one.elected, ["张三"]);
        let dots = vec![writes(&[], &["阿依古丽•买买提"]), writes(&[], &["阿依古丽・买买提"])];
        assert_eq!(count(&election(1, &["阿依古丽·买买提"], dots)).void, 2, "a candidate is named");
    }

    #[test]
    fn the_bare_name_of_labelled_candidates_is_counted_for_nobody() {
        let candidates = ["张伟（软件2401班）", "张伟（机械2402班）"];
        let ballots = vec![writes(&[], &["张 伟"]), writes(&[], &["张伟(软件 2401班)"]), Ballot::default()];
        let unclear = count(&election(1, &candidates, ballots));
        assert_eq!((unclear.valid, unclear.void), (2, 1), "a whole label names the candidate");
        assert_eq!(unclear.unclear, [WriteInFigures { name: "张伟".to_owned(), votes_for: 1 }]);
        assert!(unclear.write_ins.is_empty() && unclear.elected.is_empty());
    }

    #[test]
    fn spellings_that_may_be_one_person_are_grouped() {
        let groups = |names: &[&str]| {
            let figures = |name: &&str| WriteInFigures { name: (*name).to_owned(), votes_for: 1 };
            similar(&names.iter().map(figures).collect::<Vec<_>>())
        };
        assert_eq!(groups(&["张三", "李四", "張三"]), [["张三", "張三"]]);
        assert_eq!(groups(&["王小明", "王晓明", "王晓敏"]), [["王小明", "王晓明", "王晓敏"]]);
        assert_eq!(groups(&["张三（软件2401）", "张三"]), [["张三（软件2401）", "张三"]]);
        assert!(groups(&["张三", "李三", "张四", "戊", "己"]).is_empty());
        assert!(groups(&["张伟（软件2401班）", "张伟（机械2402班）"]).is_empty(), "two classes are two people");
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
