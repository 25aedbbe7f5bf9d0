//! 核对另选他人: before the report two monitors say whom the names written in mean, one proposes and another confirms, each
//! with a reason that is recorded. Only monitors see the names as they were written.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;

use super::{again, contests::contest_of, done_at, monitor::own};
use crate::{
    audit::{self, Entry},
    auth::person::SignedIn,
    elections::{
        Elections, Verb, counting,
        done::{Done, said},
        names::{MatchedPerson, NameMatch},
        paths,
        sitting::{Contest, Sitting, Stage},
        store::{self, NewMatch},
    },
    failure::{Failure, Refusal},
    ids::{ContestId, SittingId},
    name::key,
    page::chrome::Chrome,
    people::find::{PersonField, Search},
    rules::election::{WriteInFigures, by_name, similar},
    text::folded,
    web::forms::{Attempt, Done as DoneQuery, Errors, Submitted, written},
};

/// Whom some names mean, as a monitor proposes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NamesForm {
    /// The names' keys.
    name: Vec<String>,
    number: String,
    /// Who was picked of several of one name.
    pick: String,
    /// `yes` where nobody can tell whom they mean.
    nobody: String,
    why: String,
}

/// Names of one monitor's act.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeysForm {
    name: Vec<String>,
    /// Whom they were said to mean on the page that was read; empty where nobody can tell.
    number: String,
}

/// A name as it was written in.
struct WrittenRow {
    name: String,
    key: String,
    votes: u32,
}

/// Names that one monitor matched to one person.
struct MatchRow {
    whom: String,
    /// 学号 of whom they mean; empty where nobody can tell.
    number: String,
    names: String,
    keys: Vec<String>,
    why: String,
    asked_name: String,
    /// The other monitor; none while nobody has confirmed it.
    agreed_name: Option<String>,
    /// Whoever looks at the page proposed it.
    own: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/names.html")]
pub(super) struct NamesPage {
    chrome: Chrome,
    sitting: Sitting,
    contest: Contest,
    /// Names that nobody has matched yet, most votes first.
    open: Vec<WrittenRow>,
    /// Groups of names that may be one person.
    similar: Vec<String>,
    matched: Vec<MatchRow>,
    form: NamesForm,
    /// Whom the names mean.
    whom: PersonField,
    errors: Errors,
    done: &'static str,
}

impl NamesPage {
    fn may_settle(&self) -> bool {
        self.sitting.stage() == Stage::Counted
    }

    fn chose(&self, key: &String) -> bool {
        self.form.name.contains(key)
    }
}

/// All names of a contest as they were written in, on envelopes and on paper.
async fn all_written(db: &mut PgConnection, contest: &Contest) -> Result<Vec<WriteInFigures>, Failure> {
    let electronic = store::written_in(db, contest.sitting).await?.remove(&contest.id).unwrap_or_default();
    let entries = store::paper_entries(db, contest.sitting).await?.remove(&contest.id).unwrap_or_default();
    let paper = counting::settled(&entries).map(|tally| tally.write_ins).unwrap_or_default();
    Ok(by_name(electronic.iter().chain(&paper)))
}

fn whom(one: &NameMatch) -> String {
    let of = |person: &MatchedPerson| format!("{}（{}，{}）", person.name, person.class, person.number);
    one.person.as_ref().map_or_else(|| "查不清是谁，计入其他".to_owned(), of)
}

/// Matches by whom they mean, who proposed it and why.
fn grouped(matches: &[NameMatch], person: &SignedIn) -> Vec<MatchRow> {
    let mut rows: Vec<MatchRow> = Vec::new();
    for one in matches {
        let whom = whom(one);
        let same = |row: &&mut MatchRow| {
            row.whom == whom
                && row.why == one.why
                && row.asked_name == one.asked_name
                && row.agreed_name == one.agreed_name
        };
        if let Some(row) = rows.iter_mut().find(same) {
            row.names = format!("{}、{}", row.names, one.name);
            row.keys.push(one.key.clone());
        } else {
            rows.push(MatchRow {
                whom,
                number: one.person.as_ref().map(|person| person.number.clone()).unwrap_or_default(),
                names: one.name.clone(),
                keys: vec![one.key.clone()],
                why: one.why.clone(),
                asked_name: one.asked_name.clone(),
                agreed_name: one.agreed_name.clone(),
                own: one.asked_by == person.account,
            });
        }
    }
    rows
}

async fn page(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    contest: ContestId,
    submitted: Submitted<NamesForm>,
    whom: PersonField,
    done: &'static str,
) -> Result<NamesPage, Failure> {
    let mut db = app.read().await?;
    let (sitting, _) = own(&mut db, person, id).await?;
    if sitting.counted_at().is_none() || sitting.stage() == Stage::Voided {
        return Err(Failure::Missing);
    }
    let contest = contest_of(&mut db, &sitting, contest, app.clock.today()).await?;
    let matches: Vec<NameMatch> =
        store::name_matches(&mut db, id).await?.into_iter().filter(|one| one.contest == contest.id).collect();
    let all = all_written(&mut db, &contest).await?;
    let is_open = |one: &&WriteInFigures| !matches.iter().any(|known| known.key == key(&one.name));
    let open: Vec<WriteInFigures> = all.iter().filter(is_open).cloned().collect();
    let row = |one: &WriteInFigures| WrittenRow { name: one.name.clone(), key: key(&one.name), votes: one.votes_for };
    let chrome = app
        .chrome(person, "核对另选他人")
        .under(paths::MONITORING, "监票")
        .under(&id.monitoring_path(), &sitting.title);
    let Submitted { form, errors } = submitted;
    Ok(NamesPage {
        chrome,
        open: open.iter().map(row).collect(),
        similar: similar(&all).into_iter().map(|group| group.join("、")).collect(),
        matched: grouped(&matches, person),
        sitting,
        contest,
        form,
        whom,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<NamesPage, Failure> {
    page(&app, &person, id, contest, Submitted::default(), PersonField::default(), said(&done)).await
}

/// An act of a monitor on the names of a contest, in one transaction with its entry of the record.
struct NamesAct {
    contest: Contest,
    wanted: &'static str,
}

impl NamesAct {
    /// Between the count and the report, and before a lot is drawn on it.
    async fn begin(
        app: &Elections,
        person: &SignedIn,
        id: SittingId,
        contest: ContestId,
        wanted: &'static str,
    ) -> Result<Self, Failure> {
        let mut db = app.read().await?;
        let (sitting, _) = own(&mut db, person, id).await?;
        let contest = contest_of(&mut db, &sitting, contest, app.clock.today()).await?;
        let act = Self { contest, wanted };
        if sitting.stage() != Stage::Counted || store::lots(&mut db, id).await?.contains_key(&act.contest.id) {
            return Err(act.refuse(app, person));
        }
        Ok(act)
    }

    fn refuse(&self, app: &Elections, person: &SignedIn) -> Failure {
        let chrome = app.chrome(person, "没有办理").under(paths::MONITORING, "监票");
        let back = self.contest.sitting.names_path(self.contest.id);
        let refused = Refusal { chrome, wanted: self.wanted.to_owned(), back };
        let why = "另选他人在计票以后、报告和抽签以前核对，由一名监票人提出、另一名确认";
        refused.for_reason(why, "刷新页面看现在的情况")
    }

    fn entry(&self, title: &str, names: usize) -> Entry {
        Entry::new(Verb::MonitorsKept, title)
            .detail("办理", self.wanted)
            .detail("项目", self.contest.title.clone())
            .detail("写法", names)
    }
}

/// Whom the form names; none where nobody can tell.
async fn named(
    db: &mut PgConnection,
    person: &SignedIn,
    contest: &Contest,
    form: &NamesForm,
    today: time::Date,
) -> Result<Attempt<Option<MatchedPerson>>, Failure> {
    let number = folded(&form.number);
    match (form.nobody == "yes", number.is_empty()) {
        (true, true) => return Ok(Attempt::Done(None)),
        (true, false) => return Ok(Attempt::fault("number", "填了指的是谁，就不要勾选“查不清是谁”")),
        (false, true) => return Ok(Attempt::fault("number", "请填写这些写法指的是谁，或者勾选“查不清是谁”")),
        (false, false) => {}
    }
    let found = store::students(db, person.institution, std::slice::from_ref(&number), today).await?.pop();
    let Some(student) = found else { return Ok(Attempt::fault("number", "没有这个学号的在校学生")) };
    if contest.candidates.iter().any(|one| one.student == student.id) {
        let says = format!("{}是候选人；另选他人不能并入候选人的得票", student.name);
        return Ok(Attempt::fault("number", says));
    }
    if !store::is_of_constituency(db, contest, student.id).await? {
        return Ok(Attempt::fault("number", format!("{}不在本项选举的选民名册上", student.name)));
    }
    let store::NamedStudent { id, number, name, class, .. } = student;
    Ok(Attempt::Done(Some(MatchedPerson { student: id, name, class, number })))
}

pub(super) async fn propose(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(mut form): Form<NamesForm>,
) -> Result<Response, Failure> {
    let act = NamesAct::begin(&app, &person, id, contest, "提出核对另选他人").await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let all = all_written(&mut db, &act.contest).await?;
    let chosen = all.iter().map(|one| (key(&one.name), one.name.clone()));
    let names: Vec<(String, String)> = chosen.filter(|(key, _)| form.name.contains(key)).collect();
    if names.is_empty() || names.len() != form.name.len() {
        errors.add("name", "请勾选要核对的写法");
    }
    let (sitting, _) = own(&mut db, &person, id).await?;
    let search = Search::by_name(person.institution, sitting.college, now.date());
    let field = PersonField::read(&mut db, &search, &mut form.number, &form.pick, "number", &mut errors).await?;
    let whom = if field.open {
        None
    } else {
        named(&mut db, &person, &act.contest, &form, now.date()).await?.done_or(&mut errors)
    };
    drop(db);
    let why = written(&form.why, 200, "why", "请写明根据什么认定", &mut errors);
    let (Some(whom), Some(why)) = (whom.filter(|_| errors.is_empty()), why) else {
        return Ok(again(page(&app, &person, id, contest, Submitted::new(form, errors), field, "").await?));
    };
    app.write_as(person.authority(), async |db| {
        let sitting = store::lock(db, person.institution, id).await?;
        let new = NewMatch { names: &names, person: whom.as_ref(), why: &why, by: person.account };
        let fits = sitting.stage() == Stage::Counted;
        if !fits || store::propose_match(db, &sitting, &act.contest, &new, now).await? != names.len() as u64 {
            return Err(act.refuse(&app, &person));
        }
        let mut entry = act.entry(&sitting.title, names.len()).detail("理由", why.clone());
        if let Some(whom) = &whom {
            entry = entry.detail("指", audit::Mark::from(whom.student).to_string());
        }
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(done_at(&id.names_path(contest), Done::NamesAsked).into_response())
}

/// What is to be confirmed is what was read: nobody proposed other people for these names meanwhile.
async fn is_proposed(db: &mut PgConnection, contest: &Contest, form: &KeysForm) -> Result<bool, Failure> {
    let matches = store::name_matches(db, contest.sitting).await?;
    let fits = |wanted: &String| {
        let own = matches.iter().find(|one| one.contest == contest.id && one.key == *wanted);
        own.is_some_and(|one| one.person.as_ref().map_or("", |person| person.number.as_str()) == form.number)
    };
    Ok(!form.name.is_empty() && form.name.iter().all(fits))
}

pub(super) async fn confirm(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<KeysForm>,
) -> Result<Response, Failure> {
    let act = NamesAct::begin(&app, &person, id, contest, "确认核对另选他人").await?;
    let now = app.clock.now();
    app.write_as(person.authority(), async |db| {
        let sitting = store::lock(db, person.institution, id).await?;
        let fits = sitting.stage() == Stage::Counted;
        if !fits || !is_proposed(db, &act.contest, &form).await? {
            return Err(act.refuse(&app, &person));
        }
        let confirmed = store::confirm_match(db, &sitting, &act.contest, &form.name, person.account, now).await?;
        if confirmed != form.name.len() as u64 {
            return Err(act.refuse(&app, &person));
        }
        audit::append(db, &person, act.entry(&sitting.title, form.name.len()), now).await
    })
    .await?;
    Ok(done_at(&id.names_path(contest), Done::NamesAgreed).into_response())
}

pub(super) async fn take_back(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<KeysForm>,
) -> Result<Response, Failure> {
    let act = NamesAct::begin(&app, &person, id, contest, "撤销核对另选他人").await?;
    let now = app.clock.now();
    app.write_as(person.authority(), async |db| {
        let sitting = store::lock(db, person.institution, id).await?;
        let fits = sitting.stage() == Stage::Counted;
        if !fits || store::drop_match(db, &sitting, &act.contest, &form.name).await? == 0 {
            return Err(act.refuse(&app, &person));
        }
        audit::append(db, &person, act.entry(&sitting.title, form.name.len()), now).await
    })
    .await?;
    Ok(done_at(&id.names_path(contest), Done::NamesDropped).into_response())
}
