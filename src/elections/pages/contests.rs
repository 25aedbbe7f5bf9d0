//! A contest of a sitting: whose it is, how it is counted, and who stands.

use std::collections::{HashMap, HashSet};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;

use super::{frame, kept, not_standing, refuse, said};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    directory,
    elections::Elections,
    elections::{
        forms::{ContestAsked, ContestForm},
        sitting::{Contest, Sitting, Stage},
        store::{self, ContestDraft, Listed, Named, Standing},
    },
    failure::Failure,
    ids::{CandidateId, CollegeId, ContestId, RoundId, SittingId},
    office::ElectionKeeper,
    page::chrome::Chrome,
    rules::sitting::Body,
    text::{folded, is_hidden, trimmed},
    web::forms::{Done, Errors, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/contest_form.html")]
pub(super) struct FormPage {
    chrome: Chrome,
    form: ContestForm,
    errors: Errors,
    action: String,
    colleges: Vec<(String, String)>,
}

async fn colleges(db: &mut PgConnection, acting: &Acting<ElectionKeeper>) -> Result<Vec<(String, String)>, Failure> {
    let own = acting.office().college;
    let all = directory::store::colleges(db, acting.institution()).await?;
    Ok(all
        .into_iter()
        .filter(|college| own.is_none_or(|own| own == college.id))
        .map(|college| (college.id.to_string(), college.name))
        .collect())
}

/// A sitting that is being prepared, and by somebody who does not stand in it.
async fn prepared(app: &Elections, acting: &Acting<ElectionKeeper>, id: SittingId) -> Result<Sitting, Failure> {
    let mut db = app.read().await?;
    let sitting = kept(&mut db, acting, id).await?;
    not_standing(app, &mut db, acting.person(), (&sitting, "修改选举项目")).await?;
    if sitting.stage == Stage::Draft {
        return Ok(sitting);
    }
    let chrome = frame(app, acting.person(), &sitting, "没有办理");
    let why = format!("本场次{}，选举项目和候选人不能再改", sitting.stage.label());
    let remedy = "投票开启以前，可以收回公告后修改；候选人不再参选的，登记退选";
    Err(refuse(chrome, format!("/sittings/{id}"), "修改选举项目", why, remedy))
}

pub(super) async fn ask(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<FormPage, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let college = acting.office().college.map(|id| id.to_string()).unwrap_or_default();
    let form = ContestForm { college, ..ContestForm::practice() };
    form_page(&app, &acting, &sitting, (form, Errors::default())).await
}

async fn form_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    (form, errors): (ContestForm, Errors),
) -> Result<FormPage, Failure> {
    let colleges = colleges(&mut *app.read().await?, acting).await?;
    let chrome = frame(app, acting.person(), sitting, "登记选举项目");
    Ok(FormPage { chrome, form, errors, action: format!("/sittings/{}/contests/new", sitting.id), colleges })
}

/// The drafts that a form asks for: one, or one for each class that it names.
async fn drafts(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    asked: &ContestAsked,
    (errors, today, single): (&mut Errors, time::Date, bool),
) -> Result<Vec<ContestDraft>, Failure> {
    let ContestAsked { title, fills, body, college, classes, people, seats, rules } = asked.clone();
    let own: Option<CollegeId> = acting.office().college;
    if let Some(college) = college
        && (own.is_some_and(|own| own != college)
            || directory::store::colleges(db, acting.institution()).await?.iter().all(|known| known.id != college))
    {
        errors.add("college", "请选择本单位的院系");
    }
    let found = store::classes_named(db, acting.institution(), &classes, today).await?;
    let of_own = |college: &CollegeId| own.is_none_or(|own| own == *college);
    let unknown: Vec<&str> = classes
        .iter()
        .filter(|name| !found.iter().any(|(_, known, college)| known == *name && of_own(college)))
        .map(String::as_str)
        .take(5)
        .collect();
    if !unknown.is_empty() {
        errors.add("classes", format!("没有这些班级，或者不在你的院系：{}", unknown.join("、")));
    }
    let twice: HashSet<&str> = found
        .iter()
        .filter(|(id, name, _)| found.iter().any(|(other, same, _)| other != id && same == name))
        .map(|(_, name, _)| name.as_str())
        .collect();
    if !twice.is_empty() {
        errors.add("classes", "有重名的班级，请由各院系团组织分别建立场次");
    }
    if single && body == Body::Class && classes.len() > 1 {
        errors.add("classes", "一项班级选举只填一个班级");
    }
    let members = store::students(db, acting.institution(), &people, today).await?;
    let missing: Vec<&str> = people
        .iter()
        .filter(|number| !members.iter().any(|one| one.number == **number && of_own(&one.college)))
        .map(String::as_str)
        .take(5)
        .collect();
    if !missing.is_empty() {
        errors.add("people", format!("没有这些学号的在校学生，或者不在你的院系：{}", missing.join("、")));
    }
    if !errors.is_empty() {
        return Ok(Vec::new());
    }
    let people: Vec<_> = members.iter().map(|one| one.id).collect();
    let one = |title: String, classes| ContestDraft {
        title,
        fills,
        body,
        college,
        classes,
        people: people.clone(),
        seats,
        rules,
        round_of: None,
    };
    if body == Body::Class && found.len() > 1 {
        return Ok(found
            .iter()
            .map(|(id, name, _)| one(format!("{title}·{name}").chars().take(40).collect(), vec![*id]))
            .collect());
    }
    Ok(vec![one(title, found.iter().map(|(id, ..)| *id).collect())])
}

pub(super) async fn add(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<ContestForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(asked) = form.read(&mut errors) else {
        return Ok((unfit, form_page(&app, &acting, &sitting, (form, errors)).await?).into_response());
    };
    let all = drafts(&mut *app.read().await?, &acting, &asked, (&mut errors, now.date(), false)).await?;
    if !errors.is_empty() {
        return Ok((unfit, form_page(&app, &acting, &sitting, (form, errors)).await?).into_response());
    }
    let first = app
        .write_as(acting.person().authority(), async move |db| {
            store::lock(db, acting.institution(), id).await?;
            let mut first = None;
            for draft in &all {
                let contest = store::add_contest(db, &acting, id, draft).await?;
                first.get_or_insert(contest);
                let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
                    .detail("办理", "登记选举项目")
                    .detail("项目", draft.title.clone())
                    .detail("应选", draft.seats);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(first.filter(|_| all.len() == 1))
        })
        .await?;
    let to = match first {
        Some(contest) => format!("/sittings/{id}/contests/{contest}?done=contest"),
        None => format!("/sittings/{id}?done=contest"),
    };
    Ok(Redirect::to(&to).into_response())
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct StandForm {
    numbers: String,
    origin: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/contest.html")]
pub(super) struct ShowPage {
    chrome: Chrome,
    sitting: Sitting,
    contest: Contest,
    form: ContestForm,
    errors: Errors,
    stand: StandForm,
    colleges: Vec<(String, String)>,
    listed: Vec<Listed>,
    done: &'static str,
}

impl ShowPage {
    fn draft(&self) -> bool {
        self.sitting.stage == Stage::Draft
    }
    fn may_withdraw(&self) -> bool {
        !matches!(self.sitting.stage, Stage::Draft | Stage::Counted | Stage::Reported | Stage::Voided)
    }
}

/// The contest of a sitting.
pub(super) async fn contest_of(
    db: &mut PgConnection,
    sitting: &Sitting,
    id: ContestId,
    today: time::Date,
) -> Result<Contest, Failure> {
    let contests = store::contests(db, sitting, Some(today)).await?;
    contests.into_iter().find(|contest| contest.id == id).ok_or(Failure::Missing)
}

async fn show_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    (id, contest): (SittingId, ContestId),
    (form, stand, errors, done): (Option<ContestForm>, StandForm, Errors, &'static str),
) -> Result<ShowPage, Failure> {
    let mut db = app.read().await?;
    let sitting = kept(&mut db, acting, id).await?;
    let contest = contest_of(&mut db, &sitting, contest, app.clock.today()).await?;
    let people: Vec<String> =
        store::people_of(&mut db, contest.id).await?.into_iter().map(|(_, number)| number).collect();
    let form = form.unwrap_or_else(|| ContestForm::of(&contest, &people));
    let listed = store::listed_rounds(&mut db, acting.institution(), acting.office().college).await?;
    let colleges = colleges(&mut db, acting).await?;
    let chrome = frame(app, acting.person(), &sitting, &contest.title);
    Ok(ShowPage { chrome, sitting, contest, form, errors, stand, colleges, listed, done })
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(ids): Path<(SittingId, ContestId)>,
    Query(Done { done }): Query<Done>,
) -> Result<ShowPage, Failure> {
    show_page(&app, &acting, ids, (None, StandForm::default(), Errors::default(), said(&done))).await
}

pub(super) async fn change(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<ContestForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let was = contest_of(&mut *app.read().await?, &sitting, contest, now.date()).await?;
    let draft = match form.read(&mut errors) {
        Some(asked) => {
            let mut db = app.read().await?;
            drafts(&mut db, &acting, &asked, (&mut errors, now.date(), true)).await?.pop()
        }
        None => None,
    };
    if let Some(draft) = &draft
        && was.round_of.is_some()
        && draft.seats != was.seats
    {
        errors.add("seats", "第二轮的应选人数由上一轮空缺的席位得出，不能修改");
    }
    let Some(draft) = draft.filter(|_| errors.is_empty()) else {
        let page = show_page(&app, &acting, (id, contest), (Some(form), StandForm::default(), errors, "")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async move |db| {
        store::lock(db, acting.institution(), id).await?;
        store::change_contest(db, &acting, contest, &draft).await?;
        let entry = Entry::new(Verb::SittingKept, sitting.title)
            .detail("办理", "修改选举项目")
            .detail("项目", draft.title.clone())
            .detail("应选", draft.seats);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}/contests/{contest}?done=changed")).into_response())
}

pub(super) async fn remove(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (prepared(&app, &acting, id).await?, app.clock.now());
    let was = contest_of(&mut *app.read().await?, &sitting, contest, now.date()).await?;
    app.write_as(acting.person().authority(), async move |db| {
        store::lock(db, acting.institution(), id).await?;
        store::remove_contest(db, &acting, contest).await?;
        let entry =
            Entry::new(Verb::SittingKept, sitting.title).detail("办理", "删除选举项目").detail("项目", was.title);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}?done=removed")))
}

/// Labels that differ: the name, with the class where two have one name, with the number where that is not enough.
fn labelled(standing: &[(Named, String)], contest: &Contest) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    for (one, _) in standing {
        *taken.entry(one.name.clone()).or_default() += 1;
    }
    let known: HashSet<String> = contest.labels().into_iter().collect();
    let mut used = known.clone();
    standing
        .iter()
        .map(|(one, _)| {
            let alone = taken.get(&one.name).copied().unwrap_or(0) < 2;
            let choices =
                [one.name.clone(), format!("{}（{}）", one.name, one.class), format!("{}（{}）", one.name, one.number)];
            let free = |(place, label): &(usize, &String)| (*place > 0 || alone) && !used.contains(*label);
            let label =
                choices.iter().enumerate().find(free).map_or_else(|| one.number.clone(), |(_, label)| label.clone());
            used.insert(label.clone());
            label.chars().take(60).collect()
        })
        .collect()
}

async fn enter(
    app: &Elections,
    acting: Acting<ElectionKeeper>,
    (sitting, contest): (Sitting, Contest),
    (people, origin): (Vec<(Named, String)>, String),
) -> Result<Redirect, Failure> {
    let (now, id) = (app.clock.now(), sitting.id);
    let labels = labelled(&people, &contest);
    let standing: Vec<Standing> = people
        .into_iter()
        .zip(labels)
        .map(|((one, about), label)| Standing { student: one.id, label, about, origin: origin.clone() })
        .collect();
    let contest_id = contest.id;
    app.write_as(acting.person().authority(), async move |db| {
        store::lock(db, acting.institution(), id).await?;
        store::stand(db, &acting, contest_id, &standing).await?;
        let marks: Vec<String> = standing.iter().map(|one| audit::Mark::from(one.student).to_string()).collect();
        let entry = Entry::new(Verb::SittingKept, sitting.title)
            .detail("办理", "登记候选人")
            .detail("项目", contest.title)
            .detail("候选人", marks)
            .detail("来源", origin);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}/contests/{contest_id}?done=stood")))
}

pub(super) async fn stand(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<StandForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let mut errors = Errors::default();
    let contest = contest_of(&mut *app.read().await?, &sitting, contest, app.clock.today()).await?;
    let origin = written(&form.origin, 120, "origin", "请写明候选人怎样产生", &mut errors);
    let mut asked: Vec<(String, String)> = Vec::new();
    for line in form.numbers.lines().map(trimmed).filter(|line| !line.is_empty()) {
        let (number, about) = line.split_once([' ', '\t', '，', ',', '　']).unwrap_or((line, ""));
        let (number, about) = (folded(number), trimmed(about).to_owned());
        if about.chars().count() > 120 || about.chars().any(is_hidden) {
            errors.add("numbers", format!("{number} 的简介不能超过 120 字，也不能有看不见的字符"));
        }
        if !asked.iter().any(|(known, _)| *known == number) {
            asked.push((number, about));
        }
    }
    if asked.is_empty() {
        errors.add("numbers", "请填写候选人的学号，一行一人");
    }
    if asked.len() + contest.candidates.len() > 60 {
        errors.add("numbers", "一项选举最多 60 名候选人");
    }
    let numbers: Vec<String> = asked.iter().map(|(number, _)| number.clone()).collect();
    let found = store::students(&mut *app.read().await?, acting.institution(), &numbers, app.clock.today()).await?;
    let own = acting.office().college;
    let mut people = Vec::new();
    let mut missing = Vec::new();
    for (number, about) in asked {
        match found.iter().find(|one| one.number == number && own.is_none_or(|own| own == one.college)) {
            Some(one) if contest.candidates.iter().any(|candidate| candidate.student == one.id) => {
                errors.add("numbers", format!("{number} {} 已经在名单里", one.name));
            }
            Some(one) => people.push((one.clone(), about)),
            None => missing.push(number),
        }
    }
    if !missing.is_empty() {
        missing.truncate(5);
        errors.add("numbers", format!("没有这些学号的在校学生，或者不在你的院系：{}", missing.join("、")));
    }
    let Some(origin) = origin.filter(|_| errors.is_empty()) else {
        let page = show_page(&app, &acting, (id, contest.id), (None, form, errors, "")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    Ok(enter(&app, acting, (sitting, contest), (people, origin)).await?.into_response())
}

/// A round whose list is taken over.
#[derive(Debug, Deserialize)]
pub(super) struct ListedForm {
    round: RoundId,
}

pub(super) async fn take_listed(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<ListedForm>,
) -> Result<Redirect, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let mut db = app.read().await?;
    let contest = contest_of(&mut db, &sitting, contest, app.clock.today()).await?;
    let rounds = store::listed_rounds(&mut db, acting.institution(), acting.office().college).await?;
    let round = rounds.into_iter().find(|round| round.round == form.round).ok_or(Failure::Missing)?;
    let listed = store::listed(&mut db, acting.institution(), form.round, acting.office().college).await?;
    drop(db);
    let new = listed.into_iter().filter(|one| !contest.candidates.iter().any(|known| known.student == one.id));
    let room = 60_usize.saturating_sub(contest.candidates.len());
    let people = new
        .map(|one| {
            let about = one.class.clone();
            (one, about)
        })
        .take(room)
        .collect();
    let origin = format!("遴选轮次“{}”确定的候选人名单", round.title);
    enter(&app, acting, (sitting, contest), (people, origin)).await
}

pub(super) async fn strike(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest, candidate)): Path<(SittingId, ContestId, CandidateId)>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (prepared(&app, &acting, id).await?, app.clock.now());
    let was = contest_of(&mut *app.read().await?, &sitting, contest, now.date()).await?;
    let who = was.candidates.into_iter().find(|one| one.id == candidate).ok_or(Failure::Missing)?;
    app.write_as(acting.person().authority(), async move |db| {
        store::lock(db, acting.institution(), id).await?;
        if store::strike(db, &acting, contest, candidate).await? {
            let entry = Entry::about(Verb::SittingKept, who.student)
                .detail("办理", "从候选人名单中删去")
                .detail("场次", sitting.title);
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}/contests/{contest}?done=struck")))
}

/// Why a candidate withdraws.
#[derive(Debug, Deserialize)]
pub(super) struct WhyForm {
    #[serde(default)]
    reason: String,
}

pub(super) async fn withdraw(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest, candidate)): Path<(SittingId, ContestId, CandidateId)>,
    Form(form): Form<WhyForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let sitting = kept(&mut db, &acting, id).await?;
    not_standing(&app, &mut db, acting.person(), (&sitting, "登记退选")).await?;
    let was = contest_of(&mut db, &sitting, contest, now.date()).await?;
    drop(db);
    let who = was.candidates.into_iter().find(|one| one.id == candidate).ok_or(Failure::Missing)?;
    let chrome = frame(&app, acting.person(), &sitting, "没有办理");
    let back = format!("/sittings/{id}/contests/{contest}");
    if matches!(sitting.stage, Stage::Draft | Stage::Counted | Stage::Reported | Stage::Voided) {
        let why = "退选在公告以后、计票以前登记";
        return Err(refuse(chrome, back, "登记退选", why, "筹备中的场次，直接从名单中删去；计票以后不再登记退选"));
    }
    let Some(why) = crate::web::forms::reason(&form.reason, &mut errors) else {
        let page = show_page(&app, &acting, (id, contest), (None, StandForm::default(), errors, "")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async move |db| {
        // A count that runs meanwhile waits, or has ended and then this is refused.
        let locked = store::lock(db, acting.institution(), id).await?;
        if locked.is_none_or(|sitting| sitting.stage >= Stage::Counted) {
            return Err(refuse(chrome, back, "登记退选", "已经计票，不再登记退选", "当选后不就任的，由大会另行处理"));
        }
        if store::withdraw(db, &acting, (contest, candidate), &why, now).await? {
            let entry = Entry::about(Verb::SittingKept, who.student)
                .detail("办理", "登记退选")
                .detail("场次", sitting.title)
                .detail("理由", why);
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}/contests/{contest}?done=withdrawn")).into_response())
}
