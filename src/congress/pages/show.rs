//! The page of a congress: how far it is, and its parts, each with where it stands.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{kept, refusal, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb, archive,
        congress::{Congress, Stage},
        delegates, meeting, papers,
        paths::{CONGRESSES, Done},
        proposals, result, seats,
        section::Section,
        steps, store,
    },
    failure::Failure,
    ids::CongressId,
    page::{chrome::Chrome, filters},
    web::forms::{Done as DoneQuery, Errors, ReasonForm, Submitted, reason},
};

/// The stages as the page draws them, in order.
const COURSE: [Stage; 4] = [Stage::Preparing, Stage::Convened, Stage::Held, Stage::Closed];

#[derive(Template, WebTemplate)]
#[template(path = "congress/show.html")]
pub(super) struct CongressPage {
    chrome: Chrome,
    congress: Congress,
    course: Vec<StageView>,
    sections: Vec<Section>,
    keeps: bool,
    form: ReasonForm,
    errors: Errors,
    done: &'static str,
}

/// A stage as the page draws it.
struct StageView {
    label: &'static str,
    is_done: bool,
    is_now: bool,
}

fn course(congress: &Congress) -> Vec<StageView> {
    let now = COURSE.iter().position(|stage| *stage == congress.stage);
    let view = |(place, stage): (usize, &Stage)| {
        let is_done = now.is_some_and(|now| place < now || congress.stage == Stage::Closed);
        StageView { label: stage.label(), is_done, is_now: now == Some(place) }
    };
    COURSE.iter().enumerate().map(view).collect()
}

impl CongressPage {
    fn may_change(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Preparing
    }

    fn may_put_off(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened
    }

    fn may_call_off(&self) -> bool {
        self.keeps && self.congress.stage.leads_to(Stage::CalledOff)
    }
}

/// The parts of a congress, a line each.
async fn sections(
    db: &mut PgConnection,
    congress: &Congress,
    keeps: bool,
    today: Date,
) -> Result<Vec<Section>, Failure> {
    if congress.registered {
        return Ok(Vec::new());
    }
    let mut sections = vec![
        steps::section(&mut *db, congress, today).await?,
        seats::section(congress),
        delegates::section(&mut *db, congress, today).await?,
        delegates::qualification_section(&mut *db, congress).await?,
        papers::section(congress),
        meeting::section(&mut *db, congress, today).await?,
        result::section(&mut *db, congress, today).await?,
        proposals::section(&mut *db, congress, keeps, today).await?,
    ];
    sections.extend(keeps.then(|| archive::section(congress)));
    Ok(sections)
}

async fn page(
    app: &App,
    db: &mut PgConnection,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<ReasonForm>,
    done: &'static str,
) -> Result<CongressPage, Failure> {
    let keeps = person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office));
    let sections = sections(db, &congress, keeps, app.clock.today()).await?;
    let chrome = app.chrome(person, &congress.short_title()).under(CONGRESSES, "学代会");
    let Submitted { form, errors } = submitted;
    Ok(CongressPage { chrome, course: course(&congress), congress, sections, keeps, form, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<CongressPage, Failure> {
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    page(&app, &mut db, acting.person(), congress, Submitted::default(), Done::said(&done)).await
}

pub(super) async fn call_off(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) else {
        let page = page(&app, &mut db, acting.person(), congress, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if !store::call_off(db, &locked, &why).await? {
            let refused = refusal(&app, acting.person(), &locked, "取消大会", id.path());
            return Err(refused.for_reason(format!("大会{}，不能取消", locked.stage.label()), "已召开的，请办理结果"));
        }
        let entry = Entry::new(Verb::CongressKept, locked.short_title()).detail("办理", "取消").detail("理由", why);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::CalledOff.at(&id.path())).into_response())
}
