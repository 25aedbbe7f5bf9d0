//! The public record of a sitting and the full ballots, as files; and what can be checked of them by whoever holds them.
//!
//! The record holds totals, sorted receipts and the hash of the ballots file; anybody may have it. The ballots file holds
//! how often each pattern was cast, names detached; the monitors have it, and the committee may publish it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    ballot::CountedText,
    sitting::{Contest, Sitting},
    store::{Incidents, Lot},
};
use crate::{
    elections::{
        election_file::RulesOfFile,
        reconciliation::{Account, draw, tally_patterns},
    },
    rules::election::{Attendance, Count, Tally, WriteInFigures, is_default, judge},
};

const RECORD: &str = "lunzhi-record-1";
const BALLOTS: &str = "lunzhi-ballots-1";
/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// The SHA-256 of a file's bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// How often a pattern was cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// A letter for each candidate (`F` for, `A` against, `-` abstain), `+`, and how many names were written in.
    pub pattern: String,
    /// How many electronic ballots have it.
    pub votes: u32,
}

/// The ballots of one contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestBallots {
    /// The contest's place in the sitting.
    pub ordinal: i16,
    /// What the contest is called.
    pub title: String,
    /// The candidates in the ballot's order.
    pub candidates: Vec<String>,
    /// The electronic ballots, sorted by pattern.
    pub ballots: Vec<Pattern>,
    /// Names written in (另选他人) on them, most votes first, then by name; detached from the ballots.
    pub write_ins: Vec<WriteInFigures>,
}

/// `ballots.json`: every electronic ballot of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotsFile {
    /// `lunzhi-ballots-1`.
    pub format: String,
    /// The sitting's id; the record has the same.
    pub sitting: String,
    /// The sitting's contests by their ordinal; as many as the record has.
    pub contests: Vec<ContestBallots>,
}

/// The ballots file as text: the same for the same votes, whenever it is made.
///
/// # Errors
/// Never for what the count gives.
pub fn ballots_file(
    sitting: &Sitting,
    contests: &[Contest],
    patterns: &[CountedText],
    written: &[CountedText],
) -> anyhow::Result<String> {
    let of_contest = |contest: &Contest| {
        let mut ballots: Vec<Pattern> = patterns
            .iter()
            .filter(|one| one.contest == contest.id)
            .map(|one| Pattern { pattern: one.text.clone(), votes: one.votes })
            .collect();
        ballots.sort_by(|a, b| a.pattern.cmp(&b.pattern));
        let mut write_ins: Vec<WriteInFigures> = written
            .iter()
            .filter(|one| one.contest == contest.id)
            .map(|one| WriteInFigures { name: one.text.clone(), votes_for: one.votes })
            .collect();
        write_ins.sort_by(|a, b| b.votes_for.cmp(&a.votes_for).then_with(|| a.name.cmp(&b.name)));
        ContestBallots {
            ordinal: contest.ordinal,
            title: contest.title.clone(),
            candidates: contest.labels(),
            ballots,
            write_ins,
        }
    };
    let file = BallotsFile {
        format: BALLOTS.to_owned(),
        sitting: sitting.id.to_string(),
        contests: contests.iter().map(of_contest).collect(),
    };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

/// A contest of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestRecord {
    /// The contest's place in the sitting.
    pub ordinal: i16,
    /// What the contest is called.
    pub title: String,
    /// Who votes: the kind of electorate and its name, `班级：…`.
    pub body: String,
    /// 应选: how many are to be elected.
    pub seats: u32,
    /// The candidates in the ballot's order.
    pub candidates: Vec<String>,
    /// Those who withdrew after the ballot was announced: they keep their votes and are not elected.
    pub withdrawn: Vec<String>,
    /// The rules, as the count's file has them.
    pub rules: RulesOfFile,
    /// The rules in words, each with where it comes from; absent in records of earlier versions.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sources: Vec<SourceRecord>,
    /// Names written in stand as two monitors settled them, and few of a kind are 其他; else as they were written.
    #[serde(skip_serializing_if = "is_default", default)]
    pub names_settled: bool,
    /// 应到 (voters on the roll for this contest, later admissions included), 实到, 发出; in persons.
    pub attendance: Attendance,
    /// Paper ballots given out and returned.
    pub paper: PaperRecord,
    /// What all ballots come to, electronic and paper together.
    pub tally: Tally,
    /// Electronic and paper ballots apart; absent where either pile is under 20, so that a few voters are not shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub apart: Option<Apart>,
    /// The lot; absent where none was drawn.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lot: Option<LotRecord>,
    /// What follows from rules, attendance, tally, withdrawals and lot: who is elected.
    pub result: Count,
}

/// A rule of a contest with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// What the rule says something of, as a stable word.
    pub rule: String,
    /// What it says, in Chinese.
    pub value: String,
    /// `practice`, `plan`, `constitution`, `election_rules` or `decision`.
    pub source: String,
    /// The clause, or the decision with its day; empty for practice.
    pub text: String,
}

/// Paper ballots of a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperRecord {
    /// 发出: voters who were given one.
    pub issued: u32,
    /// 收回: ballots found, as two people entered them apart (a third where they differed).
    pub returned: u32,
}

/// The two piles of a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// What the electronic ballots come to.
    pub electronic: Tally,
    /// What the paper ballots come to.
    pub paper: Tally,
}

/// A lot in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotRecord {
    /// Who was tied at the last seat.
    pub tied: Vec<String>,
    /// Those of them who won; as many as seats were left.
    pub winners: Vec<String>,
    /// How it was drawn, in the office's words.
    pub method: String,
    /// Who was present when it was drawn, in the office's words.
    pub present: String,
}

/// `record.json`: what is published of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFile {
    /// `lunzhi-record-1`.
    pub format: String,
    /// The university's name.
    pub institution: String,
    /// The sitting's id, a UUID.
    pub sitting: String,
    /// What the sitting is called.
    pub title: String,
    /// When voting was opened: RFC 3339 to the second, at +08:00.
    pub opened_at: String,
    /// When voting was closed, in the same form.
    pub closed_at: String,
    /// The end that was announced, in the same form; empty in records that were made before it was kept.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub announced_end: String,
    /// Why voting was closed before the announced end without a quorum, in the office's words; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub closed_early_why: Option<String>,
    /// When the ballots were opened and counted, in the same form.
    pub counted_at: String,
    /// How many monitors' passphrases the count needed.
    pub threshold: u8,
    /// How many monitors (监票人) the sitting had.
    pub monitors: usize,
    /// The key to which ballots were sealed, in hexadecimal: an X25519 public key.
    pub public_key: String,
    /// Voters on the roll as it was frozen at the opening; who was admitted later is not in it.
    pub roll_size: u32,
    /// The SHA-256 of that roll, in hexadecimal: a line a voter with the place, the student's id and the contests.
    pub roll_hash: String,
    /// Voters admitted later by two monitors.
    pub admitted: u32,
    /// Passwords of voters reset while they could vote.
    pub resets: u32,
    /// Voters who set their first password by a code while they could vote.
    #[serde(default)]
    pub firsts: u32,
    /// Slips (会场票码) that were noted at check-in and not declared void.
    #[serde(default)]
    pub slips: u32,
    /// Sealed envelopes that lay in the ballot box when voting was closed, one a voter.
    pub envelopes: u32,
    /// Envelopes among them that were not of the portal's making and were left out of the count.
    pub excluded: u32,
    /// Why, in the chief monitor's words, with their places on the roll; absent where none was left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub excluded_why: Option<String>,
    /// The contests by their ordinal.
    pub contests: Vec<ContestRecord>,
    /// The SHA-256 of the ballots file, in hexadecimal.
    pub ballots_hash: String,
    /// The receipt of every envelope that was counted, 16 letters and digits each, sorted.
    pub receipts: Vec<String>,
}

/// What the record is made of besides the sitting.
#[derive(Debug)]
pub struct Parts<'a> {
    pub institution: &'a str,
    pub monitors: usize,
    pub public_key: &'a [u8],
    pub roll_hash: &'a [u8],
    pub ballots_hash: &'a [u8],
    pub incidents: &'a Incidents,
    pub receipts: Vec<String>,
    /// The accounts, in the contests' order.
    pub accounts: &'a [Account],
    /// The lots, in the contests' order.
    pub lots: Vec<Option<Lot>>,
}

fn moment(at: Option<time::OffsetDateTime>) -> String {
    let format = &time::format_description::well_known::Rfc3339;
    at.map(|at| at.to_offset(crate::clock::CHINA).replace_nanosecond(0).unwrap_or(at))
        .and_then(|at| at.format(format).ok())
        .unwrap_or_default()
}

/// The record of a sitting.
#[must_use]
pub fn record(sitting: &Sitting, contests: &[Contest], parts: Parts<'_>) -> RecordFile {
    let number = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let of_contest = |((contest, account), lot): ((&Contest, &Account), &Option<Lot>)| ContestRecord {
        ordinal: contest.ordinal,
        title: contest.title.clone(),
        body: format!("{}：{}", contest.body.label(), contest.body_name),
        seats: contest.seats,
        candidates: contest.labels(),
        withdrawn: contest.withdrawn(),
        rules: RulesOfFile::of(&contest.rules.count),
        sources: contest
            .rules_in_words(&sitting.decision)
            .into_iter()
            .map(|one| SourceRecord {
                rule: one.point.slug().to_owned(),
                value: format!("{}：{}", one.label, one.value),
                source: one.source.slug().to_owned(),
                text: one.text,
            })
            .collect(),
        names_settled: true,
        attendance: account.attendance,
        paper: PaperRecord {
            issued: account.paper.issued,
            returned: account.paper_tally.as_ref().map_or(0, |tally| tally.returned),
        },
        tally: account.tally.clone(),
        apart: account
            .paper_tally
            .clone()
            .filter(|_| account.apart())
            .map(|paper| Apart { electronic: account.electronic_tally.clone(), paper }),
        lot: lot.as_ref().map(|lot| LotRecord {
            tied: judge(contest.seats, &contest.rules.count, account.attendance, &account.tally, &contest.withdrawn())
                .tied,
            winners: lot.winners.clone(),
            method: lot.method.clone(),
            present: lot.present.clone(),
        }),
        result: account.count.clone(),
    };
    RecordFile {
        format: RECORD.to_owned(),
        institution: parts.institution.to_owned(),
        sitting: sitting.id.to_string(),
        title: sitting.title.clone(),
        opened_at: moment(sitting.opened_at()),
        closed_at: moment(sitting.closed_at()),
        announced_end: moment(Some(sitting.closes_at)),
        closed_early_why: sitting.close_why().filter(|_| sitting.closed_early()).map(str::to_owned),
        counted_at: moment(sitting.counted_at()),
        threshold: sitting.threshold,
        monitors: parts.monitors,
        public_key: hex::encode(parts.public_key),
        roll_size: sitting.roll_size().map_or(0, i32::unsigned_abs),
        roll_hash: hex::encode(parts.roll_hash),
        admitted: number(parts.incidents.admitted),
        resets: number(parts.incidents.resets),
        firsts: number(parts.incidents.firsts),
        slips: number(parts.incidents.slips),
        envelopes: sitting.envelopes().map_or(0, i32::unsigned_abs),
        excluded: sitting.excluded().unsigned_abs(),
        excluded_why: sitting.excluded_why().map(str::to_owned),
        contests: contests.iter().zip(parts.accounts).zip(&parts.lots).map(of_contest).collect(),
        ballots_hash: hex::encode(parts.ballots_hash),
        receipts: parts.receipts,
    }
}

/// How far a record was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The totals agree with each other, the result follows from them, the receipts are as many as the envelopes.
    Totals,
    /// Also the full ballots: their hash is the record's, and counted again they give its totals.
    Ballots,
}

/// What `verify` found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub level: Level,
    pub contests: usize,
    pub receipts: usize,
}

/// Reads a record.
///
/// # Errors
/// Why it is none, in Chinese.
pub fn read(bytes: &[u8]) -> Result<RecordFile, String> {
    let file: RecordFile = serde_json::from_slice(bytes)
        .map_err(|error| format!("不是选举公开记录：第 {} 行第 {} 列读不出来", error.line(), error.column()))?;
    if file.format == RECORD { Ok(file) } else { Err(format!("format 应为 {RECORD}")) }
}

/// Checks a record, and the full ballots where they are given. Names the first thing that does not agree.
///
/// # Errors
/// What does not agree, in Chinese.
pub fn verify(record: &RecordFile, ballots: Option<&[u8]>) -> Result<Verified, String> {
    let own = record.envelopes.checked_sub(record.excluded).ok_or("未计入的加密选票多于全部加密选票")?;
    if usize::try_from(own) != Ok(record.receipts.len()) {
        return Err(format!("加密选票 {own} 张（不含未计入的），回执 {} 个，数目不等", record.receipts.len()));
    }
    if let Some([first, second]) = record.receipts.array_windows().find(|[first, second]| first >= second) {
        return Err(format!("回执没有按顺序排列或有重复：{first}、{second}"));
    }
    if record.excluded > 0 && record.excluded_why.as_deref().unwrap_or_default().is_empty() {
        return Err("有未计入的加密选票而没有写明原因".to_owned());
    }
    if record.contests.is_empty() {
        return Err("没有一项选举".to_owned());
    }
    if let Some([first, second]) =
        record.contests.array_windows().find(|[first, second]| first.ordinal >= second.ordinal)
    {
        return Err(format!("选举项目没有按顺序排列或有重复：{}、{}", first.title, second.title));
    }
    for contest in &record.contests {
        verify_contest(contest)
            .and_then(|()| verify_presence(record, contest))
            .map_err(|why| format!("{}：{why}", contest.title))?;
    }
    let (contests, receipts) = (record.contests.len(), record.receipts.len());
    let Some(bytes) = ballots else { return Ok(Verified { level: Level::Totals, contests, receipts }) };
    if hex::encode(hash(bytes)) != record.ballots_hash {
        return Err("选票文件的核验码与公开记录里的不同：这不是这次选举的选票，或者被改动过".to_owned());
    }
    let file: BallotsFile = serde_json::from_slice(bytes)
        .map_err(|error| format!("选票文件第 {} 行第 {} 列读不出来", error.line(), error.column()))?;
    if file.format != BALLOTS || file.sitting != record.sitting || file.contests.len() != contests {
        return Err("选票文件不属于这份公开记录".to_owned());
    }
    for (contest, ballots) in record.contests.iter().zip(&file.contests) {
        recount(contest, ballots, receipts).map_err(|why| format!("{}：{why}", contest.title))?;
    }
    Ok(Verified { level: Level::Ballots, contests, receipts })
}

fn verify_contest(contest: &ContestRecord) -> Result<(), String> {
    let rules = contest.rules.read().ok_or("选举规则读不出来")?;
    let Attendance { due, present, issued } = contest.attendance;
    let tally = &contest.tally;
    if let Some(fault) = tally.faults().into_iter().next() {
        return Err(fault);
    }
    if present > due || issued > present || tally.returned > issued {
        return Err(format!("应到 {due}、实到 {present}、发出 {issued}、收回 {}，应当依次不增", tally.returned));
    }
    if tally.candidates.iter().map(|one| &one.name).ne(&contest.candidates) {
        return Err("得票表与候选人名单不一致".to_owned());
    }
    if let Some(Apart { electronic, paper }) = &contest.apart
        && electronic.clone().with(paper) != *tally
    {
        return Err("网上与纸质选票之和不等于合计".to_owned());
    }
    let mut count = judge(contest.seats, &rules, contest.attendance, tally, &contest.withdrawn);
    if let Some(lot) = &contest.lot {
        let drawn: std::collections::HashSet<&String> = lot.winners.iter().collect();
        let fits = rules.tie.is_settled_in_public()
            && lot.tied == count.tied
            && drawn.len() == lot.winners.len()
            && lot.winners.iter().all(|name| count.tied.contains(name))
            && u32::try_from(lot.winners.len()) == Ok(count.vacant);
        if !fits {
            return Err("抽签或举手表决的人、选定的人数与得票相同的人和空缺的席位不一致".to_owned());
        }
        draw(&mut count, &lot.winners);
    }
    // Which names may be one person is a hint for people, and earlier versions have none.
    let mut result = contest.result.clone();
    count.similar.clear();
    result.similar.clear();
    if count == result { Ok(()) } else { Err("由票数重新判定，当选结果与记录不同".to_owned()) }
}

/// Nobody came whom the roll, the envelopes, the slips and the paper do not account for.
fn verify_presence(record: &RecordFile, contest: &ContestRecord) -> Result<(), String> {
    let sum = |parts: &[u32]| parts.iter().map(|part| u64::from(*part)).sum::<u64>();
    let own = record.envelopes.saturating_sub(record.excluded);
    let Attendance { due, present, .. } = contest.attendance;
    let PaperRecord { issued, returned } = contest.paper;
    if u64::from(due) > sum(&[record.roll_size, record.admitted]) {
        return Err(format!("应到 {due} 人，多于选民名册"));
    }
    if returned > issued || u64::from(contest.tally.returned) > sum(&[own, returned]) {
        return Err(format!("收回 {} 张，多于加密选票 {own} 张和纸质选票 {returned} 张", contest.tally.returned));
    }
    if u64::from(present) > sum(&[own, record.slips, issued]) {
        return Err(format!(
            "实到 {present} 人，多于加密选票 {own} 张、会场领票 {} 人和发出的纸质选票 {issued} 张",
            record.slips
        ));
    }
    Ok(())
}

fn recount(contest: &ContestRecord, ballots: &ContestBallots, receipts: usize) -> Result<(), String> {
    let rules = contest.rules.read().ok_or("选举规则读不出来")?;
    if ballots.ordinal != contest.ordinal || ballots.candidates != contest.candidates {
        return Err("选票文件里的候选人与记录不一致".to_owned());
    }
    let patterns: Vec<(String, u32)> = ballots.ballots.iter().map(|one| (one.pattern.clone(), one.votes)).collect();
    let electronic = tally_patterns(&contest.candidates, contest.seats, &rules, &patterns, &ballots.write_ins);
    let cast: u64 = patterns.iter().map(|(_, votes)| u64::from(*votes)).sum();
    if cast > u64::try_from(receipts).unwrap_or(u64::MAX) {
        return Err(format!("选票 {cast} 张，多于回执 {receipts} 个"));
    }
    let named: u64 = patterns.iter().map(|(pattern, votes)| written(pattern) * u64::from(*votes)).sum();
    let listed: u64 = ballots.write_ins.iter().map(|one| u64::from(one.votes_for)).sum();
    if named != listed {
        return Err(format!("选票上另选他人 {named} 人次，名单上 {listed} 人次"));
    }
    let as_shown = |tally: &Tally| if contest.names_settled { without_names(tally) } else { tally.clone() };
    let differs = match (&contest.apart, contest.paper.issued) {
        (Some(apart), _) => as_shown(&apart.electronic) != as_shown(&electronic),
        (None, 0) => as_shown(&contest.tally) != as_shown(&electronic),
        (None, _) => !is_part(&electronic, &contest.tally, contest.paper.returned),
    };
    if differs { Err("由全部选票重新计票，得数与记录不同".to_owned()) } else { Ok(()) }
}

/// A tally with all names written in together: whom they mean was settled after the ballots were counted.
fn without_names(tally: &Tally) -> Tally {
    let votes = tally.write_ins.iter().chain(&tally.unclear).map(|one| one.votes_for);
    let others = votes.fold(tally.others, u32::saturating_add);
    Tally { others, write_ins: Vec::new(), unclear: Vec::new(), ..tally.clone() }
}

fn written(pattern: &str) -> u64 {
    pattern.rsplit_once('+').and_then(|(_, names)| names.parse().ok()).unwrap_or(0)
}

/// The electronic pile is part of all, and what is left is as many as the paper ballots.
fn is_part(part: &Tally, all: &Tally, paper: u32) -> bool {
    let none_more = part.candidates.iter().zip(&all.candidates).all(|(own, total)| {
        own.votes_for <= total.votes_for && own.against <= total.against && own.abstain <= total.abstain
    });
    none_more
        && part.valid <= all.valid
        && part.void <= all.void
        && part.returned.checked_add(paper) == Some(all.returned)
}
