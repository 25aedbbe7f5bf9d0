//! The page 操作记录: each entry a sentence, its details folded.

use std::{ops::Deref, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRef, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    AUDIT, Overseer, Verb,
    chain::{Entry, RecordVerb},
    store::{self, EntryFilter, EntryRow},
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::InstitutionId,
    page::{
        chrome::Chrome,
        filters::{self, minute_of, query},
        paging::{RowRange, cut},
        table::{Heading, Sorting},
    },
    sheet::{ReportColumn, report_workbook},
    text::{self, chinese_day, folded},
    web::{forms::Errors, routes, workbook},
    words::words,
};

const A_PAGE: i64 = 50;
/// The newest entries that a heading sorts; names are sorted by sound, which no database knows.
const MOST_SORTED: i64 = 5_000;
/// The furthest page of what is sorted.
const LAST_PAGE: i64 = MOST_SORTED / A_PAGE;
/// What a workbook holds; a year of a large university has fewer.
const MOST_EXPORTED: i64 = 50_000;

/// The state of the record's pages: the application, and what is done in the whole portal.
#[derive(Debug, Clone)]
struct Audit {
    app: App,
    verbs: Arc<[RecordVerb]>,
}

impl Deref for Audit {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Audit> for App {
    fn from_ref(audit: &Audit) -> Self {
        audit.app.clone()
    }
}

/// The routes of the record; `verbs` in the order in which its filter offers them.
#[must_use]
pub fn routes(app: &App, verbs: Vec<RecordVerb>) -> Routes {
    let audit = Audit { app: app.clone(), verbs: verbs.into() };
    routes::Routes::default().get("/audit", list).recorded_get("/audit.xlsx", file).with_state(audit)
}

words! {
    /// By what the record is sorted.
    AuditColumn:
    At = "at", "时间";
    Actor = "actor", "何人";
    Verb = "verb", "做了什么";
    Object = "object", "对象";
}

/// What the list is asked for, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuditQuery {
    q: String,
    verb: String,
    from: String,
    until: String,
    before: i64,
    sort: String,
    /// The number of the page, from 0 on, where a heading sorts.
    page: i64,
}

impl AuditQuery {
    fn clean(self) -> Self {
        let page = self.page.clamp(0, LAST_PAGE);
        Self { q: folded(&self.q).replace('\0', ""), before: self.before.max(0), page, ..self }
    }

    /// The newest first where no heading was followed.
    fn sorting(&self) -> Sorting<AuditColumn> {
        match self.sort.as_str() {
            "" => Sorting { by: AuditColumn::At, downward: true },
            named => Sorting::read(named, AuditColumn::At),
        }
    }

    /// As entries were added, the newest first: then a page goes on where the one before it ended.
    fn is_by_number(&self) -> bool {
        self.sorting() == Sorting { by: AuditColumn::At, downward: true }
    }

    fn asks_for_some(&self) -> bool {
        [&self.q, &self.verb, &self.from, &self.until].iter().any(|one| !one.is_empty())
    }

    fn filter<'a>(&'a self, verbs: &'a [RecordVerb], errors: &mut Errors) -> EntryFilter<'a> {
        let mut day = |field: &'static str, typed: &str| {
            let read = text::day(typed);
            if read.is_none() && !typed.is_empty() {
                errors.add(field, "请填写日期，如 2026-09-01");
            }
            read
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            errors.add("until", "截止日期早于起始日期");
        }
        let verb = verbs.iter().find(|verb| verb.slug == self.verb).copied();
        EntryFilter { verbs, person: &self.q, verb, from, until }
    }

    /// The filter, as an address has it.
    fn query(&self) -> String {
        query(&[("q", &self.q), ("verb", &self.verb), ("from", &self.from), ("until", &self.until)])
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "audit/list.html")]
struct AuditPage {
    chrome: Chrome,
    rows: Vec<EntryRow>,
    search: AuditQuery,
    verbs: Arc<[RecordVerb]>,
    errors: Errors,
    /// The number before which the next page begins.
    older: Option<i64>,
    columns: Vec<Heading>,
    /// There is another page of what a heading sorts.
    more: bool,
    /// Older entries are left out of what a heading sorts.
    left_out: bool,
}

impl AuditPage {
    fn is_first_page(&self) -> bool {
        self.search.before == 0 && self.search.page == 0
    }

    /// The address of what a heading sorts, up to the number of the page.
    fn sorted(&self) -> String {
        format!("{AUDIT}?{}&sort={}&", self.search.query(), self.search.sorting().in_address())
    }

    fn newest(&self) -> String {
        format!("{AUDIT}?{}", self.search.query())
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn before(&self, seq: &i64) -> String {
        format!("{AUDIT}?{}&before={seq}", self.search.query())
    }

    fn file(&self) -> String {
        format!("{AUDIT}.xlsx?{}", self.search.query())
    }
}

/// A page of the record.
#[derive(Default)]
struct Listed {
    rows: Vec<EntryRow>,
    older: Option<i64>,
    more: bool,
    left_out: bool,
}

async fn listed(
    app: &App,
    institution: InstitutionId,
    filter: &EntryFilter<'_>,
    search: &AuditQuery,
) -> Result<Listed, Failure> {
    let mut db = app.read().await?;
    if search.is_by_number() {
        let mut rows = store::page(&mut db, institution, filter, search.before, A_PAGE + 1).await?;
        let more = cut(&mut rows, A_PAGE);
        let older = rows.last().map(|row| row.seq).filter(|_| more);
        return Ok(Listed { rows, older, ..Listed::default() });
    }
    let mut all = store::page(&mut db, institution, filter, 0, MOST_SORTED + 1).await?;
    drop(db);
    let left_out = cut(&mut all, MOST_SORTED);
    let (sorting, page) = (search.sorting(), search.page);
    let sorted = in_order(sorting, all).await?;
    let mut rows = RowRange::page(page, A_PAGE).and_one().of(sorted);
    let more = cut(&mut rows, A_PAGE);
    Ok(Listed { rows, more, left_out, older: None })
}

/// Sorts entries that stand the newest first; those that are equal stay so.
async fn in_order(sorting: Sorting<AuditColumn>, mut rows: Vec<EntryRow>) -> Result<Vec<EntryRow>, Failure> {
    let by: fn(&EntryRow) -> &str = match sorting.by {
        AuditColumn::At => {
            if !sorting.downward {
                rows.reverse();
            }
            return Ok(rows);
        }
        AuditColumn::Actor => |row| &row.actor,
        AuditColumn::Verb => |row| &row.verb,
        AuditColumn::Object => |row| &row.object,
    };
    Ok(sorting.by_sound(rows, by).await?)
}

async fn list(
    State(app): State<Audit>,
    acting: Acting<Overseer>,
    Query(search): Query<AuditQuery>,
) -> Result<Response, Failure> {
    let (search, mut errors) = (search.clean(), Errors::default());
    let filter = search.filter(&app.verbs, &mut errors);
    let listed = if errors.has_faults() {
        Listed::default()
    } else {
        listed(&app, acting.institution(), &filter, &search).await?
    };
    let status = if errors.has_faults() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Listed { rows, older, more, left_out } = listed;
    let columns = search.sorting().headings(&format!("{AUDIT}?{}&", search.query()));
    let (chrome, verbs) = (app.chrome(acting.person(), "操作记录"), Arc::clone(&app.verbs));
    Ok((status, AuditPage { chrome, rows, search, verbs, errors, older, columns, more, left_out }).into_response())
}

/// The list as a workbook. That somebody took it is an entry too.
async fn file(
    State(app): State<Audit>,
    acting: Acting<Overseer>,
    Query(search): Query<AuditQuery>,
) -> Result<Response, Failure> {
    let (search, mut errors) = (search.clean(), Errors::default());
    let filter = search.filter(&app.verbs, &mut errors);
    if errors.has_faults() {
        return Err(Failure::Malformed);
    }
    let rows = store::page(&mut *app.read().await?, acting.institution(), &filter, 0, MOST_EXPORTED).await?;
    let (person, now) = (acting.person(), app.clock.now());
    let entries = i64::try_from(rows.len()).unwrap_or(MOST_EXPORTED);
    app.write_as(person.authority(), async |db| {
        let entry = Entry::new(Verb::ListExported, "操作记录").detail("条数", entries);
        store::append(db, person, entry, now).await
    })
    .await?;
    let columns = [
        ("序号", 8),
        ("时间", 22),
        ("何人", 18),
        ("以何职务", 18),
        ("做了什么", 16),
        ("对象", 24),
        ("记录", 50),
        ("详情", 50),
        ("依据", 30),
    ]
    .map(|(heading, width)| ReportColumn { heading, width });
    let row = |one: EntryRow| {
        let (at, says, details) = (minute_of(one.at), one.sentence(), one.details());
        vec![one.seq.to_string(), at, one.actor, one.office, one.verb, one.object, says, details, one.clause]
    };
    let title = format!("{}操作记录", person.institution_name);
    let caption = format!("截至：{}　共 {entries} 条", chinese_day(app.clock.today()));
    let bytes = app
        .heavy(move || report_workbook(&title, &caption, &columns, &rows.into_iter().map(row).collect::<Vec<_>>()))
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("操作记录.xlsx", bytes))
}

/// A value that is an id and nothing else: it says nothing to people.
fn is_id(text: &str) -> bool {
    text.parse::<Uuid>().is_ok()
}

impl EntryRow {
    /// Who did what to whom: `王老师（T1）以校团委身份办理“离任”：学生3（20240003）。`
    fn sentence(&self) -> String {
        let office = match self.office.as_str() {
            "" => String::new(),
            "本人" => "本人".to_owned(),
            office => format!("以{office}身份"),
        };
        let object = if self.object.is_empty() || is_id(&self.object) {
            String::new()
        } else if self.object == self.actor {
            "：本人".to_owned()
        } else {
            format!("：{}", self.object)
        };
        format!("{}{office}办理“{}”{object}。", self.actor, self.verb)
    }

    /// The details in words: `结束的登录：3`.
    pub(super) fn details(&self) -> String {
        let details: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&self.detail).unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // What was left empty says nothing.
        let filled =
            details.iter().filter(|(_, value)| value.as_str().is_none_or(|text| !text.is_empty() && !is_id(text)));
        let words = filled.map(|(name, value)| match value.as_array() {
            Some(several) => format!("{name}：{}", several.iter().map(word).collect::<Vec<_>>().join("、")),
            None => format!("{name}：{}", word(value)),
        });
        words.collect::<Vec<_>>().join("；")
    }
}
