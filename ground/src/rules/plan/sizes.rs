//! Figures on how many people: with a larger one for large universities, and by the size of a college.

use std::fmt::Write as _;

use super::{
    keys::{Inline, Keys, quoted},
    section::{Section, read_bounds},
    words::{Bounds, bounds_in_words},
};

/// STF-01: how many people a school union has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    pub people: u32,
    /// 左右: what it allows above is a switch; else it is an upper limit.
    pub about: bool,
    pub larger: Option<Larger>,
}

/// A larger limit under a condition: 学生人数较多、分校区较多的高校不超过60人.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Larger {
    pub at_most: u32,
    /// The condition in the plan's words.
    pub condition: String,
    /// Who decided that the university meets it; none where nobody has, and then it does not hold.
    pub decided: Option<String>,
}

impl Total {
    pub(super) const KEYS: [&'static str; 3] = ["about", "at_most", "larger"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let about = section.get("about").is_some();
        if about && section.get("at_most").is_some() {
            section.error(section.at, format!("{} 的 about（左右）和 at_most（不超过）只能写一个", section.path));
        }
        if !about && section.get("at_most").is_none() {
            section.error(section.at, format!("缺少 {0}.about（左右）或 {0}.at_most（不超过）", section.path));
            return None;
        }
        let people = section.number(if about { "about" } else { "at_most" }, 1..=500)?;
        let larger = section.optional("larger", |key| {
            let larger = section.section(key)?;
            larger.only(&["at_most", "condition", "decided"]);
            let (at_most, condition) = (larger.number("at_most", 1..=500), larger.string("condition", 60));
            let decided = larger.optional("decided", |key| larger.string(key, 100));
            Some(Larger { at_most: at_most?, condition: condition?, decided })
        });
        if let Some(larger) = larger.as_ref().filter(|larger| larger.at_most <= people) {
            let says = format!("{}.larger.at_most（{}）应大于通常的人数 {people}", section.path, larger.at_most);
            section.error(section.at, says);
        }
        Some(Self { people, about, larger })
    }

    /// The larger limit, where it is decided that it holds.
    #[must_use]
    pub fn decided(&self) -> Option<&Larger> {
        self.larger.as_ref().filter(|larger| larger.decided.is_some())
    }

    pub(super) fn in_words(&self) -> String {
        let usual =
            if self.about { format!("{} 人左右", self.people) } else { format!("不超过 {} 人", self.people) };
        match &self.larger {
            None => usual,
            Some(Larger { at_most, condition, decided }) => {
                let holds = match decided {
                    Some(decided) => format!("本校适用，依据：{decided}"),
                    None => "没有登记本校适用".to_owned(),
                };
                format!("{usual}；{condition}不超过 {at_most} 人（{holds}）")
            }
        }
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        keys.bare(if self.about { "about" } else { "at_most" }, self.people);
        if let Some(Larger { at_most, condition, decided }) = &self.larger {
            let table = Inline::default().bare("at_most", at_most).text("condition", condition);
            keys.bare("larger", table.maybe("decided", decided.as_deref().map(quoted)).end());
        }
    }
}

/// A figure that goes by how many students a college has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BySize<T> {
    pub usual: T,
    /// The first that fits counts.
    pub bands: Vec<Band<T>>,
}

/// A figure for colleges of a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band<T> {
    /// So many students or more.
    pub from: Option<u32>,
    /// Fewer students than that.
    pub below: Option<u32>,
    pub value: T,
}

/// A figure that may go by size.
pub(super) trait Limit: Copy {
    const KEYS: &'static [&'static str];
    fn read(section: &Section<'_>) -> Option<Self>;
    fn in_words(self) -> String;
    fn write_into(self, table: Inline) -> Inline;
    fn write(self, keys: &mut Keys);
}

impl Limit for u32 {
    const KEYS: &'static [&'static str] = &["at_most", "from", "below"];

    fn read(section: &Section<'_>) -> Option<Self> {
        section.number("at_most", 1..=50)
    }

    fn in_words(self) -> String {
        format!("不超过 {self} 人")
    }

    fn write_into(self, table: Inline) -> Inline {
        table.bare("at_most", self)
    }

    fn write(self, keys: &mut Keys) {
        keys.bare("at_most", self);
    }
}

impl Limit for Bounds {
    const KEYS: &'static [&'static str] = &["at_least", "at_most", "from", "below"];

    fn read(section: &Section<'_>) -> Option<Self> {
        read_bounds(section)
    }

    fn in_words(self) -> String {
        bounds_in_words(self)
    }

    fn write_into(self, table: Inline) -> Inline {
        table.maybe("at_least", Some(self.low).filter(|low| *low > 0)).bare("at_most", self.high)
    }

    fn write(self, keys: &mut Keys) {
        Self::write(self, keys);
    }
}

impl<T: Copy> BySize<T> {
    /// The figures that may hold for a college of so many students: one where the number is known or does not matter.
    #[must_use]
    pub fn of(&self, students: Option<u32>) -> Vec<T> {
        let Some(students) = students else {
            return std::iter::once(self.usual).chain(self.bands.iter().map(|band| band.value)).collect();
        };
        let fits = |band: &&Band<T>| {
            band.from.is_none_or(|from| students >= from) && band.below.is_none_or(|below| students < below)
        };
        vec![self.bands.iter().find(fits).map_or(self.usual, |band| band.value)]
    }
}

/// Reads a figure with its bands.
pub(super) fn read_by_size<T: Limit>(section: &Section<'_>) -> Option<BySize<T>> {
    let usual = T::read(section)?;
    let bands = section.optional("bands", |key| {
        let band = |item| {
            let band = section.section_of(key, item)?;
            band.only(T::KEYS);
            let bound = |key| band.optional(key, |key| band.number(key, 1..=100_000));
            let (from, below, value) = (bound("from"), bound("below"), T::read(&band)?);
            if from.is_none() && below.is_none() {
                band.error(band.at, format!("{} 须写明 from（多少人及以上）或 below（不足多少人）", band.path));
            }
            if from.zip(below).is_some_and(|(from, below)| from >= below) {
                band.error(band.at, format!("{} 的 from 应小于 below", band.path));
            }
            Some(Band { from, below, value })
        };
        Some(section.items(key)?.iter().filter_map(band).collect())
    });
    Some(BySize { usual, bands: bands.unwrap_or_default() })
}

pub(super) fn by_size_in_words<T: Limit>(figure: &BySize<T>) -> String {
    let mut says = figure.usual.in_words();
    for Band { from, below, value } in &figure.bands {
        let size = match (from, below) {
            (Some(from), Some(below)) => format!("{from} 人及以上、不足 {below} 人"),
            (Some(from), None) => format!("{from} 人及以上"),
            (None, Some(below)) => format!("不足 {below} 人"),
            (None, None) => String::new(),
        };
        let _ = write!(says, "；学生{size}的{}", value.in_words());
    }
    says
}

pub(super) fn write_by_size<T: Limit>(figure: &BySize<T>, keys: &mut Keys) {
    figure.usual.write(keys);
    if !figure.bands.is_empty() {
        let table = |band: &Band<T>| {
            let table = Inline::default().maybe("from", band.from).maybe("below", band.below);
            band.value.write_into(table).end()
        };
        keys.tables("bands", &figure.bands.iter().map(table).collect::<Vec<_>>());
    }
}
