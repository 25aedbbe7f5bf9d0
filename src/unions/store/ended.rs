//! SQL of ends of posts, turns and departments that can be taken back the same day.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::locked::{Act, Grounds, HistoryEntry, LockedUnion, note};
use crate::{
    failure::Failure,
    ids::{DepartmentId, PostId, StudentId, TurnId, UnionId},
    rules::appointment::Appointment,
    unions::union::{Department, PostRow},
};

/// An end of a post that can be taken back.
#[derive(Debug)]
pub struct UndoableEnd {
    /// The first day on which the post was to be held no more before it was ended; none while its term was open.
    pub was_until: Option<Date>,
}

/// Keeps what the term of a post was before it was ended, so that the end can be taken back the same day; `row` is the post
/// before it was ended.
pub async fn allow_undoing(
    connection: &mut PgConnection,
    union: &LockedUnion,
    row: &PostRow,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!("delete from ended_post where at < $1::timestamptz - interval '2 days'", now)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into ended_post (post_id, was_until, until_day, at)
         select id, $2::date, until_day, $3 from post where id = $1 and union_id = $4 and until_day is not null
         on conflict (post_id) do update set was_until = excluded.was_until, until_day = excluded.until_day,
                                             at = excluded.at",
        row.id.0,
        row.until_day,
        now,
        union.id().0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps until when a confirmed turn was to last, before it is made to end on another day, so that this can be taken back the
/// same day.
pub async fn allow_turn_undoing(
    connection: &mut PgConnection,
    union: &LockedUnion,
    turn: TurnId,
    until_day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!("delete from ended_turn where at < $1::timestamptz - interval '2 days'", now)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into ended_turn (turn_id, was_until, until_day, at)
         select id, until_day, $2::date, $3 from turn
         where id = $1 and union_id = $4 and state = 'confirmed' and until_day > $2
         on conflict (turn_id) do update set was_until = excluded.was_until, until_day = excluded.until_day,
                                             at = excluded.at",
        turn.0,
        until_day,
        now,
        union.id().0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The end of a post that can be taken back today; none where it was not ended today, or the person has left the university.
pub async fn undoable_end(
    connection: &mut PgConnection,
    union: UnionId,
    post: PostId,
    today: Date,
) -> Result<Option<UndoableEnd>, Failure> {
    let row = sqlx::query_as!(
        UndoableEnd,
        "select e.was_until from ended_post e join post p on p.id = e.post_id
         where e.post_id = $1 and p.union_id = $2 and p.voided_at is null and p.until_day = e.until_day
               and china_day(e.at) = $3
               and not exists (select from student s where s.id = p.student_id and s.left_on is not null)",
        post.0,
        union.0,
        today
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lets a post go on whose end was a mistake, as the rule has passed it; `false` where it cannot be taken back any more.
pub async fn take_back_end(
    connection: &mut PgConnection,
    union: &LockedUnion,
    post: PostId,
    restored: &Appointment,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with back as (delete from ended_post where post_id = $1 returning was_until, until_day)
         update post set until_day = back.was_until from back
         where post.id = $1 and post.union_id = $2 and post.voided_at is null and post.until_day = back.until_day",
        post.0,
        union.id().0
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let entry = HistoryEntry::new(Act::Restored).post(post).says("离任办错，继续任职").on(grounds);
    note(connection, union, entry.warned(restored.warned()), now).await?;
    Ok(true)
}

/// Keeps what a department and its posts were before it ends on a day, so that this can be taken back the same day.
pub(super) async fn allow_department_undoing(
    connection: &mut PgConnection,
    union: &LockedUnion,
    department: DepartmentId,
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with posts as (delete from ended_post where at < $1::timestamptz - interval '2 days')
         delete from ended_department where at < $1::timestamptz - interval '2 days'",
        now
    )
    .execute(&mut *connection)
    .await?;
    // The end itself is one more act.
    sqlx::query!(
        "insert into ended_department (department_id, was_until, until_day, at, acts)
         select d.id, d.until_day, greatest(d.from_day, $2::date), $3,
                1 + (select count(*) from union_fact f where f.union_id = d.union_id)
         from department d where d.id = $1 and d.union_id = $4 and (d.until_day is null or d.until_day > $2)
         on conflict (department_id) do update set was_until = excluded.was_until, until_day = excluded.until_day,
                                                   at = excluded.at, acts = excluded.acts",
        department.0,
        day,
        now,
        union.id().0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into ended_post (post_id, was_until, until_day, at)
         select id, until_day, greatest(from_day, $2::date), $3 from post
         where department_id = $1 and union_id = $4 and voided_at is null and (until_day is null or until_day > $2)
         on conflict (post_id) do update set was_until = excluded.was_until, until_day = excluded.until_day,
                                             at = excluded.at",
        department.0,
        day,
        now,
        union.id().0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The departments of a union whose end can be taken back today: nothing has been done about the union since, so that it is
/// again what it was.
pub async fn undoable_departments(
    connection: &mut PgConnection,
    union: UnionId,
    today: Date,
) -> Result<Vec<DepartmentId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select e.department_id as "department: DepartmentId"
           from ended_department e join department d on d.id = e.department_id
           where d.union_id = $1 and d.until_day = e.until_day and china_day(e.at) = $2
                 and e.acts = (select count(*) from union_fact f where f.union_id = d.union_id)
           order by d.name"#,
        union.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Lets a department go on whose end was a mistake, and the posts that ended with it. Gives who holds them; none where it
/// cannot be taken back any more.
pub async fn take_back_department_end(
    connection: &mut PgConnection,
    union: &LockedUnion,
    department: &Department,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<Option<Vec<StudentId>>, Failure> {
    let ended = sqlx::query_scalar!(
        r#"with back as (delete from ended_department where department_id = $1 returning was_until, until_day, at)
           update department d set until_day = back.was_until from back
           where d.id = $1 and d.union_id = $2 and d.until_day = back.until_day returning back.at as "at!""#,
        department.id.0,
        union.id().0
    );
    let Some(ended) = ended.fetch_optional(&mut *connection).await? else { return Ok(None) };
    // Whoever left the university meanwhile holds nothing any more, and nobody leaves while this is done.
    let holders = sqlx::query_scalar!(
        r#"with here as (
               select s.id from student s
               where s.left_on is null and s.id in (
                   select p.student_id from post p join ended_post e on e.post_id = p.id
                   where p.department_id = $1 and e.at = $2)
               order by s.id for share
           )
           update post p set until_day = e.was_until from ended_post e cross join here h
           where p.department_id = $1 and e.post_id = p.id and e.at = $2 and p.voided_at is null
                 and p.until_day = e.until_day and h.id = p.student_id
           returning p.student_id as "student: StudentId""#,
        department.id.0,
        ended
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from ended_post e using post p where p.id = e.post_id and p.department_id = $1 and e.at = $2",
        department.id.0,
        ended
    )
    .execute(&mut *connection)
    .await?;
    let says = format!("撤销{}是误办，照原来的继续，{} 个岗位同时恢复", department.name, holders.len());
    let entry = HistoryEntry::new(Act::DepartmentChanged).department(department.id).says(says).on(grounds);
    note(connection, union, entry, now).await?;
    Ok(Some(holders))
}
