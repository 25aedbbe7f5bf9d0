//! SQL of unions: reading them whole, and writing what the rules have passed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use super::union::{Department, Fact, PostKind, PostRow, Record, StudentUnion, TurnRow, term_in_words};
use crate::{
    auth::{
        acting::{Acting, Scope, SignedIn},
        office::{OfficeKind, SchoolLeague, UnionKeeper},
    },
    failure::Failure,
    ids::{CollegeId, DepartmentId, DocumentId, FactId, InstitutionId, PostId, StudentId, TurnId, UnionId},
    inbox::{self, Notice, To},
    rules::{
        Finding,
        appointment::{Appointment, Reshuffle, Wanted, holding_in_words, stays},
        plan::Union,
        roster::Post,
        structure::Establishment,
        timeline::{Holding, Organisation, Semester, Unit},
    },
};

/// The kind of union of that stable word.
fn kind_of(slug: &str) -> anyhow::Result<Union> {
    let found = Union::ALL.iter().find(|(known, _)| *known == slug).map(|(_, kind)| *kind);
    found.ok_or_else(|| anyhow::anyhow!("no kind of union is called {slug}"))
}

/// The unions of a university, the school's first; or one of them.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
) -> Result<Vec<StudentUnion>, Failure> {
    let rows = sqlx::query!(
        r#"select u.id as "id: UnionId", u.kind, u.college_id as "college: CollegeId",
                  union_name(u.kind, c.name) as "name!", u.opened_on
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and ($2::uuid is null or u.id = $2)
           order by array_position(array['school', 'graduate', 'college'], u.kind), c.name"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = kind_of(&row.kind)?;
            Ok(StudentUnion { id: row.id, kind, college: row.college, name: row.name, opened_on: row.opened_on })
        })
        .collect()
}

/// Reads unions whole: the same number of statements for one and for all.
///
/// # Errors
/// Where the database fails.
pub async fn records(
    connection: &mut PgConnection,
    institution: InstitutionId,
    unions: Vec<StudentUnion>,
    today: Date,
) -> Result<Vec<Record>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|union| union.id.0).collect();
    let mut posts = by_union(posts(connection, &ids).await?, |post| post.union);
    let mut departments = by_union(departments(connection, &ids).await?, |department| department.union);
    let mut turns = by_union(turns(connection, &ids).await?, |turn| turn.union);
    let mut current: Vec<Uuid> = posts
        .values()
        .flatten()
        .filter(|post| post.until_day.is_none_or(|until| until > today))
        .map(|post| post.student.0)
        .collect();
    current.sort_unstable();
    current.dedup();
    let facts: HashMap<StudentId, Fact> =
        self::facts(connection, &current, today).await?.into_iter().map(|fact| (fact.student, fact)).collect();
    let semesters: Vec<Semester> = semesters(connection, institution).await?;
    let organisations = organisations(connection, institution).await?;
    let record = |union: StudentUnion| {
        let posts = posts.remove(&union.id).unwrap_or_default();
        let mut own: Vec<Fact> = posts.iter().filter_map(|post| facts.get(&post.student).cloned()).collect();
        own.sort_by_key(|fact| fact.student);
        own.dedup_by_key(|fact| fact.student);
        Record::new(
            union.clone(),
            posts,
            departments.remove(&union.id).unwrap_or_default(),
            turns.remove(&union.id).unwrap_or_default(),
            own,
            (semesters.clone(), organisations.clone()),
            today,
        )
    };
    Ok(unions.into_iter().map(record).collect())
}

fn by_union<T>(rows: Vec<T>, union: impl Fn(&T) -> UnionId) -> HashMap<UnionId, Vec<T>> {
    let mut map: HashMap<UnionId, Vec<T>> = HashMap::new();
    for row in rows {
        map.entry(union(&row)).or_default().push(row);
    }
    map
}

/// One union of a university, whole.
///
/// # Errors
/// Where the database fails.
pub async fn record(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    today: Date,
) -> Result<Option<Record>, Failure> {
    let unions = list(connection, institution, Some(id)).await?;
    Ok(records(connection, institution, unions, today).await?.into_iter().next())
}

async fn posts(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<PostRow>, Failure> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id as "id: PostId", p.union_id as "union: UnionId", p.student_id as "student: StudentId", s.number,
                  s.name, c.name as college, k.name as class, k.entry_year, p.kind,
                  p.department_id as "department: DepartmentId", d.name as "department_name?", p.title, p.from_day,
                  p.until_day, p.from_college, p.marked_chair, p.registered
           from post p join student s on s.id = p.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join department d on d.id = p.department_id
           where p.union_id = any($1) and p.voided_at is null
           order by p.department_id is not null, d.from_day, d.name,
                    array_position(array['presidium', 'other', 'head', 'staff'], p.kind), p.from_day, s.number"#,
        unions
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn departments(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<Department>, Failure> {
    let rows = sqlx::query_as!(
        Department,
        r#"select id as "id: DepartmentId", union_id as "union: UnionId", name, functions, ruling, changed_on, from_day,
                  until_day
           from department where union_id = any($1) order by from_day, name"#,
        unions
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn turns(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<TurnRow>, Failure> {
    let rows = sqlx::query_as!(
        TurnRow,
        r#"select t.id as "id: TurnId", t.union_id as "union: UnionId", t.student_id as "student: StudentId", s.number,
                  s.name, t.from_day, t.until_day, t.state = 'confirmed' as "confirmed!", t.handover, t.handover_at
           from turn t join student s on s.id = t.student_id
           where t.union_id = any($1) and t.state <> 'withdrawn' and t.until_day > t.from_day
           order by t.from_day, t.proposed_at, t.id"#,
        unions
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn semesters(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Semester>, Failure> {
    let rows = sqlx::query_as!(
        Semester,
        r#"select from_day as "from", until_day as "until" from semester where institution_id = $1 order by from_day"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn organisations(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<Organisation>, Failure> {
    let rows = sqlx::query_as!(
        Organisation,
        "select name, functions from organisation where institution_id = $1 and ended_on is null order by name",
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What the rules ask of students.
///
/// # Errors
/// Where the database fails.
pub async fn facts(connection: &mut PgConnection, students: &[Uuid], today: Date) -> Result<Vec<Fact>, Failure> {
    let rows = sqlx::query_as!(
        Fact,
        r#"select f.student_id as "student!: StudentId", f.number as "number!", f.name as "name!",
                  f.college_id as "college_id!: CollegeId", f.college as "college!", f.major as "major!",
                  f.class as "class!", f.level as "level!", f.entry_year as "entry_year!", f.political, f.left_on, f.rank,
                  f.cohort, f.failed, f.period, f.source, f.graded_at, f.political_at,
                  coalesce(h.from_college, false) as "was_in_college_union!"
           from student_fact f left join (
               -- A post that began, and not after one in a union of the whole school. Once for all, not for each.
               select p.student_id, min(p.from_day) filter (where u.kind = 'college')
                                    <= coalesce(min(p.from_day) filter (where u.kind <> 'college'), 'infinity')
                                    as from_college
               from post p join student_union u on u.id = p.union_id
               where p.student_id = any($1) and p.voided_at is null and p.from_day <= $2
                     and (p.until_day is null or p.until_day > p.from_day)
               group by p.student_id
           ) h on h.student_id = f.student_id
           where f.student_id = any($1)"#,
        students,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The students of a university by their numbers; those whose data are erased are not among them.
///
/// # Errors
/// Where the database fails.
pub async fn facts_by_number(
    connection: &mut PgConnection,
    institution: InstitutionId,
    numbers: &[String],
    today: Date,
) -> Result<Vec<Fact>, Failure> {
    let ids = sqlx::query_scalar!(
        "select id from student where institution_id = $1 and number = any($2) and erased_at is null",
        institution.0,
        numbers
    );
    let ids = ids.fetch_all(&mut *connection).await?;
    facts(connection, &ids, today).await
}

/// A union whose row this transaction holds: nobody else adds to it meanwhile. Made by [`lock`] and [`create`] alone.
#[derive(Debug)]
pub struct Locked {
    id: UnionId,
    institution: InstitutionId,
    by: Option<Uuid>,
    office: String,
}

impl Locked {
    /// The union.
    #[must_use]
    pub fn id(&self) -> UnionId {
        self.id
    }
}

/// Takes a union for a write, if the office keeps it.
///
/// # Errors
/// [`Failure::Missing`] where there is none that the office keeps; else where the database fails.
pub async fn lock(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    today: Date,
) -> Result<(Locked, Record), Failure> {
    let locked = hold(connection, acting.institution(), id, acting.person(), &acting.office().label()).await?;
    let record = record(connection, acting.institution(), id, today).await?.ok_or(Failure::Missing)?;
    if record.union.is_kept_by(acting.office()) { Ok((locked, record)) } else { Err(Failure::Missing) }
}

/// Takes a union for a proposal of its own people.
///
/// # Errors
/// As [`lock`].
pub(crate) async fn hold(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    person: &SignedIn,
    office: &str,
) -> Result<Locked, Failure> {
    let found = sqlx::query_scalar!(
        "select id from student_union where id = $1 and institution_id = $2 for update",
        id.0,
        institution.0
    );
    found.fetch_optional(connection).await?.ok_or(Failure::Missing)?;
    Ok(Locked { id, institution, by: Some(person.account.0), office: office.to_owned() })
}

/// Takes a union for whoever runs the server: the demo.
///
/// # Errors
/// Where the database fails.
pub(crate) async fn hold_by_operator(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
) -> Result<Locked, Failure> {
    sqlx::query!("select id from student_union where id = $1 for update", id.0).fetch_one(connection).await?;
    Ok(Locked { id, institution, by: None, office: "运维".to_owned() })
}

/// A rule that was warned of and passed with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// Its code.
    pub rule: String,
    /// The department.
    pub unit: Option<String>,
    /// What it said.
    pub says: String,
}

impl Warned {
    /// Warnings as they are kept.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Vec<Self> {
        let one = |finding: &Finding| Self {
            rule: finding.rule.code().to_owned(),
            unit: finding.unit.clone(),
            says: finding.message.clone(),
        };
        findings.iter().map(one).collect()
    }
}

/// What an act rests on.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// The decision's number or words.
    pub words: String,
    /// Its scan.
    pub document: Option<DocumentId>,
    /// Why a soft limit is passed, or why something is corrected.
    pub reason: Option<String>,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// A post.
    pub post: Option<PostId>,
    /// A department.
    pub department: Option<DepartmentId>,
    /// A turn.
    pub turn: Option<TurnId>,
}

/// Adds to what was done about a union.
///
/// # Errors
/// Where the database fails.
pub async fn note(
    connection: &mut PgConnection,
    union: &Locked,
    act: &str,
    about: About,
    (day, says): (Option<Date>, &str),
    (ground, warned): (&Ground, Vec<Warned>),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into union_fact (id, union_id, at, by_account, office, act, post_id, department_id, turn_id, day, says,
                                 ground, document_id, reason, warned)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        FactId::random().0,
        union.id.0,
        now,
        union.by,
        union.office,
        act,
        about.post.map(|id| id.0),
        about.department.map(|id| id.0),
        about.turn.map(|id| id.0),
        day,
        says.chars().take(300).collect::<String>(),
        ground.words,
        ground.document.map(|id| id.0),
        ground.reason.clone().unwrap_or_default(),
        serde_json::to_value(warned).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets up a union; none where there is one of that kind and college already.
///
/// # Errors
/// Where the database fails.
pub async fn create(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    kind: Union,
    college: Option<CollegeId>,
    now: OffsetDateTime,
) -> Result<Option<UnionId>, Failure> {
    let id = insert_union(connection, acting.institution(), kind, college, now).await?;
    if let Some(id) = id {
        let (by, office) = (Some(acting.person().account.0), acting.office().label());
        let locked = Locked { id, institution: acting.institution(), by, office };
        note(connection, &locked, "created", About::default(), (None, ""), (&Ground::default(), Vec::new()), now)
            .await?;
    }
    Ok(id)
}

pub(crate) async fn insert_union(
    connection: &mut PgConnection,
    institution: InstitutionId,
    kind: Union,
    college: Option<CollegeId>,
    now: OffsetDateTime,
) -> Result<Option<UnionId>, Failure> {
    let id = UnionId::random();
    let made = sqlx::query!(
        "insert into student_union (id, institution_id, kind, college_id, created_at)
         select $1, $2, $3, $4, $5
         where $4::uuid is null or exists (select from college where id = $4 and institution_id = $2)
         on conflict do nothing",
        id.0,
        institution.0,
        kind.slug(),
        college.map(|id| id.0),
        now
    )
    .execute(connection)
    .await?;
    Ok((made.rows_affected() == 1).then_some(id))
}

/// Brings a union under the rules; `false` where it was already.
///
/// # Errors
/// Where the database fails.
pub async fn open(
    connection: &mut PgConnection,
    union: &Locked,
    (day, says): (Date, &str),
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done =
        sqlx::query!("update student_union set opened_on = $2 where id = $1 and opened_on is null", union.id.0, day)
            .execute(&mut *connection)
            .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, union, "opened", About::default(), (Some(day), says), (ground, Vec::new()), now).await?;
    Ok(true)
}

/// What a post is written from.
struct NewPost<'a> {
    student: StudentId,
    wanted: &'a Wanted,
    from_college: Option<bool>,
    marked_chair: bool,
    registered: bool,
    corrects: Option<PostId>,
}

async fn insert_post(connection: &mut PgConnection, union: &Locked, new: &NewPost<'_>) -> Result<PostId, Failure> {
    let id = PostId::random();
    let (kind, department, title) = match &new.wanted.post {
        Post::Presidium => (PostKind::Presidium, None, None),
        Post::Head(department) => (PostKind::Head, Some(department), None),
        Post::Staff(department) => (PostKind::Staff, Some(department), None),
        Post::Other(title) => (PostKind::Other, None, Some(title)),
    };
    let done = sqlx::query!(
        "insert into post (id, union_id, student_id, kind, department_id, title, from_day, until_day, from_college,
                           marked_chair, registered, corrects)
         select $1, $2, $3, $4, d.id, $6, $7, $8, $9, $10, $11, $12
         from (select) one left join department d on d.union_id = $2 and d.name = $5 and d.from_day <= $7
                                                     and (d.until_day is null or d.until_day > $7)",
        id.0,
        union.id.0,
        new.student.0,
        kind.slug(),
        department,
        title,
        new.wanted.from,
        new.wanted.until,
        new.from_college,
        new.marked_chair,
        new.registered,
        new.corrects.map(|id| id.0)
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(id) } else { Err(anyhow::anyhow!("a post's department is not there").into()) }
}

/// What a post is called in notes and in the record, without the person's name.
fn post_words(wanted: &Wanted) -> String {
    format!("{}，{}", holding_in_words(&wanted.post), term_in_words(wanted.from, wanted.until))
}

/// Appoints somebody whom the rule has passed.
///
/// # Errors
/// Where the database fails; its exclusion constraint, where the person holds the very post in that time.
pub async fn appoint(
    connection: &mut PgConnection,
    union: &Locked,
    appointment: &Appointment,
    (student, from_college): (StudentId, Option<bool>),
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<PostId, Failure> {
    let wanted = appointment.wanted();
    let new = NewPost { student, wanted, from_college, marked_chair: false, registered: false, corrects: None };
    let post = insert_post(connection, union, &new).await?;
    let about = About { post: Some(post), ..About::default() };
    let warned = Warned::of(appointment.warned());
    note(connection, union, "appointed", about, (Some(wanted.from), &post_words(wanted)), (ground, warned), now)
        .await?;
    Ok(post)
}

/// What is right in the place of a post that was written wrong.
#[derive(Debug, Clone, Copy)]
pub struct Right<'a> {
    /// The post, as the rule has passed it.
    pub appointment: &'a Appointment,
    /// Who holds it.
    pub student: StudentId,
    /// Whether they came from a college union, where the record does not say so itself.
    pub from_college: Option<bool>,
    /// It was taken down at the start, and stays so.
    pub registered: bool,
}

/// Puts what is right in the place of a post that was written wrong, or nothing where it never was.
///
/// # Errors
/// As [`appoint`]; [`Failure::Missing`] where the post is not there or void.
pub async fn correct(
    connection: &mut PgConnection,
    union: &Locked,
    post: PostId,
    right: Option<Right<'_>>,
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let done = sqlx::query!(
        "update post set voided_at = $3 where id = $1 and union_id = $2 and voided_at is null",
        post.0,
        union.id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Failure::Missing);
    }
    let (about, says, day, warned) = match right {
        Some(Right { appointment, student, from_college, registered }) => {
            let wanted = appointment.wanted();
            let corrects = Some(post);
            let new = NewPost { student, wanted, from_college, marked_chair: false, registered, corrects };
            let id = insert_post(connection, union, &new).await?;
            (id, format!("更正为{}", post_words(wanted)), Some(wanted.from), Warned::of(appointment.warned()))
        }
        None => (post, "登记有误，作废".to_owned(), None, Vec::new()),
    };
    let about = About { post: Some(about), ..About::default() };
    note(connection, union, "corrected", about, (day, &says), (ground, warned), now).await?;
    leave_duty(connection, union, now.date(), now).await
}

/// Ends the turns, proposed ones too, of those who have no seat on the presidium from a day on any more.
async fn leave_duty(
    connection: &mut PgConnection,
    union: &Locked,
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let cut = sqlx::query!(
        r#"update turn t set until_day = greatest(t.from_day, $2)
           where t.union_id = $1 and t.state <> 'withdrawn' and t.until_day > $2
                 and not exists (select from post p
                                 where p.union_id = t.union_id and p.student_id = t.student_id and p.kind = 'presidium'
                                       and p.voided_at is null and p.from_day <= greatest(t.from_day, $2)
                                       and (p.until_day is null or p.until_day > greatest(t.from_day, $2)))
           returning t.id as "id: TurnId", t.student_id as "student: StudentId", t.state"#,
        union.id.0,
        day
    )
    .fetch_all(&mut *connection)
    .await?;
    for turn in cut {
        let about = About { turn: Some(turn.id), ..About::default() };
        let says = format!("不再是主席团成员，轮值自 {day} 起结束");
        note(connection, union, "turn_withdrawn", about, (Some(day), &says), (&Ground::default(), Vec::new()), now)
            .await?;
        if turn.state == "confirmed" {
            let notice = Notice::new(format!("你的执行主席轮值自 {day} 起结束"), "/duty");
            inbox::tell(connection, union.institution, To::Student(turn.student), &notice, now).await?;
        }
    }
    Ok(())
}

/// Ends a post: from `day` on it is held no more. A turn of the executive chair ends with the seat on the presidium. No cap
/// looks at it. `false` where it has ended by then.
///
/// # Errors
/// Where the database fails.
pub async fn end(
    connection: &mut PgConnection,
    union: &Locked,
    post: PostId,
    day: Date,
    (why, ground): (&str, &Ground),
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update post set until_day = greatest(from_day, $3)
         where id = $1 and union_id = $2 and voided_at is null and (until_day is null or until_day > $3)",
        post.0,
        union.id.0,
        day
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let about = About { post: Some(post), ..About::default() };
    let says = format!("{why}，自 {day} 起不再任职");
    note(connection, union, "ended", about, (Some(day), &says), (ground, Vec::new()), now).await?;
    leave_duty(connection, union, day, now).await?;
    Ok(true)
}

/// Sets up a department that the rule has passed.
///
/// # Errors
/// Where the database fails.
pub async fn establish(
    connection: &mut PgConnection,
    union: &Locked,
    establishment: &Establishment,
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<DepartmentId, Failure> {
    let id = insert_department(connection, union, establishment.unit()).await?;
    let about = About { department: Some(id), ..About::default() };
    let (says, warned) = (format!("设立{}", establishment.unit().name), Warned::of(establishment.warned()));
    let day = Some(establishment.unit().from);
    note(connection, union, "department", about, (day, &says), (ground, warned), now).await?;
    Ok(id)
}

async fn insert_department(
    connection: &mut PgConnection,
    union: &Locked,
    unit: &Unit,
) -> Result<DepartmentId, Failure> {
    let id = DepartmentId::random();
    sqlx::query!(
        "insert into department (id, union_id, name, functions, ruling, from_day, until_day)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        union.id.0,
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
///
/// # Errors
/// Where the database fails.
pub async fn change_department(
    connection: &mut PgConnection,
    union: &Locked,
    department: &Department,
    establishment: &Establishment,
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let unit = establishment.unit();
    sqlx::query!(
        "update department set name = $3, functions = $4, ruling = $5, changed_on = china_day($6)
         where id = $1 and union_id = $2",
        department.id.0,
        union.id.0,
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
    let about = About { department: Some(department.id), ..About::default() };
    let warned = Warned::of(establishment.warned());
    note(connection, union, "department_changed", about, (None, &says), (ground, warned), now).await
}

/// Ends a department and, on the same day, the posts in it. Gives how many posts; none where it has ended by then.
///
/// # Errors
/// Where the database fails.
pub async fn end_department(
    connection: &mut PgConnection,
    union: &Locked,
    department: &Department,
    day: Date,
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<Option<i64>, Failure> {
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
        union.id.0,
        day
    )
    .fetch_one(&mut *connection)
    .await?;
    if done.ended == 0 {
        return Ok(None);
    }
    let about = About { department: Some(department.id), ..About::default() };
    let says = format!("撤销{}，{} 个岗位同日结束", department.name, done.posts);
    note(connection, union, "department_ended", about, (Some(day), &says), (ground, Vec::new()), now).await?;
    Ok(Some(done.posts))
}

/// A person of a roster that is taken down: their posts as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub student: StudentId,
    /// The posts.
    pub posts: Vec<Wanted>,
    /// What the roster says of their coming from a college union.
    pub from_college: Option<bool>,
    /// The roster marks them as executive chair.
    pub chair: bool,
}

/// Takes a union down as it stands: what was taken down before is void. Only before the union comes under the rules.
///
/// # Errors
/// Where the database fails.
pub async fn register(
    connection: &mut PgConnection,
    union: &Locked,
    day: Date,
    people: &[Found],
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with gone as (update post set voided_at = $2 where union_id = $1 and voided_at is null)
         update department set until_day = from_day where union_id = $1",
        union.id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let mut names: Vec<&str> = Vec::new();
    for name in people.iter().flat_map(|found| &found.posts).filter_map(|wanted| wanted.post.department()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    begin_departments(connection, union, &names, day).await?;
    for found in people {
        for wanted in &found.posts {
            let marked_chair = found.chair && (wanted.post == Post::Presidium || found.posts.len() == 1);
            let new = NewPost {
                student: found.student,
                wanted,
                from_college: found.from_college,
                marked_chair,
                registered: true,
                corrects: None,
            };
            insert_post(connection, union, &new).await?;
        }
    }
    note(connection, union, "registered", About::default(), (Some(day), says), (&Ground::default(), Vec::new()), now)
        .await
}

async fn begin_departments(
    connection: &mut PgConnection,
    union: &Locked,
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

/// Staffs a whole union anew, as the rule has passed: whoever is named for the post they hold goes on with it, everybody
/// else in a post ends, departments that nobody is named for end, and those named begin. Gives the posts that began.
///
/// # Errors
/// Where the database fails.
pub async fn reshuffle(
    connection: &mut PgConnection,
    union: &Locked,
    record: &Record,
    (reshuffle, people): (&Reshuffle, &[Found]),
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<Vec<(StudentId, Post)>, Failure> {
    let day = reshuffle.day();
    let going_on = |row: &PostRow, holding: &Holding| {
        reshuffle.appointments().iter().find(|wanted| stays(holding, Some(&row.number), wanted))
    };
    let mut staying: Vec<&Wanted> = Vec::new();
    for (row, holding) in record.posts.iter().zip(&record.timeline.holdings).filter(|(row, _)| row.is_on(day)) {
        if let Some(wanted) = going_on(row, holding) {
            staying.push(wanted);
            continue;
        }
        sqlx::query!("update post set until_day = greatest(from_day, $2) where id = $1", row.id.0, day)
            .execute(&mut *connection)
            .await?;
        let about = About { post: Some(row.id), ..About::default() };
        note(connection, union, "ended", about, (Some(day), "换届"), (ground, Vec::new()), now).await?;
        if !reshuffle.appointments().iter().any(|wanted| wanted.person.number == row.number) {
            tell_end(connection, union, (row, &record.union.name), (day, "换届"), now).await?;
        }
    }
    // What was appointed for a later day is superseded with the rest.
    sqlx::query!(
        "with posts as (
             update post set until_day = from_day
             where union_id = $1 and voided_at is null and from_day > $2 and (until_day is null or until_day > from_day)
         )
         update department set until_day = from_day
         where union_id = $1 and from_day > $2 and (until_day is null or until_day > from_day)",
        union.id.0,
        day
    )
    .execute(&mut *connection)
    .await?;
    let named: Vec<&str> = reshuffle.appointments().iter().filter_map(|wanted| wanted.post.department()).collect();
    for department in record.departments_on(day).filter(|department| !named.contains(&department.name.as_str())) {
        sqlx::query!("update department set until_day = greatest(from_day, $2) where id = $1", department.id.0, day)
            .execute(&mut *connection)
            .await?;
        let about = About { department: Some(department.id), ..About::default() };
        let says = format!("换届，撤销{}", department.name);
        note(connection, union, "department_ended", about, (Some(day), &says), (ground, Vec::new()), now).await?;
    }
    let mut new: Vec<&str> = Vec::new();
    for name in named {
        if !new.contains(&name) && !record.departments_on(day).any(|known| known.name == name) {
            new.push(name);
        }
    }
    begin_departments(connection, union, &new, day).await?;
    let mut begun = Vec::new();
    for wanted in reshuffle.appointments().iter().filter(|wanted| !staying.contains(wanted)) {
        let Some(found) = people.iter().find(|found| found.posts.contains(wanted)) else { continue };
        let new = NewPost {
            student: found.student,
            wanted,
            from_college: found.from_college,
            marked_chair: false,
            registered: false,
            corrects: None,
        };
        let post = insert_post(connection, union, &new).await?;
        let about = About { post: Some(post), ..About::default() };
        note(connection, union, "appointed", about, (Some(day), &post_words(wanted)), (ground, Vec::new()), now)
            .await?;
        begun.push((found.student, wanted.post.clone()));
    }
    leave_duty(connection, union, day, now).await?;
    let says = format!("换届：{} 个岗位，其中连任 {} 个", reshuffle.appointments().len(), staying.len());
    let warned = Warned::of(reshuffle.warned());
    note(connection, union, "reshuffled", About::default(), (Some(day), &says), (ground, warned), now).await?;
    Ok(begun)
}

/// Tells somebody that their post ends.
///
/// # Errors
/// Where the database fails.
pub async fn tell_end(
    connection: &mut PgConnection,
    union: &Locked,
    (post, name): (&PostRow, &str),
    (day, why): (Date, &str),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let notice = Notice::new(format!("你在{name}的任职自 {day} 起结束"), "/me/data")
        .says(format!("{}，{why}。", post.label_with_place()));
    inbox::tell(connection, union.institution, To::Student(post.student), &notice, now).await
}

/// Enters what a department does before its union comes under the rules: as it is, not as it may be.
///
/// # Errors
/// Where the database fails.
pub async fn take_down_functions(
    connection: &mut PgConnection,
    union: &Locked,
    department: &Department,
    unit: &Unit,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update department set functions = $3, ruling = $4 where id = $1 and union_id = $2",
        department.id.0,
        union.id.0,
        unit.functions,
        unit.ruling
    )
    .execute(&mut *connection)
    .await?;
    let about = About { department: Some(department.id), ..About::default() };
    let says = format!("{}登记职能“{}”", department.name, unit.functions);
    note(connection, union, "department_changed", about, (None, &says), (&Ground::default(), Vec::new()), now).await
}

/// What was done about a union, as its page shows it.
#[derive(Debug)]
pub struct FactRow {
    /// When.
    pub at: OffsetDateTime,
    /// By its stable word.
    pub act: String,
    /// Who did it.
    pub by: Option<String>,
    /// In which office.
    pub office: String,
    /// Whom it is about.
    pub person: Option<String>,
    /// The post it is about.
    pub post: Option<PostId>,
    /// The day from which it holds.
    pub day: Option<Date>,
    /// What was done.
    pub says: String,
    /// What it rests on.
    pub ground: String,
    /// The scan of it.
    pub document: Option<DocumentId>,
    /// Why.
    pub reason: String,
    /// What was warned of.
    pub warned: Json<Vec<Warned>>,
}

impl FactRow {
    /// The act in words.
    #[must_use]
    pub fn act_label(&self) -> &'static str {
        match self.act.as_str() {
            "created" => "建立",
            "registered" => "现状登记",
            "opened" => "启用",
            "appointed" => "任命",
            "ended" => "离任",
            "corrected" => "更正",
            "department" => "设立部门",
            "department_changed" => "变更部门",
            "department_ended" => "撤销部门",
            "reshuffled" => "换届",
            "turn_proposed" => "拟定轮值",
            "turn_confirmed" => "确认轮值",
            "turn_withdrawn" => "撤回轮值",
            "handover" => "交接",
            _ => "",
        }
    }
}

/// What was done about a union or about one of its posts, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn facts_of(
    connection: &mut PgConnection,
    union: UnionId,
    post: Option<PostId>,
    (skip, most): (i64, i64),
) -> Result<Vec<FactRow>, Failure> {
    let rows = sqlx::query_as!(
        FactRow,
        r#"select f.at, f.act, a.name as "by?", f.office, s.name as "person?", f.post_id as "post: PostId", f.day, f.says,
                  f.ground, f.document_id as "document: DocumentId", f.reason, f.warned as "warned: Json<Vec<Warned>>"
           from union_fact f left join account a on a.id = f.by_account left join post p on p.id = f.post_id
                left join turn t on t.id = f.turn_id left join student s on s.id = coalesce(p.student_id, t.student_id)
           where f.union_id = $1 and ($2::uuid is null or f.post_id = $2 or f.post_id = (select corrects from post where id = $2))
           order by f.at desc, f.id offset $3 limit $4"#,
        union.0,
        post.map(|id| id.0),
        skip,
        most
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The reasons with which soft limits were passed, by union: rule, department, reason, when.
#[derive(Debug, Clone)]
pub struct ReasonRow {
    /// The union.
    pub union: UnionId,
    /// The rule's code.
    pub rule: String,
    /// The department.
    pub unit: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// In which office.
    pub office: String,
}

/// The reasons that were given in unions, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn reasons(connection: &mut PgConnection, unions: &[UnionId]) -> Result<Vec<ReasonRow>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        ReasonRow,
        r#"select f.union_id as "union: UnionId", w ->> 'rule' as "rule!", w ->> 'unit' as unit, f.reason, f.at, f.office
           from union_fact f cross join lateral jsonb_array_elements(f.warned) w
           where f.union_id = any($1) and f.reason <> '' order by f.at desc"#,
        &ids
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A line of the printed roster.
#[derive(Debug)]
pub struct RosterRow {
    /// The union's name.
    pub union_name: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub number: String,
    /// The person's college.
    pub college: String,
    /// The person's class.
    pub class: String,
    /// The person's entry year.
    pub entry_year: i32,
    /// 政治面貌.
    pub political: Option<String>,
    /// The post's name.
    pub post: String,
    /// Its department.
    pub department: Option<String>,
    /// Since when.
    pub from_day: Date,
    /// On duty as executive chair.
    pub chair: bool,
}

/// The roster of a union on a day, in one statement: presidium, then department by department. Only for an office that
/// sees the union, which the statement looks at itself.
///
/// # Errors
/// Where the database fails.
pub async fn roster(
    connection: &mut PgConnection,
    scope: &Scope,
    office: OfficeKind,
    union: UnionId,
    day: Date,
) -> Result<Vec<RosterRow>, Failure> {
    let rows = sqlx::query_as!(
        RosterRow,
        r#"select union_name(u.kind, uc.name) as "union_name!", s.name, s.number, c.name as college, k.name as class,
                  k.entry_year, s.political, post_label(p.kind, p.title) as "post!", d.name as "department?", p.from_day,
                  exists (select from turn t where t.union_id = u.id and t.student_id = s.id and t.state = 'confirmed'
                          and p.kind = 'presidium' and t.from_day <= $3 and $3 < t.until_day) as "chair!"
           from student_union u left join college uc on uc.id = u.college_id
                join post p on p.union_id = u.id and p.voided_at is null and p.from_day <= $3
                     and (p.until_day is null or p.until_day > $3)
                join student s on s.id = p.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join department d on d.id = p.department_id
           where u.id = $2 and u.institution_id = $1 and ($4::uuid is null or u.college_id = $4)
                 and ($5::text is null or u.kind = $5)
           order by p.department_id is not null, d.from_day, d.name,
                    array_position(array['presidium', 'other', 'head', 'staff'], p.kind), p.from_day, s.number"#,
        scope.institution.0,
        union.0,
        day,
        scope.college.map(|id| id.0),
        own_kind(office)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The one kind of union that an office of the whole school sees; none for those that see all, or a college's.
fn own_kind(office: OfficeKind) -> Option<&'static str> {
    match office {
        OfficeKind::SchoolUnion => Some(Union::School.slug()),
        OfficeKind::GraduateUnion => Some(Union::Graduate.slug()),
        _ => None,
    }
}
