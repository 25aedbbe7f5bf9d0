//! The only place that asks the time. China has one offset, +8, all year.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Date, Duration, OffsetDateTime, UtcOffset, macros::offset};

/// The offset of every date that people see.
pub const CHINA: UtcOffset = offset!(+8);

/// The time as the portal sees it. Tests move it; the running portal never does.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_by_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in China's offset, cut to microseconds as the database keeps them.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the time")]
    pub fn now(&self) -> OffsetDateTime {
        let ahead = Duration::seconds(self.ahead_by_seconds.load(Ordering::Relaxed));
        let now = (OffsetDateTime::now_utc() + ahead).to_offset(CHINA);
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }

    #[must_use]
    pub fn today(&self) -> Date {
        self.now().date()
    }

    /// Moves the clock ahead, for tests that cannot wait.
    pub fn advance(&self, by: Duration) {
        self.ahead_by_seconds.fetch_add(by.whole_seconds(), Ordering::Relaxed);
    }
}
