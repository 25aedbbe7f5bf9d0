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
    sync::{Mutex, mpsc, oneshot},
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
    /// Statements at once.
    abreast: usize,
}

impl Lane {
    /// For statements that may wait for rows that others hold: each waits for its turn first, and leaves connections to others.
    #[must_use]
    pub fn in_turn(pools: &Pools) -> Self {
        Self { pool: pools.single.clone(), turns: Some(pools.turns.clone()), abreast: 1 }
    }

    /// Two statements at once, for a few who come again with each answer and whose keys never come twice: while one statement
    /// is flushed to disk, the requests of the others are worked on and written.
    #[must_use]
    pub fn abreast(self) -> Self {
        Self { abreast: 2, ..self }
    }
}

impl From<Pool> for Lane {
    fn from(pool: Pool) -> Self {
        Self { pool, turns: None, abreast: 1 }
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
    /// Starts what writes; it ends when the writer is dropped. `crowded` says whether it is worth waiting for others; `write`
    /// is one statement for a whole batch.
    pub fn start(
        lane: impl Into<Lane>,
        crowded: impl Fn() -> bool + Send + Sync + 'static,
        write: impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync + 'static,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (lane, waiting) = (lane.into(), Arc::new(Mutex::new(waiting)));
        let (crowded, write) = (Arc::new(crowded), Arc::new(write));
        for _ in 0..lane.abreast {
            let gathered = gather(lane.clone(), Arc::clone(&waiting), Arc::clone(&crowded), Arc::clone(&write));
            tokio::spawn(gathered);
        }
        Self { queue }
    }

    /// Writes `ask`. Of two with the same key the later one waits for the next batch, but where lanes are
    /// [abreast](Lane::abreast): one statement cannot touch a row twice.
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
    waiting: Arc<Mutex<mpsc::Receiver<Waiting<K, I, O>>>>,
    crowded: Arc<impl Fn() -> bool + Send + Sync + 'static>,
    write: Arc<impl for<'c> Fn(&'c mut PgConnection, &'c [I]) -> Answers<'c, O> + Send + Sync + 'static>,
) where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    let (mut later, mut last): (VecDeque<Waiting<K, I, O>>, usize) = (VecDeque::new(), 0);
    loop {
        // Who gathers keeps the queue to itself until its batch is whole. Whoever was left over waits for nobody who may not
        // come.
        let mut queue = if later.is_empty() { Some(waiting.lock().await) } else { waiting.try_lock().ok() };
        if later.is_empty()
            && let Some(queue) = &mut queue
        {
            match queue.recv().await {
                Some(first) => later.push_back(first),
                None => return,
            }
        }
        let waits = later.len() + queue.as_ref().map_or(0, |queue| queue.len()) < COMPANY && crowded();
        if waits {
            tokio::time::sleep(WINDOW).await;
        }
        while later.len() < QUEUE
            && let Some(queue) = &mut queue
            && let Ok(more) = queue.try_recv()
        {
            later.push_back(more);
        }
        drop(queue);
        let most = if waits || lane.abreast > 1 { MOST } else { half(later.len(), last) };
        let (mut batch, mut keys, mut rest) = (Vec::new(), HashSet::new(), VecDeque::new());
        for one in later.drain(..) {
            if batch.len() < most && keys.insert(one.key.clone()) { batch.push(one) } else { rest.push_back(one) }
        }
        (later, last) = (rest, batch.len());
        write_batch(&lane, batch, &*write).await;
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
