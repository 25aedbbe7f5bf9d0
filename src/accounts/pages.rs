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
    Verb,
    codes::{self, Code, Purpose},
    consent::{Consent, Matter, Standing},
    consents_store,
    forms::{NewForm, OfficeForm},
    paths::{ACCOUNTS, Done, NEW_ACCOUNT},
    store::{self, Account, AccountManager, AccountRow, NewAccount, NewOffice, OfficeRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Mark},
    auth::{
        acting::Acting,
        person::SignedIn,
        store::{end_sessions, forget_attempts},
    },
    directory::store::{CollegeRow, colleges},
    elections,
    failure::{Failure, Refusal},
    ids::{AccountId, OfficeId},
    inbox::{self, Notice, To},
    office::{Administrator, OfficeKind},
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, cut},
    },
    sign_in,
    text::folded,
    web::forms::{self, Attempt, Errors, Submitted},
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
        .post("/accounts/{account}/waits/end", end_waits)
        .post("/accounts/{account}/factor/end", end_factor)
        .post("/accounts/{account}/disable", disable)
        .post("/accounts/{account}/enable", enable)
}

#[derive(Deserialize)]
struct AccountSearch {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/list.html")]
struct AccountsPage {
    chrome: Chrome,
    rows: Vec<AccountRow>,
    q: String,
    page: i64,
    more: bool,
}

async fn list(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Query(AccountSearch { q, page }): Query<AccountSearch>,
) -> Result<AccountsPage, Failure> {
    let (q, page) = (folded(&q).replace('\0', ""), page.clamp(0, 100_000));
    let range = RowRange::page(page, A_PAGE).and_one();
    let mut rows = store::list(&mut *app.read().await?, &acting, &q, range, app.clock.now()).await?;
    let more = cut(&mut rows, A_PAGE);
    Ok(AccountsPage { chrome: app.chrome(acting.person(), "账号与职务"), rows, q, page, more })
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/new.html")]
struct NewAccountPage {
    chrome: Chrome,
    form: NewForm,
    errors: Errors,
    kinds: &'static [OfficeKind],
    colleges: Vec<CollegeRow>,
}

async fn new_page(
    app: &App,
    acting: &Acting<Administrator>,
    submitted: Submitted<NewForm>,
) -> Result<NewAccountPage, Failure> {
    let colleges = colleges(&mut *app.read().await?, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), "新建账号").under(ACCOUNTS, "账号与职务");
    let Submitted { form, errors } = submitted;
    Ok(NewAccountPage { chrome, form, errors, kinds: OfficeKind::ALL, colleges })
}

async fn ask(State(app): State<App>, acting: Acting<Administrator>) -> Result<NewAccountPage, Failure> {
    new_page(&app, &acting, Submitted::default()).await
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
    /// An office that another administrator has to confirm first; empty where there is none.
    asked: String,
}

/// What the record says of whom an act of two people rests on.
fn agreed(entry: Entry, standing: Standing) -> Entry {
    match standing {
        Standing::Confirmed(by) => entry.detail("另一名系统管理员", Mark::from(by).to_string()),
        Standing::Alone => entry.detail("另一名系统管理员", "没有，已告知校团委"),
        Standing::Free | Standing::Asked => entry,
    }
}

const ALREADY_HELD: &str = "这段时间里已经担任这个职务，或已经离校";
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
    let (Some((number, name)), Some(office)) = (person, office) else {
        return not_made(&app, &acting, Submitted::new(form, errors)).await;
    };
    let chrome = app.chrome(acting.person(), "账号已建立").under(ACCOUNTS, "账号与职务");
    let refused = app.chrome(acting.person(), "没有办理").under(ACCOUNTS, "账号与职务");
    let made = app
        .write_as(acting.person().authority(), async |db| {
            let manager = AccountManager::from(&acting);
            no_candidate(db, acting.person(), &refused, NEW_ACCOUNT, now).await?;
            if store::deputy_is_taken(db, &manager, &office).await? {
                return Ok(Attempt::fault("office", DEPUTY_TAKEN));
            }
            let account = NewAccount { number: &number, name: &name, password_hash: None, must_change_password: false };
            let Some(id) = store::create(db, &manager, &account, now).await? else {
                return Ok(Attempt::fault("number", "这个学号（工号）已有账号，或属于学生名单里的另一人"));
            };
            let standing = consents_store::stand(db, &acting, id, Matter::Office(office), now).await?;
            let entry = Entry::about(Verb::AccountCreated, id);
            let (asked, entry) = if standing == Standing::Asked {
                (office.kind.label().to_owned(), entry.detail("待确认的职务", office.kind.label()))
            } else {
                if !store::grant(db, &manager, id, &office, now).await? {
                    // Another deputy secretary was entered at the same moment.
                    return Err(Failure::Busy);
                }
                let granted = store::offices(db, id, now).await?.first().map_or_else(String::new, OfficeRow::label);
                (String::new(), agreed(entry.detail("职务", granted), standing))
            };
            let code = codes::issue(db, &manager, id, Purpose::First, now).await?;
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(NewCode { account: id, code, asked }))
        })
        .await?;
    let Some(NewCode { account, code, asked }) = made.done_or(&mut errors) else {
        return not_made(&app, &acting, Submitted::new(form, errors)).await;
    };
    let code = code.text().to_owned();
    Ok(CodePage { chrome, is_new: true, account, number, name, code, asked }.into_response())
}

/// What making an account gave.
struct NewCode {
    account: AccountId,
    code: Code,
    /// The office that waits for another administrator.
    asked: String,
}

async fn not_made(
    app: &App,
    acting: &Acting<Administrator>,
    submitted: Submitted<NewForm>,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(app, acting, submitted).await?).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/show.html")]
struct AccountPage {
    chrome: Chrome,
    account: Account,
    offices: Vec<OfficeRow>,
    /// What was asked about the account and is open.
    consents: Vec<Consent>,
    /// Whoever looks.
    me: AccountId,
    /// Taking its password or its second factor away needs two people.
    of_two: bool,
    /// Nobody else could confirm.
    alone: bool,
    form: OfficeForm,
    errors: Errors,
    kinds: &'static [OfficeKind],
    colleges: Vec<CollegeRow>,
    done: &'static str,
}

impl AccountPage {
    /// What comes before a password or a second factor is taken away; empty where nothing does.
    fn before(&self) -> &'static str {
        match (self.of_two, self.alone) {
            (false, _) => "",
            (true, false) => "这个账号担任班级以上的职务：先提出，由另一名系统管理员在一天内确认，再由你办理。",
            (true, true) => "本校没有另一名系统管理员可以确认：立即生效，同时告知校团委，并写入操作记录。",
        }
    }
}

async fn show_page(
    app: &App,
    acting: &Acting<Administrator>,
    id: AccountId,
    submitted: Submitted<OfficeForm>,
    done: &'static str,
) -> Result<AccountPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let account = store::find(&mut db, acting, id, now).await?.ok_or(Failure::Missing)?;
    let offices = store::offices(&mut db, id, now).await?;
    let mut consents = consents_store::find(&mut db, acting.institution(), None, now).await?;
    consents.retain(|consent| consent.account == id && consent.is_about_somebody());
    let of_two = consents_store::holds_beyond_the_class(&mut db, id, now).await?;
    let alone = consents_store::others(&mut db, acting.person(), Some(id), now).await?.is_empty();
    let colleges = colleges(&mut db, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), &account.name).under(ACCOUNTS, "账号与职务");
    let Submitted { form, errors } = submitted;
    Ok(AccountPage {
        chrome,
        account,
        offices,
        consents,
        me: acting.person().account,
        of_two,
        alone,
        form,
        errors,
        kinds: OfficeKind::ALL,
        colleges,
        done,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
    Query(query): Query<forms::Done>,
) -> Result<AccountPage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    show_page(&app, &acting, id, Submitted::default(), done).await
}

const LAST_ADMINISTRATOR: &str = "这是本校最后一名系统管理员；请先给另一人授予系统管理员职务";

/// Finds the account in the transaction of the act, does the act, and answers with the account's page.
async fn on_account(
    app: &App,
    acting: &Acting<Administrator>,
    id: AccountId,
    form: OfficeForm,
    act: impl AsyncFnOnce(&mut PgConnection, AccountManager) -> Result<Attempt<Done>, Failure>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async move |db| {
            store::find(db, acting, id, now).await?.ok_or(Failure::Missing)?;
            act(db, AccountManager::from(acting)).await
        })
        .await?;
    let mut errors = Errors::default();
    let Some(done) = attempt.done_or(&mut errors) else {
        return not_done(app, acting, id, Submitted::new(form, errors)).await;
    };
    Ok(Redirect::to(&id.path_after(done)).into_response())
}

async fn not_done(
    app: &App,
    acting: &Acting<Administrator>,
    id: AccountId,
    submitted: Submitted<OfficeForm>,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show_page(app, acting, id, submitted, "").await?).into_response())
}

async fn grant(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
    Form(form): Form<OfficeForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let office = form.read(&mut *app.read().await?, acting.institution(), now.date(), &mut errors).await?;
    let Some(office) = office else {
        return not_done(&app, &acting, id, Submitted::new(form, errors)).await;
    };
    on_account(&app, &acting, id, form, async |db, manager| {
        // Who manages the accounts does not make themselves a party to the union's matters.
        if id == acting.person().account {
            return Ok(Attempt::fault("office", "不能给自己授予职务，请由另一名系统管理员办理"));
        }
        if store::deputy_is_taken(db, &manager, &office).await? {
            return Ok(Attempt::fault("office", DEPUTY_TAKEN));
        }
        if store::holds(db, id, &office).await? {
            return Ok(Attempt::fault("office", ALREADY_HELD));
        }
        if let Some(college) = store::studies_elsewhere(db, id, &office).await? {
            return Ok(Attempt::fault("office", format!("本人是{college}的学生，不能担任其他院系的职务")));
        }
        let standing = consents_store::stand(db, &acting, id, Matter::Office(office), now).await?;
        if standing == Standing::Asked {
            return Ok(Attempt::Done(Done::Asked));
        }
        give_office(db, &manager, acting.person(), Given { account: id, office, standing }, now).await
    })
    .await
}

/// An office that is given to somebody, and on whom that rests.
pub(super) struct Given {
    pub account: AccountId,
    pub office: NewOffice,
    pub standing: Standing,
}

/// Grants an office, records it and tells its holder.
pub(super) async fn give_office(
    db: &mut PgConnection,
    manager: &AccountManager,
    person: &SignedIn,
    given: Given,
    now: OffsetDateTime,
) -> Result<Attempt<Done>, Failure> {
    let Given { account: id, office, standing } = given;
    if store::deputy_is_taken(db, manager, &office).await? {
        return Ok(Attempt::fault("office", DEPUTY_TAKEN));
    }
    if !store::grant(db, manager, id, &office, now).await? {
        return Ok(Attempt::fault("office", ALREADY_HELD));
    }
    let offices = store::offices(db, id, now).await?;
    let granted = offices.iter().find(|held| held.kind == office.kind.slug() && held.is_open());
    let label = granted.map_or_else(|| office.kind.label().to_owned(), OfficeRow::label);
    let entry = agreed(Entry::about(Verb::OfficeGranted, id).detail("职务", label.clone()), standing);
    audit::append(db, person, entry.detail("任职起始日期", office.term.from.to_string()), now).await?;
    let notice = Notice::new(format!("你担任了新的职务：{label}"), "/me#offices");
    inbox::tell(db, person.institution, To::Account(id), &notice, now).await?;
    Ok(Attempt::Done(Done::Granted))
}

async fn end_office(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path((id, office)): Path<(AccountId, OfficeId)>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, manager| {
        let offices = store::offices(db, id, now).await?;
        let held = offices.iter().find(|held| held.id == office && held.is_open()).ok_or(Failure::Missing)?;
        if held.administers() && store::other_administrators(db, &manager, id, now).await? == 0 {
            return Ok(Attempt::fault("held", LAST_ADMINISTRATOR));
        }
        if !store::end_office(db, &manager, id, office, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::OfficeEnded, id).detail("职务", held.label());
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("你不再担任{}", held.label()), "/me#offices");
        inbox::tell(db, acting.institution(), To::Account(id), &notice, now).await?;
        Ok(Attempt::Done(Done::Ended))
    })
    .await
}

/// Refuses a candidate of an open sitting: with a fresh code they could vote in another's place.
pub(super) async fn no_candidate(
    db: &mut PgConnection,
    person: &SignedIn,
    chrome: &Chrome,
    back: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(title) = elections::store::stands_now(db, person.account, now).await? else { return Ok(()) };
    let why = format!("你是“{title}”的候选人，投票期间不能重置密码、发放激活码");
    let refusal = Refusal { chrome: chrome.clone(), wanted: "发放激活码".to_owned(), back: back.to_owned() };
    Err(refusal.for_reason(why, "请由不是候选人的人员办理"))
}

async fn reset_password(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let chrome = app.chrome(acting.person(), "密码已重置").under(ACCOUNTS, "账号与职务");
    let refused = app.chrome(acting.person(), "没有办理").under(ACCOUNTS, "账号与职务");
    let done = app
        .write_as(acting.person().authority(), async |db| {
            let account = store::find(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let manager = AccountManager::from(&acting);
            no_candidate(db, acting.person(), &refused, &id.path(), now).await?;
            let standing = consents_store::stand(db, &acting, id, Matter::Password, now).await?;
            if standing == Standing::Asked {
                return Ok(None);
            }
            let by = Some(acting.person().account);
            elections::store::note_reset(db, id, by, elections::store::PasswordEvent::Reset, now).await?;
            let ended = store::take_password(db, &manager, id).await?;
            let code = codes::issue(db, &manager, id, Purpose::Reset, now).await?;
            let entry = Entry::about(Verb::PasswordReset, id).detail("结束的登录", ended);
            audit::append(db, acting.person(), agreed(entry, standing), now).await?;
            // The person learns of it when they are in again: a reset that they did not ask for is theirs to report.
            let notice = Notice::new("你的密码被重置过", "/me")
                .says(format!("由{}办理。如果不是你本人要求的，请立即向校团委报告。", acting.office().label()));
            inbox::tell(db, acting.institution(), To::Account(id), &notice, now).await?;
            Ok(Some((account, code)))
        })
        .await?;
    let Some((Account { number, name, .. }, code)) = done else {
        return Ok(Redirect::to(&id.path_after(Done::Asked)).into_response());
    };
    let (code, asked) = (code.text().to_owned(), String::new());
    Ok(CodePage { chrome, is_new: false, account: id, number, name, code, asked }.into_response())
}

async fn end_all_sessions(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, _| {
        let ended = end_sessions(db, id, None).await?;
        let entry = Entry::about(sign_in::Verb::SessionsEnded, id).detail("结束的登录", ended);
        audit::append(db, acting.person(), entry, now).await?;
        Ok(Attempt::Done(Done::Sessions))
    })
    .await
}

async fn end_waits(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, _| {
        if forget_attempts(db, id).await? > 0 {
            audit::append(db, acting.person(), Entry::about(Verb::SignInOpened, id), now).await?;
        }
        Ok(Attempt::Done(Done::Waits))
    })
    .await
}

async fn end_factor(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, _| {
        if id == acting.person().account {
            return Ok(Attempt::fault(
                "account",
                "自己的动态验证码在“我的账号”停用；手机丢失的，请另一名系统管理员办理",
            ));
        }
        let standing = consents_store::stand(db, &acting, id, Matter::Factor, now).await?;
        if standing == Standing::Asked {
            return Ok(Attempt::Done(Done::Asked));
        }
        if sign_in::factor_store::give_up(db, id).await? {
            let ended = end_sessions(db, id, None).await?;
            let entry = Entry::about(sign_in::Verb::FactorEnded, id).detail("结束的登录", ended);
            audit::append(db, acting.person(), agreed(entry, standing), now).await?;
            let notice = Notice::new("你的动态验证码被停用了", "/me#factor")
                .says(format!("由{}办理。如果不是你本人要求的，请立即向校团委报告。", acting.office().label()));
            inbox::tell(db, acting.institution(), To::Account(id), &notice, now).await?;
        }
        Ok(Attempt::Done(Done::Factor))
    })
    .await
}

async fn disable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, manager| {
        let administers = store::offices(db, id, now).await?.iter().any(OfficeRow::administers);
        if administers && store::other_administrators(db, &manager, id, now).await? == 0 {
            return Ok(Attempt::fault("account", LAST_ADMINISTRATOR));
        }
        if store::set_disabled(db, &manager, id, true, now).await? {
            let ended = end_sessions(db, id, None).await?;
            let entry = Entry::about(Verb::AccountDisabled, id).detail("结束的登录", ended);
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(Attempt::Done(Done::Disabled))
    })
    .await
}

async fn enable(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<AccountId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    on_account(&app, &acting, id, OfficeForm::default(), async |db, manager| {
        if store::set_disabled(db, &manager, id, false, now).await? {
            audit::append(db, acting.person(), Entry::about(Verb::AccountEnabled, id), now).await?;
        }
        Ok(Attempt::Done(Done::Enabled))
    })
    .await
}
