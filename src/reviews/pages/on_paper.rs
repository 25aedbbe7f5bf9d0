//! Sheets on paper: the office that keeps the review types in what a board wrote by hand; a monitor who typed in nothing
//! compares it with the sheets, and it is counted or given back.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;

use super::{by_practice, entry, frame, managed, not_now, refusal, scoring::keep_results};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    directory::store::stroke_order,
    failure::Failure,
    ids::{InstitutionId, ReviewId},
    inbox::{Notice, To, tell},
    office::UnionKeeper,
    page::chrome::Chrome,
    reviews::{
        Reviews,
        counting::count_paper,
        forms::{ComparedForm, PaperForm, PaperLine},
        papers::in_sheet_order,
        paths::{Done, SCORING},
        review::{Person, Review, Stage},
        sheet::Sheet,
        store::{self, PaperSheet},
    },
    rules::Rule,
    web::forms::{self, Errors, written},
};

/// A line of the sheet.
#[derive(Clone)]
struct PaperRow {
    /// From 1, as on the printed sheet.
    line: usize,
    person: Person,
    typed: PaperLine,
    /// What is wrong with it; empty where nothing is.
    fault: String,
}

impl PaperRow {
    fn is_wrong(&self) -> bool {
        !self.fault.is_empty()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/on_paper.html")]
struct PaperSheetPage {
    chrome: Chrome,
    review: Review,
    number: i16,
    /// Nothing of it is typed in.
    blank: bool,
    /// How many of the board came: so many sheets there may be.
    came: usize,
    rows: Vec<PaperRow>,
    errors: Errors,
    done: &'static str,
}

impl PaperSheetPage {
    /// What a field is heard as: `张三，工作成效`.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn label(&self, row: &PaperRow, place: &usize) -> String {
        let aspect = self.review.scheme.weights().get(*place).map_or("", |one| one.aspect.as_str());
        format!("{}，{aspect}", row.person.name)
    }

    /// Somebody typed in a sheet under the number meanwhile: what is typed here goes under the next that is free.
    fn give_way(&mut self, typed: &[PaperSheet]) {
        let came = i16::try_from(self.came).unwrap_or(i16::MAX);
        let free = (1..=came).find(|number| typed.iter().all(|one| one.number != *number));
        let taken = format!("第 {} 张刚才已由别人录入，你填的没有保存", self.number);
        let remedy = match free {
            Some(free) => {
                self.number = free;
                format!("不是同一张纸的，核对后保存为第 {free} 张")
            }
            None => "到会人数的评议表都已录入，请核对有没有录重的".to_owned(),
        };
        self.errors.add("scores", format!("{taken}；{remedy}"));
    }
}

/// A sheet on paper that can be typed in now.
async fn typeable(
    app: &Reviews,
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: ReviewId,
    number: i16,
) -> Result<PaperSheetPage, Failure> {
    let (review, persons) = managed(db, acting, id).await?;
    if !review.on_paper || review.stage != Stage::Scoring {
        return Err(not_now(app, acting.person(), "录入评议表", &review));
    }
    let came = store::members(db, id).await?.iter().filter(|member| member.scorer.is_some()).count();
    if !usize::try_from(number).is_ok_and(|number| (1..=came).contains(&number)) {
        return Err(Failure::Missing);
    }
    let rows = lines(db, acting.institution(), &review, &persons).await?;
    let chrome = frame(app, acting.person(), &review, "录入评议表").under(&id.board_path(), "评议会");
    Ok(PaperSheetPage { chrome, review, number, blank: true, came, rows, errors: Errors::default(), done: "" })
}

/// The lines of a sheet in the order in which it is printed.
async fn lines(
    db: &mut PgConnection,
    institution: InstitutionId,
    review: &Review,
    persons: &[Person],
) -> Result<Vec<PaperRow>, Failure> {
    let strokes = stroke_order(db, institution).await?;
    let aspects = review.scheme.weights().len();
    let line = |(line, person): (usize, &Person)| {
        let typed = PaperForm::default().line(person.place, aspects);
        PaperRow { line, person: person.clone(), typed, fault: String::new() }
    };
    Ok((1..).zip(in_sheet_order(persons, strokes)).map(line).collect())
}

pub(super) async fn ask(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, number)): Path<(ReviewId, i16)>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let mut page = typeable(&app, &mut db, &acting, id, number).await?;
    for sheet in store::paper_sheets(&mut db, id).await?.iter().filter(|sheet| sheet.number == number) {
        page.blank = false;
        for row in page.rows.iter_mut().filter(|row| row.person.place == sheet.person) {
            row.typed = PaperLine::of(&sheet.sheet);
        }
    }
    page.done = Done::said(&done);
    Ok(page.into_response())
}

pub(super) async fn keep(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, number)): Path<(ReviewId, i16)>,
    Form(form): Form<PaperForm>,
) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let mut page = typeable(&app, &mut db, &acting, id, number).await?;
    drop(db);
    page.blank = !form.blank.is_empty();
    let mut said = Vec::new();
    let aspects = page.review.scheme.weights().len();
    for row in page.rows.iter_mut().filter(|row| row.person.scored) {
        row.typed = form.line(row.person.place, aspects);
        match row.typed.read(&page.review.scheme) {
            Ok(sheet) => said.extend(sheet.map(|sheet| (row.person.place, sheet))),
            Err(says) => row.fault = says,
        }
    }
    let faults: Vec<&str> = page.rows.iter().filter(|row| row.is_wrong()).map(|row| row.person.name.as_str()).collect();
    if !faults.is_empty() {
        page.errors.add("scores", format!("{}：分数要改，见表里写明的", faults.join("、")));
    }
    if !page.errors.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    said.sort_by_key(|(person, _)| *person);
    let taken = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let typed = store::paper_sheets(db, id).await?;
            if page.blank && is_another(&typed, number, &said) {
                return Ok(Some(typed));
            }
            if !store::keep_paper(db, &locked, number, &said, acting.person().account).await? {
                return Err(not_now(&app, acting.person(), "录入评议表", &locked));
            }
            let entry = entry(&locked, "录入纸质评议表").detail("第几张", number).detail("人数", said.len());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(None)
        })
        .await?;
    if let Some(typed) = taken {
        page.give_way(&typed);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let is_last = usize::try_from(number).is_ok_and(|number| number >= page.came);
    let to = if is_last { Done::TypedLast.at(&id.board_path()) } else { Done::Typed.at(&id.on_paper_path(number + 1)) };
    Ok(Redirect::to(&to).into_response())
}

/// Somebody has typed in another sheet under that number.
fn is_another(typed: &[PaperSheet], number: i16, said: &[(i16, Sheet)]) -> bool {
    let there: Vec<(i16, &Sheet)> =
        typed.iter().filter(|one| one.number == number).map(|one| (one.person, &one.sheet)).collect();
    !there.is_empty() && !there.into_iter().eq(said.iter().map(|(person, sheet)| (*person, sheet)))
}

/// A sheet on paper as a monitor compares it.
struct ComparedSheet {
    number: i16,
    rows: Vec<PaperRow>,
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/compare.html")]
struct ComparePage {
    chrome: Chrome,
    review: Review,
    sheets: Vec<ComparedSheet>,
    /// The monitor has typed some in.
    is_typist: bool,
    /// See [`ComparedForm::closed`].
    closed: String,
    form: ComparedForm,
    errors: Errors,
}

/// Somebody is a monitor of a board that writes on paper, and what was typed in waits for one.
async fn compared_now(
    app: &Reviews,
    db: &mut PgConnection,
    person: &SignedIn,
    id: ReviewId,
) -> Result<Review, Failure> {
    let review = store::review(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let members = store::members(db, id).await?;
    if !members.iter().any(|member| member.monitor && member.account == person.account) {
        return Err(Failure::Missing);
    }
    if !review.on_paper || review.stage != Stage::Closed {
        let refused = refusal(app, person, "核对评议表的录入", id.scoring_path());
        let why = "现在没有要核对的评议表";
        return Err(by_practice(refused, Rule::Rev03, why, "纸质评议表录入完毕以后、计分以前核对"));
    }
    Ok(review)
}

/// When what was typed in was closed, as a form carries it.
fn closed(review: &Review) -> String {
    review.closed_at.map(|at| at.unix_timestamp_nanos().to_string()).unwrap_or_default()
}

async fn page(
    app: &Reviews,
    person: &SignedIn,
    id: ReviewId,
    form: ComparedForm,
    errors: Errors,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let review = compared_now(app, &mut db, person, id).await?;
    let persons = store::persons(&mut db, id, None).await?;
    let typed = store::paper_sheets(&mut db, id).await?;
    let blank = lines(&mut db, person.institution, &review, &persons).await?;
    let mut sheets: Vec<ComparedSheet> = Vec::new();
    for one in &typed {
        if sheets.last().is_none_or(|last| last.number != one.number) {
            sheets.push(ComparedSheet { number: one.number, rows: blank.clone() });
        }
        let rows = sheets.last_mut().map(|sheet| sheet.rows.iter_mut()).into_iter().flatten();
        for row in rows.filter(|row| row.person.place == one.person) {
            row.typed = PaperLine::of(&one.sheet);
        }
    }
    let chrome = app.chrome(person, "核对录入").under(SCORING, "评分").under(&id.scoring_path(), &review.title());
    let is_typist = store::typists(&mut db, id).await?.contains(&person.account);
    let (unfit, closed) = (!errors.is_empty(), closed(&review));
    let page = ComparePage { chrome, review, sheets, is_typist, closed, form, errors };
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page.into_response() })
}

pub(super) async fn compare(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    page(&app, &person, id, ComparedForm::default(), Errors::default()).await
}

pub(super) async fn compared(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Form(form): Form<ComparedForm>,
) -> Result<Response, Failure> {
    compared_now(&app, &mut *app.read().await?, &person, id).await?;
    if form.act == "same" {
        count(&app, &person, id, &form.closed).await?;
        return Ok(Redirect::to(&Done::CountedOnPaper.at(&id.scoring_path())).into_response());
    }
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let why = written(&form.reason, 200, "reason", "请写明哪一张、哪一处与纸面不一致", &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return page(&app, &person, id, form, errors).await;
    };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::type_again(db, &locked).await? {
            return Err(not_now(&app, &person, "退回改录", &locked));
        }
        let notice = Notice::new(format!("评议表的录入退回：{}", locked.title()), id.board_path()).says(&why);
        for typist in store::typists(db, id).await? {
            tell(db, person.institution, To::Account(typist), &notice, now).await?;
        }
        audit::append(db, &person, entry(&locked, "退回改录评议表").detail("不一致", why.clone()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::GivenBack.at(&id.scoring_path())).into_response())
}

/// Counts what was typed in, as a monitor who typed in none of it says that it is what is written; they had before them what
/// was closed then.
async fn count(app: &Reviews, person: &SignedIn, id: ReviewId, compared: &str) -> Result<(), Failure> {
    let now = app.clock.now();
    let refused = || refusal(app, person, "核对计分", id.compare_path());
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if locked.stage != Stage::Closed {
            return Err(not_now(app, person, "核对计分", &locked));
        }
        if store::typists(db, id).await?.contains(&person.account) {
            let why = "你录入过评议表，不能自己核对";
            let remedy = "请另一名没有录入的监票人核对；监票人都录入过的，只能作废本次评分，重新录入";
            return Err(by_practice(refused(), Rule::Rev03, why, remedy));
        }
        if compared != closed(&locked) {
            let why = "你打开核对页以后，评议表又退回改录过，现在的内容你还没有核对";
            return Err(by_practice(refused(), Rule::Rev03, why, "重新打开核对页，按现在的内容核对"));
        }
        let sheets = store::paper_sheets(db, id).await?;
        let stop = |why| by_practice(refused(), Rule::Rev03, why, "录入的都在，可以再试");
        let counted = count_paper(&locked, sheets).map_err(stop)?;
        if keep_results(db, person, &locked, counted, now).await? {
            Ok(())
        } else {
            Err(stop("评议表在核对期间变了，什么都没有写入"))
        }
    })
    .await
}
