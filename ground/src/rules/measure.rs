//! ELG-03: of what a ranking is. The same place means something else among a class, by 综合测评 or by 必修课 alone.

use crate::words::words;

words! {
    /// Among whom somebody is ranked.
    RankBase:
    Major = "major", "本专业";
    Grade = "grade", "本年级";
    Class = "class", "本班";
    College = "college", "本院系";
}

words! {
    /// By what they are ranked.
    RankedBy:
    Marks = "marks", "学习成绩";
    Gpa = "gpa", "平均学分绩点";
    Assessment = "assessment", "综合测评";
}

/// Of what a ranking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    pub base: RankBase,
    pub by: RankedBy,
    /// 必修课 alone.
    pub required_only: bool,
}

impl Measure {
    /// 学习成绩 of all courses in one's major, which every registrar has and 专业排名 means.
    pub const USUAL: Self = Self { base: RankBase::Major, by: RankedBy::Marks, required_only: false };

    /// Every one that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_base = |base: &RankBase| {
            let base = *base;
            RankedBy::ALL.iter().flat_map(move |by| {
                [false, true].into_iter().map(move |required_only| Self { base, by: *by, required_only })
            })
        };
        RankBase::ALL.iter().flat_map(of_base)
    }

    /// The one of a stable word; none where there is no such word.
    #[must_use]
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::all().find(|one| one.slug() == slug)
    }

    /// The one that people call so: `本年级综合测评排名`, with or without 排名; none where there is no such.
    #[must_use]
    pub fn of_label(label: &str) -> Option<Self> {
        let plain = |text: &str| text.replace("排名", "").replace('(', "（").replace(')', "）");
        Self::all().find(|one| plain(&one.label()) == plain(label))
    }

    /// The stable word, as the database keeps it: `grade.assessment.required`; the usual is `major`.
    #[must_use]
    pub fn slug(self) -> String {
        let by = if self.by == RankedBy::Marks { String::new() } else { format!(".{}", self.by.slug()) };
        format!("{}{by}{}", self.base.slug(), if self.required_only { ".required" } else { "" })
    }

    /// `本专业排名`, `本年级综合测评排名（只算必修课）`.
    #[must_use]
    pub fn label(self) -> String {
        let by = if self.by == RankedBy::Marks { "" } else { self.by.label() };
        format!("{}{by}排名{}", self.base.label(), if self.required_only { "（只算必修课）" } else { "" })
    }

    /// It is what 专业排名 means without another word.
    #[must_use]
    pub fn is_usual(self) -> bool {
        self == Self::USUAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elg_03_each_ranking_has_a_word_and_a_label_of_its_own() {
        let all: Vec<Measure> = Measure::all().collect();
        assert_eq!(all.len(), 24);
        for one in &all {
            assert_eq!((Measure::of_slug(&one.slug()), Measure::of_label(&one.label())), (Some(*one), Some(*one)));
        }
        assert_eq!((Measure::USUAL.slug().as_str(), Measure::USUAL.label().as_str()), ("major", "本专业排名"));
        let other = Measure { base: RankBase::Grade, by: RankedBy::Assessment, required_only: true };
        assert_eq!(other.slug(), "grade.assessment.required");
        assert_eq!(other.label(), "本年级综合测评排名（只算必修课）");
        assert_eq!(Measure::of_label("本年级综合测评(只算必修课)"), Some(other));
        assert_eq!(Measure::of_label("年级"), None);
    }
}
