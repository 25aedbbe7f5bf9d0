//! 离任 of several people at once: chosen, shown with what the union is afterwards, and done together.

use std::collections::HashSet;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::Date;

use super::{after::After, calendar, frame, managed};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::{PostId, UnionId},
    office::UnionKeeper,
    page::chrome::Chrome,
    rules::adoption::Calendar,
    unions::{
        Verb,
        forms::{EndForm, WHYS},
        paths::Done,
        store,
        union::{PostKind, PostRow, Record},
    },
    web::forms::{Errors, Submitted},
};

/// Which posts are offered: all, those of a kind or of a department, or those of people by 学号 with commas.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LeaveQuery {
    post: String,
    department: String,
    people: String,
}

impl LeaveQuery {
    fn offers(&self, post: &PostRow) -> bool {
        let department = post.department.map(|id| id.to_string()).unwrap_or_default();
        let kind = if post.seat { PostKind::Presidium } else { post.kind };
        (self.post.is_empty() || self.post == kind.slug())
            && (self.department.is_empty() || self.department == department)
            && (self.people.is_empty() || self.people.split(',').any(|number| number == post.number))
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LeaveForm {
    /// The posts that end.
    chosen: Vec<PostId>,
    /// Every post that was offered, so that the page comes back with the same ones.
    offered: Vec<PostId>,
    day: String,
    why: String,
    ground: String,
    /// What follows was seen.
    sure: String,
}

impl LeaveForm {
    fn end(&self) -> EndForm {
        EndForm { day: self.day.clone(), why: self.why.clone(), ground: self.ground.clone() }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/leave.html")]
pub(super) struct LeavePage {
    chrome: Chrome,
    record: Record,
    posts: Vec<PostRow>,
    form: LeaveForm,
    whys: &'static [&'static str],
    errors: Errors,
    /// What was chosen has been read, and this is what the union is afterwards.
    after: Option<After>,
}

/// What follows when these posts end on a day.
fn after(record: &Record, plans: &Calendar, posts: &[PostRow], day: Date) -> After {
    let chosen: HashSet<PostId> = posts.iter().map(|post| post.id).collect();
    let names: Vec<String> = posts.iter().map(|post| format!("{}（{}）", post.name, post.label_with_place())).collect();
    let says = format!("{} 人离任：{}。", names.len(), names.join("、"));
    After::of(says, &record.timeline, &record.ending(&chosen, day), plans, day)
}

fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    record: Record,
    posts: Vec<PostRow>,
    submitted: Submitted<LeaveForm>,
    after: Option<After>,
) -> LeavePage {
    let Submitted { form, errors } = submitted;
    LeavePage {
        chrome: frame(app, acting.person(), &record, "离任"), record, posts, form, whys: &WHYS, errors, after
    }
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Query(query): Query<LeaveQuery>,
) -> Result<LeavePage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, &acting, id, today).await?;
    let posts = record.posts.iter().filter(|post| !post.has_ended(&today) && query.offers(post)).cloned().collect();
    let form = LeaveForm { day: today.to_string(), ..LeaveForm::default() };
    Ok(page(&app, &acting, record, posts, Submitted::new(form, Errors::default()), None))
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<LeaveForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let mut db = app.read().await?;
    let record = managed(&mut db, &acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    drop(db);
    if record.union.opened_on.is_none() {
        errors.add("chosen", "启用之前请重新做现状登记，上一次登记会作废");
    }
    let open = || record.posts.iter().filter(|post| !post.has_ended(&today));
    let offered: Vec<PostRow> = open().filter(|post| form.offered.contains(&post.id)).cloned().collect();
    let chosen: Vec<PostRow> = open().filter(|post| form.chosen.contains(&post.id)).cloned().collect();
    if chosen.is_empty() {
        errors.add("chosen", "请至少勾选一人");
    } else if chosen.len() != form.chosen.len() {
        errors.add("chosen", "有的任职已经结束，请重新勾选");
    }
    let latest = chosen.iter().map(|post| post.from_day).max().unwrap_or(today);
    let read = form.end().read(latest, today, &mut errors);
    let Some((day, why, grounds)) = read.filter(|_| errors.is_empty()) else {
        let again = page(&app, &acting, record, offered, Submitted::new(form, errors), None);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    };
    if form.sure != "yes" {
        let after = after(&record, &plans, &chosen, day);
        return Ok(page(&app, &acting, record, offered, Submitted::new(form, errors), Some(after)).into_response());
    }
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        for row in &chosen {
            if !store::end(db, &locked, row.id, day, why, &grounds, now).await? {
                // Somebody else ended it meanwhile: all of them are to be chosen again.
                return Err(Failure::Busy);
            }
            store::allow_undoing(db, &locked, row, now).await?;
            let entry = Entry::about(Verb::PostEnded, row.student)
                .detail("学生会", locked.union.name.clone())
                .detail("岗位", row.label_with_place())
                .detail("原因", why)
                .detail("自", day.to_string())
                .detail("依据", grounds.words.clone());
            audit::append(db, acting.person(), entry, now).await?;
            store::tell_end(db, &locked, row, day, why, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::SeveralEnded.at(&id.path())).into_response())
}
