//! SQL of exits from a union.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    exit::{Exit, HandedOver},
    lapses_store,
    paths::exit_of,
    terms::Terms,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{ConductCaseId, ExitId, InstitutionId, StudentId, UnionId},
    office::UnionKeeper,
    rules::conduct::{Exit as Leaving, ExitKind},
    unions::{store::LockedUnion, union::StudentUnion},
};

/// How long after the end of a post its holder's conduct is still reported, in days.
pub(super) const REPORTED_WITHIN: i32 = 365;

/// How long after the end of their last post somebody is listed who has not handed over, in days.
const LISTED_FOR: i64 = 60;

/// A student by number who holds a post in a union, or held one within a year: of whom an officer's conduct is reported.
pub(super) async fn officer(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    today: Date,
) -> Result<Option<StudentId>, Failure> {
    let student = sqlx::query_scalar!(
        r#"select s.id as "id: StudentId" from student s where s.id = student_numbered($1, $2)
           and exists (select from post p where p.student_id = s.id and p.voided_at is null
                       and (p.until_day is null or p.until_day > $3))"#,
        institution.0,
        number,
        today - Duration::days(i64::from(REPORTED_WITHIN))
    );
    Ok(student.fetch_optional(connection).await?)
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct ExitFilter {
    pub one: Option<ExitId>,
    pub of: Option<StudentId>,
    pub union: Option<UnionId>,
}

struct Row {
    id: ExitId,
    union: UnionId,
    union_name: String,
    student: StudentId,
    number: String,
    name: String,
    gender: Option<String>,
    political: Option<String>,
    major: String,
    entry_year: i32,
    posts: String,
    kind: String,
    reason: String,
    stage: String,
    asked_at: OffsetDateTime,
    from_day: Option<Date>,
    answer: Option<String>,
    handover_due: Option<Date>,
    handover: Option<String>,
    handover_to: Option<String>,
    handed_over_at: Option<OffsetDateTime>,
    confirmed_by: Option<String>,
    confirmed_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Exit {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        let handed_over = match (row.handover, row.handover_to, row.handed_over_at) {
            (Some(says), Some(to), Some(at)) => Some(HandedOver { says, to, at }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            union: row.union,
            union_name: row.union_name,
            student: row.student,
            number: row.number,
            name: row.name,
            gender: row.gender,
            political: row.political,
            major: row.major,
            entry_year: row.entry_year,
            posts: row.posts,
            kind: row.kind.parse()?,
            reason: row.reason,
            stage: row.stage.parse()?,
            asked_at: row.asked_at,
            from_day: row.from_day,
            answer: row.answer,
            handover_due: row.handover_due,
            handed_over,
            confirmed: row.confirmed_by.zip(row.confirmed_at),
        })
    }
}

/// Exits, the open ones first, then the newest.
pub(super) async fn exits(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ExitFilter,
) -> Result<Vec<Exit>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.id as "id: ExitId", e.union_id as "union: UnionId", union_name(u.kind, g.name) as "union_name!",
                  e.student_id as "student: StudentId", s.number, s.name, s.gender, s.political, m.name as major,
                  k.entry_year,
                  coalesce((select string_agg(concat_ws(' ', d.name, post_label(p.kind, p.title)) || '（'
                                              || to_char(p.from_day, 'YYYY-MM-DD') || ' 起）', '、' order by p.from_day)
                            from post p left join department d on d.id = p.department_id
                            where p.union_id = e.union_id and p.student_id = e.student_id and p.voided_at is null
                                  and (p.until_day is null or p.until_day >= coalesce(e.from_day, e.asked_at::date))
                                  and (p.until_day is null or p.until_day > p.from_day)), '') as "posts!",
                  e.kind, e.reason, e.stage, e.asked_at, e.from_day, e.answer,
                  e.handover_due, e.handover, e.handover_to, e.handed_over_at, b.name as "confirmed_by?", e.confirmed_at
           from union_exit e join student_union u on u.id = e.union_id left join college g on g.id = u.college_id
                join student s on s.id = e.student_id join class k on k.id = s.class_id join major m on m.id = k.major_id
                left join account b on b.id = e.confirmed_by
           where u.institution_id = $1 and ($2::uuid is null or e.id = $2) and ($3::uuid is null or e.student_id = $3)
                 and ($4::uuid is null or e.union_id = $4)
           order by e.stage not in ('asked', 'handing_over'), e.asked_at desc, e.id limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.of.map(|id| id.0),
        filter.union.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Exit::try_from).collect::<anyhow::Result<_>>()?)
}

/// Locks an exit; the caller judges who may act on it.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ExitId,
) -> Result<Locked<Exit>, Failure> {
    sqlx::query!("select id from union_exit where id = $1 for update", id.0)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Failure::Missing)?;
    let filter = ExitFilter { one: Some(id), ..ExitFilter::default() };
    let exit = exits(connection, institution, filter).await?.into_iter().next();
    exit.map(Locked::new).ok_or(Failure::Missing)
}

/// The unions in which a student holds a post on a day.
pub(super) async fn unions_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    day: Date,
) -> Result<Vec<StudentUnion>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select distinct p.union_id as "id: UnionId" from post p join student_union u on u.id = p.union_id
           where p.student_id = $1 and u.institution_id = $2 and p.voided_at is null and p.from_day <= $3
                 and (p.until_day is null or p.until_day > $3)"#,
        student.0,
        institution.0,
        day
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut unions = Vec::new();
    for id in ids {
        unions.extend(crate::unions::store::list(connection, institution, Some(id)).await?);
    }
    Ok(unions)
}

/// Asks to leave a union; `false` where an exit is under way already.
pub(super) async fn ask(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &LockedUnion,
    student: StudentId,
    kind: ExitKind,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into union_exit (id, union_id, student_id, kind, reason, stage, asked_at, asked_by)
         values ($1, $2, $3, $4, $5, 'asked', $6, $7) on conflict do nothing",
        ExitId::random().0,
        union.id().0,
        student.0,
        kind.slug(),
        reason,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes back what one asked for.
pub(super) async fn withdraw(connection: &mut PgConnection, exit: &Locked<Exit>) -> Result<bool, Failure> {
    let done = sqlx::query!("update union_exit set stage = 'withdrawn' where id = $1 and stage = 'asked'", exit.id.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Refuses what an officer asked for.
pub(super) async fn refuse(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    exit: &Locked<Exit>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_exit set stage = 'refused', answer = $2, settled_at = $3, settled_by = $4
         where id = $1 and stage = 'asked'",
        exit.id.0,
        why,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// When somebody leaves: the first day without a post, and the day by which what is in hand is handed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeavingDay {
    pub day: Date,
    pub handover_due: Date,
}

impl LeavingDay {
    pub fn new(day: Date, today: Date, terms: Terms) -> Self {
        Self { day, handover_due: day.max(today) + Duration::days(i64::from(terms.handover)) }
    }
}

/// Grants what an officer asked for, as the rule has passed; `false` where somebody was faster.
pub(super) async fn grant(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    exit: &Locked<Exit>,
    _passed: Leaving,
    leaving: LeavingDay,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    lapses_store::leave(connection, acting, exit.union, exit.student, now).await?;
    let done = sqlx::query!(
        "update union_exit set stage = 'handing_over', from_day = $2, handover_due = $3, settled_at = $4, settled_by = $5
         where id = $1 and stage = 'asked'",
        exit.id.0,
        leaving.day,
        leaving.handover_due,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// An exit that the office itself begins.
#[derive(Debug)]
pub(super) struct NewExit<'a> {
    pub student: StudentId,
    pub leaving: LeavingDay,
    pub reason: &'a str,
    pub case: Option<ConductCaseId>,
}

/// Lets somebody leave, as the rule has passed; none where an exit is under way already.
pub(super) async fn begin(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    union: &LockedUnion,
    passed: Leaving,
    new: &NewExit<'_>,
    now: OffsetDateTime,
) -> Result<Option<ExitId>, Failure> {
    let id = ExitId::random();
    lapses_store::leave(connection, acting, union.id(), new.student, now).await?;
    let done = sqlx::query!(
        "insert into union_exit (id, union_id, student_id, kind, reason, case_id, stage, asked_at, asked_by, from_day,
                                 handover_due, settled_at, settled_by)
         values ($1, $2, $3, $4, $5, $6, 'handing_over', $7, $8, $9, $10, $7, $8) on conflict do nothing",
        id.0,
        union.id().0,
        new.student.0,
        passed.kind().slug(),
        new.reason,
        new.case.map(|case| case.0),
        now,
        acting.person().account.0,
        new.leaving.day,
        new.leaving.handover_due
    )
    .execute(connection)
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// What is handed over, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handover {
    pub says: String,
    pub to: String,
}

/// Hands in the list of what is handed over; again until it is confirmed.
pub(super) async fn hand_over(
    connection: &mut PgConnection,
    exit: &Locked<Exit>,
    handover: &Handover,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_exit set handover = $2, handover_to = $3, handed_over_at = $4
         where id = $1 and stage = 'handing_over'",
        exit.id.0,
        handover.says,
        handover.to,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Confirms that everything was handed over.
pub(super) async fn confirm(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    exit: &Locked<Exit>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_exit set stage = 'done', confirmed_at = $2, confirmed_by = $3
         where id = $1 and stage = 'handing_over' and handover is not null",
        exit.id.0,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A decision that removes somebody who still holds a post.
#[derive(Debug)]
pub(super) struct Removal {
    pub case: ConductCaseId,
    pub number: i32,
    /// 学号.
    pub student_number: String,
    pub name: String,
    pub union: UnionId,
    pub union_name: String,
}

/// The removals that were decided and not yet carried out, of one student or of all. An objection does not hold one up.
pub(super) async fn removals(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: Option<StudentId>,
    today: Date,
) -> Result<Vec<Removal>, Failure> {
    let rows = sqlx::query_as!(
        Removal,
        r#"select distinct on (q.id, u.id) q.id as "case: ConductCaseId", q.number, s.number as student_number,
                  s.name,
                  u.id as "union: UnionId", union_name(u.kind, g.name) as "union_name!"
           from conduct_case q join student s on s.id = q.student_id
                join post p on p.student_id = s.id and p.voided_at is null and (p.until_day is null or p.until_day > $3)
                     and p.from_day <= q.decided_at::date
                join student_union u on u.id = p.union_id left join college g on g.id = u.college_id
           where q.institution_id = $1 and q.outcome = 'removal' and ($2::uuid is null or s.id = $2)
                 and not exists (select from union_exit e where e.union_id = u.id and e.student_id = s.id
                                 and e.stage = 'handing_over')
           order by q.id, u.id"#,
        institution.0,
        student.map(|id| id.0),
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Somebody who holds no post in a union any more and for whom no handover was begun.
#[derive(Debug)]
pub(super) struct OfficerWithoutHandover {
    /// 学号.
    pub number: String,
    pub name: String,
    pub union: UnionId,
    pub union_name: String,
    /// The first day without a post.
    pub from_day: Date,
}

impl OfficerWithoutHandover {
    /// Where the handover is begun.
    pub fn exit(&self) -> String {
        exit_of(self.union, &self.number, ExitKind::TermEnd)
    }
}

/// Those of all, or one student, whose last post in a union ended lately past the exits: on the union's page, or with a new term.
/// Whoever has left the university is not asked any more.
pub(super) async fn left(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: Option<StudentId>,
    today: Date,
) -> Result<Vec<OfficerWithoutHandover>, Failure> {
    let rows = sqlx::query_as!(
        OfficerWithoutHandover,
        r#"select s.number, s.name, l.union_id as "union: UnionId", union_name(u.kind, g.name) as "union_name!",
                  l.from_day as "from_day!"
           from (
               select p.union_id, p.student_id, max(p.until_day) as from_day
               from (
                   -- Whose posts ended lately: of all the others nothing is read.
                   select distinct e.union_id, e.student_id from post e join student_union o on o.id = e.union_id
                   where o.institution_id = $1 and e.voided_at is null and e.until_day > $4 and e.until_day <= $3
                         and ($2::uuid is null or e.student_id = $2)
               ) c join post p on p.union_id = c.union_id and p.student_id = c.student_id
               where p.voided_at is null and (p.until_day is null or p.until_day > p.from_day)
               group by 1, 2
               having bool_and(coalesce(p.until_day <= $3, false)) and max(p.until_day) > $4
           ) l join student_union u on u.id = l.union_id left join college g on g.id = u.college_id
               join student s on s.id = l.student_id
           where u.opened_on <= l.from_day and s.left_on is null
                 and not exists (select from union_exit e where e.union_id = l.union_id and e.student_id = l.student_id
                                 and (e.stage in ('asked', 'handing_over') or e.stage = 'done' and e.from_day >= l.from_day))
           order by l.from_day, s.number limit 200"#,
        institution.0,
        student.map(|id| id.0),
        today,
        today - Duration::days(LISTED_FOR)
    );
    Ok(rows.fetch_all(connection).await?)
}
