//! Departments: set up, changed, registered as they are, ended.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    ended::allow_department_undoing,
    locked::{Act, Grounds, HistoryEntry, LockedUnion, note},
};
use crate::{
    failure::Failure,
    ids::DepartmentId,
    rules::{structure::Establishment, timeline::Unit},
    unions::union::Department,
};

/// Sets up a department that the rule has passed.
pub async fn establish(
    connection: &mut PgConnection,
    union: &LockedUnion,
    establishment: &Establishment,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<DepartmentId, Failure> {
    let id = insert_department(connection, union, establishment.unit()).await?;
    let entry = HistoryEntry::new(Act::Department)
        .department(id)
        .from(establishment.unit().from)
        .says(format!("设立{}", establishment.unit().name))
        .on(grounds)
        .warned(establishment.warned());
    note(connection, union, entry, now).await?;
    Ok(id)
}

async fn insert_department(
    connection: &mut PgConnection,
    union: &LockedUnion,
    unit: &Unit,
) -> Result<DepartmentId, Failure> {
    let id = DepartmentId::random();
    sqlx::query!(
        "insert into department (id, union_id, name, functions, ruling, from_day, until_day)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        union.id().0,
        unit.name,
        unit.functions,
        unit.ruling,
        unit.from,
        unit.until
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Changes a department's name, functions or ruling, as the rule has passed; what it was stays in the note.
pub async fn change_department(
    connection: &mut PgConnection,
    union: &LockedUnion,
    department: &Department,
    establishment: &Establishment,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let unit = establishment.unit();
    sqlx::query!(
        "update department set name = $3, functions = $4, ruling = $5, changed_on = china_day($6)
         where id = $1 and union_id = $2",
        department.id.0,
        union.id().0,
        unit.name,
        unit.functions,
        unit.ruling,
        now
    )
    .execute(&mut *connection)
    .await?;
    let says = match (department.name == unit.name, department.functions.is_empty()) {
        (false, _) => format!("{}更名为{}，职能“{}”", department.name, unit.name, unit.functions),
        (true, true) => format!("{}登记职能“{}”", unit.name, unit.functions),
        (true, false) => format!("{}的职能由“{}”改为“{}”", unit.name, department.functions, unit.functions),
    };
    let entry = HistoryEntry::new(Act::DepartmentChanged)
        .department(department.id)
        .says(says)
        .on(grounds)
        .warned(establishment.warned());
    note(connection, union, entry, now).await
}

/// Ends a department and, on the same day, the posts in it. Gives how many posts; none where it has ended by then.
pub async fn end_department(
    connection: &mut PgConnection,
    union: &LockedUnion,
    department: &Department,
    day: Date,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<Option<i64>, Failure> {
    allow_department_undoing(connection, union, department.id, day, now).await?;
    let done = sqlx::query!(
        r#"with ended as (
               update department set until_day = greatest(from_day, $3)
               where id = $1 and union_id = $2 and (until_day is null or until_day > $3) returning id
           ), posts as (
               update post p set until_day = greatest(p.from_day, $3) from ended e
               where p.department_id = e.id and p.voided_at is null and (p.until_day is null or p.until_day > $3)
               returning p.id
           )
           select (select count(*) from ended) as "ended!", (select count(*) from posts) as "posts!""#,
        department.id.0,
        union.id().0,
        day
    )
    .fetch_one(&mut *connection)
    .await?;
    if done.ended == 0 {
        return Ok(None);
    }
    let says = format!("撤销{}，{} 个岗位同日结束", department.name, done.posts);
    let entry = HistoryEntry::new(Act::DepartmentEnded).department(department.id).from(day).says(says).on(grounds);
    note(connection, union, entry, now).await?;
    Ok(Some(done.posts))
}

pub(super) async fn begin_departments(
    connection: &mut PgConnection,
    union: &LockedUnion,
    names: &[&str],
    day: Date,
) -> Result<(), Failure> {
    for name in names {
        let unit = Unit {
            name: (*name).to_owned(),
            functions: String::new(),
            ruling: None,
            changed: None,
            from: day,
            until: None,
        };
        insert_department(connection, union, &unit).await?;
    }
    Ok(())
}

/// Enters what a department does before its union comes under the rules: as it is, not as it may be.
pub async fn register_functions(
    connection: &mut PgConnection,
    union: &LockedUnion,
    department: &Department,
    unit: &Unit,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update department set name = $3, functions = $4, ruling = $5 where id = $1 and union_id = $2",
        department.id.0,
        union.id().0,
        unit.name,
        unit.functions,
        unit.ruling
    )
    .execute(&mut *connection)
    .await?;
    let says = format!("{}登记职能“{}”", unit.name, unit.functions);
    let entry = HistoryEntry::new(Act::DepartmentChanged).department(department.id).says(says).on(grounds);
    note(connection, union, entry, now).await
}
