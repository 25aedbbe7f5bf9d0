//! What the officers of a union owe beside their posts: reports of the semester (REV-02), pledges (DIS-01), training
//! (DIS-02), the constitution (DIS-03), contact with classes (RGT-05), questionnaires (RGT-03), answers to students (RGT-01,
//! RGT-04), and how its everyday work stands (ORG-09, VOL-02, GUI-01, GUI-02).

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    store::{self, UnionContacts, UnionVoices},
    union::Record,
};
use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    rules::{
        Finding, Outcome, Rule,
        education::{OnFile, Pledges, Trained, constitution, pledged, sign_by, trained},
        everyday::{Everyday, everyday},
        plan::Plan,
        review::{Coverage, coverage},
        survey::{Held, regular},
        voice::{faces, in_time},
        yearly::academic_year,
    },
};

/// What a union's officers owe one by one. To know it every post is read; stamps say when it changes.
#[derive(Debug, Default)]
pub(super) struct OfficersOwed {
    reports: Option<Coverage>,
    /// None: the union is not under the rules.
    pledges: Option<Pledges>,
}

impl OfficersOwed {
    /// Of the unions that are named; of all where none is.
    pub(super) async fn load(
        connection: &mut PgConnection,
        institution: InstitutionId,
        unions: &[UnionId],
        today: Date,
    ) -> Result<HashMap<UnionId, Self>, Failure> {
        let mut owed: HashMap<UnionId, Self> = HashMap::new();
        for one in store::report_coverage(connection, institution, unions, today).await? {
            owed.entry(one.union).or_default().reports = Some(one.coverage);
        }
        for (union, pledges) in store::pledges(connection, institution, unions, today).await? {
            owed.entry(union).or_default().pledges = Some(pledges);
        }
        Ok(owed)
    }
}

/// What a union owes as a whole, a few figures of each kind: quickly read, and compared to know whether it is as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WorkOwed {
    trainings: Vec<Trained>,
    constitution: Option<OnFile>,
    contacts: Option<UnionContacts>,
    surveys: Option<Held>,
    work: Option<Everyday>,
    voices: Option<UnionVoices>,
}

impl WorkOwed {
    /// Of all unions of a university, or of one.
    pub(super) async fn load(
        connection: &mut PgConnection,
        institution: InstitutionId,
        one: Option<UnionId>,
        now: OffsetDateTime,
    ) -> Result<HashMap<UnionId, Self>, Failure> {
        let today = now.to_offset(CHINA).date();
        let mut owed: HashMap<UnionId, Self> = HashMap::new();
        for (union, trainings) in store::trainings(connection, institution, one, today).await? {
            owed.entry(union).or_default().trainings = trainings;
        }
        for (union, on_file) in store::constitutions_on_file(connection, institution, one, today).await? {
            owed.entry(union).or_default().constitution = Some(on_file);
        }
        for contacts in store::contact_coverage(connection, institution, one, today).await? {
            let union = contacts.union;
            owed.entry(union).or_default().contacts = Some(contacts);
        }
        for surveys in store::survey_coverage(connection, institution, one, today).await? {
            owed.entry(surveys.union).or_default().surveys = Some(surveys.held);
        }
        for work in store::everyday_work(connection, institution, one, today).await? {
            owed.entry(work.union).or_default().work = Some(work.work);
        }
        for voices in store::voices(connection, institution, one, now).await? {
            let union = voices.union;
            owed.entry(union).or_default().voices = Some(voices);
        }
        Ok(owed)
    }
}

/// What unions of a university owe, as it is kept.
pub(super) struct OwedRows {
    officers: HashMap<UnionId, OfficersOwed>,
    work: HashMap<UnionId, WorkOwed>,
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
            officers: OfficersOwed::load(connection, institution, one.as_slice(), today).await?,
            work: WorkOwed::load(connection, institution, one, now).await?,
        })
    }

    /// What a union owes, held against the plan.
    pub(super) fn judge(&self, record: &Record, plan: &Plan, today: Date) -> Vec<OwedFinding> {
        let (id, no_officers, no_work) = (record.union.id, OfficersOwed::default(), WorkOwed::default());
        let (officers, work) = (self.officers.get(&id), self.work.get(&id));
        judge_owed(record, officers.unwrap_or(&no_officers), work.unwrap_or(&no_work), plan, today)
    }

    /// All that a union is held against on a day, what it owes with it; none where the plan has no such unions.
    pub(super) fn findings(&self, record: &Record, plan: &Plan, today: Date) -> Option<Vec<Finding>> {
        let mut findings = record.timeline.findings(plan, today).ok()?;
        findings.extend(self.judge(record, plan, today).into_iter().map(|one| one.finding));
        Some(findings)
    }
}

/// What a union owes, held against the plan.
pub(super) fn judge_owed(
    record: &Record,
    officers: &OfficersOwed,
    work: &WorkOwed,
    plan: &Plan,
    today: Date,
) -> Vec<OwedFinding> {
    let mut found = Vec::new();
    let mut add = |finding: Finding, since: Option<Date>| found.push(OwedFinding { finding, since });
    if let Some(reports) = &officers.reports {
        let finding = coverage(plan, reports, today);
        let since = (finding.verdict == Outcome::Fail).then_some(reports.late_from);
        add(finding, since);
    }
    if let Some(pledges) = &officers.pledges {
        let finding = pledged(plan, pledges, today);
        let late = sign_by(academic_year(today)).and_then(Date::next_day);
        let since = late.filter(|_| finding.verdict == Outcome::Fail);
        add(finding, since);
        add(trained(plan, &work.trainings, today), None);
        add(constitution(plan, work.constitution.as_ref()), None);
    }
    // As the others: of a union that is under the rules.
    if let Some(contacts) = work.contacts.as_ref().filter(|_| record.union.opened_on.is_some()) {
        add(contacts.judge(plan, today), None);
    }
    if let Some(surveys) = &work.surveys {
        let finding = regular(plan, surveys, today);
        let since = surveys.due().next_day().filter(|_| finding.verdict == Outcome::Warn);
        add(finding, since);
    }
    for finding in work.work.iter().flat_map(|work| everyday(plan, *work, today)) {
        add(finding, None);
    }
    if let Some(voices) = &work.voices {
        // Their days are practice: a silent plan requires neither.
        let or_silent = |rule: Rule, finding: Finding| {
            if plan.provision(rule).is_some() { finding } else { Finding::unstated(rule, plan) }
        };
        add(or_silent(Rule::Rgt01, in_time(plan, voices.late, voices.within)), None);
        add(or_silent(Rule::Rgt04, faces(plan, voices.late_points)), None);
    }
    found
}
