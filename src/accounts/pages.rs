//! The pages 账号与职务.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    codes::{self, Purpose},
    forms::{NewForm, OfficeForm},
    store::{self, Account, AccountRow, Keeper, NewAccount, OfficeRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn, store::end_sessions},
    directory::store::{CollegeRow, colleges},
    elections,
    failure::{Failure, Refusal},
    ids::{AccountId, OfficeId},
    inbox::{self, Notice, To},
    office::{Administrator, OfficeKind},
    page::{chrome::Chrome, filters},
    rules::{Finding, Outcome},
    text::folded,
    web::forms::{Done, Errors},
};

const A_PAGE: i64 = 50;

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/accounts", list)
        .post("/accounts", create)
        .get("/accounts/new", ask)
        .get("/accounts/{account}", show)
        .post("/accounts/{account}/offices", grant)
        .post("/accounts/{account}/offices/{office}/end", end_office)
        .post("/accounts/{account}/password", reset_password)
        .post("/accounts/{account}/sessions/end", end_all_sessions)
        .post("/accounts/{account}/disable", disable)
        .post("/accounts/{account}/enable", enable)
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<AccountRow>,
    q: String,
    page: i64,
    more: bool,
}

async fn list(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Query(Search { q, page }): Query<Search>,
) -> Result<ListPage, Failure> {
    let (q, page) = (folded(&q).replace('\0', ""), page.clamp(0, 100_000));
    let place = (page * A_PAGE, A_PAGE + 1);
    let mut rows = store::list(&mut *app.read().await?, &acting, &q, place, app.clock.now()).await?;
    let more = rows.len() > usize::try_from(A_PAGE).unwrap_or(0);
    if more {
        rows.pop();
    }
    Ok(ListPage { chrome: app.chrome(acting.person(), "账号与职务"), rows, q, page, more })
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/new.html")]
struct NewPage {
    chrome: Chrome,
    form: NewForm,
    errors: Errors,
    kinds: &'static [OfficeKind],
    colleges: Vec<CollegeRow>,
}

async fn new_page(
    app: &App,
    acting: &Acting<Administrator>,
    form: NewForm,
    errors: Errors,
) -> Result<NewPage, Failure> {
    let colleges = colleges(&mut *app.read().await?, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), "新建账号").under("/accounts", "账号与职务");
    Ok(NewPage { chrome, form, errors, kinds: OfficeKind::ALL, colleges })
}

async fn ask(State(app): State<App>, acting: Acting<Administrator>) -> Result<NewPage, Failure> {
    new_page(&app, &acting, NewForm::default(), Errors::default()).await
}

/// A code that is shown once.
#[derive(Template, WebTemplate)]
#[template(path = "accounts/code.html")]
struct CodePage {
    chrome: Chrome,
    is_new: bool,
    account: AccountId,
    number: String,
    name: String,
    code: String,
}

/// How making an account ended.
enum Made {
    NumberTaken,
    DeputyTaken,
    Done(AccountId, codes::Code),
}

const DEPUTY_TAKEN: &str = "校团委专职副书记只设 1 人，任期内已有人担任；请先免去，或改任期";

async fn create(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Form(form): Form<NewForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let person = form.read(&mut errors);
    let now = app.clock.now();
    let office = form.office.read(&mut *app.read().await?, acting.institution(), now.date(), &mut errors).await?;
    let term = form.office.term(now.date(), &mut errors);
    let (Some((number, name)), Some(office), Some(term)) = (person, office, term) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &acting, form, errors).await?).into_response());
    };
    let chrome = app.chrome(acting.person(), "账号已建立").under("/accounts", "账号与职务");
    let refusal = app.chrome(acting.person(), "没有办理").under("/accounts", "账号与职务");
    let (shown_number, shown_name) = (number.clone(), name.clone());
    let (acting, made) = app
        .write_as(acting.person().authority(), async move |db| {
            let keeper = Keeper::from(&acting);
            no_candidate(db, acting.person(), (&refusal, "/accounts/new"), now).await?;
            if store::deputy_is_taken(db, &keeper, office.0, term).await? {
                return Ok((acting, Made::DeputyTaken));
            }
            let account = NewAccount { number: &number, name: &name, password_hash: None, must_change_password: false };
            let Some(id) = store::create(db, &keeper, &account, now).await? else {
                return Ok((acting, Made::NumberTaken));
            };
            if !store::grant(db, &keeper, id, office, term, now).await? {
                // Another deputy secretary was entered at the same moment.
                return Err(Failure::Busy);
            }
            let code = codes::issue(db, &keeper, id, Purpose::First, now).await?;
            let granted = store::offices(db, id, now).await?.first().map_or_else(String::new, OfficeRow::label);
            let entry = Entry::about(Verb::AccountCreated, id).detail("职务", granted);
            audit::append(db, acting.person(), entry, now).await?;
            Ok((acting, Made::Done(id, code)))
        })
        .await?;
    match made {
        Made::NumberTaken => errors.add("number", "这个学号（工号）已有账号，或属于学生名单里的另一人"),
        Made::DeputyTaken => errors.add("office", DEPUTY_TAKEN),
        Made::Done(account, code) => {
            let (number, name, code) = (shown_number, shown_name, code.text().to_owned());
            return Ok(CodePage { chrome, is_new: true, account, number, name, code }.into_response());
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &acting, form, errors).await?).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/show.html")]
struct ShowPage {
    chrome: Chrome,
    account: Account,
    offices: Vec<OfficeRow>,
    form: OfficeForm,
    errors: Errors,
    kinds: &'static [OfficeKind],
    colleges: Vec<CollegeRow>,
    done: &'static str,
}

async fn show_page(
    app: &App,
    acting: &Acting<Administrator>,
    id: AccountId,
    form: OfficeForm,
    errors: Errors,
    done: &'static str,
) -> Result<ShowPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let account = store::find(&mut db, acting, id, now).await?.ok_or(Failure::Missing)?;
    let offices = store::offices(&mut db, id, now).await?;
    let colleges = colleges(&mut db, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), &account.name).under("/accounts", "账号与职务");
    Ok(ShowPage { chrome, account, offices, form, errors, kinds: OfficeKind::ALL, colleges, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
    Query(Done { done }): Query<Done>,
) -> Result<ShowPage, Failure> {
    let done = match done.as_str() {
        "granted" => "职务已授予，自任职第一天起生效。",
        "ended" => "职务已免去，立即生效。",
        "sessions" => "该账号的登录已全部结束。",
        "disabled" => "账号已停用，登录已全部结束。",
        "enabled" => "账号已恢复。",
        _ => "",
    };
    show_page(&app, &acting, id, OfficeForm::default(), Errors::default(), done).await
}

/// How an act on an account ended.
enum Act {
    Done(&'static str),
    /// Refused, with the field and the reason.
    Not(&'static str, &'static str),
}

const LAST_ADMINISTRATOR: &str = "这是本校最后一名系统管理员；请先给另一人授予系统管理员职务";

/// Finds the account in the transaction of the act, does the act, and answers with the account's page.
async fn on_account(
    app: &App,
    acting: Acting<Administrator>,
    id: AccountId,
    form: OfficeForm,
    act: impl AsyncFnOnce(&mut PgConnection, &Acting<Administrator>, Keeper) -> Result<Act, Failure>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let (acting, act) = app
        .write_as(acting.person().authority(), async move |db| {
            store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let keeper = Keeper::from(&acting);
            let act = act(db, &acting, keeper).await?;
            Ok((acting, act))
        })
        .await?;
    match act {
        Act::Done(done) => Ok(Redirect::to(&format!("/accounts/{id}?done={done}")).into_response()),
        Act::Not(field, says) => {
            let mut errors = Errors::default();
            errors.add(field, says);
            let page = show_page(app, &acting, id, form, errors, "").await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn grant(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
    Form(form): Form<OfficeForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let office = form.read(&mut *app.read().await?, acting.institution(), now.date(), &mut errors).await?;
    let (Some(office), Some(term)) = (office, form.term(now.date(), &mut errors)) else {
        let page = show_page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    on_account(&app, acting, id, form, async move |db, acting, keeper| {
        // Who keeps the accounts does not make themselves a party to the union's matters.
        if id == acting.person().account {
            return Ok(Act::Not("office", "不能给自己授予职务，请由另一名系统管理员办理"));
        }
        if store::deputy_is_taken(db, &keeper, office.0, term).await? {
            return Ok(Act::Not("office", DEPUTY_TAKEN));
        }
        if !store::grant(db, &keeper, id, office, term, now).await? {
            return Ok(Act::Not("office", "这段时间里已经担任这个职务，或已经离校"));
        }
        let offices = store::offices(db, id, now).await?;
        let granted = offices.iter().find(|held| held.kind == office.0.slug() && held.is_open());
        let label = granted.map_or_else(|| office.0.label().to_owned(), OfficeRow::label);
        let entry = Entry::about(Verb::OfficeGranted, id).detail("职务", label.clone());
        audit::append(db, acting.person(), entry.detail("任职第一天", term.from.to_string()), now).await?;
        let subject = format!("你担任了新的职务：{label}");
        inbox::tell(db, acting.institution(), To::Account(id), &Notice::new(subject, "/me#offices"), now).await?;
        Ok(Act::Done("granted"))
    })
    .await
}

async fn end_office(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path((id, office)): Path<(AccountId, OfficeId)>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, acting, id, OfficeForm::default(), async move |db, acting, keeper| {
        let offices = store::offices(db, id, now).await?;
        let held = offices.iter().find(|held| held.id == office && held.is_open()).ok_or(Failure::Missing)?;
        if held.administers() && store::other_administrators(db, &keeper, id, now).await? == 0 {
            return Ok(Act::Not("held", LAST_ADMINISTRATOR));
        }
        if !store::end_office(db, &keeper, id, office, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::OfficeEnded, id).detail("职务", held.label());
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("你不再担任{}", held.label()), "/me#offices");
        inbox::tell(db, acting.institution(), To::Account(id), &notice, now).await?;
        Ok(Act::Done("ended"))
    })
    .await
}

/// Refuses whoever stands in an open sitting: with a fresh code they could vote in another's place.
pub(super) async fn no_candidate(
    db: &mut PgConnection,
    person: &SignedIn,
    (chrome, back): (&Chrome, &str),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(title) = elections::store::stands_now(db, person.account, now).await? else { return Ok(()) };
    let why = format!("你是“{title}”的候选人，投票期间不能重置密码、发放激活码");
    let finding = Finding::house(Outcome::Fail, why).remedy("请由不是候选人的人员办理");
    let refusal = Refusal { chrome: chrome.clone(), wanted: "发放激活码".to_owned(), back: back.to_owned() };
    Err(refusal.because(vec![finding]))
}

async fn reset_password(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<CodePage, Failure> {
    let now = app.clock.now();
    let chrome = app.chrome(acting.person(), "密码已重置").under("/accounts", "账号与职务");
    let refusal = app.chrome(acting.person(), "没有办理").under("/accounts", "账号与职务");
    let (account, code) = app
        .write_as(acting.person().authority(), async move |db| {
            let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let keeper = Keeper::from(&acting);
            no_candidate(db, acting.person(), (&refusal, &format!("/accounts/{id}")), now).await?;
            elections::store::note_reset(
                db,
                id,
                Some(acting.person().account),
                elections::store::PasswordEvent::Reset,
                now,
            )
            .await?;
            let ended = store::take_password(db, &keeper, id).await?;
            let code = codes::issue(db, &keeper, id, Purpose::Reset, now).await?;
            let entry = Entry::about(Verb::PasswordReset, id).detail("结束的登录", ended);
            audit::append(db, acting.person(), entry, now).await?;
            // The person learns of it when they are in again: a reset that they did not ask for is theirs to report.
            let notice = Notice::new("你的密码被重置过", "/me")
                .says(format!("由{}办理。如果不是你本人要求的，请立即向校团委报告。", acting.office().label()));
            inbox::tell(db, acting.institution(), To::Account(id), &notice, now).await?;
            Ok((account, code))
        })
        .await?;
    let Account { number, name, .. } = account;
    Ok(CodePage { chrome, is_new: false, account: id, number, name, code: code.text().to_owned() })
}

async fn end_all_sessions(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, acting, id, OfficeForm::default(), async move |db, acting, _| {
        let ended = end_sessions(db, id, None).await?;
        let entry = Entry::about(Verb::SessionsEnded, id).detail("结束的登录", ended);
        audit::append(db, acting.person(), entry, now).await?;
        Ok(Act::Done("sessions"))
    })
    .await
}

async fn disable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, acting, id, OfficeForm::default(), async move |db, acting, keeper| {
        let administers = store::offices(db, id, now).await?.iter().any(OfficeRow::administers);
        if administers && store::other_administrators(db, &keeper, id, now).await? == 0 {
            return Ok(Act::Not("account", LAST_ADMINISTRATOR));
        }
        if store::set_disabled(db, &keeper, id, true, now).await? {
            let ended = end_sessions(db, id, None).await?;
            let entry = Entry::about(Verb::AccountDisabled, id).detail("结束的登录", ended);
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(Act::Done("disabled"))
    })
    .await
}

async fn enable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, acting, id, OfficeForm::default(), async move |db, acting, keeper| {
        if store::set_disabled(db, &keeper, id, false, now).await? {
            audit::append(db, acting.person(), Entry::about(Verb::AccountEnabled, id), now).await?;
        }
        Ok(Act::Done("enabled"))
    })
    .await
}
