//! CON-06, S6.6: what the report on the delegates' qualification counts, so that their breadth can be seen.
//!
//! That most delegates are no backbone of a union is practice, and cites no clause, unless the plan has a share for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Finding, Outcome, Plan, Rule, plan::Stated};

/// A delegate with a vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegateFacts {
    /// 男, 女; none where it is not registered.
    pub gender: Option<String>,
    pub political: Option<String>,
    pub ethnic: Option<String>,
    /// The year of entry.
    pub grade: i32,
    /// Where their seat is from: `院系年级`, a society, a union.
    pub source: String,
    pub delegation: Option<String>,
    /// Backbone of the school's or a college's union.
    pub backbone: bool,
}

/// A part of the delegates, in words and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub count: u32,
}

/// The delegates counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    pub total: u32,
    /// Seats of the congress, of which some may be vacant.
    pub seats: u32,
    pub women: u32,
    pub men: u32,
    pub gender_unknown: u32,
    /// Members of the Party, probationary ones among them.
    pub party: u32,
    pub probationary: u32,
    pub league: u32,
    pub political_unknown: u32,
    /// Of other nationalities than 汉族.
    pub minority: u32,
    pub ethnic_unknown: u32,
    pub backbone: u32,
    /// In the order of years, the newest last.
    pub grades: Vec<Part>,
    pub sources: Vec<Part>,
    pub delegations: Vec<Part>,
}

/// Counts the delegates who have a vote.
#[must_use]
pub fn count(seats: u32, delegates: &[DelegateFacts]) -> Qualification {
    let number = |holds: &dyn Fn(&DelegateFacts) -> bool| {
        u32::try_from(delegates.iter().filter(|one| holds(one)).count()).unwrap_or(u32::MAX)
    };
    let is = |field: &Option<String>, value: &str| field.as_deref() == Some(value);
    let mut grades: BTreeMap<i32, u32> = BTreeMap::new();
    for one in delegates {
        *grades.entry(one.grade).or_default() += 1;
    }
    Qualification {
        total: number(&|_| true),
        seats,
        women: number(&|one| is(&one.gender, "女")),
        men: number(&|one| is(&one.gender, "男")),
        gender_unknown: number(&|one| one.gender.is_none()),
        party: number(&|one| is(&one.political, "中共党员") || is(&one.political, "中共预备党员")),
        probationary: number(&|one| is(&one.political, "中共预备党员")),
        league: number(&|one| is(&one.political, "共青团员")),
        political_unknown: number(&|one| one.political.is_none()),
        minority: number(&|one| one.ethnic.as_deref().is_some_and(|ethnic| ethnic != "汉族")),
        ethnic_unknown: number(&|one| one.ethnic.is_none()),
        backbone: number(&|one| one.backbone),
        grades: grades.into_iter().map(|(year, count)| Part { name: format!("{year}级"), count }).collect(),
        sources: parts(delegates, |one| Some(one.source.clone())),
        delegations: parts(delegates, |one| one.delegation.clone()),
    }
}

/// How many are of each part, in the order in which the parts first come.
fn parts(delegates: &[DelegateFacts], name: impl Fn(&DelegateFacts) -> Option<String>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for name in delegates.iter().filter_map(name) {
        match parts.iter_mut().find(|part| part.name == name) {
            Some(part) => part.count += 1,
            None => parts.push(Part { name, count: 1 }),
        }
    }
    parts
}

impl Qualification {
    /// Delegates who are no backbone of a union.
    #[must_use]
    pub fn ordinary(&self) -> u32 {
        self.total - self.backbone.min(self.total)
    }

    /// CON-06: whether enough delegates are no backbone, where the plan has a share for it.
    #[must_use]
    pub fn breadth_by(&self, plan: &Plan) -> Option<Finding> {
        let Stated { value: Some(share), provision } = plan.figures.ordinary_delegates.as_ref()? else { return None };
        let least = share.ceil_of(self.total);
        let enough = self.ordinary() >= least;
        let verdict = if enough { Outcome::Pass } else { provision.breach() };
        let word = if enough { "不低于" } else { "低于" };
        let says = format!("非骨干代表 {} 人 ÷ 代表 {} 人，{word} {share}（{least} 人）", self.ordinary(), self.total);
        Some(Finding::new(provision, verdict, says).against(&self.ordinary(), format!(">={share}")))
    }

    /// CON-06: whether enough delegates are no backbone, where the League committee asks for a share and the plan does not.
    /// Practice, with its arithmetic.
    #[must_use]
    pub fn breadth(&self, least_percent: Option<u32>) -> Option<Finding> {
        let least = least_percent?;
        let enough = u64::from(self.ordinary()) * 100 >= u64::from(least) * u64::from(self.total);
        let verdict = if enough { Outcome::Pass } else { Outcome::Warn };
        let says = format!(
            "非骨干代表 {} 人 ÷ 代表 {} 人，{}{least}%（实践惯例）",
            self.ordinary(),
            self.total,
            if enough { "不低于" } else { "低于" }
        );
        Some(Finding::practice(Rule::Con06, verdict, says).against(&self.ordinary(), format!(">={least}%")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delegate(gender: &str, political: &str, ethnic: Option<&str>, grade: i32, backbone: bool) -> DelegateFacts {
        DelegateFacts {
            gender: Some(gender.to_owned()),
            political: Some(political.to_owned()),
            ethnic: ethnic.map(str::to_owned),
            grade,
            source: "院系各年级".to_owned(),
            delegation: None,
            backbone,
        }
    }

    #[test]
    fn s6_6_the_report_counts_each_delegate_once_and_says_what_is_not_known() {
        let delegates = [
            delegate("女", "中共预备党员", Some("汉族"), 2024, true),
            delegate("男", "共青团员", Some("回族"), 2023, false),
            delegate("女", "群众", None, 2024, false),
        ];
        let counted = count(4, &delegates);
        assert_eq!((counted.total, counted.seats, counted.women, counted.men), (3, 4, 2, 1));
        assert_eq!((counted.party, counted.probationary, counted.league), (1, 1, 1));
        assert_eq!((counted.minority, counted.ethnic_unknown), (1, 1));
        let grades: Vec<(&str, u32)> = counted.grades.iter().map(|part| (part.name.as_str(), part.count)).collect();
        assert_eq!(grades, [("2023级", 1), ("2024级", 2)]);
        assert_eq!(counted.sources[0].count, 3);
        assert_eq!(counted.ordinary(), 2);
    }

    #[test]
    fn con_06_the_share_of_ordinary_students_is_held_against_practice_exactly() {
        let delegates: Vec<DelegateFacts> =
            (0..5).map(|place| delegate("女", "共青团员", None, 2024, place < 2)).collect();
        let counted = count(5, &delegates);
        let verdict = |least| counted.breadth(least).map(|finding| finding.verdict);
        assert_eq!(
            (verdict(Some(60)), verdict(Some(61)), verdict(None)),
            (Some(Outcome::Pass), Some(Outcome::Warn), None)
        );
        let says = counted.breadth(Some(60)).unwrap();
        assert!(says.message.contains("3 人 ÷ 代表 5 人") && says.clause.is_none(), "{}", says.message);
    }
}
