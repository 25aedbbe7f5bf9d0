//! The page 领导与指导: the union's position in the plan's words (POL-01), who leads and guides, every duty with what is
//! overdue, and how far guidance reached.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    paths::{Done, ROLES, duty_path},
    record::{CollegeCoverage, LeadingGroup, Role, filled, may_see},
    store::{self, RecordFilter},
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::InstitutionId,
    office::{Office, SchoolLeague, UnionReader},
    page::chrome::Chrome,
    rulebook::{self, Governing},
    rules::{
        Clause, Finding, Plan, Rule,
        guidance::{
            Coverage, Duty, Regular, Slot, SlotKind, coverage, deputy_secretary, filled as judge, measures, regular,
            slots,
        },
    },
    web::forms::Done as After,
};

/// Over how long guidance counts.
pub(super) const COUNTED: Duration = Duration::days(366);

pub(super) fn routes() -> Routes {
    Routes::default().get("/guidance", show)
}

/// A duty or a slot of the plan with how it stands.
pub(super) struct DutyLine {
    pub name: &'static str,
    pub finding: Finding,
    /// Where it is recorded; empty where the office does not go there.
    pub href: String,
}

/// A slot with who fills it.
struct SlotLine {
    slot: Slot,
    role: Option<Role>,
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/overview.html")]
struct GuidancePage {
    chrome: Chrome,
    /// The words of the plan on what the union is.
    position: Vec<Clause>,
    deputies: Vec<String>,
    slots: Vec<SlotLine>,
    group: Option<LeadingGroup>,
    lines: Vec<DutyLine>,
    colleges: Vec<CollegeCoverage>,
    /// The office registers who leads.
    keeps: bool,
    done: &'static str,
}

/// How a duty stands that is done at intervals or when it arises.
pub(super) async fn state(
    connection: &mut PgConnection,
    institution: InstitutionId,
    duty: Duty,
    today: Date,
) -> Result<Regular, Failure> {
    Ok(Regular {
        every: store::interval(connection, institution, duty).await?,
        last: store::last(connection, institution, duty).await?,
        since: store::opened(connection, institution).await?.unwrap_or(today),
    })
}

/// How each duty stands to the plan.
pub(super) async fn finding(
    connection: &mut PgConnection,
    institution: InstitutionId,
    governing: &Governing,
    duty: Duty,
    colleges: &[CollegeCoverage],
    today: Date,
) -> Result<Finding, Failure> {
    let plan: &Plan = &governing.plan;
    let many = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let sum = |pick: fn(&CollegeCoverage) -> i64| {
        colleges.iter().map(|college| u32::try_from(pick(college)).unwrap_or(0)).sum::<u32>()
    };
    Ok(match duty {
        Duty::Measures => {
            measures(plan, many(colleges.iter().filter(|college| college.measures).count()), many(colleges.len()))
        }
        Duty::Guiding => coverage(
            plan,
            Coverage {
                colleges: many(colleges.len()),
                guided_colleges: many(colleges.iter().filter(|college| college.is_guided()).count()),
                classes: sum(|college| college.classes),
                guided_classes: sum(|college| college.guided_classes),
            },
        ),
        _ => regular(plan, duty, state(connection, institution, duty, today).await?, today),
    })
}

async fn lines(
    connection: &mut PgConnection,
    acting: &Acting<UnionReader>,
    governing: &Governing,
    colleges: &[CollegeCoverage],
    now: OffsetDateTime,
) -> Result<Vec<DutyLine>, Failure> {
    let (institution, office) = (acting.institution(), acting.office().kind);
    let plan: &Plan = &governing.plan;
    let roles_path = if SchoolLeague::KINDS.contains(&office) { ROLES } else { "" };
    let roles = store::roles(connection, institution).await?;
    let on_list = filled(&roles);
    let deputies = store::deputies(connection, institution, now).await?;
    let mut lines = vec![DutyLine {
        name: Rule::Gui03.name(),
        finding: deputy_secretary(plan, u32::try_from(deputies.len()).unwrap_or(u32::MAX)),
        href: String::new(),
    }];
    for rule in [Rule::Gui04, Rule::Gui08, Rule::Gui09] {
        lines.push(DutyLine { name: rule.name(), finding: judge(plan, rule, &on_list), href: roles_path.to_owned() });
    }
    for duty in Duty::ALL {
        let finding = finding(connection, institution, governing, *duty, colleges, now.date()).await?;
        let href = if may_see(office, *duty) { duty_path(*duty) } else { String::new() };
        lines.push(DutyLine { name: duty.label(), finding, href });
    }
    Ok(lines)
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(After { done }): Query<After>,
) -> Result<GuidancePage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.date();
    let institution = acting.institution();
    let governing = rulebook::governing(&mut db, institution, today).await?;
    let colleges = store::coverage(&mut db, institution, today - COUNTED, today).await?;
    let roles = store::roles(&mut db, institution).await?;
    let (mut position, mut shown, mut found) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(governing) = &governing {
        let plan = governing.plan.as_of(today);
        position = plan.provision(Rule::Pol01).map(|stated| stated.clauses().cloned().collect()).unwrap_or_default();
        found = slots(&plan);
        shown = lines(&mut db, &acting, governing, &colleges, now).await?;
    }
    let slots = found
        .into_iter()
        .map(|slot| {
            let role = roles.iter().find(|role| role.kind == slot.kind && role.slot == slot.name).cloned();
            SlotLine { slot, role }
        })
        .collect();
    let group = store::group(&mut db, institution).await?;
    let deputies = store::deputies(&mut db, institution, now).await?;
    let keeps = SchoolLeague::KINDS.contains(&acting.office().kind);
    let chrome = app.chrome(acting.person(), "领导与指导");
    Ok(GuidancePage {
        chrome,
        position,
        deputies,
        slots,
        group,
        lines: shown,
        colleges,
        keeps,
        done: Done::said(&done),
    })
}

/// What was fed back and nobody answered yet: for whoever answers.
pub(super) async fn open_feedback(connection: &mut PgConnection, institution: InstitutionId) -> Result<usize, Failure> {
    let filter = RecordFilter { duty: Some(Duty::Feedback), ..RecordFilter::default() };
    let records = store::records(connection, institution, filter).await?;
    Ok(records.iter().filter(|record| record.awaits_answer()).count())
}

impl GuidancePage {
    fn kind(&self, slot: &SlotLine) -> &'static str {
        match slot.slot.kind {
            SlotKind::Leader if self.slots.iter().any(|one| one.slot.kind == SlotKind::TakingPart) => "分管校领导",
            SlotKind::Leader => "组长",
            other => other.label(),
        }
    }
}
