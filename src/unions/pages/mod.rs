//! The pages 学生会 and 对照检查总览.

mod after;
mod appoint;
mod attempt;
mod batch;
mod compliance;
mod constitution;
mod departments;
mod fields;
mod kept_roster;
mod leave;
mod list;
mod mending;
mod opening;
mod overview;
mod own_rules;
mod papers;
mod posts;
mod undo;
mod what_if;

use std::collections::BTreeSet;

pub(super) use compliance::overviews::AskedOverview;
pub use compliance::overviews::Overviews;
pub use kept_roster::Rosters;
pub use papers::roster_html;
use sqlx::PgConnection;
use time::Date;

use super::{
    documents,
    mending::{MendedRule, Mending},
    owed::OwedFinding,
    paths::{MATTERS, MEETINGS, PLEDGES, PRIOR_REPORTS, PROJECTS, UNIONS},
    store::{self, ReasonRow},
    union::{PostKind, PostRow, Record, StudentFacts, sees_grades},
};
use crate::{
    app::{App, Routes},
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    failure::Failure,
    ids::{PostId, UnionId},
    office::{MatterReader, Office, UnionKeeper, UnionReader},
    page::{charts::QuotaBar, chrome::Chrome},
    rulebook::store::calendar,
    rules::{
        Finding, Outcome, Rule,
        adoption::Calendar,
        finding::{is_over, is_short},
        judgement::UnionPast,
        roster::{Rank, Ranked},
    },
    text::percent,
    words::words,
};

#[must_use]
pub fn routes(overviews: Overviews, rosters: Rosters) -> Routes {
    Routes::default()
        .get("/unions", list::page)
        .post("/unions", overview::create)
        .get("/unions.xlsx", list::file)
        .get("/unions/{union}", overview::show)
        .get("/unions/{union}/open", opening::ask)
        .post("/unions/{union}/open", opening::act)
        .merge(papers::roster_page(rosters))
        .get("/unions/{union}/roster.docx", papers::roster_word)
        .get("/unions/{union}/roster.xlsx", papers::roster_file)
        .get("/unions/{union}/findings", papers::findings)
        .get("/unions/{union}/history", papers::history)
        .get("/unions/{union}/history.xlsx", papers::history_file)
        .get("/unions/{union}/constitution", constitution::show)
        .upload("/unions/{union}/constitution", constitution::file)
        .get("/unions/{union}/own-rules", own_rules::show)
        .post("/unions/{union}/own-rules", own_rules::report)
        .get("/unions/{union}/mending", mending::ask)
        .post("/unions/{union}/mending", mending::set)
        .post("/unions/{union}/mending/withdraw", mending::withdraw)
        .get("/unions/{union}/appoint", appoint::ask)
        .upload("/unions/{union}/appoint", appoint::act)
        .get("/unions/{union}/leave", leave::ask)
        .post("/unions/{union}/leave", leave::act)
        .get("/unions/{union}/posts/{post}", posts::show)
        .upload("/unions/{union}/posts/{post}/end", posts::end)
        .post("/unions/{union}/posts/{post}/undo-end", undo::act)
        .upload("/unions/{union}/posts/{post}/correct", posts::correct)
        .get("/unions/{union}/departments", departments::list)
        .post("/unions/{union}/departments", departments::add)
        .get("/unions/{union}/departments/{department}", departments::show)
        .post("/unions/{union}/departments/{department}", departments::change)
        .post("/unions/{union}/departments/{department}/end", departments::end)
        .post("/unions/{union}/departments/{department}/undo-end", undo::department)
        .get("/unions/{union}/batch", batch::upload::ask)
        .upload("/unions/{union}/batch", batch::upload::upload)
        .get("/unions/{union}/batch/{draft}", batch::draft::show)
        .post("/unions/{union}/batch/{draft}/commit", batch::draft::commit)
        .post("/unions/{union}/batch/{draft}/discard", batch::draft::discard)
        .get("/unions/{union}/what-if", what_if::ask)
        .post("/unions/{union}/what-if", what_if::answer)
        .merge(compliance::routes(overviews))
        .get("/documents/{document}", documents::download)
}

/// A union with everything, if the office sees it.
async fn visible(
    db: &mut PgConnection,
    acting: &Acting<UnionReader>,
    id: UnionId,
    today: Date,
) -> Result<Record, Failure> {
    let record = store::record(db, acting.institution(), id, today).await?.ok_or(Failure::Missing)?;
    if record.union.is_visible_to(acting.office()) { Ok(record) } else { Err(Failure::Missing) }
}

/// A union with everything, if the office manages it.
async fn managed(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    today: Date,
) -> Result<Record, Failure> {
    let record = store::record(db, acting.institution(), id, today).await?.ok_or(Failure::Missing)?;
    if record.union.is_managed_by(acting.office()) { Ok(record) } else { Err(Failure::Missing) }
}

/// The frame of a page of a union.
fn frame(app: &App, person: &SignedIn, record: &Record, title: &str) -> Chrome {
    app.chrome(person, title).under(UNIONS, "学生会").under(&record.union.id.path(), &record.union.name)
}

words! {
    /// A page of a union by the end of its path.
    Tab:
    Overview = "", "概况";
    Roster = "/roster", "花名册";
    Departments = "/departments", "部门";
    Rotation = "/rotation", "轮值";
    Findings = "/findings", "检查明细";
    Constitution = "/constitution", "章程";
    History = "/history", "沿革";
}

/// The tabs above a union's pages.
pub struct Tabs {
    pub id: UnionId,
    here: Tab,
    /// The office manages the union.
    pub keeps: bool,
    /// The union is under the rules.
    opened: bool,
}

/// A tab as it is drawn.
pub struct TabLink {
    /// What follows the union's path.
    pub end: &'static str,
    pub label: &'static str,
    pub is_here: bool,
}

impl Tabs {
    /// The tabs for an office.
    #[must_use]
    pub fn new<O: Office>(acting: &Acting<O>, record: &Record, here: Tab) -> Self {
        Self {
            id: record.union.id,
            here,
            keeps: record.union.is_managed_by(acting.office()),
            opened: record.union.opened_on.is_some(),
        }
    }

    /// Turns are only taken in a union that is under the rules.
    #[must_use]
    pub fn all(&self) -> Vec<TabLink> {
        let shown = Tab::ALL.iter().copied().filter(|tab| self.opened || *tab != Tab::Rotation);
        shown.map(|tab| TabLink { end: tab.slug(), label: tab.label(), is_here: tab == self.here }).collect()
    }
}

/// Somebody a finding is about.
#[derive(Debug, Clone)]
pub struct Subject {
    pub number: String,
    pub name: String,
    /// A post of theirs in the union.
    pub post: Option<PostId>,
    /// Their post and the figure that the rule looks at, in words: `综合部 部门工作人员，73/113，前 64.6%`.
    pub about: String,
}

/// Where a finding is put right: a path and its word.
#[derive(Debug, Clone)]
pub struct Onward {
    pub href: String,
    pub word: &'static str,
}

/// A place in a ranking, and of what it is where it is not the major: `73/113，前 64.6%`.
fn in_ranking(one: &Ranked) -> String {
    let of = if one.of.is_usual() { String::new() } else { format!("{} ", one.of.label()) };
    let Rank { rank, cohort } = one.rank;
    format!("{of}{rank}/{cohort}，前 {}", percent(rank.into(), cohort.into()))
}

/// What a rule looks at in one person, in words; empty where it looks at nothing that is theirs alone.
fn figure(rule: Rule, fact: Option<&StudentFacts>) -> String {
    match rule {
        Rule::Elg01 => fact.and_then(|fact| fact.political.clone()).unwrap_or_else(|| "政治面貌未登记".to_owned()),
        Rule::Elg03 => match fact.map(StudentFacts::rankings).unwrap_or_default().as_slice() {
            [] => "排名未登记".to_owned(),
            known => known.iter().map(in_ranking).collect::<Vec<_>>().join("；"),
        },
        Rule::Elg04 => match fact.and_then(|fact| fact.failed) {
            Some(failed) if fact.is_some_and(StudentFacts::counts_required) => format!("{failed} 门必修课不及格"),
            Some(failed) => format!("{failed} 门不及格"),
            None => "不及格门数未登记".to_owned(),
        },
        _ => String::new(),
    }
}

/// A finding with its evidence.
pub struct Evidence {
    pub finding: Finding,
    pub bar: Option<QuotaBar>,
    pub people: Vec<Subject>,
    pub missing: Vec<Subject>,
    /// Some people are not named to this office.
    pub hidden: usize,
    pub since: Option<Date>,
    pub reasons: Vec<ReasonRow>,
    /// By which day it is to be mended, where a day was set.
    pub mending: Option<Mending>,
    /// The first finding of its rule: links to the rule lead here.
    pub anchor: bool,
    /// It looks at people's own data.
    pub personal: bool,
    /// Where the office that manages the union goes on: the end of a path, and its word.
    pub onward: Option<Onward>,
}

impl Evidence {
    /// It binds and is not met: a day may be set by which it is mended.
    pub(super) fn is_breach(&self) -> bool {
        self.finding.verdict == Outcome::Fail
    }

    /// Somebody's name with what is to be known of them for this finding; none where people are not named to this office.
    pub(super) fn named(&self) -> impl Iterator<Item = &Subject> {
        self.people.iter().chain(&self.missing)
    }
}

/// Since when a finding has stood. Of a rule about people: since the first of them is in a post with the data of today.
fn since(record: &Record, past: &mut UnionPast<'_>, finding: &Finding, today: Date) -> Option<Date> {
    if !matches!(finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown) {
        return None;
    }
    if !finding.rule.is_personal() {
        return past.since(finding);
    }
    let numbers =
        if finding.subjects.is_empty() { finding.unknown.as_deref().unwrap_or_default() } else { &finding.subjects };
    let of_person = |number: &String| {
        let from = record.posts_on(today).filter(|post| post.number == *number).map(|post| post.from_day).min()?;
        let fact = record.facts.iter().find(|fact| fact.number == *number)?;
        let at = if finding.rule == Rule::Elg01 { fact.political_at } else { fact.graded_at };
        let known = at.filter(|_| !finding.subjects.is_empty()).map(|at| at.to_offset(crate::clock::CHINA).date());
        Some(known.map_or(from, |known| known.max(from)))
    };
    numbers.iter().filter_map(of_person).min()
}

/// Where a finding is put right, with the post and the department that it is about.
fn onward(record: &Record, finding: &Finding, today: Date) -> Option<Onward> {
    let id = record.union.id;
    let unit = finding.unit.as_deref();
    let department = record.departments_on(today).find(|one| Some(one.name.as_str()) == unit).map(|one| one.id);
    let appoint = |kind| Some(Onward { href: id.appoint_to_path(kind, department), word: "去任命" });
    let leave = |kind| Some(Onward { href: id.leave_path(kind, department, &[]), word: "办理离任" });
    match finding.rule {
        Rule::Org03 | Rule::Org04 => Some(Onward { href: id.rotation_path(), word: "去排轮值" }),
        Rule::Org01 | Rule::Org12 | Rule::Org13 | Rule::Stf03 | Rule::Pol03 => {
            Some(Onward { href: id.departments_path(), word: "去看部门" })
        }
        Rule::Stf04 if is_short(finding) => appoint(PostKind::Head),
        Rule::Stf06 if is_short(finding) => appoint(PostKind::Staff),
        Rule::Stf02 | Rule::Stf07 if is_over(finding) => leave(Some(PostKind::Presidium)),
        Rule::Stf04 if is_over(finding) => leave(Some(PostKind::Head)),
        Rule::Stf05 if is_over(finding) => leave(Some(PostKind::Staff)),
        Rule::Stf01 | Rule::Stf06 if is_over(finding) => leave(None),
        Rule::Org02 | Rule::Stf08 | Rule::Elg01 | Rule::Elg03 | Rule::Elg04 if !finding.subjects.is_empty() => {
            Some(Onward { href: id.leave_path(None, None, &finding.subjects), word: "办理离任" })
        }
        _ => None,
    }
}

/// The findings of a union today with their evidence, gravest first; none where the plan has no such union or none governs.
fn evidence(
    record: &Record,
    calendar: &Calendar,
    reasons: &[ReasonRow],
    office: &Held,
    today: Date,
) -> Option<Vec<Evidence>> {
    let keeps = record.union.is_managed_by(office);
    let plan = calendar.in_force(today)?;
    let findings = record.timeline.findings(&plan, today).ok()?;
    let subjects = |rule: Rule, numbers: &[String]| {
        let names = record.timeline.names(numbers);
        let subject = |(number, name): (&String, String)| {
            let post = record.posts_on(today).find(|post| post.number == *number);
            let figure = figure(rule, record.facts.iter().find(|fact| fact.number == *number));
            let words = [post.map(PostRow::label_with_place).unwrap_or_default(), figure];
            let about = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("，");
            Subject { number: number.clone(), name, post: post.map(|post| post.id), about }
        };
        numbers.iter().zip(names).map(subject).collect::<Vec<_>>()
    };
    let mut past = record.timeline.past(calendar, today);
    let one = |finding: Finding| {
        let personal = finding.rule.is_personal();
        let onward = onward(record, &finding, today).filter(|_| keeps && record.union.opened_on.is_some());
        let shows = sees_grades(office.kind) || !personal;
        let unknown = finding.unknown.as_deref().unwrap_or_default();
        let (people, missing) = if shows {
            (subjects(finding.rule, &finding.subjects), subjects(finding.rule, unknown))
        } else {
            (Vec::new(), Vec::new())
        };
        let hidden = if shows { 0 } else { finding.subjects.len() + unknown.len() };
        let since = since(record, &mut past, &finding, today);
        let reasons = reasons
            .iter()
            .filter(|row| row.rule == finding.rule.code() && row.unit == finding.unit && row.union == record.union.id)
            .cloned()
            .collect();
        Evidence {
            bar: finding.gauge.map(QuotaBar::new),
            people,
            missing,
            hidden,
            since,
            reasons,
            mending: None,
            anchor: false,
            personal,
            onward,
            finding,
        }
    };
    let mut all: Vec<Evidence> = findings.into_iter().map(one).collect();
    all.sort_by_key(|evidence| (evidence.finding.verdict, evidence.finding.rule));
    let mut rules = BTreeSet::new();
    for evidence in &mut all {
        evidence.anchor = rules.insert(evidence.finding.rule);
    }
    Some(all)
}

/// Puts beside what a union breaks the day by which it is to be mended.
fn with_mendings(found: &mut [Evidence], union: UnionId, mendings: &[Mending]) {
    for one in found.iter_mut().filter(|one| one.finding.verdict == Outcome::Fail) {
        one.mending = mending_of(mendings, union, &MendedRule::Listed(one.finding.rule));
    }
}

/// The day that counts for a rule in a union.
fn mending_of(mendings: &[Mending], union: UnionId, rule: &MendedRule) -> Option<Mending> {
    mendings.iter().find(|row| row.union == union && row.rule == *rule).cloned()
}

/// Where what the everyday work lacks is put right, as far as the office sees it.
fn onward_of_work(rule: Rule, office: &Held) -> Option<Onward> {
    let matters = MatterReader::KINDS.contains(&office.kind);
    let (href, word) = match rule {
        Rule::Org09 => (MEETINGS, "去看会议"),
        Rule::Dis01 => (PLEDGES, "去看承诺签署"),
        Rule::Vol02 => (PROJECTS, "去看志愿项目"),
        Rule::Gui01 if matters => (PRIOR_REPORTS, "去看事先报告"),
        Rule::Gui02 if matters => (MATTERS, "去看四类事项"),
        _ => return None,
    };
    Some(Onward { href: href.to_owned(), word })
}

/// Adds to a union's findings what its officers owe beside their posts.
fn with_duties(
    mut found: Vec<Evidence>,
    record: &Record,
    owed: Vec<OwedFinding>,
    office: &Held,
    today: Date,
) -> Vec<Evidence> {
    for OwedFinding { finding, since } in owed {
        let place =
            found.partition_point(|one| (one.finding.verdict, one.finding.rule) < (finding.verdict, finding.rule));
        let names = record.timeline.names(&finding.subjects);
        let subject = |(number, name): (&String, String)| {
            let post = record.posts_on(today).find(|post| post.number == *number);
            let about = post.map(PostRow::label_with_place).unwrap_or_default();
            Subject { number: number.clone(), name, post: post.map(|post| post.id), about }
        };
        let evidence = Evidence {
            bar: None,
            people: finding.subjects.iter().zip(names).map(subject).collect(),
            missing: Vec::new(),
            hidden: 0,
            since,
            reasons: Vec::new(),
            mending: None,
            anchor: true,
            personal: false,
            onward: onward_of_work(finding.rule, office),
            finding,
        };
        found.insert(place, evidence);
    }
    found
}
