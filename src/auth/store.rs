//! SQL of accounts' sign-in, sessions and attempts.

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use super::token::{DEVICE_LASTS, FACTOR_WITHIN, SESSION_LASTS, Token};
use crate::{
    auth::person::{Authority, Held, SignedIn},
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId, StudentId},
    name::number_key,
    office::{Office, Staff},
    web::network::Network,
};

/// Failures after which each further attempt has to wait.
pub const FREE_ATTEMPTS: i32 = 5;
/// Networks that guess at one number, from which on its unknown devices are counted together.
const MANY_NETWORKS: i64 = 8;
/// The first wait, doubled with each failure up to the longest; in seconds.
pub const FIRST_WAIT: f64 = 5.0;
pub const LONGEST_WAIT: f64 = 900.0;

/// A university that one may sign in to.
#[derive(Debug)]
pub struct Institution {
    pub id: InstitutionId,
    pub code: String,
    pub name: String,
    /// People sign in by its own server.
    pub has_campus: bool,
}

/// Every university, by name.
pub async fn institutions(connection: &mut PgConnection) -> Result<Vec<Institution>, Failure> {
    let rows = sqlx::query_as!(
        Institution,
        r#"select id as "id: InstitutionId", code, name,
                  exists (select from campus_sign_in c where c.institution_id = i.id) as "has_campus!"
           from institution i order by name"#
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An office as the database gives it.
#[derive(Debug, serde::Deserialize)]
pub struct OfficeRow {
    id: OfficeId,
    kind: String,
    /// In microseconds of Unix time.
    since: i64,
    place: Option<String>,
    college: Option<CollegeId>,
    class: Option<ClassId>,
}

/// What `person_of_session` gives.
#[derive(Debug)]
pub struct PersonRow {
    pub account: AccountId,
    pub institution: InstitutionId,
    pub institution_name: String,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    /// See [`SignedIn::must_change_password`].
    pub must_change_password: bool,
    pub student: Option<StudentId>,
    /// The office that they took up in this session, be it held still or not.
    pub chosen: Option<OfficeId>,
    pub offices: Json<Vec<OfficeRow>>,
    /// See [`SignedIn::seen_at`].
    pub seen_at: Option<OffsetDateTime>,
    /// See [`SignedIn::factor_missing`].
    pub factor_missing: bool,
    /// See [`SignedIn::moved_on`].
    pub moved_on: Option<Date>,
}

impl PersonRow {
    /// The person of the session with that hash.
    ///
    /// # Errors
    /// Where an office is of a kind that the program does not know.
    pub fn into_person(self, token_hash: &[u8]) -> Result<SignedIn, Failure> {
        let held = |row: OfficeRow| {
            let OfficeRow { id, kind, place, college, class, .. } = row;
            Ok(Held { id, kind: kind.parse()?, place, college, class })
        };
        let mut rows = self.offices.0;
        rows.sort_by_key(|row| (row.since, row.id));
        let mut offices = rows.into_iter().map(held).collect::<anyhow::Result<Vec<Held>>>()?;
        offices.sort_by_key(|office| office.kind);
        let chosen = offices.iter().find(|office| Some(office.id) == self.chosen);
        let acting = chosen.or(offices.first()).cloned();
        Ok(SignedIn {
            account: self.account,
            institution: self.institution,
            institution_name: self.institution_name,
            number: self.number,
            name: self.name,
            student: self.student,
            must_change_password: self.must_change_password,
            factor_missing: self.factor_missing,
            moved_on: self.moved_on,
            seen_at: self.seen_at,
            unread: 0,
            offices,
            acting,
            session: token_hash.to_vec(),
            path: String::new(),
        })
    }
}

/// The person whose session it is, with the offices they hold.
pub async fn person_of_session(
    connection: &mut PgConnection,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<Option<SignedIn>, Failure> {
    let row = sqlx::query_as!(
        PersonRow,
        r#"select account_id as "account!: AccountId", institution_id as "institution!: InstitutionId",
                  institution_name as "institution_name!", number as "number!", name as "name!",
                  must_change_password as "must_change_password!", student_id as "student: StudentId",
                  office_id as "chosen: OfficeId", offices as "offices!: Json<Vec<OfficeRow>>",
                  seen_at as "seen_at?", factor_missing as "factor_missing!", moved_on as "moved_on?"
           from person_of_session($1, $2)"#,
        token_hash,
        now
    );
    row.fetch_optional(connection).await?.map(|row| row.into_person(token_hash)).transpose()
}

/// Notes that a session is used.
pub async fn note_use(connection: &mut PgConnection, session: &[u8], now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("update session set seen_at = $2 where token_hash = $1 and seen_at < $2", session, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// How many notices an account has not read, in the office in which it acts.
pub async fn unread(
    connection: &mut PgConnection,
    account: AccountId,
    office: Option<OfficeId>,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "unread!" from notices_for($1, $2) n
           where not exists (select from notice_read r where r.notice_id = n.id and r.account_id = $1)"#,
        account.0,
        office.map(|id| id.0)
    );
    Ok(count.fetch_one(connection).await?)
}

/// Whether the session is still open and its office still held, at a university that has not moved away.
pub async fn still_holds(
    connection: &mut PgConnection,
    authority: &Authority,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    // With shared locks: nobody ends the account or the office before the act is committed.
    let account = sqlx::query_scalar!(
        "select still_holds($1, $2, $3)",
        authority.session,
        authority.office.map(|office| office.0),
        now
    );
    Ok(account.fetch_one(connection).await?.is_some())
}

/// What an act leaves on the rows of whoever acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// A lock: neither the account nor the office ends before the act is committed. A row that was locked keeps the number of
    /// the transaction (`xmax`), by which it can be joined with all that was written in the same one (`xmin`).
    Lock,
    /// Nothing: for acts of which no row may tell whose they are.
    Nothing,
}

/// As [`still_holds`], without a lock. An account or an office that ends in the same moment does not undo the act.
pub async fn holds_now(
    connection: &mut PgConnection,
    authority: &Authority,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select exists (
               select from session s join account a on a.id = s.account_id
               where s.token_hash = $1 and s.expires_at > $3 and not s.awaits_factor and a.disabled_at is null
                     and not exists (select from moved_university u where u.institution_id = a.institution_id)
                     and ($2::uuid is null or exists (
                         select from office o
                         where o.id = $2 and o.account_id = a.id and is_held(o.from_day, o.until_day, o.ended_at, $3)
                               and acts_in(o.kind, a.student_id, $3)))) as "held!""#,
        authority.session,
        authority.office.map(|office| office.0),
        now
    );
    Ok(held.fetch_one(connection).await?)
}

/// The day on which the university of a session moved to another database.
pub async fn moved_on(connection: &mut PgConnection, authority: &Authority) -> Result<Option<Date>, Failure> {
    let day = sqlx::query_scalar!(
        "select u.moved_on from session s join account a on a.id = s.account_id
             join moved_university u on u.institution_id = a.institution_id
         where s.token_hash = $1",
        authority.session
    );
    Ok(day.fetch_optional(connection).await?)
}

/// Lets people come in to the university of that code, unless it moved to another database: a password that leaked cannot be
/// changed here any more, and would open what stayed behind for good. Whoever is in reads on until their session ends.
///
/// # Errors
/// [`Failure::MovedAway`] where it moved.
pub async fn is_here(connection: &mut PgConnection, school: &str) -> Result<(), Failure> {
    let moved = sqlx::query!(
        "select m.moved_on, m.address from moved_university m join institution i on i.id = m.institution_id
         where i.code = $1",
        school
    );
    let moved = moved.fetch_optional(connection).await?;
    moved.map_or(Ok(()), |moved| Err(Failure::MovedAway { on: moved.moved_on, to: moved.address }))
}

/// The same for a university by its id: for whoever gave their password before it moved, and not yet their second factor.
///
/// # Errors
/// [`Failure::MovedAway`] where it moved.
pub async fn is_still_here(connection: &mut PgConnection, institution: InstitutionId) -> Result<(), Failure> {
    let moved = sqlx::query!("select moved_on, address from moved_university where institution_id = $1", institution.0);
    let moved = moved.fetch_optional(connection).await?;
    moved.map_or(Ok(()), |moved| Err(Failure::MovedAway { on: moved.moved_on, to: moved.address }))
}

/// Lets the acts of one kind of an account come one after the other until the end of the transaction, so that each counts those
/// before it. Not by a lock of the account's row: [`still_holds`] shares that one, and two who share it would wait for each
/// other.
///
/// # Errors
/// Where its turn does not come within the database's time for locks.
pub async fn in_turn(connection: &mut PgConnection, account: AccountId, what: &'static str) -> Result<(), Failure> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2::text, 0))",
        what,
        account.0.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// An attempt with a password or a code.
#[derive(Debug, Clone)]
pub struct SignInAttempt {
    school: Option<String>,
    device: Option<Vec<u8>>,
    network: Option<Vec<u8>>,
    institution: Option<InstitutionId>,
    session: Option<Vec<u8>>,
    number: String,
}

impl SignInAttempt {
    /// Somebody who signs in to a university (its code), perhaps from a browser that has signed in before. A browser that
    /// has not is counted with its network, so that a stranger elsewhere cannot slow it down.
    #[must_use]
    pub fn outside(school: &str, device: Option<&Token>, network: Network, number: &str) -> Self {
        Self {
            school: Some(school.to_owned()),
            device: device.map(Token::hash),
            network: Some(network.hash()),
            institution: None,
            session: None,
            number: number.to_owned(),
        }
    }

    /// A person who is signed in (their session's hash) and must give the password again.
    #[must_use]
    pub fn inside(institution: InstitutionId, session: &[u8], number: &str) -> Self {
        let (institution, session) = (Some(institution), Some(session.to_vec()));
        Self { school: None, device: None, network: None, institution, session, number: number.to_owned() }
    }

    /// What two attempts share that are counted in the same place.
    #[must_use]
    pub fn key(&self) -> String {
        let place = self.institution.map_or_else(String::new, |id| id.to_string());
        format!("{place} {} {}", self.school.as_deref().unwrap_or_default(), number_key(&self.number))
    }
}

/// What the password is held against, and where the attempt is counted.
#[derive(Debug)]
pub struct AttemptResult {
    pub institution: InstitutionId,
    /// The account if there is one that may sign in.
    pub credentials: Option<Credentials>,
    pub counted: Counted,
    /// With how many failures this attempt is charged; none where it came too soon.
    pub failures: Option<i32>,
    /// The moment from which the next attempt is taken, where this one came too soon.
    pub closed_until: Option<OffsetDateTime>,
}

/// Where an attempt is counted.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// The known device's hash, the session's or the network's; empty where many networks guess at the number.
    pub at: Vec<u8>,
    /// The browser has signed in with this number before.
    pub device_is_known: bool,
}

/// An account and its PHC string.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub account: AccountId,
    pub password_hash: String,
}

/// Counts attempts, before the passwords are checked, and gives what each is about; one statement for all, whose keys
/// must differ. None where there is no such university.
pub async fn charge(
    connection: &mut PgConnection,
    attempts: &[SignInAttempt],
    now: OffsetDateTime,
) -> Result<Vec<Option<AttemptResult>>, Failure> {
    let schools: Vec<Option<&str>> = attempts.iter().map(|attempt| attempt.school.as_deref()).collect();
    let numbers: Vec<&str> = attempts.iter().map(|attempt| attempt.number.as_str()).collect();
    let devices: Vec<Option<&[u8]>> = attempts.iter().map(|attempt| attempt.device.as_deref()).collect();
    let institutions: Vec<Option<Uuid>> = attempts.iter().map(|attempt| attempt.institution.map(|id| id.0)).collect();
    let sessions: Vec<Option<&[u8]>> = attempts.iter().map(|attempt| attempt.session.as_deref()).collect();
    let networks: Vec<Option<&[u8]>> = attempts.iter().map(|attempt| attempt.network.as_deref()).collect();
    let rows = sqlx::query!(
        r#"with door as (
               select u.place, i.id as institution_id, number_key(u.number) as number, a.id as account_id, a.password_hash,
                      coalesce(d.token_hash, u.session, case when many.guess then '' else u.network end) as device,
                      d.token_hash is null and u.session is null and not many.guess as by_network,
                      d.token_hash is not null as is_known
               from unnest($1::text[], $2::text[], $3::bytea[], $4::uuid[], $5::bytea[], $10::bytea[])
                        with ordinality as u(school, number, device, institution, session, network, place)
                    join institution i on i.code = u.school or i.id = u.institution
                    -- As account_numbered says it, which is planned anew at each call.
                    left join lateral (
                        select n.id, n.password_hash, n.disabled_at from account n
                        where n.institution_id = i.id and n.number_key = number_key(u.number)
                        order by n.number = u.number desc, n.number_twin limit 1) a on a.disabled_at is null
                    left join known_device d on d.account_id = a.id and d.token_hash = u.device and d.expires_at > $6
                    cross join lateral (
                        -- By the number's own rows, and never by all of a day.
                        select count(*) filter (where t.last_at > $6 - interval '1 day') >= $11 as guess from sign_in_attempt t
                        where t.institution_id = i.id and t.number = number_key(u.number) and t.by_network) as many
           ), charged as (
               insert into sign_in_attempt as known
                   (institution_id, number, device, by_network, failures, last_at, open_at)
               -- Nobody waits while attempts are free, nor at a portal whose clock is behind this one's.
               select institution_id, number, device, by_network, 1, $6, $6 - interval '1 day' from door
               on conflict (institution_id, number, device) do update
               set failures = case when known.last_at < $6 - interval '1 day' then 1 else known.failures + 1 end,
                   last_at = $6,
                   open_at = case
                       when known.last_at < $6 - interval '1 day' or known.failures + 1 < $7 then known.open_at
                       else $6 + make_interval(secs =>
                           least($9::float8, $8::float8 * power(2, least(known.failures + 1 - $7, 20))))
                   end
               where known.open_at <= $6
               returning institution_id, number, device, failures
           )
           select door.place as "place!", door.institution_id as "institution!: InstitutionId",
                  account_id as "account?: AccountId", password_hash as "password_hash?",
                  door.device as "counted_at!", door.is_known as "is_known!", charged.failures as "failures?",
                  case when charged.number is null then coalesce(
                      (select open_at from sign_in_attempt t
                       where t.institution_id = door.institution_id and t.number = door.number
                             and t.device = door.device),
                      $6 + interval '1 second')
                  end as closed_until
           from door left join charged using (institution_id, number, device)"#,
        &schools as &[Option<&str>],
        &numbers as &[&str],
        &devices as &[Option<&[u8]>],
        &institutions as &[Option<Uuid>],
        &sessions as &[Option<&[u8]>],
        now,
        FREE_ATTEMPTS,
        FIRST_WAIT,
        LONGEST_WAIT,
        &networks as &[Option<&[u8]>],
        MANY_NETWORKS
    )
    .fetch_all(connection)
    .await?;
    let mut results: Vec<Option<AttemptResult>> = attempts.iter().map(|_| None).collect();
    for row in rows {
        let place = usize::try_from(row.place - 1).map_err(anyhow::Error::new)?;
        if let Some(result) = results.get_mut(place) {
            let known = row.account.zip(row.password_hash);
            *result = Some(AttemptResult {
                institution: row.institution,
                credentials: known.map(|(account, password_hash)| Credentials { account, password_hash }),
                counted: Counted { at: row.counted_at, device_is_known: row.is_known },
                failures: row.failures,
                closed_until: row.closed_until,
            });
        }
    }
    Ok(results)
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub credentials: Credentials,
    pub token: Token,
    /// The browser in a few words.
    pub browser: String,
    /// Where its attempt was counted: those failures are forgotten.
    pub counted: Vec<u8>,
    /// The token by which an unknown device is known from now on.
    pub new_device: Option<Token>,
    /// The browser's session until now (its hash), whoever's it was: it ends.
    pub former: Option<Vec<u8>>,
    /// It opens nothing before the second factor is given.
    pub awaits_factor: bool,
}

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// See [`NewSession::awaits_factor`].
    pub awaits_factor: bool,
}

/// Why a right password opened no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened {
    /// The account's university keeps passwords for those who hold a teacher's office
    /// ([`password_is_closed`](super::vouched::password_is_closed)).
    PasswordClosed,
    /// The account is disabled, or has another password meanwhile.
    Changed,
}

/// Opens sessions for accounts whose passwords were right, remembers new devices and forgets those devices' failures (a
/// stranger's are not forgiven because the owner signs in); one statement for all. The hash must still be the one that was
/// verified: a password changed meanwhile opens nothing, nor does one that its university has closed.
pub async fn open_sessions(
    connection: &mut PgConnection,
    sessions: &[NewSession],
    now: OffsetDateTime,
) -> Result<Vec<Result<Opened, NotOpened>>, Failure> {
    let tokens: Vec<Vec<u8>> = sessions.iter().map(|session| session.token.hash()).collect();
    let accounts: Vec<Uuid> = sessions.iter().map(|session| session.credentials.account.0).collect();
    let hashes: Vec<&str> = sessions.iter().map(|session| session.credentials.password_hash.as_str()).collect();
    let browsers: Vec<&str> = sessions.iter().map(|session| session.browser.as_str()).collect();
    let new_devices: Vec<Option<Vec<u8>>> =
        sessions.iter().map(|session| session.new_device.as_ref().map(Token::hash)).collect();
    let counted: Vec<&[u8]> = sessions.iter().map(|session| session.counted.as_slice()).collect();
    let former: Vec<Option<&[u8]>> = sessions.iter().map(|session| session.former.as_deref()).collect();
    let staff: Vec<&str> = Staff::KINDS.iter().map(|kind| kind.slug()).collect();
    let answers = sqlx::query!(
        r#"with asked as (
               select * from unnest($1::bytea[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $10::bytea[])
                   with ordinality as u(token, account, hash, browser, new_device, counted, former, place)
           ), standing as (
               select u.token, u.browser, a.id as account_id,
                      exists (select from campus_sign_in c
                              where c.institution_id = a.institution_id and c.password_for = 'staff')
                      and not exists (select from office o
                                      where o.account_id = a.id and o.kind = any($12) and o.ended_at is null
                                            and (o.until_day is null or o.until_day > china_day($7))) as is_closed
               from asked u join account a on a.id = u.account and a.password_hash = u.hash and a.disabled_at is null
           ), opened as (
               insert into session (token_hash, account_id, device, created_at, seen_at, expires_at, awaits_factor)
               select s.token, s.account_id, s.browser, $7, $7,
                      case when f.account_id is null then $8::timestamptz else $11 end, f.account_id is not null
               from standing s left join second_factor f on f.account_id = s.account_id and f.confirmed_at is not null
               where not s.is_closed
               returning token_hash, account_id, awaits_factor
           ), remembered as (
               insert into known_device (token_hash, account_id, created_at, expires_at)
               select u.new_device, o.account_id, $7, $9 from asked u join opened o on o.token_hash = u.token
               where u.new_device is not null
           ), ended as (
               delete from session s using asked u, opened o where o.token_hash = u.token and s.token_hash = u.former
           ), forgotten as (
               delete from sign_in_attempt t using asked u, opened o, account a
               where o.token_hash = u.token and a.id = o.account_id and t.institution_id = a.institution_id
                     and t.number = a.number_key and t.device = u.counted
           )
           select o.awaits_factor as "awaits_factor?", coalesce(s.is_closed, false) as "is_closed!"
           from asked u left join standing s on s.token = u.token left join opened o on o.token_hash = u.token
           order by u.place"#,
        &tokens,
        &accounts,
        &hashes as &[&str],
        &browsers as &[&str],
        &new_devices as &[Option<Vec<u8>>],
        &counted as &[&[u8]],
        now,
        now + SESSION_LASTS,
        now + DEVICE_LASTS,
        &former as &[Option<&[u8]>],
        now + FACTOR_WITHIN,
        &staff as &[&str]
    )
    .fetch_all(connection)
    .await?;
    let why = |is_closed| if is_closed { NotOpened::PasswordClosed } else { NotOpened::Changed };
    let answer = |awaits_factor: Option<bool>, is_closed| {
        awaits_factor.map(|awaits_factor| Opened { awaits_factor }).ok_or(why(is_closed))
    };
    Ok(answers.into_iter().map(|row| answer(row.awaits_factor, row.is_closed)).collect())
}

/// Clears away sessions, devices and attempts that have expired.
pub async fn clear_expired(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("delete from session where expires_at <= $1", now).execute(&mut *connection).await?;
    sqlx::query!("delete from ended_session where ended_at < $1::timestamptz - interval '1 day'", now)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from known_device where expires_at <= $1", now).execute(&mut *connection).await?;
    sqlx::query!("delete from activation where expires_at < $1::timestamptz - interval '90 days'", now)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from sign_in_attempt where last_at < $1::timestamptz - interval '2 days'", now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets an account's failed attempts, because its password is a new one or somebody says so; gives how many counts
/// there were.
pub async fn forget_attempts(connection: &mut PgConnection, account: AccountId) -> Result<u64, Failure> {
    let forgotten = sqlx::query!(
        "delete from sign_in_attempt t using account a
         where a.id = $1 and t.institution_id = a.institution_id and t.number = a.number_key",
        account.0
    );
    Ok(forgotten.execute(connection).await?.rows_affected())
}

pub async fn end_session(connection: &mut PgConnection, session: &[u8]) -> Result<(), Failure> {
    sqlx::query!("delete from session where token_hash = $1", session).execute(connection).await?;
    Ok(())
}

/// Ends every session of an account but `keep`; gives how many ended.
pub async fn end_sessions(
    connection: &mut PgConnection,
    account: AccountId,
    keep: Option<&[u8]>,
) -> Result<u64, Failure> {
    let ended =
        sqlx::query!("delete from session where account_id = $1 and token_hash is distinct from $2", account.0, keep);
    Ok(ended.execute(connection).await?.rows_affected())
}

/// A session as its owner sees it.
#[derive(Debug)]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub device: String,
    pub created_at: OffsetDateTime,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// An account's sessions, newest first.
pub async fn sessions(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Vec<Session>, Failure> {
    let rows = sqlx::query_as!(
        Session,
        "select token_hash, device, created_at, expires_at from session
         where account_id = $1 and exists (select from person_of_session(token_hash, $2)) order by created_at desc",
        account.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Makes a session act in another office of its person; `false` if they do not hold it.
pub async fn act_in(
    connection: &mut PgConnection,
    session: &[u8],
    office: OfficeId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update session s set office_id = o.id from office o
         where s.token_hash = $1 and o.id = $2 and o.account_id = s.account_id
               and is_held(o.from_day, o.until_day, o.ended_at, $3)",
        session,
        office.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Sets a person's own password, where the old hash is still the one they proved.
pub async fn set_password(
    connection: &mut PgConnection,
    account: AccountId,
    old_hash: &str,
    new_hash: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    forget_attempts(connection, account).await?;
    let done = sqlx::query!(
        "update account set password_hash = $3, password_set_at = $4, must_change_password = false
         where id = $1 and password_hash = $2",
        account.0,
        old_hash,
        new_hash,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
