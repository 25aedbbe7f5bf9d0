//! The page 登录安全: when sessions that nobody uses end, and who must have a second factor. Each university's administrators set it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Verb,
    paths::{ACCOUNTS, Done, security_after},
    store::{self, SignInRules},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    office::{Administrator, Office, OfficeKind, Staff},
    page::chrome::Chrome,
    text::folded,
    web::forms::{self, Errors, Submitted},
};

/// The minutes that may be set, as the database has them.
const MINUTES: std::ops::RangeInclusive<i16> = 5..=720;

#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/accounts/security", show).post("/accounts/security", set)
}

/// What a box that is ticked sends.
const TICKED: &str = "yes";

#[derive(Default, Deserialize)]
struct SecurityForm {
    #[serde(default)]
    staff: String,
    #[serde(default)]
    students: String,
    #[serde(default)]
    factor: String,
}

impl From<SignInRules> for SecurityForm {
    fn from(rules: SignInRules) -> Self {
        let typed = |minutes: Option<i16>| minutes.map_or_else(String::new, |minutes| minutes.to_string());
        let factor = if rules.factor_required { TICKED } else { "" };
        Self { staff: typed(rules.staff), students: typed(rules.students), factor: factor.to_owned() }
    }
}

impl SecurityForm {
    fn requires_factor(&self) -> bool {
        self.factor == TICKED
    }

    /// The rules, or an error beside each field.
    fn read(&self, errors: &mut Errors) -> SignInRules {
        let mut minutes = |field, text: &str| {
            let text = folded(text);
            let read = text.parse().ok().filter(|minutes| MINUTES.contains(minutes));
            if read.is_none() && !text.is_empty() {
                errors.add(field, format!("应为 {} 至 {} 的整数，或留空", MINUTES.start(), MINUTES.end()));
            }
            read
        };
        let (staff, students) = (minutes("staff", &self.staff), minutes("students", &self.students));
        SignInRules { staff, students, factor_required: self.requires_factor() }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/security.html")]
struct SecurityPage {
    chrome: Chrome,
    form: SecurityForm,
    errors: Errors,
    /// The offices that teachers hold, and the others, in words.
    staff: String,
    students: String,
    done: &'static str,
}

fn in_words(is_staff: bool) -> String {
    let kinds = OfficeKind::ALL.iter().filter(|kind| Staff::KINDS.contains(kind) == is_staff);
    kinds.map(|kind| kind.label()).collect::<Vec<_>>().join("、")
}

fn page(app: &App, acting: &Acting<Administrator>, submitted: Submitted<SecurityForm>) -> SecurityPage {
    let chrome = app.chrome(acting.person(), "登录安全").under(ACCOUNTS, "账号与职务");
    let Submitted { form, errors } = submitted;
    SecurityPage { chrome, form, errors, staff: in_words(true), students: in_words(false), done: "" }
}

async fn show(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Query(query): Query<forms::Done>,
) -> Result<SecurityPage, Failure> {
    let rules = store::sign_in_rules(&mut *app.read().await?, acting.institution()).await?;
    let done = query.done.parse().map_or("", Done::label);
    Ok(SecurityPage { done, ..page(&app, &acting, Submitted::new(rules.into(), Errors::default())) })
}

async fn set(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Form(form): Form<SecurityForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let rules = form.read(&mut errors);
    if !errors.is_empty() {
        let page = page(&app, &acting, Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let said = |minutes: Option<i16>| minutes.map_or_else(|| "不限".to_owned(), |minutes| format!("{minutes} 分钟"));
    app.write_as(acting.person().authority(), async |db| {
        store::set_sign_in_rules(db, &acting, rules).await?;
        let entry = Entry::new(Verb::SignInRulesSet, "登录安全")
            .detail("教师职务无操作退出", said(rules.staff))
            .detail("学生职务无操作退出", said(rules.students))
            .detail("动态验证码", if rules.factor_required { "必须" } else { "自愿" });
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&security_after(Done::Security)).into_response())
}
