//! SQL of controlled matters.

mod acts;
mod control;
mod receipts;
mod reports;
mod settlements;

pub(super) use acts::{
    Begun, DepartmentChoice, NewLoan, NewSignature, Settled, begin, close, departments, enrolled, file, give_back,
    holders, lend, presidium_member, put, rewrite, settle, sign, signed_up,
};
pub use acts::{lock, may_begin};
pub use control::control;
pub(super) use control::{NewGround, drop_ground, keep_ground, keep_scheme};
pub(super) use receipts::{MOST_RECEIPTS, attach, detach, receipts};
pub(super) use reports::{
    NewAnswer, NewReport, answer as answer_report, pass as pass_report, reply as reply_report, report,
};
pub use reports::{ReportFilter, decide as decide_report, lock as lock_report, reports};
pub use settlements::{SettledMatter, open_accounts, settled};

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::matter::{Application, BudgetLine, Loan, Matter, Particulars, Signature};
use crate::{
    failure::Failure,
    ids::{AccountId, CollegeId, DepartmentId, InstitutionId, LoanId, MatterId, StudentId, UnionId},
    rules::matters::{Course, MatterKind, Signed, Stage, StageWord, Step, Word},
};

/// Which matters are read: all where nothing is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatterFilter<'a> {
    pub one: Option<MatterId>,
    pub some: Option<&'a [sqlx::types::Uuid]>,
    pub union: Option<UnionId>,
    pub kind: Option<MatterKind>,
    /// Those that somebody still has to act on.
    pub open: bool,
}

struct Row {
    id: MatterId,
    institution: InstitutionId,
    number: i32,
    union: UnionId,
    union_kind: String,
    college: Option<CollegeId>,
    union_name: String,
    department: Option<DepartmentId>,
    department_name: Option<String>,
    lead: StudentId,
    lead_name: String,
    lead_number: String,
    kind: String,
    title: String,
    phone: Option<String>,
    why: String,
    how: String,
    starts_at: OffsetDateTime,
    ends_at: Option<OffsetDateTime>,
    place: Option<String>,
    people: Option<i32>,
    off_campus: bool,
    guests: Option<String>,
    safety: Option<String>,
    channel: Option<String>,
    body: Option<String>,
    partner: Option<String>,
    contact: Option<String>,
    source: Option<String>,
    urgent: Option<String>,
    stage: String,
    revision: i32,
    steps: Vec<String>,
    filed_at: OffsetDateTime,
    filed_by: AccountId,
    filer: String,
    approved_at: Option<OffsetDateTime>,
    begun_at: Option<OffsetDateTime>,
    begun_noted_at: Option<OffsetDateTime>,
    summary_due: Option<Date>,
    summary: Option<String>,
}

impl Row {
    fn particulars(&self) -> anyhow::Result<Particulars> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(match self.kind.parse()? {
            MatterKind::Activity => Particulars::Activity {
                ends_at: self.ends_at,
                place: text(&self.place),
                people: u32::try_from(self.people.unwrap_or_default())?,
                off_campus: self.off_campus,
                guests: text(&self.guests),
                safety: text(&self.safety),
            },
            MatterKind::Publication => {
                Particulars::Publication { channel: text(&self.channel), body: text(&self.body) }
            }
            MatterKind::Contact => {
                Particulars::Contact { partner: text(&self.partner), contact: text(&self.contact).parse()? }
            }
            MatterKind::Funds => Particulars::Funds { source: text(&self.source).parse()? },
        })
    }

    fn stage(&self, signed: Vec<Signed>) -> anyhow::Result<Stage> {
        let approved = || self.approved_at.ok_or_else(|| anyhow::anyhow!("a matter without the time of its approval"));
        let begun = || self.begun_at.ok_or_else(|| anyhow::anyhow!("a matter without the time of its start"));
        Ok(match self.stage.parse()? {
            StageWord::Asked => Stage::Asked { signed },
            StageWord::Returned => Stage::Returned,
            StageWord::Refused => Stage::Refused,
            StageWord::Withdrawn => Stage::Withdrawn,
            StageWord::Approved => Stage::Approved { at: approved()? },
            StageWord::Revoked => Stage::Revoked,
            StageWord::Begun => Stage::Begun { approved: approved()?, at: begun()? },
            StageWord::Closed => Stage::Closed { approved: approved()?, begun: begun()? },
        })
    }

    fn matter(self, signed: Vec<Signed>, lines: Vec<BudgetLine>) -> anyhow::Result<Matter> {
        let chain = self.steps.iter().map(|step| step.parse::<Step>()).collect::<anyhow::Result<Vec<_>>>()?;
        let course = Course::kept(chain, self.stage(signed)?, self.filed_by.0);
        let says = Application {
            title: self.title.clone(),
            department: self.department,
            lead: self.lead,
            phone: self.phone.clone().unwrap_or_default(),
            why: self.why.clone(),
            how: self.how.clone(),
            starts_at: self.starts_at,
            particulars: self.particulars()?,
            lines,
            urgent: self.urgent.clone(),
        };
        Ok(Matter {
            id: self.id,
            institution: self.institution,
            number: self.number,
            union: self.union,
            union_kind: self.union_kind.parse()?,
            college: self.college,
            union_name: self.union_name,
            department_name: self.department_name,
            lead_name: self.lead_name,
            lead_number: self.lead_number,
            says,
            course,
            revision: self.revision,
            filed_at: self.filed_at,
            filed_by: self.filed_by,
            filer: self.filer,
            begun_noted_at: self.begun_noted_at,
            summary_due: self.summary_due,
            summary: self.summary,
        })
    }
}

/// Matters of a university, the newest first; three statements, however many there are.
pub async fn matters(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: MatterFilter<'_>,
) -> Result<Vec<Matter>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select q.id as "id: MatterId", q.institution_id as "institution: InstitutionId", q.number,
                  q.union_id as "union: UnionId", u.kind as union_kind, u.college_id as "college: CollegeId",
                  case u.kind when 'school' then '校学生会' when 'graduate' then '校研究生会' else c.name || '学生会' end
                      as "union_name!",
                  q.department_id as "department: DepartmentId", d.name as "department_name?",
                  q.lead_id as "lead: StudentId", s.name as lead_name, s.number as lead_number, q.kind, q.title, q.phone,
                  q.why, q.how, q.starts_at, q.ends_at, q.place, q.people, q.off_campus, q.guests, q.safety, q.channel,
                  q.body, q.partner, q.contact, q.source, q.urgent, q.stage, q.revision, q.steps, q.filed_at,
                  q.filed_by as "filed_by: AccountId", a.name as filer, q.approved_at, q.begun_at, q.begun_noted_at,
                  q.summary_due, q.summary
           from matter q join student_union u on u.id = q.union_id left join college c on c.id = u.college_id
                left join department d on d.id = q.department_id join student s on s.id = q.lead_id
                join account a on a.id = q.filed_by
           where q.institution_id = $1 and ($2::uuid is null or q.id = $2) and ($3::uuid is null or q.union_id = $3)
                 and ($4::text is null or q.kind = $4)
                 and (not $5 or q.stage in ('asked', 'returned', 'approved', 'begun'))
                 and ($6::uuid[] is null or q.id = any($6))
           order by q.number desc limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.union.map(|id| id.0),
        filter.kind.map(MatterKind::slug),
        filter.open,
        filter.some
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id.0).collect();
    let mut signed = signed(connection, &ids).await?;
    let mut lines = lines(connection, &ids).await?;
    let read = rows.into_iter().map(|row| {
        let (signed, lines) = (signed.remove(&row.id).unwrap_or_default(), lines.remove(&row.id).unwrap_or_default());
        row.matter(signed, lines)
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// One matter of a university.
pub async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: MatterId,
) -> Result<Option<Matter>, Failure> {
    Ok(matters(connection, institution, MatterFilter { one: Some(id), ..MatterFilter::default() }).await?.pop())
}

/// The steps that agreed to what matters say now, in the order of their chains.
async fn signed(
    connection: &mut PgConnection,
    ids: &[sqlx::types::Uuid],
) -> Result<HashMap<MatterId, Vec<Signed>>, Failure> {
    let rows = sqlx::query!(
        r#"select g.matter_id as "matter: MatterId", g.step, g.at, g.by_account as "by: AccountId"
           from matter_signature g join matter q on q.id = g.matter_id and q.revision = g.revision
           where g.matter_id = any($1) and g.verdict = 'agree' order by array_position(q.steps, g.step)"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<MatterId, Vec<Signed>> = HashMap::new();
    for row in rows {
        let one = Signed { step: row.step.parse()?, by: row.by.0, at: row.at };
        found.entry(row.matter).or_default().push(one);
    }
    Ok(found)
}

async fn lines(
    connection: &mut PgConnection,
    ids: &[sqlx::types::Uuid],
) -> Result<HashMap<MatterId, Vec<BudgetLine>>, Failure> {
    let rows = sqlx::query!(
        r#"select matter_id as "matter: MatterId", name, planned, spent, receipt from matter_line
           where matter_id = any($1) order by matter_id, place"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<MatterId, Vec<BudgetLine>> = HashMap::new();
    for row in rows {
        let line = BudgetLine { name: row.name, planned: row.planned, spent: row.spent, receipt: row.receipt };
        found.entry(row.matter).or_default().push(line);
    }
    Ok(found)
}

/// Every word that was given on a matter, the earliest first.
pub(super) async fn signatures(connection: &mut PgConnection, id: MatterId) -> Result<Vec<Signature>, Failure> {
    let rows = sqlx::query!(
        "select g.revision, g.step, g.verdict, g.says, g.content_read, g.at, a.name as by
           from matter_signature g join account a on a.id = g.by_account where g.matter_id = $1 order by g.at, g.step",
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Signature {
            revision: row.revision,
            step: row.step.parse()?,
            word: row.verdict.parse::<Word>()?,
            says: row.says,
            content_read: row.content_read,
            at: row.at,
            by: row.by,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What was borrowed for a matter.
pub(super) async fn loans(connection: &mut PgConnection, id: MatterId) -> Result<Vec<Loan>, Failure> {
    let rows = sqlx::query_as!(
        Loan,
        r#"select id as "id: LoanId", what, quantity, lender, due_on, returned_at from matter_loan
           where matter_id = $1 order by lent_at, id"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Materials that are not back.
#[derive(Debug)]
pub(super) struct LoanOut {
    pub matter: MatterId,
    pub what: String,
    pub quantity: i32,
    pub lender: String,
    pub due_on: Date,
}

/// What unions borrowed and have not returned, the earliest due first.
pub(super) async fn loans_out(connection: &mut PgConnection, unions: &[UnionId]) -> Result<Vec<LoanOut>, Failure> {
    let unions: Vec<_> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        LoanOut,
        r#"select l.matter_id as "matter: MatterId", l.what, l.quantity, l.lender, l.due_on
           from matter_loan l join matter q on q.id = l.matter_id
           where q.union_id = any($1) and l.returned_at is null order by l.due_on, l.id limit 100"#,
        &unions
    );
    Ok(rows.fetch_all(connection).await?)
}

/// When the report on an activity was received; none where there is none.
pub(super) async fn reported(
    connection: &mut PgConnection,
    id: MatterId,
) -> Result<Option<(crate::ids::PriorReportId, OffsetDateTime)>, Failure> {
    let row = sqlx::query!(
        r#"select id as "id: crate::ids::PriorReportId", received_at from prior_report where matter_id = $1"#,
        id.0
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.id, row.received_at)))
}

/// How matters went, by kind.
#[derive(Debug)]
pub(super) struct KindFigures {
    pub kind: MatterKind,
    pub filed: i64,
    /// Approved as filed at first.
    pub approved: i64,
    /// Filed later than the lead time.
    pub urgent: i64,
    pub refused: i64,
    /// Changed after a step had seen it.
    pub corrected: i64,
    /// The summary is late, or came late.
    pub late: i64,
}

/// The figures of matters filed since a moment, of those unions.
pub(super) async fn figures(
    connection: &mut PgConnection,
    unions: &[UnionId],
    since: OffsetDateTime,
    today: Date,
) -> Result<Vec<KindFigures>, Failure> {
    let unions: Vec<_> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select kind, count(*) as "filed!",
                  count(*) filter (where stage in ('approved', 'begun', 'closed')) as "approved!",
                  count(*) filter (where urgent is not null) as "urgent!",
                  count(*) filter (where stage = 'refused') as "refused!",
                  count(*) filter (where revision > 1) as "corrected!",
                  count(*) filter (where summary_due < coalesce(china_day(closed_at), $3)) as "late!"
           from matter where union_id = any($1) and filed_at >= $2 group by kind"#,
        &unions,
        since,
        today
    )
    .fetch_all(connection)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        found.push(KindFigures {
            kind: row.kind.parse()?,
            filed: row.filed,
            approved: row.approved,
            urgent: row.urgent,
            refused: row.refused,
            corrected: row.corrected,
            late: row.late,
        });
    }
    found.sort_by_key(|one| MatterKind::ALL.iter().position(|kind| *kind == one.kind));
    Ok(found)
}
