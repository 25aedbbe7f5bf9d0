//! Single writes that come at the same moment, gathered into one statement: under a crowd the commit and the round trip
//! are paid once for all of them. Nobody waits for others where there is no crowd.

use std::{
    collections::{HashSet, VecDeque},
    hash::Hash,
    pin::Pin,
    slice,
    sync::Arc,
    time::Duration,
};

use sqlx::PgConnection;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{Pools, pool::Pool, turns::Turns};
use crate::failure::Failure;

/// The most writes in one statement.
pub const MOST: usize = 512;
/// How long the first of a crowd waits for others.
const WINDOW: Duration = Duration::from_millis(30);
/// With so many together nobody waits for more.
const COMPANY: usize = 16;
/// How long those who were answered a moment ago are waited for, where they go together.
const COME_AGAIN: Duration = Duration::from_millis(2);
/// How long a statement may take, its commit with it: longer than the server lets it run and a standby should need.
const COMMITTED_WITHIN: Duration = Duration::from_secs(22);
/// Writes that may wait for their turn; further callers wait until there is room.
pub const QUEUE: usize = 1024;

/// The answers to a batch, one for each in its order.
pub type Answers<'c, O> = Pin<Box<dyn Future<Output = Result<Vec<O>, Failure>> + Send + 'c>>;

type Answer<O> = oneshot::Sender<Result<O, Failure>>;

struct Waiting<K, I, O> {
    key: K,
    ask: I,
    answer: Answer<O>,
}

/// Where batches are written.
#[derive(Debug, Clone)]
pub struct Lane {
    pool: Pool,
    turns: Option<Turns>,
    together: bool,
}

impl Lane {
    /// For statements that may wait for rows that others hold: each waits for its turn first, and leaves connections to others.
    #[must_use]
    pub fn in_turn(pools: &Pools) -> Self {
        Self { pool: pools.single.clone(), turns: Some(pools.turns.clone()), together: false }
    }

    /// For a few who come again with each answer, and statements that cost about as much for all of them as for one: they go
    /// in together and not by halves.
    #[must_use]
    pub fn together(self) -> Self {
        Self { together: true, ..self }
    }
}

impl From<Pool> for Lane {
    fn from(pool: Pool) -> Self {
        Self { pool, turns: None, together: false }
    }
}

/// Gathers writes into batches. Each is acknowledged after the statement that holds it is committed, and only then.
#[derive(Debug)]
pub struct BatchWriter<K, I, O> {
    queue: mpsc::Sender<Waiting<K, I, O>>,
}

impl<K, I, O> BatchWriter<K, I, O>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    /// Starts the one task that writes; it ends when the writer is dropped. `crowded` says whether it is worth waiting for
    /// others; `write` is one statement for a whole batch.
    pub fn start(
        lane: impl Into<Lane>,
        crowded: impl Fn() -> bool + Send + 'static,
        write: impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync + 'static,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(gather(lane.into(), waiting, crowded, Arc::new(write)));
        Self { queue }
    }

    /// Writes `ask`. Of two with the same key the later one waits for the next batch: one statement cannot touch a row
    /// twice.
    ///
    /// # Errors
    /// What the statement fails with; then nothing of it is written.
    pub async fn write(&self, key: K, ask: I) -> Result<O, Failure> {
        let gone = || Failure::Broken(anyhow::anyhow!("the task that gathers writes has ended"));
        let (answer, told) = oneshot::channel();
        self.queue.send(Waiting { key, ask, answer }).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

async fn gather<K, I, O>(
    lane: Lane,
    mut waiting: mpsc::Receiver<Waiting<K, I, O>>,
    crowded: impl Fn() -> bool + Send + 'static,
    write: Arc<impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync + 'static>,
) where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    let (mut later, mut last): (VecDeque<Waiting<K, I, O>>, usize) = (VecDeque::new(), 0);
    // Those who were answered or left waiting when the last statement ended.
    let mut crowd = 0;
    loop {
        if later.is_empty() {
            match waiting.recv().await {
                Some(first) => later.push_back(first),
                None => return,
            }
        }
        let waits = later.len() + waiting.len() < COMPANY && crowded();
        if waits {
            tokio::time::sleep(WINDOW).await;
        }
        if lane.together && later.len() < crowd {
            let came = async {
                while later.len() < crowd
                    && let Some(more) = waiting.recv().await
                {
                    later.push_back(more);
                }
            };
            // Whoever does not come again keeps the others waiting once.
            let _ = timeout(COME_AGAIN, came).await;
        }
        while later.len() < QUEUE
            && let Ok(more) = waiting.try_recv()
        {
            later.push_back(more);
        }
        let most = if waits || lane.together { MOST } else { half(later.len(), last) };
        let (mut batch, mut keys, mut rest) = (Vec::new(), HashSet::new(), VecDeque::new());
        for one in later.drain(..) {
            if batch.len() < most && keys.insert(one.key.clone()) { batch.push(one) } else { rest.push_back(one) }
        }
        (later, last) = (rest, batch.len());
        write_batch(&lane, batch, &*write).await;
        crowd = (last + later.len() + waiting.len()).min(MOST);
    }
}

/// How many of those who wait are written next, where `last` were answered a moment ago: half of all of them. While one half
/// is flushed to disk, the requests of the other are worked on. A whole crowd written at once would leave the processor idle
/// meanwhile; and after one that was written alone, one and all the others would take turns for good.
#[must_use]
pub fn half(waiting: usize, last: usize) -> usize {
    (waiting + last).div_ceil(2).clamp(1, MOST)
}

/// Writes a batch; where it fails, each by itself, so that one bad row does not fail the others.
async fn write_batch<K, I, O>(
    lane: &Lane,
    batch: Vec<Waiting<K, I, O>>,
    write: &(impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync),
) {
    let (asks, waiting): (Vec<I>, Vec<Answer<O>>) = batch.into_iter().map(|one| (one.ask, one.answer)).unzip();
    match attempt(lane, &asks, write).await {
        Ok(answers) => {
            for (one, answer) in waiting.into_iter().zip(answers) {
                // A caller that hung up is not told; its write is done all the same.
                let _ = one.send(Ok(answer));
            }
        }
        Err(failure) if waiting.len() == 1 => {
            if let Some(one) = waiting.into_iter().next() {
                let _ = one.send(Err(failure));
            }
        }
        // What is perhaps written is not written once more; where nothing can be written, nobody is tried alone.
        Err(Failure::Unconfirmed) => fail_all(waiting, || Failure::Unconfirmed),
        Err(Failure::CommitsWait) => fail_all(waiting, || Failure::CommitsWait),
        Err(Failure::Away) => fail_all(waiting, || Failure::Away),
        Err(Failure::DiskFull) => fail_all(waiting, || Failure::DiskFull),
        Err(Failure::Busy) => fail_all(waiting, || Failure::Busy),
        Err(Failure::Database(error)) if Failure::waited_in_vain(&error) => fail_all(waiting, || Failure::Busy),
        Err(_) => {
            for (ask, one) in asks.iter().zip(waiting) {
                let alone = attempt(lane, slice::from_ref(ask), write).await;
                let first = alone.and_then(|answers| answers.into_iter().next().ok_or_else(no_answer));
                let _ = one.send(first);
            }
        }
    }
}

fn fail_all<O>(waiting: Vec<Answer<O>>, failure: fn() -> Failure) {
    for one in waiting {
        let _ = one.send(Err(failure()));
    }
}

fn no_answer() -> Failure {
    Failure::Broken(anyhow::anyhow!("a write of one has no answer"))
}

async fn attempt<I, O>(
    Lane { pool, turns, .. }: &Lane,
    asks: &[I],
    write: &(impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync),
) -> Result<Vec<O>, Failure> {
    let expected = asks.len();
    let _turn = match turns {
        Some(turns) => Some(turns.take().await?),
        None => None,
    };
    let mut connection = pool.connection().await?;
    let written = tokio::select! {
        written = timeout(COMMITTED_WITHIN, write(&mut connection, asks)) => written.unwrap_or(Err(Failure::Unconfirmed)),
        () = pool.watched().given_up() => Err(Failure::Unconfirmed),
    };
    match written.map_err(|failure| pool.judged(failure)) {
        Ok(answers) if answers.len() == expected => Ok(answers),
        Ok(_) => Err(no_answer()),
        Err(failure) => {
            // Whatever its server still does, nobody else is given it.
            if let Failure::Unconfirmed = failure {
                drop(connection.detach());
            }
            Err(failure)
        }
    }
}
