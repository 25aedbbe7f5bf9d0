//! 当选代表名单: handed in by the college's union as the election came to it, received or returned by the League committee.

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

use super::{done_at, frame, kept, locked, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, DelegateElector, Verb,
        congress::{Congress, Standing},
        delegates::{
            forms::{Fields, numbers},
            list::ListStage,
            paths::Done,
            recommendation::Terms,
            store::{self, DelegateList, ListLine, UnitOutcome},
            unit::UnitProgress,
        },
    },
    failure::Failure,
    ids::{CollegeId, CongressId, DelegateListId},
    inbox::{self, Notice, To},
    name::same_number,
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    rules::delegates::{UnitList, hand_in as may_hand_in},
    web::forms::{Done as DoneQuery, Errors, ReasonForm, reason},
};

/// A unit of the list with its fields as they are filled in.
struct ListedUnit {
    progress: UnitProgress,
    outcome: Option<UnitOutcome>,
    elected: String,
    substitutes: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/list.html")]
pub(super) struct DelegateListPage {
    chrome: Chrome,
    congress: Congress,
    /// Whose list it is.
    of: String,
    list: Option<DelegateList>,
    lines: Vec<ListLine>,
    units: Vec<ListedUnit>,
    done: &'static str,
}

impl DelegateListPage {
    /// It may be handed in: none waits, and none is received.
    fn is_open(&self) -> bool {
        self.list.as_ref().is_none_or(|list| list.stage == ListStage::Returned)
    }

    fn has_results(&self) -> bool {
        self.units.iter().any(|one| one.outcome.is_some())
    }

    fn unit(&self, line: &ListLine) -> String {
        let one = self.units.iter().find(|one| one.progress.unit.place == line.unit);
        one.map(|one| one.progress.unit.name()).unwrap_or_default()
    }
}

/// Whose list an office hands in: a college's union its college's; who keeps the congress that of what belongs to none.
fn whose(acting: &Acting<DelegateElector>, congress: &Congress) -> Result<Option<CollegeId>, Failure> {
    let office = acting.office();
    match office.kind {
        OfficeKind::CollegeUnion => Ok(office.college),
        _ if congress.is_kept_by(office) => Ok(None),
        _ => Err(Failure::Missing),
    }
}

/// The units of a list.
async fn units_of(
    db: &mut PgConnection,
    congress: &Congress,
    college: Option<CollegeId>,
    today: Date,
) -> Result<Vec<UnitProgress>, Failure> {
    let mut units = store::units(db, congress, college, today).await?;
    units.retain(|one| one.unit.seats > 0 && (college.is_some() || !one.unit.elects_here()));
    Ok(units)
}

fn as_lines(people: &[store::ReportedVote]) -> String {
    let line = |one: &store::ReportedVote| format!("{} {}", one.number, one.name);
    people.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<DelegateElector>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<DelegateListPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let congress = visible(&mut db, &acting, id).await?;
    let college = whose(&acting, &congress)?;
    let mut outcomes = store::outcomes(&mut db, &congress, college).await?;
    let units = units_of(&mut db, &congress, college, today).await?;
    let units = units.into_iter().map(|progress| {
        let outcome = outcomes.remove(&progress.unit.place);
        let lines = |pick: fn(&UnitOutcome) -> &[store::ReportedVote]| outcome.as_ref().map(|one| as_lines(pick(one)));
        let elected = lines(|outcome| &outcome.elected).unwrap_or_default();
        let substitutes = lines(|outcome| &outcome.others).unwrap_or_default();
        ListedUnit { progress, outcome, elected, substitutes }
    });
    let units = units.collect();
    let list = store::lists(&mut db, &congress).await?.into_iter().find(|list| list.college == college);
    let lines = match &list {
        Some(list) => store::lines(&mut db, list.id).await?,
        None => Vec::new(),
    };
    let of = acting.office().place.clone().filter(|_| college.is_some());
    let of = of.unwrap_or_else(|| "社团和学生会".to_owned());
    let chrome = frame(&app, acting.person(), &congress, "上报代表名单");
    Ok(DelegateListPage { chrome, congress, of, list, lines, units, done: Done::said(&done) })
}

/// What is typed of each unit.
fn typed(units: &[UnitProgress], outcomes: &HashMap<i16, UnitOutcome>, fields: &Fields) -> Vec<UnitList> {
    let written = |place: i16, field: &str| -> Vec<String> {
        let outcome = outcomes.get(&place);
        let stored = |typed: String| {
            let people = outcome.into_iter().flat_map(|outcome| outcome.elected.iter().chain(&outcome.others));
            let known = people.map(|one| &one.number).find(|number| same_number(number, &typed)).cloned();
            known.unwrap_or(typed)
        };
        numbers(fields, &format!("{field}_{place}")).into_iter().map(stored).collect()
    };
    let unit = |one: &UnitProgress| UnitList {
        unit: one.unit.name(),
        seats: one.unit.seats,
        elected: written(one.unit.place, "elected"),
        substitutes: written(one.unit.place, "substitutes"),
        result: outcomes.get(&one.unit.place).filter(|_| one.has_result()).map(UnitOutcome::result),
    };
    units.iter().map(unit).collect()
}

/// The lines of a list that the rule has passed.
fn listed(units: &[UnitProgress], outcomes: &HashMap<i16, UnitOutcome>, lists: &[UnitList]) -> Vec<ListLine> {
    let mut lines = Vec::new();
    for (one, list) in units.iter().zip(lists) {
        let Some(outcome) = outcomes.get(&one.unit.place) else { continue };
        for (standing, people) in [(Standing::Elected, &list.elected), (Standing::Substitute, &list.substitutes)] {
            for (place, number) in (1..).zip(people) {
                let Some(who) = outcome.named(number) else { continue };
                lines.push(ListLine {
                    unit: one.unit.place,
                    standing,
                    place,
                    student: who.student,
                    number: who.number.clone(),
                    name: who.name.clone(),
                    contest: who.contest,
                });
            }
        }
    }
    lines
}

pub(super) async fn hand_in(
    State(app): State<App>,
    acting: Acting<DelegateElector>,
    Path(id): Path<CongressId>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let congress = locked(db, acting.person(), id).await?;
        let college = whose(&acting, &congress)?;
        let refused = || refusal(&app, acting.person(), &congress, "上报代表名单", id.delegate_list_path());
        under_preparation(&app, acting.person(), &congress, "上报代表名单", id.delegate_list_path())?;
        let terms: Option<Terms> = store::terms(db, &congress).await?;
        let Some(terms) = terms else {
            return Err(refused().for_reason("还没有开始推荐代表", "等主办单位确定推荐的截止日期"));
        };
        let outcomes = store::outcomes(db, &congress, college).await?;
        let units = units_of(db, &congress, college, now.date()).await?;
        let lists = typed(&units, &outcomes, &fields);
        let permitted = may_hand_in(&terms.chain, &lists).permit().map_err(|findings| refused().because(findings))?;
        let lines = listed(&units, &outcomes, &lists);
        let account = acting.person().account;
        if store::hand_in(db, &congress, college, &lines, permitted, account, now).await?.is_none() {
            return Err(refused().for_reason("名单已经上报", "需要改的，请接收的单位退回"));
        }
        let elected = lines.iter().filter(|line| line.standing == Standing::Elected).count();
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", "上报代表名单")
            .detail("代表", elected)
            .detail("候补", lines.len() - elected);
        audit::append(db, acting.person(), entry.under(&terms.chain.before.clause()), now).await?;
        let to = keeper(&congress);
        let notice = Notice::new(format!("{}上报了代表名单", acting.office().label()), id.delegates_path());
        inbox::tell(db, acting.institution(), to, &notice, now).await
    })
    .await?;
    Ok(done_at(&id.delegate_list_path(), Done::HandedIn))
}

/// The office that receives lists.
fn keeper(congress: &Congress) -> To {
    let kind = if congress.college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
    To::Office { kind, college: congress.college, class: None }
}

/// A list of a congress, as it waits.
async fn list_of(db: &mut PgConnection, congress: &Congress, id: DelegateListId) -> Result<DelegateList, Failure> {
    let lists = store::lists(db, congress).await?;
    lists.into_iter().find(|list| list.id == id).ok_or(Failure::Missing)
}

pub(super) async fn receive(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, list)): Path<(CongressId, DelegateListId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        under_preparation(&app, acting.person(), &congress, "接收代表名单", id.delegates_path())?;
        let refused = || refusal(&app, acting.person(), &congress, "接收代表名单", id.delegates_path());
        let list = list_of(db, &congress, list).await?;
        let Some(lines) = store::receive(db, &congress, &list, acting.person().account, now).await? else {
            return Err(refused().for_reason("这份名单不在等待接收", "刷新页面看现在的情况"));
        };
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                let says = match line.standing {
                    Standing::Elected => format!("你已当选{}代表", congress.title()),
                    Standing::Substitute | Standing::Outside => {
                        format!("你是{}候补代表，第 {} 位", congress.title(), line.place)
                    }
                };
                (line.student, Notice::new(says, crate::people::OWN_DATA))
            })
            .collect();
        inbox::tell_students(db, acting.institution(), &told, now).await?;
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", "接收代表名单")
            .detail("单位", list.of())
            .detail("代表", list.elected)
            .detail("候补", list.substitutes);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.delegates_path(), Done::Received))
}

pub(super) async fn return_list(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, list)): Path<(CongressId, DelegateListId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let why = reason(&form.reason, &mut Errors::default());
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        let refused = || refusal(&app, acting.person(), &congress, "退回代表名单", id.delegates_path());
        let Some(why) = &why else {
            return Err(refused().for_reason("没有写明退回的理由", "请写明哪里不符，1 至 200 字"));
        };
        let list = list_of(db, &congress, list).await?;
        if !store::return_list(db, &congress, &list, why, acting.person().account, now).await? {
            return Err(refused().for_reason("这份名单不在等待接收", "刷新页面看现在的情况"));
        }
        if let Some(college) = list.college {
            let notice = Notice::new("代表名单被退回，请改正后再上报", id.delegate_list_path()).says(why);
            let to = To::Office { kind: OfficeKind::CollegeUnion, college: Some(college), class: None };
            inbox::tell(db, acting.institution(), to, &notice, now).await?;
        }
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", "退回代表名单")
            .detail("单位", list.of())
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.delegates_path(), Done::Returned).into_response())
}
