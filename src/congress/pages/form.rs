//! A congress begun, and what is planned of it changed.

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

use super::{frame, kept, refusal};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, Verb,
        congress::Congress,
        forms::CongressForm,
        paths::{CONGRESSES, Done, NEW},
        store,
    },
    failure::{Failure, Refusal},
    ids::{CongressId, InstitutionId},
    office::OfficeKind,
    page::chrome::Chrome,
    rulebook::governing,
    rules::{
        Plan,
        congress::meeting_of_all,
        plan::{Share, Union},
        yearly::academic_year,
    },
    unions::{self, union::StudentUnion},
    web::forms::{Errors, Submitted, filled_in},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/form.html")]
pub(super) struct CongressFormPage {
    chrome: Chrome,
    /// The unions whose congresses the office keeps.
    unions: Vec<StudentUnion>,
    form: CongressForm,
    errors: Errors,
    /// Where the form is sent.
    action: String,
    new: bool,
    /// The share of ordinary delegates that the plan asks for, with its clause; none where it has no figure.
    ordinary: Option<Ordinary>,
}

/// CON-06 with a figure.
struct Ordinary {
    share: Share,
    section: String,
}

impl Ordinary {
    fn of(plan: &Plan) -> Option<Self> {
        let stated = plan.figures.ordinary_delegates.as_ref()?;
        Some(Self { share: stated.value?, section: stated.provision.clause().section.clone() })
    }

    /// What the plan of a university asks for on a day.
    async fn asked(db: &mut PgConnection, institution: InstitutionId, day: Date) -> Result<Option<Self>, Failure> {
        Ok(governing(db, institution, day).await?.and_then(|governing| Self::of(&governing.plan)))
    }
}

impl CongressFormPage {
    fn ordinary_hint(&self) -> String {
        match &self.ordinary {
            Some(Ordinary { share, section }) => {
                format!("方案规定非学生会骨干的学生代表不低于 {share}（{section}）；可以定得更高。")
            }
            None => "实践惯例：不是校、院系学生会骨干的学生代表不低于 60%。不作要求的可以不填。".to_owned(),
        }
    }
}

/// What is said where the number of a congress is taken.
pub(super) const SAME_ORDINAL: &str = "这个组织已有同一届次的大会";

/// The unions whose congresses an office keeps.
pub(super) async fn kept_unions(
    db: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
) -> Result<Vec<StudentUnion>, Failure> {
    let mut unions = unions::store::list(db, acting.institution(), None).await?;
    let of_college = acting.office().kind == OfficeKind::CollegeLeague;
    unions.retain(|union| match union.kind {
        Union::College => of_college && union.college == acting.office().college,
        Union::School | Union::Graduate => !of_college,
    });
    Ok(unions)
}

async fn new_page(
    app: &App,
    acting: &Acting<CongressKeeper>,
    submitted: Submitted<CongressForm>,
) -> Result<CongressFormPage, Failure> {
    let mut db = app.read().await?;
    let unions = kept_unions(&mut db, acting).await?;
    let ordinary = Ordinary::asked(&mut db, acting.institution(), app.clock.today()).await?;
    let chrome = app.chrome(acting.person(), "筹备大会").under(CONGRESSES, "学代会");
    let Submitted { mut form, errors } = submitted;
    if let [only] = unions.as_slice() {
        form.union = only.id.to_string();
    }
    Ok(CongressFormPage { chrome, unions, form, errors, action: NEW.to_owned(), new: true, ordinary })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Query(form): Query<CongressForm>,
) -> Result<CongressFormPage, Failure> {
    let today = app.clock.today();
    let form = if form.is_empty() {
        let asked = Ordinary::asked(&mut *app.read().await?, acting.institution(), today).await?;
        let percent = asked.map(|ordinary| ordinary.share.ceil_of(100));
        CongressForm::new(academic_year(today), today, percent)
    } else {
        form
    };
    new_page(&app, &acting, Submitted::new(form, Errors::default())).await
}

pub(super) async fn create(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Form(form): Form<CongressForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let read = form.read(&mut errors);
    let unions = kept_unions(&mut *app.read().await?, &acting).await?;
    let union = read.as_ref().and_then(|draft| unions.into_iter().find(|union| union.id == draft.union));
    let (Some(draft), Some(union)) = (read, union) else {
        if errors.is_empty() {
            errors.add("union", "请选择召开大会的组织");
        }
        return Ok(again(new_page(&app, &acting, Submitted::new(form, errors)).await?));
    };
    let refused = Refusal {
        chrome: app.chrome(acting.person(), "没有办理").under(CONGRESSES, "学代会"),
        wanted: format!("筹备{}的大会", union.name),
        back: filled_in(NEW, &form)?,
    };
    let created = app
        .write_as(acting.person().authority(), async |db| {
            let institution = acting.institution();
            if draft.of_all {
                let students = store::students(db, institution, union.kind, union.college, draft.counted_on).await?;
                let plan = governing(db, institution, now.date()).await?.map(|governing| governing.plan);
                if let Some(finding) = meeting_of_all(plan.as_deref(), union.kind, students) {
                    return Err(refused.because(vec![finding]));
                }
            }
            if let Some(other) = store::under_way(db, institution, union.id).await? {
                let why = format!("{}还没有办结（{}）", other.short_title(), other.stage.label());
                return Err(refused.for_reason(why, "先办结或取消上一次大会，再筹备下一次"));
            }
            if store::of_ordinal(db, institution, union.id, &draft.ordinal).await?.is_some() {
                return Ok(None);
            }
            let Some(id) = store::create(db, &acting, &draft, now).await? else { return Ok(None) };
            let entry = Entry::new(Verb::CongressKept, format!("{}{}", union.name, draft.ordinal))
                .detail("办理", "开始筹备")
                .detail("学年", draft.academic_year)
                .detail("学生人数基准日", draft.counted_on.to_string());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Some(id))
        })
        .await?;
    if let Some(id) = created {
        return Ok(Redirect::to(&Done::Created.at(&id.path())).into_response());
    }
    let submitted = Submitted::with_fault(form, "ordinal", SAME_ORDINAL);
    Ok(again(new_page(&app, &acting, submitted).await?))
}

fn again(page: CongressFormPage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn edit_page(
    app: &App,
    acting: &Acting<CongressKeeper>,
    congress: &Congress,
    submitted: Submitted<CongressForm>,
) -> Result<CongressFormPage, Failure> {
    let mut db = app.read().await?;
    let unions = unions::store::list(&mut db, acting.institution(), Some(congress.union)).await?;
    let ordinary = Ordinary::asked(&mut db, acting.institution(), app.clock.today()).await?;
    let chrome = frame(app, acting.person(), congress, "修改");
    let Submitted { form, errors } = submitted;
    Ok(CongressFormPage { chrome, unions, form, errors, action: congress.id.edit_path(), new: false, ordinary })
}

pub(super) async fn edit(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<CongressFormPage, Failure> {
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    edit_page(&app, &acting, &congress, Submitted::new(CongressForm::of(&congress), Errors::default())).await
}

pub(super) async fn change(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<CongressForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    // Whose congress it is and whether all students meet is settled when it is begun.
    let form = CongressForm { union: congress.union.to_string(), of_all: CongressForm::of(&congress).of_all, ..form };
    let Some(draft) = form.read(&mut errors) else {
        return Ok(again(edit_page(&app, &acting, &congress, Submitted::new(form, errors)).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let same = store::of_ordinal(db, acting.institution(), locked.union, &draft.ordinal).await?;
        if same.is_some_and(|other| other.id != id) || !store::change(db, &locked, &draft).await? {
            let refused = refusal(&app, acting.person(), &locked, "修改大会", id.path());
            let remedy = "已批准召开的，日期以批复为准；届次重复的，请核对后再改";
            return Err(refused.for_reason("大会已不在筹备阶段，或这个组织已有同一届次的大会", remedy));
        }
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "修改")
            .detail("届次", draft.ordinal.clone())
            .detail("召开日期", draft.meets_on.map(|day| day.to_string()).unwrap_or_default());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Changed.at(&id.path())).into_response())
}
