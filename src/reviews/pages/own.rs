//! 我的述职: the report of whoever reports, their result, and what they say against it.

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

use super::{
    by_practice, refusal,
    show::{ResultView, result_of},
};
use crate::{
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::Failure,
    ids::ReviewId,
    inbox::{Notice, To, tell},
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    reviews::{
        Reviews, Verb,
        forms::{AspectField, LONGEST_TEXT, ReportForm, aspect_fields},
        paths::{Done, OWN},
        review::{Objection, Person, Review},
        store::{self, Attachment, MOST_ATTACHMENTS},
    },
    rules::Rule,
    text::chinese_day,
    web::forms::{self, Errors, lines},
};

/// A review with one's own part in it.
pub(super) struct OwnRow {
    pub review: Review,
    pub person: Person,
}

impl OwnRow {
    /// The last day on which they may object to their result; none where they may not, or not any more.
    fn objects_until(&self, today: Date) -> Option<Date> {
        self.review.object_until.filter(|_| self.review.takes_objections(today))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/own_list.html")]
pub(super) struct OwnReviewsPage {
    chrome: Chrome,
    rows: Vec<OwnRow>,
    today: Date,
}

pub(super) async fn list(State(app): State<Reviews>, person: SignedIn) -> Result<OwnReviewsPage, Failure> {
    let mut db = app.read().await?;
    let mut rows = Vec::new();
    if let Some(student) = person.student {
        for id in store::own_reviews(&mut db, person.institution, student).await? {
            let Some(review) = store::review(&mut db, person.institution, id).await? else { continue };
            let own = store::persons(&mut db, id, None).await?.into_iter().find(|one| one.student == student);
            rows.extend(own.map(|person| OwnRow { review, person }));
        }
    }
    Ok(OwnReviewsPage { chrome: app.chrome(&person, "我的述职"), rows, today: app.clock.today() })
}

/// A review in which a person reports, and their place in it.
pub(super) async fn own(app: &Reviews, person: &SignedIn, id: ReviewId) -> Result<OwnRow, Failure> {
    let mut db = app.read().await?;
    let student = person.student.ok_or(Failure::Missing)?;
    let review = store::review(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let own = store::persons(&mut db, id, None).await?.into_iter().find(|one| one.student == student);
    Ok(OwnRow { review, person: own.ok_or(Failure::Missing)? })
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ObjectionForm {
    says: String,
}

/// What the page's forms hold when it is shown again.
#[derive(Default)]
struct TypedOwnReview {
    report: Option<ReportForm>,
    objection: ObjectionForm,
    errors: Errors,
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/own.html")]
struct OwnReviewPage {
    chrome: Chrome,
    review: Review,
    person: Person,
    fields: Vec<AspectField>,
    most: usize,
    attachments: Vec<Attachment>,
    result: Option<ResultView>,
    objection: Option<Objection>,
    form: ObjectionForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

impl OwnReviewPage {
    /// The report may be written now.
    fn writes(&self) -> bool {
        self.review.takes_reports() && !self.person.is_handed() && self.person.excused_why.is_none()
    }

    /// One more file may be added.
    fn may_attach(&self) -> bool {
        usize::try_from(MOST_ATTACHMENTS).is_ok_and(|most| self.attachments.len() < most)
    }

    fn may_object(&self) -> bool {
        self.result.is_some() && self.objection.is_none() && self.review.takes_objections(self.today)
    }
}

async fn page(
    app: &Reviews,
    viewer: &SignedIn,
    id: ReviewId,
    typed: TypedOwnReview,
    done: &'static str,
) -> Result<Response, Failure> {
    let OwnRow { review, person } = own(app, viewer, id).await?;
    let result = result_of(app, &review, &person).await?;
    let mut db = app.read().await?;
    let objections = store::objections(&mut db, id).await?;
    let attachments = store::attachments(&mut db, id, person.place).await?;
    drop(db);
    let objection = objections.into_iter().find(|one| one.person == person.place);
    let texts = typed.report.map_or_else(|| person.report.clone(), |form| form.text);
    let unfit = !typed.errors.is_empty();
    let page = OwnReviewPage {
        chrome: app.chrome(viewer, &review.title()).under(OWN, "我的述职"),
        fields: aspect_fields(&review.scheme, &texts),
        most: LONGEST_TEXT,
        attachments,
        review,
        person,
        result,
        objection,
        form: typed.objection,
        errors: typed.errors,
        today: app.clock.today(),
        done,
    };
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page.into_response() })
}

/// The page again, with what was wrong.
pub(super) async fn again(app: &Reviews, viewer: &SignedIn, id: ReviewId, errors: Errors) -> Result<Response, Failure> {
    page(app, viewer, id, TypedOwnReview { errors, ..TypedOwnReview::default() }, "").await
}

pub(super) async fn show(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<Response, Failure> {
    page(&app, &person, id, TypedOwnReview::default(), Done::said(&done)).await
}

pub(super) async fn keep(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Form(form): Form<ReportForm>,
) -> Result<Response, Failure> {
    let OwnRow { review, person: own } = own(&app, &person, id).await?;
    let (mut errors, now, hands_in) = (Errors::default(), app.clock.now(), form.hands_in());
    let Some(texts) = form.read(&review, &mut errors) else {
        return page(&app, &person, id, TypedOwnReview { report: Some(form), errors, ..TypedOwnReview::default() }, "")
            .await;
    };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::keep_report(db, &locked, own.student, &texts, hands_in, now).await? {
            let refused = refusal(&app, &person, "保存述职报告", id.own_path());
            let why = if locked.takes_reports() {
                "述职报告已经提交，或不需要你述职".to_owned()
            } else {
                format!("这次评议现在是“{}”，不再收述职报告", locked.stage_label())
            };
            return Err(by_practice(refused, Rule::Rev02, why, "要修改的，请办理评议的团组织退回"));
        }
        if hands_in {
            let entry = Entry::about(Verb::ReviewKept, own.student)
                .detail("办理", "提交述职报告")
                .detail("评议", locked.title());
            audit::append(db, &person, entry, now).await?;
        }
        Ok(())
    })
    .await?;
    let done = if hands_in { Done::HandedIn } else { Done::Saved };
    Ok(Redirect::to(&done.at(&id.own_path())).into_response())
}

pub(super) async fn object(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Form(form): Form<ObjectionForm>,
) -> Result<Response, Failure> {
    let OwnRow { review, person: own } = own(&app, &person, id).await?;
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let says = lines(&form.says, 500, "says", "请写明哪里不对、有什么依据", &mut errors);
    let Some(says) = says.filter(|_| errors.is_empty()) else {
        return page(&app, &person, id, TypedOwnReview { objection: form, errors, ..TypedOwnReview::default() }, "")
            .await;
    };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::object(db, &locked, own.place, &says, now).await? {
            let refused = refusal(&app, &person, "提出异议", id.own_path());
            let why = match locked.object_until {
                Some(until) => format!("异议期到{}为止，每人可以提出一次", chinese_day(until)),
                None => "结果还没有公布".to_owned(),
            };
            return Err(by_practice(refused, Rule::Rev03, why, "可以直接向办理评议的团组织反映"));
        }
        let kind = if review.union.college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
        let to = To::Office { kind, college: review.union.college, class: None };
        let notice = Notice::new(format!("有人对评议结果提出异议：{}", locked.title()), id.path());
        tell(db, person.institution, to, &notice, now).await?;
        let entry =
            Entry::about(Verb::ReviewKept, own.student).detail("办理", "提出异议").detail("评议", locked.title());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Objected.at(&id.own_path())).into_response())
}
