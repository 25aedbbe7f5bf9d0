//! Whoever has the whole database, in any order, and every file of its server cannot tell who cast which ballot or holds
//! which receipt: neither while a sitting is open nor after its count.
//!
//! One file: one election, and every way of joining its rows.

use std::{
    collections::{HashMap, HashSet},
    fs,
    hash::Hash,
    io::ErrorKind,
    path::Path,
};

use lunzhi::{
    database::embedded::{EmbeddedPg, Options},
    elections::ballot::{Mark, RECEIPT, Shape, Vote, Votes, size},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, types::Uuid};
use tokio::task::JoinSet;

use crate::support::{
    Client, FIRST, Portal, runtime, scratch,
    sitting::{Plan, Sitting, cast, number, opened, voters},
};

const VOTERS: usize = 1_000;
/// The last voter's number.
const LAST: u32 = 1_000;
const PLAN: Plan<'_> = Plan { contests: &[("班长", LAST, 1, &[101, 102], &[])], fields: &[] };
/// So many cast at the same time, so that one statement takes several.
const CROWD: usize = 40;
/// A name that stands nowhere but on ballots.
const MARKER: &str = "暗号甲乙丙";
/// A name that stands in the files whatever is voted.
const KNOWN: &str = "学生777";
/// So many standard deviations are chance and no more are.
const SIGMAS: f64 = 5.0;
/// So many receipts at their own voter's place are not chance any more. In a random order their number follows Poisson's law
/// with mean 1, whose tail is long: six come about once in 1,700 pairs of orders, and hundreds of pairs are looked at; ten
/// are as rare as five standard deviations elsewhere. An order that links them has a thousand.
const OWN: usize = 10;
/// Bytes between a receipt and what names a voter within which they stand together.
const NEAR: usize = 64;

#[test]
fn no_order_of_any_table_and_no_file_tells_who_cast_which_ballot() {
    let dir = scratch("secrecy");
    // Not disposable: its log is to hold what that of a real portal holds.
    let mut server = EmbeddedPg::start(&Options { dir: dir.clone(), disposable: false }).unwrap();
    runtime().block_on(story(&server.url("postgres"), &dir));
    server.stop();
    fs::remove_dir_all(dir).unwrap();
}

async fn story(admin: &str, dir: &Path) {
    set_up_the_server(admin).await;
    let portal = Portal::start_on(admin).await;
    let mut db = portal.owner().await;
    add_students(&mut db).await;
    let mut sitting = opened(&portal, &PLAN).await;
    let clients = voters(&portal, 1..=LAST).await;
    let people = People::read(&mut db).await;
    let entries = audit_entries(&mut db).await;
    let mut dice = Dice(0x5EED_5EC2_EC75_2024);
    let poll = everybody_votes(&clients, &sitting.id, &mut dice).await;

    assert_eq!(audit_entries(&mut db).await, entries, "a cast leaves no entry");
    checkpoint(&mut db).await;
    no_file_holds_a_ballot_or_receipt_before_the_closing(dir, &poll, &sitting);
    envelopes_look_alike_whatever_was_chosen(&mut db, &poll).await;
    let while_open = Orders::read(&mut db, "while it was open", &people, &poll).await;
    assert!(while_open.choices.is_empty() && while_open.owners.is_empty(), "a table holds ballots before the count");

    sitting.count().await;
    nothing_is_left_to_open(&mut db).await;
    the_count_is_of_what_was_cast(&mut db, &poll).await;
    let mut orders = Orders::read(&mut db, "after the count", &people, &poll).await;
    orders.voters.extend(while_open.voters);
    every_table_was_looked_at(&orders, &poll);
    let pairs = linked(&orders, &poll);
    assert!(pairs.is_empty(), "{pairs:#?}");
    checkpoint(&mut db).await;
    let (together, found) = receipts_with_voters_in_files(dir, &people, &poll);
    assert!(together.is_empty(), "{together:#?}");
    let standing: HashSet<&[u8]> = poll.standing.iter().map(String::as_bytes).collect();
    let found: HashSet<&[u8]> = found.iter().map(Vec::as_slice).collect();
    assert_eq!(found, standing, "the receipts that count stand in their table, those of replaced votes nowhere");

    make_a_design_that_tells(&mut db, &poll, &mut dice).await;
    let orders = Orders::read(&mut db, "in the end", &people, &poll).await;
    the_search_finds_the_design_that_tells(&linked(&orders, &poll));
    checkpoint(&mut db).await;
    assert!(!receipts_with_voters_in_files(dir, &people, &poll).0.is_empty(), "a note of both in one row is not found");
    portal.app.close().await;
}

// ---- The poll ----

/// A generator (`xorshift64*`) of fixed seed: choices and the order of casting are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        // The upper bits are the better ones.
        usize::try_from((self.roll() >> 11) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn shuffled(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for place in (1..length).rev() {
            order.swap(place, self.below(place + 1));
        }
        order
    }
}

/// What somebody votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Choice {
    First,
    Second,
    Written,
}

impl Choice {
    const ALL: [Self; 3] = [Self::First, Self::Second, Self::Written];

    /// Drawn without a look at the voter.
    fn drawn(dice: &mut Dice) -> Self {
        match dice.below(200) {
            0..=1 => Self::Written,
            2..=90 => Self::First,
            _ => Self::Second,
        }
    }

    fn vote(self) -> Vote {
        let (choices, written) = match self {
            Self::First => (vec![Mark::For, Mark::Against], Vec::new()),
            Self::Second => (vec![Mark::Against, Mark::For], Vec::new()),
            Self::Written => (vec![Mark::Against, Mark::Against], vec![MARKER.to_owned()]),
        };
        Vote { choices, written }
    }

    fn fields(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::First => vec![("c1-1", "F"), ("c1-2", "A")],
            Self::Second => vec![("c1-1", "A"), ("c1-2", "F")],
            Self::Written => vec![("c1-1", "A"), ("c1-2", "A"), ("w1-1", MARKER)],
        }
    }

    /// What would tell this choice in a file: the ballot's bytes before sealing, those after the receipt, and its pattern as a
    /// row holds it (a short text has its length before it), in a statement and in JSON.
    fn traces(self) -> Vec<Vec<u8>> {
        let shape = Shape { ordinal: 1, candidates: 2, lines: 1, seats: 1 };
        let votes = Votes { receipt: "a".repeat(RECEIPT), votes: vec![self.vote()] };
        let plain = votes.encode(&[shape], size(&[shape])).unwrap();
        let pattern = self.vote().pattern();
        let texts = [format!("\u{b}{pattern}"), format!("'{pattern}'"), format!("\"{pattern}\"")];
        let mut traces: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        traces.push(plain[1 + RECEIPT..][..16].to_vec());
        traces
    }
}

/// What the test knows and nobody else may find out. Voters are meant by their place on the roll, from 0.
struct Poll {
    /// Everybody's last choice.
    votes: Vec<Choice>,
    /// Everybody's last receipt.
    standing: Vec<String>,
    /// Whose each receipt is, also those of votes that were replaced.
    owners: HashMap<String, usize>,
    /// Voters as their casts were answered; some stand there twice.
    came: Vec<usize>,
}

/// Everybody casts, in crowds and in an order that is not the roll's; one of each crowd comes again with the next.
async fn everybody_votes(clients: &[Client], sitting: &str, dice: &mut Dice) -> Poll {
    let (choices, standing) = (vec![Choice::First; VOTERS], vec![String::new(); VOTERS]);
    let mut poll = Poll { votes: choices, standing, owners: HashMap::new(), came: Vec::new() };
    let order = dice.shuffled(VOTERS);
    for (turn, chunk) in order.chunks(CROWD).enumerate() {
        let again = turn.checked_sub(1).map(|before| order[before * CROWD + dice.below(CROWD)]);
        let mut crowd = JoinSet::new();
        for &voter in chunk.iter().chain(&again) {
            let (mut client, sitting, choice) = (clients[voter].clone(), sitting.to_owned(), Choice::drawn(dice));
            crowd.spawn(async move {
                let receipt = cast(&mut client, &sitting, &choice.fields()).await;
                (voter, choice, receipt)
            });
        }
        while let Some(answered) = crowd.join_next().await {
            let (voter, choice, receipt) = answered.unwrap();
            assert_eq!(receipt.len(), RECEIPT);
            poll.votes[voter] = choice;
            poll.standing[voter].clone_from(&receipt);
            poll.came.push(voter);
            assert_eq!(poll.owners.insert(receipt, voter), None, "two receipts are one");
        }
    }
    assert!(poll.came.len() > VOTERS && poll.votes.contains(&Choice::Written));
    poll
}

// ---- The database ----

async fn set_up_the_server(admin: &str) {
    let mut db = PgConnection::connect(admin).await.unwrap();
    for statement in [
        // The server's samples of columns stand in one catalogue, names beside receipts: each is sorted and links nothing,
        // but they may lie near each other.
        "alter system set autovacuum = off",
        // A checkpoint throws nothing of the log away that is to be read.
        "alter system set wal_keep_size = '1GB'",
        "select pg_reload_conf()",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
}

/// What is still in memory comes to the files.
async fn checkpoint(db: &mut PgConnection) {
    sqlx::query("checkpoint").execute(db).await.unwrap();
}

/// Classmates of those whom the prepared database has.
async fn add_students(db: &mut PgConnection) {
    sqlx::query(
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), s.institution_id, '2024' || lpad(n::text, 4, '0'), '学生' || n, s.class_id, '共青团员'
         from student s join institution i on i.id = s.institution_id cross join generate_series(151, $3) n
         where i.code = $1 and s.number = $2",
    )
    .bind(FIRST)
    .bind(number(1))
    .bind(i32::try_from(LAST).unwrap())
    .execute(db)
    .await
    .unwrap();
}

async fn audit_entries(db: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from audit_entry").fetch_one(db).await.unwrap()
}

async fn envelopes_look_alike_whatever_was_chosen(db: &mut PgConnection, poll: &Poll) {
    let rows: Vec<(i32, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select voter, sealed, mac from envelope order by voter").fetch_all(db).await.unwrap();
    assert_eq!(rows.len(), VOTERS);
    let sealed: Vec<&[u8]> = rows.iter().map(|(_, sealed, _)| sealed.as_slice()).collect();
    let marks: Vec<&[u8]> = rows.iter().map(|(_, _, mark)| mark.as_slice()).collect();
    let first: Vec<bool> = poll.votes.iter().map(|choice| *choice == Choice::First).collect();
    for (what, column) in [("envelopes", sealed), ("marks", marks)] {
        let length = column[0].len();
        assert!(column.iter().all(|bytes| bytes.len() == length), "{what} of different lengths");
        for byte in 0..length {
            let odd: Vec<bool> = column.iter().map(|bytes| bytes[byte].count_ones() % 2 == 1).collect();
            let far = sigmas(&odd, &first);
            assert!(far.abs() <= SIGMAS, "byte {byte} of {what} goes with the choice: {far:.1} standard deviations");
        }
    }
}

async fn nothing_is_left_to_open(db: &mut PgConnection) {
    let left: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from envelope), (select count(*) from rehearsal_ballot),
                (select count(*) from monitor where num_nonnulls(share, salt, public_key) > 0)",
    )
    .fetch_one(db)
    .await
    .unwrap();
    assert_eq!(left, (0, 0, 0), "envelopes, ballots of the rehearsal, monitors with keys");
}

async fn the_count_is_of_what_was_cast(db: &mut PgConnection, poll: &Poll) {
    let codes: Vec<String> = sqlx::query_scalar("select code from receipt").fetch_all(&mut *db).await.unwrap();
    assert_eq!(codes.len(), VOTERS);
    assert_eq!(codes.iter().collect::<HashSet<_>>(), poll.standing.iter().collect::<HashSet<_>>());
    let names: Vec<(String, i32)> = sqlx::query_as("select name, votes from written_in").fetch_all(db).await.unwrap();
    let written = poll.votes.iter().filter(|choice| **choice == Choice::Written).count();
    assert_eq!(names, [(MARKER.to_owned(), i32::try_from(written).unwrap())]);
}

// ---- Orders ----

/// A row's columns as text.
type Row = Vec<Option<String>>;

/// The voters by what names them.
struct People {
    /// Ids of the student and of the account.
    by_id: HashMap<String, usize>,
    by_number: HashMap<String, usize>,
    /// Ids, numbers and names as files hold them.
    bytes: Vec<Vec<u8>>,
}

impl People {
    async fn read(db: &mut PgConnection) -> Self {
        let lines: Vec<(i32, String, String, Uuid, Uuid)> = sqlx::query_as(
            "select v.place, s.number, s.name, s.id, a.id
             from voter v join student s on s.id = v.student_id join account a on a.student_id = s.id order by v.place",
        )
        .fetch_all(db)
        .await
        .unwrap();
        assert_eq!(lines.len(), VOTERS);
        let mut people = Self { by_id: HashMap::new(), by_number: HashMap::new(), bytes: Vec::new() };
        for (voter, (place, own, name, student, account)) in lines.into_iter().enumerate() {
            assert_eq!(usize::try_from(place), Ok(voter + 1));
            assert_eq!(own, number(u32::try_from(place).unwrap()), "the clients are in the roll's order");
            for id in [student, account] {
                people.by_id.insert(id.to_string(), voter);
                people.bytes.push(id.as_bytes().to_vec());
            }
            people.bytes.extend([own.clone().into_bytes(), name.into_bytes()]);
            people.by_number.insert(own, voter);
        }
        people
    }

    /// The voters as rows name them, by one means for all rows: ids, places on the roll, numbers. None where the rows do not
    /// name everybody.
    fn order(&self, columns: &[String], rows: &[Row]) -> Option<Vec<usize>> {
        let complete = |order: Vec<usize>| Some(order).filter(|order| firsts(order).len() == VOTERS);
        complete(rows.iter().filter_map(|row| find(row, &self.by_id)).collect())
            .or_else(|| complete(rows.iter().filter_map(|row| placed(columns, row)).collect()))
            .or_else(|| complete(rows.iter().filter_map(|row| find(row, &self.by_number)).collect()))
    }
}

/// Who is meant by one of a row's texts.
fn find(row: &[Option<String>], known: &HashMap<String, usize>) -> Option<usize> {
    row.iter().flatten().find_map(|text| known.get(text).copied())
}

/// Who has the place on the roll that a row names.
fn placed(columns: &[String], row: &[Option<String>]) -> Option<usize> {
    let column = columns.iter().position(|column| matches!(column.as_str(), "voter" | "place"))?;
    row[column].as_ref()?.parse::<usize>().ok()?.checked_sub(1).filter(|voter| *voter < VOTERS)
}

/// The ballots of rows, each as often as its row says.
fn ballots(columns: &[String], rows: &[Row]) -> Vec<Choice> {
    let patterns = Choice::ALL.map(|choice| (choice.vote().pattern(), choice));
    let votes = columns.iter().position(|column| column == "votes");
    let mut ballots = Vec::new();
    for row in rows {
        let known = |text: &String| patterns.iter().find(|(pattern, _)| pattern == text).map(|(_, choice)| *choice);
        let Some(choice) = row.iter().flatten().find_map(known) else { continue };
        let times = votes.and_then(|column| row[column].as_ref()).map_or(1, |text| text.parse().unwrap());
        ballots.extend(std::iter::repeat_n(choice, times));
    }
    ballots
}

/// Each once, where it stands first.
fn firsts(order: &[usize]) -> Vec<usize> {
    let mut seen = HashSet::new();
    order.iter().copied().filter(|one| seen.insert(*one)).collect()
}

fn both_ways<T: Copy>(name: &str, order: &[T]) -> [(String, Vec<T>); 2] {
    [(name.to_owned(), order.to_vec()), (format!("{name}, backwards"), order.iter().rev().copied().collect())]
}

/// Every order in which the database gives voters, ballots or receipts, by its name.
#[derive(Default)]
struct Orders {
    voters: Vec<(String, Vec<usize>)>,
    choices: Vec<(String, Vec<Choice>)>,
    /// Receipts, by whose they are.
    owners: Vec<(String, Vec<usize>)>,
}

impl Orders {
    /// Every table by the places of its rows, by the transactions that wrote them and by each column; besides, the voters as
    /// they cast, which somebody may have watched.
    async fn read(db: &mut PgConnection, when: &str, people: &People, poll: &Poll) -> Self {
        let mut orders = Self::default();
        orders.take_voters("the casts", &poll.came);
        let tables: Vec<String> =
            sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
                .fetch_all(&mut *db)
                .await
                .unwrap();
        for table in tables {
            let columns: Vec<String> = sqlx::query_scalar(
                "select column_name::text from information_schema.columns
                 where table_schema = 'public' and table_name::text = $1 order by ordinal_position",
            )
            .bind(&table)
            .fetch_all(&mut *db)
            .await
            .unwrap();
            let texts = columns.iter().map(|column| format!("\"{column}\"::text")).collect::<Vec<_>>().join(", ");
            let keys = ["ctid".to_owned(), "xmin::text::bigint".to_owned()];
            let keys = keys.into_iter().chain(columns.iter().map(|column| format!("\"{column}\"")));
            for key in keys {
                let list = format!("select array[{texts}] from \"{table}\" order by {key}, ctid");
                let rows: Vec<Row> = sqlx::query_scalar(AssertSqlSafe(list)).fetch_all(&mut *db).await.unwrap();
                if !orders.take(&format!("{table} by {key} {when}"), (&columns, &rows), people, poll) {
                    break;
                }
            }
        }
        orders
    }

    /// Takes what rows give in their order; `false` where they give nothing.
    fn take(&mut self, name: &str, (columns, rows): (&[String], &[Row]), people: &People, poll: &Poll) -> bool {
        let voters = people.order(columns, rows);
        if let Some(voters) = &voters {
            self.take_voters(name, voters);
        }
        let choices = Some(ballots(columns, rows)).filter(|choices| choices.len() == VOTERS);
        if let Some(choices) = &choices {
            self.choices.extend(both_ways(name, choices));
        }
        let owners: Vec<usize> = rows.iter().filter_map(|row| find(row, &poll.owners)).collect();
        let owners = Some(owners).filter(|owners| firsts(owners).len() == VOTERS);
        if let Some(owners) = &owners {
            self.owners.extend(both_ways(name, owners).map(|(name, order)| (name, firsts(&order))));
        }
        voters.is_some() || choices.is_some() || owners.is_some()
    }

    fn take_voters(&mut self, name: &str, voters: &[usize]) {
        self.voters.extend(both_ways(name, voters).map(|(name, order)| (name, firsts(&order))));
    }
}

fn every_table_was_looked_at(orders: &Orders, poll: &Poll) {
    let names = orders.voters.iter().map(|(name, _)| name);
    let names = names.chain(orders.choices.iter().map(|(name, _)| name));
    let names: Vec<&String> = names.chain(orders.owners.iter().map(|(name, _)| name)).collect();
    for table in [
        "account",
        "ballot_pattern",
        "contest_person",
        "envelope",
        "has_voted",
        "office",
        "receipt",
        "session",
        "student",
        "voter",
    ] {
        assert!(names.iter().any(|name| name.starts_with(&format!("{table} by "))), "{table}: {names:#?}");
    }
    for (name, choices) in &orders.choices {
        assert_eq!(tallied(choices), tallied(&poll.votes), "{name}");
    }
}

/// The pairs of an order of voters and an order of ballots or receipts that agree otherwise than by chance.
fn linked(orders: &Orders, poll: &Poll) -> Vec<String> {
    let mut linked = Vec::new();
    for (by, voters) in &orders.voters {
        let cast: Vec<Choice> = voters.iter().map(|voter| poll.votes[*voter]).collect();
        for (of, choices) in &orders.choices {
            let far = sigmas(&cast, choices);
            if far.abs() > SIGMAS {
                linked.push(format!("[{by}] [{of}]: choices agree, {far:.1} standard deviations from chance"));
            }
        }
        for (of, owners) in &orders.owners {
            let own = voters.iter().zip(owners).filter(|(voter, owner)| voter == owner).count();
            let far = rank_sigmas(voters, owners);
            if own >= OWN || far.abs() > SIGMAS {
                linked.push(format!("[{by}] [{of}]: {own} receipts agree, ranks {far:.1} standard deviations"));
            }
        }
    }
    linked
}

fn real(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn tallied<T: Copy + Eq + Hash>(values: &[T]) -> HashMap<T, usize> {
    let mut tally = HashMap::new();
    for value in values {
        *tally.entry(*value).or_default() += 1;
    }
    tally
}

/// How far two sequences agree, place by place, from what chance gives, in standard deviations.
///
/// Chance is: every pairing of the one's values with the other's is as likely as any other. Place `i` of the one and `j` of
/// the other agree or not, `a(i, j)` is 1 or 0. The agreements of a random pairing have the mean `Σ a(i, j) / n` and the
/// variance `Σ d(i, j)² / (n - 1)`, where `d` is `a` less the means of its row and of its column plus the mean of all
/// (Hoeffding 1951); for two values this is the hypergeometric law's. Equal places are taken together.
fn sigmas<T: Copy + Eq + Hash>(left: &[T], right: &[T]) -> f64 {
    assert_eq!(left.len(), right.len());
    let (lefts, rights, n) = (tallied(left), tallied(right), real(left.len()));
    let share = |tally: &HashMap<T, usize>, value: &T| tally.get(value).map_or(0.0, |count| real(*count) / n);
    let mean = lefts.keys().map(|value| share(&lefts, value) * share(&rights, value) * n).sum::<f64>();
    let mut variance = 0.0;
    for (one, ones) in &lefts {
        for (other, others) in &rights {
            let agree = f64::from(u8::from(one == other));
            let rest = agree - share(&rights, one) - share(&lefts, other) + mean / n;
            variance += real(*ones) * real(*others) * rest * rest / (n - 1.0);
        }
    }
    let agreements = real(left.iter().zip(right).filter(|(one, other)| one == other).count());
    // Where one side is the same all through, nothing can vary.
    if variance < 1e-9 { 0.0 } else { (agreements - mean) / variance.sqrt() }
}

/// Spearman's correlation of the ranks that two orders give to everybody, in standard deviations: it sees orders that are alike
/// though few stand at the very same place.
fn rank_sigmas(left: &[usize], right: &[usize]) -> f64 {
    let mut ranks = vec![0; VOTERS];
    for (rank, voter) in right.iter().enumerate() {
        ranks[*voter] = rank;
    }
    let squares = left.iter().enumerate().map(|(rank, voter)| real(rank.abs_diff(ranks[*voter])).powi(2)).sum::<f64>();
    let n = real(VOTERS);
    (1.0 - 6.0 * squares / (n * (n * n - 1.0))) * (n - 1.0).sqrt()
}

// ---- Files ----

/// A file is looked at in blocks of so many bytes; the database's pages have this size.
const BLOCK: usize = 8192;
static EMPTY: [u8; BLOCK] = [0; BLOCK];

/// Texts to look for, all at once. One that begins with zeros is not seen where a block without anything else ends with them.
struct Needles {
    /// Bytes with which one begins.
    begins: Vec<bool>,
    by_start: Vec<Vec<Vec<u8>>>,
}

impl Needles {
    fn new(needles: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut all = Self { begins: vec![false; 256], by_start: vec![Vec::new(); 1 << 16] };
        for needle in needles {
            let start = *needle.first_chunk::<4>().unwrap();
            all.begins[usize::from(start[0])] = true;
            all.by_start[Self::slot(start)].push(needle);
        }
        all
    }

    fn slot(start: [u8; 4]) -> usize {
        usize::try_from(u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1) >> 16).unwrap()
    }

    /// Where each stands.
    fn hits(&self, bytes: &[u8]) -> Vec<(usize, &[u8])> {
        let mut hits = Vec::new();
        for (block, start) in bytes.chunks(BLOCK).zip((0_usize..).step_by(BLOCK)) {
            // Most of a database is empty, and a test's code is not optimised.
            if *block == EMPTY[..block.len()] {
                continue;
            }
            let mut at = start;
            while at < start + block.len() {
                if self.begins[usize::from(bytes[at])]
                    && let Some(first) = bytes[at..].first_chunk::<4>()
                {
                    let here = self.by_start[Self::slot(*first)].iter().filter(|one| bytes[at..].starts_with(one));
                    hits.extend(here.map(|needle| (at, needle.as_slice())));
                }
                at += 1;
            }
        }
        hits
    }
}

/// Every file under a folder.
fn each_file(dir: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(dir).unwrap() {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type())).unwrap();
        match kind {
            Ok(kind) if kind.is_dir() => each_file(&path, look),
            Ok(kind) if kind.is_file() => match fs::read(&path) {
                Ok(bytes) => look(&path, &bytes),
                // The server, which runs, has removed a file of its own meanwhile.
                Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{}: {error}", path.display()),
            },
            // The socket.
            _ => {}
        }
    }
}

/// Tables, indexes, the write-ahead log and the server's own log: none of them has a receipt, a name that was written in, a
/// ballot or a monitor's passphrase in the clear.
fn no_file_holds_a_ballot_or_receipt_before_the_closing(dir: &Path, poll: &Poll, sitting: &Sitting) {
    let mut secrets: Vec<String> = poll.owners.keys().cloned().collect();
    secrets.extend([MARKER, "c1-1=F", "c1-1=A"].map(str::to_owned));
    secrets.extend(sitting.monitors.iter().flat_map(|(_, phrase)| [phrase.clone(), phrase.replace('-', "")]));
    let secrets = secrets.into_iter().map(String::into_bytes).chain(Choice::ALL.into_iter().flat_map(Choice::traces));
    let needles = Needles::new(secrets.chain([KNOWN.as_bytes().to_vec()]));
    let (mut told, mut in_tables, mut in_log, mut server_log) = (Vec::new(), false, false, false);
    each_file(dir, &mut |path: &Path, bytes: &[u8]| {
        server_log |= path.ends_with("postgres.log") && !bytes.is_empty();
        for (at, needle) in needles.hits(bytes) {
            if needle == KNOWN.as_bytes() {
                let wal = path.components().any(|part| part.as_os_str() == "pg_wal");
                (in_tables, in_log) = (in_tables || !wal, in_log || wal);
            } else {
                told.push(format!("{} at {at} of {}", String::from_utf8_lossy(needle), path.display()));
            }
        }
    });
    assert!(told.is_empty(), "{told:#?}");
    assert!(in_tables && in_log && server_log, "what is known to stand in the files is not found");
}

/// Where a receipt stands near something that names a voter, and the receipts that stand anywhere.
fn receipts_with_voters_in_files(dir: &Path, people: &People, poll: &Poll) -> (Vec<String>, HashSet<Vec<u8>>) {
    let receipts = Needles::new(poll.owners.keys().map(|receipt| receipt.clone().into_bytes()));
    let names = Needles::new(people.bytes.iter().cloned());
    let reach = NEAR + people.bytes.iter().map(Vec::len).max().unwrap();
    let (mut together, mut found) = (Vec::new(), HashSet::new());
    each_file(dir, &mut |path: &Path, bytes: &[u8]| {
        for (at, receipt) in receipts.hits(bytes) {
            let around = &bytes[at.saturating_sub(reach)..bytes.len().min(at + RECEIPT + reach)];
            if let Some((_, name)) = names.hits(around).first() {
                let (receipt, name) = (String::from_utf8_lossy(receipt), name.escape_ascii());
                together.push(format!("{receipt} and {name} at {at} of {}", path.display()));
            }
            found.insert(receipt.to_vec());
        }
    });
    (together, found)
}

// ---- A design that tells ----

/// Votes apart from voters, under random keys and in a random order, but written together; and a note that holds both.
async fn make_a_design_that_tells(db: &mut PgConnection, poll: &Poll, dice: &mut Dice) {
    for statement in [
        "create table naive_voted (id uuid primary key default gen_random_uuid(), voter integer not null)",
        "create table naive_ballot (id uuid primary key default gen_random_uuid(), choice text not null,
                                    receipt text not null)",
        "create table naive_note (line text not null)",
    ] {
        sqlx::query(statement).execute(&mut *db).await.unwrap();
    }
    for voter in dice.shuffled(VOTERS) {
        sqlx::query(
            "with voted as (insert into naive_voted (voter) values ($1))
             insert into naive_ballot (choice, receipt) values ($2, $3)",
        )
        .bind(i32::try_from(voter + 1).unwrap())
        .bind(poll.votes[voter].vote().pattern())
        .bind(&poll.standing[voter])
        .execute(&mut *db)
        .await
        .unwrap();
    }
    sqlx::query("insert into naive_note (line) values ($1)")
        .bind(format!("{} {}", number(777), poll.standing[776]))
        .execute(db)
        .await
        .unwrap();
}

/// By ballots and by receipts, and only there.
fn the_search_finds_the_design_that_tells(linked: &[String]) {
    for what in ["choices agree", "receipts agree"] {
        assert!(linked.iter().any(|pair| pair.contains(what)), "{what}: {linked:#?}");
    }
    let naive = |pair: &String| pair.contains("[naive_voted by ") && pair.contains("[naive_ballot by ");
    assert!(linked.iter().all(naive), "{linked:#?}");
}
