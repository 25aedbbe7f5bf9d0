//! SQL of notices.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, NoticeId, StudentId},
    office::OfficeKind,
    page::paging::RowRange,
};

/// Whom a notice is for.
#[derive(Debug, Clone, Copy)]
pub enum To {
    /// A person who has an account.
    Account(AccountId),
    /// A student, who may have no account yet.
    Student(StudentId),
    /// The holders of an office, each from the day on which they hold it.
    Office {
        kind: OfficeKind,
        /// Its college, for a college's office.
        college: Option<CollegeId>,
        /// Its class, for a class's office.
        class: Option<ClassId>,
    },
}

/// What a notice says.
#[derive(Debug, Clone)]
pub struct Notice {
    subject: String,
    body: String,
    href: String,
}

impl Notice {
    /// A notice with the page it leads to. The subject is cut at 80 characters.
    #[must_use]
    pub fn new(subject: impl AsRef<str>, href: impl Into<String>) -> Self {
        Self { subject: subject.as_ref().chars().take(80).collect(), body: String::new(), href: href.into() }
    }

    /// Adds a text, cut at 600 characters.
    #[must_use]
    pub fn says(mut self, body: impl AsRef<str>) -> Self {
        self.body = body.as_ref().chars().take(600).collect();
        self
    }
}

/// Tells somebody, in the transaction of what is told.
pub async fn tell(
    connection: &mut PgConnection,
    institution: InstitutionId,
    to: To,
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (mut account, mut student, mut office, mut college, mut class) = (None, None, None, None, None);
    match to {
        To::Account(id) => account = Some(id.0),
        To::Student(id) => student = Some(id.0),
        To::Office { kind, college: in_college, class: in_class } => {
            office = Some(kind.slug());
            college = in_college.map(|id| id.0);
            class = in_class.map(|id| id.0);
        }
    }
    sqlx::query!(
        "insert into notice (id, institution_id, account_id, student_id, office, college_id, class_id, subject, body,
                             href, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        NoticeId::random().0,
        institution.0,
        account,
        student,
        office,
        college,
        class,
        notice.subject,
        notice.body,
        notice.href,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells many students the same, in one statement.
pub async fn tell_all(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[StudentId],
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let ids: Vec<_> = students.iter().map(|_| NoticeId::random().0).collect();
    let students: Vec<_> = students.iter().map(|student| student.0).collect();
    sqlx::query!(
        "insert into notice (id, institution_id, student_id, subject, body, href, at)
         select t.id, $1, t.student, $4, $5, $6, $7 from unnest($2::uuid[], $3::uuid[]) as t(id, student)",
        institution.0,
        &ids,
        &students,
        notice.subject,
        notice.body,
        notice.href,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back what was told of requests whose words are gone: a notice has the words of their title.
pub async fn take_back_of_requests(connection: &mut PgConnection, pages: &[String]) -> Result<(), Failure> {
    sqlx::query!("delete from notice where href = any($1) and href like '/voice/%'", pages).execute(connection).await?;
    Ok(())
}

/// A notice as the page shows it.
#[derive(Debug)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub subject: String,
    pub body: String,
    /// The page it leads to; empty where there is none.
    pub href: String,
    /// It was told to the office and not to the person.
    pub to_office: bool,
    pub at: OffsetDateTime,
    /// This person has read it.
    pub read: bool,
}

/// The notices of a person in the office in which they act, newest first.
pub async fn list(
    connection: &mut PgConnection,
    person: &SignedIn,
    range: RowRange,
) -> Result<Vec<NoticeRow>, Failure> {
    let rows = sqlx::query_as!(
        NoticeRow,
        r#"select n.id as "id!: NoticeId", n.subject as "subject!", n.body as "body!", n.href as "href!",
                  n.office is not null as "to_office!", n.at as "at!",
                  exists (select from notice_read r where r.notice_id = n.id and r.account_id = $1) as "read!"
           from notices_for($1, $2) n order by n.at desc, n.id offset $3 limit $4"#,
        person.account.0,
        person.acting.as_ref().map(|office| office.id.0),
        range.skip,
        range.most
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Marks notices as read: one, or all that the person has in this office. Gives where the one leads.
pub async fn mark_read(
    connection: &mut PgConnection,
    person: &SignedIn,
    one: Option<NoticeId>,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"with mine as (
               select n.id, n.href from notices_for($1, $2) n where $3::uuid is null or n.id = $3
           ), marked as (
               insert into notice_read (notice_id, account_id, at) select id, $1, $4 from mine on conflict do nothing
           )
           select href as "href!" from mine"#,
        person.account.0,
        person.acting.as_ref().map(|office| office.id.0),
        one.map(|id| id.0),
        now
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().next())
}

/// Tells the League branches of many classes the same, in one statement.
pub async fn tell_classes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    classes: &[ClassId],
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let ids: Vec<_> = classes.iter().map(|_| NoticeId::random().0).collect();
    let classes: Vec<_> = classes.iter().map(|class| class.0).collect();
    sqlx::query!(
        "insert into notice (id, institution_id, office, class_id, subject, body, href, at)
         select t.id, $1, 'class_branch', t.class, $4, $5, $6, $7 from unnest($2::uuid[], $3::uuid[]) as t(id, class)",
        institution.0,
        &ids,
        &classes,
        notice.subject,
        notice.body,
        notice.href,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells every office of these kinds that somebody holds, wherever it is, in one statement.
pub async fn tell_offices(
    connection: &mut PgConnection,
    institution: InstitutionId,
    kinds: &[OfficeKind],
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.slug().to_owned()).collect();
    let rows = sqlx::query!(
        "select distinct o.kind, o.college_id, o.class_id from office o
         where o.institution_id = $1 and o.kind = any($2) and is_held(o.from_day, o.until_day, o.ended_at, $3)",
        institution.0,
        &kinds,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<_> = rows.iter().map(|_| NoticeId::random().0).collect();
    let offices: Vec<String> = rows.iter().map(|row| row.kind.clone()).collect();
    let colleges: Vec<Option<_>> = rows.iter().map(|row| row.college_id).collect();
    let classes: Vec<Option<_>> = rows.iter().map(|row| row.class_id).collect();
    sqlx::query!(
        "insert into notice (id, institution_id, office, college_id, class_id, subject, body, href, at)
         select t.id, $1, t.office, t.college, t.class, $6, $7, $8, $9
         from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) as t(id, office, college, class)",
        institution.0,
        &ids,
        &offices,
        &colleges as &[Option<sqlx::types::Uuid>],
        &classes as &[Option<sqlx::types::Uuid>],
        notice.subject,
        notice.body,
        notice.href,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells students, each something of their own, in one statement.
pub async fn tell_students(
    connection: &mut PgConnection,
    institution: InstitutionId,
    notices: &[(StudentId, Notice)],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let ids: Vec<_> = notices.iter().map(|_| NoticeId::random().0).collect();
    let students: Vec<_> = notices.iter().map(|(student, _)| student.0).collect();
    let subjects: Vec<_> = notices.iter().map(|(_, notice)| notice.subject.clone()).collect();
    let bodies: Vec<_> = notices.iter().map(|(_, notice)| notice.body.clone()).collect();
    let hrefs: Vec<_> = notices.iter().map(|(_, notice)| notice.href.clone()).collect();
    sqlx::query!(
        "insert into notice (id, institution_id, student_id, subject, body, href, at)
         select t.id, $1, t.student, t.subject, t.body, t.href, $2
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[]) as t(id, student, subject, body, href)",
        institution.0,
        now,
        &ids,
        &students,
        &subjects,
        &bodies,
        &hrefs
    )
    .execute(connection)
    .await?;
    Ok(())
}
