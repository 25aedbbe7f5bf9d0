//! What each account has, in whatever browsers, of what there is little of: so that nobody alone has all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::Semaphore;

use crate::ids::AccountId;

/// Accounts remembered; beyond, those with nothing under way are forgotten.
const REMEMBERED: usize = 1_000;

/// The places of accounts.
#[derive(Debug)]
pub struct AccountPlaces {
    /// How many an account has.
    each: usize,
    accounts: Mutex<HashMap<AccountId, Weak<Semaphore>>>,
}

impl AccountPlaces {
    /// So many places for each account.
    #[must_use]
    pub fn new(each: usize) -> Self {
        Self { each, accounts: Mutex::default() }
    }

    /// Those of an account; forgotten once nobody holds one or waits for it.
    #[must_use]
    pub fn of(&self, account: AccountId) -> Arc<Semaphore> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= REMEMBERED {
            accounts.retain(|_, known| known.strong_count() > 0);
        }
        if let Some(known) = accounts.get(&account).and_then(Weak::upgrade) {
            return known;
        }
        let new = Arc::new(Semaphore::new(self.each));
        accounts.insert(account, Arc::downgrade(&new));
        new
    }
}
