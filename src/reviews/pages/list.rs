//! The list of reviews, and how one begins.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{by_practice, entry, plan_on, refusal};
use crate::{
    audit,
    auth::acting::Acting,
    failure::Failure,
    inbox::{Notice, tell_all},
    office::{Office as _, UnionKeeper},
    page::chrome::Chrome,
    reviews::{
        ReviewReader, Reviews,
        forms::BeginForm,
        paths::{BEGIN, Done, REVIEWS},
        review::Review,
        store::{self, NewReview, SemesterChoice},
    },
    rules::{
        Rule,
        review::{Coverage, aspects},
    },
    text::chinese_day,
    unions::{store as unions_store, union::StudentUnion},
    web::forms::{self, Errors, Submitted},
};

/// A review with how far its reports are.
struct ReviewRow {
    review: Review,
    due: i64,
    handed: i64,
}

impl ReviewRow {
    fn percent(&self) -> String {
        let number = |count: i64| u32::try_from(count).unwrap_or(0);
        let today = self.review.report_until;
        let (due, handed) = (number(self.due), number(self.handed));
        Coverage { semester: String::new(), due, handed, until: None, late_from: today }.percent()
    }

    /// Reports are missing and late.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn is_late(&self, today: &Date) -> bool {
        self.handed < self.due && *today > self.review.report_until
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/list.html")]
pub(super) struct ReviewsPage {
    chrome: Chrome,
    rows: Vec<ReviewRow>,
    keeps: bool,
    today: Date,
    done: &'static str,
}

pub(super) async fn list(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<ReviewsPage, Failure> {
    let mut db = app.read().await?;
    let counts = store::report_counts(&mut db, acting.institution()).await?;
    let all = store::reviews(&mut db, acting.institution(), None).await?;
    let row = |review: Review| {
        let own = counts.iter().find(|count| count.review == review.id);
        ReviewRow { due: own.map_or(0, |count| count.due), handed: own.map_or(0, |count| count.handed), review }
    };
    let rows = all.into_iter().filter(|review| review.union.is_visible_to(acting.office())).map(row).collect();
    let keeps = UnionKeeper::KINDS.contains(&acting.office().kind);
    let chrome = app.chrome(acting.person(), "述职评议");
    Ok(ReviewsPage { chrome, rows, keeps, today: app.clock.today(), done: Done::said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/begin.html")]
struct BeginPage {
    chrome: Chrome,
    unions: Vec<StudentUnion>,
    semesters: Vec<SemesterChoice>,
    form: BeginForm,
    errors: Errors,
}

async fn page(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    submitted: Submitted<BeginForm>,
) -> Result<BeginPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut unions = unions_store::list(&mut db, acting.institution(), None).await?;
    unions.retain(|union| union.is_managed_by(acting.office()) && union.opened_on.is_some());
    let semesters = store::semesters(&mut db, acting.institution(), today).await?;
    let chrome = app.chrome(acting.person(), "开始一次评议").under(REVIEWS, "述职评议");
    let Submitted { form, errors } = submitted;
    Ok(BeginPage { chrome, unions, semesters, form, errors })
}

pub(super) async fn ask(State(app): State<Reviews>, acting: Acting<UnionKeeper>) -> Result<Response, Failure> {
    Ok(page(&app, &acting, Submitted::default()).await?.into_response())
}

pub(super) async fn begin(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Form(form): Form<BeginForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let today = now.date();
    let mut db = app.read().await?;
    let semesters = store::semesters(&mut db, acting.institution(), today).await?;
    let Some(new) = form.read(&semesters, today, &mut errors) else {
        drop(db);
        let page = page(&app, &acting, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refused = || refusal(&app, acting.person(), "开始述职评议", BEGIN.to_owned());
    let Some(plan) = plan_on(&mut db, acting.institution(), today).await? else {
        return Err(by_practice(refused(), Rule::Rev02, "本校还没有启用实施方案", "请校团委在“实施方案”里启用"));
    };
    let record = unions_store::record(&mut db, acting.institution(), new.union, today).await?;
    let record = record.filter(|record| record.union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    let semester = semesters.iter().find(|known| known.id == new.semester).ok_or(Failure::Missing)?;
    let aspects = aspects(&plan);
    let scheme = store::scheme(&mut db, acting.institution(), &aspects).await?;
    drop(db);
    let due = store::due(&record, &plan, semester, today);
    if due.is_empty() {
        let why = format!("{}在{}没有主席团成员和部门负责人", record.union.name, semester.name);
        return Err(by_practice(refused(), Rule::Rev02, why, "请先在“学生会”里登记任职"));
    }
    let begun = app
        .write_as(acting.person().authority(), async |db| {
            let new = NewReview {
                union: &record.union,
                semester: semester.id,
                report_until: new.report_until,
                sits_on: new.sits_on,
                aspects: &aspects,
                scheme: &scheme,
            };
            let by = acting.person().account;
            let Some(review) = store::begin(db, acting.institution(), &new, by, now).await? else { return Ok(None) };
            let people = store::take_persons(db, &review, &due).await?;
            let says = format!("请于{}前在“我的述职”里写好并提交述职报告。", chinese_day(review.report_until));
            let notice = Notice::new(format!("述职：{}", review.title()), review.id.own_path()).says(says);
            tell_all(db, acting.institution(), &people, &notice, now).await?;
            audit::append(db, acting.person(), entry(&review, "开始").detail("人数", people.len()), now).await?;
            Ok(Some(review.id))
        })
        .await?;
    if let Some(id) = begun {
        return Ok(Redirect::to(&Done::Begun.at(&id.path())).into_response());
    }
    errors.add("semester", "这个学生会本学期的评议已经开始");
    let page = page(&app, &acting, Submitted::new(form, errors)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
