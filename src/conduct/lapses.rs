//! Officers who no longer meet the conditions of their posts: found when data are imported, never removed by themselves; the
//! office that manages the union decides in time (trap T12).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    Verb,
    lapse::Lapse,
    lapses_store::{self as store, Stay, Unmet},
    paths::{Done, EXITS, exit_of},
    terms::terms,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::LapseId,
    inbox::{self, Notice, To},
    office::{OfficeKind, UnionKeeper},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{Outcome, Plan, appointment::conditions, conduct::ExitKind},
    text::{chinese_day, chinese_days, day},
    unions::{store as unions, union::Record},
    web::forms::{Errors, Submitted, written},
};

/// The longest stay that is granted at once, in days: practice, the conditions are looked at each semester.
const LONGEST_STAY: i64 = 200;

pub(super) fn routes() -> Routes {
    Routes::default().get("/lapses/{lapse}", show).post("/lapses/{lapse}/keep", keep)
}

/// What the officers of a union no longer meet, by the data of today. What nobody has supplied is no breach.
fn unmet(record: &Record, plan: &Plan, today: Date) -> Vec<Unmet> {
    let mut found: Vec<Unmet> = Vec::new();
    for post in record.posts_on(today) {
        if found.iter().any(|known| known.student == post.student) {
            continue;
        }
        let Some(person) = record.timeline.people.iter().find(|person| person.number == post.number) else { continue };
        let failed = conditions(plan, person).into_iter().filter(|finding| finding.verdict == Outcome::Fail);
        let says: Vec<String> = failed.map(|finding| finding.message).collect();
        if !says.is_empty() {
            let says = says.join("；").chars().take(500).collect();
            found.push(Unmet { student: post.student, says });
        }
    }
    found
}

/// Looks at everybody in a post again after data of students were imported: whoever no longer meets a condition is found,
/// with days to decide, and whoever meets them again is no longer.
pub async fn after_import(connection: &mut PgConnection, by: &SignedIn, now: OffsetDateTime) -> Result<(), Failure> {
    let (institution, today) = (by.institution, now.date());
    let plans = calendar(connection, institution).await?;
    let Some(plan) = plans.in_force(today) else { return Ok(()) };
    let mut all = unions::list(connection, institution, None).await?;
    all.retain(|union| union.opened_on.is_some() && plan.unions.contains(&union.kind));
    let decide_by = today + Duration::days(i64::from(terms(connection, institution).await?.lapse));
    for record in unions::records(connection, institution, all, today).await? {
        let unmet = unmet(&record, &plan, today);
        let cleared = store::clear(connection, record.union.id, &unmet, now).await?;
        let mut opened = 0;
        for one in &unmet {
            if !store::open(connection, record.union.id, one, decide_by, now).await? {
                continue;
            }
            opened += 1;
            let notice = Notice::new(format!("{}：任职条件复核", record.union.name), crate::people::OWN_DATA)
                .says(format!("导入数据后复核：{}。数据有误的，请在“我的信息”里提出异议。", one.says));
            inbox::tell(connection, institution, To::Student(one.student), &notice, now).await?;
        }
        if opened > 0 {
            let college = record.union.college;
            let kind = if college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
            let subject = format!("{}有 {opened} 人不再符合任职条件", record.union.name);
            let notice = Notice::new(subject, EXITS)
                .says(format!("请于{}以前决定去留；系统不会自动免职。", chinese_day(decide_by)));
            inbox::tell(connection, institution, To::Office { kind, college, class: None }, &notice, now).await?;
        }
        if opened > 0 || cleared > 0 {
            let entry = Entry::new(Verb::LapseKept, record.union.name.clone())
                .detail("办理", "导入数据后复核")
                .detail("不再符合", opened)
                .detail("已符合或已不任职", cleared);
            audit::append(connection, by, entry, now).await?;
        }
    }
    Ok(())
}

/// A stay as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct StayForm {
    why: String,
    until: String,
}

impl StayForm {
    fn read(&self, today: Date, errors: &mut Errors) -> Option<Stay> {
        let why = written(&self.why, 300, "why", "请写明继续任职的理由", errors);
        let until = day(&self.until);
        let near = (today + Duration::days(1))..=(today + Duration::days(LONGEST_STAY));
        match until {
            None => errors.add("until", "请填写到哪一天再复核"),
            Some(until) if !near.contains(&until) => {
                errors.add("until", format!("应在{}之间", chinese_days(*near.start(), *near.end())));
            }
            Some(_) => {}
        }
        let stay = Stay { why: why?, until: until? };
        errors.is_empty().then_some(stay)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/lapse.html")]
struct LapsePage {
    chrome: Chrome,
    lapse: Lapse,
    form: StayForm,
    errors: Errors,
    today: Date,
}

impl LapsePage {
    /// Where an exit of the person is begun.
    fn exit(&self) -> String {
        exit_of(self.lapse.union, &self.lapse.number, ExitKind::Ineligible)
    }
}

/// A finding in a union that the office manages. Nobody decides whether they stay themselves.
async fn managed(app: &App, acting: &Acting<UnionKeeper>, id: LapseId) -> Result<Lapse, Failure> {
    let mut db = app.read().await?;
    let found = store::lapses(&mut db, acting.institution(), Some(id), app.clock.today()).await?;
    let found = found.into_iter().next();
    let lapse = found.filter(|lapse| acting.person().student != Some(lapse.student)).ok_or(Failure::Missing)?;
    let union = unions::list(&mut db, acting.institution(), Some(lapse.union)).await?.into_iter().next();
    union.filter(|union| union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    Ok(lapse)
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: LapseId,
    submitted: Submitted<StayForm>,
) -> Result<LapsePage, Failure> {
    let lapse = managed(app, acting, id).await?;
    let chrome = app.chrome(acting.person(), &format!("{}：任职条件复核", lapse.name)).under(EXITS, "退出与交接");
    Ok(LapsePage { chrome, lapse, form: submitted.form, errors: submitted.errors, today: app.clock.today() })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<LapseId>,
) -> Result<LapsePage, Failure> {
    page(&app, &acting, id, Submitted::default()).await
}

async fn keep(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<LapseId>,
    Form(form): Form<StayForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    managed(&app, &acting, id).await?;
    let Some(stay) = form.read(today, &mut errors) else {
        let page = page(&app, &acting, id, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let lapse = store::lock(db, acting.institution(), id, today).await?;
        if !store::keep(db, &acting, &lapse, &stay, now).await? {
            let chrome = app.chrome(acting.person(), "继续任职").under(EXITS, "退出与交接");
            let refusal = Refusal { chrome, wanted: "继续任职".to_owned(), back: id.path() };
            return Err(refusal.for_reason("已经有决定，或者本人已符合条件", "请打开“退出与交接”看现在的情况"));
        }
        let entry = Entry::about(Verb::LapseKept, lapse.student)
            .detail("学生会", lapse.union_name.clone())
            .detail("办理", "继续任职")
            .detail("到", stay.until.to_string());
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("{}：任职条件复核", lapse.union_name), crate::people::OWN_DATA)
            .says(format!("暂时继续任职，{}再复核。", chinese_day(stay.until)));
        inbox::tell(db, acting.institution(), To::Student(lapse.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.at(EXITS)).into_response())
}
