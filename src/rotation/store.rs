//! SQL of semesters and turns.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{AccountId, InstitutionId, SemesterId, StudentId, TurnId, UnionId},
    office::SchoolLeague,
    rules::rotation::Duty,
    text::chinese_days,
    unions::{
        store::{Act, Grounds, HistoryEntry, LockedUnion, allow_turn_undoing, note},
        union::TurnRow,
    },
};

#[derive(Debug, Clone)]
pub struct SemesterRow {
    pub id: SemesterId,
    pub name: String,
    pub from_day: Date,
    /// The first day after it.
    pub until_day: Date,
    /// Confirmed turns lie in it, or reviews: it is not moved any more.
    pub in_use: bool,
}

impl SemesterRow {
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.until_day.previous_day().unwrap_or(self.until_day)
    }

    /// It holds a day.
    #[must_use]
    pub fn is_on(&self, day: &Date) -> bool {
        crate::rules::timeline::covers(self.from_day, Some(self.until_day), *day)
    }
}

/// The days of a turn for a sentence, of which `until` is the first one after it.
#[must_use]
pub fn days_in_words(from: Date, until: Date) -> String {
    chinese_days(from, until.previous_day().unwrap_or(until))
}

/// A semester to be added.
#[derive(Debug)]
pub struct NewSemester {
    pub name: String,
    pub from: Date,
    /// The first day after it.
    pub until: Date,
}

/// A university's semesters by day.
pub async fn semesters(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<SemesterRow>, Failure> {
    let rows = sqlx::query_as!(
        SemesterRow,
        r#"select s.id as "id: SemesterId", s.name, s.from_day, s.until_day,
                  exists (select from turn t join student_union u on u.id = t.union_id
                          where u.institution_id = s.institution_id and t.state = 'confirmed'
                                and t.from_day < s.until_day and t.until_day > s.from_day)
                  or exists (select from review r where r.semester_id = s.id) as "in_use!"
           from semester s where s.institution_id = $1 order by s.from_day"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Adds a semester; `false` where it overlaps another or repeats a name.
pub async fn add_semester(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewSemester,
) -> Result<bool, Failure> {
    insert_semester(connection, acting.institution(), new).await
}

pub(crate) async fn insert_semester(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewSemester,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into semester (id, institution_id, name, from_day, until_day)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        SemesterId::random().0,
        institution.0,
        new.name,
        new.from,
        new.until
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a semester in which nothing is confirmed; its name, or none where it stays.
pub async fn remove_semester(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: SemesterId,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "delete from semester s where s.id = $1 and s.institution_id = $2
         and not exists (select from turn t join student_union u on u.id = t.union_id
                         where u.institution_id = s.institution_id and t.state = 'confirmed'
                               and t.from_day < s.until_day and t.until_day > s.from_day)
         and not exists (select from review r where r.semester_id = s.id)
         returning s.name",
        id.0,
        acting.institution().0
    );
    Ok(name.fetch_optional(connection).await?)
}

/// Proposes a turn.
pub async fn propose(
    connection: &mut PgConnection,
    union: &LockedUnion,
    student: StudentId,
    from: Date,
    until: Date,
    now: OffsetDateTime,
) -> Result<TurnId, Failure> {
    let id = TurnId::random();
    sqlx::query!(
        "insert into turn (id, union_id, student_id, from_day, until_day, state, proposed_at)
         values ($1, $2, $3, $4, $5, 'proposed', $6)",
        id.0,
        union.id().0,
        student.0,
        from,
        until,
        now
    )
    .execute(&mut *connection)
    .await?;
    let says = days_in_words(from, until);
    note(connection, union, HistoryEntry::new(Act::TurnProposed).turn(id).from(from).says(says), now).await?;
    Ok(id)
}

/// Until when the person of a turn is suspended, where that holds on a day of the turn.
pub async fn suspended_until(
    connection: &mut PgConnection,
    union: &LockedUnion,
    turn: &TurnRow,
) -> Result<Option<Date>, Failure> {
    let until = sqlx::query_scalar!(
        "select max(q.suspended_until) from conduct_case q join turn t on t.student_id = q.student_id
         where t.id = $1 and t.union_id = $2 and q.outcome = 'suspension' and q.suspended_from < t.until_day
               and t.from_day < q.suspended_until",
        turn.id.0,
        union.id().0
    );
    Ok(until.fetch_one(connection).await?)
}

/// Confirms a proposed turn that the rule has passed; `false` where it is not proposed any more.
pub async fn confirm(
    connection: &mut PgConnection,
    union: &LockedUnion,
    id: TurnId,
    duty: &Duty,
    reason: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update turn set state = 'confirmed' where id = $1 and union_id = $2 and state = 'proposed'
                and from_day = $3 and until_day = $4",
        id.0,
        union.id().0,
        duty.turn().from,
        duty.turn().until
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let grounds = Grounds { reason: reason.map(str::to_owned), ..Grounds::default() };
    let entry = HistoryEntry::new(Act::TurnConfirmed)
        .turn(id)
        .from(duty.turn().from)
        .says(days_in_words(duty.turn().from, duty.turn().until))
        .on(&grounds)
        .warned(duty.warned());
    note(connection, union, entry, now).await?;
    Ok(true)
}

/// Takes back a turn that is proposed, or confirmed and still to come; one that runs ends with the day before. `false` where
/// it has ended.
pub async fn withdraw(
    connection: &mut PgConnection,
    union: &LockedUnion,
    id: TurnId,
    confirmed_too: bool,
    today: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if confirmed_too {
        allow_turn_undoing(connection, union, id, today, now).await?;
    }
    let done = sqlx::query!(
        "update turn set state = case when state = 'confirmed' and from_day < $4 then state else 'withdrawn' end,
                until_day = case when state = 'confirmed' and from_day < $4 then $4 else until_day end
         where id = $1 and union_id = $2 and (state = 'proposed' or (state = 'confirmed' and $3 and until_day > $4))",
        id.0,
        union.id().0,
        confirmed_too,
        today
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let entry = HistoryEntry::new(Act::TurnWithdrawn).turn(id);
    note(connection, union, if confirmed_too { entry.from(today) } else { entry }, now).await?;
    Ok(true)
}

/// A turn that was ended today, and can go on.
#[derive(Debug, Clone, Copy)]
pub struct UndoableTurn {
    pub id: TurnId,
    /// The first day after it as it was confirmed.
    pub was_until: Date,
}

/// The turns of a union whose end can be taken back today.
pub async fn undoable_turns(
    connection: &mut PgConnection,
    union: UnionId,
    today: Date,
) -> Result<Vec<UndoableTurn>, Failure> {
    let rows = sqlx::query_as!(
        UndoableTurn,
        r#"select e.turn_id as "id: TurnId", e.was_until
           from ended_turn e join turn t on t.id = e.turn_id
           where t.union_id = $1 and t.state = 'confirmed' and t.until_day = e.until_day and china_day(e.at) = $2"#,
        union.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Lets a turn go on whose end was a mistake, as the rule has passed it; `false` where it cannot be taken back any more.
pub async fn take_back_turn_end(
    connection: &mut PgConnection,
    union: &LockedUnion,
    id: TurnId,
    duty: &Duty,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with back as (delete from ended_turn where turn_id = $1 returning was_until, until_day)
         update turn set until_day = back.was_until from back
         where turn.id = $1 and turn.union_id = $2 and turn.state = 'confirmed' and turn.until_day = back.until_day
               and back.was_until = $3",
        id.0,
        union.id().0,
        duty.turn().until
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let grounds = Grounds { reason: Some(reason.to_owned()), ..Grounds::default() };
    let says = format!("提前结束办错，照原来的：{}", days_in_words(duty.turn().from, duty.turn().until));
    let entry = HistoryEntry::new(Act::TurnConfirmed).turn(id).from(duty.turn().from).says(says).on(&grounds);
    note(connection, union, entry.warned(duty.warned()), now).await?;
    Ok(true)
}

/// Days that have gone by without a chair, and what is said of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedGap {
    pub from: Date,
    pub until: Date,
    pub why: String,
    /// Who said it.
    pub name: String,
}

impl ExplainedGap {
    /// All days of it are among those of which it speaks.
    #[must_use]
    pub fn covers(&self, from: Date, until: Date) -> bool {
        self.from <= from && until <= self.until
    }
}

/// What is said of a union's gaps, by their days.
pub async fn explained_gaps(connection: &mut PgConnection, union: UnionId) -> Result<Vec<ExplainedGap>, Failure> {
    let rows = sqlx::query_as!(
        ExplainedGap,
        r#"select g.from_day as "from", g.until_day as until, g.why, a.name
           from turn_gap g join account a on a.id = g.said_by where g.union_id = $1 order by g.from_day"#,
        union.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Says why nobody was on duty; `false` where it has been said of some of the days.
pub async fn explain_gap(
    connection: &mut PgConnection,
    union: &LockedUnion,
    from: Date,
    until: Date,
    why: &str,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into turn_gap (union_id, from_day, until_day, why, said_by, said_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        union.id().0,
        from,
        until,
        why,
        by.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Writes what is handed over with a turn; `false` where it is not this person's confirmed turn that has begun.
pub async fn hand_over(
    connection: &mut PgConnection,
    union: &LockedUnion,
    id: TurnId,
    student: StudentId,
    text: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update turn set handover = $4, handover_at = $5
         where id = $1 and union_id = $2 and student_id = $3 and state = 'confirmed' and from_day <= china_day($5)
               and china_day($5) < until_day + 30",
        id.0,
        union.id().0,
        student.0,
        text,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, union, HistoryEntry::new(Act::Handover).turn(id), now).await?;
    Ok(true)
}

/// The unions on whose presidium a student sits, or whose chair they are or were within the last 30 days.
pub async fn unions_of(
    connection: &mut PgConnection,
    student: StudentId,
    today: Date,
) -> Result<Vec<UnionId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select p.union_id as "id!: UnionId" from post p
           where p.student_id = $1 and is_seat(p.kind, p.title, p.union_id, $2) and p.voided_at is null
                 and p.from_day <= $2 and (p.until_day is null or p.until_day > $2)
           union
           select t.union_id from turn t
           where t.student_id = $1 and t.state = 'confirmed' and t.until_day > t.from_day and t.until_day + 30 > $2"#,
        student.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
