//! What waits about conduct: cases for the next act of the office that handles them, exits for the office that manages the
//! union, a handover for whoever leaves.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    ConductHandler,
    case::{ConductCase, Handler},
    exits_store, lapses_store,
    paths::{CASES, EXITS, LEAVING},
    store::{self, CaseFilter},
    terms::terms,
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    office::{Office, OfficeKind, UnionKeeper},
    page::task::Task,
    unions::store::of_college,
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
    tasks.extend(own_cases(connection, person, now.date()).await?);
    Ok(tasks)
}

/// For an office.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if ConductHandler::KINDS.contains(&office.kind) {
        let row = sqlx::query!(
            r#"select count(*) as "open!", min(q.due_on) as due from conduct_case q
               where q.institution_id = $1 and q.handler = $2 and q.due_on is not null
                     and q.student_id is distinct from $3
                     and not exists (
                         select from post mine join post theirs on theirs.union_id = mine.union_id
                         where mine.student_id = $3 and theirs.student_id = q.student_id
                               and mine.voided_at is null and theirs.voided_at is null
                               and coalesce(mine.until_day > china_day(q.reported_at) - $4::integer, true)
                               and coalesce(theirs.until_day > china_day(q.reported_at) - $4::integer, true))"#,
            person.institution.0,
            Handler::of(office.kind).slug(),
            person.student.map(|id| id.0),
            exits_store::REPORTED_WITHIN
        )
        .fetch_one(&mut *connection)
        .await?;
        if let Some(due) = row.due {
            let says = format!("办理 {} 件违纪失范反映", row.open);
            tasks.push(Task::new(due < today, says, String::new(), CASES.to_owned()).due(Some(due)));
        }
    }
    if UnionKeeper::KINDS.contains(&office.kind) {
        let college = (office.kind == OfficeKind::CollegeLeague).then_some(office.college).flatten();
        let row = sqlx::query!(
            r#"select count(*) filter (where e.stage = 'asked') as "asked!",
                      count(*) filter (where e.stage = 'handing_over') as "open!",
                      min(e.handover_due) filter (where e.stage = 'handing_over') as due
               from union_exit e join student_union u on u.id = e.union_id
               where u.institution_id = $1 and ($2::uuid is null or u.college_id = $2)
                     and e.stage in ('asked', 'handing_over') and e.student_id is distinct from $3"#,
            person.institution.0,
            college.map(|id| id.0),
            person.student.map(|id| id.0)
        )
        .fetch_one(&mut *connection)
        .await?;
        if row.asked > 0 {
            tasks.push(Task::new(false, format!("办理 {} 人的离任申请", row.asked), String::new(), EXITS.to_owned()));
        }
        if let Some(due) = row.due {
            let says = format!("确认 {} 人的工作交接", row.open);
            tasks.push(Task::new(due < today, says, String::new(), EXITS.to_owned()).due(Some(due)));
        }
        let row = sqlx::query!(
            r#"select count(*) as "open!", min(l.decide_by) as due
               from lapse l join student_union u on u.id = l.union_id
               where u.institution_id = $1 and ($2::uuid is null or u.college_id = $2) and l.stage = 'open'
                     and l.student_id is distinct from $3"#,
            person.institution.0,
            college.map(|id| id.0),
            person.student.map(|id| id.0)
        )
        .fetch_one(&mut *connection)
        .await?;
        if let Some(due) = row.due {
            let says = format!("{} 人不再符合任职条件，决定去留", row.open);
            tasks.push(Task::new(due < today, says, String::new(), EXITS.to_owned()).due(Some(due)));
        }
        let times = terms(connection, person.institution).await?.failed_reviews;
        let mut failing = lapses_store::failing(connection, person.institution, times, today).await?;
        let mut left = exits_store::left(connection, person.institution, None, today).await?;
        if let Some(college) = college {
            let own = of_college(connection, college).await?;
            failing.retain(|one| own.contains(&one.union));
            left.retain(|one| own.contains(&one.union));
        }
        if !left.is_empty() {
            let says = format!("{} 人已离任，还没有办理交接", left.len());
            tasks.push(Task::new(false, says, String::new(), EXITS.to_owned()));
        }
        if !failing.is_empty() {
            let says = format!("{} 人述职评议不合格，办理退出", failing.len());
            tasks.push(Task::new(false, says, format!("满 {times} 次"), EXITS.to_owned()));
        }
    }
    Ok(tasks)
}

/// For whoever leaves.
async fn own(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let Some(student) = person.student else { return Ok(None) };
    let due = sqlx::query_scalar!(
        "select min(handover_due) from union_exit where student_id = $1 and stage = 'handing_over' and handover is null",
        student.0
    )
    .fetch_one(connection)
    .await?;
    let task = |due: Date| {
        let more = "写明交接的工作、资料、物品和账目".to_owned();
        Task::new(due < today, "办理工作交接".to_owned(), more, LEAVING.to_owned()).due(Some(due))
    };
    Ok(due.map(task))
}

/// For whom a decision is about: the days on which they may object are few, and end for good.
async fn own_cases(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Vec<Task>, Failure> {
    let Some(student) = person.student else { return Ok(Vec::new()) };
    let cases = store::cases(connection, person.institution, CaseFilter::all_about(student)).await?;
    let open = cases.into_iter().filter(|case| case.may_be_objected(&today));
    let task = |case: ConductCase| {
        let more = "有异议的，这一天以前（含当天）提出".to_owned();
        Task::new(true, "看有关你的办理结果".to_owned(), more, case.id.own_path()).due(case.objection_until)
    };
    Ok(open.map(task).collect())
}
