//! RGT-05: delegates and officers are in direct contact with classes. That each class is contacted monthly is practice: no
//! plan has a number.

use time::{Date, Duration};

use super::{Finding, Outcome, Plan, Rule};
use crate::workdays::Break;

/// The months within which a class is contacted, as is usual.
pub const EVERY: u32 = 1;

/// Classes named in a finding; the page has them all.
const NAMED: usize = 3;
/// A month that begins for somebody after this day does not count for them.
const MIDDLE: u8 = 15;
/// Months that are looked ahead, whatever the breaks.
const FAR: usize = 60;

/// A class, and how those in contact with it stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassContact {
    pub name: String,
    /// Since when somebody is in contact with it; none where nobody is.
    pub since: Option<Date>,
    /// The last contact.
    pub last: Option<Date>,
}

/// How often classes are to be contacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// At least once in so many months.
    pub every: u32,
    /// A month of which less than half lies in term does not count.
    pub breaks: Vec<Break>,
}

impl Rhythm {
    /// `每月`, `每 2 个月`.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.every <= 1 { "每月".to_owned() } else { format!("每 {} 个月", self.every) }
    }

    fn counts(&self, month: Date) -> bool {
        let days = days_of(month);
        let away = |day: &Date| self.breaks.iter().any(|one| one.from <= *day && *day <= one.last);
        days.iter().filter(|day| away(day)).count() * 2 <= days.len()
    }

    /// The last day on which a class is contacted in time.
    #[must_use]
    pub fn due(&self, since: Date, last: Option<Date>) -> Date {
        let mut month = month_of(last.unwrap_or(since));
        let mut left = self.every.max(1);
        if last.is_none() && since.day() <= MIDDLE && self.counts(month) {
            left -= 1;
        }
        for _ in 0..FAR {
            if left == 0 {
                break;
            }
            month = next_month(month);
            left -= u32::from(self.counts(month));
        }
        last_of(month)
    }
}

/// The first day of a day's month.
#[must_use]
pub fn month_of(day: Date) -> Date {
    day - Duration::days(i64::from(day.day()) - 1)
}

/// The first day of the month after; `first` is the first of a month.
fn next_month(first: Date) -> Date {
    month_of(first + Duration::days(31))
}

/// The last day of the month that begins on `first`.
#[must_use]
pub fn last_of(first: Date) -> Date {
    next_month(first) - Duration::DAY
}

/// The days of the month that begins on `first`.
fn days_of(first: Date) -> Vec<Date> {
    let last = last_of(first);
    std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= last).collect()
}

/// The first days of so many months, the last one that of `today`.
#[must_use]
pub fn months_until(today: Date, count: usize) -> Vec<Date> {
    let before = |first: &Date| Some(month_of(*first - Duration::DAY));
    let mut months: Vec<Date> = std::iter::successors(Some(month_of(today)), before).take(count).collect();
    months.reverse();
    months
}

fn named(classes: &[&ClassContact]) -> String {
    let names: Vec<&str> = classes.iter().take(NAMED).map(|class| class.name.as_str()).collect();
    let more = if classes.len() > NAMED { format!("等 {} 个班级", classes.len()) } else { String::new() };
    format!("{}{more}", names.join("、"))
}

/// RGT-05: every class has somebody in contact with it, and was contacted in time.
#[must_use]
pub fn direct_contact(plan: &Plan, classes: &[ClassContact], rhythm: &Rhythm, today: Date) -> Finding {
    let Some(provision) = plan.provision(Rule::Rgt05) else { return Finding::unstated(Rule::Rgt05, plan) };
    let practice = format!("每个班级有人联系、{}至少联系一次是实践惯例，本校可以调整", rhythm.in_words());
    let total = classes.len();
    let bare: Vec<&ClassContact> = classes.iter().filter(|class| class.since.is_none()).collect();
    let is_late = |class: &&ClassContact| class.since.is_some_and(|since| rhythm.due(since, class.last) < today);
    let late: Vec<&ClassContact> = classes.iter().filter(is_late).collect();
    let kept = total - bare.len() - late.len();
    let measured = format!("{kept}/{total}");
    if bare.is_empty() && late.is_empty() {
        let says = match total {
            0 => "没有需要联系的班级".to_owned(),
            _ => format!("{total} 个班级都有人联系，没有逾期（{practice}）"),
        };
        return Finding::new(provision, Outcome::Pass, says).against(&measured, format!("={total}/{total}"));
    }
    let mut says = vec![format!("{total} 个班级")];
    if !bare.is_empty() {
        says.push(format!("没有人联系的 {} 个：{}", bare.len(), named(&bare)));
    }
    if !late.is_empty() {
        says.push(format!("逾期没有联系的 {} 个：{}", late.len(), named(&late)));
    }
    Finding::new(provision, Outcome::Warn, format!("{}（{practice}）", says.join("，")))
        .against(&measured, format!("={total}/{total}"))
        .remedy("在“直接联系同学”里安排联系人；已经联系的，请联系人登记")
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named as plan;

    fn monthly() -> Rhythm {
        Rhythm { every: EVERY, breaks: Vec::new() }
    }

    #[test]
    fn a_class_is_due_by_the_end_of_the_month_after_its_last_contact() {
        let due = |since, last| monthly().due(since, last);
        let since = date!(2026 - 09 - 10);
        assert_eq!(due(since, None), date!(2026 - 09 - 30), "the month in which it began");
        assert_eq!(due(date!(2026 - 09 - 16), None), date!(2026 - 10 - 31), "past its middle");
        assert_eq!(due(since, Some(date!(2026 - 10 - 01))), date!(2026 - 11 - 30));
        assert_eq!(due(since, Some(date!(2026 - 12 - 31))), date!(2027 - 01 - 31), "over New Year");
        let rarely = Rhythm { every: 2, ..monthly() };
        assert_eq!(rarely.due(since, Some(date!(2026 - 10 - 01))), date!(2026 - 12 - 31));
        assert_eq!(Rhythm { every: 0, ..monthly() }.due(since, None), date!(2026 - 09 - 30), "at least one");
    }

    #[test]
    fn a_month_away_from_the_university_does_not_count() {
        let away = Break { name: "暑假".to_owned(), from: date!(2026 - 07 - 10), last: date!(2026 - 08 - 31) };
        let rhythm = Rhythm { every: 1, breaks: vec![away] };
        assert_eq!(rhythm.due(date!(2026 - 03 - 01), Some(date!(2026 - 06 - 20))), date!(2026 - 09 - 30));
        let always = Break { name: "停课".to_owned(), from: date!(2026 - 01 - 01), last: date!(2099 - 12 - 31) };
        let rhythm = Rhythm { every: 1, breaks: vec![always] };
        assert!(rhythm.due(date!(2026 - 03 - 01), None) > date!(2030 - 01 - 01), "it ends");
    }

    #[test]
    fn months_end_with_that_of_today() {
        let months = months_until(date!(2027 - 02 - 28), 3);
        assert_eq!(months, [date!(2026 - 12 - 01), date!(2027 - 01 - 01), date!(2027 - 02 - 01)]);
        assert_eq!(last_of(date!(2028 - 02 - 01)), date!(2028 - 02 - 29));
    }

    #[test]
    fn rgt_05_a_class_that_nobody_contacts_is_warned_of_under_the_clause() {
        let class = |name: &str, since, last| ClassContact { name: name.to_owned(), since, last };
        let (since, today) = (Some(date!(2026 - 09 - 01)), date!(2026 - 11 - 20));
        let classes = [
            class("软件2401班", since, Some(date!(2026 - 10 - 09))),
            class("软件2402班", since, Some(date!(2026 - 09 - 09))),
            class("软件2403班", None, None),
        ];
        for (code, clause) in [("jining-2022", "J2.2.4"), ("suzhou-2020", "S1.4")] {
            let plan = plan(code).unwrap();
            let found = direct_contact(plan, &classes, &monthly(), today);
            assert_eq!((found.verdict, found.measured.as_str()), (Outcome::Warn, "1/3"));
            assert!(found.message.contains("没有人联系的 1 个：软件2403班"), "{}", found.message);
            assert!(found.message.contains("逾期没有联系的 1 个：软件2402班"), "{}", found.message);
            assert!(found.message.contains("实践惯例"), "no words in a plan's mouth");
            assert_eq!(found.clause.unwrap().id, clause);
            let kept = direct_contact(plan, &classes[..1], &monthly(), today);
            assert_eq!((kept.verdict, kept.measured.as_str()), (Outcome::Pass, "1/1"));
        }
    }

    #[test]
    fn rgt_05_where_a_plan_is_silent_nothing_is_judged() {
        let silent = plan("jining-2022").unwrap().as_of(date!(2020 - 01 - 01));
        let class = ClassContact { name: "软件2401班".to_owned(), since: None, last: None };
        let found = direct_contact(&silent, &[class], &monthly(), date!(2026 - 11 - 20));
        assert!(!found.verdict.is_judged() && found.clause.is_none(), "{}", found.message);
    }
}
