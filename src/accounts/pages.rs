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

use super::{
    forms::{NewForm, OfficeForm},
    store::{self, Account, AccountRow, NewAccount, OfficeRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{
        acting::Acting,
        office::{Administrator, OfficeKind},
        password::readable,
        store::end_sessions,
    },
    directory::store::{CollegeRow, colleges},
    failure::Failure,
    ids::{AccountId, OfficeId},
    text::folded,
    web::{chrome::Chrome, filters, forms::Errors},
};

const A_PAGE: i64 = 50;

/// The routes of accounts.
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
    let mut rows = store::list(&mut *app.read().await?, acting.institution(), &q, page * A_PAGE, A_PAGE + 1).await?;
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

/// A password that is shown once.
#[derive(Template, WebTemplate)]
#[template(path = "accounts/password.html")]
struct PasswordPage {
    chrome: Chrome,
    is_new: bool,
    account: AccountId,
    number: String,
    name: String,
    password: String,
}

async fn create(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Form(form): Form<NewForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let person = form.read(&mut errors);
    let office = form.office.read(&mut *app.read().await?, acting.institution(), &mut errors).await?;
    let (Some((number, name)), Some((kind, seat)), true) = (person, office, errors.is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &acting, form, errors).await?).into_response());
    };
    let password = readable();
    let (hash, now) = (app.hasher.hash(&password).await?, app.clock.now());
    let chrome = app.chrome(acting.person(), "账号已建立").under("/accounts", "账号与职务");
    let (shown_number, shown_name) = (number.clone(), name.clone());
    let (acting, made) = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let account =
                    NewAccount { number: &number, name: &name, password_hash: &hash, must_change_password: true };
                let Some(id) = store::create(db, acting.institution(), &account, now).await? else {
                    return Ok((acting, None));
                };
                store::grant(db, id, kind, seat, now).await?;
                let granted = store::offices(db, id).await?.first().map_or_else(String::new, OfficeRow::label);
                let entry = Entry::new(Verb::AccountCreated, format!("{name}（{number}）")).detail("职务", granted);
                audit::append(db, acting.person(), entry, now).await?;
                Ok((acting, Some(id)))
            })
        })
        .await?;
    let Some(account) = made else {
        errors.add("number", "这个学号（工号）已有账号");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &acting, form, errors).await?).into_response());
    };
    let (number, name) = (shown_number, shown_name);
    Ok(PasswordPage { chrome, is_new: true, account, number, name, password }.into_response())
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
    let mut db = app.read().await?;
    let account = store::find(&mut db, acting, id, app.clock.now()).await?.ok_or(Failure::Missing)?;
    let offices = store::offices(&mut db, id).await?;
    let colleges = colleges(&mut db, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), &account.name).under("/accounts", "账号与职务");
    Ok(ShowPage { chrome, account, offices, form, errors, kinds: OfficeKind::ALL, colleges, done })
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

async fn show(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
    Query(Done { done }): Query<Done>,
) -> Result<ShowPage, Failure> {
    let done = match done.as_str() {
        "granted" => "职务已授予，下次打开页面即生效。",
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
    Done,
    /// Refused, with the field and the reason.
    Not(&'static str, &'static str),
}

const LAST_ADMINISTRATOR: &str = "这是本校最后一名系统管理员；请先给另一人授予系统管理员职务";

async fn after(
    app: &App,
    acting: &Acting<Administrator>,
    id: AccountId,
    form: OfficeForm,
    act: Act,
    done: &str,
) -> Result<Response, Failure> {
    match act {
        Act::Done => Ok(Redirect::to(&format!("/accounts/{id}?done={done}")).into_response()),
        Act::Not(field, says) => {
            let mut errors = Errors::default();
            errors.add(field, says);
            let page = show_page(app, acting, id, form, errors, "").await?;
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
    let mut errors = Errors::default();
    let Some((kind, seat)) = form.read(&mut *app.read().await?, acting.institution(), &mut errors).await? else {
        let page = show_page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    let (acting, act) = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
                // Who keeps the accounts does not make themselves a party to the union's matters.
                if id == acting.person().account {
                    return Ok((acting, Act::Not("office", "不能给自己授予职务，请由另一名系统管理员办理")));
                }
                if !store::grant(db, id, kind, seat, now).await? {
                    return Ok((acting, Act::Not("office", "已经担任这个职务")));
                }
                let offices = store::offices(db, id).await?;
                let granted = offices.first().map_or_else(|| kind.label().to_owned(), OfficeRow::label);
                let entry = Entry::new(Verb::OfficeGranted, account.title()).detail("职务", granted);
                audit::append(db, acting.person(), entry, now).await?;
                Ok((acting, Act::Done))
            })
        })
        .await?;
    after(&app, &acting, id, form, act, "granted").await
}

async fn end_office(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path((id, office)): Path<(AccountId, OfficeId)>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let (acting, act) = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
                let offices = store::offices(db, id).await?;
                let held = offices.iter().find(|held| held.id == office && held.is_held());
                let held = held.ok_or(Failure::Missing)?;
                if held.administers() && store::other_administrators(db, &acting, id).await? == 0 {
                    return Ok((acting, Act::Not("held", LAST_ADMINISTRATOR)));
                }
                if !store::end_office(db, id, office, now).await? {
                    return Err(Failure::Missing);
                }
                let entry = Entry::new(Verb::OfficeEnded, account.title()).detail("职务", held.label());
                audit::append(db, acting.person(), entry, now).await?;
                Ok((acting, Act::Done))
            })
        })
        .await?;
    after(&app, &acting, id, OfficeForm::default(), act, "ended").await
}

async fn reset_password(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<PasswordPage, Failure> {
    let password = readable();
    let (hash, now) = (app.hasher.hash(&password).await?, app.clock.now());
    let chrome = app.chrome(acting.person(), "密码已重置").under("/accounts", "账号与职务");
    let account = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
                store::reset_password(db, id, &hash, now).await?;
                let ended = end_sessions(db, id, None).await?;
                let entry = Entry::new(Verb::PasswordReset, account.title()).detail("结束的登录", ended);
                audit::append(db, acting.person(), entry, now).await?;
                Ok(account)
            })
        })
        .await?;
    let Account { number, name, .. } = account;
    Ok(PasswordPage { chrome, is_new: false, account: id, number, name, password })
}

async fn end_all_sessions(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().standing(), move |db| {
        Box::pin(async move {
            let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let ended = end_sessions(db, id, None).await?;
            let entry = Entry::new(Verb::SessionsEnded, account.title()).detail("结束的登录", ended);
            audit::append(db, acting.person(), entry, now).await
        })
    })
    .await?;
    Ok(Redirect::to(&format!("/accounts/{id}?done=sessions")))
}

async fn disable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let (acting, act) = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
                let offices = store::offices(db, id).await?;
                if offices.iter().any(OfficeRow::administers)
                    && store::other_administrators(db, &acting, id).await? == 0
                {
                    return Ok((acting, Act::Not("account", LAST_ADMINISTRATOR)));
                }
                if store::set_disabled(db, id, true, now).await? {
                    let ended = end_sessions(db, id, None).await?;
                    let entry = Entry::new(Verb::AccountDisabled, account.title()).detail("结束的登录", ended);
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok((acting, Act::Done))
            })
        })
        .await?;
    after(&app, &acting, id, OfficeForm::default(), act, "disabled").await
}

async fn enable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().standing(), move |db| {
        Box::pin(async move {
            let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            if store::set_disabled(db, id, false, now).await? {
                let entry = Entry::new(Verb::AccountEnabled, account.title());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(Redirect::to(&format!("/accounts/{id}?done=enabled")))
}
