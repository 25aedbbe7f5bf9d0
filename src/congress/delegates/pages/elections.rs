//! 组织选举: a college's union makes one sitting of all its units' elections, from those who have passed every step.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime, Time};

use super::{again, frame, locked, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        congress::Congress,
        delegates::{
            forms::{ElectionForm, ElectionRequest},
            recommendation::Terms,
            store::{self, Standing},
            unit::UnitProgress,
        },
    },
    database::Locked,
    elections::{
        self,
        sitting::{ContestRules, RuleSource, Sitting},
        store::{self as sittings, ContestDraft, NewCandidate, SittingDraft},
    },
    failure::Failure,
    ids::{CollegeId, CongressId, ContestId, SittingId, StudentId},
    office::{ElectionKeeper, OfficeKind},
    page::chrome::Chrome,
    rulebook,
    rules::{
        Finding,
        chain::Link,
        delegates::{Ballots, DelegateChain, ballots, margin},
        election::{RulePoint, Rules, Source},
        plan::{Union, Voters},
        sitting::{Body, Fills},
    },
    web::forms::{Errors, Submitted, moment_field},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/elections.html")]
pub(super) struct ElectionsPage {
    chrome: Chrome,
    congress: Congress,
    terms: Option<Terms>,
    /// The college's units.
    units: Vec<UnitProgress>,
    /// What stands in the way.
    findings: Vec<Finding>,
    /// The college's own congress has delegates who may elect.
    by_congress: bool,
    form: ElectionForm,
    errors: Errors,
}

impl ElectionsPage {
    fn percent(&self) -> u32 {
        self.terms.as_ref().map_or(0, |terms| terms.margin_percent)
    }

    fn extra(&self, one: &UnitProgress) -> u32 {
        margin(one.unit.seats, self.percent())
    }

    fn missing(&self, one: &UnitProgress) -> u32 {
        one.ballot().missing(self.percent())
    }

    fn to_elect(&self) -> usize {
        self.units.iter().filter(|one| one.is_to_elect()).count()
    }

    /// Who the plan says elects them.
    fn stated_voters(&self) -> Option<Voters> {
        let of_college = self.congress.kind == Union::College;
        self.terms.as_ref().and_then(|terms| terms.chain.stated_voters(of_college))
    }

    fn is_body(&self, body: &str) -> bool {
        self.form.body == body
    }
}

/// The college whose delegates the office elects.
fn college(acting: &Acting<ElectionKeeper>) -> Result<CollegeId, Failure> {
    let union = acting.office().kind == OfficeKind::CollegeUnion;
    acting.office().college.filter(|_| union).ok_or(Failure::Missing)
}

async fn page(
    app: &App,
    acting: &Acting<ElectionKeeper>,
    congress: Congress,
    submitted: Submitted<ElectionForm>,
) -> Result<ElectionsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let college = college(acting)?;
    let units = store::units(&mut db, &congress, Some(college), today).await?;
    let terms = store::terms(&mut db, &congress).await?;
    let calendar = rulebook::store::calendar(&mut db, acting.institution()).await?;
    let findings = match (&terms, calendar.in_force(today)) {
        (Some(terms), Some(plan)) => {
            let open: Vec<_> = units.iter().filter(|one| one.is_to_elect()).map(UnitProgress::ballot).collect();
            let of_college = congress.kind == Union::College;
            let verdict = ballots(&plan, &terms.chain, &open, terms.margin_percent, of_college);
            verdict.permit().err().unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let by_congress =
        congress.kind != Union::College && !store::delegates_of_college(&mut db, college, today).await?.is_empty();
    let Submitted { form, errors } = submitted;
    let chrome = frame(app, acting.person(), &congress, "组织选举");
    Ok(ElectionsPage { chrome, congress, terms, units, findings, by_congress, form, errors })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<CongressId>,
) -> Result<ElectionsPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    let day = app.clock.now() + Duration::days(7);
    let at = |hour| day.replace_time(Time::from_hms(hour, 0, 0).unwrap_or(Time::MIDNIGHT));
    let form = ElectionForm {
        opens: moment_field(at(8)),
        closes: moment_field(at(18)),
        body: Body::Constituency.slug().to_owned(),
    };
    page(&app, &acting, congress, Submitted::new(form, Errors::default())).await
}

/// A sitting with a contest for each unit; its title is cut where a college's name is long.
fn sitting_draft(congress: &Congress, chain: &DelegateChain, percent: u32, request: ElectionRequest) -> SittingDraft {
    let ElectionRequest { opens_at, closes_at, .. } = request;
    let title: String = format!("{}代表选举", congress.short_title()).chars().take(40).collect();
    let decision: String = format!("候选人比名额多 {percent}%（向上取整），由主办单位为{}确定", congress.short_title());
    SittingDraft {
        title,
        note: format!("代表经{}。", chain.in_words().join("，")),
        opens_at,
        closes_at,
        revote: true,
        threshold: 2,
        decision: decision.chars().take(200).collect(),
    }
}

/// More candidates than usual by the committee's decision; nobody can be written in who has not passed every step.
fn contest_rules(chain: &DelegateChain, extra: u32, decision: &str) -> (ContestRules, Vec<RuleSource>) {
    let count = Rules { write_in: false, ..Rules::PRACTICE };
    let rules = ContestRules { count, extra };
    let steps = chain.in_words().join("，");
    let before = &chain.before;
    let mut sources = vec![RuleSource {
        point: RulePoint::WriteIn,
        source: if before.quote.is_empty() { Source::Decision } else { Source::Plan },
        text: format!("{}{}：{steps}；不另选他人", before.document, before.section).chars().take(200).collect(),
    }];
    if !rules.is_practice(RulePoint::Extra) {
        sources.push(RuleSource { point: RulePoint::Extra, source: Source::Decision, text: decision.to_owned() });
    }
    (rules, sources)
}

/// Who votes for a unit's delegates.
struct Electorate {
    body: Body,
    college: CollegeId,
    /// The delegates of the college's own congress, where they elect.
    people: Vec<StudentId>,
}

/// One unit's contest, with its candidates.
async fn add_contest(
    db: &mut PgConnection,
    sitting: &Locked<Sitting>,
    congress: &Locked<Congress>,
    one: &UnitProgress,
    terms: &Terms,
    electorate: &Electorate,
    today: Date,
) -> Result<ContestId, Failure> {
    let extra = margin(one.unit.seats, terms.margin_percent);
    let (rules, sources) = contest_rules(&terms.chain, extra, &sitting.decision);
    let classes = match electorate.body {
        Body::Constituency => store::classes_of(db, congress, &one.unit, today).await?,
        _ => Vec::new(),
    };
    let draft = ContestDraft {
        title: format!("{}代表", one.unit.name()).chars().take(40).collect(),
        fills: Fills::Delegates,
        body: electorate.body,
        college: Some(electorate.college).filter(|_| electorate.body == Body::College),
        classes,
        people: electorate.people.clone(),
        seats: one.unit.seats,
        rules,
        sources,
        round_of: None,
    };
    let contest = sittings::add_contest(db, sitting, &draft).await?;
    let standing = store::candidates_of(db, congress, one.unit.place, today).await?;
    let candidates: Vec<NewCandidate> = standing.iter().map(|who| candidate(who, &standing, &terms.chain)).collect();
    sittings::add_candidates(db, sitting, contest, &candidates).await?;
    Ok(contest)
}

fn candidate(who: &Standing, all: &[Standing], chain: &DelegateChain) -> NewCandidate {
    let namesake = all.iter().any(|other| other.student != who.student && other.name == who.name);
    let label = if namesake { format!("{}（{}）", who.name, who.number) } else { who.name.clone() };
    let steps: Vec<String> = chain.before.links.iter().map(Link::in_words).collect();
    NewCandidate {
        student: who.student,
        label: label.chars().take(60).collect(),
        about: who.class.clone(),
        origin: steps.join("，").chars().take(120).collect(),
    }
}

pub(super) async fn make(
    State(app): State<App>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<ElectionForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let own = college(&acting)?;
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    let Some(request) = form.read(now, &mut errors) else {
        return Ok(again(page(&app, &acting, congress, Submitted::new(form, errors)).await?));
    };
    let sitting = app
        .write_as(acting.person().authority(), async |db| make_sitting(&app, db, &acting, id, own, request, now).await)
        .await?;
    Ok(Redirect::to(&sitting.path()).into_response())
}

async fn make_sitting(
    app: &App,
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: CongressId,
    own: CollegeId,
    request: ElectionRequest,
    now: OffsetDateTime,
) -> Result<SittingId, Failure> {
    let (today, wanted) = (now.date(), "组织代表选举");
    let congress = locked(db, acting.person(), id).await?;
    under_preparation(app, acting.person(), &congress, wanted, id.delegate_elections_path())?;
    let refused = || refusal(app, acting.person(), &congress, wanted, id.delegate_elections_path());
    let Some(terms) = store::terms(db, &congress).await? else {
        return Err(refused().for_reason("还没有开始推荐代表", "等主办单位确定推荐的截止日期"));
    };
    let calendar = rulebook::store::calendar(db, acting.institution()).await?;
    let Some(plan) = calendar.in_force(today) else {
        return Err(refused().for_reason("学校还没有启用实施方案", "请校团委先在“实施方案”里启用本校的方案"));
    };
    for one in store::units(db, &congress, Some(own), today).await? {
        if one.is_to_elect() && one.gone > 0 {
            store::lapse(db, &congress, one.unit.place, today).await?;
        }
    }
    let mut units = store::units(db, &congress, Some(own), today).await?;
    units.retain(UnitProgress::is_to_elect);
    let facts: Vec<_> = units.iter().map(UnitProgress::ballot).collect();
    let of_college = congress.kind == Union::College;
    let permitted: Ballots = ballots(&plan, &terms.chain, &facts, terms.margin_percent, of_college)
        .permit()
        .map_err(|findings| refused().because(findings))?;
    let body = terms.chain.electorate(request.body, of_college);
    let people = match body {
        Body::Congress => store::delegates_of_college(db, own, today).await?,
        _ => Vec::new(),
    };
    if body == Body::Congress && (people.is_empty() || of_college) {
        let why = "本院系学生代表大会还没有产生代表，不能由它选举";
        let remedy = match terms.chain.stated_voters(of_college) {
            Some(_) => "方案规定由它选举：先产生本院系大会的代表",
            None => "由本单位全体学生选举，或先产生本院系大会的代表",
        };
        return Err(refused().for_reason(why, remedy));
    }
    let draft = sitting_draft(&congress, &terms.chain, terms.margin_percent, request);
    let sitting = sittings::create(db, acting, &draft, now).await?;
    let sitting = sittings::lock(db, acting.institution(), sitting).await?;
    sittings::hold_for_congress(db, &sitting, id).await?;
    let electorate = Electorate { body, college: own, people };
    for one in &units {
        let contest = add_contest(db, &sitting, &congress, one, &terms, &electorate, today).await?;
        store::link(db, &congress, one.unit.place, contest, &permitted).await?;
    }
    let entry = Entry::new(elections::Verb::SittingKept, draft.title.clone())
        .detail("办理", "组织代表选举")
        .detail("大会", congress.short_title())
        .detail("选举项目", units.len());
    audit::append(db, acting.person(), entry.under(&terms.chain.before.clause()), now).await?;
    Ok(sitting.id)
}
