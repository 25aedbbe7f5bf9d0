//! What whoever makes a questionnaire does with it: changes the draft, adds questions, opens it, closes and counts it.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    Surveys, Verb,
    counting::{CollegeName, Counted, count},
    desk::{DeskForms, kept, lock_kept, page, refusal, too_many_drafts},
    forms::{QuestionForm, SetupForm},
    hosts::Hosts,
    paths::{Done, SURVEYS},
    sealed::OpenSheet,
    store::{self, Answers},
    survey::{MOST_DRAFTS, Question, Survey},
};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    clock::CHINA,
    database::Locked,
    directory::store::colleges,
    failure::Failure,
    ids::SurveyId,
    rulebook::store::calendar,
    rules::{Rule, survey::FEWEST_EARLY},
    voice::VoiceKeeper,
    web::{forms::Errors, routes::Routes},
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default()
        .post("/surveys/{survey}/change", change)
        .post("/surveys/{survey}/questions", add_question)
        .post("/surveys/{survey}/questions/{place}/remove", remove_question)
        .post("/surveys/{survey}/discard", discard)
        .post("/surveys/{survey}/open", open)
        .post("/surveys/{survey}/close", close)
}

/// The page of the desk with its faults.
async fn unfit(
    surveys: &Surveys,
    acting: &Acting<VoiceKeeper>,
    id: SurveyId,
    forms: DeskForms,
) -> Result<Response, Failure> {
    let page = page(surveys, acting, id, forms).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// A refusal where the questionnaire is no draft any more.
fn opened(surveys: &Surveys, acting: &Acting<VoiceKeeper>, id: SurveyId, wanted: &str) -> Failure {
    refusal(surveys, acting.person(), id, wanted).for_reason(
        "问卷已经向同学开放，问题和范围不能再改",
        "有错的，另做一份；这一份到截止时间统计，实名的、收到较多的可以提前截止",
    )
}

fn entry(survey: &Locked<Survey>, what: &str) -> Entry {
    Entry::new(Verb::SurveyKept, survey.title.clone()).detail("办理", what)
}

async fn change(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
    Form(form): Form<SetupForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    let mut db = surveys.read().await?;
    // The page of what was opened has no such form to come back to.
    if !kept(&mut db, &acting, id).await?.is_draft() {
        return Err(opened(&surveys, &acting, id, "修改问卷"));
    }
    let hosts = Hosts::of(&mut db, acting.person()).await?;
    let known: Vec<_> = colleges(&mut db, acting.institution()).await?.iter().map(|college| college.id).collect();
    drop(db);
    let Some(setup) = form.read(&hosts, &known, now, &mut errors) else {
        return unfit(&surveys, &acting, id, DeskForms { setup: Some(form), errors, ..DeskForms::default() }).await;
    };
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            let moves = survey.is_draft() && survey.union != setup.union;
            if moves && store::drafts(db, acting.institution(), setup.union).await? >= MOST_DRAFTS {
                return Err(too_many_drafts(refusal(&surveys, acting.person(), id, "修改问卷")));
            }
            if !store::change(db, &acting, &survey, &setup).await? {
                return Err(opened(&surveys, &acting, id, "修改问卷"));
            }
            audit::append(db, acting.person(), entry(&survey, "修改草稿"), now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Changed.at(&id.desk_path())).into_response())
}

async fn add_question(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
    Form(form): Form<QuestionForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let mut db = surveys.read().await?;
    if !kept(&mut db, &acting, id).await?.is_draft() {
        return Err(opened(&surveys, &acting, id, "加入问题"));
    }
    let known = store::questions(&mut db, id).await?;
    drop(db);
    if form.read(&known, &mut errors).is_none() {
        return unfit(&surveys, &acting, id, DeskForms { question: form, errors, ..DeskForms::default() }).await;
    }
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            let known = store::questions(db, id).await?;
            let Some(new) = form.read(&known, &mut Errors::default()) else {
                let refused = refusal(&surveys, acting.person(), id, "加入问题");
                return Err(refused.for_reason("刚才有人也加入了问题，已经加满", "请再看看这份问卷"));
            };
            if store::add_question(db, &acting, &survey, &new).await? {
                Ok(())
            } else {
                Err(opened(&surveys, &acting, id, "加入问题"))
            }
        })
        .await?;
    Ok(Redirect::to(&Done::Added.at(&id.desk_path())).into_response())
}

async fn remove_question(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path((id, place)): Path<(SurveyId, i16)>,
) -> Result<Redirect, Failure> {
    kept(&mut *surveys.read().await?, &acting, id).await?;
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            if !survey.is_draft() {
                return Err(opened(&surveys, &acting, id, "删除问题"));
            }
            if store::remove_question(db, &acting, &survey, place).await? { Ok(()) } else { Err(Failure::Missing) }
        })
        .await?;
    Ok(Redirect::to(&Done::Removed.at(&id.desk_path())))
}

async fn discard(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
) -> Result<Redirect, Failure> {
    let now = surveys.clock.now();
    kept(&mut *surveys.read().await?, &acting, id).await?;
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            if !store::discard(db, &acting, &survey).await? {
                return Err(opened(&surveys, &acting, id, "删除草稿"));
            }
            audit::append(db, acting.person(), entry(&survey, "删除草稿"), now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Discarded.at(SURVEYS)))
}

async fn open(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
) -> Result<Redirect, Failure> {
    let now = surveys.clock.now();
    kept(&mut *surveys.read().await?, &acting, id).await?;
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            let refused = refusal(&surveys, acting.person(), id, "向同学开放");
            let questions = store::questions(db, id).await?;
            if questions.is_empty() {
                return Err(refused.for_reason("问卷还没有问题", "请先逐题加入问题"));
            }
            if survey.closes_at <= now {
                return Err(refused.for_reason("截止时间已经过了", "请先修改开始和截止的时间"));
            }
            let pair = surveys.keys.make(&survey, &questions)?;
            if !store::open(db, &acting, &survey, &pair, now).await? {
                return Err(opened(&surveys, &acting, id, "向同学开放"));
            }
            let mut entry = entry(&survey, "向同学开放")
                .detail("署名", if survey.anonymous { "匿名" } else { "实名" })
                .detail("范围", survey.asked());
            let plans = calendar(db, acting.institution()).await?;
            let plan = plans.in_force(now.date());
            if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Rgt03)) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Opened.at(&id.desk_path())))
}

/// What opened sheets come to.
struct OpenedAnswers {
    counted: Counted,
    /// Whose answers they are, where the questionnaire asked for names.
    named: Vec<Answers>,
}

/// Closes a questionnaire for good, opens its answers and keeps what they come to; or nothing at all.
async fn close(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
) -> Result<Redirect, Failure> {
    let now = surveys.clock.now();
    kept(&mut *surveys.read().await?, &acting, id).await?;
    let refused = || refusal(&surveys, acting.person(), id, "截止并统计");
    surveys
        .write_as(acting.person().authority(), async |db| {
            // Whoever is handing in has finished, and nobody else begins.
            let survey = lock_kept(db, &acting, id).await?;
            if !survey.is_open() || now < survey.opens_at {
                return Err(refused().for_reason("问卷还没有开始，或者已经截止", "请看问卷现在的状态"));
            }
            let questions = store::questions(db, id).await?;
            let sheets = store::sheets(db, &survey).await?;
            if !survey.awaits_count(now) && !survey.may_end_early(sheets.len()) {
                let why =
                    format!("匿名问卷收到 {FEWEST_EARLY} 份以上，才能提前截止：太少时提前截止，可能看出最后是谁答的");
                return Err(refused().for_reason(why, "到截止时间以后再统计，那时不论收到多少份都可以"));
            }
            let waiting = store::waiting_by_college(db, &survey, now.to_offset(CHINA).date()).await?;
            let known = colleges(db, acting.institution()).await?.into_iter();
            let known: Vec<CollegeName> = known.map(|row| CollegeName { id: row.id, name: row.name }).collect();
            let (own, keys) = (Survey::clone(&survey), std::sync::Arc::clone(&surveys.keys));
            let came = surveys
                .heavy(move || -> Result<OpenedAnswers, &'static str> {
                    let open = keys.open_all(&own, &questions, &sheets)?;
                    let counted = count(&open, &questions, &waiting, &known);
                    let words = |one: &OpenSheet| in_words(one, &questions);
                    let named = if own.anonymous { Vec::new() } else { open.iter().map(words).collect() };
                    Ok(OpenedAnswers { counted, named })
                })
                .await?;
            let stop = |why: &'static str| refused().for_reason(why, "答卷都在，什么都没有写入；请查明原因再统计");
            let OpenedAnswers { counted, named } = came.map_err(stop)?;
            if !store::keep_count(db, &acting, &survey, &counted, &named, now).await? {
                return Err(stop("答卷在统计期间变了"));
            }
            let answers = counted.parts.first().map_or(0, |whole| whole.answers);
            audit::append(db, acting.person(), entry(&survey, "截止并统计").detail("答卷", answers), now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Closed.at(&id.desk_path())))
}

fn in_words(one: &OpenSheet, questions: &[Question]) -> Answers {
    let says = one.sheet.answers.iter().zip(questions).map(|(answer, question)| answer.in_words(question)).collect();
    Answers { student: one.student, says }
}
