//! How many failures a network may still have. Guessing one password at many accounts leaves each account's own count
//! untouched; here it shows. A campus behind one address has thousands of honest people, some of whom mistype: a right
//! password earns the network more than a wrong one costs.
//!
//! Kept in memory: after a restart the counting begins anew, and every portal counts for itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

use crate::web::network::Network;

/// Failures that a network has free, and those that it can earn by successes.
const FREE: i64 = 100;
const MOST: i64 = 1_000;
/// What a success earns.
const EARNED: i64 = 2;
/// One more failure is free after each of these.
const REFILL: Duration = Duration::seconds(2);
/// Networks remembered; beyond, those that have their free failures again are forgotten.
const REMEMBERED: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Budget {
    left: i64,
    /// Up to when the refill is counted.
    at: OffsetDateTime,
    /// When it last ran out.
    ran_out: Option<OffsetDateTime>,
}

impl Budget {
    fn new(now: OffsetDateTime) -> Self {
        Self { left: FREE, at: now, ran_out: None }
    }

    fn refill(&mut self, now: OffsetDateTime) {
        let seconds = (now - self.at).whole_seconds().max(0);
        let whole = seconds / REFILL.whole_seconds();
        self.at += REFILL * i32::try_from(whole).unwrap_or(i32::MAX);
        if self.left < FREE {
            self.left = self.left.saturating_add(whole).min(FREE);
        }
    }
}

/// The budgets of all networks.
#[derive(Debug, Default)]
pub struct Networks(Mutex<HashMap<Network, Budget>>);

impl Networks {
    fn with<T>(&self, network: Network, now: OffsetDateTime, act: impl FnOnce(&mut Budget) -> T) -> T {
        // A panic elsewhere leaves numbers that are still numbers.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, budget| {
                budget.refill(now);
                budget.left != FREE
            });
        }
        let budget = all.entry(network).or_insert_with(|| Budget::new(now));
        budget.refill(now);
        act(budget)
    }

    /// Until when the network has to wait, where it has failed too often.
    #[must_use]
    pub fn closed_until(&self, network: Network, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.with(network, now, |budget| (budget.left == 0).then(|| budget.at + REFILL))
    }

    /// Counts a failure. True where the network's budget runs out by it, at most once an hour: that is worth a word in
    /// the record.
    #[must_use]
    pub fn failed(&self, network: Network, now: OffsetDateTime) -> bool {
        self.with(network, now, |budget| {
            budget.left = (budget.left - 1).max(0);
            let is_news = budget.ran_out.is_none_or(|before| now - before > Duration::hours(1));
            let ran_out = budget.left == 0 && is_news;
            if ran_out {
                budget.ran_out = Some(now);
            }
            ran_out
        })
    }

    /// Gives a network back some of its budget for a right password.
    pub fn succeeded(&self, network: Network, now: OffsetDateTime) {
        self.with(network, now, |budget| budget.left = (budget.left + EARNED).min(MOST));
    }
}
