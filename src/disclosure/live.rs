//! An account as it would stand today: read from the portal, concluded by the rules.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;

use super::{
    content::{Content, DepartmentLine, FormLine, MethodLine, RosterLine, UnionForm},
    paths,
    record_store::{DaySpan, guides, hearings, nominations, trainings},
    store::{self, OriginRow, SaidRow},
};
use crate::{
    failure::Failure,
    ids::{DisclosureId, InstitutionId, UnionId},
    rulebook::store::calendar,
    rules::{
        Finding, Outcome, Plan, Rule,
        adoption::Calendar,
        disclosure::{
            Basis, Concluded, FigureKind, Guides, Hearings, Indicator, IndicatorList, IndicatorMark, KnownBy,
            Nominations, Said, UnionFacts, conclude,
        },
        education::{OnFile, Trained},
        yearly::first_day,
    },
    text::chinese_day,
    unions::{
        store as unions,
        union::{PostKind, PostRow, Record},
    },
};

/// Everything that an account is made of.
pub struct Gathered {
    institution: String,
    academic_year: i32,
    day: Date,
    list: &'static IndicatorList,
    records: Vec<Record>,
    plans: Calendar,
    origins: Vec<OriginRow>,
    said: Vec<SaidRow>,
    constitutions: HashMap<UnionId, String>,
    filed: HashMap<UnionId, OnFile>,
    trainings: HashMap<UnionId, Vec<Trained>>,
    nominations: HashMap<UnionId, Nominations>,
    hearings: HashMap<UnionId, Hearings>,
    guides: HashMap<UnionId, Guides>,
}

/// Reads what an account of an academic year is made of; `id` is the one whose remarks count, where there is one.
pub async fn gather(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: Option<DisclosureId>,
    academic_year: i32,
    list: &'static IndicatorList,
    day: Date,
) -> Result<Gathered, Failure> {
    let all = unions::list(connection, institution, None).await?;
    let records = unions::records(connection, institution, all, day).await?;
    let plans = calendar(connection, institution).await?;
    let origins = store::origins(connection, institution, day).await?;
    let said = match id {
        Some(id) => store::said(connection, id).await?,
        None => Vec::new(),
    };
    let constitutions = store::constitutions(connection, institution).await?;
    let filed = unions::constitutions_on_file(connection, institution, None, day).await?;
    let (from, until) = year(academic_year).ok_or(Failure::Missing)?;
    let days = DaySpan { from, until };
    let trainings = trainings(connection, institution, days).await?;
    let nominations = nominations(connection, institution, days).await?;
    let hearings = hearings(connection, institution, days).await?;
    let guides = guides(connection, institution, day).await?;
    let institution = store::institution_name(connection, institution).await?;
    Ok(Gathered {
        institution,
        academic_year,
        day,
        list,
        records,
        plans,
        origins,
        said,
        constitutions,
        filed,
        trainings,
        nominations,
        hearings,
        guides,
    })
}

/// The first day of an academic year and the first after it: August to July.
fn year(academic_year: i32) -> Option<(Date, Date)> {
    first_day(academic_year).zip(first_day(academic_year + 1))
}

/// Whether a person meets a condition, in a word: their figures are nobody's to read here. What nobody was held against nobody
/// meets.
fn of_rule(rule: Rule, findings: &[Finding], number: &str) -> &'static str {
    let own: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == rule).collect();
    let mut word = if own.iter().any(|finding| finding.verdict.is_judged()) {
        "符合"
    } else if own.iter().any(|finding| finding.verdict == Outcome::NotRequired) {
        "未作要求"
    } else {
        "未判断"
    };
    for finding in own {
        let among = |numbers: Option<&Vec<String>>| numbers.is_some_and(|all| all.iter().any(|one| one == number));
        if among(finding.unknown.as_ref()) {
            word = "待补";
        } else if among(finding.exempt.as_ref()) {
            word = "不作要求";
        } else if finding.subjects.iter().any(|one| one == number) {
            return "不符合";
        }
    }
    word
}

impl Gathered {
    /// The account. Judging every union takes a while: away from the threads that serve pages.
    #[must_use]
    pub fn assemble(&self) -> Content {
        let plan = self.plans.in_force(self.day);
        let plan = plan.as_deref();
        let unions = self.records.iter().map(|record| self.union(record, plan)).collect();
        let methods = plan.map(methods).unwrap_or_default();
        Content {
            institution: self.institution.clone(),
            academic_year: self.academic_year,
            day: self.day,
            form_title: self.list.title.clone(),
            form_source: format!("{}（{}版）", self.list.source, self.list.version),
            form_note: self.list.note.clone(),
            unions,
            methods,
        }
    }

    fn facts(&self, record: &Record, plan: Option<&Plan>) -> UnionFacts {
        let mut presidium: Vec<_> =
            record.posts_on(self.day).filter(|post| post.seat).map(|post| post.student).collect();
        presidium.sort_unstable();
        presidium.dedup();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let origins = |presidium: bool| {
            let own = self.origins.iter().find(|row| row.union == record.union.id && row.presidium == presidium);
            own.map(|row| row.origins).unwrap_or_default()
        };
        let (people, union) = (record.people_on(self.day), record.union.id);
        // A congress of the year after is none of this one's.
        let last = year(self.academic_year).and_then(|(_, until)| until.previous_day());
        let by = last.map_or(self.day, |last| last.min(self.day));
        UnionFacts {
            day: Some(self.day),
            findings: plan.and_then(|plan| record.timeline.findings(plan, self.day).ok()),
            registered: people > 0,
            staff: number(people),
            presidium: number(presidium.len()),
            departments: number(record.departments_on(self.day).count()),
            congress: record.timeline.congresses.as_ref().and_then(|years| years.last(by)),
            year: year(self.academic_year),
            // How the presidium came to be is an indicator of its own.
            vetted: origins(false),
            elected: origins(true),
            trainings: self.trainings.get(&union).cloned().unwrap_or_default(),
            nominations: self.nominations.get(&union).copied().unwrap_or_default(),
            hearings: self.hearings.get(&union).copied().unwrap_or_default(),
            guides: self.guides.get(&union).copied().unwrap_or_default(),
        }
    }

    fn union(&self, record: &Record, plan: Option<&Plan>) -> UnionForm {
        let union = &record.union;
        let facts = self.facts(record, plan);
        let said = |no: &str| {
            let own = self.said.iter().find(|row| row.union == union.id && row.indicator == no);
            own.map_or_else(Said::default, |row| Said { answer: row.answer, remark: row.remark.clone() })
        };
        let lines = self.list.of(union.kind).iter().map(|indicator| {
            let said = said(&indicator.no);
            line(indicator, conclude(indicator, &facts, &said), said, union.id)
        });
        let findings = facts.findings.as_deref().unwrap_or_default();
        let departments = record.departments_on(self.day).map(|department| DepartmentLine {
            name: department.name.clone(),
            functions: department.functions.clone(),
            people: record.posts_on(self.day).filter(|post| post.department == Some(department.id)).count(),
        });
        UnionForm {
            union: union.id,
            name: union.name.clone(),
            is_school: union.college.is_none(),
            lines: lines.collect(),
            constitution: self.constitutions.get(&union.id).cloned().unwrap_or_default(),
            filed: self.filed.get(&union.id).map(filed_in_words).unwrap_or_default(),
            departments: departments.collect(),
            roster: self.roster(record, findings),
        }
    }

    fn roster(&self, record: &Record, findings: &[Finding]) -> Vec<RosterLine> {
        let line = |post: &PostRow| {
            let fact = record.facts.iter().find(|fact| fact.student == post.student);
            RosterLine {
                student: Some(post.student),
                name: post.name.clone(),
                post: post.label_with_place(),
                other_seat: post.seat && post.kind == PostKind::Other,
                political: fact.and_then(|fact| fact.political.clone()).unwrap_or_else(|| "待补".to_owned()),
                college: post.college.clone(),
                entry_year: post.entry_year,
                rank: of_rule(Rule::Elg03, findings, &post.number).to_owned(),
                failed: of_rule(Rule::Elg04, findings, &post.number).to_owned(),
            }
        };
        record.posts_on(self.day).map(line).collect()
    }
}

fn line(indicator: &Indicator, concluded: Concluded, said: Said, union: UnionId) -> FormLine {
    let evidence = match &indicator.basis {
        Basis::Rules(_) | Basis::Figure { kind: FigureKind::Staff | FigureKind::Presidium, .. } => {
            paths::findings(union)
        }
        Basis::Figure { kind: FigureKind::Congress, .. } => paths::congresses(),
        Basis::Figure { kind: FigureKind::Departments, .. }
        | Basis::Known(KnownBy::NoOfficeFunctions | KnownBy::Vetted | KnownBy::Elected) => paths::people(union),
        Basis::Known(KnownBy::Trained) => paths::TRAININGS.to_owned(),
        Basis::Known(KnownBy::Nominated) => paths::NOMINATIONS.to_owned(),
        Basis::Known(KnownBy::Heard | KnownBy::Guided) => paths::COLLEGE_GUIDANCE.to_owned(),
        Basis::Asked(_) => String::new(),
    };
    FormLine {
        no: indicator.no.clone(),
        mark: indicator.mark.map_or("", IndicatorMark::slug).to_owned(),
        text: indicator.text.clone(),
        conclusion: concluded.conclusion.slug().to_owned(),
        figure: concluded.figure,
        why: concluded.why,
        missing: concluded.missing,
        remark: said.remark,
        is_known: concluded.is_known,
        evidence,
    }
}

/// A constitution on file, in words.
fn filed_in_words(on_file: &OnFile) -> String {
    format!("{}，{}由{}通过", on_file.name, chinese_day(on_file.adopted_on), on_file.adopted_by)
}

/// What the plan says of elections and reviews.
fn methods(plan: &Plan) -> Vec<MethodLine> {
    let rules = [Rule::Vet01, Rule::Vet02, Rule::Vet05, Rule::Rev01, Rule::Rev02, Rule::Rev03];
    let line = |rule: &Rule| {
        let clause = plan.provision(*rule)?.clause();
        Some(MethodLine {
            name: rule.name().to_owned(),
            quote: clause.quote.clone(),
            place: format!("{} {}", clause.document, clause.section),
        })
    };
    rules.iter().filter_map(line).collect()
}
