//! What semesters and turns ask of those who keep or take them.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::paths::{DUTY, SEMESTERS};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::StudentId,
    office::{Office, SchoolLeague},
    page::task::Task,
    rules::rotation,
    text::chinese_day,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if person.acting.as_ref().is_some_and(|office| SchoolLeague::KINDS.contains(&office.kind)) {
        tasks.extend(semesters(connection, person, now.date()).await?);
    }
    if let Some(student) = person.student {
        tasks.extend(duties(connection, student, now.date()).await?);
    }
    Ok(tasks)
}

/// The semester that is missing, or will be soon.
async fn semesters(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select exists (select from student_union where institution_id = $1) as "unions!",
                  exists (select from semester where institution_id = $1 and from_day <= $2 and $2 < until_day) as "now!",
                  exists (select from semester where institution_id = $1 and from_day <= $2 + 30
                          and $2 + 30 < until_day) as "soon!""#,
        person.institution.0,
        today
    )
    .fetch_one(connection)
    .await?;
    let says = match (row.unions, row.now, row.soon) {
        (false, ..) | (true, true, true) => return Ok(None),
        (true, false, _) => "登记本学期的起止日期",
        (true, true, false) => "登记下学期的起止日期",
    };
    let more = "执行主席轮值以学期为准".to_owned();
    Ok(Some(Task::new(!row.now, says.to_owned(), more, SEMESTERS.to_owned())))
}

/// What a student's turn as executive chair asks of them.
async fn duties(connection: &mut PgConnection, student: StudentId, today: Date) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select union_name(u.kind, c.name) as "name!", t.from_day, t.until_day, t.handover is not null as "handed!"
           from turn t join student_union u on u.id = t.union_id left join college c on c.id = u.college_id
           where t.student_id = $1 and t.state = 'confirmed' and t.until_day > t.from_day and t.from_day <= $2
                 and $2 < t.until_day + 7
           order by t.from_day"#,
        student.0,
        today
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows {
        let last = row.until_day.previous_day().unwrap_or(row.until_day);
        if !row.handed && row.until_day <= today + rotation::AHEAD {
            let says = format!("写{}执行主席交接说明", row.name);
            let task = Task::new(row.until_day <= today, says, format!("轮值到{}", chinese_day(last)), DUTY.to_owned());
            tasks.push(task.due(Some(last)).awaited_by("下一任执行主席".to_owned()));
        } else if today < row.until_day {
            let says = format!("你是{}当值执行主席", row.name);
            tasks.push(Task::new(false, says, format!("轮值到{}", chinese_day(last)), DUTY.to_owned()));
        }
    }
    Ok(tasks)
}
