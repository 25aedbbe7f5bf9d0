//! What the running portal holds of elections in memory: casts on their way in, what the opening of a sitting set, the
//! monitors' open shares for a few minutes, and counts under way. None of it is needed after a restart.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sqlx::PgConnection;
use time::OffsetDateTime;

pub use crate::sealing::shares::Giver;
use crate::{
    app::App,
    auth::password::Hasher,
    clock::Clock,
    database::{Pools, batch_writer::BatchWriter},
    elections::{
        ballot::{Shape, size},
        sitting::{Contest, Opened, Sitting},
        store::{self, CastAnswer, CastRequest, Credential, NewSlip, Place, Voter},
    },
    failure::Failure,
    ids::{AccountId, InstitutionId, PortalId, SittingId},
    sealing::{
        keys::{MarkKey, OpenShare},
        recipient::Recipient,
        shares::HeldShares,
    },
    web::just_made::JustMade,
};
use axum::extract::FromRef;
use std::ops::Deref;

/// Sittings whose opening is remembered; more are forgotten all at once.
const MOST_OPENED: usize = 200;

/// Places of voters who have their ballot before them; more are forgotten all at once.
const MOST_PLACES: usize = 100_000;

/// What is voted on in a sitting that was opened: it does not change any more.
#[derive(Debug)]
pub struct OpenBallot {
    /// The sitting as it was when this was read; its stage may have moved on.
    pub sitting: Sitting,
    pub contests: Vec<Contest>,
    pub opened: Opened,
    /// The key, made ready to be sealed to.
    pub recipient: Recipient,
}

impl OpenBallot {
    /// The contests with those ordinals.
    #[must_use]
    pub fn contests_of(&self, ordinals: &[i16]) -> Vec<&Contest> {
        self.contests.iter().filter(|contest| ordinals.contains(&contest.ordinal)).collect()
    }

    /// The shapes of the ballots of those contests.
    #[must_use]
    pub fn shapes(&self, ordinals: &[i16]) -> Vec<Shape> {
        self.contests_of(ordinals).into_iter().map(Shape::of).collect()
    }
}

/// The size to which ballots are filled: that of the longest of any voter.
#[must_use]
pub fn full_size(contests: &[Contest], sets: &[Vec<i16>]) -> usize {
    let of_set = |set: &Vec<i16>| {
        let own = contests.iter().filter(|contest| set.contains(&contest.ordinal));
        size(&own.map(Shape::of).collect::<Vec<Shape>>())
    };
    sets.iter().map(of_set).max().unwrap_or_else(|| size(&[]))
}

/// How a count goes.
#[derive(Debug, Default)]
pub struct Progress {
    /// Envelopes opened so far.
    pub done: AtomicUsize,
    pub total: AtomicUsize,
    ended: Mutex<Option<Halt>>,
}

/// Why a count ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// These places of the roll have envelopes that are not of the portal's making, or that do not open.
    Suspicious(Vec<i32>),
    /// It could not be done; in Chinese.
    Failed(&'static str),
}

impl Halt {
    /// Why, in Chinese.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Suspicious(places) => format!("有 {} 张加密选票不是系统收下的，或者打不开", places.len()),
            Self::Failed(why) => (*why).to_owned(),
        }
    }
}

impl Progress {
    /// Why it ended; none while it runs.
    #[must_use]
    pub fn halt(&self) -> Option<Halt> {
        locked(&self.ended).clone()
    }

    /// Ends it without a result.
    pub fn stop(&self, why: Halt) {
        *locked(&self.ended) = Some(why);
    }

    /// Opened so far, and all.
    #[must_use]
    pub fn figures(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// The elections' state: the application, and what is held in memory of sittings.
#[derive(Debug, Clone, FromRef)]
pub struct Elections {
    app: App,
    pub ballot_box: Arc<BallotBox>,
    /// Slips that were just made, with their codes.
    pub slips: Arc<JustMade<Vec<NewSlip>>>,
}

impl Deref for Elections {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Elections {
    /// Inside a runtime: it starts a task.
    #[must_use]
    pub fn new(app: &App, key: MarkKey) -> Self {
        Self { app: app.clone(), ballot_box: Arc::new(BallotBox::new(app, key)), slips: Arc::default() }
    }
}

type Casts = BatchWriter<(SittingId, i32), CastRequest, CastAnswer>;

pub struct BallotBox {
    /// The key of the portal's mark.
    pub key: MarkKey,
    /// The key was that of the database when it was last looked at.
    fits: AtomicBool,
    /// This portal among several on one database, and after its next start.
    pub portal: PortalId,
    /// One for each sitting: a sitting that is being closed does not hold up another.
    casts: Mutex<HashMap<SittingId, Arc<Casts>>>,
    pools: Pools,
    clock: Clock,
    hasher: Arc<Hasher>,
    places: Mutex<HashMap<(SittingId, Vec<u8>), Place>>,
    lookups: BatchWriter<usize, (SittingId, Vec<u8>), Option<Place>>,
    asked: AtomicUsize,
    opened: Mutex<HashMap<SittingId, Arc<OpenBallot>>>,
    shares: HeldShares<SittingId>,
    counts: Mutex<HashMap<SittingId, Arc<Progress>>>,
    /// How many wrong passphrases a monitor has given one after the other.
    wrong: Mutex<HashMap<(SittingId, AccountId), u32>>,
}

impl std::fmt::Debug for BallotBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BallotBox")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BallotBox {
    /// The application's ballot box. Inside a runtime: it starts a task.
    #[must_use]
    pub fn new(app: &App, key: MarkKey) -> Self {
        let (at, hasher) = (app.clock.clone(), Arc::clone(&app.hasher));
        let lookups = BatchWriter::start(
            app.pools.read.clone(),
            move || hasher.is_crowded(),
            move |db, asked| {
                let now = at.now();
                Box::pin(async move { store::places(db, asked, now).await })
            },
        );
        Self {
            key,
            fits: AtomicBool::new(true),
            portal: PortalId::random(),
            casts: Mutex::default(),
            pools: app.pools.clone(),
            clock: app.clock.clone(),
            hasher: Arc::clone(&app.hasher),
            places: Mutex::default(),
            lookups,
            asked: AtomicUsize::new(0),
            opened: Mutex::default(),
            shares: HeldShares::default(),
            counts: Mutex::default(),
            wrong: Mutex::default(),
        }
    }

    /// Counts a monitor's wrong passphrases, or forgets them at a right one. True where somebody should hear of it: at the
    /// fifth, and at each power of ten from the hundredth on. Nobody is slowed down, for a passphrase has 99 bits.
    pub fn note_phrase(&self, id: SittingId, monitor: AccountId, is_right: bool) -> bool {
        let mut wrong = locked(&self.wrong);
        if is_right {
            wrong.remove(&(id, monitor));
            return false;
        }
        if wrong.len() >= MOST_OPENED {
            wrong.clear();
        }
        let number = wrong.entry((id, monitor)).or_default();
        *number = number.saturating_add(1);
        *number == 5 || (*number >= 100 && 10_u32.pow(number.ilog10()) == *number)
    }

    /// Notes whether the key is that of the database; gives what was noted before.
    pub fn note_fit(&self, fits: bool) -> bool {
        self.fits.swap(fits, Ordering::Relaxed)
    }

    /// Remembers the place of a voter who is shown their ballot, so that their cast need not look for it. It lets nobody
    /// vote: the statement that takes the envelope looks at the session, and at whose place it is, again.
    pub fn remember(&self, id: SittingId, credential: &Credential, voter: &Voter) {
        let Credential::Session(hash) = credential else { return };
        let mut places = locked(&self.places);
        if places.len() >= MOST_PLACES {
            places.clear();
        }
        places.insert((id, hash.clone()), voter.into());
    }

    /// The place on the roll of whoever holds a session or a slip: as remembered, else from the database, where sessions are
    /// asked for together with whoever else's at this moment.
    pub async fn place(&self, id: SittingId, credential: &Credential) -> Result<Option<Place>, Failure> {
        match credential {
            Credential::Session(hash) => {
                let asked = (id, hash.clone());
                if let Some(place) = locked(&self.places).get(&asked).cloned() {
                    return Ok(Some(place));
                }
                // Reading disturbs nobody: the same voter may be asked for twice in a batch.
                let key = self.asked.fetch_add(1, Ordering::Relaxed);
                self.lookups.write(key, asked).await
            }
            Credential::Slip(_) => {
                let mut db = self.pools.read.connection().await?;
                let voter = store::voter(&mut db, id, credential, self.clock.now()).await?;
                Ok(voter.as_ref().map(Place::from))
            }
        }
    }

    fn casts_of(&self, id: SittingId) -> Arc<Casts> {
        let mut all = locked(&self.casts);
        if all.len() >= MOST_OPENED && !all.contains_key(&id) {
            all.clear();
        }
        let start = || {
            let (clock, hasher) = (self.clock.clone(), Arc::clone(&self.hasher));
            // While one batch is flushed to disk the next one gathers by itself: nobody waits for company, but where the
            // cores are busy with those who sign in.
            Arc::new(BatchWriter::start(
                self.pools.single.clone(),
                move || hasher.is_crowded(),
                move |db, asked| {
                    let now = clock.now();
                    Box::pin(async move { store::cast(db, asked, now).await })
                },
            ))
        };
        Arc::clone(all.entry(id).or_insert_with(start))
    }

    /// Casts: the answer comes after the commit.
    ///
    /// # Errors
    /// Where the database fails. Then it is not known whether the cast is in.
    pub async fn cast(&self, request: CastRequest) -> Result<CastAnswer, Failure> {
        self.casts_of(request.sitting).write(request.key(), request).await
    }

    /// What is voted on in a sitting that was opened; none before. Read once: the database lets nobody change it.
    ///
    /// # Errors
    /// Where the database fails, or somebody has changed what the opening set.
    pub async fn opened(
        &self,
        connection: &mut PgConnection,
        institution: InstitutionId,
        id: SittingId,
    ) -> Result<Option<Arc<OpenBallot>>, Failure> {
        let known = locked(&self.opened).get(&id).cloned();
        if let Some(known) = known.filter(|known| known.sitting.institution == institution) {
            return Ok(Some(known));
        }
        let Some(sitting) = store::sitting(connection, institution, id).await? else { return Ok(None) };
        let Some(day) = sitting.opened_at().map(OffsetDateTime::date) else { return Ok(None) };
        let contests = store::contests(connection, &sitting, Some(day)).await?;
        let Some(opened) = store::opened(connection, &sitting, &contests, &self.key).await? else { return Ok(None) };
        let recipient = Recipient::new(&opened.key).ok_or_else(|| anyhow::anyhow!("the sitting's key is no key"))?;
        let ballot = Arc::new(OpenBallot { sitting, contests, opened, recipient });
        let mut all = locked(&self.opened);
        if all.len() >= MOST_OPENED {
            all.clear();
        }
        all.insert(id, Arc::clone(&ballot));
        Ok(Some(ballot))
    }

    /// What is voted on in a sitting, if it was read before. For whoever stands on its roll.
    #[must_use]
    pub fn known(&self, id: SittingId) -> Option<Arc<OpenBallot>> {
        locked(&self.opened).get(&id).cloned()
    }

    /// Drops shares that have been held for too long, whether anybody looks or not.
    pub fn sweep(&self, now: OffsetDateTime) {
        self.shares.sweep(now);
    }

    /// Holds a monitor's open share; gives all that are held for the sitting.
    pub fn hold(&self, id: SittingId, account: AccountId, share: OpenShare, now: OffsetDateTime) -> Vec<OpenShare> {
        self.shares.hold(id, account, share, now)
    }

    /// The shares that are held for a sitting; older ones are dropped.
    pub fn held(&self, id: SittingId, now: OffsetDateTime) -> Vec<OpenShare> {
        self.shares.held(&id, now)
    }

    /// Whose shares are held for a sitting, and until when.
    pub fn givers(&self, id: SittingId, now: OffsetDateTime) -> Vec<Giver> {
        self.shares.givers(&id, now)
    }

    /// Shares of any sitting are held.
    #[must_use]
    pub fn holds_shares(&self) -> bool {
        !self.shares.is_empty()
    }

    /// Drops the shares of a sitting.
    pub fn drop_shares(&self, id: SittingId) {
        self.shares.drop_of(&id);
    }

    /// Begins a count; none where one runs.
    pub fn begin(&self, id: SittingId) -> Option<Arc<Progress>> {
        let mut counts = locked(&self.counts);
        if counts.get(&id).is_some_and(|running| running.halt().is_none()) {
            return None;
        }
        let progress = Arc::new(Progress::default());
        counts.insert(id, Arc::clone(&progress));
        Some(progress)
    }

    /// The count of a sitting that runs or has halted.
    #[must_use]
    pub fn progress(&self, id: SittingId) -> Option<Arc<Progress>> {
        locked(&self.counts).get(&id).cloned()
    }

    /// A count has ended with a result.
    pub fn end(&self, id: SittingId) {
        locked(&self.counts).remove(&id);
    }
}
