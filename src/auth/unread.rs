//! How many notices a person has not read, as the frame of every page says it. It is counted anew after every act of this
//! process, and after ten seconds for the sake of others: a page that counts each time is a fifth slower.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::store;
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{AccountId, OfficeId},
};

/// How long a count is believed where another process may have told somebody something.
const BELIEVED: Duration = Duration::seconds(10);
/// Counts kept; more are forgotten all at once.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Counted {
    act: u64,
    at: OffsetDateTime,
    unread: i64,
}

#[derive(Debug, Default)]
pub struct Unread {
    /// Acts so far: what was counted before the last one is not believed.
    acts: AtomicU64,
    known: Mutex<HashMap<(AccountId, Option<OfficeId>), Counted>>,
}

impl Unread {
    /// Something was written: every count may be another.
    pub fn forget(&self) {
        self.acts.fetch_add(1, Ordering::SeqCst);
    }

    /// The count of a person in the office in which they act.
    pub async fn of(
        &self,
        connection: &mut PgConnection,
        person: &SignedIn,
        now: OffsetDateTime,
    ) -> Result<i64, Failure> {
        let key = (person.account, person.acting.as_ref().map(|office| office.id));
        // Before it is counted: an act in between makes the count one of the past.
        let act = self.acts.load(Ordering::SeqCst);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(counted) = known.filter(|counted| counted.act == act && now - counted.at < BELIEVED) {
            return Ok(counted.unread);
        }
        let unread = store::unread(connection, key.0, key.1).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, Counted { act, at: now, unread });
        Ok(unread)
    }
}
