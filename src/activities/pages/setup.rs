//! How an activity is announced: what it is for, for whom, with whom, with how many places.

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

use super::{desk_refusal, own::move_up};
use crate::{
    activities::{
        activity::Setup,
        forms::{Choices, SetupForm},
        paths::{self, DESK, Done},
        store::{self, Kept, Partners},
    },
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    directory::store::{CollegeRow, OrganisationKind, OrganisationRow, class_named, colleges, organisations},
    failure::Failure,
    ids::MatterId,
    matters::{MatterFiler, Verb as MatterVerb, matter::Matter, store as matters},
    page::chrome::Chrome,
    rulebook::store::calendar,
    rules::{
        Rule,
        activities::{Audience, Purpose, announce},
        matters::MatterKind,
        plan::Union,
    },
    secrets::readable,
    text::trimmed,
    web::forms::{Errors, Submitted, filled_in},
};

#[derive(Template, WebTemplate)]
#[template(path = "activities/setup.html")]
pub(super) struct SetupPage {
    chrome: Chrome,
    matter: Matter,
    purposes: &'static [Purpose],
    colleges: Vec<CollegeRow>,
    societies: Vec<OrganisationRow>,
    form: SetupForm,
    errors: Errors,
    action: String,
}

impl SetupPage {
    /// A college's union may host it for the whole school.
    fn is_of_college(&self) -> bool {
        self.matter.union_kind == Union::College
    }
}

/// An activity that is approved or on its way there, of the office's own union.
async fn own_matter(db: &mut PgConnection, acting: &Acting<MatterFiler>, id: MatterId) -> Result<Matter, Failure> {
    let matter = matters::find(db, acting.institution(), id).await?;
    let fits = |matter: &Matter| {
        matter.kind() == MatterKind::Activity && matter.union().is_own_of(acting.office()) && matter.is_open()
    };
    matter.filter(fits).ok_or(Failure::Missing)
}

/// The societies that still are.
async fn societies(db: &mut PgConnection, acting: &Acting<MatterFiler>) -> Result<Vec<OrganisationRow>, Failure> {
    let mut all = organisations(db, acting.institution(), None).await?;
    all.retain(|one| one.ended_on.is_none() && one.organisation_kind() != OrganisationKind::Other);
    Ok(all)
}

async fn page(
    app: &App,
    acting: &Acting<MatterFiler>,
    matter: Matter,
    submitted: Submitted<SetupForm>,
) -> Result<SetupPage, Failure> {
    let mut db = app.read().await?;
    let Submitted { form, errors } = submitted;
    Ok(SetupPage {
        chrome: app.chrome(acting.person(), &matter.says.title).under(DESK, "活动开展"),
        action: paths::announce(matter.id),
        purposes: Purpose::ALL,
        colleges: colleges(&mut db, acting.institution()).await?,
        societies: societies(&mut db, acting).await?,
        matter,
        form,
        errors,
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Query(typed): Query<SetupForm>,
) -> Result<SetupPage, Failure> {
    let mut db = app.read().await?;
    let matter = own_matter(&mut db, &acting, id).await?;
    let kept = store::find(&mut db, acting.institution(), id).await?;
    drop(db);
    // A refusal leads back with what was typed.
    let form = match kept {
        _ if !typed.purpose.is_empty() => typed,
        Some(activity) => SetupForm::of(&activity),
        None => SetupForm::new(matter.says.starts_at),
    };
    page(&app, &acting, matter, Submitted::new(form, Errors::default())).await
}

/// What was typed: how it is announced, and with whom it is held.
async fn read(
    db: &mut PgConnection,
    acting: &Acting<MatterFiler>,
    matter: &Matter,
    form: &SetupForm,
    today: Date,
) -> Result<Result<(Setup, Partners), Errors>, Failure> {
    let mut errors = Errors::default();
    let known: Vec<_> = colleges(db, acting.institution()).await?.into_iter().map(|one| one.id).collect();
    let setup = form.read(&Choices { colleges: &known, starts_at: matter.says.starts_at }, &mut errors);
    let mut classes = Vec::new();
    for name in form.class_names() {
        match class_named(db, acting.institution(), trimmed(&name), today).await? {
            Some(class) if !classes.contains(&class) => classes.push(class),
            Some(_) => {}
            None => errors.add("classes", format!("没有“{name}”这个班级，请写班级的全称，一行一个")),
        }
    }
    let known: Vec<_> = societies(db, acting).await?.into_iter().map(|one| one.id).collect();
    let societies = form.read_societies(&known, &mut errors);
    Ok(match (setup, societies) {
        (Some(setup), Some(societies)) if errors.is_empty() => Ok((setup, Partners { classes, societies })),
        _ => Err(errors),
    })
}

pub(super) async fn keep(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<SetupForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let matter = own_matter(&mut db, &acting, id).await?;
    let typed = read(&mut db, &acting, &matter, &form, now.date()).await?;
    drop(db);
    let (setup, partners) = match typed {
        Ok(read) => read,
        Err(errors) => {
            let page = page(&app, &acting, matter, Submitted::new(form, errors)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let refused = desk_refusal(&app, &acting, "发布活动", filled_in(&paths::announce(id), &form)?);
    app.write_as(acting.person().authority(), async |db| {
        let locked = matters::lock(db, acting.institution(), id).await?;
        if !locked.is_open() || locked.kind() != MatterKind::Activity {
            return Err(refused.for_reason("这项活动已经办结或撤回", "请打开这一件，看看现在到哪一步"));
        }
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(now.date());
        let audience =
            Audience { is_narrow: setup.is_narrow(), has_reason: setup.reason.is_some(), for_school: setup.for_school };
        let permitted = match announce(plan.as_deref(), audience).permit() {
            Ok(permitted) => permitted,
            Err(findings) => return Err(refused.because(findings)),
        };
        let kept = Kept { code: readable(20, 5), now };
        store::keep(db, &locked, acting.person(), &setup, &partners, permitted, kept).await?;
        // More places than before are for those who wait.
        let activity = store::lock(db, acting.institution(), id).await?;
        if activity.passes_places_on(now) {
            move_up(db, &activity, now).await?;
        }
        let mut entry = Entry::new(MatterVerb::MatterKept, locked.name())
            .detail("办理", "发布活动，开始报名")
            .detail("目的", setup.purpose.label())
            .detail("范围", activity.audience());
        if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Pol03)) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.at(&paths::desk(id))).into_response())
}
