//! 登记选举报告: the result of an election that was held elsewhere, such as a show of hands, taken down from its signed report.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use sqlx::PgConnection;

use super::{again, done_at, frame, locked, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressReader, DelegateElector, Verb,
        congress::Congress,
        delegates::{
            forms::ReportForm,
            paths::Done,
            store::{self, NewReport, Standing, TypedVote, UnitOutcome},
            unit::UnitProgress,
        },
    },
    failure::Failure,
    ids::CongressId,
    name::same_number,
    office::OfficeKind,
    page::chrome::Chrome,
    rules::delegates::{MOST_ON_A_BALLOT, without_every_step},
    unions::documents::{self, Scan},
    web::forms::{Errors, Submitted, Upload},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/report.html")]
pub(super) struct ReportPage {
    chrome: Chrome,
    unit: UnitProgress,
    /// Who has passed every step.
    standing: Vec<Standing>,
    /// What is taken down.
    outcome: Option<UnitOutcome>,
    form: ReportForm,
    errors: Errors,
    /// Where the form is sent.
    action: String,
    most: u32,
}

impl ReportPage {
    /// Lines to fill in: each candidate's number and name.
    fn lines(&self) -> String {
        if !self.form.votes.is_empty() {
            return self.form.votes.clone();
        }
        let line = |one: &Standing| format!("{} {} ", one.number, one.name);
        self.standing.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A unit whose result the office takes down: a college's union its grades', the keeper what belongs to no college.
async fn own_unit(
    db: &mut PgConnection,
    acting: &Acting<DelegateElector>,
    congress: &Congress,
    place: i16,
    today: time::Date,
) -> Result<UnitProgress, Failure> {
    let units = store::units(db, congress, None, today).await?;
    let unit = units.into_iter().find(|one| one.unit.place == place && one.unit.seats > 0).ok_or(Failure::Missing)?;
    let office = acting.office();
    let own = if unit.unit.elects_here() {
        office.kind == OfficeKind::CollegeUnion && office.college == unit.unit.college
    } else {
        congress.is_kept_by(office)
    };
    if own { Ok(unit) } else { Err(Failure::Missing) }
}

async fn page(
    app: &App,
    acting: &Acting<DelegateElector>,
    congress: Congress,
    unit: UnitProgress,
    submitted: Submitted<ReportForm>,
) -> Result<ReportPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let place = unit.unit.place;
    let standing = store::candidates_of(&mut db, &congress, place, today).await?;
    let outcome = store::outcomes(&mut db, &congress, None).await?.remove(&place).filter(|_| unit.has_report);
    let Submitted { form, errors } = submitted;
    let chrome = frame(app, acting.person(), &congress, "登记选举报告");
    let action = congress.id.delegate_report_path(place);
    let most = MOST_ON_A_BALLOT;
    Ok(ReportPage { chrome, unit, standing, outcome, form, errors, action, most })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<DelegateElector>,
    Path((id, place)): Path<(CongressId, i16)>,
) -> Result<ReportPage, Failure> {
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    let unit = own_unit(&mut db, &acting, &congress, place, app.clock.today()).await?;
    drop(db);
    page(&app, &acting, congress, unit, Submitted::default()).await
}

pub(super) async fn keep(
    State(app): State<App>,
    acting: Acting<DelegateElector>,
    Path((id, place)): Path<(CongressId, i16)>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors, mut db) = (app.clock.now(), Errors::default(), app.read().await?);
    let (today, form) = (now.date(), upload.form::<ReportForm>()?);
    let congress = visible(&mut db, &acting, id).await?;
    let unit = own_unit(&mut db, &acting, &congress, place, today).await?;
    let standing = store::candidates_of(&mut db, &congress, place, today).await?;
    let terms = store::terms(&mut db, &congress).await?;
    drop(db);
    let refused = || refusal(&app, acting.person(), &congress, "登记选举报告", congress.id.delegate_report_path(place));
    let Some(terms) = terms else {
        return Err(refused().for_reason("还没有开始推荐代表", "等主办单位确定推荐的截止日期"));
    };
    let report = form.read(today, &mut errors);
    let scan = if let Some((name, bytes)) = &upload.scan {
        Scan::read(name, bytes).map_err(|why| errors.add("scan", why)).ok()
    } else {
        errors.add("scan", "请上传签字的选举报告（PDF、JPG 或 PNG）");
        None
    };
    let (Some(report), Some(scan)) = (report, scan) else {
        return Ok(again(page(&app, &acting, congress, unit, Submitted::new(form, errors)).await?));
    };
    let steps = terms.steps(unit.unit.kind, congress.kind);
    let mut votes = Vec::new();
    let mut strangers = Vec::new();
    for line in &report.votes {
        match standing.iter().find(|one| same_number(&one.number, &line.number)) {
            Some(one) => votes.push(TypedVote { student: one.student, votes: line.votes }),
            None => strangers.push(line.number.clone()),
        }
    }
    if !strangers.is_empty() {
        return Err(refused().because(vec![without_every_step(&steps, strangers)]));
    }
    app.write_as(acting.person().authority(), async |db| {
        let congress = locked(db, acting.person(), id).await?;
        under_preparation(&app, acting.person(), &congress, "登记选举报告", id.delegates_path())?;
        let unit = own_unit(db, &acting, &congress, place, today).await?;
        if unit.contest.is_some() {
            let remedy = "不用系统投票的，请先删除还没有公告的场次";
            return Err(refused().for_reason("这个单位已经在系统里组织选举", remedy));
        }
        let document = documents::keep(db, acting.person(), &scan, now).await?;
        let new = NewReport {
            unit: place,
            held_on: report.held_on,
            how: report.how.clone(),
            due: report.due,
            present: report.present,
            document,
            votes: votes.clone(),
        };
        if !store::keep_report(db, &congress, &new, acting.person().account, now).await? {
            return Err(refused().for_reason("这个单位的选举报告已经登记", "登记有误的，删除后重新登记"));
        }
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", "登记选举报告（在系统以外选举）")
            .detail("单位", unit.unit.name())
            .detail("方式", report.how.clone());
        audit::append(db, acting.person(), entry.under(&steps.clause()), now).await
    })
    .await?;
    Ok(done_at(&id.delegate_list_path(), Done::ReportKept).into_response())
}

/// The scanned report, as a file to be saved.
pub(super) async fn scan(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, place)): Path<(CongressId, i16)>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    let units = store::units(&mut db, &congress, None, app.clock.today()).await?;
    let unit = units.iter().find(|one| one.unit.place == place).ok_or(Failure::Missing)?;
    let college = acting.office().college;
    if college.is_some() && college != unit.unit.college && college != congress.college {
        return Err(Failure::Missing);
    }
    let document = store::report_document(&mut db, &congress, place).await?.ok_or(Failure::Missing)?;
    Ok(documents::handed_out(&document.name, &document.media, document.bytes))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    acting: Acting<DelegateElector>,
    Path((id, place)): Path<(CongressId, i16)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let congress = locked(db, acting.person(), id).await?;
        let unit = own_unit(db, &acting, &congress, place, now.date()).await?;
        if !store::withdraw_report(db, &congress, place).await? {
            let refused = refusal(&app, acting.person(), &congress, "删除选举报告", id.delegates_path());
            let remedy = "名单接收以后，代表离任的由主办单位终止资格";
            return Err(refused.for_reason("没有这份报告，或者据它产生的代表名单已经接收", remedy));
        }
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", "删除登记的选举报告")
            .detail("单位", unit.unit.name());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.delegates_path(), Done::ReportWithdrawn))
}
