//! What congresses ask of those who keep them.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    CongressKeeper, CongressReader, DelegateReader,
    congress::Congress,
    delegates, meeting,
    paths::{NEW, REGISTER},
    proposals, result,
    section::Progress,
    steps,
    store::{self, CongressFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::UnionId,
    office::{Office, OfficeKind},
    page::task::Task,
    rules::yearly::year_after,
    text::chinese_day,
};

/// How long before a year without a congress is over its preparation is called for.
const AHEAD: Duration = Duration::days(90);

/// Everything of congresses that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = Vec::new();
    let mut congresses = Vec::new();
    if let Some(office) = &person.acting {
        if CongressReader::KINDS.contains(&office.kind) {
            congresses = store::list(connection, person.institution, CongressFilter::default()).await?;
        }
        tasks.extend(of_office(connection, person, office, &congresses, today).await?);
        if !congresses.is_empty() {
            tasks.extend(result::tasks::waiting(connection, person, office, &congresses, today).await?);
            tasks.extend(proposals::tasks::waiting(connection, person, office, &congresses, today).await?);
        }
        if DelegateReader::KINDS.contains(&office.kind) {
            tasks.extend(delegates::tasks::waiting(connection, person, office, today).await?);
        }
    }
    if person.student.is_none() {
        tasks.extend(proposals::tasks::answering(connection, person, today).await?);
    }
    tasks.extend(meeting::tasks::waiting(connection, person, &congresses, today).await?);
    if let Some(student) = person.student {
        tasks.extend(proposals::tasks::own(connection, person, student).await?);
    }
    Ok(tasks)
}

/// Steps that are late, and unions whose year is nearly over without a congress.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    all: &[Congress],
    today: Date,
) -> Result<Vec<Task>, Failure> {
    if !CongressKeeper::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let mut tasks = Vec::new();
    let congresses: Vec<&Congress> = all.iter().filter(|congress| congress.is_kept_by(office)).collect();
    for congress in congresses.iter().filter(|congress| congress.stage.is_under_way()) {
        let steps = steps::store::steps(connection, congress).await?;
        let late: Vec<_> = steps.iter().filter(|step| step.progress(today) == Progress::Late).collect();
        let next = steps.iter().find(|step| step.done_on.is_none());
        let title = congress.short_title();
        if let [first, ..] = late.as_slice() {
            let says = format!("{title}：{}", first.step.label());
            let more = format!("逾期 {} 项", late.len());
            tasks.push(Task::new(true, says, more, congress.id.steps_path()).due(first.due));
        } else if let Some((next, due)) = next.and_then(|next| next.due.map(|due| (next, due)))
            && due <= today + Duration::days(14)
        {
            let says = format!("{title}：{}", next.step.label());
            let by = next.step.by(congress.kind).to_owned();
            tasks.push(Task::new(false, says, by, congress.id.steps_path()).due(Some(due)));
        }
    }
    let unions = sqlx::query!(
        r#"select u.id as "id: UnionId", union_name(u.kind, c.name) as "name!"
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and u.opened_on is not null
                 and case when $2 then u.kind = 'school' else u.college_id = $3 end
           order by u.kind"#,
        person.institution.0,
        office.kind != OfficeKind::CollegeLeague,
        office.college.map(|id| id.0)
    );
    for union in unions.fetch_all(connection).await? {
        let own = || congresses.iter().filter(|congress| congress.union == union.id);
        if own().any(|congress| congress.stage.is_under_way()) {
            continue;
        }
        match own().filter_map(|congress| congress.held_on).max() {
            None => {
                let says = format!("登记{}最近一次大会", union.name);
                tasks.push(Task::new(false, says, "没有以往大会的记录".to_owned(), REGISTER.to_owned()));
            }
            Some(last) if year_after(last) <= today + AHEAD => {
                let due = year_after(last);
                let says = format!("筹备{}的大会", union.name);
                let more = format!("上一次{}", chinese_day(last));
                tasks.push(Task::new(due < today, says, more, NEW.to_owned()).due(Some(due)));
            }
            Some(_) => {}
        }
    }
    Ok(tasks)
}
