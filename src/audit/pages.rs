//! The page 操作记录.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;

use super::store::{self, EntryRow};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    office::Overseer,
    page::{chrome::Chrome, filters, paging::cut},
};

const A_PAGE: i64 = 50;

/// The routes of the record.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/audit", list)
}

#[derive(Template, WebTemplate)]
#[template(path = "audit/list.html")]
struct AuditPage {
    chrome: Chrome,
    rows: Vec<EntryRow>,
    /// The number before which the next page begins.
    older: Option<i64>,
    first_page: bool,
}

#[derive(Deserialize)]
struct AuditQuery {
    #[serde(default)]
    before: i64,
}

async fn list(
    State(app): State<App>,
    acting: Acting<Overseer>,
    Query(AuditQuery { before }): Query<AuditQuery>,
) -> Result<AuditPage, Failure> {
    let mut rows = store::page(&mut *app.read().await?, acting.institution(), before.max(0), A_PAGE + 1).await?;
    let more = cut(&mut rows, A_PAGE);
    let older = rows.last().map(|row| row.seq).filter(|_| more);
    Ok(AuditPage { chrome: app.chrome(acting.person(), "操作记录"), rows, older, first_page: before <= 0 })
}

impl EntryRow {
    /// The details in words: `结束的登录：3`.
    fn details(&self) -> String {
        let details: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&self.detail).unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let words = details.iter().map(|(name, value)| match value.as_array() {
            Some(several) => format!("{name}：{}", several.iter().map(word).collect::<Vec<_>>().join("、")),
            None => format!("{name}：{}", word(value)),
        });
        words.collect::<Vec<_>>().join("；")
    }
}
