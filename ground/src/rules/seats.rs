//! CON: a plan of seats as it was edited, held against the clauses before anything is elected, and when a congress may be
//! convened.

use std::fmt::Write as _;

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    congress::{CollegeSeats, GradeSeats, SocietySeats, coverage_finding, share_finding},
    plan::{Stated, Union},
};
use crate::{text::percent, words::words};

words! {
    /// What kind of unit a seat is given to.
    UnitKind:
    Grade = "grade", "年级";
    Society = "society", "主要社团";
    /// The union itself: its staff and sitting presidium, outside the share of the grades.
    Union = "union", "学生会";
}

/// A unit with its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSeats {
    pub kind: UnitKind,
    /// The college of a grade; empty for others.
    pub college: String,
    /// The entry year of a grade, or the name of a society or a union.
    pub name: String,
    /// Students of a grade; 0 for others.
    pub students: u32,
    pub seats: u32,
}

/// The delegates of a union's last congress that is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastShare {
    /// What that congress is called.
    pub title: String,
    /// Delegates who were no backbone of a union.
    pub ordinary: u32,
    pub delegates: u32,
}

/// A plan of seats.
#[derive(Debug, Clone)]
pub struct SeatPlan {
    /// Whose congress it is for.
    pub kind: Union,
    /// The seats that are to be shared out.
    pub total: u32,
    /// The least share of delegates who are no backbone, in percent.
    pub ordinary_percent: Option<u32>,
    pub units: Vec<UnitSeats>,
    pub last: Option<LastShare>,
}

/// Seats that may bind the elections, passed by [`approve`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedSeats {
    total: u32,
}

impl ApprovedSeats {
    /// The seats that were shared out.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.total
    }
}

impl SeatPlan {
    fn of(&self, kind: UnitKind) -> impl Iterator<Item = &UnitSeats> {
        self.units.iter().filter(move |unit| unit.kind == kind)
    }

    /// The students on whom it rests.
    #[must_use]
    pub fn students(&self) -> u64 {
        self.units.iter().map(|unit| u64::from(unit.students)).sum()
    }

    fn shared_out(&self) -> u32 {
        self.units.iter().map(|unit| unit.seats).sum()
    }

    fn colleges(&self) -> Vec<CollegeSeats> {
        let mut colleges: Vec<CollegeSeats> = Vec::new();
        for unit in self.of(UnitKind::Grade) {
            let grade = GradeSeats { grade: unit.name.clone(), students: unit.students, seats: unit.seats };
            match colleges.last_mut() {
                Some(college) if college.name == unit.college => {
                    college.students += u64::from(unit.students);
                    college.seats += unit.seats;
                    college.grades.push(grade);
                }
                _ => colleges.push(CollegeSeats {
                    name: unit.college.clone(),
                    students: unit.students.into(),
                    seats: unit.seats,
                    grades: vec![grade],
                }),
            }
        }
        colleges
    }

    /// The grades that have students somewhere.
    fn grades(&self) -> Vec<String> {
        let mut grades: Vec<String> = Vec::new();
        for unit in self.of(UnitKind::Grade).filter(|unit| unit.students > 0) {
            if !grades.contains(&unit.name) {
                grades.push(unit.name.clone());
            }
        }
        grades
    }

    /// What the rules say of it (CON-04, CON-05, CON-06), and whether it adds up.
    #[must_use]
    pub fn findings(&self, plan: &Plan) -> Vec<Finding> {
        let colleges = self.colleges();
        let societies: Vec<SocietySeats> = self
            .of(UnitKind::Society)
            .map(|unit| SocietySeats { name: unit.name.clone(), seats: unit.seats })
            .collect();
        let mut findings = vec![
            share_finding(plan, self.total, self.students()),
            coverage_finding(plan, &colleges, &societies, &self.grades()),
        ];
        // What a plan says of the school's congress holds for a college's where the plan says so.
        if self.kind == Union::College && plan.provision(Rule::Con10).is_none() {
            for finding in &mut findings {
                let message = format!("{}没有规定院系学代会也照此办理，名额由院系定", plan.short);
                *finding = Finding { message, ..Finding::unstated(finding.rule, plan) };
            }
        }
        findings.extend(self.unequal());
        findings.push(self.breadth(plan));
        findings
    }

    /// The seats of the units do not add up to the total.
    fn unequal(&self) -> Option<Finding> {
        let (shared, total) = (self.shared_out(), self.total);
        let says = format!("各单位名额合计 {shared} 个，与名额总数 {total} 个不符");
        (shared != total).then(|| Finding::house(Outcome::Fail, says).remedy("调整各单位的名额，使合计等于总数"))
    }

    /// CON-06, 广泛性 and 普通学生代表: the share of ordinary delegates that is planned, against what practice asks and
    /// against the last congress. The union's own places are for its backbone.
    fn breadth(&self, plan: &Plan) -> Finding {
        let Some(provision) = plan.provision(Rule::Con06) else { return Finding::unstated(Rule::Con06, plan) };
        let own: u32 = self.of(UnitKind::Union).map(|unit| unit.seats).sum();
        let (total, others) = (self.total.max(1), self.total.saturating_sub(own));
        if let Some(Stated { value: Some(share), .. }) = &plan.figures.ordinary_delegates {
            let (least, reach) = (share.ceil_of(self.total), percent(others.into(), total.into()));
            let says =
                format!("学生会自身的名额 {own} 个，其余占 {reach}；非学生会骨干的代表不低于 {share}（{least} 人）");
            let verdict = if others >= least { Outcome::Pass } else { provision.breach() };
            let remedy = if others >= least { "" } else { "减少学生会自身的名额" };
            return Finding::new(provision, verdict, says).against(&reach, format!(">={share}")).remedy(remedy);
        }
        let asked = self.ordinary_percent.unwrap_or(0);
        let reach = percent(others.into(), total.into());
        let mut wrong = Vec::new();
        if u64::from(others) * 100 < u64::from(asked) * u64::from(total) {
            wrong.push(format!(
                "学生会自身的名额 {own} 个，其余至多占 {reach}，达不到非骨干代表不少于 {asked}%（实践惯例）"
            ));
        }
        let mut says = format!("非学生会骨干的代表不少于 {asked}%（实践惯例）");
        match &self.last {
            Some(LastShare { title, ordinary, delegates }) if *delegates > 0 => {
                let before = percent((*ordinary).into(), (*delegates).into());
                let _ = write!(says, "，上一次（{title}）为 {ordinary}/{delegates}，即 {before}");
                if u64::from(asked) * u64::from(*delegates) < u64::from(*ordinary) * 100 {
                    wrong.push(format!("本次要求非骨干代表不少于 {asked}%，低于上一次（{title}）的 {before}"));
                }
            }
            _ => says.push_str("，上一次大会的代表没有记录，无从比较"),
        }
        let finding = if wrong.is_empty() {
            Finding::new(provision, Outcome::Pass, says)
        } else {
            Finding::new(provision, provision.breach(), wrong.join("；")).remedy("提高非骨干代表的比例，或写明理由")
        };
        finding.against(&format!("{asked}%"), "不低于上一次")
    }
}

/// CON-04, CON-05: seats below the plan's share, or that leave a college, a grade or a main society without one, bind
/// nobody. What CON-06 warns of passes with a reason. `stale` says in words what changed since the students were counted.
pub fn approve(plan: &Plan, seats: &SeatPlan, stale: &[String], reason: Option<&str>) -> Verdict<ApprovedSeats> {
    let mut findings = seats.findings(plan);
    if !stale.is_empty() {
        let says = format!("分配以后院系、年级或人数有变化：{}", stale.join("；"));
        findings.push(Finding::house(Outcome::Fail, says).remedy("按现在的人数重新分配，再批准"));
    }
    Verdict::seal_with_reason(findings, ApprovedSeats { total: seats.total }, reason)
}

/// What is on record of a congress that is to be convened.
#[derive(Debug, Clone)]
pub struct Preparation {
    pub kind: Union,
    /// The seats are approved; none for a meeting of all students, which has no seats.
    pub seats_approved: Option<bool>,
    /// The Party body of the same level agreed, by its reply.
    pub party_replied: bool,
    /// The higher federation agreed, by its reply; asked of the school's and the graduates' congress.
    pub federation_replied: bool,
    /// The day for which they agreed.
    pub meets_on: Date,
}

/// A congress that may meet, passed by [`convene`]. Its field is private: only the rule makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convened {
    meets_on: Date,
}

impl Convened {
    #[must_use]
    pub fn meets_on(self) -> Date {
        self.meets_on
    }
}

/// CON-10, 其程序同校级学生代表大会一致: every congress goes the same way. That both replies are there is practice; the
/// federation is asked for the school's.
pub fn convene(plan: &Plan, facts: &Preparation) -> Verdict<Convened> {
    let same_way = plan.provision(Rule::Con10).filter(|_| facts.kind == Union::College);
    let ask = |met: bool, says: &str, remedy: &str| {
        let outcome = if met { Outcome::Pass } else { Outcome::Fail };
        let finding = match same_way {
            Some(provision) => Finding::new(provision, outcome, says.to_owned()),
            None => Finding::house(outcome, says.to_owned()),
        };
        finding.remedy(remedy)
    };
    let missing = |met: bool, what: &str| if met { what.to_owned() } else { format!("没有{what}") };
    let party = if facts.kind == Union::College {
        "院系党组织同意召开的批复"
    } else {
        "学校党委同意召开的批复"
    };
    let mut findings = vec![ask(facts.party_replied, &missing(facts.party_replied, party), "登记批复的文号和日期")];
    if facts.kind != Union::College {
        let federation = "上级学联同意召开的批复";
        findings.push(ask(
            facts.federation_replied,
            &missing(facts.federation_replied, federation),
            "登记批复的文号和日期",
        ));
    }
    if let Some(approved) = facts.seats_approved {
        let says = if approved { "代表名额已批准" } else { "代表名额还没有批准" };
        findings.push(ask(approved, says, "先批准名额分配方案，代表按它产生"));
    }
    Verdict::seal(findings, Convened { meets_on: facts.meets_on })
}

/// CON-11: the rules by which congresses are held are written down and on file.
#[must_use]
pub fn rules_on_file(plan: &Plan, documents: usize) -> Finding {
    let Some(provision) = plan.provision(Rule::Con11) else { return Finding::unstated(Rule::Con11, plan) };
    let (outcome, says) = match documents {
        0 => (Outcome::Unknown, "大会制度没有存档".to_owned()),
        some => (Outcome::Pass, format!("大会制度已存档 {some} 份")),
    };
    Finding::new(provision, outcome, says).against(&documents, ">=1").remedy("上传大会章程、选举办法等文件")
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    fn grade(college: &str, name: &str, students: u32, seats: u32) -> UnitSeats {
        UnitSeats { kind: UnitKind::Grade, college: college.to_owned(), name: name.to_owned(), students, seats }
    }

    fn other(kind: UnitKind, name: &str, seats: u32) -> UnitSeats {
        UnitSeats { kind, college: String::new(), name: name.to_owned(), students: 0, seats }
    }

    fn plan_of(kind: Union, total: u32, units: Vec<UnitSeats>) -> SeatPlan {
        SeatPlan { kind, total, ordinary_percent: Some(60), units, last: None }
    }

    fn refused(code: &str, seats: &SeatPlan) -> Vec<Rule> {
        let findings = approve(named(code).unwrap(), seats, &[], None).permit().err().unwrap_or_default();
        let refuses = |finding: &&Finding| matches!(finding.verdict, Outcome::Fail | Outcome::Warn);
        findings.iter().filter(refuses).map(|finding| finding.rule).collect()
    }

    #[test]
    fn s6_3_s6_4_seats_below_the_share_or_without_a_society_bind_nobody() {
        let units = |seats| vec![grade("甲", "2025", 400, seats), other(UnitKind::Society, "社", 1)];
        assert!(refused("suzhou-2020", &plan_of(Union::School, 4, units(3))).is_empty());
        let few = plan_of(Union::School, 3, units(2));
        assert_eq!(refused("suzhou-2020", &few), [Rule::Con04]);
        let bare = vec![grade("甲", "2025", 400, 4), other(UnitKind::Society, "社", 0)];
        let bare = plan_of(Union::School, 4, bare);
        assert_eq!(refused("suzhou-2020", &bare), [Rule::Con05]);
        assert!(refused("jining-2022", &bare).is_empty(), "Jining asks for no coverage");
        let uneven = plan_of(Union::School, 5, units(3));
        assert_eq!(refused("suzhou-2020", &uneven).len(), 1, "the units add up to the total");
    }

    #[test]
    fn j3_2_6_the_same_floor_holds_for_a_college_where_the_plan_says_so() {
        let few = plan_of(Union::College, 1, vec![grade("甲", "2025", 400, 1)]);
        assert_eq!(refused("jining-2022", &few), [Rule::Con04]);
        assert!(refused("suzhou-2020", &few).is_empty());
        let facts = |kind| Preparation {
            kind,
            seats_approved: Some(true),
            party_replied: true,
            federation_replied: false,
            meets_on: date!(2026 - 12 - 05),
        };
        let plan = named("jining-2022").unwrap();
        assert_eq!(convene(plan, &facts(Union::College)).permit().unwrap().meets_on(), date!(2026 - 12 - 05));
        let school = convene(plan, &facts(Union::School)).permit().unwrap_err();
        assert_eq!(school.iter().filter(|finding| finding.verdict == Outcome::Fail).count(), 1);
        let unasked = Preparation { party_replied: false, seats_approved: None, ..facts(Union::College) };
        let findings = convene(plan, &unasked).permit().unwrap_err();
        assert!(findings.iter().any(|finding| finding.rule == Rule::Con10 && finding.clause.is_some()));
    }

    #[test]
    fn j2_2_2_a_smaller_share_of_ordinary_students_than_last_time_needs_a_reason() {
        let last = LastShare { title: "第三次".to_owned(), ordinary: 7, delegates: 10 };
        let units = vec![grade("甲", "2025", 400, 4)];
        let seats = SeatPlan { last: Some(last), ..plan_of(Union::School, 4, units) };
        assert_eq!(refused("jining-2022", &seats), [Rule::Con06]);
        let plan = named("jining-2022").unwrap();
        assert!(approve(plan, &seats, &[], Some("合并院系")).permit().is_ok());
        assert!(approve(plan, &seats, &["甲 2025级".to_owned()], Some("合并院系")).permit().is_err(), "stale");
        let same = SeatPlan { ordinary_percent: Some(70), ..seats };
        assert!(refused("jining-2022", &same).is_empty());
    }

    #[test]
    fn j3_2_1_rules_that_are_not_on_file_are_missing_data() {
        let plan = named("jining-2022").unwrap();
        assert_eq!(rules_on_file(plan, 0).verdict, Outcome::Unknown);
        assert_eq!(rules_on_file(plan, 2).verdict, Outcome::Pass);
    }
}
