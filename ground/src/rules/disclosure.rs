//! RGT-06: the yearly public account (改革自评表) by which students and teachers watch a union. Which indicators there are is data
//! (`indicators/`), put together from what universities publish; what the portal knows is never ticked by hand.

use std::sync::LazyLock;

use time::Date;
use toml::de::DeTable;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    education::{Season, Trained},
    plan::Union,
};
use crate::words::words;

/// The lists that are built in, by the names of their files without ending: every file of the folder `indicators`, the national
/// one first.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/indicators.rs"));

words! {
    /// How much an indicator weighs.
    IndicatorMark:
    Core = "core", "核心指标";
    Watch = "watch", "观测指标";
}

words! {
    /// A number or a day that an indicator is about.
    FigureKind:
    Staff = "staff", "工作人员";
    Presidium = "presidium", "主席团成员";
    Departments = "departments", "工作部门";
    Congress = "congress", "学生代表大会";
}

words! {
    /// What the portal knows beside its rules.
    KnownBy:
    NoOfficeFunctions = "no_office_functions", "工作部门的职能";
    Vetted = "vetted", "遴选记录";
    Elected = "elected", "选举记录";
    Trained = "trained", "培训记录";
    Nominated = "nominated", "择优提名记录";
    Heard = "heard", "听取汇报记录";
    Guided = "guided", "指导教师登记";
}

/// The fields of an indicator in its file, and those of the list.
const FIELDS: [&str; 9] = ["no", "mark", "text", "rules", "figure", "most", "most_where_many", "known_by", "asked_of"];
const LIST_FIELDS: [&str; 8] = ["code", "version", "title", "source", "verbatim", "note", "school", "college"];

/// A table of the file.
struct Fields<'a>(&'a DeTable<'a>);

impl Fields<'_> {
    fn only(&self, known: &[&str]) -> anyhow::Result<()> {
        let unknown = self.0.keys().map(|key| &**key.get_ref()).find(|key| !known.contains(key));
        match unknown {
            Some(key) => anyhow::bail!("nothing is called {key}"),
            None => Ok(()),
        }
    }

    /// A text; empty where there is none.
    fn text(&self, key: &str) -> anyhow::Result<String> {
        let Some(value) = self.0.get(key) else { return Ok(String::new()) };
        let text = value.get_ref().as_str().ok_or_else(|| anyhow::anyhow!("{key} is no text"))?;
        Ok(text.to_owned())
    }

    /// A text that must be there.
    fn needed(&self, key: &str) -> anyhow::Result<String> {
        let text = self.text(key)?;
        anyhow::ensure!(!text.is_empty(), "{key} is missing");
        Ok(text)
    }

    fn number(&self, key: &str) -> anyhow::Result<Option<u32>> {
        let Some(value) = self.0.get(key) else { return Ok(None) };
        let number = value.get_ref().as_integer().ok_or_else(|| anyhow::anyhow!("{key} is no number"))?;
        Ok(Some(u32::from_str_radix(number.as_str(), number.radix())?))
    }

    fn rules(&self) -> anyhow::Result<Vec<Rule>> {
        let Some(value) = self.0.get("rules") else { return Ok(Vec::new()) };
        let items = value.get_ref().as_array().ok_or_else(|| anyhow::anyhow!("rules are no list"))?;
        let rule = |code: Option<&str>| code.and_then(|code| code.parse::<Rule>().ok());
        let rules: Option<Vec<Rule>> = items.iter().map(|item| rule(item.get_ref().as_str())).collect();
        rules.ok_or_else(|| anyhow::anyhow!("no such rule"))
    }

    fn indicators(&self, key: &str) -> anyhow::Result<Vec<Indicator>> {
        let Some(value) = self.0.get(key) else { return Ok(Vec::new()) };
        let items = value.get_ref().as_array().ok_or_else(|| anyhow::anyhow!("{key} is no list"))?;
        let read = |table: Option<&DeTable<'_>>| {
            let table = table.ok_or_else(|| anyhow::anyhow!("an indicator is a table"))?;
            indicator(&Fields(table))
        };
        items.iter().map(|item| read(item.get_ref().as_table())).collect()
    }
}

/// Where an indicator's answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The findings of these rules.
    Rules(Vec<Rule>),
    Figure {
        kind: FigureKind,
        /// The most by the form itself; none where it names none.
        most: Option<u32>,
        /// The most where there are many students or campuses: then who signs says so.
        most_where_many: Option<u32>,
    },
    Known(KnownBy),
    /// The portal does not know; that office says.
    Asked(String),
}

/// An indicator of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    pub no: String,
    pub mark: Option<IndicatorMark>,
    pub text: String,
    pub basis: Basis,
}

/// A form's list of indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorList {
    pub code: String,
    pub version: String,
    pub title: String,
    pub source: String,
    /// The wording is the form's own.
    pub verbatim: bool,
    pub note: String,
    pub school: Vec<Indicator>,
    pub college: Vec<Indicator>,
}

impl IndicatorList {
    /// Reads a list.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let root = DeTable::parse(text)?;
        let list = Fields(root.get_ref());
        list.only(&LIST_FIELDS)?;
        let verbatim = root.get_ref().get("verbatim").and_then(|value| value.get_ref().as_bool());
        Ok(Self {
            code: list.needed("code")?,
            version: list.needed("version")?,
            title: list.needed("title")?,
            source: list.needed("source")?,
            verbatim: verbatim.ok_or_else(|| anyhow::anyhow!("verbatim is true or false"))?,
            note: list.text("note")?,
            school: list.indicators("school")?,
            college: list.indicators("college")?,
        })
    }

    /// The indicators of a union of that kind. Of graduates' unions those of the school's.
    #[must_use]
    pub fn of(&self, union: Union) -> &[Indicator] {
        match union {
            Union::School | Union::Graduate => &self.school,
            Union::College => &self.college,
        }
    }
}

fn indicator(fields: &Fields<'_>) -> anyhow::Result<Indicator> {
    fields.only(&FIELDS)?;
    let (no, rules, mark) = (fields.needed("no")?, fields.rules()?, fields.text("mark")?);
    let (figure, known, asked) = (fields.text("figure")?, fields.text("known_by")?, fields.text("asked_of")?);
    let basis = match (rules.is_empty(), figure.is_empty(), known.is_empty(), asked.is_empty()) {
        (false, true, true, true) => Basis::Rules(rules),
        (true, false, true, true) => Basis::Figure {
            kind: figure.parse()?,
            most: fields.number("most")?,
            most_where_many: fields.number("most_where_many")?,
        },
        (true, true, false, true) => Basis::Known(known.parse()?),
        (true, true, true, false) => Basis::Asked(asked),
        _ => anyhow::bail!("indicator {no} rests on one thing: rules, a figure, a record, or an office's word"),
    };
    let mark = if mark.is_empty() { None } else { Some(mark.parse()?) };
    Ok(Indicator { no, mark, text: fields.needed("text")?, basis })
}

/// The lists that are built in.
#[must_use]
pub fn lists() -> &'static [IndicatorList] {
    static LISTS: LazyLock<Vec<IndicatorList>> =
        LazyLock::new(|| BUILT_IN.iter().filter_map(|(_, text)| IndicatorList::read(text).ok()).collect());
    &LISTS
}

/// The list of that code.
#[must_use]
pub fn list(code: &str) -> Option<&'static IndicatorList> {
    lists().iter().find(|list| list.code == code)
}

/// How people came to their posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origins {
    pub people: u32,
    /// By the chain, or by the congress.
    pub by_rule: u32,
    /// Past both.
    pub past: u32,
}

impl Origins {
    /// Taken down as they were found: nothing is on record.
    fn unknown(self) -> u32 {
        self.people.saturating_sub(self.by_rule + self.past)
    }
}

/// Nominations for awards, bonus points and recommendations that were decided; each draws on closed reviews alone (REV-05) and
/// on no post (REV-06), or it would have been refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nominations {
    pub decided: u32,
    pub nominees: u32,
}

/// How a college's Party organisation led its union in the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hearings {
    /// How often it heard the union.
    pub times: u32,
    pub last: Option<Date>,
    /// On how many candidates it decided.
    pub decided: u32,
}

/// Which teachers guide a college's union on the day of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guides {
    /// A leader of the college's League organisation is in charge of it.
    pub in_charge: bool,
    /// A teacher is its 秘书长.
    pub secretary_general: bool,
}

/// What the portal knows of a union.
#[derive(Debug, Clone, Default)]
pub struct UnionFacts {
    /// The day as of which the account stands.
    pub day: Option<Date>,
    /// Every finding on the day; none where no plan governs it.
    pub findings: Option<Vec<Finding>>,
    /// Somebody is registered.
    pub registered: bool,
    pub staff: u32,
    pub presidium: u32,
    pub departments: u32,
    /// The last congress.
    pub congress: Option<Date>,
    /// Its first day of the year that is accounted for, and the first day after.
    pub year: Option<(Date, Date)>,
    /// Of members of departments, by the chain.
    pub vetted: Origins,
    /// Of the presidium, by the congress.
    pub elected: Origins,
    /// Trainings of the year at which it was taken down who came.
    pub trainings: Vec<Trained>,
    /// Of the year.
    pub nominations: Nominations,
    /// Of the year, in a college.
    pub hearings: Hearings,
    /// In a college.
    pub guides: Guides,
}

words! {
    /// What a line of the form says.
    Conclusion:
    Yes = "yes", "是";
    No = "no", "否";
    Missing = "missing", "待补";
}

impl Conclusion {
    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Yes => "pass",
            Self::No => "fail",
            Self::Missing => "unknown",
        }
    }
}

/// What an office says of an indicator: an answer only where the portal knows none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub answer: Option<bool>,
    pub remark: String,
}

/// A line of the form as it is concluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concluded {
    pub conclusion: Conclusion,
    /// `实有 28 人`, `召开日期 2026-11-20`; empty where there is none.
    pub figure: String,
    /// What it rests on.
    pub why: String,
    /// What is missing and who can supply it; empty where nothing is.
    pub missing: String,
    /// The portal knows: no hand ticks it.
    pub is_known: bool,
}

impl Concluded {
    fn new(conclusion: Conclusion, figure: String, why: impl Into<String>) -> Self {
        Self { conclusion, figure, why: why.into(), missing: String::new(), is_known: true }
    }

    fn missing(figure: String, what: impl Into<String>) -> Self {
        let missing = what.into();
        Self { conclusion: Conclusion::Missing, figure, why: String::new(), missing, is_known: true }
    }
}

const NOBODY: &str = "还没有登记任职人员，由校团委或院系团组织登记";

/// RGT-06: concludes an indicator from what the portal knows; only where it knows nothing, from what an office says.
#[must_use]
pub fn conclude(indicator: &Indicator, facts: &UnionFacts, said: &Said) -> Concluded {
    if let Basis::Asked(office) = &indicator.basis {
        return asked(office, said);
    }
    if !facts.registered {
        return Concluded::missing(String::new(), NOBODY);
    }
    match &indicator.basis {
        Basis::Rules(rules) => by_rules(rules, facts),
        Basis::Figure { kind: FigureKind::Congress, .. } => by_congress(facts),
        Basis::Figure { kind, most, most_where_many } => by_number(*kind, *most, *most_where_many, facts, said),
        Basis::Known(KnownBy::NoOfficeFunctions) => no_office_functions(facts),
        Basis::Known(KnownBy::Vetted) => by_origins(facts.vetted, "按程序遴选", "未经程序"),
        Basis::Known(KnownBy::Elected) => by_origins(facts.elected, "由大会选举产生", "未经选举"),
        Basis::Known(KnownBy::Trained) => by_trainings(facts),
        Basis::Known(KnownBy::Nominated) => by_nominations(facts.nominations),
        Basis::Known(KnownBy::Heard) => by_hearings(facts.hearings),
        Basis::Known(KnownBy::Guided) => by_guides(facts.guides),
        Basis::Asked(office) => asked(office, said),
    }
}

fn asked(office: &str, said: &Said) -> Concluded {
    let (conclusion, missing) = match said.answer {
        Some(true) => (Conclusion::Yes, String::new()),
        Some(false) => (Conclusion::No, String::new()),
        None => (Conclusion::Missing, format!("系统里没有这项记录，由{office}填写并在备注里写明依据")),
    };
    let why = if said.answer.is_some() { format!("由{office}填写") } else { String::new() };
    Concluded { conclusion, figure: String::new(), why, missing, is_known: false }
}

/// Whether it follows from findings: one that is not met, or lacks data, decides.
fn by_rules(rules: &[Rule], facts: &UnionFacts) -> Concluded {
    let Some(findings) = &facts.findings else {
        return Concluded::missing(String::new(), "本校没有启用适用的实施方案，由校团委启用");
    };
    let own: Vec<&Finding> = findings.iter().filter(|finding| rules.contains(&finding.rule)).collect();
    let of = |outcome: Outcome| own.iter().copied().filter(move |finding| finding.verdict == outcome);
    let says = |outcome: Outcome| {
        let mut messages: Vec<&str> = of(outcome).map(|finding| finding.message.as_str()).collect();
        // Rank and courses may say the same.
        messages.dedup();
        messages.join("；")
    };
    if of(Outcome::Fail).next().is_some() {
        return Concluded::new(Conclusion::No, String::new(), says(Outcome::Fail));
    }
    if let Some(unknown) = of(Outcome::Unknown).next() {
        let supply = if unknown.remedy.is_empty() { "由学生工作部门导入" } else { unknown.remedy.as_str() };
        return Concluded::missing(String::new(), format!("{}；{supply}", unknown.message));
    }
    if of(Outcome::Pass).next().is_none() && of(Outcome::Warn).next().is_none() {
        let says = own.first().map_or("本校方案对此未作要求", |finding| finding.message.as_str());
        return Concluded::missing(String::new(), format!("{says}，请在备注里说明实际情况"));
    }
    let why = [says(Outcome::Pass), says(Outcome::Warn)].into_iter().filter(|says| !says.is_empty());
    Concluded::new(Conclusion::Yes, String::new(), why.collect::<Vec<_>>().join("；"))
}

fn by_number(
    kind: FigureKind,
    most: Option<u32>,
    most_where_many: Option<u32>,
    facts: &UnionFacts,
    said: &Said,
) -> Concluded {
    let (number, unit) = match kind {
        FigureKind::Staff => (facts.staff, "人"),
        FigureKind::Presidium => (facts.presidium, "人"),
        FigureKind::Departments => (facts.departments, "个"),
        FigureKind::Congress => return by_congress(facts),
    };
    let figure = format!("实有 {number} {unit}");
    let Some(most) = most else {
        return Concluded::new(Conclusion::Yes, figure, "");
    };
    if number <= most {
        return Concluded::new(Conclusion::Yes, figure, format!("不超过 {most} {unit}"));
    }
    match most_where_many {
        Some(more) if number <= more && !said.remark.is_empty() => {
            Concluded::new(Conclusion::Yes, figure, format!("超过 {most} {unit}，不超过 {more} {unit}，理由见备注"))
        }
        Some(more) if number <= more => Concluded::missing(
            figure,
            format!("超过 {most} {unit}，只有学生人数较多或多校区的可以到 {more} {unit}：由校团委在备注里说明"),
        ),
        _ => Concluded::new(Conclusion::No, figure, format!("超过 {} {unit}", most_where_many.unwrap_or(most))),
    }
}

fn by_congress(facts: &UnionFacts) -> Concluded {
    match (facts.congress, facts.year) {
        (Some(day), Some((from, until))) if from <= day && day < until => {
            Concluded::new(Conclusion::Yes, format!("召开日期 {day}"), "本学年已召开")
        }
        (Some(day), Some((_, until))) if facts.day.is_some_and(|today| today < until) => {
            let missing = "本学年的大会还没有召开；召开以后在“学代会”里登记，或者在备注里说明";
            Concluded::missing(format!("上一次 {day}"), missing)
        }
        (Some(day), _) => Concluded::new(Conclusion::No, format!("召开日期 {day}"), "最近一次大会不在本学年"),
        (None, _) => Concluded::missing(String::new(), "系统里没有召开记录，由校团委或院系团组织在“学代会”里登记"),
    }
}

fn no_office_functions(facts: &UnionFacts) -> Concluded {
    let Some(findings) = &facts.findings else {
        return Concluded::missing(String::new(), "本校没有启用适用的实施方案，由校团委启用");
    };
    let found: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.rule == Rule::Pol03 && finding.verdict == Outcome::Warn)
        .map(|finding| finding.message.as_str())
        .collect();
    if found.is_empty() {
        Concluded::new(Conclusion::Yes, String::new(), "登记的部门名称和职能中没有行政职能")
    } else {
        Concluded::new(Conclusion::No, String::new(), found.join("；"))
    }
}

fn by_origins(origins: Origins, by: &str, past: &str) -> Concluded {
    let figure = format!("{} 人中 {} 人{by}", origins.people, origins.by_rule);
    if origins.people == 0 {
        return Concluded::missing(String::new(), NOBODY);
    }
    if origins.past > 0 {
        return Concluded::new(Conclusion::No, figure, format!("{} 人{past}", origins.past));
    }
    if origins.unknown() > 0 {
        let missing = format!(
            "{} 人是现状登记，没有产生过程的记录；换届时在系统里办理后即有，或由校团委在备注里说明",
            origins.unknown()
        );
        return Concluded::missing(figure, missing);
    }
    Concluded::new(Conclusion::Yes, figure, format!("全部{by}"))
}

/// A training in each half of the year. Where one half has its record, the other half's is missed for good once it is over;
/// where nothing is on record, nobody knows.
fn by_trainings(facts: &UnionFacts) -> Concluded {
    let last = |season: Season| {
        let own = facts.trainings.iter().filter(|one| Season::of(one.on_day) == season);
        own.max_by_key(|one| one.on_day)
    };
    let (mut held, mut missing) = (Vec::new(), Vec::new());
    for season in [Season::Autumn, Season::Spring] {
        match last(season) {
            Some(Trained { on_day, expected, came, .. }) => {
                held.push(format!("{} {on_day}，应到 {expected} 人，到会 {came} 人", season.label()));
            }
            None => missing.push(season),
        }
    }
    let figure = held.join("；");
    let is_over =
        |season: &Season| facts.year.zip(facts.day).is_some_and(|((first, _), day)| season.is_over(first.year(), day));
    match missing.as_slice() {
        [] => Concluded::new(Conclusion::Yes, figure, "秋季、春季都有培训，到会已登记"),
        [season] if is_over(season) => {
            Concluded::new(Conclusion::No, figure, format!("{}没有培训记录", season.label()))
        }
        [season] => Concluded::missing(figure, format!("{}的培训还没有办，办完在“教育培训”里登记到会", season.label())),
        _ => Concluded::missing(
            figure,
            "系统里没有这一学年的培训记录，由校团委或院系团组织在“教育培训”里登记，或者在备注里说明",
        ),
    }
}

fn by_nominations(nominations: Nominations) -> Concluded {
    let Nominations { decided, nominees } = nominations;
    if decided == 0 {
        let missing = "系统里没有这一学年的择优提名，由校团委或院系团组织在“择优提名”里办理，或者在备注里说明";
        return Concluded::missing(String::new(), missing);
    }
    let figure = format!("择优提名 {decided} 次，{nominees} 人次");
    Concluded::new(Conclusion::Yes, figure, "都以办结的述职评议结果为依据，条件中没有单凭岗位给分的")
}

/// What is on record of the college's Party organisation: that it heard the union is what is asked, on whom it decided stands
/// beside.
fn by_hearings(hearings: Hearings) -> Concluded {
    let Hearings { times, last, decided } = hearings;
    let heard = last.map(|last| format!("听取汇报 {times} 次，最近 {last}"));
    let decided = (decided > 0).then(|| format!("审定人选 {decided} 人次"));
    let figure = heard.clone().into_iter().chain(decided).collect::<Vec<_>>().join("；");
    if heard.is_none() {
        let missing =
            "系统里没有这一学年听取工作汇报的记录，由院系党组织或院系团组织在“院系指导”里登记，或者在备注里说明";
        return Concluded::missing(figure, missing);
    }
    Concluded::new(Conclusion::Yes, figure, "院系党组织已听取工作汇报，研究决定的事项见记录")
}

fn by_guides(guides: Guides) -> Concluded {
    let each = [(guides.in_charge, "分管负责人"), (guides.secretary_general, "秘书长（教师）")];
    let of = |is_there: bool| {
        let names = each.iter().filter(|(there, _)| *there == is_there).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join("、")
    };
    let figure = if of(true).is_empty() { String::new() } else { format!("已明确{}", of(true)) };
    if guides.in_charge && guides.secretary_general {
        return Concluded::new(Conclusion::Yes, figure, "已登记，由教师担任，不计入学生工作人员");
    }
    let missing = format!("没有登记{}，由院系团组织在“院系指导”里登记，或者在备注里说明", of(false));
    Concluded::missing(figure, missing)
}

/// An account may be signed, passed by [`sign`].
#[derive(Debug)]
pub struct Signable(());

/// RGT-06: nothing is signed of which a line is missing and nobody says why. The form itself is practice.
pub fn sign(plan: &Plan, open: usize) -> Verdict<Signable> {
    let (verdict, says) = if open == 0 {
        (Outcome::Pass, "各项都有结论，或者在备注里说明了".to_owned())
    } else {
        (Outcome::Fail, format!("还有 {open} 项待补，也没有备注"))
    };
    let finding = match plan.provision(Rule::Rgt06) {
        Some(provision) => Finding::new(provision, verdict, says),
        None => Finding::practice(Rule::Rgt06, verdict, format!("{says}（实践惯例，{}未作规定）", plan.short)),
    };
    let finding = finding.against(&open, "0").remedy("按每项“待补”写的单位补齐数据；暂时补不上的，在备注里说明");
    Verdict::seal(vec![finding], Signable(()))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    fn national() -> &'static IndicatorList {
        list("national").unwrap()
    }

    fn at(no: &str) -> &'static Indicator {
        national().school.iter().find(|indicator| indicator.no == no).unwrap()
    }

    fn facts() -> UnionFacts {
        UnionFacts { registered: true, ..UnionFacts::default() }
    }

    fn concluded(no: &str, facts: &UnionFacts) -> Concluded {
        conclude(at(no), facts, &Said::default())
    }

    #[test]
    fn what_is_built_in_can_be_read_and_says_that_it_is_no_quotation() {
        for (name, text) in BUILT_IN {
            let list = IndicatorList::read(text).map(|list| list.code);
            assert_eq!(list.as_deref().ok(), Some(*name), "a list has the code that its file is called by: {list:?}");
        }
        assert_eq!(lists().len(), BUILT_IN.len());
        assert_eq!(lists()[0].code, "national", "the one that is offered first");
        let national = national();
        assert_eq!((national.school.len(), national.college.len()), (11, 13));
        assert!(!national.verbatim && national.source.contains("不是原表文字") && !national.note.is_empty());
        let core: Vec<&str> = national
            .school
            .iter()
            .filter(|one| one.mark == Some(IndicatorMark::Core))
            .map(|one| one.no.as_str())
            .collect();
        assert_eq!(core, ["1", "11"]);
        for wrong in ["rules = [\"ORG-01\"]\nfigure = \"staff\"", "", "known_by = \"nothing\"", "rules = [\"XYZ-99\"]"]
        {
            let list = format!(
                "code = \"x\"\nversion = \"1\"\ntitle = \"x\"\nsource = \"x\"\nverbatim = false\nnote = \"\"\n\n\
                 [[school]]\nno = \"1\"\ntext = \"x\"\n{wrong}"
            );
            assert!(IndicatorList::read(&list).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rgt_06_a_provinces_own_form_is_one_more_file() {
        let text = "code = \"province\"\nversion = \"2026\"\ntitle = \"自评表\"\nsource = \"某省通知附件\"\nverbatim = true\n\
                    note = \"\"\n\n[[school]]\nno = \"一\"\nmark = \"watch\"\ntext = \"工作人员不超过 30 人\"\n\
                    figure = \"staff\"\nmost = 30\n";
        let list = IndicatorList::read(text).unwrap();
        let indicator = &list.of(Union::School)[0];
        let of = |staff| conclude(indicator, &UnionFacts { staff, ..facts() }, &Said::default()).conclusion;
        assert_eq!((of(30), of(31)), (Conclusion::Yes, Conclusion::No), "by the form's own limit");
        assert!(list.verbatim && indicator.mark == Some(IndicatorMark::Watch) && list.college.is_empty());
    }

    #[test]
    fn rgt_06_a_number_is_counted_and_no_hand_changes_it() {
        let of = |staff, said: &Said| conclude(at("3"), &UnionFacts { staff, ..facts() }, said);
        let line = of(28, &Said { answer: Some(false), remark: String::new() });
        assert_eq!((line.conclusion, line.figure.as_str()), (Conclusion::Yes, "实有 28 人"));
        assert!(line.is_known);
        let many = of(51, &Said::default());
        assert!(many.conclusion == Conclusion::Missing && many.missing.contains("校团委在备注里说明"));
        let said = Said { answer: None, remark: "在校生 2.4 万，两个校区".to_owned() };
        assert_eq!(of(51, &said).conclusion, Conclusion::Yes);
        assert_eq!(of(61, &said).conclusion, Conclusion::No);
        assert_eq!(concluded("4", &UnionFacts { presidium: 6, ..facts() }).conclusion, Conclusion::No);
        assert_eq!(concluded("4", &UnionFacts::default()).conclusion, Conclusion::Missing, "nobody is registered");
    }

    #[test]
    fn rgt_06_findings_decide_and_missing_data_are_said_to_be_missing() {
        let provision = named("suzhou-2020").unwrap().provision(Rule::Elg01).unwrap();
        let with = |outcome| {
            let finding = Finding::new(provision, outcome, "甲".to_owned());
            concluded("7", &UnionFacts { findings: Some(vec![finding]), ..facts() })
        };
        assert_eq!(with(Outcome::Pass).conclusion, Conclusion::Yes);
        assert_eq!(with(Outcome::Fail).conclusion, Conclusion::No);
        let unknown = with(Outcome::Unknown);
        assert!(unknown.conclusion == Conclusion::Missing && unknown.missing.contains("学生工作部门"));
        let silent = concluded("7", &UnionFacts { findings: Some(Vec::new()), ..facts() });
        assert!(silent.conclusion == Conclusion::Missing && silent.missing.contains("未作要求"), "never a green tick");
        assert_eq!(concluded("7", &facts()).conclusion, Conclusion::Missing, "no plan");
    }

    #[test]
    fn rgt_06_congress_and_origins_come_from_the_record() {
        let year = Some((date!(2026 - 09 - 01), date!(2027 - 09 - 01)));
        let held = |day| concluded("11", &UnionFacts { congress: day, year, ..facts() });
        assert_eq!(held(Some(date!(2026 - 11 - 20))).conclusion, Conclusion::Yes);
        assert_eq!(held(Some(date!(2025 - 11 - 20))).conclusion, Conclusion::No);
        assert_eq!(held(None).conclusion, Conclusion::Missing);
        let running =
            UnionFacts { congress: Some(date!(2025 - 11 - 20)), year, day: Some(date!(2026 - 10 - 20)), ..facts() };
        let line = concluded("11", &running);
        assert!(line.conclusion == Conclusion::Missing && line.missing.contains("还没有召开"), "{line:?}");
        let elected =
            |by_rule, past| concluded("10", &UnionFacts { elected: Origins { people: 5, by_rule, past }, ..facts() });
        assert_eq!(elected(5, 0).conclusion, Conclusion::Yes);
        assert_eq!(elected(4, 1).conclusion, Conclusion::No);
        let registered = elected(3, 0);
        assert!(registered.conclusion == Conclusion::Missing && registered.missing.contains("2 人是现状登记"));
    }

    #[test]
    fn rgt_06_nothing_is_signed_while_a_line_is_missing_without_a_word() {
        let jining = named("jining-2022").unwrap();
        assert!(sign(jining, 0).permit().is_ok());
        let refused = sign(jining, 2).permit().unwrap_err();
        assert_eq!(refused[0].clause.as_ref().unwrap().id, "J2.4.4");
        let silent = sign(named("suzhou-2020").unwrap(), 1).permit().unwrap_err();
        assert!(silent[0].clause.is_none() && silent[0].message.contains("未作规定"));
    }

    fn of_college(no: &str) -> &'static Indicator {
        national().college.iter().find(|one| one.no == no).unwrap()
    }

    #[test]
    fn rgt_06_trainings_and_nominations_come_from_the_record() {
        let year = Some((date!(2026 - 08 - 01), date!(2027 - 08 - 01)));
        let held = |on_day| Trained { on_day, expected: 21, came: 20, closed: true };
        let (autumn, spring) = (held(date!(2026 - 10 - 12)), held(date!(2027 - 03 - 15)));
        let on = |trainings: &[Trained], day| {
            let facts = UnionFacts { trainings: trainings.to_vec(), day: Some(day), year, ..facts() };
            let tick = Said { answer: Some(true), remark: String::new() };
            conclude(of_college("10"), &facts, &tick)
        };
        let both = on(&[autumn, spring], date!(2027 - 06 - 30));
        assert_eq!(both.conclusion, Conclusion::Yes);
        assert!(both.figure.contains("秋季 2026-10-12，应到 21 人，到会 20 人；春季 2027-03-15"), "{}", both.figure);
        let early = on(&[autumn], date!(2027 - 07 - 31));
        assert!(early.conclusion == Conclusion::Missing && early.missing.contains("春季"), "{early:?}");
        let over = on(&[autumn], date!(2027 - 08 - 01));
        assert!(over.conclusion == Conclusion::No && over.why.contains("春季没有培训记录"), "{over:?}");
        assert_eq!(on(&[spring], date!(2027 - 03 - 20)).conclusion, Conclusion::No, "autumn is over");
        let nothing = on(&[], date!(2027 - 08 - 01));
        assert!(nothing.conclusion == Conclusion::Missing && nothing.is_known, "no hand ticks it: {nothing:?}");

        let nominated = |decided, nominees| {
            let facts = UnionFacts { nominations: Nominations { decided, nominees }, ..facts() };
            conclude(of_college("11"), &facts, &Said::default())
        };
        let line = nominated(2, 5);
        assert_eq!((line.conclusion, line.figure.as_str()), (Conclusion::Yes, "择优提名 2 次，5 人次"));
        assert_eq!(nominated(0, 0).conclusion, Conclusion::Missing);
    }

    #[test]
    fn rgt_06_hearings_and_teachers_come_from_the_record() {
        let tick = Said { answer: Some(true), remark: String::new() };
        let heard = |hearings| conclude(of_college("12"), &UnionFacts { hearings, ..facts() }, &tick);
        let none = heard(Hearings { decided: 7, ..Hearings::default() });
        assert!(none.conclusion == Conclusion::Missing && none.is_known, "no hand ticks it: {none:?}");
        assert_eq!(none.figure, "审定人选 7 人次");
        let twice = heard(Hearings { times: 2, last: Some(date!(2027 - 03 - 15)), decided: 7 });
        assert_eq!(twice.conclusion, Conclusion::Yes);
        assert_eq!(twice.figure, "听取汇报 2 次，最近 2027-03-15；审定人选 7 人次");
        let guided = |in_charge, secretary_general| {
            let guides = Guides { in_charge, secretary_general };
            conclude(of_college("13"), &UnionFacts { guides, ..facts() }, &tick)
        };
        assert_eq!(guided(true, true).conclusion, Conclusion::Yes);
        let half = guided(true, false);
        assert!(half.conclusion == Conclusion::Missing && half.missing.contains("没有登记秘书长"), "{half:?}");
        assert_eq!(half.figure, "已明确分管负责人");
        assert!(guided(false, false).missing.contains("没有登记分管负责人、秘书长（教师）"));
    }

    #[test]
    fn rgt_06_an_office_answers_only_where_the_portal_knows_nothing() {
        let text = "code = \"x\"\nversion = \"1\"\ntitle = \"x\"\nsource = \"x\"\nverbatim = true\nnote = \"\"\n\n\
                    [[college]]\nno = \"1\"\ntext = \"学生满意\"\nasked_of = \"院系党组织\"\n";
        let list = IndicatorList::read(text).unwrap();
        let hearing = &list.college[0];
        let line = conclude(hearing, &facts(), &Said::default());
        assert!(line.conclusion == Conclusion::Missing && !line.is_known && line.missing.contains("院系党组织"));
        let said = Said { answer: Some(true), remark: "每学期听取一次".to_owned() };
        assert_eq!(conclude(hearing, &facts(), &said).conclusion, Conclusion::Yes);
    }
}
