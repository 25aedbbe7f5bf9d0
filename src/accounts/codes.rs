//! One-time codes: by one an account gets its first password, or a new one after a reset. The person sets the password;
//! nobody else ever knows it. Only a code's hash is kept, it works once and expires.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::store::AccountManager;
use crate::{
    auth::{person::Scope, store::forget_attempts, token::hash_of},
    clock::CHINA,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId},
    secrets::code,
    words::words,
};

/// How long a code works, to the end of the last day: slips are handed out in class over some weeks.
const LASTS: Duration = Duration::days(30);

/// The last day of a code that is made at that moment.
#[must_use]
pub fn last_day(now: OffsetDateTime) -> Date {
    (now + LASTS).to_offset(CHINA).date()
}

/// A code as printed: `abcd-efgh-…`. Shown once.
#[derive(Debug, Clone)]
pub struct Code(String);

impl Code {
    fn random() -> Self {
        Self(code())
    }

    /// The code for the person.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> Vec<u8> {
        hash_of(&self.0)
    }
}

words! {
    /// What a code is for.
    Purpose:
    First = "first", "首次使用";
    /// A new password in the place of one that was taken away.
    Reset = "reset", "密码重置";
}

/// Makes a code for an account of the manager's university; an earlier one works no more.
pub async fn issue(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: AccountId,
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<Code, Failure> {
    let codes = issue_many(connection, manager, &[account.0], purpose, now).await?;
    codes.into_iter().next().ok_or(Failure::Missing)
}

async fn issue_many(
    connection: &mut PgConnection,
    manager: &AccountManager,
    accounts: &[uuid::Uuid],
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<Vec<Code>, Failure> {
    sqlx::query!(
        "update activation set voided_at = $2 where account_id = any($1) and used_at is null and voided_at is null",
        accounts,
        now
    )
    .execute(&mut *connection)
    .await?;
    let codes: Vec<Code> = accounts.iter().map(|_| Code::random()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(Code::hash).collect();
    sqlx::query!(
        "insert into activation (code_hash, account_id, purpose, made_by, made_at, expires_at)
         select u.code, a.id, $4, $5, $6, $7
         from unnest($1::bytea[], $2::uuid[]) as u(code, account) join account a on a.id = u.account
         where a.institution_id = $3",
        &hashes,
        accounts,
        manager.institution.0,
        purpose.slug(),
        manager.by.map(|by| by.0),
        now,
        last_day(now).next_day().unwrap_or(Date::MAX).midnight().assume_offset(CHINA)
    )
    .execute(connection)
    .await?;
    Ok(codes)
}

#[derive(Debug, Clone)]
pub struct Slip {
    /// 学号.
    pub number: String,
    pub name: String,
    pub code: Code,
}

/// For whom of a class slips are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// All who have not activated their account: slips in their hands work no more.
    All,
    /// Those of them who have no slip that works.
    WithoutSlip,
    /// The one with that number.
    One(String),
}

/// A student who has not activated their account.
#[derive(Debug)]
pub struct WaitingStudent {
    pub number: String,
    pub name: String,
    /// When the slip that they hold, and that works, was printed.
    pub printed_at: Option<OffsetDateTime>,
}

/// The students of a class for whom slips can be made.
pub async fn waiting_students(
    connection: &mut PgConnection,
    manager: &AccountManager,
    class: ClassId,
    now: OffsetDateTime,
) -> Result<Vec<WaitingStudent>, Failure> {
    let rows = sqlx::query_as!(
        WaitingStudent,
        r#"select s.number, s.name,
                  (select max(v.made_at) from activation v where v.account_id = a.id and v.used_at is null
                   and v.voided_at is null and v.expires_at > $3) as printed_at
           from student s left join account a on a.student_id = s.id
           where s.class_id = $1 and s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($3))
                 and a.disabled_at is null and not exists (select from activated_account e where e.id = a.id)
                 and not exists (select from activation c where c.account_id = a.id and c.purpose = 'reset'
                                 and c.used_at is null and c.voided_at is null)
                 and not exists (select from office o where o.account_id = a.id
                                 and o.kind not in ('student', 'class_branch') and o.ended_at is null
                                 and (o.until_day is null or o.until_day > china_day($3)))
           order by s.number"#,
        class.0,
        manager.institution.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Makes accounts for a class's students who have none, and a code for each of those who are meant and have not activated theirs.
/// A student who holds an office beyond the class is left out: their code comes from an administrator.
pub async fn issue_for_class(
    connection: &mut PgConnection,
    manager: &AccountManager,
    class: ClassId,
    whom: &Whom,
    now: OffsetDateTime,
) -> Result<Vec<Slip>, Failure> {
    let one = if let Whom::One(number) = whom { Some(number.as_str()) } else { None };
    // Two who print at once: the second one's slips are the valid ones.
    sqlx::query!("select id from class where id = $1 for update", class.0).fetch_one(&mut *connection).await?;
    sqlx::query!(
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select gen_random_uuid(), s.institution_id, s.number, s.name, false, $3, s.id
         from student s
         where s.class_id = $1 and s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($3))
         on conflict do nothing",
        class.0,
        manager.institution.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let waiting = sqlx::query!(
        r#"select a.id, a.number, a.name from account a join student s on s.id = a.student_id
           where s.class_id = $1 and s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($3))
                 and a.disabled_at is null and not exists (select from activated_account e where e.id = a.id)
                 and not exists (select from activation c where c.account_id = a.id and c.purpose = 'reset'
                                 and c.used_at is null and c.voided_at is null)
                 and not exists (select from office o where o.account_id = a.id
                                 and o.kind not in ('student', 'class_branch') and o.ended_at is null
                                 and (o.until_day is null or o.until_day > china_day($3)))
                 and ($4::text is null or a.number_key = number_key($4))
                 and (not $5 or not exists (select from activation v where v.account_id = a.id and v.used_at is null
                                            and v.voided_at is null and v.expires_at > $3))
           order by a.number"#,
        class.0,
        manager.institution.0,
        now,
        one,
        *whom == Whom::WithoutSlip
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<uuid::Uuid> = waiting.iter().map(|row| row.id).collect();
    let codes = issue_many(connection, manager, &ids, Purpose::First, now).await?;
    Ok(waiting.into_iter().zip(codes).map(|(row, code)| Slip { number: row.number, name: row.name, code }).collect())
}

/// A class and how many of its students have not activated their account.
#[derive(Debug)]
pub struct ClassState {
    pub id: ClassId,
    pub college: String,
    pub college_id: CollegeId,
    pub entry_year: i32,
    pub name: String,
    pub students: i64,
    /// Those who have not activated their account.
    pub waiting: i64,
    /// Those of them whose slip was printed and still works.
    pub printed: i64,
}

impl ClassState {
    /// Those who hold no slip that works.
    #[must_use]
    pub fn without_slip(&self) -> i64 {
        self.waiting - self.printed
    }
}

/// The classes of a scope, those with most still to activate first within each college.
pub async fn classes(
    connection: &mut PgConnection,
    scope: &Scope,
    now: OffsetDateTime,
) -> Result<Vec<ClassState>, Failure> {
    let rows = sqlx::query_as!(
        ClassState,
        r#"select k.id as "id: ClassId", c.name as college, c.id as "college_id: CollegeId", k.entry_year, k.name,
                  n.students as "students!", n.waiting as "waiting!", n.printed as "printed!"
           from (
                    select s.class_id, count(*) as students, count(*) filter (where e.id is null) as waiting,
                           count(*) filter (where e.id is null and a.id in (
                               select v.account_id from activation v
                               where v.used_at is null and v.voided_at is null and v.expires_at > $4)) as printed
                    from student s left join account a on a.student_id = s.id left join activated_account e on e.id = a.id
                    where s.institution_id = $1 and ($3::uuid is null or s.class_id = $3)
                          and ($2::uuid is null or s.class_id in (
                              select k.id from class k join major m on m.id = k.major_id where m.college_id = $2))
                          and (s.left_on is null or s.left_on > china_day($4))
                    group by s.class_id
                ) n join class k on k.id = n.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           order by c.place, c.name, k.entry_year desc, k.name"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Whether a code opens that account now.
pub async fn opens(
    connection: &mut PgConnection,
    account: AccountId,
    code_hash: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from activation where code_hash = $1 and account_id = $2 and used_at is null
                          and voided_at is null and expires_at > $3) as "opens!""#,
        code_hash,
        account.0,
        now
    );
    Ok(found.fetch_one(connection).await?)
}

/// An account that has no password yet.
#[derive(Debug)]
pub struct WaitingAccount {
    pub institution: InstitutionId,
    pub account: AccountId,
    pub name: String,
}

/// The account of a number that may be activated: it has no password and is not disabled.
pub async fn waiting_account(
    connection: &mut PgConnection,
    school: &str,
    number: &str,
) -> Result<Option<WaitingAccount>, Failure> {
    let row = sqlx::query_as!(
        WaitingAccount,
        r#"select i.id as "institution: InstitutionId", a.id as "account: AccountId", a.name
           from institution i join account a on a.id = account_numbered(i.id, $2)
           where i.code = $1 and a.disabled_at is null and a.password_hash is null"#,
        school,
        number
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Uses a code up and sets the password; a student gets the office of a student. `None` where the code does not open
/// the account any more.
pub async fn redeem(
    connection: &mut PgConnection,
    account: AccountId,
    code_hash: &[u8],
    password_hash: &str,
    now: OffsetDateTime,
) -> Result<Option<Purpose>, Failure> {
    let used = sqlx::query_scalar!(
        "update activation c set used_at = $3 from account a
         where c.code_hash = $1 and c.account_id = $2 and c.used_at is null and c.voided_at is null
               and c.expires_at > $3 and a.id = c.account_id and a.password_hash is null and a.disabled_at is null
               -- Printed in the moment in which its owner came by the university's own server.
               and (c.purpose = 'reset' or not exists (select from activated_account e where e.id = a.id))
         returning c.purpose",
        code_hash,
        account.0,
        now
    );
    let Some(purpose) = used.fetch_optional(&mut *connection).await? else { return Ok(None) };
    sqlx::query!(
        "update account set password_hash = $2, password_set_at = $3, must_change_password = false where id = $1",
        account.0,
        password_hash,
        now
    )
    .execute(&mut *connection)
    .await?;
    let_in(connection, account, now).await?;
    forget_attempts(connection, account).await?;
    Ok(Some(purpose.parse()?))
}

/// Voids the codes of an account that somebody came into without one: whoever found one would set a password of theirs.
pub(super) async fn void_codes(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update activation set voided_at = $2 where account_id = $1 and used_at is null and voided_at is null",
        account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a student who comes in for the first time the office of a student.
pub(super) async fn let_in(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into office (id, account_id, institution_id, kind, from_day, until_day, granted_at)
         select gen_random_uuid(), a.id, a.institution_id, 'student', china_day($2), s.left_on, $2
         from account a join student s on s.id = a.student_id
         where a.id = $1 and (s.left_on is null or s.left_on > china_day($2))
         on conflict do nothing",
        account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
