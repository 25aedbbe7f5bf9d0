//! In the hall: slips for those without an account at hand, and paper ballots.

mod slip_column;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

use super::{done_at, frame, managed, refuse_candidates};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, token::hash_of},
    elections::{
        Elections, Verb,
        done::{Done, said},
        paths,
        sitting::{Sitting, Stage},
        store::{self, MOST_SLIPS, NewSlip, Obstacle, Slip},
    },
    failure::{Failure, Refusal},
    ids::{PrintId, SittingId, StudentId},
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    page::{charts::Qr, chrome::Chrome, filters},
    people::find::{Among, PeopleField, PersonField, Rest, Search},
    secrets::code,
    text::{folded, is_hidden},
    web::{
        forms::{Attempt, Done as DoneQuery, Errors, Submitted, reason},
        origin::Origin,
    },
};

/// The most lines of a column of voters.
const LONGEST_COLUMN: usize = 500;

/// What the forms of the page ask.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OnSiteForm {
    /// 学号 or 姓名.
    number: String,
    /// As many of them as there are lines.
    numbers: String,
    /// Serials of slips with whoever drew them, line by line.
    pairs: String,
    /// The numbers of those who were chosen among people of one name.
    pick: Vec<String>,
    serial: String,
    many: String,
    reason: String,
}

impl OnSiteForm {
    fn picked(&self) -> &str {
        self.pick.first().map_or("", String::as_str)
    }
}

/// The page's forms as they were sent, with the people whom they name.
#[derive(Debug, Default)]
struct TypedOnSite {
    form: OnSiteForm,
    /// Who gets a slip, a paper ballot, or one of a column of paper ballots or of slips.
    bound: PersonField,
    issued: PersonField,
    column: PeopleField,
    drawers: PeopleField,
}

impl From<OnSiteForm> for TypedOnSite {
    fn from(form: OnSiteForm) -> Self {
        Self { form, ..Self::default() }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/hall.html")]
pub(super) struct OnSitePage {
    chrome: Chrome,
    sitting: Sitting,
    made: i64,
    slips: Vec<Slip>,
    papers: Vec<(String, OffsetDateTime)>,
    typed: TypedOnSite,
    errors: Errors,
    open: bool,
    may_make: bool,
    done: &'static str,
}

async fn page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    submitted: Submitted<impl Into<TypedOnSite>>,
    done: &'static str,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = managed(&mut db, acting, id).await?;
    refuse_candidates(app, &mut db, acting.person(), &sitting, "查看领票情况").await?;
    let (made, slips) = store::slips(&mut db, id).await?;
    let Submitted { form, errors } = submitted;
    let mut typed: TypedOnSite = form.into();
    let search = voters(acting, &sitting, app.clock.today());
    for field in [&mut typed.bound, &mut typed.issued] {
        if field.suggestions.is_empty() {
            *field = PersonField::new(&search);
        }
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = OnSitePage {
        chrome: frame(app, acting.person(), &sitting, "会场：票码与纸质选票"),
        papers: store::paper_issued(&mut db, id).await?,
        open: sitting.takes_votes(app.clock.now()),
        may_make: matches!(sitting.stage(), Stage::Announced | Stage::Rehearsed | Stage::Open),
        made,
        slips,
        typed,
        errors,
        done,
        sitting,
    };
    Ok((status, page).into_response())
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    page(&app, &acting, id, Submitted::<TypedOnSite>::default(), said(&done)).await
}

/// Among whom voters are looked for.
fn voters(acting: &Acting<ElectionKeeper>, sitting: &Sitting, today: Date) -> Search {
    Search::of(acting, Among::Students, today).within(sitting.college)
}

/// The fields of one of the page's forms: the ids of its inputs differ from those of the others.
#[derive(Clone, Copy)]
struct Fields {
    number: &'static str,
    serial: &'static str,
}

const PAPER: Fields = Fields { number: "number", serial: "serial" };
const BIND: Fields = Fields { number: "bind-number", serial: "serial" };
const VOID: Fields = Fields { number: "bind-number", serial: "void-serial" };

fn says(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NotOnRoll => "选民名册上没有这个学号；漏登的，由两名监票人补登",
        Obstacle::NoSlip => "没有这张票，或者它已作废、已登记给别人",
        Obstacle::HasSlip => "该选民已领取票码；票丢失的，先将原票作废",
        Obstacle::HasVoted => "该选民已在网上投票，不能再领票",
        Obstacle::HasPaper => "该选民已领取纸质选票",
        Obstacle::NotOpen => "现在不在投票时间内",
    }
}

impl Fields {
    /// What came of an act, with the obstacle beside the field that it is about.
    fn attempt<T>(self, outcome: Result<T, Obstacle>) -> Attempt<T> {
        match outcome {
            Ok(value) => Attempt::Done(value),
            Err(Obstacle::NoSlip) => Attempt::fault(self.serial, says(Obstacle::NoSlip)),
            Err(obstacle) => Attempt::fault(self.number, says(obstacle)),
        }
    }

    /// Looks for the voter who is typed; their number takes the place of it.
    async fn read_person(
        self,
        app: &Elections,
        acting: &Acting<ElectionKeeper>,
        sitting: &Sitting,
        form: &mut OnSiteForm,
        errors: &mut Errors,
    ) -> Result<PersonField, Failure> {
        let (search, picked) = (voters(acting, sitting, app.clock.today()), form.picked().to_owned());
        let mut db = app.read().await?;
        PersonField::read(&mut db, &search, &mut form.number, &picked, self.number, errors).await
    }

    fn read_number(self, form: &OnSiteForm, errors: &mut Errors) -> String {
        let number = folded(&form.number);
        if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
            errors.add(self.number, "请填写学号或姓名");
        }
        number
    }

    /// 0 with an error beside the field.
    fn read_serial(self, form: &OnSiteForm, errors: &mut Errors) -> i32 {
        let serial = folded(&form.serial).parse::<i32>().ok().filter(|serial| *serial > 0);
        if serial.is_none() {
            errors.add(self.serial, "请填写票面上的编号");
        }
        serial.unwrap_or(0)
    }
}

async fn managed_for(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    wanted: &str,
) -> Result<Sitting, Failure> {
    let mut db = app.read().await?;
    let sitting = managed(&mut db, acting, id).await?;
    refuse_candidates(app, &mut db, acting.person(), &sitting, wanted).await?;
    Ok(sitting)
}

/// On with a line that says what was done, or the page again with the fault and all that was typed.
async fn answer<T>(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    attempt: Attempt<T>,
    typed: TypedOnSite,
    done: Done,
) -> Result<Response, Failure> {
    let id = sitting.id;
    match attempt {
        Attempt::Done(_) => Ok(done_at(&id.on_site_path(), done).into_response()),
        Attempt::Fault(field, says) => page(app, acting, id, Submitted::with_fault(typed, field, says), "").await,
        Attempt::NeedsReason(findings) => Err(refusal(app, acting, sitting, "办理").because(findings)),
    }
}

fn refusal(app: &Elections, acting: &Acting<ElectionKeeper>, sitting: &Sitting, wanted: &str) -> Refusal {
    let chrome = frame(app, acting.person(), sitting, "没有办理");
    Refusal { chrome, wanted: wanted.to_owned(), back: sitting.id.on_site_path() }
}

pub(super) async fn issue(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(mut form): Form<OnSiteForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let sitting = managed_for(&app, &acting, id, "发出纸质选票").await?;
    if !form.numbers.trim().is_empty() {
        return issue_column(&app, &acting, &sitting, form).await;
    }
    let issued = PAPER.read_person(&app, &acting, &sitting, &mut form, &mut errors).await?;
    let number = PAPER.read_number(&form, &mut errors);
    let typed = TypedOnSite { issued, ..TypedOnSite::from(form) };
    if !errors.is_empty() {
        return page(&app, &acting, id, Submitted::new(typed, errors), "").await;
    }
    let outcome = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            if !locked.takes_votes(now) {
                return Ok(Err(Obstacle::NotOpen));
            }
            let outcome = store::issue_paper(db, &locked, &number, acting.person().account, now).await?;
            if let Some(entry) = issue_entry(&sitting, &number, outcome) {
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(outcome)
        })
        .await?;
    answer(&app, &acting, &sitting, PAPER.attempt(outcome), typed, Done::PaperIssued).await
}

/// The record of a paper ballot that was given out, or not because of a vote cast before.
fn issue_entry(sitting: &Sitting, number: &str, outcome: Result<StudentId, Obstacle>) -> Option<Entry> {
    match outcome {
        Ok(student) => Some(
            Entry::about(Verb::VoterKept, student).detail("办理", "发出纸质选票").detail("场次", sitting.title.clone()),
        ),
        Err(Obstacle::HasVoted) => Some(
            Entry::new(Verb::VoterKept, sitting.title.clone())
                .detail("办理", "不予发出纸质选票：已在网上投票")
                .detail("学号", number),
        ),
        Err(_) => None,
    }
}

/// Gives out paper ballots to everybody in a column, or to nobody where one of them cannot have one.
async fn issue_column(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    mut form: OnSiteForm,
) -> Result<Response, Failure> {
    let (id, now, mut errors) = (sitting.id, app.clock.now(), Errors::default());
    if form.numbers.lines().count() > LONGEST_COLUMN {
        let says = format!("一次最多 {LONGEST_COLUMN} 行");
        return page(app, acting, id, Submitted::with_fault(form, "numbers", says), "").await;
    }
    let (search, typed) = (voters(acting, sitting, now.date()), &mut form.numbers);
    let mut db = app.read().await?;
    let column = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "numbers", &mut errors).await?;
    drop(db);
    let numbers = column.numbers();
    let typed = TypedOnSite { column, ..TypedOnSite::from(form) };
    if !errors.is_empty() {
        return page(app, acting, id, Submitted::new(typed, errors), "").await;
    }
    let obstacles = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let (mut refused, mut inner) = (Vec::new(), db.begin().await?);
            for number in &numbers {
                let outcome = if locked.takes_votes(now) {
                    store::issue_paper(&mut inner, &locked, number, acting.person().account, now).await?
                } else {
                    Err(Obstacle::NotOpen)
                };
                match outcome {
                    Ok(_) => {
                        if let Some(entry) = issue_entry(sitting, number, outcome) {
                            audit::append(&mut inner, acting.person(), entry, now).await?;
                        }
                    }
                    Err(obstacle) => refused.push((number.clone(), obstacle)),
                }
            }
            if refused.is_empty() {
                inner.commit().await?;
                return Ok(refused);
            }
            inner.rollback().await?;
            for (number, obstacle) in &refused {
                if let Some(entry) = issue_entry(sitting, number, Err(*obstacle)) {
                    audit::append(db, acting.person(), entry, now).await?;
                }
            }
            Ok(refused)
        })
        .await?;
    let attempt = if obstacles.is_empty() {
        Attempt::Done(())
    } else {
        let lines: Vec<String> =
            obstacles.iter().map(|(number, obstacle)| format!("{number}：{}", says(*obstacle))).collect();
        Attempt::fault("numbers", format!("一张也没有登记，请先去掉或改正这些行。{}", lines.join("；")))
    };
    answer(app, acting, sitting, attempt, typed, Done::PaperIssued).await
}

/// A slip as printed.
pub(super) struct PrintedSlip {
    serial: i32,
    code: String,
    qr: Qr,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/slips.html")]
pub(super) struct SlipsPage {
    chrome: Chrome,
    sitting: Sitting,
    address: String,
    slips: Vec<PrintedSlip>,
}

pub(super) async fn make_slips(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<OnSiteForm>,
) -> Result<Response, Failure> {
    let (now, wanted) = (app.clock.now(), "印制票码");
    let sitting = managed_for(&app, &acting, id, wanted).await?;
    if !matches!(sitting.stage(), Stage::Announced | Stage::Rehearsed | Stage::Open) {
        let why = format!("本场次{}", sitting.stage().label());
        return Err(refusal(&app, &acting, &sitting, wanted).for_reason(why, "票码在公告以后、截止以前印制"));
    }
    let many = folded(&form.many).parse::<usize>().ok().filter(|many| (1..=500).contains(many));
    let Some(many) = many else {
        return page(&app, &acting, id, Submitted::with_fault(form, "many", "一次印 1 至 500 张"), "").await;
    };
    let codes: Vec<String> = (0..many).map(|_| code()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash_of(code)).collect();
    let serials = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let (made, _) = store::slips(db, id).await?;
            if made + i64::try_from(hashes.len()).unwrap_or(i64::MAX) > MOST_SLIPS {
                return Ok(None);
            }
            let serials = store::make_slips(db, &locked, &hashes, now).await?;
            let entry = Entry::new(Verb::VoterKept, sitting.title.clone())
                .detail("办理", "印制票码")
                .detail("张数", serials.len());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Some(serials))
        })
        .await?;
    let Some(serials) = serials else {
        let says = format!("一个场次最多印 {MOST_SLIPS} 张");
        return page(&app, &acting, id, Submitted::with_fault(form, "many", says), "").await;
    };
    let slips = serials.into_iter().zip(codes).map(|(serial, code)| NewSlip { serial, code }).collect();
    let print = app.slips.keep(&acting.person().session, slips, now);
    Ok(Redirect::to(&id.printed_slips_path(print)).into_response())
}

/// Slips that were just made. A reload shows the same ones and makes none.
pub(super) async fn printed(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Origin(origin): Origin,
    Path((id, print)): Path<(SittingId, PrintId)>,
) -> Result<SlipsPage, Failure> {
    let sitting = managed_for(&app, &acting, id, "查看票码").await?;
    let Some(made) = app.slips.of(&acting.person().session, print, app.clock.now()) else {
        let why = "票码只在生成后 10 分钟内、在生成它的这次登录里显示";
        let remedy = "没有打印出来的票码不必作废：没有在签到处登记的票投不了票。请另外生成";
        return Err(refusal(&app, &acting, &sitting, "查看票码").for_reason(why, remedy));
    };
    let address = format!("{origin}{}", paths::SLIP);
    let printed = |slip: &NewSlip| {
        // After the #: browsers keep it to themselves, so that no proxy's log ever holds a code.
        let qr = Qr::new(&format!("{address}#{}", slip.code))?;
        anyhow::Ok(PrintedSlip { serial: slip.serial, code: slip.code.clone(), qr })
    };
    let slips = made.iter().map(printed).collect::<anyhow::Result<_>>()?;
    Ok(SlipsPage { chrome: frame(&app, acting.person(), &sitting, "票码"), sitting, address, slips })
}

pub(super) async fn bind(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(mut form): Form<OnSiteForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let sitting = managed_for(&app, &acting, id, "登记领票").await?;
    if !form.pairs.trim().is_empty() {
        return slip_column::bind_column(&app, &acting, &sitting, form).await;
    }
    // In the order of the form's fields.
    let serial = BIND.read_serial(&form, &mut errors);
    let bound = BIND.read_person(&app, &acting, &sitting, &mut form, &mut errors).await?;
    let number = BIND.read_number(&form, &mut errors);
    let typed = TypedOnSite { bound, ..TypedOnSite::from(form) };
    if !errors.is_empty() {
        return page(&app, &acting, id, Submitted::new(typed, errors), "").await;
    }
    let outcome = app
        .write_as(acting.person().authority(), async |db| {
            // Check-in begins before the vote does: the roll stands from the opening on.
            let locked = store::lock(db, acting.institution(), id).await?;
            if locked.stage() != Stage::Open || now >= locked.closes_at {
                return Ok(Err(Obstacle::NotOpen));
            }
            let outcome = store::bind_slip(db, &locked, serial, &number, acting.person().account, now).await?;
            if let Ok(student) = outcome {
                record_bound(db, &acting, &sitting, serial, student, now).await?;
            }
            Ok(outcome)
        })
        .await?;
    answer(&app, &acting, &sitting, BIND.attempt(outcome), typed, Done::SlipBound).await
}

/// Records that a voter drew a slip, and tells them.
async fn record_bound(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    serial: i32,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let entry = Entry::about(Verb::VoterKept, student)
        .detail("办理", "签到领票")
        .detail("场次", sitting.title.clone())
        .detail("票号", serial);
    audit::append(db, acting.person(), entry, now).await?;
    let title = format!("“{}”签到处登记你领取了票号 {serial}", sitting.title);
    let notice = Notice::new(title, sitting.id.vote_path())
        .says("如果你没有到会领票，请立即告诉监票人，并用自己的账号投票：用账号投的票，票码不能替换。");
    tell(db, acting.institution(), To::Student(student), &notice, now).await?;
    Ok(())
}

pub(super) async fn void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<OnSiteForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let sitting = managed_for(&app, &acting, id, "票作废").await?;
    let serial = VOID.read_serial(&form, &mut errors);
    let why = reason(&form.reason, &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return page(&app, &acting, id, Submitted::new(form, errors), "").await;
    };
    let voided = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let voided = locked.closed_at().is_none() && store::void_slip(db, &locked, serial, &why, now).await?;
            if voided {
                let entry = Entry::new(Verb::VoterKept, sitting.title.clone())
                    .detail("办理", "票作废")
                    .detail("票号", serial)
                    .detail("理由", why.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(voided)
        })
        .await?;
    let outcome = if voided { Ok(()) } else { Err(Obstacle::NoSlip) };
    answer(&app, &acting, &sitting, VOID.attempt(outcome), form.into(), Done::SlipVoided).await
}
