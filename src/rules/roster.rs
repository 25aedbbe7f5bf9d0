//! Everything the plans ask of the people in a union at one moment, judged together.

use std::collections::BTreeSet;

use super::{Finding, Outcome, Plan, Rule, eligibility, plan::Union, rotation, staffing, structure};

/// A post as it stands in a roster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// 主席团成员.
    Presidium,
    /// 部门负责人 of the department.
    Head(String),
    /// 部门工作人员 of the department.
    Staff(String),
    /// Any other name: a post that the rules do not allow.
    Other(String),
}

impl Post {
    /// The department of the two department posts.
    #[must_use]
    pub fn department(&self) -> Option<&str> {
        match self {
            Self::Head(department) | Self::Staff(department) => Some(department),
            Self::Presidium | Self::Other(_) => None,
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Presidium => "主席团成员",
            Self::Head(_) => "部门负责人",
            Self::Staff(_) => "部门工作人员",
            Self::Other(name) => name,
        }
    }
}

/// A person's place in the ranking of their major, both from 1; `rank` is at most `cohort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// 专业排名.
    pub rank: u32,
    /// 专业人数.
    pub cohort: u32,
}

/// 培养层次.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 专科.
    Vocational,
    /// 本科.
    Undergraduate,
    /// 研究生.
    Graduate,
}

/// A person of a union with what the rules ask about them. `None` is "not known", never "no".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// 学号.
    pub number: String,
    /// 姓名.
    pub name: String,
    /// 院系.
    pub college: Option<String>,
    /// 培养层次.
    pub level: Option<Level>,
    /// 政治面貌 in its long form.
    pub political: Option<String>,
    /// 专业排名 and 专业人数.
    pub rank: Option<Rank>,
    /// 不及格门数.
    pub failed_courses: Option<u32>,
    /// 来自院系学生会.
    pub from_college_union: Option<bool>,
    /// 新生 without a rank yet.
    pub first_year: Option<bool>,
    /// The posts held, at least one.
    pub posts: Vec<Post>,
    /// On duty as 执行主席.
    pub chair: bool,
}

impl Member {
    /// Holds a seat on the presidium.
    #[must_use]
    pub fn on_presidium(&self) -> bool {
        self.posts.contains(&Post::Presidium)
    }
}

/// The plan does not speak of this kind of union.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{plan}没有{union}：该方案不适用于这类组织", union = .union.label())]
pub struct OutOfScope {
    pub plan: String,
    pub union: Union,
}

/// Judges a whole union: exactly the rules that apply to its kind, in the catalogue's order.
///
/// # Errors
/// [`OutOfScope`] where the plan has no such union.
pub fn judge(plan: &Plan, union: Union, members: &[Member]) -> Result<Vec<Finding>, OutOfScope> {
    judge_with(plan, union, members, &[])
}

/// As [`judge`], where departments are known by themselves: one in which nobody holds a post counts too.
///
/// # Errors
/// [`OutOfScope`] where the plan has no such union.
pub fn judge_with(
    plan: &Plan,
    union: Union,
    members: &[Member],
    departments: &[&str],
) -> Result<Vec<Finding>, OutOfScope> {
    if !plan.unions.contains(&union) {
        return Err(OutOfScope { plan: plan.short.clone(), union });
    }
    let mut findings = vec![structure::no_president(plan, members), rotation::executive_chair(plan, members)];
    match union {
        Union::School | Union::Graduate => {
            findings.push(staffing::school_total(plan, members));
            findings.push(staffing::presidium(plan, Rule::Stf02, plan.figures.school_presidium, members));
            findings.push(staffing::departments(plan, members, departments));
            findings.extend(staffing::heads(plan, members, departments));
            findings.extend(staffing::department_staff(plan, members, departments));
            findings.push(staffing::no_other_posts(plan, members));
            findings.push(staffing::from_colleges(plan, members));
        }
        Union::College => {
            findings.push(staffing::college_total(plan, members));
            findings.push(staffing::presidium(plan, Rule::Stf07, plan.figures.college_presidium, members));
            findings.push(staffing::no_other_posts(plan, members));
        }
    }
    if union == Union::Graduate {
        soften_by_reference(plan, &mut findings);
    }
    findings.push(eligibility::political_status(plan, members));
    findings.push(eligibility::rank(plan, members));
    findings.push(eligibility::failed_courses(plan, members));
    Ok(findings)
}

/// STF-09: a graduate union follows the school's staffing rules by reference (参照), so a breach is a warning.
fn soften_by_reference(plan: &Plan, findings: &mut Vec<Finding>) {
    let by_reference = plan.provision(Rule::Stf09).is_some_and(|provision| provision.breach() == Outcome::Warn);
    for finding in findings.iter_mut().filter(|finding| by_reference && finding.rule.code().starts_with("STF")) {
        if finding.verdict == Outcome::Fail {
            finding.verdict = Outcome::Warn;
        }
    }
    let summary = match plan.provision(Rule::Stf09) {
        None => Finding::not_required(Rule::Stf09, plan),
        Some(provision) => {
            let open: BTreeSet<&str> = findings
                .iter()
                .filter(|finding| finding.rule.code().starts_with("STF"))
                .filter(|finding| matches!(finding.verdict, Outcome::Warn | Outcome::Unknown))
                .map(|finding| finding.rule.code())
                .collect();
            let (verdict, message) = if open.is_empty() {
                (Outcome::Pass, "参照校学生会规定，各项人员设置均符合".to_owned())
            } else {
                let list = open.iter().copied().collect::<Vec<_>>().join("、");
                (Outcome::Warn, format!("参照校学生会规定，{} 项人员设置需说明理由：{list}", open.len()))
            };
            Finding::new(provision, verdict, message)
                .against(&open.len(), "0")
                .remedy("由校团委结合实际确定，并记录理由")
        }
    };
    let place = findings.iter().position(|finding| finding.rule > Rule::Stf09).unwrap_or(findings.len());
    findings.insert(place, summary);
}

/// Student numbers of the members that `pick` picks, in the roster's order.
pub(super) fn numbers(members: &[Member], pick: impl Fn(&Member) -> bool) -> Vec<String> {
    members.iter().filter(|member| pick(member)).map(|member| member.number.clone()).collect()
}

/// A count for findings. A roster is bounded far below `u32::MAX`.
pub(super) fn count(members: &[Member], pick: impl Fn(&Member) -> bool) -> u32 {
    u32::try_from(members.iter().filter(|member| pick(member)).count()).unwrap_or(u32::MAX)
}

/// 培养层次 by its stable word.
#[must_use]
pub fn level_label(slug: &str) -> &'static str {
    match slug {
        "vocational" => "专科",
        "undergraduate" => "本科",
        "graduate" => "研究生",
        _ => "",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rules::plan::named;

    /// A member without a fault, holding `post`.
    pub fn member(number: u32, post: Post) -> Member {
        Member {
            number: format!("2024{number:04}"),
            name: format!("学生{number}"),
            college: Some("信息系".to_owned()),
            level: Some(Level::Undergraduate),
            political: Some("共青团员".to_owned()),
            rank: Some(Rank { rank: 1, cohort: 40 }),
            failed_courses: Some(0),
            from_college_union: Some(true),
            first_year: Some(false),
            posts: vec![post],
            chair: false,
        }
    }

    /// A school union of 41 people at every cap of the Suzhou plan: 5 + 6 × (2 + 4).
    pub fn full_school() -> Vec<Member> {
        let mut members: Vec<Member> = (0..5).map(|number| member(number, Post::Presidium)).collect();
        members[0].chair = true;
        for department in 0..6 {
            let name = format!("部门{department}");
            for place in 0..6 {
                let post = if place < 2 { Post::Head(name.clone()) } else { Post::Staff(name.clone()) };
                members.push(member(100 + department * 10 + place, post));
            }
        }
        members
    }

    pub fn verdict_of(findings: &[Finding], rule: Rule) -> Outcome {
        findings.iter().find(|finding| finding.rule == rule).unwrap().verdict
    }

    #[test]
    fn t2_41_people_at_every_cap_pass_the_suzhou_plan() {
        let findings = judge(named("suzhou-2020").unwrap(), Union::School, &full_school()).unwrap();
        assert!(findings.iter().all(|finding| finding.verdict == Outcome::Pass), "{findings:#?}");
        assert!(findings.is_sorted_by_key(|finding| finding.rule), "{findings:#?}");
    }

    #[test]
    fn j4_2_7_a_graduate_union_is_warned_where_a_school_union_fails() {
        let plan = named("jining-2022").unwrap();
        let mut members = full_school();
        members.push(member(90, Post::Presidium));
        let school = judge(plan, Union::School, &members).unwrap();
        assert_eq!(verdict_of(&school, Rule::Stf02), Outcome::Fail);
        let graduate = judge(plan, Union::Graduate, &members).unwrap();
        assert_eq!(verdict_of(&graduate, Rule::Stf02), Outcome::Warn);
        assert_eq!(verdict_of(&graduate, Rule::Stf09), Outcome::Warn);
        let clean = judge(plan, Union::Graduate, &full_school()).unwrap();
        assert_eq!(verdict_of(&clean, Rule::Stf09), Outcome::Pass);
        assert!(clean.is_sorted_by_key(|finding| finding.rule), "{clean:#?}");
    }

    #[test]
    fn the_suzhou_plan_has_no_graduate_union() {
        assert!(judge(named("suzhou-2020").unwrap(), Union::Graduate, &full_school()).is_err());
    }

    #[test]
    fn every_finding_cites_a_clause_or_says_not_required() {
        for plan in crate::rules::plan::built_in() {
            for (_, union) in Union::ALL {
                for finding in judge(plan, union, &full_school()).unwrap_or_default() {
                    assert_eq!(finding.clause.is_none(), finding.verdict == Outcome::NotRequired, "{finding:?}");
                }
            }
        }
    }
}
