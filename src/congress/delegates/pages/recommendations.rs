//! 代表人选: a class's League branch recommends, a society's or the union's people are named, and whoever the plan asks
//! reviews them, one or many at a time.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{again, college_of, done_at, frame, locked, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        DelegateReader, DelegateRecommender, DelegateReviewer, Verb,
        congress::Congress,
        delegates::{
            forms::{RecommendForm, RecommendationSeen, ReviewForm},
            paths::Done,
            recommendation::{Recommendation, Terms, bodies_of},
            store::{self, ClassCongress, NewOpinion, NewRecommendation, RecommendationFilter},
            unit::{UnitKind, UnitProgress},
        },
    },
    failure::Failure,
    ids::{ClassId, CollegeId, CongressId, RecommendationId},
    inbox::{self, Notice, To},
    office::{ClassBranch, Office, OfficeKind},
    page::{chrome::Chrome, filters},
    people::find::{Among, PersonField, Search},
    rules::{
        chain::{Chain, Decision, DecisionKind, Progress, Seats, Stage, StepRequest, take_step},
        delegates::{RecommendationFacts, recommend as may_recommend},
        plan::Body,
    },
    unions::union::sees_grades,
    web::forms::{Done as DoneQuery, Errors, ReasonForm, Submitted, reason},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/class.html")]
pub(super) struct ClassCongressesPage {
    chrome: Chrome,
    rows: Vec<ClassCongress>,
}

/// The congresses to which a class recommends people.
pub(super) async fn list(State(app): State<App>, acting: Acting<ClassBranch>) -> Result<ClassCongressesPage, Failure> {
    let class = acting.office().class.ok_or(Failure::Missing)?;
    let rows = store::congresses_of_class(&mut *app.read().await?, acting.institution(), class).await?;
    Ok(ClassCongressesPage { chrome: app.chrome(acting.person(), "推荐代表"), rows })
}

/// What the page shows again as it was filled in.
#[derive(Debug, Default)]
struct Filled {
    form: RecommendForm,
    review: ReviewForm,
    person: Option<PersonField>,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/recommendations.html")]
pub(super) struct RecommendationsPage {
    chrome: Chrome,
    congress: Congress,
    terms: Option<Terms>,
    /// The units in which the office recommends.
    own_units: Vec<UnitProgress>,
    units: HashMap<i16, UnitProgress>,
    rows: Vec<Recommendation>,
    office: OfficeKind,
    today: Date,
    form: RecommendForm,
    person: PersonField,
    review: ReviewForm,
    errors: Errors,
    done: &'static str,
}

impl RecommendationsPage {
    fn unit(&self, row: &Recommendation) -> String {
        self.units.get(&row.unit).map(|one| one.unit.name()).unwrap_or_default()
    }

    fn chain(&self, row: &Recommendation) -> Option<Chain> {
        let kind = self.units.get(&row.unit).map(|one| one.unit.kind)?;
        Some(self.terms.as_ref()?.steps(kind, self.congress.kind))
    }

    fn stands(&self, row: &Recommendation) -> String {
        self.chain(row).map(|chain| row.stands(&chain)).unwrap_or_default()
    }

    /// The office's turn has come with this person.
    fn waits_here(&self, row: &Recommendation) -> bool {
        self.speaking(row).is_some()
    }

    /// The body that the office is at the step of a person who waits for it.
    fn speaking(&self, row: &Recommendation) -> Option<Body> {
        let chain = self.chain(row).filter(|_| row.fits)?;
        let link = row.waits_at(&chain)?;
        bodies_of(self.office).iter().copied().find(|body| row.given(*body) < link.opinions_of(*body))
    }

    /// The person as they are before the reader.
    fn seen(&self, row: &Recommendation) -> String {
        let given = self.speaking(row).map_or(0, |body| row.given(body));
        RecommendationSeen { id: row.id, visit: row.visit, given }.token()
    }

    /// The office for which this one gives its opinion, where it acts for several.
    fn speaks_for(&self, row: &Recommendation) -> Option<String> {
        let (body, chain) = (self.speaking(row)?, self.chain(row)?);
        row.waits_at(&chain)?.speaks_for(body, row.given(body)).map(str::to_owned)
    }

    fn any_waits_here(&self) -> bool {
        self.rows.iter().any(|row| self.waits_here(row))
    }

    /// What the review is called here.
    fn act(&self) -> String {
        let first = self.rows.iter().find(|row| self.waits_here(row));
        let link = first.and_then(|row| row.waits_at(&self.chain(row)?).cloned());
        link.map_or_else(|| "审查".to_owned(), |link| link.act)
    }

    fn is_open(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| self.today <= terms.closes_on)
    }

    fn recommends(&self) -> bool {
        self.is_open() && !self.own_units.is_empty()
    }

    fn is_unit(&self, one: &UnitProgress) -> bool {
        self.form.unit == one.unit.place.to_string()
    }

    fn may_withdraw(&self, row: &Recommendation) -> bool {
        let contest = self.units.get(&row.unit).is_some_and(UnitProgress::is_to_elect);
        row.is_alive() && contest && self.own_units.iter().any(|one| one.unit.place == row.unit)
    }

    fn is_ticked(&self, row: &Recommendation) -> bool {
        self.review.has(row.id)
    }

    /// The office sees what belongs to people's data.
    fn sees_political(&self) -> bool {
        sees_grades(self.office)
    }
}

/// The units in which an office recommends: a class branch that of its class, the keeper those of societies and the union.
async fn own_units<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    congress: &Congress,
    units: &[UnitProgress],
) -> Result<Vec<UnitProgress>, Failure> {
    if let Some(class) = acting.office().class {
        let unit = store::unit_of_class(db, congress, class).await?;
        return Ok(units.iter().filter(|one| Some(one.unit.place) == unit && one.unit.seats > 0).cloned().collect());
    }
    if !congress.is_kept_by(acting.office()) {
        return Ok(Vec::new());
    }
    Ok(units.iter().filter(|one| one.unit.kind != UnitKind::Grade && one.unit.seats > 0).cloned().collect())
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    congress: Congress,
    submitted: Submitted<Filled>,
    done: &'static str,
) -> Result<RecommendationsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = acting.office();
    let filter = RecommendationFilter {
        college: college_of(&mut db, acting).await?.filter(|_| office.class.is_none()),
        class: office.class,
        ..RecommendationFilter::default()
    };
    let terms = store::terms(&mut db, &congress).await?;
    let units = store::units(&mut db, &congress, None, today).await?;
    let own_units = own_units(&mut db, acting, &congress, &units).await?;
    let rows = store::recommendations(&mut db, &congress, filter, today).await?;
    let Submitted { form: Filled { form, review, person }, errors } = submitted;
    let search = Search::of(acting, Among::Students, today);
    Ok(RecommendationsPage {
        chrome: frame(app, acting.person(), &congress, "代表人选"),
        units: units.into_iter().map(|one| (one.unit.place, one)).collect(),
        congress,
        terms,
        own_units,
        rows,
        office: office.kind,
        today,
        form,
        person: person.unwrap_or_else(|| PersonField::new(&search)),
        review,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<DelegateReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<RecommendationsPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, &acting, congress, Submitted::default(), Done::said(&done)).await
}

/// What somebody's recommendation is held against.
struct Proposed {
    facts: RecommendationFacts,
    chain: Chain,
    candidate: store::Candidate,
    /// The first step's body that the office is.
    body: Body,
}

async fn proposed(
    db: &mut PgConnection,
    acting: &Acting<DelegateRecommender>,
    congress: &Congress,
    terms: &Terms,
    unit: &UnitProgress,
    number: &str,
    today: Date,
) -> Result<Option<Proposed>, Failure> {
    let found = store::of_student(db, congress, unit.unit.place, number, today).await?;
    let Some(candidate) = found else { return Ok(None) };
    let elsewhere = match candidate.elsewhere {
        Some(place) => {
            let units = store::units(db, congress, None, today).await?;
            units.iter().find(|one| one.unit.place == place).map(|one| one.unit.name())
        }
        None => None,
    };
    let chain = terms.steps(unit.unit.kind, congress.kind);
    let body = bodies_of(acting.office().kind).first().copied().unwrap_or(Body::ClassBranch);
    let own_class = acting.office().class.is_none_or(|class| class == candidate.class);
    // A branch that tries numbers learns nobody's name.
    let is_seen = own_class && acting.office().college.is_none_or(|college| college == candidate.college);
    let facts = RecommendationFacts {
        name: if is_seen { candidate.name.clone() } else { "这名学生".to_owned() },
        number: candidate.number.clone(),
        unit: if own_class { unit.unit.name() } else { acting.office().place.clone().unwrap_or_default() },
        enrolled: candidate.enrolled,
        of_unit: candidate.of_unit && own_class,
        elsewhere: elsewhere.filter(|_| is_seen),
        seats_approved: congress.has_approved_seats(),
        seats: unit.unit.seats,
        in_time: today <= terms.closes_on,
        on_ballot: !unit.is_to_elect(),
        recommended: unit.passed + unit.waiting + unit.gone,
        most: terms.most(&unit.unit),
    };
    Ok(Some(Proposed { facts, chain, candidate, body }))
}

pub(super) async fn recommend(
    State(app): State<App>,
    acting: Acting<DelegateRecommender>,
    Path(id): Path<CongressId>,
    Form(mut form): Form<RecommendForm>,
) -> Result<Response, Failure> {
    let (now, mut errors, mut db) = (app.clock.now(), Errors::default(), app.read().await?);
    let today = now.date();
    let congress = visible(&mut db, &acting, id).await?;
    let units = store::units(&mut db, &congress, None, today).await?;
    let own = own_units(&mut db, &acting, &congress, &units).await?;
    let chosen = match own.as_slice() {
        [only] => Some(only.clone()),
        several => several.iter().find(|one| one.unit.place.to_string() == form.unit).cloned(),
    };
    if chosen.is_none() && own.len() > 1 {
        errors.add("unit", "请选择推荐单位");
    }
    let search = Search::of(&acting, Among::Students, today);
    let picked = form.pick.clone();
    let person = PersonField::read(&mut db, &search, &mut form.number, &picked, "number", &mut errors).await?;
    if form.number.trim().is_empty() {
        errors.add("number", "请填写学号或姓名");
    }
    let words = form.words(&mut errors);
    let terms = store::terms(&mut db, &congress).await?;
    drop(db);
    let wanted = "推荐代表";
    let refused = || refusal(&app, acting.person(), &congress, wanted, id.recommendations_path());
    let Some(terms) = terms else {
        return Err(refused().for_reason("还没有开始推荐代表", "等校团委确定推荐的截止日期"));
    };
    if own.is_empty() {
        let remedy = "名额由主办单位分配；班级已经合并的，由新班级的团支部推荐";
        return Err(refused().for_reason("本单位没有推荐代表的名额", remedy));
    }
    if let (Some(unit), Some(words), true) = (chosen, words, errors.is_empty()) {
        let done = app
            .write_as(acting.person().authority(), async |db| {
                store::lock_unit(db, &congress, unit.unit.place).await?;
                let now_units = store::units(db, &congress, None, today).await?;
                let unit =
                    now_units.into_iter().find(|one| one.unit.place == unit.unit.place).ok_or(Failure::Missing)?;
                let congress =
                    crate::congress::store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
                under_preparation(&app, acting.person(), &congress, wanted, id.recommendations_path())?;
                let Some(proposed) = proposed(db, &acting, &congress, &terms, &unit, &form.number, today).await? else {
                    return Ok(false);
                };
                let Proposed { facts, chain, candidate, body } = proposed;
                let allowed = may_recommend(&chain, &facts).permit().map_err(|findings| refused().because(findings))?;
                let new =
                    NewRecommendation { unit: unit.unit.place, candidate: &candidate, class: acting.office().class };
                let Some(made) = store::recommend(db, &acting, &congress, new, allowed, now).await? else {
                    let why = format!("{}已由其他单位推荐", candidate.name);
                    return Err(refused().for_reason(why, "一人在一次大会只能由一个单位推荐"));
                };
                let own = candidate.account == Some(acting.person().account);
                let request = StepRequest {
                    body,
                    person: acting.person().account.0,
                    own,
                    seen: 0,
                    place: 0,
                    decision: Decision::Agree,
                    session: None,
                    delegated: false,
                };
                let progress = Progress { stage: Stage::At(0), visit: 0, opinions: Vec::new(), prepared_by: None };
                let name = unit.unit.name();
                let taken = take_step(&chain, &progress, no_limit(&name), request)
                    .permit()
                    .map_err(|findings| refused().because(findings))?;
                let office = acting.office().label();
                let opinion = NewOpinion {
                    body,
                    account: acting.person().account,
                    office: &office,
                    verdict: DecisionKind::Agree,
                    says: &words,
                };
                store::give(db, made, &chain, taken, &opinion, now).await?;
                let entry = Entry::about(Verb::DelegatesKept, candidate.student)
                    .detail("办理", "推荐代表人选")
                    .detail("大会", congress.short_title())
                    .detail("单位", name.clone());
                audit::append(db, acting.person(), entry.under(&chain.clause()), now).await?;
                Ok(true)
            })
            .await?;
        if done {
            return Ok(done_at(&id.recommendations_path(), Done::Recommended).into_response());
        }
        errors.add("number", "没有这个学号的学生");
    }
    let filled = Filled { form, person: Some(person), ..Filled::default() };
    Ok(again(page(&app, &acting, congress, Submitted::new(filled, errors), "").await?))
}

/// How many a unit recommends is counted where they are recommended, not where they are reviewed.
fn no_limit(unit: &str) -> Seats<'_> {
    Seats { place: unit, seats: u32::MAX, taken: 0 }
}

/// A recommended person of the office's own college, where it has one.
async fn own_recommendations(
    db: &mut PgConnection,
    congress: &Congress,
    college: Option<CollegeId>,
    today: Date,
) -> Result<Vec<Recommendation>, Failure> {
    let filter = RecommendationFilter { college, alive: true, ..RecommendationFilter::default() };
    store::recommendations(db, congress, filter, today).await
}

pub(super) async fn review(
    State(app): State<App>,
    acting: Acting<DelegateReviewer>,
    Path(id): Path<CongressId>,
    Form(form): Form<ReviewForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    let Some(review) = form.read(&mut errors) else {
        let filled = Filled { review: form, ..Filled::default() };
        return Ok(again(page(&app, &acting, congress, Submitted::new(filled, errors), "").await?));
    };
    let refused = || refusal(&app, acting.person(), &congress, "审查代表人选", id.recommendations_path());
    app.write_as(acting.person().authority(), async |db| {
        let congress = locked(db, acting.person(), id).await?;
        under_preparation(&app, acting.person(), &congress, "审查代表人选", id.recommendations_path())?;
        let terms = store::terms(db, &congress).await?.ok_or(Failure::Missing)?;
        let units = store::units(db, &congress, None, now.date()).await?;
        let all = own_recommendations(db, &congress, acting.office().college, now.date()).await?;
        let mut told: HashMap<Option<ClassId>, Vec<String>> = HashMap::new();
        for picked in &review.picked {
            let row = all.iter().find(|row| row.id == picked.id).ok_or(Failure::Missing)?;
            let unit = units.iter().find(|one| one.unit.place == row.unit).ok_or(Failure::Missing)?;
            let chain = terms.steps(unit.unit.kind, congress.kind);
            let link = row.waits_at(&chain);
            let bodies = bodies_of(acting.office().kind);
            let waits = |body: &&Body| link.is_some_and(|link| row.given(**body) < link.opinions_of(**body));
            let has = |body: &&Body| link.is_some_and(|link| link.has(**body));
            let body = bodies.iter().find(waits).or_else(|| bodies.iter().find(has)).or(bodies.first());
            let body = *body.ok_or(Failure::Missing)?;
            let decision = if review.verdict == DecisionKind::Agree { Decision::Agree } else { Decision::Refuse };
            let request = StepRequest {
                body,
                person: acting.person().account.0,
                own: acting.person().student == Some(row.student),
                seen: picked.visit,
                place: picked.given,
                decision,
                session: None,
                delegated: false,
            };
            let name = unit.unit.name();
            let taken = take_step(&chain, &row.progress(), no_limit(&name), request)
                .permit()
                .map_err(|findings| refused().because(findings))?;
            let label = acting.office().label();
            let office = match link {
                Some(link) => link.signed_as(body, taken.place(), label),
                None => label,
            };
            let account = acting.person().account;
            let opinion = NewOpinion { body, account, office: &office, verdict: review.verdict, says: &review.says };
            if !store::give(db, row.id, &chain, taken, &opinion, now).await? {
                return Err(refused().for_reason("有人选的情况刚刚变化", "刷新页面看最新情况再签署"));
            }
            if review.verdict == DecisionKind::Refuse {
                told.entry(row.class).or_default().push(row.name.clone());
            }
            let entry = Entry::about(Verb::DelegatesKept, row.student)
                .detail("办理", "审查代表人选")
                .detail("大会", congress.short_title())
                .detail("结论", review.verdict.label());
            audit::append(db, acting.person(), entry.under(&chain.clause()), now).await?;
        }
        for (class, names) in told {
            let Some(class) = class else { continue };
            let notice = Notice::new(format!("{} 名代表人选没有通过审查", names.len()), id.recommendations_path())
                .says(format!("{}：{}", names.join("、"), review.says));
            let to = To::Office { kind: OfficeKind::ClassBranch, college: None, class: Some(class) };
            inbox::tell(db, acting.institution(), to, &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.recommendations_path(), Done::Reviewed).into_response())
}

pub(super) async fn withdraw(
    State(app): State<App>,
    acting: Acting<DelegateRecommender>,
    Path((id, recommendation)): Path<(CongressId, RecommendationId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    let (now, mut db) = (app.clock.now(), app.read().await?);
    let congress = visible(&mut db, &acting, id).await?;
    let units = store::units(&mut db, &congress, None, now.date()).await?;
    let own = own_units(&mut db, &acting, &congress, &units).await?;
    let filter = RecommendationFilter { class: acting.office().class, ..RecommendationFilter::default() };
    let all = store::recommendations(&mut db, &congress, filter, now.date()).await?;
    drop(db);
    let row = all.into_iter().find(|row| row.id == recommendation && own.iter().any(|one| one.unit.place == row.unit));
    let row = row.ok_or(Failure::Missing)?;
    let refused = || refusal(&app, acting.person(), &congress, "撤回推荐", id.recommendations_path());
    let why = reason(&form.reason, &mut Errors::default());
    let why = why.ok_or_else(|| refused().for_reason("没有写明撤回的理由", "请写明理由，1 至 200 字"))?;
    app.write_as(acting.person().authority(), async |db| {
        if !store::withdraw(db, &acting, &congress, &row, &why).await? {
            let remedy = "已列入选票的，由院系学生会登记退选；已是代表的，由主办单位终止资格";
            return Err(refused().for_reason("这个人选已经列入选票，或推荐已经终止", remedy));
        }
        let entry = Entry::about(Verb::DelegatesKept, row.student)
            .detail("办理", "撤回推荐")
            .detail("大会", congress.short_title())
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.recommendations_path(), Done::Withdrawn))
}
