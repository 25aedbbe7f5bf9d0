//! What is printed and filed of a review: a report, the blank sheet, the notice of results, the summary.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{frame, visible};
use crate::{
    auth::acting::Acting,
    directory::store::stroke_order,
    failure::Failure,
    ids::ReviewId,
    name::order,
    page::chrome::Chrome,
    papers::{self, Paper},
    reviews::{
        ReviewReader, Reviews,
        papers::{means, notice_paper, report_paper, sheet_paper, summary_paper},
        review::{Outcome, Person, Review},
        store,
    },
    rules::review::Grade,
    sheet::drop_down_template,
    web::workbook,
};

#[derive(Template, WebTemplate)]
#[template(path = "reviews/paper.html")]
pub(super) struct ReviewPaperPage {
    chrome: Chrome,
    back: String,
    word: String,
    paper: Paper,
}

/// Somebody's report; nobody reads their own by an office.
async fn report_of(
    app: &Reviews,
    acting: &Acting<ReviewReader>,
    id: ReviewId,
    place: i16,
) -> Result<(Review, Paper), Failure> {
    let mut db = app.read().await?;
    let review = visible(&mut db, acting, id).await?;
    let person = store::persons(&mut db, id, Some(place)).await?.pop().filter(Person::is_handed);
    let person = person.ok_or(Failure::Missing)?;
    let paper = report_paper(&acting.person().institution_name, &review, &person);
    Ok((review, paper))
}

pub(super) async fn report(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path((id, place)): Path<(ReviewId, i16)>,
) -> Result<ReviewPaperPage, Failure> {
    let (review, paper) = report_of(&app, &acting, id, place).await?;
    let chrome = frame(&app, acting.person(), &review, "述职报告");
    let word = id.person_path(place) + "/report.docx";
    Ok(ReviewPaperPage { chrome, back: id.person_path(place), word, paper })
}

pub(super) async fn report_word(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path((id, place)): Path<(ReviewId, i16)>,
) -> Result<Response, Failure> {
    let (_, paper) = report_of(&app, &acting, id, place).await?;
    papers::download(&app, paper).await
}

async fn sheet_of(app: &Reviews, acting: &Acting<ReviewReader>, id: ReviewId) -> Result<(Review, Paper), Failure> {
    let mut db = app.read().await?;
    let review = visible(&mut db, acting, id).await?;
    let persons = store::persons(&mut db, id, None).await?;
    let strokes = stroke_order(&mut db, acting.institution()).await?;
    let paper = sheet_paper(&acting.person().institution_name, &review, &persons, strokes);
    Ok((review, paper))
}

pub(super) async fn sheet(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<ReviewPaperPage, Failure> {
    let (review, paper) = sheet_of(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &review, "述职评议表");
    Ok(ReviewPaperPage { chrome, back: id.path(), word: id.sheet_path() + ".docx", paper })
}

pub(super) async fn sheet_word(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    let (_, paper) = sheet_of(&app, &acting, id).await?;
    papers::download(&app, paper).await
}

/// The results with those whom they are of, the best first; none before the count.
async fn results_of(
    app: &Reviews,
    acting: &Acting<ReviewReader>,
    id: ReviewId,
) -> Result<(Review, Vec<(Person, Outcome)>), Failure> {
    let mut db = app.read().await?;
    let review = visible(&mut db, acting, id).await?;
    if !review.is_counted() {
        return Err(Failure::Missing);
    }
    let persons = store::persons(&mut db, id, None).await?;
    let of = |outcome: Outcome| {
        let person = persons.iter().find(|person| person.place == outcome.person).cloned()?;
        Some((person, outcome))
    };
    let rows = store::outcomes(&mut db, id).await?.into_iter().filter_map(of).collect();
    Ok((review, rows))
}

/// The notice: within a grade by strokes, so that nobody reads scores off it.
async fn announced(app: &Reviews, acting: &Acting<ReviewReader>, id: ReviewId) -> Result<(Review, Paper), Failure> {
    let (review, mut rows) = results_of(app, acting, id).await?;
    let strokes = stroke_order(&mut *app.read().await?, acting.institution()).await?;
    order::sort(&mut rows, strokes, |(person, _)| &person.name);
    rows.sort_by_key(|(_, outcome)| Grade::ALL.iter().position(|grade| *grade == outcome.grade));
    let paper = notice_paper(&acting.person().institution_name, &review, &rows, strokes);
    Ok((review, paper))
}

pub(super) async fn notice(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<ReviewPaperPage, Failure> {
    let (review, paper) = announced(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &review, "评议结果通报");
    Ok(ReviewPaperPage { chrome, back: id.path(), word: id.notice_path() + ".docx", paper })
}

pub(super) async fn notice_word(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    papers::download(&app, announced(&app, &acting, id).await?.1).await
}

/// 汇总表: everybody who was scored, by result.
pub(super) async fn summary(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<ReviewPaperPage, Failure> {
    let (review, rows) = results_of(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &review, "述职评议汇总表");
    let paper = summary_paper(&acting.person().institution_name, &review, &rows);
    Ok(ReviewPaperPage { chrome, back: id.path(), word: id.summary_path() + ".docx", paper })
}

pub(super) async fn summary_word(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    let (review, rows) = results_of(&app, &acting, id).await?;
    papers::download(&app, summary_paper(&acting.person().institution_name, &review, &rows)).await
}

/// The same as a workbook, to be worked on.
pub(super) async fn summary_file(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    let (review, rows) = results_of(&app, &acting, id).await?;
    let aspects: Vec<String> = review.scheme.weights().iter().map(|one| one.aspect.clone()).collect();
    let bytes = app
        .heavy(move || {
            let mut heads = vec!["姓名", "学号", "班级", "岗位"];
            heads.extend(aspects.iter().map(String::as_str));
            heads.extend(["评议表", "得分", "等次"]);
            let columns: Vec<(&str, &[&str])> = heads.into_iter().map(|head| (head, [].as_slice())).collect();
            let row = |(person, outcome): (Person, Outcome)| {
                let mut cells = vec![person.name, person.number, person.class, person.posts];
                cells.extend(means(&outcome));
                let (score, grade) = (outcome.score_in_words(), outcome.grade.label().to_owned());
                cells.extend([outcome.sheets.to_string(), score, grade]);
                cells
            };
            let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
            drop_down_template("评议汇总表", &columns, &rows)
        })
        .await?;
    Ok(workbook("reviews.xlsx", bytes.map_err(anyhow::Error::new)?))
}
