//! The pages of reviews: of the offices that keep and read them, of whoever reports, of the board, and of nominations.

mod attachments;
mod board;
mod list;
mod nominations;
mod on_paper;
mod own;
mod papers;
mod scheme;
mod scoring;
mod show;

use sqlx::PgConnection;
use time::Date;

use super::{
    Reviews,
    paths::REVIEWS,
    review::{Person, Review},
    store,
};
use crate::{
    audit::Entry,
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{AccountId, InstitutionId, ReviewId},
    office::UnionKeeper,
    page::chrome::Chrome,
    reviews::{ReviewReader, Verb},
    rulebook::store::calendar,
    rules::{Finding, Outcome, Plan, Rule},
    web::routes::Routes,
};

#[must_use]
pub(super) fn routes() -> Routes<Reviews> {
    Routes::default()
        .get("/reviews", list::list)
        .get("/reviews/new", list::ask)
        .post("/reviews/new", list::begin)
        .get("/reviews/scheme", scheme::ask)
        .post("/reviews/scheme", scheme::keep)
        .get("/reviews/{review}", show::show)
        .post("/reviews/{review}/people", show::refresh)
        .get("/reviews/{review}/people/{person}", show::person)
        .post("/reviews/{review}/people/{person}/excuse", show::excuse)
        .post("/reviews/{review}/people/{person}/return", show::give_back)
        .post("/reviews/{review}/people/{person}/answer", show::answer)
        .post("/reviews/{review}/settle", show::settle)
        .get("/reviews/{review}/board", board::show)
        .post("/reviews/{review}/board", board::name)
        .post("/reviews/{review}/board/draw", board::draw)
        .post("/reviews/{review}/board/{account}/remove", board::remove)
        .post("/reviews/{review}/confirm", board::confirm)
        .post("/reviews/{review}/take-back", board::take_back)
        .post("/reviews/{review}/open", board::open)
        .post("/reviews/{review}/open-on-paper", board::open_on_paper)
        .get("/reviews/{review}/on-paper/{sheet}", on_paper::ask)
        .post("/reviews/{review}/on-paper/{sheet}", on_paper::keep)
        .post("/reviews/{review}/close", board::close)
        .post("/reviews/{review}/void", board::void)
        .get("/reviews/{review}/people/{person}/report", papers::report)
        .get("/reviews/{review}/people/{person}/report.docx", papers::report_word)
        .get("/reviews/{review}/sheet", papers::sheet)
        .get("/reviews/{review}/sheet.docx", papers::sheet_word)
        .get("/reviews/{review}/notice", papers::notice)
        .get("/reviews/{review}/notice.docx", papers::notice_word)
        .get("/reviews/{review}/summary", papers::summary)
        .get("/reviews/{review}/summary.docx", papers::summary_word)
        .get("/reviews/{review}/summary.xlsx", papers::summary_file)
        .get("/my-reviews", own::list)
        .get("/my-reviews/{review}", own::show)
        .post("/my-reviews/{review}", own::keep)
        .post("/my-reviews/{review}/object", own::object)
        .upload("/my-reviews/{review}/attachments", attachments::attach)
        .get("/my-reviews/{review}/attachments/{attachment}", attachments::own_file)
        .post("/my-reviews/{review}/attachments/{attachment}/remove", attachments::detach)
        .get("/reviews/{review}/people/{person}/attachments/{attachment}", attachments::file)
        .get("/scoring/{review}/people/{person}/attachments/{attachment}", attachments::scored_file)
        .get("/scoring", scoring::list)
        .get("/scoring/{review}", scoring::show)
        .get("/scoring/{review}/people/{person}", scoring::ask)
        .post("/scoring/{review}/people/{person}", scoring::score)
        .post("/scoring/{review}/key", scoring::make_key)
        .post("/scoring/{review}/phrase", scoring::phrase)
        .get("/scoring/{review}/on-paper", on_paper::compare)
        .post("/scoring/{review}/on-paper", on_paper::compared)
        .get("/nominations", nominations::list)
        .get("/nominations/new", nominations::ask)
        .post("/nominations/new", nominations::begin)
        .get("/nominations/{nomination}", nominations::show)
        .post("/nominations/{nomination}", nominations::decide)
        .get("/nominations/{nomination}/list.xlsx", nominations::file)
}

/// The plan that governs on a day; without one nothing is reviewed.
async fn plan_on(db: &mut PgConnection, institution: InstitutionId, today: Date) -> Result<Option<Plan>, Failure> {
    Ok(calendar(db, institution).await?.in_force(today).map(std::borrow::Cow::into_owned))
}

/// A review that the office sees.
async fn visible(db: &mut PgConnection, acting: &Acting<ReviewReader>, id: ReviewId) -> Result<Review, Failure> {
    let review = store::review(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if review.union.is_visible_to(acting.office()) { Ok(review) } else { Err(Failure::Missing) }
}

/// A review that the office keeps, with those who report. Nobody keeps a review in which they report themselves.
async fn managed(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: ReviewId,
) -> Result<(Review, Vec<Person>), Failure> {
    let review = store::review(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    let persons = store::persons(db, id, None).await?;
    let own = acting.person().student;
    let reports = own.is_some_and(|student| persons.iter().any(|person| person.student == student));
    if review.union.is_managed_by(acting.office()) && !reports { Ok((review, persons)) } else { Err(Failure::Missing) }
}

/// The frame of a page of a review.
fn frame(app: &Reviews, person: &SignedIn, review: &Review, title: &str) -> Chrome {
    app.chrome(person, title).under(REVIEWS, "述职评议").under(&review.id.path(), &review.title())
}

fn refusal(app: &Reviews, person: &SignedIn, wanted: &str, back: String) -> Refusal {
    let chrome = app.chrome(person, "没有办理").under(REVIEWS, "述职评议");
    Refusal { chrome, wanted: wanted.to_owned(), back }
}

/// Why not, by how things are done here and by no clause.
fn by_practice(refusal: Refusal, rule: Rule, why: impl Into<String>, remedy: &str) -> Failure {
    refusal.because(vec![Finding::practice(rule, Outcome::Fail, why.into()).remedy(remedy)])
}

/// Whoever is ticked is on the board as it is now.
fn all_of(board: &[AccountId], ticked: &[AccountId], refusal: Refusal) -> Result<(), Failure> {
    if ticked.iter().all(|account| board.contains(account)) {
        return Ok(());
    }
    let why = "勾选的人里有的不在评议会，或者现在已经不在";
    Err(by_practice(refusal, Rule::Rev01, why, "核对评议会现在的名单，重新勾选"))
}

/// The refusal of an act that came too early or too late.
fn not_now(app: &Reviews, person: &SignedIn, wanted: &str, review: &Review) -> Failure {
    let why = format!("这次评议现在是“{}”，不能{wanted}", review.stage_label());
    by_practice(refusal(app, person, wanted, review.id.path()), Rule::Rev02, why, "回到评议的页面，看看现在办到哪一步")
}

fn entry(review: &Review, what: &str) -> Entry {
    Entry::new(Verb::ReviewKept, review.title()).detail("办理", what)
}
