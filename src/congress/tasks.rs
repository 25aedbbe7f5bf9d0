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
    rulebook::governing,
    rules::{Plan, yearly::year_after},
    text::chinese_day,
};

/// How long before the time without a congress is over its preparation is called for.
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

/// Steps that are late, and unions that are due for a congress.
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
    tasks.extend(due_congresses(connection, person, office, &congresses, today).await?);
    Ok(tasks)
}

/// After how many years a union has a congress again by the plan; none where it does not say.
fn years_between(plan: &Plan, of_college: bool) -> Option<u32> {
    let figures = &plan.figures;
    if of_college {
        return figures.college_congress.as_ref().map(|said| said.value.times.every);
    }
    figures.school_congress.as_ref().map(|said| said.value.every)
}

/// Unions whose time without a congress is nearly over (CON-01, CON-02).
async fn due_congresses(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    congresses: &[&Congress],
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let of_college = office.kind == OfficeKind::CollegeLeague;
    let governing = governing(connection, person.institution, today).await?;
    let Some(every) = governing.and_then(|governing| years_between(&governing.plan, of_college)) else {
        return Ok(Vec::new());
    };
    let mut tasks = Vec::new();
    let unions = sqlx::query!(
        r#"select u.id as "id: UnionId", union_name(u.kind, c.name) as "name!"
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and u.opened_on is not null
                 and case when $2 then u.kind = 'school' else u.college_id = $3 end
           order by u.kind"#,
        person.institution.0,
        !of_college,
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
            Some(last) => {
                let due = (0..every).fold(last, |day, _| year_after(day));
                if due > today + AHEAD {
                    continue;
                }
                let says = format!("筹备{}的大会", union.name);
                let more = format!("上一次{}", chinese_day(last));
                tasks.push(Task::new(due < today, says, more, NEW.to_owned()).due(Some(due)));
            }
        }
    }
    Ok(tasks)
}
