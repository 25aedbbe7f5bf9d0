//! The days within which conduct is answered and settled. Both plans say 迅速 and 及时 and no number: a university sets its
//! own, and until then the portal's measure holds, said so where it is shown.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb,
    paths::{CASES, Done, TERMS},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::InstitutionId,
    office::SchoolLeague,
    page::chrome::Chrome,
    text::folded,
    web::forms::{Done as After, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/conduct-terms", ask).post("/conduct-terms", keep)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// Working days for the first answer.
    pub accept: u32,
    /// Working days for the decision, and for the answer to an objection.
    pub decide: u32,
    /// Working days for an objection.
    pub object: u32,
    /// Days for the handover.
    pub handover: u32,
    /// Days for deciding on an officer who no longer meets the conditions.
    pub lapse: u32,
    /// So many results 不合格 open an exit.
    pub failed_reviews: u32,
}

impl Default for Terms {
    fn default() -> Self {
        Self { accept: 3, decide: 15, object: 5, handover: 7, lapse: 14, failed_reviews: 2 }
    }
}

/// The days of a university.
pub(super) async fn terms(connection: &mut PgConnection, institution: InstitutionId) -> Result<Terms, Failure> {
    let row = sqlx::query!(
        "select accept_days, decide_days, object_days, handover_days, lapse_days, failed_reviews
         from conduct_terms where institution_id = $1",
        institution.0
    )
    .fetch_optional(connection)
    .await?;
    let days = |days: i16| u32::try_from(days).unwrap_or(1);
    Ok(row.map_or_else(Terms::default, |row| Terms {
        accept: days(row.accept_days),
        decide: days(row.decide_days),
        object: days(row.object_days),
        handover: days(row.handover_days),
        lapse: days(row.lapse_days),
        failed_reviews: days(row.failed_reviews),
    }))
}

async fn set(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    terms: Terms,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let days = |days: u32| i16::try_from(days).unwrap_or(1);
    sqlx::query!(
        "insert into conduct_terms (institution_id, accept_days, decide_days, object_days, handover_days, lapse_days,
                                    failed_reviews, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (institution_id) do update set accept_days = $2, decide_days = $3, object_days = $4,
                handover_days = $5, lapse_days = $6, failed_reviews = $7, changed_at = $8, changed_by = $9",
        acting.institution().0,
        days(terms.accept),
        days(terms.decide),
        days(terms.object),
        days(terms.handover),
        days(terms.lapse),
        days(terms.failed_reviews),
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The days as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct TermsForm {
    accept: String,
    decide: String,
    object: String,
    handover: String,
    lapse: String,
    failed: String,
}

impl TermsForm {
    fn of(terms: Terms) -> Self {
        let Terms { accept, decide, object, handover, lapse, failed_reviews } = terms;
        Self {
            accept: accept.to_string(),
            decide: decide.to_string(),
            object: object.to_string(),
            handover: handover.to_string(),
            lapse: lapse.to_string(),
            failed: failed_reviews.to_string(),
        }
    }

    fn read(&self, errors: &mut Errors) -> Option<Terms> {
        let mut number = |text: &str, field: &'static str, most: u32| {
            let number = folded(text).parse().ok().filter(|number| (1..=most).contains(number));
            if number.is_none() {
                errors.add(field, format!("请填写 1 至 {most} 的整数"));
            }
            number
        };
        let (accept, decide) = (number(&self.accept, "accept", 60), number(&self.decide, "decide", 120));
        let (object, handover) = (number(&self.object, "object", 60), number(&self.handover, "handover", 60));
        let (lapse, failed) = (number(&self.lapse, "lapse", 90), number(&self.failed, "failed", 4));
        Some(Terms {
            accept: accept?,
            decide: decide?,
            object: object?,
            handover: handover?,
            lapse: lapse?,
            failed_reviews: failed?,
        })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/terms.html")]
struct TermsPage {
    chrome: Chrome,
    form: TermsForm,
    errors: Errors,
    done: &'static str,
}

fn page(app: &App, acting: &Acting<SchoolLeague>, submitted: Submitted<TermsForm>, done: &'static str) -> TermsPage {
    let chrome = app.chrome(acting.person(), "办理期限").under(CASES, "违纪失范办理");
    TermsPage { chrome, form: submitted.form, errors: submitted.errors, done }
}

async fn ask(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<TermsPage, Failure> {
    let terms = terms(&mut *app.read().await?, acting.institution()).await?;
    let submitted = Submitted::new(TermsForm::of(terms), Errors::default());
    Ok(page(&app, &acting, submitted, Done::said(&done)))
}

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<TermsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(new) = form.read(&mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        set(db, &acting, new, now).await?;
        let entry = Entry::new(Verb::ConductTermsSet, "违纪失范和退出")
            .detail("受理", format!("{} 个工作日", new.accept))
            .detail("处理", format!("{} 个工作日", new.decide))
            .detail("异议", format!("{} 个工作日", new.object))
            .detail("交接", format!("{} 天", new.handover))
            .detail("任职条件复核", format!("{} 天", new.lapse))
            .detail("不合格", format!("{} 次", new.failed_reviews));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::TermsKept.at(TERMS)).into_response())
}
