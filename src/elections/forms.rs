//! What the forms of elections ask, read into domain types.
//!
//! In one file: they share how people, moments and rules are read.

use std::{cell::LazyCell, collections::HashSet};

use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    ballot::{LONGEST_NAME, Mark, Vote},
    sitting::{Contest, ContestRules, RuleSource, Sitting},
    store::SittingDraft,
};
use crate::{
    elections::reconciliation::Entry,
    failure::Failure,
    ids::CollegeId,
    name::{key, shown},
    rules::{
        Plan,
        election::{
            CandidateFigures, MajorityOf, Round, RulePoint, Rules, Source, Standing, Tally, Tie, Unreadable,
            WriteInFigures, WrittenName, by_name,
        },
        sitting::{Body, Fills},
    },
    text::{folded, is_hidden, trimmed},
    web::forms::{Errors, moment, moment_field, too_long, written},
};

/// A form as it came: names and values in their order.
pub type Fields = Vec<(String, String)>;

/// A receipt, or the code of a slip.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    pub code: String,
}

impl CodeForm {
    /// The letters of the code as typed or scanned: hyphens, blanks and case do not count.
    #[must_use]
    pub fn letters(&self) -> String {
        let letters = self.code.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).take(40).collect()
    }
}

/// A sitting as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SittingForm {
    /// 名称.
    pub title: String,
    /// 说明.
    pub note: String,
    /// 投票开始.
    pub opens: String,
    /// 投票截止.
    pub closes: String,
    /// `yes` where one may cast again.
    pub revote: String,
    /// 开票需要几名监票人.
    pub threshold: String,
    /// 选举办法的依据.
    pub decision: String,
}

fn lines(text: &str, most: usize, name: &'static str, errors: &mut Errors) -> String {
    let text = trimmed(text).replace("\r\n", "\n");
    if text.chars().count() > most {
        errors.add(name, too_long(&text, most));
    } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
        errors.add(name, "含有看不见的字符");
    }
    text
}

impl SittingForm {
    /// The form of a sitting as it is.
    #[must_use]
    pub fn of(sitting: &Sitting) -> Self {
        Self {
            title: sitting.title.clone(),
            note: sitting.note.clone(),
            opens: moment_field(sitting.opens_at),
            closes: moment_field(sitting.closes_at),
            revote: if sitting.revote { "yes" } else { "" }.to_owned(),
            threshold: sitting.threshold.to_string(),
            decision: sitting.decision.clone(),
        }
    }

    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, now: OffsetDateTime, errors: &mut Errors) -> Option<SittingDraft> {
        let title = written(&self.title, 40, "title", "请填写名称", errors).filter(|title| title.chars().count() > 1);
        if title.is_none() {
            errors.add("title", "名称至少 2 个字");
        }
        let opens_at = moment(&self.opens).filter(|at| *at > now - time::Duration::days(1));
        if opens_at.is_none() {
            errors.add("opens", "请填写投票开始的日期和时间，不早于今天");
        }
        let closes_at = moment(&self.closes)
            .filter(|at| opens_at.is_none_or(|opens| *at > opens && *at < opens + time::Duration::days(31)));
        if closes_at.is_none() {
            errors.add("closes", "请填写投票截止的日期和时间，晚于开始，最长 31 天");
        }
        let threshold = folded(&self.threshold).parse::<u8>().ok().filter(|number| (2..=9).contains(number));
        if threshold.is_none() {
            errors.add("threshold", "应为 2 至 9");
        }
        let note = lines(&self.note, 600, "note", errors);
        let decision = lines(&self.decision, 200, "decision", errors).replace('\n', " ");
        if !errors.is_empty() {
            return None;
        }
        let revote = self.revote == "yes";
        Some(SittingDraft {
            title: title?,
            note,
            opens_at: opens_at?,
            closes_at: closes_at?,
            revote,
            threshold: threshold?,
            decision,
        })
    }
}

/// A contest as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContestForm {
    /// 名称.
    pub title: String,
    /// 选举什么.
    pub fills: String,
    /// 由谁选举.
    pub body: String,
    /// 院系.
    pub college: String,
    /// 班级, one a line.
    pub classes: String,
    /// 班级 that were ticked.
    pub class: Vec<String>,
    /// 学号 or 姓名, one a line.
    pub people: String,
    /// The numbers of those who were chosen among people of one name.
    pub pick: Vec<String>,
    /// 应选人数.
    pub seats: String,
    /// 到会人数.
    pub quorum: String,
    /// 当选.
    pub majority: String,
    /// 差额.
    pub extra: String,
    /// `yes` where names may be written in.
    pub write_in: String,
    /// `yes` where whoever abstains may not.
    pub needs_against: String,
    /// 无法辨认.
    pub unreadable: String,
    /// 得票相同.
    pub tie: String,
    // Where each rule comes from, by its source's stable word; blank: practice, else the sitting's decision.
    pub source_quorum: String,
    pub source_majority: String,
    pub source_tie: String,
    pub source_extra: String,
    pub source_write_in: String,
    pub source_write_in_needs_against: String,
    pub source_unreadable: String,
    // What each source is: the clause, or the decision with its day.
    pub plan_text: String,
    pub constitution_text: String,
    pub election_rules_text: String,
    pub decision_text: String,
}

/// What a contest's form says before names are looked up.
#[derive(Debug, Clone)]
pub struct ContestRequest {
    pub title: String,
    pub fills: Fills,
    pub body: Body,
    pub college: Option<CollegeId>,
    pub classes: Vec<String>,
    pub seats: u32,
    pub rules: ContestRules,
    pub sources: Vec<RuleSource>,
}

/// The most classes that a form names.
const MOST_CLASSES: usize = 200;

/// The most delegates who are named one by one.
const MOST_DELEGATES: usize = 2_000;

/// The quorums that a form offers: value, words, fraction, strictly more.
pub const QUORUMS: [(&str, &str, (u32, u32), bool); 5] = [
    ("2/3+", "实到超过应到的 2/3（实践惯例）", (2, 3), true),
    ("2/3", "实到达到应到的 2/3", (2, 3), false),
    ("1/2+", "实到超过应到的 1/2", (1, 2), true),
    ("1/2", "实到达到应到的 1/2", (1, 2), false),
    ("0", "不设到会人数要求", (0, 1), false),
];

/// The majorities that a form offers: value and words.
pub const MAJORITIES: [(&str, &str); 4] = [
    ("present", "赞成超过实到的一半（实践惯例）"),
    ("valid", "赞成超过有效票的一半"),
    ("due", "赞成超过应到的一半"),
    ("none", "得票多的当选，不设过半数（相对多数）"),
];

impl ContestForm {
    /// In the order of the page; the people who vote are read before anything else, and the texts rule by rule.
    pub(super) const FIELDS: [&str; 17] = [
        "title",
        "fills",
        "seats",
        "body",
        "classes",
        "college",
        "people",
        "quorum",
        "majority",
        "tie",
        "extra",
        "unreadable",
        "sources",
        "plan_text",
        "constitution_text",
        "election_rules_text",
        "decision_text",
    ];

    /// An empty form with what practice does.
    #[must_use]
    pub fn practice() -> Self {
        Self {
            seats: "1".to_owned(),
            quorum: "2/3+".to_owned(),
            majority: "present".to_owned(),
            extra: "1".to_owned(),
            write_in: "yes".to_owned(),
            tie: "second_round".to_owned(),
            unreadable: "abstain".to_owned(),
            fills: "delegates".to_owned(),
            body: "class".to_owned(),
            ..Self::default()
        }
    }

    /// An empty form with what the plan says of the count, and what practice does beside it.
    #[must_use]
    pub fn by(plan: &Plan) -> Self {
        let (rules, sources) = ContestRules::by(plan, 1);
        let form = Self::practice().counted(&rules, &sources);
        // One text stands for every point that comes from one source.
        let text = |of: Source| {
            let mut texts: Vec<&str> = Vec::new();
            for source in sources.iter().filter(|source| source.source == of) {
                if !texts.contains(&source.text.as_str()) {
                    texts.push(&source.text);
                }
            }
            texts.join("；").chars().take(200).collect::<String>()
        };
        Self {
            plan_text: text(Source::Plan),
            constitution_text: text(Source::Constitution),
            election_rules_text: text(Source::ElectionRules),
            ..form
        }
    }

    /// The form of a contest as it is.
    #[must_use]
    pub fn of(contest: &Contest, people: &[String]) -> Self {
        let text = |source: Source| {
            let named = contest.sources.iter().find(|one| one.source == source);
            named.map(|one| one.text.clone()).unwrap_or_default()
        };
        Self {
            class: Vec::new(),
            plan_text: text(Source::Plan),
            constitution_text: text(Source::Constitution),
            election_rules_text: text(Source::ElectionRules),
            decision_text: text(Source::Decision),
            title: contest.title.clone(),
            fills: contest.fills.slug().to_owned(),
            body: contest.body.slug().to_owned(),
            college: contest.college.map(|id| id.to_string()).unwrap_or_default(),
            classes: match contest.body {
                Body::Class | Body::Constituency => contest.body_name.replace('、', "\n"),
                Body::College | Body::Congress => String::new(),
            },
            people: people.join("\n"),
            pick: Vec::new(),
            seats: contest.seats.to_string(),
            ..Self::default()
        }
        .counted(&contest.rules, &contest.sources)
    }

    /// The form with these rules of the count and where each comes from.
    fn counted(self, rules: &ContestRules, sources: &[RuleSource]) -> Self {
        let Rules { quorum, quorum_strict, majority_of, tie, write_in, .. } = rules.count;
        let Rules { write_in_needs_against, unreadable, .. } = rules.count;
        let known = QUORUMS.iter().find(|(.., fraction, strict)| (*fraction, *strict) == (quorum, quorum_strict));
        let source = |point: RulePoint| {
            let named = sources.iter().find(|one| one.point == point);
            named.map_or("", |one| one.source.slug()).to_owned()
        };
        Self {
            source_quorum: source(RulePoint::Quorum),
            source_majority: source(RulePoint::Majority),
            source_tie: source(RulePoint::Tie),
            source_extra: source(RulePoint::Extra),
            source_write_in: source(RulePoint::WriteIn),
            source_write_in_needs_against: source(RulePoint::WriteInNeedsAgainst),
            source_unreadable: source(RulePoint::Unreadable),
            needs_against: if write_in_needs_against { "yes" } else { "" }.to_owned(),
            unreadable: match unreadable {
                Unreadable::Abstain => "abstain",
                Unreadable::Void => "void",
            }
            .to_owned(),
            quorum: known.map_or("2/3+", |(value, ..)| value).to_owned(),
            majority: match majority_of {
                MajorityOf::Present => "present",
                MajorityOf::Valid => "valid",
                MajorityOf::Due => "due",
                MajorityOf::None => "none",
            }
            .to_owned(),
            extra: rules.extra.to_string(),
            write_in: if write_in { "yes" } else { "" }.to_owned(),
            tie: match tie {
                Tie::Vacant => "vacant",
                Tie::SecondRound => "second_round",
                Tie::Lot => "lot",
                Tie::Hands => "hands",
            }
            .to_owned(),
            ..self
        }
    }

    /// The stable word of a rule's source; empty where none was chosen.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn source(&self, point: &RulePoint) -> &str {
        match point {
            RulePoint::Quorum => &self.source_quorum,
            RulePoint::Majority => &self.source_majority,
            RulePoint::Tie => &self.source_tie,
            RulePoint::Extra => &self.source_extra,
            RulePoint::WriteIn => &self.source_write_in,
            RulePoint::WriteInNeedsAgainst => &self.source_write_in_needs_against,
            RulePoint::Unreadable => &self.source_unreadable,
        }
    }

    /// Somebody chose where a rule comes from.
    #[must_use]
    pub fn has_sources(&self) -> bool {
        RulePoint::ALL.iter().any(|point| !self.source(point).is_empty())
    }

    /// The sources that were chosen; with errors beside the fields.
    fn sources(&self, rules: &ContestRules, errors: &mut Errors) -> Vec<RuleSource> {
        let mut sources = Vec::new();
        for point in RulePoint::ALL.iter().filter(|point| !self.source(point).is_empty()) {
            let Ok(source) = self.source(point).parse::<Source>() else {
                errors.add("sources", format!("请选择“{}”的依据", point.label()));
                continue;
            };
            let (field, text) = match source {
                Source::Practice => ("sources", ""),
                Source::Plan => ("plan_text", self.plan_text.as_str()),
                Source::Constitution => ("constitution_text", self.constitution_text.as_str()),
                Source::ElectionRules => ("election_rules_text", self.election_rules_text.as_str()),
                Source::Decision => ("decision_text", self.decision_text.as_str()),
            };
            if source == Source::Practice && !rules.is_practice(*point) {
                errors.add("sources", format!("“{}”与实践惯例不同，请选择它的依据", point.label()));
            }
            let text = lines(text, 200, field, errors).replace('\n', " ");
            // A decision may be named with the sitting.
            if text.is_empty() && !matches!(source, Source::Practice | Source::Decision) {
                errors.add(field, format!("请写明{}的名称和条款", source.label()));
            }
            sources.push(RuleSource { point: *point, source, text });
        }
        sources
    }

    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, errors: &mut Errors) -> Option<ContestRequest> {
        let title = written(&self.title, 40, "title", "请填写名称", errors).filter(|title| title.chars().count() > 1);
        if title.is_none() {
            errors.add("title", "名称至少 2 个字");
        }
        let fills = self.fills.parse::<Fills>().ok();
        if fills.is_none() {
            errors.add("fills", "请选择选举什么");
        }
        let seats = folded(&self.seats).parse::<u32>().ok().filter(|seats| (1..=60).contains(seats));
        if seats.is_none() {
            errors.add("seats", "应选人数为 1 至 60 的整数");
        }
        let body = self.body.parse::<Body>().ok();
        if body.is_none() {
            errors.add("body", "请选择由谁选举");
        }
        let college = self.college.parse().ok().filter(|_| body == Some(Body::College));
        if body == Some(Body::College) && college.is_none() {
            errors.add("college", "请选择院系");
        }
        let wants_classes = matches!(body, Some(Body::Class | Body::Constituency));
        let mut classes = if wants_classes { list(&self.classes) } else { Vec::new() };
        let ticked = self.class.iter().filter(|_| wants_classes).map(|name| folded(name));
        for name in ticked.take(MOST_CLASSES + 1) {
            if !classes.contains(&name) {
                classes.push(name);
            }
        }
        if wants_classes && (classes.is_empty() || classes.len() > MOST_CLASSES) {
            errors.add("classes", format!("请填写或勾选班级，最多 {MOST_CLASSES} 个"));
        }
        let lines = self.people.lines().filter(|line| !trimmed(line).is_empty()).count();
        if body == Some(Body::Congress) && !(1..=MOST_DELEGATES).contains(&lines) {
            errors.add("people", format!("请填写正式代表的学号或姓名，一行一人，最多 {MOST_DELEGATES} 人"));
        }
        let quorum = QUORUMS.iter().find(|(value, ..)| *value == self.quorum);
        if quorum.is_none() {
            errors.add("quorum", "请选择到会人数要求");
        }
        let majority_of = match self.majority.as_str() {
            "present" => Some(MajorityOf::Present),
            "valid" => Some(MajorityOf::Valid),
            "due" => Some(MajorityOf::Due),
            "none" => Some(MajorityOf::None),
            _ => None,
        };
        if majority_of.is_none() {
            errors.add("majority", "请选择当选的票数要求");
        }
        let tie = match self.tie.as_str() {
            "vacant" => Some(Tie::Vacant),
            "second_round" => Some(Tie::SecondRound),
            "lot" => Some(Tie::Lot),
            "hands" => Some(Tie::Hands),
            _ => None,
        };
        if tie.is_none() {
            errors.add("tie", "请选择得票相同怎样办");
        }
        let extra = folded(&self.extra).parse::<u32>().ok().filter(|extra| *extra <= 60);
        if extra.is_none() {
            errors.add("extra", "差额为 0 至 60 的整数；0 是等额选举");
        }
        let unreadable = match self.unreadable.as_str() {
            "" | "abstain" => Some(Unreadable::Abstain),
            "void" => Some(Unreadable::Void),
            _ => None,
        };
        if unreadable.is_none() {
            errors.add("unreadable", "请选择无法辨认的怎样算");
        }
        if !errors.is_empty() {
            return None;
        }
        let (_, _, quorum, quorum_strict) = *quorum?;
        let count = Rules {
            quorum,
            quorum_strict,
            majority_of: majority_of?,
            tie: tie?,
            write_in: self.write_in == "yes",
            round: Round::First,
            write_in_needs_against: self.write_in == "yes" && self.needs_against == "yes",
            unreadable: unreadable?,
        };
        let rules = ContestRules { count, extra: extra? };
        let sources = self.sources(&rules, errors);
        if !errors.is_empty() {
            return None;
        }
        Some(ContestRequest {
            title: title?,
            fills: fills?,
            body: body?,
            college,
            classes,
            seats: seats?,
            rules,
            sources,
        })
    }
}

/// The lines of a list, folded, each once.
#[must_use]
pub fn list(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let parts = text.split(['\n', '\r', '、', '，', ',', ';', '；', '\t']);
    parts.map(folded).filter(|part| !part.is_empty() && seen.insert(part.clone())).collect()
}

/// What a voter chose in one contest, as it came.
#[derive(Debug, Clone, Default)]
pub struct VoteForm {
    /// A choice for each candidate; none where nothing was chosen.
    pub choices: Vec<Option<Mark>>,
    /// Names in the lines for them.
    pub written: Vec<String>,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl VoteForm {
    /// An empty form of a contest.
    #[must_use]
    pub fn empty(contest: &Contest) -> Self {
        let lines = usize::try_from(contest.lines()).unwrap_or(0);
        Self { choices: vec![None; contest.candidates.len()], written: vec![String::new(); lines], fault: None }
    }

    /// The choice for the candidate at a place of the ballot, from 1.
    fn at(&self, place: usize) -> Option<Mark> {
        place.checked_sub(1).and_then(|place| self.choices.get(place)).copied().flatten()
    }

    /// The choice for a candidate is this letter.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn is(&self, place: &usize, letter: &char) -> bool {
        self.at(*place).is_some_and(|mark| mark.letter() == *letter)
    }

    /// The choice for a candidate in a word.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn word(&self, place: &usize) -> &'static str {
        self.at(*place).unwrap_or_default().label()
    }

    /// The vote; what was left open abstains.
    #[must_use]
    pub fn vote(&self) -> Vote {
        Vote {
            choices: self.choices.iter().map(|choice| choice.unwrap_or_default()).collect(),
            written: self.written.iter().filter(|name| !name.is_empty()).cloned().collect(),
        }
    }

    /// The fields that say the same.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn fields(&self, ordinal: &i16) -> Fields {
        let marks = self.choices.iter().enumerate().filter_map(|(place, choice)| {
            choice.map(|mark| (format!("c{ordinal}-{}", place + 1), mark.letter().to_string()))
        });
        let names = self.written.iter().enumerate().filter(|(_, name)| !name.is_empty());
        marks.chain(names.map(|(line, name)| (format!("w{ordinal}-{}", line + 1), name.clone()))).collect()
    }
}

/// Reads what a voter chose in the contests in which they vote.
///
/// # Errors
/// [`Failure::Malformed`] where a field is none of this voter's ballot: our pages do not send that.
pub fn read_votes(contests: &[&Contest], fields: &Fields) -> Result<Vec<VoteForm>, Failure> {
    let mut forms: Vec<VoteForm> = contests.iter().map(|contest| VoteForm::empty(contest)).collect();
    let mut seen = HashSet::new();
    for (name, value) in fields {
        if !seen.insert(name.as_str()) {
            return Err(Failure::Malformed);
        }
        let (kind, rest) = name.split_at_checked(1).ok_or(Failure::Malformed)?;
        let (ordinal, place) = rest.split_once('-').ok_or(Failure::Malformed)?;
        let ordinal: i16 = ordinal.parse().map_err(|_| Failure::Malformed)?;
        // One way to name a field, or the same could come twice.
        if rest != format!("{ordinal}-{place}") || place.starts_with(['0', '+']) {
            return Err(Failure::Malformed);
        }
        let place = place.parse::<usize>().ok().and_then(|place| place.checked_sub(1)).ok_or(Failure::Malformed)?;
        let at = contests.iter().position(|contest| contest.ordinal == ordinal).ok_or(Failure::Malformed)?;
        let form = forms.get_mut(at).ok_or(Failure::Malformed)?;
        match kind {
            "c" => {
                let mut letters = value.chars();
                let mark = letters.next().and_then(Mark::of).filter(|_| letters.next().is_none());
                *form.choices.get_mut(place).ok_or(Failure::Malformed)? = Some(mark.ok_or(Failure::Malformed)?);
            }
            "w" if value.len() <= 2_000 => {
                let line = form.written.get_mut(place).ok_or(Failure::Malformed)?;
                // What shows nothing around a name is nothing; inside one it may turn the text around.
                let inner = trimmed(value);
                *line = if inner.chars().any(is_hidden) { inner.to_owned() } else { shown(inner) };
            }
            _ => return Err(Failure::Malformed),
        }
    }
    for (form, contest) in forms.iter_mut().zip(contests) {
        form.fault = fault(form, contest);
    }
    Ok(forms)
}

/// Why a ballot would be void or cannot be kept.
fn fault(form: &VoteForm, contest: &Contest) -> Option<String> {
    // Most ballots write nobody in.
    let (mut names, stands) = (HashSet::new(), LazyCell::new(|| Standing::of(&contest.labels())));
    for name in form.written.iter().filter(|name| !name.is_empty()) {
        if name.chars().count() > LONGEST_NAME || name.len() > 80 {
            return Some(format!("另选他人的姓名不能超过 {LONGEST_NAME} 字"));
        }
        if name.chars().any(is_hidden) || name.starts_with('+') {
            return Some("另选他人的姓名里有不能用的字符".to_owned());
        }
        match stands.written(name) {
            WrittenName::Candidate => return Some(format!("“{name}”已经是候选人，请直接在名单里选“赞成”")),
            WrittenName::Unclear => {
                return Some(format!(
                    "“{name}”与候选人同名。想选候选人的，请直接在名单里选“赞成”；想选另一个同名的人，请在姓名后用括号写上班级"
                ));
            }
            WrittenName::Other => {}
        }
        if key(name).is_empty() {
            return Some("另选他人没有写姓名".to_owned());
        }
        if !names.insert(key(name)) {
            return Some(format!("另选他人里“{name}”写了两次"));
        }
    }
    let against = form.choices.iter().filter(|choice| **choice == Some(Mark::Against)).count();
    if contest.rules.count.write_in_needs_against && names.len() > against {
        return Some(format!(
            "弃权的不能另选他人：另选 {} 人，只反对了 {against} 名候选人，这样的票无效。请先对不选的候选人选“反对”",
            names.len()
        ));
    }
    let (chosen, seats) = (form.vote().chosen(), contest.seats);
    (u32::try_from(chosen).unwrap_or(u32::MAX) > seats)
        .then(|| format!("本票应选 {seats} 人，已选 {chosen} 人，多于应选人数，这样的票无效。请减少"))
}

/// What somebody entered of a contest's paper ballots, as typed.
#[derive(Debug, Clone, Default)]
pub struct PaperForm {
    pub fields: Fields,
}

impl PaperForm {
    /// The value that stands in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// Names written in, and those of them of which nobody knows which candidate of that name they mean: whoever enters
    /// is asked, and ticks that they are counted for nobody.
    fn written_in(&self, contest: &Contest, errors: &mut Errors) -> (Vec<WriteInFigures>, Vec<WriteInFigures>) {
        let stands = Standing::of(&contest.labels());
        let (mut write_ins, mut unclear): (Vec<WriteInFigures>, Vec<WriteInFigures>) = (Vec::new(), Vec::new());
        for line in trimmed(self.value("written")).lines().map(trimmed).filter(|line| !line.is_empty()) {
            let parts = line.rsplit_once(|c: char| c.is_whitespace() || c == '，' || c == ',');
            let read = parts.and_then(|(name, votes)| Some((shown(name), folded(votes).parse::<u32>().ok()?)));
            let fits = |(name, votes): &(String, u32)| {
                *votes > 0 && !key(name).is_empty() && name.chars().count() <= LONGEST_NAME
            };
            let Some((name, votes_for)) = read.filter(fits) else {
                let line: String = line.chars().take(30).collect();
                errors.add("written", format!("“{line}”应为“姓名 票数”，每人一行"));
                continue;
            };
            if write_ins.iter().chain(&unclear).any(|one| key(&one.name) == key(&name)) {
                errors.add("written", format!("“{name}”写了两行，请合为一行"));
                continue;
            }
            match stands.written(&name) {
                WrittenName::Candidate => errors.add(
                    "written",
                    format!(
                        "“{name}”是候选人。另选他人栏里写了候选人姓名的票无效，请计入无效票；是另一个同名的人的，请在姓名后用括号写上班级"
                    ),
                ),
                WrittenName::Unclear if self.value("unclear") == "yes" => {
                    unclear.push(WriteInFigures { name, votes_for });
                }
                WrittenName::Unclear => errors.add(
                    "unclear",
                    format!(
                        "候选人里有“{name}”。票上写明了班级、是候选人的，请计入无效票；是另一个同名的人的，请在姓名后用括号写上班级；看不出是谁的，请勾选“不计给任何人”"
                    ),
                ),
                WrittenName::Other => write_ins.push(WriteInFigures { name, votes_for }),
            }
        }
        if !contest.rules.count.takes_write_ins() && write_ins.len() + unclear.len() > 0 {
            errors.add("written", "本项选举不设另选他人，写了的票计为无效");
        }
        (by_name(write_ins.iter()), by_name(unclear.iter()))
    }

    /// The figures; with errors beside the fields (those of candidates under `figures`). `issued` is how many paper
    /// ballots were given out.
    pub fn read(&self, contest: &Contest, issued: u32, errors: &mut Errors) -> Option<Entry> {
        let number = |name: &str| folded(self.value(name)).parse::<u32>().ok().filter(|number| *number <= 100_000);
        let (returned, valid, void) = (number("returned"), number("valid"), number("void"));
        for (field, value) in [("returned", returned), ("valid", valid), ("void", void)] {
            if value.is_none() {
                errors.add(field, "请填写整数，没有的填 0");
            }
        }
        let mut candidates = Vec::new();
        for (place, candidate) in contest.candidates.iter().enumerate() {
            let [votes_for, against, abstain] = ["f", "a", "n"].map(|kind| number(&format!("{kind}{}", place + 1)));
            let unread = format!("u{}", place + 1);
            let unreadable = if trimmed(self.value(&unread)).is_empty() { Some(0) } else { number(&unread) };
            match (votes_for, against, abstain, unreadable) {
                (Some(votes_for), Some(against), Some(abstain), Some(unreadable)) => {
                    candidates.push(CandidateFigures {
                        name: candidate.label.clone(),
                        votes_for,
                        against,
                        abstain,
                        unreadable,
                    });
                }
                _ => errors.add("figures", format!("{}：赞成、反对、弃权都要填写整数，没有的填 0", candidate.label)),
            }
        }
        let (write_ins, unclear) = self.written_in(contest, errors);
        if !errors.is_empty() {
            // A name that means nobody certain may stand above a line that cannot be read.
            errors.put_in_order(&["returned", "valid", "void", "figures", "written", "unclear"]);
            return None;
        }
        let tally =
            Tally { returned: returned?, valid: valid?, void: void?, candidates, write_ins, unclear, others: 0 };
        if tally.returned > issued {
            errors.add(
                "returned",
                format!("收回 {} 张，多于发出 {issued} 张；核实确属如此的，本场次应当作废重新投票", tally.returned),
            );
        }
        for fault in tally.faults() {
            errors.add(if fault.starts_with("有效") { "valid" } else { "figures" }, fault);
        }
        let written = tally.write_ins.iter().chain(&tally.unclear).map(|one| u64::from(one.votes_for)).sum::<u64>();
        let chosen = tally.candidates.iter().map(|one| u64::from(one.votes_for)).sum::<u64>() + written;
        if chosen > u64::from(tally.valid) * u64::from(contest.seats) {
            errors.add("figures", format!("赞成合计 {chosen}，多于有效 {} 张乘应选 {} 人", tally.valid, contest.seats));
        }
        errors.is_empty().then_some(Entry { tally })
    }
}
