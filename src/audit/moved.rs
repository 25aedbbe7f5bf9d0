//! The record of a university that is moved to another database.
//!
//! There its entries follow the other chain, under new numbers; what they were in the chain they come from (number,
//! hash before, own hash) stands beside them in `moved_entry`, so that the old hashes can be computed again. The entry
//! 转入全校数据, which follows them, holds a hash over all of that. `docs/RECORD-FORMAT.md` says what this proves.

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Verb,
    chain::{Broken, Entry, Link, RecordVerb, Verified},
};
use crate::{failure::Failure, ids::InstitutionId};

/// Entries read at a time.
const BATCH: i64 = 1_000;
const HOP: &str = "第几次转入";
const ENTRIES: &str = "记录条数";
const DIGEST: &str = "原哈希摘要";

/// A file of the record in the folder of a move, and the temporary table in which it is read.
#[derive(Debug)]
pub(crate) struct RecordFile {
    pub name: &'static str,
    pub staged_in: &'static str,
    /// What stands in it; `:university` for the university's id.
    pub rows: &'static str,
}

/// A university's entries, the number and hash of everybody else's, and where its entries stood before earlier moves.
pub(crate) const RECORD_FILES: &[RecordFile] = &[
    RecordFile {
        name: "audit_entry",
        staged_in: "incoming_entry",
        rows: "select seq, at, institution_id, account_id, actor, office, verb, object, detail, clause, previous, hash
               from audit_entry where institution_id = ':university' order by seq",
    },
    RecordFile {
        name: "audit_link",
        staged_in: "incoming_link",
        rows: "select seq, hash from audit_entry where institution_id is distinct from ':university' order by seq",
    },
    RecordFile {
        name: "moved_entry",
        staged_in: "incoming_moved",
        rows: "select m.seq, m.hop, m.from_seq, m.previous, m.hash from moved_entry m
               join audit_entry e on e.seq = m.seq where e.institution_id = ':university' order by m.seq, m.hop",
    },
];

/// An entry as the chain has it in which it stood first.
#[derive(Debug, FromRow)]
struct EntryBefore {
    /// Its number here.
    place: i64,
    seq: i64,
    at: OffsetDateTime,
    institution_id: Option<Uuid>,
    account_id: Option<Uuid>,
    actor: String,
    office: String,
    verb: String,
    object: String,
    detail: String,
    clause: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl EntryBefore {
    /// The same entry under that number.
    fn link(&self, seq: i64) -> Link<'_> {
        Link {
            seq,
            at: self.at,
            institution: self.institution_id.map(|id| id.to_string()),
            account: self.account_id.map(|id| id.to_string()),
            actor: &self.actor,
            office: &self.office,
            verb: &self.verb,
            object: &self.object,
            detail: &self.detail,
            clause: &self.clause,
        }
    }

    fn is_whole(&self) -> bool {
        self.link(self.seq).hash(&self.previous) == self.hash
    }
}

/// Over the numbers and hashes of before, in their order: eight bytes and thirty-two an entry.
#[derive(Debug, Default)]
struct DigestOfHashes(Sha256);

impl DigestOfHashes {
    fn add(&mut self, entry: &EntryBefore) {
        self.0.update(entry.seq.to_be_bytes());
        self.0.update(&entry.hash);
    }

    fn in_hex(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// A record that was taken in.
#[derive(Debug)]
pub(crate) struct TakenIn {
    pub entries: i64,
    hop: i16,
    digest: String,
}

impl TakenIn {
    /// The entry that follows them; `manifest` is the SHA-256 of the folder's manifest in hexadecimal.
    pub(crate) fn entry(&self, university: &str, before: &Verified, manifest: &str) -> Entry {
        Entry::new(Verb::UniversityMovedIn, university)
            .detail(HOP, self.hop)
            .detail(ENTRIES, self.entries)
            .detail(DIGEST, self.digest.as_str())
            .detail("原数据库记录条数", before.entries)
            .detail("原数据库末条哈希", before.head.as_str())
            .detail("清单哈希", manifest)
    }
}

/// Makes the temporary tables that [`RECORD_FILES`] name; they go with the transaction.
pub(crate) async fn stage(connection: &mut PgConnection) -> Result<(), Failure> {
    for table in [
        "create temporary table incoming_entry (like audit_entry including indexes) on commit drop",
        "create temporary table incoming_link (seq bigint primary key, hash bytea not null) on commit drop",
        "create temporary table incoming_moved (like moved_entry including indexes) on commit drop",
        "create temporary table placed_entry
         (from_seq bigint primary key, seq bigint not null, previous bytea not null, hash bytea not null) on commit drop",
    ] {
        sqlx::query(table).execute(&mut *connection).await?;
    }
    Ok(())
}

/// What of the staged record does not fit the chain it comes from, as far as a part of it can show: all numbers up to the
/// last are there, each entry follows the hash that stands before it, and the last hash is the one that was noted.
async fn misfit(
    connection: &mut PgConnection,
    institution: InstitutionId,
    before: &Verified,
) -> Result<Option<Broken>, Failure> {
    // Temporary tables are unknown to `query!`.
    let of_others = sqlx::query_scalar::<_, Option<i64>>(
        "select min(seq) from incoming_entry where institution_id is distinct from $1",
    );
    if let Some(seq) = of_others.bind(institution.0).fetch_one(&mut *connection).await? {
        return Ok(Some(Broken { seq, why: "不是这所学校的记录" }));
    }
    let (count, last, head) = sqlx::query_as::<_, (i64, i64, Option<String>)>(
        "with whole as (select seq, hash from incoming_entry union select seq, hash from incoming_link)
         select count(*), coalesce(max(seq), 0),
                (select encode(hash, 'hex') from whole order by seq desc limit 1) from whole",
    )
    .fetch_one(&mut *connection)
    .await?;
    if (count, last, head.as_ref()) != (before.entries, before.entries, Some(&before.head)) {
        return Ok(Some(Broken { seq: last, why: "原数据库的记录不全，或末条哈希与清单不符" }));
    }
    let unlinked = sqlx::query_scalar::<_, Option<i64>>(
        "select min(e.seq) from incoming_entry e
         left join (select seq, hash from incoming_entry union all select seq, hash from incoming_link) b on b.seq = e.seq - 1
         where e.previous is distinct from coalesce(b.hash, decode(repeat('00', 32), 'hex'))",
    );
    let unlinked = unlinked.fetch_one(connection).await?;
    Ok(unlinked.map(|seq| Broken { seq, why: "与上一条不相接" }))
}

/// Takes the staged record into this database's chain.
///
/// # Errors
/// The inner error names the first entry, by its number of before, that does not fit.
pub(crate) async fn take_in(
    connection: &mut PgConnection,
    institution: InstitutionId,
    before: &Verified,
) -> Result<Result<TakenIn, Broken>, Failure> {
    if let Some(broken) = misfit(connection, institution, before).await? {
        return Ok(Err(broken));
    }
    let hops = sqlx::query_scalar::<_, Option<i16>>("select max(hop) from incoming_moved");
    let hop = hops.fetch_one(&mut *connection).await?.unwrap_or(0) + 1;
    let head = sqlx::query!("select seq, hash from audit_head for update").fetch_one(&mut *connection).await?;
    let (mut seq, mut hash, mut from, mut entries) = (head.seq, head.hash, 0_i64, 0_i64);
    let mut digest = DigestOfHashes::default();
    loop {
        let rows = sqlx::query_as::<_, EntryBefore>(
            "select seq as place, seq, at, institution_id, account_id, actor, office, verb, object, detail, clause,
                    previous, hash
             from incoming_entry where seq > $1 order by seq limit $2",
        );
        let rows = rows.bind(from).bind(BATCH).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { break };
        from = last.seq;
        let (mut numbers, mut places, mut befores, mut hashes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            if !row.is_whole() {
                return Ok(Err(Broken { seq: row.seq, why: "内容与哈希不符" }));
            }
            digest.add(row);
            (seq, entries) = (seq + 1, entries + 1);
            let own = row.link(seq).hash(&hash);
            numbers.push(row.seq);
            places.push(seq);
            befores.push(std::mem::replace(&mut hash, own.clone()));
            hashes.push(own);
        }
        sqlx::query(
            "insert into placed_entry (from_seq, seq, previous, hash)
             select * from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])",
        )
        .bind(numbers)
        .bind(places)
        .bind(befores)
        .bind(hashes)
        .execute(&mut *connection)
        .await?;
    }
    for statement in [
        "insert into audit_entry
         (seq, at, institution_id, account_id, actor, office, verb, object, detail, clause, previous, hash)
         select p.seq, e.at, e.institution_id, e.account_id, e.actor, e.office, e.verb, e.object, e.detail, e.clause,
                p.previous, p.hash
         from incoming_entry e join placed_entry p on p.from_seq = e.seq order by p.seq",
        "insert into moved_entry (seq, hop, from_seq, previous, hash)
         select p.seq, m.hop, m.from_seq, m.previous, m.hash
         from incoming_moved m join placed_entry p on p.from_seq = m.seq",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    sqlx::query(
        "insert into moved_entry (seq, hop, from_seq, previous, hash)
         select p.seq, $1, e.seq, e.previous, e.hash from incoming_entry e join placed_entry p on p.from_seq = e.seq",
    )
    .bind(hop)
    .execute(&mut *connection)
    .await?;
    sqlx::query!("update audit_head set seq = $1, hash = $2", seq, hash).execute(connection).await?;
    Ok(Ok(TakenIn { entries, hop, digest: digest.in_hex() }))
}

/// The first entry from another database whose hash of before does not follow from what stands there, or that the entry
/// 转入全校数据 does not cover.
pub(super) async fn broken(connection: &mut PgConnection) -> Result<Option<Broken>, Failure> {
    // A database of before this table may be asked too.
    let knows_moves = sqlx::query_scalar!(r#"select to_regclass('moved_entry') is not null as "is!""#);
    if !knows_moves.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let closings = sqlx::query!(
        r#"select seq, institution_id as "institution!", detail from audit_entry
           where verb = $1 and institution_id is not null order by seq"#,
        RecordVerb::from(Verb::UniversityMovedIn).slug
    );
    let closings = closings.fetch_all(&mut *connection).await?;
    let mut covered = 0;
    for closing in closings {
        let said: Value = serde_json::from_str(&closing.detail).unwrap_or_default();
        let hop = said.get(HOP).and_then(Value::as_i64).and_then(|hop| i16::try_from(hop).ok()).unwrap_or(0);
        let (mut place, mut entries, mut digest) = (0_i64, 0_i64, DigestOfHashes::default());
        loop {
            let rows = sqlx::query_as!(
                EntryBefore,
                "select m.seq as place, m.from_seq as seq, e.at, e.institution_id, e.account_id, e.actor, e.office, e.verb,
                        e.object, e.detail, e.clause, m.previous, m.hash
                 from moved_entry m join audit_entry e on e.seq = m.seq
                 where e.institution_id = $1 and m.hop = $2 and m.seq > $3 order by m.seq limit $4",
                closing.institution,
                hop,
                place,
                BATCH
            );
            let rows = rows.fetch_all(&mut *connection).await?;
            let Some(last) = rows.last() else { break };
            place = last.place;
            for row in &rows {
                if !row.is_whole() {
                    return Ok(Some(Broken { seq: row.place, why: "内容与转入前的哈希不符" }));
                }
                digest.add(row);
                entries += 1;
            }
        }
        let is_as_said = said.get(ENTRIES).and_then(Value::as_i64) == Some(entries)
            && said.get(DIGEST).and_then(Value::as_str) == Some(digest.in_hex().as_str());
        if !is_as_said {
            return Ok(Some(Broken { seq: closing.seq, why: "转入的记录与转入时不同" }));
        }
        covered += entries;
    }
    let all =
        sqlx::query_scalar!(r#"select count(*) as "count!" from moved_entry"#).fetch_one(&mut *connection).await?;
    if all == covered {
        return Ok(None);
    }
    let first = sqlx::query_scalar!(r#"select min(seq) as "first!" from moved_entry"#).fetch_one(connection).await?;
    Ok(Some(Broken { seq: first, why: "有不知从何处转入的记录" }))
}
