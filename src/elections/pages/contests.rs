//! A contest of a sitting: whose it is, how it is counted, and who stands.
//!
//! In one file, because one page shows all of its forms again where one of them could not be read.

use std::collections::{HashMap, HashSet};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{again, done_at, frame, managed, readiness::unvetted_candidates, refusal, refuse_candidates};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    directory::{self, store::GradeClasses},
    elections::{
        Elections, Verb,
        done::{Done, said},
        forms::{ContestForm, ContestRequest},
        names::Namesake,
        sitting::{Candidate, Contest, Sitting, Stage},
        store::{self, ContestDraft, ListedRound, NamedStudent, NewCandidate},
    },
    failure::{Failure, Refusal},
    ids::{CandidateId, CollegeId, ContestId, RoundId, SittingId, StudentId},
    name::{key, number_key, same_number},
    office::ElectionKeeper,
    page::chrome::Chrome,
    people::find::{self, Among, PeopleField, Rest, Search},
    rules::{
        Finding, Outcome,
        appointment::conditions_for,
        election::Round,
        roster::Post,
        sitting::{Body, Fills},
    },
    text::is_hidden,
    web::forms::{Done as DoneQuery, Errors, Submitted, moved, reason, typed_places, written},
    words::words,
};

/// The most candidates of one contest.
const MOST_CANDIDATES: usize = 60;
/// The most lines of a column that is pasted.
const LONGEST_COLUMN: usize = 200;

#[derive(Template, WebTemplate)]
#[template(path = "elections/contest_form.html")]
pub(super) struct ContestFormPage {
    chrome: Chrome,
    form: ContestForm,
    /// The delegates whom the form names.
    people: PeopleField,
    suggestions: String,
    errors: Errors,
    action: String,
    places: Places,
}

/// The colleges and classes that a contest may be of.
pub(super) struct Places {
    /// Id and name.
    colleges: Vec<(String, String)>,
    grades: Vec<GradeClasses>,
}

async fn places(db: &mut PgConnection, acting: &Acting<ElectionKeeper>, today: time::Date) -> Result<Places, Failure> {
    let colleges = colleges(db, acting).await?;
    let (institution, college) = (acting.institution(), acting.office().college);
    Ok(Places { colleges, grades: directory::store::grade_classes(db, institution, college, today).await? })
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
    let (mut db, wanted) = (app.read().await?, "修改选举项目");
    let sitting = managed(&mut db, acting, id).await?;
    refuse_candidates(app, &mut db, acting.person(), &sitting, wanted).await?;
    if sitting.stage() == Stage::Draft {
        return Ok(sitting);
    }
    let why = format!("本场次{}，选举项目和候选人不能再改", sitting.stage().label());
    let remedy = "投票开启以前，可以收回公告后修改；候选人不再参选的，登记退选";
    Err(refusal(app, acting.person(), &sitting, wanted).for_reason(why, remedy))
}

pub(super) async fn ask(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<ContestFormPage, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let college = acting.office().college.map(|id| id.to_string()).unwrap_or_default();
    let calendar = crate::rulebook::store::calendar(&mut *app.read().await?, sitting.institution).await?;
    let plan = calendar.in_force(app.clock.today());
    let usual = plan.as_deref().map_or_else(ContestForm::practice, ContestForm::by);
    let form = ContestForm { college, ..usual };
    form_page(&app, &acting, &sitting, Submitted::new(form, Errors::default()), PeopleField::default()).await
}

async fn form_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    submitted: Submitted<ContestForm>,
    people: PeopleField,
) -> Result<ContestFormPage, Failure> {
    let places = places(&mut *app.read().await?, acting, app.clock.today()).await?;
    let chrome = frame(app, acting.person(), sitting, "登记选举项目");
    let Submitted { form, errors } = submitted;
    let suggestions = find::suggestions(Among::Students);
    let action = sitting.id.new_contest_path();
    Ok(ContestFormPage { chrome, form, people, suggestions, errors, action, places })
}

/// The students whom the office sees.
fn students(acting: &Acting<ElectionKeeper>, today: time::Date) -> Search {
    Search::of(acting, Among::Students, today)
}

/// The delegates whom the form names, where it is a congress that elects.
async fn delegates(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    form: &mut ContestForm,
    today: time::Date,
    errors: &mut Errors,
) -> Result<PeopleField, Failure> {
    if form.body != Body::Congress.slug() {
        return Ok(PeopleField::default());
    }
    let (search, typed) = (students(acting, today), &mut form.people);
    PeopleField::read(db, &search, typed, &form.pick, Rest::Class, "people", errors).await
}

/// The drafts that a form asks for: one, or one for each class that it names unless it is of a single contest.
async fn drafts(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    request: ContestRequest,
    people: &[String],
    single: bool,
    today: time::Date,
    errors: &mut Errors,
) -> Result<Vec<ContestDraft>, Failure> {
    let ContestRequest { title, fills, body, college, classes, seats, rules, sources } = request;
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
        .filter(|name| !found.iter().any(|(_, known, college)| key(known) == key(name) && of_own(college)))
        .map(String::as_str)
        .take(5)
        .collect();
    if !unknown.is_empty() {
        errors.add("classes", format!("没有这些班级，或者不在你的院系：{}", unknown.join("、")));
    }
    let twice: HashSet<&str> = found
        .iter()
        .filter(|(id, name, _)| found.iter().any(|(other, same, _)| other != id && key(same) == key(name)))
        .map(|(_, name, _)| name.as_str())
        .collect();
    if !twice.is_empty() {
        errors.add("classes", "有重名的班级，请由各院系团组织分别建立场次");
    }
    if single && body == Body::Class && classes.len() > 1 {
        errors.add("classes", "一项班级选举只填一个班级");
    }
    let members = store::students(db, acting.institution(), people, today).await?;
    let own_members: HashSet<String> =
        members.iter().filter(|one| of_own(&one.college)).map(|one| number_key(&one.number)).collect();
    let missing: Vec<&str> =
        people.iter().filter(|number| !own_members.contains(&number_key(number))).map(String::as_str).take(5).collect();
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
        sources: sources.clone(),
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
    Form(mut form): Form<ContestForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let (now, mut errors, mut db) = (app.clock.now(), Errors::default(), app.read().await?);
    let people = delegates(&mut db, &acting, &mut form, now.date(), &mut errors).await?;
    let all = match form.read(&mut errors) {
        Some(request) => drafts(&mut db, &acting, request, &people.numbers(), false, now.date(), &mut errors).await?,
        None => Vec::new(),
    };
    drop(db);
    if !errors.is_empty() {
        errors.put_in_order(&ContestForm::FIELDS);
        return Ok(again(form_page(&app, &acting, &sitting, Submitted::new(form, errors), people).await?));
    }
    let added = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let mut added = Vec::new();
            for draft in &all {
                added.push(store::add_contest(db, &locked, draft).await?);
                let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
                    .detail("办理", "登记选举项目")
                    .detail("项目", draft.title.clone())
                    .detail("应选", draft.seats);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(added)
        })
        .await?;
    let to = match added.as_slice() {
        [contest] => id.contest_path(*contest),
        _ => id.path(),
    };
    Ok(done_at(&to, Done::ContestAdded).into_response())
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CandidatesForm {
    /// 学号 or 姓名, one a line, with a few words for the ballot.
    numbers: String,
    /// The numbers of those who were chosen among people of one name.
    pick: Vec<String>,
    origin: String,
}

/// The places typed for candidates, one for each in the order of the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderForm {
    candidate: Vec<String>,
    place: Vec<String>,
}

words! {
    /// Where a line goes by one press of a button.
    Move:
    Up = "up", "候选人上移一位";
    Down = "down", "候选人下移一位";
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MoveForm {
    to: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/contest.html")]
pub(super) struct ContestPage {
    chrome: Chrome,
    sitting: Sitting,
    contest: Contest,
    form: ContestForm,
    errors: Errors,
    stand: CandidatesForm,
    order: OrderForm,
    /// The delegates and the candidates whom the forms name.
    people: PeopleField,
    nominees: PeopleField,
    suggestions: String,
    places: Places,
    listed: Vec<ListedRound>,
    /// What stands against each candidate for a presidium; none of another contest.
    standing: HashMap<CandidateId, Vec<String>>,
    done: &'static str,
}

impl ContestPage {
    fn is_among_tied(&self) -> bool {
        self.contest.rules.count.round == Round::Tied
    }
    fn is_presidium(&self) -> bool {
        self.contest.fills == Fills::Presidium
    }
    /// What stands against a candidate; none where a round of vetting has listed them.
    fn judged(&self, candidate: &CandidateId) -> Option<&Vec<String>> {
        self.standing.get(candidate)
    }
    fn draft(&self) -> bool {
        self.sitting.stage() == Stage::Draft
    }
    fn may_withdraw(&self) -> bool {
        self.sitting.stage().takes_withdrawals()
    }
    /// There is something to put in order.
    fn may_move(&self) -> bool {
        self.draft() && self.contest.candidates.len() > 1
    }
    /// The place of a line, from 1: as typed, or as it is.
    fn place(&self, candidate: &Candidate, place: usize) -> String {
        let typed = self.order.candidate.iter().position(|id| *id == candidate.id.to_string());
        typed.and_then(|typed| self.order.place.get(typed).cloned()).unwrap_or_else(|| place.to_string())
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

/// What was typed into one of the forms of a contest's page.
#[derive(Default)]
struct TypedForms {
    /// None where it shows the contest as it is.
    contest: Option<ContestForm>,
    people: PeopleField,
    candidates: CandidatesForm,
    order: OrderForm,
    nominees: PeopleField,
}

async fn show_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    contest: ContestId,
    submitted: Submitted<TypedForms>,
    done: &'static str,
) -> Result<ContestPage, Failure> {
    let mut db = app.read().await?;
    let sitting = managed(&mut db, acting, id).await?;
    let contest = contest_of(&mut db, &sitting, contest, app.clock.today()).await?;
    let people: Vec<String> =
        store::people_of(&mut db, contest.id).await?.into_iter().map(|(_, number)| number).collect();
    let Submitted { form: TypedForms { contest: form, people: delegates, candidates: stand, order, nominees }, errors } =
        submitted;
    let form = form.unwrap_or_else(|| ContestForm::of(&contest, &people));
    let listed = store::listed_rounds(&mut db, acting.institution(), acting.office().college).await?;
    let places = places(&mut db, acting, app.clock.today()).await?;
    let standing = standing(&mut db, &sitting, &contest, app.clock.now()).await?;
    let chrome = frame(app, acting.person(), &sitting, &contest.title);
    Ok(ContestPage {
        chrome,
        sitting,
        contest,
        form,
        errors,
        stand,
        order,
        people: delegates,
        nominees,
        suggestions: find::suggestions(Among::Students),
        places,
        listed,
        standing,
        done,
    })
}

/// What the conditions of an appointment say against the candidates for a presidium whom no round has listed.
async fn standing(
    db: &mut PgConnection,
    sitting: &Sitting,
    contest: &Contest,
    now: OffsetDateTime,
) -> Result<HashMap<CandidateId, Vec<String>>, Failure> {
    let unvetted = unvetted_candidates(db, sitting, contest, now).await?;
    let calendar = crate::rulebook::store::calendar(db, sitting.institution).await?;
    let Some(plan) = calendar.in_force(now.date()).filter(|_| !unvetted.is_empty()) else {
        return Ok(HashMap::new());
    };
    let refuses = |finding: &Finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown);
    let judged = unvetted.iter().filter_map(|person| {
        let candidate = contest.candidates.iter().find(|one| one.number == person.number)?;
        let faults = conditions_for(&plan, person, &Post::Presidium)
            .into_iter()
            .filter(refuses)
            .map(|finding| finding.message)
            .collect();
        Some((candidate.id, faults))
    });
    Ok(judged.collect())
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<ContestPage, Failure> {
    show_page(&app, &acting, id, contest, Submitted::default(), said(&done)).await
}

pub(super) async fn change(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(mut form): Form<ContestForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let was = contest_of(&mut db, &sitting, contest, now.date()).await?;
    let people = delegates(&mut db, &acting, &mut form, now.date(), &mut errors).await?;
    let draft = match form.read(&mut errors) {
        Some(request) => {
            drafts(&mut db, &acting, request, &people.numbers(), true, now.date(), &mut errors).await?.pop()
        }
        None => None,
    };
    drop(db);
    // Which round it is follows from the first, and no form changes it.
    let draft = draft.map(|mut draft| {
        draft.rules.count.round = was.rules.count.round;
        draft
    });
    if let Some(draft) = &draft
        && was.round_of.is_some()
        && draft.seats != was.seats
    {
        errors.add("seats", "第二轮的应选人数由上一轮空缺的席位得出，不能修改");
    }
    let Some(draft) = draft.filter(|_| errors.is_empty()) else {
        errors.put_in_order(&ContestForm::FIELDS);
        let typed = TypedForms { contest: Some(form), people, ..TypedForms::default() };
        return Ok(again(show_page(&app, &acting, id, contest, Submitted::new(typed, errors), "").await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let voted: Vec<StudentId> = store::people_of(db, contest).await?.into_iter().map(|(id, _)| id).collect();
        store::change_contest(db, &locked, &was, &draft).await?;
        let is = contest_of(db, &locked, contest, now.date()).await?;
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", "修改选举项目")
            .detail("项目", draft.title.clone())
            .detail("应选", draft.seats);
        let entry = itemised(entry, &was, &is, &voted, &draft.people);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.contest_path(contest), Done::Changed).into_response())
}

/// What an edit changed, item by item; of those who vote, who came and who went, by their marks.
fn itemised(mut entry: Entry, was: &Contest, is: &Contest, voted: &[StudentId], vote: &[StudentId]) -> Entry {
    let whom = |contest: &Contest| format!("{}（{}）", contest.body.label(), contest.body_name);
    let items = [
        ("名称", was.title.clone(), is.title.clone()),
        ("应选人数", was.seats.to_string(), is.seats.to_string()),
        ("选什么", was.fills.label().to_owned(), is.fills.label().to_owned()),
        ("选举单位", whom(was), whom(is)),
    ];
    for (what, before, after) in items.into_iter().filter(|(_, before, after)| before != after) {
        entry = entry.detail(&format!("{what}的修改"), format!("{before} → {after}"));
    }
    let (before, after) = (was.rules.in_words(&was.sources, ""), is.rules.in_words(&is.sources, ""));
    let changed = after.iter().filter_map(|rule| {
        let old = before.iter().find(|old| old.label == rule.label).map_or("未规定", |old| old.value.as_str());
        (old != rule.value).then(|| format!("{}：{old} → {}", rule.label, rule.value))
    });
    let changed: Vec<String> = changed.collect();
    if !changed.is_empty() {
        entry = entry.detail("选举规则的修改", changed);
    }
    let marks = |of: &[StudentId], without: &[StudentId]| -> Vec<String> {
        let others: HashSet<&StudentId> = without.iter().collect();
        of.iter().filter(|id| !others.contains(id)).map(|id| audit::Mark::from(*id).to_string()).collect()
    };
    for (what, people) in [("增加的选民", marks(vote, voted)), ("减去的选民", marks(voted, vote))] {
        if !people.is_empty() {
            entry = entry.detail(what, people);
        }
    }
    entry
}

pub(super) async fn remove(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (prepared(&app, &acting, id).await?, app.clock.now());
    let was = contest_of(&mut *app.read().await?, &sitting, contest, now.date()).await?;
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        store::remove_contest(db, &locked, &was).await?;
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", "删除选举项目")
            .detail("项目", was.title.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Removed))
}

/// Somebody who is to stand, with a few words for the ballot.
struct Nominee {
    student: NamedStudent,
    about: String,
}

/// Puts people on the list of a contest, all from one source.
async fn nominate(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    contest: &Contest,
    nominees: Vec<Nominee>,
    origin: &str,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let namesake = |Nominee { student, .. }: &Nominee| Namesake {
        label: None,
        name: student.name.clone(),
        class: student.class.clone(),
        number: student.number.clone(),
    };
    let namesakes: Vec<Namesake> = nominees.iter().map(namesake).collect();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), sitting.id).await?;
        let labels = store::label_candidates(db, &locked, contest.id, &namesakes).await?;
        let candidate = |(one, label): (&Nominee, String)| NewCandidate {
            student: one.student.id,
            label,
            about: one.about.clone(),
            origin: origin.to_owned(),
        };
        let candidates: Vec<NewCandidate> = nominees.iter().zip(labels).map(candidate).collect();
        store::add_candidates(db, &locked, contest.id, &candidates).await?;
        let marks: Vec<String> = candidates.iter().map(|one| audit::Mark::from(one.student).to_string()).collect();
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", "登记候选人")
            .detail("项目", contest.title.clone())
            .detail("候选人", marks)
            .detail("来源", origin);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&sitting.id.contest_path(contest.id), Done::CandidatesAdded))
}

pub(super) async fn add_candidates(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(mut form): Form<CandidatesForm>,
) -> Result<Response, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let (mut db, today, mut errors) = (app.read().await?, app.clock.today(), Errors::default());
    let contest = contest_of(&mut db, &sitting, contest, today).await?;
    if form.numbers.lines().count() > LONGEST_COLUMN {
        errors.add("numbers", format!("一次最多 {LONGEST_COLUMN} 行"));
        form.numbers.clear();
    }
    let (search, typed) = (students(&acting, today), &mut form.numbers);
    let named = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Note, "numbers", &mut errors).await?;
    let origin = written(&form.origin, 120, "origin", "请写明候选人怎样产生", &mut errors);
    for one in &named.people {
        if one.note.chars().count() > 120 || one.note.chars().any(is_hidden) {
            errors.add("numbers", format!("{} 的简介不能超过 120 字，也不能有看不见的字符", one.number));
        }
    }
    let asked: Vec<(String, String)> = named.people.iter().map(|one| (one.number.clone(), one.note.clone())).collect();
    if asked.is_empty() {
        errors.add("numbers", "请填写候选人的学号或姓名，一行一人");
    }
    if asked.len() + contest.candidates.len() > MOST_CANDIDATES {
        errors.add("numbers", format!("一项选举最多 {MOST_CANDIDATES} 名候选人"));
    }
    let numbers: Vec<String> = asked.iter().map(|(number, _)| number.clone()).collect();
    let found = store::students(&mut db, acting.institution(), &numbers, today).await?;
    drop(db);
    let own = acting.office().college;
    let mut nominees = Vec::new();
    let mut missing = Vec::new();
    for (number, about) in asked {
        match found.iter().find(|one| same_number(&one.number, &number) && own.is_none_or(|own| own == one.college)) {
            Some(one) if contest.candidates.iter().any(|candidate| candidate.student == one.id) => {
                errors.add("numbers", format!("{number} {} 已经在名单里", one.name));
            }
            Some(one) => nominees.push(Nominee { student: one.clone(), about }),
            None => missing.push(number),
        }
    }
    if !missing.is_empty() {
        missing.truncate(5);
        errors.add("numbers", format!("没有这些学号的在校学生，或者不在你的院系：{}", missing.join("、")));
    }
    let Some(origin) = origin.filter(|_| errors.is_empty()) else {
        let typed = TypedForms { candidates: form, nominees: named, ..TypedForms::default() };
        return Ok(again(show_page(&app, &acting, id, contest.id, Submitted::new(typed, errors), "").await?));
    };
    Ok(nominate(&app, &acting, &sitting, &contest, nominees, &origin).await?.into_response())
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
    let nominees: Vec<Nominee> = new
        .map(|student| {
            let about = student.class.clone();
            Nominee { student, about }
        })
        .collect();
    if nominees.len() + contest.candidates.len() > MOST_CANDIDATES {
        let why = format!("名单里还有 {} 人没有登记，一项选举最多 {MOST_CANDIDATES} 名候选人", nominees.len());
        let refused = refusal(&app, acting.person(), &sitting, "引入候选人名单");
        return Err(refused.for_reason(why, "请分成几项选举，逐人登记各项的候选人"));
    }
    let origin = format!("遴选轮次“{}”确定的候选人名单", round.title);
    nominate(&app, &acting, &sitting, &contest, nominees, &origin).await
}

pub(super) async fn remove_candidate(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest, candidate)): Path<(SittingId, ContestId, CandidateId)>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (prepared(&app, &acting, id).await?, app.clock.now());
    let was = contest_of(&mut *app.read().await?, &sitting, contest, now.date()).await?;
    let who = was.candidates.iter().find(|one| one.id == candidate).ok_or(Failure::Missing)?;
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if store::remove_candidate(db, &locked, &was, candidate).await? {
            let entry = Entry::about(Verb::SittingKept, who.student)
                .detail("办理", "从候选人名单中删去")
                .detail("场次", sitting.title.clone());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.contest_path(contest), Done::CandidateRemoved))
}

/// Why a candidate withdraws.
#[derive(Debug, Deserialize)]
pub(super) struct WithdrawalForm {
    #[serde(default)]
    reason: String,
}

pub(super) async fn withdraw(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest, candidate)): Path<(SittingId, ContestId, CandidateId)>,
    Form(form): Form<WithdrawalForm>,
) -> Result<Response, Failure> {
    let (now, wanted, mut errors) = (app.clock.now(), "登记退选", Errors::default());
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    refuse_candidates(&app, &mut db, acting.person(), &sitting, wanted).await?;
    let was = contest_of(&mut db, &sitting, contest, now.date()).await?;
    drop(db);
    let who = was.candidates.iter().find(|one| one.id == candidate).ok_or(Failure::Missing)?;
    let back = id.contest_path(contest);
    let refused = || {
        let chrome = frame(&app, acting.person(), &sitting, "没有办理");
        Refusal { chrome, wanted: wanted.to_owned(), back: back.clone() }
    };
    if !sitting.stage().takes_withdrawals() {
        let remedy = "筹备中的场次，直接从名单中删去；计票以后不再登记退选";
        return Err(refused().for_reason("退选在公告以后、计票以前登记", remedy));
    }
    let Some(why) = reason(&form.reason, &mut errors) else {
        let submitted = Submitted::new(TypedForms::default(), errors);
        return Ok(again(show_page(&app, &acting, id, contest, submitted, "").await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        // A count that runs meanwhile waits, or has ended and then this is refused.
        let locked = store::lock(db, acting.institution(), id).await?;
        if locked.stage() >= Stage::Counted {
            return Err(refused().for_reason("已经计票，不再登记退选", "当选后不就任的，由大会另行处理"));
        }
        if store::withdraw(db, &acting, &locked, &was, candidate, &why, now).await? {
            let entry = Entry::about(Verb::SittingKept, who.student)
                .detail("办理", "登记退选")
                .detail("场次", sitting.title.clone())
                .detail("理由", why.clone());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&back, Done::Withdrawn).into_response())
}

/// Gives candidates of a draft the places that `order` makes of the list as it stands; none where it was meant for another.
async fn rearrange(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    contest: ContestId,
    act: &'static str,
    order: impl FnOnce(&[CandidateId]) -> Option<Vec<CandidateId>> + Send,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), sitting.id).await?;
        let own = contest_of(db, &locked, contest, now.date()).await?;
        let was: Vec<CandidateId> = own.candidates.iter().map(|one| one.id).collect();
        let Some(new) = order(&was) else {
            let refused = refusal(app, acting.person(), sitting, "调整候选人次序");
            return Err(refused.for_reason("候选人名单刚才有变化", "回到选举项目，按现在的名单再调整"));
        };
        store::place_candidates(db, &locked, &own, &new).await?;
        store::order_by_hand(db, &locked, contest, true).await?;
        let student = |id: &CandidateId| own.candidates.iter().find(|one| one.id == *id).map(|one| one.student);
        let marks: Vec<String> =
            new.iter().filter_map(student).map(|student| audit::Mark::from(student).to_string()).collect();
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", act)
            .detail("项目", own.title.clone())
            .detail("次序", marks);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&sitting.id.contest_path(contest), Done::CandidatesMoved))
}

pub(super) async fn move_candidate(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest, candidate)): Path<(SittingId, ContestId, CandidateId)>,
    Form(form): Form<MoveForm>,
) -> Result<Redirect, Failure> {
    let sitting = prepared(&app, &acting, id).await?;
    let to: Move = form.to.parse().map_err(|_| Failure::Malformed)?;
    let order = |was: &[CandidateId]| {
        let place = was.iter().position(|known| *known == candidate)?;
        let other = match to {
            Move::Up => place.checked_sub(1)?,
            Move::Down => Some(place + 1).filter(|other| *other < was.len())?,
        };
        let mut new = was.to_vec();
        new.swap(place, other);
        Some(new)
    };
    rearrange(&app, &acting, &sitting, contest, to.label(), order).await
}

pub(super) async fn order(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<OrderForm>,
) -> Result<Response, Failure> {
    let (sitting, mut errors) = (prepared(&app, &acting, id).await?, Errors::default());
    let listed: Result<Vec<CandidateId>, _> = form.candidate.iter().map(|id| id.parse()).collect();
    let listed = listed.ok().filter(|listed| listed.len() == form.place.len()).ok_or(Failure::Malformed)?;
    let Some(places) = typed_places(&form.place, &mut errors) else {
        let typed = TypedForms { order: form, ..TypedForms::default() };
        return Ok(again(show_page(&app, &acting, id, contest, Submitted::new(typed, errors), "").await?));
    };
    // The places are meant for the list that was seen.
    let order = |was: &[CandidateId]| (listed == was).then(|| moved(listed, &places));
    Ok(rearrange(&app, &acting, &sitting, contest, "调整候选人次序", order).await?.into_response())
}

pub(super) async fn order_by_strokes(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (prepared(&app, &acting, id).await?, app.clock.now());
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let own = contest_of(db, &locked, contest, now.date()).await?;
        store::order_by_hand(db, &locked, own.id, false).await?;
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", "候选人恢复按笔画排列")
            .detail("项目", own.title.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.contest_path(contest), Done::CandidatesMoved))
}
