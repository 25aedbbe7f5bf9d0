//! SQL of accounts and offices. What reads asks for an [`Acting`] and sees its university alone; what writes takes an
//! account that was found so, or, for the command line and the demo, one that was just made.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{
        acting::Acting,
        office::{Administrator, OfficeKind},
        store::forget_attempts,
    },
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId},
};

/// Where an office belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// The whole university.
    School,
    /// One college.
    College(CollegeId),
    /// One class.
    Class(ClassId),
}

/// An account to be made.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// 学号 or 工号.
    pub number: &'a str,
    /// Name.
    pub name: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// The person must choose a password of their own at the first sign-in.
    pub must_change_password: bool,
}

/// Sets up a university.
///
/// # Errors
/// Where the database fails, or the code or the name is taken.
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
///
/// # Errors
/// Where the database fails.
pub async fn institution_named(connection: &mut PgConnection, code: &str) -> Result<Option<InstitutionId>, Failure> {
    let row = sqlx::query_scalar!(r#"select id as "id: InstitutionId" from institution where code = $1"#, code);
    Ok(row.fetch_optional(connection).await?)
}

/// Makes an account; none where the number is taken.
///
/// # Errors
/// Where the database fails.
pub async fn create(
    connection: &mut PgConnection,
    institution: InstitutionId,
    account: &NewAccount<'_>,
    now: OffsetDateTime,
) -> Result<Option<AccountId>, Failure> {
    let id = AccountId::random();
    let made = sqlx::query!(
        "insert into account
             (id, institution_id, number, name, password_hash, password_set_at, must_change_password, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $6) on conflict (institution_id, number) do nothing",
        id.0,
        institution.0,
        account.number,
        account.name,
        account.password_hash,
        now,
        account.must_change_password
    );
    Ok((made.execute(connection).await?.rows_affected() == 1).then_some(id))
}

/// Grants an office; `false` where the account holds it already.
///
/// # Errors
/// Where the database fails.
pub async fn grant(
    connection: &mut PgConnection,
    account: AccountId,
    kind: OfficeKind,
    seat: Seat,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let (college, class) = match seat {
        Seat::School => (None, None),
        Seat::College(college) => (Some(college.0), None),
        Seat::Class(class) => (None, Some(class.0)),
    };
    let done = sqlx::query!(
        "insert into office (id, account_id, kind, college_id, class_id, granted_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (account_id, kind, coalesce(college_id, class_id, account_id)) where ended_at is null do nothing",
        OfficeId::random().0,
        account.0,
        kind.slug(),
        college,
        class,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// An account as the list shows it.
#[derive(Debug)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// 学号 or 工号.
    pub number: String,
    /// Name.
    pub name: String,
    /// It may not sign in.
    pub disabled: bool,
    /// It has not yet chosen a password of its own.
    pub must_change_password: bool,
    /// Its offices in words, e.g. `信息工程系 院系团组织`.
    pub offices: String,
}

/// Accounts whose number or name holds `search`, by number, from the place `skip` on.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    search: &str,
    skip: i64,
    most: i64,
) -> Result<Vec<AccountRow>, Failure> {
    let rows = sqlx::query!(
        r#"select a.id as "id: AccountId", a.number, a.name, a.disabled_at is not null as "disabled!",
                  a.must_change_password,
                  array(select o.kind from office o where o.account_id = a.id and o.ended_at is null
                        order by o.granted_at, o.id) as "kinds!",
                  array(select coalesce(c.name, k.name, '') from office o left join college c on c.id = o.college_id
                        left join class k on k.id = o.class_id where o.account_id = a.id and o.ended_at is null
                        order by o.granted_at, o.id) as "places!"
           from account a
           where a.institution_id = $1 and (strpos(a.number, $2) > 0 or strpos(a.name, $2) > 0)
           order by a.number offset $3 limit $4"#,
        institution.0,
        search,
        skip,
        most
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
            must_change_password: row.must_change_password,
        })
        .collect())
}

/// An account of the administrator's university.
#[derive(Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// 学号 or 工号.
    pub number: String,
    /// Name.
    pub name: String,
    /// Since when it may not sign in.
    pub disabled_at: Option<OffsetDateTime>,
    /// It has not yet chosen a password of its own.
    pub must_change_password: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When its password was set.
    pub password_set_at: OffsetDateTime,
    /// Sessions open now.
    pub sessions: i64,
}

impl Account {
    /// Name and number, as the record names people.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}（{}）", self.name, self.number)
    }
}

/// An account of the administrator's university; none of any other.
///
/// # Errors
/// Where the database fails.
pub async fn find(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    id: AccountId,
    now: OffsetDateTime,
) -> Result<Option<Account>, Failure> {
    let row = sqlx::query_as!(
        Account,
        r#"select a.id as "id: AccountId", a.number, a.name, a.disabled_at, a.must_change_password, a.created_at,
                  a.password_set_at,
                  (select count(*) from session s where s.account_id = a.id and s.expires_at > $3) as "sessions!"
           from account a where a.id = $1 and a.institution_id = $2"#,
        id.0,
        acting.institution().0,
        now
    );
    Ok(row.fetch_optional(connection).await?)
}

/// An office as an account's page shows it.
#[derive(Debug)]
pub struct OfficeRow {
    /// Its id.
    pub id: OfficeId,
    /// Its kind's stable word.
    pub kind: String,
    /// Its college or class.
    pub place: Option<String>,
    /// Since when.
    pub granted_at: OffsetDateTime,
    /// Until when; none while it is held.
    pub ended_at: Option<OffsetDateTime>,
}

impl OfficeRow {
    /// It is held now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.ended_at.is_none()
    }

    /// It is held now and keeps the accounts.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.is_held() && self.kind == OfficeKind::Administrator.slug()
    }

    /// The office in words.
    #[must_use]
    pub fn label(&self) -> String {
        in_words(&self.kind, self.place.as_ref())
    }
}

/// An office by its stable word; the database's check lets no unknown one in.
fn in_words(kind: &str, place: Option<&String>) -> String {
    let label = kind.parse().map_or("", OfficeKind::label);
    place.map_or_else(|| label.to_owned(), |place| format!("{place} {label}"))
}

/// All offices of an account, those held now first.
///
/// # Errors
/// Where the database fails.
pub async fn offices(connection: &mut PgConnection, account: AccountId) -> Result<Vec<OfficeRow>, Failure> {
    let rows = sqlx::query_as!(
        OfficeRow,
        r#"select o.id as "id: OfficeId", o.kind, coalesce(c.name, k.name) as place, o.granted_at, o.ended_at
           from office o left join college c on c.id = o.college_id left join class k on k.id = o.class_id
           where o.account_id = $1 order by o.ended_at is not null, o.granted_at desc, o.id"#,
        account.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many administrators of the university may sign in, besides `except`. The university's row is locked until the
/// transaction ends, so that two administrators who leave at once see each other.
///
/// # Errors
/// Where the database fails.
pub async fn other_administrators(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    except: AccountId,
) -> Result<i64, Failure> {
    sqlx::query!("select id from institution where id = $1 for update", acting.institution().0)
        .fetch_one(&mut *connection)
        .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from account a
           where a.institution_id = $1 and a.id <> $2 and a.disabled_at is null and exists (
               select from office o where o.account_id = a.id and o.kind = 'administrator' and o.ended_at is null)"#,
        acting.institution().0,
        except.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Ends an office; `false` if it was not held any more.
///
/// # Errors
/// Where the database fails.
pub async fn end_office(
    connection: &mut PgConnection,
    account: AccountId,
    office: OfficeId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update office set ended_at = $3 where id = $1 and account_id = $2 and ended_at is null",
        office.0,
        account.0,
        now
    );
    let ended = done.execute(&mut *connection).await?.rows_affected() == 1;
    sqlx::query!("update session set office_id = null where office_id = $1", office.0).execute(connection).await?;
    Ok(ended)
}

/// Sets a password for somebody else, who must change it at the next sign-in; their failed attempts are forgotten.
///
/// # Errors
/// Where the database fails.
pub async fn reset_password(
    connection: &mut PgConnection,
    account: AccountId,
    password_hash: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update account set password_hash = $2, password_set_at = $3, must_change_password = true where id = $1",
        account.0,
        password_hash,
        now
    )
    .execute(&mut *connection)
    .await?;
    forget_attempts(connection, account).await
}

/// Disables an account or enables it again; `false` if it was so already.
///
/// # Errors
/// Where the database fails.
pub async fn set_disabled(
    connection: &mut PgConnection,
    account: AccountId,
    disabled: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update account set disabled_at = case when $2 then $3::timestamptz end
         where id = $1 and (disabled_at is not null) <> $2",
        account.0,
        disabled,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
