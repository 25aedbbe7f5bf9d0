//! In the hall: slips for those without an account at hand, and paper ballots.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    audit::{self, Entry, Verb},
    auth::{acting::Acting, token::hash_of},
    elections::{
        Elections,
        pages::{frame, kept, not_standing, refuse, said},
        sitting::{Sitting, Stage},
        store::{self, MOST_SLIPS, Obstacle, Slip},
    },
    failure::Failure,
    ids::SittingId,
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    page::{charts::Qr, chrome::Chrome, filters},
    secrets::readable,
    text::{folded, is_hidden},
    web::{
        forms::{Done, Errors, reason},
        origin::origin,
    },
};

/// What the forms of the hall ask.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HallForm {
    number: String,
    serial: String,
    many: String,
    reason: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/hall.html")]
pub(super) struct HallPage {
    chrome: Chrome,
    sitting: Sitting,
    made: i64,
    slips: Vec<Slip>,
    papers: Vec<(String, OffsetDateTime)>,
    form: HallForm,
    errors: Errors,
    open: bool,
    may_make: bool,
    done: &'static str,
}

async fn page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    (form, errors, done): (HallForm, Errors, &'static str),
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = kept(&mut db, acting, id).await?;
    not_standing(app, &mut db, acting.person(), (&sitting, "查看领票情况")).await?;
    let (made, slips) = store::slips(&mut db, id).await?;
    let unfit = !errors.is_empty();
    let page = HallPage {
        chrome: frame(app, acting.person(), &sitting, "会场：票码与纸质选票"),
        papers: store::paper_issued(&mut db, id).await?,
        open: sitting.takes_votes(app.clock.now()),
        may_make: matches!(sitting.stage, Stage::Announced | Stage::Rehearsed | Stage::Open),
        made,
        slips,
        form,
        errors,
        done,
        sitting,
    };
    let status = if unfit { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Failure> {
    page(&app, &acting, id, (HallForm::default(), Errors::default(), said(&done))).await
}

/// The fields of one of the hall's forms: the number, the serial.
type Named = (&'static str, &'static str);

const PAPER: Named = ("number", "serial");
const BIND: Named = ("bind-number", "serial");
const VOID: Named = ("bind-number", "void-serial");

fn says(obstacle: Obstacle, (number, serial): Named) -> (&'static str, &'static str) {
    match obstacle {
        Obstacle::NotOnRoll => (number, "选民名册上没有这个学号；漏登的，由两名监票人补入"),
        Obstacle::NoSlip => (serial, "没有这张票，或者它已作废、已登记给别人"),
        Obstacle::HasSlip => (number, "该选民已领取票码；票丢失的，先将原票作废"),
        Obstacle::HasVoted => (number, "该选民已在网上投票，不能再领票"),
        Obstacle::HasPaper => (number, "该选民已领取纸质选票"),
        Obstacle::NotOpen => (number, "现在不在投票时间内"),
    }
}

fn typed_number(form: &HallForm, (field, _): Named, errors: &mut Errors) -> String {
    let number = folded(&form.number);
    if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
        errors.add(field, "请填写学号");
    }
    number
}

async fn kept_for(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    wanted: &str,
) -> Result<Sitting, Failure> {
    let mut db = app.read().await?;
    let sitting = kept(&mut db, acting, id).await?;
    not_standing(app, &mut db, acting.person(), (&sitting, wanted)).await?;
    Ok(sitting)
}

pub(super) async fn issue(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<HallForm>,
) -> Result<Response, Failure> {
    let (sitting, now, mut errors) =
        (kept_for(&app, &acting, id, "发出纸质选票").await?, app.clock.now(), Errors::default());
    let number = typed_number(&form, PAPER, &mut errors);
    if !errors.is_empty() {
        return page(&app, &acting, id, (form, errors, "")).await;
    }
    let (outcome, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            let open = store::lock(db, acting.institution(), id).await?.is_some_and(|one| one.takes_votes(now));
            if !open {
                return Ok((Err(Obstacle::NotOpen), acting));
            }
            let outcome = store::issue_paper(db, id, &number, acting.person().account, now).await?;
            if outcome == Err(Obstacle::HasVoted) {
                let entry = Entry::new(Verb::VoterKept, sitting.title.clone())
                    .detail("办理", "不予发出纸质选票：已在网上投票")
                    .detail("学号", number);
                audit::append(db, acting.person(), entry, now).await?;
            } else if let Ok(student) = outcome {
                let entry =
                    Entry::about(Verb::VoterKept, student).detail("办理", "发出纸质选票").detail("场次", sitting.title);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok((outcome, acting))
        })
        .await?;
    finish(&app, &acting, id, (outcome.map(|_| "issued"), form, PAPER)).await
}

async fn finish(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    (outcome, form, named): (Result<&'static str, Obstacle>, HallForm, Named),
) -> Result<Response, Failure> {
    match outcome {
        Ok(word) => Ok(Redirect::to(&format!("/sittings/{id}/hall?done={word}")).into_response()),
        Err(obstacle) => {
            let mut errors = Errors::default();
            let (field, why) = says(obstacle, named);
            errors.add(field, why);
            page(app, acting, id, (form, errors, "")).await
        }
    }
}

/// A slip as printed: its number, the code and its QR.
pub(super) struct Printed {
    serial: i32,
    code: String,
    qr: Qr,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/slips.html")]
struct SlipsPage {
    chrome: Chrome,
    sitting: Sitting,
    address: String,
    slips: Vec<Printed>,
}

pub(super) async fn make_slips(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    headers: HeaderMap,
    Path(id): Path<SittingId>,
    Form(form): Form<HallForm>,
) -> Result<Response, Failure> {
    let wanted = "印制票码";
    let sitting = kept_for(&app, &acting, id, wanted).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    if !matches!(sitting.stage, Stage::Announced | Stage::Rehearsed | Stage::Open) {
        let chrome = frame(&app, acting.person(), &sitting, "没有办理");
        let why = format!("本场次{}", sitting.stage.label());
        return Err(refuse(chrome, format!("/sittings/{id}/hall"), wanted, why, "票码在公告以后、截止以前印制"));
    }
    let many = folded(&form.many).parse::<usize>().ok().filter(|many| (1..=500).contains(many));
    let Some(many) = many else {
        errors.add("many", "一次印 1 至 500 张");
        return page(&app, &acting, id, (form, errors, "")).await;
    };
    let codes: Vec<String> = (0..many).map(|_| readable(20, 5)).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash_of(code)).collect();
    let title = sitting.title.clone();
    let (serials, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            store::lock(db, acting.institution(), id).await?;
            let (made, _) = store::slips(db, id).await?;
            if made + i64::try_from(hashes.len()).unwrap_or(i64::MAX) > MOST_SLIPS {
                return Ok((None, acting));
            }
            let serials = store::make_slips(db, &acting, id, &hashes, now).await?;
            let entry = Entry::new(Verb::VoterKept, title).detail("办理", "印制票码").detail("张数", serials.len());
            audit::append(db, acting.person(), entry, now).await?;
            Ok((Some(serials), acting))
        })
        .await?;
    let Some(serials) = serials else {
        errors.add("many", format!("一个场次最多印 {MOST_SLIPS} 张"));
        return page(&app, &acting, id, (form, errors, "")).await;
    };
    let address = origin(&headers);
    let slips = serials
        .into_iter()
        .zip(codes)
        .map(|(serial, code)| {
            // After the #: browsers keep it to themselves, so that no proxy's log ever holds a code.
            let qr = Qr::new(&format!("{address}/slip#{code}"))?;
            Ok(Printed { serial, code, qr })
        })
        .collect::<anyhow::Result<Vec<Printed>>>()?;
    let chrome = frame(&app, acting.person(), &sitting, "票码");
    Ok(SlipsPage { chrome, address: format!("{address}/slip"), sitting, slips }.into_response())
}

fn typed_serial(form: &HallForm, (_, field): Named, errors: &mut Errors) -> i32 {
    let serial = folded(&form.serial).parse::<i32>().ok().filter(|serial| *serial > 0);
    if serial.is_none() {
        errors.add(field, "请填写票面上的编号");
    }
    serial.unwrap_or(0)
}

pub(super) async fn bind(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<HallForm>,
) -> Result<Response, Failure> {
    let (sitting, now, mut errors) =
        (kept_for(&app, &acting, id, "登记领票").await?, app.clock.now(), Errors::default());
    let (number, serial) = (typed_number(&form, BIND, &mut errors), typed_serial(&form, BIND, &mut errors));
    if !errors.is_empty() {
        return page(&app, &acting, id, (form, errors, "")).await;
    }
    let (outcome, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            // Check-in begins before the vote does: the roll stands from the opening on.
            let open = store::lock(db, acting.institution(), id)
                .await?
                .is_some_and(|one| one.stage == Stage::Open && now < one.closes_at);
            if !open {
                return Ok((Err(Obstacle::NotOpen), acting));
            }
            let outcome = store::bind_slip(db, id, (serial, &number), acting.person().account, now).await?;
            if let Ok(student) = outcome {
                let entry = Entry::about(Verb::VoterKept, student)
                    .detail("办理", "签到领票")
                    .detail("场次", sitting.title.clone())
                    .detail("票号", serial);
                audit::append(db, acting.person(), entry, now).await?;
                let notice =
                    Notice::new(format!("“{}”签到处登记你领取了票号 {serial}", sitting.title), format!("/votes/{id}"))
                        .says("如果你没有到会领票，请立即告诉监票人，并用自己的账号投票：用账号投的票，票码不能替换。");
                tell(db, acting.institution(), To::Student(student), &notice, now).await?;
            }
            Ok((outcome, acting))
        })
        .await?;
    finish(&app, &acting, id, (outcome.map(|_| "bound"), form, BIND)).await
}

pub(super) async fn void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<HallForm>,
) -> Result<Response, Failure> {
    let (sitting, now, mut errors) = (kept_for(&app, &acting, id, "票作废").await?, app.clock.now(), Errors::default());
    let serial = typed_serial(&form, VOID, &mut errors);
    let why = reason(&form.reason, &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return page(&app, &acting, id, (form, errors, "")).await;
    };
    let (done, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let done = locked.is_some_and(|one| one.closed_at.is_none())
                && store::void_slip(db, id, (serial, &why), now).await?;
            if done {
                let entry = Entry::new(Verb::VoterKept, sitting.title)
                    .detail("办理", "票作废")
                    .detail("票号", serial)
                    .detail("理由", why);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok((done, acting))
        })
        .await?;
    finish(&app, &acting, id, (if done { Ok("slip-voided") } else { Err(Obstacle::NoSlip) }, form, VOID)).await
}
