//! Something that waits for a person: a line of the home page, and a day of the calendar.

use time::Date;

use crate::text::chinese_day;

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub says: String,
    /// More of it: since when, why.
    pub more: String,
    pub href: String,
    /// Something is amiss until it is done.
    pub urgent: bool,
    /// The last day on which it is in time; none where there is no such day.
    pub due: Option<Date>,
    /// Who waits for it; empty where it is nobody in particular.
    pub who: String,
}

impl Task {
    #[must_use]
    pub fn new(urgent: bool, says: String, more: String, href: String) -> Self {
        Self { says, more, href, urgent, due: None, who: String::new() }
    }

    /// With the last day on which it is in time.
    #[must_use]
    pub fn due(self, day: Option<Date>) -> Self {
        Self { due: day, ..self }
    }

    /// With who waits for it.
    #[must_use]
    pub fn awaited_by(self, who: String) -> Self {
        Self { who, ..self }
    }

    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        self.due.is_some_and(|due| due < today)
    }

    /// How far off its day is, in words; empty where there is none.
    #[must_use]
    pub fn when(&self, today: Date) -> String {
        let Some(due) = self.due else { return String::new() };
        let day = chinese_day(due);
        match (due - today).whole_days() {
            late @ ..=-1 => format!("已逾期 {} 天（{day}）", -late),
            0 => "今天".to_owned(),
            1 => "明天".to_owned(),
            days => format!("{day}，还有 {days} 天"),
        }
    }

    /// Tasks in the order in which to take them: what is late, the longest first; what is urgent; what has a day; the
    /// rest.
    pub fn sort(tasks: &mut [Self], today: Date) {
        let by = |task: &Self| {
            let late = task.is_late(today);
            (!late, !late && !task.urgent, task.due.is_none(), task.due)
        };
        tasks.sort_by_key(by);
    }
}
