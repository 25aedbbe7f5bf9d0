//! The page 操作记录.

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

use super::{
    Overseer, Verb,
    chain::{Entry, RecordVerb},
    store::{self, EntryFilter, EntryRow},
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    page::{
        chrome::Chrome,
        filters::{self, minute_of, query},
        paging::cut,
    },
    sheet::{ReportColumn, report_workbook},
    text::{self, chinese_day, folded},
    web::{forms::Errors, routes, workbook},
};

const AUDIT: &str = "/audit";
const A_PAGE: i64 = 50;
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

/// What the list is asked for, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuditQuery {
    q: String,
    verb: String,
    from: String,
    until: String,
    before: i64,
}

impl AuditQuery {
    fn clean(self) -> Self {
        Self { q: folded(&self.q).replace('\0', ""), before: self.before.max(0), ..self }
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
}

impl AuditPage {
    fn is_first_page(&self) -> bool {
        self.search.before == 0
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

async fn list(
    State(app): State<Audit>,
    acting: Acting<Overseer>,
    Query(search): Query<AuditQuery>,
) -> Result<Response, Failure> {
    let (search, mut errors) = (search.clean(), Errors::default());
    let filter = search.filter(&app.verbs, &mut errors);
    let mut rows = if errors.has_faults() {
        Vec::new()
    } else {
        store::page(&mut *app.read().await?, acting.institution(), &filter, search.before, A_PAGE + 1).await?
    };
    let more = cut(&mut rows, A_PAGE);
    let older = rows.last().map(|row| row.seq).filter(|_| more);
    let status = if errors.has_faults() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let chrome = app.chrome(acting.person(), "操作记录");
    Ok((status, AuditPage { chrome, rows, search, verbs: Arc::clone(&app.verbs), errors, older }).into_response())
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
        ("详情", 50),
        ("依据", 30),
    ]
    .map(|(heading, width)| ReportColumn { heading, width });
    let row = |one: EntryRow| {
        let (at, details) = (minute_of(one.at), one.details());
        vec![one.seq.to_string(), at, one.actor, one.office, one.verb, one.object, details, one.clause]
    };
    let title = format!("{}操作记录", person.institution_name);
    let caption = format!("截至：{}　共 {entries} 条", chinese_day(app.clock.today()));
    let bytes = app
        .heavy(move || report_workbook(&title, &caption, &columns, &rows.into_iter().map(row).collect::<Vec<_>>()))
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("操作记录.xlsx", bytes))
}

impl EntryRow {
    /// The details in words: `结束的登录：3`.
    fn details(&self) -> String {
        let details: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&self.detail).unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // What was left empty says nothing.
        let filled = details.iter().filter(|(_, value)| value.as_str() != Some(""));
        let words = filled.map(|(name, value)| match value.as_array() {
            Some(several) => format!("{name}：{}", several.iter().map(word).collect::<Vec<_>>().join("、")),
            None => format!("{name}：{}", word(value)),
        });
        words.collect::<Vec<_>>().join("；")
    }
}
