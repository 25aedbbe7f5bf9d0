//! GUI: how a university leads and guides its unions. One shape for all: a duty of a rule, at an interval or whenever it
//! arises, with records as its evidence; who leads and guides are slots of the plan that somebody fills. Intervals are
//! practice: no plan says a number (定期, 及时).

use time::{Date, Duration};

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::text::chinese_day;
use crate::words::words;

words! {
    /// What is done again and again, and recorded.
    Duty:
    /// GUI-06.
    PartyHearing = "party-hearing", "学校党委听取学生会工作汇报";
    /// GUI-07.
    JointStudy = "joint-study", "共同研究规章制度、工作规划、人员遴选";
    /// GUI-10.
    GroupReport = "group-report", "向领导小组汇报";
    /// GUI-11.
    PartyBuilding = "party-building", "纳入学校党建工作的年度安排";
    /// GUI-12.
    GoodPractice = "good-practice", "总结推广经验做法";
    /// GUI-12.
    Measures = "measures", "院系细化措施";
    /// GUI-12.
    Feedback = "feedback", "实施中的问题反馈";
    /// ORG-07, ORG-08.
    Guiding = "guiding", "逐级指导与联动";
}

/// Days in a year, the interval of most duties (practice).
const YEAR: u32 = 366;
const HALF_A_YEAR: u32 = 183;

impl Duty {
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::PartyHearing => Rule::Gui06,
            Self::JointStudy => Rule::Gui07,
            Self::GroupReport => Rule::Gui10,
            Self::PartyBuilding => Rule::Gui11,
            Self::GoodPractice | Self::Measures | Self::Feedback => Rule::Gui12,
            Self::Guiding => Rule::Org08,
        }
    }

    /// Days between two records by practice; none where it is done when it arises.
    #[must_use]
    pub fn interval(self) -> Option<u32> {
        match self {
            Self::PartyHearing | Self::PartyBuilding | Self::GoodPractice => Some(YEAR),
            Self::GroupReport => Some(HALF_A_YEAR),
            Self::JointStudy | Self::Measures | Self::Feedback | Self::Guiding => None,
        }
    }
}

words! {
    /// What two offices study together (GUI-07).
    Topic:
    Rules = "rules", "规章制度";
    Plans = "plans", "工作规划";
    Selection = "selection", "工作人员遴选";
    Other = "other", "其他重要事项";
}

words! {
    /// By what the school's union guides (ORG-08).
    Means:
    System = "system", "制度设计";
    Resources = "resources", "资源整合";
    Activity = "activity", "活动开展";
}

words! {
    /// What kind of slot somebody fills.
    SlotKind:
    /// The leader in charge (GUI-08).
    Leader = "leader", "分管校领导";
    /// A leader who takes part (GUI-08).
    TakingPart = "taking_part", "参与管理的校领导";
    /// An office that cooperates, represented by its head (GUI-09).
    Office = "office", "协同部门";
    /// Who guides the union (GUI-04).
    Guider = "guider", "指导单位";
}

/// A slot of the plan: who leads, takes part, cooperates or guides, in the plan's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub kind: SlotKind,
    pub name: String,
    pub rule: Rule,
}

impl Slot {
    fn new(kind: SlotKind, name: impl Into<String>, rule: Rule) -> Self {
        Self { kind, name: name.into(), rule }
    }
}

/// The slots that a plan has, in its order.
#[must_use]
pub fn slots(plan: &Plan) -> Vec<Slot> {
    let mut slots = Vec::new();
    if let Some(stated) = &plan.figures.leader {
        let (leader, taking_part) = &stated.value;
        slots.push(Slot::new(SlotKind::Leader, leader, Rule::Gui08));
        slots.extend(taking_part.iter().map(|name| Slot::new(SlotKind::TakingPart, name, Rule::Gui08)));
    }
    if let Some(stated) = &plan.figures.offices {
        slots.extend(stated.value.iter().map(|name| Slot::new(SlotKind::Office, name, Rule::Gui09)));
    }
    if let Some(provision) = plan.provision(Rule::Gui04) {
        let provincial = provision.clause().quote.contains("省学联");
        let federation = if provincial { "省学联" } else { "上级学联" };
        slots.extend(["学校团委", federation].map(|name| Slot::new(SlotKind::Guider, name, Rule::Gui04)));
    }
    slots
}

/// A slot that somebody fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub kind: SlotKind,
    pub name: String,
}

fn is_filled(slot: &Slot, filled: &[Filled]) -> bool {
    filled.iter().any(|one| one.kind == slot.kind && one.name == slot.name)
}

/// GUI-04, GUI-08, GUI-09: whether the slots of one rule are filled; a plan that is silent asks for none.
#[must_use]
pub fn filled(plan: &Plan, rule: Rule, filled: &[Filled]) -> Finding {
    let Some(provision) = plan.provision(rule) else { return Finding::unstated(rule, plan) };
    let slots: Vec<Slot> = slots(plan).into_iter().filter(|slot| slot.rule == rule).collect();
    let open: Vec<&str> = slots.iter().filter(|slot| !is_filled(slot, filled)).map(|slot| slot.name.as_str()).collect();
    let says = if open.is_empty() {
        format!("{} 项都已明确", slots.len())
    } else {
        format!("还没有明确：{}", open.join("、"))
    };
    let verdict = if open.is_empty() { Outcome::Pass } else { Outcome::Fail };
    let finding =
        Finding::new(provision, verdict, says).against(&(slots.len() - open.len()), format!("={}", slots.len()));
    if open.is_empty() { finding } else { finding.remedy("由校团委在“领导与指导”里登记") }
}

/// The leading group or mechanism is complete, passed by [`constitute`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constituted(());

/// GUI-08, GUI-09: the list is only fixed where every leader and office of the plan is on it.
pub fn constitute(plan: &Plan, on_list: &[Filled]) -> Verdict<Constituted> {
    let findings = vec![filled(plan, Rule::Gui08, on_list), filled(plan, Rule::Gui09, on_list)];
    Verdict::seal(findings, Constituted(()))
}

/// GUI-03: exactly so many full-time deputy secretaries guide the union.
#[must_use]
pub fn deputy_secretary(plan: &Plan, holders: u32) -> Finding {
    let Some(stated) = &plan.figures.deputy_secretaries else { return Finding::unstated(Rule::Gui03, plan) };
    let wanted = stated.value;
    let verdict = if holders == wanted { Outcome::Pass } else { Outcome::Fail };
    let finding = Finding::new(&stated.provision, verdict, format!("现有 {holders} 名，应有 {wanted} 名"))
        .against(&holders, format!("={wanted}"));
    if holders == wanted {
        finding
    } else {
        finding.remedy("由系统管理员在“账号与职务”里授予校团委专职副书记")
    }
}

/// What is known of a duty at intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regular {
    /// Days, as they were set; none where practice holds.
    pub every: Option<u32>,
    pub last: Option<Date>,
    /// The day from which the unions are under the rules.
    pub since: Date,
}

impl Regular {
    /// The last day on which the next record is in time; none for what is done when it arises.
    #[must_use]
    pub fn due(self, duty: Duty) -> Option<Date> {
        let every = self.every.or(duty.interval())?;
        Some(self.last.unwrap_or(self.since) + Duration::days(i64::from(every)))
    }
}

/// GUI-06, GUI-10, GUI-11, GUI-12: whether what is done at intervals is in time.
#[must_use]
pub fn regular(plan: &Plan, duty: Duty, regular: Regular, today: Date) -> Finding {
    let rule = duty.rule();
    let Some(provision) = plan.provision(rule) else { return Finding::unstated(rule, plan) };
    let last = regular.last.map_or_else(|| "还没有记录".to_owned(), |last| format!("上一次{}", chinese_day(last)));
    let (Some(due), Some(every)) = (regular.due(duty), regular.every.or(duty.interval())) else {
        return Finding::new(provision, Outcome::Pass, last);
    };
    let whose = if regular.every.is_some() { "校团委确定" } else { "实践惯例，可以另定" };
    let verdict = if today > due { Outcome::Warn } else { Outcome::Pass };
    let says = format!("{last}，下一次在{}以前（每 {every} 天一次：{whose}，方案未写间隔）", chinese_day(due));
    let finding = Finding::new(provision, verdict, says);
    if verdict == Outcome::Pass { finding } else { finding.remedy("办理以后登记") }
}

/// Whose signatures a joint study has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signatures {
    pub league: bool,
    pub affairs: bool,
    /// One person signed for both.
    pub same_person: bool,
}

/// A joint study is concluded, passed by [`conclude`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concluded(());

/// GUI-07: rules, plans and selection are studied by two offices together; one signature is refused.
pub fn conclude(plan: &Plan, signatures: Signatures) -> Verdict<Concluded> {
    let Signatures { league, affairs, same_person } = signatures;
    let signed = u32::from(league) + u32::from(affairs);
    let met = league && affairs && !same_person;
    let says = if same_person {
        "两个单位由同一个人签署".to_owned()
    } else {
        let missing = match (league, affairs) {
            (true, true) => "",
            (true, false) => "，学生工作部门还没有签署",
            (false, true) => "，校团委还没有签署",
            (false, false) => "，两个单位都还没有签署",
        };
        format!("已签署 {signed} 方，应有 2 方{missing}")
    };
    let verdict = if met { Outcome::Pass } else { Outcome::Fail };
    let finding = match plan.provision(Rule::Gui07) {
        Some(provision) => Finding::new(provision, verdict, says),
        None => Finding::practice(Rule::Gui07, verdict, format!("{says}（实践惯例，{}未作规定）", plan.short)),
    };
    let finding = finding.against(&signed, "=2").remedy("请另一单位的人打开这一件，签署以后再定稿");
    Verdict::seal(vec![finding], Concluded(()))
}

/// GUI-12: each college has its detailed measures on file.
#[must_use]
pub fn measures(plan: &Plan, filed: u32, colleges: u32) -> Finding {
    let Some(provision) = plan.provision(Rule::Gui12) else { return Finding::unstated(Rule::Gui12, plan) };
    let verdict = if filed >= colleges { Outcome::Pass } else { Outcome::Warn };
    let says = format!("{colleges} 个院系，已有细化措施的 {filed} 个");
    let finding = Finding::new(provision, verdict, says).against(&filed, format!(">={colleges}"));
    if filed >= colleges { finding } else { finding.remedy("请院系团组织或院系学生会上报细化措施") }
}

/// Who guides whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The school's union a college's.
    SchoolToCollege,
    /// A college's union a class of its own college.
    CollegeToClass,
    Across,
}

/// Guidance goes one level down, passed by [`guide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guided(());

/// ORG-07: guidance goes from the school's union to the colleges', and where the plan speaks of classes from a college's to
/// its own.
pub fn guide(plan: &Plan, level: Level) -> Verdict<Guided> {
    let (verdict, says) = match level {
        Level::SchoolToCollege => (Outcome::Pass, "校学生会指导院系学生会"),
        Level::CollegeToClass => (Outcome::Pass, "院系学生会指导本院系的班委会"),
        Level::Across => (Outcome::Fail, "只能逐级指导：校学生会指导院系学生会，院系学生会指导本院系的班级"),
    };
    let finding = match plan.provision(Rule::Org07) {
        Some(provision) => Finding::new(provision, verdict, says.to_owned()),
        None => Finding::practice(Rule::Org07, verdict, says.to_owned()),
    };
    Verdict::seal(vec![finding.remedy("请选择下一级的组织")], Guided(()))
}

/// How far guidance reached within a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    pub colleges: u32,
    pub guided_colleges: u32,
    pub classes: u32,
    pub guided_classes: u32,
}

/// ORG-08: how many colleges and classes guidance reached. Shown and no limit: no plan says how many.
#[must_use]
pub fn coverage(plan: &Plan, coverage: Coverage) -> Finding {
    let Some(provision) = plan.provision(Rule::Org08) else { return Finding::unstated(Rule::Org08, plan) };
    let Coverage { colleges, guided_colleges, classes, guided_classes } = coverage;
    let says =
        format!("近一年有指导记录的院系学生会 {guided_colleges} / {colleges} 个，班级 {guided_classes} / {classes} 个");
    let verdict = if guided_colleges < colleges { Outcome::Warn } else { Outcome::Pass };
    let finding = Finding::new(provision, verdict, says).against(&guided_colleges, format!(">={colleges}"));
    if verdict == Outcome::Pass {
        finding
    } else {
        finding.remedy("在“逐级指导与联动”里登记，空格就是还没有指导到的")
    }
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

    fn all(plan: &Plan) -> Vec<Filled> {
        slots(plan).into_iter().map(|slot| Filled { kind: slot.kind, name: slot.name }).collect()
    }

    fn clause(finding: &Finding) -> &str {
        finding.clause.as_ref().map_or("", |clause| clause.id.as_str())
    }

    #[test]
    fn gui_03_one_full_time_deputy_secretary_and_no_other_number() {
        for (plan, id) in [(suzhou(), "S10.3"), (jining(), "J5.7")] {
            assert_eq!(clause(&deputy_secretary(plan, 0)), id);
            let verdicts = [0, 1, 2].map(|holders| deputy_secretary(plan, holders).verdict);
            assert_eq!(verdicts, [Outcome::Fail, Outcome::Pass, Outcome::Fail]);
        }
    }

    #[test]
    fn gui_04_two_guide_the_union() {
        let names = |plan: &Plan| -> Vec<String> {
            slots(plan).into_iter().filter(|slot| slot.kind == SlotKind::Guider).map(|slot| slot.name).collect()
        };
        assert_eq!(names(suzhou()), ["学校团委", "上级学联"]);
        assert_eq!(names(jining()), ["学校团委", "省学联"]);
        let one = [Filled { kind: SlotKind::Guider, name: "学校团委".to_owned() }];
        let finding = filled(jining(), Rule::Gui04, &one);
        assert!(finding.verdict == Outcome::Fail && finding.message.contains("省学联") && clause(&finding) == "J5.5");
    }

    #[test]
    fn gui_08_and_09_a_list_without_one_of_the_plans_offices_is_refused() {
        let of = |plan: &Plan, kind| slots(plan).iter().filter(|slot| slot.kind == kind).count();
        assert_eq!((of(suzhou(), SlotKind::TakingPart), of(suzhou(), SlotKind::Office)), (2, 4));
        assert_eq!((of(jining(), SlotKind::TakingPart), of(jining(), SlotKind::Office)), (0, 6));
        for plan in [suzhou(), jining()] {
            let complete = all(plan);
            assert!(constitute(plan, &complete).permit().is_ok());
            for (place, slot) in complete.iter().enumerate().filter(|(_, slot)| slot.kind != SlotKind::Guider) {
                let mut but = complete.clone();
                but.remove(place);
                let findings = constitute(plan, &but).permit().unwrap_err();
                let refusing = findings.iter().find(|finding| finding.verdict == Outcome::Fail).unwrap();
                assert!(refusing.message.contains(&slot.name) && refusing.clause.is_some(), "{}", refusing.message);
            }
        }
    }

    #[test]
    fn gui_06_10_and_11_what_is_done_at_intervals_is_overdue_after_them() {
        let since = date!(2025 - 09 - 01);
        let never = Regular { every: None, last: None, since };
        let verdict = |plan, duty, state, today| regular(plan, duty, state, today).verdict;
        assert_eq!(verdict(suzhou(), Duty::PartyHearing, never, date!(2026 - 09 - 02)), Outcome::Pass);
        assert_eq!(verdict(suzhou(), Duty::PartyHearing, never, date!(2026 - 09 - 03)), Outcome::Warn);
        assert_eq!(verdict(jining(), Duty::PartyHearing, never, date!(2027 - 09 - 03)), Outcome::NotRequired);
        assert_eq!(verdict(jining(), Duty::GroupReport, never, date!(2026 - 09 - 03)), Outcome::Warn);
        assert_eq!(verdict(suzhou(), Duty::GroupReport, never, date!(2026 - 09 - 03)), Outcome::NotRequired);
        assert_eq!(verdict(suzhou(), Duty::PartyBuilding, never, date!(2026 - 09 - 03)), Outcome::Warn);
        let set = Regular { every: Some(30), last: Some(date!(2026 - 08 - 20)), since };
        assert_eq!(set.due(Duty::PartyHearing), Some(date!(2026 - 09 - 19)));
        assert!(regular(suzhou(), Duty::PartyHearing, set, date!(2026 - 09 - 03)).message.contains("校团委确定"));
        assert_eq!(Regular { every: None, ..set }.due(Duty::JointStudy), None);
    }

    #[test]
    fn gui_07_one_signature_is_refused_and_so_is_one_person_for_both() {
        let both = Signatures { league: true, affairs: true, same_person: false };
        assert!(conclude(suzhou(), both).permit().is_ok());
        for signatures in [
            Signatures { league: false, ..both },
            Signatures { affairs: false, ..both },
            Signatures { same_person: true, ..both },
            Signatures::default(),
        ] {
            let findings = conclude(suzhou(), signatures).permit().unwrap_err();
            assert_eq!(clause(&findings[0]), "S9.4");
            let findings = conclude(jining(), signatures).permit().unwrap_err();
            assert!(findings[0].clause.is_none() && findings[0].message.contains("实践惯例"));
        }
    }

    #[test]
    fn gui_12_each_college_files_its_measures() {
        assert_eq!(measures(suzhou(), 9, 10).verdict, Outcome::Warn);
        assert_eq!(measures(suzhou(), 10, 10).verdict, Outcome::Pass);
        assert_eq!(measures(jining(), 0, 10).verdict, Outcome::NotRequired);
    }

    #[test]
    fn org_07_guidance_goes_one_level_down() {
        for (plan, id) in [(suzhou(), "S2.8"), (jining(), "J4.1.9")] {
            assert!(guide(plan, Level::SchoolToCollege).permit().is_ok());
            assert!(guide(plan, Level::CollegeToClass).permit().is_ok());
            let findings = guide(plan, Level::Across).permit().unwrap_err();
            assert_eq!(clause(&findings[0]), id);
        }
    }

    #[test]
    fn org_08_the_colleges_that_nobody_guided_are_counted() {
        let half = Coverage { colleges: 4, guided_colleges: 2, classes: 40, guided_classes: 3 };
        let finding = coverage(jining(), half);
        assert!(finding.verdict == Outcome::Warn && finding.message.contains("2 / 4") && clause(&finding) == "J4.1.8");
        assert_eq!(coverage(suzhou(), Coverage { guided_colleges: 4, ..half }).verdict, Outcome::Pass);
    }
}
