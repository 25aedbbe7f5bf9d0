//! 兼办授权: where people are few, the League committee records that somebody may sign more than one step of a case. A rule
//! of this portal and of no plan, and said so.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::{Date, Duration};

use super::said;
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    directory,
    failure::Failure,
    ids::{CollegeId, DelegationId},
    name::same_number,
    office::SchoolLeague,
    page::chrome::Chrome,
    people::find::{Among, PersonField, Search},
    text::{day, folded, is_hidden},
    vetting::{
        Verb,
        paths::{self, Done},
        store::{self, Delegation, NewDelegation},
    },
    web::forms::{Done as After, Errors, Submitted, written},
};

/// The longest that one lasts, in days.
const LONGEST: i64 = 366;

/// 授权 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct DelegateForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    pick: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    last: String,
    #[serde(default)]
    ground: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/delegations.html")]
pub(super) struct DelegationsPage {
    chrome: Chrome,
    rows: Vec<Delegation>,
    colleges: Vec<(String, String)>,
    form: DelegateForm,
    person: PersonField,
    errors: Errors,
    today: Date,
    done: &'static str,
}

/// Who may be given one: whoever may sign in.
fn holders(acting: &Acting<SchoolLeague>, today: Date) -> Search {
    Search::of(acting, Among::Accounts, today)
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    submitted: Submitted<DelegateForm>,
    person: PersonField,
    done: &'static str,
) -> Result<DelegationsPage, Failure> {
    let mut db = app.read().await?;
    let rows = store::delegations(&mut db, acting.institution()).await?;
    let colleges = directory::store::colleges(&mut db, acting.institution()).await?;
    let colleges = colleges.into_iter().map(|college| (college.id.to_string(), college.name)).collect();
    let chrome = app.chrome(acting.person(), "兼办授权").under(paths::ROUNDS, "遴选轮次");
    let Submitted { form, errors } = submitted;
    Ok(DelegationsPage { chrome, rows, colleges, form, person, errors, today: app.clock.today(), done })
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<DelegationsPage, Failure> {
    let form = DelegateForm { from: app.clock.today().to_string(), ..DelegateForm::default() };
    let person = PersonField::new(&holders(&acting, app.clock.today()));
    page(&app, &acting, Submitted::new(form, Errors::default()), person, said(&done)).await
}

pub(super) async fn add(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(mut form): Form<DelegateForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (typed, search) = (&mut form.number, holders(&acting, today));
    let person = PersonField::read(&mut *app.read().await?, &search, typed, &form.pick, "number", &mut errors).await?;
    let number = folded(&form.number);
    if same_number(&number, &acting.person().number) {
        errors.add("number", "不能给自己授权，请由其他人登记");
    }
    if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
        errors.add("number", "请填写工号或学号");
    }
    let college = form.college.parse::<CollegeId>().ok();
    if college.is_none() {
        errors.add("college", "请选择院系");
    }
    let from = day(&form.from).filter(|from| *from >= today && *from <= today + Duration::days(LONGEST));
    if from.is_none() {
        errors.add("from", "请填写开始日期，不早于今天，一年之内");
    }
    let last =
        day(&form.last).filter(|last| from.is_some_and(|from| *last >= from && *last < from + Duration::days(LONGEST)));
    if last.is_none() {
        errors.add("last", "请填写最后一天，不早于开始日期，最长一年");
    }
    let ground = written(&form.ground, 200, "ground", "请写明为什么需要一人办理两个环节", &mut errors);
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(college), Some(from), Some(until), Some(ground), true) =
        (college, from, last.and_then(Date::next_day), ground, errors.is_empty())
    else {
        return Ok((unfit, page(&app, &acting, Submitted::new(form, errors), person, "").await?).into_response());
    };
    let new = NewDelegation { number, college, from, until, ground };
    let done = app
        .write_as(acting.person().authority(), async |db| {
            let done = store::delegate(db, &acting, &new, now).await?;
            if done {
                let entry = Entry::new(Verb::DelegationKept, new.number.clone())
                    .detail("办理", "登记")
                    .detail("自", from.to_string())
                    .detail("理由", new.ground.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(done)
        })
        .await?;
    if !done {
        errors.add("number", "没有这个账号");
        return Ok((unfit, page(&app, &acting, Submitted::new(form, errors), person, "").await?).into_response());
    }
    Ok(Redirect::to(&Done::Delegated.at(paths::DELEGATIONS)).into_response())
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DelegationId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        if !store::end_delegation(db, &acting, id, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::DelegationKept, id.to_string()).detail("办理", "收回");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(paths::DELEGATIONS))
}
