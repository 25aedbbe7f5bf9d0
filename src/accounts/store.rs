//! SQL of accounts and offices. Every function takes the proof that somebody manages a university's accounts,
//! and reads or writes at that university alone.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::{
        acting::Acting,
        store::{end_sessions, forget_attempts},
    },
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId},
    office::{Administrator, OfficeKind, SlipPrinter},
    page::paging::RowRange,
};

/// The proof that somebody may manage a university's accounts.
#[derive(Debug, Clone, Copy)]
pub struct AccountManager {
    pub(super) institution: InstitutionId,
    /// None for the operator of the server.
    pub(super) by: Option<AccountId>,
}

impl AccountManager {
    /// The operator of the server: the command line, and the demo.
    #[must_use]
    pub fn operator(institution: InstitutionId) -> Self {
        Self { institution, by: None }
    }
}

impl From<&Acting<Administrator>> for AccountManager {
    fn from(acting: &Acting<Administrator>) -> Self {
        Self { institution: acting.institution(), by: Some(acting.person().account) }
    }
}

impl From<&Acting<SlipPrinter>> for AccountManager {
    fn from(acting: &Acting<SlipPrinter>) -> Self {
        Self { institution: acting.institution(), by: Some(acting.person().account) }
    }
}

/// Where an office belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficePlace {
    School,
    College(CollegeId),
    Class(ClassId),
}

impl OfficePlace {
    /// Its college, or its class.
    pub(super) fn ids(self) -> (Option<CollegeId>, Option<ClassId>) {
        match self {
            Self::School => (None, None),
            Self::College(college) => (Some(college), None),
            Self::Class(class) => (None, Some(class)),
        }
    }
}

/// From which day an office is held, and the first day on which it is not held any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub from: Date,
    /// The first day after; none where it is open.
    pub until: Option<Date>,
}

impl Term {
    /// From that day on.
    #[must_use]
    pub fn since(from: Date) -> Self {
        Self { from, until: None }
    }
}

/// An office to be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewOffice {
    pub kind: OfficeKind,
    pub place: OfficePlace,
    pub term: Term,
}

/// An account to be made.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// 学号 or 工号.
    pub number: &'a str,
    pub name: &'a str,
    /// A PHC string; none for an account that waits for its activation code.
    pub password_hash: Option<&'a str>,
    /// The person must choose a password of their own at the first sign-in.
    pub must_change_password: bool,
}

/// Sets up a university.
///
/// # Errors
/// Where the code or the name is taken.
pub async fn create_institution(
    connection: &mut PgConnection,
    code: &str,
    name: &str,
    now: OffsetDateTime,
) -> Result<InstitutionId, Failure> {
    let id = InstitutionId::random();
    sqlx::query!("insert into institution (id, code, name, created_at) values ($1, $2, $3, $4)", id.0, code, name, now)
        .execute(connection)
        .await?;
    Ok(id)
}

/// The university of that code.
pub async fn institution_named(connection: &mut PgConnection, code: &str) -> Result<Option<InstitutionId>, Failure> {
    let row = sqlx::query_scalar!(r#"select id as "id: InstitutionId" from institution where code = $1"#, code);
    Ok(row.fetch_optional(connection).await?)
}

/// The code of the manager's university.
pub async fn institution_code(connection: &mut PgConnection, manager: &AccountManager) -> Result<String, Failure> {
    let code = sqlx::query_scalar!("select code from institution where id = $1", manager.institution.0);
    Ok(code.fetch_one(connection).await?)
}

/// Makes an account, that of the student with its number where there is one; none where the number is taken, or is a
/// student's of another name.
pub async fn create(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: &NewAccount<'_>,
    now: OffsetDateTime,
) -> Result<Option<AccountId>, Failure> {
    let id = AccountId::random();
    let made = sqlx::query!(
        "insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                              created_at, student_id)
         select $1, $2, coalesce(s.number, $3), coalesce(s.name, $4), $5::text,
                case when $5::text is not null then $6::timestamptz end, $7, $6, s.id
         from (select) one left join student s on s.id = student_numbered($2, $3)
         where s.id is null or s.name_key = name_key($4)
         on conflict do nothing",
        id.0,
        manager.institution.0,
        account.number,
        account.name,
        account.password_hash,
        now,
        account.must_change_password
    );
    Ok((made.execute(connection).await?.rows_affected() == 1).then_some(id))
}

/// Grants an office for a term, which ends at the latest when the person leaves; `false` where the account holds it on
/// some day of the term already, the person has left by then, or the one deputy secretary's place is taken. Slips that
/// were printed for a student open nothing more once an office beyond the class comes with the account; the code that was
/// made with an account whose office another administrator confirms stays good.
pub async fn grant(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: AccountId,
    office: &NewOffice,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let NewOffice { kind, place, term } = *office;
    let (college, class) = place.ids();
    let done = sqlx::query!(
        "insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, until_day, granted_at)
         select $1, a.id, a.institution_id, $4, $5, $6, $7, least($8, s.left_on), $9
         from account a left join student s on s.id = a.student_id
         where a.id = $2 and a.institution_id = $3 and (s.left_on is null or s.left_on > $7)
         on conflict do nothing",
        OfficeId::random().0,
        account.0,
        manager.institution.0,
        kind.slug(),
        college.map(|id| id.0),
        class.map(|id| id.0),
        term.from,
        term.until,
        now
    );
    let granted = done.execute(&mut *connection).await?.rows_affected() == 1;
    if granted && !matches!(kind, OfficeKind::Student | OfficeKind::ClassBranch) {
        sqlx::query!(
            "update activation v set voided_at = $2
             where v.account_id = $1 and v.purpose = 'first' and v.used_at is null and v.voided_at is null
                   and not exists (select from consent q where q.account_id = $1 and q.asked_by = v.made_by
                                   and q.asked_at = v.made_at)",
            account.0,
            now
        )
        .execute(connection)
        .await?;
    }
    Ok(granted)
}

/// The account holds that office on a day of the term already.
pub async fn holds(connection: &mut PgConnection, account: AccountId, office: &NewOffice) -> Result<bool, Failure> {
    let NewOffice { kind, place, term } = *office;
    let (college, class) = place.ids();
    let held = sqlx::query_scalar!(
        r#"select exists (select from office where account_id = $1 and kind = $2 and ended_at is null
                          and college_id is not distinct from $3 and class_id is not distinct from $4
                          and daterange(from_day, until_day) && daterange($5, $6)) as "held!""#,
        account.0,
        kind.slug(),
        college.map(|id| id.0),
        class.map(|id| id.0),
        term.from,
        term.until
    );
    Ok(held.fetch_one(connection).await?)
}

/// The college in which an account's student studies, where the office is another college's, or of a class of another one.
pub async fn studies_elsewhere(
    connection: &mut PgConnection,
    account: AccountId,
    office: &NewOffice,
) -> Result<Option<String>, Failure> {
    let (college, class) = office.place.ids();
    let elsewhere = sqlx::query_scalar!(
        "select c.name from account a join student s on s.id = a.student_id join class k on k.id = s.class_id
              join major m on m.id = k.major_id join college c on c.id = m.college_id
         where a.id = $1 and c.id <> coalesce($2, (select om.college_id from class o join major om on om.id = o.major_id
                                                   where o.id = $3))",
        account.0,
        college.map(|id| id.0),
        class.map(|id| id.0)
    );
    Ok(elsewhere.fetch_optional(connection).await?)
}

/// Somebody is deputy secretary on a day of the new office's term; no other kind of office has one place only.
pub async fn deputy_is_taken(
    connection: &mut PgConnection,
    manager: &AccountManager,
    office: &NewOffice,
) -> Result<bool, Failure> {
    if office.kind != OfficeKind::DeputySecretary {
        return Ok(false);
    }
    let taken = sqlx::query_scalar!(
        r#"select exists (select from office where institution_id = $1 and kind = 'deputy_secretary'
                          and ended_at is null and daterange(from_day, until_day) && daterange($2, $3)) as "taken!""#,
        manager.institution.0,
        office.term.from,
        office.term.until
    );
    Ok(taken.fetch_one(connection).await?)
}

/// An account as the list shows it.
#[derive(Debug)]
pub struct AccountRow {
    pub id: AccountId,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    /// It may not sign in.
    pub disabled: bool,
    /// It is not activated yet.
    pub waiting: bool,
    /// Its offices in words, e.g. `信息工程系 院系团组织`.
    pub offices: String,
}

/// Accounts whose number or name holds `search`, by number, from the place `skip` on.
pub async fn list(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    search: &str,
    range: RowRange,
    now: OffsetDateTime,
) -> Result<Vec<AccountRow>, Failure> {
    let rows = sqlx::query!(
        r#"select a.id as "id: AccountId", a.number, a.name, a.disabled_at is not null as "disabled!",
                  not exists (select from activated_account v where v.id = a.id) as "waiting!",
                  array(select o.kind from office o
                        where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, $5)
                        order by o.granted_at, o.id) as "kinds!",
                  array(select coalesce(c.name, k.name, '') from office o left join college c on c.id = o.college_id
                        left join class k on k.id = o.class_id
                        where o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, $5)
                        order by o.granted_at, o.id) as "places!"
           from account a
           where a.institution_id = $1 and (strpos(a.number_key, number_key($2)) > 0 or strpos(lower(a.name_key), lower(name_key($2))) > 0)
                 and not exists (select from student s where s.id = a.student_id and s.erased_at is not null)
           order by a.number offset $3 limit $4"#,
        acting.institution().0,
        search,
        range.skip,
        range.most,
        now
    )
    .fetch_all(connection)
    .await?;
    let words = |(kind, place): (&String, &String)| in_words(kind, Some(place).filter(|place| !place.is_empty()));
    Ok(rows
        .into_iter()
        .map(|row| AccountRow {
            offices: row.kinds.iter().zip(&row.places).map(words).collect::<Vec<_>>().join("、"),
            id: row.id,
            number: row.number,
            name: row.name,
            disabled: row.disabled,
            waiting: row.waiting,
        })
        .collect())
}

/// After how many minutes without use a session ends (none: not before the twelve hours), and who has a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInRules {
    /// Of whoever holds an office that teachers hold.
    pub staff: Option<i16>,
    /// Of everybody else.
    pub students: Option<i16>,
    /// Administrators and the School Youth League committee must have one.
    pub factor_required: bool,
}

/// What a university has set.
pub async fn sign_in_rules(connection: &mut PgConnection, institution: InstitutionId) -> Result<SignInRules, Failure> {
    let rules = sqlx::query_as!(
        SignInRules,
        "select staff_idle_minutes as staff, student_idle_minutes as students, factor_required
         from institution where id = $1",
        institution.0
    );
    Ok(rules.fetch_one(connection).await?)
}

pub async fn set_sign_in_rules(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    rules: SignInRules,
) -> Result<(), Failure> {
    sqlx::query!(
        "update institution set staff_idle_minutes = $2, student_idle_minutes = $3, factor_required = $4 where id = $1",
        acting.institution().0,
        rules.staff,
        rules.students,
        rules.factor_required
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An account of the administrator's university.
#[derive(Debug)]
pub struct Account {
    pub id: AccountId,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    /// Since when it may not sign in.
    pub disabled_at: Option<OffsetDateTime>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When its password was set; none before, or where its owner signs in by the university's own server alone.
    pub password_set_at: Option<OffsetDateTime>,
    /// It is activated: by a password, or by the university's own server.
    pub active: bool,
    pub sessions: i64,
    /// A second factor is asked for at its sign-in.
    pub has_factor: bool,
    /// Until when new devices have to wait after failed attempts, at the longest.
    pub waits_until: Option<OffsetDateTime>,
}

/// An account of the administrator's university; none of any other, and none of an erased person's.
pub async fn find(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    id: AccountId,
    now: OffsetDateTime,
) -> Result<Option<Account>, Failure> {
    let row = sqlx::query_as!(
        Account,
        r#"select a.id as "id: AccountId", a.number, a.name, a.disabled_at, a.created_at, a.password_set_at,
                  exists (select from activated_account v where v.id = a.id) as "active!",
                  (select count(*) from session s
                   where s.account_id = a.id and exists (select from person_of_session(s.token_hash, $3))) as "sessions!",
                  exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null)
                      as "has_factor!",
                  (select max(t.open_at) from sign_in_attempt t
                   where t.institution_id = a.institution_id and t.number = a.number_key and t.open_at > $3) as waits_until
           from account a where a.id = $1 and a.institution_id = $2
                 and not exists (select from student s where s.id = a.student_id and s.erased_at is not null)"#,
        id.0,
        acting.institution().0,
        now
    );
    Ok(row.fetch_optional(connection).await?)
}

/// An office as an account's page shows it.
#[derive(Debug)]
pub struct OfficeRow {
    pub id: OfficeId,
    pub kind: String,
    pub place: Option<String>,
    /// The first day of its term.
    pub from_day: Date,
    /// The first day after its term.
    pub until_day: Option<Date>,
    /// When it was ended ahead of its term.
    pub ended_at: Option<OffsetDateTime>,
    /// It is held now.
    pub held: bool,
    /// Its term is still to come.
    pub to_come: bool,
}

impl OfficeRow {
    /// It is held, or will be, and manages the accounts.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.held && self.kind == OfficeKind::Administrator.slug()
    }

    /// It can still be ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.held || self.to_come
    }

    /// The last day of its term.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.until_day.and_then(Date::previous_day)
    }

    #[must_use]
    pub fn label(&self) -> String {
        in_words(&self.kind, self.place.as_ref())
    }
}

/// An office by its stable word; the database's check lets no unknown one in.
pub(super) fn in_words(kind: &str, place: Option<&String>) -> String {
    let label = kind.parse().map_or("", OfficeKind::label);
    place.map_or_else(|| label.to_owned(), |place| format!("{place} {label}"))
}

/// All offices of an account, those held now first.
pub async fn offices(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Vec<OfficeRow>, Failure> {
    let rows = sqlx::query_as!(
        OfficeRow,
        r#"select o.id as "id: OfficeId", o.kind, coalesce(c.name, k.name) as place, o.from_day, o.until_day, o.ended_at,
                  is_held(o.from_day, o.until_day, o.ended_at, $2) as "held!",
                  (o.ended_at is null and o.from_day > china_day($2)) as "to_come!"
           from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
           where o.account_id = $1
           order by is_held(o.from_day, o.until_day, o.ended_at, $2) desc, o.granted_at desc, o.id"#,
        account.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many administrators of the university may sign in, besides `except`. The university's row is locked until the
/// transaction ends, so that two administrators who leave at once see each other; whatever only names the university is
/// written meanwhile.
pub async fn other_administrators(
    connection: &mut PgConnection,
    manager: &AccountManager,
    except: AccountId,
    now: OffsetDateTime,
) -> Result<i64, Failure> {
    sqlx::query!("select id from institution where id = $1 for no key update", manager.institution.0)
        .fetch_one(&mut *connection)
        .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from account a join activated_account v on v.id = a.id
           where a.institution_id = $1 and a.id <> $2 and a.disabled_at is null
                 and exists (select from office o where o.account_id = a.id and o.kind = 'administrator'
                             and is_held(o.from_day, o.until_day, o.ended_at, $3))"#,
        manager.institution.0,
        except.0,
        now
    );
    Ok(count.fetch_one(connection).await?)
}

/// Ends an office at once; `false` if it was not held any more.
pub async fn end_office(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: AccountId,
    office: OfficeId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update office set ended_at = $4
         where id = $1 and account_id = $2 and institution_id = $3 and ended_at is null
               and (until_day is null or china_day($4) < until_day)",
        office.0,
        account.0,
        manager.institution.0,
        now
    );
    let ended = done.execute(&mut *connection).await?.rows_affected() == 1;
    sqlx::query!("update session set office_id = null where office_id = $1", office.0).execute(connection).await?;
    Ok(ended)
}

/// Takes an account's password away and ends its sessions, for a new one by a one-time code; its failed attempts are
/// forgotten. Gives how many sessions ended.
pub async fn take_password(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: AccountId,
) -> Result<u64, Failure> {
    sqlx::query!(
        "update account set password_hash = null, password_set_at = null where id = $1 and institution_id = $2",
        account.0,
        manager.institution.0
    )
    .execute(&mut *connection)
    .await?;
    forget_attempts(connection, account).await?;
    end_sessions(connection, account, None).await
}

/// Disables an account or enables it again; `false` if it was so already.
pub async fn set_disabled(
    connection: &mut PgConnection,
    manager: &AccountManager,
    account: AccountId,
    disabled: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update account set disabled_at = case when $3 then $4::timestamptz end
         where id = $1 and institution_id = $2 and (disabled_at is not null) <> $3",
        account.0,
        manager.institution.0,
        disabled,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
