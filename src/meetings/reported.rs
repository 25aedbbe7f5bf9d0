//! GUI-01 at a meeting: an important decision is taken after it was reported to the School Youth League committee.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::meeting::UnionMeeting;
use crate::{
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{InstitutionId, PriorReportId, UnionId},
    matters::{
        matter::PriorReport,
        store::{ReportFilter, decide_report, lock_report, reports},
    },
    rules::{Plan, matters::decide as may_decide},
};

/// A union's reports of decisions that nobody has taken yet, those without an answer first.
pub(super) async fn undecided(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
) -> Result<Vec<PriorReport>, Failure> {
    // Asked of the database: what other unions reported since leaves none out.
    let filter = ReportFilter { undecided_of: Some(union), ..ReportFilter::default() };
    let mut all = reports(connection, institution, filter).await?;
    all.retain(PriorReport::may_decide);
    Ok(all)
}

/// What a meeting decided on a report.
pub(super) struct DecidedOn<'a> {
    pub report: PriorReportId,
    pub says: &'a str,
    pub now: OffsetDateTime,
}

/// Takes a meeting's decision down with its report; gives the report's title.
///
/// # Errors
/// A refusal where the meeting began before the report was received, the committee opposed it, or it was decided on; missing
/// where the report is another union's.
pub(super) async fn decide_on(
    connection: &mut PgConnection,
    person: &SignedIn,
    meeting: &UnionMeeting,
    plan: &Plan,
    new: DecidedOn<'_>,
    refusal: Refusal,
) -> Result<String, Failure> {
    let report = lock_report(connection, person.institution, new.report).await?;
    if report.union != meeting.union {
        return Err(Failure::Missing);
    }
    let gone = "这件事先报告是迟报，或者已经登记过决定";
    if !report.may_decide() {
        return Err(refusal.for_reason(gone, "请打开“事先报告”，看看现在的情况"));
    }
    let given = report.answer.as_ref().map(|given| given.answer);
    let decided = match may_decide(Some(plan), report.received_at, meeting.starts_at, given).permit() {
        Ok(decided) => decided,
        Err(findings) => return Err(refusal.because(findings)),
    };
    if !decide_report(connection, &report, person, decided, new.says, new.now).await? {
        return Err(refusal.for_reason(gone, "请打开“事先报告”，看看现在的情况"));
    }
    Ok(report.title.clone())
}
