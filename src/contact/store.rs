//! SQL of who is in contact with which class.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    contact::{Contact, OwnClass},
    even::Home,
};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{ClassId, CollegeId, ContactId, DelegateId, InstitutionId, MajorId, PostId, StudentId, UnionId},
    office::SchoolLeague,
    unions::store::LockedUnion,
    voice::VoiceKeeper,
};

/// Which contacts; empty fields let everything through.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ContactFilter {
    pub union: Option<UnionId>,
    pub class: Option<ClassId>,
    pub student: Option<StudentId>,
}

/// Who is in contact with classes on a day, by class.
pub(super) async fn contacts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ContactFilter,
    today: Date,
) -> Result<Vec<Contact>, Failure> {
    let rows = sqlx::query_as!(
        Contact,
        r#"select a.id as "id!: ContactId", union_name(u.kind, c.name) as "union_name!", s.id as "student: StudentId", s.name,
                  a.label as "label!", k.id as "class: ClassId", k.name as class_name, k.entry_year,
                  a.from_day as "from_day!"
           from contacts_on($1, $2) a join student_union u on u.id = a.union_id left join college c on c.id = u.college_id
                join student s on s.id = a.student_id join class k on k.id = a.class_id
           where ($3::uuid is null or a.union_id = $3) and ($4::uuid is null or a.class_id = $4)
                 and ($5::uuid is null or a.student_id = $5)
           order by k.entry_year desc, k.name collate "C", k.id, u.kind, s.number"#,
        institution.0,
        today,
        filter.union.map(|id| id.0),
        filter.class.map(|id| id.0),
        filter.student.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A student's own contact with a class, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where they are in contact with it no more.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    class: ClassId,
    today: Date,
) -> Result<Locked<Contact>, Failure> {
    sqlx::query!(
        "select id from contact_assignment where class_id = $1 and student_id = $2 for update",
        class.0,
        student.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let filter = ContactFilter { class: Some(class), student: Some(student), ..ContactFilter::default() };
    let first = contacts(connection, institution, filter, today).await?.into_iter().next();
    first.map(Locked::new).ok_or(Failure::Missing)
}

/// The classes that a student is in contact with.
pub(super) async fn own_classes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    today: Date,
) -> Result<Vec<OwnClass>, Failure> {
    let rows = sqlx::query_as!(
        OwnClass,
        r#"select k.id as "id: ClassId", k.name, min(a.from_day) as "since!",
                  (select max(e.on_day) from contact_entry e join contact_assignment b on b.id = e.assignment_id
                   where b.class_id = k.id and e.on_day <= $3) as last,
                  (select count(*) from contact_note n where n.class_id = k.id and n.point_id is null) as "notes!"
           from contacts_on($1, $3) a join class k on k.id = a.class_id
           where a.student_id = $2 group by k.id order by k.entry_year desc, k.name collate "C""#,
        institution.0,
        student.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A student's own class.
#[derive(Debug, Clone)]
pub(super) struct OwnPlace {
    pub class: ClassId,
    pub name: String,
    pub enrolled: bool,
}

/// The class of a student.
pub(super) async fn place_of(
    connection: &mut PgConnection,
    student: StudentId,
    today: Date,
) -> Result<OwnPlace, Failure> {
    let row = sqlx::query_as!(
        OwnPlace,
        r#"select k.id as "class: ClassId", k.name, (s.left_on is null or s.left_on > $2) as "enrolled!"
           from student s join class k on k.id = s.class_id where s.id = $1"#,
        student.0,
        today
    );
    row.fetch_optional(connection).await?.ok_or(Failure::Missing)
}

/// Somebody to whom a union may give classes.
#[derive(Debug, Clone)]
pub(super) struct Eligible {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub label: String,
    pub post: Option<PostId>,
    pub delegate: Option<DelegateId>,
    pub home: Home,
    /// The classes that they have for the union.
    pub load: u32,
}

/// Whom a union may give classes: its officers and its delegates, by number.
pub(super) async fn people(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    today: Date,
) -> Result<Vec<Eligible>, Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "student: StudentId", s.number, s.name, h.label as "label!", h.post_id as "post: PostId",
                  h.delegate_id as "delegate: DelegateId", k.id as "class: ClassId", m.id as "major: MajorId",
                  m.college_id as "college: CollegeId", coalesce(l.load, 0) as "load!"
           from contact_people($2, $3) h join student s on s.id = h.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id
                left join (select student_id, count(*) as load from contacts_on($1, $3) where union_id = $2 group by 1) l
                     on l.student_id = s.id
           order by s.number"#,
        institution.0,
        union.0,
        today
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Eligible {
            student: row.student,
            number: row.number,
            name: row.name,
            label: row.label,
            post: row.post,
            delegate: row.delegate,
            home: Home { class: row.class, major: row.major, college: row.college },
            load: u32::try_from(row.load).unwrap_or(u32::MAX),
        })
        .collect())
}

/// A class of a union, and how many people are in contact with it, for whichever union.
#[derive(Debug, Clone)]
pub(super) struct UnionClass {
    pub name: String,
    pub home: Home,
    pub people: u32,
}

/// The classes with which a union is to be in contact.
pub(super) async fn classes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    today: Date,
) -> Result<Vec<UnionClass>, Failure> {
    let rows = sqlx::query!(
        r#"select k.id as "class: ClassId", k.name, m.id as "major: MajorId", m.college_id as "college: CollegeId",
                  coalesce(l.people, 0) as "people!"
           from contact_classes($1, $3) n join class k on k.id = n.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
                left join (select class_id, count(*) as people from contacts_on($1, $3) group by 1) l on l.class_id = k.id
           where n.union_id = $2 order by c.place, c.name, k.entry_year desc, k.name collate "C", k.id"#,
        institution.0,
        union.0,
        today
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| UnionClass {
            name: row.name,
            home: Home { class: row.class, major: row.major, college: row.college },
            people: u32::try_from(row.people).unwrap_or(u32::MAX),
        })
        .collect())
}

/// Puts somebody in contact with a class; `false` where they are already.
pub(super) async fn assign(
    connection: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    union: &LockedUnion,
    person: &Eligible,
    class: ClassId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let today = now.date();
    // What a former post or mandate left open.
    sqlx::query!(
        "update contact_assignment set until_day = greatest(from_day, $4)
         where union_id = $1 and student_id = $2 and class_id = $3 and (until_day is null or until_day > $4)
               and id not in (select id from contacts_on($5, $4))",
        union.id().0,
        person.student.0,
        class.0,
        today,
        union.institution().0
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "insert into contact_assignment (id, institution_id, union_id, student_id, class_id, post_id, delegate_id, from_day,
                                         assigned_at, assigned_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        ContactId::random().0,
        union.institution().0,
        union.id().0,
        person.student.0,
        class.0,
        person.post.map(|id| id.0),
        person.delegate.map(|id| id.0),
        today,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The union for which somebody is in contact with a class.
pub(super) async fn union_of(connection: &mut PgConnection, id: ContactId) -> Result<Option<UnionId>, Failure> {
    let union =
        sqlx::query_scalar!(r#"select union_id as "union: UnionId" from contact_assignment where id = $1"#, id.0);
    Ok(union.fetch_optional(connection).await?)
}

/// Ends a contact. Whose it was; none where it is over.
pub(super) async fn end(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    union: &LockedUnion,
    id: ContactId,
    today: Date,
) -> Result<Option<StudentId>, Failure> {
    let student = sqlx::query_scalar!(
        r#"update contact_assignment set until_day = greatest(from_day, $3)
           where id = $1 and union_id = $2 and (until_day is null or until_day > $3)
           returning student_id as "student: StudentId""#,
        id.0,
        union.id().0,
        today
    );
    Ok(student.fetch_optional(connection).await?)
}

/// Sets how often a class is to be contacted, in months.
pub(super) async fn set(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    every: i32,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into contact_setting (institution_id, every, kept_at, kept_by) values ($1, $2, $3, $4)
         on conflict (institution_id) do update set every = $2, kept_at = $3, kept_by = $4",
        acting.institution().0,
        every,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
