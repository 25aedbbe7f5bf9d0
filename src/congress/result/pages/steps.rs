//! The steps of a result: told to the congress, approved, sent to the higher body, its receipt.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    next_step::may_take,
    plan_on, result_of,
    show::{Sent, page},
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    congress::{
        CongressKeeper, ResultApprover, ResultReceiver, Verb,
        congress::Congress,
        pages::refusal,
        result::{
            forms::{FILE_WITHIN, StepForm, near_day},
            paths::{Done, step_filled_in},
            result::{CongressResult, ScanOf},
            store::{self, NewApproval},
        },
        store as congresses,
    },
    database::Locked,
    failure::{Failure, Refusal},
    holidays,
    ids::CongressId,
    inbox::{self, Notice, To},
    office::{Office, OfficeKind},
    rules::congress_result::{Step, StepTaken, take},
    rules::{Rule, plan::Union},
    unions::documents::Scan,
    web::forms::{Errors, Upload, as_query, written},
};

/// A step as it was asked for.
struct ResultStepRequest {
    day: Date,
    by: String,
    number: String,
    within: u32,
    scan: Option<Scan>,
}

fn read(
    step: Step,
    keeps: bool,
    upload: &Upload,
    today: Date,
    errors: &mut Errors,
) -> Result<(StepForm, Option<ResultStepRequest>), Failure> {
    let form: StepForm = upload.form()?;
    let day = near_day(&form.day, "day", "请填写日期", today, errors);
    let by = if step == Step::File {
        Some(String::new())
    } else {
        written(&form.by, 60, "by", "请填写单位或人", errors)
    };
    let number = match step {
        Step::Approve => written(&form.number, 60, "number", "请填写批复文号，如“校党〔2026〕30号”", errors),
        Step::File => written(&form.number, 60, "number", "请填写回执的文号或编号；没有编号的写明收文人", errors),
        Step::Announce | Step::Send => Some(String::new()),
    };
    let within = if step == Step::Approve { form.within(errors) } else { Some(FILE_WITHIN) };
    let mut scan = None;
    match &upload.scan {
        Some((name, bytes)) => match Scan::read(name, bytes) {
            Ok(read) => scan = Some(read),
            Err(why) => errors.add("scan", why),
        },
        None if step == Step::Approve && keeps => errors.add("scan", "由团组织登记批复的，请上传批复的扫描件"),
        None => {}
    }
    let asked = match (day, by, number, within) {
        (Some(day), Some(by), Some(number), Some(within)) if errors.is_empty() => {
            Some(ResultStepRequest { day, by, number, within, scan })
        }
        _ => None,
    };
    Ok((form, asked))
}

/// Takes a step, for an office that its extractor has proved.
async fn step(
    app: &App,
    person: &SignedIn,
    office: &Held,
    id: CongressId,
    step: Step,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let congress = congresses::find(&mut *app.read().await?, person.institution, id).await?.ok_or(Failure::Missing)?;
    if !may_take(&congress, office, step) {
        return Err(Failure::Missing);
    }
    let (form, asked) = read(step, congress.is_kept_by(office), &upload, today, &mut errors)?;
    let Some(asked) = asked else {
        let page = page(app, person, congress, Sent { step: Some(form), errors, ..Sent::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let wanted = format!("{}（{}）", step.label(), congress.short_title());
    let refused = refusal(app, person, &congress, &wanted, step_filled_in(id, step, &as_query(&form)?));
    let closed = app
        .write_as(person.authority(), async |db| {
            let locked = congresses::lock(db, person.institution, id).await?.ok_or(Failure::Missing)?;
            let result = result_of(db, &locked).await?;
            let Some(plan) = plan_on(db, person.institution, today).await? else {
                return Err(refused.for_reason("学校还没有启用实施方案", "请先在“实施方案”里启用本校的方案"));
            };
            let taken = match take(&plan, result.standing(), step, asked.day, today).permit() {
                Ok(taken) => taken,
                Err(findings) => return Err(refused.because(findings)),
            };
            if !write(db, &locked, taken, &asked).await? {
                return Err(moved(refused));
            }
            if let Some(scan) = &asked.scan {
                store::keep_scan(db, &locked, scan_of(step), scan, person, now).await?;
            }
            let mut entry = Entry::new(Verb::ResultKept, locked.short_title())
                .detail("办理", step.label())
                .detail("日期", taken.day().to_string())
                .detail("单位或人", asked.by.clone())
                .detail("文号", asked.number.clone());
            let rule = match step {
                Step::Announce => Rule::Con07,
                Step::Approve => Rule::Con08,
                Step::Send | Step::File => Rule::Con09,
            };
            if let Some(provision) = plan.provision(rule) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, person, entry, now).await?;
            tell(db, &locked, &result, step, now).await?;
            let closed = step == Step::File && congresses::close(db, &locked).await?;
            Ok(closed)
        })
        .await?;
    let done = if closed { Done::Closed } else { Done::Stepped };
    Ok(Redirect::to(&done.at(&id.result_path())).into_response())
}

fn moved(refused: Refusal) -> Failure {
    refused.for_reason("选举结果的情况刚刚变了", "可能别人刚刚办理；请回到选举结果页面看现在的情况")
}

fn scan_of(step: Step) -> ScanOf {
    match step {
        Step::Announce => ScanOf::Report,
        Step::Approve => ScanOf::Approval,
        Step::Send => ScanOf::Filing,
        Step::File => ScanOf::Receipt,
    }
}

/// Writes a step that the rule has passed; `false` where the result stands elsewhere by now.
async fn write(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    taken: StepTaken,
    asked: &ResultStepRequest,
) -> Result<bool, Failure> {
    match taken.step() {
        Step::Announce => store::announce(db, congress, taken, &asked.by).await,
        Step::Approve => {
            let workdays = holidays::store::workdays(db, congress.institution).await?;
            let approval = NewApproval {
                by: asked.by.clone(),
                number: asked.number.clone(),
                within: i16::try_from(asked.within).unwrap_or(i16::MAX),
                file_by: workdays.span(taken.day(), asked.within).last,
            };
            store::approve(db, congress, taken, &approval).await
        }
        Step::Send => store::send(db, congress, taken, &asked.by).await,
        Step::File => store::file(db, congress, taken, &asked.number).await,
    }
}

/// Tells the office whose turn it is, and the elected of the approval.
async fn tell(
    db: &mut PgConnection,
    congress: &Congress,
    result: &CongressResult,
    step: Step,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (name, college) = (congress.short_title(), congress.college);
    let party = if congress.kind == Union::College { OfficeKind::CollegeParty } else { OfficeKind::SchoolParty };
    let keeper = if congress.kind == Union::College { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
    let (kind, college, says) = match step {
        Step::Announce => (party, college, format!("{name}的选举结果已向大会公布，请批准")),
        Step::Approve => (keeper, college, format!("{name}的选举结果已批准，请报备案、办理就任")),
        Step::Send if congress.kind == Union::College => {
            (OfficeKind::SchoolUnion, None, format!("{name}的选举结果报来备案，请登记回执"))
        }
        Step::Send => return Ok(()),
        Step::File => (keeper, college, format!("{name}的选举结果已备案")),
    };
    let notice = Notice::new(says, congress.id.result_path());
    inbox::tell(db, congress.institution, To::Office { kind, college, class: None }, &notice, now).await?;
    if step == Step::Approve {
        let notice =
            Notice::new(format!("你当选{}主席团成员，选举结果已批准", congress.union_name()), crate::people::OWN_DATA);
        let notices: Vec<_> = result.elected.iter().map(|one| (one.student, notice.clone())).collect();
        inbox::tell_students(db, congress.institution, &notices, now).await?;
    }
    Ok(())
}

/// As [`step`], for an office of a set.
async fn by<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: CongressId,
    which: Step,
    upload: Upload,
) -> Result<Response, Failure> {
    step(app, acting.person(), acting.office(), id, which, upload).await
}

pub(super) async fn announce(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    by(&app, &acting, id, Step::Announce, upload).await
}

pub(super) async fn approve(
    State(app): State<App>,
    acting: Acting<ResultApprover>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    by(&app, &acting, id, Step::Approve, upload).await
}

pub(super) async fn send(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    by(&app, &acting, id, Step::Send, upload).await
}

pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<ResultReceiver>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    by(&app, &acting, id, Step::File, upload).await
}
