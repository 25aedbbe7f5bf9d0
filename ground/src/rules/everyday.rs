//! ORG-09, VOL-02, GUI-01, GUI-02: how the everyday work of a union stands as a whole, beside what was refused act by act.

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule,
    union_meeting::{Attended, Linked, link_attendance, link_meeting},
};

/// What is known of a union's everyday work on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Everyday {
    /// The working meetings with the colleges': of the school's union alone.
    pub linked: Option<Linked>,
    /// How it came to them: of a college's union that was invited.
    pub attended: Option<Attended>,
    /// Projects past their last day that nobody closed.
    pub overdue_projects: u32,
    /// People who volunteer for them still.
    pub unreleased: u32,
    /// Prior reports of a year, and how many of them came after the decision or the start.
    pub reports: u32,
    pub late_reports: u32,
    /// What has begun and was not summed up in time.
    pub late_summaries: u32,
}

/// What a rule says of a count of which there should be none.
fn none_of(plan: &Plan, rule: Rule, count: u32, met: &str, missed: String) -> Finding {
    let Some(provision) = plan.provision(rule) else { return Finding::unstated(rule, plan) };
    if count == 0 {
        Finding::new(provision, Outcome::Pass, met.to_owned()).against(&count, "<=0")
    } else {
        Finding::new(provision, Outcome::Warn, missed).against(&count, "<=0")
    }
}

/// The findings of a union's everyday work. What is past is warned of: it cannot be put right any more, and whatever is
/// still to come is refused where it breaks the rule.
#[must_use]
pub fn everyday(plan: &Plan, work: Everyday, today: Date) -> Vec<Finding> {
    let Everyday { linked, attended, overdue_projects, unreleased, reports, late_reports, late_summaries } = work;
    let mut findings = Vec::new();
    findings.extend(linked.map(|linked| link_meeting(plan, linked, today)));
    findings.extend(attended.map(|attended| link_attendance(plan, attended)));
    let missed = format!("{overdue_projects} 个志愿项目已过结束日期，还没有结项，{unreleased} 名志愿者没有解散");
    let released = none_of(plan, Rule::Vol02, overdue_projects, "没有逾期未结项的志愿项目", missed);
    findings.push(released.remedy("办理结项，志愿者的工作关系同时结束"));
    let (met, missed) = (
        format!("近一年事先报告 {reports} 件，没有迟报"),
        format!("近一年事先报告 {reports} 件，其中迟报 {late_reports} 件"),
    );
    let reported = none_of(plan, Rule::Gui01, late_reports, &met, missed);
    findings.push(reported.remedy("迟报已如实记录；今后在决定、开展以前报告"));
    let missed = format!("{late_summaries} 件已经开展的事项逾期没有总结（一周以内提交是实践惯例）");
    let summed_up = none_of(plan, Rule::Gui02, late_summaries, "没有逾期未交的总结", missed);
    findings.push(summed_up.remedy("请申请部门提交总结和决算"));
    findings
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    const WORK: Everyday = Everyday {
        linked: None,
        attended: None,
        overdue_projects: 0,
        unreleased: 0,
        reports: 3,
        late_reports: 0,
        late_summaries: 0,
    };

    #[test]
    fn org_09_vol_02_gui_01_gui_02_what_is_late_is_warned_of_under_its_clause() {
        let today = date!(2026 - 11 - 28);
        let suzhou = named("suzhou-2020").unwrap();
        let met = everyday(suzhou, WORK, today);
        assert!(met.len() == 3 && met.iter().all(|finding| finding.verdict == Outcome::Pass), "{met:?}");
        let linked = Linked { every: Some(15), last: None, since: date!(2026 - 09 - 01) };
        let late = Everyday {
            linked: Some(linked),
            overdue_projects: 1,
            unreleased: 5,
            late_reports: 1,
            late_summaries: 2,
            ..WORK
        };
        let found = everyday(suzhou, late, today);
        let said: Vec<_> = found
            .iter()
            .map(|finding| (finding.rule, finding.verdict, finding.clause.as_ref().unwrap().id.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                (Rule::Org09, Outcome::Warn, "S2.9"),
                (Rule::Vol02, Outcome::Warn, "S3.12"),
                (Rule::Gui01, Outcome::Warn, "S7.4"),
                (Rule::Gui02, Outcome::Warn, "S10.4"),
            ]
        );
        assert!(found[1].message.contains("5 名志愿者") && found[3].message.contains("实践惯例"));
        let jining = named("jining-2022").unwrap();
        assert!(everyday(jining, late, today).iter().all(|finding| finding.verdict == Outcome::NotRequired));
    }
}
