//! SQL of cases of misconduct.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    case::{ConductCase, Handler, Inquiry, InquiryKind, Objection, Source, Stage, Suspension},
    exits_store::REPORTED_WITHIN,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    conduct::ConductHandler,
    database::Locked,
    failure::Failure,
    ids::{AccountId, ConductCaseId, InquiryId, InstitutionId, StudentId},
    rules::conduct::{Decision, Ground, Sanction},
};

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct CaseFilter {
    pub one: Option<ConductCaseId>,
    pub handler: Option<Handler>,
    /// About that student, and accepted: before, nobody is told that they were reported.
    pub about: Option<StudentId>,
    /// Reported by that account.
    pub by: Option<AccountId>,
    /// Not about that student, nor about anybody of a union in which both held a post when it was reported, or in the year
    /// before: whoever has left is reported still, and had the same colleagues.
    pub not_beside: Option<StudentId>,
}

impl CaseFilter {
    /// Those that an office handles; nobody handles their own or a colleague's.
    pub fn handled_by(acting: &Acting<ConductHandler>) -> Self {
        let handler = Some(Handler::of(acting.office().kind));
        Self { handler, not_beside: acting.person().student, ..Self::default() }
    }

    /// The case, where it is about that person.
    ///
    /// # Errors
    /// [`Failure::Missing`] where they are no student.
    pub fn about(person: &SignedIn, id: ConductCaseId) -> Result<Self, Failure> {
        let about = Some(person.student.ok_or(Failure::Missing)?);
        Ok(Self { one: Some(id), about, ..Self::default() })
    }

    /// All that are about a student.
    pub fn all_about(student: StudentId) -> Self {
        Self { about: Some(student), ..Self::default() }
    }
}

struct Row {
    id: ConductCaseId,
    number: i32,
    student: Option<StudentId>,
    subject: String,
    ground: String,
    says: String,
    reporter: Option<String>,
    handler: String,
    stage: String,
    reported_at: OffsetDateTime,
    due_on: Option<Date>,
    outcome: Option<String>,
    suspended_from: Option<Date>,
    suspended_until: Option<Date>,
    decision: Option<String>,
    decided_at: Option<OffsetDateTime>,
    objection_until: Option<Date>,
    objection: Option<String>,
    objected_at: Option<OffsetDateTime>,
    upheld: Option<bool>,
    answer: Option<String>,
}

impl TryFrom<Row> for ConductCase {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        let objection = row.objection.zip(row.objected_at).map(|(says, at)| Objection {
            says,
            at,
            answer: row.upheld.zip(row.answer),
        });
        Ok(Self {
            id: row.id,
            number: row.number,
            student: row.student,
            subject: row.subject,
            ground: row.ground.parse()?,
            says: row.says,
            reporter: row.reporter,
            handler: row.handler.parse()?,
            stage: row.stage.parse()?,
            reported_at: row.reported_at,
            due_on: row.due_on,
            sanction: row.outcome.map(|slug| slug.parse()).transpose()?,
            suspension: row.suspended_from.zip(row.suspended_until).map(|(from, until)| Suspension { from, until }),
            decision: row.decision,
            decided_at: row.decided_at,
            objection_until: row.objection_until,
            objection,
        })
    }
}

/// Cases, what is due first, then the newest.
pub(super) async fn cases(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: CaseFilter,
) -> Result<Vec<ConductCase>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select q.id as "id: ConductCaseId", q.number, q.student_id as "student: StudentId",
                  coalesce(s.name || '（' || c.name || ' ' || k.name || '）', q.staff) as "subject!", q.ground, q.says,
                  case when q.source <> 'confidential' then a.name end as reporter, q.handler, q.stage,
                  q.reported_at, q.due_on, q.outcome, q.suspended_from, q.suspended_until, q.decision, q.decided_at, q.objection_until, q.objection,
                  q.objected_at, q.upheld, q.answer
           from conduct_case q join account a on a.id = q.reporter_id left join student s on s.id = q.student_id
                left join class k on k.id = s.class_id left join major m on m.id = k.major_id
                left join college c on c.id = m.college_id
           where q.institution_id = $1 and ($2::uuid is null or q.id = $2) and ($3::text is null or q.handler = $3)
                 and ($4::uuid is null or q.student_id = $4 and q.stage not in ('reported', 'declined'))
                 and ($5::uuid is null or q.reporter_id = $5) and ($6::uuid is null or q.student_id is distinct from $6)
                 and not exists (
                     select from post mine join post theirs on theirs.union_id = mine.union_id
                     where mine.student_id = $6 and theirs.student_id = q.student_id
                           and mine.voided_at is null and theirs.voided_at is null
                           and coalesce(mine.until_day > china_day(q.reported_at) - $7::integer, true)
                           and coalesce(theirs.until_day > china_day(q.reported_at) - $7::integer, true))
           order by q.due_on nulls last, q.reported_at desc, q.id limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.handler.map(Handler::slug),
        filter.about.map(|id| id.0),
        filter.by.map(|id| id.0),
        filter.not_beside.map(|id| id.0),
        REPORTED_WITHIN
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ConductCase::try_from).collect::<anyhow::Result<_>>()?)
}

/// Locks a case for an act of the office that handles it.
///
/// # Errors
/// [`Failure::Missing`] where there is none that the office handles.
pub(super) async fn lock(
    connection: &mut PgConnection,
    acting: &Acting<ConductHandler>,
    id: ConductCaseId,
) -> Result<Locked<ConductCase>, Failure> {
    let filter = CaseFilter { one: Some(id), ..CaseFilter::handled_by(acting) };
    hold(connection, acting.institution(), filter).await
}

/// Locks a case for an act of whom it is about.
///
/// # Errors
/// [`Failure::Missing`] where it is about somebody else.
pub(super) async fn lock_own(
    connection: &mut PgConnection,
    person: &SignedIn,
    id: ConductCaseId,
) -> Result<Locked<ConductCase>, Failure> {
    hold(connection, person.institution, CaseFilter::about(person, id)?).await
}

async fn hold(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: CaseFilter,
) -> Result<Locked<ConductCase>, Failure> {
    sqlx::query!(
        "select id from conduct_case where id = $1 and institution_id = $2 for update",
        filter.one.map(|id| id.0),
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    let case = cases(connection, institution, filter).await?.into_iter().next();
    case.map(Locked::new).ok_or(Failure::Missing)
}

/// Whom a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    Student(StudentId),
    /// An officer whom nobody of the League committee may judge: they work there themselves, or all who do sit beside them.
    Recused(StudentId),
    /// Somebody of the League committee's staff, in words.
    Staff(String),
}

impl Subject {
    pub fn handler(&self) -> Handler {
        match self {
            Self::Student(_) => Handler::SchoolLeague,
            Self::Recused(_) | Self::Staff(_) => Handler::SchoolParty,
        }
    }
}

/// A student works in the School Youth League committee on a day, or everybody there who can sign in sat beside them in a
/// union: a report that all of it are kept from would be handled by nobody.
pub(super) async fn is_league_recused(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    today: Date,
) -> Result<bool, Failure> {
    let is_recused = sqlx::query_scalar!(
        r#"select exists (select from account a join office o on o.account_id = a.id
                          where a.student_id = $1 and o.kind in ('school_league', 'deputy_secretary')
                                and o.ended_at is null and (o.until_day is null or o.until_day > $2::date))
                  or coalesce((
                      select bool_and(exists (
                          select from post mine join post theirs on theirs.union_id = mine.union_id
                          where mine.student_id = a.student_id and theirs.student_id = $1
                                and mine.voided_at is null and theirs.voided_at is null
                                and coalesce(mine.until_day > $2::date - $4::integer, true)
                                and coalesce(theirs.until_day > $2::date - $4::integer, true)))
                      from office o join account a on a.id = o.account_id join activated_account v on v.id = a.id
                      where o.institution_id = $3 and o.kind in ('school_league', 'deputy_secretary')
                            and o.from_day <= $2::date and o.ended_at is null
                            and (o.until_day is null or o.until_day > $2::date)
                            and a.disabled_at is null), false) as "is!""#,
        student.0,
        today,
        institution.0,
        REPORTED_WITHIN
    );
    Ok(is_recused.fetch_one(connection).await?)
}

/// A report about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewReport {
    pub subject: Subject,
    pub ground: Ground,
    pub says: String,
    pub source: Source,
}

/// Takes a report in; gives its number.
pub(super) async fn report(
    connection: &mut PgConnection,
    person: &SignedIn,
    new: &NewReport,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<i32, Failure> {
    let (student, staff) = match &new.subject {
        Subject::Student(id) | Subject::Recused(id) => (Some(id.0), None),
        Subject::Staff(words) => (None, Some(words.as_str())),
    };
    let number = sqlx::query_scalar!(
        "insert into conduct_counter (institution_id, last) values ($1, 1)
         on conflict (institution_id) do update set last = conduct_counter.last + 1 returning last",
        person.institution.0
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into conduct_case (id, institution_id, number, student_id, staff, ground, says, source, reporter_id,
                                   handler, stage, reported_at, due_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'reported', $11, $12)",
        ConductCaseId::random().0,
        person.institution.0,
        number,
        student,
        staff,
        new.ground.slug(),
        new.says,
        new.source.slug(),
        person.account.0,
        new.subject.handler().slug(),
        now,
        due_on
    )
    .execute(connection)
    .await?;
    Ok(number)
}

/// Reports of an account since a moment: how many.
pub(super) async fn reported_since(
    connection: &mut PgConnection,
    account: AccountId,
    since: OffsetDateTime,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from conduct_case where reporter_id = $1 and reported_at > $2"#,
        account.0,
        since
    );
    Ok(count.fetch_one(connection).await?)
}

/// Who reported a case, for the notices; not for pages.
pub(super) async fn reporter(connection: &mut PgConnection, case: &Locked<ConductCase>) -> Result<AccountId, Failure> {
    let account =
        sqlx::query_scalar!(r#"select reporter_id as "id: AccountId" from conduct_case where id = $1"#, case.id.0);
    Ok(account.fetch_one(connection).await?)
}

/// Accepts a reported case; `false` where somebody was faster.
pub(super) async fn accept(
    connection: &mut PgConnection,
    case: &Locked<ConductCase>,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update conduct_case set stage = 'accepted', accepted_at = $2, due_on = $3 where id = $1 and stage = 'reported'",
        case.id.0,
        now,
        due_on
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Does not accept a reported case; `false` where somebody was faster.
pub(super) async fn decline(
    connection: &mut PgConnection,
    acting: &Acting<ConductHandler>,
    case: &Locked<ConductCase>,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update conduct_case set stage = 'declined', decision = $2, decided_at = $3, decided_by = $4, due_on = null
         where id = $1 and stage = 'reported'",
        case.id.0,
        why,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A note about to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewInquiry {
    pub kind: InquiryKind,
    pub on_day: Date,
    pub says: String,
}

/// Takes a note of the inquiry; `false` where the case is not under inquiry.
pub(super) async fn note(
    connection: &mut PgConnection,
    acting: &Acting<ConductHandler>,
    case: &Locked<ConductCase>,
    new: &NewInquiry,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if case.stage != Stage::Accepted {
        return Ok(false);
    }
    sqlx::query!(
        "insert into conduct_inquiry (id, case_id, kind, on_day, says, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7)",
        InquiryId::random().0,
        case.id.0,
        new.kind.slug(),
        new.on_day,
        new.says,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// The notes of a case in the order in which they were taken.
pub(super) async fn inquiries(connection: &mut PgConnection, case: ConductCaseId) -> Result<Vec<Inquiry>, Failure> {
    let rows = sqlx::query!(
        "select i.kind, i.on_day, i.says, a.name from conduct_inquiry i join account a on a.id = i.by_account
         where i.case_id = $1 order by i.at, i.id",
        case.0
    )
    .fetch_all(connection)
    .await?;
    let inquiry = |kind: &str, on_day, says, by| Ok(Inquiry { kind: kind.parse::<InquiryKind>()?, on_day, says, by });
    Ok(rows
        .into_iter()
        .map(|row| inquiry(&row.kind, row.on_day, row.says, row.name))
        .collect::<anyhow::Result<Vec<_>>>()?)
}

/// What goes with a decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided<'a> {
    pub says: &'a str,
    /// The last day on which the person may object.
    pub objection_until: Date,
    /// Where it is a suspension, its days.
    pub suspension: Option<Suspension>,
}

/// Decides an accepted case, as the rule has passed; `false` where somebody was faster.
pub(super) async fn decide(
    connection: &mut PgConnection,
    acting: &Acting<ConductHandler>,
    case: &Locked<ConductCase>,
    decision: Decision,
    decided: Decided<'_>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let Decided { says, objection_until, suspension } = decided;
    let until = decision.sanction().is_adverse().then_some(objection_until);
    let done = sqlx::query!(
        "update conduct_case set stage = 'decided', outcome = $2, decision = $3, decided_at = $4, decided_by = $5,
                                 objection_until = $6, suspended_from = $7, suspended_until = $8, due_on = null
         where id = $1 and stage = 'accepted'",
        case.id.0,
        decision.sanction().slug(),
        says,
        now,
        acting.person().account.0,
        until,
        suspension.map(|days| days.from),
        suspension.map(|days| days.until)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Objects to a decision on oneself; `false` where the time is over.
pub(super) async fn object(
    connection: &mut PgConnection,
    case: &Locked<ConductCase>,
    says: &str,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update conduct_case set stage = 'objected', objection = $2, objected_at = $3, due_on = $4
         where id = $1 and stage = 'decided' and objection_until >= $5",
        case.id.0,
        says,
        now,
        due_on,
        now.date()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What an objection is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Review {
    /// What the decision is changed into; none where it stands.
    pub changed: Option<Sanction>,
    /// Where it is changed into a suspension, its days.
    pub suspension: Option<Suspension>,
    pub says: String,
}

/// Answers an objection and closes the case; `false` where somebody was faster.
pub(super) async fn answer(
    connection: &mut PgConnection,
    case: &Locked<ConductCase>,
    review: &Review,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update conduct_case set stage = 'closed', upheld = $2, answer = $3, answered_at = $4,
                                 outcome = coalesce($5, outcome), due_on = null,
                                 suspended_from = case when $2 then $6 else suspended_from end,
                                 suspended_until = case when $2 then $7 else suspended_until end
         where id = $1 and stage = 'objected'",
        case.id.0,
        review.changed.is_some(),
        review.says,
        now,
        review.changed.map(Sanction::slug),
        review.suspension.map(|days| days.from),
        review.suspension.map(|days| days.until)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
