//! DIS: what officers sign before their post begins and each academic year (DIS-01), how they are trained (DIS-02), and the
//! constitution by which a union works (DIS-03).

use time::{Date, Month};

use super::{Finding, Outcome, Plan, Rule, plan::Stated, roster::Member, yearly::academic_year};
use crate::text::chinese_day;

/// The text that a university's plan has its officers sign; a usual one where the plan is silent.
#[must_use]
pub fn pledge_title(plan: Option<&Plan>) -> String {
    let stated = plan.and_then(|plan| plan.figures.pledge.as_ref());
    stated.map_or_else(|| "学生会工作人员自律要求".to_owned(), |pledge| pledge.value.clone())
}

/// The last day of an academic year's start by which its pledge is signed: practice.
#[must_use]
pub fn sign_by(year: i32) -> Option<Date> {
    Date::from_calendar_date(year, Month::September, 30).ok()
}

/// DIS-01, before a post begins: everybody has signed in the academic year of its first day or in the one before, since
/// rounds are held in spring for posts that begin in autumn. None where there is no text to sign, or nobody to judge.
#[must_use]
pub fn before_post<'a>(plan: &Plan, people: impl IntoIterator<Item = &'a Member>, from: Date) -> Option<Finding> {
    let Stated { value: title, provision } = plan.figures.pledge.as_ref()?;
    let signs = |person: &&Member| person.pledged.is_some();
    let people: Vec<&Member> = people.into_iter().filter(signs).collect();
    let unsigned = |person: &&&Member| person.pledged.is_some_and(|year| year < academic_year(from) - 1);
    let missing: Vec<&Member> = people.iter().filter(unsigned).copied().collect();
    let first = people.first()?;
    if missing.is_empty() {
        let who = if people.len() == 1 { first.name.clone() } else { format!("{} 人", people.len()) };
        return Some(Finding::new(provision, Outcome::Pass, format!("{who}已签署《{title}》")));
    }
    let names: Vec<&str> = missing.iter().map(|person| person.name.as_str()).collect();
    let says = format!("{}还没有签署《{title}》", names.join("、"));
    let remedy = "请本人登录后在“自律承诺”里阅读全文并签署，再办理任职";
    let numbers = missing.iter().map(|person| person.number.clone()).collect();
    Some(Finding::new(provision, provision.breach(), says).about(numbers).remedy(remedy))
}

/// Who of a union's officers has signed in the academic year of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pledges {
    /// The university keeps the text in full.
    pub on_file: bool,
    /// People in posts.
    pub due: usize,
    /// The numbers of those who have not signed.
    pub missing: Vec<String>,
}

/// DIS-01, each academic year. That it is signed by the end of September is practice.
#[must_use]
pub fn pledged(plan: &Plan, facts: &Pledges, today: Date) -> Finding {
    let Some(Stated { value: title, provision }) = &plan.figures.pledge else {
        return Finding::unstated(Rule::Dis01, plan);
    };
    let Pledges { on_file, due, missing } = facts;
    if !on_file {
        let says = format!("系统里没有《{title}》的全文，不能签署");
        return Finding::new(provision, Outcome::Unknown, says).remedy("由校团委在“承诺签署”里存入全文");
    }
    let signed = due.saturating_sub(missing.len());
    let by = sign_by(academic_year(today));
    let finding = if missing.is_empty() {
        Finding::new(provision, Outcome::Pass, format!("在任 {due} 人，本学年都已签署《{title}》"))
    } else if let Some(by) = by.filter(|by| today <= *by) {
        let says = format!("在任 {due} 人，本学年已签署 {signed} 人，{}以前签完（系统默认的期限）", chinese_day(by));
        Finding::new(provision, Outcome::Pass, says)
    } else {
        let says = format!("在任 {due} 人，本学年还有 {} 人没有签署《{title}》", missing.len());
        Finding::new(provision, provision.breach(), says).remedy("请本人在“自律承诺”里签署；可以在“承诺签署”里提醒")
    };
    finding.against(&format!("{signed}/{due}"), format!("={due}/{due}")).about(missing.clone())
}

/// A half of an academic year, in which officers are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    Autumn,
    Spring,
}

impl Season {
    /// August to January, February to July.
    #[must_use]
    pub fn of(day: Date) -> Self {
        match day.month() {
            Month::August | Month::September | Month::October | Month::November | Month::December | Month::January => {
                Self::Autumn
            }
            _ => Self::Spring,
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Autumn => "秋季",
            Self::Spring => "春季",
        }
    }

    /// The season of the academic year that begins in August of `year` is over on a day.
    #[must_use]
    pub fn is_over(self, year: i32, day: Date) -> bool {
        let month = match self {
            Self::Autumn => Month::February,
            Self::Spring => Month::August,
        };
        Date::from_calendar_date(year + 1, month, 1).is_ok_and(|next| next <= day)
    }

    /// The first day of the season of a day, and the day from which a training is missed in it.
    fn bounds(day: Date) -> Option<(Date, Date)> {
        let (year, on) = (academic_year(day), Date::from_calendar_date);
        match Self::of(day) {
            Self::Autumn => on(year, Month::August, 1).ok().zip(on(year, Month::December, 15).ok()),
            Self::Spring => on(year + 1, Month::February, 1).ok().zip(on(year + 1, Month::June, 15).ok()),
        }
    }
}

/// A training that a union's officers were to attend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trained {
    pub on_day: Date,
    pub expected: usize,
    pub came: usize,
    /// Who came was taken down.
    pub closed: bool,
}

/// DIS-02: one training in spring and one in autumn, as the yearly disclosure asks; both plans only ask for daily education.
#[must_use]
pub fn trained(plan: &Plan, trainings: &[Trained], today: Date) -> Finding {
    if plan.provision(Rule::Dis02).is_none() {
        return Finding::unstated(Rule::Dis02, plan);
    }
    let season = Season::of(today);
    let label = season.label();
    let Some((first, missed)) = Season::bounds(today) else { return Finding::unstated(Rule::Dis02, plan) };
    let own = trainings.iter().filter(|training| first <= training.on_day && training.on_day <= today);
    let held = own.filter(|training| training.closed).max_by_key(|training| training.on_day);
    let planned = trainings.iter().any(|training| first <= training.on_day && !training.closed);
    let (outcome, says) = match held {
        Some(Trained { on_day, expected, came, .. }) => {
            (Outcome::Pass, format!("{}{label}培训，应到 {expected} 人，到会 {came} 人", chinese_day(*on_day)))
        }
        None if today >= missed => (Outcome::Warn, format!("{label}还没有举办工作人员培训")),
        None if planned => (Outcome::Pass, format!("{label}培训已安排，等登记到会")),
        None => (Outcome::Pass, format!("{label}培训未到期限（{}起提醒）", chinese_day(missed))),
    };
    let says = format!("{says}（春秋两季培训是改革自评的通行要求，{}只要求加强日常教育管理）", plan.short);
    Finding::practice(Rule::Dis02, outcome, says).remedy("在“教育培训”里安排，办完登记到会")
}

/// The constitution of a union as it is on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnFile {
    pub name: String,
    pub adopted_by: String,
    pub adopted_on: Date,
    /// Its versions on file.
    pub versions: usize,
}

/// DIS-03: a union works by its constitution, which is on file.
#[must_use]
pub fn constitution(plan: &Plan, on_file: Option<&OnFile>) -> Finding {
    let Some(provision) = plan.provision(Rule::Dis03) else { return Finding::unstated(Rule::Dis03, plan) };
    match on_file {
        None => Finding::new(provision, Outcome::Unknown, "系统里没有章程".to_owned())
            .remedy("由主管团组织在学生会的“章程”里存档"),
        Some(OnFile { name, adopted_by, adopted_on, versions }) => {
            let says = format!("《{name}》，{}{adopted_by}通过，存档 {versions} 版", chinese_day(*adopted_on));
            Finding::new(provision, Outcome::Pass, says)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::named,
        roster::{Post, tests::member},
    };

    fn plan() -> &'static Plan {
        named("suzhou-2020").unwrap()
    }

    #[test]
    fn dis_01_a_pledge_is_signed_before_the_post_begins() {
        let from = date!(2026 - 11 - 28);
        let someone = |pledged| Member { pledged, ..member(1, Post::Presidium) };
        let before = |pledged| before_post(plan(), &[someone(pledged)], from).map(|finding| finding.verdict);
        assert_eq!(before(None), None, "without a text nobody can sign");
        assert_eq!(before(Some(0)), Some(Outcome::Fail));
        assert_eq!(before(Some(2024)), Some(Outcome::Fail));
        assert_eq!(before(Some(2025)), Some(Outcome::Pass), "signed in spring for a post in autumn");
        assert_eq!(before(Some(2026)), Some(Outcome::Pass));
        let finding = before_post(plan(), &[someone(Some(2026)), someone(Some(0))], from).unwrap();
        assert_eq!(finding.subjects.len(), 1, "of several the one who has not");
        assert!(finding.clause.unwrap().quote.contains("自律公约"));
    }

    #[test]
    fn dis_01_everybody_in_a_post_signs_each_academic_year() {
        let facts = Pledges { on_file: true, due: 3, missing: vec!["1".to_owned()] };
        let on = |day| pledged(plan(), &facts, day).verdict;
        assert_eq!(on(date!(2026 - 09 - 30)), Outcome::Pass, "the time is not over");
        assert_eq!(on(date!(2026 - 10 - 01)), Outcome::Fail);
        assert_eq!(on(date!(2027 - 07 - 31)), Outcome::Fail, "of the year that began in August");
        let all = Pledges { missing: Vec::new(), ..facts.clone() };
        assert_eq!(pledged(plan(), &all, date!(2026 - 10 - 01)).verdict, Outcome::Pass);
        let none = Pledges { on_file: false, ..facts };
        assert_eq!(pledged(plan(), &none, date!(2026 - 10 - 01)).verdict, Outcome::Unknown, "never the same as no");
    }

    #[test]
    fn dis_02_a_training_each_autumn_and_spring_is_practice() {
        let held = |on_day| Trained { on_day, expected: 30, came: 28, closed: true };
        let on = |trainings: &[Trained], day| trained(plan(), trainings, day);
        let autumn = [held(date!(2026 - 10 - 12))];
        assert_eq!(on(&autumn, date!(2026 - 12 - 20)).verdict, Outcome::Pass);
        assert_eq!(on(&autumn, date!(2027 - 01 - 20)).verdict, Outcome::Pass);
        let missing = on(&autumn, date!(2027 - 06 - 15));
        assert_eq!(
            (missing.verdict, missing.clause),
            (Outcome::Warn, None),
            "spring wants its own, and no plan says so"
        );
        assert_eq!(on(&[], date!(2026 - 12 - 14)).verdict, Outcome::Pass);
        assert_eq!(on(&[], date!(2026 - 12 - 15)).verdict, Outcome::Warn);
    }

    #[test]
    fn dis_03_the_constitution_is_on_file_where_the_plan_names_it() {
        let suzhou = constitution(plan(), None);
        assert_eq!(suzhou.verdict, Outcome::Unknown);
        assert!(suzhou.clause.unwrap().quote.contains("依章程"));
        let jining = constitution(named("jining-2022").unwrap(), None);
        assert_eq!((jining.verdict, jining.clause), (Outcome::NotRequired, None));
        let file = OnFile {
            name: "学生会章程".to_owned(),
            adopted_by: "第六次学生代表大会".to_owned(),
            adopted_on: date!(2025 - 11 - 20),
            versions: 2,
        };
        assert_eq!(constitution(plan(), Some(&file)).verdict, Outcome::Pass);
    }
}
