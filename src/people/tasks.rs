//! Objections that wait for an answer.

use sqlx::PgConnection;
use time::Date;

use super::paths::DISPUTES;
use crate::{auth::person::SignedIn, failure::Failure, page::task::Task};

pub async fn waiting(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select count(*) as "open!", min(d.due_on) as due
           from dispute d join student s on s.id = d.student_id where s.institution_id = $1 and d.upheld is null"#,
        person.institution.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row.due.map(|due| {
        let (says, more) = (format!("答复 {} 件数据异议", row.open), format!("最早一件 {due} 前答复"));
        Task::new(due < today, says, more, DISPUTES.to_owned())
    }))
}
