//! What waits about guidance: duties at their intervals, signatures, problems to be answered, slots that nobody fills, and
//! the papers of the year.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    overview::state,
    paths::{ROLES, duty_path},
    record::{filled, recorders},
    store::{self, RecordFilter},
    yearly,
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    office::{Office, OfficeKind, SchoolLeague},
    page::task::Task,
    rulebook,
    rules::{
        Outcome, Rule,
        guidance::{Duty, filled as judge},
    },
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    match &person.acting {
        Some(office) => of_office(connection, person, office, now).await,
        None => Ok(Vec::new()),
    }
}

/// For an office.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = yearly::waiting(connection, person, office, today).await?;
    let school = matches!(
        office.kind,
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary | OfficeKind::SchoolParty | OfficeKind::StudentAffairs
    );
    if !school {
        return Ok(tasks);
    }
    let Some(governing) = rulebook::governing(connection, person.institution, today).await? else { return Ok(tasks) };
    let keeps = SchoolLeague::KINDS.contains(&office.kind);
    for duty in [Duty::PartyHearing, Duty::GroupReport, Duty::PartyBuilding] {
        let asked = governing.plan.provision(duty.rule()).is_some() && recorders(duty).contains(&office.kind);
        if asked && let Some(due) = state(connection, person.institution, duty, today).await?.due(duty) {
            let task = Task::new(due < today, duty.label().to_owned(), "办理以后登记".to_owned(), duty_path(duty));
            tasks.push(task.due(Some(due)));
        }
    }
    let filter = |duty| RecordFilter { duty: Some(duty), ..RecordFilter::default() };
    let studies = store::records(connection, person.institution, filter(Duty::JointStudy)).await?;
    let unsigned = studies.iter().filter(|record| record.may_be_signed_by(office.kind)).count();
    if unsigned > 0 {
        let says = format!("签署 {unsigned} 件共同研究的事项");
        tasks.push(Task::new(false, says, String::new(), duty_path(Duty::JointStudy)));
    }
    if keeps {
        let open = super::overview::open_feedback(connection, person.institution).await?;
        if open > 0 {
            let says = format!("答复院系反馈的 {open} 个问题");
            tasks.push(Task::new(false, says, String::new(), duty_path(Duty::Feedback)));
        }
        let on_list = filled(&store::roles(connection, person.institution).await?);
        let open = [Rule::Gui04, Rule::Gui08, Rule::Gui09]
            .iter()
            .filter(|rule| judge(&governing.plan, **rule, &on_list).verdict == Outcome::Fail)
            .count();
        if open > 0 {
            tasks.push(Task::new(
                false,
                "登记分管校领导、协同部门和指导单位".to_owned(),
                String::new(),
                ROLES.to_owned(),
            ));
        }
    }
    Ok(tasks)
}

/// For the calendar of an office that sees unions: the papers of the year that they have not handed in, by their day.
pub async fn papers_due(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    yearly::missing(connection, person, office, today).await
}
