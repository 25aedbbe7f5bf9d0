//! The pages 承诺签署, for the offices, and 自律承诺, for whoever signs (DIS-01).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    Verb,
    forms::{SignForm, TextForm},
    paths::{Done, OWN, PLEDGES},
    pledge::{PledgeText, Signature, Unsigned},
    pledges_store as store,
    training::OwnTraining,
    trainings_store,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    inbox::{self, Notice},
    office::{Office, SchoolLeague, UnionKeeper, UnionReader},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        education::{pledge_title, sign_by},
        yearly::{academic_year, academic_year_in_words},
    },
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors, Submitted, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/pledges", list)
        .upload("/pledges/text", keep_text)
        .post("/pledges/remind", remind)
        .get("/pledge", show)
        .post("/pledge", sign)
}

/// A union with who has not signed.
struct UnionPledges {
    union: StudentUnion,
    due: usize,
    unsigned: Vec<Unsigned>,
}

impl UnionPledges {
    fn signed(&self) -> usize {
        self.due.saturating_sub(self.unsigned.len())
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "education/pledges.html")]
struct PledgesPage {
    chrome: Chrome,
    texts: Vec<PledgeText>,
    unions: Vec<UnionPledges>,
    /// DIS-01 in the plan's words.
    clause: Option<Clause>,
    year: String,
    sign_by: Option<Date>,
    today: Date,
    /// The office keeps the text.
    keeps_text: bool,
    /// The office may remind.
    reminds: bool,
    form: TextForm,
    errors: Errors,
    done: &'static str,
}

impl PledgesPage {
    /// The version that is signed today.
    fn current(&self) -> Option<&PledgeText> {
        self.texts.iter().find(|text| text.from_day <= self.today)
    }

    fn has_unsigned(&self) -> bool {
        self.unions.iter().any(|one| !one.unsigned.is_empty())
    }

    /// The time for signing is over.
    fn is_late(&self) -> bool {
        self.sign_by.is_some_and(|by| by < self.today)
    }
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    submitted: Submitted<TextForm>,
    done: &'static str,
) -> Result<PledgesPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let texts = store::texts(&mut db, acting.institution()).await?;
    let mut unsigned = store::unsigned(&mut db, acting.institution(), today).await?;
    let pledges = unions::pledges(&mut db, acting.institution(), &[], today).await?;
    let mut all = unions::list(&mut db, acting.institution(), None).await?;
    all.retain(|union| union.is_visible_to(acting.office()) && union.opened_on.is_some());
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let clause = plan.as_ref().and_then(|plan| plan.provision(Rule::Dis01).map(|rule| rule.clause().clone()));
    let of = |union: StudentUnion| {
        let due = pledges.get(&union.id).map_or(0, |one| one.due);
        let (own, others) = std::mem::take(&mut unsigned).into_iter().partition(|one| one.union == union.id);
        unsigned = others;
        UnionPledges { union, due, unsigned: own }
    };
    let unions = all.into_iter().map(of).collect();
    let Submitted { mut form, errors } = submitted;
    if form.title.is_empty() && errors.is_empty() {
        form.title = pledge_title(plan.as_deref());
        form.from = today.to_string();
    }
    let (chrome, year) = (app.chrome(acting.person(), "承诺签署"), academic_year(today));
    Ok(PledgesPage {
        chrome,
        texts,
        unions,
        clause,
        year: academic_year_in_words(year),
        sign_by: sign_by(year),
        today,
        keeps_text: SchoolLeague::KINDS.contains(&acting.office().kind),
        reminds: UnionKeeper::KINDS.contains(&acting.office().kind),
        form,
        errors,
        done,
    })
}

async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(After { done }): Query<After>,
) -> Result<PledgesPage, Failure> {
    page(&app, &acting, Submitted::default(), Done::said(&done)).await
}

async fn keep_text(State(app): State<App>, acting: Acting<SchoolLeague>, upload: Upload) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let form: TextForm = upload.form()?;
    let Some(new) = form.read(app.clock.today(), &mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        store::keep_text(db, &acting, &new, now).await?;
        let entry = Entry::new(Verb::PledgeKept, new.title.clone())
            .detail("办理", "存入全文")
            .detail("自", new.from_day.to_string());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::TextKept.at(PLEDGES)).into_response())
}

/// Tells everybody of the unions that the office manages who has not signed.
async fn remind(State(app): State<App>, acting: Acting<UnionKeeper>) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    app.write_as(acting.person().authority(), async |db| {
        let text = store::text_on(db, acting.institution(), today).await?.ok_or(Failure::Missing)?;
        let mut managed = unions::list(db, acting.institution(), None).await?;
        managed.retain(|union| union.is_managed_by(acting.office()));
        let unsigned = store::unsigned(db, acting.institution(), today).await?;
        let own = unsigned.into_iter().filter(|one| managed.iter().any(|union| union.id == one.union));
        let numbers: Vec<String> = own.map(|one| one.number).collect();
        let students = store::numbered(db, acting.institution(), &numbers).await?;
        let notice = Notice::new(format!("请签署《{}》", text.title), OWN)
            .says(format!("{}在学生会任职的，每学年签署一次。", academic_year_in_words(academic_year(today))));
        inbox::tell_all(db, acting.institution(), &students, &notice, now).await?;
        let entry = Entry::new(Verb::PledgeKept, text.title).detail("办理", "提醒").detail("人数", students.len());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Reminded.at(PLEDGES)))
}

#[derive(Template, WebTemplate)]
#[template(path = "education/pledge.html")]
struct OwnPledgePage {
    chrome: Chrome,
    is_student: bool,
    text: Option<PledgeText>,
    signatures: Vec<Signature>,
    trainings: Vec<OwnTraining>,
    year: i32,
    errors: Errors,
    done: &'static str,
}

impl OwnPledgePage {
    fn year_in_words(&self) -> String {
        academic_year_in_words(self.year)
    }

    /// Signed for this academic year.
    fn has_signed(&self) -> bool {
        self.signatures.iter().any(|signature| signature.academic_year >= self.year)
    }
}

async fn own(app: &App, person: &SignedIn, errors: Errors, done: &'static str) -> Result<OwnPledgePage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let text = store::text_on(&mut db, person.institution, today).await?;
    let (mut signatures, mut trainings) = (Vec::new(), Vec::new());
    if let Some(student) = person.student {
        signatures = store::signatures(&mut db, student).await?;
        trainings = trainings_store::own(&mut db, student).await?;
    }
    let (chrome, year) = (app.chrome(person, "自律承诺"), academic_year(today));
    let is_student = person.student.is_some();
    Ok(OwnPledgePage { chrome, is_student, text, signatures, trainings, year, errors, done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<OwnPledgePage, Failure> {
    own(&app, &person, Errors::default(), Done::said(&done)).await
}

async fn sign(State(app): State<App>, person: SignedIn, Form(form): Form<SignForm>) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let student = person.student.ok_or(Failure::Missing)?;
    if form.read(&mut errors).is_none() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, own(&app, &person, errors, "").await?).into_response());
    }
    app.write_as(person.authority(), async |db| {
        let text = store::text_on(db, person.institution, today).await?.ok_or(Failure::Missing)?;
        // Signed once already: that is what was wanted.
        if !store::sign(db, student, &text, now).await? {
            return Ok(());
        }
        let entry = Entry::about(Verb::PledgeKept, student)
            .detail("办理", "签署")
            .detail("文本", text.title.clone())
            .detail("学年", academic_year_in_words(academic_year(today)));
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Signed.at(OWN)).into_response())
}
