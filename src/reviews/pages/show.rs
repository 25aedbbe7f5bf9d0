//! A review as the offices see it: who has reported, results, objections; and one person's report and result.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{all_of, entry, frame, managed, not_now, plan_on, refusal, visible};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    failure::Failure,
    ids::{AccountId, ReviewId, StudentId},
    inbox::{Notice, To, tell, tell_all},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    reviews::{
        ReviewReader, Reviews, Verb,
        chart::{Radar, Trend},
        forms::AnswerForm,
        paths::Done,
        review::{Member, Objection, Outcome, Person, Review, Stage},
        store::{self, Attachment, BoardAnswer, PastScore},
    },
    rules::review::{self as rule, BoardMember, Grade, score_in_words},
    text::chinese_day,
    unions::store as unions_store,
    web::forms::{self, Errors, ReasonForm, filled_in, reason},
};

#[derive(Template, WebTemplate)]
#[template(path = "reviews/review.html")]
pub(super) struct ReviewPage {
    chrome: Chrome,
    review: Review,
    persons: Vec<Person>,
    outcomes: Vec<Outcome>,
    objections: Vec<Objection>,
    /// The office keeps the review.
    keeps: bool,
    today: Date,
    done: &'static str,
}

impl ReviewPage {
    fn handed(&self) -> usize {
        self.persons.iter().filter(|person| person.is_handed()).count()
    }

    fn due(&self) -> usize {
        self.persons.iter().filter(|person| person.excused_why.is_none()).count()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn outcome(&self, place: &i16) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.person == *place)
    }

    /// How many have each grade.
    fn grades(&self) -> String {
        let count = |grade: &Grade| self.outcomes.iter().filter(|outcome| outcome.grade == *grade).count();
        Grade::ALL.iter().map(|grade| format!("{} {} 人", grade.label(), count(grade))).collect::<Vec<_>>().join("，")
    }

    /// It can be settled now, or from which day on.
    fn may_settle(&self) -> bool {
        let open = self.objections.iter().any(|one| one.answer.is_none());
        self.keeps && self.review.stage == Stage::Counted && !self.review.takes_objections(self.today) && !open
    }
}

pub(super) async fn show(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path(id): Path<ReviewId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<ReviewPage, Failure> {
    let mut db = app.read().await?;
    let review = visible(&mut db, &acting, id).await?;
    let persons = store::persons(&mut db, id, None).await?;
    let outcomes = store::outcomes(&mut db, id).await?;
    let objections = store::objections(&mut db, id).await?;
    let keeps = review.union.is_managed_by(acting.office());
    let chrome = app.chrome(acting.person(), &review.title()).under(crate::reviews::paths::REVIEWS, "述职评议");
    let (today, done) = (app.clock.today(), Done::said(&done));
    Ok(ReviewPage { chrome, review, persons, outcomes, objections, keeps, today, done })
}

/// Takes the list of those who report anew.
pub(super) async fn refresh(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
) -> Result<Redirect, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let (review, _) = managed(&mut db, &acting, id).await?;
    let plan = plan_on(&mut db, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    let record = unions_store::record(&mut db, acting.institution(), review.union.id, now.date()).await?;
    let record = record.ok_or(Failure::Missing)?;
    let semesters = store::semesters(&mut db, acting.institution(), now.date()).await?;
    let semester = semesters.iter().find(|known| known.from_day == review.from_day).ok_or(Failure::Missing)?;
    let due = store::due(&record, &plan, semester, now.date());
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !locked.takes_reports() {
            return Err(not_now(&app, acting.person(), "更新应述职名单", &locked));
        }
        let new = store::take_persons(db, &locked, &due).await?;
        let says = format!("请于{}前提交述职报告。", chinese_day(locked.report_until));
        let notice = Notice::new(format!("述职：{}", locked.title()), id.own_path()).says(says);
        tell_all(db, acting.institution(), &new, &notice, now).await?;
        audit::append(db, acting.person(), entry(&locked, "更新应述职名单").detail("增加", new.len()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Refreshed.at(&id.path())))
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/person.html")]
pub(super) struct PersonPage {
    chrome: Chrome,
    review: Review,
    person: Person,
    /// Files of the report, once it is handed in.
    attachments: Vec<Attachment>,
    result: Option<ResultView>,
    objection: Option<Objection>,
    /// Who may answer the objection; nobody where none waits.
    board: Vec<Member>,
    keeps: bool,
    reason: ReasonForm,
    answer: AnswerForm,
    errors: Errors,
    done: &'static str,
}

impl PersonPage {
    /// It may still be returned.
    fn may_return(&self) -> bool {
        self.keeps && self.review.takes_reports() && self.person.is_handed()
    }

    fn may_excuse(&self) -> bool {
        let open = !self.person.is_handed() && self.person.excused_why.is_none();
        self.keeps && self.review.takes_reports() && self.person.left_on.is_some() && open
    }
}

/// A row of a result's table.
pub(super) struct AspectRow {
    pub aspect: String,
    pub weight: u32,
    pub mean: String,
}

/// A mean of one group's sheets.
pub(super) struct GroupRow {
    pub label: &'static str,
    pub sheets: usize,
    pub score: String,
}

/// A person's result as it is shown.
pub(super) struct ResultView {
    pub outcome: Outcome,
    pub aspects: Vec<AspectRow>,
    pub radar: Radar,
    /// Sheets by the grade that each alone would give.
    pub bands: Vec<(&'static str, i32)>,
    pub groups: Vec<GroupRow>,
    pub comments: Vec<String>,
    pub past: Vec<PastScore>,
    pub trend: Option<Trend>,
    /// How it was worked out.
    pub how: String,
}

/// A person's result; none before the count. Of few sheets nothing but the score is read.
pub(super) async fn result_of(app: &Reviews, review: &Review, person: &Person) -> Result<Option<ResultView>, Failure> {
    if !review.is_counted() {
        return Ok(None);
    }
    let mut db = app.read().await?;
    let outcomes = store::outcomes(&mut db, review.id).await?;
    let Some(outcome) = outcomes.into_iter().find(|outcome| outcome.person == person.place) else { return Ok(None) };
    let names: Vec<String> = review.scheme.weights().iter().map(|one| one.aspect.clone()).collect();
    let few = outcome.is_of_few();
    let comments = if few { Vec::new() } else { store::comments(&mut db, review.id, person.place).await? };
    let groups = if few { Vec::new() } else { store::groups(&mut db, review.id, person.place).await? };
    let groups = groups.into_iter().filter_map(|group| {
        let label = if group.category == "student" { "学生代表" } else { "其他成员" };
        let tally = review.scheme.tally(&group.scores)?;
        Some(GroupRow { label, sheets: group.scores.len(), score: score_in_words(tally.score) })
    });
    let groups = groups.collect();
    let past = store::trend(&mut db, review, person.student).await?;
    let aspects = review.scheme.weights().iter().zip(&outcome.aspects).map(|(one, mean)| AspectRow {
        aspect: one.aspect.clone(),
        weight: one.weight,
        mean: score_in_words(*mean),
    });
    Ok(Some(ResultView {
        aspects: aspects.collect(),
        radar: Radar::new(&names, &outcome.aspects),
        bands: Grade::ALL.iter().map(|grade| grade.label()).zip(outcome.bands.iter().copied()).collect(),
        groups,
        comments,
        trend: Trend::new(&past),
        past,
        how: review.scheme.in_words(),
        outcome,
    }))
}

/// What a page of a person shows again.
#[derive(Default)]
struct TypedPersonReview {
    reason: ReasonForm,
    answer: AnswerForm,
    errors: Errors,
}

async fn person_page(
    app: &Reviews,
    viewer: &SignedIn,
    review: Review,
    place: i16,
    typed: TypedPersonReview,
    done: &'static str,
) -> Result<PersonPage, Failure> {
    let mut db = app.read().await?;
    let person = store::persons(&mut db, review.id, Some(place)).await?.pop().ok_or(Failure::Missing)?;
    // Nobody sees by an office what is said of themselves.
    if viewer.student == Some(person.student) {
        return Err(Failure::Missing);
    }
    let objection = store::objections(&mut db, review.id).await?.into_iter().find(|one| one.person == place);
    let attachments =
        if person.is_handed() { store::attachments(&mut db, review.id, place).await? } else { Vec::new() };
    let keeps = viewer.acting.as_ref().is_some_and(|office| review.union.is_managed_by(office));
    let waits = keeps && objection.as_ref().is_some_and(|one| one.answer.is_none());
    let mut board = if waits { store::members(&mut db, review.id).await? } else { Vec::new() };
    board.retain(|member| answers(member, &person));
    drop(db);
    let result = result_of(app, &review, &person).await?;
    let chrome = frame(app, viewer, &review, &person.name);
    let TypedPersonReview { reason, answer, errors } = typed;
    Ok(PersonPage {
        chrome,
        review,
        person,
        attachments,
        result,
        objection,
        board,
        keeps,
        reason,
        answer,
        errors,
        done,
    })
}

pub(super) async fn person(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path((id, place)): Path<(ReviewId, i16)>,
    Query(forms::Done { done }): Query<forms::Done>,
    Query(answer): Query<AnswerForm>,
) -> Result<PersonPage, Failure> {
    let review = visible(&mut *app.read().await?, &acting, id).await?;
    let typed = TypedPersonReview { answer, ..TypedPersonReview::default() };
    person_page(&app, acting.person(), review, place, typed, Done::said(&done)).await
}

/// The page again, with what was typed.
async fn again(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    review: Review,
    place: i16,
    typed: TypedPersonReview,
) -> Result<Response, Failure> {
    let page = person_page(app, acting.person(), review, place, typed, "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Whom an act is about, and why it is done.
struct Reasoned {
    student: StudentId,
    why: String,
}

/// Reads the reason of an act on somebody; or their page again, with what is wrong.
async fn reasoned(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    id: ReviewId,
    place: i16,
    form: ReasonForm,
) -> Result<Result<Reasoned, Response>, Failure> {
    let (review, persons) = managed(&mut *app.read().await?, acting, id).await?;
    let person = persons.into_iter().find(|person| person.place == place).ok_or(Failure::Missing)?;
    let mut errors = Errors::default();
    if let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) {
        return Ok(Ok(Reasoned { student: person.student, why }));
    }
    let typed = TypedPersonReview { reason: form, errors, ..TypedPersonReview::default() };
    Ok(Err(again(app, acting, review, place, typed).await?))
}

pub(super) async fn excuse(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, place)): Path<(ReviewId, i16)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let Reasoned { student, why } = match reasoned(&app, &acting, id, place, form).await? {
        Ok(reasoned) => reasoned,
        Err(page) => return Ok(page),
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::excuse(db, &locked, place, &why).await? {
            return Err(not_now(&app, acting.person(), "登记不再述职", &locked));
        }
        let entry = audit::Entry::about(Verb::ReviewKept, student)
            .detail("办理", "登记不再述职")
            .detail("评议", locked.title())
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Excused.at(&id.path())).into_response())
}

pub(super) async fn give_back(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, place)): Path<(ReviewId, i16)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let Reasoned { student, why } = match reasoned(&app, &acting, id, place, form).await? {
        Ok(reasoned) => reasoned,
        Err(page) => return Ok(page),
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::return_report(db, &locked, place, &why).await? {
            return Err(not_now(&app, acting.person(), "退回述职报告", &locked));
        }
        let notice = Notice::new(format!("述职报告被退回：{}", locked.title()), id.own_path()).says(&why);
        tell(db, acting.institution(), To::Student(student), &notice, now).await?;
        let entry = audit::Entry::about(Verb::ReviewKept, student)
            .detail("办理", "退回述职报告")
            .detail("评议", locked.title());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Returned.at(&id.person_path(place))).into_response())
}

/// A member answers a person's objection: whoever sat and may score them.
fn answers(member: &Member, person: &Person) -> bool {
    member.scorer.is_some() && rule::may_score(&member.departments, &person.departments)
}

/// Those who may answer a person's objection, as the rule sees them; present are those who took part.
fn seats(members: &[Member], person: &Person, persons: &[Person], took_part: &[AccountId]) -> Vec<BoardMember> {
    let seat = |member: &Member| BoardMember { present: took_part.contains(&member.account), ..member.seat(persons) };
    members.iter().filter(|member| answers(member, person)).map(seat).collect()
}

pub(super) async fn answer(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, place)): Path<(ReviewId, i16)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Failure> {
    let (mut db, mut errors, now) = (app.read().await?, Errors::default(), app.clock.now());
    let (review, persons) = managed(&mut db, &acting, id).await?;
    let person = persons.iter().find(|person| person.place == place).ok_or(Failure::Missing)?;
    let plan = plan_on(&mut db, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    let objections = store::objections(&mut db, id).await?;
    drop(db);
    let Some(waits) = objections.iter().find(|one| one.person == place && one.answer.is_none()) else {
        return Err(not_now(&app, acting.person(), "答复异议", &review));
    };
    let made_on = waits.at.to_offset(CHINA).date();
    let back = filled_in(&id.person_path(place), &form)?;
    let Some(given) = form.read(made_on, now.date(), &mut errors)? else {
        let typed = TypedPersonReview { answer: form, errors, ..TypedPersonReview::default() };
        return again(&app, &acting, review, place, typed).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let members = store::members(db, id).await?;
        let (own, others): (Vec<Outcome>, Vec<Outcome>) =
            store::outcomes(db, id).await?.into_iter().partition(|outcome| outcome.person == place);
        let others: Vec<Grade> = others.iter().map(|outcome| outcome.grade).collect();
        // The grade that they have already is none that is given instead.
        let grade = given.grade.filter(|grade| own.iter().all(|outcome| outcome.grade != *grade));
        let refused = || refusal(&app, acting.person(), "答复异议", back.clone());
        let of_board = members.iter().filter(|member| answers(member, person)).map(|member| member.account);
        all_of(&of_board.collect::<Vec<_>>(), &given.took_part, refused())?;
        let seats = seats(&members, person, &persons, &given.took_part);
        let passed = rule::reconsider(&plan, &locked.scheme, &seats, &others, grade)
            .permit()
            .map_err(|findings| refused().because(findings))?;
        let answer = BoardAnswer { says: &given.says, considered_on: given.considered_on, passed };
        if !store::answer(db, &acting, &locked, place, &answer, now).await? {
            return Err(not_now(&app, acting.person(), "答复异议", &locked));
        }
        let subject = format!("对评议结果的异议已答复：{}", locked.title());
        let changed = grade.map(|grade| format!("等次改为{}。", grade.label())).unwrap_or_default();
        let notice = Notice::new(subject, id.own_path()).says(format!("{changed}{}", given.says));
        tell(db, acting.institution(), To::Student(person.student), &notice, now).await?;
        let what = grade.map_or("维持原等次".to_owned(), |grade| format!("改为{}", grade.label()));
        let entry = audit::Entry::about(Verb::ReviewKept, person.student)
            .detail("办理", "答复异议")
            .detail("评议", locked.title())
            .detail("复议", format!("{}，{} 人", given.considered_on, passed.members()))
            .detail("结果", what);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.person_path(place))).into_response())
}

pub(super) async fn settle(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
) -> Result<Redirect, Failure> {
    managed(&mut *app.read().await?, &acting, id).await?;
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::settle(db, &locked, now).await? {
            return Err(not_now(&app, acting.person(), "办结（异议期内，或还有异议没有答复）", &locked));
        }
        audit::append(db, acting.person(), entry(&locked, "办结"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Settled.at(&id.path())))
}
