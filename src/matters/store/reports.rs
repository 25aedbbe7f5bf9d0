//! SQL of prior reports.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{CollegeId, InstitutionId, MatterId, PriorReportId, UnionId},
    matters::{
        MatterFiler, PartyReplier,
        matter::{AnswerGiven, DecisionTaken, PartyReply, PriorReport},
    },
    office::SchoolLeague,
    rules::matters::{Answer, Decided, ReportKind},
};

#[derive(Debug, Clone, Copy, Default)]
pub struct ReportFilter {
    pub one: Option<PriorReportId>,
    /// Passed on to the Party committee alone.
    pub passed: bool,
    /// Reports of decisions, in time, that a union has not taken yet.
    pub undecided_of: Option<UnionId>,
}

/// Reports of a university, those that wait for an answer first, then the newest.
pub async fn reports(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ReportFilter,
) -> Result<Vec<PriorReport>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: PriorReportId", r.number, r.union_id as "union: UnionId", u.kind as union_kind,
                  u.college_id as "college: CollegeId",
                  case u.kind when 'school' then '校学生会' when 'graduate' then '校研究生会' else c.name || '学生会' end
                      as "union_name!",
                  r.kind, r.matter_id as "matter: MatterId", r.title, r.says, r.why, r.grounds, r.planned_at, r.happened_at,
                  r.received_at, a.name as reporter, r.answer, r.answer_says, r.answered_at, r.pass_due, r.passed_at,
                  r.party_reply, r.party_replied_on, r.decided_at, r.decided_says
           from prior_report r join student_union u on u.id = r.union_id left join college c on c.id = u.college_id
                join account a on a.id = r.by_account
           where r.institution_id = $1 and ($2::uuid is null or r.id = $2) and (not $3 or r.passed_at is not null)
                 and ($4::uuid is null or r.union_id = $4 and r.kind = 'decision' and r.happened_at is null
                                          and r.decided_at is null)
           order by r.answer is not null, r.number desc limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.passed,
        filter.undecided_of.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let answer = match (row.answer, row.answer_says, row.answered_at) {
            (Some(answer), Some(says), Some(at)) => Some(AnswerGiven { answer: answer.parse()?, says, at }),
            _ => None,
        };
        Ok(PriorReport {
            id: row.id,
            number: row.number,
            union: row.union,
            union_kind: row.union_kind.parse()?,
            college: row.college,
            union_name: row.union_name,
            kind: row.kind.parse()?,
            matter: row.matter,
            title: row.title,
            says: row.says,
            why: row.why,
            grounds: row.grounds,
            planned_at: row.planned_at,
            happened_at: row.happened_at,
            received_at: row.received_at,
            reporter: row.reporter,
            answer,
            pass_due: row.pass_due,
            passed_at: row.passed_at,
            reply: row.party_reply.zip(row.party_replied_on).map(|(says, on)| PartyReply { says, on }),
            decided: row.decided_at.zip(row.decided_says).map(|(at, says)| DecisionTaken { at, says }),
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What is reported.
#[derive(Debug, Clone)]
pub struct NewReport {
    pub union: UnionId,
    pub kind: ReportKind,
    pub matter: Option<MatterId>,
    pub title: String,
    pub says: String,
    pub why: String,
    pub grounds: Vec<String>,
    pub planned_at: OffsetDateTime,
    pub happened_at: Option<OffsetDateTime>,
}

/// Takes a report in at this moment, under the next number of its university; none where the activity was reported before.
pub async fn report(
    connection: &mut PgConnection,
    acting: &Acting<MatterFiler>,
    new: &NewReport,
    now: OffsetDateTime,
) -> Result<Option<PriorReportId>, Failure> {
    let id = PriorReportId::random();
    let done = sqlx::query!(
        "with number as (
             insert into matter_counter (institution_id, reports) values ($2, 1)
             on conflict (institution_id) do update set reports = matter_counter.reports + 1 returning reports
         )
         insert into prior_report (id, institution_id, union_id, number, kind, matter_id, title, says, why, grounds,
                                   planned_at, happened_at, received_at, by_account)
         select $1, $2, $3, number.reports, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from number
         on conflict (matter_id) where matter_id is not null do nothing",
        id.0,
        acting.institution().0,
        new.union.0,
        new.kind.slug(),
        new.matter.map(|id| id.0),
        new.title,
        new.says,
        new.why,
        &new.grounds,
        new.planned_at,
        new.happened_at,
        now,
        acting.person().account.0
    );
    Ok((done.execute(connection).await?.rows_affected() == 1).then_some(id))
}

/// A report as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: PriorReportId,
) -> Result<Locked<PriorReport>, Failure> {
    sqlx::query!("select id from prior_report where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    let filter = ReportFilter { one: Some(id), ..ReportFilter::default() };
    reports(connection, institution, filter).await?.pop().map(Locked::new).ok_or(Failure::Missing)
}

/// How the League committee answers.
#[derive(Debug, Clone)]
pub struct NewAnswer {
    pub answer: Answer,
    pub says: String,
    /// By when it is passed on to the Party committee, where it concerns it.
    pub pass_due: Option<Date>,
}

/// Keeps the answer; `false` where there is one.
pub async fn answer(
    connection: &mut PgConnection,
    report: &Locked<PriorReport>,
    acting: &Acting<SchoolLeague>,
    new: &NewAnswer,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update prior_report set answer = $2, answer_says = $3, answered_at = $4, answered_by = $5, pass_due = $6
         where id = $1 and answer is null",
        report.id.0,
        new.answer.slug(),
        new.says,
        now,
        acting.person().account.0,
        new.pass_due
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes that it was passed on to the Party committee; `false` where it need not be, or was.
pub async fn pass(
    connection: &mut PgConnection,
    report: &Locked<PriorReport>,
    acting: &Acting<SchoolLeague>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update prior_report set passed_at = $2, passed_by = $3
         where id = $1 and pass_due is not null and passed_at is null",
        report.id.0,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps what the Party committee replied; `false` where it was not passed on, or was replied to.
pub async fn reply(
    connection: &mut PgConnection,
    report: &Locked<PriorReport>,
    _acting: &Acting<PartyReplier>,
    reply: &PartyReply,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update prior_report set party_reply = $2, party_replied_on = $3
         where id = $1 and passed_at is not null and party_reply is null",
        report.id.0,
        reply.says,
        reply.on
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps what the union decided; `false` where it has.
pub async fn decide(
    connection: &mut PgConnection,
    report: &Locked<PriorReport>,
    _person: &SignedIn,
    decided: Decided,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update prior_report set decided_at = $2, decided_says = $3, decided_noted_at = $4
         where id = $1 and kind = 'decision' and happened_at is null and decided_at is null",
        report.id.0,
        decided.at(),
        says,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
