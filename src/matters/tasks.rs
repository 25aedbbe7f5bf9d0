//! What waits of matters and prior reports: a step for the office that holds it, answers and reports onward for the League
//! committee, changes, summaries and loans for the union.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    MatterFiler,
    paths::{MATTERS, REPORTS},
    store::{self, MatterFilter, ReportFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    office::{MatterReader, Office, OfficeKind, SchoolLeague},
    page::task::Task,
    rules::matters::Stage,
    unions::store as unions,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    match &person.acting {
        Some(office) => of_office(connection, person, office, now.date()).await,
        None => Ok(Vec::new()),
    }
}

/// For an office.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    if !MatterReader::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let mut tasks = Vec::new();
    let filter = MatterFilter { open: true, ..MatterFilter::default() };
    let matters = store::matters(connection, person.institution, filter).await?;
    let to_sign: Vec<_> = matters.iter().filter(|matter| matter.step_of(office).is_some()).collect();
    if !to_sign.is_empty() {
        let urgent = to_sign.iter().any(|matter| matter.says.urgent.is_some());
        let says = format!("签署 {} 件四类事项的意见", to_sign.len());
        let more = if urgent { "其中有加急的".to_owned() } else { String::new() };
        tasks.push(Task::new(urgent, says, more, MATTERS.to_owned()));
    }
    for matter in matters.iter().filter(|matter| matter.union().is_own_of(office)) {
        let title = &matter.says.title;
        match matter.course.stage() {
            Stage::Returned => {
                let task = Task::new(false, format!("修改被退回的申请：{title}"), String::new(), matter.id.path());
                tasks.push(task);
            }
            Stage::Begun { .. } => {
                let late = matter.is_summary_late(today);
                let task = Task::new(late, format!("提交总结：{title}"), String::new(), matter.id.path());
                tasks.push(task.due(matter.summary_due));
            }
            Stage::Asked { .. }
            | Stage::Refused
            | Stage::Withdrawn
            | Stage::Approved { .. }
            | Stage::Revoked
            | Stage::Closed { .. } => {}
        }
    }
    if MatterFiler::KINDS.contains(&office.kind) {
        tasks.extend(loans(connection, person, office, today).await?);
    }
    tasks.extend(reports(connection, person, office).await?);
    Ok(tasks)
}

/// What the office's union has borrowed, whatever became of the matter.
async fn loans(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let all = unions::list(connection, person.institution, None).await?;
    let own: Vec<_> = all.iter().filter(|union| union.is_own_of(office)).map(|union| union.id).collect();
    let task = |loan: store::LoanOut| {
        let says = format!("归还借用的物资：{} × {}", loan.what, loan.quantity);
        // Apart from the matter's page, on which something else may be due on that day.
        let href = format!("{}#loans", loan.matter.path());
        Task::new(loan.due_on < today, says, loan.lender, href).due(Some(loan.due_on))
    };
    Ok(store::loans_out(connection, &own).await?.into_iter().map(task).collect())
}

async fn reports(connection: &mut PgConnection, person: &SignedIn, office: &Held) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    let league = SchoolLeague::KINDS.contains(&office.kind);
    let party = office.kind == OfficeKind::SchoolParty;
    if !league && !party {
        return Ok(tasks);
    }
    let filter = ReportFilter { passed: party, ..ReportFilter::default() };
    let all = store::reports(connection, person.institution, filter).await?;
    let count = |wanted: fn(&super::matter::PriorReport) -> bool| all.iter().filter(|one| wanted(one)).count();
    if league {
        let unanswered = count(|report| report.answer.is_none());
        if unanswered > 0 {
            let says = format!("答复 {unanswered} 件事先报告");
            tasks.push(Task::new(false, says, String::new(), REPORTS.to_owned()));
        }
        let due = all.iter().filter(|report| report.awaits_pass()).filter_map(|report| report.pass_due).min();
        if let Some(due) = due {
            let says = format!("向学校党委汇报 {} 件", count(super::matter::PriorReport::awaits_pass));
            tasks.push(Task::new(false, says, String::new(), REPORTS.to_owned()).due(Some(due)));
        }
    } else {
        let open = count(super::matter::PriorReport::awaits_reply);
        if open > 0 {
            tasks.push(Task::new(false, format!("回复校团委汇报的 {open} 件"), String::new(), REPORTS.to_owned()));
        }
    }
    Ok(tasks)
}
