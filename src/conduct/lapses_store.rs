//! SQL of officers who no longer meet the conditions of their posts.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{lapse::Lapse, paths::exit_of};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, LapseId, StudentId, UnionId},
    office::UnionKeeper,
    rules::conduct::ExitKind,
};

struct Row {
    id: LapseId,
    union: UnionId,
    union_name: String,
    student: StudentId,
    number: String,
    name: String,
    posts: String,
    says: String,
    stage: String,
    opened_at: OffsetDateTime,
    decide_by: Date,
    answer: Option<String>,
    kept_until: Option<Date>,
}

/// The findings that are open or were answered by a stay, or one; what is due first, first.
pub(super) async fn lapses(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<LapseId>,
    today: Date,
) -> Result<Vec<Lapse>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select l.id as "id: LapseId", l.union_id as "union: UnionId", union_name(u.kind, g.name) as "union_name!",
                  l.student_id as "student: StudentId", s.number, s.name,
                  coalesce((select string_agg(concat_ws(' ', d.name, post_label(p.kind, p.title)), '、'
                                              order by p.from_day)
                            from post p left join department d on d.id = p.department_id
                            where p.union_id = l.union_id and p.student_id = l.student_id and p.voided_at is null
                                  and (p.until_day is null or p.until_day > $3)), '') as "posts!",
                  l.says, l.stage, l.opened_at, l.decide_by, l.answer, l.kept_until
           from lapse l join student_union u on u.id = l.union_id left join college g on g.id = u.college_id
                join student s on s.id = l.student_id
           where u.institution_id = $1 and ($2::uuid is null or l.id = $2)
                 and ($2 is not null or l.stage = 'open' or l.stage = 'kept' and l.kept_until > $3)
           order by l.stage <> 'open', l.decide_by, s.number limit 500"#,
        institution.0,
        one.map(|id| id.0),
        today
    )
    .fetch_all(connection)
    .await?;
    let lapse = |row: Row| {
        Ok(Lapse {
            id: row.id,
            union: row.union,
            union_name: row.union_name,
            student: row.student,
            number: row.number,
            name: row.name,
            posts: row.posts,
            says: row.says,
            stage: row.stage.parse()?,
            opened_at: row.opened_at,
            decide_by: row.decide_by,
            kept: row.answer.zip(row.kept_until),
        })
    };
    Ok(rows.into_iter().map(lapse).collect::<anyhow::Result<_>>()?)
}

/// Locks a finding.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: LapseId,
    today: Date,
) -> Result<Locked<Lapse>, Failure> {
    sqlx::query!(
        "select l.id from lapse l join student_union u on u.id = l.union_id
         where l.id = $1 and u.institution_id = $2 for update of l",
        id.0,
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    let lapse = lapses(connection, institution, Some(id), today).await?.into_iter().next();
    lapse.map(Locked::new).ok_or(Failure::Missing)
}

/// What an officer no longer meets.
#[derive(Debug)]
pub(super) struct Unmet {
    pub student: StudentId,
    pub says: String,
}

/// Opens a finding; `false` where one is open, or the officer stays for a reason that still holds.
pub(super) async fn open(
    connection: &mut PgConnection,
    union: UnionId,
    unmet: &Unmet,
    decide_by: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into lapse (id, union_id, student_id, says, stage, opened_at, decide_by)
         select $1, $2, $3, $4, 'open', $5, $6
         where not exists (select from lapse l where l.union_id = $2 and l.student_id = $3 and l.stage = 'kept'
                           and l.kept_until > china_day($5))
         on conflict (union_id, student_id) where stage = 'open' do nothing",
        LapseId::random().0,
        union.0,
        unmet.student.0,
        unmet.says,
        now,
        decide_by
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Closes the open findings of a union on everybody but those who still do not meet the conditions; gives how many.
pub(super) async fn clear(
    connection: &mut PgConnection,
    union: UnionId,
    still: &[Unmet],
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let still: Vec<_> = still.iter().map(|unmet| unmet.student.0).collect();
    let done = sqlx::query!(
        "update lapse set stage = 'cleared', settled_at = $3
         where union_id = $1 and stage = 'open' and student_id <> all($2)",
        union.0,
        &still,
        now
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// Why an officer stays, and until when that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stay {
    pub why: String,
    pub until: Date,
}

/// Lets an officer stay for a reason; `false` where somebody was faster.
pub(super) async fn keep(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    lapse: &Locked<Lapse>,
    stay: &Stay,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update lapse set stage = 'kept', answer = $2, kept_until = $3, settled_at = $4, settled_by = $5
         where id = $1 and stage = 'open'",
        lapse.id.0,
        stay.why,
        stay.until,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// An officer leaves the union: what was found of them is settled.
pub(super) async fn leave(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    union: UnionId,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update lapse set stage = 'left', settled_at = $3, settled_by = $4
         where union_id = $1 and student_id = $2 and stage = 'open'",
        union.0,
        student.0,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody in a post with so many results 不合格 that an exit is due.
#[derive(Debug)]
pub(super) struct Failing {
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub union: UnionId,
    pub union_name: String,
    pub times: i64,
}

impl Failing {
    /// Where an exit of the person is begun.
    pub fn exit(&self) -> String {
        exit_of(self.union, &self.number, ExitKind::ReviewFailed)
    }
}

/// Those in posts with at least `times` results 不合格 in reviews that were settled since their post began; the reviews keep
/// these tables. Read from such results, which are few, and not from the posts.
pub(super) async fn failing(
    connection: &mut PgConnection,
    institution: InstitutionId,
    times: u32,
    today: Date,
) -> Result<Vec<Failing>, Failure> {
    let rows = sqlx::query_as!(
        Failing,
        r#"select p.student_id as "student!: StudentId", s.number as "number!", s.name as "name!",
                  r.union_id as "union!: UnionId", union_name(u.kind, g.name) as "union_name!", count(*) as "times!"
           from review r join review_result o on o.review_id = r.id and o.grade = 'unsatisfactory'
                join review_person p on p.review_id = r.id and p.place = o.person
                join student s on s.id = p.student_id join student_union u on u.id = r.union_id
                left join college g on g.id = u.college_id
                cross join lateral (
                    select min(q.from_day) as since from post q
                    where q.union_id = r.union_id and q.student_id = p.student_id and q.voided_at is null
                          and q.from_day <= $3 and (q.until_day is null or q.until_day > $3)
                ) h
           where u.institution_id = $1 and r.stage = 'settled' and china_day(r.settled_at) >= h.since
                 and not exists (select from union_exit e where e.union_id = r.union_id and e.student_id = p.student_id
                                 and e.stage = 'handing_over')
           group by p.student_id, s.number, s.name, r.union_id, u.kind, g.name
           having count(*) >= $2::bigint order by s.number"#,
        institution.0,
        i64::from(times),
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
