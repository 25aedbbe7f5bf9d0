//! SQL of acts on a matter: each on the locked matter, with what the rules passed.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{control, find, reported};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{DepartmentId, InstitutionId, LoanId, MatterId, StudentId, UnionId},
    matters::{
        MatterFiler,
        matter::{Application, Matter, Office, Particulars},
    },
    rules::{
        Plan, Verdict,
        matters::{ClosedInOrder, Course, Filed, Reported, Stage, Step, Word},
    },
};

/// The columns of an application that are not every kind's.
#[derive(Default)]
struct Columns<'a> {
    ends_at: Option<OffsetDateTime>,
    place: Option<&'a str>,
    people: Option<i32>,
    off_campus: bool,
    guests: Option<&'a str>,
    safety: Option<&'a str>,
    channel: Option<&'a str>,
    body: Option<&'a str>,
    partner: Option<&'a str>,
    contact: Option<&'a str>,
    source: Option<&'a str>,
}

fn columns(particulars: &Particulars) -> Columns<'_> {
    fn some(text: &str) -> Option<&str> {
        Some(text).filter(|text| !text.is_empty())
    }
    match particulars {
        Particulars::Activity { ends_at, place, people, off_campus, guests, safety } => Columns {
            ends_at: *ends_at,
            place: some(place),
            people: i32::try_from(*people).ok(),
            off_campus: *off_campus,
            guests: some(guests),
            safety: some(safety),
            ..Columns::default()
        },
        Particulars::Publication { channel, body } => {
            Columns { channel: some(channel), body: some(body), ..Columns::default() }
        }
        Particulars::Contact { partner, contact } => {
            Columns { partner: some(partner), contact: Some(contact.slug()), ..Columns::default() }
        }
        Particulars::Funds { source } => Columns { source: Some(source.slug()), ..Columns::default() },
    }
}

/// Files a matter under the next number of its university.
pub async fn file(
    connection: &mut PgConnection,
    acting: &Acting<MatterFiler>,
    union: UnionId,
    says: &Application,
    course: &Course,
    _permitted: Filed,
    now: OffsetDateTime,
) -> Result<MatterId, Failure> {
    let (id, own) = (MatterId::random(), columns(&says.particulars));
    let steps: Vec<String> = course.chain().iter().map(|step| step.slug().to_owned()).collect();
    sqlx::query!(
        "with number as (
             insert into matter_counter (institution_id, matters) values ($2, 1)
             on conflict (institution_id) do update set matters = matter_counter.matters + 1 returning matters
         )
         insert into matter (id, institution_id, union_id, number, kind, title, department_id, lead_id, phone, why, how,
                             starts_at, ends_at, place, people, off_campus, guests, safety, channel, body, partner,
                             contact, source, urgent, stage, revision, steps, filed_at, filed_by)
         select $1, $2, $3, number.matters, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22, $23, 'asked', 1, $24, $25, $26
         from number",
        id.0,
        acting.institution().0,
        union.0,
        says.kind().slug(),
        says.title,
        says.department.map(|id| id.0),
        says.lead.0,
        says.phone,
        says.why,
        says.how,
        says.starts_at,
        own.ends_at,
        own.place,
        own.people,
        own.off_campus,
        own.guests,
        own.safety,
        own.channel,
        own.body,
        own.partner,
        own.contact,
        own.source,
        says.urgent,
        &steps,
        now,
        acting.person().account.0
    )
    .execute(&mut *connection)
    .await?;
    put_lines(connection, id, says).await?;
    Ok(id)
}

/// The lines of a budget in place of those before.
async fn put_lines(connection: &mut PgConnection, id: MatterId, says: &Application) -> Result<(), Failure> {
    sqlx::query!("delete from matter_line where matter_id = $1", id.0).execute(&mut *connection).await?;
    let names: Vec<_> = says.lines.iter().map(|line| line.name.clone()).collect();
    let planned: Vec<_> = says.lines.iter().map(|line| line.planned).collect();
    sqlx::query!(
        "insert into matter_line (matter_id, place, name, planned)
         select $1, t.place, t.name, t.planned
         from unnest($2::text[], $3::bigint[]) with ordinality as t(name, planned, place)",
        id.0,
        &names,
        &planned
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A matter as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: MatterId,
) -> Result<Locked<Matter>, Failure> {
    sqlx::query!("select id from matter where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// Files it again with changes: the next revision, of which no step has signed anything.
pub async fn rewrite(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    says: &Application,
    course: &Course,
    _permitted: Filed,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let own = columns(&says.particulars);
    let steps: Vec<String> = course.chain().iter().map(|step| step.slug().to_owned()).collect();
    let done = sqlx::query!(
        "update matter set title = $2, department_id = $3, lead_id = $4, phone = $5, why = $6, how = $7, starts_at = $8,
                           ends_at = $9, place = $10, people = $11, off_campus = $12, guests = $13, safety = $14,
                           channel = $15, body = $16, partner = $17, contact = $18, source = $19, urgent = $20,
                           stage = 'asked', revision = revision + 1, steps = $21, filed_at = $22, filed_by = $23,
                           approved_at = null
         where id = $1 and revision = $24 and kind = $25
               and stage in ('asked', 'returned', 'refused', 'approved', 'revoked')",
        matter.id.0,
        says.title,
        says.department.map(|id| id.0),
        says.lead.0,
        says.phone,
        says.why,
        says.how,
        says.starts_at,
        own.ends_at,
        own.place,
        own.people,
        own.off_campus,
        own.guests,
        own.safety,
        own.channel,
        own.body,
        own.partner,
        own.contact,
        own.source,
        says.urgent,
        &steps,
        now,
        person.account.0,
        matter.revision,
        says.kind().slug()
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        put_lines(connection, matter.id, says).await?;
    }
    Ok(done.rows_affected() == 1)
}

/// A step's word.
#[derive(Debug, Clone, Copy)]
pub struct NewSignature<'a> {
    pub step: Step,
    pub word: Word,
    pub says: &'a str,
    pub content_read: bool,
}

/// Keeps a step's word and where it leads; `false` where the matter has moved on.
pub async fn sign(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    new: NewSignature<'_>,
    course: &Course,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    sqlx::query!(
        "insert into matter_signature (matter_id, revision, step, verdict, says, content_read, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        matter.id.0,
        matter.revision,
        new.step.slug(),
        new.word.slug(),
        new.says,
        new.content_read,
        now,
        person.account.0
    )
    .execute(&mut *connection)
    .await?;
    put(connection, matter, course).await
}

/// Where the rules say that a matter stands now: signed, withdrawn, or its approval taken back. `false` where it has moved on.
pub async fn put(connection: &mut PgConnection, matter: &Locked<Matter>, course: &Course) -> Result<bool, Failure> {
    let approved = match course.stage() {
        Stage::Approved { at } => Some(*at),
        Stage::Asked { .. }
        | Stage::Returned
        | Stage::Refused
        | Stage::Withdrawn
        | Stage::Revoked
        | Stage::Begun { .. }
        | Stage::Closed { .. } => None,
    };
    let done = sqlx::query!(
        "update matter set stage = $2, approved_at = $3 where id = $1 and stage = $4 and revision = $5
                and stage not in ('begun', 'closed')",
        matter.id.0,
        course.stage().word().slug(),
        approved,
        matter.word().slug(),
        matter.revision
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Whether a matter may begin at a moment: after every step's word (GUI-02), and where it is a major activity after its report
/// was received (GUI-01).
pub async fn may_begin(
    connection: &mut PgConnection,
    matter: &Matter,
    plan: Option<&Plan>,
    at: OffsetDateTime,
) -> Result<Verdict<Course>, Failure> {
    let control = control(connection, matter.institution).await?;
    let report = match reported(connection, matter.id).await? {
        Some((_, received)) => Reported::At(received),
        None if matter.says.major(&control).is_empty() => Reported::NotAsked,
        None => Reported::Missing,
    };
    Ok(matter.course.begun(plan, at, report))
}

/// When something began, and by when its summary is due.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    pub summary_due: Date,
}

/// Marks a matter as begun; `false` where its approval is no more.
pub async fn begin(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    course: &Course,
    Begun { summary_due }: Begun,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let Stage::Begun { at, .. } = course.stage() else { return Ok(false) };
    let done = sqlx::query!(
        "update matter set stage = 'begun', begun_at = $2, begun_noted_at = $3, begun_by = $4, summary_due = $5
         where id = $1 and stage = 'approved' and revision = $6",
        matter.id.0,
        *at,
        now,
        person.account.0,
        summary_due,
        matter.revision
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What a line came to.
#[derive(Debug, Clone)]
pub struct Settled {
    pub spent: i64,
    pub receipt: Option<String>,
}

/// Keeps what was spent, a line each in the order of the budget; `false` where it has not begun.
pub async fn settle(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    lines: &[Settled],
) -> Result<bool, Failure> {
    let spent: Vec<_> = lines.iter().map(|line| line.spent).collect();
    let receipts: Vec<_> = lines.iter().map(|line| line.receipt.clone().unwrap_or_default()).collect();
    let done = sqlx::query!(
        "update matter_line l set spent = t.spent, receipt = nullif(t.receipt, '')
         from unnest($2::bigint[], $3::text[]) with ordinality as t(spent, receipt, place), matter q
         where l.matter_id = $1 and q.id = l.matter_id and q.stage = 'begun' and l.place = t.place",
        matter.id.0,
        &spent,
        &receipts
    );
    Ok(usize::try_from(done.execute(connection).await?.rows_affected()).is_ok_and(|rows| rows == lines.len()))
}

/// Closes a matter with its summary; `false` where it has not begun.
pub async fn close(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    summary: &str,
    _permitted: ClosedInOrder,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update matter set stage = 'closed', summary = $2, closed_at = $3 where id = $1 and stage = 'begun'",
        matter.id.0,
        summary,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

#[derive(Debug, Clone)]
pub struct NewLoan {
    pub what: String,
    pub quantity: i32,
    pub lender: String,
    pub due_on: Date,
}

/// Notes that something was borrowed for what is approved; `false` where it is not.
pub async fn lend(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    new: &NewLoan,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into matter_loan (id, matter_id, what, quantity, lender, due_on, lent_at, lent_by)
         select $2, id, $3, $4, $5, $6, $7, $8 from matter where id = $1 and stage in ('approved', 'begun')",
        matter.id.0,
        LoanId::random().0,
        new.what,
        new.quantity,
        new.lender,
        new.due_on,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes that it came back; `false` where it had.
pub async fn give_back(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    loan: LoanId,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update matter_loan set returned_at = $3, returned_by = $4
         where id = $2 and matter_id = $1 and returned_at is null",
        matter.id.0,
        loan.0,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Who holds an office on a day, by name.
pub async fn holders(
    connection: &mut PgConnection,
    institution: InstitutionId,
    Office { kind, college }: Office,
    today: Date,
) -> Result<Vec<String>, Failure> {
    let names = sqlx::query_scalar!(
        "select a.name from office o join account a on a.id = o.account_id
         where o.institution_id = $1 and o.kind = $2 and ($3::uuid is null or o.college_id = $3) and o.ended_at is null
               and o.from_day <= $4 and (o.until_day is null or o.until_day > $4)
         order by o.from_day, a.name",
        institution.0,
        kind.slug(),
        college.map(|id| id.0),
        today
    );
    Ok(names.fetch_all(connection).await?)
}

/// The student holds a post of the presidium of that union on a day; locked against its end until the transaction's.
pub async fn presidium_member(
    connection: &mut PgConnection,
    union: UnionId,
    student: StudentId,
    today: Date,
) -> Result<bool, Failure> {
    let post = sqlx::query_scalar!(
        "select id from post where union_id = $1 and student_id = $2 and is_seat(kind, title, union_id, $3)
                and voided_at is null and from_day <= $3 and (until_day is null or until_day > $3) for share",
        union.0,
        student.0,
        today
    );
    Ok(post.fetch_optional(connection).await?.is_some())
}

/// The student of a number who is enrolled.
pub async fn enrolled(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
) -> Result<Option<StudentId>, Failure> {
    let id = sqlx::query_scalar!(
        r#"select id as "id: StudentId" from student where id = student_numbered($1, $2) and left_on is null"#,
        institution.0,
        number
    );
    Ok(id.fetch_optional(connection).await?)
}

/// The departments of a union on a day, by name.
pub async fn departments(
    connection: &mut PgConnection,
    union: UnionId,
    today: Date,
) -> Result<Vec<DepartmentChoice>, Failure> {
    let rows = sqlx::query_as!(
        DepartmentChoice,
        r#"select id as "id: DepartmentId", name from department
           where union_id = $1 and from_day <= $2 and (until_day is null or until_day > $2) order by name"#,
        union.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A department that may apply.
#[derive(Debug, Clone)]
pub struct DepartmentChoice {
    pub id: DepartmentId,
    pub name: String,
}

/// Who signed up for an activity: whom it concerns that it is changed or called off.
pub async fn signed_up(connection: &mut PgConnection, id: MatterId) -> Result<Vec<StudentId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select student_id as "id: StudentId" from activity_sign_up where matter_id = $1 and standing <> 'withdrawn'"#,
        id.0
    );
    Ok(ids.fetch_all(connection).await?)
}
