//! 对照检查总览: every union against every rule, a breach seen in a second.

mod judged;
pub(super) mod overviews;
mod report;

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use self::{
    judged::{BreachDetails, JudgedUnion, ShownFinding},
    overviews::{AskedOverview, Overview, Overviews},
};
use super::{Onward, Subject, calendar, mending_of, own_rules::OwnBreach};
use crate::{
    app::Routes,
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::{Office, SchoolLeague},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
        paging::{RowRange, pages},
    },
    rulebook::store::{WiderReason, wider_reasons},
    rules::{
        CATALOGUE, Outcome, Rule,
        adoption::Calendar,
        baseline::{self, Comparison, Relation, compare_all},
        catalogue::Entry,
        chain::Chain,
        plan::Union,
    },
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    unions::{
        ComplianceReader,
        mending::{MendedRule, Mending},
        paths::{COMPLIANCE, compliance_file, compliance_report},
        store::{self, DirectRow, OverdueFiling},
        trend::{ComingDay, Trend, UnionDays},
        union::StudentUnion,
    },
    web::{
        self,
        forms::{Errors, as_query},
        workbook,
    },
};

/// Breaches listed below the table; the table has them all.
const LISTED: usize = 60;
/// How many of them stand in the open on a phone.
const UNFOLDED: usize = 10;
/// Unions on one page of the table.
const A_PAGE: i64 = 60;

/// How far ahead the unions can be seen as they will be.
const AHEAD: Duration = Duration::days(400);

/// What of the overview is asked for; empty fields let everything through.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ComplianceFilter {
    /// `fail`: what is not met alone.
    only: String,
    union: String,
    /// A rule's code.
    rule: String,
    /// The day as of which it is judged; empty for today.
    on: String,
    /// Which page of the table, from 0 on; empty for the first.
    page: String,
}

impl ComplianceFilter {
    /// It lets everything through.
    fn is_open(&self) -> bool {
        self.only.is_empty() && self.union.is_empty() && self.rule.is_empty()
    }

    fn breaches_alone(&self) -> bool {
        self.only == "fail"
    }

    fn shows(&self, union: UnionId) -> bool {
        self.union.is_empty() || self.union == union.to_string()
    }

    fn asks_for(&self, finding: &ShownFinding) -> bool {
        (self.rule.is_empty() || self.rule == finding.rule.code())
            && (!self.breaches_alone() || finding.verdict == Outcome::Fail)
    }

    /// Which of so many pages: the last one where there are fewer.
    fn page_of(&self, pages: i64) -> i64 {
        self.page.trim().parse::<i64>().unwrap_or(0).clamp(0, (pages - 1).max(0))
    }

    /// The day: today or later, as far ahead as anything is decided.
    fn day(&self, today: Date, errors: &mut Errors) -> Date {
        if self.on.trim().is_empty() {
            return today;
        }
        let day = crate::text::day(&self.on).filter(|day| (today..=today + AHEAD).contains(day));
        day.unwrap_or_else(|| {
            errors.add("on", format!("请填写今天到{}之间的日期", chinese_day(today + AHEAD)));
            today
        })
    }
}

/// What one rule says of one union.
struct Cell {
    verdict: Option<Outcome>,
    /// The measured value where one finding says it all, else how many parts are not met.
    shown: String,
    /// Value, limit, since when, in words.
    title: String,
}

/// A union against every rule.
struct ComplianceRow {
    union: StudentUnion,
    cells: Vec<Cell>,
    gravest: Option<Outcome>,
}

/// A breach in the list above the table.
struct Breach {
    union: UnionId,
    name: String,
    rule: Rule,
    verdict: Outcome,
    says: String,
    clause: String,
    since: Option<Date>,
    reasons: usize,
    /// Whom it is about, as far as there is room.
    people: Vec<Subject>,
    /// More people than are named.
    others: usize,
    remedy: String,
    /// Which office puts it right.
    keeper: &'static str,
    /// Where it is put right, as far as the office may go there.
    onward: Option<Onward>,
    /// By which day it is put right, where a day was set.
    mending: Option<Mending>,
}

impl Breach {
    /// Where the School Youth League committee sets that day; none where the rule does not bind.
    fn mending_path(&self) -> Option<String> {
        (self.verdict == Outcome::Fail).then(|| self.union.mending_path(&MendedRule::Listed(self.rule)))
    }

    /// Who puts it right and by when: `校团委办理，2026年12月20日前整改`.
    fn who_and_when(&self) -> String {
        let when = self.mending.as_ref().map(|mending| format!("，{}", mending.by_when()));
        format!("{}办理{}", self.keeper, when.unwrap_or_default())
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/compliance.html")]
pub(super) struct CompliancePage {
    chrome: Chrome,
    institution: String,
    plan: String,
    rules: Vec<Rule>,
    /// The unions on this page of the table, the gravest first.
    lines: Vec<ComplianceRow>,
    /// How many unions there are on all pages.
    total: usize,
    /// How many were checked, whether the filter lists them or not.
    checked: usize,
    /// The number of the page, from 0 on.
    page: i64,
    page_count: i64,
    /// Where the other pages are, up to their number.
    pages: String,
    /// The unions with hard breaches, and how many.
    failing: Vec<(String, usize)>,
    /// The gravest of them on the page, all of them in a file; and how many more there are.
    breaches: Vec<Breach>,
    /// What is to be done about the university's own rules.
    own: Vec<OwnBreach>,
    more: usize,
    strip: Vec<Part>,
    unopened: usize,
    has_plan: bool,
    /// How the plan says that people come to the school's posts.
    course: String,
    /// A finding holds facts against a clause.
    judges: bool,
    /// Posts that somebody came to past the vetting chain.
    direct: Vec<DirectRow>,
    /// The governing plan against the national baseline.
    national: Vec<Comparison>,
    /// Why the university goes by what is wider.
    wider_reasons: Vec<WiderReason>,
    /// Results of congresses that should have been filed (CON-09).
    overdue: Vec<OverdueFiling>,
    at: OffsetDateTime,
    filter: ComplianceFilter,
    errors: Errors,
    /// Every union and every rule, for the choices of the filter.
    choices: Vec<StudentUnion>,
    families: &'static [Entry],
    /// The day as of which it is judged, where it is not today.
    ahead: Option<Date>,
    /// How the breaches went from month to month, and what is decided; of today and of all rules alone.
    trend: Option<Trend>,
    coming: Vec<ComingDay>,
    file: String,
    /// The same as a paper.
    report: String,
    /// The office sets by which day breaches are mended.
    sets_days: bool,
}

pub(super) fn routes(overviews: Overviews) -> Routes {
    web::routes::Routes::<Overviews>::default()
        .get("/compliance", page)
        .get("/compliance.xlsx", file)
        .get("/compliance/report", report::page)
        .get("/compliance/report.docx", report::word)
        .with_state(overviews)
}

async fn page(
    State(overviews): State<Overviews>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<Response, Failure> {
    let page = judged(&overviews, &acting, filter, Extent::Page).await?;
    let status = if page.errors.has_faults() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

/// What is not met or needs attention, as a workbook to be filed.
async fn file(
    State(overviews): State<Overviews>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<Response, Failure> {
    let page = judged(&overviews, &acting, filter, Extent::File).await?;
    let columns = [
        ("学生会", 20),
        ("条目", 16),
        ("结论", 9),
        ("情况", 34),
        ("涉及的人", 40),
        ("自何日起", 12),
        ("怎样办", 26),
        ("办理单位", 12),
        ("整改期限", 14),
        ("依据", 34),
    ]
    .map(|(heading, width)| ReportColumn { heading, width });
    let row = |breach: &Breach| {
        let people = breach.people.iter().map(|person| format!("{}（{}）", person.name, person.about));
        let more = (breach.others > 0).then(|| format!("另 {} 人", breach.others));
        vec![
            breach.name.clone(),
            breach.rule.name().to_owned(),
            breach.verdict.label().to_owned(),
            breach.says.clone(),
            people.chain(more).collect::<Vec<_>>().join("、"),
            breach.since.map(|day| day.to_string()).unwrap_or_default(),
            breach.remedy.clone(),
            breach.keeper.to_owned(),
            breach.mending.as_ref().map(Mending::cell).unwrap_or_default(),
            breach.clause.clone(),
        ]
    };
    let own_row = |own: &OwnBreach| {
        vec![
            own.name.clone(),
            own.rule.clone(),
            own.verdict.label().to_owned(),
            own.message.clone(),
            String::new(),
            String::new(),
            String::new(),
            own.keeper.to_owned(),
            own.mending.as_ref().map(Mending::cell).unwrap_or_default(),
            own.clause.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = page.breaches.iter().map(row).chain(page.own.iter().map(own_row)).collect();
    let day = page.ahead.unwrap_or_else(|| overviews.clock.today());
    let title = format!("{}学生会组织对照检查情况", page.institution);
    let caption = format!("依据：{}　截至：{}　共 {} 项", page.plan, chinese_day(day), rows.len());
    let made = overviews.heavy(move || report_workbook(&title, &caption, &columns, &rows)).await?;
    let bytes = made.map_err(anyhow::Error::new)?;
    Ok(workbook("对照检查情况.xlsx", bytes))
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All breaches of the day: what a file or a paper says.
    File,
    /// The gravest, a page of the table, the ends of a year's months and the days to come.
    Page,
}

async fn judged(
    overviews: &Overviews,
    acting: &Acting<ComplianceReader>,
    filter: ComplianceFilter,
    extent: Extent,
) -> Result<CompliancePage, Failure> {
    let (mut db, institution, mut errors) = (overviews.read().await?, acting.institution(), Errors::default());
    let (now, today) = (overviews.clock.now(), overviews.clock.today());
    let day = filter.day(today, &mut errors);
    // Read before the facts that they stand for, so that a change in between is noticed the next time.
    let stamps = store::fact_stamps(&mut db, institution).await?;
    let choices = store::list(&mut db, institution, None).await?;
    let plans = calendar(&mut db, institution).await?;
    let unions: Vec<StudentUnion> = choices.iter().filter(|union| filter.shows(union.id)).cloned().collect();
    let is_whole = filter.union.is_empty() && day == today;
    // Of all rules: a part of them has no trend worth the time, and another day none at all.
    let has_trend = extent == Extent::Page && filter.rule.is_empty() && day == today;
    let asked = AskedOverview {
        institution,
        office: acting.office(),
        unions: unions.clone(),
        plans: plans.clone(),
        day,
        stamps,
        now,
        today,
        is_whole,
        with_days: is_whole || has_trend,
    };
    let read = overviews.read_changed(&mut db, asked).await?;
    let overdue = store::overdue_filings(&mut db, institution, today).await?;
    let wider_reasons = wider_reasons(&mut db, institution, day).await?;
    let mendings = store::open_mendings(&mut db, institution, None, today).await?;
    drop(db);
    let overview = overviews.judged(read).await?;
    let direct = overview.direct.iter().filter(|row| filter.shows(row.union)).cloned().collect();
    let query = as_query(&ComplianceFilter { page: String::new(), ..filter.clone() })?;
    let shown = ShownOverview { overview, unions, plans, mendings, filter: filter.clone(), extent, has_trend, day };
    let page = overviews.heavy(move || shown.page()).await?;
    Ok(CompliancePage {
        chrome: overviews.chrome(acting.person(), "对照检查总览"),
        institution: acting.person().institution_name.clone(),
        direct,
        wider_reasons,
        overdue,
        at: now,
        filter,
        errors,
        choices,
        families: CATALOGUE,
        ahead: (day > today).then_some(day),
        file: compliance_file(&query),
        report: compliance_report(&query),
        pages: if query.is_empty() { format!("{COMPLIANCE}?") } else { format!("{COMPLIANCE}?{query}&") },
        sets_days: SchoolLeague::KINDS.contains(&acting.office().kind),
        ..page
    })
}

impl CompliancePage {
    /// No union breaks a hard rule, of the catalogue or of the university's own.
    fn is_clean(&self) -> bool {
        self.failing.is_empty() && self.own.iter().all(|one| one.verdict != Outcome::Fail)
    }

    /// The breaches that a phone shows unfolded.
    fn first_breaches(&self) -> &[Breach] {
        self.breaches.get(..UNFOLDED).unwrap_or(&self.breaches)
    }

    /// Those below them; at a desk there is no fold.
    fn other_breaches(&self) -> &[Breach] {
        self.breaches.get(UNFOLDED..).unwrap_or_default()
    }

    /// There is another page of the table after this one.
    fn has_next(&self) -> bool {
        self.page + 1 < self.page_count
    }

    /// What an empty cell of the table means.
    fn empty_cell(&self) -> &'static str {
        if self.filter.breaches_alone() { "没有不符合" } else { "不适用" }
    }

    /// How many rules of the governing plan stand how to the baseline.
    fn relations(&self) -> Vec<(Relation, usize)> {
        baseline::counts(&self.national)
    }

    /// Why the university goes by its plan's rule although it is wider; empty where it did not say.
    fn reason(&self, rule: Rule) -> &str {
        let found = self.wider_reasons.iter().find(|reason| reason.rule == rule.code());
        found.map_or("", |reason| &reason.says)
    }

    /// The rules on which the governing plan is wider.
    fn wider(&self) -> impl Iterator<Item = &Comparison> {
        self.national.iter().filter(|one| one.relation == Relation::Wider)
    }
}

/// Unions as they were judged, to be shown through a filter.
struct ShownOverview {
    overview: Arc<Overview>,
    unions: Vec<StudentUnion>,
    plans: Calendar,
    mendings: Vec<Mending>,
    filter: ComplianceFilter,
    extent: Extent,
    has_trend: bool,
    day: Date,
}

/// A union with what the filter lets through of what was found; none where there is nothing to judge.
struct ShownUnion<'a> {
    union: &'a StudentUnion,
    found: Option<Vec<&'a ShownFinding>>,
}

impl ShownUnion<'_> {
    fn gravest(&self) -> Option<Outcome> {
        self.found.iter().flatten().map(|one| one.verdict).min()
    }
}

/// A breach or a warning, before it is written out.
struct FoundBreach<'a> {
    union: &'a StudentUnion,
    finding: &'a ShownFinding,
    details: &'a BreachDetails,
}

impl FoundBreach<'_> {
    fn written(&self, mendings: &[Mending]) -> Breach {
        let Self { union, finding, details } = self;
        let mending = || mending_of(mendings, union.id, &MendedRule::Listed(finding.rule));
        let binds = finding.verdict == Outcome::Fail;
        Breach {
            union: union.id,
            name: union.name.clone(),
            rule: finding.rule,
            verdict: finding.verdict,
            says: finding.says.clone(),
            clause: details.clause.clone(),
            since: finding.since,
            reasons: details.reasons,
            people: details.people.clone(),
            others: details.others,
            remedy: details.remedy.clone(),
            keeper: union.mended_by().label(),
            onward: details.onward.clone(),
            mending: binds.then(mending).flatten(),
        }
    }
}

impl ShownOverview {
    fn judged(&self) -> impl Iterator<Item = &JudgedUnion> {
        self.unions.iter().filter_map(|union| self.overview.of(union.id))
    }

    /// The unions in the order in which they are listed.
    fn shown(&self) -> Vec<ShownUnion<'_>> {
        let mut shown = Vec::new();
        for union in &self.unions {
            let found = self.overview.of(union.id).and_then(|judged| judged.found.as_ref());
            let found = found.map(|all| all.iter().filter(|finding| self.filter.asks_for(finding)).collect());
            shown.push(ShownUnion { union, found });
        }
        shown
    }

    /// What is to be done about the university's own rules. A filter by rule asks for one of the catalogue.
    fn own(&self) -> Vec<OwnBreach> {
        let asked = |one: &&OwnBreach| !self.filter.breaches_alone() || one.verdict == Outcome::Fail;
        let all = self.judged().filter(|_| self.filter.rule.is_empty()).flat_map(|judged| &judged.own);
        let mut own: Vec<OwnBreach> = all.filter(asked).cloned().collect();
        for one in own.iter_mut().filter(|one| one.verdict == Outcome::Fail) {
            one.mending = mending_of(&self.mendings, one.union, &MendedRule::Own(one.rule.clone()));
        }
        own.sort_by_key(|one| one.verdict);
        own
    }

    /// The page with all that comes from what was judged.
    fn page(&self) -> CompliancePage {
        let (plans, day) = (&self.plans, self.day);
        let shown = self.shown();
        let mut rules: Vec<Rule> = Vec::new();
        let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
        let (mut found, mut failing) = (Vec::new(), Vec::new());
        for one in &shown {
            let (union, mut fails) = (one.union, 0);
            for finding in one.found.iter().flatten().copied() {
                if !rules.contains(&finding.rule) {
                    rules.push(finding.rule);
                }
                *counts.entry(finding.verdict).or_default() += 1;
                fails += usize::from(finding.verdict == Outcome::Fail);
                found.extend(finding.breach.as_ref().map(|details| FoundBreach { union, finding, details }));
            }
            if fails > 0 {
                failing.push((union.name.clone(), fails));
            }
        }
        rules.sort_unstable();
        failing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        found.sort_by_key(|breach| (breach.finding.verdict, breach.finding.since));
        let listed = if self.extent == Extent::Page { LISTED } else { found.len() };
        let breaches = found.iter().take(listed).map(|breach| breach.written(&self.mendings)).collect();
        let count = |outcome: &Outcome| {
            PartCount::new(outcome.slug(), outcome.label(), counts.get(outcome).copied().unwrap_or_default())
        };
        let days: Vec<&UnionDays> = self.judged().filter(|_| self.has_trend).map(|judged| &judged.days).collect();
        let coming = if self.has_trend { ComingDay::of(&days, &self.overview.coming) } else { Vec::new() };
        let table = TablePage::of(&shown, &self.filter, &rules);
        CompliancePage {
            chrome: Chrome::bare(""),
            institution: String::new(),
            plan: plans.on(day).map(|plan| plan.cited()).unwrap_or_default(),
            lines: table.lines,
            total: table.total,
            checked: self.unions.len(),
            page: table.page,
            page_count: table.page_count,
            pages: String::new(),
            failing,
            more: found.len().saturating_sub(listed),
            breaches,
            own: self.own(),
            strip: strip(&Outcome::ALL.iter().map(count).collect::<Vec<_>>()),
            unopened: self.unions.iter().filter(|union| union.opened_on.is_none()).count(),
            has_plan: plans.on(day).is_some(),
            course: Chain::course_in_words(plans.in_force(day).as_deref(), Union::School),
            judges: counts.keys().any(|outcome| outcome.is_judged()),
            wider_reasons: Vec::new(),
            national: plans.in_force(day).map(|plan| compare_all(&plan)).unwrap_or_default(),
            direct: Vec::new(),
            overdue: Vec::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            filter: ComplianceFilter::default(),
            errors: Errors::default(),
            choices: Vec::new(),
            families: &[],
            ahead: None,
            trend: Trend::of(&days, day),
            coming,
            file: String::new(),
            report: String::new(),
            sets_days: false,
            rules,
        }
    }
}

/// A page of the table of unions and rules.
struct TablePage {
    lines: Vec<ComplianceRow>,
    total: usize,
    page: i64,
    page_count: i64,
}

impl TablePage {
    fn of(shown: &[ShownUnion<'_>], filter: &ComplianceFilter, rules: &[Rule]) -> Self {
        let asked = |one: &&ShownUnion<'_>| !filter.breaches_alone() || one.gravest() == Some(Outcome::Fail);
        let mut all: Vec<&ShownUnion<'_>> = shown.iter().filter(asked).collect();
        all.sort_by_cached_key(|one| one.gravest().unwrap_or(Outcome::NotRequired));
        let total = all.len();
        let page_count = pages(i64::try_from(total).unwrap_or(0), A_PAGE);
        let page = filter.page_of(page_count);
        let lines = RowRange::page(page, A_PAGE).of(all).into_iter().map(|one| row_of(one, rules)).collect();
        Self { lines, total, page, page_count }
    }
}

fn row_of(shown: &ShownUnion<'_>, rules: &[Rule]) -> ComplianceRow {
    let cell = |rule: &Rule| {
        let own: Vec<&ShownFinding> =
            shown.found.iter().flatten().filter(|finding| finding.rule == *rule).copied().collect();
        let verdict = own.iter().map(|finding| finding.verdict).min();
        let open = own.iter().filter(|finding| Some(finding.verdict) == verdict).count();
        let settled = verdict.is_none_or(Outcome::is_settled);
        let text = match own.as_slice() {
            // Days and the like stand in the evidence.
            [one] if one.measured.chars().count() > 6 => String::new(),
            [one] => one.measured.clone(),
            _ if settled => String::new(),
            _ => format!("{open} 项"),
        };
        let words = own.iter().filter(|finding| Some(finding.verdict) == verdict).take(3).map(|finding| {
            let since = finding.since.map(|day| format!("（自{}起）", chinese_day(day))).unwrap_or_default();
            format!("{}{since}", finding.says)
        });
        let title = words.collect::<Vec<_>>().join("；");
        Cell { verdict, shown: text, title }
    };
    ComplianceRow { union: shown.union.clone(), cells: rules.iter().map(cell).collect(), gravest: shown.gravest() }
}
