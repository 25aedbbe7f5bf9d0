//! Rules of a university's own, which stand in no catalogue: quoted, with the shape of what they ask and, where the file says
//! it, the limit that a reported fact is held against.

use std::collections::BTreeSet;

use time::{Date, Month};

use super::{
    keys::{Keys, list_of, quoted},
    section::{Section, with_words},
    share::Share,
    words::Union,
};
use crate::{rules::Clause, words::words};

words! {
    /// The shape of what such a rule asks.
    OwnCheck:
    People = "people", "核对人数";
    Share = "share", "核对比例";
    Date = "date", "核对日期";
    Document = "document", "核对存档文件";
    Step = "step", "核对办理步骤";
    Term = "term", "核对任期";
    Experience = "experience", "核对任职经历";
}

words! {
    /// Whose term it is.
    TermOf:
    Presidium = "presidium", "主席团成员";
    Department = "department", "工作部门成员";
    Delegates = "delegates", "学生代表大会代表";
}

/// A day of every academic year, which begins in August.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearDay {
    month: Month,
    day: u8,
}

impl YearDay {
    /// Reads `06-30`; none for what is no day of every year.
    fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        if month.len() != 2 || day.len() != 2 {
            return None;
        }
        let (month, day) = (Month::try_from(month.parse::<u8>().ok()?).ok()?, day.parse().ok()?);
        // 2026 has no 29 February: a day that some years lack is none of every year.
        Date::from_calendar_date(2026, month, day).is_ok().then_some(Self { month, day })
    }

    /// The day in the academic year that began in August of a calendar year.
    #[must_use]
    pub fn in_year(self, began: i32) -> Option<Date> {
        let is_later = u8::from(self.month) < u8::from(Month::August);
        Date::from_calendar_date(began + i32::from(is_later), self.month, self.day).ok()
    }

    /// `6月30日`.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("{}月{}日", u8::from(self.month), self.day)
    }

    fn written(self) -> String {
        format!("{:02}-{:02}", u8::from(self.month), self.day)
    }
}

/// What a plan says of re-election (连任). Where it says nothing there is no such answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reelection {
    /// So many terms may follow the first one.
    Times(u32),
    /// 可以连选连任: the plan says so, and sets no bound.
    Unlimited,
}

/// Stands for a number of terms in the file.
const UNLIMITED: &str = "unlimited";

impl Reelection {
    fn read(table: &Section<'_>, key: &str) -> Option<Self> {
        let value = table.need(key)?;
        match value.get_ref().as_str() {
            Some(UNLIMITED) => Some(Self::Unlimited),
            Some(_) => table.wrong(key, value, " 0 至 10 的整数，或者 \"unlimited\"（可以连任，不限届数）"),
            None => table.number(key, 0..=10).map(Self::Times),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Times(0) => "不得连任".to_owned(),
            Self::Times(again) => format!("连任不超过 {again} 届"),
            Self::Unlimited => "可以连任，不限届数".to_owned(),
        }
    }
}

/// What a reported fact is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnLimit {
    /// How many people.
    People {
        /// 0 where the rule sets no lower bound.
        at_least: u32,
        at_most: Option<u32>,
    },
    /// So many of so many.
    Share { at_least: Option<Share>, at_most: Option<Share> },
    /// Once an academic year: by a day of it, or at any time.
    Yearly { by: Option<YearDay> },
    /// How long one holds office: nobody reports it, the union's own record says so.
    Term {
        of: TermOf,
        /// How long one term is, in years.
        years: u32,
        /// None where the plan does not say.
        again: Option<Reelection>,
    },
    /// How long one has to have served before: the union's own record says so of those who served in it.
    Experience {
        of: TermOf,
        /// In months.
        months: u32,
    },
}

impl OwnLimit {
    const KEYS: [&'static str; 7] = ["at_least", "at_most", "by", "of", "years", "reelections", "months"];

    /// The limit for a check; none where the file names none, and then people judge.
    fn read(table: &Section<'_>, check: OwnCheck) -> Option<Self> {
        let fits: &[&str] = match check {
            OwnCheck::People | OwnCheck::Share => &["at_least", "at_most"],
            OwnCheck::Date | OwnCheck::Document | OwnCheck::Step => &["by"],
            OwnCheck::Term => &["of", "years", "reelections"],
            OwnCheck::Experience => &["of", "months"],
        };
        for key in Self::KEYS.iter().filter(|key| !fits.contains(key) && table.get(key).is_some()) {
            let may = fits.join("、");
            table.error(table.at, format!("{} 是“{}”，不能写 {key}；可以写：{may}", table.path, check.label()));
        }
        if fits.iter().all(|key| table.get(key).is_none()) {
            return None;
        }
        match check {
            OwnCheck::People => {
                let at_least = table.optional("at_least", |key| table.number(key, 0..=100_000)).unwrap_or(0);
                let at_most = table.optional("at_most", |key| table.number(key, 0..=100_000));
                ordered(table, at_most.is_some_and(|most| most < at_least));
                Some(Self::People { at_least, at_most })
            }
            OwnCheck::Share => {
                let at_least = table.optional("at_least", |key| table.share(key));
                let at_most = table.optional("at_most", |key| table.share(key));
                ordered(table, at_least.zip(at_most).is_some_and(|(least, most)| most < least));
                Some(Self::Share { at_least, at_most })
            }
            OwnCheck::Date | OwnCheck::Document | OwnCheck::Step => {
                let text = table.string("by", 5)?;
                if text == "year" {
                    return Some(Self::Yearly { by: None });
                }
                let by = YearDay::parse(&text);
                if by.is_none() {
                    let says = "应为每年的一天，如 \"06-30\"，或者 \"year\"（一学年之内）";
                    table.error(table.at, format!("{}.by {says}", table.path));
                }
                by.map(|by| Self::Yearly { by: Some(by) })
            }
            OwnCheck::Term => {
                let of = table.one_of("of", &with_words(TermOf::ALL, TermOf::slug));
                let years = table.number("years", 1..=10);
                let again = table.optional("reelections", |key| Reelection::read(table, key));
                Some(Self::Term { of: of?, years: years?, again })
            }
            OwnCheck::Experience => {
                let of = table.one_of("of", &with_words(TermOf::ALL, TermOf::slug));
                let months = table.number("months", 1..=60);
                Some(Self::Experience { of: of?, months: months? })
            }
        }
    }

    fn write(self, keys: &mut Keys) {
        match self {
            Self::People { at_least, at_most } => {
                if at_least > 0 || at_most.is_none() {
                    keys.bare("at_least", at_least);
                }
                if let Some(most) = at_most {
                    keys.bare("at_most", most);
                }
            }
            Self::Share { at_least, at_most } => {
                for (key, share) in [("at_least", at_least), ("at_most", at_most)] {
                    if let Some(share) = share {
                        keys.bare(key, quoted(&share.to_string()));
                    }
                }
            }
            Self::Yearly { by } => keys.text("by", &by.map_or_else(|| "year".to_owned(), YearDay::written)),
            Self::Term { of, years, again } => {
                keys.text("of", of.slug());
                keys.bare("years", years);
                match again {
                    None => {}
                    Some(Reelection::Times(again)) => keys.bare("reelections", again),
                    Some(Reelection::Unlimited) => keys.text("reelections", UNLIMITED),
                }
            }
            Self::Experience { of, months } => {
                keys.text("of", of.slug());
                keys.bare("months", months);
            }
        }
    }

    /// The limit in words: `不少于 1 人`, `每学年 6月30日前`.
    #[must_use]
    pub fn in_words(self) -> String {
        let both = |least: Option<String>, most: Option<String>| {
            let least = least.map(|least| format!("不少于 {least}"));
            let most = most.map(|most| format!("不超过 {most}"));
            least.into_iter().chain(most).collect::<Vec<_>>().join("，")
        };
        match self {
            Self::People { at_least, at_most } => {
                let least = Some(at_least).filter(|least| *least > 0 || at_most.is_none());
                both(least.map(|least| format!("{least} 人")), at_most.map(|most| format!("{most} 人")))
            }
            Self::Share { at_least, at_most } => {
                both(at_least.map(|share| share.to_string()), at_most.map(|share| share.to_string()))
            }
            Self::Yearly { by: Some(by) } => format!("每学年 {}前", by.in_words()),
            Self::Yearly { by: None } => "每学年一次".to_owned(),
            Self::Term { of, years, again } => {
                let again = again.map(|again| format!("，{}", again.in_words())).unwrap_or_default();
                format!("{}一届 {years} 年{again}", of.label())
            }
            Self::Experience { of, months } => format!("{}任职前须有满 {months} 个月的任职经历", of.label()),
        }
    }
}

fn ordered(table: &Section<'_>, wrong: bool) {
    if wrong {
        table.error(table.at, format!("{} 的 at_least 大于 at_most", table.path));
    }
}

/// A rule of the university's own. The portal quotes it, and holds what is reported against its limit, where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    /// Of one plan, a name stands once.
    pub name: String,
    pub check: OwnCheck,
    /// What is asked, in a few words: `每班 1 名联络员`.
    pub asks: String,
    /// What a report is held against; none where people judge.
    pub limit: Option<OwnLimit>,
    /// 一般、原则上: a breach is a warning.
    pub soft: bool,
    /// The unions of which it is asked; none for all of the plan's.
    pub unions: Option<BTreeSet<Union>>,
    /// At least one.
    pub clauses: Vec<Clause>,
}

impl OwnRule {
    /// It is asked of such a union.
    #[must_use]
    pub fn is_of(&self, union: Union) -> bool {
        self.unions.as_ref().is_none_or(|unions| unions.contains(&union))
    }

    /// A union reports how it stands to it: there is a limit, and the portal does not know by itself.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.limit.is_some_and(|limit| !matches!(limit, OwnLimit::Term { .. } | OwnLimit::Experience { .. }))
    }

    /// How it is checked, with the limit where there is one.
    #[must_use]
    pub fn check_in_words(&self) -> String {
        match self.limit {
            Some(limit) => format!("{}：{}", self.check.label(), limit.in_words()),
            None => format!("{}，由人工把关", self.check.label()),
        }
    }
}

pub(super) fn read_own(file: &Section<'_>, clauses: impl Fn(&Section<'_>) -> Vec<Clause>) -> Vec<OwnRule> {
    let Some(items) = file.optional("own", |key| file.items(key)) else { return Vec::new() };
    let mut names = BTreeSet::new();
    let mut one = |item| {
        let table = file.section_of("own", item)?;
        table.only(&[&["name", "check", "asks", "soft", "unions", "clauses"][..], &OwnLimit::KEYS].concat());
        let (name, asks) = (table.string("name", 40), table.string("asks", 100));
        let check = table.one_of("check", &with_words(OwnCheck::ALL, OwnCheck::slug));
        let limit = check.and_then(|check| OwnLimit::read(&table, check));
        let soft = table.optional("soft", |key| table.boolean(key)).unwrap_or_default();
        let unions = table.optional("unions", |key| table.words(key, &with_words(Union::ALL, Union::slug)));
        if unions.as_ref().is_some_and(Vec::is_empty) {
            table.error(table.at, format!("{} 的 unions 不能为空", table.path));
        }
        let clauses = clauses(&table);
        if let Some(name) = name.as_ref().filter(|name| !names.insert((*name).clone())) {
            table.error(table.at, format!("own 中“{name}”写了两次"));
        }
        let unions = unions.map(|unions| unions.into_iter().collect());
        Some(OwnRule { name: name?, check: check?, asks: asks?, limit, soft, unions, clauses })
    };
    items.iter().filter_map(&mut one).collect()
}

pub(super) fn write_own(rules: &[OwnRule], keys: &mut Keys, clause: impl Fn(&Clause) -> String) {
    for rule in rules {
        keys.head("[own]");
        keys.text("name", &rule.name);
        keys.text("check", rule.check.slug());
        keys.text("asks", &rule.asks);
        if let Some(limit) = rule.limit {
            limit.write(keys);
        }
        if rule.soft {
            keys.bare("soft", true);
        }
        if let Some(unions) = &rule.unions {
            keys.bare("unions", list_of(&unions.iter().map(|union| union.slug()).collect::<Vec<_>>()));
        }
        keys.tables("clauses", &rule.clauses.iter().map(&clause).collect::<Vec<_>>());
    }
}
