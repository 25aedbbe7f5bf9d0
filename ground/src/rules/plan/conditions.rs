//! ELG: what a plan asks of a person's marks, over which time, and whom it exempts in its own words.

use super::{
    keys::{Inline, Keys, quoted},
    section::{Section, with_words},
    share::Share,
};
use crate::{
    rules::measure::{Measure, RankBase, RankedBy},
    words::words,
};

words! {
    /// Over which time marks count.
    MarkPeriod:
    Semester = "semester", "上学期";
    Year = "year", "上学年";
    Entry = "entry", "入学以来";
}

words! {
    /// Whom a plan may exempt.
    Exempted:
    FirstYear = "first_year", "新生";
    Graduate = "graduate", "研究生";
}

/// Somebody whom the plan exempts in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    pub who: Exempted,
    /// The name of the clause that says so, one of the rule's own.
    pub clause: String,
}

/// What marks a condition looks at, and whom it exempts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Any of these times will do; empty where the plan does not say.
    pub periods: Vec<MarkPeriod>,
    /// 必修课 alone.
    pub required_only: bool,
    /// Those named and nobody else; none where the plan leaves it to practice.
    pub exempt: Option<Vec<Exemption>>,
}

impl Marks {
    fn read(section: &Section<'_>) -> Self {
        let words = |key| section.words(key, &with_words(MarkPeriod::ALL, MarkPeriod::slug));
        let periods = section.optional("periods", words).unwrap_or_default();
        let required_only = section.optional("required_only", |key| section.boolean(key)).unwrap_or_default();
        let exempt = section.optional("exempt", |key| read_exempt(section, key));
        Self { periods, required_only, exempt }
    }

    /// What is special about it, in words.
    fn in_words(&self) -> Vec<String> {
        let mut says = Vec::new();
        match self.periods.as_slice() {
            [] => {}
            [one] => says.push(one.label().to_owned()),
            more => says.push(format!("{}中任一", labels(more, MarkPeriod::label))),
        }
        if self.required_only {
            says.push("只计必修课".to_owned());
        }
        match self.exempt.as_deref() {
            None => {}
            Some([]) => says.push("没有例外".to_owned()),
            Some(exempt) => {
                let who: Vec<&str> = exempt.iter().map(|one| one.who.label()).collect();
                says.push(format!("{}除外", who.join("、")));
            }
        }
        says
    }

    fn write(&self, keys: &mut Keys) {
        if !self.periods.is_empty() {
            keys.list("periods", &self.periods.iter().map(|one| one.slug()).collect::<Vec<_>>());
        }
        if self.required_only {
            keys.bare("required_only", true);
        }
        if let Some(exempt) = &self.exempt {
            let table =
                |one: &Exemption| Inline::default().text("who", one.who.slug()).text("clause", &one.clause).end();
            keys.tables("exempt", &exempt.iter().map(table).collect::<Vec<_>>());
        }
    }

    /// The plan itself exempts them; none where it does not say who is.
    #[must_use]
    pub fn exempts(&self, who: Exempted) -> Option<bool> {
        self.exempt.as_ref().map(|exempt| exempt.iter().any(|one| one.who == who))
    }
}

fn labels<T: Copy>(words: &[T], label: fn(T) -> &'static str) -> String {
    words.iter().map(|word| label(*word)).collect::<Vec<_>>().join("、")
}

fn read_exempt(section: &Section<'_>, key: &str) -> Option<Vec<Exemption>> {
    let known = section.clause_ids();
    let one = |item| {
        let table = section.section_of(key, item)?;
        table.only(&["who", "clause"]);
        let who = table.one_of("who", &with_words(Exempted::ALL, Exempted::slug));
        let clause = table.string("clause", 12);
        table.names_clause(clause.as_deref(), &known);
        Some(Exemption { who: who?, clause: clause? })
    };
    Some(section.items(key)?.iter().filter_map(one).collect())
}

/// ELG-03: how far up the ranking somebody must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    pub share: Share,
    /// A smaller share for members of the presidium.
    pub presidium: Option<Share>,
    /// Among whom; any of them will do.
    pub bases: Vec<RankBase>,
    /// By what, where the plan says more than 学习成绩; any of them will do.
    pub by: Vec<RankedBy>,
    pub marks: Marks,
}

impl Ranking {
    pub(super) const KEYS: [&'static str; 7] =
        ["share", "presidium", "bases", "by", "periods", "required_only", "exempt"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let share = section.share("share");
        let presidium = section.optional("presidium", |key| section.share(key));
        if presidium.zip(share).is_some_and(|(stricter, share)| stricter >= share) {
            section.error(section.at, format!("{} 的 presidium 应小于 share", section.path));
        }
        let bases = section.optional("bases", |key| {
            section.words(key, &with_words(RankBase::ALL, RankBase::slug)).filter(|bases| !bases.is_empty())
        });
        let by = section.optional("by", |key| section.words(key, &with_words(RankedBy::ALL, RankedBy::slug)));
        let bases = bases.unwrap_or_else(|| vec![RankBase::Major]);
        Some(Self { share: share?, presidium, bases, by: by.unwrap_or_default(), marks: Marks::read(section) })
    }

    /// The share that counts for a member of the presidium, or for anybody else.
    #[must_use]
    pub fn share_for(&self, presidium: bool) -> Share {
        self.presidium.filter(|_| presidium).unwrap_or(self.share)
    }

    /// The rankings that count, at least one; any of them will do. Where the plan says no more, 学习成绩 is meant.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        let by: &[RankedBy] = if self.by.is_empty() { &[RankedBy::Marks] } else { &self.by };
        let required_only = self.marks.required_only;
        let of_base = |base: &RankBase| {
            let base = *base;
            by.iter().map(move |by| Measure { base, by: *by, required_only })
        };
        self.bases.iter().flat_map(of_base).collect()
    }

    /// The rankings that count, in words: `本年级综合测评排名或本班综合测评排名`.
    #[must_use]
    pub fn measures_in_words(&self) -> String {
        self.measures().into_iter().map(Measure::label).collect::<Vec<_>>().join("或")
    }

    /// Among whom, in words: `本专业或本年级`.
    #[must_use]
    pub fn among(&self) -> String {
        self.bases.iter().map(|base| base.label()).collect::<Vec<_>>().join("或")
    }

    /// The base without 本: `专业`.
    #[must_use]
    pub fn bases_in_words(&self) -> String {
        self.among().replace('本', "")
    }

    pub(super) fn in_words(&self) -> String {
        let mut more = Vec::new();
        if self.bases != [RankBase::Major] {
            more.push(self.among());
        }
        if !self.by.is_empty() {
            more.push(format!("按{}", self.by.iter().map(|by| by.label()).collect::<Vec<_>>().join("或")));
        }
        more.extend(self.marks.in_words());
        more.extend(self.presidium.map(|share| format!("主席团成员前 {share}")));
        format!("前 {} 以内{}", self.share, in_brackets(&more))
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        keys.bare("share", quoted(&self.share.to_string()));
        if let Some(stricter) = self.presidium {
            keys.bare("presidium", quoted(&stricter.to_string()));
        }
        if self.bases != [RankBase::Major] {
            keys.list("bases", &self.bases.iter().map(|base| base.slug()).collect::<Vec<_>>());
        }
        if !self.by.is_empty() {
            keys.list("by", &self.by.iter().map(|by| by.slug()).collect::<Vec<_>>());
        }
        self.marks.write(keys);
    }
}

fn in_brackets(more: &[String]) -> String {
    if more.is_empty() { String::new() } else { format!("（{}）", more.join("；")) }
}

/// ELG-04: the most failed courses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Courses {
    pub at_most: u32,
    pub marks: Marks,
}

impl Courses {
    pub(super) const KEYS: [&'static str; 4] = ["at_most", "periods", "required_only", "exempt"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let at_most = section.number("at_most", 0..=20);
        Some(Self { at_most: at_most?, marks: Marks::read(section) })
    }

    pub(super) fn in_words(&self) -> String {
        let says = match self.at_most {
            0 => "没有不及格课程".to_owned(),
            most => format!("不超过 {most} 门"),
        };
        format!("{says}{}", in_brackets(&self.marks.in_words()))
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        keys.bare("at_most", self.at_most);
        self.marks.write(keys);
    }
}
