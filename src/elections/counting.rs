//! Opening the envelopes: a barrier. The sitting is closed, the envelopes are those of the closing, every one is of the
//! portal's making and opens; ballots, receipts and voters agree in number, or nothing is written. A count that is cut off
//! leaves everything as it was and gives the same when it is begun again.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, atomic::Ordering},
    thread::available_parallelism,
    time::Duration,
};

use tokio::{
    task::{JoinHandle, spawn_blocking},
    time::sleep,
};

use super::{
    Verb,
    ballot::{CountedText, Votes},
    names::SettledNames,
    record,
    sitting::{Contest, Sitting, Stage},
    store::{self, ContestResult, CountedBallots, Envelope, ToldCount},
};
use crate::{
    audit::{self, Entry},
    auth::person::SignedIn,
    elections::Elections,
    elections::{
        ballot_box::{Halt, OpenBallot, Progress},
        reconciliation::{Account, tally_patterns},
    },
    failure::Failure,
    ids::{ContestId, SittingId},
    sealing::{
        keys::{MarkKey, Purpose, SecretKey},
        recipient::Opener,
    },
};

/// Envelopes read at once; those of two chunks are in memory at most.
const CHUNK: i64 = 2_000;
/// How often a count says in the database how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Envelopes that are left out of a count.
#[derive(Debug)]
pub struct Exclusion {
    /// The places of their voters on the roll.
    pub places: Vec<i32>,
    pub why: String,
}

fn in_words(places: &[i32]) -> String {
    places.iter().take(20).map(ToString::to_string).collect::<Vec<_>>().join("、")
}

/// Begins to count in a task of its own; `false` where a count runs already. Without `exclude`, envelopes that are not of the
/// portal's making stop it; with it they are left out for that reason. No portal says any more why the count before it stopped.
pub async fn begin(
    app: &Elections,
    person: &SignedIn,
    sitting: SittingId,
    key: SecretKey,
    exclude: Option<Exclusion>,
) -> bool {
    let Some(progress) = app.ballot_box.begin(sitting) else { return false };
    let (counter, person, own) = (app.clone(), person.clone(), Arc::clone(&progress));
    tokio::spawn(async move {
        match run(&counter, &person, sitting, key, exclude, &own).await {
            Ok(None) => {
                counter.ballot_box.drop_shares(sitting);
                counter.ballot_box.end(sitting);
            }
            Ok(Some(halt)) => own.stop(halt),
            Err(failure) => {
                tracing::error!(%failure, "a count did not end");
                own.stop(Halt::Failed("计票没有完成，什么都没有写入。请稍后重新计票"));
            }
        }
    });
    if say(app, sitting, &progress).await {
        let teller = app.clone();
        tokio::spawn(async move { tell(&teller, sitting, &progress).await });
    }
    true
}

/// Says how far a count is, for the pages of other portals, until it has ended, it was said why it stopped, or this portal let
/// go of it. Beside the count: one that has to wait for the other's rows would wait for itself.
async fn tell(app: &Elections, sitting: SittingId, progress: &Arc<Progress>) {
    sleep(TOLD_EVERY).await;
    while app.ballot_box.progress(sitting).is_some_and(|current| Arc::ptr_eq(&current, progress)) {
        if !say(app, sitting, progress).await {
            return;
        }
        sleep(TOLD_EVERY).await;
    }
}

/// Says how far a count is; `false` where there is no more to say.
async fn say(app: &Elections, sitting: SittingId, progress: &Progress) -> bool {
    let whole = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let (halted, (done, total)) = (progress.halt().map(|halt| halt.says()), progress.figures());
    let told = ToldCount { done: whole(done), total: whole(total), halted };
    let portal = app.ballot_box.portal;
    match app.write_quietly(async |db| store::say_count(db, sitting, portal, &told).await).await {
        Ok(is_ours) => is_ours && told.halted.is_none(),
        Err(failure) => {
            tracing::warn!(%failure, "how far a count is was not said");
            true
        }
    }
}

/// What it takes to open the envelopes of a sitting.
struct Opening {
    ballot: Arc<OpenBallot>,
    mark: MarkKey,
    key: Opener,
}

/// What was read from some envelopes.
#[derive(Default)]
struct Opened {
    patterns: HashMap<(ContestId, String), u32>,
    written: HashMap<(ContestId, String), u32>,
    ballots: HashMap<ContestId, u32>,
    receipts: Vec<String>,
    voted: Vec<i32>,
    suspicious: Vec<i32>,
}

impl Opened {
    fn merge(&mut self, other: Self) {
        for (pattern, votes) in other.patterns {
            *self.patterns.entry(pattern).or_default() += votes;
        }
        for (name, votes) in other.written {
            *self.written.entry(name).or_default() += votes;
        }
        for (contest, ballots) in other.ballots {
            *self.ballots.entry(contest).or_default() += ballots;
        }
        self.receipts.extend(other.receipts);
        self.voted.extend(other.voted);
        self.suspicious.extend(other.suspicious);
    }
}

/// Opens envelopes with the key; those that are not of the portal's making are named and not looked into.
fn open_all(Opening { ballot, mark, key }: &Opening, envelopes: &[Envelope]) -> Opened {
    let (id, mut opened) = (ballot.sitting.id, Opened::default());
    for envelope in envelopes {
        let Envelope { voter, contests, on_paper, sealed, mac } = envelope;
        let own = !contests.is_empty() && !on_paper && mark.is_envelope(id, *voter, sealed, mac);
        let text = own.then(|| key.open(Purpose::Envelope(id, *voter), sealed)).flatten();
        let votes = text.and_then(|text| Votes::decode(&text, &ballot.shapes(contests)));
        let Some(Votes { receipt, votes }) = votes else {
            opened.suspicious.push(*voter);
            continue;
        };
        opened.receipts.push(receipt);
        opened.voted.push(*voter);
        for (contest, vote) in ballot.contests_of(contests).into_iter().zip(votes) {
            *opened.ballots.entry(contest.id).or_default() += 1;
            *opened.patterns.entry((contest.id, vote.pattern())).or_default() += 1;
            for name in vote.written {
                *opened.written.entry((contest.id, name)).or_default() += 1;
            }
        }
    }
    opened
}

/// Begins to open a chunk on so many cores; its parts in the order of the roll, whichever is done first.
fn begin_chunk(opening: &Arc<Opening>, chunk: Vec<Envelope>, cores: usize) -> Vec<JoinHandle<Opened>> {
    let each = chunk.len().div_ceil(cores).max(1);
    let (all, chunk) = (chunk.len(), Arc::new(chunk));
    let part = |from: usize| {
        let (opening, chunk) = (Arc::clone(opening), Arc::clone(&chunk));
        spawn_blocking(move || open_all(&opening, chunk.get(from..all.min(from + each)).unwrap_or_default()))
    };
    (0..all).step_by(each).map(part).collect()
}

async fn run(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    key: SecretKey,
    exclude: Option<Exclusion>,
    progress: &Progress,
) -> Result<Option<Halt>, Failure> {
    let mut db = app.read().await?;
    let Some(ballot) = app.ballot_box.opened(&mut db, person.institution, id).await? else {
        return Ok(Some(Halt::Failed("这个场次没有开启过投票")));
    };
    let roll = store::roll(&mut db, id).await?;
    if store::hash_roll(&roll) != ballot.opened.roll_hash {
        return Ok(Some(Halt::Failed("选民名册与开启时封存的不一致：有人越过系统改动了数据库。请停止计票，查明原因")));
    }
    let forged = roll.iter().any(|line| {
        line.mac.as_ref().is_some_and(|mac| {
            *mac != store::mark_admitted(&app.ballot_box.key, id, line.place, line.student, &line.contests)
        })
    });
    if forged {
        return Ok(Some(Halt::Failed("补登的选民不是系统登记的：有人越过系统改动了数据库。请停止计票，查明原因")));
    }
    let Some(sitting) = store::sitting(&mut db, person.institution, id).await? else {
        return Ok(Some(Halt::Failed("没有这个场次")));
    };
    progress.total.store(usize::try_from(sitting.envelopes().unwrap_or(0)).unwrap_or(0), Ordering::Relaxed);
    let opener = Opener::new(&key).ok_or_else(|| anyhow::anyhow!("the shares give no key"))?;
    drop(key);
    let mark = app.ballot_box.key.clone();
    let opening = Arc::new(Opening { ballot: Arc::clone(&ballot), mark, key: opener });
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let (mut all, mut seen) = (Opened::default(), 0);
    let mut chunk = store::envelopes(&mut db, id, 0, CHUNK).await?;
    while let Some(last) = chunk.last() {
        let after = last.voter;
        seen += chunk.len();
        let parts = begin_chunk(&opening, chunk, cores);
        // The next one is read while these are opened.
        chunk = store::envelopes(&mut db, id, after, CHUNK).await?;
        for part in parts {
            all.merge(part.await.map_err(anyhow::Error::new)?);
        }
        progress.done.store(seen, Ordering::Relaxed);
    }
    drop((db, opening));
    // Left out is what was agreed on, and nothing that came since.
    if !all.suspicious.is_empty() && exclude.as_ref().is_none_or(|agreed| agreed.places != all.suspicious) {
        return Ok(Some(Halt::Suspicious(all.suspicious)));
    }
    let excluded = i32::try_from(all.suspicious.len()).map_err(anyhow::Error::new)?;
    let envelopes = i32::try_from(seen).map_err(anyhow::Error::new)?;
    // Envelopes = receipts = ballots of each contest, or it stops.
    let contests_of: HashMap<i32, &[i16]> = roll.iter().map(|line| (line.place, line.contests.as_slice())).collect();
    let expected = |contest: &Contest| {
        let votes_in = |place: &&i32| contests_of.get(*place).is_some_and(|own| own.contains(&contest.ordinal));
        all.voted.iter().filter(votes_in).count()
    };
    let agree = ballot
        .contests
        .iter()
        .all(|contest| usize::try_from(all.ballots.get(&contest.id).copied().unwrap_or(0)) == Ok(expected(contest)));
    if !agree || all.receipts.len() != all.voted.len() || all.voted.len() + all.suspicious.len() != seen {
        return Ok(Some(Halt::Failed("加密选票、回执和开出的选票数目不一致，没有写入任何结果")));
    }
    let flat = |map: HashMap<(ContestId, String), u32>| {
        let mut rows: Vec<CountedText> =
            map.into_iter().map(|((contest, text), votes)| CountedText { contest, text, votes }).collect();
        rows.sort();
        rows
    };
    let (patterns, written) = (flat(all.patterns), flat(all.written));
    let file = record::ballots_file(&ballot.sitting, &ballot.contests, &patterns, &written)?;
    let kept = CountedBallots {
        ballots_hash: record::hash(file.as_bytes()),
        patterns,
        written,
        receipts: all.receipts,
        voted: all.voted,
        excluded: exclude
            .filter(|_| excluded > 0)
            .map(|Exclusion { places, why }| (excluded, format!("{why}（名册第 {} 号）", in_words(&places)))),
        envelopes,
    };
    keep(app, person, sitting.id, &ballot.contests, kept).await
}

async fn keep(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    contests: &[Contest],
    kept: CountedBallots,
) -> Result<Option<Halt>, Failure> {
    let now = app.clock.now();
    app.write(async move |db| {
        let sitting = store::lock(db, person.institution, id).await?;
        // Another portal takes over from one that was silent for too long: of two counts one is written.
        let holder = store::count_holder(db, id).await?;
        if holder.is_none_or(|holder| holder.portal != app.ballot_box.portal) {
            return Ok(Some(Halt::Failed("另一台服务器接手了本场次的开票，这一台没有写入任何结果")));
        }
        if !unsettled(db, id, contests).await?.is_empty() {
            return Ok(Some(Halt::Failed("纸质选票还没有录入一致，没有写入任何结果")));
        }
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
            .detail("办理", "计票")
            .detail("加密选票", kept.envelopes)
            .detail("回执", kept.receipts.len())
            .detail("未计入", kept.excluded.as_ref().map_or(0, |(number, _)| *number))
            .detail("选票文件核验码", hex::encode(&kept.ballots_hash));
        if !store::keep_count(db, &sitting, kept, now).await? {
            return Ok(Some(Halt::Failed("场次或加密选票在计票期间变了，没有写入任何结果")));
        }
        audit::append(db, person, entry, now).await?;
        Ok(None)
    })
    .await
}

/// The contests, by title, whose paper ballots were given out and are not settled yet. What was counted by hand is written
/// down before anybody knows what came over the net.
pub async fn unsettled(
    db: &mut sqlx::PgConnection,
    sitting: SittingId,
    contests: &[Contest],
) -> Result<Vec<String>, Failure> {
    let (turnouts, entries) = (store::contest_turnouts(db, sitting).await?, store::paper_entries(db, sitting).await?);
    let open = |contest: &&Contest| {
        let issued = turnouts.get(&contest.ordinal).is_some_and(|turnout| turnout.paper > 0);
        issued && entries.get(&contest.id).is_none_or(|own| settled(own).is_none())
    };
    Ok(contests.iter().filter(open).map(|contest| contest.title.clone()).collect())
}

/// The accounts of a sitting's contests as they stand now: after the count, with paper as far as it is settled.
pub async fn accounts(
    db: &mut sqlx::PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
) -> Result<Vec<Account>, Failure> {
    let patterns = store::patterns(db, sitting.id).await?;
    let written = store::written_in(db, sitting.id).await?;
    let turnouts = store::contest_turnouts(db, sitting.id).await?;
    let entries = store::paper_entries(db, sitting.id).await?;
    let lots = store::lots(db, sitting.id).await?;
    let matches = store::name_matches(db, sitting.id).await?;
    let none = Vec::new();
    Ok(contests
        .iter()
        .map(|contest| {
            let labels = contest.labels();
            let own = patterns.get(&contest.id).unwrap_or(&none);
            let names = written.get(&contest.id).map_or(&[][..], Vec::as_slice);
            let electronic = tally_patterns(&labels, contest.seats, &contest.rules.count, own, names);
            let paper = entries.get(&contest.id).and_then(|entries| settled(entries));
            let turnout = turnouts.get(&contest.ordinal).copied().unwrap_or_default();
            let lot = lots.get(&contest.id).map(|lot| lot.winners.as_slice());
            let settled_names = SettledNames::of(contest, &matches, sitting.stage() == Stage::Reported);
            Account::of(contest, turnout, electronic, paper, lot, &settled_names)
        })
        .collect())
}

/// What the entries of a contest's paper ballots settle: two that agree, or the third.
#[must_use]
pub fn settled(entries: &[store::PaperEntry]) -> Option<crate::rules::election::Tally> {
    let turn = |wanted: i16| entries.iter().find(|entry| entry.turn == wanted).map(|entry| &entry.figures);
    match (turn(1), turn(2), turn(3)) {
        (_, _, Some(third)) => Some(third.tally.clone()),
        (Some(first), Some(second), None) if first.differences(second).is_empty() => Some(first.tally.clone()),
        _ => None,
    }
}

/// The record of a sitting that is counted, with the values that each contest keeps.
pub async fn make_record(
    db: &mut sqlx::PgConnection,
    institution: &str,
    sitting: &Sitting,
    contests: &[Contest],
) -> Result<(record::RecordFile, Vec<Account>), Failure> {
    let accounts = accounts(db, sitting, contests).await?;
    let mut lots = store::lots(db, sitting.id).await?;
    let (_, ballots_hash) = store::record(db, sitting.id).await?;
    let (public_key, roll_hash) = store::marks(db, sitting.id).await?;
    let incidents = store::incidents(db, sitting.id).await?;
    let parts = record::Parts {
        institution,
        monitors: store::monitors(db, sitting.id).await?.len(),
        public_key: &public_key,
        roll_hash: &roll_hash,
        ballots_hash: &ballots_hash.unwrap_or_default(),
        incidents: &incidents,
        receipts: store::receipts(db, sitting.id).await?,
        accounts: &accounts,
        lots: contests.iter().map(|contest| lots.remove(&contest.id)).collect(),
    };
    Ok((record::record(sitting, contests, parts), accounts))
}

/// What each contest keeps of its account and result.
///
/// # Errors
/// Never for what the count gives.
pub fn contest_results(contests: &[Contest], accounts: &[Account]) -> anyhow::Result<Vec<ContestResult>> {
    let one = |(contest, account): (&Contest, &Account)| {
        let figures = serde_json::json!({
            "electronic": account.electronic, "paper": account.paper, "total": account.attendance,
            "tally": account.tally,
        });
        let count = serde_json::to_value(&account.count)?;
        Ok(ContestResult { contest: contest.id, account: figures, count })
    };
    contests.iter().zip(accounts).map(one).collect()
}
