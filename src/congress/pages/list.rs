//! 学代会: the congresses of a university by academic year.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::{
    app::App,
    auth::acting::Acting,
    congress::{
        CongressKeeper, CongressReader,
        congress::Congress,
        paths::{Done, NEW},
        store::{self, CongressFilter},
    },
    failure::Failure,
    ids::UnionId,
    office::Office,
    page::chrome::Chrome,
    text::folded,
    unions::{self, union::StudentUnion},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CongressQuery {
    union: String,
    year: String,
    done: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/list.html")]
pub(super) struct CongressesPage {
    chrome: Chrome,
    rows: Vec<Congress>,
    unions: Vec<StudentUnion>,
    years: Vec<i32>,
    query: CongressQuery,
    /// Where a congress is begun, for offices that keep them.
    new: Option<&'static str>,
    done: &'static str,
}

impl CongressesPage {
    fn is_union(&self, id: &UnionId) -> bool {
        self.query.union == id.to_string()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn is_year(&self, year: &i32) -> bool {
        self.query.year == year.to_string()
    }

    /// The list is narrowed.
    fn is_filtered(&self) -> bool {
        !self.query.union.is_empty() || !self.query.year.is_empty()
    }
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Query(query): Query<CongressQuery>,
) -> Result<CongressesPage, Failure> {
    let (mut db, institution) = (app.read().await?, acting.institution());
    let filter = CongressFilter { one: None, union: query.union.parse().ok(), year: folded(&query.year).parse().ok() };
    let mut rows = store::list(&mut db, institution, filter).await?;
    rows.retain(|congress| congress.is_visible_to(acting.office()));
    let mut unions = unions::store::list(&mut db, institution, None).await?;
    unions
        .retain(|union| acting.office().college.is_none() || [None, acting.office().college].contains(&union.college));
    let years = store::years(&mut db, institution).await?;
    let new = CongressKeeper::KINDS.contains(&acting.office().kind).then_some(NEW);
    let done = Done::said(&query.done);
    Ok(CongressesPage { chrome: app.chrome(acting.person(), "学代会"), rows, unions, years, query, new, done })
}
