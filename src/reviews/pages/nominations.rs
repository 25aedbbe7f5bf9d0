//! 择优提名: lists of nominees that rest on a closed review.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{by_practice, plan_on, refusal};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::NominationId,
    office::{Office as _, UnionKeeper},
    page::{chrome::Chrome, filters},
    reviews::{
        ReviewReader, Reviews, Verb,
        forms::{CRITERIA, DecideForm, NominationForm},
        nomination::{Nomination, NominationKind, Nominee},
        paths::{Done, NOMINATE, NOMINATIONS},
        review::{Outcome, Person, Review, Stage, ranked},
        store::{self, NewNomination},
    },
    rules::{
        Rule,
        review::{self as rule, Basis, Criterion, Grade, ranks},
    },
    sheet::drop_down_template,
    unions::store as unions_store,
    web::{
        forms::{self, Errors, Submitted, reason, written},
        workbook,
    },
};

/// A nomination with the review on which it rests.
struct NominationRow {
    nomination: Nomination,
    review: Review,
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/nominations.html")]
pub(super) struct NominationsPage {
    chrome: Chrome,
    rows: Vec<NominationRow>,
    keeps: bool,
}

pub(super) async fn list(State(app): State<Reviews>, acting: Acting<ReviewReader>) -> Result<NominationsPage, Failure> {
    let mut db = app.read().await?;
    let reviews = store::reviews(&mut db, acting.institution(), None).await?;
    let all = store::nominations(&mut db, acting.institution(), None).await?;
    let row = |nomination: Nomination| {
        let review = reviews.iter().find(|review| review.id == nomination.review).cloned()?;
        review.union.is_visible_to(acting.office()).then_some(NominationRow { nomination, review })
    };
    let rows = all.into_iter().filter_map(row).collect();
    let keeps = UnionKeeper::KINDS.contains(&acting.office().kind);
    Ok(NominationsPage { chrome: app.chrome(acting.person(), "择优提名"), rows, keeps })
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/nominate.html")]
struct NominatePage {
    chrome: Chrome,
    /// Reviews that are settled.
    reviews: Vec<Review>,
    lines: Vec<CriterionLine>,
    form: NominationForm,
    errors: Errors,
}

/// A line of the form: a criterion as it was typed.
struct CriterionLine {
    number: usize,
    name: String,
    basis: String,
    points: String,
}

async fn ask_page(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    submitted: Submitted<NominationForm>,
) -> Result<NominatePage, Failure> {
    let mut reviews = store::reviews(&mut *app.read().await?, acting.institution(), None).await?;
    reviews.retain(|review| review.stage == Stage::Settled && review.union.is_managed_by(acting.office()));
    let chrome = app.chrome(acting.person(), "新的提名").under(NOMINATIONS, "择优提名");
    let Submitted { form, errors } = submitted;
    let line = |place: usize| {
        let [name, basis, points] = form.typed(place).map(str::to_owned);
        CriterionLine { number: place + 1, name, basis, points }
    };
    let lines = (0..CRITERIA).map(line).collect();
    Ok(NominatePage { chrome, reviews, lines, form, errors })
}

pub(super) async fn ask(State(app): State<Reviews>, acting: Acting<UnionKeeper>) -> Result<Response, Failure> {
    let usual = |list: [&str; 2]| list.map(str::to_owned).to_vec();
    let form = NominationForm {
        criterion: usual(["述职评议得分", "志愿服务时长"]),
        basis: usual([Basis::Result.slug(), Basis::Service.slug()]),
        points: usual(["60", "40"]),
        ..NominationForm::default()
    };
    Ok(ask_page(&app, &acting, Submitted::new(form, Errors::default())).await?.into_response())
}

pub(super) async fn begin(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Form(form): Form<NominationForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let Some(new) = form.read(&mut errors) else {
        let page = ask_page(&app, &acting, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refused = || refusal(&app, acting.person(), "开始择优提名", NOMINATE.to_owned());
    let mut db = app.read().await?;
    let review = store::review(&mut db, acting.institution(), new.review).await?;
    let review = review.filter(|review| review.union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    if review.stage != Stage::Settled {
        let why = format!("{}还没有办结，不能据此提名", review.title());
        return Err(by_practice(refused(), Rule::Rev05, why, "等异议期满、办结以后再提名"));
    }
    let plan = plan_on(&mut db, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    let record = unions_store::record(&mut db, acting.institution(), review.union.id, now.date()).await?;
    drop(db);
    let departments: Vec<String> =
        record.iter().flat_map(|record| &record.departments).map(|one| one.name.clone()).collect();
    let criteria =
        rule::criteria(&plan, new.criteria, &departments).permit().map_err(|findings| refused().because(findings))?;
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let begun = NewNomination { review: new.review, title: &new.title, kind: new.kind, seats: new.seats };
            let id = store::begin_nomination(db, &acting, &begun, &criteria, now).await?;
            let entry = Entry::new(Verb::NominationKept, new.title.clone())
                .detail("办理", "开始")
                .detail("依据", review.title())
                .detail("名额", new.seats);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&id.path()).into_response())
}

/// Somebody in the ranking.
struct RankedRow {
    person: Person,
    outcome: Outcome,
    rank: usize,
    nominee: Option<Nominee>,
}

impl RankedRow {
    fn may(&self) -> bool {
        self.outcome.grade != Grade::Unsatisfactory
    }
}

/// A nomination with the ranking from which it is drawn.
struct Ranking {
    nomination: Nomination,
    review: Review,
    rows: Vec<RankedRow>,
}

async fn ranking(
    app: &Reviews,
    institution: crate::ids::InstitutionId,
    id: NominationId,
    sees: impl Fn(&Review) -> bool,
) -> Result<Ranking, Failure> {
    let mut db = app.read().await?;
    let nomination = store::nominations(&mut db, institution, Some(id)).await?.pop().ok_or(Failure::Missing)?;
    let review = store::review(&mut db, institution, nomination.review).await?.filter(sees).ok_or(Failure::Missing)?;
    let persons = store::persons(&mut db, review.id, None).await?;
    let outcomes = store::outcomes(&mut db, review.id).await?;
    let nominees = store::nominees(&mut db, id).await?;
    let ranks = ranks(&ranked(&persons, &outcomes));
    let row = |(outcome, rank): (Outcome, usize)| {
        let person = persons.iter().find(|person| person.place == outcome.person).cloned()?;
        let nominee = nominees.iter().find(|nominee| nominee.person == outcome.person).cloned();
        Some(RankedRow { person, outcome, rank, nominee })
    };
    let rows = outcomes.into_iter().zip(ranks).filter_map(row).collect();
    Ok(Ranking { nomination, review, rows })
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/nomination.html")]
struct NominationPage {
    chrome: Chrome,
    nomination: Nomination,
    review: Review,
    rows: Vec<RankedRow>,
    criteria: Vec<Criterion>,
    keeps: bool,
    form: DecideForm,
    errors: Errors,
    done: &'static str,
}

impl NominationPage {
    fn decides(&self) -> bool {
        self.keeps && self.nomination.decided_at.is_none()
    }
}

pub(super) async fn show(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<NominationId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<Response, Failure> {
    let sees = |review: &Review| review.union.is_visible_to(acting.office());
    let found = ranking(&app, acting.institution(), id, sees).await?;
    // The best are proposed, as many as there are places.
    let seats = usize::try_from(found.nomination.seats).unwrap_or(0);
    let best = found.rows.iter().filter(|row| row.may()).take(seats).map(|row| row.person.place).collect();
    let form = DecideForm { person: best, ..DecideForm::default() };
    let keeps = found.review.union.is_managed_by(acting.office());
    let person = acting.person();
    let criteria = store::criteria_of(&mut *app.read().await?, id).await?;
    let Ranking { nomination, review, rows } = found;
    let chrome = app.chrome(person, &nomination.title).under(NOMINATIONS, "择优提名");
    let (errors, done) = (Errors::default(), Done::said(&done));
    Ok(NominationPage { chrome, nomination, review, rows, criteria, keeps, form, errors, done }.into_response())
}

pub(super) async fn decide(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<NominationId>,
    Form(form): Form<DecideForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let sees = |review: &Review| review.union.is_managed_by(acting.office());
    let found = ranking(&app, acting.institution(), id, sees).await?;
    if found.rows.iter().any(|row| acting.person().student == Some(row.person.student)) {
        let refused = refusal(&app, acting.person(), "确定提名", id.path());
        return Err(by_practice(refused, Rule::Rev05, "你也在这次评议里述职", "请由别的人确定提名"));
    }
    let chosen: Vec<usize> =
        (0..found.rows.len()).filter(|at| found.rows.get(*at).is_some_and(|row| form.has(&row.person.place))).collect();
    if chosen.is_empty() {
        errors.add("person", "请选择提名哪些人");
    }
    let mut nominees = Vec::new();
    for row in chosen.iter().filter_map(|at| found.rows.get(*at)) {
        let ground =
            written(form.ground_of(&row.person.place), 300, "ground", "每名提名的人都要写明服务和贡献", &mut errors);
        let rank = i16::try_from(row.rank).unwrap_or(i16::MAX);
        nominees.extend(ground.map(|ground| Nominee { person: row.person.place, rank, ground }));
    }
    let why = if form.reason.trim().is_empty() { None } else { reason(&form.reason, &mut errors) };
    let plan = plan_on(&mut *app.read().await?, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    let persons: Vec<Person> = found.rows.iter().map(|row| row.person.clone()).collect();
    let outcomes: Vec<Outcome> = found.rows.iter().map(|row| row.outcome.clone()).collect();
    let (results, seats) = (ranked(&persons, &outcomes), usize::try_from(found.nomination.seats).unwrap_or(0));
    let mut passed = None;
    if errors.is_empty() {
        let verdict = rule::nominate(&plan, &results, &chosen, seats, why.as_deref());
        let warned = verdict.findings().iter().find(|one| one.verdict == crate::rules::Outcome::Warn).cloned();
        match verdict.permit() {
            Ok(nominees) => passed = Some(nominees),
            Err(findings) => {
                let fails = findings.iter().any(|one| one.verdict == crate::rules::Outcome::Fail);
                let Some(warned) = warned.filter(|_| !fails) else {
                    return Err(refusal(&app, acting.person(), "确定提名", id.path()).because(findings));
                };
                let rule = format!("{} {}", warned.rule, warned.rule.name());
                errors.add("reason", format!("{}，请写明理由（{rule}）", warned.message));
            }
        }
    }
    let Some(passed) = passed else {
        let criteria = store::criteria_of(&mut *app.read().await?, id).await?;
        let Ranking { nomination, review, rows } = found;
        let chrome = app.chrome(acting.person(), &nomination.title).under(NOMINATIONS, "择优提名");
        let page = NominationPage { chrome, nomination, review, rows, criteria, keeps: true, form, errors, done: "" };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock_nomination(db, acting.institution(), id).await?;
        if !store::decide(db, &acting, &locked, &passed, &nominees, why.as_deref(), now).await? {
            let refused = refusal(&app, acting.person(), "确定提名", id.path());
            return Err(by_practice(refused, Rule::Rev05, "这份提名已经确定", "可以导出名单"));
        }
        let entry = Entry::new(Verb::NominationKept, locked.title.clone())
            .detail("办理", "确定")
            .detail("人数", nominees.len())
            .detail("未按次序的理由", why.clone().unwrap_or_default());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Decided.at(&id.path())).into_response())
}

const COLUMNS: [(&str, &[&str]); 9] = [
    ("名次", &[]),
    ("姓名", &[]),
    ("学号", &[]),
    ("班级", &[]),
    ("述职时的岗位", &[]),
    ("评议得分", &[]),
    ("评议等次", &[]),
    ("提名依据（服务和贡献）", &[]),
    ("未按次序的理由", &[]),
];

/// The nominees with the ground of each.
pub(super) async fn file(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<NominationId>,
) -> Result<Response, Failure> {
    let sees = |review: &Review| review.union.is_visible_to(acting.office());
    let Ranking { nomination, rows, .. } = ranking(&app, acting.institution(), id, sees).await?;
    let deviation = nomination.deviation.unwrap_or_default();
    let row = |row: RankedRow| {
        let nominee = row.nominee?;
        Some(vec![
            row.rank.to_string(),
            row.person.name,
            row.person.number,
            row.person.class,
            row.person.posts,
            row.outcome.score_in_words(),
            row.outcome.grade.label().to_owned(),
            nominee.ground,
            deviation.clone(),
        ])
    };
    let rows: Vec<Vec<String>> = rows.into_iter().filter_map(row).collect();
    let bytes = app.heavy(move || drop_down_template("提名名单", &COLUMNS, &rows)).await?;
    Ok(workbook("nominees.xlsx", bytes.map_err(anyhow::Error::new)?))
}
