//! The page 激活账号: a person with a one-time code sets their own password and is in.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Verb,
    codes::{self, Purpose, WaitingAccount},
    paths::Activated,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{
        password::{PasswordOwner, weakness},
        store::{Counted, Credentials, Institution, institutions, is_here},
        token::hash_of,
        vouched::password_is_closed,
    },
    elections,
    failure::Failure,
    page::chrome::Chrome,
    sign_in::{SignIn, open_session},
    text::own_number,
    web::{
        forms::{Errors, Submitted},
        routes::Routes,
    },
};

/// One answer for whatever does not open: it does not tell which numbers exist.
const NOT_OPEN: &str = "学号与激活码不符，或激活码已用过、已过期，或已重新打印过；请向发放激活条的老师重新领取";

#[must_use]
pub fn routes() -> Routes<SignIn> {
    Routes::default().get("/activate", ask).post("/activate", activate)
}

#[derive(Deserialize, Default)]
struct ActivateForm {
    #[serde(default)]
    school: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/activate.html")]
struct ActivatePage {
    chrome: Chrome,
    institutions: Vec<Institution>,
    form: ActivateForm,
    errors: Errors,
}

async fn page(app: &App, submitted: Submitted<ActivateForm>) -> Result<ActivatePage, Failure> {
    let Submitted { form, errors } = submitted;
    let institutions = institutions(&mut *app.read().await?).await?;
    // Passwords never come back in a page; the code does, it is long to type.
    let form = ActivateForm { new: String::new(), again: String::new(), ..form };
    Ok(ActivatePage { chrome: Chrome::bare("激活账号"), institutions, form, errors })
}

async fn ask(State(app): State<SignIn>, Query(form): Query<ActivateForm>) -> Result<ActivatePage, Failure> {
    page(&app, Submitted::new(ActivateForm { code: String::new(), ..form }, Errors::default())).await
}

async fn activate(
    State(app): State<SignIn>,
    headers: HeaderMap,
    Form(form): Form<ActivateForm>,
) -> Result<Response, Failure> {
    let number = own_number(&form.number);
    let mut errors = Errors::default();
    let is_plain =
        |text: &str, most| !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    if !is_plain(&form.school, 40) {
        errors.add("school", "请选择学校");
    }
    if !is_plain(&number, 32) {
        errors.add("number", "请填写学号或工号");
    }
    if form.code.trim().is_empty() || form.code.len() > 100 {
        errors.add("code", "请填写激活条上的激活码");
    }
    let stranger = PasswordOwner { number: &number, name: "", school: &form.school };
    if let Some(weakness) = weakness(&form.new, &stranger) {
        errors.add("new", weakness);
    }
    if form.new != form.again {
        errors.add("again", "两次填写的密码不一致");
    }
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if !errors.is_empty() {
        return Ok((unfit, page(&app, Submitted::new(form, errors)).await?).into_response());
    }
    // A code has 118 bits. Wrong ones are not counted by number: anybody could keep its owner out with them.
    let now = app.clock.now();
    let code = hash_of(&form.code);
    let mut db = app.read().await?;
    is_here(&mut db, &form.school).await?;
    let account = match codes::waiting_account(&mut db, &form.school, &number).await? {
        Some(waiting) if codes::opens(&mut db, waiting.account, &code, now).await? => Some(waiting),
        _ => None,
    };
    drop(db);
    let Some(WaitingAccount { institution, account, name }) = account else {
        errors.add("code", NOT_OPEN);
        return Ok((unfit, page(&app, Submitted::new(form, errors)).await?).into_response());
    };
    if password_is_closed(&mut *app.read().await?, account, now).await? {
        errors.add("code", "本校学生不用激活，请在登录页用“统一身份认证”登录");
        return Ok((unfit, page(&app, Submitted::new(form, errors)).await?).into_response());
    }
    if let Some(weakness) = weakness(&form.new, &PasswordOwner { name: &name, ..stranger }) {
        errors.add("new", weakness);
        return Ok((unfit, page(&app, Submitted::new(form, errors)).await?).into_response());
    }
    let hash = app.hasher.hash(&form.new).await?;
    let purpose = app
        .write(async |db| {
            let purpose = codes::redeem(db, account, &code, &hash, now).await?;
            if let Some(purpose) = purpose {
                let entry = Entry::about(Verb::AccountActivated, account).detail("事由", purpose.label());
                audit::append_by_visitor(db, institution, account, entry, now).await?;
                if purpose == Purpose::First {
                    elections::store::note_reset(db, account, None, elections::store::PasswordEvent::First, now)
                        .await?;
                }
            }
            Ok(purpose)
        })
        .await?;
    let Some(purpose) = purpose else {
        errors.add("code", NOT_OPEN);
        return Ok((unfit, page(&app, Submitted::new(form, errors)).await?).into_response());
    };
    let credentials = Credentials { account, password_hash: hash };
    match open_session(&app, &headers, credentials, Counted::default()).await? {
        Ok(session) => session.into_response(&headers, &Activated::by(purpose).path()),
        Err(_) => Ok(Redirect::to("/sign-in").into_response()),
    }
}
