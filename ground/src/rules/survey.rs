//! RGT-03: questionnaires are a routine. The plan that asks for it names no interval: how many in a semester is practice, or the
//! School Youth League committee's word.

use time::{Date, Duration};

use super::{Finding, Outcome, Plan, Rule};
use crate::text::chinese_day;

/// Questionnaires of a union in a semester, by practice.
pub const PER_SEMESTER: u32 = 1;
/// The fewest answers that are shown apart.
pub const FEWEST: usize = 5;
/// As many answers an anonymous questionnaire must have to be closed before its time: who waits for one person's answer and
/// closes then would know whose the last one is.
pub const FEWEST_EARLY: usize = 20;
/// So long before the end of a semester the last of its questionnaires must have been opened.
const BEFORE_END: Duration = Duration::days(14);

/// How many answers an open anonymous questionnaire has, in steps: who looks before and after somebody answers does not learn
/// that they did.
#[must_use]
pub fn in_steps(answers: usize) -> String {
    match answers {
        0..FEWEST => format!("少于 {FEWEST} 份"),
        FEWEST..10 => format!("{FEWEST} 份以上"),
        _ => format!("{} 份以上", answers / 10 * 10),
    }
}

/// A union's questionnaires of a semester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub semester: String,
    /// The first day after the semester.
    pub until_day: Date,
    /// Those that were opened to students in it.
    pub opened: u32,
    /// How many are to be held, as the League committee set it; none where practice holds.
    pub per_semester: Option<u32>,
}

impl Held {
    #[must_use]
    pub fn wanted(&self) -> u32 {
        self.per_semester.unwrap_or(PER_SEMESTER)
    }

    /// As many are missing.
    #[must_use]
    pub fn missing(&self) -> u32 {
        self.wanted().saturating_sub(self.opened)
    }

    /// The last day on which the last one is in time.
    #[must_use]
    pub fn due(&self) -> Date {
        self.until_day - BEFORE_END
    }
}

/// RGT-03: a union holds its questionnaires in every semester.
#[must_use]
pub fn regular(plan: &Plan, held: &Held, today: Date) -> Finding {
    let Some(provision) = plan.provision(Rule::Rgt03) else { return Finding::unstated(Rule::Rgt03, plan) };
    let (wanted, due) = (held.wanted(), held.due());
    let whose = if held.per_semester.is_some() { "校团委确定" } else { "实践惯例，校团委可以另定" };
    let said = format!("{}已开展 {} 次，应不少于 {wanted} 次", held.semester, held.opened);
    let source = format!("（每学期 {wanted} 次：{whose}，方案未写间隔）");
    let finding = if held.missing() == 0 {
        Finding::new(provision, Outcome::Pass, format!("{said}{source}"))
    } else if today > due {
        let says = format!("{said}，{}起逾期{source}", chinese_day(due));
        Finding::new(provision, Outcome::Warn, says).remedy("在“调研”里制作问卷，向同学开放")
    } else {
        Finding::new(provision, Outcome::Pass, format!("{said}，应在{}以前开展{source}", chinese_day(due)))
    };
    finding.against(&held.opened, format!(">={wanted}"))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    fn held(opened: u32, per_semester: Option<u32>) -> Held {
        Held { semester: "秋季学期".to_owned(), until_day: date!(2027 - 01 - 30), opened, per_semester }
    }

    #[test]
    fn rgt_03_a_semester_without_a_questionnaire_is_warned_of_before_its_end() {
        let plan = named("jining-2022").unwrap();
        assert_eq!(held(0, None).due(), date!(2027 - 01 - 16));
        let early = regular(plan, &held(0, None), date!(2027 - 01 - 16));
        assert!(early.verdict == Outcome::Pass && early.message.contains("应在2027年1月16日以前"), "{}", early.message);
        let late = regular(plan, &held(0, None), date!(2027 - 01 - 17));
        assert_eq!((late.verdict, late.clause.unwrap().id.as_str()), (Outcome::Warn, "J3.3.3"));
        assert!(late.message.contains("实践惯例") && late.message.contains("逾期"), "{}", late.message);
        let set = regular(plan, &held(1, Some(2)), date!(2027 - 01 - 17));
        assert!(set.verdict == Outcome::Warn && set.message.contains("校团委确定"), "{}", set.message);
        assert_eq!(regular(plan, &held(2, Some(2)), date!(2027 - 01 - 17)).verdict, Outcome::Pass);
    }

    #[test]
    fn answers_that_come_in_are_told_in_steps() {
        let said = [0, 4, 5, 9, 10, 19, 20, 137].map(in_steps);
        let steps =
            ["少于 5 份", "少于 5 份", "5 份以上", "5 份以上", "10 份以上", "10 份以上", "20 份以上", "130 份以上"];
        assert_eq!(said, steps);
    }

    #[test]
    fn rgt_03_nothing_is_judged_where_the_plan_is_silent() {
        let finding = regular(named("suzhou-2020").unwrap(), &held(0, None), date!(2027 - 01 - 17));
        assert!(finding.verdict == Outcome::NotRequired && finding.clause.is_none());
    }
}
