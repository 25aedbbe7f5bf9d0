//! The two layers: one around every form, which brings back what was not done; one outside all routes, which shows what was
//! kept.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    body::to_bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use tokio::time::timeout;

use super::{
    form::{Encoding, KeptForm},
    store::{self, SessionOwner},
};
use crate::{
    app::App,
    auth::{
        self,
        token::{Purpose, Token, clear_kept_form},
    },
    failure::{Failure, FailurePage, SignedOut, dressed},
    page::{
        chrome::Chrome,
        filters,
        unsent::{TypedText, Unsent},
    },
    web::{
        forms::{TypedField, TypedFields, Upload, is_over_the_limit, local_path},
        intake::Uploader,
        routes::{LARGEST_READ, LARGEST_TYPED},
    },
};

/// Where a person finds the form that was kept for them. It is no route: the form's own page is shown there.
pub const KEPT: &str = "/kept";

/// What is never kept: passwords, codes, passphrases, ballots, score sheets; and answers of questionnaires.
const SECRET: [&str; 11] = [
    "/sign-in",
    "/sign-out",
    "/sso",
    "/activate",
    "/me",
    "/campus",
    "/votes",
    "/receipts",
    "/slip",
    "/monitoring",
    "/scoring",
];

/// What is sent to that path is never kept: passwords, codes, ballots, scores, answers.
#[must_use]
pub fn is_secret(path: &str) -> bool {
    let below = |prefix: &&str| path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_answer = path.starts_with("/surveys/") && path.trim_end_matches('/').ends_with("/answer");
    is_answer || SECRET.iter().any(below)
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How long a form may take before its writer is told so, with what was typed: shortly before the outer layer answers for
/// every request alike. The act itself goes on to its end.
const ANSWER_WITHIN: Duration = Duration::from_secs(52);
/// How long its page may take to be shown again: where all waits for one thing, it would wait too.
const SHOWN_WITHIN: Duration = Duration::from_secs(4);

/// Stands around every handler: a form that was not done comes back as it was filled in.
pub async fn capture(State(app): State<App>, request: Request, next: Next) -> Response {
    let encoding = Encoding::of(request.headers()).filter(|_| request.method() == Method::POST);
    let Some(encoding) = encoding.filter(|_| !is_secret(request.uri().path())) else { return next.run(request).await };
    if request.extensions().get::<Unsent>().is_some() {
        return next.run(request).await;
    }
    let typed = TypedFields::default();
    let (before, body) = request.into_parts();
    let sent = Request::from_parts(before.clone(), body);
    let done = done(&app, sent, next.clone(), encoding, &typed);
    let response = match timeout(ANSWER_WITHIN, done).await {
        Ok(response) => dressed(response),
        Err(_) => Failure::TookLong.into_response(),
    };
    let path = before.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned();
    let form = KeptForm { path, office: None, encoding, fields: typed.take() };
    if response.extensions().get::<SignedOut>().is_some() {
        return keep(&app, before.headers, form).await.unwrap_or_else(IntoResponse::into_response);
    }
    if response.status() == StatusCode::SEE_OTHER {
        return forget(&app, &before.headers, response).await;
    }
    match response.extensions().get::<FailurePage>().cloned().filter(|_| form.is_worth_keeping()) {
        Some(page) => give_back(next, before, form, page, response).await,
        None => response,
    }
}

/// Runs a form, and notes what was typed into it.
async fn done(app: &App, request: Request, next: Next, encoding: Encoding, typed: &TypedFields) -> Response {
    let (mut parts, body) = request.into_parts();
    match encoding {
        Encoding::Plain => match to_bytes(body, LARGEST_TYPED).await {
            Ok(bytes) => {
                typed.note(read(&bytes));
                next.run(Request::from_parts(parts, bytes.into())).await
            }
            // Of what is longer than anybody types, and of what did not arrive, there is nothing to give back.
            Err(error) if is_over_the_limit(&error) => Failure::TooMuchText.into_response(),
            Err(_) => Failure::Malformed.into_response(),
        },
        Encoding::Multipart => {
            parts.extensions.insert(typed.clone());
            let uploader = uploader(app, &parts.headers).await;
            if let Ok(Some(uploader)) = &uploader {
                parts.extensions.insert(*uploader);
            }
            let mut request = Request::from_parts(parts, body);
            match uploader {
                // The fields are read past the files, which are not kept.
                Ok(None) => {
                    DefaultBodyLimit::max(LARGEST_READ).apply(&mut request);
                    let _ = Upload::from_request(request, &()).await;
                    Failure::SignInFirst("/".to_owned()).into_response()
                }
                Ok(Some(_)) => next.run(request).await,
                Err(failure) => failure.into_response(),
            }
        }
    }
}

/// The form's own page as it was filled in, or the failure's with what was typed.
async fn give_back(next: Next, before: Parts, form: KeptForm, page: FailurePage, failed: Response) -> Response {
    let form = form.typeable();
    let shown = match page.why_unsent() {
        Some(unsent) => timeout(SHOWN_WITHIN, again(next, before, &form, unsent)).await.ok().flatten(),
        None => None,
    };
    let mut shown = shown.unwrap_or_else(|| page.with_texts(form.texts()).into_response());
    *shown.status_mut() = failed.status();
    if let Some(after) = failed.headers().get(header::RETRY_AFTER) {
        shown.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    shown
}

/// The fields of a plain form, in their order.
fn read(bytes: &[u8]) -> Vec<TypedField> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(bytes).unwrap_or_default();
    pairs.into_iter().map(|(name, value)| TypedField { name, value }).collect()
}

/// Whoever is signed in; none where the browser's session is open no more.
async fn uploader(app: &App, headers: &HeaderMap) -> Result<Option<Uploader>, Failure> {
    let Some(token) = Token::from_headers(Purpose::Session, headers) else { return Ok(None) };
    let person = auth::store::person_of_session(&mut *app.read().await?, &token.hash(), app.clock.now()).await?;
    Ok(person.map(|person| Uploader(person.account)))
}

/// The form's own page as it was filled in; none where it has none to show.
async fn again(next: Next, mut parts: Parts, form: &KeptForm, unsent: Unsent) -> Option<Response> {
    parts.extensions.insert(unsent);
    let response = next.run(form.request(parts).ok()?).await;
    matches!(response.status(), StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY).then_some(response)
}

/// The page from which a form was sent, where it is one of ours.
fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let uri = referer.and_then(|referer| referer.parse::<Uri>().ok());
    let path = uri.as_ref().and_then(Uri::path_and_query).map_or("/", axum::http::uri::PathAndQuery::as_str);
    local_path(path).to_owned()
}

/// Keeps the form for whose session it was, and leads to the sign-in page, which says that nothing was sent.
async fn keep(app: &App, headers: HeaderMap, mut form: KeptForm) -> Result<Response, Failure> {
    let now = app.clock.now();
    let owner = match Token::from_headers(Purpose::Session, &headers) {
        Some(session) => store::owner_of(&mut *app.read().await?, &session.hash(), now).await?,
        None => None,
    };
    let Some(SessionOwner { account, office }) = owner.filter(|_| form.is_worth_keeping()) else {
        return Ok(Redirect::to(&filters::sign_in_unsent(&came_from(&headers))).into_response());
    };
    form.office = office;
    let token = Token::random();
    let cookie = token.set_cookie(Purpose::KeptForm, &headers)?;
    let app = app.clone();
    // To its end, whatever the client does.
    let kept =
        tokio::spawn(async move { app.write_one(async |db| store::keep(db, &token, account, &form, now).await).await });
    kept.await.map_err(anyhow::Error::new)??;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&filters::sign_in_path(KEPT))).into_response())
}

/// Something was sent: what was kept before is given up.
async fn forget(app: &App, headers: &HeaderMap, mut response: Response) -> Response {
    let Some(token) = Token::from_headers(Purpose::KeptForm, headers) else { return response };
    let app = app.clone();
    let forgotten = tokio::spawn(async move { app.write_one(async |db| store::forget(db, &token).await).await });
    if let (Ok(Ok(())), Ok(cookie)) = (forgotten.await, clear_kept_form(headers)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What was typed in a form whose page cannot be shown as it was filled in.
#[derive(Template, WebTemplate)]
#[template(path = "kept_forms/typed.html")]
struct TypedPage {
    chrome: Chrome,
    says: &'static str,
    texts: Vec<TypedText>,
}

/// Stands outside all routes: shows the form that was kept for whoever asks.
pub async fn show(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET || request.uri().path() != KEPT {
        return next.run(request).await;
    }
    shown(&app, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn shown(app: &App, request: Request, next: Next) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let now = app.clock.now();
    let session = Token::from_headers(Purpose::Session, &parts.headers);
    let person = match session {
        Some(session) => auth::store::person_of_session(&mut *app.read().await?, &session.hash(), now).await?,
        None => None,
    };
    let Some(person) = person else { return Err(Failure::SignInFirst(KEPT.to_owned())) };
    if person.must_see_to_account() {
        return Err(Failure::PasswordFirst);
    }
    let kept = match Token::from_headers(Purpose::KeptForm, &parts.headers) {
        Some(token) => store::kept(&mut *app.read().await?, &token, person.account, now).await?,
        None => None,
    };
    let Some(form) = kept else { return Ok(Redirect::to("/").into_response()) };
    // In the office in which it was written, where it is still held.
    let acting = person.acting.as_ref().map(|office| office.id);
    if let Some(office) = form.office.filter(|office| acting != Some(*office)) {
        let (app, session) = (app.clone(), person.session.clone());
        let acted = tokio::spawn(async move {
            app.write_one(async |db| auth::store::act_in(db, &session, office, now).await).await
        });
        acted.await.map_err(anyhow::Error::new)??;
    }
    parts.uri = form.path.parse().map_err(anyhow::Error::new)?;
    // It is ours, and nothing of it can be done.
    parts.headers.insert(FETCH_SITE, HeaderValue::from_static("same-origin"));
    parts.headers.remove(header::ORIGIN);
    parts.extensions.insert(Unsent::SignedOut);
    let mut response = next.run(form.request(parts)?).await;
    if matches!(response.status(), StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY) {
        *response.status_mut() = StatusCode::OK;
        return Ok(response);
    }
    let chrome = app.chrome(&person, "没有提交的内容");
    let page = TypedPage { chrome, says: Unsent::SignedOut.label(), texts: form.texts() };
    Ok(page.into_response())
}
