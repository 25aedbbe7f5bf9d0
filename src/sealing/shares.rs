//! Open shares of a key, held in memory for a few minutes until enough people have given theirs.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use time::{Duration, OffsetDateTime};

use super::keys::OpenShare;
use crate::ids::AccountId;

/// How long an open share is held: whoever comes later asks again.
pub const SHARES_HELD: Duration = Duration::minutes(15);

struct Held {
    account: AccountId,
    share: OpenShare,
    at: OffsetDateTime,
}

/// A monitor who has given their share.
#[derive(Debug, Clone, Copy)]
pub struct Giver {
    pub account: AccountId,
    /// Until when it is held.
    pub until: OffsetDateTime,
}

/// The shares that are held, by what their key belongs to.
pub struct HeldShares<K>(Mutex<HashMap<K, Vec<Held>>>);

impl<K> Default for HeldShares<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K> std::fmt::Debug for HeldShares<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldShares")
    }
}

impl<K: Eq + Hash> HeldShares<K> {
    fn locked(&self) -> MutexGuard<'_, HashMap<K, Vec<Held>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops shares that have been held for too long, whether anybody looks or not.
    pub fn sweep(&self, now: OffsetDateTime) {
        let mut shares = self.locked();
        for held in shares.values_mut() {
            held.retain(|one| now - one.at < SHARES_HELD);
        }
        shares.retain(|_, held| !held.is_empty());
    }

    /// Holds a monitor's open share; gives all that are held beside it.
    pub fn hold(&self, id: K, account: AccountId, share: OpenShare, now: OffsetDateTime) -> Vec<OpenShare> {
        self.sweep(now);
        let mut shares = self.locked();
        let held = shares.entry(id).or_default();
        held.retain(|one| one.account != account);
        held.push(Held { account, share, at: now });
        held.iter().map(|one| one.share.clone()).collect()
    }

    /// The shares that are held; older ones are dropped.
    pub fn held(&self, id: &K, now: OffsetDateTime) -> Vec<OpenShare> {
        self.sweep(now);
        self.locked().get(id).into_iter().flatten().map(|one| one.share.clone()).collect()
    }

    /// Whose shares are held, and until when.
    pub fn givers(&self, id: &K, now: OffsetDateTime) -> Vec<Giver> {
        self.sweep(now);
        let giver = |one: &Held| Giver { account: one.account, until: one.at + SHARES_HELD };
        self.locked().get(id).into_iter().flatten().map(giver).collect()
    }

    /// Any are held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.locked().is_empty()
    }

    /// Drops those of one key.
    pub fn drop_of(&self, id: &K) {
        self.locked().remove(id);
    }
}
