//! What waits about education: a pledge to sign, signatures that are missing, trainings to take down.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    paths::{OWN, PLEDGES, TRAININGS},
    pledges_store as store,
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    office::{Office, OfficeKind, UnionKeeper},
    page::task::Task,
    rules::{education::sign_by, yearly::academic_year},
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(of_office(connection, person, office, now.date()).await?);
    }
    tasks.extend(own(connection, person, now.date()).await?);
    Ok(tasks)
}

/// For an office that manages unions.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if !UnionKeeper::KINDS.contains(&office.kind) {
        return Ok(tasks);
    }
    let college = (office.kind == OfficeKind::CollegeLeague).then_some(office.college).flatten();
    let by = sign_by(academic_year(today));
    // Before the time is over it is each officer's own task.
    if by.is_some_and(|by| by < today) && store::text_on(connection, person.institution, today).await?.is_some() {
        let unsigned = store::count_unsigned(connection, person.institution, college, today).await?;
        if unsigned > 0 {
            let says = format!("{unsigned} 人本学年没有签署自律承诺");
            tasks.push(Task::new(false, says, "提醒本人签署".to_owned(), PLEDGES.to_owned()).due(by));
        }
    }
    let due = sqlx::query_scalar!(
        r#"select count(distinct t.id) as "due!" from training t join training_union m on m.training_id = t.id
                join student_union u on u.id = m.union_id
           where t.institution_id = $1 and t.closed_at is null and t.on_day <= $2
                 and ($3::uuid is null or u.college_id = $3)"#,
        person.institution.0,
        today,
        college.map(|id| id.0)
    );
    let due = due.fetch_one(connection).await?;
    if due > 0 {
        let says = format!("登记 {due} 次培训的到会");
        tasks.push(Task::new(false, says, String::new(), TRAININGS.to_owned()));
    }
    Ok(tasks)
}

/// For whoever holds a post, or will: the text to sign. In a post that has begun it is late after September.
async fn own(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let Some(from) = store::owes(connection, person, today).await? else { return Ok(None) };
    let by = if from > today { Some(from) } else { sign_by(academic_year(today)) };
    let late = by.is_some_and(|by| by < today);
    let task = Task::new(late, "签署自律承诺".to_owned(), "每学年一次".to_owned(), OWN.to_owned());
    Ok(Some(task.due(by)))
}
