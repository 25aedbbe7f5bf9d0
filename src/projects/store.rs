//! SQL of projects and volunteers.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::project::{NeededMatter, Project, ProjectTask, Stage, Volunteer};
use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, MatterId, ProjectId, ProjectTaskId, StudentId, UnionId, VolunteerHoursId, VolunteerId},
    rules::projects::{Engaged, Recruits, Works},
};

#[derive(Debug, Default, Clone)]
pub(super) struct ProjectFilter {
    pub one: Option<ProjectId>,
    pub unions: Option<Vec<Uuid>>,
    /// Those for which one may volunteer on that day.
    pub open_on: Option<Date>,
}

struct Row {
    id: ProjectId,
    union: UnionId,
    union_name: String,
    title: String,
    necessity: String,
    place: String,
    starts_on: Date,
    ends_on: Date,
    stage: String,
    report: Option<String>,
    reported_at: Option<OffsetDateTime>,
    received_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    summary: Option<String>,
    engaged: i64,
    places: i64,
}

impl TryFrom<Row> for Project {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id,
            union: row.union,
            union_name: row.union_name,
            title: row.title,
            necessity: row.necessity,
            place: row.place,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            stage: row.stage.parse()?,
            report: row.report,
            reported_at: row.reported_at,
            received_at: row.received_at,
            closed_at: row.closed_at,
            summary: row.summary,
            engaged: row.engaged,
            places: row.places,
        })
    }
}

/// Projects: the open ones by their last day, then the closed ones, the newest first; at most 300.
pub(super) async fn projects(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ProjectFilter,
) -> Result<Vec<Project>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id as "id: ProjectId", p.union_id as "union: UnionId", union_name(u.kind, c.name) as "union_name!",
                  p.title, p.necessity, p.place, p.starts_on, p.ends_on, p.stage, p.report, p.reported_at, p.received_at,
                  p.closed_at, p.summary,
                  (select count(*) from volunteer v where v.project_id = p.id and v.until_at is null) as "engaged!",
                  (select coalesce(sum(t.places), 0) from project_task t where t.project_id = p.id) as "places!"
           from project p join student_union u on u.id = p.union_id left join college c on c.id = u.college_id
           where u.institution_id = $1 and ($2::uuid is null or p.id = $2)
                 and ($3::uuid[] is null or p.union_id = any($3))
                 and ($4::date is null or p.stage = 'recruiting' and p.ends_on >= $4)
           order by p.stage = 'closed', case when p.stage <> 'closed' then p.ends_on end, p.ends_on desc, p.id limit 300"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.unions.as_deref(),
        filter.open_on
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Project::try_from).collect::<anyhow::Result<_>>()?)
}

/// One project of a university.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ProjectId,
) -> Result<Project, Failure> {
    let filter = ProjectFilter { one: Some(id), ..ProjectFilter::default() };
    projects(connection, institution, filter).await?.pop().ok_or(Failure::Missing)
}

/// Locks a project; the caller judges who may act on it.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ProjectId,
) -> Result<Locked<Project>, Failure> {
    sqlx::query!("select id from project where id = $1 for update", id.0).fetch_optional(&mut *connection).await?;
    find(connection, institution, id).await.map(Locked::new)
}

/// The tasks of a project.
pub(super) async fn tasks(connection: &mut PgConnection, id: ProjectId) -> Result<Vec<ProjectTask>, Failure> {
    let rows = sqlx::query_as!(
        ProjectTask,
        r#"select t.id as "id: ProjectTaskId", t.title, t.places::bigint as "places!",
                  (select count(*) from volunteer v where v.task_id = t.id and not v.withdrew) as "taken!"
           from project_task t where t.project_id = $1 order by t.title"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A task about to be set: what is done, and by how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    pub title: String,
    pub places: i32,
}

/// A project about to be made.
#[derive(Debug, Clone)]
pub struct NewProject {
    pub title: String,
    pub necessity: String,
    pub place: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub tasks: Vec<NewTask>,
}

/// Makes a project of a union.
pub(super) async fn draft(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: UnionId,
    new: &NewProject,
    now: OffsetDateTime,
) -> Result<ProjectId, Failure> {
    let id = ProjectId::random();
    sqlx::query!(
        "insert into project (id, union_id, title, necessity, place, starts_on, ends_on, stage, made_at, made_by)
         values ($1, $2, $3, $4, $5, $6, $7, 'drafted', $8, $9)",
        id.0,
        union.0,
        new.title,
        new.necessity,
        new.place,
        new.starts_on,
        new.ends_on,
        now,
        person.account.0
    )
    .execute(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = new.tasks.iter().map(|_| ProjectTaskId::random().0).collect();
    let titles: Vec<String> = new.tasks.iter().map(|task| task.title.clone()).collect();
    let places: Vec<i32> = new.tasks.iter().map(|task| task.places).collect();
    sqlx::query!(
        "insert into project_task (id, project_id, title, places)
         select t.id, $1, t.title, t.places from unnest($2::uuid[], $3::text[], $4::integer[]) as t(id, title, places)",
        id.0,
        &ids,
        &titles,
        &places
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Hands the prior report in; again until it is received.
pub(super) async fn report(
    connection: &mut PgConnection,
    project: &Locked<Project>,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update project set stage = 'reported', report = $2, reported_at = $3 where id = $1 and stage in ('drafted', 'reported')",
        project.id.0,
        says,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The controlled matters of a project's union that are open, and those that it needs; the newest first, at most 100.
pub(super) async fn matters(connection: &mut PgConnection, id: ProjectId) -> Result<Vec<NeededMatter>, Failure> {
    let rows = sqlx::query!(
        r#"select q.id as "id: MatterId", q.kind, q.number, q.title, q.stage, n.matter_id is not null as "needed!"
           from project p join matter q on q.union_id = p.union_id
                left join project_matter n on n.project_id = p.id and n.matter_id = q.id
           where p.id = $1 and (n.matter_id is not null or q.stage in ('asked', 'returned', 'approved', 'begun'))
           order by n.matter_id is null, q.number desc limit 100"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(NeededMatter {
            id: row.id,
            kind: row.kind.parse()?,
            number: row.number,
            title: row.title,
            stage: row.stage.parse()?,
            needed: row.needed,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Keeps which controlled matters a project needs, of its own union's.
pub(super) async fn need(
    connection: &mut PgConnection,
    project: &Locked<Project>,
    matters: &[MatterId],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = matters.iter().map(|id| id.0).collect();
    sqlx::query!("delete from project_matter where project_id = $1 and not matter_id = any($2)", project.id.0, &ids)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into project_matter (project_id, matter_id)
         select $1, q.id from matter q where q.id = any($2) and q.union_id = $3 on conflict do nothing",
        project.id.0,
        &ids,
        project.union.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that the League organisation received the report; `false` where there is none, or it was received before.
pub(super) async fn receive(
    connection: &mut PgConnection,
    person: &SignedIn,
    project: &Locked<Project>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update project set stage = 'received', received_at = $2, received_by = $3 where id = $1 and stage = 'reported'",
        project.id.0,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Begins to recruit, as the rule has passed; `false` where somebody was faster.
pub(super) async fn recruit(
    connection: &mut PgConnection,
    project: &Locked<Project>,
    _passed: Recruits,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update project set stage = 'recruiting', recruits_at = $2 where id = $1 and stage = 'received'",
        project.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Closes a project and with it every engagement; none where it was closed before.
pub(super) async fn close(
    connection: &mut PgConnection,
    person: &SignedIn,
    project: &Locked<Project>,
    summary: &str,
    now: OffsetDateTime,
) -> Result<Option<Vec<StudentId>>, Failure> {
    let done = sqlx::query!(
        "update project set stage = 'closed', closed_at = $2, closed_by = $3, summary = $4 where id = $1 and stage <> 'closed'",
        project.id.0,
        now,
        person.account.0,
        summary
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let released = sqlx::query_scalar!(
        r#"update volunteer set until_at = $2 where project_id = $1 and until_at is null
           returning student_id as "id: StudentId""#,
        project.id.0,
        now
    );
    Ok(Some(released.fetch_all(connection).await?))
}

/// What came of somebody's wish to volunteer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    Engaged,
    /// Nobody else can be taken for that task.
    Full,
    /// They volunteer for this project already.
    Before,
}

/// Takes a volunteer, as the rule has passed. The project is locked: the last place is given once.
pub(super) async fn join(
    connection: &mut PgConnection,
    project: &Locked<Project>,
    _passed: Engaged,
    student: StudentId,
    task: ProjectTaskId,
    now: OffsetDateTime,
) -> Result<Joined, Failure> {
    let tasks = tasks(connection, project.id).await?;
    let wanted = tasks.iter().find(|known| known.id == task).ok_or(Failure::Missing)?;
    if wanted.left() == 0 {
        return Ok(Joined::Full);
    }
    let done = sqlx::query!(
        "insert into volunteer (id, project_id, task_id, student_id, from_at) values ($1, $2, $3, $4, $5)
         on conflict (project_id, student_id) where not withdrew do nothing",
        VolunteerId::random().0,
        project.id.0,
        task.0,
        student.0,
        now
    );
    let taken = done.execute(connection).await?.rows_affected() == 1;
    Ok(if taken { Joined::Engaged } else { Joined::Before })
}

/// A volunteer withdraws; their place is free again.
pub(super) async fn leave(
    connection: &mut PgConnection,
    project: &Locked<Project>,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update volunteer set until_at = $3, withdrew = true
         where project_id = $1 and student_id = $2 and until_at is null",
        project.id.0,
        student.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct VolunteerFilter {
    pub one: Option<VolunteerId>,
    pub project: Option<ProjectId>,
    pub student: Option<StudentId>,
}

/// Volunteers: of a project by task and number, of a student the newest first.
pub(super) async fn volunteers(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: VolunteerFilter,
) -> Result<Vec<Volunteer>, Failure> {
    let rows = sqlx::query_as!(
        Volunteer,
        r#"select v.id as "id: VolunteerId", v.project_id as "project: ProjectId", p.title as project_title,
                  union_name(u.kind, c.name) as "union_name!", v.student_id as "student: StudentId", s.name, s.number,
                  k.name as class, t.title as task, v.from_at, v.until_at, v.withdrew,
                  coalesce((select sum(h.quarters) from volunteer_hours h where h.volunteer_id = v.id), 0) as "quarters!",
                  (select count(*) from volunteer_hours h where h.volunteer_id = v.id) as "days!",
                  (select min(h.on_day) from volunteer_hours h where h.volunteer_id = v.id) as first_day,
                  (select max(h.on_day) from volunteer_hours h where h.volunteer_id = v.id) as last_day
           from volunteer v join project p on p.id = v.project_id join student_union u on u.id = p.union_id
                left join college c on c.id = u.college_id join project_task t on t.id = v.task_id
                join student s on s.id = v.student_id join class k on k.id = s.class_id
           where u.institution_id = $1 and ($2::uuid is null or v.id = $2) and ($3::uuid is null or v.project_id = $3)
                 and ($4::uuid is null or v.student_id = $4)
           order by v.withdrew, case when $3::uuid is not null then t.title end, case when $3 is not null then s.number end,
                    v.from_at desc limit 2000"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.project.map(|id| id.0),
        filter.student.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Hours of one day, in quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewHours {
    pub volunteer: VolunteerId,
    pub quarters: i32,
}

/// Takes down the hours of a day; again they are put right. `false` where the project is closed or somebody is not of it.
pub(super) async fn note_hours(
    connection: &mut PgConnection,
    person: &SignedIn,
    project: &Locked<Project>,
    _passed: Works,
    day: Date,
    hours: &[NewHours],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if project.stage != Stage::Recruiting {
        return Ok(false);
    }
    let ids: Vec<Uuid> = hours.iter().map(|_| VolunteerHoursId::random().0).collect();
    let volunteers: Vec<Uuid> = hours.iter().map(|one| one.volunteer.0).collect();
    let quarters: Vec<i32> = hours.iter().map(|one| one.quarters).collect();
    let done = sqlx::query!(
        "insert into volunteer_hours (id, volunteer_id, on_day, quarters, at, by_account)
         select t.id, v.id, $2, t.quarters, $3, $4
         from unnest($5::uuid[], $6::uuid[], $7::integer[]) as t(id, volunteer, quarters)
              join volunteer v on v.id = t.volunteer and v.project_id = $1 and not v.withdrew
         on conflict (volunteer_id, on_day) do update set quarters = excluded.quarters, at = $3, by_account = $4",
        project.id.0,
        day,
        now,
        person.account.0,
        &ids,
        &volunteers,
        &quarters
    );
    Ok(done.execute(connection).await?.rows_affected() == u64::try_from(hours.len()).unwrap_or(u64::MAX))
}
