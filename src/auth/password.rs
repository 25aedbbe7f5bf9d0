//! Passwords: argon2id at OWASP's parameters, on a bounded pool of threads.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zxcvbn::{Score, zxcvbn};

use crate::{failure::Failure, name::pinyin, secrets::Cost};

/// How many may wait for a thread; further requests are told to try again. At some 40 hashes a second and core
/// that is a few seconds' wait.
const MOST_WAITING: usize = 256;
/// How many of them make a crowd, in which it pays to write in batches: each hash keeps a core for some 20 ms, and what a
/// statement costs is taken from them.
const CROWD: usize = 6;
/// Hashing yields to everything else, so that pages stay quick while thousands sign in.
const NICENESS: i32 = 19;
const OUTPUT_LENGTH: usize = 32;

enum Task {
    Hash,
    Verify(String),
}

enum Answer {
    Hashed(String),
    Verified(bool),
}

struct Job {
    slot: Slot,
    password: String,
    task: Task,
    reply: oneshot::Sender<anyhow::Result<Answer>>,
}

/// A place in the queue; given back when its work is done.
#[derive(Debug)]
pub struct Slot(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// Threads that hash, one a core, each with its memory kept.
#[derive(Debug)]
pub struct Hasher {
    jobs: SyncSender<Job>,
    slots: Arc<Semaphore>,
    /// A hash of nobody's password, so that an unknown number takes as long as a known one.
    nobody: String,
}

impl Hasher {
    /// Starts the threads; they end when this is dropped.
    ///
    /// # Errors
    /// Where a thread cannot be started.
    pub fn start(cost: Cost) -> anyhow::Result<Self> {
        let (jobs, queue) = sync_channel(MOST_WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(OUTPUT_LENGTH)).context("argon2 parameters")?;
        let nobody = hash("", &params, &mut Vec::new())?;
        for number in 0..std::thread::available_parallelism()?.get() {
            let (queue, params) = (Arc::clone(&queue), params.clone());
            std::thread::Builder::new().name(format!("hash-{number}")).spawn(move || work(&queue, &params))?;
        }
        Ok(Self { jobs, slots: Arc::new(Semaphore::new(MOST_WAITING)), nobody })
    }

    /// A place in the queue, before anything is charged for it.
    ///
    /// # Errors
    /// [`Failure::Busy`] where too many wait.
    pub fn reserve(&self) -> Result<Slot, Failure> {
        Arc::clone(&self.slots).try_acquire_owned().map(Slot).map_err(|_| Failure::Busy)
    }

    /// How many have a place in the queue.
    #[must_use]
    pub fn waiting(&self) -> usize {
        MOST_WAITING - self.slots.available_permits()
    }

    /// So many sign in that writes of single rows should wait for each other.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.waiting() > CROWD
    }

    async fn ask(&self, slot: Slot, password: String, task: Task) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { slot, password, task, reply }).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Busy,
            TrySendError::Disconnected(_) => Failure::Broken(anyhow::anyhow!("the hashing threads are gone")),
        })?;
        Ok(answer.await.context("a hashing thread ended")??)
    }

    /// Hashes a password into a PHC string.
    ///
    /// # Errors
    /// [`Failure::Busy`] where too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, Failure> {
        self.hash_in(self.reserve()?, password).await
    }

    /// As [`hash`](Self::hash), in a place that was reserved.
    ///
    /// # Errors
    /// Where a thread has ended.
    pub async fn hash_in(&self, slot: Slot, password: &str) -> Result<String, Failure> {
        match self.ask(slot, password.to_owned(), Task::Hash).await? {
            Answer::Hashed(hash) => Ok(hash),
            Answer::Verified(_) => Err(Failure::Broken(anyhow::anyhow!("a hash was answered by a verification"))),
        }
    }

    /// Whether the password is the one that was hashed; with no hash it takes as long and is `false`.
    ///
    /// # Errors
    /// Where a thread has ended.
    pub async fn verify(&self, slot: Slot, password: &str, hash: Option<&str>) -> Result<bool, Failure> {
        let known = hash.is_some();
        let against = hash.unwrap_or(&self.nobody).to_owned();
        let answer = self.ask(slot, password.to_owned(), Task::Verify(against)).await?;
        Ok(known && matches!(answer, Answer::Verified(true)))
    }
}

/// Memory for the blocks of a hash, on huge pages where the system gives them: the hash jumps about in it, and with
/// pages of 4 KiB some of its time goes into finding them.
fn roomy(blocks: usize) -> Vec<Block> {
    const PAGE: usize = 4096;
    let mut memory: Vec<Block> = Vec::with_capacity(blocks);
    let spare = memory.spare_capacity_mut();
    let length = size_of_val(spare);
    let start = spare.as_mut_ptr().cast::<core::ffi::c_void>();
    let skipped = start.align_offset(PAGE);
    let whole = length.saturating_sub(skipped) / PAGE * PAGE;
    if whole > 0 {
        // A wish: a system without huge pages hashes a little slower.
        #[expect(unsafe_code, reason = "no safe call tells the system how memory will be used")]
        // SAFETY: the pages lie within the vector's own allocation, and this advice changes neither what they hold
        // nor who may use them.
        let _ =
            unsafe { rustix::mm::madvise(start.wrapping_byte_add(skipped), whole, rustix::mm::Advice::LinuxHugepage) };
    }
    memory.resize(blocks, Block::default());
    memory
}

fn work(queue: &Mutex<Receiver<Job>>, params: &Params) {
    // On Linux this is the thread's own priority, not the process's.
    let _ = rustix::process::setpriority_process(None, NICENESS);
    let mut memory = usize::try_from(params.m_cost()).map(roomy).unwrap_or_default();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { slot, password, task, reply }) = job else { return };
        if reply.is_closed() {
            // The client has hung up.
            continue;
        }
        let answer = match task {
            Task::Hash => hash(&password, params, &mut memory).map(Answer::Hashed),
            Task::Verify(against) => verify(&password, &against, &mut memory).map(Answer::Verified),
        };
        drop(slot);
        let _ = reply.send(answer);
    }
}

fn digest(
    password: &str,
    salt: &Salt,
    params: &Params,
    memory: &mut Vec<Block>,
) -> anyhow::Result<[u8; OUTPUT_LENGTH]> {
    let blocks = usize::try_from(params.m_cost().max(8 * params.p_cost()))?;
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let mut output = [0; OUTPUT_LENGTH];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let salt: &[u8] = salt.as_ref();
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, memory)?;
    Ok(output)
}

fn hash(password: &str, params: &Params, memory: &mut Vec<Block>) -> anyhow::Result<String> {
    let salt = Salt::generate();
    let output = digest(password, &salt, params, memory)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(salt),
        hash: Some(Output::new(&output)?),
    };
    Ok(hash.to_string())
}

fn verify(password: &str, against: &str, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let against = PasswordHash::new(against)?;
    let (salt, expected) = against.salt.zip(against.hash).context("a hash without salt or output")?;
    let output = digest(password, &salt, &Params::try_from(&against)?, memory)?;
    Ok(output.ct_eq(expected.as_bytes()).into())
}

/// Whose password it is: what others know of them is tried first by who guesses.
#[derive(Debug, Clone, Copy)]
pub struct PasswordOwner<'a> {
    pub number: &'a str,
    /// Empty where it is not known yet.
    pub name: &'a str,
    /// The university's code or name.
    pub school: &'a str,
}

impl PasswordOwner<'_> {
    /// The words a guesser begins with: number, school, and the name in letters, forwards, backwards and by initials.
    fn words(&self) -> Vec<String> {
        let syllables = pinyin::syllables(self.name);
        let (surname, given) =
            syllables.split_first().map_or(("", String::new()), |(first, rest)| (first, rest.concat()));
        let mut words = vec![self.number.to_owned(), self.school.to_owned(), "lunzhi".to_owned(), self.name.to_owned()];
        words.extend([format!("{surname}{given}"), format!("{given}{surname}"), surname.to_owned(), given]);
        words.extend([self.name, self.school].iter().flat_map(|name| pinyin::initials(name)));
        words.push(pinyin::syllables(self.school).concat());
        words.retain(|word| word.chars().count() > 1);
        words
    }
}

/// Why a new password will not do, in Chinese; none if it will. Length counts, not kinds of characters; what is common
/// (zxcvbn's lists and patterns) or known of its owner does not count.
#[must_use]
pub fn weakness(password: &str, owner: &PasswordOwner<'_>) -> Option<&'static str> {
    let length = password.chars().count();
    let mut letters: Vec<char> = password.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if length < 10 {
        return Some("至少 10 个字符");
    } else if length > 128 {
        return Some("不能超过 128 个字符");
    } else if letters.len() < 5 {
        return Some("不同的字符太少");
    } else if !owner.number.is_empty() && password.contains(owner.number) {
        return Some("不能包含学号（工号）");
    }
    let words = owner.words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Below three it is found within a hundred million guesses.
    (zxcvbn(password, &words).score() < Score::Three).then_some(
        "太容易被猜到：常见的密码、键盘上相邻的键、日期、姓名的拼音、学校的代码都会先被试到，请换成几个不相干的词",
    )
}
