//! The pages of the second factor: asked after the password, set up and given up at one's own account.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{
    SignIn, Verb,
    factor::{self, FactorSecret, Kind},
    factor_store::{self, Awaiting, Factor},
    pages::{OwnPassword, check_own_password, me_page, wait},
    paths::{Done, ME_FACTOR, SIGN_IN, me_after},
};
use crate::{
    audit::{self, Entry},
    auth::{
        person::SignedIn,
        store::{FREE_ATTEMPTS, end_sessions, is_still_here},
        token::{Purpose, Token, hash_of},
        vouched,
    },
    failure::Failure,
    ids::{AccountId, InstitutionId},
    inbox::{self, Notice, To},
    page::{charts::Qr, chrome::Chrome},
    web::{
        forms::{Errors, local_path},
        routes::Routes,
    },
};

/// How long a secret is shown that was made and not confirmed.
const SHOWN_FOR: Duration = Duration::minutes(10);

pub(super) fn routes() -> Routes<SignIn> {
    Routes::default()
        .get("/sign-in/factor", ask)
        .post("/sign-in/factor", prove)
        .get("/me/factor", set_up)
        .post("/me/factor", confirm)
        .post("/me/factor/new", begin)
        .post("/me/factor/codes", make_codes_anew)
        .post("/me/factor/end", end)
}

#[derive(Deserialize, Default)]
struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "auth/factor.html")]
struct FactorPage {
    chrome: Chrome,
    next: String,
    errors: Errors,
}

impl FactorPage {
    fn new(next: &str, errors: Errors) -> Self {
        Self { chrome: Chrome::bare("动态验证码"), next: local_path(next).to_owned(), errors }
    }
}

/// Whose session this browser has that waits for its second factor. It is not in yet: it stays outside where the university
/// has moved since the password was given.
async fn waiting(app: &SignIn, headers: &HeaderMap) -> Result<Option<(Token, Awaiting)>, Failure> {
    let Some(token) = Token::from_headers(Purpose::Session, headers) else { return Ok(None) };
    let mut db = app.read().await?;
    let awaiting = factor_store::awaiting(&mut db, &token.hash(), app.clock.now()).await?;
    let Some(awaiting) = awaiting else { return Ok(None) };
    is_still_here(&mut db, awaiting.institution).await?;
    Ok(Some((token, awaiting)))
}

async fn ask(State(app): State<SignIn>, headers: HeaderMap, Query(form): Query<CodeForm>) -> Result<Response, Failure> {
    match waiting(&app, &headers).await? {
        Some(_) => Ok(FactorPage::new(&form.next, Errors::default()).into_response()),
        None => Ok(Redirect::to(SIGN_IN).into_response()),
    }
}

/// A code that was counted and looked at, to be accepted in the transaction of what it opens.
enum Given {
    /// It is of that step, which may have been accepted before.
    Step(i64),
    /// A code on paper, by its hash.
    Paper(Vec<u8>),
    Wrong,
    /// It came too soon.
    TooSoon(OffsetDateTime),
}

const WRONG: &str = "验证码不对，或已经用过；请等应用显示下一个再填";

/// Counts a code and looks at it. Who guesses has the password already: that waits for the record.
async fn look_at(
    app: &SignIn,
    institution: InstitutionId,
    account: AccountId,
    typed: &str,
    now: OffsetDateTime,
) -> Result<Given, Failure> {
    let charged = app.write_one(async |db| factor_store::charge(db, account, now).await).await?;
    let Some(known) = factor_store::factor(&mut *app.read().await?, account).await? else { return Ok(Given::Wrong) };
    let Some(failures) = charged else { return Ok(Given::TooSoon(known.open_at)) };
    if Kind::of(typed) == Kind::Recovery {
        return Ok(Given::Paper(hash_of(typed)));
    }
    let step = match FactorSecret::open(&known.sealed, &app.factor_key, account) {
        Some(secret) => secret.step_of(typed, now)?,
        None => None,
    };
    if step.is_none() && failures == FREE_ATTEMPTS {
        let entry = Entry::about(Verb::SignInSlowed, account).detail("环节", "动态验证码");
        app.write(async |db| audit::append_by_nobody(db, institution, entry, now).await).await?;
    }
    Ok(step.map_or(Given::Wrong, Given::Step))
}

/// Accepts a code in the transaction of what it opens; a code on paper is recorded, and its owner told.
async fn accept(
    db: &mut PgConnection,
    institution: InstitutionId,
    account: AccountId,
    given: &Given,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    match given {
        Given::Step(step) => factor_store::accept_step(db, account, *step, now).await,
        Given::Paper(hash) => {
            let accepted = factor_store::accept_recovery(db, account, hash, now).await?;
            if accepted {
                let entry = Entry::about(Verb::RecoveryCodeUsed, account);
                audit::append_by_visitor(db, institution, account, entry, now).await?;
                let notice = Notice::new("你的账号用了一个恢复码", "/me#factor")
                    .says("如果不是你本人用的，请立即更换密码，并请系统管理员停用动态验证码后重新设置。");
                inbox::tell(db, institution, To::Account(account), &notice, now).await?;
            }
            Ok(accepted)
        }
        Given::Wrong | Given::TooSoon(_) => Ok(false),
    }
}

/// The error beside the field, and the status.
fn fault(given: &Given, now: OffsetDateTime) -> (StatusCode, Errors) {
    let mut errors = Errors::default();
    let status = match given {
        Given::TooSoon(open_at) => {
            errors.add("code", wait(*open_at, now));
            StatusCode::TOO_MANY_REQUESTS
        }
        Given::Paper(_) => {
            errors.add("code", "应为应用显示的 6 位数字，或一个没有用过的恢复码");
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Given::Step(_) | Given::Wrong => {
            errors.add("code", WRONG);
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    (status, errors)
}

async fn prove(
    State(app): State<SignIn>,
    headers: HeaderMap,
    Form(CodeForm { code, next }): Form<CodeForm>,
) -> Result<Response, Failure> {
    let Some((token, Awaiting { account, institution })) = waiting(&app, &headers).await? else {
        return Ok(Redirect::to(SIGN_IN).into_response());
    };
    let now = app.clock.now();
    let given = look_at(&app, institution, account, &code, now).await?;
    let fresh = Token::random();
    let opened = app
        .write(async |db| {
            Ok(accept(db, institution, account, &given, now).await?
                && factor_store::open(db, &token.hash(), &fresh.hash(), now).await?)
        })
        .await?;
    if opened {
        let cookie = fresh.set_cookie(Purpose::Session, &headers)?;
        return Ok(([(header::SET_COOKIE, cookie)], Redirect::to(local_path(&next))).into_response());
    }
    let (status, errors) = fault(&given, now);
    Ok((status, FactorPage::new(&next, errors)).into_response())
}

#[derive(Deserialize)]
struct BeginForm {
    #[serde(default)]
    password: String,
}

async fn begin(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(BeginForm { password }): Form<BeginForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut errors = Errors::default();
    let stands_in = vouched::stands_in(&mut *app.read().await?, &person.session, now).await?;
    let proof = if stands_in {
        OwnPassword::Right(String::new())
    } else {
        check_own_password(&app, &person, &password).await?
    };
    let status = match proof {
        OwnPassword::Right(_) => {
            let sealed = FactorSecret::random().seal(&app.factor_key, person.account)?;
            let begun = app
                .write_as(person.authority(), async |db| factor_store::begin(db, person.account, &sealed, now).await)
                .await?;
            return Ok(Redirect::to(if begun { ME_FACTOR } else { "/me" }).into_response());
        }
        OwnPassword::Wrong => {
            errors.add("password", "密码不对");
            StatusCode::UNPROCESSABLE_ENTITY
        }
        OwnPassword::TooSoon(open_at) => {
            errors.add("password", wait(open_at, now));
            StatusCode::TOO_MANY_REQUESTS
        }
    };
    Ok((status, me_page(&app, person, errors, "").await?).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "auth/factor_new.html")]
struct NewFactorPage {
    chrome: Chrome,
    qr: Qr,
    /// The secret for whoever types it.
    secret: String,
    number: String,
    errors: Errors,
}

/// The secret that this person is setting up; none where there is none, or it was made too long ago.
async fn unconfirmed(app: &SignIn, person: &SignedIn) -> Result<Option<FactorSecret>, Failure> {
    let factor = factor_store::factor(&mut *app.read().await?, person.account).await?;
    let fresh = |one: &Factor| one.confirmed_at.is_none() && app.clock.now() - one.made_at < SHOWN_FOR;
    Ok(factor.filter(fresh).and_then(|one| FactorSecret::open(&one.sealed, &app.factor_key, person.account)))
}

fn new_page(app: &SignIn, person: &SignedIn, secret: &FactorSecret, errors: Errors) -> Result<NewFactorPage, Failure> {
    let chrome = app.chrome(person, "设置动态验证码").under("/me", "我的账号");
    let qr = Qr::new(&secret.link(&person.number))?;
    Ok(NewFactorPage { chrome, qr, secret: secret.text(), number: person.number.clone(), errors })
}

async fn set_up(State(app): State<SignIn>, person: SignedIn) -> Result<Response, Failure> {
    match unconfirmed(&app, &person).await? {
        Some(secret) => Ok(new_page(&app, &person, &secret, Errors::default())?.into_response()),
        None => Ok(Redirect::to("/me").into_response()),
    }
}

/// Codes on paper, shown once.
#[derive(Template, WebTemplate)]
#[template(path = "auth/recovery_codes.html")]
struct RecoveryCodesPage {
    chrome: Chrome,
    codes: Vec<String>,
    /// They replace others; else the second factor was set up with them.
    anew: bool,
}

async fn confirm(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(CodeForm { code, .. }): Form<CodeForm>,
) -> Result<Response, Failure> {
    let Some(secret) = unconfirmed(&app, &person).await? else { return Ok(Redirect::to("/me").into_response()) };
    let now = app.clock.now();
    let given = look_at(&app, person.institution, person.account, &code, now).await?;
    let codes = factor::recovery_codes();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash_of(code)).collect();
    let confirmed = app
        .write_as(person.authority(), async |db| {
            if !accept(db, person.institution, person.account, &given, now).await? {
                return Ok(false);
            }
            factor_store::keep_recovery(db, person.account, &hashes, now).await?;
            let ended = end_sessions(db, person.account, Some(&person.session)).await?;
            let entry = Entry::new(Verb::FactorSet, "本人账号").detail("结束的其他登录", ended);
            audit::append(db, &person, entry, now).await?;
            Ok(true)
        })
        .await?;
    if confirmed {
        let chrome = app.chrome(&person, "动态验证码已开启").under("/me", "我的账号");
        return Ok(RecoveryCodesPage { chrome, codes, anew: false }.into_response());
    }
    let (status, errors) = fault(&given, now);
    Ok((status, new_page(&app, &person, &secret, errors)?).into_response())
}

async fn make_codes_anew(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(CodeForm { code, .. }): Form<CodeForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let given = look_at(&app, person.institution, person.account, &code, now).await?;
    let codes = factor::recovery_codes();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash_of(code)).collect();
    let made = app
        .write_as(person.authority(), async |db| {
            let known = factor_store::factor(db, person.account).await?;
            // A factor that is being set up gets its codes as it is confirmed.
            if known.is_none_or(|known| known.confirmed_at.is_none())
                || !accept(db, person.institution, person.account, &given, now).await?
            {
                return Ok(false);
            }
            factor_store::keep_recovery(db, person.account, &hashes, now).await?;
            audit::append(db, &person, Entry::new(Verb::RecoveryCodesMade, "本人账号"), now).await?;
            Ok(true)
        })
        .await?;
    if made {
        let chrome = app.chrome(&person, "新的恢复码").under("/me", "我的账号");
        return Ok(RecoveryCodesPage { chrome, codes, anew: true }.into_response());
    }
    let (status, errors) = fault(&given, now);
    Ok((status, me_page(&app, person, errors, "").await?).into_response())
}

async fn end(
    State(app): State<SignIn>,
    person: SignedIn,
    Form(CodeForm { code, .. }): Form<CodeForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let given = look_at(&app, person.institution, person.account, &code, now).await?;
    let ended = app
        .write_as(person.authority(), async |db| {
            if !accept(db, person.institution, person.account, &given, now).await? {
                return Ok(false);
            }
            let ended = factor_store::give_up(db, person.account).await?;
            audit::append(db, &person, Entry::new(Verb::FactorEnded, "本人账号"), now).await?;
            Ok(ended)
        })
        .await?;
    if ended {
        return Ok(Redirect::to(&me_after(Done::FactorEnded)).into_response());
    }
    let (status, errors) = fault(&given, now);
    Ok((status, me_page(&app, person, errors, "").await?).into_response())
}
