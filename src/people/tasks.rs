//! What waits about students: objections for an answer, numbers that differ in case or width alone for a check.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::paths::{DISPUTES, PEOPLE, TWINS};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    office::{Office, OfficeKind, SchoolLeague},
    page::task::Task,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    let Some(office) = &person.acting else { return Ok(tasks) };
    if SchoolLeague::KINDS.contains(&office.kind) {
        tasks.extend(twins(connection, person).await?);
    }
    if office.kind == OfficeKind::StudentAffairs {
        tasks.extend(disputes(connection, person, now.date()).await?);
    }
    Ok(tasks)
}

async fn disputes(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select count(*) as "open!", count(distinct s.id) as "students!", min(d.due_on) as due
           from dispute d join student s on s.id = d.student_id where s.institution_id = $1 and d.upheld is null"#,
        person.institution.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row.due.map(|due| {
        let says = format!("答复 {} 件数据异议", row.open);
        let who = format!("{} 名学生", row.students);
        Task::new(due < today, says, String::new(), DISPUTES.to_owned()).due(Some(due)).awaited_by(who)
    }))
}

/// Numbers that were taken in twice, before case and width ceased to count.
async fn twins(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<Task>, Failure> {
    let twins = sqlx::query_scalar!(
        r#"select count(*) as "twins!" from student where institution_id = $1 and number_twin"#,
        person.institution.0
    )
    .fetch_one(connection)
    .await?;
    let says = format!("核对 {twins} 个重复的学号");
    let more = "只差大小写或全半角；是同一人的，在其中一人的“换学号”里合并".to_owned();
    Ok((twins > 0).then(|| Task::new(false, says, more, format!("{PEOPLE}?state={TWINS}"))))
}
