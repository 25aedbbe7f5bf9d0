//! What each account does one after the other, so that nobody alone has all the turns of what there are few of.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

use crate::ids::AccountId;

/// Accounts remembered; beyond, those with nothing under way are forgotten.
const REMEMBERED: usize = 1_000;

type Turn = tokio::sync::Mutex<()>;

/// The turns of accounts.
#[derive(Debug, Default)]
pub struct AccountTurns(Mutex<HashMap<AccountId, Weak<Turn>>>);

impl AccountTurns {
    /// The account's turn, until it is dropped.
    pub async fn take(&self, account: AccountId) -> OwnedMutexGuard<()> {
        self.of(account).lock_owned().await
    }

    fn of(&self, account: AccountId) -> Arc<Turn> {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= REMEMBERED {
            accounts.retain(|_, known| known.strong_count() > 0);
        }
        if let Some(known) = accounts.get(&account).and_then(Weak::upgrade) {
            return known;
        }
        let new = Arc::<Turn>::default();
        accounts.insert(account, Arc::downgrade(&new));
        new
    }
}
