//! SQL of how many requests there are, and how they stand.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::requests::VoiceDesk;
use crate::{
    failure::Failure,
    ids::{AccountId, InstitutionId},
    rules::voice::Late,
};

/// How many requests are late at a desk, and how many are open.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::voice) struct Waiting {
    pub received: i64,
    pub sent: i64,
    pub late: Late,
    /// The first day on which something is due.
    pub due: Option<Date>,
}

/// What waits at a desk.
pub(in crate::voice) async fn waiting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: VoiceDesk,
    now: OffsetDateTime,
) -> Result<Waiting, Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where q.stage = 'received') as "received!",
                  count(*) filter (where q.stage = 'sent') as "sent!",
                  count(*) filter (where q.stage = 'received' and q.take_up_due < $5) as "late_take_up!",
                  count(*) filter (where q.stage = 'sent' and q.due_on < china_day($5)) as "late_answer!",
                  min(case when q.stage = 'received' then china_day(q.take_up_due) else q.due_on end) as due
           from voice_request q left join voice_unit u on u.id = q.unit_id left join voice_unit l on l.id = q.lead_unit_id
           where q.institution_id = $1 and q.stage in ('received', 'sent')
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now
    )
    .fetch_one(connection)
    .await?;
    let late = Late { take_up: row.late_take_up, answer: row.late_answer };
    Ok(Waiting { received: row.received, sent: row.sent, late, due: row.due })
}

/// Answered requests that wait for an account's word.
pub(in crate::voice) async fn to_confirm(connection: &mut PgConnection, account: AccountId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from voice_request where account_id = $1 and stage = 'answered'"#,
        account.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// The figures of a group of requests.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What they have in common: an area's word, or an office's name.
    pub of: String,
    pub total: i64,
    pub open: i64,
    pub late: i64,
    pub answered: i64,
    /// Of the answered, after the day they were due.
    pub answered_late: i64,
    pub solved: i64,
    pub satisfied: i64,
    pub mostly: i64,
    pub dissatisfied: i64,
    /// Days from the request to the answer, on average.
    pub days: Option<f64>,
}

/// By what requests are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Area,
    /// The office that was asked first.
    Office,
}

/// The figures of what a desk sees, received since a day, by area or by office.
pub(in crate::voice) async fn figures(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: VoiceDesk,
    by: By,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Vec<Figures>, Failure> {
    let rows = sqlx::query_as!(
        Figures,
        r#"select case when $6 then q.area
                       else coalesce(l.name, case q.receiver when 'school' then '校学生会' when 'graduate' then '校研究生会'
                                                  else c.name || '学生会' end) end as "of!",
                  count(*) as "total!", count(*) filter (where q.stage in ('received', 'sent')) as "open!",
                  count(*) filter (where q.stage = 'received' and q.take_up_due < $5
                                         or q.stage = 'sent' and q.due_on < china_day($5)) as "late!",
                  count(*) filter (where q.answer is not null) as "answered!",
                  count(*) filter (where china_day(q.answered_at) > q.due_on) as "answered_late!",
                  count(*) filter (where q.ending = 'solved') as "solved!",
                  count(*) filter (where q.satisfaction = 'satisfied') as "satisfied!",
                  count(*) filter (where q.satisfaction = 'mostly') as "mostly!",
                  count(*) filter (where q.satisfaction = 'dissatisfied') as "dissatisfied!",
                  (avg(extract(epoch from q.answered_at - q.received_at)) / 86400)::double precision as days
           from voice_request q left join voice_unit l on l.id = q.lead_unit_id left join voice_unit u on u.id = q.unit_id
                left join college c on c.id = q.college_id
           where q.institution_id = $1 and q.stage <> 'withdrawn' and q.received_at >= $7
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))
           group by 1 order by 2 desc, 1"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now,
        by == By::Area,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many open requests there are by how long they are open: up to a day, three, seven, longer.
pub(in crate::voice) async fn ages(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: VoiceDesk,
    now: OffsetDateTime,
) -> Result<[i64; 4], Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where $5 - q.received_at < '1 day') as "day!",
                  count(*) filter (where $5 - q.received_at >= '1 day' and $5 - q.received_at < '3 days') as "three!",
                  count(*) filter (where $5 - q.received_at >= '3 days' and $5 - q.received_at < '7 days') as "week!",
                  count(*) filter (where $5 - q.received_at >= '7 days') as "longer!"
           from voice_request q left join voice_unit l on l.id = q.lead_unit_id left join voice_unit u on u.id = q.unit_id
           where q.institution_id = $1 and q.stage in ('received', 'sent')
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now
    )
    .fetch_one(connection)
    .await?;
    Ok([row.day, row.three, row.week, row.longer])
}
