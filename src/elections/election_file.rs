//! An election with its ballots as it stands in a JSON file.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

use crate::{
    name::{key, shown},
    rules::election::{Ballot, Choice, Election, MajorityOf, Round, Rules, Tie, Unreadable, is_default},
    text::printable,
};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;
const MOST_CANDIDATES: usize = 1_000;
const MOST_BALLOTS: usize = 1_000_000;
const MOST_PEOPLE: u32 = 10_000_000;

#[derive(Deserialize)]
struct File {
    seats: u32,
    candidates: Vec<String>,
    due: u32,
    present: u32,
    issued: u32,
    rules: RulesOfFile,
    ballots: Papers,
}

/// An election's rules as files have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesOfFile {
    quorum: String,
    quorum_strict: bool,
    majority_of: String,
    tie: String,
    write_in: bool,
    #[serde(default = "first", skip_serializing_if = "is_first")]
    round: String,
    #[serde(default, skip_serializing_if = "is_default")]
    write_in_needs_against: bool,
    #[serde(default = "abstain", skip_serializing_if = "is_abstain")]
    unreadable: String,
}

fn first() -> String {
    "first".to_owned()
}

fn is_first(round: &str) -> bool {
    round == "first"
}

fn abstain() -> String {
    "abstain".to_owned()
}

fn is_abstain(unreadable: &str) -> bool {
    unreadable == "abstain"
}

impl RulesOfFile {
    /// The rules for a file.
    #[must_use]
    pub fn of(rules: &Rules) -> Self {
        let (numerator, denominator) = rules.quorum;
        Self {
            quorum: format!("{numerator}/{denominator}"),
            quorum_strict: rules.quorum_strict,
            majority_of: match rules.majority_of {
                MajorityOf::Present => "present",
                MajorityOf::Valid => "valid",
                MajorityOf::Due => "due",
                MajorityOf::None => "none",
            }
            .to_owned(),
            tie: match rules.tie {
                Tie::Vacant => "vacant",
                Tie::SecondRound => "second_round",
                Tie::Lot => "lot",
                Tie::Hands => "hands",
            }
            .to_owned(),
            write_in: rules.write_in,
            round: match rules.round {
                Round::First => first(),
                Round::Tied => "tied".to_owned(),
            },
            write_in_needs_against: rules.write_in_needs_against,
            unreadable: match rules.unreadable {
                Unreadable::Abstain => abstain(),
                Unreadable::Void => "void".to_owned(),
            },
        }
    }

    /// The rules of a file; none where they are not such.
    #[must_use]
    pub fn read(&self) -> Option<Rules> {
        read_rules(self, &mut Vec::new())
    }
}

/// The ballots, no more than [`MOST_BALLOTS`]: two bytes of an empty one would take fifty in memory.
struct Papers(Vec<Paper>);

impl<'de> Deserialize<'de> for Papers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Papers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("ballots 应为选票的数组")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Papers, A::Error> {
                let mut papers = Vec::new();
                while let Some(paper) = list.next_element()? {
                    if papers.len() == MOST_BALLOTS {
                        return Err(A::Error::custom(format!("选票超过 {MOST_BALLOTS} 张")));
                    }
                    papers.push(paper);
                }
                Ok(Papers(papers))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// A ballot as written; a map type would hide a name that stands twice.
struct Paper(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Paper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Paper;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("选票应为 {\"姓名\": \"for\"} 形式的对象")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Paper, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Paper(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Reads an election file. Fields that it does not know are passed over; names are compared by their [`key`].
///
/// # Errors
/// Every fault in Chinese; never empty.
pub fn read(bytes: &[u8]) -> Result<Election, Vec<String>> {
    if bytes.len() > LARGEST_FILE {
        return Err(vec![format!("文件超过 {} MB", LARGEST_FILE / 1024 / 1024)]);
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let mut file: File = serde_json::from_slice(bytes).map_err(|error| vec![in_chinese(&error)])?;
    let mut faults = Vec::new();
    if !(1..=1_000).contains(&file.seats) {
        faults.push("seats 应为 1 至 1000 的整数".to_owned());
    }
    for (name, number) in [("due", file.due), ("present", file.present), ("issued", file.issued)] {
        if number > MOST_PEOPLE {
            faults.push(format!("{name} 不应超过 {MOST_PEOPLE}"));
        }
    }
    for name in &mut file.candidates {
        *name = name.trim().to_owned();
    }
    let places = read_candidates(&file.candidates, &mut faults);
    let rules = read_rules(&file.rules, &mut faults);
    let ballots = file.ballots.0.into_iter().zip(1usize..).map(|(paper, number)| {
        let mut fault = |reason: String| faults.push(format!("第 {number} 张选票：{reason}"));
        read_paper(paper, &places, &mut fault)
    });
    let ballots: Vec<Ballot> = ballots.collect();
    let Some(rules) = rules.filter(|_| faults.is_empty()) else { return Err(faults) };
    let File { seats, due, present, issued, .. } = file;
    let election = Election { seats, candidates: file.candidates, due, present, issued, rules, ballots };
    Ok(election)
}

fn in_chinese(error: &serde_json::Error) -> String {
    let place = format!("第 {} 行第 {} 列", error.line(), error.column());
    let text = error.to_string();
    if !error.is_data() {
        return format!("{place}：不是完整合法的 JSON");
    }
    match text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((field, _)) => format!("缺少 {field}"),
        None => format!("{place}：内容的类型或范围不对（{}）", text.split(" at line ").next().unwrap_or_default()),
    }
}

/// The candidates' places by their names' keys.
fn read_candidates(candidates: &[String], faults: &mut Vec<String>) -> HashMap<String, usize> {
    if candidates.is_empty() || candidates.len() > MOST_CANDIDATES {
        faults.push(format!("candidates 应有 1 至 {MOST_CANDIDATES} 人"));
    }
    let mut places = HashMap::new();
    for (place, name) in candidates.iter().enumerate() {
        let own = key(name);
        if own.is_empty() || name.starts_with('+') || name.chars().count() > 60 {
            faults.push(format!("候选人“{}”的姓名为空、过长或以“+”开头", clean(name)));
        } else if places.insert(own, place).is_some() {
            faults.push(format!("候选人“{}”出现了两次", clean(name)));
        }
    }
    places
}

fn read_rules(rules: &RulesOfFile, faults: &mut Vec<String>) -> Option<Rules> {
    let quorum = rules.quorum.split_once('/').and_then(|(numerator, denominator)| {
        let pair = (numerator.trim().parse::<u32>().ok()?, denominator.trim().parse::<u32>().ok()?);
        (pair.1 > 0 && pair.0 <= pair.1 && pair.1 <= 1_000_000).then_some(pair)
    });
    if quorum.is_none() {
        faults.push("rules.quorum 应为不大于 1 的分数，如 \"2/3\"".to_owned());
    }
    let majority_of = match rules.majority_of.as_str() {
        "present" => Some(MajorityOf::Present),
        "valid" => Some(MajorityOf::Valid),
        "due" => Some(MajorityOf::Due),
        "none" => Some(MajorityOf::None),
        _ => None,
    };
    if majority_of.is_none() {
        faults.push("rules.majority_of 应为 present、valid、due 或 none".to_owned());
    }
    let tie = match rules.tie.as_str() {
        "vacant" => Some(Tie::Vacant),
        "second_round" => Some(Tie::SecondRound),
        "lot" => Some(Tie::Lot),
        "hands" => Some(Tie::Hands),
        _ => None,
    };
    if tie.is_none() {
        faults.push("rules.tie 应为 vacant、second_round、lot 或 hands".to_owned());
    }
    let round = match rules.round.as_str() {
        "first" => Some(Round::First),
        "tied" => Some(Round::Tied),
        _ => None,
    };
    if round.is_none() {
        faults.push("rules.round 应为 first 或 tied".to_owned());
    }
    let unreadable = match rules.unreadable.as_str() {
        "abstain" => Some(Unreadable::Abstain),
        "void" => Some(Unreadable::Void),
        _ => None,
    };
    if unreadable.is_none() {
        faults.push("rules.unreadable 应为 abstain 或 void".to_owned());
    }
    Some(Rules {
        quorum: quorum?,
        quorum_strict: rules.quorum_strict,
        majority_of: majority_of?,
        tie: tie?,
        write_in: rules.write_in,
        round: round?,
        write_in_needs_against: rules.write_in_needs_against,
        unreadable: unreadable?,
    })
}

fn read_paper(Paper(entries): Paper, places: &HashMap<String, usize>, fault: &mut dyn FnMut(String)) -> Ballot {
    let mut ballot = Ballot::default();
    let mut seen = HashSet::new();
    for (name, value) in entries {
        let name = name.trim();
        let written = name.strip_prefix('+').map(shown);
        let choice = match value.as_str() {
            "for" => Choice::For,
            "against" => Choice::Against,
            "abstain" => Choice::Abstain,
            "unreadable" if written.is_none() => Choice::Unreadable,
            other => {
                let values = if written.is_none() {
                    "for、against、abstain 或 unreadable"
                } else {
                    "for、against 或 abstain"
                };
                fault(format!("“{}”的值“{}”应为 {values}", clean(name), clean(other)));
                continue;
            }
        };
        if !seen.insert((written.is_some(), key(written.as_deref().unwrap_or(name)))) {
            fault(format!("“{}”出现了两次", clean(name)));
        }
        match (written, places.get(&key(name))) {
            (Some(name), _) if key(&name).is_empty() => fault("另选他人没有写姓名".to_owned()),
            (Some(name), _) if name.chars().count() > 60 => fault("另选他人的姓名超过 60 字".to_owned()),
            (Some(name), _) => ballot.write_ins.push((name, choice)),
            (None, Some(place)) => ballot.choices.push((*place, choice)),
            (None, None) => fault(format!("“{}”不是候选人；另选他人须以“+”开头", clean(name))),
        }
    }
    ballot
}

/// A name cut short and without control characters, fit for a terminal.
fn clean(name: &str) -> String {
    printable(&name.chars().take(60).collect::<String>(), false)
}
