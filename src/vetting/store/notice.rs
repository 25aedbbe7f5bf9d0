//! 公示, a step of practice: who has passed is shown for some days, and objections are received in confidence.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{AccountId, CaseId, InstitutionId, ObjectionId, RoundId},
    vetting::{
        public_notice::{NoticeIssuer, NoticeTerm},
        round::Round,
    },
    workdays::Span,
};

/// Puts every case of a round that has passed and was not yet shown on public notice from today on; gives how many. The days
/// of `span` count: objections are received before the first of them too.
pub async fn notify(
    connection: &mut PgConnection,
    round: &Locked<Round>,
    today: Date,
    span: Span,
) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "update vetting_case set notice_from = $2, notice_first = $3, notice_until = $4
         where round_id = $1 and stage = 'passed' and notice_until is null",
        round.id.0,
        today,
        span.first,
        span.last
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// How many of a round passed and were not yet on public notice.
pub async fn unshown(connection: &mut PgConnection, round: RoundId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from vetting_case
           where round_id = $1 and stage = 'passed' and notice_until is null"#,
        round.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// How many of a round were put on public notice today, while nobody has objected to any of them: they can be taken off again.
pub async fn withdrawable(connection: &mut PgConnection, round: RoundId, today: Date) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from vetting_case c
           where c.round_id = $1 and c.stage = 'passed' and c.notice_from = $2
                 and not exists (select from vetting_objection o join vetting_case d on d.id = o.case_id
                                 where d.round_id = $1 and d.notice_from = $2)"#,
        round.0,
        today
    );
    Ok(count.fetch_one(connection).await?)
}

/// Takes those off public notice that were put on it today by mistake; gives how many, none where somebody has objected.
pub async fn withdraw_notice(
    connection: &mut PgConnection,
    round: &Locked<Round>,
    today: Date,
) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "update vetting_case c set notice_from = null, notice_first = null, notice_until = null
         where c.round_id = $1 and c.stage = 'passed' and c.notice_from = $2
               and not exists (select from vetting_objection o join vetting_case d on d.id = o.case_id
                               where d.round_id = $1 and d.notice_from = $2)",
        round.id.0,
        today
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// The days of the cases of a round that are on public notice on a day.
pub async fn notice_terms(
    connection: &mut PgConnection,
    round: RoundId,
    today: Date,
) -> Result<HashMap<CaseId, NoticeTerm>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: CaseId", notice_from as "published!", notice_first as "first!", notice_until as "until!" from vetting_case
           where round_id = $1 and $2 between notice_from and notice_until"#,
        round.0,
        today
    );
    let rows = rows.fetch_all(connection).await?;
    let term = |published, first, until| NoticeTerm { published, first, until };
    Ok(rows.into_iter().map(|row| (row.id, term(row.published, row.first, row.until))).collect())
}

/// Who issues the notice of a round.
pub async fn notice_issuer(connection: &mut PgConnection, round: RoundId) -> Result<NoticeIssuer, Failure> {
    let issuer = sqlx::query_as!(
        NoticeIssuer,
        "select notice_by as name, notice_contact as contact, notice_number as number from vetting_round where id = $1",
        round.0
    );
    Ok(issuer.fetch_one(connection).await?)
}

/// Says who issues the notice of a round, as long as the round has not ended.
pub async fn set_notice_issuer(
    connection: &mut PgConnection,
    round: &Locked<Round>,
    issuer: &NoticeIssuer,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_round set notice_by = $2, notice_contact = $3, notice_number = $4
         where id = $1 and ended_at is null",
        round.id.0,
        issuer.name,
        issuer.contact,
        issuer.number
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A public notice that runs.
#[derive(Debug)]
pub struct PublicNotice {
    pub round: RoundId,
    pub title: String,
    pub union_name: String,
    pub first: Date,
    pub until: Date,
}

/// The public notices of a university that run on a day.
pub async fn on_notice(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<PublicNotice>, Failure> {
    let rows = sqlx::query_as!(
        PublicNotice,
        r#"select r.id as "round: RoundId", r.title, union_name(u.kind, g.name) as "union_name!",
                  min(c.notice_first) as "first!", max(c.notice_until) as "until!"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                left join college g on g.id = u.college_id
           where r.institution_id = $1 and c.stage = 'passed' and c.notice_until >= $2 and c.notice_from <= $2
           group by r.id, u.kind, g.name order by max(c.notice_until)"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An objection, as whoever keeps the round reads it.
#[derive(Debug)]
pub struct Objection {
    pub id: ObjectionId,
    pub case: CaseId,
    pub name: String,
    /// What is held against them.
    pub says: String,
    /// Who, where they say so.
    pub by: Option<String>,
    pub at: OffsetDateTime,
    /// Whether it was found true; none while it is open.
    pub upheld: Option<bool>,
    pub answer: Option<String>,
}

/// The objections to candidates of a round, open ones first.
pub async fn objections(connection: &mut PgConnection, round: RoundId) -> Result<Vec<Objection>, Failure> {
    let rows = sqlx::query_as!(
        Objection,
        r#"select o.id as "id: ObjectionId", o.case_id as "case: CaseId", s.name, o.says,
                  case when o.named then a.name || '（' || a.number || '）' end as "by", o.at, o.upheld, o.answer
           from vetting_objection o join vetting_case c on c.id = o.case_id join student s on s.id = c.student_id
                join account a on a.id = o.by_account
           where c.round_id = $1 order by o.upheld is not null, o.at desc"#,
        round.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The cases of a round to which objections are open.
pub async fn open_objections(connection: &mut PgConnection, round: RoundId) -> Result<Vec<CaseId>, Failure> {
    let open = sqlx::query_scalar!(
        r#"select distinct o.case_id as "case: CaseId" from vetting_objection o join vetting_case c on c.id = o.case_id
           where c.round_id = $1 and o.upheld is null"#,
        round.0
    );
    Ok(open.fetch_all(connection).await?)
}

/// An objection as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct NewObjection<'a> {
    pub case: CaseId,
    /// The round in which the case must be.
    pub round: RoundId,
    pub says: &'a str,
    /// Whoever sends it wants to be known to the office.
    pub named: bool,
}

/// Receives an objection to a candidate who is on public notice today; `false` where they are not, or where one by the same
/// person waits for its answer.
pub async fn object(
    connection: &mut PgConnection,
    person: &SignedIn,
    new: NewObjection<'_>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into vetting_objection (id, case_id, by_account, named, says, at)
         select $1, c.id, $4, $5, $6, $7 from vetting_case c
         where c.id = $2 and c.round_id = $3 and c.institution_id = $8 and c.stage = 'passed'
               and $9::date between c.notice_from and c.notice_until
               and not exists (select from vetting_objection o where o.case_id = c.id and o.by_account = $4
                               and o.upheld is null)",
        ObjectionId::random().0,
        new.case.0,
        new.round.0,
        person.account.0,
        new.named,
        new.says,
        now,
        person.institution.0,
        now.date()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What an office found of an objection.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    pub upheld: bool,
    pub says: &'a str,
}

/// An objection that was answered.
#[derive(Debug, Clone, Copy)]
pub struct AnsweredObjection {
    pub case: CaseId,
    /// Who sent it, whether they are named to the office or not.
    pub by: AccountId,
    /// The case ended by it.
    pub ended: bool,
}

/// Answers an objection; where it is found true and the case has not been settled, the case ends. None where it is not open.
pub async fn answer_objection(
    connection: &mut PgConnection,
    person: &SignedIn,
    round: &Locked<Round>,
    id: ObjectionId,
    answer: Answer<'_>,
    now: OffsetDateTime,
) -> Result<Option<AnsweredObjection>, Failure> {
    let answered = sqlx::query!(
        r#"update vetting_objection o set upheld = $3, answer = $4, answered_by = $5, answered_at = $6
           from vetting_case c
           where o.id = $1 and c.id = o.case_id and c.round_id = $2 and o.upheld is null
           returning o.case_id as "case: CaseId", o.by_account as "by: AccountId""#,
        id.0,
        round.id.0,
        answer.upheld,
        answer.says,
        person.account.0,
        now
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(answered) = answered else { return Ok(None) };
    let mut ended = false;
    if answer.upheld {
        // What was held against them is not told to the offices of the chain.
        let done = sqlx::query!(
            "update vetting_case set stage = 'refused', visit = visit + 1, says = '公示后核实，不予通过', settled_at = $2
             where id = $1 and stage = 'passed'",
            answered.case.0,
            now
        )
        .execute(connection)
        .await?;
        ended = done.rows_affected() == 1;
    }
    Ok(Some(AnsweredObjection { case: answered.case, by: answered.by, ended }))
}
