//! SQL of the contact log and of the notes that students leave.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, OffsetDateTime};

use super::contact::{Contact, LinkedRequest, LogEntry, LogPoint, Note, OwnNote, Way, removable_since};
use crate::{
    auth::{person::SignedIn, store::in_turn},
    database::Locked,
    failure::Failure,
    ids::{
        AccountId, ClassId, ContactEntryId, ContactNoteId, ContactPointId, InstitutionId, StudentId, UnionId,
        VoiceRequestId,
    },
};

/// Notes of one person within a day.
pub(super) const NOTES_A_DAY: i64 = 5;

/// The request that came of a point, from its columns.
fn linked(
    id: Option<VoiceRequestId>,
    number: Option<i32>,
    stage: Option<&str>,
    reads: bool,
) -> anyhow::Result<Option<LinkedRequest>> {
    let (Some(id), Some(number), Some(stage)) = (id, number, stage) else { return Ok(None) };
    Ok(Some(LinkedRequest { id, number, stage: stage.parse()?, reads }))
}

/// Which entries of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogFilter {
    pub union: Option<UnionId>,
    pub class: Option<ClassId>,
    pub most: i64,
}

/// Entries of the log, the latest day first, with their points.
pub(super) async fn entries(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    filter: LogFilter,
) -> Result<Vec<LogEntry>, Failure> {
    let rows = sqlx::query!(
        r#"select e.id as "id: ContactEntryId", k.name as class_name, union_name(u.kind, c.name) as "union_name!",
                  a.student_id as "student: StudentId", s.name, e.on_day, e.way, e.made_at
           from contact_entry e join contact_assignment a on a.id = e.assignment_id join class k on k.id = a.class_id
                join student s on s.id = a.student_id join student_union u on u.id = a.union_id
                left join college c on c.id = u.college_id
           where a.institution_id = $1 and ($2::uuid is null or a.union_id = $2) and ($3::uuid is null or a.class_id = $3)
           order by e.on_day desc, e.made_at desc, e.id limit $4"#,
        viewer.institution.0,
        filter.union.map(|id| id.0),
        filter.class.map(|id| id.0),
        filter.most
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut points = points(connection, viewer.account, &ids).await?;
    let mut read = Vec::new();
    for row in rows {
        read.push(LogEntry {
            points: points.remove(&row.id).unwrap_or_default(),
            id: row.id,
            class_name: row.class_name,
            union_name: row.union_name,
            student: row.student,
            name: row.name,
            on_day: row.on_day,
            way: row.way.parse()?,
            made_at: row.made_at,
        });
    }
    Ok(read)
}

/// The points of entries, each in its order.
async fn points(
    connection: &mut PgConnection,
    viewer: AccountId,
    entries: &[Uuid],
) -> Result<HashMap<ContactEntryId, Vec<LogPoint>>, Failure> {
    let rows = sqlx::query!(
        r#"select p.entry_id as "entry: ContactEntryId", p.id as "id: ContactPointId", p.says,
                  q.id as "request?: VoiceRequestId", q.number as "number?", q.stage as "stage?",
                  coalesce(q.is_public or q.account_id = $2, false) as "reads!"
           from contact_point p left join contact_request r on r.point_id = p.id
                left join voice_request q on q.id = r.request_id
           where p.entry_id = any($1) order by p.entry_id, p.place"#,
        entries,
        viewer.0
    )
    .fetch_all(connection)
    .await?;
    let mut points: HashMap<ContactEntryId, Vec<LogPoint>> = HashMap::new();
    for row in rows {
        let request = linked(row.request, row.number, row.stage.as_deref(), row.reads)?;
        points.entry(row.entry).or_default().push(LogPoint { id: row.id, says: row.says, request });
    }
    Ok(points)
}

/// How often a class was contacted in a month.
#[derive(Debug, Clone, Copy)]
pub(super) struct MonthCount {
    pub class: ClassId,
    /// Its first day.
    pub month: Date,
    pub count: i64,
}

/// How often classes were contacted in each month from a day on, by whichever union.
pub(super) async fn months(
    connection: &mut PgConnection,
    institution: InstitutionId,
    from: Date,
    today: Date,
) -> Result<Vec<MonthCount>, Failure> {
    let rows = sqlx::query_as!(
        MonthCount,
        r#"select a.class_id as "class: ClassId", date_trunc('month', e.on_day::timestamp)::date as "month!",
                  count(*) as "count!"
           from contact_entry e join contact_assignment a on a.id = e.assignment_id
           where a.institution_id = $1 and e.on_day >= $2 and e.on_day <= $3 group by 1, 2"#,
        institution.0,
        from,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An entry about to be logged.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub on_day: Date,
    pub way: Way,
    pub points: Vec<String>,
    /// The notes of students that were taken up.
    pub notes: Vec<ContactNoteId>,
}

/// Logs a contact: the notes that it took up come first among its points. A note that somebody else took up meanwhile is
/// theirs.
pub(super) async fn keep(
    connection: &mut PgConnection,
    contact: &Locked<Contact>,
    new: &NewEntry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let entry = ContactEntryId::random();
    sqlx::query!(
        "insert into contact_entry (id, assignment_id, on_day, way, made_at) values ($1, $2, $3, $4, $5)",
        entry.0,
        contact.id.0,
        new.on_day,
        new.way.slug(),
        now
    )
    .execute(&mut *connection)
    .await?;
    let notes: Vec<Uuid> = new.notes.iter().map(|id| id.0).collect();
    let open = sqlx::query!(
        "select id, says from contact_note where id = any($1) and class_id = $2 and point_id is null
         order by left_at, id for update",
        &notes,
        contact.class.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let from_notes = open.into_iter().map(|note| (Some(note.id), note.says));
    let points = from_notes.chain(new.points.iter().map(|says| (None, says.clone())));
    for (place, (note, says)) in (1_i16..).zip(points) {
        let point = ContactPointId::random();
        sqlx::query!(
            "insert into contact_point (id, entry_id, place, says) values ($1, $2, $3, $4)",
            point.0,
            entry.0,
            place,
            says
        )
        .execute(&mut *connection)
        .await?;
        if let Some(note) = note {
            sqlx::query!("update contact_note set point_id = $2 where id = $1", note, point.0)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// The class of an entry that a student logged.
pub(super) async fn class_of(
    connection: &mut PgConnection,
    student: StudentId,
    id: ContactEntryId,
) -> Result<Option<ClassId>, Failure> {
    let class = sqlx::query_scalar!(
        r#"select a.class_id as "class: ClassId" from contact_entry e join contact_assignment a on a.id = e.assignment_id
           where e.id = $1 and a.student_id = $2"#,
        id.0,
        student.0
    );
    Ok(class.fetch_optional(connection).await?)
}

/// Takes an entry back that a student logged lately and of which nothing came; `false` where it stays. Notes that it took up
/// wait again.
pub(super) async fn remove(
    connection: &mut PgConnection,
    contact: &Locked<Contact>,
    id: ContactEntryId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    // Whoever makes a request of one of its points locks it first, too: the request is seen here, or finds no entry.
    sqlx::query!("select id from contact_entry where id = $1 for update", id.0)
        .fetch_optional(&mut *connection)
        .await?;
    let done = sqlx::query!(
        "delete from contact_entry e using contact_assignment a
         where e.id = $1 and a.id = e.assignment_id and a.student_id = $2 and a.class_id = $3 and e.made_at >= $4
               and not exists (select from contact_point p join contact_request r on r.point_id = p.id
                               where p.entry_id = e.id)",
        id.0,
        contact.student.0,
        contact.class.0,
        removable_since(now)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A point that a student took down, of which no request came yet.
#[derive(Debug, Clone)]
pub(super) struct OpenPoint {
    pub class: ClassId,
    pub class_name: String,
    pub says: String,
    pub on_day: Date,
}

/// The point of an id, where it is the student's and open.
pub(super) async fn open_point(
    connection: &mut PgConnection,
    student: StudentId,
    id: ContactPointId,
) -> Result<Option<OpenPoint>, Failure> {
    let row = sqlx::query_as!(
        OpenPoint,
        r#"select a.class_id as "class: ClassId", k.name as class_name, p.says, e.on_day
           from contact_point p join contact_entry e on e.id = p.entry_id join contact_assignment a on a.id = e.assignment_id
                join class k on k.id = a.class_id
           where p.id = $1 and a.student_id = $2 and not exists (select from contact_request r where r.point_id = p.id)"#,
        id.0,
        student.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Notes for a class that nobody has taken up, the oldest first.
pub(super) async fn open_notes(connection: &mut PgConnection, class: ClassId) -> Result<Vec<Note>, Failure> {
    let rows = sqlx::query_as!(
        Note,
        r#"select n.id as "id: ContactNoteId", n.says, n.left_at, case when n.signed then a.name end as author
           from contact_note n join account a on a.id = n.account_id
           where n.class_id = $1 and n.point_id is null order by n.left_at, n.id limit 100"#,
        class.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The notes of an account and what came of them, the latest first, at most 50.
pub(super) async fn own_notes(connection: &mut PgConnection, account: AccountId) -> Result<Vec<OwnNote>, Failure> {
    let rows = sqlx::query!(
        r#"select n.says, n.left_at, n.signed, e.on_day as "taken_on?", q.id as "request?: VoiceRequestId",
                  q.number as "number?", q.stage as "stage?", coalesce(q.is_public or q.account_id = $1, false) as "reads!"
           from contact_note n left join contact_point p on p.id = n.point_id left join contact_entry e on e.id = p.entry_id
                left join contact_request r on r.point_id = p.id left join voice_request q on q.id = r.request_id
           where n.account_id = $1 order by n.left_at desc, n.id limit 50"#,
        account.0
    )
    .fetch_all(connection)
    .await?;
    let mut read = Vec::new();
    for row in rows {
        let request = linked(row.request, row.number, row.stage.as_deref(), row.reads)?;
        read.push(OwnNote {
            says: row.says,
            left_at: row.left_at,
            signed: row.signed,
            taken_on: row.taken_on,
            request,
        });
    }
    Ok(read)
}

/// A note about to be left.
#[derive(Debug, Clone)]
pub(super) struct NewNote {
    pub says: String,
    pub signed: bool,
}

/// Leaves a note for those in contact with a class; `false` where its author left enough within a day.
pub(super) async fn leave(
    connection: &mut PgConnection,
    account: AccountId,
    class: ClassId,
    new: &NewNote,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    in_turn(connection, account, "contact note").await?;
    let done = sqlx::query!(
        "insert into contact_note (id, class_id, account_id, signed, says, left_at)
         select $1, $2, $3, $4, $5, $6
         where (select count(*) from contact_note where account_id = $3 and left_at > $7) < $8",
        ContactNoteId::random().0,
        class.0,
        account.0,
        new.signed,
        new.says,
        now,
        now - Duration::DAY,
        NOTES_A_DAY
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
