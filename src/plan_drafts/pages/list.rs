//! 起草方案: the drafts of a university, and the form that begins one.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;

use super::super::{
    draft::{PlanDraft, Stage},
    forms::{BeginForm, Origin},
    paths::Done,
    store,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    office::SchoolLeague,
    page::{chrome::Chrome, filters},
    plan_drafts::Verb,
    plan_form::{baseline, group::Group, reading, typed::DraftFields},
    rulebook::store as plans,
    rules::plan::{self, LARGEST_FILE, PlanError},
    web::forms::{Attempt, Done as After, Errors, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/plan-drafts", list).upload("/plan-drafts", begin)
}

/// The most drafts that are not confirmed: each is a whole plan.
const MOST_DRAFTS: usize = 20;

#[derive(Template, WebTemplate)]
#[template(path = "plan_drafts/list.html")]
struct DraftsPage {
    chrome: Chrome,
    drafts: Vec<PlanDraft>,
    form: BeginForm,
    errors: Errors,
    /// Lines of a plan file that cannot be read.
    lines: Vec<PlanError>,
    /// A plan governs, from which a draft may begin.
    has_own: bool,
    done: &'static str,
}

impl DraftsPage {
    fn origins(&self) -> impl Iterator<Item = Origin> {
        let has_own = self.has_own;
        Origin::ALL.iter().copied().filter(move |origin| has_own || *origin != Origin::Own)
    }

    fn is_chosen(&self, origin: Origin) -> bool {
        self.form.origin == origin.slug() || (self.form.origin.is_empty() && origin == Origin::Empty)
    }
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    form: BeginForm,
    errors: Errors,
    done: &'static str,
) -> Result<DraftsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    Ok(DraftsPage {
        chrome: app.chrome(acting.person(), "起草方案"),
        drafts: store::drafts(&mut db, acting.institution(), None).await?,
        form,
        errors,
        lines: Vec::new(),
        // A plan that this program can no longer read must not keep a new one from being written.
        has_own: plans::governing(&mut db, acting.institution(), today).await.ok().flatten().is_some(),
        done,
    })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<DraftsPage, Failure> {
    page(&app, &acting, BeginForm::default(), Errors::default(), Done::said(&done)).await
}

/// What a draft begins with, or what is wrong with the file it is to begin with.
enum DraftStart {
    Content(DraftFields),
    Fault(&'static str, String),
    Lines(Vec<PlanError>),
}

/// The plan file as the fields of a draft, without a code that is a shipped plan's.
fn from_file(text: &str) -> DraftStart {
    match reading::read(text) {
        Ok(mut content) => {
            if plan::named(content.of(Group::Head).get("code")).is_some() {
                content.of_mut(Group::Head).set("code", "");
            }
            DraftStart::Content(content)
        }
        Err(lines) => DraftStart::Lines(lines),
    }
}

async fn begin(State(app): State<App>, acting: Acting<SchoolLeague>, upload: Upload) -> Result<Response, Failure> {
    let (form, mut errors) = (upload.form::<BeginForm>()?, Errors::default());
    let (now, today) = (app.clock.now(), app.clock.today());
    let read = form.read(&mut errors);
    let begun = match read.as_ref().map(|(_, origin)| *origin) {
        None => None,
        Some(Origin::Empty) => Some(DraftStart::Content(reading::empty())),
        Some(Origin::National) => Some(DraftStart::Content(baseline::prefilled())),
        Some(Origin::Own) => {
            let mut db = app.read().await?;
            let governing = plans::governing(&mut db, acting.institution(), today).await?;
            let governing = governing.ok_or(Failure::Missing)?;
            let found = plans::version(&mut db, acting.institution(), governing.id).await?;
            let (_, _, text) = found.ok_or(Failure::Missing)?;
            Some(app.heavy(move || from_file(&text)).await?)
        }
        Some(Origin::File) => Some(match upload.file.as_deref().filter(|bytes| !bytes.is_empty()) {
            None => DraftStart::Fault("file", "请选择方案文件（.toml）".to_owned()),
            Some(bytes) if bytes.len() > LARGEST_FILE => {
                DraftStart::Fault("file", "文件超过 256 KB，不是方案文件".to_owned())
            }
            Some(bytes) => match plan::text_of(bytes) {
                Ok(text) => {
                    let text = text.to_owned();
                    app.heavy(move || from_file(&text)).await?
                }
                Err(says) => {
                    let more = "公文原文请先建空白草稿，再放入“文件原文”";
                    DraftStart::Fault("file", format!("{says}；{more}"))
                }
            },
        }),
    };
    let mut lines = Vec::new();
    let content = match begun {
        Some(DraftStart::Content(content)) => Some(content),
        Some(DraftStart::Fault(field, says)) => {
            errors.add(field, says);
            None
        }
        Some(DraftStart::Lines(found)) => {
            errors.add("file", "方案文件的写法有误，见下面列出的各行");
            lines = found;
            None
        }
        None => None,
    };
    let (Some((name, origin)), Some(content), true) = (read, content, errors.is_empty()) else {
        let page = DraftsPage { lines, ..page(&app, &acting, form, errors, "").await? };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            // Who begins one at the same time waits, and counts this one.
            plans::lock_plans(db, acting.institution()).await?;
            let drafts = store::drafts(db, acting.institution(), None).await?;
            if drafts.iter().filter(|draft| draft.stage != Stage::Confirmed).count() >= MOST_DRAFTS {
                let says = format!("已有 {MOST_DRAFTS} 份草稿没有确认，请先确认，或者删除不用的");
                return Ok(Attempt::fault("name", says));
            }
            let id = store::begin(db, acting.institution(), acting.person().account, &name, &content, now).await?;
            let entry = Entry::new(Verb::PlanDraftKept, name.clone()).detail("办理", "新建草稿");
            audit::append(db, acting.person(), entry.detail("起点", origin.label()), now).await?;
            Ok(Attempt::Done(id))
        })
        .await?;
    let Some(id) = attempt.done_or(&mut errors) else {
        let page = page(&app, &acting, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    Ok(Redirect::to(&Done::Begun.at(&id.path())).into_response())
}
