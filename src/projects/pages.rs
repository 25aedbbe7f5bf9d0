//! The pages 志愿项目, for a union's office, the League organisation that manages the union, and those who see it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    Verb,
    forms::{HoursForm, HoursSays, MattersForm, ProjectForm, ReportForm, TextForm},
    paths::{Done, PROJECTS, VOLUNTEERING},
    project::{NeededMatter, Project, ProjectTask, Volunteer, pending},
    store::{self, ProjectFilter, VolunteerFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    database::Locked,
    failure::{Failure, Refusal},
    ids::{MatterId, ProjectId, UnionId},
    inbox::{self, Notice, To},
    office::{MatterReader, Office, OfficeKind, UnionReader},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Finding, Plan, Rule,
        projects::{Recruiting, overdue, recruit as judge, work},
    },
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors, Submitted, ticked},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/projects", list)
        .post("/projects", draft)
        .get("/projects/{project}", show)
        .post("/projects/{project}/report", report)
        .post("/projects/{project}/matters", need)
        .post("/projects/{project}/receive", receive)
        .post("/projects/{project}/recruit", recruit)
        .post("/projects/{project}/hours", hours)
        .post("/projects/{project}/close", close)
}

/// A project in the list, with what VOL-02 says of it.
struct ProjectLine {
    project: Project,
    finding: Option<Finding>,
}

#[derive(Template, WebTemplate)]
#[template(path = "projects/list.html")]
struct ProjectsPage {
    chrome: Chrome,
    open: Vec<ProjectLine>,
    closed: Vec<Project>,
    /// Those for which the office may make a project.
    own: Vec<StudentUnion>,
    clause: Option<Clause>,
    form: ProjectForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

impl ProjectsPage {
    fn is_picked(&self, union: &StudentUnion) -> bool {
        self.form.union == union.id.to_string()
    }

    fn late(&self) -> usize {
        self.open.iter().filter(|line| line.project.is_overdue(&self.today)).count()
    }
}

fn clause_of(plan: Option<&Plan>, rule: Rule) -> Option<Clause> {
    plan.and_then(|plan| plan.provision(rule)).map(|provision| provision.clause().clone())
}

/// A union's own office and the League organisation that manages it make and lead projects.
fn leads(union: &StudentUnion, acting: &Acting<UnionReader>) -> bool {
    union.is_own_of(acting.office()) || union.is_managed_by(acting.office())
}

async fn page(
    app: &App,
    acting: &Acting<UnionReader>,
    submitted: Submitted<ProjectForm>,
    done: &'static str,
) -> Result<ProjectsPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let mut seen = unions::list(&mut db, acting.institution(), None).await?;
    seen.retain(|union| union.is_visible_to(acting.office()));
    let ids = seen.iter().map(|union| union.id.0).collect();
    let filter = ProjectFilter { unions: Some(ids), ..ProjectFilter::default() };
    let all = store::projects(&mut db, acting.institution(), filter).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let (closed, open): (Vec<_>, Vec<_>) = all.into_iter().partition(Project::is_closed);
    let line = |project: Project| {
        let finding = plan.as_ref().map(|plan| overdue(plan, project.ends_on, project.engaged, today));
        ProjectLine { project, finding }
    };
    let open = open.into_iter().map(line).collect();
    let own = seen.into_iter().filter(|union| union.opened_on.is_some() && leads(union, acting)).collect();
    let clause = clause_of(plan.as_deref(), Rule::Vol01);
    let Submitted { form, errors } = submitted;
    let chrome = app.chrome(acting.person(), "志愿项目");
    Ok(ProjectsPage { chrome, open, closed, own, clause, form, errors, today, done })
}

async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(After { done }): Query<After>,
) -> Result<ProjectsPage, Failure> {
    page(&app, &acting, Submitted::default(), Done::said(&done)).await
}

async fn draft(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Form(form): Form<ProjectForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let union = match form.union.parse::<UnionId>() {
        Ok(id) => unions::list(&mut *app.read().await?, acting.institution(), Some(id)).await?.pop(),
        Err(_) => None,
    };
    let union = union.filter(|union| union.opened_on.is_some() && leads(union, &acting));
    if union.is_none() {
        errors.add("union", "请选择主办的学生会");
    }
    let (Some(union), Some(new)) = (union, form.read(today, &mut errors)) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let id = store::draft(db, acting.person(), union.id, &new, now).await?;
            let entry = Entry::new(Verb::ProjectKept, format!("{}：{}", union.name, new.title)).detail("办理", "立项");
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Drafted.at(&id.path())).into_response())
}

/// The forms of a project as they are filled in.
#[derive(Default)]
struct ProjectForms {
    report: ReportForm,
    summary: TextForm,
    hours: HoursForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "projects/project.html")]
struct ProjectPage {
    chrome: Chrome,
    project: Project,
    tasks: Vec<ProjectTask>,
    volunteers: Vec<Volunteer>,
    /// The controlled matters that it needs, and those that it may need.
    matters: Vec<NeededMatter>,
    /// The office sees controlled matters; any other sees how many there are.
    sees_matters: bool,
    finding: Option<Finding>,
    clause: Option<Clause>,
    /// The union's office, or the League organisation that manages it.
    leads: bool,
    /// The League organisation that manages the union.
    keeps: bool,
    forms: ProjectForms,
}

impl ProjectPage {
    fn total(&self) -> String {
        super::project::hours(self.volunteers.iter().map(|one| one.quarters).sum())
    }

    /// The hours that the form shows for a volunteer.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn typed(&self, place: &usize) -> &str {
        self.forms.hours.hours.get(*place).map_or("", String::as_str)
    }

    fn needed(&self) -> Vec<&NeededMatter> {
        self.matters.iter().filter(|matter| matter.needed).collect()
    }

    /// How many of those are approved.
    fn approved(&self) -> usize {
        self.matters.iter().filter(|matter| matter.needed && matter.is_approved()).count()
    }

    fn is_ticked(&self, matter: &NeededMatter) -> bool {
        matter.needed || self.forms.report.matter.contains(&matter.id.to_string())
    }

    /// Which matters it needs is said with the report, and afterwards by itself.
    fn may_need(&self) -> bool {
        self.leads && !self.project.is_closed() && !(self.project.is_drafted() || self.project.is_reported())
    }

    fn engaged(&self) -> Vec<&Volunteer> {
        self.volunteers.iter().filter(|one| one.is_engaged()).collect()
    }
}

/// A project whose union the office sees.
struct Seen {
    project: Project,
    union: StudentUnion,
}

async fn see(app: &App, acting: &Acting<UnionReader>, id: ProjectId) -> Result<Seen, Failure> {
    let mut db = app.read().await?;
    let project = store::find(&mut db, acting.institution(), id).await?;
    let union = unions::list(&mut db, acting.institution(), Some(project.union)).await?.pop();
    let union = union.filter(|union| union.is_visible_to(acting.office())).ok_or(Failure::Missing)?;
    Ok(Seen { project, union })
}

async fn project_page(
    app: &App,
    acting: &Acting<UnionReader>,
    id: ProjectId,
    mut forms: ProjectForms,
) -> Result<ProjectPage, Failure> {
    let today = app.clock.today();
    let Seen { project, union } = see(app, acting, id).await?;
    let mut db = app.read().await?;
    let tasks = store::tasks(&mut db, id).await?;
    let filter = VolunteerFilter { project: Some(id), ..VolunteerFilter::default() };
    let volunteers = store::volunteers(&mut db, acting.institution(), filter).await?;
    let matters = store::matters(&mut db, id).await?;
    let sees_matters = MatterReader::KINDS.contains(&acting.office().kind);
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let finding = plan.as_ref().filter(|_| !project.is_closed());
    let finding = finding.map(|plan| overdue(plan, project.ends_on, project.engaged, today));
    let clause = clause_of(plan.as_deref(), Rule::Vol01);
    let (leads, keeps) = (leads(&union, acting), union.is_managed_by(acting.office()));
    if forms.hours.day.is_empty() {
        forms.hours.day = today.min(project.ends_on).max(project.starts_on).to_string();
    }
    let chrome = app.chrome(acting.person(), &project.title).under(PROJECTS, "志愿项目");
    Ok(ProjectPage { chrome, project, tasks, volunteers, matters, sees_matters, finding, clause, leads, keeps, forms })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
    Query(After { done }): Query<After>,
) -> Result<ProjectPage, Failure> {
    project_page(&app, &acting, id, ProjectForms { done: Done::said(&done), ..ProjectForms::default() }).await
}

async fn unfit(
    app: &App,
    acting: &Acting<UnionReader>,
    id: ProjectId,
    forms: ProjectForms,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, project_page(app, acting, id, forms).await?).into_response())
}

fn refusal(app: &App, acting: &Acting<UnionReader>, id: ProjectId, wanted: &str) -> Refusal {
    let chrome = app.chrome(acting.person(), wanted).under(PROJECTS, "志愿项目");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
}

fn moved_on(app: &App, acting: &Acting<UnionReader>, id: ProjectId, wanted: &str) -> Failure {
    refusal(app, acting, id, wanted).for_reason("这个项目已经到别的一步", "请打开项目，看看现在到哪一步")
}

/// The project, where the office leads it; else a refusal that says who does.
async fn led(app: &App, acting: &Acting<UnionReader>, id: ProjectId, wanted: &str) -> Result<Seen, Failure> {
    let seen = see(app, acting, id).await?;
    if leads(&seen.union, acting) {
        return Ok(seen);
    }
    Err(refusal(app, acting, id, wanted).for_reason("由主办的学生会或者主管团组织办理", "请他们办理；你可以查看"))
}

fn entry(project: &Locked<Project>, what: &str) -> Entry {
    Entry::new(Verb::ProjectKept, format!("{}：{}", project.union_name, project.title)).detail("办理", what)
}

async fn report(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
    Form(form): Form<ReportForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = led(&app, &acting, id, "事先报告").await?;
    let matters: Vec<MatterId> = ticked(&form.matter)?;
    let says = form.read(&mut errors);
    let Some(says) = says.filter(|_| errors.is_empty()) else {
        return unfit(&app, &acting, id, ProjectForms { report: form, errors, ..ProjectForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        if !store::report(db, &project, &says, now).await? {
            return Err(moved_on(&app, &acting, id, "事先报告"));
        }
        store::need(db, &project, &matters).await?;
        audit::append(db, acting.person(), entry(&project, "事先报告"), now).await?;
        let college = seen.union.college;
        let kind = if college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
        let notice = Notice::new(format!("收到事先报告：{}", project.title), id.path());
        inbox::tell(db, acting.institution(), To::Office { kind, college, class: None }, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Reported.at(&id.path())).into_response())
}

/// Which controlled matters a project needs, where that changes after its report.
async fn need(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
    Form(form): Form<MattersForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    led(&app, &acting, id, "登记涉及的四类事项").await?;
    let matters: Vec<MatterId> = ticked(&form.matter)?;
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        if project.is_closed() {
            return Err(moved_on(&app, &acting, id, "登记涉及的四类事项"));
        }
        store::need(db, &project, &matters).await?;
        let entry = entry(&project, "登记涉及的四类事项").detail("件数", matters.len());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Needed.at(&id.path())).into_response())
}

async fn receive(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let seen = see(&app, &acting, id).await?;
    if !seen.union.is_managed_by(acting.office()) {
        return Err(
            refusal(&app, &acting, id, "登记收到").for_reason("事先报告由主管团组织登记收到", "请主管团组织办理")
        );
    }
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        if !store::receive(db, acting.person(), &project, now).await? {
            return Err(moved_on(&app, &acting, id, "登记收到"));
        }
        audit::append(db, acting.person(), entry(&project, "收到事先报告"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Received.at(&id.path())).into_response())
}

async fn recruit(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    led(&app, &acting, id, "招募志愿者").await?;
    let refusal = refusal(&app, &acting, id, "招募志愿者");
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let recruiting = Recruiting {
            necessity: !project.necessity.is_empty(),
            received: project.received_on(),
            today,
            ends_on: project.ends_on,
            open: true,
            pending: pending(&store::matters(db, id).await?),
        };
        let passed = match judge(&plan, recruiting).permit() {
            Ok(passed) => passed,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::recruit(db, &project, passed, now).await? {
            return Err(moved_on(&app, &acting, id, "招募志愿者"));
        }
        let mut entry = entry(&project, "开始招募");
        if let Some(provision) = plan.provision(Rule::Vol01) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Recruiting.at(&id.path())).into_response())
}

async fn hours(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
    Form(form): Form<HoursForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let seen = led(&app, &acting, id, "登记时数").await?;
    let until = seen.project.ends_on.min(today);
    let Some(HoursSays { day, hours }) = form.read(seen.project.starts_on.min(until), until, &mut errors) else {
        return unfit(&app, &acting, id, ProjectForms { hours: form, errors, ..ProjectForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let passed = match work(&plan, pending(&store::matters(db, id).await?)).permit() {
            Ok(passed) => passed,
            Err(findings) => return Err(refusal(&app, &acting, id, "登记时数").because(findings)),
        };
        if !store::note_hours(db, acting.person(), &project, passed, day, &hours, now).await? {
            return Err(moved_on(&app, &acting, id, "登记时数"));
        }
        let entry = entry(&project, "登记时数").detail("日期", day.to_string()).detail("人数", hours.len());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Hours.at(&id.path())).into_response())
}

async fn close(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
    Form(form): Form<TextForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    led(&app, &acting, id, "结项").await?;
    let summary = form.read("summary", "请写明完成的情况", &mut errors);
    let Some(summary) = summary.filter(|_| errors.is_empty()) else {
        return unfit(&app, &acting, id, ProjectForms { summary: form, errors, ..ProjectForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let project = store::lock(db, acting.institution(), id).await?;
        let released = store::close(db, acting.person(), &project, &summary, now).await?;
        let Some(released) = released else { return Err(moved_on(&app, &acting, id, "结项")) };
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today);
        let mut entry = entry(&project, "结项").detail("解散志愿者", released.len());
        if let Some(clause) = clause_of(plan.as_deref(), Rule::Vol02) {
            entry = entry.under(&clause);
        }
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("志愿项目已结项：{}", project.title), VOLUNTEERING)
            .says("感谢参加。时数和志愿者证明在“志愿服务”里查看、下载。");
        inbox::tell_all(db, acting.institution(), &released, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Closed.at(&id.path())).into_response())
}
