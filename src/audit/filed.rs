//! What the file of a matter holds of the record: each entry with its number and its hash, by which it is found in the chain.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    chain::RecordVerb,
    store::{EntryRow, name_people},
};
use crate::{failure::Failure, ids::InstitutionId};

/// An entry as a file holds it. Who did it stands there as an office.
#[derive(Debug)]
pub struct FiledEntry {
    pub seq: i64,
    pub at: OffsetDateTime,
    pub office: String,
    /// What was done, in words.
    pub act: String,
    pub object: String,
    /// The details in words.
    pub details: String,
    pub clause: String,
    /// In hexadecimal digits.
    pub hash: String,
}

/// A university's entries of these verbs that are about an object, or have its name and nothing else as a detail, from a moment
/// on; the oldest first.
pub async fn entries_about(
    connection: &mut PgConnection,
    institution: InstitutionId,
    verbs: &[RecordVerb],
    object: &str,
    from: OffsetDateTime,
) -> Result<Vec<FiledEntry>, Failure> {
    let slugs: Vec<String> = verbs.iter().map(|verb| verb.slug.to_owned()).collect();
    // With its quotation marks, as it stands in the details: the name of 医学院 is part of that of 中医学院, whose acts are none of
    // its business.
    let as_detail = serde_json::Value::from(object).to_string();
    let rows = sqlx::query!(
        "select seq, at, actor, office, verb, object, detail, clause, hash from audit_entry
         where institution_id = $1 and at >= $2 and verb = any($3) and (object = $4 or strpos(detail, $5) > 0)
         order by seq",
        institution.0,
        from,
        &slugs,
        object,
        as_detail
    );
    let (mut entries, mut hashes) = (Vec::new(), Vec::new());
    for row in rows.fetch_all(&mut *connection).await? {
        hashes.push(row.hash);
        entries.push(EntryRow {
            seq: row.seq,
            at: row.at,
            actor: row.actor,
            office: row.office,
            verb: row.verb,
            object: row.object,
            detail: row.detail,
            clause: row.clause,
        });
    }
    name_people(connection, &mut entries).await?;
    let filed = entries.into_iter().zip(hashes).map(|(entry, hash)| FiledEntry {
        seq: entry.seq,
        at: entry.at,
        details: entry.details(),
        act: verbs.iter().find(|verb| verb.slug == entry.verb).map_or("", |verb| verb.label).to_owned(),
        office: entry.office,
        object: entry.object,
        clause: entry.clause,
        hash: hex::encode(hash),
    });
    Ok(filed.collect())
}
