//! DIS: misconduct is found out before it is answered (DIS-04), and nobody leaves a union without a ground (DIS-05).

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::words::words;

words! {
    /// What somebody is reported for: the three grounds of DIS-04 and the three problems of DIS-02.
    Ground:
    Rules = "rules", "违反校规校纪";
    Morals = "morals", "道德失范";
    Unbecoming = "unbecoming", "与学生不相称行为";
    Utilitarian = "utilitarian", "功利化";
    Vulgar = "vulgar", "庸俗化";
    Bureaucratic = "bureaucratic", "“小官僚”";
}

words! {
    /// What a case ends in.
    Sanction:
    NoFault = "no_fault", "不属实，不予处理";
    Talk = "talk", "谈话提醒";
    Warning = "warning", "警告";
    Suspension = "suspension", "停职";
    Removal = "removal", "免去职务";
    /// Another office is competent.
    Referred = "referred", "移交有关单位处理";
}

impl Sanction {
    /// Something is held against the person.
    #[must_use]
    pub fn is_adverse(self) -> bool {
        matches!(self, Self::Talk | Self::Warning | Self::Suspension | Self::Removal)
    }
}

/// What was done to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inquired {
    /// Notes of the inquiry, the hearing among them.
    pub notes: usize,
    /// The person was heard, or it is noted why not.
    pub heard: bool,
}

/// A case is ripe for this decision, passed by [`decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    sanction: Sanction,
}

impl Decision {
    #[must_use]
    pub fn sanction(self) -> Sanction {
        self.sanction
    }
}

/// DIS-04: nothing is decided before it was investigated and verified. That the person is heard first is practice.
pub fn decide(plan: &Plan, sanction: Sanction, inquired: Inquired) -> Verdict<Decision> {
    let mut findings = vec![
        Finding::under(
            plan,
            Rule::Dis04,
            Outcome::of(inquired.notes > 0),
            format!("调查核实记录 {} 条", inquired.notes),
        )
        .against(&inquired.notes, ">=1")
        .remedy("先在“调查核实”里记下查了什么、查明了什么"),
    ];
    if sanction.is_adverse() {
        let says = if inquired.heard { "已听取本人陈述" } else { "还没有听取本人陈述" };
        let says = format!("{says}（作出处理之前听取本人陈述，是实践惯例，方案未作规定）");
        findings.push(
            Finding::practice(Rule::Dis04, Outcome::of(inquired.heard), says)
                .remedy("先记下本人的陈述；本人不来或不愿陈述的，写明情况"),
        );
    }
    Verdict::seal(findings, Decision { sanction })
}

words! {
    /// How somebody leaves a union.
    ExitKind:
    Resignation = "resignation", "自愿辞职";
    /// Takes the blame.
    Accountable = "accountable", "引咎辞职";
    TermEnd = "term_end", "任满离职";
    /// Asked to go.
    Asked = "asked", "劝退";
    Removal = "removal", "免职";
    Ineligible = "ineligible", "不再符合任职条件";
    /// As many results 不合格 as the university has set.
    ReviewFailed = "review_failed", "述职评议不合格";
    LeftSchool = "left_school", "离校";
}

/// What is known of somebody who leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExitFacts {
    /// They asked for it themselves.
    pub requested: bool,
    /// A decision removed them.
    pub removed: bool,
    /// The conditions that they no longer meet, in words.
    pub unmet: Vec<String>,
    /// They have left the university.
    pub left: bool,
    pub reviews: FailedReviews,
}

/// Results 不合格 of somebody in a post, and how many open an exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FailedReviews {
    pub failed: u32,
    pub needed: u32,
}

/// An exit has its ground, passed by [`leave`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    kind: ExitKind,
}

impl Exit {
    #[must_use]
    pub fn kind(self) -> ExitKind {
        self.kind
    }
}

/// DIS-05: an exit is of a kind, and rests on what that kind needs.
pub fn leave(plan: &Plan, kind: ExitKind, facts: &ExitFacts) -> Verdict<Exit> {
    let (met, says, remedy) = match kind {
        ExitKind::Resignation | ExitKind::Accountable => (
            facts.requested,
            format!("{}须由本人提出", kind.label()),
            "请本人在“我的离任”里提出；本人没有提出的，按劝退、免职等其他类别办理",
        ),
        ExitKind::Removal => {
            (facts.removed, "免职须有免去职务的处理决定".to_owned(), "先在“违纪失范办理”里调查核实并作出决定")
        }
        ExitKind::Ineligible if facts.unmet.is_empty() => {
            (false, "按登记的数据，本人仍符合任职条件".to_owned(), "数据有变化的，先由学生工作部门导入或更正")
        }
        ExitKind::Ineligible => (true, format!("不再符合：{}", facts.unmet.join("、")), ""),
        ExitKind::ReviewFailed => {
            let FailedReviews { failed, needed } = facts.reviews;
            let says = format!("任职以来述职评议不合格 {failed} 次，满 {needed} 次办理退出（次数由学校确定）");
            (needed > 0 && failed >= needed, says, "评议办结以后再办理；要劝退的，按劝退办理")
        }
        ExitKind::LeftSchool => (facts.left, "离校以学籍登记为准".to_owned(), "先在“人员信息”里登记离校"),
        ExitKind::TermEnd | ExitKind::Asked => (true, format!("退出类别：{}", kind.label()), ""),
    };
    let finding = Finding::under(plan, Rule::Dis05, Outcome::of(met), says).remedy(remedy);
    Verdict::seal(vec![finding], Exit { kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::named;

    fn suzhou() -> &'static Plan {
        named("suzhou-2020").unwrap()
    }

    fn jining() -> &'static Plan {
        named("jining-2022").unwrap()
    }

    fn refused<T>(verdict: Verdict<T>) -> Vec<Finding> {
        verdict.permit().err().unwrap_or_default()
    }

    #[test]
    fn dis_04_nothing_is_decided_before_it_was_investigated() {
        let nothing = Inquired::default();
        let findings = refused(decide(suzhou(), Sanction::Warning, nothing));
        let clause = findings[0].clause.as_ref().unwrap();
        assert!(clause.quote.contains("迅速调查核实"), "{}", clause.quote);
        assert!(!refused(decide(suzhou(), Sanction::NoFault, nothing)).is_empty(), "not even that there is nothing");
        let asked = Inquired { notes: 1, heard: false };
        assert!(refused(decide(suzhou(), Sanction::NoFault, asked)).is_empty());
        let findings = refused(decide(suzhou(), Sanction::Warning, asked));
        assert!(findings.iter().any(|finding| finding.clause.is_none() && finding.message.contains("本人陈述")));
        let heard = Inquired { notes: 2, heard: true };
        assert_eq!(decide(suzhou(), Sanction::Removal, heard).permit().unwrap().sanction(), Sanction::Removal);
        let findings = refused(decide(jining(), Sanction::Talk, nothing));
        assert!(
            findings[0].clause.is_none() && findings[0].message.contains("未作规定"),
            "no words in a silent plan's mouth"
        );
    }

    #[test]
    fn dis_05_an_exit_rests_on_what_its_kind_needs() {
        let none = ExitFacts::default();
        for (kind, facts) in [
            (ExitKind::Resignation, ExitFacts { requested: true, ..none.clone() }),
            (ExitKind::Accountable, ExitFacts { requested: true, ..none.clone() }),
            (ExitKind::Removal, ExitFacts { removed: true, ..none.clone() }),
            (ExitKind::Ineligible, ExitFacts { unmet: vec!["排名".to_owned()], ..none.clone() }),
            (ExitKind::ReviewFailed, ExitFacts { reviews: FailedReviews { failed: 2, needed: 2 }, ..none.clone() }),
            (ExitKind::LeftSchool, ExitFacts { left: true, ..none.clone() }),
        ] {
            let findings = refused(leave(jining(), kind, &none));
            let clause = findings[0].clause.as_ref().unwrap();
            assert_eq!((findings[0].rule, clause.id.as_str()), (Rule::Dis05, "J2.3.3"), "{}", kind.label());
            assert_eq!(leave(jining(), kind, &facts).permit().unwrap().kind(), kind);
        }
        let once = ExitFacts { reviews: FailedReviews { failed: 1, needed: 2 }, ..none.clone() };
        assert!(leave(jining(), ExitKind::ReviewFailed, &once).permit().is_err(), "once is not twice");
        for kind in [ExitKind::TermEnd, ExitKind::Asked] {
            assert!(leave(jining(), kind, &none).permit().is_ok());
        }
    }
}
