//! VOL: for major work that the union really has to host it recruits volunteers by project (VOL-01), and they are released
//! when it is done (VOL-02). What of it is a controlled matter is approved first (GUI-02).

use time::Date;

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::text::chinese_day;

/// What is known of a project before it recruits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recruiting {
    /// Why the union really has to host it is written down.
    pub necessity: bool,
    /// The day on which the League organisation received the prior report; none where it did not.
    pub received: Option<Date>,
    pub today: Date,
    /// The last day of the project.
    pub ends_on: Date,
    /// Open to every student.
    pub open: bool,
    /// Controlled matters that it needs and that are not approved.
    pub pending: u32,
}

/// Volunteers may be recruited, passed by [`recruit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recruits(());

/// VOL-01: necessity and prior report first, then recruitment, which is open to every student.
pub fn recruit(plan: &Plan, recruiting: Recruiting) -> Verdict<Recruits> {
    let Recruiting { necessity, received, today, ends_on, open, pending } = recruiting;
    let says = if necessity { "已写明确需主办的理由" } else { "还没有写明确需主办的理由" };
    let mut findings = vec![
        Finding::under(plan, Rule::Vol01, Outcome::of(necessity), says.to_owned()).remedy("写明为什么确需由学生会主办"),
    ];
    let reported = match received {
        Some(on) => format!("主管团组织已于{}收到事先报告", chinese_day(on)),
        None => "主管团组织还没有收到事先报告".to_owned(),
    };
    findings.push(
        Finding::under(plan, Rule::Vol01, Outcome::of(received.is_some()), reported)
            .remedy("先报告主管团组织，收到以后再招募"),
    );
    if !open {
        let says = "招募须面向同学公开".to_owned();
        findings.push(Finding::under(plan, Rule::Vol01, Outcome::Fail, says).remedy("去掉对报名的限制"));
    }
    if ends_on < today {
        let says = format!("项目的结束日期{}已过", chinese_day(ends_on));
        findings.push(Finding::under(plan, Rule::Vol02, Outcome::Fail, says).remedy("改定结束日期，或办理结项"));
    }
    findings.push(controlled(plan, pending));
    Verdict::seal(findings, Recruits(()))
}

/// GUI-02: the controlled matters that a project needs are approved before anything of it begins.
fn controlled(plan: &Plan, pending: u32) -> Finding {
    let says = if pending == 0 {
        "涉及的四类事项都已批准".to_owned()
    } else {
        format!("涉及的四类事项还有 {pending} 件没有批准")
    };
    Finding::under(plan, Rule::Gui02, Outcome::of(pending == 0), says).remedy("先审后办：等各环节都签署同意以后再办")
}

/// Work may be taken down, passed by [`work`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Works(());

/// GUI-02: nothing is done for a project while a controlled matter that it needs is not approved.
pub fn work(plan: &Plan, pending: u32) -> Verdict<Works> {
    Verdict::seal(vec![controlled(plan, pending)], Works(()))
}

/// An engagement may begin, passed by [`engage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engaged(());

/// VOL-02: nobody is engaged once the project is over.
pub fn engage(plan: &Plan, closed: bool, ends_on: Date, today: Date) -> Verdict<Engaged> {
    let over = closed || ends_on < today;
    let says = format!("项目到{}为止{}", chinese_day(ends_on), if over { "，已经结束" } else { "" });
    let finding =
        Finding::under(plan, Rule::Vol02, Outcome::of(!over), says).remedy("因事用人、事完人散：可以参加其他项目");
    Verdict::seal(vec![finding], Engaged(()))
}

/// VOL-02: a project past its last day is to be closed.
#[must_use]
pub fn overdue(plan: &Plan, ends_on: Date, engaged: i64, today: Date) -> Finding {
    let Some(provision) = plan.provision(Rule::Vol02) else { return Finding::unstated(Rule::Vol02, plan) };
    let late = ends_on < today;
    let says = if late {
        format!("{}已经结束，还有 {engaged} 名志愿者没有解散", chinese_day(ends_on))
    } else {
        format!("到{}为止，现有 {engaged} 名志愿者", chinese_day(ends_on))
    };
    let finding = Finding::new(provision, if late { Outcome::Warn } else { Outcome::Pass }, says);
    if late { finding.remedy("办理结项，志愿者的工作关系同时结束") } else { finding }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    const READY: Recruiting = Recruiting {
        necessity: true,
        received: Some(date!(2026 - 11 - 02)),
        today: date!(2026 - 11 - 03),
        ends_on: date!(2026 - 12 - 01),
        open: true,
        pending: 0,
    };

    #[test]
    fn vol_01_necessity_and_prior_report_come_before_recruitment() {
        for (code, id) in [("suzhou-2020", "S3.11"), ("jining-2022", "J4.2.9")] {
            let plan = named(code).unwrap();
            assert!(recruit(plan, READY).permit().is_ok());
            for wrong in [
                Recruiting { necessity: false, ..READY },
                Recruiting { received: None, ..READY },
                Recruiting { open: false, ..READY },
            ] {
                let findings = recruit(plan, wrong).permit().unwrap_err();
                let refusing = findings.iter().find(|finding| finding.verdict == Outcome::Fail).unwrap();
                assert_eq!(refusing.clause.as_ref().unwrap().id, id);
            }
        }
    }

    #[test]
    fn gui_02_a_project_waits_for_the_controlled_matters_that_it_needs() {
        let suzhou = named("suzhou-2020").unwrap();
        let waits = Recruiting { pending: 2, ..READY };
        let findings = recruit(suzhou, waits).permit().unwrap_err();
        let refusing = findings.iter().find(|finding| finding.verdict == Outcome::Fail).unwrap();
        assert_eq!(refusing.clause.as_ref().unwrap().id, "S10.4");
        assert!(refusing.message.contains("2 件没有批准"));
        assert!(work(suzhou, 1).permit().is_err() && work(suzhou, 0).permit().is_ok());
        let jining = named("jining-2022").unwrap();
        let findings = work(jining, 1).permit().unwrap_err();
        assert!(findings[0].clause.is_none() && findings[0].message.contains("实践惯例"), "the plan is silent");
    }

    #[test]
    fn vol_02_who_was_engaged_for_a_task_is_released_when_it_is_done() {
        let (suzhou, jining) = (named("suzhou-2020").unwrap(), named("jining-2022").unwrap());
        let last = date!(2026 - 12 - 01);
        assert!(engage(suzhou, false, last, last).permit().is_ok(), "its last day counts");
        for (closed, today) in [(true, last), (false, date!(2026 - 12 - 02))] {
            let findings = engage(suzhou, closed, last, today).permit().unwrap_err();
            assert_eq!(findings[0].clause.as_ref().unwrap().id, "S3.12");
            let findings = engage(jining, closed, last, today).permit().unwrap_err();
            assert!(findings[0].clause.is_none() && findings[0].message.contains("实践惯例"));
        }
        assert_eq!(overdue(suzhou, last, 3, last).verdict, Outcome::Pass);
        assert_eq!(overdue(suzhou, last, 3, date!(2026 - 12 - 02)).verdict, Outcome::Warn);
        assert_eq!(overdue(jining, last, 3, date!(2026 - 12 - 02)).verdict, Outcome::NotRequired);
        assert!(recruit(suzhou, Recruiting { today: date!(2026 - 12 - 02), ..READY }).permit().is_err());
    }
}
