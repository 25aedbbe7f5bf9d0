//! VET: where candidates come from (VET-04) and who may apply (ELG-05).

use std::collections::BTreeSet;

use super::{Finding, Outcome, Plan, Rule, Verdict, appointment::conditions, plan::Stated, roster::Member};
use crate::words::words;

/// A student meets the conditions, passed by [`may_apply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligible {
    findings: Vec<Finding>,
}

impl Eligible {
    /// Every condition with its answer: what is frozen with the case.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// ELG-05: whoever meets the conditions may apply, and whoever does not is told which, with the fact and the clause. Data
/// that a condition needs and nobody has supplied refuse too, and name who supplies them.
pub fn may_apply(plan: &Plan, person: &Member) -> Verdict<Eligible> {
    let findings = conditions(plan, person);
    Verdict::seal(findings.clone(), Eligible { findings })
}

/// Findings on a person in words to that person: about you, and whom to ask where data are missing.
#[must_use]
pub fn told_to(person: &Member, findings: &[Finding]) -> Vec<Finding> {
    let tell = |finding: &Finding| {
        let message = match (finding.rule, finding.verdict) {
            (Rule::Elg01, Outcome::Unknown) => "系统里还没有你的政治面貌，暂时不能核对".to_owned(),
            (Rule::Elg03, Outcome::Unknown) if person.rankings().next().is_none() => {
                "系统里还没有你的专业排名，暂时不能核对".to_owned()
            }
            (Rule::Elg04, Outcome::Unknown) if person.failed_courses.is_none() => {
                "系统里还没有你的不及格门数，暂时不能核对".to_owned()
            }
            _ => finding.message.replace(&person.name, "你"),
        };
        let remedy = match (finding.rule, finding.verdict) {
            (Rule::Elg01, Outcome::Unknown) => "请联系本院系团组织补登，补登后再来报名",
            (_, Outcome::Unknown) => "请联系学生工作部门，成绩排名登记以后再来报名",
            (Rule::Elg01, Outcome::Fail) => "登记有误的，请联系本院系团组织更正",
            (_, Outcome::Fail) => "认为数据有误的，可以在“我的信息”里提出异议",
            _ => "",
        };
        Finding { message, remedy: remedy.to_owned(), ..finding.clone() }
    };
    findings.iter().map(tell).collect()
}

words! {
    /// Where a candidate comes from.
    #[derive(Hash, PartialOrd, Ord)]
    Source:
    /// Works for the school's union.
    SchoolStaff = "school_staff", "校级学生会（研究生会）工作人员";
    /// Works for a college's union.
    CollegeStaff = "college_staff", "院系学生会工作人员";
    /// Stands out in a field.
    Exemplar = "exemplar", "各领域优秀学生典型";
    Ordinary = "ordinary", "其他同学";
}

/// VET-04: candidates are drawn from more than one source. One source alone is warned of; where the plan is silent, it is
/// not required. One candidate is no list yet.
#[must_use]
pub fn representative(plan: &Plan, sources: &[Source]) -> Finding {
    let Some(Stated { value: named, provision }) = &plan.figures.candidate_sources else {
        return Finding::unstated(Rule::Vet04, plan);
    };
    let kinds: BTreeSet<Source> = sources.iter().copied().collect();
    let outside = sources.iter().filter(|source| **source == Source::Ordinary).count();
    let measured = kinds.iter().map(|source| source.label()).collect::<Vec<_>>().join("、");
    let (verdict, says) = match kinds.len() {
        _ if outside > 0 => (Outcome::Warn, format!("{outside} 名候选人不属于方案所列的来源（{}）", named.join("、"))),
        1 if sources.len() > 1 => (Outcome::Warn, format!("{} 名候选人都来自{measured}", sources.len())),
        _ => (Outcome::Pass, format!("候选人来自{measured}")),
    };
    Finding::new(provision, verdict, says).against(&measured, named.join("、")).remedy(if verdict == Outcome::Warn {
        "从其他来源增补候选人，或写明理由"
    } else {
        ""
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        plan::named,
        roster::{Post, tests::member},
    };

    #[test]
    fn s5_3_candidates_of_one_source_are_warned_of_and_jining_is_silent() {
        let plan = named("suzhou-2020").unwrap();
        let one = representative(plan, &[Source::CollegeStaff, Source::CollegeStaff]);
        assert_eq!(one.verdict, Outcome::Warn);
        assert_eq!(representative(plan, &[Source::CollegeStaff, Source::Exemplar]).verdict, Outcome::Pass);
        let outside = representative(plan, &[Source::CollegeStaff, Source::Ordinary]);
        assert_eq!(outside.verdict, Outcome::Warn, "{}", outside.message);
        let jining = named("jining-2022").unwrap();
        assert_eq!(representative(jining, &[Source::CollegeStaff]).verdict, Outcome::NotRequired);
    }

    #[test]
    fn g1_a_first_year_without_grades_may_apply_and_is_told_by_what_practice() {
        let plan = named("suzhou-2020").unwrap();
        let student = Member { rank: None, failed_courses: None, first_year: Some(true), ..member(1, Post::Presidium) };
        let eligible = may_apply(plan, &student).permit().unwrap();
        let exempt: Vec<&Finding> = eligible.findings().iter().filter(|finding| finding.exempts()).collect();
        assert_eq!(exempt.len(), 2);
        assert!(exempt.iter().all(|one| one.message.contains("任命时再核对") && one.message.contains("大一新生除外")));
        let failed = Member { failed_courses: Some(1), ..student };
        assert!(may_apply(plan, &failed).permit().is_err(), "what is known is judged");
    }

    #[test]
    fn s4_6_whoever_meets_the_conditions_may_apply_and_what_is_unknown_refuses() {
        let plan = named("suzhou-2020").unwrap();
        let student = member(1, Post::Presidium);
        assert_eq!(may_apply(plan, &student).permit().unwrap().findings().len(), 3);
        let unranked = Member { rank: None, first_year: Some(false), ..student.clone() };
        let findings = may_apply(plan, &unranked).permit().unwrap_err();
        assert!(findings.iter().any(|finding| finding.verdict == Outcome::Unknown && !finding.remedy.is_empty()));
        let told = told_to(&unranked, &findings);
        assert!(
            told.iter().all(|one| !one.message.contains(&unranked.name) && !one.remedy.contains("导入")),
            "{told:?}"
        );
        let outside = Member { political: Some("群众".to_owned()), ..student };
        assert!(may_apply(plan, &outside).permit().is_err());
    }
}
