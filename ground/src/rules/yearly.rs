//! CON: a congress each year.

use std::fmt::Write as _;

use time::{Date, Month};

use super::{Finding, Outcome, Plan, Rule, plan::Union};
use crate::text::chinese_day;

/// What is on record of a union's congresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CongressYears {
    /// The last days of those that were held.
    pub held: Vec<Date>,
    /// The day for which one is being prepared.
    pub planned: Option<Date>,
    /// The years without one, and why.
    pub slips: Vec<Slip>,
}

/// Why an academic year has no congress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The first day of that year.
    pub from: Date,
    /// The first day after it.
    pub until: Date,
    pub reason: String,
}

/// The year in which the academic year of a day began: August to July.
#[must_use]
pub fn academic_year(day: Date) -> i32 {
    if u8::from(day.month()) >= u8::from(Month::August) { day.year() } else { day.year() - 1 }
}

/// The first day of the academic year that begins in a year: 1 August. None for a year that no calendar has.
#[must_use]
pub fn first_day(academic_year: i32) -> Option<Date> {
    Date::from_calendar_date(academic_year, Month::August, 1).ok()
}

/// A year after a day; of 29 February, the next 1 March.
#[must_use]
pub fn year_after(day: Date) -> Date {
    let next = day.year() + 1;
    day.replace_year(next).unwrap_or_else(|_| day.next_day().and_then(|day| day.replace_year(next).ok()).unwrap_or(day))
}

impl CongressYears {
    /// The last congress held by a day.
    #[must_use]
    pub fn last(&self, day: Date) -> Option<Date> {
        self.held.iter().copied().filter(|held| *held <= day).max()
    }

    /// The days on which a year without a congress is over.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.held.iter().flat_map(|held| [Some(*held), year_after(*held).next_day()]).flatten()
    }
}

/// An academic year in words: `2026—2027 学年`.
#[must_use]
pub fn academic_year_in_words(year: i32) -> String {
    format!("{year}—{} 学年", year + 1)
}

/// Academic years since the last congress that were over on a day and had none, at most three; then the one of the day, if it
/// has none yet.
fn years_without(last: Date, day: Date) -> String {
    let (last, now) = (academic_year(last), academic_year(day));
    let over: Vec<String> = (last + 1..now).rev().take(3).map(academic_year_in_words).collect();
    let mut says = String::new();
    if !over.is_empty() {
        let _ = write!(says, "；{}没有召开", over.join("、"));
    }
    if last < now {
        let _ = write!(says, "；{}还没有召开", academic_year_in_words(now));
    }
    says
}

/// CON-01, 每年召开一次, and CON-02, 原则上每年召开一次: twelve months from the last congress, which is never longer than an
/// academic year without one; which academic years have none is said beside. Neither plan speaks of a congress of graduates.
#[must_use]
pub fn yearly(plan: &Plan, union: Union, years: &CongressYears, day: Date) -> Option<Finding> {
    let figures = &plan.figures;
    let (rule, stated) = match union {
        Union::School => {
            (Rule::Con01, figures.school_congress.as_ref().map(|said| (said.value.every, &said.provision)))
        }
        Union::College => {
            (Rule::Con02, figures.college_congress.as_ref().map(|said| (said.value.times.every, &said.provision)))
        }
        Union::Graduate => return None,
    };
    let Some((every, provision)) = stated else {
        return Some(Finding::unstated(rule, plan));
    };
    let planned = match years.planned {
        Some(planned) => format!("，正在筹备，拟于{}召开", chinese_day(planned)),
        None => String::new(),
    };
    let Some(last) = years.last(day) else {
        let says = format!("没有以往大会的记录{planned}");
        let remedy = "在“学代会”里登记最近一次大会，或筹备本学年的大会";
        return Some(
            Finding::new(provision, Outcome::Unknown, says)
                .against(&"", if every == 1 { "每年一次".to_owned() } else { format!("每 {every} 年一次") })
                .remedy(remedy),
        );
    };
    let due = (0..every).fold(last, |day, _| year_after(day));
    let period = if every == 1 { "一年".to_owned() } else { format!(" {every} 年") };
    let mut says = format!("最近一次大会{}，满{period}为{}{planned}", chinese_day(last), chinese_day(due));
    let outcome = if day <= due { Outcome::Pass } else { provision.breach() };
    if day > due {
        let _ = write!(says, "，已超过{}没有召开", period.trim_end());
        says.push_str(&years_without(last, day));
        let slip = years.slips.iter().find(|slip| slip.from <= day && day < slip.until);
        if let Some(slip) = slip {
            let _ = write!(says, "；说明的理由：{}", slip.reason);
        }
    } else if every == 1 {
        says.push_str(&years_without(last, day));
    }
    Some(Finding::new(provision, outcome, says).against(&last, format!("不晚于 {due}")).remedy("筹备并召开大会"))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    fn verdict(union: Union, held: &[Date], day: Date) -> Finding {
        let years = CongressYears { held: held.to_vec(), ..CongressYears::default() };
        yearly(named("suzhou-2020").unwrap(), union, &years, day).unwrap()
    }

    #[test]
    fn s6_1_a_school_without_a_congress_for_a_year_fails() {
        let held = [date!(2024 - 11 - 02), date!(2025 - 11 - 20)];
        assert_eq!(verdict(Union::School, &held, date!(2026 - 11 - 20)).verdict, Outcome::Pass);
        let late = verdict(Union::School, &held, date!(2026 - 11 - 21));
        assert_eq!((late.rule, late.verdict), (Rule::Con01, Outcome::Fail));
        assert!(late.message.contains("2025年11月20日") && late.clause.is_some(), "{late:?}");
        let unknown = verdict(Union::School, &[], date!(2026 - 11 - 21));
        assert_eq!(unknown.verdict, Outcome::Unknown, "never the same as no");
        assert_eq!(verdict(Union::School, &held, date!(2025 - 03 - 01)).verdict, Outcome::Pass, "as it was then");
    }

    #[test]
    fn s6_5_a_college_is_warned_and_its_reason_is_said() {
        let slip =
            Slip { from: date!(2026 - 08 - 01), until: date!(2027 - 08 - 01), reason: "校区搬迁".to_owned() };
        let years = CongressYears { held: vec![date!(2025 - 04 - 02)], planned: None, slips: vec![slip] };
        let plan = named("jining-2022").unwrap();
        let finding = yearly(plan, Union::College, &years, date!(2026 - 11 - 01)).unwrap();
        assert_eq!((finding.rule, finding.verdict), (Rule::Con02, Outcome::Warn));
        assert!(finding.message.ends_with("说明的理由：校区搬迁"), "{}", finding.message);
        let before = yearly(plan, Union::College, &years, date!(2026 - 05 - 01)).unwrap();
        assert!(!before.message.contains("校区搬迁"), "a reason holds for its year");
        assert!(yearly(plan, Union::Graduate, &years, date!(2026 - 11 - 01)).is_none());
    }

    #[test]
    fn s6_1_the_academic_years_without_a_congress_are_named() {
        let held = [date!(2024 - 10 - 10)];
        let says = |day| verdict(Union::School, &held, day).message;
        assert!(!says(date!(2025 - 06 - 01)).contains("学年"), "{}", says(date!(2025 - 06 - 01)));
        let next = verdict(Union::School, &held, date!(2025 - 09 - 01));
        assert_eq!(next.verdict, Outcome::Pass, "twelve months are not over");
        assert!(next.message.ends_with("2025—2026 学年还没有召开"), "{}", next.message);
        let late = says(date!(2026 - 11 - 01));
        assert!(late.contains("2025—2026 学年没有召开；2026—2027 学年还没有召开"), "{late}");
    }

    #[test]
    fn a_leap_day_has_its_year_on_the_first_of_march() {
        assert_eq!(year_after(date!(2028 - 02 - 29)), date!(2029 - 03 - 01));
        assert_eq!(year_after(date!(2026 - 11 - 28)), date!(2027 - 11 - 28));
    }
}
