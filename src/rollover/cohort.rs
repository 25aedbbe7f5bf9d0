//! The students of one level and entry year, and when they are due to graduate.

use time::{Date, Month};

use crate::rules::roster::level_label;

/// The students of one level and entry year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// 培养层次, by its stable word.
    pub level: String,
    pub entry_year: i32,
    /// Students who have not left.
    pub students: i64,
    pub classes: i64,
    /// Offices that they hold beside that of a student.
    pub offices: i64,
}

impl Cohort {
    /// How forms name it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.level, self.entry_year)
    }

    /// How people name it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} 级{}", self.entry_year, level_label(&self.level))
    }

    /// Years of study, as they are usual (《中华人民共和国高等教育法》第十七条: 专科 two or three, 本科 four or five, 硕士 two or
    /// three); none for a level without such a usage.
    #[must_use]
    pub fn years(&self) -> Option<i32> {
        match self.level.as_str() {
            "vocational" | "graduate" => Some(3),
            "undergraduate" => Some(4),
            _ => None,
        }
    }

    /// The year in which they graduate.
    #[must_use]
    pub fn graduates_in(&self) -> Option<i32> {
        self.years().map(|years| self.entry_year + years)
    }

    /// They may leave as graduates on that day: not before May of their year.
    #[must_use]
    pub fn is_due(&self, day: Date) -> bool {
        let from = self.graduates_in().and_then(|year| Date::from_calendar_date(year, Month::May, 1).ok());
        from.is_some_and(|from| from <= day)
    }
}
