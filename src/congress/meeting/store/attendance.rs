//! SQL of check-in: who is due, who is there, by whom they were checked in, and with which card.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::SignedIn,
    congress::meeting::nouns::{
        Arrival, Attendee, CheckedIn, Guest, Headcount, Meeting, Officer, Recent, UndoneCheckIn, Way,
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, AttendanceId, CongressId, InstitutionId, MeetingGuestId, StudentId},
    name::{key, number_key},
    rules::meeting::Count,
};

/// Who is due on a day and who is there.
pub async fn headcount(connection: &mut PgConnection, congress: CongressId, day: Date) -> Result<Headcount, Failure> {
    let row = sqlx::query!(
        r#"select count(*) as "due!", count(*) filter (where a.id is not null and a.left_at is null) as "present!",
                  count(*) filter (where a.left_at is not null) as "left!",
                  (select count(*) from meeting_guest g where g.congress_id = $1) as "guests!"
           from congress_due($1, $2) d
                left join attendance a on a.congress_id = $1 and a.student_id = d.student_id and a.undone_at is null"#,
        congress.0,
        day
    )
    .fetch_one(connection)
    .await?;
    let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Headcount {
        count: Count { due: whole(row.due), present: whole(row.present) },
        left: whole(row.left),
        guests: whole(row.guests),
    })
}

struct AttendeeRow {
    student: StudentId,
    number: String,
    name: String,
    class: String,
    college: String,
    card: Option<i32>,
    delegation: String,
    has_card: bool,
    at: Option<OffsetDateTime>,
    desk: Option<String>,
    way: Option<String>,
    left_at: Option<OffsetDateTime>,
}

impl AttendeeRow {
    fn into_attendee(self) -> anyhow::Result<Attendee> {
        let arrival = match (self.at, self.desk, self.way) {
            (Some(at), Some(desk), Some(way)) => Some(Arrival { at, desk, way: way.parse()?, left_at: self.left_at }),
            _ => None,
        };
        Ok(Attendee {
            student: self.student,
            number: self.number,
            name: self.name,
            class: self.class,
            college: self.college,
            delegation: self.delegation,
            card: self.card,
            has_card: self.has_card,
            arrival,
        })
    }
}

/// Everybody who is due on a day, by delegation and card.
pub async fn attendees(
    connection: &mut PgConnection,
    congress: CongressId,
    day: Date,
) -> Result<Vec<Attendee>, Failure> {
    let rows = sqlx::query_as!(
        AttendeeRow,
        r#"select p.student_id as "student!: StudentId", p.number as "number!", p.name as "name!", p.class as "class!",
                  p.college as "college!", d.card, coalesce(t.name, '') as "delegation!", p.has_card as "has_card!",
                  p.at as "at?", p.desk as "desk?", p.way as "way?", p.left_at as "left_at?"
           from congress_due($1, $2) d cross join lateral attendee($1, d.student_id) p
                left join congress_delegation t on t.id = d.delegation_id
           order by t.place nulls last, d.card nulls last, p.college_place, p.college, p.class, p.number"#,
        congress.0,
        day
    );
    let read = rows.fetch_all(connection).await?.into_iter().map(AttendeeRow::into_attendee);
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Those of a few people who are due on a day, without a look at the others: by card, class and number.
pub async fn attendees_among(
    connection: &mut PgConnection,
    congress: CongressId,
    day: Date,
    people: &[StudentId],
) -> Result<Vec<Attendee>, Failure> {
    let people: Vec<_> = people.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        AttendeeRow,
        r#"select p.student_id as "student!: StudentId", p.number as "number!", p.name as "name!", p.class as "class!",
                  p.college as "college!", d.card, coalesce(t.name, '') as "delegation!", p.has_card as "has_card!",
                  p.at as "at?", p.desk as "desk?", p.way as "way?", p.left_at as "left_at?"
           from unnest($3::uuid[]) n(id)
                cross join lateral (select w.card, w.delegation_id from congress_due($1, $2) w
                                    where w.student_id = n.id limit 1) d
                cross join lateral attendee($1, n.id) p
                left join congress_delegation t on t.id = d.delegation_id
           order by d.card nulls last, p.college_place, p.college, p.class, p.number"#,
        congress.0,
        day,
        &people
    );
    let read = rows.fetch_all(connection).await?.into_iter().map(AttendeeRow::into_attendee);
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// By what somebody is looked for who stands at a desk.
#[derive(Debug)]
struct Called {
    number_key: String,
    name_key: String,
    card: Option<i32>,
}

impl Called {
    fn of(typed: &str) -> Self {
        Self { number_key: number_key(typed), name_key: key(typed), card: typed.parse().ok() }
    }
}

/// Those who are due on a day and called so: by 学号, the number on the card, or the name.
pub async fn called(
    connection: &mut PgConnection,
    congress: CongressId,
    day: Date,
    typed: &str,
) -> Result<Vec<StudentId>, Failure> {
    let called = Called::of(typed);
    let ids = sqlx::query_scalar!(
        r#"select d as "id!: StudentId" from due_by_name($1, $2, $3, $4, $5) d"#,
        congress.0,
        called.number_key,
        called.name_key,
        called.card,
        day
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Whose card has the code with that hash.
pub async fn holder(
    connection: &mut PgConnection,
    institution: InstitutionId,
    hash: &[u8],
) -> Result<Option<(CongressId, StudentId)>, Failure> {
    let row = sqlx::query!(
        r#"select p.congress_id as "congress: CongressId", p.student_id as "student: StudentId"
           from delegate_card p join congress c on c.id = p.congress_id
           where p.code_hash = $2 and c.institution_id = $1"#,
        institution.0,
        hash
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.congress, row.student)))
}

/// Who checks in, and at which desk.
#[derive(Debug, Clone, Copy)]
pub struct CheckInDesk<'a> {
    pub person: &'a SignedIn,
    /// The desk of whoever keeps the congress; none for others, who have the desk that they were given.
    pub keepers: Option<&'static str>,
}

/// Whom a desk is to check in.
#[derive(Debug, Clone, Copy)]
pub enum CheckInTarget<'a> {
    /// The holder of a card.
    Holder(StudentId),
    /// Whoever is called so; of several the one who was picked.
    Called { typed: &'a str, picked: Option<StudentId> },
}

impl CheckInTarget<'_> {
    fn way(self) -> Way {
        match self {
            Self::Holder(_) => Way::Code,
            Self::Called { typed, .. } if typed.chars().any(|c| c.is_ascii_digit()) => Way::Number,
            Self::Called { .. } => Way::Name,
        }
    }
}

/// Somebody whom an officer has before them, to be checked in with whoever else is at this moment.
#[derive(Debug)]
pub struct CheckInRequest {
    /// Of the row that is written.
    pub id: AttendanceId,
    /// The hash of the officer's session.
    session: Vec<u8>,
    holder: Option<StudentId>,
    called: Option<Called>,
    way: Way,
}

impl CheckInRequest {
    /// For an officer's session; nobody is picked from several.
    #[must_use]
    pub fn new(session: &[u8], meant: CheckInTarget<'_>) -> Self {
        let (holder, called) = match meant {
            CheckInTarget::Holder(student) => (Some(student), None),
            CheckInTarget::Called { typed, .. } => (None, Some(Called::of(typed))),
        };
        Self { id: AttendanceId::random(), session: session.to_vec(), holder, called, way: meant.way() }
    }
}

/// Checks in, in one statement, those who are counted now and of whom nothing else is to be said: one answer for each. None
/// where [`check_in`] is to be asked, which says why or does it. The statement proves the sessions and the officers' right, and
/// holds them.
pub async fn check_ins(
    connection: &mut PgConnection,
    congress: CongressId,
    asked: &[CheckInRequest],
    now: OffsetDateTime,
) -> Result<Vec<Option<StudentId>>, Failure> {
    let sessions: Vec<&[u8]> = asked.iter().map(|one| one.session.as_slice()).collect();
    let holders: Vec<Option<Uuid>> = asked.iter().map(|one| one.holder.map(|id| id.0)).collect();
    let numbers: Vec<Option<&str>> =
        asked.iter().map(|one| one.called.as_ref().map(|called| called.number_key.as_str())).collect();
    let names: Vec<Option<&str>> =
        asked.iter().map(|one| one.called.as_ref().map(|called| called.name_key.as_str())).collect();
    let cards: Vec<Option<i32>> = asked.iter().map(|one| one.called.as_ref().and_then(|called| called.card)).collect();
    let ways: Vec<&str> = asked.iter().map(|one| one.way.slug()).collect();
    let ids: Vec<Uuid> = asked.iter().map(|one| one.id.0).collect();
    let rows = sqlx::query!(
        r#"select id as "id!: AttendanceId", student_id as "student!: StudentId"
           from check_ins($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
        congress.0,
        &sessions as &[&[u8]],
        &holders as &[Option<Uuid>],
        &numbers as &[Option<&str>],
        &names as &[Option<&str>],
        &cards as &[Option<i32>],
        &ways as &[&str],
        &ids,
        now
    )
    .fetch_all(connection)
    .await?;
    let came: HashMap<AttendanceId, StudentId> = rows.into_iter().map(|row| (row.id, row.student)).collect();
    Ok(asked.iter().map(|one| came.get(&one.id).copied()).collect())
}

/// Checks somebody in, in one statement, whoever else does so at the same moment: they are counted once. The statement proves
/// the session, the office and the right to check in, and holds them; none where the person may act no more.
pub async fn check_in(
    connection: &mut PgConnection,
    congress: CongressId,
    desk: CheckInDesk<'_>,
    meant: CheckInTarget<'_>,
    now: OffsetDateTime,
) -> Result<Option<CheckedIn>, Failure> {
    let (holder, called, picked) = match meant {
        CheckInTarget::Holder(student) => (Some(student), None, None),
        CheckInTarget::Called { typed, picked } => (None, Some(Called::of(typed)), picked),
    };
    let row = sqlx::query!(
        r#"select outcome as "outcome!", student_id as "student?: StudentId"
           from check_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"#,
        congress.0,
        holder.map(|id| id.0),
        called.as_ref().map(|called| called.number_key.as_str()),
        called.as_ref().map(|called| called.name_key.as_str()),
        called.as_ref().and_then(|called| called.card),
        picked.map(|id| id.0),
        meant.way().slug(),
        desk.person.session,
        desk.person.acting.as_ref().map(|office| office.id.0),
        desk.keepers,
        AttendanceId::random().0,
        now
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some(match row.student {
        Some(student) => CheckedIn::There { came: row.outcome.parse()?, student },
        None => CheckedIn::Not(row.outcome.parse()?),
    }))
}

/// Takes a check-in back; `false` where there is none, or check-in is not open.
pub async fn undo(
    connection: &mut PgConnection,
    congress: CongressId,
    student: StudentId,
    why: &str,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update attendance a set undone_at = $4, undone_by = $5, undone_why = $3
         from meeting m where m.congress_id = a.congress_id and m.check_in = 'open' and m.congress_id = $1
              and a.student_id = $2 and a.undone_at is null",
        congress.0,
        student.0,
        why,
        now,
        by.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Those whose check-in was taken back, in the order in which it was.
pub async fn undone(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<UndoneCheckIn>, Failure> {
    let rows = sqlx::query_as!(
        UndoneCheckIn,
        r#"select s.name as "name!", s.number as "number!", a.at as "at!", a.desk as "desk!",
                  a.undone_at as "taken_back_at!", b.name as "taken_back_by!", a.undone_why as "why!"
           from attendance a join student s on s.id = a.student_id join account b on b.id = a.undone_by
           where a.congress_id = $1 and a.undone_at is not null order by a.undone_at, s.number"#,
        congress.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Notes that somebody left early; `false` where they are not there, or the minutes are signed.
pub async fn leave(
    connection: &mut PgConnection,
    congress: CongressId,
    student: StudentId,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update attendance a set left_at = $3, left_by = $4
         from meeting m where m.congress_id = a.congress_id and m.signed_at is null and m.congress_id = $1
              and a.student_id = $2 and a.undone_at is null and a.left_at is null",
        congress.0,
        student.0,
        now,
        by.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes down somebody who sits in without a vote.
pub async fn add_guest(
    connection: &mut PgConnection,
    congress: CongressId,
    guest: &Guest,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into meeting_guest (id, congress_id, name, unit, at, by_account)
         select $2, congress_id, $3, $4, $5, $6 from meeting where congress_id = $1 and check_in = 'open'",
        congress.0,
        MeetingGuestId::random().0,
        guest.name,
        guest.unit,
        now,
        by.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Those who sit in, in the order in which they came.
pub async fn guests(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<Guest>, Failure> {
    let rows = sqlx::query_as!(
        Guest,
        "select name, unit from meeting_guest where congress_id = $1 order by at, id",
        congress.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Who checks in, with what they have done.
pub async fn officers(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<Officer>, Failure> {
    let rows = sqlx::query_as!(
        Officer,
        r#"select o.account_id as "account: AccountId", c.number, c.name, o.desk,
                  (select count(*) from attendance a where a.congress_id = $1 and a.by_account = o.account_id
                          and a.undone_at is null) as "checked_in!"
           from check_in_officer o join account c on c.id = o.account_id
           where o.congress_id = $1 and o.ended_at is null order by o.desk, c.number"#,
        congress.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The desk at which somebody may check in now.
pub async fn desk_of(
    connection: &mut PgConnection,
    congress: CongressId,
    account: AccountId,
) -> Result<Option<String>, Failure> {
    let desk = sqlx::query_scalar!(
        "select desk from check_in_officer where congress_id = $1 and account_id = $2 and ended_at is null",
        congress.0,
        account.0
    );
    Ok(desk.fetch_optional(connection).await?)
}

/// As [`desk_of`], held until the end of the transaction: the right does not end meanwhile.
pub async fn hold_desk(
    connection: &mut PgConnection,
    congress: CongressId,
    account: AccountId,
) -> Result<bool, Failure> {
    let desk = sqlx::query_scalar!(
        "select desk from check_in_officer where congress_id = $1 and account_id = $2 and ended_at is null for share",
        congress.0,
        account.0
    );
    Ok(desk.fetch_optional(connection).await?.is_some())
}

/// The congresses at which somebody checks in now.
pub async fn desks_of(connection: &mut PgConnection, account: AccountId) -> Result<Vec<CongressId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select o.congress_id as "id: CongressId"
           from check_in_officer o join congress c on c.id = o.congress_id join meeting m on m.congress_id = c.id
           where o.account_id = $1 and o.ended_at is null and c.stage = 'convened' and m.signed_at is null"#,
        account.0
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Gives somebody the right to check in, and only that.
pub async fn name_officer(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    account: AccountId,
    desk: &str,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into check_in_officer (congress_id, account_id, desk, named_at, named_by) values ($1, $2, $3, $4, $5)
         on conflict (congress_id, account_id) do update set desk = $3, named_at = $4, named_by = $5, ended_at = null",
        meeting.congress.0,
        account.0,
        desk,
        now,
        by.account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends that right; `false` where they have none.
pub async fn dismiss_officer(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update check_in_officer set ended_at = $3 where congress_id = $1 and account_id = $2 and ended_at is null",
        meeting.congress.0,
        account.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The account with that number at a university, which may sign in.
pub async fn account_numbered(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
) -> Result<Option<(AccountId, String)>, Failure> {
    let row = sqlx::query!(
        r#"select id as "id: AccountId", name from account
           where id = account_numbered($1, $2) and disabled_at is null"#,
        institution.0,
        number
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.id, row.name)))
}

/// Where a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    Paper,
    Phone,
}

impl CardKind {
    fn slug(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Phone => "phone",
        }
    }
}

/// Gives cards new codes, by their hashes; the codes of before open nothing any more.
pub async fn keep_cards(
    connection: &mut PgConnection,
    congress: CongressId,
    kind: CardKind,
    hashes: &HashMap<StudentId, Vec<u8>>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let students: Vec<_> = hashes.keys().map(|id| id.0).collect();
    let codes: Vec<Vec<u8>> = hashes.values().cloned().collect();
    sqlx::query!(
        "insert into delegate_card (congress_id, student_id, kind, code_hash, made_at)
         select $1, t.student, $2, t.code, $5 from unnest($3::uuid[], $4::bytea[]) t(student, code)
         on conflict (congress_id, student_id, kind) do update set code_hash = excluded.code_hash, made_at = $5",
        congress.0,
        kind.slug(),
        &students,
        &codes,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those who were checked in last at a desk, by name with the time.
pub async fn latest(
    connection: &mut PgConnection,
    congress: CongressId,
    account: AccountId,
) -> Result<Vec<Recent>, Failure> {
    let rows = sqlx::query_as!(
        Recent,
        r#"select s.id as "student: StudentId", s.name, s.number, a.at, a.left_at is not null as "gone!"
           from attendance a join student s on s.id = a.student_id
           where a.congress_id = $1 and a.by_account = $2 and a.undone_at is null order by a.at desc, s.number limit 8"#,
        congress.0,
        account.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The congresses that somebody is due at and whose meeting is prepared.
pub async fn attends(connection: &mut PgConnection, student: StudentId, day: Date) -> Result<Vec<CongressId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select g.id as "id: CongressId"
           from student s join congress g on g.institution_id = s.institution_id and g.stage = 'convened'
                join meeting m on m.congress_id = g.id
           where s.id = $1 and (g.of_all or exists (select from delegate d where d.congress_id = g.id and d.student_id = s.id))
                 and exists (select from congress_due(g.id, $2) w where w.student_id = s.id)"#,
        student.0,
        day
    );
    Ok(ids.fetch_all(connection).await?)
}
