//! The page of one duty: its clause, how it stands, its records with their evidence, and the form that records.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;

use super::{
    Verb,
    forms::{AnswerForm, IntervalForm, RecordForm},
    overview::{COUNTED, finding},
    paths::{Done, GUIDANCE, duty_path},
    record::{CollegeCoverage, Record, is_for_all, may_see, recorders},
    store::{self, ClassRow, RecordFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{CollegeId, GuidanceRecordId, UnionId},
    inbox::{self, Notice, To},
    office::{Office, OfficeKind, SchoolLeague, UnionReader},
    page::{chrome::Chrome, filters},
    rulebook,
    rulebook::store::calendar,
    rules::{
        Finding,
        guidance::{Duty, Level, Means, Topic, conclude as judge, guide},
        plan::Union,
    },
    unions::{
        documents::{self, Scan, saved},
        store as unions,
        union::StudentUnion,
    },
    web::forms::{Done as After, Errors, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/guidance/duties/{duty}", show)
        .upload("/guidance/duties/{duty}/records", add)
        .post("/guidance/duties/{duty}/interval", set)
        .post("/guidance/records/{record}/sign", sign)
        .post("/guidance/records/{record}/conclude", conclude)
        .post("/guidance/records/{record}/answer", answer)
        .get("/guidance/records/{record}/scan", scan)
}

/// The forms of a duty as they are filled in.
#[derive(Default)]
struct DutyForms {
    record: RecordForm,
    interval: Option<IntervalForm>,
    answer: AnswerForm,
    /// The record whose form came back.
    about: Option<GuidanceRecordId>,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/duty.html")]
struct DutyPage {
    chrome: Chrome,
    duty: Duty,
    finding: Option<Finding>,
    records: Vec<Record>,
    office: OfficeKind,
    may_record: bool,
    /// The office sets the interval.
    sets: bool,
    every: String,
    /// Those that may be guided.
    unions: Vec<StudentUnion>,
    classes: Vec<ClassRow>,
    topics: &'static [Topic],
    means: &'static [Means],
    /// Where guidance reached.
    colleges: Vec<CollegeCoverage>,
    forms: DutyForms,
}

impl DutyPage {
    fn is_joint(&self) -> bool {
        self.duty == Duty::JointStudy
    }

    fn is_guiding(&self) -> bool {
        self.duty == Duty::Guiding
    }

    fn is_report(&self) -> bool {
        matches!(self.duty, Duty::PartyHearing | Duty::GroupReport)
    }

    fn answers(&self, record: &Record) -> bool {
        record.awaits_answer() && SchoolLeague::KINDS.contains(&self.office)
    }

    fn signs(&self, record: &Record) -> bool {
        record.may_be_signed_by(self.office)
    }

    fn concludes(&self, record: &Record) -> bool {
        record.is_joint() && !record.is_concluded() && recorders(Duty::JointStudy).contains(&self.office)
    }

    fn is_about(&self, record: &Record) -> bool {
        self.forms.about == Some(record.id)
    }

    fn union_picked(&self, id: &UnionId) -> bool {
        self.forms.record.union == id.to_string()
    }

    fn class_picked(&self, row: &ClassRow) -> bool {
        self.forms.record.class == row.id.to_string()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn topic_picked(&self, topic: &Topic) -> bool {
        self.forms.record.topic == topic.slug()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn means_picked(&self, means: &Means) -> bool {
        self.forms.record.means == means.slug()
    }

    /// What the text of a record asks for.
    fn asks(&self) -> &'static str {
        match self.duty {
            Duty::PartyHearing => "听取了什么，研究决定了什么",
            Duty::JointStudy => "研究的内容和结论",
            Duty::GroupReport => "汇报了什么，研究解决了什么",
            Duty::PartyBuilding => "年度安排的内容",
            Duty::GoodPractice => "做法、成效、可以借鉴的地方",
            Duty::Measures => "细化措施的内容（可以附扫描件）",
            Duty::Feedback => "遇到了什么问题，希望怎样解决",
            Duty::Guiding => "指导了什么，怎样联动",
        }
    }
}

/// The union whose own office records, and the college of the office.
struct Own {
    union: Option<UnionId>,
    college: Option<CollegeId>,
    unions: Vec<StudentUnion>,
}

async fn own(db: &mut PgConnection, acting: &Acting<UnionReader>) -> Result<Own, Failure> {
    let mut unions = unions::list(db, acting.institution(), None).await?;
    let office = acting.office();
    let union = unions
        .iter()
        .find(|union| {
            union.is_own_of(office)
                || (union.college.is_some() && union.is_managed_by(office) && office.college.is_some())
        })
        .map(|union| union.id);
    unions.retain(|union| union.kind == Union::College);
    Ok(Own { union, college: office.college, unions })
}

/// The college whose records alone an office sees; none where it sees all.
fn seen_of(acting: &Acting<UnionReader>, duty: Duty) -> Option<CollegeId> {
    acting.office().college.filter(|_| !is_for_all(duty))
}

async fn page(app: &App, acting: &Acting<UnionReader>, duty: Duty, forms: DutyForms) -> Result<DutyPage, Failure> {
    let today = app.clock.today();
    let office = acting.office().kind;
    if !may_see(office, duty) {
        return Err(Failure::Missing);
    }
    let mut db = app.read().await?;
    let institution = acting.institution();
    let governing = rulebook::governing(&mut db, institution, today).await?;
    let colleges = store::coverage(&mut db, institution, today - COUNTED, today).await?;
    let finding = match &governing {
        Some(governing) => Some(finding(&mut db, institution, governing, duty, &colleges, today).await?),
        None => None,
    };
    let filter = RecordFilter { duty: Some(duty), college: seen_of(acting, duty), one: None };
    let records = store::records(&mut db, institution, filter).await?;
    let Own { college, unions, .. } = own(&mut db, acting).await?;
    let guides = duty == Duty::Guiding;
    let classes = match college.filter(|_| guides) {
        Some(college) => store::classes(&mut db, college, today).await?,
        None => Vec::new(),
    };
    let unions = if guides && college.is_none() { unions } else { Vec::new() };
    let every = store::interval(&mut db, institution, duty).await?.or(duty.interval());
    let sets = SchoolLeague::KINDS.contains(&office) && duty.interval().is_some();
    let every = match &forms.interval {
        Some(form) => form.every.clone(),
        None => every.map(|days| days.to_string()).unwrap_or_default(),
    };
    let mut forms = forms;
    if forms.record.day.is_empty() {
        forms.record.day = today.to_string();
    }
    Ok(DutyPage {
        chrome: app.chrome(acting.person(), duty.label()).under(GUIDANCE, "领导与指导"),
        duty,
        finding,
        records,
        office,
        may_record: recorders(duty).contains(&office),
        sets,
        every,
        unions,
        classes,
        topics: Topic::ALL,
        means: Means::ALL,
        colleges: if guides { colleges } else { Vec::new() },
        forms,
    })
}

fn read_duty(slug: &str) -> Result<Duty, Failure> {
    slug.parse().map_err(|_| Failure::Missing)
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(duty): Path<String>,
    Query(After { done }): Query<After>,
) -> Result<DutyPage, Failure> {
    page(&app, &acting, read_duty(&duty)?, DutyForms { done: Done::said(&done), ..DutyForms::default() }).await
}

async fn unfit(app: &App, acting: &Acting<UnionReader>, duty: Duty, forms: DutyForms) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, duty, forms).await?).into_response())
}

fn refusal(app: &App, acting: &Acting<UnionReader>, duty: Duty, wanted: &str) -> Refusal {
    let chrome = app.chrome(acting.person(), wanted).under(GUIDANCE, "领导与指导");
    Refusal { chrome, wanted: wanted.to_owned(), back: duty_path(duty) }
}

/// Who may record a duty, in words.
fn recorders_in_words(duty: Duty) -> String {
    recorders(duty).iter().map(|kind| kind.label()).collect::<Vec<_>>().join("、")
}

/// Who guides whom, by the office and what it picked.
fn level(acting: &Acting<UnionReader>, own: &Own, union: UnionId, class: Option<&ClassRow>) -> Level {
    let office = acting.office().kind;
    let of_school = SchoolLeague::KINDS.contains(&office) || office == OfficeKind::SchoolUnion;
    match class {
        None if of_school && own.unions.iter().any(|known| known.id == union) => Level::SchoolToCollege,
        Some(_) if own.union == Some(union) && own.college.is_some() => Level::CollegeToClass,
        _ => Level::Across,
    }
}

async fn add(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(duty): Path<String>,
    upload: Upload,
) -> Result<Response, Failure> {
    let duty = read_duty(&duty)?;
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let form: RecordForm = upload.form()?;
    let refusal = refusal(&app, &acting, duty, &format!("登记“{}”", duty.label()));
    if !recorders(duty).contains(&acting.office().kind) {
        let why = format!("这一项由{}登记", recorders_in_words(duty));
        return Err(refusal.for_reason(why, "请他们登记"));
    }
    let mut db = app.read().await?;
    let own = own(&mut db, &acting).await?;
    let classes = match own.college.filter(|_| duty == Duty::Guiding) {
        Some(college) => store::classes(&mut db, college, today).await?,
        None => Vec::new(),
    };
    drop(db);
    let read = form.read(duty, own.union, today, &mut errors);
    if own.union.is_none() && matches!(duty, Duty::Measures | Duty::Feedback) {
        errors.add("title", "本院系还没有建立学生会，请校团委先在“学生会”里建立");
    }
    errors.put_in_order(&["day", "topic", "means", "union", "class", "title"]);
    let scan = match &upload.scan {
        Some((name, bytes)) => match Scan::read(name, bytes) {
            Ok(scan) => Some(scan),
            Err(why) => {
                errors.add("scan", why);
                None
            }
        },
        None => None,
    };
    let Some(mut new) = read.filter(|_| errors.is_empty()) else {
        return unfit(&app, &acting, duty, DutyForms { record: form, errors, ..DutyForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        if let Some(union) = new.union.filter(|_| duty == Duty::Guiding) {
            let class = new.class.and_then(|id| classes.iter().find(|class| class.id == id));
            let across = new.class.is_some() != class.is_some();
            let level = if across { Level::Across } else { level(&acting, &own, union, class) };
            match guide(&plan, level).permit() {
                Ok(passed) => new.guided = Some(passed),
                Err(findings) => return Err(refusal.because(findings)),
            }
        }
        if let Some(scan) = &scan {
            new.document = Some(documents::keep(db, acting.person(), scan, now).await?);
        }
        store::add(db, &acting, &new, now).await?;
        let mut entry = Entry::new(Verb::GuidanceKept, duty.label()).detail("标题", new.title.clone());
        if let Some(provision) = plan.provision(duty.rule()) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await?;
        let told = match duty {
            Duty::JointStudy if acting.office().kind == OfficeKind::StudentAffairs => Some(OfficeKind::SchoolLeague),
            Duty::JointStudy => Some(OfficeKind::StudentAffairs),
            Duty::Feedback => Some(OfficeKind::SchoolLeague),
            _ => None,
        };
        if let Some(kind) = told {
            let what = if duty == Duty::Feedback { "院系反馈问题" } else { "请共同研究并签署" };
            let notice = Notice::new(format!("{what}：{}", new.title), duty_path(duty));
            inbox::tell(db, acting.institution(), To::Office { kind, college: None, class: None }, &notice, now)
                .await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Recorded.at(&duty_path(duty))).into_response())
}

async fn set(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    reader: Acting<UnionReader>,
    Path(duty): Path<String>,
    Form(form): Form<IntervalForm>,
) -> Result<Response, Failure> {
    let duty = read_duty(&duty)?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    if duty.interval().is_none() {
        return Err(Failure::Missing);
    }
    let Some(every) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        return unfit(&app, &reader, duty, DutyForms { interval: Some(form), errors, ..DutyForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        store::set_interval(db, &acting, duty, every, now).await?;
        let entry = Entry::new(Verb::GuidanceKept, duty.label()).detail("间隔", format!("{every} 天"));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Set.at(&duty_path(duty))).into_response())
}

/// A record that the office sees.
async fn visible(app: &App, acting: &Acting<UnionReader>, id: GuidanceRecordId) -> Result<Record, Failure> {
    let mut db = app.read().await?;
    let filter = RecordFilter { one: Some(id), ..RecordFilter::default() };
    let record = store::records(&mut db, acting.institution(), filter).await?.pop().ok_or(Failure::Missing)?;
    let filter = RecordFilter { one: Some(id), college: seen_of(acting, record.duty), duty: None };
    let seen = store::records(&mut db, acting.institution(), filter).await?.pop();
    seen.filter(|record| may_see(acting.office().kind, record.duty)).ok_or(Failure::Missing)
}

fn moved_on(app: &App, acting: &Acting<UnionReader>, duty: Duty, wanted: &str) -> Failure {
    refusal(app, acting, duty, wanted).for_reason("这一件已经签署、定稿或者答复", "请打开这一件，看看现在到哪一步")
}

async fn sign(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<GuidanceRecordId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let record = visible(&app, &acting, id).await?;
    if !record.is_joint() {
        return Err(Failure::Missing);
    }
    app.write_as(acting.person().authority(), async |db| {
        let record = store::lock(db, acting.institution(), id).await?;
        if !store::sign(db, &acting, &record, now).await? {
            return Err(moved_on(&app, &acting, Duty::JointStudy, "签署"));
        }
        let entry = Entry::new(Verb::GuidanceKept, Duty::JointStudy.label())
            .detail("标题", record.title.clone())
            .detail("办理", "签署");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Signed.at(&duty_path(Duty::JointStudy))).into_response())
}

async fn conclude(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<GuidanceRecordId>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let record = visible(&app, &acting, id).await?;
    if !record.is_joint() || !recorders(Duty::JointStudy).contains(&acting.office().kind) {
        return Err(Failure::Missing);
    }
    let refusal = refusal(&app, &acting, Duty::JointStudy, &format!("定稿：{}", record.title));
    app.write_as(acting.person().authority(), async |db| {
        let record = store::lock(db, acting.institution(), id).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let passed = match judge(&plan, record.signatures()).permit() {
            Ok(passed) => passed,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::conclude(db, &record, passed, now).await? {
            return Err(moved_on(&app, &acting, Duty::JointStudy, "定稿"));
        }
        let mut entry = Entry::new(Verb::GuidanceKept, Duty::JointStudy.label())
            .detail("标题", record.title.clone())
            .detail("办理", "定稿");
        if let Some(provision) = plan.provision(Duty::JointStudy.rule()) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Concluded.at(&duty_path(Duty::JointStudy))).into_response())
}

async fn answer(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    reader: Acting<UnionReader>,
    Path(id): Path<GuidanceRecordId>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let record = visible(&app, &reader, id).await?;
    if record.duty != Duty::Feedback {
        return Err(Failure::Missing);
    }
    let Some(says) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        let forms = DutyForms { answer: form, about: Some(id), errors, ..DutyForms::default() };
        return unfit(&app, &reader, Duty::Feedback, forms).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let record = store::lock(db, acting.institution(), id).await?;
        if !store::answer(db, acting.person(), &record, &says, now).await? {
            return Err(moved_on(&app, &reader, Duty::Feedback, "答复问题"));
        }
        let entry = Entry::new(Verb::GuidanceKept, Duty::Feedback.label())
            .detail("标题", record.title.clone())
            .detail("办理", "答复");
        audit::append(db, acting.person(), entry, now).await?;
        let college = match record.union {
            Some(union) => {
                unions::list(db, acting.institution(), Some(union)).await?.pop().and_then(|union| union.college)
            }
            None => None,
        };
        let notice = Notice::new(format!("已答复：{}", record.title), duty_path(Duty::Feedback)).says(&says);
        for kind in [OfficeKind::CollegeLeague, OfficeKind::CollegeUnion] {
            inbox::tell(db, acting.institution(), To::Office { kind, college, class: None }, &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(&duty_path(Duty::Feedback))).into_response())
}

/// The scan of a record, as a file to save.
async fn scan(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<GuidanceRecordId>,
) -> Result<Response, Failure> {
    let document = visible(&app, &acting, id).await?.document.ok_or(Failure::Missing)?;
    saved(&mut *app.read().await?, document).await
}
