//! A union locked for a write, and what its history keeps of each act.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::record;
use crate::{
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, DepartmentId, DocumentId, FactId, InstitutionId, PostId, TurnId, UnionId},
    office::{SchoolLeague, UnionKeeper},
    rules::{Finding, plan::Union},
    unions::union::Record,
    words::words,
};

/// Who acts, as the history keeps it.
#[derive(Debug)]
struct Author {
    /// Nobody where whoever runs the server acts.
    account: Option<AccountId>,
    office: String,
}

impl Author {
    fn new(person: &SignedIn) -> Self {
        let office = person.acting.as_ref().map_or_else(String::new, Held::label);
        Self { account: Some(person.account), office }
    }
}

/// A union for a write: as it stood when its row was locked, and who acts.
#[derive(Debug)]
pub struct TakenUnion {
    record: Record,
    institution: InstitutionId,
    author: Author,
}

/// Nobody else adds to it meanwhile. What is written after the lock is not in its record.
pub type LockedUnion = Locked<TakenUnion>;

impl TakenUnion {
    #[must_use]
    pub fn id(&self) -> UnionId {
        self.record.union.id
    }

    #[must_use]
    pub fn institution(&self) -> InstitutionId {
        self.institution
    }
}

impl Deref for TakenUnion {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.record
    }
}

/// Locks a union for a write, if the office manages it.
///
/// # Errors
/// [`Failure::Missing`] where there is none that the office manages.
pub async fn lock(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    today: Date,
) -> Result<LockedUnion, Failure> {
    let union = hold(connection, acting.person(), id, today).await?;
    if union.union.is_managed_by(acting.office()) { Ok(union) } else { Err(Failure::Missing) }
}

/// Locks a union for a proposal of its own people. The caller judges what the person may do.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn hold(
    connection: &mut PgConnection,
    person: &SignedIn,
    id: UnionId,
    today: Date,
) -> Result<LockedUnion, Failure> {
    let institution = person.institution;
    let found = sqlx::query_scalar!(
        "select id from student_union where id = $1 and institution_id = $2 for update",
        id.0,
        institution.0
    );
    found.fetch_optional(&mut *connection).await?.ok_or(Failure::Missing)?;
    let record = record(connection, institution, id, today).await?.ok_or(Failure::Missing)?;
    Ok(Locked::new(TakenUnion { record, institution, author: Author::new(person) }))
}

/// Locks a union for whoever runs the server: the demo.
pub(crate) async fn hold_by_operator(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    today: Date,
) -> Result<LockedUnion, Failure> {
    sqlx::query!("select id from student_union where id = $1 for update", id.0).fetch_one(&mut *connection).await?;
    let record = record(connection, institution, id, today).await?.ok_or(Failure::Missing)?;
    let author = Author { account: None, office: "运维".to_owned() };
    Ok(Locked::new(TakenUnion { record, institution, author }))
}

/// A rule that was warned of and passed with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    pub rule: String,
    pub unit: Option<String>,
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
pub struct Grounds {
    /// The decision's number or words.
    pub words: String,
    pub document: Option<DocumentId>,
    /// Why a soft limit is passed, or why something is corrected.
    pub reason: Option<String>,
}

words! {
    /// What is done about a union.
    Act:
    Created = "created", "建立";
    Registered = "registered", "现状登记";
    Opened = "opened", "启用";
    Appointed = "appointed", "任命";
    Ended = "ended", "离任";
    /// An end was taken back.
    Restored = "restored", "撤销离任";
    Corrected = "corrected", "更正";
    Department = "department", "设立部门";
    DepartmentChanged = "department_changed", "变更部门";
    DepartmentEnded = "department_ended", "撤销部门";
    Reshuffled = "reshuffled", "换届";
    TurnProposed = "turn_proposed", "拟定轮值";
    TurnConfirmed = "turn_confirmed", "确认轮值";
    TurnWithdrawn = "turn_withdrawn", "撤回轮值";
    Handover = "handover", "交接";
}

/// An entry of a union's history: what was done, about what, and what it rests on.
#[derive(Debug)]
pub struct HistoryEntry<'a> {
    act: Act,
    post: Option<PostId>,
    department: Option<DepartmentId>,
    turn: Option<TurnId>,
    day: Option<Date>,
    says: String,
    grounds: Option<&'a Grounds>,
    warned: Vec<Warned>,
}

impl<'a> HistoryEntry<'a> {
    #[must_use]
    pub fn new(act: Act) -> Self {
        Self {
            act,
            post: None,
            department: None,
            turn: None,
            day: None,
            says: String::new(),
            grounds: None,
            warned: Vec::new(),
        }
    }

    #[must_use]
    pub fn post(self, id: PostId) -> Self {
        Self { post: Some(id), ..self }
    }

    #[must_use]
    pub fn department(self, id: DepartmentId) -> Self {
        Self { department: Some(id), ..self }
    }

    #[must_use]
    pub fn turn(self, id: TurnId) -> Self {
        Self { turn: Some(id), ..self }
    }

    /// The day from which it holds.
    #[must_use]
    pub fn from(self, day: Date) -> Self {
        Self { day: Some(day), ..self }
    }

    /// In words; cut at 300 characters.
    #[must_use]
    pub fn says(self, says: impl Into<String>) -> Self {
        Self { says: says.into(), ..self }
    }

    #[must_use]
    pub fn on(self, grounds: &'a Grounds) -> Self {
        Self { grounds: Some(grounds), ..self }
    }

    /// What was warned of and passed with the grounds' reason.
    #[must_use]
    pub fn warned(self, findings: &[Finding]) -> Self {
        Self { warned: Warned::of(findings), ..self }
    }
}

/// Adds to the history of a union.
pub async fn note(
    connection: &mut PgConnection,
    union: &LockedUnion,
    entry: HistoryEntry<'_>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    insert_entry(connection, union.id(), &union.author, entry, now).await
}

async fn insert_entry(
    connection: &mut PgConnection,
    union: UnionId,
    author: &Author,
    entry: HistoryEntry<'_>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let no_grounds = Grounds::default();
    let grounds = entry.grounds.unwrap_or(&no_grounds);
    sqlx::query!(
        "insert into union_fact (id, union_id, at, by_account, office, act, post_id, department_id, turn_id, day, says,
                                 ground, document_id, reason, warned)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        FactId::random().0,
        union.0,
        now,
        author.account.map(|id| id.0),
        author.office,
        entry.act.slug(),
        entry.post.map(|id| id.0),
        entry.department.map(|id| id.0),
        entry.turn.map(|id| id.0),
        entry.day,
        entry.says.chars().take(300).collect::<String>(),
        grounds.words,
        grounds.document.map(|id| id.0),
        grounds.reason.clone().unwrap_or_default(),
        serde_json::to_value(entry.warned).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets up a union; none where there is one of that kind and college already.
pub async fn create(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    kind: Union,
    college: Option<CollegeId>,
    now: OffsetDateTime,
) -> Result<Option<UnionId>, Failure> {
    let id = insert_union(connection, acting.institution(), kind, college, now).await?;
    if let Some(id) = id {
        let author = Author::new(acting.person());
        insert_entry(connection, id, &author, HistoryEntry::new(Act::Created), now).await?;
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
pub async fn open(
    connection: &mut PgConnection,
    union: &LockedUnion,
    day: Date,
    says: &str,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done =
        sqlx::query!("update student_union set opened_on = $2 where id = $1 and opened_on is null", union.id().0, day)
            .execute(&mut *connection)
            .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, union, HistoryEntry::new(Act::Opened).from(day).says(says).on(grounds), now).await?;
    Ok(true)
}
