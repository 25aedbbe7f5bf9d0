//! ORG: the meetings of a union. The executive chair on duty calls the presidium (ORG-06), which alone decides major
//! matters and never one person (ORG-05); the school's and the colleges' unions meet regularly (ORG-09).

use time::{Date, Duration};

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::text::chinese_day;
use crate::words::words;

/// Days between two working meetings where the School Youth League committee sets no others: monthly, as most universities
/// do it (practice; no plan says a number).
pub const LINK_EVERY: u32 = 30;

words! {
    /// What kind of meeting.
    MeetingKind:
    Presidium = "presidium", "主席团会议";
    Department = "department", "部门会议";
    /// Of the school's union with the colleges'.
    Link = "link", "校院学生会工作例会";
    Topical = "topical", "专题会";
}

words! {
    /// How many members of the presidium have to be there for a major matter. Practice: no plan says it.
    Quorum:
    Half = "half", "超过半数";
    TwoThirds = "two_thirds", "不少于三分之二";
}

impl Quorum {
    /// So many of so many are enough.
    #[must_use]
    pub fn is_met(self, present: u32, due: u32) -> bool {
        let (present, due) = (u64::from(present), u64::from(due));
        match self {
            Self::Half => present * 2 > due,
            Self::TwoThirds => due > 0 && present * 3 >= due * 2,
        }
    }
}

/// Who calls a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Caller {
    /// The executive chair on duty of this union.
    pub on_duty: bool,
    /// The League organisation that manages the union orders it, with a reason that is kept.
    pub orders: bool,
    /// An officer or the office of this union.
    pub of_union: bool,
    /// A head of the department that meets.
    pub heads: bool,
}

/// A meeting may be called, passed by [`call`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    kind: MeetingKind,
}

impl Called {
    #[must_use]
    pub fn kind(self) -> MeetingKind {
        self.kind
    }
}

/// ORG-06: who may call a meeting of that kind.
pub fn call(plan: &Plan, kind: MeetingKind, caller: Caller) -> Verdict<Called> {
    let chaired = caller.on_duty || caller.orders;
    let finding = match kind {
        MeetingKind::Presidium => {
            let says = if caller.on_duty {
                "由当值执行主席召集"
            } else if caller.orders {
                "由主管团组织责成召开，已写明缘由"
            } else {
                "主席团会议只由当值执行主席召集"
            };
            Finding::under(plan, Rule::Org06, Outcome::of(chaired), says.to_owned())
                .remedy("请当值执行主席召集；确有需要的，由主管团组织责成召开，并写明缘由")
        }
        MeetingKind::Link => {
            Finding::under(plan, Rule::Org06, Outcome::of(chaired), "工作例会由校学生会当值执行主席召集".to_owned())
                .remedy("请当值执行主席召集；确有需要的，由校团委责成召开，并写明缘由")
        }
        MeetingKind::Department => {
            let met = chaired || caller.heads || caller.of_union;
            let says = "部门会议由本部门负责人、当值执行主席或学生会召集".to_owned();
            Finding::practice(Rule::Org06, Outcome::of(met), says)
        }
        MeetingKind::Topical => {
            let says = "专题会由当值执行主席或学生会召集".to_owned();
            Finding::practice(Rule::Org06, Outcome::of(chaired || caller.of_union), says)
        }
    };
    Verdict::seal(vec![finding], Called { kind })
}

/// How a decision was voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Votes {
    pub yes: u32,
    pub no: u32,
    pub abstained: u32,
}

impl Votes {
    #[must_use]
    pub fn all(self) -> u32 {
        self.yes.saturating_add(self.no).saturating_add(self.abstained)
    }
}

/// What a decision is taken by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deciding {
    pub kind: MeetingKind,
    /// A major matter (重大事项).
    pub major: bool,
    /// Members of the presidium.
    pub due: u32,
    /// Of them, those whose presence was taken down; none where nothing was taken down yet.
    pub present: Option<u32>,
    pub quorum: Quorum,
    pub votes: Option<Votes>,
}

/// A decision stands, passed by [`decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    major: bool,
    votes: Option<Votes>,
}

impl Decided {
    #[must_use]
    pub fn is_major(self) -> bool {
        self.major
    }

    #[must_use]
    pub fn votes(self) -> Option<Votes> {
        self.votes
    }
}

/// ORG-05: a major matter is decided by the presidium together, in a meeting whose attendance is taken down. The quorum and
/// the majority are practice.
pub fn decide(plan: &Plan, deciding: Deciding) -> Verdict<Decided> {
    let Deciding { kind, major, due, present, quorum, votes } = deciding;
    let mut findings = Vec::new();
    if major {
        let there = present.unwrap_or(0);
        let (met, says) = match (kind, present) {
            (MeetingKind::Presidium, Some(there)) if there > 1 => (true, format!("主席团会议，到会 {there} 人")),
            (MeetingKind::Presidium, Some(there)) => {
                (false, format!("到会的主席团成员只有 {there} 人，重大事项不得由一人决定"))
            }
            (MeetingKind::Presidium, None) => (false, "这次主席团会议还没有登记到会情况".to_owned()),
            (other, _) => (false, format!("{}不能决定重大事项，须由主席团会议集体决定", other.label())),
        };
        findings.push(
            Finding::under(plan, Rule::Org05, Outcome::of(met), says)
                .against(&there, ">=2")
                .remedy("在主席团会议上登记到会情况、表决票数，再记决定"),
        );
        if met {
            let says = format!(
                "到会 {there} 人，应到 {due} 人；作出重大决定须{}到会（实践惯例，方案未作规定）",
                quorum.label()
            );
            findings.push(
                Finding::practice(Rule::Org05, Outcome::of(quorum.is_met(there, due)), says)
                    .remedy("到会人数不够的，改期再议"),
            );
            let (met, says) = match votes {
                None => (false, "重大事项须登记表决票数".to_owned()),
                Some(votes) => (
                    votes.yes.saturating_mul(2) > there,
                    format!("赞成 {} 票，到会 {there} 人；须超过到会人数的一半（实践惯例，方案未作规定）", votes.yes),
                ),
            };
            findings.push(
                Finding::practice(Rule::Org05, Outcome::of(met), says).remedy("赞成不过半的，不能记为通过的决定"),
            );
        }
    }
    if let (Some(votes), Some(there)) = (votes, present.filter(|_| kind == MeetingKind::Presidium))
        && votes.all() > there
    {
        let says = format!("票数共 {} 票，多于到会的 {there} 人", votes.all());
        findings.push(Finding::practice(Rule::Org05, Outcome::Fail, says).remedy("请核对票数和到会情况"));
    }
    Verdict::seal(findings, Decided { major, votes })
}

/// What is known of the working meetings of the school's union with the colleges'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// Days between two of them, as the League committee set it; none where practice holds.
    pub every: Option<u32>,
    /// The day of the last one that was held.
    pub last: Option<Date>,
    /// The day from which the school's union is under the rules.
    pub since: Date,
}

impl Linked {
    /// The last day on which the next one is in time.
    #[must_use]
    pub fn due(self) -> Date {
        self.last.unwrap_or(self.since) + Duration::days(i64::from(self.every.unwrap_or(LINK_EVERY)))
    }
}

/// ORG-09: the working meeting is held at the interval that the League committee set.
#[must_use]
pub fn link_meeting(plan: &Plan, linked: Linked, today: Date) -> Finding {
    let Some(provision) = plan.provision(Rule::Org09) else { return Finding::unstated(Rule::Org09, plan) };
    let (every, due) = (linked.every.unwrap_or(LINK_EVERY), linked.due());
    let whose = if linked.every.is_some() { "校团委确定" } else { "实践惯例，校团委可以另定" };
    let last = linked.last.map_or_else(|| "还没有召开过".to_owned(), |last| format!("上一次{}", chinese_day(last)));
    let verdict = if today > due { Outcome::Warn } else { Outcome::Pass };
    let says = format!("{last}，应在{}以前召开下一次（每 {every} 天一次：{whose}，方案未写间隔）", chinese_day(due));
    let finding = Finding::new(provision, verdict, says);
    if verdict == Outcome::Pass {
        finding
    } else {
        finding.remedy("请校学生会当值执行主席召集校院学生会工作例会")
    }
}

/// How a college's union came to the working meetings of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attended {
    /// To how many it was invited.
    pub meetings: u32,
    pub late: u32,
    /// Without leave.
    pub absent: u32,
}

/// ORG-09: the colleges' unions are at the working meetings, in time.
#[must_use]
pub fn link_attendance(plan: &Plan, attended: Attended) -> Finding {
    let Some(provision) = plan.provision(Rule::Org09) else { return Finding::unstated(Rule::Org09, plan) };
    let Attended { meetings, late, absent } = attended;
    let missed = late.saturating_add(absent);
    let verdict = if missed == 0 { Outcome::Pass } else { Outcome::Warn };
    let says = format!("近一年校院学生会工作例会 {meetings} 次，迟到 {late} 次，缺席 {absent} 次");
    let finding = Finding::new(provision, verdict, says).against(&missed, "<=0");
    if missed == 0 { finding } else { finding.remedy("按时参加例会；不能参加的事先请假") }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

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
    fn org_06_only_the_executive_chair_on_duty_calls_the_presidium() {
        for (plan, clause) in [(suzhou(), "S2.7"), (jining(), "J4.1.5")] {
            let member = Caller { of_union: true, heads: true, ..Caller::default() };
            let findings = refused(call(plan, MeetingKind::Presidium, member));
            assert_eq!(findings[0].clause.as_ref().unwrap().id, clause);
            for caller in [Caller { on_duty: true, ..member }, Caller { orders: true, ..Caller::default() }] {
                assert_eq!(call(plan, MeetingKind::Presidium, caller).permit().unwrap().kind(), MeetingKind::Presidium);
            }
            assert!(call(plan, MeetingKind::Department, member).permit().is_ok());
            assert!(!refused(call(plan, MeetingKind::Topical, Caller::default())).is_empty());
        }
    }

    #[test]
    fn org_05_a_major_matter_is_decided_together() {
        let votes = Some(Votes { yes: 3, no: 0, abstained: 0 });
        let met = Deciding {
            kind: MeetingKind::Presidium,
            major: true,
            due: 5,
            present: Some(3),
            quorum: Quorum::Half,
            votes,
        };
        assert!(decide(suzhou(), met).permit().unwrap().is_major());
        let one = Deciding { present: Some(1), votes: Some(Votes { yes: 1, no: 0, abstained: 0 }), ..met };
        let findings = refused(decide(jining(), one));
        assert_eq!(findings[0].clause.as_ref().unwrap().id, "J4.1.4");
        assert!(findings[0].message.contains("不得由一人决定"));
        for (deciding, why) in [
            (Deciding { present: None, ..met }, "还没有登记到会"),
            (Deciding { kind: MeetingKind::Topical, ..met }, "不能决定重大事项"),
            (Deciding { present: Some(2), votes: Some(Votes { yes: 2, no: 0, abstained: 0 }), ..met }, "超过半数到会"),
            (Deciding { quorum: Quorum::TwoThirds, ..met }, "三分之二"),
            (Deciding { votes: None, ..met }, "须登记表决票数"),
            (Deciding { votes: Some(Votes { yes: 1, no: 2, abstained: 0 }), ..met }, "须超过到会人数的一半"),
            (Deciding { votes: Some(Votes { yes: 3, no: 1, abstained: 0 }), ..met }, "多于到会"),
        ] {
            let findings = refused(decide(suzhou(), deciding));
            assert!(findings.iter().any(|finding| finding.message.contains(why)), "{why}: {findings:?}");
        }
        let minor = Deciding { major: false, present: None, votes: None, ..met };
        assert!(!decide(suzhou(), minor).permit().unwrap().is_major());
    }

    #[test]
    fn org_09_who_was_late_or_absent_is_warned_of_and_leave_is_none_of_it() {
        let there = Attended { meetings: 3, late: 0, absent: 0 };
        assert_eq!(link_attendance(suzhou(), there).verdict, Outcome::Pass);
        for missed in [Attended { late: 1, ..there }, Attended { absent: 1, ..there }] {
            let finding = link_attendance(suzhou(), missed);
            assert_eq!((finding.verdict, finding.clause.as_ref().unwrap().id.as_str()), (Outcome::Warn, "S2.9"));
        }
        assert_eq!(link_attendance(jining(), Attended { absent: 3, ..there }).verdict, Outcome::NotRequired);
    }

    #[test]
    fn org_09_the_working_meeting_is_due_at_its_interval_and_jining_asks_for_none() {
        let linked = Linked { every: None, last: None, since: date!(2026 - 09 - 01) };
        assert_eq!(link_meeting(suzhou(), linked, date!(2026 - 10 - 01)).verdict, Outcome::Pass);
        let late = link_meeting(suzhou(), linked, date!(2026 - 10 - 02));
        assert!(late.verdict == Outcome::Warn && late.message.contains("实践惯例"), "{}", late.message);
        let set = Linked { every: Some(15), last: Some(date!(2026 - 10 - 01)), ..linked };
        assert_eq!(set.due(), date!(2026 - 10 - 16));
        assert_eq!(link_meeting(jining(), set, date!(2027 - 10 - 17)).verdict, Outcome::NotRequired);
    }

    #[test]
    fn a_quorum_counts_whole_people() {
        assert!(!Quorum::Half.is_met(2, 4) && Quorum::Half.is_met(3, 4) && !Quorum::Half.is_met(0, 0));
        assert!(Quorum::TwoThirds.is_met(4, 6) && !Quorum::TwoThirds.is_met(3, 5) && !Quorum::TwoThirds.is_met(0, 0));
    }
}
