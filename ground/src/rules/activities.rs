//! POL-02, POL-03, ORG-10, ORG-11: what activities are for, for whom they are, who hosts them and with whom.

use time::OffsetDateTime;

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::words::words;

words! {
    /// What an activity is for: guidance and service stand in the plans (POL-02, POL-03).
    Purpose:
    Guidance = "guidance", "政治引领";
    Service = "service", "服务同学";
    Culture = "culture", "文体活动";
    Practice = "practice", "实践育人";
    Study = "study", "学业发展";
    Other = "other", "其他";
}

words! {
    /// How a participant found it.
    Satisfaction:
    Satisfied = "satisfied", "满意";
    Mostly = "mostly", "基本满意";
    Dissatisfied = "dissatisfied", "不满意";
}

words! {
    /// Whether the doors are open.
    CheckIn:
    NotYet = "not_yet", "还没有开始签到";
    Open = "open", "正在签到";
    Ended = "ended", "签到已结束";
}

words! {
    /// How somebody stands who signed up.
    Standing:
    In = "in", "已报名";
    Waiting = "waiting", "候补";
    Withdrawn = "withdrawn", "已取消";
}

/// For whom an activity is, as it is about to be announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Not for every enrolled student.
    pub is_narrow: bool,
    /// Why, in words.
    pub has_reason: bool,
    /// A college's union hosts it for the whole school.
    pub for_school: bool,
}

/// The permission to announce. Made by [`announce`] alone.
#[derive(Debug)]
pub struct Announced(());

/// POL-03: open to every enrolled student, unless a reason is stated. ORG-10: what a college hosts for the whole school is for
/// the whole school.
pub fn announce(plan: Option<&Plan>, audience: Audience) -> Verdict<Announced> {
    let Audience { is_narrow, has_reason, for_school } = audience;
    let mut findings = Vec::new();
    if is_narrow {
        let says = if has_reason {
            "限定了参加的范围，并写明理由"
        } else {
            "限定了参加的范围，没有写明理由"
        };
        findings.push(
            Finding::met_under(plan, Rule::Pol03, has_reason, says.to_owned())
                .remedy("面向全体同学开放；确需限定的，写明理由，同学能看到"),
        );
    }
    if for_school && is_narrow {
        let says = "院系承办面向全校的活动，不能只限本院系或一个年级".to_owned();
        findings.push(Finding::met_under(plan, Rule::Org10, false, says).remedy("不选“面向全校承办”，或者不限定范围"));
    }
    Verdict::seal(findings, Announced(()))
}

/// What somebody who signs up is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The matter is approved now: neither changed nor taken back.
    pub approved: bool,
    pub closes_at: OffsetDateTime,
    pub now: OffsetDateTime,
    pub enrolled: bool,
    /// They are of those whom it is for.
    pub is_for_them: bool,
    pub taken: u32,
    pub places: Option<u32>,
}

/// A place, or one in the waiting list. Made by [`sign_up`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    standing: Standing,
}

impl Place {
    #[must_use]
    pub fn standing(self) -> Standing {
        self.standing
    }
}

/// Who comes first has a place, who comes after waits for one.
pub fn sign_up(wish: Wish) -> Verdict<Place> {
    let Wish { approved, closes_at, now, enrolled, is_for_them, taken, places } = wish;
    let mut findings = Vec::new();
    let mut refuse = |says: &str, remedy: &str| {
        findings.push(Finding::house(Outcome::Fail, says.to_owned()).remedy(remedy));
    };
    if !approved {
        refuse("这项活动现在没有批准：正在修改，或者已被撤销", "报名暂停；恢复以后可以再报");
    }
    if now >= closes_at {
        refuse("报名已经截止", "请联系举办单位");
    }
    if !enrolled {
        refuse("报名须是在校学生", "学籍有误的，请学生工作部门更正");
    }
    if !is_for_them {
        refuse("你不在这项活动的范围以内", "范围和理由写在活动的页面上；有意见的请联系举办单位");
    }
    let full = places.is_some_and(|places| taken >= places);
    Verdict::seal(findings, Place { standing: if full { Standing::Waiting } else { Standing::In } })
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::rules::plan::named;

    #[test]
    fn pol_03_an_activity_is_for_everybody_unless_a_reason_is_stated() {
        for plan in [named("suzhou-2020"), named("jining-2022")] {
            let audience = Audience { is_narrow: false, has_reason: false, for_school: false };
            assert!(announce(plan, audience).permit().is_ok());
            let narrow = Audience { is_narrow: true, ..audience };
            let refused = announce(plan, narrow).permit().unwrap_err();
            assert!(refused[0].rule == Rule::Pol03 && refused[0].clause.is_some());
            assert!(announce(plan, Audience { has_reason: true, ..narrow }).permit().is_ok());
        }
    }

    #[test]
    fn org_10_what_a_college_hosts_for_the_whole_school_is_for_the_whole_school() {
        let audience = Audience { is_narrow: true, has_reason: true, for_school: true };
        let refused = announce(named("suzhou-2020"), audience).permit().unwrap_err();
        let finding = refused.iter().find(|finding| finding.rule == Rule::Org10).unwrap();
        assert_eq!(finding.clause.as_ref().unwrap().id, "S2.10");
        let silent = announce(named("jining-2022"), audience).permit().unwrap_err();
        let finding = silent.iter().find(|finding| finding.rule == Rule::Org10).unwrap();
        assert!(finding.clause.is_none() && finding.message.contains("实践惯例"));
        assert!(announce(named("suzhou-2020"), Audience { is_narrow: false, ..audience }).permit().is_ok());
    }

    #[test]
    fn whoever_comes_after_the_last_place_waits() {
        let now = datetime!(2026-11-20 10:00 +8);
        let wish = Wish {
            approved: true,
            closes_at: now + Duration::SECOND,
            now,
            enrolled: true,
            is_for_them: true,
            taken: 1,
            places: Some(2),
        };
        let standing = |wish| sign_up(wish).permit().ok().map(Place::standing);
        assert_eq!(standing(wish), Some(Standing::In));
        assert_eq!(standing(Wish { taken: 2, ..wish }), Some(Standing::Waiting));
        assert_eq!(standing(Wish { taken: 9, places: None, ..wish }), Some(Standing::In));
        assert_eq!(standing(Wish { closes_at: now, ..wish }), None);
        assert_eq!(standing(Wish { approved: false, ..wish }), None);
        assert_eq!(standing(Wish { enrolled: false, ..wish }), None);
        assert_eq!(standing(Wish { is_for_them: false, ..wish }), None);
    }
}
