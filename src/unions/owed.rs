//! What the officers of a union owe beside their posts: reports of the semester (REV-02), pledges (DIS-01), training
//! (DIS-02), the constitution (DIS-03), contact with classes (RGT-05), questionnaires (RGT-03), answers to students (RGT-01,
//! RGT-04), and how its everyday work stands (ORG-09, VOL-02, GUI-01, GUI-02).

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    store::{self, UnionContacts, UnionDuties, UnionReports, UnionSurveys, UnionVoices, UnionWork},
    union::Record,
};
use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::{
        Finding, Outcome, Rule,
        education::{constitution, pledged, sign_by, trained},
        everyday::everyday,
        plan::Plan,
        review::coverage,
        survey::regular,
        voice::{faces, in_time},
        yearly::academic_year,
    },
};

/// What unions of a university owe, as it is kept; of each at most one row.
pub(super) struct OwedRows {
    reports: Vec<UnionReports>,
    duties: Vec<UnionDuties>,
    contacts: Vec<UnionContacts>,
    surveys: Vec<UnionSurveys>,
    work: Vec<UnionWork>,
    voices: Vec<UnionVoices>,
}

/// A duty as it is judged.
pub(super) struct OwedFinding {
    pub finding: Finding,
    /// The day since when it has not been met, where that is known.
    pub since: Option<Date>,
}

impl OwedRows {
    /// Of all unions of a university, or of one.
    pub(super) async fn load(
        connection: &mut PgConnection,
        institution: InstitutionId,
        one: Option<UnionId>,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let today = now.to_offset(CHINA).date();
        Ok(Self {
            reports: store::report_coverage(connection, institution, one, today).await?,
            duties: store::duties(connection, institution, one, today).await?,
            contacts: store::contact_coverage(connection, institution, one, today).await?,
            surveys: store::survey_coverage(connection, institution, one, today).await?,
            work: store::everyday_work(connection, institution, one, today).await?,
            voices: store::voices(connection, institution, one, now).await?,
        })
    }

    /// What a union owes, held against the plan.
    pub(super) fn judge(&self, record: &Record, plan: &Plan, today: Date) -> Vec<OwedFinding> {
        let id = record.union.id;
        let mut found = Vec::new();
        let mut add = |finding: Finding, since: Option<Date>| found.push(OwedFinding { finding, since });
        if let Some(reports) = self.reports.iter().find(|one| one.union == id) {
            let finding = coverage(plan, &reports.coverage, today);
            let since = (finding.verdict == Outcome::Fail).then_some(reports.coverage.late_from);
            add(finding, since);
        }
        if let Some(duties) = self.duties.iter().find(|one| one.union == id) {
            let finding = pledged(plan, &duties.pledges, today);
            let late = sign_by(academic_year(today)).and_then(Date::next_day);
            let since = late.filter(|_| finding.verdict == Outcome::Fail);
            add(finding, since);
            add(trained(plan, &duties.trainings, today), None);
            add(constitution(plan, duties.constitution.as_ref()), None);
        }
        // As the others: of a union that is under the rules.
        let contacts = self.contacts.iter().find(|one| one.union == id);
        if let Some(contacts) = contacts.filter(|_| record.union.opened_on.is_some()) {
            add(contacts.judge(plan, today), None);
        }
        if let Some(surveys) = self.surveys.iter().find(|one| one.union == id) {
            let finding = regular(plan, &surveys.held, today);
            let since = surveys.held.due().next_day().filter(|_| finding.verdict == Outcome::Warn);
            add(finding, since);
        }
        let work = self.work.iter().find(|one| one.union == id);
        for finding in work.into_iter().flat_map(|one| everyday(plan, one.work, today)) {
            add(finding, None);
        }
        if let Some(voices) = self.voices.iter().find(|one| one.union == id) {
            // Their days are practice: a silent plan requires neither.
            let or_silent = |rule: Rule, finding: Finding| {
                if plan.provision(rule).is_some() { finding } else { Finding::unstated(rule, plan) }
            };
            add(or_silent(Rule::Rgt01, in_time(plan, voices.late, voices.within)), None);
            add(or_silent(Rule::Rgt04, faces(plan, voices.late_points)), None);
        }
        found
    }
}
