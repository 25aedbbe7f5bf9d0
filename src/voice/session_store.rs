//! SQL of 面对面.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{AccountId, FacePointId, FaceSessionId, StudentId, UnionId},
    voice::VoiceKeeper,
};

/// A session, as a person sees it.
#[derive(Debug, Clone)]
pub(super) struct FaceSession {
    pub id: FaceSessionId,
    pub union: UnionId,
    pub union_name: String,
    pub topic: String,
    pub place: String,
    /// The offices that come, in words.
    pub offices: String,
    pub starts_at: OffsetDateTime,
    pub seats: i32,
    pub called_off_at: Option<OffsetDateTime>,
    pub seated: i64,
    /// The viewer signed up.
    pub is_mine: bool,
    pub points: i64,
    pub answered: i64,
    /// Points without an answer past their day.
    pub late: i64,
}

impl FaceSession {
    pub fn is_off(&self) -> bool {
        self.called_off_at.is_some()
    }

    pub fn is_full(&self) -> bool {
        self.seated >= i64::from(self.seats)
    }

    /// Somebody may still sign up.
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        !self.is_off() && !self.is_full() && self.starts_at > now
    }

    /// Why nobody may sign up.
    pub fn why_closed(&self, now: OffsetDateTime) -> String {
        if self.is_off() {
            "这一场已经取消".to_owned()
        } else if self.starts_at <= now {
            "这一场已经开始".to_owned()
        } else {
            format!("名额 {} 人，已经报满", self.seats)
        }
    }
}

/// The sessions of a university, the newest first, at most 200; or one of them.
pub(super) async fn sessions(
    connection: &mut PgConnection,
    person: &SignedIn,
    one: Option<FaceSessionId>,
    today: Date,
) -> Result<Vec<FaceSession>, Failure> {
    let rows = sqlx::query_as!(
        FaceSession,
        r#"select f.id as "id: FaceSessionId", f.union_id as "union: UnionId", union_name(u.kind, c.name) as "union_name!",
                  f.topic, f.place, f.offices, f.starts_at, f.seats, f.called_off_at,
                  (select count(*) from face_seat s where s.session_id = f.id) as "seated!",
                  exists (select from face_seat s where s.session_id = f.id and s.account_id = $2) as "is_mine!",
                  (select count(*) from face_point p where p.session_id = f.id) as "points!",
                  (select count(*) from face_point p where p.session_id = f.id and p.progress is not null) as "answered!",
                  (select count(*) from face_point p
                   where p.session_id = f.id and p.progress is null and p.due_on < $4) as "late!"
           from face_session f join student_union u on u.id = f.union_id left join college c on c.id = u.college_id
           where f.institution_id = $1 and ($3::uuid is null or f.id = $3)
           order by f.starts_at desc, f.id limit 200"#,
        person.institution.0,
        person.account.0,
        one.map(|id| id.0),
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A session as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    person: &SignedIn,
    id: FaceSessionId,
    today: Date,
) -> Result<Locked<FaceSession>, Failure> {
    sqlx::query!("select id from face_session where id = $1 for update", id.0).fetch_optional(&mut *connection).await?;
    sessions(connection, person, Some(id), today).await?.pop().map(Locked::new).ok_or(Failure::Missing)
}

/// A session about to be arranged.
#[derive(Debug, Clone)]
pub(super) struct NewSession {
    pub union: UnionId,
    pub topic: String,
    pub place: String,
    pub offices: String,
    pub starts_at: OffsetDateTime,
    pub seats: i32,
}

/// Arranges a session.
pub(super) async fn arrange(
    connection: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    new: &NewSession,
    now: OffsetDateTime,
) -> Result<FaceSessionId, Failure> {
    let id = FaceSessionId::random();
    sqlx::query!(
        "insert into face_session (id, institution_id, union_id, topic, place, offices, starts_at, seats, made_at, made_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        acting.institution().0,
        new.union.0,
        new.topic,
        new.place,
        new.offices,
        new.starts_at,
        new.seats,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Calls off a session that has not begun; `false` where it has, or is off.
pub(super) async fn call_off(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    session: &Locked<FaceSession>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update face_session set called_off_at = $2 where id = $1 and called_off_at is null and starts_at > $2",
        session.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a seat; the session is locked, and its seats were counted.
pub(super) async fn take_seat(
    connection: &mut PgConnection,
    session: &Locked<FaceSession>,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into face_seat (session_id, account_id, at) values ($1, $2, $3) on conflict do nothing",
        session.id.0,
        account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a seat back.
pub(super) async fn leave(
    connection: &mut PgConnection,
    session: &Locked<FaceSession>,
    account: AccountId,
) -> Result<(), Failure> {
    sqlx::query!("delete from face_seat where session_id = $1 and account_id = $2", session.id.0, account.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// The names of those who signed up, with their class.
pub(super) async fn seated(connection: &mut PgConnection, id: FaceSessionId) -> Result<Vec<String>, Failure> {
    let names = sqlx::query_scalar!(
        r#"select a.name || coalesce('（' || k.name || '）', '') as "name!"
           from face_seat f join account a on a.id = f.account_id left join student s on s.id = a.student_id
                left join class k on k.id = s.class_id
           where f.session_id = $1 order by a.number"#,
        id.0
    );
    Ok(names.fetch_all(connection).await?)
}

/// The students who signed up.
pub(super) async fn seated_students(
    connection: &mut PgConnection,
    session: &Locked<FaceSession>,
) -> Result<Vec<StudentId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select a.student_id as "id!: StudentId" from face_seat f join account a on a.id = f.account_id
           where f.session_id = $1 and a.student_id is not null"#,
        session.id.0
    );
    Ok(ids.fetch_all(connection).await?)
}

/// What was raised, who answers it, and how far that is.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub id: FacePointId,
    pub says: String,
    pub office: String,
    pub due_on: Date,
    pub progress: Option<String>,
}

impl Point {
    pub fn is_late(&self, today: Date) -> bool {
        self.progress.is_none() && self.due_on < today
    }
}

/// What was raised in a session.
pub(super) async fn points(connection: &mut PgConnection, id: FaceSessionId) -> Result<Vec<Point>, Failure> {
    let rows = sqlx::query_as!(
        Point,
        r#"select id as "id: FacePointId", says, office, due_on, progress from face_point
           where session_id = $1 order by made_at, id"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A point about to be taken down.
#[derive(Debug, Clone)]
pub(super) struct NewPoint {
    pub says: String,
    pub office: String,
}

/// Takes down what was raised.
pub(super) async fn add_point(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    session: &Locked<FaceSession>,
    new: &NewPoint,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into face_point (id, session_id, says, office, due_on, made_at) values ($1, $2, $3, $4, $5, $6)",
        FacePointId::random().0,
        session.id.0,
        new.says,
        new.office,
        due_on,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The session in which a point was raised.
pub(super) async fn session_of(
    connection: &mut PgConnection,
    point: FacePointId,
) -> Result<Option<FaceSessionId>, Failure> {
    let id = sqlx::query_scalar!(r#"select session_id as "id: FaceSessionId" from face_point where id = $1"#, point.0);
    Ok(id.fetch_optional(connection).await?)
}

/// Takes down how far the answer to a point is.
pub(super) async fn progress(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    session: &Locked<FaceSession>,
    point: FacePointId,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update face_point set progress = $3, progressed_at = $4 where id = $1 and session_id = $2",
        point.0,
        session.id.0,
        says,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Points without an answer past their day, by union.
pub(super) async fn late_points(
    connection: &mut PgConnection,
    person: &SignedIn,
    today: Date,
) -> Result<Vec<UnionId>, Failure> {
    let unions = sqlx::query_scalar!(
        r#"select f.union_id as "id: UnionId" from face_point p join face_session f on f.id = p.session_id
           where f.institution_id = $1 and p.progress is null and p.due_on < $2"#,
        person.institution.0,
        today
    );
    Ok(unions.fetch_all(connection).await?)
}
