//! What waits of congresses' results: for the office that keeps the congress, the Party body, and the higher union.

use sqlx::PgConnection;
use time::Date;

use super::store::{self, OpenResult};
use crate::{
    auth::person::{Held, SignedIn},
    congress::congress::Congress,
    failure::Failure,
    page::task::Task,
    rules::congress_result::Stage,
};

/// The steps that an office can take now, and filings that are overdue.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    congresses: &[Congress],
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let open = store::open_results(connection, person.institution).await?;
    let mut tasks = Vec::new();
    for open in open {
        let Some(congress) = congresses.iter().find(|one| one.id == open.congress) else { continue };
        tasks.extend(task(congress, &open, office, today));
        if congress.is_kept_by(office) && !open.seated && open.file_by.is_some() {
            let says = format!("办理{}当选人就任", congress.short_title());
            tasks.push(Task::new(false, says, "选举结果已批准".to_owned(), congress.id.seating_path()));
        }
    }
    Ok(tasks)
}

/// The next step, where it is the office's.
fn task(congress: &Congress, open: &OpenResult, office: &Held, today: Date) -> Option<Task> {
    let (name, keeps) = (congress.short_title(), congress.is_kept_by(office));
    let (mine, says) = match open.stage {
        Stage::Elected => (keeps, format!("登记{name}选举结果向大会公布的情况")),
        Stage::Announced => (keeps || congress.is_approved_by(office), format!("办理{name}选举结果的批准")),
        Stage::Approved => (keeps, format!("把{name}选举结果报上级备案")),
        Stage::Sent => (keeps || congress.is_filed_with(office), format!("登记{name}选举结果的备案回执")),
        Stage::Filed => (false, String::new()),
    };
    let overdue = open.stage == Stage::Approved && open.file_by.is_some_and(|by| by < today);
    let due = open.file_by.filter(|_| open.stage == Stage::Approved);
    mine.then(|| Task::new(overdue, says, String::new(), congress.id.result_path()).due(due))
}
