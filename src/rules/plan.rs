//! A university's plan: typed, read from TOML, every value with the clause it rests on.
//!
//! A plan names each of the 81 rules exactly once: stated, with its strength, its clauses and its figures, or in
//! the list of rules on which it is silent. What the text leaves open is a switch with a reason, shown as practice
//! and never as the plan's own word. A file that falls short of this is refused with every line and reason at once.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::RangeInclusive,
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};
use time::{Date, Month};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{CATALOGUE, Clause, Outcome, Rule};

/// The largest plan file that is read, in bytes. The two built-in plans have about 20 KB.
pub const LARGEST_FILE: usize = 256 * 1024;

/// The most faults that are named; a file with more is not a plan.
const MOST_ERRORS: usize = 200;

/// The built-in plans: file name without ending, and text.
pub const BUILT_IN: [(&str, &str); 2] =
    [("suzhou-2020", include_str!("plans/suzhou-2020.toml")), ("jining-2022", include_str!("plans/jining-2022.toml"))];

static PLANS: LazyLock<Vec<Plan>> =
    LazyLock::new(|| BUILT_IN.iter().filter_map(|(_, text)| Plan::parse(text).ok()).collect());

/// The built-in plans, oldest first.
#[must_use]
pub fn built_in() -> &'static [Plan] {
    &PLANS
}

/// The built-in plan of that code.
#[must_use]
pub fn named(code: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.code == code)
}

/// How binding a rule's words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// 不超过、不低于、须、不允许 and the like.
    Hard,
    /// 左右、一般、原则上、参照.
    Soft,
    /// A duty or a principle without a measure.
    Duty,
    /// Not said, but following from the quoted words; the note says how.
    Implied,
}

impl Strength {
    const WORDS: [(&'static str, Self); 4] =
        [("hard", Self::Hard), ("soft", Self::Soft), ("duty", Self::Duty), ("implied", Self::Implied)];

    #[must_use]
    pub fn slug(self) -> &'static str {
        Self::WORDS.iter().find(|(_, strength)| *strength == self).map_or("", |(word, _)| word)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Hard => "刚性",
            Self::Soft => "柔性",
            Self::Duty => "原则要求",
            Self::Implied => "由原文推得",
        }
    }
}

/// What kind of union a plan speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Union {
    /// 校级学生会.
    School,
    /// 院系学生会.
    College,
    /// 研究生会.
    Graduate,
}

impl Union {
    /// All kinds with their stable words.
    pub const ALL: [(&'static str, Self); 3] =
        [("school", Self::School), ("college", Self::College), ("graduate", Self::Graduate)];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::College => "college",
            Self::Graduate => "graduate",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::School => "校级学生会",
            Self::College => "院系学生会",
            Self::Graduate => "校研究生会",
        }
    }
}

/// A body that acts in a chain of opinions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// 学校党委.
    SchoolParty,
    /// 学校团委.
    SchoolLeague,
    /// 党委学生工作部 or 学生工作处.
    StudentAffairs,
    /// 校学生会.
    SchoolUnion,
    /// 院系党组织.
    CollegeParty,
    /// 院系团组织.
    CollegeLeague,
    /// 院系学生会.
    CollegeUnion,
    /// 班级团支部.
    ClassBranch,
    /// The Party organisation where a delegate belongs.
    DelegateParty,
}

impl Body {
    const WORDS: [(&'static str, Self); 9] = [
        ("school_party", Self::SchoolParty),
        ("school_league", Self::SchoolLeague),
        ("student_affairs", Self::StudentAffairs),
        ("school_union", Self::SchoolUnion),
        ("college_party", Self::CollegeParty),
        ("college_league", Self::CollegeLeague),
        ("college_union", Self::CollegeUnion),
        ("class_branch", Self::ClassBranch),
        ("delegate_party", Self::DelegateParty),
    ];

    /// The stable word, as plan files and the database write it.
    #[must_use]
    pub fn slug(self) -> &'static str {
        Self::WORDS.iter().find(|(_, body)| *body == self).map_or("", |(word, _)| word)
    }
}

/// One step of a chain of opinions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The verb, in the plan's own word: 推荐, 同意, 联合审查 …
    pub act: String,
    pub by: Vec<Body>,
    /// One of them is enough (a choice of recommender); else all must agree.
    pub any: bool,
    /// They act in one joint session.
    pub together: bool,
}

/// A share, exact to a hundredth of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    basis_points: u32,
}

impl Share {
    /// Reads `30%` or `1.25%`; none if it is not more than 0 and at most 100 %.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        if !digits(whole) || !digits(fraction) || whole.len() > 3 || fraction.len() > 2 {
            return None;
        }
        let scale = if fraction.len() == 1 { 10 } else { 1 };
        let basis_points = whole.parse::<u32>().ok()? * 100 + fraction.parse::<u32>().ok()? * scale;
        (1..=10_000).contains(&basis_points).then_some(Self { basis_points })
    }

    /// The largest whole number that is not above this share of `base`.
    #[must_use]
    pub fn floor_of(self, base: u32) -> u32 {
        let exact = u64::from(self.basis_points) * u64::from(base);
        u32::try_from(exact / 10_000).unwrap_or(u32::MAX)
    }

    /// The smallest whole number that is not below this share of `base`.
    #[must_use]
    pub fn ceil_of(self, base: u32) -> u32 {
        let exact = u64::from(self.basis_points) * u64::from(base);
        u32::try_from(exact.div_ceil(10_000)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.basis_points / 100, self.basis_points % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            tens if tens % 10 == 0 => write!(f, "{whole}.{}%", tens / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}

/// A lower and an upper bound, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least that is allowed.
    pub low: u32,
    /// The most that is allowed.
    pub high: u32,
}

/// How often something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub times: u32,
    /// `true` for a semester, `false` for a year.
    pub per_semester: bool,
}

/// How long one turn of the executive chair lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    OneSemester,
    /// One semester at the most.
    AtMostOneSemester,
}

/// On which students the share of delegates is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegateBase {
    /// 所联系学生: those the union serves.
    Served,
    /// 全校学生.
    All,
}

/// What the allocation of delegates' seats must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    College,
    Grade,
    Society,
}

/// Who sits on the review board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Offices that must be present.
    pub offices: Vec<Body>,
    /// Students must be more than this share.
    pub students_over: Share,
}

/// What a cohort too small for the rank rule means: one where the share of it is less than one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallCohort {
    /// By the letter nobody passes.
    Nobody,
    /// The first in rank passes.
    First,
    /// Unknown: the League committee decides each case.
    Unknown,
}

/// The figures of a plan. A field is `None` exactly where the plan is silent on its rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// ORG-01: the layers, top down.
    pub layers: Option<Vec<String>>,
    /// ORG-02: words that no post's name may hold.
    pub barred_titles: Option<Vec<String>>,
    pub turn: Option<Turn>,
    /// STF-01: about how many people a school union has.
    pub school_total: Option<u32>,
    /// STF-02: the most presidium members of a school union.
    pub school_presidium: Option<u32>,
    /// STF-03: the most departments of a school union.
    pub departments: Option<u32>,
    /// STF-04: heads of a department.
    pub heads: Option<Bounds>,
    /// STF-05: the most staff of a department; whether heads count is a switch.
    pub department_staff: Option<u32>,
    /// STF-06: people of a college union.
    pub college_total: Option<Bounds>,
    /// STF-07: the most presidium members of a college union.
    pub college_presidium: Option<u32>,
    /// STF-10: the least share of school staff who come from college unions.
    pub from_colleges: Option<Share>,
    /// ELG-01: accepted political statuses; probationary members are a switch.
    pub political: Option<Vec<String>>,
    /// ELG-03: the best share of the major's ranking.
    pub rank_share: Option<Share>,
    /// ELG-04: the most failed courses.
    pub failed_courses: Option<u32>,
    /// VET-01: candidates for the school presidium.
    pub presidium_chain: Option<Vec<Step>>,
    /// VET-02: members of the school's departments.
    pub department_chain: Option<Vec<Step>>,
    /// VET-03: candidates and staff of a college.
    pub college_chain: Option<Vec<Step>>,
    /// VET-04: where candidates come from.
    pub candidate_sources: Option<Vec<String>>,
    pub school_congress: Option<Times>,
    pub college_congress: Option<Times>,
    /// CON-03: how delegates are produced.
    pub delegate_chain: Option<Vec<Step>>,
    /// CON-04: the least share of delegates, and of whom.
    pub delegates: Option<(Share, DelegateBase)>,
    /// CON-05: what the allocation covers.
    pub cover: Option<BTreeSet<Cover>>,
    pub board: Option<Board>,
    /// REV-02: how often, and the posts that report.
    pub reports: Option<(Times, Vec<String>)>,
    /// REV-03: the aspects of a review.
    pub aspects: Option<Vec<String>>,
    /// DIS-01: the text that is pledged.
    pub pledge: Option<String>,
    /// DIS-02: the problems to be prevented.
    pub problems: Option<Vec<String>>,
    /// GUI-02: the controlled matters.
    pub matters: Option<Vec<String>>,
    /// GUI-03: full-time deputy secretaries who guide the union.
    pub deputy_secretaries: Option<u32>,
    /// GUI-08: the leader in charge, and leaders who take part.
    pub leader: Option<(String, Vec<String>)>,
    /// GUI-09: the offices that cooperate.
    pub offices: Option<Vec<String>>,
    /// RGT-01: the areas in which students are heard; empty where the plan names none.
    pub areas: Option<Vec<String>>,
}

/// What the text leaves open, decided by practice or inference, with the reason. Never the plan's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that a plan leaves open")]
pub struct Switches {
    /// Trap T1: the heads of a department count towards its staff.
    pub heads_inside: bool,
    /// What 左右 allows above the target, in percent.
    pub about_percent: u32,
    /// Gap G1: a first-year without a rank is exempt from the rank rule.
    pub first_year_exempt: bool,
    /// Gap G1: graduates are exempt from the rank rule.
    pub graduate_exempt: bool,
    /// Gap G9: probationary Party members count as members.
    pub probationary_counts: bool,
    /// A cohort in which the share is less than one person.
    pub small_cohort: SmallCohort,
    /// Every switch as the rule book shows it.
    pub shown: Vec<ShownSwitch>,
}

/// One switch as the rule book shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSwitch {
    /// The rule it bears on.
    pub rule: Rule,
    /// What is decided, in Chinese.
    pub label: String,
    pub reason: String,
}

/// What a plan says on one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    pub rule: Rule,
    /// How binding it is.
    pub strength: Strength,
    /// The first day on which it holds.
    pub effective: Date,
    /// A remark of the plan file's author, never a quotation.
    pub note: Option<String>,
    /// The figure in words, e.g. `不超过 5 人`; none where the rule has no figure.
    pub figure: Option<String>,
    clause: Clause,
    more: Vec<Clause>,
}

impl Provision {
    /// The clause that findings cite.
    #[must_use]
    pub fn clause(&self) -> &Clause {
        &self.clause
    }

    /// Every clause, the cited one first.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        std::iter::once(&self.clause).chain(&self.more)
    }

    /// What a breach is: a warning where the words are soft, else a failure.
    #[must_use]
    pub fn breach(&self) -> Outcome {
        if self.strength == Strength::Soft { Outcome::Warn } else { Outcome::Fail }
    }
}

/// A plan. Made by [`Plan::parse`] alone, so that none exists whose values lack their clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The stable code, e.g. `suzhou-2020`.
    pub code: String,
    pub title: String,
    /// A short name for headings.
    pub short: String,
    pub document: String,
    pub issuer: String,
    /// The first day on which it holds at all.
    pub effective: Date,
    /// How that day was found.
    pub effective_note: String,
    /// National documents it implements.
    pub basis: Vec<String>,
    /// The kinds of union it speaks of.
    pub unions: BTreeSet<Union>,
    pub figures: Figures,
    /// What the text leaves open.
    pub switches: Switches,
    bodies: BTreeMap<Body, String>,
    provisions: BTreeMap<Rule, Provision>,
}

/// A line of a plan file and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.reason),
            line => write!(f, "第 {line} 行：{}", self.reason),
        }
    }
}

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// Every line that is wrong and why, in the order of the lines; never empty.
    pub fn parse(text: &str) -> Result<Self, Vec<PlanError>> {
        if text.len() > LARGEST_FILE {
            return Err(vec![PlanError { line: 1, reason: format!("文件超过 {} KB", LARGEST_FILE / 1024) }]);
        }
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            vec![PlanError { line, reason: format!("不是合法的 TOML：{}", error.message()) }]
        })?;
        let errors = RefCell::new(Vec::new());
        let section = Section { errors: &errors, path: String::new(), at: 0, table: root.get_ref() };
        let plan = read(&section);
        let mut errors = errors.into_inner();
        match plan {
            Some(plan) if errors.is_empty() => Ok(plan),
            _ => {
                errors.sort();
                errors.dedup();
                Err(with_lines(text, errors))
            }
        }
    }

    /// What the plan says on a rule; none where it is silent.
    #[must_use]
    pub fn provision(&self, rule: Rule) -> Option<&Provision> {
        self.provisions.get(&rule)
    }

    /// How the plan calls a body.
    #[must_use]
    pub fn body_name(&self, body: Body) -> &str {
        self.bodies.get(&body).map_or_else(|| body.slug(), String::as_str)
    }

    /// The days on which its provisions begin.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.provisions.values().map(|provision| provision.effective)
    }

    /// The plan as it holds on a day: a provision that takes effect later is not there yet.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Cow<'_, Self> {
        if self.provisions.values().all(|provision| provision.effective <= day) {
            return Cow::Borrowed(self);
        }
        let mut then = self.clone();
        then.provisions.retain(|_, provision| provision.effective <= day);
        Cow::Owned(then)
    }
}

fn chain_in_words(chain: &[Step], bodies: &BTreeMap<Body, String>) -> String {
    let step = |step: &Step| {
        let names: Vec<&str> = step.by.iter().filter_map(|body| bodies.get(body)).map(String::as_str).collect();
        format!("{}{}", names.join(if step.any { "或" } else { "、" }), step.act)
    };
    chain.iter().map(step).collect::<Vec<_>>().join(" → ")
}

/// What a field means, for those who write the file; empty where its name says it or the rule's other fields do.
fn meaning(key: &str) -> &'static str {
    match key {
        "format" => "（文件格式版本，填 1）",
        "code" => "（方案代码）",
        "title" => "（方案全称）",
        "short" => "（方案简称）",
        "document" => "（文号）",
        "issuer" => "（发文单位）",
        "effective" => "（施行日期）",
        "effective_note" => "（施行日期的依据）",
        "basis" => "（上位文件）",
        "unions" => "（适用的组织）",
        "silent" => "（方案没有写到的规则）",
        "bodies" => "（各组织的称呼）",
        "switch" => "（实践惯例）",
        "rule" => "（各项规则的条款和数字）",
        "strength" => "（力度）",
        "clauses" => "（条款原文）",
        "section" => "（章节）",
        "quote" => "（原文）",
        "reason" => "（理由）",
        "value" => "（取值）",
        _ => "",
    }
}

/// Turns places in the text, in order, into lines in one pass.
fn with_lines(text: &str, errors: Vec<(usize, String)>) -> Vec<PlanError> {
    let (mut line, mut before) = (1, 0);
    let place = |(at, reason): (usize, String)| {
        line += text.get(before..at).unwrap_or_default().matches('\n').count();
        before = at.max(before);
        PlanError { line, reason }
    };
    errors.into_iter().map(place).collect()
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

/// A table of the file, with a note of where it stands.
struct Section<'a> {
    errors: &'a RefCell<Vec<(usize, String)>>,
    path: String,
    at: usize,
    table: &'a DeTable<'a>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> Section<'a> {
    fn error(&self, at: usize, reason: String) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MOST_ERRORS {
            errors.push((at, reason));
        }
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table.get(key)
    }

    /// The value, or an error that it is missing.
    fn need(&self, key: &str) -> Option<&'a Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.error(self.at, format!("缺少 {}{}", self.name(key), meaning(key)));
        }
        value
    }

    fn wrong<T>(&self, key: &str, value: &Value<'_>, wanted: &str) -> Option<T> {
        self.error(value.span().start, format!("{} 应为{wanted}", self.name(key)));
        None
    }

    fn text_of(&self, key: &str, value: &Value<'_>, longest: usize) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else { return self.wrong(key, value, "文字") };
        let text = text.trim();
        if text.is_empty() || text.chars().count() > longest || text.chars().any(char::is_control) {
            return self.wrong(key, value, &format!(" 1 至 {longest} 字的文字，不含换行"));
        }
        Some(text.to_owned())
    }

    fn string(&self, key: &str, longest: usize) -> Option<String> {
        self.need(key).and_then(|value| self.text_of(key, value, longest))
    }

    fn number(&self, key: &str, allowed: RangeInclusive<u32>) -> Option<u32> {
        let value = self.need(key)?;
        let number = value.get_ref().as_integer().and_then(|number| {
            u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| allowed.contains(number))
        });
        number.or_else(|| self.wrong(key, value, &format!(" {} 至 {} 的整数", allowed.start(), allowed.end())))
    }

    fn boolean(&self, key: &str) -> Option<bool> {
        let value = self.need(key)?;
        value.get_ref().as_bool().or_else(|| self.wrong(key, value, " true 或 false"))
    }

    fn share(&self, key: &str) -> Option<Share> {
        let value = self.need(key)?;
        let share = value.get_ref().as_str().and_then(Share::parse);
        share.or_else(|| self.wrong(key, value, "大于 0 且不超过 100% 的百分比，如 \"30%\""))
    }

    fn date(&self, key: &str) -> Option<Date> {
        let value = self.need(key)?;
        let date = value.get_ref().as_datetime().filter(|moment| moment.time.is_none()).and_then(|moment| moment.date);
        let date = date.and_then(|date| {
            let month = Month::try_from(date.month).ok()?;
            Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
        });
        let date = date.filter(|date| (1949..=2100).contains(&date.year()));
        date.or_else(|| self.wrong(key, value, "日期，如 2022-04-12"))
    }

    fn word<T: Copy>(&self, key: &str, value: &Value<'_>, words: &[(&str, T)]) -> Option<T> {
        let found = value.get_ref().as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join("、");
        found.map(|(_, meaning)| *meaning).or_else(|| self.wrong(key, value, &format!("以下之一：{}", all())))
    }

    fn one_of<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.need(key).and_then(|value| self.word(key, value, words))
    }

    fn items(&self, key: &str) -> Option<&'a [Value<'a>]> {
        let value = self.need(key)?;
        match value.get_ref().as_array() {
            Some(items) => Some(items),
            None => self.wrong(key, value, "数组"),
        }
    }

    fn words<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let items = self.items(key)?;
        let read: Vec<T> = items.iter().filter_map(|item| self.word(key, item, words)).collect();
        (read.len() == items.len()).then_some(read)
    }

    fn strings(&self, key: &str, least: usize) -> Option<Vec<String>> {
        let items = self.items(key)?;
        if items.len() < least {
            self.error(
                self.get(key).map_or(self.at, |value| value.span().start),
                format!("{} 不能为空", self.name(key)),
            );
            return None;
        }
        let read: Vec<String> = items.iter().filter_map(|item| self.text_of(key, item, 60)).collect();
        (read.len() == items.len()).then_some(read)
    }

    fn section_of(&self, key: &str, value: &'a Value<'a>) -> Option<Section<'a>> {
        match value.get_ref().as_table() {
            Some(table) => Some(Section { path: self.name(key), at: value.span().start, table, ..*self }),
            None => self.wrong(key, value, "表"),
        }
    }

    fn section(&self, key: &str) -> Option<Section<'a>> {
        self.need(key).and_then(|value| self.section_of(key, value))
    }

    fn only(&self, known: &[&str]) {
        for (key, _) in self.table {
            if !known.contains(&key.get_ref().as_ref()) {
                self.error(key.span().start, format!("不认识 {}", self.name(key.get_ref())));
            }
        }
    }
}

fn read(file: &Section<'_>) -> Option<Plan> {
    file.only(&[
        "format",
        "code",
        "title",
        "short",
        "document",
        "issuer",
        "effective",
        "effective_note",
        "basis",
        "unions",
        "silent",
        "bodies",
        "switch",
        "rule",
    ]);
    let format = file.number("format", 1..=1);
    let code = file.string("code", 40).and_then(|code| {
        let fits = code.len() >= 3 && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            let at = file.get("code").map_or(0, |value| value.span().start);
            file.error(at, "code 应为 3 至 40 个小写字母、数字或连字符".to_owned());
        }
        fits.then_some(code)
    });
    let title = file.string("title", 100);
    let short = file.string("short", 20);
    let document = file.string("document", 60);
    let issuer = file.string("issuer", 60);
    let effective = file.date("effective");
    let effective_note = file.string("effective_note", 200);
    let basis = file.strings("basis", 0);
    let unions = file.words("unions", &Union::ALL).map(|unions| unions.into_iter().collect::<BTreeSet<_>>());
    if unions.as_ref().is_some_and(BTreeSet::is_empty) {
        file.error(file.get("unions").map_or(0, |value| value.span().start), "unions 不能为空".to_owned());
    }
    let bodies = file.section("bodies").map(|names| {
        names.only(&Body::WORDS.map(|(word, _)| word));
        let name = |(word, body): (&str, Body)| names.string(word, 30).map(|name| (body, name));
        Body::WORDS.into_iter().filter_map(name).collect::<BTreeMap<_, _>>()
    });
    let switches = file.section("switch").and_then(|section| read_switches(&section));
    let mut figures = Figures::default();
    let provisions = read_rules(file, document.as_deref(), effective, bodies.as_ref(), &mut figures);
    format?;
    Some(Plan {
        code: code?,
        title: title?,
        short: short?,
        document: document?,
        issuer: issuer?,
        effective: effective?,
        effective_note: effective_note?,
        basis: basis?,
        unions: unions?,
        figures,
        switches: switches?,
        bodies: bodies?,
        provisions,
    })
}

fn read_rules(
    file: &Section<'_>,
    document: Option<&str>,
    effective: Option<Date>,
    bodies: Option<&BTreeMap<Body, String>>,
    figures: &mut Figures,
) -> BTreeMap<Rule, Provision> {
    let mut provisions = BTreeMap::new();
    let mut seen = BTreeSet::new();
    // Without the table there is nothing to compare: one error says so instead of 81.
    let Some(rules) = file.section("rule") else { return provisions };
    for (key, value) in rules.table {
        let Ok(rule) = key.get_ref().parse::<Rule>() else {
            rules.error(key.span().start, format!("规则库中没有 {}", key.get_ref()));
            continue;
        };
        seen.insert(rule);
        let Some(section) = rules.section_of(rule.code(), value) else { continue };
        if let Some(provision) = read_provision(&section, rule, document, effective, bodies, figures) {
            provisions.insert(rule, provision);
        }
    }
    for item in file.items("silent").unwrap_or_default() {
        let at = item.span().start;
        match item.get_ref().as_str().and_then(|code| code.parse::<Rule>().ok()) {
            None => file.error(at, "silent 中有规则库没有的编号".to_owned()),
            Some(Rule::Pol00) => {
                file.error(at, "POL-00（方案的出处）不能列入 silent：没有出处的方案不能启用".to_owned());
            }
            Some(rule) if !seen.insert(rule) => {
                file.error(at, format!("{rule} 已写明条款或重复，不能再列入 silent"));
            }
            Some(_) => {}
        }
    }
    let at = file.get("silent").map_or(0, |value| value.span().start);
    for entry in CATALOGUE.iter().filter(|entry| !seen.contains(&entry.rule)) {
        file.error(at, format!("{}（{}）既没有条款，也没有列入 silent", entry.code, entry.name));
    }
    provisions
}

fn read_provision(
    section: &Section<'_>,
    rule: Rule,
    document: Option<&str>,
    effective: Option<Date>,
    bodies: Option<&BTreeMap<Body, String>>,
    figures: &mut Figures,
) -> Option<Provision> {
    let strength = section.one_of("strength", &Strength::WORDS);
    let note = section.get("note").and_then(|value| section.text_of("note", value, 200));
    let from = if section.get("effective").is_some() { section.date("effective") } else { effective };
    let clauses = read_clauses(section, document.unwrap_or_default());
    if strength == Some(Strength::Implied) && note.is_none() {
        section.error(section.at, format!("{} 由原文推得，须在 note 中写明理由", section.path));
    }
    let mut known = vec!["strength", "note", "effective", "clauses"];
    let figure = read_figure(section, rule, figures, bodies, &mut known);
    section.only(&known);
    let mut clauses = clauses.into_iter();
    Some(Provision {
        rule,
        strength: strength?,
        effective: from?,
        note,
        figure,
        clause: clauses.next()?,
        more: clauses.collect(),
    })
}

fn read_clauses(section: &Section<'_>, document: &str) -> Vec<Clause> {
    let Some(items) = section.items("clauses") else { return Vec::new() };
    if items.is_empty() {
        section.error(section.at, format!("{} 没有条款：每项规定都须引用原文", section.path));
    }
    let read = |item| {
        let clause = section.section_of("clauses", item)?;
        clause.only(&["id", "section", "quote", "document"]);
        let own = clause.get("document").and_then(|value| clause.text_of("document", value, 60));
        let (id, place, quote) = (clause.string("id", 12), clause.string("section", 60), clause.string("quote", 400));
        if let Some(short) = quote.as_ref().filter(|quote| quote.chars().count() < 4) {
            clause.error(clause.at, format!("引文“{short}”太短，须引用完整的原文"));
        }
        Some(Clause { document: own.unwrap_or_else(|| document.to_owned()), section: place?, quote: quote?, id: id? })
    };
    items.iter().filter_map(read).collect()
}

const PER: [(&str, bool); 2] = [("year", false), ("semester", true)];

fn read_times(section: &Section<'_>) -> Option<Times> {
    let times = section.number("times", 1..=12);
    let per_semester = section.one_of("per", &PER);
    Some(Times { times: times?, per_semester: per_semester? })
}

fn read_bounds(section: &Section<'_>) -> Option<Bounds> {
    let (low, high) = (section.number("at_least", 0..=500), section.number("at_most", 1..=500));
    let bounds = Bounds { low: low?, high: high? };
    if bounds.low > bounds.high {
        section.error(section.at, format!("{} 的 at_least 大于 at_most", section.path));
        return None;
    }
    Some(bounds)
}

fn read_chain(section: &Section<'_>) -> Option<Vec<Step>> {
    let items = section.items("chain")?;
    if items.is_empty() {
        section.error(section.at, format!("{} 的 chain 至少有一步", section.path));
    }
    let step = |item| {
        let step = section.section_of("chain", item)?;
        step.only(&["act", "by", "any", "together"]);
        let flag = |key: &str| if step.get(key).is_some() { step.boolean(key) } else { Some(false) };
        let (act, by, any, together) =
            (step.string("act", 12), step.words("by", &Body::WORDS), flag("any"), flag("together"));
        if by.as_ref().is_some_and(Vec::is_empty) {
            step.error(step.at, format!("{} 的 by 不能为空", step.path));
        }
        Some(Step { act: act?, by: by?, any: any?, together: together? })
    };
    let chain: Vec<Step> = items.iter().filter_map(step).collect();
    (chain.len() == items.len() && !chain.is_empty()).then_some(chain)
}

fn times_in_words(times: Times) -> String {
    format!("每{} {} 次", if times.per_semester { "学期" } else { "年" }, times.times)
}

/// Reads the figures of one rule into their typed field; gives them back in words.
///
/// One arm a rule: this is the only place that knows which figures a rule has.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a rule, in the catalogue's order; splitting would hide a missing one"
)]
fn read_figure<'k>(
    section: &Section<'_>,
    rule: Rule,
    figures: &mut Figures,
    bodies: Option<&BTreeMap<Body, String>>,
    known: &mut Vec<&'k str>,
) -> Option<String> {
    let mut keys = |keys: &[&'k str]| known.extend_from_slice(keys);
    let list = |items: &Vec<String>| items.join("、");
    let chain = |chain: &Vec<Step>| bodies.map(|bodies| chain_in_words(chain, bodies)).unwrap_or_default();
    let at_most = |number: &u32, unit: &str| format!("不超过 {number} {unit}");
    let bounds = |bounds: &Bounds| format!("{} 至 {} 人", bounds.low, bounds.high);
    match rule {
        Rule::Org01 => {
            keys(&["layers"]);
            figures.layers = section.strings("layers", 1);
            figures.layers.as_ref().map(|layers| layers.join("＋"))
        }
        Rule::Org02 => {
            keys(&["titles"]);
            figures.barred_titles = section.strings("titles", 1);
            figures.barred_titles.as_ref().map(|titles| format!("岗位名称不得含{}（主席团成员除外）", list(titles)))
        }
        Rule::Org04 => {
            keys(&["period", "exact"]);
            section.one_of("period", &[("semester", ())]);
            figures.turn =
                section.boolean("exact").map(|exact| if exact { Turn::OneSemester } else { Turn::AtMostOneSemester });
            figures.turn.map(|turn| match turn {
                Turn::OneSemester => "一个学期".to_owned(),
                Turn::AtMostOneSemester => "最长一个学期".to_owned(),
            })
        }
        Rule::Stf01 => {
            keys(&["about"]);
            figures.school_total = section.number("about", 1..=500);
            figures.school_total.map(|total| format!("{total} 人左右"))
        }
        Rule::Stf02 => {
            keys(&["at_most"]);
            figures.school_presidium = section.number("at_most", 1..=50);
            figures.school_presidium.as_ref().map(|number| at_most(number, "人"))
        }
        Rule::Stf03 => {
            keys(&["at_most"]);
            figures.departments = section.number("at_most", 1..=50);
            figures.departments.as_ref().map(|number| at_most(number, "个"))
        }
        Rule::Stf04 => {
            keys(&["at_least", "at_most"]);
            figures.heads = read_bounds(section);
            figures.heads.as_ref().map(bounds)
        }
        Rule::Stf05 => {
            keys(&["at_most"]);
            figures.department_staff = section.number("at_most", 1..=100);
            figures.department_staff.as_ref().map(|number| at_most(number, "人"))
        }
        Rule::Stf06 => {
            keys(&["at_least", "at_most"]);
            figures.college_total = read_bounds(section);
            figures.college_total.as_ref().map(bounds)
        }
        Rule::Stf07 => {
            keys(&["at_most"]);
            figures.college_presidium = section.number("at_most", 1..=50);
            figures.college_presidium.as_ref().map(|number| at_most(number, "人"))
        }
        Rule::Stf10 => {
            keys(&["share"]);
            figures.from_colleges = section.share("share");
            figures.from_colleges.map(|share| format!("不少于 {share}"))
        }
        Rule::Elg01 => {
            keys(&["political"]);
            figures.political = section.strings("political", 1);
            figures.political.as_ref().map(list)
        }
        Rule::Elg03 => {
            keys(&["share"]);
            figures.rank_share = section.share("share");
            figures.rank_share.map(|share| format!("前 {share} 以内"))
        }
        Rule::Elg04 => {
            keys(&["at_most"]);
            figures.failed_courses = section.number("at_most", 0..=20);
            figures.failed_courses.map(|number| match number {
                0 => "没有不及格课程".to_owned(),
                most => at_most(&most, "门"),
            })
        }
        Rule::Vet01 => {
            keys(&["chain"]);
            figures.presidium_chain = read_chain(section);
            figures.presidium_chain.as_ref().map(chain)
        }
        Rule::Vet02 => {
            keys(&["chain"]);
            figures.department_chain = read_chain(section);
            figures.department_chain.as_ref().map(chain)
        }
        Rule::Vet03 => {
            keys(&["chain"]);
            figures.college_chain = read_chain(section);
            figures.college_chain.as_ref().map(chain)
        }
        Rule::Vet04 => {
            keys(&["sources"]);
            figures.candidate_sources = section.strings("sources", 1);
            figures.candidate_sources.as_ref().map(list)
        }
        Rule::Con01 => {
            keys(&["times", "per"]);
            figures.school_congress = read_times(section);
            figures.school_congress.map(times_in_words)
        }
        Rule::Con02 => {
            keys(&["times", "per"]);
            figures.college_congress = read_times(section);
            figures.college_congress.map(times_in_words)
        }
        Rule::Con03 => {
            keys(&["chain"]);
            figures.delegate_chain = read_chain(section);
            figures.delegate_chain.as_ref().map(chain)
        }
        Rule::Con04 => {
            keys(&["share", "base"]);
            let share = section.share("share");
            let base = section.one_of("base", &[("served", DelegateBase::Served), ("all", DelegateBase::All)]);
            figures.delegates = share.zip(base);
            figures.delegates.map(|(share, base)| match base {
                DelegateBase::Served => format!("不低于所联系学生人数的 {share}"),
                DelegateBase::All => format!("不低于全校学生总数的 {share}"),
            })
        }
        Rule::Con05 => {
            keys(&["cover"]);
            let words = [("college", Cover::College), ("grade", Cover::Grade), ("society", Cover::Society)];
            figures.cover = section.words("cover", &words).map(|cover| cover.into_iter().collect());
            figures.cover.as_ref().map(|cover| {
                let name = |cover: &Cover| match cover {
                    Cover::College => "每个院系",
                    Cover::Grade => "每个年级",
                    Cover::Society => "每个主要社团",
                };
                cover.iter().map(name).collect::<Vec<_>>().join("、")
            })
        }
        Rule::Rev01 => {
            keys(&["offices", "students_over"]);
            let (offices, over) = (section.words("offices", &Body::WORDS), section.share("students_over"));
            figures.board = offices.zip(over).map(|(offices, students_over)| Board { offices, students_over });
            figures.board.as_ref().map(|board| format!("学生代表超过 {}", board.students_over))
        }
        Rule::Rev02 => {
            keys(&["times", "per", "posts"]);
            let (times, posts) = (read_times(section), section.strings("posts", 1));
            figures.reports = times.zip(posts);
            figures.reports.as_ref().map(|(times, posts)| format!("{}：{}", times_in_words(*times), list(posts)))
        }
        Rule::Rev03 => {
            keys(&["aspects"]);
            figures.aspects = section.strings("aspects", 1);
            figures.aspects.as_ref().map(list)
        }
        Rule::Dis01 => {
            keys(&["pledge"]);
            figures.pledge = section.string("pledge", 60);
            figures.pledge.as_ref().map(|pledge| format!("《{pledge}》"))
        }
        Rule::Dis02 => {
            keys(&["problems"]);
            figures.problems = section.strings("problems", 1);
            figures.problems.as_ref().map(list)
        }
        Rule::Gui02 => {
            keys(&["matters"]);
            figures.matters = section.strings("matters", 1);
            figures.matters.as_ref().map(list)
        }
        Rule::Gui03 => {
            keys(&["exactly"]);
            figures.deputy_secretaries = section.number("exactly", 1..=5);
            figures.deputy_secretaries.map(|number| format!("{number} 名"))
        }
        Rule::Gui08 => {
            keys(&["leader", "taking_part"]);
            figures.leader = section.string("leader", 40).zip(section.strings("taking_part", 0));
            figures.leader.as_ref().map(|(leader, _)| leader.clone())
        }
        Rule::Gui09 => {
            keys(&["offices"]);
            figures.offices = section.strings("offices", 1);
            figures.offices.as_ref().map(list)
        }
        Rule::Rgt01 => {
            keys(&["areas"]);
            figures.areas = section.strings("areas", 0);
            figures.areas.as_ref().filter(|areas| !areas.is_empty()).map(list)
        }
        _ => None,
    }
}

fn read_switches(all: &Section<'_>) -> Option<Switches> {
    let words = [
        "heads_inside",
        "about_percent",
        "first_year_exempt",
        "graduate_exempt",
        "probationary_counts",
        "small_cohort",
    ];
    all.only(&words);
    let mut shown = Vec::new();
    let mut one = |key: &str, rule: Rule, label: &mut dyn FnMut(&Section<'_>) -> Option<String>| {
        let section = all.section(key)?;
        section.only(&["value", "reason"]);
        let (label, reason) = (label(&section), section.string("reason", 200));
        shown.push(ShownSwitch { rule, label: label?, reason: reason? });
        Some(())
    };
    let yes_no = |value: Option<bool>, yes: &str, no: &str| value.map(|on| if on { yes } else { no }.to_owned());
    let (mut inside, mut about, mut first, mut graduate, mut probationary, mut small) =
        (None, None, None, None, None, None);
    one("heads_inside", Rule::Stf05, &mut |section| {
        inside = section.boolean("value");
        yes_no(inside, "部门工作人员的人数包含负责人", "部门工作人员的人数不含负责人")
    });
    one("about_percent", Rule::Stf01, &mut |section| {
        about = section.number("value", 0..=50);
        about.map(|percent| format!("“左右”允许超出 {percent}%"))
    });
    one("first_year_exempt", Rule::Elg03, &mut |section| {
        first = section.boolean("value");
        yes_no(first, "尚无排名的新生不作排名要求", "新生同样要求排名")
    });
    one("graduate_exempt", Rule::Elg03, &mut |section| {
        graduate = section.boolean("value");
        yes_no(graduate, "研究生不作排名要求", "研究生同样要求排名")
    });
    one("probationary_counts", Rule::Elg01, &mut |section| {
        probationary = section.boolean("value");
        yes_no(probationary, "预备党员按党员对待", "预备党员不按党员对待")
    });
    one("small_cohort", Rule::Elg03, &mut |section| {
        let words = [("nobody", SmallCohort::Nobody), ("first", SmallCohort::First), ("unknown", SmallCohort::Unknown)];
        small = section.one_of("value", &words);
        small.map(|small| match small {
            SmallCohort::Nobody => "专业人数过少时，按字面无人可通过".to_owned(),
            SmallCohort::First => "专业人数过少时，第一名视为通过".to_owned(),
            SmallCohort::Unknown => "专业人数过少时，由校团委逐人认定".to_owned(),
        })
    });
    Some(Switches {
        heads_inside: inside?,
        about_percent: about?,
        first_year_exempt: first?,
        graduate_exempt: graduate?,
        probationary_counts: probationary?,
        small_cohort: small?,
        shown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(text: &str) -> Vec<String> {
        Plan::parse(text).expect_err("must be refused").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_built_in_plans_parse_under_their_own_names() {
        for (name, text) in BUILT_IN {
            match Plan::parse(text) {
                Ok(plan) => assert_eq!(plan.code, name),
                Err(errors) => panic!("{name}: {errors:?}"),
            }
        }
        assert_eq!(built_in().len(), BUILT_IN.len());
    }

    #[test]
    fn every_rule_is_stated_with_a_clause_or_silent() {
        let silent = |code| {
            let plan = named(code).unwrap();
            CATALOGUE.iter().filter(|entry| plan.provision(entry.rule).is_none()).count()
        };
        assert_eq!(silent("suzhou-2020"), 7);
        assert_eq!(silent("jining-2022"), 17);
    }

    #[test]
    fn figures_are_present_exactly_where_the_plan_speaks() {
        let (suzhou, jining) = (named("suzhou-2020").unwrap(), named("jining-2022").unwrap());
        assert_eq!(suzhou.figures.school_total, Some(40));
        assert_eq!(jining.figures.school_total, Some(60));
        assert_eq!(suzhou.figures.from_colleges, Share::parse("50%"));
        assert_eq!(jining.figures.from_colleges, None);
        assert_eq!(jining.figures.cover, None);
        assert_eq!(suzhou.figures.turn, Some(Turn::OneSemester));
        assert_eq!(jining.figures.turn, Some(Turn::AtMostOneSemester));
        assert_eq!(suzhou.figures.delegate_chain.as_ref().unwrap().len(), 2);
        assert_eq!(jining.figures.delegate_chain.as_ref().unwrap().len(), 3);
    }

    #[test]
    fn a_value_without_its_clause_is_refused_with_its_line() {
        let (_, text) = BUILT_IN[0];
        let start = text.find("[rule.STF-02]").unwrap();
        let clauses = start + text[start..].find("clauses = [").unwrap();
        let end = clauses + text[clauses..].find("]\n").unwrap() + 2;
        let broken = format!("{}{}", &text[..clauses], &text[end..]);
        let line = line_of(text, start);
        assert_eq!(refusals(&broken), [format!("第 {line} 行：缺少 rule.STF-02.clauses（条款原文）")]);
    }

    #[test]
    fn absurd_numbers_unknown_keys_and_forgotten_rules_are_all_named_at_once() {
        let (_, text) = BUILT_IN[0];
        let broken = text
            .replace(
                "[rule.STF-02]\nstrength = \"hard\"\nat_most = 5",
                "[rule.STF-02]\nstrength = \"hard\"\nat_most = 5000\nmost = 3",
            )
            .replace("    \"CON-10\",\n", "")
            .replace("share = \"30%\"", "share = \"130%\"")
            .replace("value = 10\n", "value = 99\n");
        let refusals = refusals(&broken).join("\n");
        for part in [
            "rule.STF-02.at_most 应为 1 至 50 的整数",
            "不认识 rule.STF-02.most",
            "CON-10（院系学代会程序一致）既没有条款，也没有列入 silent",
            "rule.ELG-03.share 应为大于 0 且不超过 100% 的百分比",
            "switch.about_percent.value 应为 0 至 50 的整数",
        ] {
            assert!(refusals.contains(part), "{part} not in {refusals}");
        }
    }

    #[test]
    fn shares_round_the_way_the_words_demand() {
        let share = |text| Share::parse(text).unwrap();
        assert_eq!(share("1%").ceil_of(8432), 85);
        assert_eq!(share("1%").ceil_of(8400), 84);
        assert_eq!(share("30%").floor_of(10), 3);
        assert_eq!(share("30%").floor_of(3), 0);
        assert_eq!(share("12.5%").to_string(), "12.5%");
        assert_eq!(Share::parse("0%"), None);
        assert_eq!(Share::parse("101%"), None);
        assert_eq!(Share::parse("-1%"), None);
    }
}
