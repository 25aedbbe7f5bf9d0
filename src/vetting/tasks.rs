//! Candidates who wait for an office, and what waits for candidates themselves.

use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;

use super::{
    Vetter,
    chain_office::ChainOffice,
    paths,
    store::{self, WaitingCount, WaitingFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::{CaseId, RoundId, StudentId},
    office::{Office, UnionKeeper},
    page::task::Task,
    rules::chain::Chain,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = person.acting.as_ref().filter(|office| Vetter::KINDS.contains(&office.kind)) {
        tasks.extend(of_office(connection, person, office, now).await?);
    }
    if let Some(student) = person.student {
        tasks.extend(applications(connection, student).await?);
    }
    Ok(tasks)
}

/// Candidates who wait for an office, those of offices below who are late, and rounds whose chosen wait to be settled.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let chain_office = ChainOffice::of_office(connection, person.institution, office).await?;
    let any = WaitingFilter::first();
    let first = store::waiting(connection, &chain_office, &any).await?;
    let mut tasks = Vec::new();
    if let Some(first) = first.first() {
        let WaitingCount { all, late } = store::count_waiting(connection, &chain_office, &any, today).await?;
        let more = if late > 0 { format!("其中 {late} 件已逾期") } else { String::new() };
        let task = Task::new(late > 0, format!("办理 {all} 件遴选"), more, paths::WORK.to_owned());
        let earliest = sqlx::query!(
            "select s.name, c.due_on from vetting_case c join student s on s.id = c.student_id where c.id = $1",
            first.0
        )
        .fetch_one(&mut *connection)
        .await?;
        let name = earliest.name;
        let who = if all > 1 { format!("{name}等 {all} 名候选人") } else { format!("候选人{name}") };
        tasks.push(task.due(earliest.due_on).awaited_by(who));
    }
    let overdue = store::overdue(connection, &chain_office, today).await?;
    let below: i64 = overdue.iter().map(|late| late.cases).sum();
    if below > 0 {
        let bodies = overdue.first().map(|late| format!("{}{}", late.college, late.bodies)).unwrap_or_default();
        let more = if overdue.len() > 1 { format!("在{bodies}等处") } else { format!("在{bodies}") };
        let task = Task::new(true, format!("下级有 {below} 件遴选逾期未办"), more, paths::WORK.to_owned());
        tasks.push(task.due(overdue.iter().map(|late| late.since).min()));
    }
    let stuck: i64 = store::unstaffed(connection, &chain_office, now).await?.iter().map(|stuck| stuck.cases).sum();
    if stuck > 0 {
        let says = format!("有 {stuck} 件遴选停在没有人办理的单位");
        tasks.push(Task::new(true, says, "无人任职，或账号未激活".to_owned(), paths::WORK.to_owned()));
    }
    if UnionKeeper::KINDS.contains(&office.kind) {
        let rows = sqlx::query!(
            r#"select r.id as "id: RoundId", r.title, count(*) as "open!"
               from vetting_objection o join vetting_case c on c.id = o.case_id join vetting_round r on r.id = c.round_id
                    join student_union u on u.id = r.union_id
               where r.institution_id = $1 and o.upheld is null
                     and case when $2::uuid is null then u.college_id is null else u.college_id = $2 end
               group by r.id order by min(o.at)"#,
            person.institution.0,
            office.college.map(|id| id.0)
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in rows {
            let says = format!("核实{}公示期间的 {} 件反映", row.title, row.open);
            tasks.push(Task::new(true, says, String::new(), row.id.objections_path()));
        }
        tasks.extend(untold(&mut *connection, person, office).await?);
        let rows = sqlx::query!(
            r#"select r.id as "id: RoundId", r.title, r.places, count(*) as "passed!",
                      count(*) filter (where r.notice_days > 0 and c.notice_until is null) as "unshown!",
                      r.closes_on < $3 as "closed!"
               from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
               where r.institution_id = $1 and c.stage = 'passed' and r.ended_at is null
                     and (c.notice_until is null or c.notice_until < $3)
                     and case when $2::uuid is null then u.college_id is null else u.college_id = $2 end
               group by r.id order by r.effective_on"#,
            person.institution.0,
            office.college.map(|id| id.0),
            today
        )
        .fetch_all(connection)
        .await?;
        // What is to be put on notice waits until nobody can apply any more.
        for row in rows.into_iter().filter(|row| row.unshown == 0 || row.closed) {
            let (says, href) = match (row.unshown, row.places.as_str()) {
                (1.., _) => (format!("公示{}的 {} 人", row.title, row.unshown), row.id.path()),
                (_, "presidium") => {
                    (format!("把{}的 {} 人列入候选人名单", row.title, row.passed), row.id.outcome_path())
                }
                _ => (format!("任命{}的 {} 人", row.title, row.passed), row.id.outcome_path()),
            };
            tasks.push(Task::new(false, says, "已通过全部环节".to_owned(), href));
        }
    }
    Ok(tasks)
}

/// Rounds in which cases have come to a step that is no opinion, and nobody has said that it was taken.
async fn untold(connection: &mut PgConnection, person: &SignedIn, office: &Held) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RoundId", r.title, r.chain as "chain: Json<Chain>", c.furthest as "furthest!"
           from vetting_round r join student_union u on u.id = r.union_id
                cross join lateral (
                    select max(case c.stage when 'at' then c.step else jsonb_array_length(r.chain -> 'links') end) as furthest
                    from vetting_case c where c.round_id = r.id and c.stage in ('at', 'passed')
                ) c
           where r.institution_id = $1 and r.ended_at is null and c.furthest is not null
                 and jsonb_array_length(coalesce(r.chain -> 'others', '[]'::jsonb)) > 0
                 and case when $2::uuid is null then u.college_id is null else u.college_id = $2 end
           order by r.closes_on"#,
        person.institution.0,
        office.college.map(|id| id.0)
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows {
        let chain = row.chain.0;
        for (place, candidates) in store::own_steps_due(connection, row.id, &chain).await? {
            let step = chain.others.get(place).map_or("", |other| other.says.as_str());
            let says = format!("登记{}的“{step}”：{candidates} 人", row.title);
            tasks.push(Task::new(false, says, "逐人登记，办完一人登记一人".to_owned(), row.id.own_step_path(place)));
        }
        if let Some(other) = chain.round_waits_for(usize::try_from(row.furthest).unwrap_or(0)) {
            let says = format!("登记{}的“{}”", row.title, other.says);
            tasks.push(Task::new(false, says, "候选人须等这一环节办完".to_owned(), row.id.steps_path()));
        }
    }
    Ok(tasks)
}

/// Cases that wait for the student themself.
async fn applications(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", c.stage, r.title, r.closes_on, c.prepared_office
           from vetting_case c join vetting_round r on r.id = c.round_id
           where c.student_id = $1 and c.stage in ('invited', 'returned') and r.ended_at is null order by c.created_at"#,
        student.0
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows {
        let href = row.id.application_path();
        tasks.push(if row.stage == "returned" {
            Task::new(true, format!("修改并再次提交：{}", row.title), "已被退回".to_owned(), href)
        } else {
            let by = row.prepared_office.unwrap_or_default();
            let task = Task::new(true, format!("确认推荐：{}", row.title), format!("{by}推荐"), href);
            task.due(Some(row.closes_on)).awaited_by(by)
        });
    }
    Ok(tasks)
}
