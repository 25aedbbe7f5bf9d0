//! Signing in and out, one's own account, and the office in which one acts.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    SignIn, Verb,
    factor_store::{self, Factor},
    paths::{Done, me_after, signed_out},
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{
        extract::{END_SESSIONS, OTHER_OFFICE},
        password::weakness,
        person::SignedIn,
        store::{self, AttemptResult, Institution, NotOpened, Session, SignInAttempt},
        token::{Purpose, Token, clear_cookie},
        vouched,
    },
    failure::Failure,
    ids::{AccountId, InstitutionId, OfficeId},
    kept_forms::KEPT,
    name::number_key,
    page::{chrome::Chrome, filters},
    sign_in::session::open_session,
    text::own_number,
    web::{
        forms::{self, Errors, Submitted, local_path},
        network::Network,
        origin::is_plain,
        routes::Routes,
    },
};

/// The routes of signing in and of one's own account.
pub(super) fn routes() -> Routes<SignIn> {
    Routes::default()
        .get("/sign-in", ask)
        .post("/sign-in", sign_in)
        .post("/sign-out", sign_out)
        .get("/me", me)
        .post("/me/password", change_password)
        .post(END_SESSIONS, end_sessions)
        .post(OTHER_OFFICE, act_in)
}

#[derive(Template, WebTemplate)]
#[template(path = "auth/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    /// Where one goes on afterwards, as a query has it.
    onward: String,
    institutions: Vec<Institution>,
    form: SignInForm,
    errors: Errors,
    /// Why one is asked to sign in, where a session has ended.
    says: &'static str,
    /// Somebody has just signed out here.
    is_out: bool,
    /// The browser would not keep the cookie.
    is_plain: bool,
}

#[derive(Deserialize, Default)]
struct SignInForm {
    #[serde(default)]
    school: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct SignInQuery {
    #[serde(default)]
    next: String,
    /// Something was sent after the session had ended, and could not be kept.
    #[serde(default)]
    unsent: String,
    /// One comes from signing out.
    #[serde(default)]
    out: String,
}

/// Why one is asked to sign in; nothing where one just comes.
fn why(headers: &HeaderMap, next: &str, unsent: bool) -> &'static str {
    if next == KEPT {
        "登录已过期，刚才填的没有提交。重新登录后会回到刚才的表单，填的内容还在（保留一小时，只有本人能看到）；选的文件要重新选择。"
    } else if unsent {
        "登录已过期，刚才的操作没有提交。重新登录后请再办一次。"
    } else if Token::from_headers(Purpose::Session, headers).is_some() {
        "登录已过期，请重新登录；登录后回到刚才的页面。"
    } else {
        ""
    }
}

async fn sign_in_page(app: &App, submitted: Submitted<SignInForm>) -> Result<SignInPage, Failure> {
    let Submitted { form, errors } = submitted;
    let institutions = store::institutions(&mut *app.read().await?).await?;
    // A password never comes back in a page.
    let form = SignInForm { password: String::new(), ..form };
    let onward = filters::query_value(local_path(&form.next));
    Ok(SignInPage {
        chrome: Chrome::bare("登录"),
        onward,
        institutions,
        form,
        errors,
        says: "",
        is_out: false,
        is_plain: false,
    })
}

async fn ask(
    State(app): State<SignIn>,
    headers: HeaderMap,
    person: Option<SignedIn>,
    Query(SignInQuery { next, unsent, out }): Query<SignInQuery>,
) -> Result<Response, Failure> {
    if person.is_some() {
        return Ok(Redirect::to(local_path(&next)).into_response());
    }
    let says = why(&headers, &next, !unsent.is_empty());
    let form = SignInForm { next, ..SignInForm::default() };
    let page = sign_in_page(&app, Submitted::new(form, Errors::default())).await?;
    Ok(SignInPage { says, is_out: !out.is_empty(), is_plain: is_plain(&headers), ..page }.into_response())
}

async fn sign_in(
    State(app): State<SignIn>,
    network: Network,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Failure> {
    let number = own_number(&form.number);
    let mut errors = Errors::default();
    // It is counted by its key.
    let fits = [number.as_str(), &number_key(&number)].iter().all(|text| (1..=32).contains(&text.chars().count()));
    let names_a_school = !form.school.is_empty() && !form.school.chars().any(char::is_control);
    if !names_a_school {
        errors.add("school", "请选择学校");
    }
    if !fits || number.chars().any(char::is_control) {
        errors.add("number", "请填写学号或工号");
    }
    if form.password.is_empty() || form.password.len() > 1024 {
        errors.add("password", "请填写密码");
    }
    if !errors.is_empty() {
        return refused(&app, Submitted::new(form, errors)).await;
    }

    store::is_here(&mut *app.read().await?, &form.school).await?;
    // Before the attempt is counted: a request that is refused because too many wait is no guess.
    let slot = app.hasher.reserve()?;
    let now = app.clock.now();
    let device = Token::from_headers(Purpose::Device, &headers);
    let network_closed = app.networks.closed_until(network, now);
    if let Some(open_at) = network_closed.filter(|_| device.is_none()) {
        return too_soon(&app, form, NETWORK_WAITS, open_at).await;
    }
    let attempt = SignInAttempt::outside(&form.school, device.as_ref(), network, &number);
    let result = app.attempts.write(attempt.key(), attempt).await?;
    let Some(AttemptResult { institution, credentials, counted, failures, closed_until }) = result else {
        errors.add("school", "请选择学校");
        return refused(&app, Submitted::new(form, errors)).await;
    };
    if let Some(open_at) = closed_until {
        return too_soon(&app, form, NUMBER_WAITS, open_at).await;
    }
    // A device that only says it is known is counted like a stranger's.
    if let Some(open_at) = network_closed.filter(|_| !counted.device_is_known) {
        return too_soon(&app, form, NETWORK_WAITS, open_at).await;
    }
    let refusal = RefusedSignIn { institution, network, device_is_known: counted.device_is_known, failures };
    let account = credentials.as_ref().map(|known| known.account);
    let hash = credentials.as_ref().map(|known| known.password_hash.as_str());
    let right = app.hasher.verify(slot, &form.password, hash).await?;
    let opened = match credentials.filter(|_| right) {
        Some(credentials) => Some(open_session(&app, &headers, credentials, counted).await?),
        None => None,
    };
    match opened {
        Some(Ok(session)) => {
            app.networks.succeeded(network, now);
            let keeps = Token::from_headers(Purpose::KeptForm, &headers).is_some();
            let next = if keeps && local_path(&form.next) == "/" { KEPT } else { form.next.as_str() };
            return session.into_response(&headers, next);
        }
        Some(Err(NotOpened::PasswordClosed)) => {
            errors.add("password", "本校学生用“统一身份认证”登录，不用密码；请点下面的链接");
            return refused(&app, Submitted::new(form, errors)).await;
        }
        Some(Err(NotOpened::Changed)) | None => {}
    }
    metrics::counter!("lunzhi_sign_ins_total", "result" => "refused").increment(1);
    refusal.record(&app, account).await?;
    errors.add("password", "学校、学号（工号）或密码不对");
    refused(&app, Submitted::new(form, errors)).await
}

async fn refused(app: &App, submitted: Submitted<SignInForm>) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, sign_in_page(app, submitted).await?).into_response())
}

const NUMBER_WAITS: &str = "失败次数较多";
const NETWORK_WAITS: &str = "你所在的网络登录失败较多（用登录过的手机或电脑、改用手机流量不受影响）";

async fn too_soon(app: &App, form: SignInForm, why: &str, open_at: OffsetDateTime) -> Result<Response, Failure> {
    let seconds = (open_at - app.clock.now()).whole_seconds() + 1;
    let says = format!("{why}，请过 {seconds} 秒再试");
    let page = sign_in_page(app, Submitted::with_fault(form, "password", says)).await?;
    Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], page).into_response())
}

/// An attempt whose password was not right.
struct RefusedSignIn {
    institution: InstitutionId,
    network: Network,
    device_is_known: bool,
    failures: Option<i32>,
}

impl RefusedSignIn {
    /// Counts it for its network; the record hears of it where a number begins to wait or a network has run out, not of
    /// every slip. Unknown numbers are not recorded: anybody could fill the record with them.
    async fn record(self, app: &SignIn, account: Option<AccountId>) -> Result<(), Failure> {
        let now = app.clock.now();
        let device = if self.device_is_known { "登录过的设备" } else { "新设备" };
        let mut entries = Vec::new();
        if let Some(account) = account.filter(|_| self.failures == Some(store::FREE_ATTEMPTS)) {
            entries.push(Entry::about(Verb::SignInSlowed, account).detail("设备", device));
        }
        if !self.device_is_known && app.networks.failed(self.network, now) {
            entries.push(Entry::new(Verb::SignInSlowed, "来自同一网络的登录"));
        }
        if entries.is_empty() {
            return Ok(());
        }
        let network = self.network.to_string();
        app.write(async |db| {
            for entry in entries {
                audit::append_by_nobody(db, self.institution, entry.detail("网络", network.as_str()), now).await?;
            }
            Ok(())
        })
        .await
    }
}

async fn sign_out(
    State(app): State<SignIn>,
    headers: HeaderMap,
    person: Option<SignedIn>,
) -> Result<Response, Failure> {
    let campus = match person {
        Some(person) => {
            app.write(async |db| {
                let campus = vouched::campus_of(db, &person.session).await?;
                store::end_session(db, &person.session).await?;
                Ok(campus)
            })
            .await?
        }
        None => None,
    };
    let onward = Redirect::to(&signed_out(campus.as_deref()));
    Ok(([(header::SET_COOKIE, clear_cookie(&headers)?)], onward).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "auth/me.html")]
pub(super) struct MePage {
    chrome: Chrome,
    person: SignedIn,
    sessions: Vec<Session>,
    factor: Option<Factor>,
    /// The university's server vouched for them a moment ago, and they have no password to prove with.
    stands_in: bool,
    errors: Errors,
    done: &'static str,
}

impl MePage {
    /// The second factor that is asked for at sign-in.
    fn confirmed(&self) -> Option<&Factor> {
        self.factor.as_ref().filter(|factor| factor.confirmed_at.is_some())
    }
}

pub(super) async fn me_page(
    app: &App,
    person: SignedIn,
    errors: Errors,
    done: &'static str,
) -> Result<MePage, Failure> {
    let mut db = app.read().await?;
    let sessions = store::sessions(&mut db, person.account, app.clock.now()).await?;
    let factor = factor_store::factor(&mut db, person.account).await?;
    let stands_in = vouched::stands_in(&mut db, &person.session, app.clock.now()).await?;
    Ok(MePage { chrome: app.chrome(&person, "我的账号"), person, sessions, factor, stands_in, errors, done })
}

async fn me(State(app): State<SignIn>, person: SignedIn, Query(query): Query<forms::Done>) -> Result<MePage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    me_page(&app, person, Errors::default(), done).await
}

/// What somebody who is signed in gave as their password.
pub(super) enum OwnPassword {
    /// Right; with the hash that it was held against.
    Right(String),
    Wrong,
    /// It came too soon after others.
    TooSoon(OffsetDateTime),
}

/// Guessing the password in an open session is slowed down like guessing at sign-in, counted by session.
pub(super) async fn check_own_password(app: &SignIn, person: &SignedIn, typed: &str) -> Result<OwnPassword, Failure> {
    let slot = app.hasher.reserve()?;
    let attempt = SignInAttempt::inside(person.institution, &person.session, &person.number);
    let result = app.attempts.write(attempt.key(), attempt).await?;
    let Some(AttemptResult { credentials, closed_until, .. }) = result else { return Err(Failure::Missing) };
    if let Some(open_at) = closed_until {
        return Ok(OwnPassword::TooSoon(open_at));
    }
    let hash = credentials.map(|known| known.password_hash);
    let right = app.hasher.verify(slot, typed, hash.as_deref()).await?;
    Ok(hash.filter(|_| right).map_or(OwnPassword::Wrong, OwnPassword::Right))
}

/// That the next attempt has to wait, beside its field.
pub(super) fn wait(open_at: OffsetDateTime, now: OffsetDateTime) -> String {
    format!("失败次数较多，请过 {} 秒再试", (open_at - now).whole_seconds() + 1)
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

async fn change_password(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    if let Some(weakness) = weakness(&form.new, &person.password_owner()) {
        errors.add("new", weakness);
    } else if form.new == form.old {
        errors.add("new", "新密码与原密码相同");
    }
    if form.new != form.again {
        errors.add("again", "两次填写的新密码不一致");
    }
    if !errors.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, me_page(&app, person, errors, "").await?).into_response());
    }
    let old_hash = match check_own_password(&app, &person, &form.old).await? {
        OwnPassword::Right(hash) => hash,
        OwnPassword::TooSoon(open_at) => {
            errors.add("old", wait(open_at, app.clock.now()));
            return Ok((StatusCode::TOO_MANY_REQUESTS, me_page(&app, person, errors, "").await?).into_response());
        }
        OwnPassword::Wrong => {
            errors.add("old", "原密码不对");
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, me_page(&app, person, errors, "").await?).into_response());
        }
    };
    let new_hash = app.hasher.hash(&form.new).await?;
    let now = app.clock.now();
    app.write_as(person.authority(), async |db| {
        if !store::set_password(db, person.account, &old_hash, &new_hash, now).await? {
            return Err(Failure::Busy);
        }
        let ended = store::end_sessions(db, person.account, Some(&person.session)).await?;
        let entry = Entry::new(Verb::PasswordChanged, "本人账号").detail("结束的其他登录", ended);
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&me_after(Done::Password)).into_response())
}

#[derive(Deserialize)]
struct EndForm {
    /// `all` ends this session too.
    #[serde(default)]
    which: String,
}

async fn end_sessions(
    State(app): State<SignIn>,
    headers: HeaderMap,
    person: SignedIn,
    Form(EndForm { which }): Form<EndForm>,
) -> Result<Response, Failure> {
    let (all, now) = (which == "all", app.clock.now());
    // Who may not work here any more still ends what others read in their name.
    let campus = app
        .write(async |db| {
            let campus = vouched::campus_of(db, &person.session).await?;
            let keep = (!all).then_some(person.session.as_slice());
            let ended = store::end_sessions(db, person.account, keep).await?;
            let entry = Entry::new(Verb::SessionsEnded, "本人账号").detail("结束的登录", ended);
            audit::append(db, &person, entry, now).await?;
            Ok(campus)
        })
        .await?;
    if all {
        let onward = Redirect::to(&signed_out(campus.as_deref()));
        return Ok(([(header::SET_COOKIE, clear_cookie(&headers)?)], onward).into_response());
    }
    Ok(Redirect::to(&me_after(Done::Sessions)).into_response())
}

#[derive(Deserialize)]
struct OfficeForm {
    office: OfficeId,
}

async fn act_in(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(OfficeForm { office }): Form<OfficeForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    // Who may not work here any more still reads in each of their offices.
    let done = app.write_one(async |db| store::act_in(db, &person.session, office, now).await).await?;
    if done { Ok(Redirect::to("/")) } else { Err(Failure::Missing) }
}
