//! A matter filed, and changed: each change begins the chain anew.

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

use super::{
    own_union, refusal, seen,
    told::{ActivityFate, entry, tell_next, tell_signed_up},
};
use crate::{
    app::App,
    audit,
    auth::acting::Acting,
    failure::Failure,
    holidays::store::workdays,
    ids::MatterId,
    matters::{
        MatterFiler,
        forms::MatterForm,
        matter::{Application, ContactKind, Matter, Source},
        paths::{Done, MATTERS, NEW},
        scheme::{Control, SAFE_UP_TO, Scheme},
        store::{self, DepartmentChoice},
    },
    page::chrome::Chrome,
    people::find::{Among, PersonField, Search},
    rules::{
        Finding,
        matters::{Course, Filed, Filing, MatterKind, file as may_file},
    },
    unions::union::StudentUnion,
    web::forms::{Errors, Submitted, filled_in},
};

#[derive(Template, WebTemplate)]
#[template(path = "matters/form.html")]
pub(super) struct MatterFormPage {
    chrome: Chrome,
    kind: MatterKind,
    scheme: Scheme,
    /// What counts as a major activity, in words.
    grounds: Vec<String>,
    departments: Vec<DepartmentChoice>,
    person: PersonField,
    form: MatterForm,
    errors: Errors,
    /// Where it is sent.
    action: String,
    /// It is changed, and was signed before.
    is_change: bool,
    safe_up_to: u32,
    contacts: &'static [ContactKind],
    sources: &'static [Source],
}

impl MatterFormPage {
    fn is_activity(&self) -> bool {
        self.kind == MatterKind::Activity
    }

    fn is_publication(&self) -> bool {
        self.kind == MatterKind::Publication
    }

    fn is_contact(&self) -> bool {
        self.kind == MatterKind::Contact
    }

    fn is_funds(&self) -> bool {
        self.kind == MatterKind::Funds
    }

    fn starts_label(&self) -> &'static str {
        match self.kind {
            MatterKind::Activity => "开始时间",
            MatterKind::Publication => "发布时间",
            MatterKind::Contact => "联系时间",
            MatterKind::Funds => "使用时间",
        }
    }

    fn steps(&self) -> String {
        self.scheme.steps.iter().map(|step| step.label()).collect::<Vec<_>>().join(" → ")
    }

    fn major(&self) -> String {
        self.grounds.join("；")
    }
}

/// The union that files an application, with what the form offers it.
struct FilingUnion {
    union: StudentUnion,
    control: Control,
    departments: Vec<DepartmentChoice>,
    search: Search,
}

impl FilingUnion {
    async fn of(db: &mut PgConnection, acting: &Acting<MatterFiler>, today: Date) -> Result<Option<Self>, Failure> {
        let Some(union) = own_union(db, acting).await? else { return Ok(None) };
        let control = store::control(db, acting.institution()).await?;
        let departments = store::departments(db, union.id, today).await?;
        let search = Search::of(acting, Among::Students, today);
        Ok(Some(Self { union, control, departments, search }))
    }

    fn page(
        self,
        app: &App,
        acting: &Acting<MatterFiler>,
        kind: MatterKind,
        person: PersonField,
        submitted: Submitted<MatterForm>,
    ) -> MatterFormPage {
        let title = format!("申请{}", kind.label());
        let scheme = self.control.scheme(kind, self.union.kind);
        let grounds = self.control.grounds.iter().filter(|one| !one.is_of_decisions());
        let grounds = grounds.map(|one| one.ground.in_words()).collect();
        MatterFormPage {
            chrome: app.chrome(acting.person(), &title).under(MATTERS, "四类事项审核"),
            kind,
            scheme,
            grounds,
            departments: self.departments,
            person,
            form: submitted.form,
            errors: submitted.errors,
            action: NEW.to_owned(),
            is_change: false,
            safe_up_to: SAFE_UP_TO,
            contacts: ContactKind::ALL,
            sources: Source::ALL,
        }
    }

    /// What was typed, as an application; else the page again with its faults.
    async fn read(
        &self,
        db: &mut PgConnection,
        acting: &Acting<MatterFiler>,
        kind: MatterKind,
        form: &mut MatterForm,
        today: Date,
    ) -> Result<(PersonField, Result<Application, Errors>), Failure> {
        let mut errors = Errors::default();
        let own: Vec<_> = self.departments.iter().map(|one| one.id).collect();
        let head = form.read_head(&own, &mut errors);
        let pick = std::mem::take(&mut form.pick);
        let person = PersonField::read(db, &self.search, &mut form.number, &pick, "number", &mut errors).await?;
        // Whom the office does not see it does not name: a college's application would say whose a number is.
        let lead = match &person.found {
            Some(found) => store::enrolled(db, acting.institution(), &found.number).await?,
            None => None,
        };
        if lead.is_none() {
            errors.add("number", "请填写负责人的姓名或学号，应是在校学生；院系学生会的，应是本院系学生");
        }
        let says = form.read_rest(kind, head, lead, today, &mut errors);
        Ok((person, says.ok_or(errors)))
    }

    /// The permission to file, or why not.
    async fn may_file(
        &self,
        db: &mut PgConnection,
        acting: &Acting<MatterFiler>,
        says: &Application,
        today: Date,
    ) -> Result<Result<Filed, Vec<Finding>>, Failure> {
        let scheme = self.control.scheme(says.kind(), self.union.kind);
        let lead_days = if says.is_large() { scheme.large_days } else { scheme.lead_days };
        let earliest = match lead_days {
            0 => today,
            days => workdays(db, acting.institution()).await?.span(today, days).last,
        };
        let has_safety_plan = says.has_safety_plan();
        let facts = Filing {
            kind: says.kind(),
            people: says.size().people,
            safe_up_to: SAFE_UP_TO,
            has_safety_plan,
            earliest,
            starts: says.starts_at.to_offset(crate::clock::CHINA).date(),
            lead_days,
            is_urgent: says.urgent.is_some(),
        };
        Ok(may_file(facts).permit())
    }
}

/// No union of the office is set up yet.
fn no_union(app: &App, acting: &Acting<MatterFiler>) -> Failure {
    refusal(app, acting, "提交申请", MATTERS.to_owned())
        .for_reason("系统里还没有建立你所在的学生会", "请主管团组织先在“学生会”里建立并登记现状")
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Query(form): Query<MatterForm>,
) -> Result<MatterFormPage, Failure> {
    let kind = form.kind.parse::<MatterKind>().unwrap_or(MatterKind::Activity);
    let filing = FilingUnion::of(&mut *app.read().await?, &acting, app.clock.today()).await?;
    let filing = filing.ok_or_else(|| no_union(&app, &acting))?;
    let person = PersonField::new(&filing.search);
    Ok(filing.page(&app, &acting, kind, person, Submitted::new(form, Errors::default())))
}

pub(super) async fn create(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Form(mut form): Form<MatterForm>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let kind = form.kind.parse::<MatterKind>().map_err(|_| Failure::Malformed)?;
    let mut db = app.read().await?;
    let filing = FilingUnion::of(&mut db, &acting, today).await?.ok_or_else(|| no_union(&app, &acting))?;
    let (person, says) = filing.read(&mut db, &acting, kind, &mut form, today).await?;
    drop(db);
    let says = match says {
        Ok(says) => says,
        Err(errors) => {
            let page = filing.page(&app, &acting, kind, person, Submitted::new(form, errors));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let wanted = format!("申请{}“{}”", kind.label(), says.title);
    let refused = refusal(&app, &acting, &wanted, filled_in(NEW, &form)?);
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let filed = match filing.may_file(db, &acting, &says, today).await? {
                Ok(filed) => filed,
                Err(findings) => return Err(refused.because(findings)),
            };
            let chain = filing.control.scheme(kind, filing.union.kind).steps;
            let course = Course::filed(chain, acting.person().account.0);
            let id = store::file(db, &acting, filing.union.id, &says, &course, filed, now).await?;
            let matter = store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            tell_next(db, &matter, &course, now).await?;
            audit::append(db, acting.person(), entry(&matter, "提交申请"), now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Filed.at(&id.path())).into_response())
}

/// A matter that the office's own union may change.
async fn own(db: &mut PgConnection, acting: &Acting<MatterFiler>, id: MatterId) -> Result<Matter, Failure> {
    let matter = seen(db, acting, id).await?;
    if matter.union().is_own_of(acting.office()) { Ok(matter) } else { Err(Failure::Missing) }
}

fn as_change(mut page: MatterFormPage, matter: &Matter) -> MatterFormPage {
    page.action = matter.id.change_path();
    page.is_change = true;
    page.chrome = page.chrome.under(&matter.id.path(), &matter.says.title);
    page
}

pub(super) async fn ask_change(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Query(form): Query<MatterForm>,
) -> Result<MatterFormPage, Failure> {
    let mut db = app.read().await?;
    let matter = own(&mut db, &acting, id).await?;
    if !matter.course.may_change() {
        return Err(super::moved_on(&app, &acting, id, "修改申请"));
    }
    let filing = FilingUnion::of(&mut db, &acting, app.clock.today()).await?.ok_or_else(|| no_union(&app, &acting))?;
    // A refusal leads back with what was typed.
    let form = if form.title.is_empty() { MatterForm::of(&matter.says, &matter.lead_number) } else { form };
    let person = PersonField::new(&filing.search);
    let page = filing.page(&app, &acting, matter.kind(), person, Submitted::new(form, Errors::default()));
    Ok(as_change(page, &matter))
}

pub(super) async fn change(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(mut form): Form<MatterForm>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut db = app.read().await?;
    let matter = own(&mut db, &acting, id).await?;
    let kind = matter.kind();
    kind.slug().clone_into(&mut form.kind);
    let filing = FilingUnion::of(&mut db, &acting, today).await?.ok_or_else(|| no_union(&app, &acting))?;
    let (person, says) = filing.read(&mut db, &acting, kind, &mut form, today).await?;
    drop(db);
    let says = match says {
        Ok(says) => says,
        Err(errors) => {
            let page = filing.page(&app, &acting, kind, person, Submitted::new(form, errors));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, as_change(page, &matter)).into_response());
        }
    };
    let refused = refusal(&app, &acting, "修改申请", filled_in(&id.change_path(), &form)?);
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !locked.course.may_change() || locked.revision != matter.revision {
            return Err(super::moved_on(&app, &acting, id, "修改申请"));
        }
        let filed = match filing.may_file(db, &acting, &says, today).await? {
            Ok(filed) => filed,
            Err(findings) => return Err(refused.because(findings)),
        };
        let course = Course::filed(filing.control.scheme(kind, filing.union.kind).steps, acting.person().account.0);
        if !store::rewrite(db, &locked, acting.person(), &says, &course, filed, now).await? {
            return Err(super::moved_on(&app, &acting, id, "修改申请"));
        }
        if locked.is_approved() {
            let says = "活动的安排正在修改，重新批准以后会再通知。";
            tell_signed_up(db, &locked, ActivityFate::Paused, says, now).await?;
        }
        let changed = store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        tell_next(db, &changed, &course, now).await?;
        audit::append(db, acting.person(), entry(&changed, "修改后重新提交"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Changed.at(&id.path())).into_response())
}
